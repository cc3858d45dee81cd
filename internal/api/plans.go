package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/law"
	"samverkan/internal/plan"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Plan is one version of the action plan in its own words.
type Plan struct {
	ID           uuid.UUID  `json:"id" format:"uuid"`
	Title        string     `json:"title"`
	Owner        string     `json:"owner,omitempty"`
	VersionLabel string     `json:"versionLabel,omitempty"`
	ValidFrom    *string    `json:"validFrom,omitempty" format:"date"`
	ValidTo      *string    `json:"validTo,omitempty" format:"date"`
	Vision       string     `json:"vision,omitempty"`
	ImportedAt   time.Time  `json:"importedAt" doc:"När versionen skrevs in. / When the version was recorded."`
	State        string     `json:"state" enum:"draft,proposed,adopted,inForce,followedUp,revised"`
	InForce      bool       `json:"inForce" doc:"Versionen gäller. Högst en gör det. / The version is in force. At most one is."`
	CopiedFromID *uuid.UUID `json:"copiedFromId,omitempty" format:"uuid"`
	Steps        []PlanStep `json:"steps" doc:"De äldsta först. / The oldest first."`
	Goals        []Goal     `json:"goals"`
	LawNotes     []LawNote  `json:"lawNotes" doc:"Lagrum i texten som inte gäller i dag. / Law references in the text that do not hold today."`
	Version      int64      `json:"version" doc:"Samma som i ETag. / The same as in ETag."`
}

// PlanStep is that a version came into a state.
type PlanStep struct {
	State     string `json:"state" enum:"draft,proposed,adopted,inForce,followedUp,revised"`
	Day       day    `json:"day" format:"date" doc:"Beslutets dag, eller när den började gälla. / Day of the decision, or from which it holds."`
	Reference string `json:"reference,omitempty" maxLength:"100" example:"§ 45, SN 2026/123"`
	Note      string `json:"note,omitempty" maxLength:"500"`
}

// LawNote is a law reference that does not hold.
type LawNote struct {
	Where  string `json:"where" example:"Åtgärd 1.3"`
	Law    string `json:"law" example:"SOSFS 2014:4"`
	Place  string `json:"place,omitempty" example:"3 kap. 9 §"`
	Holds  string `json:"holds,omitempty" example:"HSLF-FS 2022:39" doc:"Det som gäller i stället. / What holds instead."`
	InText string `json:"inText,omitempty" doc:"Som det står. / As it stands."`
	Words  string `json:"words"`
}

// Goal is a sub-goal.
type Goal struct {
	LineID     *uuid.UUID `json:"lineId,omitempty" format:"uuid" doc:"Samma i varje version; utelämnas för ett nytt. / The same in each version; left out for a new one."`
	ExternalID string     `json:"externalId" maxLength:"20" example:"2"`
	Goal       string     `json:"goal,omitempty" maxLength:"1000"`
	Heading    string     `json:"heading,omitempty" maxLength:"300"`
	Measures   []Measure  `json:"measures"`
}

// Measure is one row of the plan.
type Measure struct {
	ID          *uuid.UUID `json:"id,omitempty" format:"uuid" readOnly:"true" doc:"Raden i denna version. / The row in this version."`
	RowID       *uuid.UUID `json:"rowId,omitempty" format:"uuid" doc:"Samma i varje version; utelämnas för en ny rad. / The same in each version; left out for a new row."`
	ExternalID  string     `json:"externalId" maxLength:"20" example:"2.3"`
	Measure     string     `json:"measure" maxLength:"2000"`
	Activities  []string   `json:"activities" maxItems:"40"`
	Timeframe   string     `json:"timeframe,omitempty" maxLength:"300"`
	Frame       string     `json:"frame,omitempty" readOnly:"true" enum:"unstated,continuous,dated,unread" doc:"Hur tidsramen lästes. / How the time frame was read."`
	Due         day        `json:"due,omitempty" format:"date" readOnly:"true" doc:"Sista dagen, av en tidsram med en. / The last day, of a time frame that has one."`
	Responsible string     `json:"responsible,omitempty" maxLength:"500"`
	ByActivity  []string   `json:"byActivity,omitempty" readOnly:"true" doc:"Vilka aktiviteterna nämner, när responsible är tomt. / Whom the activities name, when responsible is empty."`
}

