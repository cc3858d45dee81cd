package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/file"
	"samverkan/internal/followup"
	"samverkan/internal/lang"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// Paper sets the follow-up as it stands on paper, in Swedish, made at an instant. The page that shows it, the files and the table for a
// spreadsheet all come from here.
func (d Document) Paper(at time.Time) document.Document {
	p := document.Document{Title: d.Title().In(lang.Swedish), Language: string(lang.Swedish), Subject: d.edition(), Footer: d.edition(), Made: at.UTC()}
	p.Body = append(p.Body, document.Words(d.opening()))
	if d.Reason != "" {
		p.Body = append(p.Body, document.Words("Rättelse av version "+strconv.FormatInt(d.Number-1, 10)+": "+d.Reason))
	}
	if d.Summary != "" {
		p.Body = append(p.Body, document.Heading{Level: 2, Text: "Sammanfattning"})
		p.Body = append(p.Body, document.Markdown(d.Summary)...)
	}
	p.Body = append(p.Body, document.Heading{Level: 2, Text: "Möten som planen lovar"}, d.promises(), d.meetings(), d.notes())
	if missed := d.missed(); len(missed.Rows) > 0 {
		p.Body = append(p.Body, document.Heading{Level: 2, Text: "Möten som inte blev av"}, missed)
	}
	if came := d.came(); len(came.Rows) > 0 {
		p.Body = append(p.Body, document.Heading{Level: 2, Text: "Vilka som kom"}, came)
	}
	if len(d.Rows) > 0 {
		p.Body = append(p.Body, document.Heading{Level: 2, Text: "Planens åtgärder"}, d.rows())
	}
	if len(d.Places) > 0 {
		p.Body = append(p.Body, document.Heading{Level: 2, Text: "Planen på arbetsplatserna"}, d.anchoring())
	}
	if d.Outlook != "" {
		p.Body = append(p.Body, document.Heading{Level: 2, Text: "Det som behövs framåt"})
		p.Body = append(p.Body, document.Markdown(d.Outlook)...)
	}
	p.Body = append(p.Body, document.Heading{Level: 2, Text: "Så är siffrorna räknade"}, document.Words(counting(d.HandedOver.IsZero())))
	return p
}

// edition tells one paper from another.
func (d Document) edition() string {
	text := fmt.Sprintf("%s, version %d", d.Title().In(lang.Swedish), d.Number)
	if d.HandedOver.IsZero() {
		text += ", utkast"
	}
	return text
}

func (d Document) opening() string {
	lines := []string{fmt.Sprintf("Gäller %s till %s. Siffrorna är räknade %s.", swedish(d.From), swedish(d.To), swedish(d.Counted))}
	if d.Plan != nil {
		lines = append(lines, "Plan: "+d.Plan.named()+".")
	}
	switch {
	case d.HandedOver.IsZero():
		lines = append(lines, "Utkast. Inte överlämnat till nämnden.")
	case d.Reference != "":
		lines = append(lines, fmt.Sprintf("Överlämnat till nämnden %s. Diarienummer %s.", swedish(d.HandedOver), d.Reference))
	default:
		lines = append(lines, fmt.Sprintf("Överlämnat till nämnden %s.", swedish(d.HandedOver)))
	}
	return strings.Join(lines, "\n")
}

// named is the plan with its version, when it says which it is.
func (p PlanVersion) named() string {
	if p.Version == "" {
		return p.Title
	}
	return p.Title + ", version " + p.Version
}

// counting says how to understand the numbers, so that whoever brings them can answer for them.
func counting(draft bool) string {
	text := fmt.Sprintf("Ett möte är hållet när det är bokfört så. Anteckningar är i tid när de är färdiga inom %d arbetsdagar efter mötet. En organisation har kommit när någon därifrån var med, "+
		"enligt de färdiga anteckningarna. Beslut och uppgifter är de som står i färdiga anteckningar; en uppgift som strukits räknas inte. Förmedlat är det som lämnats till arbetsgrupper och "+
		"arbetsplatser, en gång för var och en; genomgånget är det som de har bekräftat. Ett streck betyder att siffran inte är känd för den som räknade.", followup.NotesWithin)
	if draft {
		return text
	}
	return text + " Bakom varje siffra finns en lista i Samverkan, som den var den dag då siffrorna räknades."
}

func swedish(d almanac.Date) string { return day(d).In(lang.Swedish) }

// column names of tables, and how wide they are.
func columns(heads ...string) []document.Column {
	all := make([]document.Column, len(heads))
	for n, h := range heads {
		all[n] = document.Column{Head: h, Share: 3}
	}
	all[0].Share = 6
	return all
}

func cells(texts ...string) [][]document.Span {
	all := make([][]document.Span, len(texts))
	for n, t := range texts {
		all[n] = document.Text(t)
	}
	return all
}

// number is a figure on paper.
func (f ForumFacts) number(of Figure) string {
	if !f.Known(of) {
		return "–"
	}
	return strconv.Itoa(f.Count(of))
}

func (d Document) promises() document.Table {
	t := document.Table{Caption: "Löftena och hur de står", Columns: columns("Forum", "Löfte", "Läge")}
	t.Columns[1].Share, t.Columns[2].Share = 5, 6
	for _, f := range d.Forums {
		stands := f.Stands
		if n := f.Count(Awaited); n > 0 {
			stands = fmt.Sprintf("%s (%d väntas)", stands, n)
		}
		if n := f.Count(Unrecorded); n > 0 {
			stands = fmt.Sprintf("%s (%d inte bokförda)", stands, n)
		}
		t.Rows = append(t.Rows, cells(f.named(), f.Promise, stands))
	}
	return t
}

