package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/relay"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// WorkplaceSettings is what a coordinator says of a workplace.
type WorkplaceSettings struct {
	Name           string     `json:"name,omitempty" maxLength:"200" example:"Barn- och familjeenheten" doc:"Krävs. / Required."`
	OrganisationID *uuid.UUID `json:"organisationId,omitempty" format:"uuid"`
	WorkGroupID    *uuid.UUID `json:"workGroupId,omitempty" format:"uuid" doc:"Arbetsgruppen som personalen hör till. / The work group that its staff belongs to."`
	ManagerID      *uuid.UUID `json:"managerId,omitempty" format:"uuid" doc:"Kontakt som får breven. / The contact that gets the letters."`
	ManagerRole    string     `json:"managerRole,omitempty" maxLength:"100" example:"Enhetschef"`
	ManagerEmail   string     `json:"managerEmail,omitempty" maxLength:"254" doc:"Går före managerId; finns adressen inte blir den en funktionsbrevlåda. / Goes before managerId; an unknown address becomes a mailbox."`
	RelayDays      int64      `json:"relayDays,omitempty" minimum:"0" maximum:"60" doc:"0: som forumet säger. / 0: as the forum says."`
}

// onWorkplace does something to a workplace and shows it.
func (d *door) onWorkplace(ctx context.Context, id uuid.UUID, verb func(*store.Tx, access.Actor) error) (*shown[Workplace], error) {
	out := &shown[Workplace]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		if err := verb(tx, by); err != nil {
			return err
		}
		w, err := partner.FindWorkplace(tx, by, id)
		if err != nil {
			return err
		}
		out.Body = showWorkplace(*w)
		return nil
	})
	return out, err
}

func (d *door) addWorkplace(ctx context.Context, in *struct{ Body WorkplaceSettings }) (*created[Workplace], error) {
	out := &created[Workplace]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		w, err := partner.SaveWorkplace(tx, by, uuid.Nil, partner.Place(in.Body))
		if err != nil {
			return err
		}
		out.Location, out.Body = Root+"/workplaces/"+w.ID.String(), showWorkplace(*w)
		return nil
	})
	return out, err
}

func (d *door) getWorkplace(ctx context.Context, in *One) (*shown[Workplace], error) {
	return d.onWorkplace(ctx, in.ID, func(*store.Tx, access.Actor) error { return nil })
}

func (d *door) changeWorkplace(ctx context.Context, in *struct {
	One
	Body WorkplaceSettings
}) (*shown[Workplace], error) {
	return d.onWorkplace(ctx, in.ID, func(tx *store.Tx, by access.Actor) error {
		_, err := partner.SaveWorkplace(tx, by, in.ID, partner.Place(in.Body))
		return err
	})
}

func (d *door) endWorkplace(ctx context.Context, in *One) (*shown[Workplace], error) {
	return d.onWorkplace(ctx, in.ID, func(tx *store.Tx, by access.Actor) error { return partner.EndWorkplace(tx, by, in.ID, true) })
}

func (d *door) reopenWorkplace(ctx context.Context, in *One) (*shown[Workplace], error) {
	return d.onWorkplace(ctx, in.ID, func(tx *store.Tx, by access.Actor) error { return partner.EndWorkplace(tx, by, in.ID, false) })
}

// PlanStanding is how the plan imported last stands at a workplace.
type PlanStanding struct {
	WorkplaceID   uuid.UUID          `json:"workplaceId" format:"uuid"`
	WorkplaceName string             `json:"workplaceName" example:"Barn- och familjeenheten"`
	PlanID        uuid.UUID          `json:"planId" format:"uuid"`
	State         string             `json:"state" enum:"confirmed,waiting,overdue,not-asked,unreachable"`
	Due           day                `json:"due,omitempty" doc:"Sista dagen, när chefen har fått frågan. / The last day, when the manager was asked."`
	Confirmations []PlanConfirmation `json:"confirmations"`
	Introductions []NewHires         `json:"introductions"`
	NewHires      int                `json:"newHires" doc:"Antal, inga namn. / A number, no names."`
}

// PlanConfirmation is the day of an APT at which the plan was gone through.
type PlanConfirmation struct {
	ID   uuid.UUID `json:"id" format:"uuid"`
	Date day       `json:"date"`
	At   time.Time `json:"at"`
}

// NewHires is how many were introduced on a day.
type NewHires struct {
	Date     day   `json:"date" doc:"Samma dag igen ersätter antalet. / The same day again replaces the number."`
	NewHires int64 `json:"newHires" minimum:"0" maximum:"200"`
}

// PlanStandings is a list of them.
type PlanStandings struct {
	PlanStandings []PlanStanding `json:"planStandings"`
	Extent
}

func (d *door) listPlanStandings(ctx context.Context, in *Paging) (*shown[PlanStandings], error) {
	out := &shown[PlanStandings]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		s, err := secretariat.PlanAtWorkplaces(tx, by, d.Office)
		if err != nil {
			return err
		}
		out.Body = PlanStandings{part(*in, s.Places, func(p secretariat.PlaceStanding) PlanStanding { return showPlanStanding(s, p) }), in.of(int64(len(s.Places)))}
		return nil
	})
	return out, err
}

