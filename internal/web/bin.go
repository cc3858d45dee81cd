package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type binView struct {
	Page
	Meetings []meeting.Binned
}

// bin shows the meetings that were deleted and can be restored still.
func (w *Web) bin(c *gin.Context) error {
	view := binView{Page: w.frameOf(c, "meetings", "Papperskorg")}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Meetings, err = meeting.Bin(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "bin", view)
}

func (w *Web) deleteMeeting(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version")
	if err != nil {
		return err
	}
	version := versionOf(f)
	err = w.write(c, func(tx *store.Tx) error { return secretariat.Delete(tx, actor(c), meetingID, version) })
	if fault.KindOf(err) == fault.Conflict {
		return w.showMeeting(c, err, nil)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Mötet ligger i papperskorgen.")
	return w.goTo(c, "/bin")
}

func (w *Web) restoreMeeting(c *gin.Context) error {
	return w.onMeeting(c, "Mötet är återställt.", "", func(tx *store.Tx, meetingID uuid.UUID) error {
		_, err := meeting.Restore(tx, actor(c), meetingID)
		return err
	})
}
