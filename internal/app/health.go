package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/store"
	"samverkan/internal/web"
)

// lookLimit is how long the program looks at itself before it calls what does not answer failing.
const lookLimit = 3 * time.Second

// checks are what requests cannot be answered without.
type checks struct{ database, schema, jobs error }

func (a *App) check(ctx context.Context) checks {
	return checks{a.DB.Alive(ctx), a.DB.CheckSchema(ctx), a.jobs.Working(ctx, a.DB)}
}

// health is everything that the page of the service's state shows.
func (a *App) health(ctx context.Context) (h web.Health, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	c := a.check(ctx)
	h = web.Health{Now: a.DB.Now(), Database: c.database, Schema: c.schema, Jobs: c.jobs, Postgres: a.DB.IsPostgres(), Key: a.keyFile()}
	if h.SchemaNo, err = a.DB.Schema(ctx); err != nil {
		return h, err
	}
	if h.ClockAhead, err = a.clockAhead(ctx); err != nil {
		return h, err
	}
	if a.certificate != nil {
		days := a.certificate.Days()
		h.CertDays = &days
	}
	if !a.Sender.Filing {
		h.SMTP = a.smtp
	}
	if a.Inbox != nil {
		h.IMAP = a.Inbox.Server.Name()
	}
	h.DiskFree, h.DiskTotal = space(a.Config.DataDir)
	return h, a.DB.Read(ctx, func(tx *store.Tx) error { return a.readHealth(tx, &h) })
}

func (a *App) readHealth(tx *store.Tx, h *web.Health) (err error) {
	if h.Out, err = post.Out(tx); err != nil {
		return err
	}
	if h.Parked, err = post.Occupancy(tx, a.Office.Parking); err != nil {
		return err
	}
	if h.Backup, err = access.LastBackup(tx); err != nil || h.IMAP == "" {
		return err
	}
	all, err := post.Mailboxes(tx)
	for n := range all {
		if all[n].Name == h.IMAP {
			h.Mailbox = &all[n]
		}
	}
	return err
}

// clockAhead tells how far this machine's clock is before the database's, from the middle of the question.
func (a *App) clockAhead(ctx context.Context) (time.Duration, error) {
	before := a.DB.Now()
	theirs, err := a.DB.Clock(ctx)
	after := a.DB.Now()
	return before.Add(after.Sub(before) / 2).Sub(theirs), err
}

// keyFile is nil when the key that the program was started with is still where the next start looks for it.
func (a *App) keyFile() error {
	path := filepath.Join(a.Config.DataDir, "samverkan.key")
	if _, err := os.Stat(path); err != nil { // Load would make a new one
		if errors.Is(err, fs.ErrNotExist) {
			return errors.New("samverkan.key is not in the data folder")
		}
		return err
	}
	key, err := seal.Load(path)
	if err == nil && key.Fingerprint() != a.Office.Key.Fingerprint() {
		err = access.ErrOtherKey
	}
	return err
}
