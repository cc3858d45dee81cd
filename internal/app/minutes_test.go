package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// The plan's promise, second half: a meeting was held, notes are written and finalised, what was
// learnt is passed on to a work group, gone through there, and found again.
func TestFromTheMeetingToTheWorkGroup(t *testing.T) {
	onBoth(t, func(h *house) {
		meeting := h.scheduled("polis-avstamning", "2026-12-08")
		h.clock = time.Date(2026, 12, 8, 8, 0, 0, 0, time.UTC)
		coordinator := h.as(access.Coordinator)

		// Notes of three items with two decisions and two actions, without leaving the keyboard.
		notes := h.wants(h.post(coordinator, meeting+"/notes", nil), http.StatusSeeOther).to
		page := h.wants(h.get(coordinator, notes), 200)
		headings := regexp.MustCompile(`name="agendaItemId" value="([0-9a-f-]{36})">`).FindAllStringSubmatch(page.body, -1)
		if len(headings) < 3 {
			h.Fatalf("%d headings from the forum's agenda", len(headings))
		}
		items := regexp.MustCompile(`action="(/minutes/[0-9a-f-]{36}/items)"`).FindStringSubmatch(page.body)[1]
		minutes := strings.TrimSuffix(items, "/items")
		write := func(heading int, more url.Values) reply {
			f := url.Values{"agendaItemId": {headings[heading][1]}, "kind-" + headings[heading][1]: {"note"}}
			for name, values := range more {
				f[name+"-"+headings[heading][1]] = values
			}
			return h.post(coordinator, items, f)
		}
		h.wants(write(0, url.Values{"text": {"Lägesbilden är oförändrad.\r\nB: Lathunden tas fram gemensamt.\r\nU: Anna skriver första utkastet senast 15/1"}}), http.StatusSeeOther)
		h.wants(write(1, url.Values{"text": {"B: Telefontolk erbjuds från första samtalet.\nU: IFO-chefen bokar utbildning senast 2027-02-01"}}), http.StatusSeeOther)
		h.wants(write(2, url.Values{"text": {"Riskbedömningar görs alltid före hämtning."}}), http.StatusSeeOther)
		group := h.group("vuxen")
		h.wants(write(3, url.Values{"kind": {"relay"}, "text": {"Ring teamet innan ni hänvisar."}, "receivers": {group}}), http.StatusSeeOther)
		if p := write(3, url.Values{"kind": {"relay"}, "text": {"Till ingen"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, "Till ingen") {
			h.Errorf("an item to nobody: %d", p.status)
		}
		seen := text(h.get(coordinator, notes).body)
		for _, want := range []string{"Beslut Lathunden tas fram gemensamt.", "Ansvarig: Anna · Klart senast 2027-01-15", "Ansvarig: IFO-chefen · Klart senast 2027-02-01", "Till: Vuxenhandläggare"} {
			if !strings.Contains(seen, want) {
				h.Errorf("the notes do not show %q: %s", want, seen)
			}
		}

		// A personal number blocks until it is gone.
		h.wants(write(2, url.Values{"text": {"Numret 19910101-2384 ska inte stå här."}}), http.StatusSeeOther)
		review := h.wants(h.get(coordinator, minutes+"/finish"), 200)
		if seen := text(review.body); !strings.Contains(seen, "910101-••••") || strings.Contains(text(review.body), "Varför får numret stå kvar?") == false {
			h.Errorf("the review does not see the number: %s", seen)
		}
		blocked := h.wants(h.post(coordinator, minutes+"/finish", h.fields(review, "/finish")), http.StatusUnprocessableEntity)
		if !strings.Contains(text(blocked.body), "Det ser ut att stå ett personnummer eller ett ärendenummer i texten (910101-••••)") {
			h.Errorf("the refusal: %s", text(blocked.body))
		}
		draft := h.get(coordinator, notes)
		struck := regexp.MustCompile(`(?s)id="p-([0-9a-f-]{36})">\s*<div class="shown"><div class="rich"><p>Numret`).FindStringSubmatch(draft.body)
		h.wants(h.post(coordinator, "/minutes-items/"+struck[1]+"/removal", url.Values{"version": {"1"}}), http.StatusSeeOther)

		// Ended in one act, seen before it is done.
		review = h.wants(h.get(coordinator, minutes+"/finish"), 200)
		if seen := text(review.body); !strings.Contains(seen, "Färdigställ, förmedla och skicka breven") || !strings.Contains(seen, "Ring teamet innan ni hänvisar.") {
			h.Fatalf("the review: %s", seen)
		}
		before := len(h.mail.Letters())
		silent := h.fields(review, "/finish")
		silent.Del("shareNotes") // what contacts are sent has a test of its own
		h.wants(h.post(coordinator, minutes+"/finish", silent), http.StatusSeeOther)
		h.pass(time.Second)
		if n := len(h.mail.Letters()) - before; n != 1 {
			h.Fatalf("%d letters, not one to the lead", n)
		}
		letter := h.letters("", 1)["gruppledare@vingaker.example"]
		if !strings.HasPrefix(letter.Subject, "Att förmedla: Avstämning, Vingåkers kommun") || strings.Contains(letter.Text, "teamet") {
			h.Errorf("the letter: %s\n%s", letter.Subject, letter.Text)
		}
		frozen := h.wants(h.get(coordinator, minutes), 200)
		for _, want := range []string{"B1 Lathunden tas fram gemensamt.", "B2 Telefontolk", "U1 Anna skriver första utkastet", "U2 IFO-chefen bokar utbildning", "SHA-256:"} {
			if !strings.Contains(text(frozen.body), want) {
				h.Errorf("the finished notes lack %q", want)
			}
		}
		if again := h.post(coordinator, minutes+"/finish", h.fields(review, "/finish")); again.status != http.StatusUnprocessableEntity {
			h.Errorf("finalised twice: %d", again.status)
		}

		// The lead sees its items and nothing else of that meeting, with an account or by the link.
		link := regexp.MustCompile(`http\S+/r/\S+`).FindString(letter.Text)
		guest, lead := h.browser(), h.as(access.GroupLead)
		for who, p := range map[string]reply{"the link": h.wants(h.get(guest, link), 200), "the lead": h.wants(h.get(lead, "/relay-items"), 200)} {
			if seen := text(p.body); !strings.Contains(seen, "Ring teamet innan ni hänvisar.") || strings.Contains(seen, "Lathunden") || strings.Contains(seen, "kommunpolis") {
				h.Errorf("%s shows: %s", who, seen)
			}
		}
		for _, path := range []string{minutes, meeting, notes, "/minutes", "/search"} {
			if p := h.get(lead, path); p.status != http.StatusNotFound {
				h.Errorf("the lead reads %s: %d", path, p.status)
			}
		}
		receipt := h.fields(h.get(guest, link), "/r/")
		receipt.Set("kind", "apt")
		late := url.Values{}
		for name, values := range receipt {
			late[name] = values
		}
		late.Set("date", "2026-12-24")
		h.wants(h.post(guest, link, late), http.StatusUnprocessableEntity)
		h.wants(h.post(guest, link, receipt), http.StatusSeeOther)
		if seen := text(h.get(coordinator, "/relay-items").body); !strings.Contains(seen, "Inget väntar på att gås igenom.") || !strings.Contains(seen, "APT 2026-12-08") {
			h.Errorf("who is left: %s", seen)
		}

		// Found again, by those who may read it, with the word where it lands.
		search := func(c *http.Client, words string) string {
			return h.wants(h.post(c, "/search", url.Values{"query": {words}}), 200).body
		}
		hits := search(coordinator, "riskbedömning")
		if !strings.Contains(text(hits), "1 träff") || !strings.Contains(hits, "<mark>Riskbedömningar</mark>") || !regexp.MustCompile(`href="`+minutes+`#p-[0-9a-f-]{36}"`).MatchString(hits) {
			h.Errorf("the search: %s", text(hits))
		}
		if hits := search(coordinator, "tolk"); !strings.Contains(text(hits), "1 träff") {
			h.Errorf("inside a compound: %s", text(hits))
		}
		if hits := search(h.as(access.Member), "riskbedömning"); !strings.Contains(text(hits), "0 träffar") { // of another forum
			h.Errorf("found by whom it is not for: %s", text(hits))
		}
		if p := h.post(coordinator, "/search", url.Values{"query": {""}}); p.status != http.StatusUnprocessableEntity {
			h.Errorf("a search for nothing: %d", p.status)
		}

		// A correction is a new version; the old one stays, and only what changed is asked for again.
		h.wants(write(0, url.Values{"text": {"Tillägg: lathunden gäller alla."}}), http.StatusSeeOther)
		review = h.wants(h.get(coordinator, minutes+"/finish"), 200)
		h.wants(h.post(coordinator, minutes+"/finish", h.fields(review, "/finish")), http.StatusUnprocessableEntity)
		form := h.fields(h.wants(h.get(coordinator, minutes+"/finish"), 200), "/finish")
		form.Set("reason", "En mening saknades")
		before = len(h.mail.Letters())
		h.wants(h.post(coordinator, minutes+"/finish", form), http.StatusSeeOther)
		h.pass(time.Second)
		if n := len(h.mail.Letters()) - before; n != 0 {
			h.Errorf("%d letters about an unchanged item", n)
		}
		if seen := text(h.get(coordinator, minutes).body); !strings.Contains(seen, "Tillägg: lathunden gäller alla.") || !strings.Contains(seen, "En mening saknades") {
			h.Errorf("the correction: %s", seen)
		}
		if hits := search(coordinator, "tillägg"); !strings.Contains(text(hits), "1 träff") {
			h.Errorf("the correction is not found: %s", text(hits))
		}
		if seen := text(h.get(coordinator, minutes+"?version=1").body); strings.Contains(seen, "Tillägg") {
			h.Errorf("the first version changed: %s", seen)
		}
		manager := h.as(access.Manager)
		h.wants(h.get(manager, minutes), 200)
		if p := h.get(h.as(access.Member), minutes); p.status != http.StatusNotFound { // of another forum
			h.Errorf("a member of another forum reads: %d", p.status)
		}
		if p := h.get(h.as(access.Administrator), minutes); p.status != http.StatusNotFound {
			h.Errorf("an administrator reads minutes: %d", p.status)
		}
	})
}

// group gives the id of a work group.
func (h *house) group(external string) (id string) {
	h.Helper()
	h.read(func(tx *store.Tx) error {
		found, _, err := store.ByExternalID(tx, &partner.WorkGroup{}, external)
		id = found.String()
		return err
	})
	return id
}
