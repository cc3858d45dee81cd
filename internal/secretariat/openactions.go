package secretariat

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// openAfter is how many days after its meeting an action is for the letter of all that is open: before that, the
// letter about itself has just come.
const openAfter = 14

// openGuest looks the right behind a link to all that is open with a contact up: the contact is there still. What
// it may see of each action is looked up with the actions.
func openGuest(tx *store.Tx, g *Guest) (*Guest, error) {
	c, err := partner.ForLetter(tx, g.Link.ContactID)
	if err != nil {
		return nil, err
	}
	if c.LeftAt != nil || g.Link.ObjectID != c.ID {
		return nil, fault.Missing()
	}
	if g.Municipality, err = homeName(tx); err != nil {
		return nil, err
	}
	g.open, g.Contact, g.Title = true, *c, c.Language.Text("Öppet hos er")
	return g, nil
}

// openOut is what a letter about the page of all that is open says, when it lists nothing.
func openOut(kind post.Kind, c partner.Contact, home, link string) post.Outward {
	l := lang.Parse(string(c.Language))
	return post.Outward{Kind: kind, Title: l.Text("Öppet hos er"), Municipality: home, When: home, ShortWhen: home, Link: link}
}

// OpenHere is all that is open with a contact, as its link's page shows it.
type OpenHere struct {
	*Guest
	Actions []OpenedAction
	Known   bool // the mailbox was shown to be the contact's: the texts are there
}

// OpenedAction is one of them. It has no field for anybody else.
type OpenedAction struct {
	ID    uuid.UUID
	Label string
	Title string // neutral, of the meeting
	When  string // of the meeting
	Due   string // empty: none
	Late  bool
	Text  string // only for a contact whose mailbox was shown to be theirs: it is notes
}

// Empty tells that nothing is open.
func (o OpenHere) Empty() bool { return len(o.Actions) == 0 }

// openOf gives all that is open with a contact and that it may see.
func openOf(tx *store.Tx, c partner.Contact) ([]minutes.ActionState, error) {
	linked, err := access.LinkedObjects(tx, access.ToAction, c.ID)
	if err != nil {
		return nil, err
	}
	return minutes.OpenOfContact(tx, c, linked)
}

// OpenAll gives what a link to all that is open shows. known is the contact that this browser was recognised as, Nil
// for none. It changes nothing, unless texts are shown: that is logged. It refuses as OpenGuest does.
func OpenAll(tx *store.Tx, o Office, token string, known uuid.UUID) (*OpenHere, error) {
	g, err := OpenGuest(tx, access.ToOpen, token)
	if err != nil {
		return nil, err
	}
	all, err := openOf(tx, g.Contact)
	if err != nil {
		return nil, err
	}
	here, today := &OpenHere{Guest: g, Known: known == g.Contact.ID}, almanac.DateOf(tx.Now, o.Zone)
	for n := range all {
		a := &all[n]
		m := &a.Minutes.Meeting
		shown := OpenedAction{ID: a.ItemID, Label: a.Label, Title: Outwardly(m, g.Municipality, access.Full, g.Contact.Language).Title,
			When: When(m.Time(), g.Contact.Language), Due: a.Due.String(), Late: !a.Due.IsZero() && a.Due.Before(today)}
		if here.Known {
			shown.Text = a.Text
			if err := access.Log(tx, access.Guest(), "read action by link", "action", a.ItemID); err != nil {
				return nil, err
			}
		}
		here.Actions = append(here.Actions, shown)
	}
	if here.Known && !here.Empty() {
		return here, access.Log(tx, access.Guest(), "read action by link", "contact", g.Contact.ID)
	}
	return here, nil
}

// ReportOpen records what the holder of a link to all that is open says of one action. It refuses as OpenGuest and
// minutes.TakeReport do, with fault.NotFound an action that is not on the page, and with fault.TooMany.
func ReportOpen(tx *store.Tx, o Office, token string, itemID uuid.UUID, s minutes.Said) error {
	g, err := OpenGuest(tx, access.ToOpen, token)
	if err != nil {
		return err
	}
	all, err := openOf(tx, g.Contact)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.ItemID == itemID {
			return o.report(tx, g, "report:"+g.Link.ID.String()+itemID.String(), itemID, s)
		}
	}
	return fault.Missing()
}

// open finds who is to be told of all that is open with them.
func (s *sweep) open() error {
	if s.office.OpenEvery == 0 {
		return nil
	}
	contacts, err := minutes.OwningContacts(s.tx)
	if err != nil {
		return err
	}
	for _, id := range contacts {
		due, err := s.office.ofOpen(s.tx, s.today, id, "")
		if err != nil {
			return err
		}
		for _, x := range due {
			if p := s.of(x.contact.Email); p != nil {
				p.open = id
			}
		}
	}
	return nil
}

