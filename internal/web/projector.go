package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// projectorView is what those in the room see on the wall: the text alone. The page's title tells
// nothing, as it stands in windows and lists that others see.
type projectorView struct {
	notesView
	Agenda []minutes.DocumentAgenda
}

func (w *Web) projector(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := projectorView{notesView: notesView{Page: w.frameOf(c, "minutes", "Anteckningar")}}
	view.Bare = true
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged, once a sitting
		if view.Minutes, err = draftOf(tx, actor(c), meetingID); err != nil {
			return err
		}
		if view.Agenda, err = view.Minutes.Numbered(tx); err != nil {
			return err
		}
		return minutes.DraftOpened(tx, actor(c), view.Minutes.ID)
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "projector", view)
}
