package meeting

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// Tie says which row of the plan a meeting belongs to; nil for none. Nobody gets a letter about it. It
// refuses with fault.Invalid when there is no such row, and with fault.Conflict when the meeting has
// changed since version.
func Tie(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, measure *uuid.UUID) (*Meeting, error) {
	m, err := lock(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	if measure != nil {
		m.Measure, err = plan.Row(tx, by, measure.String())
		if fault.KindOf(err) == fault.NotFound {
			err = fault.On("measureId", "Välj en rad ur planen.")
		}
		if err != nil {
			return nil, err
		}
	}
	m.MeasureID, m.Version = measure, m.Version+1
	err = tx.DB.Model(&Meeting{}).Where("id = ?", id).Updates(map[string]any{"measure_id": measure, "version": m.Version}).Error
	if err != nil {
		return nil, err
	}
	return m, access.Log(tx, by, "tie meeting", "meeting", id)
}

// OfPlan lists the meetings that belong to rows of the plan and that the actor sees, in order of time, by the row that they belong
// to whatever the version.
func OfPlan(tx *store.Tx, by access.Actor) (map[uuid.UUID][]Meeting, error) {
	all, _, err := List(tx, by, Selection{Tied: true})
	rows := map[uuid.UUID][]Meeting{}
	for _, m := range all {
		rows[m.Measure.RowID] = append(rows[m.Measure.RowID], m)
	}
	return rows, err
}
