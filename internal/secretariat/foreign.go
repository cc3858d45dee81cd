package secretariat

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/ical"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// takeForeign does what another convener's message asks for. A meeting that is registered is changed by
// its own organizer, when the receiving server vouches for it; everything else is parked.
func (o Office) takeForeign(tx *store.Tx, a arrival) (string, error) {
	e := a.message.Events[0]
	v := ical.Verdict{Entry: e}
	if a.message.Method != ical.Request && a.message.Method != ical.Cancel {
		return o.park(tx, a, post.ParkedInvitation, OtherMethod, v)
	}
	known, err := meeting.ForeignUID(tx, e.UID)
	if err != nil {
		return "", err
	}
	theirs := known[:0:0]
	for _, k := range known {
		if k.Organizer == e.Organizer {
			theirs = append(theirs, k)
		}
	}
	switch {
	case len(known) == 0 && a.message.Method == ical.Cancel:
		return "unknown meeting", nil
	case len(known) == 0:
		return o.park(tx, a, post.ParkedInvitation, Invited, v)
	case len(theirs) == 0 || e.Organizer == "" || a.From.Address != e.Organizer || a.Authentic != mail.Authentic:
		return o.park(tx, a, post.ParkedInvitation, OtherOrganizer, v)
	case len(a.message.Events) > 1 || e.Rule != "" || e.Recurrence == nil && theirs[0].Recurrence != "" && a.message.Method == ical.Request:
		return o.park(tx, a, post.ParkedInvitation, SeriesChanged, v)
	}
	return o.follow(tx, a, e, theirs)
}

// follow moves or cancels what is registered as an event says.
func (o Office) follow(tx *store.Tx, a arrival, e ical.Entry, theirs []meeting.ForeignEvent) (string, error) {
	var about []meeting.ForeignEvent
	for _, k := range theirs {
		// RFC 5546 §3.2.5: a CANCEL without RECURRENCE-ID is for the whole series
		if k.Recurrence == e.Key() || e.Recurrence == nil && a.message.Method == ical.Cancel {
			about = append(about, k)
		}
	}
	if len(about) == 0 { // case 14
		return o.park(tx, a, post.ParkedInvitation, NoSuchOccurrence, ical.Verdict{Entry: e})
	}
	for n := range about {
		k := &about[n]
		if e.Sequence < k.Sequence || e.Sequence == k.Sequence && !e.Stamp.After(k.Stamp) { // §2.1.5
			continue
		}
		if err := o.followOne(tx, a.message.Method, e, k); err != nil {
			if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
				return o.park(tx, a, post.ParkedInvitation, NotFollowed, ical.Verdict{Entry: e})
			}
			return "", err
		}
		if err := meeting.Heard(tx, k, e.Sequence, e.Stamp); err != nil {
			return "", err
		}
	}
	return "followed", nil
}

func (o Office) followOne(tx *store.Tx, method ical.Method, e ical.Entry, k *meeting.ForeignEvent) error {
	m, err := meeting.ForLetter(tx, k.MeetingID)
	if err != nil {
		return err
	}
	if m.Forum.ConvenedBy == forum.Us { // an old booking of ours: a person says whether it is still the meeting
		return fault.New(fault.Conflict, "Vi kallar själva till mötet.")
	}
	if method == ical.Cancel || e.Status == "CANCELLED" {
		if m.Cancelled() {
			return nil
		}
		_, err := meeting.FollowCancel(tx, m.ID)
		return err
	}
	if e.Start == nil || e.End == nil || e.Start.AllDay {
		return fault.New(fault.Invalid, "Inbjudan säger ingen tid som går att läsa.")
	}
	t := wallTime(e.Start.Time, e.End.Time, m.Location(), orElse(e.Location, m.Place))
	_, err = meeting.FollowMove(tx, m.ID, t)
	return err
}

// wallTime says two instants as clocks in a zone show them.
func wallTime(starts, ends time.Time, zone *time.Location, place string) meeting.Time {
	return meeting.Time{Date: almanac.DateOf(starts, zone), Starts: almanac.ClockOf(starts, zone), Ends: almanac.ClockOf(ends, zone), Place: place}
}

// Import registers what a parked invitation of another convener says as meetings of a forum that others
// convene. It refuses with fault.Invalid when the forum is convened by us or the invitation has no meeting to come, and
// with fault.Conflict when it is registered or settled already.
func Import(tx *store.Tx, by access.Actor, o Office, id, forumID uuid.UUID) ([]meeting.Meeting, error) {
	p, err := post.Settle(tx, by, o.Key, id, post.DoneImported, post.ParkedInvitation)
	if err != nil {
		return nil, err
	}
	f, err := forum.Find(tx, by, forumID)
	if err != nil {
		return nil, err
	}
	events, _, err := o.Occurrences(tx.Now, p)
	if err != nil {
		return nil, err
	}
	r, err := o.lookThrough(tx, by, f, events, false)
	if err != nil {
		return nil, err
	}
	made, err := o.enterAll(tx, by, r, r.keys())
	if err != nil || len(made) > 0 {
		return made, err
	}
	for _, row := range r.Rows {
		if row.State == RowConflict || row.State == RowRefused {
			return nil, fault.New(fault.Conflict, row.Why.Key, row.Why.Args...)
		}
	}
	return nil, fault.New(fault.Conflict, "Mötet finns redan här.")
}

// Occurrences gives the events of a parked invitation, and the coming meetings that it is for. It refuses with fault.Invalid
// when there are none, or more than are registered.
func (o Office) Occurrences(now time.Time, p *post.ParkedLetter) ([]ical.Entry, []ical.Occurrence, error) {
	m, err := ical.ReadMessage(p.Content.Calendar, o.Zone)
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "Inbjudan går inte att läsa. Lägg in mötet för hand.")
	}
	var events []ical.Entry
	for _, e := range m.Events {
		if e.UID == m.Events[0].UID && e.Organizer == m.Events[0].Organizer {
			events = append(events, e)
		}
	}
	all, err := ical.Unfold(events, o.Zone, coming(now))
	if errors.Is(err, ical.ErrEndless) {
		return nil, nil, fault.New(fault.Invalid, tooLong.Key, tooLong.Args...)
	}
	var still []ical.Occurrence
	for _, one := range all {
		if one.Start.After(now) && !one.Cancelled && !one.AllDay {
			still = append(still, one)
		}
	}
	if m.Method != ical.Request || len(still) == 0 {
		return nil, nil, fault.New(fault.Invalid, "Inbjudan har inget kommande möte att lägga in.")
	}
	return events, still, nil
}
