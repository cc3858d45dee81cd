package secretariat

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/plan"
)

// planColumn is what a heading of a plan's table stands for.
type planColumn int

const (
	notPlan planColumn = iota
	goalNumberColumn
	goalColumn
	headingColumn
	numberColumn
	measureColumn
	activityColumn
	timeColumn
	responsibleColumn
)

// planHeadings are the words that plans head their tables with, in lower case and without spaces and signs.
var planHeadings = map[string]planColumn{
	"delmålnr": goalNumberColumn, "delmålsnummer": goalNumberColumn, "målnr": goalNumberColumn,
	"delmål": goalColumn, "mål": goalColumn, "rubrik": headingColumn, "område": headingColumn,
	"nr": numberColumn, "nummer": numberColumn, "rad": numberColumn, "id": numberColumn,
	"åtgärd": measureColumn, "åtgärder": measureColumn, "measure": measureColumn,
	"aktivitet": activityColumn, "aktiviteter": activityColumn, "insats": activityColumn, "insatser": activityColumn, "aktivitetinsats": activityColumn, "aktiviteterinsatser": activityColumn,
	"tidsram": timeColumn, "tid": timeColumn, "tidplan": timeColumn, "när": timeColumn, "klart": timeColumn, "klartsenast": timeColumn,
	"ansvarig": responsibleColumn, "ansvariga": responsibleColumn, "ansvar": responsibleColumn, "vem": responsibleColumn,
}

// PlanRows are the goals and rows of a plan as somebody brought them, and what was seen when they were read.
type PlanRows struct {
	Plan  plan.Plan
	Lines []Line
}

func (r *PlanRows) say(o Outcome, kind, id, text string, args ...any) {
	r.Lines = append(r.Lines, Line{o, kind, id, lang.Say(text, args...)})
}

// MaxPlanRows is the largest table or file of plan rows, in bytes.
const MaxPlanRows = 300 << 10

var yamlPlan = regexp.MustCompile(`(?m)^\s*(schema_version|goals)\s*:`)

// ReadPlanRows reads goals and rows: a plan file in YAML, or a table with headings, whether a CSV file or pasted from a document or a
// spreadsheet. It refuses with fault.Invalid what is neither.
func ReadPlanRows(text string) (*PlanRows, error) {
	text = strings.TrimPrefix(strings.ReplaceAll(text, "\r\n", "\n"), "\ufeff")
	switch {
	case len(text) > MaxPlanRows:
		return nil, fault.On("content", "Texten är större än %d kB. Är det rätt fil?", MaxPlanRows>>10)
	case strings.TrimSpace(text) == "":
		return nil, fault.On("content", "Klistra in en tabell eller välj en fil.")
	case !utf8.ValidString(text):
		return nil, fault.On("content", "Filen är inte text i UTF-8. Spara den som CSV UTF-8.")
	case yamlPlan.MatchString(text):
		return rowsOfFile(text)
	}
	return rowsOfTable(strings.Trim(text, "\n"))
}

func rowsOfFile(text string) (*PlanRows, error) {
	file, err := ParsePlan(strings.NewReader(text))
	if err != nil {
		return nil, fault.At("content", err)
	}
	r := &PlanRows{Plan: file.plan()}
	if len(file.Organisations)+len(file.Forums)+len(file.Agreements) > 0 {
		r.say(Noted, "plan", "", "Bara visionen, delmålen och åtgärderna läses in. Organisationer, avtal och forum i filen läses inte.")
	}
	return r, nil
}

// plan gives the plan that a file holds.
func (f *PlanFile) plan() plan.Plan {
	p := plan.Plan{Title: f.Source.Title, Owner: f.Source.Owner, VersionLabel: value(f.Source.VersionLabel), ValidFrom: f.Source.ValidFrom, ValidTo: f.Source.ValidTo, Vision: f.Vision}
	for _, g := range f.Goals {
		goal := plan.Goal{ExternalID: g.ID, Goal: value(g.Goal), Heading: g.Heading}
		for _, m := range g.Rows {
			goal.Measures = append(goal.Measures, plan.Measure{ExternalID: m.ID, Measure: m.Measure, Activities: m.Activities, Timeframe: value(m.Timeframe), Responsible: value(m.Responsible)})
		}
		p.Goals = append(p.Goals, goal)
	}
	return p
}

// A heading of a goal in a table that has it as a line of its own: "Delmål 2: Barn ska …".
var goalLine = regexp.MustCompile(`(?i)^(?:del)?mål\s*(\d{1,2})\s*[.:–-]?\s*(.*)$`)

