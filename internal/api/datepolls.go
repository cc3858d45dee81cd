package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/poll"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// DatePoll asks people of several organisations when they can meet.
type DatePoll struct {
	ID              uuid.UUID       `json:"id" format:"uuid"`
	ForumID         uuid.UUID       `json:"forumId" format:"uuid"`
	ForumExternalID *string         `json:"forumExternalId,omitempty" example:"polis-avstamning"`
	ForumName       string          `json:"forumName" example:"Avstämning med polisen"`
	TimeZone        string          `json:"timeZone" example:"Europe/Stockholm"`
	State           string          `json:"state" enum:"open,expired,closed,booked"`
	LastDay         day             `json:"lastDay" doc:"Sista dag att svara. / Last day to answer."`
	Shows           string          `json:"shows" enum:"at-once,after-own,never" doc:"När de tillfrågade ser vad andra organisationer har svarat. / When those asked see what other organisations have answered."`
	Note            string          `json:"note,omitempty"`
	Times           []DatePollTime  `json:"times" doc:"Den bästa först. / The best first."`
	Asked           []DatePollAsked `json:"asked"`
	Answered        int             `json:"answered"`
	TimeID          *uuid.UUID      `json:"timeId,omitempty" format:"uuid" doc:"Tiden det blev. / The time it became."`
	MeetingID       *uuid.UUID      `json:"meetingId,omitempty" format:"uuid"`
	CreatedAt       time.Time       `json:"createdAt"`
	Version         int64           `json:"version" doc:"Samma som i ETag. / The same as in ETag."`
}

// DatePollTime is one time and how it suits those asked.
type DatePollTime struct {
	ID       uuid.UUID   `json:"id" format:"uuid"`
	Date     day         `json:"date"`
	Starts   hour        `json:"starts"`
	Ends     hour        `json:"ends"`
	Yes      int         `json:"yes"`
	IfNeeded int         `json:"ifNeeded"`
	No       int         `json:"no"`
	Missing  int         `json:"missing" doc:"Har inte svarat. / Have not answered."`
	Reason   string      `json:"reason" example:"Alla 5 kan. Polisen: kan om det behövs."`
	TiedWith []uuid.UUID `json:"tiedWith" doc:"Tider som passar lika bra. / Times that suit as well."`
}

// DatePollAsked is one of those asked. It holds no link: that is the contact's own.
type DatePollAsked struct {
	ContactID        uuid.UUID        `json:"contactId" format:"uuid"`
	ShownName        string           `json:"shownName" example:"Kim Exempelsson"`
	OrganisationName string           `json:"organisationName"`
	Mandatory        bool             `json:"mandatory" doc:"Måste kunna komma. / Must be able to come."`
	ByPhone          bool             `json:"byPhone"`
	Answers          []DatePollAnswer `json:"answers" doc:"Tomt: har inte svarat. / Empty: has not answered."`
	Comment          string           `json:"comment,omitempty"`
	Via              string           `json:"via,omitempty" enum:"link,phone"`
	At               *time.Time       `json:"at,omitempty"`
}

// DatePollAnswer is what one of those asked says of a time.
type DatePollAnswer struct {
	TimeID uuid.UUID `json:"timeId" format:"uuid"`
	Answer string    `json:"answer" enum:"yes,if-needed,no"`
}

// DatePolls is a list of them.
type DatePolls struct {
	DatePolls []DatePoll `json:"datePolls"`
	Extent
}

