package secretariat_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/poll"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// january are days of January 2027 at one o'clock.
func january(days ...int) (slots []poll.Slot) {
	for _, d := range days {
		slots = append(slots, poll.Slot{Date: almanac.Date{Year: 2027, Month: 1, Day: d}, Starts: 13 * 60, Ends: 14*60 + 30})
	}
	return slots
}

// wish asks people of the police, a school and our own, one of whom is rung up.
func (d *desk) wish(external string, people ...string) poll.Wish {
	w := poll.Wish{ForumID: d.world.Forums[external], Times: january(19, 20, 21), LastDay: almanac.Date{Year: 2026, Month: 12, Day: 4}, Shows: poll.AfterOwn}
	for _, p := range people {
		w.Contacts = append(w.Contacts, d.world.Contacts[p])
	}
	return w
}

func (d *desk) ask(w poll.Wish) (r *secretariat.PollReview) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		r, err = secretariat.AskPoll(tx, d.by, d.office, w)
		return err
	})
	return r
}

// token is a contact's own to a poll.
func (d *desk) token(p *poll.Poll, external string) (token string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		links, err := access.LinksTo(tx, access.ToPoll, p.ID)
		for _, l := range links {
			if l.ContactID == d.world.Contacts[external] {
				token = l.Token(d.office.Key)
			}
		}
		return err
	})
	if token == "" {
		d.t.Fatalf("%s has no link", external)
	}
	return token
}

func (d *desk) says(p *poll.Poll, external string, answers ...poll.Answer) {
	d.t.Helper()
	token := d.token(p, external)
	d.write(func(tx *store.Tx) error { return secretariat.AnswerPoll(tx, token, poll.Response{Answers: answers}) })
}

