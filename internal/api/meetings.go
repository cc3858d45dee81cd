package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Meeting is one meeting of a forum. What was agreed is date, starts, ends and timeZone; the
// instants follow from them.
type Meeting struct {
	ID              uuid.UUID     `json:"id" format:"uuid"`
	ExternalID      *string       `json:"externalId,omitempty"`
	ForumID         *uuid.UUID    `json:"forumId,omitempty" format:"uuid" doc:"Utan: mötet hör inte till något forum. / None: the meeting belongs to no forum."`
	ForumExternalID *string       `json:"forumExternalId,omitempty" example:"polis-avstamning"`
	ForumName       string        `json:"forumName" example:"Avstämning med polisen" doc:"Vad ett möte utan forum heter, om det är ett sådant. / What a meeting without a forum is called, if it is one."`
	Occasion        *Occasion     `json:"occasion,omitempty" doc:"Bara för möten utan forum: en föreläsning, en utbildning. / Only for meetings without a forum: a lecture, a training."`
	MeasureID       *uuid.UUID    `json:"measureId,omitempty" format:"uuid" doc:"Raden i planen som mötet hör till. / The row of the plan that the meeting belongs to."`
	MeasureExternal string        `json:"measureExternalId,omitempty" example:"5.3"`
	NeutralTitle    string        `json:"neutralTitle" example:"Avstämning"`
	Date            day           `json:"date"`
	Starts          hour          `json:"starts"`
	Ends            hour          `json:"ends"`
	TimeZone        string        `json:"timeZone" example:"Europe/Stockholm"`
	StartsAt        time.Time     `json:"startsAt" example:"2027-01-21T12:00:00Z"`
	EndsAt          time.Time     `json:"endsAt" example:"2027-01-21T13:30:00Z"`
	Place           string        `json:"place,omitempty" example:"Rum B-2301"`
	State           string        `json:"state" enum:"planned,held,cancelled"`
	Cancellation    *Cancellation `json:"cancellation,omitempty"`
	HeldAt          *time.Time    `json:"heldAt,omitempty" doc:"När det bokfördes som hållet. / When it was recorded as held."`
	SecondForumID   *uuid.UUID    `json:"secondForumId,omitempty" format:"uuid" doc:"Ett andra forum vars löfte mötet räknas för; inte för deltagare. / A second forum whose promise it counts for; not for members."`
	Sequence        int64         `json:"sequence" doc:"SEQUENCE enligt RFC 5545. / SEQUENCE as in RFC 5545."`
	Version         int64         `json:"version" doc:"Samma som i ETag. / The same as in ETag."`
}

// Cancellation is that a meeting was called off.
type Cancellation struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty" doc:"Bara för samordnare. / For coordinators only."`
}

// Meetings is a list of them.
type Meetings struct {
	Meetings []Meeting `json:"meetings"`
	Extent
}

func showMeeting(m *meeting.Meeting, by access.Actor) Meeting {
	s := Meeting{
		ID: m.ID, ExternalID: m.ExternalID, ForumID: forumOf(m), MeasureID: m.MeasureID, ForumExternalID: m.Forum.ExternalID, ForumName: m.Forum.Name,
		NeutralTitle: m.Forum.NeutralTitle, Date: dayOf(m.Date), Starts: hourOf(m.Starts), Ends: hourOf(m.Ends), TimeZone: m.Zone,
		StartsAt: m.StartsAt.UTC(), EndsAt: m.EndsAt.UTC(), Place: m.Place, State: "planned", Sequence: m.Sequence, Version: m.Version,
	}
	if by.Is(access.Coordinator, access.Manager, access.Registrar) {
		s.SecondForumID = m.CountsForID
	}
	if m.Forum.Occasion {
		s.Occasion = showOccasion(m.Forum.AsOccasion())
	}
	if m.Measure != nil {
		s.MeasureExternal = m.Measure.ExternalID
	}
	switch {
	case m.Cancelled():
		s.State, s.Cancellation = "cancelled", &Cancellation{At: m.Cancellation.At.UTC()}
		if by.Is(access.Coordinator) {
			s.Cancellation.Reason = m.Cancellation.Reason
		}
	case m.Held():
		s.State, s.HeldAt = "held", utc(&m.Holding.At)
	}
	return s
}

