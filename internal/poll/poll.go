// Package poll holds date polls: when people of several organisations, who share no calendar, can
// meet. Each is asked about three to six times and answers by a link of their own. It sends nothing.
// A poll that has become a meeting is forgotten after thirty days, with all that was answered.
package poll

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Showing says when those who are asked see what the others have answered.
type Showing string

// The ways of showing. Names are never shown to them, only organisations.
const (
	AtOnce   Showing = "at-once"
	AfterOwn Showing = "after-own" // when they have answered themselves
	Never    Showing = "never"
)

// Poll asks people when they can meet.
type Poll struct {
	ID          uuid.UUID
	ForumID     uuid.UUID
	Zone        string // name of the zone that the times are told in
	LastDay     almanac.Date
	Shows       Showing
	Note        string // the convener's own line to all, in the letters
	Version     int64
	CreatedByID *uuid.UUID
	CreatedAt   time.Time

	Forum   forum.Forum
	Times   []Time
	Asked   []Asked
	Closing *Closing
}

// TableName is the table of Poll.
func (Poll) TableName() string { return "date_polls" }

// Time is one time that is asked about.
type Time struct {
	ID     uuid.UUID
	PollID uuid.UUID
	Date   almanac.Date
	Starts almanac.Clock
	Ends   almanac.Clock

	// Among the poll's times as they were put in, from 0. Forms name an answer by it: it stays when times
	// are added while somebody has the form open.
	Position int64
}

// TableName is the table of Time.
func (Time) TableName() string { return "date_poll_times" }

// In says the time inside a sentence: it is a lang.Spoken.
func (t Time) In(l lang.Language) string {
	return l.Text("%s kl. %s", almanac.Short(t.Date, l), almanac.Span(t.Starts, t.Ends))
}

// String says the time in Swedish, for logs.
func (t Time) String() string { return t.In(lang.Swedish) }

// Compare orders times.
func (t Time) Compare(u Time) int {
	if c := t.Date.Compare(u.Date); c != 0 {
		return c
	}
	if t.Starts != u.Starts {
		return int(t.Starts - u.Starts)
	}
	return int(t.Ends - u.Ends)
}

// Asked is that a contact is asked.
type Asked struct {
	ID        uuid.UUID
	PollID    uuid.UUID
	ContactID uuid.UUID
	Mandatory bool // must be able to come
	CreatedAt time.Time

	Contact partner.Contact
	Reply   *Reply // nil: has not answered
}

// TableName is the table of Asked.
func (Asked) TableName() string { return "date_poll_asked" }

// Closing is that a poll was ended: by a meeting at one of its times, or without one.
type Closing struct {
	PollID     uuid.UUID  `gorm:"primaryKey"`
	TimeID     *uuid.UUID // nil: no time was chosen
	MeetingID  *uuid.UUID
	IdentityID *uuid.UUID
	At         time.Time
}

// TableName is the table of Closing.
func (Closing) TableName() string { return "date_poll_closings" }

// Location is the poll's zone.
func (p Poll) Location() *time.Location {
	loc, err := time.LoadLocation(p.Zone)
	if err != nil { // the zone was checked when the poll was made
		return time.UTC
	}
	return loc
}

// Open tells whether the poll can be answered at now.
func (p Poll) Open(now time.Time) bool {
	return p.Closing == nil && !almanac.DateOf(now, p.Location()).After(p.LastDay)
}

// State says how a poll stands.
type State string

// The states.
const (
	Running State = "open"
	Expired State = "expired" // its last day has been and no time is chosen
	Closed  State = "closed"  // ended without a meeting
	Booked  State = "booked"
)

// State tells how the poll stands at now.
func (p Poll) State(now time.Time) State {
	switch {
	case p.Closing != nil && p.Closing.MeetingID != nil:
		return Booked
	case p.Closing != nil:
		return Closed
	case p.Open(now):
		return Running
	}
	return Expired
}

// Chosen gives the time that the poll became, nil for none.
func (p Poll) Chosen() *Time {
	if p.Closing == nil || p.Closing.TimeID == nil {
		return nil
	}
	return p.Time(*p.Closing.TimeID)
}

