package plan

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/document"
	"samverkan/internal/lang"
)

// Change is what became of something from one version to another.
type Change string

// The changes.
const (
	Same    Change = "same"
	Added   Change = "added"
	Removed Change = "removed"
	Changed Change = "changed"
)

// Sign is the mark of a change, for those who do not see colours.
func (c Change) Sign() string {
	return map[Change]string{Added: "+", Removed: "−", Changed: "±"}[c]
}

// Words says the change.
func (c Change) Words() lang.Sentence {
	return map[Change]lang.Sentence{Same: lang.Say("Oförändrad"), Added: lang.Say("Ny"), Removed: lang.Say("Borttagen"), Changed: lang.Say("Ändrad")}[c]
}

// Field is one thing that a plan, a goal or a row says.
type Field struct {
	Name   string // for programs
	Label  lang.Sentence
	Before string
	After  string
}

// Spans marks what was taken away and what came, word by word.
func (f Field) Spans() []document.Span { return document.Compare(f.Before, f.After) }

// RowChange is what became of a row.
type RowChange struct {
	Change Change
	Before *Measure // nil: added
	After  *Measure // nil: removed
	Fields []Field  // that differ
}

// Row is the row as it is, or as it was.
func (r RowChange) Row() *Measure {
	if r.After != nil {
		return r.After
	}
	return r.Before
}

// GoalChange is what became of a goal and its rows.
type GoalChange struct {
	Change Change // of the goal's own words
	Before *Goal
	After  *Goal
	Fields []Field
	Rows   []RowChange
}

// Goal is the goal as it is, or as it was.
func (g GoalChange) Goal() *Goal {
	if g.After != nil {
		return g.After
	}
	return g.Before
}

// Differs tells whether anything in it does.
func (g GoalChange) Differs() bool {
	return g.Change != Same || slices.ContainsFunc(g.Rows, func(r RowChange) bool { return r.Change != Same })
}

// Diff is what became of a plan from one version to another: every goal and row, those that went last in their lists.
type Diff struct {
	Before    *Plan
	After     *Plan
	Fields    []Field
	Goals     []GoalChange
	Reordered bool // rows that are in both stand in another order
}

// Compare tells what became of a plan. It is pure: rows are the same by their RowID, goals by their LineID.
func Compare(before, after *Plan) *Diff {
	d := &Diff{Before: before, After: after, Fields: differing(before.fields(), after.fields())}
	for i := range after.Goals {
		g := GoalChange{Change: Added, After: &after.Goals[i]}
		if n := before.goal(g.After.LineID); n >= 0 {
			g.Before = &before.Goals[n]
			g.Fields = differing(g.Before.fields(), g.After.fields())
			g.Change = changeOf(g.Fields)
		}
		for j := range g.After.Measures {
			g.Rows = append(g.Rows, compareRow(before, after, &g.After.Measures[j]))
		}
		d.Goals = append(d.Goals, g)
	}
	for i := range before.Goals {
		old := &before.Goals[i]
		n := slices.IndexFunc(d.Goals, func(g GoalChange) bool { return g.Before == old })
		if n < 0 {
			n = len(d.Goals)
			d.Goals = append(d.Goals, GoalChange{Change: Removed, Before: old})
		}
		for j := range old.Measures {
			if m := &old.Measures[j]; after.Line(m.RowID) == nil {
				d.Goals[n].Rows = append(d.Goals[n].Rows, RowChange{Change: Removed, Before: m})
			}
		}
	}
	d.Reordered = !slices.Equal(before.order(after), after.order(before))
	return d
}

func compareRow(before, after *Plan, m *Measure) RowChange {
	r := RowChange{Change: Added, After: m}
	if r.Before = before.Line(m.RowID); r.Before == nil {
		return r
	}
	r.Fields = differing(r.Before.fields(), m.fields())
	was, is := before.GoalOf(m.RowID), after.GoalOf(m.RowID)
	if was.LineID != is.LineID {
		r.Fields = append(r.Fields, Field{"goal", lang.Say("Delmål"), was.ExternalID + ". " + was.Words(), is.ExternalID + ". " + is.Words()})
	}
	r.Change = changeOf(r.Fields)
	return r
}

func changeOf(fields []Field) Change {
	if len(fields) > 0 {
		return Changed
	}
	return Same
}

// order is the lines of p that other has too, as they stand.
func (p *Plan) order(other *Plan) (ids []uuid.UUID) {
	for _, g := range p.Goals {
		for _, m := range g.Measures {
			if other.Line(m.RowID) != nil {
				ids = append(ids, m.RowID)
			}
		}
	}
	return ids
}

// named is a field before it is compared.
type named struct {
	name  string
	label lang.Sentence
	text  string
}

func differing(before, after []named) (all []Field) {
	for n := range before {
		if before[n].text != after[n].text {
			all = append(all, Field{before[n].name, before[n].label, before[n].text, after[n].text})
		}
	}
	return all
}

func (p *Plan) fields() []named {
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	return []named{{"title", lang.Say("Titel"), p.Title}, {"owner", lang.Say("Planens ägare"), p.Owner}, {"versionLabel", lang.Say("Versionsbeteckning"), p.VersionLabel},
		{"validFrom", lang.Say("Gäller från och med"), text(p.ValidFrom)}, {"validTo", lang.Say("Gäller till och med"), text(p.ValidTo)}, {"vision", lang.Say("Vision"), p.Vision}}
}

func (g *Goal) fields() []named {
	return []named{{"externalId", lang.Say("Nummer"), g.ExternalID}, {"goal", lang.Say("Delmål"), g.Goal}, {"heading", lang.Say("Rubrik"), g.Heading}}
}

func (m *Measure) fields() []named {
	return []named{{"externalId", lang.Say("Nummer"), m.ExternalID}, {"measure", lang.Say("Åtgärd"), m.Measure}, {"activities", lang.Say("Aktiviteter"), strings.Join(m.Activities, "\n")},
		{"timeframe", lang.Say("Tidsram"), m.Timeframe}, {"responsible", lang.Say("Ansvarig"), m.Responsible}}
}

// Count tells how many rows had a change.
func (d *Diff) Count(c Change) (n int) {
	for _, g := range d.Goals {
		for _, r := range g.Rows {
			if r.Change == c {
				n++
			}
		}
	}
	return n
}

// Any tells whether anything differs but the label.
func (d *Diff) Any() bool {
	return d.Reordered || slices.ContainsFunc(d.Fields, func(f Field) bool { return f.Name != "versionLabel" }) || slices.ContainsFunc(d.Goals, GoalChange.Differs)
}
