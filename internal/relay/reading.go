package relay

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

// List gives the items that the actor sees, those not gone through first, then by last day:
// coordinators and managers all, a work group's lead those of the group. They are excerpts of
// minutes, so it is logged as reading those is, unless there are none.
func List(tx *store.Tx, by access.Actor) ([]Item, error) {
	all, err := list(tx, by)
	if err != nil || len(all) == 0 {
		return all, err
	}
	return all, access.Log(tx, by, "list relay items", "relay-item", uuid.Nil)
}

// Waiting gives what nobody has gone through yet, for a list of things to do: its readers see that
// there is something, not what it says.
func Waiting(tx *store.Tx, by access.Actor) ([]Item, error) {
	all, err := list(tx, by)
	var waiting []Item
	for _, i := range all {
		if i.Acknowledgement == nil {
			i.Excerpt = ""
			waiting = append(waiting, i)
		}
	}
	return waiting, err
}

// Read is Find for whoever looks at the item: it is logged.
func Read(tx *store.Tx, by access.Actor, id uuid.UUID) (*Item, error) {
	i, err := Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	return i, access.Log(tx, by, "read relay item", "relay-item", id)
}

// OpenLink is ByLink for whoever looks at the items: it is logged on the minutes that they were
// taken from, by a guest.
func OpenLink(tx *store.Tx, token string) ([]Item, error) {
	found, err := ByLink(tx, token)
	if err != nil {
		return nil, err
	}
	return found, access.Log(tx, access.Guest(), "open relay link", "minutes", found[0].MinutesID)
}
