package document

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gobolditalic"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/goregular"
)

// A page of A4, in millimetres; type in points.
const (
	pageWidth, pageHeight = 210.0, 297.0
	margin                = 25.0 // left and right, so that holes can be punched
	top, bottom           = 22.0, 24.0
	body, small           = 10.5, 8.5
	leading               = 1.42
	indent                = 6.0
	padding               = 1.6 // inside a cell
)

// PDF gives the document as a tagged PDF (ISO 32000-1 §14.8): structure, language, bookmarks, and
// the parts of the fonts that it uses. The same document need not give the same bytes twice.
func PDF(d Document) ([]byte, error) {
	counted, err := set(d, 0)
	if err != nil {
		return nil, err
	}
	p, err := set(d, counted.pdf.PageCount())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := p.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("set a PDF: %w", err)
	}
	return tag(out.Bytes(), p.root, d.Language)
}

// Pages tells how many pages the document takes as PDF.
func Pages(d Document) (int, error) {
	p, err := set(d, 0)
	if err != nil {
		return 0, err
	}
	return p.pdf.PageCount(), nil
}

// paper is a document being set.
type paper struct {
	pdf   *fpdf.Fpdf
	root  *element
	y     float64     // where the next line begins, from the top
	marks map[int]int // how many marked sequences a page has
	fonts map[string]bool
}

var faces = map[string][]byte{"": goregular.TTF, "B": gobold.TTF, "I": goitalic.TTF, "BI": gobolditalic.TTF}

// font chooses a face; reading one takes time, so only those that are used are read.
func (p *paper) font(style string, size float64) {
	face := strings.TrimRight(style, "US") // lines are drawn by fpdf
	if !p.fonts[face] {
		p.pdf.AddUTF8FontFromBytes("text", face, faces[face])
		p.fonts[face] = true
	}
	p.pdf.SetFont("text", style, size)
}

// set lays a document out. pages is how many there will be, zero while they are counted.
func set(d Document, pages int) (*paper, error) {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetAutoPageBreak(false, 0)
	f.SetCatalogSort(true)
	f.SetCreationDate(d.Made)
	f.SetModificationDate(d.Made)
	f.SetTitle(settable(d.Title), true)
	f.SetSubject(settable(d.Subject), true)
	f.SetCreator("Samverkan", true)
	p := &paper{pdf: f, root: &element{tag: "Document"}, marks: map[int]int{}, fonts: map[string]bool{}}
	f.SetFooterFunc(func() { p.footer(d.Footer, pages) })
	p.turn()
	p.heading(Heading{1, d.Title}, 3)
	p.blocks(p.root, d.Body, margin, pageWidth-2*margin)
	if f.Err() {
		return nil, fmt.Errorf("set a PDF: %w", f.Error())
	}
	return p, nil
}

// footer is no part of the text: a reader aloud passes it by.
func (p *paper) footer(words string, pages int) {
	p.pdf.RawWriteStr("/Artifact <</Type /Pagination>> BDC")
	p.font("", small)
	p.pdf.Text(margin, pageHeight-12, settable(words))
	number := fmt.Sprintf("%d (%d)", p.pdf.PageNo(), pages)
	p.pdf.Text(pageWidth-margin-p.pdf.GetStringWidth(number), pageHeight-12, number)
	p.pdf.RawWriteStr("EMC")
}

func (p *paper) turn() {
	p.pdf.AddPage()
	p.y = top
}

// need begins a new page unless so much of this one is left.
func (p *paper) need(height float64) {
	if p.y+height > pageHeight-bottom && p.y > top {
		p.turn()
	}
}

func (p *paper) blocks(in *element, all []Block, x, width float64) {
	for n, b := range all {
		switch b := b.(type) {
		case Heading:
			below := 3.0
			if n+1 < len(all) {
				if _, is := all[n+1].(Table); is { // its caption, head and first row
					below = 8
				}
			}
			p.heading(b, below)
		case Paragraph:
			p.paragraph(in.add("P"), b.Text, x, width)
			p.y += 1.6
		case List:
			p.list(in, b, x, width)
		case Table:
			p.table(in, b)
		}
	}
}

var headingSize = []float64{0, 19, 14, 12, 11}

