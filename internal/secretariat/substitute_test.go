package secretariat_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Who comes instead of Hans, and instead of her.
const (
	petra = "petra.hassel@omrade-vast.example"
	sven  = "sven.en@omrade-vast.example"
)

// say answers by the link of a contact, as the page does.
func (d *desk) say(m *meeting.Meeting, external string, r invite.Reply) error {
	d.t.Helper()
	return d.sayAs(m, *d.invitation(m, external), r)
}

func (d *desk) sayAs(m *meeting.Meeting, i invite.Invitation, r invite.Reply) error {
	d.t.Helper()
	d.clock.Move(time.Second)
	token, sequence := i.AnswerToken(d.office.Key), d.find(m).Sequence
	if err := d.db.Write(d.t.Context(), func(tx *store.Tx) error { return secretariat.TryAddress(tx, token, r) }); err != nil {
		return err
	}
	return d.db.Write(d.t.Context(), func(tx *store.Tx) error {
		_, err := secretariat.TakeAnswer(tx, d.office, token, sequence, r)
		return err
	})
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func instead(name, address string) invite.Reply {
	return invite.Reply{PartStat: invite.Delegated, Substitute: name, SubstituteEmail: address}
}

// standIn gives the invitation of an address to a meeting.
func (d *desk) standIn(m *meeting.Meeting, address string) invite.Invitation {
	d.t.Helper()
	for _, i := range d.invitations(m) {
		if i.Contact.Email == address {
			return i
		}
	}
	d.t.Fatalf("%s is not asked", address)
	return invite.Invitation{}
}

// seatOf gives the seat of a contact.
func (d *desk) seatOf(m *meeting.Meeting, external string) invite.Seat {
	d.t.Helper()
	for _, s := range invite.Seats(d.invitations(m)) {
		if s.ContactID == d.world.Contacts[external] {
			return s
		}
	}
	d.t.Fatalf("%s has no seat", external)
	return invite.Seat{}
}

func (d *desk) quiet() {
	d.t.Helper()
	d.wait(d.office.Delay)
	if news := d.got(); len(news) != 0 {
		d.t.Errorf("%d letters left: %v", len(news), news)
	}
}

func TestSubstitute(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, _ := d.called()
		var first mailtest.Mail
		t.Run("named with an address gets a letter of their own, which names nobody but who said so", func(t *testing.T) {
			d.must(d.say(m, "omradespolis", instead("Petra Hassel", petra)))
			first = d.expect("Inbjudan", petra)[petra]
			everything := first.Text + first.HTML + string(first.Calendar) + first.Header.Get("To")
			if !strings.Contains(first.Text, "Hans Gran har svarat att du kommer.") || strings.Count(everything, "Hans Gran") != 2 {
				t.Error(first.Text)
			}
			for _, never := range []string{hans, "Petra Hassel", "Gun", "Cecilia", canaryPlace, "DELEGATED"} {
				if strings.Contains(everything, never) {
					t.Errorf("%q stands in the letter", never)
				}
			}
			if got := property(first, "ATTENDEE"); !strings.HasSuffix(got, "mailto:"+petra) || !strings.Contains(got, "NEEDS-ACTION") || strings.Count(string(first.Calendar), "ATTENDEE") != 1 {
				t.Error(got)
			}
		})
		t.Run("answers by their own link, and the seat is theirs", func(t *testing.T) {
			s := d.standIn(m, petra)
			d.must(d.sayAs(m, s, invite.Reply{PartStat: invite.Accepted}))
			seat := d.seatOf(m, "omradespolis")
			comes, remote := seat.Comes(m)
			if word := secretariat.SeatWord(seat, m, true, "sv"); word != "Någon annan kommer – Petra Hassel, har svarat ja" || !comes || remote {
				t.Errorf("%q %v %v", word, comes, remote)
			}
			if word := secretariat.SeatWord(seat, m, false, "sv"); word != "Någon annan kommer" {
				t.Errorf("others read %q", word)
			}
			d.quiet()
		})
		t.Run("cannot send somebody in turn", func(t *testing.T) {
			err := d.sayAs(m, d.standIn(m, petra), instead("Sven En", sven))
			if fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
			d.quiet()
		})
		t.Run("named again is no second letter", func(t *testing.T) {
			d.must(d.say(m, "omradespolis", instead("Petra Hassel", strings.ToUpper(petra))))
			d.must(d.say(m, "omradespolis", instead("Petra M. Hassel", petra)))
			d.quiet()
		})
		t.Run("follows a move like anybody, and the receiver can tell which is later", func(t *testing.T) {
			m = d.move(m, func(at *meeting.Time) { at.Date = at.Date.AddDays(7) })
			second := d.expect("Ny tid", append([]string{petra}, police...)...)[petra]
			if property(second, "UID") != property(first, "UID") || property(second, "DTSTAMP") <= property(first, "DTSTAMP") || property(second, "SEQUENCE") != ":1" {
				t.Errorf("%s", second.Calendar)
			}
			if word := secretariat.SeatWord(d.seatOf(m, "omradespolis"), m, true, "sv"); word != "Inget svar. Ersättare: Petra Hassel, har inte svarat" {
				t.Error(word)
			}
			d.must(d.sayAs(m, d.standIn(m, petra), invite.Reply{PartStat: invite.Accepted}))
			if seat := d.seatOf(m, "omradespolis"); !seat.Answered(m) {
				t.Error("the seat is asked about still")
			}
			first = second
		})
		t.Run("gets a CANCEL when the invited comes after all, and their link says no more", func(t *testing.T) {
			token := d.standIn(m, petra).AnswerToken(d.office.Key)
			d.must(d.say(m, "omradespolis", invite.Reply{PartStat: invite.Accepted}))
			gone := d.expect("Avbokat för dig", petra)[petra]
			if gone.Method != "CANCEL" || property(gone, "STATUS") != "" || property(gone, "DTSTAMP") <= property(first, "DTSTAMP") || property(gone, "UID") != property(first, "UID") {
				t.Errorf("%s", gone.Calendar)
			}
			d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := secretariat.Open(tx, token); return err })
			d.write(func(tx *store.Tx) error {
				if _, down, err := secretariat.StoodDown(tx, token); !down || err != nil {
					t.Error("the link does not say so", err)
				}
				return nil
			})
			if comes, _ := d.seatOf(m, "omradespolis").Comes(m); !comes {
				t.Error("Hans comes")
			}
			first = gone
		})
		t.Run("named once more is asked once more, with another link and a later DTSTAMP", func(t *testing.T) {
			d.must(d.say(m, "omradespolis", instead("Petra Hassel", petra)))
			again := d.expect("Inbjudan", petra)[petra]
			if property(again, "DTSTAMP") <= property(first, "DTSTAMP") {
				t.Errorf("%s", again.Calendar)
			}
		})
		t.Run("is replaced by another, each told once", func(t *testing.T) {
			d.must(d.say(m, "omradespolis", instead("Sven En", sven)))
			d.wait(d.office.Delay)
			news := d.got()
			if len(news) != 2 || news[petra].Method != "CANCEL" || news[sven].Method != "REQUEST" {
				t.Errorf("%v", news)
			}
		})
		t.Run("is told when the meeting is off", func(t *testing.T) {
			m = d.cancel(m)
			off := d.expect("Inställt", append([]string{sven}, police...)...)[sven]
			if off.Method != "CANCEL" || property(off, "STATUS") != ":CANCELLED" {
				t.Errorf("%s", off.Calendar)
			}
		})
	})
}

