package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"samverkan/internal/access"
)

// Without script, whoever wrote from an older text sees both, and whose the saved one is.
func TestNotesShowBothTexts(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		coordinator := h.as(access.Coordinator)
		notes := "/meetings/" + own.meeting.String() + "/notes"
		page := h.get(coordinator, notes)
		heading := regexp.MustCompile(`name="text-([0-9a-f-]{36})"`).FindStringSubmatch(page.body)[1]
		add := regexp.MustCompile(`action="(/minutes/[^"]+/items)"`).FindStringSubmatch(page.body)[1]
		h.wants(h.post(coordinator, add, url.Values{"kind-" + heading: {"note"}, "text-" + heading: {"Från början."}}), http.StatusSeeOther)
		change := regexp.MustCompile(`action="(/minutes-items/[0-9a-f-]{36})"`).FindStringSubmatch(h.get(coordinator, notes).body)[1]
		save := func(version, text string) reply {
			return h.post(coordinator, change, url.Values{"version": {version}, "kind": {"note"}, "text": {text}})
		}
		h.wants(save("1", "Sparad."), http.StatusSeeOther)
		again := h.wants(save("1", "Skriven samtidigt."), http.StatusUnprocessableEntity)
		for _, want := range []string{"Du har också ändrat den här punkten i ett annat fönster.", "Sparad.", "Skriven samtidigt.", "Sparad av", "Behåll den sparade texten"} {
			if !strings.Contains(text(again.body), want) && !strings.Contains(again.body, want) {
				h.Errorf("the page lacks %q: %s", want, text(again.body))
			}
		}
		form := h.fields(again, change[len("/minutes-items/"):])
		form.Set("text", "Skriven samtidigt.")
		h.wants(h.post(coordinator, change, form), http.StatusSeeOther)
		if seen := h.get(coordinator, notes).body; !strings.Contains(seen, "Skriven samtidigt.") {
			h.Error("the chosen text is not saved")
		}
	})
}

// Sent twice, a form adds nothing twice; from an old page what it holds is kept beside what came since.
func TestNotesFormSentTwiceAddsOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		coordinator := h.as(access.Coordinator)
		notes := "/meetings/" + own.meeting.String() + "/notes"
		page := h.get(coordinator, notes)
		heading := regexp.MustCompile(`name="text-([0-9a-f-]{36})"`).FindStringSubmatch(page.body)[1]
		key := regexp.MustCompile(`name="key-` + heading + `" value="([0-9a-f-]{36})"`).FindStringSubmatch(page.body)[1]
		add := regexp.MustCompile(`action="(/minutes/[^"]+/items)"`).FindStringSubmatch(page.body)[1]
		f := url.Values{"kind-" + heading: {"note"}, "text-" + heading: {"En enda gång."}, "key-" + heading: {key}}
		h.wants(h.post(coordinator, add, f), http.StatusSeeOther)
		h.wants(h.post(coordinator, add, f), http.StatusSeeOther)
		if n := strings.Count(h.get(coordinator, notes).body, `class="change"`); n != 1 {
			h.Errorf("%d items, not one", n)
		}
		f.Set("text-"+heading, "Från en gammal sida.")
		h.wants(h.post(coordinator, add, f), http.StatusSeeOther)
		body := h.get(coordinator, notes).body
		if n := strings.Count(body, `class="change"`); n != 2 {
			h.Errorf("%d items, not two: %s", n, text(body))
		}
	})
}

// Items and headings are put in order, somebody who came unasked is written down, and the wall shows
// the text alone.
func TestNotesAreOrdered(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		coordinator := h.as(access.Coordinator)
		notes := "/meetings/" + own.meeting.String() + "/notes"
		body := h.get(coordinator, notes).body
		var headings []string
		for _, found := range regexp.MustCompile(`action="/agenda-items/([0-9a-f-]{36})/place"`).FindAllStringSubmatch(body, -1) {
			headings = append(headings, found[1])
		}
		add := regexp.MustCompile(`action="(/minutes/[^"]+)/items"`).FindStringSubmatch(body)[1]
		does := func(path string, f url.Values) {
			h.Helper()
			h.wants(h.post(coordinator, path, f), http.StatusSeeOther)
		}
		does(add+"/items", url.Values{"kind-" + headings[0]: {"note"}, "text-" + headings[0]: {"Ett.\nB: Tvåan.\nU: Tre gör det."}})
		does(add+"/attendees", url.Values{"organisation": {"Kvinnojouren"}, "role": {"Handläggare"}})
		item := func(words string) string {
			h.Helper()
			found := regexp.MustCompile(`(?s)id="p-([0-9a-f-]{36})">\s*<div class="shown"><div class="rich">[^\n]*` + words).FindStringSubmatch(h.get(coordinator, notes).body)
			if found == nil {
				h.Fatalf("no item %s", words)
			}
			return "/minutes-items/" + found[1] + "/place"
		}
		does(item("Tvåan"), url.Values{"to": {"up"}})
		does(item("Tre gör"), url.Values{"to": {"heading"}, "agendaItemId": {headings[1]}})
		does("/agenda-items/"+headings[1]+"/place", url.Values{"to": {"up"}})
		wall := h.wants(h.get(coordinator, notes+"/projector"), 200)
		seen, at := text(wall.body), -1
		for _, want := range []string{"1. Föregående anteckningar", "U1 Tre gör det.", "2. Öppnande och närvaro", "B1 Tvåan.", "Ett."} {
			next := strings.Index(seen, want)
			if next <= at {
				h.Errorf("%q is not where it should be: %s", want, seen)
			}
			at = next
		}
		if strings.Contains(wall.body, "<nav") || strings.Contains(wall.body, "<form") || !strings.Contains(wall.body, "<title>Anteckningar – Samverkan</title>") {
			h.Errorf("the wall shows more than the text: %s", wall.body)
		}
		if seen := text(h.get(coordinator, notes).body); !strings.Contains(seen, "Kvinnojouren, Handläggare") {
			h.Error("whoever came unasked is not written down")
		}
		if p := h.post(coordinator, item("Ett"), url.Values{"to": {"sideways"}}); p.status != http.StatusUnprocessableEntity {
			h.Errorf("moved sideways: %d", p.status)
		}
		if p := h.post(coordinator, add+"/attendees", url.Values{"organisation": {""}, "role": {""}}); p.status != http.StatusUnprocessableEntity {
			h.Errorf("nobody was written down: %d", p.status)
		}
	})
}
