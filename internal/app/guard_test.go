package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
)

// Every place where people write what is kept or leaves the house, and what the guard does there.
// "twice": a certain number is refused; what may tell who somebody is, is shown beside the field until
// the same button is pressed again. "review": it is shown where everything is read before it leaves.
var guarded = map[string]string{
	"heading of the notes": "twice", "report of an action": "twice", "answer to a date poll": "twice", "answer to an invitation": "twice", "comment of a receipt": "twice",
	"who should have the letters": "twice", "place of a meeting": "twice", "agenda of a forum": "twice",
	"reason of a cancellation": "review", "line in an invitation": "review", "line in a date poll": "review", "text pasted from a plan": "review", "participants of a pasted forum": "review", // TestPastingThePlan presses twice

	"items of the notes": "finish", // TestFinishingShowsWhatMayTell; drafts are never refused, so that no line is lost
}

// Where nothing is done, and why.
var unguarded = map[string]string{
	"name, address and number of a contact": "they are what may be written", "name of an account, an organisation, a role or a group": "the same",
	"name of a feed or a token": "its owner alone reads it", "words searched for": "they are not kept", "password": "it is not kept",
	"plan and minutes that are imported":  "refused whole, by TestTheGuardReadsAPlan and as finishing does",
	"comment and remarks of a log review": "as \"twice\": a certain number is refused by access.SignReview",
	"name of planning days":               "a certain number is refused; the days are read by coordinators alone", "comment of an answer by letter": "waits for a person, by TestAnAnswerWithANumberWaits",
}

const (
	someNumber = "Gäller 910101-2384 igen"
	someName   = "Gäller Fatima Hassan igen"
)

// guardedWorld has a form of each kind open.
type guardedWorld struct {
	*house
	press map[string]func(text, seen string) reply
}

func newGuardedWorld(h *house) *guardedWorld {
	g := &guardedWorld{house: h, press: map[string]func(text, seen string) reply{}}
	coordinator := h.as(access.Coordinator)
	answer := g.invited(coordinator)
	path, links := h.finished(coordinator)
	_, polls := h.polled(coordinator)
	guest := h.browser()
	g.add("report of an action", guest, links[police+" a"], "comment", url.Values{"state": {"cannot"}})
	g.add("who should have the letters", guest, links[police+" a"]+"/successor", "successorComment", url.Values{"successorName": {"Någon Annan"}})
	choices := url.Values{}
	for n := range 5 {
		choices.Set("choice-"+string(rune('0'+n)), "yes")
	}
	g.add("answer to a date poll", guest, polls[police], "comment", choices)
	g.add("answer to an invitation", guest, answer, "comment", url.Values{"partStat": {"ACCEPTED"}, "sequence": {"0"}})
	g.add("heading of the notes", coordinator, path+"/agenda", "title", url.Values{})
	g.add("place of a meeting", coordinator, "/new-meeting", "place", url.Values{"forumId": {h.world.Forums["polis-avstamning"].String()}, "date": {"2027-02-09"}, "starts": {"9"}, "ends": {"10"}})
	settings := "/forums/" + h.world.Forums["rvt-miranda"].String() + "/settings"
	form := h.fields(h.wants(h.get(coordinator, settings), 200), "/settings")
	form.Set("weekday", "2")
	g.add("agenda of a forum", coordinator, settings, "agenda", form)
	review := h.wants(h.post(coordinator, "/plan-texts/review", url.Values{"text": {"Polisen och Fatima Hassan möts i en regional samverkan varje månad."}}), 200)
	if seen := text(review.body); !strings.Contains(seen, "F••• H••• ser ut som ett namn.") {
		h.Errorf("the review of a pasted plan: %s", seen)
	}
	g.receipt(coordinator, path)
	return g
}

func (g *guardedWorld) add(name string, c *http.Client, path, field string, form url.Values) {
	g.press[name] = func(text, seen string) reply {
		f := url.Values{}
		for k, v := range form {
			f[k] = v
		}
		f.Set(field, text)
		if seen != "" {
			f.Set("seen", seen)
		}
		return g.post(c, path, f)
	}
}

