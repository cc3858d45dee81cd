package api

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// YearWish asks for a year's meetings.
type YearWish struct {
	Year   int      `json:"year" minimum:"2000" maximum:"2100" example:"2027"`
	Forums []string `json:"forums,omitempty" maxItems:"200" example:"[\"polis-avstamning\"]" doc:"id eller externalId; utan: alla som du kallar till. / id or externalId; none: all that you convene."`
}

// YearProposal is the meetings that promises still lack. Nothing is stored.
type YearProposal struct {
	Meetings []ProposedMeeting `json:"meetings"`
	Expected []ExpectedMeeting `json:"expected" doc:"Utlovade möten som andra kallar till. / Promised meetings that others call to."`
	Remarks  []Remark          `json:"remarks" doc:"Vad som inte gick att föreslå, och varför. / What could not be proposed, and why."`
}

// ProposedMeeting can be sent to POST /meetings as it is, but for its reason.
type ProposedMeeting struct {
	ForumID         uuid.UUID `json:"forumId" format:"uuid"`
	ForumExternalID *string   `json:"forumExternalId,omitempty" example:"polis-avstamning"`
	StartsAt        time.Time `json:"startsAt" example:"2027-01-12T08:00:00Z"`
	EndsAt          time.Time `json:"endsAt" example:"2027-01-12T09:30:00Z"`
	Date            day       `json:"date"`
	Starts          hour      `json:"starts"`
	Ends            hour      `json:"ends"`
	Place           string    `json:"place,omitempty"`
	Reason          string    `json:"reason" example:"Andra tisdagen i månaden."`
}

// ExpectedMeeting is one that another organisation is to call to between two days.
type ExpectedMeeting struct {
	ForumID         uuid.UUID `json:"forumId" format:"uuid"`
	ForumExternalID *string   `json:"forumExternalId,omitempty" example:"lanssamverkan"`
	ConvenerName    string    `json:"convenerName" example:"Länsstyrelsen"`
	From            day       `json:"from"`
	To              day       `json:"to"`
}

// Remark is what could not be proposed for a forum.
type Remark struct {
	ForumID         uuid.UUID `json:"forumId" format:"uuid"`
	ForumExternalID *string   `json:"forumExternalId,omitempty"`
	Text            string    `json:"text" example:"Andra kallar till det här forumet. Vänta in deras datum."`
}

func (d *door) proposeYear(ctx context.Context, in *struct{ Body YearWish }) (*shown[YearProposal], error) {
	out := &shown[YearProposal]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		chosen, err := forumIDs(tx, by, in.Body.Forums)
		if err != nil {
			return err
		}
		y, err := secretariat.ProposeYear(tx, by, d.Office, in.Body.Year, chosen)
		if err != nil {
			return err
		}
		out.Body, err = d.showYear(y, readerIn(ctx))
		return err
	})
	return out, err
}

// forumIDs finds the forums that a list names, each once.
func forumIDs(tx *store.Tx, by access.Actor, names []string) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	for _, name := range names {
		f, err := findForum(tx, by, name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	return ids, nil
}

func (d *door) showYear(y *secretariat.Year, r reader) (YearProposal, error) {
	shown := YearProposal{Meetings: []ProposedMeeting{}, Expected: []ExpectedMeeting{}, Remarks: []Remark{}}
	for _, p := range y.Proposed {
		m := ProposedMeeting{ForumID: p.Forum.ID, ForumExternalID: p.Forum.ExternalID, Date: dayOf(p.Time.Date), Starts: hourOf(p.Time.Starts),
			Ends: hourOf(p.Time.Ends), Place: p.Time.Place, Reason: p.Reason.In(r.language)}
		var startErr, endErr error
		m.StartsAt, startErr = almanac.Instant(p.Time.Date, p.Time.Starts, d.Office.Zone)
		m.EndsAt, endErr = almanac.Instant(p.Time.Date, p.Time.Ends, d.Office.Zone)
		if err := fault.Join(fault.At("starts", startErr), fault.At("ends", endErr)); err != nil {
			return shown, err
		}
		shown.Meetings = append(shown.Meetings, m)
	}
	for _, e := range y.Expected {
		shown.Expected = append(shown.Expected, ExpectedMeeting{e.Forum.ID, e.Forum.ExternalID, e.Forum.Convener.Name, dayOf(e.From), dayOf(e.To)})
	}
	for _, n := range y.Remarks {
		shown.Remarks = append(shown.Remarks, Remark{n.Forum.ID, n.Forum.ExternalID, n.Text.In(r.language)})
	}
	return shown, nil
}
