// Package followup tells whether what was promised is kept: how a forum stands with its promise in a
// year or a half of it and why, who came, whether notes are finished in time, what was said of a
// meeting that did not come about, and the year wheel. Every page, call and file that says how a
// promise stands asks here. Assess is pure: days and today in, an answer out.
package followup

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/forum"
)

// State says how a forum stands with its promise.
type State string

// The states.
const (
	Unmeasured  State = "unmeasured"
	BeforeStart State = "beforeStart" // the promise is not counted yet
	Exempt      State = "exempt"      // every month of the period is taken out of the promise
	Kept        State = "kept"        // held and planned meetings keep it
	Over        State = "over"        // more than promised: told, and nothing wrong
	Unrecorded  State = "unrecorded"  // kept by meetings whose day has passed and that nobody has recorded
	Lacking     State = "lacking"     // meetings must still be planned for it to be kept
	Awaited     State = "awaited"     // the same, and another organisation is to call them
	Late        State = "late"        // a meeting came, after the last day for it
	Broken      State = "broken"      // a time has passed without its meeting
)

// States are all of them, the calmest first.
var States = []State{Unmeasured, BeforeStart, Exempt, Kept, Over, Unrecorded, Lacking, Awaited, Late, Broken}

// Period is some days, both ends included.
type Period struct{ From, To almanac.Date }

// Year is a whole year.
func Year(year int) Period {
	return Period{almanac.Date{Year: year, Month: time.January, Day: 1}, almanac.Date{Year: year, Month: time.December, Day: 31}}
}

// Half is the first or the second half of a year.
func Half(year, half int) Period {
	p := Year(year)
	if half == 1 {
		p.To = almanac.Date{Year: year, Month: time.June, Day: 30}
	} else {
		p.From = almanac.Date{Year: year, Month: time.July, Day: 1}
	}
	return p
}

// Holds tells whether a day lies in the period.
func (p Period) Holds(d almanac.Date) bool { return !d.Before(p.From) && !d.After(p.To) }

// Promise is what a forum promised, and over which days it is looked at.
type Promise struct {
	forum.Reading
	From      almanac.Date // what lies before is not counted; zero: everything is
	Period    Period       // within one year
	Caller    string       // the other organisation that calls the meetings; empty: we do, or nobody does
	Noteless  bool         // no notes are written of its meetings
	Explained []Explanation
}

// Occurrence is what became of a meeting.
type Occurrence string

// The occurrences. A planned meeting whose day has passed is neither held nor cancelled.
const (
	Planned   Occurrence = "planned"
	Held      Occurrence = "held"
	Cancelled Occurrence = "cancelled"
	Passed    Occurrence = "unrecorded"
)

// Occasion is a meeting as it counts for a promise.
type Occasion struct {
	MeetingID uuid.UUID
	Date      almanac.Date
	StartsAt  time.Time
	State     Occurrence
	Elsewhere bool         // of another forum, and counts for this one too
	Finished  almanac.Date // when its notes were finished; zero: they are not
}

// On tells what became of the meeting as it looks today.
func (o Occasion) On(today almanac.Date) Occurrence {
	if o.State == Planned && o.Date.Before(today) {
		return Passed
	}
	return o.State
}

// Status is how a forum stands with its promise in a period.
type Status struct {
	State      State
	Held       int
	Planned    int // to come
	Unrecorded int // whose day has passed, neither recorded as held nor cancelled
	Cancelled  int // that count for nothing
	Elsewhere  int // of those that count, meetings of other forums
	Awaited    int // promised, and to be called by another organisation
	Lacking    int // that can still be planned
	Missed     int // whose time has passed
	Least      int // promised in the period, when the promise is a number; 0: no lower bound
	Most       int // 0: no upper bound
	Projected  int // at the end of the period, when what is planned is held
	Keeps      bool
	Deadline   almanac.Date // by when the next thing must happen; zero: nothing must
	Gaps       []Gap
	Notes      Notes

	from   almanac.Date
	caller string
	last   almanac.Date // meeting that counts and lies before today
	waits  almanac.Date // the first that nobody has recorded
}

// Gap is a promised meeting that is not there, or several in the same days.
type Gap struct {
	From, To    almanac.Date // it is to lie between them
	Number      int
	Month       time.Month   // whose meeting it is; 0: the promise is not one a month
	Past        bool         // To has been
	Late        almanac.Date // a meeting that came after To, or is planned so; zero: none
	CalledOff   almanac.Date // one between From and To that was cancelled; zero: none
	Explanation *Explanation // of one that is past
}

