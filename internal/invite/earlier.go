package invite

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/meeting"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Earlier is that a contact was called to a meeting before it was kept here, and what the booking that they
// have says. It is named by its time alone: letters hold nothing else of it.
type Earlier struct {
	InvitationID uuid.UUID `gorm:"primaryKey"`
	Date         almanac.Date
	Starts       almanac.Clock
	Ends         almanac.Clock
	Place        string     // of the meeting as it was taken in
	RenewedAt    *time.Time // when a letter in the booking's place was asked for; nil: never
	At           time.Time
}

// TableName is the table's name.
func (Earlier) TableName() string { return "earlier_calls" }

// Time is when the old booking is.
func (e Earlier) Time() meeting.Time {
	return meeting.Time{Date: e.Date, Starts: e.Starts, Ends: e.Ends, Place: e.Place}
}

// Holds tells whether the old booking still says where and when the meeting is.
func (e Earlier) Holds(m *meeting.Meeting) bool { return e.Time() == m.Time() }

// IssueCalled asks a contact to a meeting who has been called to it already, as it now is. No letter is owed.
func IssueCalled(tx *store.Tx, key *seal.Key, m *meeting.Meeting, contactID uuid.UUID) error {
	i, err := Issue(tx, key, m.ID, contactID)
	if err != nil {
		return err
	}
	return tx.DB.Create(&Earlier{InvitationID: i.ID, Date: m.Date, Starts: m.Starts, Ends: m.Ends, Place: m.Place, At: tx.Now}).Error
}

// Rebooked says that the old bookings of a meeting have followed it to where it now is.
func Rebooked(tx *store.Tx, m *meeting.Meeting) error {
	return tx.DB.Model(&Earlier{}).Where("invitation_id IN (?)", tx.DB.Model(&Invitation{}).Select("id").Where("meeting_id = ?", m.ID)).
		Updates(map[string]any{"date": m.Date, "starts": m.Starts, "ends": m.Ends, "place": m.Place}).Error
}

// Renew says that a letter in the place of the old booking is asked for. Of one who has none it changes nothing.
func Renew(tx *store.Tx, id uuid.UUID) error {
	return tx.DB.Model(&Earlier{}).Where("invitation_id = ?", id).Update("renewed_at", tx.Now).Error
}

// Unrenew takes back what Renew asked for at a moment.
func Unrenew(tx *store.Tx, id uuid.UUID, at time.Time) error {
	return tx.DB.Model(&Earlier{}).Where("invitation_id = ? AND renewed_at = ?", id, at).Update("renewed_at", nil).Error
}

// CalledBefore tells whether a contact has a booking from before, which says what is, and nobody has asked for more.
func (i Invitation) CalledBefore(m *meeting.Meeting) bool {
	return i.Earlier != nil && i.Earlier.RenewedAt == nil && i.Earlier.Holds(m)
}
