package secretariat_test

import (
	"testing"
	"time"

	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// gathers does something with letters that wait for more changes.
func (d *desk) gathers(act func()) {
	d.t.Helper()
	usual := d.office
	d.office = usual.Gathering()
	act()
	d.office = usual
}

func TestGathering(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		d.convene(m, "")
		d.expect("Inbjudan", police...)
		d.answer(m, "omradespolis", invite.Accepted)
		pending := func() (act, leaves time.Time, is bool) {
			return secretariat.LastAct(d.clock.Time(), d.invitations(m))
		}
		t.Run("changes of ten minutes leave in one letter", func(t *testing.T) {
			before := m.Time()
			d.gathers(func() { m = d.move(m, func(at *meeting.Time) { at.Starts += 30 }) })
			d.wait(4 * time.Minute)
			d.gathers(func() { m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(1) }) })
			if _, leaves, is := pending(); !is || leaves.Sub(d.clock.Time()) != 10*time.Minute {
				t.Errorf("leaves at %s", leaves)
			}
			d.wait(9 * time.Minute)
			if early := d.got(); len(early) > 0 {
				t.Errorf("%v", early)
			}
			d.wait(time.Minute)
			d.expect("Ny tid", police...)
			if before == m.Time() {
				t.Error("not moved")
			}
		})
		t.Run("each is taken back by itself, the last first, and at the end nothing is sent", func(t *testing.T) {
			before := m.Time()
			d.gathers(func() { m = d.move(m, func(at *meeting.Time) { at.Starts++ }) })
			between := m.Time()
			d.wait(2 * time.Minute)
			d.gathers(func() { m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(1) }) })
			d.wait(2 * time.Minute)
			if m = d.undo(m); m.Time() != between {
				t.Errorf("%+v, not %+v", m.Time(), between)
			}
			if _, _, is := pending(); !is {
				t.Fatal("the earlier move cannot be taken back")
			}
			if m = d.undo(m); m.Time() != before {
				t.Errorf("%+v, not %+v", m.Time(), before)
			}
			if _, _, is := pending(); is {
				t.Error("something is still to be taken back")
			}
			d.wait(20 * time.Minute)
			d.expect("")
		})
		t.Run("a later change without waiting takes the earlier one with it", func(t *testing.T) {
			d.gathers(func() { m = d.move(m, func(at *meeting.Time) { at.Starts++ }) })
			d.wait(time.Minute)
			d.cancel(m)
			d.expect("Inställt", police...)
			d.wait(20 * time.Minute)
			d.expect("")
		})
		t.Run("who is taken back from an invitation that waits is asked to nothing", func(t *testing.T) {
			m = d.book("skola-forskola")
			d.gathers(func() { d.convene(m, "") })
			d.wait(5 * time.Minute)
			d.undo(m)
			if asked := d.invitations(m); len(asked) > 0 {
				t.Errorf("%d are asked", len(asked))
			}
			d.write(func(tx *store.Tx) error { return secretariat.Convene(tx, d.by, d.office, m.ID, d.version(tx, m), "") })
			d.expect("Inbjudan", school...)
		})
	})
}

func (d *desk) version(tx *store.Tx, m *meeting.Meeting) int64 {
	d.t.Helper()
	now, err := meeting.Find(tx, d.by, m.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return now.Version
}
