// Package report holds the yearly follow-up of the plan: what became of each forum's promise in a year or half a year, how each row of the
// plan stands, and what the group says of it. A follow-up is a draft that counts anew each time it is opened, until it is handed over to the
// committee: then it is frozen as one canonical document with its hash and its PDF, and nothing that happens later changes a word of it.
package report

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// Report is one follow-up. A correction of one that was handed over is a new one with the next number.
type Report struct {
	ID          uuid.UUID
	Year        int
	Half        int    // 0: the whole year; 1 or 2: half of it
	Number      int64  // 1; corrections have 2 and on
	Reason      string // why the former one is corrected; empty: it is the first
	Summary     string
	Outlook     string // what is needed from here on
	Version     int64
	CreatedAt   time.Time
	CreatedByID *uuid.UUID
	UpdatedAt   time.Time `gorm:"autoUpdateTime:false"`
	UpdatedByID *uuid.UUID

	Rows     []Row
	Handover *Handover
}

// TableName is the table of Report.
func (Report) TableName() string { return "follow_ups" }

// Row is what is said of one row of the plan.
type Row struct {
	ReportID uuid.UUID `gorm:"primaryKey"`
	PlanRow  string    `gorm:"primaryKey"` // as the plan calls it: a plan that is imported anew keeps what was said
	Status   Status
	Comment  string
}

// TableName is the table of Row.
func (Row) TableName() string { return "follow_up_rows" }

// Handover is that a follow-up was handed over to the committee, and what it said.
type Handover struct {
	ReportID   uuid.UUID `gorm:"primaryKey"`
	Date       almanac.Date
	Reference  string // number in the register; empty: none yet
	Document   string // canonical JSON
	SHA256     string `gorm:"column:sha256"` // of Document
	PDF        string `gorm:"column:pdf"`    // SHA-256 of the file
	IdentityID *uuid.UUID
	At         time.Time
}

// TableName is the table of Handover.
func (Handover) TableName() string { return "follow_up_handovers" }

// Status says how a row of the plan stands.
type Status string

// The statuses. Empty: nobody has said.
const (
	Done       Status = "done"
	Ongoing    Status = "ongoing"
	NotStarted Status = "notStarted"
	Late       Status = "late"
	Dropped    Status = "dropped"
)

// Statuses are all of them, in the order of a form.
var Statuses = []Status{Done, Ongoing, NotStarted, Late, Dropped}

// Period is the days that the follow-up is about.
func (r Report) Period() followup.Period { return periodOf(r.Year, r.Half) }

func periodOf(year, half int) followup.Period {
	if half == 0 {
		return followup.Year(year)
	}
	return followup.Half(year, half)
}

// HandedOver tells whether the follow-up is frozen.
func (r Report) HandedOver() bool { return r.Handover != nil }

// Due gives the periods whose follow-up should be made by now and is not handed over, without an id where it is not begun: a year's from
// 1 November, and where half years are followed up the first half's from 1 May until the year's takes over. A period in which nothing was
// promised asks for none.
func Due(tx *store.Tx, by access.Actor, zone *time.Location, halves bool) (due []Report, err error) {
	today := almanac.DateOf(tx.Now, zone)
	for _, r := range periodsDue(today, halves) {
		promised, err := promisedIn(tx, by, r.Period())
		if err != nil {
			return nil, err
		}
		var latest []Report
		if err := tx.DB.Preload("Handover").Where("year = ? AND half = ?", r.Year, r.Half).Order("number DESC").Limit(1).Find(&latest).Error; err != nil {
			return nil, err
		}
		switch {
		case len(latest) > 0 && !latest[0].HandedOver():
			due = append(due, latest[0])
		case len(latest) == 0 && promised:
			due = append(due, r)
		}
	}
	return due, nil
}

// periodsDue are the periods that are to be followed up on a day.
func periodsDue(today almanac.Date, halves bool) (all []Report) {
	if today.Month < time.November {
		all = append(all, Report{Year: today.Year - 1})
		if halves && today.Month >= time.May {
			all = append(all, Report{Year: today.Year, Half: 1})
		}
		return all
	}
	return append(all, Report{Year: today.Year})
}

// promisedIn tells whether a promise of the plan counts in a period.
func promisedIn(tx *store.Tx, by access.Actor, p followup.Period) (bool, error) {
	forums, err := forum.List(tx, by)
	return slices.ContainsFunc(forums, func(f forum.Forum) bool {
		return f.InPlan && f.Promise().Measured() && !f.PromisedFrom.After(p.To)
	}), err
}

// readers may read follow-ups; a registrar those that were handed over.
var readers = []access.Role{access.Coordinator, access.Manager, access.Registrar}

// visible keeps the follow-ups that the actor may read.
func visible(tx *store.Tx, by access.Actor) (*gorm.DB, error) {
	if err := by.Require(readers...); err != nil {
		return nil, err
	}
	q := tx.DB.Preload("Rows", func(q *gorm.DB) *gorm.DB { return q.Order("plan_row") }).Preload("Handover")
	if !by.Is(access.Coordinator, access.Manager) {
		q = q.Where("EXISTS (?)", tx.DB.Model(&Handover{}).Select("1").Where("follow_up_handovers.report_id = follow_ups.id"))
	}
	return q, nil
}

// List gives the follow-ups that the actor may read, the latest year first.
func List(tx *store.Tx, by access.Actor) ([]Report, error) {
	q, err := visible(tx, by)
	if err != nil {
		return nil, err
	}
	var all []Report
	return all, q.Order("year DESC, half DESC, number DESC").Find(&all).Error
}

// Find gives one follow-up. It refuses with fault.NotFound whoever may not read it.
func Find(tx *store.Tx, by access.Actor, id uuid.UUID) (*Report, error) {
	q, err := visible(tx, by)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	return r, store.Found(q.First(r, "follow_ups.id = ?", id).Error)
}

