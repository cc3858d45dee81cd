package post

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// StopPrefix begins the token of the link that stops reminders, so that a scanner of leaked secrets
// knows it.
const StopPrefix = "reminders_"

// Recipient is an address that is reminded of things: in one letter a day, until it says stop.
type Recipient struct {
	ID         uuid.UUID
	Address    string
	Generation int64 // of the link that stops reminders
	LinkHash   string
	RemindedOn almanac.Date // of the latest letter; zero: none
	StoppedAt  *time.Time   // wants none; nil: gets them
	CreatedAt  time.Time
}

// TableName is the table of Recipient.
func (Recipient) TableName() string { return "reminder_recipients" }

// StopToken gives the token in the link that stops reminders. Every letter repeats it.
func (r Recipient) StopToken(key *seal.Key) string {
	return StopPrefix + key.Token("reminders", r.ID.String(), r.Generation)
}

// Reminded is that a recipient was reminded of something, so that it is done once.
type Reminded struct {
	ID        uuid.UUID
	SubjectID uuid.UUID // the invitation, the action, the item passed on, the contact
	Recipient string    // address
	Kind      string    // Soon, NotAnswered, Due, Overdue or OpenHere
	Days      int64     // working days before; after, when Overdue
	Sequence  int64     // of the meeting; of anything else its last day, as 20270121
	LetterID  uuid.UUID
	At        time.Time
}

// TableName is the table of Reminded.
func (Reminded) TableName() string { return "reminders" }

// The kinds of reminders.
const (
	Soon        = "soon"       // the meeting is near
	NotAnswered = "unanswered" // no answer has come
	Due         = "due"        // the last day is near
	Overdue     = "overdue"    // the last day has passed
	OpenHere    = "open"       // all that is open with a contact; sequence is the letter's day
)

// LockRecipient locks the row of an address until the transaction ends, making it when there is
// none: whoever reminds it at the same time waits.
func LockRecipient(tx *store.Tx, key *seal.Key, address string) (*Recipient, error) {
	fresh := Recipient{ID: store.NewID(), Address: address, Generation: 1, CreatedAt: tx.Now}
	fresh.LinkHash = seal.Hash(fresh.StopToken(key))
	if err := tx.DB.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "address"}}, DoNothing: true}).Create(&fresh).Error; err != nil {
		return nil, err
	}
	r := &Recipient{}
	return r, store.Found(tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).First(r, "address = ?", address).Error)
}

// Resting gives the addresses that get no reminder on a day: they have had one, or want none.
func Resting(tx *store.Tx, today almanac.Date) (map[string]bool, error) {
	var all []string
	err := tx.DB.Model(&Recipient{}).Where("stopped_at IS NOT NULL OR reminded_on = ?", today).Pluck("address", &all).Error
	resting := make(map[string]bool, len(all))
	for _, address := range all {
		resting[address] = true
	}
	return resting, err
}

// Remind records what a recipient is reminded of by a letter, in the transaction that writes the
// letter. A twin is refused by the unique key.
func Remind(tx *store.Tx, r *Recipient, letter uuid.UUID, today almanac.Date, all []Reminded) error {
	for n := range all {
		all[n].ID, all[n].Recipient, all[n].LetterID, all[n].At = store.NewID(), r.Address, letter, tx.Now
		if err := tx.DB.Create(&all[n]).Error; err != nil {
			return err
		}
	}
	r.RemindedOn = today
	return tx.DB.Model(&Recipient{}).Where("id = ?", r.ID).Update("reminded_on", today).Error
}

// RemindersBy lists what a letter reminds of.
func RemindersBy(tx *store.Tx, letter uuid.UUID) ([]Reminded, error) {
	var all []Reminded
	return all, tx.DB.Order("id").Find(&all, "letter_id = ?", letter).Error
}

// RecipientOf gives an address that was ever reminded, nil for one that was not.
func RecipientOf(tx *store.Tx, address string) (*Recipient, error) {
	r := &Recipient{}
	err := store.Found(tx.DB.First(r, "address = ?", address).Error)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	return r, err
}

// Unremind forgets the reminders of a letter that is not sent, so that what still holds of them is
// written anew.
func Unremind(tx *store.Tx, l *Letter) error {
	if err := tx.DB.Delete(&Reminded{}, "letter_id = ?", l.ID).Error; err != nil {
		return err
	}
	return tx.DB.Model(&Recipient{}).Where("address = ?", l.Recipient).Update("reminded_on", nil).Error
}

// WasReminded tells whether a recipient was reminded of a subject by a kind at its sequence: so many
// days away, or later.
func WasReminded(tx *store.Tx, r Reminded) (bool, error) {
	later := "days <= ?"
	if r.Kind == Overdue {
		later = "days >= ?"
	}
	var n int64
	err := tx.DB.Model(&Reminded{}).Where("subject_id = ? AND recipient = ? AND sequence = ? AND kind = ?", r.SubjectID, r.Recipient, r.Sequence, r.Kind).Where(later, r.Days).Count(&n).Error
	return n > 0, err
}

// LastReminded gives when a subject's latest reminder of a kind was written, nil when there is none.
func LastReminded(tx *store.Tx, subject uuid.UUID, kind string) (*time.Time, error) {
	var found []Reminded
	if err := tx.DB.Order("at DESC, id DESC").Limit(1).Find(&found, "subject_id = ? AND kind = ?", subject, kind).Error; err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0].At, nil
}

// ByStopToken gives whom a link stops reminders for. It refuses with fault.NotFound whether the token
// is unknown or mistyped, after one look-up in an index.
func ByStopToken(tx *store.Tx, token string) (*Recipient, error) {
	r := &Recipient{}
	return r, store.Found(tx.DB.First(r, "link_hash = ?", seal.Hash(token)).Error)
}

// StopReminders says that an address wants no reminders, or wants them again. It tells whether that
// is news.
func StopReminders(tx *store.Tx, id uuid.UUID, stop bool) (news bool, err error) {
	at, was := any(nil), "stopped_at IS NOT NULL"
	if stop {
		at, was = tx.Now, "stopped_at IS NULL"
	}
	q := tx.DB.Model(&Recipient{}).Where("id = ? AND "+was, id).Update("stopped_at", at)
	return q.RowsAffected > 0, q.Error
}

// StoppedSince tells since when an address wants no reminders, nil when it gets them.
func StoppedSince(tx *store.Tx, address string) (*time.Time, error) {
	r, err := RecipientOf(tx, address)
	if err != nil || r == nil {
		return nil, err
	}
	return r.StoppedAt, nil
}

// RekeyRecipients makes the links that stop reminders anew with another key: those that were sent stop working.
func RekeyRecipients(tx *store.Tx, key *seal.Key) error {
	var all []Recipient
	if err := tx.DB.Find(&all).Error; err != nil {
		return err
	}
	for _, r := range all {
		if err := tx.DB.Model(&Recipient{}).Where("id = ?", r.ID).Update("link_hash", seal.Hash(r.StopToken(key))).Error; err != nil {
			return err
		}
	}
	return nil
}
