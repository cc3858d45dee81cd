package secretariat

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// New links to one contact.
const (
	renewalsByContact = 3
	renewalWindow     = time.Hour
)

// renewal is a new link in the place of one that ended.
type renewal struct {
	contact partner.Contact
	meeting *meeting.Meeting
	poll    *poll.Poll         // of a link to one, which is of no meeting yet
	dates   *poll.DateRequest  // likewise
	year    *invite.Overview   // likewise
	place   *partner.Workplace // likewise
	subject *uuid.UUID         // of the letter
	link    func() (string, error)
}

// Renew works one wish for a new link: when the link was ours, and its holder may still what it was
// for, a new one is sent to the address that we know. Nothing tells whoever asked which it was.
func Renew(tx *store.Tx, o Office, id uuid.UUID) error {
	wish, err := access.TakeRenewal(tx, id)
	if err != nil {
		return err
	}
	find := map[access.Purpose]func(*store.Tx, string) (*renewal, error){
		access.ToAnswer: o.renewAnswer, access.ToRelay: o.renewRelay,
		access.ToNotes:  func(tx *store.Tx, hash string) (*renewal, error) { return o.renewGuest(tx, access.ToNotes, hash) },
		access.ToAction: func(tx *store.Tx, hash string) (*renewal, error) { return o.renewGuest(tx, access.ToAction, hash) },
		access.ToApproval: func(tx *store.Tx, hash string) (*renewal, error) {
			return o.renewGuest(tx, access.ToApproval, hash)
		},
		access.ToDates: func(tx *store.Tx, hash string) (*renewal, error) { return o.renewGuest(tx, access.ToDates, hash) },
		access.ToPoll:  func(tx *store.Tx, hash string) (*renewal, error) { return o.renewGuest(tx, access.ToPoll, hash) },
		access.ToOverview: func(tx *store.Tx, hash string) (*renewal, error) {
			return o.renewGuest(tx, access.ToOverview, hash)
		},
		access.ToPlace: func(tx *store.Tx, hash string) (*renewal, error) { return o.renewGuest(tx, access.ToPlace, hash) },
		access.ToOpen:  func(tx *store.Tx, hash string) (*renewal, error) { return o.renewGuest(tx, access.ToOpen, hash) },
	}[wish.Purpose]
	r, err := find(tx, wish.LinkHash)
	if err != nil || r == nil || !reached(r.contact) {
		return err
	}
	subject := "renewal:" + r.contact.ID.String()
	if err := access.Limit(tx, subject, renewalsByContact, renewalWindow); err != nil {
		if fault.KindOf(err) == fault.TooMany {
			return nil
		}
		return err
	}
	if err := access.Count(tx, subject); err != nil {
		return err
	}
	link, err := r.link()
	if err != nil {
		return err
	}
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	if err := o.send(tx, home, r.contact, r.subject, o.linkOut(r, home, link)); err != nil {
		return err
	}
	return access.Log(tx, access.Guest(), "renew link", "contact", r.contact.ID)
}

// linkOut is what the letter with a new link says.
func (o Office) linkOut(r *renewal, home, link string) post.Outward {
	if r.poll != nil {
		return pollOut(post.Link, r.poll, home, r.contact, link)
	}
	if r.dates != nil {
		return datesOut(post.Link, r.dates, home, link)
	}
	if r.year != nil {
		return overviewLinkOut(r.year, home, link)
	}
	if r.place != nil {
		return planOut(post.Link, r.place, home, r.contact, link)
	}
	if r.meeting == nil {
		return openOut(post.Link, r.contact, home, link)
	}
	return o.guestOut(post.Link, r.meeting, home, r.contact, link)
}

// RenewAll works every wish for a new link, each in a transaction of its own.
func RenewAll(ctx context.Context, db *store.DB, o Office) error {
	var asked []uuid.UUID
	if err := db.Read(ctx, func(tx *store.Tx) (err error) {
		asked, err = access.LinksAsked(tx)
		return err
	}); err != nil {
		return err
	}
	var first error
	for _, id := range asked {
		err := db.Write(ctx, func(tx *store.Tx) error { return Renew(tx, o, id) })
		if err != nil && fault.KindOf(err) != fault.NotFound && first == nil { // not there: another sender was first
			first = err
		}
	}
	return first
}

