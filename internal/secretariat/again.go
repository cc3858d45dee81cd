package secretariat

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// againAfter is the least time between two letters about one invitation that a person asks for.
const againAfter = 10 * time.Minute

// InviteAgain writes the invitation once more to one who was asked: the same UID and SEQUENCE (RFC 5546
// §2.1.4), a later DTSTAMP, the answer kept. It refuses with fault.Conflict when the meeting is off or
// has begun, the contact is no longer asked or gets no letters, or a letter was written just now.
func InviteAgain(tx *store.Tx, by access.Actor, o Office, invitationID uuid.UUID) error {
	i, m, err := o.again(tx, by, invitationID)
	if err != nil {
		return err
	}
	if i.WithdrawnAt != nil || m.Cancelled() {
		return fault.New(fault.Conflict, "Kontakten är inte inbjuden till mötet. Bjud in på mötets sida först.")
	}
	if err := o.writeAgain(tx, i, m); err != nil {
		return err
	}
	if err := post.AnsweredFor(tx, by, i.ID); err != nil {
		return err
	}
	return access.Log(tx, by, "send invitation again", "invitation", i.ID)
}

// SendAgain writes a letter once more that did not arrive, as what it was about is now, in a row of its own; that
// takes the lost one out of trouble. A letter about an account gets a new link: the old one opens nothing from then
// on. It refuses as InviteAgain does, and with fault.Conflict letters that have arrived or are not made again so.
func SendAgain(tx *store.Tx, by access.Actor, o Office, letterID uuid.UUID) error {
	l, err := post.ToSendAgain(tx, by, letterID)
	if err != nil {
		return err
	}
	switch {
	case l.Kind == post.MailTest:
		_, err = TestMail(tx, by, o, l.Recipient)
	case l.Kind == post.Account:
		err = o.accountAgain(tx, by, l)
	case l.Kind.AboutPoll():
		err = o.linkAgain(tx, by, l)
	case l.Kind.Reminds():
		err = o.remindAgain(tx, l)
	case l.Kind.AboutInvitation():
		err = o.aboutAgain(tx, by, l)
	default:
		err = o.linkAgain(tx, by, l)
	}
	if err != nil {
		return err
	}
	if err := access.Log(tx, by, "send letter again", "letter", l.ID); err != nil {
		return err
	}
	return post.DealtBySendingAgain(tx, by, l)
}

// remindAgain forgets what a lost letter reminded of, and writes what of it still holds: now, or when
// reminders leave next. It refuses with fault.Conflict when nothing does.
func (o Office) remindAgain(tx *store.Tx, l *post.Letter) error {
	to, err := post.RecipientOf(tx, l.Recipient)
	if err != nil || to == nil {
		return errors.Join(err, fault.Missing())
	}
	if err := errors.Join(post.Unremind(tx, l), access.Undigested(tx, to.Address, to.RemindedOn)); err != nil {
		return err
	}
	if _, open := o.reminding(tx.Now); !open {
		return nil
	}
	pending, err := ToRemind(tx, o)
	if err != nil {
		return err
	}
	for _, p := range pending {
		if p.Address == l.Recipient {
			_, err := Remind(tx, o, p)
			return err
		}
	}
	return fault.New(fault.Conflict, "Det finns inget kvar att påminna om.")
}

// aboutAgain writes a letter about an invitation: what is owed now.
func (o Office) aboutAgain(tx *store.Tx, by access.Actor, l *post.Letter) error {
	i, m, err := o.again(tx, by, *l.SubjectID)
	if err != nil {
		return err
	}
	switch {
	case l.Kind != post.CounterDeclined:
		return o.writeAgain(tx, i, m)
	case i.WithdrawnAt != nil || m.Cancelled():
		return fault.New(fault.Conflict, "Kontakten är inte inbjuden till mötet. Bjud in på mötets sida först.")
	case l.Sequence != m.Sequence:
		return fault.New(fault.Conflict, "Mötet har ändrats sedan brevet skrevs. Det behövs inte längre.")
	}
	if err := meeting.Restamp(tx, m); err != nil {
		return err
	}
	return o.writeAbout(tx, i, m, l.Kind, l.Sequence)
}

// again locks an invitation about which a person asks for a letter.
func (o Office) again(tx *store.Tx, by access.Actor, id uuid.UUID) (*invite.Invitation, *meeting.Meeting, error) {
	seen, err := invite.Find(tx, by, id)
	if err != nil {
		return nil, nil, err
	}
	now, err := meeting.Find(tx, by, seen.MeetingID)
	if err != nil {
		return nil, nil, err
	}
	m, err := ourMeeting(tx, by, seen.MeetingID, now.Version)
	if err != nil {
		return nil, nil, err
	}
	i, err := invite.Lock(tx, id)
	if err != nil {
		return nil, nil, err
	}
	recent, err := post.WrittenSince(tx, id, tx.Now.Add(-againAfter))
	switch {
	case err != nil:
		return nil, nil, err
	case !m.StartsAt.After(tx.Now):
		return nil, nil, fault.New(fault.Conflict, "Mötet har redan börjat. Det går inte att bjuda in till det.")
	case !reached(i.Contact):
		return nil, nil, noLetters()
	case i.OwedFrom != nil || recent:
		return nil, nil, justWritten()
	}
	return i, m, nil
}

func justWritten() error {
	return fault.New(fault.Conflict, "Ett brev är nyss skrivet till kontakten. Vänta tio minuter och försök igen.")
}

// writeAgain writes what an invitation is owed, or when nothing is, the invitation as it stands. Whoever
// asks needs no time to change their mind.
func (o Office) writeAgain(tx *store.Tx, i *invite.Invitation, m *meeting.Meeting) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	if err := meeting.Restamp(tx, m); err != nil {
		return err
	}
	if err := post.Supersede(tx, i.ID); err != nil {
		return err
	}
	d, _, err := draft(tx, o, home, i, m, o.Link(i))
	if err != nil {
		return err
	}
	if d == nil {
		if d, err = o.draftHeld(tx, i, m, home); err != nil {
			return err
		}
	}
	_, err = o.post(tx, *d)
	return err
}

// draftHeld writes once more what the recipient may hold already.
func (o Office) draftHeld(tx *store.Tx, i *invite.Invitation, m *meeting.Meeting, home string) (*post.Draft, error) {
	held, err := heldOf(tx, i)
	if err != nil {
		return nil, err
	}
	kind, off := post.Invitation, i.WithdrawnAt != nil || m.Cancelled()
	switch {
	case off && (held == nil || held.Method != string(ical.Cancel)):
		return nil, fault.New(fault.Conflict, "Mottagaren har inget i sin kalender om mötet. Inget behöver skickas.")
	case i.WithdrawnAt != nil:
		kind = post.Withdrawal
	case off:
		kind = post.Cancellation
	}
	d, _, err := o.draftOf(tx, kind, home, i, m, held, o.Link(i))
	return d, err
}
