package forum

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Way is how the minutes of a forum are agreed on.
type Way string

// The ways.
const (
	ByKeeper    Way = "none"      // whoever keeps the notes finishes them
	ByApprovers Way = "approvers" // everybody named approves them first
	BySilence   Way = "silence"   // nobody has views on them within some working days
)

// Agreeing is how the minutes of one forum are agreed on.
type Agreeing struct {
	ForumID     uuid.UUID `gorm:"primaryKey"`
	Way         Way
	Days        int64      // working days for views, of BySilence; 0: another way
	OutsideAt   *time.Time // when it was decided that drafts may be sent outside; nil: they may not
	OutsideByID *uuid.UUID
	ChangedAt   time.Time
	ChangedByID *uuid.UUID

	Approvers []Approver `gorm:"-"` // of ByApprovers
}

// TableName is the table of Agreeing.
func (Agreeing) TableName() string { return "forum_agreeings" }

// Outside tells whether drafts may be sent to those who have no account.
func (a Agreeing) Outside() bool { return a.OutsideAt != nil }

// Approver is somebody who approves a forum's minutes: with an account, or outside by a link.
type Approver struct {
	ID         uuid.UUID
	ForumID    uuid.UUID
	IdentityID *uuid.UUID
	ContactID  *uuid.UUID
	CreatedAt  time.Time
}

// TableName is the table of Approver.
func (Approver) TableName() string { return "forum_approvers" }

// AgreeingOf gives how a forum's minutes are agreed on, whoever asks.
func AgreeingOf(tx *store.Tx, forumID uuid.UUID) (*Agreeing, error) {
	var found []Agreeing
	if err := tx.DB.Limit(1).Find(&found, "forum_id = ?", forumID).Error; err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return &Agreeing{ForumID: forumID, Way: ByKeeper}, nil
	}
	return &found[0], tx.DB.Order("created_at, id").Find(&found[0].Approvers, "forum_id = ?", forumID).Error
}

// Eligible are those who may be asked to approve a forum's minutes.
type Eligible struct {
	Accounts []access.Identity // who sit in the forum or coordinate it
	Outside  []partner.Contact // members who have no account, and get letters
}

// EligibleFor gives who may be asked, whoever asks.
func EligibleFor(tx *store.Tx, forumID uuid.UUID) (e Eligible, err error) {
	if e.Accounts, err = access.Seated(tx, forumID); err != nil {
		return e, err
	}
	members, err := Members(tx, access.System(), forumID)
	if err != nil {
		return e, err
	}
	for _, m := range members {
		has, err := access.HasAccount(tx, m.ContactID, m.Contact.Email)
		if err != nil {
			return e, err
		}
		if !has && m.Contact.Email != "" && !m.Contact.ByPhone {
			e.Outside = append(e.Outside, m.Contact)
		}
	}
	return e, nil
}

// AgreeingWish is how a coordinator wants a forum's minutes to be agreed on.
type AgreeingWish struct {
	Way        Way
	Days       int         // of BySilence
	Identities []uuid.UUID // of ByApprovers
	Contacts   []uuid.UUID // likewise, outside
}

// The most working days for views.
const mostViewDays = 60

// SetAgreeing decides how a forum's minutes are agreed on from now on: what is out already goes on as it was
// sent. It refuses with fault.Invalid, naming the field, and with fault.NotFound whoever may not plan the forum.
func SetAgreeing(tx *store.Tx, by access.Actor, forumID uuid.UUID, w AgreeingWish) (*Agreeing, error) {
	a, err := heldAgreeing(tx, by, forumID)
	if err != nil {
		return nil, err
	}
	e, err := EligibleFor(tx, forumID)
	if err != nil {
		return nil, err
	}
	if err := w.check(a, e); err != nil {
		return nil, err
	}
	a.Way, a.Days = w.Way, 0
	if w.Way == BySilence {
		a.Days = int64(w.Days)
	}
	if err := a.save(tx, by); err != nil {
		return nil, err
	}
	if err := tx.DB.Delete(&Approver{}, "forum_id = ?", forumID).Error; err != nil {
		return nil, err
	}
	a.Approvers = nil
	if w.Way == ByApprovers {
		for _, id := range w.Identities {
			a.Approvers = append(a.Approvers, Approver{ID: store.NewID(), ForumID: forumID, IdentityID: &id, CreatedAt: tx.Now})
		}
		for _, id := range w.Contacts {
			a.Approvers = append(a.Approvers, Approver{ID: store.NewID(), ForumID: forumID, ContactID: &id, CreatedAt: tx.Now})
		}
		if err := tx.DB.Create(&a.Approvers).Error; err != nil {
			return nil, err
		}
	}
	return a, access.Log(tx, by, "choose agreeing", "forum", forumID)
}

// AllowOutside decides, once, that drafts of a forum may be sent to those of its members who have no account. Deciding
// it again changes nothing.
func AllowOutside(tx *store.Tx, by access.Actor, forumID uuid.UUID) (*Agreeing, error) {
	a, err := heldAgreeing(tx, by, forumID)
	if err != nil || a.Outside() {
		return a, err
	}
	a.OutsideAt, a.OutsideByID = &tx.Now, by.By()
	if err := a.save(tx, by); err != nil {
		return nil, err
	}
	return a, access.Log(tx, by, "allow drafts outside", "forum", forumID)
}

func heldAgreeing(tx *store.Tx, by access.Actor, forumID uuid.UUID) (*Agreeing, error) {
	if err := by.MayConvene(tx, forumID); err != nil {
		return nil, err
	}
	f := &Forum{}
	if err := tx.Hold(f, forumID); err != nil {
		return nil, err
	}
	if f.Occasion {
		return nil, fault.Missing()
	}
	return AgreeingOf(tx, forumID)
}

func (a *Agreeing) save(tx *store.Tx, by access.Actor) error {
	a.ChangedAt, a.ChangedByID = tx.Now, by.By()
	return tx.DB.Clauses(clause.OnConflict{UpdateAll: true}).Create(a).Error
}

// check refuses what cannot be: nobody to approve, somebody who may not see drafts.
func (w *AgreeingWish) check(a *Agreeing, e Eligible) error {
	wayErr := among("way", w.Way, ByKeeper, ByApprovers, BySilence)
	var daysErr, identityErr, contactErr error
	if w.Way == BySilence {
		daysErr = within("days", w.Days, 1, mostViewDays)
	}
	if w.Way != ByApprovers {
		return fault.Join(wayErr, daysErr)
	}
	slices.SortFunc(w.Identities, compareIDs)
	slices.SortFunc(w.Contacts, compareIDs)
	w.Identities, w.Contacts = slices.Compact(w.Identities), slices.Compact(w.Contacts)
	if len(w.Identities)+len(w.Contacts) == 0 {
		identityErr = fault.On("identityId", "Välj minst en som ska godkänna.")
	}
	for _, id := range w.Identities {
		if !slices.ContainsFunc(e.Accounts, func(i access.Identity) bool { return i.ID == id }) {
			identityErr = fault.On("identityId", "Välj dem som ska godkänna ur listan.")
		}
	}
	for _, id := range w.Contacts {
		if !slices.ContainsFunc(e.Outside, func(c partner.Contact) bool { return c.ID == id }) {
			contactErr = fault.On("contactId", "Välj dem som ska godkänna ur listan.")
		}
	}
	if len(w.Contacts) > 0 && !a.Outside() {
		contactErr = fault.On("contactId", "Bestäm först att utkast får skickas till dem som inte har konto.")
	}
	return fault.Join(identityErr, contactErr)
}

func compareIDs(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }
