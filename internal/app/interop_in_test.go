package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

func TestInteropLettersComingIn(t *testing.T) {
	onExchange(t, func(x *exchange) {
		x.proves("case 09 accepted, declined, tentative", "§3.2.3", x.threeAnswers)
		x.proves("case 10 declined with a comment", "§3.2.3; RFC 5545 §3.3.11", x.comment)
		x.proves("case 11 an occurrence of a meeting that has none", "§3.7.1", x.noOccurrence)
		x.proves("case 12 foreign series, RECURRENCE-ID in UTC and in another zone", "RFC 5545 §3.8.4.4", x.foreignSeries)
		x.proves("case 13 foreign series, the first occurrence moved", "§3.7.1", x.firstOccurrence)
		x.proves("case 14 no such occurrence, another organizer", "§2.1.5, §6.1", x.notTheirs)
		x.proves("case 15 unknown UID", "§3.2.3", x.unknownUID)
		x.proves("case 16 not processed by the recipient", "§3.6", x.notProcessed)
		x.proves("case 17 the same reply twice", "§2.1.5", x.sameTwice)
		x.proves("case 18 an older reply arrives last", "§2.1.5 rule 4", x.olderLast)
		x.proves("case 19 another time proposed", "§3.2.7, §3.2.8, §4.2.4", x.counter)
		x.proves("case 20 asked to send again", "§3.2.6, §6.1.6", x.refresh)
		x.proves("case 21 no calendar part", "RFC 6047 §2.4", x.written)
		x.proves("case 22 a bounce", "RFC 3464 §2", x.bounce)
		x.proves("case 23 out of office", "RFC 3834 §2", x.outOfOffice)
		x.proves("case 24 the link is fetched", "RFC 9110 §9.2.1", x.linkFetched)
	})
}

// Status, time and comment are stored, and whoever has answered is not asked again.
func (x *exchange) threeAnswers() {
	m := x.convene(x.bookOn(almanac.Date{Year: 2026, Month: 12, Day: 15}))
	letters := x.expect("REQUEST", gun, police)
	for _, partStat := range []invite.PartStat{invite.Tentative, invite.Declined, invite.Accepted} {
		x.clock = x.clock.Add(time.Minute)
		x.outcome("answer", x.replies(letters[police], "REPLY", string(partStat), "COMMENT:Svar "+string(partStat)))
		a := x.invitation(m, police).Last()
		if a == nil || a.PartStat != partStat || a.Comment != "Svar "+string(partStat) || !a.At.Equal(x.clock) || a.Via != "mail" || a.Unverified || x.said(m, police) != partStat {
			x.Errorf("%+v", a)
		}
	}
	x.page("/meetings/"+m.ID.String(), "1 av 2 har svarat. 1 kommer.", "Svarade med e-post", "”Svar ACCEPTED”")
	x.wants(x.post(x.as(access.Coordinator), "/account/reminders", url.Values{"digest": {"never"}, "reminders": {"yes"}}), http.StatusSeeOther)
	x.clock = time.Date(2026, 12, 9, 12, 0, 0, 0, time.UTC) // when those who have not answered are asked again
	x.remind(1)
	if again := x.expect("", gun)[gun]; !strings.HasPrefix(again.Subject, "Svar saknas:") {
		x.Errorf("%s", again.Subject)
	}
}

// Decoded, and on the page as text.
func (x *exchange) comment() {
	m, letters := x.called()
	x.outcome("answer", x.replies(letters[police], "REPLY", "DECLINED", `COMMENT:Kan ej\, åker\nhem <b>nu</b>`))
	if a := x.invitation(m, police).Last(); a.PartStat != invite.Declined || a.Comment != "Kan ej, åker hem <b>nu</b>" {
		x.Errorf("%+v", a)
	}
	if p := x.page("/meetings/" + m.ID.String()); !strings.Contains(p.body, "Kan ej, åker hem &lt;b&gt;nu&lt;/b&gt;") || strings.Contains(p.body, "<b>nu") {
		x.Errorf("the comment is not escaped: %s", text(p.body))
	}
}

