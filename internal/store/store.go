// Package store keeps the rows, in SQLite by default and in PostgreSQL by one setting. Its unit
// of work, Write, is the only way to change anything: gorm's statements and the jobs that follow
// from them are committed together or not at all, on both databases. It knows no table.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// DB is an open database. It is safe for use by several goroutines.
type DB struct {
	writer *gorm.DB // SQLite: a pool of one connection, so that writers queue here and not in SQLite
	reader *gorm.DB // SQLite: connections that refuse to write; PostgreSQL: the same as writer
	pool   *pgxpool.Pool
	path   string // SQLite: the file
	queue  Queue
	clock  func() time.Time

	changes *changes // shared by all clocks
}

// Job is something to be done after the commit. River finds its worker by Kind.
type Job interface{ Kind() string }

// Queue takes jobs in a transaction. Package jobs has the one for River.
type Queue interface {
	Enqueue(tx *Tx, job Job, notBefore time.Time) error
}

// Open opens the database that address names, sqlite:///path/to/file or postgres://…, and does
// not change it. The error says what to set when the address is of another kind or the
// database does not answer.
func Open(ctx context.Context, address string) (*DB, error) {
	switch {
	case strings.HasPrefix(address, "sqlite://"):
		return openSQLite(strings.TrimPrefix(address, "sqlite://"))
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		return openPostgres(ctx, address)
	}
	return nil, fmt.Errorf("the database address %q is neither sqlite:///path/to/file nor postgres://user:password@host/name", scheme(address))
}

// scheme shows an address without what may be a password in it.
func scheme(address string) string {
	before, _, found := strings.Cut(address, "://")
	if !found {
		return "…"
	}
	return before + "://…"
}

// A program that is frozen in a transaction keeps its rows locked for all others. The server takes the
// transaction back after this; none of ours rests as long between two statements.
const idleParameter, idleLimit = "idle_in_transaction_session_timeout", "30s"

func openPostgres(ctx context.Context, address string) (*DB, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("the database address cannot be read: %w", redact(err, address))
	}
	if config.MaxConns < 8 { // two for River, the rest for pages; pgx's default follows the cores
		config.MaxConns = 8
	}
	if _, set := config.ConnConfig.RuntimeParams[idleParameter]; !set { // the address may say otherwise
		config.ConnConfig.RuntimeParams[idleParameter] = idleLimit
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("the database does not answer: %w", redact(err, address))
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("the database does not answer at %s: %w", config.ConnConfig.Host, redact(err, address))
	}
	sqlDB := stdlib.OpenDBFromPool(pool)
	sqlDB.SetMaxIdleConns(0) // the pgx pool keeps them; an idle one here would be taken from it for ever
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: sqlDB}), settings())
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &DB{writer: g, reader: g, pool: pool, clock: time.Now, changes: &changes{}}, nil
}

// redact keeps a password that a driver repeats out of logs.
func redact(err error, address string) error {
	text := err.Error()
	if u, e := url.Parse(address); e == nil && u.User != nil {
		if password, set := u.User.Password(); set && password != "" {
			text = strings.ReplaceAll(text, password, "…")
		}
	}
	return errors.New(strings.ReplaceAll(text, address, scheme(address)))
}

func settings() *gorm.Config {
	return &gorm.Config{
		TranslateError:         true,
		SkipDefaultTransaction: true,
		NowFunc:                func() time.Time { return time.Time{} }, // the time is tx.Now; gorm fills in none
		Logger:                 logger.Discard,
	}
}

// Close ends all connections.
func (db *DB) Close() error {
	if db.pool != nil {
		sqlDB, err := db.writer.DB()
		if err == nil {
			err = sqlDB.Close()
		}
		db.pool.Close()
		return err
	}
	return errors.Join(closeGorm(db.reader), closeGorm(db.writer))
}

func closeGorm(g *gorm.DB) error {
	sqlDB, err := g.DB()
	if err != nil {
		return err
	}
	return sqlDB.Close()
}

// IsPostgres tells which of the two databases this is.
func (db *DB) IsPostgres() bool { return db.pool != nil }

// Pool is PostgreSQL's pool, for River and for LISTEN. It is nil on SQLite.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Path is the SQLite file. It is empty on PostgreSQL.
func (db *DB) Path() string { return db.path }

// UseQueue says where Tx.Enqueue puts jobs. It is called once, when the house is put together.
func (db *DB) UseQueue(q Queue) { db.queue = q }

// At gives the same database with another clock: the demo's past and every test's day.
func (db *DB) At(clock func() time.Time) *DB {
	other := *db
	other.clock = clock
	return &other
}

// Now is the time a transaction begun now would have: UTC, cut to microseconds because that is
// what PostgreSQL keeps.
func (db *DB) Now() time.Time { return db.clock().UTC().Truncate(time.Microsecond) }

// Alive asks the database a trivial question.
func (db *DB) Alive(ctx context.Context) error {
	return db.reader.WithContext(ctx).Exec("SELECT 1").Error
}

// Clock is the database's own time. SQLite has the machine's.
func (db *DB) Clock(ctx context.Context) (time.Time, error) {
	query := "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
	if db.IsPostgres() {
		query = `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
	}
	text := ""
	if err := db.reader.WithContext(ctx).Raw(query).Scan(&text).Error; err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, text)
}

// sqlDB is the pool that migrations and dumps use.
func (db *DB) sqlDB() (*sql.DB, error) { return db.writer.DB() }
