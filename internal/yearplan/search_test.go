package yearplan_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/yearplan"
)

// crowd is a question of n forums of every kind, whose people overlap, with some meetings that stand
// already and some days that are blocked.
func crowd(n int, year int, chance *rand.Rand) yearplan.Question {
	q := yearplan.Question{Year: year, Today: day(year-1, 11, 24), People: map[uuid.UUID][]uuid.UUID{}}
	cadences := []forum.Cadence{{Months: 1}, {Months: 1, Nth: 2, Weekday: 4}, {Months: 1, Nth: forum.Last, Weekday: 2}, {Months: 2}, {Months: 3}, {Months: 6}, {Min: 3, Max: 4}, {Min: 2, PerTerm: true}}
	for i := range n {
		f := forum.Forum{ID: uuid.UUID{0: 1, 14: byte(i / 200), 15: byte(i)}, Name: fmt.Sprintf("Forum %d", i), ConvenedBy: forum.Us, Cadence: cadences[chance.IntN(len(cadences))],
			Weekday: 1 + chance.IntN(5), Starts: almanac.Clock(8*60 + 30*chance.IntN(15)), Minutes: 45 + 15*chance.IntN(5), SchoolYear: chance.IntN(4) == 0}
		if chance.IntN(2) == 0 {
			f.ExemptMonths = []int{7}
		}
		q.Forums = append(q.Forums, f)
		for range 6 {
			person := uuid.UUID{0: 2, 15: byte(chance.IntN(3 * n))}
			q.People[f.ID] = append(q.People[f.ID], person)
		}
		if chance.IntN(2) == 0 {
			d := workday(day(year, 1, 7).AddDays(chance.IntN(330)))
			q.Fixed = append(q.Fixed, yearplan.Meeting{ForumID: f.ID, Name: lang.Say("%s", f.Name), Date: d, Starts: f.Starts, Ends: f.Starts + almanac.Clock(f.Minutes)})
		}
	}
	for month := 1; month <= 12; month++ {
		d := workday(day(year, 1, 20).AddMonths(month - 1))
		q.Blocks = append(q.Blocks, forum.Block{Kind: forum.LocalDay, Name: "socialnämnden", From: d, To: d, Blocks: true})
	}
	q.Blocks = forum.WithUsualBreaks(q.Blocks, year)
	return q
}

type answered struct {
	q    yearplan.Question
	plan yearplan.Plan
}

// crowds are years with few and many forums. Chance is the same every time.
var crowds = sync.OnceValue(func() (all []answered) {
	chance := rand.New(rand.NewPCG(20261124, 2))
	for _, n := range []int{1, 2, 3, 5, 8, 13, 25} {
		for _, year := range years {
			for range 3 {
				q := crowd(n, year, chance)
				all = append(all, answered{q, yearplan.Propose(q)})
			}
		}
	}
	return all
})

func eachCrowd(t *testing.T, body func(t *testing.T, q yearplan.Question, plan yearplan.Plan)) {
	for _, a := range crowds() {
		t.Run(fmt.Sprintf("%d forums in %d", len(a.q.Forums), a.q.Year), func(t *testing.T) { body(t, a.q, a.plan) })
	}
}

