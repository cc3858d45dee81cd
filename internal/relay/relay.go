// Package relay holds what was passed on to work groups and workplaces, and who has gone through
// it. Each receiver gets a frozen excerpt, readable without the minutes, and sees its own items
// and nothing else of that meeting. This is the promise that the plan makes in the group's name.
package relay

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// LinkPrefix begins the token of a receiver's link.
const LinkPrefix = "relay_"

// Item is one thing passed on to one receiver.
type Item struct {
	ID          uuid.UUID
	MinutesID   uuid.UUID
	Number      int64     // of the version it was taken from
	ItemID      uuid.UUID // in the minutes
	WorkGroupID *uuid.UUID
	WorkplaceID *uuid.UUID
	Title       string // neutral title of the meeting
	Excerpt     string // frozen
	Due         almanac.Date
	LinkHash    string
	CreatedAt   time.Time
	CreatedByID *uuid.UUID

	WorkGroup       *partner.WorkGroup
	Workplace       *partner.Workplace
	Acknowledgement *Acknowledgement `gorm:"foreignKey:RelayItemID"`
}

// TableName is the table of Item.
func (Item) TableName() string { return "relay_items" }

// Receiver is the name of who is to go through it.
func (i Item) Receiver() string {
	switch {
	case i.WorkGroup != nil:
		return i.WorkGroup.Name
	case i.Workplace != nil:
		return i.Workplace.Name
	}
	return ""
}

// Acknowledgement is that a receiver has gone through an item.
type Acknowledgement struct {
	RelayItemID uuid.UUID `gorm:"primaryKey"`
	Kind        string    // apt: gone through at an APT; read: read
	Date        almanac.Date
	Comment     string
	IdentityID  *uuid.UUID // nil: by the letter's link
	At          time.Time
}

// LinkToken gives the token of a receiver's link to its items of one meeting's minutes.
func LinkToken(key *seal.Key, minutesID, receiver uuid.UUID) string {
	return LinkPrefix + key.Token("relay", minutesID.String()+"|"+receiver.String(), 1)
}

// PassOn records an item for each receiver that does not have this text of it yet, and gives the
// receivers that got something new. A correction so asks only those whose text changed.
func PassOn(tx *store.Tx, by access.Actor, key *seal.Key, i Item, receivers []uuid.UUID) (fresh []uuid.UUID, err error) {
	for _, receiver := range receivers {
		row := i
		row.ID, row.CreatedAt, row.CreatedByID = store.NewID(), tx.Now, by.By()
		row.LinkHash = seal.Hash(LinkToken(key, i.MinutesID, receiver))
		var n int64
		if err := tx.DB.Model(&partner.WorkGroup{}).Where("id = ?", receiver).Count(&n).Error; err != nil {
			return nil, err
		}
		column := "workplace_id"
		if row.WorkplaceID = &receiver; n > 0 {
			row.WorkGroupID, row.WorkplaceID, column = &receiver, nil, "work_group_id"
		}
		var same int64
		err := tx.DB.Model(&Item{}).Where("item_id = ? AND excerpt = ? AND "+column+" = ?", i.ItemID, i.Excerpt, receiver).Count(&same).Error
		if err != nil {
			return nil, err
		}
		if same > 0 {
			continue
		}
		if err := tx.DB.Omit("WorkGroup", "Workplace", "Acknowledgement").Create(&row).Error; err != nil {
			return nil, err
		}
		fresh = append(fresh, receiver)
	}
	return fresh, nil
}

func whole(tx *store.Tx) *gorm.DB {
	return tx.DB.Preload("WorkGroup.Lead.Organisation").Preload("Workplace.Manager.Organisation").Preload("Acknowledgement")
}

// List gives the items that the actor sees, those not gone through first, then by last day:
// coordinators and managers all, a work group's lead those of the group.
func List(tx *store.Tx, by access.Actor) ([]Item, error) {
	q := whole(tx)
	if !by.Is(access.Coordinator, access.Manager, access.Registrar) {
		q = q.Scopes(by.LeadsGroup(tx, "relay_items.work_group_id"))
	}
	var all []Item
	err := q.Joins("LEFT JOIN acknowledgements AS gone ON gone.relay_item_id = relay_items.id").
		Order("gone.relay_item_id IS NOT NULL, relay_items.due, relay_items.created_at, relay_items.id").Find(&all).Error
	return all, err
}

// Find gives one item that the actor sees.
func Find(tx *store.Tx, by access.Actor, id uuid.UUID) (*Item, error) {
	q := whole(tx)
	if !by.Is(access.Coordinator, access.Manager, access.Registrar) {
		q = q.Scopes(by.LeadsGroup(tx, "relay_items.work_group_id"))
	}
	i := &Item{}
	return i, store.Found(q.First(i, "relay_items.id = ?", id).Error)
}

// ByLink gives the items that a receiver's link opens. It refuses with fault.NotFound when it
// opens none.
func ByLink(tx *store.Tx, token string) ([]Item, error) {
	var found []Item
	err := whole(tx).Order("created_at, id").Find(&found, "link_hash = ?", seal.Hash(token)).Error
	if err == nil && len(found) == 0 {
		err = fault.Missing()
	}
	return found, err
}

// Receipt is what a receiver says of items.
type Receipt struct {
	Kind    string // apt or read
	Date    almanac.Date
	Comment string
}

// Acknowledge records that an item was gone through. Acknowledging again changes nothing. It
// refuses with fault.Invalid for a day to come.
func Acknowledge(tx *store.Tx, by access.Actor, i *Item, r Receipt, today almanac.Date) error {
	comment, commentErr := fault.OptionalLine("comment", r.Comment, 500)
	var kindErr, dateErr error
	if r.Kind != "apt" && r.Kind != "read" {
		kindErr = fault.On("kind", "Välj ett av alternativen.")
	}
	if r.Date.IsZero() {
		r.Date = today
	}
	if r.Date.After(today) {
		dateErr = fault.On("date", "Datumet har inte varit än. Bekräfta när ni har gått igenom punkten.")
	}
	if err := fault.Join(kindErr, dateErr, commentErr); err != nil {
		return err
	}
	if i.Acknowledgement != nil {
		return nil
	}
	a := &Acknowledgement{i.ID, r.Kind, r.Date, comment, by.By(), tx.Now}
	if err := tx.DB.Create(a).Error; err != nil {
		if store.IsDuplicate(err) { // somebody was first
			return fault.New(fault.Conflict, "Punkten är redan bekräftad.")
		}
		return err
	}
	i.Acknowledgement = a
	return access.Log(tx, by, "acknowledge relay item", "relay-item", i.ID)
}
