package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"samverkan/internal/access"
	"samverkan/internal/app"
	"samverkan/internal/app/sample"
	"samverkan/internal/config"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

const password = "granit lykta hav ask"

// house is the whole product on one database, with a real mail server behind it and a clock that
// the test moves.
type house struct {
	*testing.T
	app    *app.App
	world  *sample.World
	mail   *mailtest.Server
	url    string
	clock  time.Time
	breaks atomic.Bool // the next look at the clock panics: a fault deep inside whatever asks
	log    *logged
	client *http.Client
}

// logged keeps what the program logs.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// onBoth runs body in a house on each database.
func onBoth(t *testing.T, body func(*house)) {
	t.Helper()
	onBothWith(t, nil, body)
}

// onBothWith is onBoth with settings besides the usual ones. Both houses stand at the same time: each
// waits for its own clock, letters and browser far longer than it works.
func onBothWith(t *testing.T, more []string, body func(*house)) {
	t.Helper()
	storetest.Both(t,
		func(t *testing.T) {
			body(newHouse(t, "sqlite://"+filepath.Join(t.TempDir(), "samverkan.db"), slices.Clone(more)...))
		},
		func(t *testing.T) { body(newHouse(t, storetest.Postgres(t), slices.Clone(more)...)) })
}

// newHouse builds a house; more are settings besides the usual ones.
func newHouse(t *testing.T, database string, more ...string) *house {
	t.Helper()
	h := &house{T: t, mail: mailtest.Start(t), clock: storetest.Now, log: &logged{}}
	front := httptest.NewUnstartedServer(nil)
	t.Cleanup(front.Close)
	h.url = "http://" + front.Listener.Addr().String()
	smtp := h.mail.URL()
	if n := slices.IndexFunc(more, func(line string) bool { return strings.HasPrefix(line, "SAMVERKAN_OAUTH_TOKEN_URL=") }); n >= 0 {
		smtp = strings.Replace(smtp, "://", "://moten%40vingaker.example@", 1)
	}
	if !slices.Contains(more, "SAMVERKAN_SMTP_URL=") { // said to be none
		more = append(more, "SAMVERKAN_SMTP_URL="+smtp)
	}
	c, err := config.Read(append(more,
		"SAMVERKAN_DATABASE_URL="+database, "SAMVERKAN_BASE_URL="+h.url, "SAMVERKAN_DATA_DIR="+t.TempDir(), "SAMVERKAN_MAIL_FROM=moten@vingaker.example",
	))
	if err != nil {
		t.Fatal(err)
	}
	if h.app, err = app.New(t.Context(), c, "test", slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})), h.now); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.app.Close() })
	front.Config.Handler = h.app.Handler
	front.Start()
	hash, err := access.HashPassword(password, "")
	if err != nil {
		t.Fatal(err)
	}
	h.write(func(tx *store.Tx) (err error) {
		h.world, err = sample.Build(tx, hash)
		return err
	})
	h.client = h.browser()
	return h
}

func (h *house) now() time.Time {
	if h.breaks.CompareAndSwap(true, false) {
		panic("the clock fell off the wall")
	}
	return h.clock
}

func (h *house) write(fn func(*store.Tx) error) {
	h.Helper()
	if err := h.app.DB.Write(context.Background(), fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) read(fn func(*store.Tx) error) {
	h.Helper()
	if err := h.app.DB.Read(context.Background(), fn); err != nil {
		h.Fatal(err)
	}
}

// pass lets time go by and sends what has become due.
func (h *house) pass(d time.Duration) {
	h.Helper()
	h.clock = h.clock.Add(d)
	if err := h.app.Sender.Drain(context.Background()); err != nil {
		h.Fatal(err)
	}
}

// browser is one with cookies that follows no redirect by itself.
func (h *house) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// as gives a browser in which somebody of a role has signed in.
func (h *house) as(role access.Role) *http.Client {
	h.Helper()
	c := h.browser()
	for _, s := range sample.SignIns {
		if s.Role != role {
			continue
		}
		if p := h.post(c, "/signin", url.Values{"email": {s.Email}, "password": {password}}); p.status != http.StatusSeeOther {
			h.Fatalf("sign in as %s: %d", role, p.status)
		}
	}
	return c
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   string
	to     string // where a redirect leads
}

func (h *house) do(c *http.Client, r *http.Request) reply {
	h.Helper()
	answer, err := c.Do(r)
	if err != nil {
		h.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		h.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header, string(body), answer.Header.Get("Location")}
}

func (h *house) request(method, path, body string) *http.Request {
	h.Helper()
	if !strings.HasPrefix(path, "http") {
		path = h.url + path
	}
	r, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func (h *house) get(c *http.Client, path string) reply {
	h.Helper()
	return h.do(c, h.request(http.MethodGet, path, ""))
}

func (h *house) post(c *http.Client, path string, form url.Values) reply {
	h.Helper()
	r := h.request(http.MethodPost, path, form.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.do(c, r)
}

// call speaks with the API as the coordinator.
func (h *house) call(method, path string, body any, headers ...string) (reply, map[string]any) {
	h.Helper()
	var text bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&text).Encode(body); err != nil {
			h.Fatal(err)
		}
	}
	r := h.request(method, "/api/v1"+path, text.String())
	r.Header.Set("Authorization", "Bearer "+h.world.APIToken)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	p := h.do(http.DefaultClient, r)
	var answer map[string]any
	if p.body != "" {
		if err := json.Unmarshal([]byte(p.body), &answer); err != nil {
			h.Fatalf("%s %s: %v: %s", method, path, err, p.body)
		}
	}
	return p, answer
}

// wants ends the test unless an answer has the status.
func (h *house) wants(p reply, status int) reply {
	h.Helper()
	if p.status != status {
		h.Fatalf("status %d, not %d: %s", p.status, status, text(p.body))
	}
	return p
}

// fields gives the inputs of a page's first form whose action holds word, as a browser would send them.
func (h *house) fields(p reply, word string) url.Values {
	h.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	if err != nil {
		h.Fatal(err)
	}
	form := url.Values{}
	var walk func(n *html.Node, inside bool)
	walk = func(n *html.Node, inside bool) {
		if n.Type == html.ElementNode && n.Data == "form" {
			inside = strings.Contains(attribute(n, "action"), word) && len(form) == 0
		}
		if name := attribute(n, "name"); inside && n.Type == html.ElementNode && n.Data == "input" && name != "" {
			kind := attribute(n, "type")
			if kind != "checkbox" && kind != "radio" || has(n, "checked") {
				form.Add(name, attribute(n, "value"))
			}
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child, inside)
		}
	}
	walk(root, false)
	if len(form) == 0 {
		h.Fatalf("no form for %q on the page: %s", word, text(p.body))
	}
	return form
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// text is what a reader sees of a page.
func text(body string) string {
	return spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(body, " ")), " ")
}

// upload posts a file with one more field; an empty name: none.
func (h *house) upload(c *http.Client, path string, file []byte, name, value string) reply {
	h.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "plan.yaml")
	if err != nil {
		h.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		h.Fatal(err)
	}
	if name != "" {
		err = form.WriteField(name, value)
	}
	if err := errors.Join(err, form.Close()); err != nil {
		h.Fatal(err)
	}
	r := h.request(http.MethodPost, path, body.String())
	r.Header.Set("Content-Type", form.FormDataContentType())
	return h.do(c, r)
}

// freePort gives a port that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