// passed sends what has become due after some time and counts it.
func (d *desk) passed(wait time.Duration) int {
	d.t.Helper()
	before := len(d.server.Letters())
	d.clock.Move(wait)
	if err := d.sender.Drain(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	return len(d.server.Letters()) - before
}

func TestPoll(t *testing.T) {
	const ours, police, school, rung = "gun-rönn", "omradespolis", "skolan-rektor", "forskolan-rektor"
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(d.wish("polis-avstamning", ours, police, school, rung))
		t.Run("is written to those who are reached, after the time for a change of mind", func(t *testing.T) {
			if r.Letters != 3 || !r.Notices[3].Ring || r.Notices[3].Letter != nil {
				t.Errorf("%d letters, %+v", r.Letters, r.Notices[3])
			}
			if n := d.passed(10 * time.Second); n != 0 {
				t.Fatalf("%d letters left at once", n)
			}
			if n := d.passed(time.Minute); n != 3 {
				t.Fatalf("%d letters, not 3", n)
			}
		})
		t.Run("tells in its letters the times and nothing of the forum", func(t *testing.T) {
			for _, letter := range d.server.Letters() {
				text := string(letter.Data)
				if !strings.Contains(text, "/p/poll_") || strings.Contains(text, "text/calendar") || strings.Contains(text, "Polisen") || strings.Contains(text, "Gun") {
					t.Error(text)
				}
			}
			letter := r.Notices[1].Letter
			if letter.Subject != "Tidsförfrågan: Avstämning, Vingåkers kommun, svara senast fre 4 dec" || !strings.Contains(letter.Text, "– onsdag 20 januari 2027 kl. 13.00–14.30") {
				t.Errorf("%s\n%s", letter.Subject, letter.Text)
			}
		})
		t.Run("is the same to whoever reviews it twice", func(t *testing.T) {
			var again *secretariat.PollReview
			_ = d.db.Rehearse(t.Context(), func(tx *store.Tx) (err error) {
				again, err = secretariat.AskPoll(tx, d.by, d.office, d.wish("polis-avstamning", ours, police, school, rung))
				return err
			})
			if again.Hash != r.Hash {
				t.Error("another hash")
			}
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				_, err := secretariat.DoAskPoll(tx, d.by, d.office, d.wish("polis-avstamning", ours, police), r.Hash)
				return err
			})
		})
		t.Run("shows the others' answers by organisation, after one's own", func(t *testing.T) {
			d.says(r.Poll, ours, poll.Yes, poll.Yes, poll.No)
			seen := d.opened(r.Poll, police)
			if seen.Others || len(seen.Times[0].Yes) != 0 {
				t.Errorf("before one's own: %+v", seen.Times)
			}
			d.says(r.Poll, police, poll.No, poll.IfNeeded, poll.Yes)
			seen = d.opened(r.Poll, police)
			if !seen.Others || len(seen.Times[0].Yes) != 1 || seen.Times[0].Yes[0] == "Gun Rönn" || seen.Times[2].No[0] != seen.Times[0].Yes[0] {
				t.Errorf("after one's own: %+v", seen.Times)
			}
		})
		t.Run("refuses an answer without a choice for each time", func(t *testing.T) {
			token := d.token(r.Poll, school)
			err := d.refused(fault.Invalid, func(tx *store.Tx) error {
				return secretariat.AnswerPoll(tx, token, poll.Response{Answers: []poll.Answer{poll.Yes, "", poll.No}})
			})
			if !fault.Concerns(err, "choice-1") {
				t.Error(err)
			}
		})
		t.Run("keeps the last answer alone", func(t *testing.T) {
			d.says(r.Poll, police, poll.Yes, poll.IfNeeded, poll.No)
			d.says(r.Poll, police, poll.IfNeeded, poll.Yes, poll.No)
			if seen := d.opened(r.Poll, police); seen.Times[0].Answer != poll.IfNeeded || seen.Times[1].Answer != poll.Yes {
				t.Errorf("%+v", seen.Times)
			}
		})
		t.Run("takes an answer by telephone", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				p, err := poll.Find(tx, d.by, r.Poll.ID)
				if err != nil {
					return err
				}
				return secretariat.RecordPollAnswer(tx, d.by, p.ID, p.Asked[3].ID, poll.Response{Answers: []poll.Answer{poll.No, poll.Yes, poll.No}})
			})
		})
		t.Run("is found by nobody but whoever convenes the forum", func(t *testing.T) {
			for _, role := range []access.Role{access.Member, access.Manager, access.Registrar, access.GroupLead, access.Administrator} {
				d.refused(fault.NotFound, func(tx *store.Tx) error {
					by, err := access.Load(tx, d.world.Identities[role])
					if err != nil {
						return err
					}
					_, err = secretariat.BookPoll(tx, by, d.office, r.Poll.ID, r.Poll.Times[1].ID)
					return err
				})
			}
		})
		t.Run("becomes a meeting to which all who were asked are invited", func(t *testing.T) {
			m := d.booked(r.Poll, 1)
			if m.Date != (almanac.Date{Year: 2027, Month: 1, Day: 20}) || m.ForumID != r.Poll.ForumID {
				t.Errorf("%+v", m)
			}
			if again := d.booked(r.Poll, 1); again.ID != m.ID {
				t.Error("booking twice made two meetings")
			}
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				_, err := secretariat.BookPoll(tx, d.by, d.office, r.Poll.ID, r.Poll.Times[0].ID)
				return err
			})
			d.convene(m, "")
			if n := d.passed(time.Minute); n != 4 { // the forum's three and the school; the preschool is rung up
				t.Errorf("%d invitations, not 4", n)
			}
			d.write(func(tx *store.Tx) error {
				asked, err := invite.Of(tx, d.by, m.ID)
				if len(asked) != 5 {
					t.Errorf("%d are invited, not 5", len(asked))
				}
				return err
			})
		})
		t.Run("tells its links which time it became, and takes no more answers", func(t *testing.T) {
			if seen := d.opened(r.Poll, school); seen.State != poll.Booked || seen.Chosen.Date.Day != 20 {
				t.Errorf("%+v", seen)
			}
			token := d.token(r.Poll, school)
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				return secretariat.AnswerPoll(tx, token, poll.Response{Answers: []poll.Answer{poll.Yes, poll.Yes, poll.Yes}})
			})
		})
	})
}

func (d *desk) opened(p *poll.Poll, external string) (o *secretariat.OpenedPoll) {
	d.t.Helper()
	token := d.token(p, external)
	d.write(func(tx *store.Tx) (err error) {
		o, err = secretariat.OpenPoll(tx, token)
		return err
	})
	return o
}

func (d *desk) booked(p *poll.Poll, n int) (m *meeting.Meeting) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		m, err = secretariat.BookPoll(tx, d.by, d.office, p.ID, p.Times[n].ID)
		return err
	})
	return d.find(m)
}

