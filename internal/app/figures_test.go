package app_test

import (
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/minutes"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// listings are numbers that pages say in a link, and what stands for one thing in the list that it opens.
var listings = []struct{ page, link, row string }{
	{"/", `<a class="n" href="([^"]+)">(\d+)`, `<li><span><a href="/meetings/`},
	{"/promises", `<a class="forecast" href="([^"]+)">[^<]*?(\d+) möte`, `<li><span><a href="/meetings/`},
	{"/plan", `<a href="(/decisions[^"]+)">(\d+) `, `<li><span><a href="/decisions/`},
	{"/plan", `<a href="(/actions[^"]+)">(\d+) `, `<li><span><a href="/actions/`},
	{"/workplaces", `<a href="(/workplaces\?state=confirmed)">(\d+) av \d+ `, `<th scope="row"><a href="/workplaces/`},
	{"/workplaces", `<a href="(/workplaces[^"]*)"[^>]*>[^<]* \((\d+)\)</a>`, `<th scope="row"><a href="/workplaces/`},
}

var (
	newHires   = regexp.MustCompile(`<a class="n" href="([^"]+)#introduced">(\d+)`)
	allHires   = regexp.MustCompile(`<a href="/workplaces#places-caption">(\d+)`)
	introduced = regexp.MustCompile(`(?s)<h3 id="introduced">.*?</ul>`)
	hiresOfDay = regexp.MustCompile(`<span>(\d+)</span></li>`)
	notesLine  = regexp.MustCompile(`<small>(\d+) av (\d+) i tid\.([^<]*)</small></summary><ul>(.*?)</ul>`)
	waiting    = regexp.MustCompile(`(\d+) väntar\.`)
	cameLine   = regexp.MustCompile(`(\d+) av (\d+) möten</summary><p>Kom: (.*?)\. Kom inte: (.*?)\.</p>`)
)

// number reads what a pattern found.
func (h *house) number(s string) int {
	h.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		h.Fatal(err)
	}
	return n
}

func (h *house) figuresWorld() {
	h.happened("polis-avstamning", []string{"2026-01-13", "2026-02-10", "2026-11-17"}, []string{"2026-12-08"}, []string{"2026-12-15"})
	o := h.things("rvt-miranda")
	h.write(func(tx *store.Tx) error {
		by := access.System()
		p, err := plan.Current(tx, by)
		if err != nil {
			return err
		}
		row := p.Goals[0].Measures[0].ID
		if err := minutes.SetTies(tx, by, o.decision, nil, &row); err != nil {
			return err
		}
		return minutes.SetTies(tx, by, o.action, nil, &row)
	})
}

func TestEachNumberInALinkOpensTheListThatItCounts(t *testing.T) {
	onBoth(t, func(h *house) {
		h.figuresWorld()
		c := h.as(access.Coordinator)
		for _, l := range listings {
			found := regexp.MustCompile(l.link).FindAllStringSubmatch(h.wants(h.get(c, l.page), http.StatusOK).body, -1)
			if len(found) == 0 {
				h.Errorf("%s has no number like %s", l.page, l.link)
			}
			for _, f := range found {
				to := html.UnescapeString(f[1])
				if n := strings.Count(h.wants(h.get(c, to), http.StatusOK).body, l.row); n != h.number(f[2]) {
					h.Errorf("%s: %s opens %d, not %s", l.page, to, n, f[2])
				}
			}
		}
		h.newHires(c)
	})
}

// newHires follows the numbers of new hires: all of them are the places' together, and each place's the days' together.
func (h *house) newHires(c *http.Client) {
	h.Helper()
	page := h.wants(h.get(c, "/workplaces"), http.StatusOK).body
	said, places := allHires.FindStringSubmatch(page), newHires.FindAllStringSubmatch(page, -1)
	if said == nil || len(places) == 0 {
		h.Fatalf("no new hires: %s", text(page))
	}
	all := 0
	for _, p := range places {
		list, of := introduced.FindString(h.wants(h.get(c, p[1]), http.StatusOK).body), 0
		for _, day := range hiresOfDay.FindAllStringSubmatch(list, -1) {
			of += h.number(day[1])
		}
		if of != h.number(p[2]) {
			h.Errorf("%s lists %d, not %s: %s", p[1], of, p[2], text(list))
		}
		all += of
	}
	if all != h.number(said[1]) {
		h.Errorf("%d new hires, not %s", all, said[1])
	}
}

func TestPromises_notes_in_time_and_who_came_list_the_meetings_that_they_count(t *testing.T) {
	onBoth(t, func(h *house) {
		h.figuresWorld()
		page := h.wants(h.get(h.as(access.Coordinator), "/promises?year=2026"), http.StatusOK).body
		notes, waits := notesLine.FindAllStringSubmatch(page, -1), 0
		for _, n := range notes {
			in := func(states ...string) (count int) {
				for _, s := range states {
					count += strings.Count(n[4], `<li class="`+s+`">`)
				}
				return count
			}
			said := 0
			if w := waiting.FindStringSubmatch(n[3]); w != nil {
				said = h.number(w[1])
			}
			waits += said
			if in("inTime") != h.number(n[1]) || in("inTime", "late", "overdue") != h.number(n[2]) || in("waiting") != said || strings.Count(n[4], `<a href="/meetings/`) != in("inTime", "late", "overdue", "waiting") {
				h.Errorf("not what is said: %s", text(n[0]))
			}
		}
		if len(notes) < 2 || waits == 0 {
			h.Errorf("%d forums have notes, %d wait", len(notes), waits)
		}
		for _, came := range cameLine.FindAllStringSubmatch(page, -1) {
			to, not := strings.Count(came[3], `href="/meetings/`), strings.Count(came[4], `href="/meetings/`)
			if to != h.number(came[1]) || to+not != h.number(came[2]) {
				h.Errorf("not what is said: %s", text(came[0]))
			}
		}
	})
}

func TestPromises_a_sign_of_the_legend_opens_the_months_of_that_sign(t *testing.T) {
	onBoth(t, func(h *house) {
		h.figuresWorld()
		c := h.as(access.Coordinator)
		if body := text(h.wants(h.get(c, "/promises?year=2026&sign=crossed"), http.StatusOK).body); !strings.Contains(body, "Bara: Inställt.") || !strings.Contains(body, "15 dec: ") || strings.Contains(body, "8 dec: ") {
			h.Errorf("not the cancelled ones alone: %s", body)
		}
		h.wants(h.get(c, "/promises?sign=circle"), http.StatusNotFound)
	})
}
