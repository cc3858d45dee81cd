package minutes

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// OpenActionsOf gives the open actions that a contact of a name answers for, by reference or as the minutes
// name it, or that are among linked, without what is to be done. Whose a name is, is for the caller to know.
func OpenActionsOf(tx *store.Tx, name string, contact uuid.UUID, linked []uuid.UUID) (of []ActionState, err error) {
	var all []ActionState
	err = tx.DB.Omit("text").Where("outcome = ''").Order("due IS NULL, due, item_id").Find(&all).Error
	for _, a := range all {
		if slices.Contains(linked, a.ItemID) || a.OwnedBy(contact) || strings.EqualFold(strings.TrimSpace(a.Owner), strings.TrimSpace(name)) {
			of = append(of, a)
		}
	}
	return of, err
}

// Inherit gives an open action to somebody else than the minutes name, who has taken over. The frozen
// minutes stay as they were.
func Inherit(tx *store.Tx, by access.Actor, a *ActionState, owner string, o Owner) error {
	was := a.Owner
	if a.InheritedFrom == "" {
		a.InheritedFrom = a.Owner
	}
	a.Owner, a.OwnerContactID, a.OwnerOrganisationID, a.OwnerIdentityID = owner, o.ContactID, o.OrganisationID, o.IdentityID
	if err := tx.DB.Model(&ActionState{}).Where("item_id = ?", a.ItemID).
		Updates(map[string]any{"owner": a.Owner, "inherited_from": a.InheritedFrom, "owner_contact_id": o.ContactID, "owner_organisation_id": o.OrganisationID, "owner_identity_id": o.IdentityID}).Error; err != nil {
		return err
	}
	if err := (Change{ItemID: a.ItemID, Kind: "owner", Was: was, Became: owner, IdentityID: by.By()}).keep(tx); err != nil {
		return err
	}
	return access.Log(tx, by, "inherit action", "action", a.ItemID)
}

// stayInherited keeps who has taken an action over, while a new version of the minutes names whom the old
// one named.
func (a *ActionState) stayInherited(was *ActionState) {
	if was.InheritedFrom == a.Owner && was.InheritedFrom != "" {
		a.Owner, a.InheritedFrom = was.Owner, was.InheritedFrom
	}
	if a.Owner == was.Owner {
		a.OwnerContactID, a.OwnerOrganisationID, a.OwnerIdentityID = was.OwnerContactID, was.OwnerOrganisationID, was.OwnerIdentityID
	}
}

// stay keeps what has been said of an action since its minutes were finished, where a new version of them
// says the same as the old one did.
func (a *ActionState) stay(tx *store.Tx) error {
	was, err := FindAction(tx, a.ItemID)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	a.stayInherited(was)
	if was.StatedDue == a.StatedDue {
		a.Due = was.Due
	}
	return nil
}

// OwnerNow gives who answers for an action of a document: whom it names, or who has taken over since.
func OwnerNow(tx *store.Tx, i DocumentItem) (ActionState, error) {
	a := ActionState{ItemID: i.ID, Owner: i.Owner}
	return a, a.stay(tx)
}
