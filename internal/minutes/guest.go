package minutes

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// ForLetter gives finalised minutes with their meeting and nothing that is written in them, whoever
// asks: for letters about them. It refuses with fault.NotFound while nothing is finalised.
func ForLetter(tx *store.Tx, id uuid.UUID) (*Minutes, error) {
	m := &Minutes{}
	if err := store.Found(tx.DB.Preload("Meeting.Forum").Preload("Versions", light).First(m, "minutes.id = ?", id).Error); err != nil {
		return nil, err
	}
	if !m.Finalised() {
		return nil, fault.Missing()
	}
	return m, nil
}

// FinalisedOf gives the id of a meeting's finalised minutes, and whether there are any.
func FinalisedOf(tx *store.Tx, meetingID uuid.UUID) (id uuid.UUID, there bool, err error) {
	m, err := ofMeeting(tx, meetingID)
	if err != nil || m == nil || !m.Finalised() {
		return uuid.Nil, false, err
	}
	return m.ID, true, nil
}

// ReadAsMember opens the newest finalised version to a contact without an account, who is a member
// of the forum and has shown that the mailbox is theirs. It is logged with the contact. It refuses
// with fault.NotFound once the contact has left the forum.
func ReadAsMember(tx *store.Tx, id, contactID uuid.UUID) (*Opened, error) {
	o, err := FindAsMember(tx, id, contactID)
	if err != nil {
		return nil, err
	}
	if err := access.Log(tx, access.Guest(), "read minutes by link", "minutes", id); err != nil {
		return nil, err
	}
	return o, access.Log(tx, access.Guest(), "read minutes by link", "contact", contactID)
}

// FindAsMember is ReadAsMember without a word in the log: that is for its callers, who know what is done.
func FindAsMember(tx *store.Tx, id, contactID uuid.UUID) (*Opened, error) {
	m, err := ForLetter(tx, id)
	if err != nil {
		return nil, err
	}
	if sits, err := forum.Sits(tx, m.Meeting.ForumID, contactID); err != nil || !sits {
		if err == nil {
			err = fault.Missing()
		}
		return nil, err
	}
	o := &Opened{Minutes: *m}
	return o, o.open(tx, 0)
}

// Report is what a contact says of an action by its link.
type Report struct {
	ID        uuid.UUID
	ItemID    uuid.UUID
	ContactID uuid.UUID
	Kind      string       // done, time or cannot
	Due       almanac.Date // the new last day, of time
	Comment   string
	At        time.Time
	SeenAt    *time.Time // by a coordinator
	SeenByID  *uuid.UUID

	Contact partner.Contact
	Action  ActionState `gorm:"foreignKey:ItemID;references:ItemID"`
}

// TableName is the table of Report.
func (Report) TableName() string { return "action_reports" }

// FindAction gives an action, whoever asks: for letters about it and the page that its link opens.
func FindAction(tx *store.Tx, itemID uuid.UUID) (*ActionState, error) {
	a := &ActionState{}
	return a, store.Found(tx.DB.First(a, "item_id = ?", itemID).Error)
}

// OpenActions gives the open actions whose last day lies between two days, without what is to be done:
// for reminders of them.
func OpenActions(tx *store.Tx, from, to almanac.Date) ([]ActionState, error) {
	var all []ActionState
	err := tx.DB.Omit("text").Where("outcome = '' AND due >= ? AND due <= ?", from, to).Order("due, item_id").Find(&all).Error
	return all, err
}

// Said is what a contact says of an action by its link.
type Said struct {
	Kind    string       // done; time: it needs more; cannot
	Due     almanac.Date // the new last day, of time
	Comment string
}

// check refuses with fault.Invalid, naming each field.
func (s *Said) check(tx *store.Tx, today almanac.Date) error {
	comment, commentErr := deidentify.OptionalLine(tx.Now, "comment", s.Comment, 500)
	s.Comment = comment
	var stateErr, dueErr error
	switch s.Kind {
	case "done":
	case "time":
		if !s.Due.After(today) {
			dueErr = fault.On("due", "Skriv en dag som kommer.")
		}
	case "cannot":
		if comment == "" && commentErr == nil {
			commentErr = fault.On("comment", "Skriv varför, så att samordnaren vet.")
		}
	default:
		stateErr = fault.On("state", "Välj ett av alternativen.")
	}
	if s.Kind != "time" {
		s.Due = almanac.Date{}
	}
	return fault.Join(stateErr, dueErr, commentErr)
}

// TakeReport records what a contact says of an action that is open: that it is done, which closes it; that
// it needs more time, which moves its last day; or that it cannot, which is for a coordinator to deal with. It
// refuses with fault.NotFound when the action is closed, and with fault.Invalid, naming the field.
func TakeReport(tx *store.Tx, zone *time.Location, itemID, contactID uuid.UUID, s Said) (*Report, error) {
	today := almanac.DateOf(tx.Now, zone)
	if err := s.check(tx, today); err != nil {
		return nil, err
	}
	a := &ActionState{}
	if err := store.Found(tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).First(a, "item_id = ? AND outcome = ''", itemID).Error); err != nil {
		return nil, err
	}
	r := &Report{ID: store.NewID(), ItemID: itemID, ContactID: contactID, Kind: s.Kind, Due: s.Due, Comment: s.Comment, At: tx.Now}
	if err := tx.DB.Omit("Contact", "Action").Create(r).Error; err != nil {
		return nil, err
	}
	by := Change{ItemID: itemID, Comment: s.Comment, ContactID: &contactID}
	var err error
	switch s.Kind {
	case "done":
		err = a.close(tx, Closing{Outcome: "done", On: today, Comment: s.Comment}, by)
	case "time":
		err = a.moveDue(tx, s.Due, by)
	default:
		by.Kind = s.Kind
		err = by.keep(tx)
	}
	if err != nil {
		return nil, err
	}
	return r, access.Log(tx, access.Guest(), "report action", "action", itemID)
}

// reportsShown is how long a report stands in the list after somebody has seen it.
const reportsShown = 30 * 24 * time.Hour

// Reports lists what contacts have said of the actions of forums whose notes the actor keeps, those
// that nobody has seen first, then the latest.
func Reports(tx *store.Tx, by access.Actor) ([]Report, error) {
	var all []Report
	err := tx.DB.Joins("JOIN actions ON actions.item_id = action_reports.item_id JOIN minutes ON minutes.id = actions.minutes_id JOIN meetings ON meetings.id = minutes.meeting_id").
		Scopes(by.ConvenedForums(tx, "meetings.forum_id")).Where("action_reports.seen_at IS NULL OR action_reports.seen_at > ?", tx.Now.Add(-reportsShown)).
		Preload("Contact.Organisation").Preload("Contact.Role").Preload("Action").
		Order("action_reports.seen_at IS NOT NULL, action_reports.at DESC, action_reports.id").Find(&all).Error
	return all, err
}

// SeeReport records that a coordinator has seen a report. Seeing it again changes nothing.
func SeeReport(tx *store.Tx, by access.Actor, id uuid.UUID) error {
	r := &Report{}
	if err := tx.Hold(r, id); err != nil {
		return err
	}
	a, err := FindAction(tx, r.ItemID)
	if err != nil {
		return err
	}
	if _, err := Draft(tx, by, a.MinutesID); err != nil || r.SeenAt != nil {
		return err
	}
	if err := tx.DB.Model(&Report{}).Where("id = ?", id).Updates(map[string]any{"seen_at": tx.Now, "seen_by_id": by.By()}).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "see report", "action", r.ItemID)
}
