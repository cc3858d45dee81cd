package access

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Limits of attempts that failed, within the window.
const (
	attemptWindow     = 15 * time.Minute
	attemptsByAccount = 5
	attemptsByAddress = 30
)

// limits are how many attempts each subject has within the window.
type limits map[string]int64

func (l limits) refuse(tx *store.Tx) error {
	for subject, most := range l {
		if err := Limit(tx, subject, most, attemptWindow); err != nil {
			return err
		}
	}
	return nil
}

func (l limits) count(tx *store.Tx) error {
	for subject := range l {
		if err := Count(tx, subject); err != nil {
			return err
		}
	}
	return nil
}

// SignIn gives the identity that email and password belong to. from is the address it came from.
// Whoever has a second factor is signed in by SecondStep only. It refuses with the same words,
// after the same time, whether the address, the password or the account's state was wrong
// (fault.Invalid), and with fault.TooMany over the limits.
func SignIn(ctx context.Context, db *store.DB, email, password, from string) (*Identity, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	tries := limits{"account:" + email: attemptsByAccount, "address:" + from: attemptsByAddress}
	var found Identity
	err := db.Read(ctx, func(tx *store.Tx) error {
		if err := tries.refuse(tx); err != nil {
			return err
		}
		return tx.DB.Limit(1).Find(&found, "email = ? AND disabled_at IS NULL", email).Error
	})
	if err != nil {
		return nil, err
	}
	hash := found.PasswordHash
	if hash == "" {
		hash = unknown
	}
	right, err := matches(ctx, password, hash)
	if err != nil {
		return nil, err
	}
	if right && !found.Invited() {
		return &found, db.Write(ctx, func(tx *store.Tx) error {
			if err := tx.DB.Delete(&Attempt{}, "subject = ?", "account:"+email).Error; err != nil || found.HasFactor() {
				return err
			}
			return signedIn(tx, found.ID)
		})
	}
	return nil, refuseSignIn(ctx, db, tries, found.ID, fault.On("password", "E-postadressen eller lösenordet stämmer inte. Försök igen."))
}

// refuseSignIn counts and records a try that failed, in a transaction of its own, and gives refusal.
func refuseSignIn(ctx context.Context, db *store.DB, tries limits, identity uuid.UUID, refusal error) error {
	err := db.Write(ctx, func(tx *store.Tx) error {
		if err := tries.count(tx); err != nil {
			return err
		}
		return Refused(tx, Actor{ID: identity}, "sign in", "identity", identity)
	})
	if err != nil {
		return err
	}
	return refusal
}

func signedIn(tx *store.Tx, identity uuid.UUID) error {
	if err := tx.DB.Model(&Identity{}).Where("id = ?", identity).Update("last_signed_in_at", tx.Now).Error; err != nil {
		return err
	}
	return Log(tx, Actor{ID: identity}, "sign in", "identity", identity)
}

// SecondStep lets in an identity whose password was right, with a code of its second factor or one
// of its recovery codes. It refuses with fault.Invalid a wrong or used code, and with fault.TooMany
// over the limits.
func SecondStep(ctx context.Context, db *store.DB, key *seal.Key, identity uuid.UUID, code, from string) error {
	tries := limits{"second:" + identity.String(): attemptsByAccount, "address:" + from: attemptsByAddress}
	right := false
	err := db.Write(ctx, func(tx *store.Tx) error {
		if err := tries.refuse(tx); err != nil {
			return err
		}
		var i Identity
		if err := tx.Hold(&i, identity); err != nil {
			return err
		}
		var err error
		if right, err = i.takes(tx, key, code); err != nil || !right {
			return err
		}
		if err := tx.DB.Delete(&Attempt{}, "subject = ?", "second:"+identity.String()).Error; err != nil {
			return err
		}
		return signedIn(tx, identity)
	})
	if err != nil || right {
		return err
	}
	return refuseSignIn(ctx, db, tries, identity, fault.On("code", "Koden stämmer inte eller är redan använd. Vänta på nästa och försök igen."))
}

// Again asks for the actor's password once more before an act that whoever found an open session
// must not do (ASVS 7.5.1). It refuses with fault.Invalid, and with fault.TooMany over the limits.
func Again(ctx context.Context, db *store.DB, by Actor, password, from string) error {
	tries := limits{"account:" + by.Email: attemptsByAccount, "address:" + from: attemptsByAddress}
	var i Identity
	err := db.Read(ctx, func(tx *store.Tx) error {
		if err := tries.refuse(tx); err != nil {
			return err
		}
		return store.Found(tx.DB.First(&i, "id = ? AND disabled_at IS NULL", by.ID).Error)
	})
	if err != nil {
		return err
	}
	right, err := matches(ctx, password, i.PasswordHash)
	if err != nil || right {
		return err
	}
	return refuseSignIn(ctx, db, tries, by.ID, fault.On("current", "Lösenordet stämmer inte. Skriv det lösenord du har nu."))
}

// feedIdle is after how many months an address that nobody fetches is ended: it may lie somewhere.
const feedIdle = 12

// Tidy removes what has run out: attempts, sessions, one-time tokens, old idempotency keys; and ends
// feeds that nobody has fetched for a year.
func Tidy(tx *store.Tx) error {
	idle := tx.DB.Model(&FeedSubscription{}).Where("revoked_at IS NULL AND COALESCE(last_fetched_at, created_at) < ?", tx.Now.AddDate(0, -feedIdle, 0)).
		Update("revoked_at", tx.Now)
	if idle.Error != nil {
		return idle.Error
	}
	for _, gone := range []struct {
		model any
		where string
		at    time.Time
	}{
		{&Attempt{}, "at < ?", tx.Now.Add(-longestWindow)},
		{&Session{}, "expires_at < ?", tx.Now},
		{&OneTimeToken{}, "expires_at < ?", tx.Now.Add(-24 * time.Hour)},
		{&Repeat{}, "created_at < ?", tx.Now.Add(-48 * time.Hour)},
		{&GuestCode{}, "expires_at < ?", tx.Now.Add(-24 * time.Hour)},
	} {
		if err := tx.DB.Delete(gone.model, gone.where, gone.at).Error; err != nil {
			return err
		}
	}
	return nil
}
