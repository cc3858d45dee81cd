package post

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// How the answer to a test letter was known.
const (
	ByAddress = "address" // it came to the address that only that letter had
	ByThread  = "thread"  // it said which letter it answers, and came from whom that went to
)

// Trial is a test letter that asks for an answer by mail, to prove the way out and the way in.
type Trial struct {
	LetterID   uuid.UUID  `gorm:"primaryKey"`
	IdentityID *uuid.UUID // who asked; nil: the command line
	ReplyHash  string
	RepliedAt  *time.Time // nil: not yet
	Route      string     // empty until then

	Letter Letter
}

// Try records that a letter is a test whose answer comes to the address with a token in it.
func Try(tx *store.Tx, letter uuid.UUID, by *uuid.UUID, token string) error {
	return tx.DB.Omit("Letter").Create(&Trial{LetterID: letter, IdentityID: by, ReplyHash: seal.Hash(token)}).Error
}

// LastTrial gives the latest test that somebody asked for, nil for the command line; nil when there is none.
func LastTrial(tx *store.Tx, by *uuid.UUID) (*Trial, error) {
	q := tx.DB.Where("trials.identity_id IS NULL")
	if by != nil {
		q = tx.DB.Where("trials.identity_id = ?", *by)
	}
	return oneTrial(tx, q.Order("trials.letter_id DESC"))
}

// TrialByToken gives the test that a token in an address belongs to, nil when there is none.
func TrialByToken(tx *store.Tx, token string) (*Trial, error) {
	return oneTrial(tx, tx.DB.Where("trials.reply_hash = ?", seal.Hash(token)))
}

// TrialByAnswer gives the test whose Message-ID is among those that a letter answers, and which went to
// the letter's author; nil when there is none.
func TrialByAnswer(tx *store.Tx, answers []string, from string) (*Trial, error) {
	letters := tx.DB.Model(&Letter{}).Select("id").Where("message_id IN ? AND LOWER(recipient) = ?", answers, from)
	return oneTrial(tx, tx.DB.Where("trials.letter_id IN (?)", letters).Order("trials.letter_id DESC"))
}

func oneTrial(tx *store.Tx, q *gorm.DB) (*Trial, error) {
	var found []Trial
	err := q.Preload("Letter", func(q *gorm.DB) *gorm.DB { return q.Omit("sealed") }).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Replied records that the answer came. The first one counts.
func Replied(tx *store.Tx, t *Trial, route string) error {
	return tx.DB.Model(&Trial{}).Where("letter_id = ? AND replied_at IS NULL", t.LetterID).
		Updates(map[string]any{"replied_at": tx.Now, "route": route}).Error
}
