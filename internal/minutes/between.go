package minutes

import (
	"encoding/json"

	"github.com/google/uuid"

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
	Outcome   string       // of an action: "", done or dropped
	Due       almanac.Date // of an action; zero: none
}

// DecisionsBetween gives the decisions of meetings of some days, as the latest versions of their notes have them, of forums whose notes the
// actor may read.
func DecisionsBetween(tx *store.Tx, by access.Actor, from, to almanac.Date) (all []Mark, err error) {
	err = eachBetween(tx, by, from, to, func(v dated) error {
		var d Document
		if err := json.Unmarshal([]byte(v.Document), &d); err != nil {
			return err
		}
		d.Items(func(_ DocumentAgenda, i DocumentItem) {
			if i.Kind == Decision {
				all = append(all, Mark{ForumID: v.ForumID, MeetingID: v.MeetingID, MinutesID: d.MinutesID, ItemID: i.ID, Date: v.Date, Label: i.Label})
			}
		})
		return nil
	})
	return all, err
}

// ActionsBetween gives the actions of meetings of some days as they stand now, of forums whose notes the actor may read.
func ActionsBetween(tx *store.Tx, by access.Actor, from, to almanac.Date) (all []Mark, err error) {
	return all, tx.DB.Model(&ActionState{}).
		Select("meetings.forum_id, meetings.id AS meeting_id, actions.minutes_id, actions.item_id, meetings.date, actions.label, actions.outcome, actions.due").
		Joins("JOIN minutes ON minutes.id = actions.minutes_id JOIN meetings ON meetings.id = minutes.meeting_id").
		Where("meetings.date BETWEEN ? AND ?", from, to).Scopes(by.ReadsNotes(tx, "meetings.forum_id")).
		Order("meetings.starts_at, meetings.id, actions.label, actions.item_id").Find(&all).Error
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
