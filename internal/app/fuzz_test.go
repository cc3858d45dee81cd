package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/app"
	"samverkan/internal/app/sample"
	"samverkan/internal/config"
	"samverkan/internal/mail"
	"samverkan/internal/store"
)

// fuzzed is the whole program without its listener, on SQLite, with a year of meetings and a
// coordinator signed in.
type fuzzed struct {
	app    *app.App
	world  *sample.World
	guest  string // an answer token
	cookie *http.Cookie
	routes []string
}

func newFuzzed(f *testing.F) *fuzzed {
	f.Helper()
	dir := f.TempDir()
	c, err := config.Read([]string{"SAMVERKAN_DATABASE_URL=sqlite://" + filepath.Join(dir, "samverkan.db"), "SAMVERKAN_BASE_URL=http://127.0.0.1:8080", "SAMVERKAN_DATA_DIR=" + dir,
		"SAMVERKAN_MAIL_FROM=moten@vingaker.example"})
	if err != nil {
		f.Fatal(err)
	}
	z := &fuzzed{}
	if z.app, err = app.New(f.Context(), c, "test", slog.New(slog.DiscardHandler), nil); err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { z.app.Close() })
	hash, err := access.HashPassword(password, "")
	if err != nil {
		f.Fatal(err)
	}
	if err := z.app.DB.Write(f.Context(), func(tx *store.Tx) (err error) {
		z.world, err = sample.Build(tx, hash)
		return err
	}); err != nil {
		f.Fatal(err)
	}
	link, err := z.world.Year(f.Context(), z.app.DB, z.app.Office, mail.Folder{Dir: filepath.Join(dir, "outbox")})
	if err != nil {
		f.Fatal(err)
	}
	z.guest = link[strings.LastIndex(link, "/")+1:]
	signed := z.do(z.request(http.MethodPost, "/signin", "", strings.NewReader(url.Values{"email": {"samordnare@vingaker.example"}, "password": {password}}.Encode()), "application/x-www-form-urlencoded"))
	if len(signed.Result().Cookies()) != 1 {
		f.Fatalf("sign in: %d", signed.Code)
	}
	z.cookie = signed.Result().Cookies()[0]
	for route := range z.app.Frame.Policies() {
		z.routes = append(z.routes, route)
	}
	slices.Sort(z.routes)
	return z
}

// request is made by hand: http.NewRequest refuses what a hostile program would send.
func (z *fuzzed) request(method, path, query string, body io.Reader, kind string) *http.Request {
	r := httptest.NewRequest(method, "/", body)
	r.URL = &url.URL{Path: path, RawQuery: query}
	r.RequestURI = ""
	if kind != "" {
		r.Header["Content-Type"] = []string{kind}
	}
	if z.cookie != nil {
		r.AddCookie(z.cookie)
	}
	return r
}

func (z *fuzzed) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	z.app.Handler.ServeHTTP(w, r)
	return w
}

// survives asks and fails on an error of ours, and on what takes long.
func (z *fuzzed) survives(t *testing.T, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	began := time.Now()
	w := z.do(r)
	if w.Code >= 500 {
		t.Errorf("%s %s?%s: %d: %s", r.Method, r.URL.Path, r.URL.RawQuery, w.Code, text(w.Body.String()))
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("%s %s took %s", r.Method, r.URL.Path, took)
	}
	return w
}

// of gives one of the routes of a method, with a real object in its path where there is one.
func (z *fuzzed) of(method string, n uint8, wants func(pattern string) bool) string {
	var all []string
	for _, route := range z.routes {
		if verb, pattern, _ := strings.Cut(route, " "); verb == method && pattern != "/signout" && wants(pattern) {
			all = append(all, pattern)
		}
	}
	segments := strings.Split(all[int(n)%len(all)], "/")
	for i, s := range segments {
		switch {
		case s == ":token" && segments[1] == "i":
			segments[i] = z.guest
		case s == ":token" || s == ":file":
			segments[i] = "none"
		case strings.HasPrefix(s, ":"):
			segments[i] = z.one(segments[i-1]).String()
		}
	}
	return strings.Join(segments, "/")
}

