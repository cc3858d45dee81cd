package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/fault"
)

// Tx is one unit of work.
type Tx struct {
	DB  *gorm.DB  // gorm's statements of this transaction
	Now time.Time // the one time of this transaction: UTC, microseconds

	ctx   context.Context
	queue Queue
	done  map[string]bool
	sqlTx *sql.Tx // SQLite
	pgTx  pgx.Tx  // PostgreSQL, Write only
}

// Context is the one Write or Read was called with.
func (tx *Tx) Context() context.Context { return tx.ctx }

// SQL is SQLite's transaction, for River's InsertTx. It is nil on PostgreSQL.
func (tx *Tx) SQL() *sql.Tx { return tx.sqlTx }

// Postgres is PostgreSQL's transaction, for River's InsertTx. It is nil on SQLite.
func (tx *Tx) Postgres() pgx.Tx { return tx.pgTx }

// Enqueue puts a job on the queue when, and only when, the transaction commits.
func (tx *Tx) Enqueue(job Job, notBefore time.Time) error {
	if tx.queue == nil {
		return errors.New("store: no queue in use")
	}
	return tx.queue.Enqueue(tx, job, notBefore)
}

// Once is true the first time that it is asked about name in this transaction: for what one
// transaction does once, however many of its verbs ask for it.
func (tx *Tx) Once(name string) bool {
	if tx.done[name] {
		return false
	}
	if tx.done == nil {
		tx.done = map[string]bool{}
	}
	tx.done[name] = true
	return true
}

// NewID is a fresh primary key. It tells when it was made and is no secret.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Hold locks one row until the transaction ends and reads it into dst, a pointer to a model. It
// refuses with fault.NotFound. On SQLite the transaction already holds the only write lock.
func (tx *Tx) Hold(dst any, id uuid.UUID) error {
	return Found(tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).First(dst, "id = ?", id).Error)
}

// Found makes the database's "no such row" the fault that says so, and leaves every other error.
func Found(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.Missing()
	}
	return err
}

// Changed gives the error of a change, and fault.NotFound when no row was there to be changed.
func Changed(q *gorm.DB) error {
	if q.Error == nil && q.RowsAffected == 0 {
		return fault.Missing()
	}
	return q.Error
}

// IsDuplicate is true when a unique constraint refused a row.
func IsDuplicate(err error) bool { return errors.Is(err, gorm.ErrDuplicatedKey) }

// IsReferred is true when a row could not go because another refers to it.
func IsReferred(err error) bool { return errors.Is(err, gorm.ErrForeignKeyViolated) }

// errRehearsed ends a transaction that was only tried.
var errRehearsed = errors.New("store: rehearsed")

// How often Write runs its function when the database asks it to try again.
const attempts = 6

