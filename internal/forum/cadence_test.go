package forum_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
)

func TestParseCadence(t *testing.T) {
	months := func(n int, exempt ...int) forum.Reading {
		return forum.Reading{Cadence: forum.Cadence{Months: n}, ExemptMonths: exempt}
	}
	count := func(low, high int) forum.Reading {
		return forum.Reading{Cadence: forum.Cadence{Min: low, Max: high}}
	}
	term := func(low, high int) forum.Reading {
		return forum.Reading{Cadence: forum.Cadence{Min: low, Max: high, PerTerm: true}}
	}
	nth := func(months, n, weekday int, exempt ...int) forum.Reading {
		return forum.Reading{Cadence: forum.Cadence{Months: months, Nth: n, Weekday: weekday}, ExemptMonths: exempt}
	}
	for text, want := range map[string]forum.Reading{
		"var sjätte månad":                                    months(6),
		"Var 6:e månad.":                                      months(6),
		"var 6 månad":                                         months(6),
		"med sex månaders mellanrum":                          months(6),
		"every six months":                                    months(6),
		"every sixth month":                                   months(6),
		"every 6 months":                                      months(6),
		"halvårsvis":                                          months(6),
		"en gång i månaden":                                   months(1),
		"1 gång/mån":                                          months(1),
		"en gång per månad":                                   months(1),
		"månadsvis":                                           months(1),
		"varje månad":                                         months(1),
		"ungefär en gång i månaden":                           months(1),
		"once a month":                                        months(1),
		"monthly":                                             months(1),
		"every month":                                         months(1),
		"varannan månad":                                      months(2),
		"every other month":                                   months(2),
		"every second month":                                  months(2),
		"kvartalsvis":                                         months(3),
		"en gång i kvartalet":                                 months(3),
		"quarterly":                                           months(3),
		"vartannat år":                                        months(24),
		"vart tredje år":                                      months(36),
		"varannan månad utom juli":                            months(2, 7),
		"varannan månad, utom i juli":                         months(2, 7),
		"every other month except July":                       months(2, 7),
		"every other month, except in July":                   months(2, 7),
		"varje månad utom juli och december":                  months(1, 7, 12),
		"varje månad utom juni, juli och augusti":             months(1, 6, 7, 8),
		"månadsvis förutom juni–augusti":                      months(1, 6, 7, 8),
		"monthly except December to January":                  months(1, 1, 12),
		"3–4 gånger om året":                                  count(3, 4),
		"3-4 gånger om året":                                  count(3, 4),
		"3 - 4 ggr/år":                                        count(3, 4),
		"tre till fyra gånger per år":                         count(3, 4),
		"tre eller fyra möten om året":                        count(3, 4),
		"3–4 times a year":                                    count(3, 4),
		"three to four times a year":                          count(3, 4),
		"fyra gånger om året":                                 count(4, 4),
		"en gång om året":                                     count(1, 1),
		"årligen":                                             count(1, 1),
		"every year":                                          count(1, 1),
		"twice a year":                                        count(2, 2),
		"once or twice a year":                                count(1, 2),
		"minst fyra gånger om året":                           count(4, 0),
		"at least four times a year":                          count(4, 0),
		"högst sex gånger om året":                            count(0, 6),
		"at most six times per year":                          count(0, 6),
		"minst två gånger per termin":                         term(2, 0),
		"minst 2 ggr per termin":                              term(2, 0),
		"at least twice a term":                               term(2, 0),
		"at least two times per semester":                     term(2, 0),
		"två gånger i halvåret":                               term(2, 2),
		"en till två gånger per termin":                       term(1, 2),
		"andra torsdagen varje månad":                         nth(1, 2, 4),
		"den andra torsdagen i månaden":                       nth(1, 2, 4),
		"andra torsdagen i varje månad":                       nth(1, 2, 4),
		"2:a torsdagen varje månad":                           nth(1, 2, 4),
		"the second Thursday of every month":                  nth(1, 2, 4),
		"second Thursday of the month":                        nth(1, 2, 4),
		"sista fredagen i månaden":                            nth(1, forum.Last, 5),
		"the last Friday of each month":                       nth(1, forum.Last, 5),
		"första tisdagen varannan månad utom juli":            nth(2, 1, 2, 7),
		"the first Tuesday every other month but not in July": nth(2, 1, 2, 7),
		"tredje onsdagen var tredje månad":                    nth(3, 3, 3),
		"regelbundet":                                         {},
		"regelbunden kontakt":                                 {},
		"vid behov":                                           {},
		"regularly":                                           {},
		"as needed":                                           {},
		"":                                                    {},
	} {
		got, err := forum.ParseCadence(text)
		if got.Cadence.Text != strings.TrimSpace(text) {
			t.Errorf("%q: the words are kept as %q", text, got.Cadence.Text)
		}
		got.Cadence.Text = ""
		if err != nil || got.Cadence != want.Cadence || !slices.Equal(got.ExemptMonths, want.ExemptMonths) {
			t.Errorf("%q is %+v, %v", text, got, err)
		}
	}
}

