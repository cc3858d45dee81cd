package app_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

var counted = regexp.MustCompile(`(?s)<ul class="list" id="counted">(.*?)</ul>\n`)

// begun begins this year's follow-up from the overview, as somebody would: the task, and its button.
func (h *house) begun(c *http.Client) (path string) {
	h.Helper()
	if overview := h.wants(h.get(c, "/"), 200).body; !strings.Contains(overview, `<a href="/follow-ups">Gör den årliga uppföljningen för 2026</a>`) {
		h.Fatalf("the overview does not ask for it: %s", text(overview))
	}
	first := regexp.MustCompile(`<option value="([^"]+)"`).FindStringSubmatch(h.wants(h.get(c, "/follow-ups"), 200).body) // what the button takes when nothing is chosen
	return h.wants(h.post(c, "/follow-ups", url.Values{"period": first[1:]}), http.StatusSeeOther).to
}

func TestFollowUp_each_figure_opens_the_list_that_it_counts(t *testing.T) {
	onBoth(t, func(h *house) {
		h.happened("polis-avstamning", []string{"2026-01-13", "2026-02-10", "2026-03-10"}, []string{"2026-12-08"}, []string{"2026-12-15"})
		h.happened("rvt-miranda", []string{"2026-03-12"}, nil, []string{"2026-12-09", "2026-12-10"})
		path := h.begun(h.as(access.Coordinator))
		c := h.as(access.Manager)
		page := h.wants(h.get(c, path), 200)
		found := figure.FindAllStringSubmatch(page.body, -1)
		if len(found) < 12 {
			h.Fatalf("%d figures: %s", len(found), text(page.body))
		}
		for _, f := range found {
			list := h.wants(h.get(c, html.UnescapeString(f[1])), 200)
			lines := counted.FindStringSubmatch(list.body)
			if lines == nil || fmt.Sprint(strings.Count(lines[1], `<li class="out">`)) != f[2] {
				h.Errorf("%s is %s, and its list: %s", f[1], f[2], text(list.body))
			}
		}
		if strings.Contains(page.body, "<form method=\"post\" action=\""+path) {
			h.Error("a manager is offered to write")
		}
		missed := h.wants(h.get(c, path+"/figures?figure=missed&forum="+h.world.Forums["polis-avstamning"].String()), 200)
		if !strings.Contains(missed.body, "Förklara varför") {
			h.Errorf("nobody asks for an explanation: %s", text(missed.body))
		}
	})
}

func TestFollowUp_from_the_overview_to_the_committee(t *testing.T) {
	onBoth(t, func(h *house) {
		h.happened("polis-avstamning", []string{"2026-01-13", "2026-02-10"}, []string{"2026-12-08"}, nil)
		c := h.as(access.Coordinator)
		path := h.begun(c)
		f := h.fields(h.wants(h.get(c, path), 200), path)
		f.Set("summary", "Vi har hållit **det mesta**.")
		f.Set("status-1.8", "done")
		f.Set("comment-1.8", "Vi tackar Anna Svensson.")
		f.Set("act", "preview")
		warned := h.wants(h.post(c, path, f), http.StatusUnprocessableEntity)
		if !strings.Contains(text(warned.body), "A••• S••• ser ut som ett namn.") {
			h.Errorf("the guard says nothing: %s", text(warned.body))
		}
		f.Set("comment-1.8", "Vi fortsätter.")
		preview := h.wants(h.post(c, path, f), http.StatusSeeOther).to
		page := h.wants(h.get(c, preview), 200)
		for _, want := range []string{"Uppföljning 2026", "det mesta", "Vi fortsätter.", "Utkast. Inte överlämnat till nämnden.", "är inte bedömda", "har ingen förklaring"} {
			if !strings.Contains(text(page.body), want) {
				h.Errorf("the preview does not say %q: %s", want, text(page.body))
			}
		}
		hand := h.fields(page, "/handover")
		hand.Set("reference", "?")
		h.wants(h.post(c, path+"/handover", hand), http.StatusUnprocessableEntity)
		hand.Set("reference", "SN 2026/123")
		h.wants(h.post(c, path+"/handover", hand), http.StatusSeeOther)
		h.wants(h.post(c, path, f), http.StatusUnprocessableEntity)
		h.happened("polis-avstamning", []string{"2026-03-10"}, nil, nil)
		frozen := h.wants(h.get(h.as(access.Registrar), path), 200)
		if !strings.Contains(text(frozen.body), "Diarienummer: SN 2026/123") || !strings.Contains(frozen.body, `figure=held&amp;forum=`+h.world.Forums["polis-avstamning"].String()+`">2<`) {
			h.Errorf("what was handed over: %s", text(frozen.body))
		}
		if overview := h.get(c, "/").body; strings.Contains(overview, "årliga uppföljningen") {
			h.Error("it is still asked for")
		}
	})
}

