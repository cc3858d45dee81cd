package secretariat

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// late is how near a meeting's old or new time a change is told by telephone too: letters are read
// the next day.
const late = 24 * time.Hour

// ToRing is one whom a late change has perhaps not reached.
type ToRing struct {
	Invitation invite.Invitation
	Told       bool // somebody has rung
}

// Ringing gives whom to ring up about a meeting that was moved or called off within a day of its old
// or its new time: those who were asked before and have not answered the change; about one that is
// off, those who might come, for nobody answers that. Nobody once the meeting has begun, or would
// have. Whoever is not told yet stands first.
func Ringing(tx *store.Tx, o Office, m *meeting.Meeting, invitations []invite.Invitation, moves []meeting.Rescheduling) ([]ToRing, error) {
	at, isLate, err := o.lateChange(tx, m, moves)
	if err != nil || !isLate {
		return nil, err
	}
	ids := make([]uuid.UUID, len(invitations))
	for n := range invitations {
		ids[n] = invitations[n].ID
	}
	told, err := invite.Told(tx, ids, m.Sequence)
	if err != nil {
		return nil, err
	}
	var all []ToRing
	for _, i := range invitations {
		if i.WithdrawnAt == nil && i.CreatedAt.Before(at) && mayNotKnow(&i, m) {
			all = append(all, ToRing{i, told[i.ID]})
		}
	}
	slices.SortStableFunc(all, func(a, b ToRing) int {
		switch {
		case a.Told == b.Told:
			return 0
		case b.Told:
			return -1
		}
		return 1
	})
	return all, nil
}

func mayNotKnow(i *invite.Invitation, m *meeting.Meeting) bool {
	if !m.Cancelled() {
		return i.Current(m) == nil
	}
	last := i.Last()
	return last == nil || last.PartStat != invite.Declined
}

// lateChange gives when a meeting to come was changed, if that was late. A move that was taken back
// before anybody heard of it is none, nor is a new room.
func (o Office) lateChange(tx *store.Tx, m *meeting.Meeting, moves []meeting.Rescheduling) (at time.Time, isLate bool, err error) {
	if !m.StartsAt.After(tx.Now) {
		return at, false, nil
	}
	if m.Cancelled() {
		return m.Cancellation.At, near(m.Cancellation.At, m.StartsAt), nil
	}
	was := make([]time.Time, len(moves)) // the latest first
	for n, move := range moves {
		if was[n], err = almanac.Instant(move.FromDate, move.FromStarts, m.Location()); err != nil {
			return at, false, err
		}
	}
	for n, move := range moves {
		if !was[n].Equal(m.StartsAt) && (near(move.At, was[n]) || near(move.At, m.StartsAt)) {
			return move.At, true, nil
		}
	}
	return at, false, nil
}

// near tells whether a change came within a day before a start.
func near(change, start time.Time) bool {
	return !change.After(start) && start.Sub(change) <= late
}

// TellByPhone records that somebody was rung up and told of a change, for a meeting that the actor
// convenes. It refuses with fault.Conflict when the meeting has begun.
func TellByPhone(tx *store.Tx, by access.Actor, invitationID uuid.UUID) error {
	i, err := invite.Find(tx, by, invitationID)
	if err != nil {
		return err
	}
	m, err := meeting.Find(tx, by, i.MeetingID)
	if err != nil {
		return err
	}
	if err := by.MayConvene(tx, m.ForumID); err != nil {
		return err
	}
	if !m.StartsAt.After(tx.Now) {
		return fault.New(fault.Conflict, "Mötet har redan börjat.")
	}
	return invite.Rung(tx, by, i, m.Sequence)
}
