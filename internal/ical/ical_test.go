package ical

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	goical "github.com/emersion/go-ical"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestInvitation_golden(t *testing.T) {
	plain := meeting(t)

	moved := plain
	moved.Sequence, moved.Stamp = 1, plain.Stamp.Add(time.Hour)
	moved.Start, moved.End = plain.Start.AddDate(0, 6, 0), plain.End.AddDate(0, 6, 0)

	cancelled := moved
	cancelled.Sequence, cancelled.Stamp = 2, moved.Stamp.Add(time.Hour)

	withdrawn := cancelled
	withdrawn.Withdraw = true

	elsewhere := plain
	elsewhere.Zone = nil
	elsewhere.Private, elsewhere.Location, elsewhere.Description, elsewhere.URL = false, "", "", ""
	elsewhere.Attendee = &Attendee{Party: Party{Address: "elin@skola.example"}, Role: "OPT-PARTICIPANT", PartStat: "ACCEPTED", CUType: "GROUP", RSVP: true}

	odd := plain
	odd.Summary = "Möte; med, skilje\\tecken\r\noch radbrytning: åäöåäöåäöåäöåäöåäöåäöåäöåäö 🌲🌲🌲🌲🌲"
	odd.Description = "Rad ett\r\nRad två\n\nRad fyra\u2028slut"
	odd.Organizer = &Party{Name: "Sekreteraren \"för\" ^samverkan^, Vingåker", Address: "moten@samverkan.example"}

	for name, row := range map[string]struct {
		method Method
		event  Event
	}{
		"request":   {Request, plain},
		"moved":     {Request, moved},
		"cancel":    {Cancel, cancelled},
		"withdraw":  {Cancel, withdrawn},
		"elsewhere": {Request, elsewhere},
		"odd":       {Request, odd},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Invitation(row.method, row.event)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, got)
			checkWire(t, got)
		})
	}
}

func TestSaved_golden(t *testing.T) {
	gone := meeting(t)
	gone.Summary, gone.Cancelled, gone.Free, gone.Description = "INSTÄLLT: "+gone.Summary, true, true, ""
	for name, e := range map[string]Event{"saved": meeting(t), "saved-cancelled": gone} {
		t.Run(name, func(t *testing.T) {
			got, err := Saved(e)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, got)
			checkWire(t, got)
			if text := string(got); strings.Contains(text, "ATTENDEE") || !strings.Contains(text, "METHOD:PUBLISH") {
				t.Errorf("%s", text)
			}
		})
	}
	t.Run("refuses what has no organizer", func(t *testing.T) {
		e := meeting(t)
		e.Organizer = nil
		if _, err := Saved(e); err == nil {
			t.Error("it was written")
		}
	})
}

func TestFeed_golden(t *testing.T) {
	for name, calendar := range map[string]Calendar{
		"feed":  year(t),
		"empty": {Name: "Möten"},
	} {
		t.Run(name, func(t *testing.T) {
			got := Feed(calendar)
			golden(t, name, got)
			checkWire(t, got)
		})
	}
}

func TestFeed_gives_the_same_bytes_whatever_the_order(t *testing.T) {
	calendar := year(t)
	first := Feed(calendar)
	slices.Reverse(calendar.Events)
	second := Feed(calendar)
	if !bytes.Equal(first, second) {
		t.Error("the bytes differ")
	}
}

func TestFeed_names_nobody(t *testing.T) {
	got := Feed(year(t))
	for _, line := range lines(got) {
		for _, name := range []string{"ORGANIZER", "ATTENDEE", "METHOD", "BEGIN:VALARM"} {
			if strings.HasPrefix(line, name) {
				t.Errorf("the feed holds %s", line)
			}
		}
		if strings.Contains(line, "Elin") {
			t.Errorf("the feed names somebody: %s", line)
		}
	}
}

