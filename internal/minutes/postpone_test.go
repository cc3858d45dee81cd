package minutes_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// heading puts an item on an agenda and gives its id.
func (d *desk) heading(id uuid.UUID, title string) (item uuid.UUID) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		a, err := minutes.AddAgendaItem(tx, d.as(tx, access.Coordinator), id, title)
		if err == nil {
			item = a.ID
		}
		return err
	})
	return item
}

func (d *desk) postpones(item uuid.UUID) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		_, err := minutes.Postpone(tx, d.as(tx, access.Coordinator), item)
		return err
	})
}

// times counts how often an agenda has a title.
func (d *desk) times(id uuid.UUID, title string) (n int) {
	d.Helper()
	all, _ := d.headings(id)
	for _, t := range all {
		if t == title {
			n++
		}
	}
	return n
}

// booked schedules the forum's meeting of a month, without notes.
func (d *desk) booked(month time.Month) (id uuid.UUID) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		m, err := minutes.Draft(tx, access.System(), d.id)
		if err != nil {
			return err
		}
		day := meeting.Time{Date: almanac.Date{Year: 2027, Month: month, Day: 20}, Starts: 9 * 60, Ends: 10 * 60}
		made, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: m.Meeting.ForumID, Time: day, Zone: m.Meeting.Location()})
		if err == nil {
			id = made.ID
		}
		return err
	})
	return id
}

func (d *desk) opened(meeting uuid.UUID) (id uuid.UUID) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		m, err := minutes.Open(tx, d.as(tx, access.Coordinator), meeting)
		if err == nil {
			id = m.ID
		}
		return err
	})
	return id
}

func TestPostpone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		item := d.heading(d.id, "Rutin för jour")
		january, february, march := d.booked(time.January), d.booked(time.February), d.booked(time.March)
		d.postpones(item)
		d.postpones(item)
		t.Run("the next meeting has it once, though a later one is opened first", func(t *testing.T) {
			later := d.opened(february)
			next := d.opened(january)
			d.opened(january)
			if d.times(next, "Rutin för jour") != 1 || d.times(later, "Rutin för jour") != 0 {
				t.Errorf("%d, and %d later", d.times(next, "Rutin för jour"), d.times(later, "Rutin för jour"))
			}
			d.note("Vi sågs.")
			d.finish("")
			d.finish("Fel ord.")
			d.postpones(item)
			if last := d.opened(march); d.times(next, "Rutin för jour") != 1 || d.times(last, "Rutin för jour") != 0 {
				t.Error("it came again after a correction")
			}
		})
		t.Run("it stands before what ends a meeting", func(t *testing.T) {
			all, _ := d.headings(d.opened(january))
			if slices.Index(all, "Rutin för jour") > slices.Index(all, "Att föra vidare") || slices.Index(all, "Rutin för jour") < slices.Index(all, "Laget runt") {
				t.Errorf("%q", all)
			}
		})
		t.Run("once it is there it cannot be taken back", func(t *testing.T) {
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.Resume(tx, by, item)
				return err
			}); kind != fault.Conflict {
				t.Error(kind)
			}
		})
		t.Run("it comes at once where the next agenda is open, and not at all when it was taken back", func(t *testing.T) {
			late, again := d.heading(d.id, "Besök"), d.heading(d.opened(march), "Avtal")
			d.postpones(late)
			if n := d.times(d.opened(january), "Besök"); n != 1 {
				t.Errorf("%d", n)
			}
			d.postpones(again)
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Resume(tx, d.as(tx, access.Coordinator), again)
				return err
			})
			if n := d.times(d.opened(d.booked(time.April)), "Avtal"); n != 0 {
				t.Errorf("%d", n)
			}
		})
	})
}

