package access

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/store"
)

// LogEntry says who did or read what, when. It never holds content, titles, names or tokens.
type LogEntry struct {
	ID         uuid.UUID
	At         time.Time
	IdentityID *uuid.UUID
	Actor      string // identity, guest or system
	Action     string
	ObjectKind string
	ObjectID   *uuid.UUID
	Outcome    string
}

// Log records an act in the transaction that does it.
func Log(tx *store.Tx, by Actor, action, kind string, object uuid.UUID) error {
	return record(tx, by, action, kind, object, "done")
}

// Refused records an act that was not let through.
func Refused(tx *store.Tx, by Actor, action, kind string, object uuid.UUID) error {
	return record(tx, by, action, kind, object, "refused")
}

func record(tx *store.Tx, by Actor, action, kind string, object uuid.UUID, outcome string) error {
	actor := "identity"
	switch {
	case by.system:
		actor = "system"
	case !by.SignedIn():
		actor = "guest"
	}
	e := LogEntry{ID: store.NewID(), At: tx.Now, IdentityID: by.By(), Actor: actor, Action: action, ObjectKind: kind, Outcome: outcome}
	if object != uuid.Nil {
		e.ObjectID = &object
	}
	return tx.DB.Create(&e).Error
}

// calendar is the counter that feeds are keyed on.
const calendar = "calendar"

// Counter counts the changes of something that is cached.
type Counter struct {
	Name      string `gorm:"primaryKey"`
	Version   int64
	ChangedAt time.Time // rises by at least a second with every change, as HTTP dates do
}

// TableName is the table of Counter.
func (Counter) TableName() string { return "change_counters" }

// CalendarChanged is called in every transaction that may change what a feed shows.
func CalendarChanged(tx *store.Tx) error {
	if !tx.Once("calendar changed") {
		return nil
	}
	now := tx.Now.Truncate(time.Second)
	first := Counter{Name: calendar, Version: 0, ChangedAt: now.Add(-time.Second)}
	if err := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).Create(&first).Error; err != nil {
		return err
	}
	var c Counter
	if err := tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).First(&c, "name = ?", calendar).Error; err != nil {
		return err
	}
	if !now.After(c.ChangedAt) {
		now = c.ChangedAt.Add(time.Second)
	}
	return tx.DB.Model(&Counter{}).Where("name = ?", calendar).
		Updates(map[string]any{"version": gorm.Expr("version + 1"), "changed_at": now}).Error
}

// CalendarVersion is the counter as it stands.
func CalendarVersion(tx *store.Tx) (Counter, error) {
	c := Counter{Name: calendar, ChangedAt: time.Unix(0, 0).UTC()}
	err := tx.DB.Limit(1).Find(&c, "name = ?", calendar).Error
	return c, err
}
