package secretariat_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// calendarFile reads a file in the shape that a program saves.
func calendarFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "calendars", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// looks gives what a file would do, a line for each row.
func (d *desk) looks(c secretariat.Calendar) (r *secretariat.CalendarReview, lines string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		r, err = secretariat.ReviewCalendar(tx, d.by, d.office, c)
		return err
	})
	var all []string
	for _, row := range r.Rows {
		line := fmt.Sprintf("%s %s %s %s", row.State, row.Time.Date, almanac.Span(row.Time.Starts, row.Time.Ends), row.Title)
		if row.Time.Place != "" {
			line += " @ " + row.Time.Place
		}
		all = append(all, strings.TrimSpace(line))
	}
	return r, strings.Join(all, "\n")
}

// reads takes everything in that a file has, but what is in doubt.
func (d *desk) reads(c secretariat.Calendar) (made []meeting.Meeting) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		r, err := secretariat.ReviewCalendar(tx, d.by, d.office, c)
		if err != nil {
			return err
		}
		made, err = secretariat.ImportCalendar(tx, d.by, d.office, c, r.Hash, nil)
		return err
	})
	return made
}

func (d *desk) dates(forumID uuid.UUID) string {
	d.t.Helper()
	var all []string
	d.write(func(tx *store.Tx) error {
		meetings, _, err := meeting.List(tx, d.by, meeting.Selection{ForumID: &forumID, From: almanac.Date{Year: 2026, Month: 11, Day: 24}})
		for _, m := range meetings {
			line := m.Date.String() + " " + almanac.Span(m.Starts, m.Ends)
			if m.Cancelled() {
				line += " inställt"
			}
			all = append(all, line)
		}
		return err
	})
	return strings.Join(all, "\n")
}

func lines(all ...string) string { return strings.Join(all, "\n") }

func TestCalendarFiles_of_real_programs_give_the_right_meetings(t *testing.T) {
	for file, want := range map[string]struct {
		rows                 string
		past, allDay, unread int
		meetings             string
	}{
		"outlook-single.ics": {"new 2027-06-09 10.00–12.00 Sommaravslutning; länet", 0, 0, 0, "2027-06-09 10.00–12.00"},
		"outlook-series.ics": {lines( // the second Tuesday; in April left out, in March moved, in May cancelled
			"new 2027-01-12 09.00–10.30 Länssamverkan @ Länets Hus, sal 3",
			"new 2027-02-09 09.00–10.30 Länssamverkan @ Länets Hus, sal 3",
			"new 2027-03-11 14.00–15.30 Länssamverkan @ Länets Hus, sal 5",
			"new 2027-06-08 09.00–10.30 Länssamverkan @ Länets Hus, sal 3",
		), 0, 0, 0, lines("2027-01-12 09.00–10.30", "2027-02-09 09.00–10.30", "2027-03-11 14.00–15.30", "2027-06-08 09.00–10.30")},
		"google.ics": {lines( // every second Thursday, three left out, one moved to a Friday, one cancelled; and a single one in UTC
			"new 2027-01-14 13.15–14.15 Avstämning 🙂 länet @ https://meet.google.example/abc-defg-hij",
			"new 2027-01-29 08.00–09.00 Avstämning 🙂 länet",
			"new 2027-02-03 10.00–11.00 Extra möte @ Stadshuset",
			"new 2027-02-11 13.15–14.15 Avstämning 🙂 länet @ https://meet.google.example/abc-defg-hij",
			"new 2027-04-22 13.15–14.15 Avstämning 🙂 länet @ https://meet.google.example/abc-defg-hij",
			"new 2027-05-06 13.15–14.15 Avstämning 🙂 länet @ https://meet.google.example/abc-defg-hij",
			"new 2027-05-20 13.15–14.15 Avstämning 🙂 länet @ https://meet.google.example/abc-defg-hij",
			"new 2027-06-03 13.15–14.15 Avstämning 🙂 länet @ https://meet.google.example/abc-defg-hij",
			"new 2027-06-17 13.15–14.15 Avstämning 🙂 länet @ https://meet.google.example/abc-defg-hij",
		), 1, 1, 0, lines("2027-01-14 13.15–14.15", "2027-01-29 08.00–09.00", "2027-02-03 10.00–11.00", "2027-02-11 13.15–14.15", "2027-04-22 13.15–14.15",
			"2027-05-06 13.15–14.15", "2027-05-20 13.15–14.15", "2027-06-03 13.15–14.15", "2027-06-17 13.15–14.15")},
		"apple.ics": {lines( // the first Monday until April, which the UNTIL just leaves out; January left out, February moved
			"new 2026-12-07 15.00–16.00 Månadsmöte @ Jourens lokal",
			"new 2027-02-08 16.30–17.30 Månadsmöte",
			"new 2027-03-01 15.00–16.00 Månadsmöte @ Jourens lokal",
		), 3, 0, 0, lines("2026-12-07 15.00–16.00", "2027-02-08 16.30–17.30", "2027-03-01 15.00–16.00")},
	} {
		t.Run(file, func(t *testing.T) {
			each(t, func(t *testing.T, d *desk) {
				c := secretariat.Calendar{ForumID: d.elsewhere(), Data: []byte(calendarFile(t, file))}
				r, rows := d.looks(c)
				if rows != want.rows {
					t.Errorf("got\n%s\nwant\n%s", rows, want.rows)
				}
				if r.Past != want.past || r.AllDay != want.allDay || r.Unread != want.unread {
					t.Errorf("%d past, %d all-day, %d unread", r.Past, r.AllDay, r.Unread)
				}
				d.reads(c)
				if got := d.dates(c.ForumID); got != want.meetings {
					t.Errorf("got\n%s\nwant\n%s", got, want.meetings)
				}
				_, rows = d.looks(c)
				if again := strings.Count(rows, "known "); again != strings.Count(want.rows, "\n")+1 || strings.Contains(rows, "new ") {
					t.Errorf("once more:\n%s", rows)
				}
				d.refused(fault.Invalid, func(tx *store.Tx) error {
					r, err := secretariat.ReviewCalendar(tx, d.by, d.office, c)
					if err == nil {
						_, err = secretariat.ImportCalendar(tx, d.by, d.office, c, r.Hash, nil)
					}
					return err
				})
			})
		})
	}
}

