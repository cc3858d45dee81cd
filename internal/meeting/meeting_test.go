package meeting_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var stockholm = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic(err)
	}
	return zone
}()

// room is a world with one database and its coordinator.
type room struct {
	t     *testing.T
	db    *store.DB
	world *sample.World
	by    access.Actor
}

func enter(t *testing.T, db *store.DB) *room {
	t.Helper()
	r := &room{t: t, db: db}
	r.write(func(tx *store.Tx) (err error) {
		if r.world, err = sample.Build(tx, "hash"); err != nil {
			return err
		}
		r.by, err = access.Load(tx, r.world.Identities[access.Coordinator])
		return err
	})
	return r
}

func (r *room) write(fn func(*store.Tx) error) {
	r.t.Helper()
	if err := r.db.Write(r.t.Context(), fn); err != nil {
		r.t.Fatal(err)
	}
}

// refused runs fn in vain and checks the kind of its refusal.
func (r *room) refused(t *testing.T, want fault.Kind, fn func(*store.Tx) error) error {
	t.Helper()
	err := r.db.Rehearse(t.Context(), fn)
	if fault.KindOf(err) != want || err == nil {
		t.Errorf("got %v, want %s", err, want)
	}
	return err
}

func (r *room) proposal(date string, starts, ends almanac.Clock) meeting.Proposal {
	r.t.Helper()
	var d almanac.Date
	if err := d.UnmarshalText([]byte(date)); err != nil {
		r.t.Fatal(err)
	}
	return meeting.Proposal{ForumID: r.world.Forums["polis-avstamning"], Zone: stockholm,
		Time: meeting.Time{Date: d, Starts: starts, Ends: ends, Place: "Kommunhuset, rum 4"}}
}

func (r *room) schedule(p meeting.Proposal) (m *meeting.Meeting) {
	r.t.Helper()
	r.write(func(tx *store.Tx) (err error) {
		m, err = meeting.Schedule(tx, r.by, p)
		return err
	})
	return m
}

func (r *room) find(id uuid.UUID) (m *meeting.Meeting) {
	r.t.Helper()
	r.write(func(tx *store.Tx) (err error) {
		m, err = meeting.Find(tx, r.by, id)
		return err
	})
	return m
}

func (r *room) actor(role access.Role) (a access.Actor) {
	r.t.Helper()
	r.write(func(tx *store.Tx) (err error) {
		a, err = access.Load(tx, r.world.Identities[role])
		return err
	})
	return a
}

