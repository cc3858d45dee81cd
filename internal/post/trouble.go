package post

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// How a letter in trouble was dealt with.
const (
	DealtDone  = "done"       // somebody has told the recipient, or need not
	DealtAgain = "sent-again" // in a letter of its own
)

// Dealing is that a person has dealt with a letter in trouble.
type Dealing struct {
	LetterID uuid.UUID `gorm:"primaryKey"`
	How      string
	ByID     *uuid.UUID
	At       time.Time

	By *access.Identity `gorm:"foreignKey:ByID"`
}

// TableName is the table of Dealing.
func (Dealing) TableName() string { return "letter_dealings" }

// waitsLong is for how long a letter waits for a mail server before somebody is told.
const waitsLong = time.Hour

// unreachedFor is for how long no letter gets to the mail server before somebody is told (R10: an alarm
// within five minutes): servers restart.
const unreachedFor = 3 * time.Minute

// Unreached tells since when a letter waits because no connection to the mail server came about, for
// whatever reason, from its certificate to the password; nil when none does, or not for long.
func Unreached(tx *store.Tx) (*time.Time, error) {
	var found []Letter
	err := tx.DB.Select("created_at").Order("created_at").Limit(1).
		Find(&found, "state = ? AND attempts = 0 AND problem <> '' AND created_at <= ?", Retry, tx.Now.Add(-unreachedFor)).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0].CreatedAt, nil
}

// inTrouble keeps the letters that a person has to deal with: they failed or came back, their arrival is
// unknown and nobody asks again, or they have waited for the mail server for an hour. One is in trouble
// until somebody says that it is dealt with, or its recipient has another address or has left.
func inTrouble(tx *store.Tx) *gorm.DB {
	dealt := tx.DB.Model(&Dealing{}).Select("1").Where("letter_dealings.letter_id = letters.id")
	there := tx.DB.Model(&partner.Contact{}).Select("1").Where("contacts.email = letters.recipient AND contacts.left_at IS NULL")
	return tx.DB.Model(&Letter{}).
		Where("letters.state IN ? OR (letters.state = ? AND letters.settled_at IS NOT NULL) OR (letters.state = ? AND letters.created_at < ?)",
			[]State{Failed, Bounced}, Unknown, Retry, tx.Now.Add(-waitsLong)).
		Where("NOT EXISTS (?)", dealt).
		Where("letters.kind IN ? OR EXISTS (?)", []Kind{Account, MailTest}, there)
}

// theirs keeps the letters that are the actor's to deal with: an administrator's are those about accounts, tests,
// and whatever a mail server keeps waiting; a coordinator's are all but those about accounts.
func theirs(by access.Actor) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		coordinates, administers := by.Is(access.Coordinator), by.Is(access.Administrator)
		switch {
		case coordinates && administers:
			return q
		case coordinates:
			return q.Where("letters.kind <> ?", Account)
		}
		return q.Where("letters.kind IN ? OR letters.state = ?", []Kind{Account, MailTest}, Retry)
	}
}

// Troubled counts the letters in trouble that are the actor's to deal with.
func Troubled(tx *store.Tx, by access.Actor) (n int64, err error) {
	return n, inTrouble(tx).Scopes(theirs(by)).Count(&n).Error
}

// TroubledAmong tells which of some letters are in trouble and the actor's to deal with.
func TroubledAmong(tx *store.Tx, by access.Actor, letters []Letter) (map[uuid.UUID]bool, error) {
	var found []uuid.UUID
	err := inTrouble(tx).Scopes(theirs(by)).Where("letters.id IN ?", idsOf(letters)).Pluck("id", &found).Error
	among := map[uuid.UUID]bool{}
	for _, id := range found {
		among[id] = true
	}
	return among, err
}

func idsOf(letters []Letter) []uuid.UUID {
	ids := make([]uuid.UUID, len(letters))
	for n, l := range letters {
		ids[n] = l.ID
	}
	return ids
}

// Dealings gives what was done about some letters.
func Dealings(tx *store.Tx, letters []Letter) (map[uuid.UUID]Dealing, error) {
	var found []Dealing
	err := tx.DB.Preload("By").Where("letter_id IN ?", idsOf(letters)).Find(&found).Error
	dealt := map[uuid.UUID]Dealing{}
	for _, d := range found {
		dealt[d.LetterID] = d
	}
	return dealt, err
}

// Deal records that a person has taken care of a letter in trouble. It refuses with fault.NotFound a letter
// that is not the actor's to deal with, and with fault.Conflict one that is not in trouble, or no longer.
func Deal(tx *store.Tx, by access.Actor, id uuid.UUID) error {
	if err := by.Require(access.Coordinator, access.Administrator); err != nil {
		return err
	}
	l := &Letter{}
	if err := store.Found(tx.DB.Omit("sealed").Scopes(theirs(by)).First(l, "id = ?", id).Error); err != nil {
		return err
	}
	open, err := TroubledAmong(tx, by, []Letter{*l})
	if err != nil {
		return err
	}
	if !open[id] {
		return fault.New(fault.Conflict, "Brevet behöver inte tas om hand, eller så har någon redan gjort det.")
	}
	if err := dealt(tx, by, DealtDone, id); err != nil {
		return err
	}
	return access.Log(tx, by, "deal with letter", "letter", id)
}

// DealtBySendingAgain takes a letter out of trouble, and with it those about the same that are lost too.
func DealtBySendingAgain(tx *store.Tx, by access.Actor, l *Letter) error {
	if err := dealt(tx, by, DealtAgain, l.ID); err != nil || l.SubjectID == nil {
		return err
	}
	return AnsweredFor(tx, by, *l.SubjectID)
}

// AnsweredFor takes every lost letter about an invitation or a link out of trouble: it was sent again.
func AnsweredFor(tx *store.Tx, by access.Actor, subject uuid.UUID) error {
	var lost []uuid.UUID
	if err := inTrouble(tx).Where("letters.subject_id = ? AND letters.state <> ?", subject, Retry).Pluck("id", &lost).Error; err != nil {
		return err
	}
	return dealt(tx, by, DealtAgain, lost...)
}

func dealt(tx *store.Tx, by access.Actor, how string, ids ...uuid.UUID) error {
	for _, id := range ids {
		d := Dealing{LetterID: id, How: how, ByID: by.By(), At: tx.Now}
		if err := tx.DB.Omit("By").Clauses(clause.OnConflict{DoNothing: true}).Create(&d).Error; err != nil {
			return err
		}
	}
	return nil
}
