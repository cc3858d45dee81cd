package access

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
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

	LastSignedInAt  *time.Time
	SignedOutAt     *time.Time // sessions begun before are over
	RightsChangedAt *time.Time // sessions get a new token after it

	TOTPSealed      []byte     `gorm:"column:totp_sealed"` // secret of the second factor; unused until confirmed
	TOTPConfirmedAt *time.Time `gorm:"column:totp_confirmed_at"`
	TOTPStep        int64      `gorm:"column:totp_step"` // of the last code taken

	Digest     Rhythm       // how often what waits is mailed; empty: as the role has it
	DigestedOn almanac.Date // of the latest, or of the choice; zero: neither
}

// HasAccount tells whether a contact has an account of its own that is open: by what the account says, or by the
// address.
func HasAccount(tx *store.Tx, contact uuid.UUID, email string) (bool, error) {
	var n int64
	err := tx.DB.Model(&Identity{}).Where("disabled_at IS NULL AND (contact_id = ? OR email <> '' AND email = ?)", contact, email).Count(&n).Error
	return n > 0, err
}

// Invited is true until somebody has chosen a password: the account waits for its owner.
func (i Identity) Invited() bool { return i.PasswordHash == "" }

// HasFactor tells whether a code is asked for after the password.
func (i Identity) HasFactor() bool { return i.TOTPConfirmedAt != nil }

// Join creates an identity. hash comes from HashPassword; empty: the owner chooses a password by the
// link of an invitation. It refuses with fault.Invalid when the
// address is not one or is taken.
func Join(tx *store.Tx, by Actor, name, email, hash string, l lang.Language) (*Identity, error) {
	if err := by.Require(Administrator); err != nil {
		return nil, err
	}
	name, nameErr := fault.Line("name", name, 200)
	address, emailErr := mail.ParseAddress(email)
	if err := fault.Join(nameErr, fault.At("email", emailErr)); err != nil {
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

// FindIdentity gives one identity to an administrator, and to itself.
func FindIdentity(tx *store.Tx, by Actor, id uuid.UUID) (*Identity, error) {
	if by.ID != id {
		if err := by.Require(Administrator); err != nil {
			return nil, err
		}
	}
	i := &Identity{}
	return i, store.Found(tx.DB.First(i, "id = ?", id).Error)
}

// Disable ends an identity's every way in: sessions, links, feeds and API tokens, which do not come
// back when it is enabled again. It refuses with fault.Invalid to leave nobody who administers.
func Disable(tx *store.Tx, by Actor, id uuid.UUID) error {
	if err := by.Require(Administrator); err != nil {
		return err
	}
	if !by.system {
		if err := anotherAdministrator(tx, id); err != nil {
			return err
		}
	}
	if err := store.Changed(tx.DB.Model(&Identity{}).Where("id = ? AND disabled_at IS NULL", id).Update("disabled_at", tx.Now)); err != nil {
		return err
	}
	if err := errors.Join(endKeys(tx, id), endSignIns(tx, id)); err != nil {
		return err
	}
	return Log(tx, by, "disable identity", "identity", id)
}

// Enable lets an identity sign in again, with the rights that it still holds.
func Enable(tx *store.Tx, by Actor, id uuid.UUID) error {
	if err := by.Require(Administrator); err != nil {
		return err
	}
	if err := store.Changed(tx.DB.Model(&Identity{}).Where("id = ? AND disabled_at IS NOT NULL", id).Update("disabled_at", nil)); err != nil {
		return err
	}
	return Log(tx, by, "enable identity", "identity", id)
}

// endKeys ends an identity's API tokens and feeds.
func endKeys(tx *store.Tx, id uuid.UUID) error {
	for _, model := range []any{&APIToken{}, &FeedSubscription{}} {
		if err := tx.DB.Model(model).Where("identity_id = ? AND revoked_at IS NULL", id).Update("revoked_at", tx.Now).Error; err != nil {
			return err
		}
	}
	return nil
}

// endSignIns ends an identity's sessions and mailed links.
func endSignIns(tx *store.Tx, id uuid.UUID) error {
	if err := tx.DB.Delete(&OneTimeToken{}, "identity_id = ?", id).Error; err != nil {
		return err
	}
	return endSessions(tx, id)
}

// SetPassword gives an identity a new password and ends its sessions and links. hash comes from
// HashPassword.
func SetPassword(tx *store.Tx, by Actor, id uuid.UUID, hash string) error {
	if err := by.Require(Administrator); err != nil {
		return err
	}
	return setPassword(tx, by, id, hash)
}

func setPassword(tx *store.Tx, by Actor, id uuid.UUID, hash string) error {
	if err := store.Changed(tx.DB.Model(&Identity{}).Where("id = ?", id).Update("password_hash", hash)); err != nil {
		return err
	}
	if err := endSignIns(tx, id); err != nil {
		return err
	}
	return Log(tx, by, "set password", "identity", id)
}

// ChangePassword gives the actor a new password, after the present one was asked for again, and ends the other
// sessions.
func ChangePassword(tx *store.Tx, by Actor, hash string) error {
	if !by.SignedIn() {
		return errSignIn()
	}
	return setPassword(tx, by, by.ID, hash)
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
	a := Actor{ID: i.ID, Name: i.Name, Email: i.Email, Language: i.Language, SecondFactor: i.HasFactor()}
	if i.SignedOutAt != nil {
		a.SignedOutAt = *i.SignedOutAt
	}
	if i.RightsChangedAt != nil {
		a.RightsChangedAt = *i.RightsChangedAt
	}
	var held []Grant
	if err := tx.DB.Scopes(current(tx.Now)).Where("identity_id = ?", i.ID).Order("role, id").Find(&held).Error; err != nil {
		return Actor{}, err
	}
	for _, g := range held {
		if !slices.Contains(a.Roles, g.Role) {
			a.Roles = append(a.Roles, g.Role)
		}
		a.Rights += g.ID.String() // a grant's role and scope never change
	}
	return a, nil
}

func errSignIn() error { return fault.New(fault.Unauthorized, "Logga in för att fortsätta.") }

// ReadersFor lists those with accounts who may read a forum's notes as its coordinators or members, by name.
func ReadersFor(tx *store.Tx, forumID uuid.UUID) ([]Identity, error) {
	var all []Identity
	roles := tx.DB.Model(&Grant{}).Select("grants.identity_id").Scopes(current(tx.Now), enabled).
		Where("grants.role IN ? AND (grants.forum_id IS NULL OR grants.forum_id = ?)", []Role{Coordinator, Member}, forumID)
	return all, tx.DB.Where("id IN (?)", roles).Order("name, id").Find(&all).Error
}
