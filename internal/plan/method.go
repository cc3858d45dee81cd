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

// Method is a method that a row needs trained people for. There is no field for who they are, or for how anybody does.
type Method struct {
	ID        uuid.UUID
	RowID     uuid.UUID
	Name      string
	EndedAt   *time.Time // nil: in use
	CreatedAt time.Time

	Counts []Count `gorm:"foreignKey:MethodID"` // the latest first
}

// TableName is the table of Method.
func (Method) TableName() string { return "plan_methods" }

// Count is how many are trained in a method on a day, and how many are needed.
type Count struct {
	ID         uuid.UUID
	MethodID   uuid.UUID
	Day        almanac.Date
	Trained    int64
	Needed     int64
	IdentityID *uuid.UUID
	At         time.Time
}

// TableName is the table of Count.
func (Count) TableName() string { return "plan_method_counts" }

// Lacking is how many more are needed.
func (c Count) Lacking() int { return int(max(0, c.Needed-c.Trained)) }

// methodsOf gives the methods in use of every row.
func methodsOf(tx *store.Tx) (map[uuid.UUID][]Method, error) {
	var all []Method
	if err := tx.DB.Where("ended_at IS NULL").Order("name, id").Find(&all).Error; err != nil {
		return nil, err
	}
	var counts []Count
	if err := tx.DB.Order("day DESC, at DESC").Find(&counts).Error; err != nil {
		return nil, err
	}
	rows := map[uuid.UUID][]Method{}
	for _, m := range all {
		for _, c := range counts {
			if c.MethodID == m.ID {
				m.Counts = append(m.Counts, c)
			}
		}
		rows[m.RowID] = append(rows[m.RowID], m)
	}
	return rows, nil
}

// knownMethods are methods whose names are people's too.
var knownMethods = []string{"freda", "sara", "patriark", "patriarken", "b-safer", "irisk", "signs of safety", "trappan", "kids", "bbic", "asi"}

// noPerson refuses the name of somebody where a method is named: methods are counted, people are not.
func noPerson(now time.Time, field, text string) error {
	low := strings.ToLower(text)
	for _, m := range knownMethods {
		if at := wordAt(low, m); at >= 0 {
			low = low[:at] + strings.Repeat("x", len(m)) + low[at+len(m):]
			text = text[:at] + strings.Repeat("x", len(m)) + text[at+len(m):]
		}
	}
	for _, f := range deidentify.Look(text, deidentify.Knowing(now)) {
		if f.Kind == deidentify.Name || f.Kind == deidentify.Email || f.Kind == deidentify.Phone {
			return fault.On(field, "Skriv metodens namn. Här räknas hur många som är utbildade, inte vilka (%s).", f.Shown)
		}
	}
	return nil
}

// AddMethod ties a method to a row. It refuses with fault.Invalid what looks like somebody's name.
func AddMethod(tx *store.Tx, by access.Actor, rowID uuid.UUID, name string) (*Method, error) {
	if _, err := mayKeep(tx, by, rowID); err != nil {
		return nil, err
	}
	name, err := deidentify.Line(tx.Now, "method", name, 100)
	if err == nil {
		err = noPerson(tx.Now, "method", name)
	}
	if err != nil {
		return nil, err
	}
	m := &Method{ID: store.NewID(), RowID: rowID, Name: name, CreatedAt: tx.Now}
	if err := tx.DB.Omit("Counts").Create(m).Error; err != nil {
		return nil, err
	}
	return m, access.Log(tx, by, "add method", "method", m.ID)
}

// FindMethod gives one, also when it is used no longer. It refuses with fault.NotFound.
func FindMethod(tx *store.Tx, by access.Actor, id uuid.UUID) (*Method, error) {
	if err := by.Require(access.Roles...); err != nil {
		return nil, err
	}
	m := &Method{}
	if err := store.Found(tx.DB.First(m, "id = ?", id).Error); err != nil {
		return nil, err
	}
	return m, tx.DB.Where("method_id = ?", id).Order("day DESC, at DESC").Find(&m.Counts).Error
}

// CountTrained records how many are trained in a method on a day, and how many are needed. Earlier counts stay.
func CountTrained(tx *store.Tx, by access.Actor, today almanac.Date, id uuid.UUID, day almanac.Date, trained, needed int64) (*Method, error) {
	if _, err := holdMethod(tx, by, id); err != nil {
		return nil, err
	}
	most := int64(10000)
	var trainedErr, neededErr error
	if trained < 0 || trained > most {
		trainedErr = fault.On("trained", "Skriv ett antal, 0 till %d.", most)
	}
	if needed < 0 || needed > most {
		neededErr = fault.On("needed", "Skriv ett antal, 0 till %d.", most)
	}
	if err := fault.Join(pastDay(&day, today), trainedErr, neededErr); err != nil {
		return nil, err
	}
	c := Count{store.NewID(), id, day, trained, needed, by.By(), tx.Now}
	if err := tx.DB.Create(&c).Error; err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "count trained", "method", id); err != nil {
		return nil, err
	}
	return FindMethod(tx, by, id)
}

// EndMethod takes a method out of use.
func EndMethod(tx *store.Tx, by access.Actor, id uuid.UUID) (*Method, error) {
	m, err := holdMethod(tx, by, id)
	if err != nil {
		return nil, err
	}
	if err := tx.DB.Model(&Method{}).Where("id = ?", id).Update("ended_at", tx.Now).Error; err != nil {
		return nil, err
	}
	return m, access.Log(tx, by, "end method", "method", id)
}

func holdMethod(tx *store.Tx, by access.Actor, id uuid.UUID) (*Method, error) {
	if err := by.MayConvene(tx, uuid.Nil); err != nil {
		return nil, err
	}
	if err := tx.Hold(&Method{}, id); err != nil {
		return nil, err
	}
	m, err := FindMethod(tx, by, id)
	if err == nil && m.EndedAt != nil {
		err = fault.New(fault.Conflict, "Metoden används inte längre. Läs in sidan igen.")
	}
	return m, err
}