func TestFollowUp_by_the_API(t *testing.T) {
	onBoth(t, func(h *house) {
		h.happened("polis-avstamning", []string{"2026-01-13", "2026-02-10"}, []string{"2026-12-08"}, nil)
		send := func(method, path, body string, want int, headers ...string) (answer map[string]any, etag string) {
			h.Helper()
			var sent any
			if body != "" {
				sent = json.RawMessage(body)
			}
			p, shown := h.call(method, path, sent, headers...)
			h.wants(p, want)
			return shown, p.header.Get("ETag")
		}
		made, etag := send("POST", "/follow-ups", `{"year":2026}`, 201)
		path := "/follow-ups/" + made["id"].(string)
		send("POST", "/follow-ups", `{"year":2026}`, 409)
		send("PUT", path, `{"summary":"Bra."}`, 428)
		changed, _ := send("PUT", path, `{"summary":"Bra.","rows":[{"row":"1.8","status":"ongoing"}]}`, 200, "If-Match", etag)
		if changed["summary"] != "Bra." || changed["state"] != "draft" {
			h.Errorf("%v", changed)
		}
		send("PUT", path, `{"summary":"Sent."}`, 412, "If-Match", etag)
		send("POST", path+"/handover", `{"sha256":"`+strings.Repeat("0", 64)+`","date":"2026-11-24"}`, 409)
		handed, _ := send("POST", path+"/handover", `{"sha256":"`+changed["sha256"].(string)+`","date":"2026-11-24","reference":"SN 2026/9"}`, 201)
		if handed["state"] != "handedOver" || handed["reference"] != "SN 2026/9" {
			h.Errorf("%v", handed["state"])
		}
		copies := func(format string) string {
			shown, _ := send("GET", path+"/copies/"+format, "", 200)
			data, err := base64.StdEncoding.DecodeString(shown["data"].(string))
			if err != nil {
				h.Fatal(err)
			}
			return string(data)
		}
		if a := copies("pdf"); a != copies("pdf") || a != h.wants(h.get(h.as(access.Manager), path+"/copies/pdf"), 200).body {
			h.Error("the PDF is not the same bytes each time")
		}
		if table := copies("csv"); !strings.Contains(table, "Möten per forum") || !strings.Contains(table, "1.8;") {
			h.Errorf("%.300s", table)
		}
		corrected, _ := send("POST", path+"/corrections", `{"reason":"En siffra var fel."}`, 201)
		if corrected["former"] != made["id"] {
			h.Errorf("%v", corrected["former"])
		}
		if list, _ := send("GET", "/follow-ups", "", 200); len(list["followUps"].([]any)) != 2 {
			h.Errorf("%v", list)
		}
	})
}

func TestFollowUp_half_years_are_asked_for_by_a_setting_alone(t *testing.T) {
	for setting, want := range map[string]bool{"true": true, "false": false} {
		onBothWith(t, []string{"SAMVERKAN_HALF_YEAR_FOLLOW_UP=" + setting}, func(h *house) {
			h.clock = time.Date(2027, 5, 3, 8, 0, 0, 0, time.UTC)
			h.read(func(tx *store.Tx) error {
				by, err := access.Load(tx, h.world.Identities[access.Coordinator])
				if err != nil {
					return err
				}
				tasks, err := secretariat.Tasks(tx, by, h.app.Office)
				found := false
				for _, t := range tasks {
					found = found || strings.Contains(t.Mailed.In("sv"), "första halvåret 2027")
				}
				if found != want {
					h.Errorf("%s: asked for: %v", setting, found)
				}
				return err
			})
		})
	}
}

func TestFollowUp_refuses_a_time_that_is_none(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(access.Coordinator)
		for _, period := range []string{"", "nej", "2026-3", "2026-x", "1999", "2099", "2026-1-1"} {
			h.wants(h.post(c, "/follow-ups", url.Values{"period": {period}}), http.StatusUnprocessableEntity)
		}
	})
}
