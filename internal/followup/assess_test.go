package followup_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
)

func day(year int, month time.Month, d int) almanac.Date {
	return almanac.Date{Year: year, Month: month, Day: d}
}

func date(t testing.TB, text string) almanac.Date {
	t.Helper()
	var d almanac.Date
	if text == "" {
		return d
	}
	if err := d.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return d
}

// script reads "H 2027-02-02, P 2027-05-04, C 2027-09-07, h 2027-10-05": held, planned, cancelled; small letters are
// meetings of another forum that count for this one too.
func script(t testing.TB, text string) (all []followup.Occasion) {
	t.Helper()
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		kind, on, _ := strings.Cut(strings.TrimSpace(word), " ")
		state := map[string]followup.Occurrence{"H": followup.Held, "P": followup.Planned, "C": followup.Cancelled}[strings.ToUpper(kind)]
		all = append(all, followup.Occasion{Date: date(t, on), State: state, Elsewhere: kind != strings.ToUpper(kind)})
	}
	return all
}

// The years of one forum each, as a person would judge them with the calendar on the table.
func TestAssess_scripted_years_against_a_table_made_by_hand(t *testing.T) {
	for _, row := range strings.Split(strings.TrimSpace(`
kept, four held            | 3–4 gånger om året | 2026-01-01 |               | 2027-12-31 | H 2027-02-02, H 2027-05-04, H 2027-09-07, H 2027-11-09 | kept | 4 0 0 0 0 0 0 | | Inget mer behövs. | 4 möten, och löftet hålls
kept by what is planned    | 3–4 gånger om året | 2026-01-01 |               | 2027-06-01 | H 2027-02-02, H 2027-05-04, P 2027-09-07               | kept | 2 1 0 0 0 0 0 | | Det som är planerat räcker. | 3 möten, och löftet hålls
kept, the next is named    | var sjätte månad   | 2026-01-01 |               | 2027-10-01 | H 2027-03-12, H 2027-09-17                             | kept | 2 0 0 0 0 0 0 | 2028-04-17 | Nästa möte ska vara senast 17 april 2028. | 2 möten, och löftet hålls
within tolerance           | var sjätte månad   | 2026-01-01 |               | 2026-12-31 | H 2026-03-12, H 2026-09-17                             | kept | 2 0 0 0 0 0 0 | 2027-04-17 | Nästa möte ska vara senast 17 april 2027. | 2 möten, och löftet hålls
late                       | var sjätte månad   | 2026-01-01 |               | 2026-12-31 | H 2026-03-12, H 2026-10-20                             | late | 2 0 0 0 0 0 1 | | Mötet 20 oktober 2026 skulle ha varit senast 13 oktober 2026. | 2 möten, och löftet hålls inte
planned too late           | var sjätte månad   | 2026-01-01 |               | 2026-06-01 | H 2026-03-12, P 2026-10-20                             | lacking | 1 1 0 0 0 1 0 | 2026-10-13 | Mötet 20 oktober 2026 ligger för sent. Flytta det till senast 13 oktober 2026. | 2 möten, och löftet hålls inte
nothing since March        | var sjätte månad   | 2026-01-01 |               | 2026-11-01 | H 2026-03-12                                           | broken | 1 0 0 0 0 0 1 | | Inget möte sedan 12 mars 2026. Det skulle ha varit senast 13 oktober 2026. | 1 möte, och löftet hålls inte
over                       | 3–4 gånger om året | 2026-01-01 |               | 2027-12-31 | H 2027-01-12, H 2027-02-02, H 2027-05-04, H 2027-09-07, H 2027-11-09 | over | 5 0 0 0 0 0 0 | | 5 möten, och högst 4 är lovade. Det är inget fel. | 5 möten, och löftet hålls
two of three at year's end | 3–4 gånger om året | 2026-01-01 |               | 2028-01-01 | H 2027-02-02, H 2027-05-04                             | broken | 2 0 0 0 0 0 1 | | Det skulle ha varit senast 31 december 2027. | 2 möten, och löftet hålls inte
cancelled, time is left    | 3–4 gånger om året | 2026-01-01 |               | 2027-10-01 | H 2027-02-02, H 2027-05-04, C 2027-09-07               | lacking | 2 0 0 1 0 1 0 | 2027-12-31 | Mötet 7 september 2027 ställdes in. Planera ett nytt senast 31 december 2027. | 2 möten, och löftet hålls inte
cancelled, and over        | varje månad        | 2027-04-01 |               | 2027-05-20 | C 2027-04-13, H 2027-05-18, P 2027-06-08, P 2027-07-06, P 2027-08-10, P 2027-09-14, P 2027-10-12, P 2027-11-09, P 2027-12-14 | broken | 1 7 0 1 0 0 1 | | Mötet 13 april 2027 ställdes in. Ett nytt skulle ha varit senast 14 maj 2027. | 8 möten, och löftet hålls inte
awaited from another       | var sjätte månad   | 2026-01-01 | Länsstyrelsen | 2027-04-01 | H 2026-10-14                                           | awaited | 0 0 0 0 2 2 0 | 2027-05-15 | Väntas från Länsstyrelsen senast 15 maj 2027. | 0 möten, och löftet hålls inte
external and dated         | var sjätte månad   | 2026-01-01 | Länsstyrelsen | 2027-04-01 | H 2026-10-14, P 2027-04-20, P 2027-10-19               | kept | 0 2 0 0 0 0 0 | | Det som är planerat räcker. | 2 möten, och löftet hålls
counts for two             | 3–4 gånger om året | 2026-01-01 |               | 2027-12-31 | H 2027-02-02, h 2027-05-04, H 2027-09-07               | kept | 3 0 0 0 0 0 0 | | Inget mer behövs. | 3 möten, och löftet hålls
imported in November       | varje månad        | 2026-11-24 |               | 2026-11-24 | H 2026-02-10, H 2026-03-10, C 2026-04-14               | lacking | 2 0 0 1 0 1 0 | 2027-01-14 | Planera ett möte till senast 14 januari 2027. | 2 möten, och löftet hålls inte
imported, a share is asked | 3–4 gånger om året | 2026-11-24 |               | 2026-11-24 |                                                        | kept | 0 0 0 0 0 0 0 | | Inget mer behövs. | 0 möten, och löftet hålls
before the start           | varje månad        | 2028-01-01 |               | 2027-12-31 | H 2027-02-02                                           | beforeStart | 1 0 0 0 0 0 0 | | Räknas från 1 januari 2028. |
not measured               | regelbundet        | 2026-01-01 |               | 2027-12-31 | H 2027-02-02                                           | unmeasured | 1 0 0 0 0 0 0 | | Planen säger inte hur ofta. |
nobody wrote it down       | 3–4 gånger om året | 2026-01-01 |               | 2027-12-31 | H 2027-02-02, H 2027-05-04, P 2027-09-07               | unrecorded | 2 0 1 0 0 0 0 | | Mötet 7 september 2027 har varit. Bokför det som hållet, eller ställ in det. | 3 möten, och löftet hålls
not needed, not nagged     | 3–4 gånger om året | 2026-01-01 |               | 2027-12-31 | H 2027-02-02, H 2027-05-04, H 2027-08-17, P 2027-09-07 | kept | 3 0 1 0 0 0 0 | | Inget mer behövs. | 4 möten, och löftet hålls
a month moved a little     | varje månad utom februari, mars, april, maj, juni, juli, augusti, september, oktober, november och december | 2026-01-01 | | 2027-02-20 | H 2027-02-09 | kept | 1 0 0 0 0 0 0 | | Inget mer behövs. | 1 möte, och löftet hålls
two a term, one is missed  | minst 2 gånger per termin | 2026-01-01 |        | 2027-08-01 | H 2027-02-03, P 2027-09-03, P 2027-10-03              | broken | 1 2 0 0 0 0 1 | | Det skulle ha varit senast 30 juni 2027. | 3 möten, och löftet hålls inte
`), "\n") {
		cell := strings.Split(row, "|")
		for n := range cell {
			cell[n] = strings.TrimSpace(cell[n])
		}
		t.Run(cell[0], func(t *testing.T) {
			r, err := forum.ParseCadence(cell[1])
			if err != nil {
				t.Fatal(err)
			}
			today, year := date(t, cell[4]), 2027
			if strings.Contains(cell[5], "2026-03") {
				year = 2026
			} else if strings.HasPrefix(cell[0], "imported") {
				year = 2026
			}
			s := followup.Assess(followup.Promise{Reading: r, From: date(t, cell[2]), Caller: cell[3], Period: followup.Year(year)}, script(t, cell[5]), today)
			if string(s.State) != cell[6] {
				t.Errorf("state %s, not %s", s.State, cell[6])
			}
			counts := fmt.Sprint(s.Held, s.Planned, s.Unrecorded, s.Cancelled, s.Awaited, s.Lacking, s.Missed)
			if counts != cell[7] {
				t.Errorf("held, planned, unrecorded, cancelled, awaited, lacking, missed: %s, not %s", counts, cell[7])
			}
			if want := date(t, cell[8]); s.Deadline != want {
				t.Errorf("by %s, not %s", s.Deadline, want)
			}
			if got := s.Reason().In(lang.Swedish); got != cell[9] {
				t.Errorf("%q, not %q", got, cell[9])
			}
			if got := s.Forecast().In(lang.Swedish); got != cell[10] {
				t.Errorf("%q, not %q", got, cell[10])
			}
			for _, words := range []lang.Sentence{s.Words(), s.Reason(), s.Forecast()} {
				if en := words.In(lang.English); strings.Contains(en, "%!") || words.Key != "" && en == words.In(lang.Swedish) {
					t.Errorf("%q in English", en)
				}
			}
		})
	}
}

