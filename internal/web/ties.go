package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

type tiesView struct {
	Page
	planRow
	Ties  *minutes.Ties
	Older []minutes.DecisionState // that a decision can stand in the place of
	Form  url.Values
}

// ties shows what a decision or an action is tied to, while it is written and afterwards.
func (w *Web) ties(c *gin.Context) error { return w.showTies(c, nil, nil) }

func (w *Web) showTies(c *gin.Context, typed url.Values, refused error) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := tiesView{Page: w.frameOf(c, "minutes", "Ersätter och rad i planen"), Form: typed}
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		if view.Ties, err = minutes.TiesOf(tx, actor(c), itemID); err != nil {
			return err
		}
		return view.fill(tx, actor(c))
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "ties", func() any { return view })
	}
	return w.show(c, http.StatusOK, "ties", view)
}

func (v *tiesView) fill(tx *store.Tx, a access.Actor) (err error) {
	if v.Older, err = v.Ties.Older(tx, a); err != nil {
		return err
	}
	if v.Form == nil {
		v.Form = url.Values{}
		for _, id := range v.Ties.Replaces {
			v.Form.Add("replacesId", id.String())
		}
		if v.Ties.Measure != nil {
			v.Form.Set("measureId", v.Ties.Measure.ID.String())
		}
	}
	if err := v.fillRow(tx, a, v.Form); err != nil {
		return err
	}
	return minutes.DraftOpened(tx, a, v.Ties.Minutes.ID)
}

// setTies keeps what is chosen.
func (w *Web) setTies(c *gin.Context) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "replacesId[]", "measureId")
	if err != nil {
		return err
	}
	var t *minutes.Ties
	err = w.write(c, func(tx *store.Tx) (err error) {
		if err := minutes.SetTies(tx, actor(c), itemID, idsOf(f["replacesId"]), rowOf(f)); err != nil {
			return err
		}
		t, err = minutes.TiesOf(tx, actor(c), itemID)
		return err
	})
	if err != nil && fault.KindOf(err) == fault.Invalid {
		return w.showTies(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Valet är sparat. Inget skickas.")
	return w.goTo(c, w.tiedTo(c, t))
}

// tiedTo is where one was before: the decision or action when it is finalised, or else the notes.
func (w *Web) tiedTo(c *gin.Context, t *minutes.Ties) string {
	path := map[minutes.Kind]string{minutes.Decision: "/decisions/", minutes.Action: "/actions/"}[t.Kind] + t.ItemID.String()
	err := w.read(c, func(tx *store.Tx) (err error) {
		if t.Kind == minutes.Action {
			_, err = minutes.FindAction(tx, t.ItemID)
		} else {
			err = minutes.FindDecision(tx, t.ItemID)
		}
		return err
	})
	if err != nil {
		return "/meetings/" + t.Minutes.MeetingID.String() + "/notes#p-" + t.ItemID.String()
	}
	return path
}
