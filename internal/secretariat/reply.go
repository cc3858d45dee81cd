package secretariat

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// TakeReply does what a letter that came in asks for. A reply can change one answer and never gives
// access; what is in doubt is parked for a person. The same letter again does nothing. It writes no answer to
// whoever wrote it. The outcome is a word for the log: it holds no content. It refuses with post.ErrNoRoom what would
// have to be parked when too much is.
func TakeReply(tx *store.Tx, o Office, in *mail.Incoming) (outcome string, err error) {
	first, err := post.Receive(tx, in.Key, "")
	if err != nil || !first {
		return "received before", err
	}
	if in.Bounce != nil {
		outcome, err = o.takeBounce(tx, in)
	} else {
		outcome, err = o.takeLetter(tx, in)
	}
	return outcome, errors.Join(err, post.Outcome(tx, in.Key, outcome))
}

// arrival is a letter with what it turned out to be about.
type arrival struct {
	*mail.Incoming
	message    *ical.Message      // nil: it has no calendar part that can be read
	invitation *invite.Invitation // nil: not known
	meeting    *meeting.Meeting   // nil: not known
	token      bool               // it came to the invitation's own address
}

func (o Office) takeLetter(tx *store.Tx, in *mail.Incoming) (string, error) {
	a := arrival{Incoming: in}
	var unread error
	if in.Calendar != nil {
		a.message, unread = ical.ReadMessage(in.Calendar, o.Zone)
	}
	if automatic(a) {
		return "automatic", nil
	}
	if taken, err := o.takeTrial(tx, in); err != nil || taken {
		return "answer to a test letter", err
	}
	if err := o.whose(tx, &a); err != nil {
		return "", err
	}
	if err := a.asSubstitute(tx); err != nil {
		return "", err
	}
	switch {
	case unread != nil:
		return o.park(tx, a, post.ParkedReply, CalendarUnread, ical.Verdict{})
	case a.message == nil:
		return o.park(tx, a, post.ParkedMail, Written, ical.Verdict{})
	case a.meeting == nil && invites(a.message.Method):
		return o.takeForeign(tx, a)
	case a.meeting == nil: // case 15: nothing of ours, and nobody to tell
		return "unknown meeting", nil
	case a.invitation == nil && invites(a.message.Method):
		return "our own", nil
	case a.invitation == nil:
		return o.park(tx, a, post.ParkedReply, string(ical.PartyCrasher), firstAnswer(a.message))
	}
	return o.judge(tx, a)
}

// automatic tells what a program wrote without having been asked (RFC 3834 §2). A calendar that answers by
// itself does say an answer: a room, or Google for somebody who is away.
func automatic(a arrival) bool {
	if a.message != nil && a.message.Method == ical.Reply {
		return false
	}
	return a.Replied || a.Bulk && a.Calendar == nil
}

// invites tells the methods by which conveners speak (RFC 5546 §1.4).
func invites(m ical.Method) bool {
	return m != ical.Reply && m != ical.Counter && m != ical.Refresh
}

// whose finds the invitation: by the token in the address first, then by UID and ATTENDEE.
func (o Office) whose(tx *store.Tx, a *arrival) (err error) {
	for _, token := range o.tokens(a.Incoming) {
		i, err := invite.ByReplyToken(tx, token)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		a.invitation, a.token = i, true
		break
	}
	if a.invitation == nil && a.message != nil {
		return a.byUID(tx)
	}
	if a.invitation == nil {
		return nil
	}
	a.meeting, err = meeting.ForLetter(tx, a.invitation.MeetingID)
	if err != nil || a.message == nil || !invites(a.message.Method) || a.message.Events[0].UID == a.meeting.UID {
		return err
	}
	// Another convener writes to the address that stands in a letter of ours: its meeting is not this one.
	other := arrival{Incoming: a.Incoming, message: a.message}
	if err := other.byUID(tx); err != nil {
		return err
	}
	*a = other
	return nil
}

