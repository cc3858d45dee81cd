package minutes

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Kind says what an item is.
type Kind string

// The kinds.
const (
	Note     Kind = "note"
	Decision Kind = "decision" // B1, B2 …
	Action   Kind = "action"   // U1, U2 …
	Relay    Kind = "relay"    // to be passed on
)

// Item is one thing said, decided, to be done or to be passed on.
type Item struct {
	ID           uuid.UUID // stable: the frozen document keeps it
	MinutesID    uuid.UUID
	AgendaItemID uuid.UUID
	Kind         Kind
	Text         string
	Owner        string       // of an action
	Due          almanac.Date // of an action; zero: none
	Receivers    []uuid.UUID  `gorm:"serializer:json"` // work groups and workplaces, of an item to pass on
	Position     int64
	Version      int64
	UpdatedAt    time.Time `gorm:"autoUpdateTime:false"`
	UpdatedByID  *uuid.UUID
	TypedIn      *uuid.UUID // the field of a page that it is being typed in
}

// TableName is the table of Item.
func (Item) TableName() string { return "minutes_items" }

// Written is what somebody wrote of an item.
type Written struct {
	Kind      Kind
	Text      string
	Owner     string
	Due       almanac.Date
	Receivers []uuid.UUID
}

// check refuses with fault.Invalid, naming each field.
func (w *Written) check(tx *store.Tx) error {
	text, textErr := fault.Text("text", w.Text, maxText)
	owner, ownerErr := fault.OptionalLine("owner", w.Owner, 200)
	var kindErr, receiversErr error
	switch w.Kind {
	case Note, Decision:
	case Action:
		if ownerErr == nil && owner == "" {
			ownerErr = fault.On("owner", "Skriv vem som är ansvarig för uppgiften.")
		}
	case Relay:
		receiversErr = checkReceivers(tx, w.Receivers)
	default:
		kindErr = fault.On("kind", "Välj ett av alternativen.")
	}
	if w.Kind != Action {
		owner, w.Due = "", almanac.Date{}
	}
	if w.Kind != Relay || w.Receivers == nil {
		w.Receivers = []uuid.UUID{}
	}
	w.Text, w.Owner = text, owner
	return fault.Join(kindErr, textErr, ownerErr, receiversErr)
}

func checkReceivers(tx *store.Tx, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return fault.On("receivers", "Välj minst en arbetsgrupp eller arbetsplats.")
	}
	var groups, places int64
	if err := tx.DB.Model(&partner.WorkGroup{}).Where("id IN ?", ids).Count(&groups).Error; err != nil {
		return err
	}
	if err := tx.DB.Model(&partner.Workplace{}).Where("id IN ?", ids).Count(&places).Error; err != nil {
		return err
	}
	if int(groups+places) != len(ids) {
		return fault.On("receivers", "Välj arbetsgrupper och arbetsplatser ur listan.")
	}
	return nil
}

// Add writes a new item last under an agenda item.
func Add(tx *store.Tx, by access.Actor, minutesID, agendaItem uuid.UUID, w Written) (*Item, error) {
	m, err := editable(tx, by, minutesID)
	if err != nil {
		return nil, err
	}
	if err := m.holds(agendaItem); err != nil {
		return nil, err
	}
	if err := m.room(1); err != nil {
		return nil, err
	}
	if err := w.check(tx); err != nil {
		return nil, err
	}
	if err := m.checkpoint(tx, by, false); err != nil {
		return nil, err
	}
	i := m.last(tx, by, agendaItem, w)
	return i, tx.DB.Create(i).Error
}

// holds refuses a heading that the minutes do not have.
func (m *Minutes) holds(agendaItem uuid.UUID) error {
	if slices.ContainsFunc(m.Agenda, func(a AgendaItem) bool { return a.ID == agendaItem }) {
		return nil
	}
	return fault.On("agendaItemId", "Välj en punkt på dagordningen.")
}

// room refuses more items than minutes may have.
func (m *Minutes) room(more int) error {
	if len(m.Items)+more > maxItems {
		return fault.New(fault.Invalid, "Anteckningarna har redan %d delar. Slå ihop några.", maxItems)
	}
	return nil
}

