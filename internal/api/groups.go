package api

import (
	"context"
	"time"

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
	RelayDays      int64      `json:"relayDays" doc:"Arbetsdagar att gå igenom det som förmedlas; 0: som forumet säger. / Working days to go through what is passed on; 0: as the forum says."`
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
			return WorkGroup{g.ID, g.ExternalID, g.Name, g.OrganisationID, g.LeadID, g.RelayDays}
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
	WorkGroupID    *uuid.UUID `json:"workGroupId,omitempty" format:"uuid"`
	ManagerRole    string     `json:"managerRole,omitempty" example:"Enhetschef"`
	RelayDays      int64      `json:"relayDays" doc:"Arbetsdagar att gå igenom det som förmedlas; 0: som forumet säger. / Working days to go through what is passed on; 0: as the forum says."`
	EndedAt        *time.Time `json:"endedAt,omitempty" doc:"Utan: den finns. / None: it is there."`
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
		out.Body = Workplaces{part(*in, all, showWorkplace), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func showWorkplace(w partner.Workplace) Workplace {
	return Workplace{w.ID, w.ExternalID, w.Name, w.OrganisationID, w.ManagerID, w.WorkGroupID, w.ManagerRole, w.RelayDays, utc(w.EndedAt)}
}

// RelayDays is how long a receiver has.
type RelayDays struct {
	RelayDays int64 `json:"relayDays" minimum:"0" maximum:"60" doc:"0: som forumet säger. / 0: as the forum says."`
}

func (d *door) setRelayDays(ctx context.Context, in *struct {
	One
	Body RelayDays
}) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		return partner.SetRelayDays(tx, by, in.ID, in.Body.RelayDays)
	})
}