// byUID looks for our meeting, and the invitation of who says to answer.
func (a *arrival) byUID(tx *store.Tx) error {
	e := a.message.Events[0]
	addresses := []string{""}
	for _, p := range e.Attendees[:min(len(e.Attendees), 10)] {
		addresses = append(addresses, p.Address)
	}
	for _, address := range addresses {
		m, i, err := invite.ByUID(tx, e.UID, address)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if a.meeting = m; i != nil && address != "" {
			a.invitation = i
			return nil
		}
	}
	return nil
}

// asSubstitute turns to the substitute's own invitation when they answer to the letter that was passed on to
// them, which has the address of who named them (RFC 5546 §4.2.5).
func (a *arrival) asSubstitute(tx *store.Tx) error {
	if a.invitation == nil || a.message == nil || a.message.Method != ical.Reply {
		return nil
	}
	standIns, err := invite.StandIns(tx, a.invitation.ID)
	for n := range standIns {
		for _, p := range a.message.Events[0].Attendees {
			if p.Address == a.From.Address && strings.EqualFold(p.Address, standIns[n].Contact.Email) {
				a.invitation = &standIns[n]
			}
		}
	}
	return err
}

// unnamed gives the ATTENDEE line of a letter whose author says to come instead of whoever was asked, who has
// not said so.
func (a arrival) unnamed(i *invite.Invitation) (ical.Participant, bool) {
	if e := a.message.Events; a.message.Method != ical.Reply || len(e) != 1 || e[0].UID != a.meeting.UID || e[0].Recurrence != nil {
		return ical.Participant{}, false // Judge says why not
	}
	for _, p := range a.message.Events[0].Attendees {
		if p.Address == a.From.Address && p.DelegatedFrom != "" && strings.EqualFold(p.DelegatedFrom, i.Contact.Email) {
			return p, true
		}
	}
	return ical.Participant{}, false
}