func (d Document) meetings() document.Table {
	t := document.Table{Caption: "Möten per forum", Columns: columns("Forum", "Hållna", "Planerade", "Inställda", "Flyttade", "Blev inte av")}
	for _, f := range d.Forums {
		t.Rows = append(t.Rows, cells(f.Name, f.number(Held), f.number(Planned), f.number(Cancelled), f.number(Moved), f.number(Missed)))
	}
	return t
}

func (f ForumFacts) named() string {
	if f.InPlan {
		return f.Name
	}
	return f.Name + " (inte i planen)"
}

func (d Document) notes() document.Table {
	t := document.Table{Caption: "Anteckningar, beslut och det som fördes vidare", Columns: columns("Forum", "Anteckningar i tid", "Beslut", "Öppna uppgifter", "Klara uppgifter", "Genomgånget av förmedlat")}
	t.Columns[1].Share, t.Columns[5].Share = 4, 4
	for _, f := range d.Forums {
		t.Rows = append(t.Rows, cells(f.Name, f.Share(NotesInTime, NotesDue).In(lang.Swedish), f.number(Decisions), f.number(ActionsOpen), f.number(ActionsDone), f.Share(GoneThrough, PassedOn).In(lang.Swedish)))
	}
	return t
}

func (d Document) missed() document.Table {
	t := document.Table{Caption: "Möten som inte blev av, och varför", Columns: columns("Forum", "När", "Förklaring")}
	t.Columns[1].Share, t.Columns[2].Share = 6, 7
	for _, f := range d.Forums {
		for _, m := range f.Things[Missed] {
			explanation := m.Explanation
			if explanation == "" {
				explanation = "Ingen förklaring."
			}
			t.Rows = append(t.Rows, cells(f.Name, m.missing().In(lang.Swedish), explanation))
		}
	}
	return t
}

func (d Document) came() document.Table {
	t := document.Table{Caption: "Organisationer som kom, per forum", Columns: columns("Forum", "Organisation", "Möten")}
	t.Columns[1].Share = 6
	for _, f := range d.Forums {
		for _, o := range f.Things[Came] {
			t.Rows = append(t.Rows, cells(f.Name, o.Name, fmt.Sprintf("%d av %d", o.Times(), len(o.Visits))))
		}
	}
	return t
}

func (d Document) rows() document.Table {
	t := document.Table{Caption: "Hur planens åtgärder står", Columns: columns("Rad", "Åtgärd", "Tidsram", "Läge", "Kommentar")}
	t.Columns[0].Share, t.Columns[1].Share, t.Columns[2].Share, t.Columns[4].Share = 2, 8, 5, 6
	for _, r := range d.Rows {
		comment := r.Comment
		if n := len(r.Meetings); n > 0 {
			comment = strings.TrimSpace(comment + fmt.Sprintf(" Möten: %d.", n))
		}
		t.Rows = append(t.Rows, cells(r.Row, r.Measure, r.Timeframe, r.Status.Words().In(lang.Swedish), comment))
	}
	return t
}

// CSV is the paper's tables for a spreadsheet, each below its caption.
const CSV minutes.Format = "csv"

// table writes a paper's tables.
func table(p document.Document) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\ufeff") // by which Excel knows UTF-8
	w := csv.NewWriter(&out)
	w.Comma = ';' // which Excel in Sweden expects
	for _, b := range p.Body {
		t, is := b.(document.Table)
		if !is {
			continue
		}
		head := make([]string, len(t.Columns))
		for n, c := range t.Columns {
			head[n] = c.Head
		}
		lines := [][]string{{t.Caption}, head}
		for _, r := range t.Rows {
			line := make([]string, len(r))
			for n, spans := range r {
				line[n] = access.InCell(spans[0].Text)
			}
			lines = append(lines, line)
		}
		if err := w.WriteAll(append(lines, nil)); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), w.Error()
}

// Download gives a follow-up as a file: a draft as it is now, one that was handed over as it was then. It is logged. It refuses with
// fault.NotFound whoever may not read it and for a format that there is not.
func Download(tx *store.Tx, by access.Actor, zone *time.Location, id uuid.UUID, format minutes.Format) (*minutes.Copy, error) {
	o, err := Open(tx, by, zone, id)
	if err != nil {
		return nil, err
	}
	c, err := o.copy(tx, format)
	if err != nil {
		return nil, err
	}
	return c, access.Log(tx, by, "download follow-up", "follow-up", id)
}

func (o *Opened) copy(tx *store.Tx, format minutes.Format) (c *minutes.Copy, err error) {
	at := tx.Now
	if !o.Draft() {
		at = o.Report.Handover.At
	}
	name := fmt.Sprintf("uppfoljning-%d-version-%d.%s", o.Document.Year, o.Document.Number, format)
	if half := o.Document.Half; half > 0 {
		name = fmt.Sprintf("uppfoljning-%d-halvar-%d-version-%d.%s", o.Document.Year, half, o.Document.Number, format)
	}
	paper := o.Document.Paper(at)
	c = &minutes.Copy{Name: name, ContentType: minutes.ContentType(format)}
	switch format {
	case minutes.PDF:
		if o.Draft() {
			c.Data, err = document.PDF(paper)
		} else {
			c.Data, err = file.Read(tx, o.Report.Handover.PDF)
		}
	case minutes.ODT:
		c.Data, err = document.ODT(paper)
	case minutes.DOCX:
		c.Data, err = document.DOCX(paper)
	case CSV:
		c.ContentType = "text/csv; charset=utf-8"
		c.Data, err = table(paper)
	default:
		return nil, fault.Missing()
	}
	return c, err
}
