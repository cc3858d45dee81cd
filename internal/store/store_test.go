package store_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

type ping struct {
	N int `json:"n"`
}

func (ping) Kind() string { return "ping" }

func insertCounter(tx *store.Tx, name string) error {
	return tx.DB.Exec("INSERT INTO change_counters (name, version, changed_at) VALUES (?, 1, ?)", name, tx.Now).Error
}

func count(t *testing.T, db *store.DB, table string) (n int64) {
	t.Helper()
	if err := db.Read(t.Context(), func(tx *store.Tx) error { return tx.DB.Table(table).Count(&n).Error }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Run("commits rows and jobs together", func(t *testing.T) {
			before := count(t, db, "river_job")
			if err := db.Write(t.Context(), func(tx *store.Tx) error {
				if err := insertCounter(tx, "a"); err != nil {
					return err
				}
				return tx.Enqueue(ping{1}, tx.Now)
			}); err != nil {
				t.Fatal(err)
			}
			if count(t, db, "change_counters") != 1 || count(t, db, "river_job") != before+1 {
				t.Fatal("the row or the job is missing")
			}
		})
		t.Run("takes rows and jobs back together", func(t *testing.T) {
			jobs := count(t, db, "river_job")
			refusal := errors.New("no")
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				if err := errors.Join(insertCounter(tx, "b"), tx.Enqueue(ping{2}, tx.Now)); err != nil {
					return err
				}
				return refusal
			})
			if !errors.Is(err, refusal) || count(t, db, "change_counters") != 1 || count(t, db, "river_job") != jobs {
				t.Fatalf("err %v: something was left", err)
			}
		})
		t.Run("rehearses without leaving anything", func(t *testing.T) {
			seen := false
			if err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
				seen = true
				return insertCounter(tx, "c")
			}); err != nil || !seen || count(t, db, "change_counters") != 1 {
				t.Fatalf("err %v seen %v", err, seen)
			}
		})
		t.Run("a savepoint inside takes back only its own", func(t *testing.T) {
			if err := db.Write(t.Context(), func(tx *store.Tx) error {
				inner := tx.DB.Transaction(func(g *gorm.DB) error {
					if err := g.Exec("DELETE FROM change_counters").Error; err != nil {
						return err
					}
					return errors.New("no")
				})
				if inner == nil {
					return errors.New("the savepoint did not fail")
				}
				return nil
			}); err != nil || count(t, db, "change_counters") != 1 {
				t.Fatalf("err %v", err)
			}
		})
		t.Run("names a duplicate", func(t *testing.T) {
			if err := db.Write(t.Context(), func(tx *store.Tx) error { return insertCounter(tx, "a") }); !store.IsDuplicate(err) {
				t.Fatalf("got %v", err)
			}
		})
		t.Run("many writers lose nothing", func(t *testing.T) {
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					for range 20 {
						if err := db.Write(context.Background(), func(tx *store.Tx) error {
							return tx.DB.Exec("UPDATE change_counters SET version = version + 1 WHERE name = 'a'").Error
						}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			var version int64
			if err := db.Read(t.Context(), func(tx *store.Tx) error {
				return tx.DB.Table("change_counters").Where("name = 'a'").Pluck("version", &version).Error
			}); err != nil || version != 161 {
				t.Fatalf("version %d, err %v", version, err)
			}
		})
	})
}

func TestRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Run("refuses to write", func(t *testing.T) {
			if err := db.Read(t.Context(), func(tx *store.Tx) error { return insertCounter(tx, "x") }); err == nil {
				t.Fatal("a row was written while reading")
			}
		})
		t.Run("goes on while somebody writes", func(t *testing.T) {
			if err := db.Write(t.Context(), func(tx *store.Tx) error {
				if err := insertCounter(tx, "y"); err != nil {
					return err
				}
				if n := count(t, db, "change_counters"); n != 0 {
					t.Errorf("a reader saw %d uncommitted rows", n)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("compares instants across zones", func(t *testing.T) {
			stockholm, err := time.LoadLocation("Europe/Stockholm")
			if err != nil {
				t.Fatal(err)
			}
			var n int64
			later := storetest.Now.Add(time.Minute).In(stockholm)
			if err := db.Read(t.Context(), func(tx *store.Tx) error {
				return tx.DB.Table("change_counters").Where("changed_at < ?", later).Count(&n).Error
			}); err != nil || n != 1 {
				t.Fatalf("n %d err %v", n, err)
			}
		})
	})
}

func TestMigrate(t *testing.T) {
	t.Run("two programs may start at once", func(t *testing.T) {
		address := "sqlite://" + t.TempDir() + "/fresh.db"
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				db, err := store.Open(context.Background(), address)
				if err != nil {
					t.Error(err)
					return
				}
				defer db.Close()
				if err := db.Migrate(context.Background(), nil); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Run("refuses a database newer than the program", func(t *testing.T) {
			if err := db.Write(t.Context(), func(tx *store.Tx) error {
				return tx.DB.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)").Error
			}); err != nil {
				t.Fatal(err)
			}
			for _, err := range []error{db.Migrate(t.Context(), nil), db.CheckSchema(t.Context())} {
				if err == nil || !bytes.Contains([]byte(err.Error()), []byte("newer samverkan")) {
					t.Errorf("got %v", err)
				}
			}
		})
	})
}

func TestTables(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		query := "SELECT name FROM sqlite_master WHERE type = 'table'"
		if db.IsPostgres() {
			query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
		}
		var names []string
		if err := db.Read(t.Context(), func(tx *store.Tx) error { return tx.DB.Raw(query).Scan(&names).Error }); err != nil {
			t.Fatal(err)
		}
		dumped := map[string]bool{}
		for _, name := range store.Tables {
			dumped[name] = true
		}
		for _, name := range names {
			foreign := name == "goose_db_version" || name == "sqlite_sequence" || strings.HasPrefix(name, "river_") || strings.HasPrefix(name, "search_")
			if !foreign && !dumped[name] {
				t.Errorf("table %s is in no backup", name)
			}
		}
	})
}
