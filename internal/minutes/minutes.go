// Package minutes holds what was said and decided: an agenda, who was there, and items (notes,
// decisions, actions, things to pass on), saved one by one. Finalising freezes them as one
// canonical document; page, print, search and excerpts read only that. A correction is a new
// version with a reason, and both stay.
package minutes

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
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

// Kind says what an item is.
type Kind string

// The kinds.
const (
	Note     Kind = "note"
	Decision Kind = "decision" // B1, B2 …
	Action   Kind = "action"   // U1, U2 …
	Relay    Kind = "relay"    // to be passed on
)

// Item is one thing said, decided, to be done or to be passed on.
type Item struct {
	ID           uuid.UUID // stable: the frozen document keeps it
	MinutesID    uuid.UUID
	AgendaItemID uuid.UUID
	Kind         Kind
	Text         string
	Owner        string       // of an action
	Due          almanac.Date // of an action; zero: none
	Receivers    []uuid.UUID  `gorm:"serializer:json"` // work groups and workplaces, of an item to pass on
	Position     int64
	Version      int64
	UpdatedAt    time.Time `gorm:"autoUpdateTime:false"`
	UpdatedByID  *uuid.UUID
	TypedIn      *uuid.UUID // the field of a page that it is being typed in
}

// TableName is the table of Item.
func (Item) TableName() string { return "minutes_items" }

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

// Written is what somebody wrote of an item.
type Written struct {
	Kind      Kind
	Text      string
	Owner     string
	Due       almanac.Date
	Receivers []uuid.UUID
}

// check refuses with fault.Invalid, naming each field.
func (w *Written) check(tx *store.Tx) error {
	text, textErr := fault.Text("text", w.Text, maxText)
	owner, ownerErr := fault.OptionalLine("owner", w.Owner, 200)
	var kindErr, receiversErr error
	switch w.Kind {
	case Note, Decision:
	case Action:
		if ownerErr == nil && owner == "" {
			ownerErr = fault.On("owner", "Skriv vem som är ansvarig för uppgiften.")
		}
	case Relay:
		receiversErr = checkReceivers(tx, w.Receivers)
	default:
		kindErr = fault.On("kind", "Välj ett av alternativen.")
	}
	if w.Kind != Action {
		owner, w.Due = "", almanac.Date{}
	}
	if w.Kind != Relay || w.Receivers == nil {
		w.Receivers = []uuid.UUID{}
	}
	w.Text, w.Owner = text, owner
	return fault.Join(kindErr, textErr, ownerErr, receiversErr)
}

func checkReceivers(tx *store.Tx, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return fault.On("receivers", "Välj minst en arbetsgrupp eller arbetsplats.")
	}
	var groups, places int64
	if err := tx.DB.Model(&partner.WorkGroup{}).Where("id IN ?", ids).Count(&groups).Error; err != nil {
		return err
	}
	if err := tx.DB.Model(&partner.Workplace{}).Where("id IN ?", ids).Count(&places).Error; err != nil {
		return err
	}
	if int(groups+places) != len(ids) {
		return fault.On("receivers", "Välj arbetsgrupper och arbetsplatser ur listan.")
	}
	return nil
}

// Add writes a new item last under an agenda item.
func Add(tx *store.Tx, by access.Actor, minutesID, agendaItem uuid.UUID, w Written) (*Item, error) {
	m, err := draft(tx, by, minutesID)
	if err != nil {
		return nil, err
	}
	if err := m.holds(agendaItem); err != nil {
		return nil, err
	}
	if err := m.room(1); err != nil {
		return nil, err
	}
	if err := w.check(tx); err != nil {
		return nil, err
	}
	if err := m.checkpoint(tx, by, false); err != nil {
		return nil, err
	}
	i := m.last(tx, by, agendaItem, w)
	return i, tx.DB.Create(i).Error
}

// holds refuses a heading that the minutes do not have.
func (m *Minutes) holds(agendaItem uuid.UUID) error {
	if slices.ContainsFunc(m.Agenda, func(a AgendaItem) bool { return a.ID == agendaItem }) {
		return nil
	}
	return fault.On("agendaItemId", "Välj en punkt på dagordningen.")
}

// room refuses more items than minutes may have.
func (m *Minutes) room(more int) error {
	if len(m.Items)+more > maxItems {
		return fault.New(fault.Invalid, "Anteckningarna har redan %d delar. Slå ihop några.", maxItems)
	}
	return nil
}

// last is an item that stands after all others.
func (m *Minutes) last(tx *store.Tx, by access.Actor, agendaItem uuid.UUID, w Written) *Item {
	position := int64(0)
	for _, i := range m.Items {
		position = max(position, i.Position+1)
	}
	return &Item{ID: store.NewID(), MinutesID: m.ID, AgendaItemID: agendaItem, Kind: w.Kind, Text: w.Text, Owner: w.Owner, Due: w.Due,
		Receivers: w.Receivers, Position: position, Version: 1, UpdatedAt: tx.Now, UpdatedByID: by.By()}
}

