// Package yearplan proposes a year of meetings for all forums at once. It is pure: the same question
// always has the same answer, and nothing is stored or moved.
//
// Each promise becomes wishes: one meeting each, an ideal day and the days around it that keep the
// promise. A wish is given a day and a time so that the whole costs as little as possible. The cost
// is told in days of distance from the ideal, so that "a week away" and "another weekday" can be
// weighed against each other:
//
//	a promised meeting that gets no day                        10 000
//	a day away from the ideal one                                   1
//	another weekday than the forum's                                8, on a Monday or Friday 10
//	another time of day than the forum's                           12
//	a bridge day, or a quiet week (27, 32, 51–1)                   20
//	a school break, or a local day that does not block             10
//	each of its people whom their own calendar keeps busy then     10
//	two meetings at one time, of different people                  20
//	two meetings on one day of the same people                     16
//	two meetings on one day, of different people                    8
//	two meetings of a forum nearer than half the promised gap       1 for each day
//
// Never proposed, whatever it costs: a day in the past, before the promise began or in an exempt
// month; a red day, an eve, a weekend or weeks 28–31; a local day that blocks, and a school break
// for a forum that follows the school year; a time at which somebody who belongs to the forum sits in
// another meeting, a quarter of an hour on either side included.
//
// First each wish takes the cheapest day that is left, those with the fewest days first (greedy); then meetings are moved one at a
// time, or one out of the way of another, as long as the whole gets cheaper. What stands already is
// never moved.
package yearplan

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
)

// Question is what a year is planned from.
type Question struct {
	Year   int
	Today  almanac.Date
	Forums []forum.Forum             // that want dates; earlier ones choose first
	People map[uuid.UUID][]uuid.UUID // who belongs to each forum, also to those of others
	Fixed  []Meeting                 // what stands already, in any order; cancelled ones left out
	Blocks []forum.Block             // local days and school breaks
	Busy   []Busy                    // by people's own calendars, in any order
}

// Busy is that somebody is busy on a day between two times.
type Busy struct {
	Person uuid.UUID
	Date   almanac.Date
	Starts almanac.Clock
	Ends   almanac.Clock
}

// Meeting is one meeting as a plan sees it.
type Meeting struct {
	ForumID uuid.UUID
	Name    lang.Sentence // of its forum, as the reader may see it
	Date    almanac.Date
	Starts  almanac.Clock
	Ends    almanac.Clock
}

// Proposed is a meeting with the reason for its day and time.
type Proposed struct {
	Meeting
	Reason lang.Sentence
}

// Note is what could not be proposed, and why.
type Note struct {
	ForumID uuid.UUID
	Text    lang.Sentence
}

// Expected is a promised meeting that somebody else calls to, between two days.
type Expected struct {
	ForumID  uuid.UUID
	From, To almanac.Date
}

// Plan is the answer.
type Plan struct {
	Proposed []Proposed // in order of date
	Notes    []Note
	Expected []Expected // in order of date
	Cost     int
	Greedy   int // what the plan would have cost without looking for a better one
}

// Propose plans the year.
func Propose(q Question) Plan {
	p := newPlanner(q)
	plan := Plan{}
	for n := range q.Forums {
		f := &q.Forums[n]
		why := f.Unproposable()
		switch {
		case f.ConvenedBy == forum.Other && f.Scope != forum.IndividualCases && f.Promise().Measured():
			plan.Expected = append(plan.Expected, p.expect(f)...)
		case why.Key == "":
			p.want(n)
			continue
		}
		plan.Notes = append(plan.Notes, Note{f.ID, why})
	}
	plan.Greedy = p.greedy()
	plan.Cost = p.improve()
	plan.Notes = append(plan.Notes, p.notes...)
	for i, w := range p.wishes {
		if at := p.given[i]; at >= 0 {
			plan.Proposed = append(plan.Proposed, Proposed{p.meeting(i), p.reason(i)})
		} else {
			plan.Notes = append(plan.Notes, Note{p.forums[w.forum].ID, lang.Say("Ingen dag nära %s går att föreslå. Välj en dag själv.", p.date(w.ideal))})
		}
	}
	slices.SortStableFunc(plan.Proposed, func(a, b Proposed) int { return a.Date.Compare(b.Date) })
	slices.SortStableFunc(plan.Expected, func(a, b Expected) int { return a.From.Compare(b.From) })
	return plan
}

