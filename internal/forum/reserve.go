package forum

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Reserve is one of ours who is asked when too few of ours can come to a meeting. They are asked in
// the order of Position.
type Reserve struct {
	ID        uuid.UUID
	ForumID   uuid.UUID
	ContactID uuid.UUID
	Position  int64

	Contact partner.Contact
}

// TableName is the table of Reserve.
func (Reserve) TableName() string { return "forum_reserves" }

// Reserves lists who of ours is asked when too few can come, in order. Whoever sees the forum sees
// them.
func Reserves(tx *store.Tx, by access.Actor, forumID uuid.UUID) ([]Reserve, error) {
	var all []Reserve
	err := tx.DB.Scopes(by.SeesForum(tx, "forum_reserves.forum_id")).
		Joins("JOIN contacts ON contacts.id = forum_reserves.contact_id AND contacts.left_at IS NULL").
		Preload("Contact.Organisation").Preload("Contact.Role").
		Order("forum_reserves.position, forum_reserves.id").
		Find(&all, "forum_reserves.forum_id = ?", forumID).Error
	return all, err
}

// Enlist puts one of ours last among a forum's reserves. Enlisting twice changes nothing. It refuses
// with fault.Invalid whoever is not ours.
func Enlist(tx *store.Tx, by access.Actor, forumID, contactID uuid.UUID) error {
	if err := plannable(tx, by, forumID); err != nil {
		return err
	}
	var found []partner.Contact
	if err := tx.DB.Limit(1).Find(&found, "id = ? AND left_at IS NULL AND NOT stand_in", contactID).Error; err != nil {
		return err
	}
	ours, err := partner.Ours(tx)
	if err != nil {
		return err
	}
	if len(found) == 0 || !ours[found[0].OrganisationID] {
		return fault.On("reserveId", "Välj en av era egna ur listan.")
	}
	var last Reserve
	var n int64
	q := tx.DB.Model(&Reserve{}).Where("forum_id = ?", forumID)
	if err := q.Where("contact_id = ?", contactID).Count(&n).Error; err != nil || n > 0 {
		return err
	}
	if err := tx.DB.Limit(1).Order("position DESC").Find(&last, "forum_id = ?", forumID).Error; err != nil {
		return err
	}
	r := Reserve{ID: store.NewID(), ForumID: forumID, ContactID: contactID, Position: last.Position + 1}
	if err := tx.DB.Omit("Contact").Create(&r).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "enlist reserve", "forum", forumID)
}

// Advance lets a reserve change places with the one before. The first stays.
func Advance(tx *store.Tx, by access.Actor, forumID, contactID uuid.UUID) error {
	if err := plannable(tx, by, forumID); err != nil {
		return err
	}
	all, err := Reserves(tx, by, forumID)
	if err != nil {
		return err
	}
	for n := 1; n < len(all); n++ {
		if all[n].ContactID != contactID {
			continue
		}
		for _, place := range []Reserve{{ID: all[n].ID, Position: all[n-1].Position}, {ID: all[n-1].ID, Position: all[n].Position}} {
			if err := tx.DB.Model(&Reserve{}).Where("id = ?", place.ID).Update("position", place.Position).Error; err != nil {
				return err
			}
		}
		return access.Log(tx, by, "advance reserve", "forum", forumID)
	}
	return nil
}

// Strike takes a contact out of a forum's reserves. Striking who is not there changes nothing.
func Strike(tx *store.Tx, by access.Actor, forumID, contactID uuid.UUID) error {
	if err := plannable(tx, by, forumID); err != nil {
		return err
	}
	gone := tx.DB.Delete(&Reserve{}, "forum_id = ? AND contact_id = ?", forumID, contactID)
	if gone.Error != nil || gone.RowsAffected == 0 {
		return gone.Error
	}
	return access.Log(tx, by, "strike reserve", "forum", forumID)
}
