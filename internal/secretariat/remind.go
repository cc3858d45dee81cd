package secretariat

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Reminders leave on working days between these hours, local time.
const (
	remindFrom  = 7 * 60
	remindUntil = 18 * 60
)

// askAfter is how many working days whoever was asked has to answer before being asked again.
const askAfter = 3

// ToRemind gives the meetings of which a reminder has come due. Nobody has put a job on a queue for
// them: the rows are asked, so a week of downtime is caught up with and a move needs no reschedule.
func ToRemind(tx *store.Tx, o Office) (ids []uuid.UUID, err error) {
	today, open := o.reminding(tx.Now)
	if !open {
		return nil, nil
	}
	coming, _, err := meeting.List(tx, access.System(), meeting.Selection{From: today, To: today.AddDays(45)})
	if err != nil {
		return nil, err
	}
	for _, m := range coming {
		if len(dueKinds(tx.Now, today, &m)) > 0 {
			ids = append(ids, m.ID)
		}
	}
	return ids, nil
}

// reminding gives today, and tells whether reminders leave now: in the daytime of working days.
func (o Office) reminding(now time.Time) (today almanac.Date, open bool) {
	today, clock := almanac.DateOf(now, o.Zone), almanac.ClockOf(now, o.Zone)
	return today, almanac.IsWorkday(today) && clock >= remindFrom && clock < remindUntil
}

// reminderKind is a reminder of a meeting that may be due.
type reminderKind struct {
	name   string // as invite knows it
	days   int    // working days before the meeting; 0: none
	letter post.Kind
}

// dueKinds gives the reminders of a meeting that have come due, the one meant for nearest to the
// meeting first: whoever gets it needs no earlier one that downtime has held up.
func dueKinds(now time.Time, today almanac.Date, m *meeting.Meeting) (due []reminderKind) {
	if m.Cancelled() || m.Held() || !m.StartsAt.After(now) {
		return nil
	}
	for _, k := range []reminderKind{{invite.Unanswered, m.Forum.AskAgainDays, post.Unanswered}, {invite.Soon, m.Forum.RemindDays, post.Reminder}} {
		if k.days > 0 && !today.Before(workdaysBefore(m.Date, k.days)) {
			due = append(due, k)
		}
	}
	slices.SortStableFunc(due, func(a, b reminderKind) int { return a.days - b.days })
	return due
}

// workdaysBefore gives the n-th working day before d.
func workdaysBefore(d almanac.Date, n int) almanac.Date {
	for n > 0 {
		d = d.AddDays(-1)
		if almanac.IsWorkday(d) {
			n--
		}
	}
	return d
}

// Remind writes the reminders that a meeting is due, each with its letter in this transaction.
func Remind(tx *store.Tx, o Office, meetingID uuid.UUID) (written int, err error) {
	if err := tx.Hold(&meeting.Meeting{}, meetingID); err != nil {
		return 0, err
	}
	m, err := meeting.ForLetter(tx, meetingID)
	if err != nil {
		return 0, err
	}
	home, err := homeName(tx)
	if err != nil {
		return 0, err
	}
	today, open := o.reminding(tx.Now)
	if !open {
		return 0, nil
	}
	for _, kind := range dueKinds(tx.Now, today, m) {
		waiting, err := invite.ToRemind(tx, m, kind.name, int64(kind.days))
		if err != nil {
			return written, err
		}
		for n := range waiting {
			wrote, err := o.remindOne(tx, m, &waiting[n], kind, home)
			if err != nil {
				return written, err
			}
			if wrote {
				written++
			}
		}
	}
	return written, nil
}

// remindOne writes one recipient's reminder, unless the invitation itself still reminds.
func (o Office) remindOne(tx *store.Tx, m *meeting.Meeting, i *invite.Invitation, kind reminderKind, home string) (wrote bool, err error) {
	if ripe, err := o.ripe(tx, i, kind); err != nil || !ripe {
		return false, err
	}
	l := lang.Parse(string(i.Contact.Language))
	out := outward(kind.letter, m, Outwardly(m, home, access.Full, l), home, l, o.Link(i), "")
	d, _, err := o.write(i, home, out, l)
	if err != nil {
		return false, err
	}
	d.Sequence, d.NotBefore = m.Sequence, tx.Now
	letter, err := o.post(tx, *d)
	if err != nil {
		return false, err
	}
	r := invite.Reminder{InvitationID: i.ID, Kind: kind.name, Days: int64(kind.days), Sequence: m.Sequence, LetterID: letter.ID}
	return true, invite.Reminded(tx, r)
}

// ripe tells whether whoever was asked has had time: a day before a word that the meeting is near,
// three working days before being asked again.
func (o Office) ripe(tx *store.Tx, i *invite.Invitation, kind reminderKind) (bool, error) {
	held, err := post.LastHeld(tx, i.ID)
	if err != nil || held == nil || held.Method != string(ical.Request) || tx.Now.Sub(held.CreatedAt) < 24*time.Hour {
		return false, err // never asked, or asked only now
	}
	if kind.name == invite.Soon {
		return true, nil
	}
	asked, err := post.LastAsked(tx, i.ID)
	if err != nil || asked == nil {
		return false, err
	}
	return !almanac.DateOf(*asked, o.Zone).After(workdaysBefore(almanac.DateOf(tx.Now, o.Zone), askAfter)), nil
}
