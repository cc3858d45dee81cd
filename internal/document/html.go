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
		}
	}
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
