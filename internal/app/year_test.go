package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// The year is planned in three pages: what was promised, the dates, and a last look. Nothing is
// stored before the last button, and nothing is sent at all.
func TestPlanTheYear(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		only := "/year/proposal?year=2027&forum=" + h.world.Forums["polis-avstamning"].String()
		first := text(h.wants(h.get(coordinator, "/year?year=2027"), 200).body)
		for _, want := range []string{"Varje månad utom juli. Helst tisdagar kl. 08.30–09.15.", "11 möten saknas", "Föreslå 34 datum", "Väntas från Länsstyrelsen", "Be om datum", "Maria Sälg", "Forumet gäller enskilda ärenden", "sportlov"} {
			if !strings.Contains(first, want) {
				h.Errorf("the first page does not say %q: %s", want, first)
			}
		}
		for _, never := range []string{"Väntas från Socialnämnden", "Brottsförebyggande möte Varje"} {
			if strings.Contains(first, never) {
				h.Errorf("the first page says %q", never)
			}
		}

		// The second page: a date is moved on by one button, and another one typed.
		dates := h.wants(h.get(coordinator, only), 200)
		if seen := text(dates.body); !strings.Contains(seen, "Tisdag 12 januari, vecka 2, kl. 08.30–09.15") || !strings.Contains(seen, "Andra tisdagen i månaden.") || !strings.Contains(seen, "Flytta till tisdagen efter") {
			h.Fatalf("the dates: %s", seen)
		}
		form := h.fields(dates, "/year/check")
		form.Set("later", "0")
		moved := h.wants(h.post(coordinator, "/year/check", form), 200)
		if seen := text(moved.body); !strings.Contains(seen, "Tisdag 19 januari, vecka 3") || !strings.Contains(seen, "Du flyttade mötet från tis 12 jan.") {
			h.Errorf("moved on: %s", seen)
		}
		form = h.fields(moved, "/year/check")
		form.Set("date-4", "6 maj 2027")
		form.Del("take-10")
		form.Set("date-10", "nonsens") // a row that is not to become a meeting may hold anything
		check := h.wants(h.post(coordinator, "/year/check", form), 200)
		seen := text(check.body)
		for _, want := range []string{"Torsdag 6 maj, vecka 18", "Dagen är Kristi himmelsfärdsdag.", "Skapa 10 möten", "Inga inbjudningar skickas ännu."} {
			if !strings.Contains(seen, want) {
				h.Errorf("the last look does not say %q: %s", want, seen)
			}
		}

		// Back to change, with everything as it was typed.
		back := h.fields(check, "/year")
		back.Set("step", "edit")
		again := h.wants(h.post(coordinator, "/year/check", back), 200)
		if form = h.fields(again, "/year/check"); form.Get("date-0") != "2027-01-19" || form.Get("date-4") != "6 maj 2027" {
			h.Errorf("typed dates were lost: %v", form)
		}
		if n := h.meetingsOf("polis-avstamning", 2027); n != 0 {
			h.Fatalf("%d meetings before the last button", n)
		}

		booked := h.wants(h.post(coordinator, "/year", h.fields(check, "/year")), http.StatusSeeOther)
		if n := h.meetingsOf("polis-avstamning", 2027); n != 10 || booked.to != "/meetings?year=2027" {
			h.Errorf("%d meetings, then %s", n, booked.to)
		}
		h.pass(time.Hour)
		if n := len(h.mail.Letters()); n != 0 {
			h.Errorf("%d letters", n)
		}
	})
}

func (h *house) meetingsOf(external string, year int) (n int64) {
	h.Helper()
	h.read(func(tx *store.Tx) error {
		id := h.world.Forums[external]
		var err error
		_, n, err = meeting.List(tx, access.System(), meeting.Selection{ForumID: &id, From: almanac.Date{Year: year, Month: 1, Day: 1}, To: almanac.Date{Year: year, Month: 12, Day: 31}})
		return err
	})
	return n
}

func TestPlanTheYear_refuses_in_words_and_keeps_what_was_typed(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		form := h.fields(h.wants(h.get(coordinator, "/year/proposal?year=2027&forum="+h.world.Forums["rvt-miranda"].String()), 200), "/year/check")
		for name, test := range map[string]struct {
			change func(url.Values)
			want   string
		}{
			"no date":          {func(f url.Values) { f.Set("date-0", "31 feb") }, "Februari 2027 har 28 dagar"},
			"the skipped hour": {func(f url.Values) { f.Set("date-0", "2027-03-28"); f.Set("starts-0", "02.30") }, "för då går vi över till sommartid"},
			"no meeting":       {func(f url.Values) { f.Del("take-0"); f.Del("take-1") }, "Välj minst ett möte att skapa."},
			"an end before it": {func(f url.Values) { f.Set("ends-0", "12.00") }, "Mötet måste sluta efter att det har börjat."},
		} {
			typed := url.Values{}
			for k, v := range form {
				typed[k] = append([]string(nil), v...)
			}
			test.change(typed)
			p := h.post(coordinator, "/year", typed)
			if p.status != http.StatusUnprocessableEntity || !strings.Contains(text(p.body), test.want) {
				h.Errorf("%s: %d %s", name, p.status, text(p.body))
			}
			if date := typed.Get("date-0"); !strings.Contains(p.body, `value="`+date+`"`) {
				h.Errorf("%s: %q was lost", name, date)
			}
		}
		if n := h.meetingsOf("rvt-miranda", 2027); n != 0 {
			h.Errorf("%d meetings", n)
		}
	})
}

