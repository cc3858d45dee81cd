package secretariat_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

const oldTitle = "Uppföljning hedersärenden"

// oldBooking is a meeting with the police that the coordinator called to from her own calendar.
func oldBooking(change ...string) string {
	file := strings.Join([]string{"BEGIN:VCALENDAR", "METHOD:PUBLISH", "BEGIN:VEVENT", "UID:outlook-0001", "ORGANIZER:mailto:samordnare@vingaker.example", "DTSTAMP:20261101T080000Z",
		"SUMMARY:" + oldTitle, "LOCATION:Polishuset", "DTSTART;TZID=W. Europe Standard Time:20270112T090000", "DTEND;TZID=W. Europe Standard Time:20270112T103000", "END:VEVENT", "END:VCALENDAR", ""}, "\r\n")
	return strings.NewReplacer(change...).Replace(file)
}

func (d *desk) bookedBefore(file string) (secretariat.Calendar, *meeting.Meeting) {
	d.t.Helper()
	c := secretariat.Calendar{ForumID: d.world.Forums["polis-avstamning"], Data: []byte(file), Called: true}
	made := d.reads(c)
	if len(made) != 1 {
		d.t.Fatalf("%d meetings", len(made))
	}
	return c, d.find(&made[0])
}

// tells checks that a letter names the old booking by its time and nothing else of it.
func (d *desk) tells(m mailtest.Mail, method, when string) {
	d.t.Helper()
	for _, text := range []string{m.Text, m.HTML} {
		if !strings.Contains(text, "Ta bort den gamla bokningen ur din kalender: "+when) {
			d.t.Errorf("the letter does not say which booking to remove:\n%s", text)
		}
		if strings.Contains(text, "heders") || strings.Contains(text, "Polishuset") || strings.Contains(text, "outlook-0001") {
			d.t.Errorf("the letter tells what it must not:\n%s", text)
		}
	}
	if strings.Contains(m.Subject, "heders") || strings.Contains(string(m.Calendar), "heders") || strings.Contains(string(m.Calendar), "outlook-0001") {
		d.t.Errorf("%s\n%s", m.Subject, m.Calendar)
	}
	if has := len(m.Calendar) > 0; has != (method != "") || has && !strings.Contains(string(m.Calendar), "METHOD:"+method) {
		d.t.Errorf("want METHOD %q, got\n%s", method, m.Calendar)
	}
}

const oldTime = "tisdag 12 januari 2027 kl. 09.00–10.30"

