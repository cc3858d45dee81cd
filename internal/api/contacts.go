package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Contact is somebody, or a mailbox, that can be invited. Of a protected one only the organisation
// and the role are told, except to a coordinator who asks for that very contact.
type Contact struct {
	ID               uuid.UUID  `json:"id" format:"uuid"`
	ExternalID       *string    `json:"externalId,omitempty"`
	ShownName        string     `json:"shownName" example:"Kim Exempelsson" doc:"Namnet, eller organisation och roll för den som är skyddad. / The name, or organisation and role of a protected contact."`
	Name             string     `json:"name,omitempty" example:"Kim Exempelsson"`
	Kind             string     `json:"kind" enum:"person,mailbox"`
	Email            string     `json:"email,omitempty" example:"kim@exempel.se"`
	Phone            string     `json:"phone,omitempty" example:"0151-000 00"`
	OrganisationID   uuid.UUID  `json:"organisationId" format:"uuid"`
	OrganisationName string     `json:"organisationName" example:"Barn- och familjeenheten"`
	RoleID           *uuid.UUID `json:"roleId,omitempty" format:"uuid"`
	RoleName         string     `json:"roleName,omitempty" example:"Enhetschef"`
	DeputyID         *uuid.UUID `json:"deputyId,omitempty" format:"uuid" doc:"Vem som tillfrågas när den här inte kan. / Who is asked when this one cannot."`
	Protected        bool       `json:"protected" doc:"Skyddade personuppgifter. / Protected personal data."`
	ByPhone          bool       `json:"byPhone" doc:"Får inga brev, någon ringer. / Gets no letters, somebody rings."`
	StandIn          bool       `json:"standIn,omitempty" doc:"Ersättare vid ett möte; blir en vanlig kontakt när den sparas. / A substitute at a meeting; becomes a contact as any other when it is saved."`
	Language         string     `json:"language" enum:"sv,en"`
	Version          int64      `json:"version" doc:"Samma som i ETag. / The same as in ETag."`
}

// Contacts is a list of them.
type Contacts struct {
	Contacts []Contact `json:"contacts"`
	Extent
}

// showContact shows a contact as lists do: nothing of a protected one but organisation and role.
func showContact(c partner.Contact) Contact {
	s := Contact{ID: c.ID, ShownName: c.Shown(), Kind: string(c.Kind), OrganisationID: c.OrganisationID, OrganisationName: c.Organisation.Name,
		RoleID: c.RoleID, Protected: c.Protected, ByPhone: c.ByPhone, StandIn: c.StandIn, Language: string(c.Language), Version: c.Version}
	if c.Role != nil {
		s.RoleName = c.Role.Name
	}
	if !c.Protected {
		s.fill(c)
	}
	return s
}

func (s *Contact) fill(c partner.Contact) {
	s.ExternalID, s.Name, s.Email, s.Phone, s.DeputyID = c.ExternalID, c.Name, c.Email, c.Phone, c.DeputyID
}

func (d *door) listContacts(ctx context.Context, in *Paging) (*shown[Contacts], error) {
	out := &shown[Contacts]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := partner.Contacts(tx, by)
		out.Body = Contacts{part(*in, all, showContact), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func (d *door) getContact(ctx context.Context, in *One) (*edited[Contact], error) {
	out := &edited[Contact]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		c, err := partner.FindContact(tx, by, in.ID)
		if err != nil {
			return err
		}
		out.ETag, out.Body = etag(c.Version), showContact(*c)
		if by.Is(access.Coordinator) { // who edits must see what stands there
			out.Body.fill(*c)
		}
		return nil
	})
	return out, err
}

// ContactSettings is all that can be said of a contact. What is optional and left out is emptied.
type ContactSettings struct {
	Name           string     `json:"name" maxLength:"200" example:"Kim Exempelsson"`
	Kind           string     `json:"kind" enum:"person,mailbox"`
	Email          string     `json:"email,omitempty" maxLength:"254" example:"kim@exempel.se" doc:"Krävs utom för den som nås per telefon. / Required, except of who is reached by telephone."`
	Phone          string     `json:"phone,omitempty" maxLength:"40" example:"0151-000 00"`
	OrganisationID uuid.UUID  `json:"organisationId" format:"uuid"`
	RoleID         *uuid.UUID `json:"roleId,omitempty" format:"uuid"`
	DeputyID       *uuid.UUID `json:"deputyId,omitempty" format:"uuid"`
	Protected      bool       `json:"protected"`
	ByPhone        bool       `json:"byPhone"`
	Language       string     `json:"language,omitempty" enum:"sv,en" default:"sv"`
}

// reach reads the settings. The ids it holds must be of things that the actor knows.
func (s ContactSettings) reach(tx *store.Tx, by access.Actor) (partner.Reach, error) {
	roles, err := partner.RolesNamed(tx, by)
	if err != nil {
		return partner.Reach{}, err
	}
	contacts, err := partner.Contacts(tx, by)
	if err != nil {
		return partner.Reach{}, err
	}
	return partner.Reach{
			Name: s.Name, Kind: partner.ContactKind(s.Kind), Email: s.Email, Phone: s.Phone, OrganisationID: s.OrganisationID,
			RoleID: s.RoleID, DeputyID: s.DeputyID, Protected: s.Protected, ByPhone: s.ByPhone, Language: lang.Parse(s.Language),
		}, fault.Join(
			known("roleId", "Välj en roll ur listan.", s.RoleID, roles, func(r partner.Role) uuid.UUID { return r.ID }),
			known("deputyId", "Välj en kontakt ur listan.", s.DeputyID, contacts, func(c partner.Contact) uuid.UUID { return c.ID }))
}

func (d *door) addContact(ctx context.Context, in *struct{ Body ContactSettings }) (*created[Contact], error) {
	out := &created[Contact]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		reach, err := in.Body.reach(tx, by)
		if err != nil {
			return err
		}
		added, err := partner.AddContact(tx, by, reach)
		if err != nil {
			return err
		}
		c, err := partner.FindContact(tx, by, added.ID)
		if err != nil {
			return err
		}
		out.Location, out.ETag, out.Body = Root+"/contacts/"+c.ID.String(), etag(c.Version), showContact(*c)
		out.Body.fill(*c)
		return nil
	})
	return out, err
}

type contactChange struct {
	One
	Conditional
	Body ContactSettings
}

// Conditional is a call that changes something only if it is still as it was read.
type Conditional struct {
	IfMatch string `header:"If-Match" maxLength:"400" example:"\"3\"" doc:"ETag från senaste läsningen. / ETag of the latest reading."`
}

func (d *door) changeContact(ctx context.Context, in *contactChange) (*edited[Contact], error) {
	out := &edited[Contact]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		c, err := partner.FindContact(tx, by, in.ID)
		if err != nil {
			return err
		}
		if err := mustMatch(in.IfMatch, c.Version); err != nil {
			return err
		}
		reach, err := in.Body.reach(tx, by)
		if err != nil {
			return err
		}
		if _, err := partner.ChangeContact(tx, by, c.ID, c.Version, reach); err != nil {
			return err
		}
		if c, err = partner.FindContact(tx, by, c.ID); err != nil {
			return err
		}
		out.ETag, out.Body = etag(c.Version), showContact(*c)
		out.Body.fill(*c)
		return nil
	})
	return out, err
}
