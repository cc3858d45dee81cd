package poll

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/store"
)

// keptFor is how many days a poll is kept after its date was set, or, when none was, after its last
// day: when people can and cannot is nobody's business for longer.
const keptFor = 30

// Forget removes the polls whose time has come, with times, answers, comments and links. The meeting
// stays.
func Forget(tx *store.Tx) error {
	var ids []uuid.UUID
	booked := tx.DB.Model(&Closing{}).Select("poll_id").Where("meeting_id IS NOT NULL")
	err := tx.DB.Model(&Poll{}).
		Where("id IN (?)", tx.DB.Model(&Closing{}).Select("poll_id").Where("meeting_id IS NOT NULL AND at < ?", tx.Now.AddDate(0, 0, -keptFor))).
		Or("id NOT IN (?) AND last_day < ?", booked, almanac.DateOf(tx.Now, tx.Now.Location()).AddDays(-keptFor)).
		Order("id").Pluck("id", &ids).Error
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := Drop(tx, id); err != nil {
			return err
		}
	}
	return forgetDates(tx)
}

// Drop removes a poll and everything of it.
func Drop(tx *store.Tx, id uuid.UUID) error {
	if err := access.DropLinks(tx, access.ToPoll, id); err != nil {
		return err
	}
	asked := tx.DB.Model(&Asked{}).Select("id").Where("poll_id = ?", id)
	if err := forgetReplies(tx, "asked_id IN (?)", asked); err != nil {
		return err
	}
	if err := tx.DB.Where("asked_id IN (?)", asked).Delete(&Nudge{}).Error; err != nil {
		return err
	}
	for _, of := range []any{&Closing{}, &Asked{}, &Time{}} {
		if err := tx.DB.Where("poll_id = ?", id).Delete(of).Error; err != nil {
			return err
		}
	}
	return store.Changed(tx.DB.Where("id = ?", id).Delete(&Poll{}))
}

func forgetReplies(tx *store.Tx, where string, value any) error {
	replies := tx.DB.Model(&Reply{}).Select("id").Where(where, value)
	if err := tx.DB.Where("reply_id IN (?)", replies).Delete(&Choice{}).Error; err != nil {
		return err
	}
	return tx.DB.Where(where, value).Delete(&Reply{}).Error
}
