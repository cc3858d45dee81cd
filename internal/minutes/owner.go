package minutes

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Owner is who answers for an action: one of them, or nobody who is known.
type Owner struct {
	ContactID      *uuid.UUID // of the forum
	OrganisationID *uuid.UUID // whoever of it sits in the forum
	IdentityID     *uuid.UUID // with an account here
}

// none tells that nobody is named.
func (o Owner) none() bool {
	return o.ContactID == nil && o.OrganisationID == nil && o.IdentityID == nil
}

// OwnerChoices are those who can answer for the actions of a forum.
type OwnerChoices struct {
	Contacts      []partner.Contact
	Organisations []partner.Organisation
	Identities    []access.Identity
}

// OwnersFor gives who can answer for the actions of a forum: its contacts, the organisations that they are of, and those with
// accounts who may read its notes.
func OwnersFor(tx *store.Tx, by access.Actor, forumID uuid.UUID) (c OwnerChoices, err error) {
	members, err := forum.Members(tx, by, forumID)
	if err != nil {
		return c, err
	}
	for _, m := range members {
		c.Contacts = append(c.Contacts, m.Contact)
		if !slices.ContainsFunc(c.Organisations, func(o partner.Organisation) bool { return o.ID == m.Contact.OrganisationID }) {
			c.Organisations = append(c.Organisations, m.Contact.Organisation)
		}
	}
	c.Identities, err = access.ReadersFor(tx, forumID)
	return c, err
}

// named gives how an owner is called; empty when it is none of the choices.
func (c OwnerChoices) named(o Owner) string {
	for _, one := range c.Contacts {
		if o.ContactID != nil && one.ID == *o.ContactID {
			return one.Shown()
		}
	}
	for _, one := range c.Organisations {
		if o.OrganisationID != nil && one.ID == *o.OrganisationID {
			return one.Name
		}
	}
	for _, one := range c.Identities {
		if o.IdentityID != nil && one.ID == *o.IdentityID {
			return one.Name
		}
	}
	return ""
}

// Assign gives an open action to somebody. The frozen minutes stay as they were. It refuses with fault.Invalid whoever
// cannot answer for actions of the forum, and with fault.Conflict when the action is closed.
func Assign(tx *store.Tx, by access.Actor, itemID uuid.UUID, o Owner) (*ActionState, error) {
	a, err := holdOpen(tx, by, itemID)
	if err != nil {
		return nil, err
	}
	choices, err := OwnersFor(tx, by, a.Minutes.Meeting.ForumID)
	if err != nil {
		return nil, err
	}
	name := choices.named(o)
	if name == "" {
		return nil, fault.On("owner", "Välj vem som är ansvarig ur listan.")
	}
	return a, Inherit(tx, by, a, name, o)
}

// Recognise keeps whom the minutes mean by an action's owner, where nobody has said so.
func Recognise(tx *store.Tx, a *ActionState, o Owner) error {
	if o.none() || a.Known() {
		return nil
	}
	a.OwnerContactID, a.OwnerOrganisationID, a.OwnerIdentityID = o.ContactID, o.OrganisationID, o.IdentityID
	return tx.DB.Model(&ActionState{}).Where("item_id = ?", a.ItemID).
		Updates(map[string]any{"owner_contact_id": o.ContactID, "owner_organisation_id": o.OrganisationID, "owner_identity_id": o.IdentityID}).Error
}

// OpenOfContact gives the open actions that a contact, or its organisation, answers for, or that are among linked, in forums where it
// sits. For its own page and letters.
func OpenOfContact(tx *store.Tx, c partner.Contact, linked []uuid.UUID) ([]ActionState, error) {
	var all []ActionState
	sits := tx.DB.Model(&forum.Member{}).Select("1").Joins("JOIN contacts ON contacts.id = forum_members.contact_id AND contacts.left_at IS NULL").
		Where("forum_members.forum_id = meetings.forum_id AND forum_members.contact_id = ?", c.ID)
	err := tx.DB.Joins("JOIN minutes ON minutes.id = actions.minutes_id JOIN meetings ON meetings.id = minutes.meeting_id").
		Where("actions.outcome = '' AND EXISTS (?)", sits).
		Where("actions.owner_contact_id = ? OR actions.owner_organisation_id = ? OR actions.item_id IN ?", c.ID, c.OrganisationID, append([]uuid.UUID{uuid.Nil}, linked...)).
		Preload("Minutes.Meeting.Forum").Order("actions.due IS NULL, actions.due, actions.item_id").Find(&all).Error
	return all, err
}

// OwningContacts lists the contacts who may answer for something that is open: named, of an organisation that is, or with a link.
func OwningContacts(tx *store.Tx) (ids []uuid.UUID, err error) {
	open := tx.DB.Model(&ActionState{}).Select("1").Where("actions.outcome = ''")
	return ids, tx.DB.Model(&partner.Contact{}).Where("contacts.left_at IS NULL").
		Where("EXISTS (?) OR EXISTS (?) OR EXISTS (?)",
			open.Where("actions.owner_contact_id = contacts.id"),
			tx.DB.Model(&ActionState{}).Select("1").Where("actions.outcome = '' AND actions.owner_organisation_id = contacts.organisation_id"),
			tx.DB.Model(&access.GuestLink{}).Select("1").Joins("JOIN actions ON actions.item_id = guest_links.object_id AND actions.outcome = ''").
				Where("guest_links.purpose = ? AND guest_links.contact_id = contacts.id AND guest_links.revoked_at IS NULL", access.ToAction)).
		Order("contacts.id").Pluck("contacts.id", &ids).Error
}
