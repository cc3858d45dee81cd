package ical

import (
	"strings"
	"time"
)

// Held is what we hold about the one whose answer may have come: one invitation of one attendee.
type Held struct {
	UID      string
	Attendee string  // address, lower case
	Group    bool    // a functional mailbox: whoever reads it answers for it
	Sequence int64   // the meeting's now
	Asked    int64   // the SEQUENCE that the attendee was last asked about
	Taken    []Taken // what was taken from REPLYs of this attendee, the latest first

	// Answered is the SEQUENCE of the latest answer, by whatever way it came; -1: none.
	Answered int64
}

// Taken is a REPLY that was taken (RFC 5546 §2.1.5: the two numbers are kept for each attendee).
type Taken struct {
	Sequence int64
	Stamp    time.Time // as it said
	At       time.Time // when it came
	PartStat string
}

// since is the stamp by which answers are ordered: a clock that goes fast must not make the next
// answer, from another device, an old one.
func since(stamp, came time.Time) time.Time {
	if stamp.After(came) {
		return came.Truncate(time.Second)
	}
	return stamp
}

// Act is what to do with a message.
type Act string

// The acts.
const (
	Answer  Act = "answer"  // take it
	Earlier Act = "earlier" // take it, as an answer to a time that is no longer
	Ignore  Act = "ignore"  // nothing
	Resend  Act = "resend"  // send the invitation as it is now
	Propose Act = "propose" // show the proposed time to a person
	Park    Act = "park"    // a person decides
)

// Reason says why a message was ignored or parked.
type Reason string

// The reasons. Those of parked messages are shown to a person, in words, by whoever parks.
const (
	OurOwn          Reason = "our-own"          // a REQUEST or CANCEL that we sent came back
	Replayed        Reason = "replayed"         // taken already
	Outdated        Reason = "outdated"         // a newer answer was taken
	NoAnswer        Reason = "no-answer"        // it says neither yes nor no
	OtherUID        Reason = "other-uid"        // sent to this invitation, about another meeting
	OneOfASeries    Reason = "one-of-a-series"  // about an occurrence; we send none
	PartyCrasher    Reason = "party-crasher"    // somebody answers who was not asked
	FromSubstitute  Reason = "from-substitute"  // somebody answers as the substitute of one who has not named them
	AheadOfUs       Reason = "ahead-of-us"      // about a version that we never sent
	FromTheFuture   Reason = "from-the-future"  // written on another day than today
	NotProcessed    Reason = "not-processed"    // the recipient's calendar could not take what we sent
	NotUnderstood   Reason = "not-understood"   // a method or an answer that we do not know
	SeveralMeetings Reason = "several-meetings" // one message about several meetings
)

// Verdict is what Judge decides.
type Verdict struct {
	Act    Act
	Reason Reason // with Ignore and Park
	Entry  Entry  // the one that it is about

	// Of an answer:
	By         string // address of the attendee who answers
	PartStat   string
	Substitute string // address of who comes instead, with PARTSTAT DELEGATED
	Comment    string
	Stamp      time.Time // to remember as Taken
}

// Judge decides what a message means for one invitation. It is pure: now is the time, and the message
// is believed to come from whom it says; who may be believed is decided elsewhere.
func Judge(m *Message, h Held, now time.Time) Verdict {
	e, reason := subject(m, h)
	v := Verdict{Act: Park, Reason: reason, Entry: e}
	if reason != "" {
		return v
	}
	switch m.Method {
	case Reply:
		return answer(e, h, now)
	case Counter: // RFC 5546 §3.2.7: a proposal, never a change
		if _, ok := attendeeOf(e, h); !ok {
			return Verdict{Act: Park, Reason: PartyCrasher, Entry: e}
		}
		return Verdict{Act: Propose, Entry: e, Comment: comment(e, Participant{})}
	case Refresh: // RFC 5546 §3.2.6
		// §6.1.6: to those who are known, and to nobody else
		if _, ok := attendeeOf(e, h); !ok {
			return Verdict{Act: Ignore, Reason: PartyCrasher, Entry: e}
		}
		return Verdict{Act: Resend, Entry: e}
	case Request, Cancel: // our own, come back by a rule that forwards, or forged: only we change our meetings
		return Verdict{Act: Ignore, Reason: OurOwn, Entry: e}
	}
	v.Reason = NotUnderstood
	return v
}