// Local days and school breaks are settled on a page, and the proposal keeps free of them.
func TestPlanningDays(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		page := h.wants(h.get(coordinator, "/planning-days?year=2027"), 200)
		if seen := text(page.body); !strings.Contains(seen, "Sportlov") || !strings.Contains(seen, "Inga dagar är inlagda för 2027.") {
			h.Fatalf("%s", seen)
		}
		breaks := h.fields(page, "/planning-days/breaks")
		breaks.Set("from-1", "2027-02-15") // sportlov is in week 7 here
		breaks.Set("to-1", "19/2 2027")
		h.wants(h.post(coordinator, "/planning-days/breaks", breaks), http.StatusSeeOther)
		h.wants(h.post(coordinator, "/planning-days", url.Values{"year": {"2027"}, "name": {"Socialnämnden"}, "from": {"2027-01-12"}, "to": {""}, "kind": {"blocks"}}), http.StatusSeeOther)
		page = h.wants(h.get(coordinator, "/planning-days?year=2027"), 200)
		seen := text(page.body)
		for _, want := range []string{"sportlov : mån 15 feb – fre 19 feb, vecka 7", "Socialnämnden : tis 12 jan, vecka 2"} {
			if !strings.Contains(seen, want) {
				h.Errorf("the page does not say %q: %s", want, seen)
			}
		}
		if strings.Contains(seen, "Spara loven") {
			h.Error("breaks that were given are suggested again")
		}
		dates := text(h.wants(h.get(coordinator, "/year/proposal?year=2027"), 200).body)
		if want := "Tisdag 12 januari är spärrad för Socialnämnden, därför den 19 januari."; !strings.Contains(dates, want) {
			h.Errorf("the proposal does not say %q: %s", want, dates)
		}
		for name, bad := range map[string]url.Values{
			"no name":  {"year": {"2027"}, "name": {""}, "from": {"2027-01-12"}, "to": {""}, "kind": {"told"}},
			"no day":   {"year": {"2027"}, "name": {"X"}, "from": {"snart"}, "to": {""}, "kind": {"told"}},
			"backward": {"year": {"2027"}, "name": {"X"}, "from": {"2027-01-12"}, "to": {"2027-01-11"}, "kind": {"told"}},
			"no kind":  {"year": {"2027"}, "name": {"X"}, "from": {"2027-01-12"}, "to": {""}, "kind": {"x"}},
		} {
			if p := h.post(coordinator, "/planning-days", bad); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `value="`+bad.Get("from")+`"`) {
				h.Errorf("%s: %d", name, p.status)
			}
		}
		removal := regexp.MustCompile(`/planning-days/[0-9a-f-]{36}/removal`).FindString(page.body)
		h.wants(h.post(coordinator, removal, url.Values{"year": {"2027"}}), http.StatusSeeOther)
		h.wants(h.post(coordinator, removal, url.Values{"year": {"2027"}}), http.StatusNotFound)
		h.read(func(tx *store.Tx) error {
			left, err := forum.Blocks(tx, access.System(), almanac.Date{Year: 2027, Month: 1, Day: 1}, almanac.Date{Year: 2027, Month: 12, Day: 31})
			if len(left) != 6 {
				h.Errorf("%d days are left", len(left))
			}
			return err
		})
		h.wants(h.get(h.as(access.Manager), "/planning-days"), http.StatusNotFound)
	})
}