// invited gives the answer link of the police to a meeting that is to come.
func (g *guardedWorld) invited(coordinator *http.Client) string {
	meeting := g.scheduled("polis-avstamning", "2027-01-12")
	review := g.wants(g.post(coordinator, meeting+"/review", url.Values{"act": {"invitation"}, "version": {"1"}, "note": {"Ta med Fatima Hassan"}}), 200)
	if seen := text(review.body); !strings.Contains(seen, "F••• H••• ser ut som ett namn.") || !strings.Contains(seen, "Inget hindrar dig från att fortsätta.") {
		g.Errorf("the review of an invitation: %s", seen)
	}
	if p := g.post(coordinator, meeting+"/review", url.Values{"act": {"invitation"}, "version": {"1"}, "note": {someNumber}}); p.status != 422 || !strings.Contains(text(p.body), "(910101-••••)") {
		g.Errorf("a number in the line: %d", p.status)
	}
	before := len(g.mail.Letters())
	g.wants(g.post(coordinator, meeting+"/acts", g.fields(review, "/acts")), http.StatusSeeOther)
	g.pass(2 * time.Minute)
	link := ""
	for n, letter := range g.sentSince(before) {
		if g.to(before+n) == police {
			link = regexp.MustCompile(`http\S+/i/\S+`).FindString(letter.Text)
		}
	}
	cancel := g.scheduled("polis-avstamning", "2027-01-19")
	review = g.wants(g.post(coordinator, cancel+"/review", url.Values{"act": {"cancellation"}, "version": {"1"}, "reason": {someName}}), 200)
	if seen := text(review.body); !strings.Contains(seen, "F••• H••• ser ut som ett namn.") {
		g.Errorf("the review of a cancellation: %s", seen)
	}
	if p := g.post(coordinator, cancel+"/review", url.Values{"act": {"cancellation"}, "version": {"1"}, "reason": {someNumber}}); p.status != 422 {
		g.Errorf("a number in the reason: %d", p.status)
	}
	poll := g.pollForm(coordinator)
	poll.Set("note", someName)
	if seen := text(g.wants(g.post(coordinator, "/new-date-poll", poll), 200).body); !strings.Contains(seen, "F••• H••• ser ut som ett namn.") {
		g.Errorf("the review of a date poll: %s", seen)
	}
	return link
}

// receipt passes an item on in a correction, and gives the lead's form.
func (g *guardedWorld) receipt(coordinator *http.Client, path string) {
	notes := g.get(coordinator, path+"/finish")
	back := regexp.MustCompile(`href="(/meetings/[0-9a-f-]{36}/notes)"`).FindStringSubmatch(notes.body)[1]
	heading := regexp.MustCompile(`name="agendaItemId" value="([0-9a-f-]{36})">`).FindStringSubmatch(g.get(coordinator, back).body)[1]
	g.wants(g.post(coordinator, path+"/items", url.Values{"agendaItemId": {heading}, "kind-" + heading: {"relay"}, "text-" + heading: {"Ring innan ni hänvisar."}, "receivers-" + heading: {g.group("vuxen")}}), http.StatusSeeOther)
	review := g.fields(g.get(coordinator, path+"/finish"), "/finish")
	review.Set("reason", "En punkt till")
	g.wants(g.post(coordinator, path+"/finish", review), http.StatusSeeOther)
	lead := g.as(access.GroupLead)
	form := g.fields(g.wants(g.get(lead, "/relay-items"), 200), "/relay-items/acknowledgement")
	form.Set("kind", "apt")
	g.add("comment of a receipt", lead, "/relay-items/acknowledgement", "comment", form)
}

