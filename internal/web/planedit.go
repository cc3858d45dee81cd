package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

type planEditView struct {
	Page
	Plan *plan.Plan
	Form url.Values
}

var planFields = []string{"version", "title", "owner", "versionLabel", "validFrom", "validTo", "vision"}

func formOfPlan(p *plan.Plan) url.Values {
	f := url.Values{"version": {strconv.FormatInt(p.Version, 10)}, "title": {p.Title}, "owner": {p.Owner}, "versionLabel": {p.VersionLabel}, "vision": {p.Vision}}
	for name, day := range map[string]*string{"validFrom": p.ValidFrom, "validTo": p.ValidTo} {
		if day != nil {
			f.Set(name, *day)
		}
	}
	return f
}

func (w *Web) editPlan(c *gin.Context) error { return w.showPlanEdit(c, nil, nil) }

// draft finds the draft that a page changes.
func (w *Web) draft(c *gin.Context) (p *plan.Plan, err error) {
	planID, err := id(c, "id")
	if err != nil {
		return nil, err
	}
	err = w.read(c, func(tx *store.Tx) error {
		if err := actor(c).MayConvene(tx, uuid.Nil); err != nil {
			return err
		}
		p, err = plan.Find(tx, actor(c), planID)
		return err
	})
	return p, err
}

func (w *Web) showPlanEdit(c *gin.Context, f url.Values, refused error) error {
	p, err := w.draft(c)
	if err != nil {
		return err
	}
	view := planEditView{w.frameOf(c, "plan", "Ändra utkastet %s", p.Label()), p, f}
	if f == nil {
		view.Form = formOfPlan(p)
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-edit", func() any { return view })
	}
	return w.show(c, http.StatusOK, "plan-edit", view)
}

func (w *Web) describePlan(c *gin.Context) error {
	planID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, planFields...)
	if err != nil {
		return err
	}
	d := plan.Plan{Title: f.Get("title"), Owner: f.Get("owner"), VersionLabel: f.Get("versionLabel"), Vision: f.Get("vision")}
	from, fromErr := optionalDay(f, "validFrom", w.today())
	to, toErr := optionalDay(f, "validTo", w.today())
	if !from.IsZero() {
		d.ValidFrom = new(from.String())
	}
	if !to.IsZero() {
		d.ValidTo = new(to.String())
	}
	if err = fault.Join(fromErr, toErr); err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			if _, err := plan.Describe(tx, actor(c), planID, versionOf(f), d); err != nil {
				return err
			}
			return warned(tx, actor(c), f, "title", "owner", "vision")
		})
	}
	if err != nil {
		return w.showPlanEdit(c, f, err)
	}
	return w.done(c, "Utkastet är sparat.", "/plan-versions/"+planID.String()+"/edit")
}

// onDraft does something small to a draft and shows it again.
func (w *Web) onDraft(c *gin.Context, verb func(tx *store.Tx, planID uuid.UUID, f url.Values) error, fields ...string) error {
	planID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, append(fields, "version")...)
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return verb(tx, planID, f) }); err != nil {
		return w.showPlanEdit(c, nil, err)
	}
	return w.goTo(c, "/plan-versions/"+planID.String()+"/edit")
}

// movePlanLine puts a goal or a row one place up or down.
func (w *Web) movePlanLine(c *gin.Context) error {
	line, err := id(c, "line")
	if err != nil {
		return err
	}
	return w.onDraft(c, func(tx *store.Tx, planID uuid.UUID, f url.Values) error {
		_, err := plan.Move(tx, actor(c), planID, versionOf(f), line, f.Get("to") == "up")
		return err
	}, "to")
}

func (w *Web) strikePlanLine(c *gin.Context) error {
	line, err := id(c, "line")
	if err != nil {
		return err
	}
	return w.onDraft(c, func(tx *store.Tx, planID uuid.UUID, f url.Values) error {
		_, err := plan.Strike(tx, actor(c), planID, versionOf(f), line)
		return err
	})
}

func (w *Web) renumberPlan(c *gin.Context) error {
	return w.onDraft(c, func(tx *store.Tx, planID uuid.UUID, f url.Values) error {
		_, err := plan.Renumber(tx, actor(c), planID, versionOf(f))
		return err
	})
}

type planLineView struct {
	Page
	Plan   *plan.Plan
	Action string
	Form   url.Values
	Row    bool // a row; else a goal
}

// planGoal shows the form of a goal, a new one without a line.
func (w *Web) planGoal(c *gin.Context) error { return w.showPlanGoal(c, nil, nil) }

