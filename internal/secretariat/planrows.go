package secretariat

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/law"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// RowsImport is what bringing plan rows in does, or would do.
type RowsImport struct {
	Lines []Line
	Plan  *plan.Plan
	Diff  *plan.Diff // against the version that holds; nil: there is none
	Notes []plan.LawNote
	Hash  string // of all this
}

// ImportPlanRows makes a draft version under a label out of rows that were read. A row is the same as one of the version that holds when it
// says the same, or else has the same number. It refuses with fault.Invalid a label that another version has, and any text that a
// plan does not take.
func ImportPlanRows(tx *store.Tx, by access.Actor, rows *PlanRows, label string) (*RowsImport, error) {
	if err := by.MayConvene(tx, uuid.Nil); err != nil {
		return nil, err
	}
	current, err := plan.Current(tx, by)
	if err != nil {
		return nil, err
	}
	wanted := rows.Plan.Clone() // a transaction may be run again
	if label != "" {
		wanted.VersionLabel = label
	}
	im := &RowsImport{Lines: slices.Clone(rows.Lines)}
	im.complete(&wanted, current)
	if len(wanted.Goals) == 0 {
		return nil, fault.On("content", "Det finns inga åtgärder att läsa in.")
	}
	text, err := json.Marshal(wanted)
	if err != nil {
		return nil, err
	}
	if sure := deidentify.Certain(deidentify.Find(string(text), tx.Now)); len(sure) > 0 {
		return nil, fault.On("content", "Det ser ut att stå ett personnummer eller ett ärendenummer i texten (%s). Ta bort det.", deidentify.Shown(sure))
	}
	wanted.Inherit(current)
	draft := plan.Plan{} // its texts come with the rows, checked as everybody's
	if current != nil {
		draft.CopiedFromID = &current.ID
	}
	if err := plan.Record(tx, by, &draft); err != nil {
		return nil, err
	}
	if im.Plan, err = plan.Rewrite(tx, by, draft.ID, draft.Version, &wanted); err != nil {
		return nil, err
	}
	im.tell(current)
	im.Notes = im.Plan.LawNotes(law.Shipped(), almanac.DateOf(tx.Now, time.UTC))
	if err := im.sum(current); err != nil {
		return nil, err
	}
	return im, access.Log(tx, by, "import plan rows", "plan", draft.ID)
}

// DoImportPlanRows is ImportPlanRows for what was previewed. It refuses with fault.Conflict when the same rows would make something else
// by now.
func DoImportPlanRows(tx *store.Tx, by access.Actor, rows *PlanRows, label, hash string) (*RowsImport, error) {
	im, err := ImportPlanRows(tx, by, rows, label)
	if err == nil && im.Hash != hash {
		err = fault.New(fault.Conflict, "Planen har ändrats sedan du förhandsgranskade. Titta igenom igen.")
	}
	return im, err
}

// complete takes from the version that holds what a table does not say.
func (im *RowsImport) complete(p *plan.Plan, current *plan.Plan) {
	if current != nil {
		if p.Title == "" {
			p.Title, p.Owner = current.Title, current.Owner
		}
		if p.Vision == "" {
			p.Vision = current.Vision
		}
	}
	if p.Title == "" {
		p.Title = lang.Swedish.Text("Handlingsplan")
	}
	for n := range p.Goals {
		g := &p.Goals[n]
		if g.Goal != "" || g.Heading != "" {
			continue
		}
		g.Heading = lang.Swedish.Text("Delmål %s", g.ExternalID)
		if current == nil {
			continue
		}
		for _, o := range current.Goals {
			if o.ExternalID == g.ExternalID {
				g.Goal, g.Heading = o.Goal, o.Heading
			}
		}
	}
}

// tell says what becomes of each row.
func (im *RowsImport) tell(current *plan.Plan) {
	before := current
	if before == nil {
		before = &plan.Plan{}
	} else {
		im.Diff = plan.Compare(current, im.Plan)
	}
	outcomes := map[plan.Change]Outcome{plan.Same: Existed, plan.Added: Created, plan.Changed: Changed, plan.Removed: Noted}
	for _, g := range plan.Compare(before, im.Plan).Goals {
		for _, r := range g.Rows {
			m := r.Row()
			text := lang.Say("%s", m.Measure)
			switch {
			case r.Change == plan.Removed:
				text = lang.Say("Finns inte i det du läser in, och är borttagen i utkastet: %s", m.Measure)
			case r.Before != nil && r.Before.ExternalID != m.ExternalID:
				text = lang.Say("Samma rad som %s nu: %s", r.Before.ExternalID, m.Measure)
			}
			im.Lines = append(im.Lines, Line{outcomes[r.Change], "measure", m.ExternalID, text})
			if r.After != nil && m.Frame().Kind == plan.Unread {
				im.Lines = append(im.Lines, Line{Noted, "measure", m.ExternalID, lang.Say("Tidsramen ”%s” går inte att läsa som en dag. Den sparas som den står.", m.Timeframe)})
			}
		}
	}
}

