package almanac

import (
	"strconv"
	"sync"
	"time"

	"samverkan/internal/lang"
)

// Kind says what sort of day it is to somebody who plans a meeting.
type Kind string

// The kinds, from the freest day to the most closed.
const (
	Working Kind = "working" // nothing in the way
	Soft    Kind = "soft"    // a working day that many take off: 23 December and bridge days
	Half    Kind = "half"    // an eve that is often shortened by local agreement
	Weekend Kind = "weekend" // Saturday or Sunday with no name of its own
	Off     Kind = "off"     // not a holiday in law, but nobody works
	Red     Kind = "red"     // helgdag, also when it falls on a weekend
)

// Day is what the almanac says of a date.
type Day struct {
	Kind Kind
	Name string // Swedish, as it stands inside a sentence: "skärtorsdagen". Empty on a working day.
}

// bridgeDay is the name of a bridge day, the one soft day that a meeting may be proposed on.
const bridgeDay = "klämdag"

// Of says what sort of day d is. A day with a name of its own keeps its kind on a weekend, so an
// eve may be a Sunday: ask IsWorkday whether people work. Every year gets the law as it has been
// since 2005.
func Of(d Date) Day {
	day, named := feast(d)
	switch {
	case named:
		return day
	case weekend(d):
		return Day{Kind: Weekend, Name: WeekdayName(d.Weekday(), lang.Swedish)}
	case bridge(d):
		return Day{Kind: Soft, Name: bridgeDay}
	}
	return Day{Kind: Working}
}

// IsWorkday says whether d is Monday to Friday and neither red nor off.
func IsWorkday(d Date) bool {
	day, _ := feast(d)
	return !weekend(d) && day.Kind != Red && day.Kind != Off
}

// WorkdaysAfter gives the n-th working day after d.
func WorkdaysAfter(d Date, n int) Date { return workdays(d, n, 1) }

// WorkdaysBefore gives the n-th working day before d.
func WorkdaysBefore(d Date, n int) Date { return workdays(d, n, -1) }

// workdays goes n working days on or back from d.
func workdays(d Date, n, step int) Date {
	for n > 0 {
		if d = d.AddDays(step); IsWorkday(d) {
			n--
		}
	}
	return d
}

// InSummer says whether d lies in ISO weeks 28 to 31, when Sweden is on holiday.
func InSummer(d Date) bool {
	_, week := d.Week()
	return week >= 28 && week <= 31
}

// Blocked says whether a meeting is never proposed on d, and why, as a Swedish noun phrase:
// "Kristi himmelsfärdsdag", "lördag", "vecka 28". Red days, eves, 23 December, weekends and the
// summer weeks are blocked. Bridge days are not; Of tells of them.
func Blocked(d Date) (reason string, blocked bool) {
	if day := Of(d); day.Kind != Working && day.Name != bridgeDay {
		return day.Name, true
	}
	if InSummer(d) {
		_, week := d.Week()
		return "vecka " + strconv.Itoa(week), true
	}
	return "", false
}

// bridge says whether d is a single working day between two days off.
func bridge(d Date) bool {
	return IsWorkday(d) && !IsWorkday(d.AddDays(-1)) && !IsWorkday(d.AddDays(1))
}