// oneEvent is a calendar of one event by the county.
func oneEvent(lines ...string) string {
	all := append([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:lanet-2027", "ORGANIZER:mailto:" + county}, lines...)
	return strings.Join(append(all, "END:VEVENT", "END:VCALENDAR", ""), "\r\n")
}

func TestCalendarFile_follows(t *testing.T) {
	series := oneEvent("DTSTAMP:20261120T080000Z", "SUMMARY:Länet", "DTSTART;TZID=Europe/Stockholm:20270112T100000", "DTEND;TZID=Europe/Stockholm:20270112T110000", "RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=3")
	const january, february, march = "2027-01-12 10.00–11.00", "2027-02-09 10.00–11.00", "2027-03-09 10.00–11.00"
	newer := func(change ...string) string {
		return strings.NewReplacer(append(change, "DTSTAMP:20261120", "DTSTAMP:20261122")...).Replace(series)
	}
	other := func(text string) string { return strings.Replace(text, county, "annan@lanet.example", 1) }
	for name, row := range map[string]struct {
		file, rows, meetings string
	}{
		"one left out by EXDATE is off": {newer("RRULE", "EXDATE;TZID=Europe/Stockholm:20270209T100000\r\nRRULE"),
			lines("known "+january+" Länet", "cancelled "+february+" Länet", "known "+march+" Länet"), lines(january, february+" inställt", march)},
		"a series that ends sooner": {newer("COUNT=3", "COUNT=2"),
			lines("known "+january+" Länet", "known "+february+" Länet", "cancelled "+march+" Länet"), lines(january, february, march+" inställt")},
		"a whole series that has another hour": {newer("T100000", "T140000", "T110000", "T150000"),
			lines("changed 2027-01-12 14.00–15.00 Länet", "changed 2027-02-09 14.00–15.00 Länet", "changed 2027-03-09 14.00–15.00 Länet"),
			lines("2027-01-12 14.00–15.00", "2027-02-09 14.00–15.00", "2027-03-09 14.00–15.00")},
		"one more": {newer("COUNT=3", "COUNT=4"),
			lines("known "+january+" Länet", "known "+february+" Länet", "known "+march+" Länet", "new 2027-04-13 10.00–11.00 Länet"), lines(january, february, march, "2027-04-13 10.00–11.00")},
		"an occurrence by itself that was moved": {oneEvent("DTSTAMP:20261122T080000Z", "SUMMARY:Länet", "RECURRENCE-ID:20270209T090000Z", "DTSTART:20270210T120000Z", "DTEND:20270210T130000Z"),
			"changed 2027-02-10 13.00–14.00 Länet", lines(january, "2027-02-10 13.00–14.00", march)},
		"METHOD:CANCEL of one": {strings.Replace(oneEvent("DTSTAMP:20261122T080000Z", "SEQUENCE:1", "RECURRENCE-ID:20270209T090000Z"), "VERSION:2.0", "METHOD:CANCEL", 1),
			"cancelled " + february, lines(january, february+" inställt", march)},
		"METHOD:CANCEL of all": {strings.Replace(oneEvent("DTSTAMP:20261122T080000Z", "SEQUENCE:1", "SUMMARY:Länet"), "VERSION:2.0", "METHOD:CANCEL", 1),
			lines("cancelled "+january+" Länet", "cancelled "+february+" Länet", "cancelled "+march+" Länet"), lines(january+" inställt", february+" inställt", march+" inställt")},
		"an older file changes nothing": {strings.NewReplacer("DTSTAMP:20261120", "DTSTAMP:20261101", "T100000", "T140000", "T110000", "T150000").Replace(series),
			lines("older 2027-01-12 14.00–15.00 Länet", "older 2027-02-09 14.00–15.00 Länet", "older 2027-03-09 14.00–15.00 Länet"), lines(january, february, march)},
		"another organizer changes nothing": {other(newer("T100000", "T140000", "T110000", "T150000")),
			lines("conflict 2027-01-12 14.00–15.00 Länet", "conflict 2027-02-09 14.00–15.00 Länet", "conflict 2027-03-09 14.00–15.00 Länet"), lines(january, february, march)},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, d *desk) {
				c := secretariat.Calendar{ForumID: d.elsewhere(), Data: []byte(series)}
				if made := d.reads(c); len(made) != 3 {
					t.Fatalf("%d meetings", len(made))
				}
				c.Data = []byte(row.file)
				r, rows := d.looks(c)
				if rows != row.rows {
					t.Errorf("got\n%s\nwant\n%s", rows, row.rows)
				}
				if r.Acts() > 0 {
					d.reads(c)
				}
				if got := d.dates(c.ForumID); got != row.meetings {
					t.Errorf("got\n%s\nwant\n%s", got, row.meetings)
				}
				if r, rows := d.looks(c); r.Acts() > 0 {
					t.Errorf("once more:\n%s", rows)
				}
				d.wait(0)
				if news := d.got(); len(news) != 0 {
					t.Errorf("%d letters left", len(news))
				}
			})
		})
	}
}

