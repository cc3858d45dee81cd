package followup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// desk is the sample world, whose promises count from the year's first day.
type desk struct {
	*testing.T
	db    *store.DB
	world *sample.World
	zone  *time.Location
}

func each(t *testing.T, body func(*testing.T, *desk)) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := &desk{T: t, db: db, zone: zone}
		d.write(func(tx *store.Tx) (err error) {
			d.world, err = sample.Build(tx, "hash")
			return err
		})
		body(t, d)
	})
}

func (d *desk) write(fn func(*store.Tx) error) {
	d.Helper()
	if err := d.db.Write(d.Context(), fn); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) as(tx *store.Tx, role access.Role) access.Actor {
	d.Helper()
	a, err := access.Load(tx, d.world.Identities[role])
	if err != nil {
		d.Fatal(err)
	}
	return a
}

// meets schedules a meeting of a forum, one that lies in the past as held.
func (d *desk) meets(name string, on almanac.Date) (m *meeting.Meeting) {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		past := on.Before(almanac.DateOf(tx.Now, d.zone))
		m, err = meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: d.world.Forums[name], Zone: d.zone, Held: past, Time: meeting.Time{Date: on, Starts: 9 * 60, Ends: 10 * 60}})
		return err
	})
	return m
}

func (d *desk) status(role access.Role, name string, year int) (found followup.Standing) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		all, err := followup.Statuses(tx, d.as(tx, role), d.zone, year)
		at := slices.IndexFunc(all, func(s followup.Standing) bool { return s.Forum.ID == d.world.Forums[name] })
		if err == nil && at < 0 {
			return fmt.Errorf("%s does not see %s", role, name)
		}
		if err == nil {
			found = all[at]
		}
		return err
	})
	return found
}

func (d *desk) today() (today almanac.Date) {
	d.write(func(tx *store.Tx) error {
		today = almanac.DateOf(tx.Now, d.zone)
		return nil
	})
	return today
}

func TestStatuses_a_cancelled_meeting_counts_for_nothing_and_keeps_its_reason(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		next := d.today().Year + 1
		m := d.meets("lokal-samverkan", almanac.Date{Year: next, Month: 3, Day: 2})
		if s := d.status(access.Coordinator, "lokal-samverkan", next); s.Planned != 1 || s.Cancelled != 0 || s.Next == nil || s.Next.ID != m.ID {
			t.Fatalf("%+v", s.Status)
		}
		d.write(func(tx *store.Tx) error {
			_, err := meeting.Cancel(tx, access.System(), m.ID, m.Version, "Sjukdom")
			return err
		})
		s := d.status(access.Coordinator, "lokal-samverkan", next)
		if s.Planned != 0 || s.Cancelled != 1 || s.Next != nil {
			t.Errorf("%+v", s.Status)
		}
		d.write(func(tx *store.Tx) error {
			found, err := meeting.Find(tx, access.System(), m.ID)
			if err == nil && found.Cancellation.Reason != "Sjukdom" {
				t.Errorf("%+v", found.Cancellation)
			}
			return err
		})
	})
}

func TestCountFor(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		next := d.today().Year + 1
		m := d.meets("polis-avstamning", almanac.Date{Year: next, Month: 3, Day: 2})
		second := d.world.Forums["rvt-miranda"]
		count := func(by access.Actor, version int64, forumID *uuid.UUID) error {
			return d.db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := meeting.CountFor(tx, by, m.ID, version, forumID)
				return err
			})
		}
		var member, coordinator access.Actor
		d.write(func(tx *store.Tx) error {
			member, coordinator = d.as(tx, access.Member), d.as(tx, access.Coordinator)
			return nil
		})
		if err := count(coordinator, m.Version, &m.ForumID); fault.KindOf(err) != fault.Invalid {
			t.Errorf("its own forum: %v", err)
		}
		if err := count(member, m.Version, &second); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a member: %v", err)
		}
		unknown := uuid.New()
		if err := count(coordinator, m.Version, &unknown); fault.KindOf(err) != fault.NotFound {
			t.Errorf("no forum: %v", err)
		}
		before := d.status(access.Coordinator, "rvt-miranda", next)
		if err := count(coordinator, m.Version, &second); err != nil {
			t.Fatal(err)
		}
		if err := count(coordinator, m.Version, nil); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an old version: %v", err)
		}
		own := d.status(access.Coordinator, "polis-avstamning", next)
		for _, role := range []access.Role{access.Coordinator, access.Member} { // the same for whoever sees the forum
			if s := d.status(role, "rvt-miranda", next); s.Planned != before.Planned+1 || s.Elsewhere != 1 || own.Planned != 1 || own.Elsewhere != 0 {
				t.Errorf("%s: %+v, and its own %+v", role, s.Status, own.Status)
			}
		}
		d.write(func(tx *store.Tx) error { // and it grants nothing
			if _, err := meeting.Find(tx, member, m.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("the member finds it: %v", err)
			}
			return nil
		})
	})
}

