//go:build faults

package main

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// A row alone keeps when its letter is tried again, and nobody waits for hours here: the wait that a row
// was given is compared with what was promised, and then its time is moved back by that much. The sender
// finds it at its next look, within half a minute.
const look = 40 * time.Second

// trial is a batch against a server that misbehaves.
type trial struct {
	*world
	sink *server
	app  *process
}

// batch starts sink and program and asks everybody.
func (b *bench) batch(name string, sinkArgs ...string) (*trial, error) {
	s, err := b.receive(b.path(name), sinkArgs...)
	if err != nil {
		return nil, err
	}
	t := &trial{sink: s}
	if t.world, err = b.fresh(filepath.Join(name, "app"), s.url()); err != nil {
		return nil, err
	}
	if t.app, err = t.serve(); err != nil {
		return nil, err
	}
	return t, t.invite()
}

// reach waits until n letters are in a state.
func (t *trial) reach(state string, n int, limit time.Duration) error {
	return within(limit, fmt.Sprintf("fewer than %d letters are %s after %s", n, state, limit), func() bool {
		states, err := t.states("invitation")
		return err == nil && states[state] >= n
	})
}

// waits tells for how long the rows of a state are put off, from when they were last touched; it is the
// longest and the shortest of the retries that the sink's last word on them began.
func (t *trial) waits(state string) (shortest, longest time.Duration, err error) {
	last := map[string]time.Time{}
	records, err := t.sink.records()
	if err != nil {
		return 0, 0, err
	}
	for _, r := range records {
		if len(r.Rcpts) == 1 {
			last[r.Rcpts[0]] = r.Time
		}
	}
	letters, err := t.outbox("invitation")
	shortest = math.MaxInt64
	for _, l := range letters {
		if l.State == state {
			wait := l.NotBefore.Sub(last[l.Recipient])
			shortest, longest = min(shortest, wait), max(longest, wait)
		}
	}
	return shortest, longest, err
}

// retries follows the batch through one refusal after the other: every wait is to be what was promised,
// give or take a fifth.
func (t *trial) retries(state string, waits ...time.Duration) (seen string, met bool, err error) {
	met = true
	for _, want := range waits {
		if err := t.reach(state, t.b.letters, 2*time.Minute); err != nil {
			return seen, false, err
		}
		shortest, longest, err := t.waits(state)
		if err != nil {
			return seen, false, err
		}
		seen += fmt.Sprintf("%s–%s, ", shortest.Round(time.Second), longest.Round(time.Second))
		met = met && shortest > want*8/10 && longest < want*12/10
		before := t.seenBySink()
		if err := t.pass(longest); err != nil {
			return seen, false, err
		}
		if err := within(2*time.Minute, "they were not tried again", func() bool { return t.seenBySink() >= before+t.b.letters }); err != nil {
			return seen, false, err
		}
	}
	return "put off for " + seen, met, nil
}

// seenBySink counts what the sink was asked to take, and did not forget.
func (t *trial) seenBySink() int {
	all, _ := t.sink.records()
	return len(all)
}

// cutAfter is R3.
func (b *bench) cutAfter() (string, bool, error) {
	t, err := b.batch("R3", "-mode", "drop-after-data", "-n", "1")
	if err != nil {
		return "", false, err
	}
	seen, met, err := t.retries("unknown", 15*time.Minute)
	if err == nil {
		err = t.reach("sent", b.letters, time.Minute)
	}
	sum, countErr := t.sink.tally(b)
	if err := errors.Join(err, countErr); err != nil {
		return seen, false, err
	}
	seen += sum.String()
	met = met && sum.Lost+sum.NewID+sum.Changed == 0 && sum.Copies == 2*b.letters
	t.app.end(syscall.SIGTERM)

	t, err = b.batch("R3 for ever", "-mode", "drop-after-data")
	if err != nil {
		return seen, false, err
	}
	more, right, err := t.retries("unknown", 15*time.Minute, time.Hour, 4*time.Hour)
	if err == nil {
		err = t.pass(24 * time.Hour)
	}
	if err != nil {
		return seen, false, err
	}
	time.Sleep(look)
	letters, err := t.outbox("invitation")
	if err != nil {
		return seen, false, err
	}
	parked := 0
	for _, l := range letters {
		if l.State == "unknown" && l.SettledAt != nil && l.Attempts == 4 {
			parked++
		}
	}
	sum, err = t.sink.tally(b)
	shown, showErr := t.shown("unknown")
	seen += fmt.Sprintf("; for ever: %s%d copies of %d, parked %d, shown %d", more, sum.Copies, b.letters, parked, shown)
	return seen, met && right && parked == b.letters && shown == parked && sum.Copies == 4*b.letters && sum.NewID+sum.Changed == 0, errors.Join(err, showErr)
}

