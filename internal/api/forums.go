package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Cadence is how often a forum promised to meet.
type Cadence struct {
	Text    string `json:"text" maxLength:"200" example:"var sjätte månad" doc:"Planens ord. / The plan's words."`
	Months  int    `json:"months" minimum:"0" maximum:"60" example:"6" doc:"Månader mellan möten, 0 om inget intervall. / Months between meetings, 0 for no interval."`
	Min     int    `json:"min" minimum:"0" maximum:"60" doc:"Möten per år eller termin, minst. / Meetings a year or a term, at least."`
	Max     int    `json:"max" minimum:"0" maximum:"60" doc:"Högst; 0 utan övre gräns, och om de inte räknas. / At most; 0 without an upper bound, and when they are not counted."`
	PerTerm bool   `json:"perTerm,omitempty" doc:"min och max räknas per termin, januari–juni och juli–december. / min and max are counted in each half of the year."`
	Nth     int    `json:"nth,omitempty" minimum:"0" maximum:"5" doc:"Vilken weekday i månaden: 1–4, 5 den sista, 0 inte sagt. Bara med months. / Which weekday of the month: 1–4, 5 the last, 0 not said. Only with months."`
	Weekday int    `json:"weekday,omitempty" minimum:"0" maximum:"5" doc:"1 är måndag; med nth. / 1 is Monday; with nth."`
}

// cadenceFields are where a request has what the forum's form has in one row.
var cadenceFields = map[string]string{"cadenceText": "cadence.text", "cadenceMonths": "cadence.months", "cadenceMin": "cadence.min", "cadenceMax": "cadence.max", "cadenceNth": "cadence.nth", "cadenceWeekday": "cadence.weekday"}

// ForumSettings is all that a coordinator decides of a forum.
type ForumSettings struct {
	Name         string     `json:"name" maxLength:"200" example:"Avstämning med polisen" doc:"Lämnar aldrig huset. / Never leaves the house."`
	NeutralTitle string     `json:"neutralTitle" maxLength:"200" example:"Avstämning" doc:"Står i kalendrar, följd av kommunens namn. / Stands in calendars, followed by the municipality's name."`
	Scope        string     `json:"scope" enum:"overall,consultation,individualCases,internal"`
	ConvenedBy   string     `json:"convenedBy" enum:"unstated,us,other"`
	ConvenerID   *uuid.UUID `json:"convenerId,omitempty" format:"uuid" doc:"Organisation, när convenedBy är other. / An organisation, when convenedBy is other."`
	Cadence      Cadence    `json:"cadence"`
	ExemptMonths []int      `json:"exemptMonths" maxItems:"12" doc:"Månader utan löfte, 1–12. / Months without a promise, 1–12."`
	SchoolYear   bool       `json:"schoolYear,omitempty" doc:"Inga möten föreslås på skolans lov. / No meetings are proposed in the schools' breaks."`
	PromisedFrom day        `json:"promisedFrom,omitempty"`
	Level        string     `json:"level" enum:"protected,neutral,full" doc:"Hur mycket av ett möte som lämnar huset. / How much of a meeting leaves the house."`
	OutwardPlace string     `json:"outwardPlace" enum:"none,municipality,full"`
	Weekday      int        `json:"weekday" minimum:"1" maximum:"5" doc:"1 är måndag. / 1 is Monday."`
	Starts       hour       `json:"starts"`
	Minutes      int        `json:"minutes" minimum:"5" maximum:"720" example:"90"`
	Place        string     `json:"place" maxLength:"200" doc:"Lämnar inte huset av sig själv. / Does not leave the house by itself."`
	Agenda       []string   `json:"agenda,omitempty" maxItems:"40" doc:"Stående punkter på dagordningen, var och en kan ha minuter efter ett lodrätt streck; utelämnad ger de vanliga. / Standing items of the agenda, each may have minutes behind a vertical bar; the usual ones when left out."`
	RemindDays   int        `json:"remindDays" minimum:"0" maximum:"20" doc:"Arbetsdagar före mötet; 0 utan påminnelse. / Working days before a meeting; 0 for no reminder."`
	AskAgainDays *int       `json:"askAgainDays,omitempty" minimum:"0" maximum:"20" example:"4" doc:"Arbetsdagar före mötet då de som inte har svarat påminns; 0 aldrig, utelämnad dubbelt så många som remindDays. / Working days before a meeting when those who have not answered are reminded; 0 for never, twice remindDays when left out."`
	OursNeeded   *int       `json:"oursNeeded,omitempty" minimum:"0" maximum:"20" example:"1" doc:"Hur många av oss som måste komma till ett möte; 0 ingen, utelämnad en. / How many of ours must come to a meeting; 0 for none, one when left out."`
	RelayDays    *int       `json:"relayDays,omitempty" minimum:"1" maximum:"60" doc:"Arbetsdagar att gå igenom det som förmedlas, annars 10. / Working days to go through what is passed on, otherwise 10."`
	ProposalDays *int       `json:"proposalDays,omitempty" minimum:"0" maximum:"20" doc:"Så många arbetsdagar före mötet kan punkter föreslås, annars 5; 0: aldrig. / Items may be proposed until so many working days before the meeting, otherwise 5; 0: never."`
}

