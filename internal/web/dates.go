package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// DatesAsked is a question for dates as pages show it.
type DatesAsked struct {
	poll.DateRequest
	Letter *post.Letter // the latest; nil: none
	Zone   *time.Location
}

// Day is the day on which it was last asked.
func (d DatesAsked) Day() almanac.Date { return almanac.DateOf(d.AskedAt, d.Zone) }

// datesAsked gives the questions for the dates of a year, the latest first; year 0: of all.
func (w *Web) datesAsked(tx *store.Tx, a access.Actor, year int) (asked []DatesAsked, err error) {
	all, err := poll.ListDates(tx, a, year)
	for _, r := range all {
		one := DatesAsked{DateRequest: r, Zone: w.Office.Zone}
		if one.Letter, err = dateLetter(tx, r.ID); err != nil {
			return nil, err
		}
		asked = append(asked, one)
	}
	return asked, err
}

// dateLetter gives the latest letter of a question for dates, nil for none.
func dateLetter(tx *store.Tx, id uuid.UUID) (*post.Letter, error) {
	links, err := access.LinksTo(tx, access.ToDates, id)
	if err != nil || len(links) == 0 {
		return nil, err
	}
	letters, err := post.About(tx, []uuid.UUID{links[0].ID})
	if err != nil || len(letters[links[0].ID]) == 0 {
		return nil, err
	}
	return &letters[links[0].ID][0], nil
}

type datesFormView struct {
	Page
	Forum    *forum.Forum
	Year     string
	Form     url.Values
	Contacts []partner.Contact // of the convener, whom letters reach
	Ring     []partner.Contact // of the convener, whom none do
	Asked    []DatesAsked      // before, of the same year
}

// datesForm asks whom to ask for the dates of a forum that another organisation convenes.
func (w *Web) datesForm(c *gin.Context) error {
	year, err := w.askedYear(c)
	if err != nil {
		return err
	}
	return w.showDatesForm(c, url.Values{"year": {strconv.Itoa(year)}}, nil)
}

func (w *Web) showDatesForm(c *gin.Context, f url.Values, refused error) error {
	forumID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := datesFormView{Page: w.frameOf(c, "meetings", "Be om datum"), Year: f.Get("year"), Form: f}
	if err := w.read(c, func(tx *store.Tx) error { return view.fill(tx, w, actor(c), forumID) }); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "date-request-form", func() any { return view })
	}
	return w.show(c, http.StatusOK, "date-request-form", view)
}

func (v *datesFormView) fill(tx *store.Tx, w *Web, a access.Actor, forumID uuid.UUID) (err error) {
	if err := a.MayConvene(tx, forumID); err != nil {
		return err
	}
	if v.Forum, err = forum.Find(tx, a, forumID); err != nil {
		return err
	}
	if v.Forum.ConvenerID == nil { // the page says so
		return nil
	}
	contacts, err := partner.Contacts(tx, a)
	if err != nil {
		return err
	}
	for _, contact := range partner.Standing(contacts) {
		switch {
		case contact.OrganisationID != *v.Forum.ConvenerID:
		case contact.ByPhone || contact.Email == "":
			v.Ring = append(v.Ring, contact)
		default:
			v.Contacts = append(v.Contacts, contact)
		}
	}
	if len(v.Contacts) > 0 && v.Form.Get("contactId") == "" {
		v.Form.Set("contactId", v.Contacts[0].ID.String())
	}
	year, _ := strconv.Atoi(v.Year) // no year has no questions
	asked, err := w.datesAsked(tx, a, year)
	for _, r := range asked {
		if r.ForumID == forumID {
			v.Asked = append(v.Asked, r)
		}
	}
	return err
}

var dateRequestFields = []string{"year", "contactId", "note", "hash", "step"}

type datesReviewView struct {
	Page
	Review *secretariat.DatesReview
	Groups []secretariat.Identical
	Form   url.Values
}

// reviewDateRequest shows the letter, or, when one asks to change it, the form again.
func (w *Web) reviewDateRequest(c *gin.Context) error {
	f, err := form(c, dateRequestFields...)
	if err != nil {
		return err
	}
	if f.Get("step") == "edit" {
		return w.showDatesForm(c, f, nil)
	}
	return w.dateRequestReview(c, f, nil)
}

