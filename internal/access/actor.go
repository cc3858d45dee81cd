// Package access holds who may do and see what: identities, their grants, their sessions and
// tokens, and the log of who read and did what. What an actor may not see is not found: scopes
// join the grants in SQL at every request, so that a right taken away is gone at the next one.
package access

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// Role is what a grant gives.
type Role string

// The roles.
const (
	Coordinator   Role = "coordinator"   // plans, invites; sees dates of all forums
	Member        Role = "member"        // sees its own forums
	Manager       Role = "manager"       // sees all forums
	GroupLead     Role = "group-lead"    // sees what is passed on to its work group
	Registrar     Role = "registrar"     // sees all dates and finished notes
	Administrator Role = "administrator" // accounts and operation; sees no meeting
)

// Roles are all of them, in the order in which they are shown.
var Roles = []Role{Coordinator, Member, Manager, GroupLead, Registrar, Administrator}

// Scopes of API tokens.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
)

// Actor is who does something: a person with an account, a guest with a link, or the system.
type Actor struct {
	ID       uuid.UUID // of the identity; Nil for guests and the system
	Name     string
	Email    string
	Language lang.Language
	Roles    []Role
	Scopes   []string // of the API token that was used; nil: a session, with all the identity's rights

	Rights          string    // tells one set of grants from another, for what is cached
	SignedOutAt     time.Time // sessions of the identity that began before are over
	RightsChangedAt time.Time // sessions get a new token after it
	SecondFactor    bool      // a code is asked for at sign-in
	system          bool
	unnoted         *uuid.UUID // API token whose use is to be noted
}

// System is the actor of the command line, the demo and jobs: it may do and see everything.
func System() Actor { return Actor{Name: "system", Language: lang.Swedish, system: true} }

// Guest is whoever came by a link. Verbs for guests take the link's token as their right.
func Guest() Actor { return Actor{Name: "guest"} }

// SignedIn is true for an identity.
func (a Actor) SignedIn() bool { return a.ID != uuid.Nil }

// Is tells whether the actor has any of roles, for any forum.
func (a Actor) Is(roles ...Role) bool {
	if a.system {
		return true
	}
	for _, have := range a.Roles {
		for _, want := range roles {
			if have == want {
				return true
			}
		}
	}
	return false
}

// By is the identity that a row remembers as its author; nil for guests and the system.
func (a Actor) By() *uuid.UUID {
	if !a.SignedIn() {
		return nil
	}
	return &a.ID
}

// granted asks whether the actor holds one of roles for the forum that column names, or for all.
func (a Actor) granted(tx *store.Tx, column string, roles ...Role) *gorm.DB {
	return tx.DB.Model(&Grant{}).Select("1").Scopes(current(tx.Now), enabled).
		Where("grants.identity_id = ? AND grants.role IN ?", a.ID, roles).
		Where("grants.forum_id IS NULL OR grants.forum_id = " + column)
}

// invited asks whether the actor is asked, as the contact that the account is of or that has its address, to the meeting that the envelope column names
// holds: a meeting of no forum has no members with grants. Whoever has no role sees no meeting.
func (a Actor) invited(tx *store.Tx, column string) *gorm.DB {
	asked := func(q *gorm.DB) *gorm.DB { // a scope, to come after the join of enabled
		return q.Joins("JOIN contacts AS self ON self.left_at IS NULL AND (self.id = identities.contact_id OR self.email <> '' AND LOWER(self.email) = LOWER(identities.email))").
			Joins("JOIN invitations AS asked ON asked.contact_id = self.id AND asked.withdrawn_at IS NULL").
			Joins("JOIN meetings AS held ON held.id = asked.meeting_id").
			Joins("JOIN forums AS envelope ON envelope.id = held.forum_id AND envelope.occasion")
	}
	return tx.DB.Model(&Grant{}).Select("1").Scopes(current(tx.Now), enabled, asked).
		Where("grants.identity_id = ? AND grants.role <> ?", a.ID, Administrator).
		Where("envelope.id = " + column)
}

// Occasions lists the envelopes of those meetings of no forum that the actor is invited to.
func (a Actor) Occasions(tx *store.Tx) (ids []uuid.UUID, err error) {
	return ids, tx.DB.Table("forums").Where("forums.occasion AND EXISTS (?)", a.invited(tx, "forums.id")).Order("forums.id").Pluck("forums.id", &ids).Error
}

// Coordinating asks whether the identity that column names coordinates anything now.
func Coordinating(tx *store.Tx, column string) *gorm.DB {
	return tx.DB.Model(&Grant{}).Select("1").Scopes(current(tx.Now), enabled).Where("grants.role = ? AND grants.identity_id = "+column, Coordinator)
}

// SeesForum keeps the rows whose forum, named by column, has dates that the actor may see. The
// coordinator of any forum sees the dates of all (domain.md §2.5); a member only its own, and the
// meetings of no forum that it is invited to.
func (a Actor) SeesForum(tx *store.Tx, column string) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		if a.system {
			return q
		}
		return q.Where("EXISTS (?) OR EXISTS (?) OR EXISTS (?)",
			a.granted(tx, column, Member),
			a.granted(tx, "grants.forum_id", Coordinator, Manager, Registrar),
			a.invited(tx, column))
	}
}

// ReadsNotes keeps the rows whose forum, named by column, has finished notes that the actor may read:
// coordinators and members those of their own forums and of what they are invited to outside of
// forums, managers and registrars all (domain.md §2.5).
func (a Actor) ReadsNotes(tx *store.Tx, column string) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		if a.system {
			return q
		}
		return q.Where("EXISTS (?) OR EXISTS (?) OR EXISTS (?)",
			a.granted(tx, column, Coordinator, Member),
			a.granted(tx, "grants.forum_id", Manager, Registrar),
			a.invited(tx, column))
	}
}

// LeadsGroup keeps the rows whose work group, named by column, the actor leads.
func (a Actor) LeadsGroup(tx *store.Tx, column string) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		return q.Where("EXISTS (?)", tx.DB.Model(&Grant{}).Select("1").Scopes(current(tx.Now), enabled).
			Where("grants.identity_id = ? AND grants.role = ? AND grants.work_group_id = "+column, a.ID, GroupLead))
	}
}

// MayConvene refuses with fault.NotFound unless the actor may plan and call the forum's meetings.
func (a Actor) MayConvene(tx *store.Tx, forumID uuid.UUID) error {
	if a.system {
		return nil
	}
	var n int64
	err := tx.DB.Model(&Grant{}).Scopes(current(tx.Now), enabled).
		Where("grants.identity_id = ? AND grants.role = ?", a.ID, Coordinator).
		Where("grants.forum_id IS NULL OR grants.forum_id = ?", forumID).Count(&n).Error
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.Missing()
	}
	return nil
}

// Require refuses with fault.NotFound unless the actor has one of roles.
func (a Actor) Require(roles ...Role) error {
	if a.Is(roles...) {
		return nil
	}
	return fault.Missing()
}

// ConvenedForums keeps the rows whose forum the actor may plan.
func (a Actor) ConvenedForums(tx *store.Tx, column string) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		if a.system {
			return q
		}
		return q.Where("EXISTS (?)", a.granted(tx, column, Coordinator))
	}
}