// one gives a real object of the kind that a path names; a fresh id where there is none.
func (z *fuzzed) one(kind string) (id uuid.UUID) {
	table, known := map[string]string{"forums": "forums", "meetings": "meetings", "invitations": "invitations", "contacts": "contacts", "members": "contacts", "outbox": "letters",
		"minutes": "minutes", "minutes-items": "minutes_items", "actions": "minutes_items", "relay-items": "relay_items", "work-groups": "work_groups", "workplaces": "workplaces", "organisations": "organisations"}[kind]
	var ids []uuid.UUID
	if known {
		_ = z.app.DB.Read(context.Background(), func(tx *store.Tx) error { // none is as good as an error
			return tx.DB.Table(table).Limit(1).Order("id").Pluck("id", &ids).Error
		})
	}
	if len(ids) == 0 {
		return store.NewID()
	}
	return ids[0]
}

func pages(pattern string) bool { return !strings.HasPrefix(pattern, "/api/") }

// Whatever is near a token opens nothing, and breaks nothing.
func FuzzTokens(f *testing.F) {
	z := newFuzzed(f)
	z.cookie = nil
	for n, seed := range []string{z.guest, z.world.FeedToken + ".ics", "", "rsvp_", z.guest[1:], z.guest + "\x00", "../" + z.guest, "%2e%2e", strings.ToUpper(z.guest), "rsvp_" + strings.Repeat("a", 10_000), "\xff", "a/b"} {
		f.Add(uint8(n), seed)
	}
	f.Fuzz(func(t *testing.T, door uint8, token string) {
		prefix := []string{"/i/", "/r/", "/calendar/", "/setup/"}[int(door)%4]
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			w := z.survives(t, z.request(method, prefix+token, "", strings.NewReader("partStat=ACCEPTED&sequence=0"), "application/x-www-form-urlencoded"))
			known := token == z.guest && prefix == "/i/" || token == z.world.FeedToken+".ics" && prefix == "/calendar/"
			if !known && w.Code < 400 {
				t.Errorf("%s%q is answered %d", prefix, token, w.Code)
			}
		}
		r := z.request(http.MethodGet, "/api/v1/meetings", "", nil, "")
		r.Header["Authorization"] = []string{"Bearer " + token}
		if w := z.survives(t, r); w.Code != http.StatusUnauthorized {
			t.Errorf("the bearer token %q is answered %d", token, w.Code)
		}
	})
}

// A cookie that we did not give is nobody's.
func FuzzCookies(f *testing.F) {
	z := newFuzzed(f)
	real := z.cookie.Value
	for _, seed := range []string{"", "samverkan=", "samverkan=x", "samverkan=" + real[1:], "samverkan=" + real + "x", "samverkan=\"" + real, "samverkan=" + strings.Repeat("a", 5000), "samverkan=\x00", "__Host-samverkan=x; samverkan=y", "=;=;=", ";;;;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cookie string) {
		if strings.Contains(cookie, real) {
			t.Skip("the right one")
		}
		for _, path := range []string{"/", "/meetings", "/signin"} {
			r := z.request(http.MethodGet, path, "", nil, "")
			r.Header["Cookie"] = []string{cookie}
			w := z.survives(t, r)
			if path != "/signin" && (w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/signin")) && w.Code != http.StatusRequestHeaderFieldsTooLarge {
				t.Errorf("%q opens %s: %d", cookie, path, w.Code)
			}
		}
	})
}

