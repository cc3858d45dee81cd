package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/store"
)

// program is the built program at work.
type program struct {
	*bench
	dir, url, token, forum, password string
	environ                          []string
	process                          *exec.Cmd // nil: it does not run
}

// A poll comes once a minute.
const patience = 100 * time.Second

// address chooses where it will listen.
func (p *program) address() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.url = "http://" + l.Addr().String()
	return l.Close()
}

func (p *program) start() error {
	log, err := os.OpenFile(filepath.Join(p.dir, "serve.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.process = exec.CommandContext(p.ctx, p.binary, "serve")
	p.process.Env, p.process.Stdout, p.process.Stderr = p.environ, log, log
	p.process.Cancel = func() error { return p.process.Process.Signal(syscall.SIGTERM) }
	if err := p.process.Start(); err != nil {
		p.process = nil
		return err
	}
	return p.until(20*time.Second, func() error {
		answer, err := http.Get(p.url + "/healthz")
		if err != nil {
			return err
		}
		return answer.Body.Close()
	})
}

func (p *program) stop() {
	if p.process == nil {
		return
	}
	_ = p.process.Process.Signal(syscall.SIGTERM)
	_ = p.process.Wait()
	p.process = nil
}

// until tries until something holds, and gives why it did not.
func (p *program) until(limit time.Duration, holds func() error) error {
	end := time.Now().Add(limit)
	for {
		err := holds()
		if err == nil || time.Now().After(end) {
			return err
		}
		select {
		case <-p.ctx.Done():
			return p.ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// asks speaks with the API.
func (p *program) asks(method, path string, what any) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	sent, err := json.Marshal(what)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, method, p.url+"/api/v1"+path, bytes.NewReader(sent))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", store.NewID().String())
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s: %.300s: %w", method, path, answer.Status, said, err)
	}
	var all map[string]any
	return all, json.Unmarshal(said, &all)
}

// answer is what the API says of an invitation.
type answer struct {
	partStat, via string
	unverified    bool
}

// waits until the API says that somebody has answered so.
func (p *program) waits(meeting, who string, want answer) error {
	return p.until(patience, func() error {
		got, err := p.answered(meeting, who)
		if err == nil && got != want {
			err = fmt.Errorf("%s: %+v, not %+v", who, got, want)
		}
		return err
	})
}

func (p *program) answered(meeting, who string) (a answer, err error) {
	contacts, err := p.asks("GET", "/contacts?limit=100", nil)
	if err != nil {
		return a, err
	}
	id := ""
	for _, one := range list(contacts, "contacts") {
		if one["email"] == who {
			id = fmt.Sprint(one["id"])
		}
	}
	invitations, err := p.asks("GET", "/meetings/"+meeting+"/invitations", nil)
	if err != nil {
		return a, err
	}
	for _, one := range list(invitations, "invitations") {
		if one["contactId"] != id {
			continue
		}
		a.partStat = fmt.Sprint(one["partStat"])
		if last, ok := one["answer"].(map[string]any); ok {
			a.via = fmt.Sprint(last["via"])
			a.unverified = last["unverified"] == true
		}
		return a, nil
	}
	return a, fmt.Errorf("%s is not asked", who)
}

func list(body map[string]any, name string) (all []map[string]any) {
	entries, _ := body[name].([]any)
	for _, one := range entries {
		if entry, ok := one.(map[string]any); ok {
			all = append(all, entry)
		}
	}
	return all
}

// parks waits until a letter lies with the coordinator for a reason, and makes sure that it answered nothing.
func (p *program) parks(meeting, reason string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	browser := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	signed, err := browser.PostForm(p.url+"/signin", url.Values{"email": {coordinator()}, "password": {p.password}})
	if err != nil {
		return err
	}
	if err := signed.Body.Close(); err != nil {
		return err
	}
	if err := p.until(patience, func() error {
		list, err := body(browser, p.url+"/inbox")
		if err != nil {
			return err
		}
		page, err := body(browser, p.url+waiting.FindString(list))
		if seen := text(page); err == nil && !strings.Contains(seen, reason) {
			err = fmt.Errorf("no %q in the inbox: %.600s", reason, seen)
		}
		return err
	}); err != nil {
		return err
	}
	if got, err := p.answered(meeting, hans); err != nil || got.partStat != "NEEDS-ACTION" {
		return errors.Join(err, fmt.Errorf("it answered: %+v", got))
	}
	return nil
}

func coordinator() string {
	for _, s := range sample.SignIns {
		if s.Role == access.Coordinator {
			return s.Email
		}
	}
	return ""
}

var (
	tags    = regexp.MustCompile(`<[^>]*>`)
	waiting = regexp.MustCompile(`/inbox/[0-9a-f-]{36}`)
)

// text is what a reader sees of a page.
func text(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, " "))), " ")
}

func body(browser *http.Client, address string) (string, error) {
	answer, err := browser.Get(address)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	return string(page), err
}

// mailbox counts the letters in somebody's mailbox, and gives the last one.
func (p *program) mailbox(address string) (n int, last []byte, err error) {
	client, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", p.imap), nil)
	if err != nil {
		return 0, nil, err
	}
	defer client.Close()
	if err := client.Login(address, "test").Wait(); err != nil {
		return 0, nil, err
	}
	box, err := client.Select("INBOX", nil).Wait()
	if err != nil || box.NumMessages == 0 {
		return 0, nil, err
	}
	whole := &imap.FetchItemBodySection{Peek: true}
	found, err := client.Fetch(imap.SeqSetNum(box.NumMessages), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
	if err != nil || len(found) != 1 {
		return 0, nil, fmt.Errorf("%d letters fetched: %w", len(found), err)
	}
	return int(box.NumMessages), found[0].FindBodySection(whole), nil
}

// arrives waits for one more letter in a mailbox, and keeps it as a file.
func (p *program) arrives(address string, before int) (file string, err error) {
	file = filepath.Join(p.dir, fmt.Sprintf("%s-%d.eml", address, before+1))
	return file, p.until(patience, func() error {
		n, letter, err := p.mailbox(address)
		if err != nil {
			return err
		}
		if n <= before {
			return fmt.Errorf("nothing has come to %s", address)
		}
		return os.WriteFile(file, letter, 0o600)
	})
}
