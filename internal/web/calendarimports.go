package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/ical"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// maxCalendarFile leaves room in a form for what the review sends back with the file: its choices, and the line
// ends that a browser adds.
const maxCalendarFile = 800 << 10

// Whose the meetings of an uploaded calendar are, as the form says it.
const (
	theirMeetings  = "theirs"
	calledMeetings = "called"
)

type calendarImportView struct {
	Page
	Forums []forum.Forum
	Form   url.Values
}

type calendarReviewView struct {
	Page
	Review *secretariat.CalendarReview
	Form   url.Values
	Data   string // the file, which the browser sends back: the server keeps nothing of it
}

func (w *Web) calendarImport(c *gin.Context) error {
	return w.showCalendarImport(c, url.Values{"forumId": {c.Query("forum")}}, nil)
}

func (w *Web) showCalendarImport(c *gin.Context, f url.Values, refused error) error {
	view := calendarImportView{Page: w.frameOf(c, "meetings", "Läs in möten från en kalenderfil"), Form: f}
	if err := w.read(c, func(tx *store.Tx) error {
		all, err := forum.List(tx, actor(c))
		for _, one := range all {
			if actor(c).MayConvene(tx, one.ID) != nil {
				continue
			}
			view.Forums = append(view.Forums, one)
			if f.Get("forumId") == one.ID.String() && f.Get("whose") == "" {
				f.Set("whose", map[bool]string{true: calledMeetings, false: theirMeetings}[one.ConvenedBy == forum.Us])
			}
		}
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "calendar-import", func() any { return view })
	}
	return w.show(c, http.StatusOK, "calendar-import", view)
}

// uploadedCalendar reads the file of a form as text. It refuses as uploaded does, and one that is too large.
func uploadedCalendar(c *gin.Context) (string, error) {
	data, err := uploaded(c)
	if err != nil {
		return "", err
	}
	text := ical.Text(data)
	if len(text) > maxCalendarFile {
		return "", fault.On("file", "Filen är större än %d kB. Spara en kortare tid, eller bara det här forumets möten, i en egen fil.", maxCalendarFile>>10)
	}
	return text, nil
}

// calendarOf reads what a form says of a calendar.
func calendarOf(f url.Values, data string) (secretariat.Calendar, error) {
	var forumErr, whoseErr error
	chosen := optionalID(f.Get("forumId"))
	if chosen == nil {
		forumErr = fault.On("forumId", "Välj ett forum ur listan.")
	}
	whose := f.Get("whose")
	if whose != theirMeetings && whose != calledMeetings {
		whoseErr = fault.On("whose", "Välj ett av alternativen.")
	}
	return secretariat.Calendar{ForumID: orNil(chosen), Data: []byte(data), Called: whose == calledMeetings}, fault.Join(forumErr, whoseErr)
}

// reviewCalendar shows what an uploaded file would do.
func (w *Web) reviewCalendar(c *gin.Context) error {
	f, err := form(c, "forumId", "whose", "file") // a browser sends no file as an empty field
	if err != nil {
		return err
	}
	data, fileErr := uploadedCalendar(c)
	calendar, err := calendarOf(f, data)
	if err = fault.Join(err, fileErr); err != nil {
		return w.showCalendarImport(c, f, err)
	}
	return w.showCalendarReview(c, f, calendar, nil)
}

func (w *Web) showCalendarReview(c *gin.Context, f url.Values, calendar secretariat.Calendar, refused error) error {
	view := calendarReviewView{Page: w.frameOf(c, "meetings", "Granska mötena i filen"), Form: f, Data: string(calendar.Data)}
	err := w.read(c, func(tx *store.Tx) (err error) {
		view.Review, err = secretariat.ReviewCalendar(tx, actor(c), w.Office, calendar)
		return err
	})
	if err != nil {
		return w.showCalendarImport(c, f, err)
	}
	if refused == nil {
		return w.show(c, http.StatusOK, "calendar-review", view)
	}
	return w.again(c, refused, &view.Page, "calendar-review", func() any { return view })
}

// importCalendar takes in the chosen meetings of a file that was looked through. When something has changed since, the new
// review is shown.
func (w *Web) importCalendar(c *gin.Context) error {
	f, err := form(c, "forumId", "whose", "data", "hash", "take[]")
	if err != nil {
		return err
	}
	calendar, err := calendarOf(f, f.Get("data"))
	if err != nil {
		return w.showCalendarImport(c, f, err)
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.ImportCalendar(tx, actor(c), w.Office, calendar, f.Get("hash"), append([]string{}, f["take"]...))
		return err
	})
	if kind := fault.KindOf(err); kind == fault.Conflict || fault.Concerns(err, "take") {
		return w.showCalendarReview(c, f, calendar, err)
	} else if kind == fault.Invalid && err != nil {
		return w.showCalendarImport(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Mötena är inlästa. Inget brev har skickats.")
	return w.goTo(c, "/forums/"+calendar.ForumID.String())
}

// Chosen tells whether a row is ticked: as it was sent, or at first all without doubt.
func (v calendarReviewView) Chosen(row secretariat.CalendarRow) bool {
	if !v.Form.Has("hash") {
		return !row.Doubt
	}
	return slices.Contains(v.Form["take"], row.Key)
}
