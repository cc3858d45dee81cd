package access

import (
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Rhythm is how often somebody with an account is mailed what waits.
type Rhythm string

// The rhythms.
const (
	Weekly Rhythm = "weekly" // on the first working day of the week
	Daily  Rhythm = "daily"  // on working days
	Never  Rhythm = "never"
)

// digestRoles are the roles that are mailed what waits each week unless they choose otherwise: much
// waits for them, and nobody else tells them.
var digestRoles = []Role{Coordinator, GroupLead}

// RhythmOf gives how often an identity with roles is mailed what waits: as it chose, else as its role
// has it.
func (i Identity) RhythmOf(roles []Role) Rhythm {
	switch {
	case i.Digest != "":
		return i.Digest
	case slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(digestRoles, r) }):
		return Weekly
	}
	return Never
}

// ChooseRhythm remembers how often the actor wants to be mailed what waits; the next time comes after
// today. It refuses with fault.Invalid.
func ChooseRhythm(tx *store.Tx, by Actor, r Rhythm, today almanac.Date) error {
	if !by.SignedIn() {
		return errSignIn()
	}
	if r != Weekly && r != Daily && r != Never {
		return fault.On("digest", "Välj ett av alternativen.")
	}
	if err := tx.DB.Model(&Identity{}).Where("id = ?", by.ID).Updates(map[string]any{"digest": r, "digested_on": today}).Error; err != nil {
		return err
	}
	return Log(tx, by, "choose digest", "identity", by.ID)
}

// Digestible lists the open accounts that may want to be mailed what waits. What their roles are at
// the moment is for Load to say.
func Digestible(tx *store.Tx) ([]Identity, error) {
	var all []Identity
	holds := func(roles []Role) *gorm.DB {
		return tx.DB.Model(&Grant{}).Select("1").Scopes(current(tx.Now)).Where("grants.identity_id = identities.id AND grants.role IN ?", roles)
	}
	err := tx.DB.Where("disabled_at IS NULL AND password_hash <> '' AND digest <> ? AND EXISTS (?)", Never, holds(Roles)).
		Where("digest <> '' OR EXISTS (?)", holds(digestRoles)).Order("id").Find(&all).Error
	return all, err
}

// Undigested forgets that an address was mailed what waits on a day: the letter was not sent.
func Undigested(tx *store.Tx, email string, day almanac.Date) error {
	return tx.DB.Model(&Identity{}).Where("email = ? AND digested_on = ?", email, day).Update("digested_on", nil).Error
}

// Digested remembers the day on which an identity was mailed what waits, or nothing did.
func Digested(tx *store.Tx, id uuid.UUID, today almanac.Date) error {
	return tx.DB.Model(&Identity{}).Where("id = ?", id).Update("digested_on", today).Error
}
