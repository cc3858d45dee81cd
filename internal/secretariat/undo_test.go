package secretariat_test

import (
	"testing"
	"time"

	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func TestUndo(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		t.Run("an invitation: nobody is asked and nothing is sent", func(t *testing.T) {
			m := d.book("polis-avstamning")
			d.convene(m, "Ta med kaffe.")
			d.clock.Move(10 * time.Second)
			m = d.undo(m)
			if asked := d.invitations(m); len(asked) > 0 {
				t.Errorf("%d are asked", len(asked))
			}
			d.expect("Inbjudan")
		})
		t.Run("an invitation of one more: the others stay", func(t *testing.T) {
			m := d.book("skola-forskola")
			d.convene(m, "")
			d.expect("Inbjudan", school...)
			d.seat("skola-forskola", "frivarden")
			d.convene(m, "")
			d.clock.Move(time.Second)
			d.undo(m)
			d.expect("Inbjudan")
			if asked := d.invitations(m); len(asked) != 3 {
				t.Errorf("%d are asked", len(asked))
			}
		})
		m := d.book("polis-avstamning")
		d.convene(m, "")
		d.expect("Inbjudan", police...)
		d.answer(m, "omradespolis", invite.Accepted)
		kept := func(t *testing.T) {
			t.Helper()
			if a := d.invitation(m, "omradespolis").Current(m); a == nil || a.PartStat != invite.Accepted {
				t.Errorf("the answer is %v", a)
			}
		}
		t.Run("a move: the old time stands, nothing is sent and answers stay", func(t *testing.T) {
			before := m.Time()
			m = d.move(m, func(at *meeting.Time) { at.Date, at.Place = at.Date.AddDays(7), "Rum 9" })
			d.clock.Move(time.Second)
			m = d.undo(m)
			d.expect("Ny tid")
			if m.Time() != before {
				t.Errorf("%+v", m.Time())
			}
			kept(t)
		})
		t.Run("a cancellation: the meeting stands, nothing is sent and answers stay", func(t *testing.T) {
			m = d.cancel(m)
			d.clock.Move(time.Second)
			m = d.undo(m)
			d.expect("Inställt")
			if m.Cancelled() {
				t.Error("cancelled")
			}
			kept(t)
		})
		t.Run("a withdrawal: the link in the letter opens again", func(t *testing.T) {
			token := d.invitation(m, "omradespolis").AnswerToken(d.office.Key)
			d.withdraw(m, "omradespolis")
			d.clock.Move(time.Second)
			d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := secretariat.Open(tx, token); return err })
			d.undo(m)
			d.expect("Avbokat för dig")
			d.write(func(tx *store.Tx) error { _, err := secretariat.Open(tx, token); return err })
			kept(t)
		})
		t.Run("asking somebody again: they are not asked", func(t *testing.T) {
			d.withdraw(m, "omradespolis")
			d.expect("Avbokat för dig", "hans.gran@omrade-vast.example")
			d.convene(d.find(m), "")
			d.clock.Move(time.Second)
			d.undo(d.find(m))
			d.expect("Inbjudan")
			if d.invitation(m, "omradespolis").WithdrawnAt == nil {
				t.Error("asked")
			}
		})
		t.Run("only the last act: a move before it goes out", func(t *testing.T) {
			m = d.move(d.find(m), func(at *meeting.Time) { at.Starts++ })
			d.clock.Move(10 * time.Second)
			m = d.cancel(m)
			d.clock.Move(10 * time.Second)
			m = d.undo(m)
			d.expect("Ny tid", police[:2]...)
		})
		t.Run("refuses when the letters are on their way", func(t *testing.T) {
			m = d.move(m, func(at *meeting.Time) { at.Starts++ })
			d.expect("Ny tid", police[:2]...)
			d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.Undo(tx, d.by, d.office, m.ID, m.Version) })
		})
		t.Run("refuses an old reading, and what the actor does not see", func(t *testing.T) {
			before := m
			m = d.move(m, func(at *meeting.Time) { at.Starts++ })
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				return secretariat.Undo(tx, d.by, d.office, m.ID, before.Version)
			})
			by := d.by
			by.ID = d.world.Identities["member"]
			d.refused(fault.NotFound, func(tx *store.Tx) error { return secretariat.Undo(tx, by, d.office, m.ID, m.Version) })
		})
	})
}

func TestUndoKeepsNoNote(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		d.convene(m, "")
		d.expect("Inbjudan", police...)
		d.withdraw(m, "omradespolis")
		d.clock.Move(time.Second)
		d.convene(d.find(m), "Välkommen åter.")
		d.clock.Move(time.Second)
		d.undo(d.find(m))
		t.Run("the withdrawal before it goes out without its note", func(t *testing.T) {
			for _, l := range d.expect("Avbokat för dig", "hans.gran@omrade-vast.example") {
				if contains(l, "Välkommen åter") {
					t.Error(l.Text)
				}
			}
		})
	})
}
