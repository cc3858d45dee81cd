package minutes

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// Tie is that a decision or an action belongs to a row of the plan. As a replacement it is said of an item, in the
// working text or afterwards.
type Tie struct {
	ItemID     uuid.UUID `gorm:"primaryKey"`
	MeasureID  uuid.UUID
	IdentityID *uuid.UUID
	At         time.Time

	Measure plan.Measure
}

// TableName is the table of Tie.
func (Tie) TableName() string { return "plan_ties" }

// Ties are what an item is tied to.
type Ties struct {
	ItemID  uuid.UUID
	Kind    Kind
	Text    string
	Minutes *Minutes
	// Replaces are older decisions, of a decision.
	Replaces []uuid.UUID
	Measure  *plan.Measure // nil: no row
}

// tied keeps items, by the table that they stand in, of the row that the plan calls so: in a new version of the plan it may
// have been called otherwise.
func tied(tx *store.Tx, by access.Actor, table, row string) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		if row == "" {
			return q
		}
		m, err := plan.Row(tx, by, row)
		if fault.KindOf(err) == fault.NotFound {
			return q.Where("FALSE")
		}
		if err != nil {
			_ = q.AddError(err)
			return q
		}
		return q.Where("EXISTS (?)", tx.DB.Model(&Tie{}).Select("1").Joins("JOIN measures ON measures.id = plan_ties.measure_id").
			Where("plan_ties.item_id = "+table+".item_id AND measures.row_id = ?", m.RowID))
	}
}

// storable leaves out of a filter what no text in the database can hold.
func storable(filter string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(filter, "\x00", ""), "")
}

// TiesOf gives what a decision or an action is tied to, for whoever keeps its minutes. It refuses with fault.NotFound
// anything else.
func TiesOf(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*Ties, error) {
	t, err := tiable(tx, by, itemID)
	if err != nil {
		return nil, err
	}
	if err := tx.DB.Model(&Replacement{}).Where("item_id = ?", itemID).Order("at, replaces_id").Pluck("replaces_id", &t.Replaces).Error; err != nil {
		return nil, err
	}
	t.Measure, err = MeasureOf(tx, itemID)
	return t, err
}

// tiable finds an item as it is finalised, or else as it is being written.
func tiable(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*Ties, error) {
	t := &Ties{ItemID: itemID}
	var decisions []DecisionState
	var actions []ActionState
	var items []Item
	for _, look := range []any{&decisions, &actions} {
		if err := tx.DB.Limit(1).Find(look, "item_id = ?", itemID).Error; err != nil {
			return nil, err
		}
	}
	if err := tx.DB.Limit(1).Find(&items, "id = ? AND kind IN ?", itemID, []Kind{Decision, Action}).Error; err != nil {
		return nil, err
	}
	var of uuid.UUID
	switch {
	case len(decisions) > 0 && !decisions[0].Struck:
		t.Kind, t.Text, of = Decision, decisions[0].Text, decisions[0].MinutesID
	case len(actions) > 0:
		t.Kind, t.Text, of = Action, actions[0].Text, actions[0].MinutesID
	case len(items) > 0:
		t.Kind, t.Text, of = items[0].Kind, items[0].Text, items[0].MinutesID
	default:
		return nil, fault.Missing()
	}
	m, err := Draft(tx, by, of)
	t.Minutes = m
	return t, err
}

// MeasureOf gives the row of the plan that an item belongs to; nil: none.
func MeasureOf(tx *store.Tx, itemID uuid.UUID) (*plan.Measure, error) {
	var found []Tie
	if err := tx.DB.Preload("Measure").Limit(1).Find(&found, "item_id = ?", itemID).Error; err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0].Measure, nil
}

// SetTies says which older decisions a decision stands in the place of, and which row of the plan a decision or an action
// belongs to; nil for none. It refuses with fault.Invalid a decision that is not older or that the actor may not read: as only
// later meetings replace, no chain comes back to where it began.
func SetTies(tx *store.Tx, by access.Actor, itemID uuid.UUID, replaces []uuid.UUID, measure *uuid.UUID) error {
	t, err := TiesOf(tx, by, itemID)
	if err != nil {
		return err
	}
	if err := tx.Hold(&Minutes{}, t.Minutes.ID); err != nil {
		return err
	}
	if err := t.setReplaces(tx, by, replaces); err != nil {
		return err
	}
	if err := t.setMeasure(tx, by, measure); err != nil {
		return err
	}
	return access.Log(tx, by, "tie item", "minutes", t.Minutes.ID)
}

