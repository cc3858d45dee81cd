package api

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// Version is one finalised version of minutes. It is never written again.
type Version struct {
	Number      int64     `json:"number" example:"1" doc:"1, och högre för rättelser. / 1, and higher for corrections."`
	Reason      string    `json:"reason,omitempty" example:"En mening saknades." doc:"Varför anteckningarna rättades. / Why the minutes were corrected."`
	SHA256      string    `json:"sha256" doc:"Dokumentets kontrollsumma. / The document's checksum."`
	FinalisedAt time.Time `json:"finalisedAt"`
}

func showVersion(f minutes.Frozen) Version { return Version{f.Number, f.Reason, f.SHA256, f.At.UTC()} }

// showVersions gives all versions, the latest first.
func showVersions(all []minutes.Frozen) []Version {
	versions := each(all, showVersion)
	slices.SortFunc(versions, func(a, b Version) int { return int(b.Number - a.Number) })
	return versions
}

func newest(all []minutes.Frozen) minutes.Frozen {
	return slices.MaxFunc(all, func(a, b minutes.Frozen) int { return int(a.Number - b.Number) })
}

// MinutesHead is what finalised minutes are of, and their latest version.
type MinutesHead struct {
	ID              uuid.UUID  `json:"id" format:"uuid"`
	ExternalID      *string    `json:"externalId,omitempty" doc:"Id i filen som lästes in. / Id in the imported file."`
	MeetingID       uuid.UUID  `json:"meetingId" format:"uuid"`
	ForumID         *uuid.UUID `json:"forumId,omitempty" format:"uuid" doc:"Utan: mötet hör inte till något forum. / None: the meeting belongs to no forum."`
	ForumExternalID *string    `json:"forumExternalId,omitempty" example:"polis-avstamning"`
	ForumName       string     `json:"forumName" example:"Avstämning med polisen"`
	Date            day        `json:"date"`
	Version
}

func showHead(m *minutes.Minutes, v minutes.Frozen) MinutesHead {
	return MinutesHead{m.ID, m.ExternalID, m.MeetingID, forumOf(&m.Meeting), m.Meeting.Forum.ExternalID, m.Meeting.Forum.Name, dayOf(m.Meeting.Date), showVersion(v)}
}

// MinutesHeads is a list of them, without what they say.
type MinutesHeads struct {
	Minutes []MinutesHead `json:"minutes"`
	Extent
}

func (d *door) listMinutes(ctx context.Context, in *Paging) (*shown[MinutesHeads], error) {
	out := &shown[MinutesHeads]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		found, total, err := minutes.List(tx, by, in.Limit, in.offset())
		out.Body = MinutesHeads{each(found, func(m minutes.Minutes) MinutesHead {
			return showHead(&m, newest(m.Versions))
		}), in.of(total)}
		return err
	})
	return out, err
}

// Minutes are one finalised version, whole, with the actions as they stand today.
type Minutes struct {
	MinutesHead
	NeutralTitle string            `json:"neutralTitle" example:"Avstämning"`
	Starts       hour              `json:"starts"`
	Ends         hour              `json:"ends"`
	TimeZone     string            `json:"timeZone" example:"Europe/Stockholm"`
	Attendance   []Attended        `json:"attendance"`
	Agenda       []MinutesHeading  `json:"agenda"`
	Versions     []Version         `json:"versions" doc:"Alla versioner, den senaste först. / All versions, the latest first."`
	Agreement    *MinutesAgreement `json:"agreement,omitempty" doc:"Hur versionen godkändes; utan: den som antecknade färdigställde. / How the version was agreed on; none: whoever kept the notes finished them."`
}

// Attended says whether somebody came, as organisation and role: never a name.
type Attended struct {
	Organisation string `json:"organisation" example:"Polisen"`
	Role         string `json:"role,omitempty" example:"Kommunpolis"`
	State        string `json:"state" enum:"present,absent,apology,substitute"`
}

// MinutesHeading is an item of the agenda, with what was said under it.
type MinutesHeading struct {
	ID    uuid.UUID     `json:"id" format:"uuid"`
	Title string        `json:"title" example:"Lägesbild"`
	Items []MinutesItem `json:"items"`
}

