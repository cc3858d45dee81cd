package secretariat_test

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Words that stand in the database and must never stand in a letter.
const (
	canaryPlace  = "Kanariehuset, rum Ibisen"
	canaryReason = "Kanarieskälet influensa"
)

func TestConvene(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("rvt-miranda")
		d.convene(m, "Ta gärna med kalendern.")
		t.Run("sends nothing before the time to change one's mind is over", func(t *testing.T) {
			d.wait(d.office.Delay - time.Second)
			if len(d.got()) > 0 || len(d.letters()) > 0 {
				t.Error("a letter was written")
			}
		})
		var first map[string]mailtest.Mail
		t.Run("sends one letter to each, with the recipient the only attendee", func(t *testing.T) {
			first = d.expect("Inbjudan", network...)
			for to, l := range first {
				if l.To.Address != to || l.Header.Get("Cc") != "" || l.Method != "REQUEST" || bytes.Count(l.Calendar, []byte("\nATTENDEE")) != 1 {
					t.Errorf("%s: %s", to, l.Calendar)
				}
				if attendee := property(l, "ATTENDEE"); !strings.HasSuffix(attendee, "mailto:"+to) || !strings.Contains(attendee, "NEEDS-ACTION") {
					t.Error(attendee)
				}
				if !strings.Contains(property(l, "ORGANIZER"), "mailto:moten+") || l.From.Address != "moten@vingaker.example" || l.From.Name != "Vingåkers kommun" {
					t.Errorf("from %v, organizer %s", l.From, property(l, "ORGANIZER"))
				}
				if property(l, "SUMMARY") != ":Nätverksträff\\, Vingåkers kommun" || property(l, "SEQUENCE") != ":0" || property(l, "UID") != ":"+m.UID {
					t.Errorf("%s", l.Calendar)
				}
				if !strings.Contains(l.Text, "Ta gärna med kalendern.") || !strings.Contains(l.Text, "torsdag 21 januari 2027 kl. 13.00–14.30") {
					t.Error(l.Text)
				}
			}
		})
		t.Run("each has a link of its own", func(t *testing.T) {
			links := map[string]bool{}
			for _, i := range d.invitations(m) {
				link := d.office.Link(&i)
				if links[link] || !strings.Contains(first[i.Contact.Email].Text, link) || property(first[i.Contact.Email], "URL") != ":"+link {
					t.Errorf("%s: %s", i.Contact.Email, link)
				}
				links[link] = true
			}
		})
		t.Run("again sends nothing to those who hold it", func(t *testing.T) {
			d.convene(d.find(m), "")
			d.expect("Inbjudan")
		})
		t.Run("again sends to whoever is new", func(t *testing.T) {
			d.seat("rvt-miranda", "frivarden")
			d.convene(d.find(m), "")
			d.expect("Inbjudan", "nils.ask@frivard.example")
		})
	})
}