// Plans are the versions of the plan.
type Plans struct {
	Plans []Plan `json:"plans"`
	Extent
}

// planReader shows plans to one caller.
type planReader struct {
	reader
	names []string
	today almanac.Date
}

func (d *door) planReader(ctx context.Context, tx *store.Tx, by access.Actor) (planReader, error) {
	names, err := secretariat.OfficeNames(tx, by)
	return planReader{readerIn(ctx), names, d.today(tx)}, err
}

func (r planReader) show(p plan.Plan) Plan {
	return Plan{p.ID, p.Title, p.Owner, p.VersionLabel, p.ValidFrom, p.ValidTo, p.Vision, p.ImportedAt.UTC(), string(p.State()), p.Holds(), p.CopiedFromID,
		each(p.Steps, func(s plan.Step) PlanStep { return PlanStep{string(s.State), dayOf(s.Day), s.Reference, s.Note} }),
		each(p.Goals, func(g plan.Goal) Goal {
			return Goal{&g.LineID, g.ExternalID, g.Goal, g.Heading, each(g.Measures, r.measure)}
		}), r.notes(p.LawNotes(law.Shipped(), r.today)), p.Version}
}

func (r planReader) measure(m plan.Measure) Measure {
	f := m.Frame()
	return Measure{&m.ID, &m.RowID, m.ExternalID, m.Measure, m.Activities, m.Timeframe, string(f.Kind), dayOf(f.Due), m.Responsible, m.ByActivity(r.names)}
}

func (r planReader) notes(all []plan.LawNote) []LawNote {
	return each(all, func(n plan.LawNote) LawNote {
		shown := LawNote{Where: n.Where().In(r.language), Law: n.Law.Cited(), Place: n.Reference.Place, InText: n.Text, Words: n.Words().In(r.language)}
		if n.Instead != nil {
			shown.Holds = n.Instead.Cited()
		}
		return shown
	})
}

func (d *door) listPlans(ctx context.Context, in *Paging) (*shown[Plans], error) {
	out := &shown[Plans]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := plan.List(tx, by)
		if err != nil {
			return err
		}
		r, err := d.planReader(ctx, tx, by)
		if err != nil {
			return err
		}
		whole := part(*in, all, func(p plan.Plan) Plan {
			full, failed := plan.Find(tx, by, p.ID)
			if failed != nil {
				err = failed
				return Plan{}
			}
			return r.show(*full)
		})
		out.Body = Plans{whole, in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func (d *door) getPlan(ctx context.Context, in *One) (*edited[Plan], error) {
	out := &edited[Plan]{}
	return out, d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		p, err := plan.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		return d.putPlan(ctx, tx, by, p, out)
	})
}

func (d *door) putPlan(ctx context.Context, tx *store.Tx, by access.Actor, p *plan.Plan, out *edited[Plan]) error {
	r, err := d.planReader(ctx, tx, by)
	if err == nil {
		out.ETag, out.Body = etag(p.Version), r.show(*p)
	}
	return err
}

// NewPlan begins a version as a copy of another.
type NewPlan struct {
	CopyOf       uuid.UUID `json:"copyOf" format:"uuid"`
	VersionLabel string    `json:"versionLabel" maxLength:"60" example:"2027"`
}

func (d *door) copyPlan(ctx context.Context, in *struct{ Body NewPlan }) (*created[Plan], error) {
	out := &created[Plan]{}
	return out, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		p, err := plan.Copy(tx, by, in.Body.CopyOf, in.Body.VersionLabel)
		if err != nil {
			return err
		}
		return d.madePlan(ctx, tx, by, p, out)
	})
}

