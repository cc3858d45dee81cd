package secretariat

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Guest is a contact who came by a link of one purpose, and what the link's page may show to whoever
// holds it: a neutral title and a day. It has no field for what is written in the notes.
type Guest struct {
	Link         *access.GuestLink // nil: an invitation's
	Contact      partner.Contact
	Meeting      *meeting.Meeting // nil: a date poll's, or of many
	Title        string           // neutral
	Municipality string
	Papers       int // of an invitation: files that wait for the contact, to be read after a code

	minutesID uuid.UUID
	action    *minutes.ActionState // of a link to an action
	poll      *poll.Poll           // of a link to a date poll, which is of no meeting yet
	dates     *poll.DateRequest    // of a link to a question for dates, likewise
	submitted *minutes.Submitted   // of a link to a draft
	overview  *invite.Overview     // of a link to a year's meetings, of which there are many
	workplace *partner.Workplace   // of a manager's link to a workplace
	open      bool                 // of a link to all that is open with the contact, likewise
}

// Masked is the contact's address so that its owner knows it and nobody else learns it.
func (g Guest) Masked() string {
	local, domain, _ := strings.Cut(g.Contact.Email, "@")
	first, _ := utf8.DecodeRuneInString(local)
	return string(first) + "…@" + domain
}

// Reached tells whether a code can be mailed to the contact.
func (g Guest) Reached() bool { return reached(g.Contact) }

// OpenGuest gives whom a link belongs to and what it is for. It changes nothing: mail scanners follow
// every link. It refuses with fault.NotFound whether the token is unknown, mistyped or revoked, the
// contact's role has ended or the purpose has.
func OpenGuest(tx *store.Tx, purpose access.Purpose, token string) (*Guest, error) {
	if purpose == access.ToAnswer {
		return answerGuest(tx, token)
	}
	l, err := access.ByGuestToken(tx, purpose, token)
	if err != nil {
		return nil, err
	}
	return guestOf(tx, l)
}

// guestOf looks the rights behind a link up as they are at this moment.
func guestOf(tx *store.Tx, l *access.GuestLink) (*Guest, error) {
	g := &Guest{Link: l, minutesID: l.ObjectID}
	if l.RevokedAt != nil {
		return nil, fault.Missing()
	}
	if l.Purpose == access.ToPoll {
		return pollGuest(tx, g)
	}
	if l.Purpose == access.ToDates {
		return datesGuest(tx, g)
	}
	if l.Purpose == access.ToOverview {
		return overviewGuest(tx, g)
	}
	if l.Purpose == access.ToPlace {
		return placeGuest(tx, g)
	}
	if l.Purpose == access.ToApproval {
		return approvalGuest(tx, g)
	}
	if l.Purpose == access.ToOpen {
		return openGuest(tx, g)
	}
	if l.Purpose == access.ToAction {
		a, err := minutes.FindAction(tx, l.ObjectID)
		if err != nil {
			return nil, err
		}
		if a.Outcome != "" {
			return nil, fault.Missing()
		}
		g.action, g.minutesID = a, a.MinutesID
	}
	m, err := minutes.ForLetter(tx, g.minutesID)
	if err != nil {
		return nil, err
	}
	sits, err := forum.Sits(tx, m.Meeting.ForumID, l.ContactID)
	if err != nil {
		return nil, err
	}
	if !sits {
		return nil, fault.Missing()
	}
	c, err := partner.ForLetter(tx, l.ContactID)
	if err != nil {
		return nil, err
	}
	g.Contact, g.Meeting = *c, &m.Meeting
	if g.Municipality, err = homeName(tx); err != nil {
		return nil, err
	}
	g.Title = Outwardly(g.Meeting, g.Municipality, access.Full, c.Language).Title
	return g, nil
}

// GuestNotes are finished notes as a contact of the forum reads them by a link.
type GuestNotes struct {
	*Guest
	*minutes.Opened
	Beside []minutes.Attachment // shown to those who were called, and not named by the notes
}

// ReadNotes opens the newest finished notes behind a link, for a contact whose mailbox was shown to
// be theirs. It is logged. It refuses as OpenGuest does.
func ReadNotes(tx *store.Tx, token string) (*GuestNotes, error) {
	g, err := OpenGuest(tx, access.ToNotes, token)
	if err != nil {
		return nil, err
	}
	opened, err := minutes.ReadAsMember(tx, g.minutesID, g.Contact.ID)
	if err != nil {
		return nil, err
	}
	n := &GuestNotes{Guest: g, Opened: opened}
	if n.Beside, err = opened.ShownBeside(tx); err != nil {
		return nil, err
	}
	return n, n.hideProtected(tx)
}

// CopyNotes gives what ReadNotes opens as a file. It is logged as reading it, and as having it.
func CopyNotes(tx *store.Tx, token string, format minutes.Format) (*minutes.Copy, error) {
	n, err := ReadNotes(tx, token)
	if err != nil {
		return nil, err
	}
	c, err := n.Opened.Copy(tx, format)
	if err != nil {
		return nil, err
	}
	return c, access.Log(tx, access.Guest(), "download minutes by link", "contact", n.Contact.ID)
}

