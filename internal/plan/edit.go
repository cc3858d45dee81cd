package plan

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// The most that a plan may have.
const (
	mostGoals    = 50
	mostMeasures = 400
)

// Copy begins a new version as a copy of one, under a label of its own. Rows stay the same rows.
func Copy(tx *store.Tx, by access.Actor, from uuid.UUID, label string) (*Plan, error) {
	if err := by.MayConvene(tx, uuid.Nil); err != nil {
		return nil, err
	}
	p, err := Find(tx, by, from)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.On("from", "Välj en version ur listan.")
	}
	if err != nil {
		return nil, err
	}
	if label, err = deidentify.Line(tx.Now, "versionLabel", label, 60); err != nil {
		return nil, err
	}
	if err := freeLabel(tx, by, label, uuid.Nil); err != nil {
		return nil, err
	}
	copied := *p
	copied.VersionLabel, copied.CopiedFromID, copied.Steps, copied.ValidFrom, copied.ValidTo = label, &from, nil, nil, nil
	if err := Record(tx, by, &copied); err != nil {
		return nil, err
	}
	return Find(tx, by, copied.ID)
}

// Rewrite replaces all that a draft says with what p says; goals and rows are the same as before by their LineID and RowID, and
// new without one. It refuses with fault.Conflict a version that is no draft or has changed since version, and a row that a
// meeting belongs to and that would go; with fault.Invalid what is missing or too long, naming each field.
func Rewrite(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, p *Plan) (*Plan, error) {
	was, err := hold(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	if !was.Editable() {
		return nil, fault.New(fault.Conflict, "Bara ett utkast kan ändras. Gör en ny version av planen, eller gör förslaget till utkast igen.")
	}
	p.ID, p.Version, p.ImportedAt, p.CopiedFromID = id, version+1, was.ImportedAt, was.CopiedFromID
	if err := p.tidy(tx, by); err != nil {
		return nil, err
	}
	if err := p.ownLines(tx, was); err != nil {
		return nil, err
	}
	if err := tx.DB.Omit("Goals", "Steps").Save(p).Error; err != nil {
		return nil, err
	}
	if err := p.put(tx, was); err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "change plan", "plan", id); err != nil {
		return nil, err
	}
	return Find(tx, by, id)
}

// tidy checks every text, and that no number comes twice.
func (p *Plan) tidy(tx *store.Tx, by access.Actor) error {
	var titleErr, ownerErr, labelErr, visionErr, daysErr error
	p.Title, titleErr = deidentify.Line(tx.Now, "title", p.Title, 300)
	p.Owner, ownerErr = deidentify.OptionalLine(tx.Now, "owner", p.Owner, 200)
	if p.VersionLabel, labelErr = deidentify.Line(tx.Now, "versionLabel", p.VersionLabel, 60); labelErr == nil {
		labelErr = freeLabel(tx, by, p.VersionLabel, p.ID)
	}
	if strings.TrimSpace(p.Vision) != "" {
		p.Vision, visionErr = deidentify.Text(tx.Now, "vision", p.Vision, 4000)
	}
	if p.ValidFrom != nil && p.ValidTo != nil && *p.ValidTo < *p.ValidFrom {
		daysErr = fault.On("validTo", "Sista dagen kan inte ligga före den första.")
	}
	for _, d := range []struct {
		name string
		text *string
	}{{"validFrom", p.ValidFrom}, {"validTo", p.ValidTo}} {
		var day almanac.Date
		if d.text != nil && day.UnmarshalText([]byte(*d.text)) != nil {
			daysErr = fault.On(d.name, "Skriv dagen så här: 2027-01-31.")
		}
	}
	if err := fault.Join(titleErr, ownerErr, labelErr, visionErr, daysErr); err != nil {
		return err
	}
	return p.tidyGoals(tx.Now)
}

