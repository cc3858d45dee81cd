package post

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// remade are the kinds of letters that can be written once more from what they were about. A code is not: whoever
// asked for it asks again.
var remade = []Kind{Invitation, Update, Reschedule, Cancellation, Withdrawal, Reminder, Unanswered, ActionReminder, RelayReminder, Digest, OpenActions, CounterDeclined, Relay, Notes, Action, Link, Poll, PollReminder, PollMore, DateRequest, Overview, Account, MailTest}

// Lost tells a letter that did not arrive, as far as is known, and is not tried again by itself.
func (l Letter) Lost() bool {
	return l.State == Failed || l.State == Bounced || l.State == Unknown && l.SettledAt != nil
}

// mayRemake tells who may have a letter of a kind written once more: an administrator one about an account, either
// a test, and a coordinator the others.
func mayRemake(by access.Actor, k Kind) bool {
	switch k {
	case Account:
		return by.Is(access.Administrator)
	case MailTest:
		return by.Is(access.Coordinator, access.Administrator)
	}
	return by.Is(access.Coordinator)
}

// ToSendAgain gives a letter that the actor may have written once more, without its bytes. It refuses with
// fault.NotFound one that is not the actor's, and with fault.Conflict one that has arrived, one of a kind that is
// not made again, and one that a later letter has replaced.
func ToSendAgain(tx *store.Tx, by access.Actor, id uuid.UUID) (*Letter, error) {
	l := &Letter{}
	if err := store.Found(tx.DB.Omit("sealed").First(l, "id = ?", id).Error); err != nil {
		return nil, err
	}
	if !mayRemake(by, l.Kind) {
		return nil, fault.Missing()
	}
	able, err := SendableAgain(tx, by, []Letter{*l})
	if err == nil && !able[id] {
		err = fault.New(fault.Conflict, "Brevet behöver inte skickas igen, eller går inte att skicka igen härifrån.")
	}
	return l, err
}

// SendableAgain tells which of some letters the actor may have written once more.
func SendableAgain(tx *store.Tx, by access.Actor, letters []Letter) (map[uuid.UUID]bool, error) {
	able := map[uuid.UUID]bool{}
	for _, l := range letters {
		if !l.Lost() || !slices.Contains(remade, l.Kind) || !mayRemake(by, l.Kind) {
			continue
		}
		q := l.later(tx)
		if q == nil {
			able[l.ID] = l.Kind == MailTest || l.Kind.Reminds()
			continue
		}
		var n int64
		if err := q.Count(&n).Error; err != nil {
			return nil, err
		}
		able[l.ID] = n == 0
	}
	return able, nil
}

// later asks for the letters that say it better than l; nil when nothing tells which they would be.
func (l Letter) later(tx *store.Tx) *gorm.DB {
	q := tx.DB.Model(&Letter{}).Where("state NOT IN ?", []State{Superseded, Withdrawn}).
		Where("created_at > ? OR (created_at = ? AND id > ?)", l.CreatedAt, l.CreatedAt, l.ID)
	switch {
	case l.Kind == Account:
		return q.Where("kind = ? AND recipient = ?", Account, l.Recipient)
	case l.SubjectID == nil || l.Kind.Reminds() && l.Kind != PollReminder: // what still holds of a reminder is looked up anew
		return nil
	case l.Kind.AboutInvitation():
		return q.Where("subject_id = ? AND (method <> '' OR kind = ?)", *l.SubjectID, l.Kind)
	}
	return q.Where("subject_id = ?", *l.SubjectID)
}

// WrittenSince tells whether a letter about an invitation was written after a moment.
func WrittenSince(tx *store.Tx, subject uuid.UUID, since time.Time) (bool, error) {
	var n int64
	err := tx.DB.Model(&Letter{}).Where("subject_id = ? AND created_at > ?", subject, since).Count(&n).Error
	return n > 0, err
}
