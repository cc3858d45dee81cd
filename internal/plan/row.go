package plan

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Review is that a row was gone through.
type Review struct {
	ID         uuid.UUID
	RowID      uuid.UUID
	Day        almanac.Date
	Note       string
	IdentityID *uuid.UUID
	At         time.Time
}

// TableName is the table of Review.
func (Review) TableName() string { return "plan_reviews" }

// Kept is what is kept of a row beside the plan's own words.
type Kept struct {
	Line
	Reviews  []Review // the latest first
	Routines []Routine
	Methods  []Method
}

// Ahead is how many days before a day somebody is told of it.
const Ahead = 30

// Standing is how a row of the version in force stands on a day.
type Standing struct {
	Goal    *Goal
	Measure *Measure
	Kept    Kept
	Frame   Frame
	Months  int64        // how often it is reviewed; 0: never
	Due     almanac.Date // last day of what is dated, next review of what is continuous; zero: neither
}

// Every is how often the row is reviewed, in months; 0: never.
func (s Standing) Every() int { return int(s.Months) }

// Last is when the row was gone through last; zero when it never was.
func (s Standing) Last() almanac.Date {
	if len(s.Kept.Reviews) == 0 {
		return almanac.Date{}
	}
	return s.Kept.Reviews[0].Day
}

// Waits tells whether the row should be gone through by a day, or soon after it. What is dated waits until somebody has gone
// through it on its last day or later.
func (s Standing) Waits(today almanac.Date) bool {
	if s.Due.IsZero() || s.Due.After(today.AddDays(Ahead)) {
		return false
	}
	return s.Frame.Kind != Dated || s.Last().Before(s.Due)
}

// Late tells whether the day has been.
func (s Standing) Late(today almanac.Date) bool { return s.Waits(today) && s.Due.Before(today) }

// Standings tell how the rows of a version stand. A continuous row that nobody has gone through is counted from when the version came
// into force, or was recorded.
func Standings(tx *store.Tx, by access.Actor, p *Plan) ([]Standing, error) {
	if err := by.Require(access.Roles...); err != nil || p == nil {
		return nil, err
	}
	kept, err := keptOf(tx)
	if err != nil {
		return nil, err
	}
	since := almanac.DateOf(p.ImportedAt, time.UTC)
	if s := p.Since(); s != nil {
		since = s.Day
	}
	var all []Standing
	for i := range p.Goals {
		for j := range p.Goals[i].Measures {
			m := &p.Goals[i].Measures[j]
			s := Standing{Goal: &p.Goals[i], Measure: m, Kept: kept[m.RowID], Frame: m.Frame()}
			s.settle(since)
			all = append(all, s)
		}
	}
	return all, nil
}

// settle finds the day that the row waits for.
func (s *Standing) settle(since almanac.Date) {
	if s.Frame.Kind == Continuous {
		if s.Months = s.Frame.Months; s.Months == 0 {
			s.Months = usualMonths
		}
	}
	if s.Kept.ReviewMonths != nil {
		s.Months = *s.Kept.ReviewMonths
	}
	switch {
	case s.Frame.Kind == Dated:
		s.Due = s.Frame.Due
	case s.Months > 0:
		if last := s.Last(); !last.IsZero() {
			since = last
		}
		s.Due = since.AddMonths(int(s.Months))
	}
}

// keptOf gives what is kept of every row.
func keptOf(tx *store.Tx) (map[uuid.UUID]Kept, error) {
	var lines []Line
	var reviews []Review
	if err := tx.DB.Find(&lines).Error; err != nil {
		return nil, err
	}
	if err := tx.DB.Order("day DESC, at DESC").Find(&reviews).Error; err != nil {
		return nil, err
	}
	routines, err := routinesOf(tx)
	if err != nil {
		return nil, err
	}
	methods, err := methodsOf(tx)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID]Kept{}
	for _, l := range lines {
		all[l.ID] = Kept{Line: l, Routines: routines[l.ID], Methods: methods[l.ID]}
	}
	for _, r := range reviews {
		k := all[r.RowID]
		k.Reviews = append(k.Reviews, r)
		all[r.RowID] = k
	}
	return all, nil
}

// In is a row as a version of the plan has it.
type In struct {
	Plan    Plan
	Measure Measure
}

// History gives a row in every version that the actor may see, the one that holds first, and what is kept of it. It refuses with
// fault.NotFound.
func History(tx *store.Tx, by access.Actor, rowID uuid.UUID) ([]In, *Standing, error) {
	versions, err := List(tx, by)
	if err != nil {
		return nil, nil, err
	}
	var all []In
	var first *Standing
	for n := range versions {
		p := &versions[n]
		if err := p.fill(tx); err != nil {
			return nil, nil, err
		}
		m := p.Line(rowID)
		if m == nil {
			continue
		}
		all = append(all, In{*p, *m})
		if first != nil {
			continue
		}
		standings, err := Standings(tx, by, p)
		if err != nil {
			return nil, nil, err
		}
		for i := range standings {
			if standings[i].Measure.RowID == rowID {
				first = &standings[i]
			}
		}
	}
	if first == nil {
		return nil, nil, fault.Missing()
	}
	return all, first, nil
}

// mayKeep refuses whoever does not keep the plan, and a row that is not there.
func mayKeep(tx *store.Tx, by access.Actor, rowID uuid.UUID) (*Line, error) {
	if err := by.MayConvene(tx, uuid.Nil); err != nil {
		return nil, err
	}
	l := &Line{}
	return l, tx.Hold(l, rowID)
}

// SetRhythm says how often a row is reviewed, in months; nil: as its time frame says.
func SetRhythm(tx *store.Tx, by access.Actor, rowID uuid.UUID, months *int64) error {
	if _, err := mayKeep(tx, by, rowID); err != nil {
		return err
	}
	if months != nil && (*months < 1 || *months > 60) {
		return fault.On("reviewMonths", "Skriv hur ofta i hela månader, 1 till %d.", 60)
	}
	if err := tx.DB.Model(&Line{}).Where("id = ?", rowID).Updates(map[string]any{"review_months": months}).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "set plan row rhythm", "plan row", rowID)
}

// GoThrough records that a row was gone through on a day.
func GoThrough(tx *store.Tx, by access.Actor, today almanac.Date, rowID uuid.UUID, day almanac.Date, note string) error {
	if _, err := mayKeep(tx, by, rowID); err != nil {
		return err
	}
	note, noteErr := deidentify.OptionalLine(tx.Now, "note", note, 500)
	if err := fault.Join(pastDay(&day, today), noteErr); err != nil {
		return err
	}
	r := Review{store.NewID(), rowID, day, note, by.By(), tx.Now}
	if err := tx.DB.Create(&r).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "review plan row", "plan row", rowID)
}

// pastDay takes today for no day, and refuses one that has not been.
func pastDay(day *almanac.Date, today almanac.Date) error {
	if day.IsZero() {
		*day = today
	}
	if day.After(today) {
		return fault.On("day", "Dagen har inte varit än. Skriv in den när den har varit.")
	}
	return nil
}
