package document

// mostLinesKept is how much of a table's first row is kept with its head.
const mostLinesKept = 10

// table sets a table with its head repeated on each page.
func (p *paper) table(in *element, t Table) {
	e := in.add("Table")
	widths := t.widths(pageWidth - 2*margin)
	head := row{cells: p.cells(t.head(), widths), widths: widths, tag: "TH"}
	rows := make([]row, len(t.Rows))
	for n, cells := range t.Rows {
		rows[n] = row{cells: p.cells(cells, widths), widths: widths, tag: "TD"}
	}
	lines := 2 + head.lines() // the caption and the head stand with the first row
	if len(rows) > 0 {
		lines += min(rows[0].lines(), mostLinesKept)
	}
	p.need(float64(lines)*high(body) + 4*padding)
	if t.Caption != "" {
		p.paragraph(e.add("Caption"), Strong(t.Caption), margin, pageWidth-2*margin)
		p.y += 1
	}
	p.rule(0.3)
	p.row(e.add("TR"), head, nil)
	for _, r := range rows {
		p.row(e.add("TR"), r, &head)
	}
	p.y += 3
}

func (t Table) head() [][]Span {
	var cells [][]Span
	for _, c := range t.Columns {
		cells = append(cells, Strong(c.Head))
	}
	return cells
}

func (t Table) widths(whole float64) []float64 {
	sum := 0.0
	for _, c := range t.Columns {
		sum += max(c.Share, 0.01)
	}
	widths := make([]float64, len(t.Columns))
	for n, c := range t.Columns {
		widths[n] = whole * max(c.Share, 0.01) / sum
	}
	return widths
}

// cells wraps each cell of a row.
func (p *paper) cells(cells [][]Span, widths []float64) [][][]piece {
	var all [][][]piece
	for n, width := range widths {
		var spans []Span
		if n < len(cells) {
			spans = cells[n]
		}
		all = append(all, p.wrap(spans, width-2*padding, body))
	}
	return all
}

// row is a row of a table whose cells have been wrapped into lines.
type row struct {
	cells  [][][]piece
	widths []float64
	tag    string
}

func (r row) lines() int {
	n := 0
	for _, c := range r.cells {
		n = max(n, len(c))
	}
	return n
}

// row draws a row. One that fits on a page is not parted; one that does not goes on over the next
// pages, each beginning with the head.
func (p *paper) row(e *element, r row, head *row) {
	elements := make([]*element, len(r.cells))
	for n := range r.cells {
		elements[n] = e.add(r.tag)
	}
	if whole := float64(r.lines())*high(body) + 2*padding; whole < pageHeight-top-bottom-4*high(body) {
		p.continued(whole, head)
	}
	for done := 0; done < r.lines(); {
		p.continued(high(body)+2*padding, head)
		room := max(1, int((pageHeight-bottom-p.y-2*padding)/high(body)))
		part := min(room, r.lines()-done)
		p.part(elements, r, done, done+part)
		done += part
	}
	p.rule(0.15)
}

// continued begins a new page with the table's head unless the height is left on this one.
func (p *paper) continued(height float64, head *row) {
	page := p.pdf.PageNo()
	p.need(height)
	if head == nil || p.pdf.PageNo() == page {
		return
	}
	p.pdf.RawWriteStr("/Artifact BMC") // it was read already
	p.part(nil, *head, 0, head.lines())
	p.pdf.RawWriteStr("EMC")
	p.rule(0.3)
}

// part draws some lines of a row.
func (p *paper) part(elements []*element, r row, from, to int) {
	y := p.y + padding
	x := margin
	for n, lines := range r.cells {
		p.y = y
		for i := from; i < min(to, len(lines)); i++ {
			if elements == nil {
				p.ink(lines[i], x+padding, body)
			} else {
				p.line(elements[n], lines[i], x+padding, body)
			}
		}
		x += r.widths[n]
	}
	p.y = y + float64(to-from)*high(body) + padding
}

// rule draws a line over the whole width.
func (p *paper) rule(width float64) {
	p.pdf.RawWriteStr("/Artifact BMC")
	p.pdf.SetLineWidth(width)
	p.pdf.Line(margin, p.y, pageWidth-margin, p.y)
	p.pdf.RawWriteStr("EMC")
}
