package secretariat

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// Reminders leave on working days between these hours, local time.
const (
	remindFrom  = 7 * 60
	remindUntil = 18 * 60
)

// askAfter is how many working days whoever was asked has to answer before being asked again.
const askAfter = 3

// settled is how long a letter has to be read in before its recipient is reminded of it.
const settled = 24 * time.Hour

// Of a last day that has passed one is reminded after so many working days, the latest first; of one
// that passed longer ago than giveUp nobody is: a person rings.
var overdueAfter = []int{5, 1}

const giveUp = 20

// ahead is how many days on is looked for what is near: more than the most working days that a forum
// may choose.
const ahead = 45

// Pending is an address that has something to be reminded of, and what that may be.
type Pending struct {
	Address  string
	meetings []uuid.UUID
	actions  []uuid.UUID
	polls    []uuid.UUID
	drafts   []uuid.UUID  // of notes, that wait for approval
	open     uuid.UUID    // the contact with whom something is open; Nil: none is told of it now
	passed   []relay.Item // of one meeting's minutes and one receiver each: the first of them
	plans    []uuid.UUID  // workplaces' requests to go through the plan
	account  uuid.UUID    // whose digest is due; Nil: nobody's
}

// ToRemind gives whom to remind now. Nobody has put a job on a queue for them: the rows are asked, so
// a week of downtime is caught up with and a move needs no reschedule.
func ToRemind(tx *store.Tx, o Office) ([]Pending, error) {
	today, open := o.reminding(tx.Now)
	if !open {
		return nil, nil
	}
	resting, err := post.Resting(tx, today)
	if err != nil {
		return nil, err
	}
	s := &sweep{tx: tx, office: o, today: today, resting: resting, found: map[string]*Pending{}}
	for _, look := range []func() error{s.meetings, s.actions, s.passed, s.plans, s.polls, s.drafts, s.open, s.accounts} {
		if err := look(); err != nil {
			return nil, err
		}
	}
	all := make([]Pending, len(s.order))
	for n, address := range s.order {
		all[n] = *s.found[address]
	}
	return all, nil
}

// reminding gives today, and tells whether reminders leave now: in the daytime of working days.
func (o Office) reminding(now time.Time) (today almanac.Date, open bool) {
	today, clock := almanac.DateOf(now, o.Zone), almanac.ClockOf(now, o.Zone)
	return today, almanac.IsWorkday(today) && clock >= remindFrom && clock < remindUntil
}

// sweep asks once what is due for anybody.
type sweep struct {
	tx      *store.Tx
	office  Office
	today   almanac.Date
	resting map[string]bool
	found   map[string]*Pending
	order   []string
}

// of gives what is found for an address, nil when it gets nothing today.
func (s *sweep) of(address string) *Pending {
	if s.resting[address] {
		return nil
	}
	if s.found[address] == nil {
		s.found[address], s.order = &Pending{Address: address}, append(s.order, address)
	}
	return s.found[address]
}

func (s *sweep) meetings() error {
	coming, _, err := meeting.List(s.tx, access.System(), meeting.Selection{From: s.today, To: s.today.AddDays(ahead)})
	if err != nil {
		return err
	}
	for n := range coming {
		due, err := s.office.ofMeeting(s.tx, s.today, &coming[n], "")
		if err != nil {
			return err
		}
		for _, x := range due {
			if p := s.of(x.contact.Email); p != nil {
				p.meetings = append(p.meetings, coming[n].ID)
			}
		}
	}
	return nil
}

func (s *sweep) actions() error {
	all, err := minutes.OpenActions(s.tx, s.today.AddDays(-ahead), s.today.AddDays(ahead))
	if err != nil {
		return err
	}
	for n := range all {
		due, err := s.office.ofAction(s.tx, s.today, &all[n], "")
		if err != nil {
			return err
		}
		for _, x := range due {
			if p := s.of(x.contact.Email); p != nil {
				p.actions = append(p.actions, all[n].ItemID)
			}
		}
	}
	return nil
}

func (s *sweep) passed() error {
	all, err := relay.Left(s.tx, s.today.AddDays(-ahead), s.today.AddDays(ahead))
	if err != nil {
		return err
	}
	due, err := s.office.ofPassed(s.tx, s.today, all, "")
	for _, x := range due {
		if p := s.of(x.contact.Email); p != nil {
			p.passed = append(p.passed, x.items...)
		}
	}
	return err
}

func (s *sweep) plans() error {
	due, err := s.office.ofPlan(s.tx, s.today, "")
	for _, x := range due {
		if p := s.of(x.contact.Email); p != nil {
			p.plans = append(p.plans, x.rows[0].SubjectID)
		}
	}
	return err
}

