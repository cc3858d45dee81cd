package secretariat

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/ical"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/store"
	"samverkan/internal/yearplan"
)

// How far ahead busy times are kept, and how many of one series.
const (
	busyYears = 2
	busyMost  = 800 // one on every day, and some
)

// KeepBusy keeps when a contact is busy, out of a calendar or free-busy file: the times alone, in the place of all that was
// kept before. It refuses with fault.Invalid what is no calendar, is larger than is read or has no time to come.
func KeepBusy(tx *store.Tx, by access.Actor, o Office, contactID uuid.UUID, data []byte) error {
	file, err := o.readCalendar(data)
	if err != nil {
		return err
	}
	all, err := file.BusyTimes(o.Zone, ical.Bounds{From: tx.Now, Until: tx.Now.AddDate(busyYears, 0, 0), Most: busyMost})
	if errors.Is(err, ical.ErrEndless) {
		return fault.On("file", "En serie i filen har för många möten, eller följer en regel som inte läses. Spara en kortare tid.")
	}
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.On("file", "Filen har ingen upptagen tid som kommer.")
	}
	var times []partner.BusyTime
	for _, p := range all {
		times = append(times, partner.BusyTime{StartsAt: p.Start, EndsAt: p.End})
	}
	return partner.SetBusy(tx, by, contactID, times)
}

// busy gives when people are busy from one day to another, day by day as clocks show it.
func (o Office) busy(tx *store.Tx, from, to almanac.Date) (days []yearplan.Busy, err error) {
	first, end := o.midnight(from), o.midnight(to.AddDays(1))
	all, err := partner.BusyBetween(tx, first, end)
	for _, b := range all {
		starts, ends := later(b.StartsAt, first), earlier(b.EndsAt, end)
		for day := almanac.DateOf(starts, o.Zone); o.midnight(day).Before(ends); day = day.AddDays(1) {
			piece := yearplan.Busy{Person: b.ContactID, Date: day, Starts: 0, Ends: 24 * 60}
			if almanac.DateOf(starts, o.Zone) == day {
				piece.Starts = almanac.ClockOf(starts, o.Zone)
			}
			if almanac.DateOf(ends, o.Zone) == day {
				piece.Ends = almanac.ClockOf(ends, o.Zone)
			}
			days = append(days, piece)
		}
	}
	return days, err
}

func (o Office) midnight(d almanac.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, o.Zone)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// BusyMembers counts the members of a meeting's forum whom their own calendars keep busy then.
func BusyMembers(tx *store.Tx, by access.Actor, m *meeting.Meeting) (int, error) {
	members, err := forum.Members(tx, by, m.ForumID)
	if err != nil {
		return 0, err
	}
	all, err := partner.BusyBetween(tx, m.StartsAt, m.EndsAt)
	n := 0
	for _, member := range members {
		if slices.ContainsFunc(all, func(b partner.BusyTime) bool { return b.ContactID == member.ContactID }) {
			n++
		}
	}
	return n, err
}

// peopleOf gives the contacts of a forum.
func peopleOf(tx *store.Tx, forumID uuid.UUID) ([]uuid.UUID, error) {
	seats, err := forum.Seats(tx)
	return seats[forumID], err
}