func TestSubstituteWhoHasHeardNothing(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, _ := d.called()
		t.Run("hears nothing when the invited changes their mind in time", func(t *testing.T) {
			d.must(d.say(m, "omradespolis", instead("Petra Hassel", petra)))
			d.must(d.say(m, "omradespolis", invite.Reply{PartStat: invite.Declined}))
			d.quiet()
		})
		t.Run("is no act of the convener's to undo", func(t *testing.T) {
			d.must(d.say(m, "omradespolis", instead("Petra Hassel", petra)))
			d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.Undo(tx, d.by, d.office, m.ID, m.Version) })
			d.expect("Inbjudan", petra)
		})
		t.Run("is withdrawn with who named them, and comes back with them by undo", func(t *testing.T) {
			token := d.standIn(m, petra).AnswerToken(d.office.Key)
			d.withdraw(m, "omradespolis")
			if d.standIn(m, petra).WithdrawnAt == nil {
				t.Error("the substitute of nobody comes still")
			}
			m = d.undo(d.find(m))
			if s := d.standIn(m, petra); s.WithdrawnAt != nil || s.StoodDownAt != nil || s.AnswerToken(d.office.Key) != token {
				t.Errorf("%+v", s)
			}
			d.quiet()
		})
		t.Run("is asked again with who named them", func(t *testing.T) {
			d.withdraw(m, "omradespolis")
			d.expect("Avbokat för dig", hans, petra)
			d.convene(d.find(m), "")
			d.expect("Inbjudan", hans, petra)
		})
		t.Run("taken out by a person is not named again", func(t *testing.T) {
			s := d.standIn(m, petra)
			version := d.find(m).Version
			d.write(func(tx *store.Tx) error { return secretariat.Withdraw(tx, d.by, d.office, s.ID, version) })
			d.expect("Avbokat för dig", petra)
			d.must(d.say(m, "omradespolis", invite.Reply{PartStat: invite.Accepted}))
			if err := d.say(m, "omradespolis", instead("Petra Hassel", petra)); fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
			d.quiet()
		})
	})
}

