package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// pollFields are the fields of the form of a date poll; its review carries them on.
var pollFields = func() []string {
	names := []string{"forumId", "slot[]", "lastDay", "shows", "contactId[]", "mandatoryId[]", "note", "hash", "step"}
	for n := range poll.MostTimes {
		names = append(names, fmt.Sprintf("date-%d", n), fmt.Sprintf("starts-%d", n), fmt.Sprintf("ends-%d", n))
	}
	return names
}()

// Offer is a time that can be ticked.
type Offer struct {
	poll.Slot
	Value string // as the form carries it
}

func offerOf(s poll.Slot) Offer {
	return Offer{s, s.Date.String() + " " + s.Starts.String() + " " + s.Ends.String()}
}

type pollFormView struct {
	Page
	Forum   *forum.Forum
	Poll    *poll.Poll    // that is added to; nil: a new one
	Forums  []forum.Forum // to choose among when none is chosen
	Form    url.Values
	Offers  []Offer
	Typed   []int             // rows for times of one's own
	Members []partner.Contact // of the forum
	Others  []partner.Contact
}

// newPoll shows the form, or the forums to choose among.
func (w *Web) newPoll(c *gin.Context) error { return w.pollForm(c, nil, nil) }

func (w *Web) pollForm(c *gin.Context, typed url.Values, refused error) error {
	view := pollFormView{Page: w.frameOf(c, "meetings", "Fråga efter en tid"), Form: typed}
	chosen := optionalID(c.Query("forum"))
	if typed != nil {
		chosen = optionalID(typed.Get("forumId"))
	}
	if err := w.read(c, func(tx *store.Tx) error { return w.fillPollForm(tx, c, chosen, &view) }); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "date-poll-form", func() any { return view })
	}
	return w.show(c, http.StatusOK, "date-poll-form", view)
}

func (w *Web) fillPollForm(tx *store.Tx, c *gin.Context, chosen *uuid.UUID, view *pollFormView) (err error) {
	a := actor(c)
	if chosen == nil {
		all, err := forum.List(tx, a)
		for _, f := range all {
			if f.ConvenedBy == forum.Us && a.MayConvene(tx, f.ID) == nil {
				view.Forums = append(view.Forums, f)
			}
		}
		return err
	}
	if err := a.MayConvene(tx, *chosen); err != nil {
		return err
	}
	if view.Forum, err = forum.Find(tx, a, *chosen); err != nil {
		return err
	}
	slots, err := secretariat.SuggestTimes(tx, a, w.Office, *chosen)
	if err != nil {
		return err
	}
	members, err := forum.Members(tx, a, *chosen)
	if err != nil {
		return err
	}
	for _, m := range members {
		view.Members = append(view.Members, m.Contact)
	}
	all, err := partner.Contacts(tx, a)
	if err != nil {
		return err
	}
	for _, contact := range partner.Standing(all) {
		if !slices.ContainsFunc(view.Members, func(m partner.Contact) bool { return m.ID == contact.ID }) {
			view.Others = append(view.Others, contact)
		}
	}
	view.offer(slots, w.today())
	return nil
}

// offer puts in the times to tick and, on a fresh form, what is usually chosen.
func (v *pollFormView) offer(slots []poll.Slot, today almanac.Date) {
	for _, s := range slots {
		v.Offers = append(v.Offers, offerOf(s))
	}
	for _, value := range v.Form["slot"] { // ticked before, and no longer among the free ones
		if s, err := slotOf(value); err == nil && !slices.ContainsFunc(v.Offers, func(o Offer) bool { return o.Value == value }) {
			v.Offers = append(v.Offers, offerOf(s))
		}
	}
	for n := range poll.MostTimes {
		v.Typed = append(v.Typed, n)
	}
	if v.Form != nil {
		return
	}
	v.Form = url.Values{"forumId": {v.Forum.ID.String()}, "shows": {string(poll.AfterOwn)}}
	last := today.AddDays(7)
	for n, o := range v.Offers {
		if n < 4 {
			v.Form.Add("slot", o.Value)
		}
	}
	for !almanac.IsWorkday(last) {
		last = last.AddDays(1)
	}
	v.Form.Set("lastDay", last.String())
	v.usualHours()
	for _, m := range v.Members {
		v.Form.Add("contactId", m.ID.String())
	}
}

// usualHours puts the forum's own into the rows for times of one's own.
func (v *pollFormView) usualHours() {
	for n := range poll.MostTimes {
		v.Form.Set(fmt.Sprintf("starts-%d", n), v.Forum.Starts.Swedish())
		v.Form.Set(fmt.Sprintf("ends-%d", n), (v.Forum.Starts + almanac.Clock(v.Forum.Minutes)).Swedish())
	}
}

// slotOf reads a ticked time back.
func slotOf(value string) (s poll.Slot, err error) {
	parts := strings.Split(value, " ")
	if len(parts) != 3 {
		return s, fault.On("times", "Formuläret gick inte att läsa. Läs in sidan igen.")
	}
	err = fault.Join(fault.At("times", s.Date.UnmarshalText([]byte(parts[0]))), fault.At("times", s.Starts.UnmarshalText([]byte(parts[1]))), fault.At("times", s.Ends.UnmarshalText([]byte(parts[2]))))
	return s, err
}

