package app_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// happened records meetings of a forum that were held, are planned, or were cancelled.
func (h *house) happened(forum string, held, planned, cancelled []string) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		by := access.System()
		book := func(on string) (*meeting.Meeting, error) {
			var d almanac.Date
			if err := d.UnmarshalText([]byte(on)); err != nil {
				return nil, err
			}
			past := d.Before(almanac.DateOf(tx.Now, h.app.Office.Zone))
			return meeting.Schedule(tx, by, meeting.Proposal{ForumID: h.world.Forums[forum], Zone: h.app.Office.Zone, Held: past, Time: meeting.Time{Date: d, Starts: 9 * 60, Ends: 10 * 60}})
		}
		for _, on := range append(held, planned...) {
			if _, err := book(on); err != nil {
				return err
			}
		}
		for _, on := range cancelled {
			m, err := book(on)
			if err != nil {
				return err
			}
			if _, err := meeting.Cancel(tx, by, m.ID, m.Version, "Sjukdom"); err != nil {
				return err
			}
		}
		return nil
	})
}

var figure = regexp.MustCompile(`<a class="n" href="([^"]+)">(\d+)`)

// rows counts the meetings that a list shows.
var rows = regexp.MustCompile(`<li><span><a href="/meetings/[^"]+">`)

func TestPromises_each_figure_opens_the_list_that_it_counts(t *testing.T) {
	onBoth(t, func(h *house) {
		h.happened("polis-avstamning", []string{"2026-01-13", "2026-02-10", "2026-03-10"}, []string{"2026-12-08"}, []string{"2026-12-15"})
		h.happened("rvt-miranda", []string{"2026-03-12"}, nil, []string{"2026-12-09", "2026-12-10"})
		c := h.as(access.Manager)
		page := h.wants(h.get(c, "/promises"), 200)
		found := figure.FindAllStringSubmatch(page.body, -1)
		if len(found) < 8 {
			h.Fatalf("%d figures: %s", len(found), text(page.body))
		}
		for _, f := range found {
			to := html.UnescapeString(f[1])
			if strings.HasPrefix(to, "#") {
				if !strings.Contains(page.body, `id="`+to[1:]+`"`) {
					h.Errorf("nothing is at %s", to)
				}
				continue
			}
			list := h.wants(h.get(c, to), 200)
			if n := len(rows.FindAllString(list.body, -1)); fmt.Sprint(n) != f[2] {
				h.Errorf("%s opens %d meetings, not %s", to, n, f[2])
			}
		}
		for _, want := range []string{"möten blev inte av", "Det skulle ha varit senast 14 maj 2026.", "Väntas från"} {
			if !strings.Contains(text(page.body), want) {
				h.Errorf("the page does not say %q: %s", want, text(page.body))
			}
		}
	})
}

func TestPromises_the_wheel_the_table_and_the_file_tell_the_same(t *testing.T) {
	onBoth(t, func(h *house) {
		h.happened("rvt-miranda", []string{"2026-03-12"}, []string{"2026-12-10"}, []string{"2026-12-09"})
		wheel := h.wants(h.get(h.as(access.Member), "/promises?year=2026"), 200).body // of one forum
		for _, want := range []string{`role="img"`, `<title id="chart-title">Årshjul 2026</title>`, `<desc id="chart-desc">Hållet: 1, Planerat: 1, Inställt: 1, Inte bokfört: 0, Väntas: 0, Saknas: 1.`, `class="hand"`, `class="wheel onwide"`} {
			if !strings.Contains(wheel, want) {
				h.Errorf("the wheel lacks %s", want)
			}
		}
		if n := strings.Count(wheel, "<g transform="); n != 4 {
			h.Errorf("%d marks", n)
		}
		if strings.Contains(wheel, " style=") {
			h.Error("a style that the browser refuses")
		}
		all := h.wants(h.get(h.as(access.Coordinator), "/promises?year=2026"), 200).body
		if !strings.Contains(all, `class="timeline onwide"`) {
			h.Error("more than six forums are no timeline")
		}
		file := h.wants(h.get(h.as(access.Coordinator), "/promises.csv?year=2026"), 200)
		lines := strings.Split(strings.TrimSpace(file.body), "\n")
		if len(lines) != strings.Count(all, `<th scope="row">`)+1 || !strings.HasPrefix(lines[0], "\ufeffForum;Planen säger;") {
			h.Errorf("%d lines: %s", len(lines), lines[0])
		}
		var told struct {
			PromiseStatuses []struct {
				ForumID                  uuid.UUID
				Held, Planned, Cancelled int
				StateText, Reason, State string
				Meetings, Gaps           []map[string]any
			}
		}
		if err := json.Unmarshal([]byte(h.send(h.world.APIToken, "GET", "/api/v1/promise-statuses?year=2026&limit=100", "").body), &told); err != nil {
			h.Fatal(err)
		}
		if len(told.PromiseStatuses) != len(lines)-1 {
			h.Errorf("%d by the API, %d in the file", len(told.PromiseStatuses), len(lines)-1)
		}
		for _, s := range told.PromiseStatuses {
			if s.ForumID == h.world.Forums["rvt-miranda"] && (s.Held != 1 || s.Planned != 1 || s.Cancelled != 1 || len(s.Meetings) != 3 || len(s.Gaps) != 1 || s.State != "late") {
				h.Errorf("%+v", s)
			}
			if !strings.Contains(text(all), s.StateText) || !strings.Contains(text(all), s.Reason) {
				h.Errorf("the page does not say %q, %q", s.StateText, s.Reason)
			}
		}
	})
}

