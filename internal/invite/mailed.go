package invite

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

// Mailed lists the meetings that somebody with an account is asked to by mail, in order of id: as the
// contact that the account is of, or as the contact with the account's address.
func Mailed(tx *store.Tx, owner access.Actor) (meetings []uuid.UUID, err error) {
	own := tx.DB.Model(&access.Identity{}).Select("contact_id").Where("id = ? AND contact_id IS NOT NULL", owner.ID)
	err = tx.DB.Model(&Invitation{}).Distinct().
		Joins("JOIN contacts ON contacts.id = invitations.contact_id AND contacts.left_at IS NULL AND contacts.email <> '' AND NOT contacts.by_phone").
		Where("invitations.withdrawn_at IS NULL AND (contacts.id IN (?) OR LOWER(contacts.email) = LOWER(?))", own, owner.Email).
		Order("invitations.meeting_id").Pluck("invitations.meeting_id", &meetings).Error
	return meetings, err
}
