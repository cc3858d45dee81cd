package api_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"samverkan/internal/access"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.run("refuses whoever has none", func(t *testing.T) {
			for _, header := range []string{"", "Bearer", "Bearer ", "Basic YTpi", h.APIToken, "Bearer " + h.APIToken[:len(h.APIToken)-1], "Bearer " + h.APIToken + "x", "Bearer " + h.FeedToken} {
				a := h.as("", "GET", "/meetings", nil, "Authorization", header).refused(401, "unauthorized")
				if !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
					t.Errorf("%q: WWW-Authenticate %q", header, a.Header.Get("WWW-Authenticate"))
				}
			}
			if strings.Contains(h.log.String(), h.APIToken[:20]) {
				t.Error("a token is in the log")
			}
		})
		h.run("reads the scheme in any case", func(t *testing.T) {
			h.as("", "GET", "/meetings", nil, "Authorization", "bearer "+h.APIToken).is(200)
		})
		h.run("refuses one that was revoked, and a disabled owner's", func(t *testing.T) {
			token := h.token(access.Manager, "read")
			h.as(token, "GET", "/meetings", nil).is(200)
			h.write(func(tx *store.Tx) error {
				return tx.DB.Model(&access.APIToken{}).Where("identity_id = ?", h.Identities[access.Manager]).Update("revoked_at", tx.Now).Error
			})
			h.as(token, "GET", "/meetings", nil).refused(401, "unauthorized")
			token = h.token(access.Registrar, "read")
			h.write(func(tx *store.Tx) error { return access.Disable(tx, access.System(), h.Identities[access.Registrar]) })
			h.as(token, "GET", "/meetings", nil).refused(401, "unauthorized")
		})
		h.run("does not take a cookie for a token", func(t *testing.T) {
			h.as("", "GET", "/meetings", nil, "Cookie", "samverkan="+h.APIToken).refused(401, "unauthorized")
		})
		h.run("looks at the token before the request", func(t *testing.T) {
			h.as("", "POST", "/meetings", "{").refused(401, "unauthorized")
		})
	})
}

// TestEveryCall walks the document: no call is open that should not be.
func TestEveryCall(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		readOnly, writeOnly := h.token(access.Coordinator, "read"), h.token(access.Coordinator, "write")
		member := h.token(access.Member, "read", "write")
		for path, item := range h.api.OpenAPI().Paths {
			at := strings.NewReplacer("{id}", "01935b1e-4c00-7000-8000-000000000001", "{contactId}", "01935b1e-4c00-7000-8000-000000000002").Replace(path)
			for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
				if op == nil || path == "/api-info" {
					continue
				}
				method := op.Method
				policy, declared := h.frame.Policies()[method+" /api/v1"+strings.NewReplacer("{", ":", "}", "").Replace(path)]
				if !declared {
					t.Errorf("%s %s has no policy", method, path)
				}
				h.as("", method, at, nil).refused(401, "unauthorized")
				scopeless, other := writeOnly, readOnly
				if a := h.as(readOnly, method, at, nil); a.Status == http.StatusForbidden {
					scopeless, other = readOnly, writeOnly
				}
				a := h.as(scopeless, method, at, nil).refused(403, "insufficientScope")
				if !strings.Contains(a.Header.Get("WWW-Authenticate"), `error="insufficient_scope"`) {
					t.Errorf("%s %s: WWW-Authenticate %q", method, path, a.Header.Get("WWW-Authenticate"))
				}
				if a := h.as(other, method, at, nil); a.Status == 403 || a.Status == 401 || a.Status >= 500 {
					t.Errorf("%s %s with the other scope: %d", method, path, a.Status)
				}
				if (method == "POST" || method == "PUT" || method == "DELETE") && path != "/year-proposals" && path != "/searches" && !strings.HasSuffix(path, "reviews") && scopeless != readOnly {
					t.Errorf("%s %s is open to a token that reads", method, path)
				}
				if !slices.Contains(policy.Roles, access.Member) {
					h.as(member, method, at, nil).refused(404, "notFound")
				}
			}
		}
	})
}

