package access

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// LogReview is that somebody went through a sample of a month's log and signed it. It is never
// changed.
type LogReview struct {
	ID         uuid.UUID
	Month      string // 2026-10
	ReviewerID uuid.UUID
	SignedAt   time.Time
	Comment    string
	Entries    int64  // of the month
	SealNumber int64  // the chain's head when it was signed; 0: none
	SealHash   string // of that head
	ChainHeld  bool   // whether every seal did, then
}

// LogReviewEntry is one entry of the sample and what the reviewer remarked.
type LogReviewEntry struct {
	ReviewID uuid.UUID `gorm:"primaryKey"`
	EntryID  uuid.UUID `gorm:"primaryKey"`
	Position int64
	Remark   string // empty: nothing to remark
}

// Month is a calendar month in the installation's zone, as 2026-10.
type Month string

// ParseMonth reads a month. What is none is not found.
func ParseMonth(text string) (Month, error) {
	t, err := time.Parse("2006-01", text)
	if err != nil || t.Format("2006-01") != text || t.Year() < 2000 || t.Year() > 2100 {
		return "", fault.Missing()
	}
	return Month(text), nil
}

// monthOf is the month that an instant lies in.
func monthOf(t time.Time, zone *time.Location) Month { return Month(t.In(zone).Format("2006-01")) }

// bounds gives a month's first instant and the next one's.
func (m Month) bounds(zone *time.Location) (from, to time.Time) {
	first, _ := time.Parse("2006-01", string(m)) // it was parsed when it was made
	return time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, zone), time.Date(first.Year(), first.Month()+1, 1, 0, 0, 0, 0, zone)
}

// Number gives the month's number of the year, and the year.
func (m Month) Number() (year string, month int) {
	first, _ := time.Parse("2006-01", string(m))
	return strconv.Itoa(first.Year()), int(first.Month())
}

// next is the month after.
func (m Month) next() Month {
	first, _ := time.Parse("2006-01", string(m))
	return Month(first.AddDate(0, 1, 0).Format("2006-01"))
}

// ReviewMonth is a month of the log and its review, nil while it is not signed.
type ReviewMonth struct {
	Month  Month
	Review *LogReview
}

// ReviewMonths lists the whole months since the log began, the latest first.
func ReviewMonths(tx *store.Tx, by Actor, zone *time.Location) ([]ReviewMonth, error) {
	if err := by.Require(Manager, Administrator); err != nil {
		return nil, err
	}
	var first []LogEntry
	if err := tx.DB.Order("at, id").Limit(1).Find(&first).Error; err != nil || len(first) == 0 {
		return nil, err
	}
	var signed []LogReview
	if err := tx.DB.Find(&signed).Error; err != nil {
		return nil, err
	}
	var months []ReviewMonth
	for m := monthOf(first[0].At, zone); m < monthOf(tx.Now, zone); m = m.next() {
		month := ReviewMonth{Month: m}
		for n := range signed {
			if signed[n].Month == string(m) {
				month.Review = &signed[n]
			}
		}
		months = append(months, month)
	}
	slices.Reverse(months)
	return months, nil
}

// ToReview gives the months that wait for the actor to sign them, the earliest first: for managers,
// and for administrators where nobody is a manager.
func ToReview(tx *store.Tx, by Actor, zone *time.Location) ([]Month, error) {
	if !by.Is(Manager, Administrator) {
		return nil, nil
	}
	if !by.Is(Manager) {
		var n int64
		if err := tx.DB.Model(&Grant{}).Scopes(current(tx.Now)).Joins("JOIN identities ON identities.id = grants.identity_id AND identities.disabled_at IS NULL").
			Where("grants.role = ?", Manager).Count(&n).Error; err != nil || n > 0 {
			return nil, err
		}
	}
	months, err := ReviewMonths(tx, by, zone)
	var waiting []Month
	for _, m := range slices.Backward(months) {
		if m.Review == nil {
			waiting = append(waiting, m.Month)
		}
	}
	return waiting, err
}

