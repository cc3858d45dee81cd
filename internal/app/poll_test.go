package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"samverkan/internal/access"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/work"
)

// pollForm fills the form of a poll as a coordinator would: five of the offered times, the forum's
// contacts, a school, and a preschool that is rung up. The police must be able to come.
func (h *house) pollForm(coordinator *http.Client) url.Values {
	h.Helper()
	page := h.wants(h.get(coordinator, "/new-date-poll?forum="+h.world.Forums["polis-avstamning"].String()), 200)
	form := h.fields(page, "/new-date-poll")
	offered := regexp.MustCompile(`name="slot" value="([^"]+)"`).FindAllStringSubmatch(page.body, -1)
	if len(offered) != 6 || len(form["slot"]) != 4 {
		h.Fatalf("%d times are offered, %d are ticked", len(offered), len(form["slot"]))
	}
	form["slot"] = nil
	for _, o := range offered[:5] {
		form.Add("slot", o[1])
	}
	form.Add("contactId", h.world.Contacts["skolan-rektor"].String())
	form.Add("contactId", h.world.Contacts["forskolan-rektor"].String())
	form.Set("mandatoryId", h.world.Contacts["omradespolis"].String())
	form.Set("shows", "after-own")
	return form
}

// polled sends a poll and gives its page and the links in the letters, by address.
func (h *house) polled(coordinator *http.Client) (path string, links map[string]string) {
	h.Helper()
	review := h.wants(h.post(coordinator, "/new-date-poll", h.pollForm(coordinator)), 200)
	for _, want := range []string{"5 personer tillfrågas om tiderna.", "Skicka till 4 personer", "Ring 070-1740610", "Hans Gran Måste kunna", "Tidsförfrågan: Avstämning, Vingåkers kommun, svara senast"} {
		if !strings.Contains(text(review.body), want) {
			h.Errorf("the review does not show %q: %s", want, text(review.body))
		}
	}
	before := len(h.mail.Letters())
	path = h.wants(h.post(coordinator, "/date-polls", h.fields(review, "/date-polls")), http.StatusSeeOther).to
	h.pass(10 * time.Second)
	if n := len(h.mail.Letters()) - before; n != 0 {
		h.Fatalf("%d letters left within the time for undoing", n)
	}
	h.pass(time.Minute)
	links = map[string]string{}
	for n, letter := range h.sentSince(before) {
		if strings.Contains(letter.Text+letter.HTML+letter.Subject, "Polisen") || letter.Method != "" || len(letter.Calendar) > 0 {
			h.Errorf("the letter tells too much: %s\n%s", letter.Subject, letter.Text)
		}
		links[h.to(before+n)] = aLink.FindString(letter.Text)
	}
	if len(links) != 4 {
		h.Fatalf("%d letters, not 4", len(links))
	}
	return path, links
}

