package ical

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	goical "github.com/emersion/go-ical"
)

// Occurrence is one meeting of an event that came in.
type Occurrence struct {
	Recurrence string // names it within its series; empty: the event is a single one
	Start, End time.Time
	AllDay     bool
	Summary    string
	Location   string
	Cancelled  bool
	Free       bool // does not make its owner busy
	Continues  bool // its series goes on after what is unfolded: the last one says so
	Sequence   int64
	Stamp      time.Time
}

// ErrEndless is the error of a series that has more meetings than anybody registers, or a rule that is
// not read.
var ErrEndless = errors.New("ical: more occurrences than are unfolded")

// Key names an occurrence by its original start: as an instant, because programs write it in their own
// zones (RFC 5545 §3.8.4.4 wants the form of DTSTART, and Exchange sends UTC).
func (e Entry) Key() string {
	if e.Recurrence == nil {
		return ""
	}
	return recurrenceKey(e.Recurrence.Time)
}

func recurrenceKey(t time.Time) string { return t.UTC().Format(formUTC) }

// Bounds say how much of a series is unfolded.
type Bounds struct {
	From  time.Time // what begins before it is not counted against Most
	Until time.Time // what begins after it is left out
	Most  int
}

// mostBefore bounds what begins before From: a meeting on every day for fifty years.
const mostBefore = 20_000

// count refuses with ErrEndless when more begin than are unfolded.
func (b Bounds) count(starts []time.Time) error {
	before := 0
	for _, t := range starts {
		if t.Before(b.From) {
			before++
		}
	}
	if before > mostBefore || len(starts)-before > b.Most {
		return ErrEndless
	}
	return nil
}

// Unfold gives the single meetings of the events of one UID within bounds, in order: the
// series by its rule, and those of its occurrences that have words of their own. zone is where a
// series without one lives. It refuses with ErrEndless when there are more than within bounds.
func Unfold(events []Entry, zone *time.Location, within Bounds) (all []Occurrence, err error) {
	defer func() {
		if p := recover(); p != nil {
			all, err = nil, ErrEndless
		}
	}()
	changed, whole := map[string]Entry{}, false
	for _, e := range events {
		if e.Recurrence != nil && e.Start != nil {
			changed[e.Key()] = e
		}
		whole = whole || e.Recurrence == nil
	}
	for _, e := range events {
		if e.Recurrence != nil || !e.Lasts() {
			continue
		}
		starts, more, err := e.starts(zone, within)
		if err != nil {
			return nil, err
		}
		for _, start := range starts {
			all = append(all, e.occurrence(start, changed))
		}
		if more && len(all) > 0 {
			all[len(all)-1].Continues = true
		}
	}
	if !whole { // a program may send one occurrence of a series and not the series
		for _, e := range changed {
			if e.Lasts() {
				o := e.at(e.Start.Time)
				o.Recurrence = e.Key()
				all = append(all, o)
			}
		}
	}
	var begin []time.Time
	for _, o := range all {
		begin = append(begin, o.Start)
	}
	slices.SortStableFunc(all, func(a, b Occurrence) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Recurrence, b.Recurrence))
	})
	return all, within.count(begin)
}

// Lasts tells whether an event says from when to when it is.
func (e Entry) Lasts() bool { return e.Start != nil && e.End != nil && e.End.Time.After(e.Start.Time) }

// occurrence gives the one of an event that begins at start by its rule, in its own words when it has some.
func (e Entry) occurrence(start time.Time, changed map[string]Entry) Occurrence {
	o := e.at(start)
	if e.Rule == "" && len(e.Also) == 0 {
		return o
	}
	key := recurrenceKey(start)
	if own, found := changed[key]; found {
		own.fill(e)
		o = own.at(own.Start.Time)
	}
	o.Recurrence = key
	return o
}

// fill takes from the series what an occurrence does not say.
func (e *Entry) fill(series Entry) {
	if e.End == nil {
		e.End = &Moment{Time: e.Start.Time.Add(series.End.Time.Sub(series.Start.Time))}
	}
	if e.Summary == "" {
		e.Summary = series.Summary
	}
}

// at gives the occurrence that begins at start.
func (e Entry) at(start time.Time) Occurrence {
	return Occurrence{
		Start: start.UTC(), End: start.UTC().Add(e.End.Time.Sub(e.Start.Time)), AllDay: e.Start.AllDay, Summary: e.Summary, Location: e.Location,
		Cancelled: e.Status == "CANCELLED", Free: e.Free, Sequence: e.Sequence, Stamp: e.Stamp,
	}
}

// starts gives when the occurrences of an event begin, and whether there are more after what is unfolded.
func (e Entry) starts(zone *time.Location, within Bounds) (all []time.Time, more bool, err error) {
	all = []time.Time{e.Start.Time}
	if e.Rule != "" {
		if all, more, err = e.byRule(zone, within); err != nil {
			return nil, false, err
		}
	}
	for _, also := range e.Also {
		if also.Before(within.Until) && !slices.ContainsFunc(all, also.Equal) {
			all = append(all, also)
		}
	}
	return slices.DeleteFunc(all, func(t time.Time) bool { return slices.ContainsFunc(e.Except, t.Equal) }), more, nil
}

// byRule lets rrule-go, which go-ical brings, expand a rule. Only rules that meetings follow are given to it: it
// would count seconds until the year 9999 for whoever asks.
func (e Entry) byRule(zone *time.Location, within Bounds) (all []time.Time, more bool, err error) {
	rule := strings.ToUpper(e.Rule)
	daily := strings.Contains(rule, "FREQ=DAILY") || strings.Contains(rule, "FREQ=WEEKLY") || strings.Contains(rule, "FREQ=MONTHLY") || strings.Contains(rule, "FREQ=YEARLY")
	for _, part := range []string{"BYHOUR", "BYMINUTE", "BYSECOND", "SECONDLY", "MINUTELY", "HOURLY"} {
		daily = daily && !strings.Contains(rule, part)
	}
	if !daily {
		return nil, false, ErrEndless
	}
	loc := zone
	if named := location(e.Start.Zone); named != nil && e.Start.Zone != "" {
		loc = named
	}
	c := goical.NewComponent(goical.CompEvent)
	setRaw(c, goical.PropDateTimeStart, e.Start.Time.In(loc).Format(formLocal))
	setRaw(c, goical.PropRecurrenceRule, rule)
	set, err := c.RecurrenceSet(loc)
	if err != nil || set == nil {
		return nil, false, ErrEndless
	}
	for next := set.Iterator(); ; {
		t, another := next()
		if !another || t.After(within.Until) {
			return all, another, within.count(all)
		}
		if all = append(all, t.UTC()); len(all) > within.Most+mostBefore {
			return nil, false, ErrEndless
		}
	}
}
