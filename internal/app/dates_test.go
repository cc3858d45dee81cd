package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
)

// Another convener is asked for its dates by a reviewed letter, writes them by its link, and the coordinator
// writes them in with one click.
func TestDatesAreAskedForGivenAndWrittenIn(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		year := h.wants(h.get(coordinator, "/year?year=2027"), 200)
		theirs := "/forums/" + h.world.Forums["lanssamverkan"].String()
		if !strings.Contains(year.body, theirs+"/date-request?year=2027") {
			h.Fatalf("the year does not offer to ask: %s", text(year.body))
		}
		form := h.fields(h.wants(h.get(coordinator, theirs+"/date-request?year=2027"), 200), "/review")
		form.Set("note", "Gäller hedersvåld.")
		h.wants(h.post(coordinator, theirs+"/date-requests/review", form), http.StatusUnprocessableEntity)
		form.Set("note", "Hälsningar från oss.")
		review := h.wants(h.post(coordinator, theirs+"/date-requests/review", form), 200)
		for _, want := range []string{"Maria Sälg får ett brev och kan skriva upp till", "Fråga om datum: ", "Vilka datum planerar ni?", "Hälsningar från oss."} {
			if !strings.Contains(text(review.body), want) {
				h.Errorf("the review does not show %q: %s", want, text(review.body))
			}
		}
		before := len(h.mail.Letters())
		send := h.fields(review, "/date-requests")
		h.wants(h.post(coordinator, theirs+"/date-requests", send), http.StatusSeeOther)
		h.wants(h.post(coordinator, theirs+"/date-requests", send), http.StatusUnprocessableEntity) // a second tap sends nothing
		h.pass(0)
		letters := h.sentSince(before)
		if len(letters) != 1 {
			h.Fatalf("%d letters, not 1", len(letters))
		}
		if strings.Contains(letters[0].Text+letters[0].Subject, "Länssamverkan") || len(letters[0].Calendar) > 0 {
			h.Errorf("the letter tells too much: %s\n%s", letters[0].Subject, letters[0].Text)
		}
		if seen := text(h.get(coordinator, "/year?year=2027").body); !strings.Contains(seen, "Ni bad Maria Sälg om datum tisdag 24 november. Fråga om datum: Skickat. Inget svar än.") || !strings.Contains(seen, "Be om datum igen") {
			h.Errorf("the year does not tell that we asked: %s", seen)
		}
		link := aLink.FindString(letters[0].Text)
		guest := h.browser()
		page := h.wants(h.get(guest, link), 200)
		if strings.Contains(page.body, "Länssamverkan") || strings.Contains(page.body, "Maria") {
			h.Errorf("the page tells too much: %s", text(page.body))
		}
		dates := h.fields(page, "")
		h.wants(h.post(guest, link, dates), http.StatusUnprocessableEntity) // no date
		dates.Set("date-0", "21/4")
		dates.Set("starts-0", "13")
		dates.Set("ends-0", "12")
		h.wants(h.post(guest, link, dates), http.StatusUnprocessableEntity) // ends before it begins
		dates.Set("ends-0", "14.30")
		done := h.wants(h.post(guest, link, dates), http.StatusSeeOther)
		if seen := text(h.get(guest, done.to).body); !strings.Contains(seen, "Tack! Datumen är sparade.") {
			h.Errorf("no receipt: %s", seen)
		}
		overview := h.get(coordinator, "/")
		if !strings.Contains(text(overview.body), "Skriv in datum som har kommit: ") {
			h.Fatalf("the overview does not ask: %s", text(overview.body))
		}
		path := "/date-requests/" + strings.SplitN(strings.SplitN(overview.body, "/date-requests/", 2)[1], `"`, 2)[0]
		came := h.wants(h.get(coordinator, path), 200)
		if !strings.Contains(text(came.body), "onsdag 21 april 2027 kl. 13.00–14.30") {
			h.Errorf("what came: %s", text(came.body))
		}
		stale := h.fields(came, "/registration")
		h.wants(h.post(guest, link, dates), http.StatusSeeOther) // given once more meanwhile
		h.wants(h.post(coordinator, path+"/registration", stale), http.StatusUnprocessableEntity)
		h.wants(h.post(coordinator, path+"/registration", h.fields(h.get(coordinator, path), "/registration")), http.StatusSeeOther)
		if seen := text(h.get(coordinator, "/meetings?year=2027").body); !strings.Contains(seen, "onsdag 21 april 2027") && !strings.Contains(seen, "21 april") {
			h.Errorf("no meeting was made: %s", seen)
		}
		if seen := text(h.get(coordinator, "/").body); strings.Contains(seen, "Skriv in datum som har kommit: ") {
			h.Error("the overview asks still")
		}
		if seen := text(h.get(guest, link).body); !strings.Contains(seen, "De här har samordnaren redan tagit hand om: onsdag 21 april 2027") {
			h.Errorf("the link does not tell what was written in: %s", seen)
		}
		h.clock = h.clock.Add(24 * time.Hour)
		*coordinator = *h.as(access.Coordinator)
		again := h.wants(h.get(coordinator, theirs+"/date-request?year=2027"), 200)
		if !strings.Contains(text(again.body), "Ni bad Maria Sälg om datum tisdag 24 november.") {
			h.Errorf("the form does not tell that we asked: %s", text(again.body))
		}
		h.wants(h.post(coordinator, "/forums/"+h.world.Forums["polis-avstamning"].String()+"/date-requests/review", url.Values{"year": {"2027"}, "contactId": form["contactId"]}), http.StatusUnprocessableEntity)
		h.clock = time.Date(2028, 3, 1, 9, 0, 0, 0, time.UTC)
		h.tidy()
		h.wants(h.get(guest, link), http.StatusNotFound)
	})
}
