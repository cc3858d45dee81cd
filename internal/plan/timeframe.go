package plan

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// FrameKind says what sort of time frame it is.
type FrameKind string

// The kinds.
const (
	Unstated   FrameKind = "unstated"
	Continuous FrameKind = "continuous" // has a rhythm in which it is reviewed, and no last day
	Dated      FrameKind = "dated"      // has a last day
	Unread     FrameKind = "unread"     // kept as it stands
)

// Frame is a time frame as it was read.
type Frame struct {
	Kind   FrameKind
	Due    almanac.Date // of what is dated: the last day
	Months int64        // of what is continuous: how often it is reviewed; 0: the text does not say
}

// usualMonths is how often a continuous row is reviewed when nobody has said otherwise.
const usualMonths = 12

var (
	continuous = regexp.MustCompile(`(?:^|[^\pL])(fortlöpande|löpande|kontinuerligt?|ständigt|tills vidare|återkommande|regelbundet|årligen|årlig|halvårsvis|kvartalsvis|månadsvis|varje (?:år|halvår|kvartal|månad)|vartannat år|en gång (?:om året|per år)|två gånger (?:om året|per år))(?:[^\pL]|$)`)
	rhythms    = []struct {
		word   string
		months int64
	}{{"vartannat år", 24}, {"halvår", 6}, {"två gånger", 6}, {"kvartal", 3}, {"månad", 1}, {"årlig", 12}, {"varje år", 12}, {"en gång", 12}}
	isoDay    = regexp.MustCompile(`\b(20\d\d)-(\d\d)-(\d\d)\b`)
	wordDay   = regexp.MustCompile(`\b(\d{1,2})\s+(\pL{3,9})\.?\s+(20\d\d)\b`)
	wordMonth = regexp.MustCompile(`(?:^|[^\pL])(\pL{3,9})\.?\s+(20\d\d)\b`)
	years     = regexp.MustCompile(`\b(20\d\d)\b`)
	range2    = regexp.MustCompile(`\b20\d\d\s*[-–—/]\s*(\d\d)(?:\D|$)`)
	quarter   = regexp.MustCompile(`\b(?:q([1-4])\b|kvartal\s+([1-4])\b|([1-4])(?::?[ae])?\s+kvartalet|(första|andra|tredje|fjärde|sista) kvartalet)`)
	half      = regexp.MustCompile(`\b(?:(första|andra) halvåret|halvår ([12])\b|h([12])\b)`)
)

// The last days of what a season or a term is called. The seasons are the almanac's own; a term ends when school does.
var seasons = []struct {
	word  string
	month time.Month
	day   int
}{
	{"vårterminen", time.June, 30}, {"höstterminen", time.December, 31}, {"våren", time.May, 31}, {"sommaren", time.August, 31}, {"hösten", time.November, 30},
	{"vt", time.June, 30}, {"ht", time.December, 31}, {"vår", time.May, 31}, {"sommar", time.August, 31}, {"höst", time.November, 30},
}

// fillers are words that stand by a year and say nothing of when in it.
var fillers = strings.Fields("senast klar klart under till och med tom t o m före innan i slutet av utgången utgång den år året åren vid årsskiftet perioden gäller")

var ordinals = map[string]int{"första": 1, "andra": 2, "tredje": 3, "fjärde": 4, "sista": 4}

// ReadFrame reads a time frame. It is pure. What it cannot be certain of is Unread, and is kept as it stands.
func ReadFrame(text string) Frame {
	t := strings.ToLower(strings.Join(strings.Fields(text), " "))
	switch {
	case t == "":
		return Frame{Kind: Unstated}
	case continuous.MatchString(t):
		f := Frame{Kind: Continuous}
		for _, r := range rhythms {
			if strings.Contains(t, r.word) {
				f.Months = r.months
				break
			}
		}
		return f
	}
	if due := dueOf(t); !due.IsZero() {
		return Frame{Kind: Dated, Due: due}
	}
	return Frame{Kind: Unread}
}

// dueOf gives the last day that a text names; zero when it names none for certain.
func dueOf(t string) almanac.Date {
	if m := lastOf(isoDay, t); m != nil {
		var d almanac.Date
		if d.UnmarshalText([]byte(m[0])) != nil {
			return almanac.Date{}
		}
		return d
	}
	if m := lastOf(wordDay, t); m != nil {
		if month, known := almanac.ParseMonth(m[2]); known {
			d := almanac.Date{Year: number(m[3]), Month: month, Day: number(m[1])}
			if d.Day < 1 || d.Day > lastDay(d.Year, month).Day {
				return almanac.Date{}
			}
			return d
		}
	}
	all := years.FindAllString(t, -1)
	if len(all) == 0 {
		return almanac.Date{} // "Q1" of which year?
	}
	year := 0
	for _, y := range all {
		year = max(year, number(y))
	}
	if m := range2.FindStringSubmatch(t); m != nil && len(all) == 1 {
		year = max(year, 2000+number(m[1]))
	}
	return withinYear(t, year)
}

// withinYear gives the last day of the part of a year that a text names, of the whole year when it names nothing but years.
func withinYear(t string, year int) almanac.Date {
	if m := quarter.FindStringSubmatch(t); m != nil {
		return lastDay(year, time.Month(3*part(m[1:])))
	}
	if m := half.FindStringSubmatch(t); m != nil {
		return lastDay(year, time.Month(6*part(m[1:])))
	}
	words := strings.FieldsFunc(t, func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzåäö", r) })
	for _, s := range seasons {
		for _, w := range words {
			if w == s.word {
				return almanac.Date{Year: year, Month: s.month, Day: s.day}
			}
		}
	}
	if m := lastOf(wordMonth, t); m != nil {
		if month, known := almanac.ParseMonth(m[1]); known {
			return lastDay(number(m[2]), month)
		}
	}
	for _, w := range words {
		if !slices.Contains(fillers, w) {
			return almanac.Date{}
		}
	}
	return almanac.Date{Year: year, Month: time.December, Day: 31}
}

func lastOf(pattern *regexp.Regexp, t string) []string {
	if all := pattern.FindAllStringSubmatch(t, -1); len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

func part(groups []string) int {
	for _, g := range groups {
		if g != "" {
			if n := ordinals[g]; n > 0 {
				return n
			}
			return number(g)
		}
	}
	return 1
}

func lastDay(year int, month time.Month) almanac.Date {
	return almanac.Date{Year: year, Month: month, Day: 1}.AddMonths(1).AddDays(-1)
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits) // the patterns let digits through alone
	return n
}

// Frame reads the row's time frame.
func (m Measure) Frame() Frame { return ReadFrame(m.Timeframe) }

// Words says how a time frame was read; nothing to say of none.
func (f Frame) Words() lang.Sentence {
	switch f.Kind {
	case Continuous:
		return lang.Say("Gås igenom återkommande")
	case Dated:
		return lang.Say("Senast %s", f.Due.String())
	case Unread:
		return lang.Say("Programmet kan inte läsa när det är. Skriv till exempel 2027, hösten 2027, senast 2027-05-31 eller Fortlöpande.")
	}
	return lang.Say("inte angiven")
}
