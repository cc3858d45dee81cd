package invite

import (
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Seat is a part in a meeting that somebody was asked to take, and who comes in their place.
type Seat struct {
	*Invitation
	StandIn *Invitation // the substitute's own invitation; nil: none
}

// Seats gives the seats of a meeting, in the order of all. An invitation in somebody's place is no seat of its own.
func Seats(all []Invitation) (seats []Seat) {
	for n := range all {
		if i := &all[n]; i.StandsForID == nil {
			seats = append(seats, Seat{i, i.standIn(all)})
		}
	}
	return seats
}

// standIn finds who comes in an invitation's place: who was asked for that, or who has the address that the
// answer names and was asked already.
func (i *Invitation) standIn(all []Invitation) (named *Invitation) {
	last := i.Last()
	for n := range all {
		other := &all[n]
		switch {
		case other.WithdrawnAt != nil || other.ID == i.ID:
		case other.StandsForID != nil && *other.StandsForID == i.ID:
			return other
		case last != nil && last.SubstituteEmail != "" && other.Contact.Email == last.SubstituteEmail:
			named = other
		}
	}
	return named
}

// Own tells whether the substitute was asked for this seat and for no other.
func (s Seat) Own() bool {
	return s.StandIn != nil && s.StandIn.StandsForID != nil && *s.StandIn.StandsForID == s.ID
}

// Answered tells whether it is known if anybody comes.
func (s Seat) Answered(m *meeting.Meeting) bool {
	return s.Invitation != nil && s.Current(m) != nil || s.Own() && s.StandIn.Current(m) != nil
}

// Minds tells whether whoever was asked for a seat is to be reminded by a kind: unless they have said no,
// or that somebody else comes, or whoever comes instead has said so; for post.NotAnswered, unless they have
// said anything at all.
func (s Seat) Minds(m *meeting.Meeting, kind string) bool {
	a := s.Current(m)
	if a == nil {
		return !s.Answered(m)
	}
	return kind == post.Soon && (a.PartStat == Accepted || a.PartStat == Tentative)
}

// Comes tells whether somebody takes the seat, and whether from elsewhere. What the substitute says counts
// before what was said of them. A substitute who has a seat of their own is counted there.
func (s Seat) Comes(m *meeting.Meeting) (comes, remote bool) {
	a := s.Current(m)
	if s.StandIn != nil && (a == nil || a.SubstituteEmail != "") {
		if !s.Own() {
			return false, false
		}
		if own := s.StandIn.Current(m); own != nil {
			return own.PartStat == Accepted, own.Remote
		}
	}
	if a == nil {
		return false, false
	}
	return a.PartStat == Accepted || a.PartStat == Delegated, a.Remote
}

// Named gives the address of who comes, lower case, and the field that it was typed in; "" when they get no
// letter of their own. It refuses with fault.Invalid what is no address.
func (r Reply) Named(i *Invitation) (field, address string, err error) {
	field, name, typed := "attendingEmail", r.Attending, r.AttendingEmail
	if r.PartStat == Delegated {
		field, name, typed = "substituteEmail", r.Substitute, r.SubstituteEmail
	}
	typed = strings.TrimSpace(typed)
	switch {
	case i.StandsForID != nil || typed == "":
		return field, "", nil
	case r.PartStat != Delegated && (!i.Several() || r.PartStat != Accepted && r.PartStat != Tentative):
		return field, "", nil
	case strings.TrimSpace(name) == "" && field == "attendingEmail":
		return field, "", fault.On("attending", "Skriv namnet på den som kommer.")
	}
	address, err = mail.ParseAddress(typed)
	return field, strings.ToLower(address), fault.At(field, err)
}

// ByID gives an invitation, whoever asks: for what is written about it.
func ByID(tx *store.Tx, id uuid.UUID) (*Invitation, error) {
	i := &Invitation{}
	return i, store.Found(whole(tx).First(i, "invitations.id = ?", id).Error)
}

// StandIns lists those who are asked in the place of an invitation and are not withdrawn: one, or none.
func StandIns(tx *store.Tx, id uuid.UUID) (all []Invitation, err error) {
	return all, whole(tx).Where("stands_for_id = ? AND withdrawn_at IS NULL", id).Order("created_at, id").Find(&all).Error
}

// NamedElsewhere gives an invitation to a meeting, other than one, whose latest answer names an address; nil
// when there is none.
func NamedElsewhere(tx *store.Tx, meetingID, other uuid.UUID, address string) (*Invitation, error) {
	all, err := of(tx, meetingID)
	for n := range all {
		i := &all[n]
		if last := i.Last(); i.ID != other && i.WithdrawnAt == nil && last != nil && last.SubstituteEmail == address {
			return i, err
		}
	}
	return nil, err
}

// AskedTo gives the invitation of a contact to a meeting, withdrawn or not; nil when there is none.
func AskedTo(tx *store.Tx, meetingID, contactID uuid.UUID) (*Invitation, error) {
	var found []Invitation
	err := whole(tx).Limit(1).Find(&found, "meeting_id = ? AND contact_id = ?", meetingID, contactID).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// IssueStandIn asks a contact to a meeting in the place of another invitation. One who is asked already
// stays as they are.
func IssueStandIn(tx *store.Tx, key *seal.Key, meetingID, contactID, standsFor uuid.UUID) (*Invitation, error) {
	return issue(tx, key, meetingID, contactID, &standsFor)
}

// StandFor moves a substitute to the place of another invitation.
func StandFor(tx *store.Tx, id, standsFor uuid.UUID) error {
	return tx.DB.Model(&Invitation{}).Where("id = ?", id).Update("stands_for_id", standsFor).Error
}

// StandDown ends a substitute's invitation because they are needed no more: they may be named again.
func StandDown(tx *store.Tx, key *seal.Key, id uuid.UUID) error {
	if _, err := Withdraw(tx, key, id); err != nil {
		return err
	}
	return tx.DB.Model(&Invitation{}).Where("id = ?", id).Update("stood_down_at", tx.Now).Error
}

// Ended lists the contacts that were here for a meeting only, and whose links open nothing more.
func Ended(tx *store.Tx) (contacts []uuid.UUID, err error) {
	open := tx.DB.Model(&Invitation{}).Select("1").Joins("JOIN meetings ON meetings.id = invitations.meeting_id").
		Where("invitations.contact_id = contacts.id AND meetings.ends_at > ?", tx.Now.Add(-linkLives))
	return contacts, tx.DB.Table("contacts").Where("stand_in AND left_at IS NULL AND NOT EXISTS (?)", open).Order("id").Pluck("id", &contacts).Error
}

// Ahead lists what a contact is asked to that is still to come and is not called off, in the order of the
// meetings' ids: they are locked in it.
func Ahead(tx *store.Tx, contactID uuid.UUID) (all []Invitation, err error) {
	off := tx.DB.Model(&meeting.Cancellation{}).Select("1").Where("cancellations.meeting_id = invitations.meeting_id")
	return all, whole(tx).Joins("JOIN meetings ON meetings.id = invitations.meeting_id").
		Where("invitations.contact_id = ? AND invitations.withdrawn_at IS NULL AND meetings.starts_at > ? AND NOT EXISTS (?)", contactID, tx.Now, off).
		Order("invitations.meeting_id, invitations.id").Find(&all).Error
}
