package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// Month is a list of meetings under a heading.
type Month struct {
	Year     string
	Month    int
	Meetings []meeting.Meeting
}

type meetingsView struct {
	Page
	Months   []Month
	YearText string
	Before   string
	After    string
	MayPlan  bool
	Forums   []forum.Title
	Forum    string // the one chosen; empty: all
	State    string // the one chosen; empty: all
	Count    int
	Hidden   []followup.Occasion // that count for the forum and whose own forum the reader does not see
}

// counted narrows the list to what a promise's forecast adds together: all that are not cancelled.
const counted followup.Occurrence = "counted"

// states are what the list can be narrowed to.
var states = []followup.Occurrence{followup.Held, followup.Planned, followup.Passed, followup.Cancelled, counted}

// asks tells whether a list that is narrowed so shows a meeting.
func asks(asked followup.Occurrence, o followup.Occasion, today almanac.Date) bool {
	return asked == "" || o.On(today) == asked || asked == counted && o.State != followup.Cancelled
}

// Chosen tells whether the list is narrowed.
func (v meetingsView) Chosen() bool { return v.Forum != "" || v.State != "" }

// States are what the list can be narrowed to.
func (v meetingsView) States() []followup.Occurrence { return states }

// Query is what the addresses of other years keep.
func (v meetingsView) Query() string {
	query := ""
	if v.Forum != "" {
		query += "&forum=" + v.Forum
	}
	if v.State != "" {
		query += "&state=" + v.State
	}
	return query
}

func (w *Web) meetings(c *gin.Context) error {
	year, err := w.yearAsked(c)
	if err != nil {
		return err
	}
	view := meetingsView{Page: w.frameOf(c, "meetings", "Möten"), MayPlan: actor(c).Is(access.Coordinator), State: c.Query("state")}
	if view.State != "" && !slices.Contains(states, followup.Occurrence(view.State)) {
		return fault.Missing()
	}
	var forumID *uuid.UUID
	if asked := c.Query("forum"); asked != "" {
		if forumID = optionalID(asked); forumID == nil {
			return fault.Missing()
		}
		view.Forum = forumID.String()
	}
	view.YearText, view.Before, view.After = strconv.Itoa(year), strconv.Itoa(year-1), strconv.Itoa(year+1)
	if err := w.read(c, func(tx *store.Tx) error {
		all, err := view.choose(tx, actor(c), w, forumID, year)
		view.months(all)
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "meetings", view)
}

// choose gives the meetings of a year that the address asks for. Of one forum they are those that its promise counts.
func (v *meetingsView) choose(tx *store.Tx, a access.Actor, w *Web, forumID *uuid.UUID, year int) (chosen []meeting.Meeting, err error) {
	v.Hidden = nil
	if v.Forums, err = forum.Titles(tx, a); err != nil {
		return nil, err
	}
	selection := meeting.Selection{From: followup.Year(year).From, To: followup.Year(year).To}
	today := almanac.DateOf(tx.Now, w.Office.Zone)
	asked := followup.Occurrence(v.State)
	if forumID == nil {
		all, _, err := meeting.List(tx, a, selection)
		return slices.DeleteFunc(all, func(m meeting.Meeting) bool { return !asks(asked, occurrence(m), today) }), err
	}
	s, err := followup.Of(tx, a, w.Office.Zone, *forumID, year)
	if err != nil {
		return nil, err
	}
	counted := slices.DeleteFunc(s.Occasions, func(o followup.Occasion) bool { return !asks(asked, o, today) })
	selection.IDs = make([]uuid.UUID, len(counted))
	for n, o := range counted {
		selection.IDs[n] = o.MeetingID
	}
	chosen, _, err = meeting.List(tx, a, selection)
	for _, o := range counted {
		if !slices.ContainsFunc(chosen, func(m meeting.Meeting) bool { return m.ID == o.MeetingID }) {
			v.Hidden = append(v.Hidden, o)
		}
	}
	return chosen, err
}

// occurrence is a meeting as a promise counts it.
func occurrence(m meeting.Meeting) followup.Occasion {
	o := followup.Occasion{Date: m.Date, State: followup.Planned}
	if m.Cancelled() {
		o.State = followup.Cancelled
	} else if m.Held() {
		o.State = followup.Held
	}
	return o
}

// months puts meetings under their months.
func (v *meetingsView) months(all []meeting.Meeting) {
	v.Months, v.Count = nil, len(all)+len(v.Hidden)
	for _, m := range all {
		month := int(m.Date.Month)
		if n := len(v.Months); n == 0 || v.Months[n-1].Month != month {
			v.Months = append(v.Months, Month{Year: v.YearText, Month: month})
		}
		last := &v.Months[len(v.Months)-1]
		last.Meetings = append(last.Meetings, m)
	}
}
