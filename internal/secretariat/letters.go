package secretariat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// Shown is what of a meeting may be seen outside, at a level. Invitations and feeds both take it.
type Shown struct {
	Title string
	Place string // empty: none
}

// Outwardly gives what a meeting shows at the lower of its forum's level and level.
func Outwardly(m *meeting.Meeting, home string, level access.Level, l lang.Language) Shown {
	level = access.Lower(m.Forum.Level, level)
	if level == access.Protected {
		return Shown{Title: l.Text("Möte")}
	}
	s := Shown{Title: m.Forum.NeutralTitle}
	if home != "" {
		s.Title += ", " + home
	}
	switch {
	case m.Forum.OutwardPlace == forum.MunicipalityPlace:
		s.Place = home
	case m.Forum.OutwardPlace == forum.FullPlace && level == access.Full:
		// the forum may have begun to show places after this one was written
		if _, tells := deidentify.Telling(m.Place); !tells {
			s.Place = m.Place
		}
	}
	return s
}

// digest stands for everything about a meeting that the recipient's calendar holds: its first half
// for the time, its second for the words.
func digest(m *meeting.Meeting, s Shown) string {
	return sum(m.StartsAt.UTC().String(), m.EndsAt.UTC().String()) + sum(s.Title, s.Place)
}

