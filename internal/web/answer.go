package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
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
	Remote bool   // it can be taken part in from elsewhere
	Letter string // who gets an invitation of their own by the answer that was just given, and where; empty: nobody
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
	v.Remote = o.Meeting.ByDistance()
	if o.Answer != nil {
		v.Coming = o.Answer.PartStat == invite.Accepted || o.Answer.PartStat == invite.Tentative
		if v.Done && o.Answer.SubstituteEmail != "" {
			v.Letter = cmp.Or(o.Answer.Substitute, o.Answer.Attending)
		}
	}
	v.fillIn(o.Invitation.Last())
	switch {
	case o.Meeting.Cancelled():
		v.Title = "Mötet är inställt"
	case v.Past:
		v.Title = "Mötet har redan varit"
	default:
		if o.Answer != nil {
			v.Title = "Ditt svar"
		}
		v.Video = meeting.VideoLink(o.Meeting.Place)
	}
}

// fillIn puts the names of the latest answer into the form, also after a move: who comes is often the same.
func (v *answerView) fillIn(last *invite.Answer) {
	if last == nil || v.Form.Has("substitute") {
		return
	}
	v.Form.Set("attending", last.Attending)
	v.Form.Set("substitute", last.Substitute)
	if last.PartStat == invite.Delegated {
		v.Form.Set("substituteEmail", last.SubstituteEmail)
	} else {
		v.Form.Set("attendingEmail", last.SubstituteEmail)
	}
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
	f, err := form(c, "partStat", "attending", "attendingEmail", "substitute", "substituteEmail", "comment", "sequence")
	if err != nil {
		return err
	}
	sequence, err := strconv.ParseInt(f.Get("sequence"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "Formuläret gick inte att läsa. Läs in sidan igen.")
	}
	token, reply := c.Param("token"), replyOf(f)
	if reply.SubstituteEmail+reply.AttendingEmail != "" {
		err = w.write(c, func(tx *store.Tx) error { return secretariat.TryAddress(tx, token, reply) })
	}
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			if _, err := secretariat.TakeAnswer(tx, w.Office, token, sequence, reply); err != nil {
				return err
			}
			return warned(tx, actor(c), f, "comment")
		})
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return w.showInvitation(c, http.StatusUnprocessableEntity, false, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, back(c, "sparat", "1"))
}
