package forum

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
)

// mostRunes is the longest promise, in letters.
const mostRunes = 200

// mostWords bounds what is searched for an understandable part.
const mostWords = 16

// ParseCadence reads a promise in Swedish or English words: "var sjätte månad", "3–4 gånger om
// året", "minst två gånger per termin", "andra torsdagen varje månad", "varannan månad utom juli",
// "regelbundet". No words, like "regelbundet", are a promise that is not measured. It refuses with
// fault.Invalid, naming what was understood and what was not.
func ParseCadence(text string) (Reading, error) {
	if utf8.RuneCountInString(text) > mostRunes {
		return Reading{}, fault.New(fault.Invalid, "Texten är för lång. Korta den till högst %d tecken.", mostRunes)
	}
	words := strings.Fields(tidy(text))
	r, err := readPromise(words)
	if err != nil {
		return Reading{}, err
	}
	if r == nil {
		return Reading{}, notUnderstood(words, text)
	}
	r.Cadence.Text = strings.TrimSpace(text)
	return *r, nil
}

// Understood reads a promise as ParseCadence does, for whoever looks for one among other words: it
// only tells whether the words are known, and looks for no explanation. The refusal is for words
// that are understood and cannot be kept account of: "varannan vecka".
func Understood(text string) (r Reading, known bool, err error) {
	if utf8.RuneCountInString(text) > mostRunes {
		return Reading{}, false, nil
	}
	read, err := readPromise(strings.Fields(tidy(text)))
	if read == nil || err != nil {
		return Reading{}, err != nil, err
	}
	read.Cadence.Text = strings.TrimSpace(text)
	return *read, true, nil
}

// tidy makes one spelling of what differs without meaning anything.
func tidy(text string) string {
	text = strings.NewReplacer("–", "-", "\u2011", "-", "—", "-", "/", " per ", "\u00ad", "", ",", " , ", "”", "", "\"", "").Replace(strings.ToLower(text))
	text = strings.Join(strings.Fields(text), " ")
	text = betweenNumbers.ReplaceAllString(text, "$1-$2")
	return strings.Trim(text, " .,;")
}

// betweenNumbers is a dash with a number on each side.
var betweenNumbers = regexp.MustCompile(`(\d) ?- ?(\d)`)

var exemption = regexp.MustCompile(`^(.+?) (?:, )?(?:utom|förutom|undantaget|undantagna|med undantag för|men inte|dock inte|except|excepting|excluding|but not)(?: for)?(?: in| i| under)? (.+)$`)

// readPromise gives nil when the words are no promise as a whole. The refusal is for words that are
// understood and cannot be kept account of.
func readPromise(words []string) (*Reading, error) {
	text := strings.Join(words, " ")
	parts := exemption.FindStringSubmatch(text)
	if parts == nil {
		c, err := readRhythm(text)
		if c == nil || err != nil {
			return nil, err
		}
		return &Reading{Cadence: *c}, nil
	}
	c, err := readRhythm(strings.TrimSuffix(parts[1], " ,"))
	months, ok := readMonths(parts[2])
	if c == nil || !ok || err != nil {
		return nil, err
	}
	return &Reading{*c, months}, nil
}

// readMonths reads "juli", "juli och augusti", "juni, juli och augusti", "juni-augusti".
func readMonths(text string) ([]int, bool) {
	text = strings.NewReplacer(" , ", " ", " och ", " ", " and ", " ", " samt ", " ", " or ", " ", " eller ", " ", " - ", "-", " till ", "-", " to ", "-").Replace(" " + text + " ")
	var months []int
	for _, word := range strings.Fields(text) {
		from, to, ranged := strings.Cut(word, "-")
		first, ok := almanac.ParseMonth(from)
		last := first
		if ranged && ok {
			last, ok = almanac.ParseMonth(to)
		}
		if !ok {
			return nil, false
		}
		for m := int(first); ; m = m%12 + 1 {
			months = append(months, m)
			if m == int(last) {
				break
			}
		}
	}
	slices.Sort(months)
	return slices.Compact(months), len(months) > 0
}

// The parts that promises are put together from.
const (
	numberWord   = `(\d{1,3}|en|ett|två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)`
	ordinalWord  = `(\d{1,2}(?::[ae]|st|nd|rd|th)?|första|andra|tredje|fjärde|femte|sjätte|sjunde|åttonde|nionde|tionde|elfte|tolfte|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)`
	weekdayWords = `(måndag|tisdag|onsdag|torsdag|fredag|monday|tuesday|wednesday|thursday|friday)(?:en|ar|s)?`
)