func weekend(d Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

// feast finds the day among those that have a name.
func feast(d Date) (Day, bool) {
	known, is := feastsOf.Load(d.Year)
	if !is {
		days := map[Date]Day{}
		for _, f := range feasts(d.Year) {
			if _, taken := days[f.date]; !taken {
				days[f.date] = f.Day
			}
		}
		known, _ = feastsOf.LoadOrStore(d.Year, days)
	}
	day, named := known.(map[Date]Day)[d]
	return day, named
}

// feastsOf remembers what feasts gives of a year, as a map[Date]Day: planning a year asks thousands
// of times.
var feastsOf sync.Map

type namedDay struct {
	date Date
	Day
}

// feasts gives the named days of a year. Red days come first: when two names meet on one day, as
// 1 May and Kristi himmelsfärdsdag did in 2008, the first is the one that counts.
func feasts(year int) []namedDay {
	fixed := func(month time.Month, day int, kind Kind, name string) namedDay {
		return namedDay{Date{Year: year, Month: month, Day: day}, Day{kind, name}}
	}
	from := func(d Date, days int, kind Kind, name string) namedDay {
		return namedDay{d.AddDays(days), Day{kind, name}}
	}
	easter := easterSunday(year)
	midsummer := saturdayFrom(Date{Year: year, Month: time.June, Day: 20})
	allSaints := saturdayFrom(Date{Year: year, Month: time.October, Day: 31})
	return []namedDay{
		// Lag (1989:253) om allmänna helgdagar.
		fixed(time.January, 1, Red, "nyårsdagen"),
		fixed(time.January, 6, Red, "trettondedag jul"),
		from(easter, -2, Red, "långfredagen"),
		from(easter, 0, Red, "påskdagen"),
		from(easter, 1, Red, "annandag påsk"),
		from(easter, 39, Red, "Kristi himmelsfärdsdag"),
		fixed(time.May, 1, Red, "första maj"),
		from(easter, 49, Red, "pingstdagen"),
		fixed(time.June, 6, Red, "Sveriges nationaldag"),
		from(midsummer, 0, Red, "midsommardagen"),
		from(allSaints, 0, Red, "alla helgons dag"),
		fixed(time.December, 25, Red, "juldagen"),
		fixed(time.December, 26, Red, "annandag jul"),
		// Custom, and the law on how time limits are counted.
		from(midsummer, -1, Off, "midsommarafton"),
		fixed(time.December, 24, Off, "julafton"),
		fixed(time.December, 31, Off, "nyårsafton"),
		// Shortened where a local agreement says so.
		fixed(time.January, 5, Half, "trettondagsafton"),
		from(easter, -3, Half, "skärtorsdagen"),
		fixed(time.April, 30, Half, "valborgsmässoafton"),
		from(easter, 38, Half, "dagen före Kristi himmelsfärdsdag"),
		from(allSaints, -1, Half, "allhelgonaafton"),
		fixed(time.December, 23, Soft, "dagen före julafton"),
	}
}

func saturdayFrom(d Date) Date {
	return d.AddDays(int(time.Saturday - d.Weekday()))
}

// easterSunday is the algorithm of Meeus, Jones and Butcher for the Gregorian calendar; its
// letters are theirs.
func easterSunday(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return Date{Year: year, Month: time.Month(month), Day: day}
}

// Quiet says whether d lies beside the summer weeks or around Christmas, in weeks 27, 32 and 51 to
// 1, when many are away: a meeting is rather not proposed there.
func Quiet(d Date) bool {
	_, week := d.Week()
	return week == 27 || week == 32 || week >= 51 || week == 1
}

// Break is a school break: days off for schools, by name.
type Break struct {
	Name     string // Swedish, as it stands inside a sentence: "sportlov"
	From, To Date
}

// SchoolBreaks gives the breaks that a municipality usually has in year, to be put right: sportlov
// in week 8, påsklov in the week after Easter Day, höstlov in week 44.
func SchoolBreaks(year int) []Break {
	week := func(name string, monday Date, weeks int) Break {
		return Break{name, monday, monday.AddDays(7*weeks - 3)}
	}
	day := func(month time.Month, d int) Date { return Date{Year: year, Month: month, Day: d} }
	return []Break{
		{"jullov", day(time.January, 1), day(time.January, 8)},
		week("sportlov", monday(year, 8), 1),
		week("påsklov", easterSunday(year).AddDays(1), 1),
		week("sommarlov", monday(year, 25), 9),
		week("höstlov", monday(year, 44), 1),
		{"jullov", day(time.December, 21), day(time.December, 31)},
	}
}

// monday gives the first day of an ISO week: week 1 is the one that 4 January lies in.
func monday(year, week int) Date {
	fourth := Date{Year: year, Month: time.January, Day: 4}
	return fourth.AddDays(-(int(fourth.Weekday())+6)%7 + 7*(week-1))
}
