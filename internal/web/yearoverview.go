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
	"samverkan/internal/fault"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// OverviewRow is one contact to whom an overview of a year can be sent.
type OverviewRow struct {
	secretariat.YearPartner
	Zone *time.Location
}

// Day is the day on which it was last sent.
func (r OverviewRow) Day() almanac.Date { return almanac.DateOf(r.Sent.SentAt, r.Zone) }

// sentOverviews is what the year's page says of its overview.
type sentOverviews struct {
	Any     bool // there is somebody to send it to
	Sent    int
	Changed int // meetings that are not as one of the letters told
}

func overviewsOf(tx *store.Tx, a access.Actor, year int) (s sentOverviews, err error) {
	all, err := secretariat.YearPartners(tx, a, year)
	changed := map[uuid.UUID]bool{}
	for _, p := range all {
		s.Any = true
		if p.Sent != nil {
			s.Sent++
		}
		for _, id := range p.Changed {
			changed[id] = true
		}
	}
	s.Changed = len(changed)
	return s, err
}

type overviewsView struct {
	Page
	Year  string
	Form  url.Values
	Rows  []OverviewRow // partners that letters reach
	Ours  []OverviewRow // of our own, likewise
	Ring  []OverviewRow // whom none reach
	Again []OverviewRow // who have had one
}

// yearOverviews asks who is to get an overview of the year. Who has not had it is ticked; our own are not.
func (w *Web) yearOverviews(c *gin.Context) error {
	year, err := w.askedYear(c)
	if err != nil {
		return err
	}
	return w.showOverviews(c, year, nil, nil)
}

func (w *Web) showOverviews(c *gin.Context, year int, f url.Values, refused error) error {
	view := overviewsView{Page: w.frameOf(c, "meetings", "Skicka en översikt till parterna"), Year: strconv.Itoa(year), Form: f}
	if err := w.read(c, func(tx *store.Tx) error {
		all, err := secretariat.YearPartners(tx, actor(c), year)
		view.fill(all, w.Office.Zone)
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "year-overviews", func() any { return view })
	}
	return w.show(c, http.StatusOK, "year-overviews", view)
}

func (v *overviewsView) fill(all []secretariat.YearPartner, zone *time.Location) {
	first := v.Form == nil
	if first {
		v.Form = url.Values{}
	}
	for _, p := range all {
		row := OverviewRow{p, zone}
		switch {
		case p.Ring && !p.Ours:
			v.Ring = append(v.Ring, row)
		case p.Ring:
		case p.Ours:
			v.Ours = append(v.Ours, row)
		default:
			v.Rows = append(v.Rows, row)
		}
		if p.Sent != nil && !p.Ring {
			v.Again = append(v.Again, row)
		}
		if first && !p.Ring && !p.Ours && p.Sent == nil {
			v.Form.Add("contactId", p.Contact.ID.String())
		}
	}
}

var overviewFields = []string{"year", "contactId[]", "note", "hash", "step"}

type overviewsReviewView struct {
	Page
	Year   string
	Review *secretariat.Review
	Groups []secretariat.Identical
	Form   url.Values
}

// overviewForm reads the form of the first page, which the second carries.
func overviewForm(c *gin.Context) (f url.Values, year int, err error) {
	if f, err = form(c, overviewFields...); err != nil {
		return nil, 0, err
	}
	if year, err = strconv.Atoi(f.Get("year")); err != nil || year < 2000 || year > 2100 {
		return nil, 0, fault.On("year", "Välj ett år mellan 2000 och 2100.")
	}
	return f, year, nil
}

// reviewOverviews shows the letters, or, when one asks to change them, the form again.
func (w *Web) reviewOverviews(c *gin.Context) error {
	f, year, err := overviewForm(c)
	if err != nil {
		return err
	}
	if f.Get("step") == "edit" {
		return w.showOverviews(c, year, f, nil)
	}
	return w.overviewsReview(c, year, f, nil)
}

func (w *Web) overviewsReview(c *gin.Context, year int, f url.Values, refused error) error {
	view := overviewsReviewView{Page: w.frameOf(c, "meetings", "Granska och skicka"), Year: strconv.Itoa(year), Form: f}
	err := w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) (err error) {
		view.Review, err = secretariat.SendOverviews(tx, actor(c), w.Office, year, idsOf(f["contactId"]), f.Get("note"))
		return err
	})
	if refusedOnPage(err) {
		return w.showOverviews(c, year, f, err)
	}
	if err != nil {
		return err
	}
	view.Groups = view.Review.Group()
	if refused != nil {
		return w.again(c, refused, &view.Page, "year-overviews-review", func() any { return view })
	}
	return w.show(c, http.StatusOK, "year-overviews-review", view)
}

// sendOverviews sends them as they were reviewed.
func (w *Web) sendOverviews(c *gin.Context) error {
	f, year, err := overviewForm(c)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.DoSendOverviews(tx, actor(c), w.Office, year, idsOf(f["contactId"]), f.Get("note"), f.Get("hash"))
		return err
	})
	if fault.KindOf(err) == fault.Conflict {
		return w.overviewsReview(c, year, f, err)
	}
	if refusedOnPage(err) {
		return w.showOverviews(c, year, f, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Översikten är på väg.")
	return w.goTo(c, "/year-overviews?year="+strconv.Itoa(year))
}

// sendOverviewAgain writes one of them once more, as things are now.
func (w *Web) sendOverviewAgain(c *gin.Context) error {
	overviewID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, year, err := overviewForm(c)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error { return secretariat.OverviewAgain(tx, actor(c), w.Office, overviewID) })
	if refusedOnPage(err) {
		return w.showOverviews(c, year, nil, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Översikten är på väg.")
	return w.goTo(c, "/year-overviews?year="+f.Get("year"))
}

// Chosen gives the contacts that were ticked, each once, for the form to carry.
func (v overviewsReviewView) Chosen() []string {
	return slices.Compact(slices.Sorted(slices.Values(v.Form["contactId"])))
}
