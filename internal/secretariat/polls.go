package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// PollReview is a date poll with everything that asking sends.
type PollReview struct {
	Poll  *poll.Poll
	Added *poll.Added // what is new in one that was asked before; nil: all
	Review
}

// AskPoll makes a date poll and writes to those asked. Their letters leave after the time for a change
// of mind. It refuses as poll.Ask does. What it gives says what each gets, with a mark for the link,
// and so is the same each time that the same is asked.
func AskPoll(tx *store.Tx, by access.Actor, o Office, w poll.Wish) (*PollReview, error) {
	note, noteErr := outwardNote(tx, w.Note)
	w.Note, w.Zone = note, o.Zone
	p, err := poll.Ask(tx, by, w)
	if err := fault.Join(noteErr, err); err != nil {
		return nil, err
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	r := &PollReview{Poll: p}
	seen := sha256.New()
	seenOf(seen, p)
	for n := range p.Asked {
		notice, err := o.askOne(tx, p, &p.Asked[n], home, tx.Now.Add(o.Delay))
		if err != nil {
			return nil, err
		}
		r.take(seen, *notice)
	}
	r.Hash = hex.EncodeToString(seen.Sum(nil))
	return r, nil
}

// take puts a notice into a review and, for the hash, its letter into what was seen.
func (r *Review) take(seen io.Writer, n Notice) {
	if n.Letter != nil {
		r.Letters++
		fmt.Fprintf(seen, "%s\x00%s\x00%s\x00%s\x00", n.Contact.ID, n.Contact.Email, n.Letter.Subject, n.Letter.Text)
	}
	r.Notices = append(r.Notices, n)
}

// DoAskPoll is AskPoll for what was reviewed with the given hash. It refuses with fault.Conflict when
// what would be sent is no longer what was seen.
func DoAskPoll(tx *store.Tx, by access.Actor, o Office, w poll.Wish, hash string) (*PollReview, error) {
	r, err := AskPoll(tx, by, o, w)
	if err == nil {
		err = asSeen(r.Hash, hash)
	}
	return r, err
}

// askOne gives one of those asked a link, and the letter with it when letters reach them.
func (o Office) askOne(tx *store.Tx, p *poll.Poll, a *poll.Asked, home string, at time.Time) (*Notice, error) {
	notice := &Notice{Contact: a.Contact, Ring: !reached(a.Contact)}
	if notice.Ring {
		return notice, nil
	}
	link, err := access.IssueLink(tx, o.Key, access.ToPoll, p.ID, a.ContactID)
	if err != nil {
		return nil, err
	}
	out := pollOut(post.Poll, p, home, a.Contact, o.guestLink(link))
	if _, err := o.sendAt(tx, home, a.Contact, &link.ID, out, at); err != nil {
		return nil, err
	}
	notice.Kind = post.Poll
	notice.Letter, err = o.previewPoll(post.Poll, p, home, a.Contact)
	return notice, err
}

// previewPoll is a letter about a date poll as a review shows it.
func (o Office) previewPoll(kind post.Kind, p *poll.Poll, home string, c partner.Contact) (*post.Rendered, error) {
	rendered, err := post.Render(lang.Parse(string(c.Language)), pollOut(kind, p, home, c, o.BaseURL+"/p/"+placeholder))
	return &rendered, err
}

// pollOut is what a letter about a date poll says: the forum's outward title, the times, and until when
// to answer.
func pollOut(kind post.Kind, p *poll.Poll, home string, c partner.Contact, link string) post.Outward {
	l := lang.Parse(string(c.Language))
	shown := Outwardly(&meeting.Meeting{Forum: p.Forum}, home, access.Full, l)
	out := post.Outward{
		Kind: kind, Title: shown.Title, Municipality: home, Place: shown.Place, Link: link,
		When: l.Text("Svara senast %s.", almanac.Long(p.LastDay, l)), ShortWhen: l.Text("svara senast %s", p.LastDay),
	}
	if kind == post.Link {
		return out
	}
	times := p.Times
	if a := askedIn(p, c.ID); a != nil && kind != post.Poll {
		times = p.Lacking(*a)
	}
	if kind != post.PollMore { // its recipient has read the line already
		out.Note = p.Note
	}
	for _, t := range times {
		out.Times = append(out.Times, PollWhen(t, l))
	}
	return out
}

// PollWhen says a time that is asked about as people read it.
func PollWhen(t poll.Time, l lang.Language) string {
	return When(meeting.Time{Date: t.Date, Starts: t.Starts, Ends: t.Ends}, l)
}

// UndoPoll takes a date poll back while none of its letters has left: nobody has heard of it, and it is
// gone. It refuses with fault.Conflict when it is too late.
func UndoPoll(tx *store.Tx, by access.Actor, o Office, id uuid.UUID) error {
	p, err := poll.Lock(tx, by, id)
	if err != nil {
		return err
	}
	late := fault.New(fault.Conflict, "Det är för sent att ångra: breven är på väg. Avsluta tidsförfrågan i stället.")
	if PollUndoable(tx.Now, o, p) == 0 {
		return late
	}
	links, err := access.LinksTo(tx, access.ToPoll, id)
	if err != nil {
		return err
	}
	for _, l := range links {
		if err := post.Supersede(tx, l.ID); err != nil {
			return err
		}
		if left, err := post.LastSent(tx, l.ID); err != nil || left != nil { // a sender whose clock is ahead took it
			return orError(err, late)
		}
	}
	if err := poll.Drop(tx, id); err != nil {
		return err
	}
	return access.Log(tx, by, "take back date poll", "date-poll", id)
}

func orError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// PollUndoable tells for how long a date poll can still be taken back; zero: no longer.
func PollUndoable(now time.Time, o Office, p *poll.Poll) time.Duration {
	if p.Closing != nil {
		return 0
	}
	return max(0, p.CreatedAt.Add(o.Delay).Sub(now))
}

// EndPoll ends a date poll without a meeting. It refuses with fault.Conflict when it has ended or has
// changed since version.
func EndPoll(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*poll.Poll, error) {
	p, err := poll.Lock(tx, by, id)
	if err != nil {
		return nil, err
	}
	if err := partner.CheckVersion(p.Version, version); err != nil {
		return nil, err
	}
	return p, poll.Close(tx, by, p, nil, nil)
}

// BookPoll makes a meeting of one of a poll's times and ends the poll. Nothing is sent: the invitations
// are reviewed like any others, and go to the forum's members and to everybody who was asked. Booking
// the same time twice is as once. It refuses with fault.Conflict when the poll has ended otherwise, and
// with fault.Invalid when it has no such time or the time has been.
func BookPoll(tx *store.Tx, by access.Actor, o Office, id, timeID uuid.UUID) (*meeting.Meeting, error) {
	p, err := poll.Lock(tx, by, id)
	if err != nil {
		return nil, err
	}
	t := p.Time(timeID)
	if t == nil {
		return nil, fault.On("timeId", "Välj en av tiderna.")
	}
	if chosen := p.Chosen(); chosen != nil && chosen.ID == timeID {
		return meeting.Find(tx, by, *p.Closing.MeetingID)
	}
	m, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: p.ForumID, Zone: p.Location(),
		Time: meeting.Time{Date: t.Date, Starts: t.Starts, Ends: t.Ends, Place: p.Forum.Place}})
	if fault.KindOf(err) == fault.Question {
		return nil, fault.On("timeId", "Tiden har redan varit. Välj en som kommer.")
	}
	if err != nil {
		return nil, err
	}
	return m, poll.Close(tx, by, p, t, &m.ID)
}

// RecordPollAnswer records what somebody answered by telephone, also after the last day.
func RecordPollAnswer(tx *store.Tx, by access.Actor, id, asked uuid.UUID, r poll.Response) error {
	p, err := poll.Lock(tx, by, id)
	if err != nil {
		return err
	}
	a := p.Find(asked)
	if a == nil {
		return fault.On("askedId", "Välj en av de tillfrågade.")
	}
	r.Via = "phone"
	return poll.Take(tx, by, p, a, r)
}

// seenOf writes what of a poll its review shows beside the letters, for the hash.
func seenOf(w io.Writer, p *poll.Poll) {
	fmt.Fprintf(w, "%s\x00%s\x00%s\x00", p.ForumID, p.LastDay, p.Shows)
	for _, t := range p.Times {
		fmt.Fprintf(w, "%s\x00", t)
	}
	for _, a := range p.Asked {
		fmt.Fprintf(w, "%s\x00%v\x00", a.ContactID, a.Mandatory)
	}
}
