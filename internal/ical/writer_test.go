package ical

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	goical "github.com/emersion/go-ical"
)

// textFields are all fields that somebody else's text may reach.
var textFields = map[string]func(e *Event) *string{
	"UID":               func(e *Event) *string { return &e.UID },
	"summary":           func(e *Event) *string { return &e.Summary },
	"location":          func(e *Event) *string { return &e.Location },
	"description":       func(e *Event) *string { return &e.Description },
	"URL":               func(e *Event) *string { return &e.URL },
	"organizer name":    func(e *Event) *string { return &e.Organizer.Name },
	"organizer address": func(e *Event) *string { return &e.Organizer.Address },
	"attendee name":     func(e *Event) *string { return &e.Attendee.Name },
	"attendee address":  func(e *Event) *string { return &e.Attendee.Address },
	"role":              func(e *Event) *string { return &e.Attendee.Role },
	"participation":     func(e *Event) *string { return &e.Attendee.PartStat },
	"user type":         func(e *Event) *string { return &e.Attendee.CUType },
}

var hostile = []string{
	"\r\n", "\n", "\r", "\x00", `"`, ";:,", "\u2028", "\u2029", "\u0085", "\x7f", "\v", "\f", "\t", "^", "^n", `\`, `\n`, `"a":b`, "=", "\xff", "\xe2\x80",
	"\r\n ", "\r\nATTENDEE:mailto:elak@example.com\r\n", "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", `";X=":x`, "\u202e",
}

// T-ICSINJ.
func TestText_adds_no_property(t *testing.T) {
	for name, field := range textFields {
		for _, bad := range hostile {
			for _, text := range []string{"a" + bad + "b", bad + "b", "a" + bad, strings.Repeat("å"+bad, 60)} {
				e := event(t)
				*field(&e) = text
				t.Run(fmt.Sprintf("%s %.20q", name, text), func(t *testing.T) {
					message, err := Invitation(Request, e)
					if err != nil {
						t.Fatal(err)
					}
					sameShape(t, message, 1)
					saved, err := Saved(e)
					if err != nil {
						t.Fatal(err)
					}
					sameShape(t, saved, 1)
					sameShape(t, Feed(Calendar{Name: text, Events: []Published{published(t, meeting(t)), published(t, e)}}), 2)
				})
			}
		}
	}
}

// sameShape checks that text has as many events, and they the same properties, as one written of
// an event with nothing odd in it.
func sameShape(t *testing.T, text []byte, events int) {
	t.Helper()
	checkWire(t, text)
	cal := decode(t, text)
	if got := len(cal.Events()); got != events {
		t.Fatalf("%d events, not %d", got, events)
	}
	var plain []byte
	if cal.Props.Get(goical.PropMethod) != nil {
		plain, _ = Invitation(Request, meeting(t))
	} else {
		plain = Feed(Calendar{Name: "Möten", Events: []Published{published(t, meeting(t))}})
	}
	if bytes.Contains(text, []byte("METHOD:PUBLISH")) {
		plain, _ = Saved(meeting(t))
	}
	want := decode(t, plain)
	if got, want := count(cal.Props), count(want.Props); !maps.Equal(got, want) {
		t.Errorf("the calendar has %v, not %v", got, want)
	}
	for _, event := range cal.Events() {
		if got, want := count(event.Props), count(want.Events()[0].Props); !maps.Equal(got, want) {
			t.Errorf("an event has %v, not %v", got, want)
		}
		for _, prop := range []string{goical.PropSummary, goical.PropLocation, goical.PropDescription, goical.PropUID} {
			if _, err := event.Props.Text(prop); err != nil {
				t.Errorf("%s: %v", prop, err)
			}
		}
	}
}

func count(props goical.Props) map[string]int {
	n := map[string]int{}
	for name, all := range props {
		n[name] = len(all)
	}
	return n
}

func TestText_comes_back_as_it_was(t *testing.T) {
	for _, row := range []struct{ text, summary, description, name string }{
		{"Möte; med, allt: \\ och \"citat\"", "Möte; med, allt: \\ och \"citat\"", "Möte; med, allt: \\ och \"citat\"", "Möte; med, allt: \\ och 'citat'"},
		{"a\r\nb\nc\rd", "a b c d", "a\nb\nc d", "a b c d"},
		{"a\u2028b\u0085c\td", "a b c d", "a b c d", "a b c d"},
		{"a\x00b\x1bc\x7fd\u009fe", "abcde", "abcde", "abcde"},
		{"a^nb", "a^nb", "a^nb", "anb"},
		{"a\xffb", "a\ufffdb", "a\ufffdb", "a\ufffdb"},
		{`a\nb`, `a\nb`, `a\nb`, `a\nb`},
	} {
		e := event(t)
		e.Summary, e.Description, e.Attendee.Name = row.text, row.text, row.text
		text, err := Invitation(Request, e)
		if err != nil {
			t.Fatal(err)
		}
		props := decode(t, text).Events()[0].Props
		summary, _ := props.Text(goical.PropSummary)
		description, _ := props.Text(goical.PropDescription)
		name := props.Get(goical.PropAttendee).Params.Get(goical.ParamCommonName)
		if summary != row.summary || description != row.description || name != row.name {
			t.Errorf("%q came back as %q, %q and %q", row.text, summary, description, name)
		}
	}
}

func TestLine_is_folded_between_characters(t *testing.T) {
	for _, letters := range []string{"a", "å", "ä", "ö", "–", "🌲", "aå", "å🌲–a", "👩‍👩‍👧‍👦", "e\u0301", " "} {
		for n := range 400 {
			line := "SUMMARY:" + strings.Repeat("x", n%7) + strings.Repeat(letters, n)
			var b bytes.Buffer
			writeLine(&b, line)
			checkWire(t, b.Bytes())
			if got := unfold(b.String()); got != line+"\r\n" {
				t.Fatalf("%q came back as %q", line, got)
			}
			if folds := strings.Count(b.String(), "\r\n "); len(line) <= lineLimit && folds > 0 {
				t.Fatalf("%q, %d octets, is folded", line, len(line))
			}
		}
	}
}

func FuzzWriter(f *testing.F) {
	for _, bad := range hostile {
		f.Add(bad, "Rad ett\nRad två"+bad, "Elin"+bad, "elin@skola.example"+bad)
	}
	f.Fuzz(func(t *testing.T, title, body, name, address string) {
		e := meeting(t)
		e.Summary, e.Description = title, "."+body
		e.Attendee = &Attendee{Party: Party{Name: name, Address: "." + address}, RSVP: true}
		text, err := Invitation(Request, e)
		if err != nil {
			t.Fatal(err)
		}
		checkWire(t, text)
		plain, _ := Invitation(Request, meeting(t))
		got, want := lines(text), lines(plain)
		if len(got) != len(want) {
			t.Fatalf("%d lines, not %d:\n%s", len(got), len(want), text)
		}
		for i := range got {
			head := func(line string) string { return line[:strings.IndexAny(line, ":;")] }
			if head(got[i]) != head(want[i]) {
				t.Fatalf("%q stands for %q", got[i], want[i])
			}
			if value, ok := strings.CutPrefix(got[i], "SUMMARY:"); ok && unescape(value) != oneLine(title) {
				t.Fatalf("the title %q came back as %q", title, unescape(value))
			}
			if value, ok := strings.CutPrefix(got[i], "DESCRIPTION:"); ok && unescape(value) != manyLines("."+body) {
				t.Fatalf("the text %q came back as %q", body, unescape(value))
			}
		}
		if props := decode(t, text).Events()[0].Props; len(props[goical.PropAttendee]) != 1 {
			t.Fatalf("%d attendees", len(props[goical.PropAttendee]))
		}
	})
}

// event is meeting with copies of the people, for tests that write in them.
func event(t *testing.T) Event {
	e := meeting(t)
	organizer, attendee := *e.Organizer, *e.Attendee
	e.Organizer, e.Attendee = &organizer, &attendee
	return e
}

// checkWire checks what RFC 5545 §3.1 asks of every line, and no controls anywhere.
func checkWire(t *testing.T, text []byte) {
	t.Helper()
	if !utf8.Valid(text) {
		t.Fatalf("not UTF-8: %q", text)
	}
	rest, ok := strings.CutSuffix(string(text), "\r\n")
	if !ok {
		t.Fatalf("does not end with CRLF: %q", text)
	}
	for _, line := range strings.Split(rest, "\r\n") {
		if len(line) > lineLimit {
			t.Fatalf("%d octets: %q", len(line), line)
		}
		if !utf8.ValidString(line) {
			t.Fatalf("folded inside a character: %q", line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) {
			t.Fatalf("a control: %q", line)
		}
	}
}

func unfold(text string) string { return strings.ReplaceAll(text, "\r\n ", "") }

func lines(text []byte) []string {
	return strings.Split(strings.TrimSuffix(unfold(string(text)), "\r\n"), "\r\n")
}

// unescape is RFC 5545 §3.3.11 read backwards, strictly.
func unescape(value string) string {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == ';' || c == ',':
			return "bare " + string(c)
		case c != '\\':
			b.WriteByte(c)
		case i+1 == len(value):
			return "half an escape"
		default:
			i++
			switch value[i] {
			case 'n':
				b.WriteByte('\n')
			case '\\', ';', ',':
				b.WriteByte(value[i])
			default:
				return "unknown escape"
			}
		}
	}
	return b.String()
}
