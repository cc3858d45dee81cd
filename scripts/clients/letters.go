package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Who is asked, from where, and where: words that a careless writer would break.
const (
	service = "moten@vingaker.example"
	gun     = "gun.ronn@vingaker.example"
	chef    = "chef@vingaker.example"
	hans    = "hans.gran@omrade-vast.example"
	place   = `Kommunhuset, rum "Båven"; vån 2, bortom åtta långa korridorer med kärnvirkespaneler och \ i väggarna`
)

// letters makes every kind of letter about one meeting, each as it comes of the act before, and has them
// judged.
func (b *bench) letters(w *world) error {
	if err := w.opens(); err != nil {
		return err
	}
	m, err := w.book("polis-avstamning", 9)
	if err != nil {
		return err
	}
	s := &sequel{bench: b, world: w, meeting: m, last: map[string]string{}, first: map[string]string{}}
	return errors.Join(s.wholeLife(), s.others(), s.inThunderbird())
}

// opens lets the place of the meetings out, so that it stands in the letters too.
func (w *world) opens() error {
	return w.write(func(tx *store.Tx) error {
		f, err := forum.Find(tx, w.by, w.Forums["polis-avstamning"])
		if err != nil {
			return err
		}
		s := f.Settings()
		s.Level, s.OutwardPlace = access.Full, forum.FullPlace
		return secretariat.ChangeForum(tx, w.by, f.ID, f.Version, s)
	})
}

// sequel is the life of one meeting in its letters.
type sequel struct {
	*bench
	*world
	meeting     *meeting.Meeting
	first, last map[string]string // files, by address
	cancelled   string            // file of the last letter to Hans
	reminder    string
}

// step does an act, and has each letter judged against the one before to the same recipient. want are all who
// get one.
func (s *sequel) step(name, method string, act func(*store.Tx, *meeting.Meeting) error, want ...string) error {
	letters, err := s.does(s.meeting, act)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(letters)); !slices.Equal(got, want) {
		s.holds(name+": who gets one", time.Now(), fmt.Errorf("%v, not %v", got, want))
	}
	for _, to := range slices.Sorted(maps.Keys(letters)) {
		arguments := []string{letters[to], "--method", strings.TrimSuffix(method, uninvite), "--attendee", to}
		if method == "CANCEL"+uninvite {
			arguments = append(arguments, "--uninvite")
		}
		if s.last[to] != "" {
			arguments = append(arguments, "--prev", s.last[to])
		} else {
			s.first[to] = letters[to]
		}
		s.check("letter: "+name+", "+strings.SplitN(to, "@", 2)[0], "verify-invite", arguments...)
		s.last[to] = letters[to]
	}
	return nil
}

const uninvite = " of one alone"

