package secretariat

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
	"samverkan/internal/yearplan"
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

// Expected is a promised meeting that another organisation calls to.
type Expected struct {
	Forum    forum.Forum
	From, To almanac.Date // it is to come between them
}

// Year is a proposal for a year's meetings.
type Year struct {
	Year     int
	Proposed []Proposed
	Expected []Expected
	Remarks  []Remark
}

// ProposeYear proposes the meetings that the promises of forums still lack in year; without forums,
// for all that the actor plans. Nothing is stored. It refuses with fault.Invalid for a year out
// of bounds and with fault.NotFound for a forum that the actor does not see.
func ProposeYear(tx *store.Tx, by access.Actor, o Office, year int, forums []uuid.UUID) (*Year, error) {
	chosen, err := plannedForums(tx, by, year, forums)
	if err != nil {
		return nil, err
	}
	q, err := yearQuestion(tx, by, o, year, chosen)
	if err != nil {
		return nil, err
	}
	of := map[uuid.UUID]forum.Forum{}
	for _, f := range chosen {
		of[f.ID] = f
	}
	plan := yearplan.Propose(q)
	y := &Year{Year: year}
	for _, p := range plan.Proposed {
		f := of[p.ForumID]
		y.Proposed = append(y.Proposed, Proposed{f, meeting.Time{Date: p.Date, Starts: p.Starts, Ends: p.Ends, Place: f.Place}, p.Reason})
	}
	for _, e := range plan.Expected {
		y.Expected = append(y.Expected, Expected{of[e.ForumID], e.From, e.To})
	}
	for _, n := range plan.Notes {
		y.Remarks = append(y.Remarks, Remark{of[n.ForumID], n.Text})
	}
	return y, nil
}

// PlannedForums are those that the actor may plan a year for, whether they get dates or not.
func PlannedForums(tx *store.Tx, by access.Actor, year int) ([]forum.Forum, error) {
	return plannedForums(tx, by, year, nil)
}

func plannedForums(tx *store.Tx, by access.Actor, year int, forums []uuid.UUID) ([]forum.Forum, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	if year < 2000 || year > 2100 {
		return nil, fault.On("year", "Välj ett år mellan 2000 och 2100.")
	}
	return chosenForums(tx, by, forums)
}

// yearQuestion gathers what a year is planned from: all forums' meetings, also those that the actor
// does not see by name.
func yearQuestion(tx *store.Tx, by access.Actor, o Office, year int, chosen []forum.Forum) (yearplan.Question, error) {
	q := yearplan.Question{Year: year, Today: almanac.DateOf(tx.Now, o.Zone), Forums: chosen}
	years := 2
	for _, f := range chosen {
		years = max(years, 1+f.Cadence.Months/12)
	}
	from, to := almanac.Date{Year: year - years, Month: 1, Day: 1}, almanac.Date{Year: year + 1, Month: 12, Day: 31}
	all, _, err := meeting.List(tx, access.System(), meeting.Selection{From: from, To: to})
	if err != nil {
		return q, err
	}
	titles, err := forum.Titles(tx, by)
	if err != nil {
		return q, err
	}
	named := map[uuid.UUID]lang.Sentence{}
	for _, t := range titles {
		named[t.ID] = lang.Say("%s", t.Name)
	}
	for _, m := range all {
		if m.Cancelled() {
			continue
		}
		name, seen := named[m.ForumID]
		switch {
		case seen:
		case m.Forum.Occasion: // whoever plans a year coordinates, and sees the dates of all
			name = lang.Say("%s", m.Forum.Name)
		default:
			name = lang.Say("ett annat möte")
		}
		q.Fixed = append(q.Fixed, yearplan.Meeting{ForumID: m.ForumID, Name: name, Date: m.Date, Starts: m.Starts, Ends: m.Ends})
	}
	if q.People, err = forum.Seats(tx); err != nil {
		return q, err
	}
	blocks, err := forum.Blocks(tx, access.System(), almanac.Date{Year: year, Month: 1, Day: 1}, almanac.Date{Year: year, Month: 12, Day: 31})
	q.Blocks = forum.WithUsualBreaks(blocks, year)
	if err != nil {
		return q, err
	}
	q.Busy, err = o.busy(tx, almanac.Date{Year: year, Month: 1, Day: 1}, almanac.Date{Year: year, Month: 12, Day: 31})
	return q, err
}

// FlagYear tells, for each booking, what somebody should know before it is made: a red day, a school
// break, people who would have to be in two places. It forbids nothing.
func FlagYear(tx *store.Tx, by access.Actor, o Office, year int, bookings []Booking) ([][]lang.Sentence, error) {
	seen, err := plannedForums(tx, by, year, nil)
	if err != nil {
		return nil, err
	}
	q, err := yearQuestion(tx, by, o, year, seen)
	if err != nil {
		return nil, err
	}
	var planned []yearplan.Meeting
	for _, b := range bookings {
		name := lang.Sentence{}
		for _, f := range seen {
			if f.ID == b.ForumID {
				name = lang.Say("%s", f.Name)
			}
		}
		planned = append(planned, yearplan.Meeting{ForumID: b.ForumID, Name: name, Date: b.Time.Date, Starts: b.Time.Starts, Ends: b.Time.Ends})
	}
	flags := make([][]lang.Sentence, len(planned))
	for n, m := range planned {
		others := slices.Concat(planned[:n], planned[n+1:])
		flags[n] = q.Flags(m, others)
	}
	return flags, nil
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
