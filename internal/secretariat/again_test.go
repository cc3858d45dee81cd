package secretariat_test

import (
	"testing"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func (d *desk) inviteAgain(m *meeting.Meeting, external string) {
	d.t.Helper()
	i := d.invitation(m, external)
	d.write(func(tx *store.Tx) error { return secretariat.InviteAgain(tx, d.by, d.office, i.ID) })
}

// lost gives the letter to an address that did not arrive.
func (d *desk) lost(recipient string) post.Letter {
	d.t.Helper()
	for _, l := range d.letters() {
		if l.Recipient == recipient && l.Lost() {
			return l
		}
	}
	d.t.Fatalf("no letter to %s was lost", recipient)
	return post.Letter{}
}

func TestInviteAgain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		d.convene(m, "")
		first := d.expect("Inbjudan", police...)
		d.answer(m, "gun-rönn", invite.Accepted)
		again := func() func(*store.Tx) error {
			i := d.invitation(m, "gun-rönn")
			return func(tx *store.Tx) error { return secretariat.InviteAgain(tx, d.by, d.office, i.ID) }
		}
		t.Run("not twice within ten minutes", func(t *testing.T) {
			d.refused(fault.Conflict, again())
			d.clock.Move(11 * time.Minute)
			d.inviteAgain(m, "gun-rönn")
			d.refused(fault.Conflict, again())
		})
		t.Run("the same UID and SEQUENCE, a later DTSTAMP, the answer kept, to one alone", func(t *testing.T) {
			for to, l := range d.expect("Inbjudan", police[0]) {
				for _, same := range []string{"UID", "SEQUENCE", "DTSTART", "SUMMARY"} {
					if property(l, same) != property(first[to], same) {
						t.Errorf("%s is %s, was %s", same, property(l, same), property(first[to], same))
					}
				}
				if now, was := property(l, "DTSTAMP"), property(first[to], "DTSTAMP"); now <= was {
					t.Errorf("DTSTAMP %s after %s", now, was)
				}
			}
			if a := d.invitation(m, "gun-rönn").Current(d.find(m)); a == nil || a.PartStat != invite.Accepted {
				t.Errorf("the answer is %v", a)
			}
		})
		t.Run("not by a member, nor for who is rung up, withdrawn, or when the meeting is off", func(t *testing.T) {
			d.clock.Move(11 * time.Minute)
			i := d.invitation(m, "gun-rönn")
			d.write(func(tx *store.Tx) error {
				if err := secretariat.InviteAgain(tx, d.member(tx), d.office, i.ID); fault.KindOf(err) != fault.NotFound {
					t.Errorf("a member: %v", err)
				}
				return nil
			})
			s := d.book("skola-forskola")
			d.convene(s, "")
			d.expect("Inbjudan", school...)
			d.clock.Move(11 * time.Minute)
			rung := d.invitation(s, "forskolan-rektor")
			d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.InviteAgain(tx, d.by, d.office, rung.ID) })
			d.withdraw(d.find(m), "gun-rönn")
			d.refused(fault.Conflict, again())
			d.expect("Avbokat för dig", police[0])
			d.clock.Move(11 * time.Minute)
			d.refused(fault.Conflict, again())
			d.cancel(s)
			d.expect("Inställt", school...)
			d.clock.Move(11 * time.Minute)
			i = &d.invitations(s)[0]
			d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.InviteAgain(tx, d.by, d.office, i.ID) })
		})
	})
}

func TestSendAgain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		send := func(l post.Letter) func(*store.Tx) error {
			return func(tx *store.Tx) error { return secretariat.SendAgain(tx, d.by, d.office, l.ID) }
		}
		m := d.book("polis-avstamning")
		d.server.RefuseRcpt(police[0], 550, 1)
		d.convene(m, "")
		d.expect("Inbjudan", police[1:]...)
		failed := d.lost(police[0])
		t.Run("a letter that failed goes again as what is owed now, in a row of its own", func(t *testing.T) {
			d.refused(fault.Conflict, send(failed)) // ten minutes have not passed
			d.clock.Move(11 * time.Minute)
			d.write(send(failed))
			d.expect("Inbjudan", police[0])
			if still := d.lost(police[0]); still.ID != failed.ID {
				t.Error("the failed row changed")
			}
		})
		t.Run("once: the later letter has replaced it, and what arrived is not sent again", func(t *testing.T) {
			d.clock.Move(11 * time.Minute)
			d.refused(fault.Conflict, send(failed))
			for _, l := range d.letters() {
				if l.State == post.Sent {
					d.refused(fault.Conflict, send(l))
				}
			}
		})
		t.Run("a cancellation that came back is one again", func(t *testing.T) {
			m = d.find(m)
			d.cancel(m)
			d.expect("Inställt", police...)
			for _, l := range d.letters() {
				if l.Recipient == police[1] && l.Kind == post.Cancellation {
					d.write(func(tx *store.Tx) error { return post.MarkBounced(tx, &l, "550 5.1.1") })
				}
			}
			d.clock.Move(11 * time.Minute)
			d.write(send(d.lost(police[1])))
			for _, l := range d.expect("Inställt", police[1]) {
				if property(l, "SEQUENCE") != ":1" || property(l, "STATUS") != ":CANCELLED" {
					t.Errorf("%s", l.Calendar)
				}
			}
		})
		t.Run("a test letter that failed goes to the same address", func(t *testing.T) {
			d.server.RefuseRcpt("it@vingaker.example", 550, 1)
			d.write(func(tx *store.Tx) error {
				_, err := secretariat.TestMail(tx, d.by, d.office, "it@vingaker.example")
				return err
			})
			d.wait(time.Second)
			d.got()
			d.write(send(d.lost("it@vingaker.example")))
			d.wait(time.Second)
			if got := d.got(); len(got) != 1 {
				t.Errorf("%d letters", len(got))
			}
		})
		t.Run("not by a member", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				if err := secretariat.SendAgain(tx, d.member(tx), d.office, failed.ID); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%v", err)
				}
				return nil
			})
		})
	})
}

func TestReminderIsSentAgain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 2, 0)
		m := d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2026, Month: 12, Day: 8}, Starts: 8*60 + 30, Ends: 9*60 + 15, Place: canaryPlace})
		d.convene(m, "")
		d.expect("Inbjudan", police...)
		d.clock.Move(time.Date(2026, 12, 4, 8, 0, 0, 0, d.office.Zone).Sub(d.clock.Time()))
		d.server.RefuseRcpt(police[0], 550, 1)
		d.remind()
		d.expect("Påminnelse", police[1:]...)
		lost := d.lost(police[0])
		send := func(tx *store.Tx) error { return secretariat.SendAgain(tx, d.by, d.office, lost.ID) }
		d.clock.Move(11 * time.Minute)
		t.Run("as a reminder, without a calendar part", func(t *testing.T) {
			d.write(send)
			for _, l := range d.expect("Påminnelse", police[0]) {
				if l.Calendar != nil {
					t.Errorf("%s", l.Calendar)
				}
			}
			d.clock.Move(11 * time.Minute)
			d.refused(fault.Conflict, send)
		})
	})
}