func TestSubstituteAddressIsRefused(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, _ := d.called()
		var said []string
		for _, address := range []string{"moten@vingaker.example", "Moten+abc@Vingaker.example", "ida@miranda.example"} {
			err := d.say(m, "omradespolis", instead("Petra Hassel", address))
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%s: %v", address, err)
			}
			said = append(said, err.Error())
		}
		if said[0] != said[1] || said[0] != said[2] {
			t.Errorf("the refusals tell who is protected: %q", said)
		}
		for _, address := range []string{"ingen adress", "a@b", "\"x y\"@annan.example", hans, "a@annan.example\r\nBcc: b@annan.example"} {
			if err := d.say(m, "omradespolis", instead("Petra Hassel", address)); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", address, err)
			}
		}
		if d.last(m, "omradespolis") != nil {
			t.Error("a refused answer was taken")
		}
		t.Run("after a few an hour, and refused ones count", func(t *testing.T) {
			d.must(d.say(m, "omradespolis", instead("Petra Hassel", petra)))
			if err := d.say(m, "omradespolis", instead("Sven En", sven)); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "många gånger") {
				t.Error(err)
			}
			d.must(d.say(m, "omradespolis", instead("Sven En", ""))) // a name alone costs nothing
			d.clock.Move(time.Hour)
			d.must(d.say(m, "omradespolis", instead("Sven En", sven)))
		})
		d.expectFinally(map[string]string{sven: "REQUEST"})
	})
}

// expectFinally lets the delay pass and checks which addresses got which method.
func (d *desk) expectFinally(want map[string]string) {
	d.t.Helper()
	d.wait(d.office.Delay)
	got := map[string]string{}
	for to, l := range d.got() {
		got[to] = l.Method
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		d.t.Errorf("%v, not %v", got, want)
	}
}

