package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// sentSince gives the letters that came after the first n, by address and kind of link.
func (h *house) sentSince(n int) (all []mailtest.Mail) {
	h.Helper()
	for _, received := range h.mail.Letters()[n:] {
		all = append(all, mailtest.Parse(h.T, received.Data))
	}
	return all
}

// to gives the address of the n-th letter after the first before.
func (h *house) to(n int) string { return h.mail.Letters()[n].To }

var (
	aCode = regexp.MustCompile(`(?m)^\d{6}$`)
	aLink = regexp.MustCompile(`http\S+/([inarpdowgu])/(\S+)`)
)

// code is the one in the last letter.
func (h *house) code() string {
	h.Helper()
	letters := h.mail.Letters()
	code := aCode.FindString(strings.ReplaceAll(mailtest.Parse(h.T, letters[len(letters)-1].Data).Text, "\r", ""))
	if code == "" {
		h.Fatal("the last letter holds no code")
	}
	return code
}

// finished ends a meeting with the police through the doors, with an action of the police's, and
// gives the path of its minutes and the links in the letters by address and door.
func (h *house) finished(coordinator *http.Client) (path string, links map[string]string) {
	h.Helper()
	meeting := h.scheduled("polis-avstamning", "2026-12-08")
	h.clock = time.Date(2026, 12, 8, 8, 0, 0, 0, time.UTC)
	*coordinator = *h.as(access.Coordinator)
	notes := h.wants(h.post(coordinator, meeting+"/notes", nil), http.StatusSeeOther).to
	page := h.get(coordinator, notes)
	heading := regexp.MustCompile(`name="agendaItemId" value="([0-9a-f-]{36})">`).FindStringSubmatch(page.body)[1]
	items := regexp.MustCompile(`action="(/minutes/[0-9a-f-]{36}/items)"`).FindStringSubmatch(page.body)[1]
	path = strings.TrimSuffix(items, "/items")
	h.wants(h.post(coordinator, items, url.Values{"agendaItemId": {heading}, "kind-" + heading: {"note"},
		"text-" + heading: {"Lägesbilden är " + canary + ".\nU: Polisen skickar " + canary + "lista senast 15/1"}}), http.StatusSeeOther)
	review := h.wants(h.get(coordinator, path+"/finish"), 200)
	for _, want := range []string{"Skicka en länk till anteckningarna till forumets kontakter", "Hans Gran", "Skicka en länk att rapportera uppgiften", "U1: Hans Gran, Polisen", "Anteckningarna från mötet går att läsa"} {
		if !strings.Contains(text(review.body), want) {
			h.Errorf("the review does not show %q: %s", want, text(review.body))
		}
	}
	before := len(h.mail.Letters())
	h.wants(h.post(coordinator, path+"/finish", h.fields(review, "/finish")), http.StatusSeeOther)
	h.pass(0)
	links = map[string]string{}
	for n, letter := range h.sentSince(before) {
		if strings.Contains(letter.Text+letter.HTML+letter.Subject, canary) || strings.Contains(letter.Text, "Polisen") {
			h.Errorf("a letter tells what the notes say: %s\n%s", letter.Subject, letter.Text)
		}
		found := aLink.FindStringSubmatch(letter.Text)
		links[h.to(before+n)+" "+found[1]] = found[0]
	}
	if len(links) != 4 {
		h.Fatalf("%v: not three links to notes and one to the action", links)
	}
	return path, links
}

const police = "hans.gran@omrade-vast.example"

// unlock asks for a code on a guest's page and enters it.
func (h *house) unlock(guest *http.Client, link string) {
	h.Helper()
	h.wants(h.post(guest, link+"/code", nil), http.StatusSeeOther)
	h.pass(0)
	h.wants(h.post(guest, link+"/entry", url.Values{"code": {h.code()}}), http.StatusSeeOther)
}

