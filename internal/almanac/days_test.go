package almanac

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/se"
)

// The oracle was put together from three other programs' holidays, which agreed on every day.
var oracleYears = []int{2024, 2025, 2026, 2027, 2028}

var oracle = []struct {
	name string
	kind Kind
	days string // one a year, with its weekday
}{
	{"nyårsdagen", Red, "01-01 mån, 01-01 ons, 01-01 tors, 01-01 fre, 01-01 lör"},
	{"trettondedag jul", Red, "01-06 lör, 01-06 mån, 01-06 tis, 01-06 ons, 01-06 tors"},
	{"långfredagen", Red, "03-29 fre, 04-18 fre, 04-03 fre, 03-26 fre, 04-14 fre"},
	{"påskdagen", Red, "03-31 sön, 04-20 sön, 04-05 sön, 03-28 sön, 04-16 sön"},
	{"annandag påsk", Red, "04-01 mån, 04-21 mån, 04-06 mån, 03-29 mån, 04-17 mån"},
	{"första maj", Red, "05-01 ons, 05-01 tors, 05-01 fre, 05-01 lör, 05-01 mån"},
	{"Kristi himmelsfärdsdag", Red, "05-09 tors, 05-29 tors, 05-14 tors, 05-06 tors, 05-25 tors"},
	{"pingstdagen", Red, "05-19 sön, 06-08 sön, 05-24 sön, 05-16 sön, 06-04 sön"},
	{"Sveriges nationaldag", Red, "06-06 tors, 06-06 fre, 06-06 lör, 06-06 sön, 06-06 tis"},
	{"midsommardagen", Red, "06-22 lör, 06-21 lör, 06-20 lör, 06-26 lör, 06-24 lör"},
	{"alla helgons dag", Red, "11-02 lör, 11-01 lör, 10-31 lör, 11-06 lör, 11-04 lör"},
	{"juldagen", Red, "12-25 ons, 12-25 tors, 12-25 fre, 12-25 lör, 12-25 mån"},
	{"annandag jul", Red, "12-26 tors, 12-26 fre, 12-26 lör, 12-26 sön, 12-26 tis"},
	{"trettondagsafton", Half, "01-05 fre, 01-05 sön, 01-05 mån, 01-05 tis, 01-05 ons"},
	{"skärtorsdagen", Half, "03-28 tors, 04-17 tors, 04-02 tors, 03-25 tors, 04-13 tors"},
	{"valborgsmässoafton", Half, "04-30 tis, 04-30 ons, 04-30 tors, 04-30 fre, 04-30 sön"},
	{"dagen före Kristi himmelsfärdsdag", Half, "05-08 ons, 05-28 ons, 05-13 ons, 05-05 ons, 05-24 ons"},
	{"midsommarafton", Off, "06-21 fre, 06-20 fre, 06-19 fre, 06-25 fre, 06-23 fre"},
	{"allhelgonaafton", Half, "11-01 fre, 10-31 fre, 10-30 fre, 11-05 fre, 11-03 fre"},
	{"dagen före julafton", Soft, "12-23 mån, 12-23 tis, 12-23 ons, 12-23 tors, 12-23 lör"},
	{"julafton", Off, "12-24 tis, 12-24 ons, 12-24 tors, 12-24 fre, 12-24 sön"},
	{"nyårsafton", Off, "12-31 tis, 12-31 ons, 12-31 tors, 12-31 fre, 12-31 sön"},
}

func TestOracle(t *testing.T) {
	named := map[Date]string{}
	for _, row := range oracle {
		for i, day := range strings.Split(row.days, ", ") {
			text, weekday, _ := strings.Cut(day, " ")
			d := date(t, fmt.Sprintf("%d-%s", oracleYears[i], text))
			named[d] = row.name
			if got := Of(d); got != (Day{row.kind, row.name}) {
				t.Errorf("%s is %+v, not %s %s", d, got, row.kind, row.name)
			}
			if got := weekdaysShort[d.Weekday()]; got != weekday {
				t.Errorf("%s is a %s, not a %s", d, got, weekday)
			}
			if reason, blocked := Blocked(d); !blocked || reason != row.name {
				t.Errorf("%s is blocked %v by %q, not by %s", d, blocked, reason, row.name)
			}
		}
	}
	for _, year := range oracleYears {
		for d := range daysOf(year) {
			if _, ok := named[d]; !ok && Of(d).Kind != Working && Of(d).Kind != Weekend && Of(d).Name != bridgeDay {
				t.Errorf("%s is %+v, which the oracle does not know", d, Of(d))
			}
		}
	}
}

