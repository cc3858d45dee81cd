package sample_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/mail"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func office(t *testing.T) secretariat.Office {
	t.Helper()
	key, err := seal.New(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return secretariat.Office{Key: key, BaseURL: "https://samverkan.example", From: "moten@vingaker.example", Zone: zone, Delay: 30 * time.Second}
}

func TestWorld(t *testing.T) {
	days := map[string]time.Time{
		"a Tuesday in November": storetest.Now,
		"New Year's Day":        time.Date(2027, 1, 1, 7, 0, 0, 0, time.UTC),
		"midsummer":             time.Date(2027, 7, 10, 23, 30, 0, 0, time.UTC),
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		day := days["a Tuesday in November"]
		if !db.IsPostgres() {
			for name, other := range days {
				t.Run(name, func(t *testing.T) { tell(t, storetest.One(t, storetest.SQLite(t)), other) })
			}
			return
		}
		tell(t, db, day)
	})
}

func tell(t *testing.T, db *store.DB, now time.Time) {
	db = db.At(func() time.Time { return now })
	dir := t.TempDir()
	var w *sample.World
	if err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
		w, err = sample.Build(tx, "hash")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	guest, err := w.Year(t.Context(), db, office(t), mail.Folder{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if guest == "" {
		t.Error("no guest is left to answer")
	}
	kinds := map[post.Kind]int{}
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		letters, _, err := post.List(tx, access.System(), 1000, 0)
		for _, l := range letters {
			kinds[l.Kind]++
			if l.State != post.Filed {
				t.Errorf("a letter is %s: %s", l.State, l.Problem)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	told := []post.Kind{post.Invitation, post.Reschedule, post.Cancellation, post.Reminder}
	if now.Month() > time.March { // some meeting with the police was held
		told = append(told, post.Notes, post.Action)
	}
	for _, kind := range told {
		if kinds[kind] == 0 {
			t.Errorf("no %s in %v", kind, kinds)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if keep := os.Getenv("KEEP_LETTERS"); keep != "" {
		if err := os.CopyFS(keep, os.DirFS(dir)); err != nil {
			t.Log(err)
		}
	}
	t.Log(kinds)
}