// A poll over three organisations, from the question to sent invitations, through the doors.
func TestPollFromQuestionToInvitations(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		path, links := h.polled(coordinator)
		answers := func(address string, choices ...string) {
			h.Helper()
			guest := h.browser()
			page := h.wants(h.get(guest, links[address]), 200)
			for _, name := range []string{"Hans Gran", "Jan Lönn", "Avstämning med polisen"} {
				if strings.Contains(page.body, name) {
					h.Errorf("the page of %s tells %q", address, name)
				}
			}
			form := h.fields(page, "")
			h.wants(h.post(guest, links[address], form), http.StatusUnprocessableEntity) // no choice: no answer
			for n, c := range choices {
				form.Set(fmt.Sprintf("choice-%d", n), c)
			}
			done := h.wants(h.post(guest, links[address], form), http.StatusSeeOther)
			if seen := text(h.get(guest, done.to).body); !strings.Contains(seen, "Tack! Ditt svar är sparat.") {
				h.Errorf("no receipt: %s", seen)
			}
		}
		answers("gun.ronn@vingaker.example", "yes", "no", "yes", "yes", "no")
		answers("chef@vingaker.example", "no", "yes", "yes", "yes", "yes")
		for range 3 { // a GET answers nothing
			h.get(h.browser(), links[police])
		}
		if seen := text(h.get(coordinator, path).body); !strings.Contains(seen, "2 av 5 har svarat.") || !strings.Contains(seen, "De som saknas har fått ett brev i dag.") {
			h.Errorf("the result: %s", seen)
		}
		h.clock = h.clock.Add(24 * time.Hour)
		*coordinator = *h.as(access.Coordinator)
		before := len(h.mail.Letters())
		h.wants(h.post(coordinator, path+"/reminders", h.fields(h.get(coordinator, path), "/reminders")), http.StatusSeeOther)
		h.pass(0)
		if reminded := h.sentSince(before); len(reminded) != 2 || !strings.HasPrefix(reminded[0].Subject, "Svar saknas:") {
			h.Errorf("%d reminders, not to the two who are missing", len(reminded))
		}
		answers(police, "yes", "yes", "if-needed", "no", "yes")
		if seen := text(h.get(h.browser(), links[police]).body); !strings.Contains(seen, "Så har de andra svarat") {
			h.Errorf("the others' answers are not shown after one's own: %s", seen)
		}
		answers("jan.lonn@skola.example", "no", "no", "yes", "yes", "no")
		by := h.fields(h.get(coordinator, path), "/answers")
		if by.Get("askedId") == "" {
			h.Fatal("no form for answers by telephone")
		}
		asked := regexp.MustCompile(`(?s)id="a-([0-9a-f-]{36})"><span>Karin Pil`).FindStringSubmatch(h.get(coordinator, path).body)[1]
		h.wants(h.post(coordinator, path+"/answers", url.Values{"askedId": {asked}, "choice-0": {"yes"}, "choice-1": {"no"}, "choice-2": {"yes"}, "choice-3": {"yes"}}), http.StatusUnprocessableEntity)
		h.wants(h.post(coordinator, path+"/answers", url.Values{"askedId": {asked}, "choice-0": {"yes"}, "choice-1": {"no"}, "choice-2": {"yes"}, "choice-3": {"yes"}, "choice-4": {"no"}}), http.StatusSeeOther)

		page := h.get(coordinator, path)
		seen := text(page.body)
		if !strings.Contains(seen, "5 av 5 har svarat.") || !strings.Contains(seen, "Alla 5 kan. Polisen: kan om det behövs.") || !strings.Contains(seen, "Svarade på telefon") {
			h.Fatalf("the result: %s", seen)
		}
		if overview := text(h.get(coordinator, "/").body); !strings.Contains(overview, "Boka en tid: Avstämning") {
			h.Errorf("the overview does not ask to book: %s", overview)
		}
		booked := h.wants(h.post(coordinator, path+"/booking", h.fields(page, "/booking")), http.StatusSeeOther)
		review := h.wants(h.get(coordinator, booked.to), 200)
		if seen := text(review.body); !strings.Contains(seen, "Skicka till 4 personer") || !strings.Contains(seen, "Jan Lönn") || !strings.Contains(seen, "Ring 070-1740610") {
			h.Fatalf("the review of the invitations: %s", seen)
		}
		before = len(h.mail.Letters())
		h.wants(h.post(coordinator, strings.TrimSuffix(booked.to, "/invitation-review")+"/acts", h.fields(review, "/acts")), http.StatusSeeOther)
		h.pass(time.Minute)
		if n := len(h.mail.Letters()) - before; n != 4 {
			h.Fatalf("%d invitations, not 4", n)
		}
		h.letters("REQUEST", 4)
		guest := text(h.get(h.browser(), links[police]).body)
		if !strings.Contains(guest, "Tiden är bestämd:") || strings.Contains(guest, "Skicka svar") {
			h.Errorf("the link after the booking: %s", guest)
		}
		h.wants(h.post(h.browser(), links[police], url.Values{"none": {"yes"}}), http.StatusUnprocessableEntity)

		h.clock = h.clock.AddDate(0, 0, 31)
		h.tidy()
		h.wants(h.get(h.browser(), links[police]), http.StatusNotFound)
		*coordinator = *h.as(access.Coordinator)
		h.wants(h.get(coordinator, path), http.StatusNotFound)
	})
}