// A contact without an account reads finished notes of the own forum: a link, a code, the notes, the
// log; remembered for 12 hours; nothing once the role has ended.
func TestGuestReadsFinishedNotes(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		path, links := h.finished(coordinator)
		link, guest := links[police+" n"], h.browser()
		closed := h.wants(h.get(guest, link), 200)
		if seen := text(closed.body); !strings.Contains(seen, "Avstämning, Vingåkers kommun") || !strings.Contains(seen, "h…@omrade-vast.example") || strings.Contains(closed.body, canary) {
			h.Errorf("before the code: %s", seen)
		}
		before := len(h.mail.Letters())
		h.wants(h.post(guest, link+"/code", nil), http.StatusSeeOther)
		h.pass(0)
		letters := h.sentSince(before)
		if len(letters) != 1 || h.to(before) != police || aCode.MatchString(letters[0].Subject) {
			h.Fatalf("the code: %d letters", len(letters))
		}
		wrong := h.wants(h.post(guest, link+"/entry", url.Values{"code": {"12345"}}), http.StatusUnprocessableEntity)
		if !strings.Contains(text(wrong.body), "Koden stämmer inte") {
			h.Errorf("a wrong code: %s", text(wrong.body))
		}
		session := h.cookie(guest)
		code := h.code()
		h.wants(h.post(guest, link+"/entry", url.Values{"code": {code[:3] + " " + code[3:]}}), http.StatusSeeOther)
		if h.cookie(guest) == session || h.cookie(guest) == "" {
			h.Error("the session kept its token")
		}
		opened := h.wants(h.get(guest, link), 200)
		if seen := text(opened.body); !strings.Contains(seen, "Lägesbilden är "+canary) || !strings.Contains(seen, "Ansvarig: Polisen") {
			h.Errorf("the notes: %s", seen)
		}
		h.guestLogs("read minutes by link", 2)
		if p := h.post(h.browser(), link+"/entry", url.Values{"code": {code}}); p.status != http.StatusUnprocessableEntity {
			h.Errorf("the code twice: %d", p.status)
		}

		// Neither the outbox nor the API shows the code.
		list := h.get(coordinator, "/outbox")
		opens := regexp.MustCompile(`/outbox/[0-9a-f-]{36}">Din kod`).FindString(list.body)
		letter := h.wants(h.get(coordinator, strings.TrimSuffix(opens, `">Din kod`)), 200)
		if !strings.Contains(text(letter.body), "Brevet innehåller en personlig kod eller länk och visas inte.") || strings.Contains(letter.body, code) {
			h.Errorf("the outbox: %s", text(letter.body))
		}

		// Another contact's link asks this browser again.
		if seen := h.get(guest, links["chef@vingaker.example n"]).body; strings.Contains(seen, canary) {
			h.Error("remembered as somebody else")
		}
		h.clock = h.clock.Add(12*time.Hour - time.Minute)
		if !strings.Contains(h.get(guest, link).body, canary) {
			h.Error("forgotten too early")
		}
		h.clock = h.clock.Add(2 * time.Minute)
		if strings.Contains(h.get(guest, link).body, canary) {
			h.Error("remembered for longer than 12 hours")
		}

		// A correction is read by the same link.
		h.unlock(guest, link)
		*coordinator = *h.as(access.Coordinator)
		h.corrected(coordinator, path)
		if seen := text(h.get(guest, link).body); !strings.Contains(seen, "Tillägg") {
			h.Errorf("the correction: %s", seen)
		}

		// Ended by the coordinator, and sent again.
		contact := h.world.Contacts["omradespolis"]
		h.wants(h.post(coordinator, path+"/links", url.Values{"contactId": {contact.String()}, "act": {"end"}}), http.StatusSeeOther)
		h.wants(h.get(guest, link), http.StatusNotFound)
		before = len(h.mail.Letters())
		h.wants(h.post(coordinator, path+"/links", url.Values{"contactId": {contact.String()}, "act": {"send"}}), http.StatusSeeOther)
		h.pass(0)
		again := aLink.FindString(h.sentSince(before)[0].Text)
		h.wants(h.get(guest, link), http.StatusNotFound)
		if !strings.Contains(h.get(guest, again).body, canary) {
			h.Error("the new link opens nothing")
		}

		// The role ends: nothing at the next request.
		h.write(func(tx *store.Tx) error {
			return forum.Unseat(tx, access.System(), h.world.Forums["polis-avstamning"], contact)
		})
		h.wants(h.get(guest, again), http.StatusNotFound)
		h.wants(h.post(guest, again+"/code", nil), http.StatusNotFound)
	})
}

// cookie is the browser's session.
func (h *house) cookie(c *http.Client) string {
	h.Helper()
	address, err := url.Parse(h.url)
	if err != nil {
		h.Fatal(err)
	}
	for _, cookie := range c.Jar.Cookies(address) {
		return cookie.Value
	}
	return ""
}