// chances are as many random years as a property is tried on.
const chances = 4_000

// someYear makes a promise and meetings by chance.
func someYear(chance *rand.Rand) (followup.Promise, []followup.Occasion, almanac.Date) {
	p := followup.Promise{Period: followup.Year(2027), From: day(2026, 1, 1).AddDays(chance.IntN(900) - 100)}
	switch chance.IntN(4) {
	case 0:
		p.Cadence.Months = 1 + chance.IntN(12)
	case 1:
		p.Cadence.Min, p.Cadence.Max = 3, 4
	case 2:
		p.Cadence.Min, p.Cadence.PerTerm = 1+chance.IntN(3), true
	}
	for m := 1; m <= 12; m++ {
		if chance.IntN(6) == 0 {
			p.ExemptMonths = append(p.ExemptMonths, m)
		}
	}
	if chance.IntN(4) == 0 {
		p.Caller = "Länsstyrelsen"
	}
	today := day(2027, 1, 1).AddDays(chance.IntN(400))
	return p, someMeetings(chance, today, chance.IntN(14)), today
}

func someMeetings(chance *rand.Rand, today almanac.Date, n int) (all []followup.Occasion) {
	for range n {
		o := followup.Occasion{Date: day(2026, 6, 1).AddDays(chance.IntN(650)), State: followup.Planned}
		if o.Date.Before(today) && chance.IntN(5) > 0 {
			o.State = followup.Held
		}
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b followup.Occasion) int { return a.Date.Compare(b.Date) })
	return all
}

