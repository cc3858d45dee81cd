package app_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"samverkan/internal/access"
	"samverkan/internal/planreading"
)

// T-LIMITS: each number that SECURITY.md states, one beyond it, with and without a stated length.
func TestLimits(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		before := h.snapshot()
		form := func(body io.Reader, kind string, headers ...string) reply {
			r, err := http.NewRequest(http.MethodPost, h.url+"/groups", body)
			if err != nil {
				h.Fatal(err)
			}
			r.Header.Set("Content-Type", kind)
			for i := 0; i < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			return h.do(coordinator, r)
		}
		const urlencoded = "application/x-www-form-urlencoded"
		large := "name=" + strings.Repeat("a", 1<<20)
		unsized := func(text string) io.Reader { return io.MultiReader(strings.NewReader(text)) } // sent in chunks
		var many bytes.Buffer
		parts := multipart.NewWriter(&many)
		if err := parts.WriteField("name", large); err != nil {
			h.Fatal(err)
		}
		parts.Close()
		var packed bytes.Buffer
		zip := gzip.NewWriter(&packed)
		zip.Write([]byte("name=Packat"))
		zip.Close()
		for name, test := range map[string]struct {
			p    reply
			want int
		}{
			"a form over 1 MB":                 {form(strings.NewReader(large), urlencoded), 413},
			"the same without a length":        {form(unsized(large), urlencoded), 413},
			"a form of parts over 1 MB":        {form(bytes.NewReader(many.Bytes()), parts.FormDataContentType()), 413},
			"the same parts without a length":  {form(unsized(many.String()), parts.FormDataContentType()), 413},
			"a packed form":                    {form(bytes.NewReader(packed.Bytes()), urlencoded, "Content-Encoding", "gzip"), 415},
			"a form that is none":              {form(strings.NewReader("name=%zz"), urlencoded), 422},
			"parts that are none":              {form(strings.NewReader("--x\r\nnothing"), "multipart/form-data; boundary=x"), 422},
			"parts without a boundary":         {form(strings.NewReader("x"), "multipart/form-data"), 422},
			"a field twice":                    {form(strings.NewReader("name=a&name=b&kind=group"), urlencoded), 422},
			"a field that no form has":         {form(strings.NewReader("name=a&kind=group&role=administrator"), urlencoded), 422},
			"an address over 8 kB":             {h.get(coordinator, "/forums?a="+strings.Repeat("a", 8<<10)), 414},
			"a query twice":                    {h.get(coordinator, "/meetings?year=2026&year=2027"), 400},
			"a query twice in the API":         {h.send(h.world.APIToken, "GET", "/api/v1/meetings?limit=1&limit=2", ""), 400},
			"a query that is none":             {h.get(coordinator, "/meetings?year=%zz"), 400},
			"headers over 16 kB":               {form(strings.NewReader("name=a"), urlencoded, "X-Long", strings.Repeat("a", 16<<10)), 431},
			"a call over 64 kB":                {h.send(h.world.APIToken, "POST", "/api/v1/organisations", `{"name":"`+strings.Repeat("a", 64<<10)+`"}`), 413},
			"a call over 1 MB":                 {h.send(h.world.APIToken, "POST", "/api/v1/organisations", `{"name":"`+strings.Repeat("a", 1<<20)+`"}`), 413},
			"a call 21 levels deep":            {h.send(h.world.APIToken, "POST", "/api/v1/organisations", strings.Repeat(`{"a":`, 21)+"1"+strings.Repeat("}", 21)), 400},
			"a call 21 lists deep":             {h.send(h.world.APIToken, "POST", "/api/v1/organisations", strings.Repeat("[", 21)+strings.Repeat("]", 21)), 400},
			"a call 30 000 lists deep":         {h.send(h.world.APIToken, "POST", "/api/v1/organisations", strings.Repeat("[", 30_000)+strings.Repeat("]", 30_000)), 400},
			"a call 20 levels deep is read":    {h.send(h.world.APIToken, "POST", "/api/v1/organisations", strings.Repeat(`{"a":`, 20)+"1"+strings.Repeat("}", 20)), 422},
			"a JSON field twice":               {h.send(h.world.APIToken, "POST", "/api/v1/organisations", `{"name":"a","kind":"b","name":"c"}`), 400},
			"a JSON field in other letters":    {h.send(h.world.APIToken, "POST", "/api/v1/organisations", `{"Name":"a","kind":"b"}`), 422},
			"a search over 200 characters":     {h.post(coordinator, "/search", url.Values{"query": {strings.Repeat("a", 201)}}), 422},
			"a search for more than ten words": {h.post(coordinator, "/search", url.Values{"query": {"ett två tre fyra fem sex sju åtta nio tio elva tolv tretton"}}), 422},
			"a name over 200 characters":       {h.post(coordinator, "/groups", url.Values{"name": {strings.Repeat("a", 201)}, "kind": {"group"}}), 422},
			"a page number beyond all":         {h.get(coordinator, "/minutes?page=99999999999999999999"), 404},
		} {
			if test.p.status != test.want {
				h.Errorf("%s: %d, not %d: %.200s", name, test.p.status, test.want, text(test.p.body))
			}
			h.protected(name, test.p, "private")
			if kind := test.p.header.Get("Content-Type"); strings.Contains(name, " call") && kind != "application/problem+json" {
				h.Errorf("%s: %s", name, kind)
			}
		}
		h.unchanged(before)
	})
}

