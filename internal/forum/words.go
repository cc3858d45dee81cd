package forum

import (
	"strconv"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// weekday, monthName and year are words inside a sentence whose language is not yet known.
type weekdayWord time.Weekday

func weekday(d almanac.Date) weekdayWord { return weekdayWord(d.Weekday()) }

// In says the weekday with its article, "tisdagen".
func (w weekdayWord) In(l lang.Language) string {
	name := almanac.WeekdayName(time.Weekday(w), l)
	if l == lang.Swedish {
		return name + "en"
	}
	return name
}

type monthName time.Month

// In says the month.
func (m monthName) In(l lang.Language) string { return almanac.MonthName(time.Month(m), l) }

// yearText keeps a year from being grouped as a number, "2 027".
func yearText(year int) string { return strconv.Itoa(year) }
