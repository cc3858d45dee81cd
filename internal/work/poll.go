package work

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

// PollInbox reads the mailbox.
type PollInbox struct{}

// Kind is the job's stable name.
func (PollInbox) Kind() string { return "poll-inbox" }

type poller struct {
	river.WorkerDefaults[PollInbox]
	desk Desk
}

func (p *poller) Work(ctx context.Context, _ *river.Job[PollInbox]) error {
	if p.desk.Poll == nil { // put on the queue before the setting was taken away
		return nil
	}
	return p.desk.Poll(ctx)
}

// Timeout is longer than River's minute: a full mailbox after a holiday takes a while.
func (p *poller) Timeout(*river.Job[PollInbox]) time.Duration { return 5 * time.Minute }
