// Package storetest gives tests a real, empty, migrated database: SQLite always, and PostgreSQL
// from TEST_DATABASE_URL or from the programs installed on this machine, which it starts itself on
// a socket in a temporary folder. A test's body runs once on each.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"samverkan/internal/jobs"
	"samverkan/internal/store"
)

// Now is the day of every test: a Tuesday in week 48, after the autumn change of clocks.
var Now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// Clock is a clock that a test moves by hand.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Time is what the clock shows.
func (c *Clock) Time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Move turns the clock forward.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Each runs body on a database of each kind, with the clock at Now.
func Each(t *testing.T, body func(t *testing.T, db *store.DB)) {
	t.Helper()
	EachClock(t, func(t *testing.T, db *store.DB, _ *Clock) { body(t, db) })
}

// EachClock is Each for bodies that move the clock.
func EachClock(t *testing.T, body func(t *testing.T, db *store.DB, clock *Clock)) {
	t.Helper()
	Both(t, func(t *testing.T) {
		clock := &Clock{now: Now}
		body(t, open(t, SQLite(t), clock), clock)
	}, func(t *testing.T) {
		clock := &Clock{now: Now}
		body(t, open(t, Postgres(t), clock), clock)
	})
}

// Both runs a test on SQLite and on PostgreSQL at the same time, and comes back when both have ended.
func Both(t *testing.T, sqlite, postgres func(t *testing.T)) {
	t.Helper()
	var both sync.WaitGroup
	both.Go(func() { t.Run("sqlite", sqlite) })
	both.Go(func() { t.Run("postgres", postgres) })
	both.Wait()
}

// One opens the migrated database at address, with the clock at Now, until the test ends.
func One(t testing.TB, address string) *store.DB {
	t.Helper()
	return open(t, address, &Clock{now: Now})
}

func open(t testing.TB, address string, clock *Clock) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	db = db.At(clock.Time)
	queue, err := jobs.Open(db, jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		queue.Close()
		db.Close()
	})
	return db
}

var template struct {
	once sync.Once
	file []byte
	err  error
}

// SQLite gives the address of a fresh migrated SQLite file.
func SQLite(t testing.TB) string {
	t.Helper()
	template.once.Do(func() { template.file, template.err = migratedFile() })
	if template.err != nil {
		t.Fatal(template.err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, template.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite://" + path
}

// migratedFile migrates once; every test then starts from a copy.
func migratedFile() ([]byte, error) {
	dir, err := os.MkdirTemp("", "storetest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite://" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

func migrate(address string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx, jobs.Migrate(db)); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return db.Close() // the last connection folds the WAL into the file
}
