package access

import (
	"encoding/csv"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/store"
)

// LogSelection says which entries are asked for.
type LogSelection struct {
	From, To time.Time  // To exclusive; zero: no limit
	Identity *uuid.UUID // nil: anybody
	Actor    string     // guest or system; empty: any
	Action   string     // empty: any
	Limit    int        // 0: all
	Offset   int
}

// readsLog keeps the entries that the actor may read: administrators, managers and registrars all, a
// coordinator what she did herself (domain.md §2.5).
func readsLog(tx *store.Tx, by Actor) (*gorm.DB, error) {
	if err := by.Require(Administrator, Manager, Registrar, Coordinator); err != nil {
		return nil, err
	}
	q := tx.DB.Model(&LogEntry{})
	if !by.Is(Administrator, Manager, Registrar) {
		q = q.Where("log_entries.identity_id = ?", by.ID)
	}
	return q, nil
}

func (s LogSelection) narrow(q *gorm.DB) *gorm.DB {
	if !s.From.IsZero() {
		q = q.Where("log_entries.at >= ?", s.From)
	}
	if !s.To.IsZero() {
		q = q.Where("log_entries.at < ?", s.To)
	}
	if s.Identity != nil {
		q = q.Where("log_entries.identity_id = ?", *s.Identity)
	}
	if s.Actor != "" {
		q = q.Where("log_entries.actor = ?", s.Actor)
	}
	if s.Action != "" {
		q = q.Where("log_entries.action = ?", s.Action)
	}
	return q
}

// LogEntries lists the entries that the actor may read, the newest first, and how many there are.
func LogEntries(tx *store.Tx, by Actor, s LogSelection) (entries []LogEntry, total int64, err error) {
	q, err := readsLog(tx, by)
	if err != nil {
		return nil, 0, err
	}
	q = s.narrow(q).Session(&gorm.Session{})
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, err
	}
	if s.Limit > 0 {
		q = q.Limit(s.Limit).Offset(s.Offset)
	}
	return entries, total, q.Order("log_entries.at DESC, log_entries.id DESC").Find(&entries).Error
}

// Named are those whom log entries tell of, by id, and the actions that occur: what a page of the
// log can be narrowed by.
type Named struct {
	Names   map[uuid.UUID]string
	Actions []string
}

// InLog gives who and which actions occur in the entries that the actor may read.
func InLog(tx *store.Tx, by Actor) (Named, error) {
	n := Named{Names: map[uuid.UUID]string{}}
	q, err := readsLog(tx, by)
	if err != nil {
		return n, err
	}
	q = q.Session(&gorm.Session{})
	if err := q.Distinct().Order("action").Pluck("action", &n.Actions).Error; err != nil {
		return n, err
	}
	var who []Identity
	err = tx.DB.Select("id", "name").Where("id IN (?)", q.Select("identity_id").Where("identity_id IS NOT NULL")).Find(&who).Error
	for _, i := range who {
		n.Names[i.ID] = i.Name
	}
	return n, err
}

// ReadersOf gives the latest entries that say that somebody read an object, the newest first. Who
// may ask is the caller's to decide: it shows the object.
func ReadersOf(tx *store.Tx, kind string, object uuid.UUID, limit int, actions ...string) (entries []LogEntry, names map[uuid.UUID]string, err error) {
	if err := tx.DB.Where("object_kind = ? AND object_id = ? AND action IN ?", kind, object, actions).
		Order("at DESC, id DESC").Limit(limit).Find(&entries).Error; err != nil {
		return nil, nil, err
	}
	names, err = namesIn(tx, entries)
	return entries, names, err
}

func namesIn(tx *store.Tx, entries []LogEntry) (map[uuid.UUID]string, error) {
	var ids []uuid.UUID
	for _, e := range entries {
		if e.IdentityID != nil {
			ids = append(ids, *e.IdentityID)
		}
	}
	return NamesOf(tx, ids)
}

// NamesOf gives the names of identities, whoever asks: it is shown to those who see what they did.
func NamesOf(tx *store.Tx, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var who []Identity
	err := tx.DB.Select("id", "name").Where("id IN ?", ids).Find(&who).Error
	for _, i := range who {
		names[i.ID] = i.Name
	}
	return names, err
}

// ExportLog writes entries as WriteLog does and logs that it did.
func ExportLog(tx *store.Tx, by Actor, s LogSelection, w io.Writer) (rows int, err error) {
	if rows, err = WriteLog(tx, by, s, w); err != nil {
		return rows, err
	}
	return rows, Log(tx, by, "export log", "log", uuid.Nil)
}

// WriteLog writes entries, the oldest first, as CSV (RFC 4180) in UTF-8 with a header. Coordinators
// read the log and do not take it out: to them it is not found.
func WriteLog(tx *store.Tx, by Actor, s LogSelection, w io.Writer) (rows int, err error) {
	if err := by.Require(Administrator, Manager, Registrar); err != nil {
		return 0, err
	}
	found, err := s.narrow(tx.DB.Model(&LogEntry{})).Order("log_entries.at, log_entries.id").Rows()
	if err != nil {
		return 0, err
	}
	defer found.Close()
	out := csv.NewWriter(w)
	if err := out.Write(csvColumns); err != nil {
		return 0, err
	}
	for ; found.Next(); rows++ {
		var e LogEntry
		if err := tx.DB.ScanRows(found, &e); err != nil {
			return rows, err
		}
		if err := out.Write(e.csv()); err != nil {
			return rows, err
		}
	}
	if err := found.Err(); err != nil {
		return rows, err
	}
	out.Flush()
	return rows, out.Error()
}

var csvColumns = []string{"id", "at", "actor", "identity_id", "action", "object_kind", "object_id", "outcome"}

func (e LogEntry) csv() []string {
	return []string{e.ID.String(), exact(e.At), e.Actor, idText(e.IdentityID), e.Action, e.ObjectKind, idText(e.ObjectID), e.Outcome}
}

// InCell keeps a spreadsheet from taking a text that somebody wrote for a formula.
func InCell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
