// Package minutes holds what was said and decided: an agenda, who was there, and items (notes,
// decisions, actions, things to pass on), saved one by one. Finalising freezes them as one
// canonical document; page, print, search and excerpts read only that. A correction is a new
// version with a reason, and both stay.
package minutes

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Minutes are the notes of one meeting. What stands in Items is working material until it is
// finalised (domain.md L7).
type Minutes struct {
	ID          uuid.UUID
	ExternalID  *string
	MeetingID   uuid.UUID
	Version     int64
	CreatedAt   time.Time
	CreatedByID *uuid.UUID
	KeeperID    *uuid.UUID // who sees to it that they are finished; nil: any coordinator of the forum

	Meeting     meeting.Meeting
	Agenda      []AgendaItem
	Attendances []Attendance
	Items       []Item
	Versions    []Frozen // the latest first, without their documents
}

// TableName is the table of Minutes.
func (Minutes) TableName() string { return "minutes" }

// Finalised tells whether there is a frozen version.
func (m Minutes) Finalised() bool { return len(m.Versions) > 0 }

// Under gives the items of one agenda item.
func (m Minutes) Under(agendaItem uuid.UUID) []Item {
	var items []Item
	for _, i := range m.Items {
		if i.AgendaItemID == agendaItem {
			items = append(items, i)
		}
	}
	return items
}

// AgendaItem is a heading of the minutes.
type AgendaItem struct {
	ID        uuid.UUID
	MinutesID uuid.UUID
	Title     string
	Kind      forum.ItemKind
	Minutes   int64 // that it may take; 0: not said
	Position  int64
}

// State says whether somebody came.
type State string

// The states of attendance.
const (
	Present    State = "present"
	Absent     State = "absent"
	Apology    State = "apology"    // said beforehand that they could not
	Substitute State = "substitute" // somebody else of the same organisation came
)

// Attendance is who was there, as organisation and role: never a name.
type Attendance struct {
	ID           uuid.UUID
	MinutesID    uuid.UUID
	Organisation string
	Role         string
	State        State
	Position     int64
}

// Label is how an attendance reads.
func (a Attendance) Label() string {
	switch {
	case a.Role == "":
		return a.Organisation
	case a.Organisation == "":
		return a.Role
	}
	return a.Organisation + ", " + a.Role
}

// Limits of what is written (security.md §4).
const (
	maxText   = 16 << 10
	maxItems  = 400
	maxAgenda = 60
)

// Open begins the minutes of a meeting: the agenda from the forum's standing items, attendance from
// the answers. Opening what is open gives what is there. It refuses with fault.NotFound unless
// the actor keeps the forum's notes, and with fault.Conflict for a cancelled meeting.
func Open(tx *store.Tx, by access.Actor, meetingID uuid.UUID) (*Minutes, error) {
	if err := tx.Hold(&meeting.Meeting{}, meetingID); err != nil {
		return nil, err
	}
	m, err := meeting.Find(tx, by, meetingID)
	if err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, m.ForumID); err != nil {
		return nil, err
	}
	if m.Cancelled() {
		return nil, fault.New(fault.Conflict, "Mötet är inställt.")
	}
	if m.Forum.Scope == forum.IndividualCases { // domain.md F19: no notes of cases here
		return nil, fault.New(fault.Invalid, "Forumet gäller enskilda ärenden. Här skrivs inga anteckningar.")
	}
	found, err := ofMeeting(tx, meetingID)
	if err != nil || found != nil {
		return found, err
	}
	if err := refuseLaid(tx, meetingID); err != nil {
		return nil, err
	}
	made := &Minutes{ID: store.NewID(), MeetingID: meetingID, Version: 1, CreatedAt: tx.Now, CreatedByID: by.By(), KeeperID: by.By()}
	if err := create(tx, made); err != nil {
		return nil, err
	}
	if err := made.fromAnswers(tx, m); err != nil {
		return nil, err
	}
	for n, item := range forum.Items(m.Forum.Agenda) {
		if err := tx.DB.Create(&AgendaItem{store.NewID(), made.ID, item.Title, item.Kind, int64(item.Minutes), int64(n)}).Error; err != nil {
			return nil, err
		}
	}
	if err := made.bring(tx, m); err != nil {
		return nil, err
	}
	if err := made.bringProposals(tx); err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "begin minutes", "minutes", made.ID); err != nil {
		return nil, err
	}
	return ofMeeting(tx, meetingID)
}