// guestLogs wants an action n times in the access log, by a guest.
func (h *house) guestLogs(action string, n int64) {
	h.Helper()
	h.read(func(tx *store.Tx) error {
		var have int64
		err := tx.DB.Model(&access.LogEntry{}).Where("action = ? AND actor = 'guest' AND object_id IS NOT NULL", action).Count(&have).Error
		if have != n {
			h.Errorf("%q stands %d times in the log, not %d", action, have, n)
		}
		return err
	})
}

// corrected finishes a correction that adds a sentence.
func (h *house) corrected(coordinator *http.Client, path string) {
	h.Helper()
	notes := regexp.MustCompile(`/meetings/[0-9a-f-]{36}/notes`).FindString(h.get(coordinator, path).body)
	heading := regexp.MustCompile(`name="agendaItemId" value="([0-9a-f-]{36})">`).FindStringSubmatch(h.get(coordinator, notes).body)[1]
	h.wants(h.post(coordinator, path+"/items", url.Values{"agendaItemId": {heading}, "kind-" + heading: {"note"}, "text-" + heading: {"Tillägg: en mening."}}), http.StatusSeeOther)
	form := h.fields(h.get(coordinator, path+"/finish"), "/finish")
	if form.Has("shareNotes") {
		h.Error("a correction is sent to everybody again unless somebody takes care")
	}
	form.Set("reason", "En mening saknades")
	before := len(h.mail.Letters())
	h.wants(h.post(coordinator, path+"/finish", form), http.StatusSeeOther)
	h.pass(0)
	if n := len(h.mail.Letters()) - before; n != 0 {
		h.Errorf("%d letters about the correction", n)
	}
}

// T-BRUTE for codes: five tries a code, ten codes an hour, ten minutes; the newest alone counts.
func TestBruteCodes(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		link := "/n/" + own.notes
		ask := func() reply { return h.post(h.browser(), link+"/code", nil) }
		enter := func(code string) int {
			return h.post(h.browser(), link+"/entry", url.Values{"code": {code}}).status
		}
		send := func() string {
			h.wants(ask(), http.StatusSeeOther)
			h.pass(0)
			return h.code()
		}
		code := send()
		other := fmt.Sprintf("%06d", (atoi(code)+1)%1_000_000)
		for range 5 {
			if status := enter(other); status != http.StatusUnprocessableEntity {
				h.Fatalf("a wrong code: %d", status)
			}
		}
		if status := enter(code); status != http.StatusUnprocessableEntity {
			h.Errorf("the right code after five wrong ones: %d", status)
		}
		old := send()
		code = send()
		if old != code {
			if status := enter(old); status != http.StatusUnprocessableEntity {
				h.Errorf("a code that was replaced: %d", status)
			}
		}
		h.clock = h.clock.Add(10*time.Minute + time.Second)
		if status := enter(code); status != http.StatusUnprocessableEntity {
			h.Errorf("a code of ten minutes ago: %d", status)
		}
		for range 7 {
			send()
		}
		refused := ask()
		if refused.status != http.StatusUnprocessableEntity || !strings.Contains(text(refused.body), "För många försök") {
			h.Errorf("the eleventh code in an hour: %d %s", refused.status, text(refused.body))
		}
		h.clock = h.clock.Add(time.Hour)
		if status := enter(send()); status != http.StatusSeeOther {
			h.Errorf("the next hour's code: %d", status)
		}
	})
}

