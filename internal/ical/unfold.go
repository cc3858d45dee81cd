package ical

import (
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

// Unfold gives the single meetings of the events of one UID that begin before until, in order: the
// series by its rule, and those of its occurrences that have words of their own. zone is where a
// series without one lives. It refuses with ErrEndless when there are more than most.
func Unfold(events []Entry, zone *time.Location, until time.Time, most int) (all []Occurrence, err error) {
	defer func() {
		if p := recover(); p != nil {
			all, err = nil, ErrEndless
		}
	}()
	changed := map[string]Entry{}
	for _, e := range events {
		if e.Recurrence != nil && e.Start != nil {
			changed[e.Key()] = e
		}
	}
	for _, e := range events {
		if e.Recurrence != nil || e.Start == nil || e.End == nil || !e.End.Time.After(e.Start.Time) {
			continue
		}
		starts, err := e.starts(zone, until, most)
		if err != nil {
			return nil, err
		}
		for _, start := range starts {
			o := e.at(start)
			if e.Rule != "" || len(e.Also) > 0 {
				o.Recurrence = recurrenceKey(start)
			}
			if own, found := changed[o.Recurrence]; found && o.Recurrence != "" {
				own.fill(e)
				own.Recurrence, o = nil, own.at(own.Start.Time)
				o.Recurrence = recurrenceKey(start)
			}
			all = append(all, o)
		}
	}
	if len(all) > most {
		return nil, ErrEndless
	}
	slices.SortStableFunc(all, func(a, b Occurrence) int { return a.Start.Compare(b.Start) })
	return all, nil
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
		Cancelled: e.Status == "CANCELLED", Sequence: e.Sequence, Stamp: e.Stamp,
	}
}

// starts gives when the occurrences of an event begin.
func (e Entry) starts(zone *time.Location, until time.Time, most int) ([]time.Time, error) {
	all := []time.Time{e.Start.Time}
	if e.Rule != "" {
		var err error
		if all, err = e.byRule(zone, until, most); err != nil {
			return nil, err
		}
	}
	for _, also := range e.Also {
		if also.Before(until) && !slices.ContainsFunc(all, also.Equal) {
			all = append(all, also)
		}
	}
	return slices.DeleteFunc(all, func(t time.Time) bool { return slices.ContainsFunc(e.Except, t.Equal) }), nil
}

// byRule lets rrule-go, which go-ical brings, expand a rule. Only rules that meetings follow are given to it: it
// would count seconds until the year 9999 for whoever asks.
func (e Entry) byRule(zone *time.Location, until time.Time, most int) ([]time.Time, error) {
	rule := strings.ToUpper(e.Rule)
	daily := strings.Contains(rule, "FREQ=DAILY") || strings.Contains(rule, "FREQ=WEEKLY") || strings.Contains(rule, "FREQ=MONTHLY") || strings.Contains(rule, "FREQ=YEARLY")
	for _, part := range []string{"BYHOUR", "BYMINUTE", "BYSECOND", "SECONDLY", "MINUTELY", "HOURLY"} {
		daily = daily && !strings.Contains(rule, part)
	}
	if !daily {
		return nil, ErrEndless
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
		return nil, ErrEndless
	}
	var all []time.Time
	for next := set.Iterator(); ; {
		t, more := next()
		if !more || t.After(until) {
			return all, nil
		}
		if all = append(all, t.UTC()); len(all) > most {
			return nil, ErrEndless
		}
	}
}
