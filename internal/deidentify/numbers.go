package deidentify

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Kind says what was found.
type Kind string

// Kinds of numbers that point at one person or one case.
const (
	PersonalNumber     Kind = "personal-number"     // personnummer, also interim ones with a letter
	CoordinationNumber Kind = "coordination-number" // samordningsnummer: the day plus 60
	CaseNumber         Kind = "case-number"         // of the police (5000-K123456-26) or a prosecutor (AM-12345-26)
)

// A Finding is a place in a text that tells, or may tell, who or which case it is about.
type Finding struct {
	Kind       Kind
	Start, End int    // byte offsets in the text as given
	Shown      string // what may be shown of it: "910101-••••"
	Certain    bool   // false: a hint that may be waved away
	Marks      []Mark // what a Combination is made of
}

// A joint is what stands between two runs of digits.
type joint byte

const (
	apart   joint = iota // anything that parts them
	blank                // spaces, one line break or both
	dash                 // any dash, with or without spaces
	plus                 // whoever turns 100 this year or has done so
	odd                  // full stop, slash or underscore
	interim              // a dash and a letter that takes the place of a digit
)

// A reading is one way to read digits of the text as a number of a person.
type reading struct {
	digits     []byte // ten or twelve
	start, end int
	joint      joint // before the last four; apart when nothing stands there
	loose      bool  // spelled as other things are too
}

func (r reading) bare() bool { return r.joint == apart }

func (r reading) firmlyJoined() bool { return r.joint == dash || r.joint == plus }

// Find gives the numbers of persons and cases in text, in order of position and never overlapping.
// The date today, in its own zone, parts those who are born from what is planned.
func Find(text string, today time.Time) []Finding {
	found := scan(text, today, false)
	if strings.ContainsAny(text, "\n\r") {
		found = append(found, scan(text, today, true)...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.Start, b.Start) })
	return withoutOverlaps(found)
}

// Mask gives text with what each finding shows in its place. A Combination hides nothing: its words are harmless one by one.
func Mask(text string, findings []Finding) string {
	sorted := slices.SortedStableFunc(slices.Values(findings), func(a, b Finding) int { return cmp.Compare(a.Start, b.Start) })
	var masked strings.Builder
	at := 0
	for _, f := range sorted {
		if f.Start < 0 || f.Start > f.End || f.End > len(text) || f.Kind == Combination {
			continue
		}
		if f.Start >= at {
			masked.WriteString(text[at:f.Start])
			masked.WriteString(f.Shown)
		}
		at = max(at, f.End)
	}
	masked.WriteString(text[at:])
	return masked.String()
}

// withoutOverlaps keeps the first of two that overlap, unless only the second is certain.
func withoutOverlaps(sorted []Finding) []Finding {
	var kept []Finding
	for _, f := range sorted {
		last := len(kept) - 1
		switch {
		case last < 0 || f.Start >= kept[last].End:
			kept = append(kept, f)
		case f.Certain && !kept[last].Certain:
			kept[last] = f
		}
	}
	return kept
}

// judge says what the reading is, if it is the number of someone born by today.
func judge(text string, today time.Time, r reading) (Finding, bool) {
	kind, year, ok := birth(r, today)
	if !ok {
		return Finding{}, false
	}
	f := Finding{Kind: kind, Start: r.start, End: r.end, Shown: shown(r.digits)}
	if r.joint == interim {
		return f, true
	}
	ten := r.digits[len(r.digits)-10:]
	doubtful := r.loose || r.joint == odd || timestamp(r, kind, year, today) || entangled(text, r) || phone(text, r, kind)
	if sound(ten) && !doubtful && !r.bare() {
		f.Certain = true
		return f, true
	}
	label := labelBefore(text, r.start)
	switch {
	case label != labelPerson && entangled(text, r):
		return f, false
	case sound(ten):
		otherwise := label == labelOther || label == labelPhone && ten[0] == '0'
		f.Certain = label == labelPerson || !doubtful && !otherwise
		return f, true
	case label == labelPerson:
		return f, true
	}
	// A slip of the pen still points at someone. References made of a recent date and a serial number are too common to ask about.
	return f, r.firmlyJoined() && !doubtful && !recent(year, today)
}

// birth reads the date. A year of two digits is the latest that is not after today, and a hundred
// years earlier after a plus.
func birth(r reading, today time.Time) (kind Kind, year int, ok bool) {
	d := r.digits
	thisYear, thisMonth, thisDay := today.Date()
	month, day := number(d[len(d)-8:len(d)-6]), number(d[len(d)-6:len(d)-4])
	kind = PersonalNumber
	if day >= 60 {
		kind, day = CoordinationNumber, day-60
	}
	later := month*100+day > int(thisMonth)*100+thisDay // in the year
	switch {
	case len(d) == 12:
		year = number(d[:4])
	case r.joint == plus:
		year = thisYear - 100 - (thisYear%100-number(d[:2])+100)%100
	default:
		year = thisYear - (thisYear%100-number(d[:2])+100)%100
		if year == thisYear && later {
			year -= 100
		}
	}
	// The first numbers were given in 1947; nobody then alive was born before 1840.
	if year < 1840 || year > thisYear || year == thisYear && later {
		return kind, year, false
	}
	return kind, year, dayExists(kind, year, month, day)
}

// dayExists knows that a coordination number has zeros for a month or a day that nobody knows.
func dayExists(kind Kind, year, month, day int) bool {
	if kind == CoordinationNumber && (month == 0 && day <= 31 || month <= 12 && day == 0) {
		return true
	}
	return month >= 1 && month <= 12 && day >= 1 && day <= time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// sound is the check digit of 18 § folkbokföringslagen (1991:481): Luhn over the ten digits without century.
func sound(ten []byte) bool {
	sum := 0
	for i, d := range ten {
		v := int(d - '0')
		if i%2 == 0 {
			v *= 2
		}
		sum += v/10 + v%10
	}
	return sum%10 == 0
}

// timestamp is a day of these years with a time at which people meet, as in 20261110-1300. Every
// tenth passes the check digit. To take any minute of the day would let one child in seven pass as a
// time; every fifth minute from six to ten in the evening lets one in fifty.
func timestamp(r reading, kind Kind, year int, today time.Time) bool {
	if kind != PersonalNumber || r.joint == plus {
		return false
	}
	if len(r.digits) == 10 && year <= today.Year()-97 {
		year += 100 // what may be coming rather than a hundred years old
	}
	four := r.digits[len(r.digits)-4:]
	hour, minute := number(four[:2]), number(four[2:])
	return recent(year, today) && hour >= 6 && hour <= 22 && minute < 60 && minute%5 == 0
}

// recent years are those that notes from our meetings speak of, the coming ones included.
func recent(year int, today time.Time) bool { return year > today.Year()-10 }

// phone is a number written as telephone numbers are: 070 and 010 are also the years 2007 and 2001,
// and for coordination numbers that is the likelier reading.
func phone(text string, r reading, kind Kind) bool {
	if !r.bare() || len(r.digits) != 10 {
		return false
	}
	return kind == CoordinationNumber && r.digits[0] == '0' || strings.HasSuffix(text[:r.start], "+")
}

func shown(digits []byte) string {
	return string(digits[len(digits)-10:len(digits)-4]) + "-••••"
}

func number(digits []byte) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}