func (s *sweep) polls() error {
	all, err := poll.Unsettled(s.tx)
	for n := range all {
		due, err := s.office.ofPoll(s.tx, s.today, &all[n], "")
		if err != nil {
			return err
		}
		for _, x := range due {
			if p := s.of(x.contact.Email); p != nil {
				p.polls = append(p.polls, all[n].ID)
			}
		}
	}
	return err
}

func (s *sweep) drafts() error {
	all, err := minutes.Out(s.tx)
	for n := range all {
		due, err := s.office.ofApproval(s.tx, s.today, &all[n], "")
		if err != nil {
			return err
		}
		for _, x := range due {
			if p := s.of(x.contact.Email); p != nil {
				p.drafts = append(p.drafts, all[n].Minutes.ID)
			}
		}
	}
	return err
}

func (s *sweep) accounts() error {
	all, err := access.Digestible(s.tx)
	for _, i := range all {
		due, err := s.office.digestDue(s.tx, s.today, &i)
		if err != nil {
			return err
		}
		if !due {
			continue
		}
		if p := s.of(i.Email); p != nil {
			p.account = i.ID
		}
	}
	return err
}

// mention is one thing that a contact is reminded of, with the rows that keep it from being done twice.
type mention struct {
	contact    partner.Contact
	kind       post.Kind // of the letter when nothing else is due
	rows       []post.Reminded
	meeting    *meeting.Meeting
	invitation *invite.Invitation // of a meeting to come
	link       *access.GuestLink  // to an action, or to a date poll when its letter is written
	action     *minutes.ActionState
	poll       *poll.Poll
	asked      poll.Asked            // of the poll
	open       []minutes.ActionState // all that is open with the contact
	items      []relay.Item          // of one meeting's minutes and one receiver
	workplace  *partner.Workplace    // whose manager has not confirmed the plan
	due        almanac.Date          // of an action or items
	late       bool
}

// reminderKind is a reminder of a meeting that may be due.
type reminderKind struct {
	name   string // as post knows it
	days   int    // working days before the meeting; 0: none
	letter post.Kind
}

// dueKinds gives the reminders of a meeting that have come due, the one meant for nearest to the
// meeting first: whoever gets it needs no earlier one that downtime has held up.
func dueKinds(now time.Time, today almanac.Date, m *meeting.Meeting) (due []reminderKind) {
	if m.Cancelled() || m.Held() || !m.StartsAt.After(now) {
		return nil
	}
	for _, k := range []reminderKind{{post.NotAnswered, m.Forum.AskAgainDays, post.Unanswered}, {post.Soon, m.Forum.RemindDays, post.Reminder}} {
		if k.days > 0 && !today.Before(almanac.WorkdaysBefore(m.Date, k.days)) {
			due = append(due, k)
		}
	}
	slices.SortStableFunc(due, func(a, b reminderKind) int { return a.days - b.days })
	return due
}

// ofMeeting gives whom a meeting reminds now. address narrows it to one contact; empty: all.
func (o Office) ofMeeting(tx *store.Tx, today almanac.Date, m *meeting.Meeting, address string) (due []mention, err error) {
	taken := map[uuid.UUID]bool{} // by a reminder meant for nearer to the meeting
	for _, kind := range dueKinds(tx.Now, today, m) {
		asked, err := invite.ToRemind(tx, m, kind.name, int64(kind.days), address)
		if err != nil {
			return nil, err
		}
		for n := range asked {
			i := &asked[n]
			ripe, err := o.ripe(tx, i, kind)
			if err != nil {
				return nil, err
			}
			if !ripe || taken[i.ID] {
				continue
			}
			taken[i.ID] = true
			row := post.Reminded{SubjectID: i.ID, Kind: kind.name, Days: int64(kind.days), Sequence: m.Sequence}
			due = append(due, mention{contact: i.Contact, kind: kind.letter, rows: []post.Reminded{row}, meeting: m, invitation: i})
		}
	}
	return due, nil
}

// ripe tells whether whoever was asked has had time: a day before a word that the meeting is near,
// three working days before being asked again.
func (o Office) ripe(tx *store.Tx, i *invite.Invitation, kind reminderKind) (bool, error) {
	held, err := post.LastHeld(tx, i.ID)
	if err != nil || held == nil || held.Method != string(ical.Request) || tx.Now.Sub(held.CreatedAt) < settled {
		return false, err // never asked, or asked only now
	}
	if kind.name == post.Soon {
		return true, nil
	}
	asked, err := post.LastAsked(tx, i.ID)
	if err != nil || asked == nil {
		return false, err
	}
	return !almanac.DateOf(*asked, o.Zone).After(almanac.WorkdaysBefore(almanac.DateOf(tx.Now, o.Zone), askAfter)), nil
}