func create(tx *store.Tx, m *Minutes) error {
	return tx.DB.Omit("Meeting", "Agenda", "Attendances", "Items", "Versions").Create(m).Error
}

// fromAnswers fills attendance with who was asked, as organisation and role, and what they answered.
// Where nobody was asked by us, it names who takes part by the plan.
func (m *Minutes) fromAnswers(tx *store.Tx, of *meeting.Meeting) error {
	asked, err := invite.Of(tx, access.System(), of.ID)
	if err != nil {
		return err
	}
	if len(asked) == 0 {
		return m.fromPlan(tx, of.ForumID)
	}
	for n, seat := range invite.Seats(asked) {
		i := seat.Invitation
		if i.WithdrawnAt != nil {
			continue
		}
		a := Attendance{store.NewID(), m.ID, i.Contact.Organisation.Name, roleName(i.Contact), expected(seat, of), int64(n)}
		if err := tx.DB.Create(&a).Error; err != nil {
			return err
		}
	}
	return nil
}

// expected tells how a seat was going to be taken, by what was answered. Who comes instead answers for
// themselves; the seat is still that of whoever was asked.
func expected(seat invite.Seat, of *meeting.Meeting) State {
	answer := seat.Current(of)
	delegated := answer != nil && answer.PartStat == invite.Delegated
	if seat.Own() {
		if own := seat.StandIn.Current(of); own != nil {
			delegated, answer = !seat.Several(), own
		}
	}
	switch {
	case answer == nil, answer.PartStat == invite.Tentative:
		return Absent
	case answer.PartStat == invite.Declined:
		return Apology
	case delegated:
		return Substitute
	}
	return Present
}

func (m *Minutes) fromPlan(tx *store.Tx, forumID uuid.UUID) error {
	f, err := forum.Owner(tx, access.System(), forumID)
	if err != nil {
		return err
	}
	for n, p := range f.Participants {
		a := Attendance{ID: store.NewID(), MinutesID: m.ID, State: Absent, Position: int64(n)}
		if p.Role != nil {
			a.Role = p.Role.Name
		} else if p.Organisation != nil {
			a.Organisation = p.Organisation.Name
		}
		if err := tx.DB.Create(&a).Error; err != nil {
			return err
		}
	}
	return nil
}

func roleName(c partner.Contact) string {
	if c.Role == nil {
		return ""
	}
	return c.Role.Name
}

func whole(tx *store.Tx) *gorm.DB {
	order := func(by string) func(*gorm.DB) *gorm.DB {
		return func(q *gorm.DB) *gorm.DB { return q.Order(by) }
	}
	return tx.DB.Preload("Meeting.Forum").Preload("Meeting.Holding").Preload("Meeting.Cancellation").
		Preload("Agenda", order("position")).Preload("Attendances", order("position")).
		Preload("Items", order("position, id")).Preload("Versions", light)
}

// light leaves the documents of versions where they are: a list of them is long.
func light(q *gorm.DB) *gorm.DB { return q.Omit("document").Order("number DESC") }

