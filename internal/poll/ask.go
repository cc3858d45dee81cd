package poll

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// How many times a poll asks about: fewer leave no choice, more are not read.
const (
	FewestTimes = 3
	MostTimes   = 6
)

// MostInAll is how many times a poll may have when times were added to it.
const MostInAll = 12

// mostAsked is the largest number of contacts in one poll.
const mostAsked = 100

// Slot is a time that somebody thinks of.
type Slot struct {
	Date   almanac.Date
	Starts almanac.Clock
	Ends   almanac.Clock
}

// Wish is a poll to be made.
type Wish struct {
	ForumID   uuid.UUID
	Zone      *time.Location
	Times     []Slot
	LastDay   almanac.Date
	Shows     Showing
	Contacts  []uuid.UUID
	Mandatory []uuid.UUID // among Contacts
	Note      string      // already checked: it leaves the house
}

// Ask makes a poll. It refuses with fault.NotFound when the actor may not convene the forum, and with
// fault.Invalid, naming each field, when somebody else convenes it or the wish does not hold.
func Ask(tx *store.Tx, by access.Actor, w Wish) (*Poll, error) {
	f, err := forum.Find(tx, by, w.ForumID)
	if err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, w.ForumID); err != nil {
		return nil, err
	}
	if f.ConvenedBy != forum.Us {
		return nil, fault.On("forumId", "Vi kallar inte till det här forumet, och frågar därför inte om tider för det.")
	}
	p := &Poll{ID: store.NewID(), ForumID: f.ID, Forum: *f, Zone: w.Zone.String(), LastDay: w.LastDay, Shows: w.Shows, Note: w.Note, Version: 1,
		CreatedByID: by.By(), CreatedAt: tx.Now}
	timesErr := fault.Join(p.take(w.Times, tx.Now), p.countTimes())
	var dayErr error
	if timesErr == nil {
		dayErr = checkLastDay(w.LastDay, almanac.DateOf(tx.Now, w.Zone), p.Times)
	}
	askedErr := p.invite(tx, w.Contacts, w.Mandatory)
	if err := fault.Join(timesErr, dayErr, w.Shows.check(), askedErr); err != nil {
		return nil, err
	}
	if err := p.create(tx); err != nil {
		return nil, err
	}
	return p, access.Log(tx, by, "ask date poll", "date-poll", p.ID)
}

func (p *Poll) create(tx *store.Tx) error {
	if err := tx.DB.Omit("Forum", "Times", "Asked", "Closing").Create(p).Error; err != nil {
		return err
	}
	if err := tx.DB.Create(&p.Times).Error; err != nil {
		return err
	}
	return tx.DB.Omit("Contact", "Reply").Create(&p.Asked).Error
}

// take checks the times and puts them in, in order, each once.
func (p *Poll) take(slots []Slot, now time.Time) error {
	before := len(p.Times)
	for _, s := range slots {
		t := Time{ID: store.NewID(), PollID: p.ID, Date: s.Date, Starts: s.Starts, Ends: s.Ends}
		start, startErr := almanac.Instant(s.Date, s.Starts, p.Location())
		_, endErr := almanac.Instant(s.Date, s.Ends, p.Location())
		if err := fault.Join(fault.At("times", startErr), fault.At("times", endErr)); err != nil {
			return err
		}
		switch {
		case s.Ends <= s.Starts:
			return fault.On("times", "%s: tiden måste sluta efter att den har börjat.", t)
		case !start.After(now):
			return fault.On("times", "%s har redan varit. Välj en tid som kommer.", t)
		case s.Date.Year > 2100:
			return fault.On("times", "Välj ett år mellan 2000 och 2100.")
		}
		if !slices.ContainsFunc(p.Times, func(u Time) bool { return t.Compare(u) == 0 }) {
			p.Times = append(p.Times, t)
		}
	}
	slices.SortFunc(p.Times[before:], Time.Compare)
	for n := before; n < len(p.Times); n++ {
		p.Times[n].Position = int64(n)
	}
	slices.SortFunc(p.Times, Time.Compare)
	return nil
}

func (p *Poll) countTimes() error {
	if len(p.Times) < FewestTimes || len(p.Times) > MostTimes {
		return fault.On("times", "Välj %d till %d olika tider.", FewestTimes, MostTimes)
	}
	return nil
}

func checkLastDay(last, today almanac.Date, times []Time) error {
	switch {
	case last.Before(today):
		return fault.On("lastDay", "Sista dagen att svara har redan varit. Välj en senare dag.")
	}
	for _, t := range times {
		if !t.Date.Before(today) && !last.Before(t.Date) { // one that has been binds nobody
			return fault.On("lastDay", "Sista dagen att svara måste ligga före den första tiden.")
		}
	}
	return nil
}

func (s Showing) check() error {
	if s == AtOnce || s == AfterOwn || s == Never {
		return nil
	}
	return fault.On("shows", "Välj ett av alternativen.")
}

// invite puts in whom to ask, each once. Whoever stands in at one meeting only is not here to be asked.
func (p *Poll) invite(tx *store.Tx, contacts, mandatory []uuid.UUID) error {
	var found []partner.Contact
	if err := tx.DB.Preload("Organisation").Preload("Role").Where("id IN ? AND left_at IS NULL AND NOT stand_in", contacts).Find(&found).Error; err != nil {
		return err
	}
	for _, id := range contacts {
		n := slices.IndexFunc(found, func(c partner.Contact) bool { return c.ID == id })
		if n < 0 {
			return fault.On("contactId", "Välj minst en kontakt ur listan.")
		}
		if slices.ContainsFunc(p.Asked, func(a Asked) bool { return a.ContactID == id }) {
			continue
		}
		p.Asked = append(p.Asked, Asked{ID: store.NewID(), PollID: p.ID, ContactID: id, Mandatory: slices.Contains(mandatory, id), CreatedAt: tx.Now, Contact: found[n]})
	}
	for _, id := range mandatory {
		if !slices.Contains(contacts, id) {
			return fault.On("mandatoryId", "Den som måste kunna behöver också tillfrågas.")
		}
	}
	switch {
	case len(p.Asked) == 0:
		return fault.On("contactId", "Välj minst en kontakt ur listan.")
	case len(p.Asked) > mostAsked:
		return fault.On("contactId", "Välj högst %d kontakter.", mostAsked)
	}
	return nil
}
