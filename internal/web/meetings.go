package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Asked is one invitation as the meeting's page shows it.
type Asked struct {
	Invitation invite.Invitation
	StandsFor  string         // whose place it is, as pages show it; empty: their own
	Word       string         // what they, or who comes instead, have answered
	Answer     *invite.Answer // that counts
	Earlier    *invite.Answer // to an earlier time
	Letter     *post.Letter   // the latest; nil: none yet
	Waiting    bool           // a letter is held back or owed
	Called     bool           // has a booking from before, and no letter of ours
	Overviewed bool           // Answer was given by the overview of the year, before the invitation
}

type meetingView struct {
	Page
	Meeting  *meeting.Meeting
	Outward  secretariat.Shown
	Asked    []Asked
	Seats    int // that somebody is asked to take
	Coming   int
	Remote   int // of those who come, by video or telephone
	Answered int
	Called   int // from before, who have no letter of ours
	Busy     int // members whose own calendar says that they are busy then
	Moves    []meeting.Rescheduling
	MayPlan  bool
	Ours     bool // we convene the forum
	Past     bool // it has begun
	Over     bool
	Ring     []secretariat.ToRing // after a late change
	Undoable bool
	Seconds  int    // until the letters leave
	Leaves   string // the time of that, when it is minutes away
	Leaving  int    // letters about a change just made that have not left
	Left     int    // and that have
	Form     url.Values
	Minutes  *minutes.Minutes // that the reader may read; nil: none
	Turnout  secretariat.Turnout
	SaysLate bool // it is time to say that one comes late
	Late     []invite.Lateness
	Ahead    []invite.Preliminary // of overviews of the year, of whoever is not asked yet
	Removes  bool                 // it can be deleted: nobody has heard of it
	Self     uuid.UUID            // the reader as a contact; Nil: none
	Second   string               // the forum that it counts for too; empty: none, or one that the reader does not see
	Others   []forum.Title        // that it may count for
	Row      planRow              // to choose among, for who plans
	Unasked  string               // who is to be asked to a meeting of no forum, and is not yet

	Attachments []minutes.Attachment // that the reader may open
	Laid        *minutes.Attachment  // old notes that stand for the meeting's; nil: none
	Zone        *time.Location

	Proposals    []minutes.AgendaProposal // that the reader may see
	ProposeUntil almanac.Date             // last day to propose an item; zero: nobody may
}

// Files is what the list of the meeting's files shows.
func (v meetingView) Files() Files {
	return Files{Page: v.Page, Form: v.Form, MeetingID: v.Meeting.ID, All: v.Attachments, Keeps: v.MayPlan && !v.Meeting.Cancelled(), From: "meeting"}
}

// LaysNotes tells that old notes may be put on the meeting.
func (v meetingView) LaysNotes() bool {
	return v.MayPlan && v.Over && v.Minutes == nil && v.Laid == nil && !v.Meeting.Cancelled() && v.Meeting.Forum.Scope != forum.IndividualCases
}

func (w *Web) meeting(c *gin.Context) error { return w.showMeeting(c, nil, nil) }

func (w *Web) showMeeting(c *gin.Context, refused error, typed url.Values) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	return w.showMeetingByID(c, meetingID, refused, typed)
}

func (w *Web) showMeetingByID(c *gin.Context, meetingID uuid.UUID, refused error, typed url.Values) error {
	view := meetingView{Page: w.frameOf(c, "meetings", "%s"), Form: typed}
	if err := w.read(c, func(tx *store.Tx) (err error) { return w.fillMeeting(tx, actor(c), meetingID, &view) }); err != nil {
		return err
	}
	view.TitleArgs = []any{view.Meeting.Forum.Name}
	if refused != nil {
		return w.again(c, refused, &view.Page, "meeting", func() any { return view })
	}
	return w.show(c, http.StatusOK, "meeting", view)
}

