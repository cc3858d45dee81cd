package minutes

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/store"
)

// Mark is a decision or an action of finalised minutes as a count knows it: its label, and nothing of what it says.
type Mark struct {
	ForumID   uuid.UUID
	MeetingID uuid.UUID
	MinutesID uuid.UUID
	ItemID    uuid.UUID
	Date      almanac.Date // of the meeting
	Label     string
	Outcome   string       // of an action: "", done, dropped or replaced
	Due       almanac.Date // of an action; zero: none
}

// DecisionsBetween gives the decisions of meetings of some days, as the latest versions of their notes have them, of forums whose notes the
// actor may read.
func DecisionsBetween(tx *store.Tx, by access.Actor, from, to almanac.Date) ([]Mark, error) {
	return marks(tx, by, "decisions", "", func(q *gorm.DB) *gorm.DB {
		return q.Where("NOT decisions.struck AND meetings.date BETWEEN ? AND ?", from, to).Order("meetings.starts_at, meetings.id, decisions.position")
	})
}

// ActionsBetween gives the actions of meetings of some days as they stand now, of forums whose notes the actor may read.
func ActionsBetween(tx *store.Tx, by access.Actor, from, to almanac.Date) ([]Mark, error) {
	return marks(tx, by, "actions", ", actions.outcome, actions.due", func(q *gorm.DB) *gorm.DB {
		return q.Where("meetings.date BETWEEN ? AND ?", from, to).Order("meetings.starts_at, meetings.id, actions.label, actions.item_id")
	})
}

func marks(tx *store.Tx, by access.Actor, table, more string, narrow func(*gorm.DB) *gorm.DB) (all []Mark, err error) {
	return all, tx.DB.Table(table).
		Select("meetings.forum_id, meetings.id AS meeting_id, "+table+".minutes_id, "+table+".item_id, meetings.date, "+table+".label"+more).
		Scopes(readable(tx, by, table), narrow).Find(&all).Error
}

// NotesRead gives those of forums whose finished notes the actor may read.
func NotesRead(tx *store.Tx, by access.Actor, forums []uuid.UUID) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	err := tx.DB.Table("forums").Where("forums.id IN ?", forums).Scopes(by.ReadsNotes(tx, "forums.id")).Pluck("forums.id", &ids).Error
	read := map[uuid.UUID]bool{}
	for _, id := range ids {
		read[id] = true
	}
	return read, err
}