// No RRULE of ours goes out: an answer to one occurrence waits for a person.
func (x *exchange) noOccurrence() {
	m, letters := x.called()
	for _, id := range []string{"RECURRENCE-ID:20270126T120000Z", "RECURRENCE-ID;TZID=Nowhere:20270126T130000"} {
		x.changesNothing(m, "parked: one-of-a-series", x.replies(letters[police], "REPLY", "ACCEPTED", id))
	}
	x.page("/inbox/"+x.waiting().ID.String(), "Svaret gäller ett tillfälle i en serie, men mötet är ingen serie.")
}

// county is what the county administrative board writes about its series, which the receiving server vouches
// for.
func (x *exchange) county(method string, sequence int, lines ...string) []byte {
	x.clock = x.clock.Add(time.Second)
	return []byte(strings.ReplaceAll(fmt.Sprintf("Authentication-Results: mx.vingaker.example; dmarc=pass header.from=lanet.example\nMessage-ID: <%d@lanet.example>\nFrom: %s\nTo: moten@vingaker.example\nSubject: Samverkan\n"+
		"MIME-Version: 1.0\nContent-Type: text/calendar; method=%s; charset=utf-8\n\nBEGIN:VCALENDAR\nMETHOD:%s\nBEGIN:VEVENT\nUID:lanet-serie\nORGANIZER:mailto:%s\nSEQUENCE:%d\nDTSTAMP:%s\n%s\nEND:VEVENT\nEND:VCALENDAR\n",
		x.clock.UnixNano(), county, method, method, county, sequence, x.clock.Format("20060102T150405Z"), strings.Join(lines, "\n")), "\n", "\r\n"))
}

const county = "samordning@lanet.example"

// registers puts the invitation that waits into the county's forum.
func (x *exchange) registers() {
	x.Helper()
	x.presses("/inbox/"+x.waiting().ID.String()+"/meetings", url.Values{"forumId": {x.world.Forums["lanssamverkan"].String()}})
}

// series wants the county's meetings to be so.
func (x *exchange) series(want ...string) {
	x.Helper()
	var got []string
	x.read(func(tx *store.Tx) error {
		forumID := x.world.Forums["lanssamverkan"]
		all, _, err := meeting.List(tx, x.by, meeting.Selection{ForumID: &forumID})
		for _, m := range all {
			line := m.Date.String() + " " + m.Starts.String()
			if m.Cancelled() {
				line += " inställt"
			}
			got = append(got, line)
		}
		return err
	})
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		x.Errorf("%q, not %q", got, want)
	}
}

// Whatever zone the RECURRENCE-ID is told in, it is the same meeting.
func (x *exchange) foreignSeries() {
	x.outcome("parked: invitation", x.county("REQUEST", 0, "DTSTART;TZID=Europe/Stockholm:20270112T100000", "DTEND;TZID=Europe/Stockholm:20270112T110000", "RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=4"))
	x.registers()
	x.series("2027-01-12 10:00", "2027-02-09 10:00", "2027-03-09 10:00", "2027-04-13 10:00")
	x.outcome("followed", x.county("REQUEST", 1, "RECURRENCE-ID:20270413T080000Z", "DTSTART:20270414T080000Z", "DTEND:20270414T090000Z"))
	x.series("2027-01-12 10:00", "2027-02-09 10:00", "2027-03-09 10:00", "2027-04-14 10:00")
	x.outcome("followed", x.county("REQUEST", 2, "RECURRENCE-ID;TZID=FLE Standard Time:20270413T110000", "DTSTART:20270415T070000Z", "DTEND:20270415T090000Z"))
	x.series("2027-01-12 10:00", "2027-02-09 10:00", "2027-03-09 10:00", "2027-04-15 09:00")
	x.expect("")
}

// That meeting moves and the rest is untouched; one is cancelled, and so is that one alone.
func (x *exchange) firstOccurrence() {
	x.outcome("followed", x.county("REQUEST", 3, "RECURRENCE-ID;TZID=Europe/Stockholm:20270112T100000", "DTSTART:20270113T120000Z", "DTEND:20270113T130000Z"))
	x.series("2027-01-13 13:00", "2027-02-09 10:00", "2027-03-09 10:00", "2027-04-15 09:00")
	x.outcome("followed", x.county("CANCEL", 4, "RECURRENCE-ID:20270209T090000Z"))
	x.series("2027-01-13 13:00", "2027-02-09 10:00 inställt", "2027-03-09 10:00", "2027-04-15 09:00")
}

