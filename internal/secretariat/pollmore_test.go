package secretariat_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

var lastOfPoll = almanac.Date{Year: 2026, Month: 12, Day: 4}

func (d *desk) pollNow(id uuid.UUID) (p *poll.Poll) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		p, err = poll.Find(tx, d.by, id)
		return err
	})
	return p
}

func (d *desk) extend(p *poll.Poll, m poll.More) (r *secretariat.PollReview) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		r, err = secretariat.AddToPoll(tx, d.by, d.office, p.ID, d.pollVersion(tx, p.ID), m)
		return err
	})
	return r
}

func (d *desk) pollVersion(tx *store.Tx, id uuid.UUID) int64 {
	p, err := poll.ByID(tx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	return p.Version
}

func TestPollIsAddedTo(t *testing.T) {
	const ours, police, school, rung, chief = "gun-rönn", "omradespolis", "skolan-rektor", "forskolan-rektor", "cecilia-bjork"
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(d.wish("polis-avstamning", ours, police, rung))
		d.passed(time.Minute)
		d.says(r.Poll, ours, poll.Yes, poll.No, poll.IfNeeded)
		d.clock.Move(24 * time.Hour)
		more := poll.More{Times: january(14, 20, 28), LastDay: lastOfPoll, Contacts: []uuid.UUID{d.world.Contacts[school]}}
		d.discard()
		added := d.extend(r.Poll, more)
		if added.Letters != 3 || len(added.Added.Times) != 2 || len(added.Added.People) != 1 {
			t.Fatalf("%d letters, %+v", added.Letters, added.Added)
		}
		d.passed(0)
		letters := d.got()
		if len(letters) != 3 {
			t.Fatalf("%d letters left", len(letters))
		}
		for address, l := range letters {
			times := strings.Count(l.Text, "\n– ")
			switch {
			case strings.HasPrefix(address, "gun."): // has answered the others
				if times != 2 || !strings.HasPrefix(l.Subject, "Nya tider: Avstämning") || !strings.Contains(l.Text, "torsdag 14 januari 2027") || !strings.Contains(l.Text, "Det du har svarat gäller fortfarande.") {
					t.Errorf("%s\n%s", l.Subject, l.Text)
				}
			case strings.HasPrefix(address, "jan."): // is new
				if times != 5 || !strings.HasPrefix(l.Subject, "Tidsförfrågan:") {
					t.Errorf("%s\n%s", l.Subject, l.Text)
				}
			default: // has answered nothing
				if times != 5 || !strings.HasPrefix(l.Subject, "Nya tider:") {
					t.Errorf("%s: %s\n%s", address, l.Subject, l.Text)
				}
			}
		}
		t.Run("keeps the answers, and asks for the rest", func(t *testing.T) {
			p := d.pollNow(r.Poll.ID)
			if p.Answered() != 1 || p.Behind() != 1 || len(p.Waiting()) != 4 {
				t.Errorf("%d answered, %d behind, %d waiting", p.Answered(), p.Behind(), len(p.Waiting()))
			}
			seen := d.opened(r.Poll, ours)
			if !seen.Behind || seen.Times[0].Answer != "" || seen.Times[1].Answer != poll.Yes || seen.Times[2].Answer != poll.No {
				t.Errorf("%+v", seen.Times)
			}
			token := d.token(r.Poll, ours) // a form that was open since before has the three of them alone
			err := d.refused(fault.Invalid, func(tx *store.Tx) error {
				return secretariat.AnswerPoll(tx, token, poll.Response{Answers: []poll.Answer{poll.Yes, poll.No, poll.No}})
			})
			var f *fault.Fault
			if !errors.As(err, &f) || len(f.Fields) != 2 || f.Fields[0].Name != "choice-3" || f.Fields[1].Name != "choice-4" {
				t.Error(err)
			}
			d.says(r.Poll, ours, poll.Yes, poll.No, poll.IfNeeded, poll.No, poll.Yes)
			if seen := d.opened(r.Poll, ours); seen.Behind || seen.Times[0].Answer != poll.No || seen.Times[1].Answer != poll.Yes || seen.Times[4].Answer != poll.Yes {
				t.Errorf("%+v", seen.Times)
			}
		})
		t.Run("refuses what adds nothing, is too much or is not there", func(t *testing.T) {
			for field, m := range map[string]poll.More{
				"times":     {Times: january(20), LastDay: lastOfPoll, Contacts: []uuid.UUID{d.world.Contacts[police]}},
				"lastDay":   {Times: january(27), LastDay: almanac.Date{Year: 2027, Month: 1, Day: 14}},
				"contactId": {LastDay: lastOfPoll, Contacts: []uuid.UUID{uuid.New()}},
			} {
				err := d.refused(fault.Invalid, func(tx *store.Tx) error {
					_, err := secretariat.AddToPoll(tx, d.by, d.office, r.Poll.ID, 2, m)
					return err
				})
				if !fault.Concerns(err, field) {
					t.Errorf("%s: %v", field, err)
				}
			}
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				_, err := secretariat.AddToPoll(tx, d.by, d.office, r.Poll.ID, 2, poll.More{Times: january(5, 7, 8, 11, 12, 13, 15, 18), LastDay: lastOfPoll})
				return err
			})
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				_, err := secretariat.AddToPoll(tx, d.by, d.office, r.Poll.ID, 1, more)
				return err
			})
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				_, err := secretariat.DoAddToPoll(tx, d.by, d.office, r.Poll.ID, 2, poll.More{LastDay: lastOfPoll, Contacts: []uuid.UUID{d.world.Contacts[chief]}}, added.Hash)
				return err
			})
		})
		t.Run("asks nobody who stands in at one meeting only", func(t *testing.T) {
			var standIn *partner.Contact
			d.write(func(tx *store.Tx) (err error) {
				school, err := partner.ForLetter(tx, d.world.Contacts[school])
				if err != nil {
					return err
				}
				standIn, err = partner.AddStandIn(tx, access.Guest(), school, "Siv Ek", "siv.ek@skola.example")
				return err
			})
			err := d.refused(fault.Invalid, func(tx *store.Tx) error {
				_, err := secretariat.AddToPoll(tx, d.by, d.office, r.Poll.ID, 2, poll.More{LastDay: lastOfPoll, Contacts: []uuid.UUID{standIn.ID}})
				return err
			})
			if !fault.Concerns(err, "contactId") {
				t.Error(err)
			}
		})
		t.Run("gives the poll's whole letter to whoever never had one", func(t *testing.T) {
			fresh := d.ask(d.wish("polis-avstamning", ours))
			d.discard()
			d.extend(fresh.Poll, poll.More{Times: january(14), LastDay: lastOfPoll})
			d.passed(2 * time.Minute)
			letters := d.got()
			for _, l := range letters {
				if strings.Count(l.Text, "\n– ") != 4 || !strings.HasPrefix(l.Subject, "Tidsförfrågan:") {
					t.Errorf("%s\n%s", l.Subject, l.Text)
				}
			}
			if len(letters) != 1 {
				t.Errorf("%d letters, not 1", len(letters))
			}
		})
	})
}

