package feed_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/feed"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// nowhere is what an answer is written to when only the making of it is measured.
type nowhere struct {
	header http.Header
	status int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(status int)      { n.status = status }

// BenchmarkFeed measures a feed of 1,000 meetings behind the whole frame: unchanged, whole from memory, and
// the first read after a change, beside one encoding of the same calendar by go-ical.
func BenchmarkFeed(b *testing.B) {
	db := storetest.One(b, storetest.SQLite(b))
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go db.Watch(ctx, func(error) {})
	h, path := handler(b, db, 1000)
	ask := func(headers ...string) *nowhere {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := &nowhere{header: http.Header{}, status: http.StatusOK}
		h.ServeHTTP(w, r)
		return w
	}
	tag := ask().header.Get("ETag")
	measure := func(name string, status int, before func(), headers ...string) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if before != nil {
					b.StopTimer()
					before()
					b.StartTimer()
				}
				if w := ask(headers...); w.status != status {
					b.Fatalf("status %d", w.status)
				}
			}
		})
	}
	measure("unchanged", http.StatusNotModified, nil, "If-None-Match", tag)
	measure("whole", http.StatusOK, nil)
	measure("gzip", http.StatusOK, nil, "Accept-Encoding", "gzip")
	measure("first after a change", http.StatusOK, func() {
		if err := db.Write(ctx, access.CalendarChanged); err != nil {
			b.Fatal(err)
		}
	})
	encode(b, h, path)
}

// encode measures go-ical with what the feed holds.
func encode(b *testing.B, h http.Handler, path string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	calendar, err := goical.NewDecoder(w.Body).Decode()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("go-ical encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := goical.NewEncoder(new(bytes.Buffer)).Encode(calendar); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// program serves the feeds of a database as one that has just been started.
func program(t testing.TB, db *store.DB) http.Handler {
	t.Helper()
	frame, err := serve.New(serve.Options{DB: db, Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Language: lang.Swedish})
	if err != nil {
		t.Fatal(err)
	}
	feed.Register(frame, feed.Options{DB: db, Office: secretariat.Office{BaseURL: "https://samverkan.example", Zone: stockholm(t)}})
	h, err := frame.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func stockholm(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// handler serves a feed of n meetings in the months that it shows, and gives its path.
func handler(b testing.TB, db *store.DB, n int) (h http.Handler, path string) {
	b.Helper()
	h = program(b, db)
	zone := stockholm(b)
	err := db.Write(context.Background(), func(tx *store.Tx) error {
		world, err := sample.Build(tx, "hash")
		if err != nil {
			return err
		}
		for i := range n {
			at := meeting.Time{Date: almanac.DateOf(tx.Now, zone).AddDays(1 + i*500/n), Starts: 9 * 60, Ends: 10 * 60}
			if _, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: world.Forums["rvt-miranda"], Zone: zone, Time: at}); err != nil {
				return fmt.Errorf("meeting %d: %w", i, err)
			}
		}
		by, err := access.Load(tx, world.Identities[access.Coordinator])
		if err != nil {
			return err
		}
		_, token, err := access.Subscribe(tx, by, "Mätning", access.Full, access.Contents{})
		path = "/calendar/" + token + ".ics"
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return h, path
}
