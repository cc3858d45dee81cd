package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// What the page of an invitation says first is what whoever opens it needs to know first, and it
// offers only what is possible.
func TestAnswerPageSaysTheMeetingsStateFirst(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		page := "/i/" + own.answer
		act := func(fn func(tx *store.Tx, m *meeting.Meeting) error) {
			h.write(func(tx *store.Tx) error {
				m, err := meeting.Find(tx, access.System(), own.meeting)
				if err != nil {
					return err
				}
				return fn(tx, m)
			})
			h.pass(time.Minute)
		}
		order := func(what string, wants ...string) string {
			h.Helper()
			p := h.wants(h.get(h.browser(), page), 200)
			seen, at := text(p.body), 0
			for _, want := range wants {
				n := strings.Index(seen[at:], want)
				if n < 0 {
					h.Fatalf("%s: no %q, or not in its place: %s", what, want, seen)
				}
				at += n
			}
			return p.body
		}
		const file = "/calendar.ics"
		if body := order("asked", "Kan du komma?", "Ja, jag kommer"); strings.Contains(body, file) {
			h.Error("the file is offered before there is a yes")
		}
		say := func(answer string) {
			f := h.fields(h.get(h.browser(), page), "")
			f.Set("partStat", answer)
			h.wants(h.post(h.browser(), page, f), http.StatusSeeOther)
		}
		say("DECLINED")
		if body := order("a no", "Du har svarat: Kommer inte", "Ändra svaret"); strings.Contains(body, file) {
			h.Error("the file is offered after a no")
		}
		say("ACCEPTED")
		if body := order("a yes", "Du har svarat: Kommer", "Spara mötet i din kalender", "Ändra svaret"); !strings.Contains(body, page+file) {
			h.Error("the file is not offered after a yes")
		}
		saved := h.wants(h.get(h.browser(), page+file), 200)
		if kind := saved.header.Get("Content-Type"); kind != "text/calendar; charset=utf-8" || !strings.Contains(saved.header.Get("Content-Disposition"), "2027-02-03.ics") || strings.Contains(saved.body, canary) {
			h.Errorf("the file: %s %s\n%s", kind, saved.header.Get("Content-Disposition"), saved.body)
		}
		act(func(tx *store.Tx, m *meeting.Meeting) error {
			to := m.Time()
			to.Starts, to.Ends, to.Place = to.Starts+60, to.Ends+60, "Video https://moten.example/j/1?a=b&c=d"
			_, err := secretariat.Reschedule(tx, access.System(), h.app.Office, m.ID, m.Version, to, "")
			return err
		})
		body := order("moved", "Tiden är ändrad. Svara igen, tack.", "Tidigare tid: onsdag 3 februari 2027 kl. 09.00–10.00", "kl. 10.00–11.00", "Anslut", "Ja, jag kommer")
		if !strings.Contains(body, `href="https://moten.example/j/1?a=b&amp;c=d"`) || strings.Contains(body, file) {
			h.Errorf("moved: %s", body)
		}
		say("ACCEPTED")
		act(func(tx *store.Tx, m *meeting.Meeting) error {
			_, err := secretariat.Cancel(tx, access.System(), h.app.Office, m.ID, m.Version, "", "")
			return err
		})
		if body := order("cancelled", "Mötet är inställt", "Du behöver inte göra något.", "Spara strykningen i din kalender"); strings.Contains(body, `name="partStat"`) || strings.Contains(body, "Anslut") {
			h.Error("a cancelled meeting can be answered or joined")
		}
	})
}

func TestAnswerPageOfAMeetingThatWas(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		h.clock = time.Date(2027, 2, 10, 9, 0, 0, 0, time.UTC)
		p := h.wants(h.get(h.browser(), "/i/"+own.answer), 200)
		if seen := text(p.body); !strings.Contains(seen, "Det går inte att svara längre.") || strings.Contains(p.body, `name="partStat"`) {
			h.Errorf("%s", seen)
		}
	})
}

// A mailbox says who comes; the coordinator reads it, the other organisations do not.
func TestMailboxSaysWhoComes(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		token := ""
		h.read(func(tx *store.Tx) error {
			all, err := invite.Of(tx, access.System(), own.meeting)
			for _, i := range all {
				if i.ContactID == h.world.Contacts["rvt-brevlada"] {
					token = i.AnswerToken(h.app.Office.Key)
				}
			}
			return err
		})
		f := h.fields(h.get(h.browser(), "/i/"+token), "")
		if !f.Has("attending") || h.fields(h.get(h.browser(), "/i/"+own.answer), "").Has("attending") {
			h.Fatal("the field is not for mailboxes alone")
		}
		f.Set("partStat", "ACCEPTED")
		f.Set("attending", strings.Repeat("a", 201))
		h.wants(h.post(h.browser(), "/i/"+token, f), http.StatusUnprocessableEntity)
		f.Set("attending", "Petra <b>Hassel")
		h.wants(h.post(h.browser(), "/i/"+token, f), http.StatusSeeOther)
		if got := h.fields(h.get(h.browser(), "/i/"+token), ""); got.Get("attending") != "Petra <b>Hassel" {
			h.Errorf("the page has forgotten: %v", got)
		}
		page := "/meetings/" + own.meeting.String()
		if seen := h.get(h.as(access.Coordinator), page).body; !strings.Contains(seen, "Vem: Petra &lt;b&gt;Hassel") {
			h.Error("the coordinator does not see who comes")
		}
		if seen := h.get(h.as(access.Member), page).body; strings.Contains(seen, "Hassel") {
			h.Error("another organisation sees who comes")
		}
	})
}