func TestSchedule(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := enter(t, db)
		schedule := func(p meeting.Proposal) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				_, err := meeting.Schedule(tx, r.by, p)
				return err
			}
		}
		t.Run("derives the instants and begins at SEQUENCE 0", func(t *testing.T) {
			m := r.find(r.schedule(r.proposal("2027-01-21", 13*60, 14*60+30)).ID)
			if !m.StartsAt.Equal(time.Date(2027, 1, 21, 12, 0, 0, 0, time.UTC)) || m.EndsAt.Sub(m.StartsAt) != 90*time.Minute ||
				m.Sequence != 0 || m.Version != 1 || !m.Stamp.Equal(storetest.Now) || m.UID == "" || m.Zone != "Europe/Stockholm" {
				t.Errorf("%+v", m)
			}
		})
		t.Run("09.00 stays 09.00 across both changes of clocks", func(t *testing.T) {
			for date, hour := range map[string]int{"2027-03-26": 8, "2027-03-29": 7, "2027-10-29": 7, "2027-11-01": 8} {
				m := r.find(r.schedule(r.proposal(date, 9*60, 10*60)).ID)
				if m.Starts.String() != "09:00" || m.StartsAt.UTC().Hour() != hour || m.StartsAt.In(stockholm).Hour() != 9 {
					t.Errorf("%s: %s is %s", date, m.Starts, m.StartsAt)
				}
			}
		})
		t.Run("asks before it books the past", func(t *testing.T) {
			err := r.refused(t, fault.Question, schedule(r.proposal("2026-11-23", 9*60, 10*60)))
			if !strings.Contains(err.Error(), "redan hållet") {
				t.Error(err)
			}
		})
		t.Run("books the past as held when told so", func(t *testing.T) {
			p := r.proposal("2026-11-23", 9*60, 10*60)
			p.Held = true
			if m := r.find(r.schedule(p).ID); !m.Held() {
				t.Error("not held")
			}
		})
		t.Run("refuses what is to come as held", func(t *testing.T) {
			p := r.proposal("2026-11-25", 9*60, 10*60)
			p.Held = true
			r.refused(t, fault.Invalid, schedule(p))
		})
		for name, test := range map[string]struct {
			p     meeting.Proposal
			words string
		}{
			"the hour that is skipped":     {r.proposal("2027-03-28", 2*60+30, 4*60), "sommartid"},
			"the hour that comes twice":    {r.proposal("2027-10-31", 2*60+30, 4*60), "vintertid"},
			"an end in the skipped hour":   {r.proposal("2027-03-28", 60, 2*60+15), "sommartid"},
			"an end before the start":      {r.proposal("2027-01-21", 14*60, 13*60), "sluta efter"},
			"an end at the start":          {r.proposal("2027-01-21", 14*60, 14*60), "sluta efter"},
			"a place that is two lines":    {placed(r.proposal("2027-01-21", 60, 120), "A\nB"), "en rad"},
			"a place that is a whole tale": {placed(r.proposal("2027-01-21", 60, 120), strings.Repeat("x", 501)), "högst 500"},
			"no date":                      {meeting.Proposal{ForumID: r.world.Forums["polis-avstamning"], Zone: stockholm, Time: meeting.Time{Starts: 60, Ends: 120}}, "Välj ett år"},
		} {
			t.Run("refuses "+name, func(t *testing.T) {
				if err := r.refused(t, fault.Invalid, schedule(test.p)); err != nil && !strings.Contains(err.Error(), test.words) {
					t.Error(err)
				}
			})
		}
		t.Run("lets the wall clock run over a change of clocks", func(t *testing.T) {
			m := r.find(r.schedule(r.proposal("2027-03-28", 60, 4*60)).ID)
			if m.EndsAt.Sub(m.StartsAt) != 2*time.Hour {
				t.Errorf("%s", m.EndsAt.Sub(m.StartsAt))
			}
		})
		t.Run("refuses a telling place where places are shown", func(t *testing.T) {
			p := placed(r.proposal("2027-01-21", 60, 120), "Kvinnojouren Miranda")
			r.schedule(p)
			r.refused(t, fault.Invalid, func(tx *store.Tx) error {
				if err := tx.DB.Model(&forum.Forum{}).Where("id = ?", p.ForumID).Update("outward_place", forum.FullPlace).Error; err != nil {
					return err
				}
				return schedule(p)(tx)
			})
		})
		t.Run("is not found for whoever may not plan the forum", func(t *testing.T) {
			for _, role := range access.Roles {
				if role == access.Coordinator {
					continue
				}
				by := r.actor(role)
				for _, id := range []string{"rvt-miranda", "polis-avstamning"} {
					p := r.proposal("2027-01-21", 60, 120)
					p.ForumID = r.world.Forums[id]
					r.refused(t, fault.NotFound, func(tx *store.Tx) error {
						_, err := meeting.Schedule(tx, by, p)
						return err
					})
				}
			}
			p := r.proposal("2027-01-21", 60, 120)
			p.ForumID = uuid.New()
			r.refused(t, fault.NotFound, schedule(p))
		})
	})
}

func placed(p meeting.Proposal, place string) meeting.Proposal {
	p.Place = place
	return p
}