func TestProposals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		at := d.booked(time.January)
		contact := d.world.Contacts["lansstyrelsen-kontakt"]
		proposes := func(title string) (p *minutes.AgendaProposal, err error) {
			err = db.Write(t.Context(), func(tx *store.Tx) error {
				m, err := meeting.Find(tx, access.System(), at)
				if err == nil {
					p, err = minutes.Propose(tx, access.Guest(), m, &contact, title)
				}
				return err
			})
			return p, err
		}
		decides := func(p *minutes.AgendaProposal, take bool, answer string) error {
			return db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := minutes.Decide(tx, d.as(tx, access.Coordinator), p.ID, take, answer)
				return err
			})
		}
		first, err := proposes("Ny broschyr")
		if err != nil {
			t.Fatal(err)
		}
		second, err := proposes("Lokalfrågan")
		if err != nil {
			t.Fatal(err)
		}
		t.Run("a personal number is refused", func(t *testing.T) {
			if _, err := proposes("Om 19900101-2385"); !fault.Concerns(err, "proposal") {
				t.Error(err)
			}
		})
		t.Run("no is said with a reason, which the proposer reads", func(t *testing.T) {
			if err := decides(first, false, ""); !fault.Concerns(err, "answer") {
				t.Error(err)
			}
			if err := decides(first, false, "Tas upp i styrgruppen."); err != nil {
				t.Error(err)
			}
			d.write(func(tx *store.Tx) error {
				own, err := minutes.ProposalsByContact(tx, at, contact)
				if len(own) != 2 || own[0].Outcome != "declined" || own[0].Answer != "Tas upp i styrgruppen." {
					t.Errorf("%+v", own)
				}
				return err
			})
		})
		t.Run("what is taken up stands on the agenda once, decided before or after it is opened", func(t *testing.T) {
			if err := decides(second, true, ""); err != nil {
				t.Fatal(err)
			}
			id := d.opened(at)
			third, err := proposes("Utbildning")
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := decides(third, true, ""); err != nil {
					t.Fatal(err)
				}
			}
			if d.times(id, "Lokalfrågan") != 1 || d.times(id, "Utbildning") != 1 || d.times(id, "Ny broschyr") != 0 {
				all, _ := d.headings(id)
				t.Errorf("%q", all)
			}
		})
		t.Run("only who keeps the notes sees and decides all", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				m, err := meeting.Find(tx, access.System(), at)
				if err != nil {
					return err
				}
				seen, err := minutes.Proposals(tx, d.as(tx, access.Member), m)
				if len(seen) != 0 {
					t.Errorf("a member sees %d", len(seen))
				}
				return err
			})
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := minutes.Decide(tx, d.as(tx, access.Member), second.ID, true, "")
				return err
			})
			if fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		})
		t.Run("five working days before the meeting it is too late", func(t *testing.T) {
			d.write(func(tx *store.Tx) error { // the twentieth of January, a Wednesday
				m, err := meeting.Find(tx, access.System(), at)
				if err != nil {
					return err
				}
				for day, open := range map[int]bool{13: true, 14: false} {
					tx.Now = time.Date(2027, 1, day, 12, 0, 0, 0, time.UTC)
					if got := !minutes.ProposableUntil(tx, m).IsZero(); got != open {
						t.Errorf("on the %dth: %v", day, got)
					}
				}
				return nil
			})
		})
	})
}

func TestRound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		d.write(func(tx *store.Tx) error {
			m, err := minutes.Draft(tx, access.System(), d.id)
			if err != nil {
				return err
			}
			states, said := map[uuid.UUID]minutes.State{}, map[uuid.UUID]string{}
			for n, a := range m.Attendances {
				states[a.ID], said[a.ID] = minutes.Present, "Inget nytt."
				if n == 0 {
					states[a.ID] = minutes.Absent
				}
			}
			by := d.as(tx, access.Coordinator)
			if err := minutes.Attend(tx, by, d.id, states); err != nil {
				return err
			}
			if m, err = minutes.Draft(tx, by, d.id); err != nil {
				return err
			}
			round := m.Agenda[slices.IndexFunc(m.Agenda, func(a minutes.AgendaItem) bool { return a.Kind == forum.Round })]
			if err := minutes.AddRound(tx, by, d.id, round.ID, said); err != nil {
				return err
			}
			took := m.Took()
			if m, err = minutes.Draft(tx, by, d.id); err != nil {
				return err
			}
			items := m.Under(round.ID)
			if len(took) == 0 || len(items) != len(took) || !strings.HasPrefix(items[0].Text, took[0].Organisation+": Inget nytt.") {
				t.Errorf("%d took part, %+v", len(took), items)
			}
			if err := minutes.AddRound(tx, by, d.id, round.ID, nil); fault.KindOf(err) != fault.Invalid {
				t.Errorf("an empty round: %v", err)
			}
			return nil
		})
	})
}
