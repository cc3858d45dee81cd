package secretariat

import (
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
	Waiting int                  // all who have not answered
	Due     []poll.Asked         // get a letter now
	Today   []poll.Asked         // have got one today
	Ring    []poll.Asked         // get no letters
	Letters []Identical          // what would be sent, each wording once
	latest  map[uuid.UUID]nudged // by whom was asked
}

// nudged is when somebody was last reminded.
type nudged struct {
	day       almanac.Date
	automatic bool
}

// NudgingOf tells who can be reminded of a date poll: whoever has not answered, is reached by letter, and
// has got none about it today.
func (o Office) NudgingOf(tx *store.Tx, p *poll.Poll) (*Nudging, error) {
	nudges, err := poll.Nudges(tx, p.ID)
	if err != nil {
		return nil, err
	}
	n := &Nudging{latest: map[uuid.UUID]nudged{}}
	for _, nudge := range nudges { // the latest first
		was, known := n.latest[nudge.AskedID]
		if !known {
			was.day = almanac.DateOf(nudge.At, o.Zone)
		}
		was.automatic = was.automatic || nudge.Automatic
		n.latest[nudge.AskedID] = was
	}
	today := almanac.DateOf(tx.Now, o.Zone)
	for _, a := range p.Waiting() {
		n.Waiting++
		switch {
		case !reached(a.Contact):
			n.Ring = append(n.Ring, a)
		case almanac.DateOf(a.CreatedAt, o.Zone) == today || n.latest[a.ID].day == today:
			n.Today = append(n.Today, a)
		default:
			n.Due = append(n.Due, a)
		}
	}
	return n, o.previewNudges(tx, p, n)
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
		return 0, fault.New(fault.Conflict, "Tidsförfrågan går inte att svara på längre. Ändra sista dagen först.")
	case n.Waiting == 0:
		return 0, fault.New(fault.Conflict, "Alla har svarat.")
	case len(n.Due) == 0 && len(n.Today) > 0:
		return 0, fault.New(fault.Conflict, "De som saknas har fått ett brev i dag. Påminn igen i morgon.")
	case len(n.Due) == 0:
		return 0, fault.New(fault.Conflict, "De som saknas får inga brev. Ring dem i stället.")
	}
	if err := o.nudge(tx, p, n.Due, false); err != nil {
		return 0, err
	}
	return len(n.Due), access.Log(tx, by, "nudge date poll", "date-poll", id)
}

// nudge writes to some of those asked.
func (o Office) nudge(tx *store.Tx, p *poll.Poll, some []poll.Asked, automatic bool) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	for _, a := range some {
		link, err := access.IssueLink(tx, o.Key, access.ToPoll, p.ID, a.ContactID)
		if err != nil {
			return err
		}
		letter, err := o.sendAt(tx, home, a.Contact, &link.ID, pollOut(post.PollReminder, p, home, a.Contact, o.guestLink(link)), tx.Now)
		if err != nil {
			return err
		}
		if err := poll.Nudged(tx, poll.Nudge{AskedID: a.ID, Automatic: automatic, LetterID: letter.ID}); err != nil {
			return err
		}
	}
	return nil
}

// PollsToNudge gives the date polls whose last day is near: from two working days before, in the daytime
// of working days. The rows are asked, as ToRemind does.
func PollsToNudge(tx *store.Tx, o Office) (ids []uuid.UUID, err error) {
	today, open := o.reminding(tx.Now)
	if !open {
		return nil, nil
	}
	all, err := poll.Unsettled(tx)
	for _, p := range all {
		if p.Open(tx.Now) && !today.Before(workdaysBefore(p.LastDay, nudgeAhead)) && len(p.Waiting()) > 0 {
			ids = append(ids, p.ID)
		}
	}
	return ids, err
}

// NudgeDue reminds those who have not answered a date poll whose last day is near, each once by itself. A
// reminder that somebody sent since the day came is not repeated.
func NudgeDue(tx *store.Tx, o Office, id uuid.UUID) (written int, err error) {
	p, err := poll.Lock(tx, access.System(), id)
	if err != nil {
		return 0, err
	}
	today, open := o.reminding(tx.Now)
	from := workdaysBefore(p.LastDay, nudgeAhead)
	if !open || !p.Open(tx.Now) || today.Before(from) {
		return 0, nil
	}
	n, err := o.NudgingOf(tx, p)
	if err != nil {
		return 0, err
	}
	var due []poll.Asked
	for _, a := range n.Due {
		if last := n.latest[a.ID]; !last.automatic && last.day.Before(from) {
			due = append(due, a)
		}
	}
	return len(due), o.nudge(tx, p, due, true)
}
