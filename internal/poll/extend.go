package poll

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// More is what is added to a poll that is asked already.
type More struct {
	Times     []Slot
	LastDay   almanac.Date
	Contacts  []uuid.UUID
	Mandatory []uuid.UUID // among Contacts
}

// Added is what was new of it.
type Added struct {
	Times  []Time
	People []uuid.UUID // ids of Asked
}

// Extend adds times and people to a poll. What was answered stands. It refuses with fault.Conflict when
// the poll has ended or has changed since version, and with fault.Invalid, naming each field, when
// nothing is new or what is does not hold.
func Extend(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, m More) (*Poll, *Added, error) {
	p, err := Lock(tx, by, id)
	if err != nil {
		return nil, nil, err
	}
	if err := partner.CheckVersion(p.Version, version); err != nil {
		return nil, nil, err
	}
	if p.Closing != nil {
		return nil, nil, ended(p)
	}
	had, times := len(p.Asked), int64(len(p.Times))
	timesErr := p.take(m.Times, tx.Now)
	var askedErr error
	if len(m.Contacts)+len(m.Mandatory) > 0 {
		askedErr = p.invite(tx, m.Contacts, m.Mandatory)
	}
	added := &Added{}
	for _, t := range p.Times {
		if t.Position >= times {
			added.Times = append(added.Times, t)
		}
	}
	for _, a := range p.Asked[had:] {
		added.People = append(added.People, a.ID)
	}
	if err := fault.Join(timesErr, askedErr, checkLastDay(m.LastDay, almanac.DateOf(tx.Now, p.Location()), p.Times)); err != nil {
		return nil, nil, err
	}
	if err := added.check(p); err != nil {
		return nil, nil, err
	}
	p.LastDay, p.Version = m.LastDay, p.Version+1
	if err := p.save(tx, added, p.Asked[had:]); err != nil {
		return nil, nil, err
	}
	return p, added, access.Log(tx, by, "extend date poll", "date-poll", id)
}

func (a *Added) check(p *Poll) error {
	switch {
	case len(a.Times)+len(a.People) == 0:
		return fault.On("times", "Lägg till minst en ny tid eller en kontakt.")
	case len(p.Times) > MostInAll:
		return fault.On("times", "En tidsförfrågan kan ha högst %d tider.", MostInAll)
	}
	return nil
}

func (p *Poll) save(tx *store.Tx, added *Added, people []Asked) error {
	if len(added.Times) > 0 {
		if err := tx.DB.Create(&added.Times).Error; err != nil {
			return err
		}
	}
	if len(people) > 0 {
		fresh := slices.Clone(people)
		if err := tx.DB.Omit("Contact", "Reply").Create(&fresh).Error; err != nil {
			return err
		}
	}
	return tx.DB.Model(&Poll{}).Where("id = ?", p.ID).Updates(map[string]any{"last_day": p.LastDay, "version": p.Version}).Error
}