// SignReview records that the actor has gone through a month's sample: what was remarked on which entry, and how the
// chain stood, which VerifyLog told. It refuses with fault.Conflict when the month is signed
// already or the sample is not the one that was seen.
func SignReview(tx *store.Tx, by Actor, m Month, zone *time.Location, seed string, remarks map[uuid.UUID]string, comment string, chain Chain) (*LogReview, error) {
	s, err := SampleMonth(tx, by, m, zone)
	if err != nil {
		return nil, err
	}
	if s.Review != nil {
		return nil, errSigned()
	}
	if s.Seed != seed {
		return nil, fault.New(fault.Conflict, "Urvalet är inte längre det du såg. Gå igenom det igen.")
	}
	if strings.TrimSpace(comment) != "" {
		if comment, err = deidentify.Text(tx.Now, "comment", comment, 2000); err != nil {
			return nil, err
		}
	}
	r := &LogReview{ID: store.NewID(), Month: string(m), ReviewerID: by.ID, SignedAt: tx.Now, Comment: strings.TrimSpace(comment), Entries: s.Total,
		SealNumber: chain.Head.Number, SealHash: chain.Head.Hash, ChainHeld: chain.Holds()}
	if err := tx.DB.Create(r).Error; store.IsDuplicate(err) {
		return nil, errSigned()
	} else if err != nil {
		return nil, err
	}
	rows, err := remarked(tx, r.ID, s.Entries, remarks)
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 {
		if err := tx.DB.Create(rows).Error; err != nil {
			return nil, err
		}
	}
	return r, Log(tx, by, "sign log review", "log-review", r.ID)
}

// remarked gives the rows of a review. It refuses with fault.Invalid, naming each entry that nothing
// was said of.
func remarked(tx *store.Tx, review uuid.UUID, entries []LogEntry, remarks map[uuid.UUID]string) ([]LogReviewEntry, error) {
	var rows []LogReviewEntry
	var mistakes []error
	for n, e := range entries {
		remark, known := remarks[e.ID]
		if !known {
			mistakes = append(mistakes, fault.On("fine-"+e.ID.String(), "Gå igenom raden: markera att det inte finns något att anmärka, eller skriv en anmärkning."))
			continue
		}
		remark, err := deidentify.OptionalLine(tx.Now, "remark-"+e.ID.String(), remark, 500)
		mistakes = append(mistakes, err)
		rows = append(rows, LogReviewEntry{review, e.ID, int64(n + 1), remark})
	}
	return rows, fault.Join(mistakes...)
}

func errSigned() error {
	return fault.New(fault.Conflict, "Månaden är redan granskad och signerad.")
}

// ExportReview writes a signed review as CSV: its own lines first, then the entries with what was
// remarked. It refuses with fault.Conflict while the month is not signed.
func ExportReview(tx *store.Tx, by Actor, m Month, zone *time.Location, w io.Writer) error {
	s, err := SampleMonth(tx, by, m, zone)
	if err != nil {
		return err
	}
	if s.Review == nil {
		return fault.New(fault.Conflict, "Månaden är inte signerad än. Signera den innan du hämtar den.")
	}
	r := s.Review
	out := csv.NewWriter(w)
	for _, line := range [][]string{{"month", r.Month}, {"signed_at", exact(r.SignedAt)}, {"reviewer_id", r.ReviewerID.String()}, {"reviewer", InCell(s.Names[r.ReviewerID])},
		{"comment", InCell(r.Comment)}, {"entries_of_month", strconv.FormatInt(r.Entries, 10)}, {"seal_number", strconv.FormatInt(r.SealNumber, 10)},
		{"seal_hash", r.SealHash}, {"chain_held", strconv.FormatBool(r.ChainHeld)}} {
		line = append(line, make([]string, len(csvColumns)+1-len(line))...) // as wide as what follows
		if err := out.Write(line); err != nil {
			return err
		}
	}
	if err := out.Write(append(slices.Clone(csvColumns), "remark")); err != nil {
		return err
	}
	for _, e := range s.Entries {
		if err := out.Write(append(e.csv(), InCell(s.Remarks[e.ID]))); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return Log(tx, by, "export log review", "log-review", r.ID)
}