// Write runs fn in a transaction and commits when it returns nil. fn is run again when the
// database refuses only because of who else was writing, so it touches nothing but tx.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	var err error
	for try := range attempts {
		if try > 0 {
			select {
			case <-time.After(time.Duration(try*try) * 5 * time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if db.IsPostgres() {
			err = db.writePostgres(ctx, fn)
		} else {
			err = db.writeSQLite(ctx, fn)
		}
		if !again(err) {
			db.changes.n.Add(1) // whatever became of it
			return unavailable(err)
		}
	}
	return fmt.Errorf("after %d attempts: %w", attempts, err)
}

// unavailable makes of a database that has gone the fault that says so; its cause stays for the log.
func unavailable(err error) error {
	if err == nil || fault.KindOf(err) != fault.Internal || errors.Is(err, context.Canceled) || !gone(err) {
		return err
	}
	return fmt.Errorf("%w: %w", fault.New(fault.Unavailable, "Tjänsten svarar inte just nu. Försök igen om en stund."), err)
}

// errNoTransaction marks an error of beginning: nothing was asked yet, so it is not the question's.
var errNoTransaction = errors.New("store: no transaction could be begun")

// gone tells an error of the connection from one of a statement.
func gone(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	var e *pgconn.PgError
	if errors.As(err, &e) { // classes 08 (connection) and 57P (shutdown) of PostgreSQL's appendix A
		return strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P")
	}
	return errors.Is(err, errNoTransaction) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &connect) || errors.As(err, &network)
}

// Rehearse runs fn as Write does and then takes everything back: a preview shows what the same
// verb will do, not what other code believes it will.
func (db *DB) Rehearse(ctx context.Context, fn func(*Tx) error) error {
	err := db.Write(ctx, func(tx *Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// again is true for a serialisation failure, a deadlock and a busy database.
func again(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code == "40001" || e.Code == "40P01"
	}
	return isBusy(err)
}

func (db *DB) writeSQLite(ctx context.Context, fn func(*Tx) error) error {
	g := db.writer.WithContext(ctx).Begin()
	if g.Error != nil {
		return fmt.Errorf("%w: %w", errNoTransaction, g.Error)
	}
	defer g.Rollback()
	tx := &Tx{DB: g, Now: db.Now(), ctx: ctx, queue: db.queue, sqlTx: g.Statement.ConnPool.(*sql.Tx)}
	if err := fn(tx); err != nil {
		return err
	}
	return g.Commit().Error
}

// writePostgres begins the transaction on the pgx connection itself, so that River's pgx driver
// and gorm's database/sql statements share it.
func (db *DB) writePostgres(ctx context.Context, fn func(*Tx) error) error {
	sqlDB, err := db.writer.DB()
	if err != nil {
		return err
	}
	conn, err := sqlDB.Conn(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoTransaction, err)
	}
	defer conn.Close()
	var pgTx pgx.Tx
	if err := conn.Raw(func(d any) (err error) {
		pgTx, err = d.(*stdlib.Conn).Conn().Begin(ctx)
		return err
	}); err != nil {
		return err
	}
	// Through Raw: when a statement was cut off, database/sql has given the connection up already, and
	// the pool closes it on its own.
	defer conn.Raw(func(any) error { return pgTx.Rollback(context.WithoutCancel(ctx)) })
	g := db.writer.Session(&gorm.Session{NewDB: true, Context: ctx})
	g.Statement.ConnPool = &pgConn{conn, pgTx}
	if err := fn(&Tx{DB: g, Now: db.Now(), ctx: ctx, queue: db.queue, pgTx: pgTx}); err != nil {
		return err
	}
	return pgTx.Commit(ctx)
}

// pgConn lets gorm speak over the connection that holds the transaction. It has no BeginTx on
// purpose: with one, gorm would send a second BEGIN and a real COMMIT.
type pgConn struct {
	*sql.Conn
	tx pgx.Tx
}

// PrepareContext and the next three are what gorm calls.
func (c *pgConn) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return c.Conn.PrepareContext(ctx, query)
}

// BeginTx hides sql.Conn's method under a shape that gorm does not recognise.
func (c *pgConn) BeginTx() {}

// Commit makes pgConn a gorm.TxCommitter, by which gorm knows that it is inside a transaction.
func (c *pgConn) Commit() error { return c.tx.Commit(context.Background()) }

// Rollback is the other half of gorm.TxCommitter.
func (c *pgConn) Rollback() error { return c.tx.Rollback(context.Background()) }

// Read runs fn on one snapshot and never waits for, or holds up, a writer.
func (db *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	options := &sql.TxOptions{}
	if db.IsPostgres() {
		options = &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	}
	g := db.reader.WithContext(ctx).Begin(options)
	if g.Error != nil {
		return unavailable(fmt.Errorf("%w: %w", errNoTransaction, g.Error))
	}
	defer g.Rollback()
	return unavailable(fn(&Tx{DB: g, Now: db.Now(), ctx: ctx}))
}

// ByExternalID gives the primary key of the row of a model that a file named so, and whether there
// is one.
func ByExternalID(tx *Tx, model any, external string) (uuid.UUID, bool, error) {
	var ids []uuid.UUID // a slice: an array of bytes would be taken for sixteen rows
	err := tx.DB.Model(model).Where("external_id = ?", external).Limit(1).Pluck("id", &ids).Error
	if err != nil || len(ids) == 0 {
		return uuid.Nil, false, err
	}
	return ids[0], true, nil
}