func sum(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// sameTime tells whether two digests stand for the same time.
func sameTime(a, b string) bool {
	return len(a) == len(b) && a[:len(a)/2] == b[:len(b)/2]
}

// owed decides which letter a recipient is owed, by comparing what they hold with what is; "" when
// they are up to date. now is the digest of what is. SEQUENCE does not decide between Update and
// Reschedule: a move that was taken back before anybody heard of it has raised it too.
func owed(i *invite.Invitation, m *meeting.Meeting, held *post.Letter, now string, over bool) post.Kind {
	holdsRequest := held != nil && held.Method == string(ical.Request)
	switch {
	case over: // what has been needs no letter
		return ""
	case i.Earlier != nil && held == nil:
		return owedToCalled(i, m)
	case i.WithdrawnAt != nil && holdsRequest:
		return post.Withdrawal
	case m.Cancelled() && holdsRequest:
		return post.Cancellation
	case i.WithdrawnAt != nil, m.Cancelled(): // a CANCEL for a never-sent REQUEST sends nothing
		return ""
	case !holdsRequest:
		return post.Invitation
	case held.Digest == now:
		return ""
	case sameTime(held.Digest, now):
		return post.Update
	}
	return post.Reschedule
}

// owedToCalled decides for whoever was called before the meeting was kept here and has heard nothing since: nothing, until
// the meeting is no longer what their own booking says, or a letter is asked for.
func owedToCalled(i *invite.Invitation, m *meeting.Meeting) post.Kind {
	was := i.Earlier.Time()
	was.Place = m.Place
	switch {
	case i.WithdrawnAt != nil:
		return post.Withdrawal
	case m.Cancelled():
		return post.Cancellation
	case was != m.Time():
		return post.Reschedule
	case !i.Earlier.Holds(m) || i.Earlier.RenewedAt != nil:
		return post.Invitation
	}
	return ""
}

// heldOf gives the letter that put the meeting into the calendar of an invitation's recipient, or took it out. A
// booking from before is over for i when a letter has said to remove it.
func heldOf(tx *store.Tx, i *invite.Invitation) (*post.Letter, error) {
	if i.Earlier != nil {
		told, err := post.LastOf(tx, i.ID, post.Invitation, post.Update, post.Reschedule, post.Cancellation, post.Withdrawal)
		if err != nil {
			return nil, err
		}
		if told != nil {
			i.Earlier = nil
		}
	}
	return post.LastHeld(tx, i.ID)
}

// reached tells whether a contact gets letters at all.
func reached(c partner.Contact) bool { return c.Email != "" && !c.ByPhone && c.LeftAt == nil }

// getsLetter tells whether a contact gets a letter of a kind. Whoever has left is still told that they are asked
// no more, so that the meeting leaves their calendar, unless the address is another's by now.
func getsLetter(tx *store.Tx, kind post.Kind, c partner.Contact) (bool, error) {
	if c.LeftAt == nil || kind != post.Withdrawal {
		return reached(c), nil
	}
	heir, err := partner.ByEmail(tx, c.Email)
	c.LeftAt = nil
	return reached(c) && heir == nil, err
}

// draft writes the letter that an invitation is owed, or gives nil. link stands in it.
func draft(tx *store.Tx, o Office, home string, i *invite.Invitation, m *meeting.Meeting, link string) (*post.Draft, *post.Rendered, error) {
	held, err := heldOf(tx, i)
	if err != nil {
		return nil, nil, err
	}
	now := digest(m, Outwardly(m, home, access.Full, lang.Parse(string(i.Contact.Language))))
	kind := owed(i, m, held, now, !m.StartsAt.After(tx.Now))
	if kind == "" {
		return nil, nil, nil
	}
	// RFC 5546 §2.1.4 and §2.1.5: whoever was taken out holds a CANCEL, and drops what is not above it
	if kind == post.Invitation && held != nil && held.Sequence >= m.Sequence {
		if err := meeting.Raise(tx, m, held.Sequence+1); err != nil {
			return nil, nil, err
		}
	}
	return o.draftOf(tx, kind, home, i, m, held, link)
}

// draftOf writes the letter of a kind about a meeting as it is now, or gives nil when the contact gets
// none.
func (o Office) draftOf(tx *store.Tx, kind post.Kind, home string, i *invite.Invitation, m *meeting.Meeting, held *post.Letter, link string) (*post.Draft, *post.Rendered, error) {
	if gets, err := getsLetter(tx, kind, i.Contact); err != nil || !gets {
		return nil, nil, err
	}
	l := lang.Parse(string(i.Contact.Language))
	shown := Outwardly(m, home, access.Full, l)
	outward := outward(kind, m, shown, home, l, link, i.Note)
	if kind == post.Invitation {
		who, err := namedBy(tx, i, l)
		if err != nil {
			return nil, nil, err
		}
		outward.NamedBy = who
		if a := i.Standing(); a != nil { // by the overview of the year, or before the contact was asked again
			outward.Answered = StatusWord(a, l)
		}
	}
	if i.Earlier != nil {
		outward.Booked = When(i.Earlier.Time(), l)
		if kind == post.Reschedule {
			outward.Was = outward.Booked
		}
	} else if kind == post.Reschedule {
		was, err := formerTime(tx, m, held.CreatedAt, l)
		if err != nil {
			return nil, nil, err
		}
		outward.Was = was
	}
	d, rendered, err := o.write(i, home, outward, l)
	if err != nil {
		return nil, nil, err
	}
	method, event := o.event(kind, i, m, shown, home, link, l)
	calendar, err := ical.Invitation(method, event)
	if err != nil {
		return nil, nil, err
	}
	d.Sequence, d.Digest, d.NotBefore = int64(event.Sequence), digest(m, shown), tx.Now
	if i.Earlier != nil && method == ical.Cancel { // their booking has another UID: a CANCEL of ours would remove nothing
		return d, rendered, nil
	}
	d.Method, d.Mail.Calendar = string(method), &mail.Calendar{Method: string(method), Data: calendar}
	return d, rendered, nil
}

func outward(kind post.Kind, m *meeting.Meeting, s Shown, home string, l lang.Language, link, note string) post.Outward {
	return post.Outward{
		Kind: kind, Title: s.Title, Municipality: home, When: When(m.Time(), l), Place: s.Place, Link: link, Note: note,
		ShortWhen: l.Text("%s kl. %s", almanac.Short(m.Date, l), m.Starts.Swedish()),
	}
}

// When says a time as people read it: "torsdag 21 januari 2027 kl. 13.00–14.30".
func When(t meeting.Time, l lang.Language) string {
	return l.Text("%s kl. %s", almanac.Long(t.Date, l), almanac.Span(t.Starts, t.Ends))
}

// formerTime gives the time that a letter told; "" when it is the same still.
func formerTime(tx *store.Tx, m *meeting.Meeting, told time.Time, l lang.Language) (string, error) {
	moves, err := meeting.Moves(tx, m.ID)
	if err != nil {
		return "", err
	}
	former := ""
	for _, move := range moves { // latest first: the last one after the letter tells what it said
		if move.At.Before(told) {
			break
		}
		former = When(meeting.Time{Date: move.FromDate, Starts: move.FromStarts, Ends: move.FromEnds}, l)
	}
	return former, nil
}

// write addresses a letter: from the service's mailbox, with answers to an address that carries
// the invitation's own token.
func (o Office) write(i *invite.Invitation, home string, out post.Outward, l lang.Language) (*post.Draft, *post.Rendered, error) {
	rendered, err := post.Render(l, out)
	if err != nil {
		return nil, nil, err
	}
	reply := o.replyAddress(i)
	return &post.Draft{Kind: out.Kind, SubjectID: &i.ID, Mail: mail.Letter{
		From: mail.Mailbox{Name: home, Address: o.From}, To: mail.Mailbox{Name: recipientName(i.Contact), Address: i.Contact.Email},
		EnvelopeFrom: reply, ReplyTo: reply, Subject: rendered.Subject, Text: rendered.Text, HTML: rendered.HTML,
	}}, &rendered, nil
}

// recipientName is the name beside the address. A protected contact's own name is not written, nor that of
// a substitute: whoever named them typed it, and it would be text of theirs in a letter of ours.
func recipientName(c partner.Contact) string {
	if c.Protected || c.StandIn {
		return ""
	}
	return c.Name
}

func (o Office) replyAddress(i *invite.Invitation) string {
	if o.Plain {
		return o.From
	}
	return o.address(i.ReplyToken(o.Key))
}

// event is the calendar part: one recipient, the only ATTENDEE; the service as ORGANIZER.
func (o Office) event(kind post.Kind, i *invite.Invitation, m *meeting.Meeting, s Shown, home, link string, l lang.Language) (ical.Method, ical.Event) {
	method, cancelled := ical.Request, m.Cancelled()
	if kind == post.Cancellation || kind == post.Withdrawal {
		method = ical.Cancel
	}
	status := string(invite.NeedsAction)
	answer := i.Current(m)
	if kind == post.Update { // RFC 5546 §3.2.2.2: an update keeps the answers
		answer = i.Standing()
	}
	if answer != nil {
		status = string(answer.PartStat)
	}
	kindOf := "INDIVIDUAL"
	if i.Contact.Kind == partner.Mailbox {
		kindOf = "GROUP"
	}
	e := ical.Event{
		UID: m.UID, Sequence: int(m.Sequence), Stamp: m.Stamp, Modified: m.Stamp, Start: m.StartsAt, End: m.EndsAt, Zone: m.Location(),
		Summary: s.Title, Location: s.Place, Private: true, Cancelled: cancelled, Withdraw: kind == post.Withdrawal,
		Organizer: &ical.Party{Name: home, Address: o.replyAddress(i)},
		Attendee: &ical.Attendee{
			Party: ical.Party{Name: attendeeName(i.Contact), Address: i.Contact.Email}, Role: "REQ-PARTICIPANT", PartStat: status, CUType: kindOf, RSVP: true,
		},
	}
	if kind == post.Withdrawal { // RFC 5546 §2.1.4: every CANCEL raises it; the others' stays, for nobody asks them again
		e.Sequence++
	}
	if method == ical.Request {
		e.URL, e.Description = link, l.Text("Svara och se var mötet hålls: %s", link)
	}
	return method, e
}

// attendeeName is the CN of the only ATTENDEE, which only the recipient's own copy carries. It is
// the address: a name would be one more thing in a calendar that others may see.
func attendeeName(c partner.Contact) string { return c.Email }

// Link is an invitation's own address.
func (o Office) Link(i *invite.Invitation) string {
	return o.BaseURL + "/i/" + i.AnswerToken(o.Key)
}

// WriteOwed writes the letter that an invitation is owed now, taking back an unsent older one; it
// gives nil when nothing is owed.
func WriteOwed(tx *store.Tx, o Office, id uuid.UUID) (*post.Letter, error) {
	i, err := invite.Lock(tx, id)
	if err != nil || i.OwedFrom == nil || i.OwedFrom.After(tx.Now) { // another sender was first, or it was taken back
		return nil, err
	}
	m, err := meeting.ForLetter(tx, i.MeetingID)
	if err != nil {
		return nil, err
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	if err := post.Supersede(tx, i.ID); err != nil {
		return nil, err
	}
	d, _, err := draft(tx, o, home, i, m, o.Link(i))
	if err != nil {
		return nil, fmt.Errorf("invitation %s: %w", id, err)
	}
	asked := i.AskedSequence
	if d != nil && (d.Kind == post.Invitation || d.Kind == post.Reschedule) || !reached(i.Contact) {
		asked = m.Sequence
	}
	if err := invite.Settled(tx, id, asked); err != nil || d == nil {
		return nil, err
	}
	return o.post(tx, *d)
}

// WriteAllOwed writes every letter that has become due, and the new links that were asked for, each
// in a transaction of its own: one that cannot be written does not stop the others.
func WriteAllOwed(ctx context.Context, db *store.DB, o Office) error {
	var due []uuid.UUID
	if err := db.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = invite.Due(tx)
		return err
	}); err != nil {
		return err
	}
	var first error
	for _, id := range due {
		err := db.Write(ctx, func(tx *store.Tx) error {
			_, err := WriteOwed(tx, o, id)
			return err
		})
		if err != nil && first == nil {
			first = err
		}
	}
	return errors.Join(first, writeCovers(ctx, db, o), RenewAll(ctx, db, o))
}

