package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type overviewView struct {
	Page
	Tasks     []secretariat.Task
	Next      []meeting.Meeting
	Promises  []followup.Standing
	All       int  // groups that have a promise's row
	More      bool // than are shown
	Year      string
	SeesDates bool
}

// mostPromises are shown on the overview: what needs somebody first, then the others.
const mostPromises = 12

// shorten puts what needs somebody first and leaves out what there is no room for.
func (v *overviewView) shorten() {
	slices.SortStableFunc(v.Promises, func(a, b followup.Standing) int {
		return slices.Index(followup.States, b.State) - slices.Index(followup.States, a.State)
	})
	v.All = len(v.Promises)
	if v.More = v.All > mostPromises; v.More {
		v.Promises = v.Promises[:mostPromises]
	}
}

func (w *Web) overview(c *gin.Context) error {
	a := actor(c)
	view := overviewView{Page: w.frameOf(c, "overview", "Översikt")}
	view.SeesDates = a.Is(access.Coordinator, access.Member, access.Manager, access.Registrar)
	err := w.read(c, func(tx *store.Tx) (err error) {
		today := almanac.DateOf(tx.Now, w.Office.Zone)
		view.Year = strconv.Itoa(today.Year)
		if view.Next, err = secretariat.NextMeetings(tx, a, w.Office, 3); err != nil {
			return err
		}
		if view.SeesDates {
			if view.Promises, err = followup.Statuses(tx, a, w.Office.Zone, today.Year); err != nil {
				return err
			}
			view.shorten()
		}
		view.Tasks, err = secretariat.Tasks(tx, a, w.Office)
		return err
	})
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "overview", view)
}

type planView struct {
	Page
	Plan       *plan.Plan
	Agreements []partner.Agreement
	WorkGroups []partner.WorkGroup
	Workplaces []partner.Workplace
	Meetings   map[string][]meeting.Meeting // by what the plan calls the row that they belong to
	Lost       []meeting.Meeting            // to rows that the plan has no more
	Counts     map[string]minutes.RowCount  // of decisions and actions that belong to the row
	MayPlan    bool                         // may plan a meeting of no forum
}

func (w *Web) plan(c *gin.Context) error {
	view := planView{Page: w.frameOf(c, "plan", "Handlingsplanen")}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Plan, err = plan.Current(tx, actor(c)); err != nil {
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
	v.MayPlan = a.MayConvene(tx, uuid.Nil) == nil
	if a.Is(access.Coordinator, access.Member, access.Manager, access.Registrar) {
		if v.Counts, err = minutes.OfPlan(tx, a); err != nil {
			return err
		}
	}
	if v.Meetings, err = meeting.OfPlan(tx, a); err != nil {
		return err
	}
	for _, row := range slices.Sorted(maps.Keys(v.Meetings)) {
		if v.Plan.Row(row) == nil {
			v.Lost = append(v.Lost, v.Meetings[row]...)
		}
	}
	return nil
}

// sendsSoon wakes this program's sender after a commit.
func (w *Web) sendsSoon() {
	if w.SendNow != nil {
		w.SendNow()
	}
}

// isMissing tells a refusal that means "not there".
func isMissing(err error) bool { return fault.KindOf(err) == fault.NotFound }
