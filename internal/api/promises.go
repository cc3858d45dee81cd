package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/followup"
	"samverkan/internal/store"
)

// PromiseStatus is how a forum stands with its promise in a year, with the lists that its numbers count.
type PromiseStatus struct {
	ForumID         uuid.UUID         `json:"forumId" format:"uuid"`
	ForumExternalID *string           `json:"forumExternalId,omitempty" example:"polis-avstamning"`
	ForumName       string            `json:"forumName"`
	Cadence         Cadence           `json:"cadence"`
	Measured        bool              `json:"measured" doc:"Falskt när planen inte säger hur ofta. / False when the plan does not say how often."`
	PromisedFrom    day               `json:"promisedFrom,omitempty" doc:"Det som ligger före räknas inte. / What lies before is not counted."`
	State           string            `json:"state" enum:"unmeasured,beforeStart,exempt,kept,over,unrecorded,lacking,awaited,late,broken" doc:"broken: en tid har gått utan sitt möte; late: det kom för sent; awaited: andra ska kalla; unrecorded: mötet har varit men är inte bokfört; over: fler än lovat. / broken: a time has passed without its meeting; late: it came too late; awaited: others are to call it; unrecorded: it has been and nobody recorded it; over: more than promised."`
	StateText       string            `json:"stateText" example:"Ett möte saknas"`
	Reason          string            `json:"reason" example:"Planera ett möte till senast 31 december 2027."`
	Deadline        day               `json:"deadline,omitempty" doc:"När nästa sak senast måste hända. / By when the next thing must happen."`
	Held            int               `json:"held"`
	Planned         int               `json:"planned" doc:"Som kommer. / To come."`
	Unrecorded      int               `json:"unrecorded" doc:"Har varit, men är varken bokförda som hållna eller inställda. / Have been, and are neither recorded as held nor cancelled."`
	Cancelled       int               `json:"cancelled" doc:"Räknas inte. / Count for nothing."`
	FromOtherForums int               `json:"fromOtherForums" doc:"Så många av mötena är andra forums. / So many of the meetings are other forums'."`
	Awaited         int               `json:"awaited" doc:"Av lacking: de som andra ska kalla till. / Of lacking: those that others are to call."`
	Lacking         int               `json:"lacking" doc:"Möten som fortfarande kan planeras. / Meetings that can still be planned."`
	Missed          int               `json:"missed" doc:"Möten vars tid har gått. / Meetings whose time has passed."`
	Explained       bool              `json:"explained" doc:"Någon har sagt varför vart och ett inte blev av. / Somebody has said why each of them did not come about."`
	Projected       int               `json:"projected" doc:"Möten i årets slut, om det planerade hålls. / Meetings at the end of the year, when what is planned is held."`
	WillBeKept      bool              `json:"willBeKept" doc:"Löftet hålls då. / The promise is then kept."`
	NextMeetingID   *uuid.UUID        `json:"nextMeetingId,omitempty" format:"uuid"`
	NextStartsAt    *time.Time        `json:"nextStartsAt,omitempty"`
	Meetings        []CountedMeeting  `json:"meetings" doc:"Mötena som talen räknar. / The meetings that the numbers count."`
	Gaps            []PromiseGap      `json:"gaps" doc:"Lovade möten som inte finns. / Promised meetings that are not there."`
	Notes           NotesInTime       `json:"notes"`
	Organisations   []PartnerPresence `json:"organisations" doc:"Vilka parter som kom, enligt färdiga anteckningar; tom om du inte får läsa dem. / Which partners came, by finished notes; empty when you may not read them."`
}

// CountedMeeting is a meeting as a promise counts it.
type CountedMeeting struct {
	MeetingID  uuid.UUID `json:"meetingId" format:"uuid"`
	Date       day       `json:"date"`
	State      string    `json:"state" enum:"held,planned,unrecorded,cancelled"`
	OtherForum bool      `json:"otherForum" doc:"Ett annat forums möte, som räknas hit. / Another forum's meeting that counts here."`
}

// PromiseGap is a promised meeting that is not there, or several in the same days.
type PromiseGap struct {
	From        day    `json:"from"`
	To          day    `json:"to" doc:"Sista dagen. / The last day."`
	Number      int    `json:"number"`
	Missed      bool   `json:"missed" doc:"Sista dagen har varit. / The last day has been."`
	Explanation string `json:"explanation,omitempty"`
}

