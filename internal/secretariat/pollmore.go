package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// AddToPoll adds times and people to a date poll that is asked: who is new gets the poll's letter, and
// who was asked, when there are times to answer, a short one about those. It refuses as poll.Extend does,
// and is as AskPoll to whoever reviews it.
func AddToPoll(tx *store.Tx, by access.Actor, o Office, id uuid.UUID, version int64, m poll.More) (*PollReview, error) {
	p, added, err := poll.Extend(tx, by, id, version, m)
	if err != nil {
		return nil, err
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	r := &PollReview{Poll: p, Added: added}
	seen := sha256.New()
	seenOf(seen, p)
	fmt.Fprintf(seen, "%d\x00", p.Version)
	for n := range p.Asked {
		a := &p.Asked[n]
		var notice *Notice
		switch {
		case slices.Contains(added.People, a.ID):
			notice, err = o.askOne(tx, p, a, home, tx.Now)
		case len(added.Times) > 0 && a.Contact.LeftAt == nil:
			notice, err = o.tellMore(tx, p, a, home)
		}
		if err != nil {
			return nil, err
		}
		if notice != nil {
			r.take(seen, *notice)
		}
	}
	r.Hash = hex.EncodeToString(seen.Sum(nil))
	return r, nil
}

// DoAddToPoll is AddToPoll for what was reviewed with the given hash. It refuses with fault.Conflict when
// what would be sent is no longer what was seen.
func DoAddToPoll(tx *store.Tx, by access.Actor, o Office, id uuid.UUID, version int64, m poll.More, hash string) (*PollReview, error) {
	r, err := AddToPoll(tx, by, o, id, version, m)
	if err == nil {
		err = asSeen(r.Hash, hash)
	}
	return r, err
}

// tellMore writes to one of those asked before that there are new times. Whoever has had no letter about
// the poll gets that instead, with all of them.
func (o Office) tellMore(tx *store.Tx, p *poll.Poll, a *poll.Asked, home string) (*Notice, error) {
	if !reached(a.Contact) {
		return &Notice{Contact: a.Contact, Ring: true}, nil
	}
	link, err := access.IssueLink(tx, o.Key, access.ToPoll, p.ID, a.ContactID)
	if err != nil {
		return nil, err
	}
	if err := post.Supersede(tx, link.ID); err != nil {
		return nil, err
	}
	held, err := post.LastSent(tx, link.ID)
	if err != nil {
		return nil, err
	}
	if held == nil {
		return o.askOne(tx, p, a, home, tx.Now)
	}
	letter, err := o.sendAt(tx, home, a.Contact, &link.ID, pollOut(post.PollMore, p, home, a.Contact, o.guestLink(link)), tx.Now)
	if err != nil {
		return nil, err
	}
	if err := poll.Nudged(tx, poll.Nudge{AskedID: a.ID, LetterID: letter.ID}); err != nil { // enough for today
		return nil, err
	}
	notice := &Notice{Contact: a.Contact, Kind: post.PollMore}
	notice.Letter, err = o.previewPoll(post.PollMore, p, home, a.Contact)
	return notice, err
}

// PollAgain writes to one of those asked once more, as things are now. It refuses with fault.Conflict when
// the poll can be answered no more, there is nothing left to answer, they get no letters, or one was
// written just now.
func PollAgain(tx *store.Tx, by access.Actor, o Office, id, asked uuid.UUID) error {
	p, err := poll.Lock(tx, by, id)
	if err != nil {
		return err
	}
	a := p.Find(asked)
	if a == nil {
		return fault.On("askedId", "Välj en av de tillfrågade.")
	}
	link, err := o.pollLetterAgain(tx, p, a)
	if err != nil {
		return err
	}
	if err := post.AnsweredFor(tx, by, link.ID); err != nil {
		return err
	}
	return access.Log(tx, by, "send date poll again", "date-poll", id)
}

// pollLetterAgain writes what one of those asked is owed now: the times that they have not answered.
func (o Office) pollLetterAgain(tx *store.Tx, p *poll.Poll, a *poll.Asked) (*access.GuestLink, error) {
	switch {
	case !p.Open(tx.Now):
		return nil, cannotBeAnswered()
	case len(p.Lacking(*a)) == 0:
		return nil, fault.New(fault.Conflict, "%s har redan svarat. Inget behöver skickas.", a.Contact.Shown())
	case a.Contact.LeftAt != nil || !reached(a.Contact):
		return nil, noLetters()
	}
	link, err := access.IssueLink(tx, o.Key, access.ToPoll, p.ID, a.ContactID)
	if err != nil {
		return nil, err
	}
	recent, err := post.WrittenSince(tx, link.ID, tx.Now.Add(-againAfter))
	if err != nil {
		return nil, err
	}
	if recent {
		return nil, justWritten()
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	if err := post.Supersede(tx, link.ID); err != nil {
		return nil, err
	}
	kind := post.Poll
	if a.Reply != nil {
		kind = post.PollMore
	}
	return link, o.send(tx, home, a.Contact, &link.ID, pollOut(kind, p, home, a.Contact, o.guestLink(link)))
}

func cannotBeAnswered() error {
	return fault.New(fault.Conflict, "Tidsförfrågan går inte att svara på längre. Ändra sista dagen först.")
}
