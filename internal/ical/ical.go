// Package ical writes iCalendar: the invitations and cancellations that go out by mail, the files
// that people keep, and the feeds that calendars subscribe to. It says only what an Event has a field for, and it writes text
// so that no title, name or place, however odd, can break a calendar or add a line to it. It knows
// nothing of us.
package ical

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	goical "github.com/emersion/go-ical"
)

// Method is what a message asks of the calendar that receives it (RFC 5546 §1.4).
type Method string

// The methods that we send.
const (
	Request Method = "REQUEST" // an invitation, and every change of it
	Cancel  Method = "CANCEL"
)

// Event is one meeting as one person or one feed may see it.
type Event struct {
	UID         string         // 8 to 255 visible ASCII characters, the same for the meeting's whole life
	Sequence    int            // 0 at first, higher when the time changes and when it is cancelled; never lower
	Stamp       time.Time      // of the message; of the record in a feed. Later in each message of one UID
	Modified    time.Time      // when the meeting was last changed. Zero: as Stamp
	Start       time.Time      // an instant, to the second
	End         time.Time      // an instant after Start
	Zone        *time.Location // that the meeting's clock times were agreed in. Only Europe/Stockholm is written as such; any other, and nil, as UTC
	Summary     string         // the title, one line
	Location    string         // the place, one line. Empty: left out
	Description string         // may have several lines. Empty: left out
	URL         string         // where more can be read. Empty: left out
	Private     bool           // others who may see the calendar see only that it is busy
	Free        bool           // does not make its owner busy
	Cancelled   bool           // only in feeds and files; the caller writes so in Summary too. A message says it by its method
	Withdraw    bool           // only with Cancel: the meeting stands but this attendee is no longer asked
	Organizer   *Party         // in messages, who receives the reply; in files, whose meeting it is
	Attendee    *Attendee      // only in messages: the one recipient
}

// Party is somebody with a mail address.
type Party struct {
	Name    string // Empty: left out
	Address string // a mail address, without mailto:
}

// Attendee is the one who is invited.
type Attendee struct {
	Party
	Role     string // REQ-PARTICIPANT, OPT-PARTICIPANT, CHAIR or NON-PARTICIPANT. Empty: REQ-PARTICIPANT
	PartStat string // NEEDS-ACTION, ACCEPTED, TENTATIVE, DECLINED or DELEGATED. Empty: NEEDS-ACTION
	CUType   string // INDIVIDUAL, GROUP, RESOURCE or ROOM. Empty: INDIVIDUAL
	RSVP     bool   // an answer is asked for: Apple and Gmail show buttons only then. Not said in a Cancel
}

// Calendar is a feed.
type Calendar struct {
	Name     string      // as the subscriber's calendar calls it, one line
	Modified time.Time   // when anything in the feed last changed. Zero: left out
	Events   []Published // in any order; the feed has them by start
}

// Published is an event as a feed has it, written once.
type Published struct {
	start time.Time
	uid   string
	text  []byte
}

const (
	productID = "-//Samverkan//Samverkan//SV"

	// How often a subscriber should ask again. Outlook may otherwise wait a week.
	refreshInterval = "PT1H"

	// RFC 7986 §5.9: a name from CSS3.
	color = "steelblue"
)

// Invitation writes the calendar part of one mail to one attendee. It fails only on what its caller
// can know beforehand: a UID, a stamp, an organizer or the attendee is missing, or the end does not
// come after the start.
func Invitation(method Method, e Event) ([]byte, error) {
	switch {
	case method != Request && method != Cancel && method != DeclineCounter:
		return nil, fmt.Errorf("ical: no method %q", method)
	case e.Organizer == nil || e.Organizer.Address == "":
		return nil, fmt.Errorf("ical: event %q has no organizer", e.UID)
	case e.Attendee == nil || e.Attendee.Address == "":
		return nil, fmt.Errorf("ical: event %q has no attendee", e.UID)
	}
	event, err := component(e)
	if err != nil {
		return nil, err
	}
	if status := messageStatus(method, e); status != "" {
		setRaw(event, goical.PropStatus, status)
	}
	event.Props.Set(organizer(*e.Organizer))
	event.Props.Set(attendee(method, *e.Attendee))

	cal := calendar()
	// RFC 6047 §2.4: the same word as the method parameter of the mail's part.
	setRaw(cal, goical.PropMethod, string(method))
	var b bytes.Buffer
	// RFC 5545 §3.6.5: a VTIMEZONE for every TZID that is used; none is used by times in UTC.
	writeCalendar(&b, cal, localTimes(e), func() { writeComponent(&b, event) })
	return b.Bytes(), nil
}

