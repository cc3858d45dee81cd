// Package jobs is River on either database: jobs are put on the queue in the transaction that
// makes them necessary and worked after its commit. It knows no job by name.
package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"samverkan/internal/store"
)

// Client puts jobs on the queue and, when it was opened with workers, works them.
type Client struct {
	sqlite   *river.Client[*sql.Tx]
	postgres *river.Client[pgx.Tx]
	pool     *sql.DB // SQLite: River's own connections, so that its polling never holds up our writer
}

// Options say what a client works. Without Workers it only puts jobs on the queue.
type Options struct {
	Workers  *river.Workers
	Periodic []*river.PeriodicJob
	Log      *slog.Logger
}

// Open makes River's client for db and makes it db's queue.
func Open(db *store.DB, o Options) (*Client, error) {
	config := &river.Config{
		Logger: o.Log, Workers: o.Workers, PeriodicJobs: o.Periodic,
		JobTimeout: time.Minute, RescueStuckJobsAfter: 5 * time.Minute,
	}
	if o.Log == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	config.ErrorHandler = teller{config.Logger}
	if o.Workers != nil {
		config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 4}}
	}
	c := &Client{}
	var err error
	if db.IsPostgres() {
		c.postgres, err = river.NewClient(riverpgxv5.New(db.Pool()), config)
	} else {
		c.pool, err = sql.Open("sqlite", store.SQLiteAddress(db.Path(), true))
		if err == nil {
			c.pool.SetMaxOpenConns(2)
			c.sqlite, err = river.NewClient(riversqlite.New(c.pool), config)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the job queue: %w", err)
	}
	db.UseQueue(c)
	return c, nil
}

// Migrate makes River's tables. It is handed to store.DB.Migrate, which holds the lock.
func Migrate(db *store.DB) func(context.Context) error {
	return func(ctx context.Context) error {
		if db.IsPostgres() {
			return up(ctx, func() (*rivermigrate.Migrator[pgx.Tx], error) {
				return rivermigrate.New(riverpgxv5.New(db.Pool()), quiet())
			})
		}
		pool, err := sql.Open("sqlite", store.SQLiteAddress(db.Path(), true))
		if err != nil {
			return err
		}
		defer pool.Close()
		return up(ctx, func() (*rivermigrate.Migrator[*sql.Tx], error) {
			return rivermigrate.New(riversqlite.New(pool), quiet())
		})
	}
}

func quiet() *rivermigrate.Config {
	return &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)}
}

func up[T any](ctx context.Context, open func() (*rivermigrate.Migrator[T], error)) error {
	migrator, err := open()
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// Enqueue puts job on the queue in tx, to be worked from notBefore on.
func (c *Client) Enqueue(tx *store.Tx, job store.Job, notBefore time.Time) error {
	options := &river.InsertOpts{ScheduledAt: notBefore}
	var err error
	if c.postgres != nil {
		_, err = c.postgres.InsertTx(tx.Context(), tx.Postgres(), job, options)
	} else {
		_, err = c.sqlite.InsertTx(tx.Context(), tx.SQL(), job, options)
	}
	return err
}

// Start works jobs until Stop or until ctx ends.
func (c *Client) Start(ctx context.Context) error {
	if c.postgres != nil {
		return c.postgres.Start(ctx)
	}
	return c.sqlite.Start(ctx)
}

// Stop lets running jobs end and then ends the client.
func (c *Client) Stop(ctx context.Context) error {
	if c.postgres != nil {
		return c.postgres.Stop(ctx)
	}
	return c.sqlite.Stop(ctx)
}

// Working is nil unless jobs have been waiting for so long that nobody can be working them.
func (c *Client) Working(ctx context.Context, db *store.DB) error {
	return db.Read(ctx, func(tx *store.Tx) error {
		var n int64
		err := tx.DB.Table("river_job").Where("state = 'available' AND scheduled_at < ?", tx.Now.Add(-5*time.Minute)).Count(&n).Error
		if err == nil && n > 0 {
			err = fmt.Errorf("%d jobs have waited for more than five minutes", n)
		}
		return err
	})
}

// Close gives back River's own connections. It is called after Stop.
func (c *Client) Close() error {
	if c.pool == nil {
		return nil
	}
	return c.pool.Close()
}
