package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// guestOpenView is all that is open with a contact, as its link shows it.
type guestOpenView struct {
	guestView
	Here    *secretariat.OpenHere
	Refused string // the id of the action whose form was refused
	Done    bool   // something was just reported
}

// guestOpen shows whoever holds the link what is open, by number and day, and, to a contact whose mailbox was shown to be
// theirs, what it says.
func (w *Web) guestOpen(c *gin.Context) error { return w.showGuestOpen(c, nil, nil) }

func (w *Web) showGuestOpen(c *gin.Context, typed url.Values, refused error) error {
	guest, err := w.guest(c, "Öppet hos er")
	if err != nil {
		return err
	}
	view := guestOpenView{guestView: guest, Done: c.Query("sparat") != ""}
	if typed != nil {
		view.Form, view.Refused = typed, typed.Get("itemId")
		view.Sent = view.Sent || typed.Has("code")
	}
	open, known := w.read, w.frame.GuestContact(c.Request.Context())
	if known == guest.Guest.Contact.ID {
		open = w.write // showing the texts is logged
	}
	if err := open(c, func(tx *store.Tx) (err error) {
		view.Here, err = secretariat.OpenAll(tx, w.Office, c.Param("token"), known)
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "guest-open", func() any { return view })
	}
	return w.show(c, http.StatusOK, "guest-open", view)
}

// reportOpen records what the pressed button says of one action.
func (w *Web) reportOpen(c *gin.Context) error {
	f, err := form(c, "itemId", "state", "due", "comment")
	if err != nil {
		return err
	}
	said, err := w.saidOf(f)
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			if err := secretariat.ReportOpen(tx, w.Office, c.Param("token"), orNil(optionalID(f.Get("itemId"))), said); err != nil {
				return err
			}
			return warned(tx, actor(c), f, "comment")
		})
	}
	if refusedOnPage(err) {
		return w.guestPage(c, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, back(c, "sparat", "1"))
}
