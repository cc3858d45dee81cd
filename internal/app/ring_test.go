package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// lately calls a meeting of the shelter's forum and moves it to tomorrow morning.
func (h *house) lately() (m *meeting.Meeting, invitations []invite.Invitation) {
	h.Helper()
	by := access.System()
	h.write(func(tx *store.Tx) (err error) {
		for contact, phone := range map[string]string{"miranda-samordning": "070-1740699", "rvt-brevlada": "070-174 06 50"} {
			if err := tx.DB.Model(&partner.Contact{}).Where("id = ?", h.world.Contacts[contact]).Update("phone", phone).Error; err != nil {
				return err
			}
		}
		m, err = meeting.Schedule(tx, by, meeting.Proposal{ForumID: h.world.Forums["rvt-miranda"], Zone: h.app.Office.Zone,
			Time: meeting.Time{Date: almanac.Date{Year: 2026, Month: 11, Day: 26}, Starts: 9 * 60, Ends: 10 * 60}})
		if err != nil {
			return err
		}
		return secretariat.Convene(tx, by, h.app.Office, m.ID, m.Version, "")
	})
	h.pass(time.Minute)
	h.write(func(tx *store.Tx) (err error) {
		at := m.Time()
		at.Date = at.Date.AddDays(-1)
		if m, err = secretariat.Reschedule(tx, by, h.app.Office, m.ID, m.Version, at, ""); err != nil {
			return err
		}
		invitations, err = invite.Of(tx, by, m.ID)
		return err
	})
	h.pass(time.Minute)
	return m, invitations
}

func TestALateChangeSaysWhomToRing(t *testing.T) {
	onBoth(t, func(h *house) {
		m, invitations := h.lately()
		coordinator := h.as(access.Coordinator)
		of := func(contact string) uuid.UUID {
			for _, i := range invitations {
				if i.ContactID == h.world.Contacts[contact] {
					return i.ID
				}
			}
			h.Fatalf("%s is not asked", contact)
			return uuid.Nil
		}
		list := func() string {
			h.Helper()
			page := h.get(coordinator, "/meetings/"+m.ID.String()).body
			_, list, _ := strings.Cut(page, `aria-labelledby="ring"`)
			list, _, _ = strings.Cut(list, "</section>")
			return list
		}
		h.Run("with the number, and that of a protected contact with the contact alone", func(*testing.T) {
			l := list()
			if !strings.Contains(l, `href="tel:0701740650"`) || strings.Contains(l, "0699") || strings.Contains(l, "Ida Asp") || !strings.Contains(text(l), "Numret står hos kontakten") {
				h.Error(text(l))
			}
		})
		h.Run("an answer by telephone is one press, and takes the name away", func(*testing.T) {
			h.wants(h.post(coordinator, "/invitations/"+of("rvt-brevlada").String()+"/answer", url.Values{"partStat": {"ACCEPTED"}}), http.StatusSeeOther)
			if l := list(); strings.Contains(l, "Teamet i Katrineholm") || !strings.Contains(l, "Anna Ek") {
				h.Error(text(l))
			}
		})
		h.Run("whoever knows is marked", func(*testing.T) {
			h.wants(h.post(coordinator, "/invitations/"+of("anna-ek").String()+"/call", nil), http.StatusSeeOther)
			if l := list(); strings.Count(l, `<span class="tag ok">Vet om det`) != 1 {
				h.Error(text(l))
			}
		})
		h.Run("nobody but who convenes sees it, and nobody once it has begun", func(*testing.T) {
			if p := h.get(h.as(access.Member), "/meetings/"+m.ID.String()); p.status != http.StatusOK || strings.Contains(p.body, "tel:") || strings.Contains(p.body, "Ring dem") {
				h.Errorf("a member sees %d: %s", p.status, text(p.body))
			}
			h.clock = h.clock.Add(24 * time.Hour)
			coordinator = h.as(access.Coordinator)
			if l := list(); l != "" {
				h.Error(text(l))
			}
		})
	})
}