// Explained tells whether somebody has said why each missed meeting did not come about.
func (s Status) Explained() bool {
	return s.Missed > 0 && !slices.ContainsFunc(s.Gaps, func(g Gap) bool { return g.Past && g.Explanation == nil })
}

// Assess tells how a promise stands today. occasions are the forum's meetings of the period, of the year that
// it lies in, and as long before as one interval. Nothing before From is ever missed, nor is a month that is exempt, nor a meeting
// that was moved a little.
func Assess(p Promise, occasions []Occasion, today almanac.Date) Status {
	s := Status{from: p.From, caller: p.Caller}
	days := s.count(p, occasions, today)
	s.Notes = notesOf(p, occasions, today)
	s.Projected = s.Held + s.Planned + s.Unrecorded
	s.Keeps = true
	switch {
	case !p.Measured():
		s.State = Unmeasured
	case p.From.After(p.Period.To):
		s.State = BeforeStart
	case exempt(p):
		s.State = Exempt
	default:
		s.judge(p, occasions, days, today)
	}
	return s
}

// count counts the period's meetings, and gives the days of all that count, in order.
func (s *Status) count(p Promise, occasions []Occasion, today almanac.Date) (days []almanac.Date) {
	for _, o := range occasions {
		if o.State == Cancelled {
			if p.Period.Holds(o.Date) {
				s.Cancelled++
			}
			continue
		}
		days = append(days, o.Date)
		if o.Date.Before(today) && o.Date.After(s.last) {
			s.last = o.Date
		}
		if !p.Period.Holds(o.Date) {
			continue
		}
		switch o.On(today) {
		case Held:
			s.Held++
		case Passed:
			s.Unrecorded++
			if s.waits.IsZero() || o.Date.Before(s.waits) {
				s.waits = o.Date
			}
		default:
			s.Planned++
		}
		if o.Elsewhere {
			s.Elsewhere++
		}
	}
	slices.SortFunc(days, almanac.Date.Compare)
	return days
}

func exempt(p Promise) bool {
	for d := p.Period.From; !d.After(p.Period.To); d = (almanac.Date{Year: d.Year, Month: d.Month, Day: 1}).AddMonths(1) {
		if !slices.Contains(p.ExemptMonths, int(d.Month)) {
			return false
		}
	}
	return true
}

// judge says what is missing and what state that makes.
func (s *Status) judge(p Promise, occasions []Occasion, days []almanac.Date, today almanac.Date) {
	w := walk{Promise: p, days: days}
	w.walk()
	s.Gaps, s.Deadline, s.Least, s.Most = w.gaps, w.next, w.least, w.most
	s.State = Kept
	if w.over {
		s.State = Over
	}
	late := true
	for i := range s.Gaps {
		g := &s.Gaps[i]
		g.complete(p, occasions, today)
		if g.Past {
			s.Missed += g.Number
			late = late && !g.Late.IsZero()
		} else {
			s.Lacking += g.Number
		}
	}
	s.Keeps = len(s.Gaps) == 0
	if !s.Keeps || s.Planned > 0 {
		s.Deadline = almanac.Date{}
	}
	if at := slices.IndexFunc(s.Gaps, func(g Gap) bool { return !g.Past }); at >= 0 {
		s.Deadline = s.Gaps[at].To
	}
	if p.Caller != "" {
		s.Awaited = s.Lacking
	}
	switch {
	case s.Missed > 0 && late:
		s.State = Late
	case s.Missed > 0:
		s.State = Broken
	case s.Awaited > 0:
		s.State = Awaited
	case s.Lacking > 0:
		s.State = Lacking
	case s.Unrecorded > 0 && leans(p, occasions, today):
		s.State, s.Deadline = Unrecorded, almanac.Date{}
	}
}

// leans tells whether the promise would be broken without the meetings that nobody has recorded.
func leans(p Promise, occasions []Occasion, today almanac.Date) bool {
	w := walk{Promise: p}
	for _, o := range occasions {
		if on := o.On(today); on == Held || on == Planned {
			w.days = append(w.days, o.Date)
		}
	}
	slices.SortFunc(w.days, almanac.Date.Compare)
	w.walk()
	return len(w.gaps) > 0
}

func (g *Gap) complete(p Promise, occasions []Occasion, today almanac.Date) {
	g.Past = g.To.Before(today)
	for _, o := range occasions {
		if o.State == Cancelled && !o.Date.Before(g.From) && !o.Date.After(g.To) {
			g.CalledOff = o.Date
		}
	}
	for i := range p.Explained {
		if g.Past && p.Explained[i].PeriodTo == g.To {
			g.Explanation = &p.Explained[i]
		}
	}
}