func showPoll(p *poll.Poll, now time.Time, r reader) DatePoll {
	s := DatePoll{ID: p.ID, ForumID: p.ForumID, ForumExternalID: p.Forum.ExternalID, ForumName: p.Forum.Name, TimeZone: p.Zone, State: string(p.State(now)),
		LastDay: dayOf(p.LastDay), Shows: string(p.Shows), Note: p.Note, Asked: each(p.Asked, showAsked), Answered: p.Answered(), CreatedAt: p.CreatedAt.UTC(), Version: p.Version}
	s.Times = each(poll.Rank(p.Times, p.Voters()), func(t poll.Ranked) DatePollTime {
		return DatePollTime{t.ID, dayOf(t.Date), hourOf(t.Starts), hourOf(t.Ends), len(t.Yes), len(t.IfNeeded), len(t.No), len(t.Missing), t.Words(r.language),
			each(t.Tied, func(other poll.Time) uuid.UUID { return other.ID })}
	})
	if p.Closing != nil {
		s.TimeID, s.MeetingID = p.Closing.TimeID, p.Closing.MeetingID
	}
	return s
}

func showAsked(a poll.Asked) DatePollAsked {
	c := showContact(a.Contact)
	s := DatePollAsked{ContactID: c.ID, ShownName: c.ShownName, OrganisationName: c.OrganisationName, Mandatory: a.Mandatory, ByPhone: c.ByPhone, Answers: []DatePollAnswer{}}
	if a.Reply != nil {
		s.Comment, s.Via, s.At = a.Reply.Comment, a.Reply.Via, utc(&a.Reply.At)
		s.Answers = each(a.Reply.Choices, func(c poll.Choice) DatePollAnswer { return DatePollAnswer{c.TimeID, string(c.Answer)} })
	}
	return s
}

type pollSelection struct {
	Forum string `query:"forum" maxLength:"200" doc:"id eller externalId. / id or externalId."`
	Paging
}

func (d *door) listDatePolls(ctx context.Context, in *pollSelection) (*shown[DatePolls], error) {
	out := &shown[DatePolls]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		var forumID *uuid.UUID
		if in.Forum != "" {
			f, err := findForum(tx, by, in.Forum)
			if err != nil {
				return err
			}
			forumID = &f.ID
		}
		all, err := poll.List(tx, by, forumID)
		out.Body = DatePolls{part(in.Paging, all, func(p poll.Poll) DatePoll { return showPoll(&p, tx.Now, readerIn(ctx)) }), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func (d *door) getDatePoll(ctx context.Context, in *One) (*edited[DatePoll], error) {
	out := &edited[DatePoll]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		p, err := poll.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		out.ETag, out.Body = etag(p.Version), showPoll(p, tx.Now, readerIn(ctx))
		return nil
	})
	return out, err
}

// PollSlot is a time to ask about.
type PollSlot struct {
	Date   day  `json:"date"`
	Starts hour `json:"starts"`
	Ends   hour `json:"ends"`
}

// PollWish is a date poll to be sent.
type PollWish struct {
	ForumID   string      `json:"forumId" maxLength:"200" example:"polis-avstamning" doc:"id eller externalId. / id or externalId."`
	Times     []PollSlot  `json:"times" minItems:"3" maxItems:"6"`
	LastDay   day         `json:"lastDay" doc:"Sista dag att svara. / Last day to answer."`
	Shows     string      `json:"shows,omitempty" enum:"at-once,after-own,never" default:"after-own"`
	Contacts  []uuid.UUID `json:"contacts" minItems:"1" maxItems:"100" doc:"Vilka som tillfrågas. / Who is asked."`
	Mandatory []uuid.UUID `json:"mandatory,omitempty" maxItems:"100" doc:"De av dem som måste kunna. / Those of them who must be able to come."`
	Note      string      `json:"note,omitempty" maxLength:"500" doc:"En rad till alla, i brevet. / A line to all, in the letter."`
}

// of finds the forum and reads the values.
func (w PollWish) of(tx *store.Tx, by access.Actor) (poll.Wish, error) {
	f, err := findForum(tx, by, w.ForumID)
	if err != nil {
		return poll.Wish{}, err
	}
	wish := poll.Wish{ForumID: f.ID, Shows: poll.Showing(w.Shows), Contacts: w.Contacts, Mandatory: w.Mandatory, Note: w.Note}
	var timesErr error
	wish.Times, timesErr = slots(w.Times)
	wish.LastDay, err = w.LastDay.read("lastDay")
	return wish, fault.Join(timesErr, err)
}

