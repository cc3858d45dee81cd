package post

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Mailbox is how far a mailbox has been read.
type Mailbox struct {
	Name         string `gorm:"primaryKey"` // folder and host, without the password
	Validity     int64  // UIDVALIDITY: another one and the UIDs mean other letters
	UID          int64  `gorm:"column:uid"` // all up to this one are handled
	PolledAt     time.Time
	Problem      string // why it cannot be read; empty: it can
	ProblemSince *time.Time
	LeftBehind   int64 // letters that stay in it, because so many wait for a person that no more are taken
}

// Arrival is one letter in a mailbox, while it is handled.
type Arrival struct {
	ID        uuid.UUID
	Mailbox   string
	Validity  int64
	UID       int64 `gorm:"column:uid"`
	Attempts  int64
	HandledAt *time.Time
	LeftAt    *time.Time // when there was no room for it; nil: there was, or it was not tried
	At        time.Time
}

// ReceivedLetter is that a letter was handled, so that it is handled once.
type ReceivedLetter struct {
	ID      uuid.UUID
	KeyHash string // of its Message-ID, or of a digest when it has none
	Outcome string // a word for the log
	At      time.Time
}

// OpenMailbox gives how far a mailbox has been read. When its UIDVALIDITY is another than last time
// it begins anew.
func OpenMailbox(tx *store.Tx, name string, validity int64) (*Mailbox, error) {
	m := Mailbox{Name: name, Validity: validity, PolledAt: tx.Now}
	if err := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).Create(&m).Error; err != nil {
		return nil, err
	}
	if err := tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).First(&m, "name = ?", name).Error; err != nil {
		return nil, err
	}
	if m.Validity != validity {
		m.Validity, m.UID = validity, 0
	}
	m.PolledAt, m.Problem, m.ProblemSince = tx.Now, "", nil
	return &m, tx.DB.Save(&m).Error
}

// MailboxFailed records why a mailbox cannot be read.
func MailboxFailed(tx *store.Tx, name, problem string) error {
	m := Mailbox{Name: name, PolledAt: tx.Now}
	if err := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).Create(&m).Error; err != nil {
		return err
	}
	return tx.DB.Model(&Mailbox{}).Where("name = ?", name).
		Updates(map[string]any{"problem": problem, "problem_since": clause.Expr{SQL: "COALESCE(problem_since, ?)", Vars: []any{tx.Now}}}).Error
}

// Mailboxes lists every mailbox that is or was read.
func Mailboxes(tx *store.Tx) (all []Mailbox, err error) {
	return all, tx.DB.Order("name").Find(&all).Error
}

// ReadTo records that all letters up to a UID are handled.
func ReadTo(tx *store.Tx, m *Mailbox, uid int64) error {
	if err := tx.DB.Where("mailbox = ? AND (validity <> ? OR uid <= ?)", m.Name, m.Validity, uid).Delete(&Arrival{}).Error; err != nil {
		return err
	}
	return tx.DB.Model(&Mailbox{}).Where("name = ? AND validity = ? AND uid < ?", m.Name, m.Validity, uid).Update("uid", uid).Error
}

// Arrived counts an attempt at a letter before it is made: one that ends the program is counted too.
// It tells how many there were before, and whether the letter is handled already.
func Arrived(tx *store.Tx, m *Mailbox, uid int64) (before int64, handled bool, err error) {
	a := Arrival{ID: store.NewID(), Mailbox: m.Name, Validity: m.Validity, UID: uid, At: tx.Now}
	if err := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).Create(&a).Error; err != nil {
		return 0, false, err
	}
	var found Arrival
	err = tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).First(&found, "mailbox = ? AND validity = ? AND uid = ?", m.Name, m.Validity, uid).Error
	if err != nil || found.HandledAt != nil {
		return found.Attempts, found.HandledAt != nil, err
	}
	return found.Attempts, false, tx.DB.Model(&Arrival{}).Where("id = ?", found.ID).Update("attempts", found.Attempts+1).Error
}

// Handled records that a letter needs no other look.
func Handled(tx *store.Tx, m *Mailbox, uid int64) error {
	return tx.DB.Model(&Arrival{}).Where("mailbox = ? AND validity = ? AND uid = ?", m.Name, m.Validity, uid).Update("handled_at", tx.Now).Error
}

// Leave lets a letter stay in its mailbox until there is room for it. That is no attempt at it.
func Leave(tx *store.Tx, m *Mailbox, uid int64) error {
	return tx.DB.Model(&Arrival{}).Where("mailbox = ? AND validity = ? AND uid = ? AND attempts > 0", m.Name, m.Validity, uid).
		Updates(map[string]any{"left_at": tx.Now, "attempts": clause.Expr{SQL: "attempts - 1"}}).Error
}

// Waiting tells which letters of a mailbox were left in it for want of room.
func (m *Mailbox) Waiting(tx *store.Tx) (map[int64]bool, error) {
	var uids []int64
	err := tx.DB.Model(&Arrival{}).Where("mailbox = ? AND validity = ? AND left_at IS NOT NULL AND handled_at IS NULL", m.Name, m.Validity).Pluck("uid", &uids).Error
	left := map[int64]bool{}
	for _, uid := range uids {
		left[uid] = true
	}
	return left, err
}

// Left records how many letters stay in a mailbox for want of room.
func Left(tx *store.Tx, m *Mailbox, n int64) error {
	return tx.DB.Model(&Mailbox{}).Where("name = ?", m.Name).Update("left_behind", n).Error
}

// Receive records that a letter is being handled, in the transaction that handles it. It is false when it
// was handled before.
func Receive(tx *store.Tx, key, outcome string) (first bool, err error) {
	r := ReceivedLetter{ID: store.NewID(), KeyHash: seal.Hash(key), Outcome: outcome, At: tx.Now}
	done := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).Create(&r)
	return done.RowsAffected == 1, done.Error
}

// Outcome records what became of a received letter.
func Outcome(tx *store.Tx, key, outcome string) error {
	return tx.DB.Model(&ReceivedLetter{}).Where("key_hash = ?", seal.Hash(key)).Update("outcome", outcome).Error
}
