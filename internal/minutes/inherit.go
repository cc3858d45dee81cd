package minutes

import (
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// OpenActionsOf gives the open actions that the minutes give to somebody of a name, or that are among linked,
// without what is to be done. Whose a name is, is for the caller to know.
func OpenActionsOf(tx *store.Tx, name string, linked []uuid.UUID) (of []ActionState, err error) {
	var all []ActionState
	err = tx.DB.Omit("text").Where("outcome = ''").Order("due IS NULL, due, item_id").Find(&all).Error
	among := map[uuid.UUID]bool{}
	for _, id := range linked {
		among[id] = true
	}
	for _, a := range all {
		if among[a.ItemID] || strings.EqualFold(strings.TrimSpace(a.Owner), strings.TrimSpace(name)) {
			of = append(of, a)
		}
	}
	return of, err
}

// Inherit gives an open action to somebody else than the minutes name, who has taken over. The frozen
// minutes stay as they were.
func Inherit(tx *store.Tx, by access.Actor, a *ActionState, owner string) error {
	if a.InheritedFrom == "" {
		a.InheritedFrom = a.Owner
	}
	a.Owner = owner
	if err := tx.DB.Model(&ActionState{}).Where("item_id = ?", a.ItemID).
		Updates(map[string]any{"owner": a.Owner, "inherited_from": a.InheritedFrom}).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "inherit action", "action", a.ItemID)
}

// stayInherited keeps who has taken an action over, while a new version of the minutes names whom the old
// one named.
func (a *ActionState) stayInherited(tx *store.Tx) error {
	was, err := FindAction(tx, a.ItemID)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return nil
	case err != nil:
		return err
	case was.InheritedFrom == a.Owner && was.InheritedFrom != "":
		a.Owner, a.InheritedFrom = was.Owner, was.InheritedFrom
	}
	return nil
}

// OwnerNow gives who answers for an action of a document: whom it names, or who has taken over since.
func OwnerNow(tx *store.Tx, i DocumentItem) (string, error) {
	a := ActionState{ItemID: i.ID, Owner: i.Owner}
	err := a.stayInherited(tx)
	return a.Owner, err
}
