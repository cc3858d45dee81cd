package app_test

import (
	"encoding/csv"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

func TestLogCommands(t *testing.T) {
	bothAddresses(t, func(t *testing.T, environ []string) {
		must(t, environ, "user", "add", "bo@kommunen.example", "--name", "Bo Ek", "--role", "coordinator")
		if out := must(t, environ, "log", "verify"); !strings.Contains(out, "0 seals hold, over 0 entries. 2 entries are not sealed yet.") {
			t.Errorf("nothing sealed: %s", out)
		}
		db, err := store.Open(t.Context(), databaseOf(t, environ))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		later := db.At(func() time.Time { return time.Now().Add(time.Hour) })
		if _, err := access.SealLog(t.Context(), later); err != nil {
			t.Fatal(err)
		}
		out := must(t, environ, "log", "verify")
		head := regexp.MustCompile(`Head: (1:[0-9a-f]{64})`).FindStringSubmatch(out)
		if head == nil || !strings.Contains(out, "1 seals hold, over 2 entries.") {
			t.Fatalf("verify: %s", out)
		}
		must(t, environ, "log", "verify", "--head", head[1])
		for _, other := range []string{"2" + head[1][1:], "1:" + strings.Repeat("0", 64), "x", "0:x"} {
			if code, _, errs := run(t, environ, "", "log", "verify", "--head", other); code != 1 || errs == "" {
				t.Errorf("--head %s: exit %d", other, code)
			}
		}
		t.Run("an export has all there is, and says that it was made", func(t *testing.T) {
			rows, err := csv.NewReader(strings.NewReader(must(t, environ, "log", "export"))).ReadAll()
			if err != nil || len(rows) != 4 || rows[1][4] != "create identity" || rows[2][4] != "give coordinator" || rows[3][4] != "export log" {
				t.Errorf("%v %v", err, rows)
			}
			if rows, err = csv.NewReader(strings.NewReader(must(t, environ, "log", "export", "--to", "2020-01-31"))).ReadAll(); err != nil || len(rows) != 1 {
				t.Errorf("%v %v", err, rows)
			}
			if code, out, _ := run(t, environ, "", "log", "export", "--from", "i går"); code != 1 || out != "" {
				t.Errorf("exit %d: %s", code, out)
			}
		})
		t.Run("a restored log holds, with the backup and the restore in it", func(t *testing.T) {
			backup := filepath.Join(t.TempDir(), "backup.tar.gz")
			must(t, environ, "backup", backup)
			there := []string{"SAMVERKAN_DATA_DIR=" + t.TempDir()}
			must(t, there, "restore", backup)
			must(t, there, "log", "verify", "--head", head[1])
			exported := must(t, there, "log", "export")
			for _, action := range []string{"make backup", "restore backup", "hold sending"} {
				if strings.Count(exported, ","+action+",") != 1 {
					t.Errorf("%s: %s", action, exported)
				}
			}
		})
		t.Run("a log that was tampered with is refused, by its seal's number", func(t *testing.T) {
			off := "DROP TRIGGER log_entries_unchanged"
			if db.IsPostgres() {
				off += " ON log_entries"
			}
			for _, statement := range []string{off, "UPDATE log_entries SET action = 'read minutes' WHERE action = 'create identity'"} {
				if err := db.Write(t.Context(), func(tx *store.Tx) error { return tx.DB.Exec(statement).Error }); err != nil {
					t.Fatal(err)
				}
			}
			code, out, errs := run(t, environ, "", "log", "verify")
			if code != 1 || !strings.Contains(out, "seal 1 does not hold: One of its entries has been changed.") || !strings.Contains(errs, "1 of 1 seals do not hold") {
				t.Errorf("exit %d: %s%s", code, out, errs)
			}
		})
	})
}
