package deidentify

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A run is digits with nothing visible between them.
type run struct {
	start, end int // from the first digit to behind the last
	n          int
	digits     [12]byte // the first twelve, as ASCII
	joint      joint    // to the run before
	wrapped    bool     // goes over a line break
}

// A scanner goes through a text once and remembers the last four runs: no number has more.
type scanner struct {
	text  string
	today time.Time
	over  bool // read over line breaks inside runs, and tell only what goes over one
	runs  [4]run
	open  bool // the last run may go on
	gap   gap
	found []Finding
}

func scan(text string, today time.Time, over bool) []Finding {
	s := &scanner{text: text, today: today, over: over, gap: gap{broken: true}}
	for i := 0; i < len(text); {
		r, width := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, width = utf8.DecodeRuneInString(text[i:])
		}
		if d, ok := digit(r); ok {
			s.digit(d, i, i+width)
		} else if turn := lineTurn(text[i:]); over && s.open && turn > 0 {
			s.runs[3].wrapped = true
			width = turn
		} else if !invisible(r) {
			s.other(r)
		}
		i += width
	}
	s.close()
	return s.found
}

func (s *scanner) digit(d byte, start, end int) {
	if !s.open {
		copy(s.runs[:], s.runs[1:])
		s.runs[3] = run{start: start, joint: s.gap.joint()}
		s.open, s.gap = true, gap{}
	}
	last := &s.runs[3]
	if last.n < len(last.digits) {
		last.digits[last.n] = d
	}
	last.n++
	last.end = end
}

func (s *scanner) other(r rune) {
	s.close()
	s.gap.add(r)
}

// close ends a run and reads what now stands there, in every spelling.
func (s *scanner) close() {
	if !s.open {
		return
	}
	s.open = false
	if f, ok := s.caseNumber(); ok {
		s.found = append(s.found, f)
		return
	}
	a, b, c, d := &s.runs[0], &s.runs[1], &s.runs[2], &s.runs[3]
	switch joined := d.joint != apart && d.joint != interim; {
	case d.n == 10, d.n == 12:
		s.read(apart, false, d)
	case d.n == 4 && joined && (c.n == 6 || c.n == 8): // 910101-2384
		s.read(d.joint, false, c, d)
	case d.n == 4 && joined && c.n == 2 && b.n == 2 && (a.n == 2 || a.n == 4) && b.joint == c.joint && b.joint != apart: // 1991-01-01-2384
		s.read(d.joint, d.joint == blank, a, b, c, d)
	case d.n == 4 && d.joint == blank && c.n == 4 && c.joint == blank && b.n == 4: // 1991 0101 2384
		s.read(blank, true, b, c, d)
	case d.n == 3 && d.joint == interim && (c.n == 6 || c.n == 8): // 910101-T384
		s.read(interim, false, c, d)
	}
}

func (s *scanner) read(j joint, loose bool, runs ...*run) {
	r := reading{start: runs[0].start, end: runs[len(runs)-1].end, joint: j, loose: loose, digits: make([]byte, 0, 16)}
	wrapped := false
	for _, one := range runs {
		if len(r.digits) > 0 && one.n == 3 {
			r.digits = append(r.digits, '0') // for the letter of an interim number
		}
		r.digits = append(r.digits, one.digits[:one.n]...)
		wrapped = wrapped || one.wrapped
	}
	if s.over != wrapped {
		return
	}
	r.loose = r.loose || wrapped && r.bare() && len(r.digits) == 10
	f, ok := judge(s.text, s.today, r)
	if !ok && len(r.digits) == 12 && string(r.digits[10:]) == "01" && strings.HasSuffix(strings.TrimRight(s.text[:r.start], " "), "SE") {
		r.digits = r.digits[:10] // a VAT number: SE, the number of the one who owns the firm, 01
		f, ok = judge(s.text, s.today, r)
	}
	if ok {
		s.found = append(s.found, f)
	}
}

// caseNumber reads the last two runs as serial number and year of a case, after K or AM, and the
// one before as the number of the police district.
func (s *scanner) caseNumber() (Finding, bool) {
	district, serial, year := &s.runs[1], &s.runs[2], &s.runs[3]
	if serial.n == 0 || serial.n > 7 || year.joint != dash && year.joint != odd || s.over != (serial.wrapped || year.wrapped) {
		return Finding{}, false
	}
	century := string(year.digits[:2])
	if year.n != 2 && (year.n != 4 || century != "20" && century != "19") {
		return Finding{}, false
	}
	head, start := prefixBefore(s.text, serial.start)
	if head == "" {
		return Finding{}, false
	}
	f := Finding{
		Kind: CaseNumber, Start: start, End: year.end,
		Shown: head + "••••••-" + string(year.digits[year.n-2:year.n]), Certain: serial.n >= 5 || head == "AM-",
	}
	if head == "K" && district.n == 4 && joins(s.text, district.end, start) {
		f.Start, f.Shown, f.Certain = district.start, string(district.digits[:4])+"-"+f.Shown, true
	}
	return f, f.Certain || serial.n == 4
}

// A gap is what has been seen since the last run.
type gap struct {
	blanks, breaks, dashes, pluses, odds int
	letter                               bool
	broken                               bool
}

func (g *gap) add(r rune) {
	switch {
	case g.broken:
	case g.letter:
		g.broken = true
	case isBreak(r):
		g.breaks++
	case isBlank(r):
		g.blanks++
	case isDash(r):
		g.dashes++
	case r == '+' || r == '＋':
		g.pluses++
	case r == '.' || r == '/' || r == '_':
		g.odds++
	case r == '*' || r == '\\' || r == '`' || r == '~': // Markdown: not seen on the page
	case strings.ContainsRune("TRSUWX", r):
		g.letter = true
	default:
		g.broken = true
	}
}

func (g *gap) joint() joint {
	marks := g.dashes + g.pluses + g.odds
	switch {
	case g.broken, g.blanks > 3, g.breaks > 1, marks > 2, g.letter && g.dashes+g.pluses == 0:
		return apart
	case g.letter:
		return interim
	case g.pluses > 0:
		return plus
	case g.dashes > 0:
		return dash
	case g.odds > 0:
		return odd
	}
	return blank
}

// digit knows the digits of our keyboards, full-width ones and those of Arabic and Persian.
func digit(r rune) (byte, bool) {
	for _, zero := range [...]rune{'0', '０', '٠', '۰'} {
		if r >= zero && r <= zero+9 {
			return '0' + byte(r-zero), true // #nosec G115 -- at most nine, by the line above
		}
	}
	return 0, false
}

// invisible characters stand inside numbers unseen: soft hyphens, joiners, marks of direction.
func invisible(r rune) bool { return r > unicode.MaxASCII && unicode.Is(unicode.Cf, r) }

func isBreak(r rune) bool {
	return r >= '\n' && r <= '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || unicode.Is(unicode.Zs, r) }

func isDash(r rune) bool {
	return r == '-' || r == '−' || r > unicode.MaxASCII && unicode.Is(unicode.Pd, r)
}

// lineTurn gives the width of a line break at the beginning of text that has a digit right behind it.
func lineTurn(text string) int {
	width := 0
	switch {
	case strings.HasPrefix(text, "\r\n"):
		width = 2
	case strings.HasPrefix(text, "\n"), strings.HasPrefix(text, "\r"):
		width = 1
	default:
		return 0
	}
	r, _ := utf8.DecodeRuneInString(text[width:])
	if _, ok := digit(r); !ok {
		return 0
	}
	return width
}
