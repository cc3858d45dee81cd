package yearplan

import (
	"cmp"
	"slices"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
)

// wish is one promised meeting that is not there yet.
type wish struct {
	forum    int
	ideal    int           // day
	from, to int           // days within which the promise is kept
	usual    lang.Sentence // why, on the ideal day
	after    bool          // the usual reason is the meeting before it
	choices  []choice      // what may be given, cheapest first
}

// choice is a day and a time that a wish may be given, and what that costs by itself.
type choice struct {
	day    int
	starts almanac.Clock
	cost   int
}

// Costs, as the package comment tells them.
const (
	costNone         = 10_000
	costOtherWeekday = 8
	costEdgeOfWeek   = 2 // more, on a Monday or Friday
	costOtherTime    = 12
	costSoft         = 20
	costRemark       = 10
)

// tolerance is how far an interval's meeting may lie from its ideal day.
const tolerance = 31

// Reach of one interval's meeting, in days around the day that is best for it alone.
const reach = 10

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

// wish adds one, and is false when no day within bounds may be given.
func (p *planner) wish(n int, ideal, from, to almanac.Date, usual lang.Sentence) bool {
	f := &p.forums[n]
	w := wish{forum: n, ideal: p.index(ideal), usual: usual,
		from: max(p.index(from), p.index(later(p.Today.AddDays(1), f.PromisedFrom)), 0), to: min(p.index(to), len(p.days)-1)}
	for day := w.from; day <= w.to; day++ {
		p.choose(&w, f, day)
	}
	if len(w.choices) == 0 {
		return false
	}
	slices.SortStableFunc(w.choices, func(a, b choice) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.day, b.day)) })
	p.wishes, p.given = append(p.wishes, w), append(p.given, -1)
	return true
}

// otherTimes are when a meeting may begin when its own time is taken: clear of lunch and fika.
var otherTimes = []almanac.Clock{9 * 60, 10*60 + 15, 13 * 60, 14*60 + 45}

// latest is when a meeting at another time must be over.
const latest = 16*60 + 30

// choose adds a day's choices to a wish, when the day may be given.
func (p *planner) choose(w *wish, f *forum.Forum, day int) {
	d := &p.days[day]
	if d.closed != "" || d.blocked != nil || d.school != nil && f.SchoolYear || slices.Contains(f.ExemptMonths, int(d.date.Month)) || slices.Contains(p.stand[f.ID], d.date) {
		return
	}
	cost := max(day-w.ideal, w.ideal-day)
	if weekday := d.date.Weekday(); weekday != p.date(w.ideal).Weekday() {
		cost += costOtherWeekday
		if weekday == time.Monday || weekday == time.Friday {
			cost += costEdgeOfWeek
		}
	}
	if d.soft {
		cost += costSoft
	}
	if d.school != nil || d.remark != nil {
		cost += costRemark
	}
	w.choices = append(w.choices, choice{day, f.Starts, cost})
	for _, at := range otherTimes {
		if at != f.Starts && int(at)+f.Minutes <= latest {
			w.choices = append(w.choices, choice{day, at, cost + costOtherTime})
		}
	}
}

// narrow takes the choices outside two days away, but for the best one.
func (w *wish) narrow(from, to int) {
	best := w.choices[0].day
	w.from, w.to = min(max(w.from, from), best), max(min(w.to, to), best)
	w.choices = slices.DeleteFunc(w.choices, func(c choice) bool { return c.day < w.from || c.day > w.to })
}

func (p *planner) note(f *forum.Forum, text lang.Sentence) {
	p.notes = append(p.notes, Note{f.ID, text})
}

// onWeekday gives the first of the forum's weekday on or after d.
func (p *planner) onWeekday(f *forum.Forum, d almanac.Date) almanac.Date {
	return d.AddDays((f.Weekday - int(d.Weekday()) + 7) % 7)
}

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
