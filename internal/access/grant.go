package access

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// Grant gives an identity a role: for one forum, for one work group, or for the whole programme.
type Grant struct {
	ID          uuid.UUID
	IdentityID  uuid.UUID
	Role        Role
	ForumID     *uuid.UUID // nil: all forums
	WorkGroupID *uuid.UUID // nil: none or all
	ValidFrom   time.Time
	ValidTo     *time.Time // nil: until taken back
	GrantedByID *uuid.UUID
	DeputyForID *uuid.UUID // whose deputy this makes; nil: a role of one's own
	CreatedAt   time.Time

	Identity  *Identity
	DeputyFor *Identity
}

// Holds tells whether the grant holds at now.
func (g Grant) Holds(now time.Time) bool {
	return !g.ValidFrom.After(now) && (g.ValidTo == nil || g.ValidTo.After(now))
}

// Check refuses a scope that the role does not have, and a time that ends before it begins.
func (g *Grant) Check(tx *store.Tx) error {
	if g.ValidFrom.IsZero() {
		g.ValidFrom = tx.Now
	}
	known := slices.Contains(Roles, g.Role)
	var role, forum, group, to error
	if !known {
		role = fault.On("role", "Välj en roll.")
	}
	if g.Role == Member && g.ForumID == nil || !exists(tx.DB.Table("forums").Where("NOT occasion"), g.ForumID) {
		forum = fault.On("forumId", "Välj vilket forum rollen gäller.")
	}
	if g.ForumID != nil && known && g.Role != Member && g.Role != Coordinator {
		forum = fault.On("forumId", "Rollen gäller inte ett enskilt forum. Lämna forumet tomt.")
	}
	if g.Role == GroupLead && g.WorkGroupID == nil || !exists(tx.DB.Table("work_groups"), g.WorkGroupID) {
		group = fault.On("workGroupId", "Välj vilken arbetsgrupp personen leder.")
	}
	if g.WorkGroupID != nil && known && g.Role != GroupLead {
		group = fault.On("workGroupId", "Bara den som leder en arbetsgrupp hör till en. Lämna gruppen tom.")
	}
	if g.ValidTo != nil && (!g.ValidTo.After(g.ValidFrom) || !g.ValidTo.After(tx.Now)) {
		to = fault.On("to", "Sista dagen har redan varit. Välj en senare dag.")
	}
	return fault.Join(role, forum, group, to)
}

// exists tells whether a table of a room further up has the row. What was not chosen is not missed.
func exists(among *gorm.DB, id *uuid.UUID) bool {
	var n int64
	return id == nil || among.Where("id = ?", *id).Count(&n).Error == nil && n == 1
}

// Give records a grant, from now on when it says nothing else. Giving what is already held changes
// nothing. It refuses with fault.Invalid when role, scope and time do not fit together. The role of
// administrator takes two people: see Propose.
func Give(tx *store.Tx, by Actor, g Grant) error {
	if err := by.Require(Administrator); err != nil {
		return err
	}
	if g.Role == Administrator && !by.system {
		return fault.New(fault.Invalid, "En administratör utses av två personer.")
	}
	return give(tx, by, g)
}

func give(tx *store.Tx, by Actor, g Grant) error {
	if err := g.Check(tx); err != nil {
		return err
	}
	same := tx.DB.Model(&Grant{}).Where("identity_id = ? AND role = ?", g.IdentityID, g.Role)
	same = whereID(same, "forum_id", g.ForumID)
	same = whereID(same, "work_group_id", g.WorkGroupID)
	same = whereID(same, "deputy_for_id", g.DeputyForID)
	if g.ValidTo == nil {
		same = same.Where("valid_to IS NULL AND valid_from <= ?", g.ValidFrom)
	} else {
		same = same.Where("valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)", g.ValidFrom, *g.ValidTo)
	}
	var n int64
	if err := same.Count(&n).Error; err != nil || n > 0 {
		return err
	}
	g.ID, g.CreatedAt, g.GrantedByID = store.NewID(), tx.Now, by.By()
	if err := tx.DB.Omit("Identity", "DeputyFor").Create(&g).Error; err != nil {
		return err
	}
	if err := Log(tx, by, "give "+string(g.Role), "identity", g.IdentityID); err != nil {
		return err
	}
	return rightsChanged(tx, g.IdentityID)
}

func whereID(q *gorm.DB, column string, id *uuid.UUID) *gorm.DB {
	if id == nil {
		return q.Where(column + " IS NULL")
	}
	return q.Where(column+" = ?", *id)
}

