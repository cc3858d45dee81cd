package access

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Purposes of one-time tokens.
const (
	SetUpPurpose      = "set-up"     // the first page of an empty installation
	ActivationPurpose = "activation" // an invited account chooses its password
	ResetPurpose      = "reset"      // a forgotten password
)

// lives is how long a one-time token opens its door.
var lives = map[string]time.Duration{SetUpPurpose: time.Hour, ActivationPurpose: 7 * 24 * time.Hour, ResetPurpose: 30 * time.Minute}

// oneTimePrefix lets a scanner of leaked secrets recognise our tokens.
var oneTimePrefix = map[string]string{SetUpPurpose: "setup_", ActivationPurpose: "activate_", ResetPurpose: "reset_"}

// OneTimeToken opens one thing once.
type OneTimeToken struct {
	ID         uuid.UUID
	Purpose    string
	IdentityID *uuid.UUID // nil: of the installation itself
	TokenHash  string
	ExpiresAt  time.Time
	UsedAt     *time.Time
	CreatedAt  time.Time

	Identity *Identity
}

// NewOneTimeToken gives a token that its identity, nil for the installation, may use once. Earlier
// ones of the same purpose stop working.
func NewOneTimeToken(tx *store.Tx, purpose string, identity *uuid.UUID) (string, error) {
	if err := whereID(tx.DB.Where("purpose = ?", purpose), "identity_id", identity).Delete(&OneTimeToken{}).Error; err != nil {
		return "", err
	}
	token := oneTimePrefix[purpose] + seal.Random()
	return token, tx.DB.Omit("Identity").Create(&OneTimeToken{
		ID: store.NewID(), Purpose: purpose, IdentityID: identity, TokenHash: seal.Hash(token), ExpiresAt: tx.Now.Add(lives[purpose]), CreatedAt: tx.Now,
	}).Error
}

// FindOneTimeToken gives the token when it opens its door now, with the identity it is for. It
// refuses with fault.NotFound whether it is unknown, used, too old or its identity disabled.
func FindOneTimeToken(tx *store.Tx, purpose, token string) (*OneTimeToken, error) {
	t := &OneTimeToken{}
	err := store.Found(tx.DB.Preload("Identity").First(t, "purpose = ? AND token_hash = ? AND used_at IS NULL AND expires_at > ?", purpose, seal.Hash(token), tx.Now).Error)
	if err == nil && t.Identity != nil && t.Identity.DisabledAt != nil {
		err = fault.Missing()
	}
	return t, err
}

// UseOneTimeToken uses the token up. It refuses as FindOneTimeToken does.
func UseOneTimeToken(tx *store.Tx, purpose, token string) (*OneTimeToken, error) {
	t, err := FindOneTimeToken(tx, purpose, token)
	if err != nil {
		return nil, err
	}
	// Of two at once, the second changes no row.
	return t, store.Changed(tx.DB.Model(&OneTimeToken{}).Where("id = ? AND used_at IS NULL", t.ID).Update("used_at", tx.Now))
}

// ChoosePassword uses a mailed link to give its identity a password. hash comes from HashPassword.
// Sessions and other links end; with endAll the feeds and API tokens do too, for somebody who thinks
// that another person has got in. It refuses as FindOneTimeToken does.
func ChoosePassword(tx *store.Tx, purpose, token, hash string, endAll bool) error {
	t, err := UseOneTimeToken(tx, purpose, token)
	if err != nil {
		return err
	}
	if endAll {
		if err := endKeys(tx, t.Identity.ID); err != nil {
			return err
		}
	}
	return setPassword(tx, Actor{ID: t.Identity.ID}, t.Identity.ID, hash)
}

// Limits of letters about forgotten passwords, within the window: whoever asks is told the same.
const (
	resetsByAccount = 2
	resetsByAddress = 20
)

// CountReset counts that somebody at an address asked for a new password. It refuses with
// fault.TooMany when they ask too often.
func CountReset(tx *store.Tx, from string) error {
	asked := limits{"reset from:" + from: resetsByAddress}
	if err := asked.refuse(tx); err != nil {
		return err
	}
	return asked.count(tx)
}

// NewReset gives the identity that email belongs to and a token by which it chooses a password; nil
// when nobody has the address, the account is closed, or it was asked for too often.
func NewReset(tx *store.Tx, email string) (i *Identity, purpose, token string, err error) {
	found := Identity{}
	err = tx.DB.Limit(1).Find(&found, "email = ? AND disabled_at IS NULL", strings.ToLower(strings.TrimSpace(email))).Error
	if err != nil || found.ID == uuid.Nil {
		return nil, "", "", err
	}
	asked := limits{"reset:" + found.Email: resetsByAccount}
	if err := asked.refuse(tx); err != nil {
		if fault.KindOf(err) == fault.TooMany {
			err = nil
		}
		return nil, "", "", err
	}
	if err := asked.count(tx); err != nil {
		return nil, "", "", err
	}
	purpose, token, err = NewLink(tx, Guest(), &found)
	return &found, purpose, token, err
}

// NewLink gives a token by which an identity chooses a password: its first, when it was invited.
func NewLink(tx *store.Tx, by Actor, i *Identity) (purpose, token string, err error) {
	purpose = ResetPurpose
	if i.Invited() {
		purpose = ActivationPurpose
	}
	if token, err = NewOneTimeToken(tx, purpose, &i.ID); err != nil {
		return "", "", err
	}
	return purpose, token, Log(tx, by, "send "+purpose+" link", "identity", i.ID)
}
