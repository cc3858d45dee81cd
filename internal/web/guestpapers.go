package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// papersView is the files of a meeting as a guest who is called sees them.
type papersView struct {
	guestView
	Papers []minutes.Attachment
}

// papersAsked tells the routes of an invitation's papers from those of its answer, which wants no code.
func papersAsked(c *gin.Context) bool {
	rest, ours := strings.CutPrefix(c.FullPath(), "/i/:token/")
	return ours && (rest == "papers" || rest == "code" || rest == "entry" || strings.HasPrefix(rest, "attachments/"))
}

// papers lists the files that are shown to those who are called, to a contact whose mailbox was shown to be
// theirs, and shows whoever else holds the link how that is done.
func (w *Web) papers(c *gin.Context) error { return w.showPapers(c, nil, nil) }

func (w *Web) showPapers(c *gin.Context, typed url.Values, refused error) error {
	view, err := w.guest(c, "Läs handlingarna")
	if err != nil {
		return err
	}
	if view.Guest.Papers == 0 { // the last one was taken away, and the invitation stands
		return w.goTo(c, door(c)+asked(c))
	}
	if typed != nil {
		view.Form, view.Sent = typed, true
	}
	if w.frame.GuestContact(c.Request.Context()) != view.Guest.Contact.ID {
		return w.askCode(c, view, refused)
	}
	papers := papersView{guestView: view}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		papers.Papers, err = secretariat.Papers(tx, c.Param("token"))
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &papers.Page, "guest-papers", func() any { return papers })
	}
	return w.show(c, http.StatusOK, "guest-papers", papers)
}
