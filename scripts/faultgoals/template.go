//go:build faults

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/store"
)

// prepare makes an installation with everybody in one forum and a meeting that nobody is asked to yet.
// Each run starts from a copy of it.
func (b *bench) prepare() error {
	w := &world{b: b, dir: b.path(b.template()), listen: freePort(), smtp: "smtp://127.0.0.1:1"}
	if w.file("expected") != "" {
		return nil
	}
	return b.furnish(w, b.letters, time.Now().AddDate(0, 3, 0))
}

func (b *bench) template() string { return fmt.Sprint("template", b.letters) }

func (b *bench) furnish(w *world, contacts int, near time.Time) error {
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return err
	}
	if _, err := w.run("import", "plan", "--our-forum", "polis-avstamning", "docs/plan-exempel.yaml"); err != nil {
		return err
	}
	if _, err := w.run("user", "add", "samordnare@vingaker.example", "--name", "Sam Ordnare", "--role", "coordinator"); err != nil {
		return err
	}
	told, err := w.run("user", "token", "samordnare@vingaker.example", "--name", "prov")
	if err != nil {
		return err
	}
	lines := strings.Fields(told)
	if err := os.WriteFile(filepath.Join(w.dir, "token"), []byte(lines[len(lines)-1]), 0o600); err != nil {
		return err
	}
	p, err := w.serve()
	if err != nil {
		return err
	}
	err = w.fill(contacts, near)
	p.end(syscall.SIGTERM)
	return errors.Join(err, os.Remove(filepath.Join(w.dir, "app.log")))
}

func (w *world) fill(contacts int, near time.Time) error {
	var found struct {
		Organisations []struct{ ID string }
		Forums        []struct{ ID, ExternalID string }
	}
	if err := errors.Join(w.call("GET", "/organisations?limit=1", nil, &found), w.call("GET", "/forums", nil, &found)); err != nil {
		return err
	}
	forum := ""
	for _, f := range found.Forums {
		if f.ExternalID == "polis-avstamning" {
			forum = f.ID
		}
	}
	for n := range contacts {
		var c struct{ ID string }
		err := w.call("POST", "/contacts", map[string]any{
			"name": fmt.Sprintf("Kontakt %d", n), "kind": "person", "email": recipient(n), "phone": "", "organisationId": found.Organisations[0].ID,
			"protected": false, "byPhone": false, "language": "sv",
		}, &c)
		if err == nil {
			err = w.call("PUT", "/forums/"+forum+"/members/"+c.ID, nil, nil)
		}
		if err != nil {
			return err
		}
	}
	day := almanac.DateOf(near, time.UTC)
	for !almanac.IsWorkday(day) {
		day = day.AddDays(1)
	}
	var m struct{ ID string }
	if err := w.call("POST", "/meetings", map[string]any{"forumId": forum, "date": day.String(), "starts": "09:00", "ends": "10:00", "place": ""}, &m); err != nil {
		return err
	}
	uid := ""
	err := w.look(func(tx *store.Tx) error {
		return tx.DB.Table("meetings").Where("id = ?", m.ID).Pluck("uid", &uid).Error
	})
	if err != nil {
		return err
	}
	var expected strings.Builder
	expected.WriteString("rcpt,uid,sequence,method\n")
	for n := range contacts {
		fmt.Fprintf(&expected, "%s,%s,0,REQUEST\n", recipient(n), uid)
	}
	return errors.Join(os.WriteFile(filepath.Join(w.dir, "meeting"), []byte(m.ID), 0o600), os.WriteFile(filepath.Join(w.dir, "expected"), []byte(expected.String()), 0o600))
}

// recipient is the n-th contact's address; k000?@ are ten of them.
func recipient(n int) string { return fmt.Sprintf("k%04d@mottagare.example", n) }

// copyOf lays a copy of the template in a folder.
func (b *bench) copyOf(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return duplicate(b.path(b.template()), dir)
}

// duplicate copies a folder with its modes: the key file must stay its owner's.
func duplicate(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	out, err := exec.Command("cp", "-a", from+"/.", to).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return err
}

// fresh gives a new installation of a goal's.
func (b *bench) fresh(name, smtp string) (*world, error) {
	w := &world{b: b, dir: b.path(name), listen: freePort(), smtp: smtp}
	return w, b.copyOf(w.dir)
}

// step is one that kill9.sh asks for.
func (b *bench) step(name string) error {
	w := &world{b: b, dir: ".", listen: strings.TrimPrefix(os.Getenv("FAULTS_URL"), "http://")}
	switch name {
	case "reset":
		return duplicate(os.Getenv("FAULTS_TEMPLATE"), ".")
	case "ready":
		if !ready(w.url()) {
			return errors.New("not yet")
		}
		return nil
	case "invite":
		return w.invite()
	case "done":
		return w.done()
	}
	return fmt.Errorf("no step %q", name)
}

// done refuses until everything is sent, and remembers how long that took since it was first asked.
func (w *world) done() error {
	since, err := os.Stat("since")
	if err != nil {
		if err := os.WriteFile("since", nil, 0o600); err != nil {
			return err
		}
		return errors.New("just begun")
	}
	is, err := w.settled()
	if err == nil && !is {
		err = errors.New("some wait")
	}
	if err != nil {
		return err
	}
	return os.WriteFile("took", []byte(fmt.Sprint(int(time.Since(since.ModTime()).Seconds()))), 0o600)
}