// A visitor who sends too slowly, or too much in the head, is hung up on by the listener itself.
func TestLimitsOfTheListener(t *testing.T) {
	lines := start(t, []string{"SAMVERKAN_DATA_DIR=" + t.TempDir(), "SAMVERKAN_LISTEN=127.0.0.1:" + freePort(t)}, "serve")
	address := ""
	for address == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if at := strings.Index(line, "http://"); at >= 0 {
			address = line[at : at+len("http://")+strings.Index(line[at+len("http://"):], "/")]
		}
	}
	h := &house{T: t, url: address}
	r := h.request(http.MethodGet, "/healthz", "")
	r.Header.Set("X-Long", strings.Repeat("a", 40<<10))
	if p := h.do(http.DefaultClient, r); p.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("40 kB of headers: %d", p.status)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	began := time.Now()
	fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n") // and never the empty line
	conn.SetReadDeadline(time.Now().Add(15 * time.Second))
	if _, err := io.ReadAll(conn); err != nil || time.Since(began) < 4*time.Second || time.Since(began) > 10*time.Second {
		t.Errorf("hung up after %s: %v", time.Since(began), err)
	}
}

// T-FIELDS: a field that a call does not have is refused by name, and nothing is done (ASVS 15.3.3).
func TestFields(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		before := h.snapshot()
		tried := 0
		for _, c := range h.calls() {
			if c.example == nil {
				continue
			}
			own.feed = h.world.Forums["rvt-miranda"]
			for _, name := range []string{"role", "roles", "id", "ownerId", "owner_id", "identityId", "createdAt", "version", "finalisedAt", "$schema", "__proto__"} {
				if _, has := c.example[name]; has {
					continue
				}
				tried++
				body := map[string]any{name: "x"}
				for k, v := range c.example {
					body[k] = v
				}
				p := h.send(h.world.APIToken, c.method, own.fill(h, c.pattern), h.encoded(body))
				if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `"body.`+name+`"`) {
					h.Errorf("%s %s with %s: %d: %s", c.method, c.pattern, name, p.status, p.body)
				}
			}
		}
		if tried < 150 {
			h.Errorf("only %d fields were tried", tried)
		}
		h.unchanged(before)
	})
}

