package document

import (
	"fmt"
	"strings"
	"time"
)

// ODT gives the document as OpenDocument text (ISO/IEC 26300, version 1.3). The same document gives
// the same bytes.
func ODT(d Document) ([]byte, error) {
	w := &odt{}
	fmt.Fprintf(w, `<text:h text:style-name="Heading_20_1" text:outline-level="1">%s</text:h>`, escape(d.Title))
	w.blocks(d.Body, "Text_20_body")
	return pack(d.Made, []part{
		{"mimetype", "application/vnd.oasis.opendocument.text", true}, // part 2 §3.3: first and not compressed
		{name: "META-INF/manifest.xml", content: odtManifest},
		{name: "content.xml", content: declaration + `<office:document-content ` + odtSpaces + ` office:version="1.3">` + odtAutomatic +
			`<office:body><office:text>` + w.String() + `</office:text></office:body></office:document-content>`},
		{name: "styles.xml", content: odtStyles(d)},
		{name: "meta.xml", content: declaration + fmt.Sprintf(`<office:document-meta %s office:version="1.3"><office:meta><meta:generator>Samverkan</meta:generator>`+
			`<dc:title>%s</dc:title><dc:subject>%s</dc:subject><dc:language>%s</dc:language><meta:creation-date>%s</meta:creation-date></office:meta></office:document-meta>`,
			odtSpaces, escape(d.Title), escape(d.Subject), escape(d.Language), d.Made.UTC().Format(time.RFC3339))},
	})
}

type odt struct{ strings.Builder }

func (w *odt) blocks(all []Block, style string) {
	for _, b := range all {
		switch b := b.(type) {
		case Heading:
			fmt.Fprintf(w, `<text:h text:style-name="Heading_20_%d" text:outline-level="%[1]d">%s</text:h>`, b.Level, escape(b.Text))
		case Paragraph:
			w.paragraph(b.Text, style)
		case List:
			w.WriteString(`<text:list text:style-name="Bullets">`)
			for _, item := range b.Items {
				w.WriteString(`<text:list-item>`)
				w.blocks(item, "List")
				w.WriteString(`</text:list-item>`)
			}
			w.WriteString(`</text:list>`)
		case Table:
			w.table(b)
		}
	}
}

func (w *odt) paragraph(spans []Span, style string) {
	fmt.Fprintf(w, `<text:p text:style-name="%s">`, style)
	for _, s := range spans {
		text := strings.ReplaceAll(escape(s.Text), "&#xA;", `<text:line-break/>`)
		text = strings.ReplaceAll(text, "  ", ` <text:s/>`) // part 3 §6.1.3: two spaces would be one
		if look := s.look(); look != "" {
			text = fmt.Sprintf(`<text:span text:style-name="%s">%s</text:span>`, look, text)
		}
		if s.Link != "" {
			text = fmt.Sprintf(`<text:a xlink:type="simple" xlink:href="%s">%s</text:a>`, escape(s.Link), text)
		}
		w.WriteString(text)
	}
	w.WriteString(`</text:p>`)
}

// look names the style of a span that is not plain.
func (s Span) look() string {
	name := ""
	if s.Strong {
		name += "Strong"
	}
	if s.Slant {
		name += "Slant"
	}
	switch s.Mark {
	case Added:
		name += "Added"
	case Removed:
		name += "Removed"
	}
	return name
}

func (w *odt) table(t Table) {
	if t.Caption != "" {
		w.paragraph(Strong(t.Caption), "Text_20_body")
	}
	w.WriteString(`<table:table table:style-name="Table">`)
	for _, width := range t.widths(10) {
		fmt.Fprintf(w, `<table:table-column table:style-name="Column%d"/>`, share(width))
	}
	w.WriteString(`<table:table-header-rows>`)
	w.row(t.head())
	w.WriteString(`</table:table-header-rows>`)
	for _, row := range t.Rows {
		w.row(row)
	}
	w.WriteString(`</table:table>`)
}

// share rounds a column's tenth part of the width: styles have names, not numbers.
func share(tenths float64) int { return min(10, max(1, int(tenths+0.5))) }

func (w *odt) row(cells [][]Span) {
	w.WriteString(`<table:table-row>`)
	for _, cell := range cells {
		w.WriteString(`<table:table-cell table:style-name="Cell" office:value-type="string">`)
		w.paragraph(cell, "Table_20_Contents")
		w.WriteString(`</table:table-cell>`)
	}
	w.WriteString(`</table:table-row>`)
}

const odtSpaces = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" ` +
	`xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" ` +
	`xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" ` +
	`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"`

