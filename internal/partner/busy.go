package partner

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// BusyTime is a time at which a contact is busy: out of a calendar that was uploaded, and nothing of what it says.
type BusyTime struct {
	ID        uuid.UUID
	ContactID uuid.UUID
	StartsAt  time.Time
	EndsAt    time.Time
	At        time.Time // when it was uploaded
}

// MostBusy is how many times are kept of one contact.
const MostBusy = 3000

// busyBatch are rows that are written at once: a database takes so many values in one statement.
const busyBatch = 200

// BusySummary says what is kept of a contact's calendar.
type BusySummary struct {
	Times    int
	From, To time.Time // the start of the first, the end of the last
	At       time.Time
}

// SetBusy keeps when a contact is busy in the place of all that was kept before; none at all forgets it. It refuses
// with fault.NotFound who is not there, and with fault.Invalid more than MostBusy.
func SetBusy(tx *store.Tx, by access.Actor, contactID uuid.UUID, times []BusyTime) error {
	if err := by.Require(access.Coordinator); err != nil {
		return err
	}
	c, err := FindContact(tx, by, contactID)
	if err != nil {
		return err
	}
	if c.LeftAt != nil {
		return fault.New(fault.Conflict, "Kontakten har slutat.")
	}
	if len(times) > MostBusy {
		return fault.On("file", "Filen har fler än %d upptagna tider. Exportera en kortare tid.", MostBusy)
	}
	if err := forgetBusy(tx, contactID); err != nil {
		return err
	}
	for n := range times {
		times[n].ID, times[n].ContactID, times[n].At = store.NewID(), contactID, tx.Now
	}
	if len(times) == 0 {
		return access.Log(tx, by, "forget busy times", "contact", contactID)
	}
	if err := tx.DB.CreateInBatches(times, busyBatch).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "keep busy times", "contact", contactID)
}

func forgetBusy(tx *store.Tx, contactID uuid.UUID) error {
	return tx.DB.Delete(&BusyTime{}, "contact_id = ?", contactID).Error
}

// ForgetBusy drops times that have been.
func ForgetBusy(tx *store.Tx) error {
	return tx.DB.Delete(&BusyTime{}, "ends_at < ?", tx.Now.AddDate(0, 0, -30)).Error
}

// Busy tells what is kept of a contact's calendar, nil when nothing is.
func Busy(tx *store.Tx, by access.Actor, contactID uuid.UUID) (*BusySummary, error) {
	if _, err := FindContact(tx, by, contactID); err != nil {
		return nil, err
	}
	var all []BusyTime
	if err := tx.DB.Order("starts_at").Find(&all, "contact_id = ?", contactID).Error; err != nil || len(all) == 0 {
		return nil, err
	}
	s := &BusySummary{Times: len(all), From: all[0].StartsAt, At: all[0].At}
	for _, b := range all {
		if b.EndsAt.After(s.To) {
			s.To = b.EndsAt
		}
	}
	return s, nil
}

// BusyBetween gives when contacts are busy between two moments, for planning. It tells no names.
func BusyBetween(tx *store.Tx, from, to time.Time) (all []BusyTime, err error) {
	return all, tx.DB.Joins("JOIN contacts ON contacts.id = busy_times.contact_id AND contacts.left_at IS NULL").
		Where("busy_times.starts_at < ? AND busy_times.ends_at > ?", to, from).Order("busy_times.starts_at, busy_times.id").Find(&all).Error
}