// Control characters are kept nowhere: not by any call, nor by any field of a form.
func TestControlCharactersAreRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		for _, sign := range []string{"\x00", "\x1b", "\x07", "\u0085"} {
			hostile := "styr" + sign + "tecken"
			h.clock = h.clock.Add(16 * time.Minute) // past the limits of passwords that were wrong
			coordinator := h.as(access.Coordinator)
			for _, c := range h.calls() {
				for at, body := range changed(c.example, hostile) {
					p := h.send(h.world.APIToken, c.method, own.fill(h, c.pattern), h.encoded(body))
					if p.status >= 500 || p.status < 300 && c.pattern != "/api/v1/searches" {
						h.Errorf("%s %s with %q in %s: %d: %s", c.method, c.pattern, hostile, at, p.status, p.body)
					}
				}
			}
			h.submitEverywhere(coordinator, own, func(string) string { return hostile }, func(where string, p reply) {
				if p.status >= 500 {
					h.Errorf("%s with %q: %d: %s", where, hostile, p.status, text(p.body))
				}
			})
			plan := fmt.Sprintf("schema_version: 1\nlanguage: sv\ntime_zone: Europe/Stockholm\nsource: {title: %q, owner: kommunen}\n", "styr\\u001btecken")
			if p := h.upload(coordinator, "/welcome/plan", []byte(strings.ReplaceAll(plan, `\\`, `\`)), "try", "no"); p.status != http.StatusUnprocessableEntity {
				h.Errorf("a plan with a control character: %d: %s", p.status, text(p.body))
			}
		}
		for table, rows := range h.snapshot() {
			if strings.Contains(rows, "styr") && strings.Contains(rows, "tecken") && !strings.Contains(rows, "styrtecken") {
				h.Errorf("%s keeps a control character", table)
			}
		}
	})
}

// No text is longer than the longest that SECURITY.md names.
func TestLongTextsAreRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		long := strings.Repeat("å", 16<<10+1)
		for _, c := range h.calls() {
			text := long
			if strings.HasPrefix(c.pattern, "/api/v1/plan-text") { // a chapter of the plan
				text = strings.Repeat("å", planreading.MaxText/2+1)
			}
			for at, body := range changed(c.example, text) {
				if p := h.send(h.world.APIToken, c.method, own.fill(h, c.pattern), h.encoded(body)); p.status < 400 || p.status >= 500 {
					h.Errorf("%s %s with a long %s: %d: %.300s", c.method, c.pattern, at, p.status, p.body)
				}
			}
		}
		h.submitEverywhere(h.as(access.Coordinator), own, func(string) string { return long }, func(where string, p reply) {
			if p.status >= 500 {
				h.Errorf("%s with a long text: %d", where, p.status)
			}
		})
		for table, rows := range h.snapshot() {
			if strings.Contains(rows, long) {
				h.Errorf("%s keeps a long text", table)
			}
		}
	})
}

// A handler that fails tells its number and nothing else; the log has the rest, and what comes after
// works (ASVS 16.5).
func TestPanic(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		for name, ask := range map[string]func() reply{
			"a page": func() reply { return h.get(coordinator, "/forums") },
			"a form": func() reply {
				return h.post(coordinator, "/groups", url.Values{"name": {"Ny grupp"}, "kind": {"group"}})
			},
			"a call": func() reply { return h.send(h.world.APIToken, "GET", "/api/v1/forums", "") },
			"a feed": func() reply { return h.get(h.browser(), "/calendar/"+h.world.FeedToken+".ics") },
			"a link": func() reply { return h.get(h.browser(), "/i/rsvp_none") },
			"a change by a call": func() reply {
				return h.send(h.world.APIToken, "POST", "/api/v1/organisations", `{"name":"Ny","kind":"kommun"}`)
			},
		} {
			h.breaks.Store(true)
			p := ask()
			number := p.header.Get("X-Request-Id")
			if p.status != http.StatusInternalServerError || number == "" {
				h.Errorf("%s: %d", name, p.status)
			}
			h.protected(name, p, "private")
			if name != "a feed" && !strings.Contains(p.body, number) {
				h.Errorf("%s does not tell its number: %s", name, text(p.body))
			}
			for _, word := range []string{"clock", "wall", "panic", "goroutine", ".go:", "runtime"} {
				if strings.Contains(p.body, word) {
					h.Errorf("%s tells %q: %s", name, word, p.body)
				}
			}
			if log := h.log.String(); !strings.Contains(log, number) || !strings.Contains(log, "world_test.go") {
				h.Errorf("%s: the log does not tell where", name)
			}
		}
		h.wants(h.get(coordinator, "/forums"), 200)
		h.wants(h.post(coordinator, "/groups", url.Values{"name": {"Grupp efteråt"}, "kind": {"group"}}), http.StatusSeeOther)
	})
}

// A panic outside of every handler is answered too: what no route has shows the municipality's name,
// which is looked for again after a while.
func TestPanicOutsideOfHandlers(t *testing.T) {
	onBoth(t, func(h *house) {
		h.breaks.Store(true)
		p := h.get(h.browser(), "/nowhere")
		if p.status != http.StatusInternalServerError || !strings.Contains(p.body, p.header.Get("X-Request-Id")) || strings.Contains(p.body, "clock") {
			h.Errorf("%d: %s", p.status, p.body)
		}
		if log := h.log.String(); !strings.Contains(log, "panic: string") || !strings.Contains(log, "world_test.go") {
			h.Error("the log does not tell where")
		}
		h.wants(h.get(h.browser(), "/nowhere"), http.StatusNotFound)
	})
}

// A database that has gone opens nothing: everything that needs it is answered 503, and the rest as
// to a stranger.
func TestNothingOpensWithoutADatabase(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		callers := h.callers()
		if err := h.app.DB.Close(); err != nil {
			h.Fatal(err)
		}
		for _, c := range callers {
			own.feed = own.forum
			for _, route := range h.routes() {
				method, pattern, _ := strings.Cut(route, " ")
				policy := h.app.Frame.Policies()[route]
				p := h.try(c, method, own.fill(h, pattern))
				switch {
				case strings.Contains(p.body, canary) || strings.Contains(p.body, "sql"):
					h.Errorf("%s as %q tells: %s", route, c.role, p.body)
				case policy.Roles == nil && p.status == http.StatusOK && (!strings.Contains(pattern, ":") || pattern == "/static/:file"): // nobody's
				case c.role == "" && policy.Roles != nil:
					if p.status != http.StatusUnauthorized && p.status != http.StatusSeeOther {
						h.Errorf("%s as nobody: %d", route, p.status)
					}
				case p.status != http.StatusServiceUnavailable && p.status != http.StatusNotFound && p.status != http.StatusUnprocessableEntity:
					h.Errorf("%s as %q: %d: %s", route, c.role, p.status, text(p.body))
				}
			}
		}
	})
}

// The nonce is new for each answer, stands in the header and at the style sheet alone, and a browser
// obeys it: our style is taken, and nothing that was slipped in runs.
func TestNonce(t *testing.T) {
	onBoth(t, func(h *house) {
		seen := map[string]bool{}
		for range 50 {
			p := h.get(h.browser(), "/signin")
			csp := p.header.Get("Content-Security-Policy")
			_, rest, _ := strings.Cut(csp, "style-src 'nonce-")
			nonce, _, _ := strings.Cut(rest, "'")
			if len(nonce) != 22 || seen[nonce] || strings.Count(p.body, nonce) != 1 || !strings.Contains(p.body, `nonce="`+nonce+`"`) {
				h.Fatalf("the nonce %q: %s", nonce, csp)
			}
			seen[nonce] = true
			for _, part := range []string{"default-src 'none'", "script-src 'nonce-" + nonce, "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} {
				if !strings.Contains(csp, part) {
					h.Fatalf("%s lacks %s", csp, part)
				}
			}
			for _, part := range []string{"unsafe", "*", "http:", "script-src 'self'", "style-src 'self'"} {
				if strings.Contains(csp, part) {
					h.Fatalf("%s holds %s", csp, part)
				}
			}
		}
		ctx := window(h.T, 1280, true)
		var rules int
		var ran bool
		h.steps(ctx, chromedp.Navigate(h.url+"/signin"), chromedp.Evaluate(`document.styleSheets[0].cssRules.length`, &rules),
			chromedp.Evaluate(`(() => { const s = document.createElement("script"); s.textContent = "window.__xss = 1"; document.body.append(s);
				const i = document.createElement("img"); i.setAttribute("onerror", "window.__xss = 1"); i.src = "data:,"; document.body.append(i); })()`, nil),
			chromedp.Sleep(200*time.Millisecond), chromedp.Evaluate(`window.__xss !== undefined`, &ran))
		if rules < 10 || ran {
			h.Errorf("%d rules of our style; a script without a nonce ran: %v", rules, ran)
		}
	})
}

// unchanged compares with a snapshot from before.
func (h *house) unchanged(before map[string]string) {
	h.Helper()
	for table, rows := range h.snapshot() {
		if rows != before[table] {
			h.Errorf("%s changed", table)
		}
	}
}
