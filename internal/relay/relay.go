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
	"samverkan/internal/deidentify"
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

	LinkGeneration int64      // raising it makes a new link
	LinkedAt       time.Time  // when the link was made: it opens for half a year
	ToldAt         *time.Time // when whoever leads the receiver was written to; nil: nobody was
	CreatedByID    *uuid.UUID
	WithdrawnAt    *time.Time // when a correction took it back; nil: it holds

	Former   *Item `gorm:"-"` // what the receiver had before a correction; nil: this is the first
	Replaced bool  `gorm:"-"` // a correction has put another in its place since it was gone through

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

// Lead is the contact who leads the receiver, nil when nobody is named.
func (i Item) Lead() *partner.Contact {
	switch {
	case i.WorkGroup != nil:
		return i.WorkGroup.Lead
	case i.Workplace != nil:
		return i.Workplace.Manager
	}
	return nil
}

// Waits tells whether somebody is to go through it still.
func (i Item) Waits() bool { return i.Acknowledgement == nil && i.WithdrawnAt == nil }

// Acknowledgement is that a receiver has gone through an item.
type Acknowledgement struct {
	RelayItemID uuid.UUID `gorm:"primaryKey"`
	Kind        string    // apt: gone through at an APT; read: read
	Date        almanac.Date
	Comment     string
	IdentityID  *uuid.UUID // nil: by the letter's link
	At          time.Time
}

// ReceiverID is who is to go through it.
func (i Item) ReceiverID() uuid.UUID {
	if i.WorkGroupID != nil {
		return *i.WorkGroupID
	}
	return *i.WorkplaceID
}

// LinkToken gives the token of a receiver's link to its items of one meeting's minutes.
func LinkToken(key *seal.Key, minutesID, receiver uuid.UUID, generation int64) string {
	return LinkPrefix + key.Token("relay", minutesID.String()+"|"+receiver.String(), generation)
}

// linkOf gives the generation of a receiver's link and when it was made. One that has ended is made
// anew; one that there is not yet is the first.
func linkOf(tx *store.Tx, key *seal.Key, minutesID, receiver uuid.UUID) (generation int64, at time.Time, err error) {
	var found []Item
	err = tx.DB.Order("created_at DESC, id DESC").Limit(1).Find(&found, "minutes_id = ? AND (work_group_id = ? OR workplace_id = ?)", minutesID, receiver, receiver).Error
	switch {
	case err != nil || len(found) == 0:
		return 1, tx.Now, err
	case found[0].LinkOpens(tx.Now):
		return found[0].LinkGeneration, found[0].LinkedAt, nil
	}
	_, err = RenewLink(tx, key, &found[0])
	return found[0].LinkGeneration + 1, tx.Now, err
}

// CurrentLink gives the token of a receiver's link that opens now.
func CurrentLink(tx *store.Tx, key *seal.Key, minutesID, receiver uuid.UUID) (string, error) {
	generation, _, err := linkOf(tx, key, minutesID, receiver)
	return LinkToken(key, minutesID, receiver, generation), err
}

// RenewLink makes a new link in the place of a receiver's old one, for its items of one meeting's
// minutes, and gives its token.
func RenewLink(tx *store.Tx, key *seal.Key, i *Item) (string, error) {
	if err := access.Retire(tx, access.ToRelay, i.LinkHash, i.ID); err != nil {
		return "", err
	}
	receiver := i.ReceiverID()
	token := LinkToken(key, i.MinutesID, receiver, i.LinkGeneration+1)
	return token, tx.DB.Model(&Item{}).Where("minutes_id = ? AND (work_group_id = ? OR workplace_id = ?)", i.MinutesID, receiver, receiver).
		Updates(map[string]any{"link_generation": i.LinkGeneration + 1, "linked_at": tx.Now, "link_hash": seal.Hash(token)}).Error
}

