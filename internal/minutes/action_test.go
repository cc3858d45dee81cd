package minutes_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/minutes"
	"samverkan/internal/plan"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// later opens minutes of a meeting that was held on a day after the desk's own, and goes on with those.
func (d *desk) later(day int) *desk {
	d.Helper()
	next := *d
	held := d.held(day)
	next.write(func(tx *store.Tx) error {
		m, err := minutes.Open(tx, d.as(tx, access.Coordinator), held)
		if err == nil {
			next.id = m.ID
		}
		return err
	})
	return &next
}

func (d *desk) action(id uuid.UUID) (a *minutes.ActionState) {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		a, err = minutes.FindAction(tx, id)
		return err
	})
	return a
}

func TestActionsOverTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		due := almanac.Date{Year: 2027, Month: 1, Day: 15}
		first := d.add(minutes.Written{Kind: minutes.Action, Text: "Skriver rutin", Owner: "Teamet", Due: due})
		second := d.add(minutes.Written{Kind: minutes.Action, Text: "Skickar listan", Owner: "Teamet"})
		d.finalise("", "")
		next := d.later(20)
		carried := func() (texts []string) {
			d.write(func(tx *store.Tx) error {
				m, err := minutes.Draft(tx, d.as(tx, access.Coordinator), next.id)
				if err != nil {
					return err
				}
				all, err := minutes.OpenOf(tx, d.as(tx, access.Coordinator), m)
				for _, a := range all {
					texts = append(texts, a.Text)
				}
				return err
			})
			return texts
		}
		t.Run("the next agenda carries what is open, once, and its own not at all", func(t *testing.T) {
			if got := carried(); !slices.Equal(got, []string{"Skriver rutin", "Skickar listan"}) {
				t.Errorf("%q", got)
			}
		})
		moved := almanac.Date{Year: 2027, Month: 3, Day: 1}
		t.Run("a moved last day stays through a correction that says the same", func(t *testing.T) {
			d.write(func(tx *store.Tx) error { return minutes.MoveDue(tx, d.as(tx, access.Coordinator), first.ID, moved) })
			d.add(minutes.Written{Kind: minutes.Note, Text: "Ett tillägg"})
			d.finalise("Ett tillägg saknades", "")
			if a := d.action(first.ID); a.Due != moved || a.StatedDue != due {
				t.Errorf("%+v", a)
			}
		})
		t.Run("who is responsible is chosen among those of the forum, and stays", func(t *testing.T) {
			var contact uuid.UUID
			d.write(func(tx *store.Tx) error {
				members, err := forum.Members(tx, access.System(), d.world.Forums["rvt-miranda"])
				if err != nil {
					return err
				}
				contact = members[0].ContactID
				_, err = minutes.Assign(tx, d.as(tx, access.Coordinator), first.ID, minutes.Owner{ContactID: &contact})
				return err
			})
			if a := d.action(first.ID); !a.OwnedBy(contact) || a.InheritedFrom != "Teamet" {
				t.Errorf("%+v", a)
			}
			stranger := store.NewID()
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.Assign(tx, by, first.ID, minutes.Owner{ContactID: &stranger})
				return err
			}); kind != fault.Invalid {
				t.Errorf("a stranger: %v", kind)
			}
		})
		replacement := next.add(minutes.Written{Kind: minutes.Decision, Text: "Rutinen behövs inte"})
		next.finalise("", "")
		for name, c := range map[string]minutes.Closing{
			"dropped without a reason": {Outcome: "dropped"}, "replaced by nothing": {Outcome: "replaced"}, "replaced by one of the same meeting": {Outcome: "replaced", ReplacedByID: &second.ID},
			"done on a day to come": {Outcome: "done", On: almanac.Date{Year: 2030, Month: 1, Day: 1}}, "ended otherwise": {Outcome: "lost"},
		} {
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.Close(tx, by, first.ID, c)
				return err
			}); kind != fault.Invalid {
				t.Errorf("%s: %v", name, kind)
			}
		}
		t.Run("a later decision replaces it, it is carried no more, and it can be opened again", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				by := d.as(tx, access.Coordinator)
				if _, err := minutes.Close(tx, by, first.ID, minutes.Closing{Outcome: "replaced", ReplacedByID: &replacement.ID}); err != nil {
					return err
				}
				a, err := minutes.ReadAction(tx, by, first.ID)
				if err != nil {
					return err
				}
				in, err := minutes.ReplacedBy(tx, by, a)
				if in == nil || in.Label != "B1" || in.Kind != minutes.Decision {
					t.Errorf("replaced by %+v", in)
				}
				return err
			})
			if got := carried(); !slices.Equal(got, []string{"Skickar listan"}) {
				t.Errorf("%q", got)
			}
			var history []minutes.Change
			d.write(func(tx *store.Tx) (err error) {
				by := d.as(tx, access.Coordinator)
				if _, err := minutes.Reopen(tx, by, first.ID); err != nil {
					return err
				}
				history, err = minutes.Changes(tx, by, first.ID)
				return err
			})
			var kinds []string
			for _, c := range history {
				kinds = append(kinds, c.Kind)
			}
			if !slices.Equal(kinds, []string{"reopened", "replaced", "owner", "due"}) || len(carried()) != 2 {
				t.Errorf("%q, %q", kinds, carried())
			}
		})
		t.Run("its contact says by the link that it needs time, and that it cannot", func(t *testing.T) {
			contact := *d.action(first.ID).OwnerContactID
			say := func(s minutes.Said) error {
				return db.Write(t.Context(), func(tx *store.Tx) error {
					_, err := minutes.TakeReport(tx, time.UTC, first.ID, contact, s)
					return err
				})
			}
			for _, s := range []minutes.Said{{Kind: "time"}, {Kind: "time", Due: almanac.Date{Year: 2020, Month: 1, Day: 1}}, {Kind: "cannot"}, {Kind: "progress"}} {
				if err := say(s); fault.KindOf(err) != fault.Invalid {
					t.Errorf("%+v: %v", s, err)
				}
			}
			later := almanac.Date{Year: 2027, Month: 5, Day: 3}
			if err := say(minutes.Said{Kind: "time", Due: later}); err != nil || d.action(first.ID).Due != later {
				t.Errorf("more time: %v", err)
			}
			if err := say(minutes.Said{Kind: "cannot", Comment: "Vi saknar folk."}); err != nil || d.action(first.ID).Outcome != "" {
				t.Errorf("cannot: %v", err)
			}
			if err := say(minutes.Said{Kind: "done"}); err != nil || d.action(first.ID).Outcome != "done" {
				t.Errorf("done: %v", err)
			}
			if err := say(minutes.Said{Kind: "done"}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("twice: %v", err)
			}
		})
	})
}

