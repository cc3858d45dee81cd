package plan

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Routine is a routine that a row of the plan is about. The text itself is kept elsewhere.
type Routine struct {
	ID           uuid.UUID
	RowID        uuid.UUID
	Name         string
	Place        string // a link, or where it is kept
	ReviewMonths int64
	EndedAt      *time.Time // nil: in use
	Version      int64
	CreatedAt    time.Time

	Reviews []RoutineReview `gorm:"foreignKey:RoutineID"` // the latest first
}

// TableName is the table of Routine.
func (Routine) TableName() string { return "plan_routines" }

// RoutineReview is that somebody looked a routine through.
type RoutineReview struct {
	ID         uuid.UUID
	RoutineID  uuid.UUID
	Day        almanac.Date
	IdentityID *uuid.UUID
	At         time.Time
}

// TableName is the table of RoutineReview.
func (RoutineReview) TableName() string { return "plan_routine_reviews" }

// Every is how often the routine is reviewed, in months.
func (r Routine) Every() int { return int(r.ReviewMonths) }

// Last is when the routine was reviewed last (senast granskad); zero when nobody has said.
func (r Routine) Last() almanac.Date {
	if len(r.Reviews) == 0 {
		return almanac.Date{}
	}
	return r.Reviews[0].Day
}

// Due is when it is to be reviewed next: at once when it never was.
func (r Routine) Due() almanac.Date {
	if last := r.Last(); !last.IsZero() {
		return last.AddMonths(int(r.ReviewMonths))
	}
	return almanac.DateOf(r.CreatedAt, time.UTC)
}

// Waits tells whether it should be reviewed by a day, or soon after it.
func (r Routine) Waits(today almanac.Date) bool { return !r.Due().After(today.AddDays(Ahead)) }

// Linked tells whether the place is an address that a browser opens.
func (r Routine) Linked() bool { return strings.HasPrefix(r.Place, "https://") }

// routinesOf gives the routines in use of every row.
func routinesOf(tx *store.Tx) (map[uuid.UUID][]Routine, error) {
	var all []Routine
	if err := tx.DB.Where("ended_at IS NULL").Order("name, id").Find(&all).Error; err != nil {
		return nil, err
	}
	var reviews []RoutineReview
	if err := tx.DB.Order("day DESC, at DESC").Find(&reviews).Error; err != nil {
		return nil, err
	}
	rows := map[uuid.UUID][]Routine{}
	for _, r := range all {
		for _, v := range reviews {
			if v.RoutineID == r.ID {
				r.Reviews = append(r.Reviews, v)
			}
		}
		rows[r.RowID] = append(rows[r.RowID], r)
	}
	return rows, nil
}

func (r *Routine) tidy(now time.Time) error {
	var nameErr, placeErr, monthsErr error
	r.Name, nameErr = deidentify.Line(now, "name", r.Name, 200)
	r.Place, placeErr = deidentify.OptionalLine(now, "place", r.Place, 500)
	if r.ReviewMonths < 1 || r.ReviewMonths > 60 {
		monthsErr = fault.On("reviewMonths", "Skriv hur ofta i hela månader, 1 till %d.", 60)
	}
	return fault.Join(nameErr, placeErr, monthsErr)
}

// AddRoutine ties a routine to a row.
func AddRoutine(tx *store.Tx, by access.Actor, r Routine) (*Routine, error) {
	if _, err := mayKeep(tx, by, r.RowID); err != nil {
		return nil, err
	}
	if err := r.tidy(tx.Now); err != nil {
		return nil, err
	}
	r.ID, r.Version, r.CreatedAt = store.NewID(), 1, tx.Now
	if err := tx.DB.Omit("Reviews").Create(&r).Error; err != nil {
		return nil, err
	}
	return &r, access.Log(tx, by, "add routine", "routine", r.ID)
}

// FindRoutine gives one, also when it is used no longer. It refuses with fault.NotFound.
func FindRoutine(tx *store.Tx, by access.Actor, id uuid.UUID) (*Routine, error) {
	if err := by.Require(access.Roles...); err != nil {
		return nil, err
	}
	r := &Routine{}
	if err := store.Found(tx.DB.First(r, "id = ?", id).Error); err != nil {
		return nil, err
	}
	return r, tx.DB.Where("routine_id = ?", id).Order("day DESC, at DESC").Find(&r.Reviews).Error
}

// ChangeRoutine replaces what is said of a routine that is as it was read.
func ChangeRoutine(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, s Routine) (*Routine, error) {
	r, err := holdRoutine(tx, by, id)
	if err != nil {
		return nil, err
	}
	if r.Version != version {
		return nil, fault.New(fault.Conflict, "Någon annan har ändrat här sedan du läste. Läs in sidan igen.")
	}
	r.Name, r.Place, r.ReviewMonths = s.Name, s.Place, s.ReviewMonths
	if err := r.tidy(tx.Now); err != nil {
		return nil, err
	}
	r.Version++
	if err := tx.DB.Omit("Reviews").Save(r).Error; err != nil {
		return nil, err
	}
	return r, access.Log(tx, by, "change routine", "routine", id)
}

// ReviewRoutine records that a routine was looked through on a day.
func ReviewRoutine(tx *store.Tx, by access.Actor, today almanac.Date, id uuid.UUID, day almanac.Date) (*Routine, error) {
	if _, err := holdRoutine(tx, by, id); err != nil {
		return nil, err
	}
	if err := pastDay(&day, today); err != nil {
		return nil, err
	}
	v := RoutineReview{store.NewID(), id, day, by.By(), tx.Now}
	if err := tx.DB.Create(&v).Error; err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "review routine", "routine", id); err != nil {
		return nil, err
	}
	return FindRoutine(tx, by, id)
}

// EndRoutine takes a routine out of use.
func EndRoutine(tx *store.Tx, by access.Actor, id uuid.UUID) (*Routine, error) {
	r, err := holdRoutine(tx, by, id)
	if err != nil {
		return nil, err
	}
	if err := tx.DB.Model(&Routine{}).Where("id = ?", id).Update("ended_at", tx.Now).Error; err != nil {
		return nil, err
	}
	return r, access.Log(tx, by, "end routine", "routine", id)
}

func holdRoutine(tx *store.Tx, by access.Actor, id uuid.UUID) (*Routine, error) {
	if err := by.MayConvene(tx, uuid.Nil); err != nil {
		return nil, err
	}
	if err := tx.Hold(&Routine{}, id); err != nil {
		return nil, err
	}
	r, err := FindRoutine(tx, by, id)
	if err == nil && r.EndedAt != nil {
		err = fault.New(fault.Conflict, "Rutinen används inte längre. Läs in sidan igen.")
	}
	return r, err
}
