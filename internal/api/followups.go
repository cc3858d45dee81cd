package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/minutes"
	"samverkan/internal/report"
	"samverkan/internal/store"
)

// FollowUp is the follow-up of a year or half a year, with the lists that its figures count.
type FollowUp struct {
	ID         uuid.UUID       `json:"id" format:"uuid"`
	Year       int             `json:"year" example:"2027"`
	Half       int             `json:"half" enum:"0,1,2" doc:"0: hela året. / 0: the whole year."`
	Number     int64           `json:"number" doc:"2 och uppåt är rättelser av den före. / 2 and on are corrections of the one before."`
	Former     *uuid.UUID      `json:"former,omitempty" format:"uuid" doc:"Den som den här rättar. / The one that this one corrects."`
	Reason     string          `json:"reason,omitempty" doc:"Varför den förra rättas. / Why the former one is corrected."`
	State      string          `json:"state" enum:"draft,handedOver" doc:"handedOver: fryst. / handedOver: frozen."`
	From       day             `json:"from"`
	To         day             `json:"to"`
	Counted    day             `json:"counted" doc:"Dagen då siffrorna räknades. / The day on which the figures were counted."`
	HandedOver day             `json:"handedOver,omitempty"`
	Reference  string          `json:"reference,omitempty" doc:"Diarienummer. / Number in the register."`
	SHA256     string          `json:"sha256" doc:"Av dokumentet, som det är nu eller som det lämnades över. Skickas med när det lämnas över. / Of the document, as it is now or as it was handed over. Sent when it is handed over."`
	Plan       string          `json:"plan,omitempty" doc:"Planens titel. / The plan's title."`
	Edition    string          `json:"planVersion,omitempty" doc:"Planens versionsbeteckning. / What the plan calls its version."`
	Summary    string          `json:"summary"`
	Outlook    string          `json:"outlook" doc:"Det som behövs framåt. / What is needed from here on."`
	Forums     []FollowUpForum `json:"forums"`
	Rows       []FollowUpRow   `json:"rows"`
	Places     []FollowUpPlace `json:"workplaces"`
	Version    int64           `json:"version" doc:"Samma som i ETag. / The same as in ETag."`
}

// FollowUpPlace is how a workplace has gone through the plan in the period.
type FollowUpPlace struct {
	WorkplaceID uuid.UUID `json:"workplaceId" format:"uuid"`
	Name        string    `json:"name" example:"Barn- och familjeenheten"`
	Days        []day     `json:"days" doc:"Dagar för APT där planen gicks igenom. / Days of APT meetings at which the plan was gone through."`
	NewHires    int       `json:"newHires" doc:"Nyanställda som introducerats, ett antal. / New hires who were introduced, a count."`
}

// FollowUpForum is one forum in a follow-up.
type FollowUpForum struct {
	ForumID    uuid.UUID        `json:"forumId" format:"uuid"`
	Name       string           `json:"name"`
	State      string           `json:"state" doc:"Som i promise-statuses. / As in promise-statuses."`
	ReadsNotes bool             `json:"readsNotes" doc:"Falskt: den som räknade läser inte forumets anteckningar, och vissa siffror saknas. / False: whoever counted does not read the forum's minutes, and some figures are not there."`
	Figures    []FollowUpFigure `json:"figures"`
}

// FollowUpFigure is a number with what it counts.
type FollowUpFigure struct {
	Figure string          `json:"figure" example:"held"`
	Count  int             `json:"count"`
	Things []FollowUpThing `json:"things"`
}

// FollowUpThing is one of what a figure counts.
type FollowUpThing struct {
	MeetingID   *uuid.UUID `json:"meetingId,omitempty" format:"uuid"`
	MinutesID   *uuid.UUID `json:"minutesId,omitempty" format:"uuid"`
	ItemID      *uuid.UUID `json:"itemId,omitempty" format:"uuid"`
	Date        day        `json:"date"`
	To          day        `json:"to,omitempty"`
	Was         day        `json:"was,omitempty" doc:"När ett flyttat möte först skulle vara, eller när något blev klart. / When a moved meeting first was to be, or when something was finished."`
	Name        string     `json:"name,omitempty"`
	Explanation string     `json:"explanation,omitempty"`
}

// FollowUpRow is a row of the plan in a follow-up.
type FollowUpRow struct {
	Row        string      `json:"row" example:"1.8" doc:"Som planen kallar raden. / As the plan calls the row."`
	Measure    string      `json:"measure"`
	Status     string      `json:"status,omitempty" enum:"done,ongoing,notStarted,late,dropped"`
	Comment    string      `json:"comment,omitempty"`
	Suggested  string      `json:"suggested,omitempty" doc:"Vad fakta tyder på, i ett utkast. / What the facts suggest, in a draft."`
	Why        string      `json:"why,omitempty" doc:"Varför. / Why."`
	MeetingIDs []uuid.UUID `json:"meetingIds"`
}

