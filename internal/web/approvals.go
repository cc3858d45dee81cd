package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// approvalView is a draft as somebody with an account is asked of it.
type approvalView struct {
	Page
	Submitted *minutes.Submitted
	Form      url.Values
	Door      string // what the forms' addresses begin with
	Ask       string
}

// Opened is the draft as finished notes are shown.
func (v approvalView) Opened() *minutes.Opened {
	return &minutes.Opened{Document: v.Submitted.Document}
}

func (w *Web) approval(c *gin.Context) error { return w.showApproval(c, url.Values{}, nil) }

func (w *Web) showApproval(c *gin.Context, typed url.Values, refused error) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := approvalView{Page: w.frameOf(c, "minutes", "Läs utkastet"), Form: typed, Door: "/minutes/" + minutesID.String()}
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		view.Submitted, err = minutes.ReadSubmitted(tx, actor(c), minutesID)
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "approval", func() any { return view })
	}
	return w.show(c, http.StatusOK, "approval", view)
}

// approve approves the draft that was read.
func (w *Web) approve(c *gin.Context) error {
	return w.onSubmitted(c, "hash", "Du har godkänt anteckningarna.", func(tx *store.Tx, r *minutes.Submitted, f url.Values) error {
		return r.Approve(tx, actor(c), f.Get("hash"))
	})
}

// object writes what somebody who was asked wants changed.
func (w *Web) object(c *gin.Context) error {
	return w.onSubmitted(c, "text", "Din synpunkt är sparad.", func(tx *store.Tx, r *minutes.Submitted, f url.Values) error {
		if err := r.Object(tx, actor(c), f.Get("text")); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "text")
	})
}

// onSubmitted does an act on a draft that the actor is asked of.
func (w *Web) onSubmitted(c *gin.Context, field, done string, act func(*store.Tx, *minutes.Submitted, url.Values) error) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, field)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		r, err := minutes.FindSubmitted(tx, actor(c), minutesID)
		if err != nil {
			return err
		}
		return act(tx, r, f)
	})
	if refusedOnPage(err) {
		return w.showApproval(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), done)
	return w.goTo(c, "/minutes/"+minutesID.String()+"/approval")
}

// submit sends a draft to be agreed on, as it was seen.
func (w *Web) submit(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "hash", "reason", "confirmed", "despite", "shareNotes", "tellOwners")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.Submit(tx, actor(c), w.Office, minutesID, secretariat.Ending{Hash: f.Get("hash"), Reason: f.Get("reason"), Confirmed: f.Get("confirmed")})
		return err
	})
	if kind := fault.KindOf(err); kind == fault.Conflict || kind == fault.Invalid {
		return w.showFinish(c, f, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Anteckningarna är skickade. De ändras inte förrän du tar tillbaka dem.")
	return w.goTo(c, "/minutes/"+minutesID.String()+"/finish")
}

// takeBack ends what is out, so that the text can be changed.
func (w *Web) takeBack(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := minutes.TakeBack(tx, actor(c), minutesID)
		return err
	}); err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Anteckningarna är tillbaka. När du har ändrat skickar du dem igen.")
	return w.goTo(c, "/meetings/"+w.meetingOf(c, minutesID)+"/notes")
}

// guestDraftView is a draft as a guest is asked of it.
type guestDraftView struct {
	guestView
	Draft *secretariat.GuestDraft
}

// Submitted is the draft, as whoever has an account is shown it.
func (v guestDraftView) Submitted() *minutes.Submitted { return v.Draft.Submitted }

// Opened is the draft as finished notes are shown.
func (v guestDraftView) Opened() *minutes.Opened {
	return &minutes.Opened{Document: v.Draft.Submitted.Document}
}

// guestDraft shows a draft to a contact whose mailbox was shown to be theirs, and to whoever else holds the link how that
// is done.
func (w *Web) guestDraft(c *gin.Context) error { return w.showGuestDraft(c, nil, nil) }

func (w *Web) showGuestDraft(c *gin.Context, typed url.Values, refused error) error {
	view, err := w.guest(c, "Läs utkastet")
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
	draft := guestDraftView{guestView: view}
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		draft.Draft, err = secretariat.ReadDraft(tx, c.Param("token"))
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &draft.Page, "guest-draft", func() any { return draft })
	}
	return w.show(c, http.StatusOK, "guest-draft", draft)
}

// approveByLink approves the draft that a guest has read.
func (w *Web) approveByLink(c *gin.Context) error {
	f, err := form(c, "hash")
	if err != nil {
		return err
	}
	return w.agreeByLink(c, f, forApproval, func(tx *store.Tx) error {
		return secretariat.AgreeByLink(tx, c.Param("token"), w.frame.GuestContact(c.Request.Context()), f.Get("hash"))
	})
}

// objectByLink writes what a guest wants changed.
func (w *Web) objectByLink(c *gin.Context) error {
	f, err := form(c, "text")
	if err != nil {
		return err
	}
	return w.agreeByLink(c, f, forView, func(tx *store.Tx) error {
		if err := secretariat.ObjectByLink(tx, c.Param("token"), w.frame.GuestContact(c.Request.Context()), f.Get("text")); err != nil {
			return err
		}
		return warned(tx, access.Guest(), f, "text")
	})
}

func (w *Web) agreeByLink(c *gin.Context, f url.Values, thanks string, act func(*store.Tx) error) error {
	err := w.write(c, act)
	if refusedOnPage(err) {
		return w.showGuestDraft(c, f, err)
	}
	if err != nil {
		return err
	}
	return w.thank(c, thanks)
}
