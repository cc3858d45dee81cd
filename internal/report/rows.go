package report

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// Suggestion is what a row's status may be, and why.
type Suggestion struct {
	Status Status // empty: nothing tells
	Reason lang.Sentence
}

// RowFacts is a row of the plan in its own words, and what is said of it.
type RowFacts struct {
	Row         string   `json:"row"` // as the plan calls it
	Goal        string   `json:"goal"`
	Measure     string   `json:"measure"`
	Activities  []string `json:"activities"`
	Timeframe   string   `json:"timeframe"`
	Responsible string   `json:"responsible"`
	Status      Status   `json:"status"`
	Comment     string   `json:"comment"`
	Meetings    []Thing  `json:"meetings"` // of the period, that belong to the row and are not cancelled
}

// rows gives the plan's rows with what is said of them; none when there is no plan.
func rows(p *plan.Plan, said []Row, tied map[uuid.UUID][]meeting.Meeting) []RowFacts {
	all := []RowFacts{}
	if p == nil {
		return all
	}
	by := map[string]Row{}
	for _, r := range said {
		by[r.PlanRow] = r
	}
	for _, g := range p.Goals {
		goal := g.Goal
		if goal == "" {
			goal = g.Heading
		}
		for _, m := range g.Measures {
			f := RowFacts{Row: m.ExternalID, Goal: goal, Measure: m.Measure, Activities: append([]string{}, m.Activities...), Timeframe: m.Timeframe, Responsible: m.Responsible,
				Status: by[m.ExternalID].Status, Comment: by[m.ExternalID].Comment, Meetings: []Thing{}}
			for _, t := range tied[m.RowID] {
				if !t.Cancelled() {
					f.Meetings = append(f.Meetings, Thing{MeetingID: &t.ID, Date: t.Date})
				}
			}
			all = append(all, f)
		}
	}
	return all
}

// tiedTo gives the meetings of a period that belong to rows of the plan, by the row whatever the version.
func tiedTo(tx *store.Tx, by access.Actor, r Report) (map[uuid.UUID][]meeting.Meeting, error) {
	p := r.Period()
	all, _, err := meeting.List(tx, by, meeting.Selection{Tied: true, From: p.From, To: p.To})
	of := map[uuid.UUID][]meeting.Meeting{}
	for _, m := range all {
		of[m.Measure.RowID] = append(of[m.Measure.RowID], m)
	}
	return of, err
}

// suggestions gives what the facts suggest of rows of the plan, for those of which they tell anything.
func suggestions(p *plan.Plan, tied map[uuid.UUID][]meeting.Meeting, last, today almanac.Date) map[string]Suggestion {
	if p == nil {
		return nil
	}
	all := map[string]Suggestion{}
	for _, g := range p.Goals {
		for _, m := range g.Measures {
			if s := suggest(m, tied[m.RowID], last, today); s.Status != "" {
				all[m.ExternalID] = s
			}
		}
	}
	return all
}

// suggest judges a row by its meetings, else by a time frame that has passed.
func suggest(row plan.Measure, tied []meeting.Meeting, last, today almanac.Date) Suggestion {
	held, planned := 0, 0
	for _, m := range tied {
		switch {
		case m.Held():
			held++
		case !m.Cancelled() && !m.Date.Before(today):
			planned++
		}
	}
	switch {
	case held > 0 && planned > 0:
		return Suggestion{Ongoing, lang.Say("%d möten är hållna och %d är planerade.", held, planned)}
	case held == 1:
		return Suggestion{Done, lang.Say("Ett möte är hållet.")}
	case held > 1:
		return Suggestion{Done, lang.Say("%d möten är hållna.", held)}
	case planned == 1:
		return Suggestion{Ongoing, lang.Say("Ett möte är planerat.")}
	case planned > 1:
		return Suggestion{Ongoing, lang.Say("%d möten är planerade.", planned)}
	case len(tied) > 0:
		return Suggestion{NotStarted, lang.Say("Inget möte är hållet eller planerat.")}
	}
	if due := row.Frame().Due; !due.IsZero() && due.Before(today) && !due.After(last) {
		return Suggestion{Late, lang.Say("Tidsramen är %s.", row.Timeframe)}
	}
	return Suggestion{}
}