func (p *Plan) tidyGoals(now time.Time) error {
	numbers, lines, rows := map[string]bool{}, map[uuid.UUID]bool{}, 0
	taken := func(id uuid.UUID) bool {
		was := id != uuid.Nil && lines[id]
		lines[id] = true
		return was
	}
	for i := range p.Goals {
		g := &p.Goals[i]
		if err := g.Tidy(now); err != nil {
			return within(err, fmt.Sprintf("goals[%d].", i))
		}
		if numbers["goal "+g.ExternalID] || taken(g.LineID) {
			return fault.On("externalId", "Två delmål har numret %s.", g.ExternalID)
		}
		numbers["goal "+g.ExternalID] = true
		for j := range g.Measures {
			m := &g.Measures[j]
			if err := m.Tidy(now); err != nil {
				return within(err, fmt.Sprintf("goals[%d].measures[%d].", i, j))
			}
			if numbers[m.ExternalID] || taken(m.RowID) {
				return fault.On("externalId", "Två åtgärder har numret %s.", m.ExternalID)
			}
			numbers[m.ExternalID] = true
			rows++
		}
	}
	if len(p.Goals) > mostGoals || rows > mostMeasures {
		return fault.New(fault.Invalid, "Planen får ha högst %d delmål och %d åtgärder.", mostGoals, mostMeasures)
	}
	return nil
}

// within says where in a whole plan a mistake stands.
func within(err error, where string) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	named := *f
	named.Fields = slices.Clone(f.Fields)
	for n := range named.Fields {
		named.Fields[n].Name = where + named.Fields[n].Name
	}
	return &named
}

// Tidy checks what a goal says.
func (g *Goal) Tidy(now time.Time) error {
	var numberErr, goalErr, headingErr error
	g.ExternalID, numberErr = deidentify.Line(now, "externalId", g.ExternalID, 20)
	g.Goal, goalErr = deidentify.OptionalLine(now, "goal", g.Goal, 1000)
	if g.Heading, headingErr = deidentify.OptionalLine(now, "heading", g.Heading, 300); goalErr == nil && g.Goal == "" && g.Heading == "" {
		goalErr = fault.On("goal", "Skriv delmålet, eller en rubrik.")
	}
	return fault.Join(numberErr, goalErr, headingErr)
}

// Tidy checks what a row says.
func (m *Measure) Tidy(now time.Time) error {
	var numberErr, measureErr, activityErr, timeErr, responsibleErr error
	m.ExternalID, numberErr = deidentify.Line(now, "externalId", m.ExternalID, 20)
	m.Measure, measureErr = deidentify.Line(now, "measure", m.Measure, 2000)
	activities := []string{}
	for _, a := range m.Activities {
		line, err := deidentify.OptionalLine(now, "activities", a, 2000)
		if err != nil {
			activityErr = err
		}
		if line != "" {
			activities = append(activities, line)
		}
	}
	if len(activities) > 40 {
		activityErr = fault.On("activities", "Skriv högst %d aktiviteter.", 40)
	}
	m.Activities = activities
	m.Timeframe, timeErr = deidentify.OptionalLine(now, "timeframe", m.Timeframe, 300)
	m.Responsible, responsibleErr = deidentify.OptionalLine(now, "responsible", m.Responsible, 500)
	return fault.Join(numberErr, measureErr, activityErr, timeErr, responsibleErr)
}

// ownLines refuses ids of lines that the plan does not have: a row cannot become another's by its id. A row that stood in the
// version that this one was copied from may come back.
func (p *Plan) ownLines(tx *store.Tx, was *Plan) error {
	former := &Plan{}
	if was.CopiedFromID != nil {
		former.ID = *was.CopiedFromID
		if err := former.fill(tx); err != nil {
			return err
		}
	}
	for _, g := range p.Goals {
		if g.LineID != uuid.Nil && was.goal(g.LineID) < 0 && former.goal(g.LineID) < 0 {
			return fault.New(fault.Invalid, "Delmålet %s finns inte i versionen. Läs in den igen.", g.ExternalID)
		}
		for _, m := range g.Measures {
			if m.RowID != uuid.Nil && was.Line(m.RowID) == nil && former.Line(m.RowID) == nil {
				return fault.New(fault.Invalid, "Åtgärden %s finns inte i versionen. Läs in den igen.", m.ExternalID)
			}
		}
	}
	return nil
}