// ofOpen tells a contact of all that is open with it, at most once in as many months as is set. Who has an account has a
// digest of their own.
func (o Office) ofOpen(tx *store.Tx, today almanac.Date, contact uuid.UUID, address string) ([]mention, error) {
	c, err := partner.ForLetter(tx, contact)
	if err != nil || !reached(*c) || address != "" && c.Email != address {
		return nil, err
	}
	if ours, err := access.HasAccount(tx, c.ID, c.Email); err != nil || ours {
		return nil, err
	}
	last, err := post.LastReminded(tx, c.ID, post.OpenHere)
	if err != nil || last != nil && almanac.DateOf(*last, o.Zone).AddMonths(o.OpenEvery).After(today) {
		return nil, err
	}
	all, err := openOf(tx, *c)
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if !a.Minutes.Meeting.Date.AddDays(openAfter).After(today) {
			row := post.Reminded{SubjectID: c.ID, Recipient: c.Email, Kind: post.OpenHere, Sequence: dayNumber(today)}
			return []mention{{contact: *c, kind: post.OpenActions, rows: []post.Reminded{row}, open: all}}, nil
		}
	}
	return nil, nil
}

// stillOpen tells whether a contact who is told of all that is open with it still has something open.
func stillOpen(tx *store.Tx, r post.Reminded) (bool, error) {
	c, err := partner.ForLetter(tx, r.SubjectID)
	if err != nil || !reached(*c) || c.Email != r.Recipient {
		return false, notThere(err)
	}
	all, err := openOf(tx, *c)
	return len(all) > 0, err
}

// openLink gives a contact's link to all that is open with it.
func (d *collection) openLink(tx *store.Tx, x *mention) (string, error) {
	link, err := access.IssueLink(tx, d.office.Key, access.ToOpen, x.contact.ID, x.contact.ID)
	if err != nil {
		return "", err
	}
	x.link = link
	return d.office.guestLink(link), nil
}

// openThings lists what is open by number and last day; never what it is.
func (d *collection) openThings(x *mention, l lang.Language) post.Section {
	s := post.Section{Heading: l.Text("Öppet hos er")}
	for n := range x.open {
		a := &x.open[n]
		m := &a.Minutes.Meeting
		thing := post.Thing{Title: l.Text("Uppgift %s, %s", a.Label, Outwardly(m, d.home, access.Full, l).Title), When: When(m.Time(), l)}
		if !a.Due.IsZero() {
			thing.When = l.Text("Senast: %s", almanac.Long(a.Due, l))
		}
		if !a.Due.IsZero() && a.Due.Before(d.today) {
			thing.Status = l.Text("Dagen har passerat.")
		}
		s.Things = append(s.Things, thing)
	}
	return s
}

// listed is what is open as a part of a letter with other things.
func (d *collection) listed(tx *store.Tx, x *mention, l lang.Language) (*post.Section, error) {
	link, err := d.openLink(tx, x)
	s := d.openThings(x, l)
	s.Things = append(s.Things, post.Thing{Title: l.Text("Allt som är öppet hos er"), Ask: l.Text("Öppna och rapportera"), Link: link})
	return &s, err
}

// writeOpen writes the letter of all that is open with a contact, when there is nothing else to say.
func (d *collection) writeOpen(tx *store.Tx, x *mention) (*post.Letter, error) {
	l := lang.Parse(string(x.contact.Language))
	link, err := d.openLink(tx, x)
	if err != nil {
		return nil, err
	}
	count := l.Count(len(x.open), "1 uppgift", "%d uppgifter")
	rendered, err := post.RenderDigest(l, post.Collected{
		Subject: l.Text("Öppet hos er: %s, %s", count, d.home), Heading: l.Text("Öppet hos er"), Sections: []post.Section{d.openThings(x, l)},
		Ask: l.Text("Öppna och rapportera"), Link: link, Municipality: d.home, Stop: d.office.stopLink(d.to),
		Care: l.Text("Länken är din egen. Skicka den inte vidare. Du behöver inte logga in."),
	})
	if err != nil {
		return nil, err
	}
	draft := d.office.draft(post.OpenActions, d.home, mail.Mailbox{Name: recipientName(x.contact), Address: d.to.Address}, rendered)
	draft.SubjectID, draft.NotBefore, draft.Mail.ListUnsubscribe = &x.link.ID, tx.Now, d.office.stopLink(d.to)
	return d.office.post(tx, *draft)
}
