package followup

import (
	"cmp"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// Standing is a forum with how it stands in a year.
type Standing struct {
	Forum     forum.Forum
	Year      int
	Occasions []Occasion   // of the period, in order
	Writings  []Writing    // whether the notes of its held meetings are finished in time
	Next      *meeting.Day // of any year; nil: none planned
	Status
}

// Statuses tells how the promises of the forums that the actor sees stand in a year. A meeting that counts for a second
// forum is counted there for everybody who sees that forum. It refuses with fault.Invalid for a year out of bounds.
func Statuses(tx *store.Tx, by access.Actor, zone *time.Location, year int) ([]Standing, error) {
	return Within(tx, by, zone, Year(year))
}

// Within is Statuses for a period within one year.
func Within(tx *store.Tx, by access.Actor, zone *time.Location, p Period) ([]Standing, error) {
	forums, err := forum.List(tx, by)
	if err != nil {
		return nil, err
	}
	return statuses(tx, zone, p, forums)
}

// Of tells how one forum's promise stands in a year. It refuses with fault.NotFound when the actor does not see it.
func Of(tx *store.Tx, by access.Actor, zone *time.Location, forumID uuid.UUID, year int) (*Standing, error) {
	f, err := forum.Find(tx, by, forumID)
	if err != nil {
		return nil, err
	}
	all, err := statuses(tx, zone, Year(year), []forum.Forum{*f})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// statuses reads what several forums' promises are judged by, each thing once for all of them.
func statuses(tx *store.Tx, zone *time.Location, p Period, forums []forum.Forum) ([]Standing, error) {
	year := p.From.Year
	if year < 2000 || year > 2100 {
		return nil, fault.On("year", "Välj ett år mellan 2000 och 2100.")
	}
	ids := make([]uuid.UUID, len(forums))
	for n, f := range forums {
		ids[n] = f.ID
	}
	span := Period{Year(year).From.AddDays(-31), almanac.Date{Year: year + 2, Month: time.December, Day: 31}}
	for _, f := range forums { // as far back as an interval may reach
		if far := Year(year).From.AddMonths(-f.Cadence.Months - 12); f.Cadence.Months > 1 && far.Before(span.From) {
			span.From = far
		}
	}
	days, err := meeting.Days(tx, ids, span.From, span.To)
	if err != nil {
		return nil, err
	}
	finished, err := minutes.FinishedOn(tx, ids, Year(year).From, Year(year).To, zone)
	if err != nil {
		return nil, err
	}
	explained, err := explanations(tx, ids)
	if err != nil {
		return nil, err
	}
	of := map[uuid.UUID][]meeting.Day{}
	for _, d := range days {
		of[d.ForumID] = append(of[d.ForumID], d)
		if d.CountsForID != nil && *d.CountsForID != d.ForumID {
			of[*d.CountsForID] = append(of[*d.CountsForID], d)
		}
	}
	today := almanac.DateOf(tx.Now, zone)
	all := make([]Standing, len(forums))
	for n, f := range forums {
		all[n] = standing(f, p, of[f.ID], finished, explained[f.ID], today, tx.Now)
	}
	return all, nil
}

func standing(f forum.Forum, p Period, days []meeting.Day, finished map[uuid.UUID]almanac.Date, explained []Explanation, today almanac.Date, now time.Time) Standing {
	s := Standing{Forum: f, Year: p.From.Year}
	occasions := make([]Occasion, len(days))
	for n, d := range days {
		o := Occasion{MeetingID: d.ID, Date: d.Date, StartsAt: d.StartsAt, State: Planned, Elsewhere: d.ForumID != f.ID, Finished: finished[d.ID]}
		switch {
		case d.Cancelled:
			o.State = Cancelled
		case d.Held:
			o.State = Held
		case s.Next == nil && d.StartsAt.After(now):
			s.Next = &days[n]
		}
		occasions[n] = o
		if p.Holds(d.Date) {
			s.Occasions = append(s.Occasions, o)
		}
	}
	promise := PromiseOf(f, p, explained)
	s.Status, s.Writings = Assess(promise, occasions, today), writings(promise, occasions, today)
	return s
}

// PromiseOf is what a forum promised in a period.
func PromiseOf(f forum.Forum, p Period, explained []Explanation) Promise {
	promise := Promise{Reading: f.Promise(), From: f.PromisedFrom, Period: p, Noteless: f.Scope == forum.IndividualCases, Explained: explained}
	if f.ConvenedBy == forum.Other && f.Convener != nil {
		promise.Caller = cmp.Or(f.Convener.Short, f.Convener.Name)
	}
	return promise
}
