package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

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
	f, err := form(c, "state", "due", "comment")
	if err != nil {
		return err
	}
	said, err := w.saidOf(f)
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			if _, err := secretariat.ReportAction(tx, w.Office, c.Param("token"), said); err != nil {
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
	return w.thank(c, said.Kind)
}