// Nothing is changed, and a person is told.
func (x *exchange) notTheirs() {
	is := []string{"2027-01-13 13:00", "2027-02-09 10:00 inställt", "2027-03-09 10:00", "2027-04-15 09:00"}
	later := []string{"RECURRENCE-ID:20270309T090000Z", "DTSTART:20270310T090000Z", "DTEND:20270310T100000Z"}
	for _, method := range []string{"REQUEST", "CANCEL"} {
		x.outcome("parked: no-such-occurrence", x.county(method, 6, "RECURRENCE-ID:20280101T090000Z", "DTSTART:20270310T090000Z", "DTEND:20270310T100000Z"))
		x.page("/inbox/"+x.waiting().ID.String(), "Ett tillfälle ändras som inte finns här.")
		for _, change := range [][]string{
			{"header.from=lanet.example", "header.from=annan.example", "From: " + county, "From: ond@annan.example", "ORGANIZER:mailto:" + county, "ORGANIZER:mailto:ond@annan.example"},
			{"header.from=lanet.example", "header.from=annan.example", "From: " + county, "From: ond@annan.example"}, // in the county's name
			{"dmarc=pass", "dmarc=none"},
		} {
			x.outcome("parked: other-organizer", x.edited(x.county(method, 7, later...), change...))
			x.page("/inbox/"+x.waiting().ID.String(), "Ett möte som finns här ändras av någon som inte säkert är den som kallar.")
		}
	}
	x.series(is...)
	x.expect("")
}

// Ignored; the log tells that it came, and nothing that it said.
func (x *exchange) unknownUID() {
	m, letters := x.called()
	token := letters[police].event["ORGANIZER"]
	reply := x.edited(x.replies(letters[police], "REPLY", "ACCEPTED", "COMMENT:Ordet Ibisen"), "UID:"+m.UID, "UID:okant-4711", token[strings.Index(token, "+"):strings.LastIndex(token, "@")], "")
	before := len(x.log.String())
	x.changesNothing(m, "unknown meeting", reply)
	logged := x.log.String()[before:]
	for _, word := range []string{"Ibisen", "okant-4711", "hans.gran", "@"} {
		if strings.Contains(logged, word) {
			x.Errorf("the log tells %q: %s", word, logged)
		}
	}
	if !strings.Contains(logged, `"outcome":"unknown meeting"`) {
		x.Errorf("%s", logged)
	}
}

// What the recipient's calendar could not take is no answer.
func (x *exchange) notProcessed() {
	m, letters := x.called()
	for _, status := range []string{"3.7;Invalid calendar user", "5.1;Service unavailable"} {
		x.changesNothing(m, "parked: not-processed", x.replies(letters[police], "REPLY", "ACCEPTED", "REQUEST-STATUS:"+status))
		x.page("/inbox/"+x.waiting().ID.String(), "Mottagarens kalender kunde inte ta emot inbjudan.")
	}
	x.outcome("answer", x.replies(letters[police], "REPLY", "ACCEPTED", "REQUEST-STATUS:2.0;Success"))
}

// Thunderbird puts its answer in two parts, and a mailbox may give a letter twice: one answer, one entry in the
// log.
func (x *exchange) sameTwice() {
	m, letters := x.called()
	single := string(x.replies(letters[police], "REPLY", "ACCEPTED"))
	head, calendar, _ := strings.Cut(single, "\r\n\r\n")
	kind := regexp.MustCompile(`Content-Type: [^\r]*`).FindString(head)
	twice := strings.Replace(head, kind, "Content-Type: multipart/mixed; boundary=a", 1) + "\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHans Gran har godtagit.\r\n--b\r\n" +
		kind + "\r\n\r\n" + calendar + "\r\n--b--\r\n--a\r\nContent-Type: application/ics; name=\"invite.ics\"\r\nContent-Disposition: attachment; filename=\"invite.ics\"\r\n\r\n" + calendar + "\r\n--a--\r\n"
	x.outcome("answer", []byte(twice))
	x.box.Deliver([]byte(twice)) // the same letter: IMAP gives it again
	x.poll()
	x.changesNothing(m, "ignored: replayed", x.edited([]byte(twice), "Message-ID: <", "Message-ID: <igen-"))
	n := 0
	for _, e := range x.entries() {
		if e.Action == "answer" && e.ObjectID != nil && *e.ObjectID == x.invitation(m, police).ID {
			n++
		}
	}
	if n != 1 || x.answers(m) != 1 {
		x.Errorf("%d entries and %d answers", n, x.answers(m))
	}
}

