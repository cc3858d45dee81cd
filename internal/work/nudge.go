package work

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// NudgePolls reminds of the date polls whose last day is near, each in a transaction of its own.
func (d Desk) NudgePolls(ctx context.Context) error {
	var due []uuid.UUID
	if err := d.DB.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = secretariat.PollsToNudge(tx, d.Office)
		return err
	}); err != nil {
		return err
	}
	var failures []error
	for _, id := range due { // one that cannot be reminded of does not stop the others
		failures = append(failures, d.DB.Write(ctx, func(tx *store.Tx) error {
			n, err := secretariat.NudgeDue(tx, d.Office, id)
			if n > 0 {
				d.Log.Info("reminded of a date poll", "poll", id, "letters", n)
			}
			return err
		}))
	}
	return errors.Join(failures...)
}
