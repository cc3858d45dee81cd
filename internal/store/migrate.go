package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"

	"samverkan/migrations"
)

// migrationLock is the number of PostgreSQL's advisory lock that lets one program migrate at a time.
const migrationLock = 7361_0001

// Migrate brings the schema up to this program's, and then runs more, which makes River's tables.
// Several programs may start at once: one migrates, the others wait. It refuses a database that
// a newer program has migrated.
func (db *DB) Migrate(ctx context.Context, more func(context.Context) error) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	return db.underLock(ctx, func() error {
		if err := refuseNewer(ctx, provider); err != nil {
			return err
		}
		if _, err := provider.Up(ctx); err != nil {
			return fmt.Errorf("the database could not be migrated: %w", err)
		}
		if more == nil {
			return nil
		}
		return more(ctx)
	})
}

// CheckSchema is nil when the database has exactly this program's schema.
func (db *DB) CheckSchema(ctx context.Context) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	pending, err := provider.HasPending(ctx)
	if err != nil {
		return err
	}
	if pending {
		return errors.New("the database is older than this program: run samverkan migrate")
	}
	return nil
}

// Schema is the number of the last migration that the database has been through.
func (db *DB) Schema(ctx context.Context) (int64, error) {
	provider, err := db.provider()
	if err != nil {
		return 0, err
	}
	return provider.GetDBVersion(ctx)
}

func refuseNewer(ctx context.Context, provider *goose.Provider) error {
	current, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := provider.ListSources()
	if newest := sources[len(sources)-1].Version; current > newest {
		return fmt.Errorf("the database has schema %d and this program knows %d: it was used by a newer samverkan. Install that version, or restore a backup made before", current, newest)
	}
	return nil
}

func (db *DB) provider() (*goose.Provider, error) {
	dialect, folder := goose.DialectSQLite3, "sqlite"
	if db.IsPostgres() {
		dialect, folder = goose.DialectPostgres, "postgres"
	}
	files, err := fs.Sub(migrations.Files, folder)
	if err != nil {
		return nil, err
	}
	sqlDB, err := db.sqlDB()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, sqlDB, files, goose.WithDisableGlobalRegistry(true))
}

// underLock runs fn while no other program migrates. SQLite has no advisory locks, and goose's
// own start races there: a second file beside the database is held instead.
func (db *DB) underLock(ctx context.Context, fn func() error) error {
	if db.IsPostgres() {
		return withAdvisoryLock(ctx, db.pool, fn)
	}
	lock, err := sql.Open("sqlite", SQLiteAddress(filepath.Clean(db.path)+".migrate-lock", true)+"&_pragma=busy_timeout(60000)")
	if err != nil {
		return err
	}
	defer lock.Close()
	held, err := lock.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("waiting for another program to migrate: %w", err)
	}
	defer held.Rollback()
	return fn()
}

// withAdvisoryLock holds the lock on a connection of its own, released with the connection.
func withAdvisoryLock(ctx context.Context, pool *pgxpool.Pool, fn func() error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return fmt.Errorf("waiting for another program to migrate: %w", err)
	}
	defer conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock)
	return fn()
}
