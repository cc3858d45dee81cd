package app_test

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// T-SCAN: mail scanners follow every link, some in a browser that runs scripts and waits. Whatever
// they do without pressing a button changes nothing, and the links work afterwards.
func TestScan(t *testing.T) {
	onBoth(t, func(h *house) {
		h.write(func(tx *store.Tx) error { // whoever leads the group that things passes on to gets a letter
			var leads []uuid.UUID
			group, _, err := store.ByExternalID(tx, &partner.WorkGroup{}, "ekonomiskt-bistand")
			if err == nil {
				err = tx.DB.Model(&partner.WorkGroup{}).Where("lead_id IS NOT NULL").Limit(1).Pluck("lead_id", &leads).Error
			}
			return errors.Join(err, partner.SetLead(tx, access.System(), group, &leads[0]))
		})
		h.things("rvt-miranda")
		links := map[string]bool{}
		for _, sent := range h.mail.Letters() {
			letter := mailtest.Parse(h.T, sent.Data)
			for _, link := range regexp.MustCompile(`https?://[^\s"<>]+`).FindAllString(letter.Text+" "+letter.HTML+" "+strings.ReplaceAll(string(letter.Calendar), "\r\n ", ""), -1) {
				if strings.HasPrefix(link, h.url+"/actions/") || strings.HasPrefix(link, h.url+"/minutes/") { // for whoever has an account: nobody else comes further than the sign-in
					if p := h.get(h.browser(), link); p.status != http.StatusSeeOther || !strings.HasPrefix(p.to, "/signin") {
						h.Errorf("%s: %d to %s", link, p.status, p.to)
					}
					continue
				}
				links[strings.ReplaceAll(link, "&amp;", "&")] = true
			}
		}
		kinds := map[string]int{}
		for link := range links {
			kinds[strings.SplitN(strings.TrimPrefix(link, h.url), "/", 3)[1]]++
		}
		if kinds["i"] < 4 || kinds["r"] < 1 || kinds["n"] < 1 || kinds["a"] < 1 {
			h.Fatalf("links of the kinds %v: %v", kinds, links)
		}

		before := h.snapshot()
		for link := range links {
			h.scanned(link)
		}
		ctx := window(h.T, 1280, true)
		for link := range links {
			h.steps(ctx, chromedp.Navigate(link))
		}
		h.steps(ctx, chromedp.Sleep(3*time.Second)) // what a page does by itself, it does by now
		h.unchanged(before)

		guest := h.browser()
		for link := range links {
			page := h.wants(h.get(guest, link), 200)
			if !strings.Contains(link, "/i/") && !strings.Contains(link, "/r/") { // notes and actions: TestGuest…
				continue
			}
			form := h.fields(page, "")
			if strings.Contains(link, "/i/") {
				if strings.Contains(page.body, "checked") || form.Has("partStat") {
					h.Error("the page has a default choice")
				}
				h.wants(h.post(guest, link, form), http.StatusUnprocessableEntity) // a form sent without a button
				form.Set("partStat", "ACCEPTED")
			} else {
				form.Set("kind", "apt")
			}
			h.wants(h.post(guest, link, form), http.StatusSeeOther)
		}
	})
}

// scanned does to a link what scanners and previews are known to do.
func (h *house) scanned(link string) {
	h.Helper()
	for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodOptions, http.MethodTrace, "PROPFIND"} {
		for _, headers := range []map[string]string{
			{},
			{"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "X-Moz": "prefetch", "X-Purpose": "preview"},
			{"User-Agent": "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1) SafeLinks"},
			{"Range": "bytes=0-1023"},
			{"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST", "X-HTTP-Method": "POST"},
		} {
			r := h.request(method, link, "")
			for name, value := range headers {
				r.Header.Set(name, value)
			}
			p := h.do(h.browser(), r)
			reads := method == http.MethodGet || method == http.MethodHead
			if reads && p.status != http.StatusOK || !reads && p.status != http.StatusMethodNotAllowed {
				h.Errorf("%s with %v: %d: %s", method, headers, p.status, p.to)
			}
		}
	}
	for _, query := range []string{"partStat=ACCEPTED&sequence=0", "_method=POST&partStat=ACCEPTED", "answer=yes", "kind=apt"} {
		h.wants(h.get(h.browser(), link+"?"+query), 200)
	}
}

