package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

// LogEntry says who did or read what, when. It holds no content, title, name or token.
type LogEntry struct {
	ID         uuid.UUID  `json:"id" format:"uuid"`
	At         time.Time  `json:"at"`
	IdentityID *uuid.UUID `json:"identityId,omitempty" format:"uuid"`
	Actor      string     `json:"actor" enum:"identity,guest,system"`
	Action     string     `json:"action" example:"convene meeting"`
	ObjectKind string     `json:"objectKind" example:"meeting"`
	ObjectID   *uuid.UUID `json:"objectId,omitempty" format:"uuid"`
	Outcome    string     `json:"outcome" example:"done"`
}

// LogEntries is a list of them.
type LogEntries struct {
	LogEntries []LogEntry `json:"logEntries"`
	Extent
}

func (d *door) listLogEntries(ctx context.Context, in *Paging) (*shown[LogEntries], error) {
	out := &shown[LogEntries]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		found, total, err := access.LogEntries(tx, by, in.Limit, in.offset())
		out.Body = LogEntries{each(found, func(e access.LogEntry) LogEntry {
			return LogEntry{e.ID, e.At.UTC(), e.IdentityID, e.Actor, e.Action, e.ObjectKind, e.ObjectID, e.Outcome}
		}), in.of(total)}
		return err
	})
	return out, err
}