func TestTheGuardStandsWhereverPeopleWrite(t *testing.T) {
	onBoth(t, func(h *house) {
		g := newGuardedWorld(h)
		for name, how := range guarded {
			if how != "twice" {
				continue
			}
			press := g.press[name]
			if press == nil {
				h.Errorf("%s: no form", name)
				continue
			}
			refused := press(someNumber, "")
			if refused.status != 422 || !strings.Contains(text(refused.body), "Det ser ut att stå ett personnummer eller ett ärendenummer i texten (910101-••••). Ta bort det.") {
				h.Errorf("%s: a number gets %d: %s", name, refused.status, text(refused.body))
			}
			warned := press(someName, "")
			seen := regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`).FindStringSubmatch(warned.body)
			if warned.status != 422 || seen == nil || !strings.Contains(text(warned.body), "F••• H••• ser ut som ett namn. Skriv en roll i stället.") || !strings.Contains(warned.body, someName) {
				h.Errorf("%s: a name gets %d: %s", name, warned.status, text(warned.body))
				continue
			}
			if address := press("Storgatan 12", ""); address.status != 422 || !strings.Contains(text(address.body), "S••• 1••• ser ut som en adress.") {
				h.Errorf("%s: an address gets %d", name, address.status)
			}
			if other := press(someName+" i Högsjö med Ali Ahmadi", seen[1]); other.status != 422 {
				h.Errorf("%s: another text goes through unseen: %d", name, other.status)
			}
			if p := press(someName, seen[1]); p.status != http.StatusSeeOther {
				h.Errorf("%s: the same button once more gets %d: %s", name, p.status, text(p.body))
			}
		}
		for name, why := range unguarded {
			if guarded[name] != "" || why == "" {
				h.Errorf("%s is in both lists, or without a reason", name)
			}
		}
	})
}

func TestFinishingShowsWhatMayTell(t *testing.T) {
	onBoth(t, func(h *house) {
		meeting := h.scheduled("polis-avstamning", "2026-12-08")
		h.clock = time.Date(2026, 12, 8, 8, 0, 0, 0, time.UTC)
		coordinator := h.as(access.Coordinator)
		notes := h.wants(h.post(coordinator, meeting+"/notes", nil), http.StatusSeeOther).to
		page := h.get(coordinator, notes)
		heading := regexp.MustCompile(`name="agendaItemId" value="([0-9a-f-]{36})">`).FindStringSubmatch(page.body)[1]
		items := regexp.MustCompile(`action="(/minutes/[0-9a-f-]{36}/items)"`).FindStringSubmatch(page.body)[1]
		minutes := strings.TrimSuffix(items, "/items")
		write := func(text string) {
			h.wants(h.post(coordinator, items, url.Values{"agendaItemId": {heading}, "kind-" + heading: {"note"}, "text-" + heading: {text}}), http.StatusSeeOther)
		}
		write("B: Hans Gran på Hemlig plats tar frågan om Fatima Hassan, Storgatan 12, 070-1740688.")
		write("En 15-årig flicka på Slottsskolan hotades i lördags.")
		review := h.wants(h.get(coordinator, minutes+"/finish"), 200)
		box := regexp.MustCompile(`(?s)Kan någon kännas igen\?.*?</div>`).FindString(review.body)
		for _, want := range []string{", B1", "F••• H••• ser ut som ett namn.", "S••• 1••• ser ut som en adress.", "070-•••••• ser ut som ett telefonnummer.", "Flera uppgifter kan tillsammans peka ut någon:", "Inget av det hindrar dig"} {
			if !strings.Contains(text(box), want) {
				h.Errorf("the box lacks %q: %s", want, text(box))
			}
		}
		for _, never := range []string{"Hassan", "Storgatan", "H••• G•••", "Slottsskolan"} {
			if strings.Contains(text(box), never) {
				h.Errorf("the box shows %q: %s", never, text(box))
			}
		}
		anchors := regexp.MustCompile(`href="(/meetings/[^"]+)#(p-[0-9a-f-]{36})"`).FindAllStringSubmatch(box, -1)
		if len(anchors) != 2 {
			h.Fatalf("%d links, not one for each item: %s", len(anchors), box)
		}
		for _, a := range anchors {
			if !strings.Contains(h.get(coordinator, a[1]).body, `id="`+a[2]+`"`) {
				h.Errorf("%s leads nowhere", a[0])
			}
		}
		p, seen := h.call(http.MethodPost, minutes+"/reviews", map[string]any{})
		h.wants(p, 200)
		kinds := ""
		for _, s := range seen["suspects"].([]any) {
			kinds += s.(map[string]any)["kind"].(string) + " "
		}
		if kinds != "name address phone combination " || strings.Contains(p.body, "Hassan") {
			h.Errorf("by program: %s in %s", kinds, p.body)
		}
		h.wants(h.post(coordinator, minutes+"/finish", h.fields(review, "/finish")), http.StatusSeeOther)
	})
}

// Whoever is silent about a name tells that it is known: a guest's guard knows nobody.
func TestAGuestLearnsFromTheGuardNobodyWhoTakesPart(t *testing.T) {
	onBoth(t, func(h *house) {
		_, links := h.finished(h.as(access.Coordinator))
		for _, name := range []string{"Hans Gran", "Fatima Hassan"} {
			if p := h.post(h.browser(), links[police+" a"], url.Values{"state": {"cannot"}, "comment": {"Ring " + name}}); p.status != 422 || !strings.Contains(text(p.body), "ser ut som ett namn") {
				h.Errorf("%s: %d", name, p.status)
			}
		}
	})
}
