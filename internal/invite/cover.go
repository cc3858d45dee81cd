package invite

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/store"
)

// Cover is that a contact is owed one letter about the meetings that were called off at one moment, beside
// the CANCEL of each.
type Cover struct {
	ID          uuid.UUID // the subject of the letter
	ContactID   uuid.UUID
	CalledOffAt time.Time
	OwedFrom    *time.Time // nil: written, or not needed any more
}

// TableName is the table's name.
func (Cover) TableName() string { return "cancellation_covers" }

// OweCover says that from a moment on a letter is owed to a contact about the meetings that this transaction
// calls off. What it lists is decided then.
func OweCover(tx *store.Tx, contactID uuid.UUID, from time.Time) error {
	return tx.DB.Create(&Cover{store.NewID(), contactID, tx.Now, &from}).Error
}

// DueCovers lists the covers that are due.
func DueCovers(tx *store.Tx) (ids []uuid.UUID, err error) {
	return ids, tx.DB.Model(&Cover{}).Where("owed_from <= ?", tx.Now).Order("owed_from, id").Pluck("id", &ids).Error
}

// LockCover locks a cover and gives it.
func LockCover(tx *store.Tx, id uuid.UUID) (*Cover, error) {
	c := &Cover{}
	return c, tx.Hold(c, id)
}

// CoverSettled says that a cover is owed no more.
func CoverSettled(tx *store.Tx, id uuid.UUID) error {
	return tx.DB.Model(&Cover{}).Where("id = ?", id).Update("owed_from", nil).Error
}

// Covered lists the invitations of a cover's contact to the meetings that were called off at its moment and
// still are, in the order of the meetings.
func Covered(tx *store.Tx, id uuid.UUID) (all []Invitation, err error) {
	return all, whole(tx).
		Joins("JOIN meetings ON meetings.id = invitations.meeting_id").
		Joins("JOIN cancellations ON cancellations.meeting_id = invitations.meeting_id").
		Joins("JOIN cancellation_covers ON cancellation_covers.contact_id = invitations.contact_id AND cancellation_covers.called_off_at = cancellations.at").
		Where("cancellation_covers.id = ?", id).Order("meetings.starts_at, meetings.id").Find(&all).Error
}