func (w *Web) fillMeeting(tx *store.Tx, a access.Actor, id uuid.UUID, view *meetingView) (err error) {
	if view.Meeting, err = meeting.Find(tx, a, id); err != nil {
		return err
	}
	m := view.Meeting
	view.MayPlan = a.MayConvene(tx, m.ForumID) == nil
	view.Ours = m.Forum.ConvenedBy == forum.Us
	view.Past = !m.StartsAt.After(tx.Now)
	view.Over, view.Zone = !m.EndsAt.After(tx.Now), w.Office.Zone
	if err := view.files(tx, a); err != nil {
		return err
	}
	view.ProposeUntil = minutes.ProposableUntil(tx, m)
	if view.Proposals, err = minutes.Proposals(tx, a, m); err != nil {
		return err
	}
	view.Outward = secretariat.Outwardly(m, view.Municipality, access.Full, view.Lang)
	if view.Moves, err = meeting.Moves(tx, id); err != nil {
		return err
	}
	if view.Minutes, err = minutes.OfMeeting(tx, a, id); err != nil {
		return err
	}
	if view.MayPlan {
		switch err := secretariat.Deletable(tx, id); fault.KindOf(err) {
		case fault.Conflict:
		default:
			if err != nil {
				return err
			}
			view.Removes = true
		}
	}
	if err := view.counts(tx, a); err != nil {
		return err
	}
	if view.Turnout, err = secretariat.TurnoutOf(tx, a, w.Office, m); err != nil {
		return err
	}
	if err := view.fillOccasion(tx, a); err != nil {
		return err
	}
	self, err := secretariat.Self(tx, a)
	if err != nil {
		return err
	}
	if self != nil {
		view.Self = self.ID
	}
	invitations, err := invite.Of(tx, a, id)
	if err != nil {
		return err
	}
	if view.MayPlan && view.Ours {
		if view.Ring, err = secretariat.Ringing(tx, w.Office, m, invitations, view.Moves); err != nil {
			return err
		}
	}
	if _, leaves, pending := secretariat.LastAct(tx.Now, invitations); pending {
		view.Undoable, view.Seconds = view.MayPlan, int(leaves.Sub(tx.Now).Seconds())
		if view.Seconds > 60 {
			view.Leaves = almanac.ClockOf(leaves, m.Location()).Swedish()
		}
	}
	ids := make([]uuid.UUID, len(invitations))
	for n := range invitations {
		ids[n] = invitations[n].ID
	}
	letters, err := post.About(tx, ids)
	if err != nil {
		return err
	}
	for _, s := range invite.Seats(invitations) {
		view.count(s)
		view.Asked = append(view.Asked, view.asked(s, letters))
		if !view.MayPlan {
			continue
		}
		for n := range invitations { // those who come instead stand below, also who did and were told so
			i := &invitations[n]
			if i.StandsForID != nil && *i.StandsForID == s.ID && (i.WithdrawnAt == nil || len(letters[i.ID]) > 0) {
				below := view.asked(invite.Seat{Invitation: i}, letters)
				below.StandsFor = s.Contact.Shown()
				view.Asked = append(view.Asked, below)
			}
		}
	}
	if view.MayPlan {
		ahead, err := invite.Preliminaries(tx, id)
		if err != nil {
			return err
		}
		view.overviewed(ahead)
	}
	view.Leaving, view.Left = leaving(tx.Now, view.Asked)
	view.SaysLate = invite.LateNow(tx.Now, m)
	if view.Late, err = invite.Latenesses(tx, id); err != nil {
		return err
	}
	if view.MayPlan && view.Ours && !view.Past && !m.Cancelled() {
		view.Busy, err = secretariat.BusyMembers(tx, a, m)
	}
	return err
}

// counts tells which second forum the meeting counts for, and which it may.
func (v *meetingView) counts(tx *store.Tx, a access.Actor) error {
	if v.Meeting.CountsForID == nil && !v.MayPlan {
		return nil
	}
	titles, err := forum.Titles(tx, a)
	for _, t := range titles {
		if v.Meeting.CountsForID != nil && *v.Meeting.CountsForID == t.ID {
			v.Second = t.Name
		}
		if v.MayPlan && t.ID != v.Meeting.ForumID && a.MayConvene(tx, t.ID) == nil {
			v.Others = append(v.Others, t)
		}
	}
	return err
}