// rightsChanged makes sessions of the identity take a new token (ASVS 7.2.4) and feeds be built anew.
func rightsChanged(tx *store.Tx, identity uuid.UUID) error {
	if err := tx.DB.Model(&Identity{}).Where("id = ?", identity).Update("rights_changed_at", tx.Now).Error; err != nil {
		return err
	}
	return CalendarChanged(tx)
}

// RightsTurn tells when the actor's rights next change by themselves, because a grant begins or ends;
// nil when none does.
func RightsTurn(tx *store.Tx, a Actor) (turn *time.Time, err error) {
	var coming []Grant
	err = tx.DB.Where("identity_id = ? AND (valid_to > ? OR valid_from > ?)", a.ID, tx.Now, tx.Now).Find(&coming).Error
	for _, g := range coming {
		for _, at := range []*time.Time{&g.ValidFrom, g.ValidTo} {
			if at != nil && at.After(tx.Now) && (turn == nil || at.Before(*turn)) {
				turn = at
			}
		}
	}
	return turn, err
}

// GrantsOf lists the grants of an identity that hold or will hold, for administrators and the identity itself.
func GrantsOf(tx *store.Tx, by Actor, identity uuid.UUID) ([]Grant, error) {
	if by.ID != identity {
		if err := by.Require(Administrator); err != nil {
			return nil, err
		}
	}
	var all []Grant
	err := tx.DB.Preload("DeputyFor").Where("identity_id = ? AND (valid_to IS NULL OR valid_to > ?)", identity, tx.Now).
		Order("role, valid_from, id").Find(&all).Error
	return all, err
}

// Grants lists everybody's grants that hold or will hold, for administrators.
func Grants(tx *store.Tx, by Actor) ([]Grant, error) {
	if err := by.Require(Administrator); err != nil {
		return nil, err
	}
	var all []Grant
	return all, tx.DB.Preload("DeputyFor").Where("valid_to IS NULL OR valid_to > ?", tx.Now).Order("role, valid_from, id").Find(&all).Error
}

// FindGrant gives a grant that holds or will hold, to whoever may take it back: an administrator, and
// the coordinator whose deputy it makes. To others it is not found.
func FindGrant(tx *store.Tx, by Actor, id uuid.UUID) (*Grant, error) {
	g := &Grant{}
	if err := store.Found(tx.DB.First(g, "id = ? AND (valid_to IS NULL OR valid_to > ?)", id, tx.Now).Error); err != nil {
		return nil, err
	}
	if !by.Is(Administrator) && (g.DeputyForID == nil || *g.DeputyForID != by.ID) {
		return nil, fault.Missing()
	}
	return g, nil
}

// TakeBack ends a grant now, and with a coordinator's role those of her deputies. It refuses with
// fault.Invalid to leave nobody who administers.
func TakeBack(tx *store.Tx, by Actor, id uuid.UUID) error {
	g, err := FindGrant(tx, by, id)
	if err != nil {
		return err
	}
	if g.Role == Administrator {
		if err := anotherAdministrator(tx, g.IdentityID); err != nil {
			return err
		}
	}
	return takeBack(tx, by, g)
}

func takeBack(tx *store.Tx, by Actor, g *Grant) error {
	ended := []Grant{*g}
	if g.Role == Coordinator && g.DeputyForID == nil {
		deputies := tx.DB.Where("deputy_for_id = ? AND (valid_to IS NULL OR valid_to > ?)", g.IdentityID, tx.Now)
		var theirs []Grant
		if err := whereID(deputies, "forum_id", g.ForumID).Find(&theirs).Error; err != nil {
			return err
		}
		ended = append(ended, theirs...)
	}
	for _, e := range ended {
		if err := tx.DB.Model(&Grant{}).Where("id = ?", e.ID).Update("valid_to", tx.Now).Error; err != nil {
			return err
		}
		if err := Log(tx, by, "take back "+string(e.Role), "identity", e.IdentityID); err != nil {
			return err
		}
		if err := rightsChanged(tx, e.IdentityID); err != nil {
			return err
		}
	}
	return nil
}

// anotherAdministrator refuses unless somebody but identity administers.
func anotherAdministrator(tx *store.Tx, identity uuid.UUID) error {
	var n int64
	err := tx.DB.Model(&Grant{}).Scopes(current(tx.Now), enabled).
		Where("grants.role = ? AND grants.identity_id <> ?", Administrator, identity).Count(&n).Error
	if err == nil && n == 0 {
		err = fault.New(fault.Invalid, "Det måste finnas minst en administratör. Utse en till först.")
	}
	return err
}

