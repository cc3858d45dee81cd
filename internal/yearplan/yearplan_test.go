package yearplan_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/yearplan"
)

var years = []int{2026, 2027, 2028}

func day(year int, month time.Month, d int) almanac.Date {
	return almanac.Date{Year: year, Month: month, Day: d}
}

// kinds are forums as plans promise them, and some that try the rules.
func kinds() map[string]forum.Forum {
	all := map[string]forum.Forum{}
	for name, c := range map[string]forum.Cadence{
		"monthly": {Months: 1}, "every other month": {Months: 2}, "quarterly": {Months: 3}, "every six months": {Months: 6, Min: 2, Max: 2},
		"yearly": {Months: 12}, "3–4 a year": {Min: 3, Max: 4}, "once a year": {Min: 1, Max: 1}, "ten a year": {Min: 8, Max: 10},
	} {
		for _, weekday := range []int{1, 4, 5} {
			all[fmt.Sprintf("%s on %s", name, time.Weekday(weekday))] = forum.Forum{ConvenedBy: forum.Us, Scope: forum.Overall, Cadence: c, Weekday: weekday}
		}
		all[name+", July and August exempt"] = forum.Forum{ConvenedBy: forum.Us, Scope: forum.Consultation, Cadence: c, Weekday: 3, ExemptMonths: []int{7, 8}}
	}
	return all
}

// calendar is what one forum's year is planned from.
type calendar struct {
	Today    almanac.Date
	Meetings []almanac.Date
	Busy     func(almanac.Date) bool // the whole day is taken; nil: none is
}

func id(n byte) uuid.UUID { return uuid.UUID{15: n} }

// propose plans a year for one forum.
func propose(f forum.Forum, year int, c calendar) (slots []yearplan.Proposed, notes []lang.Sentence) {
	f.ID, f.Name, f.Starts, f.Minutes = id(1), "Forumet", 9*60, 90
	other, person := id(2), id(3)
	q := yearplan.Question{Year: year, Today: c.Today, Forums: []forum.Forum{f}, People: map[uuid.UUID][]uuid.UUID{f.ID: {person}, other: {person}}}
	for _, d := range c.Meetings {
		q.Fixed = append(q.Fixed, yearplan.Meeting{ForumID: f.ID, Name: lang.Say("Forumet"), Date: d, Starts: f.Starts, Ends: f.Starts + 90})
	}
	for d := day(year, 1, 1); c.Busy != nil && d.Year == year; d = d.AddDays(1) {
		if c.Busy(d) {
			q.Fixed = append(q.Fixed, yearplan.Meeting{ForumID: other, Name: lang.Say("Kursdagen"), Date: d, Starts: 7 * 60, Ends: 20 * 60})
		}
	}
	plan := yearplan.Propose(q)
	for _, n := range plan.Notes {
		notes = append(notes, n.Text)
	}
	return plan.Proposed, notes
}

// eachProposal runs body for every kind of forum, year and today, with meetings that stand already
// in every other case. Chance is the same every time.
func eachProposal(t *testing.T, body func(t *testing.T, f forum.Forum, year int, c calendar)) {
	chance := rand.New(rand.NewPCG(20261124, 1))
	for name, f := range kinds() {
		for _, year := range years {
			for _, today := range []almanac.Date{day(year-1, 11, 24), day(year, 5, 14), day(year, 12, 20)} {
				for _, standing := range []int{0, 3} {
					c := calendar{Today: today}
					for range standing {
						c.Meetings = append(c.Meetings, workday(day(year-1, 7, 1).AddDays(chance.IntN(500))))
					}
					slices.SortFunc(c.Meetings, almanac.Date.Compare)
					t.Run(fmt.Sprintf("%s/%d from %s with %v", name, year, today, c.Meetings), func(t *testing.T) { body(t, f, year, c) })
				}
			}
		}
	}
}

func workday(d almanac.Date) almanac.Date {
	for !almanac.IsWorkday(d) {
		d = d.AddDays(1)
	}
	return d
}