func atoi(digits string) (n int) {
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// A contact reports an action by its link, without a code; the text is notes and wants one. When it is
// done the link is dead, until the coordinator opens the action again.
func TestGuestReportsAnAction(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		_, links := h.finished(coordinator)
		link, guest := links[police+" a"], h.browser()
		page := h.wants(h.get(guest, link), 200)
		if seen := text(page.body); !strings.Contains(seen, "U1") || !strings.Contains(seen, "Klart senast 2027-01-15") || strings.Contains(page.body, canary) {
			h.Errorf("before the code: %s", seen)
		}
		if p := h.post(guest, link, url.Values{"comment": {"Vad?"}}); p.status != http.StatusUnprocessableEntity {
			h.Errorf("no button: %d", p.status)
		}
		if p := h.post(guest, link, url.Values{"state": {"cannot"}}); p.status != http.StatusUnprocessableEntity {
			h.Errorf("not done, and nothing said: %d", p.status)
		}
		thanks := h.wants(h.post(guest, link, url.Values{"state": {"cannot"}, "comment": {"Väntar på svar."}}), http.StatusSeeOther)
		h.wants(h.get(guest, thanks.to), 200)
		if seen := text(h.get(coordinator, "/").body); !strings.Contains(seen, "Polisen kan inte göra U1") {
			h.Errorf("the overview: %s", seen)
		}
		h.unlock(guest, link)
		if seen := text(h.get(guest, link).body); !strings.Contains(seen, "skickar "+canary+"lista") {
			h.Errorf("after the code: %s", seen)
		}
		h.guestLogs("read action by link", 2)
		h.wants(h.post(guest, link, url.Values{"state": {"done"}, "comment": {"Skickad."}}), http.StatusSeeOther)
		h.wants(h.get(guest, link), http.StatusNotFound)
		h.wants(h.post(guest, link, url.Values{"state": {"done"}}), http.StatusNotFound)
		if seen := text(h.get(coordinator, "/").body); !strings.Contains(seen, "Polisen rapporterar U1 klar") {
			h.Errorf("the overview: %s", seen)
		}
		list := h.get(coordinator, "/minutes")
		if seen := text(list.body); !strings.Contains(seen, "Polisen, Kommunpolis") || !strings.Contains(seen, "”Skickad.”") || strings.Contains(seen, "Hans Gran") || strings.Contains(seen, "Öppna uppgifter") {
			h.Errorf("the list: %s", seen)
		}
		for _, see := range regexp.MustCompile(`/action-reports/[0-9a-f-]{36}/receipt`).FindAllString(list.body, -1) {
			h.wants(h.post(coordinator, see, nil), http.StatusSeeOther)
		}
		if seen := text(h.get(coordinator, "/").body); strings.Contains(seen, "rapporterar") {
			h.Errorf("seen, and still to do: %s", seen)
		}
		h.wants(h.post(coordinator, regexp.MustCompile(`/actions/[0-9a-f-]{36}/reopening`).FindString(list.body), nil), http.StatusSeeOther)
		h.wants(h.get(guest, link), 200)
		h.write(func(tx *store.Tx) error {
			return forum.Unseat(tx, access.System(), h.world.Forums["polis-avstamning"], h.world.Contacts["omradespolis"])
		})
		h.wants(h.get(guest, link), http.StatusNotFound)
	})
}

// Whoever asks for a new link is told the same, whatever the token; a letter goes to the known address
// alone, and only while its owner may.
func TestExpiredLinksAreRenewed(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		path, links := h.finished(coordinator)
		link := links[police+" n"]
		contact := h.world.Contacts["omradespolis"]
		h.wants(h.post(coordinator, path+"/links", url.Values{"contactId": {contact.String()}, "act": {"end"}}), http.StatusSeeOther)
		unknown := h.url + "/n/notes_" + strings.Repeat("a", 26)
		dead, never := h.wants(h.get(h.browser(), link), http.StatusNotFound), h.wants(h.get(h.browser(), unknown), http.StatusNotFound)
		if bare(strings.ReplaceAll(dead.body, link[len(h.url):], "")) != bare(strings.ReplaceAll(never.body, unknown[len(h.url):], "")) || !strings.Contains(text(dead.body), "Skicka ny länk till min adress") {
			h.Errorf("told apart: %s\n%s", text(dead.body), text(never.body))
		}
		ask := func(link string) (letters []mailtest.Mail) {
			before := len(h.mail.Letters())
			p := h.wants(h.post(h.browser(), link+"/renewal", nil), http.StatusSeeOther)
			if p.to != "/thanks?for=renewal&lang=sv" || !strings.Contains(text(h.get(h.browser(), p.to).body), "Om länken har gällt och du fortfarande är med skickas en ny till din adress.") {
				h.Errorf("%s is answered with %s", link, p.to)
			}
			h.pass(0)
			for n := range h.sentSince(before) {
				if h.to(before+n) != police {
					h.Errorf("sent to %s", h.to(before+n))
				}
			}
			return h.sentSince(before)
		}
		if n := len(ask(unknown)); n != 0 {
			h.Errorf("%d letters for an unknown token", n)
		}
		if n := len(ask(link)); n != 0 {
			h.Errorf("%d letters for one that the coordinator took back", n)
		}
		h.wants(h.post(coordinator, path+"/links", url.Values{"contactId": {contact.String()}, "act": {"send"}}), http.StatusSeeOther)
		h.pass(time.Minute)
		got := ask(link)
		if len(got) != 1 || !strings.HasPrefix(got[0].Subject, "Ny länk: Avstämning") {
			h.Fatalf("%d letters for one that was replaced", len(got))
		}
		fresh := aLink.FindString(got[0].Text)
		if fresh == link {
			h.Error("the old link again")
		}
		h.wants(h.get(h.browser(), fresh), 200)
		h.wants(h.get(h.browser(), link), http.StatusNotFound)
		if n := len(ask(fresh)); n != 0 {
			h.Errorf("%d letters for one that opens", n)
		}
		if again := ask(link); len(again) != 1 || aLink.FindString(again[0].Text) != fresh {
			h.Error("the old letter no longer leads to the new link")
		}
		ask(link)
		if n := len(ask(link)); n != 0 {
			h.Errorf("a fourth letter in an hour")
		}
		h.clock = h.clock.Add(time.Hour + time.Minute)
		h.write(func(tx *store.Tx) error {
			return forum.Unseat(tx, access.System(), h.world.Forums["polis-avstamning"], contact)
		})
		if n := len(ask(link)); n != 0 {
			h.Errorf("%d letters to one whose role has ended", n)
		}
	})
}

