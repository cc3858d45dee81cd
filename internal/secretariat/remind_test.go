package secretariat_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// remind asks what is due and writes it, as the rota does.
func (d *desk) remind() (written int) {
	d.t.Helper()
	var due []secretariat.Pending
	d.write(func(tx *store.Tx) (err error) {
		due, err = secretariat.ToRemind(tx, d.office)
		return err
	})
	for _, p := range due {
		d.write(func(tx *store.Tx) error {
			n, err := secretariat.Remind(tx, d.office, p)
			written += n
			return err
		})
	}
	return written
}

func TestRemind(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 2, 0)
		// Tuesday 8 December: two working days before is Friday 4 December.
		m := d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2026, Month: 12, Day: 8}, Starts: 8*60 + 30, Ends: 9*60 + 15, Place: canaryPlace})
		d.convene(m, "")
		d.expect("Inbjudan", police...)
		d.answer(m, "omradespolis", invite.Accepted)
		d.answer(m, "gun-rönn", invite.Declined)
		until := func(day, hour int) {
			d.clock.Move(time.Date(2026, 12, day, hour, 0, 0, 0, d.office.Zone).Sub(d.clock.Time()))
		}
		t.Run("nobody before the day, nor before seven", func(t *testing.T) {
			until(3, 12)
			if n := d.remind(); n > 0 {
				t.Errorf("%d", n)
			}
			until(4, 6)
			if n := d.remind(); n > 0 {
				t.Errorf("%d", n)
			}
		})
		t.Run("each who has not said no, once, without a calendar part and without the place", func(t *testing.T) {
			until(4, 8)
			if n := d.remind() + d.remind(); n != 2 {
				t.Errorf("%d reminders", n)
			}
			for to, l := range d.expect("Påminnelse", police[1:]...) {
				if l.Calendar != nil || contains(l, "Kanarie") || !strings.Contains(l.Text, "/i/"+invite.AnswerPrefix) {
					t.Errorf("%s: %s", to, l.Text)
				}
			}
		})
		t.Run("a move asks for a new one", func(t *testing.T) {
			m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(2) })
			d.expect("Ny tid", police...)
			until(8, 8)
			if n := d.remind(); n != 3 { // the answers were to another time
				t.Errorf("%d reminders", n)
			}
			d.expect("Påminnelse", police...)
		})
		t.Run("a reminder that waits is not sent for a meeting that is off", func(t *testing.T) {
			m := d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2026, Month: 12, Day: 15}, Starts: 9 * 60, Ends: 10 * 60})
			d.convene(m, "")
			d.expect("Inbjudan", police...)
			until(14, 9)
			d.remind()
			d.server.RefuseConnections(2)
			d.wait(time.Second)
			d.cancel(m)
			d.clock.Move(10 * time.Minute)
			d.expect("Inställt", police...)
		})
		t.Run("nobody for a meeting that was not convened", func(t *testing.T) {
			d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2026, Month: 12, Day: 16}, Starts: 9 * 60, Ends: 10 * 60})
			until(15, 9)
			if n := d.remind(); n > 0 {
				t.Errorf("%d", n)
			}
		})
	})
}

// offsets sets how many working days before a meeting a forum reminds all, and those who have not
// answered.
func (d *desk) offsets(external string, soon, again int) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		f, err := forum.Find(tx, d.by, d.world.Forums[external])
		if err != nil {
			return err
		}
		s := f.Settings()
		s.RemindDays, s.AskAgainDays = soon, again
		_, err = forum.Change(tx, d.by, f.ID, f.Version, s)
		return err
	})
}

// until turns the clock to an hour of a day in the municipality.
func (d *desk) until(year int, month time.Month, day, hour int) {
	d.t.Helper()
	d.clock.Move(time.Date(year, month, day, hour, 0, 0, 0, d.office.Zone).Sub(d.clock.Time()))
}

func TestAskAgain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 2, 5)
		none := func(t *testing.T) {
			t.Helper()
			if n := d.remind(); n != 0 {
				t.Errorf("%d reminders", n)
			}
			d.expect("Svar saknas")
		}
		// Tuesday 15 December: five working days before is Tuesday 8 December, two is Friday 11 December.
		m := d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2026, Month: 12, Day: 15}, Starts: 8*60 + 30, Ends: 9*60 + 15, Place: canaryPlace})
		d.convene(m, "")
		d.expect("Inbjudan", police...)
		d.answer(m, "omradespolis", invite.Tentative)
		t.Run("nobody before the day, at night or on a Sunday", func(t *testing.T) {
			for _, at := range [][2]int{{6, 12}, {7, 12}, {8, 6}} {
				d.until(2026, 12, at[0], at[1])
				none(t)
			}
		})
		t.Run("each who has not answered, once, with the link and nothing else", func(t *testing.T) {
			d.until(2026, 12, 8, 7)
			if n := d.remind() + d.remind(); n != 2 {
				t.Errorf("%d reminders", n)
			}
			for to, l := range d.expect("Svar saknas", police[:2]...) {
				if l.Calendar != nil || contains(l, "Kanarie") || !strings.Contains(l.Text, "/i/"+invite.AnswerPrefix) ||
					!strings.Contains(l.Text, "Du har inte svarat än") || !strings.Contains(l.Text, "Svara på inbjudan") {
					t.Errorf("%s: %s", to, l.Text)
				}
			}
		})
		t.Run("and the word to all comes besides", func(t *testing.T) {
			d.until(2026, 12, 11, 9)
			if n := d.remind(); n != 3 {
				t.Errorf("%d reminders", n)
			}
			d.expect("Påminnelse", police...)
		})
		t.Run("a move asks again, three working days after it was told", func(t *testing.T) {
			d.offsets("polis-avstamning", 0, 5)
			d.until(2026, 12, 11, 10)
			m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(3) }) // Friday 18 December
			d.expect("Ny tid", police...)
			d.answer(m, "omradespolis", invite.Accepted)
			for day := 11; day <= 15; day++ {
				d.until(2026, 12, day, 17)
				none(t)
			}
			d.until(2026, 12, 16, 8)
			if n := d.remind() + d.remind(); n != 2 {
				t.Errorf("%d reminders", n)
			}
			d.expect("Svar saknas", police[:2]...)
		})
	})
}