// NotesInTime counts the notes of meetings that were held.
type NotesInTime struct {
	WithinWorkingDays int `json:"withinWorkingDays" example:"10"`
	InTime            int `json:"inTime"`
	Late              int `json:"late"`
	Overdue           int `json:"overdue"`
	Waiting           int `json:"waiting" doc:"Inte färdiga, och sista dagen har inte varit. / Not finished, and the last day has not been."`
}

// PartnerPresence is at how many meetings a partner was there.
type PartnerPresence struct {
	OrganisationID uuid.UUID `json:"organisationId" format:"uuid"`
	Name           string    `json:"name"`
	Came           int       `json:"came" doc:"Någon därifrån kom. / Somebody from it came."`
	Missed         int       `json:"missed"`
}

// PromiseStatuses is a list of them.
type PromiseStatuses struct {
	PromiseStatuses []PromiseStatus `json:"promiseStatuses"`
	Extent
}

type yearPage struct {
	Year int `query:"year" required:"true" minimum:"2000" maximum:"2100" example:"2027"`
	Paging
}

func (d *door) listPromiseStatuses(ctx context.Context, in *yearPage) (*shown[PromiseStatuses], error) {
	out := &shown[PromiseStatuses]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := followup.Statuses(tx, by, d.Office.Zone, in.Year)
		if err != nil || len(all) == 0 {
			out.Body = PromiseStatuses{[]PromiseStatus{}, in.of(0)}
			return err
		}
		came, err := followup.Presences(tx, by, in.Year)
		today := almanac.DateOf(tx.Now, d.Office.Zone)
		show := func(s followup.Standing) PromiseStatus {
			return showPromise(s, came[s.Forum.ID], today, readerIn(ctx))
		}
		out.Body = PromiseStatuses{part(in.Paging, all, show), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func showPromise(k followup.Standing, came []followup.Presence, today almanac.Date, r reader) PromiseStatus {
	s := PromiseStatus{ForumID: k.Forum.ID, ForumExternalID: k.Forum.ExternalID, ForumName: k.Forum.Name, Cadence: Cadence(k.Forum.Cadence),
		Measured: k.Forum.Promise().Measured(), PromisedFrom: dayOf(k.Forum.PromisedFrom), State: string(k.State), StateText: k.Words().In(r.language), Reason: k.Reason().In(r.language),
		Deadline: dayOf(k.Deadline), Held: k.Held, Planned: k.Planned, Unrecorded: k.Unrecorded, Cancelled: k.Cancelled, FromOtherForums: k.Elsewhere, Awaited: k.Awaited,
		Lacking: k.Lacking, Missed: k.Missed, Explained: k.Explained(), Projected: k.Projected, WillBeKept: k.Keeps,
		Notes: NotesInTime{followup.NotesWithin, k.Notes.InTime, k.Notes.Late, k.Notes.Overdue, k.Notes.Waiting}}
	if k.Next != nil {
		s.NextMeetingID, s.NextStartsAt = &k.Next.ID, utc(&k.Next.StartsAt)
	}
	s.Meetings = each(k.Occasions, func(o followup.Occasion) CountedMeeting {
		return CountedMeeting{o.MeetingID, dayOf(o.Date), string(o.On(today)), o.Elsewhere}
	})
	s.Gaps = each(k.Gaps, func(g followup.Gap) PromiseGap {
		shown := PromiseGap{From: dayOf(g.From), To: dayOf(g.To), Number: g.Number, Missed: g.Past}
		if g.Explanation != nil {
			shown.Explanation = g.Explanation.Text
		}
		return shown
	})
	s.Organisations = each(came, func(p followup.Presence) PartnerPresence {
		return PartnerPresence{p.Organisation.ID, p.Organisation.Name, len(p.Came), len(p.Missed)}
	})
	return s
}

// NewExplanation says why a promised meeting did not come about.
type NewExplanation struct {
	Year int    `json:"year" minimum:"2000" maximum:"2100" example:"2027"`
	To   day    `json:"to" doc:"Luckans sista dag, som i gaps. / The gap's last day, as in gaps."`
	Text string `json:"text" maxLength:"500" example:"Vakans hos oss under våren."`
}

func (d *door) explain(ctx context.Context, in *struct {
	One
	Body NewExplanation
}) (*nothing, error) {
	to, err := in.Body.To.read("to")
	if err != nil {
		return nil, err
	}
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		return followup.Explain(tx, by, d.Office.Zone, in.ID, in.Body.Year, to, in.Body.Text)
	})
}