func TestInvitation_refuses_what_the_caller_forgot(t *testing.T) {
	for name, spoil := range map[string]func(*Event){
		"no UID":                func(e *Event) { e.UID = "" },
		"no stamp":              func(e *Event) { e.Stamp = time.Time{} },
		"no start":              func(e *Event) { e.Start = time.Time{} },
		"no length":             func(e *Event) { e.End = e.Start },
		"less than a second":    func(e *Event) { e.End = e.Start.Add(time.Millisecond) },
		"ends before it starts": func(e *Event) { e.End = e.Start.Add(-time.Hour) },
		"no organizer":          func(e *Event) { e.Organizer = nil },
		"organizer unreachable": func(e *Event) { e.Organizer = &Party{Name: "Någon"} },
		"no attendee":           func(e *Event) { e.Attendee = nil },
		"attendee unreachable":  func(e *Event) { e.Attendee = &Attendee{} },
	} {
		e := meeting(t)
		spoil(&e)
		if got, err := Invitation(Request, e); err == nil {
			t.Errorf("%s: %s", name, got)
		}
	}
	if _, err := Invitation("PUBLISH", meeting(t)); err == nil {
		t.Error("METHOD:PUBLISH is never sent by mail")
	}
}

func TestTimes_in_the_hour_that_comes_twice_are_UTC(t *testing.T) {
	for start, want := range map[string]string{
		"2027-10-30T23:59:00Z": "DTSTART;TZID=Europe/Stockholm:20271031T015900",
		"2027-10-31T00:00:00Z": "DTSTART:20271031T000000Z",
		"2027-10-31T01:30:00Z": "DTSTART:20271031T013000Z",
		"2027-10-31T02:00:00Z": "DTSTART;TZID=Europe/Stockholm:20271031T030000",
		"2027-03-28T01:00:00Z": "DTSTART;TZID=Europe/Stockholm:20270328T030000",
		"2027-03-28T00:59:00Z": "DTSTART;TZID=Europe/Stockholm:20270328T015900",
	} {
		e := meeting(t)
		e.Start = instant(t, start)
		e.End = e.Start.Add(12 * time.Hour)
		got, err := Invitation(Request, e)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(got, []byte(want+"\r\n")) {
			t.Errorf("%s is not written as %s", start, want)
		}
		// RFC 5545 §3.6.5: one for the TZID that is used, none when none is.
		if bytes.Contains(got, []byte("VTIMEZONE")) != strings.Contains(want, "TZID") {
			t.Errorf("%s: time zone without use, or use without time zone", start)
		}
	}
}

func TestTimes_read_back_by_another_program(t *testing.T) {
	for day := range 366 {
		e := meeting(t)
		e.Start = e.Start.AddDate(0, 0, day)
		e.End = e.End.AddDate(0, 0, day)
		got := Feed(Calendar{Events: []Published{published(t, e)}})
		event := decode(t, got).Events()[0]
		start, err := event.DateTimeStart(time.UTC)
		if err != nil || !start.Equal(e.Start) {
			t.Errorf("%s came back as %s, %v", e.Start, start, err)
		}
	}
}

// The constant is held against the zone data of Go, hour by hour: time.ZoneBounds does not tell the
// truth after 2037.
func TestZone_is_the_real_one(t *testing.T) {
	loc := stockholm(t)
	cal := decode(t, []byte("BEGIN:VCALENDAR\r\n"+zone+"END:VCALENDAR\r\n"))
	parts := cal.Children[0].Children
	if len(parts) != 2 {
		t.Fatalf("%d parts", len(parts))
	}
	for year := 1996; year <= 2036; year++ {
		var want, got []string
		for at := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC); at.Year() == year; at = at.Add(time.Hour) {
			name, before := at.Add(-time.Second).In(loc).Zone()
			if after, offset := at.In(loc).Zone(); offset != before {
				want = append(want, fmt.Sprint(at, name, "->", after, offset))
			}
		}
		for i, part := range parts {
			from, to := offset(t, part, goical.PropTimezoneOffsetFrom), offset(t, part, goical.PropTimezoneOffsetTo)
			at := onset(t, part, year).Add(-from)
			other := parts[1-i].Props.Get(goical.PropTimezoneName).Value
			got = append(got, fmt.Sprint(at, other, "->", part.Props.Get(goical.PropTimezoneName).Value, int(to.Seconds())))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d: %v, not %v", year, got, want)
		}
	}
}

