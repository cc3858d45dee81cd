package meeting

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// ForeignEvent is what another convener's invitations call a meeting. It is a key of its own, apart
// from the UID that the meeting has in our feeds: another organizer may use any UID, ours too.
type ForeignEvent struct {
	ID         uuid.UUID
	MeetingID  uuid.UUID
	Organizer  string // address, lower case
	UID        string `gorm:"column:uid"`
	Recurrence string // RECURRENCE-ID as an instant; empty: the event itself
	Sequence   int64
	Stamp      time.Time
	At         time.Time
}

// TableName is the table of ForeignEvent.
func (ForeignEvent) TableName() string { return "foreign_events" }

// ByUID gives the meeting that has a UID, for whoever holds an invitation to it.
func ByUID(tx *store.Tx, uid string) (*Meeting, error) {
	m := &Meeting{}
	return m, store.Found(whole(tx).First(m, "meetings.uid = ?", uid).Error)
}

// Foreign gives what an organizer calls its event, nil when it is not known.
func Foreign(tx *store.Tx, organizer, uid, recurrence string) (*ForeignEvent, error) {
	var found []ForeignEvent
	err := tx.DB.Where("organizer = ? AND uid = ? AND recurrence = ?", organizer, uid, recurrence).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// ForeignUID lists every event that organizers call so.
func ForeignUID(tx *store.Tx, uid string) (all []ForeignEvent, err error) {
	return all, tx.DB.Where("uid = ?", uid).Order("recurrence, id").Find(&all).Error
}

// Adopt remembers what the organizer of a meeting calls it. It refuses with fault.Conflict when its
// event is another meeting already.
func Adopt(tx *store.Tx, e ForeignEvent) error {
	known, err := Foreign(tx, e.Organizer, e.UID, e.Recurrence)
	if err != nil {
		return err
	}
	if known != nil {
		return fault.New(fault.Conflict, "Mötet finns redan här.")
	}
	e.ID, e.At = store.NewID(), tx.Now
	return tx.DB.Create(&e).Error
}

// Heard remembers the version in which an event was last heard of.
func Heard(tx *store.Tx, e *ForeignEvent, sequence int64, stamp time.Time) error {
	return tx.DB.Model(&ForeignEvent{}).Where("id = ?", e.ID).Updates(map[string]any{"sequence": sequence, "stamp": stamp}).Error
}

// Renamed remembers what an organizer now calls an event, and its version: a whole series that was moved has
// other occurrences.
func Renamed(tx *store.Tx, e *ForeignEvent, now ForeignEvent) error {
	return tx.DB.Model(&ForeignEvent{}).Where("id = ?", e.ID).Updates(map[string]any{"recurrence": now.Recurrence, "sequence": now.Sequence, "stamp": now.Stamp}).Error
}

// FollowMove moves a meeting of another convener to the time that it says. It refuses as Reschedule does.
func FollowMove(tx *store.Tx, id uuid.UUID, t Time) (*Meeting, error) {
	m, err := byID(tx, id)
	if err != nil {
		return nil, err
	}
	return Reschedule(tx, access.System(), id, m.Version, t)
}

// FollowCancel calls a meeting off because its convener did. It refuses as Cancel does.
func FollowCancel(tx *store.Tx, id uuid.UUID) (*Meeting, error) {
	m, err := byID(tx, id)
	if err != nil {
		return nil, err
	}
	return Cancel(tx, access.System(), id, m.Version, "")
}