// A promise is typed in words; how it was read is shown for a yes before it is kept.
func TestForumForm_shows_how_a_promise_was_read(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		path := "/forums/" + h.world.Forums["rvt-miranda"].String() + "/settings"
		form := h.settings(coordinator, path)
		if got := form.Get("cadence"); got != "var sjätte månad" {
			h.Fatalf("the form says %q", got)
		}
		form.Set("cadence", "andra torsdagen i månaden utom juli")
		asked := h.post(coordinator, path, form)
		if seen := text(asked.body); asked.status != http.StatusOK || strings.Contains(asked.body, `class="note err"`) || !strings.Contains(seen, "Vi läste ”andra torsdagen i månaden utom juli” så här: ”andra torsdagen varje månad”, och har kryssat för månaderna utan möte. Stämmer det?") {
			h.Fatalf("%d %s", asked.status, seen)
		}
		confirmed := h.fields(asked, "/settings")
		for k, v := range form {
			if confirmed.Get(k) == "" && k != "exemptMonths" {
				confirmed[k] = v
			}
		}
		h.wants(h.post(coordinator, path, confirmed), http.StatusSeeOther)
		h.read(func(tx *store.Tx) error {
			f, err := forum.Find(tx, access.System(), h.world.Forums["rvt-miranda"])
			if c := f.Cadence; c.Months != 1 || c.Nth != 2 || c.Weekday != 4 || c.Text != "var sjätte månad" || len(f.ExemptMonths) != 1 || f.ExemptMonths[0] != 7 {
				h.Errorf("%+v %v", f.Cadence, f.ExemptMonths)
			}
			return err
		})
		form = h.settings(coordinator, path)
		form.Set("cadence", "varannan månad när det passar")
		refused := h.post(coordinator, path, form)
		if seen := text(refused.body); refused.status != http.StatusUnprocessableEntity || !strings.Contains(seen, "Vi förstår ”varannan månad” men inte ”när det passar”.") {
			h.Errorf("%d %s", refused.status, seen)
		}
	})
}

// settings are a forum's form as a browser would send it: h.fields knows no select.
func (h *house) settings(as *http.Client, path string) url.Values {
	h.Helper()
	form := h.fields(h.wants(h.get(as, path), 200), "/settings")
	for name, value := range map[string]string{"weekday": "4", "convenerId": "", "agenda": "Öppnande"} {
		form.Set(name, value)
	}
	return form
}

// A year of more dates than one form holds is made in two turns, and the page says so.
func TestYearOfMoreDatesThanAFormHolds(t *testing.T) {
	onBoth(t, func(h *house) {
		var all []secretariat.Proposed
		h.write(func(tx *store.Tx) error {
			for n := range 22 {
				s := forum.Usual()
				s.Name, s.NeutralTitle, s.ConvenedBy, s.Cadence = fmt.Sprintf("Grupp %d", n), "Nätverksträff", forum.Us, forum.Cadence{Months: 1}
				s.PromisedFrom, s.ExemptMonths = almanac.Date{Year: 2026, Month: 1, Day: 1}, []int{}
				if _, err := forum.Found(tx, access.System(), s, nil); err != nil {
					return err
				}
			}
			by, err := access.Load(tx, h.world.Identities[access.Coordinator])
			if err != nil {
				return err
			}
			y, err := secretariat.ProposeYear(tx, by, h.app.Office, 2027, nil)
			if err == nil {
				all = y.Proposed
			}
			return err
		})
		if len(all) <= 200 {
			h.Fatalf("only %d dates are proposed", len(all))
		}
		for n := range all[1:] {
			if all[n+1].Time.Date.Before(all[n].Time.Date) {
				h.Fatalf("the first are not the year's first: %s after %s", all[n+1].Time.Date, all[n].Time.Date)
			}
		}
		page := h.wants(h.get(h.as(access.Coordinator), "/year/proposal?year=2027"), 200)
		want := fmt.Sprintf("Här är årets första 200 möten. Skapa dem först, så föreslås de %d som är kvar nästa gång.", len(all)-200)
		if n := strings.Count(page.body, `name="take-`); n != 200 || !strings.Contains(text(page.body), want) {
			h.Errorf("%d dates; the page does not say %q", n, want)
		}
	})
}

// A program may give a promise in words alone: they are read as in the form, or refused with the sentence.
func TestForumByProgramIsPromisedInWords(t *testing.T) {
	onBoth(t, func(h *house) {
		wish := func(words string) map[string]any {
			return map[string]any{"name": "Ny grupp", "neutralTitle": "Nätverksträff", "scope": "overall", "convenedBy": "us", "cadence": map[string]any{"text": words, "months": 0, "min": 0, "max": 0},
				"exemptMonths": []int{}, "level": "neutral", "outwardPlace": "none", "weekday": 2, "starts": "13:00", "minutes": 60, "place": "", "remindDays": 2}
		}
		for words, months := range map[string]float64{"månadsvis": 1, "varannan månad utom juli": 2, "regelbundet": 0} {
			p, made := h.call(http.MethodPost, "/forums", wish(words))
			h.wants(p, http.StatusCreated)
			if c := made["cadence"].(map[string]any); c["months"] != months || c["text"] != words {
				h.Errorf("%s: %v", words, c)
			}
			if months == 2 && len(made["exemptMonths"].([]any)) != 1 {
				h.Errorf("%s: %v", words, made["exemptMonths"])
			}
		}
		p, refused := h.call(http.MethodPost, "/forums", wish("när månen är full"))
		h.wants(p, http.StatusUnprocessableEntity)
		if e := refused["errors"].([]any)[0].(map[string]any); !strings.Contains(e["location"].(string), "cadence.text") || !strings.Contains(e["message"].(string), "när månen är full") {
			h.Errorf("%v", refused)
		}
	})
}
