package minutes

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// presenceBack is how far back is asked who came.
const presenceBack = 3 * 365 * 24 * time.Hour

// Presence is whether an organisation or a role came to a meeting that was held.
type Presence struct {
	ForumID      uuid.UUID
	MeetingID    uuid.UUID
	Date         almanac.Date
	Organisation string
	Role         string
	State        State
}

// Came tells whether somebody was there.
func (p Presence) Came() bool { return p.State == Present || p.State == Substitute }

// Presences gives who came to the meetings that were held and whose notes are finished, of forums whose
// notes the actor may read, the latest meeting of each first. It tells who was there as organisation and
// role, and nothing that was said.
func Presences(tx *store.Tx, by access.Actor) ([]Presence, error) {
	held := tx.DB.Model(&meeting.Holding{}).Select("1").Where("holdings.meeting_id = meetings.id")
	finalised := tx.DB.Model(&Frozen{}).Select("1").Where("minutes_versions.minutes_id = minutes.id")
	var all []Presence
	err := tx.DB.Model(&Attendance{}).
		Select("meetings.forum_id, meetings.id AS meeting_id, meetings.date, attendances.organisation, attendances.role, attendances.state").
		Joins("JOIN minutes ON minutes.id = attendances.minutes_id JOIN meetings ON meetings.id = minutes.meeting_id").
		Where("meetings.starts_at > ? AND EXISTS (?) AND EXISTS (?)", tx.Now.Add(-presenceBack), held, finalised).
		Scopes(by.ReadsNotes(tx, "meetings.forum_id")).
		Order("meetings.forum_id, meetings.starts_at DESC, meetings.id, attendances.position").Find(&all).Error
	return all, err
}