// FollowUpEntry is a follow-up in a list.
type FollowUpEntry struct {
	ID         uuid.UUID `json:"id" format:"uuid"`
	Year       int       `json:"year"`
	Half       int       `json:"half"`
	Number     int64     `json:"number"`
	State      string    `json:"state" enum:"draft,handedOver"`
	HandedOver day       `json:"handedOver,omitempty"`
	Reference  string    `json:"reference,omitempty"`
}

// FollowUps is a list of them.
type FollowUps struct {
	FollowUps []FollowUpEntry `json:"followUps"`
	Extent
}

func (d *door) listFollowUps(ctx context.Context, in *Paging) (*shown[FollowUps], error) {
	out := &shown[FollowUps]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := report.List(tx, by)
		show := func(r report.Report) FollowUpEntry {
			e := FollowUpEntry{ID: r.ID, Year: r.Year, Half: r.Half, Number: r.Number, State: stateOf(r)}
			if r.HandedOver() {
				e.HandedOver, e.Reference = dayOf(r.Handover.Date), r.Handover.Reference
			}
			return e
		}
		out.Body = FollowUps{part(*in, all, show), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func stateOf(r report.Report) string {
	if r.HandedOver() {
		return "handedOver"
	}
	return "draft"
}

func showFollowUp(o *report.Opened, r reader) FollowUp {
	d := o.Document
	s := FollowUp{ID: o.Report.ID, Year: d.Year, Half: d.Half, Number: d.Number, Former: d.Former, Reason: d.Reason, State: stateOf(o.Report), From: dayOf(d.From), To: dayOf(d.To), Counted: dayOf(d.Counted),
		HandedOver: dayOf(d.HandedOver), Reference: d.Reference, SHA256: o.Hash, Summary: d.Summary, Outlook: d.Outlook, Version: o.Report.Version}
	if d.Plan != nil {
		s.Plan, s.Edition = d.Plan.Title, d.Plan.Version
	}
	s.Forums = each(d.Forums, func(f report.ForumFacts) FollowUpForum {
		shown := FollowUpForum{ForumID: f.ForumID, Name: f.Name, State: string(f.State), ReadsNotes: f.Notes, Figures: []FollowUpFigure{}}
		for _, figure := range report.Figures {
			if f.Known(figure) {
				shown.Figures = append(shown.Figures, FollowUpFigure{string(figure), f.Count(figure), each(f.Things[figure], showThing)})
			}
		}
		return shown
	})
	s.Rows = each(d.Rows, func(row report.RowFacts) FollowUpRow {
		suggested := o.Suggestions[row.Row]
		return FollowUpRow{Row: row.Row, Measure: row.Measure, Status: string(row.Status), Comment: row.Comment, Suggested: string(suggested.Status), Why: suggested.Reason.In(r.language),
			MeetingIDs: each(row.Meetings, func(t report.Thing) uuid.UUID { return *t.MeetingID })}
	})
	s.Places = each(d.Places, func(p report.PlaceFacts) FollowUpPlace {
		return FollowUpPlace{p.WorkplaceID, p.Name, each(p.Days, dayOf), p.NewHires}
	})
	return s
}

func showThing(t report.Thing) FollowUpThing {
	return FollowUpThing{t.MeetingID, t.MinutesID, t.ItemID, dayOf(t.Date), dayOf(t.To), dayOf(t.Was), t.Name, t.Explanation}
}

func (d *door) getFollowUp(ctx context.Context, in *One) (*edited[FollowUp], error) {
	out := &edited[FollowUp]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error { return d.openFollowUp(ctx, tx, by, in.ID, out) })
	return out, err
}

// openFollowUp fills an answer with a follow-up as it is now.
func (d *door) openFollowUp(ctx context.Context, tx *store.Tx, by access.Actor, id uuid.UUID, out *edited[FollowUp]) error {
	o, err := report.Open(tx, by, d.Office.Zone, id)
	if err != nil {
		return err
	}
	out.ETag, out.Body = etag(o.Report.Version), showFollowUp(o, readerIn(ctx))
	return nil
}

// NewFollowUp says which time to follow up.
type NewFollowUp struct {
	Year int `json:"year" minimum:"2000" maximum:"2100" example:"2027"`
	Half int `json:"half,omitempty" minimum:"0" maximum:"2" doc:"Utelämnad eller 0: hela året. / Left out or 0: the whole year."`
}

func (d *door) startFollowUp(ctx context.Context, in *struct{ Body NewFollowUp }) (*created[FollowUp], error) {
	return d.newFollowUp(ctx, func(tx *store.Tx, by access.Actor) (*report.Report, error) {
		return report.Start(tx, by, d.Office.Zone, in.Body.Year, in.Body.Half)
	})
}

// newFollowUp answers with a follow-up that a verb begins.
func (d *door) newFollowUp(ctx context.Context, verb func(*store.Tx, access.Actor) (*report.Report, error)) (*created[FollowUp], error) {
	out := &created[FollowUp]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		r, err := verb(tx, by)
		if err != nil {
			return err
		}
		var opened edited[FollowUp]
		if err := d.openFollowUp(ctx, tx, by, r.ID, &opened); err != nil {
			return err
		}
		out.Location, out.ETag, out.Body = Root+"/follow-ups/"+r.ID.String(), opened.ETag, opened.Body
		return nil
	})
	return out, err
}