// The same SEQUENCE, an older DTSTAMP: what was answered last counts.
func (x *exchange) olderLast() {
	m, letters := x.called()
	older := x.replies(letters[police], "REPLY", "ACCEPTED")
	x.outcome("answer", x.replies(letters[police], "REPLY", "DECLINED"))
	x.changesNothing(m, "ignored: outdated", older)
	if got := x.said(m, police); got != invite.Declined {
		x.Errorf("%s", got)
	}
}

// A proposal changes nothing. Accepted, the meeting moves by the usual act; declined, who proposed is told, with the
// SEQUENCE of the proposal.
func (x *exchange) counter() {
	m, letters := x.called()
	propose := func() string {
		x.changesNothing(m, "parked: proposal", x.replies(letters[police], "COUNTER", "TENTATIVE", "DTSTART:20270520T120000Z", "DTEND:20270520T130000Z", "COMMENT:Torsdag?"))
		path := "/inbox/" + x.waiting().ID.String()
		x.page(path, "En annan tid föreslås.", "torsdag 20 maj 2027 kl. 14.00–15.00", "Torsdag?")
		return path
	}
	x.presses(propose()+"/refusal", nil)
	no := x.expect("DECLINECOUNTER", police)[police]
	if no.event["SEQUENCE"] != ":0" || no.event["UID"] != ":"+m.UID || no.event["DTSTAMP"] <= letters[police].event["DTSTAMP"] || !strings.HasPrefix(no.Subject, "Tiden ändras inte") || !strings.Contains(no.Text, "kl. 13.00–14.30") {
		x.Errorf("%s\n%s\n%s", no.Subject, no.Text, no.Calendar)
	}
	if got := x.found(m); got.Sequence != 0 {
		x.Errorf("SEQUENCE %d", got.Sequence)
	}
	coordinator := x.as(access.Coordinator)
	form := x.fields(x.get(coordinator, x.presses(propose()+"/acceptance", nil).to), "/review")
	if form.Get("date") != "2027-05-20" || form.Get("starts") != "14.00" || form.Get("ends") != "15.00" {
		x.Errorf("%v", form)
	}
	path := "/meetings/" + m.ID.String()
	review := x.wants(x.post(coordinator, path+"/review", form), http.StatusOK)
	x.wants(x.post(coordinator, path+"/acts", x.fields(review, "/acts")), http.StatusSeeOther)
	for to, l := range x.expect("REQUEST", gun, police) {
		if l.event["SEQUENCE"] != ":1" || l.event["DTSTART"] != ";TZID=Europe/Stockholm:20270520T140000" {
			x.Errorf("to %s: %s", to, l.Calendar)
		}
	}
}

// The current invitation to who was asked; nothing to a stranger.
func (x *exchange) refresh() {
	m, _ := x.called()
	m = x.move(m, 1)
	last := x.expect("REQUEST", gun, police)[police]
	x.changesNothing(m, "ignored: sent just now", x.replies(last, "REFRESH", "NEEDS-ACTION"))
	x.clock = x.clock.Add(2 * time.Hour)
	x.changesNothing(m, "ignored: other-sender", x.edited(x.replies(last, "REFRESH", "NEEDS-ACTION"), "From: "+police, "From: ond@annan.example"))
	x.changesNothing(m, "ignored: party-crasher", x.edited(x.replies(last, "REFRESH", "NEEDS-ACTION"), "mailto:"+police, "mailto:ond@annan.example"))
	x.outcome("sent again", x.replies(last, "REFRESH", "NEEDS-ACTION"))
	again := x.expect("REQUEST", police)[police]
	for _, same := range []string{"UID", "SEQUENCE", "DTSTART", "DTEND", "ORGANIZER"} {
		if again.event[same] != last.event[same] {
			x.Errorf("%s is %s, was %s", same, again.event[same], last.event[same])
		}
	}
	if again.event["DTSTAMP"] <= last.event["DTSTAMP"] || again.event["SEQUENCE"] != ":1" {
		x.Errorf("%s", again.Calendar)
	}
	x.changesNothing(m, "ignored: sent just now", x.replies(last, "REFRESH", "NEEDS-ACTION"))
}

