package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"samverkan/internal/access"
)

// A program does with the register and with copies for disclosure what the pages do, and by the same rules.
func TestRegistrationAndDisclosureByAPI(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		path := "/minutes/" + own.minutes.String()
		waits := func() bool {
			h.Helper()
			p, _ := h.call(http.MethodGet, "/unregistered-minutes?limit=100", nil)
			return strings.Contains(h.wants(p, 200).body, own.minutes.String())
		}
		if !waits() {
			h.Error("the minutes do not wait for a number")
		}
		p, _ := h.call(http.MethodPut, path+"/registration", map[string]any{"registryNumber": "?"})
		h.wants(p, http.StatusUnprocessableEntity)
		p, answer := h.call(http.MethodPut, path+"/registration", map[string]any{"registryNumber": "SN 2026/123"})
		if h.wants(p, 200); answer["registryNumber"] != "SN 2026/123" || waits() {
			h.Errorf("%v", answer)
		}

		masks := map[string]any{"words": []string{canary}}
		p, answer = h.call(http.MethodPost, path+"/disclosure-previews", masks)
		if h.wants(p, 200); strings.Contains(p.body, canary) || fmt.Sprint(answer["masked"]) == "0" {
			h.Errorf("%s", p.body)
		}
		p, _ = h.call(http.MethodPost, path+"/disclosures", masks)
		h.wants(p, http.StatusUnprocessableEntity) // no decision
		masks["decision"] = "Maskeras efter prövning."
		p, answer = h.call(http.MethodPost, path+"/disclosures", masks)
		h.wants(p, http.StatusCreated)
		made := "/disclosures/" + fmt.Sprint(answer["id"]) + "/content"
		if p.header.Get("Location") != "/api/v1"+made {
			h.Errorf("it is said to be at %q", p.header.Get("Location"))
		}
		p, answer = h.call(http.MethodGet, path+"/disclosures", nil)
		if h.wants(p, 200); fmt.Sprint(answer["total"]) != "2" || !strings.Contains(p.body, "Maskeras efter prövning.") {
			h.Errorf("%s", p.body)
		}
		for _, c := range h.callers() {
			p := h.try(c, http.MethodGet, "/api/v1"+made)
			switch c.role {
			case access.Coordinator, access.Manager, access.Registrar:
				h.onlyToKeep(p)
				if !strings.HasPrefix(p.body, "%PDF-") || strings.Contains(h.pdfWords(p.body), canary) {
					h.Errorf("%s gets %.20q", c.role, p.body)
				}
			case "":
				h.wants(p, http.StatusUnauthorized)
			default:
				h.wants(p, http.StatusNotFound)
			}
		}

		p, answer = h.call(http.MethodPost, "/searches", map[string]any{"query": canary, "counted": true})
		h.wants(p, 200)
		counts, _ := answer["counts"].(map[string]any)
		kinds, _ := counts["kinds"].([]any)
		if len(kinds) == 0 {
			h.Fatalf("no counts: %s", p.body)
		}
		for _, k := range kinds {
			k := k.(map[string]any)
			_, shows := h.call(http.MethodPost, "/searches", map[string]any{"query": canary, "kind": k["choice"]})
			if shows["total"] != k["total"] {
				h.Errorf("%v counts %v and shows %v", k["choice"], k["total"], shows["total"])
			}
		}
		p, _ = h.call(http.MethodPost, "/searches", map[string]any{"query": "-" + canary})
		h.wants(p, http.StatusUnprocessableEntity)
	})
}