// Saved writes one meeting as a file that a person keeps: a PUBLISH (RFC 5546 §3.2.1), which asks
// nothing of anybody and is never sent by mail. Attendee is left out, as the standard asks. It fails
// as Invitation does, without the attendee.
func Saved(e Event) ([]byte, error) {
	if e.Organizer == nil || e.Organizer.Address == "" { // RFC 5546 §3.2.1: required
		return nil, fmt.Errorf("ical: event %q has no organizer", e.UID)
	}
	event, err := component(e)
	if err != nil {
		return nil, err
	}
	setRaw(event, goical.PropStatus, recordStatus(e))
	event.Props.Set(organizer(*e.Organizer))
	cal := calendar()
	setRaw(cal, goical.PropMethod, "PUBLISH")
	var b bytes.Buffer
	writeCalendar(&b, cal, localTimes(e), func() { writeComponent(&b, event) })
	return b.Bytes(), nil
}

// recordStatus is the status of a meeting in a feed or a file, where no method says it.
func recordStatus(e Event) string {
	if e.Cancelled {
		return string(goical.EventCancelled)
	}
	return string(goical.EventConfirmed)
}

// messageStatus: RFC 5546 §3.2.5 has STATUS:CANCELLED when the event is cancelled, and no STATUS
// when one attendee is removed from it. A DECLINECOUNTER says what the REQUEST said (§3.2.8): a STATUS that
// changes wants another SEQUENCE (§2.1.4), and the COUNTER's is echoed.
func messageStatus(method Method, e Event) string {
	switch {
	case method == Request || method == DeclineCounter:
		return string(goical.EventConfirmed)
	case e.Withdraw:
		return ""
	}
	return string(goical.EventCancelled)
}

// Publish writes an event for a feed. Organizer and Attendee are left out: whoever publishes a feed
// tells the subscriber's provider all that stands in it, and a calendar server that imports people
// may write to them (RFC 6638 §3.2). It fails as Invitation does, people apart.
func Publish(e Event) (Published, error) {
	event, err := component(e)
	if err != nil {
		return Published{}, err
	}
	setRaw(event, goical.PropStatus, recordStatus(e))
	var b bytes.Buffer
	writeComponent(&b, event)
	return Published{e.Start, e.UID, b.Bytes()}, nil
}

// Feed writes a calendar to subscribe to. The same calendar always gives the same bytes.
func Feed(f Calendar) []byte {
	cal := calendar()
	// No METHOD: RFC 4791 §4.1 forbids it in what a calendar stores.
	setText(cal, goical.PropName, oneLine(f.Name)) // RFC 7986 §5.1
	setText(cal, "X-WR-CALNAME", oneLine(f.Name))  // Outlook, Apple and Google know only this one
	refresh := goical.NewProp(goical.PropRefreshInterval)
	refresh.Params.Set(goical.ParamValue, string(goical.ValueDuration)) // RFC 7986 §5.7: VALUE is required
	refresh.Value = refreshInterval
	cal.Props.Set(refresh)
	setRaw(cal, "X-PUBLISHED-TTL", refreshInterval) // MS-OXCICAL 2.1.3.1.1.15
	setRaw(cal, goical.PropColor, color)
	if !f.Modified.IsZero() {
		setRaw(cal, goical.PropLastModified, utc(f.Modified))
	}

	var b bytes.Buffer
	// RFC 5545 §3.6: a VCALENDAR holds at least one component; an empty feed holds the time zone.
	writeCalendar(&b, cal, true, func() {
		for _, e := range slices.SortedStableFunc(slices.Values(f.Events), byStart) {
			b.Write(e.text)
		}
	})
	return b.Bytes()
}

func byStart(a, b Published) int {
	return cmp.Or(a.start.Compare(b.start), cmp.Compare(a.uid, b.uid))
}