func TestOracle_figures_of_the_year(t *testing.T) {
	for _, row := range []struct {
		year     int
		bridges  string
		workdays int
		weeks    int
		summer   string // Monday of week 28, Friday of week 31
		sportlov string // Monday of week 8
		hostlov  string // Monday of week 44
		easter   int    // the week of påskdagen
	}{
		{2024, "05-10 06-07 12-23 12-27 12-30", 251, 52, "07-08 08-02", "02-19", "10-28", 13},
		{2025, "05-02 05-30", 249, 52, "07-07 08-01", "02-17", "10-27", 16},
		{2026, "01-02 01-05 05-15", 251, 53, "07-06 07-31", "02-16", "10-26", 14},
		{2027, "05-07", 253, 52, "07-12 08-06", "02-22", "11-01", 12},
		{2028, "01-07 05-26 06-05", 251, 52, "07-10 08-04", "02-21", "10-30", 15},
	} {
		var bridges []string
		var summer []Date
		mondays := map[int]string{}
		weeks, workdays := 0, 0
		for d := range daysOf(row.year) {
			if IsWorkday(d) {
				workdays++
			}
			if bridge(d) {
				bridges = append(bridges, d.String()[5:])
			}
			if InSummer(d) {
				summer = append(summer, d)
			}
			if year, week := d.Week(); year == row.year {
				weeks = max(weeks, week)
				if d.Weekday() == time.Monday {
					mondays[week] = d.String()[5:]
				}
			}
		}
		if got := strings.Join(bridges, " "); got != row.bridges {
			t.Errorf("%d: bridge days %s, not %s", row.year, got, row.bridges)
		}
		if workdays != row.workdays {
			t.Errorf("%d: %d working days, not %d", row.year, workdays, row.workdays)
		}
		if weeks != row.weeks {
			t.Errorf("%d: %d weeks, not %d", row.year, weeks, row.weeks)
		}
		if len(summer) != 28 {
			t.Errorf("%d: the summer weeks have %d days", row.year, len(summer))
		}
		if got := summer[0].String()[5:] + " " + summer[len(summer)-3].String()[5:]; got != row.summer {
			t.Errorf("%d: summer %s, not %s", row.year, got, row.summer)
		}
		if mondays[8] != row.sportlov || mondays[44] != row.hostlov {
			t.Errorf("%d: week 8 begins %s and week 44 %s", row.year, mondays[8], mondays[44])
		}
		if _, week := easterSunday(row.year).Week(); week != row.easter {
			t.Errorf("%d: Easter in week %d, not %d", row.year, week, row.easter)
		}
	}
}

// Package se knows the same red days and the same three days off. It lists påskdagen and
// pingstdagen outside its Holidays, and like ours it gives years before 2005 today's law, so there
// is no difference left to except.
func TestOf_agrees_with_another_almanac(t *testing.T) {
	theirs := append(slices.Clone(se.Holidays), se.Paskdagen, se.Pingstdagen)
	eves := []*cal.Holiday{se.Midsommarafton, se.Julafton, se.Nyarsafton}
	for year := 1990; year <= 2100; year++ {
		want := map[Date]Kind{}
		for _, holiday := range theirs {
			kind := Red
			if slices.Contains(eves, holiday) {
				kind = Off
			}
			day, _ := holiday.Calc(year)
			want[DateOf(day, day.Location())] = kind
		}
		for d := range daysOf(year) {
			got := Of(d).Kind
			if got != Red && got != Off {
				got = ""
			}
			if got != want[d] {
				t.Errorf("%s is %q here and %q there", d, got, want[d])
			}
		}
	}
}

func TestOf_one_day_with_two_names(t *testing.T) {
	for text, want := range map[string]Day{
		"2008-05-01": {Red, "Kristi himmelsfärdsdag"}, // and första maj
		"2008-04-30": {Half, "valborgsmässoafton"},    // and dagen före Kristi himmelsfärdsdag
		"2026-01-05": {Half, "trettondagsafton"},      // and klämdag
		"2024-12-23": {Soft, "dagen före julafton"},   // and klämdag
		"2027-05-07": {Soft, "klämdag"},
		"2027-01-21": {Working, ""},
		"2027-01-23": {Weekend, "lördag"},
		"2027-11-06": {Red, "alla helgons dag"}, // and Gustav Adolfsdagen, which is no holiday
		"2026-05-25": {Working, ""},             // annandag pingst, red until 2004
		"2026-12-13": {Weekend, "söndag"},       // Lucia
	} {
		if got := Of(date(t, text)); got != want {
			t.Errorf("%s is %+v, not %+v", text, got, want)
		}
	}
}

func TestBlocked(t *testing.T) {
	for text, want := range map[string]string{
		"2027-05-06": "Kristi himmelsfärdsdag",
		"2027-05-07": "", // a bridge day is told, not blocked
		"2027-03-25": "skärtorsdagen",
		"2027-06-26": "midsommardagen",
		"2027-01-24": "söndag",
		"2027-07-12": "vecka 28",
		"2027-08-06": "vecka 31",
		"2027-08-07": "lördag",
		"2027-08-09": "",
		"2027-07-09": "",
		"2027-12-23": "dagen före julafton",
		"2027-12-27": "",
	} {
		reason, blocked := Blocked(date(t, text))
		if reason != want || blocked != (want != "") {
			t.Errorf("%s: blocked %v by %q, want %q", text, blocked, reason, want)
		}
	}
}

func daysOf(year int) func(yield func(Date) bool) {
	return func(yield func(Date) bool) {
		for d := (Date{Year: year, Month: time.January, Day: 1}); d.Year == year; d = d.AddDays(1) {
			if !yield(d) {
				return
			}
		}
	}
}

func date(t *testing.T, text string) Date {
	t.Helper()
	var d Date
	if err := d.Scan(text); err != nil {
		t.Fatal(err)
	}
	return d
}
