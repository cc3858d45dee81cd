package secretariat

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// Shared gives who may be sent a link to finished notes, and who has one. It refuses with
// fault.NotFound unless the actor keeps the forum's notes.
func Shared(tx *store.Tx, by access.Actor, o Office, minutesID uuid.UUID) (*Sharing, error) {
	m, err := minutes.ForLetter(tx, minutesID)
	if err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, m.Meeting.ForumID); err != nil {
		return nil, err
	}
	s, err := o.sharing(tx, by, m, &minutes.Document{})
	return &s, err
}

// chosen keeps the shares of the contacts that a form names. It refuses when it names nobody, or
// somebody who is not among them.
func chosen(s *Sharing, contacts []uuid.UUID) ([]Share, error) {
	var kept []Share
	for _, share := range s.Notes {
		if slices.Contains(contacts, share.Contact.ID) {
			kept = append(kept, share)
		}
	}
	if len(kept) == 0 || len(kept) != len(contacts) {
		return nil, fault.On("contactId", "Välj minst en kontakt ur listan.")
	}
	return kept, nil
}

// SendNotes sends chosen contacts of the forum their link to finished notes: again, the same link.
func SendNotes(tx *store.Tx, by access.Actor, o Office, minutesID uuid.UUID, contacts []uuid.UUID) (sent int, err error) {
	m, err := minutes.Draft(tx, by, minutesID)
	if err != nil {
		return 0, err
	}
	s, err := Shared(tx, by, o, m.ID)
	if err != nil {
		return 0, err
	}
	shares, err := chosen(s, contacts)
	if err != nil {
		return 0, err
	}
	return len(shares), o.shareNotes(tx, by, m, shares)
}

// EndNotesLinks ends chosen contacts' links to finished notes: they open nothing from the next
// request on, and asking for a new one with them brings none.
func EndNotesLinks(tx *store.Tx, by access.Actor, o Office, minutesID uuid.UUID, contacts []uuid.UUID) error {
	s, err := Shared(tx, by, o, minutesID)
	if err != nil {
		return err
	}
	if _, err := chosen(s, contacts); err != nil {
		return err
	}
	if err := access.RevokeLinks(tx, access.ToNotes, minutesID, contacts); err != nil {
		return err
	}
	return access.Log(tx, by, "end links to notes", "minutes", minutesID)
}
