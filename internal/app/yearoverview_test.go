package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
)

// Each partner gets the year's meetings in one reviewed letter and answers them on one page; when it is invited, it
// has answered already.
func TestYearOverviewFromReviewToInvitation(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		first := h.scheduled("polis-avstamning", "2027-02-09")
		h.scheduled("polis-avstamning", "2027-03-09")
		if year := h.wants(h.get(coordinator, "/year?year=2027"), 200); !strings.Contains(year.body, "/year-overviews?year=2027") {
			h.Fatalf("the year does not offer it: %s", text(year.body))
		}
		page := h.wants(h.get(coordinator, "/year-overviews?year=2027"), 200)
		form := h.fields(page, "/year-overviews/review")
		if len(form["contactId"]) == 0 || strings.Contains(page.body, "Översikt skickad") {
			h.Fatalf("%v: %s", form, text(page.body))
		}
		form.Set("note", "Gäller hedersvåld.")
		h.wants(h.post(coordinator, "/year-overviews/review", form), http.StatusUnprocessableEntity)
		form.Set("note", "Hälsningar från oss.")
		review := h.wants(h.post(coordinator, "/year-overviews/review", form), 200)
		for _, want := range []string{"Hans Gran", "Årsöversikt 2027: 2 möten, Vingåkers kommun", "tisdag 9 februari 2027 kl.", "Hälsningar från oss."} {
			if !strings.Contains(text(review.body), want) {
				h.Errorf("the review does not show %q: %s", want, text(review.body))
			}
		}
		send := h.fields(review, "/year-overviews")
		back := url.Values{"step": {"edit"}}
		for name, values := range send {
			back[name] = append(back[name], values...)
		}
		if kept := h.fields(h.wants(h.post(coordinator, "/year-overviews/review", back), 200), "/year-overviews/review"); kept.Get("note") != "Hälsningar från oss." || len(kept["contactId"]) != len(form["contactId"]) {
			h.Errorf("what was chosen is lost: %v", kept)
		}
		before := len(h.mail.Letters())
		h.wants(h.post(coordinator, "/year-overviews", send), http.StatusSeeOther)
		h.wants(h.post(coordinator, "/year-overviews", send), http.StatusUnprocessableEntity) // a second tap sends nothing
		h.pass(0)
		letters := h.sentSince(before)
		if len(letters) != len(form["contactId"]) {
			h.Fatalf("%d letters, not %d", len(letters), len(form["contactId"]))
		}
		sent := h.wants(h.get(coordinator, "/year-overviews?year=2027"), 200)
		if seen := text(sent.body); !strings.Contains(seen, "Översikt skickad tisdag 24 november. Årsöversikt: Skickat. 0 av 2 besvarade.") || len(h.fields(sent, "/year-overviews/review")["contactId"]) != 0 {
			h.Errorf("the page does not tell that it was sent: %s", seen)
		}

		link := ""
		for n := range letters {
			if h.to(before+n) == "hans.gran@omrade-vast.example" {
				link = aLink.FindString(letters[n].Text)
			}
		}
		guest := h.browser()
		opened := h.wants(h.get(guest, link), 200)
		for _, never := range []string{"Hans Gran", "Avstämning med polisen", "Jan Lönn"} {
			if strings.Contains(opened.body, never) {
				h.Errorf("the page tells %q", never)
			}
		}
		answers := h.fields(opened, "")
		h.wants(h.post(guest, link, answers), http.StatusUnprocessableEntity) // nothing is chosen
		ids := answers["meetingId"]
		if len(ids) != 2 {
			h.Fatalf("%d meetings", len(ids))
		}
		answers.Set("answer-"+ids[0], "ACCEPTED")
		done := h.wants(h.post(guest, link, answers), http.StatusSeeOther)
		if seen := text(h.get(guest, done.to).body); !strings.Contains(seen, "Tack! Dina svar är sparade. 1 möte väntar på svar.") || !strings.Contains(seen, "Du har svarat: Kommer") {
			h.Errorf("no receipt: %s", seen)
		}
		answers.Set("surplus", "1")
		h.wants(h.post(guest, link, answers), http.StatusUnprocessableEntity)
		if seen := text(h.get(coordinator, first).body); !strings.Contains(seen, "Har svarat på årsöversikten, innan kallelsen: Hans Gran: Kommer") {
			h.Errorf("the meeting does not tell of the answer: %s", seen)
		}

		before = len(h.mail.Letters())
		called := h.wants(h.get(coordinator, first+"/invitation-review"), 200)
		if !strings.Contains(text(called.body), "Du har svarat: Kommer. Du kan ändra det med länken.") {
			h.Errorf("the invitation does not say what was answered: %s", text(called.body))
		}
		h.wants(h.post(coordinator, first+"/acts", h.fields(called, "/acts")), http.StatusSeeOther)
		h.pass(time.Minute)
		if n := len(h.sentSince(before)); n == 0 {
			h.Fatal("no invitation")
		}
		if seen := text(h.get(coordinator, first).body); !strings.Contains(seen, "Svarade på årsöversikten") {
			h.Errorf("the answer is not the invitation's: %s", seen)
		}

		again := h.fields(sent, "/letters")
		again.Set("year", "2027")
		path := formAction(sent.body, "/year-overviews/")
		h.wants(h.post(coordinator, path, again), http.StatusUnprocessableEntity) // one was written just now
		h.clock = h.clock.Add(11 * time.Minute)
		h.wants(h.post(coordinator, path, again), http.StatusSeeOther)
	})
}

// formAction gives the address of the first form that sends letters of an overview again.
func formAction(body, prefix string) string {
	for part := range strings.SplitSeq(body, `action="`) {
		if action, _, found := strings.Cut(part, `"`); found && strings.HasPrefix(action, prefix) && strings.HasSuffix(action, "/letters") {
			return action
		}
	}
	return ""
}
