package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type finishView struct {
	Page
	Review  *secretariat.FinishReview
	Form    url.Values
	Blocked bool // a personal number stands in the text
}

func (w *Web) finish(c *gin.Context) error {
	return w.showFinish(c, url.Values{"reason": {c.Query("reason")}}, nil)
}

func (w *Web) showFinish(c *gin.Context, f url.Values, refused error) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := finishView{Page: w.frameOf(c, "minutes", "Avsluta mötet"), Form: f}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Review, err = secretariat.ReviewFinish(tx, actor(c), w.Office, minutesID, f.Get("reason"))
		return err
	}); err != nil {
		return err
	}
	for _, s := range view.Review.Suspects {
		view.Blocked = view.Blocked || s.Blocks
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "finish", func() any { return view })
	}
	return w.show(c, http.StatusOK, "finish", view)
}

// doFinish freezes, passes on and writes to the leads, in one act. When anything is not as it was
// seen, the review is shown anew.
func (w *Web) doFinish(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "hash", "reason", "confirmed")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.Finish(tx, actor(c), w.Office, minutesID, f.Get("hash"), f.Get("reason"), f.Get("confirmed"))
		return err
	})
	if kind := fault.KindOf(err); kind == fault.Conflict || kind == fault.Invalid {
		return w.showFinish(c, f, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Anteckningarna är färdigställda och kan inte ändras.")
	return w.goTo(c, "/minutes/"+minutesID.String())
}

type minutesView struct {
	Page
	Opened    *minutes.Opened
	Receivers []Receiver
	Keeps     bool // may correct and close actions
	Zone      *time.Location
}

// Named tells the names of an item's receivers.
func (v minutesView) Named(ids []uuid.UUID) string { return names(v.Receivers, ids) }

// minutes shows a finalised version. Opening it is logged, so it is done in a writing transaction.
func (w *Web) minutes(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	number := int64(0)
	if asked := c.Query("version"); asked != "" {
		if number, err = strconv.ParseInt(asked, 10, 64); err != nil || number < 1 {
			return fault.Missing()
		}
	}
	view := minutesView{Page: w.frameOf(c, "minutes", "%s"), Zone: w.Office.Zone}
	if err := w.write(c, func(tx *store.Tx) (err error) {
		if view.Opened, err = minutes.Read(tx, actor(c), minutesID, number); err != nil {
			return err
		}
		view.Keeps = actor(c).MayConvene(tx, view.Opened.Minutes.Meeting.ForumID) == nil
		view.Receivers, err = receivers(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	view.TitleArgs = []any{view.Opened.Document.Forum}
	return w.show(c, http.StatusOK, "minutes", view)
}

type minutesListView struct {
	Page
	Minutes []minutes.Minutes
	Actions []minutes.ActionState
	Number  int
	Pages   int
}

const minutesPerPage = 30

func (w *Web) minutesList(c *gin.Context) error {
	number, err := strconv.Atoi(c.DefaultQuery("page", "1"))
	if err != nil || number < 1 || number > 1_000_000 {
		return fault.Missing()
	}
	view := minutesListView{Page: w.frameOf(c, "minutes", "Anteckningar"), Number: number}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		var total int64
		if view.Minutes, total, err = minutes.List(tx, actor(c), minutesPerPage, (number-1)*minutesPerPage); err != nil {
			return err
		}
		view.Pages = max(1, (int(total)+minutesPerPage-1)/minutesPerPage)
		view.Actions, err = minutes.Actions(tx, actor(c), true)
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "minutes-list", view)
}

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
