package secretariat_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

const officer = "omradespolis"

// year is a year of three meetings of two forums, in both of which the officer sits.
func (d *desk) year() (first, second, third *meeting.Meeting) {
	d.t.Helper()
	d.seat("rvt-miranda", officer)
	at := func(month time.Month, place string) meeting.Time {
		return meeting.Time{Date: almanac.Date{Year: 2027, Month: month, Day: 9}, Starts: 9 * 60, Ends: 10 * 60, Place: place}
	}
	second = d.bookAt("rvt-miranda", at(4, canaryPlace))
	first = d.bookAt("polis-avstamning", at(2, canaryPlace))
	third = d.bookAt("polis-avstamning", at(9, "https://video.example/m "+canaryPlace))
	return first, second, third
}

func (d *desk) overviews(note string, contacts ...string) (r *secretariat.Review) {
	d.t.Helper()
	var ids []uuid.UUID
	for _, c := range contacts {
		ids = append(ids, d.world.Contacts[c])
	}
	d.write(func(tx *store.Tx) (err error) {
		r, err = secretariat.SendOverviews(tx, d.by, d.office, 2027, ids, note)
		return err
	})
	return r
}

func (d *desk) yearPartner(external string) (p *secretariat.YearPartner) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		all, err := secretariat.YearPartners(tx, d.by, 2027)
		for n := range all {
			if all[n].Contact.ID == d.world.Contacts[external] {
				p = &all[n]
			}
		}
		return err
	})
	return p
}

func (d *desk) overviewToken(external string) (token string) {
	d.t.Helper()
	id := d.yearPartner(external).Sent.ID
	d.write(func(tx *store.Tx) error {
		links, err := access.LinksTo(tx, access.ToOverview, id)
		token = links[0].Token(d.office.Key)
		return err
	})
	return token
}

func (d *desk) openOverview(token string) (o *secretariat.OpenedOverview) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		o, err = secretariat.OpenOverview(tx, token)
		return err
	})
	return o
}

func choice(m *meeting.Meeting, stat invite.PartStat) secretariat.OverviewChoice {
	return secretariat.OverviewChoice{MeetingID: m.ID, Sequence: m.Sequence, PartStat: stat}
}

func (d *desk) chooses(token string, choices ...secretariat.OverviewChoice) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error { return secretariat.AnswerOverview(tx, d.office, token, choices) })
}

func (d *desk) words(token string) (words []string) {
	d.t.Helper()
	for _, m := range d.openOverview(token).Meetings {
		words = append(words, m.Word)
	}
	return words
}

