package secretariat

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Suggestions by one link in a day.
const (
	proposalsByLink = 3
	proposalWindow  = 24 * time.Hour
)

// ProposeSuccessor keeps what the holder of a link says: that somebody else should have the letters.
// A coordinator decides. More than a few a day are dropped without a word. It refuses with
// fault.NotFound when the link opens nothing, and with fault.Invalid, naming each field.
func ProposeSuccessor(tx *store.Tx, purpose access.Purpose, token string, s partner.Suggestion) error {
	contact, link, err := holder(tx, purpose, token)
	if err != nil {
		return err
	}
	subject := "successor:" + link.String()
	if err := access.Limit(tx, subject, proposalsByLink, proposalWindow); err != nil {
		if fault.KindOf(err) == fault.TooMany {
			return nil
		}
		return err
	}
	if _, err := partner.Propose(tx, contact, s); err != nil {
		return err
	}
	return access.Count(tx, subject)
}

// holder gives the contact that a link belongs to, and the link's own id.
func holder(tx *store.Tx, purpose access.Purpose, token string) (contact, link uuid.UUID, err error) {
	if purpose == access.ToAnswer {
		opened, err := Open(tx, token)
		if err != nil {
			return uuid.Nil, uuid.Nil, err
		}
		return opened.Invitation.ContactID, opened.Invitation.ID, nil
	}
	g, err := OpenGuest(tx, purpose, token)
	if err != nil {
		return uuid.Nil, uuid.Nil, err
	}
	return g.Contact.ID, g.Link.ID, nil
}

// Replacement is who takes a contact's place, as a coordinator has checked it.
type Replacement struct {
	Name    string
	Email   string
	Phone   string
	ByPhone bool
}