// Entitled looks at the right to a letter once more, right before it is sent: an invitation that
// was withdrawn, a contact that has left or is rung up instead gets no more about the meeting; a
// link that has ended and a code that has run out are not sent.
func Entitled(tx *store.Tx, l *post.Letter) (bool, error) {
	switch {
	case l.Kind.Reminds():
		return entitledToReminder(tx, l)
	case l.SubjectID == nil:
		return true, nil
	case l.Kind == post.Code:
		return entitledToCode(tx, l)
	case l.Kind == post.CancelledSeveral:
		return entitledToCover(tx, l)
	case l.Kind.AboutInvitation():
		return entitledToMeeting(tx, l)
	}
	return entitledToLink(tx, l)
}

// entitledToLink looks at the right to a letter that holds a link once more.
func entitledToLink(tx *store.Tx, l *post.Letter) (bool, error) {
	link, err := access.FindLink(tx, *l.SubjectID)
	if err != nil {
		return false, err
	}
	if link == nil {
		item, err := relay.ByID(tx, *l.SubjectID)
		if err != nil {
			return false, err
		}
		if item != nil {
			return entitledToRelay(tx, l, item)
		}
		if l.Kind == post.Approval || l.Kind == post.Views {
			r, err := minutes.FindAsked(tx, *l.SubjectID)
			if err != nil {
				return false, notThere(err)
			}
			return entitledToApproval(tx, l, r)
		}
		return entitledToMeeting(tx, l) // a new link to an invitation
	}
	g, err := guestOf(tx, link)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil || g.poll != nil && !entitledToPoll(tx.Now, g, l.Kind) {
		return false, err
	}
	return g.Reached() && g.Contact.Email == l.Recipient, nil
}

func entitledToCode(tx *store.Tx, l *post.Letter) (bool, error) {
	contact, stands, err := access.CodeStands(tx, *l.SubjectID)
	if err != nil || !stands {
		return false, err
	}
	c, err := partner.ForLetter(tx, contact)
	return err == nil && reached(*c) && c.Email == l.Recipient, err
}

func entitledToMeeting(tx *store.Tx, l *post.Letter) (bool, error) {
	i, err := invite.Lock(tx, *l.SubjectID)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if l.Kind == post.Cancellation || l.Kind == post.Withdrawal {
		return i.Contact.Email == l.Recipient, nil
	}
	return i.WithdrawnAt == nil && reached(i.Contact) && i.Contact.Email == l.Recipient, nil
}

// homeName is the municipality's name, empty before set-up.
func homeName(tx *store.Tx) (string, error) {
	home, err := partner.Home(tx)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return home.Name, err
}
