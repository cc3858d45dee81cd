package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

type planningDaysView struct {
	Page
	Year     string
	Next     string
	Previous string
	Days     []forum.Block
	Usual    []UsualBreak // school breaks that nobody has given
	Form     url.Values
}

// UsualBreak is a school break as it usually lies, to be put right. Its name is Swedish.
type UsualBreak struct{ Name, From, To string }

// planningDays lists a year's school breaks and local days.
func (w *Web) planningDays(c *gin.Context) error {
	year, err := w.askedYear(c)
	if err != nil {
		return err
	}
	return w.showPlanningDays(c, year, url.Values{"kind": {"blocks"}}, nil)
}

func (w *Web) showPlanningDays(c *gin.Context, year int, typed url.Values, refused error) error {
	view := planningDaysView{Page: w.frameOf(c, "meetings", "Lov och lokala dagar %s", strconv.Itoa(year)), Year: strconv.Itoa(year),
		Next: strconv.Itoa(year + 1), Previous: strconv.Itoa(year - 1), Form: typed}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Days, err = forum.Blocks(tx, actor(c), almanac.Date{Year: year, Month: 1, Day: 1}, almanac.Date{Year: year, Month: 12, Day: 31})
		return err
	}); err != nil {
		return err
	}
	for _, b := range forum.WithUsualBreaks(view.Days, year) {
		if b.ID == uuid.Nil {
			n := strconv.Itoa(len(view.Usual))
			view.Usual = append(view.Usual, UsualBreak{b.Name, cmp.Or(typed.Get("from-"+n), b.From.String()), cmp.Or(typed.Get("to-"+n), b.To.String())})
		}
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "planning-days", func() any { return view })
	}
	return w.show(c, http.StatusOK, "planning-days", view)
}

// daysKinds are the choices of the form.
var daysKinds = map[string]forum.Block{
	"blocks": {Kind: forum.LocalDay, Blocks: true}, "told": {Kind: forum.LocalDay}, "schoolBreak": {Kind: forum.SchoolBreak, Blocks: true},
}

// addDays records a committee's day, a reporting week or a school break.
func (w *Web) addDays(c *gin.Context) error {
	f, err := form(c, "year", "name", "from", "to", "kind")
	if err != nil {
		return err
	}
	year, err := formYear(f)
	if err != nil {
		return err
	}
	b, known := daysKinds[f.Get("kind")]
	if !known {
		err = fault.On("kind", "Välj ett av alternativen.")
	}
	days, daysErr := w.typedDays(f.Get("from"), f.Get("to"))
	b.Name, b.From, b.To = f.Get("name"), days[0], days[1]
	if err = fault.Join(err, daysErr); err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := forum.AddBlock(tx, actor(c), b)
			return err
		})
	}
	if fault.KindOf(err) == fault.Invalid {
		return w.showPlanningDays(c, year, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, fmt.Sprintf("/planning-days?year=%d", b.From.Year))
}

func formYear(f url.Values) (int, error) {
	year, err := strconv.Atoi(f.Get("year"))
	if err != nil || year < 2000 || year > 2100 {
		return 0, fault.On("year", "Välj ett år mellan 2000 och 2100.")
	}
	return year, nil
}

// typedDays reads two dates; without the second, both are the first.
func (w *Web) typedDays(from, to string) (days [2]almanac.Date, err error) {
	var fromErr, toErr error
	days[0], fromErr = almanac.ParseDate(from, w.today())
	if days[1] = days[0]; to != "" {
		days[1], toErr = almanac.ParseDate(to, w.today())
	}
	return days, fault.Join(fault.At("from", fromErr), fault.At("to", toErr))
}

// maxBreaks bounds how many breaks one form gives.
const maxBreaks = 12

// addBreaks records the school breaks that are ticked, all or none.
func (w *Web) addBreaks(c *gin.Context) error {
	names := []string{"year"}
	for i := range maxBreaks {
		names = append(names, fmt.Sprintf("take-%d", i), fmt.Sprintf("name-%d", i), fmt.Sprintf("from-%d", i), fmt.Sprintf("to-%d", i))
	}
	f, err := form(c, names...)
	if err != nil {
		return err
	}
	year, err := formYear(f)
	if err != nil {
		return err
	}
	breaks, err := w.typedBreaks(f, language(c))
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			for _, b := range breaks {
				if _, err := forum.AddBlock(tx, actor(c), b); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if fault.KindOf(err) == fault.Invalid {
		f.Set("kind", "blocks")
		return w.showPlanningDays(c, year, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, fmt.Sprintf("/planning-days?year=%d", year))
}

func (w *Web) typedBreaks(f url.Values, l lang.Language) (breaks []forum.Block, err error) {
	var wrong []error
	for i := range maxBreaks {
		get := func(field string) string { return f.Get(fmt.Sprintf("%s-%d", field, i)) }
		if get("take") != "yes" {
			continue
		}
		days, err := w.typedDays(get("from"), get("to"))
		if errs, other := fieldErrors(l, err); err != nil && other == nil {
			wrong = append(wrong, fault.On(fmt.Sprintf("from-%d", i), "%s: %s", lang.Say(get("name")), errs[0].Text))
		}
		breaks = append(breaks, forum.Block{Kind: forum.SchoolBreak, Name: get("name"), From: days[0], To: days[1]})
	}
	if len(breaks) == 0 {
		return nil, fault.On("take-0", "Välj minst ett lov.")
	}
	return breaks, fault.Join(wrong...)
}

func (w *Web) removeDays(c *gin.Context) error {
	daysID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "year")
	if err != nil {
		return err
	}
	year, err := formYear(f)
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return forum.RemoveBlock(tx, actor(c), daysID) }); err != nil {
		return err
	}
	return w.goTo(c, fmt.Sprintf("/planning-days?year=%d", year))
}
