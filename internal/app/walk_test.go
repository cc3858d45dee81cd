package app_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/work"
)

// The plan's promise, first half: a plan is loaded, its year is scheduled, a meeting is reviewed,
// invited to, answered, moved and cancelled, through the doors, with real mail.
func TestFromThePlanToTheCalendar(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)

		// A year of the forum that meets every six months.
		year := h.wants(h.get(coordinator, "/year?year=2027"), 200)
		if seen := text(year.body); !strings.Contains(seen, "Var sjätte månad") || !strings.Contains(seen, "Väntas från Länsstyrelsen") {
			h.Fatalf("the first page does not tell what was promised: %s", seen)
		}
		dates := h.wants(h.get(coordinator, "/year/proposal?year=2027&forum="+h.world.Forums["rvt-miranda"].String()), 200)
		check := h.wants(h.post(coordinator, "/year/check", h.fields(dates, "/year/check")), 200)
		if seen := text(check.body); !strings.Contains(seen, "Skapa 2 möten") || !strings.Contains(seen, "Inga inbjudningar skickas ännu.") {
			h.Fatalf("the third page does not say what will be done: %s", seen)
		}
		booked := h.wants(h.post(coordinator, "/year", h.fields(check, "/year")), http.StatusSeeOther)
		list := h.get(coordinator, booked.to)
		meetings := regexp.MustCompile(`/meetings/[0-9a-f-]{36}`).FindAllString(list.body, -1)
		if len(meetings) != 2 {
			h.Fatalf("%d meetings, not the two that the plan promises: %s", len(meetings), text(list.body))
		}
		meeting := meetings[0]

		// Reviewed: every letter is seen before it goes.
		form := h.fields(h.wants(h.get(coordinator, meeting+"/invitation"), 200), "/review")
		form.Set("note", "Ta med kalendern.")
		review := h.wants(h.post(coordinator, meeting+"/review", form), 200)
		if seen := text(review.body); !strings.Contains(seen, "Skicka till 4 personer") || !strings.Contains(seen, "Ta med kalendern.") {
			h.Fatalf("the review does not show what will be sent: %s", seen)
		}
		h.pass(time.Minute)
		if n := len(h.mail.Letters()); n != 0 {
			h.Fatalf("%d letters left without a yes", n)
		}

		// Invited, after the time for a change of mind.
		h.wants(h.post(coordinator, meeting+"/acts", h.fields(review, "/acts")), http.StatusSeeOther)
		h.pass(10 * time.Second)
		if n := len(h.mail.Letters()); n != 0 {
			h.Fatalf("%d letters left within the time for undoing", n)
		}
		h.pass(30 * time.Second)
		invitations := h.letters("REQUEST", 4)
		letter := invitations["teamet@katrineholm.example"]
		for _, name := range []string{"Ida", "Asp", "Bo Alm", "sammanträdesrum"} {
			if strings.Contains(letter.Text+letter.Subject+string(letter.Calendar), name) {
				h.Errorf("the letter to the team holds %q", name)
			}
		}

		// Answered by link, without an account; a GET changes nothing.
		link := regexp.MustCompile(`http\S+/i/\S+`).FindString(letter.Text)
		guest := h.browser()
		for range 3 {
			h.wants(h.get(guest, link), 200)
		}
		if answered := text(h.get(coordinator, meeting).body); !strings.Contains(answered, "0 av 4 har svarat") {
			h.Fatalf("a GET answered: %s", answered)
		}
		invitation := h.get(guest, link)
		if !strings.Contains(text(invitation.body), "sammanträdesrum 2") {
			h.Error("the answer page does not tell the place")
		}
		if strings.Contains(invitation.body, "Ida") || strings.Contains(invitation.body, "Relationsvåld") {
			h.Error("the answer page names others, or the forum")
		}
		answer := h.fields(invitation, "")
		h.wants(h.post(guest, link, answer), http.StatusUnprocessableEntity) // no button: no answer
		answer.Set("partStat", "ACCEPTED")
		saved := h.wants(h.post(guest, link, answer), http.StatusSeeOther)
		if seen := text(h.get(guest, saved.to).body); !strings.Contains(seen, "Du har svarat: Kommer") {
			h.Fatalf("no receipt: %s", seen)
		}
		answer.Set("partStat", "DECLINED")
		h.wants(h.post(guest, link, answer), http.StatusSeeOther)
		answer.Set("partStat", "ACCEPTED")
		h.wants(h.post(guest, link, answer), http.StatusSeeOther)
		if seen := text(h.get(coordinator, meeting).body); !strings.Contains(seen, "1 av 4 har svarat. 1 kommer.") {
			h.Fatalf("the answer is not shown: %s", seen)
		}

		// Moved: reviewed, sent, and everybody is asked again.
		form = h.fields(h.get(coordinator, meeting+"/move"), "/review")
		form.Set("date", "2027-03-18")
		form.Set("starts", "9")
		form.Set("ends", "10.30")
		review = h.wants(h.post(coordinator, meeting+"/review", form), 200)
		if seen := text(review.body); !strings.Contains(seen, "Skicka ändringen till 4 personer") || !strings.Contains(seen, "svarar på nytt") {
			h.Fatalf("the review of the move: %s", seen)
		}
		h.wants(h.post(coordinator, meeting+"/acts", h.fields(review, "/acts")), http.StatusSeeOther)
		h.pass(time.Minute)
		moved := h.letters("REQUEST", 4)["teamet@katrineholm.example"]
		if !strings.HasPrefix(moved.Subject, "Ny tid:") || !strings.Contains(moved.Text, "Tidigare tid:") || !strings.Contains(string(moved.Calendar), "SEQUENCE:1") {
			h.Errorf("the letter about the move: %s\n%s", moved.Subject, moved.Calendar)
		}
		if moved.Header.Get("In-Reply-To") == "" || moved.Header.Get("In-Reply-To") != letter.Header.Get("Message-Id") {
			h.Errorf("the move does not answer the first letter: %q", moved.Header.Get("In-Reply-To"))
		}
		stale := h.wants(h.post(guest, link, answer), http.StatusUnprocessableEntity)
		if !strings.Contains(text(stale.body), "Tiden är ändrad. Svara igen, tack.") {
			h.Errorf("an answer to the old time: %s", text(stale.body))
		}
		answer = h.fields(h.get(guest, link), "")
		answer.Set("partStat", "DELEGATED")
		answer.Set("substitute", "Petra Hassel")
		h.wants(h.post(guest, link, answer), http.StatusSeeOther)

		// The calendar feed tells the new time.
		feed := h.wants(h.get(h.browser(), "/calendar/"+h.world.FeedToken+".ics"), 200)
		if !strings.Contains(feed.body, "DTSTART;TZID=Europe/Stockholm:20270318T090000") || strings.Contains(feed.body, "ATTENDEE") {
			h.Errorf("the feed: %s", feed.body)
		}

		// Cancelled.
		form = h.fields(h.get(coordinator, meeting+"/cancellation"), "/review")
		form.Set("reason", "Hemligt skäl")
		review = h.wants(h.post(coordinator, meeting+"/review", form), 200)
		h.wants(h.post(coordinator, meeting+"/acts", h.fields(review, "/acts")), http.StatusSeeOther)
		h.pass(time.Minute)
		gone := h.letters("CANCEL", 4)["teamet@katrineholm.example"]
		if !strings.Contains(string(gone.Calendar), "STATUS:CANCELLED") || !strings.Contains(string(gone.Calendar), "SEQUENCE:2") || strings.Contains(gone.Text, "Hemligt") {
			h.Errorf("the cancellation: %s\n%s", gone.Text, gone.Calendar)
		}
		if seen := text(h.get(guest, link).body); !strings.Contains(seen, "Mötet är inställt. Du behöver inte göra något.") {
			h.Errorf("the link of a cancelled meeting: %s", seen)
		}
		changed := h.get(h.browser(), "/calendar/"+h.world.FeedToken+".ics")
		if !strings.Contains(changed.body, "SUMMARY:INSTÄLLT: ") || changed.header.Get("Etag") == feed.header.Get("Etag") {
			h.Error("the feed does not show the cancellation")
		}
		h.pass(time.Hour)
		if n := len(h.mail.Letters()); n != 12 {
			h.Errorf("%d letters in all, not 12", n)
		}
	})
}

