package web

import (
	"net/http"
	"net/url"
	"regexp"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// doors are the purposes of links by the first segment of their address.
var doors = map[byte]access.Purpose{'i': access.ToAnswer, 'n': access.ToNotes, 'a': access.ToAction, 'g': access.ToApproval, 'p': access.ToPoll, 'd': access.ToDates, 'o': access.ToOverview, 'u': access.ToOpen, 'r': access.ToRelay, 'w': access.ToPlace}

// purposeOf tells what the link in a route's address is for.
func purposeOf(c *gin.Context) access.Purpose { return doors[c.FullPath()[1]] }

// tokenForm is how every token of ours looks. What looks otherwise is not repeated on a page.
var tokenForm = regexp.MustCompile(`^[a-z]+_[a-z2-7]{26}$`)

// door is the address of a link's page.
func door(c *gin.Context) string {
	token := c.Param("token")
	if !tokenForm.MatchString(token) {
		token = "unknown"
	}
	return c.FullPath()[:3] + token
}

// landing is the page that a request by a link belongs to: the papers of an invitation have one of their own.
func landing(c *gin.Context) string {
	if papersAsked(c) {
		return door(c) + "/papers"
	}
	return door(c)
}

// asked keeps the language that a guest chose in the addresses of a page's forms.
func asked(c *gin.Context) string {
	if l := c.Query("lang"); l != "" {
		return "?lang=" + string(lang.Parse(l))
	}
	return ""
}

// link adds the pages of a guest's link. One that opens nothing is told so, and how to get a new one.
func (w *Web) link(method, path string, h serve.Handler) {
	w.frame.Route(method, path, serve.ByToken, w.refuseLink, h)
	if method == http.MethodGet {
		w.frame.Route(http.MethodHead, path, serve.ByToken, w.refuseLink, h)
	}
}

// speak shows a guest's pages in the contact's own language, which the letter came in.
func speak(c *gin.Context, l lang.Language) {
	if a := actor(c); !a.SignedIn() {
		a.Language = l
		serve.SetActor(c, a)
	}
}

// guestView is what the page of a guest's link shows before a code, or beside what it opens.
type guestView struct {
	Page
	Guest *secretariat.Guest
	Door  string     // the page's own address
	Ask   string     // what its forms add to addresses: the language that was asked for
	Sent  bool       // a code was just sent
	Form  url.Values // what was typed in a form that was refused
}

// guest opens the link of a request for its page.
func (w *Web) guest(c *gin.Context, title string) (view guestView, err error) {
	err = w.read(c, func(tx *store.Tx) (err error) {
		view.Guest, err = secretariat.OpenGuest(tx, purposeOf(c), c.Param("token"))
		return err
	})
	if err != nil {
		return view, err
	}
	speak(c, view.Guest.Contact.Language)
	view.Page, view.Door, view.Ask, view.Sent, view.Form = w.frameOf(c, "", title), door(c), asked(c), c.Query("code") == "sent", url.Values{}
	return view, nil
}

// guestNotesView is finished notes as a guest reads them.
type guestNotesView struct {
	guestView
	Opened *secretariat.GuestNotes
}

// guestNotes shows finished notes to a contact whose mailbox was shown to be theirs, and to whoever
// else holds the link how that is done. Opening notes is logged, so it is done in a writing
// transaction.
func (w *Web) guestNotes(c *gin.Context) error { return w.showGuestNotes(c, nil, nil) }

func (w *Web) showGuestNotes(c *gin.Context, typed url.Values, refused error) error {
	view, err := w.guest(c, "Läs anteckningarna")
	if err != nil {
		return err
	}
	if typed != nil {
		view.Form, view.Sent = typed, true
	}
	if w.frame.GuestContact(c.Request.Context()) != view.Guest.Contact.ID {
		return w.askCode(c, view, refused)
	}
	notes := guestNotesView{guestView: view}
	if err := w.write(c, func(tx *store.Tx) (err error) {
		notes.Opened, err = secretariat.ReadNotes(tx, c.Param("token"))
		return err
	}); err != nil {
		return err
	}
	notes.Title, notes.TitleArgs = "%s", []any{notes.Opened.Document.Title}
	if refused != nil {
		return w.again(c, refused, &notes.Page, "guest-notes", func() any { return notes })
	}
	return w.show(c, http.StatusOK, "guest-notes", notes)
}

// askCode shows whoever holds a link how the mailbox is shown to be theirs.
func (w *Web) askCode(c *gin.Context, view guestView, refused error) error {
	if refused != nil {
		return w.again(c, refused, &view.Page, "guest-code", func() any { return view })
	}
	return w.show(c, http.StatusOK, "guest-code", view)
}

// guestPage shows the page of a link's purpose once more, with what was typed and why it was refused.
func (w *Web) guestPage(c *gin.Context, typed url.Values, refused error) error {
	switch purposeOf(c) {
	case access.ToAnswer:
		if papersAsked(c) {
			return w.showPapers(c, typed, refused)
		}
		return w.showInvitation(c, http.StatusUnprocessableEntity, false, typed, refused)
	case access.ToAction:
		return w.showGuestAction(c, typed, refused)
	case access.ToApproval:
		return w.showGuestDraft(c, typed, refused)
	case access.ToPoll:
		return w.showGuestPoll(c, typed, refused)
	case access.ToDates:
		return w.showGuestDates(c, typed, refused)
	case access.ToOverview:
		return w.showGuestOverview(c, typed, refused)
	case access.ToPlace:
		return w.showGuestPlace(c, typed, refused)
	case access.ToOpen:
		return w.showGuestOpen(c, typed, refused)
	}
	return w.showGuestNotes(c, typed, refused)
}

// refusedOnPage tells a refusal that a guest's page can show.
func refusedOnPage(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.TooMany:
		return err != nil
	}
	return false
}

