package almanac

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"samverkan/internal/fault"
)

// The forms that people write, after tidy has been over them.
var dateForms = []*regexp.Regexp{
	regexp.MustCompile(`^(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})$`),
	regexp.MustCompile(`^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})$`),
	regexp.MustCompile(`^(?P<day>\d{1,2}) ?[/.] ?(?P<month>\d{1,2})(?:[ /.-]{1,2}(?P<year>\d{4}|\d{2}))?$`),
	regexp.MustCompile(`^(?P<day>\d{1,2})(?:\.|:[ae]|st|nd|rd|th)? ?(?:of )?(?P<name>\pL{3,})\.?(?: (?P<year>\d{4}))?$`),
	regexp.MustCompile(`^(?P<name>\pL{3,})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?: (?P<year>\d{4}))?$`),
}

// ParseDate reads a date as people write it: 2027-01-21, 21/1, "torsdag den 21 januari 2027". A
// date without a year is the next such day, today included. It refuses with fault.Invalid what it
// cannot read, days that do not exist, years outside 2000 to 2100, and a weekday that is not the
// date's.
func ParseDate(text string, today Date) (Date, error) {
	weekday, rest := cutWeekday(tidy(text))
	w, ok := readDate(rest)
	if !ok {
		return Date{}, fault.New(fault.Invalid, "Skriv datumet så här: %s", strconv.Itoa(today.Year+1)+"-01-21")
	}
	d := w.date(today)
	if err := d.within(); err != nil {
		return Date{}, err
	}
	if d.Day < 1 || d.Day > daysIn(d.Year, d.Month) {
		return Date{}, noSuchDay(rest, d)
	}
	if weekday >= 0 && d.Weekday() != weekday {
		return Date{}, fault.New(fault.Invalid, "Veckodagen stämmer inte med datumet %s. Ändra datumet eller ta bort veckodagen.", d.String())
	}
	return d, nil
}

// tidy makes one spelling of what differs without meaning anything.
func tidy(text string) string {
	text = strings.NewReplacer(",", " ", "–", "-", "\u2011", "-").Replace(strings.ToLower(text))
	return strings.Join(strings.Fields(text), " ")
}

// cutWeekday takes "torsdag", "torsdagen den" or "thursday the" off the front. The weekday is -1
// when none stands there.
func cutWeekday(text string) (time.Weekday, string) {
	weekday := time.Weekday(-1)
	first, rest, _ := strings.Cut(text, " ")
	if i := indexOfPrefix(strings.TrimSuffix(first, "."), weekdaysSwedish, weekdaysDefinite, weekdaysEnglish); i >= 0 {
		weekday, text = time.Weekday(i), rest
	}
	return weekday, strings.TrimPrefix(strings.TrimPrefix(text, "den "), "the ")
}

// written is a date as it stands in a text.
type written struct {
	day   int
	month time.Month
	year  string // "" when the writer left it out
}

func readDate(text string) (written, bool) {
	for _, form := range dateForms {
		groups := form.FindStringSubmatch(text)
		if groups == nil {
			continue
		}
		group := func(name string) string {
			if i := form.SubexpIndex(name); i >= 0 {
				return groups[i]
			}
			return ""
		}
		w := written{day: number(group("day")), month: time.Month(number(group("month"))), year: group("year")}
		if name := group("name"); name != "" {
			w.month = time.Month(1 + indexOfPrefix(name, monthsSwedish, monthsEnglish))
		}
		return w, w.month >= time.January && w.month <= time.December
	}
	return written{}, false
}

// date gives what w means to somebody who reads it today. The day may be one that the month lacks.
func (w written) date(today Date) Date {
	switch len(w.year) {
	case 0:
		return next(w.day, w.month, today)
	case 2:
		return Date{Year: 2000 + number(w.year), Month: w.month, Day: w.day}
	}
	return Date{Year: number(w.year), Month: w.month, Day: w.day}
}

// indexOfPrefix finds the name that text begins, with three letters or more: "jan", "sept", "tors".
func indexOfPrefix(text string, lists ...[]string) int {
	if len([]rune(text)) < 3 {
		return -1
	}
	for _, names := range lists {
		for i, name := range names {
			if strings.HasPrefix(strings.ToLower(name), text) {
				return i
			}
		}
	}
	return -1
}

// next gives the first such day from today on. 29 February may be up to eight years away; a day
// that no year has is given in the year that comes next, for the refusal to speak of.
func next(day int, month time.Month, today Date) Date {
	first := Date{Year: today.Year, Month: month, Day: day}
	if first.Before(today) {
		first.Year++
	}
	for year := first.Year; year <= first.Year+8; year++ {
		if day <= daysIn(year, month) {
			return Date{Year: year, Month: month, Day: day}
		}
	}
	return first
}

func (d Date) within() error {
	if d.Year < 2000 || d.Year > 2100 {
		return fault.New(fault.Invalid, "Välj ett år mellan 2000 och 2100.")
	}
	return nil
}

func noSuchDay(text string, d Date) error {
	days := daysIn(d.Year, d.Month)
	if d.Month == time.February {
		return fault.New(fault.Invalid, "Datumet %s finns inte. Februari %s har %d dagar.", text, strconv.Itoa(d.Year), days)
	}
	return fault.New(fault.Invalid, "Datumet %s finns inte. Den månaden har %d dagar.", text, days)
}

var clockForm = regexp.MustCompile(`^(?:(?:kl\.?|klockan) ?)?(\d{1,2})(?:[.:]?(\d{2}))?$`)

// ParseClock reads a time as people write it: 13, 1300, 13.00, 13:00, "kl. 9". It refuses with
// fault.Invalid what it cannot read and times that no clock shows.
func ParseClock(text string) (Clock, error) {
	groups := clockForm.FindStringSubmatch(tidy(text))
	if groups != nil {
		if hour, minute := number(groups[1]), number(groups[2]); hour < 24 && minute < 60 {
			return Clock(hour*60 + minute), nil
		}
	}
	return 0, fault.New(fault.Invalid, "Skriv tiden så här: 13.00")
}

// number reads the digits that a form has matched, and gives 0 for none.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// ParseMonth reads a month's name, or three letters or more of it, in Swedish or English.
func ParseMonth(word string) (time.Month, bool) {
	i := indexOfPrefix(strings.TrimSuffix(strings.ToLower(word), "."), monthsSwedish, monthsEnglish)
	return time.Month(i + 1), i >= 0
}

// ParseWeekday reads a weekday's name in Swedish or English.
func ParseWeekday(word string) (time.Weekday, bool) {
	i := indexOfPrefix(strings.TrimSuffix(strings.ToLower(word), "."), weekdaysSwedish, weekdaysDefinite, weekdaysEnglish)
	return time.Weekday(i), i >= 0
}