// A form may hold anything, in either encoding.
func FuzzForms(f *testing.F) {
	z := newFuzzed(f)
	var parts bytes.Buffer
	m := multipart.NewWriter(&parts)
	m.WriteField("name", "Ny grupp")
	m.Close()
	for n := range uint8(60) {
		f.Add(n, "application/x-www-form-urlencoded", []byte("version=1&name=a&text=b&date=2027-01-01&starts=8&ends=9&note=c&act=invitation&hash=d"))
	}
	f.Add(uint8(3), m.FormDataContentType(), parts.Bytes())
	f.Add(uint8(3), "multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"../b\"\r\n\r\nc\r\n--x--"))
	f.Add(uint8(3), "multipart/form-data; boundary=", []byte("----"))
	f.Add(uint8(9), "text/plain", []byte("a=b"))
	f.Add(uint8(9), "application/x-www-form-urlencoded; charset=utf-16", []byte("%zz&=&&&a=%00%ff;b"))
	f.Fuzz(func(t *testing.T, route uint8, kind string, body []byte) {
		z.survives(t, z.request(http.MethodPost, z.of(http.MethodPost, route, pages), "", bytes.NewReader(body), kind))
	})
}

// A plan file is whatever somebody chose.
func FuzzPlanFile(f *testing.F) {
	z := newFuzzed(f)
	f.Add(sample.Plan)
	for _, seed := range []string{"", "schema_version: 1\n", "a: [", "- - - -", "schema_version: 1\norganisations: [{id: a, name: b, kind: c, parent: a}]\n", "&a [*a]", "schema_version: 1\nforums: [{id: x, cadence: {interval: P1M}}]\n", "\xff\xfe", "%YAML 9.9", "? :", "!!binary x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", "plan.yaml")
		if err != nil {
			t.Fatal(err)
		}
		part.Write(file)
		form.WriteField("try", "yes")
		form.Close()
		z.survives(t, z.request(http.MethodPost, "/welcome/plan", "", &body, form.FormDataContentType()))
	})
}

// A query may hold anything, on pages and calls.
func FuzzQueries(f *testing.F) {
	z := newFuzzed(f)
	for n := range uint8(90) {
		f.Add(n, "year=2027&page=2&forum=x&version=1&lang=en&reason=r&next=/a&limit=1")
	}
	for n, seed := range []string{"year=%00", "a=1&a=2", "%zz", ";", "year=99999999999999999999", "page=-1", "next=//evil", "q=" + strings.Repeat("a", 9000), "\xff=\xff", "limit=1e9", "forumId=", "=", "&&&"} {
		f.Add(uint8(n), seed)
	}
	f.Fuzz(func(t *testing.T, route uint8, query string) {
		z.survives(t, z.request(http.MethodGet, z.of(http.MethodGet, route, func(string) bool { return true }), query, nil, ""))
		r := z.request(http.MethodGet, z.of(http.MethodGet, route, func(p string) bool { return !pages(p) }), query, nil, "")
		r.Header.Set("Authorization", "Bearer "+z.world.APIToken)
		z.survives(t, r)
	})
}

// The body of a call may hold anything.
func FuzzCalls(f *testing.F) {
	z := newFuzzed(f)
	calls := func(method string) func(uint8) string {
		return func(n uint8) string { return z.of(method, n, func(p string) bool { return !pages(p) }) }
	}
	for n := range uint8(40) {
		f.Add(n, []byte(`{"name":"a","kind":"b","date":"2027-01-01","starts":"08:00","ends":"09:00","act":"invitation","text":"c","version":1}`))
	}
	for n, seed := range []string{"", "{", "[]", "null", `"a"`, "1e999", `{"a":{"a":{"a":1}}}`, `{"name":"\u0000\ud800"}`, `{"name":"a","name":"b"}`, `{"name":null}`, "\xef\xbb\xbf{}", `{"date":"2027-02-30","starts":"24:00"}`} {
		f.Add(uint8(n), []byte(seed))
	}
	f.Fuzz(func(t *testing.T, route uint8, body []byte) {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch} {
			r := z.request(method, calls(method)(route), "", bytes.NewReader(body), "application/json")
			r.Header.Set("Authorization", "Bearer "+z.world.APIToken)
			r.Header.Set("If-Match", "*")
			r.Header.Set("Idempotency-Key", "fuzz")
			z.survives(t, r)
		}
	})
}
