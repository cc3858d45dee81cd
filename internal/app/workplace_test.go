package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

// A workplace without an account in it: asked by letter, confirmed by link, seen in the list, the table and
// the file.
func TestAWorkplaceGoesThroughThePlan(t *testing.T) {
	onBoth(t, func(h *house) {
		h.clock = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
		coordinator := h.as(access.Coordinator)
		form := h.fields(h.wants(h.get(coordinator, "/new-workplace"), 200), "/new-workplace")
		form.Set("name", "Stödenheten")
		form.Set("managerEmail", "stodchef@vingaker.example")
		for _, choice := range []string{"organisationId", "workGroupId", "managerId"} {
			form.Del(choice)
		}
		if p := h.wants(h.post(coordinator, "/new-workplace", form), http.StatusUnprocessableEntity); !strings.Contains(text(p.body), "Skriv vad chefen kallas") {
			h.Errorf("a manager without a role: %s", text(p.body))
		}
		form.Set("managerRole", "Enhetschef")
		place := h.wants(h.post(coordinator, "/new-workplace", form), http.StatusSeeOther).to
		id := strings.TrimPrefix(place, "/workplaces/")

		if seen := text(h.wants(h.get(coordinator, "/plan-requests"), 200).body); !strings.Contains(seen, "Stödenheten Inte tillfrågad") {
			h.Errorf("whom to ask: %s", seen)
		}
		review := h.wants(h.post(coordinator, "/plan-requests/review", url.Values{"workplaceId": {id}, "due": {"2026-12-15"}}), 200)
		if seen := text(review.body); !strings.Contains(seen, "Skicka till 1 person") || !strings.Contains(seen, "Gå igenom handlingsplanen på APT") || strings.Contains(seen, "workplace_") {
			h.Errorf("the review: %s", seen)
		}
		stale := h.fields(review, "/plan-requests")
		stale.Set("due", "2026-12-16")
		h.wants(h.post(coordinator, "/plan-requests", stale), http.StatusUnprocessableEntity)
		before := len(h.mail.Letters())
		h.wants(h.post(coordinator, "/plan-requests", h.fields(review, "/plan-requests")), http.StatusSeeOther)
		h.pass(0)
		sent := h.sentSince(before)
		if len(sent) != 1 || h.to(before) != "stodchef@vingaker.example" {
			h.Fatalf("%d letters", len(sent))
		}
		link := regexp.MustCompile(`http\S+/w/\S+`).FindString(sent[0].Text)

		guest := h.browser()
		if seen := text(h.wants(h.get(guest, link), 200).body); !strings.Contains(seen, "Gå igenom planen på APT senast 2026-12-15.") {
			h.Errorf("the link's page: %s", seen)
		}
		late := h.wants(h.post(guest, link+"/confirmations", url.Values{"date": {"2026-12-24"}}), http.StatusUnprocessableEntity)
		if seen := text(late.body); !strings.Contains(seen, "Datumet har inte varit än.") || strings.Count(late.body, `id="e-date"`) != 1 {
			h.Errorf("a day to come: %s", seen)
		}
		h.wants(h.post(guest, link+"/introductions", url.Values{"date": {"2026-11-20"}, "newHires": {"Anna"}}), http.StatusUnprocessableEntity)
		h.wants(h.post(guest, link+"/confirmations", url.Values{"date": {"2026-11-20"}}), http.StatusSeeOther)
		h.wants(h.post(guest, link+"/introductions", url.Values{"date": {"2026-11-20"}, "newHires": {"2"}}), http.StatusSeeOther)
		if seen := text(h.get(guest, link).body); !strings.Contains(seen, "Genomgången 2026-11-20") || !strings.Contains(seen, "2 nyanställda är introducerade.") {
			h.Errorf("afterwards: %s", seen)
		}
		for path, want := range map[string]string{link + "/apt-sheet": "Ryms på ett A4.", link + "/reading-list": "Läslista för nyanställda: Stödenheten", link + "/reading-list?months=24": "Förmedlat de senaste 24 månaderna"} {
			if seen := text(h.wants(h.get(guest, path), 200).body); !strings.Contains(seen, want) {
				h.Errorf("%s: %s", path, seen)
			}
		}
		if p := h.wants(h.get(guest, link+"/apt-sheet.pdf"), 200); !strings.HasPrefix(p.body, "%PDF-") {
			h.Error("the sheet is no PDF")
		}

		if seen := text(h.wants(h.get(h.as(access.Registrar), "/workplaces?state=confirmed"), 200).body); !strings.Contains(seen, "1 av 4 arbetsplatser har gått igenom planen på APT. 2 nyanställda är introducerade.") || strings.Contains(seen, "Öppenvårdsgruppen") {
			h.Errorf("the list: %s", seen)
		}
		if p := h.wants(h.get(coordinator, "/workplaces.csv"), 200); !strings.Contains(p.body, "Stödenheten;;;Enhetschef;Genomgången;2026-11-20;2026-12-15;2") {
			h.Errorf("the file: %s", p.body)
		}
		confirmed := regexp.MustCompile(`name="confirmationId" value="([0-9a-f-]{36})"`).FindStringSubmatch(h.get(coordinator, place).body)
		h.wants(h.post(coordinator, place+"/confirmations/removal", url.Values{"confirmationId": {confirmed[1]}}), http.StatusSeeOther)
		if seen := text(h.get(coordinator, place).body); !strings.Contains(seen, "Planen är inte bekräftad än.") {
			h.Errorf("taken back: %s", seen)
		}
		h.wants(h.post(coordinator, place+"/ending", url.Values{}), http.StatusSeeOther)
		h.wants(h.get(guest, link), http.StatusNotFound)
	})
}

