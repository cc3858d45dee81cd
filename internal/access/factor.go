package access

import (
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"samverkan/internal/fault"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// The second factor is a code that an app makes of a shared secret and the time (RFC 6238): six
// digits, SHA-1, 30 seconds, which is what every such app understands.
const (
	totpPeriod    = 30 * time.Second
	recoveryCodes = 10
)

// RecoveryCode lets its owner in once without the app.
type RecoveryCode struct {
	ID         uuid.UUID
	IdentityID uuid.UUID
	CodeHash   string
	CreatedAt  time.Time
	UsedAt     *time.Time
}

// NewFactor gives the actor a new secret for an app, as an otpauth: address and as text. It counts
// once ConfirmFactor has seen a code; until then a former one stays in use only if it was confirmed,
// so it refuses with fault.Conflict while there is one.
func NewFactor(tx *store.Tx, by Actor, key *seal.Key) (address, secret string, err error) {
	if by.SecondFactor {
		return "", "", fault.New(fault.Conflict, "Du har redan tvåstegsinloggning. Stäng av den först.")
	}
	made, err := totpKey(by, nil)
	if err != nil {
		return "", "", err
	}
	sealed := key.Seal([]byte(made.Secret()), totpName(by.ID))
	return made.URL(), made.Secret(), tx.DB.Model(&Identity{}).Where("id = ?", by.ID).
		Updates(map[string]any{"totp_sealed": sealed, "totp_confirmed_at": nil, "totp_step": 0}).Error
}

// PendingFactor gives the secret that NewFactor made and nobody has confirmed yet, in order to show it again
// after a mistyped code. It refuses with fault.NotFound when there is none.
func PendingFactor(tx *store.Tx, by Actor, key *seal.Key) (address, secret string, err error) {
	var i Identity
	if err := store.Found(tx.DB.First(&i, "id = ? AND totp_sealed IS NOT NULL AND totp_confirmed_at IS NULL", by.ID).Error); err != nil {
		return "", "", err
	}
	plain, err := key.Open(i.TOTPSealed, totpName(i.ID))
	if err != nil {
		return "", "", err
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(string(plain))
	if err != nil {
		return "", "", err
	}
	made, err := totpKey(by, raw)
	if err != nil {
		return "", "", err
	}
	return made.URL(), made.Secret(), nil
}

// totpKey is the secret as apps read it; a nil one is drawn.
func totpKey(by Actor, secret []byte) (*otp.Key, error) {
	return totp.Generate(totp.GenerateOpts{Issuer: "Samverkan", AccountName: by.Email, SecretSize: 20, Secret: secret})
}

// totpName binds a sealed secret to its owner's row.
func totpName(identity uuid.UUID) string { return "totp|" + identity.String() }

// ConfirmFactor turns the second factor on, once a code shows that the app has the secret, and gives
// recovery codes that are shown this once. It refuses with fault.Invalid a wrong code, and with
// fault.Conflict when nothing waits to be confirmed.
func ConfirmFactor(tx *store.Tx, by Actor, key *seal.Key, code string) ([]string, error) {
	var i Identity
	if err := tx.Hold(&i, by.ID); err != nil {
		return nil, err
	}
	if i.TOTPSealed == nil || i.HasFactor() {
		return nil, fault.New(fault.Conflict, "Det finns inget att bekräfta. Slå på tvåstegsinloggningen igen.")
	}
	right, err := i.takesTOTP(tx, key, code)
	if err != nil {
		return nil, err
	}
	if !right {
		return nil, fault.On("code", "Koden stämmer inte. Se att klockan i telefonen går rätt och försök med nästa kod.")
	}
	if err := tx.DB.Model(&Identity{}).Where("id = ?", i.ID).Update("totp_confirmed_at", tx.Now).Error; err != nil {
		return nil, err
	}
	codes, err := newRecoveryCodes(tx, by)
	if err != nil {
		return nil, err
	}
	return codes, Log(tx, by, "turn on second factor", "identity", i.ID)
}

// NewRecoveryCodes gives the actor new codes, shown this once; the earlier ones stop working.
func NewRecoveryCodes(tx *store.Tx, by Actor) ([]string, error) {
	if !by.SecondFactor {
		return nil, fault.Missing()
	}
	codes, err := newRecoveryCodes(tx, by)
	if err != nil {
		return nil, err
	}
	return codes, Log(tx, by, "make recovery codes", "identity", by.ID)
}

func newRecoveryCodes(tx *store.Tx, by Actor) ([]string, error) {
	if err := tx.DB.Delete(&RecoveryCode{}, "identity_id = ?", by.ID).Error; err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	for n := range codes {
		plain := seal.Random()[:16] // 80 bits
		codes[n] = plain[:4] + "-" + plain[4:8] + "-" + plain[8:12] + "-" + plain[12:]
		row := RecoveryCode{ID: store.NewID(), IdentityID: by.ID, CodeHash: recoveryHash(codes[n]), CreatedAt: tx.Now}
		if err := tx.DB.Create(&row).Error; err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// recoveryHash is of a code as people type it: with or without hyphens, in either case.
func recoveryHash(code string) string {
	return seal.Hash("recovery|" + strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code)))
}

// RecoveryCodesLeft counts the actor's codes that are not used.
func RecoveryCodesLeft(tx *store.Tx, by Actor) (n int64, err error) {
	return n, tx.DB.Model(&RecoveryCode{}).Where("identity_id = ? AND used_at IS NULL", by.ID).Count(&n).Error
}

// RemoveFactor turns an identity's second factor off: its own, or for an administrator that of
// somebody who has lost the telephone and the recovery codes, whose sessions then end.
func RemoveFactor(tx *store.Tx, by Actor, id uuid.UUID) error {
	if by.ID != id {
		if err := by.Require(Administrator); err != nil {
			return err
		}
		if err := endSessions(tx, id); err != nil {
			return err
		}
	}
	off := tx.DB.Model(&Identity{}).Where("id = ? AND totp_sealed IS NOT NULL", id).
		Updates(map[string]any{"totp_sealed": nil, "totp_confirmed_at": nil, "totp_step": 0})
	if err := store.Changed(off); err != nil {
		return err
	}
	if err := tx.DB.Delete(&RecoveryCode{}, "identity_id = ?", id).Error; err != nil {
		return err
	}
	return Log(tx, by, "turn off second factor", "identity", id)
}

// takes tells whether code lets the identity in, and uses it up.
func (i *Identity) takes(tx *store.Tx, key *seal.Key, code string) (bool, error) {
	if i.DisabledAt != nil || !i.HasFactor() {
		return false, nil
	}
	if right, err := i.takesTOTP(tx, key, code); err != nil || right {
		return right, err
	}
	used := tx.DB.Model(&RecoveryCode{}).Where("identity_id = ? AND code_hash = ? AND used_at IS NULL", i.ID, recoveryHash(code)).Update("used_at", tx.Now)
	return used.RowsAffected == 1, used.Error
}

// takesTOTP tells whether code is the app's now, or within half a minute of it, and later than the
// last one taken (RFC 6238 §5.2: each is taken once).
func (i *Identity) takesTOTP(tx *store.Tx, key *seal.Key, code string) (bool, error) {
	secret, err := key.Open(i.TOTPSealed, totpName(i.ID))
	if err != nil {
		return false, nil // sealed with a key that is lost: recovery codes still work
	}
	code = strings.ReplaceAll(code, " ", "")
	for _, off := range []time.Duration{0, -totpPeriod, totpPeriod} {
		at := tx.Now.Add(off)
		step := at.Unix() / int64(totpPeriod.Seconds())
		want, err := totp.GenerateCode(string(secret), at)
		if err != nil {
			return false, err
		}
		if step > i.TOTPStep && subtle.ConstantTimeCompare([]byte(code), []byte(want)) == 1 {
			i.TOTPStep = step
			return true, tx.DB.Model(&Identity{}).Where("id = ?", i.ID).Update("totp_step", step).Error
		}
	}
	return false, nil
}
