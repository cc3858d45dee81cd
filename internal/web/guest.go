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
var doors = map[byte]access.Purpose{'i': access.ToAnswer, 'n': access.ToNotes, 'a': access.ToAction, 'r': access.ToRelay}

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

// link adds the pages of a guest's link. One that opens nothing is told so, and how to get a new one.
func (w *Web) link(method, path string, h serve.Handler) {
	w.frame.Route(method, path, serve.ByToken, w.refuseLink, h)
	if method == http.MethodGet {
		w.frame.Route(http.MethodHead, path, serve.ByToken, w.refuseLink, h)
	}
}

type deadLinkView struct {
	Page
	Action string
}

// refuseLink answers alike for a token that is unknown, mistyped, revoked or has run out.
func (w *Web) refuseLink(c *gin.Context, err error) {
	if fault.KindOf(err) != fault.NotFound {
		w.refuse(c, err)
		return
	}
	view := deadLinkView{w.frameOf(c, "", "Länken gäller inte"), door(c) + "/renewal"}
	if err := w.show(c, http.StatusNotFound, "link-dead", view); err != nil {
		w.Log.Error("error page", "error", err)
		c.String(http.StatusNotFound, "Länken gäller inte.")
	}
}

// renewLink keeps the wish for a new link. The answer is the same for every token.
func (w *Web) renewLink(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		return secretariat.AskForLink(tx, purposeOf(c), c.Param("token"), c.ClientIP())
	}); err != nil {
		return err
	}
	w.sendsSoon()
	return w.thank(c, forRenewal)
}

type thanksView struct {
	Page
	Text lang.Sentence
}

// What a guest may have sent.
const (
	forRenewal  = "renewal"
	forProposal = "proposal"
	forDone     = "done"
	forProgress = "progress"
)

// thanked are the receipts of what a guest has sent: keys of package lang.
var thanked = map[string]string{
	forRenewal:  "Om länken har gällt och du fortfarande är med skickas en ny till din adress.",
	forProposal: "Samordnaren får veta vem du tycker ska ha brevet.",
	forDone:     "Uppgiften är rapporterad som klar.",
	forProgress: "Samordnaren får veta hur det går.",
}

// thanks is the receipt. It names nothing, so anybody may see it.
func (w *Web) thanks(c *gin.Context) error {
	text, known := thanked[c.Query("for")]
	if !known {
		return fault.Missing()
	}
	return w.show(c, http.StatusOK, "thanks", thanksView{w.frameOf(c, "", "Tack"), lang.Say(text)})
}

// thank leads to the receipt, in the language of the page that was sent.
func (w *Web) thank(c *gin.Context, what string) error {
	return w.goTo(c, "/thanks?"+url.Values{"for": {what}, "lang": {string(language(c))}}.Encode())
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
	view.Page, view.Door, view.Sent, view.Form = w.frameOf(c, "", title), door(c), c.Query("code") == "sent", url.Values{}
	return view, nil
}

// guestNotesView is finished notes as a guest reads them.
type guestNotesView struct {
	guestView
	Opened *secretariat.GuestNotes
}

// Named tells the names of an item's receivers.
func (v guestNotesView) Named(ids []uuid.UUID) string { return v.Opened.Named(ids) }

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
		if refused != nil {
			return w.again(c, refused, &view.Page, "guest-code", func() any { return view })
		}
		return w.show(c, http.StatusOK, "guest-code", view)
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

// guestPage shows the page of a link's purpose once more, with what was typed and why it was refused.
func (w *Web) guestPage(c *gin.Context, typed url.Values, refused error) error {
	switch purposeOf(c) {
	case access.ToAnswer:
		return w.showInvitation(c, http.StatusUnprocessableEntity, false, typed, refused)
	case access.ToAction:
		return w.showGuestAction(c, typed, refused)
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
	return w.goTo(c, w.back(c, "code", "sent"))
}

// back is the address of a guest's page, with one more word, in the language that was asked for.
func (w *Web) back(c *gin.Context, name, value string) string {
	q := url.Values{}
	if name != "" {
		q.Set(name, value)
	}
	if l := c.Query("lang"); l != "" {
		q.Set("lang", string(lang.Parse(l)))
	}
	if len(q) == 0 {
		return door(c)
	}
	return door(c) + "?" + q.Encode()
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
	return w.goTo(c, w.back(c, "", ""))
}

// proposeSuccessor keeps who should have the letters instead.
func (w *Web) proposeSuccessor(c *gin.Context) error {
	f, err := form(c, "successorName", "successorEmail", "successorComment")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		return secretariat.ProposeSuccessor(tx, purposeOf(c), c.Param("token"),
			partner.Suggestion{Name: f.Get("successorName"), Email: f.Get("successorEmail"), Comment: f.Get("successorComment")})
	})
	if refusedOnPage(err) {
		return w.guestPage(c, f, err)
	}
	if err != nil {
		return err
	}
	return w.thank(c, forProposal)
}

// guestActionView is an action as its link shows it.
type guestActionView struct {
	guestView
	Action *secretariat.ReportedAction
}

// guestAction shows whoever holds the link to an action what it is called and when it is due, and,
// to a contact whose mailbox was shown to be theirs, what it says.
func (w *Web) guestAction(c *gin.Context) error { return w.showGuestAction(c, nil, nil) }

func (w *Web) showGuestAction(c *gin.Context, typed url.Values, refused error) error {
	guest, err := w.guest(c, "Rapportera uppgiften")
	if err != nil {
		return err
	}
	view := guestActionView{guestView: guest}
	if typed != nil {
		view.Form = typed
		view.Sent = view.Sent || typed.Has("code")
	}
	open, known := w.read, w.frame.GuestContact(c.Request.Context())
	if known == guest.Guest.Contact.ID {
		open = w.write // showing the text is logged
	}
	if err := open(c, func(tx *store.Tx) (err error) {
		view.Action, err = secretariat.OpenAction(tx, c.Param("token"), known)
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "guest-action", func() any { return view })
	}
	return w.show(c, http.StatusOK, "guest-action", view)
}

// reportAction records what the pressed button says of an action.
func (w *Web) reportAction(c *gin.Context) error {
	f, err := form(c, "state", "comment")
	if err != nil {
		return err
	}
	state := f.Get("state")
	err = fault.On("state", "Välj ett av alternativen.")
	if state == forDone || state == forProgress {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := secretariat.ReportAction(tx, c.Param("token"), state == forDone, f.Get("comment"))
			return err
		})
	}
	if refusedOnPage(err) {
		return w.guestPage(c, f, err)
	}
	if err != nil {
		return err
	}
	return w.thank(c, state)
}
