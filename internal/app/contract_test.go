package app_test

import (
	"encoding/json"
	"net/http"
	"sort"
	"strings"

	"github.com/google/uuid"
)

// apiCall is one call as the OpenAPI document tells it.
type apiCall struct {
	method, pattern string
	example         map[string]any // of its body; nil: it has none
	query           []string       // names of its query parameters
}

// calls reads them from the document, so that a new call is tested without being named here.
func (h *house) calls() (all []apiCall) {
	h.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			Parameters  []struct{ Name, In string }
			RequestBody struct {
				Content map[string]struct{ Example json.RawMessage }
			}
		}
	}
	p := h.wants(h.get(h.browser(), "/api/v1/openapi.json"), 200)
	if err := json.Unmarshal([]byte(p.body), &document); err != nil {
		h.Fatal(err)
	}
	for path, methods := range document.Paths {
		for method, op := range methods {
			c := apiCall{method: strings.ToUpper(method), pattern: "/api/v1" + strings.NewReplacer("{", ":", "}", "").Replace(path)}
			for _, q := range op.Parameters {
				if q.In == "query" {
					c.query = append(c.query, q.Name)
				}
			}
			if example := op.RequestBody.Content["application/json"].Example; example != nil {
				if err := json.Unmarshal(example, &c.example); err != nil {
					h.Fatalf("%s: %v", path, err)
				}
			}
			all = append(all, c)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].method+all[i].pattern < all[j].method+all[j].pattern })
	return all
}

// send makes a call of the API with a body as it is, as whoever holds token.
func (h *house) send(token, method, path, body string) reply {
	h.Helper()
	r := h.request(method, path, body)
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("If-Match", "*")
	r.Header.Set("Idempotency-Key", uuid.NewString())
	return h.do(http.DefaultClient, r)
}

// encoded is JSON of a value.
func (h *house) encoded(value any) string {
	h.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		h.Fatal(err)
	}
	return string(text)
}

// changed copies a body with one value exchanged wherever a text stands, and gives each copy with the
// place of the change.
func changed(body map[string]any, value string) map[string]map[string]any {
	all := map[string]map[string]any{}
	for name, old := range body {
		put := func(at string, v any) {
			one := map[string]any{}
			for k, o := range body {
				one[k] = o
			}
			one[name] = v
			all[at] = one
		}
		switch old := old.(type) {
		case string:
			put(name, value)
		case []any:
			if len(old) > 0 {
				if _, texts := old[0].(string); texts {
					put(name, []any{value})
				}
				if inner, is := old[0].(map[string]any); is {
					for at, one := range changed(inner, value) {
						put(name+"[0]."+at, []any{one})
					}
				}
			}
		case map[string]any:
			for at, one := range changed(old, value) {
				put(name+"."+at, one)
			}
		}
	}
	return all
}
