package yearplan

import (
	"slices"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
)

// tolerance is how far an interval's meeting may lie from its ideal day.
const tolerance = 31

// reach is how far one interval's meeting may be moved from the day that is best for it alone.
const reach = 10

// wantIntervals walks from the last meeting before the year, or from mid-March when there is none,
// over meetings that stand near enough, and fills the gaps between those that do not.
func (p *planner) wantIntervals(n int) {
	f := &p.forums[n]
	r, stand := f.Promise(), p.stand[f.ID]
	last := almanac.Date{Year: p.Year, Month: time.December, Day: 31}
	previous, before := lastBefore(stand, p.first), -1 // before: the wish that previous comes from
	for {
		ideal, usual := p.due(f, previous)
		limit := ideal.AddDays(tolerance)
		if !previous.IsZero() && !usualIsSoon(usual) {
			limit = r.Deadline(previous)
		}
		if next := firstAfter(stand, previous); !next.IsZero() && !next.After(limit) {
			p.hold(before, func(d almanac.Date) bool { return !r.Deadline(d).Before(next) })
			previous, before = next, -1
			continue
		}
		if ideal.After(last) {
			p.hold(before, func(d almanac.Date) bool { return r.Due(d).After(last) })
			return
		}
		previous = ideal
		target := p.monthDay(f, ideal)
		if !p.wish(n, target, ideal.AddDays(-tolerance), limit, usual) {
			p.note(f, lang.Say("Ingen dag nära %s går att föreslå. Välj en dag själv.", ideal))
			before = -1
			continue
		}
		w := &p.wishes[len(p.wishes)-1]
		w.after = usual.Key == ""
		pivot := w.choices[0].day
		w.narrow(pivot-reach, pivot+reach)
		previous = p.date(pivot)
		p.hold(before, func(d almanac.Date) bool { return !r.Deadline(d).Before(previous) })
		if before >= 0 {
			w.narrow(w.from, p.index(r.Deadline(p.date(p.wishes[before].from))))
		}
		before = len(p.wishes) - 1
	}
}

// monthDay gives the forum's weekday nearest ideal, or the promised one in ideal's month.
func (p *planner) monthDay(f *forum.Forum, ideal almanac.Date) almanac.Date {
	if f.Cadence.Nth > 0 {
		return nthOf(f.Cadence, almanac.Date{Year: ideal.Year, Month: ideal.Month, Day: 1})
	}
	if near := p.onWeekday(f, ideal.AddDays(-3)); !slices.Contains(f.ExemptMonths, int(near.Month)) {
		return near
	}
	return p.onWeekday(f, ideal)
}

// hold keeps a wish from days so early that the promise would break after it.
func (p *planner) hold(i int, kept func(almanac.Date) bool) {
	if i < 0 {
		return
	}
	w := &p.wishes[i]
	from := w.from
	for from < w.choices[0].day && !kept(p.date(from)) {
		from++
	}
	w.narrow(from, w.to)
}

// due gives when the meeting after previous should be, and why; no reason when it is the interval.
func (p *planner) due(f *forum.Forum, previous almanac.Date) (almanac.Date, lang.Sentence) {
	soonest := later(later(p.first, p.Today), f.PromisedFrom)
	ideal, why := f.Promise().Due(later(p.first, f.PromisedFrom)), lang.Say("Första mötet, på våren.")
	if march := (almanac.Date{Year: p.Year, Month: time.March, Day: 15}); march.Before(ideal) && !march.Before(f.PromisedFrom) {
		ideal = march
	}
	if !previous.IsZero() {
		ideal, why = f.Promise().Due(previous), lang.Sentence{}
		if ideal != previous.AddMonths(f.Cadence.Months) {
			why = lang.Say("Så snart det går efter de undantagna månaderna.")
		}
	}
	switch {
	case !ideal.Before(soonest):
		return ideal, why
	case previous.IsZero():
		return soonest.AddDays(14), lang.Say(soonFirst)
	}
	return soonest.AddDays(14), lang.Say(soonLate)
}

// Why a meeting comes as soon as it can; keys of package lang.
const (
	soonFirst = "Så snart det går: inget möte är bokat."
	soonLate  = "Så snart det går: det förra mötet ligger för långt bak."
)

func usualIsSoon(s lang.Sentence) bool { return s.Key == soonFirst || s.Key == soonLate }

// lastBefore gives the latest of dates, which are in order, that is before limit; no day when none is.
func lastBefore(dates []almanac.Date, limit almanac.Date) (last almanac.Date) {
	for _, d := range dates {
		if d.Before(limit) {
			last = d
		}
	}
	return last
}

// firstAfter gives the earliest of dates, which are in order, that is after limit; no day when none is.
func firstAfter(dates []almanac.Date, limit almanac.Date) almanac.Date {
	for _, d := range dates {
		if d.After(limit) {
			return d
		}
	}
	return almanac.Date{}
}

func later(a, b almanac.Date) almanac.Date {
	if a.After(b) {
		return a
	}
	return b
}