// planner is one plan being made. Days are counted from 1 January, so that 0 is that day.
type planner struct {
	Question
	first  almanac.Date
	days   []dayInfo
	forums []forum.Forum
	shares map[uuid.UUID]map[uuid.UUID]bool // forums that have people in common
	stand  map[uuid.UUID][]almanac.Date     // days of each forum's fixed meetings, in order
	wishes []wish
	given  []int     // of each wish: which of its choices, -1 for none
	byDay  [][]entry // what lies on each day
	busy   busyDays
	placed [][]int // days of each forum's meetings
	notes  []Note
}

// dayInfo is what the almanac and the municipality say of a day.
type dayInfo struct {
	date    almanac.Date
	closed  string // why nothing is proposed, a noun phrase
	soft    bool
	blocked *forum.Block // for everybody
	school  *forum.Block // a break
	remark  *forum.Block // told, not blocking
}

// entry is a meeting on a day: a wish's, or a fixed one with wish -1.
type entry struct {
	wish   int
	forum  uuid.UUID
	name   lang.Sentence
	starts almanac.Clock
	ends   almanac.Clock
}

func newPlanner(q Question) *planner {
	p := &planner{Question: q, forums: q.Forums, first: almanac.Date{Year: q.Year, Month: time.January, Day: 1}, stand: map[uuid.UUID][]almanac.Date{}}
	for d := p.first; d.Year == q.Year; d = d.AddDays(1) {
		info := dayInfo{date: d, soft: almanac.Of(d).Kind == almanac.Soft || almanac.Quiet(d)}
		info.closed, _ = almanac.Blocked(d)
		for n := range q.Blocks {
			info.add(&q.Blocks[n])
		}
		p.days = append(p.days, info)
	}
	p.byDay, p.placed = make([][]entry, len(p.days)), make([][]int, len(q.Forums))
	for _, m := range q.Fixed {
		p.stand[m.ForumID] = append(p.stand[m.ForumID], m.Date)
		if at := p.index(m.Date); at >= 0 && at < len(p.days) {
			p.byDay[at] = append(p.byDay[at], entry{-1, m.ForumID, m.Name, m.Starts, m.Ends})
		}
	}
	for id := range p.stand {
		slices.SortFunc(p.stand[id], almanac.Date.Compare)
	}
	for n, f := range q.Forums {
		for _, d := range p.stand[f.ID] {
			p.placed[n] = append(p.placed[n], p.index(d))
		}
	}
	p.shares, p.busy = shared(q), q.busyDays()
	return p
}

func (d *dayInfo) add(b *forum.Block) {
	switch {
	case d.date.Before(b.From) || d.date.After(b.To):
	case b.Kind == forum.SchoolBreak:
		d.school = b
	case b.Blocks:
		d.blocked = b
	default:
		d.remark = b
	}
}

// shared tells which forums have people in common. A forum shares with itself.
func shared(q Question) map[uuid.UUID]map[uuid.UUID]bool {
	seats := map[uuid.UUID][]uuid.UUID{} // of each person
	for id, people := range q.People {
		for _, person := range people {
			seats[person] = append(seats[person], id)
		}
	}
	common := map[uuid.UUID]map[uuid.UUID]bool{}
	share := func(a, b uuid.UUID) {
		if common[a] == nil {
			common[a] = map[uuid.UUID]bool{}
		}
		common[a][b] = true
	}
	for _, forums := range seats {
		for _, a := range forums {
			for _, b := range forums {
				share(a, b)
			}
		}
	}
	for _, f := range q.Forums {
		share(f.ID, f.ID)
	}
	return common
}

func (p *planner) index(d almanac.Date) int {
	return int(d.Midnight().Sub(p.first.Midnight()).Hours()) / 24
}

func (p *planner) date(day int) almanac.Date { return p.first.AddDays(day) }

// meeting is a wish's as it was given.
func (p *planner) meeting(i int) Meeting {
	w := p.wishes[i]
	c := w.choices[p.given[i]]
	f := &p.forums[w.forum]
	return Meeting{f.ID, lang.Say("%s", f.Name), p.date(c.day), c.starts, c.starts + almanac.Clock(f.Minutes)}
}