// Answer links die 30 days after the meeting. Whoever was sent the notes gets that link instead. A
// receiver's link that has run out is renewed to who leads it, while something waits.
func TestOldLinksLeadWhereTheyMay(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		answer := "/i/" + own.answer
		renewed := func(link string) []mailtest.Mail {
			before := len(h.mail.Letters())
			h.wants(h.post(h.browser(), link+"/renewal", nil), http.StatusSeeOther)
			h.pass(0)
			return h.sentSince(before)
		}
		h.write(func(tx *store.Tx) error { // no longer asked, and asked again
			i, err := invite.Withdraw(tx, h.app.Office.Key, own.invitation)
			if err != nil {
				return err
			}
			i, err = invite.Issue(tx, h.app.Office.Key, i.MeetingID, i.ContactID)
			own.answer = i.AnswerToken(h.app.Office.Key)
			return err
		})
		h.wants(h.get(h.browser(), answer), http.StatusNotFound)
		if got := renewed(answer); len(got) != 1 || !strings.HasSuffix(aLink.FindString(got[0].Text), "/i/"+own.answer) {
			h.Errorf("%d letters with the new link", len(got))
		}
		answer = "/i/" + own.answer
		h.clock = time.Date(2027, 3, 5, 8, 59, 0, 0, time.UTC)
		h.wants(h.get(h.browser(), answer), 200)
		if n := len(renewed(answer)); n != 0 {
			h.Errorf("%d letters for a link that opens", n)
		}
		h.clock = h.clock.Add(2 * time.Minute) // 30 days after the meeting's end
		h.wants(h.get(h.browser(), answer), http.StatusNotFound)
		h.wants(h.post(h.browser(), answer, url.Values{"partStat": {"ACCEPTED"}, "sequence": {"0"}}), http.StatusNotFound)
		if n := len(renewed(answer)); n != 0 {
			h.Errorf("%d letters about a meeting whose notes nobody was sent", n)
		}

		// The same, of a meeting whose notes were sent.
		var older *invite.Invitation
		h.write(func(tx *store.Tx) (err error) {
			m, err := minutes.ForLetter(tx, own.minutes)
			if err != nil {
				return err
			}
			notes, err := access.LinksTo(tx, access.ToNotes, own.minutes)
			if err != nil {
				return err
			}
			older, err = invite.Issue(tx, h.app.Office.Key, m.MeetingID, notes[0].ContactID)
			return err
		})
		got := renewed("/i/" + older.AnswerToken(h.app.Office.Key))
		if len(got) != 1 || !strings.HasSuffix(aLink.FindString(got[0].Text), "/n/"+own.notes) {
			h.Errorf("%d letters instead of the link to the notes", len(got))
		}

		// The receiver's. Nobody leads the group at first.
		relayed := "/r/" + own.relay
		h.clock = h.clock.Add(180 * 24 * time.Hour)
		h.wants(h.get(h.browser(), relayed), http.StatusNotFound)
		if n := len(renewed(relayed)); n != 0 {
			h.Errorf("%d letters to nobody", n)
		}
		h.write(func(tx *store.Tx) error {
			lead := h.world.Contacts["david-hagg"]
			return partner.SetLead(tx, access.System(), own.group, &lead)
		})
		got = renewed(relayed)
		if len(got) != 1 {
			h.Fatalf("%d letters to the lead", len(got))
		}
		fresh := aLink.FindString(got[0].Text)
		page := h.wants(h.get(h.browser(), fresh), 200)
		receipt := h.fields(page, "/r/")
		receipt.Set("kind", "read")
		h.wants(h.post(h.browser(), fresh, receipt), http.StatusSeeOther)
		h.clock = h.clock.Add(181 * 24 * time.Hour)
		if n := len(renewed(fresh)); n != 0 {
			h.Errorf("%d letters about what was gone through", n)
		}
	})
}