// wholeLife is every kind and every transition.
func (s *sequel) wholeLife() error {
	o := s.office()
	convene := func(tx *store.Tx, m *meeting.Meeting) error {
		return secretariat.Convene(tx, s.by, o, m.ID, m.Version, "Ta med kalendern.")
	}
	move := func(change func(*meeting.Time)) func(*store.Tx, *meeting.Meeting) error {
		return func(tx *store.Tx, m *meeting.Meeting) error {
			at := m.Time()
			change(&at)
			_, err := secretariat.Reschedule(tx, s.by, o, m.ID, m.Version, at, "")
			return err
		}
	}
	about := func(contact string, act func(*store.Tx, *meeting.Meeting, *invite.Invitation) error) func(*store.Tx, *meeting.Meeting) error {
		return func(tx *store.Tx, m *meeting.Meeting) error {
			all, err := invite.Of(tx, s.by, m.ID)
			for _, i := range all {
				if i.ContactID == s.Contacts[contact] {
					return act(tx, m, &i)
				}
			}
			return errors.Join(err, fmt.Errorf("%s is not asked", contact))
		}
	}
	seat := func(tx *store.Tx, m *meeting.Meeting) error {
		if err := forum.Seat(tx, s.by, m.ForumID, s.Contacts["frivarden"]); err != nil {
			return err
		}
		return convene(tx, m)
	}
	const nils = "nils.ask@frivard.example"
	const petra = "petra.lund@omrade-vast.example"
	answers := func(r invite.Reply) func(*store.Tx, *meeting.Meeting) error {
		return about("omradespolis", func(tx *store.Tx, _ *meeting.Meeting, i *invite.Invitation) error {
			_, err := secretariat.RecordAnswer(tx, s.by, o, i.ID, r)
			return err
		})
	}
	petraComes := answers(invite.Reply{PartStat: invite.Delegated, Substitute: "Petra Lund", SubstituteEmail: petra})
	for _, one := range []struct {
		name, method string
		act          func(*store.Tx, *meeting.Meeting) error
		to           []string
	}{
		{"new meeting", "REQUEST", convene, []string{gun, chef, hans}},
		{"title edited", "REQUEST", func(tx *store.Tx, m *meeting.Meeting) error { return errors.Join(s.retitle(tx), convene(tx, m)) }, []string{gun, chef, hans}},
		{"place edited", "REQUEST", move(func(at *meeting.Time) { at.Place = "Rum 5, ingång B" }), []string{gun, chef, hans}},
		{"moved", "REQUEST", move(func(at *meeting.Time) { at.Date = workday(at.Date.AddDays(7)) }), []string{gun, chef, hans}},
		{"sent again", "REQUEST", about("omradespolis", func(tx *store.Tx, _ *meeting.Meeting, i *invite.Invitation) error {
			return secretariat.InviteAgain(tx, s.by, o, i.ID)
		}), []string{hans}},
		{"one removed", "CANCEL" + uninvite, about("gun-rönn", func(tx *store.Tx, m *meeting.Meeting, i *invite.Invitation) error {
			if err := forum.Unseat(tx, s.by, m.ForumID, i.ContactID); err != nil {
				return err
			}
			return secretariat.Withdraw(tx, s.by, o, i.ID, m.Version)
		}), []string{gun}},
		{"one added", "REQUEST", seat, []string{nils}},
		{"asked back", "REQUEST", func(tx *store.Tx, m *meeting.Meeting) error {
			return errors.Join(forum.Seat(tx, s.by, m.ForumID, s.Contacts["gun-rönn"]), convene(tx, m))
		}, []string{gun}},
		{"refreshed", "REQUEST", s.says("REFRESH", "NEEDS-ACTION"), []string{hans}},
		{"proposal declined", "DECLINECOUNTER", s.declines, []string{hans}},
		{"somebody else comes", "REQUEST", petraComes, []string{petra}},
		{"comes after all", "CANCEL" + uninvite, answers(invite.Reply{PartStat: invite.Accepted}), []string{petra}},
		{"the other once more", "REQUEST", petraComes, []string{petra}},
		{"moved again", "REQUEST", move(func(at *meeting.Time) { at.Starts, at.Ends = at.Starts+60, at.Ends+60 }), []string{gun, chef, hans, nils, petra}},
		{"cancelled", "CANCEL", func(tx *store.Tx, m *meeting.Meeting) error {
			_, err := secretariat.Cancel(tx, s.by, o, m.ID, m.Version, "Stannar här", "")
			return err
		}, []string{gun, chef, hans, nils, petra}},
	} {
		if err := s.step(one.name, one.method, one.act, one.to...); err != nil {
			return err
		}
	}
	return nil
}

// retitle gives the meetings another title.
func (s *sequel) retitle(tx *store.Tx) error {
	f, err := forum.Find(tx, s.by, s.Forums["polis-avstamning"])
	if err != nil {
		return err
	}
	settings := f.Settings()
	settings.NeutralTitle = `Månadsträff, "åäö"; nr 1`
	return secretariat.ChangeForum(tx, s.by, f.ID, f.Version, settings)
}

var calendarLine = regexp.MustCompile(`(?m)^(UID|SEQUENCE|ORGANIZER|ATTENDEE)[^:]*:(.*)$`)

