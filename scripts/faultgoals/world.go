//go:build faults

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"samverkan/internal/store"
)

// bench is what the goals are tried on.
type bench struct {
	program, tools, sink, count, work string
	rounds, kills, lanes, letters     int
	outage, longest                   time.Duration

	started []*process
}

// process is one that this program started; it ends no other.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error
}

func (b *bench) start(log string, env []string, name string, args ...string) (*process, *bufio.Reader, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	errors, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	defer errors.Close()
	cmd.Stderr = errors
	out, in, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer in.Close()
	cmd.Stdout = in
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	b.started = append(b.started, p)
	return p, bufio.NewReader(out), nil
}

// end sends a signal and tells how long the process took to go.
func (p *process) end(s syscall.Signal) time.Duration {
	began := time.Now()
	_ = p.cmd.Process.Signal(s)
	select {
	case <-p.done:
	case <-time.After(40 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	return time.Since(began)
}

func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

func (b *bench) stopAll() {
	for _, p := range b.started {
		select {
		case <-p.done:
		default:
			p.signal(syscall.SIGCONT)
			p.end(syscall.SIGKILL)
		}
	}
	b.started = nil
}

// world is one installation: a folder, a database, and the mail server it is told of.
type world struct {
	b        *bench
	dir      string
	database string // empty: SQLite in the folder
	listen   string
	smtp     string
	zone     string // empty: the usual one
}

func (w *world) url() string { return "http://" + w.listen }

func (w *world) address() string {
	if w.database != "" {
		return w.database
	}
	return "sqlite://" + filepath.Join(w.dir, "data", "samverkan.db")
}

func (w *world) env() []string {
	env := []string{
		"SAMVERKAN_DATA_DIR=" + filepath.Join(w.dir, "data"), "SAMVERKAN_LISTEN=" + w.listen, "SAMVERKAN_MAIL_FROM=moten@vingaker.example",
		"SAMVERKAN_SEND_DELAY=0s", "SAMVERKAN_MAIL_PER_MINUTE=0", "SAMVERKAN_SMTP_URL=" + w.smtp, "SAMVERKAN_DATABASE_URL=" + w.database,
	}
	if w.zone != "" {
		env = append(env, "SAMVERKAN_TIME_ZONE="+w.zone)
	}
	return env
}

// serve starts the program and waits until it answers.
func (w *world) serve() (*process, error) {
	p, _, err := w.b.start(filepath.Join(w.dir, "app.log"), w.env(), w.b.program, "serve")
	if err != nil {
		return nil, err
	}
	return p, within(30*time.Second, "the program does not answer", func() bool { return ready(w.url()) })
}

func ready(url string) bool {
	client := http.Client{Timeout: time.Second}
	r, err := client.Get(url + "/healthz")
	if err != nil {
		return false
	}
	r.Body.Close()
	return r.StatusCode == http.StatusOK
}

func within(limit time.Duration, words string, is func() bool) error {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if is() {
			return nil
		}
	}
	return errors.New(words)
}

// run runs a command of the program.
func (w *world) run(args ...string) (string, error) {
	cmd := exec.Command(w.b.program, args...)
	cmd.Env = append(os.Environ(), w.env()...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", args[0], err, out)
	}
	return string(out), err
}

func (w *world) file(name string) string {
	data, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// call asks the API as the coordinator.
func (w *world) call(method, path string, body, answer any, headers ...string) error {
	var text bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&text).Encode(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequest(method, w.url()+"/api/v1"+path, &text)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+w.file("token"))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	data, err := io.ReadAll(got.Body)
	if err == nil && got.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %.300s", method, path, got.Status, data)
	}
	if err != nil || answer == nil {
		return err
	}
	return json.Unmarshal(data, answer)
}

// invite asks everybody to the meeting: the batch.
func (w *world) invite() error {
	meeting := w.file("meeting")
	var review struct{ Hash string }
	if err := w.call("POST", "/meetings/"+meeting+"/reviews", map[string]any{"act": "invitation"}, &review); err != nil {
		return err
	}
	return w.call("POST", "/meetings/"+meeting+"/invitations", map[string]any{"reviewHash": review.Hash, "note": ""}, nil, "Idempotency-Key", "batch")
}

// database opens the world's database beside the program, for looking.
func (w *world) look(fn func(tx *store.Tx) error) error { return w.open((*store.DB).Read, fn) }

// pass moves the rows' own times back, as if time had gone by: what the program's clock would do in
// hours. Nothing else of a row is touched.
func (w *world) pass(d time.Duration) error {
	moved := func(column string) string {
		if w.database != "" {
			return fmt.Sprintf("%s = %s - interval '%d seconds'", column, column, int(d.Seconds()))
		}
		return fmt.Sprintf("%s = strftime('%%Y-%%m-%%d %%H:%%M:%%f000+00:00', %s, '-%d seconds')", column, column, int(d.Seconds()))
	}
	return w.open((*store.DB).Write, func(tx *store.Tx) error {
		return tx.DB.Exec("UPDATE letters SET " + moved("not_before") + ", " + moved("created_at") + " WHERE state NOT IN ('sending')").Error
	})
}

func (w *world) open(how func(*store.DB, context.Context, func(*store.Tx) error) error, fn func(tx *store.Tx) error) error {
	ctx := context.Background()
	db, err := store.Open(ctx, w.address())
	if err != nil {
		return err
	}
	return errors.Join(how(db, ctx, fn), db.Close())
}

// letter is what the goals look at.
type letter struct {
	ID, Recipient, State, Problem string
	Attempts                      int
	NotBefore                     time.Time
	SettledAt                     *time.Time
}

// outbox gives the letters of a kind.
func (w *world) outbox(kind string) (all []letter, err error) {
	return all, w.look(func(tx *store.Tx) error {
		return tx.DB.Table("letters").Where("kind = ?", kind).Order("id").Find(&all).Error
	})
}

// settled tells whether nothing waits: every invitation has its letter, and every letter its end.
func (w *world) settled() (is bool, err error) {
	return is, w.look(func(tx *store.Tx) error {
		var waiting, owed int64
		err := errors.Join(tx.DB.Table("letters").Where("state IN ? OR (state = 'unknown' AND settled_at IS NULL)", []string{"queued", "sending", "retry"}).Count(&waiting).Error,
			tx.DB.Table("invitations").Where("owed_from IS NOT NULL").Count(&owed).Error)
		is = waiting+owed == 0
		return err
	})
}

// states counts the letters of a kind by state.
func (w *world) states(kind string) (map[string]int, error) {
	all, err := w.outbox(kind)
	n := map[string]int{}
	for _, l := range all {
		n[l.State]++
	}
	return n, err
}

// freePort gives an address that was free a moment ago.
func freePort() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:0"
	}
	defer l.Close()
	return l.Addr().String()
}
