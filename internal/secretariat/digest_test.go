package secretariat_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	handed "samverkan/internal/relay"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// day books a meeting of the police's forum and calls it.
func (d *desk) day(month time.Month, day int) *meeting.Meeting {
	d.t.Helper()
	m := d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2026, Month: month, Day: day}, Starts: 9 * 60, Ends: 10 * 60, Place: canaryPlace})
	d.convene(m, "")
	d.expect("Inbjudan", police...)
	return m
}

// stoppable checks the header fields by which a mail program offers to stop a letter, and gives the
// link's token.
func (d *desk) stoppable(l mailtest.Mail) (token string) {
	d.t.Helper()
	link := strings.Trim(l.Header.Get("List-Unsubscribe"), "<>")
	token, found := strings.CutPrefix(link, d.office.BaseURL+"/s/")
	if !found || !strings.HasPrefix(token, post.StopPrefix) || l.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		d.t.Errorf("%q: %q, %q", l.Subject, link, l.Header.Get("List-Unsubscribe-Post"))
	}
	if !strings.Contains(l.Text, link) || !strings.Contains(l.HTML, link) {
		d.t.Errorf("%q does not show the link in its text", l.Subject)
	}
	return token
}

// finish ends a meeting of a forum on 24 November with an action of each contact named; when none is,
// with an item that is passed on to the adults' group. Everybody is written to.
func (d *desk) finish(external string, due almanac.Date, owners ...string) (actions []minutes.ActionState, passed []handed.Item) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		group, _, err := store.ByExternalID(tx, &partner.WorkGroup{}, "vuxen")
		if err != nil {
			return err
		}
		held, err := meeting.Schedule(tx, d.by, meeting.Proposal{ForumID: d.world.Forums[external], Zone: d.office.Zone, Held: true,
			Time: meeting.Time{Date: almanac.Date{Year: 2026, Month: 11, Day: 24}, Starts: 60, Ends: 120}})
		if err != nil {
			return err
		}
		var items []minutes.Written
		if len(owners) == 0 {
			items = append(items, minutes.Written{Kind: minutes.Relay, Text: "Kanariepunkt", Receivers: []uuid.UUID{group}})
		}
		for _, owner := range owners {
			items = append(items, minutes.Written{Kind: minutes.Action, Text: "Kanarieuppgift", Owner: owner, Due: due})
		}
		m, err := minutes.Lay(tx, d.by, held.ID, "", nil, []minutes.Laid{{Title: "Kanarierubrik", Items: items}})
		if err != nil {
			return err
		}
		review, err := secretariat.ReviewFinish(tx, d.by, d.office, m.ID, "")
		if err != nil {
			return err
		}
		if _, err := secretariat.Finish(tx, d.by, d.office, m.ID, secretariat.Ending{Hash: review.Hash, TellOwners: true}); err != nil {
			return err
		}
		if err := tx.DB.Where("minutes_id = ?", m.ID).Order("label").Find(&actions).Error; err != nil {
			return err
		}
		return tx.DB.Where("minutes_id = ?", m.ID).Find(&passed).Error
	})
	d.wait(d.office.Delay)
	d.got()
	return actions, passed
}