// MinutesItem is one thing said, decided, to be done or passed on. Its id is the same in every version.
type MinutesItem struct {
	ID        uuid.UUID   `json:"id" format:"uuid"`
	Label     string      `json:"label,omitempty" example:"B1" doc:"Beslut heter B1, B2 … och uppgifter U1, U2 … / Decisions are B1, B2 …, actions U1, U2 …"`
	Kind      string      `json:"kind" enum:"note,decision,action,relay"`
	Text      string      `json:"text" example:"Lathunden tas fram gemensamt."`
	Owner     string      `json:"owner,omitempty" doc:"Vem som ansvarar för en uppgift. / Who answers for an action."`
	Due       day         `json:"due,omitempty" doc:"När en uppgift ska vara klar. / When an action should be done."`
	Receivers []uuid.UUID `json:"receivers" format:"uuid" doc:"Arbetsgrupper och arbetsplatser som punkten förmedlas till. / Work groups and workplaces that the item is passed on to."`
	Outcome   string      `json:"outcome,omitempty" enum:"done,dropped,replaced" doc:"Hur en uppgift slutade; utan: den är öppen. / How an action ended; none: it is open."`
	ClosedAt  *time.Time  `json:"closedAt,omitempty"`
}

func showMinutes(o *minutes.Opened) Minutes {
	d := o.Document
	s := Minutes{MinutesHead: showHead(&o.Minutes, o.Frozen), NeutralTitle: d.Title, Starts: hourOf(d.Starts), Ends: hourOf(d.Ends), TimeZone: d.Zone,
		Attendance: each(d.Attendance, func(p minutes.DocumentPerson) Attended { return Attended{p.Organisation, p.Role, string(p.State)} }),
		Agenda: each(d.Agenda, func(a minutes.DocumentAgenda) MinutesHeading {
			return MinutesHeading{a.ID, a.Title, each(a.Items, func(i minutes.DocumentItem) MinutesItem { return showItem(i, o.Actions) })}
		}),
		Versions: showVersions(o.Minutes.Versions), Agreement: showAgreement(d.Agreement)}
	s.ForumName, s.Date = d.Forum, dayOf(d.Date) // as they were when it was finalised
	return s
}

func showItem(i minutes.DocumentItem, states map[uuid.UUID]minutes.ActionState) MinutesItem {
	s := MinutesItem{ID: i.ID, Label: i.Label, Kind: string(i.Kind), Text: i.Text, Owner: i.Owner, Due: dayOf(i.Due), Receivers: i.ReceiverIDs()}
	if state, is := states[i.ID]; is && i.Kind == minutes.Action {
		s.Outcome, s.ClosedAt = state.Outcome, utc(state.ClosedAt)
	}
	return s
}

func ids(all []uuid.UUID) []uuid.UUID { return each(all, func(id uuid.UUID) uuid.UUID { return id }) }

type oneVersion struct {
	One
	Numbered
}

// Numbered names a version.
type Numbered struct {
	Number int64 `query:"version" minimum:"1" maximum:"1000000" doc:"Nummer på en version; utan: den senaste. / Number of a version; none: the latest."`
}

// getMinutes opens a finalised version. That is logged, so the transaction writes.
func (d *door) getMinutes(ctx context.Context, in *oneVersion) (*shown[Minutes], error) {
	out := &shown[Minutes]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		opened, err := minutes.Read(tx, by, in.ID, in.Number)
		if err != nil {
			return err
		}
		out.Body = showMinutes(opened)
		return nil
	})
	return out, err
}

// Draft is the working text, for whoever keeps the forum's notes.
type Draft struct {
	ID              uuid.UUID      `json:"id" format:"uuid"`
	ExternalID      *string        `json:"externalId,omitempty"`
	MeetingID       uuid.UUID      `json:"meetingId" format:"uuid"`
	ForumID         *uuid.UUID     `json:"forumId,omitempty" format:"uuid" doc:"Utan: mötet hör inte till något forum. / None: the meeting belongs to no forum."`
	ForumExternalID *string        `json:"forumExternalId,omitempty" example:"polis-avstamning"`
	ForumName       string         `json:"forumName" example:"Avstämning med polisen"`
	Date            day            `json:"date"`
	Attendance      []Attendance   `json:"attendance"`
	Agenda          []DraftHeading `json:"agenda"`
	Versions        []Version      `json:"versions" doc:"Det som är färdigställt, det senaste först. / What is finalised, the latest first."`
}

