package web

import (
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

func (w *Web) closeAction(c *gin.Context) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "outcome", "next")
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := minutes.Close(tx, actor(c), itemID, f.Get("outcome"))
		return err
	}); err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Uppgiften är avslutad.")
	return w.goTo(c, localPath(f.Get("next")))
}

// reopenAction takes back that an action is done.
func (w *Web) reopenAction(c *gin.Context) error {
	return w.aboutAction(c, "Uppgiften är öppen igen.", func(tx *store.Tx, id uuid.UUID) error { return minutes.Reopen(tx, actor(c), id) })
}

// seeReport takes a report off the coordinator's list of what waits.
func (w *Web) seeReport(c *gin.Context) error {
	return w.aboutAction(c, "Rapporten är markerad som sedd.", func(tx *store.Tx, id uuid.UUID) error { return minutes.SeeReport(tx, actor(c), id) })
}

// aboutAction does something that the list of actions has a button for. done says it, a key of package
// lang.
func (w *Web) aboutAction(c *gin.Context, done string, verb func(*store.Tx, uuid.UUID) error) error {
	objectID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return verb(tx, objectID) }); err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), done)
	return w.goTo(c, "/minutes#reports")
}
