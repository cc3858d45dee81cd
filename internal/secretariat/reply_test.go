package secretariat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/mail"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Who answers for the police, and where the mail server is that we believe.
const (
	hans  = "hans.gran@omrade-vast.example"
	relay = "mx.vingaker.example"
)

// answerMail is a letter that comes in with a calendar part, as a program would write it.
type answerMail struct {
	id       string // of the letter; empty: a fresh one
	from, to string
	auth     string // what our mail server says; empty: nothing
	head     string // more lines of the header
	calendar string // empty: no calendar part
	text     string
}

var letterNumber int

func (a answerMail) bytes() []byte {
	if a.id == "" {
		letterNumber++
		a.id = fmt.Sprintf("svar-%d@omrade-vast.example", letterNumber)
	}
	head := fmt.Sprintf("Message-ID: <%s>\nFrom: %s\nTo: %s\nSubject: Svar\n%s", a.id, a.from, a.to, a.head)
	if a.auth != "" {
		head = "Authentication-Results: " + relay + "; " + a.auth + "\n" + head
	}
	body := fmt.Sprintf("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain; charset=utf-8\n\n%s\n", a.text)
	if a.calendar != "" {
		body += "--x\nContent-Type: text/calendar; charset=utf-8\n\n" + a.calendar + "\n"
	}
	return []byte(strings.ReplaceAll(head+body+"--x--\n", "\n", "\r\n"))
}

// receive takes a letter in and gives what became of it.
func (d *desk) receive(a answerMail) (outcome string) {
	d.t.Helper()
	in, err := mail.Read(a.bytes(), relay)
	if err != nil {
		d.t.Fatal(err)
	}
	d.write(func(tx *store.Tx) (err error) {
		outcome, err = secretariat.TakeReply(tx, d.office, in)
		return err
	})
	return outcome
}

// replyTo is what a program answers to the letter that a contact got: change replaces lines of it.
func replyTo(letter mailtest.Mail, partStat string, at time.Time, change ...string) answerMail {
	_, organizer, _ := strings.Cut(property(letter, "ORGANIZER"), "mailto:")
	_, attendee, _ := strings.Cut(property(letter, "ATTENDEE"), "mailto:")
	calendar := strings.Join([]string{
		"BEGIN:VCALENDAR", "METHOD:REPLY", "VERSION:2.0", "BEGIN:VEVENT", "UID" + property(letter, "UID"), "SEQUENCE" + property(letter, "SEQUENCE"),
		"DTSTAMP:" + at.UTC().Format("20060102T150405Z"), "ORGANIZER:mailto:" + organizer, "ATTENDEE;PARTSTAT=" + partStat + ":mailto:" + attendee, "END:VEVENT", "END:VCALENDAR",
	}, "\n")
	for i := 0; i < len(change); i += 2 {
		if !strings.Contains(calendar, change[i]) {
			panic("nothing to change: " + change[i])
		}
		calendar = strings.ReplaceAll(calendar, change[i], change[i+1])
	}
	return answerMail{from: attendee, to: organizer, calendar: calendar}
}

// called asks the police to a meeting and gives it with Hans's letter.
func (d *desk) called() (*meeting.Meeting, mailtest.Mail) {
	d.t.Helper()
	m := d.book("polis-avstamning")
	d.convene(m, "")
	return m, d.expect("Inbjudan", police...)[hans]
}

func (d *desk) last(m *meeting.Meeting, external string) *invite.Answer {
	d.t.Helper()
	return d.invitation(m, external).Last()
}

func (d *desk) parked() (all []post.ParkedLetter) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		all, _, err = post.Parked(tx, d.by, d.office.Key, 1000, 0)
		return err
	})
	return all
}

func (d *desk) answers() (n int64) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error { return tx.DB.Model(&invite.Answer{}).Count(&n).Error })
	return n
}