func (d *door) madePlan(ctx context.Context, tx *store.Tx, by access.Actor, p *plan.Plan, out *created[Plan]) error {
	r, err := d.planReader(ctx, tx, by)
	if err == nil {
		out.Location, out.ETag, out.Body = Root+"/plans/"+p.ID.String(), etag(p.Version), r.show(*p)
	}
	return err
}

// PlanContent is all that a draft says.
type PlanContent struct {
	Title        string `json:"title" maxLength:"300"`
	Owner        string `json:"owner,omitempty" maxLength:"200"`
	VersionLabel string `json:"versionLabel" maxLength:"60" example:"2027"`
	ValidFrom    day    `json:"validFrom,omitempty" format:"date"`
	ValidTo      day    `json:"validTo,omitempty" format:"date"`
	Vision       string `json:"vision,omitempty" maxLength:"4000"`
	Goals        []Goal `json:"goals" maxItems:"50"`
}

func (c PlanContent) read() *plan.Plan {
	optional := func(d day) *string {
		if d == "" {
			return nil
		}
		return new(string(d))
	}
	p := &plan.Plan{Title: c.Title, Owner: c.Owner, VersionLabel: c.VersionLabel, Vision: c.Vision, ValidFrom: optional(c.ValidFrom), ValidTo: optional(c.ValidTo)}
	own := func(id *uuid.UUID) uuid.UUID {
		if id == nil {
			return uuid.Nil
		}
		return *id
	}
	for _, g := range c.Goals {
		p.Goals = append(p.Goals, plan.Goal{LineID: own(g.LineID), ExternalID: g.ExternalID, Goal: g.Goal, Heading: g.Heading, Measures: each(g.Measures, func(m Measure) plan.Measure {
			return plan.Measure{RowID: own(m.RowID), ExternalID: m.ExternalID, Measure: m.Measure, Activities: m.Activities, Timeframe: m.Timeframe, Responsible: m.Responsible}
		})})
	}
	return p
}

type planChange struct {
	One
	Conditional
	Body PlanContent
}

func (d *door) changePlan(ctx context.Context, in *planChange) (*edited[Plan], error) {
	return d.onPlan(ctx, in.One, in.Conditional, func(tx *store.Tx, by access.Actor, p *plan.Plan) (*plan.Plan, error) {
		return plan.Rewrite(tx, by, p.ID, p.Version, in.Body.read())
	})
}

type planStepCall struct {
	One
	Conditional
	Body struct {
		State     string `json:"state" enum:"draft,proposed,adopted,inForce,followedUp,revised"`
		Day       day    `json:"day,omitempty" format:"date" doc:"Tomt: i dag. Krävs när den fastställs. / Empty: today. Required when it is adopted."`
		Reference string `json:"reference,omitempty" maxLength:"100" doc:"Krävs när den fastställs. / Required when it is adopted."`
		Note      string `json:"note,omitempty" maxLength:"500" doc:"Krävs när ett steg tas tillbaka. / Required when a step is taken back."`
	}
}

func (d *door) stepPlan(ctx context.Context, in *planStepCall) (*edited[Plan], error) {
	on, err := in.Body.Day.readAny("day")
	if err != nil {
		return nil, err
	}
	return d.onPlan(ctx, in.One, in.Conditional, func(tx *store.Tx, by access.Actor, p *plan.Plan) (*plan.Plan, error) {
		return plan.Take(tx, by, d.today(tx), p.ID, p.Version, plan.Step{State: plan.State(in.Body.State), Day: on, Reference: in.Body.Reference, Note: in.Body.Note})
	})
}

type planDecisionCall struct {
	One
	Conditional
	Body struct {
		Day       day    `json:"day" format:"date"`
		Reference string `json:"reference" maxLength:"100" example:"§ 45, SN 2026/123"`
	}
}

