package secretariat

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/forum"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Share is one letter with a guest's link, to one contact of the forum.
type Share struct {
	Contact partner.Contact
	Item    *minutes.DocumentItem // the action that it is about; nil: the notes
	Letter  post.Rendered
	Linked  bool // the contact has a link to it that opens
}

// Sharing is who of a forum may be sent a link to what is finished.
type Sharing struct {
	Notes     []Share
	Actions   []Share           // those that one contact alone answers for, and has no link to
	Unreached []partner.Contact // get no letters: somebody tells them
	Usual     bool              // a first version; those who have a link read a correction by it
}

// sharing asks who can be sent a link to the notes, and to which actions.
func (o Office) sharing(tx *store.Tx, by access.Actor, m *minutes.Minutes, d *minutes.Document) (s Sharing, err error) {
	if s.Usual = !m.Finalised() && m.Meeting.Forum.Scope != forum.IndividualCases; m.Meeting.Forum.Scope == forum.IndividualCases {
		return s, nil
	}
	members, err := forum.Members(tx, by, m.Meeting.ForumID)
	if err != nil {
		return s, err
	}
	home, err := homeName(tx)
	if err != nil {
		return s, err
	}
	linked, err := linkedTo(tx, access.ToNotes, m.ID)
	if err != nil {
		return s, err
	}
	for _, member := range members {
		c := member.Contact
		if !reached(c) {
			s.Unreached = append(s.Unreached, c)
			continue
		}
		rendered, err := o.preview(post.Notes, &m.Meeting, home, c, "")
		if err != nil {
			return s, err
		}
		s.Notes = append(s.Notes, Share{c, nil, rendered, slices.Contains(linked, c.ID)})
	}
	s.Actions, err = o.actionShares(tx, m, d, members, home)
	return s, err
}

// linkedTo gives the contacts who have a link to an object that is not revoked.
func linkedTo(tx *store.Tx, purpose access.Purpose, object uuid.UUID) (contacts []uuid.UUID, err error) {
	links, err := access.LinksTo(tx, purpose, object)
	for _, l := range links {
		if l.RevokedAt == nil {
			contacts = append(contacts, l.ContactID)
		}
	}
	return contacts, err
}

func (o Office) actionShares(tx *store.Tx, m *minutes.Minutes, d *minutes.Document, members []forum.Member, home string) (all []Share, failed error) {
	d.Items(func(_ minutes.DocumentAgenda, i minutes.DocumentItem) {
		if failed != nil || i.Kind != minutes.Action {
			return
		}
		var now minutes.ActionState
		now, failed = minutes.OwnerNow(tx, i)
		c := answering(now, members)
		if failed != nil || c == nil || !reached(*c) {
			return
		}
		var linked []uuid.UUID
		if linked, failed = linkedTo(tx, access.ToAction, i.ID); failed != nil || slices.Contains(linked, c.ID) {
			return
		}
		var rendered post.Rendered
		rendered, failed = o.preview(post.Action, &m.Meeting, home, *c, i.Label)
		all = append(all, Share{Contact: *c, Item: &i, Letter: rendered})
	})
	return all, failed
}

// answering gives the one member who answers for an action: as it is known, or else as its owner is called.
func answering(a minutes.ActionState, members []forum.Member) *partner.Contact {
	if !a.Known() {
		return responsible(a.Owner, members)
	}
	holders := holding(a, members)
	if len(holders) != 1 {
		return nil
	}
	return holders[0]
}

// holding gives the members that an action is known to be given to.
func holding(a minutes.ActionState, members []forum.Member) (all []*partner.Contact) {
	for n := range members {
		c := &members[n].Contact
		if a.OwnedBy(c.ID) || a.OwnerOrganisationID != nil && *a.OwnerOrganisationID == c.OrganisationID {
			all = append(all, c)
		}
	}
	return all
}

// strayLinks gives those of the linked who do not answer for an action.
func strayLinks(a minutes.ActionState, members []forum.Member, linked []uuid.UUID) []uuid.UUID {
	may := holding(a, members)
	if c := answering(a, members); c != nil {
		may = append(may, c)
	}
	return slices.DeleteFunc(linked, func(id uuid.UUID) bool {
		return slices.ContainsFunc(may, func(c *partner.Contact) bool { return c.ID == id })
	})
}