func TestCalendarFile_and_what_is_here(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		theirs := d.elsewhere()
		single := oneEvent("DTSTAMP:20261120T080000Z", "DTSTART:20270209T090000Z", "DTEND:20270209T100000Z", "SUMMARY:Länet")
		t.Run("a meeting of ours that our own feed tells of is not made again", func(t *testing.T) {
			m := d.book("polis-avstamning")
			if r, rows := d.looks(secretariat.Calendar{ForumID: theirs, Data: []byte(strings.Replace(single, "lanet-2027", m.UID, 1))}); r.Acts() != 0 || !strings.HasPrefix(rows, "known ") {
				t.Error(rows)
			}
		})
		t.Run("one that was put in by hand on the same day is a doubt for a person", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				_, err := meeting.Schedule(tx, d.by, meeting.Proposal{ForumID: theirs, Zone: d.office.Zone, Time: meeting.Time{Date: almanac.Date{Year: 2027, Month: 2, Day: 9}, Starts: 600, Ends: 660}})
				return err
			})
			c := secretariat.Calendar{ForumID: theirs, Data: []byte(single)}
			r, _ := d.looks(c)
			if !r.Rows[0].Doubt || r.Rows[0].Why.Key == "" {
				t.Errorf("%+v", r.Rows[0])
			}
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				_, err := secretariat.ImportCalendar(tx, d.by, d.office, c, r.Hash, nil)
				return err
			})
			d.write(func(tx *store.Tx) error {
				_, err := secretariat.ImportCalendar(tx, d.by, d.office, c, r.Hash, []string{r.Rows[0].Key})
				return err
			})
		})
		t.Run("what came by file is followed by mail, by the same organizer", func(t *testing.T) {
			if got := d.receive(countyMail("CANCEL", "DTSTAMP:20261125T080000Z", "SEQUENCE:3")); got != "followed" || !strings.Contains(d.dates(theirs), "inställt") {
				t.Error(got)
			}
		})
		t.Run("of what changed since it was looked through, nothing is done", func(t *testing.T) {
			c := secretariat.Calendar{ForumID: theirs, Data: []byte(calendarFile(t, "apple.ics"))}
			r, _ := d.looks(c)
			d.reads(c)
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				_, err := secretariat.ImportCalendar(tx, d.by, d.office, c, r.Hash, nil)
				return err
			})
		})
		t.Run("a forum that is convened otherwise is refused", func(t *testing.T) {
			for _, c := range []secretariat.Calendar{{ForumID: theirs, Called: true}, {ForumID: d.world.Forums["polis-avstamning"]}} {
				c.Data = []byte(single)
				if err := d.refused(fault.Invalid, func(tx *store.Tx) error {
					_, err := secretariat.ReviewCalendar(tx, d.by, d.office, c)
					return err
				}); !fault.Concerns(err, "forumId") {
					t.Error(err)
				}
			}
		})
		t.Run("whoever may not plan the forum finds nothing", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				_, err := secretariat.ReviewCalendar(tx, d.member(tx), d.office, secretariat.Calendar{ForumID: theirs, Data: []byte(single)})
				return err
			})
		})
	})
}