// Passed to who convenes, and no answer, though it says yes.
func (x *exchange) written() {
	m, letters := x.called()
	_, address, _ := strings.Cut(letters[police].event["ORGANIZER"], "mailto:")
	x.changesNothing(m, "parked: written", []byte("Message-ID: <skrev@omrade-vast.example>\r\nFrom: Hans Gran <"+police+">\r\nTo: "+address+"\r\nSubject: Ja\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nJa, jag kommer!\r\n"))
	x.page("/inbox/"+x.waiting().ID.String(), "Någon har skrivit till möteslådan.", "Ja, jag kommer!", "Hans Gran")
	x.page("/", "Läs brev som har kommit in")
	if got := x.said(m, police); got != "" {
		x.Errorf("%s", got)
	}
}

// The letter to that attendee came back, which is no answer.
func (x *exchange) bounce() {
	m, letters := x.called()
	report := fmt.Sprintf("Message-ID: <dsn-22@annan.example>\nReturn-Path: <>\nFrom: MAILER-DAEMON@annan.example\nTo: %s\nSubject: Undelivered\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"+
		"--b\nContent-Type: text/plain\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.annan.example\n\nFinal-Recipient: rfc822; %s\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 User unknown\n"+
		"--b\nContent-Type: message/rfc822\n\nMessage-ID: %s\nContent-Type: text/calendar; method=REPLY\n\n%s\n--b--\n",
		letters[police].envelope, police, letters[police].Header.Get("Message-Id"), strings.ReplaceAll(string(letters[police].Calendar), "\r\n", "\n"))
	x.changesNothing(m, "bounced for good", []byte(strings.ReplaceAll(report, "\n", "\r\n")))
	states := map[string]post.State{}
	x.read(func(tx *store.Tx) error {
		all, _, err := post.List(tx, x.by, 2, 0)
		for _, l := range all {
			states[l.Recipient] = l.State
		}
		return err
	})
	if states[police] != post.Bounced || states[gun] != post.Sent {
		x.Errorf("%v", states)
	}
	x.page("/meetings/"+m.ID.String(), "Kom tillbaka")
	x.page("/", "Vem har efterträtt Hans Gran?")
}

// No status, no letter back, no loop.
func (x *exchange) outOfOffice() {
	m, letters := x.called()
	_, address, _ := strings.Cut(letters[gun].event["ORGANIZER"], "mailto:")
	for n, head := range []string{"Auto-Submitted: auto-replied", "Auto-Submitted: auto-replied (vacation)", "X-Autoreply: yes", "Precedence: auto_reply", "Return-Path: <>"} {
		x.changesNothing(m, "automatic", []byte(fmt.Sprintf("%s\r\nMessage-ID: <borta-%d@vingaker.example>\r\nFrom: %s\r\nTo: %s\r\nSubject: Borta\r\nIn-Reply-To: %s\r\n\r\nJag är borta till måndag.\r\n",
			head, n, gun, address, letters[gun].Header.Get("Message-Id"))))
	}
	x.outcome("answer", x.edited(x.replies(letters[gun], "REPLY", "DECLINED"), "Subject: Svar", "Auto-Submitted: auto-replied\r\nSubject: Svar")) // a calendar that answers by itself
}

// Scanners follow every link, in every way that promises to change nothing.
func (x *exchange) linkFetched() {
	m, letters := x.called()
	link := regexp.MustCompile(`http\S+/i/\S+`).FindString(letters[gun].Text)
	for _, path := range []string{link, link + "?partStat=ACCEPTED&sequence=0", link + "/calendar.ics"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
			if p := x.do(x.browser(), x.request(method, path, "")); method == http.MethodGet && p.status != http.StatusOK {
				x.Errorf("%s %s: %d", method, path, p.status)
			}
		}
	}
	if x.answers(m) != 0 || x.said(m, gun) != "" {
		x.Error("a link that was fetched answered")
	}
	x.page("/meetings/"+m.ID.String(), "0 av 2 har svarat")
	guest := x.browser()
	form := x.fields(x.get(guest, link), "")
	form.Set("partStat", "ACCEPTED")
	x.wants(x.post(guest, link, form), http.StatusSeeOther)
	if x.said(m, gun) != invite.Accepted {
		x.Error("a POST did not answer")
	}
}
