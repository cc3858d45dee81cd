package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
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

type logSelection struct {
	From   day    `query:"from" doc:"Från och med. / From, inclusive."`
	To     day    `query:"to" doc:"Till och med. / To, inclusive."`
	Action string `query:"action" maxLength:"100" pattern:"^[a-z -]*$" doc:"Bara den. / That one only." example:"read minutes"`
	Paging
}

func (in *logSelection) read(zone *time.Location) (s access.LogSelection, err error) {
	from, fromErr := in.From.readAny("from")
	to, toErr := in.To.readAny("to")
	s = access.LogSelection{Action: in.Action, Limit: in.Limit, Offset: in.offset()}
	s.From, s.To = almanac.Days(from, to, zone)
	return s, fault.Join(fromErr, toErr)
}

func (d *door) listLogEntries(ctx context.Context, in *logSelection) (*shown[LogEntries], error) {
	selection, err := in.read(d.Office.Zone)
	if err != nil {
		return nil, err
	}
	out := &shown[LogEntries]{}
	err = d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		found, total, err := access.LogEntries(tx, by, selection)
		out.Body = LogEntries{each(found, func(e access.LogEntry) LogEntry {
			return LogEntry{e.ID, e.At.UTC(), e.IdentityID, e.Actor, e.Action, e.ObjectKind, e.ObjectID, e.Outcome}
		}), in.of(total)}
		return err
	})
	return out, err
}