func rowsOfTable(text string) (*PlanRows, error) {
	cells, err := cellsOf(text)
	if err != nil {
		return nil, err
	}
	var columns []planColumn
	known := map[planColumn]bool{}
	r := &PlanRows{}
	for _, word := range cells[0] {
		c := planHeadings[plainHeading(word)]
		columns, known[c] = append(columns, c), true
		if c == notPlan && strings.TrimSpace(word) != "" {
			r.say(Noted, "column", strings.TrimSpace(word), "Kolumnen läses inte.")
		}
	}
	if !known[measureColumn] {
		return nil, fault.On("content", "Tabellen saknar rubriker. Första raden ska ha rubriker, till exempel Delmål, Nr, Åtgärd, Aktivitet, Tidsram, Ansvarig.")
	}
	t := planTable{rows: r}
	for n, line := range cells[1:] {
		t.take(n+2, columns, line)
	}
	return r, nil
}

// cellsOf cuts a table into lines and cells. A cell of a table that is pasted from a text document may have several lines, which nothing
// but the number of tabs tells from rows.
func cellsOf(text string) ([][]string, error) {
	if separator(text) == '\t' && !strings.Contains(text, "\t\"") {
		return pasted(text), nil
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator(text), -1, true
	var all [][]string
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fault.At("content", unreadableTable(err, 1))
		}
		all = append(all, cells)
	}
}

func pasted(text string) (all [][]string) {
	width := 0
	row := ""
	end := func() {
		if strings.TrimSpace(row) != "" {
			all = append(all, strings.Split(row, "\t"))
		}
		row = ""
	}
	for n, line := range strings.Split(text, "\n") {
		tabs := strings.Count(line, "\t")
		switch {
		case n == 0:
			width = tabs
			row = line
			end()
		case row != "" && strings.Count(row, "\t")+tabs <= width && !beginsRow(line) && (strings.Count(row, "\t") < width || tabs == 0):
			row += "\n" + line
		default:
			end()
			row = line
		}
	}
	end()
	return all
}

var rowNumber = regexp.MustCompile(`^\s*\d{1,2}\.\d{1,2}\.?\s*\t`)

// beginsRow tells a line that begins with a row's number, or that names a goal.
func beginsRow(line string) bool { return rowNumber.MatchString(line) || goalLine.MatchString(line) }

// planTable gathers rows under their goals.
type planTable struct {
	rows *PlanRows
	at   int // of the goal that a line of its own began; 0: none
}

func (t *planTable) take(line int, columns []planColumn, cells []string) {
	texts := map[planColumn]string{}
	filled := 0
	for n, cell := range cells {
		cell = uncelled(cell)
		if cell == "" {
			continue
		}
		filled++
		if n >= len(columns) {
			t.rows.say(Noted, "row", fmt.Sprint(line), "Raden har fler fält än rubriker. Sätt citattecken om text med skiljetecken.")
			continue
		}
		texts[columns[n]] = strings.TrimSpace(texts[columns[n]] + "\n" + cell)
	}
	alone := strings.TrimSpace(strings.Join(cells, " "))
	if m := goalLine.FindStringSubmatch(alone); filled == 1 && m != nil {
		t.at = t.goal(m[1], strings.TrimSpace(m[2]), "") + 1
		return
	}
	if texts[measureColumn] == "" {
		if n := t.named(texts); n >= 0 && texts[goalColumn]+texts[headingColumn] != "" { // a goal without rows
			return
		}
		if filled > 0 {
			t.rows.say(Noted, "row", fmt.Sprint(line), "Raden har ingen åtgärd och läses inte.")
		}
		return
	}
	n := t.named(texts)
	if n < 0 {
		n = t.at - 1
	}
	if number, _, found := strings.Cut(texts[numberColumn], "."); n < 0 && found {
		n = t.goal(number, "", "")
	}
	if n < 0 {
		if n = len(t.rows.Plan.Goals) - 1; n < 0 {
			n = t.goal("1", "", "")
		}
	}
	g := &t.rows.Plan.Goals[n]
	number := cmp.Or(strings.TrimSuffix(texts[numberColumn], "."), t.rows.Plan.NextNumber(*g))
	g.Measures = append(g.Measures, plan.Measure{ExternalID: number, Measure: oneLine(texts[measureColumn]), Activities: bulleted(texts[activityColumn]),
		Timeframe: oneLine(texts[timeColumn]), Responsible: oneLine(texts[responsibleColumn])})
}

