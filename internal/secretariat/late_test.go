package secretariat_test

import (
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func TestLate(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("rvt-miranda") // 13.00–14.30
		d.convene(m, "")
		d.wait(time.Minute)
		d.read = len(d.server.Letters())
		token := d.invitation(m, "rvt-brevlada").AnswerToken(d.office.Key)
		byLink := func(delay secretariat.Delay) func(*store.Tx) error {
			return func(tx *store.Tx) error { return secretariat.TakeDelay(tx, token, delay) }
		}
		recorded := func(by access.Actor, contact string, delay secretariat.Delay) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				return secretariat.RecordDelay(tx, by, m.ID, d.world.Contacts[contact], delay)
			}
		}
		late := func() map[string]int {
			said := map[string]int{}
			d.write(func(tx *store.Tx) error {
				all, err := invite.Latenesses(tx, m.ID)
				for _, l := range all {
					said[l.Contact.Name] = l.Minutes
				}
				return err
			})
			return said
		}
		at := func(hour, minute int) {
			d.clock.Move(time.Date(2027, time.January, 21, hour, minute, 0, 0, d.office.Zone).Sub(d.clock.Time()))
		}
		at(10, 59)
		t.Run("more than two hours before is too early", func(t *testing.T) {
			d.refused(fault.Conflict, byLink(secretariat.Delay{Minutes: 10}))
		})
		at(11, 0)
		t.Run("by the link, with minutes or without; the latest counts", func(t *testing.T) {
			d.write(byLink(secretariat.Delay{}))
			d.write(byLink(secretariat.Delay{Minutes: 15}))
			if said := late(); len(said) != 1 || said["Teamet i Katrineholm"] != 15 {
				t.Errorf("%v", said)
			}
			d.refused(fault.Invalid, byLink(secretariat.Delay{Minutes: 241}))
			d.refused(fault.Invalid, byLink(secretariat.Delay{Minutes: -1}))
		})
		t.Run("a member of themselves, the coordinator of anybody who was asked", func(t *testing.T) {
			member := d.actor(access.Member)
			d.write(recorded(member, "bo-alm", secretariat.Delay{Minutes: 5}))
			d.refused(fault.NotFound, recorded(member, "anna-ek", secretariat.Delay{}))
			d.refused(fault.NotFound, recorded(d.by, "frivarden", secretariat.Delay{}))
			d.write(recorded(d.by, "miranda-samordning", secretariat.Delay{}))
			if said := late(); len(said) != 3 || said["Bo Alm"] != 5 {
				t.Errorf("%v", said)
			}
		})
		t.Run("it can be taken back, also when the meeting has begun", func(t *testing.T) {
			at(13, 10)
			d.write(byLink(secretariat.Delay{OnTime: true}))
			if _, still := late()["Teamet i Katrineholm"]; still {
				t.Error("late still")
			}
		})
		t.Run("nobody gets a letter", func(t *testing.T) { d.expect("") })
		t.Run("when the meeting is over it is too late", func(t *testing.T) {
			at(14, 30)
			d.refused(fault.Conflict, byLink(secretariat.Delay{}))
		})
	})
}
