package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Row is one proposed meeting as the second and third page show it, with what was typed over it.
type Row struct {
	ForumID  uuid.UUID
	Forum    string
	Date     string
	Starts   string
	Ends     string
	Place    string
	Reason   lang.Sentence
	Take     bool
	Error    string
	Time     *meeting.Time   // nil: what was typed cannot be read
	Flags    []lang.Sentence // what somebody should know of the day
	NewMonth bool            // no row before it lies in its month
}

// Week is the row's ISO week.
func (r Row) Week() int { _, week := r.Time.Date.Week(); return week }

// Month is the row's month, 1 to 12.
func (r Row) Month() int { return int(r.Time.Date.Month) }

// Day says the row's date without its year, "torsdag 21 januari".
func (r Row) Day(l lang.Language) string {
	return strings.TrimSuffix(almanac.Long(r.Time.Date, l), " "+strconv.Itoa(r.Time.Date.Year))
}

// Later says the weekday that "Flytta till torsdagen efter" moves to.
func (r Row) Later(l lang.Language) string {
	name := almanac.WeekdayName(r.Time.Date.Weekday(), l)
	if l == lang.Swedish {
		return name + "en"
	}
	return name
}

type proposalView struct {
	Page
	Year  string
	Forum string // id: only this one's
	Rows  []Row
	Taken int // rows that are to become meetings
	More  int // dates that one form has no room for
}

// maxRows bounds what one form books.
const maxRows = 200

// rowFields are what a form says of each row.
var rowFields = []string{"take", "forumId", "forum", "date", "starts", "ends", "place", "reason"}

// proposal is the second page: the year as a list of dates, each of which can be changed.
func (w *Web) proposal(c *gin.Context) error {
	year, err := w.askedYear(c)
	if err != nil {
		return err
	}
	view := w.proposalFrame(c, strconv.Itoa(year))
	var forums []uuid.UUID
	if chosen := optionalID(c.Query("forum")); chosen != nil {
		forums, view.Forum = []uuid.UUID{*chosen}, chosen.String()
	}
	if err := w.read(c, func(tx *store.Tx) error {
		y, err := secretariat.ProposeYear(tx, actor(c), w.Office, year, forums)
		if err != nil {
			return err
		}
		view.More = max(0, len(y.Proposed)-maxRows)
		for _, p := range y.Proposed[:len(y.Proposed)-view.More] {
			at := p.Time
			view.Rows = append(view.Rows, Row{ForumID: p.Forum.ID, Forum: p.Forum.Name, Date: at.Date.String(),
				Starts: at.Starts.Swedish(), Ends: at.Ends.Swedish(), Place: at.Place, Reason: p.Reason, Take: true, Time: &at})
		}
		return w.flag(tx, c, &view)
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "year-dates", view)
}

func (w *Web) proposalFrame(c *gin.Context, year string) proposalView {
	return proposalView{Page: w.frameOf(c, "meetings", "Föreslagna datum %s", year), Year: year}
}

// flag puts the rows in order and tells of each what somebody should know before it is booked.
func (w *Web) flag(tx *store.Tx, c *gin.Context, view *proposalView) error {
	slices.SortStableFunc(view.Rows, func(a, b Row) int { return a.order().Compare(b.order()) })
	view.Taken = 0
	year, _ := strconv.Atoi(view.Year)
	flags, err := secretariat.FlagYear(tx, actor(c), w.Office, year, bookings(view.Rows))
	if err != nil {
		return err
	}
	month := time.Month(0)
	for i := range view.Rows {
		r := &view.Rows[i]
		if r.Flags = nil; r.Time != nil {
			r.NewMonth, month = r.Time.Date.Month != month, r.Time.Date.Month
		}
		if r.books() {
			view.Taken++
			r.Flags, flags = flags[0], flags[1:]
		}
	}
	return nil
}

// order is the row's date; rows that cannot be read come first.
func (r Row) order() almanac.Date {
	if r.Time == nil {
		return almanac.Date{}
	}
	return r.Time.Date
}

// books tells whether the row is to become a meeting and can be.
func (r Row) books() bool { return r.Take && r.Time != nil }

func bookings(rows []Row) (all []secretariat.Booking) {
	for _, r := range rows {
		if r.books() {
			all = append(all, secretariat.Booking{ForumID: r.ForumID, Time: *r.Time})
		}
	}
	return all
}

// checkYear takes the second page's form: it moves one meeting a week on, goes back to change, or
// shows the third page, where everything is seen once more. Nothing is stored.
func (w *Web) checkYear(c *gin.Context) error {
	f, view, err := w.readRows(c)
	if err != nil {
		return err
	}
	if at, err := strconv.Atoi(f.Get("later")); err == nil && at >= 0 && at < len(view.Rows) {
		view.Rows[at].moveOn()
	}
	if f.Get("later") != "" || f.Get("step") == "edit" {
		if err := w.read(c, func(tx *store.Tx) error { return w.flag(tx, c, &view) }); err != nil {
			return err
		}
		return w.show(c, http.StatusOK, "year-dates", view)
	}
	if mistakes := view.mistakes(); mistakes != nil {
		return w.datesAgain(c, mistakes, view)
	}
	view.Rows = slices.DeleteFunc(view.Rows, func(r Row) bool { return !r.Take })
	if err := w.read(c, func(tx *store.Tx) error { return w.flag(tx, c, &view) }); err != nil {
		return err
	}
	view.Title, view.TitleArgs = "Kontrollera mötena %s", []any{view.Year}
	return w.show(c, http.StatusOK, "year-check", view)
}

// moveOn moves the meeting to the same weekday of the next week in which that day is open.
func (r *Row) moveOn() {
	if r.Time == nil {
		return
	}
	before := r.Time.Date
	for r.Time.Date = before.AddDays(7); r.Time.Date.Before(before.AddDays(70)); r.Time.Date = r.Time.Date.AddDays(7) {
		if _, closed := almanac.Blocked(r.Time.Date); !closed {
			break
		}
	}
	r.Date = r.Time.Date.String()
	r.Reason = lang.Say("Du flyttade mötet från %s.", before)
}

// bookYear stores the rows that are ticked. Nothing is sent. A row that does not hold sends all of
// them back, as they were typed.
func (w *Web) bookYear(c *gin.Context) error {
	_, view, err := w.readRows(c)
	if err != nil {
		return err
	}
	mistakes := view.mistakes()
	if mistakes == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := secretariat.BookYear(tx, actor(c), w.Office, bookings(view.Rows))
			return err
		})
		if err == nil {
			w.frame.Notify(c.Request.Context(), "Mötena är skapade. Inga inbjudningar är skickade än.")
			return w.goTo(c, "/meetings?year="+view.Year)
		}
		mistakes = err
	}
	return w.datesAgain(c, mistakes, view)
}

