package secretariat

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Why letters are parked, beside the reasons of package ical.
const (
	Written          = "written"            // without a calendar part
	CalendarUnread   = "calendar-unread"    // its calendar part cannot be read
	OtherSender      = "other-sender"       // the answer is not from the one who was asked
	ForgedSender     = "forged"             // the receiving server doubts the sender
	NoAuthor         = "no-author"          // nobody can be seen to have written it
	NoToken          = "no-token"           // nothing but the sender's address speaks for it
	Colleague        = "colleague"          // somebody answers for a mailbox, and no server vouches for whom
	SubstituteRefuse = "substitute-refused" // the one who is to come instead can get no letter of their own
	NumberInComment  = "number"             // what it says holds somebody's number
	ContactLeft      = "left"               // the contact is no longer there
	Proposal         = "proposal"           // another time
	Invited          = "invitation"         // to a meeting of another convener
	OtherMethod      = "other-method"       // a convener speaks in a way that is not acted upon
	OtherOrganizer   = "other-organizer"    // a registered meeting is changed by whoever may not be its organizer
	SeriesChanged    = "series-changed"     // a whole series is changed
	NoSuchOccurrence = "no-such-occurrence" // an occurrence that is not registered
	NotFollowed      = "not-followed"       // a change that our rules refuse
	BounceUnknown    = "bounce"             // a letter came back, and which is not known
	TooLarge         = "too-large"          // it was not fetched
	Unreadable       = "unread"             // it could not be handled three times
)

// CountAs takes a parked letter as the answer of an invitation to a meeting that the actor convenes: a
// person has read it and says so. It refuses as RecordAnswer does, and with fault.Conflict when the letter is settled.
func CountAs(tx *store.Tx, by access.Actor, o Office, id, invitationID uuid.UUID, r invite.Reply) (*invite.Answer, error) {
	if _, err := post.Settle(tx, by, o.Key, id, post.DoneAnswer, post.ParkedReply, post.ParkedMail, post.Unread); err != nil {
		return nil, err
	}
	r.Via = "mail"
	return o.answerFor(tx, by, invitationID, r)
}

// Dismiss settles a parked letter that needs nothing.
func Dismiss(tx *store.Tx, by access.Actor, o Office, id uuid.UUID) error {
	_, err := post.Settle(tx, by, o.Key, id, post.DoneNothing)
	return err
}

// ToCount lists the invitations that a parked letter may be the answer of: those of the meeting that it
// is about, else of every coming meeting that the actor convenes.
func ToCount(tx *store.Tx, by access.Actor, o Office, p *post.ParkedLetter) ([]Countable, error) {
	var meetings []meeting.Meeting
	if p.MeetingID != nil {
		m, err := meeting.Find(tx, by, *p.MeetingID)
		if err != nil {
			return nil, err
		}
		meetings = append(meetings, *m)
	} else {
		coming, _, err := meeting.List(tx, by, meeting.Selection{From: almanac.DateOf(tx.Now, o.Zone), Limit: 40})
		if err != nil {
			return nil, err
		}
		meetings = coming
	}
	var all []Countable
	for _, m := range meetings {
		if by.MayConvene(tx, m.ForumID) != nil || open(tx, &m) != nil {
			continue
		}
		invitations, err := invite.Of(tx, by, m.ID)
		if err != nil {
			return nil, err
		}
		c := Countable{Meeting: m}
		for _, i := range invitations {
			if i.WithdrawnAt == nil {
				c.Invitations = append(c.Invitations, i)
			}
		}
		if len(c.Invitations) > 0 {
			all = append(all, c)
		}
	}
	return all, nil
}

// Countable is a meeting with those who may have answered.
type Countable struct {
	Meeting     meeting.Meeting
	Invitations []invite.Invitation
}
