package access

import (
	"context"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/store"
)

// Identity is someone who can sign in.
type Identity struct {
	ID           uuid.UUID
	Email        string
	Name         string
	PasswordHash string
	ContactID    *uuid.UUID // the same person as a contact; nil: none
	Language     lang.Language
	CreatedAt    time.Time
	DisabledAt   *time.Time
	SignedOutAt  *time.Time // sessions begun before are over
}

// argon2 as OWASP and ASVS 11.4.2 ask: 19 MiB, two passes. The library's own default takes three
// times as long for no gain that a sign-in needs.
var argon2 = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashing keeps at most one hash a core at work: a flood of sign-ins must not take all memory.
var hashing = make(chan struct{}, runtime.NumCPU())

// unknown is compared against when nobody has the address, so that the answer takes as long. It is
// the hash of a password that no check would let through, with the parameters above: made here and
// not at the start, which would cost time and 19 MiB.
const unknown = "$argon2id$v=19$m=19456,t=2,p=1$TL5xQAskXFfobb39bhkp+A$U4hRZBA/Pa2w2Z/HCBhifb5NuIB+duuQta4B4y8tTHQ"

// HashPassword checks a new password and gives what is stored of it. It takes some 50 ms, so it is
// called before the transaction. It refuses with fault.Invalid.
func HashPassword(password, email string) (string, error) {
	n := utf8.RuneCountInString(password)
	switch {
	case n < 12:
		return "", fault.On("password", "Välj ett lösenord med minst 12 tecken. Några ord efter varandra går bra.")
	case n > 256:
		return "", fault.On("password", "Välj ett lösenord med högst 256 tecken.")
	case email != "" && strings.Contains(strings.ToLower(password), strings.ToLower(email)):
		return "", fault.On("password", "Lösenordet får inte innehålla e-postadressen.")
	case strings.Trim(password, string([]rune(password)[:1])) == "":
		return "", fault.On("password", "Lösenordet får inte vara ett enda tecken om och om igen.")
	}
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2id.CreateHash(password, argon2)
}

// Join creates an identity. hash comes from HashPassword. It refuses with fault.Invalid when the
// address is not one or is taken.
func Join(tx *store.Tx, by Actor, name, email, hash string, l lang.Language) (*Identity, error) {
	if err := by.Require(Administrator); err != nil {
		return nil, err
	}
	address, err := mail.ParseAddress(email)
	if err != nil {
		return nil, fault.At("email", err)
	}
	name, err = fault.Line("name", name, 200)
	if err != nil {
		return nil, err
	}
	i := &Identity{ID: store.NewID(), Email: strings.ToLower(address), Name: name, PasswordHash: hash, Language: l, CreatedAt: tx.Now}
	if err := tx.DB.Create(i).Error; store.IsDuplicate(err) {
		return nil, fault.On("email", "Adressen %s har redan ett konto.", i.Email)
	} else if err != nil {
		return nil, err
	}
	return i, Log(tx, by, "create identity", "identity", i.ID)
}

// Identities lists everyone, by name.
func Identities(tx *store.Tx, by Actor) ([]Identity, error) {
	if err := by.Require(Administrator); err != nil {
		return nil, err
	}
	var all []Identity
	return all, tx.DB.Order("name, id").Find(&all).Error
}

// ByEmail finds an identity by its address.
func ByEmail(tx *store.Tx, email string) (*Identity, error) {
	i := &Identity{}
	return i, store.Found(tx.DB.First(i, "email = ?", strings.ToLower(strings.TrimSpace(email))).Error)
}

// Disable ends an identity's every way in. Its sessions and tokens are refused from now on.
func Disable(tx *store.Tx, by Actor, id uuid.UUID) error {
	if err := by.Require(Administrator); err != nil {
		return err
	}
	if err := tx.DB.Model(&Identity{}).Where("id = ?", id).Update("disabled_at", tx.Now).Error; err != nil {
		return err
	}
	return Log(tx, by, "disable identity", "identity", id)
}

// SetPassword gives an identity a new password and ends its sessions. hash comes from HashPassword.
func SetPassword(tx *store.Tx, by Actor, id uuid.UUID, hash string) error {
	if err := by.Require(Administrator); err != nil {
		return err
	}
	if err := tx.DB.Model(&Identity{}).Where("id = ?", id).
		Updates(map[string]any{"password_hash": hash, "signed_out_at": tx.Now}).Error; err != nil {
		return err
	}
	return Log(tx, by, "set password", "identity", id)
}

