package secretariat

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// ImportChoices are what is asked once, at import.
type ImportChoices struct {
	PromisedFrom almanac.Date // promises are measured from then on
	ExemptSummer bool         // July for monthly forums, July and August for consultation with schools
	OurConvening []string     // external ids of forums that we convene, where the plan states nobody
}

// Line is one thing that an import did, would do, or stumbled on.
type Line struct {
	Outcome Outcome
	Kind    string // organisation, role, agreement, forum, work-group, workplace, goal
	ID      string // in the file
	Text    lang.Sentence
}

// Outcome says what became of one thing in a file.
type Outcome string

// The outcomes. With a Mistake nothing at all is imported.
const (
	Created Outcome = "created"
	Existed Outcome = "existed" // left as it is
	Noted   Outcome = "noted"   // imported; somebody should look
	Mistake Outcome = "mistake"
)

// Of a file with contacts each line stands for itself.
const (
	Changed Outcome = "changed"
	Refused Outcome = "refused" // the line is left out, and the others are taken
)

// importing is one import under way.
type importing struct {
	tx      *store.Tx
	by      access.Actor
	choices ImportChoices
	lines   []Line

	organisations map[string]uuid.UUID
	roles         map[string]uuid.UUID
}

// ImportPlan brings a plan in. What is there already, by its id in the file, is left as it is, so
// that importing again overwrites no decision. It gives a line for everything; with a mistake
// among them it refuses with fault.Invalid and the caller's transaction must not commit.
func ImportPlan(tx *store.Tx, by access.Actor, file *PlanFile, choices ImportChoices) ([]Line, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	im := &importing{tx: tx, by: by, choices: choices, organisations: map[string]uuid.UUID{}, roles: map[string]uuid.UUID{}}
	if choices.PromisedFrom.IsZero() {
		im.choices.PromisedFrom = almanac.Date{Year: tx.Now.Year(), Month: 1, Day: 1}
	}
	if err := im.guard(file); err != nil {
		return nil, err
	}
	for _, step := range []func(*PlanFile) error{
		im.takeOrganisations, im.takeRoles, im.takeAgreements, im.takeForums, im.takeWorkGroups, im.takeLocalDays, im.takePlan,
	} {
		if err := step(file); err != nil {
			return im.lines, err
		}
	}
	if err := im.refuseMistakes(); err != nil || im.count(Created) == 0 {
		return im.lines, err
	}
	if err := access.CalendarChanged(tx); err != nil {
		return im.lines, err
	}
	return im.lines, access.Log(tx, by, "import plan", "plan", uuid.Nil)
}

// guard takes every number that is certain to be a person's or a case's for a mistake.
func (im *importing) guard(file *PlanFile) error {
	text, err := json.Marshal(file)
	for _, f := range deidentify.Certain(deidentify.Find(string(text), im.tx.Now)) {
		im.say(Mistake, "file", "", "Det ser ut att stå ett personnummer eller ett ärendenummer i filen (%s). Ta bort det.", f.Shown)
	}
	return err
}

// refuseMistakes refuses when any line is one: then nothing is imported.
func (im *importing) refuseMistakes() error {
	if n := im.count(Mistake); n > 0 {
		return fault.New(fault.Invalid, "Filen har %d fel. Inget är inläst. Rätta raderna och läs in filen igen.", n)
	}
	return nil
}

func (im *importing) count(o Outcome) (n int) {
	for _, l := range im.lines {
		if l.Outcome == o {
			n++
		}
	}
	return n
}

func (im *importing) say(o Outcome, kind, id, text string, args ...any) {
	im.lines = append(im.lines, Line{o, kind, id, lang.Say(text, args...)})
}

// checkID refuses an id that is missing or comes twice.
func (im *importing) checkID(kind, id, name string, seen map[string]bool) bool {
	switch {
	case strings.TrimSpace(id) == "":
		im.say(Mistake, kind, id, "%s saknar id.", name)
	case strings.TrimSpace(name) == "":
		im.say(Mistake, kind, id, "Namn saknas.")
	case seen[id]:
		im.say(Mistake, kind, id, "Id förekommer två gånger.")
	default:
		seen[id] = true
		return true
	}
	return false
}

