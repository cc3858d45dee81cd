package minutes

import (
	"encoding/json"
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

// FinishedOn gives the day on which the notes of meetings of forums were first finished, by meeting. It tells nothing
// else of them. The caller has found the forums for whoever asks.
func FinishedOn(tx *store.Tx, forums []uuid.UUID, from, to almanac.Date, zone *time.Location) (map[uuid.UUID]almanac.Date, error) {
	var all []struct {
		MeetingID uuid.UUID
		At        time.Time
	}
	err := tx.DB.Model(&Frozen{}).Select("minutes.meeting_id, minutes_versions.at").
		Joins("JOIN minutes ON minutes.id = minutes_versions.minutes_id JOIN meetings ON meetings.id = minutes.meeting_id").
		Where("minutes_versions.number = 1 AND meetings.forum_id IN ? AND meetings.date BETWEEN ? AND ?", forums, from, to).Find(&all).Error
	days := map[uuid.UUID]almanac.Date{}
	for _, f := range all {
		days[f.MeetingID] = almanac.DateOf(f.At, zone)
	}
	return days, err
}

// FrozenPresences gives who came to the meetings of some days as their finished notes say, in the latest version of
// each: Presences asks the living rows, which a correction in writing may have changed. Of forums whose notes the actor may read.
func FrozenPresences(tx *store.Tx, by access.Actor, from, to almanac.Date) (all []Presence, err error) {
	err = eachBetween(tx, by, from, to, func(v dated) error {
		var d struct{ Attendance []DocumentPerson }
		if err := json.Unmarshal([]byte(v.Document), &d); err != nil {
			return err
		}
		for _, p := range d.Attendance {
			all = append(all, Presence{v.ForumID, v.MeetingID, v.Date, p.Organisation, p.Role, p.State})
		}
		return nil
	})
	return all, err
}

// dated is a frozen document with the meeting that it is of.
type dated struct {
	ForumID   uuid.UUID
	MeetingID uuid.UUID
	Date      almanac.Date
	Document  string
}

// eachBetween calls fn with the latest frozen document of each meeting of some days whose notes the actor may read, in order of time.
func eachBetween(tx *store.Tx, by access.Actor, from, to almanac.Date, fn func(dated) error) error {
	var versions []dated
	newer := tx.DB.Table("minutes_versions AS newer").Select("1").Where("newer.minutes_id = minutes_versions.minutes_id AND newer.number > minutes_versions.number")
	err := tx.DB.Model(&Frozen{}).Select("meetings.forum_id, meetings.id AS meeting_id, meetings.date, minutes_versions.document").
		Joins("JOIN minutes ON minutes.id = minutes_versions.minutes_id JOIN meetings ON meetings.id = minutes.meeting_id").
		Where("meetings.date BETWEEN ? AND ? AND NOT EXISTS (?)", from, to, newer).Scopes(by.ReadsNotes(tx, "meetings.forum_id")).
		Order("meetings.starts_at, meetings.id").Find(&versions).Error
	if err != nil {
		return err
	}
	for _, v := range versions {
		if err := fn(v); err != nil {
			return err
		}
	}
	return nil
}
