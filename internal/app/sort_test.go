package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"samverkan/internal/access"
)

// pageQueries are the query parameters that pages read; those of the API stand in its document.
var pageQueries = map[string][]string{
	"/meetings":                         {"year", "forum", "state"},
	"/promises":                         {"year", "sign"},
	"/promises.csv":                     {"year"},
	"/year":                             {"year"},
	"/year/proposal":                    {"year", "forum"},
	"/planning-days":                    {"year"},
	"/new-meeting":                      {"forum"},
	"/new-occasion":                     {"measure"},
	"/new-date-poll":                    {"forum"},
	"/p/:token":                         {"sparat", "lang"},
	"/new-contact":                      {"organisation"},
	"/minutes":                          {"page"},
	"/actions":                          {"state", "forum", "measure"},
	"/decisions":                        {"forum", "year", "organisation", "state", "measure"},
	"/decisions.csv":                    {"forum", "year", "organisation", "state", "measure"},
	"/outbox":                           {"page", "state"},
	"/minutes/:id":                      {"version"},
	"/minutes/:id/finish":               {"reason"},
	"/minutes/:id/copies/:format":       {"version"},
	"/minutes/:id/disclosure":           {"version"},
	"/i/:token":                         {"sparat", "lang"},
	"/i/:token/attachments/:attachment": {"lang", "code"},
	"/i/:token/calendar.ics":            nil,
	"/i/:token/papers":                  {"lang", "code"},
	"/r/:token":                         {"lang"},
	"/n/:token":                         {"lang", "code"},
	"/n/:token/copies/:format":          {"lang"},
	"/a/:token":                         {"lang", "code"},
	"/g/:token":                         {"lang", "code"},
	"/u/:token":                         {"sparat", "lang", "code"},
	"/s/:token":                         {"lang"},
	"/thanks":                           {"for", "lang"},
	"/log":                              {"from", "to", "who", "action", "page"},
	"/signin":                           {"next", "lang"},
	"/help":                             {"lang"},
	"/calendar-imports":                 {"forum"},
	"/meetings/:id/addition-review":     {"contact"},
	"/forums/:id/date-request":          {"year"},
	"/d/:token":                         {"sparat", "lang"},
	"/o/:token":                         {"sparat", "lang"},
	"/year-overviews":                   {"year"},
	"/relay-items":                      {"minutes", "receiver", "state"},
	"/relays":                           {"year", "forum"},
	"/relays.csv":                       {"year", "forum"},
	"/workplaces":                       {"state"},
	"/receivers/:id/reading-list":       {"months"},
	"/w/:token":                         {"sparat", "lang"},
	"/w/:token/reading-list":            {"months", "lang"},
	"/plan-versions/:id/changes":        {"from"},
	"/plan-versions/:id/copies/:format": {"from"},
	"/plan-versions/:id/new-row":        {"goal"},
	"/follow-ups/:id/figures":           {"figure", "forum"},
}

// queries are 200 values that somebody may try: to sort, to select, to count, to break.
func queries() (all []string) {
	for _, column := range []string{"id", "name", "password_hash", "email", "1", "0", "-1", "99999999999999999999", "unknown_column", "starts_at", "answer_token"} {
		for _, form := range []string{"%s", "-%s", "%s desc", "%s ASC, (SELECT 1)", "%s;", "(%s)", "`%s`", `"%s"`, "%s--", "%s/**/"} {
			all = append(all, fmt.Sprintf(form, column))
		}
	}
	all = append(all, "1=1--", "1 OR 1=1", "' OR '1'='1", "'; DROP TABLE meetings; --", `" OR ""="`, "1) UNION SELECT password_hash FROM identities--", "1 UNION ALL SELECT NULL,NULL",
		"(SELECT password_hash FROM identities LIMIT 1)", "CASE WHEN (1=1) THEN id ELSE name END", "pg_sleep(5)", "1;SELECT pg_sleep(5)", "randomblob(100000000)", "load_extension('x')", "1 AND 1=CAST((SELECT version()) AS int)",
		"ATTACH DATABASE 'x' AS y", "COPY t TO PROGRAM 'id'", "xp_cmdshell", "sqlite_master", "information_schema.tables", "*", "%", "%%", "_", "?", "$1", ":id", "@id", "{}", "[]", "[1,2]", `["a"]`, `{"$ne":null}`, `{"a":1}`,
		"null", "NULL", "nil", "undefined", "NaN", "Infinity", "-Infinity", "true", "false", "0x10", "1e9", "1e999", "1.5", "+1", " 1", "1 ", "01", "٣", "１", "1,2", "1_000", "", " ", "\t", "\n", "\r\nX-Injected: 1", "\x00", "1\x00", "\x1b[0m",
		"../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://evil.example/", "//evil.example", `\\evil.example\x`, "javascript:alert(1)", "<script>alert(1)</script>", "${7*7}", "{{7*7}}", "%{7*7}", "#{7*7}", "$(id)", "`id`", "|id", ";id",
		"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{00000000-0000-0000-0000-000000000000}", "urn:uuid:00000000-0000-0000-0000-000000000000", "2027-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "-1-01-01", "2027-13-01", "24:00",
		strings.Repeat("a", 1000), strings.Repeat("9", 400), strings.Repeat("(", 1000), strings.Repeat("%", 500), "å ä ö", "🗓️", "\u202e", "\ufeff1", "ı", "ſ", "Ω", "\xff\xfe", "\xc0\xaf", "%2527", "%00")
	for len(all) < 200 {
		all = append(all, fmt.Sprintf("column%d) OR (1=1", len(all)))
	}
	return all
}