func TestTakeReply(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, letter := d.called()
		now := d.clock.Time()
		d.clock.Move(time.Minute)
		t.Run("accepted, by mail", func(t *testing.T) {
			if got := d.receive(replyTo(letter, "ACCEPTED", now)); got != "answer" {
				t.Fatal(got)
			}
			a := d.invitation(m, "omradespolis").Current(d.find(m))
			if a == nil || a.PartStat != invite.Accepted || a.Via != "mail" || a.Unverified {
				t.Errorf("%+v", a)
			}
		})
		t.Run("what was answered by link since is not undone by a mail that waited", func(t *testing.T) {
			d.clock.Move(time.Hour)
			d.answer(m, "omradespolis", invite.Declined)
			d.clock.Move(time.Hour)
			if got := d.receive(replyTo(letter, "ACCEPTED", now.Add(10*time.Minute))); got != "ignored: outdated" || d.last(m, "omradespolis").PartStat != invite.Declined {
				t.Error(got)
			}
		})
		t.Run("delegated: the substitute is named", func(t *testing.T) {
			d.receive(replyTo(letter, `DELEGATED;DELEGATED-TO="mailto:petra.hassel@omrade-vast.example"`, d.clock.Time()))
			if a := d.last(m, "omradespolis"); a.PartStat != invite.Delegated || a.Substitute != "petra.hassel@omrade-vast.example" {
				t.Errorf("%+v", a)
			}
			d.expect("Inbjudan", "petra.hassel@omrade-vast.example")
		})
		t.Run("an answer to the former time is shown as such, and asks again", func(t *testing.T) {
			m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(7) })
			d.expect("Ny tid", append(police, "petra.hassel@omrade-vast.example")...)
			if got := d.receive(replyTo(letter, "ACCEPTED", d.clock.Time())); got != "answer to an earlier time" {
				t.Error(got)
			}
			i := d.invitation(m, "omradespolis")
			if i.Current(m) != nil || i.Last().PartStat != invite.Accepted {
				t.Errorf("%+v", i.Last())
			}
		})
		t.Run("a meeting that is cancelled takes no answer", func(t *testing.T) {
			before := d.answers()
			m = d.cancel(m)
			d.expect("Inställt", append(police, "petra.hassel@omrade-vast.example")...)
			if got := d.receive(replyTo(letter, "DECLINED", d.clock.Time())); got != "ignored: over" && got != "ignored: outdated" || d.answers() != before {
				t.Error(got)
			}
		})
		if n := len(d.parked()); n != 0 {
			t.Errorf("%d letters are parked, though none is in doubt", n)
		}
	})
}

// T-ITIP: of twelve replies only the valid ones change an answer, and nothing leaves the house but an invitation to
// the substitute whom one of them names.
func TestTwelveReplies(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, letter := d.called()
		d.move(m, func(at *meeting.Time) { at.Starts, at.Ends = at.Starts+60, at.Ends+60 })
		letter2 := d.expect("Ny tid", police...)[hans]
		now := d.clock.Time()
		good := func(change ...string) answerMail { return replyTo(letter2, "ACCEPTED", now, change...) }
		with := func(a answerMail, change func(*answerMail)) answerMail { change(&a); return a }
		for _, row := range []struct {
			name    string
			mail    answerMail
			changes bool
			want    string
		}{
			{"an ATTENDEE who was not asked", good(hans, "okand@annan.example"), false, "parked: party-crasher"},
			{"another UID", good("UID:", "UID:x"), false, "parked: other-uid"},
			{"From is not the ATTENDEE", with(good(), func(a *answerMail) { a.from = "chef@vingaker.example" }), false, "parked: other-sender"},
			{"From says that it is forged", with(good(), func(a *answerMail) { a.auth = "dmarc=fail header.from=omrade-vast.example" }), false, "parked: forged"},
			{"a REQUEST of our own", good("METHOD:REPLY", "METHOD:REQUEST"), false, "ignored: our-own"},
			{"a CANCEL of our own", good("METHOD:REPLY", "METHOD:CANCEL"), false, "ignored: our-own"},
			{"a COUNTER", good("METHOD:REPLY", "METHOD:COUNTER"), false, "parked: proposal"},
			{"an old SEQUENCE", replyTo(letter, "DECLINED", now), false, "answer to an earlier time"},
			{"a missing token", with(good(), func(a *answerMail) { a.to = d.office.From }), false, "parked: no-token"},
			{"a token of nobody's", with(good(), func(a *answerMail) { a.to = strings.Replace(a.to, "+", "+a", 1) }), false, "parked: no-token"},
			{"a DTSTAMP of next week", replyTo(letter2, "ACCEPTED", now.AddDate(0, 0, 7)), false, "parked: from-the-future"},
			{"SENT-BY a stranger", with(good("PARTSTAT=ACCEPTED", `PARTSTAT=ACCEPTED;SENT-BY="mailto:ond@annan.example"`), func(a *answerMail) { a.from = "ond@annan.example" }), false, "parked: other-sender"},
			{"no ORGANIZER, as from Outlook", good("ORGANIZER:mailto:"+strings.Split(strings.SplitAfter(good().calendar, "ORGANIZER:mailto:")[1], "\n")[0]+"\n", ""), true, "answer"},
			{"a replay", good(), false, "ignored: replayed"},
			{"two ATTENDEEs, one of them the invited", replyTo(letter2, "DECLINED", now.Add(time.Second), "ATTENDEE;", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:okand@annan.example\nATTENDEE;"), true, "answer"},
			{"DELEGATED", replyTo(letter2, `DELEGATED;DELEGATED-TO="mailto:petra@omrade-vast.example"`, now.Add(2*time.Second)), true, "answer"},
		} {
			t.Run(row.name, func(t *testing.T) {
				before := d.invitation(m, "omradespolis").Current(d.find(m))
				got := d.receive(row.mail)
				after := d.invitation(m, "omradespolis").Current(d.find(m))
				changed := (before == nil) != (after == nil) || after != nil && after.ID != before.ID
				if got != row.want || changed != row.changes {
					t.Errorf("%s, changed %v; want %s, %v", got, changed, row.want, row.changes)
				}
				for _, other := range []string{"gun-rönn", "cecilia-bjork"} {
					if d.last(m, other) != nil {
						t.Errorf("%s has answered", other)
					}
				}
			})
		}
		d.wait(time.Hour)
		if news := d.got(); len(news) != 1 || news["petra@omrade-vast.example"].Subject == "" { // the substitute's own invitation
			t.Errorf("%d letters left", len(news))
		}
	})
}

