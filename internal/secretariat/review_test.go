package secretariat_test

import (
	"strings"
	"testing"

	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func TestPreview(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("skola-forskola")
		convene := func(note string) secretariat.Act {
			return func(tx *store.Tx) error { return secretariat.Convene(tx, d.by, d.office, m.ID, m.Version, note) }
		}
		preview := func(act secretariat.Act) (r *secretariat.Review) {
			t.Helper()
			if err := d.db.Rehearse(t.Context(), func(tx *store.Tx) (err error) {
				r, err = secretariat.Preview(tx, d.by, d.office, m.ID, act)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return r
		}
		do := func(hash string, act secretariat.Act) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				_, err := secretariat.Do(tx, d.by, d.office, m.ID, hash, act)
				return err
			}
		}
		t.Run("shows each letter once with its number, and who is rung up", func(t *testing.T) {
			r := preview(convene(""))
			rung := 0
			for _, n := range r.Notices {
				if n.Ring {
					rung++
				}
			}
			groups := r.Group()
			if r.Letters != 2 || rung != 1 || len(groups) != 1 || len(groups[0].To) != 2 || groups[0].Effect == "" {
				t.Errorf("%d letters, %d rung up, %+v", r.Letters, rung, groups)
			}
			if text := groups[0].Letter.Text; strings.Contains(text, invite.AnswerPrefix) || !strings.Contains(text, "/i/…") {
				t.Error(text)
			}
		})
		t.Run("leaves nothing", func(t *testing.T) {
			before := d.rows()
			preview(convene(""))
			if after := d.rows(); before != after {
				t.Errorf("%s became %s", before, after)
			}
		})
		t.Run("what was seen is what is sent", func(t *testing.T) {
			hash := preview(convene("Välkomna.")).Hash
			d.refused(fault.Conflict, do(hash, convene("")))
			d.refused(fault.Conflict, do("", convene("Välkomna.")))
			d.write(do(hash, convene("Välkomna.")))
			for to, l := range d.expect("Inbjudan", school...) {
				if !contains(l, "Välkomna.") {
					t.Errorf("%s: %s", to, l.Text)
				}
			}
		})
		t.Run("a list of members that changed in between is a conflict", func(t *testing.T) {
			m = d.book("skola-forskola")
			hash := preview(convene("")).Hash
			d.seat("skola-forskola", "frivarden")
			d.refused(fault.Conflict, do(hash, convene("")))
		})
		t.Run("so is an address that changed", func(t *testing.T) {
			hash := preview(convene("")).Hash
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&partner.Contact{}).Where("id = ?", d.world.Contacts["skolan-rektor"]).Update("email", "ny@skola.example").Error
			})
			d.refused(fault.Conflict, do(hash, convene("")))
		})
		t.Run("a move tells whose answers are kept", func(t *testing.T) {
			m = d.book("polis-avstamning")
			d.convene(m, "")
			d.expect("Inbjudan", police...)
			d.answer(m, "omradespolis", invite.Accepted)
			r := preview(func(tx *store.Tx) error {
				at := m.Time()
				at.Date = at.Date.AddDays(7)
				_, err := secretariat.Reschedule(tx, d.by, d.office, m.ID, m.Version, at, "")
				return err
			})
			for _, n := range r.Notices {
				if n.Kind != post.Reschedule || n.AnswerKept || n.Letter == nil || !strings.HasPrefix(n.Letter.Subject, "Ny tid: ") {
					t.Errorf("%+v", n)
				}
			}
		})
		t.Run("nothing owed is shown as nothing", func(t *testing.T) {
			r := preview(func(tx *store.Tx) error {
				at := m.Time()
				at.Place = "Rum 3"
				_, err := secretariat.Reschedule(tx, d.by, d.office, m.ID, m.Version, at, "")
				return err
			})
			if r.Letters != 0 || len(r.Group()) != 0 {
				t.Errorf("%+v", r)
			}
			for _, n := range r.Notices {
				if n.Answer != nil && !n.AnswerKept {
					t.Errorf("%+v", n)
				}
			}
		})
		t.Run("a refusal is the verb's own", func(t *testing.T) {
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				_, err := secretariat.Preview(tx, d.by, d.office, m.ID, func(tx *store.Tx) error {
					_, err := secretariat.Reschedule(tx, d.by, d.office, m.ID, m.Version, meeting.Time{}, "")
					return err
				})
				return err
			})
		})
	})
}