func TestPropose(t *testing.T) {
	t.Run("never on a closed day, in an exempt month, in the past or outside the year", func(t *testing.T) {
		eachProposal(t, func(t *testing.T, f forum.Forum, year int, c calendar) {
			slots, _ := propose(f, year, c)
			for _, s := range slots {
				_, week := s.Date.Week()
				kind := almanac.Of(s.Date).Kind
				switch {
				case !almanac.IsWorkday(s.Date), kind != almanac.Working && kind != almanac.Soft:
					t.Errorf("%s is %v", s.Date, almanac.Of(s.Date))
				case week >= 28 && week <= 31:
					t.Errorf("%s lies in week %d", s.Date, week)
				case slices.Contains(f.ExemptMonths, int(s.Date.Month)):
					t.Errorf("%s lies in an exempt month", s.Date)
				case !s.Date.After(c.Today):
					t.Errorf("%s is not after %s", s.Date, c.Today)
				case s.Date.Year != year:
					t.Errorf("%s is not in %d", s.Date, year)
				case slices.Contains(c.Meetings, s.Date):
					t.Errorf("%s has a meeting already", s.Date)
				}
			}
		})
	})
	t.Run("in order, each with a reason in both languages", func(t *testing.T) {
		eachProposal(t, func(t *testing.T, f forum.Forum, year int, c calendar) {
			slots, notes := propose(f, year, c)
			if !slices.IsSortedFunc(slots, func(a, b yearplan.Proposed) int { return a.Date.Compare(b.Date) }) {
				t.Errorf("not in order: %v", slots)
			}
			for _, s := range slots {
				if s.Reason.In(lang.Swedish) == "" || s.Reason.In(lang.English) == "" {
					t.Errorf("%s has no reason", s.Date)
				}
			}
			for _, n := range notes {
				if n.In(lang.Swedish) == "" {
					t.Error("an empty note")
				}
			}
		})
	})
	t.Run("the same again for the same question, and the question is left alone", func(t *testing.T) {
		eachProposal(t, func(t *testing.T, f forum.Forum, year int, c calendar) {
			before := slices.Clone(c.Meetings)
			first, _ := propose(f, year, c)
			second, _ := propose(f, year, c)
			if !reflect.DeepEqual(first, second) || !slices.Equal(before, c.Meetings) {
				t.Errorf("%v, then %v", first, second)
			}
		})
	})
	t.Run("a proposal that was taken is not proposed again", func(t *testing.T) {
		eachProposal(t, func(t *testing.T, f forum.Forum, year int, c calendar) {
			slots, _ := propose(f, year, c)
			c.Meetings = append(slices.Clone(c.Meetings), dates(slots)...)
			slices.SortFunc(c.Meetings, almanac.Date.Compare)
			if more, _ := propose(f, year, c); len(more) > 0 {
				t.Errorf("%v were taken, then came %v", dates(slots), dates(more))
			}
		})
	})
	t.Run("respects what is busy", func(t *testing.T) {
		eachProposal(t, func(t *testing.T, f forum.Forum, year int, c calendar) {
			free, _ := propose(f, year, c)
			c.Busy = func(d almanac.Date) bool { return slices.Contains(dates(free), d) }
			slots, notes := propose(f, year, c)
			if f.Cadence.Months <= 1 && len(slots)+len(notes) < len(free) { // an interval may reach past the year
				t.Errorf("%d dates became %d, without a note", len(free), len(slots))
			}
			for _, s := range slots {
				if c.Busy(s.Date) {
					t.Errorf("%s is busy", s.Date)
				}
			}
		})
	})
}

func dates(slots []yearplan.Proposed) (all []almanac.Date) {
	for _, s := range slots {
		all = append(all, s.Date)
	}
	return all
}

func TestProposeMonthly(t *testing.T) {
	eachProposal(t, func(t *testing.T, f forum.Forum, year int, c calendar) {
		if f.Cadence.Months != 1 {
			return // another kind of promise
		}
		slots, notes := propose(f, year, c)
		inMonth := map[time.Month]int{}
		for _, s := range slots {
			inMonth[s.Date.Month]++
		}
		missing := 0
		without := f.Promise().MonthsWithout(year, f.PromisedFrom, c.Meetings)
		for month := time.January; month <= time.December; month++ {
			standing := !slices.Contains(without, month)
			over := day(year, month, 1).AddMonths(1).AddDays(-1).Before(c.Today)
			want := 1
			if standing || over || slices.Contains(f.ExemptMonths, int(month)) {
				want = 0
			}
			if inMonth[month] > want {
				t.Errorf("%d in %s, want %d", inMonth[month], month, want)
			}
			missing += want - inMonth[month]
		}
		if missing != len(notes) {
			t.Errorf("%d months without a date, %d notes", missing, len(notes))
		}
	})
}

