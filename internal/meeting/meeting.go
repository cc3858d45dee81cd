// Package meeting holds meetings. What was agreed is a local date, wall-clock times and a zone;
// the instants are derived from them. One meeting is one event in every calendar, with one UID for
// life; SEQUENCE and a strictly rising DTSTAMP are raised in the transaction that changes it.
package meeting

import (
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// Meeting is one meeting of a forum.
type Meeting struct {
	ID         uuid.UUID
	ExternalID *string
	ForumID    uuid.UUID  // the forum that owns it, or its own envelope: a lecture, a training
	MeasureID  *uuid.UUID // the row of the plan that it belongs to, as the plan was then; nil: none
	Date       almanac.Date
	Starts     almanac.Clock
	Ends       almanac.Clock
	Zone       string    // name of the zone that Date, Starts and Ends are told in
	StartsAt   time.Time // UTC, derived
	EndsAt     time.Time
	Place      string // room, video link, dial-in; shown on the answer page and signed-in pages only
	UID        string `gorm:"column:uid"`
	Sequence   int64
	Stamp      time.Time // DTSTAMP, whole seconds
	Version    int64
	CreatedAt  time.Time

	CountsForID *uuid.UUID // a second forum whose promise it counts for; it lets nobody see or do anything

	Forum        forum.Forum
	Measure      *plan.Measure
	Cancellation *Cancellation
	Holding      *Holding
}

// Cancellation is that a meeting was called off, by whom and why. The meeting stays.
type Cancellation struct {
	MeetingID  uuid.UUID `gorm:"primaryKey"`
	Reason     string    // for us; letters do not carry it
	IdentityID *uuid.UUID
	At         time.Time
}

// Holding is that a meeting was held.
type Holding struct {
	MeetingID  uuid.UUID `gorm:"primaryKey"`
	IdentityID *uuid.UUID
	At         time.Time
}

// Rescheduling is one move of a meeting: what it was before.
type Rescheduling struct {
	ID         uuid.UUID
	MeetingID  uuid.UUID
	FromDate   almanac.Date
	FromStarts almanac.Clock
	FromEnds   almanac.Clock
	FromPlace  string
	IdentityID *uuid.UUID
	At         time.Time
}

// Cancelled tells whether the meeting was called off.
func (m Meeting) Cancelled() bool { return m.Cancellation != nil }

// Held tells whether the meeting was held.
func (m Meeting) Held() bool { return m.Holding != nil }

// zones keeps what time.LoadLocation reads from its archive anew each time: a feed asks for each meeting.
var zones sync.Map

// Location is the meeting's zone.
func (m Meeting) Location() *time.Location {
	if known, found := zones.Load(m.Zone); found {
		return known.(*time.Location)
	}
	loc, err := time.LoadLocation(m.Zone)
	if err != nil { // the zone was checked when the meeting was made
		return time.UTC
	}
	zones.Store(m.Zone, loc)
	return loc
}

// Time is when and where: what a person agrees to.
type Time struct {
	Date   almanac.Date
	Starts almanac.Clock
	Ends   almanac.Clock
	Place  string
}

// Proposal is a meeting to be recorded.
type Proposal struct {
	ForumID uuid.UUID
	Time
	Zone *time.Location
	Held bool // it lies in the past and is recorded as held
}

// Schedule records a new meeting of a forum. Nothing is sent. It refuses with fault.Invalid when
// the times do not hold, with fault.Question when the meeting would begin in the past and
// the proposal does not say that it was held, and with fault.NotFound when the actor may not plan
// the forum.
func Schedule(tx *store.Tx, by access.Actor, p Proposal) (*Meeting, error) {
	f, err := forum.Owner(tx, by, p.ForumID)
	if err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, p.ForumID); err != nil {
		return nil, err
	}
	m := &Meeting{ID: store.NewID(), ForumID: p.ForumID, Forum: *f, Zone: p.Zone.String(), UID: uuid.NewString(), Version: 1, CreatedAt: tx.Now, Stamp: tx.Now.Truncate(time.Second)}
	if err := m.set(tx, p.Time); err != nil {
		return nil, err
	}
	past := m.StartsAt.Before(tx.Now)
	if past && !p.Held {
		return nil, fault.New(fault.Question, "Mötet börjar i det förflutna. Ska mötet bokföras som redan hållet? Inget skickas.")
	}
	if !past && p.Held {
		return nil, fault.On("date", "Ett möte som inte har börjat kan inte bokföras som hållet.")
	}
	if err := tx.DB.Omit("Forum", "Measure", "Cancellation", "Holding").Create(m).Error; err != nil {
		return nil, err
	}
	if p.Held {
		m.Holding = &Holding{m.ID, by.By(), tx.Now}
		if err := tx.DB.Create(m.Holding).Error; err != nil {
			return nil, err
		}
	}
	if err := access.CalendarChanged(tx); err != nil {
		return nil, err
	}
	return m, access.Log(tx, by, "schedule meeting", "meeting", m.ID)
}