// tidy removes what has run out, as the rota does.
func (h *house) tidy() {
	h.Helper()
	worker := work.Desk{DB: h.app.DB, Office: h.app.Office, Sender: h.app.Sender, Log: h.app.Log()}
	if err := worker.Tidy(h.Context()); err != nil {
		h.Fatal(err)
	}
}

// Taken back within the time for it, a poll is gone and nobody has heard of it.
func TestPollUndo(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		review := h.wants(h.post(coordinator, "/new-date-poll", h.pollForm(coordinator)), 200)
		stale := h.fields(review, "/date-polls")
		stale.Set("hash", "another")
		if p := h.post(coordinator, "/date-polls", stale); p.status != http.StatusUnprocessableEntity || !strings.Contains(text(p.body), "Något har ändrats sedan du granskade breven.") {
			h.Errorf("sent without having been seen: %d", p.status)
		}
		path := h.wants(h.post(coordinator, "/date-polls", h.fields(review, "/date-polls")), http.StatusSeeOther).to
		h.wants(h.post(coordinator, path+"/undo", nil), http.StatusSeeOther)
		h.pass(time.Minute)
		if n := len(h.mail.Letters()); n != 0 {
			h.Errorf("%d letters", n)
		}
		h.wants(h.get(coordinator, path), http.StatusNotFound)
	})
}

// Times and people are added on the poll's page, reviewed first; stand-ins are not among those to choose.
func TestPollIsAddedToOnItsPage(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		path, links := h.polled(coordinator)
		page := h.wants(h.get(coordinator, path+"/additions"), 200)
		form := h.fields(page, "/additions/review")
		if strings.Contains(text(page.body), "Hans Gran") || len(form["slot"])+len(form["contactId"]) != 0 {
			h.Errorf("the form offers who is asked already, or has something ticked: %v", form)
		}
		h.wants(h.post(coordinator, path+"/additions/review", form), http.StatusUnprocessableEntity) // nothing is new
		form.Set("date-0", "28 jan")
		form.Set("starts-0", "9")
		form.Set("ends-0", "10.30")
		form.Add("contactId", h.world.Contacts["bo-alm"].String())
		review := h.wants(h.post(coordinator, path+"/additions/review", form), 200)
		seen := text(review.body)
		for _, want := range []string{"1 tid läggs till:", "torsdag 28 januari 2027 kl. 09.00–10.30", "1 person till tillfrågas.", "Bo Alm", "Hans Gran", "Nya tider: Avstämning, Vingåkers kommun, svara senast", "Ring 070-1740610"} {
			if !strings.Contains(seen, want) {
				h.Errorf("the review does not show %q: %s", want, seen)
			}
		}
		before := len(h.mail.Letters())
		h.wants(h.post(coordinator, path+"/additions", h.fields(review, "/additions")), http.StatusSeeOther)
		h.pass(0)
		if n := len(h.mail.Letters()) - before; n != 5 {
			h.Errorf("%d letters, not 4 and 1", n)
		}
		if seen := text(h.get(coordinator, path).body); !strings.Contains(seen, "0 av 6 har svarat.") || !strings.Contains(seen, "Nya tider: Skickat") || !strings.Contains(seen, "Skicka igen Hans Gran") {
			h.Errorf("the page does not tell of the letters: %s", seen)
		}
		again := h.wants(h.post(coordinator, path+"/additions", h.fields(review, "/additions")), http.StatusUnprocessableEntity)
		if !strings.Contains(text(again.body), "Lägg till tider eller personer") {
			h.Errorf("a second time: %s", text(again.body))
		}
		guest := h.wants(h.get(h.browser(), links[police]), 200)
		if n := strings.Count(guest.body, "<fieldset"); n != 6 {
			h.Errorf("%d times are asked about, not 6", n)
		}
	})
}