var anID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)

// T-SORT: whatever is asked for in a query is refused, or answered with what one could see anyway:
// never an error of ours, never another's row.
func TestSort(t *testing.T) {
	if n := len(queries()); n < 200 {
		t.Fatalf("%d values", n)
	}
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		h.things("polis-avstamning")
		member := h.callers()[2]
		if member.role != access.Member {
			h.Fatal("not the member")
		}
		coordinator := h.as(access.Coordinator)
		tried := 0
		for _, c := range h.calls() {
			if c.method != http.MethodGet || len(c.query) == 0 {
				continue
			}
			path := own.fill(h, c.pattern)
			sees := h.ids(path + h.send(member.token, c.method, path+h.whole(c), "").body)
			for _, name := range c.query {
				for _, value := range queries() {
					tried++
					p := h.send(member.token, c.method, path+"?"+url.Values{name: {value}}.Encode(), "")
					h.ownRowsOnly(c.pattern, name, value, p, sees)
				}
			}
		}
		for pattern, names := range pageQueries {
			path := own.fill(h, pattern)
			sees := h.ids(path + h.get(coordinator, path).body)
			for _, name := range names {
				for _, value := range queries() {
					tried++
					p := h.get(coordinator, path+"?"+url.Values{name: {value}}.Encode())
					if strings.HasPrefix(pattern, "/year") || pattern == "/meetings" || strings.HasPrefix(pattern, "/promises") { // other years have other meetings
						sees = nil
					}
					h.ownRowsOnly(pattern, name, value, p, sees)
				}
			}
		}
		if tried < 8000 {
			h.Errorf("only %d were tried", tried)
		}
		h.unnamedQueries()
	})
}

// whole asks a list for as much as it gives at once.
func (h *house) whole(c apiCall) string {
	if slices.Contains(c.query, "limit") {
		return "?limit=200"
	}
	return ""
}

func (h *house) ids(body string) map[string]bool {
	all := map[string]bool{}
	for _, id := range anID.FindAllString(body, -1) {
		all[id] = true
	}
	return all
}

func (h *house) ownRowsOnly(where, name, value string, p reply, sees map[string]bool) {
	h.Helper()
	switch p.status {
	case http.StatusOK, http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity:
	case http.StatusSeeOther:
		if where != "/signin" || !regexp.MustCompile(`^/([a-z]|$)`).MatchString(p.to) {
			h.Errorf("%s?%s=%.60q leads to %s", where, name, value, p.to)
		}
	default:
		h.Errorf("%s?%s=%.60q: %d: %.300s", where, name, value, p.status, text(p.body))
	}
	if p.header.Get("X-Injected") != "" || strings.Contains(p.body, "$argon2id$") {
		h.Errorf("%s?%s=%.60q injects or tells", where, name, value)
	}
	if sees == nil {
		return
	}
	for id := range h.ids(strings.ReplaceAll(p.body, url.QueryEscape(value), " ")) {
		if !sees[id] && id != value {
			h.Errorf("%s?%s=%.60q shows the row %s", where, name, value, id)
		}
	}
}

// unnamedQueries looks for parameters that this test does not know: in the code they are read by name.
func (h *house) unnamedQueries() {
	h.Helper()
	known := map[string]bool{}
	for _, names := range pageQueries {
		for _, name := range names {
			known[name] = true
		}
	}
	for name := range queriesRead(h.T) {
		if !known[name] {
			h.Errorf("pages read the query %q, which no test tries: name it in pageQueries", name)
		}
	}
	var problem struct{ Code string }
	p := h.send(h.world.APIToken, "GET", "/api/v1/meetings?sort=id", "")
	if json.Unmarshal([]byte(p.body), &problem) != nil || p.status != http.StatusUnprocessableEntity || problem.Code != "invalid" {
		h.Errorf("a parameter that no call has: %d: %s", p.status, p.body)
	}
}
