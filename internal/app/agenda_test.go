package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"samverkan/internal/access"
)

// What a partner proposes by its link is decided by the coordinator, and the partner reads what became of it.
func TestProposalByLink(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		coordinator, guest := h.as(access.Coordinator), h.browser()
		link, meeting := "/i/"+own.answer, "/meetings/"+own.meeting.String()
		if p := h.post(guest, link+"/proposals", url.Values{"proposal": {"Om 19900101-2385"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `id="e-proposal"`) {
			h.Errorf("a personal number: %d", p.status)
		}
		h.logs("guest", func() {
			h.wants(h.post(guest, link+"/proposals", url.Values{"proposal": {"Ny broschyr"}}), http.StatusSeeOther)
		}, "propose agenda item meeting "+own.meeting.String())
		if seen := text(h.get(guest, link).body); !strings.Contains(seen, "Ny broschyr") || !strings.Contains(seen, "Väntar på samordnaren.") {
			h.Errorf("%s", seen)
		}
		if seen := text(h.get(coordinator, "/").body); !strings.Contains(seen, "Ta ställning till föreslagna punkter") {
			h.Errorf("not among what is to be done: %s", seen)
		}
		page := h.get(coordinator, meeting).body
		decision := regexp.MustCompile(`Ny broschyr</strong>[\s\S]*?(/agenda-proposals/[0-9a-f-]{36}/decision)`).FindStringSubmatch(page)
		if decision == nil {
			h.Fatalf("the meeting's page does not show it: %s", text(page))
		}
		h.wants(h.post(h.as(access.Member), decision[1], url.Values{"act": {"take"}}), http.StatusNotFound)
		h.wants(h.post(coordinator, decision[1], url.Values{"act": {"decline"}}), http.StatusUnprocessableEntity)
		h.logs("coordinator", func() {
			h.wants(h.post(coordinator, decision[1], url.Values{"act": {"decline"}, "answer": {"Tas i styrgruppen."}}), http.StatusSeeOther)
		}, "decline agenda item meeting "+own.meeting.String())
		if seen := text(h.get(guest, link).body); !strings.Contains(seen, "Tas inte upp: Tas i styrgruppen.") {
			h.Errorf("%s", seen)
		}
		h.wants(h.post(coordinator, "/agenda-proposals/"+own.suggested.String()+"/decision", url.Values{"act": {"take"}}), http.StatusSeeOther)
		if seen := text(h.get(coordinator, meeting+"/notes").body); !strings.Contains(seen, canary) {
			h.Errorf("what was taken up is not on the agenda: %s", seen)
		}
	})
}

// The page of the notes helps with the items of an agenda, and puts one off.
func TestAgendaAids(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		coordinator := h.as(access.Coordinator)
		notes := "/meetings/" + own.meeting.String() + "/notes"
		page := h.wants(h.get(coordinator, notes), 200).body
		for _, want := range []string{"Anteckningarna från", "1 öppen uppgift", "Inget mer möte är bokat."} {
			if !strings.Contains(text(page), want) {
				h.Errorf("no %q", want)
			}
		}
		put := regexp.MustCompile(`/agenda-items/[0-9a-f-]{36}/postponement`).FindString(page)
		h.wants(h.post(coordinator, put, url.Values{"act": {"postpone"}}), http.StatusSeeOther)
		if seen := text(h.get(coordinator, notes).body); !strings.Contains(seen, "Tas upp nästa gång.") {
			h.Errorf("%s", seen)
		}
		h.wants(h.post(coordinator, put, url.Values{"act": {"resume"}}), http.StatusSeeOther)
		if seen := text(h.get(coordinator, notes).body); strings.Contains(seen, "Tas upp nästa gång.") {
			h.Error("it is still put off")
		}
	})
}