// wishOf reads the form. A row of one's own without a date is none.
func wishOf(f url.Values, today almanac.Date) (poll.Wish, error) {
	w := poll.Wish{ForumID: orNil(optionalID(f.Get("forumId"))), Shows: poll.Showing(f.Get("shows")), Note: f.Get("note"), Contacts: idsOf(f["contactId"]), Mandatory: idsOf(f["mandatoryId"])}
	var wrong []error
	if w.ForumID == uuid.Nil {
		wrong = append(wrong, fault.On("forumId", "Välj ett forum ur listan."))
	}
	times, timesErr := slotsOf(f, poll.MostTimes, today)
	last, lastErr := almanac.ParseDate(f.Get("lastDay"), today)
	w.Times, w.LastDay = times, last
	return w, fault.Join(append(wrong, timesErr, fault.At("lastDay", lastErr))...)
}

// slotsOf reads the times that were ticked and typed.
func slotsOf(f url.Values, rows int, today almanac.Date) (slots []poll.Slot, err error) {
	var wrong []error
	for _, value := range f["slot"] {
		s, err := slotOf(value)
		slots, wrong = append(slots, s), append(wrong, err)
	}
	for n := range rows {
		name := func(field string) string { return fmt.Sprintf("%s-%d", field, n) }
		if strings.TrimSpace(f.Get(name("date"))) == "" {
			continue
		}
		date, dateErr := almanac.ParseDate(f.Get(name("date")), today)
		starts, startsErr := almanac.ParseClock(f.Get(name("starts")))
		ends, endsErr := almanac.ParseClock(f.Get(name("ends")))
		slots = append(slots, poll.Slot{Date: date, Starts: starts, Ends: ends})
		wrong = append(wrong, fault.At(name("date"), dateErr), fault.At(name("starts"), startsErr), fault.At(name("ends"), endsErr))
	}
	return slots, fault.Join(wrong...)
}

// Carried is one field that a review repeats.
type Carried struct{ Name, Value string }

type pollReviewView struct {
	Page
	Review   *secretariat.PollReview
	Groups   []secretariat.Identical
	Warnings map[uuid.UUID]string // by time: the day is a red day or the like; keys of package lang
	Carry    []Carried
	Delay    int // seconds before the letters leave
}

// reviewPoll shows everything that asking would send, or, when one asks to change it, the form again.
func (w *Web) reviewPoll(c *gin.Context) error {
	f, err := form(c, pollFields...)
	if err != nil {
		return err
	}
	if f.Get("step") == "edit" {
		f.Del("step")
		return w.pollForm(c, f, nil)
	}
	return w.pollReview(c, f, nil)
}

func (w *Web) pollReview(c *gin.Context, f url.Values, refused error) error {
	view := pollReviewView{Page: w.frameOf(c, "meetings", "Granska och skicka"), Warnings: map[uuid.UUID]string{}, Delay: int(w.Office.Delay.Seconds())}
	wish, err := wishOf(f, w.today())
	if err == nil {
		err = w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) (err error) {
			view.Review, err = secretariat.AskPoll(tx, actor(c), w.Office, wish)
			return err
		})
	}
	if err != nil {
		return w.pollForm(c, f, err)
	}
	if err := w.glance(c, &view.Page, f, "note"); err != nil {
		return err
	}
	view.fill(f)
	if refused != nil {
		return w.again(c, refused, &view.Page, "date-poll-review", func() any { return view })
	}
	return w.show(c, http.StatusOK, "date-poll-review", view)
}

// fill puts in what the page says beside the review, and the form's fields to carry on.
func (v *pollReviewView) fill(f url.Values) {
	for _, t := range v.Review.Poll.Times {
		if reason, blocked := almanac.Blocked(t.Date); blocked {
			v.Warnings[t.ID] = v.Lang.Text(reason)
		}
	}
	v.Groups = v.Review.Group()
	for _, name := range slices.Sorted(maps.Keys(f)) {
		for _, value := range f[name] {
			if name != "hash" && name != "step" {
				v.Carry = append(v.Carry, Carried{name, value})
			}
		}
	}
}

// askPoll asks as it was reviewed. When what would be sent has changed since, the new review is shown.
func (w *Web) askPoll(c *gin.Context) error {
	f, err := form(c, pollFields...)
	if err != nil {
		return err
	}
	wish, err := wishOf(f, w.today())
	if err != nil {
		return w.pollForm(c, f, err)
	}
	var asked *secretariat.PollReview
	err = w.write(c, func(tx *store.Tx) (err error) {
		asked, err = secretariat.DoAskPoll(tx, actor(c), w.Office, wish, f.Get("hash"))
		return err
	})
	switch fault.KindOf(err) {
	case fault.Conflict:
		return w.pollReview(c, f, err)
	case fault.Invalid:
		return w.pollForm(c, f, err)
	}
	if err != nil {
		return err
	}
	if w.Office.Delay == 0 {
		w.sendsSoon()
	}
	w.frame.Notify(c.Request.Context(), "Tidsförfrågan är på väg.")
	return w.goTo(c, "/date-polls/"+asked.Poll.ID.String())
}
