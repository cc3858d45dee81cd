package app_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func TestInteropLettersGoingOut(t *testing.T) {
	onExchange(t, func(x *exchange) {
		x.proves("case 01 new meeting", "§3.2.2; RFC 6047 §2.4", x.newMeeting)
		x.proves("case 02 title edited", "§3.2.2.2", x.titleEdited)
		x.proves("case 03 start moved", "§2.1.4, §3.2.2.1", x.startMoved)
		x.proves("case 04 meeting cancelled", "§4.4.4", x.meetingCancelled)
		x.proves("case 05 one of a year's meetings cancelled", "§3.2.5", x.oneOfAYear)
		x.proves("case 06 three meetings cancelled at once", "§3.2.5", x.threeAtOnce)
		x.proves("case 07 attendee removed", "§4.2.10", x.attendeeRemoved)
		x.proves("case 08 attendee added", "§3.2.2.3", x.attendeeAdded)
	})
}

// Two attendees: two letters, one to each, SEQUENCE 0, in the form in which programs show buttons.
func (x *exchange) newMeeting() {
	m, letters := x.called()
	organizers := map[string]bool{}
	for to, l := range letters {
		e := l.event
		tree := []string{"multipart/mixed", "  multipart/alternative", "    text/plain", "    text/html", "    text/calendar", "  application/ics"}
		if !slices.Equal(l.Tree, tree) || !bytes.Equal(l.Calendar, l.Attachment) || l.Header.Get("Cc")+l.Header.Get("Bcc") != "" {
			x.Errorf("to %s: %v, copies %q", to, l.Tree, l.Header.Get("Cc"))
		}
		if e["UID"] != ":"+m.UID || e["SEQUENCE"] != ":0" || e["STATUS"] != ":CONFIRMED" || e["RRULE"]+e["RECURRENCE-ID"] != "" || e["DTSTART"] != ";TZID=Europe/Stockholm:"+strings.ReplaceAll(m.Date.String(), "-", "")+"T130000" {
			x.Errorf("to %s: %s", to, l.Calendar)
		}
		for _, want := range []string{"CUTYPE=INDIVIDUAL", "ROLE=REQ-PARTICIPANT", "PARTSTAT=NEEDS-ACTION", "RSVP=TRUE", ":mailto:" + to} {
			if !strings.Contains(e["ATTENDEE"], want) || e["#ATTENDEE"] != "I" {
				x.Errorf("to %s: the ATTENDEE lacks %s: %s", to, want, e["ATTENDEE"])
			}
		}
		_, organizer, _ := strings.Cut(e["ORGANIZER"], ":mailto:")
		if !strings.HasPrefix(organizer, "moten+") || organizer != l.envelope || !strings.Contains(l.Header.Get("Reply-To"), organizer) || organizers[organizer] {
			x.Errorf("to %s: ORGANIZER %s, envelope sender %s, Reply-To %s", to, organizer, l.envelope, l.Header.Get("Reply-To"))
		}
		organizers[organizer] = true
	}
	if letters[gun].Header.Get("Message-Id") == letters[police].Header.Get("Message-Id") {
		x.Error("two letters have one Message-ID")
	}
}

// The same SEQUENCE, a later DTSTAMP, and the given answers kept. It goes out when a person says so.
func (x *exchange) titleEdited() {
	m, first := x.called()
	x.outcome("answer", x.replies(first[police], "REPLY", "ACCEPTED"))
	x.write(func(tx *store.Tx) error {
		f, err := forum.Find(tx, x.by, m.ForumID)
		if err != nil {
			return err
		}
		s := f.Settings()
		s.NeutralTitle = "Månadsträff"
		return secretariat.ChangeForum(tx, x.by, f.ID, f.Version, s)
	})
	x.expect("")
	x.convene(m)
	for to, l := range x.expect("REQUEST", gun, police) {
		if l.event["SUMMARY"] != `:Månadsträff\, Vingåkers kommun` || l.event["SEQUENCE"] != ":0" || l.event["DTSTAMP"] <= first[to].event["DTSTAMP"] || l.event["UID"] != first[to].event["UID"] {
			x.Errorf("to %s: %s", to, l.Calendar)
		}
		want := map[string]string{gun: "PARTSTAT=NEEDS-ACTION", police: "PARTSTAT=ACCEPTED"}[to]
		if !strings.Contains(l.event["ATTENDEE"], want) {
			x.Errorf("to %s: %s, not %s", to, l.event["ATTENDEE"], want)
		}
	}
	if x.said(m, police) != invite.Accepted || x.said(m, gun) != "" {
		x.Error("the answers are not what they were")
	}
}

