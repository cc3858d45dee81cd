package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// LogSeal is one link of the chain that the log is kept in: its hash covers its entries and the
// seal before, so that no entry can be changed, taken out or put in afterwards without breaking it.
type LogSeal struct {
	Number   int64     `gorm:"primaryKey;autoIncrement:false"` // 1, 2, 3 …
	FirstAt  time.Time // of its earliest entry
	LastAt   time.Time // of its latest entry
	Entries  int64     // how many it covers
	Previous string    // hash of the seal before; empty for the first
	Hash     string    // SHA-256, hexadecimal
	SealedAt time.Time
}

// LogSealEntry says which seal an entry is in. It is a row of its own because entries are never
// changed, and because no order of theirs can be relied on: a transaction may commit after another
// one whose entries are later. Its entries then come into the next seal.
type LogSealEntry struct {
	EntryID    uuid.UUID `gorm:"primaryKey"`
	SealNumber int64
	Position   int64 // from 1
}

// sealAfter leaves alone what is so young that most transactions of its time may still be open.
// Nothing depends on it: what commits later is sealed later.
const sealAfter = 5 * time.Minute

// sealSize is the largest number of entries of a seal, so that making one is short.
const sealSize = 2000

// SealLog seals what is not sealed yet, as often as there is a whole batch left, and gives the new
// seals. What it reads is a snapshot and what it writes are rows of its own, so nobody waits
// for it. When another instance makes the same seal, its number is refused here and nothing more is done.
func SealLog(ctx context.Context, db *store.DB) (made []LogSeal, err error) {
	for {
		s, entries, err := nextSeal(ctx, db)
		if err != nil || s == nil {
			return made, err
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			s.SealedAt = tx.Now
			s.Hash = s.digest(entries)
			if err := tx.DB.Create(s).Error; err != nil {
				return err
			}
			members := make([]LogSealEntry, len(entries))
			for n, e := range entries {
				members[n] = LogSealEntry{e.ID, s.Number, int64(n + 1)}
			}
			return tx.DB.CreateInBatches(members, 500).Error
		})
		if store.IsDuplicate(err) {
			return made, nil
		}
		if err != nil {
			return made, err
		}
		made = append(made, *s)
		if len(entries) < sealSize {
			return made, nil
		}
	}
}

// nextSeal gives the seal that is to be made and its entries, nil when there is nothing to seal.
func nextSeal(ctx context.Context, db *store.DB) (s *LogSeal, entries []LogEntry, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		head, err := LogHead(tx)
		if err != nil {
			return err
		}
		if err := unsealed(tx).Where("log_entries.at <= ?", tx.Now.Add(-sealAfter)).
			Order("log_entries.at, log_entries.id").Limit(sealSize).Find(&entries).Error; err != nil || len(entries) == 0 {
			return err
		}
		s = &LogSeal{Number: head.Number + 1, Previous: head.Hash, Entries: int64(len(entries)), FirstAt: entries[0].At, LastAt: entries[len(entries)-1].At}
		return nil
	})
	return s, entries, err
}

// unsealed keeps the entries that are in no seal.
func unsealed(tx *store.Tx) *gorm.DB {
	return tx.DB.Model(&LogEntry{}).Where("NOT EXISTS (?)",
		tx.DB.Model(&LogSealEntry{}).Select("1").Where("log_seal_entries.entry_id = log_entries.id"))
}

// LogHead gives the latest seal; its number is 0 when there is none.
func LogHead(tx *store.Tx) (LogSeal, error) {
	var head LogSeal
	return head, tx.DB.Order("number DESC").Limit(1).Find(&head).Error
}

// digest gives the hash of a seal with its entries in their order. Every value is told with its
// length before it, so that no two different logs are the same octets.
func (s LogSeal) digest(entries []LogEntry) string {
	h := sha256.New()
	for _, value := range []string{"samverkan log seal 1", strconv.FormatInt(s.Number, 10), s.Previous, strconv.Itoa(len(entries)), exact(s.FirstAt), exact(s.LastAt), exact(s.SealedAt)} {
		measured(h, value)
	}
	for _, e := range entries {
		for _, value := range e.values() {
			measured(h, value)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func measured(w io.Writer, value string) { fmt.Fprintf(w, "%d:%s\n", len(value), value) }

// values are all columns of an entry as text. A column that is added belongs here, last.
func (e LogEntry) values() []string {
	return []string{e.ID.String(), exact(e.At), idText(e.IdentityID), e.Actor, e.Action, e.ObjectKind, idText(e.ObjectID), e.Outcome}
}

// exact is an instant as both databases keep it: UTC, microseconds.
func exact(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

func idText(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

// Break is a seal that does not hold, and why.
type Break struct {
	Number int64
	Why    lang.Sentence
}

// Chain is what checking the chain found.
type Chain struct {
	Head     LogSeal
	Sealed   int64 // entries in seals
	Unsealed int64 // entries that are in none yet
	Breaks   []Break
}

// Holds tells whether every seal does.
func (c Chain) Holds() bool { return len(c.Breaks) == 0 }

// VerifyLog computes the chain anew from the entries, seal by seal, each on a snapshot of its own:
// what is there never changes. progress, which may be nil, is called after each with how many there
// are. A seal is compared with what the one before says of itself, so one that was tampered with
// is named alone.
func VerifyLog(ctx context.Context, db *store.DB, progress func(done, total int64)) (Chain, error) {
	var c Chain
	if err := db.Read(ctx, func(tx *store.Tx) (err error) {
		if c.Head, err = LogHead(tx); err != nil {
			return err
		}
		return unsealed(tx).Count(&c.Unsealed).Error
	}); err != nil {
		return c, err
	}
	before := LogSeal{}
	for number := int64(1); number <= c.Head.Number; number++ {
		if err := db.Read(ctx, func(tx *store.Tx) error { return c.check(tx, number, &before) }); err != nil {
			return c, err
		}
		if progress != nil {
			progress(number, c.Head.Number)
		}
	}
	return c, nil
}

// check looks at one seal. before is the one before it as it stands in the database.
func (c *Chain) check(tx *store.Tx, number int64, before *LogSeal) error {
	s, err := FindSeal(tx, number)
	if err != nil {
		return err
	}
	broken := func(why lang.Sentence) { c.Breaks = append(c.Breaks, Break{number, why}) }
	if s == nil {
		*before = LogSeal{}
		broken(lang.Say("Förseglingen saknas."))
		return nil
	}
	var entries []LogEntry
	if err := tx.DB.Joins("JOIN log_seal_entries ON log_seal_entries.entry_id = log_entries.id").Where("log_seal_entries.seal_number = ?", number).
		Order("log_seal_entries.position").Find(&entries).Error; err != nil {
		return err
	}
	c.Sealed += int64(len(entries))
	switch {
	case int64(len(entries)) != s.Entries:
		broken(lang.Say("Den ska ha %d poster och har %d.", s.Entries, len(entries)))
	case s.Previous != before.Hash:
		broken(lang.Say("Den hänger inte ihop med förseglingen före."))
	case s.Hash != s.digest(entries):
		broken(lang.Say("Någon av dess poster är ändrad."))
	}
	*before = *s
	return nil
}

// FindSeal gives the seal with a number, nil when there is none.
func FindSeal(tx *store.Tx, number int64) (*LogSeal, error) {
	var found []LogSeal
	err := tx.DB.Limit(1).Find(&found, "number = ?", number).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}
