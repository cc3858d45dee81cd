package relay

import (
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/store"
)

// List gives the items that the actor sees, those not gone through first, then by last day:
// coordinators and managers all, a work group's lead those of the group. They are excerpts of
// minutes, so it is logged as reading those is, unless there are none.
func List(tx *store.Tx, by access.Actor) ([]Item, error) { return Select(tx, by, Selection{}) }

// Select is List for some of them.
func Select(tx *store.Tx, by access.Actor, s Selection) ([]Item, error) {
	all, err := list(tx, by, s)
	if err != nil || len(all) == 0 {
		return all, err
	}
	return all, access.Log(tx, by, "list relay items", "relay-item", uuid.Nil)
}

// Standing gives what List gives without what it says: who has gone through what, for a table. Nobody
// reads a text by it, so nothing is logged.
func Standing(tx *store.Tx, by access.Actor, s Selection) ([]Item, error) {
	all, err := list(tx, by, s)
	all = slices.DeleteFunc(all, func(i Item) bool { return i.Replaced })
	for n := range all {
		all[n].Excerpt, all[n].LinkHash, all[n].Former = "", "", nil
	}
	return all, err
}

// Selection narrows a list; what is zero does not.
type Selection struct {
	MinutesID  uuid.UUID
	ReceiverID uuid.UUID
	State      State
	Today      almanac.Date // by which State is judged
}

// State is how an item stands with its receiver.
type State string

// The states.
const (
	GoneThrough State = "apt"       // at an APT
	WasRead     State = "read"      // by its receiver
	Waiting     State = "waiting"   // its last day is to come
	Overdue     State = "overdue"   // its last day has passed
	Withdrawn   State = "withdrawn" // a correction took it back
)

// States are all states.
var States = []State{GoneThrough, WasRead, Waiting, Overdue, Withdrawn}

// StateOn tells how an item stands on a day.
func (i Item) StateOn(today almanac.Date) State {
	switch {
	case i.WithdrawnAt != nil:
		return Withdrawn
	case i.Acknowledgement != nil && i.Acknowledgement.Kind == "apt":
		return GoneThrough
	case i.Acknowledgement != nil:
		return WasRead
	case i.Due.Before(today):
		return Overdue
	}
	return Waiting
}

// list gives the items that the actor sees, those not gone through first, then by last day.
func list(tx *store.Tx, by access.Actor, s Selection) ([]Item, error) {
	q := seen(tx, by)
	if s.MinutesID != uuid.Nil {
		q = q.Where("relay_items.minutes_id = ?", s.MinutesID)
	}
	if s.ReceiverID != uuid.Nil {
		q = q.Where("relay_items.work_group_id = ? OR relay_items.workplace_id = ?", s.ReceiverID, s.ReceiverID)
	}
	var all []Item
	err := q.Joins("LEFT JOIN acknowledgements AS gone ON gone.relay_item_id = relay_items.id").
		Order("gone.relay_item_id IS NOT NULL, relay_items.due, relay_items.created_at, relay_items.id").Find(&all).Error
	if err != nil {
		return nil, err
	}
	if err := remember(tx, all); err != nil {
		return nil, err
	}
	if s.State != "" {
		all = slices.DeleteFunc(all, func(i Item) bool { return i.Replaced || i.StateOn(s.Today) != s.State })
	}
	return all, nil
}

// ToGoThrough gives what nobody has gone through yet, for a list of things to do: its readers see that
// there is something, not what it says.
func ToGoThrough(tx *store.Tx, by access.Actor) ([]Item, error) {
	all, err := list(tx, by, Selection{})
	var waiting []Item
	for _, i := range all {
		if i.Waits() {
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
		Where("relay_items.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM acknowledgements AS gone WHERE gone.relay_item_id = relay_items.id)").
		Omit("excerpt").Order("relay_items.due, relay_items.created_at, relay_items.id").Find(&all).Error
	return all, err
}

// LeftOf gives those of some items that Left gives.
func LeftOf(tx *store.Tx, ids []uuid.UUID) ([]Item, error) {
	return left(whole(tx).Where("relay_items.id IN ?", ids))
}

func left(q *gorm.DB) ([]Item, error) {
	var all []Item
	err := q.Where("relay_items.told_at IS NOT NULL AND relay_items.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM acknowledgements AS gone WHERE gone.relay_item_id = relay_items.id)").
		Omit("excerpt").Order("relay_items.due, relay_items.created_at, relay_items.id").Find(&all).Error
	return all, err
}

// OfMeetings gives the items that hold of some meetings' minutes, by meeting, in the order of their receivers' last days. Whoever asks
// reads no text.
func OfMeetings(tx *store.Tx, by access.Actor, meetings []uuid.UUID) (map[uuid.UUID][]Item, error) {
	if err := by.Require(access.Coordinator, access.Manager, access.Registrar); err != nil {
		return nil, err
	}
	var minutes []struct{ ID, MeetingID uuid.UUID }
	if err := tx.DB.Table("minutes").Select("id, meeting_id").Where("meeting_id IN ?", meetings).Find(&minutes).Error; err != nil {
		return nil, err
	}
	meetingOf, ids := map[uuid.UUID]uuid.UUID{}, []uuid.UUID{}
	for _, m := range minutes {
		meetingOf[m.ID], ids = m.MeetingID, append(ids, m.ID)
	}
	var all []Item
	if err := whole(tx).Omit("excerpt").Where("relay_items.minutes_id IN ? AND relay_items.withdrawn_at IS NULL", ids).
		Order("relay_items.due, relay_items.created_at, relay_items.id").Find(&all).Error; err != nil {
		return nil, err
	}
	if err := remember(tx, all); err != nil {
		return nil, err
	}
	of := map[uuid.UUID][]Item{}
	for _, i := range all {
		if !i.Replaced {
			of[meetingOf[i.MinutesID]] = append(of[meetingOf[i.MinutesID]], i)
		}
	}
	return of, nil
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