func TestSubstituteWhoIsKnown(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, _ := d.called()
		t.Run("as a contact is that contact", func(t *testing.T) {
			d.must(d.say(m, "omradespolis", instead("N Ask", "nils.ask@frivard.example")))
			if s := d.standIn(m, "nils.ask@frivard.example"); s.ContactID != d.world.Contacts["frivarden"] || s.Contact.StandIn {
				t.Errorf("%+v", s.Contact)
			}
			d.expect("Inbjudan", "nils.ask@frivard.example")
		})
		t.Run("and asked already gets no second invitation, and is counted once", func(t *testing.T) {
			d.must(d.say(m, "omradespolis", instead("Gun", "gun.ronn@vingaker.example")))
			d.expect("Avbokat för dig", "nils.ask@frivard.example")
			d.must(d.say(m, "gun-rönn", invite.Reply{PartStat: invite.Accepted}))
			seat := d.seatOf(m, "omradespolis")
			if comes, _ := seat.Comes(m); comes || !seat.Answered(m) {
				t.Error("two seats for one person")
			}
			if comes, _ := d.seatOf(m, "gun-rönn").Comes(m); !comes {
				t.Error("Gun comes")
			}
			if word := secretariat.SeatWord(seat, m, true, "sv"); word != "Någon annan kommer – Gun Rönn, har svarat ja" {
				t.Error(word)
			}
		})
		t.Run("by two of them stays until neither needs them", func(t *testing.T) {
			d.must(d.say(m, "omradespolis", instead("Petra Hassel", petra)))
			d.expect("Inbjudan", petra)
			d.must(d.say(m, "cecilia-bjork", instead("Petra Hassel", petra)))
			d.must(d.say(m, "omradespolis", invite.Reply{PartStat: invite.Accepted}))
			d.quiet()
			if s := d.standIn(m, petra); *s.StandsForID != d.invitation(m, "cecilia-bjork").ID {
				t.Errorf("%+v", s)
			}
			d.must(d.say(m, "cecilia-bjork", invite.Reply{PartStat: invite.Declined}))
			d.expect("Avbokat för dig", petra)
		})
	})
}

func TestSubstituteOfAProtectedContact(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("rvt-miranda")
		d.convene(m, "")
		d.expect("Inbjudan", network...)
		d.must(d.say(m, "miranda-samordning", instead("Sven En", sven)))
		letter := d.expect("Inbjudan", sven)[sven]
		if strings.Contains(letter.Text+letter.HTML, "Ida") || !strings.Contains(letter.Text, "har svarat att du kommer.") {
			t.Error(letter.Text)
		}
		s := d.standIn(m, sven)
		d.write(func(tx *store.Tx) error {
			o, err := secretariat.Open(tx, s.AnswerToken(d.office.Key))
			if err == nil && (o.NamedBy == "" || strings.Contains(o.NamedBy, "Ida")) {
				t.Errorf("%q", o.NamedBy)
			}
			return err
		})
	})
}

func TestWhoComesFromAMailboxMayHaveALetterOfTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("rvt-miranda")
		d.convene(m, "")
		d.expect("Inbjudan", network...)
		yes := invite.Reply{PartStat: invite.Accepted, Attending: "Sven En", AttendingEmail: sven}
		d.must(d.say(m, "rvt-brevlada", yes))
		letter := d.expect("Inbjudan", sven)[sven]
		if !strings.Contains(letter.Text, "Teamet i Katrineholm har svarat att du kommer.") {
			t.Error(letter.Text)
		}
		d.must(d.sayAs(m, d.standIn(m, sven), invite.Reply{PartStat: invite.Declined}))
		seat := d.seatOf(m, "rvt-brevlada")
		if comes, _ := seat.Comes(m); comes {
			t.Error("who was to come cannot")
		}
		if word := secretariat.SeatWord(seat, m, true, "sv"); word != "Kommer – Sven En, har svarat nej" {
			t.Error(word)
		}
		t.Run("a name is needed", func(t *testing.T) {
			if err := d.say(m, "rvt-brevlada", invite.Reply{PartStat: invite.Accepted, AttendingEmail: petra}); fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
		})
		t.Run("an address of a person's own yes is nothing", func(t *testing.T) {
			d.must(d.say(m, "bo-alm", invite.Reply{PartStat: invite.Accepted, Attending: "Sven", AttendingEmail: petra}))
			d.quiet()
		})
		t.Run("nobody comes: the letter is taken back", func(t *testing.T) {
			d.must(d.say(m, "rvt-brevlada", invite.Reply{PartStat: invite.Declined}))
			d.expect("Avbokat för dig", sven)
		})
	})
}

