package app_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/partner"
	"samverkan/internal/seal"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
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

// watched lets the house hear what others commit, as a served one does.
func (h *house) watched() {
	h.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.app.DB.Watch(ctx, func(err error) { h.Log(err) })
	}()
	h.Cleanup(func() { stop(); <-done })
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, sure := h.app.DB.Changes(); sure {
			return
		}
		if time.Now().After(end) {
			h.Fatal("nobody is heard")
		}
	}
}

// A feed that is answered from memory is gone within a second of being revoked, whoever did it, and when
// the right to it runs out by itself.
func TestFeedFromMemoryIsNoOlderThanItsRights(t *testing.T) {
	onBoth(t, func(h *house) {
		h.scheduled("rvt-miranda", "2027-02-09")
		h.watched()
		member, one := h.as(access.Member), url.Values{"forumId": {h.world.Forums["rvt-miranda"].String()}}
		path, other := h.feeds(member, one), h.feeds(member, one)
		elsewhere := storetest.One(t, h.app.Config.DatabaseURL) // as another instance, or a command
		for range 3 {
			h.wants(h.get(h.browser(), path), 200)
		}
		end := func(table, set string, values ...any) {
			h.Helper()
			err := elsewhere.Write(t.Context(), func(tx *store.Tx) error { return tx.DB.Exec("UPDATE "+table+" SET "+set, values...).Error })
			if err != nil {
				h.Fatal(err)
			}
		}
		gone := func(path string) {
			h.Helper()
			for end := time.Now().Add(time.Second); h.get(h.browser(), path).status != http.StatusNotFound; time.Sleep(20 * time.Millisecond) {
				if time.Now().After(end) {
					h.Fatal("it is there after a second")
				}
			}
		}
		token := strings.TrimSuffix(strings.TrimPrefix(path, "/calendar/"), ".ics")
		end("feed_subscriptions", "revoked_at = ? WHERE token_hash = ?", h.clock, seal.Hash(token))
		gone(path)

		h.wants(h.get(h.browser(), other), 200)
		end("grants", "valid_to = ? WHERE identity_id = ?", h.clock.Add(time.Hour), h.world.Identities[access.Member])
		time.Sleep(500 * time.Millisecond)
		h.wants(h.get(h.browser(), other), 200)
		h.clock = h.clock.Add(time.Hour - time.Second)
		h.wants(h.get(h.browser(), other), 200)
		h.clock = h.clock.Add(time.Second)
		h.wants(h.get(h.browser(), other), http.StatusNotFound)
	})
}

// A meeting that is planned stands in the feed at once, though the feed was in memory.
func TestFeedFromMemoryHasWhatIsNew(t *testing.T) {
	onBoth(t, func(h *house) {
		h.watched()
		path := h.feeds(h.as(access.Coordinator), url.Values{})
		before := len(h.uids(path))
		h.scheduled("rvt-miranda", "2027-02-09")
		if n := len(h.uids(path)); n != before+1 {
			h.Errorf("%d meetings, not %d", n, before+1)
		}
	})
}

// Programs that take gzip get it under a tag of its own, from one building; the others get the bytes.
func TestFeedByGzip(t *testing.T) {
	onBoth(t, func(h *house) {
		path := h.feeds(h.as(access.Coordinator), url.Values{})
		ask := func(accept, tag string) reply {
			r := h.request(http.MethodGet, path, "")
			r.Header.Set("Accept-Encoding", accept)
			r.Header.Set("If-None-Match", tag)
			return h.do(&http.Client{Transport: &http.Transport{DisableCompression: true}}, r)
		}
		plain, packed := ask("identity", ""), ask("deflate, gzip;q=0.8", "")
		if plain.header.Get("Content-Encoding") != "" || packed.header.Get("Content-Encoding") != "gzip" || plain.header.Get("Vary") == "" {
			h.Fatalf("%v %v", plain.header, packed.header)
		}
		if packed.header.Get("ETag") == plain.header.Get("ETag") || packed.header.Get("Content-Length") != strconv.Itoa(len(packed.body)) {
			h.Errorf("%v", packed.header)
		}
		r, err := gzip.NewReader(strings.NewReader(packed.body))
		if err != nil {
			h.Fatal(err)
		}
		if body, err := io.ReadAll(r); err != nil || string(body) != plain.body {
			h.Errorf("other bytes: %v", err)
		}
		for accept, from := range map[string]reply{"gzip": packed, "": plain} {
			if p := ask(accept, from.header.Get("ETag")); p.status != http.StatusNotModified || p.body != "" {
				h.Errorf("%q: %d", accept, p.status)
			}
		}
		if p := ask("gzip;q=0, *", ""); p.header.Get("Content-Encoding") != "" {
			h.Error("gzip to who will not have it")
		}
	})
}
