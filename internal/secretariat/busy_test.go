package secretariat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// busyTimes gives what is kept of a contact.
func (d *desk) busyTimes(external string) string {
	d.t.Helper()
	var all []partner.BusyTime
	d.write(func(tx *store.Tx) error {
		return tx.DB.Order("starts_at").Find(&all, "contact_id = ?", d.world.Contacts[external]).Error
	})
	var lines []string
	for _, b := range all {
		lines = append(lines, b.StartsAt.UTC().Format("01-02T15:04")+"/"+b.EndsAt.UTC().Format("01-02T15:04"))
	}
	return strings.Join(lines, " ")
}

func (d *desk) keepBusy(external, file string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		return secretariat.KeepBusy(tx, d.by, d.office, d.world.Contacts[external], []byte(file))
	})
}

// allDay is a calendar that is busy on some dates, in Stockholm.
func allDay(dates ...almanac.Date) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\n")
	for n, date := range dates {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:dag-%d\r\nSUMMARY:Ledig\r\nDTSTART;VALUE=DATE:%04d%02d%02d\r\nEND:VEVENT\r\n", n, date.Year, date.Month, date.Day)
	}
	return b.String() + "END:VCALENDAR\r\n"
}

func TestBusyTimes(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		t.Run("of a free-busy file", func(t *testing.T) {
			d.keepBusy("gun-rönn", calendarFile(t, "outlook.vfb"))
			if got := d.busyTimes("gun-rönn"); got != "12-01T08:00/12-01T09:30 01-19T12:00/01-19T15:00 01-20T08:00/01-20T11:00" {
				t.Error(got)
			}
		})
		t.Run("of a calendar, in the place of the former", func(t *testing.T) {
			d.keepBusy("gun-rönn", calendarFile(t, "google.ics"))
			got := strings.Fields(d.busyTimes("gun-rönn")) // the all-day event leaves free, one is cancelled, one has been
			if len(got) != 9 || got[0] != "01-14T12:15/01-14T13:15" || got[1] != "01-29T07:00/01-29T08:00" || got[5] != "05-06T11:15/05-06T12:15" {
				t.Errorf("%d: %s", len(got), got)
			}
			d.write(func(tx *store.Tx) error {
				kept, err := partner.Busy(tx, d.by, d.world.Contacts["gun-rönn"])
				if err == nil && (kept.Times != 9 || kept.From.Format("0102") != "0114" || kept.To.Format("0102") != "0617" || !kept.At.Equal(tx.Now)) {
					t.Errorf("%+v", kept)
				}
				return err
			})
		})
		t.Run("nothing but the times is kept", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				var rows []map[string]any
				err := tx.DB.Table("busy_times").Find(&rows).Error
				for _, row := range rows {
					if len(row) != 5 || strings.Contains(fmt.Sprint(row), "länet") || strings.Contains(fmt.Sprint(row), "google") {
						t.Errorf("%v", row)
					}
				}
				return err
			})
		})
		t.Run("a file that is none changes nothing", func(t *testing.T) {
			before := d.busyTimes("gun-rönn")
			for name, file := range map[string]string{"a letter": "Hej", "no time to come": strings.ReplaceAll(allDay(almanac.Date{Year: 2025, Month: 1, Day: 7}), "DTEND", ""),
				"endless": oneEvent("DTSTART:20270112T090000Z", "DTEND:20270112T100000Z", "RRULE:FREQ=HOURLY"), "free": oneEvent("DTSTART:20270112T090000Z", "DTEND:20270112T100000Z", "TRANSP:TRANSPARENT")} {
				if err := d.refused(fault.Invalid, func(tx *store.Tx) error {
					return secretariat.KeepBusy(tx, d.by, d.office, d.world.Contacts["gun-rönn"], []byte(file))
				}); !fault.Concerns(err, "file") {
					t.Errorf("%s: %v", name, err)
				}
			}
			if got := d.busyTimes("gun-rönn"); got != before {
				t.Error(got)
			}
		})
		t.Run("forgotten when asked, and when the contact leaves", func(t *testing.T) {
			d.write(func(tx *store.Tx) error { return partner.SetBusy(tx, d.by, d.world.Contacts["gun-rönn"], nil) })
			d.keepBusy("omradespolis", calendarFile(t, "outlook.vfb"))
			d.write(func(tx *store.Tx) error {
				_, err := partner.Leave(tx, d.by, d.world.Contacts["omradespolis"])
				return err
			})
			if got := d.busyTimes("gun-rönn") + d.busyTimes("omradespolis"); got != "" {
				t.Error(got)
			}
		})
		t.Run("only a coordinator keeps them", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				return secretariat.KeepBusy(tx, d.member(tx), d.office, d.world.Contacts["gun-rönn"], []byte(calendarFile(t, "outlook.vfb")))
			})
		})
	})
}

