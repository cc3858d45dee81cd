//go:build faults

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// server is a running smtp-sink.
type server struct {
	p        *process
	address  string // host:port
	control  string
	log, dir string
}

// receive starts a sink that keeps its log in a goal's folder.
func (b *bench) receive(dir string, args ...string) (*server, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	s := &server{log: filepath.Join(dir, "sink.jsonl"), dir: dir}
	listen := "127.0.0.1:0"
	for n, a := range args {
		if a == "-listen" {
			listen = args[n+1]
			args = append(args[:n:n], args[n+2:]...)
			break
		}
	}
	args = append([]string{"-listen", listen, "-jsonl", s.log, "-control", "127.0.0.1:0"}, args...)
	p, out, err := b.start(filepath.Join(dir, "sink.log"), nil, b.sink, args...)
	if err != nil {
		return nil, err
	}
	s.p = p
	if s.address, err = line(out); err == nil {
		s.control, err = line(out)
	}
	s.control = strings.TrimPrefix(s.control, "control ")
	return s, err
}

func line(r *bufio.Reader) (string, error) {
	text, err := r.ReadString('\n')
	return strings.TrimSpace(text), err
}

func (s *server) url() string { return "smtp://" + s.address }

// behave sets the sink's rules anew.
func (s *server) behave(rules ...string) error {
	r, err := http.Post("http://"+s.control+"/faults", "text/plain", strings.NewReader(strings.Join(rules, "\n")))
	if err != nil {
		return err
	}
	r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("the rules %q: %s", rules, r.Status)
	}
	return nil
}

func (s *server) stop() { s.p.end(syscall.SIGTERM) }

// record is a line of the sink's log.
type record struct {
	Event     string
	Acked     bool
	Time      time.Time
	Stage     string
	Rcpts     []string
	MessageID string `json:"message_id"`
	Method    string
	Body      string `json:"body_sha256"`
}

func (s *server) records() (all []record, err error) {
	data, err := os.ReadFile(s.log)
	for text := range bytes.Lines(data) {
		var r record
		if json.Unmarshal(text, &r) == nil { // the last line may be half written
			all = append(all, r)
		}
	}
	return all, err
}

// stored counts how many letters were taken.
func (s *server) stored() (n int) {
	all, _ := s.records()
	for _, r := range all {
		if r.Event == "stored" {
			n++
		}
	}
	return n
}

// tally is what count-mails says.
type tally struct {
	Expected  int
	Delivered int
	Copies    int
	Lost      int `json:"lost_count"`
	Extra     int `json:"extra_copies_same_id"`
	NewID     int `json:"new_id_count"`
	Excused   int `json:"extra_copies_excused_by_sink"`
	Changed   int `json:"same_id_but_other_body"`
}

func (t tally) String() string {
	return fmt.Sprintf("%d of %d delivered, lost %d, copies with the same Message-ID %d (%d forced), under a new one %d, other bytes %d",
		t.Delivered, t.Expected, t.Lost, t.Extra, t.Excused, t.NewID, t.Changed)
}

// tally has count-mails compare what was stored with what was expected.
func (s *server) tally(b *bench) (t tally, err error) {
	cmd := exec.Command(b.count, "-json", "-strict", "-expected", b.path(b.template(), "expected"), "-got", s.log, "-max-same-id", "1000000")
	out, err := cmd.Output()
	if jsonErr := json.Unmarshal(out, &t); jsonErr != nil {
		return t, fmt.Errorf("count-mails: %w %w", jsonErr, err)
	}
	if err != nil {
		err = fmt.Errorf("count-mails finds fault: %s", t)
	}
	return t, err
}