// ByLinkHash gives the items of one meeting's minutes that a link opens or once opened, however old
// it is.
func ByLinkHash(tx *store.Tx, hash string) ([]Item, error) {
	var found []Item
	if err := tx.DB.Limit(1).Find(&found, "link_hash = ?", hash).Error; err != nil {
		return nil, err
	}
	if len(found) == 0 {
		id, known, err := access.RetiredFor(tx, access.ToRelay, hash)
		if err != nil || !known {
			return nil, err
		}
		if err := tx.DB.Limit(1).Find(&found, "id = ?", id).Error; err != nil || len(found) == 0 {
			return nil, err
		}
	}
	var all []Item
	return all, whole(tx).Order("created_at, id").Find(&all, "link_hash = ?", found[0].LinkHash).Error
}

// ByID gives an item, nil when there is none. Who may have it is for the caller to ask.
func ByID(tx *store.Tx, id uuid.UUID) (*Item, error) { return oneItem(tx.DB.Where("id = ?", id)) }

// FirstOf gives the first item of one meeting's minutes that a receiver got, nil when there is none.
func FirstOf(tx *store.Tx, minutesID, receiver uuid.UUID) (*Item, error) {
	return oneItem(tx.DB.Where("minutes_id = ? AND (work_group_id = ? OR workplace_id = ?)", minutesID, receiver, receiver))
}