func TestParseCadence_names_what_it_understood(t *testing.T) {
	for text, want := range map[string]string{
		"varannan månad utom sommaren":  "Vi förstår ”varannan månad” men inte ”utom sommaren”. Skriv bara hur ofta, och vilka månader som är undantagna.",
		"i slutet av varje år":          "Vi förstår ”varje år” men inte ”i slutet av”. Skriv bara hur ofta, och vilka månader som är undantagna.",
		"mötena hålls var sjätte månad": "Vi förstår ”var sjätte månad” men inte ”mötena hålls”. Skriv bara hur ofta, och vilka månader som är undantagna.",
		"var fjärde vecka":              "Vi förstår ”var fjärde vecka”, men löften räknas i månader eller gånger om året, inte i veckor. Skriv till exempel ”varje månad” eller ”10 gånger om året”.",
		"varje torsdag":                 "Vi förstår ”varje torsdag”, men löften räknas i månader eller gånger om året, inte i veckor. Skriv till exempel ”varje månad” eller ”10 gånger om året”.",
		"femte torsdagen varje månad":   "Vi förstår ”femte torsdagen varje månad”, men alla månader har inte en sådan dag. Välj första till fjärde, eller den sista.",
		"4–3 gånger om året":            "Vi förstår ”4-3 gånger om året”, men inte talen. Skriv ett tal från 1 till 60, det lägre först.",
		"två gånger i månaden":          "Vi förstår ”två gånger i månaden”, men kan bara räkna ett möte i månaden eller kvartalet. Skriv hur många gånger om året i stället.",
		"var 99:e månad":                "Vi förstår ”var 99:e månad”, men det ska vara mellan en och 60 månader mellan två möten.",
		"ofta":                          "Vi förstår inte hur ofta ”ofta” är. Skriv till exempel ”var sjätte månad”, ”3–4 gånger om året”, ”andra torsdagen varje månad” eller ”regelbundet”.",
	} {
		_, err := forum.ParseCadence(text)
		if fault.KindOf(err) != fault.Invalid || err.Error() != want {
			t.Errorf("%q gave %v", text, err)
		}
	}
}

func TestUnderstood_says_what_ParseCadence_says(t *testing.T) {
	for text, want := range map[string]struct{ known, refused bool }{
		"var sjätte månad": {true, false}, "regelbundet": {true, false}, "varannan vecka": {true, true}, "två gånger i månaden": {true, true},
		"möten var sjätte månad": {}, "ofta": {}, strings.Repeat("a", 300): {},
	} {
		got, known, err := forum.Understood(text)
		if known != want.known || (err != nil) != want.refused {
			t.Errorf("%q: %v, %v", text, known, err)
		}
		parsed, err := forum.ParseCadence(text)
		if (err == nil) != (known && !want.refused) || err == nil && !reflect.DeepEqual(got, parsed) {
			t.Errorf("%q: %+v, not %+v, %v", text, got, parsed, err)
		}
	}
}

// someReading is any promise that words can tell.
func someReading(chance *rand.Rand) forum.Reading {
	r := forum.Reading{}
	switch chance.IntN(5) {
	case 0:
		r.Cadence = forum.Cadence{Months: 1 + chance.IntN(60)}
	case 1:
		r.Cadence = forum.Cadence{Months: 1 + chance.IntN(60), Nth: 1 + chance.IntN(forum.Last), Weekday: 1 + chance.IntN(5)}
	case 2:
		low := 1 + chance.IntN(60)
		r.Cadence = forum.Cadence{Min: low, Max: low + chance.IntN(61-low), PerTerm: chance.IntN(2) == 0}
	case 3:
		r.Cadence = forum.Cadence{Min: 1 + chance.IntN(60), PerTerm: chance.IntN(2) == 0}
	case 4:
		r.Cadence = forum.Cadence{Max: 1 + chance.IntN(60), PerTerm: chance.IntN(2) == 0}
	}
	for m := 1; m <= 12; m++ {
		if chance.IntN(4) == 0 {
			r.ExemptMonths = append(r.ExemptMonths, m)
		}
	}
	return r
}

func TestReading_is_read_back_from_its_words(t *testing.T) {
	chance := rand.New(rand.NewPCG(20261124, 4))
	for range 20_000 {
		r := someReading(chance)
		for _, l := range []lang.Language{lang.Swedish, lang.English} {
			words := r.In(l)
			back, err := forum.ParseCadence(words)
			back.Cadence.Text = ""
			if err != nil || !reflect.DeepEqual(back, r) {
				t.Fatalf("%+v is %q, which reads as %+v, %v", r, words, back, err)
			}
		}
	}
}

func FuzzParseCadence(f *testing.F) {
	for _, text := range []string{"var sjätte månad", "3–4 gånger om året", "andra torsdagen varje månad utom juli", "once or twice a year", "a , b utom , juli", strings.Repeat("varje ", 50), "0-0 gånger om året"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := forum.ParseCadence(text)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		r.Cadence.Text = ""
		back, err := forum.ParseCadence(r.In(lang.Swedish))
		back.Cadence.Text = ""
		if err != nil || back.Cadence != r.Cadence || !slices.Equal(back.ExemptMonths, r.ExemptMonths) {
			t.Fatalf("%q is %+v, which reads as %+v, %v", text, r, back, err)
		}
	})
}
