package secretariat

import (
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

// ToRemind gives the meetings whose "soon" reminder has come due. Nobody has put a job on a
// queue for them: the rows are asked, so a week of downtime is caught up with and a move needs
// no reschedule.
func ToRemind(tx *store.Tx, o Office) (ids []uuid.UUID, err error) {
	today, clock := almanac.DateOf(tx.Now, o.Zone), almanac.ClockOf(tx.Now, o.Zone)
	if !almanac.IsWorkday(today) || clock < remindFrom || clock >= remindUntil {
		return nil, nil
	}
	coming, _, err := meeting.List(tx, access.System(), meeting.Selection{From: today, To: today.AddDays(45)})
	if err != nil {
		return nil, err
	}
	for _, m := range coming {
		if m.Cancelled() || m.Held() || m.Forum.RemindDays == 0 || !m.StartsAt.After(tx.Now) {
			continue
		}
		if !today.Before(workdaysBefore(m.Date, m.Forum.RemindDays)) {
			ids = append(ids, m.ID)
		}
	}
	return ids, nil
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
	if err != nil || m.Cancelled() || !m.StartsAt.After(tx.Now) {
		return 0, err
	}
	home, err := homeName(tx)
	if err != nil {
		return 0, err
	}
	days := int64(m.Forum.RemindDays)
	waiting, err := invite.ToRemind(tx, m, "soon", days)
	if err != nil {
		return 0, err
	}
	for n := range waiting {
		i := &waiting[n]
		held, err := post.LastHeld(tx, i.ID)
		if err != nil {
			return written, err
		}
		if held == nil || held.Method != string(ical.Request) || tx.Now.Sub(held.CreatedAt) < 24*time.Hour {
			continue // never asked, or asked only now: the invitation itself reminds
		}
		l := lang.Parse(string(i.Contact.Language))
		out := outward(post.Reminder, m, Outwardly(m, home, access.Full, l), home, l, o.Link(i), "")
		d, _, err := o.write(i, home, out, l)
		if err != nil {
			return written, err
		}
		d.Sequence, d.NotBefore = m.Sequence, tx.Now
		letter, err := post.Write(tx, o.Key, *d)
		if err != nil {
			return written, err
		}
		if err := invite.Reminded(tx, invite.Reminder{InvitationID: i.ID, Kind: "soon", Days: days, Sequence: m.Sequence, LetterID: letter.ID}); err != nil {
			return written, err
		}
		written++
	}
	return written, nil
}