func (im *importing) takeOrganisations(file *PlanFile) error {
	seen := map[string]bool{}
	var created []planOrganisation
	for _, o := range file.Organisations {
		if !im.checkID("organisation", o.ID, o.Name, seen) {
			continue
		}
		id, exists, err := store.ByExternalID(im.tx, &partner.Organisation{}, o.ID)
		if err != nil {
			return err
		}
		if exists {
			im.organisations[o.ID] = id
			im.say(Existed, "organisation", o.ID, "%s finns redan.", o.Name)
			continue
		}
		if id, err = im.takeOrganisation(o); err != nil {
			return err
		}
		im.organisations[o.ID] = id
		created = append(created, o)
		im.say(Created, "organisation", o.ID, "%s", o.Name)
	}
	for _, o := range created { // a parent may stand further down in the file
		if o.Parent == nil {
			continue
		}
		parent, known := im.organisations[*o.Parent]
		if !known {
			im.say(Mistake, "organisation", o.ID, "Överordnad ”%s” finns inte i filen.", *o.Parent)
			continue
		}
		if inRing(o.ID, created) {
			im.say(Mistake, "organisation", o.ID, "Överordnad ”%s” leder tillbaka till organisationen själv.", *o.Parent)
			continue
		}
		if err := im.tx.DB.Model(&partner.Organisation{}).Where("id = ?", im.organisations[o.ID]).Update("parent_id", parent).Error; err != nil {
			return err
		}
	}
	return nil
}

// inRing tells whether an organisation is, by way of its parents, above itself.
func inRing(id string, all []planOrganisation) bool {
	parents := map[string]string{}
	for _, o := range all {
		if o.Parent != nil {
			parents[o.ID] = *o.Parent
		}
	}
	at := id
	for range all {
		if at = parents[at]; at == id {
			return true
		}
	}
	return false
}

// takeOrganisation records one. The municipality itself is the one that set-up named, or becomes
// it.
func (im *importing) takeOrganisation(o planOrganisation) (uuid.UUID, error) {
	id := o.ID
	if o.Kind == "kommun" && o.Parent == nil {
		home, err := partner.Home(im.tx)
		switch {
		case err == nil && home.ExternalID == nil:
			return home.ID, im.tx.DB.Model(&partner.Organisation{}).Where("id = ?", home.ID).Update("external_id", id).Error
		case err != nil && fault.KindOf(err) != fault.NotFound:
			return uuid.Nil, err
		}
		return im.create(o, err != nil)
	}
	return im.create(o, false)
}

func (im *importing) create(o planOrganisation, home bool) (uuid.UUID, error) {
	row := partner.Organisation{ID: store.NewID(), ExternalID: &o.ID, Name: o.Name, Short: o.Short, Kind: o.Kind,
		Aliases: list(o.Aliases), Home: home, CreatedAt: im.tx.Now}
	return row.ID, im.tx.DB.Create(&row).Error
}

