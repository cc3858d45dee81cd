package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// additionFields are the fields of the form by which a date poll is added to.
var additionFields = append(slices.DeleteFunc(slices.Clone(pollFields), func(name string) bool {
	return name == "forumId" || name == "shows" || name == "note"
}), "version")

// pollAdditions shows the form for more times and people.
func (w *Web) pollAdditions(c *gin.Context) error { return w.additionsForm(c, nil, nil) }

func (w *Web) additionsForm(c *gin.Context, typed url.Values, refused error) error {
	pollID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := pollFormView{Page: w.frameOf(c, "meetings", "Lägg till tider eller personer"), Form: typed}
	if err := w.read(c, func(tx *store.Tx) error {
		p, err := poll.Find(tx, actor(c), pollID)
		if err != nil {
			return err
		}
		return w.fillAdditions(tx, c, p, &view, fault.KindOf(refused) == fault.Conflict)
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "date-poll-additions", func() any { return view })
	}
	return w.show(c, http.StatusOK, "date-poll-additions", view)
}

// fillAdditions is the form of a new poll without what the poll has; nothing is ticked beforehand.
func (w *Web) fillAdditions(tx *store.Tx, c *gin.Context, p *poll.Poll, view *pollFormView, stale bool) error {
	fresh := view.Form == nil
	if fresh {
		view.Form = url.Values{"version": {strconv.FormatInt(p.Version, 10)}, "lastDay": {p.LastDay.String()}}
	}
	if err := w.fillPollForm(tx, c, &p.ForumID, view); err != nil {
		return err
	}
	if view.Poll = p; fresh {
		view.usualHours()
	}
	if stale { // it has been said, and is not said again
		view.Form.Set("version", strconv.FormatInt(p.Version, 10))
	}
	view.Offers = slices.DeleteFunc(view.Offers, func(o Offer) bool {
		return slices.ContainsFunc(p.Times, func(t poll.Time) bool {
			return t.Date == o.Date && t.Starts == o.Starts && t.Ends == o.Ends
		})
	})
	asked := func(contact partner.Contact) bool {
		return slices.ContainsFunc(p.Asked, func(a poll.Asked) bool { return a.ContactID == contact.ID })
	}
	view.Members, view.Others = slices.DeleteFunc(view.Members, asked), slices.DeleteFunc(view.Others, asked)
	return nil
}

// moreOf reads the form.
func moreOf(f url.Values, today almanac.Date) (m poll.More, version int64, err error) {
	version = versionOf(f)
	m = poll.More{Contacts: idsOf(f["contactId"]), Mandatory: idsOf(f["mandatoryId"])}
	times, timesErr := slotsOf(f, poll.MostTimes, today)
	last, lastErr := almanac.ParseDate(f.Get("lastDay"), today)
	m.Times, m.LastDay = times, last
	return m, version, fault.Join(timesErr, fault.At("lastDay", lastErr))
}

// reviewPollAdditions shows what adding would send, or, when one asks to change it, the form again.
func (w *Web) reviewPollAdditions(c *gin.Context) error {
	f, err := form(c, additionFields...)
	if err != nil {
		return err
	}
	if f.Get("step") == "edit" {
		f.Del("step")
		return w.additionsForm(c, f, nil)
	}
	return w.additionsReview(c, f, nil)
}

func (w *Web) additionsReview(c *gin.Context, f url.Values, refused error) error {
	pollID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := pollReviewView{Page: w.frameOf(c, "meetings", "Granska och skicka"), Warnings: map[uuid.UUID]string{}}
	more, version, err := moreOf(f, w.today())
	if err == nil {
		err = w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) (err error) {
			view.Review, err = secretariat.AddToPoll(tx, actor(c), w.Office, pollID, version, more)
			return err
		})
	}
	if err != nil {
		return w.additionsForm(c, f, err)
	}
	view.fill(f)
	if refused != nil {
		return w.again(c, refused, &view.Page, "date-poll-additions-review", func() any { return view })
	}
	return w.show(c, http.StatusOK, "date-poll-additions-review", view)
}

// addToPoll adds as it was reviewed. When what would be sent has changed since, the new review is shown.
func (w *Web) addToPoll(c *gin.Context) error {
	pollID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, additionFields...)
	if err != nil {
		return err
	}
	more, version, err := moreOf(f, w.today())
	if err != nil {
		return w.additionsForm(c, f, err)
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.DoAddToPoll(tx, actor(c), w.Office, pollID, version, more, f.Get("hash"))
		return err
	})
	switch fault.KindOf(err) {
	case fault.Conflict:
		return w.additionsReview(c, f, err)
	case fault.Invalid:
		return w.additionsForm(c, f, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Tillägget är sparat.")
	return w.goTo(c, "/date-polls/"+pollID.String())
}