func TestConveneRefuses(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("rvt-miranda")
		convene := func(m *meeting.Meeting, by access.Actor, version int64, note string) func(*store.Tx) error {
			return func(tx *store.Tx) error { return secretariat.Convene(tx, by, d.office, m.ID, version, note) }
		}
		t.Run("a forum that others convene, and names them", func(t *testing.T) {
			err := d.refused(fault.Invalid, convene(d.book("lanssamverkan"), d.by, 1, ""))
			if err != nil && !strings.HasPrefix(err.Error(), "Länsstyrelsen kallar") {
				t.Error(err)
			}
		})
		t.Run("a forum that nobody convenes", func(t *testing.T) { d.refused(fault.Invalid, convene(d.book("brottsforebyggande"), d.by, 1, "")) })
		t.Run("an old reading", func(t *testing.T) { d.refused(fault.Conflict, convene(m, d.by, m.Version-1, "")) })
		t.Run("a forum without members", func(t *testing.T) {
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				if err := tx.DB.Delete(&forum.Member{}, "forum_id = ?", m.ForumID).Error; err != nil {
					return err
				}
				return convene(m, d.by, m.Version, "")(tx)
			})
		})
		for _, note := range []string{"Vi talar om våld.", "Polisen kommer", "Två\nrader", strings.Repeat("x", 501), "he\u00addersfrågor", "Ta med HOTBILDEN och hot"} {
			t.Run("the note "+note[:min(len(note), 20)], func(t *testing.T) { d.refused(fault.Invalid, convene(m, d.by, m.Version, note)) })
		}
		t.Run("the same notes with a move and a cancellation", func(t *testing.T) {
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				at := m.Time()
				at.Starts++
				_, err := secretariat.Reschedule(tx, d.by, d.office, m.ID, m.Version, at, "Om heder")
				return err
			})
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				_, err := secretariat.Cancel(tx, d.by, d.office, m.ID, m.Version, "", "Polisen har förhinder")
				return err
			})
		})
		t.Run("whoever may not plan the forum", func(t *testing.T) {
			for _, role := range access.Roles[1:] {
				var by access.Actor
				d.write(func(tx *store.Tx) (err error) {
					by, err = access.Load(tx, d.world.Identities[role])
					return err
				})
				d.refused(fault.NotFound, convene(m, by, m.Version, ""))
			}
		})
		t.Run("a cancelled meeting", func(t *testing.T) {
			gone := d.cancel(d.book("rvt-miranda"))
			d.refused(fault.Conflict, convene(gone, d.by, gone.Version, ""))
		})
		t.Run("a meeting that has begun", func(t *testing.T) {
			d.clock.Move(100 * 24 * time.Hour)
			d.refused(fault.Conflict, convene(m, d.by, m.Version, ""))
		})
	})
}

func TestReschedule(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		d.convene(m, "")
		first := d.expect("Inbjudan", police...)
		d.answer(m, "omradespolis", invite.Accepted)
		t.Run("sends a new time with a higher SEQUENCE and asks again", func(t *testing.T) {
			m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(7) })
			for to, l := range d.expect("Ny tid", police...) {
				if property(l, "SEQUENCE") != ":1" || property(l, "DTSTAMP") <= property(first[to], "DTSTAMP") || property(l, "UID") != property(first[to], "UID") {
					t.Errorf("%s: %s", to, l.Calendar)
				}
				if !strings.Contains(property(l, "ATTENDEE"), "PARTSTAT=NEEDS-ACTION") {
					t.Error(property(l, "ATTENDEE"))
				}
				if !strings.Contains(l.Text, "Tidigare tid: torsdag 21 januari 2027 kl. 13.00–14.30") || !strings.Contains(l.Text, "torsdag 28 januari 2027") {
					t.Error(l.Text)
				}
			}
			if i := d.invitation(m, "omradespolis"); i.Current(m) != nil || i.Last() == nil {
				t.Error("the answer to the old time counts")
			}
		})
		t.Run("a new room sends nothing where the place is not shown", func(t *testing.T) {
			m = d.move(m, func(at *meeting.Time) { at.Place = canaryPlace + " B" })
			d.expect("Ändring")
		})
		t.Run("there and back within the delay sends nothing and keeps the answers", func(t *testing.T) {
			d.answer(m, "omradespolis", invite.Accepted)
			before := m
			m = d.move(m, func(at *meeting.Time) { at.Starts, at.Ends = at.Starts+60, at.Ends+60 })
			d.clock.Move(5 * time.Second)
			m = d.move(m, func(at *meeting.Time) { *at = before.Time() })
			d.expect("Ny tid")
			if a := d.invitation(m, "omradespolis").Current(m); a == nil || a.PartStat != invite.Accepted {
				t.Errorf("the answer is %v", a)
			}
		})
		t.Run("two moves within the delay are one letter, which tells the time that was held", func(t *testing.T) {
			m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(1) })
			d.clock.Move(5 * time.Second)
			m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(4) })
			for _, l := range d.expect("Ny tid", police...) {
				if !strings.Contains(l.Text, "Tidigare tid: torsdag 28 januari 2027") || !strings.Contains(l.Text, "tisdag 2 februari 2027") {
					t.Error(l.Text)
				}
			}
		})
	})
}

