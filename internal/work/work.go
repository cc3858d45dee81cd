// Package work is the door for jobs: River's workers, each of which calls one verb. A worker may
// run twice; the verbs make the second time harmless.
package work

import (
	"context"
	"errors"
	"log/slog"

	"github.com/riverqueue/river"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/search"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Desk is what workers work with.
type Desk struct {
	DB     *store.DB
	Office secretariat.Office
	Sender *post.Sender
	Log    *slog.Logger
	Poll   func(context.Context) error // reads the mailbox; nil: there is none
}

// Workers gives a worker for each job.
func Workers(d Desk) *river.Workers {
	workers := river.NewWorkers()
	river.AddWorker(workers, &waker{desk: d})
	river.AddWorker(workers, &reminder{desk: d})
	river.AddWorker(workers, &tidier{desk: d})
	river.AddWorker(workers, &resetter{desk: d})
	river.AddWorker(workers, &sealer{desk: d})
	river.AddWorker(workers, &poller{desk: d})
	return workers
}

// waker tells this program's sender to look at what is due.
type waker struct {
	river.WorkerDefaults[post.Wake]
	desk Desk
}

func (w *waker) Work(context.Context, *river.Job[post.Wake]) error {
	w.desk.Sender.Poke()
	return nil
}

// Remind asks which reminders are due.
type Remind struct{}

// Kind is the job's stable name.
func (Remind) Kind() string { return "remind" }

type reminder struct {
	river.WorkerDefaults[Remind]
	desk Desk
}

func (r *reminder) Work(ctx context.Context, _ *river.Job[Remind]) error {
	return r.desk.Remind(ctx)
}

// Remind writes the reminders that are due, each recipient's in a transaction of its own.
func (d Desk) Remind(ctx context.Context) error {
	var due []secretariat.Pending
	if err := d.DB.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = secretariat.ToRemind(tx, d.Office)
		return err
	}); err != nil {
		return err
	}
	var failures []error
	letters, things := 0, 0
	for _, p := range due { // one whom we cannot remind does not stop the others
		n := 0
		failures = append(failures, d.DB.Write(ctx, func(tx *store.Tx) (err error) {
			n, err = secretariat.Remind(tx, d.Office, p)
			return err
		}))
		if n > 0 {
			letters, things = letters+1, things+n
		}
	}
	if letters > 0 {
		d.Log.Info("reminded", "letters", letters, "of", things)
	}
	return errors.Join(failures...)
}

// resetter writes to whoever has forgotten the password.
type resetter struct {
	river.WorkerDefaults[secretariat.Forgotten]
	desk Desk
}

func (r *resetter) Work(ctx context.Context, job *river.Job[secretariat.Forgotten]) error {
	return r.desk.Reset(ctx, job.Args)
}

// Reset writes to whoever has forgotten the password.
func (d Desk) Reset(ctx context.Context, asked secretariat.Forgotten) error {
	return d.DB.Write(ctx, func(tx *store.Tx) error { return secretariat.SendReset(tx, d.Office, asked.Email) })
}

// Tidy removes what has run out and keeps the search index up to the program.
type Tidy struct{}

// Kind is the job's stable name.
func (Tidy) Kind() string { return "tidy" }

type tidier struct {
	river.WorkerDefaults[Tidy]
	desk Desk
}

func (t *tidier) Work(ctx context.Context, _ *river.Job[Tidy]) error { return t.desk.Tidy(ctx) }

// Tidy removes what has run out and keeps the search index up to the program.
func (d Desk) Tidy(ctx context.Context) error {
	err := d.DB.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(access.Tidy(tx), post.Forget(tx), post.ForgetReceived(tx), secretariat.EmptyBin(tx), secretariat.EndStandIns(tx), partner.ForgetBusy(tx), poll.Forget(tx), invite.ForgetOverviews(tx))
	})
	// After an upgrade the analyser may read words otherwise: rows of the old one are made anew.
	return errors.Join(err, search.Reindex(ctx, d.DB, 200, func(done, total int) {
		d.Log.Info("search index made anew", "done", done, "of", total)
	}))
}