func TestReschedule(t *testing.T) {
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		r := enter(t, db)
		m := r.schedule(r.proposal("2027-01-21", 13*60, 14*60))
		other := r.schedule(r.proposal("2027-01-22", 13*60, 14*60))
		move := func(change func(*meeting.Time)) *meeting.Meeting {
			t.Helper()
			r.write(func(tx *store.Tx) error {
				at := m.Time()
				change(&at)
				_, err := meeting.Reschedule(tx, r.by, m.ID, m.Version, at)
				return err
			})
			before := m
			m = r.find(m.ID)
			if m.UID != before.UID {
				t.Error("the UID changed")
			}
			return before
		}
		t.Run("a new time raises SEQUENCE and remembers the old one", func(t *testing.T) {
			before := move(func(at *meeting.Time) { at.Starts, at.Ends = 14*60, 15*60 })
			if m.Sequence != before.Sequence+1 || m.Version != before.Version+1 || !m.StartsAt.Equal(before.StartsAt.Add(time.Hour)) {
				t.Errorf("%+v", m)
			}
			r.write(func(tx *store.Tx) error {
				moves, err := meeting.Moves(tx, m.ID)
				if len(moves) != 1 || moves[0].FromStarts != 13*60 {
					t.Errorf("%+v", moves)
				}
				return err
			})
		})
		t.Run("a new room does not", func(t *testing.T) {
			before := move(func(at *meeting.Time) { at.Place = "Rum 7" })
			if m.Sequence != before.Sequence || m.Version != before.Version+1 || m.Place != "Rum 7" {
				t.Errorf("%+v", m)
			}
		})
		t.Run("no change is no change", func(t *testing.T) {
			before := move(func(*meeting.Time) {})
			if m.Version != before.Version || !m.Stamp.Equal(before.Stamp) {
				t.Errorf("%+v", m)
			}
		})
		t.Run("the stamp rises with each, also within one second", func(t *testing.T) {
			for n := range 5 {
				clock.Move(100 * time.Millisecond)
				before := move(func(at *meeting.Time) { at.Ends += almanac.Clock(n%2*2 + 1) })
				if !m.Stamp.After(before.Stamp) || m.Stamp.Nanosecond() != 0 {
					t.Errorf("%s after %s", m.Stamp, before.Stamp)
				}
			}
		})
		t.Run("moves no other meeting", func(t *testing.T) {
			after := r.find(other.ID)
			if after.Version != other.Version || !after.StartsAt.Equal(other.StartsAt) || !after.Stamp.Equal(other.Stamp) {
				t.Errorf("%+v", after)
			}
		})
		t.Run("refuses the past, a bad time and an old reading", func(t *testing.T) {
			try := func(want fault.Kind, version int64, change func(*meeting.Time)) {
				t.Helper()
				r.refused(t, want, func(tx *store.Tx) error {
					at := m.Time()
					change(&at)
					_, err := meeting.Reschedule(tx, r.by, m.ID, version, at)
					return err
				})
			}
			try(fault.Invalid, m.Version, func(at *meeting.Time) { at.Date = almanac.Date{Year: 2026, Month: 11, Day: 23} })
			try(fault.Invalid, m.Version, func(at *meeting.Time) { at.Ends = at.Starts })
			try(fault.Invalid, m.Version, func(at *meeting.Time) { at.Date, at.Starts = almanac.Date{Year: 2027, Month: 3, Day: 28}, 150 })
			try(fault.Conflict, m.Version-1, func(at *meeting.Time) { at.Place = "Rum 8" })
		})
	})
}

