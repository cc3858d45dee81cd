package web

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"samverkan/internal/poll"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// givenFields are the fields of the form by which another convener gives its dates.
var givenFields = func() (names []string) {
	for n := range poll.MostDates {
		names = append(names, fmt.Sprintf("date-%d", n), fmt.Sprintf("starts-%d", n), fmt.Sprintf("ends-%d", n))
	}
	return names
}()

type guestDatesView struct {
	guestView
	Opened *secretariat.OpenedDates
	Rows   []int
	Done   bool // just answered
}

// guestDates shows a question for dates to whoever holds its link. It changes nothing, whoever fetches it.
func (w *Web) guestDates(c *gin.Context) error { return w.showGuestDates(c, nil, nil) }

func (w *Web) showGuestDates(c *gin.Context, typed url.Values, refused error) error {
	view := guestDatesView{}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Opened, err = secretariat.OpenDates(tx, c.Param("token"))
		return err
	}); err != nil {
		return err
	}
	o := view.Opened
	speak(c, o.Contact.Language)
	view.Guest, view.Door, view.Ask, view.Form, view.Done = o.Guest, door(c), asked(c), typed, c.Query("sparat") != "" && o.Answered
	view.Page = w.frameOf(c, "", "Vilka datum planerar ni?")
	for n := range o.Rows {
		view.Rows = append(view.Rows, n)
	}
	if !view.Form.Has("date-0") { // nothing was typed, or in the page's other form
		if view.Form == nil {
			view.Form = url.Values{}
		}
		for n := range o.Rows {
			date, starts, ends := "", o.Starts, o.Ends
			if n < len(o.Given) {
				date, starts, ends = o.Given[n].Date.String(), o.Given[n].Starts, o.Given[n].Ends
			}
			view.Form.Set(fmt.Sprintf("date-%d", n), date)
			view.Form.Set(fmt.Sprintf("starts-%d", n), starts.Swedish())
			view.Form.Set(fmt.Sprintf("ends-%d", n), ends.Swedish())
		}
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "guest-dates", func() any { return view })
	}
	return w.show(c, http.StatusOK, "guest-dates", view)
}

// giveDates records the dates that were written.
func (w *Web) giveDates(c *gin.Context) error {
	f, err := form(c, givenFields...)
	if err != nil {
		return err
	}
	slots, err := slotsOf(f, poll.MostDates, w.today())
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error { return secretariat.OfferDates(tx, w.Office, c.Param("token"), slots) })
	}
	if refusedOnPage(err) {
		return w.showGuestDates(c, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, back(c, "sparat", "1"))
}