func TestCalled_before(t *testing.T) {
	t.Run("nobody gets a letter, and the meeting is ours", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			_, m := d.bookedBefore(oldBooking())
			if m.UID == "outlook-0001" || m.Place != "Polishuset" || m.Date.String() != "2027-01-12" {
				t.Errorf("%+v", m)
			}
			asked := d.invitations(m)
			if len(asked) != len(police) {
				t.Fatalf("%d asked", len(asked))
			}
			for _, i := range asked {
				if i.Earlier == nil || !i.CalledBefore(m) {
					t.Errorf("%s does not stand as called", i.Contact.Email)
				}
			}
			d.expect("Inget")
			d.clock.Move(40 * 24 * time.Hour) // past the days on which others are reminded, on a Monday
			d.write(func(tx *store.Tx) error {
				pending, err := secretariat.ToRemind(tx, d.office)
				for _, p := range pending {
					t.Errorf("%s is to be reminded", p.Address)
				}
				return err
			})
		})
	})
	t.Run("the first letter after a move says which booking to remove, the next does not", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			_, m := d.bookedBefore(oldBooking())
			m = d.move(m, func(at *meeting.Time) { at.Starts, at.Ends = 13*60, 14*60 })
			for _, letter := range d.expect("Ny tid", police...) {
				d.tells(letter, "REQUEST", oldTime)
				if !strings.Contains(letter.Text, "Tidigare tid: "+oldTime) {
					t.Error(letter.Text)
				}
			}
			m = d.move(m, func(at *meeting.Time) { at.Starts, at.Ends = 15*60, 16*60 })
			for _, letter := range d.expect("Ny tid", police...) {
				if strings.Contains(letter.Text, "gamla bokningen") {
					t.Error(letter.Text)
				}
			}
			d.cancel(m)
			for _, letter := range d.expect("Inställt", police...) {
				if strings.Contains(letter.Text, "gamla bokningen") || !strings.Contains(string(letter.Calendar), "METHOD:CANCEL") {
					t.Error(letter.Text)
				}
			}
		})
	})
	t.Run("a cancellation is a plain letter that says which booking to remove", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			_, m := d.bookedBefore(oldBooking())
			d.cancel(m)
			for _, letter := range d.expect("Inställt", police...) {
				d.tells(letter, "", oldTime)
				if strings.Contains(letter.Text, "Du behöver inte göra något") || strings.Contains(letter.Text, "/i/") {
					t.Error(letter.Text)
				}
			}
			d.wait(time.Hour)
			if news := d.got(); len(news) != 0 {
				t.Errorf("%d letters more", len(news))
			}
		})
	})
	t.Run("one who is taken out is told which booking to remove", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			_, m := d.bookedBefore(oldBooking())
			d.withdraw(m, "omradespolis")
			for _, letter := range d.expect("Avbokat för dig", "hans.gran@omrade-vast.example") {
				d.tells(letter, "", oldTime)
			}
		})
	})
	t.Run("a letter may be asked for, and taken back", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			_, m := d.bookedBefore(oldBooking())
			d.convene(m, "")
			d.undo(d.find(m))
			d.expect("Inget")
			d.convene(d.find(m), "")
			for _, letter := range d.expect("Inbjudan", police...) {
				d.tells(letter, "REQUEST", oldTime)
			}
		})
	})
	t.Run("what is taken back before its letters leave sends nothing", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			_, m := d.bookedBefore(oldBooking())
			d.undo(d.move(m, func(at *meeting.Time) { at.Starts, at.Ends = 13*60, 14*60 }))
			d.undo(d.cancel(d.find(m)))
			d.expect("Inget")
		})
	})
	t.Run("another room is told", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			_, m := d.bookedBefore(oldBooking())
			d.move(m, func(at *meeting.Time) { at.Place = "Stadshuset" })
			for _, letter := range d.expect("Inbjudan", police...) {
				d.tells(letter, "REQUEST", oldTime)
			}
		})
	})
	t.Run("several called off at once are covered by one letter", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			_, one := d.bookedBefore(oldBooking())
			_, two := d.bookedBefore(oldBooking("outlook-0001", "outlook-0002", "20270112", "20270209"))
			d.write(func(tx *store.Tx) error {
				_, err := secretariat.CancelSeveral(tx, d.by, d.office, one.ForumID, []uuid.UUID{one.ID, two.ID}, "", "")
				return err
			})
			d.wait(d.office.Delay)
			subjects := map[string][]string{}
			for _, l := range d.server.Letters() {
				subjects[l.To] = append(subjects[l.To], mailtest.Parse(t, l.Data).Subject)
			}
			for _, to := range police {
				covers := slices.ContainsFunc(subjects[to], func(s string) bool { return strings.HasPrefix(s, "Inställt: 2 möten") })
				if len(subjects[to]) != 3 || !covers {
					t.Errorf("%s got %q", to, subjects[to])
				}
			}
		})
	})
	t.Run("the review shows who has been called and what each gets", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			_, m := d.bookedBefore(oldBooking())
			d.write(func(tx *store.Tx) error {
				r, err := secretariat.Preview(tx, d.by, d.office, m.ID, func(tx *store.Tx) error {
					_, err := secretariat.Cancel(tx, d.by, d.office, m.ID, m.Version, "", "")
					return err
				})
				if err != nil {
					return err
				}
				if r.Letters != len(police) {
					t.Errorf("%d letters", r.Letters)
				}
				for _, n := range r.Notices {
					if !n.Called || n.Kind != post.Cancellation || !strings.Contains(n.Effect, "för hand") {
						t.Errorf("%+v", n)
					}
				}
				return nil
			})
		})
	})
}

