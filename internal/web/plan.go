package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/law"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// PlanText is a version of the plan as pages show it.
type PlanText struct {
	Plan      *plan.Plan
	Standings map[uuid.UUID]plan.Standing // by row
	Waiting   []plan.Standing             // that are due, or due to be gone through
	Routines  []plan.Standing             // with a routine to look at
	Notes     map[uuid.UUID][]plan.LawNote
	Preamble  []plan.LawNote // in what is no row
	Names     []string       // of offices, to find who an activity names
	Today     almanac.Date
	MayPlan   bool // keeps the plan
	Knows     bool // may see who did what
}

// Outdated is how many law references do not hold.
func (v PlanText) Outdated() (n int) {
	for _, notes := range v.Notes {
		n += len(notes)
	}
	return n + len(v.Preamble)
}

func (v *PlanText) fillText(tx *store.Tx, a access.Actor, zone *time.Location) error {
	v.Today, v.MayPlan = almanac.DateOf(tx.Now, zone), a.MayConvene(tx, uuid.Nil) == nil
	v.Knows = a.Is(access.Coordinator, access.Manager, access.Registrar)
	v.Standings, v.Notes = map[uuid.UUID]plan.Standing{}, map[uuid.UUID][]plan.LawNote{}
	all, err := plan.Standings(tx, a, v.Plan)
	if err != nil {
		return err
	}
	for _, s := range all {
		v.Standings[s.Measure.RowID] = s
		if s.Waits(v.Today) {
			v.Waiting = append(v.Waiting, s)
		}
		if slices.ContainsFunc(s.Kept.Routines, func(r plan.Routine) bool { return r.Waits(v.Today) }) {
			v.Routines = append(v.Routines, s)
		}
	}
	for _, n := range v.Plan.LawNotes(law.Shipped(), v.Today) {
		if n.Measure == nil {
			v.Preamble = append(v.Preamble, n)
		} else {
			v.Notes[n.Measure.RowID] = append(v.Notes[n.Measure.RowID], n)
		}
	}
	v.Names, err = secretariat.OfficeNames(tx, a)
	return err
}

type planView struct {
	Page
	PlanText
	Agreements []partner.Agreement
	WorkGroups []partner.WorkGroup
	Workplaces []partner.Workplace
	Meetings   map[uuid.UUID][]meeting.Meeting // by the row that they belong to
	Lost       []meeting.Meeting               // to rows that the plan has no more
	Counts     map[uuid.UUID]minutes.RowCount  // of decisions and actions that belong to the row
}

// plan shows the version that holds.
func (w *Web) plan(c *gin.Context) error {
	view := planView{Page: w.frameOf(c, "plan", "Handlingsplanen")}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Plan, err = plan.Current(tx, actor(c)); err != nil {
			return err
		}
		if err := view.fillText(tx, actor(c), w.Office.Zone); err != nil {
			return err
		}
		if err := view.fillMeetings(tx, actor(c)); err != nil {
			return err
		}
		if view.Agreements, err = partner.Agreements(tx, actor(c)); err != nil {
			return err
		}
		if view.WorkGroups, err = partner.WorkGroups(tx, actor(c)); err != nil {
			return err
		}
		view.Workplaces, err = partner.Workplaces(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "plan", view)
}

// fillMeetings puts in the meetings that belong to rows of the plan and that the reader sees.
func (v *planView) fillMeetings(tx *store.Tx, a access.Actor) (err error) {
	if a.Is(access.Coordinator, access.Member, access.Manager, access.Registrar) {
		if v.Counts, err = minutes.OfPlan(tx, a); err != nil {
			return err
		}
	}
	if v.Meetings, err = meeting.OfPlan(tx, a); err != nil {
		return err
	}
	for row, meetings := range v.Meetings {
		if v.Plan.Line(row) == nil {
			v.Lost = append(v.Lost, meetings...)
		}
	}
	slices.SortFunc(v.Lost, func(a, b meeting.Meeting) int { return a.StartsAt.Compare(b.StartsAt) })
	return nil
}

type planVersionsView struct {
	Page
	Plans   []plan.Plan
	MayPlan bool
	Form    url.Values
}

func (w *Web) planVersions(c *gin.Context) error {
	return w.showPlanVersions(c, url.Values{"versionLabel": {strconv.Itoa(w.today().Year + 1)}}, nil)
}

func (w *Web) showPlanVersions(c *gin.Context, f url.Values, refused error) error {
	view := planVersionsView{Page: w.frameOf(c, "plan", "Planens versioner"), Form: f}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.MayPlan = actor(c).MayConvene(tx, uuid.Nil) == nil
		view.Plans, err = plan.List(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-versions", func() any { return view })
	}
	return w.show(c, http.StatusOK, "plan-versions", view)
}