// Attendance is a row of who was there.
type Attendance struct {
	ID uuid.UUID `json:"id" format:"uuid"`
	Attended
}

// DraftHeading is an item of the agenda.
type DraftHeading struct {
	ID    uuid.UUID   `json:"id" format:"uuid"`
	Title string      `json:"title" example:"Lägesbild"`
	Items []DraftItem `json:"items"`
}

func showDraft(m *minutes.Minutes) Draft {
	return Draft{m.ID, m.ExternalID, m.MeetingID, forumOf(&m.Meeting), m.Meeting.Forum.ExternalID, m.Meeting.Forum.Name, dayOf(m.Meeting.Date),
		each(m.Attendances, showAttendance), each(m.Agenda, func(a minutes.AgendaItem) DraftHeading {
			return DraftHeading{a.ID, a.Title, each(m.Under(a.ID), func(i minutes.Item) DraftItem { return showDraftItem(&i) })}
		}), showVersions(m.Versions)}
}

func showAttendance(a minutes.Attendance) Attendance {
	return Attendance{a.ID, Attended{a.Organisation, a.Role, string(a.State)}}
}

func (d *door) openMinutes(ctx context.Context, in *One) (*created[Draft], error) {
	out := &created[Draft]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := minutes.Open(tx, by, in.ID)
		if err != nil {
			return err
		}
		out.Location, out.Body = Root+"/minutes/"+m.ID.String()+"/draft", showDraft(m)
		return nil
	})
	return out, err
}

func (d *door) getDraft(ctx context.Context, in *One) (*shown[Draft], error) {
	out := &shown[Draft]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // reading is logged
		m, err := minutes.OpenDraft(tx, by, in.ID)
		if err != nil {
			return err
		}
		out.Body = showDraft(m)
		return nil
	})
	return out, err
}

// AttendanceStates says who was there. Rows that are not named stay as they are.
type AttendanceStates struct {
	Attendance []AttendanceState `json:"attendance" maxItems:"400"`
}

// AttendanceState is one row.
type AttendanceState struct {
	ID    uuid.UUID `json:"id" format:"uuid" doc:"id i utkastets attendance. / id in the draft's attendance."`
	State string    `json:"state" enum:"present,absent,apology,substitute"`
}

// AttendanceRows are all rows.
type AttendanceRows struct {
	Attendance []Attendance `json:"attendance"`
}

type attendanceCall struct {
	One
	Body AttendanceStates
}

func (d *door) changeAttendance(ctx context.Context, in *attendanceCall) (*shown[AttendanceRows], error) {
	states := map[uuid.UUID]minutes.State{}
	for _, a := range in.Body.Attendance {
		states[a.ID] = minutes.State(a.State)
	}
	out := &shown[AttendanceRows]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := minutes.Draft(tx, by, in.ID)
		if err != nil {
			return err
		}
		for id := range states {
			if !slices.ContainsFunc(m.Attendances, func(a minutes.Attendance) bool { return a.ID == id }) {
				return fault.On("attendance", "Ett id finns inte bland utkastets närvaro. Läs utkastet igen.")
			}
		}
		if err := minutes.Attend(tx, by, in.ID, states); err != nil {
			return err
		}
		if m, err = minutes.Draft(tx, by, in.ID); err != nil {
			return err
		}
		out.Body = AttendanceRows{each(m.Attendances, showAttendance)}
		return nil
	})
	return out, err
}

// NewAgendaItem is a heading to put last.
type NewAgendaItem struct {
	Title string `json:"title" maxLength:"200" example:"Övriga frågor"`
}

type agendaItemCall struct {
	One
	Body NewAgendaItem
}

func (d *door) addAgendaItem(ctx context.Context, in *agendaItemCall) (*shown[DraftHeading], error) {
	out := &shown[DraftHeading]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		a, err := minutes.AddAgendaItem(tx, by, in.ID, in.Body.Title)
		if err != nil {
			return err
		}
		out.Body = DraftHeading{a.ID, a.Title, []DraftItem{}}
		return nil
	})
	return out, err
}