// shown counts the letters of a state that the coordinator is shown.
func (t *trial) shown(state string) (n int, err error) {
	for page := 1; ; page++ {
		var answer struct {
			Letters []struct{ State, SettledAt string }
		}
		if err := t.call("GET", fmt.Sprintf("/letters?limit=100&page=%d", page), nil, &answer); err != nil {
			return n, err
		}
		for _, l := range answer.Letters {
			if l.State == state && l.SettledAt != "" {
				n++
			}
		}
		if len(answer.Letters) < 100 {
			return n, nil
		}
	}
}

// cutBefore is R4. From the client's end it looks as in R3, so it waits as long.
func (b *bench) cutBefore() (string, bool, error) {
	t, err := b.batch("R4", "-mode", "drop-before-store", "-n", "3")
	if err != nil {
		return "", false, err
	}
	seen, met, err := t.retries("unknown", 15*time.Minute, time.Hour, 4*time.Hour)
	if err == nil {
		err = t.reach("sent", b.letters, time.Minute)
	}
	sum, countErr := t.sink.tally(b)
	return seen + sum.String(), met && sum.Lost == 0 && sum.Copies == b.letters, errors.Join(err, countErr)
}

// silent is R5: ten minutes are waited for an answer to the final dot (RFC 5321 §4.5.3.2.6), so the
// goal takes as long.
func (b *bench) silent() (string, bool, error) {
	t, err := b.batch("R5", "-fault", "stage=eod store drop=hang times=1 rcpt=k0005@*")
	if err != nil {
		return "", false, err
	}
	began := time.Now()
	if err := t.reach("sent", b.letters-1, 2*time.Minute); err != nil {
		return "", false, err
	}
	others := time.Since(began)
	if err := t.reach("unknown", 1, 11*time.Minute); err != nil {
		return "", false, err
	}
	states, err := t.states("invitation")
	sum, countErr := t.sink.tally(b)
	seen := fmt.Sprintf("the %d others were sent within %s; unknown after %s; %v; %s", b.letters-1, others.Round(time.Second), time.Since(began).Round(time.Second), states, sum)
	return seen, states["unknown"] == 1 && states["failed"] == 0 && sum.Copies == b.letters, errors.Join(err, countErr)
}

// greylisted is R6. The first wait is waited for; the others are compared and passed.
func (b *bench) greylisted() (string, bool, error) {
	t, err := b.batch("R6", "-mode", "tempfail", "-n", "4")
	if err != nil {
		return "", false, err
	}
	if err := t.reach("retry", b.letters, 2*time.Minute); err != nil {
		return "", false, err
	}
	shortest, longest, err := t.waits("retry")
	if err == nil {
		err = within(3*time.Minute, "they were not tried again", func() bool { return t.seenBySink() >= 2*b.letters })
	}
	if err != nil {
		return "", false, err
	}
	first, second := t.between()
	seen, met, err := t.retries("retry", 5*time.Minute, 15*time.Minute, time.Hour)
	if err == nil {
		err = t.reach("sent", b.letters, time.Minute)
	}
	sum, countErr := t.sink.tally(b)
	seen = fmt.Sprintf("put off for %s–%s and tried after %s–%s; then %s%s", shortest.Round(time.Second), longest.Round(time.Second), first.Round(time.Second), second.Round(time.Second), seen, sum)
	met = met && shortest > 48*time.Second && longest < 72*time.Second && sum.Lost == 0 && sum.Copies == b.letters
	return seen, met, errors.Join(err, countErr)
}

// between tells the shortest and the longest time between the first and the second try of a letter.
func (t *trial) between() (shortest, longest time.Duration) {
	records, _ := t.sink.records()
	tries := map[string][]time.Time{}
	for _, r := range records {
		if len(r.Rcpts) == 1 {
			tries[r.Rcpts[0]] = append(tries[r.Rcpts[0]], r.Time)
		}
	}
	shortest = math.MaxInt64
	for _, at := range tries {
		if len(at) > 1 {
			shortest, longest = min(shortest, at[1].Sub(at[0])), max(longest, at[1].Sub(at[0]))
		}
	}
	return shortest, longest
}

// refused is R7.
func (b *bench) refused() (string, bool, error) {
	t, err := b.batch("R7", "-mode", "permfail", "-rcpt", "k000?@*")
	if err != nil {
		return "", false, err
	}
	began := time.Now()
	if err := t.reach("failed", 10, time.Minute); err != nil {
		return "", false, err
	}
	shown, err := t.shown("failed")
	told := time.Since(began)
	if err := errors.Join(err, t.reach("sent", b.letters-10, 2*time.Minute)); err != nil {
		return "", false, err
	}
	time.Sleep(look) // for a second try, if there were one
	records, err := t.sink.records()
	tries := 0
	for _, r := range records {
		if r.Event == "refused" {
			tries++
		}
	}
	seen := fmt.Sprintf("%d shown after %s, tried %d times in all; %d letters taken", shown, told.Round(time.Second), tries, t.sink.stored())
	return seen, shown == 10 && tries == 10 && t.sink.stored() == b.letters-10, err
}