// A letter that came back, or that somebody cannot find, is written again from the poll's page and from the
// outbox.
func TestPollLetterIsSentAgain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(d.wish("polis-avstamning", "omradespolis", "skolan-rektor", "forskolan-rektor"))
		d.passed(time.Minute)
		again := func(n int) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				return secretariat.PollAgain(tx, d.by, d.office, r.Poll.ID, r.Poll.Asked[n].ID)
			}
		}
		d.refused(fault.Conflict, again(0)) // just written
		d.refused(fault.Conflict, again(2)) // is rung up
		d.passed(11 * time.Minute)
		lost := d.pollLetter(r.Poll, "omradespolis")
		d.write(func(tx *store.Tx) error { return post.MarkBounced(tx, lost, "550 5.1.1 okänd") })
		d.write(again(0))
		if n := d.passed(0); n != 1 {
			t.Fatalf("%d letters, not 1", n)
		}
		d.write(func(tx *store.Tx) error {
			_, n, err := post.Select(tx, d.by, post.Trouble, 10, 0)
			if n != 0 {
				t.Errorf("%d letters are in trouble still", n)
			}
			return err
		})
		lost = d.pollLetter(r.Poll, "skolan-rektor")
		d.write(func(tx *store.Tx) error { return post.MarkBounced(tx, lost, "550 5.1.1 okänd") })
		d.write(func(tx *store.Tx) error { return secretariat.SendAgain(tx, d.by, d.office, lost.ID) })
		if n := d.passed(0); n != 1 {
			t.Fatalf("%d letters, not 1", n)
		}
		d.says(r.Poll, "skolan-rektor", poll.Yes, poll.No, poll.Yes)
		d.passed(11 * time.Minute)
		d.refused(fault.Conflict, again(1)) // has answered
		d.clock.Move(time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC).Sub(d.clock.Time()))
		d.refused(fault.Conflict, again(0)) // its last day has been
	})
}