func TestCancel(t *testing.T) {
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		r := enter(t, db)
		m := r.schedule(r.proposal("2026-11-25", 13*60, 14*60))
		do := func(verb func(tx *store.Tx, version int64) error) {
			t.Helper()
			r.write(func(tx *store.Tx) error { return verb(tx, m.Version) })
			m = r.find(m.ID)
		}
		cancel := func(tx *store.Tx, version int64) error {
			_, err := meeting.Cancel(tx, r.by, m.ID, version, "Sjukdom")
			return err
		}
		reinstate := func(tx *store.Tx, version int64) error {
			_, err := meeting.Reinstate(tx, r.by, m.ID, version)
			return err
		}
		holdIt := func(tx *store.Tx, version int64) error {
			_, err := meeting.Hold(tx, r.by, m.ID, version)
			return err
		}
		now := func(verb func(*store.Tx, int64) error) func(*store.Tx) error {
			return func(tx *store.Tx) error { return verb(tx, m.Version) }
		}
		t.Run("keeps the meeting and the reason, and raises SEQUENCE", func(t *testing.T) {
			before := m
			do(cancel)
			if !m.Cancelled() || m.Cancellation.Reason != "Sjukdom" || m.Sequence != before.Sequence+1 || !m.Stamp.After(before.Stamp) {
				t.Errorf("%+v", m)
			}
		})
		t.Run("a cancelled meeting is not moved, held or cancelled again", func(t *testing.T) {
			r.refused(t, fault.Conflict, now(cancel))
			r.refused(t, fault.Conflict, now(holdIt))
			r.refused(t, fault.Conflict, func(tx *store.Tx) error {
				at := m.Time()
				at.Starts++
				_, err := meeting.Reschedule(tx, r.by, m.ID, m.Version, at)
				return err
			})
		})
		t.Run("reinstating raises SEQUENCE again", func(t *testing.T) {
			before := m
			do(reinstate)
			if m.Cancelled() || m.Sequence != before.Sequence+1 || !m.Stamp.After(before.Stamp) {
				t.Errorf("%+v", m)
			}
			r.refused(t, fault.Conflict, now(reinstate))
		})
		t.Run("is not held before it began", func(t *testing.T) { r.refused(t, fault.Invalid, now(holdIt)) })
		t.Run("held once, however often it is said", func(t *testing.T) {
			clock.Move(48 * time.Hour)
			do(holdIt)
			version := m.Version
			do(holdIt)
			if !m.Held() || m.Version != version {
				t.Errorf("%+v", m)
			}
		})
		t.Run("what was held is neither moved nor cancelled", func(t *testing.T) {
			r.refused(t, fault.Conflict, now(cancel))
			r.refused(t, fault.Conflict, func(tx *store.Tx) error {
				at := m.Time()
				at.Date = at.Date.AddDays(30)
				_, err := meeting.Reschedule(tx, r.by, m.ID, m.Version, at)
				return err
			})
		})
	})
}

// Who sees the dates of the member's own forum, and of another (domain.md §2.5).
var sees = map[access.Role][2]bool{
	access.Coordinator: {true, true}, access.Member: {true, false}, access.Manager: {true, true},
	access.GroupLead: {}, access.Registrar: {true, true}, access.Administrator: {},
}

