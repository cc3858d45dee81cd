package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// yearView is the first of three pages: what each forum promised, and what is lacking.
type yearView struct {
	Page
	Year     string
	Next     string
	Previous string
	Ours     []followup.Standing  // that get dates
	Lacking  int                  // dates that would be proposed
	Awaited  []Awaited            // forums that others convene
	Remarks  []secretariat.Remark // forums without dates, and why
	Breaks   []forum.Block        // of the schools
	Usual    bool                 // some of them are only what is usual
	Days     []forum.Block        // local days
	Overview sentOverviews
}

// Awaited is a forum whose dates somebody else gives, and whom to ask for them.
type Awaited struct {
	Forum    forum.Forum
	Meetings []secretariat.Expected
	Contacts []partner.Contact
	Asked    []DatesAsked // this year's questions, the latest first
	Reached  bool         // a letter reaches one of the contacts
}

// askedYear is the year that a page is asked for; without one, the next.
func (w *Web) askedYear(c *gin.Context) (int, error) {
	asked := c.Query("year")
	if asked == "" {
		return w.today().Year + 1, nil
	}
	year, err := strconv.Atoi(asked)
	if err != nil || year < 2000 || year > 2100 {
		return 0, fault.On("year", "Välj ett år mellan 2000 och 2100.")
	}
	return year, nil
}

func (w *Web) year(c *gin.Context) error {
	year, err := w.askedYear(c)
	if err != nil {
		return err
	}
	text := strconv.Itoa(year)
	view := yearView{Page: w.frameOf(c, "meetings", "Planera %s", text), Year: text, Next: strconv.Itoa(year + 1), Previous: strconv.Itoa(year - 1)}
	if err := w.read(c, func(tx *store.Tx) error {
		proposal, err := secretariat.ProposeYear(tx, actor(c), w.Office, year, nil)
		if err != nil {
			return err
		}
		view.Lacking = len(proposal.Proposed)
		view.Remarks = withoutAwaited(proposal)
		if err := view.promises(tx, c, w, year); err != nil {
			return err
		}
		if err := view.await(tx, c, w, proposal); err != nil {
			return err
		}
		if view.Overview, err = overviewsOf(tx, actor(c), year); err != nil {
			return err
		}
		return view.days(tx, c, year)
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "year", view)
}

// withoutAwaited leaves out the remarks on forums of which the page says more.
func withoutAwaited(y *secretariat.Year) []secretariat.Remark {
	return slices.DeleteFunc(slices.Clone(y.Remarks), func(r secretariat.Remark) bool {
		return r.Forum.ConvenedBy == forum.Other && r.Forum.Scope != forum.IndividualCases && r.Forum.Promise().Measured()
	})
}

// promises are those of the forums that the reader plans.
func (v *yearView) promises(tx *store.Tx, c *gin.Context, w *Web, year int) error {
	all, err := followup.Statuses(tx, actor(c), w.Office.Zone, year)
	if err != nil {
		return err
	}
	planned, err := secretariat.PlannedForums(tx, actor(c), year)
	for _, k := range all {
		mine := slices.ContainsFunc(planned, func(f forum.Forum) bool { return f.ID == k.Forum.ID })
		if mine && k.Forum.Unproposable().Key == "" {
			v.Ours = append(v.Ours, k)
		}
	}
	return err
}

// await gathers what others are to call to, by forum, with those who can be asked.
func (v *yearView) await(tx *store.Tx, c *gin.Context, w *Web, y *secretariat.Year) error {
	contacts, err := partner.Contacts(tx, actor(c))
	if err != nil {
		return err
	}
	asked, err := w.datesAsked(tx, actor(c), y.Year)
	if err != nil {
		return err
	}
	for _, e := range y.Expected {
		at := slices.IndexFunc(v.Awaited, func(a Awaited) bool { return a.Forum.ID == e.Forum.ID })
		if at < 0 {
			a := Awaited{Forum: e.Forum}
			for _, contact := range partner.Standing(contacts) {
				if contact.OrganisationID == *e.Forum.ConvenerID {
					a.Contacts = append(a.Contacts, contact)
					a.Reached = a.Reached || !contact.ByPhone && contact.Email != ""
				}
			}
			for _, r := range asked {
				if r.ForumID == e.Forum.ID {
					a.Asked = append(a.Asked, r)
				}
			}
			at, v.Awaited = len(v.Awaited), append(v.Awaited, a)
		}
		v.Awaited[at].Meetings = append(v.Awaited[at].Meetings, e)
	}
	return nil
}

// days tells which days are kept free, and whether somebody has looked up the schools' breaks.
func (v *yearView) days(tx *store.Tx, c *gin.Context, year int) error {
	given, err := forum.Blocks(tx, actor(c), almanac.Date{Year: year, Month: 1, Day: 1}, almanac.Date{Year: year, Month: 12, Day: 31})
	if err != nil {
		return err
	}
	for _, b := range forum.WithUsualBreaks(given, year) {
		if b.Kind == forum.SchoolBreak {
			v.Breaks = append(v.Breaks, b)
			v.Usual = v.Usual || b.ID == uuid.Nil
		} else {
			v.Days = append(v.Days, b)
		}
	}
	return nil
}
