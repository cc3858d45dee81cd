package access

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Sample sizes: 20 entries or one in twenty, whichever is more, and never more than 100.
const (
	sampleLeast = 20
	sampleMost  = 100
	sampleShare = 20
)

// telling are the actions that a sample always holds some of: reading what was said at meetings, and
// changing who may.
func telling(action string) bool {
	switch action {
	case "read minutes", "read decisions", "open draft", "list actions", "list relay items", "read relay item", "read letter", "search",
		"create identity", "disable identity", "set password", "create api token", "export log":
		return true
	}
	return strings.HasPrefix(action, "give ")
}

// Sampled is what a month's reviewer looks at.
type Sampled struct {
	Month   Month
	Entries []LogEntry // of the sample, in their order
	Total   int64      // of the month
	Seed    string     // what the choice was made by; signing carries it, so that what is signed is what was seen
	Review  *LogReview
	Remarks map[uuid.UUID]string // of a signed review
	Names   map[uuid.UUID]string // of who did what, and of the reviewer
}

// SampleMonth chooses entries of a month by a hash of the month and the seal that covers the last of it: nobody can
// know beforehand what will be looked at, and everybody can see afterwards that it was not
// picked. A signed month gives what was signed. It refuses with fault.NotFound when the month is not over, and with
// fault.Conflict while some of it is not sealed.
func SampleMonth(tx *store.Tx, by Actor, m Month, zone *time.Location) (*Sampled, error) {
	if err := by.Require(Manager, Administrator); err != nil {
		return nil, err
	}
	var signed []LogReview
	if err := tx.DB.Limit(1).Find(&signed, "month = ?", m).Error; err != nil {
		return nil, err
	}
	s := &Sampled{Month: m, Remarks: map[uuid.UUID]string{}}
	var err error
	if len(signed) > 0 {
		err = s.asSigned(tx, &signed[0])
	} else {
		err = s.choose(tx, zone)
	}
	if err != nil {
		return nil, err
	}
	named := s.Entries
	if s.Review != nil {
		named = append(slices.Clone(named), LogEntry{IdentityID: &s.Review.ReviewerID})
	}
	s.Names, err = namesIn(tx, named)
	return s, err
}

func (s *Sampled) asSigned(tx *store.Tx, r *LogReview) error {
	s.Review, s.Total = r, r.Entries
	var rows []LogReviewEntry
	if err := tx.DB.Order("position").Find(&rows, "review_id = ?", r.ID).Error; err != nil {
		return err
	}
	for _, row := range rows {
		s.Remarks[row.EntryID] = row.Remark
	}
	return tx.DB.Joins("JOIN log_review_entries ON log_review_entries.entry_id = log_entries.id").
		Where("log_review_entries.review_id = ?", r.ID).Order("log_review_entries.position").Find(&s.Entries).Error
}

// choose gives the sample of a month that is not signed.
func (s *Sampled) choose(tx *store.Tx, zone *time.Location) error {
	if s.Month >= monthOf(tx.Now, zone) {
		return fault.Missing()
	}
	from, to := s.Month.bounds(zone)
	month := func() *gorm.DB {
		return tx.DB.Model(&LogEntry{}).Where("log_entries.at >= ? AND log_entries.at < ?", from, to)
	}
	var open int64
	if err := unsealed(tx).Where("log_entries.at >= ? AND log_entries.at < ?", from, to).Count(&open).Error; err != nil {
		return err
	}
	if open > 0 {
		return fault.New(fault.Conflict, "Loggen för månaden är inte förseglad än. Det sker varje timme. Försök igen om en stund.")
	}
	var last []LogSeal
	if err := tx.DB.Where("number = (?)", month().Joins("JOIN log_seal_entries ON log_seal_entries.entry_id = log_entries.id").
		Select("MAX(log_seal_entries.seal_number)")).Find(&last).Error; err != nil {
		return err
	}
	seed := sha256.New()
	measured(seed, string(s.Month))
	if len(last) > 0 {
		measured(seed, last[0].Hash)
	}
	s.Seed = fmt.Sprintf("%x", seed.Sum(nil))
	var all []drawn
	if err := month().Select("log_entries.id", "log_entries.action").Find(&all).Error; err != nil {
		return err
	}
	s.Total = int64(len(all))
	ids := draw(all, s.Seed)
	if len(ids) == 0 {
		return nil
	}
	return tx.DB.Where("id IN ?", ids).Order("at, id").Find(&s.Entries).Error
}

// drawn is an entry in the draw.
type drawn struct {
	ID     uuid.UUID
	Action string
	rank   [sha256.Size]byte
}

// draw chooses by rank, up to half of them from the telling ones first.
func draw(all []drawn, seed string) []uuid.UUID {
	size := min(len(all), sampleMost, max(sampleLeast, (len(all)+sampleShare-1)/sampleShare))
	for n := range all {
		all[n].rank = sha256.Sum256([]byte(seed + all[n].ID.String()))
	}
	slices.SortFunc(all, func(a, b drawn) int { return bytes.Compare(a.rank[:], b.rank[:]) })
	ids := make([]uuid.UUID, 0, size)
	for _, d := range all {
		if len(ids) < size/2 && telling(d.Action) {
			ids = append(ids, d.ID)
		}
	}
	for _, d := range all {
		if len(ids) < size && !slices.Contains(ids, d.ID) {
			ids = append(ids, d.ID)
		}
	}
	return ids
}