func (w *Web) showPlanGoal(c *gin.Context, f url.Values, refused error) error {
	p, err := w.draft(c)
	if err != nil {
		return err
	}
	view := planLineView{Page: w.frameOf(c, "plan", "Nytt delmål"), Plan: p, Action: "/plan-versions/" + p.ID.String() + "/goals", Form: url.Values{"externalId": {strconv.Itoa(len(p.Goals) + 1)}}}
	if c.Param("line") != "" {
		n := slices.IndexFunc(p.Goals, func(g plan.Goal) bool { return g.LineID.String() == c.Param("line") })
		if n < 0 {
			return fault.Missing()
		}
		g := p.Goals[n]
		view.Title, view.Action = "Ändra delmålet", view.Action+"/"+g.LineID.String()
		view.Form = url.Values{"externalId": {g.ExternalID}, "goal": {g.Goal}, "heading": {g.Heading}}
	}
	view.Form.Set("version", strconv.FormatInt(p.Version, 10))
	if f != nil {
		view.Form = f
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-line", func() any { return view })
	}
	return w.show(c, http.StatusOK, "plan-line", view)
}

// optionalLine reads the line that an address may name.
func optionalLine(c *gin.Context) (uuid.UUID, error) {
	if c.Param("line") == "" {
		return uuid.Nil, nil
	}
	return id(c, "line")
}

func (w *Web) putPlanGoal(c *gin.Context) error {
	line, err := optionalLine(c)
	if err != nil {
		return err
	}
	planID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version", "externalId", "goal", "heading")
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		g := plan.Goal{LineID: line, ExternalID: f.Get("externalId"), Goal: f.Get("goal"), Heading: f.Get("heading")}
		if _, err := plan.PutGoal(tx, actor(c), planID, versionOf(f), g); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "goal", "heading")
	}); err != nil {
		return w.showPlanGoal(c, f, err)
	}
	return w.done(c, "Delmålet är sparat.", "/plan-versions/"+planID.String()+"/edit")
}

// planRowForm shows the form of a row, a new one without a line.
func (w *Web) planRowForm(c *gin.Context) error { return w.showPlanRowForm(c, nil, nil) }

func (w *Web) showPlanRowForm(c *gin.Context, f url.Values, refused error) error {
	p, err := w.draft(c)
	if err != nil {
		return err
	}
	view := planLineView{Page: w.frameOf(c, "plan", "Ny åtgärd"), Plan: p, Row: true, Action: "/plan-versions/" + p.ID.String() + "/rows", Form: url.Values{}}
	if line := c.Param("line"); line != "" {
		parsed, err := id(c, "line")
		if err != nil {
			return err
		}
		m := p.Line(parsed)
		if m == nil {
			return fault.Missing()
		}
		view.Title, view.Action = "Ändra åtgärden", view.Action+"/"+line
		view.Form = url.Values{"goalId": {p.GoalOf(parsed).LineID.String()}, "externalId": {m.ExternalID}, "measure": {m.Measure}, "activities": {strings.Join(m.Activities, "\n")},
			"timeframe": {m.Timeframe}, "responsible": {m.Responsible}}
	} else if n := slices.IndexFunc(p.Goals, func(g plan.Goal) bool { return g.LineID.String() == c.Query("goal") }); n >= 0 {
		view.Form = url.Values{"goalId": {c.Query("goal")}, "externalId": {p.NextNumber(p.Goals[n])}}
	}
	view.Form.Set("version", strconv.FormatInt(p.Version, 10))
	if f != nil {
		view.Form = f
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-line", func() any { return view })
	}
	return w.show(c, http.StatusOK, "plan-line", view)
}

func (w *Web) putPlanRow(c *gin.Context) error {
	line, err := optionalLine(c)
	if err != nil {
		return err
	}
	planID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version", "goalId", "externalId", "measure", "activities", "timeframe", "responsible")
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		m := plan.Measure{RowID: line, ExternalID: f.Get("externalId"), Measure: f.Get("measure"), Activities: strings.Split(strings.ReplaceAll(f.Get("activities"), "\r\n", "\n"), "\n"),
			Timeframe: f.Get("timeframe"), Responsible: f.Get("responsible")}
		if _, err := plan.PutRow(tx, actor(c), planID, versionOf(f), orNil(optionalID(f.Get("goalId"))), m); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "measure", "activities", "timeframe", "responsible")
	}); err != nil {
		return w.showPlanRowForm(c, f, err)
	}
	return w.done(c, "Åtgärden är sparad.", "/plan-versions/"+planID.String()+"/edit")
}