// calendar has what every VCALENDAR of ours begins with (RFC 5545 §3.6, §3.7).
func calendar() *goical.Component {
	cal := goical.NewComponent(goical.CompCalendar)
	setRaw(cal, goical.PropVersion, "2.0")
	setRaw(cal, goical.PropProductID, productID)
	setRaw(cal, goical.PropCalendarScale, "GREGORIAN")
	return cal
}

// component makes the VEVENT that messages and feeds have in common (RFC 5545 §3.6.1). There is
// never a VALARM: nobody wants to be woken by a stranger's feed.
func component(e Event) (*goical.Component, error) {
	if err := check(e); err != nil {
		return nil, err
	}
	event := goical.NewComponent(goical.CompEvent)
	setText(event, goical.PropUID, oneLine(e.UID))
	// Google and ICSx5 keep the old event when SEQUENCE and LAST-MODIFIED are missing.
	setRaw(event, goical.PropSequence, strconv.Itoa(e.Sequence))
	setRaw(event, goical.PropDateTimeStamp, utc(e.Stamp)) // RFC 5545 §3.8.7.2: in UTC
	setRaw(event, goical.PropLastModified, utc(modified(e)))
	setTime(event, goical.PropDateTimeStart, e.Start, e)
	setTime(event, goical.PropDateTimeEnd, e.End, e)
	// RFC 5546 §3.2.2 requires a SUMMARY; it may be empty. A CANCEL carries it, and its times,
	// because people want to see what was cancelled.
	setText(event, goical.PropSummary, oneLine(e.Summary))
	setTextIfAny(event, goical.PropLocation, oneLine(e.Location))
	setTextIfAny(event, goical.PropDescription, manyLines(e.Description))
	if e.URL != "" {
		setRaw(event, goical.PropURL, e.URL)
	}
	if e.Private {
		setRaw(event, goical.PropClass, "PRIVATE") // RFC 5545 §3.8.1.3
	}
	setRaw(event, goical.PropTransparency, transparency(e))
	return event, nil
}

func check(e Event) error {
	switch {
	case e.UID == "":
		return errors.New("ical: an event has no UID")
	case e.Stamp.IsZero():
		return fmt.Errorf("ical: event %q has no stamp", e.UID)
	case e.Start.IsZero() || !e.End.Truncate(time.Second).After(e.Start.Truncate(time.Second)):
		return fmt.Errorf("ical: event %q does not end after it starts", e.UID)
	}
	return nil
}

func modified(e Event) time.Time {
	if e.Modified.IsZero() {
		return e.Stamp
	}
	return e.Modified
}

// transparency: Outlook shows a cancelled event of a feed as any other, so it must not make its
// owner busy.
func transparency(e Event) string {
	if e.Free || e.Cancelled {
		return "TRANSPARENT"
	}
	return "OPAQUE"
}

// organizer has no SENT-BY: Gmail then shows "Unknown Organizer".
func organizer(p Party) *goical.Prop {
	prop := goical.NewProp(goical.PropOrganizer)
	prop.Params.Set(goical.ParamCommonName, p.Name)
	prop.Value = "mailto:" + p.Address
	return prop
}

func attendee(method Method, a Attendee) *goical.Prop {
	prop := goical.NewProp(goical.PropAttendee)
	prop.Params.Set(goical.ParamCalendarUserType, cmp.Or(a.CUType, "INDIVIDUAL"))
	prop.Params.Set(goical.ParamRole, cmp.Or(a.Role, "REQ-PARTICIPANT"))
	prop.Params.Set(goical.ParamParticipationStatus, cmp.Or(a.PartStat, "NEEDS-ACTION"))
	if a.RSVP && method == Request {
		prop.Params.Set(goical.ParamRSVP, "TRUE")
	}
	prop.Params.Set(goical.ParamCommonName, a.Name)
	prop.Value = "mailto:" + a.Address
	return prop
}

// setRaw sets a value that is not TEXT: words of the standard, numbers, times and URIs.
func setRaw(c *goical.Component, name, value string) {
	prop := goical.NewProp(name)
	prop.Value = value
	c.Props.Set(prop)
}

func setText(c *goical.Component, name, text string) {
	setRaw(c, name, escape(text))
}

func setTextIfAny(c *goical.Component, name, text string) {
	if text != "" {
		setText(c, name, text)
	}
}
