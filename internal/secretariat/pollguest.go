package secretariat

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// pollGuest looks the right behind a link to a date poll up: having been asked, and being there still.
func pollGuest(tx *store.Tx, g *Guest) (*Guest, error) {
	p, err := poll.ByID(tx, g.Link.ObjectID)
	if err != nil {
		return nil, err
	}
	c, err := partner.ForLetter(tx, g.Link.ContactID)
	if err != nil {
		return nil, err
	}
	if c.LeftAt != nil || askedIn(p, c.ID) == nil {
		return nil, fault.Missing()
	}
	if g.Municipality, err = homeName(tx); err != nil {
		return nil, err
	}
	g.poll, g.Contact = p, *c
	g.Title = Outwardly(&meeting.Meeting{Forum: p.Forum}, g.Municipality, access.Full, c.Language).Title
	return g, nil
}

func askedIn(p *poll.Poll, contact uuid.UUID) *poll.Asked {
	for n := range p.Asked {
		if p.Asked[n].ContactID == contact {
			return &p.Asked[n]
		}
	}
	return nil
}

// entitledToPoll looks at the right to a letter about a date poll once more: it can still be answered, and,
// of a reminder, was not while the letter waited.
func entitledToPoll(now time.Time, g *Guest, kind post.Kind) bool {
	switch kind {
	case post.Poll:
		return g.poll.Open(now)
	case post.PollReminder, post.PollMore:
		return g.poll.Open(now) && len(g.poll.Lacking(*askedIn(g.poll, g.Contact.ID))) > 0
	}
	return true
}

// OpenedPoll is a date poll as a link shows it to one of those asked. It has no field for names.
type OpenedPoll struct {
	*Guest
	State   poll.State
	Times   []OpenedTime
	Chosen  *poll.Time // that it became; nil: none
	LastDay almanac.Date
	Reply   *poll.Reply
	Behind  bool // times were added since the reply
	Others  bool // what others have answered stands in Times
}

// OpenedTime is one time, with one's own answer and, by organisation, those of the others.
type OpenedTime struct {
	poll.Time
	Answer            poll.Answer
	Yes, IfNeeded, No []string
}

// OpenPoll gives what a link to a date poll shows. It changes nothing. It refuses as OpenGuest does.
func OpenPoll(tx *store.Tx, token string) (*OpenedPoll, error) {
	g, err := OpenGuest(tx, access.ToPoll, token)
	if err != nil {
		return nil, err
	}
	p, own := g.poll, askedIn(g.poll, g.Contact.ID)
	o := &OpenedPoll{Guest: g, State: p.State(tx.Now), Chosen: p.Chosen(), LastDay: p.LastDay, Reply: own.Reply, Behind: own.Reply != nil && len(p.Lacking(*own)) > 0}
	shows := p.Shows == poll.AtOnce || p.Shows == poll.AfterOwn && own.Reply != nil
	for _, t := range p.Times {
		at := OpenedTime{Time: t, Answer: own.Reply.To(t.ID)}
		for _, other := range p.Asked {
			if shows && other.ID != own.ID && other.Reply != nil {
				o.Others = true
				at.add(other.Reply.To(t.ID), other.Contact.Organisation.Name)
			}
		}
		o.Times = append(o.Times, at)
	}
	return o, nil
}

func (t *OpenedTime) add(a poll.Answer, organisation string) {
	switch a {
	case poll.Yes:
		t.Yes = append(t.Yes, organisation)
	case poll.IfNeeded:
		t.IfNeeded = append(t.IfNeeded, organisation)
	case poll.No:
		t.No = append(t.No, organisation)
	}
}

// AnswerPoll records what the holder of a link answers. It refuses with fault.Conflict when the last day
// has been or the poll has ended, and as OpenGuest and poll.Take do.
func AnswerPoll(tx *store.Tx, token string, r poll.Response) error {
	g, err := OpenGuest(tx, access.ToPoll, token)
	if err != nil {
		return err
	}
	if g.poll.State(tx.Now) == poll.Expired {
		return fault.New(fault.Conflict, "Sista dagen att svara har varit. Hör av dig till samordnaren.")
	}
	r.Via = "link"
	return poll.Take(tx, access.Guest(), g.poll, askedIn(g.poll, g.Contact.ID), r)
}
