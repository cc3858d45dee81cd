// Package almanac knows the days: civil dates and wall-clock times, Swedish holidays and eves, and
// how people write and read both. It is pure; it knows no database and asks nobody what day it is.
// Instants are made by Instant, which refuses the two hours that a change of clocks spoils, and by
// Days, which knows midnights only.
package almanac

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"time"

	"samverkan/internal/fault"
)

// Date is a day as the calendar on the wall has it, without a zone. The zero Date is no day at all.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf gives the day that t falls on in loc.
func DateOf(t time.Time, loc *time.Location) Date {
	year, month, day := t.In(loc).Date()
	return Date{Year: year, Month: month, Day: day}
}

// String gives the date as 2027-01-21, and nothing for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// IsZero says whether d is no day at all.
func (d Date) IsZero() bool { return d == Date{} }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday { return d.Midnight().Weekday() }

// Week gives the ISO 8601 week and the year it belongs to: 2027-01-01 lies in week 53 of 2026.
func (d Date) Week() (year, week int) { return d.Midnight().ISOWeek() }

// AddDays gives the day n days later, earlier when n is negative.
func (d Date) AddDays(n int) Date {
	return DateOf(d.Midnight().AddDate(0, 0, n), time.UTC)
}

// AddMonths gives the same day n months later, or the last day of that month when it has no such
// day: 31 January and one month is the last of February, never a day in March.
func (d Date) AddMonths(n int) Date {
	first := Date{Year: d.Year, Month: d.Month, Day: 1}
	month := DateOf(first.Midnight().AddDate(0, n, 0), time.UTC)
	month.Day = min(d.Day, daysIn(month.Year, month.Month))
	return month
}

// Compare gives -1, 0 or 1 as d is before, on or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before says whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After says whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Midnight is d in UTC, where every day has 24 hours and arithmetic is safe.
func (d Date) Midnight() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Value stores the date as text, so that both databases sort it right, and the zero Date as NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads what Value stored.
func (d *Date) Scan(stored any) error {
	if stored == nil {
		*d = Date{}
		return nil
	}
	text, err := storedText(stored)
	if err != nil {
		return fmt.Errorf("date: %w", err)
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("date: %w", err)
	}
	*d = DateOf(t, time.UTC)
	return nil
}

// GormDataType tells gorm the column's type.
func (Date) GormDataType() string { return "text" }

// MarshalText writes the date as String does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2027-01-21 and nothing else, except that no text is the zero Date. Machines
// write here; people write to ParseDate. It refuses with fault.Invalid.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fault.New(fault.Invalid, "Skriv datumet så här: %s", "2027-01-21")
	}
	*d = DateOf(t, time.UTC)
	return d.within()
}

func storedText(stored any) (string, error) {
	switch text := stored.(type) {
	case string:
		return text, nil
	case []byte:
		return string(text), nil
	}
	return "", fmt.Errorf("the column holds %T, not text", stored)
}

// Days gives the instants between which days from and to lie in zone, the last one exclusive. A zero
// date has a zero instant: no limit.
func Days(from, to Date, zone *time.Location) (begin, end time.Time) {
	if !from.IsZero() {
		begin = time.Date(from.Year, from.Month, from.Day, 0, 0, 0, 0, zone)
	}
	if !to.IsZero() {
		end = time.Date(to.Year, to.Month, to.Day+1, 0, 0, 0, 0, zone)
	}
	return begin, end
}
