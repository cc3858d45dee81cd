package app_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func TestInteropFeeds(t *testing.T) {
	onExchange(t, func(x *exchange) {
		x.proves("case 26 empty feed, revoked token", "RFC 5545 §3.6", x.emptyFeed) // while nothing is booked
		x.proves("case 25 own and foreign meetings, moved, cancelled, all-day", "RFC 7986 §5; RFC 5545 §3.8.1.11", x.fullFeed)
		x.proves("case 27 event changed", "RFC 9110 §8.8, §13.2.2", x.changedFeed)
		x.proves("case 28 no names, five years of weekly meetings", "RFC 6638 §3.2", x.discreetFeed)
	})
}

// fetch gets the coordinator's calendar.
func (x *exchange) fetch(headers ...string) reply {
	x.Helper()
	r := x.request(http.MethodGet, "/calendar/"+x.world.FeedToken+".ics", "")
	for n := 0; n < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	return x.do(x.browser(), r)
}

// calendar gives the meetings in it as they stand there, by UID.
func (x *exchange) calendar() map[string]string {
	x.Helper()
	all := map[string]string{}
	for _, event := range strings.Split(x.wants(x.fetch(), http.StatusOK).body, "BEGIN:VEVENT\r\n")[1:] {
		event, _, _ = strings.Cut(event, "END:VEVENT")
		all[strings.TrimPrefix(properties("BEGIN:VEVENT\r\n" + event)["UID"], ":")] = event
	}
	return all
}

// follows makes a feed of one forum and gives its path.
func (x *exchange) follows(external string) (path string, id uuid.UUID) {
	x.Helper()
	x.write(func(tx *store.Tx) error {
		forumID := x.world.Forums[external]
		f, token, err := access.Subscribe(tx, x.by, "Telefonen", access.Neutral, access.Contents{ForumID: &forumID})
		path, id = "/calendar/"+token+".ics", f.ID
		return err
	})
	return path, id
}

// A VCALENDAR holds a component even when it holds no meeting; a revoked address is not found, and asks nobody
// to sign in.
func (x *exchange) emptyFeed() {
	path, id := x.follows("polis-avstamning")
	p := x.wants(x.get(x.browser(), path), http.StatusOK)
	if strings.Contains(p.body, "VEVENT") || !strings.Contains(p.body, "BEGIN:VTIMEZONE\r\n") || p.header.Get("Content-Type") != "text/calendar; charset=utf-8" || strings.Contains(p.body, "METHOD") {
		x.Errorf("%s\n%s", p.header.Get("Content-Type"), p.body)
	}
	x.write(func(tx *store.Tx) error { return access.Unsubscribe(tx, x.by, id) })
	gone := x.wants(x.get(x.browser(), path), http.StatusNotFound)
	if strings.Contains(gone.body, "<") || gone.to != "" || gone.header.Get("Set-Cookie") != "" {
		x.Errorf("%s %v", gone.body, gone.header)
	}
}

// Every kind of meeting, and what a day-long invitation becomes: nothing at midnight.
func (x *exchange) fullFeed() {
	plain, moved, off := x.book(), x.book(), x.book()
	moved, off = x.move(moved, 1), x.cancel(off)
	x.outcome("parked: invitation", x.county("REQUEST", 0, "DTSTART;TZID=Europe/Stockholm:20270112T100000", "DTEND;TZID=Europe/Stockholm:20270112T110000", "RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=3"))
	x.registers()
	x.outcome("parked: invitation", x.edited(x.county("REQUEST", 0, "DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270302"), "lanet-serie", "lanet-heldag"))
	x.page("/inbox/"+x.waiting().ID.String(), "Inbjudan har inget kommande möte att lägga in.")

	all := x.calendar()
	if len(all) != 6 {
		x.Errorf("%d meetings, not three of ours and three of the county's", len(all))
	}
	for _, m := range []*meeting.Meeting{plain, moved, off} {
		e := properties("BEGIN:VEVENT\r\n" + all[m.UID])
		want := map[string]string{"DTSTART": ";TZID=Europe/Stockholm:" + strings.ReplaceAll(m.Date.String(), "-", "") + "T130000", "SEQUENCE": ":0", "STATUS": ":CONFIRMED", "TRANSP": ":OPAQUE"}
		switch m {
		case moved:
			want["SEQUENCE"] = ":1"
		case off:
			want["SEQUENCE"], want["STATUS"], want["TRANSP"] = ":1", ":CANCELLED", ":TRANSPARENT"
			want["SUMMARY"] = `:INSTÄLLT: Avstämning\, Vingåkers kommun`
		}
		for name, value := range want {
			if e[name] != value {
				x.Errorf("%s: %s is %q, not %q", m.Date, name, e[name], value)
			}
		}
	}
	foreign := 0
	for uid, event := range all {
		if strings.Contains(event, "DTSTART;TZID=Europe/Stockholm:2027") && strings.Contains(event, "T100000") {
			foreign++
		}
		if strings.Contains(uid, "lanet") || strings.Contains(event, "RRULE") || strings.Contains(event, "RECURRENCE-ID") || strings.Contains(event, "VALUE=DATE:") {
			x.Errorf("%s", event)
		}
	}
	if foreign != 3 {
		x.Errorf("%d of the county's three meetings", foreign)
	}
	head, _, _ := strings.Cut(x.fetch().body, "BEGIN:VEVENT")
	for _, line := range []string{"CALSCALE:GREGORIAN", "NAME:Möten\\, Vingåkers kommun", "X-WR-CALNAME:Möten\\, Vingåkers kommun", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"} {
		if !strings.Contains(head, line+"\r\n") {
			x.Errorf("no %s: %s", line, head)
		}
	}
}

