package meeting

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/store"
)

// Day is what a promise is judged by: that a forum meets, when, and what became of it.
type Day struct {
	ID          uuid.UUID
	ForumID     uuid.UUID
	CountsForID *uuid.UUID
	Date        almanac.Date
	StartsAt    time.Time
	Held        bool
	Cancelled   bool
}

// Days gives the days of the meetings of forums, also those of other forums that count for them, in order of time. It
// tells nothing else of them. The caller has found the forums for whoever asks.
func Days(tx *store.Tx, forums []uuid.UUID, from, to almanac.Date) ([]Day, error) {
	var all []Day
	err := tx.DB.Model(&Meeting{}).Scopes(kept(tx)).
		Select("meetings.id, meetings.forum_id, meetings.counts_for_id, meetings.date, meetings.starts_at, holdings.meeting_id IS NOT NULL AS held, cancellations.meeting_id IS NOT NULL AS cancelled").
		Joins("LEFT JOIN holdings ON holdings.meeting_id = meetings.id").Joins("LEFT JOIN cancellations ON cancellations.meeting_id = meetings.id").
		Where("meetings.date BETWEEN ? AND ?", from, to).Where("meetings.forum_id IN ? OR meetings.counts_for_id IN ?", forums, forums).
		Order("meetings.starts_at, meetings.id").Find(&all).Error
	return all, err
}

// CountFor lets a meeting count for a second forum's promise too; for nil, for its own alone. It lets nobody see or do
// anything. It refuses with fault.NotFound whoever may not plan both forums, with fault.Invalid the meeting's own forum, and
// with fault.Conflict when the meeting has changed since version or is cancelled.
func CountFor(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, second *uuid.UUID) (*Meeting, error) {
	m, err := standing(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	if second != nil {
		if *second == m.ForumID {
			return nil, fault.On("countsForId", "Mötet räknas redan för sitt eget forum. Välj ett annat.")
		}
		if _, err := forum.Find(tx, by, *second); err != nil {
			return nil, err
		}
		if err := by.MayConvene(tx, *second); err != nil {
			return nil, err
		}
	}
	m.CountsForID, m.Version = second, m.Version+1
	if err := tx.DB.Model(&Meeting{}).Where("id = ?", id).Updates(map[string]any{"counts_for_id": second, "version": m.Version}).Error; err != nil {
		return nil, err
	}
	return m, access.Log(tx, by, "count meeting for another forum", "meeting", id)
}