// Time gives one of the poll's times, nil when it has no such one.
func (p Poll) Time(id uuid.UUID) *Time {
	for n := range p.Times {
		if p.Times[n].ID == id {
			return &p.Times[n]
		}
	}
	return nil
}

// Find gives whom of those asked an id stands for, nil for nobody.
func (p Poll) Find(asked uuid.UUID) *Asked {
	for n := range p.Asked {
		if p.Asked[n].ID == asked {
			return &p.Asked[n]
		}
	}
	return nil
}

// Lacking gives the times that one of those asked has not answered: all, or those added since.
func (p Poll) Lacking(a Asked) (times []Time) {
	for _, t := range p.Times {
		if a.Reply.To(t.ID) == "" {
			times = append(times, t)
		}
	}
	return times
}

// Waiting gives those who have a time to answer and are still there.
func (p Poll) Waiting() (all []Asked) {
	for _, a := range p.Asked {
		if a.Contact.LeftAt == nil && len(p.Lacking(a)) > 0 {
			all = append(all, a)
		}
	}
	return all
}

// Behind counts those who have answered before times were added, and not since.
func (p Poll) Behind() (n int) {
	for _, a := range p.Waiting() {
		if a.Reply != nil {
			n++
		}
	}
	return n
}

// Answered counts those who have answered.
func (p Poll) Answered() (n int) {
	for _, a := range p.Asked {
		if a.Reply != nil {
			n++
		}
	}
	return n
}

// Label is how one of those asked is named beside the others: the organisation, or the person where
// several of one organisation are asked. A protected contact is never named.
func (p Poll) Label(a Asked) string {
	of := func(other Asked) bool {
		return other.ID != a.ID && other.Contact.OrganisationID == a.Contact.OrganisationID
	}
	if slices.ContainsFunc(p.Asked, of) {
		return a.Contact.Shown()
	}
	return a.Contact.Organisation.Name
}

func whole(tx *store.Tx) *gorm.DB {
	return tx.DB.Preload("Forum").Preload("Forum.Convener").Preload("Closing").
		Preload("Times", func(q *gorm.DB) *gorm.DB { return q.Order("date, starts, ends, id") }).
		Preload("Asked", func(q *gorm.DB) *gorm.DB { return q.Order("created_at, id") }).
		Preload("Asked.Contact.Organisation").Preload("Asked.Contact.Role").Preload("Asked.Reply.Choices")
}

// ByID gives a poll to whoever writes a letter about it or opens it by a link of its own; having
// been asked is the right to it.
func ByID(tx *store.Tx, id uuid.UUID) (*Poll, error) {
	p := &Poll{}
	return p, store.Found(whole(tx).First(p, "date_polls.id = ?", id).Error)
}

// Find gives a poll of a forum that the actor convenes. To others it is not found: what people answer
// is for whoever asked them.
func Find(tx *store.Tx, by access.Actor, id uuid.UUID) (*Poll, error) {
	p := &Poll{}
	return p, store.Found(whole(tx).Scopes(by.ConvenedForums(tx, "date_polls.forum_id")).First(p, "date_polls.id = ?", id).Error)
}

// List gives the polls of the forums that the actor convenes, or of one of them, the latest first.
func List(tx *store.Tx, by access.Actor, forumID *uuid.UUID) (all []Poll, err error) {
	q := whole(tx).Scopes(by.ConvenedForums(tx, "date_polls.forum_id")).Order("date_polls.created_at DESC, date_polls.id DESC")
	if forumID != nil {
		q = q.Where("date_polls.forum_id = ?", *forumID)
	}
	return all, q.Find(&all).Error
}

// Unsettled lists every poll that has not ended, for what is done on its own.
func Unsettled(tx *store.Tx) (all []Poll, err error) {
	ended := tx.DB.Model(&Closing{}).Select("1").Where("date_poll_closings.poll_id = date_polls.id")
	return all, whole(tx).Where("NOT EXISTS (?)", ended).Order("date_polls.created_at, date_polls.id").Find(&all).Error
}