func (d *door) decidePlan(ctx context.Context, in *planDecisionCall) (*edited[Plan], error) {
	on, err := in.Body.Day.read("day")
	if err != nil {
		return nil, err
	}
	return d.onPlan(ctx, in.One, in.Conditional, func(tx *store.Tx, by access.Actor, p *plan.Plan) (*plan.Plan, error) {
		return plan.Decide(tx, by, d.today(tx), p.ID, p.Version, on, in.Body.Reference)
	})
}

// onPlan does something to a version that is still as it was read.
func (d *door) onPlan(ctx context.Context, one One, c Conditional, verb func(*store.Tx, access.Actor, *plan.Plan) (*plan.Plan, error)) (*edited[Plan], error) {
	out := &edited[Plan]{}
	return out, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		p, err := plan.Find(tx, by, one.ID)
		if err != nil {
			return err
		}
		if err := mustMatch(c.IfMatch, p.Version); err != nil {
			return err
		}
		if p, err = verb(tx, by, p); err != nil {
			return err
		}
		return d.putPlan(ctx, tx, by, p, out)
	})
}

// PlanChanges is what became of the plan between two versions.
type PlanChanges struct {
	FromID    uuid.UUID       `json:"fromId" format:"uuid"`
	ToID      uuid.UUID       `json:"toId" format:"uuid"`
	Fields    []FieldChange   `json:"fields"`
	Goals     []PlanLineState `json:"goals" doc:"Delmål vars egna ord skiljer sig. / Goals whose own words differ."`
	Rows      []PlanLineState `json:"rows" doc:"Rader som skiljer sig. / Rows that differ."`
	Unchanged int             `json:"unchanged" doc:"Antal rader som är lika. / Number of rows that are the same."`
	Reordered bool            `json:"reordered" doc:"Ordningen är en annan. / The order is another."`
}

// PlanLineState is what became of a goal or a row.
type PlanLineState struct {
	ID         uuid.UUID     `json:"id" format:"uuid" doc:"lineId eller rowId. / lineId or rowId."`
	ExternalID string        `json:"externalId"`
	Text       string        `json:"text"`
	Change     string        `json:"change" enum:"added,removed,changed"`
	Fields     []FieldChange `json:"fields"`
}