// pollLetter gives the latest letter that a contact got about a poll.
func (d *desk) pollLetter(p *poll.Poll, external string) (l *post.Letter) {
	d.t.Helper()
	token := d.token(p, external)
	d.write(func(tx *store.Tx) error {
		link, err := access.ByGuestToken(tx, access.ToPoll, token)
		if err != nil {
			return err
		}
		l, err = post.LastSent(tx, link.ID)
		return err
	})
	return l
}

// A reminder of a poll can be said no to with one click, and is part of the day's one letter.
func TestPollReminderIsAReminder(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		one := d.ask(d.wish("polis-avstamning", "gun-rönn", "omradespolis"))
		two := d.ask(d.wish("polis-avstamning", "gun-rönn"))
		d.passed(time.Minute)
		d.clock.Move(time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC).Sub(d.clock.Time()))
		d.discard()
		d.remind()
		d.passed(0)
		letters := d.got()
		if len(letters) != 2 {
			t.Fatalf("%d are reminded, not 2", len(letters))
		}
		for address, l := range letters {
			d.stoppable(l)
			if strings.HasPrefix(address, "gun.") && (strings.Count(l.Text, "/p/poll_") != 2 || !strings.Contains(l.Text, "Tidsförfrågningar")) {
				t.Errorf("both polls in one letter: %s", l.Text)
			}
		}
		d.refused(fault.Conflict, func(tx *store.Tx) error {
			_, err := secretariat.NudgePoll(tx, d.by, d.office, two.Poll.ID, 1)
			return err
		})
		police := one.Poll.Asked[1].Contact.Email
		d.write(func(tx *store.Tx) error {
			to, err := post.RecipientOf(tx, police)
			if err != nil {
				return err
			}
			return secretariat.StopReminders(tx, to.StopToken(d.office.Key), true)
		})
		d.clock.Move(24 * time.Hour)
		p := d.pollNow(one.Poll.ID)
		d.write(func(tx *store.Tx) error {
			n, err := d.office.NudgingOf(tx, p)
			if len(n.Due) != 1 || len(n.Ring) != 1 {
				t.Errorf("%d get a reminder, %d are rung up", len(n.Due), len(n.Ring))
			}
			return err
		})
		d.write(func(tx *store.Tx) error {
			_, err := secretariat.NudgePoll(tx, d.by, d.office, one.Poll.ID, 1)
			return err
		})
		d.passed(0)
		letters = d.got()
		for address, l := range letters {
			if d.stoppable(l); !strings.HasPrefix(address, "gun.") {
				t.Errorf("%s was reminded: %s", address, l.Text)
			}
		}
		if len(letters) != 1 {
			t.Errorf("%d reminders, not 1", len(letters))
		}
	})
}
