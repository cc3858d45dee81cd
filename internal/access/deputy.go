package access

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Cover is a coordinator and who can step in for her.
type Cover struct {
	Identity Identity
	Deputies []Grant // given by her, that hold or will hold
	Others   bool    // somebody else coordinates the same forums anyway
}

// Alone is true when nobody could call a meeting in her place: plans ask for at least two.
func (c Cover) Alone(now time.Time) bool {
	for _, d := range c.Deputies {
		if d.Holds(now) {
			return false
		}
	}
	return !c.Others
}

// Covers lists the coordinators, by name, with their deputies.
func Covers(tx *store.Tx, by Actor) ([]Cover, error) {
	if err := by.Require(Coordinator, Manager, Administrator); err != nil {
		return nil, err
	}
	own, err := coordinating(tx)
	if err != nil {
		return nil, err
	}
	var deputies []Grant
	err = tx.DB.Preload("Identity").Where("deputy_for_id IS NOT NULL AND (valid_to IS NULL OR valid_to > ?)", tx.Now).
		Order("valid_from, id").Find(&deputies).Error
	if err != nil {
		return nil, err
	}
	var all []Cover
	for _, g := range own {
		if len(all) == 0 || all[len(all)-1].Identity.ID != g.IdentityID {
			all = append(all, Cover{Identity: *g.Identity, Others: true})
		}
		c := &all[len(all)-1]
		c.Others = c.Others && shared(g, own)
	}
	for n := range all {
		seen := map[uuid.UUID]bool{} // a deputy holds a grant for each of hers
		for _, d := range deputies {
			if *d.DeputyForID == all[n].Identity.ID && !seen[d.IdentityID] {
				seen[d.IdentityID] = true
				all[n].Deputies = append(all[n].Deputies, d)
			}
		}
	}
	return all, nil
}

// coordinating gives the coordinators' own grants that hold, in order of name.
func coordinating(tx *store.Tx) ([]Grant, error) {
	var own []Grant
	err := tx.DB.Scopes(current(tx.Now), enabled).Preload("Identity").
		Where("grants.role = ? AND grants.deputy_for_id IS NULL", Coordinator).
		Order("identities.name, identities.id, grants.id").Find(&own).Error
	return own, err
}

// shared tells whether somebody else coordinates what g is for.
func shared(g Grant, all []Grant) bool {
	for _, other := range all {
		if other.IdentityID != g.IdentityID && (other.ForumID == nil || g.ForumID != nil && *other.ForumID == *g.ForumID) {
			return true
		}
	}
	return false
}

// Deputise lets an identity do all that the actor, a coordinator, may do, from and until the given
// instants. It refuses with fault.Invalid an identity that cannot sign in and the actor herself.
func Deputise(tx *store.Tx, by Actor, deputy uuid.UUID, from time.Time, to *time.Time) error {
	if err := by.Require(Coordinator); err != nil {
		return err
	}
	var found Identity
	err := tx.DB.Limit(1).Find(&found, "id = ? AND disabled_at IS NULL AND id <> ?", deputy, by.ID).Error
	if err != nil {
		return err
	}
	if found.ID == uuid.Nil {
		return fault.On("identityId", "Välj vem som ska vara ställföreträdare.")
	}
	own, err := ownForums(tx, by.ID)
	if err != nil {
		return err
	}
	if len(own) == 0 { // a deputy appoints no deputies
		return fault.Missing()
	}
	for _, g := range own {
		if err := give(tx, by, Grant{IdentityID: deputy, Role: Coordinator, ForumID: g.ForumID, ValidFrom: from, ValidTo: to, DeputyForID: &by.ID}); err != nil {
			return err
		}
	}
	return nil
}

// ownForums gives an identity's own grants as coordinator that hold.
func ownForums(tx *store.Tx, identity uuid.UUID) ([]Grant, error) {
	var own []Grant
	err := tx.DB.Scopes(current(tx.Now)).
		Find(&own, "identity_id = ? AND role = ? AND deputy_for_id IS NULL", identity, Coordinator).Error
	return own, err
}

// EndDeputy ends all that makes an identity the actor's deputy.
func EndDeputy(tx *store.Tx, by Actor, deputy uuid.UUID) error {
	var theirs []Grant
	err := tx.DB.Find(&theirs, "identity_id = ? AND deputy_for_id = ? AND (valid_to IS NULL OR valid_to > ?)", deputy, by.ID, tx.Now).Error
	if err != nil {
		return err
	}
	if len(theirs) == 0 {
		return fault.Missing()
	}
	for _, g := range theirs {
		if err := takeBack(tx, by, &g); err != nil {
			return err
		}
	}
	return nil
}

// Colleagues lists those who can sign in, by name: whom a coordinator may make her deputy.
func Colleagues(tx *store.Tx, by Actor) ([]Identity, error) {
	if err := by.Require(Coordinator, Administrator); err != nil {
		return nil, err
	}
	var all []Identity
	return all, tx.DB.Where("disabled_at IS NULL AND id <> ?", by.ID).Order("name, id").Find(&all).Error
}

// MoveForums moves what an identity coordinates to another, for good, and gives the forums' grants that were moved. An
// administrator may, and a coordinator for all forums or a deputy may take them over herself; to
// others it is not found. It refuses with fault.Invalid when there is nothing to move.
func MoveForums(tx *store.Tx, by Actor, from, to uuid.UUID) ([]Grant, error) {
	if err := MayTakeOver(tx, by, from, to); err != nil {
		return nil, err
	}
	own, err := ownForums(tx, from)
	if err != nil {
		return nil, err
	}
	if len(own) == 0 {
		return nil, fault.On("from", "Personen samordnar inga forum. Det finns inget att ta över.")
	}
	for _, g := range own {
		if err := give(tx, by, Grant{IdentityID: to, Role: Coordinator, ForumID: g.ForumID, ValidTo: g.ValidTo}); err != nil {
			return nil, err
		}
		if err := takeBack(tx, by, &g); err != nil {
			return nil, err
		}
	}
	return own, Log(tx, by, "take over", "identity", from)
}

// MayTakeOver refuses unless the actor may move what from coordinates to another, as MoveForums says.
func MayTakeOver(tx *store.Tx, by Actor, from, to uuid.UUID) error {
	if from == to {
		return fault.On("from", "Välj två olika personer.")
	}
	var takers []Identity
	if err := tx.DB.Find(&takers, "id = ? AND disabled_at IS NULL", to).Error; err != nil {
		return err
	}
	if len(takers) == 0 {
		return fault.On("to", "Välj vem som ska ta över.")
	}
	if by.Is(Administrator) {
		return nil
	}
	if by.ID != to {
		return fault.Missing()
	}
	var n int64
	err := tx.DB.Model(&Grant{}).Scopes(current(tx.Now)).Where("identity_id = ? AND role = ?", to, Coordinator).
		Where("(forum_id IS NULL AND deputy_for_id IS NULL) OR deputy_for_id = ?", from).
		Count(&n).Error
	if err == nil && n == 0 {
		err = fault.Missing()
	}
	return err
}
