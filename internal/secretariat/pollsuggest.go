package secretariat

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/poll"
	"samverkan/internal/store"
	"samverkan/internal/yearplan"
)

// How the times that a poll is offered are looked for, in days.
const (
	pollAhead  = 21 // from today to the first: a week to answer, two with the invitation
	pollWindow = 42 // from the first to the last
	pollWeekly = 2  // offered in one week, so that who is away that week has others
)

// What a day costs, in days of distance.
const (
	costOtherDay = 4  // another weekday than the forum's own
	costBusy     = 10 // each participant whom their own calendar keeps busy
	costQuiet    = 60 // around Christmas and beside the summer weeks many are away
)

// SuggestTimes offers a forum times to ask about, in order: around the date that the year's proposal has
// for it, else three weeks from now; at the forum's hour; on working days without another meeting of ours,
// and not in its exempt months. A forum of individual cases is offered none. It refuses as forum.Find does.
func SuggestTimes(tx *store.Tx, by access.Actor, o Office, forumID uuid.UUID) ([]poll.Slot, error) {
	f, err := forum.Find(tx, by, forumID)
	if err != nil || f.Scope == forum.IndividualCases {
		return nil, err
	}
	first := almanac.DateOf(tx.Now, o.Zone).AddDays(pollAhead)
	centre := first.AddDays(7)
	for _, year := range []int{first.Year, first.Year + 1} {
		y, err := ProposeYear(tx, by, o, year, []uuid.UUID{forumID})
		if err != nil {
			return nil, err
		}
		if n := slices.IndexFunc(y.Proposed, func(p Proposed) bool { return !p.Time.Date.Before(first) }); n >= 0 {
			centre = y.Proposed[n].Time.Date
			break
		}
	}
	from := centre.AddDays(-pollWindow / 2)
	if from.Before(first) {
		from = first
	}
	taken, err := takenDays(tx, from, from.AddDays(pollWindow))
	if err != nil {
		return nil, err
	}
	people, err := peopleOf(tx, forumID)
	if err != nil {
		return nil, err
	}
	all, err := o.busy(tx, from, from.AddDays(pollWindow))
	if err != nil {
		return nil, err
	}
	busy := func(d almanac.Date) int { return yearplan.BusyCount(all, people, d, f.Starts, f.Ends()) }
	var slots []poll.Slot
	for _, d := range freeDays(f, centre, from, taken, busy) {
		slots = append(slots, poll.Slot{Date: d, Starts: f.Starts, Ends: f.Starts + almanac.Clock(f.Minutes)})
	}
	return slots, nil
}

func takenDays(tx *store.Tx, from, to almanac.Date) (map[almanac.Date]bool, error) {
	all, _, err := meeting.List(tx, access.System(), meeting.Selection{From: from, To: to})
	taken := map[almanac.Date]bool{}
	for _, m := range all {
		taken[m.Date] = taken[m.Date] || !m.Cancelled()
	}
	return taken, err
}

// freeDays gives the days nearest to centre that a forum can be offered, in order; busy tells how many of its people
// cannot. Pure.
func freeDays(f *forum.Forum, centre, from almanac.Date, taken map[almanac.Date]bool, busy func(almanac.Date) int) (days []almanac.Date) {
	cost := func(d almanac.Date) int {
		n := int(d.Midnight().Sub(centre.Midnight()).Hours()) / 24
		if n = max(n, -n); int(d.Weekday()) != f.Weekday {
			n += costOtherDay
		}
		if _, week := d.Week(); week >= 51 || week == 1 || week == 27 || week == 32 {
			n += costQuiet
		}
		return n + costBusy*busy(d)
	}
	var free []almanac.Date
	costs := map[almanac.Date]int{}
	for d := from; !d.After(from.AddDays(pollWindow)); d = d.AddDays(1) {
		_, blocked := almanac.Blocked(d)
		if !blocked && almanac.Of(d).Kind == almanac.Working && !taken[d] && !slices.Contains(f.ExemptMonths, int(d.Month)) {
			free, costs[d] = append(free, d), cost(d)
		}
	}
	slices.SortStableFunc(free, func(a, b almanac.Date) int { return costs[a] - costs[b] })
	weekly := map[int]int{}
	for _, d := range free {
		if _, week := d.Week(); weekly[week] < pollWeekly && len(days) < poll.MostTimes {
			weekly[week]++
			days = append(days, d)
		}
	}
	slices.SortFunc(days, almanac.Date.Compare)
	return days
}