func TestOrder(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		d.convene(m, "")
		t.Run("an unsent letter is superseded by a newer one", func(t *testing.T) {
			d.server.RefuseConnections(2)
			d.wait(d.office.Delay)
			if got := d.states(); got[post.Queued]+got[post.Retry] != 3 {
				t.Fatalf("%v", got)
			}
			m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(7) })
			d.clock.Move(5 * time.Minute)
			for _, l := range d.expect("Inbjudan", police...) {
				if property(l, "SEQUENCE") != ":1" || !strings.Contains(l.Text, "28 januari") {
					t.Errorf("%s", l.Calendar)
				}
			}
			if got := d.states(); got[post.Superseded] != 3 || got[post.Sent] != 3 {
				t.Errorf("%v", got)
			}
		})
		t.Run("letters to one about one meeting leave in order", func(t *testing.T) {
			for n := range 4 {
				m = d.move(m, func(at *meeting.Time) { at.Starts++ })
				if n == 1 {
					d.server.RefuseRcpt(police[0], 451, 1)
				}
				d.wait(d.office.Delay)
			}
			d.wait(10 * time.Minute)
			last := map[string]string{}
			for _, r := range d.server.Letters() {
				sequence := property(mailtest.Parse(t, r.Data), "SEQUENCE")
				if sequence <= last[r.To] {
					t.Errorf("%s got %s after %s", r.To, sequence, last[r.To])
				}
				last[r.To] = sequence
			}
			for _, to := range police {
				if last[to] != ":5" {
					t.Errorf("%s holds %s", to, last[to])
				}
			}
			d.discard()
		})
		t.Run("a CANCEL for a REQUEST that was never sent sends nothing", func(t *testing.T) {
			unsent := d.book("polis-avstamning")
			d.convene(unsent, "")
			d.server.RefuseConnections(2)
			d.wait(d.office.Delay)
			d.cancel(unsent)
			d.clock.Move(time.Hour)
			d.expect("Inställt")
		})
		t.Run("nor does one within the delay", func(t *testing.T) {
			unsent := d.book("polis-avstamning")
			d.convene(unsent, "")
			d.clock.Move(time.Second)
			d.cancel(unsent)
			d.expect("Inställt")
		})
		t.Run("a REQUEST of unknown fate is cancelled, though its second try was refused", func(t *testing.T) {
			doubtful := d.book("polis-avstamning")
			d.convene(doubtful, "")
			d.server.DropAfterDot(3)
			d.wait(d.office.Delay)
			if got := d.states(); got[post.Unknown] != 3 {
				t.Fatalf("%v", got)
			}
			d.server.RefuseConnections(-1)
			d.wait(16 * time.Minute)
			d.server.RefuseConnections(0)
			d.discard()
			d.cancel(doubtful)
			d.expect("Inställt", police...)
		})
	})
}

// discard throws away what has arrived.
func (d *desk) discard() { d.read = len(d.server.Letters()) }

func TestCancel(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		d.convene(m, "")
		first := d.expect("Inbjudan", police...)
		t.Run("sends a CANCEL with a higher SEQUENCE", func(t *testing.T) {
			m = d.cancel(m)
			for to, l := range d.expect("Inställt", police...) {
				if l.Method != "CANCEL" || property(l, "STATUS") != ":CANCELLED" || property(l, "SEQUENCE") != ":1" || property(l, "DTSTAMP") <= property(first[to], "DTSTAMP") {
					t.Errorf("%s", l.Calendar)
				}
				if strings.Contains(l.Text, "https://") || strings.Contains(string(l.Calendar), "https://") {
					t.Error("a link in a cancellation")
				}
			}
		})
		t.Run("twice is once", func(t *testing.T) {
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				_, err := secretariat.Cancel(tx, d.by, d.office, m.ID, m.Version, "", "")
				return err
			})
		})
	})
}