// Two working days before the last day whoever has not answered is reminded, once, by the rota.
func TestPollRemindsByItself(t *testing.T) {
	onBoth(t, func(h *house) {
		h.polled(h.as(access.Coordinator)) // the last day is Tuesday 1 December
		worker := work.Desk{DB: h.app.DB, Office: h.app.Office, Sender: h.app.Sender, Log: h.app.Log()}
		for _, at := range []struct {
			day, hour, want int
		}{{26, 9, 0}, {27, 3, 0}, {27, 9, 4}, {27, 10, 0}, {28, 9, 0}, {30, 9, 0}} {
			h.clock = time.Date(2026, 11, at.day, at.hour, 0, 0, 0, time.UTC)
			before := len(h.mail.Letters())
			if err := worker.Remind(h.Context()); err != nil {
				h.Fatal(err)
			}
			h.pass(0)
			n := 0
			for _, letter := range h.sentSince(before) {
				if strings.HasPrefix(letter.Subject, "Svar saknas:") { // Monday brings digests too
					n++
				}
			}
			if n != at.want {
				h.Errorf("%s: %d reminders, not %d", h.clock, n, at.want)
			}
		}
	})
}

// A program asks, reads and books.
func TestPollByProgram(t *testing.T) {
	onBoth(t, func(h *house) {
		wish := map[string]any{"forumId": "polis-avstamning", "lastDay": "2026-12-04", "contacts": []any{h.world.Contacts["omradespolis"], h.world.Contacts["skolan-rektor"]},
			"times": []map[string]string{{"date": "2027-01-19", "starts": "13:00", "ends": "14:00"}, {"date": "2027-01-20", "starts": "13:00", "ends": "14:00"}, {"date": "2027-01-21", "starts": "13:00", "ends": "14:00"}}}
		p, review := h.call(http.MethodPost, "/date-poll-reviews", wish)
		h.wants(p, 200)
		if review["letters"] != float64(2) {
			h.Errorf("the review: %v", review)
		}
		wish["reviewHash"] = "another"
		p, _ = h.call(http.MethodPost, "/date-polls", wish, "Idempotency-Key", "a")
		h.wants(p, http.StatusConflict)
		wish["reviewHash"] = review["hash"]
		p, made := h.call(http.MethodPost, "/date-polls", wish, "Idempotency-Key", "b")
		h.wants(p, http.StatusCreated)
		p, again := h.call(http.MethodPost, "/date-polls", wish, "Idempotency-Key", "b")
		if h.wants(p, http.StatusCreated); again["id"] != made["id"] {
			h.Error("asked twice")
		}
		h.pass(time.Minute)
		before := mailtest.Parse(h.T, h.mail.Letters()[0].Data)
		h.wants(h.post(h.browser(), aLink.FindString(before.Text), url.Values{"choice-0": {"no"}, "choice-1": {"yes"}, "choice-2": {"if-needed"}}), http.StatusSeeOther)
		one := "/date-polls/" + made["id"].(string)
		p, got := h.call(http.MethodGet, one, nil)
		h.wants(p, 200)
		best := got["times"].([]any)[0].(map[string]any)
		if got["answered"] != float64(1) || best["date"] != "2027-01-20" || !strings.HasPrefix(best["reason"].(string), "1 av 2 kan.") {
			h.Errorf("the result: %v", got)
		}
		p, _ = h.call(http.MethodPatch, one, map[string]any{"lastDay": "2026-12-08"})
		h.wants(p, http.StatusPreconditionRequired)
		p, _ = h.call(http.MethodPatch, one, map[string]any{"lastDay": "2026-12-08"}, "If-Match", `"7"`)
		h.wants(p, http.StatusPreconditionFailed)
		p, changed := h.call(http.MethodPatch, one, map[string]any{"lastDay": "2026-12-08"}, "If-Match", `"1"`)
		if h.wants(p, 200); changed["lastDay"] != "2026-12-08" || changed["shows"] != "after-own" {
			h.Errorf("changed: %v", changed)
		}
		p, _ = h.call(http.MethodPost, one+"/booking", map[string]any{"timeId": made["id"]})
		h.wants(p, http.StatusUnprocessableEntity)
		p, m := h.call(http.MethodPost, one+"/booking", map[string]any{"timeId": best["id"]})
		if h.wants(p, http.StatusCreated); m["date"] != "2027-01-20" {
			h.Errorf("booked: %v", m)
		}
		p, list := h.call(http.MethodGet, "/date-polls?forum=polis-avstamning", nil)
		if h.wants(p, 200); list["total"] != float64(1) || list["datePolls"].([]any)[0].(map[string]any)["meetingId"] != m["id"] {
			h.Errorf("the list: %v", list)
		}
	})
}

