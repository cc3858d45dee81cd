//go:build faults

package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"samverkan/internal/almanac"
)

// untrusted is R10. The name in the address must not be one that the program takes for this machine, or
// it asks for no TLS; the machine's own host name is such a one.
func (b *bench) untrusted() (string, bool, error) {
	host, err := os.Hostname()
	if err != nil {
		return "", false, err
	}
	found, err := net.LookupHost(host)
	if err != nil || host == "localhost" {
		return "", false, fmt.Errorf("not run: the host name %q leads nowhere (%v)", host, err)
	}
	seen, met := "", true
	for name, args := range map[string][]string{
		"a certificate that nobody vouches for": {"-tls-ca-out", b.path("ca.pem")},
		"no STARTTLS":                           nil,
	} {
		dir := b.path("R10 " + name)
		s, err := b.receive(dir, append(args, "-v", "-listen", net.JoinHostPort(found[0], "0"), "-user", "moten", "-pass", "hemligt")...)
		if err != nil {
			return seen, false, err
		}
		_, port, _ := net.SplitHostPort(s.address)
		w, err := b.fresh(filepath.Join(filepath.Base(dir), "app"), "smtp://moten:hemligt@"+net.JoinHostPort(host, port))
		if err != nil {
			return seen, false, err
		}
		p, err := w.serve()
		if err == nil {
			err = w.invite()
		}
		if err != nil {
			return seen, false, err
		}
		began := time.Now()
		err = within(5*time.Minute, "nobody was told", func() bool {
			log, _ := os.ReadFile(filepath.Join(w.dir, "app.log"))
			return bytes.Contains(log, []byte("the server cannot be trusted"))
		})
		if err != nil {
			return seen, false, err
		}
		told := time.Since(began)
		time.Sleep(look) // for more tries
		p.end(syscall.SIGTERM)
		spoken, err := os.ReadFile(filepath.Join(dir, "sink.log"))
		if err != nil {
			return seen, false, err
		}
		tries, passwords := strings.Count(string(spoken), "< EHLO"), strings.Count(string(spoken), "< AUTH")
		seen += fmt.Sprintf("%s: %d conversations, %d passwords, %d letters, in the log after %s; ", name, tries, passwords, s.stored(), told.Round(100*time.Millisecond))
		met = met && tries > 0 && passwords == 0 && s.stored() == 0
	}
	return strings.TrimSuffix(seen, "; "), met, nil
}

// instances is R14.
func (b *bench) instances() (string, bool, error) {
	const reminders = 1000
	zone, now := noon()
	if !almanac.IsWorkday(almanac.DateOf(now, now.Location())) {
		return "", false, errors.New("not run: reminders leave on working days only, and today is none")
	}
	database, err := b.postgres("R14")
	if err != nil {
		return "", false, err
	}
	defer exec.Command("bash", filepath.Join(b.tools, "pg.sh"), "rm", b.path("R14", "pg")).Run()
	s, err := b.receive(b.path("R14"), "-mode", "slow", "-delay", "5ms")
	if err != nil {
		return "", false, err
	}
	w := &world{b: b, dir: b.path("R14", "app"), database: database, listen: freePort(), smtp: s.url(), zone: zone}
	if err := b.furnish(w, reminders, now.AddDate(0, 0, 1)); err != nil {
		return "", false, err
	}
	p, err := w.serve()
	if err == nil {
		err = errors.Join(w.invite(), w.wait(5*time.Minute))
	}
	if err != nil {
		return "", false, err
	}
	p.end(syscall.SIGTERM)
	if err := w.pass(25 * time.Hour); err != nil { // nobody is reminded on the day of the invitation
		return "", false, err
	}
	invited := s.stored()
	var all []*process
	for n := range 4 {
		i := &world{b: b, dir: b.path("R14", fmt.Sprint("instance", n)), database: database, listen: freePort(), smtp: s.url(), zone: zone}
		if err := duplicate(w.dir, i.dir); err != nil {
			return "", false, err
		}
		p, err := i.serve()
		if err != nil {
			return "", false, err
		}
		all = append(all, p)
	}
	began := time.Now()
	if err := within(6*time.Minute, "no reminders leave", func() bool { return s.stored() >= invited+reminders/10 }); err != nil {
		return "", false, err
	}
	began, first := time.Now(), time.Since(began)
	all[1].end(syscall.SIGKILL)
	all[2].signal(syscall.SIGSTOP)
	if err := within(2*time.Minute, "they do not all leave while one is frozen", func() bool { return s.reminded().recipients >= reminders }); err != nil {
		return "", false, err
	}
	meanwhile := time.Since(began)
	time.Sleep(2*time.Minute - meanwhile)
	all[2].signal(syscall.SIGCONT)
	time.Sleep(look)
	err = w.wait(3 * time.Minute)
	r := s.reminded()
	seen := fmt.Sprintf("%d reminders to %d recipients under %d Message-IDs, %d copies more; the first after %s, all %s after one was shot and one frozen",
		r.letters, r.recipients, r.ids, r.letters-r.ids, first.Round(time.Second), meanwhile.Round(time.Second))
	// The one that was shot and the one that was frozen had two letters in flight each.
	return seen, r.recipients == reminders && r.ids == reminders && r.letters-r.ids <= 4, err
}

// noon gives a zone in which it is about noon now: reminders leave in the daytime only.
func noon() (zone string, now time.Time) {
	hours := 12 - time.Now().UTC().Hour()
	zone = fmt.Sprintf("Etc/GMT%+d", -hours) // POSIX counts the other way round
	if hours == 0 {
		zone = "Etc/GMT"
	}
	return zone, time.Now().In(time.FixedZone(zone, hours*3600))
}

func (b *bench) postgres(name string) (string, error) {
	if err := os.MkdirAll(b.path(name), 0o755); err != nil {
		return "", err
	}
	out, err := exec.Command("bash", filepath.Join(b.tools, "pg.sh"), "start", b.path(name, "pg")).Output()
	if err != nil {
		return "", fmt.Errorf("pg.sh: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// reminded counts the letters that were no invitations.
func (s *server) reminded() (n struct{ letters, recipients, ids int }) {
	records, _ := s.records()
	ids, recipients := map[string]bool{}, map[string]bool{}
	for _, r := range records {
		if r.Event == "stored" && r.Method == "" {
			n.letters++
			ids[r.MessageID], recipients[r.Rcpts[0]] = true, true
		}
	}
	n.ids, n.recipients = len(ids), len(recipients)
	return n
}