// FieldChange is what one field said and says.
type FieldChange struct {
	Field  string `json:"field" example:"timeframe"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func showFields(all []plan.Field) []FieldChange {
	return each(all, func(f plan.Field) FieldChange { return FieldChange{f.Name, f.Before, f.After} })
}

func (d *door) comparePlans(ctx context.Context, in *struct {
	One
	From string `query:"from" format:"uuid" doc:"Den tidigare versionens id; utan: den som versionen är kopierad från. / Id of the earlier version; without it, the one that the version was copied from."`
}) (*shown[PlanChanges], error) {
	out := &shown[PlanChanges]{}
	from := uuid.Nil
	if in.From != "" {
		var err error
		if from, err = uuid.Parse(in.From); err != nil {
			return nil, fault.Missing()
		}
	}
	return out, d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		after, err := plan.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		if in.From == "" {
			if from = in.ID; after.CopiedFromID != nil {
				from = *after.CopiedFromID
			}
		}
		before, err := plan.Find(tx, by, from)
		if err != nil {
			return err
		}
		diff := plan.Compare(before, after)
		out.Body = PlanChanges{FromID: from, ToID: in.ID, Fields: showFields(diff.Fields), Goals: []PlanLineState{}, Rows: []PlanLineState{}, Unchanged: diff.Count(plan.Same), Reordered: diff.Reordered}
		for _, g := range diff.Goals {
			if g.Change != plan.Same {
				out.Body.Goals = append(out.Body.Goals, PlanLineState{g.Goal().LineID, g.Goal().ExternalID, g.Goal().Words(), string(g.Change), showFields(g.Fields)})
			}
			for _, r := range g.Rows {
				if r.Change != plan.Same {
					out.Body.Rows = append(out.Body.Rows, PlanLineState{r.Row().RowID, r.Row().ExternalID, r.Row().Measure, string(r.Change), showFields(r.Fields)})
				}
			}
		}
		return nil
	})
}

// PlanRowsText is rows to bring in.
type PlanRowsText struct {
	Content      string `json:"content" maxLength:"60000" doc:"En tabell med rubriker (tabbar eller semikolon), eller planfilens YAML. / A table with headings (tabs or semicolons), or the plan file's YAML."`
	VersionLabel string `json:"versionLabel" maxLength:"60" example:"2027"`
}

// PlanImportReview is what bringing rows in would do.
type PlanImportReview struct {
	Lines []PlanImportLine `json:"lines"`
	Notes []LawNote        `json:"lawNotes"`
	Goals []Goal           `json:"goals"`
	Hash  string           `json:"hash" doc:"Skickas med när det görs. / Goes with the doing."`
}

// PlanImportLine is what would become of one line.
type PlanImportLine struct {
	Outcome string `json:"outcome" enum:"created,changed,existed,noted"`
	ID      string `json:"id,omitempty"`
	Text    string `json:"text"`
}

func (d *door) reviewPlanImport(ctx context.Context, in *struct{ Body PlanRowsText }) (*shown[PlanImportReview], error) {
	rows, err := secretariat.ReadPlanRows(in.Body.Content)
	if err != nil {
		return nil, err
	}
	out := &shown[PlanImportReview]{}
	return out, d.rehearse(ctx, func(tx *store.Tx, by access.Actor) error {
		im, err := secretariat.ImportPlanRows(tx, by, rows, in.Body.VersionLabel)
		if err != nil {
			return err
		}
		r, err := d.planReader(ctx, tx, by)
		out.Body = PlanImportReview{each(im.Lines, func(l secretariat.Line) PlanImportLine {
			return PlanImportLine{string(l.Outcome), l.ID, l.Text.In(r.language)}
		}), r.notes(im.Notes), r.show(*im.Plan).Goals, im.Hash}
		return err
	})
}

func (d *door) importPlanRows(ctx context.Context, in *struct {
	Body struct {
		PlanRowsText
		Hash string `json:"hash" maxLength:"64" doc:"Från förhandsgranskningen. / From the review."`
	}
}) (*created[Plan], error) {
	rows, err := secretariat.ReadPlanRows(in.Body.Content)
	if err != nil {
		return nil, err
	}
	out := &created[Plan]{}
	return out, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		im, err := secretariat.DoImportPlanRows(tx, by, rows, in.Body.VersionLabel, in.Body.Hash)
		if err != nil {
			return err
		}
		return d.madePlan(ctx, tx, by, im.Plan, out)
	})
}

// Law is a law or a regulation that plans refer to.
type Law struct {
	ID         string `json:"id" example:"sosfs-2014-4"`
	Name       string `json:"name"`
	Cited      string `json:"cited" example:"SOSFS 2014:4"`
	ValidFrom  day    `json:"validFrom,omitempty" format:"date"`
	ValidTo    day    `json:"validTo,omitempty" format:"date" doc:"Sista dagen. / The last day."`
	ReplacedBy string `json:"replacedBy,omitempty"`
	Source     string `json:"source,omitempty"`
	Holds      bool   `json:"holds" doc:"Gäller i dag, så vitt programmet vet. / In force today, as far as the program knows."`
}

// Laws is a list of them.
type Laws struct {
	Laws []Law `json:"laws"`
	Extent
}

func (d *door) listLaws(ctx context.Context, in *Paging) (*shown[Laws], error) {
	out := &shown[Laws]{}
	return out, d.read(ctx, func(tx *store.Tx, _ access.Actor) error {
		book := law.Shipped()
		out.Body = Laws{part(*in, book, func(l law.Law) Law {
			return Law{l.ID, l.Name, l.Cited(), dayOf(l.ValidFrom), dayOf(l.ValidTo), l.ReplacedBy, l.Source, l.Holds(d.today(tx))}
		}), in.of(int64(len(book)))}
		return nil
	})
}
