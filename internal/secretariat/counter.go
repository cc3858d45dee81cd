package secretariat

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// A calendar that asks to be sent the invitation again gets it once an hour: two programs that ask
// each other must not fill a mailbox.
const refreshEvery = time.Hour

// resend answers a REFRESH (RFC 5546 §3.2.6): the invitation as it is now, as a letter of its own.
func (o Office) resend(tx *store.Tx, i *invite.Invitation, m *meeting.Meeting) (string, error) {
	held, err := post.LastSent(tx, i.ID)
	if err != nil {
		return "", err
	}
	if held == nil || i.OwedFrom != nil || !reached(i.Contact) || tx.Now.Sub(held.CreatedAt) < refreshEvery {
		return "ignored: sent just now", nil
	}
	if err := meeting.Restamp(tx, m); err != nil { // Google drops a message whose DTSTAMP it has seen
		return "", err
	}
	return "sent again", o.writeAbout(tx, i, m, post.Invitation, m.Sequence)
}

// writeAbout writes one more letter about a meeting to whoever is invited, outside what is owed.
func (o Office) writeAbout(tx *store.Tx, i *invite.Invitation, m *meeting.Meeting, kind post.Kind, sequence int64) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	l := lang.Parse(string(i.Contact.Language))
	shown := Outwardly(m, home, access.Full, l)
	d, _, err := o.write(i, home, outward(kind, m, shown, home, l, o.Link(i), ""), l)
	if err != nil {
		return err
	}
	method, event := o.event(kind, i, m, shown, home, o.Link(i), l)
	if kind == post.CounterDeclined {
		method = ical.DeclineCounter
	}
	event.Sequence = int(sequence)
	calendar, err := ical.Invitation(method, event)
	if err != nil {
		return err
	}
	d.Method, d.Mail.Calendar = string(method), &mail.Calendar{Method: string(method), Data: calendar}
	d.Sequence, d.Digest, d.NotBefore = m.Sequence, digest(m, shown), tx.Now
	_, err = o.post(tx, *d)
	return err
}

// parkedAbout settles a parked letter about an invitation to a meeting that the actor convenes, and
// gives them.
func (o Office) parkedAbout(tx *store.Tx, by access.Actor, id uuid.UUID, outcome string) (*post.ParkedLetter, *invite.Invitation, *meeting.Meeting, error) {
	p, err := post.Settle(tx, by, o.Key, id, outcome, post.ParkedProposal)
	if err != nil {
		return nil, nil, nil, err
	}
	if p.InvitationID == nil {
		return nil, nil, nil, fault.Missing()
	}
	i, err := invite.Lock(tx, *p.InvitationID)
	if err != nil {
		return nil, nil, nil, err
	}
	m, err := meeting.Find(tx, by, i.MeetingID)
	if err != nil {
		return nil, nil, nil, err
	}
	return p, i, m, by.MayConvene(tx, m.ForumID)
}

// AcceptProposal settles a proposal whose time the actor will move the meeting to, and gives that time. The move
// is an act of its own, which is reviewed. It refuses with fault.Conflict when somebody has settled it, or the
// meeting is cancelled or over.
func AcceptProposal(tx *store.Tx, by access.Actor, o Office, id uuid.UUID) (*meeting.Meeting, post.Content, error) {
	p, _, m, err := o.parkedAbout(tx, by, id, post.DoneAccepted)
	if err != nil {
		return nil, post.Content{}, err
	}
	return m, p.Content, open(tx, m)
}

// DeclineProposal tells who proposed another time that the meeting stays (RFC 5546 §3.2.8). It refuses as
// AcceptProposal does.
func DeclineProposal(tx *store.Tx, by access.Actor, o Office, id uuid.UUID) error {
	p, i, m, err := o.parkedAbout(tx, by, id, post.DoneDeclined)
	if err != nil {
		return err
	}
	if err := open(tx, m); err != nil {
		return err
	}
	if i.WithdrawnAt != nil || !reached(i.Contact) {
		return nil
	}
	if err := meeting.Restamp(tx, m); err != nil {
		return err
	}
	return o.writeAbout(tx, i, m, post.CounterDeclined, p.Content.Sequence) // §3.2.8: the COUNTER's own SEQUENCE
}
