package secretariat

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
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
	Answer       *invite.Answer // that counts; nil: none
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
	return &Opened{i, m, shown.Title, home.Name, i.Current(m)}, nil
}

// TakeAnswer records what the holder of a link answers to the meeting as it was shown, at
// sequence. It refuses with fault.Conflict when the meeting is cancelled, is over, or has
// moved since it was shown.
func TakeAnswer(tx *store.Tx, token string, sequence int64, r invite.Reply) (*Opened, error) {
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
	if err := open(tx, o.Meeting); err != nil {
		return nil, err
	}
	if sequence != o.Meeting.Sequence {
		return nil, fault.New(fault.Conflict, "Tiden är ändrad. Svara igen, tack.")
	}
	r.Via = "link"
	o.Answer, err = invite.Take(tx, access.Guest(), o.Invitation, sequence, r)
	return o, err
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
func RecordAnswer(tx *store.Tx, by access.Actor, invitationID uuid.UUID, r invite.Reply) (*invite.Answer, error) {
	r.Via = "phone"
	return answerFor(tx, by, invitationID, r)
}

// answerFor records what the actor, who convenes the meeting, knows somebody to have answered.
func answerFor(tx *store.Tx, by access.Actor, invitationID uuid.UUID, r invite.Reply) (*invite.Answer, error) {
	i, err := invite.Find(tx, by, invitationID)
	if err != nil {
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
	return invite.Take(tx, by, i, m.Sequence, r)
}
