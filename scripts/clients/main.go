// Clients lets real programs judge what the product sends: it makes a world with every kind of letter
// and calendar in it and hands them to the checkers, and it takes an invitation the whole way through a
// mail server to a calendar program and its answer back to the API. Run it by scripts/interop.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// what is set by whoever runs it.
type settings struct {
	tools       string // folder of the checkers
	binary      string // the product, built
	dir         string // for everything that is made
	mailhost    bool   // a mail server listens on smtp and imap, with its files under dir/mailhost
	smtp, imap  int
	thunderbird bool
}

func main() {
	var s settings
	flag.StringVar(&s.tools, "tools", "", "folder of the checkers")
	flag.StringVar(&s.binary, "program", "", "the program, built")
	flag.StringVar(&s.dir, "dir", "", "folder for everything that is made")
	flag.BoolVar(&s.mailhost, "mailhost", false, "a mail server runs, with its files under DIR/mailhost")
	flag.IntVar(&s.smtp, "smtp", 2525, "its port for SMTP")
	flag.IntVar(&s.imap, "imap", 2143, "its port for IMAP")
	flag.BoolVar(&s.thunderbird, "thunderbird", false, "Thunderbird and Xvfb are here")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b := &bench{settings: s, ctx: ctx}
	err := b.work()
	failed := b.table()
	if err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
	}
	if err != nil || failed {
		os.Exit(1)
	}
}

// bench is where the checkers judge, and what they said.
type bench struct {
	settings
	ctx  context.Context
	rows []row
}

// row is one line of the table.
type row struct {
	name                    string
	passed, failed, skipped int
	took                    time.Duration
}

func (b *bench) work() error {
	w, err := newWorld(b.ctx, filepath.Join(b.dir, "world"))
	if err != nil {
		return err
	}
	defer w.close()
	for _, part := range []func(*world) error{b.letters, b.feeds} {
		if err := part(w); err != nil {
			return err
		}
	}
	if !b.mailhost || !b.thunderbird {
		return nil
	}
	return b.loop()
}

// check runs a checker, counts its verdicts and shows those that are bad.
func (b *bench) check(name, tool string, arguments ...string) {
	if b.ctx.Err() != nil {
		return
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(b.tools, tool), arguments...)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) } // it ends what it has started
	command.WaitDelay = 15 * time.Second
	said, err := command.CombinedOutput()
	r := row{name: name, took: time.Since(began)}
	for line := range strings.Lines(string(said)) {
		switch {
		case strings.HasPrefix(line, "PASS"):
			r.passed++
		case strings.HasPrefix(line, "FAIL"):
			r.failed++
			fmt.Printf("%s: %s", name, line)
		case strings.HasPrefix(line, "SKIP"):
			r.skipped++
		}
	}
	if r.failed == 0 && (err != nil || r.passed == 0) { // it fell over, and judged nothing
		r.failed++
		fmt.Printf("%s: %s %s: %v\n%s", name, tool, strings.Join(arguments, " "), err, bytes.TrimSpace(said))
	}
	if r.failed > 0 && tool == "verify-thunderbird" {
		fmt.Printf("%s", said)
	}
	b.add(r)
}

// holds counts what this program has looked at itself.
func (b *bench) holds(name string, began time.Time, err error) {
	r := row{name: name, passed: 1, took: time.Since(began)}
	if err != nil {
		r.passed, r.failed = 0, 1
		fmt.Printf("%s: %v\n", name, err)
	}
	b.add(r)
}

func (b *bench) add(r row) {
	b.rows = append(b.rows, r)
	word := "ok"
	if r.failed > 0 {
		word = "FAILED"
	}
	fmt.Printf("%-6s %s\n", word, r.name)
}

// table prints what was judged, and tells whether anything failed.
func (b *bench) table() (failed bool) {
	var sum row
	fmt.Printf("\n%-48s %7s %7s %7s %7s\n", "", "passed", "failed", "skipped", "seconds")
	for _, r := range b.rows {
		fmt.Printf("%-48s %7d %7d %7d %7.1f\n", r.name, r.passed, r.failed, r.skipped, r.took.Seconds())
		sum.passed, sum.failed, sum.skipped, sum.took = sum.passed+r.passed, sum.failed+r.failed, sum.skipped+r.skipped, sum.took+r.took
	}
	fmt.Printf("%-48s %7d %7d %7d %7.1f\n", "all", sum.passed, sum.failed, sum.skipped, sum.took.Seconds())
	return sum.failed > 0 || len(b.rows) == 0
}