func TestCalled_and_the_old_calendar(t *testing.T) {
	moved := []string{"DTSTAMP:20261101", "DTSTAMP:20261120", "T090000", "T140000", "T103000", "T153000"}
	t.Run("a move there is followed without letters", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			c, m := d.bookedBefore(oldBooking())
			c.Data = []byte(oldBooking(moved...))
			d.reads(c)
			m = d.find(m)
			if m.Starts.String() != "14:00" || !d.invitations(m)[0].CalledBefore(m) {
				t.Errorf("%s, %+v", m.Starts, d.invitations(m)[0].Earlier)
			}
			d.expect("Inget")
			d.cancel(m)
			for _, letter := range d.expect("Inställt", police...) {
				d.tells(letter, "", "tisdag 12 januari 2027 kl. 14.00–15.30")
			}
		})
	})
	t.Run("a cancellation there is followed without letters", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			c, m := d.bookedBefore(oldBooking())
			c.Data = []byte(oldBooking("DTSTAMP:20261101", "DTSTAMP:20261120", "SUMMARY", "STATUS:CANCELLED\r\nSUMMARY"))
			d.reads(c)
			if !d.find(m).Cancelled() {
				t.Error("it is not off")
			}
			d.expect("Inget")
		})
	})
	t.Run("once we have written, it is ours to change", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			c, m := d.bookedBefore(oldBooking())
			d.convene(m, "")
			d.expect("Inbjudan", police...)
			c.Data = []byte(oldBooking(moved...))
			if r, rows := d.looks(c); r.Acts() != 0 || !strings.HasPrefix(rows, "conflict ") {
				t.Error(rows)
			}
		})
	})
	t.Run("mail about the old booking waits for a person", func(t *testing.T) {
		each(t, func(t *testing.T, d *desk) {
			_, m := d.bookedBefore(oldBooking())
			got := d.receive(answerMail{from: "samordnare@vingaker.example", to: "moten@vingaker.example", auth: "dmarc=pass header.from=vingaker.example",
				calendar: strings.Replace(oldBooking(moved...), "PUBLISH", "REQUEST", 1)})
			if !strings.HasPrefix(got, "parked: ") || d.find(m).Starts != m.Starts {
				t.Error(got)
			}
		})
	})
}

func TestCalled_counts(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		_, m := d.bookedBefore(oldBooking())
		d.write(func(tx *store.Tx) error {
			kept, err := followup.Statuses(tx, d.by, d.office.Zone, 2027)
			for _, k := range kept {
				if k.Forum.ID == m.ForumID && (k.Planned != 1 || k.Next == nil || k.Next.ID != m.ID) {
					t.Errorf("%+v", k)
				}
			}
			if err != nil {
				return err
			}
			y, err := secretariat.ProposeYear(tx, d.by, d.office, 2027, nil)
			if err != nil {
				return err
			}
			for _, p := range y.Proposed {
				if p.Forum.ID == m.ForumID && p.Time.Date.Month == 1 {
					t.Errorf("January has its meeting, and %s is proposed", p.Time.Date)
				}
				if p.Time.Date == m.Date && p.Time.Starts < m.Ends && m.Starts < p.Time.Ends {
					t.Errorf("%s lies on it", p.Forum.Name)
				}
			}
			tasks, err := secretariat.Tasks(tx, d.by, d.office)
			for _, task := range tasks {
				if strings.HasPrefix(task.Link, "/meetings/"+m.ID.String()) {
					t.Errorf("a task of it: %v", task.Text)
				}
			}
			return err
		})
	})
}

func TestCalled_a_forum_without_participants_is_told_to_have_some(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.write(func(tx *store.Tx) error { return tx.DB.Exec("DELETE FROM forum_members").Error })
		c := secretariat.Calendar{ForumID: d.world.Forums["polis-avstamning"], Data: []byte(oldBooking()), Called: true}
		err := d.refused(fault.Invalid, func(tx *store.Tx) error {
			r, err := secretariat.ReviewCalendar(tx, d.by, d.office, c)
			if err == nil {
				_, err = secretariat.ImportCalendar(tx, d.by, d.office, c, r.Hash, nil)
			}
			return err
		})
		if !fault.Concerns(err, "forumId") {
			t.Error(err)
		}
	})
}
