package minutes

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/file"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// Paper sets the document, finalised at an instant, as it stands on paper. It says what the canonical
// document says and nothing else, so a version reads the same for ever. The municipality's records
// are in Swedish.
func (d Document) Paper(at time.Time) document.Document {
	when := fmt.Sprintf("%s kl. %s", almanac.Long(d.Date, lang.Swedish), almanac.Span(d.Starts, d.Ends))
	p := document.Document{Title: d.Forum, Language: string(lang.Swedish), Subject: fmt.Sprintf("Anteckningar %s, version %d", d.Date, d.Number),
		Footer: fmt.Sprintf("Anteckningar %s, version %d", d.Date, d.Number), Made: at.UTC()}
	p.Body = append(p.Body, document.Words(fmt.Sprintf("Anteckningar från mötet %s.\nVersion %d, färdigställd %s.", when, d.Number, d.day(at))))
	if d.Reason != "" {
		p.Body = append(p.Body, document.Words("Rättelse: "+d.Reason))
	}
	if len(d.Attendance) > 0 {
		p.Body = append(p.Body, document.Heading{Level: 2, Text: "Närvaro"}, d.attendance())
	}
	for n, a := range d.Agenda {
		p.Body = append(p.Body, document.Heading{Level: 2, Text: fmt.Sprintf("%d. %s", n+1, a.Title)})
		if len(a.Items) == 0 {
			p.Body = append(p.Body, document.Words("Inget antecknat."))
		}
		for _, i := range a.Items {
			p.Body = append(p.Body, i.paper()...)
		}
	}
	if len(d.Attachments) > 0 {
		var names document.List
		for _, a := range d.Attachments {
			names.Items = append(names.Items, []document.Block{document.Words(a.Name)})
		}
		p.Body = append(p.Body, document.Heading{Level: 2, Text: "Bilagor"}, names)
	}
	if d.Agreement != nil {
		p.Body = append(p.Body, document.Heading{Level: 2, Text: "Hur anteckningarna blev klara"})
		for _, line := range d.Agreed(lang.Swedish) {
			p.Body = append(p.Body, document.Words(line))
		}
	}
	return p
}

// day is the local day of an instant. A zone that the program does not know is no reason to have no
// minutes.
func (d Document) day(at time.Time) almanac.Date { return almanac.DateOf(at, d.location()) }

func (d Document) location() *time.Location {
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		zone = time.UTC
	}
	return zone
}

func (d Document) attendance() document.Table {
	t := document.Table{Columns: []document.Column{{Head: "Organisation", Share: 3}, {Head: "Roll", Share: 3}, {Head: "Närvaro", Share: 2}}}
	for _, a := range d.Attendance {
		t.Rows = append(t.Rows, [][]document.Span{document.Text(a.Organisation), document.Text(a.Role), document.Text(attended[a.State])})
	}
	return t
}

var attended = map[State]string{Present: "Närvarande", Absent: "Frånvarande", Apology: "Anmält förhinder", Substitute: "Ersättare"}

// paper gives an item: what it is in front, what was said, and who is to do it or hear of it.
func (i DocumentItem) paper() []document.Block {
	blocks := document.Markdown(i.Text)
	head := map[Kind]string{Decision: "Beslut " + i.Label, Action: "Uppgift " + i.Label, Relay: "Att föra vidare"}[i.Kind]
	if head != "" {
		blocks = document.Before(document.Strong(head+": "), blocks)
	}
	switch i.Kind {
	case Action:
		by := "Ansvarig: " + i.Owner + "."
		if !i.Due.IsZero() {
			by += fmt.Sprintf(" Klart senast %s.", i.Due)
		}
		blocks = append(blocks, document.Words(by))
	case Relay:
		blocks = append(blocks, document.Words("Till: "+i.To()+"."))
	}
	return blocks
}

// keepPDF makes a version's PDF and puts it away: it is made once, whoever asks for it later.
func keepPDF(tx *store.Tx, d Document) (sum string, err error) {
	pdf, err := document.PDF(d.Paper(tx.Now))
	if err != nil {
		return "", err
	}
	return file.Keep(tx, pdf)
}

// Format is a kind of file that minutes can be had as.
type Format string

// The formats.
const (
	PDF  Format = "pdf" // tagged, and the same bytes each time
	ODT  Format = "odt"
	DOCX Format = "docx"
)

// Formats are all formats.
var Formats = []Format{PDF, ODT, DOCX}

var contentTypes = map[Format]string{PDF: "application/pdf", ODT: "application/vnd.oasis.opendocument.text", DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}

// ContentType is what a browser calls a format; empty: there is none.
func ContentType(f Format) string { return contentTypes[f] }

// Copy is a document as a file to keep.
type Copy struct {
	Name        string // tells what it is, and nothing of what stands in it
	ContentType string
	Data        []byte
}

// Download gives a finalised version, the latest for number 0, as a file. It is logged, as reading
// it is. It refuses with fault.NotFound unless the actor may read the forum's notes.
func Download(tx *store.Tx, by access.Actor, id uuid.UUID, number int64, format Format) (*Copy, error) {
	o, err := find(tx, by, id, number)
	if err != nil {
		return nil, err
	}
	c, err := o.Copy(tx, format)
	if err != nil {
		return nil, err
	}
	return c, access.Log(tx, by, "download minutes", "minutes", id)
}

// Copy gives what was opened as a file. It refuses with fault.NotFound for a format that there is not.
func (o *Opened) Copy(tx *store.Tx, format Format) (*Copy, error) {
	contentType, known := contentTypes[format]
	if !known {
		return nil, fault.Missing()
	}
	c := &Copy{Name: fmt.Sprintf("anteckningar-%s-version-%d.%s", o.Document.Date, o.Document.Number, format), ContentType: contentType}
	var err error
	switch {
	case format == PDF && !o.Altered:
		c.Data, err = file.Read(tx, o.Frozen.PDF)
	case format == PDF:
		c.Data, err = document.PDF(o.Document.Paper(o.Frozen.At))
	case format == ODT:
		c.Data, err = document.ODT(o.Document.Paper(o.Frozen.At))
	default:
		c.Data, err = document.DOCX(o.Document.Paper(o.Frozen.At))
	}
	return c, err
}