// OfAsked gives the poll in which somebody was asked, and whom that is. It refuses with fault.NotFound.
func OfAsked(tx *store.Tx, id uuid.UUID) (*Poll, *Asked, error) {
	a := &Asked{}
	if err := store.Found(tx.DB.First(a, "id = ?", id).Error); err != nil {
		return nil, nil, err
	}
	p, err := ByID(tx, a.PollID)
	if err != nil {
		return nil, nil, err
	}
	return p, p.Find(id), nil
}

// AskedAbout lists whom the poll asked that a meeting came of, nobody when it came of none.
func AskedAbout(tx *store.Tx, meetingID uuid.UUID) (all []Asked, err error) {
	return all, tx.DB.Preload("Contact.Organisation").Preload("Contact.Role").
		Joins("JOIN date_poll_closings ON date_poll_closings.poll_id = date_poll_asked.poll_id").
		Joins("JOIN contacts ON contacts.id = date_poll_asked.contact_id AND contacts.left_at IS NULL").
		Where("date_poll_closings.meeting_id = ?", meetingID).Order("date_poll_asked.created_at, date_poll_asked.id").Find(&all).Error
}

// Lock locks a poll and gives it whole. It refuses with fault.NotFound unless the actor convenes its
// forum.
func Lock(tx *store.Tx, by access.Actor, id uuid.UUID) (*Poll, error) {
	if err := tx.Hold(&Poll{}, id); err != nil {
		return nil, err
	}
	return Find(tx, by, id)
}

// Change is what can be changed in a poll that is asked: nil leaves a thing as it is.
type Change struct {
	LastDay *almanac.Date
	Shows   *Showing
}

// Revise changes a poll. Nobody gets a letter. It refuses with fault.Conflict when the poll has ended or
// has changed since version, and with fault.Invalid, naming each field.
func Revise(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, c Change) (*Poll, error) {
	p, err := Lock(tx, by, id)
	if err != nil {
		return nil, err
	}
	if err := partner.CheckVersion(p.Version, version); err != nil {
		return nil, err
	}
	if p.Closing != nil {
		return nil, ended(p)
	}
	var dayErr, showsErr error
	if c.LastDay != nil {
		p.LastDay, dayErr = *c.LastDay, checkLastDay(*c.LastDay, almanac.DateOf(tx.Now, p.Location()), p.Times)
	}
	if c.Shows != nil {
		p.Shows, showsErr = *c.Shows, c.Shows.check()
	}
	if err := fault.Join(dayErr, showsErr); err != nil {
		return nil, err
	}
	p.Version++
	err = tx.DB.Model(&Poll{}).Where("id = ?", id).Updates(map[string]any{"last_day": p.LastDay, "shows": p.Shows, "version": p.Version}).Error
	if err != nil {
		return nil, err
	}
	return p, access.Log(tx, by, "change date poll", "date-poll", id)
}

// ended says that a poll takes nothing more.
func ended(p *Poll) error {
	if t := p.Chosen(); t != nil {
		return fault.New(fault.Conflict, "Tiden är redan bestämd: %s.", *t)
	}
	return fault.New(fault.Conflict, "Tidsförfrågan är avslutad.")
}

// Close ends a poll that the actor has locked: with the meeting that one of its times became, or, for
// nil, with none. It refuses with fault.Conflict when it has ended.
func Close(tx *store.Tx, by access.Actor, p *Poll, chosen *Time, meetingID *uuid.UUID) error {
	if p.Closing != nil {
		return ended(p)
	}
	p.Closing = &Closing{PollID: p.ID, MeetingID: meetingID, IdentityID: by.By(), At: tx.Now}
	if chosen != nil {
		p.Closing.TimeID = &chosen.ID
	}
	if err := tx.DB.Create(p.Closing).Error; err != nil {
		return err
	}
	p.Version++
	if err := tx.DB.Model(&Poll{}).Where("id = ?", p.ID).Update("version", p.Version).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "close date poll", "date-poll", p.ID)
}
