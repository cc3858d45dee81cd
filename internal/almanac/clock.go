package almanac

import (
	"database/sql/driver"
	"fmt"
	"time"

	"samverkan/internal/fault"
)

// Clock is a time as the clock on the wall shows it, in minutes since midnight: 0 to 1439.
type Clock int

// ClockOf gives the time that clocks in loc show at t, its seconds cut off.
func ClockOf(t time.Time, loc *time.Location) Clock {
	hour, minute, _ := t.In(loc).Clock()
	return Clock(hour*60 + minute)
}

// String gives the time as machines write it, 13:00.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// Swedish gives the time as people here write it, 13.00.
func (c Clock) Swedish() string { return fmt.Sprintf("%02d.%02d", int(c)/60, int(c)%60) }

// Span gives the time from start to end, 13.00–14.30.
func Span(start, end Clock) string { return start.Swedish() + "–" + end.Swedish() }

// Instant gives the moment, in UTC, when clocks in loc show c on d. It refuses with fault.Invalid
// the hour that is skipped when summer time begins and the hour that comes twice when it ends:
// calendars disagree on what such a time means.
func Instant(d Date, c Clock, loc *time.Location) (time.Time, error) {
	wall := d.Midnight().Add(time.Duration(c) * time.Minute)
	var found []time.Time
	for _, offset := range offsetsAround(wall, loc) {
		if t := wall.Add(-offset); offsetAt(t, loc) == offset {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 0:
		return time.Time{}, fault.New(fault.Invalid, "Klockan %s finns inte %s, för då går vi över till sommartid. Välj en tid minst en timme tidigare eller senare.", c.Swedish(), d.String())
	case 1:
		return found[0], nil
	}
	return time.Time{}, fault.New(fault.Invalid, "Klockan är %s två gånger %s, för då går vi över till vintertid. Välj en tid minst en timme tidigare eller senare.", c.Swedish(), d.String())
}

// offsetsAround gives the offsets that clocks may have near wall: one, or two when they change
// within a day of it.
func offsetsAround(wall time.Time, loc *time.Location) []time.Duration {
	before := offsetAt(wall.Add(-24*time.Hour), loc)
	after := offsetAt(wall.Add(24*time.Hour), loc)
	if before == after {
		return []time.Duration{before}
	}
	return []time.Duration{before, after}
}

func offsetAt(t time.Time, loc *time.Location) time.Duration {
	_, seconds := t.In(loc).Zone()
	return time.Duration(seconds) * time.Second
}

// Value stores the time as text, 13:00.
func (c Clock) Value() (driver.Value, error) { return c.String(), nil }

// Scan reads what Value stored. A time that may be missing is a *Clock: NULL is not midnight.
func (c *Clock) Scan(stored any) error {
	text, err := storedText(stored)
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	*c = ClockOf(t, time.UTC)
	return nil
}

// GormDataType tells gorm the column's type.
func (Clock) GormDataType() string { return "text" }

// MarshalText writes the time as String does.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseClock reads, and refuses as it does.
func (c *Clock) UnmarshalText(text []byte) error {
	read, err := ParseClock(string(text))
	if err != nil {
		return err
	}
	*c = read
	return nil
}
