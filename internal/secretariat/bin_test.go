package secretariat_test

import (
	"testing"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func (d *desk) deletes(m *meeting.Meeting) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error { return secretariat.Delete(tx, d.by, m.ID, d.version(tx, m)) })
}

func (d *desk) binned() (all []meeting.Binned) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		all, err = meeting.Bin(tx, d.by)
		return err
	})
	return all
}

// unseen fails when a meeting is seen anywhere but in the bin.
func (d *desk) unseen(m *meeting.Meeting) {
	d.t.Helper()
	d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := meeting.Find(tx, d.by, m.ID); return err })
	d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := meeting.ForLetter(tx, m.ID); return err })
	d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := meeting.Hold(tx, d.by, m.ID, m.Version+1); return err })
	d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := meeting.Reinstate(tx, d.by, m.ID, m.Version+1); return err })
	d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := minutes.Open(tx, d.by, m.ID); return err })
	d.refused(fault.NotFound, func(tx *store.Tx) error {
		return secretariat.Convene(tx, d.by, d.office, m.ID, m.Version+1, "")
	})
	d.write(func(tx *store.Tx) error {
		listed, total, err := meeting.List(tx, d.by, meeting.Selection{})
		if err != nil {
			return err
		}
		marks, err := meeting.Marks(tx, d.by, meeting.Selection{})
		if int(total) != len(listed) || len(marks) != len(listed) {
			d.t.Errorf("%d, %d and %d", len(listed), total, len(marks))
		}
		for _, other := range listed {
			if other.ID == m.ID {
				d.t.Error("it is listed")
			}
		}
		return err
	})
}

func TestBin(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		t.Run("a meeting whose letters are held back is deleted, and they are not sent", func(t *testing.T) {
			d.convene(m, "")
			d.deletes(m)
			d.expect("")
			d.unseen(m)
			if in := d.binned(); len(in) != 1 || in[0].ID != m.ID {
				t.Errorf("%+v", in)
			}
		})
		t.Run("it counts for no promise", func(t *testing.T) {
			planned := func() (n int) {
				d.write(func(tx *store.Tx) error {
					promises, err := followup.Statuses(tx, d.by, d.office.Zone, 2027)
					for _, p := range promises {
						n += p.Planned
					}
					return err
				})
				return n
			}
			without := planned()
			d.write(func(tx *store.Tx) error { _, err := meeting.Restore(tx, d.by, m.ID); return err })
			if planned() != without+1 {
				t.Errorf("%d, then %d", without, planned())
			}
			if len(d.binned()) > 0 {
				t.Error("it lies in the bin still")
			}
		})
		t.Run("restored, it is as it was, and people are invited as to any other", func(t *testing.T) {
			if now := d.find(m); now.Time() != m.Time() || now.UID != m.UID {
				t.Errorf("%+v", now)
			}
			d.convene(d.find(m), "")
			d.expect("Inbjudan", police...)
		})
		t.Run("what was sent is only cancelled", func(t *testing.T) {
			d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.Delete(tx, d.by, m.ID, d.version(tx, m)) })
			d.cancel(d.find(m))
			d.expect("Inställt", police...)
			d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.Delete(tx, d.by, m.ID, d.version(tx, m)) })
		})
		t.Run("what has notes is only cancelled, and what somebody planned to others' rights is not found", func(t *testing.T) {
			noted := d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2027, Month: 3, Day: 4}, Starts: 9 * 60, Ends: 10 * 60})
			member := d.actor("member")
			d.refused(fault.NotFound, func(tx *store.Tx) error { return secretariat.Delete(tx, member, noted.ID, noted.Version) })
			d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.Delete(tx, d.by, noted.ID, noted.Version+1) })
			d.write(func(tx *store.Tx) error { _, err := minutes.Open(tx, d.by, noted.ID); return err })
			d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.Delete(tx, d.by, noted.ID, noted.Version) })
		})
		t.Run("after 30 days it vanishes with all that was kept of it", func(t *testing.T) {
			gone := d.bookAt("skola-forskola", meeting.Time{Date: almanac.Date{Year: 2027, Month: 3, Day: 4}, Starts: 9 * 60, Ends: 10 * 60})
			gone = d.move(gone, func(at *meeting.Time) { at.Starts++ })
			d.convene(gone, "")
			phone := d.invitation(gone, "forskolan-rektor")
			d.write(func(tx *store.Tx) error {
				_, err := secretariat.RecordAnswer(tx, d.by, d.office, phone.ID, invite.Reply{PartStat: invite.Accepted})
				return err
			})
			gone = d.cancel(gone)
			d.deletes(gone)
			empty := func() { d.write(secretariat.EmptyBin) }
			d.clock.Move(30*24*time.Hour - time.Second)
			empty()
			if len(d.binned()) != 1 {
				t.Fatal("gone too early")
			}
			d.clock.Move(time.Second)
			d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := meeting.Restore(tx, d.by, gone.ID); return err })
			empty()
			d.write(func(tx *store.Tx) error {
				for table, column := range map[string]string{"meetings": "id", "invitations": "meeting_id", "deletions": "meeting_id", "reschedulings": "meeting_id", "cancellations": "meeting_id"} {
					var n int64
					if err := tx.DB.Table(table).Where(column+" = ?", gone.ID).Count(&n).Error; err != nil {
						return err
					}
					if n > 0 {
						t.Errorf("%d rows of %s", n, table)
					}
				}
				return nil
			})
		})
	})
}
