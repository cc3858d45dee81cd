package relay

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
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

// Told records that whoever leads a receiver was written to about its items of some minutes.
func Told(tx *store.Tx, minutesID, receiver uuid.UUID) error {
	return tx.DB.Model(&Item{}).Where("minutes_id = ? AND (work_group_id = ? OR workplace_id = ?) AND told_at IS NULL", minutesID, receiver, receiver).
		Update("told_at", tx.Now).Error
}

// Left gives the items whose last day lies between two days, whose receiver was written to, and that
// nobody has gone through: what its lead may be reminded of. Whoever asks reads no text.
func Left(tx *store.Tx, from, to almanac.Date) ([]Item, error) {
	return left(whole(tx).Where("relay_items.due >= ? AND relay_items.due <= ?", from, to))
}

// LeftAt gives what a receiver has not gone through, whether or not anybody was told of it.
func LeftAt(tx *store.Tx, receiver uuid.UUID) ([]Item, error) {
	var all []Item
	err := whole(tx).Where("relay_items.work_group_id = ? OR relay_items.workplace_id = ?", receiver, receiver).
		Where("NOT EXISTS (SELECT 1 FROM acknowledgements AS gone WHERE gone.relay_item_id = relay_items.id)").
		Omit("excerpt").Order("relay_items.due, relay_items.created_at, relay_items.id").Find(&all).Error
	return all, err
}

// LeftOf gives those of some items that Left gives.
func LeftOf(tx *store.Tx, ids []uuid.UUID) ([]Item, error) {
	return left(whole(tx).Where("relay_items.id IN ?", ids))
}

func left(q *gorm.DB) ([]Item, error) {
	var all []Item
	err := q.Where("relay_items.told_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM acknowledgements AS gone WHERE gone.relay_item_id = relay_items.id)").
		Omit("excerpt").Order("relay_items.due, relay_items.created_at, relay_items.id").Find(&all).Error
	return all, err
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