// Forum is a standing forum.
type Forum struct {
	ID         uuid.UUID `json:"id" format:"uuid"`
	ExternalID *string   `json:"externalId,omitempty" example:"polis-avstamning" doc:"Id i den inlästa planen. / Id in the imported plan."`
	ForumSettings
	ConvenerName  string        `json:"convenerName,omitempty"`
	InPlan        bool          `json:"inPlan"`
	Quote         string        `json:"quote,omitempty"`
	OpenQuestions []string      `json:"openQuestions"`
	OpenEnded     bool          `json:"openEnded" doc:"Fler kan delta än planen räknar upp. / Others may take part than the plan names."`
	Participants  []Participant `json:"participants" doc:"Som planen räknar upp dem. / As the plan names them."`
	Version       int64         `json:"version" doc:"Samma som i ETag. / The same as in ETag."`
}

// Participant is an organisation or a role that the plan says takes part.
type Participant struct {
	OrganisationID *uuid.UUID `json:"organisationId,omitempty" format:"uuid"`
	RoleID         *uuid.UUID `json:"roleId,omitempty" format:"uuid"`
	Name           string     `json:"name" example:"Kommunpolis"`
}

// Forums is a list of them.
type Forums struct {
	Forums []Forum `json:"forums"`
	Extent
}

func showForum(f forum.Forum) Forum {
	s := Forum{
		ID: f.ID, ExternalID: f.ExternalID, ForumSettings: showSettings(f.Settings()), InPlan: f.InPlan, Quote: f.Quote,
		OpenQuestions: each(f.OpenQuestions, func(q string) string { return q }), OpenEnded: f.OpenEnded, Version: f.Version,
		Participants: each(f.Participants, func(p forum.Participant) Participant {
			return Participant{p.OrganisationID, p.RoleID, p.Name()}
		}),
	}
	if f.Convener != nil {
		s.ConvenerName = f.Convener.Name
	}
	return s
}

func showSettings(s forum.Settings) ForumSettings {
	return ForumSettings{
		s.Name, s.NeutralTitle, string(s.Scope), string(s.ConvenedBy), s.ConvenerID, Cadence(s.Cadence),
		each(s.ExemptMonths, func(m int) int { return m }), s.SchoolYear, dayOf(s.PromisedFrom), string(s.Level), string(s.OutwardPlace),
		s.Weekday, hourOf(s.Starts), s.Minutes, s.Place, each(s.Agenda, func(item string) string { return item }), s.RemindDays, &s.AskAgainDays, &s.OursNeeded, &s.RelayDays, &s.ProposalDays,
	}
}

func (s ForumSettings) read() (forum.Settings, error) {
	starts, startsErr := s.Starts.read("starts")
	from, fromErr := s.PromisedFrom.readAny("promisedFrom")
	if s.Agenda == nil {
		s.Agenda = forum.Usual().Agenda
	}
	unanswered := forum.AskAgain(s.RemindDays)
	if s.AskAgainDays != nil {
		unanswered = *s.AskAgainDays
	}
	ours := forum.Usual().OursNeeded
	if s.OursNeeded != nil {
		ours = *s.OursNeeded
	}
	proposals := forum.Usual().ProposalDays
	if s.ProposalDays != nil {
		proposals = *s.ProposalDays
	}
	relayDays := forum.Usual().RelayDays
	if s.RelayDays != nil {
		relayDays = *s.RelayDays
	}
	return forum.Settings{
		Name: s.Name, NeutralTitle: s.NeutralTitle, Scope: forum.Scope(s.Scope), ConvenedBy: forum.ConvenedBy(s.ConvenedBy),
		ConvenerID: s.ConvenerID, Cadence: forum.Cadence(s.Cadence), ExemptMonths: s.ExemptMonths, SchoolYear: s.SchoolYear, PromisedFrom: from,
		Level: access.Level(s.Level), OutwardPlace: forum.OutwardPlace(s.OutwardPlace), Weekday: s.Weekday, Starts: starts,
		Minutes: s.Minutes, Place: s.Place, Agenda: s.Agenda, RemindDays: s.RemindDays, AskAgainDays: unanswered, OursNeeded: ours, ProposalDays: proposals, RelayDays: relayDays,
	}, fault.Join(startsErr, fromErr)
}

