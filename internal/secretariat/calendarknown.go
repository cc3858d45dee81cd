package secretariat

import (
	"slices"

	"samverkan/internal/fault"
	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// compare says what becomes of a meeting that is here already.
func (p *calendarPlan) compare(row *CalendarRow, cancelled bool) error {
	m, err := meeting.ForLetter(p.tx, row.known.MeetingID)
	if err != nil {
		return err
	}
	if m.ForumID != p.Forum.ID {
		row.State, row.Why = RowConflict, lang.Say("Mötet finns redan i ett annat forum.")
		if seen, err := meeting.Find(p.tx, p.by, m.ID); err == nil {
			row.Meeting, row.Why = seen, lang.Say("Mötet finns redan i forumet %s.", seen.Forum.Name)
		} else if fault.KindOf(err) != fault.NotFound {
			return err
		}
		return nil
	}
	row.Meeting = m
	row.Time.Place = orElse(row.Time.Place, m.Place)
	kept, err := p.keptHere(m)
	switch {
	case err != nil:
		return err
	case cancelled == m.Cancelled() && (cancelled || m.Time() == row.Time):
		row.State = RowKnown
	case !supersedes(row.event, *row.known):
		row.State, row.Why = RowOlder, lang.Say("Kalendern säger något annat, men är inte nyare än det som finns här.")
	case m.Held() || !m.StartsAt.After(p.tx.Now):
		row.State, row.Why = RowConflict, lang.Say("Mötet har redan varit här. Ändra det för hand om det inte stämmer.")
	case kept:
		row.State, row.Why = RowConflict, lang.Say("Vi har skickat egna brev om mötet. Ändra det på mötets sida.")
	case cancelled:
		row.State = RowCancelled
	default:
		row.State = RowChanged
		p.judgeChange(row)
	}
	return nil
}

func (p *calendarPlan) judgeChange(row *CalendarRow) {
	if row.Meeting.Cancelled() {
		row.Why = lang.Say("Mötet var inställt och ska hållas igen.")
	}
	if why, refused := p.refusal(row.Time, row.ends); refused {
		row.State, row.Why = RowRefused, why
	}
}

// supersedes tells whether an event is a later version of one that is known (RFC 5546 §2.1.5). An occurrence that has
// words of its own counts its SEQUENCE by itself, so its DTSTAMP speaks alone.
func supersedes(e, known meeting.ForeignEvent) bool {
	if e.Sequence != known.Sequence && e.Recurrence == "" {
		return e.Sequence > known.Sequence
	}
	return e.Sequence > known.Sequence || e.Stamp.After(known.Stamp)
}

// keptHere tells whether we have begun to write about a meeting of ours that others were called to: then it is no
// longer the old calendar's to change.
func (p *calendarPlan) keptHere(m *meeting.Meeting) (bool, error) {
	if !p.Called {
		return false, nil
	}
	all, err := invite.Of(p.tx, p.by, m.ID)
	if err != nil {
		return false, err
	}
	for _, i := range all {
		last, err := post.LastSent(p.tx, i.ID)
		if err != nil || last != nil || i.OwedFrom != nil || i.Earlier == nil {
			return true, err
		}
	}
	return false, nil
}

// vanished finds the meetings of a series that the calendar no longer has: they are off, or another one on the same day
// has come in their place.
func (p *calendarPlan) vanished(s *calendarSeries) error {
	for n := range s.theirs {
		k := &s.theirs[n]
		if s.seen[k.Recurrence] {
			continue
		}
		by := s.speaksOf(k)
		if by == nil {
			continue
		}
		m, err := meeting.ForLetter(p.tx, k.MeetingID)
		if err != nil {
			return err
		}
		if m.Held() || !m.StartsAt.After(p.tx.Now) {
			continue
		}
		row := CalendarRow{Key: sum(s.organizer, s.uid, k.Recurrence), State: RowCancelled, Title: orElse(by.Summary, s.title), Time: m.Time(), known: k,
			event: meeting.ForeignEvent{Organizer: s.organizer, UID: s.uid, Recurrence: k.Recurrence, Sequence: by.Sequence, Stamp: by.Stamp}}
		if at := slices.IndexFunc(s.rows, func(r CalendarRow) bool { return r.State == RowNew && r.Time.Date == m.Date }); at >= 0 {
			row.Time, row.ends, row.event, row.Key = s.rows[at].Time, s.rows[at].ends, s.rows[at].event, s.rows[at].Key
			s.rows = slices.Delete(s.rows, at, at+1)
			if err := p.compare(&row, false); err != nil {
				return err
			}
		} else if err := p.compare(&row, true); err != nil {
			return err
		}
		s.rows = append(s.rows, row)
	}
	return nil
}

// speaksOf gives the event by which a known meeting that is not among the occurrences is off: its own cancellation, or
// the whole's later version, which leaves it out (RFC 5546 §3.2.5); nil when the calendar says nothing of it.
func (s *calendarSeries) speaksOf(k *meeting.ForeignEvent) *ical.Entry {
	for n, e := range s.events {
		if e.Recurrence != nil && e.Key() == k.Recurrence && e.Status == "CANCELLED" {
			return &s.events[n]
		}
	}
	if s.whole == nil {
		return nil
	}
	if s.whole.Status == "CANCELLED" || s.whole.Lasts() {
		return s.whole
	}
	return nil
}

// enter does what a row says.
func (o Office) enter(tx *store.Tx, in entering, row CalendarRow) (m *meeting.Meeting, err error) {
	if row.State == RowNew {
		return o.enterNew(tx, in, row)
	}
	m = row.Meeting
	switch {
	case row.State == RowCancelled:
		m, err = meeting.Cancel(tx, in.by, m.ID, m.Version, "")
	default:
		if m.Cancelled() {
			if m, err = meeting.Reinstate(tx, in.by, m.ID, m.Version); err != nil {
				return nil, err
			}
		}
		m, err = meeting.Reschedule(tx, in.by, m.ID, m.Version, row.Time)
	}
	if err != nil {
		return nil, err
	}
	if in.review.Called {
		err = invite.Rebooked(tx, m)
	}
	if err == nil {
		err = meeting.Renamed(tx, row.known, row.event)
	}
	return m, err
}

func (o Office) enterNew(tx *store.Tx, in entering, row CalendarRow) (*meeting.Meeting, error) {
	m, err := meeting.Schedule(tx, in.by, meeting.Proposal{ForumID: in.review.Forum.ID, Zone: o.Zone, Time: row.Time})
	if err != nil {
		return nil, err
	}
	row.event.MeetingID = m.ID
	if err := meeting.Adopt(tx, row.event); err != nil || !in.review.Called {
		return m, err
	}
	for _, member := range in.members {
		if err := invite.IssueCalled(tx, o.Key, m, member.ContactID); err != nil {
			return nil, err
		}
	}
	return m, nil
}
