package secretariat

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
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

// Replace puts somebody in the place of the contact that a proposal is about: the same organisation,
// role and protection, the seats in the forums, and what the contact led. The old contact has left.
// Invitations to coming meetings are left to the coordinator. It refuses as partner.Settle,
// partner.Leave and partner.AddContact do.
func Replace(tx *store.Tx, by access.Actor, proposalID uuid.UUID, r Replacement) (*partner.Contact, error) {
	p, err := partner.Settle(tx, by, proposalID, partner.Replaced)
	if err != nil {
		return nil, err
	}
	old, err := partner.Leave(tx, by, p.ContactID)
	if err != nil {
		return nil, err
	}
	fresh, err := partner.AddContact(tx, by, partner.Reach{
		Name: r.Name, Kind: partner.Person, Email: r.Email, Phone: r.Phone, ByPhone: r.ByPhone, OrganisationID: old.OrganisationID,
		RoleID: old.RoleID, DeputyID: old.DeputyID, Protected: old.Protected, Language: old.Language,
	})
	if err != nil {
		return nil, err
	}
	if err := forum.Succeed(tx, by, old.ID, &fresh.ID); err != nil {
		return nil, err
	}
	return fresh, partner.HandOver(tx, old.ID, &fresh.ID)
}

// Depart records that a contact has left: it sits in no forum, leads nothing, gets no letters, and its
// links open nothing.
func Depart(tx *store.Tx, by access.Actor, contactID uuid.UUID) error {
	if _, err := partner.Leave(tx, by, contactID); err != nil {
		return err
	}
	if err := forum.Succeed(tx, by, contactID, nil); err != nil {
		return err
	}
	return partner.HandOver(tx, contactID, nil)
}