func oneItem(q *gorm.DB) (*Item, error) {
	var found []Item
	err := q.Order("created_at, id").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// WaitingAt counts what a receiver has not gone through of one meeting's minutes.
func WaitingAt(tx *store.Tx, minutesID, receiver uuid.UUID) (n int, err error) {
	var all []Item
	err = whole(tx).Find(&all, "relay_items.minutes_id = ? AND (relay_items.work_group_id = ? OR relay_items.workplace_id = ?)", minutesID, receiver, receiver).Error
	for _, i := range all {
		if i.Waits() {
			n++
		}
	}
	return n, err
}

// LinkOpens tells whether the receiver's link still opens the item.
func (i Item) LinkOpens(now time.Time) bool { return i.LinkedAt.After(now.Add(-linkLives)) }

// PassOn records an item for each receiver that does not have this text of it yet, and gives those
// receivers. A correction so asks only those whose text changed.
func PassOn(tx *store.Tx, by access.Actor, key *seal.Key, i Item, receivers []uuid.UUID) (fresh []uuid.UUID, err error) {
	for _, receiver := range receivers {
		has, err := Has(tx, receiver, i.ItemID, i.Excerpt)
		if err != nil {
			return nil, err
		}
		if has {
			continue
		}
		row := i
		row.ID, row.CreatedAt, row.CreatedByID = store.NewID(), tx.Now, by.By()
		if row.LinkGeneration, row.LinkedAt, err = linkOf(tx, key, i.MinutesID, receiver); err != nil {
			return nil, err
		}
		row.LinkHash = seal.Hash(LinkToken(key, i.MinutesID, receiver, row.LinkGeneration))
		var n int64
		if err := tx.DB.Model(&partner.WorkGroup{}).Where("id = ?", receiver).Count(&n).Error; err != nil {
			return nil, err
		}
		if row.WorkplaceID = &receiver; n > 0 {
			row.WorkGroupID, row.WorkplaceID = &receiver, nil
		}
		row.WithdrawnAt = nil
		if err := tx.DB.Omit("WorkGroup", "Workplace", "Acknowledgement").Create(&row).Error; err != nil {
			return nil, err
		}
		fresh = append(fresh, receiver)
	}
	return fresh, nil
}

// Has tells whether what a receiver was given last of an item is this very text, and holds.
func Has(tx *store.Tx, receiver, itemID uuid.UUID, text string) (bool, error) {
	latest, err := Latest(tx, receiver, itemID)
	return latest != nil && latest.Excerpt == text && latest.WithdrawnAt == nil, err
}

// Latest gives what a receiver was given last of an item, nil when it never was.
func Latest(tx *store.Tx, receiver, itemID uuid.UUID) (*Item, error) {
	var found []Item
	err := tx.DB.Where("item_id = ? AND (work_group_id = ? OR workplace_id = ?)", itemID, receiver, receiver).
		Order("number DESC, created_at DESC, id DESC").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// linkLives is how long a receiver's link opens its items.
const linkLives = 180 * 24 * time.Hour

// Rekey makes the receivers' links anew with another key: those that were sent stop working.
func Rekey(tx *store.Tx, key *seal.Key) error {
	var all []Item
	if err := tx.DB.Find(&all).Error; err != nil {
		return err
	}
	for _, i := range all {
		hash := seal.Hash(LinkToken(key, i.MinutesID, i.ReceiverID(), i.LinkGeneration))
		if err := tx.DB.Model(&Item{}).Where("id = ?", i.ID).Update("link_hash", hash).Error; err != nil {
			return err
		}
	}
	return nil
}

// whole leaves out what a correction has replaced before anybody went through it.
func whole(tx *store.Tx) *gorm.DB {
	newer := tx.DB.Table("relay_items AS newer").Select("1").
		Where("newer.item_id = relay_items.item_id AND newer.number > relay_items.number").
		Where("newer.work_group_id = relay_items.work_group_id OR newer.workplace_id = relay_items.workplace_id")
	received := tx.DB.Table("acknowledgements AS received").Select("1").Where("received.relay_item_id = relay_items.id")
	return tx.DB.Where("NOT EXISTS (?) OR EXISTS (?)", newer, received).Preload("WorkGroup.Lead.Organisation").Preload("Workplace.Manager.Organisation").Preload("Acknowledgement")
}

// seen keeps what the actor sees: coordinators, managers and registrars all, a work group's lead that of
// the group.
func seen(tx *store.Tx, by access.Actor) *gorm.DB {
	q := whole(tx)
	if !by.Is(access.Coordinator, access.Manager, access.Registrar) {
		q = q.Scopes(by.LeadsGroup(tx, "relay_items.work_group_id"))
	}
	return q
}

// Find gives one item that the actor sees.
func Find(tx *store.Tx, by access.Actor, id uuid.UUID) (*Item, error) {
	i := &Item{}
	if err := store.Found(seen(tx, by).First(i, "relay_items.id = ?", id).Error); err != nil {
		return nil, err
	}
	one := []Item{*i}
	err := remember(tx, one)
	return &one[0], err
}

// ByLink gives the items that a receiver's link opens, for half a year. It refuses with
// fault.NotFound when it opens none.
func ByLink(tx *store.Tx, token string) ([]Item, error) {
	var found []Item
	err := whole(tx).Order("created_at, id").Find(&found, "link_hash = ? AND linked_at > ?", seal.Hash(token), tx.Now.Add(-linkLives)).Error
	if err == nil && len(found) == 0 {
		err = fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	return found, remember(tx, found)
}

// Receipt is what a receiver says of items.
type Receipt struct {
	Kind    string // apt or read
	Date    almanac.Date
	Comment string
}

// Acknowledge records that an item was gone through: by the group's lead, by whoever has the
// receiver's link, or by a coordinator who was told. Acknowledging again changes nothing. It
// refuses with fault.Invalid for a day to come.
func Acknowledge(tx *store.Tx, by access.Actor, i *Item, r Receipt, today almanac.Date) error {
	if by.SignedIn() {
		if err := by.Require(access.GroupLead, access.Coordinator); err != nil {
			return err
		}
	}
	comment, commentErr := deidentify.OptionalLine(tx.Now, "comment", r.Comment, 500)
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
	if i.WithdrawnAt != nil {
		return fault.New(fault.Conflict, "Punkten gäller inte längre. Du behöver inte bekräfta den.")
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
