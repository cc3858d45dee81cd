package plan_test

import (
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/plan"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestCurrent(t *testing.T) {
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		by := access.System()
		current := func() (p *plan.Plan) {
			t.Helper()
			if err := db.Read(t.Context(), func(tx *store.Tx) (err error) {
				p, err = plan.Current(tx, by)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return p
		}
		record := func(title string) {
			t.Helper()
			p := &plan.Plan{Title: title, Goals: []plan.Goal{
				{ExternalID: "2", Goal: "Första"}, {ExternalID: "1", Heading: "Andra", Measures: []plan.Measure{
					{ExternalID: "1.2", Measure: "B", Activities: []string{"Åk", "\"Sov\""}}, {ExternalID: "1.1", Measure: "A"}}}}}
			if err := db.Write(t.Context(), func(tx *store.Tx) error { return plan.Record(tx, by, p) }); err != nil {
				t.Fatal(err)
			}
		}
		t.Run("is none before the first import", func(t *testing.T) {
			if p := current(); p != nil {
				t.Errorf("%+v", p)
			}
		})
		t.Run("is the plan in its own order", func(t *testing.T) {
			record("Plan 1")
			p := current()
			if len(p.Goals) != 2 || p.Goals[0].Goal != "Första" || len(p.Goals[1].Measures) != 2 || p.Goals[1].Measures[0].Measure != "B" ||
				p.Goals[1].Measures[0].Activities[1] != "\"Sov\"" || len(p.Goals[1].Measures[1].Activities) != 0 {
				t.Errorf("%+v", p)
			}
		})
		t.Run("is the one imported last", func(t *testing.T) {
			clock.Move(time.Second)
			record("Plan 2")
			if p := current(); p.Title != "Plan 2" {
				t.Errorf("%+v", p)
			}
		})
		t.Run("is not for guests", func(t *testing.T) {
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				_, err := plan.Current(tx, access.Guest())
				return err
			})
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("got %v", err)
			}
		})
	})
}
