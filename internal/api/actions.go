package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/plan"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Action is something to be done, by finalised minutes.
type Action struct {
	ID        uuid.UUID  `json:"id" format:"uuid" doc:"Samma som punktens id i anteckningarna. / The same as the item's id in the minutes."`
	MinutesID uuid.UUID  `json:"minutesId" format:"uuid"`
	ForumID   uuid.UUID  `json:"forumId" format:"uuid"`
	Number    int64      `json:"number" doc:"Versionen av anteckningarna som säger vad den är. / The version of the minutes that says what it is."`
	Label     string     `json:"label" example:"U1"`
	Text      string     `json:"text" example:"Skriver första utkastet."`
	Owner     string     `json:"owner" example:"IFO-chefen"`
	OwnerRef  *OwnerRef  `json:"ownerRef,omitempty" doc:"Vem det är, när det är känt. / Who that is, where it is known."`
	Due       day        `json:"due,omitempty" doc:"Den slutdag som gäller. / The last day that holds."`
	StatedDue day        `json:"statedDue,omitempty" doc:"Den som anteckningarna säger. / The one that the minutes say."`
	Outcome   string     `json:"outcome,omitempty" enum:"done,dropped,replaced" doc:"Utan: den är öppen. / None: it is open."`
	ClosedAt  *time.Time `json:"closedAt,omitempty"`
	ClosedOn  day        `json:"closedOn,omitempty" doc:"Dagen då den blev klar. / The day on which it was done."`
	Comment   string     `json:"comment,omitempty" doc:"Hur det gick, eller varför den ströks. / How it went, or why it was dropped."`

	ReplacedByID *uuid.UUID `json:"replacedById,omitempty" format:"uuid" doc:"En senare uppgift eller ett beslut. / A later action or decision."`
}

// OwnerRef is who answers for an action: one of them.
type OwnerRef struct {
	ContactID      *uuid.UUID `json:"contactId,omitempty" format:"uuid" doc:"En kontakt i forumet. / A contact of the forum."`
	OrganisationID *uuid.UUID `json:"organisationId,omitempty" format:"uuid" doc:"De i forumet som hör dit. / Those of the forum who are of it."`
	IdentityID     *uuid.UUID `json:"identityId,omitempty" format:"uuid" doc:"Någon med konto. / Somebody with an account."`
}

// ActionChange is one thing that became of an action.
type ActionChange struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind" enum:"done,dropped,replaced,reopened,owner,due,cannot"`
	Was     string    `json:"was,omitempty" doc:"Tidigare ansvarig eller slutdag. / The owner or last day before."`
	Became  string    `json:"became,omitempty"`
	Comment string    `json:"comment,omitempty"`
	ByLink  bool      `json:"byLink" doc:"Av en kontakt med sin länk. / By a contact with its link."`
}

// ActionDetails are an action with what became of it.
type ActionDetails struct {
	Action
	PlanRow string         `json:"planRow,omitempty" example:"5.3"`
	History []ActionChange `json:"history" doc:"Det senaste först. / The latest first."`
}

// Actions is a list of them.
type Actions struct {
	Actions []Action `json:"actions"`
	Extent
}

func showAction(a minutes.ActionState) Action {
	s := Action{ID: a.ItemID, MinutesID: a.MinutesID, ForumID: a.Minutes.Meeting.ForumID, Number: a.Number, Label: a.Label, Text: a.Text, Owner: a.Owner, Due: dayOf(a.Due), StatedDue: dayOf(a.StatedDue),
		Outcome: a.Outcome, ClosedAt: utc(a.ClosedAt), ClosedOn: dayOf(a.ClosedOn), Comment: a.ClosedComment, ReplacedByID: a.ReplacedByID}
	if a.Known() {
		s.OwnerRef = &OwnerRef{a.OwnerContactID, a.OwnerOrganisationID, a.OwnerIdentityID}
	}
	return s
}

type actionSelection struct {
	Open    bool   `query:"open" doc:"true: bara de som är öppna. / true: only those that are open."`
	Forum   string `query:"forum" maxLength:"200" doc:"Forumets id eller externalId. / The forum's id or externalId."`
	PlanRow string `query:"planRow" maxLength:"200" example:"5.3" doc:"Planens egen beteckning på en rad. / The plan's own name of a row."`
	Paging
}

// forumAsked gives the forum that a list is narrowed to; nil: none.
func forumAsked(tx *store.Tx, by access.Actor, asked string) (*uuid.UUID, error) {
	if asked == "" {
		return nil, nil
	}
	f, err := findForum(tx, by, asked)
	if err != nil {
		return nil, err
	}
	return &f.ID, nil
}