// datesAgain shows the second page with what is wrong.
func (w *Web) datesAgain(c *gin.Context, mistakes error, view proposalView) error {
	if err := w.read(c, func(tx *store.Tx) error { return w.flag(tx, c, &view) }); err != nil {
		return err
	}
	if again := view.mistakes(); again != nil { // the rows were put in order since
		mistakes = again
	}
	return w.again(c, mistakes, &view.Page, "year-dates", func() any { return view })
}

// mistakes are what is wrong with the rows, by field.
func (v proposalView) mistakes() error {
	var wrong []error
	taken := 0
	for i, r := range v.Rows {
		if r.Take {
			taken++
		}
		if r.Error != "" {
			wrong = append(wrong, fault.On(fmt.Sprintf("date-%d", i), "%s: %s", r.Forum, strings.TrimSpace(r.Error)))
		}
	}
	if taken == 0 {
		return fault.New(fault.Invalid, "Välj minst ett möte att skapa.")
	}
	return fault.Join(wrong...)
}

// readRows reads the form of the second and third page.
func (w *Web) readRows(c *gin.Context) (url.Values, proposalView, error) {
	names := []string{"year", "onlyForum", "later", "step"}
	for i := range maxRows {
		for _, field := range rowFields {
			names = append(names, fmt.Sprintf("%s-%d", field, i))
		}
	}
	f, err := form(c, names...)
	if err != nil {
		return nil, proposalView{}, err
	}
	year, err := strconv.Atoi(f.Get("year"))
	if err != nil || year < 2000 || year > 2100 {
		return nil, proposalView{}, fault.On("year", "Välj ett år mellan 2000 och 2100.")
	}
	view := w.proposalFrame(c, strconv.Itoa(year))
	if only := optionalID(f.Get("onlyForum")); only != nil {
		view.Forum = only.String()
	}
	for i := range maxRows {
		get := func(field string) string { return f.Get(fmt.Sprintf("%s-%d", field, i)) }
		if id := optionalID(get("forumId")); id != nil {
			r := Row{ForumID: *id, Forum: cmp.Or(get("forum"), "?"), Date: get("date"), Starts: get("starts"), Ends: get("ends"), Place: get("place"),
				Reason: lang.Say("%s", get("reason")), Take: get("take") == "yes"}
			r.read(w.today(), view.Lang)
			view.Rows = append(view.Rows, r)
		}
	}
	return f, view, nil
}

// read reads what was typed. A row that is not to become a meeting may hold anything.
func (r *Row) read(today almanac.Date, l lang.Language) {
	t, err := timeOf(url.Values{"date": {r.Date}, "starts": {r.Starts}, "ends": {r.Ends}, "place": {r.Place}}, today)
	if err == nil {
		r.Time = &t
		return
	}
	if r.Take {
		if errs, other := fieldErrors(l, err); other == nil && len(errs) > 0 {
			r.Error = errs[0].Text
		}
	}
}