func TestAskAgainCatchesUp(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 2, 5)
		book := func(month time.Month, day int) *meeting.Meeting {
			m := d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2027, Month: month, Day: day}, Starts: 9 * 60, Ends: 10 * 60})
			d.convene(m, "")
			d.expect("Inbjudan", police...)
			return m
		}
		t.Run("a day of downtime loses nothing", func(t *testing.T) {
			book(1, 21)             // Thursday: five working days before is Thursday 14 January
			d.until(2027, 1, 18, 9) // nothing ran on the 14th, nor on the 15th
			if n := d.remind() + d.remind(); n != 3 {
				t.Errorf("%d reminders", n)
			}
			d.expect("Svar saknas", police...)
		})
		t.Run("after longer downtime the word to all is enough", func(t *testing.T) {
			book(2, 11)
			d.until(2027, 2, 10, 9)
			if n := d.remind() + d.remind(); n != 3 {
				t.Errorf("%d reminders", n)
			}
			d.expect("Påminnelse", police...)
		})
		t.Run("the hours follow the wall clock when summer time begins", func(t *testing.T) {
			book(4, 5) // Monday: five working days before is Thursday 25 March, with Good Friday and Easter Monday between
			d.until(2027, 3, 24, 17)
			if n := d.remind(); n != 0 {
				t.Errorf("%d reminders the day before", n)
			}
			d.clock.Move(time.Date(2027, 3, 29, 4, 59, 0, 0, time.UTC).Sub(d.clock.Time())) // 06.59: Easter Monday
			if n := d.remind(); n != 0 {
				t.Errorf("%d reminders on Easter Monday", n)
			}
			d.clock.Move(time.Date(2027, 3, 30, 4, 59, 0, 0, time.UTC).Sub(d.clock.Time()))
			if n := d.remind(); n != 0 {
				t.Errorf("%d reminders before seven", n)
			}
			d.clock.Move(time.Minute) // 07.00; with the winter's clock it would be 06.00
			if n := d.remind(); n != 3 {
				t.Errorf("%d reminders at seven", n)
			}
			d.expect("Svar saknas", police...)
		})
		t.Run("a clock that was set back asks nobody twice", func(t *testing.T) {
			d.clock.Move(-3 * time.Hour)
			d.clock.Move(4 * time.Hour)
			if n := d.remind(); n != 0 {
				t.Errorf("%d reminders", n)
			}
			d.until(2027, 3, 25, 10)
			if n := d.remind(); n != 0 {
				t.Errorf("%d reminders", n)
			}
		})
	})
}

func TestWhoeverAnswersMeanwhileIsNotAsked(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 0, 5)
		m := d.book("polis-avstamning")
		d.convene(m, "")
		d.expect("Inbjudan", police...)
		d.until(2027, 1, 14, 8)
		d.answer(m, "omradespolis", invite.Declined)
		if n := d.remind(); n != 2 {
			t.Errorf("%d reminders", n)
		}
		d.answer(m, "gun-rönn", invite.Accepted) // while her letter waits
		d.expect("Svar saknas", police[1])
	})
}

