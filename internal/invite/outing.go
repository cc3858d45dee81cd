package invite

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Going is what one of ours says of a meeting that others convene.
type Going string

// The answers.
const (
	NotSaid Going = "" // asked, and not answered
	Goes    Going = "yes"
	Stays   Going = "no"
)

// Outing is that one of ours was asked to go to a meeting that others convene, or said whether they
// do. No letter is about it: the invitation is the convener's.
type Outing struct {
	MeetingID  uuid.UUID `gorm:"primaryKey"`
	ContactID  uuid.UUID `gorm:"primaryKey"`
	Answer     Going
	At         time.Time // of the answer, or of the asking
	IdentityID *uuid.UUID

	Contact partner.Contact
}

// Outings lists who of ours was asked to go to a meeting, or said so, in the order of that.
func Outings(tx *store.Tx, meetingID uuid.UUID) (all []Outing, err error) {
	return all, tx.DB.Preload("Contact.Organisation").Preload("Contact.Role").
		Order("at, contact_id").Find(&all, "meeting_id = ?", meetingID).Error
}

// OutingsOf gives the meetings that a contact was asked to go to and has not answered.
func OutingsOf(tx *store.Tx, contactID uuid.UUID) (meetings []uuid.UUID, err error) {
	return meetings, tx.DB.Model(&Outing{}).Where("contact_id = ? AND answer = ?", contactID, NotSaid).Pluck("meeting_id", &meetings).Error
}

// AskOut asks one of ours to go. Whoever has answered is not asked again.
func AskOut(tx *store.Tx, by access.Actor, meetingID, contactID uuid.UUID) error {
	q := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).Omit("Contact").Create(&Outing{MeetingID: meetingID, ContactID: contactID, At: tx.Now, IdentityID: by.By()})
	if q.Error != nil || q.RowsAffected == 0 {
		return q.Error
	}
	return access.Log(tx, by, "ask to go", "meeting", meetingID)
}

// Go records whether one of ours goes. The latest counts. It refuses with fault.Invalid what is no
// answer.
func Go(tx *store.Tx, by access.Actor, meetingID, contactID uuid.UUID, answer Going) error {
	if answer != Goes && answer != Stays {
		return fault.On("coming", "Välj ett av svaren.")
	}
	o := Outing{MeetingID: meetingID, ContactID: contactID, Answer: answer, At: tx.Now, IdentityID: by.By()}
	if err := tx.DB.Clauses(clause.OnConflict{UpdateAll: true}).Omit("Contact").Create(&o).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "say who goes", "meeting", meetingID)
}