// set checks a time and puts it in, with the instants that follow.
func (m *Meeting) set(tx *store.Tx, t Time) error {
	loc := m.Location()
	place, placeErr := deidentify.OptionalLine(tx.Now, "place", t.Place, 500)
	if placeErr == nil && place != "" && m.Forum.OutwardPlace == forum.FullPlace {
		_, placeErr = forum.NeutralLine("place", place)
	}
	start, startErr := almanac.Instant(t.Date, t.Starts, loc)
	end, endErr := almanac.Instant(t.Date, t.Ends, loc)
	if startErr == nil && endErr == nil && !end.After(start) {
		endErr = fault.On("ends", "Mötet måste sluta efter att det har börjat.")
	}
	var dateErr error
	if t.Date.Year < 2000 || t.Date.Year > 2100 {
		dateErr = fault.On("date", "Välj ett år mellan 2000 och 2100.")
	}
	if err := fault.Join(dateErr, fault.At("starts", startErr), fault.At("ends", endErr), placeErr); err != nil {
		return err
	}
	m.Date, m.Starts, m.Ends, m.Place, m.StartsAt, m.EndsAt = t.Date, t.Starts, t.Ends, place, start, end
	return nil
}

// Time gives when and where the meeting is.
func (m Meeting) Time() Time { return Time{m.Date, m.Starts, m.Ends, m.Place} }

// lock locks a meeting of a forum that the actor may plan, and checks that it is as the actor
// read it.
func lock(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*Meeting, error) {
	m := &Meeting{}
	if err := tx.Hold(m, id); err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, m.ForumID); err != nil {
		return nil, err
	}
	if _, err := byID(tx, id); err != nil { // it lies in the bin
		return nil, err
	}
	return m, partner.CheckVersion(m.Version, version)
}

// standing locks a meeting that is not cancelled and gives it whole.
func standing(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*Meeting, error) {
	if _, err := lock(tx, by, id, version); err != nil {
		return nil, err
	}
	m, err := byID(tx, id)
	if err == nil && m.Cancelled() {
		err = fault.New(fault.Conflict, "Mötet är inställt.")
	}
	return m, err
}