// AskForLink keeps a wish for a new link until the sender works it. Known and unknown tokens are
// treated alike. It refuses with fault.TooMany by the address that asked.
func AskForLink(tx *store.Tx, purpose access.Purpose, token, from string) error {
	if err := access.AskForLink(tx, purpose, token, from); err != nil {
		return err
	}
	return post.WakeAt(tx, tx.Now)
}

// renewGuest gives the link that replaced another. One that opens needs none, and one that somebody
// took back is not given again.
func (o Office) renewGuest(tx *store.Tx, purpose access.Purpose, hash string) (*renewal, error) {
	l, err := access.LinkByHash(tx, purpose, hash)
	if err != nil || l == nil || l.LinkHash == hash {
		return nil, err
	}
	return o.renewalOf(tx, l)
}

// renewalOf gives l as its holder gets it once more; nil when it opens nothing any longer.
func (o Office) renewalOf(tx *store.Tx, l *access.GuestLink) (*renewal, error) {
	g, err := guestOf(tx, l)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &renewal{g.Contact, g.Meeting, g.poll, g.dates, g.overview, g.workplace, &l.ID, func() (string, error) { return o.guestLink(l), nil }}, nil
}

// renewAnswer gives the newer link of an invitation that was withdrawn and sent again. A meeting
// that has been over for long is answered no more: whoever may read its notes gets that link.
func (o Office) renewAnswer(tx *store.Tx, hash string) (*renewal, error) {
	i, err := invite.ByLinkHash(tx, hash)
	if err != nil || i == nil {
		return nil, err
	}
	m, err := meeting.ForLetter(tx, i.MeetingID)
	if err != nil {
		return nil, err
	}
	if !invite.LinkOpens(tx, m) {
		return o.notesInstead(tx, m, i.ContactID)
	}
	if i.WithdrawnAt != nil || i.AnswerHash == hash {
		return nil, nil
	}
	return &renewal{i.Contact, m, nil, nil, nil, nil, &i.ID, func() (string, error) { return o.Link(i), nil }}, nil
}

// notesInstead gives a contact's link to the notes of a meeting, if it was ever sent one.
func (o Office) notesInstead(tx *store.Tx, m *meeting.Meeting, contact uuid.UUID) (*renewal, error) {
	id, there, err := minutes.FinalisedOf(tx, m.ID)
	if err != nil || !there {
		return nil, err
	}
	links, err := access.LinksTo(tx, access.ToNotes, id)
	if err != nil {
		return nil, err
	}
	for n := range links {
		if links[n].ContactID == contact {
			return o.renewalOf(tx, &links[n])
		}
	}
	return nil, nil
}

// renewRelay gives a new link to whoever leads the receiver now, while something of it waits to be
// gone through.
func (o Office) renewRelay(tx *store.Tx, hash string) (*renewal, error) {
	items, err := relay.ByLinkHash(tx, hash)
	if err != nil {
		return nil, err
	}
	waits := false
	for _, i := range items {
		waits = waits || i.Waits()
	}
	if !waits || items[0].LinkHash == hash && items[0].LinkOpens(tx.Now) {
		return nil, nil
	}
	i := &items[0]
	_, lead, err := partner.Receiver(tx, i.ReceiverID())
	if err != nil || lead == nil {
		return nil, err
	}
	m, err := minutes.ForLetter(tx, i.MinutesID)
	if err != nil {
		return nil, err
	}
	subject, err := relaySubject(tx, i.MinutesID, i.ReceiverID())
	if err != nil {
		return nil, err
	}
	return &renewal{*lead, &m.Meeting, nil, nil, nil, nil, subject, func() (string, error) {
		token, err := relay.CurrentLink(tx, o.Key, i.MinutesID, i.ReceiverID())
		return o.BaseURL + "/r/" + token, err
	}}, nil
}
