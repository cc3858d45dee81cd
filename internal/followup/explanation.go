package followup

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Explanation says why a promised meeting did not come about. The latest one counts; none is written over.
type Explanation struct {
	ID         uuid.UUID
	ForumID    uuid.UUID
	PeriodFrom almanac.Date // the days in which it was to be
	PeriodTo   almanac.Date
	Text       string
	IdentityID *uuid.UUID
	At         time.Time
}

// TableName is the table of Explanation.
func (Explanation) TableName() string { return "forum_explanations" }

// Explain keeps why a meeting that was to be by deadline did not come about. It refuses with fault.Invalid a text that is
// empty, too long or holds a number of a person, with fault.Conflict when no meeting is missed that was to be by then, and with
// fault.NotFound whoever may not plan the forum.
func Explain(tx *store.Tx, by access.Actor, zone *time.Location, forumID uuid.UUID, year int, deadline almanac.Date, text string) error {
	if err := by.MayConvene(tx, forumID); err != nil {
		return err
	}
	text, err := fault.Line("text", text, 500)
	if err != nil {
		return err
	}
	for _, found := range deidentify.Find(text, tx.Now) {
		return fault.On("text", "Det ser ut att stå ett personnummer i texten (%s). Ta bort det.", found.Shown)
	}
	s, err := Of(tx, by, zone, forumID, year)
	if err != nil {
		return err
	}
	for _, g := range s.Gaps {
		if !g.Past || g.To != deadline {
			continue
		}
		e := Explanation{store.NewID(), forumID, g.From, g.To, text, by.By(), tx.Now}
		if err := tx.DB.Create(&e).Error; err != nil {
			return err
		}
		return access.Log(tx, by, "explain missed meeting", "forum", forumID)
	}
	return fault.New(fault.Conflict, "Inget möte saknas längre då. Läs in sidan igen.")
}

// explanations gives what was said of each forum, the latest last.
func explanations(tx *store.Tx, ids []uuid.UUID) (map[uuid.UUID][]Explanation, error) {
	var all []Explanation
	err := tx.DB.Where("forum_id IN ?", ids).Order("at, id").Find(&all).Error
	of := map[uuid.UUID][]Explanation{}
	for _, e := range all {
		of[e.ForumID] = append(of[e.ForumID], e)
	}
	return of, err
}