func TestOneLetterADay(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 5, 0)
		first, second := d.day(12, 8), d.day(12, 9)
		d.answer(first, "omradespolis", invite.Declined)
		d.answer(second, "omradespolis", invite.Declined)
		d.answer(second, "gun-rönn", invite.Declined)
		d.until(2026, 12, 2, 8) // five working days before the second, six before the first
		var one mailtest.Mail
		t.Run("holds everything that is due, and one thing alone keeps its own form", func(t *testing.T) {
			if n := d.remind() + d.remind(); n != 3 {
				t.Errorf("%d reminders", n)
			}
			news := d.expect("Påminnelse", police[:2]...)
			one = news[police[0]]
			if !strings.Contains(one.Text, "Snart är det möte") || one.Header.Get("In-Reply-To") == "" {
				t.Errorf("the reminder of one meeting: %s\n%s", one.Header.Get("In-Reply-To"), one.Text)
			}
			both := news[police[1]]
			if both.Subject != "Påminnelse: 2 saker, ons 2 dec" || strings.Count(both.Text, "/i/"+invite.AnswerPrefix) != 2 ||
				!strings.Contains(both.Text, "tisdag 8 december 2026 kl. 09.00–10.00") || !strings.Contains(both.Text, "onsdag 9 december 2026") {
				t.Errorf("%s: %s", both.Subject, both.Text)
			}
			for to, l := range news {
				if l.Calendar != nil || contains(l, "Kanarie") || never.MatchString(l.Text) {
					t.Errorf("%s: %s", to, l.Text)
				}
				d.stoppable(l)
			}
		})
		t.Run("what falls due later on the day waits until the next", func(t *testing.T) {
			d.offsets("polis-avstamning", 6, 0)
			d.day(12, 10)
			d.until(2026, 12, 3, 17)
			if n := d.remind(); n != 3 { // the third meeting; the first two were reminded of
				t.Errorf("%d reminders", n)
			}
			d.expect("Påminnelse", police...)
			d.offsets("polis-avstamning", 20, 0)
			d.day(12, 11)
			if n := d.remind(); n != 0 {
				t.Errorf("%d reminders on a day that has had its letter", n)
			}
		})
	})
}

func TestInvitationsCannotBeStopped(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.day(12, 8)
		for _, l := range d.server.Letters() {
			m := mailtest.Parse(t, l.Data)
			if m.Header.Get("List-Unsubscribe") != "" || strings.Contains(m.Text, "/s/") {
				t.Errorf("%q offers to stop", m.Subject)
			}
		}
	})
}

func TestRemindOfActions(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 2, 4)
		due := almanac.Date{Year: 2026, Month: 12, Day: 4} // Friday
		actions, _ := d.finish("polis-avstamning", due, "Hans Gran", "Gun Rönn", "Cecilia Björk")
		none := func(t *testing.T) {
			t.Helper()
			if n := d.remind(); n != 0 {
				t.Errorf("%d reminders", n)
			}
		}
		report := func(n int) {
			d.write(func(tx *store.Tx) error {
				links, err := access.LinksTo(tx, access.ToAction, actions[n].ItemID)
				if err == nil {
					_, err = secretariat.ReportAction(tx, d.office, links[0].Token(d.office.Key), minutes.Said{Kind: "done"})
				}
				return err
			})
		}
		t.Run("before its last day, whoever has a link to report it", func(t *testing.T) {
			d.until(2026, 12, 1, 9)
			none(t)
			report(2)
			d.until(2026, 12, 2, 9)
			if n := d.remind() + d.remind(); n != 2 {
				t.Errorf("%d reminders", n)
			}
			for to, l := range d.expect("Påminnelse om uppgift", "hans.gran@omrade-vast.example", "gun.ronn@vingaker.example") {
				if !strings.Contains(l.Text, "Uppgiften ska snart vara klar") || !strings.Contains(l.Text, "Senast: fredag 4 december 2026") || !strings.Contains(l.Text, "/a/action_") || contains(l, "Kanarie") || never.MatchString(l.Text) {
					t.Errorf("%s: %s", to, l.Text)
				}
				d.stoppable(l)
			}
		})
		t.Run("the working day after it, and five after it, who has not reported, and then no more", func(t *testing.T) {
			d.until(2026, 12, 4, 9)
			none(t)
			report(1)
			d.until(2026, 12, 6, 12) // Sunday
			none(t)
			for _, day := range []int{7, 11} {
				d.until(2026, 12, day, 9)
				if n := d.remind() + d.remind(); n != 1 {
					t.Errorf("%d reminders on the %dth", n, day)
				}
				if l := d.expect("Påminnelse om uppgift", "hans.gran@omrade-vast.example"); !strings.Contains(l["hans.gran@omrade-vast.example"].Text, "Uppgiften skulle ha varit klar") {
					t.Error("it does not say that the day has passed")
				}
			}
			for _, day := range []int{14, 18, 21} {
				d.until(2026, 12, day, 9)
				none(t)
			}
		})
		t.Run("one whose link was ended by leaving the forum gets none", func(t *testing.T) {
			d.offsets("polis-avstamning", 10, 4)
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&minutes.ActionState{}).Where("item_id = ?", actions[0].ItemID).Update("due", almanac.Date{Year: 2026, Month: 12, Day: 29}).Error
			})
			d.write(func(tx *store.Tx) error {
				_, err := secretariat.Depart(tx, d.by, d.office, d.world.Contacts["omradespolis"], secretariat.Departure{})
				return err
			})
			none(t)
		})
	})
}

