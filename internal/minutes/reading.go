package minutes

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

// Reads are the actions in the log that say that somebody read what stands in one meeting's minutes.
var Reads = []string{"read minutes", "download minutes", "open draft", "open relay link"}

// OpenDraft is Draft for whoever looks at the working text: it is logged, as reading minutes is.
func OpenDraft(tx *store.Tx, by access.Actor, id uuid.UUID) (*Minutes, error) {
	m, err := Draft(tx, by, id)
	if err != nil {
		return nil, err
	}
	return m, DraftOpened(tx, by, id)
}

// oneSitting is how long somebody who writes has opened the working text once: each item that is
// saved shows it anew, and forty entries of one meeting would bury the others.
const oneSitting = 15 * time.Minute

// DraftOpened logs that somebody looks at the working text, once a sitting.
func DraftOpened(tx *store.Tx, by access.Actor, id uuid.UUID) error {
	if by.SignedIn() {
		var n int64
		err := tx.DB.Model(&access.LogEntry{}).Where("object_kind = ? AND object_id = ? AND at > ?", "minutes", id, tx.Now.Add(-oneSitting)).
			Where("action = ? AND identity_id = ?", "open draft", by.ID).Count(&n).Error
		if err != nil || n > 0 {
			return err
		}
	}
	return access.Log(tx, by, "open draft", "minutes", id)
}

// logList logs that a list of actions was read, unless it is empty.
func logList(tx *store.Tx, by access.Actor, found *gorm.DB) error {
	if found.Error != nil || found.RowsAffected == 0 {
		return found.Error
	}
	return access.Log(tx, by, "list actions", "minutes", uuid.Nil)
}

// Readable gives those of ids whose finalised minutes the actor may read.
func Readable(tx *store.Tx, by access.Actor, ids []uuid.UUID) (readable []uuid.UUID, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return readable, tx.DB.Model(&Minutes{}).Joins("JOIN meetings ON meetings.id = minutes.meeting_id").Scopes(by.ReadsNotes(tx, "meetings.forum_id")).
		Where("minutes.id IN ? AND EXISTS (?)", ids, tx.DB.Table("minutes_versions").Select("1").Where("minutes_versions.minutes_id = minutes.id")).
		Pluck("minutes.id", &readable).Error
}
