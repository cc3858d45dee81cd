package secretariat_test

import (
	"fmt"
	"strings"
	"testing"

	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func (d *desk) paper(m *meeting.Meeting, contact string) (p *secretariat.Paper) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		p, err = secretariat.WritePaper(tx, d.by, d.office, m.ID, d.world.Contacts[contact])
		return err
	})
	return p
}

func TestPaper(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("skola-forskola")
		t.Run("says what the mailed invitation does and nothing else", func(t *testing.T) {
			p := d.paper(m, "forskolan-rektor")
			if p.Title != "Månadsträff, Vingåkers kommun" || p.Heading != "Du är inbjuden till ett möte" || p.To[0] != "Karin Pil" || p.Phone != "" || p.Mail != "moten@vingaker.example" {
				t.Errorf("%+v", p)
			}
			p.Meeting = nil // which the page's own crumb shows
			all := fmt.Sprintf("%+v", p)
			for _, leak := range []string{canaryPlace, "Jan Lönn", "Lena Oxel", "Slottsskolan", "Månadssamverkan skola", "/i/", "rsvp_"} {
				if strings.Contains(all, leak) {
					t.Errorf("%q stands in %s", leak, all)
				}
			}
		})
		t.Run("shows no name of a protected contact, and the caller's own number", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&partner.Contact{}).Where("id = ?", d.world.Contacts["anna-ek"]).Update("phone", "0151-000 05").Error
			})
			if p := d.paper(d.book("rvt-miranda"), "miranda-samordning"); len(p.To) != 1 || strings.Contains(p.To[0], "Ida") || p.Phone != "0151-000 05" {
				t.Errorf("%+v", p)
			}
		})
		t.Run("tells of a move and of a cancellation", func(t *testing.T) {
			d.convene(m, "")
			d.wait(d.office.Delay)
			moved := d.move(d.find(m), func(at *meeting.Time) { at.Date = at.Date.AddDays(7) })
			if p := d.paper(moved, "forskolan-rektor"); p.Heading != "Mötet har fått en ny tid" || !strings.Contains(p.Was, "21 januari 2027") || !strings.Contains(p.When, "28 januari 2027") {
				t.Errorf("%+v", p)
			}
			off := d.cancel(moved)
			if p := d.paper(off, "forskolan-rektor"); p.Heading != "Mötet är inställt" || !p.Cancelled || strings.Contains(fmt.Sprintf("%+v", p.Words), canaryReason) {
				t.Errorf("%+v", p)
			}
		})
		t.Run("is not there for whoever has no part in the meeting", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				_, err := secretariat.WritePaper(tx, d.by, d.office, m.ID, d.world.Contacts["omradespolis"])
				return err
			})
		})
	})
}
