package ical

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestUnfold(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	until := time.Date(2028, 6, 1, 0, 0, 0, 0, time.UTC)
	event := func(lines ...string) string {
		return "BEGIN:VEVENT\r\nUID:u-12345678\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\n"
	}
	const start, end = "DTSTART;TZID=Europe/Stockholm:20270121T130000", "DTEND;TZID=Europe/Stockholm:20270121T140000"
	for name, row := range map[string]struct {
		events string
		want   string
		err    error
	}{
		"a single one":               {event(start, end), "|2027-01-21T12:00Z", nil},
		"by duration":                {event(start, "DURATION:PT1H"), "|2027-01-21T12:00Z", nil},
		"monthly, over summer time":  {event(start, end, "RRULE:FREQ=MONTHLY;INTERVAL=3;COUNT=3;BYDAY=3TH"), "20270121T120000Z|2027-01-21T12:00Z 20270415T110000Z|2027-04-15T11:00Z 20270715T110000Z|2027-07-15T11:00Z", nil},
		"with one left out":          {event(start, end, "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=W. Europe Standard Time:20270128T130000"), "20270121T120000Z|2027-01-21T12:00Z 20270204T120000Z|2027-02-04T12:00Z", nil},
		"with one that was moved":    {event(start, end, "RRULE:FREQ=WEEKLY;COUNT=2") + event("RECURRENCE-ID:20270121T120000Z", "DTSTART:20270122T080000Z", "DTEND:20270122T090000Z"), "20270121T120000Z|2027-01-22T08:00Z 20270128T120000Z|2027-01-28T12:00Z", nil},
		"until a day":                {event(start, end, "RRULE:FREQ=WEEKLY;UNTIL=20270128T120000Z"), "20270121T120000Z|2027-01-21T12:00Z 20270128T120000Z|2027-01-28T12:00Z", nil},
		"no start":                   {event(end), "", nil},
		"without an end of the rule": {event(start, end, "RRULE:FREQ=DAILY"), "", ErrEndless},
		"by the second":              {event(start, end, "RRULE:FREQ=SECONDLY"), "", ErrEndless},
		"by many hours":              {event(start, end, "RRULE:FREQ=DAILY;BYHOUR=1,2,3;COUNT=2"), "", ErrEndless},
		"a rule that is none":        {event(start, end, "RRULE:FREQ=WEEKLY;BYDAY=99XX"), "", ErrEndless},
		"a day that never comes":     {event(start, end, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := ReadMessage([]byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"+row.events+"END:VCALENDAR\r\n"), stockholm)
			if err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			all, err := Unfold(m.Events, stockholm, Bounds{Until: until, Most: 60})
			if !errors.Is(err, row.err) {
				t.Fatalf("got %v, want %v", err, row.err)
			}
			if spent := time.Since(begun); spent > time.Second {
				t.Errorf("took %s", spent)
			}
			var got []string
			for _, o := range all {
				got = append(got, o.Recurrence+"|"+o.Start.Format("2006-01-02T15:04Z"))
				if o.End.Sub(o.Start) != time.Hour {
					t.Errorf("%s for %s", o.Start, o.End.Sub(o.Start))
				}
			}
			if strings.Join(got, " ") != row.want {
				t.Errorf("got %s\nwant %s", strings.Join(got, " "), row.want)
			}
		})
	}
}