// sendCode mails a one-time code to the address that we know.
func (w *Web) sendCode(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	err := w.write(c, func(tx *store.Tx) error {
		return secretariat.SendCode(tx, w.Office, purposeOf(c), c.Param("token"), c.ClientIP())
	})
	if refusedOnPage(err) {
		return w.guestPage(c, nil, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	return w.goTo(c, back(c, "code", "sent"))
}

// back is the address of a guest's page, with one more word, in the language that was asked for.
func back(c *gin.Context, name, value string) string {
	switch ask := asked(c); {
	case name == "":
		return landing(c) + ask
	case ask == "":
		return landing(c) + "?" + name + "=" + value
	default:
		return landing(c) + ask + "&" + name + "=" + value
	}
}

// enterCode remembers in this browser whose mailbox a right code came from.
func (w *Web) enterCode(c *gin.Context) error {
	f, err := form(c, "code")
	if err != nil {
		return err
	}
	var contact uuid.UUID
	if err := w.write(c, func(tx *store.Tx) (err error) {
		contact, err = secretariat.EnterCode(tx, w.Office, purposeOf(c), c.Param("token"), f.Get("code"))
		return err
	}); err != nil {
		return err
	}
	if contact == uuid.Nil {
		return w.guestPage(c, f, access.ErrCode())
	}
	if err := w.frame.RememberGuest(c.Request.Context(), contact); err != nil {
		return err
	}
	return w.goTo(c, back(c, "", ""))
}

// proposeSuccessor keeps who should have the letters instead.
func (w *Web) proposeSuccessor(c *gin.Context) error {
	f, err := form(c, "successorName", "successorEmail", "successorComment")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		if err := secretariat.ProposeSuccessor(tx, purposeOf(c), c.Param("token"),
			partner.Suggestion{Name: f.Get("successorName"), Email: f.Get("successorEmail"), Comment: f.Get("successorComment")}); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "successorComment")
	})
	if refusedOnPage(err) {
		return w.guestPage(c, f, err)
	}
	if err != nil {
		return err
	}
	return w.thank(c, forProposal)
}
