package minutes

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Typing is what stands in a field of a page at the moment, as the items that it makes. Its key is
// made with the page, so that whatever is sent again makes nothing twice.
type Typing struct {
	AgendaItemID uuid.UUID
	Field        uuid.UUID
	Stamp        string // of what was saved of the field last; empty: nothing yet
	Parts        []Written
}

// Type makes the items of a field what is typed in it: it changes those that it made before, adds
// and takes away. It gives them with their new stamp. It refuses with fault.Conflict, having changed
// nothing, when somebody has changed one of them since the stamp; what stands there already is done,
// whatever the stamp.
func Type(tx *store.Tx, by access.Actor, minutesID uuid.UUID, t Typing) ([]Item, string, error) {
	m, err := editable(tx, by, minutesID)
	if err != nil {
		return nil, "", err
	}
	now := m.typed(t.Field)
	wrong := m.holds(t.AgendaItemID)
	for n := range t.Parts {
		wrong = fault.Join(wrong, t.Parts[n].check(tx))
	}
	if wrong == nil && t.stands(now) {
		return now, stamp(now), nil
	}
	if stamp(now) != t.Stamp {
		return nil, "", overtakenIn(tx, by, now)
	}
	if wrong != nil {
		return nil, "", wrong
	}
	if err := m.room(len(t.Parts) - len(now)); err != nil {
		return nil, "", err
	}
	if err := m.checkpoint(tx, by, false); err != nil {
		return nil, "", err
	}
	made, err := m.become(tx, by, now, t)
	if err != nil {
		return nil, "", err
	}
	return made, stamp(made), m.purge(tx, now)
}

// become makes the items of a field what its parts say.
func (m *Minutes) become(tx *store.Tx, by access.Actor, now []Item, t Typing) ([]Item, error) {
	var made []Item
	for n, part := range t.Parts {
		if n < len(now) {
			i := now[n]
			if !i.says(part) {
				if err := i.write(tx, by, part); err != nil {
					return nil, err
				}
			}
			made = append(made, i)
			continue
		}
		i := m.last(tx, by, t.AgendaItemID, part)
		i.TypedIn = &t.Field
		if err := tx.DB.Create(i).Error; err != nil {
			return nil, err
		}
		m.Items = append(m.Items, *i)
		made = append(made, *i)
	}
	for n := len(t.Parts); n < len(now); n++ {
		if err := tx.DB.Delete(&Item{}, "id = ?", now[n].ID).Error; err != nil {
			return nil, err
		}
	}
	return made, nil
}

// Typed gives the items that a field has made, with their stamp: what is saved, for whoever typed
// something else meanwhile.
func Typed(tx *store.Tx, by access.Actor, minutesID, field uuid.UUID) ([]Item, string, error) {
	m, err := Draft(tx, by, minutesID)
	if err != nil {
		return nil, "", err
	}
	items := m.typed(field)
	return items, stamp(items), nil
}

// FindItem gives an item of the working text to whoever keeps the notes.
func FindItem(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*Item, error) {
	i := &Item{}
	if err := store.Found(tx.DB.First(i, "id = ?", itemID).Error); err != nil {
		return nil, err
	}
	_, err := Draft(tx, by, i.MinutesID)
	return i, err
}

func (m *Minutes) typed(field uuid.UUID) []Item {
	var items []Item
	for _, i := range m.Items {
		if i.TypedIn != nil && *i.TypedIn == field {
			items = append(items, i)
		}
	}
	return items
}

// stands tells whether the items are what is typed.
func (t Typing) stands(items []Item) bool {
	if len(items) != len(t.Parts) {
		return false
	}
	for n, i := range items {
		if i.AgendaItemID != t.AgendaItemID || !i.says(t.Parts[n]) {
			return false
		}
	}
	return true
}

// stamp tells one state of a field's items from every other.
func stamp(items []Item) string {
	if len(items) == 0 {
		return ""
	}
	h := sha256.New()
	for _, i := range items {
		fmt.Fprintln(h, i.ID, i.Version)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// overtakenIn is the refusal of what was typed in a field whose items somebody has changed: the
// latest change counts.
func overtakenIn(tx *store.Tx, by access.Actor, items []Item) error {
	latest := Item{}
	for _, i := range items {
		if i.UpdatedAt.After(latest.UpdatedAt) {
			latest = i
		}
	}
	return latest.overtaken(tx, by)
}