// SetLanguage remembers the language an identity wants.
func SetLanguage(tx *store.Tx, by Actor, l lang.Language) error {
	return tx.DB.Model(&Identity{}).Where("id = ?", by.ID).Update("language", l).Error
}

// Anyone tells whether the installation has an identity at all.
func Anyone(tx *store.Tx) (bool, error) {
	var n int64
	err := tx.DB.Model(&Identity{}).Limit(1).Count(&n).Error
	return n > 0, err
}

// Load gives the actor that identity is at this moment. It refuses a disabled one with
// fault.Unauthorized.
func Load(tx *store.Tx, identity uuid.UUID) (Actor, error) {
	var i Identity
	if err := store.Found(tx.DB.First(&i, "id = ? AND disabled_at IS NULL", identity).Error); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return Actor{}, errSignIn()
		}
		return Actor{}, err
	}
	a := Actor{ID: i.ID, Name: i.Name, Email: i.Email, Language: i.Language}
	if i.SignedOutAt != nil {
		a.SignedOutAt = *i.SignedOutAt
	}
	err := tx.DB.Model(&Grant{}).Scopes(current(tx.Now)).Where("identity_id = ?", i.ID).Distinct().Order("role").Pluck("role", &a.Roles).Error
	return a, err
}

func errSignIn() error { return fault.New(fault.Unauthorized, "Logga in för att fortsätta.") }

// Limits of sign-in attempts that failed, within the window.
const (
	attemptWindow     = 15 * time.Minute
	attemptsByAccount = 5
	attemptsByAddress = 30
)

// Attempt is one sign-in that failed, kept for the limits.
type Attempt struct {
	ID      uuid.UUID
	Subject string // account:… or address:…
	At      time.Time
}

// TableName is the table of Attempt.
func (Attempt) TableName() string { return "sign_in_attempts" }

// SignIn gives the identity that email and password belong to. from is the address it came from.
// It refuses with the same words, after the same time, whether the address, the password or the
// account's state was wrong (fault.Invalid), and with fault.TooMany over the limits.
func SignIn(ctx context.Context, db *store.DB, email, password, from string) (*Identity, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	subjects := map[string]int64{"account:" + email: attemptsByAccount, "address:" + from: attemptsByAddress}
	var found Identity
	err := db.Read(ctx, func(tx *store.Tx) error {
		if err := refuseTooMany(tx, subjects); err != nil {
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
	if right && found.ID != uuid.Nil {
		return &found, db.Write(ctx, func(tx *store.Tx) error {
			if err := tx.DB.Delete(&Attempt{}, "subject = ?", "account:"+email).Error; err != nil {
				return err
			}
			return Log(tx, Actor{ID: found.ID}, "sign in", "identity", found.ID)
		})
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		for subject := range subjects {
			if err := tx.DB.Create(&Attempt{store.NewID(), subject, tx.Now}).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return nil, fault.On("password", "E-postadressen eller lösenordet stämmer inte. Försök igen.")
}

func matches(ctx context.Context, password, hash string) (bool, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-hashing }()
	return argon2id.ComparePasswordAndHash(password, hash)
}

func refuseTooMany(tx *store.Tx, subjects map[string]int64) error {
	for subject, limit := range subjects {
		var n int64
		if err := tx.DB.Model(&Attempt{}).Where("subject = ? AND at > ?", subject, tx.Now.Add(-attemptWindow)).Count(&n).Error; err != nil {
			return err
		}
		if n >= limit {
			return fault.New(fault.TooMany, "För många försök. Vänta en kvart och försök igen.")
		}
	}
	return nil
}

// Tidy removes what has run out: attempts, sessions, one-time tokens, old idempotency keys.
func Tidy(tx *store.Tx) error {
	for _, gone := range []struct {
		model any
		where string
		at    time.Time
	}{
		{&Attempt{}, "at < ?", tx.Now.Add(-attemptWindow)},
		{&Session{}, "expires_at < ?", tx.Now},
		{&OneTimeToken{}, "expires_at < ?", tx.Now.Add(-24 * time.Hour)},
		{&Repeat{}, "created_at < ?", tx.Now.Add(-48 * time.Hour)},
	} {
		if err := tx.DB.Delete(gone.model, gone.where, gone.at).Error; err != nil {
			return err
		}
	}
	return nil
}
