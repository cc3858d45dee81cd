package document

import (
	"fmt"
	"strings"
	"time"
)

// DOCX gives the document as Office Open XML (ISO/IEC 29500, transitional). The same document gives
// the same bytes.
func DOCX(d Document) ([]byte, error) {
	w := &docx{}
	w.styled("Heading1", Text(d.Title), "")
	w.blocks(d.Body, "")
	return pack(d.Made, []part{
		{name: "[Content_Types].xml", content: docxTypes},
		{name: "_rels/.rels", content: docxRoot},
		{name: "docProps/core.xml", content: declaration + fmt.Sprintf(`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" `+
			`xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>%s</dc:title><dc:subject>%s</dc:subject><dc:language>%s</dc:language>`+
			`<dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created></cp:coreProperties>`, escape(d.Title), escape(d.Subject), escape(d.Language), d.Made.UTC().Format(time.RFC3339))},
		{name: "word/document.xml", content: declaration + `<w:document ` + docxSpaces + `><w:body>` + w.String() + `<w:sectPr><w:footerReference w:type="default" r:id="footer"/>` +
			`<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1417" w:bottom="1247" w:left="1417" w:header="708" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>`},
		{name: "word/_rels/document.xml.rels", content: w.relations()},
		{name: "word/styles.xml", content: docxStyles(d.Language)},
		{name: "word/numbering.xml", content: docxNumbering},
		{name: "word/footer.xml", content: declaration + `<w:ftr ` + docxSpaces + `><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>` + run(Span{Text: d.Footer + " · "}) +
			`<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>` + run(Span{Text: " ("}) + `<w:fldSimple w:instr="NUMPAGES"><w:r><w:t>1</w:t></w:r></w:fldSimple>` + run(Span{Text: ")"}) + `</w:p></w:ftr>`},
	})
}

type docx struct {
	strings.Builder
	links []string
}

func (w *docx) blocks(all []Block, list string) {
	for _, b := range all {
		switch b := b.(type) {
		case Heading:
			w.styled(fmt.Sprintf("Heading%d", b.Level), Text(b.Text), "")
		case Paragraph:
			style := ""
			if list != "" {
				style = "ListParagraph"
			}
			w.styled(style, b.Text, list)
		case List:
			for _, item := range b.Items {
				w.blocks(item, bullet(list))
			}
		case Table:
			w.table(b)
		}
	}
}

// bullet is the numbering of a list inside another one, or in the text for "".
func bullet(outer string) string {
	level := 0
	if outer != "" {
		level = min(strings.Count(outer, ">")+1, 8)
	}
	return strings.Repeat(">", level) + "•"
}

func (w *docx) styled(style string, spans []Span, list string) {
	w.WriteString(`<w:p><w:pPr>`)
	if style != "" {
		fmt.Fprintf(w, `<w:pStyle w:val="%s"/>`, style)
	}
	if list != "" {
		fmt.Fprintf(w, `<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="1"/></w:numPr>`, strings.Count(list, ">"))
	}
	w.WriteString(`</w:pPr>`)
	w.runs(spans)
	w.WriteString(`</w:p>`)
}

func (w *docx) runs(spans []Span) {
	for _, s := range spans {
		if s.Link == "" {
			w.WriteString(run(s))
			continue
		}
		w.links = append(w.links, s.Link)
		fmt.Fprintf(w, `<w:hyperlink r:id="link%d">%s</w:hyperlink>`, len(w.links), run(s))
	}
}

func run(s Span) string {
	properties := ""
	if s.Strong {
		properties += `<w:b/>`
	}
	if s.Slant {
		properties += `<w:i/>`
	}
	if s.Mark == Removed {
		properties += `<w:strike/>`
	}
	if s.Mark == Added || s.Link != "" {
		properties += `<w:u w:val="single"/>`
	}
	text := strings.ReplaceAll(escape(s.Text), "&#xA;", `</w:t><w:br/><w:t xml:space="preserve">`)
	return `<w:r><w:rPr>` + properties + `</w:rPr><w:t xml:space="preserve">` + text + `</w:t></w:r>`
}