// domain.md §5.2 (c).
func TestAssess_three_to_four_at_the_end_of_a_year(t *testing.T) {
	chance := rand.New(rand.NewPCG(20261124, 8))
	p := followup.Promise{Reading: forum.Reading{Cadence: forum.Cadence{Min: 3, Max: 4}}, Period: followup.Year(2027)}
	for range chances {
		n := chance.IntN(8)
		var held []followup.Occasion
		for range n {
			held = append(held, followup.Occasion{Date: day(2027, 1, 1).AddDays(chance.IntN(365)), State: followup.Held})
		}
		s := followup.Assess(p, held, day(2028, 1, 1))
		want := map[bool]followup.State{n < 3: followup.Broken, n == 3 || n == 4: followup.Kept, n > 4: followup.Over}[true]
		if s.State != want || s.Held != n || s.Missed != max(0, 3-n) || n >= 3 && s.Tag() != "ok" {
			t.Fatalf("%d held: %+v", n, s)
		}
	}
}

// domain.md §5.2 (d): an interval has a month's grace, and not a day more.
func TestAssess_an_interval_with_its_tolerance(t *testing.T) {
	chance := rand.New(rand.NewPCG(20261124, 9))
	for range chances {
		r := forum.Reading{Cadence: forum.Cadence{Months: 2 + chance.IntN(5)}}
		first := day(2026, 1, 1+chance.IntN(90))
		second := r.Due(first).AddDays(chance.IntN(80) - 20)
		if !second.After(first) || second.Year != 2026 || r.Deadline(first).Year != 2026 {
			continue
		}
		s := followup.Assess(followup.Promise{Reading: r, From: first, Period: followup.Year(2026)},
			[]followup.Occasion{{Date: first, State: followup.Held}, {Date: second, State: followup.Held}}, second.AddDays(1))
		late := second.After(first.AddMonths(r.Cadence.Months).AddDays(31))
		if late != (s.Missed == 1) || late != (s.State == followup.Late) {
			t.Fatalf("every %d months, %s and %s: %+v", r.Cadence.Months, first, second, s)
		}
	}
}