// letters gives the last n letters of a method, by recipient.
func (h *house) letters(method string, n int) map[string]mailtest.Mail {
	h.Helper()
	all := h.mail.Letters()
	if len(all) < n {
		h.Fatalf("%d letters, not %d", len(all), n)
	}
	found := map[string]mailtest.Mail{}
	for _, received := range all[len(all)-n:] {
		letter := mailtest.Parse(h.T, received.Data)
		if letter.Method != method {
			h.Fatalf("a letter of %q, not %q: %s", letter.Method, method, letter.Subject)
		}
		found[received.To] = letter
	}
	if len(found) != n {
		h.Fatalf("%d recipients of %d letters", len(found), n)
	}
	return found
}

// Undoing within the time for it sends nothing at all, or nothing more.
func TestUndo(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		meeting := h.scheduled("polis-avstamning", "2027-02-09")
		act := func(path string, change func(url.Values)) {
			form := h.fields(h.get(coordinator, meeting+path), "/review")
			change(form)
			review := h.wants(h.post(coordinator, meeting+"/review", form), 200)
			h.wants(h.post(coordinator, meeting+"/acts", h.fields(review, "/acts")), http.StatusSeeOther)
		}
		undo := func() {
			h.pass(5 * time.Second)
			h.wants(h.post(coordinator, meeting+"/undo", h.fields(h.get(coordinator, meeting), "/undo")), http.StatusSeeOther)
			h.pass(time.Minute)
		}
		act("/invitation", func(url.Values) {})
		undo()
		if n := len(h.mail.Letters()); n != 0 {
			h.Fatalf("%d letters of invitations that were taken back", n)
		}
		act("/invitation", func(url.Values) {})
		h.pass(time.Minute)
		h.letters("REQUEST", 3)
		act("/move", func(f url.Values) { f.Set("date", "2027-02-16") })
		undo()
		act("/cancellation", func(url.Values) {})
		undo()
		if n := len(h.mail.Letters()); n != 3 {
			h.Fatalf("%d letters, of which 3 were owed", n)
		}
		late := h.post(coordinator, meeting+"/undo", url.Values{"version": {"1"}})
		if late.status != http.StatusUnprocessableEntity {
			h.Errorf("undoing too late: %d", late.status)
		}
	})
}

