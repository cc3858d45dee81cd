package forum

import (
	"slices"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
)

// Cadence is how often a forum promised to meet: a promise with tolerance, not an RRULE. An
// interval, a count a year, or neither: then the promise is not measured.
type Cadence struct {
	Text   string // as the plan words it
	Months int    // months between two meetings; 0: no interval
	Min    int    // meetings a year; 0: not counted
	Max    int    // 0: not counted
}

// Measured is false for "regelbundet" and for no words at all.
func (c Cadence) Measured() bool { return c.Months > 0 || c.Max > 0 }

func (c Cadence) check() error {
	return fault.Join(
		within("cadenceMonths", c.Months, 0, 60), within("cadenceMin", c.Min, 0, 60), within("cadenceMax", c.Max, c.Min, 60))
}

// Slot is a proposed date and why it is that one.
type Slot struct {
	Date   almanac.Date
	Reason lang.Sentence
}

// Calendar is what a proposal must look out for.
type Calendar struct {
	Today    almanac.Date
	Meetings []almanac.Date          // of this forum, planned or held, in order; cancelled ones count for nothing
	Busy     func(almanac.Date) bool // another of our meetings lies there; nil: none
}

// Unproposable says why we propose no dates for the forum; the zero Sentence when we do.
func (f Forum) Unproposable() lang.Sentence {
	switch {
	case f.ConvenedBy == Other:
		return lang.Say("Andra kallar till det här forumet. Vänta in deras datum.")
	case f.Scope == IndividualCases:
		return lang.Say("Forumet gäller enskilda ärenden och får inga föreslagna datum.")
	case !f.Cadence.Measured():
		return lang.Say("Planen säger inte hur ofta forumet ska träffas.")
	case f.ConvenedBy != Us:
		return lang.Say("Ingen är utsedd att kalla. Ange oss som sammankallande för att få förslag.")
	}
	return lang.Sentence{}
}

// Propose gives the dates in year that are still missing for the promise to be kept, with a reason
// each, and notes about what could not be proposed. A meeting that stands already is never moved. No
// date is in the past, on a red day, an eve or a weekend, or in weeks 28–31. Pure: the same
// input gives the same dates.
func (f Forum) Propose(year int, c Calendar) (slots []Slot, notes []lang.Sentence) {
	if why := f.Unproposable(); why.Key != "" {
		return nil, []lang.Sentence{why}
	}
	switch {
	case f.Cadence.Months == 1:
		return f.monthly(year, c)
	case f.Cadence.Months > 1:
		return f.interval(year, c)
	default:
		return f.counted(year, c)
	}
}

// monthly looks for the second of the forum's weekday in each month that has no meeting.
func (f Forum) monthly(year int, c Calendar) (slots []Slot, notes []lang.Sentence) {
	for month := time.January; month <= time.December; month++ {
		first := almanac.Date{Year: year, Month: month, Day: 1}
		last := first.AddMonths(1).AddDays(-1)
		if slices.Contains(f.ExemptMonths, int(month)) || last.Before(c.Today) || anyWithin(c.Meetings, first, last) {
			continue
		}
		ideal := f.onWeekday(first).AddDays(7)
		usual := lang.Say("Andra %s i månaden.", weekday(ideal))
		if slot, ok := f.nearest(ideal, first, last, c, usual); ok {
			slots = append(slots, slot)
		} else {
			notes = append(notes, lang.Say("%s %s har ingen dag kvar som går att föreslå. Välj en dag själv, eller gör månaden till undantagen.", monthName(month), yearText(year)))
		}
	}
	return slots, notes
}

// interval steps from the last meeting before the year, or from mid-March when there is none, over
// meetings that stand near enough, and fills the gaps between those that do not.
func (f Forum) interval(year int, c Calendar) (slots []Slot, notes []lang.Sentence) {
	first, last := almanac.Date{Year: year, Month: 1, Day: 1}, almanac.Date{Year: year, Month: 12, Day: 31}
	previous, _ := lastBefore(c.Meetings, first)
	for {
		ideal, reason := f.due(previous, later(first, c.Today), year)
		if next, ok := firstAfter(c.Meetings, previous); ok && !next.After(ideal.AddDays(tolerance)) {
			previous = next
			continue
		}
		if ideal.After(last) {
			return slots, notes
		}
		previous = ideal
		from, to := later(first, ideal.AddDays(-tolerance)), earlier(last, ideal.AddDays(tolerance))
		if slot, ok := f.nearest(f.onWeekday(ideal.AddDays(-3)), from, to, c, reason); ok {
			slots, previous = append(slots, slot), slot.Date
		} else {
			notes = append(notes, lang.Say("Ingen dag nära %s går att föreslå. Välj en dag själv.", ideal))
		}
	}
}

