package app_test

import (
	"bytes"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

// calendarFile reads a file in the shape that a program saves.
func (h *house) calendarFile(name string) string {
	h.Helper()
	data, err := os.ReadFile(filepath.Join("..", "secretariat", "testdata", "calendars", name))
	if err != nil {
		h.Fatal(err)
	}
	return string(data)
}

// parts sends a form in parts, with a file when there is one.
func (h *house) parts(c *http.Client, path, file string, fields url.Values) reply {
	h.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, v := range values {
			if err := form.WriteField(name, v); err != nil {
				h.Fatal(err)
			}
		}
	}
	if file != "" {
		part, err := form.CreateFormFile("file", "kalender.ics")
		if err != nil {
			h.Fatal(err)
		}
		part.Write([]byte(file))
	}
	form.Close()
	r := h.request(http.MethodPost, path, body.String())
	r.Header.Set("Content-Type", form.FormDataContentType())
	return h.do(c, r)
}

func (h *house) count(table string) (n int64) {
	h.Helper()
	h.read(func(tx *store.Tx) error { return tx.DB.Table(table).Count(&n).Error })
	return n
}

// A calendar file is looked through, ticked and read in; the browser carries it between, and nobody gets a letter.
func TestCalendarUpload(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		county, police := h.world.Forums["lanssamverkan"].String(), h.world.Forums["polis-avstamning"].String()
		form := h.wants(h.get(coordinator, "/calendar-imports?forum="+county), 200)
		if chosen := h.fields(form, "/calendar-imports/review"); chosen.Get("whose") != "theirs" || !strings.Contains(form.body, `value="`+county+`" selected`) {
			h.Errorf("%v", chosen)
		}
		before := h.count("meetings")
		page := h.wants(h.parts(coordinator, "/calendar-imports/review", h.calendarFile("outlook-series.ics"), url.Values{"forumId": {county}, "whose": {"theirs"}}), 200)
		seen := text(page.body)
		for _, want := range []string{"4 möten i filen", "tisdag 12 januari 2027 kl. 09.00–10.30", "Länssamverkan", "torsdag 11 mars 2027 kl. 14.00–15.30", "Läs in de valda mötena"} {
			if !strings.Contains(seen, want) {
				h.Errorf("the review does not say %q: %s", want, seen)
			}
		}
		if h.count("meetings") != before {
			h.Error("the review has made meetings")
		}
		chosen := h.fields(page, "/calendar-imports")
		if len(chosen["take"]) != 4 {
			h.Fatalf("%d ticked", len(chosen["take"]))
		}
		chosen["take"] = chosen["take"][:3]
		h.wants(h.parts(coordinator, "/calendar-imports", "", chosen), http.StatusSeeOther)
		if n := h.count("meetings") - before; n != 3 {
			h.Errorf("%d meetings", n)
		}
		again := h.wants(h.parts(coordinator, "/calendar-imports", "", chosen), http.StatusUnprocessableEntity)
		if seen := text(again.body); !strings.Contains(seen, "Något har ändrats sedan du granskade mötena") || !strings.Contains(seen, "Finns redan") {
			h.Error(seen)
		}
		h.hostile(coordinator, county)
		h.oldBookings(coordinator, police)
		h.pass(time.Hour)
		if n := len(h.mail.Letters()); n != 0 {
			h.Errorf("%d letters", n)
		}
	})
}

func (h *house) hostile(coordinator *http.Client, forum string) {
	h.Helper()
	meetings, rows := h.count("meetings"), h.count("log_entries")
	fields := url.Values{"forumId": {forum}, "whose": {"theirs"}}
	for file, want := range map[string]string{
		"Hej": "inte en kalender som går att läsa", "": "Välj en fil.",
		"BEGIN:VCALENDAR\r\n" + strings.Repeat("X-A:b\r\n", 130_000): "större än 800 kB",
	} {
		p := h.wants(h.parts(coordinator, "/calendar-imports/review", file, fields), http.StatusUnprocessableEntity)
		if seen := text(p.body); !strings.Contains(seen, want) {
			h.Errorf("want %q: %s", want, seen)
		}
	}
	for path, others := range map[string]url.Values{"/calendar-imports/review": fields, "/welcome/plan": {"try": {"yes"}}} { // as a browser sends it when none is chosen
		others = maps.Clone(others)
		others.Set("file", "")
		if seen := text(h.wants(h.parts(coordinator, path, "", others), http.StatusUnprocessableEntity).body); !strings.Contains(seen, "Välj en fil.") {
			h.Errorf("%s: %s", path, seen)
		}
	}
	p := h.wants(h.parts(coordinator, "/calendar-imports/review", strings.Repeat("a", 2<<20), fields), http.StatusRequestEntityTooLarge)
	if seen := text(p.body); !strings.Contains(seen, "större än 1 MB") {
		h.Error(seen)
	}
	if h.count("meetings") != meetings || h.count("log_entries") != rows {
		h.Error("a hostile file has changed something")
	}
}

// oldBookings reads in a meeting that people have been called to already, and busy times.
func (h *house) oldBookings(coordinator *http.Client, forum string) {
	h.Helper()
	page := h.wants(h.parts(coordinator, "/calendar-imports/review", h.calendarFile("outlook-single.ics"), url.Values{"forumId": {forum}, "whose": {"called"}}), 200)
	h.wants(h.parts(coordinator, "/calendar-imports", "", h.fields(page, "/calendar-imports")), http.StatusSeeOther)
	var id string
	h.read(func(tx *store.Tx) error {
		return tx.DB.Table("meetings").Where("forum_id = ? AND date = ?", forum, "2027-06-09").Pluck("id", &id).Error
	})
	seen := text(h.wants(h.get(coordinator, "/meetings/"+id), 200).body)
	for _, want := range []string{"3 är redan kallade från tidigare", "Redan kallad", "Skicka kallelse"} {
		if !strings.Contains(seen, want) {
			h.Errorf("the meeting's page does not say %q: %s", want, seen)
		}
	}
	review := text(h.wants(h.post(coordinator, "/meetings/"+id+"/review", url.Values{"act": {"cancellation"}, "version": {"1"}}), 200).body)
	for _, want := range []string{"Ta bort den gamla bokningen ur din kalender: onsdag 9 juni 2027 kl. 10.00–12.00.", "Redan kallad från tidigare", "tas bort för hand"} {
		if !strings.Contains(review, want) {
			h.Errorf("the review does not say %q: %s", want, review)
		}
	}
	contact := "/contacts/" + h.world.Contacts["omradespolis"].String()
	h.wants(h.parts(coordinator, contact+"/busy-times", h.calendarFile("outlook.vfb"), nil), http.StatusSeeOther)
	if seen := text(h.get(coordinator, contact).body); !strings.Contains(seen, "3 upptagna tider, 1 december 2026–20 januari 2027, inlagda 24 november 2026.") {
		h.Error(seen)
	}
	if seen := text(h.wants(h.parts(coordinator, contact+"/busy-times", "Hej", nil), http.StatusUnprocessableEntity).body); !strings.Contains(seen, "inte en kalender") {
		h.Error(seen)
	}
	h.wants(h.post(coordinator, contact+"/busy-times/removal", nil), http.StatusSeeOther)
	if n := h.count("busy_times"); n != 0 {
		h.Errorf("%d times left", n)
	}
}