// A program adds to a poll, records what was said on the telephone, reminds, sends again and closes.
func TestPollIsTendedByProgram(t *testing.T) {
	onBoth(t, func(h *house) {
		one := "/date-polls/" + h.pollByProgram("omradespolis", "forskolan-rektor")
		h.pass(time.Minute)
		school := h.world.Contacts["skolan-rektor"]
		more := map[string]any{"times": []map[string]string{{"date": "2027-01-14", "starts": "09:00", "ends": "10:00"}}, "contacts": []any{school}}
		p, review := h.call(http.MethodPost, one+"/addition-reviews", more)
		if h.wants(p, 200); review["letters"] != float64(2) {
			h.Errorf("the review: %v", review)
		}
		more["reviewHash"] = "another"
		p, _ = h.call(http.MethodPost, one+"/additions", more, "Idempotency-Key", "x")
		h.wants(p, http.StatusConflict)
		more["reviewHash"] = review["hash"]
		for range 2 { // the second time is the first
			p, got := h.call(http.MethodPost, one+"/additions", more, "Idempotency-Key", "y")
			if h.wants(p, http.StatusCreated); len(got["times"].([]any)) != 4 || len(got["asked"].([]any)) != 3 || got["version"] != float64(2) {
				h.Errorf("added to: %v", got)
			}
		}
		_, got := h.call(http.MethodGet, one, nil)
		said := map[string]any{"contactId": h.world.Contacts["forskolan-rektor"]}
		answers := []map[string]any{}
		for _, t := range got["times"].([]any) {
			answers = append(answers, map[string]any{"timeId": t.(map[string]any)["id"], "answer": "yes"})
		}
		said["answers"] = answers[1:]
		p, _ = h.call(http.MethodPost, one+"/answers", said)
		h.wants(p, http.StatusUnprocessableEntity) // one is missing
		said["answers"] = answers
		p, got = h.call(http.MethodPost, one+"/answers", said)
		if h.wants(p, http.StatusCreated); got["answered"] != float64(1) || got["asked"].([]any)[1].(map[string]any)["via"] != "phone" {
			h.Errorf("answered: %v", got)
		}
		p, _ = h.call(http.MethodPost, one+"/reminders", nil)
		h.wants(p, http.StatusConflict) // today
		p, _ = h.call(http.MethodPost, one+"/letters", map[string]any{"contactId": school})
		h.wants(p, http.StatusConflict) // just now
		h.clock = h.clock.Add(24 * time.Hour)
		h.pass(0)
		before := len(h.mail.Letters())
		p, _ = h.call(http.MethodPost, one+"/reminders", nil)
		h.wants(p, http.StatusCreated)
		h.clock = h.clock.Add(11 * time.Minute)
		h.pass(0)
		p, _ = h.call(http.MethodPost, one+"/letters", map[string]any{"contactId": school})
		h.wants(p, http.StatusCreated)
		if h.pass(0); len(h.mail.Letters())-before != 3 {
			h.Errorf("%d letters, not two reminders and one again", len(h.mail.Letters())-before)
		}
		p, _ = h.call(http.MethodPost, one+"/closure", nil, "If-Match", `"1"`)
		h.wants(p, http.StatusPreconditionFailed)
		p, got = h.call(http.MethodPost, one+"/closure", nil)
		if h.wants(p, http.StatusCreated); got["state"] != "closed" {
			h.Errorf("closed: %v", got)
		}
		p, _ = h.call(http.MethodPost, one+"/closure", nil)
		h.wants(p, http.StatusConflict)
	})
}

