package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

type answerView struct {
	Page
	Opened *secretariat.Opened
	Done   bool // just answered
	Past   bool
	Moved  bool   // since the holder was asked; the new time is not answered
	Group  bool   // several read the letters: who of them comes is asked
	Coming bool   // the answer that counts is no no
	Video  string // address in the place, for one tap; empty: none
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
	view.fill()
	if refused != nil {
		return w.again(c, refused, &view.Page, "answer", func() any { return view })
	}
	return w.show(c, status, "answer", view)
}

// fill says what of the meeting and the answer the page shows first, and what it offers.
func (v *answerView) fill() {
	o := v.Opened
	v.Done = v.Done && o.Answer != nil
	v.Moved = o.Answer == nil && (o.Was != "" || o.Invitation.Last() != nil)
	v.Group = o.Invitation.Contact.Kind == partner.Mailbox
	if o.Answer != nil {
		v.Coming = o.Answer.PartStat == invite.Accepted || o.Answer.PartStat == invite.Tentative
		if !v.Form.Has("attending") {
			v.Form.Set("attending", o.Answer.Attending)
		}
	}
	switch {
	case o.Meeting.Cancelled():
		v.Title = "Mötet är inställt"
	case v.Past:
		v.Title = "Mötet har redan varit"
	default:
		if o.Answer != nil {
			v.Title = "Ditt svar"
		}
		v.Video = videoLink(o.Meeting.Place)
	}
}

// videoLink gives the first https address in a place. Another scheme could be anything.
func videoLink(place string) string {
	for _, word := range strings.Fields(place) {
		if at := strings.Index(word, "https://"); at >= 0 {
			address := strings.TrimRight(word[at:], ".,;:)>]\"'”’")
			if u, err := url.Parse(address); err == nil && u.Host != "" && u.User == nil { // user@ dresses one host up as another
				return address
			}
		}
	}
	return ""
}

// calendarFile gives the meeting as a file to keep in a calendar.
func (w *Web) calendarFile(c *gin.Context) error {
	var name string
	var file []byte
	if err := w.read(c, func(tx *store.Tx) (err error) {
		name, file, err = secretariat.CalendarFile(tx, w.Office, c.Param("token"))
		return err
	}); err != nil {
		return err
	}
	serve.Attachment(c, name, "text/calendar; charset=utf-8", file)
	return nil
}

// answer records what the button that was pressed says. The page has no default choice: a
// scanner that submits the form answers nothing.
func (w *Web) answer(c *gin.Context) error {
	f, err := form(c, "partStat", "attending", "substitute", "comment", "sequence")
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
