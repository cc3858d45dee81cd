package minutes

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Direction is where to something is moved among its like.
type Direction string

// The directions.
const (
	Up   Direction = "up"
	Down Direction = "down"
)

// beside gives the place next to n of count in a direction, and whether there is one.
func (d Direction) beside(n, count int) (other int, there bool, err error) {
	switch d {
	case Up:
		other = n - 1
	case Down:
		other = n + 1
	default:
		return 0, false, fault.On("to", "Välj ett av alternativen.")
	}
	return other, other >= 0 && other < count, nil
}

// Shift moves an item one step among those under its heading. The first one does not move up, nor the
// last one down.
func Shift(tx *store.Tx, by access.Actor, itemID uuid.UUID, to Direction) (*Item, error) {
	i, m, err := held(tx, by, itemID)
	if err != nil {
		return nil, err
	}
	all := m.Under(i.AgendaItemID)
	at := slices.IndexFunc(all, func(o Item) bool { return o.ID == itemID })
	other, there, err := to.beside(at, len(all))
	if err != nil || !there {
		return i, err
	}
	if err := m.checkpoint(tx, by, false); err != nil {
		return nil, err
	}
	return i, swap(tx, &Item{}, itemID, all[other].Position, all[other].ID, all[at].Position)
}

// PutUnder moves an item last under another heading.
func PutUnder(tx *store.Tx, by access.Actor, itemID, agendaItem uuid.UUID) (*Item, error) {
	i, m, err := held(tx, by, itemID)
	if err != nil {
		return nil, err
	}
	if err := m.holds(agendaItem); err != nil || i.AgendaItemID == agendaItem {
		return i, err
	}
	if err := m.checkpoint(tx, by, false); err != nil {
		return nil, err
	}
	i.AgendaItemID, i.Position = agendaItem, m.last(tx, by, agendaItem, Written{}).Position
	return i, i.touch(tx, by)
}

// ShiftAgendaItem moves a heading with its items one step.
func ShiftAgendaItem(tx *store.Tx, by access.Actor, id uuid.UUID, to Direction) (*AgendaItem, error) {
	a := &AgendaItem{}
	if err := store.Found(tx.DB.First(a, "id = ?", id).Error); err != nil {
		return nil, err
	}
	m, err := editable(tx, by, a.MinutesID)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(m.Agenda, func(o AgendaItem) bool { return o.ID == id })
	other, there, err := to.beside(at, len(m.Agenda))
	if err != nil || !there {
		return a, err
	}
	if err := m.checkpoint(tx, by, false); err != nil {
		return nil, err
	}
	return a, swap(tx, &AgendaItem{}, id, m.Agenda[other].Position, m.Agenda[other].ID, m.Agenda[at].Position)
}

// swap gives two rows new positions.
func swap(tx *store.Tx, model any, one uuid.UUID, first int64, other uuid.UUID, second int64) error {
	if err := tx.DB.Model(model).Where("id = ?", one).Update("position", first).Error; err != nil {
		return err
	}
	return tx.DB.Model(model).Where("id = ?", other).Update("position", second).Error
}

const maxAttendances = 100

// AddAttendance writes down somebody whom nobody had asked, as organisation and role: never a name.
func AddAttendance(tx *store.Tx, by access.Actor, minutesID uuid.UUID, organisation, role string, state State) (*Attendance, error) {
	m, err := editable(tx, by, minutesID)
	if err != nil {
		return nil, err
	}
	organisation, organisationErr := fault.OptionalLine("organisation", organisation, 200)
	role, roleErr := fault.OptionalLine("role", role, 200)
	if organisationErr == nil && roleErr == nil && organisation == "" && role == "" {
		organisationErr = fault.On("organisation", "Skriv organisation eller roll.")
	}
	if err := fault.Join(organisationErr, roleErr, state.check()); err != nil {
		return nil, err
	}
	if len(m.Attendances) >= maxAttendances {
		return nil, fault.On("organisation", "Listan har redan %d deltagare.", maxAttendances)
	}
	position := int64(0)
	for _, a := range m.Attendances {
		position = max(position, a.Position+1)
	}
	if err := m.keep(tx, by, false); err != nil {
		return nil, err
	}
	a := &Attendance{store.NewID(), minutesID, organisation, role, state, position}
	return a, tx.DB.Create(a).Error
}

func (s State) check() error {
	switch s {
	case Present, Absent, Apology, Substitute:
		return nil
	}
	return fault.On("attendance", "Välj ett av alternativen.")
}
