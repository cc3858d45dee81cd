package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"samverkan/internal/store/storetest"
)

// document is the OpenAPI document as a program reads it.
type document struct {
	OpenAPI string
	Info    struct {
		Title, Version, Description string
		Contact                     struct{ Name, URL, Email string }
		License                     struct{ Name, URL string }
		SLA                         string `json:"x-sla"`
	}
	Servers    []struct{ URL string }
	Paths      map[string]map[string]operation
	Components struct {
		Schemas         map[string]json.RawMessage
		SecuritySchemes map[string]struct{ Type, Scheme string }
	}
}

type operation struct {
	OperationID, Summary, Description string
	Parameters                        []parameter
	RequestBody                       struct {
		Content map[string]struct{ Example any }
	}
	Responses map[string]struct {
		Description string
		Content     map[string]struct{ Schema, Example any }
	}
	Security []map[string][]string
}

type parameter struct {
	Name, In string
	Schema   struct{ Default, Minimum, Maximum any }
}

// read serves the document to somebody without a token.
func read(t *testing.T) (d document, raw string) {
	t.Helper()
	h := &house{t: t, db: storetest.One(t, storetest.SQLite(t)), log: &bytes.Buffer{}}
	h.build()
	a := h.as("", "GET", "/openapi.json", nil).is(http.StatusOK)
	if err := json.Unmarshal([]byte(a.Raw), &d); err != nil {
		t.Fatal(err)
	}
	if to := os.Getenv("OPENAPI_TO"); to != "" { // for a linter
		if err := os.WriteFile(to, []byte(a.Raw), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if info := h.as("", "GET", "/api-info", nil).is(http.StatusOK); info.text("apiVersion") != "1.2.3" {
		t.Errorf("VER.06: %s", info.Raw)
	}
	return d, a.Raw
}

// TestRules holds the rules of Digg's REST profile 1.2.0 that a test can hold us to.
func TestRules(t *testing.T) {
	d, raw := read(t)
	must := func(rule string, ok bool, what ...any) {
		t.Helper()
		if !ok {
			t.Error(append([]any{rule}, what...)...)
		}
	}
	info := d.Info
	must("DOK.03", info.Title != "" && info.Version == "1.2.3" && info.Description != "" && info.Contact.Name != "" && info.Contact.URL != "" && info.Contact.Email != "" && info.License.Name == "EUPL-1.2" && info.License.URL != "", info)
	must("DOK.06", strings.Contains(info.Description, "**Svenska.**") && strings.Contains(info.Description, "**English.**"))
	must("DOK.08", info.SLA != "")
	must("DOK.09", strings.Contains(info.Description, "Kända begränsningar"))
	must("DOK.17", d.OpenAPI == "3.1.0", d.OpenAPI)
	must("VER.05 UFN.01", len(d.Servers) == 1 && strings.HasSuffix(d.Servers[0].URL, "/api/v1"), d.Servers)
	must("UFN.02 SAK.01", strings.HasPrefix(d.Servers[0].URL, "https://"), d.Servers)
	must("VER.06", d.Paths["/api-info"]["get"].OperationID != "")
	bearer := d.Components.SecuritySchemes["bearer"]
	must("SAK.09 SAK.10", len(d.Components.SecuritySchemes) == 1 && bearer.Type == "http" && bearer.Scheme == "bearer", d.Components.SecuritySchemes)

	segment := regexp.MustCompile(`^([a-z0-9]+(-[a-z0-9]+)*|\{[a-zA-Z]+\})$`)
	ids := map[string]bool{}
	for path, item := range d.Paths {
		for _, s := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
			must("UFN.07 UFN.08 UFN.09 RES.06", segment.MatchString(s), path)
		}
		for method, op := range item {
			must("DOK.19", op.Summary != "" && op.Description != "" && op.OperationID != "" && !ids[op.OperationID], method, path)
			ids[op.OperationID] = true
			for _, name := range regexp.MustCompile(`\{([a-zA-Z]+)\}`).FindAllStringSubmatch(path, -1) {
				must("DOK.19", slices.ContainsFunc(op.Parameters, func(p parameter) bool { return p.Name == name[1] && p.In == "path" }), method, path, name[1])
			}
			op.responds(must, method+" "+path)
			op.pages(must, method+" "+path)
			if path != "/api-info" {
				must("SAK.10", len(op.Security) == 1 && len(op.Security[0]["bearer"]) == 1, method, path)
			}
			if method == "get" {
				must("FOR.02", op.RequestBody.Content == nil, path)
			} else if op.RequestBody.Content != nil {
				must("DOK.15", op.RequestBody.Content["application/json"].Example != nil, method, path)
			}
		}
	}
	for _, name := range properties(t, raw) {
		must("AME.04 AME.05 AME.07", regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`).MatchString(name), name)
	}
	must("FEL.01", strings.Contains(string(d.Components.Schemas["Problem"]), `"required":["type","title","status","detail","instance","code","requestId"]`), string(d.Components.Schemas["Problem"]))
	must("DOT.01", !strings.Contains(raw, "+01:00") && !strings.Contains(raw, "+02:00"))
}

// responds checks that each return code is told, errors as problems.
func (op operation) responds(must func(string, bool, ...any), at string) {
	must("DOK.20", len(op.Responses) >= 4, at, len(op.Responses))
	for _, status := range []string{"422", "500", "503"} {
		must("DOK.20", op.Responses[status].Description != "", at, status)
	}
	for status, response := range op.Responses {
		must("DOK.20", response.Description != "" && status != "default", at, status)
		if status >= "400" {
			problem, is := response.Content["application/problem+json"]
			must("FEL.02", is && len(response.Content) == 1 && problem.Schema != nil && problem.Example != nil, at, status)
		}
	}
}

// pages checks that lists are cut in the same way everywhere, and named in the plural.
func (op operation) pages(must func(string, bool, ...any), at string) {
	if !strings.HasPrefix(op.OperationID, "list") {
		return
	}
	found := map[string]bool{}
	for _, p := range op.Parameters {
		switch p.Name {
		case "limit":
			must("FNS.09", p.Schema.Default == float64(20) && p.Schema.Maximum == float64(200), at, p)
		case "page":
			must("FNS.08", p.Schema.Default == float64(1) && p.Schema.Minimum == float64(1), at, p)
		}
		must("FNS.03", regexp.MustCompile(`^[a-z]`).MatchString(p.Name) || p.In == "header", at, p.Name)
		found[p.Name] = true
	}
	must("FNS.07", found["limit"] && found["page"], at)
	reference, _ := json.Marshal(op.Responses["200"].Content["application/json"].Schema)
	must("AME.06", regexp.MustCompile(`/[A-Za-z]+s"`).Match(reference), at, string(reference))
}

// properties are the names of all properties of all schemas.
func properties(t *testing.T, raw string) (names []string) {
	t.Helper()
	var all struct {
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal([]byte(raw), &all); err != nil {
		t.Fatal(err)
	}
	for _, schema := range all.Components.Schemas {
		for name := range schema.Properties {
			names = append(names, name)
		}
	}
	if len(names) < 100 {
		t.Fatalf("only %d properties", len(names))
	}
	return names
}

func TestDocument(t *testing.T) {
	d, raw := read(t)
	t.Run("refers to nothing that is not there", func(t *testing.T) {
		for _, m := range regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(raw, -1) {
			if d.Components.Schemas[m[1]] == nil {
				t.Errorf("no schema %s", m[1])
			}
		}
	})
	t.Run("tells nothing of Go", func(t *testing.T) {
		for _, word := range []string{"$schema", "uuid.UUID", "huma", "Default Response"} {
			if strings.Contains(raw, word) {
				t.Errorf("%q is in the document", word)
			}
		}
	})
	t.Run("shows every list with its number", func(t *testing.T) {
		for name, schema := range d.Components.Schemas {
			if strings.HasSuffix(name, "s") && strings.Contains(string(schema), `"limit"`) != strings.Contains(string(schema), `"total"`) {
				t.Errorf("%s: %s", name, schema)
			}
		}
		for _, name := range []string{"Meetings", "Contacts", "PromiseStatuses", "LogEntries"} {
			if !strings.Contains(string(d.Components.Schemas[name]), `"total"`) {
				t.Errorf("%s has no total: %s", name, d.Components.Schemas[name])
			}
		}
	})
}