func TestSubstituteByTelephone(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("skola-forskola")
		d.convene(m, "")
		d.expect("Inbjudan", school...)
		i := d.invitation(m, "forskolan-rektor") // is rung up
		d.write(func(tx *store.Tx) error {
			_, err := secretariat.RecordAnswer(tx, d.by, d.office, i.ID, instead("Sven En", sven))
			return err
		})
		d.expect("Inbjudan", sven)
		if a := d.seatOf(m, "forskolan-rektor").Current(m); a == nil || a.Via != "phone" || a.IdentityID == nil {
			t.Errorf("%+v", a)
		}
		s := d.standIn(m, sven)
		if s.Contact.OrganisationID != i.Contact.OrganisationID || !s.Contact.StandIn {
			t.Errorf("%+v", s.Contact)
		}
		t.Run("is chosen for no forum until the contact is kept", func(t *testing.T) {
			contacts := func() (all []partner.Contact) {
				d.write(func(tx *store.Tx) (err error) { all, err = partner.Contacts(tx, d.by); return err })
				return all
			}
			if before := contacts(); len(partner.Standing(before)) != len(before)-1 {
				t.Error("the substitute can be chosen")
			}
			d.write(func(tx *store.Tx) error {
				c := s.Contact
				kept, err := partner.AddContact(tx, d.by, partner.Reach{Name: "Sven En", Kind: partner.Person, Email: sven, OrganisationID: c.OrganisationID})
				if err == nil && kept.ID != c.ID {
					t.Error("two contacts with one address")
				}
				return err
			})
			if after := contacts(); len(partner.Standing(after)) != len(after) {
				t.Error("the contact is not kept")
			}
		})
	})
}

func TestSubstituteEndsWithTheMeeting(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, _ := d.called()
		d.must(d.say(m, "omradespolis", instead("Petra Hassel", petra)))
		d.expect("Inbjudan", petra)
		token := d.standIn(m, petra).AnswerToken(d.office.Key)
		end := func() { d.write(secretariat.EndStandIns) }
		d.clock.Move(m.EndsAt.Sub(d.db.Now()) + time.Hour)
		end()
		d.write(func(tx *store.Tx) error { // it says that the meeting has been
			_, err := secretariat.Open(tx, token)
			return err
		})
		d.clock.Move(30 * 24 * time.Hour)
		end()
		d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := secretariat.Open(tx, token); return err })
		d.write(func(tx *store.Tx) error {
			c, err := partner.ByEmail(tx, petra)
			if c != nil {
				t.Errorf("%+v", c)
			}
			return err
		})
		if c := d.seatOf(m, "omradespolis").StandIn.Contact; c.LeftAt == nil || c.Email != "" {
			t.Errorf("%+v", c)
		}
	})
}

