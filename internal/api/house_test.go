package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"samverkan/internal/access"
	"samverkan/internal/api"
	"samverkan/internal/app/sample"
	"samverkan/internal/lang"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// house is the sample world with the API in front of it.
type house struct {
	*sample.World
	t       *testing.T
	db      *store.DB
	clock   *storetest.Clock
	handler http.Handler
	frame   *serve.Frame
	office  secretariat.Office
	api     huma.API
	log     *bytes.Buffer
}

// each runs body in a house on each database.
func each(t *testing.T, body func(t *testing.T, h *house)) {
	t.Helper()
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := &house{t: t, db: db, clock: clock, log: &bytes.Buffer{}}
		h.write(func(tx *store.Tx) (err error) {
			h.World, err = sample.Build(tx, "hash")
			return err
		})
		h.build()
		body(t, h)
	})
}

// run is t.Run, with the house's calls failing the inner test.
func (h *house) run(name string, body func(t *testing.T)) {
	outer := h.t
	defer func() { h.t = outer }()
	outer.Run(name, func(t *testing.T) {
		h.t = t
		body(t)
	})
}

func (h *house) build() {
	h.t.Helper()
	key, err := seal.New(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		h.t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		h.t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(h.log, nil))
	if h.frame, err = serve.New(serve.Options{DB: h.db, Log: log, Language: lang.Swedish}); err != nil {
		h.t.Fatal(err)
	}
	h.office = secretariat.Office{Key: key, BaseURL: "https://samverkan.example", From: "moten@vingaker.example", Zone: zone, Delay: 30 * time.Second}
	if h.api, err = api.Register(h.frame, api.Options{DB: h.db, Office: h.office, Version: "1.2.3", Log: log}); err != nil {
		h.t.Fatal(err)
	}
	h.frame.Engine.NoRoute(api.NotFound)
	h.frame.Engine.NoMethod(api.NotFound)
	if h.handler, err = h.frame.Handler(); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) write(fn func(*store.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

// token makes one for a role's identity.
func (h *house) token(role access.Role, scopes ...string) string {
	h.t.Helper()
	var token string
	h.write(func(tx *store.Tx) (err error) {
		token, err = access.CreateAPIToken(tx, access.System(), h.Identities[role], "test", scopes, 30)
		return err
	})
	return token
}

// answer is what a call gave.
type answer struct {
	t      *testing.T
	Status int
	Header http.Header
	Raw    string
	JSON   map[string]any
}

// as calls with a token. Extra headers come in pairs.
func (h *house) as(token, method, path string, body any, headers ...string) answer {
	h.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		data, err := json.Marshal(body)
		if err != nil {
			h.t.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	r := httptest.NewRequest(method, api.Root+path, reader).WithContext(h.t.Context())
	if reader != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	a := answer{t: h.t, Status: w.Code, Header: w.Header(), Raw: w.Body.String()}
	if a.Raw != "" {
		if err := json.Unmarshal(w.Body.Bytes(), &a.JSON); err != nil {
			h.t.Fatalf("%s %s: %d, not JSON: %q", method, path, a.Status, a.Raw)
		}
	}
	return a
}

// call is as, by the coordinator.
func (h *house) call(method, path string, body any, headers ...string) answer {
	h.t.Helper()
	return h.as(h.APIToken, method, path, body, headers...)
}

func (a answer) is(status int) answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("status %d, want %d: %s", a.Status, status, a.Raw)
	}
	return a
}

// refused checks that the answer is a whole problem with a code, and with a mistake at each place.
func (a answer) refused(status int, code string, places ...string) answer {
	a.t.Helper()
	a.is(status)
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("content type %q: %s", got, a.Raw)
	}
	for _, member := range []string{"type", "title", "detail", "instance", "code", "requestId"} {
		if text, _ := a.JSON[member].(string); text == "" {
			a.t.Errorf("no %s in %s", member, a.Raw)
		}
	}
	if a.JSON["status"] != float64(status) || a.JSON["code"] != code {
		a.t.Errorf("status %v and code %v, want %d and %s: %s", a.JSON["status"], a.JSON["code"], status, code, a.Raw)
	}
	if a.JSON["requestId"] != a.Header.Get("X-Request-Id") {
		a.t.Errorf("requestId %v, header %q", a.JSON["requestId"], a.Header.Get("X-Request-Id"))
	}
	for _, place := range places {
		if !strings.Contains(a.Raw, `"location":"`+place+`"`) {
			a.t.Errorf("nothing at %s: %s", place, a.Raw)
		}
	}
	return a
}

func (a answer) text(name string) string {
	a.t.Helper()
	text, ok := a.JSON[name].(string)
	if !ok {
		a.t.Fatalf("no text %s in %s", name, a.Raw)
	}
	return text
}

func (a answer) list(name string) []map[string]any {
	a.t.Helper()
	all, ok := a.JSON[name].([]any)
	if !ok {
		a.t.Fatalf("no list %s in %s", name, a.Raw)
	}
	list := make([]map[string]any, len(all))
	for i := range all {
		list[i] = all[i].(map[string]any)
	}
	return list
}

// object is shorthand for JSON.
type object = map[string]any

// changed gives a copy of body with change over it.
func changed(body, change object) object {
	copied := maps.Clone(body)
	maps.Copy(copied, change)
	return copied
}
