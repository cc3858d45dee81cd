package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Organisation is an authority, an association, or a unit of one.
type Organisation struct {
	ID              uuid.UUID  `json:"id" format:"uuid"`
	ExternalID      *string    `json:"externalId,omitempty" example:"org-ifo" doc:"Id i den inlästa planen. / Id in the imported plan."`
	Name            string     `json:"name" example:"Individ- och familjeomsorgen"`
	Short           string     `json:"short,omitempty" example:"IFO"`
	Kind            string     `json:"kind" example:"verksamhet"`
	ParentID        *uuid.UUID `json:"parentId,omitempty" format:"uuid"`
	UnderSecrecyAct bool       `json:"underSecrecyAct" doc:"Falskt för föreningar. / False for associations."`

	Needs []OrganisationNeed `json:"needs,omitempty" doc:"Varför någon borde höra av sig. Bara för samordnare och chefer. / Why somebody should get in touch. For coordinators and managers alone."`
}

// OrganisationNeed is why somebody should look after a partner.
type OrganisationNeed struct {
	Kind    string     `json:"kind" enum:"no-contact,unreachable,absent"`
	ForumID *uuid.UUID `json:"forumId,omitempty" format:"uuid"`
	Missed  int        `json:"missed,omitempty" doc:"Möten i rad. / Meetings in a row."`
	Since   day        `json:"since,omitempty" format:"date" doc:"Det senaste av dem. / The latest of them."`
}

// withNeeds adds what organisations need, for whoever may know.
func withNeeds(tx *store.Tx, by access.Actor, some []Organisation) error {
	if !by.Is(access.Coordinator, access.Manager) {
		return nil
	}
	needs, err := secretariat.PartnerNeeds(tx, by)
	for _, n := range needs {
		for i := range some {
			if some[i].ID == n.Organisation.ID {
				need := OrganisationNeed{Kind: string(n.Kind), Missed: n.Missed, Since: dayOf(n.Since)}
				if n.Forum != nil {
					need.ForumID = &n.Forum.ID
				}
				some[i].Needs = append(some[i].Needs, need)
			}
		}
	}
	return err
}

// Organisations is a list of them.
type Organisations struct {
	Organisations []Organisation `json:"organisations"`
	Extent
}

func showOrganisation(o partner.Organisation) Organisation {
	return Organisation{ID: o.ID, ExternalID: o.ExternalID, Name: o.Name, Short: o.Short, Kind: o.Kind, ParentID: o.ParentID, UnderSecrecyAct: o.UnderSecrecyAct()}
}

func organisationID(o partner.Organisation) uuid.UUID { return o.ID }

func (d *door) listOrganisations(ctx context.Context, in *Paging) (*shown[Organisations], error) {
	out := &shown[Organisations]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := partner.Organisations(tx, by)
		if err != nil {
			return err
		}
		out.Body = Organisations{part(*in, all, showOrganisation), in.of(int64(len(all)))}
		return withNeeds(tx, by, out.Body.Organisations)
	})
	return out, err
}

// One is a call that concerns one thing.
type One struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

func (d *door) getOrganisation(ctx context.Context, in *One) (*shown[Organisation], error) {
	out := &shown[Organisation]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := partner.Organisations(tx, by)
		for _, o := range all {
			if o.ID == in.ID {
				some := []Organisation{showOrganisation(o)}
				err := withNeeds(tx, by, some)
				out.Body = some[0]
				return err
			}
		}
		if err != nil {
			return err
		}
		return fault.Missing()
	})
	return out, err
}

// NewOrganisation is what is said of one to be added.
type NewOrganisation struct {
	Name     string     `json:"name" maxLength:"200" example:"Föreningen Exempel"`
	Kind     string     `json:"kind" maxLength:"40" example:"ideell"`
	ParentID *uuid.UUID `json:"parentId,omitempty" format:"uuid"`
}

func (d *door) addOrganisation(ctx context.Context, in *struct{ Body NewOrganisation }) (*created[Organisation], error) {
	out := &created[Organisation]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := partner.Organisations(tx, by)
		if err != nil {
			return err
		}
		if err := known("parentId", "Välj en organisation ur listan.", in.Body.ParentID, all, organisationID); err != nil {
			return err
		}
		o, err := partner.AddOrganisation(tx, by, in.Body.Name, in.Body.Kind, in.Body.ParentID)
		if err != nil {
			return err
		}
		out.Location, out.Body = Root+"/organisations/"+o.ID.String(), showOrganisation(*o)
		return nil
	})
	return out, err
}
