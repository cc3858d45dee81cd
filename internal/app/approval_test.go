package app_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/work"
)

// written writes a note at a meeting of the forum through the doors, and gives the paths of the notes and the minutes.
func (h *house) written(coordinator *http.Client, external string) (notes, path, heading string) {
	h.Helper()
	meeting := h.scheduled(external, "2026-12-08")
	h.clock = time.Date(2026, 12, 8, 8, 0, 0, 0, time.UTC)
	*coordinator = *h.as(access.Coordinator)
	notes = h.wants(h.post(coordinator, meeting+"/notes", nil), http.StatusSeeOther).to
	page := h.get(coordinator, notes)
	heading = regexp.MustCompile(`name="agendaItemId" value="([0-9a-f-]{36})">`).FindStringSubmatch(page.body)[1]
	path = strings.TrimSuffix(regexp.MustCompile(`action="(/minutes/[0-9a-f-]{36}/items)"`).FindStringSubmatch(page.body)[1], "/items")
	h.wants(h.post(coordinator, path+"/items", url.Values{"agendaItemId": {heading}, "kind-" + heading: {"note"}, "text-" + heading: {"Lägesbilden är " + canary}}), http.StatusSeeOther)
	return notes, path, heading
}

// shows asks a page to hold sentences.
func (h *house) shows(p reply, sentences ...string) {
	h.Helper()
	for _, want := range sentences {
		if !strings.Contains(text(p.body), want) {
			h.Errorf("the page does not show %q: %s", want, text(p.body))
		}
	}
}

// A draft goes to an account and to somebody outside; both approve; an edit in between voids it and says so; the finished
// version names them.
func TestMinutesAreApprovedByAnAccountAndByALinkWithACode(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator, forum := h.as(access.Coordinator), "/forums/"+h.world.Forums["rvt-miranda"].String()
		member := h.world.Identities[access.Member].String()
		page := h.wants(h.get(coordinator, forum), 200)
		h.shows(page, "Hur anteckningarna blir klara", "räknas troligen som expedierat")
		h.shows(h.wants(h.post(coordinator, forum+"/agreeing", url.Values{"way": {"approvers"}}), http.StatusUnprocessableEntity), "Välj minst en som ska godkänna.")
		h.shows(h.wants(h.post(coordinator, forum+"/agreeing", url.Values{"way": {"silence"}, "days": {"61"}}), http.StatusUnprocessableEntity), "Skriv ett tal från 1 till 60.")
		h.wants(h.post(coordinator, forum+"/outside-approval", nil), http.StatusSeeOther)
		page = h.wants(h.get(coordinator, forum), 200)
		h.shows(page, "enligt beslut av")
		outside := regexp.MustCompile(`name="contactId" value="([0-9a-f-]{36})"> <span>`).FindStringSubmatch(page.body)[1]
		h.wants(h.post(coordinator, forum+"/agreeing", url.Values{"way": {"approvers"}, "identityId": {member}, "contactId": {outside}}), http.StatusSeeOther)

		notes, path, heading := h.written(coordinator, "rvt-miranda")
		review := h.wants(h.get(coordinator, path+"/finish"), 200)
		h.shows(review, "De här ska godkänna utkastet innan du färdigställer.", "utan konto, får en länk", "räknas troligen som expedierat", "Skicka för godkännande")
		h.shows(h.post(coordinator, path+"/finish", h.fields(review, "/finish")), "Anteckningarna ska godkännas först.")
		before := len(h.mail.Letters())
		h.wants(h.post(coordinator, path+"/submission", h.fields(review, "/finish")), http.StatusSeeOther)
		h.pass(0)
		letters, link := h.sentSince(before), ""
		if len(letters) != 2 {
			h.Fatalf("%d letters, not 2", len(letters))
		}
		for _, l := range letters {
			if strings.Contains(l.Text+l.HTML+l.Subject, canary) {
				h.Errorf("a letter tells what the draft says: %s", l.Text)
			}
			if found := aLink.FindString(l.Text); strings.Contains(found, "/g/") {
				link = found
			} else if !strings.Contains(l.Text, path+"/approval") || !strings.Contains(l.Text, "Du loggar in för att läsa.") {
				h.Errorf("the letter to the account: %s", l.Text)
			}
		}

		guest := h.browser()
		closed := h.wants(h.get(guest, link), 200)
		if strings.Contains(closed.body, canary) {
			h.Error("the draft is read without a code")
		}
		if p := h.post(guest, link+"/approval", url.Values{"hash": {"x"}}); p.status != http.StatusNotFound {
			h.Errorf("approved without a code: %d", p.status)
		}
		h.unlock(guest, link)
		opened := h.wants(h.get(guest, link), 200)
		h.shows(opened, "Lägesbilden är "+canary, "Det här är ett utkast.")
		h.wants(h.post(guest, link+"/approval", h.fields(opened, "/approval")), http.StatusSeeOther)
		h.shows(h.get(guest, link), "Du har godkänt anteckningarna.")
		h.guestLogs("approve minutes", 2)

		// an edit says what it costs, and voids
		stands := h.wants(h.get(coordinator, notes), 200)
		h.shows(stands, "Om du ändrar måste alla godkänna igen.", "1 godkännande slutar gälla.")
		h.shows(h.post(coordinator, path+"/items", url.Values{"agendaItemId": {heading}, "kind-" + heading: {"note"}, "text-" + heading: {"Mer"}}), "Ta tillbaka dem först.")
		h.wants(h.post(coordinator, path+"/submission/removal", nil), http.StatusSeeOther)
		if p := h.get(guest, link); p.status != http.StatusNotFound {
			h.Errorf("the link opens what was taken back: %d", p.status)
		}
		h.wants(h.post(coordinator, path+"/items", url.Values{"agendaItemId": {heading}, "kind-" + heading: {"note"}, "text-" + heading: {"Mer"}}), http.StatusSeeOther)
		h.wants(h.post(coordinator, path+"/submission", h.fields(h.get(coordinator, path+"/finish"), "/finish")), http.StatusSeeOther)

		reader := h.as(access.Member)
		h.shows(h.get(reader, "/"), "Läs och godkänn anteckningarna")
		draft := h.wants(h.get(reader, path+"/approval"), 200)
		h.shows(draft, "Lägesbilden är "+canary)
		h.wants(h.post(reader, path+"/approval", h.fields(draft, "/approval")), http.StatusSeeOther)
		waits := h.wants(h.get(coordinator, path+"/finish"), 200)
		h.shows(waits, "Har inte godkänt än", "Färdigställ ändå")
		h.shows(h.post(coordinator, path+"/finish", h.fields(waits, "/finish")), "Alla har inte godkänt än.")
		h.wants(h.post(guest, link+"/approval", h.fields(h.get(guest, link), "/approval")), http.StatusSeeOther)
		h.shows(h.get(coordinator, "/"), "Alla har godkänt")
		h.wants(h.post(coordinator, path+"/finish", h.fields(h.get(coordinator, path+"/finish"), "/finish")), http.StatusSeeOther)
		finished := h.wants(h.get(coordinator, path), 200)
		h.shows(finished, "Skickades för godkännande", "Godkänt av")
		_, told := h.call(http.MethodGet, path, nil)
		if agreement, is := told["agreement"].(map[string]any); !is || len(agreement["approvals"].([]any)) != 2 || agreement["way"] != "approvers" {
			h.Errorf("the API tells %v", told["agreement"])
		}
	})
}

