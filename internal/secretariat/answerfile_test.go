package secretariat_test

import (
	"strings"
	"testing"

	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// file gives what a link's calendar file holds, unfolded.
func (d *desk) file(token string) (name, text string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		n, file, err := secretariat.CalendarFile(tx, d.office, token)
		name, text = n, strings.ReplaceAll(string(file), "\r\n ", "")
		return err
	})
	return name, text
}

func TestCalendarFile(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		d.convene(m, "")
		letter := d.expect("Inbjudan", police...)["hans.gran@omrade-vast.example"]
		token := d.invitation(m, "omradespolis").AnswerToken(d.office.Key)
		holds := func(text string, wants ...string) {
			t.Helper()
			for _, want := range wants {
				if !strings.Contains(text, want+"\r\n") {
					t.Errorf("the file lacks %q:\n%s", want, text)
				}
			}
			for _, never := range []string{"ATTENDEE", "VALARM", m.Place} {
				if strings.Contains(text, never) {
					t.Errorf("the file holds %q:\n%s", never, text)
				}
			}
		}
		t.Run("is the letter's event, with nobody in it", func(t *testing.T) {
			name, text := d.file(token)
			if !strings.HasPrefix(name, "Avstämning, Vingåkers kommun ") || !strings.HasSuffix(name, ".ics") {
				t.Errorf("it is called %q", name)
			}
			holds(text, "METHOD:PUBLISH", "UID:"+m.UID, "SEQUENCE:0", "STATUS:CONFIRMED", "CLASS:PRIVATE", `SUMMARY:Avstämning\, Vingåkers kommun`)
			if !strings.Contains(string(letter.Calendar), "UID:"+m.UID) {
				t.Error("the letter has another UID")
			}
			if reply := d.invitation(m, "omradespolis").ReplyToken(d.office.Key); strings.Contains(text, reply) {
				t.Error("the file holds the address that replies go to")
			}
		})
		t.Run("follows the meeting", func(t *testing.T) {
			m = d.move(m, func(to *meeting.Time) { to.Starts, to.Ends = to.Starts+60, to.Ends+60 })
			_, text := d.file(token)
			holds(text, "UID:"+m.UID, "SEQUENCE:1", "STATUS:CONFIRMED")
			m = d.cancel(m)
			_, text = d.file(token)
			holds(text, "METHOD:PUBLISH", "UID:"+m.UID, "SEQUENCE:2", "STATUS:CANCELLED", "TRANSP:TRANSPARENT", `SUMMARY:INSTÄLLT: Avstämning\, Vingåkers kommun`)
		})
		t.Run("is not found once the link is revoked", func(t *testing.T) {
			id := d.invitation(m, "omradespolis").ID
			d.write(func(tx *store.Tx) error {
				_, err := invite.Withdraw(tx, d.office.Key, id)
				return err
			})
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				_, _, err := secretariat.CalendarFile(tx, d.office, token)
				return err
			})
		})
	})
}

// A mailbox that several read may say who of them comes; a person is asked nothing of the kind.
func TestTakeAnswer_from_a_mailbox_says_who_comes(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("rvt-miranda")
		d.convene(m, "")
		d.wait(0)
		take := func(external string, r invite.Reply) *invite.Answer {
			token := d.invitation(m, external).AnswerToken(d.office.Key)
			d.write(func(tx *store.Tx) error {
				_, err := secretariat.TakeAnswer(tx, d.office, token, m.Sequence, r)
				return err
			})
			return d.invitation(m, external).Last()
		}
		if a := take("rvt-brevlada", invite.Reply{PartStat: invite.Accepted, Attending: " Petra Hassel "}); a.Attending != "Petra Hassel" {
			t.Errorf("%+v", a)
		}
		if a := take("rvt-brevlada", invite.Reply{PartStat: invite.Accepted, Attending: "Sven En"}); a.Attending != "Sven En" || len(d.invitation(m, "rvt-brevlada").Answers) != 2 {
			t.Errorf("a later answer does not replace it: %+v", a)
		}
		if a := take("rvt-brevlada", invite.Reply{PartStat: invite.Declined, Attending: "Sven En"}); a.Attending != "" {
			t.Errorf("somebody comes with a no: %+v", a)
		}
		if a := take("rvt-brevlada", invite.Reply{PartStat: invite.Accepted}); a.Attending != "" {
			t.Errorf("%+v", a)
		}
		for _, i := range d.invitations(m) {
			if i.Contact.Kind != "mailbox" {
				d.write(func(tx *store.Tx) error {
					a, err := secretariat.TakeAnswer(tx, d.office, i.AnswerToken(d.office.Key), m.Sequence, invite.Reply{PartStat: invite.Accepted, Attending: "Sven En"})
					if err == nil && a.Answer.Attending != "" {
						t.Errorf("a person's answer keeps %q", a.Answer.Attending)
					}
					return err
				})
			}
		}
		token := d.invitation(m, "rvt-brevlada").AnswerToken(d.office.Key)
		d.refused(fault.Invalid, func(tx *store.Tx) error {
			_, err := secretariat.TakeAnswer(tx, d.office, token, m.Sequence, invite.Reply{PartStat: invite.Accepted, Attending: strings.Repeat("a", 201)})
			return err
		})
	})
}