// Seated gives the identities that sit in a forum or coordinate it, by name.
func Seated(tx *store.Tx, forumID uuid.UUID) ([]Identity, error) {
	holds := tx.DB.Table("grants").Select("1").Scopes(current(tx.Now)).
		Where("grants.identity_id = identities.id AND (grants.role = ? AND grants.forum_id = ? OR grants.role = ? AND (grants.forum_id IS NULL OR grants.forum_id = ?))", Member, forumID, Coordinator, forumID)
	var all []Identity
	err := tx.DB.Where("identities.disabled_at IS NULL AND EXISTS (?)", holds).Find(&all).Error
	lang.SortByName(all, func(i Identity) string { return i.Name })
	return all, err
}

// current keeps the grants that hold at now.
func current(now time.Time) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		return q.Where("grants.valid_from <= ? AND (grants.valid_to IS NULL OR grants.valid_to > ?)", now, now)
	}
}

// enabled keeps the grants of identities that can sign in.
func enabled(q *gorm.DB) *gorm.DB {
	return q.Joins("JOIN identities ON identities.id = grants.identity_id AND identities.disabled_at IS NULL")
}

// Proposal is a grant of the administrator's role that waits for a second person.
type Proposal struct {
	ID           uuid.UUID
	IdentityID   uuid.UUID
	Role         Role
	ValidTo      *time.Time
	ProposedByID uuid.UUID
	ProposedAt   time.Time
	DecidedByID  *uuid.UUID
	DecidedAt    *time.Time
	Approved     bool

	Identity   *Identity
	ProposedBy *Identity
}

// TableName is the table of Proposal.
func (Proposal) TableName() string { return "grant_proposals" }

// Propose asks for the administrator's role for an identity. Somebody else has to approve it.
func Propose(tx *store.Tx, by Actor, g Grant) error {
	if err := by.Require(Administrator); err != nil {
		return err
	}
	g.Role = Administrator
	if err := g.Check(tx); err != nil {
		return err
	}
	var n int64
	if err := tx.DB.Model(&Proposal{}).Where("identity_id = ? AND decided_at IS NULL", g.IdentityID).Count(&n).Error; err != nil || n > 0 {
		return err
	}
	p := Proposal{ID: store.NewID(), IdentityID: g.IdentityID, Role: g.Role, ValidTo: g.ValidTo, ProposedByID: by.ID, ProposedAt: tx.Now}
	if err := tx.DB.Omit("Identity", "ProposedBy").Create(&p).Error; err != nil {
		return err
	}
	return Log(tx, by, "propose administrator", "identity", g.IdentityID)
}

// Decides tells whether the actor may be the second pair of eyes: an administrator or a manager.
func (a Actor) Decides() bool { return a.Is(Administrator, Manager) }

// Proposals lists what waits for a second person.
func Proposals(tx *store.Tx, by Actor) ([]Proposal, error) {
	if !by.Decides() {
		return nil, fault.Missing()
	}
	var all []Proposal
	return all, tx.DB.Preload("Identity").Preload("ProposedBy").Where("decided_at IS NULL").Order("proposed_at, id").Find(&all).Error
}

// Decide approves a proposal or turns it down. Whoever proposed it, or is to get the role, may turn it down
// and not approve it.
func Decide(tx *store.Tx, by Actor, id uuid.UUID, approve bool) error {
	if !by.Decides() {
		return fault.Missing()
	}
	p := &Proposal{}
	if err := store.Found(tx.DB.First(p, "id = ? AND decided_at IS NULL", id).Error); err != nil {
		return err
	}
	if approve && (by.ID == p.ProposedByID || by.ID == p.IdentityID) {
		return fault.New(fault.Invalid, "Någon annan än du behöver godkänna: en annan administratör eller chefen.")
	}
	decided := tx.DB.Model(&Proposal{}).Where("id = ? AND decided_at IS NULL", id).
		Updates(map[string]any{"decided_by_id": by.ID, "decided_at": tx.Now, "approved": approve})
	if err := store.Changed(decided); err != nil { // of two at once, the second finds it decided
		return err
	}
	if !approve {
		return Log(tx, by, "turn down administrator", "identity", p.IdentityID)
	}
	return give(tx, by, Grant{IdentityID: p.IdentityID, Role: p.Role, ValidTo: p.ValidTo})
}