func TestWithdraw(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		d.convene(m, "")
		first := d.expect("Inbjudan", police...)
		old := d.invitation(m, "omradespolis").AnswerToken(d.office.Key)
		t.Run("sends a CANCEL without STATUS to that one only, with a later DTSTAMP", func(t *testing.T) {
			d.withdraw(m, "omradespolis")
			for to, l := range d.expect("Avbokat för dig", "hans.gran@omrade-vast.example") {
				if l.Method != "CANCEL" || property(l, "STATUS") != "" || property(l, "DTSTAMP") <= property(first[to], "DTSTAMP") || property(l, "SEQUENCE") != ":1" {
					t.Errorf("%s", l.Calendar)
				}
			}
		})
		t.Run("its link is dead", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := secretariat.Open(tx, old); return err })
		})
		t.Run("the others hear of nothing later", func(t *testing.T) {
			m = d.move(d.find(m), func(at *meeting.Time) { at.Starts++ })
			d.expect("Ny tid", police[:2]...)
		})
		t.Run("asked again, it gets an invitation with another link, above the CANCEL that it holds", func(t *testing.T) {
			d.convene(m, "")
			if again := d.expect("Inbjudan", hans)[hans]; property(again, "SEQUENCE") != ":2" || property(again, "STATUS") != ":CONFIRMED" {
				t.Errorf("%s", again.Calendar)
			}
			if d.invitation(m, "omradespolis").AnswerToken(d.office.Key) == old {
				t.Error("the old link lives again")
			}
		})
		t.Run("before the letter, nothing is sent", func(t *testing.T) {
			m := d.book("polis-avstamning")
			d.convene(m, "")
			d.withdraw(m, "omradespolis")
			d.expect("Inbjudan", police[:2]...)
		})
	})
}

func TestByPhone(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("skola-forskola")
		t.Run("gets no letter, whatever happens", func(t *testing.T) {
			d.convene(m, "")
			d.expect("Inbjudan", school...)
			m = d.move(m, func(at *meeting.Time) { at.Starts++ })
			d.expect("Ny tid", school...)
			d.cancel(m)
			d.expect("Inställt", school...)
		})
		t.Run("is rung up, and the answer is written down", func(t *testing.T) {
			m := d.book("skola-forskola")
			d.convene(m, "")
			i := d.invitation(m, "forskolan-rektor")
			d.write(func(tx *store.Tx) error {
				_, err := secretariat.RecordAnswer(tx, d.by, d.office, i.ID, invite.Reply{PartStat: invite.Accepted})
				return err
			})
			a := d.invitation(m, "forskolan-rektor").Current(m)
			if a == nil || a.Via != "phone" || a.IdentityID == nil || *a.IdentityID != d.by.ID {
				t.Errorf("%+v", a)
			}
			d.expect("Inbjudan", school...)
			moved := d.move(m, func(at *meeting.Time) { at.Starts++ })
			d.clock.Move(time.Second)
			moved = d.undo(moved)
			d.expect("Ny tid")
			if d.invitation(moved, "forskolan-rektor").Current(moved) == nil {
				t.Error("a move that was taken back has lost the answer")
			}
		})
		t.Run("whoever is rung up from now on gets no letter that was written before", func(t *testing.T) {
			m := d.book("polis-avstamning")
			d.convene(m, "")
			d.server.RefuseConnections(2)
			d.wait(d.office.Delay)
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&partner.Contact{}).Where("id = ?", d.world.Contacts["omradespolis"]).Update("by_phone", true).Error
			})
			d.clock.Move(10 * time.Minute)
			d.expect("Inbjudan", police[:2]...)
			if got := d.states(); got[post.Withdrawn] != 1 {
				t.Errorf("%v", got)
			}
		})
	})
}