func TestProposeForAll(t *testing.T) {
	t.Run("never costs more than taking the cheapest day for each", func(t *testing.T) {
		better := 0
		eachCrowd(t, func(t *testing.T, _ yearplan.Question, plan yearplan.Plan) {
			if plan.Cost > plan.Greedy {
				t.Errorf("%d, greedy %d", plan.Cost, plan.Greedy)
			}
			if plan.Cost < plan.Greedy {
				better++
			}
		})
		if better < 10 {
			t.Errorf("cheaper only %d times: the search finds nothing", better)
		}
	})
	t.Run("nobody is in two places, fifteen minutes between included", func(t *testing.T) {
		eachCrowd(t, func(t *testing.T, q yearplan.Question, plan yearplan.Plan) {
			all := slices.Clone(q.Fixed)
			for _, p := range plan.Proposed {
				all = append(all, p.Meeting)
			}
			for i, a := range all {
				for j, b := range all[:i] {
					if max(i, j) < len(q.Fixed) || a.Date != b.Date || a.Starts >= b.Ends+15 || b.Starts >= a.Ends+15 {
						continue
					}
					for _, person := range q.People[a.ForumID] {
						if slices.Contains(q.People[b.ForumID], person) {
							t.Fatalf("%v and %v", a, b)
						}
					}
				}
			}
		})
	})
	t.Run("no closed, blocked or exempt day, and no school break for those who follow the school year", func(t *testing.T) {
		eachCrowd(t, func(t *testing.T, q yearplan.Question, plan yearplan.Plan) {
			for _, p := range plan.Proposed {
				f := q.Forums[slices.IndexFunc(q.Forums, func(f forum.Forum) bool { return f.ID == p.ForumID })]
				if reason, closed := almanac.Blocked(p.Date); closed || slices.Contains(f.ExemptMonths, int(p.Date.Month)) {
					t.Errorf("%s: %s", p.Date, reason)
				}
				for _, b := range q.Blocks {
					inside := !p.Date.Before(b.From) && !p.Date.After(b.To)
					if inside && (b.Kind == forum.LocalDay || f.SchoolYear) {
						t.Errorf("%s lies in %s", p.Date, b.Name)
					}
				}
			}
		})
	})
	t.Run("every promise is kept by what stands and what is proposed, or a note says which is not", func(t *testing.T) {
		eachCrowd(t, func(t *testing.T, q yearplan.Question, plan yearplan.Plan) {
			for _, f := range q.Forums {
				var days []almanac.Date
				for _, m := range q.Fixed {
					if m.ForumID == f.ID {
						days = append(days, m.Date)
					}
				}
				for _, p := range plan.Proposed {
					if p.ForumID == f.ID {
						days = append(days, p.Date)
					}
				}
				slices.SortFunc(days, almanac.Date.Compare)
				noted := slices.ContainsFunc(plan.Notes, func(n yearplan.Note) bool { return n.ForumID == f.ID })
				if s := stands(f, q.Year, q.Today, days); s.Missed+s.Lacking > 0 && !noted {
					t.Errorf("%s: %s stands at %+v with %v", f.Name, forum.Reading{Cadence: f.Cadence}.In(lang.Swedish), s, days)
				}
			}
		})
	})
	t.Run("the same again, each with a reason in both languages", func(t *testing.T) {
		eachCrowd(t, func(t *testing.T, q yearplan.Question, plan yearplan.Plan) {
			if again := yearplan.Propose(q); !reflect.DeepEqual(again, plan) {
				t.Error("another plan")
			}
			for _, p := range plan.Proposed {
				sv, en := p.Reason.In(lang.Swedish), p.Reason.In(lang.English)
				if sv == "" || en == "" || strings.Contains(sv+en, "%!") {
					t.Errorf("%q, %q", sv, en)
				}
			}
		})
	})
	t.Run("changing one forum's weekday moves nothing that stands and takes no meeting from the others", func(t *testing.T) {
		eachCrowd(t, func(t *testing.T, q yearplan.Question, plan yearplan.Plan) {
			fixed := slices.Clone(q.Fixed)
			q.Forums = slices.Clone(q.Forums)
			q.Forums[0].Weekday = q.Forums[0].Weekday%5 + 1
			after := yearplan.Propose(q)
			if !slices.EqualFunc(fixed, q.Fixed, func(a, b yearplan.Meeting) bool { return a.Date == b.Date && a.Starts == b.Starts }) {
				t.Error("a fixed meeting was moved")
			}
			count := func(p yearplan.Plan) map[uuid.UUID]int {
				n := map[uuid.UUID]int{}
				for _, m := range p.Proposed {
					n[m.ForumID]++
				}
				delete(n, q.Forums[0].ID)
				return n
			}
			if !reflect.DeepEqual(count(plan), count(after)) {
				t.Errorf("%v, then %v", count(plan), count(after))
			}
		})
	})
}

func monthlyForum(n byte, weekday int, starts almanac.Clock) forum.Forum {
	return forum.Forum{ID: id(n), Name: fmt.Sprintf("Forum %d", n), ConvenedBy: forum.Us, Cadence: forum.Cadence{Months: 1}, Weekday: weekday, Starts: starts, Minutes: 60}
}

