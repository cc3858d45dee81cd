package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app"
	"samverkan/internal/app/sample"
	"samverkan/internal/config"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// hash is no password's: nobody signs in here.
const hash = "!"

// world is the whole product with the example's people in it, which keeps its letters as files, on a clock
// that is moved.
type world struct {
	*sample.World
	ctx    context.Context
	app    *app.App
	by     access.Actor
	url    string
	now    time.Time
	outbox string
	seen   map[string]bool // files of letters that were looked at
	server *http.Server
}

func newWorld(ctx context.Context, dir string) (*world, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &world{ctx: ctx, now: time.Now().UTC().Truncate(time.Second), outbox: filepath.Join(dir, "outbox"), seen: map[string]bool{}, url: "http://" + l.Addr().String()}
	if w.app, err = open(ctx, dir, w.url, func() time.Time { return w.now }); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	w.server = &http.Server{Handler: w.app.Handler, ReadHeaderTimeout: 5 * time.Second}
	go w.server.Serve(l)
	err = w.write(func(tx *store.Tx) (err error) {
		if w.World, err = sample.Build(tx, hash); err != nil {
			return err
		}
		w.by, err = access.Load(tx, w.Identities[access.Coordinator])
		return err
	})
	if err != nil {
		w.close()
	}
	return w, err
}

// open puts the product together on a folder of its own.
func open(ctx context.Context, dir, url string, now func() time.Time, more ...string) (*app.App, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	c, err := config.Read(append(more, config.Prefix+"DATA_DIR="+dir, config.Prefix+"BASE_URL="+url, config.Prefix+"MAIL_FROM="+service, config.Prefix+"SEND_DELAY=0s"))
	if err != nil {
		return nil, err
	}
	return app.New(ctx, c, "interop", slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})), now)
}

func (w *world) close() { _ = errors.Join(w.server.Close(), w.app.Close()) }

func (w *world) write(fn func(*store.Tx) error) error { return w.app.DB.Write(w.ctx, fn) }

// book makes a meeting on the first working day some weeks ahead.
func (w *world) book(forum string, weeks int) (m *meeting.Meeting, err error) {
	day := workday(almanac.DateOf(w.now, w.app.Office.Zone).AddDays(7 * weeks))
	return m, w.write(func(tx *store.Tx) (err error) {
		m, err = meeting.Schedule(tx, w.by, meeting.Proposal{ForumID: w.Forums[forum], Zone: w.app.Office.Zone,
			Time: meeting.Time{Date: day, Starts: 13 * 60, Ends: 14*60 + 30, Place: place}})
		return err
	})
}

func workday(day almanac.Date) almanac.Date {
	for !almanac.IsWorkday(day) {
		day = day.AddDays(1)
	}
	return day
}

// does does an act on a meeting as it is, three hours after the one before, because nobody is sent the same
// twice in one, and gives the files of the letters that came of it by address.
func (w *world) does(m *meeting.Meeting, act func(*store.Tx, *meeting.Meeting) error) (map[string]string, error) {
	w.now = w.now.Add(3 * time.Hour)
	if err := w.write(func(tx *store.Tx) error {
		now, err := meeting.Find(tx, w.by, m.ID)
		if err != nil {
			return err
		}
		return act(tx, now)
	}); err != nil {
		return nil, err
	}
	return w.sent()
}

// sent sends what is due and gives the files of the letters by address.
func (w *world) sent() (map[string]string, error) {
	if err := w.app.Sender.Drain(w.ctx); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(w.outbox, "*.eml"))
	if err != nil {
		return nil, err
	}
	fresh := map[string]string{}
	for _, file := range files {
		if w.seen[file] {
			continue
		}
		w.seen[file] = true
		to, err := recipient(file)
		if err != nil {
			return nil, err
		}
		fresh[to] = file
	}
	return fresh, nil
}

func recipient(file string) (string, error) {
	letter, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer letter.Close()
	message, err := mail.ReadMessage(letter)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	to, err := message.Header.AddressList("To")
	if err != nil || len(to) != 1 {
		return "", fmt.Errorf("%s: %d recipients: %w", file, len(to), err)
	}
	return strings.ToLower(to[0].Address), nil
}

func (w *world) office() secretariat.Office { return w.app.Office }
