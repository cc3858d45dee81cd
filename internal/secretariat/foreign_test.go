package secretariat_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

const county = "samordning@lanet.example"

// countyMail is what the county administrative board writes.
func countyMail(method string, lines ...string) answerMail {
	calendar := append([]string{"BEGIN:VCALENDAR", "METHOD:" + method, "BEGIN:VEVENT", "UID:lanet-2027", "ORGANIZER:mailto:" + county}, lines...)
	return answerMail{from: county, to: "moten@vingaker.example", auth: "dmarc=pass header.from=lanet.example", calendar: strings.Join(append(calendar, "END:VEVENT", "END:VCALENDAR"), "\n")}
}

// elsewhere makes a forum that the county convenes.
func (d *desk) elsewhere() (id uuid.UUID) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		all, err := forum.List(tx, d.by)
		for _, f := range all {
			if f.ConvenedBy == forum.Other {
				id = f.ID
			}
		}
		return err
	})
	if id == uuid.Nil {
		d.t.Fatal("no forum is convened by others")
	}
	return id
}

func (d *desk) imports(forumID uuid.UUID) (made []meeting.Meeting) {
	d.t.Helper()
	p := d.parked()[0]
	if p.Kind != post.ParkedInvitation {
		d.t.Fatalf("%+v", p)
	}
	d.write(func(tx *store.Tx) (err error) {
		made, err = secretariat.Import(tx, d.by, d.office, p.ID, forumID)
		return err
	})
	return made
}

func TestForeign(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		theirs := d.elsewhere()
		single := []string{"DTSTAMP:20261124T080000Z", "SEQUENCE:0", "DTSTART;TZID=Europe/Stockholm:20270209T100000", "DTEND;TZID=Europe/Stockholm:20270209T113000", "LOCATION:Linköping", "SUMMARY:Länsnätverket"}
		t.Run("an invitation waits until a person says which forum it is", func(t *testing.T) {
			if got := d.receive(countyMail("REQUEST", single...)); got != "parked: invitation" {
				t.Fatal(got)
			}
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				_, err := secretariat.Import(tx, d.by, d.office, d.parked2(tx)[0].ID, d.world.Forums["polis-avstamning"])
				return err
			})
			made := d.imports(theirs)
			if len(made) != 1 || made[0].ForumID != theirs || made[0].Starts.String() != "10:00" || made[0].Ends.String() != "11:30" || made[0].Place != "Linköping" || made[0].UID == "lanet-2027" {
				t.Errorf("%+v", made)
			}
		})
		at := func() *meeting.Meeting {
			var all []meeting.Meeting
			d.write(func(tx *store.Tx) (err error) {
				all, _, err = meeting.List(tx, d.by, meeting.Selection{ForumID: &theirs})
				return err
			})
			if len(all) != 1 {
				t.Fatalf("%d meetings", len(all))
			}
			return &all[0]
		}
		moved := func(stamp, sequence, start, end string) []string {
			return []string{"DTSTAMP:" + stamp, "SEQUENCE:" + sequence, "DTSTART:" + start, "DTEND:" + end}
		}
		t.Run("a later one by the same organizer moves it", func(t *testing.T) {
			if got := d.receive(countyMail("REQUEST", moved("20261124T081000Z", "1", "20270210T090000Z", "20270210T100000Z")...)); got != "followed" {
				t.Fatal(got)
			}
			if m := at(); m.Date.String() != "2027-02-10" || m.Starts.String() != "10:00" || m.Place != "Linköping" {
				t.Errorf("%+v", m)
			}
		})
		t.Run("an older one that comes late changes nothing", func(t *testing.T) {
			d.receive(countyMail("REQUEST", single...))
			if m := at(); m.Date.String() != "2027-02-10" {
				t.Errorf("%+v", m)
			}
		})
		t.Run("cancelled by its organizer", func(t *testing.T) {
			if got := d.receive(countyMail("CANCEL", "DTSTAMP:20261124T090000Z", "SEQUENCE:6")); got != "followed" || !at().Cancelled() {
				t.Error(got)
			}
			if got := d.receive(countyMail("CANCEL", "DTSTAMP:20261124T090500Z", "SEQUENCE:7")); got != "followed" {
				t.Error(got)
			}
		})
		t.Run("a UID of ours in another's hands is nothing", func(t *testing.T) {
			m := d.book("polis-avstamning")
			forged := countyMail("CANCEL", "DTSTAMP:20261124T090000Z", "SEQUENCE:9")
			forged.calendar = strings.ReplaceAll(forged.calendar, "lanet-2027", m.UID)
			if got := d.receive(forged); got != "our own" || d.find(m).Cancelled() {
				t.Error(got)
			}
		})
		d.wait(time.Hour)
		if news := d.got(); len(news) != 0 {
			t.Errorf("%d letters left", len(news))
		}
	})
}

// parked2 is parked within a transaction.
func (d *desk) parked2(tx *store.Tx) []post.ParkedLetter {
	d.t.Helper()
	all, _, err := post.Parked(tx, d.by, d.office.Key, 100, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func TestForeignSeries(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		theirs := d.elsewhere()
		d.receive(countyMail("REQUEST", "DTSTAMP:20261124T080000Z", "DTSTART;TZID=Europe/Stockholm:20270112T100000", "DTEND;TZID=Europe/Stockholm:20270112T110000", "RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=4"))
		made := d.imports(theirs)
		if len(made) != 4 {
			t.Fatalf("%d meetings", len(made))
		}
		dates := func() (all []string) {
			d.write(func(tx *store.Tx) error {
				meetings, _, err := meeting.List(tx, d.by, meeting.Selection{ForumID: &theirs})
				for _, m := range meetings {
					text := m.Date.String() + " " + m.Starts.String()
					if m.Cancelled() {
						text += " inställt"
					}
					all = append(all, text)
				}
				return err
			})
			return all
		}
		t.Run("a new rule waits for a person", func(t *testing.T) {
			got := d.receive(countyMail("REQUEST", "DTSTAMP:20261124T085000Z", "SEQUENCE:9", "DTSTART:20270112T100000Z", "DTEND:20270112T110000Z", "RRULE:FREQ=WEEKLY;COUNT=4"))
			if got != "parked: series-changed" {
				t.Error(got)
			}
		})
		t.Run("all are cancelled", func(t *testing.T) {
			d.receive(countyMail("CANCEL", "DTSTAMP:20261124T085500Z", "SEQUENCE:10"))
			for _, one := range dates() {
				if !strings.Contains(one, "inställt") {
					t.Error(one)
				}
			}
		})
	})
}
