package secretariat_test

import (
	"slices"
	"testing"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// ringing gives whom to ring up about a meeting, by address, and how many of them know.
func (d *desk) ringing(m *meeting.Meeting) (who []string, told int) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		now, err := meeting.Find(tx, d.by, m.ID)
		if err != nil {
			return err
		}
		moves, err := meeting.Moves(tx, m.ID)
		if err != nil {
			return err
		}
		invitations, err := invite.Of(tx, d.by, m.ID)
		if err != nil {
			return err
		}
		all, err := secretariat.Ringing(tx, d.office, now, invitations, moves)
		for _, r := range all {
			who = append(who, r.Invitation.Contact.Email)
			if r.Told {
				told++
			}
		}
		return err
	})
	return who, told
}

func TestRinging(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		rings := func(t *testing.T, m *meeting.Meeting, want ...string) {
			t.Helper()
			who, _ := d.ringing(m)
			if slices.Sort(who); !slices.Equal(who, slices.Sorted(slices.Values(want))) {
				t.Errorf("ring %v, not %v", who, want)
			}
		}
		call := func() *meeting.Meeting {
			m := d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2026, Month: 12, Day: 9}, Starts: 9 * 60, Ends: 10 * 60})
			d.convene(m, "")
			d.expect("Inbjudan", police...)
			d.answer(m, "omradespolis", invite.Accepted)
			d.answer(m, "gun-rönn", invite.Declined)
			return m
		}
		early := func(at *meeting.Time) { at.Date = at.Date.AddDays(1) }
		moved, takenBack, off := call(), call(), call()
		t.Run("nobody when there is time for letters", func(t *testing.T) {
			d.until(2026, 12, 8, 8)
			rings(t, moved)
			moved = d.move(moved, early)
			d.wait(d.office.Delay)
			d.got()
			rings(t, moved)
		})
		t.Run("after a move to less than a day on, those who have not answered it", func(t *testing.T) {
			d.answer(moved, "gun-rönn", invite.Accepted)
			d.until(2026, 12, 9, 10) // the new time is Thursday 9
			moved = d.move(moved, func(at *meeting.Time) { at.Starts, at.Ends = at.Starts+60, at.Ends+60 })
			rings(t, moved, police...)
			d.wait(d.office.Delay)
			d.got()
			d.answer(moved, "gun-rönn", invite.Accepted)
			rings(t, moved, police[1:]...)
		})
		t.Run("whoever knows is marked, once", func(t *testing.T) {
			i := d.invitation(moved, "omradespolis")
			tell := func(tx *store.Tx) error { return secretariat.TellByPhone(tx, d.by, i.ID) }
			d.write(tell)
			d.write(tell)
			if who, told := d.ringing(moved); told != 1 || len(who) != 2 || who[1] != i.Contact.Email {
				t.Errorf("%v, %d of them know", who, told)
			}
			d.until(2026, 12, 10, 11)
			rings(t, moved)
			d.refused(fault.Conflict, tell)
		})
		d.clock.Move(time.Date(2026, 12, 8, 12, 0, 0, 0, d.office.Zone).Sub(d.clock.Time()))
		t.Run("also to a far day, and nobody when it was taken back", func(t *testing.T) {
			takenBack = d.move(takenBack, func(at *meeting.Time) { at.Date = at.Date.AddDays(20) })
			rings(t, takenBack, police...)
			takenBack = d.undo(takenBack)
			rings(t, takenBack)
		})
		t.Run("called off, those who might come", func(t *testing.T) {
			off = d.cancel(off)
			rings(t, off, police[1:]...)
			d.until(2026, 12, 9, 9)
			rings(t, off)
		})
	})
}
