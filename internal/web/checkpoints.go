package web

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

type checkpointsView struct {
	Page
	Minutes     *minutes.Minutes
	Checkpoints []minutes.Checkpoint
	Names       map[uuid.UUID]string
	Zone        *time.Location

	Checkpoint  minutes.Checkpoint   // of one's own page
	Differences []minutes.Difference // since then
}

// Began says who went on from a checkpoint.
func (v checkpointsView) Began(c minutes.Checkpoint) string {
	if name := v.Names[orNil(c.IdentityID)]; name != "" {
		return v.Lang.Text("Innan %s skrev vidare", name)
	}
	return v.Lang.Text("Innan någon skrev vidare")
}

// checkpoints lists the states that the notes of a meeting have had. It tells nothing of what they say.
func (w *Web) checkpoints(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := checkpointsView{Page: w.frameOf(c, "minutes", "Tidigare lägen"), Zone: w.Office.Zone}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Minutes, err = draftOf(tx, actor(c), meetingID); err != nil {
			return err
		}
		if view.Checkpoints, err = minutes.Checkpoints(tx, actor(c), view.Minutes.ID); err != nil {
			return err
		}
		view.Names, err = beginners(tx, view.Checkpoints)
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "checkpoints", view)
}

// draftOf gives the working text of a meeting to whoever keeps its notes.
func draftOf(tx *store.Tx, by access.Actor, meetingID uuid.UUID) (*minutes.Minutes, error) {
	m, err := minutes.OfMeeting(tx, by, meetingID)
	if err == nil && m == nil {
		err = fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	return minutes.Draft(tx, by, m.ID)
}

func beginners(tx *store.Tx, all []minutes.Checkpoint) (map[uuid.UUID]string, error) {
	var ids []uuid.UUID
	for _, c := range all {
		if c.IdentityID != nil {
			ids = append(ids, *c.IdentityID)
		}
	}
	return access.NamesOf(tx, ids)
}

// checkpoint shows what has changed since a checkpoint. Opening it is logged.
func (w *Web) checkpoint(c *gin.Context) error {
	checkpointID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := checkpointsView{Page: w.frameOf(c, "minutes", "Läget %s"), Zone: w.Office.Zone}
	if err := w.write(c, func(tx *store.Tx) (err error) {
		found, differences, m, err := minutes.OpenCheckpoint(tx, actor(c), checkpointID)
		if err != nil {
			return err
		}
		view.Checkpoint, view.Differences, view.Minutes = *found, differences, m
		view.Names, err = beginners(tx, []minutes.Checkpoint{*found})
		return err
	}); err != nil {
		return err
	}
	view.TitleArgs = []any{moment(view.Lang, view.Checkpoint.At, view.Zone)}
	return w.show(c, http.StatusOK, "checkpoint", view)
}

func (w *Web) restoreCheckpoint(c *gin.Context) error {
	checkpointID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	var m *minutes.Minutes
	if err := w.write(c, func(tx *store.Tx) (err error) {
		m, err = minutes.Restore(tx, actor(c), checkpointID)
		return err
	}); err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Anteckningarna är återställda.")
	return w.goTo(c, "/meetings/"+m.MeetingID.String()+"/notes")
}