func (w *docx) table(t Table) {
	if t.Caption != "" {
		w.styled("Caption", Text(t.Caption), "")
	}
	w.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders><w:top w:val="single" w:sz="6"/><w:bottom w:val="single" w:sz="4"/><w:insideH w:val="single" w:sz="4"/></w:tblBorders>` +
		`<w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar><w:tblLook w:firstRow="1"/></w:tblPr><w:tblGrid>`)
	widths := t.widths(9072) // twentieths of a point between the margins
	for _, width := range widths {
		fmt.Fprintf(w, `<w:gridCol w:w="%d"/>`, int(width))
	}
	w.WriteString(`</w:tblGrid>`)
	w.row(t.head(), widths, `<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for _, cells := range t.Rows {
		w.row(cells, widths, "")
	}
	w.WriteString(`</w:tbl><w:p/>`) // §17.4.37: two tables in a row would be one
}

func (w *docx) row(cells [][]Span, widths []float64, properties string) {
	w.WriteString(`<w:tr>` + properties)
	for n, cell := range cells {
		fmt.Fprintf(w, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p>`, int(widths[n]))
		w.runs(cell)
		w.WriteString(`</w:p></w:tc>`)
	}
	w.WriteString(`</w:tr>`)
}

const (
	docxSpaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	docxKind   = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	docxTypes  = declaration + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>` +
		`<Override PartName="/word/footer.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`
	docxRoot = declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="document" Type="` + docxKind + `officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="core" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
)

func (w *docx) relations() string {
	var b strings.Builder
	fmt.Fprintf(&b, declaration+`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="styles" Type="%sstyles" Target="styles.xml"/>`+
		`<Relationship Id="numbering" Type="%[1]snumbering" Target="numbering.xml"/><Relationship Id="footer" Type="%[1]sfooter" Target="footer.xml"/>`, docxKind)
	for n, link := range w.links {
		fmt.Fprintf(&b, `<Relationship Id="link%d" Type="%shyperlink" Target="%s" TargetMode="External"/>`, n+1, docxKind, escape(link))
	}
	b.WriteString(`</Relationships>`)
	return b.String()
}

func docxStyles(language string) string {
	var b strings.Builder
	fmt.Fprintf(&b, declaration+`<w:styles %s><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/><w:sz w:val="22"/><w:lang w:val="%s-%s"/></w:rPr></w:rPrDefault>`+
		`<w:pPrDefault><w:pPr><w:spacing w:after="120"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`+
		`<w:style w:type="paragraph" w:styleId="ListParagraph"><w:name w:val="List Paragraph"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="40"/></w:pPr></w:style>`+
		`<w:style w:type="paragraph" w:styleId="Caption"><w:name w:val="caption"/><w:basedOn w:val="Normal"/><w:pPr><w:keepNext/></w:pPr><w:rPr><w:b/></w:rPr></w:style>`+
		`<w:style w:type="paragraph" w:styleId="Footer"><w:name w:val="footer"/><w:basedOn w:val="Normal"/><w:rPr><w:sz w:val="18"/></w:rPr></w:style>`, docxSpaces, escape(language), country(language))
	for level := 1; level <= 4; level++ {
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="Heading%d"><w:name w:val="heading %[1]d"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="240" w:after="80"/>`+
			`<w:outlineLvl w:val="%d"/></w:pPr><w:rPr><w:b/><w:sz w:val="%d"/></w:rPr></w:style>`, level, level-1, int(2*headingSize[level]))
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}

var docxNumbering = numbering()

func numbering() string {
	var b strings.Builder
	b.WriteString(declaration + `<w:numbering ` + docxSpaces + `><w:abstractNum w:abstractNumId="0">`)
	for level := range 9 {
		fmt.Fprintf(&b, `<w:lvl w:ilvl="%d"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:pPr><w:ind w:left="%d" w:hanging="284"/></w:pPr></w:lvl>`, level, 340*(level+1))
	}
	b.WriteString(`</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`)
	return b.String()
}
