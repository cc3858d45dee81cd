package store

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// How often SQLite's file is asked whether another program has written to it, and how long the
// connection that listens to PostgreSQL is silent before it is asked whether it is still there.
const (
	askFile     = 250 * time.Millisecond
	askListener = time.Second
	askAgain    = 3 * time.Second // after a listener was lost
)

// channel is what the triggers of migrations/postgres announce changes on.
const channel = "samverkan_changed"

// changes counts commits: of this program always, of others while somebody watches.
type changes struct {
	n    atomic.Int64
	sure atomic.Bool
}

// Changes counts what was committed, here and by other programs. While the count stays the same, so
// does everything that PostgreSQL's triggers announce, and all of SQLite. It is not sure while Watch does
// not run or cannot hear: then the database has to be asked.
func (db *DB) Changes() (n int64, sure bool) { return db.changes.n.Load(), db.changes.sure.Load() }

// Watch hears of other programs' commits until ctx ends. A listener that is lost is told to tell, and
// sought anew.
func (db *DB) Watch(ctx context.Context, tell func(error)) {
	for ctx.Err() == nil {
		err := db.hear(ctx)
		db.changes.sure.Store(false)
		if ctx.Err() == nil {
			tell(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(askAgain):
		}
	}
}

func (db *DB) hear(ctx context.Context) error {
	if db.IsPostgres() {
		return db.listen(ctx)
	}
	return db.watchFile(ctx)
}

// heard is called when something may have been missed, before the count is believed.
func (db *DB) heard() {
	db.changes.n.Add(1)
	db.changes.sure.Store(true)
}

// listen is a connection of its own: one of the pool's would be missed by pages.
func (db *DB) listen(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig.Copy())
	if err != nil {
		return fmt.Errorf("listening for changes: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	// A pooler that hands connections round lets LISTEN succeed and never tells anything.
	if _, err := db.pool.Exec(ctx, "SELECT pg_notify($1, '')", channel); err != nil {
		return err
	}
	first, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := conn.WaitForNotification(first); err != nil {
		return fmt.Errorf("listening for changes: %w", err)
	}
	db.heard()
	for {
		silence, cancel := context.WithTimeout(ctx, askListener)
		_, err := conn.WaitForNotification(silence)
		cancel()
		switch {
		case err == nil:
			db.changes.n.Add(1)
			continue
		case ctx.Err() != nil || conn.IsClosed():
			return err
		}
		alive, cancel := context.WithTimeout(ctx, askListener)
		err = conn.Ping(alive)
		cancel()
		if err != nil {
			return err
		}
	}
}

// watchFile asks one connection for SQLite's count of what others have committed.
func (db *DB) watchFile(ctx context.Context) error {
	pool, err := db.reader.DB()
	if err != nil {
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	ticker := time.NewTicker(askFile)
	defer ticker.Stop()
	for last := int64(-1); ; {
		var version int64
		if err := conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
			return err
		}
		if version != last {
			last = version
			db.heard()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