// worded reads a promise that is given in words alone, as the forum's form does. What the forum has already
// is kept as it is: a plan may say what cannot be counted.
func worded(s *forum.Settings, was forum.Cadence) error {
	c := s.Cadence
	if c.Text = ""; s.Cadence.Text == "" || c != (forum.Cadence{}) || s.Cadence == was {
		return nil
	}
	read, err := forum.ParseCadence(s.Cadence.Text)
	if err != nil {
		return fault.At("cadenceText", err)
	}
	if s.Cadence = read.Cadence; len(s.ExemptMonths) == 0 {
		s.ExemptMonths = read.ExemptMonths
	}
	return nil
}

func (d *door) listForums(ctx context.Context, in *Paging) (*shown[Forums], error) {
	out := &shown[Forums]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := forum.List(tx, by)
		out.Body = Forums{part(*in, all, showForum), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

// OneForum names a forum by its id or its external id.
type OneForum struct {
	ID string `path:"id" maxLength:"200" example:"polis-avstamning" doc:"id eller externalId. / id or externalId."`
}

func (d *door) getForum(ctx context.Context, in *OneForum) (*edited[Forum], error) {
	out := &edited[Forum]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		f, err := findForum(tx, by, in.ID)
		if err != nil {
			return err
		}
		out.ETag, out.Body = etag(f.Version), showForum(*f)
		return nil
	})
	return out, err
}

func (d *door) foundForum(ctx context.Context, in *struct{ Body ForumSettings }) (*created[Forum], error) {
	settings, err := in.Body.read()
	if err = fault.Join(err, worded(&settings, forum.Cadence{})); err != nil {
		return nil, err
	}
	out := &created[Forum]{}
	err = d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		f, err := forum.Found(tx, by, settings, nil)
		if err != nil {
			return err
		}
		out.Location, out.ETag, out.Body = Root+"/forums/"+f.ID.String(), etag(f.Version), showForum(*f)
		return nil
	})
	return out, err
}

type forumChange struct {
	OneForum
	Conditional
	Body ForumSettings
}

func (d *door) changeForum(ctx context.Context, in *forumChange) (*edited[Forum], error) {
	settings, err := in.Body.read()
	if err != nil {
		return nil, err
	}
	out := &edited[Forum]{}
	err = d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		f, err := findForum(tx, by, in.ID)
		if err != nil {
			return err
		}
		if err := mustMatch(in.IfMatch, f.Version); err != nil {
			return err
		}
		settings := settings
		if err := worded(&settings, f.Cadence); err != nil {
			return err
		}
		if err := secretariat.ChangeForum(tx, by, f.ID, f.Version, settings); err != nil {
			return err
		}
		if f, err = forum.Find(tx, by, f.ID); err != nil {
			return err
		}
		out.ETag, out.Body = etag(f.Version), showForum(*f)
		return nil
	})
	return out, err
}

// Member is a contact that is invited to a forum's meetings.
type Member struct {
	ContactID        uuid.UUID `json:"contactId" format:"uuid"`
	ShownName        string    `json:"shownName" example:"Kim Exempelsson"`
	OrganisationID   uuid.UUID `json:"organisationId" format:"uuid"`
	OrganisationName string    `json:"organisationName"`
	RoleName         string    `json:"roleName,omitempty"`
}

// Members is a list of them.
type Members struct {
	Members []Member `json:"members"`
	Extent
}

func showMember(m forum.Member) Member {
	c := showContact(m.Contact)
	return Member{c.ID, c.ShownName, c.OrganisationID, c.OrganisationName, c.RoleName}
}

type forumPage struct {
	OneForum
	Paging
}

func (d *door) listMembers(ctx context.Context, in *forumPage) (*shown[Members], error) {
	out := &shown[Members]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		f, err := findForum(tx, by, in.ID)
		if err != nil {
			return err
		}
		all, err := forum.Members(tx, by, f.ID)
		out.Body = Members{part(in.Paging, all, showMember), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

type seat struct {
	OneForum
	ContactID uuid.UUID `path:"contactId" format:"uuid"`
}

func (d *door) seatMember(ctx context.Context, in *seat) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		f, err := findForum(tx, by, in.ID)
		if err != nil {
			return err
		}
		if _, err := partner.FindContact(tx, by, in.ContactID); err != nil {
			return err
		}
		return forum.Seat(tx, by, f.ID, in.ContactID)
	})
}

func (d *door) unseatMember(ctx context.Context, in *seat) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		f, err := findForum(tx, by, in.ID)
		if err != nil {
			return err
		}
		return forum.Unseat(tx, by, f.ID, in.ContactID)
	})
}