func TestYearOverview(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		first, second, third := d.year()
		var r *secretariat.Review
		var letter mailtest.Mail
		t.Run("is one letter to each, in order of time, that tells nothing of the forums", func(t *testing.T) {
			r = d.overviews("Hälsningar från oss.", officer, "rvt-brevlada")
			if r.Letters != 2 {
				t.Fatalf("%d letters: %+v", r.Letters, r.Notices)
			}
			got := d.passedLetters()
			if len(got) != 2 {
				t.Fatalf("%d letters left", len(got))
			}
			letter = got[d.email(officer)]
			want := []string{"3 möten som du hör till", "tisdag 9 februari 2027 kl. 09.00–10.00", "fredag 9 april 2027 kl. 09.00–10.00", "torsdag 9 september 2027 kl. 09.00–10.00", "Hälsningar från oss.", "/o/overview_"}
			at := -1
			for _, w := range want {
				next := strings.Index(letter.Text, w)
				if next <= at || !strings.Contains(letter.HTML, w) {
					t.Errorf("%q is not in its place: %s", w, letter.Text)
				}
				at = next
			}
			for _, leak := range []string{canaryPlace, "Polisen", "Miranda", "Relationsvåld", "video.example", "/i/"} {
				if strings.Contains(letter.Text+letter.HTML+letter.Subject, leak) {
					t.Errorf("the letter tells %q", leak)
				}
			}
			if len(letter.Calendar) > 0 || letter.Subject != "Årsöversikt 2027: 3 möten, Vingåkers kommun" {
				t.Errorf("%s", letter.Subject)
			}
			if strings.Count(got["teamet@katrineholm.example"].Text, " 2027 kl. ") != 1 {
				t.Errorf("the team's letter: %s", got["teamet@katrineholm.example"].Text)
			}
		})
		t.Run("is refused when it is no longer what was seen: a second tap sends nothing", func(t *testing.T) {
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				_, err := secretariat.DoSendOverviews(tx, d.by, d.office, 2027, []uuid.UUID{d.world.Contacts[officer], d.world.Contacts["rvt-brevlada"]}, "Hälsningar från oss.", r.Hash)
				return err
			})
		})
		t.Run("is refused with telling words and to nobody", func(t *testing.T) {
			for _, note := range []string{"Gäller hedersvåld.", ""} {
				contacts := []uuid.UUID{d.world.Contacts[officer]}
				if note == "" {
					contacts = nil
				}
				d.refused(fault.Invalid, func(tx *store.Tx) error {
					_, err := secretariat.SendOverviews(tx, d.by, d.office, 2027, contacts, note)
					return err
				})
			}
		})
		t.Run("makes a meeting known: it cannot be deleted", func(t *testing.T) {
			d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.Delete(tx, d.by, first.ID, first.Version) })
		})

		token := d.overviewToken(officer)
		t.Run("is answered before anybody is asked, and the answer waits", func(t *testing.T) {
			d.refused(fault.Invalid, func(tx *store.Tx) error { return secretariat.AnswerOverview(tx, d.office, token, nil) })
			remote := choice(first, invite.Accepted)
			remote.Remote = true
			d.refused(fault.Invalid, func(tx *store.Tx) error { // it cannot be taken part in from elsewhere
				return secretariat.AnswerOverview(tx, d.office, token, []secretariat.OverviewChoice{choice(second, invite.Declined), remote})
			})
			remote = choice(third, invite.Accepted)
			remote.Remote = true
			d.chooses(token, choice(first, invite.Accepted), choice(second, invite.Accepted), remote)
			if got := strings.Join(d.words(token), ", "); got != "Kommer, Kommer, Deltar på distans" {
				t.Errorf("the page: %s", got)
			}
			if p := d.yearPartner(officer); p.Answered != 3 || len(p.Changed) != 0 || len(d.invitations(first)) != 0 {
				t.Errorf("%d answered, %d changed", p.Answered, len(p.Changed))
			}
		})
		t.Run("gives its answer to the invitation, whose letter says so", func(t *testing.T) {
			d.convene(first, "")
			d.clock.Move(time.Second)
			d.undo(first)
			if asked := d.invitations(first); len(asked) != 0 {
				t.Fatalf("undone, and %d are asked", len(asked))
			}
			if got := d.words(token)[0]; got != "Kommer" {
				t.Errorf("undone, the page says %q", got)
			}
			first = d.find(first)
			d.convene(first, "")
			a := d.invitation(first, officer).Current(first)
			if a == nil || a.PartStat != invite.Accepted || a.Via != "link" {
				t.Fatalf("the invitation's answer: %+v", a)
			}
			invited := d.expect("Inbjudan", police...)[d.email(officer)]
			if !strings.Contains(invited.Text, "Du har svarat: Kommer. Du kan ändra det med länken.") || !strings.Contains(property(invited, "ATTENDEE"), "PARTSTAT=ACCEPTED") {
				t.Errorf("%s\n%s", invited.Text, property(invited, "ATTENDEE"))
			}
		})
		t.Run("answers the invitation itself, and leaves what stands as it is", func(t *testing.T) {
			i := d.invitation(first, officer)
			d.write(func(tx *store.Tx) error {
				_, err := secretariat.TakeAnswer(tx, d.office, i.AnswerToken(d.office.Key), first.Sequence, invite.Reply{PartStat: invite.Accepted, Comment: "Kommer tio över."})
				return err
			})
			d.chooses(token, choice(first, invite.Accepted)) // the form as it was
			if a := d.invitation(first, officer).Current(first); a.Comment != "Kommer tio över." {
				t.Errorf("the comment was lost: %+v", a)
			}
			d.chooses(token, choice(first, invite.Declined))
			if a := d.invitation(first, officer).Current(first); a.PartStat != invite.Declined || d.words(token)[0] != "Kommer inte" {
				t.Errorf("%+v", a)
			}
		})
		t.Run("asks again about a meeting that has moved", func(t *testing.T) {
			shown := choice(second, invite.Declined)
			second = d.move(second, func(at *meeting.Time) { at.Date = at.Date.AddDays(3) })
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				return secretariat.AnswerOverview(tx, d.office, token, []secretariat.OverviewChoice{shown, choice(first, invite.Accepted)})
			})
			if d.invitation(first, officer).Current(first).PartStat != invite.Declined {
				t.Error("a refused form has answered")
			}
			m := d.openOverview(token).Meetings[1]
			if m.Word != "" || m.Was != "fredag 9 april 2027 kl. 09.00–10.00" || m.When != "måndag 12 april 2027 kl. 09.00–10.00" {
				t.Errorf("%+v", m)
			}
			if p := d.yearPartner(officer); len(p.Changed) != 1 {
				t.Errorf("%d have changed", len(p.Changed))
			}
			d.convene(second, "")
			if a := d.invitation(second, officer).Last(); a != nil {
				t.Errorf("the answer to another time was taken over: %+v", a)
			}
			d.wait(time.Minute)
			d.got()
		})
		t.Run("tells a called-off meeting, a new one, and none that somebody was taken out of", func(t *testing.T) {
			third = d.cancel(third)
			added := d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2027, Month: 11, Day: 9}, Starts: 9 * 60, Ends: 10 * 60})
			d.withdraw(d.find(second), officer)
			o := d.openOverview(token)
			if len(o.Meetings) != 3 || !o.Meetings[1].Cancelled || o.Meetings[2].ID != added.ID || o.Open != 2 || o.Lacking != 1 {
				t.Errorf("%+v", o)
			}
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				return secretariat.AnswerOverview(tx, d.office, token, []secretariat.OverviewChoice{choice(third, invite.Accepted)})
			})
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				return secretariat.AnswerOverview(tx, d.office, token, []secretariat.OverviewChoice{choice(second, invite.Accepted)})
			})
			d.wait(time.Minute)
			d.got()
		})
		t.Run("is sent again as things are, with the same link, and not twice at once", func(t *testing.T) {
			id := d.yearPartner(officer).Sent.ID
			again := func(tx *store.Tx) error { return secretariat.OverviewAgain(tx, d.by, d.office, id) }
			d.clock.Move(time.Hour)
			d.write(again)
			d.refused(fault.Conflict, again)
			got := d.passedLetters()
			if len(got) != 1 || !strings.Contains(got[d.email(officer)].Text, token) || !strings.Contains(got[d.email(officer)].Text, "2 möten som du hör till") {
				t.Errorf("%d letters: %s", len(got), got[d.email(officer)].Text)
			}
			if p := d.yearPartner(officer); len(p.Changed) != 1 { // the one that is off is not told of again
				t.Errorf("%d have changed", len(p.Changed))
			}
		})
		t.Run("ends with the contact, and thirty days after the year", func(t *testing.T) {
			team := d.overviewToken("rvt-brevlada")
			d.write(func(tx *store.Tx) error {
				_, err := partner.Leave(tx, d.by, d.world.Contacts["rvt-brevlada"])
				return err
			})
			d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := secretariat.OpenOverview(tx, team); return err })
			d.clock.Move(time.Date(2028, 1, 20, 0, 0, 0, 0, time.UTC).Sub(d.now()))
			d.write(invite.ForgetOverviews)
			if o := d.openOverview(token); o.Open != 0 {
				t.Errorf("%+v", o)
			}
			d.clock.Move(15 * 24 * time.Hour)
			d.write(invite.ForgetOverviews)
			d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := secretariat.OpenOverview(tx, token); return err })
			if a := d.invitation(first, officer).Last(); a == nil {
				t.Error("an answer to an invitation was forgotten")
			}
		})
	})
}

