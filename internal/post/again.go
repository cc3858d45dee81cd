package post

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// remade are the kinds of letters that can be written once more from what they were about.
var remade = []Kind{Invitation, Update, Reschedule, Cancellation, Withdrawal, MailTest}

// Lost tells a letter that did not arrive, as far as is known, and is not tried again by itself.
func (l Letter) Lost() bool {
	return l.State == Failed || l.State == Bounced || l.State == Unknown && l.SettledAt != nil
}

// ToSendAgain gives a letter that a coordinator may have written once more, without its bytes. It
// refuses with fault.Conflict one that has arrived, one of another kind, and one that a later letter
// has replaced.
func ToSendAgain(tx *store.Tx, by access.Actor, id uuid.UUID) (*Letter, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	l := &Letter{}
	if err := store.Found(tx.DB.Omit("sealed").First(l, "id = ?", id).Error); err != nil {
		return nil, err
	}
	able, err := SendableAgain(tx, []Letter{*l})
	if err == nil && !able[id] {
		err = fault.New(fault.Conflict, "Brevet behöver inte skickas igen, eller går inte att skicka igen härifrån.")
	}
	return l, err
}

// SendableAgain tells which of some letters can be written once more.
func SendableAgain(tx *store.Tx, letters []Letter) (map[uuid.UUID]bool, error) {
	able := map[uuid.UUID]bool{}
	for _, l := range letters {
		if !l.Lost() || !slices.Contains(remade, l.Kind) {
			continue
		}
		if l.SubjectID == nil {
			able[l.ID] = true
			continue
		}
		var later int64
		err := tx.DB.Model(&Letter{}).Where("subject_id = ? AND method <> '' AND state NOT IN ?", *l.SubjectID, []State{Superseded, Withdrawn}).
			Where("created_at > ? OR (created_at = ? AND id > ?)", l.CreatedAt, l.CreatedAt, l.ID).Count(&later).Error
		if err != nil {
			return nil, err
		}
		able[l.ID] = later == 0
	}
	return able, nil
}

// WrittenSince tells whether a letter about an invitation was written after a moment.
func WrittenSince(tx *store.Tx, subject uuid.UUID, since time.Time) (bool, error) {
	var n int64
	err := tx.DB.Model(&Letter{}).Where("subject_id = ? AND created_at > ?", subject, since).Count(&n).Error
	return n > 0, err
}
