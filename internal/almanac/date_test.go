package almanac

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata"

	"samverkan/internal/fault"
	"samverkan/internal/lang"
)

func TestDate_stored_and_sent(t *testing.T) {
	for _, d := range []Date{{}, {2027, time.January, 21}, {2000, time.February, 29}} {
		stored, err := d.Value()
		if err != nil {
			t.Fatal(err)
		}
		back := Date{1, 1, 1}
		if err := back.Scan(stored); err != nil || back != d {
			t.Errorf("%v stored as %v came back as %v, %v", d, stored, back, err)
		}
		sent, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		back = Date{1, 1, 1}
		if err := json.Unmarshal(sent, &back); err != nil || back != d {
			t.Errorf("%v sent as %s came back as %v, %v", d, sent, back, err)
		}
	}
	var d Date
	if err := d.Scan([]byte("2027-01-21")); err != nil || d.String() != "2027-01-21" {
		t.Errorf("bytes gave %v, %v", d, err)
	}
	for _, bad := range []any{"2027-02-30", "21/1", 20270121, time.Now()} {
		if d.Scan(bad) == nil {
			t.Errorf("%v was read as %v", bad, d)
		}
	}
	for _, bad := range []string{"2027-02-30", "21/1", "1999-12-31", "2101-01-01"} {
		if err := d.UnmarshalText([]byte(bad)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s gave %v", bad, err)
		}
	}
}

func TestDate_DateOf_asks_the_zone(t *testing.T) {
	late := time.Date(2027, time.January, 20, 23, 30, 0, 0, time.UTC)
	if d := DateOf(late, stockholm(t)); d.String() != "2027-01-21" {
		t.Errorf("half past eleven in UTC is %s in Stockholm", d)
	}
	if c := ClockOf(late, stockholm(t)); c.String() != "00:30" {
		t.Errorf("and the clock there shows %s", c)
	}
}

func TestDate_AddMonths(t *testing.T) {
	for _, row := range []struct {
		from string
		n    int
		want string
	}{
		{"2027-01-31", 1, "2027-02-28"},
		{"2028-01-31", 1, "2028-02-29"},
		{"2027-01-31", 2, "2027-03-31"},
		{"2027-03-31", -1, "2027-02-28"},
		{"2027-10-31", 1, "2027-11-30"},
		{"2027-12-31", 2, "2028-02-29"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2027-01-15", -13, "2025-12-15"},
	} {
		if got := date(t, row.from).AddMonths(row.n).String(); got != row.want {
			t.Errorf("%s and %d months: %s, not %s", row.from, row.n, got, row.want)
		}
	}
}

func TestDate_AddMonths_keeps_the_day_or_takes_the_last(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		d := Date{2000, time.January, 1}.AddDays(random.IntN(36500))
		n := random.IntN(241) - 120
		got := d.AddMonths(n)
		if months := (got.Year-d.Year)*12 + int(got.Month-d.Month); months != n {
			t.Fatalf("%s and %d months: %s is %d months away", d, n, got, months)
		}
		if got.Day != d.Day && got.AddDays(1).Month == got.Month {
			t.Fatalf("%s and %d months: %s is neither the same day nor the last", d, n, got)
		}
	}
}

func TestDate_order_follows_days_and_text(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		d := Date{2000, time.January, 1}.AddDays(random.IntN(36500))
		n := random.IntN(800) - 400
		e := d.AddDays(n)
		if d.Before(e) != (n > 0) || d.After(e) != (n < 0) || (d.String() < e.String()) != (n > 0) || (d.Compare(e) == 0) != (n == 0) {
			t.Fatalf("%s and %s, %d days apart, are out of order", d, e, n)
		}
	}
}

func TestDate_Week_at_new_year(t *testing.T) {
	for text, want := range map[string][2]int{
		"2026-12-28": {2026, 53}, "2027-01-03": {2026, 53}, "2027-01-04": {2027, 1}, "2026-01-01": {2026, 1},
	} {
		if year, week := date(t, text).Week(); year != want[0] || week != want[1] {
			t.Errorf("%s lies in week %d of %d", text, week, year)
		}
	}
}

