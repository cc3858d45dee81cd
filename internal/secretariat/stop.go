package secretariat

import (
	"errors"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// stopLink is the address that stops the reminders to a recipient.
func (o Office) stopLink(r *post.Recipient) string { return o.BaseURL + "/s/" + r.StopToken(o.Key) }

// Stopping is what the page of a link that stops reminders shows. It has no field for whose it is.
type Stopping struct {
	Stopped  bool
	Account  bool // the address has an account, whose digest stops too
	Language lang.Language

	recipient *post.Recipient
	object    string // of the log: contact or identity
	id        uuid.UUID
}

// OpenStop gives what a link that stops reminders shows. It changes nothing: mail scanners follow every
// link. It refuses with fault.NotFound whether the token is unknown or mistyped.
func OpenStop(tx *store.Tx, token string) (*Stopping, error) {
	r, err := post.ByStopToken(tx, token)
	if err != nil {
		return nil, err
	}
	s := &Stopping{Stopped: r.StoppedAt != nil, recipient: r, object: "reminder-recipient", id: r.ID}
	i, err := access.ByEmail(tx, r.Address)
	switch {
	case err == nil:
		s.Account, s.Language, s.object, s.id = true, i.Language, "identity", i.ID
	case fault.KindOf(err) != fault.NotFound:
		return nil, err
	}
	c, err := partner.ByEmail(tx, r.Address)
	if err == nil && c != nil {
		s.Language, s.object, s.id = c.Language, "contact", c.ID
	}
	return s, err
}

// StopReminders stops the reminders and digests to the address of a link, or lets them come again.
// Invitations are no reminders. Doing it again changes nothing. It refuses as OpenStop does.
func StopReminders(tx *store.Tx, token string, stop bool) error {
	s, err := OpenStop(tx, token)
	if err != nil {
		return err
	}
	return stopReminders(tx, access.Guest(), s.recipient.ID, s.object, s.id, stop)
}

func stopReminders(tx *store.Tx, by access.Actor, recipient uuid.UUID, object string, id uuid.UUID, stop bool) error {
	news, err := post.StopReminders(tx, recipient, stop)
	switch {
	case err != nil || !news:
		return err
	case stop:
		return access.Log(tx, by, "stop reminders", object, id)
	}
	return access.Log(tx, by, "resume reminders", object, id)
}

// ChooseReminders remembers how often the actor is mailed what waits, and whether the address gets
// reminders and digests at all. It refuses with fault.Invalid.
func ChooseReminders(tx *store.Tx, by access.Actor, o Office, r access.Rhythm, wants bool) error {
	if err := access.ChooseRhythm(tx, by, r, almanac.DateOf(tx.Now, o.Zone)); err != nil {
		return err
	}
	to, err := post.LockRecipient(tx, o.Key, by.Email)
	if err != nil {
		return err
	}
	return stopReminders(tx, by, to.ID, "identity", by.ID, !wants)
}

// entitledToReminder looks once more whether a reminder may go: its recipient has not said stop, and
// everything in it still holds. When something does not, the rest is reminded of in a new letter.
func entitledToReminder(tx *store.Tx, l *post.Letter) (bool, error) {
	to, err := post.RecipientOf(tx, l.Recipient)
	if err != nil || to == nil || to.StoppedAt != nil {
		return false, err
	}
	holds, err := accountStands(tx, to)
	if err != nil {
		return false, err
	}
	rows, err := post.RemindersBy(tx, l.ID)
	if err != nil {
		return false, err
	}
	if len(rows) == 0 && l.Kind == post.PollReminder { // a person sent it
		return entitledToLink(tx, l)
	}
	for _, r := range rows {
		minds, err := stillMinds(tx, r)
		if err != nil {
			return false, err
		}
		holds = holds && minds
	}
	if holds {
		return true, nil
	}
	return false, errors.Join(post.Unremind(tx, l), access.Undigested(tx, to.Address, to.RemindedOn))
}

// accountStands tells whether a letter to a recipient holds nothing of an account that was closed
// since.
func accountStands(tx *store.Tx, to *post.Recipient) (bool, error) {
	i, err := access.ByEmail(tx, to.Address)
	if fault.KindOf(err) == fault.NotFound {
		return true, nil
	}
	return err == nil && (i.DisabledAt == nil || i.DigestedOn != to.RemindedOn), err
}

// stillMinds tells whether a reminder holds as it was written.
func stillMinds(tx *store.Tx, r post.Reminded) (bool, error) {
	if r.Kind == post.Soon || r.Kind == post.NotAnswered {
		i, err := invite.Lock(tx, r.SubjectID)
		if err != nil {
			return false, notThere(err)
		}
		m, err := meeting.ForLetter(tx, i.MeetingID)
		if err != nil || i.WithdrawnAt != nil || i.OwedFrom != nil || !reached(i.Contact) || i.Contact.Email != r.Recipient ||
			m.Sequence != r.Sequence || m.Cancelled() || !m.StartsAt.After(tx.Now) {
			return false, err
		}
		return invite.Minds(tx, i, m, r.Kind)
	}
	if r.Kind == post.OpenHere {
		return stillOpen(tx, r)
	}
	out, err := minutes.FindAsked(tx, r.SubjectID)
	if err == nil {
		return stillWaits(tx, out, r)
	}
	if fault.KindOf(err) != fault.NotFound {
		return false, err
	}
	p, asked, err := poll.OfAsked(tx, r.SubjectID)
	if err == nil {
		return stillAsks(tx.Now, p, asked, r), nil
	}
	if fault.KindOf(err) != fault.NotFound {
		return false, err
	}
	left, err := relay.LeftOf(tx, []uuid.UUID{r.SubjectID})
	if err != nil || len(left) > 0 {
		return err == nil && dayNumber(left[0].Due) == r.Sequence && left[0].Lead() != nil && reached(*left[0].Lead()) && left[0].Lead().Email == r.Recipient, err
	}
	if asked, done, err := relay.PlanAsked(tx, r.SubjectID); err != nil || asked != nil {
		if err != nil || done || dayNumber(asked.Due) != r.Sequence {
			return false, err
		}
		w, err := partner.ManagedPlace(tx, asked.WorkplaceID)
		return err == nil && manages(w) && w.Manager.Email == r.Recipient, err
	}
	a, err := minutes.FindAction(tx, r.SubjectID)
	if err != nil || a.Outcome != "" || dayNumber(a.Due) != r.Sequence {
		return false, notThere(err)
	}
	links, err := access.LinksTo(tx, access.ToAction, a.ItemID)
	for n := range links {
		if g, err := guestOf(tx, &links[n]); err == nil && g.Reached() && g.Contact.Email == r.Recipient {
			return true, nil
		}
	}
	ours, failed := ownerOfOurs(tx, a)
	return ours != nil && ours.Email == r.Recipient, errors.Join(err, failed)
}

// notThere takes what is not found for an answer.
func notThere(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