func TestProposeInterval(t *testing.T) {
	t.Run("no gap is longer than the promise and 31 days that are not exempt", func(t *testing.T) {
		eachProposal(t, func(t *testing.T, f forum.Forum, year int, c calendar) {
			if f.Cadence.Months < 2 {
				return // another kind of promise
			}
			slots, notes := propose(f, year, c)
			if len(notes) > 0 {
				t.Skip("a note says what could not be proposed")
			}
			all := append(dates(slots), c.Meetings...)
			slices.SortFunc(all, almanac.Date.Compare)
			for i := 1; i < len(all); i++ {
				end := f.Promise().Deadline(all[i-1])
				soonest := later(day(year, 1, 1), c.Today).AddDays(14 + 31)
				if all[i].Year == year && all[i].After(end) && all[i].After(soonest) {
					t.Errorf("%s to %s in %v of %v", all[i-1], all[i], dates(slots), c.Meetings)
				}
			}
			if len(all) > 0 && all[len(all)-1].AddMonths(f.Cadence.Months).Before(day(year, 12, 1)) && c.Today.Before(day(year, 11, 1)) {
				t.Errorf("nothing after %s", all[len(all)-1])
			}
		})
	})
	six := forum.Forum{ConvenedBy: forum.Us, Cadence: forum.Cadence{Months: 6, Min: 2, Max: 2}, Weekday: 4}
	for name, test := range map[string]struct {
		meetings []almanac.Date
		want     []almanac.Date
	}{
		"twice a year when there was none":                              {nil, []almanac.Date{day(2027, 3, 18), day(2027, 9, 16)}},
		"six months after the last":                                     {[]almanac.Date{day(2026, 10, 15)}, []almanac.Date{day(2027, 4, 15), day(2027, 10, 14)}},
		"a gap before a meeting that stands":                            {[]almanac.Date{day(2026, 9, 17), day(2027, 11, 18)}, []almanac.Date{day(2027, 3, 18), day(2027, 9, 16)}},
		"the second half when the first is there, not in quiet week 32": {[]almanac.Date{day(2027, 2, 11)}, []almanac.Date{day(2027, 8, 19)}},
		"none when both stand":                                          {[]almanac.Date{day(2027, 2, 11), day(2027, 8, 12)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			slots, _ := propose(six, 2027, calendar{Today: day(2026, 11, 24), Meetings: test.meetings})
			if !slices.Equal(dates(slots), test.want) {
				t.Errorf("got %v, want %v", dates(slots), test.want)
			}
		})
	}
}

func later(a, b almanac.Date) almanac.Date {
	if a.After(b) {
		return a
	}
	return b
}

func TestProposeCounted(t *testing.T) {
	f := forum.Forum{ConvenedBy: forum.Us, Cadence: forum.Cadence{Min: 3, Max: 4}, Weekday: 4}
	for _, year := range years {
		t.Run(fmt.Sprintf("3–4 a year gives four, spread over %d", year), func(t *testing.T) {
			slots, notes := propose(f, year, calendar{Today: day(year-1, 11, 24)})
			if len(slots) != 4 || len(notes) > 0 {
				t.Fatalf("%v %v", dates(slots), notes)
			}
			for i, s := range slots {
				if i == 0 {
					continue
				}
				if gap := int(s.Date.Midnight().Sub(slots[i-1].Date.Midnight()).Hours()) / 24; gap < 60 || gap > 125 {
					t.Errorf("%d days between %s and %s", gap, slots[i-1].Date, s.Date)
				}
			}
		})
	}
	t.Run("meetings that stand count, wherever they lie", func(t *testing.T) {
		eachProposal(t, func(t *testing.T, f forum.Forum, year int, c calendar) {
			if f.Cadence.Months > 0 {
				return // another kind of promise
			}
			standing := 0
			for _, d := range c.Meetings {
				if d.Year == year {
					standing++
				}
			}
			slots, _ := propose(f, year, c)
			if len(slots) > max(0, f.Cadence.Max-standing) {
				t.Errorf("%d stand and %d are proposed, of %d", standing, len(slots), f.Cadence.Max)
			}
		})
	})
	t.Run("three in January leave one, far from them", func(t *testing.T) {
		slots, _ := propose(f, 2027, calendar{Today: day(2026, 11, 24), Meetings: []almanac.Date{day(2027, 1, 12), day(2027, 1, 19), day(2027, 1, 26)}})
		if len(slots) != 1 || slots[0].Date.Month < 6 {
			t.Errorf("got %v", dates(slots))
		}
	})
}