func slots(all []PollSlot) (read []poll.Slot, err error) {
	var wrong []error
	for _, s := range all {
		t, err := times(s.Date, s.Starts, s.Ends, "")
		read, wrong = append(read, poll.Slot{Date: t.Date, Starts: t.Starts, Ends: t.Ends}), append(wrong, err)
	}
	return read, fault.Join(wrong...)
}

func (d *door) reviewDatePoll(ctx context.Context, in *struct{ Body PollWish }) (*shown[Review], error) {
	out := &shown[Review]{}
	err := d.rehearse(ctx, func(tx *store.Tx, by access.Actor) error {
		wish, err := in.Body.of(tx, by)
		if err != nil {
			return err
		}
		r, err := secretariat.AskPoll(tx, by, d.Office, wish)
		if err == nil {
			out.Body = showReview(&r.Review, readerIn(ctx).language)
		}
		return err
	})
	return out, err
}

// NewDatePoll is a date poll to be sent as it was reviewed.
type NewDatePoll struct {
	ReviewHash string `json:"reviewHash" maxLength:"100" doc:"hash från granskningen. / hash of the review."`
	PollWish
}

type pollCall struct {
	Repeatable
	Body NewDatePoll
}

func (d *door) askDatePoll(ctx context.Context, in *pollCall) (*created[DatePoll], error) {
	body, err := once(ctx, d, in.Repeatable, []any{in.Body}, func(tx *store.Tx, by access.Actor) (DatePoll, error) {
		wish, err := in.Body.of(tx, by)
		if err != nil {
			return DatePoll{}, err
		}
		r, err := secretariat.DoAskPoll(tx, by, d.Office, wish, in.Body.ReviewHash)
		if err != nil {
			return DatePoll{}, err
		}
		return showPoll(r.Poll, tx.Now, readerIn(ctx)), nil
	})
	return &created[DatePoll]{Root + "/date-polls/" + body.ID.String(), etag(body.Version), body}, err
}

// DatePollChange is what can be changed in a date poll; what is left out stays.
type DatePollChange struct {
	LastDay day    `json:"lastDay,omitempty"`
	Shows   string `json:"shows,omitempty" enum:"at-once,after-own,never"`
}

type pollChangeCall struct {
	One
	Conditional
	Body DatePollChange
}

func (d *door) changeDatePoll(ctx context.Context, in *pollChangeCall) (*edited[DatePoll], error) {
	out := &edited[DatePoll]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		p, err := poll.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		if err := mustMatch(in.IfMatch, p.Version); err != nil {
			return err
		}
		change := poll.Change{}
		if in.Body.LastDay != "" {
			last, err := in.Body.LastDay.read("lastDay")
			if err != nil {
				return err
			}
			change.LastDay = &last
		}
		if in.Body.Shows != "" {
			change.Shows = new(poll.Showing(in.Body.Shows))
		}
		if p, err = poll.Revise(tx, by, p.ID, p.Version, change); err != nil {
			return err
		}
		out.ETag, out.Body = etag(p.Version), showPoll(p, tx.Now, readerIn(ctx))
		return nil
	})
	return out, err
}

// PollBooking chooses one of a date poll's times.
type PollBooking struct {
	TimeID uuid.UUID `json:"timeId" format:"uuid"`
}

type pollBookingCall struct {
	One
	Conditional
	Body PollBooking
}

func (d *door) bookDatePoll(ctx context.Context, in *pollBookingCall) (*created[Meeting], error) {
	out := &created[Meeting]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		p, err := poll.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		if err := mayMatch(in.IfMatch, p.Version); err != nil {
			return err
		}
		m, err := secretariat.BookPoll(tx, by, d.Office, p.ID, in.Body.TimeID)
		if err != nil {
			return err
		}
		out.Location, out.ETag, out.Body = Root+"/meetings/"+m.ID.String(), etag(m.Version), showMeeting(m, by)
		return nil
	})
	return out, err
}