func TestVisibility(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := enter(t, db)
		var ids [2]uuid.UUID
		for n, external := range []string{"rvt-miranda", "polis-avstamning"} {
			p := r.proposal("2027-01-21", 9*60, 10*60)
			p.ForumID = r.world.Forums[external]
			ids[n] = r.schedule(p).ID
		}
		for role, want := range sees {
			t.Run(string(role), func(t *testing.T) {
				by := r.actor(role)
				r.write(func(tx *store.Tx) error {
					number := int64(0)
					for n, id := range ids {
						_, err := meeting.Find(tx, by, id)
						if seen := err == nil; seen != want[n] || !seen && fault.KindOf(err) != fault.NotFound {
							t.Errorf("own %v: %v", n == 0, err)
						}
						if want[n] {
							number++
						}
					}
					found, total, err := meeting.List(tx, by, meeting.Selection{})
					if total != number || len(found) != int(number) {
						t.Errorf("%d of %d listed, want %d", len(found), total, number)
					}
					foreign := r.world.Forums["polis-avstamning"]
					if _, total, err := meeting.List(tx, by, meeting.Selection{ForumID: &foreign}); err != nil || (total == 1) != want[1] {
						t.Errorf("%d of the foreign forum, %v", total, err)
					}
					return err
				})
				for _, id := range ids {
					if role == access.Coordinator {
						continue
					}
					for name, verb := range map[string]func(*store.Tx) error{
						"reschedule": func(tx *store.Tx) error {
							_, err := meeting.Reschedule(tx, by, id, 1, meeting.Time{})
							return err
						},
						"cancel": func(tx *store.Tx) error { _, err := meeting.Cancel(tx, by, id, 1, ""); return err },
						"hold":   func(tx *store.Tx) error { _, err := meeting.Hold(tx, by, id, 1); return err },
					} {
						t.Run(name, func(t *testing.T) { r.refused(t, fault.NotFound, verb) })
					}
				}
			})
		}
		t.Run("a grant that has run out", func(t *testing.T) {
			by := r.actor(access.Manager)
			r.refused(t, fault.NotFound, func(tx *store.Tx) error {
				if err := tx.DB.Model(&access.Grant{}).Where("identity_id = ?", by.ID).Update("valid_to", tx.Now).Error; err != nil {
					return err
				}
				_, err := meeting.Find(tx, by, ids[0])
				return err
			})
		})
	})
}

func TestList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := enter(t, db)
		for _, date := range []string{"2027-02-02", "2027-01-12", "2027-03-09"} {
			r.schedule(r.proposal(date, 9*60, 10*60))
		}
		list := func(s meeting.Selection) (dates string, total int64) {
			r.write(func(tx *store.Tx) error {
				found, n, err := meeting.List(tx, r.by, s)
				for _, m := range found {
					dates += m.Date.String()[5:] + " "
				}
				total = n
				return err
			})
			return strings.TrimSpace(dates), total
		}
		february := almanac.Date{Year: 2027, Month: 2, Day: 2}
		for name, test := range map[string]struct {
			s     meeting.Selection
			want  string
			total int64
		}{
			"in order of time":               {meeting.Selection{}, "01-12 02-02 03-09", 3},
			"the latest first":               {meeting.Selection{Newest: true}, "03-09 02-02 01-12", 3},
			"bounds are inclusive":           {meeting.Selection{From: february, To: february}, "02-02", 1},
			"a page, and how many there are": {meeting.Selection{Limit: 2, Offset: 1}, "02-02 03-09", 3},
		} {
			t.Run(name, func(t *testing.T) {
				if got, total := list(test.s); got != test.want || total != test.total {
					t.Errorf("%q of %d", got, total)
				}
			})
		}
	})
}

func TestTwentyEdits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := enter(t, db)
		m := r.schedule(r.proposal("2027-01-21", 13*60, 14*60))
		t.Run("one wins and the others hear of it", func(t *testing.T) {
			var won, conflicts atomic.Int64
			var group sync.WaitGroup
			for n := range 20 {
				group.Go(func() {
					err := db.Write(t.Context(), func(tx *store.Tx) error {
						at := m.Time()
						at.Starts, at.Ends = at.Starts+almanac.Clock(n+1), at.Ends+almanac.Clock(n+1)
						_, err := meeting.Reschedule(tx, r.by, m.ID, m.Version, at)
						return err
					})
					switch {
					case err == nil:
						won.Add(1)
					case fault.KindOf(err) == fault.Conflict:
						conflicts.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			group.Wait()
			if won.Load() != 1 || conflicts.Load() != 19 {
				t.Errorf("%d won, %d conflicts", won.Load(), conflicts.Load())
			}
			if after := r.find(m.ID); after.Version != m.Version+1 || after.Sequence != m.Sequence+1 {
				t.Errorf("%+v", after)
			}
		})
	})
}