func TestSubstituteInTheNotes(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, _ := d.called()
		d.must(d.say(m, "omradespolis", instead("Petra Hassel", petra)))
		d.must(d.say(m, "gun-rönn", instead("Sven En", sven)))
		d.expect("Inbjudan", petra, sven)
		d.must(d.sayAs(m, d.standIn(m, petra), invite.Reply{PartStat: invite.Accepted}))
		d.must(d.sayAs(m, d.standIn(m, sven), invite.Reply{PartStat: invite.Declined}))
		d.clock.Move(m.StartsAt.Sub(d.db.Now()) + time.Minute)
		gun := d.invitation(m, "gun-rönn").Contact.Organisation.Name
		d.write(func(tx *store.Tx) error {
			made, err := minutes.Open(tx, d.by, m.ID)
			if err != nil {
				return err
			}
			states := map[string]minutes.State{}
			for _, a := range made.Attendances {
				states[a.Organisation] = a.State
			}
			if len(made.Attendances) != 3 || states["Polisen"] != minutes.Substitute || states[gun] != minutes.Apology {
				t.Errorf("%+v", made.Attendances)
			}
			return nil
		})
	})
}

// RFC 5546 §4.2.5: who delegates and who is delegated to both answer, in either order.
func TestDelegatedByMail(t *testing.T) {
	delegate := func(letter mailtest.Mail, partStat string, at time.Time) answerMail {
		a := replyTo(letter, partStat, at, "mailto:"+hans, "mailto:"+petra)
		a.calendar = strings.Replace(a.calendar, "ATTENDEE;", `ATTENDEE;DELEGATED-FROM="mailto:`+hans+`";`, 1)
		a.from = petra
		return a
	}
	named := `DELEGATED;DELEGATED-TO="mailto:` + petra + `"`
	each(t, func(t *testing.T, d *desk) {
		t.Run("first who was asked, then who comes", func(t *testing.T) {
			m, letter := d.called()
			if got := d.receive(replyTo(letter, named, d.clock.Time())); got != "answer" {
				t.Fatal(got)
			}
			d.expect("Inbjudan", petra)
			if got := d.receive(delegate(letter, "ACCEPTED", d.clock.Time())); got != "answer" { // to the letter that Hans passed on
				t.Error(got)
			}
			if word := secretariat.SeatWord(d.seatOf(m, "omradespolis"), m, true, "sv"); word != "Någon annan kommer – "+petra+", har svarat ja" {
				t.Error(word)
			}
			d.quiet()
		})
		t.Run("first who comes, then who was asked", func(t *testing.T) {
			m, letter := d.called()
			if got := d.receive(delegate(letter, "TENTATIVE", d.clock.Time())); got != "parked: from-substitute" {
				t.Fatal(got)
			}
			if len(d.invitations(m)) != len(police) {
				t.Error("a stranger asked themselves to the meeting")
			}
			d.quiet()
			d.clock.Move(time.Minute)
			d.receive(replyTo(letter, named, d.clock.Time()))
			own := d.expect("Inbjudan", petra)[petra]
			if !strings.Contains(property(own, "ATTENDEE"), "PARTSTAT=TENTATIVE") {
				t.Errorf("%s", own.Calendar)
			}
			if a := d.standIn(m, petra).Current(m); a == nil || a.PartStat != invite.Tentative {
				t.Errorf("%+v", a)
			}
			for _, p := range d.parked() {
				if p.SettledAt == nil {
					t.Errorf("%+v waits still", p.Content)
				}
			}
		})
		t.Run("by her own letter, like anybody", func(t *testing.T) {
			m, letter := d.called()
			d.receive(replyTo(letter, named, d.clock.Time()))
			own := d.expect("Inbjudan", petra)[petra]
			if got := d.receive(replyTo(own, "DECLINED", d.clock.Time())); got != "answer" {
				t.Error(got)
			}
			if comes, _ := d.seatOf(m, "omradespolis").Comes(m); comes {
				t.Error("nobody comes")
			}
			if got := d.receive(replyTo(own, `DELEGATED;DELEGATED-TO="mailto:`+sven+`"`, d.clock.Time())); got != "parked: substitute-refused" {
				t.Error(got)
			}
			d.quiet()
		})
		t.Run("to an address that gets no letter: a person decides", func(t *testing.T) {
			m, letter := d.called()
			for _, address := range []string{"ida@miranda.example", "moten@vingaker.example"} {
				if got := d.receive(replyTo(letter, `DELEGATED;DELEGATED-TO="mailto:`+address+`"`, d.clock.Time())); got != "parked: substitute-refused" {
					t.Error(got)
				}
			}
			if d.last(m, "omradespolis") != nil {
				t.Error("answered")
			}
			d.quiet()
		})
		t.Run("by somebody who only says so", func(t *testing.T) {
			m, letter := d.called()
			forged := delegate(letter, "ACCEPTED", d.clock.Time())
			forged.from = "ond@annan.example"
			if got := d.receive(forged); !strings.HasPrefix(got, "parked: ") {
				t.Error(got)
			}
			d.receive(replyTo(letter, named, d.clock.Time()))
			d.expect("Inbjudan", petra)
			if a := d.standIn(m, petra).Current(m); a != nil {
				t.Errorf("%+v", a)
			}
		})
	})
}