// put makes the rows of a draft those of p. What stays keeps its id.
func (p *Plan) put(tx *store.Tx, was *Plan) error {
	// Numbers are unique in a plan, and two rows may change places: all are set aside first.
	if err := tx.DB.Exec("UPDATE measures SET external_id = CAST(id AS TEXT) WHERE goal_id IN (SELECT id FROM goals WHERE plan_id = ?)", p.ID).Error; err != nil {
		return err
	}
	if err := tx.DB.Exec("UPDATE goals SET external_id = CAST(id AS TEXT) WHERE plan_id = ?", p.ID).Error; err != nil {
		return err
	}
	gone := map[uuid.UUID]bool{}
	for _, g := range was.Goals {
		for _, m := range g.Measures {
			gone[m.ID] = true
		}
	}
	for i := range p.Goals {
		g := &p.Goals[i]
		g.ID, g.PlanID, g.Position = store.NewID(), p.ID, int64(i)
		if n := slices.IndexFunc(was.Goals, func(o Goal) bool { return o.LineID == g.LineID }); n >= 0 {
			g.ID = was.Goals[n].ID
		} else if g.LineID == uuid.Nil {
			g.LineID = store.NewID()
		}
		if err := tx.DB.Omit("Measures").Save(g).Error; err != nil {
			return err
		}
		for j := range g.Measures {
			m := &g.Measures[j]
			m.ID, m.GoalID, m.Position = store.NewID(), g.ID, int64(j)
			before := was.Line(m.RowID)
			if before == nil || m.RowID == uuid.Nil {
				if err := m.create(tx); err != nil {
					return err
				}
				continue
			}
			m.ID = before.ID
			delete(gone, m.ID)
			if err := tx.DB.Save(m).Error; err != nil {
				return err
			}
		}
	}
	for id := range gone {
		if err := tx.DB.Delete(&Measure{}, "id = ?", id).Error; err != nil {
			if store.IsReferred(err) {
				return fault.New(fault.Conflict, "Ett möte hör till åtgärden. Välj en annan rad för mötet först.")
			}
			return err
		}
	}
	for _, g := range was.Goals {
		if !slices.ContainsFunc(p.Goals, func(o Goal) bool { return o.ID == g.ID }) {
			if err := tx.DB.Delete(&Goal{}, "id = ?", g.ID).Error; err != nil {
				return err
			}
		}
	}
	return nil
}

// edit reads a draft, lets change have its way with it, and writes it.
func edit(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, change func(*Plan) error) (*Plan, error) {
	p, err := Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	if err := change(p); err != nil {
		return nil, err
	}
	return Rewrite(tx, by, id, version, p)
}

// Describe replaces what a draft says beside its goals.
func Describe(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, d Plan) (*Plan, error) {
	return edit(tx, by, id, version, func(p *Plan) error {
		p.Title, p.Owner, p.VersionLabel, p.Vision, p.ValidFrom, p.ValidTo = d.Title, d.Owner, d.VersionLabel, d.Vision, d.ValidFrom, d.ValidTo
		return nil
	})
}

// PutGoal changes a goal of a draft, or adds one at its end when g has no LineID.
func PutGoal(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, g Goal) (*Plan, error) {
	return edit(tx, by, id, version, func(p *Plan) error {
		if err := g.Tidy(tx.Now); err != nil {
			return err
		}
		if g.LineID == uuid.Nil {
			p.Goals = append(p.Goals, g)
			return nil
		}
		n := p.goal(g.LineID)
		if n < 0 {
			return fault.Missing()
		}
		p.Goals[n].ExternalID, p.Goals[n].Goal, p.Goals[n].Heading = g.ExternalID, g.Goal, g.Heading
		return nil
	})
}

// PutRow changes a row of a draft, or adds one when m has no RowID. It stands under the goal of that line, at its end when it did not
// before.
func PutRow(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, goal uuid.UUID, m Measure) (*Plan, error) {
	return edit(tx, by, id, version, func(p *Plan) error {
		if err := m.Tidy(tx.Now); err != nil {
			return err
		}
		n := p.goal(goal)
		if n < 0 {
			return fault.On("goalId", "Välj ett delmål.")
		}
		if m.RowID == uuid.Nil {
			p.Goals[n].Measures = append(p.Goals[n].Measures, m)
			return nil
		}
		at, row := p.place(m.RowID)
		switch {
		case at < 0:
			return fault.Missing()
		case at == n:
			p.Goals[n].Measures[row] = m
		default:
			p.Goals[at].Measures = slices.Delete(p.Goals[at].Measures, row, row+1)
			p.Goals[n].Measures = append(p.Goals[n].Measures, m)
		}
		return nil
	})
}

// Move puts a goal or a row of a draft one place up or down, by its LineID or RowID. At the end of its list it stays.
func Move(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, line uuid.UUID, up bool) (*Plan, error) {
	step := 1
	if up {
		step = -1
	}
	return edit(tx, by, id, version, func(p *Plan) error {
		if n := p.goal(line); n >= 0 {
			swap(p.Goals, n, n+step)
			return nil
		}
		at, row := p.place(line)
		if at < 0 {
			return fault.Missing()
		}
		swap(p.Goals[at].Measures, row, row+step)
		return nil
	})
}

