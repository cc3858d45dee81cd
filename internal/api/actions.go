package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// Action is something to be done, by finalised minutes.
type Action struct {
	ID        uuid.UUID  `json:"id" format:"uuid" doc:"Samma som punktens id i anteckningarna. / The same as the item's id in the minutes."`
	MinutesID uuid.UUID  `json:"minutesId" format:"uuid"`
	Number    int64      `json:"number" doc:"Versionen av anteckningarna som säger vad den är. / The version of the minutes that says what it is."`
	Label     string     `json:"label" example:"U1"`
	Text      string     `json:"text" example:"Skriver första utkastet."`
	Owner     string     `json:"owner" example:"IFO-chefen"`
	Due       day        `json:"due,omitempty"`
	Outcome   string     `json:"outcome,omitempty" enum:"done,dropped" doc:"Utan: den är öppen. / None: it is open."`
	ClosedAt  *time.Time `json:"closedAt,omitempty"`
}

// Actions is a list of them.
type Actions struct {
	Actions []Action `json:"actions"`
	Extent
}

func showAction(a minutes.ActionState) Action {
	return Action{a.ItemID, a.MinutesID, a.Number, a.Label, a.Text, a.Owner, dayOf(a.Due), a.Outcome, utc(a.ClosedAt)}
}

type actionSelection struct {
	Open bool `query:"open" doc:"true: bara de som är öppna. / true: only those that are open."`
	Paging
}

func (d *door) listActions(ctx context.Context, in *actionSelection) (*shown[Actions], error) {
	out := &shown[Actions]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // reading is logged
		all, err := minutes.Actions(tx, by, in.Open)
		out.Body = Actions{part(in.Paging, all, showAction), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

// Closure ends an action.
type Closure struct {
	Outcome string `json:"outcome" enum:"done,dropped" doc:"Gjord, eller struken utan att ha gjorts. / Done, or dropped without being done."`
}

type closureCall struct {
	One
	Body Closure
}

func (d *door) closeAction(ctx context.Context, in *closureCall) (*shown[Action], error) {
	out := &shown[Action]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		a, err := minutes.Close(tx, by, in.ID, in.Body.Outcome)
		if err == nil {
			out.Body = showAction(*a)
		}
		return err
	})
	return out, err
}
