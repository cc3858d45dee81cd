package minutes

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// AgendaProposal is what somebody wants a meeting to take up.
type AgendaProposal struct {
	ID          uuid.UUID
	MeetingID   uuid.UUID
	ContactID   *uuid.UUID // who proposed it by a link
	IdentityID  *uuid.UUID // who proposed it with an account
	Title       string
	Outcome     string // "", taken or declined
	Answer      string // why it is not taken up, for whoever proposed it
	CreatedAt   time.Time
	DecidedAt   *time.Time
	DecidedByID *uuid.UUID

	Contact *partner.Contact
	Meeting meeting.Meeting
}

// maxProposals is how many one may make to one meeting.
const maxProposals = 5

// ProposableUntil gives the last day to propose an item to a meeting; zero when it is past, or nobody may.
func ProposableUntil(tx *store.Tx, m *meeting.Meeting) almanac.Date {
	last := m.Forum.ProposalsUntil(m.Date)
	if last.IsZero() || m.Cancelled() || almanac.DateOf(tx.Now, m.Location()).After(last) {
		return almanac.Date{}
	}
	return last
}

// Propose asks a meeting to take something up: an actor with an account who sees the meeting, or a guest whose
// contact is named. It refuses with fault.Conflict after the last day, and with fault.Invalid a title with
// a personal number.
func Propose(tx *store.Tx, by access.Actor, m *meeting.Meeting, contact *uuid.UUID, title string) (*AgendaProposal, error) {
	title, err := deidentify.Line(tx.Now, "proposal", title, 200)
	if err != nil {
		return nil, err
	}
	if err := tx.Hold(&meeting.Meeting{}, m.ID); err != nil {
		return nil, err
	}
	if ProposableUntil(tx, m).IsZero() {
		return nil, fault.New(fault.Conflict, "Det går inte längre att föreslå punkter till mötet. Hör av dig till samordnaren.")
	}
	p := &AgendaProposal{ID: store.NewID(), MeetingID: m.ID, ContactID: contact, IdentityID: by.By(), Title: title, CreatedAt: tx.Now}
	earlier, err := ownProposals(tx, m.ID, contact, by.By())
	if err != nil {
		return nil, err
	}
	if len(earlier) >= maxProposals {
		return nil, fault.On("proposal", "Du har redan föreslagit %d punkter till mötet.", maxProposals)
	}
	if err := tx.DB.Omit("Contact", "Meeting").Create(p).Error; err != nil {
		return nil, err
	}
	return p, access.Log(tx, by, "propose agenda item", "meeting", m.ID)
}

func ownProposals(tx *store.Tx, meetingID uuid.UUID, contact, identity *uuid.UUID) (all []AgendaProposal, err error) {
	q := tx.DB.Where("meeting_id = ?", meetingID)
	if contact != nil {
		q = q.Where("contact_id = ?", *contact)
	} else {
		q = q.Where("identity_id = ?", identity)
	}
	return all, q.Order("created_at, id").Find(&all).Error
}

// ProposalsByContact gives what a contact has proposed to a meeting by its link, and what became of it.
func ProposalsByContact(tx *store.Tx, meetingID, contact uuid.UUID) ([]AgendaProposal, error) {
	return ownProposals(tx, meetingID, &contact, nil)
}

// Proposals gives what is proposed to a meeting: to those who keep its notes all of it, to others their own.
func Proposals(tx *store.Tx, by access.Actor, m *meeting.Meeting) ([]AgendaProposal, error) {
	if by.MayConvene(tx, m.ForumID) != nil {
		return ownProposals(tx, m.ID, nil, by.By())
	}
	var all []AgendaProposal
	err := tx.DB.Preload("Contact.Organisation").Preload("Contact.Role").Order("created_at, id").Find(&all, "meeting_id = ?", m.ID).Error
	return all, err
}

// WaitingProposals gives what nobody has decided on, of meetings to come that the actor keeps the notes of.
func WaitingProposals(tx *store.Tx, by access.Actor) ([]AgendaProposal, error) {
	var all []AgendaProposal
	err := tx.DB.Joins("JOIN meetings ON meetings.id = agenda_proposals.meeting_id").Scopes(by.ConvenedForums(tx, "meetings.forum_id")).
		Where("agenda_proposals.outcome = '' AND meetings.ends_at > ?", tx.Now).Preload("Meeting.Forum").
		Order("meetings.starts_at, agenda_proposals.created_at, agenda_proposals.id").Find(&all).Error
	return all, err
}

// MeetingProposedTo gives the meeting of a proposal, for whoever keeps its notes.
func MeetingProposedTo(tx *store.Tx, by access.Actor, id uuid.UUID) (uuid.UUID, error) {
	p := &AgendaProposal{}
	if err := store.Found(tx.DB.Preload("Meeting").First(p, "id = ?", id).Error); err != nil {
		return uuid.Nil, err
	}
	return p.MeetingID, by.MayConvene(tx, p.Meeting.ForumID)
}

// Decide takes a proposal up, or declines it with a reason for whoever made it. Taken up it stands on the
// meeting's agenda, now or when that is opened. Deciding anew changes nothing.
func Decide(tx *store.Tx, by access.Actor, id uuid.UUID, take bool, answer string) (*AgendaProposal, error) {
	p := &AgendaProposal{}
	if err := store.Found(tx.DB.First(p, "id = ?", id).Error); err != nil {
		return nil, err
	}
	m, err := attachable(tx, by, p.MeetingID)
	if err != nil {
		return nil, err
	}
	if err := tx.Hold(p, id); err != nil || p.Outcome != "" {
		return p, err
	}
	answer, err = deidentify.OptionalLine(tx.Now, "answer", answer, 300)
	if err != nil {
		return nil, err
	}
	action := "decline agenda item"
	p.Outcome, p.Answer = "declined", answer
	if take {
		action, p.Outcome = "take up agenda item", "taken"
	}
	if take {
		if err := refuseOutOf(tx, p.MeetingID); err != nil {
			return nil, err
		}
	}
	if !take && answer == "" {
		return nil, fault.On("answer", "Skriv varför punkten inte tas upp. Den som föreslog den får läsa det.")
	}
	if err := tx.DB.Model(&AgendaProposal{}).Where("id = ?", id).
		Updates(map[string]any{"outcome": p.Outcome, "answer": answer, "decided_at": tx.Now, "decided_by_id": by.By()}).Error; err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, action, "meeting", m.ID); err != nil || !take {
		return p, err
	}
	open, err := ofMeeting(tx, p.MeetingID)
	if err != nil || open == nil {
		return p, err
	}
	return p, open.insert(tx, p.Title, 0)
}

// bringProposals puts on a new agenda what was taken up before it was opened.
func (m *Minutes) bringProposals(tx *store.Tx) error {
	var all []AgendaProposal
	if err := tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).Order("created_at, id").Find(&all, "meeting_id = ? AND outcome = 'taken'", m.MeetingID).Error; err != nil {
		return err
	}
	for _, p := range all {
		if err := m.insert(tx, p.Title, 0); err != nil {
			return err
		}
	}
	return nil
}