// judge does what the message means for the invitation.
func (o Office) judge(tx *store.Tx, a arrival) (string, error) {
	if err := tx.Hold(&meeting.Meeting{}, a.invitation.MeetingID); err != nil {
		return "", err
	}
	i, err := invite.Lock(tx, a.invitation.ID)
	if err != nil {
		return "", err
	}
	a.invitation = i
	if p, claims := a.unnamed(i); claims {
		e := a.message.Events[0]
		return o.park(tx, a, post.ParkedReply, string(ical.FromSubstitute), ical.Verdict{Entry: e, By: p.Address, PartStat: p.PartStat, Comment: orElse(e.Comment, p.Comment)})
	}
	held, err := heldBy(tx, i, a.meeting)
	if err != nil {
		return "", err
	}
	v := ical.Judge(a.message, held, tx.Now)
	kind := post.ParkedReply
	if v.Act == ical.Propose {
		kind = post.ParkedProposal
	}
	switch v.Act {
	case ical.Ignore:
		return "ignored: " + string(v.Reason), nil
	case ical.Park:
		return o.park(tx, a, kind, string(v.Reason), v)
	}
	believed := believe(a.Incoming, i.Contact, v.By, a.token)
	if v.Act != ical.Answer && v.Act != ical.Earlier { // the sender stands for the attendee, whom Judge has found
		believed = believe(a.Incoming, i.Contact, a.From.Address, a.token)
	}
	switch {
	case believed.doubt != "" && v.Act == ical.Resend:
		return "ignored: " + believed.doubt, nil
	case believed.doubt != "" || i.Contact.LeftAt != nil:
		return o.park(tx, a, kind, orElse(believed.doubt, ContactLeft), v)
	case open(tx, a.meeting) != nil:
		return "ignored: over", nil
	case v.Act == ical.Propose:
		return o.park(tx, a, kind, Proposal, v)
	case v.Act == ical.Resend:
		return o.resend(tx, i, a.meeting)
	}
	return o.takeAnswer(tx, a, v, believed)
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// heldBy is what we hold about an invitation, in iCalendar's words.
func heldBy(tx *store.Tx, i *invite.Invitation, m *meeting.Meeting) (ical.Held, error) {
	h := ical.Held{UID: m.UID, Attendee: strings.ToLower(i.Contact.Email), Group: i.Contact.Kind == partner.Mailbox, Sequence: m.Sequence, Asked: i.AskedSequence, Answered: -1}
	if last := i.Last(); last != nil {
		h.Answered = last.Sequence
	}
	taken, err := invite.Receptions(tx, i.ID)
	for _, r := range taken {
		h.Taken = append(h.Taken, ical.Taken{Sequence: r.Sequence, Stamp: r.Stamp, At: r.At, PartStat: string(r.PartStat)})
	}
	return h, err
}

// takeAnswer records an answer by mail.
func (o Office) takeAnswer(tx *store.Tx, a arrival, v ical.Verdict, c credit) (string, error) {
	i := a.invitation
	// A mail that waited in a mailbox must not undo what was answered by link or telephone since.
	if last := i.Last(); last != nil && last.Via != "mail" && written(tx.Now, a, v).Before(last.At) {
		return "ignored: outdated", nil
	}
	r := invite.Reply{PartStat: invite.PartStat(v.PartStat), Substitute: v.Substitute, Comment: said(v.Comment, 500), Via: "mail", Unverified: c.unverified}
	if c.colleague != "" {
		r.Comment = said(lang.Swedish.Text("svarat av %s", c.colleague)+" "+r.Comment, 500)
	}
	if len(deidentify.Certain(deidentify.Find(r.Comment, tx.Now))) > 0 { // kept nowhere but under the seal
		return o.park(tx, a, post.ParkedReply, NumberInComment, v)
	}
	if v.Act == ical.Earlier { // whoever comes instead is asked to the time that is
		if _, err := invite.Take(tx, access.Guest(), i, v.Entry.Sequence, r); err != nil {
			return "", err
		}
	} else if refused, err := o.takeCurrent(tx, a, v, r); err != nil || refused != "" {
		return refused, err
	}
	err := invite.Received(tx, invite.Reception{InvitationID: i.ID, Sequence: v.Entry.Sequence, Stamp: v.Stamp, PartStat: r.PartStat})
	if v.Act == ical.Earlier {
		return "answer to an earlier time", err
	}
	return "answer", err
}

// takeCurrent records an answer by mail to the time that was asked about last. What a program cannot say stays
// as it was said by link: that a yes is from elsewhere, and who of a mailbox comes. A substitute who can get no
// letter is left to a person.
func (o Office) takeCurrent(tx *store.Tx, a arrival, v ical.Verdict, r invite.Reply) (parked string, err error) {
	i, m := a.invitation, a.meeting
	if last := i.Last(); last != nil && last.PartStat == r.PartStat && r.PartStat != invite.Delegated {
		r.Remote, r.Attending, r.AttendingEmail = last.Remote && m.ByDistance(), last.Attending, last.SubstituteEmail
		if r.AttendingEmail != "" && fault.KindOf(o.mayName(tx, i, "attendingEmail", r.AttendingEmail)) == fault.Invalid { // taken out by a person
			r.AttendingEmail = ""
		}
	}
	if r.PartStat == invite.Delegated {
		r.SubstituteEmail = strings.ToLower(v.Substitute)
		err := o.mayName(tx, i, "substitute", r.SubstituteEmail)
		if err == nil {
			err = spend(tx, i, "substitute", r.SubstituteEmail)
		}
		switch {
		case fault.KindOf(err) == fault.Invalid && err != nil || i.StandsForID != nil:
			return o.park(tx, a, post.ParkedReply, SubstituteRefuse, v)
		case err != nil:
			return "", err
		}
	}
	_, err = o.take(tx, access.Guest(), i, m, v.Entry.Sequence, r)
	return "", err
}

// written tells when an answer was given: some programs repeat the invitation's DTSTAMP, and then the
// letter's date says more.
func written(now time.Time, a arrival, v ical.Verdict) time.Time {
	if a.Date.After(v.Stamp) && a.Date.Before(now) {
		return a.Date
	}
	if v.Stamp.After(now) {
		return now
	}
	return v.Stamp
}

// said gives a stranger's words on one line, at most so many characters.
func said(text string, most int) string {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "\ufffd", "")), " ")
	if runes := []rune(text); len(runes) > most {
		text = strings.TrimSpace(string(runes[:most]))
	}
	return text
}

