package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"samverkan/internal/access"
)

// A register, an action and the page of all that is open are read and used by whoever may, and by nobody else.
func TestActionsAndDecisionsOnPages(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		coordinator := h.as(access.Coordinator)
		for _, path := range []string{"/decisions", "/decisions?measure=5.3&state=in-force&year=2026", "/decisions/" + own.decision.String(), "/decisions.csv", "/actions?state=all", "/actions?measure=5.3", "/actions/" + own.action.String(),
			"/minutes-items/" + own.decision.String() + "/ties", "/plan", "/meetings/" + own.meeting.String() + "/notes/projector"} {
			p := h.wants(h.get(coordinator, path), 200)
			if path == "/decisions.csv" && !strings.Contains(p.body, canary) {
				h.Errorf("the file: %s", p.body)
			}
		}
		if p := h.wants(h.post(coordinator, "/decisions", url.Values{"text": {strings.ToUpper(canary)}}), 200); !strings.Contains(text(p.body), "B1, ") {
			h.Errorf("found by its words: %s", text(p.body))
		}
		if p := h.wants(h.get(coordinator, "/meetings/"+own.meeting.String()+"/notes/projector"), 200); !strings.Contains(text(p.body), "U1 2026-11-03") {
			h.Errorf("the wall shows nothing of what is open: %s", text(p.body))
		}
		guest, door := h.browser(), "/u/"+own.openHere
		page := h.wants(h.get(guest, door), 200)
		if seen := text(page.body); !strings.Contains(seen, "1 uppgift är öppen hos er") || strings.Contains(seen, canary) {
			h.Errorf("before the code: %s", seen)
		}
		item := url.Values{"itemId": {own.action.String()}, "state": {"time"}}
		h.wants(h.post(guest, door, item), http.StatusUnprocessableEntity)
		item.Set("due", "2030-05-03")
		h.wants(h.post(guest, door, item), http.StatusSeeOther)
		if seen := text(h.wants(h.get(guest, door), 200).body); !strings.Contains(seen, "2030-05-03") {
			h.Errorf("the new day: %s", seen)
		}
		foreign := h.things("polis-avstamning")
		h.wants(h.post(guest, door, url.Values{"itemId": {foreign.action.String()}, "state": {"done"}}), http.StatusNotFound)
		act := "/actions/" + own.action.String()
		h.wants(h.post(coordinator, act+"/closure", url.Values{"outcome": {"dropped"}}), http.StatusUnprocessableEntity)
		h.wants(h.post(coordinator, act+"/closure", url.Values{"outcome": {"dropped"}, "comment": {"Behövs inte längre."}}), http.StatusSeeOther)
		if seen := text(h.wants(h.get(guest, door), 200).body); !strings.Contains(seen, "Inget är öppet hos er just nu.") {
			h.Errorf("closed, and still open: %s", seen)
		}
		if seen := text(h.get(coordinator, act).body); !strings.Contains(seen, "Behövs inte längre.") || !strings.Contains(seen, "Ny slutdag: 2030-05-03") {
			h.Errorf("the history: %s", seen)
		}
		h.wants(h.post(coordinator, act+"/reopening", nil), http.StatusSeeOther)
	})
}
