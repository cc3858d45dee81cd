package meeting

import (
	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Known is what the actor may write without a warning: the offices, places and people that the
// actor may see here anyway. What the guard is silent about must tell nobody who takes part, so a
// guest's knows nothing but the municipality. Protected contacts are not in it: their names
// should not be written.
func Known(tx *store.Tx, by access.Actor) (*deidentify.Known, error) {
	k := deidentify.Knowing(tx.Now)
	home, err := partner.Home(tx)
	if err != nil {
		return nil, err
	}
	k.Office(home.Name)
	if !by.SignedIn() && !by.Is(access.Coordinator) { // the system is
		return k, nil
	}
	k.Person(by.Name)
	k.Email(by.Email)
	for _, fill := range []func(*store.Tx, access.Actor, *deidentify.Known) error{people, offices, places} {
		if err := fill(tx, by, k); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func people(tx *store.Tx, by access.Actor, k *deidentify.Known) error {
	contacts, err := partner.Contacts(tx, by)
	if err != nil {
		return err
	}
	for _, c := range contacts {
		if c.Protected {
			continue
		}
		k.Email(c.Email)
		k.Phone(c.Phone)
		if c.Kind == partner.Mailbox {
			k.Office(c.Name)
		} else {
			k.Person(c.Name)
		}
	}
	if !by.Is(access.Coordinator) {
		return nil
	}
	accounts, err := access.Colleagues(tx, by)
	for _, i := range accounts {
		k.Person(i.Name)
		k.Email(i.Email)
	}
	return err
}

func offices(tx *store.Tx, _ access.Actor, k *deidentify.Known) error {
	for model, columns := range map[any][]string{
		&partner.Organisation{}: {"name", "short"}, &partner.Role{}: {"name"}, &partner.WorkGroup{}: {"name"}, &partner.Workplace{}: {"name"},
	} {
		for _, column := range columns {
			var names []string
			if err := tx.DB.Model(model).Pluck(column, &names).Error; err != nil {
				return err
			}
			for _, name := range names {
				k.Office(name)
			}
		}
	}
	return nil
}

func places(tx *store.Tx, by access.Actor, k *deidentify.Known) error {
	var known, booked []string
	if err := tx.DB.Model(&forum.Forum{}).Scopes(by.SeesForum(tx, "forums.id")).Distinct().Pluck("place", &known).Error; err != nil {
		return err
	}
	if err := tx.DB.Model(&Meeting{}).Scopes(by.SeesForum(tx, "meetings.forum_id")).Distinct().Pluck("place", &booked).Error; err != nil {
		return err
	}
	for _, p := range append(known, booked...) {
		k.Place(p)
	}
	return nil
}