// domain.md §5.2 (f).
func TestAssess_cancelled_meetings_count_for_nothing(t *testing.T) {
	chance := rand.New(rand.NewPCG(20261124, 10))
	for range chances {
		p, meetings, today := someYear(chance)
		off := someMeetings(chance, today, 1+chance.IntN(5))
		in := 0
		for n := range off {
			off[n].State = followup.Cancelled
			if p.Period.Holds(off[n].Date) {
				in++
			}
		}
		without, with := followup.Assess(p, meetings, today), followup.Assess(p, append(off, meetings...), today)
		if with.Cancelled != in {
			t.Fatalf("%d cancelled, not %d", with.Cancelled, in)
		}
		with.Cancelled = 0
		for n := range with.Gaps { // what is told of a gap, and counts for nothing either
			with.Gaps[n].CalledOff = almanac.Date{}
		}
		if a, b := fmt.Sprintf("%+v", without), fmt.Sprintf("%+v", with); a != b {
			t.Fatalf("%+v with %v\n%s\n%s", p, off, a, b)
		}
	}
}

func TestAssess_what_is_not_promised_is_never_red(t *testing.T) {
	chance := rand.New(rand.NewPCG(20261124, 11))
	seen := map[followup.State]int{}
	for range chances {
		p, meetings, today := someYear(chance)
		switch chance.IntN(3) {
		case 0:
			p.From = day(2028, 1, 1).AddDays(chance.IntN(300))
		case 1:
			p.ExemptMonths = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
		case 2:
			p.Cadence = forum.Cadence{}
		}
		s := followup.Assess(p, meetings, today)
		seen[s.State]++
		if s.Tag() != "" || s.Missed+s.Lacking+s.Awaited > 0 || len(s.Gaps) > 0 {
			t.Fatalf("%+v: %+v", p, s)
		}
	}
	half := followup.Promise{Reading: forum.Reading{Cadence: forum.Cadence{Months: 1}, ExemptMonths: []int{7, 8, 9, 10, 11, 12}}, Period: followup.Half(2027, 2)}
	if s := followup.Assess(half, nil, day(2028, 3, 1)); s.State != followup.Exempt || s.Tag() != "" {
		t.Errorf("%+v", s)
	}
	if len(seen) != 2 {
		t.Errorf("%v", seen)
	}
}

