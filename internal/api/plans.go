package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// Plan is the action plan in its own words.
type Plan struct {
	ID           uuid.UUID `json:"id" format:"uuid"`
	Title        string    `json:"title"`
	Owner        string    `json:"owner,omitempty"`
	VersionLabel string    `json:"versionLabel,omitempty"`
	ValidFrom    *string   `json:"validFrom,omitempty" format:"date"`
	ValidTo      *string   `json:"validTo,omitempty" format:"date"`
	Vision       string    `json:"vision,omitempty"`
	ImportedAt   time.Time `json:"importedAt"`
	Goals        []Goal    `json:"goals"`
}

// Goal is a sub-goal.
type Goal struct {
	ExternalID string    `json:"externalId" example:"2"`
	Goal       string    `json:"goal,omitempty"`
	Heading    string    `json:"heading,omitempty"`
	Measures   []Measure `json:"measures"`
}

// Measure is one row of the plan.
type Measure struct {
	ID          uuid.UUID `json:"id" format:"uuid"`
	ExternalID  string    `json:"externalId" example:"2.3"`
	Measure     string    `json:"measure"`
	Activities  []string  `json:"activities"`
	Timeframe   string    `json:"timeframe,omitempty"`
	Responsible string    `json:"responsible,omitempty"`
}

// Plans holds the plan imported last, or none.
type Plans struct {
	Plans []Plan `json:"plans"`
	Extent
}

func showPlan(p plan.Plan) Plan {
	return Plan{p.ID, p.Title, p.Owner, p.VersionLabel, p.ValidFrom, p.ValidTo, p.Vision, p.ImportedAt.UTC(), each(p.Goals, func(g plan.Goal) Goal {
		return Goal{g.ExternalID, g.Goal, g.Heading, each(g.Measures, func(m plan.Measure) Measure {
			return Measure{m.ID, m.ExternalID, m.Measure, m.Activities, m.Timeframe, m.Responsible}
		})}
	})}
}

func (d *door) listPlans(ctx context.Context, in *Paging) (*shown[Plans], error) {
	out := &shown[Plans]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		current, err := plan.Current(tx, by)
		if err != nil {
			return err
		}
		var all []plan.Plan
		if current != nil {
			all = append(all, *current)
		}
		out.Body = Plans{part(*in, all, showPlan), in.of(int64(len(all)))}
		return nil
	})
	return out, err
}