func TestPollRefuses(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for name, c := range map[string]struct {
			change func(*poll.Wish)
			kind   fault.Kind
			field  string
		}{
			"two times":                           {func(w *poll.Wish) { w.Times = january(19, 20, 20) }, fault.Invalid, "times"},
			"seven times":                         {func(w *poll.Wish) { w.Times = january(11, 12, 13, 14, 18, 19, 20) }, fault.Invalid, "times"},
			"a time that has been":                {func(w *poll.Wish) { w.Times[0].Date.Year = 2026 }, fault.Invalid, "times"},
			"a time that ends before it begins":   {func(w *poll.Wish) { w.Times[0].Ends = 12 * 60 }, fault.Invalid, "times"},
			"a last day on the first time's":      {func(w *poll.Wish) { w.LastDay = w.Times[0].Date }, fault.Invalid, "lastDay"},
			"a last day that has been":            {func(w *poll.Wish) { w.LastDay = almanac.Date{Year: 2026, Month: 11, Day: 1} }, fault.Invalid, "lastDay"},
			"nobody to ask":                       {func(w *poll.Wish) { w.Contacts = nil }, fault.Invalid, "contactId"},
			"somebody unknown":                    {func(w *poll.Wish) { w.Contacts = append(w.Contacts, uuid.New()) }, fault.Invalid, "contactId"},
			"somebody mandatory who is not asked": {func(w *poll.Wish) { w.Mandatory = []uuid.UUID{d.world.Contacts["bo-alm"]} }, fault.Invalid, "mandatoryId"},
			"no way of showing answers":           {func(w *poll.Wish) { w.Shows = "" }, fault.Invalid, "shows"},
			"a line that tells too much":          {func(w *poll.Wish) { w.Note = "Mötet gäller hedersvåld." }, fault.Invalid, "note"},
			"a forum that others convene":         {func(w *poll.Wish) { w.ForumID = d.world.Forums["lanssamverkan"] }, fault.Invalid, "forumId"},
		} {
			t.Run(name, func(t *testing.T) {
				w := d.wish("polis-avstamning", "omradespolis")
				c.change(&w)
				err := d.refused(c.kind, func(tx *store.Tx) error {
					_, err := secretariat.AskPoll(tx, d.by, d.office, w)
					return err
				})
				if !fault.Concerns(err, c.field) {
					t.Errorf("%v", err)
				}
			})
		}
	})
}

func TestPollLastDay(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(d.wish("polis-avstamning", "gun-rönn", "omradespolis"))
		d.passed(time.Minute)
		token := d.token(r.Poll, "omradespolis")
		answer := func(tx *store.Tx) error {
			return secretariat.AnswerPoll(tx, token, poll.Response{Answers: []poll.Answer{poll.Yes, poll.Yes, poll.Yes}})
		}
		late := time.Date(2026, 12, 4, 22, 59, 0, 0, time.UTC) // one minute before midnight in Stockholm
		d.clock.Move(late.Sub(d.clock.Time()))
		d.write(answer)
		d.clock.Move(2 * time.Minute)
		d.refused(fault.Conflict, answer)
		if seen := d.opened(r.Poll, "omradespolis"); seen.State != poll.Expired || seen.Reply == nil {
			t.Errorf("%+v", seen)
		}
		d.write(func(tx *store.Tx) error { // the coordinator may record one still
			return secretariat.RecordPollAnswer(tx, d.by, r.Poll.ID, r.Poll.Asked[0].ID, poll.Response{Answers: []poll.Answer{poll.No, poll.No, poll.Yes}})
		})
		later := almanac.Date{Year: 2026, Month: 12, Day: 9}
		d.refused(fault.Conflict, func(tx *store.Tx) error {
			_, err := poll.Revise(tx, d.by, r.Poll.ID, 7, poll.Change{LastDay: &later})
			return err
		})
		d.write(func(tx *store.Tx) error {
			_, err := poll.Revise(tx, d.by, r.Poll.ID, 1, poll.Change{LastDay: &later})
			return err
		})
		d.write(answer)
		d.write(func(tx *store.Tx) error {
			_, err := secretariat.EndPoll(tx, d.by, r.Poll.ID, 2)
			return err
		})
		d.refused(fault.Conflict, answer)
		if seen := d.opened(r.Poll, "omradespolis"); seen.State != poll.Closed || seen.Chosen != nil {
			t.Errorf("%+v", seen)
		}
	})
}

func TestPollUndo(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(d.wish("polis-avstamning", "gun-rönn", "omradespolis"))
		d.write(func(tx *store.Tx) error { return secretariat.UndoPoll(tx, d.by, d.office, r.Poll.ID) })
		if n := d.passed(time.Minute); n != 0 {
			t.Errorf("%d letters of a poll that was taken back", n)
		}
		d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := poll.Find(tx, d.by, r.Poll.ID); return err })
		r = d.ask(d.wish("polis-avstamning", "gun-rönn", "omradespolis"))
		d.passed(time.Minute)
		d.refused(fault.Conflict, func(tx *store.Tx) error { return secretariat.UndoPoll(tx, d.by, d.office, r.Poll.ID) })
	})
}