func TestClock_stored_and_sent(t *testing.T) {
	for c := Clock(0); c < 24*60; c++ {
		stored, _ := c.Value()
		var back, sent Clock
		if err := back.Scan(stored); err != nil || back != c {
			t.Fatalf("%d stored as %v came back as %d, %v", c, stored, back, err)
		}
		text, _ := c.MarshalText()
		if err := sent.UnmarshalText(text); err != nil || sent != c {
			t.Fatalf("%d sent as %s came back as %d, %v", c, text, sent, err)
		}
	}
	var c Clock
	for _, bad := range []any{nil, "24:00", "13.00", 780} {
		if c.Scan(bad) == nil {
			t.Errorf("%v was read as %v", bad, c)
		}
	}
	if got := Span(13*60, 14*60+30); got != "13.00–14.30" {
		t.Error(got)
	}
}

func TestInstant(t *testing.T) {
	for _, row := range []struct{ day, clock, want string }{
		{"2027-01-21", "13:00", "2027-01-21T12:00:00Z"},
		{"2027-07-01", "13:00", "2027-07-01T11:00:00Z"},
		{"2027-07-01", "00:30", "2027-06-30T22:30:00Z"},
		{"2027-03-28", "01:59", "2027-03-28T00:59:00Z"},
		{"2027-03-28", "03:00", "2027-03-28T01:00:00Z"},
		{"2027-10-31", "01:59", "2027-10-30T23:59:00Z"},
		{"2027-10-31", "03:00", "2027-10-31T02:00:00Z"},
		{"2090-07-03", "09:00", "2090-07-03T07:00:00Z"},
	} {
		got, err := Instant(date(t, row.day), clock(t, row.clock), stockholm(t))
		if err != nil || got.Format(time.RFC3339) != row.want {
			t.Errorf("%s %s is %v, %v, not %s", row.day, row.clock, got, err, row.want)
		}
	}
}

func TestInstant_refuses_the_two_hours_of_the_year(t *testing.T) {
	for _, row := range []struct{ begins, ends string }{
		{"2024-03-31", "2024-10-27"}, {"2025-03-30", "2025-10-26"}, {"2026-03-29", "2026-10-25"},
		{"2027-03-28", "2027-10-31"}, {"2028-03-26", "2028-10-29"},
	} {
		for c := Clock(0); c < 24*60; c += 10 {
			spoilt := c >= 2*60 && c < 3*60
			_, err := Instant(date(t, row.begins), c, stockholm(t))
			if (fault.KindOf(err) == fault.Invalid) != spoilt || (err != nil) != spoilt {
				t.Errorf("%s %s: %v", row.begins, c, err)
			}
			_, err = Instant(date(t, row.ends), c, stockholm(t))
			if (fault.KindOf(err) == fault.Invalid) != spoilt || (err != nil) != spoilt {
				t.Errorf("%s %s: %v", row.ends, c, err)
			}
		}
	}
	_, err := Instant(date(t, "2027-03-28"), clock(t, "02:30"), stockholm(t))
	if want := "Klockan 02.30 finns inte 2027-03-28, för då går vi över till sommartid. Välj en tid minst en timme tidigare eller senare."; err.Error() != want {
		t.Error(err)
	}
	_, err = Instant(date(t, "2027-10-31"), clock(t, "02:30"), stockholm(t))
	if want := "Klockan är 02.30 två gånger 2027-10-31, för då går vi över till vintertid. Välj en tid minst en timme tidigare eller senare."; err.Error() != want {
		t.Error(err)
	}
}

func TestInstant_shows_the_clock_that_was_asked_for(t *testing.T) {
	loc := stockholm(t)
	for d := range daysOf(2027) {
		got, err := Instant(d, 9*60, loc)
		if err != nil || DateOf(got, loc) != d || ClockOf(got, loc) != 9*60 || got.Location() != time.UTC {
			t.Errorf("%s 09:00 became %v, %v", d, got, err)
		}
	}
}

func TestWords(t *testing.T) {
	d := Date{2027, time.January, 21}
	for got, want := range map[string]string{
		Long(d, lang.Swedish):                  "torsdag 21 januari 2027",
		Long(d, lang.English):                  "Thursday 21 January 2027",
		Short(d, lang.Swedish):                 "tors 21 jan",
		Short(d, lang.English):                 "Thu 21 Jan",
		Short(date(t, "2027-03-07"), "sv"):     "sön 7 mars",
		MonthName(time.October, lang.Swedish):  "oktober",
		WeekdayName(time.Sunday, lang.English): "Sunday",
		Long(Date{}, lang.Swedish):             "",
		Clock(9 * 60).Swedish():                "09.00",
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func clock(t *testing.T, text string) Clock {
	t.Helper()
	var c Clock
	if err := c.Scan(text); err != nil {
		t.Fatal(err)
	}
	return c
}

func stockholm(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}
