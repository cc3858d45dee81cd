package document

import (
	"net/url"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// signs are the only signs that mean anything: paragraphs, lists, emphasis and links. Whatever is
// not read here (HTML, pictures, headings, code, tables) stays the text that was typed, so nothing
// that somebody writes is ever markup.
var signs = parser.NewParser(
	parser.WithBlockParsers(
		util.Prioritized(bullets{parser.NewListParser()}, 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(paragraphs{parser.NewParagraphParser()}, 1000),
	),
	parser.WithInlineParsers(
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500),
	),
)

// bullets are the only lists: "3. maj" at the beginning of a line is a day and stays the number that
// was typed.
type bullets struct{ parser.BlockParser }

func (bullets) Trigger() []byte { return []byte{'-', '*'} }

// paragraphs may begin with as many spaces as anybody likes: there is no code here for them to be.
type paragraphs struct{ parser.BlockParser }

func (paragraphs) CanAcceptIndentedLine() bool { return true }

// Markdown reads text that was typed: paragraphs, "- " lists, **strong**, *emphasis* and
// [links](https://…). A line break stays one. What it cannot read is text.
func Markdown(typed string) []Block {
	source := []byte(strings.ReplaceAll(typed, "\r\n", "\n"))
	return reader{source}.blocks(signs.Parse(text.NewReader(source)), 0)
}

// Plain gives the words of blocks without their signs, a line for each paragraph and item.
func Plain(blocks []Block) string {
	var b strings.Builder
	for n, block := range blocks {
		if n > 0 {
			b.WriteByte('\n')
		}
		switch block := block.(type) {
		case Heading:
			b.WriteString(block.Text)
		case Paragraph:
			for _, s := range block.Text {
				b.WriteString(s.Text)
			}
		case List:
			for i, item := range block.Items {
				if i > 0 {
					b.WriteByte('\n')
				}
				b.WriteString(Plain(item))
			}
		case Table:
			b.WriteString(block.plain())
		}
	}
	return b.String()
}

func (t Table) plain() string {
	lines := []string{}
	for _, row := range t.Rows {
		cells := []string{}
		for _, cell := range row {
			cells = append(cells, Plain([]Block{Paragraph{cell}}))
		}
		lines = append(lines, strings.Join(cells, "\t"))
	}
	return strings.Join(lines, "\n")
}

type reader struct{ source []byte }

// deepest is how deep lists stand in lists; what is deeper stands beside.
const deepest = 5

func (r reader) blocks(parent ast.Node, depth int) []Block {
	var all []Block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.List:
			l := List{}
			for item := n.FirstChild(); item != nil; item = item.NextSibling() {
				l.Items = append(l.Items, r.blocks(item, depth+1))
			}
			if depth < deepest {
				all = append(all, l)
			} else {
				all = append(all, slices.Concat(l.Items...)...)
			}
		default:
			if spans := r.spans(n, Span{}); len(spans) > 0 {
				all = append(all, Paragraph{spans})
			}
		}
	}
	return all
}

// spans gives the text under a node in the look that stands around it.
func (r reader) spans(parent ast.Node, look Span) []Span {
	var all []Span
	add := func(words string) {
		if last := len(all) - 1; last >= 0 && all[last].like(look) {
			all[last].Text += words
			return
		}
		s := look
		s.Text = words
		all = append(all, s)
	}
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			words := string(util.UnescapePunctuations(n.Segment.Value(r.source)))
			if n.SoftLineBreak() || n.HardLineBreak() {
				words = strings.TrimRight(words, " ") + "\n"
			}
			add(words)
		case *ast.String:
			add(string(n.Value))
		case *ast.Emphasis:
			inner := look
			inner.Strong, inner.Slant = look.Strong || n.Level > 1, look.Slant || n.Level == 1
			all = append(all, r.spans(n, inner)...)
		case *ast.AutoLink:
			inner := look
			inner.Link = leads(string(n.URL(r.source)))
			inner.Text = string(n.Label(r.source))
			all = append(all, inner)
		case *ast.Link:
			inner := look
			inner.Link = leads(string(n.Destination))
			all = append(all, r.spans(n, inner)...)
		default: // a picture is its own words: it would be fetched from elsewhere
			all = append(all, r.spans(n, look)...)
		}
	}
	return all
}

func (s Span) like(o Span) bool {
	s.Text, o.Text = "", ""
	return s == o
}

// leads gives an address that a reader may be sent to: the web or a letter, nothing that runs.
func leads(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "https", "http":
		if u.Host != "" {
			return u.String()
		}
	case "mailto":
		return u.String()
	}
	return ""
}
