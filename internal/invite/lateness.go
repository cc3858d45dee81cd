package invite

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Lateness is that somebody comes late to a meeting. No letter tells of it.
type Lateness struct {
	MeetingID  uuid.UUID `gorm:"primaryKey"`
	ContactID  uuid.UUID `gorm:"primaryKey"`
	Minutes    int       // about; 0: not said
	At         time.Time
	IdentityID *uuid.UUID // who recorded it; nil: by the link

	Contact partner.Contact
}

// TableName is the table of Lateness.
func (Lateness) TableName() string { return "latenesses" }

// lateFrom is how long before a meeting one can say that one comes late: earlier is a matter for an
// answer.
const lateFrom = 2 * time.Hour

// mostLate is the longest that one can say to be late, in minutes.
const mostLate = 240

// LateNow tells whether one can say now that one comes late to a meeting.
func LateNow(now time.Time, m *meeting.Meeting) bool {
	return !m.Cancelled() && !m.StartsAt.After(now.Add(lateFrom)) && m.EndsAt.After(now)
}

// Late records that a contact comes late, by so many minutes or, with 0, without saying; the latest
// counts. It refuses with fault.Conflict when it is too early or the meeting is off or over.
func Late(tx *store.Tx, by access.Actor, m *meeting.Meeting, contactID uuid.UUID, minutes int) error {
	if err := mayBeLate(tx, m); err != nil {
		return err
	}
	if minutes < 0 || minutes > mostLate {
		return fault.On("minutes", "Skriv ett tal från %d till %d.", 0, mostLate)
	}
	l := Lateness{MeetingID: m.ID, ContactID: contactID, Minutes: minutes, At: tx.Now, IdentityID: by.By()}
	if err := tx.DB.Clauses(clause.OnConflict{UpdateAll: true}).Omit("Contact").Create(&l).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "come late", "meeting", m.ID)
}

// OnTime takes back that a contact comes late. It refuses as Late does.
func OnTime(tx *store.Tx, by access.Actor, m *meeting.Meeting, contactID uuid.UUID) error {
	if err := mayBeLate(tx, m); err != nil {
		return err
	}
	gone := tx.DB.Delete(&Lateness{}, "meeting_id = ? AND contact_id = ?", m.ID, contactID)
	if gone.Error != nil || gone.RowsAffected == 0 {
		return gone.Error
	}
	return access.Log(tx, by, "come on time", "meeting", m.ID)
}

func mayBeLate(tx *store.Tx, m *meeting.Meeting) error {
	switch {
	case m.Cancelled():
		return fault.New(fault.Conflict, "Mötet är inställt. Du behöver inte göra något.")
	case !m.EndsAt.After(tx.Now):
		return fault.New(fault.Conflict, "Mötet har redan varit.")
	case !LateNow(tx.Now, m):
		return fault.New(fault.Conflict, "Det går att säga till om att du blir sen från två timmar före mötet.")
	}
	return nil
}

// Latenesses lists who comes late to a meeting, who said so first foremost.
func Latenesses(tx *store.Tx, meetingID uuid.UUID) (all []Lateness, err error) {
	return all, tx.DB.Preload("Contact.Organisation").Preload("Contact.Role").Order("at, contact_id").Find(&all, "meeting_id = ?", meetingID).Error
}

// LatenessOf gives what a contact said of coming late; nil: nothing.
func LatenessOf(tx *store.Tx, meetingID, contactID uuid.UUID) (*Lateness, error) {
	var found []Lateness
	err := tx.DB.Limit(1).Find(&found, "meeting_id = ? AND contact_id = ?", meetingID, contactID).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}
