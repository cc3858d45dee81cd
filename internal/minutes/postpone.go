package minutes

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// Postponement is an item of an agenda that the forum's next meeting takes up.
type Postponement struct {
	AgendaItemID uuid.UUID `gorm:"primaryKey"` // that was put off
	MeetingID    uuid.UUID // where it was
	Title        string
	Minutes      int64
	TakenByID    *uuid.UUID // minutes whose agenda has it; nil: none yet
	CreatedAt    time.Time
	CreatedByID  *uuid.UUID
}

// Postpone puts an item of an agenda off to the forum's next meeting, where it returns once. When the agenda
// of that one is open already, it comes there at once. Putting off twice changes nothing.
func Postpone(tx *store.Tx, by access.Actor, agendaItem uuid.UUID) (*Minutes, error) {
	a, m, err := agendaItemOf(tx, by, agendaItem)
	if err != nil {
		return nil, err
	}
	made := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).
		Create(&Postponement{a.ID, m.MeetingID, a.Title, a.Minutes, nil, tx.Now, by.By()})
	if made.Error != nil || made.RowsAffected == 0 {
		return m, made.Error
	}
	if err := access.Log(tx, by, "postpone agenda item", "minutes", m.ID); err != nil {
		return nil, err
	}
	next, err := nextMeeting(tx, &m.Meeting)
	if err != nil || next == nil {
		return m, err
	}
	if err := tx.Hold(&meeting.Meeting{}, next.ID); err != nil { // whoever opens its notes does so first
		return nil, err
	}
	open, err := ofMeeting(tx, next.ID)
	if err != nil || open == nil || open.Finalised() {
		return m, err
	}
	return m, open.bring(tx, &open.Meeting)
}

// agendaItemOf gives an item of an agenda whose minutes the actor keeps, locked.
func agendaItemOf(tx *store.Tx, by access.Actor, id uuid.UUID) (*AgendaItem, *Minutes, error) {
	a := &AgendaItem{}
	if err := store.Found(tx.DB.First(a, "id = ?", id).Error); err != nil {
		return nil, nil, err
	}
	m, err := draft(tx, by, a.MinutesID)
	return a, m, err
}

// Resume takes back that an item was put off. It refuses with fault.Conflict once the next meeting's agenda has it.
func Resume(tx *store.Tx, by access.Actor, agendaItem uuid.UUID) (*Minutes, error) {
	_, m, err := agendaItemOf(tx, by, agendaItem)
	if err != nil {
		return nil, err
	}
	var there []Postponement
	if err := tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).Find(&there, "agenda_item_id = ?", agendaItem).Error; err != nil || len(there) == 0 {
		return m, err
	}
	if there[0].TakenByID != nil {
		return nil, fault.New(fault.Conflict, "Punkten står redan på nästa mötes dagordning. Ta bort den där.")
	}
	if err := tx.DB.Delete(&Postponement{}, "agenda_item_id = ?", agendaItem).Error; err != nil {
		return nil, err
	}
	return m, access.Log(tx, by, "resume agenda item", "minutes", m.ID)
}

// PostponedOf tells which items of an agenda are put off.
func PostponedOf(tx *store.Tx, m *Minutes) (map[uuid.UUID]Postponement, error) {
	var all []Postponement
	err := tx.DB.Find(&all, "meeting_id = ?", m.MeetingID).Error
	put := map[uuid.UUID]Postponement{}
	for _, p := range all {
		put[p.AgendaItemID] = p
	}
	return put, err
}

// nextMeeting is the forum's next one that is not cancelled; nil: none is booked.
func nextMeeting(tx *store.Tx, after *meeting.Meeting) (*meeting.Meeting, error) {
	all, _, err := meeting.List(tx, access.System(), meeting.Selection{ForumID: &after.ForumID, From: after.Date})
	for n := range all {
		if all[n].StartsAt.After(after.StartsAt) && !all[n].Cancelled() {
			return &all[n], err
		}
	}
	return nil, err
}

// NextOf gives the next meeting of the minutes' forum; nil: none is booked.
func NextOf(tx *store.Tx, m *Minutes) (*meeting.Meeting, error) { return nextMeeting(tx, &m.Meeting) }

// bring puts on the agenda what was put off to this meeting, before what ends a meeting. What a meeting had
// taken that then was cancelled comes again.
func (m *Minutes) bring(tx *store.Tx, of *meeting.Meeting) error {
	var waiting []Postponement
	if err := tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("(taken_by_id IS NULL OR taken_by_id IN (?)) AND meeting_id IN (?)", tx.DB.Table("minutes").Select("minutes.id").Joins("JOIN cancellations ON cancellations.meeting_id = minutes.meeting_id"), tx.DB.Table("meetings").Select("id").Where("forum_id = ? AND starts_at < ?", of.ForumID, of.StartsAt)).
		Order("created_at, agenda_item_id").Find(&waiting).Error; err != nil {
		return err
	}
	for _, p := range waiting {
		due, err := dueHere(tx, p, of)
		if err != nil {
			return err
		}
		if !due {
			continue
		}
		if err := m.insert(tx, p.Title, p.Minutes); err != nil {
			return err
		}
		if err := tx.DB.Model(&Postponement{}).Where("agenda_item_id = ?", p.AgendaItemID).Update("taken_by_id", m.ID).Error; err != nil {
			return err
		}
	}
	return nil
}

// dueHere tells whether no other meeting that is still to come stands between where an item was put off and this one.
func dueHere(tx *store.Tx, p Postponement, of *meeting.Meeting) (bool, error) {
	from, err := meeting.ForLetter(tx, p.MeetingID)
	if err != nil {
		return false, err
	}
	next, err := nextMeeting(tx, from)
	for err == nil && next != nil && next.ID != of.ID && next.StartsAt.Before(of.StartsAt) {
		if next.EndsAt.After(tx.Now) {
			return false, nil
		}
		next, err = nextMeeting(tx, next)
	}
	return err == nil, err
}

// insert puts an item on the agenda, before what ends a meeting.
func (m *Minutes) insert(tx *store.Tx, title string, minutes int64) error {
	var all []AgendaItem
	if err := tx.DB.Order("position").Find(&all, "minutes_id = ?", m.ID).Error; err != nil {
		return err
	}
	if len(all) >= maxAgenda {
		return fault.On("title", "Dagordningen har redan %d punkter. Slå ihop några.", maxAgenda)
	}
	place := int64(0)
	for _, a := range all {
		if a.Kind == forum.PassOn || a.Kind == forum.Next {
			place = a.Position
			break
		}
		place = a.Position + 1
	}
	if err := tx.DB.Model(&AgendaItem{}).Where("minutes_id = ? AND position >= ?", m.ID, place).Update("position", gorm.Expr("position + 1")).Error; err != nil {
		return err
	}
	return tx.DB.Create(&AgendaItem{store.NewID(), m.ID, title, forum.Free, minutes, place}).Error
}
