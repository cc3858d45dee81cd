package access

import (
	"crypto/subtle"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/fault"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Limits of one-time codes.
const (
	codeLives      = 10 * time.Minute
	codeTries      = 5  // wrong ones, of one code
	codesByContact = 10 // an hour
	codesByAddress = 60 // an hour, of whoever asks: an authority's people share one
	codeWindow     = time.Hour
)

// GuestCode is a code of six digits that was mailed to a contact, who so shows that the mailbox is
// theirs. Only the newest of a contact's codes is right.
type GuestCode struct {
	ID        uuid.UUID
	ContactID uuid.UUID
	CodeHash  string
	Tries     int64 // that were wrong
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
}

// hash is what is kept of the digits. A million of them are tried in no time, so the key outside
// the database goes in.
func (c GuestCode) hash(key *seal.Key, digits string) string {
	return key.Token("code", c.ID.String()+"|"+c.ContactID.String()+"|"+digits, 1)
}

// stands tells whether the code may still be entered.
func (c GuestCode) stands(now time.Time) bool {
	return c.UsedAt == nil && c.ExpiresAt.After(now) && c.Tries < codeTries
}

// NewCode makes a code for a contact and ends the earlier ones. The digits are for the letter alone.
// from is the address that asked. It refuses with fault.TooMany.
func NewCode(tx *store.Tx, key *seal.Key, contact uuid.UUID, from string) (made *GuestCode, digits string, err error) {
	byContact, byAddress := "code:"+contact.String(), "code-from:"+from
	if err := Limit(tx, byContact, codesByContact, codeWindow); err != nil {
		return nil, "", err
	}
	if err := Limit(tx, byAddress, codesByAddress, codeWindow); err != nil {
		return nil, "", err
	}
	for _, subject := range []string{byContact, byAddress} {
		if err := Count(tx, subject); err != nil {
			return nil, "", err
		}
	}
	if err := tx.DB.Model(&GuestCode{}).Where("contact_id = ? AND expires_at > ?", contact, tx.Now).Update("expires_at", tx.Now).Error; err != nil {
		return nil, "", err
	}
	made, digits = &GuestCode{ID: store.NewID(), ContactID: contact, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(codeLives)}, seal.Digits()
	made.CodeHash = made.hash(key, digits)
	return made, digits, tx.DB.Create(made).Error
}

// EnterCode tells whether typed is the code that a contact was mailed, and uses it up when it is. A
// wrong one counts, so the caller commits also then.
func EnterCode(tx *store.Tx, key *seal.Key, contact uuid.UUID, typed string) (right bool, err error) {
	typed = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1 // "123 456" is how people copy it
	}, typed)
	var found []GuestCode
	// The lock makes guesses at once count one by one.
	if err := tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).Order("created_at DESC, id DESC").Limit(1).Find(&found, "contact_id = ?", contact).Error; err != nil {
		return false, err
	}
	if len(found) == 0 || !found[0].stands(tx.Now) {
		return false, nil
	}
	c := found[0]
	if subtle.ConstantTimeCompare([]byte(c.hash(key, typed)), []byte(c.CodeHash)) == 1 {
		return true, tx.DB.Model(&GuestCode{}).Where("id = ?", c.ID).Update("used_at", tx.Now).Error
	}
	return false, tx.DB.Model(&GuestCode{}).Where("id = ?", c.ID).Update("tries", c.Tries+1).Error
}

// ErrCode is what a wrong code is told, whatever was wrong with it.
func ErrCode() error {
	return fault.On("code", "Koden stämmer inte, eller så har den gått ut. Skriv den igen eller begär en ny.")
}

// CodeStands gives the contact whose code it is, and whether it may still be entered: a letter with
// one that may not is not sent.
func CodeStands(tx *store.Tx, id uuid.UUID) (contact uuid.UUID, stands bool, err error) {
	var found []GuestCode
	if err := tx.DB.Limit(1).Find(&found, "id = ?", id).Error; err != nil || len(found) == 0 {
		return uuid.Nil, false, err
	}
	return found[0].ContactID, found[0].stands(tx.Now), nil
}