// heading sets a heading with so many lines of what it heads below it.
func (p *paper) heading(h Heading, below float64) {
	size := headingSize[h.Level]
	lines := p.wrap(Strong(h.Text), pageWidth-2*margin, size)
	space := 0.32 * size
	if p.y == top {
		space = 0
	}
	p.need(space + float64(len(lines))*high(size) + below*high(body))
	if p.y > top {
		p.y += space
	}
	p.pdf.Bookmark(settable(h.Text), h.Level-1, p.y)
	e := p.root.add(fmt.Sprintf("H%d", h.Level))
	for _, l := range lines {
		p.line(e, l, margin, size)
	}
	p.y += 0.12 * size
}

func (p *paper) paragraph(e *element, spans []Span, x, width float64) {
	for _, l := range p.wrap(spans, width, body) {
		p.need(high(body))
		p.line(e, l, x, body)
	}
}

func (p *paper) list(in *element, l List, x, width float64) {
	e := in.add("L")
	for _, item := range l.Items {
		li := e.add("LI")
		p.need(high(body))
		y := p.y
		p.line(li.add("Lbl"), []piece{{Span: Span{Text: "• "}}}, x, body)
		p.y = y
		p.blocks(li.add("LBody"), item, x+indent, width-indent)
		p.y = math.Max(p.y, y+high(body))
	}
}

// high is the height of a line of type, in millimetres.
func high(size float64) float64 { return size * leading * 25.4 / 72 }

// piece is a part of a line in one look.
type piece struct {
	Span
	width float64
}

// style is fpdf's name of a span's look.
func (s Span) style() string {
	style := ""
	if s.Strong {
		style += "B"
	}
	if s.Slant {
		style += "I"
	}
	if s.Mark == Added || s.Link != "" {
		style += "U"
	}
	if s.Mark == Removed {
		style += "S"
	}
	return style
}

// line draws one line as one marked sequence, so that a paragraph may go on over a page's end.
func (p *paper) line(e *element, pieces []piece, x, size float64) {
	page := p.pdf.PageNo()
	id := p.marks[page]
	p.marks[page]++
	e.marks = append(e.marks, mark{page, id})
	p.pdf.RawWriteStr(fmt.Sprintf("/%s <</MCID %d>> BDC", e.tag, id))
	p.ink(pieces, x, size)
	p.pdf.RawWriteStr("EMC")
}

func (p *paper) ink(pieces []piece, x, size float64) {
	for _, piece := range pieces {
		p.font(piece.style(), size)
		p.pdf.Text(x, p.y+0.75*high(size), piece.Text)
		x += piece.width
	}
	p.y += high(size)
}

// wrap breaks spans into lines that are no wider than width. The space that a line ends with stays
// with it: whoever copies the text gets words.
func (p *paper) wrap(spans []Span, width, size float64) [][]piece {
	var lines [][]piece
	var line []piece
	at := 0.0
	end := func() { lines, line, at = append(lines, line), nil, 0 }
	for _, s := range spans {
		p.font(s.style(), size)
		for n, row := range strings.Split(settable(s.Text), "\n") {
			if n > 0 {
				end()
			}
			for _, word := range p.words(row, width) {
				w := p.pdf.GetStringWidth(word)
				if at > 0 && at+p.pdf.GetStringWidth(strings.TrimRight(word, " ")) > width {
					end()
				}
				if last := len(line) - 1; last >= 0 && line[last].like(s) {
					line[last].Text += word
					line[last].width += w
				} else {
					s.Text = word
					line = append(line, piece{s, w})
				}
				at += w
			}
		}
	}
	if len(line) > 0 || len(lines) == 0 {
		end()
	}
	return lines
}

// settable gives text with a square for each sign beyond Unicode's first plane, such as an emoji: our faces have
// none of them, and fpdf panics at them.
func settable(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xffff {
			return '□'
		}
		return r
	}, text)
}

// words cuts a row after its spaces, and a word that no line can hold wherever it must be cut.
func (p *paper) words(row string, width float64) []string {
	var all []string
	for _, word := range strings.SplitAfter(row, " ") {
		for p.pdf.GetStringWidth(word) > width {
			fits := 0
			for n := range word {
				if n > 0 && p.pdf.GetStringWidth(word[:n]) > width {
					break
				}
				fits = n
			}
			if fits == 0 { // not even one sign fits: a line too wide is better than none
				break
			}
			all = append(all, word[:fits])
			word = word[fits:]
		}
		if word != "" {
			all = append(all, word)
		}
	}
	return all
}
