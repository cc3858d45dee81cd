package api_test

import (
	"encoding/json"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/api"
)

// A text is read, which changes nothing, and then taken in with the reading's hash.
func TestPlanTexts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		token := h.token(access.Coordinator, "read", "write")
		body := map[string]any{"text": "Polisen och elevhälsan deltar i en regional samverkan tre gånger om året. Solen skiner."}
		var read api.PlanReading
		for range 2 {
			a := h.as(token, "POST", "/plan-text-reviews", body)
			if err := json.Unmarshal([]byte(a.Raw), &read); err != nil || a.Status != 200 || len(read.Passages) != 2 || !read.Passages[0].Takeable || read.Passages[1].Kind != "unknown" {
				t.Fatalf("%d %+v, %v", a.Status, read, err)
			}
		}
		p := read.Passages[0]
		if p.Kind != "forum" || p.Name != "Regional samverkan" || p.Cadence != "tre gånger om året" || !p.Measured || len(p.Participants) != 2 {
			t.Errorf("%+v", p)
		}
		body["hash"], body["passages"] = read.Hash, []map[string]any{{"number": 0, "name": "Länsnätet", "neutralTitle": "Träff"}}
		var taken api.PlanTaken
		a := h.as(token, "POST", "/plan-texts", body)
		if err := json.Unmarshal([]byte(a.Raw), &taken); err != nil || a.Status != 201 || len(taken.Lines) < 2 {
			t.Fatalf("%d %s", a.Status, a.Raw)
		}
		h.as(token, "POST", "/plan-texts", body).refused(409, "conflict")
		a = h.as(token, "POST", "/plan-text-reviews", body)
		if a.Status != 422 {
			t.Errorf("fields that are not known get %d", a.Status)
		}
		a = h.as(token, "POST", "/plan-text-reviews", map[string]any{"text": body["text"]})
		if err := json.Unmarshal([]byte(a.Raw), &read); err != nil || read.Passages[0].Existing != "Länsnätet" || read.Passages[0].Takeable {
			t.Errorf("%+v", read.Passages)
		}
	})
}