func TestBelieve(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("rvt-miranda")
		d.convene(m, "")
		letter := d.expect("Inbjudan", network...)["teamet@katrineholm.example"]
		now := d.clock.Time()
		const pass = "dmarc=pass header.from=katrineholm.example"
		colleague := func(change func(*answerMail)) answerMail {
			a := replyTo(letter, "ACCEPTED", now)
			a.from, a.auth = "berit.ask@katrineholm.example", pass
			change(&a)
			return a
		}
		for _, row := range []struct {
			name string
			mail answerMail
			want string
		}{
			{"a colleague without the server's word", colleague(func(a *answerMail) { a.auth = "" }), "parked: colleague"},
			{"somebody of another domain", colleague(func(a *answerMail) { a.from, a.auth = "berit@annan.example", "dmarc=pass header.from=annan.example" }), "parked: other-sender"},
			{"a colleague without the letter", colleague(func(a *answerMail) { a.to = d.office.From }), "parked: colleague"},
			{"a colleague who answers for another", colleague(func(a *answerMail) {
				a.calendar = strings.ReplaceAll(a.calendar, "teamet@katrineholm.example", "doris@katrineholm.example")
			}), "parked: colleague"},
			{"whose word another server gives", colleague(func(a *answerMail) {
				a.auth, a.head = "", "Authentication-Results: mx.annan.example; "+pass+"\n"
			}), "parked: colleague"},
			{"a colleague with the letter and the server's word", colleague(func(a *answerMail) {}), "answer"},
		} {
			if got := d.receive(row.mail); got != row.want {
				t.Errorf("%s: %s, want %s", row.name, got, row.want)
			}
		}
		if a := d.last(m, "rvt-brevlada"); a == nil || a.Comment != "svarat av berit.ask@katrineholm.example" || a.Unverified {
			t.Errorf("%+v", a)
		}
		t.Run("without plus-addresses: by sender and server, and marked", func(t *testing.T) {
			plain := replyTo(letter, "DECLINED", now.Add(time.Minute))
			plain.to, plain.auth = d.office.From, pass
			if got := d.receive(plain); got != "answer" {
				t.Fatal(got)
			}
			if a := d.last(m, "rvt-brevlada"); a.PartStat != invite.Declined || !a.Unverified {
				t.Errorf("%+v", a)
			}
		})
		t.Run("an office that has no plus-addresses writes none", func(t *testing.T) {
			d.office.Plain = true
			defer func() { d.office.Plain = false }()
			m2 := d.book("polis-avstamning")
			d.write(func(tx *store.Tx) error { return secretariat.Convene(tx, d.by, d.office, m2.ID, m2.Version, "") })
			d.clock.Move(time.Minute)
			if err := secretariat.WriteAllOwed(t.Context(), d.db, d.office); err != nil {
				t.Fatal(err)
			}
			d.wait(0)
			if got := property(d.got()[hans], "ORGANIZER"); !strings.HasSuffix(got, "mailto:"+d.office.From) {
				t.Error(got)
			}
		})
	})
}

