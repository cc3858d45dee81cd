package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Waiting is a parked letter as the list shows it.
type Waiting struct {
	post.ParkedLetter
	Reason  lang.Sentence
	Outcome lang.Sentence
}

type inboxView struct {
	Page
	Letters   []Waiting
	Mailboxes []post.Mailbox
	Number    int
	Pages     int
	Occupied  post.Occupied
	Left      int  // letters that stay in the mailbox for want of room
	Reads     bool // letters too; an administrator sees only whether the mailbox can be read
	Zone      *time.Location
}

func (w *Web) inbox(c *gin.Context) error {
	number, err := strconv.Atoi(c.DefaultQuery("page", "1"))
	if err != nil || number < 1 || number > 1_000_000 {
		return fault.On("page", "Sidan finns inte.")
	}
	view := inboxView{Page: w.frameOf(c, "inbox", "Inkorgen"), Number: number, Zone: w.Office.Zone, Reads: actor(c).Is(access.Coordinator)}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Mailboxes, err = post.Mailboxes(tx); err != nil {
			return err
		}
		for _, m := range view.Mailboxes {
			view.Left += int(m.LeftBehind)
		}
		if view.Occupied, err = post.Occupancy(tx, w.Office.Parking); err != nil || !view.Reads {
			return err
		}
		all, total, err := post.Parked(tx, actor(c), w.Office.Key, lettersPerPage, (number-1)*lettersPerPage)
		if err != nil {
			return err
		}
		for _, p := range all {
			view.Letters = append(view.Letters, Waiting{p, reasonOf(p), outcomeOf(p)})
		}
		view.Pages = max(1, (int(total)+lettersPerPage-1)/lettersPerPage)
		return nil
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "inbox", view)
}
