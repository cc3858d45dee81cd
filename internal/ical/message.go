package ical

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The methods that come in, beside Request and Cancel (RFC 5546 §1.4).
const (
	Reply          Method = "REPLY"
	Refresh        Method = "REFRESH"
	Counter        Method = "COUNTER"
	DeclineCounter Method = "DECLINECOUNTER" // goes out too
)

// Message is an iTIP message that came in. It has a field for what we act upon and for nothing
// else: no attachment, no alarm, no property of anybody's own.
type Message struct {
	Method Method // as the body says it: some mail bridges drop the parameter
	Events []Entry
}

// Entry is one VEVENT of a Message.
type Entry struct {
	UID           string
	Recurrence    *Moment // RECURRENCE-ID; nil: the whole
	Sequence      int64   // RFC 5545 §3.8.7.4: 0 when it is not said
	Stamp         time.Time
	Organizer     string // address in lower case; empty: Outlook and Exchange leave it out of replies
	Attendees     []Participant
	Start, End    *Moment     // nil: not said, or not to be understood
	Summary       string      // one line
	Location      string      // one line
	Comment       string      // may have several lines, at most 500 characters
	Status        string      // upper case
	RequestStatus string      // the code alone, as 3.7
	Rule          string      // RRULE; empty: it does not recur
	Also          []time.Time // RDATE
	Except        []time.Time // EXDATE
	Free          bool        // does not make its owner busy
}

// Participant is one ATTENDEE line. Addresses are in lower case.
type Participant struct {
	Address       string
	PartStat      string // upper case; RFC 5545 §3.2.12: NEEDS-ACTION when it is not said
	DelegatedTo   string
	DelegatedFrom string
	SentBy        string
	Comment       string // Google's X-RESPONSE-COMMENT
}

// Moment is a time as a message says it.
type Moment struct {
	Time   time.Time
	AllDay bool // a date; Time is its midnight in the zone that was given as ours
	Zone   string
}

// ReadMessage reads a text/calendar part. zone is what a time without one means here. It refuses
// with ErrTooLarge and ErrUnreadable, and never panics.
func ReadMessage(part []byte, zone *time.Location) (m *Message, err error) {
	defer guard(&err)
	all, err := readBlocks(part, partBounds)
	if err != nil {
		return nil, err
	}
	cal := all[0]
	m = &Message{Method: Method(strings.ToUpper(cal.get("METHOD").value))}
	zones := newZones(cal, zone)
	for _, b := range cal.parts {
		if b.name == "VEVENT" {
			m.Events = append(m.Events, entry(b, zones))
		}
	}
	if len(m.Events) == 0 {
		return nil, ErrUnreadable
	}
	return m, nil
}

func entry(b *block, z *zones) Entry {
	e := Entry{
		UID: short(readable(b.get("UID").value), 255), Organizer: address(b.get("ORGANIZER").value),
		Summary: plainLine(b.get("SUMMARY").value, 200), Location: plainLine(b.get("LOCATION").value, 200),
		Comment: short(readable(unescaped(b.get("COMMENT").value)), 500),
		Status:  strings.ToUpper(short(b.get("STATUS").value, 20)), Rule: short(b.get("RRULE").value, 500),
		Also: z.moments(b, "RDATE"), Except: z.moments(b, "EXDATE"),
		Start: z.moment(b.get("DTSTART")), End: z.moment(b.get("DTEND")), Recurrence: z.moment(b.get("RECURRENCE-ID")),
		Free: strings.EqualFold(b.get("TRANSP").value, "TRANSPARENT") || strings.EqualFold(b.get("X-MICROSOFT-CDO-BUSYSTATUS").value, "FREE"),
	}
	if b.get("RECURRENCE-ID").name != "" && e.Recurrence == nil { // said, though not understood: never taken for the whole
		e.Recurrence = &Moment{}
	}
	if n, err := strconv.ParseInt(b.get("SEQUENCE").value, 10, 32); err == nil && n > 0 {
		e.Sequence = n
	}
	if stamp := z.moment(b.get("DTSTAMP")); stamp != nil {
		e.Stamp = stamp.Time.UTC()
	}
	code, _, _ := strings.Cut(b.get("REQUEST-STATUS").value, ";")
	e.RequestStatus = short(code, 10)
	if length := b.get("DURATION").value; e.End == nil && e.Start != nil && length != "" {
		if d, ok := duration(length); ok {
			e.End = &Moment{e.Start.Time.Add(d), e.Start.AllDay, e.Start.Zone}
		}
	}
	for _, l := range b.lines {
		if l.name == "ATTENDEE" && len(e.Attendees) < 500 {
			e.Attendees = append(e.Attendees, participant(l))
		}
	}
	return e
}

func participant(l line) Participant {
	p := Participant{
		Address: address(l.value), PartStat: strings.ToUpper(short(l.param("PARTSTAT"), 20)),
		DelegatedTo: address(l.param("DELEGATED-TO")), DelegatedFrom: address(l.param("DELEGATED-FROM")), SentBy: address(l.param("SENT-BY")),
		Comment: short(readable(l.param("X-RESPONSE-COMMENT")), 500),
	}
	if p.PartStat == "" {
		p.PartStat = "NEEDS-ACTION"
	}
	return p
}

// address takes mailto: away, in any case, and what programs put after the address. What is no
// address gives an empty one.
func address(value string) string {
	value = strings.TrimSpace(value)
	if scheme, rest, found := strings.Cut(value, ":"); found && strings.EqualFold(scheme, "mailto") {
		value, _, _ = strings.Cut(rest, "?")
	}
	if plain, err := url.PathUnescape(value); err == nil { // RFC 6068 §2: a plus sign may come as %2B
		value = plain
	}
	value = strings.ToLower(strings.Trim(value, " <>"))
	if strings.Count(value, "@") != 1 || len(value) > 254 || strings.ContainsFunc(value, notInAddress) {
		return ""
	}
	return value
}

func notInAddress(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`<>",;\`, r) }

// plainLine decodes a TEXT and gives it on one line.
func plainLine(value string, most int) string {
	return short(strings.Join(strings.Fields(readable(unescaped(value))), " "), most)
}

// readable drops what nobody sees and what turns the direction of reading.
func readable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, text)
}

// short cuts a text at most characters.
func short(text string, most int) string {
	text = strings.TrimSpace(text)
	n := 0
	for i := range text {
		if n == most {
			return text[:i]
		}
		n++
	}
	return text
}