func TestRemindOfWhatWasPassedOn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 2, 4)
		lead := "gruppledare@vingaker.example"
		_, passed := d.finish("polis-avstamning", almanac.Date{})
		if len(passed) != 1 || passed[0].Due != (almanac.Date{Year: 2026, Month: 12, Day: 8}) {
			t.Fatalf("%+v", passed)
		}
		d.until(2026, 12, 3, 12)
		if n := d.remind(); n != 0 {
			t.Errorf("%d reminders", n)
		}
		d.until(2026, 12, 4, 12)
		if n := d.remind() + d.remind(); n != 1 {
			t.Errorf("%d reminders", n)
		}
		l := d.expect("Påminnelse om att gå igenom", lead)[lead]
		if !strings.Contains(l.Text, "En punkt att gå igenom i gruppen") || !strings.Contains(l.Text, "Senast: tisdag 8 december 2026") || !strings.Contains(l.Text, "/r/"+handed.LinkPrefix) || contains(l, "Kanarie") {
			t.Error(l.Text)
		}
		d.stoppable(l)
		d.until(2026, 12, 9, 9)
		d.remind()
		d.expect("Påminnelse om att gå igenom", lead)
		d.write(func(tx *store.Tx) error {
			_, token, _ := strings.Cut(l.Text, "/r/")
			items, err := handed.ByLink(tx, strings.Fields(token)[0])
			if err != nil {
				return err
			}
			return handed.Acknowledge(tx, access.Guest(), &items[0], handed.Receipt{Kind: "read"}, almanac.Date{Year: 2026, Month: 12, Day: 9})
		})
		d.until(2026, 12, 15, 9)
		if n := d.remind(); n != 0 {
			t.Errorf("%d reminders of what was gone through", n)
		}
		t.Run("nobody of what nobody was written to about", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				if err := tx.DB.Exec("DELETE FROM acknowledgements").Error; err != nil {
					return err
				}
				return tx.DB.Model(&handed.Item{}).Where("1 = 1").Update("told_at", nil).Error
			})
			if n := d.remind(); n != 0 {
				t.Errorf("%d reminders", n)
			}
		})
	})
}

// A week without the program: everything that fell due in it comes in one letter, once, and only as
// what it is now.
func TestAWeekOfDowntimeIsCaughtUpWith(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 5, 8)
		d.finish("polis-avstamning", almanac.Date{Year: 2026, Month: 12, Day: 4}, "Hans Gran")
		d.finish("polis-avstamning", almanac.Date{})
		d.day(12, 1) // has been, when it comes up
		d.day(12, 9)
		d.day(12, 10)
		d.until(2026, 11, 26, 9) // Thursday; the program stops
		d.until(2026, 12, 6, 9)  // Sunday
		if n := d.remind(); n != 0 {
			t.Errorf("%d reminders on a Sunday", n)
		}
		d.until(2026, 12, 7, 7)
		if n := d.remind() + d.remind(); n != 8 {
			t.Errorf("%d reminders", n)
		}
		d.wait(d.office.Delay)
		news := d.got()
		if len(news) != len(police)+1 || !strings.HasPrefix(news["gruppledare@vingaker.example"].Subject, "Påminnelse om att gå igenom: ") {
			t.Errorf("%d letters", len(news))
		}
		l := news[police[2]]
		if strings.Count(l.Text, "/i/") != 2 || strings.Count(l.Text, "/a/") != 1 || !strings.Contains(l.Text, "Dagen har passerat.") || strings.Contains(l.Text, "Du har inte svarat än") {
			t.Error(l.Text)
		}
		if contains(l, "Kanarie") || never.MatchString(l.Text) {
			t.Error(l.Text)
		}
	})
}

