package secretariat

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// guestLink is the address of a guest's link.
func (o Office) guestLink(l *access.GuestLink) string {
	door := map[access.Purpose]string{access.ToNotes: "/n/", access.ToAction: "/a/", access.ToApproval: "/g/", access.ToPoll: "/p/", access.ToDates: "/d/", access.ToOverview: "/o/", access.ToOpen: "/u/", access.ToPlace: "/w/"}[l.Purpose]
	return o.BaseURL + door + l.Token(o.Key)
}

// guestOut is what a letter with a guest's link says: that something can be opened, never what.
func (o Office) guestOut(kind post.Kind, m *meeting.Meeting, home string, c partner.Contact, link string) post.Outward {
	l := lang.Parse(string(c.Language))
	out := outward(kind, m, Outwardly(m, home, access.Full, l), home, l, link, "")
	out.Place = ""
	return out
}

func (o Office) preview(kind post.Kind, m *meeting.Meeting, home string, c partner.Contact, label string) (post.Rendered, error) {
	out := o.guestOut(kind, m, home, c, o.BaseURL+map[post.Kind]string{post.Notes: "/n/", post.Action: "/a/"}[kind]+placeholder)
	out.Label = label
	return post.Render(lang.Parse(string(c.Language)), out)
}

// send writes a letter without a calendar part to a contact.
func (o Office) send(tx *store.Tx, home string, c partner.Contact, subject *uuid.UUID, out post.Outward) error {
	_, err := o.sendAt(tx, home, c, subject, out, tx.Now)
	return err
}

// sendAt is send for a letter that leaves later.
func (o Office) sendAt(tx *store.Tx, home string, c partner.Contact, subject *uuid.UUID, out post.Outward, at time.Time) (*post.Letter, error) {
	d, err := o.outwardDraft(home, c, out)
	if err != nil {
		return nil, err
	}
	d.SubjectID, d.NotBefore = subject, at
	return o.post(tx, *d)
}

// outwardDraft is a letter without a calendar part to a contact.
func (o Office) outwardDraft(home string, c partner.Contact, out post.Outward) (*post.Draft, error) {
	rendered, err := post.Render(lang.Parse(string(c.Language)), out)
	return o.draft(out.Kind, home, mail.Mailbox{Name: recipientName(c), Address: c.Email}, rendered), err
}

// draft is a letter without a calendar part.
func (o Office) draft(kind post.Kind, home string, to mail.Mailbox, r post.Rendered) *post.Draft {
	return &post.Draft{Kind: kind, Mail: mail.Letter{
		From: mail.Mailbox{Name: home, Address: o.From}, To: to, EnvelopeFrom: o.From, Subject: r.Subject, Text: r.Text, HTML: r.HTML,
	}}
}
