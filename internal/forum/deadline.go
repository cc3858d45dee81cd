package forum

import (
	"slices"
	"time"

	"samverkan/internal/almanac"
)

// Tolerances, in days: how far from the promised time a meeting still keeps the promise. Days of
// exempt months are not counted.
const (
	tolerance      = 31 // of an interval
	monthTolerance = 14 // of one meeting a month: it may have been moved out of its month
)

type period struct{ from, to almanac.Date }

func (p period) holds(d almanac.Date) bool { return !d.Before(p.from) && !d.After(p.to) }

// monthOf gives the days of a month.
func monthOf(year int, month time.Month) period {
	first := almanac.Date{Year: year, Month: month, Day: 1}
	return period{first, first.AddMonths(1).AddDays(-1)}
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

// MonthDeadline gives the last day on which a meeting still stands for a month that was promised one.
func (r Reading) MonthDeadline(year int, month time.Month) almanac.Date {
	return r.after(monthOf(year, month).to, monthTolerance)
}

// Earliest gives the first day of the time around Due in which a meeting after one on d is looked for.
func (r Reading) Earliest(d almanac.Date) almanac.Date { return r.Due(d).AddDays(-tolerance) }