func TestPeopleInSeveralForums(t *testing.T) {
	a, b := monthlyForum(1, 2, 9*60), monthlyForum(2, 2, 9*60)
	person := id(9)
	q := yearplan.Question{Year: 2027, Today: day(2026, 11, 24), Forums: []forum.Forum{a, b}, People: map[uuid.UUID][]uuid.UUID{a.ID: {person}, b.ID: {person}}}
	plan := yearplan.Propose(q)
	if len(plan.Proposed) != 24 {
		t.Fatalf("%d meetings, %v", len(plan.Proposed), plan.Notes)
	}
	taken := map[almanac.Date]bool{}
	for _, p := range plan.Proposed {
		if taken[p.Date] {
			t.Errorf("two on %s", p.Date)
		}
		taken[p.Date] = true
	}
	t.Run("a day that is theirs but for an hour is told with its times", func(t *testing.T) {
		q := q
		q.Forums = q.Forums[:1]
		for d := day(2027, 1, 11); !d.After(day(2027, 1, 31)); d = d.AddDays(1) { // a course all the month
			q.Fixed = append(q.Fixed, yearplan.Meeting{ForumID: b.ID, Name: lang.Say("Kursen"), Date: d, Starts: 9 * 60, Ends: 12 * 60})
		}
		for d := day(2027, 1, 7); d.Before(day(2027, 1, 11)); d = d.AddDays(1) {
			q.Blocks = append(q.Blocks, forum.Block{Kind: forum.LocalDay, Name: "redovisningen", From: d, To: d, Blocks: true})
		}
		first := yearplan.Propose(q).Proposed[0]
		if got := first.Reason.In(lang.Swedish); first.Date != day(2027, 1, 12) || first.Starts != 13*60 ||
			got != "Tisdag 12 januari har flera av deltagarna redan Kursen kl. 09.00–12.00, därför kl. 13.00 samma dag." {
			t.Errorf("%s %s: %s", first.Date, first.Starts, got)
		}
	})
}

func TestLocalDays(t *testing.T) {
	ask := func(schoolYear bool, b forum.Block) (yearplan.Proposed, string) {
		f := monthlyForum(1, 3, 9*60)
		f.Cadence = forum.Cadence{Months: 1, Nth: 4, Weekday: 3}
		f.SchoolYear = schoolYear
		p := yearplan.Propose(yearplan.Question{Year: 2027, Today: day(2026, 11, 24), Forums: []forum.Forum{f}, Blocks: []forum.Block{b}}).Proposed[1]
		return p, p.Reason.In(lang.Swedish)
	}
	sportlov := forum.Block{Kind: forum.SchoolBreak, Name: "sportlov", From: day(2027, 2, 22), To: day(2027, 2, 26), Blocks: true}
	if p, why := ask(true, sportlov); p.Date != day(2027, 2, 17) || why != "Onsdag 24 februari är det sportlov, därför den 17 februari." {
		t.Errorf("%s: %s", p.Date, why)
	}
	if p, why := ask(false, sportlov); p.Date != day(2027, 2, 17) && p.Date != day(2027, 2, 24) {
		t.Errorf("%s: %s", p.Date, why)
	}
	committee := forum.Block{Kind: forum.LocalDay, Name: "socialnämnden", From: day(2027, 2, 24), To: day(2027, 2, 24), Blocks: true}
	if p, why := ask(false, committee); p.Date != day(2027, 2, 17) || why != "Onsdag 24 februari är spärrad för socialnämnden, därför den 17 februari." {
		t.Errorf("%s: %s", p.Date, why)
	}
}

