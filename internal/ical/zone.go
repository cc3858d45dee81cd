package ical

import (
	"strings"
	"time"

	goical "github.com/emersion/go-ical"
)

const zoneName = "Europe/Stockholm"

// zoneLines is the time zone since 1996, when the European Union settled its summer time. Two
// yearly rules with one BYDAY each are all that Outlook reads (MS-OXCICAL 2.1.3.1.1.19.2.2), and
// Exchange 2016 refuses a mail with RDATE beside RRULE (MS KB 4456241), so there is no history.
const zoneLines = `BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
`

// zone is zoneLines with the line ends of RFC 5545 §3.1.
var zone = strings.ReplaceAll(zoneLines, "\n", "\r\n")

// RFC 5545 §3.3.5: form 2, date with UTC time, and the clock part of form 3.
const (
	formUTC   = "20060102T150405Z"
	formLocal = "20060102T150405"
)

func utc(t time.Time) string { return t.UTC().Format(formUTC) }

// setTime writes t as clocks in the event's zone show it, so that a calendar can say what was
// agreed, or else in UTC.
func setTime(c *goical.Component, name string, t time.Time, e Event) {
	if !localTimes(e) {
		setRaw(c, name, utc(t))
		return
	}
	setRaw(c, name, t.In(e.Zone).Format(formLocal))
	c.Props.Get(name).Params.Set(goical.ParamTimezoneID, zoneName)
}

// localTimes says whether the times of e are written with a TZID. In the hour that comes twice in
// October they are not: RFC 5545 §3.3.5 means its first coming, but Go, libical, ical.js and
// node-ical read the second.
func localTimes(e Event) bool {
	return e.Zone != nil && e.Zone.String() == zoneName && !comesTwice(e.Start, e.Zone) && !comesTwice(e.End, e.Zone)
}

func comesTwice(t time.Time, loc *time.Location) bool {
	shown := t.In(loc).Format(formLocal)
	return t.Add(time.Hour).In(loc).Format(formLocal) == shown || t.Add(-time.Hour).In(loc).Format(formLocal) == shown
}