// Start begins a period's follow-up with what is suggested of each row of the plan. It refuses with fault.Invalid a period that has not
// begun, and with fault.Conflict one that is begun already.
func Start(tx *store.Tx, by access.Actor, zone *time.Location, year, half int) (*Report, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	var yearErr, halfErr error
	if half < 0 || half > 2 {
		halfErr = fault.On("half", "Välj ett av alternativen.")
	}
	if year < 2000 || year > 2100 {
		yearErr = fault.On("year", "Välj ett år mellan 2000 och 2100.")
	} else if halfErr == nil && periodOf(year, half).From.After(almanac.DateOf(tx.Now, zone)) {
		yearErr = fault.On("year", "Den tiden har inte börjat än. Välj ett tidigare år.")
	}
	if err := fault.Join(yearErr, halfErr); err != nil {
		return nil, err
	}
	r := &Report{Year: year, Half: half, Number: 1}
	p, err := plan.Current(tx, by)
	if err != nil {
		return nil, err
	}
	tied, err := tiedTo(tx, by, *r)
	if err != nil {
		return nil, err
	}
	for row, s := range suggestions(p, tied, r.Period().To, almanac.DateOf(tx.Now, zone)) {
		r.Rows = append(r.Rows, Row{PlanRow: row, Status: s.Status})
	}
	if err := r.create(tx, by); err != nil {
		return nil, err
	}
	return r, access.Log(tx, by, "start follow-up", "follow-up", r.ID)
}

// create keeps a new follow-up with its rows.
func (r *Report) create(tx *store.Tx, by access.Actor) error {
	r.ID, r.Version, r.CreatedAt, r.CreatedByID, r.UpdatedAt, r.UpdatedByID = store.NewID(), 1, tx.Now, by.By(), tx.Now, by.By()
	var n int64
	if err := tx.DB.Model(&Report{}).Where("year = ? AND half = ? AND number = ?", r.Year, r.Half, r.Number).Count(&n).Error; err != nil {
		return err
	}
	taken := fault.New(fault.Conflict, "Den uppföljningen finns redan. Öppna den i listan.")
	if n > 0 {
		return taken
	}
	if err := tx.DB.Omit("Rows", "Handover").Create(r).Error; err != nil {
		if store.IsDuplicate(err) { // somebody was first
			return taken
		}
		return err
	}
	return r.keepRows(tx)
}

func (r *Report) keepRows(tx *store.Tx) error {
	for n := range r.Rows {
		r.Rows[n].ReportID = r.ID
		if err := tx.DB.Save(&r.Rows[n]).Error; err != nil {
			return err
		}
	}
	return nil
}

// Texts are what people say in a follow-up.
type Texts struct {
	Summary string
	Outlook string
	Rows    []Row
}

// Limits of what is said, in characters.
const (
	maxText    = 8000
	maxComment = 1000
)

// check refuses with fault.Invalid, naming each field: those of a row are status-1.2 and comment-1.2.
func (t *Texts) check(tx *store.Tx, by access.Actor) error {
	var errs []error
	text := func(field, said string, max int) string {
		if said == "" {
			return ""
		}
		said, err := deidentify.Text(tx.Now, field, said, max)
		errs = append(errs, err)
		return said
	}
	t.Summary, t.Outlook = text("summary", t.Summary, maxText), text("outlook", t.Outlook, maxText)
	p, err := plan.Current(tx, by)
	if err != nil {
		return err
	}
	for n := range t.Rows {
		r := &t.Rows[n]
		if r.Status != "" && !slices.Contains(Statuses, r.Status) {
			errs = append(errs, fault.On("status-"+r.PlanRow, "Välj ett av alternativen."))
		}
		if p.Row(r.PlanRow) == nil {
			errs = append(errs, fault.On("status-"+r.PlanRow, "Raden finns inte i planen längre. Läs in sidan igen."))
		}
		r.Comment = text("comment-"+r.PlanRow, r.Comment, maxComment)
	}
	return fault.Join(errs...)
}

// Save keeps what is said; rows that are not named stay as they are. It refuses with fault.Conflict when somebody has changed the follow-up
// since version or it was handed over, and with fault.Invalid texts that are too long or hold a number of a person.
func Save(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, t Texts) (*Report, error) {
	r, err := lock(tx, by, id)
	if err != nil {
		return nil, err
	}
	if r.Version != version {
		return nil, fault.New(fault.Conflict, "Någon annan har ändrat uppföljningen. Läs in sidan igen.")
	}
	if err := t.check(tx, by); err != nil {
		return nil, err
	}
	r.Summary, r.Outlook, r.Version = t.Summary, t.Outlook, r.Version+1
	err = tx.DB.Model(&Report{}).Where("id = ?", id).
		Updates(map[string]any{"summary": r.Summary, "outlook": r.Outlook, "version": r.Version, "updated_at": tx.Now, "updated_by_id": by.By()}).Error
	if err != nil {
		return nil, err
	}
	r.Rows = t.Rows
	if err := r.keepRows(tx); err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "change follow-up", "follow-up", id); err != nil {
		return nil, err
	}
	return Find(tx, by, id)
}

// lock gives a draft to whoever may write it. It refuses with fault.Conflict one that was handed over.
func lock(tx *store.Tx, by access.Actor, id uuid.UUID) (*Report, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	if err := tx.Hold(&Report{}, id); err != nil {
		return nil, err
	}
	r, err := Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	if r.HandedOver() {
		return nil, fault.New(fault.Conflict, "Uppföljningen är överlämnad och kan inte ändras. Gör en rättelse i stället.")
	}
	return r, nil
}