func TestProblems(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for name, body := range map[string]string{"half an object": `{"forumId":`, "two values": `{} {}`, "words": `hej`, "no body": ``, "bytes": "\xff\xfe"} {
			h.run("tells that "+name+" is not JSON", func(t *testing.T) {
				a := h.call("POST", "/meetings", body).refused(400, "malformed")
				if strings.Contains(a.Raw, "invalid character") || strings.Contains(a.Raw, "unexpected") {
					t.Errorf("%s", a.Raw)
				}
			})
		}
		h.run("refuses what is not an object", func(t *testing.T) {
			h.call("POST", "/meetings", `[]`).refused(422, "invalid", "body")
			h.call("POST", "/meetings", `null`).refused(422, "invalid")
		})
		h.run("refuses another content", func(t *testing.T) {
			h.call("POST", "/meetings", `a=b`, "Content-Type", "application/x-www-form-urlencoded").refused(415, "unsupportedMediaType")
		})
		h.run("refuses what is too large", func(t *testing.T) {
			for _, size := range []int{100 << 10, 1<<20 + 10, 3 << 20} {
				h.call("POST", "/meetings", `{"place":"`+strings.Repeat("x", size)+`"}`).refused(413, "tooLarge")
			}
		})
		h.run("speaks the reader's language", func(t *testing.T) {
			for header, want := range map[string]lang.Language{"": lang.Swedish, "en": lang.English, "en-GB,sv;q=0.5": lang.English, "sv,en;q=0.9": lang.Swedish, "fr, en;q=0.3": lang.English, "de": lang.Swedish, ";;;": lang.Swedish} {
				a := h.call("GET", "/meetings/01935b1e-4c00-7000-8000-000000000001", nil, "Accept-Language", header).refused(404, "notFound")
				if a.Header.Get("Content-Language") != string(want) || a.text("detail") != want.Text("Det finns inte, eller så har du inte tillgång till det.") {
					t.Errorf("%q: %q, %s", header, a.Header.Get("Content-Language"), a.Raw)
				}
			}
			h.write(func(tx *store.Tx) error {
				return access.SetLanguage(tx, access.Actor{ID: h.Identities[access.Coordinator]}, lang.English)
			})
			if a := h.call("GET", "/meetings/x", nil).refused(404, "notFound"); a.Header.Get("Content-Language") == "sv" {
				t.Errorf("an English reader got Swedish: %s", a.Raw)
			}
		})
		h.run("answers for paths and methods that are none", func(t *testing.T) {
			h.call("GET", "/finns-inte", nil).refused(404, "notFound")
			h.call("GET", "/meetings/inget-id", nil).refused(404, "notFound")
			a := h.call("PATCH", "/meetings", `{}`).refused(405, "methodNotAllowed")
			if !strings.Contains(a.Header.Get("Allow"), "GET") {
				t.Errorf("Allow %q", a.Header.Get("Allow"))
			}
		})
		h.run("never repeats what was sent", func(t *testing.T) {
			a := h.call("POST", "/meetings", object{"forumId": 5, "date": "kanariefågel", "starts": "kanariefågel", "kanariefågel": true})
			if n := strings.Count(a.Raw, "kanariefågel"); n > 1 { // once: the name of the property
				t.Errorf("%s", a.Raw)
			}
		})
	})
}

func TestInternalErrorsAreNotTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.write(func(tx *store.Tx) error { return tx.DB.Exec("ALTER TABLE meetings RENAME TO lost").Error })
		a := h.call("GET", "/meetings", nil).refused(500, "internal")
		if strings.Contains(a.Raw, "sql") || strings.Contains(a.Raw, "table") || !strings.Contains(a.text("detail"), a.text("requestId")) {
			t.Errorf("%s", a.Raw)
		}
		if !strings.Contains(h.log.String(), a.text("requestId")) || !strings.Contains(h.log.String(), "request failed") {
			t.Errorf("not in the log: %s", h.log.String())
		}
	})
}

func TestNoCallIsCrossOrigin(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		r := httptest.NewRequest("GET", "/api/v1/api-info", nil)
		r.Header.Set("Origin", "https://evil.example")
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("Access-Control-Allow-Origin %q", got)
		}
	})
}
