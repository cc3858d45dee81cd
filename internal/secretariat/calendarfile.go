package secretariat

import (
	"errors"
	"slices"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/ical"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// How much of a series is registered.
const (
	unfoldYears = 5
	unfoldMost  = 260
)

// coming is what of a series is registered.
func coming(now time.Time) ical.Bounds {
	return ical.Bounds{From: now, Until: now.AddDate(unfoldYears, 0, 0), Most: unfoldMost}
}

// mostRows is how many meetings are looked through at once.
const mostRows = 500

// calendarPlan is a review being made.
type calendarPlan struct {
	*CalendarReview
	tx     *store.Tx
	by     access.Actor
	office Office
	days   map[almanac.Date]bool // on which the forum meets
}

// lookThrough compares the events of a calendar with a forum's meetings, and changes nothing. called says that they
// are ours and their participants called already. It refuses with fault.Invalid when that is not who convenes the
// forum, and when there are more than mostRows; with fault.NotFound a forum that the actor does not plan.
func (o Office) lookThrough(tx *store.Tx, by access.Actor, f *forum.Forum, events []ical.Entry, called bool) (*CalendarReview, error) {
	if err := by.MayConvene(tx, f.ID); err != nil {
		return nil, err
	}
	switch ours := f.ConvenedBy == forum.Us; {
	case ours && !called:
		return nil, fault.On("forumId", "Det forumet kallar vi själva till. Välj ett forum som någon annan kallar till.")
	case called && !ours:
		return nil, fault.On("forumId", "Det forumet kallar vi inte själva till. Välj ett forum som vi kallar till.")
	}
	p := &calendarPlan{CalendarReview: &CalendarReview{Forum: f, Called: called}, tx: tx, by: by, office: o, days: map[almanac.Date]bool{}}
	meetings, _, err := meeting.List(tx, by, meeting.Selection{ForumID: &f.ID, From: almanac.DateOf(tx.Now, o.Zone)})
	if err != nil {
		return nil, err
	}
	for _, m := range meetings {
		p.days[m.Date] = p.days[m.Date] || !m.Cancelled()
	}
	for _, one := range ical.ByUID(events) {
		if err := p.addSeries(one); err != nil {
			return nil, err
		}
		if len(p.Rows) > mostRows {
			return nil, fault.On("file", "Kalendern har fler än %d kommande möten. Spara bara det här forumets möten i en egen fil.", mostRows)
		}
	}
	slices.SortStableFunc(p.Rows, func(a, b CalendarRow) int { return compareTimes(a.Time, b.Time) })
	p.Hash = p.hash()
	return p.CalendarReview, nil
}

// calendarSeries is the events of one UID, with what is known of them.
type calendarSeries struct {
	uid, organizer string
	title          string
	events         []ical.Entry
	whole          *ical.Entry // the event itself; nil: only some of its occurrences are told of
	theirs         []meeting.ForeignEvent
	stranger       bool // the UID is known, from another organizer
	seen           map[string]bool
	rows           []CalendarRow
}

func (p *calendarPlan) addSeries(events []ical.Entry) error {
	s := &calendarSeries{uid: events[0].UID, title: events[0].Summary, organizer: events[0].Organizer, events: events, seen: map[string]bool{}}
	for n, e := range events {
		if e.Recurrence == nil {
			s.whole, s.organizer, s.title = &events[n], e.Organizer, e.Summary
		}
		if e.Status != "CANCELLED" && (!e.Lasts() || e.UID == "") {
			p.Unread++
		}
	}
	if s.uid == "" {
		return nil
	}
	known, err := meeting.ForeignUID(p.tx, s.uid)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Organizer == s.organizer {
			s.theirs = append(s.theirs, k)
		}
	}
	s.stranger = len(known) > 0 && len(s.theirs) == 0
	if err := p.unfold(s); err != nil {
		return err
	}
	if err := p.vanished(s); err != nil {
		return err
	}
	p.Rows = append(p.Rows, s.rows...)
	return nil
}

// unfold makes a row of each meeting to come.
func (p *calendarPlan) unfold(s *calendarSeries) error {
	all, err := ical.Unfold(s.events, p.office.Zone, coming(p.tx.Now))
	if errors.Is(err, ical.ErrEndless) {
		s.rows = append(s.rows, CalendarRow{Key: sum(s.organizer, s.uid), State: RowRefused, Title: s.title, Time: p.firstOf(s), Why: tooLong})
		for _, k := range s.theirs { // what is here of it stays as it is
			s.seen[k.Recurrence] = true
		}
		return nil
	}
	if err != nil {
		return err
	}
	ours, err := p.fromHere(s.uid)
	if err != nil {
		return err
	}
	for _, one := range latest(all) {
		s.seen[one.Recurrence] = true
		switch {
		case one.AllDay:
			p.AllDay++
		case !one.Start.After(p.tx.Now):
			p.Past++
		default:
			if err := p.addOccurrence(s, one, ours); err != nil {
				return err
			}
		}
	}
	return nil
}

var tooLong = lang.Say("Serien har fler än %d möten på fem år, eller följer en regel som inte läses. Lägg in mötena för hand.", unfoldMost)

// fromHere tells whether a UID is that of a meeting of ours: its feeds and letters are calendars too.
func (p *calendarPlan) fromHere(uid string) (bool, error) {
	_, err := meeting.ByUID(p.tx, uid)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

// firstOf gives the time of the first event of a series that says one.
func (p *calendarPlan) firstOf(s *calendarSeries) (t meeting.Time) {
	for _, e := range s.events {
		if e.Lasts() {
			return wallTime(e.Start.Time, e.End.Time, p.office.Zone, "")
		}
	}
	return t
}

// latest gives each occurrence once, in its latest version: a file may hold several of one event.
func latest(all []ical.Occurrence) (once []ical.Occurrence) {
	at := map[string]int{}
	for _, one := range all {
		n, twice := at[one.Recurrence]
		switch {
		case !twice:
			at[one.Recurrence], once = len(once), append(once, one)
		case one.Sequence > once[n].Sequence || one.Sequence == once[n].Sequence && one.Stamp.After(once[n].Stamp):
			once[n] = one
		}
	}
	return once
}

func (p *calendarPlan) addOccurrence(s *calendarSeries, one ical.Occurrence, ours bool) error {
	row := CalendarRow{Key: sum(s.organizer, s.uid, one.Recurrence), State: RowNew, Title: orElse(one.Summary, s.title), Time: wallTime(one.Start, one.End, p.office.Zone, one.Location),
		event: meeting.ForeignEvent{Organizer: s.organizer, UID: s.uid, Recurrence: one.Recurrence, Sequence: one.Sequence, Stamp: one.Stamp}, ends: one.End}
	at := slices.IndexFunc(s.theirs, func(k meeting.ForeignEvent) bool { return k.Recurrence == one.Recurrence })
	switch {
	case ours:
		row.State, row.Why = RowKnown, lang.Say("Mötet kommer härifrån.")
	case s.stranger:
		row.State, row.Why = RowConflict, lang.Say("Mötet finns redan här från en annan avsändare. Ändra det för hand om det stämmer.")
	case at >= 0:
		row.known = &s.theirs[at]
		if err := p.compare(&row, one.Cancelled); err != nil {
			return err
		}
	case one.Cancelled:
		return nil
	default:
		p.judgeNew(&row)
	}
	if one.Continues && row.Why.Key == "" {
		row.Why = lang.Say("Serien fortsätter efter det här mötet. Läs in den igen längre fram.")
	}
	s.rows = append(s.rows, row)
	return nil
}

// judgeNew tells what a person should know of a meeting before it is taken in, and whether it can be.
func (p *calendarPlan) judgeNew(row *CalendarRow) {
	if why, refused := p.refusal(row.Time, row.ends); refused {
		row.State, row.Why = RowRefused, why
		return
	}
	switch {
	case p.days[row.Time.Date]:
		row.Why, row.Doubt = lang.Say("Forumet har redan ett möte den dagen."), true
	case row.Time.Date.Before(p.Forum.PromisedFrom):
		row.Why = lang.Say("Före löftets start: räknas inte.")
	}
}

// refusal tells why a meeting cannot be what a calendar says.
func (p *calendarPlan) refusal(t meeting.Time, ends time.Time) (why lang.Sentence, refused bool) {
	if almanac.DateOf(ends, p.office.Zone) != t.Date {
		return lang.Say("Mötet slutar en annan dag än det börjar. Lägg in det för hand."), true
	}
	_, startErr := almanac.Instant(t.Date, t.Starts, p.office.Zone)
	_, endErr := almanac.Instant(t.Date, t.Ends, p.office.Zone)
	if startErr != nil || endErr != nil {
		return lang.Say("Mötet är i timmen då klockan ställs om. Lägg in det för hand."), true
	}
	if p.Forum.OutwardPlace == forum.FullPlace && t.Place != "" {
		if _, err := forum.NeutralLine("place", t.Place); err != nil {
			return lang.Say("Platsen får inte synas utåt. Lägg in mötet för hand."), true
		}
	}
	return why, false
}