func swap[T any](all []T, a, b int) {
	if b >= 0 && b < len(all) {
		all[a], all[b] = all[b], all[a]
	}
}

// Strike takes a row out of a draft, or a goal that has no rows.
func Strike(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, line uuid.UUID) (*Plan, error) {
	return edit(tx, by, id, version, func(p *Plan) error {
		if n := p.goal(line); n >= 0 {
			if len(p.Goals[n].Measures) > 0 {
				return fault.New(fault.Conflict, "Delmålet har åtgärder. Flytta eller ta bort dem först.")
			}
			p.Goals = slices.Delete(p.Goals, n, n+1)
			return nil
		}
		at, row := p.place(line)
		if at < 0 {
			return fault.Missing()
		}
		p.Goals[at].Measures = slices.Delete(p.Goals[at].Measures, row, row+1)
		return nil
	})
}

// Renumber numbers the goals and rows of a draft by the order in which they stand.
func Renumber(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*Plan, error) {
	return edit(tx, by, id, version, func(p *Plan) error {
		for i := range p.Goals {
			p.Goals[i].ExternalID = strconv.Itoa(i + 1)
			for j := range p.Goals[i].Measures {
				p.Goals[i].Measures[j].ExternalID = fmt.Sprintf("%d.%d", i+1, j+1)
			}
		}
		return nil
	})
}

// NextNumber is a number that no row under a goal has.
func (p *Plan) NextNumber(goal Goal) string {
	for n := len(goal.Measures) + 1; ; n++ {
		if number := goal.ExternalID + "." + strconv.Itoa(n); p.Row(number) == nil {
			return number
		}
	}
}

// GoalOf gives the goal that a row stands under; nil for none.
func (p *Plan) GoalOf(rowID uuid.UUID) *Goal {
	if at, _ := p.place(rowID); at >= 0 {
		return &p.Goals[at]
	}
	return nil
}

func (p *Plan) goal(line uuid.UUID) int {
	return slices.IndexFunc(p.Goals, func(g Goal) bool { return g.LineID == line })
}

func (p *Plan) place(rowID uuid.UUID) (goal, row int) {
	for i, g := range p.Goals {
		if j := slices.IndexFunc(g.Measures, func(m Measure) bool { return m.RowID == rowID }); j >= 0 {
			return i, j
		}
	}
	return -1, -1
}

// Clone is a copy that shares nothing with p.
func (p Plan) Clone() Plan {
	p.Goals = slices.Clone(p.Goals)
	for n := range p.Goals {
		p.Goals[n].Measures = slices.Clone(p.Goals[n].Measures)
		for m := range p.Goals[n].Measures {
			p.Goals[n].Measures[m].Activities = slices.Clone(p.Goals[n].Measures[m].Activities)
		}
	}
	return p
}

// Inherit makes goals and rows the same as those of a former version that say the same, or else have the same number.
func (p *Plan) Inherit(former *Plan) {
	if former == nil {
		return
	}
	taken := map[uuid.UUID]bool{uuid.Nil: true}
	for _, alike := range []func(n *Measure, o *Measure) bool{
		func(n, o *Measure) bool { return plain(n.Measure) == plain(o.Measure) },
		func(n, o *Measure) bool { return n.ExternalID == o.ExternalID },
	} {
		for i := range p.Goals {
			for j := range p.Goals[i].Measures {
				m := &p.Goals[i].Measures[j]
				o := former.find(func(o *Measure) bool { return !taken[o.RowID] && alike(m, o) })
				if m.RowID == uuid.Nil && o != nil {
					m.RowID = o.RowID
					taken[o.RowID] = true
				}
			}
		}
	}
	for _, alike := range []func(n, o Goal) bool{
		func(n, o Goal) bool { return plain(n.Words()) == plain(o.Words()) },
		func(n, o Goal) bool { return n.ExternalID == o.ExternalID },
	} {
		for i := range p.Goals {
			for _, o := range former.Goals {
				if p.Goals[i].LineID == uuid.Nil && !taken[o.LineID] && alike(p.Goals[i], o) {
					p.Goals[i].LineID = o.LineID
					taken[o.LineID] = true
				}
			}
		}
	}
}

// plain is a text without what two spellings of it differ in.
func plain(text string) string {
	return strings.Trim(strings.ToLower(strings.Join(strings.Fields(text), " ")), " .")
}
