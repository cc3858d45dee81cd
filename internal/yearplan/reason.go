package yearplan

import (
	"slices"
	"strconv"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
)

// reason tells why a wish lies where it does: the usual one on its ideal day, else what stood in
// the way there.
func (p *planner) reason(i int) lang.Sentence {
	w := &p.wishes[i]
	f := &p.forums[w.forum]
	c := w.choices[p.given[i]]
	if c.day == w.ideal && c.starts == f.Starts {
		return p.usual(i)
	}
	ideal := p.date(w.ideal)
	so := instead{ideal, p.date(c.day), f.Starts, c.starts}
	if !ideal.After(p.Today) {
		return lang.Say("Det är för sent för %s, därför %s.", weekdayOf(ideal), so)
	}
	if ideal.Before(f.PromisedFrom) {
		return lang.Say("Löftet räknas från %s, därför %s.", weekdayOf(f.PromisedFrom), so)
	}
	if slices.Contains(f.ExemptMonths, int(ideal.Month)) {
		return lang.Say("%s ligger i en undantagen månad, därför %s.", upper{weekdayOf(ideal)}, so)
	}
	if w.ideal >= 0 && w.ideal < len(p.days) {
		if why, is := p.obstacle(i, so); is {
			return why
		}
	}
	return lang.Say("Ger plats åt de andra mötena i stället för %s, därför %s.", weekdayOf(ideal), so)
}

// usual is the reason for the ideal day. Of an interval it names the meeting before, where that
// came to lie.
func (p *planner) usual(i int) lang.Sentence {
	w := &p.wishes[i]
	if !w.after {
		return w.usual
	}
	day, before := w.choices[p.given[i]].day, -1<<30
	for _, d := range p.placed[w.forum] {
		if d < day {
			before = max(before, d)
		}
	}
	return lang.Say("%d månader efter mötet %s.", p.forums[w.forum].Cadence.Months, p.date(before))
}

// obstacle names what the ideal day has against it.
func (p *planner) obstacle(i int, so instead) (lang.Sentence, bool) {
	f := &p.forums[p.wishes[i].forum]
	d := &p.days[p.wishes[i].ideal]
	day := upper{weekdayOf(d.date)}
	switch {
	case d.closed != "":
		return lang.Say("%s är %s, därför %s.", day, lang.Say(d.closed), so), true
	case d.blocked != nil:
		return lang.Say("%s är spärrad för %s, därför %s.", day, d.blocked, so), true
	case d.school != nil:
		return lang.Say("%s är det %s, därför %s.", day, d.school, so), true
	}
	e := p.entry(i, choice{p.wishes[i].ideal, f.Starts, 0})
	for _, other := range p.byDay[p.wishes[i].ideal] {
		if other.wish == i {
			continue
		}
		at := almanac.Span(other.starts, other.ends)
		if p.shares[e.forum][other.forum] {
			return lang.Say("%s har flera av deltagarna redan %s kl. %s, därför %s.", day, other.name, at, so), true
		}
		return lang.Say("%s har redan %s kl. %s, därför %s.", day, other.name, at, so), true
	}
	switch n := p.busy.count(p.People[f.ID], d.date, f.Starts, f.Ends()); {
	case n == 1:
		return lang.Say("%s är en deltagare upptagen kl. %s, därför %s.", day, almanac.Span(f.Starts, f.Ends()), so), true
	case n > 1:
		return lang.Say("%s är %d deltagare upptagna kl. %s, därför %s.", day, n, almanac.Span(f.Starts, f.Ends()), so), true
	}
	switch {
	case d.soft && almanac.Of(d.date).Kind == almanac.Soft:
		return lang.Say("%s är %s, därför %s.", day, lang.Say(almanac.Of(d.date).Name), so), true
	case d.soft:
		_, week := d.date.Week()
		return lang.Say("%s ligger i vecka %s, då många är borta, därför %s.", day, strconv.Itoa(week), so), true
	case d.remark != nil:
		return lang.Say("%s är %s, därför %s.", day, d.remark, so), true
	}
	return lang.Sentence{}, false
}

