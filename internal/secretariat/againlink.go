package secretariat

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// accountAgain sends the owner of an account a new link. It refuses with fault.Conflict when nobody has the
// letter's address any longer.
func (o Office) accountAgain(tx *store.Tx, by access.Actor, l *post.Letter) error {
	i, err := access.ByEmail(tx, l.Recipient)
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.Conflict, "Inget konto har den adressen längre. Öppna kontot och skicka en länk därifrån.")
	}
	if err != nil {
		return err
	}
	return SendPasswordLink(tx, by, o, i.ID)
}

// linkAgain writes a letter with a link once more: to notes, to an action, to what was passed on, or to an invitation
// whose link had ended.
func (o Office) linkAgain(tx *store.Tx, by access.Actor, l *post.Letter) error {
	recent, err := post.WrittenSince(tx, *l.SubjectID, tx.Now.Add(-againAfter))
	if err != nil {
		return err
	}
	if recent {
		return justWritten()
	}
	link, err := access.FindLink(tx, *l.SubjectID)
	if err != nil {
		return err
	}
	if link != nil {
		return o.guestAgain(tx, by, l, link)
	}
	item, err := relay.ByID(tx, *l.SubjectID)
	if err != nil {
		return err
	}
	if item != nil {
		return o.relayAgain(tx, by, l, item)
	}
	if l.Kind == post.Approval || l.Kind == post.Views {
		r, err := minutes.FindAsked(tx, *l.SubjectID)
		if fault.KindOf(err) == fault.NotFound {
			return linkEnded()
		}
		if err != nil {
			return err
		}
		return o.approvalAgain(tx, by, r)
	}
	i, m, err := o.again(tx, by, *l.SubjectID)
	if err != nil {
		return err
	}
	if i.WithdrawnAt != nil || m.Cancelled() {
		return fault.New(fault.Conflict, "Kontakten är inte inbjuden till mötet. Bjud in på mötets sida först.")
	}
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	return o.send(tx, home, i.Contact, &i.ID, o.guestOut(post.Link, m, home, i.Contact, o.Link(i)))
}

// linkEnded says why a letter with a link is not sent again.
func linkEnded() error {
	return fault.New(fault.Conflict, "Länken i brevet gäller inte längre. Det finns inget att skicka igen.")
}

// guestAgain sends the holder of a link to notes or to an action the same link.
func (o Office) guestAgain(tx *store.Tx, by access.Actor, l *post.Letter, link *access.GuestLink) error {
	g, err := guestOf(tx, link)
	if fault.KindOf(err) == fault.NotFound {
		return linkEnded()
	}
	if err != nil {
		return err
	}
	if g.poll != nil {
		p, err := poll.Lock(tx, by, g.poll.ID)
		if err != nil {
			return err
		}
		_, err = o.pollLetterAgain(tx, p, askedIn(p, g.Contact.ID))
		return err
	}
	if g.dates != nil {
		if _, err := poll.FindDates(tx, by, g.dates.ID); err != nil {
			return err
		}
		if !g.Reached() {
			return noLetters()
		}
		return o.send(tx, g.Municipality, g.Contact, &link.ID, datesOut(post.DateRequest, g.dates, g.Municipality, o.guestLink(link)))
	}
	if g.workplace != nil {
		return o.planLetterAgain(tx, by, g)
	}
	if g.overview != nil {
		return OverviewAgain(tx, by, o, g.overview.ID)
	}
	if g.open {
		if _, err := partner.FindContact(tx, by, g.Contact.ID); err != nil {
			return err
		}
		if !g.Reached() {
			return noLetters()
		}
		return o.send(tx, g.Municipality, g.Contact, &link.ID, openOut(post.Link, g.Contact, g.Municipality, o.guestLink(link)))
	}
	if err := by.MayConvene(tx, g.Meeting.ForumID); err != nil {
		return err
	}
	if !g.Reached() {
		return noLetters()
	}
	out := o.guestOut(l.Kind, g.Meeting, g.Municipality, g.Contact, o.guestLink(link))
	if g.submitted != nil && !g.submitted.Submission.Until.IsZero() {
		out.Due = almanac.Long(g.submitted.Submission.Until, g.Contact.Language)
	}
	if g.action != nil && l.Kind == post.Action {
		out.Label = g.action.Label
	}
	return o.send(tx, g.Municipality, g.Contact, &link.ID, out)
}

// relayAgain sends whoever leads the receiver now the link to what waits there from one meeting.
func (o Office) relayAgain(tx *store.Tx, by access.Actor, l *post.Letter, item *relay.Item) error {
	m, err := minutes.ForLetter(tx, item.MinutesID)
	if err != nil {
		return err
	}
	if err := by.MayConvene(tx, m.Meeting.ForumID); err != nil {
		return err
	}
	waiting, err := relay.WaitingAt(tx, item.MinutesID, item.ReceiverID())
	if err != nil {
		return err
	}
	if waiting == 0 {
		return fault.New(fault.Conflict, "Allt i brevet är redan genomgånget. Inget behöver skickas.")
	}
	_, lead, err := partner.Receiver(tx, item.ReceiverID())
	if err != nil {
		return err
	}
	if lead == nil || !reached(*lead) {
		return noLetters()
	}
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	token, err := relay.CurrentLink(tx, o.Key, item.MinutesID, item.ReceiverID())
	if err != nil {
		return err
	}
	out := o.passOut(m, home, Passing{Items: make([]string, waiting)}, lead.Language, o.BaseURL+"/r/"+token)
	if l.Kind == post.Link {
		out = o.guestOut(post.Link, &m.Meeting, home, *lead, o.BaseURL+"/r/"+token)
	}
	return o.send(tx, home, *lead, &item.ID, out)
}

func noLetters() error {
	return fault.New(fault.Conflict, "Kontakten får inga brev. Ring i stället.")
}

// entitledToRelay tells whether a letter about what was passed on still goes to whoever leads the receiver.
func entitledToRelay(tx *store.Tx, l *post.Letter, item *relay.Item) (bool, error) {
	_, lead, err := partner.Receiver(tx, item.ReceiverID())
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil && lead != nil && reached(*lead) && lead.Email == l.Recipient, err
}

// relaySubject is what letters to a receiver about one meeting are about: its first item of that meeting's minutes.
func relaySubject(tx *store.Tx, minutesID, receiver uuid.UUID) (*uuid.UUID, error) {
	first, err := relay.FirstOf(tx, minutesID, receiver)
	if err != nil || first == nil {
		return nil, err
	}
	return &first.ID, nil
}