// gone is R9.
func (b *bench) gone() (string, bool, error) {
	t, err := b.batch("R9", "-max-conns", "1")
	if err == nil {
		err = t.wait(10 * time.Minute)
	}
	if err != nil {
		return "", false, err
	}
	sum, err := t.sink.tally(b)
	if err != nil {
		return "", false, err
	}
	seen, met := fmt.Sprintf("one connection: %s", sum), sum.Lost == 0 && sum.Copies == b.letters
	t.app.end(syscall.SIGTERM)

	t, err = b.batch("R9 gone", "-fault", "stage=connect reply=421")
	if err != nil {
		return seen, false, err
	}
	t.sink.stop()
	time.Sleep(10 * time.Second) // until the letters are written
	before, began := t.app.cpu(), time.Now()
	time.Sleep(b.outage)
	share := 100 * (t.app.cpu() - before) / time.Since(began).Seconds()
	again, err := b.receive(t.sink.dir, "-listen", t.sink.address)
	if err != nil {
		return seen, false, err
	}
	back := time.Now()
	err = t.wait(10 * time.Minute)
	drained := time.Since(back)
	sum, countErr := again.tally(b)
	seen += fmt.Sprintf("; gone for %s: %.1f %% of a core, drained %s after it was back, %s", b.outage, share, drained.Round(time.Second), sum)
	return seen, met && share < 5 && sum.Lost == 0 && sum.Copies == b.letters, errors.Join(err, countErr)
}

// slow is R8.
func (b *bench) slow() (string, bool, error) {
	quiet, err := b.batch("R8 pace", "-mode", "slow", "-delay", "10ms")
	if err == nil {
		err = quiet.reach("sent", b.letters, 5*time.Minute)
	}
	if err != nil {
		return "", false, err
	}
	pace := quiet.pace()
	usual := quiet.pages()
	quiet.app.end(syscall.SIGTERM)

	// One letter is slow at every step; the rest of the sink is as before.
	var rules []string
	for _, stage := range []string{"rcpt", "data", "eod"} {
		rules = append(rules, "-fault", "stage="+stage+" delay=5s times=1 scope=global")
	}
	for _, stage := range []string{"connect", "ehlo", "mail", "rcpt", "data", "eod"} {
		rules = append(rules, "-fault", "stage="+stage+" delay=10ms")
	}
	t, err := b.batch("R8", rules...)
	if err == nil {
		err = t.reach("sent", 1, time.Minute)
	}
	if err != nil {
		return "", false, err
	}
	meanwhile := t.pages()
	if err := t.reach("sent", b.letters, 5*time.Minute); err != nil {
		return "", false, err
	}
	half := t.pace()
	t.app.end(syscall.SIGTERM)

	// A byte a second: no conversation gets anywhere, and each ends.
	t, err = b.batch("R8 trickle", "-trickle", "1s")
	if err != nil {
		return "", false, err
	}
	began := time.Now()
	trickled := t.pages()
	if err := t.reach("retry", 2, 3*time.Minute); err != nil {
		return "", false, err
	}
	seen := fmt.Sprintf("%.0f letters/s over two connections, %.0f while one is slow; p95 of pages %s, %s, and %s at a byte a second, where both conversations had ended after %s",
		pace, half, usual, meanwhile, trickled, time.Since(began).Round(time.Second))
	// Pages take milliseconds: what the machine does besides weighs as much, so 50 ms more are let pass.
	return seen, half >= pace*0.5*0.5 && max(meanwhile, trickled) < 2*usual+50*time.Millisecond, nil
}

// pace is letters a second in the middle of a batch, the slow one left out.
func (t *trial) pace() float64 {
	records, _ := t.sink.records()
	var at []time.Time
	for _, r := range records {
		if r.Event == "stored" {
			at = append(at, r.Time)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	from, to := len(at)/10, len(at)*9/10
	return float64(to-from) / at[to].Sub(at[from]).Seconds()
}

// pages is the p95 of what a coordinator's list takes.
func (t *trial) pages() time.Duration {
	var all []time.Duration
	for range 100 {
		began := time.Now()
		if err := t.call("GET", "/meetings?limit=50", nil, nil); err != nil {
			return time.Hour
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return all[95].Round(100 * time.Microsecond)
}
