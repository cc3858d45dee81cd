package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/store"
)

// planned books a meeting by the API and gives its id.
func (h *house) planned(forum, date, starts, ends string) string {
	h.Helper()
	_, made := h.call("POST", "/meetings", map[string]any{"forumId": forum, "date": date, "starts": starts, "ends": ends})
	id, _ := made["id"].(string)
	return id
}

func TestAMeetingIsDeletedAndRestored(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		id := h.planned("polis-avstamning", "2027-02-04", "09:00", "10:00")
		page := "/meetings/" + id
		feed := func() bool {
			return strings.Contains(h.get(h.browser(), "/calendar/"+h.world.FeedToken+".ics").body, "20270204T090000")
		}
		if !feed() {
			h.Fatal("the feed does not have it")
		}
		h.Run("by its page", func(*testing.T) {
			h.wants(h.post(coordinator, page+"/deletion", url.Values{"version": {"1"}}), http.StatusSeeOther)
			h.wants(h.get(coordinator, page), http.StatusNotFound)
			if feed() {
				h.Error("the feed has it still")
			}
			if strings.Contains(h.get(coordinator, "/meetings?year=2027").body, id) {
				h.Error("the list has it still")
			}
			if p, list := h.call("GET", "/deleted-meetings", nil); p.status != 200 || list["total"] != 1.0 || !strings.Contains(p.body, id) {
				h.Error(p.body)
			}
			if p, _ := h.call("GET", page, nil); p.status != http.StatusNotFound {
				h.Error(p.body)
			}
			if bin := h.get(coordinator, "/bin").body; !strings.Contains(text(bin), "Försvinner 2026-12-24") {
				h.Error(text(bin))
			}
			h.wants(h.post(coordinator, page+"/restoration", nil), http.StatusSeeOther)
			if !feed() {
				h.Error("the feed lacks it")
			}
		})
		h.Run("by the API, in the version that was read", func(*testing.T) {
			if p, _ := h.call("DELETE", page, nil); p.status != http.StatusPreconditionRequired {
				h.Error(p.body)
			}
			if p, _ := h.call("DELETE", page, nil, "If-Match", `"1"`); p.status != http.StatusPreconditionFailed {
				h.Error(p.body)
			}
			if p, _ := h.call("DELETE", page, nil, "If-Match", `"3"`); p.status != http.StatusNoContent {
				h.Error(p.body)
			}
			if p, restored := h.call("POST", page+"/restoration", nil); p.status/100 != 2 || restored["id"] != id {
				h.Error(p.body)
			}
		})
	})
}

func TestLettersWaitByChoice(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		page := "/meetings/" + h.planned("polis-avstamning", "2027-02-04", "09:00", "10:00")
		f := h.fields(h.get(coordinator, page+"/invitation-review"), "/acts")
		f.Set("wait", "yes")
		h.wants(h.post(coordinator, page+"/acts", f), http.StatusSeeOther)
		h.Run("the page says until when, and the next review that it joins them", func(*testing.T) {
			if seen := text(h.get(coordinator, page).body); !strings.Contains(seen, "Breven skickas kl. 10.10.") {
				h.Error(seen)
			}
			move := url.Values{"act": {"rescheduling"}, "version": {"1"}, "date": {"2027-02-05"}, "starts": {"09.00"}, "ends": {"10.00"}}
			review := h.wants(h.post(coordinator, page+"/review", move), 200)
			if seen := text(review.body); !strings.Contains(seen, "Brev om mötet väntar redan till kl. 10.10.") {
				h.Error(seen)
			}
			f := h.fields(review, "/acts")
			if f.Get("wait") != "yes" {
				h.Error("the change would not wait with them")
			}
			h.wants(h.post(coordinator, page+"/acts", f), http.StatusSeeOther)
		})
		h.Run("one letter leaves, with the last time", func(*testing.T) {
			before := len(h.mail.Letters())
			h.pass(5 * time.Minute)
			if n := len(h.mail.Letters()); n != before {
				h.Errorf("%d letters too early", n-before)
			}
			h.pass(6 * time.Minute)
			news := h.sentSince(before)
			if len(news) != 3 {
				h.Errorf("%d letters", len(news))
			}
			for _, m := range news {
				if !strings.Contains(m.Subject, "5 feb") {
					h.Error(m.Subject)
				}
			}
		})
	})
}

func TestComingLateByTheLink(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator, guest := h.as(access.Coordinator), h.browser()
		id := h.planned("polis-avstamning", "2026-11-24", "12:30", "13:30") // it is 10.00
		page := "/meetings/" + id
		h.wants(h.post(coordinator, page+"/acts", h.fields(h.get(coordinator, page+"/invitation-review"), "/acts")), http.StatusSeeOther)
		h.pass(time.Minute)
		var link string
		h.read(func(tx *store.Tx) error {
			var one invite.Invitation
			err := tx.DB.First(&one, "meeting_id = ? AND contact_id = ?", id, h.world.Contacts["omradespolis"]).Error
			link = "/i/" + one.AnswerToken(h.app.Office.Key)
			return err
		})
		if seen := h.get(guest, link).body; strings.Contains(seen, "/lateness") {
			h.Error("offered too early")
		}
		h.wants(h.post(guest, link+"/lateness", url.Values{"minutes": {"15"}}), http.StatusUnprocessableEntity)
		h.pass(time.Hour)
		coordinator = h.as(access.Coordinator) // who has rested too long
		if seen := h.get(guest, link).body; !strings.Contains(seen, "/lateness") {
			h.Error(text(seen))
		}
		h.wants(h.post(guest, link+"/lateness", url.Values{"minutes": {"snart"}}), http.StatusUnprocessableEntity)
		h.wants(h.post(guest, link+"/lateness", url.Values{"minutes": {"15 min"}}), http.StatusSeeOther)
		if seen := text(h.get(guest, link).body); !strings.Contains(seen, "Du har sagt att du blir ungefär 15 minuter sen.") {
			h.Error(seen)
		}
		if seen := text(h.get(coordinator, page).body); !strings.Contains(seen, "Hans Gran blir sen. Ungefär 15 minuter.") {
			h.Error(seen)
		}
		h.wants(h.post(guest, link+"/lateness", url.Values{"onTime": {"yes"}}), http.StatusSeeOther)
		if seen := text(h.get(coordinator, page).body); strings.Contains(seen, "blir sen. ") {
			h.Error(seen)
		}
	})
}
