package document

import (
	"fmt"
	"html"
	"strings"
)

// HTML gives blocks as they stand on a page. Every word is escaped and every tag written here, so
// the outcome may be trusted whatever the blocks hold. Headings begin at the given level.
func HTML(blocks []Block) string {
	var b strings.Builder
	writeHTML(&b, blocks, false)
	return b.String()
}

// writeHTML writes blocks; the single paragraph of a list's item needs no tag of its own.
func writeHTML(b *strings.Builder, blocks []Block, tight bool) {
	for _, block := range blocks {
		switch block := block.(type) {
		case Heading:
			fmt.Fprintf(b, "<h%d>%s</h%[1]d>", block.Level, html.EscapeString(block.Text))
		case Paragraph:
			if !tight {
				b.WriteString("<p>")
			}
			writeSpans(b, block.Text)
			if !tight {
				b.WriteString("</p>")
			}
		case List:
			b.WriteString("<ul>")
			for _, item := range block.Items {
				b.WriteString("<li>")
				writeHTML(b, item, true)
				b.WriteString("</li>")
			}
			b.WriteString("</ul>")
		case Table:
			writeTable(b, block)
		}
	}
}

// writeTable writes a table in a region that can be scrolled with the keyboard: on a phone it is wider than the page.
func writeTable(b *strings.Builder, t Table) {
	caption := html.EscapeString(t.Caption)
	fmt.Fprintf(b, `<div class="scroll" role="region" aria-label="%s" tabindex="0"><table><caption>%[1]s</caption><thead><tr>`, caption)
	for _, c := range t.Columns {
		fmt.Fprintf(b, `<th scope="col">%s</th>`, html.EscapeString(c.Head))
	}
	b.WriteString("</tr></thead><tbody>")
	for _, row := range t.Rows {
		b.WriteString("<tr>")
		for n, cell := range row {
			open, end := "<td>", "</td>"
			if n == 0 {
				open, end = `<th scope="row">`, "</th>"
			}
			b.WriteString(open)
			writeSpans(b, cell)
			b.WriteString(end)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table></div>")
}

func writeSpans(b *strings.Builder, spans []Span) {
	for _, s := range spans {
		var ends []string
		open := func(tag, attributes string) {
			b.WriteString("<" + tag + attributes + ">")
			ends = append([]string{"</" + tag + ">"}, ends...)
		}
		switch s.Mark {
		case Added:
			open("ins", "")
		case Removed:
			open("del", "")
		}
		if s.Link != "" { // a page of ours tells nobody where its reader comes from
			open("a", ` href="`+html.EscapeString(s.Link)+`" rel="noopener noreferrer nofollow"`)
		}
		if s.Strong {
			open("strong", "")
		}
		if s.Slant {
			open("em", "")
		}
		b.WriteString(strings.ReplaceAll(html.EscapeString(s.Text), "\n", "<br>"))
		b.WriteString(strings.Join(ends, ""))
	}
}
