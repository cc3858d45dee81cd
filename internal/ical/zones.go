package ical

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// zones gives the instants that a message's clock times mean: by the message's own VTIMEZONE, else
// by the name, which may be Microsoft's; else not at all.
type zones struct {
	own   map[string][]observance
	local *time.Location // of times that name no zone
}

// observance is a STANDARD or DAYLIGHT part of a VTIMEZONE (RFC 5545 §3.6.5): from when which
// offset is in force, on clocks that show the offset before it.
type observance struct {
	start  time.Time // clock time, held as if it were UTC
	offset time.Duration
	yearly bool
	month  time.Month
	nth    int // of the weekday in the month; negative: from its end
	day    time.Weekday
	until  int // last year; 0: no end
	extra  []time.Time
}

func newZones(cal *block, local *time.Location) *zones {
	z := &zones{own: map[string][]observance{}, local: local}
	for _, b := range cal.parts {
		if b.name != "VTIMEZONE" {
			continue
		}
		name := unquoted(b.get("TZID").value)
		for _, part := range b.parts {
			if o, ok := readObservance(part); ok {
				z.own[name] = append(z.own[name], o)
			}
		}
	}
	return z
}

func unquoted(name string) string { return strings.Trim(unescaped(name), `" `) }

func readObservance(b *block) (o observance, ok bool) {
	start, err := time.Parse(formLocal, strings.TrimSuffix(b.get("DTSTART").value, "Z"))
	if err != nil {
		return o, false
	}
	o.start = start
	if o.offset, ok = utcOffset(b.get("TZOFFSETTO").value); !ok {
		return o, false
	}
	for _, l := range b.lines {
		if l.name == "RDATE" {
			for text := range strings.SplitSeq(l.value, ",") {
				if t, err := time.Parse(formLocal, text); err == nil && len(o.extra) < 200 {
					o.extra = append(o.extra, t)
				}
			}
		}
	}
	o.readRule(b.get("RRULE").value)
	return o, true
}

var byDay = regexp.MustCompile(`^([+-]?[1-5])?(SU|MO|TU|WE|TH|FR|SA)$`)