func ofMeeting(tx *store.Tx, meetingID uuid.UUID) (*Minutes, error) {
	var found []Minutes
	if err := whole(tx).Limit(1).Find(&found, "meeting_id = ?", meetingID).Error; err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Begun tells whether a meeting has notes, also such as were written before us.
func Begun(tx *store.Tx, meetingID uuid.UUID) (bool, error) {
	var n int64
	err := tx.DB.Model(&Minutes{}).Where("meeting_id = ?", meetingID).Count(&n).Error
	if err != nil || n > 0 {
		return n > 0, err
	}
	return LaidOn(tx, meetingID)
}

// refuseLaid refuses notes of a meeting that old ones stand for.
func refuseLaid(tx *store.Tx, meetingID uuid.UUID) error {
	laid, err := LaidOn(tx, meetingID)
	if err == nil && laid {
		err = fault.New(fault.Conflict, "Mötet har anteckningar som är inlagda i efterhand. Ta bort dem först.")
	}
	return err
}

// OfMeeting gives the minutes of a meeting that the actor may read, nil when there are none: who
// keeps a forum's notes sees the working text, others only that there is a frozen version.
func OfMeeting(tx *store.Tx, by access.Actor, meetingID uuid.UUID) (*Minutes, error) {
	found, err := ofMeeting(tx, meetingID)
	if err != nil || found == nil {
		return nil, err
	}
	if by.MayConvene(tx, found.Meeting.ForumID) == nil {
		return found, nil
	}
	if !found.Finalised() || !reads(tx, by, found.Meeting.ForumID) {
		return nil, nil
	}
	found.Agenda, found.Attendances, found.Items = nil, nil, nil
	return found, nil
}

// reads tells whether the actor may read the finished notes of a forum.
func reads(tx *store.Tx, by access.Actor, forumID uuid.UUID) bool {
	var n int64
	err := tx.DB.Table("forums").Where("id = ?", forumID).Scopes(by.ReadsNotes(tx, "forums.id")).Count(&n).Error
	return err == nil && n > 0
}

// draft locks minutes that the actor keeps.
func draft(tx *store.Tx, by access.Actor, id uuid.UUID) (*Minutes, error) {
	if err := tx.Hold(&Minutes{}, id); err != nil {
		return nil, err
	}
	m := &Minutes{}
	if err := store.Found(whole(tx).First(m, "minutes.id = ?", id).Error); err != nil {
		return nil, err
	}
	return m, by.MayConvene(tx, m.Meeting.ForumID)
}

// Draft gives the working text to whoever keeps the forum's notes.
func Draft(tx *store.Tx, by access.Actor, id uuid.UUID) (*Minutes, error) {
	m := &Minutes{}
	if err := store.Found(whole(tx).First(m, "minutes.id = ?", id).Error); err != nil {
		return nil, err
	}
	return m, by.MayConvene(tx, m.Meeting.ForumID)
}

// Unfinished lists the notes of meetings that have been, begun and not finalised, that wait for the
// actor: her own, and those whose keeper coordinates no more. The oldest meeting comes first.
func Unfinished(tx *store.Tx, by access.Actor) ([]Minutes, error) {
	finalised := tx.DB.Table("minutes_versions").Select("1").Where("minutes_versions.minutes_id = minutes.id")
	var found []Minutes
	err := tx.DB.Joins("JOIN meetings ON meetings.id = minutes.meeting_id").Preload("Meeting.Forum").
		Where("meetings.ends_at < ? AND NOT EXISTS (?)", tx.Now, finalised).
		Where("minutes.keeper_id IS NULL OR minutes.keeper_id = ? OR NOT EXISTS (?)", by.ID, access.Coordinating(tx, "minutes.keeper_id")).
		Scopes(by.ConvenedForums(tx, "meetings.forum_id")).
		Order("meetings.starts_at, minutes.id").Find(&found).Error
	return found, err
}

// HandOver gives the notes that one identity has not finished to another, and their number.
func HandOver(tx *store.Tx, from, to uuid.UUID) (int64, error) {
	finalised := tx.DB.Table("minutes_versions").Select("1").Where("minutes_versions.minutes_id = minutes.id")
	q := tx.DB.Model(&Minutes{}).Where("keeper_id = ? AND NOT EXISTS (?)", from, finalised).Update("keeper_id", to)
	return q.RowsAffected, q.Error
}

// Attend replaces who was there. Every attendance of the minutes is named.
func Attend(tx *store.Tx, by access.Actor, minutesID uuid.UUID, states map[uuid.UUID]State) error {
	m, err := editable(tx, by, minutesID)
	if err != nil {
		return err
	}
	kept := false
	for _, a := range m.Attendances {
		state, named := states[a.ID]
		if !named || state == a.State {
			continue
		}
		if err := state.check(); err != nil {
			return err
		}
		if !kept {
			if err := m.keep(tx, by, false); err != nil {
				return err
			}
			kept = true
		}
		if err := tx.DB.Model(&Attendance{}).Where("id = ?", a.ID).Update("state", state).Error; err != nil {
			return err
		}
	}
	return nil
}

// AddAgendaItem puts one more heading last.
func AddAgendaItem(tx *store.Tx, by access.Actor, minutesID uuid.UUID, title string) (*AgendaItem, error) {
	m, err := editable(tx, by, minutesID)
	if err != nil {
		return nil, err
	}
	title, err = deidentify.Line(tx.Now, "title", title, 200)
	if err != nil {
		return nil, err
	}
	if len(m.Agenda) >= maxAgenda {
		return nil, fault.On("title", "Dagordningen har redan %d punkter. Slå ihop några.", maxAgenda)
	}
	a := &AgendaItem{store.NewID(), minutesID, title, forum.Free, 0, int64(len(m.Agenda))}
	return a, tx.DB.Create(a).Error
}

// Laid is a heading with its items, of minutes that are laid on a past meeting whole.
type Laid struct {
	Title string
	Items []Written
}

// Lay makes the minutes of a past meeting out of what was written elsewhere. It refuses with
// fault.Conflict when the meeting has minutes already.
func Lay(tx *store.Tx, by access.Actor, meetingID uuid.UUID, external string, people []Attendance, agenda []Laid) (*Minutes, error) {
	m, err := meeting.Find(tx, by, meetingID)
	if err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, m.ForumID); err != nil {
		return nil, err
	}
	if there, err := ofMeeting(tx, meetingID); err != nil || there != nil {
		if err == nil {
			err = fault.New(fault.Conflict, "Mötet har redan anteckningar.")
		}
		return nil, err
	}
	if err := refuseLaid(tx, meetingID); err != nil {
		return nil, err
	}
	made := &Minutes{ID: store.NewID(), MeetingID: meetingID, Version: 1, CreatedAt: tx.Now, CreatedByID: by.By()}
	if external != "" {
		made.ExternalID = &external
	}
	if err := create(tx, made); err != nil {
		return nil, err
	}
	for n, a := range people {
		a.ID, a.MinutesID, a.Position = store.NewID(), made.ID, int64(n)
		if err := tx.DB.Create(&a).Error; err != nil {
			return nil, err
		}
	}
	position := int64(0)
	for n, h := range agenda {
		a := AgendaItem{store.NewID(), made.ID, h.Title, forum.Free, 0, int64(n)}
		if err := tx.DB.Create(&a).Error; err != nil {
			return nil, err
		}
		for _, w := range h.Items {
			if err := w.check(tx); err != nil {
				return nil, err
			}
			i := Item{ID: store.NewID(), MinutesID: made.ID, AgendaItemID: a.ID, Kind: w.Kind, Text: w.Text, Owner: w.Owner, Due: w.Due, Receivers: w.Receivers,
				Position: position, Version: 1, UpdatedAt: tx.Now, UpdatedByID: by.By()}
			if err := tx.DB.Create(&i).Error; err != nil {
				return nil, err
			}
			position++
		}
	}
	return made, access.Log(tx, by, "lay minutes", "minutes", made.ID)
}