// SEQUENCE raised, everybody asked again, threaded under the first letter.
func (x *exchange) startMoved() {
	m, first := x.called()
	x.outcome("answer", x.replies(first[police], "REPLY", "ACCEPTED"))
	last := first
	for n, sequence := range []string{":1", ":2"} {
		m = x.move(m, 7*n+1)
		letters := x.expect("REQUEST", gun, police)
		for to, l := range letters {
			if l.event["SEQUENCE"] != sequence || l.event["DTSTAMP"] <= last[to].event["DTSTAMP"] || l.event["UID"] != first[to].event["UID"] {
				x.Errorf("to %s: %s", to, l.Calendar)
			}
			if !strings.Contains(l.event["ATTENDEE"], "PARTSTAT=NEEDS-ACTION") || !strings.Contains(l.event["ATTENDEE"], "RSVP=TRUE") {
				x.Errorf("to %s: not asked again: %s", to, l.event["ATTENDEE"])
			}
			id, before := first[to].Header.Get("Message-Id"), last[to].Header.Get("Message-Id")
			if l.Header.Get("In-Reply-To") != id || !strings.HasPrefix(l.Header.Get("References"), id) || !strings.HasSuffix(l.Header.Get("References"), before) || l.Header.Get("Message-Id") == before {
				x.Errorf("to %s: In-Reply-To %s, References %s", to, l.Header.Get("In-Reply-To"), l.Header.Get("References"))
			}
		}
		last = letters
	}
	if x.said(m, police) != "" {
		x.Error("the answer to the old time counts")
	}
}

// CANCEL of the whole, STATUS:CANCELLED, SEQUENCE raised, with what it was.
func (x *exchange) meetingCancelled() {
	m, first := x.called()
	x.cancel(m)
	for to, l := range x.expect("CANCEL", gun, police) {
		e, was := l.event, first[to].event
		if e["STATUS"] != ":CANCELLED" || e["SEQUENCE"] != ":1" || e["#RECURRENCE-ID"] != "" || e["DTSTAMP"] <= was["DTSTAMP"] {
			x.Errorf("to %s: %s", to, l.Calendar)
		}
		for _, same := range []string{"UID", "DTSTART", "DTEND", "SUMMARY", "ORGANIZER"} {
			if e[same] != was[same] || e[same] == "" {
				x.Errorf("to %s: %s is %s, was %s", to, same, e[same], was[same])
			}
		}
		if strings.Contains(l.Text+string(l.Calendar), "Skälet") || strings.Contains(string(l.Calendar), "VALARM") {
			x.Errorf("to %s: the reason, or an alarm, goes out: %s", to, l.Text)
		}
	}
}