func TestAssess_nothing_before_the_start_is_missed(t *testing.T) {
	chance := rand.New(rand.NewPCG(20261124, 12))
	for range chances {
		p, meetings, today := someYear(chance)
		for _, g := range followup.Assess(p, meetings, today).Gaps {
			if g.To.Before(p.From) {
				t.Fatalf("%+v: %+v", p, g)
			}
		}
	}
}

func TestAssess_two_halves_are_the_year(t *testing.T) {
	chance := rand.New(rand.NewPCG(20261124, 13))
	for range chances {
		p, meetings, today := someYear(chance)
		year := followup.Assess(p, meetings, today)
		var held, planned, missing int
		for half := range 2 {
			p.Period = followup.Half(2027, half+1)
			s := followup.Assess(p, meetings, today)
			held, planned, missing = held+s.Held, planned+s.Planned, missing+s.Lacking+s.Missed
		}
		if held != year.Held || planned != year.Planned || missing != year.Lacking+year.Missed {
			t.Fatalf("%+v with %v: %d %d %d, and %+v", p, meetings, held, planned, missing, year)
		}
	}
}

// A promise that is kept to the day is also kept when any one meeting was moved within its tolerance, and by nothing
// at all in exempt months.
func TestAssess_a_moved_or_exempt_month_never_reads_as_broken(t *testing.T) {
	chance := rand.New(rand.NewPCG(20261124, 5))
	for range chances {
		r := forum.Reading{Cadence: forum.Cadence{Months: 1 + chance.IntN(6)}}
		for m := 1; m <= 12; m++ {
			if chance.IntN(5) == 0 {
				r.ExemptMonths = append(r.ExemptMonths, m)
			}
		}
		if len(r.ExemptMonths) > 8 {
			continue
		}
		var kept []almanac.Date
		for d := day(2025, 1, 1+chance.IntN(28)); d.Year < 2028; {
			if slices.Contains(r.ExemptMonths, int(d.Month)) {
				d = day(d.Year, d.Month, 1).AddMonths(1)
				continue
			}
			kept = append(kept, d)
			if d = r.Due(d); r.Cadence.Months == 1 { // any day of the month will do
				d.Day = 1 + chance.IntN(28)
			}
		}
		i := chance.IntN(len(kept))
		moved := slices.Clone(kept)
		if r.Cadence.Months == 1 {
			moved[i] = moved[i].AddDays(chance.IntN(29) - 14)
		} else if i > 0 {
			moved[i] = moved[i].AddDays(chance.IntN(31))
		}
		var meetings []followup.Occasion
		for _, d := range moved {
			meetings = append(meetings, followup.Occasion{Date: d, State: followup.Planned})
		}
		for _, today := range []almanac.Date{day(2026, 2, 3), day(2026, 7, 14), day(2027, 3, 1)} {
			if s := followup.Assess(followup.Promise{Reading: r, Period: followup.Year(2026)}, meetings, today); s.Missed > 0 {
				t.Fatalf("%s: %+v on %s with %v, %s moved to %s", r.In(lang.Swedish), s, today, moved, kept[i], moved[i])
			}
		}
	}
}

func TestAssess_moving_one_meeting_is_not_asked_of_the_others(t *testing.T) {
	p := followup.Promise{Reading: forum.Reading{Cadence: forum.Cadence{Months: 1}}, Period: followup.Year(2026)}
	var meetings []followup.Occasion
	for m := time.January; m <= time.December; m++ {
		meetings = append(meetings, followup.Occasion{Date: day(2026, m, 15), State: followup.Planned})
	}
	meetings[0].Date = day(2026, 2, 2) // January's, moved into February
	if s := followup.Assess(p, meetings, day(2026, 1, 1)); s.State != followup.Kept {
		t.Errorf("%+v", s)
	}
	if s := followup.Assess(p, slices.Delete(slices.Clone(meetings), 1, 2), day(2026, 3, 20)); s.Missed != 1 {
		t.Errorf("%+v without February's own", s)
	}
}