func TestBusyTimes_move_what_is_proposed(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		forumID := d.world.Forums["polis-avstamning"]
		proposed := func() (all []secretariat.Proposed) {
			d.write(func(tx *store.Tx) error {
				y, err := secretariat.ProposeYear(tx, d.by, d.office, 2027, []uuid.UUID{forumID})
				if err == nil {
					all = y.Proposed
				}
				return err
			})
			return all
		}
		offered := func() (days []string) {
			d.write(func(tx *store.Tx) error {
				slots, err := secretariat.SuggestTimes(tx, d.by, d.office, forumID)
				for _, s := range slots {
					days = append(days, s.Date.String())
				}
				return err
			})
			return days
		}
		first, times := proposed()[0].Time, offered()
		var day poll.Slot
		day.Date, _ = almanac.ParseDate(times[0], almanac.Date{Year: 2026, Month: 11, Day: 24})
		for _, contact := range []string{"gun-rönn", "cecilia-bjork", "omradespolis"} {
			d.keepBusy(contact, allDay(first.Date, day.Date))
		}
		t.Run("the year goes to another day and says why", func(t *testing.T) {
			now := proposed()[0]
			if now.Time.Date == first.Date {
				t.Errorf("%s still", now.Time.Date)
			}
			if why := now.Reason.In(lang.Swedish); !strings.Contains(why, "är 3 deltagare upptagna kl.") {
				t.Error(why)
			}
		})
		t.Run("the poll offers other days", func(t *testing.T) {
			for _, other := range offered() {
				if other == times[0] {
					t.Errorf("%s still", other)
				}
			}
		})
		t.Run("a booking that day is flagged, and so is the meeting", func(t *testing.T) {
			m := d.bookAt("polis-avstamning", first)
			d.write(func(tx *store.Tx) error {
				flags, err := secretariat.FlagYear(tx, d.by, d.office, 2027, []secretariat.Booking{{ForumID: forumID, Time: first}})
				if err != nil {
					return err
				}
				said := ""
				for _, f := range flags[0] {
					said += f.In(lang.Swedish) + "\n"
				}
				if !strings.Contains(said, "3 deltagare är upptagna den tiden.") {
					t.Error(said)
				}
				n, err := secretariat.BusyMembers(tx, d.by, m)
				if n != 3 {
					t.Errorf("%d busy", n)
				}
				return err
			})
		})
		t.Run("whoever moves a meeting there is told before it is moved", func(t *testing.T) {
			to := first
			to.Date = first.Date.AddDays(-7)
			m := d.bookAt("polis-avstamning", to)
			for day, busy := range map[almanac.Date]int{to.Date: 0, first.Date: 3} {
				to.Date = day
				if err := d.db.Rehearse(t.Context(), func(tx *store.Tx) error {
					r, err := secretariat.Preview(tx, d.by, d.office, m.ID, func(tx *store.Tx) error {
						_, err := secretariat.Reschedule(tx, d.by, d.office, m.ID, m.Version, to, "")
						return err
					})
					if err == nil && r.Busy != busy {
						t.Errorf("%s: %d busy", day, r.Busy)
					}
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
		t.Run("a year later they are forgotten", func(t *testing.T) {
			d.clock.Move(2 * 365 * 24 * time.Hour)
			d.write(partner.ForgetBusy)
			if got := d.busyTimes("gun-rönn"); got != "" {
				t.Error(got)
			}
		})
	})
}