// "Fel person?": a proposal changes nothing by itself; the coordinator puts the new person in the old
// one's place, or leaves it.
func TestWrongPerson(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		_, links := h.finished(coordinator)
		link, guest := links[police+" n"], h.browser()
		say := func(name, email string) reply {
			return h.post(guest, link+"/successor", url.Values{"successorName": {name}, "successorEmail": {email}, "successorComment": {"Ny kommunpolis"}})
		}
		h.wants(say("", ""), http.StatusUnprocessableEntity)
		if p := h.wants(say("Rut Ek", "rut@a.example\r\nBcc: x@y.example"), http.StatusUnprocessableEntity); !strings.Contains(p.body, "Rut Ek") {
			h.Error("what was typed is lost")
		}
		thanks := h.wants(say("Rut Ek", "rut.ek@omrade-vast.example"), http.StatusSeeOther)
		h.wants(say("Sten Al", ""), http.StatusSeeOther)
		h.wants(say("Tor Al", ""), http.StatusSeeOther)
		if p := h.wants(say("Ulf Al", ""), http.StatusSeeOther); p.to != thanks.to {
			h.Errorf("the fourth is thanked with %s", p.to)
		}
		overview := h.get(coordinator, "/")
		pages := regexp.MustCompile(`/successor-proposals/[0-9a-f-]{36}`).FindAllString(overview.body, -1)
		if len(pages) != 3 || !strings.Contains(text(overview.body), "Ska någon annan ha breven till Hans Gran?") {
			h.Fatalf("%d proposals: %s", len(pages), text(overview.body))
		}
		h.wants(h.get(guest, link), 200) // nothing has changed
		page := h.wants(h.get(coordinator, pages[0]), 200)
		if seen := text(page.body); !strings.Contains(seen, "Polisen, Kommunpolis") || !strings.Contains(seen, "”Ny kommunpolis”") {
			h.Errorf("the page: %s", seen)
		}
		h.wants(h.post(coordinator, pages[1]+"/dismissal", nil), http.StatusSeeOther)
		departure := "/contacts/" + h.world.Contacts["omradespolis"].String() + "/departure"
		taken := h.fields(page, "/review")
		taken.Set("email", "chef@vingaker.example")
		if p := h.post(coordinator, departure+"/review", taken); p.status != http.StatusUnprocessableEntity || !strings.Contains(text(p.body), "En annan kontakt har redan adressen") {
			h.Errorf("somebody else's address: %d", p.status)
		}
		review := h.wants(h.post(coordinator, departure+"/review", h.fields(page, "/review")), 200)
		agreed := h.fields(review, "/departure")
		h.wants(h.post(coordinator, departure, agreed), http.StatusSeeOther)
		if p := h.post(coordinator, departure, agreed); p.status != http.StatusUnprocessableEntity {
			h.Errorf("replaced twice: %d", p.status)
		}
		h.wants(h.get(guest, link), http.StatusNotFound)
		h.read(func(tx *store.Tx) error {
			members, err := forum.Members(tx, access.System(), h.world.Forums["polis-avstamning"])
			var found *partner.Contact
			for n := range members {
				if members[n].Contact.Name == "Rut Ek" {
					found = &members[n].Contact
				}
				if members[n].ContactID == h.world.Contacts["omradespolis"] {
					h.Error("the old contact sits on")
				}
			}
			if found == nil || found.Capacity() != "Polisen, Kommunpolis" || found.Email != "rut.ek@omrade-vast.example" {
				h.Errorf("the new contact: %+v", found)
			}
			return err
		})
		// "Har slutat" on the contact's own page.
		gone := "/contacts/" + h.world.Contacts["gun-rönn"].String()
		if page := h.get(coordinator, gone); !strings.Contains(page.body, gone+"/departure") {
			h.Errorf("no way to say that somebody has left: %s", text(page.body))
		}
		f := h.fields(h.get(coordinator, gone+"/departure"), "/review")
		f.Set("successor", "nobody")
		agreed = h.fields(h.wants(h.post(coordinator, gone+"/departure/review", f), 200), "/departure")
		h.wants(h.post(coordinator, gone+"/departure", agreed), http.StatusSeeOther)
		h.wants(h.get(guest, links["gun.ronn@vingaker.example n"]), http.StatusNotFound)
	})
}

