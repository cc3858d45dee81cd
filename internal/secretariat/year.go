package secretariat

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// Proposed is one proposed meeting.
type Proposed struct {
	Forum  forum.Forum
	Time   meeting.Time
	Reason lang.Sentence
}

// Remark is what could not be proposed for a forum, and why.
type Remark struct {
	Forum forum.Forum
	Text  lang.Sentence
}

// Year is a proposal for a year's meetings.
type Year struct {
	Year     int
	Proposed []Proposed
	Remarks  []Remark
}

// ProposeYear proposes the meetings that the promises of forums still lack in year; without forums,
// for all that the actor plans. Nothing is stored. It refuses with fault.Invalid for a year out
// of bounds and with fault.NotFound for a forum that the actor does not see.
func ProposeYear(tx *store.Tx, by access.Actor, o Office, year int, forums []uuid.UUID) (*Year, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	if year < 2000 || year > 2100 {
		return nil, fault.On("year", "Välj ett år mellan 2000 och 2100.")
	}
	chosen, err := chosenForums(tx, by, forums)
	if err != nil {
		return nil, err
	}
	all, _, err := meeting.List(tx, access.System(), meeting.Selection{From: almanac.Date{Year: year - 2, Month: 1, Day: 1}, To: almanac.Date{Year: year + 1, Month: 12, Day: 31}})
	if err != nil {
		return nil, err
	}
	taken := map[almanac.Date]bool{}
	dates := map[uuid.UUID][]almanac.Date{}
	for _, m := range all {
		if m.Cancelled() {
			continue
		}
		dates[m.ForumID] = append(dates[m.ForumID], m.Date)
		taken[m.Date] = true
	}
	y := &Year{Year: year}
	today := almanac.DateOf(tx.Now, o.Zone)
	for _, f := range chosen {
		slots, notes := f.Propose(year, forum.Calendar{Today: today, Meetings: dates[f.ID], Busy: func(d almanac.Date) bool { return taken[d] }})
		for _, s := range slots {
			taken[s.Date] = true
			y.Proposed = append(y.Proposed, Proposed{f, meeting.Time{Date: s.Date, Starts: f.Starts, Ends: f.Starts + almanac.Clock(f.Minutes), Place: f.Place}, s.Reason})
		}
		for _, n := range notes {
			y.Remarks = append(y.Remarks, Remark{f, n})
		}
	}
	slices.SortStableFunc(y.Proposed, func(a, b Proposed) int { return a.Time.Date.Compare(b.Time.Date) })
	return y, nil
}

func chosenForums(tx *store.Tx, by access.Actor, ids []uuid.UUID) ([]forum.Forum, error) {
	all, err := forum.List(tx, by)
	if err != nil {
		return nil, err
	}
	var chosen []forum.Forum
	for _, f := range all {
		named := slices.Contains(ids, f.ID)
		if len(ids) > 0 && !named {
			continue
		}
		if err := by.MayConvene(tx, f.ID); err != nil {
			if !named && fault.KindOf(err) == fault.NotFound {
				continue
			}
			return nil, err
		}
		chosen = append(chosen, f)
	}
	if len(chosen) < len(ids) {
		return nil, fault.Missing()
	}
	return chosen, nil
}

// Booking is a meeting to be stored out of a proposal, perhaps changed by hand.
type Booking struct {
	ForumID uuid.UUID
	Time    meeting.Time
}

// BookYear stores meetings, all or none. Nothing is sent.
func BookYear(tx *store.Tx, by access.Actor, o Office, bookings []Booking) ([]*meeting.Meeting, error) {
	var booked []*meeting.Meeting
	for _, b := range bookings {
		m, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: b.ForumID, Time: b.Time, Zone: o.Zone})
		if err != nil {
			return nil, err
		}
		booked = append(booked, m)
	}
	return booked, nil
}

// Kept is how a forum stands with its promise in a year, in plain counts.
type Kept struct {
	Forum   forum.Forum
	Held    int
	Planned int
	Next    *meeting.Meeting // nil: none planned
}

// Promises counts each forum's meetings of a year and gives the next one of any year. Cancelled
// ones count for nothing.
func Promises(tx *store.Tx, by access.Actor, year int) ([]Kept, error) {
	forums, err := forum.List(tx, by)
	if err != nil {
		return nil, err
	}
	meetings, _, err := meeting.List(tx, by, meeting.Selection{From: almanac.Date{Year: year, Month: time.January, Day: 1}, To: almanac.Date{Year: year + 2, Month: time.December, Day: 31}})
	if err != nil {
		return nil, err
	}
	var all []Kept
	for _, f := range forums {
		k := Kept{Forum: f}
		for n := range meetings {
			m := &meetings[n]
			switch {
			case m.ForumID != f.ID || m.Cancelled():
			case m.Held():
				k.Held++
			case m.Date.Year == year:
				k.Planned++
			}
			if m.ForumID == f.ID && !m.Cancelled() && k.Next == nil && m.StartsAt.After(tx.Now) {
				k.Next = m
			}
		}
		all = append(all, k)
	}
	return all, nil
}