// scheduled gives the path of a new meeting.
func (h *house) scheduled(forum, date string) string {
	h.Helper()
	p, made := h.call(http.MethodPost, "/meetings", map[string]any{"forumId": h.world.Forums[forum], "date": date, "starts": "08:30", "ends": "09:15", "place": "Hemlig plats"})
	h.wants(p, http.StatusCreated)
	return "/meetings/" + made["id"].(string)
}

// A reminder leaves once, two working days before, in the morning; one to who has not answered four before.
func TestReminder(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		h.wants(h.post(coordinator, "/account/reminders", url.Values{"digest": {"never"}, "reminders": {"yes"}}), http.StatusSeeOther)
		meeting := h.scheduled("polis-avstamning", "2026-12-15")
		form := h.fields(h.get(coordinator, meeting+"/invitation"), "/review")
		review := h.post(coordinator, meeting+"/review", form)
		h.wants(h.post(coordinator, meeting+"/acts", h.fields(review, "/acts")), http.StatusSeeOther)
		h.pass(time.Minute)
		h.letters("REQUEST", 3)
		h.clock = time.Date(2026, 12, 9, 12, 0, 0, 0, time.UTC) // Wednesday: four working days before, and nobody has answered
		h.remind(3)
		for _, letter := range h.letters("", 3) {
			if !strings.HasPrefix(letter.Subject, "Svar saknas:") {
				h.Errorf("the letter to who has not answered: %s", letter.Subject)
			}
		}
		h.clock = time.Date(2026, 12, 10, 12, 0, 0, 0, time.UTC) // Thursday: three working days before
		h.remind(0)
		h.clock = time.Date(2026, 12, 11, 3, 0, 0, 0, time.UTC) // Friday, at night
		h.remind(0)
		h.clock = time.Date(2026, 12, 11, 7, 0, 0, 0, time.UTC)
		h.remind(3)
		h.remind(0)
		h.clock = time.Date(2026, 12, 14, 7, 0, 0, 0, time.UTC)
		h.remind(0)
		for _, letter := range h.letters("", 3) {
			if !strings.HasPrefix(letter.Subject, "Påminnelse:") || strings.Contains(letter.Text, "Hemlig") {
				h.Errorf("the reminder: %s\n%s", letter.Subject, letter.Text)
			}
		}
	})
}

// The embedded plan is the example that a newcomer sees, so it must read in whole.
func TestDemoWorldHasAllForums(t *testing.T) {
	onBoth(t, func(h *house) {
		if len(h.world.Forums) != 9 {
			h.Errorf("%d forums, not the plan's eight and the group's own", len(h.world.Forums))
		}
		seen := text(h.get(h.as(access.Manager), "/forums").body)
		if !strings.Contains(seen, "Inte i planen") || !strings.Contains(seen, "Väntas från Länsstyrelsen") {
			h.Errorf("the forums: %s", seen)
		}
	})
}

// remind asks which reminders are due, as the rota does, and counts the letters that leave.
func (h *house) remind(want int) {
	h.Helper()
	before := len(h.mail.Letters())
	worker := work.Desk{DB: h.app.DB, Office: h.app.Office, Sender: h.app.Sender, Log: slog.New(slog.DiscardHandler)}
	if err := worker.Remind(h.Context()); err != nil {
		h.Fatal(err)
	}
	h.pass(0)
	if n := len(h.mail.Letters()) - before; n != want {
		h.Fatalf("%s: %d reminders, not %d", h.clock, n, want)
	}
}
