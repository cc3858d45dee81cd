package app_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// stops makes the link of an address that was reminded.
func (h *house) stops(address string) (path string) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		r, err := post.LockRecipient(tx, h.app.Office.Key, address)
		path = "/s/" + r.StopToken(h.app.Office.Key)
		return err
	})
	return path
}

func (h *house) stopped(address string) (yes bool) {
	h.Helper()
	h.read(func(tx *store.Tx) error {
		since, err := post.StoppedSince(tx, address)
		yes = since != nil
		return err
	})
	return yes
}

func TestTheLinkStopsReminders(t *testing.T) {
	onBoth(t, func(h *house) {
		const address = "teamet@katrineholm.example"
		path := h.stops(address)
		h.Run("the page has one button, and opening it stops nothing", func(*testing.T) {
			p := h.get(h.browser(), path)
			if p.status != http.StatusOK || strings.Count(p.body, "<button") != 1 || !strings.Contains(text(p.body), "Inbjudningar och ändrade tider skickas som förut") || h.stopped(address) {
				h.Errorf("%d: %s", p.status, text(p.body))
			}
			if strings.Contains(p.body, address) {
				h.Error("the page tells whose it is")
			}
		})
		h.Run("the button stops them, and another lets them come again", func(*testing.T) {
			if p := h.post(h.browser(), path, nil); p.status != http.StatusSeeOther || !h.stopped(address) {
				h.Errorf("%d", p.status)
			}
			if p := h.get(h.browser(), path); !strings.Contains(text(p.body), "Slå på påminnelserna igen") {
				h.Error(text(p.body))
			}
			seen := text(h.get(h.as(access.Coordinator), "/contacts/"+h.world.Contacts["rvt-brevlada"].String()).body)
			if !strings.Contains(seen, "Kontakten har stängt av påminnelser den 2026-11-24") {
				h.Errorf("the coordinator sees %s", seen)
			}
			if p := h.post(h.browser(), path+"/resumption", nil); p.status != http.StatusSeeOther || h.stopped(address) {
				h.Errorf("%d", p.status)
			}
		})
		h.Run("a mail program posts in one click: from anywhere, in either form, without a redirect", func(*testing.T) {
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			if err := form.WriteField("List-Unsubscribe", "One-Click"); err != nil {
				h.Fatal(err)
			}
			form.Close()
			for kind, content := range map[string]string{"application/x-www-form-urlencoded": "List-Unsubscribe=One-Click", form.FormDataContentType(): body.String()} {
				r := h.request(http.MethodPost, path, content)
				r.Header.Set("Content-Type", kind)
				r.Header.Set("Origin", "https://mail.example")
				r.Header.Set("Sec-Fetch-Site", "cross-site")
				if p := h.do(http.DefaultClient, r); p.status != http.StatusOK || !h.stopped(address) {
					h.Errorf("%s: %d %s", kind, p.status, text(p.body))
				}
				h.post(h.browser(), path+"/resumption", nil)
			}
			r := h.request(http.MethodPost, path+"/resumption", "")
			r.Header.Set("Origin", "https://mail.example")
			if p := h.do(http.DefaultClient, r); p.status != http.StatusForbidden {
				h.Errorf("another site turns them on: %d", p.status)
			}
		})
		h.Run("many wrong links are refused before they are looked up", func(*testing.T) {
			last := 0
			for range 80 {
				last = h.post(h.browser(), "/s/reminders_aaaaaaaaaaaaaaaaaaaaaaaaaa", nil).status
			}
			if last != http.StatusTooManyRequests {
				h.Errorf("the eightieth: %d", last)
			}
		})
	})
}

func TestAnAccountChoosesItsLetters(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		checked := func(want string) {
			h.Helper()
			page := h.get(coordinator, "/account").body
			if !strings.Contains(page, `name="digest" value="`+want+`" checked`) {
				h.Errorf("%s is not chosen", want)
			}
		}
		checked("weekly")
		h.wants(h.post(coordinator, "/account/reminders", url.Values{"digest": {"daily"}, "reminders": {"yes"}}), http.StatusSeeOther)
		checked("daily")
		h.wants(h.post(coordinator, "/account/reminders", url.Values{"digest": {"hourly"}}), http.StatusUnprocessableEntity)
		if h.stopped("samordnare@vingaker.example") {
			h.Error("a choice that was refused stopped them")
		}
		h.post(h.browser(), h.stops("samordnare@vingaker.example"), nil)
		if page := text(h.get(coordinator, "/account").body); !strings.Contains(page, "Du har stängt av alla påminnelser och sammanställningar till din adress.") {
			h.Error(page)
		}
		checked("daily")
		h.wants(h.post(coordinator, "/account/reminders", url.Values{"digest": {"never"}, "reminders": {"yes"}}), http.StatusSeeOther)
		if h.stopped("samordnare@vingaker.example") {
			h.Error("they were not turned on")
		}
		member := h.get(h.as(access.Member), "/account").body
		if !strings.Contains(member, `name="digest" value="never" checked`) {
			h.Error("a member is mailed without having chosen it")
		}
	})
}