func TestDecisionsAcrossForums(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		old := d.add(minutes.Written{Kind: minutes.Decision, Text: "Telefontolk erbjuds"})
		d.finalise("", "")
		next := d.later(20)
		newer := next.add(minutes.Written{Kind: minutes.Decision, Text: "Ålderstolk på plats erbjuds"})
		list := func(s minutes.DecisionSelection) (all []minutes.DecisionTaken) {
			t.Helper()
			d.write(func(tx *store.Tx) (err error) {
				all, err = minutes.Decisions(tx, d.as(tx, access.Coordinator), s)
				return err
			})
			return all
		}
		tie := func(item uuid.UUID, measure *uuid.UUID, replaces ...uuid.UUID) error {
			return db.Write(t.Context(), func(tx *store.Tx) error {
				return minutes.SetTies(tx, d.as(tx, access.Coordinator), item, replaces, measure)
			})
		}
		var row *plan.Measure
		d.write(func(tx *store.Tx) error {
			p, err := plan.Current(tx, access.System())
			if err == nil {
				row = &p.Goals[0].Measures[0]
			}
			return err
		})
		t.Run("a draft's replacement shows only when it is finalised", func(t *testing.T) {
			if err := tie(newer.ID, &row.ID, old.ID); err != nil {
				t.Fatal(err)
			}
			if all := list(minutes.DecisionSelection{}); len(all) != 1 || all[0].Replaced || all[0].Label != "B1" {
				t.Fatalf("%+v", all)
			}
			next.finalise("", "")
			all := list(minutes.DecisionSelection{})
			if len(all) != 2 || all[0].ItemID != newer.ID || len(all[0].Replaces) != 1 || !all[1].Replaced || all[1].ReplacedBy[0].ItemID != newer.ID {
				t.Errorf("%+v", all)
			}
		})
		t.Run("nothing older replaces something newer, so there is no circle", func(t *testing.T) {
			for name, err := range map[string]error{"back": tie(old.ID, nil, newer.ID), "itself": tie(old.ID, nil, old.ID), "nothing that is": tie(newer.ID, nil, store.NewID())} {
				if fault.KindOf(err) != fault.Invalid {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
		forumID, other := d.world.Forums["rvt-miranda"], d.world.Forums["polis-avstamning"]
		for name, c := range map[string]struct {
			s    minutes.DecisionSelection
			want int
		}{
			"forum": {minutes.DecisionSelection{ForumID: &forumID}, 2}, "another forum": {minutes.DecisionSelection{ForumID: &other}, 0}, "year": {minutes.DecisionSelection{Year: 2026}, 2}, "another year": {minutes.DecisionSelection{Year: 2025}, 0},
			"in force": {minutes.DecisionSelection{Standing: minutes.InForce}, 1}, "replaced": {minutes.DecisionSelection{Standing: minutes.Replaced}, 1}, "text, whatever its case": {minutes.DecisionSelection{Text: "ÅLDERST"}, 1},
			"row": {minutes.DecisionSelection{Row: row.ExternalID}, 1}, "another row": {minutes.DecisionSelection{Row: "99.9"}, 0}, "an organisation that was not there": {minutes.DecisionSelection{Organisation: "Ingen\x00"}, 0},
		} {
			if got := len(list(c.s)); got != c.want {
				t.Errorf("by %s: %d", name, got)
			}
		}
		t.Run("the chain and the counts of the plan's row hold it", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				by := d.as(tx, access.Coordinator)
				chain, err := minutes.Chain(tx, by, old.ID)
				if err != nil {
					return err
				}
				counts, err := minutes.OfPlan(tx, by)
				if len(chain) != 2 || chain[0].ItemID != old.ID || counts[row.RowID].Decisions != 1 {
					t.Errorf("%+v, %+v", chain, counts)
				}
				return err
			})
		})
		t.Run("one that a correction struck is not found, and what it replaced holds again", func(t *testing.T) {
			next.write(func(tx *store.Tx) error {
				_, err := minutes.Strike(tx, d.as(tx, access.Coordinator), newer.ID, newer.Version)
				return err
			})
			next.add(minutes.Written{Kind: minutes.Note, Text: "Inget beslutades"})
			next.finalise("Beslutet togs inte", "")
			if all := list(minutes.DecisionSelection{}); len(all) != 1 || all[0].ItemID != old.ID || all[0].Replaced {
				t.Errorf("%+v", all)
			}
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.OneDecision(tx, by, newer.ID)
				return err
			}); kind != fault.NotFound {
				t.Errorf("%v", kind)
			}
		})
	})
}
