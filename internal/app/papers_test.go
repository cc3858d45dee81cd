package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// lays attaches a file to a meeting, shown to those who are called or not.
func (h *house) lays(meetingID uuid.UUID, name string, shown bool) (id uuid.UUID) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		a, err := minutes.Attach(tx, access.System(), meetingID, minutes.Upload{Name: name, Data: []byte("Underlag " + name), Shown: shown})
		if err == nil {
			id = a.ID
		}
		return err
	})
	return id
}

// A contact who is called finds the papers by the answer link: how many before the code, and after it their
// names and the files; nothing that is not shown, and nothing once they are taken out.
func TestGuestReadsPapers(t *testing.T) {
	onBoth(t, func(h *house) {
		own, foreign := h.things("rvt-miranda"), h.things("polis-avstamning")
		hidden := h.lays(own.meeting, "hemligt.txt", false)
		dropped := h.lays(own.meeting, "struket.txt", true)
		h.write(func(tx *store.Tx) error {
			return tx.DB.Model(&minutes.Attachment{}).Where("id = ?", dropped).Updates(map[string]any{"named_first": 1, "named_last": 1, "dropped_at": tx.Now}).Error
		})
		guest, door := h.browser(), "/i/"+own.answer
		file := func(id uuid.UUID) string { return door + "/attachments/" + id.String() }

		before := h.wants(h.get(guest, door), 200)
		if seen := text(before.body); !strings.Contains(seen, "Det finns 1 handling att läsa.") || strings.Contains(before.body, canary+".txt") || !strings.Contains(before.body, `href="`+door+`/papers"`) {
			h.Errorf("the answer page: %s", seen)
		}
		for _, path := range []string{door + "/papers", file(own.paper)} {
			p := h.wants(h.get(guest, path), 200)
			if strings.Contains(p.body, canary) || p.header.Get("Content-Disposition") != "" || !strings.Contains(p.body, `action="`+door+`/code"`) {
				h.Errorf("%s before the code: %s", path, text(p.body))
			}
		}
		sent := h.wants(h.post(guest, door+"/code?lang=en", nil), http.StatusSeeOther)
		if sent.to != door+"/papers?lang=en&code=sent" {
			h.Errorf("sent to %s", sent.to)
		}
		h.pass(0)
		if p := h.wants(h.post(guest, door+"/entry", url.Values{"code": {"12345"}}), http.StatusUnprocessableEntity); !strings.Contains(text(p.body), "Koden stämmer inte") || strings.Contains(p.body, canary) {
			h.Errorf("a wrong code: %s", text(p.body))
		}
		if p := h.wants(h.post(guest, door+"/entry", url.Values{"code": {h.code()}}), http.StatusSeeOther); p.to != door+"/papers" {
			h.Errorf("sent to %s", p.to)
		}
		list := h.wants(h.get(guest, door+"/papers"), 200)
		if seen := text(list.body); !strings.Contains(seen, canary+".txt 1 kB") || !strings.Contains(list.body, `href="`+file(own.paper)+`"`) || strings.Contains(seen, "hemligt") || strings.Contains(seen, "struket") {
			h.Errorf("the papers: %s", seen)
		}
		h.logs("guest", func() {
			p := h.get(guest, file(own.paper))
			h.onlyToKeep(p)
			if p.body != canary || !strings.Contains(p.header.Get("Cache-Control"), "no-store") {
				h.Errorf("%q %v", p.body, p.header)
			}
		}, "open attachment attachment", "open attachment contact")
		for what, id := range map[string]uuid.UUID{"not shown": hidden, "dropped": dropped, "another meeting's": foreign.paper, "of the forum's notes": own.attachment, "nobody's": uuid.New()} {
			if p := h.get(guest, file(id)); p.status != http.StatusNotFound {
				h.Errorf("%s: %d", what, p.status)
			}
		}
		if p := h.get(guest, "/i/"+foreign.answer+"/attachments/"+foreign.paper.String()); strings.Contains(p.body, canary) {
			h.Error("remembered as somebody else")
		}
		h.write(func(tx *store.Tx) error {
			_, err := invite.Withdraw(tx, h.app.Office.Key, own.invitation)
			return err
		})
		for _, path := range []string{door + "/papers", file(own.paper)} {
			h.wants(h.get(guest, path), http.StatusNotFound)
		}
		h.wants(h.post(guest, door+"/code", nil), http.StatusNotFound)
	})
}