// fillOccasion puts in what whoever plans can choose of the plan, and who of a meeting of no forum is not
// asked yet: it has no page of a forum to say so.
func (v *meetingView) fillOccasion(tx *store.Tx, a access.Actor) error {
	if !v.MayPlan {
		return nil
	}
	form := url.Values{}
	if m := v.Meeting.MeasureID; m != nil {
		form.Set("measureId", m.String())
	}
	if err := v.Row.fillRow(tx, a, form); err != nil || !v.Meeting.Forum.Occasion {
		return err
	}
	members, err := forum.Members(tx, a, v.Meeting.ForumID)
	if err != nil {
		return err
	}
	asked, err := invite.Of(tx, a, v.Meeting.ID)
	var names []string
	for _, m := range members {
		if !slices.ContainsFunc(asked, func(i invite.Invitation) bool { return i.ContactID == m.ContactID }) {
			names = append(names, m.Contact.Shown())
		}
	}
	v.Unasked = strings.Join(names, ", ")
	return err
}

// RowForm is what choosing the meeting's row of the plan takes.
func (v meetingView) RowForm() any {
	form := url.Values{}
	if m := v.Meeting.Measure; m != nil {
		form.Set("measureId", m.ID.String())
		if now := v.Row.Plan.Row(m.ExternalID); now != nil {
			form.Set("measureId", now.ID.String())
		}
	}
	return struct {
		Page
		planRow
		Form url.Values
	}{v.Page, v.Row, form}
}

// leaving counts the letters of the last minutes that are on their way, and those that have been
// handed over. Later nobody waits for them any more, and the table says what became of each.
func leaving(now time.Time, all []Asked) (waiting, left int) {
	for _, a := range all {
		switch {
		case a.Waiting && a.Invitation.Contact.ByPhone:
		case a.Waiting && a.Invitation.OwedFrom.After(now.Add(-10*time.Minute)):
			waiting++
		case a.Letter == nil || a.Letter.CreatedAt.Before(now.Add(-10*time.Minute)):
		case a.Letter.State == post.Queued || a.Letter.State == post.Sending:
			waiting++
		case a.Letter.State == post.Sent:
			left++
		}
	}
	return waiting, left
}

func (v *meetingView) asked(s invite.Seat, letters map[uuid.UUID][]post.Letter) Asked {
	i := s.Invitation
	a := Asked{Invitation: *i, Word: secretariat.SeatWord(s, v.Meeting, v.MayPlan, v.Lang), Answer: i.Current(v.Meeting), Waiting: i.OwedFrom != nil}
	if a.Answer == nil {
		a.Earlier = i.Last()
	}
	if about := letters[i.ID]; len(about) > 0 {
		a.Letter = &about[0]
	}
	if a.Called = i.Earlier != nil && a.Letter == nil && i.WithdrawnAt == nil; a.Called {
		v.Called++
	}
	return a
}

// overviewed tells which answers were given by overviews: those that became an invitation's, and those that count and
// wait for one.
func (v *meetingView) overviewed(ahead []invite.Preliminary) {
	for _, p := range ahead {
		if p.AnswerID == nil && p.Sequence == v.Meeting.Sequence && !slices.ContainsFunc(v.Asked, func(a Asked) bool { return a.Invitation.ContactID == p.Overview.ContactID }) {
			v.Ahead = append(v.Ahead, p)
		}
		for n := range v.Asked {
			a := &v.Asked[n]
			a.Overviewed = a.Overviewed || a.Answer != nil && p.AnswerID != nil && a.Answer.ID == *p.AnswerID
		}
	}
}

// count adds a seat to the sums.
func (v *meetingView) count(s invite.Seat) {
	if s.WithdrawnAt != nil {
		return
	}
	v.Seats++
	if s.Answered(v.Meeting) {
		v.Answered++
	}
	if comes, remote := s.Comes(v.Meeting); comes {
		v.Coming++
		if remote {
			v.Remote++
		}
	}
}