// Flags tells what somebody should know of a meeting's day and time before it is booked: a red day,
// a bridge day, a school break, a local day, another meeting. It warns and forbids nothing: a
// person may have chosen the day. others are the meetings that are to be booked with it.
func (q Question) Flags(m Meeting, others []Meeting) (flags []lang.Sentence) {
	if reason, closed := almanac.Blocked(m.Date); closed {
		flags = append(flags, lang.Say("Dagen är %s.", lang.Say(reason)))
	} else if day := almanac.Of(m.Date); day.Kind == almanac.Soft {
		flags = append(flags, lang.Say("Dagen är %s.", lang.Say(day.Name)))
	} else if almanac.Quiet(m.Date) {
		flags = append(flags, lang.Say("Många är borta den veckan."))
	}
	for n := range q.Blocks {
		b := &q.Blocks[n]
		switch {
		case m.Date.Before(b.From) || m.Date.After(b.To):
		case b.Kind == forum.SchoolBreak:
			flags = append(flags, lang.Say("Det är %s.", b))
		case b.Blocks:
			flags = append(flags, lang.Say("Dagen är spärrad för %s.", b))
		default:
			flags = append(flags, lang.Say("Den dagen är %s.", b))
		}
	}
	if n := BusyCount(q.Busy, q.People[m.ForumID], m.Date, m.Starts, m.Ends); n > 0 {
		flags = append(flags, busyFlag(n))
	}
	return append(flags, q.together(m, others)...)
}

// together tells of meetings on the same day of which people would have to be at both, or at one time.
func (q Question) together(m Meeting, others []Meeting) (flags []lang.Sentence) {
	p := planner{Question: q, shares: shared(q)}
	mine := entry{-1, m.ForumID, m.Name, m.Starts, m.Ends}
	for _, o := range slices.Concat(q.Fixed, others) {
		if o.Date != m.Date {
			continue
		}
		at := almanac.Span(o.Starts, o.Ends)
		switch p.clash(mine, entry{-1, o.ForumID, o.Name, o.Starts, o.Ends}) {
		case costDoubleBooked:
			flags = append(flags, lang.Say("Krockar med %s kl. %s: flera ska vara på båda.", o.Name, at))
		case costSameTime:
			flags = append(flags, lang.Say("Samtidigt är %s kl. %s.", o.Name, at))
		case costSamePeople:
			flags = append(flags, lang.Say("Flera deltagare har också %s kl. %s.", o.Name, at))
		}
	}
	return flags
}

// instead says what came in another day's place, as shortly as it can be said: "den 7 maj",
// "onsdag 6 maj", "kl. 10.15 samma dag".
type instead struct {
	ideal, chosen  almanac.Date
	usual, chosenT almanac.Clock
}

// In says it.
func (s instead) In(l lang.Language) string {
	words := ""
	switch {
	case s.chosen == s.ideal && l == lang.English:
		return s.chosenT.Swedish() + " the same day"
	case s.chosen == s.ideal:
		return "kl. " + s.chosenT.Swedish() + " samma dag"
	case s.chosen.Weekday() != s.ideal.Weekday():
		words = weekdayOf(s.chosen).In(l)
	case l == lang.English:
		words = dayMonth(s.chosen, l)
	default:
		words = "den " + dayMonth(s.chosen, l)
	}
	switch {
	case s.chosenT == s.usual:
		return words
	case l == lang.English:
		return words + " at " + s.chosenT.Swedish()
	}
	return words + " kl. " + s.chosenT.Swedish()
}

func dayMonth(d almanac.Date, l lang.Language) string {
	return strconv.Itoa(d.Day) + " " + almanac.MonthName(d.Month, l)
}

// weekdayOf says a date as "torsdag 14 maj".
type weekdayOf almanac.Date

// In says it.
func (d weekdayOf) In(l lang.Language) string {
	date := almanac.Date(d)
	return almanac.WeekdayName(date.Weekday(), l) + " " + dayMonth(date, l)
}

// upper begins a sentence with what is said inside others.
type upper struct{ said lang.Spoken }

// In says it with a capital.
func (u upper) In(l lang.Language) string { return lang.Capital(u.said.In(l)) }

// theWeekday and theMonth are words inside a sentence whose language is not yet known.
type theWeekday time.Weekday

// In says the weekday with its article, "tisdagen".
func (w theWeekday) In(l lang.Language) string {
	name := almanac.WeekdayName(time.Weekday(w), l)
	if l == lang.Swedish {
		return name + "en"
	}
	return name
}

type theMonth time.Month

// In says the month, as a sentence begins.
func (m theMonth) In(l lang.Language) string {
	return lang.Capital(almanac.MonthName(time.Month(m), l))
}

// yearText keeps a year from being grouped as a number, "2 027".
func yearText(year int) string { return strconv.Itoa(year) }