// credit is whether, and how far, an answer is believed.
type credit struct {
	doubt      string // why not; empty: it is
	unverified bool   // by the sender's address alone
	colleague  string // address of who answers for a mailbox
}

// believe decides whether a letter may change the contact's answer: the token first, then what the
// receiving server found out, then From. by is the ATTENDEE who answers. The token proves only that somebody
// held our letter, which may have been forwarded; From proves nothing by itself.
func believe(in *mail.Incoming, c partner.Contact, by string, token bool) credit {
	own, from := strings.ToLower(c.Email), in.From.Address
	switch {
	case own == "" || from == "":
		return credit{doubt: NoAuthor}
	case in.Authentic == mail.Forged:
		return credit{doubt: ForgedSender}
	case by == own && from == own && token:
		return credit{}
	case by == own && from == own && in.Authentic == mail.Authentic:
		return credit{unverified: true}
	case by == own && from == own:
		return credit{doubt: NoToken}
	case c.Kind != partner.Mailbox || ical.Domain(from) != ical.Domain(own):
		return credit{doubt: OtherSender}
	// Whoever reads a functional mailbox answers for it, with its letter in hand.
	case !token || in.Authentic != mail.Authentic || by != own && by != from:
		return credit{doubt: Colleague}
	}
	return credit{colleague: from}
}

func firstAnswer(m *ical.Message) ical.Verdict {
	e := m.Events[0]
	v := ical.Verdict{Entry: e, Comment: e.Comment}
	if len(e.Attendees) > 0 {
		v.By, v.PartStat = e.Attendees[0].Address, e.Attendees[0].PartStat
	}
	return v
}

// park keeps a letter for a person, with what it seems to say.
func (o Office) park(tx *store.Tx, a arrival, kind post.ParkedKind, reason string, v ical.Verdict) (string, error) {
	p := post.ParkedLetter{Kind: kind, Reason: reason, Content: post.Content{
		From: a.From.Address, FromName: a.From.Name, Subject: a.Subject, Text: a.Text,
		PartStat: v.PartStat, Comment: said(v.Comment, 500), By: v.By, Substitute: v.Substitute, Sequence: v.Entry.Sequence,
	}}
	if reason == string(ical.FromSubstitute) {
		b := believe(a.Incoming, partner.Contact{Email: v.By, Kind: partner.Person}, v.By, a.token)
		p.Content.Vouched, p.Content.Unverified = b.doubt == "", b.unverified
	}
	if a.invitation != nil {
		p.InvitationID = &a.invitation.ID
	}
	if a.meeting != nil {
		p.MeetingID = &a.meeting.ID
	}
	if e := v.Entry; e.Start != nil && e.End != nil {
		p.Content.Starts, p.Content.Ends = e.Start.Time, e.End.Time
	}
	if kind == post.ParkedInvitation {
		p.Content.Calendar = a.Calendar
	}
	if _, err := post.ParkIfRoom(tx, o.Key, o.Parking, p); err != nil {
		return "", fmt.Errorf("park: %w", err)
	}
	return "parked: " + reason, nil
}

// ParkUnread keeps a letter that is too large or could not be read three times, by what the mail server says
// of it, so that it does not block those that come after it. It refuses with post.ErrNoRoom.
func ParkUnread(tx *store.Tx, o Office, key, reason string, from mail.Mailbox, subject string) error {
	first, err := post.Receive(tx, key, "unread")
	if err != nil || !first {
		return err
	}
	_, err = post.ParkIfRoom(tx, o.Key, o.Parking, post.ParkedLetter{Kind: post.Unread, Reason: reason, Content: post.Content{From: from.Address, FromName: said(from.Name, 100), Subject: said(subject, 200)}})
	return err
}