func (d *door) listActions(ctx context.Context, in *actionSelection) (*shown[Actions], error) {
	out := &shown[Actions]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // reading is logged
		forumID, err := forumAsked(tx, by, in.Forum)
		if err != nil {
			return err
		}
		all, err := minutes.Actions(tx, by, minutes.ActionSelection{Open: in.Open, ForumID: forumID, Row: in.PlanRow})
		out.Body = Actions{part(in.Paging, all, showAction), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func (d *door) getAction(ctx context.Context, in *One) (*shown[ActionDetails], error) {
	out := &shown[ActionDetails]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // reading is logged
		a, err := minutes.OpenAction(tx, by, in.ID)
		if err != nil {
			return err
		}
		history, err := minutes.Changes(tx, by, in.ID)
		if err != nil {
			return err
		}
		row, err := minutes.MeasureOf(tx, in.ID)
		out.Body = ActionDetails{showAction(*a), rowName(row), each(history, func(c minutes.Change) ActionChange {
			return ActionChange{c.At.UTC(), c.Kind, c.Was, c.Became, c.Comment, c.ContactID != nil}
		})}
		return err
	})
	return out, err
}

// rowName is what the plan calls a row.
func rowName(m *plan.Measure) string {
	if m == nil {
		return ""
	}
	return m.ExternalID
}

// onAction does something with an action and shows it as it has become.
func (d *door) onAction(ctx context.Context, one One, verb func(*store.Tx, access.Actor) error) (*shown[Action], error) {
	out := &shown[Action]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		if err := verb(tx, by); err != nil {
			return err
		}
		a, err := minutes.ReadAction(tx, by, one.ID)
		if err == nil {
			out.Body = showAction(*a)
		}
		return err
	})
	return out, err
}

// Closure ends an action.
type Closure struct {
	Outcome      string     `json:"outcome" enum:"done,dropped,replaced" doc:"Gjord, struken utan att ha gjorts, eller ersatt av något senare. / Done, dropped without being done, or replaced by something later."`
	On           day        `json:"on,omitempty" doc:"När den blev klar; utan: i dag. / When it was done; none: today."`
	Comment      string     `json:"comment,omitempty" maxLength:"500" doc:"Krävs för dropped: varför. / Required of dropped: why."`
	ReplacedByID *uuid.UUID `json:"replacedById,omitempty" format:"uuid" doc:"Krävs för replaced: en uppgift eller ett beslut från ett senare möte. / Required of replaced: an action or a decision of a later meeting."`
}

func (d *door) closeAction(ctx context.Context, in *struct {
	One
	Body Closure
}) (*shown[Action], error) {
	on, err := in.Body.On.readAny("on")
	if err != nil {
		return nil, err
	}
	return d.onAction(ctx, in.One, func(tx *store.Tx, by access.Actor) error {
		_, err := minutes.Close(tx, by, in.ID, minutes.Closing{Outcome: in.Body.Outcome, On: on, Comment: in.Body.Comment, ReplacedByID: in.Body.ReplacedByID})
		return err
	})
}

func (d *door) reopenAction(ctx context.Context, in *One) (*shown[Action], error) {
	return d.onAction(ctx, *in, func(tx *store.Tx, by access.Actor) error {
		_, err := minutes.Reopen(tx, by, in.ID)
		return err
	})
}

func (d *door) assignAction(ctx context.Context, in *struct {
	One
	Body OwnerRef
}) (*shown[Action], error) {
	return d.onAction(ctx, in.One, func(tx *store.Tx, by access.Actor) error {
		_, err := secretariat.AssignAction(tx, by, in.ID, minutes.Owner(in.Body))
		return err
	})
}

// LastDay is when an action should be done.
type LastDay struct {
	Due day `json:"due,omitempty" doc:"Utan: ingen dag. / None: no day."`
}

func (d *door) moveAction(ctx context.Context, in *struct {
	One
	Body LastDay
}) (*shown[Action], error) {
	due, err := in.Body.Due.readAny("due")
	if err != nil {
		return nil, err
	}
	return d.onAction(ctx, in.One, func(tx *store.Tx, by access.Actor) error { return minutes.MoveDue(tx, by, in.ID, due) })
}

func (d *door) sendAction(ctx context.Context, in *One) (*shown[Action], error) {
	return d.onAction(ctx, *in, func(tx *store.Tx, by access.Actor) error { return secretariat.SendAction(tx, by, d.Office, in.ID) })
}

// ActionReport is what whoever answers for an action says of it.
type ActionReport struct {
	State   string `json:"state,omitempty" enum:"done,time" doc:"Krävs: klar, eller behöver mer tid. / Required: done, or needs more time."`
	Due     day    `json:"due,omitempty" doc:"Krävs för time: den nya slutdagen. / Required of time: the new last day."`
	Comment string `json:"comment,omitempty" maxLength:"500"`
}

func (d *door) reportAction(ctx context.Context, in *struct {
	One
	Body ActionReport
}) (*shown[Action], error) {
	var due almanac.Date
	var unread error
	if in.Body.State == "time" {
		due, unread = in.Body.Due.readAny("due")
	}
	return d.onAction(ctx, in.One, func(tx *store.Tx, by access.Actor) error {
		_, err := minutes.ReportOwn(tx, by, in.ID, minutes.Said{Kind: in.Body.State, Due: due, Comment: in.Body.Comment})
		if unread != nil && (err == nil || fault.KindOf(err) == fault.Invalid) { // to whoever may report only
			return unread
		}
		return err
	})
}
