package forum

import (
	"slices"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// State says how a forum stands with its promise.
type State string

// The states.
const (
	Unmeasured  State = "unmeasured"
	BeforeStart State = "beforeStart" // the promise is not counted yet
	Kept        State = "kept"        // held and planned meetings keep it
	Lacking     State = "lacking"     // meetings must still be planned for it to be kept
	Broken      State = "broken"      // a time has passed without its meeting
	Over        State = "over"        // more than promised: told, and nothing wrong
)

// Standing is how a forum stands with its promise in one year.
type Standing struct {
	State   State
	Lacking int // meetings that can still be planned
	Missed  int // meetings whose time has passed
}

// Words says it kindly.
func (s Standing) Words() lang.Sentence {
	switch {
	case s.State == Broken && s.Missed == 1:
		return lang.Say("Ett möte blev inte av")
	case s.State == Broken:
		return lang.Say("%d möten blev inte av", s.Missed)
	case s.State == Lacking && s.Lacking == 1:
		return lang.Say("Ett möte saknas")
	case s.State == Lacking:
		return lang.Say("%d möten saknas", s.Lacking)
	case s.State == Over:
		return lang.Say("Fler möten än lovat")
	case s.State == BeforeStart:
		return lang.Say("Före start")
	case s.State == Unmeasured:
		return lang.Say("Mäts inte")
	}
	return lang.Say("Enligt planen")
}

// Tolerances, in days: how far from the promised time a meeting still keeps the promise. Days of
// exempt months are not counted.
const (
	tolerance      = 31 // of an interval
	monthTolerance = 14 // of one meeting a month: it may have been moved out of its month
)

// Stands tells how the promise stands in year. meetings are the forum's, held or planned and not
// cancelled, of that year and as long before it as one interval, in order. Nothing before
// PromisedFrom is ever missed, nor is a month that is exempt or a meeting that was moved a little.
func (f Forum) Stands(year int, today almanac.Date, meetings []almanac.Date) Standing {
	r := f.Promise()
	p := period{almanac.Date{Year: year, Month: 1, Day: 1}, almanac.Date{Year: year, Month: 12, Day: 31}}
	switch {
	case !r.Measured():
		return Standing{State: Unmeasured}
	case f.PromisedFrom.After(p.to):
		return Standing{State: BeforeStart}
	}
	s := Standing{State: Kept}
	switch {
	case r.Cadence.Months == 1:
		s.months(r, year, f.PromisedFrom, today, meetings)
	case r.Cadence.Months > 1:
		s.gaps(r, p, f.PromisedFrom, today, meetings)
	default:
		s.counts(r.Cadence, year, f.PromisedFrom, today, meetings)
	}
	if s.Missed > 0 {
		s.State = Broken
	} else if s.Lacking > 0 {
		s.State = Lacking
	}
	return s
}

// miss counts a meeting that is not there and was to be by deadline.
func (s *Standing) miss(deadline, today almanac.Date, n int) {
	if deadline.Before(today) {
		s.Missed += n
	} else {
		s.Lacking += n
	}
}

type period struct{ from, to almanac.Date }

func (p period) holds(d almanac.Date) bool { return !d.Before(p.from) && !d.After(p.to) }

// monthOf gives the days of a month.
func monthOf(year int, month time.Month) period {
	first := almanac.Date{Year: year, Month: month, Day: 1}
	return period{first, first.AddMonths(1).AddDays(-1)}
}

func (s *Standing) months(r Reading, year int, start, today almanac.Date, meetings []almanac.Date) {
	for _, month := range r.MonthsWithout(year, start, meetings) {
		s.miss(r.after(monthOf(year, month).to, monthTolerance), today, 1)
	}
}

// MonthsWithout gives the months of year that were promised a meeting from start on and have none.
// A month's own meeting comes first; another one stands for a neighbour that it was moved from.
func (r Reading) MonthsWithout(year int, start almanac.Date, meetings []almanac.Date) (without []time.Month) {
	var months []servedMonth
	for n := range 14 { // with the months before and after, whose own meetings are not ours to take
		first := almanac.Date{Year: year, Month: 1, Day: 1}.AddMonths(n - 1)
		m := monthOf(first.Year, first.Month)
		switch {
		case r.exempt(int(first.Month)):
		case first.Year != year:
			months = append(months, servedMonth{own: m, near: m, by: -1})
		case !m.from.Before(start):
			months = append(months, servedMonth{own: m, near: period{m.from.AddDays(-monthTolerance), r.after(m.to, monthTolerance)}, by: -1, wanted: true})
		}
	}
	for i := range months {
		serve(months, i, meetings, func(m servedMonth) period { return m.own }, map[int]bool{})
	}
	for i, m := range months {
		if m.wanted && m.by < 0 && !serve(months, i, meetings, func(m servedMonth) period { return m.near }, map[int]bool{}) {
			without = append(without, m.own.from.Month)
		}
	}
	return without
}

// servedMonth is a month that wants a meeting.
type servedMonth struct {
	own, near period
	by        int // which meeting serves it; -1 for none
	wanted    bool
}

// serve finds a month a meeting within its reach, and another one for the month that had it: the
// usual way to pair as many as can be (Kuhn).
func serve(months []servedMonth, i int, meetings []almanac.Date, within func(servedMonth) period, tried map[int]bool) bool {
	for n, d := range meetings {
		if tried[n] || !within(months[i]).holds(d) {
			continue
		}
		tried[n] = true
		has := slices.IndexFunc(months, func(m servedMonth) bool { return m.by == n })
		if has < 0 || has != i && serve(months, has, meetings, within, tried) {
			months[i].by = n
			return true
		}
	}
	return false
}

// after gives the day n days later, not counting the days of exempt months.
func (r Reading) after(d almanac.Date, n int) almanac.Date {
	for n > 0 {
		d = d.AddDays(1)
		if !r.exempt(int(d.Month)) {
			n--
		}
	}
	return d
}

// Due gives when the meeting after one on d should be: an interval later, and not in an exempt month.
func (r Reading) Due(d almanac.Date) almanac.Date {
	due := d.AddMonths(r.Cadence.Months)
	for r.exempt(int(due.Month)) {
		due = monthOf(due.Year, due.Month).to.AddDays(1)
	}
	return due
}

// Deadline gives the last day on which a meeting still keeps an interval after one on d.
func (r Reading) Deadline(d almanac.Date) almanac.Date { return r.after(r.Due(d), tolerance) }

// gaps walks from meeting to meeting. The start counts as one: the first is due an interval later.
func (s *Standing) gaps(r Reading, p period, start, today almanac.Date, meetings []almanac.Date) {
	at := later(p.from, start)
	if last, ok := lastBefore(meetings, p.from); ok && last.After(start) {
		at = last
	}
	for deadline := r.Deadline(at); !deadline.After(p.to); deadline = r.Deadline(at) {
		next, ok := firstAfter(meetings, at)
		if ok && !next.After(deadline) {
			at = next
			continue
		}
		if p.holds(deadline) {
			s.miss(deadline, today, 1)
		}
		at = r.Due(at)
	}
}

// counts compares numbers, in the whole year or in each half of it. Of a part that had begun when
// the promise did, a share is asked.
func (s *Standing) counts(c Cadence, year int, start, today almanac.Date, meetings []almanac.Date) {
	for _, p := range c.parts(year) {
		if p.to.Before(start) {
			continue
		}
		n := 0
		for _, d := range meetings {
			if p.holds(d) {
				n++
			}
		}
		least := c.Min
		if start.After(p.from) {
			least = least * distance(start, p.to) / distance(p.from, p.to)
		}
		if n < least {
			s.miss(p.to, today, least-n)
		}
		if c.Max > 0 && n > c.Max {
			s.State = Over
		}
	}
}

// parts are the periods in which meetings are counted.
func (c Cadence) parts(year int) []period {
	first, last := almanac.Date{Year: year, Month: 1, Day: 1}, almanac.Date{Year: year, Month: 12, Day: 31}
	if !c.PerTerm {
		return []period{{first, last}}
	}
	summer := almanac.Date{Year: year, Month: 7, Day: 1}
	return []period{{first, summer.AddDays(-1)}, {summer, last}}
}

// lastBefore gives the latest of dates, which are in order, that is before limit.
func lastBefore(dates []almanac.Date, limit almanac.Date) (almanac.Date, bool) {
	for i := len(dates) - 1; i >= 0; i-- {
		if dates[i].Before(limit) {
			return dates[i], true
		}
	}
	return almanac.Date{}, false
}

// firstAfter gives the earliest of dates, which are in order, that is after limit.
func firstAfter(dates []almanac.Date, limit almanac.Date) (almanac.Date, bool) {
	for _, d := range dates {
		if d.After(limit) {
			return d, true
		}
	}
	return almanac.Date{}, false
}

func later(a, b almanac.Date) almanac.Date {
	if a.After(b) {
		return a
	}
	return b
}

func distance(a, b almanac.Date) int {
	n := int(a.Midnight().Sub(b.Midnight()).Hours()) / 24
	return max(n, -n)
}
