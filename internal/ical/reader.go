package ical

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// What a stranger's program may make us read. go-ical's decoder panics on a parameter without a colon, and
// its stack ends the whole program on 25 MB of BEGIN; so what comes in is read here, flatly, and
// counted before anything is made of it.
const (
	maxLine  = 64 << 10 // octets of an unfolded line
	maxDepth = 4
)

// bounds are what else may be read of one text.
type bounds struct {
	octets     int
	lines      int
	components int // directly in a VCALENDAR
	begins     int // in all: the history of a time zone is many small ones
}

var (
	partBounds = bounds{octets: 256 << 10, lines: 5000, components: 10, begins: 100}
	fileBounds = bounds{octets: 1 << 20, lines: 60_000, components: 2000, begins: 6000}
)

// Why a calendar part was not read.
var (
	ErrTooLarge   = errors.New("ical: larger, deeper or longer than we read")
	ErrUnreadable = errors.New("ical: not a calendar")
)

// line is one content line (RFC 5545 §3.1), unfolded.
type line struct {
	name   string // upper case
	params map[string][]string
	value  string
}

// param gives the first value of a parameter, empty when it is not there.
func (l line) param(name string) string {
	if values := l.params[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// block is one component with its lines and its parts.
type block struct {
	name  string
	lines []line
	parts []*block
}

// get gives the first line of a name; the zero line when there is none.
func (b *block) get(name string) line {
	for _, l := range b.lines {
		if l.name == name {
			return l
		}
	}
	return line{}
}

// readBlocks gives every VCALENDAR of a text, one at least. It refuses with ErrTooLarge and ErrUnreadable.
func readBlocks(part []byte, most bounds) ([]*block, error) {
	if len(part) > most.octets {
		return nil, ErrTooLarge
	}
	text := Text(part)
	if err := most.countBegins(text); err != nil {
		return nil, err
	}
	lines, err := contentLines(text)
	if err != nil {
		return nil, err
	}
	return nest(lines)
}

// Text gives a calendar as UTF-8. Its charset parameter is often wrong: what is not UTF-8 is read
// as what Outlook wrote before it was (RFC 6047 §2.4 wants UTF-8).
func Text(part []byte) string {
	if bytes.HasPrefix(part, []byte{0xFF, 0xFE}) || bytes.HasPrefix(part, []byte{0xFE, 0xFF}) {
		if text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(part); err == nil {
			part = text
		}
	}
	part = bytes.TrimPrefix(part, []byte("\ufeff"))
	if joined := fold.ReplaceAll(part, nil); !utf8.Valid(part) && utf8.Valid(joined) {
		part = joined // a fold inside a letter: some programs count octets (RFC 5545 §3.1)
	}
	if !utf8.Valid(part) {
		if text, err := charmap.Windows1252.NewDecoder().Bytes(part); err == nil {
			part = text
		}
	}
	return strings.ToValidUTF8(string(part), "\ufffd")
}

var fold = regexp.MustCompile(`\r?\n[ \t]`)

// countBegins refuses by counting, before anything is nested. A folded BEGIN is no BEGIN to us.
func (most bounds) countBegins(text string) error {
	depth, begins, direct, lines := 0, 0, 0, 0
	for l := range strings.Lines(text) {
		if lines++; lines > most.lines {
			return ErrTooLarge
		}
		switch name, _, _ := strings.Cut(l, ":"); {
		case strings.EqualFold(strings.TrimSpace(name), "BEGIN"):
			depth++
			begins++
			if depth == 2 {
				direct++
			}
		case strings.EqualFold(strings.TrimSpace(name), "END"):
			depth--
		}
		if depth > maxDepth || begins > most.begins || direct > most.components {
			return ErrTooLarge
		}
	}
	return nil
}

// contentLines joins folded lines (RFC 5545 §3.1). Line ends may be CRLF, or LF alone as mail gateways
// make them.
func contentLines(text string) ([]line, error) {
	var raw []string
	var current strings.Builder
	started := false
	flush := func() {
		if started && current.Len() > 0 {
			raw = append(raw, current.String())
		}
		current.Reset()
	}
	for l := range strings.Lines(text) {
		l = strings.TrimRight(l, "\r\n")
		if started && l != "" && (l[0] == ' ' || l[0] == '\t') {
			current.WriteString(l[1:])
		} else {
			flush()
			current.WriteString(l)
			started = true
		}
		if current.Len() > maxLine {
			return nil, ErrTooLarge
		}
	}
	flush()
	lines := make([]line, 0, len(raw))
	for _, r := range raw {
		if l, ok := parseLine(r); ok { // what is no content line is skipped: a footer of a mailing list
			lines = append(lines, l)
		}
	}
	return lines, nil
}

// parseLine reads name *(";" param) ":" value (RFC 5545 §3.1). A colon or semicolon within quotes is
// a part of the parameter.
func parseLine(raw string) (line, bool) {
	head, value, ok := cutUnquoted(raw, ':')
	if !ok { // an unpaired quote, as in CN="a: the first colon will have to do
		if head, value, ok = strings.Cut(raw, ":"); !ok {
			return line{}, false
		}
	}
	name, rest, more := cutUnquoted(head, ';')
	if _, after, grouped := strings.Cut(name, "."); grouped { // a vCard habit
		name = after
	}
	l := line{name: strings.ToUpper(strings.TrimSpace(name)), value: strings.TrimSpace(value)}
	for more {
		var param string
		param, rest, more = cutUnquoted(rest, ';')
		key, values, given := strings.Cut(param, "=")
		if !given {
			continue
		}
		if l.params == nil {
			l.params = map[string][]string{}
		}
		key = strings.ToUpper(strings.TrimSpace(key))
		for another := true; another; {
			var one string
			one, values, another = cutUnquoted(values, ',')
			l.params[key] = append(l.params[key], unparam(one))
		}
	}
	return l, l.name != ""
}

// cutUnquoted is strings.Cut at the first separator outside quotes.
func cutUnquoted(text string, separator byte) (before, after string, found bool) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == separator && !quoted:
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

// unparam takes a parameter's quotes away and decodes RFC 6868.
func unparam(value string) string {
	return strings.NewReplacer(`"`, "", "^n", "\n", "^'", `"`, "^^", "^").Replace(strings.TrimSpace(value))
}

// nest gives the VCALENDARs. A part that was cut off in the middle is read as far as it goes;
// an END that ends nothing ends nothing.
func nest(lines []line) (calendars []*block, err error) {
	top := &block{}
	open := []*block{top}
	for _, l := range lines {
		current := open[len(open)-1]
		switch {
		case l.name == "BEGIN":
			if len(open) > maxDepth { // a BEGIN that the count did not see as one
				return nil, ErrTooLarge
			}
			b := &block{name: strings.ToUpper(l.value)}
			current.parts = append(current.parts, b)
			open = append(open, b)
		case l.name == "END":
			if len(open) > 1 && current.name == strings.ToUpper(l.value) {
				open = open[:len(open)-1]
			}
		default:
			current.lines = append(current.lines, l)
		}
	}
	for _, b := range top.parts {
		if b.name == "VCALENDAR" {
			calendars = append(calendars, b)
		}
	}
	if len(calendars) == 0 {
		return nil, ErrUnreadable
	}
	return calendars, nil
}

// unescaped decodes TEXT (RFC 5545 §3.3.11), and leaves alone what programs forgot to escape.
func unescaped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		switch text[i] {
		case 'n', 'N':
			b.WriteByte('\n')
		default:
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// guard makes a panic an error: whatever a part holds, it costs its own reading and no more.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", ErrUnreadable, p)
	}
}