// Save writes an item anew. version is the one that was read: when somebody else has saved since,
// the refusal is fault.Conflict and nothing of either text is lost. Saving what stands there already
// is done, whatever the version: the answer to it may have been lost on its way.
func Save(tx *store.Tx, by access.Actor, itemID uuid.UUID, version int64, w Written) (*Item, error) {
	i, m, err := held(tx, by, itemID)
	if err != nil {
		return nil, err
	}
	wrong := w.check(tx)
	if i.Version != version {
		if wrong == nil && i.says(w) {
			return i, nil
		}
		return nil, i.overtaken(tx, by)
	}
	if wrong != nil {
		return nil, wrong
	}
	if err := m.checkpoint(tx, by, false); err != nil {
		return nil, err
	}
	before := *i
	if err := i.write(tx, by, w); err != nil {
		return nil, err
	}
	return i, m.purge(tx, []Item{before})
}

// says tells whether an item is what somebody wrote.
func (i Item) says(w Written) bool {
	return i.Kind == w.Kind && i.Text == w.Text && i.Owner == w.Owner && i.Due == w.Due && slices.Equal(i.Receivers, w.Receivers)
}

// write replaces what an item says.
func (i *Item) write(tx *store.Tx, by access.Actor, w Written) error {
	i.Kind, i.Text, i.Owner, i.Due, i.Receivers = w.Kind, w.Text, w.Owner, w.Due, w.Receivers
	return i.touch(tx, by)
}

// touch saves an item under a new version.
func (i *Item) touch(tx *store.Tx, by access.Actor) error {
	i.Version, i.UpdatedAt, i.UpdatedByID = i.Version+1, tx.Now, by.By()
	return tx.DB.Save(i).Error
}

// overtaken is the refusal of what was written from an older version.
func (i Item) overtaken(tx *store.Tx, by access.Actor) error {
	if i.UpdatedByID == nil {
		return fault.New(fault.Conflict, "Någon annan har också ändrat den här punkten. Välj vilken text som ska gälla.")
	}
	if *i.UpdatedByID == by.ID {
		return fault.New(fault.Conflict, "Du har också ändrat den här punkten i ett annat fönster. Välj vilken text som ska gälla.")
	}
	names, err := access.NamesOf(tx, []uuid.UUID{*i.UpdatedByID})
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "%s har också ändrat den här punkten. Välj vilken text som ska gälla.", names[*i.UpdatedByID])
}

// Strike takes an item out of the working text. What was frozen keeps it.
func Strike(tx *store.Tx, by access.Actor, itemID uuid.UUID, version int64) (*Item, error) {
	i, m, err := held(tx, by, itemID)
	if err != nil {
		return nil, err
	}
	if i.Version != version {
		return nil, i.overtaken(tx, by)
	}
	if err := m.checkpoint(tx, by, true); err != nil {
		return nil, err
	}
	if err := tx.DB.Delete(&Item{}, "id = ?", itemID).Error; err != nil {
		return nil, err
	}
	if err := m.purge(tx, []Item{*i}); err != nil {
		return nil, err
	}
	return i, access.Log(tx, by, "strike item", "minutes", i.MinutesID)
}

// Holding gives the minutes that an item belongs to.
func Holding(tx *store.Tx, itemID uuid.UUID) (uuid.UUID, error) {
	i := &Item{}
	err := store.Found(tx.DB.Select("minutes_id").First(i, "id = ?", itemID).Error)
	return i.MinutesID, err
}

// held locks an item of minutes that the actor keeps.
func held(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*Item, *Minutes, error) {
	minutesID, err := Holding(tx, itemID)
	if err != nil {
		return nil, nil, err
	}
	m, err := draft(tx, by, minutesID)
	if err != nil {
		return nil, nil, err
	}
	i := &Item{}
	return i, m, tx.Hold(i, itemID) // after the minutes, as all verbs do: two who write wait for each other in one order
}

// Attend replaces who was there. Every attendance of the minutes is named.
func Attend(tx *store.Tx, by access.Actor, minutesID uuid.UUID, states map[uuid.UUID]State) error {
	m, err := draft(tx, by, minutesID)
	if err != nil {
		return err
	}
	for _, a := range m.Attendances {
		state, named := states[a.ID]
		if !named || state == a.State {
			continue
		}
		if err := state.check(); err != nil {
			return err
		}
		if err := tx.DB.Model(&Attendance{}).Where("id = ?", a.ID).Update("state", state).Error; err != nil {
			return err
		}
	}
	return nil
}

// AddAgendaItem puts one more heading last.
func AddAgendaItem(tx *store.Tx, by access.Actor, minutesID uuid.UUID, title string) (*AgendaItem, error) {
	m, err := draft(tx, by, minutesID)
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
