// Package document sets a text with its structure on paper: tagged PDF, ODT and DOCX, and HTML for
// pages, all from the same blocks, so that no form of a document says anything that another does
// not. It reads the few signs of Markdown that minutes may be written with.
package document

import "time"

// Document is a text that stands by itself.
type Document struct {
	Title    string
	Language string    // RFC 5646: "sv" or "en"
	Subject  string    // one line for those who search files
	Footer   string    // stands at the foot of each page, before the page's number
	Made     time.Time // what the file says of its own age
	Body     []Block
}

// Block is one part of a body: Heading, Paragraph, List or Table.
type Block interface{ block() }

// Heading begins a part. The document's title is the only one of level 1.
type Heading struct {
	Level int // 2 to 4
	Text  string
}

// Paragraph is running text. A line break in a span is one on paper.
type Paragraph struct{ Text []Span }

// List is a list of items, each with blocks of its own.
type List struct{ Items [][]Block }

// Table is a table whose first row names the columns.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][][]Span // each row has as many cells as there are columns
}

// Column is a column of a table.
type Column struct {
	Head  string
	Share float64 // of the width, in relation to the others
}

func (Heading) block()   {}
func (Paragraph) block() {}
func (List) block()      {}
func (Table) block()     {}

// Mark tells what a revision did to a span. It shows as a line through or under the text, never by
// colour alone.
type Mark int

// The marks.
const (
	Unmarked Mark = iota
	Added
	Removed
)

// Span is text of one look.
type Span struct {
	Text   string
	Strong bool
	Slant  bool // emphasis
	Mark   Mark
	Link   string // where it leads; empty: nowhere
}

// Text gives plain text as spans.
func Text(s string) []Span { return []Span{{Text: s}} }

// Strong gives text that stands out.
func Strong(s string) []Span { return []Span{{Text: s, Strong: true}} }

// Words gives a paragraph of plain text.
func Words(s string) Paragraph { return Paragraph{Text(s)} }

// Before puts spans in front of the first words of blocks.
func Before(head []Span, blocks []Block) []Block {
	if len(blocks) > 0 {
		if first, is := blocks[0].(Paragraph); is {
			return append([]Block{Paragraph{append(head[:len(head):len(head)], first.Text...)}}, blocks[1:]...)
		}
	}
	return append([]Block{Paragraph{head}}, blocks...)
}