// last is an item that stands after all others.
func (m *Minutes) last(tx *store.Tx, by access.Actor, agendaItem uuid.UUID, w Written) *Item {
	position := int64(0)
	for _, i := range m.Items {
		position = max(position, i.Position+1)
	}
	return &Item{ID: store.NewID(), MinutesID: m.ID, AgendaItemID: agendaItem, Kind: w.Kind, Text: w.Text, Owner: w.Owner, Due: w.Due,
		Receivers: w.Receivers, Position: position, Version: 1, UpdatedAt: tx.Now, UpdatedByID: by.By()}
}

// Save writes an item anew. version is the one that was read: when somebody else has saved since,
// the refusal is fault.Conflict and nothing of either text is lost. Saving what stands there already
// is done, whatever the version: the answer to it may have been lost on its way.
func Save(tx *store.Tx, by access.Actor, itemID uuid.UUID, version int64, w Written) (*Item, error) {
	i, m, err := held(tx, by, itemID)
	if err != nil {
		return nil, err
	}
	wrong := w.check(tx)
	if i.Version != version {
		if wrong == nil && i.says(w) {
			return i, nil
		}
		return nil, i.overtaken(tx, by)
	}
	if wrong != nil {
		return nil, wrong
	}
	if err := m.checkpoint(tx, by, false); err != nil {
		return nil, err
	}
	before := *i
	if err := i.write(tx, by, w); err != nil {
		return nil, err
	}
	return i, m.purge(tx, []Item{before})
}

// says tells whether an item is what somebody wrote.
func (i Item) says(w Written) bool {
	return i.Kind == w.Kind && i.Text == w.Text && i.Owner == w.Owner && i.Due == w.Due && slices.Equal(i.Receivers, w.Receivers)
}

// write replaces what an item says.
func (i *Item) write(tx *store.Tx, by access.Actor, w Written) error {
	i.Kind, i.Text, i.Owner, i.Due, i.Receivers = w.Kind, w.Text, w.Owner, w.Due, w.Receivers
	return i.touch(tx, by)
}

// touch saves an item under a new version.
func (i *Item) touch(tx *store.Tx, by access.Actor) error {
	i.Version, i.UpdatedAt, i.UpdatedByID = i.Version+1, tx.Now, by.By()
	return tx.DB.Save(i).Error
}

// overtaken is the refusal of what was written from an older version.
func (i Item) overtaken(tx *store.Tx, by access.Actor) error {
	if i.UpdatedByID == nil {
		return fault.New(fault.Conflict, "Någon annan har också ändrat den här punkten. Välj vilken text som ska gälla.")
	}
	if *i.UpdatedByID == by.ID {
		return fault.New(fault.Conflict, "Du har också ändrat den här punkten i ett annat fönster. Välj vilken text som ska gälla.")
	}
	names, err := access.NamesOf(tx, []uuid.UUID{*i.UpdatedByID})
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "%s har också ändrat den här punkten. Välj vilken text som ska gälla.", names[*i.UpdatedByID])
}

// Strike takes an item out of the working text. What was frozen keeps it.
func Strike(tx *store.Tx, by access.Actor, itemID uuid.UUID, version int64) (*Item, error) {
	i, m, err := held(tx, by, itemID)
	if err != nil {
		return nil, err
	}
	if i.Version != version {
		return nil, i.overtaken(tx, by)
	}
	if err := m.checkpoint(tx, by, true); err != nil {
		return nil, err
	}
	if err := tx.DB.Delete(&Item{}, "id = ?", itemID).Error; err != nil {
		return nil, err
	}
	if err := m.purge(tx, []Item{*i}); err != nil {
		return nil, err
	}
	return i, access.Log(tx, by, "strike item", "minutes", i.MinutesID)
}

// Holding gives the minutes that an item belongs to.
func Holding(tx *store.Tx, itemID uuid.UUID) (uuid.UUID, error) {
	i := &Item{}
	err := store.Found(tx.DB.Select("minutes_id").First(i, "id = ?", itemID).Error)
	return i.MinutesID, err
}

// held locks an item of minutes that the actor keeps.
func held(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*Item, *Minutes, error) {
	minutesID, err := Holding(tx, itemID)
	if err != nil {
		return nil, nil, err
	}
	m, err := editable(tx, by, minutesID)
	if err != nil {
		return nil, nil, err
	}
	i := &Item{}
	return i, m, tx.Hold(i, itemID) // after the minutes, as all verbs do: two who write wait for each other in one order
}