// Whoever is outside and does not answer is reminded in the day's one letter; a view goes to the writer.
func TestSomebodyOutsideIsRemindedToApproveAndWritesAView(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator, forum := h.as(access.Coordinator), "/forums/"+h.world.Forums["rvt-miranda"].String()
		h.wants(h.post(coordinator, forum+"/outside-approval", nil), http.StatusSeeOther)
		outside := regexp.MustCompile(`name="contactId" value="([0-9a-f-]{36})"> <span>`).FindStringSubmatch(h.get(coordinator, forum).body)[1]
		h.wants(h.post(coordinator, forum+"/agreeing", url.Values{"way": {"approvers"}, "contactId": {outside}}), http.StatusSeeOther)
		_, path, _ := h.written(coordinator, "rvt-miranda")
		before := len(h.mail.Letters())
		h.wants(h.post(coordinator, path+"/submission", h.fields(h.get(coordinator, path+"/finish"), "/finish")), http.StatusSeeOther)
		h.pass(0)
		link := aLink.FindString(h.sentSince(before)[0].Text)
		h.clock = time.Date(2026, 12, 14, 8, 0, 0, 0, time.UTC)
		before = len(h.mail.Letters())
		worker := work.Desk{DB: h.app.DB, Office: h.app.Office, Sender: h.app.Sender, Log: slog.New(slog.DiscardHandler)}
		if err := worker.Remind(h.Context()); err != nil {
			h.Fatal(err)
		}
		h.pass(0)
		reminded := 0
		for _, l := range h.sentSince(before) {
			if strings.Contains(l.Text, link) {
				reminded++
			}
		}
		if reminded != 1 {
			h.Errorf("%d reminders with the link", reminded)
		}
		guest := h.browser()
		h.unlock(guest, link)
		h.shows(h.wants(h.post(guest, link+"/views", url.Values{"text": {someNumber}}), http.StatusUnprocessableEntity), "910101-••••")
		h.wants(h.post(guest, link+"/views", url.Values{"text": {"Beslutet gäller från mars."}}), http.StatusSeeOther)
		*coordinator = *h.as(access.Coordinator)
		h.shows(h.get(coordinator, "/"), "Läs synpunkterna på anteckningarna")
		review := h.wants(h.get(coordinator, path+"/finish"), 200)
		h.shows(review, "Beslutet gäller från mars.")
		f := h.fields(review, "/finish")
		f.Set("despite", "Hen har slutat.")
		h.wants(h.post(coordinator, path+"/finish", f), http.StatusSeeOther)
		h.shows(h.get(coordinator, path), "Inte godkänt av", "Färdigställt ändå: Hen har slutat.")
	})
}