func showPlanStanding(s *secretariat.PlanStanding, p secretariat.PlaceStanding) PlanStanding {
	shown := PlanStanding{WorkplaceID: p.Workplace.ID, WorkplaceName: p.Workplace.Name, State: string(p.State), NewHires: p.NewHires,
		Confirmations: each(p.Confirmations, func(c relay.Confirmation) PlanConfirmation {
			return PlanConfirmation{c.ID, dayOf(c.Date), c.At.UTC()}
		}),
		Introductions: each(p.Introductions, func(i relay.Introduction) NewHires { return NewHires{dayOf(i.Date), i.NewHires} })}
	if s.Plan != nil {
		shown.PlanID = s.Plan.ID
	}
	if p.Request != nil {
		shown.Due = dayOf(p.Request.Due)
	}
	return shown
}

// ConfirmedOn is the day of an APT.
type ConfirmedOn struct {
	Date day `json:"date,omitempty" doc:"Krävs. Dagen för APT. / Required. The day of the APT."`
}

func (d *door) confirmPlan(ctx context.Context, in *struct {
	One
	Body ConfirmedOn
}) (*nothing, error) {
	date, err := in.Body.Date.readAny("date")
	if err != nil {
		return nil, err
	}
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		return secretariat.ConfirmPlan(tx, by, d.Office, in.ID, date)
	})
}

// ConfirmationRemoval names a confirmation that was a mistake.
type ConfirmationRemoval struct {
	ConfirmationID *uuid.UUID `json:"confirmationId,omitempty" format:"uuid" doc:"Krävs. / Required."`
}

func (d *door) takeBackPlan(ctx context.Context, in *struct {
	One
	Body ConfirmationRemoval
}) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		if in.Body.ConfirmationID == nil {
			return fault.On("confirmationId", "Välj vilken bekräftelse som ska tas bort.")
		}
		return relay.TakeBack(tx, by, in.ID, *in.Body.ConfirmationID)
	})
}

func (d *door) countNewHires(ctx context.Context, in *struct {
	One
	Body NewHires
}) (*nothing, error) {
	date, err := in.Body.Date.readAny("date")
	if err != nil {
		return nil, err
	}
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		return secretariat.CountNewHires(tx, by, d.Office, in.ID, date, in.Body.NewHires)
	})
}

// PlanRequest asks workplaces to go through the plan.
type PlanRequest struct {
	WorkplaceIDs []uuid.UUID `json:"workplaceIds" format:"uuid" maxItems:"200"`
	Due          day         `json:"due" doc:"Sista dagen. / The last day."`
	ReviewHash   string      `json:"reviewHash,omitempty" maxLength:"100" doc:"hash från granskningen; utelämnas i den. / hash of the review; left out in it."`
}

// PlanRequestReview is what would be sent.
type PlanRequestReview struct {
	Hash    string       `json:"hash"`
	Letters []PlanLetter `json:"letters"`
}

// PlanLetter is a letter to one manager.
type PlanLetter struct {
	ShownName string `json:"shownName" example:"Kim Exempelsson"`
	Subject   string `json:"subject"`
	Text      string `json:"text" doc:"Länkarna är mottagarens egna och visas inte här. / The links are the recipient's own and are not shown here."`
}

func (d *door) planDue(r PlanRequest) (almanac.Date, error) { return r.Due.readAny("due") }

func showPlanRequest(r *secretariat.Review) PlanRequestReview {
	return PlanRequestReview{r.Hash, each(r.Notices, func(n secretariat.Notice) PlanLetter {
		return PlanLetter{n.Contact.Shown(), n.Letter.Subject, n.Letter.Text}
	})}
}

func (d *door) reviewPlanRequest(ctx context.Context, in *struct{ Body PlanRequest }) (*shown[PlanRequestReview], error) {
	due, err := d.planDue(in.Body)
	if err != nil {
		return nil, err
	}
	out := &shown[PlanRequestReview]{}
	err = d.rehearse(ctx, func(tx *store.Tx, by access.Actor) error {
		r, err := secretariat.AskForPlan(tx, by, d.Office, in.Body.WorkplaceIDs, due)
		if err != nil {
			return err
		}
		out.Body = showPlanRequest(r)
		return nil
	})
	return out, err
}

type planRequestCall struct {
	Repeatable
	Body PlanRequest
}

// askForPlan sends the letters as they were reviewed, once for each Idempotency-Key.
func (d *door) askForPlan(ctx context.Context, in *planRequestCall) (*shown[PlanRequestReview], error) {
	due, err := d.planDue(in.Body)
	if err != nil {
		return nil, err
	}
	body, err := once(ctx, d, in.Repeatable, []any{in.Body}, func(tx *store.Tx, by access.Actor) (PlanRequestReview, error) {
		r, err := secretariat.DoAskForPlan(tx, by, d.Office, in.Body.WorkplaceIDs, due, in.Body.ReviewHash)
		if err != nil {
			return PlanRequestReview{}, err
		}
		return showPlanRequest(r), nil
	})
	if err != nil {
		return nil, err
	}
	return &shown[PlanRequestReview]{body}, nil
}