// A CANCEL for its own UID; the others keep their answers and, in the calendar, their bytes.
func (x *exchange) oneOfAYear() {
	var year []*meeting.Meeting
	for range 4 {
		m, letters := x.called()
		x.outcome("answer", x.replies(letters[police], "REPLY", "ACCEPTED"))
		year = append(year, m)
	}
	before := x.calendar()
	x.cancel(year[1])
	for to, l := range x.expect("CANCEL", gun, police) {
		if l.event["UID"] != ":"+year[1].UID || bytes.Count(l.Calendar, []byte("BEGIN:VEVENT")) != 1 {
			x.Errorf("to %s: %s", to, l.Calendar)
		}
	}
	after := x.calendar()
	for n, m := range year {
		if kept := x.said(m, police) == invite.Accepted; n != 1 && !kept {
			x.Errorf("meeting %d lost its answer", n)
		}
		if same := before[m.UID] == after[m.UID] && before[m.UID] != ""; same != (n != 1) {
			x.Errorf("meeting %d has the same bytes: %v", n, same)
		}
	}
}

// Three CANCELs to each, one UID in each, and one covering letter that lists the three. The other meetings of
// the forum keep their answers and their bytes.
func (x *exchange) threeAtOnce() {
	kept, letters := x.called()
	x.outcome("answer", x.replies(letters[police], "REPLY", "ACCEPTED"))
	var three []*meeting.Meeting
	uids := map[string]bool{}
	for range 3 {
		m, _ := x.called()
		three, uids[m.UID] = append(three, m), true
	}
	before := x.calendar()
	x.cancelsOnPage(three)
	got, covers := map[string]map[string]bool{gun: {}, police: {}}, map[string]int{}
	for _, l := range x.arrived() {
		if l.Method == "" {
			covers[l.To.Address]++
			x.listsThree(l, three, kept)
			continue
		}
		uid := strings.TrimPrefix(l.event["UID"], ":")
		if l.Method != "CANCEL" || l.event["SEQUENCE"] != ":1" || !uids[uid] || got[l.To.Address][uid] || bytes.Count(l.Calendar, []byte("BEGIN:VEVENT")) != 1 {
			x.Errorf("to %s: %s", l.To.Address, l.Calendar)
			continue
		}
		got[l.To.Address][uid] = true
		for _, m := range three {
			if names := strings.Contains(l.Text, secretariat.When(m.Time(), "sv")); names != (m.UID == uid) {
				x.Errorf("to %s: the letter about %s names that of %s: %v", l.To.Address, uid, m.Date, names)
			}
		}
	}
	if len(got[gun]) != 3 || len(got[police]) != 3 || covers[gun] != 1 || covers[police] != 1 || len(covers) != 2 {
		x.Errorf("%v, covering letters %v", got, covers)
	}
	if now := x.found(kept); now.Cancelled() || now.Sequence != kept.Sequence || x.said(kept, police) != invite.Accepted || before[kept.UID] == "" || before[kept.UID] != x.calendar()[kept.UID] {
		x.Errorf("the meeting that stays: %+v", now)
	}
}

// cancelsOnPage calls meetings off as a coordinator does, from the forum's page.
func (x *exchange) cancelsOnPage(all []*meeting.Meeting) {
	x.Helper()
	c := x.as(access.Coordinator)
	forum := "/forums/" + all[0].ForumID.String()
	if page := x.wants(x.get(c, forum), http.StatusOK); !strings.Contains(page.body, forum+"/cancellations") {
		x.Error("the forum's page leads to no cancelling of several")
	}
	f := x.fields(x.wants(x.get(c, forum+"/cancellations"), http.StatusOK), "/review")
	f.Set("reason", "Skälet stannar här")
	x.wants(x.post(c, forum+"/cancellations/review", f), http.StatusUnprocessableEntity) // none chosen
	for _, m := range all {
		f.Add("meetingId", m.ID.String())
	}
	review := x.wants(x.post(c, forum+"/cancellations/review", f), http.StatusOK)
	if !strings.Contains(text(review.body), "Ställ in 3 möten och skicka till 2 personer") {
		x.Errorf("%s", text(review.body))
	}
	send := x.fields(review, "/cancellations")
	stale := maps.Clone(send)
	stale.Set("hash", "another")
	x.wants(x.post(c, forum+"/cancellations", stale), http.StatusUnprocessableEntity)
	x.wants(x.post(c, forum+"/cancellations", send), http.StatusSeeOther)
}

