package store_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/partner"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// live fills a database with the sample world and its year, and two colleagues who stand in for
// each other.
func live(t *testing.T, db *store.DB) {
	t.Helper()
	key, err := seal.New(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	var w *sample.World
	if err := db.Write(t.Context(), func(tx *store.Tx) error {
		if w, err = sample.Build(tx, "hash"); err != nil {
			return err
		}
		if err := tx.DB.Model(&partner.Contact{}).Where("id = ?", w.Contacts["bo-alm"]).Update("deputy_id", w.Contacts["anna-ek"]).Error; err != nil {
			return err
		}
		if err := access.KeepRepeat(tx, access.Actor{ID: w.Identities[access.Coordinator]}, access.Repeat{Key: "k", RequestHash: "h", Body: "Åäö <&> \u2028 \"\\"}); err != nil {
			return err
		}
		return tx.DB.Create(&access.Session{TokenHash: "t", Data: []byte{0, 1, 0xff, '\n'}, ExpiresAt: tx.Now}).Error
	}); err != nil {
		t.Fatal(err)
	}
	office := secretariat.Office{Key: key, BaseURL: "https://samverkan.example", From: "moten@vingaker.example", Zone: zone}
	if _, err := w.Year(t.Context(), db, office, mail.Folder{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
}

func dump(t *testing.T, db *store.DB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := db.Dump(t.Context(), &out, "test", func(string, int) {}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// unpack gives a dump's files, the rows of tables in an order of their own.
func unpack(t *testing.T, data []byte) map[string]string {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for archive := tar.NewReader(zipped); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(body)), "\n")
		sort.Strings(lines[1:])
		files[header.Name] = strings.Join(lines, "\n")
	}
}

func load(db *store.DB, data []byte) error {
	return db.Load(context.Background(), bytes.NewReader(data), func(string, int) {}, func(*store.Tx) error { return nil })
}

func TestDump(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		live(t, db)
		data := dump(t, db)
		files := unpack(t, data)
		t.Run("has a file for each table, with its columns, and a manifest", func(t *testing.T) {
			if len(files) != len(store.Tables)+1 {
				t.Errorf("%d files", len(files))
			}
			var m store.Manifest
			if err := json.Unmarshal([]byte(files["manifest.json"]), &m); err != nil || m.Program != "test" || m.Schema == 0 || !m.Made.Equal(storetest.Now) {
				t.Errorf("%+v %v", m, err)
			}
			for _, table := range store.Tables {
				if !strings.HasPrefix(files["tables/"+table+".jsonl"], `[{"name":`) {
					t.Errorf("%s: %.80s", table, files["tables/"+table+".jsonl"])
				}
			}
		})
		for name, address := range map[string]func(testing.TB) string{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
			t.Run("loads into "+name+", row by row equal, and back", func(t *testing.T) {
				there := storetest.One(t, address(t))
				if err := load(there, data); err != nil {
					t.Fatal(err)
				}
				same(t, files, unpack(t, dump(t, there)))
				back := storetest.One(t, map[bool]func(testing.TB) string{true: storetest.Postgres, false: storetest.SQLite}[db.IsPostgres()](t))
				if err := load(back, dump(t, there)); err != nil {
					t.Fatal(err)
				}
				same(t, files, unpack(t, dump(t, back)))
			})
		}
		t.Run("what is loaded can be worked on", func(t *testing.T) {
			there := storetest.One(t, storetest.SQLite(t))
			if err := load(there, data); err != nil {
				t.Fatal(err)
			}
			if err := there.Write(t.Context(), func(tx *store.Tx) error {
				_, err := access.Join(tx, access.System(), "Ny Person", "ny@kommun.example", "", lang.Swedish)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("what is done after it is done with it or not at all", func(t *testing.T) {
			there := storetest.One(t, storetest.SQLite(t))
			err := there.Load(t.Context(), bytes.NewReader(data), func(string, int) {}, func(*store.Tx) error { return fmt.Errorf("no") })
			if err == nil || count(t, there, "meetings") != 0 {
				t.Errorf("%v, and %d meetings", err, count(t, there, "meetings"))
			}
		})
	})
}

func TestDumpOfALargeTable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const rows, size = 12, 400_000
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			for n := range rows {
				if err := tx.DB.Create(&access.Session{TokenHash: fmt.Sprint(n), ID: store.NewID(), Data: bytes.Repeat([]byte{byte(n)}, size), ExpiresAt: tx.Now}).Error; err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		data := dump(t, db)
		files := unpack(t, data)
		t.Run("is in files of about a megabyte, all rows once", func(t *testing.T) {
			lines := 0
			for name, body := range files {
				if len(body) > 2_000_000 {
					t.Errorf("%s has %d octets", name, len(body))
				}
				if strings.HasPrefix(name, "tables/sessions.") {
					lines += strings.Count(body, "\n")
				}
			}
			if lines != rows || files["tables/sessions.2.jsonl"] == "" {
				t.Errorf("%d rows of %d", lines, rows)
			}
		})
		t.Run("loads whole", func(t *testing.T) {
			there := storetest.One(t, storetest.SQLite(t))
			if err := load(there, data); err != nil {
				t.Fatal(err)
			}
			same(t, files, unpack(t, dump(t, there)))
		})
		t.Run("is refused without one of its files", func(t *testing.T) {
			there := storetest.One(t, storetest.SQLite(t))
			if err := load(there, edited(t, data, "tables/sessions.2.jsonl", nil)); err == nil || !strings.Contains(err.Error(), "damaged") || count(t, there, "sessions") != 0 {
				t.Errorf("%v, and %d sessions", err, count(t, there, "sessions"))
			}
		})
	})
}

func same(t *testing.T, want, got map[string]string) {
	t.Helper()
	for name, body := range want {
		if name == "manifest.json" {
			continue
		}
		a, b := strings.Split(body, "\n"), strings.Split(got[name], "\n")
		if len(a) != len(b) {
			t.Errorf("%s: %d lines became %d", name, len(a), len(b))
			continue
		}
		for n := range a {
			if a[n] != b[n] {
				t.Errorf("%s:\n%.300s\n%.300s", name, a[n], b[n])
				break
			}
		}
	}
}

func TestDumpIsOneMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Run("never half of what one transaction writes", func(t *testing.T) {
			// Two tables that are dumped far apart, a row in each with every transaction.
			ctx, stop := context.WithCancel(t.Context())
			var writer sync.WaitGroup
			written := make(chan struct{}, 1)
			writer.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					err := db.Write(context.Background(), func(tx *store.Tx) error {
						o := partner.Organisation{ID: store.NewID(), Name: fmt.Sprint(n), Aliases: []string{}, CreatedAt: tx.Now}
						if err := tx.DB.Create(&o).Error; err != nil {
							return err
						}
						return tx.DB.Exec("INSERT INTO sending_holds (id, reason, since) VALUES (?, ?, ?)", store.NewID(), o.Name, tx.Now).Error
					})
					if err != nil {
						t.Error(err)
						return
					}
					select {
					case written <- struct{}{}:
					default:
					}
				}
			})
			<-written
			most := 0
			for range 15 {
				files := unpack(t, dump(t, db))
				first, second := strings.Count(files["tables/organisations.jsonl"], "\n"), strings.Count(files["tables/sending_holds.jsonl"], "\n")
				if first != second {
					t.Errorf("%d and %d", first, second)
				}
				most = max(most, first)
			}
			stop()
			writer.Wait()
			if most < 5 {
				t.Errorf("only %d pairs were written meanwhile", most)
			}
		})
	})
}

func TestLoadRefuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		whole := dump(t, db)
		t.Run("a database that is not empty, naming what is in it", func(t *testing.T) {
			there := storetest.One(t, storetest.SQLite(t))
			live(t, there)
			before := unpack(t, dump(t, there))
			if err := load(there, whole); err == nil || !strings.Contains(err.Error(), "not empty (organisations has") {
				t.Errorf("got %v", err)
			}
			same(t, before, unpack(t, dump(t, there)))
		})
		t.Run("a file with one bit wrong, wherever", func(t *testing.T) {
			for n := range 40 {
				data := bytes.Clone(whole)
				data[10+n*(len(data)-10)/40] ^= 0x10 // the first ten octets say when and by whom it was packed
				err := load(db, data)
				if err == nil { // a bit that the packing does not use: the checksum vouches for what is packed
					same(t, unpack(t, whole), unpack(t, data))
				} else if !strings.Contains(err.Error(), "backup") {
					t.Errorf("part %d of 40: %v", n, err)
				}
			}
		})
		for name, test := range map[string]struct {
			data  []byte
			words string
		}{
			"nothing at all":          {nil, "not a backup"},
			"something else":          {[]byte("PK\x03\x04 a spreadsheet"), "not a backup"},
			"a file cut off":          {whole[:len(whole)*2/3], "damaged"},
			"another schema":          {edited(t, whole, "manifest.json", func(s string) string { return strings.Replace(s, `"schema":`, `"schema":90`, 1) }), "has schema 90"},
			"no manifest":             {edited(t, whole, "manifest.json", nil), "no manifest"},
			"a table missing":         {edited(t, whole, "tables/grants.jsonl", nil), "grants is missing"},
			"a row that is too short": {edited(t, whole, "tables/plans.jsonl", func(s string) string { return s + "[\"x\"]\n" }), "plans"},
			"a row that is no JSON":   {edited(t, whole, "tables/plans.jsonl", func(s string) string { return s + "[\"x\n" }), "plans"},
			"a row without parents": {edited(t, whole, "tables/forum_members.jsonl", func(s string) string {
				return s + `["` + store.NewID().String() + `","` + store.NewID().String() + `","` + store.NewID().String() + `","2026-11-24T09:00:00Z"]` + "\n"
			}), "forum_members"},
		} {
			t.Run(name+", and leaves the database empty", func(t *testing.T) {
				err := load(db, test.data)
				if err == nil || !strings.Contains(err.Error(), test.words) {
					t.Errorf("got %v", err)
				}
				same(t, unpack(t, whole), unpack(t, dump(t, db)))
			})
		}
	})
}

// edited is the same dump with one file changed, or without it.
func edited(t *testing.T, data []byte, name string, change func(string) string) []byte {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	to := tar.NewWriter(packed)
	for from := tar.NewReader(zipped); ; {
		header, err := from.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if header.Name == name {
			if change == nil {
				continue
			}
			body = []byte(change(string(body)))
			header.Size = int64(len(body))
		}
		if err := to.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