func TestProposeYear(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		propose := func(by access.Actor, year int, forums ...uuid.UUID) (y *secretariat.Year) {
			t.Helper()
			d.write(func(tx *store.Tx) (err error) {
				y, err = secretariat.ProposeYear(tx, by, d.office, year, forums)
				return err
			})
			return y
		}
		y := propose(d.by, 2027)
		t.Run("proposes for our forums only, never two on one day, and says why not for the others", func(t *testing.T) {
			taken, count := map[almanac.Date]bool{}, map[string]int{}
			for _, p := range y.Proposed {
				count[*p.Forum.ExternalID]++
				if taken[p.Time.Date] || p.Forum.ConvenedBy != forum.Us {
					t.Errorf("%s on %s", p.Forum.Name, p.Time.Date)
				}
				taken[p.Time.Date] = true
			}
			want := map[string]int{"rvt-miranda": 2, "polis-avstamning": 11, "skola-forskola": 10, sample.OwnForum: 11}
			for id, n := range want {
				if count[id] != n {
					t.Errorf("%d for %s, want %d", count[id], id, n)
				}
			}
			if len(count) != len(want) || len(y.Remarks) != 5 {
				t.Errorf("%v, %d remarks", count, len(y.Remarks))
			}
		})
		t.Run("both years keep every promise that is ours, on open days, with nobody in two places", func(t *testing.T) {
			for _, year := range []int{2027, 2028} {
				y := propose(d.by, year)
				if len(y.Proposed) < 34 || len(y.Expected) != 6 {
					t.Errorf("%d: %d dates, %d expected", year, len(y.Proposed), len(y.Expected))
				}
				days := map[uuid.UUID][]almanac.Date{}
				for n, p := range y.Proposed {
					if reason, closed := almanac.Blocked(p.Time.Date); closed || p.Reason.In(lang.Swedish) == "" || p.Reason.In(lang.English) == "" {
						t.Errorf("%s: %s %q", p.Time.Date, reason, p.Reason.In(lang.Swedish))
					}
					for _, other := range y.Proposed[:n] {
						if other.Time.Date == p.Time.Date {
							t.Errorf("two on %s", p.Time.Date)
						}
					}
					days[p.Forum.ID] = append(days[p.Forum.ID], p.Time.Date)
				}
				for _, p := range y.Proposed {
					if s := stands(p.Forum, year, p.Time.Date, days[p.Forum.ID]); s.Missed+s.Lacking > 0 {
						t.Errorf("%s %d: %+v", p.Forum.Name, year, s)
					}
				}
			}
		})
		t.Run("stores nothing, and the same again", func(t *testing.T) {
			again := propose(d.by, 2027)
			for n := range y.Proposed {
				if again.Proposed[n].Time != y.Proposed[n].Time {
					t.Errorf("%+v, then %+v", y.Proposed[n].Time, again.Proposed[n].Time)
				}
			}
		})
		t.Run("booked, is not proposed again, and sends nothing", func(t *testing.T) {
			var bookings []secretariat.Booking
			for _, p := range y.Proposed {
				bookings = append(bookings, secretariat.Booking{ForumID: p.Forum.ID, Time: p.Time})
			}
			d.write(func(tx *store.Tx) error {
				_, err := secretariat.BookYear(tx, d.by, d.office, bookings)
				return err
			})
			if again := propose(d.by, 2027); len(again.Proposed) > 0 {
				t.Errorf("%+v", again.Proposed)
			}
			d.expect("Inbjudan")
		})
		t.Run("all or none", func(t *testing.T) {
			before := everything(t, d.db)
			bad := []secretariat.Booking{{d.world.Forums["rvt-miranda"], meeting.Time{Date: almanac.Date{Year: 2028, Month: 3, Day: 2}, Starts: 60, Ends: 120}}, {d.world.Forums["rvt-miranda"], meeting.Time{}}}
			if err := d.db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := secretariat.BookYear(tx, d.by, d.office, bad)
				return err
			}); fault.KindOf(err) != fault.Invalid || everything(t, d.db) != before {
				t.Errorf("%v, or something was booked", err)
			}
		})
		t.Run("cancelled meetings count for nothing", func(t *testing.T) {
			var m meeting.Meeting
			d.write(func(tx *store.Tx) error {
				id := d.world.Forums["rvt-miranda"]
				found, _, err := meeting.List(tx, d.by, meeting.Selection{ForumID: &id})
				m = found[0]
				return err
			})
			d.cancel(&m)
			if again := propose(d.by, 2027, m.ForumID); len(again.Proposed) != 1 {
				t.Errorf("%d proposed", len(again.Proposed))
			}
			d.write(func(tx *store.Tx) error {
				all, err := followup.Statuses(tx, d.by, d.office.Zone, 2027)
				for _, k := range all {
					if k.Forum.ID == m.ForumID && (k.Held != 0 || k.Planned != 1 || k.Next == nil) {
						t.Errorf("%+v", k)
					}
				}
				return err
			})
		})
		t.Run("refuses years out of bounds and forums that are not there", func(t *testing.T) {
			ask := func(by access.Actor, year int, forums ...uuid.UUID) func(*store.Tx) error {
				return func(tx *store.Tx) error {
					_, err := secretariat.ProposeYear(tx, by, d.office, year, forums)
					return err
				}
			}
			d.refused(fault.Invalid, ask(d.by, 1999))
			d.refused(fault.Invalid, ask(d.by, 2101))
			d.refused(fault.NotFound, ask(d.by, 2027, uuid.New()))
			d.refused(fault.NotFound, ask(access.Guest(), 2027))
		})
	})
}

// stands tells how a forum stands when it meets on these days.
func stands(f forum.Forum, year int, today almanac.Date, days []almanac.Date) followup.Status {
	var occasions []followup.Occasion
	for _, d := range days {
		occasions = append(occasions, followup.Occasion{Date: d, State: followup.Planned})
	}
	return followup.Assess(followup.PromiseOf(f, followup.Year(year), nil), occasions, today)
}
