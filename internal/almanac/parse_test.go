package almanac

import (
	"testing"
	"time"

	"samverkan/internal/fault"
	"samverkan/internal/lang"
)

var today = Date{2026, time.November, 24} // a Tuesday

func TestParseDate(t *testing.T) {
	for text, want := range map[string]string{
		"2027-01-21":                   "2027-01-21",
		"2027–1–21":                    "2027-01-21",
		"20270121":                     "2027-01-21",
		" 21/1 ":                       "2027-01-21",
		"21/1 2027":                    "2027-01-21",
		"21/1-27":                      "2027-01-21",
		"21/1/2027":                    "2027-01-21",
		"21.1.2027":                    "2027-01-21",
		"21.1":                         "2027-01-21",
		"21 jan":                       "2027-01-21",
		"21 Jan. 2027":                 "2027-01-21",
		"21 januari":                   "2027-01-21",
		"21 JANUARI 2027":              "2027-01-21",
		"21:a januari":                 "2027-01-21",
		"den 21 januari 2027":          "2027-01-21",
		"torsdag 21 januari 2027":      "2027-01-21",
		"torsdagen den 21 januari":     "2027-01-21",
		"tors 21/1":                    "2027-01-21",
		"tors\u00a021\u00a0jan":        "2027-01-21",
		"Thursday 21 January 2027":     "2027-01-21",
		"Thu, 21 Jan 2027":             "2027-01-21",
		"January 21, 2027":             "2027-01-21",
		"Thursday the 21st of January": "2027-01-21",
		"24/11":                        "2026-11-24", // today
		"23/11":                        "2027-11-23",
		"25 nov":                       "2026-11-25",
		"31 december":                  "2026-12-31",
		"1 sept":                       "2027-09-01",
		"1 febr 2027":                  "2027-02-01",
		"3 maj":                        "2027-05-03",
		"3 may":                        "2027-05-03",
		"3 okt":                        "2027-10-03",
		"3 oct":                        "2027-10-03",
		"11 april":                     "2027-04-11",
		"29 feb":                       "2028-02-29", // the next one there is
		"24/11 2020":                   "2020-11-24", // a year that is written is taken at its word
		"2000-01-01":                   "2000-01-01",
		"2100-12-31":                   "2100-12-31",
	} {
		if d, err := ParseDate(text, today); err != nil || d.String() != want {
			t.Errorf("%q is %s, %v, not %s", text, d, err, want)
		}
	}
}

func TestParseDate_refuses(t *testing.T) {
	const nonsense = "Skriv datumet så här: 2027-01-21"
	for text, want := range map[string]string{
		"31 feb":                   "Datumet 31 feb finns inte. Februari 2027 har 28 dagar.",
		"2027-02-29":               "Datumet 2027-02-29 finns inte. Februari 2027 har 28 dagar.",
		"30/2 2028":                "Datumet 30/2 2028 finns inte. Februari 2028 har 29 dagar.",
		"fredag den 31  april":     "Datumet 31 april finns inte. Den månaden har 30 dagar.",
		"0/1":                      "Datumet 0/1 finns inte. Den månaden har 31 dagar.",
		"fredag 21 januari 2027":   "Veckodagen stämmer inte med datumet 2027-01-21. Ändra datumet eller ta bort veckodagen.",
		"1999-12-31":               "Välj ett år mellan 2000 och 2100.",
		"2101-01-01":               "Välj ett år mellan 2000 och 2100.",
		"0000-01-01":               "Välj ett år mellan 2000 och 2100.",
		"":                         nonsense,
		"imorgon":                  nonsense,
		"torsdag":                  nonsense,
		"21":                       nonsense,
		"21/13":                    nonsense,
		"21 brumaire":              nonsense,
		"2027-13-01":               nonsense,
		"2027-01":                  nonsense,
		"21/1 2027 kl. 13":         nonsense,
		"v. 3":                     nonsense,
		"\x0021/1":                 nonsense,
		"21/1; DROP TABLE meeting": nonsense,
	} {
		d, err := ParseDate(text, today)
		if fault.KindOf(err) != fault.Invalid || err.Error() != want || !d.IsZero() {
			t.Errorf("%q gave %v, %v, not %s", text, d, err, want)
		}
	}
}

func TestParseDate_reads_what_Long_writes(t *testing.T) {
	for d := range daysOf(2027) {
		for _, l := range []lang.Language{lang.Swedish, lang.English} {
			for _, text := range []string{Long(d, l), Short(d, l), d.String()} {
				got, err := ParseDate(text, Date{2027, time.January, 1})
				if err != nil || got != d {
					t.Errorf("%q is %s, %v", text, got, err)
				}
			}
		}
	}
}

func TestParseClock(t *testing.T) {
	for text, want := range map[string]string{
		"13": "13:00", "1300": "13:00", "13.00": "13:00", "13:00": "13:00", "9": "09:00", "0900": "09:00", "9.00": "09:00",
		"kl. 13.00": "13:00", "kl 9": "09:00", "Kl.9.30": "09:30", "klockan 13": "13:00", " 08:15 ": "08:15", "930": "09:30",
		"0": "00:00", "23:59": "23:59",
	} {
		if c, err := ParseClock(text); err != nil || c.String() != want {
			t.Errorf("%q is %s, %v, not %s", text, c, err, want)
		}
	}
	for _, text := range []string{"", "24:00", "25:00", "13:60", "1 pm", "13.0", "13.000", "-1", "13:00:00", "tolv", "130000"} {
		_, err := ParseClock(text)
		if fault.KindOf(err) != fault.Invalid || err.Error() != "Skriv tiden så här: 13.00" {
			t.Errorf("%q gave %v", text, err)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, text := range []string{"2027-01-21", "31 feb", "torsdag 21 januari", "29/2", "1/1-00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDate(text, today)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		if again, err := ParseDate(d.String(), today); err != nil || again != d {
			t.Fatalf("%q is %+v, which reads as %+v, %v", text, d, again, err)
		}
	})
}