func TestParked(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, letter := d.called()
		now := d.clock.Time()
		crasher := replyTo(letter, "ACCEPTED", now, hans, "sven.en@omrade-vast.example")
		crasher.text, crasher.from = "Jag kommer i stället för Hans.", "Sven En <sven.en@omrade-vast.example>"
		d.receive(crasher)
		all := d.parked()
		if len(all) != 1 {
			t.Fatalf("%d parked", len(all))
		}
		p := all[0]
		t.Run("a party crasher waits, with what was said", func(t *testing.T) {
			if p.Kind != post.ParkedReply || p.Reason != "party-crasher" || *p.MeetingID != m.ID || p.Content.By != "sven.en@omrade-vast.example" || p.Content.Text != "Jag kommer i stället för Hans." {
				t.Errorf("%+v", p)
			}
		})
		t.Run("what was said is sealed", func(t *testing.T) {
			if strings.Contains(string(p.Sealed), "Sven") {
				t.Error("it can be read in the row")
			}
		})
		t.Run("a person counts it as somebody's answer, once", func(t *testing.T) {
			i := d.invitation(m, "omradespolis")
			count := func(tx *store.Tx) error {
				_, err := secretariat.CountAs(tx, d.by, d.office, p.ID, i.ID, invite.Reply{PartStat: invite.Delegated, Substitute: "Sven En"})
				return err
			}
			d.write(count)
			if a := d.last(m, "omradespolis"); a.PartStat != invite.Delegated || a.Substitute != "Sven En" || a.Via != "mail" || a.IdentityID == nil {
				t.Errorf("%+v", a)
			}
			d.refused(fault.Conflict, count)
		})
		t.Run("a calendar part that cannot be read waits", func(t *testing.T) {
			if got := d.receive(answerMail{from: hans, to: crasher.to, calendar: "BEGIN:VCALENDAR\nBEGIN:VEVENT"}); got == "" || !strings.HasPrefix(got, "parked") {
				t.Error(got)
			}
			if got := d.receive(answerMail{from: hans, to: crasher.to, calendar: "Hej"}); got != "parked: calendar-unread" {
				t.Error(got)
			}
		})
		t.Run("only a coordinator sees them", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				_, err := post.FindParked(tx, d.member(tx), d.office.Key, p.ID)
				return err
			})
		})
		t.Run("they are forgotten 30 days after they were settled", func(t *testing.T) {
			d.clock.Move(31 * 24 * time.Hour)
			d.write(post.ForgetReceived)
			for _, one := range d.parked() {
				if gone := one.Sealed == nil; gone != (one.SettledAt != nil) {
					t.Errorf("%s: gone %v", one.Reason, gone)
				}
			}
		})
	})
}

func TestProposal(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, letter := d.called()
		t.Run("declined once, with a DECLINECOUNTER", func(t *testing.T) {
			d.clock.Move(time.Minute)
			d.receive(replyTo(letter, "TENTATIVE", d.clock.Time(), "METHOD:REPLY", "METHOD:COUNTER", "END:VEVENT", "DTSTART:20270122T120000Z\nDTEND:20270122T130000Z\nEND:VEVENT"))
			p := d.parked()[0]
			d.write(func(tx *store.Tx) error { return secretariat.DeclineProposal(tx, d.by, d.office, p.ID) })
			got := d.expect("Tiden ändras inte", hans)[hans]
			if got.Method != "DECLINECOUNTER" || property(got, "SEQUENCE") != ":0" || property(got, "STATUS") != ":CONFIRMED" || !strings.Contains(got.Text, "21 januari") {
				t.Errorf("%s\n%s", got.Method, got.Calendar)
			}
			d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.DeclineProposal(tx, d.by, d.office, p.ID) })
		})
		t.Run("a later update goes out as one, not as an invitation anew", func(t *testing.T) {
			d.convene(d.find(m), "")
			d.expect("")
		})
	})
}

// T-LOOP: a thousand automatic replies, and not one letter leaves.
func TestAThousandOutOfOffice(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, letter := d.called()
		a := replyTo(letter, "ACCEPTED", d.clock.Time())
		a.calendar, a.text = "", "Jag är borta."
		for n := range 1000 {
			a.id = fmt.Sprintf("borta-%d@omrade-vast.example", n)
			a.head = []string{"Auto-Submitted: auto-replied\n", "X-Autoreply: yes\n", "Precedence: auto_reply\n", "Return-Path: <>\n", "Auto-Submitted: auto-generated\n"}[n%5]
			if got := d.receive(a); got != "automatic" {
				t.Fatal(got)
			}
		}
		quoted := replyTo(letter, "ACCEPTED", d.clock.Time(), "METHOD:REPLY", "METHOD:REQUEST") // the invitation, quoted
		quoted.head = "Auto-Submitted: auto-replied\n"
		if got := d.receive(quoted); got != "automatic" {
			t.Error(got)
		}
		d.wait(time.Hour)
		if news := d.got(); len(news) != 0 {
			t.Errorf("%d letters left", len(news))
		}
		if n := len(d.parked()); n != 0 || d.last(m, "omradespolis") != nil {
			t.Errorf("%d parked, %+v", n, d.last(m, "omradespolis"))
		}
	})
}

