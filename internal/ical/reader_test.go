package ical

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestReadMessage_replies_of_programs(t *testing.T) {
	for name, want := range map[string]Entry{
		"outlook":     {UID: "5f0c0f52-7d0f-4c4e-9c1d-1f2a3b4c5d6e", Sequence: 1, Comment: "Kommer gärna, men går kl. 14"},
		"exchange":    {UID: "5f0c0f52-7d0f-4c4e-9c1d-1f2a3b4c5d6e", Sequence: 1},
		"google":      {UID: "5f0c0f52-7d0f-4c4e-9c1d-1f2a3b4c5d6e", Sequence: 1},
		"apple":       {UID: "5f0c0f52-7d0f-4c4e-9c1d-1f2a3b4c5d6e", Sequence: 1},
		"thunderbird": {UID: "5f0c0f52-7d0f-4c4e-9c1d-1f2a3b4c5d6e", Sequence: 1},
	} {
		t.Run(name, func(t *testing.T) {
			part, err := os.ReadFile(filepath.Join("testdata", "replies", name+".ics"))
			if err != nil {
				t.Fatal(err)
			}
			m, err := ReadMessage(part, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			if m.Method != Reply || len(m.Events) != 1 {
				t.Fatalf("%s with %d events", m.Method, len(m.Events))
			}
			e := m.Events[0]
			if e.UID != want.UID || e.Sequence != want.Sequence || e.Comment != want.Comment || e.Stamp.IsZero() {
				t.Errorf("%+v", e)
			}
			if len(e.Attendees) != 1 || e.Attendees[0].Address != "elin.berg@skola.example" || e.Attendees[0].PartStat == "NEEDS-ACTION" {
				t.Errorf("%+v", e.Attendees)
			}
			if e.Start != nil && !e.Start.Time.Equal(time.Date(2027, 1, 21, 12, 0, 0, 0, time.UTC)) {
				t.Errorf("starts %s", e.Start.Time)
			}
		})
	}
}

// small is a calendar of one event with more lines in it.
func small(more string) string {
	return "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:u-12345678\r\n" + more + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func TestReadMessage_tolerates(t *testing.T) {
	for name, part := range map[string]string{
		"a byte order mark":                "\ufeff" + small("COMMENT:åker"),
		"bare LF":                          strings.ReplaceAll(small("COMMENT:åk\r\n er"), "\r\n", "\n"),
		"a fold inside a letter":           small("COMMENT:\xc3\r\n \xa5ker"),
		"a fold by tab":                    small("COMMENT:å\r\n\tker"),
		"Windows-1252":                     small("COMMENT:\xe5ker"),
		"UTF-16":                           utf16(small("COMMENT:åker")),
		"lower case":                       strings.ReplaceAll(small("comment:åker"), "BEGIN:VEVENT", "begin:vevent"),
		"a parameter without a value":      small("X;A=B\r\nCOMMENT:åker"),
		"a quote in the middle":            small("ATTENDEE;CN=\"a\"b:mailto:x@y.example\r\nCOMMENT:åker"),
		"an unpaired quote":                small("ATTENDEE;CN=\"a:mailto:x@y.example\r\nCOMMENT:åker"),
		"cut off":                          strings.TrimSuffix(small("COMMENT:åker"), "END:VEVENT\r\nEND:VCALENDAR\r\n"),
		"an END of something else":         small("END:VALARM\r\nCOMMENT:åker"),
		"a footer":                         small("COMMENT:åker") + "_______\r\nEn e-postlista\r\n",
		"a language beside the value":      small("COMMENT;LANGUAGE=sv-SE:åker"),
		"a comma that is not escaped":      small("COMMENT:åker\r\nSUMMARY:a, b"),
		"a time in a zone of its own name": small("DTSTART;TZID=Nowhere:20270121T130000\r\nCOMMENT:åker"),
	} {
		t.Run(name, func(t *testing.T) {
			m, err := ReadMessage([]byte(part), time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Events[0].Comment; got != "åker" {
				t.Errorf("comment %q", got)
			}
		})
	}
}

func utf16(text string) string {
	out := "\xff\xfe"
	for _, r := range text {
		out += string([]byte{byte(r), byte(r >> 8)})
	}
	return out
}

func TestReadMessage_refuses(t *testing.T) {
	deep := strings.Repeat("BEGIN:VEVENT\r\n", 5) + strings.Repeat("END:VEVENT\r\n", 5)
	for name, row := range map[string]struct {
		part string
		want error
	}{
		"nothing":                {"", ErrUnreadable},
		"a letter":               {"Hej,\r\njag kommer.\r\n", ErrUnreadable},
		"a calendar of no event": {"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n", ErrUnreadable},
		"more than 256 kB":       {small("COMMENT:" + strings.Repeat("a", partBounds.octets)), ErrTooLarge},
		"a line over 64 kB":      {small("COMMENT:" + strings.Repeat("a\r\n ", 30_000) + strings.Repeat("b", 36_000)), ErrTooLarge},
		"components in depth":    {"BEGIN:VCALENDAR\r\n" + deep + "END:VCALENDAR\r\n", ErrTooLarge},
		"depth behind folds":     {"BEGIN:VCALENDAR\r\n" + strings.Repeat("BE\r\n GIN:VEVENT\r\n", 5), ErrTooLarge},
		"many components":        {"BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\nEND:VEVENT\r\n", 11) + "END:VCALENDAR\r\n", ErrTooLarge},
		"nothing but BEGIN":      {strings.Repeat("BEGIN:A\r\n", 20_000), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ReadMessage([]byte(row.part), time.UTC); !errors.Is(err, row.want) {
				t.Errorf("got %v, want %v", err, row.want)
			}
		})
	}
}

func TestReadMessage_times(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	own := "BEGIN:VTIMEZONE\r\nTZID:Eget\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n" +
		"BEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
	for line, want := range map[string]string{
		"DTSTART:20270121T120000Z":                                              "2027-01-21T12:00:00Z",
		"DTSTART:20270121T130000":                                               "2027-01-21T12:00:00Z",
		"DTSTART;VALUE=DATE:20270121":                                           "2027-01-20T23:00:00Z",
		"DTSTART;value=date:20270121":                                           "2027-01-20T23:00:00Z",
		"DTSTART;TZID=Europe/Stockholm:20270721T130000":                         "2027-07-21T11:00:00Z",
		"DTSTART;TZID=\"W. Europe Standard Time\":20270121T130000":              "2027-01-21T12:00:00Z",
		"DTSTART;TZID=FLE Standard Time:20270121T130000":                        "2027-01-21T11:00:00Z",
		"DTSTART;TZID=/citadel.org/20210210_1/Europe/Stockholm:20270121T130000": "2027-01-21T12:00:00Z",
		"DTSTART;TZID=Eget:20270121T130000":                                     "2027-01-21T12:00:00Z",
		"DTSTART;TZID=Eget:20270327T130000":                                     "2027-03-27T12:00:00Z",
		"DTSTART;TZID=Eget:20270328T130000":                                     "2027-03-28T11:00:00Z",
		"DTSTART;TZID=Eget:20271030T130000":                                     "2027-10-30T11:00:00Z",
		"DTSTART;TZID=Eget:20271031T130000":                                     "2027-10-31T12:00:00Z",
		"DTSTART;TZID=Nowhere:20270121T130000":                                  "",
		"DTSTART;TZID=Local:20270121T130000":                                    "",
		"DTSTART;TZID=../../etc/passwd:20270121T130000":                         "",
		"DTSTART:99990121T130000Z":                                              "",
		"DTSTART:i morgon":                                                      "",
	} {
		m, err := ReadMessage([]byte("BEGIN:VCALENDAR\r\n"+own+"BEGIN:VEVENT\r\n"+line+"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"), stockholm)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if start := m.Events[0].Start; start != nil {
			got = start.Time.UTC().Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", line, got, want)
		}
	}
}

// The time zone that we send ourselves, read back as a stranger's.
func TestReadMessage_reads_our_own_zone_as_Go_does(t *testing.T) {
	loc, err := time.LoadLocation(zoneName)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := readBlocks([]byte("BEGIN:VCALENDAR\r\n"+zone+"END:VCALENDAR\r\n"), partBounds)
	if err != nil {
		t.Fatal(err)
	}
	z := newZones(cal[0], time.UTC)
	for at := time.Date(1997, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2036; at = at.Add(7 * time.Hour) {
		if comesTwice(at, loc) {
			continue
		}
		clock, _ := time.Parse(formLocal, at.In(loc).Format(formLocal))
		if got, ok := z.instant(clock, zoneName); !ok || !got.Equal(at) {
			t.Fatalf("%s is read as %s", at, got)
		}
	}
}

func FuzzReadMessage(f *testing.F) {
	seeds, err := filepath.Glob(filepath.Join("testdata", "replies", "*.ics"))
	if err != nil || len(seeds) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range seeds {
		part, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(part)
	}
	f.Add([]byte("BEGIN:VCALENDAR\nMETHOD:COUNTER\nBEGIN:VEVENT\nX;A=B\nDTSTART;TZID=\"a\"b:1\nDURATION:P9W\nEND:VEVENT"))
	f.Add([]byte(zone))
	f.Fuzz(func(t *testing.T, part []byte) {
		begun := time.Now()
		m, err := ReadMessage(part, time.UTC)
		if spent := time.Since(begun); spent > 2*time.Second {
			t.Errorf("%s for %d octets", spent, len(part))
		}
		if err != nil {
			if errors.Is(err, ErrUnreadable) && err != ErrUnreadable {
				t.Errorf("a panic was caught: %v", err)
			}
			return
		}
		if _, err := Unfold(m.Events, time.UTC, Bounds{Until: judged.AddDate(2, 0, 0), Most: 60}); err != nil && err != ErrEndless {
			t.Error(err)
		}
		for _, e := range m.Events {
			for _, text := range []string{e.UID, e.Summary, e.Location, e.Comment} {
				if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r") || len([]rune(text)) > 500 {
					t.Errorf("%q", text)
				}
			}
			Judge(m, Held{UID: e.UID, Attendee: "elin@skola.example", Answered: -1}, judged)
		}
	})
}
