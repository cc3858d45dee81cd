package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"samverkan/internal/access"
)

const pastedPlan = "5. Samverkan\n\nPolisen och elevhälsan deltar i en regional samverkan tre gånger om året. Elevhälsan är sammankallande. Det finns ett avtal med Kriminalvården. " +
	"I enskilda ärenden sker samverkan med vårdcentralen. Polisen samverkar inte med skolan varje månad. Solen skiner."

// A pasted chapter is read, corrected and taken in; the browser carries it between, and pasting again doubles nothing.
func TestPastingThePlan(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		h.wants(h.get(h.as(access.Member), "/plan-texts"), http.StatusNotFound)
		h.wants(h.get(coordinator, "/plan-texts"), 200)
		for _, refused := range []string{"", "Polisen, 19910101-2384, möts varje månad."} {
			if p := h.wants(h.post(coordinator, "/plan-texts/review", url.Values{"text": {refused}}), 422); !strings.Contains(p.body, `id="e-text"`) || !strings.Contains(text(p.body), strings.ReplaceAll(refused, "19910101-2384", "")) && refused == "" {
				h.Errorf("%q: %s", refused, text(p.body))
			}
		}
		before := text(h.get(coordinator, "/forums").body)
		page := h.wants(h.post(coordinator, "/plan-texts/review", url.Values{"text": {pastedPlan}}), 200)
		seen := text(page.body)
		for _, said := range []string{"[deltar: Polisen]", "[sammankallande: Elevhälsan]", "[hur ofta]", "Forum: Regional samverkan", "Nämns bara för enskilda ärenden", "Vårdcentralen", "Ordet ”inte” nekar. Läs meningen själv.", "Solen skiner."} {
			if !strings.Contains(seen, said) {
				h.Errorf("the review does not say %q: %s", said, seen)
			}
		}
		if text(h.get(coordinator, "/forums").body) != before {
			h.Error("a review records something")
		}
		number := strings.TrimPrefix(nameWith(h.fields(page, "/plan-texts"), "Regional samverkan"), "name-")
		f := h.fields(page, "/plan-texts")
		f.Set("scope-"+number, "overall")
		f.Set("convener-"+number, "o:elevhalsan")
		f.Set("neutralTitle-"+number, "Hedersmöte")
		f.Set("more-"+number, "Föreningen Exempel")
		p := h.wants(h.post(coordinator, "/plan-texts", f), 422)
		if again := h.fields(p, "/plan-texts"); !strings.Contains(p.body, `id="e-neutralTitle-`+number+`"`) || !strings.Contains(p.body, "\nFöreningen Exempel</textarea>") || again.Get("neutralTitle-"+number) != "Hedersmöte" || again.Get("text") != f.Get("text") {
			h.Errorf("a refused form loses something: %v", again)
		}
		f.Set("neutralTitle-"+number, "Träff")
		f.Set("more-"+number, "Fatima Hassans förening")
		p = h.wants(h.post(coordinator, "/plan-texts", f), 422)
		if f.Set("seen", h.fields(p, "/plan-texts").Get("seen")); !strings.Contains(text(p.body), "ser ut som ett namn") || f.Get("seen") == "" || !strings.Contains(p.body, "Fatima Hassans förening</textarea>") {
			h.Errorf("a name goes through unseen: %s", text(p.body))
		}
		h.wants(h.post(coordinator, "/plan-texts", f), http.StatusSeeOther)
		if list := text(h.get(coordinator, "/forums").body); !strings.Contains(list, "Regional samverkan") {
			h.Errorf("the forum is not there: %s", list)
		}
		h.wants(h.post(coordinator, "/plan-texts", f), 422) // the same form once more: the reading is another by now
		page = h.wants(h.post(coordinator, "/plan-texts/review", url.Values{"text": {pastedPlan}}), 200)
		if again := text(page.body); strings.Count(again, "Finns redan") != 3 || !strings.Contains(again, "Det finns inget nytt att läsa in.") {
			h.Errorf("pasted again: %s", again)
		}
	})
}

// nameWith gives the field that holds a value.
func nameWith(f url.Values, value string) string {
	for name := range f {
		if strings.HasPrefix(name, "name-") && f.Get(name) == value {
			return name
		}
	}
	return ""
}
