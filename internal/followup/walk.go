package followup

import (
	"slices"

	"samverkan/internal/almanac"
	"samverkan/internal/forum"
)

// walk goes through a period and finds the promised meetings that are not there.
type walk struct {
	Promise
	days        []almanac.Date // of meetings that count, in order
	gaps        []Gap
	next        almanac.Date // the last day for the meeting after those that are there; zero: none is asked for
	least, most int
	over        bool
}

func (w *walk) walk() {
	switch c := w.Cadence; {
	case c.Months == 1:
		w.months()
	case c.Months > 1:
		w.intervals()
	default:
		w.counts()
	}
}

// months asks each month for its meeting. Those far from the year serve no month of it.
func (w *walk) months() {
	year := w.Period.From.Year
	near := slices.DeleteFunc(slices.Clone(w.days), func(d almanac.Date) bool {
		return d.Before(almanac.Date{Year: year - 1, Month: 12, Day: 1}) || d.After(almanac.Date{Year: year + 1, Month: 12, Day: 31})
	})
	for _, month := range w.MonthsWithout(year, w.From, near) {
		first := almanac.Date{Year: year, Month: month, Day: 1}
		if w.Period.Holds(first) {
			w.gaps = append(w.gaps, Gap{From: first, To: w.MonthDeadline(year, month), Number: 1, Month: month})
		}
	}
}

// intervals goes through the year from meeting to meeting. The start counts as one: the first is due an
// interval later.
func (w *walk) intervals() {
	at := Year(w.Period.From.Year).From
	before := at
	if w.From.After(at) {
		at = w.From
	}
	if last, ok := lastBefore(w.days, before); ok && last.After(w.From) {
		at = last
	}
	deadline := w.Deadline(at)
	for ; !deadline.After(w.Period.To); deadline = w.Deadline(at) {
		next, ok := firstAfter(w.days, at)
		if ok && !next.After(deadline) {
			at = next
			continue
		}
		due := w.Due(at)
		if w.Period.Holds(deadline) {
			g := Gap{From: w.Earliest(at), To: deadline, Number: 1}
			if ok && !next.After(w.Deadline(due)) {
				g.Late = next
			}
			w.gaps = append(w.gaps, g)
		}
		at = due
	}
	if next, ok := firstAfter(w.days, at); !ok || next.After(deadline) {
		w.next = deadline
	}
}

// counts compares numbers, in the whole year or in each half of it. A part is judged in the period in which
// it ends. Of one that had begun when the promise did, a share is asked.
func (w *walk) counts() {
	for _, part := range parts(w.Cadence, w.Period.From.Year) {
		if part.To.Before(w.From) || !w.Period.Holds(part.To) {
			continue
		}
		n := 0
		for _, d := range w.days {
			if part.Holds(d) {
				n++
			}
		}
		least, from := w.Cadence.Min, part.From
		if w.From.After(from) {
			least, from = least*distance(w.From, part.To)/distance(part.From, part.To), w.From
		}
		w.least, w.most = w.least+least, w.most+w.Cadence.Max
		if n < least {
			w.gaps = append(w.gaps, Gap{From: from, To: part.To, Number: least - n})
		}
		w.over = w.over || w.Cadence.Max > 0 && n > w.Cadence.Max
	}
}

// parts are the days in which meetings are counted.
func parts(c forum.Cadence, year int) []Period {
	if c.PerTerm {
		return []Period{Half(year, 1), Half(year, 2)}
	}
	return []Period{Year(year)}
}

// lastBefore gives the latest of days, which are in order, that is before limit.
func lastBefore(days []almanac.Date, limit almanac.Date) (almanac.Date, bool) {
	for _, d := range slices.Backward(days) {
		if d.Before(limit) {
			return d, true
		}
	}
	return almanac.Date{}, false
}

// firstAfter gives the earliest of days, which are in order, that is after limit.
func firstAfter(days []almanac.Date, limit almanac.Date) (almanac.Date, bool) {
	for _, d := range days {
		if d.After(limit) {
			return d, true
		}
	}
	return almanac.Date{}, false
}

func distance(a, b almanac.Date) int { return int(b.Midnight().Sub(a.Midnight()).Hours()) / 24 }
