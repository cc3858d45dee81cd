package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// Decision is something decided, by the latest version of finalised minutes.
type Decision struct {
	ID         uuid.UUID   `json:"id" format:"uuid" doc:"Samma som punktens id i anteckningarna. / The same as the item's id in the minutes."`
	MinutesID  uuid.UUID   `json:"minutesId" format:"uuid"`
	MeetingID  uuid.UUID   `json:"meetingId" format:"uuid"`
	ForumID    uuid.UUID   `json:"forumId" format:"uuid"`
	Date       day         `json:"date"`
	Label      string      `json:"label" example:"B1"`
	Text       string      `json:"text" example:"Telefontolk erbjuds vid första samtalet."`
	Number     int64       `json:"number" doc:"Versionen av anteckningarna som det står i. / The version of the minutes that it stands in."`
	State      string      `json:"state" enum:"in-force,replaced" doc:"Gäller, eller ersatt av ett nyare. / In force, or replaced by a newer one."`
	Replaces   []uuid.UUID `json:"replaces" format:"uuid" doc:"De äldre beslut som det ersätter och som du får läsa. / The older decisions that it replaces and that you may read."`
	ReplacedBy []uuid.UUID `json:"replacedBy" format:"uuid"`
}

// DecisionDetails are a decision with its row of the plan.
type DecisionDetails struct {
	Decision
	PlanRow string `json:"planRow,omitempty" example:"5.3"`
}

// Decisions is a list of them.
type Decisions struct {
	Decisions []Decision `json:"decisions"`
	Extent
}

func showDecision(d minutes.DecisionTaken) Decision {
	of := func(d minutes.DecisionState) uuid.UUID { return d.ItemID }
	s := Decision{d.ItemID, d.MinutesID, d.Minutes.MeetingID, d.Minutes.Meeting.ForumID, dayOf(d.Minutes.Meeting.Date), d.Label, d.Text, d.Number, string(minutes.InForce), each(d.Replaces, of), each(d.ReplacedBy, of)}
	if d.Replaced {
		s.State = string(minutes.Replaced)
	}
	return s
}

type decisionSelection struct {
	Forum        string `query:"forum" maxLength:"200" doc:"Forumets id eller externalId. / The forum's id or externalId."`
	Year         int    `query:"year" minimum:"1900" maximum:"2200" example:"2027"`
	Organisation string `query:"organisation" maxLength:"200" doc:"Namnet på en organisation som var med. / The name of an organisation that took part."`
	State        string `query:"state" enum:"in-force,replaced"`
	PlanRow      string `query:"planRow" maxLength:"200" example:"5.3" doc:"Planens egen beteckning på en rad. / The plan's own name of a row."`
	Paging
}

// listDecisions writes, because reading what minutes say is logged.
func (d *door) listDecisions(ctx context.Context, in *decisionSelection) (*shown[Decisions], error) {
	out := &shown[Decisions]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		forumID, err := forumAsked(tx, by, in.Forum)
		if err != nil {
			return err
		}
		all, err := minutes.Decisions(tx, by, minutes.DecisionSelection{ForumID: forumID, Year: in.Year, Organisation: in.Organisation, Standing: minutes.Standing(in.State), Row: in.PlanRow})
		out.Body = Decisions{part(in.Paging, all, showDecision), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func (d *door) getDecision(ctx context.Context, in *One) (*shown[DecisionDetails], error) {
	out := &shown[DecisionDetails]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // reading is logged
		taken, err := minutes.OneDecision(tx, by, in.ID)
		if err != nil {
			return err
		}
		row, err := minutes.MeasureOf(tx, in.ID)
		out.Body = DecisionDetails{showDecision(*taken), rowName(row)}
		return err
	})
	return out, err
}

// ItemTies are what a decision or an action is tied to.
type ItemTies struct {
	Replaces  []uuid.UUID `json:"replaces" format:"uuid" maxItems:"100" doc:"För ett beslut: de beslut från tidigare möten som det ersätter. / Of a decision: the decisions of earlier meetings that it replaces."`
	MeasureID string      `json:"measureId,omitempty" maxLength:"200" example:"5.3" doc:"Id eller planens egen beteckning. Utan: ingen rad. / Id or the plan's own. None: no row."`
}

func (d *door) getTies(ctx context.Context, in *One) (*shown[ItemTies], error) {
	out := &shown[ItemTies]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		t, err := minutes.TiesOf(tx, by, in.ID)
		if err == nil {
			out.Body = ItemTies{ids(t.Replaces), rowName(t.Measure)}
		}
		return err
	})
	return out, err
}

func (d *door) setTies(ctx context.Context, in *struct {
	One
	Body ItemTies
}) (*shown[ItemTies], error) {
	out := &shown[ItemTies]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		if _, err := minutes.TiesOf(tx, by, in.ID); err != nil { // before anything is told of the plan
			return err
		}
		measure, err := measureOf(tx, by, in.Body.MeasureID)
		if err != nil {
			return err
		}
		if err := minutes.SetTies(tx, by, in.ID, in.Body.Replaces, measure); err != nil {
			return err
		}
		t, err := minutes.TiesOf(tx, by, in.ID)
		if err == nil {
			out.Body = ItemTies{ids(t.Replaces), rowName(t.Measure)}
		}
		return err
	})
	return out, err
}
