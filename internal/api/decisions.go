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
	ID        uuid.UUID `json:"id" format:"uuid" doc:"Samma som punktens id i anteckningarna. / The same as the item's id in the minutes."`
	MinutesID uuid.UUID `json:"minutesId" format:"uuid"`
	MeetingID uuid.UUID `json:"meetingId" format:"uuid"`
	ForumID   uuid.UUID `json:"forumId" format:"uuid"`
	Date      day       `json:"date"`
	Label     string    `json:"label" example:"B1"`
	Text      string    `json:"text" example:"Telefontolk erbjuds vid första samtalet."`
}

// Decisions is a list of them.
type Decisions struct {
	Decisions []Decision `json:"decisions"`
	Extent
}

func showDecision(d minutes.DecisionTaken) Decision {
	return Decision{d.ID, d.MinutesID, d.MeetingID, d.ForumID, dayOf(d.Date), d.Label, d.Text}
}

// listDecisions writes, because reading what minutes say is logged.
func (d *door) listDecisions(ctx context.Context, in *Paging) (*shown[Decisions], error) {
	out := &shown[Decisions]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := minutes.Decisions(tx, by)
		out.Body = Decisions{part(*in, all, showDecision), in.of(int64(len(all)))}
		return err
	})
	return out, err
}
