package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// severalFields are the fields of the forms by which several meetings are called off.
var severalFields = []string{"meetingId[]", "reason", "note", "wait", "hash"}

type cancellationsView struct {
	Page
	Forum    *forum.Forum
	Meetings []meeting.Meeting
	Chosen   []uuid.UUID
	Form     url.Values
}

type cancellationsReviewView struct {
	Page
	Forum   *forum.Forum
	Review  *secretariat.SeveralReview
	Form    url.Values
	Delay   int    // seconds before the letters leave
	Waiting string // letters about one meeting that wait already are not told of here
}

// cancellable gives the meetings that can be called off.
func cancellable(now time.Time, all []meeting.Meeting) []meeting.Meeting {
	return slices.DeleteFunc(slices.Clone(all), func(m meeting.Meeting) bool { return m.Cancelled() || m.Held() || !m.StartsAt.After(now) })
}

// ourForum finds a forum that the actor convenes for us.
func ourForum(c *gin.Context, tx *store.Tx) (*forum.Forum, error) {
	forumID, err := id(c, "id")
	if err != nil {
		return nil, err
	}
	f, err := forum.Find(tx, actor(c), forumID)
	if err != nil {
		return nil, err
	}
	if f.ConvenedBy != forum.Us {
		return nil, fault.Missing()
	}
	return f, actor(c).MayConvene(tx, f.ID)
}

func (w *Web) cancellations(c *gin.Context) error { return w.cancellationsForm(c, url.Values{}, nil) }

// cancellationsForm lists the meetings to choose between, with what was chosen when it was refused.
func (w *Web) cancellationsForm(c *gin.Context, f url.Values, refused error) error {
	view := cancellationsView{Page: w.frameOf(c, "forums", "Ställ in flera möten"), Form: f, Chosen: chosenMeetings(f)}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Forum, err = ourForum(c, tx); err != nil {
			return err
		}
		all, _, err := meeting.List(tx, actor(c), meeting.Selection{ForumID: &view.Forum.ID, From: almanac.DateOf(tx.Now, w.Office.Zone)})
		view.Meetings = cancellable(tx.Now, all)
		return err
	}); err != nil {
		return err
	}
	if refused == nil {
		return w.show(c, http.StatusOK, "cancellations", view)
	}
	return w.again(c, refused, &view.Page, "cancellations", func() any { return view })
}

// chosenMeetings reads the meetings that a form names.
func chosenMeetings(f url.Values) []uuid.UUID { return idsOf(f["meetingId"]) }

// reviewCancellations shows everything that calling the chosen meetings off will send.
func (w *Web) reviewCancellations(c *gin.Context) error {
	f, err := form(c, severalFields...)
	if err != nil {
		return err
	}
	return w.severalReview(c, f, nil)
}

func (w *Web) severalReview(c *gin.Context, f url.Values, refused error) error {
	view := cancellationsReviewView{Page: w.frameOf(c, "forums", "Granska och skicka"), Form: f, Delay: int(w.Office.Delay.Seconds())}
	err := w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) (err error) {
		if view.Forum, err = ourForum(c, tx); err != nil {
			return err
		}
		view.Review, err = secretariat.CancelSeveral(tx, actor(c), w.office(f), view.Forum.ID, chosenMeetings(f), f.Get("reason"), f.Get("note"))
		return err
	})
	switch kind := fault.KindOf(err); {
	case err == nil:
	case kind == fault.Conflict || kind == fault.Invalid:
		return w.cancellationsForm(c, f, err)
	default:
		return err
	}
	if err := w.glance(c, &view.Page, f, "reason", "note"); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "cancellations-review", func() any { return view })
	}
	return w.show(c, http.StatusOK, "cancellations-review", view)
}

// cancelSeveral calls off what was reviewed. When what would be sent has changed since, the new review is shown.
func (w *Web) cancelSeveral(c *gin.Context) error {
	f, err := form(c, severalFields...)
	if err != nil {
		return err
	}
	var of *forum.Forum
	err = w.write(c, func(tx *store.Tx) (err error) {
		if of, err = ourForum(c, tx); err != nil {
			return err
		}
		return secretariat.DoCancelSeveral(tx, actor(c), w.office(f), of.ID, chosenMeetings(f), f.Get("reason"), f.Get("note"), f.Get("hash"))
	})
	switch fault.KindOf(err) {
	case fault.Conflict:
		return w.severalReview(c, f, err)
	case fault.Invalid:
		return w.cancellationsForm(c, f, err)
	}
	if err != nil {
		return err
	}
	if w.Office.Delay == 0 {
		w.sendsSoon()
	}
	w.frame.Notify(c.Request.Context(), "Mötena är inställda.")
	return w.goTo(c, "/forums/"+of.ID.String())
}
