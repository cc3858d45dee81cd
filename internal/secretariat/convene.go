package secretariat

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Convene asks a forum's members to a meeting, and those whom a date poll asked that it came of. Members who are asked already are told of what has
// changed, if anything has. It refuses with fault.Invalid when the forum is not ours to convene
// or has no members, and with fault.Conflict when the meeting has changed since version, is
// cancelled or has begun.
func Convene(tx *store.Tx, by access.Actor, o Office, meetingID uuid.UUID, version int64, note string) error {
	m, err := toCall(tx, by, meetingID, version)
	if err != nil {
		return err
	}
	if note, err = outwardNote(tx, note); err != nil {
		return err
	}
	members, err := called(tx, by, m)
	if err != nil {
		return err
	}
	if len(members) == 0 {
		if m.Forum.Occasion {
			return fault.New(fault.Invalid, "Mötet har inga deltagare att bjuda in. Välj dem på mötets sida först.")
		}
		return fault.New(fault.Invalid, "Forumet har inga deltagare att bjuda in. Lägg till dem på forumets sida först.")
	}
	return o.call(tx, by, m, members, note)
}

// toCall locks a meeting that we can ask people to.
func toCall(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*meeting.Meeting, error) {
	m, err := ourMeeting(tx, by, id, version)
	switch {
	case err != nil:
		return nil, err
	case m.Cancelled():
		return nil, fault.New(fault.Conflict, "Mötet är inställt.")
	case !m.StartsAt.After(tx.Now):
		return nil, fault.New(fault.Conflict, "Mötet har redan börjat. Det går inte att bjuda in till det.")
	}
	return m, nil
}

// call issues the invitations to a meeting and owes a letter to each.
func (o Office) call(tx *store.Tx, by access.Actor, m *meeting.Meeting, members []forum.Member, note string) error {
	for _, member := range members {
		i, err := invite.Issue(tx, o.Key, m.ID, member.ContactID)
		if err != nil {
			return err
		}
		if err := errors.Join(invite.OweOne(tx, i.ID, tx.Now.Add(o.Delay), note), invite.Renew(tx, i.ID)); err != nil {
			return err
		}
		if err := errors.Join(o.recall(tx, by, i), seated(tx, by, m, member.ContactID, true)); err != nil {
			return err
		}
	}
	if err := access.Log(tx, by, "convene meeting", "meeting", m.ID); err != nil {
		return err
	}
	return post.WakeAt(tx, tx.Now.Add(o.Delay))
}

// recall asks the substitute again of one who was withdrawn and is asked again: their answer counts still.
func (o Office) recall(tx *store.Tx, by access.Actor, i *invite.Invitation) error {
	if !i.CreatedAt.Equal(tx.Now) {
		return nil
	}
	i, err := invite.Lock(tx, i.ID)
	if err != nil {
		return err
	}
	a := i.Standing()
	if a == nil || a.SubstituteEmail == "" {
		return nil
	}
	switch err := o.mayName(tx, i, "", a.SubstituteEmail); fault.KindOf(err) {
	case fault.Invalid:
		return nil
	default:
		if err != nil {
			return err
		}
	}
	return o.callIn(tx, by, i, a)
}

// called gives whom a meeting is called with: the forum's members, and whoever said in the date poll
// when they could come. One of those who was taken out of the meeting stays out.
func called(tx *store.Tx, by access.Actor, m *meeting.Meeting) ([]forum.Member, error) {
	members, err := forum.Members(tx, by, m.ForumID)
	if err != nil {
		return nil, err
	}
	asked, err := poll.AskedAbout(tx, m.ID)
	if err != nil || len(asked) == 0 {
		return members, err
	}
	invited, err := invite.Of(tx, by, m.ID)
	if err != nil {
		return nil, err
	}
	for _, a := range asked {
		sits := slices.ContainsFunc(members, func(other forum.Member) bool { return other.ContactID == a.ContactID })
		out := slices.ContainsFunc(invited, func(i invite.Invitation) bool { return i.ContactID == a.ContactID && i.WithdrawnAt != nil })
		if !sits && !out {
			members = append(members, forum.Member{ForumID: m.ForumID, ContactID: a.ContactID, Contact: a.Contact})
		}
	}
	return members, nil
}

