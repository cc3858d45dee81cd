package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type paperView struct {
	Page
	Paper *secretariat.Paper
}

// paper shows a contact's letter about a meeting, to print.
func (w *Web) paper(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	contactID, err := id(c, "contact")
	if err != nil {
		return err
	}
	view := paperView{Page: w.frameOf(c, "meetings", "Kallelse att skriva ut")}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Paper, err = secretariat.WritePaper(tx, actor(c), w.Office, meetingID, contactID)
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "paper", view)
}
