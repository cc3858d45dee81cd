package app_test

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/app"
	"samverkan/internal/app/sample"
	"samverkan/internal/config"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
	"samverkan/internal/work"
)

// docs/operations.md: the service runs under a role that may not change the log.
func TestServesUnderARoleThatCannotChangeTheLog(t *testing.T) {
	if os.Getenv("TEST_DATABASE_URL") != "" {
		t.Skip("the server that TEST_DATABASE_URL names may ask new roles for a password")
	}
	address := storetest.Postgres(t)
	owner := storetest.One(t, address)
	statements, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(statements), "    CREATE ROLE samverkan_serve")
	block, _, _ = strings.Cut("CREATE ROLE samverkan_serve"+block, "\n\n")
	exec := func(db *store.DB, statement string) error {
		return db.Write(t.Context(), func(tx *store.Tx) error { return tx.DB.Exec(statement).Error })
	}
	t.Cleanup(func() { _ = exec(owner, "DROP OWNED BY samverkan_serve; DROP ROLE samverkan_serve") })
	for _, s := range strings.Split(block, ";") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if err := exec(owner, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := owner.Write(t.Context(), func(tx *store.Tx) error { _, err := sample.Build(tx, "hash"); return err }); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User("samverkan_serve")
	c, err := config.Read([]string{"SAMVERKAN_DATABASE_URL=" + u.String(), "SAMVERKAN_DATA_DIR=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	lines := &logged{}
	a, err := app.New(t.Context(), c, "test", slog.New(slog.NewJSONHandler(lines, nil)), func() time.Time { return storetest.Now.Add(time.Hour) })
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx, l) }()
	if err := (work.Desk{DB: a.DB, Log: a.Log()}).SealLog(t.Context()); err != nil {
		t.Errorf("sealing: %v", err)
	}
	if err := a.DB.Write(t.Context(), func(tx *store.Tx) error {
		if err := access.Tidy(tx); err != nil {
			return err
		}
		_, err := access.Join(tx, access.System(), "Ny", "ny@vingaker.example", "hash", "sv")
		return err
	}); err != nil {
		t.Errorf("work: %v", err)
	}
	for _, statement := range []string{"UPDATE log_entries SET action = 'x'", "DELETE FROM log_entries", "DELETE FROM log_seals", "TRUNCATE log_entries CASCADE",
		"ALTER TABLE log_entries DISABLE TRIGGER USER", "DROP TRIGGER log_entries_unchanged ON log_entries"} {
		if err := exec(a.DB, statement); err == nil || !strings.Contains(err.Error(), "permission denied") && !strings.Contains(err.Error(), "must be owner") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	for end := time.Now().Add(10 * time.Second); !strings.Contains(lines.String(), "log sealed") && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if strings.Contains(lines.String(), "permission denied") {
		t.Errorf("something may not do its work: %s", lines.String())
	}
}