func TestPromises_a_missed_meeting_is_explained(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(access.Coordinator)
		own := h.world.Forums["rvt-miranda"].String()
		page := h.wants(h.get(c, "/promises"), 200)
		form := h.fields(page, "/forums/"+own+"/explanations")
		form.Set("text", "")
		empty := h.wants(h.post(c, "/forums/"+own+"/explanations", form), http.StatusUnprocessableEntity)
		if !strings.Contains(empty.body, `href="#f-text"`) || !strings.Contains(empty.body, `id="f-text"`) {
			h.Errorf("the refusal leads nowhere: %s", text(empty.body))
		}
		form.Set("text", "Vakans hos oss")
		h.wants(h.post(c, "/forums/"+own+"/explanations", form), http.StatusSeeOther)
		if seen := text(h.get(h.as(access.Member), "/promises").body); !strings.Contains(seen, "Förklaring: Vakans hos oss") || strings.Contains(seen, "Spara förklaringen") {
			h.Errorf("the member reads: %s", seen)
		}
		p := h.send(h.world.APIToken, "POST", "/api/v1/forums/"+own+"/explanations", `{"year":2026,"to":"`+form.Get("deadline")+`","text":"Vakans hela våren"}`)
		if p.status != http.StatusCreated {
			h.Errorf("%d: %s", p.status, p.body)
		}
	})
}

func TestPromises_a_meeting_counts_for_a_second_forum_and_shows_no_more(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(access.Coordinator)
		at := h.scheduled("polis-avstamning", "2026-12-08")
		second := h.world.Forums["rvt-miranda"].String()
		form := h.fields(h.wants(h.get(c, at), 200), "/counting")
		form.Set("countsForId", second)
		h.wants(h.post(c, at+"/counting", form), http.StatusSeeOther)
		if seen := text(h.get(c, at).body); !strings.Contains(seen, "Räknas också för ") {
			h.Errorf("the meeting says: %s", seen)
		}
		member := h.as(access.Member)
		list := h.wants(h.get(member, "/meetings?year=2026&state=planned&forum="+second), 200)
		if !strings.Contains(text(list.body), "1 möte.") || !strings.Contains(text(list.body), "tisdag 8 december 2026") || strings.Contains(list.body, at) {
			h.Errorf("the member's list: %s", text(list.body))
		}
		h.wants(h.get(member, at), http.StatusNotFound)
		seen := h.wants(h.get(member, "/promises?year=2026"), 200)
		if strings.Contains(seen.body, at) || !strings.Contains(text(seen.body), "Ett annat forums möte, som räknas hit") {
			h.Errorf("the member's year: %s", text(seen.body))
		}
		p := h.send(h.world.APIToken, "DELETE", "/api/v1"+at+"/second-forum", "")
		if p.status != http.StatusOK || strings.Contains(p.body, "secondForumId") {
			h.Errorf("%d: %s", p.status, p.body)
		}
	})
}
