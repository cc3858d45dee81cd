package partner

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

// Undeliverable is that mail does not reach a contact's address: somebody has left, or it was
// misspelt. It is over when the contact has another address.
type Undeliverable struct {
	ContactID uuid.UUID `gorm:"primaryKey"`
	Address   string
	Words     string // the mail server's
	LetterID  uuid.UUID
	At        time.Time

	Contact Contact
}

// MarkUndeliverable records that a letter to a contact's address came back for good. An address that
// the contact has left since is no news.
func MarkUndeliverable(tx *store.Tx, u Undeliverable) error {
	c := &Contact{}
	if err := store.Found(tx.DB.First(c, "id = ?", u.ContactID).Error); err != nil || c.Email != u.Address {
		return err
	}
	u.At = tx.Now
	if err := tx.DB.Omit("Contact").Clauses(clause.OnConflict{UpdateAll: true}).Create(&u).Error; err != nil {
		return err
	}
	return access.Log(tx, access.System(), "mark undeliverable", "contact", u.ContactID)
}

// Undelivered lists the contacts that mail does not reach and that are still there, by name, for whoever
// may change their address.
func Undelivered(tx *store.Tx, by access.Actor) ([]Undeliverable, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	var all []Undeliverable
	err := tx.DB.Preload("Contact.Organisation").Preload("Contact.Role").
		Joins("JOIN contacts ON contacts.id = undeliverables.contact_id AND contacts.email = undeliverables.address AND contacts.left_at IS NULL AND NOT contacts.by_phone").
		Order("undeliverables.at, undeliverables.contact_id").Find(&all).Error
	return all, err
}

// Lost tells of which contacts it is known that mail does not reach them.
func Lost(tx *store.Tx) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	err := tx.DB.Model(&Undeliverable{}).Joins("JOIN contacts ON contacts.id = undeliverables.contact_id AND contacts.email = undeliverables.address").
		Pluck("undeliverables.contact_id", &ids).Error
	lost := map[uuid.UUID]bool{}
	for _, id := range ids {
		lost[id] = true
	}
	return lost, err
}

// ByEmail gives the contact that is there with an address, nil when there is none.
func ByEmail(tx *store.Tx, address string) (*Contact, error) {
	var found []Contact
	err := tx.DB.Where("email = ? AND email <> '' AND left_at IS NULL", address).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}
