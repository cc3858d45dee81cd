package plan

import (
	"fmt"
	"strings"

	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/lang"
	"samverkan/internal/law"
)

// LawNote is a law reference in a plan that does not hold, and where it stands.
type LawNote struct {
	Measure *Measure // nil: in the title, the vision or a goal
	Goal    *Goal    // nil: in the title or the vision
	law.Note
}

// Where says where it stands.
func (n LawNote) Where() lang.Sentence {
	switch {
	case n.Measure != nil:
		return lang.Say("Åtgärd %s", n.Measure.ExternalID)
	case n.Goal != nil:
		return lang.Say("Delmål %s", n.Goal.ExternalID)
	}
	return lang.Say("Planens inledning")
}

// LawNotes gives the references in a plan that do not hold on a day, with what does.
func (p *Plan) LawNotes(book law.Book, on almanac.Date) (all []LawNote) {
	if p == nil {
		return nil
	}
	add := func(g *Goal, m *Measure, text string) {
		for _, n := range book.Outdated(text, on) {
			all = append(all, LawNote{m, g, n})
		}
	}
	add(nil, nil, p.Title+"\n"+p.Vision)
	for i := range p.Goals {
		g := &p.Goals[i]
		add(g, nil, g.Goal+"\n"+g.Heading)
		for j := range g.Measures {
			m := &g.Measures[j]
			add(g, m, strings.Join(append([]string{m.Measure, m.Timeframe, m.Responsible}, m.Activities...), "\n"))
		}
	}
	return all
}

// Paper sets a version on paper, with what is changed since another when d is not nil: each change is marked by a word before it
// and by lines through and under the text. The municipality's records are in Swedish.
func (p *Plan) Paper(d *Diff, notes []LawNote, names []string) document.Document {
	sv := lang.Swedish
	out := document.Document{Title: p.Title, Language: string(sv), Subject: sv.Text("Handlingsplan, version %s", p.Label()), Footer: sv.Text("Version %s", p.Label()), Made: p.ImportedAt.UTC()}
	if d == nil {
		d = Compare(p, p)
	} else {
		out.Subject = sv.Text("Handlingsplan, version %s, med ändringar från version %s", p.Label(), d.Before.Label())
	}
	out.Body = append(out.Body, document.Words(p.standing()))
	if d.Before != d.After {
		out.Body = append(out.Body, document.Words(sv.Text("Ändringar från version %s är märkta: [+ Ny], [− Borttagen], [± Ändrad]. Borttagen text är överstruken och ny text är understruken.", d.Before.Label())))
		for _, f := range d.Fields {
			out.Body = append(out.Body, document.Paragraph{Text: append(document.Strong("["+Changed.Sign()+" "+f.Label.In(sv)+"] "), f.Spans()...)})
		}
		if d.Reordered {
			out.Body = append(out.Body, document.Words(sv.Text("Åtgärdernas ordning är ändrad.")))
		}
	}
	if p.Vision != "" {
		out.Body = append(out.Body, document.Heading{Level: 2, Text: sv.Text("Vision")}, document.Words(p.Vision))
	}
	for _, g := range d.Goals {
		out.Body = append(out.Body, g.paper(names)...)
	}
	if len(notes) > 0 {
		list := document.List{}
		for _, n := range notes {
			list.Items = append(list.Items, []document.Block{document.Words(n.Where().In(sv) + ": " + n.Words().In(sv))})
		}
		out.Body = append(out.Body, document.Heading{Level: 2, Text: sv.Text("Lagrum att se över")}, list)
	}
	return out
}

// Words are the version's own words, a line each.
func (p *Plan) Words() string {
	lines := []string{p.Title, p.Vision}
	for _, g := range p.Goals {
		lines = append(lines, g.Words())
		for _, m := range g.Measures {
			lines = append(append(lines, m.Measure, m.Timeframe, m.Responsible), m.Activities...)
		}
	}
	return strings.Join(lines, "\n")
}

// standing says how the version stands and by which decision.
func (p *Plan) standing() string {
	sv := lang.Swedish
	text := sv.Text("Version %s", p.Label()) + ", " + strings.ToLower(p.State().Words().In(sv)) + "."
	if p.Owner != "" {
		text = p.Owner + ". " + text
	}
	if s := p.Decision(); s != nil {
		text += " " + sv.Text("Fastställd %s, %s.", s.Day.String(), s.Reference)
	}
	return text
}

func mark(c Change) []document.Span {
	if c == Same {
		return nil
	}
	return document.Strong("[" + c.Sign() + " " + c.Words().In(lang.Swedish) + "] ")
}

func (g GoalChange) paper(names []string) []document.Block {
	sv := lang.Swedish
	title := fmt.Sprintf("%s. %s", g.Goal().ExternalID, g.Goal().Words())
	if g.Change != Same {
		title = "[" + g.Change.Sign() + " " + g.Change.Words().In(sv) + "] " + title
	}
	blocks := []document.Block{document.Heading{Level: 2, Text: title}}
	for _, f := range g.Fields {
		blocks = append(blocks, document.Paragraph{Text: append(document.Text(f.Label.In(sv)+": "), f.Spans()...)})
	}
	if len(g.Rows) == 0 {
		return blocks
	}
	t := document.Table{Columns: []document.Column{{Head: sv.Text("Nr"), Share: 1}, {Head: sv.Text("Åtgärd"), Share: 3}, {Head: sv.Text("Aktiviteter"), Share: 4}, {Head: sv.Text("Tidsram"), Share: 2}, {Head: sv.Text("Ansvarig"), Share: 2}}}
	for _, r := range g.Rows {
		t.Rows = append(t.Rows, r.cells(names))
	}
	return append(blocks, t)
}

// cells are a row as the table has it: what was and is where it differs.
func (r RowChange) cells(names []string) [][]document.Span {
	m := r.Row()
	responsible := m.Responsible
	if responsible == "" && len(m.ByActivity(names)) > 0 {
		responsible = m.Answers(names).In(lang.Swedish)
	}
	cells := [][]document.Span{}
	for _, c := range []struct{ name, text string }{{"externalId", m.ExternalID}, {"measure", m.Measure}, {"activities", strings.Join(m.Activities, "\n")}, {"timeframe", m.Timeframe}, {"responsible", responsible}} {
		spans := document.Text(c.text)
		switch r.Change {
		case Added:
			spans[0].Mark = document.Added
		case Removed:
			spans[0].Mark = document.Removed
		case Changed:
			for _, f := range r.Fields {
				if f.Name == c.name {
					spans = f.Spans()
				}
			}
		}
		cells = append(cells, spans)
	}
	cells[1] = append(mark(r.Change), cells[1]...)
	for _, f := range r.Fields {
		if f.Name == "goal" {
			cells[1] = append(cells[1], document.Text("\n"+f.Label.In(lang.Swedish)+": ")...)
			cells[1] = append(cells[1], f.Spans()...)
		}
	}
	return cells
}