// Reschedule moves a meeting in time or place. It raises SEQUENCE (RFC 5546 §2.1.4) when the time
// changes; a new room asks nobody to answer again. It refuses with fault.Invalid when the new time does not hold or lies in the past,
// with fault.Conflict when the meeting has changed since version, is cancelled or was held.
func Reschedule(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, t Time) (*Meeting, error) {
	m, err := standing(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	if m.Held() {
		return nil, fault.New(fault.Conflict, "Mötet är hållet och kan inte flyttas.")
	}
	before := m.Time()
	if err := m.set(tx, t); err != nil {
		return nil, err
	}
	if m.StartsAt.Before(tx.Now) {
		return nil, fault.On("date", "Den nya tiden har redan varit. Välj en tid som kommer.")
	}
	if m.Time() == before {
		return m, nil
	}
	move := Rescheduling{store.NewID(), id, before.Date, before.Starts, before.Ends, before.Place, by.By(), tx.Now}
	if err := tx.DB.Create(&move).Error; err != nil {
		return nil, err
	}
	m.raise(before)
	return m, m.changed(tx, by, "reschedule meeting")
}

// MoveBack takes the last move of a meeting back before anybody heard of it. It refuses as Reschedule does.
func MoveBack(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*Meeting, error) {
	m, err := standing(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	moves, err := Moves(tx, id)
	if err != nil {
		return nil, err
	}
	if len(moves) == 0 {
		return nil, fault.Missing()
	}
	before, last := m.Time(), moves[0]
	if err := m.set(tx, Time{Date: last.FromDate, Starts: last.FromStarts, Ends: last.FromEnds, Place: last.FromPlace}); err != nil {
		return nil, err
	}
	if m.StartsAt.Before(tx.Now) {
		return nil, fault.On("date", "Den nya tiden har redan varit. Välj en tid som kommer.")
	}
	if err := tx.DB.Delete(&Rescheduling{}, "id = ?", last.ID).Error; err != nil {
		return nil, err
	}
	m.raise(before)
	return m, m.changed(tx, by, "reschedule meeting")
}

// raise raises SEQUENCE when the time is another than before.
func (m *Meeting) raise(before Time) {
	if m.Date != before.Date || m.Starts != before.Starts || m.Ends != before.Ends {
		m.Sequence++
	}
}

// changed raises what every change that leaves the house raises, and saves.
func (m *Meeting) changed(tx *store.Tx, by access.Actor, action string) error {
	m.Version++
	m.Stamp = nextStamp(m.Stamp, tx.Now)
	if err := tx.DB.Omit("Forum", "Measure", "Cancellation", "Holding").Save(m).Error; err != nil {
		return err
	}
	if err := access.CalendarChanged(tx); err != nil {
		return err
	}
	return access.Log(tx, by, action, "meeting", m.ID)
}

// nextStamp gives a DTSTAMP later than the last one by at least the second that it is told in:
// Google drops a message whose DTSTAMP it has seen.
func nextStamp(last, now time.Time) time.Time {
	now = now.Truncate(time.Second)
	if now.After(last) {
		return now
	}
	return last.Add(time.Second)
}

// Cancel calls a meeting off. It refuses with fault.Conflict as Reschedule does.
func Cancel(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, reason string) (*Meeting, error) {
	m, err := standing(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	if m.Held() {
		return nil, fault.New(fault.Conflict, "Mötet är hållet och kan inte ställas in.")
	}
	reason, err = deidentify.OptionalLine(tx.Now, "reason", reason, 500)
	if err != nil {
		return nil, err
	}
	m.Cancellation = &Cancellation{id, reason, by.By(), tx.Now}
	if err := tx.DB.Create(m.Cancellation).Error; err != nil {
		return nil, err
	}
	m.Sequence++ // RFC 5546 §2.1.4: with every CANCEL
	return m, m.changed(tx, by, "cancel meeting")
}

// Reinstate takes a cancellation back. It refuses with fault.Conflict when the meeting is not
// cancelled or has changed since version.
func Reinstate(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*Meeting, error) {
	m, err := lock(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	gone := tx.DB.Delete(&Cancellation{}, "meeting_id = ?", id)
	if gone.Error != nil {
		return nil, gone.Error
	}
	if gone.RowsAffected == 0 {
		return nil, fault.New(fault.Conflict, "Mötet är inte inställt.")
	}
	m.Sequence++
	return m, m.changed(tx, by, "reinstate meeting")
}

// Hold records that a meeting was held. It refuses with fault.Invalid before its start. Twice is
// as once.
func Hold(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*Meeting, error) {
	m, err := standing(tx, by, id, version)
	if err != nil || m.Held() {
		return m, err
	}
	if m.StartsAt.After(tx.Now) {
		return nil, fault.New(fault.Invalid, "Mötet har inte börjat än.")
	}
	m.Holding = &Holding{id, by.By(), tx.Now}
	if err := tx.DB.Create(m.Holding).Error; err != nil {
		return nil, err
	}
	m.Version++
	if err := tx.DB.Model(&Meeting{}).Where("id = ?", id).Update("version", m.Version).Error; err != nil {
		return nil, err
	}
	return m, access.Log(tx, by, "hold meeting", "meeting", id)
}

// Restamp raises a meeting's DTSTAMP alone, for a message that changes nothing else.
func Restamp(tx *store.Tx, m *Meeting) error {
	m.Stamp = nextStamp(m.Stamp, tx.Now)
	if err := tx.DB.Model(&Meeting{}).Where("id = ?", m.ID).Update("stamp", m.Stamp).Error; err != nil {
		return err
	}
	return access.CalendarChanged(tx) // feeds tell it as LAST-MODIFIED
}

// Raise lifts a meeting's SEQUENCE to at least a number that somebody has seen in it, and its DTSTAMP.
func Raise(tx *store.Tx, m *Meeting, sequence int64) error {
	m.Sequence, m.Stamp = max(m.Sequence, sequence), nextStamp(m.Stamp, tx.Now)
	if err := tx.DB.Model(&Meeting{}).Where("id = ?", m.ID).Updates(map[string]any{"sequence": m.Sequence, "stamp": m.Stamp}).Error; err != nil {
		return err
	}
	return access.CalendarChanged(tx)
}

// Touch raises the DTSTAMP of a forum's coming meetings after its outward title or place changed,
// so that calendars that follow a feed take the new words.
func Touch(tx *store.Tx, forumID uuid.UUID) error {
	var coming []Meeting
	if err := tx.DB.Where("forum_id = ? AND ends_at > ?", forumID, tx.Now).Find(&coming).Error; err != nil {
		return err
	}
	for i := range coming {
		if err := Restamp(tx, &coming[i]); err != nil {
			return err
		}
	}
	return nil
}

func whole(tx *store.Tx) *gorm.DB {
	return related(tx.DB).Scopes(kept(tx))
}

func related(q *gorm.DB) *gorm.DB {
	return q.Preload("Forum").Preload("Forum.Convener").Preload("Measure").Preload("Cancellation").Preload("Holding")
}

func byID(tx *store.Tx, id uuid.UUID) (*Meeting, error) {
	m := &Meeting{}
	return m, store.Found(whole(tx).First(m, "meetings.id = ?", id).Error)
}

// Find gives one meeting. It refuses with fault.NotFound when the actor does not see its forum.
func Find(tx *store.Tx, by access.Actor, id uuid.UUID) (*Meeting, error) {
	m := &Meeting{}
	return m, store.Found(whole(tx).Scopes(by.SeesForum(tx, "meetings.forum_id")).First(m, "meetings.id = ?", id).Error)
}

// ForLetter gives a meeting to whoever writes a letter about it or opens it by an invitation's
// link; the invitation is the right to it.
func ForLetter(tx *store.Tx, id uuid.UUID) (*Meeting, error) { return byID(tx, id) }

// Selection says which meetings to list.
type Selection struct {
	ForumID  *uuid.UUID   // nil: all that the actor sees
	From     almanac.Date // inclusive; zero: no bound
	To       almanac.Date // inclusive; zero: no bound
	Limit    int          // 0: all
	Offset   int
	Newest   bool        // latest first
	Convened bool        // only of forums that the actor may plan
	Tied     bool        // only those that belong to a row of the plan
	IDs      []uuid.UUID // of these alone; nil: all
}

// choose narrows to what the actor sees of a selection.
func (s Selection) choose(tx *store.Tx, by access.Actor) *gorm.DB {
	q := tx.DB.Model(&Meeting{}).Scopes(kept(tx), by.SeesForum(tx, "meetings.forum_id"))
	if s.Convened {
		q = q.Scopes(by.ConvenedForums(tx, "meetings.forum_id"))
	}
	if s.Tied {
		q = q.Where("meetings.measure_id IS NOT NULL")
	}
	if s.ForumID != nil {
		q = q.Where("meetings.forum_id = ?", *s.ForumID)
	}
	if !s.From.IsZero() {
		q = q.Where("meetings.date >= ?", s.From)
	}
	if !s.To.IsZero() {
		q = q.Where("meetings.date <= ?", s.To)
	}
	if s.IDs != nil {
		q = q.Where("meetings.id IN ?", s.IDs)
	}
	return q.Session(&gorm.Session{})
}

// Mark tells a meeting as it is from the same meeting as it was: whatever changes of it or of its
// forum, one of these does.
type Mark struct {
	ID                uuid.UUID
	Version, Sequence int64
	Stamp             time.Time
	Forum             int64 // version of the forum
}

// Marks gives the marks of all meetings in a selection: far less to read than the meetings.
func Marks(tx *store.Tx, by access.Actor, s Selection) ([]Mark, error) {
	rows, err := s.choose(tx, by).Joins("JOIN forums ON forums.id = meetings.forum_id").
		Select("meetings.id, meetings.version, meetings.sequence, meetings.stamp, forums.version").Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Mark
	for rows.Next() { // each by itself: a feed reads thousands at every change
		var m Mark
		if err := rows.Scan(&m.ID, &m.Version, &m.Sequence, &m.Stamp, &m.Forum); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

// List gives meetings that the actor sees, in order of time, cancelled ones too, and how many
// there are in all.
func List(tx *store.Tx, by access.Actor, s Selection) (found []Meeting, total int64, err error) {
	q := s.choose(tx, by)
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, err
	}
	order := "meetings.starts_at, meetings.id"
	if s.Newest {
		order = "meetings.starts_at DESC, meetings.id DESC"
	}
	q = related(q).Order(order)
	if s.Limit > 0 {
		q = q.Limit(s.Limit).Offset(s.Offset)
	}
	return found, total, q.Find(&found).Error
}

// Moves lists what a meeting was before, the latest first.
func Moves(tx *store.Tx, id uuid.UUID) ([]Rescheduling, error) {
	var moves []Rescheduling
	return moves, tx.DB.Where("meeting_id = ?", id).Order("at DESC, id DESC").Find(&moves).Error
}

// Moved gives those of some meetings that have another time than they had, each with the day that it first was to be on. A
// new room alone is no move.
func Moved(tx *store.Tx, ids []uuid.UUID) (map[uuid.UUID]almanac.Date, error) {
	var meetings []Meeting
	if err := tx.DB.Scopes(kept(tx)).Find(&meetings, "meetings.id IN ?", ids).Error; err != nil {
		return nil, err
	}
	var moves []Rescheduling
	if err := tx.DB.Where("meeting_id IN ?", ids).Order("at, id").Find(&moves).Error; err != nil {
		return nil, err
	}
	first := map[uuid.UUID]almanac.Date{}
	for _, m := range meetings {
		for _, r := range moves {
			if _, known := first[m.ID]; !known && r.MeetingID == m.ID && (r.FromDate != m.Date || r.FromStarts != m.Starts || r.FromEnds != m.Ends) {
				first[m.ID] = r.FromDate
			}
		}
	}
	return first, nil
}

// TableName is the table of Rescheduling.
func (Rescheduling) TableName() string { return "reschedulings" }