// sum is of what would come, without ids, which are new at each try.
func (im *RowsImport) sum(current *plan.Plan) error {
	p := *im.Plan
	what := []string{p.Title, p.Owner, p.VersionLabel, p.Vision}
	if current != nil {
		what = append(what, current.ID.String(), fmt.Sprint(current.Version))
	}
	for _, g := range p.Goals {
		what = append(what, g.ExternalID, g.Goal, g.Heading)
		for _, m := range g.Measures {
			what = append(what, m.ExternalID, m.Measure, m.Timeframe, m.Responsible)
			what = append(what, m.Activities...)
		}
	}
	for _, l := range im.Lines {
		what = append(what, string(l.Outcome), l.ID, l.Text.In(lang.Swedish))
	}
	text, err := json.Marshal(what)
	sum := sha256.Sum256(text)
	im.Hash = hex.EncodeToString(sum[:])
	return err
}

// PlanFormats are the forms that a version of the plan can be taken out in.
var PlanFormats = []string{"pdf", "docx", "odt", "csv", "yaml"}

// CopyPlan gives a version of the plan as a file. With since it has the changes from that version, in the forms that a reader reads. It
// refuses with fault.NotFound.
func CopyPlan(tx *store.Tx, by access.Actor, o Office, id uuid.UUID, format string, since *uuid.UUID) (*minutes.Copy, error) {
	p, err := plan.Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	var diff *plan.Diff
	if since != nil {
		before, err := plan.Find(tx, by, *since)
		if err != nil {
			return nil, err
		}
		diff = plan.Compare(before, p)
	}
	names, err := OfficeNames(tx, by)
	if err != nil {
		return nil, err
	}
	paper := func(write func(document.Document) ([]byte, error)) ([]byte, error) {
		return write(p.Paper(diff, p.LawNotes(law.Shipped(), almanac.DateOf(tx.Now, o.Zone)), names))
	}
	var out bytes.Buffer
	c := &minutes.Copy{}
	switch format {
	case "pdf":
		c.ContentType = "application/pdf"
		c.Data, err = paper(document.PDF)
	case "docx":
		c.ContentType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		c.Data, err = paper(document.DOCX)
	case "odt":
		c.ContentType = "application/vnd.oasis.opendocument.text"
		c.Data, err = paper(document.ODT)
	case "csv":
		c.ContentType = "text/csv; charset=utf-8"
		err = planCSV(&out, p)
	case "yaml":
		c.ContentType = "application/yaml; charset=utf-8"
		err = planYAML(&out, p)
	default:
		return nil, fault.Missing()
	}
	if out.Len() > 0 {
		c.Data = out.Bytes()
	}
	c.Name = "handlingsplan." + format
	if diff != nil {
		c.Name = "handlingsplan-andringar." + format
	}
	return c, err
}

// OfficeNames are what organisations and roles are called, for finding them in the plan's activities.
func OfficeNames(tx *store.Tx, by access.Actor) (all []string, err error) {
	organisations, err := partner.Organisations(tx, by)
	if err != nil {
		return nil, err
	}
	roles, err := partner.RolesNamed(tx, by)
	for _, o := range organisations {
		all = append(append(all, o.Name), o.Aliases...)
	}
	for _, r := range roles {
		all = append(append(all, r.Name), r.Aliases...)
	}
	return all, err
}

// plan is rows that are due, or due to be gone through, and routines to look at, for whoever keeps the plan.
func (w *waiting) plan() error {
	if !w.by.Is(access.Coordinator) || w.by.MayConvene(w.tx, uuid.Nil) != nil {
		return nil
	}
	p, err := plan.Current(w.tx, w.by)
	if err != nil || p == nil || !p.Holds() {
		return err
	}
	rows, err := plan.Standings(w.tx, w.by, p)
	if err != nil {
		return err
	}
	due, reviews, routines := gathering{}, gathering{}, gathering{}
	for _, r := range rows {
		if r.Waits(w.today) && r.Frame.Kind == plan.Dated {
			due.add(r.Due)
		} else if r.Waits(w.today) {
			reviews.add(r.Due)
		}
		for _, routine := range r.Kept.Routines {
			if routine.Waits(w.today) {
				routines.add(routine.Due())
			}
		}
	}
	for _, t := range []struct {
		gathering
		text, status lang.Sentence
	}{
		{due, lang.Say("Se efter om åtgärder i planen är klara"), lang.Say("%d åtgärder", due.n)},
		{reviews, lang.Say("Gå igenom återkommande åtgärder i planen"), lang.Say("%d åtgärder", reviews.n)},
		{routines, lang.Say("Granska rutiner som hör till planen"), lang.Say("%d rutiner", routines.n)},
	} {
		if t.n == 0 {
			continue
		}
		task := bland(t.text, "/plan#due", t.status, "warn")
		if task.Date = t.first; t.first.Before(w.today) {
			task.Tag = "err"
		}
		w.add(task)
	}
	return nil
}

// gathering counts days, and keeps the first.
type gathering struct {
	n     int
	first almanac.Date
}

func (g *gathering) add(d almanac.Date) {
	if g.n++; g.first.IsZero() || d.Before(g.first) {
		g.first = d
	}
}
