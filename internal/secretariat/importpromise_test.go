package secretariat_test

import (
	"fmt"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

const promisePlan = `schema_version: 1
source: {title: Plan, owner: Nämnden}
organisations: [{id: kommunen, name: Exempelby kommun, kind: kommun, parent: null}]
forums:
  - {id: nattraff, neutral_title: Nätverksträff, name: Träffen, scope: overgripande, cadence: %s}
`

func TestImportPlan_reads_promises(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for cadence, want := range map[string]struct {
			promise forum.Reading
			noted   string
		}{
			`{text: "andra torsdagen varje månad utom juli"}`:    {forum.Reading{Cadence: forum.Cadence{Months: 1, Nth: 2, Weekday: 4}, ExemptMonths: []int{7}}, "Löftet blir ”andra torsdagen varje månad utom juli”"},
			`{text: "andra torsdagen i månaden", interval: P1M}`: {forum.Reading{Cadence: forum.Cadence{Months: 1, Nth: 2, Weekday: 4}}, "läses som ”andra torsdagen varje månad”"},
			`{text: "minst två gånger per termin"}`:              {forum.Reading{Cadence: forum.Cadence{Min: 2, PerTerm: true}}, "läses som ”minst 2 gånger per termin”"},
			`{min_per_term: 2}`: {forum.Reading{Cadence: forum.Cadence{Min: 2, PerTerm: true}}, "inte vem som är sammankallande"},
			`{text: "en gång i månaden", min_per_year: 3, max_per_year: 4}`:               {forum.Reading{Cadence: forum.Cadence{Min: 3, Max: 4}}, "Talen gäller."},
			`{text: "när vi hinner"}`:                                                     {forum.Reading{}, "Vi förstår inte hur ofta ”när vi hinner” är."},
			`{text: "varje månad, om det går", interval: P1M}`:                            {forum.Reading{Cadence: forum.Cadence{Months: 1}}, "inte vem som är sammankallande"},
			`{text: "varje månad utom juli", exempt_months: [6, 7]}`:                      {forum.Reading{Cadence: forum.Cadence{Months: 1}, ExemptMonths: []int{6, 7}}, "utom juni och juli"},
			`{text: "regelbundet"}`:                                                       {forum.Reading{}, "Planen säger inte hur ofta."},
			`{text: "var sjätte månad", interval: P6M, min_per_year: 2, max_per_year: 2}`: {forum.Reading{Cadence: forum.Cadence{Months: 6, Min: 2, Max: 2}}, "inte vem som är sammankallande"},
		} {
			t.Run(cadence, func(t *testing.T) {
				if err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
					lines, err := secretariat.ImportPlan(tx, access.System(), parse(t, fmt.Sprintf(promisePlan, cadence)), secretariat.ImportChoices{})
					if err != nil {
						return err
					}
					has(t, lines, secretariat.Noted, "nattraff", want.noted)
					f, err := forum.ByExternalID(tx, access.System(), "nattraff")
					got := f.Promise()
					got.Cadence.Text = ""
					if got.Cadence != want.promise.Cadence || fmt.Sprint(got.ExemptMonths) != fmt.Sprint(want.promise.ExemptMonths) {
						t.Errorf("%+v", got)
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
			})
		}
		t.Run("refuses numbers a year and a term at once", func(t *testing.T) {
			err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
				_, err := secretariat.ImportPlan(tx, access.System(), parse(t, fmt.Sprintf(promisePlan, "{min_per_year: 2, max_per_year: 2, min_per_term: 1}")), secretariat.ImportChoices{})
				return err
			})
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v", err)
			}
		})
	})
}

const daysPlan = `schema_version: 1
source: {title: Plan, owner: Nämnden}
organisations: [{id: kommunen, name: Exempelby kommun, kind: kommun, parent: null}]
local_days:
  - {id: namnd-1, name: Socialnämnden, from: 2027-02-17}
  - {id: lon, name: Löneveckan, from: 2027-03-08, to: 2027-03-12, blocks: false}
  - {id: sportlov, name: sportlov, kind: skollov, from: 2027-02-22, to: 2027-02-26}
`

func TestImportPlan_reads_local_days(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		take := func(text string) (lines []secretariat.Line, days []forum.Block, err error) {
			err = db.Write(t.Context(), func(tx *store.Tx) (err error) {
				if lines, err = secretariat.ImportPlan(tx, access.System(), parse(t, text), secretariat.ImportChoices{}); err != nil {
					return err
				}
				days, err = forum.Blocks(tx, access.System(), almanac.Date{Year: 2027, Month: 1, Day: 1}, almanac.Date{Year: 2027, Month: 12, Day: 31})
				return err
			})
			return lines, days, err
		}
		lines, days, err := take(daysPlan)
		if err != nil || len(days) != 3 {
			t.Fatalf("%v %v", days, err)
		}
		has(t, lines, secretariat.Created, "lon", "Löneveckan, mån 8 mars–fre 12 mars")
		if d := days[0]; d.Name != "Socialnämnden" || d.From != d.To || !d.Blocks || d.Kind != forum.LocalDay {
			t.Errorf("%+v", d)
		}
		if d := days[1]; d.Kind != forum.SchoolBreak || d.To.String() != "2027-02-26" {
			t.Errorf("%+v", d)
		}
		if days[2].Blocks {
			t.Errorf("%+v", days[2])
		}
		if lines, days, err = take(daysPlan); err != nil || len(days) != 3 {
			t.Fatalf("again: %v %v", days, err)
		}
		has(t, lines, secretariat.Existed, "lon", "finns redan")
		for name, bad := range map[string]string{
			"no first day":       "  - {id: x, name: X}\n",
			"the last day first": "  - {id: x, name: X, from: 2027-03-02, to: 2027-03-01}\n",
			"another kind":       "  - {id: x, name: X, kind: semester, from: 2027-03-02}\n",
			"half a year":        "  - {id: x, name: X, from: 2027-01-02, to: 2027-08-02}\n",
		} {
			if _, _, err := take(daysPlan + bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