// hideProtected shows who answers for an action as organisation and role where that is a protected
// contact. The frozen document keeps what was written.
func (n *GuestNotes) hideProtected(tx *store.Tx) (err error) {
	n.Altered, err = hideOwners(tx, &n.Document)
	return err
}

// hideOwners does so in a document, and tells whether there was anybody to hide.
func hideOwners(tx *store.Tx, d *minutes.Document) (hidden bool, err error) {
	contacts, err := partner.Contacts(tx, access.System())
	if err != nil {
		return false, err
	}
	for a := range d.Agenda {
		for i := range d.Agenda[a].Items {
			item := &d.Agenda[a].Items[i]
			for _, c := range contacts {
				if c.Protected && strings.EqualFold(c.Name, item.Owner) {
					item.Owner, hidden = c.Shown(), true
				}
			}
		}
	}
	return hidden, nil
}

// ReportedAction is an action as its link's page shows it.
type ReportedAction struct {
	*Guest
	Label string
	Due   string // empty: none
	Text  string // only for a contact whose mailbox was shown to be theirs: it is notes
}

// OpenAction gives what a link to an action shows. known is the contact that this browser was
// recognised as, Nil for none. It changes nothing, unless the text is shown: that is logged. It
// refuses as OpenGuest does.
func OpenAction(tx *store.Tx, token string, known uuid.UUID) (*ReportedAction, error) {
	g, err := OpenGuest(tx, access.ToAction, token)
	if err != nil {
		return nil, err
	}
	a := &ReportedAction{Guest: g, Label: g.action.Label, Due: g.action.Due.String()}
	if known != g.Contact.ID {
		return a, nil
	}
	a.Text = g.action.Text
	if err := access.Log(tx, access.Guest(), "read action by link", "action", g.action.ItemID); err != nil {
		return nil, err
	}
	return a, access.Log(tx, access.Guest(), "read action by link", "contact", g.Contact.ID)
}

// Reports of one action by its link in a day.
const (
	reportsByLink = 10
	reportWindow  = 24 * time.Hour
)

// ReportAction records what the holder of a link says of an action. Saying that it is done closes
// it, and the link with it. It refuses as OpenGuest and minutes.TakeReport do, and with
// fault.TooMany.
func ReportAction(tx *store.Tx, o Office, token string, s minutes.Said) (*Guest, error) {
	g, err := OpenGuest(tx, access.ToAction, token)
	if err != nil {
		return nil, err
	}
	return g, o.report(tx, g, "report:"+g.Link.ID.String(), g.action.ItemID, s)
}

// report takes what a guest says of an action, so many times a day.
func (o Office) report(tx *store.Tx, g *Guest, subject string, itemID uuid.UUID, s minutes.Said) error {
	if err := access.Limit(tx, subject, reportsByLink, reportWindow); err != nil {
		return err
	}
	if _, err := minutes.TakeReport(tx, o.Zone, itemID, g.Contact.ID, s); err != nil {
		return err
	}
	return access.Count(tx, subject)
}

// SendCode mails a one-time code to the contact behind a link, at once. from is the address that
// asked. It refuses as OpenGuest and access.NewCode do.
func SendCode(tx *store.Tx, o Office, purpose access.Purpose, token, from string) error {
	g, err := OpenGuest(tx, purpose, token)
	if err != nil {
		return err
	}
	if purpose == access.ToAnswer && g.Papers == 0 { // a code would open nothing
		return fault.Missing()
	}
	if !g.Reached() {
		return fault.New(fault.Conflict, "Vi har ingen e-postadress till dig. Ring samordnaren i stället.")
	}
	if err := tx.Hold(&partner.Contact{}, g.Contact.ID); err != nil { // codes asked for at once are made one by one
		return err
	}
	code, digits, err := access.NewCode(tx, o.Key, g.Contact.ID, from)
	if err != nil {
		return err
	}
	out := openOut(post.Code, g.Contact, g.Municipality, "")
	if g.Meeting != nil {
		out = o.guestOut(post.Code, g.Meeting, g.Municipality, g.Contact, "")
	}
	out.Code = digits
	return o.send(tx, g.Municipality, g.Contact, &code.ID, out)
}

// EnterCode tells which contact has shown by a code that the mailbox is theirs; Nil when the code is
// wrong, which counts: the caller commits also then. It refuses as OpenGuest does.
func EnterCode(tx *store.Tx, o Office, purpose access.Purpose, token, code string) (uuid.UUID, error) {
	g, err := OpenGuest(tx, purpose, token)
	if err != nil {
		return uuid.Nil, err
	}
	right, err := access.EnterCode(tx, o.Key, g.Contact.ID, code)
	if err != nil || !right {
		return uuid.Nil, err
	}
	return g.Contact.ID, access.Log(tx, access.Guest(), "enter code", "contact", g.Contact.ID)
}
