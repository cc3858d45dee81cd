package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/forum"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// projectorView is what those in the room see on the wall: the text alone. The page's title tells
// nothing, as it stands in windows and lists that others see.
type projectorView struct {
	notesView
	Agenda []minutes.DocumentAgenda
	Open   []minutes.ActionState // of the forum's earlier meetings, still to be done
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
		if view.Open, err = minutes.OpenOf(tx, actor(c), view.Minutes); err != nil {
			return err
		}
		return minutes.DraftOpened(tx, actor(c), view.Minutes.ID)
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "projector", view)
}

// KindOf gives what an item of the agenda is for.
func (v projectorView) KindOf(agendaItem uuid.UUID) forum.ItemKind {
	for _, a := range v.Minutes.Agenda {
		if a.ID == agendaItem {
			return a.Kind
		}
	}
	return forum.Free
}
