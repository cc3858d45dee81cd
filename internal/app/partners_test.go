package app_test

import (
	"net/http"
	"strings"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

func TestContactsComeFromAFile(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		const file = "Namn;Organisation;E-post\nRut Ek;Polisen;rut.ek@omrade-vast.example\nUtan Väg;Polisen;\n<b>Åsa</b>;Skolan;asa@skola.example\n"
		page := h.wants(h.upload(coordinator, "/contact-import/review", []byte(file), "", ""), 200)
		if seen := text(page.body); !strings.Contains(seen, "Ny kontakt: Rut Ek, Polisen") || !strings.Contains(seen, "1 rad läses inte in.") || strings.Contains(page.body, "<b>Åsa</b>") {
			h.Errorf("tried: %s", seen)
		}
		known := func() (c *partner.Contact) {
			h.read(func(tx *store.Tx) (err error) {
				c, err = partner.ByEmail(tx, "rut.ek@omrade-vast.example")
				return err
			})
			return c
		}
		if known() != nil {
			h.Error("trying a file kept somebody")
		}
		agreed := h.fields(page, "/contact-imports")
		changed := h.fields(page, "/contact-imports")
		changed.Set("hash", "en annan")
		if p := h.post(coordinator, "/contact-imports", changed); p.status != http.StatusUnprocessableEntity || known() != nil {
			h.Errorf("what was not seen was brought in: %d", p.status)
		}
		h.wants(h.post(coordinator, "/contact-imports", agreed), http.StatusSeeOther)
		if known() == nil {
			h.Error("nobody was brought in")
		}
		again := h.wants(h.upload(coordinator, "/contact-import/review", []byte(file), "", ""), 200)
		if !strings.Contains(text(again.body), "Det finns inget att läsa in.") {
			h.Errorf("the second time: %s", text(again.body))
		}
		if p := h.upload(coordinator, "/contact-import/review", []byte("PK\x03\x04\x00"), "", ""); p.status != http.StatusUnprocessableEntity || !strings.Contains(text(p.body), "Filen är ingen textfil") {
			h.Errorf("a workbook: %d", p.status)
		}
		exported := h.wants(h.post(coordinator, "/contacts/export", nil), 200)
		if !strings.Contains(exported.body, "Rut Ek;Polisen") || strings.Contains(exported.body, "Ida Asp") || !strings.Contains(exported.header.Get("Content-Disposition"), "kontakter-") {
			h.Errorf("exported: %s", exported.body)
		}
	})
}

func TestAgreementsHaveTerms(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		var miranda partner.Agreement
		h.read(func(tx *store.Tx) error {
			all, err := partner.Agreements(tx, access.System())
			for _, a := range all {
				if a.Kind == partner.Partnership {
					miranda = a
				}
			}
			return err
		})
		path := "/agreements/" + miranda.ID.String()
		if seen := text(h.wants(h.get(coordinator, path), 200).body); !strings.Contains(seen, "Planen nämner avtalet, men inte allt som gäller.") || !strings.Contains(seen, "från när det gäller") {
			h.Errorf("what the plan leaves open: %s", seen)
		}
		f := h.fields(h.wants(h.get(coordinator, path+"/settings"), 200), path)
		f.Set("validFrom", "2026-01-01")
		f.Set("validTo", "2026-12-31")
		f.Set("followUp", "2026-11-01")
		f.Set("noticeMonths", "ett halvår")
		if p := h.post(coordinator, path, f); p.status != http.StatusUnprocessableEntity || !strings.Contains(text(p.body), "Skriv uppsägningstiden i hela månader") {
			h.Errorf("months in words: %d", p.status)
		}
		f.Set("noticeMonths", "3")
		h.wants(h.post(coordinator, path, f), http.StatusSeeOther)
		if seen := text(h.get(coordinator, "/agreements").body); !strings.Contains(seen, "Gäller till och med 2026-12-31") || !strings.Contains(seen, "Skulle ha följts upp senast 2026-11-01") {
			h.Errorf("the list: %s", seen)
		}
		if seen := text(h.get(coordinator, path).body); !strings.Contains(seen, "sista dag att säga upp var 2026-09-30") {
			h.Errorf("a day that has been, in words: %s", seen)
		}
		if seen := text(h.get(coordinator, "/").body); !strings.Contains(seen, "Följ upp avtalet: ") || !strings.Contains(seen, "Förnya eller avsluta avtalet: ") {
			h.Errorf("what is to be done: %s", seen)
		}
		end := h.fields(h.get(coordinator, path), path+"/ending")
		end.Set("lastDay", "2026-12-31")
		h.wants(h.post(coordinator, path+"/ending", end), http.StatusSeeOther)
		if seen := text(h.get(coordinator, path).body); !strings.Contains(seen, "Uppsagt, gäller till och med 2026-12-31") {
			h.Errorf("ended: %s", seen)
		}
		if seen := text(h.wants(h.get(h.as(access.Member), path), 200).body); strings.Contains(seen, "Ändra avtalet") {
			h.Errorf("a member changes agreements: %s", seen)
		}
	})
}

func TestAnInvitationIsPrinted(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		page := h.wants(h.get(h.as(access.Coordinator), "/meetings/"+own.meeting.String()+"/letters/"+own.contact.String()), 200)
		_, paper, _ := strings.Cut(page.body, "<article")
		paper, _, _ = strings.Cut(paper, "</article>")
		if !strings.Contains(paper, "Nätverksträff, Vingåkers kommun") || strings.Contains(paper, canary) || strings.Contains(paper, "/i/") || strings.Contains(paper, "href") {
			h.Errorf("the sheet: %s", paper)
		}
	})
}
