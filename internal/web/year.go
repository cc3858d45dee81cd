package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Row is one proposed meeting as the page shows it, with what was typed over it.
type Row struct {
	ForumID uuid.UUID
	Forum   string
	Date    string
	Long    string
	Week    int
	Starts  string
	Ends    string
	Place   string
	Reason  lang.Sentence
	Warning string // the typed date is a red day or the like
	Take    bool
	Error   string
}

type yearView struct {
	Page
	Year     string
	Next     string
	Previous string
	Forum    string // id: only this one's
	Rows     []Row
	Remarks  []secretariat.Remark
}

// maxRows bounds what one form books.
const maxRows = 200

func (w *Web) year(c *gin.Context) error {
	year := w.today().Year + 1
	if asked := c.Query("year"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil {
			return fault.On("year", "Välj ett år mellan 2000 och 2100.")
		}
		year = n
	}
	view := w.yearFrame(c, year)
	var forums []uuid.UUID
	if chosen := optionalID(c.Query("forum")); chosen != nil {
		forums, view.Forum = []uuid.UUID{*chosen}, chosen.String()
	}
	if err := w.read(c, func(tx *store.Tx) error {
		y, err := secretariat.ProposeYear(tx, actor(c), w.Office, year, forums)
		if err != nil {
			return err
		}
		view.Remarks = y.Remarks
		for _, p := range y.Proposed {
			_, week := p.Time.Date.Week()
			view.Rows = append(view.Rows, Row{ForumID: p.Forum.ID, Forum: p.Forum.Name, Date: p.Time.Date.String(), Long: almanac.Long(p.Time.Date, view.Lang), Week: week,
				Starts: p.Time.Starts.Swedish(), Ends: p.Time.Ends.Swedish(), Place: p.Time.Place, Reason: p.Reason, Take: true})
		}
		return nil
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "year", view)
}

func (w *Web) yearFrame(c *gin.Context, year int) yearView {
	text := strconv.Itoa(year)
	return yearView{Page: w.frameOf(c, "meetings", "Planera %s", text), Year: text, Next: strconv.Itoa(year + 1), Previous: strconv.Itoa(year - 1)}
}

// bookYear stores the rows that are ticked. Nothing is sent. A row that does not hold sends all of
// them back, as they were typed.
func (w *Web) bookYear(c *gin.Context) error {
	names := []string{"year", "rows"}
	for i := range maxRows {
		for _, field := range []string{"take", "forumId", "forum", "date", "starts", "ends", "place", "reason"} {
			names = append(names, fmt.Sprintf("%s-%d", field, i))
		}
	}
	f, err := form(c, names...)
	if err != nil {
		return err
	}
	year, _ := strconv.Atoi(f.Get("year"))
	view := w.yearFrame(c, year)
	bookings, rows, mistakes := w.bookings(f, view.Lang)
	view.Rows = rows
	if len(bookings) == 0 && mistakes == nil {
		mistakes = fault.New(fault.Invalid, "Välj minst ett möte att skapa.")
	}
	if mistakes == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := secretariat.BookYear(tx, actor(c), w.Office, bookings)
			return err
		})
		if err == nil {
			w.frame.Notify(c.Request.Context(), "Mötena är skapade. Inga inbjudningar är skickade än.")
			return w.goTo(c, "/meetings?year="+view.Year)
		}
		mistakes = err
	}
	return w.again(c, mistakes, &view.Page, "year", func() any { return view })
}

// bookings reads the rows.
func (w *Web) bookings(f url.Values, l lang.Language) (bookings []secretariat.Booking, rows []Row, mistakes error) {
	var wrong []error
	for i := range maxRows {
		get := func(field string) string { return f.Get(fmt.Sprintf("%s-%d", field, i)) }
		forum := optionalID(get("forumId"))
		if forum == nil {
			continue
		}
		row := Row{ForumID: *forum, Forum: get("forum"), Date: get("date"), Starts: get("starts"), Ends: get("ends"), Place: get("place"),
			Reason: lang.Say("%s", get("reason")), Take: get("take") == "yes"}
		if row.Take {
			t, err := timeOf(url.Values{"date": {row.Date}, "starts": {row.Starts}, "ends": {row.Ends}, "place": {row.Place}}, w.today())
			if err != nil {
				errs, _ := fieldErrors(l, err)
				row.Error = errs[0].Text
				wrong = append(wrong, fault.On(fmt.Sprintf("date-%d", i), "%s: %s", row.Forum, strings.TrimSpace(row.Error)))
			} else {
				_, row.Week = t.Date.Week()
				row.Long = almanac.Long(t.Date, l)
				if reason, blocked := almanac.Blocked(t.Date); blocked {
					row.Warning = l.Text(reason)
				}
				bookings = append(bookings, secretariat.Booking{ForumID: *forum, Time: t})
			}
		}
		rows = append(rows, row)
	}
	return bookings, rows, fault.Join(wrong...)
}