var (
	unmeasured = regexp.MustCompile(`^(?:regelbund(?:et|en|na)(?: kontakt| möten| avstämningar| samverkan)?|återkommande|löpande|fortlöpande|(?:vid|efter) behov|när det behövs|kontinuerligt|regularly|regular(?: contact| meetings)?|recurring|as needed|when needed|continuously)?$`)
	monthly    = regexp.MustCompile(`^(?:varje|var|every|each) (?:månad|month)$|^månadsvis$|^månatligen$|^monthly$`)
	quarterly  = regexp.MustCompile(`^(?:varje|every|each) (?:kvartal|quarter)$|^kvartalsvis$|^quarterly$|^(?:en|1) gång (?:i|per|om) kvartal(?:et)?$|^once (?:a|per|every) quarter$`)
	halfYearly = regexp.MustCompile(`^(?:varje|var) halvår$|^halvårsvis$|^half-?yearly$|^every (?:half year|half-year)$`)
	yearly     = regexp.MustCompile(`^(?:varje år|årligen|årsvis|every year|each year|yearly|annually)$`)
	otherMonth = regexp.MustCompile(`^(?:varannan månad|every (?:other|second) month)$`)
	otherYear  = regexp.MustCompile(`^(?:vartannat år|every (?:other|second) year)$`)
	everyNth   = regexp.MustCompile(`^(?:var(?:t)?|every|each) ` + ordinalWord + ` (månad|år|month|year)$`)
	everyN     = regexp.MustCompile(`^(?:every|med) ` + numberWord + ` (months|years|månaders mellanrum|års mellanrum)$`)
	inWeeks    = regexp.MustCompile(`^(?:varje vecka|veckovis|varannan vecka|weekly|every (?:other |second )?week|fortnightly|(?:varje|every) ` + weekdayWords + `|(?:var|every) ` + ordinalWord + ` (?:vecka|week)|every ` + numberWord + ` weeks)$`)
	ofMonth    = regexp.MustCompile(`^(?:den |the )?(?:` + ordinalWord + `|(sista|last)) ` + weekdayWords + ` (?:of the |in the |i |in |of )?(.+)$`)
	times      = regexp.MustCompile(`^(minst |högst |upp till |max |at least |at most |up to )?(?:` + numberWord + `(?:(?:-| till | to | eller | or | ?- ?)` + numberWord + `)? (?:gång|gånger|ggr|möte|möten|tillfällen|tillfälle|times|time|meeting|meetings)|(once|twice|once or twice)) (?:om|per|i|varje|under|a|an|each|every|in)(?: the)? (året|år|year|termin|terminen|halvår|halvåret|term|semester|half-year|månad|månaden|mån|month|kvartal|kvartalet|quarter|vecka|veckan|week)$`)
)

// readRhythm reads how often. It gives nil for words that it does not know.
func readRhythm(text string) (*Cadence, error) {
	for _, hedge := range []string{"ungefär ", "cirka ", "ca ", "about ", "roughly "} { // a promise has tolerance as it is
		text = strings.TrimPrefix(text, hedge)
	}
	switch {
	case unmeasured.MatchString(text):
		return &Cadence{}, nil
	case monthly.MatchString(text):
		return &Cadence{Months: 1}, nil
	case otherMonth.MatchString(text):
		return &Cadence{Months: 2}, nil
	case quarterly.MatchString(text):
		return &Cadence{Months: 3}, nil
	case halfYearly.MatchString(text):
		return &Cadence{Months: 6}, nil
	case otherYear.MatchString(text):
		return &Cadence{Months: 24}, nil
	case yearly.MatchString(text):
		return &Cadence{Min: 1, Max: 1}, nil
	case inWeeks.MatchString(text):
		return nil, weeks(text)
	}
	if m := everyNth.FindStringSubmatch(text); m != nil {
		return interval(text, ordinal(m[1]), m[2])
	}
	if m := everyN.FindStringSubmatch(text); m != nil {
		return interval(text, number(m[1]), m[2])
	}
	if m := ofMonth.FindStringSubmatch(text); m != nil {
		return readNth(text, m)
	}
	if m := times.FindStringSubmatch(text); m != nil {
		return readTimes(text, m)
	}
	return nil, nil
}

func weeks(text string) error {
	return fault.New(fault.Invalid, "Vi förstår ”%s”, men löften räknas i månader eller gånger om året, inte i veckor. Skriv till exempel ”varje månad” eller ”10 gånger om året”.", text)
}