// due gives when the meeting after previous should be, not before soonest, and why.
func (f Forum) due(previous, soonest almanac.Date, year int) (almanac.Date, lang.Sentence) {
	ideal, reason := almanac.Date{Year: year, Month: 3, Day: 15}, lang.Say("Första mötet, på våren.")
	if !previous.IsZero() {
		ideal, reason = previous.AddMonths(f.Cadence.Months), lang.Say("%d månader efter mötet %s.", f.Cadence.Months, previous)
	}
	if !ideal.Before(soonest) {
		return ideal, reason
	}
	if previous.IsZero() {
		return soonest.AddDays(14), lang.Say("Så snart det går: inget möte är bokat.")
	}
	return soonest.AddDays(14), lang.Say("Så snart det går: det förra mötet ligger för långt bak.")
}

// counted spreads what is missing of the promised number over the parts of the year that have no
// meeting. It aims at the upper number: one cancelled meeting then breaks no promise.
func (f Forum) counted(year int, c Calendar) (slots []Slot, notes []lang.Sentence) {
	number, standing := f.Cadence.Max, 0
	for _, d := range c.Meetings {
		if d.Year == year {
			standing++
		}
	}
	parts := f.emptyParts(year, c)
	missing := min(max(0, number-standing), len(parts))
	reason := lang.Say("%d möten jämnt fördelade över året.", number)
	for i := range missing {
		from := parts[(2*i+1)*len(parts)/(2*missing)]
		ideal := f.onWeekday(from.AddDays(365 / number / 2))
		if slot, ok := f.nearest(ideal, from, from.AddDays(365/number-1), c, reason); ok {
			slots = append(slots, slot)
		} else {
			notes = append(notes, lang.Say("Ingen dag nära %s går att föreslå. Välj en dag själv.", ideal))
		}
	}
	return slots, notes
}

// emptyParts divides the year in as many parts as meetings are promised and gives the first days of
// those that are not over and have no meeting.
func (f Forum) emptyParts(year int, c Calendar) (empty []almanac.Date) {
	first, number := almanac.Date{Year: year, Month: 1, Day: 1}, f.Cadence.Max
	for i := range number {
		from, to := first.AddDays(365*i/number), first.AddDays(365*(i+1)/number-1)
		if !to.Before(c.Today) && !anyWithin(c.Meetings, from, to) {
			empty = append(empty, from)
		}
	}
	return empty
}

// tolerance is how far from the promised day, in days, a meeting still keeps the promise.
const tolerance = 31

// Costs of a date, in days of distance from the ideal one.
const (
	costOtherWeekday = 6  // rather the same weekday next week than another day this week
	costSoft         = 20 // a squeeze day is a day off for many
)

// nearest finds the cheapest day within bounds; of two equal ones the earlier. The reason tells
// when the ideal day itself was not to be had.
func (f Forum) nearest(ideal, from, to almanac.Date, c Calendar, reason lang.Sentence) (Slot, bool) {
	best, bestCost := almanac.Date{}, -1
	for d := from; !d.After(to); d = d.AddDays(1) {
		if _, blocked := almanac.Blocked(d); blocked || !d.After(c.Today) || slices.Contains(f.ExemptMonths, int(d.Month)) || c.Busy != nil && c.Busy(d) {
			continue
		}
		cost := distance(d, ideal)
		if d.Weekday() != ideal.Weekday() {
			cost += costOtherWeekday
		}
		if almanac.Of(d).Kind == almanac.Soft {
			cost += costSoft
		}
		if bestCost < 0 || cost < bestCost {
			best, bestCost = d, cost
		}
	}
	if bestCost < 0 {
		return Slot{}, false
	}
	if best == ideal {
		return Slot{best, reason}, true
	}
	return Slot{best, f.whyNot(ideal, c, reason)}, true
}

// whyNot explains a date by what stands in the way of the one before it.
func (f Forum) whyNot(ideal almanac.Date, c Calendar, otherwise lang.Sentence) lang.Sentence {
	if !ideal.After(c.Today) {
		return lang.Say("Det är för sent för %s, därför en annan dag.", ideal)
	}
	if slices.Contains(f.ExemptMonths, int(ideal.Month)) {
		return lang.Say("%s ligger i en undantagen månad, därför en annan dag.", ideal)
	}
	if reason, blocked := almanac.Blocked(ideal); blocked {
		return lang.Say("%s är %s, därför en annan dag.", ideal, lang.Say(reason))
	}
	if day := almanac.Of(ideal); day.Kind == almanac.Soft {
		return lang.Say("%s är %s, därför en annan dag.", ideal, lang.Say(day.Name))
	}
	if c.Busy != nil && c.Busy(ideal) {
		return lang.Say("%s har redan ett annat möte, därför en annan dag.", ideal)
	}
	return otherwise
}

// onWeekday gives the first of the forum's weekday on or after d.
func (f Forum) onWeekday(d almanac.Date) almanac.Date {
	for int(d.Weekday()) != f.Weekday {
		d = d.AddDays(1)
	}
	return d
}

func anyWithin(dates []almanac.Date, from, to almanac.Date) bool {
	return slices.ContainsFunc(dates, func(d almanac.Date) bool { return !d.Before(from) && !d.After(to) })
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

func earlier(a, b almanac.Date) almanac.Date {
	if a.Before(b) {
		return a
	}
	return b
}

func distance(a, b almanac.Date) int {
	n := int(a.Midnight().Sub(b.Midnight()).Hours()) / 24
	return max(n, -n)
}