func TestProposeTellsWhy(t *testing.T) {
	say := func(f forum.Forum, year int, c calendar) map[string]string {
		slots, _ := propose(f, year, c)
		reasons := map[string]string{}
		for _, s := range slots {
			reasons[s.Date.String()] = s.Reason.In(lang.Swedish)
		}
		return reasons
	}
	monthly := func(weekday int) forum.Forum {
		return forum.Forum{ConvenedBy: forum.Us, Cadence: forum.Cadence{Months: 1}, Weekday: weekday}
	}
	t.Run("the usual day", func(t *testing.T) {
		if got := say(monthly(4), 2027, calendar{Today: day(2026, 11, 24)})["2027-01-14"]; got != "Andra torsdagen i månaden." {
			t.Errorf("%q", got)
		}
	})
	t.Run("a red day is named", func(t *testing.T) {
		// 2026-05-14 is the second Thursday of May
		reasons := say(monthly(4), 2026, calendar{Today: day(2026, 1, 1)})
		for _, want := range []string{"2026-05-07"} {
			if got, there := reasons[want]; there && got == "Torsdag 14 maj är Kristi himmelsfärdsdag, därför den 7 maj." {
				return
			}
		}
		t.Errorf("%v", reasons)
	})
	t.Run("a day that has been is not given as the reason", func(t *testing.T) {
		for date, reason := range say(monthly(2), 2026, calendar{Today: day(2026, 11, 24)}) {
			if date < "2026-12-01" && reason != "Det är för sent för tisdag 10 november, därför onsdag 25 november." {
				t.Errorf("%s: %q", date, reason)
			}
		}
	})
	t.Run("a day that is busy", func(t *testing.T) {
		busy := func(d almanac.Date) bool { return d == day(2027, 1, 14) }
		reasons := say(monthly(4), 2027, calendar{Today: day(2026, 11, 24), Busy: busy})
		if got := reasons["2027-01-21"]; got != "Torsdag 14 januari har flera av deltagarna redan Kursdagen kl. 07.00–20.00, därför den 21 januari." {
			t.Errorf("%v", reasons)
		}
	})
	t.Run("an exempt month", func(t *testing.T) {
		f := forum.Forum{ConvenedBy: forum.Us, Cadence: forum.Cadence{Months: 6}, Weekday: 4, ExemptMonths: []int{3}}
		reasons := say(f, 2027, calendar{Today: day(2026, 11, 24), Meetings: []almanac.Date{day(2026, 9, 15)}})
		if got := reasons["2027-04-01"]; got != "Så snart det går efter de undantagna månaderna." {
			t.Errorf("%v", reasons)
		}
		f = forum.Forum{ConvenedBy: forum.Us, Cadence: forum.Cadence{Min: 2, Max: 2}, Weekday: 4, ExemptMonths: []int{4}}
		reasons = say(f, 2027, calendar{Today: day(2026, 11, 24)})
		if got := reasons["2027-03-31"]; got != "Torsdag 1 april ligger i en undantagen månad, därför onsdag 31 mars." {
			t.Errorf("%v", reasons)
		}
	})
}

func TestUnproposable(t *testing.T) {
	measured := forum.Cadence{Months: 1}
	for name, test := range map[string]struct {
		f    forum.Forum
		want string
	}{
		"others convene":       {forum.Forum{ConvenedBy: forum.Other, Cadence: measured}, "Andra kallar till det här forumet. Vänta in deras datum."},
		"individual cases":     {forum.Forum{ConvenedBy: forum.Us, Scope: forum.IndividualCases, Cadence: measured}, "Forumet gäller enskilda ärenden och får inga föreslagna datum."},
		"not measured":         {forum.Forum{ConvenedBy: forum.Us, Cadence: forum.Cadence{Text: "regelbundet"}}, "Planen säger inte hur ofta forumet ska träffas."},
		"nobody is named":      {forum.Forum{ConvenedBy: forum.Unstated, Cadence: measured}, "Ingen är utsedd att kalla. Ange oss som sammankallande för att få förslag."},
		"nothing in the way":   {forum.Forum{ConvenedBy: forum.Us, Cadence: measured}, ""},
		"a count is a measure": {forum.Forum{ConvenedBy: forum.Us, Cadence: forum.Cadence{Min: 3, Max: 4}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.f.Unproposable().In(lang.Swedish); got != test.want {
				t.Errorf("%q", got)
			}
			test.f.Weekday = 2
			slots, notes := propose(test.f, 2027, calendar{Today: day(2026, 11, 24)})
			if test.want != "" && (len(slots) > 0 || len(notes) != 1 || notes[0].In(lang.Swedish) != test.want) {
				t.Errorf("proposed %v %v", slots, notes)
			}
		})
	}
	t.Run("a year that has been gets nothing", func(t *testing.T) {
		for name, f := range kinds() {
			if slots, notes := propose(f, 2025, calendar{Today: day(2026, 11, 24)}); len(slots) > 0 || len(notes) > 0 {
				t.Errorf("%s: %v %v", name, slots, notes)
			}
		}
	})
}