func (w *Web) dateRequestReview(c *gin.Context, f url.Values, refused error) error {
	view := datesReviewView{Page: w.frameOf(c, "meetings", "Granska och skicka"), Form: f}
	err := w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) (err error) {
		view.Review, err = w.askDates(c, f, func(forumID, contact uuid.UUID, year int) (*secretariat.DatesReview, error) {
			return secretariat.AskForDates(tx, actor(c), w.Office, forumID, contact, year, f.Get("note"))
		})
		return err
	})
	if refusedOnPage(err) {
		return w.showDatesForm(c, f, err)
	}
	if err != nil {
		return err
	}
	view.Groups = view.Review.Group()
	if refused != nil {
		return w.again(c, refused, &view.Page, "date-request-review", func() any { return view })
	}
	return w.show(c, http.StatusOK, "date-request-review", view)
}

// askDates reads what the form says and asks.
func (w *Web) askDates(c *gin.Context, f url.Values, ask func(forumID, contact uuid.UUID, year int) (*secretariat.DatesReview, error)) (*secretariat.DatesReview, error) {
	forumID, err := id(c, "id")
	if err != nil {
		return nil, err
	}
	year, err := strconv.Atoi(f.Get("year"))
	if err != nil {
		return nil, fault.On("year", "Välj ett år mellan 2000 och 2100.")
	}
	return ask(forumID, orNil(optionalID(f.Get("contactId"))), year)
}

// askForDates asks as it was reviewed.
func (w *Web) askForDates(c *gin.Context) error {
	f, err := form(c, dateRequestFields...)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := w.askDates(c, f, func(forumID, contact uuid.UUID, year int) (*secretariat.DatesReview, error) {
			return secretariat.DoAskForDates(tx, actor(c), w.Office, forumID, contact, year, f.Get("note"), f.Get("hash"))
		})
		return err
	})
	if fault.KindOf(err) == fault.Conflict {
		return w.dateRequestReview(c, f, err)
	}
	if refusedOnPage(err) {
		return w.showDatesForm(c, f, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Frågan är på väg.")
	return w.goTo(c, "/year?year="+f.Get("year"))
}

type dateRequestView struct {
	Page
	Asked DatesAsked
}

// dateRequest shows what came of a question for dates.
func (w *Web) dateRequest(c *gin.Context) error { return w.showDateRequest(c, nil) }

func (w *Web) showDateRequest(c *gin.Context, refused error) error {
	requestID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := dateRequestView{Page: w.frameOf(c, "meetings", "Datum från %s")}
	if err := w.read(c, func(tx *store.Tx) error {
		r, err := poll.FindDates(tx, actor(c), requestID)
		if err != nil {
			return err
		}
		view.Asked.DateRequest, view.Asked.Zone = *r, w.Office.Zone
		view.Asked.Letter, err = dateLetter(tx, r.ID)
		return err
	}); err != nil {
		return err
	}
	view.TitleArgs = []any{view.Asked.Contact.Organisation.Name}
	if refused != nil {
		return w.again(c, refused, &view.Page, "date-request", func() any { return view })
	}
	return w.show(c, http.StatusOK, "date-request", view)
}

// registerDates makes meetings of all dates that have come.
func (w *Web) registerDates(c *gin.Context) error {
	return w.settleDates(c, "Datumen är inskrivna. Inget skickas.", func(tx *store.Tx, id uuid.UUID, version int64) error {
		_, err := secretariat.RegisterDates(tx, actor(c), w.Office, id, version)
		return err
	})
}

// leaveDates leaves them.
func (w *Web) leaveDates(c *gin.Context) error {
	return w.settleDates(c, "Datumen är lämnade. Inget skickas.", func(tx *store.Tx, id uuid.UUID, version int64) error {
		return secretariat.LeaveDates(tx, actor(c), id, version)
	})
}

// settleDates does an act on dates that have come.
func (w *Web) settleDates(c *gin.Context, done string, act func(*store.Tx, uuid.UUID, int64) error) error {
	requestID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version")
	if err != nil {
		return err
	}
	version := versionOf(f)
	err = w.write(c, func(tx *store.Tx) error { return act(tx, requestID, version) })
	if refusedOnPage(err) {
		return w.showDateRequest(c, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), done)
	return w.goTo(c, "/date-requests/"+requestID.String())
}