// Papers end with the meeting: when nothing is shown any more, when it is cancelled, and when the link dies.
func TestPapersEnd(t *testing.T) {
	onBoth(t, func(h *house) {
		own, other := h.things("rvt-miranda"), h.things("polis-avstamning")
		cancelled := "/i/" + other.answer
		guest, door := h.browser(), "/i/"+own.answer
		h.unlock(guest, cancelled)
		h.wants(h.get(guest, cancelled+"/attachments/"+other.paper.String()), 200)
		h.actOn(h.as(access.Coordinator), "/meetings/"+other.meeting.String(), "/cancellation", url.Values{})
		h.wants(h.get(guest, cancelled), 200)
		h.wants(h.get(guest, cancelled+"/attachments/"+other.paper.String()), http.StatusNotFound)

		h.unlock(guest, door)
		file := door + "/attachments/" + own.paper.String()
		show := func(shown bool) {
			h.write(func(tx *store.Tx) error {
				_, err := minutes.Show(tx, access.System(), own.paper, shown)
				return err
			})
		}
		show(false)
		h.wants(h.get(guest, file), http.StatusNotFound)
		h.wants(h.post(guest, door+"/code", nil), http.StatusNotFound)
		if p := h.wants(h.get(guest, door+"/papers"), http.StatusSeeOther); p.to != door {
			h.Errorf("sent to %s", p.to)
		}
		if strings.Contains(h.wants(h.get(guest, door), 200).body, "/papers") {
			h.Error("the answer page leads to papers that are not shown")
		}
		show(true)
		h.wants(h.get(guest, file), 200)
		h.clock = time.Date(2027, time.March, 4, 12, 0, 0, 0, time.UTC)
		h.unlock(guest, door)
		h.wants(h.get(guest, file), 200)
		h.clock = h.clock.AddDate(0, 0, 2) // thirty days after
		h.wants(h.get(guest, file), http.StatusNotFound)
	})
}

// Whoever holds a link could name themselves as a stand-in and have the code: a stand-in from outside the
// forum gets no papers.
func TestStandInGetsNoPapers(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		meeting := h.scheduled("rvt-miranda", "2027-02-11")
		paper := h.lays(uuid.MustParse(strings.TrimPrefix(meeting, "/meetings/")), "underlag.txt", true)
		h.actOn(coordinator, meeting, "/invitation", url.Values{})
		h.pass(time.Minute)
		link := h.linkIn(h.letters("REQUEST", 4)["teamet@katrineholm.example"])
		h.wants(h.answers(link, url.Values{"partStat": {"DELEGATED"}, "substitute": {"Ola Ek"}, "substituteEmail": {"ola.ek@katrineholm.example"}}), http.StatusSeeOther)
		h.pass(time.Minute)
		link = strings.TrimPrefix(h.linkIn(h.letters("REQUEST", 1)["ola.ek@katrineholm.example"]), h.url)
		if p := h.wants(h.get(h.browser(), link), 200); strings.Contains(p.body, "/papers") {
			h.Error("the stand-in is led to the papers")
		}
		h.wants(h.post(h.browser(), link+"/code", nil), http.StatusNotFound)
		h.wants(h.get(h.browser(), link+"/attachments/"+paper.String()), http.StatusNotFound)
	})
}

// What is shown after the notes were finished is read beside them, by the link to the notes.
func TestPapersBesideFinishedNotes(t *testing.T) {
	onBoth(t, func(h *house) {
		own, foreign := h.things("rvt-miranda"), h.things("polis-avstamning")
		var held uuid.UUID
		h.read(func(tx *store.Tx) error {
			m, err := minutes.ForLetter(tx, own.minutes)
			if err == nil {
				held = m.MeetingID
			}
			return err
		})
		later, hidden := h.lays(held, "efteråt.txt", true), h.lays(held, "hemligt.txt", false)
		guest, door := h.browser(), "/n/"+own.notes
		file := func(id uuid.UUID) string { return door + "/attachments/" + id.String() }
		if p := h.wants(h.get(guest, file(later)), 200); strings.Contains(p.body, "efteråt") || p.header.Get("Content-Disposition") != "" {
			h.Errorf("before the code: %s", text(p.body))
		}
		h.unlock(guest, door)
		page := h.wants(h.get(guest, door), 200)
		if beside := regexp.MustCompile(`(?s)Fler handlingar.*?</ul>`).FindString(page.body); !strings.Contains(beside, file(later)) || strings.Contains(beside, own.attachment.String()) || strings.Contains(page.body, "hemligt") {
			h.Errorf("the notes: %s", text(page.body))
		}
		h.logs("guest", func() { h.onlyToKeep(h.get(guest, file(later))) }, "open attachment attachment", "open attachment contact")
		for what, id := range map[string]uuid.UUID{"not shown": hidden, "of another meeting of the forum": own.paper, "another forum's": foreign.paper} {
			if p := h.get(guest, file(id)); p.status != http.StatusNotFound {
				h.Errorf("%s: %d", what, p.status)
			}
		}
	})
}