func TestPollNudges(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(d.wish("polis-avstamning", "gun-rönn", "omradespolis", "skolan-rektor", "forskolan-rektor")) // on a Tuesday; the last day is a Friday
		d.passed(time.Minute)
		nudge := func(tx *store.Tx) error {
			_, err := secretariat.NudgePoll(tx, d.by, d.office, r.Poll.ID, r.Poll.Version)
			return err
		}
		by := func(day time.Time, want int) {
			t.Helper()
			d.clock.Move(day.Sub(d.clock.Time()))
			for range 2 {
				d.write(func(tx *store.Tx) error {
					pending, err := secretariat.ToRemind(tx, d.office)
					if err != nil {
						return err
					}
					for _, p := range pending {
						if _, err := secretariat.Remind(tx, d.office, p); err != nil {
							return err
						}
					}
					return nil
				})
			}
			if n := d.passed(0); n != want {
				t.Errorf("%s: %d letters, not %d", day, n, want)
			}
		}
		d.refused(fault.Conflict, nudge) // asked today
		d.clock.Move(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC).Sub(d.clock.Time()))
		d.says(r.Poll, "gun-rönn", poll.Yes, poll.Yes, poll.Yes)
		d.write(nudge)
		if n := d.passed(0); n != 2 {
			t.Errorf("%d reminders, not to the two who are missing and get letters", n)
		}
		d.refused(fault.Conflict, nudge) // once a day
		by(time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), 0)
		by(time.Date(2026, 12, 2, 3, 0, 0, 0, time.UTC), 0) // at night
		d.says(r.Poll, "skolan-rektor", poll.Yes, poll.No, poll.Yes)
		by(time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC), 1) // two working days before
		by(time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC), 0) // once
		d.refused(fault.Conflict, func(tx *store.Tx) error { tx.Now = time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC); return nudge(tx) })
	})
}

// The reminder is looked at again right before it leaves.
func TestPollReminderIsNotSentToWhoeverHasAnswered(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(d.wish("polis-avstamning", "gun-rönn", "omradespolis"))
		d.passed(time.Minute)
		d.clock.Move(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC).Sub(d.clock.Time()))
		d.write(func(tx *store.Tx) error {
			_, err := secretariat.NudgePoll(tx, d.by, d.office, r.Poll.ID, 1)
			return err
		})
		d.says(r.Poll, "omradespolis", poll.Yes, poll.Yes, poll.Yes)
		if n := d.passed(0); n != 1 {
			t.Errorf("%d reminders, not 1", n)
		}
	})
}

func TestPollLinks(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		r := d.ask(d.wish("polis-avstamning", "gun-rönn", "omradespolis"))
		d.passed(time.Minute)
		old := d.token(r.Poll, "omradespolis")
		d.write(func(tx *store.Tx) error {
			l, err := access.ByGuestToken(tx, access.ToPoll, old)
			if err != nil {
				return err
			}
			return access.RenewLink(tx, d.office.Key, l)
		})
		d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := secretariat.OpenPoll(tx, old); return err })
		d.write(func(tx *store.Tx) error {
			return secretariat.AskForLink(tx, access.ToPoll, old, "192.0.2.1")
		})
		if n := d.passed(0); n != 1 {
			t.Fatalf("%d new links", n)
		}
		letters := d.server.Letters()
		last := letters[len(letters)-1]
		if last.To != "hans.gran@omrade-vast.example" || !regexp.MustCompile(`/p/poll_[a-z2-7]{26}`).Match(last.Data) {
			t.Errorf("to %s: %s", last.To, last.Data)
		}
		fresh := d.token(r.Poll, "omradespolis")
		d.write(func(tx *store.Tx) error {
			_, err := secretariat.Depart(tx, d.by, d.office, d.world.Contacts["omradespolis"], secretariat.Departure{})
			return err
		})
		d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := secretariat.OpenPoll(tx, fresh); return err })
	})
}

func TestPollIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		booked := d.ask(d.wish("polis-avstamning", "gun-rönn", "omradespolis"))
		left := d.ask(d.wish("skola-forskola", "skolan-rektor"))
		d.passed(time.Minute)
		d.says(booked.Poll, "omradespolis", poll.Yes, poll.Yes, poll.Yes)
		d.clock.Move(time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC).Sub(d.clock.Time()))
		m := d.booked(booked.Poll, 0)
		there := func(p *poll.Poll) bool {
			err := d.db.Read(t.Context(), func(tx *store.Tx) error { _, err := poll.ByID(tx, p.ID); return err })
			return err == nil
		}
		for _, day := range []struct {
			at           time.Time
			booked, left bool
		}{
			{time.Date(2026, 12, 30, 8, 0, 0, 0, time.UTC), true, true},
			{time.Date(2026, 12, 30, 10, 0, 0, 0, time.UTC), false, true},
			{time.Date(2027, 1, 3, 12, 0, 0, 0, time.UTC), false, true},
			{time.Date(2027, 1, 5, 12, 0, 0, 0, time.UTC), false, false},
		} {
			d.clock.Move(day.at.Sub(d.clock.Time()))
			d.write(poll.Forget)
			if there(booked.Poll) != day.booked || there(left.Poll) != day.left {
				t.Errorf("%s: booked %v, left %v", day.at, there(booked.Poll), there(left.Poll))
			}
		}
		d.write(func(tx *store.Tx) error {
			for _, table := range store.Tables {
				var n int64
				if err := tx.DB.Table(table).Count(&n).Error; err != nil {
					return err
				}
				if n > 0 && strings.HasPrefix(table, "date_poll") {
					t.Errorf("%d rows in %s", n, table)
				}
			}
			links, err := access.LinksTo(tx, access.ToPoll, booked.Poll.ID)
			if len(links) > 0 {
				t.Errorf("%d links", len(links))
			}
			return err
		})
		if d.find(m).Cancelled() {
			t.Error("the meeting is gone with its poll")
		}
	})
}

// Every time that is offered is a working day in no summer week, without another meeting, and far
// enough away to be answered and invited to.
func TestSuggestTimes(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		taken := d.bookAt("skola-forskola", meeting.Time{Date: almanac.Date{Year: 2026, Month: 12, Day: 15}, Starts: 9 * 60, Ends: 10 * 60})
		for _, external := range []string{"polis-avstamning", "rvt-miranda", "valdsgruppen"} {
			var slots []poll.Slot
			d.write(func(tx *store.Tx) (err error) {
				slots, err = secretariat.SuggestTimes(tx, d.by, d.office, d.world.Forums[external])
				return err
			})
			if len(slots) != poll.MostTimes {
				t.Errorf("%s: %d times", external, len(slots))
			}
			for _, s := range slots {
				if _, blocked := almanac.Blocked(s.Date); blocked || !almanac.IsWorkday(s.Date) || s.Date == taken.Date || s.Date.Before(almanac.DateOf(d.clock.Time(), d.office.Zone).AddDays(21)) {
					t.Errorf("%s: %s", external, s.Date)
				}
			}
			if !slices.IsSortedFunc(slots, func(a, b poll.Slot) int { return a.Date.Compare(b.Date) }) {
				t.Errorf("%s: not in order", external)
			}
		}
		d.write(func(tx *store.Tx) error {
			f, err := forum.Find(tx, d.by, d.world.Forums["polis-avstamning"])
			if err != nil {
				return err
			}
			s := f.Settings()
			s.Scope = forum.IndividualCases
			if _, err := forum.Change(tx, d.by, f.ID, f.Version, s); err != nil {
				return err
			}
			if slots, err := secretariat.SuggestTimes(tx, d.by, d.office, f.ID); err != nil || len(slots) > 0 {
				t.Errorf("a forum of individual cases: %v %v", slots, err)
			}
			return nil
		})
	})
}

// A protected contact is its organisation and role to whoever asked, and its organisation to the others.
func TestPollHidesProtected(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		w := d.wish("rvt-miranda", "miranda-samordning", "rvt-brevlada", "anna-ek", "bo-alm")
		w.Shows = poll.AtOnce
		r := d.ask(w)
		d.says(r.Poll, "miranda-samordning", poll.Yes, poll.No, poll.No)
		d.says(r.Poll, "bo-alm", poll.Yes, poll.No, poll.No)
		seen := d.opened(r.Poll, "rvt-brevlada")
		if !seen.Others {
			t.Fatal("not at once")
		}
		for _, name := range slices.Concat(seen.Times[0].Yes, seen.Times[1].No) {
			if strings.Contains(name, "Ida") || strings.Contains(name, "Bo") {
				t.Errorf("a name: %s", name)
			}
		}
		d.write(func(tx *store.Tx) error {
			p, err := poll.ByID(tx, r.Poll.ID)
			if err != nil {
				return err
			}
			var labels []string
			for _, v := range p.Voters() {
				labels = append(labels, v.Label)
			}
			if labels[0] == "Ida Asp" || labels[2] != "Anna Ek" || labels[3] != "Bo Alm" { // two of one organisation
				t.Errorf("%q", labels)
			}
			return nil
		})
	})
}
