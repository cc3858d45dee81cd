package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"samverkan/internal/poll"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// choiceFields are the fields of an answer to a date poll.
var choiceFields = func() []string {
	names := []string{"comment", "none"}
	for n := range int64(poll.MostInAll) {
		names = append(names, poll.Field(n))
	}
	return names
}()

// responseOf reads an answer. The button that says that no time suits answers no to as many as the page
// showed: one that was added since is not answered.
func responseOf(f url.Values) poll.Response {
	r := poll.Response{Comment: f.Get("comment")}
	none, _ := strconv.ParseInt(f.Get("none"), 10, 64) // not pressed is no number
	for n := range int64(poll.MostInAll) {
		answer := poll.Answer(f.Get(poll.Field(n)))
		if n < none {
			answer = poll.No
		}
		r.Answers = append(r.Answers, answer)
	}
	return r
}

type guestPollView struct {
	guestView
	Opened *secretariat.OpenedPoll
	Done   bool // just answered
}

// guestPoll shows a date poll to whoever holds its link. It changes nothing, whoever fetches it.
func (w *Web) guestPoll(c *gin.Context) error { return w.showGuestPoll(c, nil, nil) }

func (w *Web) showGuestPoll(c *gin.Context, typed url.Values, refused error) error {
	view := guestPollView{}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Opened, err = secretariat.OpenPoll(tx, c.Param("token"))
		return err
	}); err != nil {
		return err
	}
	o := view.Opened
	speak(c, o.Contact.Language)
	view.Guest, view.Door, view.Ask, view.Form, view.Done = o.Guest, door(c), asked(c), typed, c.Query("sparat") != "" && o.Reply != nil
	view.Page = w.frameOf(c, "", "När kan du träffas?")
	switch {
	case o.State == poll.Booked:
		view.Title = "Tiden är bestämd"
	case o.State != poll.Running:
		view.Title = "Det går inte att svara längre"
	case o.Reply != nil && o.Behind:
		view.Title = "Det finns nya tider att svara på"
	case o.Reply != nil:
		view.Title = "Ditt svar"
	}
	if view.Form == nil {
		view.Form = url.Values{}
		for _, t := range o.Times {
			view.Form.Set(poll.Field(t.Position), string(t.Answer))
		}
		if o.Reply != nil {
			view.Form.Set("comment", o.Reply.Comment)
		}
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "guest-poll", func() any { return view })
	}
	return w.show(c, http.StatusOK, "guest-poll", view)
}

// answerPoll records what was chosen for each time. Nothing is chosen beforehand: a scanner that submits
// the form answers nothing.
func (w *Web) answerPoll(c *gin.Context) error {
	f, err := form(c, choiceFields...)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		if err := secretariat.AnswerPoll(tx, c.Param("token"), responseOf(f)); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "comment")
	})
	if refusedOnPage(err) {
		return w.showGuestPoll(c, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, back(c, "sparat", "1"))
}
