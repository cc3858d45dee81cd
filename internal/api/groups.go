package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// WorkGroup is one of our own groups that what is learnt is passed on to.
type WorkGroup struct {
	ID             uuid.UUID  `json:"id" format:"uuid"`
	ExternalID     *string    `json:"externalId,omitempty"`
	Name           string     `json:"name" example:"Arbetsgrupp barn"`
	OrganisationID *uuid.UUID `json:"organisationId,omitempty" format:"uuid"`
	LeadID         *uuid.UUID `json:"leadId,omitempty" format:"uuid" doc:"Kontakt. / A contact."`
}

// WorkGroups is a list of them.
type WorkGroups struct {
	WorkGroups []WorkGroup `json:"workGroups"`
	Extent
}

func (d *door) listWorkGroups(ctx context.Context, in *Paging) (*shown[WorkGroups], error) {
	out := &shown[WorkGroups]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := partner.WorkGroups(tx, by)
		out.Body = WorkGroups{part(*in, all, func(g partner.WorkGroup) WorkGroup {
			return WorkGroup{g.ID, g.ExternalID, g.Name, g.OrganisationID, g.LeadID}
		}), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

// Workplace is where the plan is made known.
type Workplace struct {
	ID             uuid.UUID  `json:"id" format:"uuid"`
	ExternalID     *string    `json:"externalId,omitempty"`
	Name           string     `json:"name" example:"Barn- och familjeenheten"`
	OrganisationID *uuid.UUID `json:"organisationId,omitempty" format:"uuid"`
	ManagerID      *uuid.UUID `json:"managerId,omitempty" format:"uuid" doc:"Kontakt. / A contact."`
}

// Workplaces is a list of them.
type Workplaces struct {
	Workplaces []Workplace `json:"workplaces"`
	Extent
}

func (d *door) listWorkplaces(ctx context.Context, in *Paging) (*shown[Workplaces], error) {
	out := &shown[Workplaces]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := partner.Workplaces(tx, by)
		out.Body = Workplaces{part(*in, all, func(w partner.Workplace) Workplace {
			return Workplace{w.ID, w.ExternalID, w.Name, w.OrganisationID, w.ManagerID}
		}), in.of(int64(len(all)))}
		return err
	})
	return out, err
}
