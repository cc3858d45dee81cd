package relay

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Stale gives what receivers were given of some minutes that a correction leaves out: holds tells whether
// it still passes an item on to a receiver.
func Stale(tx *store.Tx, minutesID uuid.UUID, holds func(itemID, receiver uuid.UUID) bool) ([]Item, error) {
	var all []Item
	err := whole(tx).Where("minutes_id = ? AND withdrawn_at IS NULL", minutesID).Order("created_at, id").Find(&all).Error
	if err != nil {
		return nil, err
	}
	if err := remember(tx, all); err != nil {
		return nil, err
	}
	var stale []Item
	for _, i := range all {
		if !i.Replaced && !holds(i.ItemID, i.ReceiverID()) {
			stale = append(stale, i)
		}
	}
	return stale, nil
}

// Withdraw takes back what Stale gave. Who had gone through it, and when, stays.
func Withdraw(tx *store.Tx, by access.Actor, stale []Item) error {
	for _, i := range stale {
		if err := tx.DB.Model(&Item{}).Where("id = ?", i.ID).Update("withdrawn_at", tx.Now).Error; err != nil {
			return err
		}
		if err := access.Log(tx, by, "withdraw relay item", "relay-item", i.ID); err != nil {
			return err
		}
	}
	return nil
}

// remember gives items what their receivers had before: what was gone through last, else what was passed
// on last. It marks those that a correction has replaced.
func remember(tx *store.Tx, all []Item) error {
	ids := make([]uuid.UUID, len(all))
	for n := range all {
		ids[n] = all[n].ItemID
	}
	if len(ids) == 0 {
		return nil
	}
	var versions []Item
	if err := tx.DB.Preload("Acknowledgement").Order("number, created_at, id").Find(&versions, "item_id IN ?", ids).Error; err != nil {
		return err
	}
	for n := range all {
		i := &all[n]
		for v := range versions {
			was := &versions[v]
			switch {
			case was.ItemID != i.ItemID || was.ReceiverID() != i.ReceiverID():
			case was.Number > i.Number:
				i.Replaced = true
			case was.Number < i.Number && (i.Former == nil || i.Former.Acknowledgement == nil || was.Acknowledgement != nil):
				i.Former = was
			}
		}
	}
	return nil
}

// Change tells what became of the text since the receiver had it before; nil when this is the first.
func (i Item) Change() []document.Span {
	if i.Former == nil {
		return nil
	}
	return document.Compare(i.Former.Excerpt, i.Excerpt)
}

// SetDue gives an item that waits another last day. It refuses with fault.Conflict when there is nothing to
// wait for, and with fault.Invalid for a day that has passed.
func SetDue(tx *store.Tx, by access.Actor, id uuid.UUID, due, today almanac.Date) (*Item, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	i, err := Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	switch {
	case !i.Waits():
		return nil, fault.New(fault.Conflict, "Punkten väntar inte längre på att gås igenom. Det finns ingen sista dag att ändra.")
	case due.IsZero() || due.Before(today):
		return nil, fault.On("due", "Välj en dag som inte har varit.")
	case i.Due == due:
		return i, nil
	}
	i.Due = due
	if err := tx.DB.Model(&Item{}).Where("id = ?", id).Update("due", due).Error; err != nil {
		return nil, err
	}
	return i, access.Log(tx, by, "set last day of relay item", "relay-item", id)
}

// PassedOn gives what holds of what receivers were given since a day, the newest first, whether or not it
// was gone through: what somebody new reads. The caller logs who read it.
func PassedOn(tx *store.Tx, receivers []uuid.UUID, since almanac.Date) ([]Item, error) {
	var all []Item
	if len(receivers) == 0 {
		return nil, nil
	}
	err := whole(tx).Where("relay_items.work_group_id IN ? OR relay_items.workplace_id IN ?", receivers, receivers).
		Where("relay_items.withdrawn_at IS NULL").Order("relay_items.created_at DESC, relay_items.id").Find(&all).Error
	if err != nil {
		return nil, err
	}
	if err := remember(tx, all); err != nil {
		return nil, err
	}
	var hold []Item
	given := map[uuid.UUID]bool{} // to the group and to the workplace is once
	for _, i := range all {
		if i.Replaced || given[i.ItemID] || almanac.DateOf(i.CreatedAt, tx.Now.Location()).Before(since) {
			continue
		}
		given[i.ItemID] = true
		hold = append(hold, i)
	}
	return hold, nil
}

// TextsAt gives what receivers have not gone through, with what it says. The caller logs who read it.
func TextsAt(tx *store.Tx, receivers []uuid.UUID) ([]Item, error) {
	var all []Item
	if len(receivers) == 0 {
		return nil, nil
	}
	err := whole(tx).Where("relay_items.work_group_id IN ? OR relay_items.workplace_id IN ?", receivers, receivers).
		Where("relay_items.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM acknowledgements AS gone WHERE gone.relay_item_id = relay_items.id)").
		Order("relay_items.due, relay_items.created_at, relay_items.id").Find(&all).Error
	if err != nil {
		return nil, err
	}
	return all, remember(tx, all)
}