// T-TOKENVIEW: no page, no answer of the API and no line of the log holds a token, but the page that
// makes one, the page that one opens, and the letter that brings it.
func TestTokenView(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		callers := h.callers()
		secrets := []string{own.answer, own.relay, h.world.FeedToken, h.world.APIToken}
		for _, c := range callers {
			if c.token != "" {
				secrets = append(secrets, c.token)
			}
		}
		like := regexp.MustCompile(`(rsvp|relay|feed|api|setup|reset|session)_[A-Za-z0-9_-]{20,}`)
		holds := func(where, body, allowed string) {
			if allowed != "" {
				body = strings.ReplaceAll(body, allowed, "")
			}
			for _, secret := range secrets {
				if strings.Contains(body, secret) || strings.Contains(body, secret[strings.Index(secret, "_")+1:]) {
					h.Errorf("%s holds a token", where)
				}
			}
			if found := like.FindString(body); found != "" {
				h.Errorf("%s holds what looks like a token: %s…", where, found[:12])
			}
		}
		for _, c := range callers {
			own.feed = c.feed
			for _, route := range h.routes() {
				method, pattern, _ := strings.Cut(route, " ")
				if method != http.MethodGet {
					continue
				}
				path := own.fill(h, pattern)
				p := h.try(c, method, path)
				allowed := ""
				switch pattern {
				case "/i/:token", "/i/:token/calendar.ics", "/i/:token/papers", "/i/:token/attachments/:attachment":
					allowed = own.answer
				case "/r/:token", "/r/:token/apt-sheet":
					allowed = own.relay
				}
				holds(route+" as "+string(c.role), p.body, allowed)
				for name, values := range p.header {
					holds(route+" as "+string(c.role)+" in "+name, strings.Join(values, " "), allowed)
				}
			}
		}
		coordinator := h.as(access.Coordinator)
		meeting := "/meetings/" + own.meeting.String()
		review := h.post(coordinator, meeting+"/review", h.fields(h.get(coordinator, meeting+"/cancellation"), "/review"))
		holds("the review", h.wants(review, 200).body, "")
		p, _ := h.call(http.MethodPost, meeting+"/reviews", map[string]any{"act": "cancellation"})
		holds("the review by a call", h.wants(p, 200).body, "")
		holds("the log", h.log.String(), "")
	})
}

// T-MATRIX, in time: what is another's is denied as fast as what is nobody's. Only a gross difference
// fails: machines that test are busy.
func TestDeniedTakesAsLongAsMissing(t *testing.T) {
	onBoth(t, func(h *house) {
		foreign := h.things("polis-avstamning")
		member := h.as(access.Member)
		for _, pattern := range []string{"/meetings/:id", "/forums/:id", "/minutes/:id"} {
			theirs := foreign.fill(h, pattern)
			nobodys := theirs[:strings.LastIndex(theirs, "/")+1] + "0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
			denied, missing := h.medians(60, func() { h.wants(h.get(member, theirs), 404) }, func() { h.wants(h.get(member, nobodys), 404) })
			if grossly(denied, missing) {
				h.Errorf("%s: %s for another's, %s for nobody's", pattern, denied, missing)
			}
		}
	})
}

// T-ENUM, in time: a wrong password takes as long for an account as for none.
func TestEnumTakesAsLong(t *testing.T) {
	onBoth(t, func(h *house) {
		guess := func(email string) func() {
			return func() {
				h.clock = h.clock.Add(16 * time.Minute) // the limits are another test's
				h.wants(h.post(h.browser(), "/signin", url.Values{"email": {email}, "password": {"fel lösenord här"}}), http.StatusUnprocessableEntity)
			}
		}
		known, unknown := h.medians(20, guess("chef@vingaker.example"), guess("finns-inte@vingaker.example"))
		if grossly(known, unknown) {
			h.Errorf("%s for an account, %s for none", known, unknown)
		}
	})
}

// medians does two things by turns and gives the middle time of each.
func (h *house) medians(tries int, one, other func()) (a, b time.Duration) {
	h.Helper()
	timed := func(do func()) time.Duration {
		began := time.Now()
		do()
		return time.Since(began)
	}
	var ones, others []time.Duration
	for range tries {
		ones, others = append(ones, timed(one)), append(others, timed(other))
	}
	slices.Sort(ones)
	slices.Sort(others)
	return ones[tries/2], others[tries/2]
}

// grossly tells a difference that no busy machine makes in a median.
func grossly(a, b time.Duration) bool {
	if a > b {
		a, b = b, a
	}
	return b > 3*a && b-a > 20*time.Millisecond
}
