//go:build faults

// Faultgoals breaks what the program stands on, and counts: each goal runs the real program against an
// SMTP server that misbehaves, and prints what was promised and what was seen. Run it by scripts/faults.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// goal is one line of the table.
type goal struct {
	id, promise string
	run         func(*bench) (seen string, met bool, err error)
}

// The table, as security.md and issue 5 have it.
var goals = []goal{
	{"R1", "killed %K times in a batch, %R rounds: 0 lost, 0 under a new Message-ID, at most 2 copies a kill, same bytes; all sent within 2 min of the last kill (R2)", (*bench).killed},
	{"R3", "stored, cut before the 250: exactly 2 copies each, same bytes; for ever: at most 4 copies, then parked and shown", (*bench).cutAfter},
	{"R4", "cut before it was stored, 3 times: 0 lost, 0 doubled", (*bench).cutBefore},
	{"R5", "the 250 never comes: unknown, not failed; the others go on", (*bench).silent},
	{"R6", "451 four times: all there, tried after 1, 5, 15 and 60 min ± 20 %, 0 doubled", (*bench).greylisted},
	{"R7", "550 for ten: shown within a minute, tried once, the rest unaffected", (*bench).refused},
	{"R8", "a slow server: the other connection keeps half its pace, pages their p95, and every conversation ends", (*bench).slow},
	{"R9", "one connection only, and the server gone: 0 lost, under 5 % of a core, drained within 10 min", (*bench).gone},
	{"R10", "a certificate that nobody vouches for, and none: 0 letters, 0 passwords; said within 5 min", (*bench).untrusted},
	{"R14", "4 instances on PostgreSQL, 1,000 reminders, one shot, one frozen for 2 min: each once", (*bench).instances},
	{"R21", "SIGTERM in a batch, 50 times: 0 lost, 0 doubled, out within 20 s", (*bench).stopped},
}

func main() {
	b := &bench{}
	flag.StringVar(&b.program, "program", "", "the program")
	flag.StringVar(&b.tools, "tools", "", "folder of kill9.sh and pg.sh")
	flag.StringVar(&b.sink, "sink", "", "smtp-sink")
	flag.StringVar(&b.count, "count", "", "count-mails")
	flag.StringVar(&b.work, "work", "", "folder for what is left behind")
	flag.IntVar(&b.rounds, "rounds", 5, "rounds of R1")
	flag.IntVar(&b.kills, "kills", 5, "kills in a round of R1")
	flag.DurationVar(&b.longest, "longest", 3*time.Second, "longest time between a start and its kill; more where the program is slow to start")
	flag.IntVar(&b.lanes, "lanes", 2, "rounds of R1 side by side: most of a round is waiting for a lease to run out")
	flag.IntVar(&b.letters, "letters", 500, "invitations in a batch")
	flag.DurationVar(&b.outage, "outage", 2*time.Minute, "how long the server of R9 is gone")
	flag.Parse()
	args := flag.Args()
	if len(args) == 2 && args[0] == "do" { // kill9.sh runs single steps
		exit(b.step(args[1]))
		return
	}
	go func() {
		told := make(chan os.Signal, 1)
		signal.Notify(told, os.Interrupt, syscall.SIGTERM)
		<-told
		b.stopAll()
		os.Exit(130)
	}()
	if err := b.prepare(); err != nil {
		exit(fmt.Errorf("the template: %w", err))
	}
	missed := 0
	for _, g := range goals {
		if len(args) > 0 && !slices.Contains(args, g.id) {
			continue
		}
		b.clear(g.id)
		began := time.Now()
		seen, met, err := g.run(b)
		b.stopAll()
		word := "met   "
		if err != nil {
			seen, met = strings.TrimSpace(seen+" error: "+err.Error()), false
		}
		if !met {
			word, missed = "MISSED", missed+1
		}
		promise := strings.NewReplacer("%K", fmt.Sprint(b.kills), "%R", fmt.Sprint(b.rounds)).Replace(g.promise)
		fmt.Printf("%-4s %s  %s\n             seen: %s  (%s)\n", g.id, word, promise, seen, time.Since(began).Round(time.Second))
	}
	if missed > 0 {
		fmt.Printf("%d goals missed; what was left behind is in %s\n", missed, b.work)
		os.Exit(1)
	}
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(2)
	}
}

// clear removes what an earlier run of a goal left behind.
func (b *bench) clear(id string) {
	old, _ := filepath.Glob(b.path(id + " *"))
	for _, dir := range append(old, b.path(id)) {
		_ = os.RemoveAll(dir)
	}
}

// path gives the place of a file in the folder of the work.
func (b *bench) path(parts ...string) string {
	return filepath.Join(append([]string{b.work}, parts...)...)
}