var weekdays = map[string]time.Weekday{"SU": 0, "MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6}

// readRule reads the one shape that time zones use: yearly, on the n-th weekday of a month.
func (o *observance) readRule(rule string) {
	parts := map[string]string{}
	for part := range strings.SplitSeq(strings.ToUpper(rule), ";") {
		key, value, _ := strings.Cut(part, "=")
		parts[key] = value
	}
	month, _ := strconv.Atoi(parts["BYMONTH"])
	found := byDay.FindStringSubmatch(parts["BYDAY"])
	if parts["FREQ"] != "YEARLY" || month < 1 || month > 12 || found == nil {
		return
	}
	o.yearly, o.month, o.day, o.nth = true, time.Month(month), weekdays[found[2]], 1
	if n, err := strconv.Atoi(found[1]); err == nil {
		o.nth = n
	}
	if until := parts["UNTIL"]; len(until) >= 4 {
		o.until, _ = strconv.Atoi(until[:4])
	}
}

// onset gives the latest moment at or before t from which o is in force. Clock times, all.
func (o observance) onset(t time.Time) (latest time.Time, ok bool) {
	consider := func(at time.Time) {
		if !at.After(t) && (!ok || at.After(latest)) {
			latest, ok = at, true
		}
	}
	consider(o.start)
	for _, at := range o.extra {
		consider(at)
	}
	if !o.yearly {
		return latest, ok
	}
	for year := t.Year() - 1; year <= t.Year(); year++ {
		if at := o.inYear(year); !at.Before(o.start) && (o.until == 0 || year <= o.until) {
			consider(at)
		}
	}
	if o.until > 0 && o.until < t.Year()-1 {
		consider(o.inYear(o.until))
	}
	return latest, ok
}

func (o observance) inYear(year int) time.Time {
	h, m, s := o.start.Clock()
	if o.nth > 0 {
		first := time.Date(year, o.month, 1, h, m, s, 0, time.UTC)
		return first.AddDate(0, 0, int(o.day-first.Weekday()+7)%7+7*(o.nth-1))
	}
	last := time.Date(year, o.month+1, 0, h, m, s, 0, time.UTC)
	return last.AddDate(0, 0, -(int(last.Weekday()-o.day+7)%7 + 7*(-o.nth-1)))
}

// instant gives the moment at which clocks in a zone show t; false when the zone is unknown.
func (z *zones) instant(t time.Time, zone string) (time.Time, bool) {
	var latest time.Time
	offset, found := time.Duration(0), false
	for _, o := range z.own[zone] {
		if at, ok := o.onset(t); ok && (!found || at.After(latest)) {
			latest, offset, found = at, o.offset, true
		}
	}
	if found {
		return t.Add(-offset), true
	}
	loc := location(zone)
	if loc == nil {
		return time.Time{}, false
	}
	return onClock(t, loc), true
}

func onClock(t time.Time, loc *time.Location) time.Time {
	h, m, s := t.Clock()
	return time.Date(t.Year(), t.Month(), t.Day(), h, m, s, 0, loc).UTC()
}

// moment reads a DATE-TIME or DATE (RFC 5545 §3.3.4, §3.3.5). It gives nil for what it does not
// understand: an instant that is guessed is worse than none.
func (z *zones) moment(l line) *Moment {
	value := strings.ToUpper(l.value)
	if t, err := time.Parse(formUTC, value); err == nil {
		return within(&Moment{Time: t, Zone: "UTC"})
	}
	if t, err := time.Parse("20060102", value); err == nil {
		return within(&Moment{Time: onClock(t, z.local), AllDay: true})
	}
	t, err := time.Parse(formLocal, value)
	if err != nil {
		return nil
	}
	zone := unquoted(l.param("TZID"))
	if zone == "" {
		return within(&Moment{Time: onClock(t, z.local)})
	}
	if at, ok := z.instant(t, zone); ok {
		return within(&Moment{Time: at, Zone: zone})
	}
	return nil
}

// moments reads every time of a list property.
func (z *zones) moments(b *block, name string) (all []time.Time) {
	for _, l := range b.lines {
		if l.name != name {
			continue
		}
		for value := range strings.SplitSeq(l.value, ",") {
			if m := z.moment(line{params: l.params, value: strings.TrimSpace(value)}); m != nil && len(all) < 500 {
				all = append(all, m.Time)
			}
		}
	}
	return all
}

// within refuses times that neither calendars nor databases agree on.
func within(m *Moment) *Moment {
	if year := m.Time.Year(); year < 1900 || year > 2200 {
		return nil
	}
	return m
}

// location gives the zone of a name: the tz database's, also behind a prefix as libical and Lotus
// write it, or Microsoft's.
func location(name string) *time.Location {
	if known, ok := windowsZones[name]; ok {
		name = known
	}
	if rest, global := strings.CutPrefix(name, "/"); global { // RFC 5545 §3.8.3.1
		parts := strings.Split(rest, "/")
		name = strings.Join(parts[max(0, len(parts)-2):], "/")
	}
	if name == "" || name == "Local" || len(name) > 60 {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// windowsZones are Microsoft's names (CLDR windowsZones.xml) of the zones that our neighbours may
// write from, and the words that Outlook uses where its name should stand.
var windowsZones = map[string]string{
	"W. Europe Standard Time": "Europe/Stockholm", "Central Europe Standard Time": "Europe/Budapest", "Central European Standard Time": "Europe/Warsaw",
	"Romance Standard Time": "Europe/Paris", "FLE Standard Time": "Europe/Kiev", "GMT Standard Time": "Europe/London", "GTB Standard Time": "Europe/Bucharest",
	"E. Europe Standard Time": "Europe/Chisinau", "Greenwich Standard Time": "Atlantic/Reykjavik", "Turkey Standard Time": "Europe/Istanbul",
	"Russian Standard Time": "Europe/Moscow", "Eastern Standard Time": "America/New_York", "Central Standard Time": "America/Chicago",
	"Mountain Standard Time": "America/Denver", "Pacific Standard Time": "America/Los_Angeles", "UTC": "UTC", "Etc/UTC": "UTC",
	"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna": "Europe/Stockholm",
	"(UTC+01.00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna": "Europe/Stockholm",
}

// utcOffset reads a UTC-OFFSET (RFC 5545 §3.3.14).
func utcOffset(text string) (time.Duration, bool) {
	if len(text) < 5 || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	hours, err1 := strconv.Atoi(text[1:3])
	minutes, err2 := strconv.Atoi(text[3:5])
	if err1 != nil || err2 != nil || hours > 24 || minutes > 59 {
		return 0, false
	}
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if text[0] == '-' {
		d = -d
	}
	return d, true
}

var durationForm = regexp.MustCompile(`^P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$`)

// duration reads a DURATION (RFC 5545 §3.3.6) that goes forward.
func duration(text string) (time.Duration, bool) {
	found := durationForm.FindStringSubmatch(strings.ToUpper(strings.TrimPrefix(text, "+")))
	if found == nil {
		return 0, false
	}
	var d time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(found[i+1]) // empty: none
		d += time.Duration(n) * unit
	}
	return d, d > 0
}