func TestOutwardPlace(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		set := func(level access.Level, place forum.OutwardPlace) {
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&forum.Forum{}).Where("id = ?", d.world.Forums["polis-avstamning"]).Updates(map[string]any{"level": level, "outward_place": place}).Error
			})
		}
		for _, level := range []access.Level{access.Protected, access.Neutral, access.Full} {
			for _, place := range []forum.OutwardPlace{forum.NoPlace, forum.MunicipalityPlace, forum.FullPlace} {
				t.Run(string(level)+" and "+string(place), func(t *testing.T) {
					set(level, place)
					d.convene(d.book("polis-avstamning"), "")
					for _, l := range d.expect("Inbjudan", police...) {
						shown := contains(l, "Kanariehuset") || strings.Contains(property(l, "LOCATION"), "Ibisen")
						if want := level == access.Full && place == forum.FullPlace; shown != want {
							t.Errorf("the place is shown: %v", shown)
						}
						title := ":Avstämning\\, Vingåkers kommun"
						if level == access.Protected {
							title = ":Möte"
						}
						if property(l, "SUMMARY") != title || property(l, "CLASS") != ":PRIVATE" {
							t.Error(property(l, "SUMMARY"))
						}
						if level == access.Protected && (strings.Contains(l.Subject, "Avstämning") || property(l, "LOCATION") != "") {
							t.Errorf("%q %q", l.Subject, property(l, "LOCATION"))
						}
					}
				})
			}
		}
		t.Run("a new room updates those who are shown it, and keeps their answers", func(t *testing.T) {
			set(access.Full, forum.FullPlace)
			m := d.book("polis-avstamning")
			d.convene(m, "")
			first := d.expect("Inbjudan", police...)
			d.answer(m, "omradespolis", invite.Accepted)
			d.answer(m, "gun-rönn", invite.Declined)
			m = d.move(m, func(at *meeting.Time) { at.Place = "Rum 5" })
			for to, l := range d.expect("Ändring", police...) {
				want := map[string]string{"hans.gran@omrade-vast.example": "ACCEPTED", "gun.ronn@vingaker.example": "DECLINED", "chef@vingaker.example": "NEEDS-ACTION"}[to]
				if property(l, "SEQUENCE") != ":0" || property(l, "DTSTAMP") <= property(first[to], "DTSTAMP") || !strings.Contains(property(l, "ATTENDEE"), "PARTSTAT="+want+";") || property(l, "LOCATION") != ":Rum 5" {
					t.Errorf("%s: %s", to, l.Calendar)
				}
			}
			t.Run("also after a move that was taken back", func(t *testing.T) {
				m = d.move(m, func(at *meeting.Time) { at.Starts++ })
				d.clock.Move(time.Second)
				m = d.undo(m)
				d.expect("Ny tid")
				m = d.move(m, func(at *meeting.Time) { at.Place = "Rum 6" })
				for to, l := range d.expect("Ändring", police...) {
					if to == "hans.gran@omrade-vast.example" && !strings.Contains(property(l, "ATTENDEE"), "PARTSTAT=ACCEPTED") {
						t.Errorf("%s", l.Calendar)
					}
				}
				if a := d.invitation(m, "omradespolis").Current(m); a == nil {
					t.Error("the answer is lost")
				}
			})
		})
	})
}

// contains looks for a word in every decoded part of a letter.
func contains(l mailtest.Mail, word string) bool {
	unfolded := strings.ReplaceAll(string(l.Calendar)+string(l.Attachment), "\r\n ", "")
	return strings.Contains(strings.Join([]string{l.Subject, l.Text, l.HTML, unfolded, l.From.String()}, "\n"), word)
}

func TestCanaries(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("rvt-miranda")
		d.convene(m, "")
		d.wait(d.office.Delay)
		d.answer(m, "bo-alm", invite.Delegated)
		m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(7) })
		d.wait(d.office.Delay)
		d.withdraw(m, "rvt-brevlada")
		d.wait(d.office.Delay)
		d.cancel(d.find(m))
		d.wait(d.office.Delay)
		letters := d.server.Letters()
		if len(letters) != 12 {
			t.Fatalf("%d letters", len(letters))
		}
		names := map[string]string{}
		for _, i := range d.invitations(m) {
			names[i.Contact.Email] = i.Contact.Name
		}
		for _, r := range letters {
			parsed := mailtest.Parse(t, r.Data)
			canaries := []string{"Kanarie", "Ibisen", "influensa", "Relationsvåld", "Miranda", "Petra Hassel", "Samverkansmöte"}
			for email, name := range names {
				if email != r.To {
					canaries = append(canaries, name, email)
				}
			}
			if r.To == "ida@miranda.example" { // her own address, and protected personal data
				canaries = slices.DeleteFunc(canaries, func(word string) bool { return word == "Miranda" })
				canaries = append(canaries, "Ida Asp")
			}
			for _, word := range canaries {
				if contains(parsed, word) || bytes.Contains(r.Data, []byte(word)) || bytes.Contains(r.Data, []byte(base64.StdEncoding.EncodeToString([]byte(word)))) {
					t.Errorf("%q stands in %q to %s", word, parsed.Subject, r.To)
				}
			}
		}
	})
}