// What is unchanged is the same bytes and 304; a change raises the marks of the feed and of that meeting, and of
// nothing else.
func (x *exchange) changedFeed() {
	m := x.book()
	x.clock = x.clock.Add(time.Hour)
	first, before := x.wants(x.fetch(), http.StatusOK), x.calendar()
	etag, modified := first.header.Get("Etag"), first.header.Get("Last-Modified")
	if etag == "" || modified == "" || strings.HasPrefix(etag, "W/") {
		x.Fatalf("ETag %q, Last-Modified %q", etag, modified)
	}
	x.clock = x.clock.Add(time.Hour)
	if again := x.fetch(); again.body != first.body || again.header.Get("Etag") != etag || again.header.Get("Last-Modified") != modified {
		x.Error("the same feed is other bytes an hour later")
	}
	for name, value := range map[string]string{"If-None-Match": etag, "If-Modified-Since": modified} {
		if p := x.fetch(name, value); p.status != http.StatusNotModified || p.body != "" {
			x.Errorf("%s %s: %d", name, value, p.status)
		}
	}
	x.wants(x.fetch("If-None-Match", `"another"`, "If-Modified-Since", x.clock.AddDate(0, 0, 1).Format(http.TimeFormat)), http.StatusOK) // §13.2.2
	x.wants(x.fetch("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"), http.StatusOK)

	x.move(m, 1)
	now, after := x.wants(x.fetch("If-None-Match", etag), http.StatusOK), x.calendar()
	was, _ := http.ParseTime(modified)
	is, err := http.ParseTime(now.header.Get("Last-Modified"))
	if err != nil || now.header.Get("Etag") == etag || !is.After(was) {
		x.Errorf("ETag %s, Last-Modified %s", now.header.Get("Etag"), now.header.Get("Last-Modified"))
	}
	for uid, event := range after {
		a, b := properties("BEGIN:VEVENT\r\n"+before[uid]), properties("BEGIN:VEVENT\r\n"+event)
		if uid != m.UID && event != before[uid] {
			x.Errorf("another meeting changed: %s", event)
		}
		if uid == m.UID && (b["SEQUENCE"] <= a["SEQUENCE"] || b["LAST-MODIFIED"] <= a["LAST-MODIFIED"] || b["DTSTAMP"] <= a["DTSTAMP"]) {
			x.Errorf("%s", event)
		}
	}
}

// Nothing names anybody, and five years of meetings every week are small and quick.
func (x *exchange) discreetFeed() {
	var weekly []secretariat.Booking
	today := almanac.DateOf(x.clock, x.app.Office.Zone)
	for week := range 5 * 52 {
		day := today.AddDays(1 + 7*week)
		for !almanac.IsWorkday(day) {
			day = day.AddDays(1)
		}
		weekly = append(weekly, secretariat.Booking{ForumID: x.world.Forums["skola-forskola"], Time: meeting.Time{Date: day, Starts: 9 * 60, Ends: 10 * 60, Place: "Hos Karin Pil, 070-1740610"}})
	}
	x.write(func(tx *store.Tx) error {
		_, err := secretariat.BookYear(tx, x.by, x.app.Office, weekly)
		return err
	})
	began := time.Now()
	p := x.wants(x.fetch(), http.StatusOK)
	if took := time.Since(began); took > time.Second || len(p.body) > 1_000_000 || strings.Count(p.body, "BEGIN:VEVENT") < 75 {
		x.Errorf("%d meetings, %d octets, %s", strings.Count(p.body, "BEGIN:VEVENT"), len(p.body), took)
	}
	flat := strings.ToLower(strings.ReplaceAll(p.body, "\r\n ", ""))
	x.read(func(tx *store.Tx) error {
		var contacts []partner.Contact
		var people []access.Identity
		if err := tx.DB.Find(&contacts).Error; err != nil {
			return err
		}
		if err := tx.DB.Find(&people).Error; err != nil {
			return err
		}
		words := []string{"ATTENDEE", "ORGANIZER", "VALARM", "mailto:", "@vingaker"}
		for _, c := range contacts {
			words = append(words, c.Name, c.Email, c.Phone)
		}
		for _, i := range people {
			words = append(words, i.Name, i.Email)
		}
		for _, word := range words {
			if word != "" && strings.Contains(flat, strings.ToLower(word)) {
				x.Errorf("%q stands in the feed", word)
			}
		}
		return nil
	})
	if found := regexp.MustCompile(`(^|[^0-9a-f-])(\d{6}|\d{8})[-+]\d{4}([^0-9a-f-]|$)`).FindString(flat); found != "" {
		x.Errorf("a personal number: %s", found)
	}
}