// named gives the goal that a row names; -1 for none.
func (t *planTable) named(texts map[planColumn]string) int {
	number, goal, heading := strings.TrimSuffix(texts[goalNumberColumn], "."), oneLine(texts[goalColumn]), oneLine(texts[headingColumn])
	if m := goalLine.FindStringSubmatch("mål " + goal); number == "" && m != nil {
		number, goal = m[1], m[2]
	}
	if number == "" && goal == "" && heading == "" {
		return -1
	}
	return t.goal(number, goal, heading)
}

// goal gives the place of a goal, which is made when it is not there.
func (t *planTable) goal(number, goal, heading string) int {
	p := &t.rows.Plan
	for n := range p.Goals {
		g := &p.Goals[n]
		if number != "" && g.ExternalID == number || number == "" && (goal != "" && g.Goal == goal || goal == "" && g.Heading == heading) {
			g.Goal, g.Heading = cmp.Or(g.Goal, goal), cmp.Or(g.Heading, heading)
			return n
		}
	}
	p.Goals = append(p.Goals, plan.Goal{ExternalID: cmp.Or(number, fmt.Sprint(len(p.Goals)+1)), Goal: goal, Heading: heading})
	return len(p.Goals) - 1
}

// uncelled is a cell's text, without what our own export writes before what looks like a formula.
func uncelled(cell string) string {
	cell = strings.TrimSpace(cell)
	if strings.HasPrefix(cell, "'") && access.InCell(cell[1:]) == cell {
		return cell[1:]
	}
	return cell
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// bulleted cuts a cell into activities, one a line, without the bullets.
func bulleted(text string) (all []string) {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "•·-–*\t ")); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// planCSV writes a version as a table that a spreadsheet opens and ReadPlanRows reads.
func planCSV(w io.Writer, p *plan.Plan) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // by which Excel knows UTF-8
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = ';' // which Excel in Sweden expects
	rows := [][]string{{"Delmål nr", "Delmål", "Rubrik", "Nr", "Åtgärd", "Aktivitet", "Tidsram", "Ansvarig"}}
	for _, g := range p.Goals {
		if len(g.Measures) == 0 {
			rows = append(rows, []string{g.ExternalID, g.Goal, g.Heading, "", "", "", "", ""})
		}
		for _, m := range g.Measures {
			rows = append(rows, []string{g.ExternalID, g.Goal, g.Heading, m.ExternalID, m.Measure, strings.Join(m.Activities, "\n"), m.Timeframe, m.Responsible})
		}
	}
	for _, row := range rows {
		for n := range row {
			row[n] = access.InCell(row[n])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// planYAML writes a version as a plan file.
func planYAML(w io.Writer, p *plan.Plan) error {
	optional := func(text string) *string {
		if text == "" {
			return nil
		}
		return &text
	}
	type row struct {
		ID          string   `yaml:"id"`
		Measure     string   `yaml:"measure"`
		Activities  []string `yaml:"activities"`
		Timeframe   *string  `yaml:"timeframe"`
		Responsible *string  `yaml:"responsible"`
	}
	type goal struct {
		ID      string  `yaml:"id"`
		Goal    *string `yaml:"goal"`
		Heading string  `yaml:"heading,omitempty"`
		Rows    []row   `yaml:"rows"`
	}
	var file struct {
		SchemaVersion int    `yaml:"schema_version"`
		Language      string `yaml:"language"`
		Source        struct {
			Title        string  `yaml:"title"`
			Owner        string  `yaml:"owner"`
			VersionLabel *string `yaml:"version_label"`
			ValidFrom    *string `yaml:"valid_from"`
			ValidTo      *string `yaml:"valid_to"`
		} `yaml:"source"`
		Vision string `yaml:"vision"`
		Goals  []goal `yaml:"goals"`
	}
	file.SchemaVersion, file.Language, file.Vision = 1, string(lang.Swedish), p.Vision
	file.Source.Title, file.Source.Owner, file.Source.VersionLabel, file.Source.ValidFrom, file.Source.ValidTo = p.Title, p.Owner, optional(p.VersionLabel), p.ValidFrom, p.ValidTo
	for _, g := range p.Goals {
		shown := goal{ID: g.ExternalID, Goal: optional(g.Goal), Heading: g.Heading}
		for _, m := range g.Measures {
			shown.Rows = append(shown.Rows, row{m.ExternalID, m.Measure, m.Activities, optional(m.Timeframe), optional(m.Responsible)})
		}
		file.Goals = append(file.Goals, shown)
	}
	return yaml.NewEncoder(w).Encode(file)
}
