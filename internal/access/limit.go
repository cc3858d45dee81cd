package access

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Attempt is one of what is limited: a sign-in that failed, a token that opened nothing, a code that
// was sent.
type Attempt struct {
	ID      uuid.UUID
	Subject string // account:…, address:…, miss:…, code:…
	At      time.Time
}

// longestWindow is how long attempts are kept: no limit looks further back.
const longestWindow = 24 * time.Hour

// Limit refuses with fault.TooMany when subject was counted max times within the window that ends
// now. It counts nothing itself. The window is at most a day.
func Limit(tx *store.Tx, subject string, max int64, window time.Duration) error {
	var n int64
	if err := tx.DB.Model(&Attempt{}).Where("subject = ? AND at > ?", subject, tx.Now.Add(-window)).Count(&n).Error; err != nil {
		return err
	}
	if n >= max {
		return fault.New(fault.TooMany, "För många försök. Vänta en stund och försök igen.")
	}
	return nil
}

// Count counts subject once more.
func Count(tx *store.Tx, subject string) error {
	return tx.DB.Create(&Attempt{store.NewID(), subject, tx.Now}).Error
}

// Tokens in addresses that opened nothing, from one address.
const (
	missesByAddress = 60
	missWindow      = time.Minute
)

// RefuseMisses refuses with fault.TooMany an address that has tried too many tokens that open
// nothing.
func RefuseMisses(tx *store.Tx, from string) error {
	return Limit(tx, "miss:"+from, missesByAddress, missWindow)
}

// Miss counts a token that opened nothing.
func Miss(tx *store.Tx, from string) error { return Count(tx, "miss:"+from) }
