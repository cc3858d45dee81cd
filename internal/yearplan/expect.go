package yearplan

import (
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/forum"
)

// expect gives when the meetings of a forum that somebody else convenes are to come: those that
// were promised at the least and are not there yet.
func (p *planner) expect(f *forum.Forum) (all []Expected) {
	r, stand := f.Promise(), p.stand[f.ID]
	switch {
	case f.Cadence.Months == 1:
		for _, month := range r.MonthsWithout(p.Year, f.PromisedFrom, stand) {
			first := almanac.Date{Year: p.Year, Month: month, Day: 1}
			all = append(all, Expected{f.ID, first, first.AddMonths(1).AddDays(-1)})
		}
	case f.Cadence.Months > 1:
		all = p.expectIntervals(f, stand)
	default:
		all = p.expectCounted(f, stand)
	}
	return p.coming(all, f)
}

func (p *planner) expectIntervals(f *forum.Forum, stand []almanac.Date) (all []Expected) {
	r := f.Promise()
	at := lastBefore(stand, p.first)
	if at.Before(f.PromisedFrom) {
		at = f.PromisedFrom
	}
	if at.IsZero() {
		at = p.first.AddMonths(-f.Cadence.Months / 2)
	}
	for due := r.Due(at); due.Year <= p.Year; due = r.Due(at) {
		if next := firstAfter(stand, at); !next.IsZero() && !next.After(r.Deadline(at)) {
			at = next
			continue
		}
		if due.Year == p.Year {
			all = append(all, Expected{f.ID, due.AddDays(-tolerance), r.Deadline(at)})
		}
		at = due
	}
	return all
}

func (p *planner) expectCounted(f *forum.Forum, stand []almanac.Date) (all []Expected) {
	for _, within := range parts(f.Cadence, p.Year, max(f.Cadence.Min, 1)) {
		missing := f.Cadence.Min
		var empty []Expected
		for _, s := range within {
			there := false
			for _, d := range stand {
				there = there || s.holds(d)
			}
			if !there {
				empty = append(empty, Expected{f.ID, s.from, s.to})
			}
		}
		for _, d := range stand {
			if half(d, f.Cadence.PerTerm) == half(within[0].from, f.Cadence.PerTerm) {
				missing--
			}
		}
		all = append(all, empty[:max(0, min(missing, len(empty)))]...)
	}
	return all
}

// coming leaves out what is over, and cuts the rest to the year and what the promise is counted from.
func (p *planner) coming(all []Expected, f *forum.Forum) (coming []Expected) {
	end := almanac.Date{Year: p.Year, Month: time.December, Day: 31}
	for _, e := range all {
		e.From = later(later(e.From, p.first), f.PromisedFrom)
		if e.To.After(end) {
			e.To = end
		}
		if !e.To.Before(p.Today) && !e.To.Before(e.From) {
			coming = append(coming, e)
		}
	}
	return coming
}