// Each figure of the table opens the list that it counts, and the file and the API say the same.
func TestTheTableOfWhatWasPassedOn(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		coordinator := h.as(access.Coordinator)
		page := h.wants(h.get(coordinator, "/relays"), 200)
		cell := regexp.MustCompile(`href="(/relay-items\?minutes=` + own.minutes.String() + `&amp;receiver=[0-9a-f-]{36})">Ingen adress`).FindStringSubmatch(page.body)
		if cell == nil {
			h.Fatalf("no cell: %s", text(page.body))
		}
		list := h.wants(h.get(coordinator, strings.ReplaceAll(cell[1], "&amp;", "&")), 200)
		if n := strings.Count(list.body, `<div class="rich"><p>`+canary); n != 1 {
			h.Errorf("the list holds %d: %s", n, text(list.body))
		}
		if seen := text(h.get(coordinator, "/relays?year=2020").body); !strings.Contains(seen, "Inget är förmedlat här.") {
			h.Errorf("another year: %s", seen)
		}
		if p := h.wants(h.get(coordinator, "/relays.csv?forum="+own.forum.String()), 200); !strings.Contains(p.body, ";Ekonomiskt bistånd;Ingen adress;") {
			h.Errorf("the file: %s", p.body)
		}
		p, relays := h.call(http.MethodGet, "/relays?forumId="+own.forum.String(), nil)
		h.wants(p, 200)
		if first := relays["relays"].([]any)[0].(map[string]any); first["state"] != "unreachable" || first["waiting"] != 1.0 {
			h.Errorf("the call: %v", first)
		}

		item := "/relay-items/" + own.passed.String() + "/due"
		h.wants(h.post(coordinator, item, url.Values{"due": {"2020-01-01"}}), http.StatusUnprocessableEntity)
		h.wants(h.post(coordinator, item, url.Values{"due": {"2027-01-15"}}), http.StatusSeeOther)
		h.read(func(tx *store.Tx) error {
			var due string
			err := tx.DB.Table("relay_items").Where("id = ?", own.passed).Pluck("due", &due).Error
			if due != "2027-01-15" {
				h.Errorf("the last day is %s", due)
			}
			return err
		})
	})
}
