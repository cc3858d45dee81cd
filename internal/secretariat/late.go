package secretariat

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// Delay is how late somebody comes, or that they come on time after all.
type Delay struct {
	Minutes int // about; 0: not said
	OnTime  bool
}

func (d Delay) record(tx *store.Tx, by access.Actor, m *meeting.Meeting, contactID uuid.UUID) error {
	if d.OnTime {
		return invite.OnTime(tx, by, m, contactID)
	}
	return invite.Late(tx, by, m, contactID, d.Minutes)
}

// TakeDelay records what the holder of a link says of coming late. It refuses with fault.NotFound as Open does,
// and as invite.Late does.
func TakeDelay(tx *store.Tx, token string, d Delay) error {
	o, err := Open(tx, token)
	if err != nil {
		return err
	}
	if err := tx.Hold(&meeting.Meeting{}, o.Meeting.ID); err != nil {
		return err
	}
	if o, err = Open(tx, token); err != nil { // as it is now
		return err
	}
	return d.record(tx, access.Guest(), o.Meeting, o.Invitation.ContactID)
}

// RecordDelay records that somebody who was asked to a meeting comes late: they say it themselves, or
// whoever plans the forum heard it. To anybody else, and of anybody else, it refuses with fault.NotFound.
func RecordDelay(tx *store.Tx, by access.Actor, meetingID, contactID uuid.UUID, d Delay) error {
	if err := tx.Hold(&meeting.Meeting{}, meetingID); err != nil {
		return err
	}
	m, err := meeting.Find(tx, by, meetingID)
	if err != nil {
		return err
	}
	if err := ForThemselves(tx, by, m, &contactID); err != nil {
		return err
	}
	if contactID == uuid.Nil {
		return fault.On("lateId", "Välj vem som blir sen.")
	}
	expected, err := isExpected(tx, by, m, contactID)
	if err == nil && !expected {
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	return d.record(tx, by, m, contactID)
}

// isExpected tells whether a contact was asked to a meeting, or is one of ours who may go to it.
func isExpected(tx *store.Tx, by access.Actor, m *meeting.Meeting, contactID uuid.UUID) (bool, error) {
	asked, err := invite.AskedTo(tx, m.ID, contactID)
	if err != nil || asked != nil && asked.WithdrawnAt == nil {
		return err == nil, err
	}
	t, err := TurnoutOf(tx, by, Office{Zone: m.Location()}, m)
	return t.Foreign && slices.ContainsFunc(t.People, func(p OneOfOurs) bool { return p.Contact.ID == contactID }), err
}