// T-FORWARD: whoever a link was forwarded to sees nothing beyond its purpose.
func TestForwardedLinksShowTheirPurposeOnly(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		h.write(func(tx *store.Tx) error { // answer: somebody else has said something
			invitations, err := invite.Of(tx, access.System(), own.meeting)
			if err != nil {
				return err
			}
			_, err = invite.Take(tx, access.Guest(), &invitations[1], 0, invite.Reply{PartStat: invite.Delegated, Substitute: "Petra Hassel", Comment: "Hemlig kommentar", Via: "link"})
			return err
		})
		for link, may := range map[string][]string{
			"/i/" + own.answer: {canary}, // the place, which the answer page is for
			"/n/" + own.notes:  nil,
			"/a/" + own.tasked: nil,
			"/r/" + own.relay:  {canary}, // the excerpt
		} {
			p := h.wants(h.get(h.browser(), link), 200)
			for _, never := range append([]string{"Anna Ek", "Bo Alm", "Ida Asp", "Petra Hassel", "Hemlig kommentar", "Miranda", "Relationsvåld", "samordnare@", "Kommunhuset"}, canary) {
				if strings.Contains(p.body, never) && !(never == canary && may != nil) {
					h.Errorf("%s shows %q", link[:3], never)
				}
			}
			for _, leads := range regexp.MustCompile(`(?:href|action)="([^"]*)"`).FindAllStringSubmatch(p.body, -1) {
				switch to := leads[1]; {
				case to == "/", to == "/help", strings.HasPrefix(to, "#"), strings.HasPrefix(to, "?lang="), strings.HasPrefix(to, "/static/"), strings.HasPrefix(to, link):
				default:
					h.Errorf("%s leads to %s", link[:3], to)
				}
			}
		}
	})
}

// Sixty tokens a minute that open nothing, and the address waits: also for tokens that would open
// something, or the answer would tell which they are.
func TestGuessingTokensEnds(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		for n := range 60 {
			door := []string{"/i/rsvp_", "/n/notes_", "/a/action_", "/r/relay_"}[n%4]
			h.wants(h.get(h.browser(), "/i/"+own.answer), 200)
			h.wants(h.get(h.browser(), door+"x"), http.StatusNotFound)
		}
		for _, path := range []string{"/i/rsvp_x", "/n/notes_x", "/i/" + own.answer, "/calendar/feed_x.ics"} {
			h.wants(h.get(h.browser(), path), http.StatusTooManyRequests)
		}
		h.clock = h.clock.Add(time.Minute)
		h.wants(h.get(h.browser(), "/i/"+own.answer), 200)
	})
}

// The right to a guest's letter is looked at again when it is sent.
func TestGuestsLettersAreLookedAtAgain(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		before := len(h.mail.Letters())
		h.wants(h.post(h.browser(), "/n/"+own.notes+"/code", nil), http.StatusSeeOther)
		h.clock = h.clock.Add(11 * time.Minute) // the code has run out before a server was reached
		h.pass(0)
		if n := len(h.mail.Letters()) - before; n != 0 {
			h.Errorf("%d letters with a code that is worth nothing", n)
		}
		h.read(func(tx *store.Tx) error {
			letters, _, err := post.List(tx, access.System(), 1, 0)
			if err == nil && (letters[0].Kind != post.Code || letters[0].State != post.Withdrawn) {
				h.Errorf("the letter is a %s, %s", letters[0].Kind, letters[0].State)
			}
			return err
		})
		h.read(func(tx *store.Tx) error {
			if _, err := access.ByGuestToken(tx, access.ToAction, own.notes); fault.KindOf(err) != fault.NotFound {
				h.Errorf("a token of another purpose: %v", err)
			}
			return nil
		})
	})
}
