package forum

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// The words of promises, by number. What stands first is what we write; ParseCadence reads all.
var (
	numbersSwedish  = []string{"", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"}
	numbersEnglish  = []string{"", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	ordinalsSwedish = []string{"", "första", "andra", "tredje", "fjärde", "femte", "sjätte", "sjunde", "åttonde", "nionde", "tionde", "elfte", "tolfte"}
	ordinalsEnglish = []string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"}
)

// In says the promise in words that ParseCadence reads back as the same promise.
func (r Reading) In(l lang.Language) string {
	said := r.Cadence.in(l)
	if len(r.ExemptMonths) == 0 {
		return said
	}
	var months []string
	for _, m := range r.ExemptMonths {
		months = append(months, almanac.MonthName(time.Month(m), l))
	}
	if l == lang.English {
		return said + " except " + listed(months, "and")
	}
	return said + " utom " + listed(months, "och")
}

func listed(words []string, and string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " " + and + " " + words[last]
}

// In says how often, without the months that are exempt.
func (c Cadence) in(l lang.Language) string {
	switch {
	case !c.Measured() && l == lang.English:
		return "regularly"
	case !c.Measured():
		return "regelbundet"
	case c.Counted():
		return c.count(l)
	case c.Nth == 0:
		return everyMonths(c.Months, l)
	case l == lang.English:
		day := "the " + nth(c.Nth, l) + " " + almanac.WeekdayName(time.Weekday(c.Weekday), l)
		if c.Months == 1 {
			return day + " of every month"
		}
		return day + " " + everyMonths(c.Months, l)
	}
	return nth(c.Nth, l) + " " + almanac.WeekdayName(time.Weekday(c.Weekday), l) + "en " + everyMonths(c.Months, l)
}

func nth(n int, l lang.Language) string {
	switch {
	case n == Last && l == lang.English:
		return "last"
	case n == Last:
		return "sista"
	case l == lang.English:
		return ordinalsEnglish[n]
	}
	return ordinalsSwedish[n]
}

func everyMonths(n int, l lang.Language) string {
	switch {
	case n == 1 && l == lang.English:
		return "every month"
	case n == 1:
		return "varje månad"
	case n == 2 && l == lang.English:
		return "every other month"
	case n == 2:
		return "varannan månad"
	case l == lang.English:
		if n < len(numbersEnglish) {
			return "every " + numbersEnglish[n] + " months"
		}
		return fmt.Sprintf("every %d months", n)
	case n < len(ordinalsSwedish):
		return "var " + ordinalsSwedish[n] + " månad"
	case n%10 <= 2 && n%10 > 0:
		return fmt.Sprintf("var %d:a månad", n) // tjugoförsta, trettioandra
	}
	return fmt.Sprintf("var %d:e månad", n)
}

func (c Cadence) count(l lang.Language) string {
	number, bound := strconv.Itoa(c.Max), ""
	switch {
	case c.Max == 0:
		number, bound = strconv.Itoa(c.Min), "minst "
	case c.Min == 0:
		bound = "högst "
	case c.Min < c.Max:
		number = fmt.Sprintf("%d–%d", c.Min, c.Max)
	}
	if l == lang.English {
		return map[string]string{"minst ": "at least ", "högst ": "at most "}[bound] + timesEnglish(number) + map[bool]string{false: " a year", true: " a term"}[c.PerTerm]
	}
	return bound + timesSwedish(number) + map[bool]string{false: " om året", true: " per termin"}[c.PerTerm]
}

func timesSwedish(number string) string {
	if number == "1" {
		return "en gång"
	}
	return number + " gånger"
}

func timesEnglish(number string) string {
	switch number {
	case "1":
		return "once"
	case "2":
		return "twice"
	}
	return number + " times"
}
