//go:build faults

package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// killed is R1 and R2, by kill9.sh. Most of a round is waiting for the lease of what was in flight, so
// that several run side by side, each with a folder and a port of its own.
func (b *bench) killed() (seen string, met bool, err error) {
	outs, errs := make([]string, b.lanes), make([]error, b.lanes)
	var group sync.WaitGroup
	for lane := range b.lanes {
		rounds := b.rounds / b.lanes
		if lane < b.rounds%b.lanes {
			rounds++
		}
		if rounds == 0 {
			continue
		}
		group.Go(func() { outs[lane], errs[lane] = b.lane(b.path("R1", fmt.Sprint("lane", lane)), rounds) })
	}
	group.Wait()
	sums := map[string]int{}
	for _, out := range outs {
		for _, found := range regexp.MustCompile(`(rounds|kills|lost|Message-ID|new one|bad rounds) (\d+)`).FindAllStringSubmatch(out, -1) {
			n, _ := strconv.Atoi(found[2])
			sums[found[1]] += n
		}
	}
	longest := 0
	files, _ := filepath.Glob(b.path("R1", "*", "*", "took"))
	for _, f := range files {
		data, _ := os.ReadFile(f)
		n, _ := strconv.Atoi(string(data))
		longest = max(longest, n)
	}
	seen = fmt.Sprintf("%d rounds, %d kills, %d invitations each: lost %d, copies with the same Message-ID %d, under a new one %d, bad rounds %d; sent at most %d s after the last kill",
		sums["rounds"]-sums["bad rounds"], sums["kills"], b.letters, sums["lost"], sums["Message-ID"], sums["new one"], sums["bad rounds"], longest)
	err = errors.Join(errs...)
	return seen, err == nil && len(files) == b.rounds && longest <= 120, err
}

func (b *bench) lane(dir string, rounds int) (string, error) {
	listen := freePort()
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	cmd := exec.Command("bash", filepath.Join(b.tools, "kill9.sh"), fmt.Sprint(rounds), dir)
	step := func(name string) string { return self + " do " + name }
	cmd.Env = append(os.Environ(),
		"SAMVERKAN_LISTEN="+listen, "SAMVERKAN_MAIL_FROM=moten@vingaker.example", "SAMVERKAN_SEND_DELAY=0s", "SAMVERKAN_MAIL_PER_MINUTE=0",
		"FAULTS_URL=http://"+listen, "FAULTS_TEMPLATE="+b.path(b.template()), "SINK="+b.sink, "COUNT="+b.count,
		"RESET="+step("reset"), "READY="+step("ready"), "TRIGGER="+step("invite"), "DONE="+step("done"),
		"START=env SAMVERKAN_DATA_DIR=data SAMVERKAN_SMTP_URL=smtp://$SMTP "+b.program+" serve",
		fmt.Sprint("KILLS=", b.kills), "INFLIGHT=2", "MIN_MS=20", fmt.Sprint("MAX_MS=", b.longest.Milliseconds()), "DONE_TIMEOUT=120", "COUNT_ARGS=-strict",
		"SINK_ARGS=-mode slow -delay 3ms",
	)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, out)
	}
	return string(out), err
}

// stopped is R21: each SIGTERM comes while the batch is on its way.
func (b *bench) stopped() (string, bool, error) {
	const each = 10 // SIGTERMs in one batch
	var longest time.Duration
	var sum tally
	times := 0
	for round := range 5 {
		s, err := b.receive(b.path("R21", fmt.Sprint(round)), "-mode", "slow", "-delay", "10ms")
		if err != nil {
			return "", false, err
		}
		w, err := b.fresh(filepath.Join("R21", fmt.Sprint(round), "app"), s.url())
		if err != nil {
			return "", false, err
		}
		for n := range each {
			p, err := w.serve()
			if err == nil && n == 0 {
				err = w.invite()
			}
			if err != nil {
				return "", false, err
			}
			time.Sleep(time.Duration(rand.IntN(1200)) * time.Millisecond)
			if is, err := w.settled(); err != nil || is {
				return "", false, fmt.Errorf("the batch was over before it was stopped (%v)", err)
			}
			longest, times = max(longest, p.end(syscall.SIGTERM)), times+1
		}
		p, err := w.serve()
		if err == nil {
			err = w.wait(3 * time.Minute)
		}
		p.end(syscall.SIGTERM)
		t, countErr := s.tally(b)
		if err := errors.Join(err, countErr); err != nil {
			return t.String(), false, err
		}
		sum.Expected, sum.Delivered, sum.Lost = sum.Expected+t.Expected, sum.Delivered+t.Delivered, sum.Lost+t.Lost
		sum.Extra, sum.NewID, sum.Changed = sum.Extra+t.Extra, sum.NewID+t.NewID, sum.Changed+t.Changed
	}
	seen := fmt.Sprintf("%d times: %s; out after at most %s", times, sum, longest.Round(time.Millisecond))
	return seen, times >= 50 && sum.Lost+sum.Extra+sum.NewID == 0 && longest <= 20*time.Second, nil
}

// wait waits until nothing waits to be sent.
func (w *world) wait(limit time.Duration) error {
	var last error
	return errors.Join(within(limit, "letters still wait after "+limit.String(), func() bool {
		is, err := w.settled()
		last = err
		return is && err == nil
	}), last)
}

// cpu is the processor time that a process has used, user and system, in seconds.
func (p *process) cpu() float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100 // of a second, on Linux
}