// says lets Hans's calendar program write back about the letter that he got last.
func (s *sequel) says(method, partStat string, more ...string) func(*store.Tx, *meeting.Meeting) error {
	return func(tx *store.Tx, m *meeting.Meeting) error {
		letter, err := os.ReadFile(s.last[hans])
		if err != nil {
			return err
		}
		held, err := mail.Read(letter, "")
		if err != nil {
			return err
		}
		said := map[string]string{}
		for _, found := range calendarLine.FindAllStringSubmatch(strings.ReplaceAll(strings.ReplaceAll(string(held.Calendar), "\r\n ", ""), "\r", ""), -1) {
			said[found[1]] = found[2]
		}
		lines := append([]string{"Message-ID: <" + method + store.NewID().String() + "@omrade-vast.example>", "From: " + hans, "To: " + strings.TrimPrefix(said["ORGANIZER"], "mailto:"), "Subject: Svar",
			"MIME-Version: 1.0", "Content-Type: text/calendar; method=" + method + "; charset=utf-8", "", "BEGIN:VCALENDAR", "METHOD:" + method, "BEGIN:VEVENT", "UID:" + said["UID"],
			"SEQUENCE:" + said["SEQUENCE"], "DTSTAMP:" + tx.Now.Format("20060102T150405Z"), "ATTENDEE;PARTSTAT=" + partStat + ":mailto:" + hans}, more...)
		in, err := mail.Read([]byte(strings.Join(append(lines, "END:VEVENT", "END:VCALENDAR", ""), "\r\n")), "")
		if err != nil {
			return err
		}
		outcome, err := secretariat.TakeReply(tx, s.office(), in)
		if err == nil && strings.HasPrefix(outcome, "ignored") {
			err = fmt.Errorf("%s: %s", method, outcome)
		}
		return err
	}
}

// declines lets Hans propose another time, and declines it.
func (s *sequel) declines(tx *store.Tx, m *meeting.Meeting) error {
	day := m.StartsAt.AddDate(0, 0, 1).UTC()
	if err := s.says("COUNTER", "TENTATIVE", "DTSTART:"+day.Format("20060102T150405Z"), "DTEND:"+day.Add(time.Hour).Format("20060102T150405Z"))(tx, m); err != nil {
		return err
	}
	all, _, err := post.Parked(tx, s.by, s.office().Key, 1, 0)
	if err != nil || len(all) == 0 {
		return fmt.Errorf("%d proposals wait: %w", len(all), err)
	}
	return secretariat.DeclineProposal(tx, s.by, s.office(), all[0].ID)
}

// others are letters to a mailbox, in English, and without a place; and a reminder.
func (s *sequel) others() error {
	m, err := s.book("rvt-miranda", 3)
	if err != nil {
		return err
	}
	o, was := s.office(), s.meeting
	s.cancelled = s.last[hans]
	s.meeting, s.last = m, map[string]string{}
	defer func() { s.meeting = was }()
	network := []string{"samordnare@vingaker.example", "medlem@vingaker.example", "teamet@katrineholm.example", "ida@miranda.example"}
	if err := s.step("to a mailbox, and in English", "REQUEST", func(tx *store.Tx, m *meeting.Meeting) error {
		if err := tx.DB.Model(&partner.Contact{}).Where("id = ?", s.Contacts["bo-alm"]).Update("language", lang.English).Error; err != nil {
			return err
		}
		return secretariat.Convene(tx, s.by, o, m.ID, m.Version, "")
	}, network...); err != nil {
		return err
	}
	s.now = m.StartsAt.AddDate(0, 0, -1)
	letters, err := s.does(m, func(tx *store.Tx, m *meeting.Meeting) error {
		due, err := secretariat.ToRemind(tx, o)
		for _, p := range due {
			if _, err := secretariat.Remind(tx, o, p); err != nil {
				return err
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	s.reminder = letters["medlem@vingaker.example"]
	if s.reminder == "" {
		return fmt.Errorf("no reminder: %v", letters)
	}
	return nil
}

// inThunderbird opens three letters.
func (s *sequel) inThunderbird() error {
	if !s.thunderbird {
		return nil
	}
	s.check("Thunderbird: an invitation offers the answers", "verify-thunderbird", "mail", s.first[hans], "--to", hans)
	s.check("Thunderbird: a cancellation is one", "verify-thunderbird", "mail", s.cancelled, "--to", hans, "--expect", "cancel")
	s.check("Thunderbird: a reminder is no invitation", "verify-thunderbird", "mail", s.reminder, "--to", "medlem@vingaker.example", "--expect", "none")
	return nil
}
