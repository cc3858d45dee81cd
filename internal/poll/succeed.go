package poll

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// AskingOf lists the polls that have not ended and that ask a contact, the oldest first.
func AskingOf(tx *store.Tx, contactID uuid.UUID) ([]Poll, error) {
	unsettled, err := Unsettled(tx)
	var all []Poll
	for _, p := range unsettled {
		if p.asks(contactID) != nil {
			all = append(all, p)
		}
	}
	return all, err
}

func (p Poll) asks(contactID uuid.UUID) *Asked {
	for n := range p.Asked {
		if p.Asked[n].ContactID == contactID {
			return &p.Asked[n]
		}
	}
	return nil
}

// Passed is what became of the place of somebody who is asked and is no longer there.
type Passed struct {
	To   *Asked // who is asked now; nil: nobody
	Kept bool   // what was answered stands: the organisation's word, until somebody changes it
}

// Pass gives the place of a contact that a poll asks to another one, nil to nobody. What was answered stays:
// it was the organisation's word, and whoever takes over sees it and may change it. A place without an
// answer that nobody takes over is gone, with the reminders of it. The caller has locked the poll.
func Pass(tx *store.Tx, by access.Actor, p *Poll, from uuid.UUID, to *partner.Contact) (Passed, error) {
	a := p.asks(from)
	passed := Passed{Kept: a.Reply != nil}
	switch {
	case to != nil && p.asks(to.ID) == nil:
		a.ContactID, a.Contact, a.CreatedAt = to.ID, *to, tx.Now
		if err := tx.DB.Model(&Asked{}).Where("id = ?", a.ID).Updates(map[string]any{"contact_id": to.ID, "created_at": tx.Now}).Error; err != nil {
			return passed, err
		}
		passed.To = a
	case a.Reply == nil:
		if err := tx.DB.Where("asked_id = ?", a.ID).Delete(&Nudge{}).Error; err != nil {
			return passed, err
		}
		if err := tx.DB.Where("id = ?", a.ID).Delete(&Asked{}).Error; err != nil {
			return passed, err
		}
	}
	p.Version++
	if err := tx.DB.Model(&Poll{}).Where("id = ?", p.ID).Update("version", p.Version).Error; err != nil {
		return passed, err
	}
	return passed, access.Log(tx, by, "pass date poll on", "date-poll", p.ID)
}