// TellsOurs tells whether the page says who of ours comes: to whoever plans, and to those whom it concerns.
func (v meetingView) TellsOurs() bool {
	if v.Past || v.Meeting.Cancelled() || v.Meeting.Held() {
		return false
	}
	concerned := slices.ContainsFunc(v.Turnout.People, func(p secretariat.OneOfOurs) bool { return p.Contact.ID == v.Self })
	return v.MayPlan && v.Turnout.Needed > 0 || v.Turnout.Foreign && (v.MayPlan && len(v.Turnout.People) > 0 || concerned)
}

// OnSite counts those who come to the place itself.
func (v meetingView) OnSite() int { return v.Coming - v.Remote }

type newMeetingView struct {
	Page
	Forums []forum.Forum
	Form   url.Values
	Asks   bool // the start is in the past: should it be recorded as held?
	Echo   string

	MayOccasion bool // may plan a meeting of no forum
}

func (w *Web) newMeeting(c *gin.Context) error {
	view := newMeetingView{Page: w.frameOf(c, "meetings", "Nytt möte"), Form: url.Values{"forumId": {c.Query("forum")}}}
	return w.showNewMeeting(c, http.StatusOK, view)
}

func (w *Web) showNewMeeting(c *gin.Context, status int, view newMeetingView) error {
	if err := w.read(c, func(tx *store.Tx) error {
		all, err := forum.List(tx, actor(c))
		view.MayOccasion = actor(c).MayConvene(tx, uuid.Nil) == nil
		for _, f := range all {
			if actor(c).MayConvene(tx, f.ID) != nil {
				continue
			}
			view.Forums = append(view.Forums, f)
			if view.Form.Get("forumId") == f.ID.String() && view.Form.Get("starts") == "" {
				view.Form.Set("starts", f.Starts.Swedish())
				view.Form.Set("ends", (f.Starts + almanac.Clock(f.Minutes)).Swedish())
				view.Form.Set("place", f.Place)
			}
		}
		return err
	}); err != nil {
		return err
	}
	return w.show(c, status, "meeting-new", view)
}

// timeOf reads date, times and place out of a form.
func timeOf(f url.Values, today almanac.Date) (meeting.Time, error) {
	date, dateErr := almanac.ParseDate(f.Get("date"), today)
	starts, startsErr := almanac.ParseClock(f.Get("starts"))
	ends, endsErr := almanac.ParseClock(f.Get("ends"))
	err := fault.Join(fault.At("date", dateErr), fault.At("starts", startsErr), fault.At("ends", endsErr))
	return meeting.Time{Date: date, Starts: starts, Ends: ends, Place: f.Get("place")}, err
}

func (w *Web) schedule(c *gin.Context) error {
	f, err := form(c, "forumId", "date", "starts", "ends", "place", "alreadyHeld")
	if err != nil {
		return err
	}
	view := newMeetingView{Page: w.frameOf(c, "meetings", "Nytt möte"), Form: f}
	t, err := timeOf(f, w.today())
	var made *meeting.Meeting
	if err == nil {
		view.Echo = almanac.Long(t.Date, view.Lang)
		err = w.write(c, func(tx *store.Tx) (err error) {
			chosen := optionalID(f.Get("forumId"))
			if chosen == nil {
				return fault.On("forumId", "Välj ett forum ur listan.")
			}
			unseen := warned(tx, actor(c), f, "place") // before the place is one of ours
			if made, err = meeting.Schedule(tx, actor(c), meeting.Proposal{ForumID: *chosen, Time: t, Zone: w.Office.Zone, Held: f.Get("alreadyHeld") == "yes"}); err != nil {
				return err
			}
			return unseen
		})
	}
	if err != nil {
		view.Asks = fault.KindOf(err) == fault.Question
		if err = view.refuse(err); err != nil {
			return err
		}
		return w.showNewMeeting(c, http.StatusUnprocessableEntity, view)
	}
	return w.goTo(c, "/meetings/"+made.ID.String())
}
