package meeting

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Deletion is that a meeting was put into the bin. It is seen nowhere else.
type Deletion struct {
	MeetingID  uuid.UUID `gorm:"primaryKey"`
	IdentityID *uuid.UUID
	At         time.Time
}

// binned is how long a deleted meeting can be restored.
const binned = 30 * 24 * time.Hour

// Binned is a meeting that lies in the bin.
type Binned struct {
	Meeting
	Deletion Deletion
}

// Vanishes is when the meeting can be restored no more.
func (b Binned) Vanishes() time.Time { return b.Deletion.At.Add(binned) }

// kept leaves out what lies in the bin.
func kept(tx *store.Tx) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		return q.Where("NOT EXISTS (?)", tx.DB.Model(&Deletion{}).Select("1").Where("deletions.meeting_id = meetings.id"))
	}
}

// Delete puts a meeting into the bin. That nobody has heard of it is the caller's to know. It refuses
// with fault.NotFound when the actor may not plan the forum, and with fault.Conflict when the meeting has changed
// since version.
func Delete(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) error {
	m, err := lock(tx, by, id, version)
	if err != nil {
		return err
	}
	if err := tx.DB.Create(&Deletion{id, by.By(), tx.Now}).Error; err != nil {
		return err
	}
	return m.changed(tx, by, "delete meeting")
}

// Restore takes a meeting out of the bin, as it was. It refuses with fault.NotFound when it does not lie
// there or the actor may not plan its forum.
func Restore(tx *store.Tx, by access.Actor, id uuid.UUID) (*Meeting, error) {
	m := &Meeting{}
	if err := tx.Hold(m, id); err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, m.ForumID); err != nil {
		return nil, err
	}
	gone := tx.DB.Delete(&Deletion{}, "meeting_id = ? AND at > ?", id, tx.Now.Add(-binned))
	if gone.Error != nil {
		return nil, gone.Error
	}
	if gone.RowsAffected == 0 {
		return nil, fault.Missing()
	}
	if err := m.changed(tx, by, "restore meeting"); err != nil {
		return nil, err
	}
	return byID(tx, id)
}

// Bin lists the deleted meetings of forums that the actor may plan, what was deleted last foremost.
func Bin(tx *store.Tx, by access.Actor) (all []Binned, err error) {
	var deletions []Deletion
	if err := tx.DB.Where("at > ?", tx.Now.Add(-binned)).Order("at DESC, meeting_id").Find(&deletions).Error; err != nil {
		return nil, err
	}
	for _, d := range deletions {
		var found []Meeting
		if err := related(tx.DB).Scopes(by.ConvenedForums(tx, "meetings.forum_id")).Find(&found, "meetings.id = ?", d.MeetingID).Error; err != nil {
			return nil, err
		}
		for _, m := range found {
			all = append(all, Binned{m, d})
		}
	}
	return all, nil
}

// Expired gives the deleted meetings that can be restored no more.
func Expired(tx *store.Tx) (ids []uuid.UUID, err error) {
	return ids, tx.DB.Model(&Deletion{}).Where("at <= ?", tx.Now.Add(-binned)).Order("at, meeting_id").Pluck("meeting_id", &ids).Error
}

// Vanish removes a deleted meeting for good, and gives what it belonged to. What other rooms keep of it
// is gone before.
func Vanish(tx *store.Tx, id uuid.UUID) (forumID uuid.UUID, err error) {
	m := &Meeting{}
	if err := store.Found(tx.DB.First(m, "id = ?", id).Error); err != nil {
		return uuid.Nil, err
	}
	for _, row := range []any{&Rescheduling{}, &Cancellation{}, &Holding{}, &Deletion{}} {
		if err := tx.DB.Delete(row, "meeting_id = ?", id).Error; err != nil {
			return uuid.Nil, err
		}
	}
	return m.ForumID, tx.DB.Delete(&Meeting{}, "id = ?", id).Error
}

// Follows tells whether a meeting follows another convener's event.
func Follows(tx *store.Tx, id uuid.UUID) (bool, error) {
	var n int64
	err := tx.DB.Model(&ForeignEvent{}).Where("meeting_id = ?", id).Count(&n).Error
	return n > 0, err
}
