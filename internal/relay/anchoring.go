package relay

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// PlanRequest is that a workplace was asked to go through a version of the plan at its APT.
type PlanRequest struct {
	ID          uuid.UUID
	WorkplaceID uuid.UUID
	PlanID      uuid.UUID
	Due         almanac.Date
	AskedAt     time.Time
	AskedByID   *uuid.UUID
}

// Confirmation is that a workplace has gone through a version of the plan at an APT.
type Confirmation struct {
	ID          uuid.UUID
	WorkplaceID uuid.UUID
	PlanID      uuid.UUID
	Date        almanac.Date
	IdentityID  *uuid.UUID // nil: by the manager's link
	At          time.Time
}

// TableName is the table of Confirmation.
func (Confirmation) TableName() string { return "plan_confirmations" }

// Introduction is how many new hires were introduced to the plan at a workplace on a day. It has no field
// for who they are.
type Introduction struct {
	ID          uuid.UUID
	WorkplaceID uuid.UUID
	PlanID      uuid.UUID
	Date        almanac.Date
	NewHires    int64
	IdentityID  *uuid.UUID // nil: by the manager's link
	At          time.Time
}

// mostHires bounds what is counted on one day: more is a slip of the finger.
const mostHires = 200

// mayAnchor lets a coordinator say what she was told, and a guest by the manager's link.
func mayAnchor(by access.Actor) error {
	if by.SignedIn() {
		return by.Require(access.Coordinator)
	}
	return nil
}

// AskForPlan records that a workplace is asked to go through a plan by a last day. Asking again moves the
// day.
func AskForPlan(tx *store.Tx, by access.Actor, workplace, planID uuid.UUID, due almanac.Date) (*PlanRequest, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	r := &PlanRequest{store.NewID(), workplace, planID, due, tx.Now, by.By()}
	err := tx.DB.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "workplace_id"}, {Name: "plan_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"due", "asked_at", "asked_by_id"})}).Create(r).Error
	if err != nil {
		return nil, err
	}
	if err := tx.DB.First(r, "workplace_id = ? AND plan_id = ?", workplace, planID).Error; err != nil {
		return nil, err
	}
	return r, access.Log(tx, by, "ask for the plan", "workplace", workplace)
}

// Confirm records the day of the APT at which a workplace went through a plan. The same day again changes
// nothing. It refuses with fault.Invalid for a day to come.
func Confirm(tx *store.Tx, by access.Actor, workplace, planID uuid.UUID, date, today almanac.Date) error {
	if err := mayAnchor(by); err != nil {
		return err
	}
	if err := hasBeen(date, today); err != nil {
		return err
	}
	c := &Confirmation{store.NewID(), workplace, planID, date, by.By(), tx.Now}
	done := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).Create(c)
	if done.Error != nil || done.RowsAffected == 0 {
		return done.Error
	}
	return access.Log(tx, by, "confirm the plan at a workplace", "workplace", workplace)
}

// TakeBack removes a confirmation that was a mistake.
func TakeBack(tx *store.Tx, by access.Actor, workplace, confirmation uuid.UUID) error {
	if err := by.Require(access.Coordinator); err != nil {
		return err
	}
	if err := store.Changed(tx.DB.Delete(&Confirmation{}, "id = ? AND workplace_id = ?", confirmation, workplace)); err != nil {
		return err
	}
	return access.Log(tx, by, "take back a confirmation of the plan", "workplace", workplace)
}

// Introduce records how many new hires were introduced on a day. The same day again replaces the number. It
// refuses with fault.Invalid for a day to come and for what is no likely number.
func Introduce(tx *store.Tx, by access.Actor, workplace, planID uuid.UUID, date almanac.Date, newHires int64, today almanac.Date) error {
	if err := mayAnchor(by); err != nil {
		return err
	}
	var numberErr error
	if newHires < 0 || newHires > mostHires {
		numberErr = fault.On("newHires", "Skriv ett antal mellan 0 och %d.", mostHires)
	}
	if err := fault.Join(hasBeen(date, today), numberErr); err != nil {
		return err
	}
	i := &Introduction{store.NewID(), workplace, planID, date, newHires, by.By(), tx.Now}
	err := tx.DB.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "workplace_id"}, {Name: "plan_id"}, {Name: "date"}},
		DoUpdates: clause.AssignmentColumns([]string{"new_hires", "identity_id", "at"})}).Create(i).Error
	if err != nil {
		return err
	}
	return access.Log(tx, by, "count new hires at a workplace", "workplace", workplace)
}

func hasBeen(date, today almanac.Date) error {
	switch {
	case date.IsZero():
		return fault.On("date", "Skriv vilken dag det var.")
	case date.After(today):
		return fault.On("date", "Datumet har inte varit än. Bekräfta när det är gjort.")
	}
	return nil
}

