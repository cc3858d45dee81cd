package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"samverkan/internal/fault"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type answerView struct {
	Page
	Opened *secretariat.Opened
	Done   bool // just answered
	Past   bool
	Form   url.Values
	Door   string // the page's own address
	Ask    string // what its forms add to addresses
}

// invitation shows a meeting to whoever holds its link. It changes nothing, whoever fetches it: a
// scanner of mail, a preview, a person.
func (w *Web) invitation(c *gin.Context) error {
	return w.showInvitation(c, http.StatusOK, c.Query("sparat") != "", nil, nil)
}

func (w *Web) showInvitation(c *gin.Context, status int, done bool, typed url.Values, refused error) error {
	view := answerView{Done: done, Form: typed, Door: door(c), Ask: asked(c)}
	if view.Form == nil {
		view.Form = url.Values{}
	}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Opened, err = secretariat.Open(tx, c.Param("token")); err != nil {
			return err
		}
		view.Past = !view.Opened.Meeting.EndsAt.After(tx.Now)
		return nil
	}); err != nil {
		return err
	}
	speak(c, view.Opened.Invitation.Contact.Language)
	view.Page = w.frameOf(c, "", "Kan du komma?")
	view.Done = view.Done && view.Opened.Answer != nil
	if view.Opened.Meeting.Cancelled() {
		view.Title = "Mötet är inställt"
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "answer", func() any { return view })
	}
	return w.show(c, status, "answer", view)
}

// answer records what the button that was pressed says. The page has no default choice: a
// scanner that submits the form answers nothing.
func (w *Web) answer(c *gin.Context) error {
	f, err := form(c, "partStat", "substitute", "comment", "sequence")
	if err != nil {
		return err
	}
	sequence, err := strconv.ParseInt(f.Get("sequence"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "Formuläret gick inte att läsa. Läs in sidan igen.")
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.TakeAnswer(tx, c.Param("token"), sequence, replyOf(f))
		return err
	})
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return w.showInvitation(c, http.StatusUnprocessableEntity, false, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, back(c, "sparat", "1"))
}