type meetingSelection struct {
	Forum string `query:"forum" maxLength:"200" doc:"id eller externalId. / id or externalId."`
	From  day    `query:"from" doc:"Från och med. / From, inclusive."`
	To    day    `query:"to" doc:"Till och med. / To, inclusive."`
	Paging
}

func (in *meetingSelection) read(tx *store.Tx, by access.Actor) (meeting.Selection, error) {
	s := meeting.Selection{Limit: in.Limit, Offset: in.offset()}
	var fromErr, toErr error
	s.From, fromErr = in.From.readAny("from")
	s.To, toErr = in.To.readAny("to")
	if err := fault.Join(fromErr, toErr); err != nil || in.Forum == "" {
		return s, err
	}
	f, err := findForum(tx, by, in.Forum)
	if err != nil {
		return s, err
	}
	s.ForumID = &f.ID
	return s, nil
}

func (d *door) listMeetings(ctx context.Context, in *meetingSelection) (*shown[Meetings], error) {
	out := &shown[Meetings]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		selection, err := in.read(tx, by)
		if err != nil {
			return err
		}
		found, total, err := meeting.List(tx, by, selection)
		out.Body = Meetings{each(found, func(m meeting.Meeting) Meeting { return showMeeting(&m, by) }), in.of(total)}
		return err
	})
	return out, err
}

func (d *door) getMeeting(ctx context.Context, in *One) (*edited[Meeting], error) {
	out := &edited[Meeting]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := meeting.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		out.ETag, out.Body = etag(m.Version), showMeeting(m, by)
		return nil
	})
	return out, err
}

// NewMeeting is a meeting to be stored. Nothing is sent.
type NewMeeting struct {
	ForumID     string `json:"forumId,omitempty" maxLength:"200" example:"polis-avstamning" doc:"id eller externalId. Antingen det eller occasion. / id or externalId. Either this or occasion."`
	Date        day    `json:"date"`
	Starts      hour   `json:"starts"`
	Ends        hour   `json:"ends"`
	Place       string `json:"place,omitempty" maxLength:"500" example:"Rum B-2301"`
	AlreadyHeld bool   `json:"alreadyHeld,omitempty" doc:"Mötet har varit och bokförs som hållet. / The meeting has been, and is recorded as held."`
	MeasureID   string `json:"measureId,omitempty" maxLength:"200" example:"5.3" doc:"Raden i planen: id eller planens egen beteckning. / The row of the plan: id or the plan's own."`

	Occasion     *Occasion     `json:"occasion,omitempty" doc:"Ett möte utan forum: en föreläsning, en utbildning. / A meeting without a forum: a lecture, a training."`
	Participants *Participants `json:"participants,omitempty" doc:"Vilka som ska bjudas in, bara med occasion. / Who is to be invited, only with occasion."`
}

func (d *door) scheduleMeeting(ctx context.Context, in *struct{ Body NewMeeting }) (*created[Meeting], error) {
	when, err := times(in.Body.Date, in.Body.Starts, in.Body.Ends, in.Body.Place)
	if err != nil {
		return nil, err
	}
	out := &created[Meeting]{}
	err = d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := d.schedule(tx, by, in.Body, when)
		if err != nil {
			return err
		}
		out.Location, out.ETag, out.Body = Root+"/meetings/"+m.ID.String(), etag(m.Version), showMeeting(m, by)
		return nil
	})
	return out, err
}

