package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/followup"
	"samverkan/internal/plan"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// PlaceFacts is how a workplace has gone through the plan in a period.
type PlaceFacts struct {
	WorkplaceID uuid.UUID      `json:"workplaceId"`
	Name        string         `json:"name"`
	Days        []almanac.Date `json:"days"`     // of the APT at which it did
	NewHires    int            `json:"newHires"` // who were introduced to the plan
}

// places gives the workplaces of a period, by name; none without a plan.
func places(tx *store.Tx, by access.Actor, p *plan.Plan, period followup.Period) ([]PlaceFacts, error) {
	all := []PlaceFacts{}
	if p == nil {
		return all, nil
	}
	anchored, err := relay.Anchoring(tx, by, p.ID, period.From, period.To)
	if err != nil {
		return nil, err
	}
	for _, a := range anchored.Anchors {
		f := PlaceFacts{WorkplaceID: a.Workplace.ID, Name: a.Workplace.Name, Days: []almanac.Date{}, NewHires: a.NewHires}
		for _, c := range a.Confirmations {
			f.Days = append(f.Days, c.Date)
		}
		all = append(all, f)
	}
	return all, nil
}

// Anchored counts the workplaces that have gone through the plan.
func (d Document) Anchored() (n int) {
	for _, p := range d.Places {
		if len(p.Days) > 0 {
			n++
		}
	}
	return n
}

// NewHires counts those who were introduced to the plan at all workplaces.
func (d Document) NewHires() (n int) {
	for _, p := range d.Places {
		n += p.NewHires
	}
	return n
}

// anchoring is how the workplaces stand, on paper.
func (d Document) anchoring() document.Table {
	t := document.Table{Caption: fmt.Sprintf("%d av %d arbetsplatser har gått igenom planen", d.Anchored(), len(d.Places)), Columns: columns("Arbetsplats", "Genomgången på APT", "Nyanställda som introducerats")}
	t.Columns[1].Share, t.Columns[2].Share = 4, 3
	for _, p := range d.Places {
		days := make([]string, len(p.Days))
		for n, day := range p.Days {
			days[n] = swedish(day)
		}
		if len(days) == 0 {
			days = []string{"Inte bekräftat"}
		}
		t.Rows = append(t.Rows, cells(p.Name, strings.Join(days, ", "), strconv.Itoa(p.NewHires)))
	}
	return t
}