// FollowUpTexts is what people say in a follow-up. Rows that are left out stay as they are.
type FollowUpTexts struct {
	Summary string         `json:"summary,omitempty" maxLength:"8000"`
	Outlook string         `json:"outlook,omitempty" maxLength:"8000"`
	Rows    []FollowUpSaid `json:"rows,omitempty"`
}

// FollowUpSaid is what is said of a row of the plan.
type FollowUpSaid struct {
	Row     string `json:"row" example:"1.8"`
	Status  string `json:"status,omitempty" enum:"done,ongoing,notStarted,late,dropped" doc:"Utelämnad: inte bedömd. / Left out: not judged."`
	Comment string `json:"comment,omitempty" maxLength:"1000"`
}

type followUpChange struct {
	One
	Conditional
	Body FollowUpTexts
}

func (d *door) changeFollowUp(ctx context.Context, in *followUpChange) (*edited[FollowUp], error) {
	out := &edited[FollowUp]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		r, err := report.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		if err := mustMatch(in.IfMatch, r.Version); err != nil {
			return err
		}
		said := report.Texts{Summary: in.Body.Summary, Outlook: in.Body.Outlook}
		for _, row := range in.Body.Rows {
			said.Rows = append(said.Rows, report.Row{PlanRow: row.Row, Status: report.Status(row.Status), Comment: row.Comment})
		}
		if _, err := report.Save(tx, by, in.ID, r.Version, said); err != nil {
			return err
		}
		return d.openFollowUp(ctx, tx, by, in.ID, out)
	})
	return out, err
}

// FollowUpHandover says what was reviewed, and when it is handed over.
type FollowUpHandover struct {
	SHA256    string `json:"sha256" minLength:"64" maxLength:"64" doc:"Det som uppföljningen hade när den granskades. / That of the follow-up when it was reviewed."`
	Date      day    `json:"date" example:"2026-12-15"`
	Reference string `json:"reference,omitempty" maxLength:"40" example:"SN 2026/123"`
}

func (d *door) handOverFollowUp(ctx context.Context, in *struct {
	One
	Body FollowUpHandover
}) (*edited[FollowUp], error) {
	on, err := in.Body.Date.read("date")
	if err != nil {
		return nil, err
	}
	out := &edited[FollowUp]{}
	err = d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		if _, err := report.HandOver(tx, by, d.Office.Zone, in.ID, in.Body.SHA256, on, in.Body.Reference); err != nil {
			return err
		}
		return d.openFollowUp(ctx, tx, by, in.ID, out)
	})
	return out, err
}

// FollowUpCorrection says why a follow-up that was handed over is corrected.
type FollowUpCorrection struct {
	Reason string `json:"reason" maxLength:"500" example:"Ett möte var inte bokfört."`
}

func (d *door) correctFollowUp(ctx context.Context, in *struct {
	One
	Body FollowUpCorrection
}) (*created[FollowUp], error) {
	return d.newFollowUp(ctx, func(tx *store.Tx, by access.Actor) (*report.Report, error) {
		return report.Correct(tx, by, in.ID, in.Body.Reason)
	})
}

// FollowUpFile is a follow-up as a file.
type FollowUpFile struct {
	Name        string `json:"name" example:"uppfoljning-2027-version-1.pdf"`
	ContentType string `json:"contentType" example:"application/pdf"`
	Data        []byte `json:"data" doc:"Base64."`
}

type followUpCopy struct {
	One
	Format string `path:"format" enum:"pdf,odt,docx,csv" doc:"PDF:en av en överlämnad är samma bytes varje gång. / The PDF of one that was handed over is the same bytes each time."`
}

func (d *door) getFollowUpCopy(ctx context.Context, in *followUpCopy) (*shown[FollowUpFile], error) {
	out := &shown[FollowUpFile]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // taking one is logged
		c, err := report.Download(tx, by, d.Office.Zone, in.ID, minutes.Format(in.Format))
		if err == nil {
			out.Body = FollowUpFile{c.Name, c.ContentType, c.Data}
		}
		return err
	})
	return out, err
}