// crowd asks n contacts to each of some meetings of which a reminder is due, as if their invitations
// had been sent two days ago.
func (d *desk) crowd(n, meetings int) {
	d.t.Helper()
	d.offsets("polis-avstamning", 20, 0)
	var called []*meeting.Meeting
	for day := range meetings {
		called = append(called, d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2026, Month: 12, Day: 7 + day}, Starts: 9 * 60, Ends: 10 * 60}))
	}
	d.write(func(tx *store.Tx) error {
		organisation, _, err := store.ByExternalID(tx, &partner.Organisation{}, "polisen")
		if err != nil {
			return err
		}
		var letters []post.Letter
		for k := range n {
			address := fmt.Sprintf("kontakt%d@omrade-vast.example", k)
			c, err := partner.AddContact(tx, d.by, partner.Reach{Name: address, Kind: partner.Person, Email: address, OrganisationID: organisation, Language: lang.Swedish})
			if err != nil {
				return err
			}
			for _, m := range called {
				i, err := invite.Issue(tx, d.office.Key, m.ID, c.ID)
				if err != nil {
					return err
				}
				id := store.NewID()
				letters = append(letters, post.Letter{ID: id, Kind: post.Invitation, SubjectID: &i.ID, Recipient: address, Method: "REQUEST", Sequence: m.Sequence,
					MessageID: id.String(), State: post.Sent, CreatedAt: tx.Now.AddDate(0, 0, -2), NotBefore: tx.Now, SettledAt: &tx.Now})
			}
		}
		return tx.DB.CreateInBatches(letters, 100).Error
	})
}

// Two programs on one database ask at the same moment what is due and both write it.
func TestTwoInstancesRemindOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		const people, meetings = 200, 5
		d.crowd(people, meetings)
		var asked, done sync.WaitGroup
		written := [2]int{}
		asked.Add(2)
		for instance := range written {
			done.Go(func() {
				var due []secretariat.Pending
				err := d.db.Read(t.Context(), func(tx *store.Tx) (err error) {
					due, err = secretariat.ToRemind(tx, d.office)
					return err
				})
				asked.Done()
				asked.Wait() // both know of everything before either writes
				if err != nil || len(due) != people {
					t.Errorf("%d to remind, %v", len(due), err)
				}
				for k, p := range due {
					n := 0
					remind := func(tx *store.Tx) (err error) {
						n, err = secretariat.Remind(tx, d.office, p)
						return err
					}
					if k%20 == instance { // it dies before the commit
						if err := d.db.Rehearse(t.Context(), remind); err != nil {
							t.Error(err)
						}
						n = 0
						continue
					}
					if err := d.db.Write(t.Context(), remind); err != nil {
						t.Error(err)
					}
					written[instance] += n
				}
			})
		}
		done.Wait()
		if written[0]+written[1] != people*meetings {
			t.Errorf("%d and %d reminders, not %d together", written[0], written[1], people*meetings)
		}
		if n := d.remind(); n != 0 {
			t.Errorf("%d more", n)
		}
		d.write(func(tx *store.Tx) error {
			var rows, letters, recipients int64
			err := tx.DB.Model(&post.Reminded{}).Count(&rows).Error
			if err == nil {
				err = tx.DB.Model(&post.Letter{}).Where("kind = ?", post.Digest).Count(&letters).Error
			}
			if err == nil {
				err = tx.DB.Model(&post.Letter{}).Where("kind = ?", post.Digest).Distinct("recipient").Count(&recipients).Error
			}
			if rows != people*meetings || letters != people || recipients != people {
				t.Errorf("%d rows, %d letters to %d recipients", rows, letters, recipients)
			}
			return err
		})
	})
}

