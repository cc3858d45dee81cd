package secretariat

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Owing is a letter that is not written yet: it is, as things then are, when its time comes.
type Owing struct {
	Kind      post.Kind // as things are now; empty: none is owed, or the contact gets no letters
	Recipient string    // address; for an administrator only its domain
	From      time.Time
	MeetingID uuid.UUID // Nil for an administrator
	Title     string    // of the forum; empty for an administrator

	invitation invite.Invitation
}

// AllOwing lists the letters that are owed and not written, those that are due first, without their kinds. Coordinators
// and administrators see them, the latter without whom and what they are about.
func AllOwing(tx *store.Tx, by access.Actor, limit int) (all []Owing, total int64, err error) {
	if err := by.Require(access.Coordinator, access.Administrator); err != nil {
		return nil, 0, err
	}
	waiting, total, err := invite.Owing(tx, limit)
	for _, i := range waiting {
		all = append(all, Owing{From: *i.OwedFrom, Recipient: i.Contact.Email, MeetingID: i.MeetingID, invitation: i})
	}
	return all, total, err
}

// Look finds out what a letter would be, and hides from an administrator what is a coordinator's to know.
func Look(tx *store.Tx, by access.Actor, w *Owing) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	m, err := meeting.ForLetter(tx, w.invitation.MeetingID)
	if err != nil {
		return err
	}
	w.Title = m.Forum.Name
	if !by.Is(access.Coordinator) {
		_, domain, _ := strings.Cut(w.Recipient, "@")
		w.Recipient, w.MeetingID, w.Title = "…@"+domain, uuid.Nil, ""
	}
	w.Kind, err = kindOwed(tx, &w.invitation, m, home)
	return err
}

// kindOwed is the letter that an invitation is owed as things are, empty when none.
func kindOwed(tx *store.Tx, i *invite.Invitation, m *meeting.Meeting, home string) (post.Kind, error) {
	if !reached(i.Contact) {
		return "", nil
	}
	held, err := heldOf(tx, i)
	if err != nil {
		return "", err
	}
	now := digest(m, Outwardly(m, home, access.Full, lang.Parse(string(i.Contact.Language))))
	return owed(i, m, held, now, !m.StartsAt.After(tx.Now)), nil
}
