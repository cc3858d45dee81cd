package ical

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	goical "github.com/emersion/go-ical"
)

// The orders that properties and parameters are written in; go-ical keeps both in maps. What is
// not named comes last, by name.
var (
	propertyOrder = []string{
		goical.PropVersion, goical.PropProductID, goical.PropCalendarScale, goical.PropMethod, goical.PropName, "X-WR-CALNAME",
		goical.PropRefreshInterval, "X-PUBLISHED-TTL", goical.PropColor,
		goical.PropUID, goical.PropSequence, goical.PropDateTimeStamp, goical.PropLastModified,
		goical.PropDateTimeStart, goical.PropDateTimeEnd, goical.PropStatus,
		goical.PropSummary, goical.PropLocation, goical.PropDescription, goical.PropURL,
		goical.PropClass, goical.PropTransparency, goical.PropOrganizer, goical.PropAttendee,
	}
	parameterOrder = []string{
		goical.ParamValue, goical.ParamTimezoneID, goical.ParamCalendarUserType, goical.ParamRole,
		goical.ParamParticipationStatus, goical.ParamRSVP, goical.ParamCommonName,
	}
)

// writeCalendar writes cal with the time zone, when it is wanted, before the events that refer to it.
func writeCalendar(b *bytes.Buffer, cal *goical.Component, withZone bool, events func()) {
	writeLine(b, "BEGIN:"+cal.Name)
	writeProps(b, cal)
	if withZone {
		b.WriteString(zone)
	}
	events()
	writeLine(b, "END:"+cal.Name)
}

func writeComponent(b *bytes.Buffer, c *goical.Component) {
	writeLine(b, "BEGIN:"+c.Name)
	writeProps(b, c)
	writeLine(b, "END:"+c.Name)
}

func writeProps(b *bytes.Buffer, c *goical.Component) {
	for _, name := range inOrder(c.Props, propertyOrder) {
		for _, prop := range c.Props[name] {
			writeLine(b, propLine(prop))
		}
	}
}

// propLine is a content line before it is folded (RFC 5545 §3.1). Controls go whatever the value
// type is: here is the last place where a line break could start a line of its own.
func propLine(prop goical.Prop) string {
	var line strings.Builder
	line.WriteString(prop.Name)
	for _, name := range inOrder(prop.Params, parameterOrder) {
		var values []string
		for _, value := range prop.Params[name] {
			if value = paramValue(value); value != "" {
				values = append(values, value)
			}
		}
		if len(values) > 0 {
			line.WriteString(";" + name + "=" + strings.Join(values, ","))
		}
	}
	line.WriteString(":" + dropControls(prop.Value))
	return line.String()
}

// inOrder gives the keys of m, those that order names first.
func inOrder[V any](m map[string]V, order []string) []string {
	rank := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names
}

// paramValue makes a parameter value of text. RFC 5545 §3.2 knows no escape for a quotation mark,
// and RFC 6868 §3, which invented one with the caret, is not decoded by everybody.
func paramValue(text string) string {
	text = unquotable.Replace(oneLine(text))
	text = strings.TrimSpace(text)
	// RFC 5545 §3.2: quoted when it holds a colon, a semicolon or a comma.
	if strings.ContainsAny(text, ":;,") {
		return `"` + text + `"`
	}
	return text
}

var (
	unquotable = strings.NewReplacer(`"`, "'", "^", "")
	escaped    = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)
)

// escape makes a TEXT value (RFC 5545 §3.3.11): these three and the line break, nothing else.
func escape(text string) string {
	return escaped.Replace(text)
}

// oneLine cleans a title, a name or a place.
func oneLine(text string) string {
	return strings.ReplaceAll(manyLines(text), "\n", " ")
}

// manyLines cleans a text in which line breaks mean something. RFC 5545 §3.3.11 lets TEXT hold no
// controls; the characters that other programs take for a line break become spaces.
func manyLines(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch r {
		case '\n':
			return r
		case '\r', '\t', '\v', '\f', '\u0085', '\u2028', '\u2029':
			return ' '
		}
		return notControl(r)
	}, text)
}

func dropControls(text string) string { return strings.Map(notControl, text) }

// notControl lets r pass or drops it. strings.Map has made U+FFFD of every octet that is not UTF-8.
func notControl(r rune) rune {
	if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
		return -1
	}
	return r
}

// lineLimit is in octets, the line break not counted (RFC 5545 §3.1).
const lineLimit = 75

// writeLine folds the line (RFC 5545 §3.1) and never inside a character: the standard allows that,
// but one such fold makes Google drop the whole feed.
func writeLine(b *bytes.Buffer, line string) {
	room := lineLimit
	for len(line) > room {
		cut := room
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
		room = lineLimit - 1 // the space that marks the continuation counts
	}
	b.WriteString(line + "\r\n")
}