const odtManifest = declaration + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">` +
	`<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text" manifest:version="1.3"/>` +
	`<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>` +
	`<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>`

var odtAutomatic = automatic()

// automatic gives the looks that the text refers to.
func automatic() string {
	var b strings.Builder
	b.WriteString(`<office:automatic-styles><style:style style:name="Table" style:family="table"><style:table-properties style:width="16cm" table:align="left"/></style:style>`)
	for n := 1; n <= 10; n++ {
		fmt.Fprintf(&b, `<style:style style:name="Column%d" style:family="table-column"><style:table-column-properties style:rel-column-width="%[1]d*"/></style:style>`, n)
	}
	b.WriteString(`<style:style style:name="Cell" style:family="table-cell"><style:table-cell-properties fo:padding="0.1cm" fo:border-bottom="0.5pt solid #14202b"/></style:style>`)
	for _, s := range []Span{{Strong: true}, {Slant: true}, {Strong: true, Slant: true}} {
		for _, s.Mark = range []Mark{Unmarked, Added, Removed} {
			b.WriteString(odtLook(s))
		}
	}
	b.WriteString(odtLook(Span{Mark: Added}) + odtLook(Span{Mark: Removed}) + `</office:automatic-styles>`)
	return b.String()
}

func odtLook(s Span) string {
	properties := ""
	if s.Strong {
		properties += ` fo:font-weight="bold"`
	}
	if s.Slant {
		properties += ` fo:font-style="italic"`
	}
	switch s.Mark {
	case Added:
		properties += ` style:text-underline-style="solid"`
	case Removed:
		properties += ` style:text-line-through-style="solid"`
	}
	return fmt.Sprintf(`<style:style style:name="%s" style:family="text"><style:text-properties%s/></style:style>`, s.look(), properties)
}

func odtStyles(d Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, declaration+`<office:document-styles %s office:version="1.3"><office:styles>`+
		`<style:default-style style:family="paragraph"><style:text-properties fo:font-family="Arial" fo:font-size="11pt" fo:language="%s" fo:country="%s"/></style:default-style>`+
		`<style:style style:name="Standard" style:family="paragraph"/>`+
		`<style:style style:name="Text_20_body" style:display-name="Text body" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-bottom="0.2cm"/></style:style>`+
		`<style:style style:name="List" style:family="paragraph" style:parent-style-name="Standard"/>`+
		`<style:style style:name="Table_20_Contents" style:display-name="Table Contents" style:family="paragraph" style:parent-style-name="Standard"/>`+
		`<style:style style:name="Footer" style:family="paragraph" style:parent-style-name="Standard"><style:text-properties fo:font-size="9pt"/></style:style>`,
		odtSpaces, escape(d.Language), country(d.Language))
	for level := 1; level <= 4; level++ {
		fmt.Fprintf(&b, `<style:style style:name="Heading_20_%d" style:display-name="Heading %[1]d" style:family="paragraph" style:parent-style-name="Standard" style:next-style-name="Text_20_body" style:default-outline-level="%[1]d">`+
			`<style:paragraph-properties fo:margin-top="0.4cm" fo:margin-bottom="0.15cm" fo:keep-with-next="always"/><style:text-properties fo:font-size="%gpt" fo:font-weight="bold"/></style:style>`, level, headingSize[level])
	}
	b.WriteString(`<text:list-style style:name="Bullets">`)
	for level := 1; level <= 9; level++ {
		fmt.Fprintf(&b, `<text:list-level-style-bullet text:level="%d" text:bullet-char="•"><style:list-level-properties text:list-level-position-and-space-mode="label-alignment">`+
			`<style:list-level-label-alignment text:label-followed-by="listtab" fo:text-indent="-0.6cm" fo:margin-left="%.1fcm"/></style:list-level-properties></text:list-level-style-bullet>`, level, 0.6*float64(level))
	}
	fmt.Fprintf(&b, `</text:list-style></office:styles>`+
		`<office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-left="2.5cm" fo:margin-right="2.5cm" fo:margin-top="2.2cm" fo:margin-bottom="1.5cm"/>`+
		`<style:footer-style/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4"><style:footer>`+
		`<text:p text:style-name="Footer">%s · <text:page-number text:select-page="current">1</text:page-number> (<text:page-count>1</text:page-count>)</text:p></style:footer></style:master-page></office:master-styles></office:document-styles>`,
		escape(d.Footer))
	return b.String()
}

// country is where a language is written as we write it.
func country(language string) string {
	if language == "en" {
		return "GB"
	}
	return "SE"
}
