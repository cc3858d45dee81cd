package secretariat

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// recognise keeps whom finished minutes mean by the owners of their actions, where that is certain.
func recognise(tx *store.Tx, by access.Actor, m *minutes.Minutes, d *minutes.Document) error {
	choices, err := minutes.OwnersFor(tx, by, m.Meeting.ForumID)
	if err != nil {
		return err
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
		var a *minutes.ActionState
		if a, failed = minutes.FindAction(tx, i.ID); failed == nil {
			failed = minutes.Recognise(tx, a, meant(a.Owner, members, choices))
		}
	})
	return failed
}

// meant gives whom a name means: one contact, one organisation or one account, in that order; nobody when it could be several.
func meant(owner string, members []forum.Member, choices minutes.OwnerChoices) (o minutes.Owner) {
	if c := responsible(owner, members); c != nil && strings.EqualFold(c.Name, strings.TrimSpace(owner)) {
		o.ContactID = &c.ID
		return o
	}
	isCalled := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return n != "" && strings.EqualFold(n, strings.TrimSpace(owner)) })
	}
	for _, one := range choices.Organisations {
		if isCalled(append([]string{one.Name, one.Short}, one.Aliases...)...) {
			o.OrganisationID = &one.ID
			return o
		}
	}
	for _, one := range choices.Identities {
		if !isCalled(one.Name) {
			continue
		}
		if o.IdentityID != nil {
			return minutes.Owner{}
		}
		o.IdentityID = &one.ID
	}
	return o
}

// AssignAction gives an open action to somebody, and ends the links of those who had it. Nobody gets a letter by it: that is
// SendAction's. It refuses as minutes.Assign does.
func AssignAction(tx *store.Tx, by access.Actor, itemID uuid.UUID, owner minutes.Owner) (*minutes.ActionState, error) {
	a, err := minutes.Assign(tx, by, itemID, owner)
	if err != nil {
		return nil, err
	}
	members, err := forum.Members(tx, by, a.Minutes.Meeting.ForumID)
	if err != nil {
		return nil, err
	}
	linked, err := linkedTo(tx, access.ToAction, itemID)
	if err != nil {
		return nil, err
	}
	if stray := strayLinks(*a, members, linked); len(stray) > 0 {
		return a, access.RevokeLinks(tx, access.ToAction, itemID, stray)
	}
	return a, nil
}

// ActionReceivers gives whom a letter with a link to report an action would go to.
func ActionReceivers(tx *store.Tx, by access.Actor, a *minutes.ActionState) (all []partner.Contact, err error) {
	members, err := forum.Members(tx, by, a.Minutes.Meeting.ForumID)
	for _, c := range holding(*a, members) {
		if reached(*c) {
			all = append(all, *c)
		}
	}
	return all, err
}

// SendAction sends whoever answers for an open action a link to report it. It refuses with fault.Conflict when it is closed,
// nobody gets letters, or one was written just now.
func SendAction(tx *store.Tx, by access.Actor, o Office, itemID uuid.UUID) error {
	a, err := minutes.ReadAction(tx, by, itemID)
	if err != nil {
		return err
	}
	m := &a.Minutes.Meeting
	if err := by.MayConvene(tx, m.ForumID); err != nil {
		return err
	}
	if a.Outcome != "" {
		return fault.New(fault.Conflict, "Uppgiften är avslutad. Öppna den igen först.")
	}
	to, err := ActionReceivers(tx, by, a)
	if err != nil {
		return err
	}
	if len(to) == 0 {
		return fault.New(fault.Conflict, "Ingen som är ansvarig får brev. Ring i stället, eller välj en annan ansvarig.")
	}
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	for _, c := range to {
		l, err := access.IssueLink(tx, o.Key, access.ToAction, itemID, c.ID)
		if err != nil {
			return err
		}
		if recent, err := post.WrittenSince(tx, l.ID, tx.Now.Add(-againAfter)); err != nil || recent {
			if err == nil {
				err = justWritten()
			}
			return err
		}
		out := o.guestOut(post.Action, m, home, c, o.guestLink(l))
		out.Label = a.Label
		if err := o.send(tx, home, c, &l.ID, out); err != nil {
			return err
		}
	}
	return access.Log(tx, by, "send link to action", "action", itemID)
}

// ownerOfOurs gives whoever answers for an action with an account here and may read it, as letters know a recipient; nil when nobody does.
func ownerOfOurs(tx *store.Tx, a *minutes.ActionState) (*partner.Contact, error) {
	if a.OwnerIdentityID == nil {
		return nil, nil
	}
	by, err := access.Load(tx, *a.OwnerIdentityID)
	if fault.KindOf(err) == fault.Unauthorized { // closed meanwhile
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if _, err := minutes.ReadAction(tx, by, a.ItemID); err != nil {
		return nil, notThere(err)
	}
	i, err := access.FindIdentity(tx, by, by.ID)
	if err != nil {
		return nil, err
	}
	return &partner.Contact{Name: i.Name, Kind: partner.Person, Email: i.Email, Language: i.Language}, nil
}