func TestExplain(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		last := d.today().Year - 1
		id := d.world.Forums["lokal-samverkan"]
		d.write(func(tx *store.Tx) error {
			f, err := forum.Find(tx, access.System(), id)
			if err != nil {
				return err
			}
			s := f.Settings()
			s.PromisedFrom = almanac.Date{Year: last, Month: 1, Day: 1}
			_, err = forum.Change(tx, access.System(), id, f.Version, s)
			return err
		})
		missed := d.status(access.Coordinator, "lokal-samverkan", last)
		if missed.State != followup.Broken || missed.Tag() != "err" || len(missed.Gaps) != 1 {
			t.Fatalf("%+v", missed.Status)
		}
		explain := func(role access.Role, deadline almanac.Date, text string) error {
			return d.db.Write(t.Context(), func(tx *store.Tx) error {
				return followup.Explain(tx, d.as(tx, role), d.zone, id, last, deadline, text)
			})
		}
		to := missed.Gaps[0].To
		for what, test := range map[string]struct {
			err  error
			kind fault.Kind
		}{
			"a member":                   {explain(access.Member, to, "Vakans"), fault.NotFound},
			"a manager":                  {explain(access.Manager, to, "Vakans"), fault.NotFound},
			"no words":                   {explain(access.Coordinator, to, " "), fault.Invalid},
			"a person's number":          {explain(access.Coordinator, to, "Gällde 19910101-2384"), fault.Invalid},
			"a day when nothing missing": {explain(access.Coordinator, to.AddDays(-1), "Vakans"), fault.Conflict},
		} {
			if fault.KindOf(test.err) != test.kind {
				t.Errorf("%s: %v", what, test.err)
			}
		}
		for _, text := range []string{"Vakans", "Vakans hos oss hela året"} {
			if err := explain(access.Coordinator, to, text); err != nil {
				t.Fatal(err)
			}
		}
		s := d.status(access.Manager, "lokal-samverkan", last)
		if !s.Explained() || s.Tag() != "warn" || s.Gaps[0].Explanation.Text != "Vakans hos oss hela året" {
			t.Errorf("%+v", s.Status)
		}
	})
}

func TestPresences_a_partner_is_met_when_somebody_from_it_came(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		on := d.today().AddDays(-20)
		m := d.meets("polis-avstamning", on)
		d.write(func(tx *store.Tx) error {
			by := access.System()
			laid, err := minutes.Lay(tx, by, m.ID, "", []minutes.Attendance{
				{Organisation: "Polisen", Role: "Kommunpolis", State: minutes.Absent}, {Organisation: "Polisen", Role: "Områdespolis", State: minutes.Substitute},
				{Organisation: "Skolan", State: minutes.Apology},
			}, []minutes.Laid{{Title: "Laget runt", Items: []minutes.Written{{Kind: minutes.Note, Text: "Inget särskilt."}}}})
			if err != nil {
				return err
			}
			_, hash, _, err := minutes.Preview(tx, by, laid.ID, "")
			if err != nil {
				return err
			}
			if _, _, err = minutes.Finalise(tx, by, laid.ID, hash, "", ""); err != nil {
				return err
			}
			// what is changed afterwards is no finished note
			return tx.DB.Model(&minutes.Attendance{}).Where("minutes_id = ?", laid.ID).Update("state", minutes.Absent).Error
		})
		said := func(role access.Role) string {
			var words []string
			d.write(func(tx *store.Tx) error {
				all, err := followup.Presences(tx, d.as(tx, role), on.Year)
				for _, p := range all[m.ForumID] {
					words = append(words, fmt.Sprintf("%s %d/%d", p.Organisation.Name, len(p.Came), p.Of()))
				}
				return err
			})
			return strings.Join(words, ", ")
		}
		if got := said(access.Coordinator); !strings.Contains(got, "Polisen 1/1") || !strings.Contains(got, "0/1") {
			t.Errorf("%q", got)
		}
		if got := said(access.Member); got != "" { // of another forum
			t.Errorf("a member of another forum reads %q", got)
		}
		s := d.status(access.Coordinator, "polis-avstamning", on.Year)
		if s.Notes.Due() != 1 {
			t.Errorf("%+v", s.Notes)
		}
	})
}