// responsible gives the one member that an action's owner names, by the contact's name or by the
// organisation's name, short name or alias; nil when it is nobody, or could be several.
func responsible(owner string, members []forum.Member) *partner.Contact {
	owner = strings.TrimSpace(owner)
	if owner == "" {
		return nil
	}
	var byName, byOrganisation []*partner.Contact
	for n := range members {
		c := &members[n].Contact
		if strings.EqualFold(c.Name, owner) {
			byName = append(byName, c)
		}
		names := append([]string{c.Organisation.Name, c.Organisation.Short}, c.Organisation.Aliases...)
		if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), owner) }) {
			byOrganisation = append(byOrganisation, c)
		}
	}
	switch {
	case len(byName) == 1:
		return byName[0]
	case len(byName) == 0 && len(byOrganisation) == 1:
		return byOrganisation[0]
	}
	return nil
}

// seen writes everything that the review shows of the letters, for its hash.
func (s Sharing) seen(w io.Writer) {
	for _, all := range [][]Share{s.Notes, s.Actions} {
		for _, share := range all {
			item := uuid.Nil
			if share.Item != nil {
				item = share.Item.ID
			}
			fmt.Fprintf(w, "%s\x00%s\x00%s\x00%s\x00%s\x00", share.Contact.ID, share.Contact.Email, item, share.Letter.Subject, share.Letter.Text)
		}
		fmt.Fprint(w, "\x00")
	}
}

// Distinct gives the letters to the notes, each wording once.
func (s Sharing) Distinct() []Share {
	var all []Share
	for _, share := range s.Notes {
		if !slices.ContainsFunc(all, func(other Share) bool { return other.Letter == share.Letter }) {
			all = append(all, share)
		}
	}
	return all
}

// shareNotes sends the links to the notes that the review showed.
func (o Office) shareNotes(tx *store.Tx, by access.Actor, m *minutes.Minutes, shares []Share) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	for _, s := range shares {
		l, err := access.IssueLink(tx, o.Key, access.ToNotes, m.ID, s.Contact.ID)
		if err != nil {
			return err
		}
		if err := o.send(tx, home, s.Contact, &l.ID, o.guestOut(post.Notes, &m.Meeting, home, s.Contact, o.guestLink(l))); err != nil {
			return err
		}
	}
	if len(shares) == 0 {
		return nil
	}
	return access.Log(tx, by, "send links to notes", "minutes", m.ID)
}

// shareActions sends the links to actions that the review showed.
func (o Office) shareActions(tx *store.Tx, by access.Actor, m *minutes.Minutes, shares []Share) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	for _, s := range shares {
		l, err := access.IssueLink(tx, o.Key, access.ToAction, s.Item.ID, s.Contact.ID)
		if err != nil {
			return err
		}
		out := o.guestOut(post.Action, &m.Meeting, home, s.Contact, o.guestLink(l))
		out.Label = s.Item.Label
		if err := o.send(tx, home, s.Contact, &l.ID, out); err != nil {
			return err
		}
		if err := access.Log(tx, by, "send link to action", "action", s.Item.ID); err != nil {
			return err
		}
	}
	return nil
}

// endStrayLinks revokes the links to actions that a correction gave to somebody else.
func (o Office) endStrayLinks(tx *store.Tx, by access.Actor, m *minutes.Minutes, d *minutes.Document) error {
	if !m.Finalised() {
		return nil
	}
	members, err := forum.Members(tx, by, m.Meeting.ForumID)
	if err != nil {
		return err
	}
	var failed error
	d.Items(func(_ minutes.DocumentAgenda, i minutes.DocumentItem) {
		if failed != nil || i.Kind != minutes.Action {
			return
		}
		var linked []uuid.UUID
		if linked, failed = linkedTo(tx, access.ToAction, i.ID); failed != nil {
			return
		}
		var now minutes.ActionState
		if now, failed = minutes.OwnerNow(tx, i); failed != nil {
			return
		}
		stray := strayLinks(now, members, linked)
		if len(stray) > 0 {
			failed = access.RevokeLinks(tx, access.ToAction, i.ID, stray)
		}
	})
	return failed
}
