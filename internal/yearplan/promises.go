package yearplan

import (
	"slices"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
)

// want makes wishes of a forum's promise.
func (p *planner) want(n int) {
	f := &p.forums[n]
	switch c := f.Cadence; {
	case c.Months == 1:
		p.wantMonths(n)
	case c.Months > 1:
		p.wantIntervals(n)
	default:
		for _, part := range parts(f.Cadence, p.Year, c.Wanted()) {
			p.wantCounted(n, part)
		}
	}
}

func (p *planner) wantMonths(n int) {
	f := &p.forums[n]
	for _, month := range f.Promise().MonthsWithout(p.Year, f.PromisedFrom, p.stand[f.ID]) {
		first := almanac.Date{Year: p.Year, Month: month, Day: 1}
		last := first.AddMonths(1).AddDays(-1)
		if last.Before(p.Today) {
			continue
		}
		ideal, usual := p.onWeekday(f, first).AddDays(7), lang.Say("Andra %s i månaden.", theWeekday(f.Weekday))
		if f.Cadence.Nth > 0 {
			ideal, usual = nthOf(f.Cadence, first), lang.Say("Löftet är %s.", forum.Reading{Cadence: f.Cadence})
		}
		if !p.wish(n, ideal, first, last, usual) {
			p.note(f, lang.Say("%s %s har ingen dag kvar som går att föreslå. Välj en dag själv, eller gör månaden till undantagen.", theMonth(month), yearText(p.Year)))
		}
	}
}

// nthOf gives the weekday in the month of first that a promise names.
func nthOf(c forum.Cadence, first almanac.Date) almanac.Date {
	d := first.AddDays((c.Weekday - int(first.Weekday()) + 7) % 7)
	if c.Nth < forum.Last {
		return d.AddDays(7 * (c.Nth - 1))
	}
	for d.AddDays(7).Month == first.Month {
		d = d.AddDays(7)
	}
	return d
}

// span is some days of the year, both ends included.
type span struct{ from, to almanac.Date }

func (s span) holds(d almanac.Date) bool { return !d.Before(s.from) && !d.After(s.to) }

// parts divides the year, or the time of each term in which people meet, in as many parts as
// meetings are wanted there.
func parts(c forum.Cadence, year, number int) [][]span {
	day := func(month time.Month, d int) almanac.Date { return almanac.Date{Year: year, Month: month, Day: d} }
	whole := []span{{day(time.January, 1), day(time.December, 31)}}
	if c.PerTerm {
		whole = []span{{day(time.January, 8), day(time.June, 15)}, {day(time.August, 15), day(time.December, 18)}}
	}
	var all [][]span
	for _, s := range whole {
		days := int(s.to.Midnight().Sub(s.from.Midnight()).Hours())/24 + 1
		var cut []span
		for i := range number {
			cut = append(cut, span{s.from.AddDays(days * i / number), s.from.AddDays(days*(i+1)/number - 1)})
		}
		all = append(all, cut)
	}
	return all
}

// wantCounted spreads what is missing of the promised number over the parts that have no meeting.
func (p *planner) wantCounted(n int, within []span) {
	f := &p.forums[n]
	number := len(within)
	missing := number
	var empty []span
	for _, s := range within {
		if !s.to.Before(p.Today) && !slices.ContainsFunc(p.stand[f.ID], s.holds) && !s.to.Before(f.PromisedFrom) {
			empty = append(empty, s)
		}
	}
	for _, d := range p.stand[f.ID] {
		if half(d, f.Cadence.PerTerm) == half(within[0].from, f.Cadence.PerTerm) {
			missing--
		}
	}
	missing = min(max(0, missing), len(empty))
	usual := lang.Say("%d möten jämnt fördelade över året.", number)
	if f.Cadence.PerTerm {
		usual = lang.Say("%d möten jämnt fördelade över terminen.", number)
	}
	for i := range missing {
		s := empty[(2*i+1)*len(empty)/(2*missing)]
		middle := s.from.AddDays(int(s.to.Midnight().Sub(s.from.Midnight()).Hours()) / 48)
		if !p.wish(n, p.onWeekday(f, middle), s.from, s.to, usual) {
			p.note(f, lang.Say("Ingen dag nära %s går att föreslå. Välj en dag själv.", middle))
		}
	}
}

// half tells the years apart, and their halves when a promise counts them.
func half(d almanac.Date, perTerm bool) int {
	if perTerm && d.Month >= time.July {
		return 2*d.Year + 1
	}
	return 2 * d.Year
}