// onset is the wall time at which part of a time zone begins in a year, by its own rule.
func onset(t *testing.T, part *goical.Component, year int) time.Time {
	t.Helper()
	first, err := time.Parse(formLocal, part.Props.Get(goical.PropDateTimeStart).Value)
	if err != nil {
		t.Fatal(err)
	}
	var month time.Month
	if _, err := fmt.Sscanf(part.Props.Get(goical.PropRecurrenceRule).Value, "FREQ=YEARLY;BYMONTH=%d;BYDAY=-1SU", &month); err != nil {
		t.Fatal(err)
	}
	at := time.Date(year, month+1, 0, first.Hour(), first.Minute(), 0, 0, time.UTC)
	at = at.AddDate(0, 0, -int(at.Weekday()))
	if at.Before(first) || year == first.Year() && !at.Equal(first) {
		t.Fatalf("%s comes before DTSTART %s, or DTSTART is not the rule's first day", at, first)
	}
	return at
}

func offset(t *testing.T, part *goical.Component, name string) time.Duration {
	t.Helper()
	at, err := time.Parse("-0700", part.Props.Get(name).Value)
	if err != nil {
		t.Fatal(err)
	}
	_, seconds := at.Zone()
	return time.Duration(seconds) * time.Second
}

// meeting is an invented one, at 13.00 to 14.30 in the winter of 2027.
func meeting(t *testing.T) Event {
	return Event{
		UID:         "5e0c2f3a-7f0e-4a43-9d2b-1c8f6a1f9b10@samverkan.example",
		Stamp:       instant(t, "2026-11-24T08:00:00Z"),
		Modified:    instant(t, "2026-11-23T09:30:00Z"),
		Start:       instant(t, "2027-01-21T12:00:00Z"),
		End:         instant(t, "2027-01-21T13:30:00Z"),
		Zone:        stockholm(t),
		Summary:     "Nätverksträff, Vingåkers kommun",
		Location:    "Kommunhuset, rum 3",
		Description: "Läs mer och svara:\nhttps://samverkan.example/i/abc",
		URL:         "https://samverkan.example/i/abc",
		Private:     true,
		Organizer:   &Party{Name: "Vingåkers kommun", Address: "moten+4f1c@samverkan.example"},
		Attendee:    &Attendee{Party: Party{Name: "Elin Ek", Address: "elin@skola.example"}, RSVP: true},
	}
}

// entry writes an event for a feed.
func published(t testing.TB, e Event) Published {
	t.Helper()
	written, err := Publish(e)
	if err != nil {
		t.Fatal(err)
	}
	return written
}

// year is a feed with one of each: winter, summer, cancelled, free, in UTC, and with an odd title.
func year(t *testing.T) Calendar {
	calendar := Calendar{Name: "Möten, Vingåkers kommun", Modified: instant(t, "2026-11-24T08:00:00Z")}
	for i, change := range []func(*Event){
		func(e *Event) {},
		func(e *Event) { e.Start, e.End = e.Start.AddDate(0, 5, 0), e.End.AddDate(0, 5, 0) },
		func(e *Event) { e.Cancelled, e.Sequence, e.Summary = true, 2, "INSTÄLLT: "+e.Summary },
		func(e *Event) { e.Free = true },
		func(e *Event) { e.Zone = time.UTC },
		func(e *Event) {
			e.Summary = "Avstämning\r\nATTENDEE:mailto:elak@example.com; \"citat\" \\ 👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦"
			e.Location, e.Description, e.URL, e.Modified, e.Private = "", "", "", time.Time{}, false
		},
	} {
		e := meeting(t)
		e.UID = fmt.Sprintf("mote-%d@samverkan.example", i)
		e.Start, e.End = e.Start.AddDate(0, 0, 7*i), e.End.AddDate(0, 0, 7*i)
		change(&e)
		calendar.Events = append(calendar.Events, published(t, e))
	}
	return calendar
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".ics")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; go test -update writes it anew:\n%s", path, got)
	}
}

// decode reads with go-ical, which panics on some lines that are none.
func decode(t *testing.T, text []byte) (cal *goical.Calendar) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("go-ical panics: %v\n%s", r, text)
		}
	}()
	cal, err := goical.NewDecoder(bytes.NewReader(text)).Decode()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return cal
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func stockholm(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(zoneName)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}