// A new link is asked for and comes to the contact's own address; a lost letter is written once more.
func TestYearOverview_renews_its_link_and_its_lost_letter(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.year()
		d.overviews("", officer)
		d.passedLetters()
		old := d.overviewToken(officer)
		sent := d.yearPartner(officer).Sent.ID
		d.write(func(tx *store.Tx) error {
			links, err := access.LinksTo(tx, access.ToOverview, sent)
			if err != nil {
				return err
			}
			return access.RenewLink(tx, d.office.Key, &links[0])
		})
		d.write(func(tx *store.Tx) error { return secretariat.AskForLink(tx, access.ToOverview, old, "192.0.2.1") })
		got := d.passedLetters()[d.email(officer)]
		fresh := d.overviewToken(officer)
		if fresh == old || got.Subject != "Ny länk: Möten 2027, Vingåkers kommun" || !strings.Contains(got.Text, "/o/"+fresh) {
			t.Errorf("%s\n%s", got.Subject, got.Text)
		}
		d.clock.Move(time.Hour)
		d.write(func(tx *store.Tx) error {
			return tx.DB.Model(&post.Letter{}).Where("kind = ?", post.Overview).Updates(map[string]any{"state": post.Failed}).Error
		})
		d.write(func(tx *store.Tx) error {
			return tx.DB.Delete(&post.Letter{}, "kind = ?", post.Link).Error // else it says it better
		})
		var lost post.Letter
		for _, l := range d.letters() {
			if l.Kind == post.Overview {
				lost = l
			}
		}
		d.write(func(tx *store.Tx) error { return secretariat.SendAgain(tx, d.by, d.office, lost.ID) })
		if again := d.passedLetters()[d.email(officer)]; !strings.Contains(again.Text, "3 möten som du hör till") || !strings.Contains(again.Text, fresh) {
			t.Errorf("%s", again.Text)
		}
	})
}

func (d *desk) email(external string) (address string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		c, err := partner.ForLetter(tx, d.world.Contacts[external])
		address = c.Email
		return err
	})
	return address
}

func (d *desk) now() (now time.Time) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error { now = tx.Now; return nil })
	return now
}

// passedLetters sends what is due and gives what has arrived since it was last asked, by recipient.
func (d *desk) passedLetters() map[string]mailtest.Mail {
	d.t.Helper()
	d.wait(0)
	return d.got()
}