func TestExpected(t *testing.T) {
	county := forum.Forum{ID: id(1), Name: "Länet", ConvenedBy: forum.Other, Cadence: forum.Cadence{Min: 3, Max: 4}, Weekday: 2}
	ask := func(f forum.Forum, today almanac.Date, standing ...almanac.Date) []yearplan.Expected {
		q := yearplan.Question{Year: 2027, Today: today, Forums: []forum.Forum{f}}
		for _, d := range standing {
			q.Fixed = append(q.Fixed, yearplan.Meeting{ForumID: f.ID, Date: d, Starts: 600, Ends: 660})
		}
		plan := yearplan.Propose(q)
		if len(plan.Proposed) > 0 {
			t.Errorf("dates for a forum of others: %v", plan.Proposed)
		}
		return plan.Expected
	}
	t.Run("one for each promised meeting, the lower number", func(t *testing.T) {
		if got := ask(county, day(2026, 11, 24)); len(got) != 3 || got[0].From != day(2027, 1, 1) || got[2].To != day(2027, 12, 31) {
			t.Errorf("%v", got)
		}
	})
	t.Run("those that have come are not waited for", func(t *testing.T) {
		if got := ask(county, day(2026, 11, 24), day(2027, 2, 11)); len(got) != 2 || got[0].From.Before(day(2027, 2, 11)) {
			t.Errorf("%v", got)
		}
		if got := ask(county, day(2026, 11, 24), day(2027, 2, 11), day(2027, 3, 2), day(2027, 4, 1)); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
	t.Run("each month, and each interval", func(t *testing.T) {
		county.Cadence = forum.Cadence{Months: 1}
		if got := ask(county, day(2027, 3, 10)); len(got) != 10 {
			t.Errorf("%v", got)
		}
		county.Cadence = forum.Cadence{Months: 6}
		if got := ask(county, day(2026, 11, 24), day(2026, 9, 17)); len(got) != 2 || got[0].From != day(2027, 2, 14) || got[0].To != day(2027, 4, 17) {
			t.Errorf("%v", got)
		}
	})
	t.Run("nothing where nothing is promised, or for individual cases", func(t *testing.T) {
		county.Cadence = forum.Cadence{}
		if got := ask(county, day(2026, 11, 24)); len(got) != 0 {
			t.Errorf("%v", got)
		}
		county.Cadence, county.Scope = forum.Cadence{Months: 1}, forum.IndividualCases
		if got := ask(county, day(2026, 11, 24)); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}

func TestFlags(t *testing.T) {
	a, b, c := id(1), id(2), id(3)
	person := id(9)
	q := yearplan.Question{Year: 2027, People: map[uuid.UUID][]uuid.UUID{a: {person}, b: {person}},
		Fixed:  []yearplan.Meeting{{ForumID: b, Name: lang.Say("Avstämning"), Date: day(2027, 5, 18), Starts: 9 * 60, Ends: 10 * 60}},
		Blocks: []forum.Block{{Kind: forum.SchoolBreak, Name: "sportlov", From: day(2027, 2, 22), To: day(2027, 2, 26)}, {Kind: forum.LocalDay, Name: "socialnämnden", From: day(2027, 3, 3), To: day(2027, 3, 3), Blocks: true}, {Kind: forum.LocalDay, Name: "löneveckan", From: day(2027, 3, 8), To: day(2027, 3, 12)}}}
	others := []yearplan.Meeting{{ForumID: c, Name: lang.Say("Nätverket"), Date: day(2027, 5, 18), Starts: 9 * 60, Ends: 10 * 60}}
	for date, want := range map[almanac.Date]string{
		day(2027, 5, 6):  "Dagen är Kristi himmelsfärdsdag.",
		day(2027, 5, 7):  "Dagen är klämdag.",
		day(2027, 7, 13): "Dagen är vecka 28.",
		day(2027, 8, 10): "Många är borta den veckan.",
		day(2027, 2, 24): "Det är sportlov.",
		day(2027, 3, 3):  "Dagen är spärrad för socialnämnden.",
		day(2027, 3, 9):  "Den dagen är löneveckan.",
		day(2027, 5, 18): "Krockar med Avstämning kl. 09.00–10.00: flera ska vara på båda. Samtidigt är Nätverket kl. 09.00–10.00.",
		day(2027, 5, 19): "",
	} {
		var got []string
		for _, s := range q.Flags(yearplan.Meeting{ForumID: a, Date: date, Starts: 9 * 60, Ends: 10 * 60}, others) {
			got = append(got, s.In(lang.Swedish))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", date, got, want)
		}
	}
}

func benchmarkYear(b *testing.B, n int) {
	q := crowd(n, 2027, rand.New(rand.NewPCG(20261124, 3)))
	for b.Loop() {
		yearplan.Propose(q)
	}
}

// Goals: 8 forums in 100 ms, 60 in 2 s.
func BenchmarkYear8(b *testing.B)  { benchmarkYear(b, 8) }
func BenchmarkYear60(b *testing.B) { benchmarkYear(b, 60) }

// stands tells how a forum stands when it meets on these days.
func stands(f forum.Forum, year int, today almanac.Date, days []almanac.Date) followup.Status {
	var occasions []followup.Occasion
	for _, d := range days {
		occasions = append(occasions, followup.Occasion{Date: d, State: followup.Planned})
	}
	return followup.Assess(followup.PromiseOf(f, followup.Year(year), nil), occasions, today)
}
