package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

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

// DatesReview is a question for dates with the letter that asks it.
type DatesReview struct {
	Request *poll.DateRequest
	Review
}

// AskForDates asks the contact of another convener which dates it plans for what it promised in a year.
// It refuses as poll.AskDates does, with fault.Conflict when nothing is awaited in that year, and with
// fault.Invalid when no letter reaches the contact.
func AskForDates(tx *store.Tx, by access.Actor, o Office, forumID, contact uuid.UUID, year int, note string) (*DatesReview, error) {
	w := poll.DateWish{ForumID: forumID, ContactID: contact, Year: year}
	var noteErr error
	if w.Note, noteErr = outwardNote(tx, note); noteErr != nil {
		return nil, noteErr
	}
	y, err := ProposeYear(tx, by, o, year, []uuid.UUID{forumID})
	if err != nil {
		return nil, err
	}
	for _, e := range y.Expected {
		if w.Most++; w.Most == 1 {
			w.From = e.From
		}
		w.To = e.To
	}
	if w.Most == 0 {
		return nil, poll.NotTheirs()
	}
	r, err := poll.AskDates(tx, by, o.Zone, w)
	if err != nil {
		return nil, err
	}
	if !reached(r.Contact) {
		return nil, fault.On("contactId", "Kontakten får inga brev. Ring i stället.")
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	link, err := access.IssueLink(tx, o.Key, access.ToDates, r.ID, contact)
	if err != nil {
		return nil, err
	}
	if err := o.send(tx, home, r.Contact, &link.ID, datesOut(post.DateRequest, r, home, o.guestLink(link))); err != nil {
		return nil, err
	}
	review := &DatesReview{Request: r}
	rendered, err := post.Render(lang.Parse(string(r.Contact.Language)), datesOut(post.DateRequest, r, home, o.BaseURL+"/d/"+placeholder))
	if err != nil {
		return nil, err
	}
	seen := sha256.New()
	fmt.Fprintf(seen, "%d\x00", r.Version)
	review.take(seen, Notice{Contact: r.Contact, Kind: post.DateRequest, Letter: &rendered})
	review.Hash = hex.EncodeToString(seen.Sum(nil))
	return review, nil
}

// DoAskForDates is AskForDates for what was reviewed with the given hash. It refuses with fault.Conflict
// when what would be sent is no longer what was seen.
func DoAskForDates(tx *store.Tx, by access.Actor, o Office, forumID, contact uuid.UUID, year int, note, hash string) (*DatesReview, error) {
	r, err := AskForDates(tx, by, o, forumID, contact, year, note)
	if err == nil {
		err = asSeen(r.Hash, hash)
	}
	return r, err
}

// datesOut is what the letter says: the forum's outward title and the period.
func datesOut(kind post.Kind, r *poll.DateRequest, home, link string) post.Outward {
	l := lang.Parse(string(r.Contact.Language))
	shown := Outwardly(&meeting.Meeting{Forum: r.Forum}, home, access.Full, l)
	out := post.Outward{Kind: kind, Title: shown.Title, Municipality: home, Link: link, ShortWhen: fmt.Sprint(r.Year),
		When: l.Text("Vi planerar %s och vill veta vilka möten ni tänker kalla till från %s till %s.", fmt.Sprint(r.Year), almanac.Long(r.FromDay, l), almanac.Long(r.ToDay, l))}
	if kind == post.DateRequest {
		out.Note = r.Note
	}
	return out
}

// datesGuest looks the right behind a link to a question for dates up: the contact is there still.
func datesGuest(tx *store.Tx, g *Guest) (*Guest, error) {
	r, err := poll.DatesByID(tx, g.Link.ObjectID)
	if err != nil {
		return nil, err
	}
	c, err := partner.ForLetter(tx, g.Link.ContactID)
	if err != nil {
		return nil, err
	}
	if c.LeftAt != nil || r.ContactID != c.ID || r.Forum.ConvenerID == nil || *r.Forum.ConvenerID != c.OrganisationID {
		return nil, fault.Missing()
	}
	if g.Municipality, err = homeName(tx); err != nil {
		return nil, err
	}
	g.dates, g.Contact = r, *c
	g.Title = Outwardly(&meeting.Meeting{Forum: r.Forum}, g.Municipality, access.Full, c.Language).Title
	return g, nil
}

// OpenedDates is a question for dates as its link's page shows it.
type OpenedDates struct {
	*Guest
	From, To almanac.Date
	Rows     int              // dates that can be written
	Given    []poll.DateOffer // that wait: they can be changed
	Settled  []poll.DateOffer // that the coordinator has dealt with
	Answered bool

	Starts, Ends almanac.Clock // as the forum usually has them
}

// OpenDates gives what a link to a question for dates shows. It changes nothing. It refuses as OpenGuest
// does.
func OpenDates(tx *store.Tx, token string) (*OpenedDates, error) {
	g, err := OpenGuest(tx, access.ToDates, token)
	if err != nil {
		return nil, err
	}
	r := g.dates
	o := &OpenedDates{Guest: g, From: r.FromDay, To: r.ToDay, Rows: max(0, r.Room()), Given: r.Waiting(), Answered: r.AnsweredAt != nil,
		Starts: r.Forum.Starts, Ends: r.Forum.Starts + almanac.Clock(r.Forum.Minutes)}
	for _, offer := range r.Offers {
		if offer.SettledAt != nil {
			o.Settled = append(o.Settled, offer)
		}
	}
	return o, nil
}

// OfferDates records the dates that the holder of a link writes. It refuses as OpenGuest and poll.Offer do.
func OfferDates(tx *store.Tx, o Office, token string, slots []poll.Slot) error {
	g, err := OpenGuest(tx, access.ToDates, token)
	if err != nil {
		return err
	}
	return poll.Offer(tx, access.Guest(), o.Zone, g.dates, slots)
}

// RegisterDates makes meetings of the dates that another convener has given, as if they were written in by
// hand. One that is there already is not made twice. It refuses with fault.Conflict when other dates have
// come since version, and as meeting.Schedule does.
func RegisterDates(tx *store.Tx, by access.Actor, o Office, id uuid.UUID, version int64) (made int, err error) {
	r, err := poll.LockDates(tx, by, id, version)
	if err != nil {
		return 0, err
	}
	for _, offer := range r.Waiting() {
		there, _, err := meeting.List(tx, by, meeting.Selection{ForumID: &r.ForumID, From: offer.Date, To: offer.Date})
		if err != nil {
			return 0, err
		}
		var meetingID *uuid.UUID
		for _, m := range there {
			if m.Starts == offer.Starts && !m.Cancelled() {
				meetingID = &m.ID
			}
		}
		if meetingID == nil {
			m, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: r.ForumID, Zone: o.Zone, Time: meeting.Time{Date: offer.Date, Starts: offer.Starts, Ends: offer.Ends, Place: r.Forum.Place}})
			if fault.KindOf(err) == fault.Question {
				return 0, fault.New(fault.Conflict, "%s har redan varit. Skriv in det mötet för hand, eller lämna datumen.", offer.Slot())
			}
			if err != nil {
				return 0, err
			}
			made, meetingID = made+1, &m.ID
		}
		if err := poll.Settle(tx, offer, meetingID); err != nil {
			return 0, err
		}
	}
	if err := poll.Settled(tx, r); err != nil {
		return 0, err
	}
	return made, access.Log(tx, by, "register dates", "date-request", id)
}

// LeaveDates leaves the dates that another convener has given. It refuses as RegisterDates does.
func LeaveDates(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) error {
	r, err := poll.LockDates(tx, by, id, version)
	if err != nil {
		return err
	}
	for _, offer := range r.Waiting() {
		if err := poll.Settle(tx, offer, nil); err != nil {
			return err
		}
	}
	if err := poll.Settled(tx, r); err != nil {
		return err
	}
	return access.Log(tx, by, "leave dates", "date-request", id)
}
