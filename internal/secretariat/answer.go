package secretariat

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Opened is what an invitation's link shows to whoever holds it: one meeting, the holder's own
// answer, and nobody else.
type Opened struct {
	Invitation   *invite.Invitation
	Meeting      *meeting.Meeting
	Title        string // neutral
	Municipality string
	Answer       *invite.Answer           // that counts; nil: none
	Was          string                   // when it was before it moved, while the new time is not answered
	SaysLate     bool                     // it is time to say that one comes late
	Late         *invite.Lateness         // what the holder said of that; nil: nothing
	Proposed     []minutes.AgendaProposal // by the holder, and what became of it
	ProposeUntil almanac.Date             // last day to propose items to the agenda; zero: nobody may, or it is past
	Papers       int                      // files that are shown to the holder, who reads them after a code
	NamedBy      string                   // who said that the holder comes in their place; empty: asked for their own part
}

// Open gives what a link shows. It changes nothing: mail scanners follow every link. It refuses
// with fault.NotFound whether the token is unknown, mistyped or revoked, the contact has left, or
// the meeting was over 30 days ago.
func Open(tx *store.Tx, token string) (*Opened, error) {
	i, err := invite.ByAnswerToken(tx, token)
	if err != nil {
		return nil, err
	}
	if i.Contact.LeftAt != nil {
		return nil, fault.Missing()
	}
	m, err := meeting.ForLetter(tx, i.MeetingID)
	if err != nil {
		return nil, err
	}
	if !invite.LinkOpens(tx, m) {
		return nil, fault.Missing()
	}
	home, err := partner.Home(tx)
	if err != nil {
		return nil, err
	}
	shown := Outwardly(m, home.Name, access.Full, i.Contact.Language)
	o := &Opened{Invitation: i, Meeting: m, Title: shown.Title, Municipality: home.Name, Answer: i.Current(m), SaysLate: invite.LateNow(tx.Now, m)}
	if o.Late, err = invite.LatenessOf(tx, m.ID, i.ContactID); err != nil {
		return nil, err
	}
	if o.Proposed, err = minutes.ProposalsByContact(tx, m.ID, i.ContactID); err != nil {
		return nil, err
	}
	o.ProposeUntil = minutes.ProposableUntil(tx, m)
	if o.Papers, err = papersFor(tx, i, m); err != nil {
		return nil, err
	}
	if o.Answer == nil {
		if o.Was, err = wasBefore(tx, i, m); err != nil {
			return nil, err
		}
	}
	o.NamedBy, err = namedBy(tx, i, i.Contact.Language)
	return o, err
}

// wasBefore gives the time that the holder was asked to before the meeting moved, "" when they were
// asked after that.
func wasBefore(tx *store.Tx, i *invite.Invitation, m *meeting.Meeting) (string, error) {
	moves, err := meeting.Moves(tx, m.ID)
	if err != nil {
		return "", err
	}
	for _, move := range moves { // latest first; a new room alone is no move
		former := meeting.Time{Date: move.FromDate, Starts: move.FromStarts, Ends: move.FromEnds, Place: m.Place}
		if former != m.Time() && move.At.After(i.CreatedAt) {
			return When(former, i.Contact.Language), nil
		}
	}
	return "", nil
}

// CalendarFile gives the meeting of a link as a file to keep, and the file's name. It shows what the
// letter's calendar part shows: the neutral title, and the place where the forum lets it out.
func CalendarFile(tx *store.Tx, office Office, token string) (name string, file []byte, err error) {
	o, err := Open(tx, token)
	if err != nil {
		return "", nil, err
	}
	m, l := o.Meeting, o.Invitation.Contact.Language
	shown, link := Outwardly(m, o.Municipality, access.Full, l), office.Link(o.Invitation)
	e := ical.Event{
		UID: m.UID, Sequence: int(m.Sequence), Stamp: m.Stamp, Modified: m.Stamp, Start: m.StartsAt, End: m.EndsAt, Zone: m.Location(),
		Summary: shown.Title, Location: shown.Place, Private: true, URL: link, Description: l.Text("Svara och se var mötet hålls: %s", link),
		Organizer: &ical.Party{Name: o.Municipality, Address: office.From}, // without the reply token: a calendar may be shared
	}
	if m.Cancelled() {
		e.Summary, e.Cancelled, e.Free, e.Description = l.Text("INSTÄLLT: %s", e.Summary), true, true, ""
	}
	file, err = ical.Saved(e)
	return shown.Title + " " + m.Date.String() + ".ics", file, err
}

// TakeAnswer records what the holder of a link answers to the meeting as it was shown, at
// sequence. It refuses with fault.Conflict when the meeting is cancelled, is over, or has
// moved since it was shown, and as invite.Take does.
func TakeAnswer(tx *store.Tx, office Office, token string, sequence int64, r invite.Reply) (*Opened, error) {
	seen, err := invite.ByAnswerToken(tx, token)
	if err != nil {
		return nil, err
	}
	// The meeting first, as whoever moves it does: the answer may ask one more to it.
	if err := tx.Hold(&meeting.Meeting{}, seen.MeetingID); err != nil {
		return nil, err
	}
	o, err := Open(tx, token)
	if err != nil {
		return nil, err
	}
	// Two taps at once are one answer, and a link that has just died takes none.
	if o.Invitation, err = invite.Lock(tx, o.Invitation.ID); err != nil {
		return nil, err
	}
	if o.Invitation.WithdrawnAt != nil {
		return nil, fault.Missing()
	}
	if err := asShown(tx, o.Meeting, sequence); err != nil {
		return nil, err
	}
	r.Via = "link"
	o.Answer, err = office.take(tx, access.Guest(), o.Invitation, o.Meeting, sequence, r)
	return o, err
}

// asShown refuses with fault.Conflict unless a meeting can be answered still and is at the time that a page
// showed it at.
func asShown(tx *store.Tx, m *meeting.Meeting, sequence int64) error {
	if err := open(tx, m); err != nil {
		return err
	}
	if sequence != m.Sequence {
		return fault.New(fault.Conflict, "Tiden är ändrad. Svara igen, tack.")
	}
	return nil
}

// open refuses unless a meeting can be answered still.
func open(tx *store.Tx, m *meeting.Meeting) error {
	switch {
	case m.Cancelled():
		return fault.New(fault.Conflict, "Mötet är inställt. Du behöver inte göra något.")
	case !m.EndsAt.After(tx.Now):
		return fault.New(fault.Conflict, "Mötet har redan varit.")
	}
	return nil
}

// RecordAnswer records what somebody answered by telephone, for a meeting that the actor convenes.
func RecordAnswer(tx *store.Tx, by access.Actor, o Office, invitationID uuid.UUID, r invite.Reply) (*invite.Answer, error) {
	r.Via = "phone"
	return o.answerFor(tx, by, invitationID, r)
}

// answerFor records what the actor, who convenes the meeting, knows somebody to have answered.
func (o Office) answerFor(tx *store.Tx, by access.Actor, invitationID uuid.UUID, r invite.Reply) (*invite.Answer, error) {
	i, err := invite.Find(tx, by, invitationID)
	if err != nil {
		return nil, err
	}
	if err := tx.Hold(&meeting.Meeting{}, i.MeetingID); err != nil {
		return nil, err
	}
	m, err := meeting.Find(tx, by, i.MeetingID)
	if err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, m.ForumID); err != nil {
		return nil, err
	}
	if i.WithdrawnAt != nil {
		return nil, fault.Missing()
	}
	if err := open(tx, m); err != nil {
		return nil, err
	}
	return o.take(tx, by, i, m, m.Sequence, r)
}