// A calendar that answers by itself answers.
func TestACalendarAnswersByItself(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, letter := d.called()
		a := replyTo(letter, "DECLINED", d.clock.Time())
		a.head = "Auto-Submitted: auto-replied\nReturn-Path: <>\n"
		if got := d.receive(a); got != "answer" || d.last(m, "omradespolis").PartStat != invite.Declined {
			t.Error(got)
		}
	})
}

// bounce is a report of a delivery, sent to an address.
func bounce(to, recipient, action, status, messageID string) answerMail {
	return answerMail{from: "MAILER-DAEMON@mx.annan.example", to: to, head: fmt.Sprintf("Return-Path: <>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"+
		"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.annan.example\n\nFinal-Recipient: rfc822; %s\nAction: %s\nStatus: %s\nDiagnostic-Code: smtp; 550 User unknown\n"+
		"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <%s>\n--b--\n\n", recipient, action, status, messageID)}
}

func TestBounce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, letter := d.called()
		_, address, _ := strings.Cut(property(letter, "ORGANIZER"), "mailto:")
		state := func(to string) (s post.State) {
			for _, l := range d.letters() {
				if l.Recipient == to {
					return l.State
				}
			}
			return ""
		}
		undelivered := func() (all []partner.Undeliverable) {
			d.write(func(tx *store.Tx) (err error) {
				all, err = partner.Undelivered(tx, d.by)
				return err
			})
			return all
		}
		t.Run("a delay changes nothing but the words", func(t *testing.T) {
			if got := d.receive(bounce(address, hans, "delayed", "4.4.1", "")); got != "delayed" || state(hans) != post.Sent {
				t.Errorf("%s, %s", got, state(hans))
			}
		})
		t.Run("given up: the letter came back, the address may live", func(t *testing.T) {
			if got := d.receive(bounce(address, hans, "failed", "4.4.7", "")); got != "bounced" || state(hans) != post.Bounced || len(undelivered()) != 0 {
				t.Errorf("%s, %s, %v", got, state(hans), undelivered())
			}
		})
		t.Run("nobody there: who has come after?", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&post.Letter{}).Where("recipient = ?", hans).Update("state", post.Sent).Error
			})
			if got := d.receive(bounce(address, hans, "failed", "5.1.1", "")); got != "bounced for good" || state(hans) != post.Bounced {
				t.Errorf("%s, %s", got, state(hans))
			}
			if all := undelivered(); len(all) != 1 || all[0].Contact.Name != "Hans Gran" || all[0].Words != "5.1.1 550 User unknown" {
				t.Errorf("%+v", all)
			}
			if a := d.last(m, "omradespolis"); a != nil {
				t.Errorf("a bounce answered: %+v", a)
			}
		})
		t.Run("by Message-ID and recipient when the address is not the letter's own", func(t *testing.T) {
			var id string
			for _, l := range d.letters() {
				if l.Recipient == "chef@vingaker.example" {
					id = l.MessageID
				}
			}
			if got := d.receive(bounce(d.office.From, "gun.ronn@vingaker.example", "failed", "5.1.1", id)); got != "parked: bounce" {
				t.Error(got)
			}
			if got := d.receive(bounce(d.office.From, "chef@vingaker.example", "failed", "5.1.1", id)); got != "bounced for good" || len(undelivered()) != 2 {
				t.Error(got)
			}
		})
		t.Run("over when the address is another, and the new one is invited", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				c, err := partner.FindContact(tx, d.by, d.world.Contacts["omradespolis"])
				if err != nil {
					return err
				}
				_, err = partner.ChangeContact(tx, d.by, c.ID, c.Version, partner.Reach{Name: "Petra Hassel", Kind: c.Kind, Email: "petra.hassel@omrade-vast.example", Phone: c.Phone, OrganisationID: c.OrganisationID, RoleID: c.RoleID, Language: c.Language})
				return err
			})
			if all := undelivered(); len(all) != 1 {
				t.Errorf("%+v", all)
			}
			d.convene(d.find(m), "")
			if got := d.expect("Inbjudan", "petra.hassel@omrade-vast.example", "chef@vingaker.example"); len(got) != 2 {
				t.Errorf("%d letters", len(got))
			}
		})
	})
}
