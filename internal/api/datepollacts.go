package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/poll"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// PollMore is what is added to a date poll that is asked.
type PollMore struct {
	Times     []PollSlot  `json:"times,omitempty" maxItems:"6"`
	Contacts  []uuid.UUID `json:"contacts,omitempty" maxItems:"100" doc:"Nya att fråga. / New ones to ask."`
	Mandatory []uuid.UUID `json:"mandatory,omitempty" maxItems:"100" doc:"De av dem som måste kunna. / Those of them who must be able to come."`
	LastDay   day         `json:"lastDay,omitempty" doc:"Utan: som förut. / None: as before."`
}

func (m PollMore) of(p *poll.Poll) (poll.More, error) {
	more := poll.More{LastDay: p.LastDay, Contacts: m.Contacts, Mandatory: m.Mandatory}
	var dayErr, timesErr error
	if m.LastDay != "" {
		more.LastDay, dayErr = m.LastDay.read("lastDay")
	}
	more.Times, timesErr = slots(m.Times)
	return more, fault.Join(timesErr, dayErr)
}

// foundPoll gives a date poll whose version the condition, if there is one, names.
func foundPoll(tx *store.Tx, by access.Actor, in One, c Conditional) (*poll.Poll, error) {
	p, err := poll.Find(tx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return p, mayMatch(c.IfMatch, p.Version)
}

type pollMoreReviewCall struct {
	One
	Conditional
	Body PollMore
}

func (d *door) reviewDatePollAdditions(ctx context.Context, in *pollMoreReviewCall) (*shown[Review], error) {
	out := &shown[Review]{}
	err := d.rehearse(ctx, func(tx *store.Tx, by access.Actor) error {
		p, err := foundPoll(tx, by, in.One, in.Conditional)
		if err != nil {
			return err
		}
		more, err := in.Body.of(p)
		if err != nil {
			return err
		}
		r, err := secretariat.AddToPoll(tx, by, d.Office, p.ID, p.Version, more)
		if err == nil {
			out.Body = showReview(&r.Review, readerIn(ctx).language)
		}
		return err
	})
	return out, err
}

// NewPollMore is an addition to be sent as it was reviewed.
type NewPollMore struct {
	ReviewHash string `json:"reviewHash" maxLength:"100" doc:"hash från granskningen. / hash of the review."`
	PollMore
}

type pollMoreCall struct {
	One
	Conditional
	Repeatable
	Body NewPollMore
}

func (d *door) addToDatePoll(ctx context.Context, in *pollMoreCall) (*edited[DatePoll], error) {
	body, err := once(ctx, d, in.Repeatable, []any{in.ID, in.IfMatch, in.Body}, func(tx *store.Tx, by access.Actor) (DatePoll, error) {
		p, err := foundPoll(tx, by, in.One, in.Conditional)
		if err != nil {
			return DatePoll{}, err
		}
		more, err := in.Body.of(p)
		if err != nil {
			return DatePoll{}, err
		}
		r, err := secretariat.DoAddToPoll(tx, by, d.Office, p.ID, p.Version, more, in.Body.ReviewHash)
		if err != nil {
			return DatePoll{}, err
		}
		return showPoll(r.Poll, tx.Now, readerIn(ctx)), nil
	})
	return &edited[DatePoll]{etag(body.Version), body}, err
}

// PollAnswer is what one of those asked said by telephone: an answer to every time.
type PollAnswer struct {
	ContactID uuid.UUID        `json:"contactId" format:"uuid"`
	Answers   []DatePollAnswer `json:"answers" minItems:"1" maxItems:"12" doc:"Ett för varje tid. / One for each time."`
	Comment   string           `json:"comment,omitempty" maxLength:"500"`
}

type pollAnswerCall struct {
	One
	Body PollAnswer
}

func (d *door) recordDatePollAnswer(ctx context.Context, in *pollAnswerCall) (*edited[DatePoll], error) {
	return d.onPoll(ctx, in.One, Conditional{}, func(tx *store.Tx, by access.Actor, p *poll.Poll) error {
		r := poll.Response{Comment: in.Body.Comment, Answers: make([]poll.Answer, poll.MostInAll)}
		for _, a := range in.Body.Answers {
			t := p.Time(a.TimeID)
			if t == nil {
				return fault.On("timeId", "Välj en av tiderna.")
			}
			r.Answers[t.Position] = poll.Answer(a.Answer)
		}
		return secretariat.RecordPollAnswer(tx, by, p.ID, askedOf(p, in.Body.ContactID), r)
	})
}

// askedOf gives what a contact is asked by, Nil when they are not.
func askedOf(p *poll.Poll, contact uuid.UUID) uuid.UUID {
	for _, a := range p.Asked {
		if a.ContactID == contact {
			return a.ID
		}
	}
	return uuid.Nil
}

type pollActCall struct {
	One
	Conditional
}

func (d *door) remindOfDatePoll(ctx context.Context, in *pollActCall) (*edited[DatePoll], error) {
	return d.onPoll(ctx, in.One, in.Conditional, func(tx *store.Tx, by access.Actor, p *poll.Poll) error {
		_, err := secretariat.NudgePoll(tx, by, d.Office, p.ID, p.Version)
		return err
	})
}

func (d *door) closeDatePoll(ctx context.Context, in *pollActCall) (*edited[DatePoll], error) {
	return d.onPoll(ctx, in.One, in.Conditional, func(tx *store.Tx, by access.Actor, p *poll.Poll) error {
		_, err := secretariat.EndPoll(tx, by, p.ID, p.Version)
		return err
	})
}

// PollLetter says to whom a date poll is sent once more.
type PollLetter struct {
	ContactID uuid.UUID `json:"contactId" format:"uuid"`
}

type pollLetterCall struct {
	One
	Body PollLetter
}

func (d *door) sendDatePollAgain(ctx context.Context, in *pollLetterCall) (*edited[DatePoll], error) {
	return d.onPoll(ctx, in.One, Conditional{}, func(tx *store.Tx, by access.Actor, p *poll.Poll) error {
		return secretariat.PollAgain(tx, by, d.Office, p.ID, askedOf(p, in.Body.ContactID))
	})
}

// onPoll does an act on a date poll and shows it as it is then.
func (d *door) onPoll(ctx context.Context, in One, c Conditional, act func(*store.Tx, access.Actor, *poll.Poll) error) (*edited[DatePoll], error) {
	out := &edited[DatePoll]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		p, err := foundPoll(tx, by, in, c)
		if err != nil {
			return err
		}
		if err := act(tx, by, p); err != nil {
			return err
		}
		if p, err = poll.Find(tx, by, in.ID); err != nil {
			return err
		}
		out.ETag, out.Body = etag(p.Version), showPoll(p, tx.Now, readerIn(ctx))
		return nil
	})
	return out, err
}