// schedule stores a meeting of a forum, or one of none.
func (d *door) schedule(tx *store.Tx, by access.Actor, n NewMeeting, when meeting.Time) (*meeting.Meeting, error) {
	if (n.ForumID == "") == (n.Occasion == nil) {
		return nil, fault.On("forumId", "Ange antingen ett forum eller ett möte utan forum.")
	}
	measure, err := measureOf(tx, by, n.MeasureID)
	if err != nil {
		return nil, err
	}
	if n.Occasion != nil {
		return secretariat.PlanOccasion(tx, by, d.Office, n.Occasion.read(n.Participants, measure), when, n.AlreadyHeld)
	}
	f, err := findForum(tx, by, n.ForumID)
	if err != nil {
		return nil, err
	}
	m, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: f.ID, Time: when, Zone: d.Office.Zone, Held: n.AlreadyHeld})
	if err != nil {
		return nil, err
	}
	if measure != nil {
		if _, err := meeting.Tie(tx, by, m.ID, m.Version, measure); err != nil {
			return nil, err
		}
	}
	return meeting.Find(tx, by, m.ID)
}

func times(date day, starts, ends hour, place string) (meeting.Time, error) {
	on, dateErr := date.read("date")
	from, startsErr := starts.read("starts")
	to, endsErr := ends.read("ends")
	return meeting.Time{Date: on, Starts: from, Ends: to, Place: place}, fault.Join(dateErr, startsErr, endsErr)
}

type MeetingChange struct {
	One
	Conditional
}

// found gives the meeting while it is as the caller read it.
func (c MeetingChange) found(tx *store.Tx, by access.Actor) (*meeting.Meeting, error) {
	m, err := meeting.Find(tx, by, c.ID)
	if err != nil {
		return nil, err
	}
	return m, mustMatch(c.IfMatch, m.Version)
}

func (d *door) holdMeeting(ctx context.Context, in *MeetingChange) (*edited[Meeting], error) {
	out := &edited[Meeting]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := meeting.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		if err := mayMatch(in.IfMatch, m.Version); err != nil {
			return err
		}
		if m, err = meeting.Hold(tx, by, m.ID, m.Version); err != nil {
			return err
		}
		out.ETag, out.Body = etag(m.Version), showMeeting(m, by)
		return nil
	})
	return out, err
}

// SecondForum is the forum that a meeting counts for beside its own.
type SecondForum struct {
	ForumID string `json:"forumId" maxLength:"200" example:"polis-avstamning" doc:"id eller externalId. / id or externalId."`
}

func (d *door) setSecondForum(ctx context.Context, in *struct {
	MeetingChange
	Body SecondForum
}) (*edited[Meeting], error) {
	return d.countFor(ctx, &in.MeetingChange, func(tx *store.Tx, by access.Actor) (*uuid.UUID, error) {
		f, err := findForum(tx, by, in.Body.ForumID)
		if err != nil {
			return nil, err
		}
		return &f.ID, nil
	})
}

func (d *door) removeSecondForum(ctx context.Context, in *MeetingChange) (*edited[Meeting], error) {
	return d.countFor(ctx, in, func(*store.Tx, access.Actor) (*uuid.UUID, error) { return nil, nil })
}

func (d *door) countFor(ctx context.Context, in *MeetingChange, which func(*store.Tx, access.Actor) (*uuid.UUID, error)) (*edited[Meeting], error) {
	out := &edited[Meeting]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := in.found(tx, by)
		if err != nil {
			return err
		}
		second, err := which(tx, by)
		if err != nil {
			return err
		}
		if m, err = meeting.CountFor(tx, by, m.ID, m.Version, second); err != nil {
			return err
		}
		out.ETag, out.Body = etag(m.Version), showMeeting(m, by)
		return nil
	})
	return out, err
}

func (d *door) undoPendingAct(ctx context.Context, in *MeetingChange) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := in.found(tx, by)
		if err != nil {
			return err
		}
		return secretariat.Undo(tx, by, d.Office, m.ID, m.Version)
	})
}