// pollByProgram asks some contacts of three times and gives the poll's id.
func (h *house) pollByProgram(contacts ...string) string {
	h.Helper()
	wish := map[string]any{"forumId": "polis-avstamning", "lastDay": "2026-12-04",
		"times": []map[string]string{{"date": "2027-01-19", "starts": "13:00", "ends": "14:00"}, {"date": "2027-01-20", "starts": "13:00", "ends": "14:00"}, {"date": "2027-01-21", "starts": "13:00", "ends": "14:00"}}}
	ids := []any{}
	for _, c := range contacts {
		ids = append(ids, h.world.Contacts[c])
	}
	wish["contacts"] = ids
	p, review := h.call(http.MethodPost, "/date-poll-reviews", wish)
	h.wants(p, 200)
	wish["reviewHash"] = review["hash"]
	p, made := h.call(http.MethodPost, "/date-polls", wish, "Idempotency-Key", "first")
	h.wants(p, http.StatusCreated)
	return made["id"].(string)
}

// Somebody answers a poll of five times on a phone without script: one tap in the letter, one for each
// time, one to send.
func TestBrowserAnswersAPollOnAPhone(t *testing.T) {
	onBoth(t, func(h *house) {
		_, links := h.polled(h.as(access.Coordinator))
		ctx := window(h.T, 320, false)
		h.steps(ctx, chromedp.Navigate(links[police]))
		var wide, sets, checked int
		var last bool
		h.steps(ctx, chromedp.EvaluateAsDevTools(`document.documentElement.scrollWidth`, &wide),
			chromedp.EvaluateAsDevTools(`document.querySelectorAll("form fieldset > legend").length`, &sets),
			chromedp.EvaluateAsDevTools(`document.querySelectorAll(":checked").length`, &checked))
		if wide > 320 || sets != 5 || checked != 0 {
			h.Errorf("%d pixels wide, %d fieldsets with a legend, %d chosen beforehand", wide, sets, checked)
		}
		for n, answer := range []string{"yes", "no", "if-needed", "yes", "no"} {
			h.steps(ctx, chromedp.Click(fmt.Sprintf(`label:has(input[name="choice-%d"][value="%s"])`, n, answer), chromedp.ByQuery))
		}
		h.press(ctx, "form .bar button.btn:not(.two)")
		if seen := h.seen(ctx); !strings.Contains(seen, "Tack! Ditt svar är sparat.") {
			h.Fatalf("the receipt: %s", seen)
		}
		h.steps(ctx, chromedp.EvaluateAsDevTools(`document.querySelector('input[name="choice-2"][value="if-needed"]').checked`, &last))
		if !last {
			h.Error("the answer is not shown")
		}
		h.steps(ctx, chromedp.EvaluateAsDevTools(`document.documentElement.scrollWidth`, &wide))
		if wide > 320 {
			h.Errorf("the receipt is %d pixels wide", wide)
		}
	})
}