// hostileCalendars are files that give a sentence and change nothing.
func hostileCalendars() map[string]struct{ file, want string } {
	const readable, large, endless = "inte en kalender som går att läsa", "för stor eller har för många händelser", "fler än 260 möten på fem år"
	event := func(more ...string) string {
		return oneEvent(append([]string{"DTSTAMP:20261120T080000Z", "DTSTART:20270112T090000Z", "DTEND:20270112T100000Z"}, more...)...)
	}
	return map[string]struct{ file, want string }{
		"nothing":                  {"", readable},
		"a letter":                 {"Hej,\r\nvi ses i januari.\r\n", readable},
		"a page":                   {"<!doctype html><html><body>BEGIN:VCALENDAR</body></html>", readable},
		"a zip":                    {"PK\x03\x04\x14\x00\x00\x00\x08\x00BEGIN:VCALENDAR\r\nEND:VCALENDAR", readable},
		"no event":                 {"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", readable},
		"control characters":       {event("SUMMARY:a\x01\x02b"), readable},
		"ten megabytes":            {event("SUMMARY:" + strings.Repeat("a\r\n ", 10<<20/4)), large},
		"100 000 events":           {"BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\nEND:VEVENT\r\n", 100_000), large},
		"3 000 events":             {"BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\nEND:VEVENT\r\n", 3000), large},
		"101 series":               {"BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\nEND:VEVENT\r\n", 101), large},
		"depth":                    {"BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\n", 10), large},
		"by the second":            {event("RRULE:FREQ=SECONDLY"), endless},
		"by the minute":            {event("RRULE:FREQ=MINUTELY;COUNT=3"), endless},
		"100 000 times":            {event("RRULE:FREQ=DAILY;COUNT=100000"), endless},
		"until 2999":               {event("RRULE:FREQ=DAILY;UNTIL=29990101T000000Z"), endless},
		"a rule that is none":      {event("RRULE:FREQ=WEEKLY;BYDAY=99XX"), endless},
		"broken folds":             {strings.ReplaceAll(event(), "DTSTART:", "DTST\r\nART:"), "ingen tid som går att läsa|tid som går att läsa"},
		"an unknown zone":          {strings.NewReplacer("DTSTART:", "DTSTART;TZID=Mars/Olympus:", "0000Z", "0000").Replace(event()), "tid som går att läsa|går att läsa"},
		"a time that is none":      {strings.ReplaceAll(event(), "20270112T090000Z", "20271332T990000Z"), "tid som går att läsa"},
		"an end before the start":  {strings.ReplaceAll(event(), "DTEND:20270112", "DTEND:20260112"), "tid som går att läsa"},
		"all that has been":        {strings.ReplaceAll(event(), "20270112", "20250112"), "har varit"},
		"days alone":               {oneEvent("DTSTART;VALUE=DATE:20270112", "DTEND;VALUE=DATE:20270113"), "heldagshändelser"},
		"over midnight":            {strings.ReplaceAll(event(), "DTEND:20270112T10", "DTEND:20270113T10"), "slutar en annan dag"},
		"a UID of nothing":         {strings.ReplaceAll(event(), "UID:lanet-2027", "UID:"), "tid som går att läsa"},
		"an hour that comes twice": {oneEvent("DTSTART:20271031T003000Z", "DTEND:20271031T011500Z"), "klockan ställs om"},
		"cut off in the middle":    {event()[:60], "tid som går att läsa"},
	}
}

func TestCalendarFile_that_is_hostile_gives_a_sentence_and_changes_nothing(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		theirs := d.elsewhere()
		rows := func() map[string]int64 {
			count := map[string]int64{}
			d.write(func(tx *store.Tx) error {
				for _, table := range store.Tables {
					var n int64
					if err := tx.DB.Table(table).Count(&n).Error; err != nil {
						return err
					}
					count[table] = n
				}
				return nil
			})
			return count
		}
		before := rows()
		for name, test := range hostileCalendars() {
			t.Run(name, func(t *testing.T) {
				err := d.db.Write(t.Context(), func(tx *store.Tx) error {
					_, err := secretariat.ImportCalendar(tx, d.by, d.office, secretariat.Calendar{ForumID: theirs, Data: []byte(test.file)}, "", nil)
					return err
				})
				if fault.KindOf(err) != fault.Invalid || !fault.Concerns(err, "file") {
					t.Fatalf("got %v", err)
				}
				for want := range strings.SplitSeq(test.want, "|") {
					if strings.Contains(err.Error(), want) {
						return
					}
				}
				t.Errorf("got %q, want %q", err, test.want)
			})
		}
		for table, n := range rows() {
			if n != before[table] {
				t.Errorf("%s: %d rows, %d before", table, n, before[table])
			}
		}
	})
}