func TestAssess_an_explanation_takes_the_red_away_and_nothing_else(t *testing.T) {
	p := followup.Promise{Reading: forum.Reading{Cadence: forum.Cadence{Min: 3, Max: 4}}, Period: followup.Year(2027)}
	before := followup.Assess(p, nil, day(2028, 1, 1))
	p.Explained = []followup.Explanation{{PeriodTo: day(2027, 12, 31), Text: "Vakanser hela året."}}
	after := followup.Assess(p, nil, day(2028, 1, 1))
	if before.Tag() != "err" || after.Tag() != "warn" || after.Missed != before.Missed || after.State != followup.Broken || after.Reason().In(lang.Swedish) != "Förklaring: Vakanser hela året." {
		t.Errorf("%+v, then %+v", before, after)
	}
	p.Explained[0].PeriodTo = day(2026, 12, 31) // of another year
	if s := followup.Assess(p, nil, day(2028, 1, 1)); s.Tag() != "err" {
		t.Errorf("%+v", s)
	}
}

func TestNotes_are_finished_within_ten_working_days(t *testing.T) {
	p := followup.Promise{Period: followup.Year(2027), From: day(2027, 2, 1)}
	held := func(on, finished almanac.Date) followup.Occasion {
		return followup.Occasion{Date: on, State: followup.Held, Finished: finished}
	}
	all := []followup.Occasion{
		held(day(2027, 1, 12), almanac.Date{}),                         // before the start
		held(day(2027, 3, 16), day(2027, 4, 2)),                        // Easter lies within: 1 April
		held(day(2027, 4, 6), day(2027, 4, 20)),                        // the tenth
		held(day(2027, 5, 4), almanac.Date{}),                          // Ascension Day lies within: 19 May
		held(day(2027, 6, 1), almanac.Date{}),                          // still time
		{Date: day(2027, 5, 11), State: followup.Planned},              // not held
		{Date: day(2027, 5, 5), State: followup.Held, Elsewhere: true}, // another forum's notes
	}
	n := followup.Assess(p, all, day(2027, 6, 2)).Notes
	if n != (followup.Notes{InTime: 1, Late: 1, Waiting: 1, Overdue: 1, By: day(2027, 5, 19)}) {
		t.Errorf("%+v", n)
	}
	p.Noteless = true
	if n := followup.Assess(p, all, day(2027, 6, 2)).Notes; n != (followup.Notes{}) {
		t.Errorf("%+v of a forum without notes", n)
	}
}

// Sixty forums and ten years are judged in less than 50 ms.
func BenchmarkAssess_60_forums_10_years(b *testing.B) {
	chance := rand.New(rand.NewPCG(20261124, 14))
	type one struct {
		p        followup.Promise
		meetings []followup.Occasion
	}
	var all []one
	for n := range 60 {
		r := []forum.Cadence{{Months: 1}, {Months: 3}, {Months: 6}, {Min: 3, Max: 4}, {Min: 2, PerTerm: true}}[n%5]
		var meetings []followup.Occasion
		for d := day(2018, 1, 1+chance.IntN(28)); d.Year < 2028; d = d.AddMonths(max(1, r.Months)).AddDays(chance.IntN(20) - 10) {
			meetings = append(meetings, followup.Occasion{Date: d, State: followup.Held})
		}
		all = append(all, one{followup.Promise{Reading: forum.Reading{Cadence: r}, From: day(2018, 1, 1)}, meetings})
	}
	for b.Loop() {
		for _, o := range all {
			for year := 2018; year < 2028; year++ {
				o.p.Period = followup.Year(year)
				followup.Assess(o.p, o.meetings, day(2027, 11, 24))
			}
		}
	}
}