// copyPlan begins a new version as a copy of one.
func (w *Web) copyPlan(c *gin.Context) error {
	f, err := form(c, "from", "versionLabel")
	if err != nil {
		return err
	}
	var made *plan.Plan
	if err := w.write(c, func(tx *store.Tx) (err error) {
		if made, err = plan.Copy(tx, actor(c), orNil(optionalID(f.Get("from"))), f.Get("versionLabel")); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "versionLabel")
	}); err != nil {
		return w.showPlanVersions(c, f, err)
	}
	return w.done(c, "Utkastet är gjort. Ändra det här.", "/plan-versions/"+made.ID.String()+"/edit")
}

type planVersionView struct {
	Page
	PlanText
	Others []plan.Plan // to compare with
	Form   url.Values
}

func (w *Web) planVersion(c *gin.Context) error { return w.showPlanVersion(c, url.Values{}, nil) }

func (w *Web) showPlanVersion(c *gin.Context, f url.Values, refused error) error {
	planID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := planVersionView{Page: w.frameOf(c, "plan", "Planens version"), Form: f}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Plan, err = plan.Find(tx, actor(c), planID); err != nil {
			return err
		}
		if view.Others, err = plan.List(tx, actor(c)); err != nil {
			return err
		}
		view.Others = slices.DeleteFunc(view.Others, func(p plan.Plan) bool { return p.ID == planID })
		return view.fillText(tx, actor(c), w.Office.Zone)
	}); err != nil {
		return err
	}
	view.Title, view.TitleArgs = "Planens version %s", []any{view.Plan.Label()}
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-version", func() any { return view })
	}
	return w.show(c, http.StatusOK, "plan-version", view)
}

// stepPlan brings a version into another state.
func (w *Web) stepPlan(c *gin.Context) error {
	planID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version", "state", "day", "reference", "note")
	if err != nil {
		return err
	}
	day, err := optionalDay(f, "day", w.today())
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			step := plan.Step{State: plan.State(f.Get("state")), Day: day, Reference: f.Get("reference"), Note: f.Get("note")}
			if _, err := plan.Take(tx, actor(c), w.today(), planID, versionOf(f), step); err != nil {
				return err
			}
			return warned(tx, actor(c), f, "note")
		})
	}
	if err != nil {
		return w.showPlanVersion(c, f, err)
	}
	return w.done(c, "Läget är sparat.", "/plan-versions/"+planID.String())
}

// decidePlan says by which decision a version that was read in was adopted.
func (w *Web) decidePlan(c *gin.Context) error {
	planID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version", "day", "reference")
	if err != nil {
		return err
	}
	day, err := optionalDay(f, "day", w.today())
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := plan.Decide(tx, actor(c), w.today(), planID, versionOf(f), day, f.Get("reference"))
			return err
		})
	}
	if err != nil {
		return w.showPlanVersion(c, f, err)
	}
	return w.done(c, "Beslutet är sparat.", "/plan-versions/"+planID.String())
}

type planChangesView struct {
	Page
	Diff  *plan.Diff
	Notes []plan.LawNote // on the later version
}

// planChanges shows what became of the plan between two versions.
func (w *Web) planChanges(c *gin.Context) error {
	planID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := planChangesView{Page: w.frameOf(c, "plan", "Ändringar")}
	if err := w.read(c, func(tx *store.Tx) error {
		after, err := plan.Find(tx, actor(c), planID)
		if err != nil {
			return err
		}
		from := optionalID(c.Query("from"))
		if from == nil {
			from = after.CopiedFromID
		}
		if from == nil {
			from = &planID
		}
		before, err := plan.Find(tx, actor(c), *from)
		if err != nil {
			return err
		}
		view.Diff = plan.Compare(before, after)
		view.Notes = after.LawNotes(law.Shipped(), w.today())
		return nil
	}); err != nil {
		return err
	}
	view.Title, view.TitleArgs = "Ändringar från version %s till %s", []any{view.Diff.Before.Label(), view.Diff.After.Label()}
	return w.show(c, http.StatusOK, "plan-changes", view)
}

// planCopy gives a version as a file.
func (w *Web) planCopy(c *gin.Context) error {
	planID, err := id(c, "id")
	if err != nil {
		return err
	}
	var made *minutes.Copy
	if err := w.read(c, func(tx *store.Tx) (err error) {
		made, err = secretariat.CopyPlan(tx, actor(c), w.Office, planID, c.Param("format"), optionalID(c.Query("from")))
		return err
	}); err != nil {
		return err
	}
	serve.Attachment(c, made.Name, made.ContentType, made.Data)
	return nil
}