func interval(text string, n int, unit string) (*Cadence, error) {
	if startsWith(unit, "år", "year") {
		n *= 12
	}
	if n < 1 || n > 60 {
		return nil, fault.New(fault.Invalid, "Vi förstår ”%s”, men det ska vara mellan en och 60 månader mellan två möten.", text)
	}
	return &Cadence{Months: n}, nil
}

// readNth reads "andra torsdagen varje månad": which day, then how many months between.
func readNth(text string, m []string) (*Cadence, error) {
	n := Last
	if m[2] == "" {
		n = ordinal(m[1])
	}
	rest := m[4]
	if rest == "månaden" || rest == "månad" || rest == "month" {
		rest = "varje månad"
	}
	c, err := readRhythm(rest)
	if c == nil || err != nil || c.Months == 0 || c.Nth > 0 {
		return nil, err
	}
	if n < 1 || n > 4 && m[2] == "" {
		return nil, fault.New(fault.Invalid, "Vi förstår ”%s”, men alla månader har inte en sådan dag. Välj första till fjärde, eller den sista.", text)
	}
	day, _ := almanac.ParseWeekday(m[3])
	return &Cadence{Months: c.Months, Nth: n, Weekday: int(day)}, nil
}

// readTimes reads "minst två gånger per termin": a bound, one number or two, and what they are
// counted in.
func readTimes(text string, m []string) (*Cadence, error) {
	low := number(m[2])
	high := low
	switch m[4] {
	case "once":
		low, high = 1, 1
	case "twice":
		low, high = 2, 2
	case "once or twice":
		low, high = 1, 2
	}
	if m[3] != "" {
		high = number(m[3])
	}
	if low < 1 || high > 60 || low > high {
		return nil, fault.New(fault.Invalid, "Vi förstår ”%s”, men inte talen. Skriv ett tal från 1 till 60, det lägre först.", text)
	}
	c := &Cadence{Min: low, Max: high}
	switch strings.TrimSpace(m[1]) {
	case "minst", "at least":
		c.Max = 0
	case "högst", "upp till", "max", "at most", "up to":
		c.Min = 0
	}
	return c.countedIn(text, m[5])
}

// countedIn turns meetings a month or a quarter into an interval, when it is one meeting.
func (c *Cadence) countedIn(text, unit string) (*Cadence, error) {
	months := 0
	switch {
	case startsWith(unit, "år", "year"):
		return c, nil
	case startsWith(unit, "term", "halv", "half", "semester"):
		c.PerTerm = true
		return c, nil
	case startsWith(unit, "mån", "month"):
		months = 1
	case startsWith(unit, "kvartal", "quarter"):
		months = 3
	default:
		return nil, weeks(text)
	}
	if c.Min != 1 || c.Max > 1 {
		return nil, fault.New(fault.Invalid, "Vi förstår ”%s”, men kan bara räkna ett möte i månaden eller kvartalet. Skriv hur många gånger om året i stället.", text)
	}
	return &Cadence{Months: months}, nil
}

func startsWith(word string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(word, p) })
}

func number(word string) int {
	if n, err := strconv.Atoi(word); err == nil {
		return n
	}
	if word == "ett" {
		return 1
	}
	return max(slices.Index(numbersSwedish, word), slices.Index(numbersEnglish, word), 0)
}

func ordinal(word string) int {
	if word == "" {
		return 0
	}
	if n, err := strconv.Atoi(strings.TrimRight(word, ":aednhrst")); err == nil {
		return n
	}
	return max(slices.Index(ordinalsSwedish, word), slices.Index(ordinalsEnglish, word), 0)
}

// notUnderstood names the longest part that is a promise by itself, and what stands around it.
func notUnderstood(words []string, text string) error {
	if len(words) > mostWords {
		words = words[:mostWords]
	}
	for size := len(words) - 1; size > 0; size-- {
		for from := 0; from+size <= len(words); from++ {
			part := words[from : from+size]
			r, err := readPromise(part)
			if err != nil {
				return err
			}
			if r == nil || from > 0 && !r.Cadence.Measured() {
				continue
			}
			rest := slices.Concat(words[:from], words[from+size:])
			return fault.New(fault.Invalid, "Vi förstår ”%s” men inte ”%s”. Skriv bara hur ofta, och vilka månader som är undantagna.", strings.Join(part, " "), strings.Trim(strings.Join(rest, " "), " ,"))
		}
	}
	return fault.New(fault.Invalid, "Vi förstår inte hur ofta ”%s” är. Skriv till exempel ”var sjätte månad”, ”3–4 gånger om året”, ”andra torsdagen varje månad” eller ”regelbundet”.", strings.TrimSpace(text))
}
