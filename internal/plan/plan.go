// Package plan holds the action plan as data: its goals, its measures with their activities, time
// frames and who answers for them, in the plan's own words.
package plan

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Plan is one imported version of the action plan.
type Plan struct {
	ID           uuid.UUID
	Title        string
	Owner        string
	VersionLabel string
	ValidFrom    *string // local date; nil: the plan does not say
	ValidTo      *string
	Vision       string
	ImportedAt   time.Time

	Goals []Goal
}

// Goal is a sub-goal (delmål).
type Goal struct {
	ID         uuid.UUID
	PlanID     uuid.UUID
	ExternalID string
	Goal       string // empty: the plan has only a heading
	Heading    string
	Position   int64

	Measures []Measure
}

// Measure is one row of the plan (åtgärd).
type Measure struct {
	ID          uuid.UUID
	GoalID      uuid.UUID
	ExternalID  string
	Measure     string
	Activities  []string `gorm:"serializer:json"`
	Timeframe   string   // empty: none stated
	Responsible string   // empty: none stated
	Position    int64
}

// Current gives the plan imported last, with everything in it, in its own order; nil when there is
// none.
func Current(tx *store.Tx, by access.Actor) (*Plan, error) {
	if err := by.Require(access.Roles...); err != nil {
		return nil, err
	}
	var found []Plan
	err := tx.DB.Order("imported_at DESC, id DESC").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	p := &found[0]
	if err := tx.DB.Where("plan_id = ?", p.ID).Order("position").Find(&p.Goals).Error; err != nil {
		return nil, err
	}
	for i := range p.Goals {
		if err := tx.DB.Where("goal_id = ?", p.Goals[i].ID).Order("position").Find(&p.Goals[i].Measures).Error; err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Row gives a row of the plan by the id that it has here or, of the plan imported last, by the plan's
// own: "5.3". It refuses with fault.NotFound.
func Row(tx *store.Tx, by access.Actor, id string) (*Measure, error) {
	if err := by.Require(access.Roles...); err != nil {
		return nil, err
	}
	if own, err := uuid.Parse(id); err == nil {
		m := &Measure{}
		return m, store.Found(tx.DB.First(m, "id = ?", own).Error)
	}
	current, err := Current(tx, by)
	if err != nil {
		return nil, err
	}
	if m := current.Row(id); m != nil {
		return m, nil
	}
	return nil, fault.Missing()
}

// Row gives the row that the plan itself calls so; nil when it has none, or when there is no plan.
func (p *Plan) Row(externalID string) *Measure {
	if p == nil {
		return nil
	}
	for i := range p.Goals {
		for j := range p.Goals[i].Measures {
			if m := &p.Goals[i].Measures[j]; m.ExternalID == externalID {
				return m
			}
		}
	}
	return nil
}

// Record keeps a plan with its goals and measures.
func Record(tx *store.Tx, by access.Actor, p *Plan) error {
	p.ID, p.ImportedAt = store.NewID(), tx.Now
	if err := tx.DB.Omit("Goals").Create(p).Error; err != nil {
		return err
	}
	for i := range p.Goals {
		g := &p.Goals[i]
		g.ID, g.PlanID, g.Position = store.NewID(), p.ID, int64(i)
		if err := tx.DB.Omit("Measures").Create(g).Error; err != nil {
			return err
		}
		for j := range g.Measures {
			m := &g.Measures[j]
			m.ID, m.GoalID, m.Position = store.NewID(), g.ID, int64(j)
			if m.Activities == nil {
				m.Activities = []string{}
			}
			if err := tx.DB.Create(m).Error; err != nil {
				return err
			}
		}
	}
	return access.Log(tx, by, "record plan", "plan", p.ID)
}
