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
	busy := func(at almanac.Clock) int {
		return costBusy * p.busy.count(p.People[f.ID], d.date, at, at+almanac.Clock(f.Minutes))
	}
	w.choices = append(w.choices, choice{day, f.Starts, cost + busy(f.Starts)})
	for _, at := range otherTimes {
		if at != f.Starts && int(at)+f.Minutes <= latest {
			w.choices = append(w.choices, choice{day, at, cost + costOtherTime + busy(at)})
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