// ourMeeting locks a meeting of a forum that we convene.
func ourMeeting(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*meeting.Meeting, error) {
	if err := tx.Hold(&meeting.Meeting{}, id); err != nil {
		return nil, err
	}
	m, err := meeting.Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, m.ForumID); err != nil {
		return nil, err
	}
	if err := partner.CheckVersion(m.Version, version); err != nil {
		return nil, err
	}
	switch m.Forum.ConvenedBy {
	case forum.Other:
		return nil, fault.New(fault.Invalid, "%s kallar till det här forumet. Vi skickar inga inbjudningar till det.", m.Forum.Convener.Name)
	case forum.Unstated:
		return nil, fault.New(fault.Invalid, "Ingen är utsedd att kalla till forumet. Ange oss som sammankallande på forumets sida först.")
	}
	return m, nil
}

// outwardNote checks the convener's own line to all: it is read on locked phones too.
func outwardNote(tx *store.Tx, note string) (string, error) {
	note, err := deidentify.OptionalLine(tx.Now, "note", note, 500)
	if err != nil {
		return "", err
	}
	if word, tells := deidentify.Telling(note); tells {
		return "", fault.On("note", "Ordet ”%s” berättar vad mötet handlar om, och raden går till alla med e-post. Skriv den utan det ordet.", word)
	}
	return note, nil
}

// Reschedule moves a meeting and owes those who were asked a letter about it.
func Reschedule(tx *store.Tx, by access.Actor, o Office, id uuid.UUID, version int64, t meeting.Time, note string) (*meeting.Meeting, error) {
	note, err := outwardNote(tx, note)
	if err != nil {
		return nil, err
	}
	m, err := meeting.Reschedule(tx, by, id, version, t)
	if err != nil {
		return nil, err
	}
	return m, o.owe(tx, id, note)
}

// Cancel calls a meeting off and owes those who hold an invitation a CANCEL. The reason stays here;
// the note goes out.
func Cancel(tx *store.Tx, by access.Actor, o Office, id uuid.UUID, version int64, reason, note string) (*meeting.Meeting, error) {
	note, err := outwardNote(tx, note)
	if err != nil {
		return nil, err
	}
	m, err := meeting.Cancel(tx, by, id, version, reason)
	if err != nil {
		return nil, err
	}
	return m, o.owe(tx, id, note)
}

func (o Office) owe(tx *store.Tx, meetingID uuid.UUID, note string) error {
	if err := invite.Owe(tx, meetingID, tx.Now.Add(o.Delay), note); err != nil {
		return err
	}
	return post.WakeAt(tx, tx.Now.Add(o.Delay))
}

// Undo takes the last act on a meeting back while none of its letters is written: an invitation, a
// withdrawal, a move or a cancellation. It refuses with fault.Conflict when it is too late. What is owed stays
// owed: the comparison at sending finds that nothing has changed, and no earlier change is lost.
func Undo(tx *store.Tx, by access.Actor, o Office, id uuid.UUID, version int64) error {
	m, err := ourMeeting(tx, by, id, version)
	if err != nil {
		return err
	}
	invitations, err := invite.Of(tx, by, id)
	if err != nil {
		return err
	}
	act, _, pending := LastAct(tx.Now, invitations)
	if !pending {
		return fault.New(fault.Conflict, "Det är för sent att ångra: breven är på väg. Ändra eller ställ in mötet i stället.")
	}
	moves, err := meeting.Moves(tx, id)
	switch {
	case err != nil:
		return err
	case m.Cancelled() && m.Cancellation.At.Equal(act):
		_, err = meeting.Reinstate(tx, by, id, version)
	case len(moves) > 0 && moves[0].At.Equal(act):
		_, err = meeting.MoveBack(tx, by, id, version)
	default:
		err = errors.Join(o.undoInvitations(tx, by, m, invitations, act), access.Log(tx, by, "take back invitations", "meeting", id))
	}
	if err != nil {
		return err
	}
	return o.forget(tx, invitations, act, m, moves)
}