// list keeps a missing list from becoming JSON's null.
func list(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

// reference finds an organisation that the file names; nil stays nil.
func (im *importing) reference(kind, id string, organisation *string) *uuid.UUID {
	if organisation == nil {
		return nil
	}
	found, known := im.organisations[*organisation]
	if !known {
		im.say(Mistake, kind, id, "Organisationen ”%s” finns inte i filen.", *organisation)
		return nil
	}
	return &found
}

func (im *importing) takeRoles(file *PlanFile) error {
	seen := map[string]bool{}
	for _, r := range file.Roles {
		if !im.checkID("role", r.ID, r.Name, seen) {
			continue
		}
		id, exists, err := store.ByExternalID(im.tx, &partner.Role{}, r.ID)
		if err != nil {
			return err
		}
		if exists {
			im.roles[r.ID] = id
			im.say(Existed, "role", r.ID, "%s finns redan.", r.Name)
			continue
		}
		row := partner.Role{ID: store.NewID(), ExternalID: &r.ID, Name: r.Name, Aliases: list(r.Aliases), OrganisationID: im.reference("role", r.ID, r.Organisation)}
		if err := im.tx.DB.Create(&row).Error; err != nil {
			return err
		}
		im.roles[r.ID] = row.ID
		im.say(Created, "role", r.ID, "%s", r.Name)
	}
	return nil
}

func (im *importing) takeAgreements(file *PlanFile) error {
	seen := map[string]bool{}
	for _, a := range file.Agreements {
		if !im.checkID("agreement", a.ID, a.Quote, seen) {
			continue
		}
		if _, exists, err := store.ByExternalID(im.tx, &partner.Agreement{}, a.ID); err != nil || exists {
			if err != nil {
				return err
			}
			im.say(Existed, "agreement", a.ID, "Finns redan.")
			continue
		}
		row, ok := im.agreement(a)
		if !ok {
			continue
		}
		if err := im.tx.DB.Omit("Parties", "Responsible", "Ending").Create(&row).Error; err != nil {
			return err
		}
		unnamed := false
		for _, p := range a.Parties {
			unnamed = unnamed || p == nil
			if id := im.reference("agreement", a.ID, p); id != nil {
				party := map[string]any{"agreement_id": row.ID, "organisation_id": *id}
				if err := im.tx.DB.Table("agreement_parties").Create(party).Error; err != nil {
					return err
				}
			}
		}
		im.say(Created, "agreement", a.ID, "%s", a.Quote)
		if unnamed {
			im.say(Noted, "agreement", a.ID, "Planen säger inte vem som är vår part i avtalet.")
		}
	}
	return nil
}

// agreement reads what the file says of one, and tells whether it can be read.
func (im *importing) agreement(a planAgreement) (partner.Agreement, bool) {
	row := partner.Agreement{ID: store.NewID(), ExternalID: &a.ID, Kind: partner.AgreementKind(a.Kind), Quote: a.Quote, Version: 1, CreatedAt: im.tx.Now}
	if !slices.Contains(partner.AgreementKinds, row.Kind) {
		im.say(Mistake, "agreement", a.ID, "Slaget ”%s” finns inte. Skriv avtal, iop eller overenskommelse.", a.Kind)
		return row, false
	}
	for _, day := range []struct {
		text *string
		into *almanac.Date
	}{{a.ValidFrom, &row.ValidFrom}, {a.ValidTo, &row.ValidTo}} {
		if day.text == nil {
			continue
		}
		var err error
		if *day.into, err = almanac.ParseDate(*day.text, almanac.DateOf(im.tx.Now, time.UTC)); err != nil {
			im.say(Mistake, "agreement", a.ID, "”%s” är ingen dag. Skriv så här: 2027-01-31.", *day.text)
			return row, false
		}
	}
	return row, true
}

// scopes are the file's words.
var scopes = map[string]forum.Scope{
	"overgripande": forum.Overall, "konsultation": forum.Consultation, "enskilda_arenden": forum.IndividualCases, "internt": forum.Internal,
}

func (im *importing) takeForums(file *PlanFile) error {
	seen := map[string]bool{}
	for _, f := range file.Forums {
		if !im.checkID("forum", f.ID, f.Name, seen) {
			continue
		}
		if _, exists, err := store.ByExternalID(im.tx, &forum.Forum{}, f.ID); err != nil || exists {
			if err != nil {
				return err
			}
			im.say(Existed, "forum", f.ID, "%s finns redan. Det du har ställt in gäller.", f.Name)
			continue
		}
		if err := im.takeForum(f); err != nil {
			return err
		}
	}
	return nil
}

func (im *importing) takeForum(f planForum) error {
	settings, ok := im.settings(f)
	if !ok {
		return nil
	}
	made, err := forum.Found(im.tx, im.by, settings, func(row *forum.Forum) {
		row.ExternalID, row.InPlan, row.Quote, row.OpenQuestions, row.OpenEnded = &f.ID, true, f.Quote, list(f.OpenQuestions), f.OpenEnded
	})
	if fault.KindOf(err) == fault.Invalid {
		var refusal *fault.Fault
		errors.As(err, &refusal)
		im.say(Mistake, "forum", f.ID, refusal.Text, refusal.Args...)
		return nil
	}
	if err != nil {
		return err
	}
	im.say(Created, "forum", f.ID, "%s (%s)", f.Name, f.NeutralTitle)
	if settings.ConvenedBy == forum.Unstated {
		im.say(Noted, "forum", f.ID, "Planen säger inte vem som är sammankallande. Ange det på forumets sida.")
	}
	if !settings.Cadence.Measured() {
		im.say(Noted, "forum", f.ID, "Planen säger inte hur ofta. Forumet får inga föreslagna datum och mäts inte.")
	}
	for _, q := range f.OpenQuestions {
		im.say(Noted, "forum", f.ID, "Öppen fråga: %s", q)
	}
	return im.takeParticipants(f, made.ID)
}

// settings turns the file's words into ours; it is false when one of them is a mistake.
func (im *importing) settings(f planForum) (forum.Settings, bool) {
	s := forum.Usual()
	s.Name, s.NeutralTitle, s.PromisedFrom = f.Name, f.NeutralTitle, im.choices.PromisedFrom
	before := len(im.lines)
	var known bool
	if s.Scope, known = scopes[f.Scope]; !known {
		im.say(Mistake, "forum", f.ID, "”%s” är ingen inriktning. Skriv overgripande, konsultation, enskilda_arenden eller internt.", f.Scope)
	}
	if f.Convener != nil {
		s.ConvenedBy, s.ConvenerID = forum.Other, im.reference("forum", f.ID, f.Convener)
	} else if slices.Contains(im.choices.OurConvening, f.ID) {
		s.ConvenedBy = forum.Us
	}
	im.promise(f, &s)
	for _, l := range im.lines[before:] {
		if l.Outcome == Mistake {
			return s, false
		}
	}
	return s, true
}

func (im *importing) takeParticipants(f planForum, id uuid.UUID) error {
	for n, name := range f.Participants {
		p := forum.Participant{ID: store.NewID(), ForumID: id, Position: int64(n)}
		if role, known := im.roles[name]; known {
			p.RoleID = &role
		} else if organisation, known := im.organisations[name]; known {
			p.OrganisationID = &organisation
		} else {
			im.say(Mistake, "forum", f.ID, "Deltagaren ”%s” är varken en organisation eller en roll i filen.", name)
			continue
		}
		if err := im.tx.DB.Omit("Organisation", "Role").Create(&p).Error; err != nil {
			return err
		}
	}
	return nil
}

func (im *importing) takeWorkGroups(file *PlanFile) error {
	seen := map[string]bool{}
	for _, g := range file.WorkGroups {
		if !im.checkID("work-group", g.ID, g.Name, seen) {
			continue
		}
		if _, exists, err := store.ByExternalID(im.tx, &partner.WorkGroup{}, g.ID); err != nil || exists {
			if err != nil {
				return err
			}
			im.say(Existed, "work-group", g.ID, "%s finns redan.", g.Name)
			continue
		}
		row := partner.WorkGroup{ID: store.NewID(), ExternalID: &g.ID, Name: g.Name, OrganisationID: im.reference("work-group", g.ID, g.Organisation)}
		if err := im.tx.DB.Omit("Lead").Create(&row).Error; err != nil {
			return err
		}
		im.say(Created, "work-group", g.ID, "%s", g.Name)
	}
	seen = map[string]bool{}
	for _, w := range file.Workplaces {
		if !im.checkID("workplace", w.ID, w.Name, seen) {
			continue
		}
		if _, exists, err := store.ByExternalID(im.tx, &partner.Workplace{}, w.ID); err != nil || exists {
			if err != nil {
				return err
			}
			im.say(Existed, "workplace", w.ID, "%s finns redan.", w.Name)
			continue
		}
		row := partner.Workplace{ID: store.NewID(), ExternalID: &w.ID, Name: w.Name, OrganisationID: im.reference("workplace", w.ID, w.Organisation)}
		if err := im.tx.DB.Omit("Manager").Create(&row).Error; err != nil {
			return err
		}
		im.say(Created, "workplace", w.ID, "%s", w.Name)
	}
	return nil
}

// takePlan records the goals and measures, unless the same plan is there already.
func (im *importing) takePlan(file *PlanFile) error {
	if file.Lifecycle != nil || file.PassesOn != nil || len(file.Legal) > 0 || file.Abbreviations != nil {
		im.say(Noted, "plan", "", "Planens uppgifter om uppföljning, förmedling, lagrum och förkortningar läses men sparas inte.")
	}
	if len(file.Goals) == 0 {
		return nil
	}
	current, err := plan.Current(im.tx, im.by)
	if err != nil {
		return err
	}
	if current != nil && current.Title == file.Source.Title && current.VersionLabel == value(file.Source.VersionLabel) {
		im.say(Existed, "plan", "", "%s finns redan.", file.Source.Title)
		return nil
	}
	p := &plan.Plan{Title: file.Source.Title, Owner: file.Source.Owner, VersionLabel: value(file.Source.VersionLabel),
		ValidFrom: file.Source.ValidFrom, ValidTo: file.Source.ValidTo, Vision: file.Vision}
	seen := map[string]bool{}
	for _, g := range file.Goals {
		if !im.checkID("goal", g.ID, value(g.Goal)+g.Heading, seen) {
			continue
		}
		goal := plan.Goal{ExternalID: g.ID, Goal: value(g.Goal), Heading: g.Heading}
		for _, r := range g.Rows {
			if !im.checkID("measure", r.ID, r.Measure, seen) {
				continue
			}
			goal.Measures = append(goal.Measures, plan.Measure{ExternalID: r.ID, Measure: r.Measure, Activities: r.Activities,
				Timeframe: value(r.Timeframe), Responsible: value(r.Responsible)})
			im.say(Created, "measure", r.ID, "%s", r.Measure)
			if r.Responsible == nil {
				im.say(Noted, "measure", r.ID, "Planen anger ingen ansvarig.")
			}
		}
		p.Goals = append(p.Goals, goal)
	}
	p.Inherit(current)
	return plan.BringIn(im.tx, im.by, p)
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