// Anchor is how a plan stands at one workplace in a period.
type Anchor struct {
	Workplace     partner.Workplace
	Request       *PlanRequest   // nil: it was not asked
	Confirmations []Confirmation // in the period, the first first
	Introductions []Introduction // in the period, the first first
	NewHires      int            // of Introductions
}

// Confirmed tells whether the workplace has gone through the plan in the period.
func (a Anchor) Confirmed() bool { return len(a.Confirmations) > 0 }

// Latest is the last day of an APT at which it did; zero: none.
func (a Anchor) Latest() (last almanac.Date) {
	if a.Confirmed() {
		last = a.Confirmations[len(a.Confirmations)-1].Date
	}
	return last
}

// Anchored is how a plan stands at all workplaces in a period.
type Anchored struct {
	Anchors   []Anchor // by the workplaces' names
	Total     int      // workplaces that were there in the period
	Confirmed int      // of those
	NewHires  int
}

// Anchoring tells how a plan stands at the workplaces in a period: how many there are, which have gone
// through it on which days, and how many new hires were introduced. A zero day leaves the period open. It
// names no person who works there.
func Anchoring(tx *store.Tx, by access.Actor, planID uuid.UUID, from, to almanac.Date) (*Anchored, error) {
	if err := by.Require(access.Coordinator, access.Manager, access.Registrar); err != nil {
		return nil, err
	}
	var places []partner.Workplace
	if err := tx.DB.Preload("Manager.Organisation").Preload("Organisation").Preload("WorkGroup").Find(&places).Error; err != nil {
		return nil, err
	}
	lang.SortByName(places, func(w partner.Workplace) string { return w.Name })
	var requests []PlanRequest
	var confirmations []Confirmation
	var introductions []Introduction
	within := func(q *gorm.DB) *gorm.DB {
		if !from.IsZero() {
			q = q.Where("date >= ?", from)
		}
		if !to.IsZero() {
			q = q.Where("date <= ?", to)
		}
		return q.Where("plan_id = ?", planID).Order("date, at, id")
	}
	for _, err := range []error{tx.DB.Find(&requests, "plan_id = ?", planID).Error, within(tx.DB).Find(&confirmations).Error, within(tx.DB).Find(&introductions).Error} {
		if err != nil {
			return nil, err
		}
	}
	all := &Anchored{}
	for _, w := range places {
		a := Anchor{Workplace: w}
		if at := slices.IndexFunc(requests, func(r PlanRequest) bool { return r.WorkplaceID == w.ID }); at >= 0 {
			a.Request = &requests[at]
		}
		a.take(confirmations, introductions)
		gone := w.EndedAt != nil && (from.IsZero() || almanac.DateOf(*w.EndedAt, time.UTC).Before(from))
		if gone && !a.Confirmed() && a.NewHires == 0 {
			continue
		}
		all.add(a)
	}
	return all, nil
}

func (a *Anchor) take(confirmations []Confirmation, introductions []Introduction) {
	for _, c := range confirmations {
		if c.WorkplaceID == a.Workplace.ID {
			a.Confirmations = append(a.Confirmations, c)
		}
	}
	for _, i := range introductions {
		if i.WorkplaceID == a.Workplace.ID {
			a.Introductions = append(a.Introductions, i)
			a.NewHires += int(i.NewHires)
		}
	}
}

func (all *Anchored) add(a Anchor) {
	all.Anchors = append(all.Anchors, a)
	all.Total++
	if a.Confirmed() {
		all.Confirmed++
	}
	all.NewHires += a.NewHires
}

// PlanAsked gives a request by its id, and whether the workplace has gone through that plan since it was
// asked or before; nil when there is no such request.
func PlanAsked(tx *store.Tx, id uuid.UUID) (r *PlanRequest, done bool, err error) {
	var found []PlanRequest
	if err := tx.DB.Limit(1).Find(&found, "id = ?", id).Error; err != nil || len(found) == 0 {
		return nil, false, err
	}
	var n int64
	err = tx.DB.Model(&Confirmation{}).Where("workplace_id = ? AND plan_id = ?", found[0].WorkplaceID, found[0].PlanID).Count(&n).Error
	return &found[0], n > 0, err
}

// PlanLeft gives the requests for a plan whose last day lies between two days and that nobody has answered.
func PlanLeft(tx *store.Tx, planID uuid.UUID, from, to almanac.Date) ([]PlanRequest, error) {
	var all []PlanRequest
	return all, tx.DB.Where("plan_id = ? AND due >= ? AND due <= ?", planID, from, to).
		Where("NOT EXISTS (SELECT 1 FROM plan_confirmations AS done WHERE done.workplace_id = plan_requests.workplace_id AND done.plan_id = plan_requests.plan_id)").
		Order("due, id").Find(&all).Error
}