func TestByDistance(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		m = d.move(m, func(at *meeting.Time) { at.Place = "Rum 2, eller https://mote.vingaker.example/1" })
		d.convene(m, "")
		letter := d.expect("Inbjudan", police...)[hans]
		yes := invite.Reply{PartStat: invite.Accepted, Remote: true}
		d.must(d.say(m, "omradespolis", yes))
		rung := d.invitation(m, "gun-rönn").ID
		d.write(func(tx *store.Tx) error { // and by telephone
			_, err := secretariat.RecordAnswer(tx, d.by, d.office, rung, yes)
			return err
		})
		for _, who := range []string{"omradespolis", "gun-rönn"} {
			seat := d.seatOf(m, who)
			if comes, remote := seat.Comes(m); !comes || !remote || secretariat.SeatWord(seat, m, true, "sv") != "Deltar på distans" {
				t.Errorf("%s: %v %v", who, comes, remote)
			}
		}
		t.Run("stays when a calendar says yes once more, and goes with a no", func(t *testing.T) {
			d.clock.Move(time.Minute)
			d.receive(replyTo(letter, "ACCEPTED", d.clock.Time()))
			if a := d.last(m, "omradespolis"); a.PartStat != invite.Accepted || !a.Remote {
				t.Errorf("%+v", a)
			}
			d.clock.Move(time.Minute)
			d.receive(replyTo(letter, "DECLINED", d.clock.Time()))
			d.clock.Move(time.Minute)
			d.receive(replyTo(letter, "ACCEPTED", d.clock.Time()))
			if a := d.last(m, "omradespolis"); a.PartStat != invite.Accepted || a.Remote {
				t.Errorf("%+v", a)
			}
		})
		t.Run("is no mark of a no, and refused where there is no way in", func(t *testing.T) {
			d.must(d.say(m, "cecilia-bjork", invite.Reply{PartStat: invite.Declined, Remote: true}))
			if a := d.last(m, "cecilia-bjork"); a.Remote {
				t.Errorf("%+v", a)
			}
			m = d.move(d.find(m), func(at *meeting.Time) { at.Place = "Rum 2" })
			if err := d.say(m, "cecilia-bjork", yes); fault.KindOf(err) != fault.Invalid {
				t.Error(err)
			}
		})
	})
}

func TestSubstituteActsAreLogged(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, _ := d.called()
		d.must(d.say(m, "omradespolis", instead("Petra Hassel", petra)))
		d.must(d.say(m, "omradespolis", invite.Reply{PartStat: invite.Accepted}))
		d.write(func(tx *store.Tx) error {
			for _, action := range []string{"add stand-in", "invite substitute", "withdraw substitute"} {
				var n int64
				if err := tx.DB.Model(&access.LogEntry{}).Where("action = ?", action).Count(&n).Error; err != nil || n != 1 {
					t.Errorf("%s: %d %v", action, n, err)
				}
			}
			return nil
		})
	})
}
