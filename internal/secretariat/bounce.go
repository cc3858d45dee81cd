package secretariat

import (
	"strings"

	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/mail"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// takeBounce records that a letter of ours came back. Which one it was is told by the address that
// the report was sent to, which is the letter's own, and by its Message-ID.
func (o Office) takeBounce(tx *store.Tx, in *mail.Incoming) (string, error) {
	a := arrival{Incoming: in}
	if err := o.whose(tx, &a); err != nil {
		return "", err
	}
	b := in.Bounce
	l, err := bouncedLetter(tx, b, a.invitation)
	switch {
	case err != nil:
		return "", err
	case b.Action != "failed" && b.Action != "delayed":
		return "delivered", nil
	case l == nil && b.Failed():
		return o.park(tx, a, post.ParkedBounce, BounceUnknown, ical.Verdict{})
	case l == nil:
		return "unknown letter", nil
	case !b.Failed():
		return "delayed", post.MarkDelayed(tx, l, words(b))
	}
	if err := post.MarkBounced(tx, l, words(b)); err != nil || !b.Hard() {
		return "bounced", err
	}
	contact, err := partner.ByEmail(tx, l.Recipient)
	if err != nil || contact == nil {
		return "bounced", err
	}
	return "bounced for good", partner.MarkUndeliverable(tx, partner.Undeliverable{ContactID: contact.ID, Address: l.Recipient, Words: words(b), LetterID: l.ID})
}

// bouncedLetter finds the letter. A report about an invitation's letter has its token; one without needs
// the letter's Message-ID and its recipient, or anybody could call any address dead.
func bouncedLetter(tx *store.Tx, b *mail.Bounce, i *invite.Invitation) (*post.Letter, error) {
	recipient := b.Recipient
	if i != nil {
		recipient = ""
	}
	l, err := post.ByMessageID(tx, b.MessageID, recipient)
	if err != nil {
		return nil, err
	}
	if i == nil {
		if recipient == "" {
			return nil, nil
		}
		return l, nil
	}
	if l == nil || l.SubjectID == nil || *l.SubjectID != i.ID {
		return post.LastSent(tx, i.ID)
	}
	return l, nil
}

// words are the mail server's, for a person.
func words(b *mail.Bounce) string {
	if b.Words == "" || strings.Contains(b.Words, b.Status) {
		return strings.TrimSpace(orElse(b.Words, b.Status))
	}
	return strings.TrimSpace(b.Status + " " + b.Words)
}
