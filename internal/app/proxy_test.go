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
	"samverkan/internal/config"
	"samverkan/internal/store"
)

// attempted signs in wrongly with headers, which come in pairs and may repeat, and gives the address
// that the attempt was counted for.
func (h *house) attempted(headers ...string) string {
	h.Helper()
	h.clock = h.clock.Add(16 * time.Minute) // earlier ones count no more
	r := h.request(http.MethodPost, "/signin", url.Values{"email": {"nobody@vingaker.example"}, "password": {"fel lösenord här"}}.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	h.wants(h.do(h.browser(), r), http.StatusUnprocessableEntity)
	var subjects []string
	h.read(func(tx *store.Tx) error {
		return tx.DB.Model(&access.Attempt{}).Where("at = ? AND subject LIKE 'address:%'", h.app.DB.Now()).Pluck("subject", &subjects).Error
	})
	if len(subjects) != 1 {
		h.Fatalf("counted for %q", subjects)
	}
	return strings.TrimPrefix(subjects[0], "address:")
}

// T-XFF: what a visitor says of where it comes from changes nothing, unless a proxy that was named
// says it; then the last address that is no proxy's counts.
func TestXFF(t *testing.T) {
	t.Run("untrusted", func(t *testing.T) {
		onBoth(t, func(h *house) {
			for _, header := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP", "X-Appengine-Remote-Addr", "Fly-Client-IP"} {
				value := "203.0.113.7"
				if header == "Forwarded" {
					value = "for=203.0.113.7;proto=https;host=evil.example"
				}
				if from := h.attempted(header, value); from != "127.0.0.1" {
					h.Errorf("%s: counted for %s", header, from)
				}
			}
			h.limitsByPeer()
			h.linksStayOurs()
		})
	})
	t.Run("trusted", func(t *testing.T) {
		onBothWith(t, []string{"SAMVERKAN_TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8"}, func(h *house) {
			for _, test := range []struct {
				headers []string
				want    string
			}{
				{nil, "127.0.0.1"},
				{[]string{"X-Forwarded-For", "203.0.113.7"}, "203.0.113.7"},
				{[]string{"X-Forwarded-For", "198.51.100.1, 203.0.113.7"}, "203.0.113.7"},
				{[]string{"X-Forwarded-For", "198.51.100.1, 203.0.113.7, 10.0.0.5"}, "203.0.113.7"},
				{[]string{"X-Forwarded-For", "10.0.0.7, 10.0.0.5"}, "10.0.0.7"},
				{[]string{"X-Forwarded-For", "198.51.100.1", "X-Forwarded-For", "203.0.113.7"}, "203.0.113.7"}, // a line of the proxy's own
				{[]string{"X-Forwarded-For", "evil, 203.0.113.7"}, "203.0.113.7"},
				{[]string{"X-Forwarded-For", "203.0.113.7, evil"}, "127.0.0.1"},
				{[]string{"X-Forwarded-For", "203.0.113.7:4711"}, "127.0.0.1"},
				{[]string{"X-Forwarded-For", "203.0.113.007"}, "127.0.0.1"},
				{[]string{"X-Forwarded-For", ""}, "127.0.0.1"},
				{[]string{"X-Forwarded-For", ", ,"}, "127.0.0.1"},
				{[]string{"X-Forwarded-For", "' OR 1=1 --"}, "127.0.0.1"},
				{[]string{"X-Forwarded-For", strings.Repeat("1.2.3.4, ", 500) + "203.0.113.7"}, "203.0.113.7"},
				{[]string{"X-Forwarded-For", "2001:db8::7"}, "2001:db8::7"},
				{[]string{"X-Real-IP", "203.0.113.7"}, "127.0.0.1"},
				{[]string{"Forwarded", "for=203.0.113.7"}, "127.0.0.1"},
				{[]string{"X-Real-IP", "198.51.100.1", "X-Forwarded-For", "203.0.113.7"}, "203.0.113.7"},
			} {
				if from := h.attempted(test.headers...); from != test.want {
					h.Errorf("%.80q: counted for %s, not %s", test.headers, from, test.want)
				}
			}
			h.linksStayOurs()
		})
	})
	t.Run("nobody trusts everybody", func(t *testing.T) {
		for _, proxy := range []string{"0.0.0.0/0", "::/0", "proxy.kommunen.example", "10.0.0.0/33", "*"} {
			if _, err := config.Read([]string{"SAMVERKAN_TRUSTED_PROXIES=10.0.0.1," + proxy}); err == nil || !strings.Contains(err.Error(), "TRUSTED_PROXIES") {
				t.Errorf("%s: %v", proxy, err)
			}
		}
	})
}

// limitsByPeer guesses at many accounts, each time from what claims to be another address.
func (h *house) limitsByPeer() {
	h.Helper()
	h.clock = h.clock.Add(16 * time.Minute)
	var last reply
	for n := range 31 {
		r := h.request(http.MethodPost, "/signin", url.Values{"email": {fmt.Sprintf("nobody-%d@vingaker.example", n)}, "password": {"fel lösenord här"}}.Encode())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", n))
		last = h.do(h.browser(), r)
	}
	if !strings.Contains(text(last.body), "För många försök") {
		h.Errorf("the 31st guess: %s", text(last.body))
	}
	h.clock = h.clock.Add(16 * time.Minute)
}

// linksStayOurs invites while every header claims another host: letters and redirects lead home.
func (h *house) linksStayOurs() {
	h.Helper()
	coordinator, meeting := h.as(access.Coordinator), h.scheduled("polis-avstamning", "2027-02-09")
	home, err := url.Parse(h.url)
	if err != nil {
		h.Fatal(err)
	}
	evil := func(method, path string, form url.Values) *http.Request {
		r := h.request(method, path, form.Encode())
		for _, cookie := range coordinator.Jar.Cookies(home) { // the client would look for those of evil.example
			r.AddCookie(cookie)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Host = "evil.example"
		for name, value := range map[string]string{"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Server": "evil.example", "X-Original-URL": "/x", "X-Rewrite-URL": "/x",
			"Forwarded": "for=1.2.3.4;host=evil.example;proto=https", "X-Forwarded-Prefix": "/evil"} {
			r.Header.Set(name, value)
		}
		return r
	}
	page := h.do(coordinator, evil(http.MethodGet, meeting+"/invitation", nil))
	review := h.wants(h.do(coordinator, evil(http.MethodPost, meeting+"/review", h.fields(page, "/review"))), 200)
	sent := h.wants(h.do(coordinator, evil(http.MethodPost, meeting+"/acts", h.fields(review, "/acts"))), http.StatusSeeOther)
	h.pass(time.Minute)
	for to, letter := range h.letters("REQUEST", 3) {
		for _, link := range regexp.MustCompile(`https?://[^\s"<]+`).FindAllString(letter.Text+letter.HTML+string(letter.Calendar), -1) {
			if !strings.HasPrefix(link, h.url+"/") {
				h.Errorf("the letter to %s leads to %s", to, link)
			}
		}
	}
	bodies := page.body + review.body + sent.to + strings.Join(sent.header["Set-Cookie"], "")
	if strings.Contains(bodies, "evil.example") || !strings.HasPrefix(sent.to, "/meetings/") {
		h.Errorf("a forged host stands in the answer, which leads to %s", sent.to)
	}
}