func (t *Ties) setReplaces(tx *store.Tx, by access.Actor, replaces []uuid.UUID) error {
	if len(replaces) > 0 && t.Kind != Decision {
		return fault.On("replacesId", "Bara ett beslut kan ersätta ett beslut.")
	}
	older, err := t.Older(tx, by)
	if err != nil {
		return err
	}
	mayChange := func(id uuid.UUID) bool {
		return slices.ContainsFunc(older, func(d DecisionState) bool { return d.ItemID == id })
	}
	for _, id := range replaces {
		if !mayChange(id) && !slices.Contains(t.Replaces, id) {
			return fault.On("replacesId", "Välj ett beslut från ett tidigare möte.")
		}
	}
	for _, id := range t.Replaces { // what the actor may not read is not theirs to take away
		if !slices.Contains(replaces, id) && mayChange(id) {
			if err := tx.DB.Delete(&Replacement{}, "item_id = ? AND replaces_id = ?", t.ItemID, id).Error; err != nil {
				return err
			}
		}
	}
	for _, id := range replaces {
		if slices.Contains(t.Replaces, id) {
			continue
		}
		t.Replaces = append(t.Replaces, id)
		if err := tx.DB.Create(&Replacement{t.ItemID, id, by.By(), tx.Now}).Error; err != nil {
			return err
		}
	}
	return nil
}

func (t *Ties) setMeasure(tx *store.Tx, by access.Actor, measure *uuid.UUID) error {
	if measure == nil {
		return tx.DB.Delete(&Tie{}, "item_id = ?", t.ItemID).Error
	}
	if _, err := plan.Row(tx, by, measure.String()); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return fault.On("measureId", "Välj en rad ur planen.")
		}
		return err
	}
	if t.Measure != nil && t.Measure.ID == *measure {
		return nil
	}
	return tx.DB.Omit("Measure").Save(&Tie{ItemID: t.ItemID, MeasureID: *measure, IdentityID: by.By(), At: tx.Now}).Error
}

// Older gives the decisions that an item can stand in the place of: those of earlier meetings that the actor may read, the
// latest first.
func (t *Ties) Older(tx *store.Tx, by access.Actor) ([]DecisionState, error) {
	if t.Kind != Decision {
		return nil, nil
	}
	return selectDecisions(tx, by, func(q *gorm.DB) *gorm.DB {
		return q.Where("meetings.starts_at < ?", t.Minutes.Meeting.StartsAt)
	})
}

// RowCount is how much belongs to a row of the plan.
type RowCount struct {
	Decisions, Open, Closed int
}

// Actions is how many actions.
func (c RowCount) Actions() int { return c.Open + c.Closed }

// OfPlan counts the decisions and actions of finalised minutes that the actor may read, by the row that they belong to whatever
// the version.
func OfPlan(tx *store.Tx, by access.Actor) (map[uuid.UUID]RowCount, error) {
	type row struct {
		RowID   uuid.UUID
		Outcome string
		N       int
	}
	count := func(table, outcome, where string) (rows []row, err error) {
		q := tx.DB.Table(table).Scopes(readable(tx, by, table)).Joins("JOIN plan_ties ON plan_ties.item_id = " + table + ".item_id JOIN measures ON measures.id = plan_ties.measure_id").
			Select("measures.row_id AS row_id, " + outcome + " AS outcome, COUNT(*) AS n").Group("measures.row_id, " + outcome)
		if where != "" {
			q = q.Where(where)
		}
		return rows, q.Scan(&rows).Error
	}
	decisions, err := count("decisions", "decisions.struck", "NOT decisions.struck")
	if err != nil {
		return nil, err
	}
	actions, err := count("actions", "actions.outcome", "")
	if err != nil {
		return nil, err
	}
	counts := map[uuid.UUID]RowCount{}
	for _, r := range decisions {
		c := counts[r.RowID]
		c.Decisions += r.N
		counts[r.RowID] = c
	}
	for _, r := range actions {
		c := counts[r.RowID]
		if r.Outcome == "" {
			c.Open += r.N
		} else {
			c.Closed += r.N
		}
		counts[r.RowID] = c
	}
	return counts, nil
}
