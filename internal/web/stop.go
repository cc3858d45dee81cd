package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type stopView struct {
	Page
	Stopping *secretariat.Stopping
	Door     string
	Ask      string
}

// stopPage shows one button to whoever holds the link of a reminder. It changes nothing.
func (w *Web) stopPage(c *gin.Context) error {
	view := stopView{Door: door(c), Ask: asked(c)}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Stopping, err = secretariat.OpenStop(tx, c.Param("token"))
		return err
	}); err != nil {
		return err
	}
	speak(c, view.Stopping.Language)
	view.Page = w.frameOf(c, "", "Påminnelser")
	return w.show(c, http.StatusOK, "stop", view)
}

// oneClick is the field that a mail program posts by itself (RFC 8058 §3.2).
const oneClick = "List-Unsubscribe"

// stopReminders stops them, for whoever pressed the button and for a mail program alike. A program is
// answered at once: RFC 8058 §3.1 wants no redirect.
func (w *Web) stopReminders(c *gin.Context) error {
	f, err := form(c, oneClick)
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return secretariat.StopReminders(tx, c.Param("token"), true) }); err != nil {
		return err
	}
	if f.Has(oneClick) {
		return w.stopPage(c)
	}
	return w.goTo(c, back(c, "", ""))
}

func (w *Web) resumeReminders(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return secretariat.StopReminders(tx, c.Param("token"), false) }); err != nil {
		return err
	}
	return w.goTo(c, back(c, "", ""))
}

// chooseReminders remembers what an account's owner wants by mail.
func (w *Web) chooseReminders(c *gin.Context) error {
	f, err := form(c, "digest", "reminders")
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		return secretariat.ChooseReminders(tx, actor(c), w.Office, access.Rhythm(f.Get("digest")), f.Get("reminders") == "yes")
	}); err != nil {
		return w.showAccount(c, accountView{}, err)
	}
	return w.done(c, "Valet är sparat.", "/account")
}
