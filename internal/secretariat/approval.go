package secretariat

import (
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Agreement is how far minutes are from being agreed on, as their forum has it.
type Agreement struct {
	Way    forum.Way
	Days   int
	Out    *minutes.Submission // nil: they are not out
	Asks   []Asking            // whom sending them asks
	Agreed bool                // they may be finished
}

// Outside tells whether sending it asks anybody who has no account.
func (a Agreement) Outside() bool {
	return slices.ContainsFunc(a.Asks, func(x Asking) bool { return x.Contact != nil })
}

// Asking is somebody whom sending a draft asks, and the letter.
type Asking struct {
	Asked   minutes.Asked
	Contact *partner.Contact // outside; nil: somebody with an account
	Account *access.Identity
	Letter  post.Rendered
}

// Email is where the letter goes.
func (a Asking) Email() string {
	if a.Contact != nil {
		return a.Contact.Email
	}
	return a.Account.Email
}

// Language is that of the letter.
func (a Asking) Language() lang.Language {
	if a.Contact != nil {
		return lang.Parse(string(a.Contact.Language))
	}
	return lang.Parse(string(a.Account.Language))
}

// agreement gives how far minutes are from being agreed on; nil where whoever keeps them finishes them.
func (o Office) agreement(tx *store.Tx, m *minutes.Minutes) (*Agreement, error) {
	out, err := minutes.OutOf(tx, m.ID)
	if err != nil {
		return nil, err
	}
	today := almanac.DateOf(tx.Now, o.Zone)
	if out != nil {
		return &Agreement{Way: out.Way, Days: int(out.Days), Out: out, Agreed: out.Agreed(today)}, nil
	}
	way, err := forum.AgreeingOf(tx, m.Meeting.ForumID)
	if err != nil || way.Way == forum.ByKeeper {
		return nil, err
	}
	a := &Agreement{Way: way.Way, Days: int(way.Days)}
	if a.Asks, err = asks(tx, way); err != nil {
		return nil, err
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	for n := range a.Asks {
		if a.Asks[n].Letter, err = post.Render(a.Asks[n].Language(), o.approvalOut(m, home, way.Way, o.until(tx, a), &a.Asks[n], o.BaseURL+"/g/"+placeholder)); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// until is the last day for views if they were asked for now.
func (o Office) until(tx *store.Tx, a *Agreement) almanac.Date {
	if a.Way != forum.BySilence {
		return almanac.Date{}
	}
	return almanac.WorkdaysAfter(almanac.DateOf(tx.Now, o.Zone), a.Days)
}

// asks gives whom a forum's minutes are sent to: who is named and may still, or everybody who may see drafts.
func asks(tx *store.Tx, way *forum.Agreeing) (all []Asking, err error) {
	e, err := forum.EligibleFor(tx, way.ForumID)
	if err != nil {
		return nil, err
	}
	named := func(is func(forum.Approver) bool) bool {
		return way.Way == forum.BySilence || slices.ContainsFunc(way.Approvers, is)
	}
	for n := range e.Accounts {
		i := &e.Accounts[n]
		if named(func(a forum.Approver) bool { return a.IdentityID != nil && *a.IdentityID == i.ID }) {
			all = append(all, Asking{Asked: minutes.Asked{IdentityID: &i.ID, Name: i.Name}, Account: i})
		}
	}
	for n := range e.Outside {
		c := &e.Outside[n]
		if way.Outside() && named(func(a forum.Approver) bool { return a.ContactID != nil && *a.ContactID == c.ID }) {
			name := c.Shown()
			if !c.Protected {
				name += ", " + c.Organisation.Name
			}
			all = append(all, Asking{Asked: minutes.Asked{ContactID: &c.ID, Name: name}, Contact: c})
		}
	}
	return all, nil
}

// seen writes everything that the review shows of the agreement, for its hash.
func (a *Agreement) seen(w io.Writer) {
	if a == nil {
		return
	}
	fmt.Fprintf(w, "%s\x00%d\x00%t\x00", a.Way, a.Days, a.Agreed)
	if a.Out != nil {
		fmt.Fprintf(w, "%s\x00%d\x00%d\x00", a.Out.ID, a.Out.Approved(), len(a.Out.Views))
	}
	for _, x := range a.Asks {
		fmt.Fprintf(w, "%s\x00%s\x00", x.Email(), x.Letter.Text)
	}
}

// approvalOut is what the letter to somebody who is asked says: that a draft waits, never what it says.
func (o Office) approvalOut(m *minutes.Minutes, home string, way forum.Way, until almanac.Date, a *Asking, link string) post.Outward {
	kind, l := post.Approval, a.Language()
	if way == forum.BySilence {
		kind = post.Views
	}
	out := outward(kind, &m.Meeting, Outwardly(&m.Meeting, home, access.Full, l), home, l, link, "")
	out.Place, out.SignsIn = "", a.Account != nil
	if !until.IsZero() {
		out.Due = almanac.Long(until, l)
	}
	return out
}

// Submit sends a draft to be agreed on, as its forum has it, and writes to those who are asked. It refuses as
// minutes.Submit does, and with fault.Conflict when anything is no longer as it was seen.
func Submit(tx *store.Tx, by access.Actor, o Office, minutesID uuid.UUID, e Ending) (*minutes.Submission, error) {
	r, err := ReviewFinish(tx, by, o, minutesID, e.Reason)
	if err != nil {
		return nil, err
	}
	_, hash, _, err := minutes.Preview(tx, by, minutesID, e.Reason)
	if err != nil {
		return nil, err
	}
	var asked []minutes.Asked
	if r.Agreement != nil {
		for _, a := range r.Agreement.Asks {
			asked = append(asked, a.Asked)
		}
	}
	s, err := minutes.Submit(tx, by, minutesID, hash, e.Reason, e.Confirmed, asked)
	if err != nil {
		return nil, err
	}
	if r.Hash != e.Hash {
		return nil, fault.New(fault.Conflict, "Anteckningarna har ändrats sedan du granskade dem. Granska dem igen.")
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	for n := range s.Asked {
		if err := o.ask(tx, r.Minutes, home, s, &r.Agreement.Asks[n], s.Asked[n].ID); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ask writes to somebody who is asked: outside with a link of their own, otherwise with the page's address.
func (o Office) ask(tx *store.Tx, m *minutes.Minutes, home string, s *minutes.Submission, a *Asking, asked uuid.UUID) error {
	if a.Contact != nil {
		l, err := access.IssueLink(tx, o.Key, access.ToApproval, m.ID, a.Contact.ID)
		if err != nil {
			return err
		}
		return o.send(tx, home, *a.Contact, &l.ID, o.approvalOut(m, home, s.Way, s.Until, a, o.guestLink(l)))
	}
	rendered, err := post.Render(a.Language(), o.approvalOut(m, home, s.Way, s.Until, a, o.BaseURL+"/minutes/"+m.ID.String()+"/approval"))
	if err != nil {
		return err
	}
	kind := post.Approval
	if s.Way == forum.BySilence {
		kind = post.Views
	}
	d := o.draft(kind, home, mail.Mailbox{Name: a.Account.Name, Address: a.Account.Email}, rendered)
	d.SubjectID, d.NotBefore = &asked, tx.Now
	_, err = o.post(tx, *d)
	return err
}

// approvalGuest looks the right behind a link to a draft up: being asked still, and sitting in the forum.
func approvalGuest(tx *store.Tx, g *Guest) (*Guest, error) {
	r, err := minutes.SubmittedTo(tx, g.Link.ObjectID, g.Link.ContactID)
	if err != nil {
		return nil, err
	}
	c, err := partner.ForLetter(tx, g.Link.ContactID)
	if err != nil {
		return nil, err
	}
	if g.Municipality, err = homeName(tx); err != nil {
		return nil, err
	}
	g.submitted, g.Contact, g.Meeting = r, *c, &r.Minutes.Meeting
	g.Title = Outwardly(g.Meeting, g.Municipality, access.Full, c.Language).Title
	return g, nil
}

// GuestDraft is a draft as a contact of the forum is asked of it by a link.
type GuestDraft struct {
	*Guest
	*minutes.Submitted
}

// ReadDraft opens the draft behind a link, for a contact whose mailbox was shown to be theirs. It is logged. It refuses
// as OpenGuest does.
func ReadDraft(tx *store.Tx, token string) (*GuestDraft, error) {
	g, err := OpenGuest(tx, access.ToApproval, token)
	if err != nil {
		return nil, err
	}
	if err := access.Log(tx, access.Guest(), "read draft by link", "minutes", g.minutesID); err != nil {
		return nil, err
	}
	d := &GuestDraft{g, g.submitted}
	if err := access.Log(tx, access.Guest(), "read draft by link", "contact", g.Contact.ID); err != nil {
		return nil, err
	}
	_, err = hideOwners(tx, &d.Submitted.Document)
	return d, err
}

// AgreeByLink approves what a link's holder has read, whose mailbox was shown to be theirs: known is the contact that the
// browser was recognised as. It refuses as OpenGuest and minutes.Submitted.Approve do.
func AgreeByLink(tx *store.Tx, token string, known uuid.UUID, hash string) error {
	g, err := knownGuest(tx, token, known)
	if err != nil {
		return err
	}
	if err := g.submitted.Approve(tx, access.Guest(), hash); err != nil {
		return err
	}
	return access.Log(tx, access.Guest(), "approve minutes", "contact", g.Contact.ID)
}

// ObjectByLink writes what a link's holder wants changed, as AgreeByLink.
func ObjectByLink(tx *store.Tx, token string, known uuid.UUID, text string) error {
	g, err := knownGuest(tx, token, known)
	if err != nil {
		return err
	}
	if err := g.submitted.Object(tx, access.Guest(), text); err != nil {
		return err
	}
	return access.Log(tx, access.Guest(), "write view", "contact", g.Contact.ID)
}

// knownGuest opens a link to a draft for whoever has entered a code. Without one it is as if there were no link.
func knownGuest(tx *store.Tx, token string, known uuid.UUID) (*Guest, error) {
	g, err := OpenGuest(tx, access.ToApproval, token)
	if err == nil && g.Contact.ID != known {
		err = fault.Missing()
	}
	return g, err
}

// entitledToApproval tells whether a letter to somebody with an account who was asked still may go.
func entitledToApproval(tx *store.Tx, l *post.Letter, r *minutes.Submitted) (bool, error) {
	if r.Mine == nil || r.Mine.IdentityID == nil {
		return false, nil
	}
	seated, err := access.Seated(tx, r.Minutes.Meeting.ForumID)
	return slices.ContainsFunc(seated, func(i access.Identity) bool { return i.ID == *r.Mine.IdentityID && i.Email == l.Recipient }), err
}

// approvalAgain writes to somebody with an account who was asked once more.
func (o Office) approvalAgain(tx *store.Tx, by access.Actor, r *minutes.Submitted) error {
	if err := by.MayConvene(tx, r.Minutes.Meeting.ForumID); err != nil {
		return err
	}
	seated, err := access.Seated(tx, r.Minutes.Meeting.ForumID)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(seated, func(i access.Identity) bool { return r.Mine.IdentityID != nil && i.ID == *r.Mine.IdentityID })
	if n < 0 {
		return linkEnded()
	}
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	return o.ask(tx, &r.Minutes, home, r.Submission, &Asking{Asked: *r.Mine, Account: &seated[n]}, r.Mine.ID)
}

// Days after which a contact outside who was asked to approve is reminded, the latest first.
var remindApproval = []int{8, askAfter}

// ofApproval gives whom a draft reminds now: contacts with a link who have not approved. Those with an account see it in what
// waits for them.
func (o Office) ofApproval(tx *store.Tx, today almanac.Date, r *minutes.Submitted, address string) (due []mention, err error) {
	sent, after := almanac.DateOf(r.Submission.SentAt, o.Zone), 0
	for _, n := range remindApproval {
		if after == 0 && !today.Before(almanac.WorkdaysAfter(sent, n)) {
			after = n
		}
	}
	if after == 0 || r.Submission.Way != forum.ByApprovers || r.Minutes.Meeting.Forum.AskAgainDays == 0 || today.After(almanac.WorkdaysAfter(sent, giveUp)) {
		return nil, nil
	}
	links, err := access.LinksTo(tx, access.ToApproval, r.Minutes.ID)
	if err != nil {
		return nil, err
	}
	for n := range links {
		g, err := guestOf(tx, &links[n])
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		mine := g.submitted.Mine
		row := post.Reminded{SubjectID: mine.ID, Recipient: g.Contact.Email, Kind: post.Due, Days: int64(after), Sequence: dayNumber(sent)}
		done, err := post.WasReminded(tx, row)
		if err != nil {
			return nil, err
		}
		if !done && mine.ApprovedAt == nil && !wrote(g.submitted) && g.Reached() && (address == "" || g.Contact.Email == address) {
			due = append(due, mention{contact: g.Contact, kind: post.ApprovalReminder, rows: []post.Reminded{row}, meeting: g.Meeting, link: &links[n]})
		}
	}
	return due, nil
}

// wrote tells whether whoever reads has written a view.
func wrote(r *minutes.Submitted) bool {
	return slices.ContainsFunc(r.Submission.Views, func(v minutes.View) bool { return v.AskedID == r.Mine.ID })
}

// stillWaits tells whether a reminder to approve holds.
func stillWaits(tx *store.Tx, r *minutes.Submitted, row post.Reminded) (bool, error) {
	if r.Mine.ContactID == nil || r.Mine.ApprovedAt != nil || wrote(r) {
		return false, nil
	}
	c, err := partner.ForLetter(tx, *r.Mine.ContactID)
	if err != nil {
		return false, notThere(err)
	}
	sits, err := forum.Sits(tx, r.Minutes.Meeting.ForumID, c.ID)
	return sits && reached(*c) && c.Email == row.Recipient, err
}

// approvals is drafts that the actor is asked of, and what has come of those that the actor keeps.
func (w *waiting) approvals() error {
	out, err := minutes.Out(w.tx)
	if err != nil {
		return err
	}
	for n := range out {
		if err := w.approval(&out[n]); err != nil {
			return err
		}
	}
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	voided, err := minutes.Voided(w.tx, w.by)
	for n := range voided {
		m := &voided[n].Meeting
		text, mailed := w.naming("Någon tog tillbaka anteckningarna som du hade skickat för godkännande: %s", m)
		w.add(Task{text, mailed, "/meetings/" + m.ID.String() + "/notes", m.Date, lang.Say("Godkännandena gäller inte längre"), "warn"})
	}
	return err
}

func (w *waiting) approval(r *minutes.Submitted) error {
	r, err := minutes.FindSubmitted(w.tx, w.by, r.Minutes.ID)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	m, s, link := &r.Minutes.Meeting, r.Submission, "/minutes/"+r.Minutes.ID.String()+"/approval"
	switch {
	case r.Mine == nil || wrote(r):
	case s.Way == forum.ByApprovers && r.Mine.ApprovedAt == nil:
		text, mailed := w.naming("Läs och godkänn anteckningarna: %s", m)
		w.add(Task{text, mailed, link, m.Date, lang.Say("Väntar på dig"), "warn"})
	case s.Way == forum.BySilence && !w.today.After(s.Until) && !(r.Keeps && s.SentByID != nil && *s.SentByID == w.by.ID):
		text, mailed := w.naming("Läs anteckningarna och säg om du har synpunkter: %s", m)
		w.add(Task{text, mailed, link, s.Until, lang.Say("Senast %s", s.Until.String()), "warn"})
	}
	if !r.Keeps {
		return nil
	}
	finish := "/minutes/" + r.Minutes.ID.String() + "/finish"
	switch {
	case len(s.Views) > 0:
		text, mailed := w.naming("Läs synpunkterna på anteckningarna: %s", m)
		w.add(Task{text, mailed, finish, m.Date, lang.Say("%d synpunkter", len(s.Views)), "warn"})
	case s.Agreed(w.today):
		text, mailed := w.naming("Färdigställ anteckningarna: %s", m)
		status := lang.Say("Alla har godkänt")
		if s.Way == forum.BySilence {
			status = lang.Say("Ingen har haft synpunkter")
		}
		w.add(Task{text, mailed, finish, m.Date, status, "ok"})
	}
	return nil
}
