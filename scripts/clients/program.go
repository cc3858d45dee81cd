package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

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
