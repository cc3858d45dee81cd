// Package plan holds the action plan as data: its versions, their goals, their measures with their activities, time frames and
// who answers for them, in the plan's own words. A row keeps its id from version to version, so that what belongs to it follows.
package plan

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// Plan is one version of the action plan.
type Plan struct {
	ID           uuid.UUID
	Title        string
	Owner        string
	VersionLabel string
	ValidFrom    *string // local date; nil: the plan does not say
	ValidTo      *string
	Vision       string
	ImportedAt   time.Time // when it was recorded
	CopiedFromID *uuid.UUID
	Version      int64 // rises with each change

	Goals []Goal
	Steps []Step // the oldest first
}

// Label is the version's label, or that it has none.
func (p Plan) Label() lang.Sentence {
	if p.VersionLabel == "" {
		return lang.Say("utan beteckning")
	}
	return lang.Say("%s", p.VersionLabel)
}

// Goal is a sub-goal (delmål).
type Goal struct {
	ID         uuid.UUID
	PlanID     uuid.UUID
	LineID     uuid.UUID // the same in each version
	ExternalID string
	Goal       string // empty: the plan has only a heading
	Heading    string
	Position   int64

	Measures []Measure
}

// Words is the goal, or the heading that stands for one.
func (g Goal) Words() string {
	if g.Goal != "" {
		return g.Goal
	}
	return g.Heading
}

// Measure is one row of the plan (åtgärd) in one version of it.
type Measure struct {
	ID          uuid.UUID
	GoalID      uuid.UUID
	RowID       uuid.UUID // of the Line, which is the same in each version
	ExternalID  string
	Measure     string
	Activities  []string `gorm:"serializer:json"`
	Timeframe   string   // empty: none stated
	Responsible string   // empty: none stated
	Position    int64
}

// Line is a row of the plan whatever the version: what is tied to a row is tied to it.
type Line struct {
	ID           uuid.UUID
	ReviewMonths *int64 // nil: as the time frame says
	Version      int64
	CreatedAt    time.Time
}

// TableName is the table of Line.
func (Line) TableName() string { return "plan_rows" }

// mayRead lets in everybody with a role; a draft is seen by those who work on it or decide about it.
func (p Plan) mayRead(by access.Actor) bool {
	return p.State() != Draft || by.Is(access.Coordinator, access.Manager, access.Registrar)
}

// List gives the versions that the actor may see, with their steps and without their goals: the one that holds first, then the latest.
func List(tx *store.Tx, by access.Actor) ([]Plan, error) {
	if err := by.Require(access.Roles...); err != nil {
		return nil, err
	}
	var all []Plan
	if err := tx.DB.Order("imported_at DESC, id DESC").Find(&all).Error; err != nil {
		return nil, err
	}
	var steps []Step
	if err := tx.DB.Order("at, id").Preload("Identity").Find(&steps).Error; err != nil {
		return nil, err
	}
	for n := range all {
		for _, s := range steps {
			if s.PlanID == all[n].ID {
				all[n].Steps = append(all[n].Steps, s)
			}
		}
	}
	only := len(all) > 0 && !slices.ContainsFunc(all, func(p Plan) bool { return p.State() != Draft })
	all = slices.DeleteFunc(all, func(p Plan) bool { return !only && !p.mayRead(by) })
	slices.SortStableFunc(all, func(a, b Plan) int {
		switch {
		case a.Holds() == b.Holds():
			return 0
		case a.Holds():
			return -1
		}
		return 1
	})
	return all, nil
}

// Current gives the version that holds, the latest when none does, with everything in it, in its own order; nil when there is
// none.
func Current(tx *store.Tx, by access.Actor) (*Plan, error) {
	all, err := List(tx, by)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], all[0].fill(tx)
}

// Find gives one version with everything in it. It refuses with fault.NotFound.
func Find(tx *store.Tx, by access.Actor, id uuid.UUID) (*Plan, error) {
	all, err := List(tx, by)
	if err != nil {
		return nil, err
	}
	for n := range all {
		if all[n].ID == id {
			return &all[n], all[n].fill(tx)
		}
	}
	return nil, fault.Missing()
}

func (p *Plan) fill(tx *store.Tx) error {
	if err := tx.DB.Where("plan_id = ?", p.ID).Order("position").Find(&p.Goals).Error; err != nil {
		return err
	}
	for i := range p.Goals {
		if err := tx.DB.Where("goal_id = ?", p.Goals[i].ID).Order("position").Find(&p.Goals[i].Measures).Error; err != nil {
			return err
		}
	}
	return nil
}

// Row gives a row of the plan by the id that it has here, in any version, or, of the version that holds, by the plan's own:
// "5.3". It refuses with fault.NotFound.
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
	return p.find(func(m *Measure) bool { return m.ExternalID == externalID })
}

// Line gives what a row is in this version; nil when it has none, or when there is no plan.
func (p *Plan) Line(rowID uuid.UUID) *Measure {
	return p.find(func(m *Measure) bool { return m.RowID == rowID })
}

func (p *Plan) find(is func(*Measure) bool) *Measure {
	if p == nil {
		return nil
	}
	for i := range p.Goals {
		for j := range p.Goals[i].Measures {
			if m := &p.Goals[i].Measures[j]; is(m) {
				return m
			}
		}
	}
	return nil
}

// Record keeps a plan with its goals and measures as a draft. What has no id of its line gets one.
func Record(tx *store.Tx, by access.Actor, p *Plan) error {
	if err := by.Require(access.Coordinator); err != nil {
		return err
	}
	p.ID, p.ImportedAt, p.Version = store.NewID(), tx.Now, 1
	if err := tx.DB.Omit("Goals", "Steps").Create(p).Error; err != nil {
		return err
	}
	if err := p.write(tx); err != nil {
		return err
	}
	if err := p.step(tx, by, Step{State: Draft}); err != nil {
		return err
	}
	return access.Log(tx, by, "record plan", "plan", p.ID)
}

// write keeps goals and measures that have no rows yet.
func (p *Plan) write(tx *store.Tx) error {
	for i := range p.Goals {
		g := &p.Goals[i]
		g.ID, g.PlanID, g.Position = store.NewID(), p.ID, int64(i)
		if g.LineID == uuid.Nil {
			g.LineID = store.NewID()
		}
		if err := tx.DB.Omit("Measures").Create(g).Error; err != nil {
			return err
		}
		for j := range g.Measures {
			m := &g.Measures[j]
			m.ID, m.GoalID, m.Position = store.NewID(), g.ID, int64(j)
			if err := m.create(tx); err != nil {
				return err
			}
		}
	}
	return nil
}

// create keeps a measure, and its line when it is the first of it.
func (m *Measure) create(tx *store.Tx) error {
	if m.Activities == nil {
		m.Activities = []string{}
	}
	if m.RowID == uuid.Nil {
		m.RowID = store.NewID()
		if err := tx.DB.Create(&Line{ID: m.RowID, Version: 1, CreatedAt: tx.Now}).Error; err != nil {
			return err
		}
	}
	return tx.DB.Create(m).Error
}