// lastDay gives the reminder of a last day that has come due: the latest alone, whatever downtime has
// held up. The forum says how many working days before; one that never asks again does not ask after.
func lastDay(today, due almanac.Date, f *forum.Forum) (kind string, days int64) {
	if !today.After(due) {
		if f.RemindDays > 0 && !today.Before(almanac.WorkdaysBefore(due, f.RemindDays)) {
			return post.Due, int64(f.RemindDays)
		}
		return "", 0
	}
	if f.AskAgainDays == 0 || today.After(almanac.WorkdaysAfter(due, giveUp)) {
		return "", 0
	}
	for _, n := range overdueAfter {
		if !today.Before(almanac.WorkdaysAfter(due, n)) {
			return post.Overdue, int64(n)
		}
	}
	return "", 0
}

// dayNumber is a day as the SEQUENCE of its reminders: another last day is reminded of anew.
func dayNumber(d almanac.Date) int64 { return int64(d.Year*10000 + int(d.Month)*100 + d.Day) }

// ofAction gives whom an open action reminds now: those who hold a link to report it.
func (o Office) ofAction(tx *store.Tx, today almanac.Date, a *minutes.ActionState, address string) (due []mention, err error) {
	m, err := minutes.ForLetter(tx, a.MinutesID)
	if err != nil {
		return nil, err
	}
	kind, days := lastDay(today, a.Due, &m.Meeting.Forum)
	if kind == "" {
		return nil, nil
	}
	links, err := access.LinksTo(tx, access.ToAction, a.ItemID)
	if err != nil {
		return nil, err
	}
	for n := range links {
		if links[n].RevokedAt != nil || tx.Now.Sub(links[n].CreatedAt) < settled {
			continue
		}
		g, err := guestOf(tx, &links[n])
		if fault.KindOf(err) == fault.NotFound { // has left the forum
			continue
		}
		if err != nil {
			return nil, err
		}
		row := post.Reminded{SubjectID: a.ItemID, Recipient: g.Contact.Email, Kind: kind, Days: days, Sequence: dayNumber(a.Due)}
		done, err := post.WasReminded(tx, row)
		if err != nil {
			return nil, err
		}
		if !done && g.Reached() && (address == "" || g.Contact.Email == address) {
			due = append(due, mention{contact: g.Contact, kind: post.ActionReminder, rows: []post.Reminded{row}, meeting: g.Meeting, link: &links[n], action: a, due: a.Due, late: kind == post.Overdue})
		}
	}
	ours, err := ownerOfOurs(tx, a)
	if err != nil || ours == nil || address != "" && ours.Email != address || slices.ContainsFunc(due, func(x mention) bool { return x.contact.Email == ours.Email }) {
		return due, err
	}
	row := post.Reminded{SubjectID: a.ItemID, Recipient: ours.Email, Kind: kind, Days: days, Sequence: dayNumber(a.Due)}
	if done, err := post.WasReminded(tx, row); err != nil || done {
		return due, err
	}
	return append(due, mention{contact: *ours, kind: post.ActionReminder, rows: []post.Reminded{row}, meeting: &m.Meeting, action: a, due: a.Due, late: kind == post.Overdue}), nil
}

// ofPassed gives whom items that are left remind now: who leads their receiver, once for each
// meeting's items.
func (o Office) ofPassed(tx *store.Tx, today almanac.Date, left []relay.Item, address string) (due []mention, err error) {
	at := map[string]int{} // where in due the items of a receiver and some minutes are
	for _, i := range left {
		lead := i.Lead()
		if lead == nil || !reached(*lead) || address != "" && lead.Email != address || tx.Now.Sub(*i.ToldAt) < settled {
			continue
		}
		m, err := minutes.ForLetter(tx, i.MinutesID)
		if err != nil {
			return nil, err
		}
		kind, days := lastDay(today, i.Due, &m.Meeting.Forum)
		row := post.Reminded{SubjectID: i.ID, Recipient: lead.Email, Kind: kind, Days: days, Sequence: dayNumber(i.Due)}
		if kind == "" {
			continue
		}
		if done, err := post.WasReminded(tx, row); err != nil || done {
			if err != nil {
				return nil, err
			}
			continue
		}
		key := i.MinutesID.String() + i.ReceiverID().String()
		n, known := at[key]
		if !known {
			n = len(due)
			at[key], due = n, append(due, mention{contact: *lead, kind: post.RelayReminder, meeting: &m.Meeting, due: i.Due})
		}
		due[n].rows, due[n].items, due[n].late = append(due[n].rows, row), append(due[n].items, i), due[n].late || kind == post.Overdue
	}
	return due, nil
}