// While a letter waits, one of the things in it ceases to hold: the rest comes in a letter of its own.
func TestWhatNoLongerHoldsIsNotRemindedOf(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 5, 0)
		first := d.day(12, 8)
		d.day(12, 9)
		d.until(2026, 12, 2, 9)
		if n := d.remind(); n != 6 {
			t.Errorf("%d reminders", n)
		}
		d.answer(first, "gun-rönn", invite.Declined)
		d.answer(first, "omradespolis", invite.Accepted)
		d.expect("Påminnelse", police[1:]...)
		if n := d.remind() + d.remind(); n != 1 {
			t.Errorf("%d reminders of what is left", n)
		}
		l := d.expect("Påminnelse", police[0])[police[0]]
		if !strings.Contains(l.Text, "onsdag 9 december") || strings.Contains(l.Text, "tisdag 8 december") {
			t.Error(l.Text)
		}
	})
}

func TestStopReminders(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 5, 0)
		d.day(12, 8)
		d.until(2026, 12, 1, 9)
		d.remind()
		token := d.stoppable(d.expect("Påminnelse", police...)[police[0]])
		stop := func(stop bool) {
			t.Helper()
			d.write(func(tx *store.Tx) error { return secretariat.StopReminders(tx, token, stop) })
		}
		d.day(12, 9)
		d.until(2026, 12, 2, 10)
		if n := d.remind(); n != 3 {
			t.Errorf("%d reminders", n)
		}
		stop(true)
		t.Run("also one that waits is not sent", func(t *testing.T) { d.expect("Påminnelse", police[1:]...) })
		t.Run("none is written", func(t *testing.T) {
			d.day(12, 10) // and the invitation comes as before
			d.until(2026, 12, 3, 11)
			if n := d.remind(); n != 2 {
				t.Errorf("%d reminders", n)
			}
			d.expect("Påminnelse", police[1:]...)
		})
		t.Run("twice is once, and they come again when they are wanted", func(t *testing.T) {
			stop(true)
			stop(false)
			if n := d.remind(); n == 0 {
				t.Error("nothing came")
			}
			d.expect("Påminnelse", police[0])
			d.write(func(tx *store.Tx) error {
				var entries []access.LogEntry
				err := tx.DB.Where("action IN ?", []string{"stop reminders", "resume reminders"}).Find(&entries).Error
				if len(entries) != 2 || *entries[0].ObjectID != d.world.Contacts["gun-rönn"] {
					t.Errorf("the log says %+v", entries)
				}
				return err
			})
		})
	})
}

// choose says how often somebody is mailed what waits.
func (d *desk) choose(role access.Role, r access.Rhythm) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		by, err := access.Load(tx, d.world.Identities[role])
		if err != nil {
			return err
		}
		return secretariat.ChooseReminders(tx, by, d.office, r, true)
	})
}

func TestDigestOfWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		me := "samordnare@vingaker.example"
		d.bookAt("polis-avstamning", meeting.Time{Date: almanac.Date{Year: 2027, Month: 4, Day: 6}, Starts: 9 * 60, Ends: 10 * 60, Place: canaryPlace})
		d.until(2027, 3, 22, 8) // Monday
		d.choose(access.Coordinator, access.Weekly)
		sent := func(t *testing.T, want bool) {
			t.Helper()
			if n := d.remind() + d.remind(); (n > 0) != want {
				t.Errorf("%d things at %s", n, d.clock.Time())
			}
		}
		t.Run("comes on the first working day of the next week, once", func(t *testing.T) {
			sent(t, false) // it was chosen today
			d.until(2027, 3, 26, 12)
			sent(t, false)
			d.until(2027, 3, 29, 12) // Easter Monday
			sent(t, false)
			d.until(2027, 3, 30, 6)
			sent(t, false)
			d.until(2027, 3, 30, 7)
			sent(t, true)
			l := d.expect("Att göra", me)[me]
			for _, part := range []string{"Bjud in till", "Avstämning, Vingåker", "Nästa möten", "tisdag 6 april 2027", d.office.BaseURL + "/meetings/"} {
				if !strings.Contains(l.Text, part) {
					t.Errorf("%q is not in %s", part, l.Text)
				}
			}
			if contains(l, "Kanarie") || never.MatchString(l.Text) || l.Calendar != nil {
				t.Error(l.Text)
			}
			d.stoppable(l)
			d.until(2027, 4, 2, 12)
			sent(t, false)
		})
		t.Run("after downtime later in the week", func(t *testing.T) {
			d.until(2027, 4, 7, 12)
			sent(t, true)
			d.expect("Att göra", me)
		})
		t.Run("every working day, when that is chosen", func(t *testing.T) {
			d.choose(access.Coordinator, access.Daily)
			for _, day := range []int{8, 9, 12} {
				d.until(2027, 4, day, 9)
				sent(t, true)
				d.expect("Att göra", me)
			}
		})
		t.Run("never, when that is chosen, and when the address wants none", func(t *testing.T) {
			d.choose(access.Coordinator, access.Never)
			d.until(2027, 4, 19, 9)
			sent(t, false)
			d.choose(access.Coordinator, access.Daily)
			d.write(func(tx *store.Tx) error { return secretariat.ChooseReminders(tx, d.by, d.office, access.Daily, false) })
			d.until(2027, 4, 20, 9)
			sent(t, false)
		})
		t.Run("with what else the address is reminded of, in one letter", func(t *testing.T) {
			d.choose(access.Coordinator, access.Daily)
			m := d.bookAt("rvt-miranda", meeting.Time{Date: almanac.Date{Year: 2027, Month: 4, Day: 23}, Starts: 9 * 60, Ends: 10 * 60, Place: canaryPlace})
			d.convene(m, "")
			d.wait(d.office.Delay)
			d.got()
			d.until(2027, 4, 21, 10)
			sent(t, true)
			d.wait(time.Second)
			l := d.got()[me]
			if !strings.HasPrefix(l.Subject, "Påminnelse: ") || !strings.Contains(l.Text, "/i/"+invite.AnswerPrefix) || !strings.Contains(l.Text, "Att göra") || contains(l, "Kanarie") {
				t.Errorf("%s: %s", l.Subject, l.Text)
			}
		})
	})
}

func TestADigestSpeaksItsReadersLanguage(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.offsets("polis-avstamning", 6, 0)
		d.day(12, 8)
		d.day(12, 9)
		d.write(func(tx *store.Tx) error {
			return tx.DB.Model(&partner.Contact{}).Where("email = ?", police[0]).Update("language", lang.English).Error
		})
		d.until(2026, 12, 1, 9)
		d.remind()
		d.wait(d.office.Delay)
		l := d.got()[police[0]]
		for _, part := range []string{"2 things to think of", "Tuesday 8 December 2026", "Turn them off here"} {
			if !strings.Contains(l.Text, part) {
				t.Errorf("%q is not in %s", part, l.Text)
			}
		}
		if l.Subject != "Reminder: 2 things, Tue 1 Dec" || strings.Contains(l.Text, "saker") {
			t.Errorf("%s: %s", l.Subject, l.Text)
		}
	})
}

// What waits for somebody whose account was closed while the letter waited is not sent.
func TestAClosedAccountGetsNoDigest(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.finish("polis-avstamning", almanac.Date{})
		d.offsets("polis-avstamning", 0, 0)
		d.choose(access.GroupLead, access.Daily)
		d.until(2026, 11, 25, 9)
		if n := d.remind(); n == 0 {
			t.Error("nothing was written")
		}
		d.write(func(tx *store.Tx) error {
			return access.Disable(tx, access.System(), d.world.Identities[access.GroupLead])
		})
		d.expect("Att göra")
		if n := d.remind(); n != 0 {
			t.Errorf("%d things to a closed account", n)
		}
	})
}

// Coordinators and those who lead a group are mailed each week unless they choose otherwise; the
// others choose it.
func TestWhoIsMailedWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.finish("polis-avstamning", almanac.Date{})
		d.write(func(tx *store.Tx) error {
			return tx.DB.Model(&access.Identity{}).Where("1 = 1").Updates(map[string]any{"digest": "", "digested_on": nil}).Error
		})
		d.offsets("polis-avstamning", 0, 0)
		d.until(2026, 11, 30, 9) // Monday
		d.remind()
		d.expect("Att göra", "samordnare@vingaker.example", "gruppledare@vingaker.example")
	})
}