// undoInvitations takes back who was asked, asked again or withdrawn by an act.
func (o Office) undoInvitations(tx *store.Tx, by access.Actor, m *meeting.Meeting, invitations []invite.Invitation, act time.Time) error {
	for _, i := range invitations {
		err := invite.Unrenew(tx, i.ID, act)
		switch {
		case err != nil:
		case i.WithdrawnAt != nil && i.WithdrawnAt.Equal(act):
			err = errors.Join(invite.Readmit(tx, o.Key, i.ID), seated(tx, by, m, i.ContactID, true))
		case i.CreatedAt.Equal(act) && (i.Earlier == nil || !i.Earlier.At.Equal(act)):
			if err = invite.Drop(tx, i.ID); err == nil {
				err = o.withdraw(tx, access.System(), i.ID) // of whom something is known already
			}
		}
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return nil
}

// forget takes an act's note back, and lets what is owed be about the act before it. When there is none,
// things are compared at once: nothing has changed. Whoever gets no letters is up to date.
func (o Office) forget(tx *store.Tx, invitations []invite.Invitation, act time.Time, m *meeting.Meeting, moves []meeting.Rescheduling) error {
	for n := range invitations {
		i := &invitations[n]
		if i.OwedAt == nil || !i.OwedAt.Equal(act) {
			continue
		}
		if !reached(i.Contact) {
			if err := invite.Settled(tx, i.ID, i.AskedSequence); err != nil {
				return err
			}
			continue
		}
		at, err := actBefore(tx, i, act, m, moves)
		if err != nil {
			return err
		}
		from := *i.OwedFrom
		if at == nil {
			from = tx.Now
		}
		if err := invite.OweBefore(tx, i.ID, from, at); err != nil {
			return err
		}
	}
	return post.WakeAt(tx, tx.Now)
}

// actBefore gives when the act before one was done whose letter to an invitation is not written; nil when there is
// none.
func actBefore(tx *store.Tx, i *invite.Invitation, act time.Time, m *meeting.Meeting, moves []meeting.Rescheduling) (before *time.Time, err error) {
	held, err := post.LastHeld(tx, i.ID)
	if err != nil {
		return nil, err
	}
	acts := []time.Time{i.CreatedAt}
	if i.WithdrawnAt != nil {
		acts = append(acts, *i.WithdrawnAt)
	}
	if m.Cancelled() {
		acts = append(acts, m.Cancellation.At)
	}
	for _, move := range moves {
		acts = append(acts, move.At)
	}
	for _, at := range acts {
		if at.Before(act) && (held == nil || at.After(held.CreatedAt)) && (before == nil || at.After(*before)) {
			before = &at
		}
	}
	return before, nil
}

// LastAct tells when the act was done whose letters are still held back, if any are, and when they leave. That an
// answer asked a substitute, or took it back, is nobody's act here.
func LastAct(now time.Time, invitations []invite.Invitation) (act, leaves time.Time, pending bool) {
	for _, i := range invitations {
		if i.OwedFrom == nil || i.OwedAt == nil || !i.OwedFrom.After(now) {
			continue
		}
		at := *i.OwedAt
		if byAnswer := i.StandsForID != nil && (i.CreatedAt.Equal(at) || i.StoodDownAt != nil && i.StoodDownAt.Equal(at)); at.After(act) && !byAnswer {
			act, leaves, pending = at, *i.OwedFrom, true
		}
	}
	return act, leaves, pending
}

// withdraw ends an invitation, and that of whoever was to come in its place.
func (o Office) withdraw(tx *store.Tx, by access.Actor, id uuid.UUID) error {
	if _, err := invite.Withdraw(tx, o.Key, id); err != nil {
		return err
	}
	standIns, err := invite.StandIns(tx, id)
	if err != nil {
		return err
	}
	return o.standDown(tx, by, standIns)
}

// Withdraw takes one contact out of a meeting: the links in its letters die at once, and it is
// owed a CANCEL if it holds an invitation (RFC 5546 §4.2.10).
func Withdraw(tx *store.Tx, by access.Actor, o Office, invitationID uuid.UUID, version int64) error {
	i, err := invite.Find(tx, by, invitationID)
	if err != nil {
		return err
	}
	m, err := ourMeeting(tx, by, i.MeetingID, version)
	if err != nil {
		return err
	}
	if err := errors.Join(o.withdraw(tx, by, i.ID), seated(tx, by, m, i.ContactID, false)); err != nil {
		return err
	}
	if err := invite.OweOne(tx, i.ID, tx.Now.Add(o.Delay), ""); err != nil {
		return err
	}
	if err := meeting.Restamp(tx, m); err != nil {
		return err
	}
	if err := access.Log(tx, by, "withdraw invitation", "invitation", i.ID); err != nil {
		return err
	}
	return post.WakeAt(tx, tx.Now.Add(o.Delay))
}

// ChangeForum changes a forum's settings. When its outward title, level or place changed, calendars
// that follow a feed are told; nobody gets a letter, because nobody has seen one.
func ChangeForum(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, s forum.Settings) error {
	was, err := forum.Find(tx, by, id)
	if err != nil {
		return err
	}
	now, err := forum.Change(tx, by, id, version, s)
	if err != nil {
		return err
	}
	if was.NeutralTitle == now.NeutralTitle && was.Level == now.Level && was.OutwardPlace == now.OutwardPlace {
		return nil
	}
	return meeting.Touch(tx, id)
}
