package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/meeting"
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

// sendsSoon wakes this program's sender after a commit.
func (w *Web) sendsSoon() {
	if w.SendNow != nil {
		w.SendNow()
	}
}

// isMissing tells a refusal that means "not there".
func isMissing(err error) bool { return fault.KindOf(err) == fault.NotFound }