// subject gives the VEVENT that the invitation's meeting is in.
func subject(m *Message, h Held) (Entry, Reason) {
	var about []Entry
	for _, e := range m.Events {
		if e.UID == h.UID {
			about = append(about, e)
		}
	}
	switch {
	case len(about) == 0 && len(m.Events) > 0:
		return m.Events[0], OtherUID
	case len(about) == 0:
		return Entry{}, OtherUID
	case len(about) > 1 || len(m.Events) > 1:
		return about[0], SeveralMeetings
	case about[0].Recurrence != nil: // RFC 5546 §3.7.1; no RRULE of ours goes out, so there is no occurrence to answer
		return about[0], OneOfASeries
	}
	return about[0], ""
}

// attendeeOf gives the ATTENDEE line that answers for the invitation. RFC 5546 §3.2.3 wants exactly one
// in a REPLY; others that a program adds are dropped.
func attendeeOf(e Entry, h Held) (Participant, bool) {
	for _, p := range e.Attendees {
		if p.Address == h.Attendee {
			return p, true
		}
	}
	if !h.Group {
		return Participant{}, false
	}
	for _, p := range e.Attendees { // Outlook answers for a shared mailbox as the person who read it
		if p.Address != "" && Domain(p.Address) == Domain(h.Attendee) && p.DelegatedFrom == "" {
			return p, true
		}
	}
	return Participant{}, false
}

// Domain is what comes after the @ of an address.
func Domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

func answer(e Entry, h Held, now time.Time) Verdict {
	v := Verdict{Act: Park, Entry: e}
	p, known := attendeeOf(e, h)
	if !known {
		return crasher(e, h)
	}
	v.By, v.PartStat, v.Comment = p.Address, p.PartStat, comment(e, p)
	if strings.HasPrefix(e.RequestStatus, "3") || strings.HasPrefix(e.RequestStatus, "5") { // RFC 5546 §3.6
		v.Reason = NotProcessed
		return v
	}
	switch p.PartStat {
	case "ACCEPTED", "DECLINED", "TENTATIVE":
	case "DELEGATED": // RFC 5546 §3.2.2.3
		if p.DelegatedTo == "" || p.DelegatedTo == h.Attendee {
			v.Reason = NotUnderstood
			return v
		}
		v.Substitute = p.DelegatedTo
	case "NEEDS-ACTION":
		v.Act, v.Reason = Ignore, NoAnswer
		return v
	default:
		v.Reason = NotUnderstood
		return v
	}
	v.Stamp = e.Stamp
	if v.Stamp.IsZero() {
		v.Stamp = now.Truncate(time.Second)
	}
	v.Act, v.Reason = order(e, v, h, now)
	return v
}

// order holds an answer against what was taken before (RFC 5546 §2.1.5).
func order(e Entry, v Verdict, h Held, now time.Time) (Act, Reason) {
	const skew = 24 * time.Hour
	for _, t := range h.Taken {
		// Programs that repeat the DTSTAMP of the invitation change their mind with the same one.
		if e.Sequence == t.Sequence && v.Stamp.Equal(t.Stamp) && v.PartStat == t.PartStat {
			return Ignore, Replayed
		}
	}
	switch {
	case e.Sequence > h.Sequence:
		return Park, AheadOfUs
	case e.Stamp.After(now.Add(skew)):
		return Park, FromTheFuture
	case e.Sequence < h.Answered:
		return Ignore, Outdated
	case len(h.Taken) > 0 && outdated(e.Sequence, since(v.Stamp, now), h.Taken[0]):
		return Ignore, Outdated
	case e.Sequence < h.Asked:
		return Earlier, ""
	}
	return Answer, ""
}

// outdated holds an answer against the one that was taken last.
func outdated(sequence int64, stamp time.Time, last Taken) bool {
	return sequence < last.Sequence || sequence == last.Sequence && stamp.Before(since(last.Stamp, last.At)) // rule 4
}

// crasher judges a REPLY without the invitation's attendee (RFC 5546 §3.2.2.6: the organizer decides).
func crasher(e Entry, h Held) Verdict {
	for _, p := range e.Attendees {
		if p.DelegatedFrom != h.Attendee {
			continue
		}
		// RFC 5546 §4.2.5: the delegate answers too, before or after the delegator.
		return Verdict{Act: Park, Reason: FromSubstitute, Entry: e, By: p.Address, PartStat: p.PartStat, Comment: comment(e, p)}
	}
	v := Verdict{Act: Park, Reason: PartyCrasher, Entry: e}
	if len(e.Attendees) > 0 {
		v.By, v.PartStat, v.Comment = e.Attendees[0].Address, e.Attendees[0].PartStat, comment(e, e.Attendees[0])
	}
	return v
}

func comment(e Entry, p Participant) string {
	if e.Comment != "" {
		return e.Comment
	}
	return p.Comment
}
