package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// feeds makes somebody a feed on the page, and gives its path.
func (h *house) feeds(c *http.Client, f url.Values) string {
	h.Helper()
	f.Set("name", "Min telefon")
	f.Set("level", "neutral")
	p := h.wants(h.post(c, "/subscribe", f), 200)
	path := regexp.MustCompile(`/calendar/feed_[a-z0-9A-Z_-]+\.ics`).FindString(p.body)
	if path == "" {
		h.Fatalf("no address: %s", text(p.body))
	}
	return path
}

func (h *house) uids(path string) map[string]bool {
	h.Helper()
	all := map[string]bool{}
	for _, found := range regexp.MustCompile(`UID:(\S+)`).FindAllStringSubmatch(h.wants(h.get(h.browser(), path), 200).body, -1) {
		all[found[1]] = true
	}
	return all
}

// A feed of one forum shows that forum alone, is the same bytes each time, and is gone with the
// right to see it.
func TestFeedOfOneForum(t *testing.T) {
	onBoth(t, func(h *house) {
		h.scheduled("rvt-miranda", "2027-02-09")
		h.scheduled("polis-avstamning", "2027-02-10")
		member, id := h.as(access.Member), h.world.Forums["rvt-miranda"].String()
		coordinator := h.as(access.Coordinator)
		one, all := h.feeds(coordinator, url.Values{"forumId": {id}}), h.feeds(coordinator, url.Values{})
		if n, m := len(h.uids(one)), len(h.uids(all)); n == 0 || m <= n {
			h.Errorf("%d meetings of one forum, %d of all", n, m)
		}
		first := h.get(h.browser(), one)
		if again := h.get(h.browser(), one); again.body != first.body || again.header.Get("Etag") != first.header.Get("Etag") {
			h.Error("the same feed is other bytes")
		}
		for _, other := range []string{h.world.Forums["polis-avstamning"].String(), "x", "00000000-0000-0000-0000-000000000000"} {
			h.wants(h.post(member, "/subscribe", url.Values{"name": {"a"}, "level": {"neutral"}, "forumId": {other}}), http.StatusUnprocessableEntity)
		}
		own := h.feeds(member, url.Values{"forumId": {id}})
		h.wants(h.get(h.browser(), own), 200)
		h.write(func(tx *store.Tx) error {
			return tx.DB.Model(&access.Grant{}).Where("identity_id = ?", h.world.Identities[access.Member]).Update("valid_to", tx.Now).Error
		})
		if p := h.get(h.browser(), own); p.status != http.StatusNotFound || strings.Contains(p.body, "VEVENT") {
			h.Errorf("the right is gone, the feed is not: %d", p.status)
		}
		h.write(func(tx *store.Tx) error {
			by, err := access.Load(tx, h.world.Identities[access.Coordinator])
			if err != nil {
				return err
			}
			mine, err := access.Subscriptions(tx, by)
			for _, f := range mine {
				if err == nil && f.ForumID != nil {
					err = access.Unsubscribe(tx, by, f.ID)
				}
			}
			return err
		})
		h.wants(h.get(h.browser(), one), http.StatusNotFound)
		h.wants(h.get(h.browser(), all), 200)
	})
}

// A feed may leave out what its owner is invited to, by the account's contact or its address, and
// shows it again when the invitation is withdrawn or comes by telephone.
func TestFeedWithoutWhatOneIsInvitedTo(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		h.scheduled("rvt-miranda", "2027-02-09")
		coordinator := h.as(access.Coordinator)
		with, without := h.feeds(coordinator, url.Values{}), h.feeds(coordinator, url.Values{"skipsInvited": {"1"}})
		uid := ""
		change := func(fn func(tx *store.Tx) error) { h.write(fn) }
		h.read(func(tx *store.Tx) error {
			return tx.DB.Table("meetings").Where("id = ?", own.meeting).Pluck("uid", &uid).Error
		})
		missing := func(what string, want bool) {
			h.Helper()
			all, left := h.uids(with), h.uids(without)
			if !all[uid] || left[uid] == want || len(left) < len(all)-1 {
				h.Errorf("%s: %d of %d meetings are shown", what, len(left), len(all))
			}
		}
		change(func(tx *store.Tx) error {
			return tx.DB.Model(&partner.Contact{}).Where("id = ?", own.contact).Update("email", "annan@vingaker.example").Error
		})
		missing("the owner is not invited", false)
		identity := h.world.Identities[access.Coordinator]
		change(func(tx *store.Tx) error {
			return tx.DB.Model(&access.Identity{}).Where("id = ?", identity).Update("contact_id", own.contact).Error
		})
		missing("the account's contact", true)
		change(func(tx *store.Tx) error {
			return tx.DB.Model(&access.Identity{}).Where("id = ?", identity).Update("contact_id", nil).Error
		})
		missing("another's contact", false)
		change(func(tx *store.Tx) error {
			return tx.DB.Model(&partner.Contact{}).Where("id = ?", own.contact).Update("email", tx.DB.Model(&access.Identity{}).Select("email").Where("id = ?", identity)).Error
		})
		missing("the account's address", true)
		change(func(tx *store.Tx) error {
			return tx.DB.Model(&partner.Contact{}).Where("id = ?", own.contact).Update("by_phone", true).Error
		})
		missing("by telephone", false)
		change(func(tx *store.Tx) error {
			return tx.DB.Model(&partner.Contact{}).Where("id = ?", own.contact).Update("by_phone", false).Error
		})
		missing("by letter again", true)
		h.clock = h.clock.Add(time.Minute)
		change(func(tx *store.Tx) error {
			_, err := invite.Withdraw(tx, h.app.Office.Key, own.invitation)
			return err
		})
		missing("withdrawn", false)
		if p := h.get(h.browser(), without); p.header.Get("Etag") == "" || p.header.Get("Last-Modified") != "" {
			h.Errorf("a feed that changes without a time has one: %q", p.header.Get("Last-Modified"))
		}
		seen := text(h.get(coordinator, "/subscribe").body)
		if !strings.Contains(seen, "Utan möten som du får inbjudan till") || !strings.Contains(seen, "En inbjudan upptar tiden") {
			h.Error("the page does not tell the difference")
		}
	})
}