// listsThree wants a covering letter that names the three, nothing else, and has no calendar part.
func (x *exchange) listsThree(l letter, three []*meeting.Meeting, kept *meeting.Meeting) {
	x.Helper()
	for _, m := range three {
		when := secretariat.When(m.Time(), "sv")
		if strings.Count(l.Text, when) != 1 || strings.Count(l.HTML, when) != 1 {
			x.Errorf("to %s: %s is not listed once: %s", l.To.Address, when, l.Text)
		}
	}
	if len(l.Calendar) > 0 || strings.Contains(l.Text, secretariat.When(kept.Time(), "sv")) || strings.Contains(l.Text, "Skälet") || strings.Contains(l.Text, "Båven") || strings.Contains(l.Text, "http") {
		x.Errorf("to %s: %v %s", l.To.Address, l.Tree, l.Text)
	}
}

// CANCEL without STATUS to that one, whose links die at once; the others hold nothing about them, and what
// goes out later is without them.
func (x *exchange) attendeeRemoved() {
	m, first := x.called()
	if bytes.Contains(first[gun].Calendar, []byte(police)) {
		x.Error("one attendee's calendar names another")
	}
	link := "/i/" + x.invitation(m, police).AnswerToken(x.app.Office.Key)
	x.wants(x.get(x.browser(), link), http.StatusOK)
	x.write(func(tx *store.Tx) error {
		return secretariat.Withdraw(tx, x.by, x.app.Office, x.invitation(m, police).ID, m.Version)
	})
	x.wants(x.get(x.browser(), link), http.StatusNotFound)
	x.wants(x.get(x.browser(), link+"/calendar.ics"), http.StatusNotFound)
	x.wants(x.post(x.browser(), link, url.Values{"partStat": {"ACCEPTED"}, "sequence": {"0"}}), http.StatusNotFound)
	gone := x.expect("CANCEL", police)[police]
	if gone.event["#STATUS"] != "" || gone.event["UID"] != first[police].event["UID"] || gone.event["SEQUENCE"] != ":1" || gone.event["DTSTAMP"] <= first[police].event["DTSTAMP"] {
		x.Errorf("%s", gone.Calendar)
	}
	x.changesNothing(m, "parked: party-crasher", x.replies(first[police], "REPLY", "ACCEPTED"))
	x.move(m, 1)
	if later := x.expect("REQUEST", gun)[gun]; strings.Contains(string(later.Calendar), police) {
		x.Errorf("%s", later.Calendar)
	}

	// Asked back: above the CANCEL, or programs drop it as older.
	x.convene(m)
	back := x.expect("REQUEST", police)[police]
	if back.event["SEQUENCE"] <= gone.event["SEQUENCE"] || back.event["DTSTAMP"] <= gone.event["DTSTAMP"] || back.event["ORGANIZER"] == first[police].event["ORGANIZER"] {
		x.Errorf("%s", back.Calendar)
	}
	x.outcome("answer", x.replies(back, "REPLY", "ACCEPTED"))
}

// REQUEST to the new one at the current SEQUENCE; the others need no letter.
func (x *exchange) attendeeAdded() {
	m, _ := x.called()
	m = x.move(m, 1)
	x.expect("REQUEST", gun, police)
	x.clock = x.clock.Add(time.Hour)
	x.acts(m, func(tx *store.Tx, now *meeting.Meeting) error {
		return forum.Seat(tx, x.by, now.ForumID, x.world.Contacts["cecilia-bjork"])
	})
	x.convene(m)
	if l := x.expect("REQUEST", chef)[chef]; l.event["SEQUENCE"] != ":1" || !strings.Contains(l.event["ATTENDEE"], "PARTSTAT=NEEDS-ACTION") || l.Header.Get("In-Reply-To") != "" {
		x.Errorf("%s", l.Calendar)
	}
}
