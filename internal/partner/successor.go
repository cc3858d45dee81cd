package partner

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/mail"
	"samverkan/internal/store"
)

// Capacity is in what a contact takes part: organisation and role, and no name.
func (c Contact) Capacity() string {
	if c.Role != nil {
		return c.Organisation.Name + ", " + c.Role.Name
	}
	return c.Organisation.Name
}

// ForLetter gives a contact, whoever asks: for what is written to it and what its own link shows.
func ForLetter(tx *store.Tx, id uuid.UUID) (*Contact, error) {
	c := &Contact{}
	return c, store.Found(tx.DB.Preload("Organisation").Preload("Role").First(c, "contacts.id = ?", id).Error)
}

// Leave records that a contact is no longer there. Its links open nothing from then on, it gets no
// more letters, and its address is free for another contact. It refuses with fault.Conflict when
// the contact has left already.
func Leave(tx *store.Tx, by access.Actor, id uuid.UUID) (*Contact, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	c := &Contact{}
	if err := tx.Hold(c, id); err != nil {
		return nil, err
	}
	if c.LeftAt != nil {
		return nil, fault.New(fault.Conflict, "Kontakten har redan slutat.")
	}
	c.LeftAt, c.Version = &tx.Now, c.Version+1
	if err := tx.DB.Model(&Contact{}).Where("id = ?", id).Updates(map[string]any{"left_at": tx.Now, "version": c.Version}).Error; err != nil {
		return nil, err
	}
	if err := access.RevokeLinksOf(tx, id); err != nil {
		return nil, err
	}
	if err := forgetBusy(tx, id); err != nil {
		return nil, err
	}
	return c, access.Log(tx, by, "contact left", "contact", id)
}

// Duties are what a contact answers for among the partners.
type Duties struct {
	WorkGroups []WorkGroup
	Workplaces []Workplace
	DeputyOf   []Contact
	Agreements []Agreement
}

// DutiesOf gives what a contact answers for, each by name or age.
func DutiesOf(tx *store.Tx, contact uuid.UUID) (d Duties, err error) {
	for _, q := range []struct {
		rows          any
		column, order string
	}{{&d.WorkGroups, "lead_id", "name, id"}, {&d.Workplaces, "manager_id", "name, id"}, {&d.Agreements, "responsible_id", "kind, id"}} {
		if err := tx.DB.Order(q.order).Find(q.rows, q.column+" = ?", contact).Error; err != nil {
			return d, err
		}
	}
	return d, tx.DB.Preload("Organisation").Preload("Role").Order("created_at, id").Find(&d.DeputyOf, "deputy_id = ? AND left_at IS NULL", contact).Error
}

// HandOver gives what a contact answers for to another one: leading work groups and workplaces, seeing to
// agreements, and being somebody's deputy. nil: to nobody. Nobody becomes their own deputy.
func HandOver(tx *store.Tx, from uuid.UUID, to *uuid.UUID) error {
	if to != nil {
		if err := tx.DB.Model(&Contact{}).Where("deputy_id = ? AND id = ?", from, *to).Update("deputy_id", nil).Error; err != nil {
			return err
		}
	}
	for _, duty := range []struct {
		model  any
		column string
	}{{&WorkGroup{}, "lead_id"}, {&Workplace{}, "manager_id"}, {&Contact{}, "deputy_id"}, {&Agreement{}, "responsible_id"}} {
		if err := tx.DB.Model(duty.model).Where(duty.column+" = ?", from).Update(duty.column, to).Error; err != nil {
			return err
		}
	}
	return nil
}

// SuccessorProposal is what somebody who got a letter says: another person should have it.
type SuccessorProposal struct {
	ID          uuid.UUID
	ContactID   uuid.UUID // whose link it was
	Name        string
	Email       string // empty: not known
	Comment     string
	At          time.Time
	SettledAt   *time.Time // nil: it waits for a coordinator
	SettledByID *uuid.UUID
	Outcome     string // "", replaced or dismissed

	Contact Contact
}

// What a coordinator may make of a proposal.
const (
	Replaced  = "replaced"
	Dismissed = "dismissed"
)

// Suggestion is what the form on a guest's page says.
type Suggestion struct {
	Name    string
	Email   string // may be empty
	Comment string
}

// Propose keeps a suggestion of who should have a contact's letters. It changes nothing by itself.
// It refuses with fault.Invalid, naming each field.
func Propose(tx *store.Tx, contact uuid.UUID, s Suggestion) (*SuccessorProposal, error) {
	name, nameErr := deidentify.Line(tx.Now, "successorName", s.Name, 200)
	comment, commentErr := deidentify.OptionalLine(tx.Now, "successorComment", s.Comment, 500)
	email, emailErr := "", error(nil)
	if strings.TrimSpace(s.Email) != "" {
		email, emailErr = mail.ParseAddress(s.Email)
		emailErr = fault.At("successorEmail", emailErr)
	}
	if err := fault.Join(nameErr, emailErr, commentErr); err != nil {
		return nil, err
	}
	p := &SuccessorProposal{ID: store.NewID(), ContactID: contact, Name: name, Email: strings.ToLower(email), Comment: comment, At: tx.Now}
	if err := tx.DB.Omit("Contact").Create(p).Error; err != nil {
		return nil, err
	}
	return p, access.Log(tx, access.Guest(), "propose successor", "contact", contact)
}

// Proposals lists those that wait for a coordinator, the oldest first.
func Proposals(tx *store.Tx, by access.Actor) ([]SuccessorProposal, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	var all []SuccessorProposal
	return all, tx.DB.Preload("Contact.Organisation").Preload("Contact.Role").Where("settled_at IS NULL").Order("at, id").Find(&all).Error
}

// FindProposal gives one proposal, settled or not.
func FindProposal(tx *store.Tx, by access.Actor, id uuid.UUID) (*SuccessorProposal, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	p := &SuccessorProposal{}
	return p, store.Found(tx.DB.Preload("Contact.Organisation").Preload("Contact.Role").First(p, "id = ?", id).Error)
}

// Settle says what became of a proposal. It refuses with fault.Conflict when somebody was first.
func Settle(tx *store.Tx, by access.Actor, id uuid.UUID, outcome string) (*SuccessorProposal, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	p := &SuccessorProposal{}
	if err := store.Found(tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).First(p, "id = ?", id).Error); err != nil {
		return nil, err
	}
	if p.SettledAt != nil {
		return nil, fault.New(fault.Conflict, "Någon annan har redan tagit hand om förslaget.")
	}
	p.SettledAt, p.SettledByID, p.Outcome = &tx.Now, by.By(), outcome
	if err := tx.DB.Omit("Contact").Save(p).Error; err != nil {
		return nil, err
	}
	return p, access.Log(tx, by, "settle proposal", "contact", p.ContactID)
}
