package secretariat

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// nudgeAhead is how many working days before the last day those who have not answered are reminded.
const nudgeAhead = 2

// Nudging is who of a date poll has not answered, and which of them can be reminded.
type Nudging struct {
	Waiting int          // all who have not answered
	Due     []poll.Asked // get a letter now
	Today   []poll.Asked // have got one today
	Ring    []poll.Asked // get no letters, or want no reminders
	Letters []Identical  // what would be sent, each wording once
}

// NudgingOf tells who can be reminded of a date poll: whoever has not answered, is reached by letter, has
// not said that they want no reminders, and has got none about it today.
func (o Office) NudgingOf(tx *store.Tx, p *poll.Poll) (*Nudging, error) {
	latest, err := o.lastNudged(tx, p, true)
	if err != nil {
		return nil, err
	}
	n := &Nudging{}
	today := almanac.DateOf(tx.Now, o.Zone)
	for _, a := range p.Waiting() {
		n.Waiting++
		stopped, err := post.StoppedSince(tx, a.Contact.Email)
		switch {
		case err != nil:
			return nil, err
		case !reached(a.Contact) || stopped != nil:
			n.Ring = append(n.Ring, a)
		case almanac.DateOf(a.CreatedAt, o.Zone) == today || latest[a.ID] == today:
			n.Today = append(n.Today, a)
		default:
			n.Due = append(n.Due, a)
		}
	}
	return n, o.previewNudges(tx, p, n)
}

// lastNudged gives the day on which each of those asked was last reminded by a person or told of new
// times; with automatic, also by itself.
func (o Office) lastNudged(tx *store.Tx, p *poll.Poll, automatic bool) (map[uuid.UUID]almanac.Date, error) {
	nudges, err := poll.Nudges(tx, p.ID)
	latest := map[uuid.UUID]almanac.Date{}
	for _, nudge := range nudges { // the latest first
		if _, known := latest[nudge.AskedID]; !known && (automatic || !nudge.Automatic) {
			latest[nudge.AskedID] = almanac.DateOf(nudge.At, o.Zone)
		}
	}
	return latest, err
}

// previewNudges renders what would be sent, so that it can be seen first.
func (o Office) previewNudges(tx *store.Tx, p *poll.Poll, n *Nudging) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	var r Review
	for _, a := range n.Due {
		letter, err := o.previewPoll(post.PollReminder, p, home, a.Contact)
		if err != nil {
			return err
		}
		r.Notices = append(r.Notices, Notice{Contact: a.Contact, Kind: post.PollReminder, Letter: letter})
	}
	n.Letters = r.Group()
	return nil
}

// NudgePoll reminds those who have not answered a date poll. It refuses with fault.Conflict when the poll
// can be answered no more or has changed since version, or nobody can be reminded today.
func NudgePoll(tx *store.Tx, by access.Actor, o Office, id uuid.UUID, version int64) (sent int, err error) {
	p, err := poll.Lock(tx, by, id)
	if err != nil {
		return 0, err
	}
	if err := partner.CheckVersion(p.Version, version); err != nil {
		return 0, err
	}
	n, err := o.NudgingOf(tx, p)
	if err != nil {
		return 0, err
	}
	switch {
	case !p.Open(tx.Now):
		return 0, cannotBeAnswered()
	case n.Waiting == 0:
		return 0, fault.New(fault.Conflict, "Alla har svarat.")
	case len(n.Due) == 0 && len(n.Today) > 0:
		return 0, fault.New(fault.Conflict, "De som saknas har fått ett brev i dag. Påminn igen i morgon.")
	case len(n.Due) == 0:
		return 0, fault.New(fault.Conflict, "De som saknas får inga brev eller vill inte ha påminnelser. Ring dem i stället.")
	}
	if err := o.nudge(tx, p, n.Due); err != nil {
		return 0, err
	}
	return len(n.Due), access.Log(tx, by, "nudge date poll", "date-poll", id)
}

// nudge writes to some of those asked. The reminder is a letter of its own, whatever else the day brings: a
// person asked for it. Like every reminder it can be said no to.
func (o Office) nudge(tx *store.Tx, p *poll.Poll, some []poll.Asked) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	for _, a := range some {
		link, err := access.IssueLink(tx, o.Key, access.ToPoll, p.ID, a.ContactID)
		if err != nil {
			return err
		}
		to, err := post.LockRecipient(tx, o.Key, a.Contact.Email)
		if err != nil {
			return err
		}
		out := pollOut(post.PollReminder, p, home, a.Contact, o.guestLink(link))
		out.Stop = o.stopLink(to)
		draft, err := o.outwardDraft(home, a.Contact, out)
		if err != nil {
			return err
		}
		draft.SubjectID, draft.NotBefore, draft.Mail.ListUnsubscribe = &link.ID, tx.Now, out.Stop
		letter, err := o.post(tx, *draft)
		if err != nil {
			return err
		}
		if err := poll.Nudged(tx, poll.Nudge{AskedID: a.ID, LetterID: letter.ID}); err != nil {
			return err
		}
	}
	return nil
}

// ofPoll gives whom a date poll whose last day is near reminds now: from two working days before, whoever
// has not answered, once for each last day. A reminder that somebody sent since the day came is not
// repeated.
func (o Office) ofPoll(tx *store.Tx, today almanac.Date, p *poll.Poll, address string) (due []mention, err error) {
	from := almanac.WorkdaysBefore(p.LastDay, nudgeAhead)
	if !p.Open(tx.Now) || today.Before(from) {
		return nil, nil
	}
	latest, err := o.lastNudged(tx, p, false)
	if err != nil {
		return nil, err
	}
	for _, a := range p.Waiting() {
		last, nudged := latest[a.ID]
		if !reached(a.Contact) || address != "" && a.Contact.Email != address || almanac.DateOf(a.CreatedAt, o.Zone) == today || nudged && !last.Before(from) {
			continue
		}
		row := post.Reminded{SubjectID: a.ID, Recipient: a.Contact.Email, Kind: post.Due, Days: nudgeAhead, Sequence: dayNumber(p.LastDay)}
		done, err := post.WasReminded(tx, row)
		if err != nil {
			return nil, err
		}
		if !done {
			due = append(due, mention{contact: a.Contact, kind: post.PollReminder, rows: []post.Reminded{row}, poll: p, asked: a})
		}
	}
	return due, nil
}

// stillAsks tells whether a reminder of a date poll holds as it was written.
func stillAsks(now time.Time, p *poll.Poll, a *poll.Asked, r post.Reminded) bool {
	return p.Open(now) && len(p.Lacking(*a)) > 0 && a.Contact.LeftAt == nil && reached(a.Contact) && a.Contact.Email == r.Recipient && dayNumber(p.LastDay) == r.Sequence
}
