package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

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

// Month is a list of meetings under a heading.
type Month struct {
	Year     string
	Month    int
	Meetings []meeting.Meeting
}

type meetingsView struct {
	Page
	Months   []Month
	Year     int
	YearText string
	Before   string
	After    string
	MayPlan  bool
}

func (w *Web) meetings(c *gin.Context) error {
	view := meetingsView{Page: w.frameOf(c, "meetings", "Möten"), Year: w.today().Year, MayPlan: actor(c).Is(access.Coordinator)}
	if asked := c.Query("year"); asked != "" {
		year, err := strconv.Atoi(asked)
		if err != nil || year < 2000 || year > 2100 {
			return fault.On("year", "Välj ett år mellan 2000 och 2100.")
		}
		view.Year = year
	}
	view.YearText, view.Before, view.After = strconv.Itoa(view.Year), strconv.Itoa(view.Year-1), strconv.Itoa(view.Year+1)
	if err := w.read(c, func(tx *store.Tx) error {
		all, _, err := meeting.List(tx, actor(c), meeting.Selection{
			From: almanac.Date{Year: view.Year, Month: 1, Day: 1}, To: almanac.Date{Year: view.Year, Month: 12, Day: 31}})
		for _, m := range all {
			month := int(m.Date.Month)
			if n := len(view.Months); n == 0 || view.Months[n-1].Month != month {
				view.Months = append(view.Months, Month{Year: view.YearText, Month: month})
			}
			last := &view.Months[len(view.Months)-1]
			last.Meetings = append(last.Meetings, m)
		}
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "meetings", view)
}

// Asked is one invitation as the meeting's page shows it.
type Asked struct {
	Invitation invite.Invitation
	Answer     *invite.Answer // that counts
	Earlier    *invite.Answer // to an earlier time
	Letter     *post.Letter   // the latest; nil: none yet
	Waiting    bool           // a letter is held back or owed
}

type meetingView struct {
	Page
	Meeting  *meeting.Meeting
	Outward  secretariat.Shown
	Asked    []Asked
	Coming   int
	Answered int
	Moves    []meeting.Rescheduling
	MayPlan  bool
	Ours     bool // we convene the forum
	Past     bool
	Undoable bool
	Seconds  int // until the letters leave
	Form     url.Values
	Minutes  *minutes.Minutes // that the reader may read; nil: none
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
	view.Outward = secretariat.Outwardly(m, view.Municipality, access.Full, view.Lang)
	if view.Moves, err = meeting.Moves(tx, id); err != nil {
		return err
	}
	if view.Minutes, err = minutes.OfMeeting(tx, a, id); err != nil {
		return err
	}
	invitations, err := invite.Of(tx, a, id)
	if err != nil {
		return err
	}
	if act, pending := secretariat.LastAct(tx.Now, w.Office, invitations); pending {
		view.Undoable, view.Seconds = view.MayPlan, int(act.Add(w.Office.Delay).Sub(tx.Now).Seconds())
	}
	ids := make([]uuid.UUID, len(invitations))
	for n := range invitations {
		ids[n] = invitations[n].ID
	}
	letters, err := post.About(tx, ids)
	if err != nil {
		return err
	}
	for _, i := range invitations {
		asked := Asked{Invitation: i, Answer: i.Current(m), Waiting: i.OwedFrom != nil}
		if asked.Answer == nil {
			asked.Earlier = i.Last()
		} else if i.WithdrawnAt == nil {
			view.Answered++
			if asked.Answer.PartStat == invite.Accepted || asked.Answer.PartStat == invite.Delegated {
				view.Coming++
			}
		}
		if about := letters[i.ID]; len(about) > 0 {
			asked.Letter = &about[0]
		}
		view.Asked = append(view.Asked, asked)
	}
	return nil
}

type newMeetingView struct {
	Page
	Forums []forum.Forum
	Form   url.Values
	Asks   bool // the start is in the past: should it be recorded as held?
	Echo   string
}

func (w *Web) newMeeting(c *gin.Context) error {
	view := newMeetingView{Page: w.frameOf(c, "meetings", "Nytt möte"), Form: url.Values{"forumId": {c.Query("forum")}}}
	return w.showNewMeeting(c, http.StatusOK, view)
}

func (w *Web) showNewMeeting(c *gin.Context, status int, view newMeetingView) error {
	if err := w.read(c, func(tx *store.Tx) error {
		all, err := forum.List(tx, actor(c))
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
			made, err = meeting.Schedule(tx, actor(c), meeting.Proposal{ForumID: *chosen, Time: t, Zone: w.Office.Zone, Held: f.Get("alreadyHeld") == "yes"})
			return err
		})
	}
	if err != nil {
		view.Asks = fault.KindOf(err) == fault.Question
		if view.Errors, err = fieldErrors(view.Lang, err); err != nil {
			return err
		}
		return w.showNewMeeting(c, http.StatusUnprocessableEntity, view)
	}
	return w.goTo(c, "/meetings/"+made.ID.String())
}

// Acts that send letters, as forms name them.
const (
	actInvite   = "invitation"
	actMove     = "rescheduling"
	actCancel   = "cancellation"
	actWithdraw = "withdrawal"
)

// actFields are the fields of every form about an act; a review carries them on.
var actFields = []string{"act", "version", "date", "starts", "ends", "place", "reason", "note", "invitationId", "hash"}

type actView struct {
	Page
	Meeting *meeting.Meeting
	Act     string
	Form    url.Values
	Contact string // who is withdrawn
	Echo    string
}

func (w *Web) invitationForm(c *gin.Context) error   { return w.actForm(c, actInvite, nil, nil) }
func (w *Web) moveForm(c *gin.Context) error         { return w.actForm(c, actMove, nil, nil) }
func (w *Web) cancellationForm(c *gin.Context) error { return w.actForm(c, actCancel, nil, nil) }

func (w *Web) withdrawalForm(c *gin.Context) error {
	invitationID, err := id(c, "id")
	if err != nil {
		return err
	}
	var i *invite.Invitation
	if err := w.read(c, func(tx *store.Tx) (err error) {
		i, err = invite.Find(tx, actor(c), invitationID)
		return err
	}); err != nil {
		return err
	}
	c.Params = append(c.Params[:0], gin.Param{Key: "id", Value: i.MeetingID.String()})
	return w.actForm(c, actWithdraw, url.Values{"invitationId": {i.ID.String()}}, nil)
}

// titles of the forms, keys of package lang.
var actTitles = map[string]string{
	actInvite: "Bjud in till mötet", actMove: "Flytta mötet", actCancel: "Ställ in mötet", actWithdraw: "Ta bort en deltagare från mötet",
}

// actForm shows the form of an act, with what was typed when it was refused.
func (w *Web) actForm(c *gin.Context, act string, typed url.Values, refused error) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	title, known := actTitles[act]
	if !known {
		return fault.Missing()
	}
	view := actView{Page: w.frameOf(c, "meetings", title), Act: act, Form: typed}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Meeting, err = meeting.Find(tx, actor(c), meetingID); err != nil {
			return err
		}
		if id := optionalID(typed.Get("invitationId")); id != nil {
			i, err := invite.Find(tx, actor(c), *id)
			if err != nil {
				return err
			}
			view.Contact = i.Contact.Shown()
		}
		return actor(c).MayConvene(tx, view.Meeting.ForumID)
	}); err != nil {
		return err
	}
	m := view.Meeting
	if view.Form == nil {
		view.Form = url.Values{"date": {m.Date.String()}, "starts": {m.Starts.Swedish()}, "ends": {m.Ends.Swedish()}, "place": {m.Place}}
	}
	view.Form.Set("version", strconv.FormatInt(m.Version, 10))
	if refused == nil {
		return w.show(c, http.StatusOK, "act", view)
	}
	return w.again(c, refused, &view.Page, "act", func() any { return view })
}

// verb gives the act that a form describes.
func (w *Web) verb(c *gin.Context, meetingID uuid.UUID, f url.Values) (secretariat.Act, error) {
	by, version := actor(c), int64(-1)
	if n, err := strconv.ParseInt(f.Get("version"), 10, 64); err == nil {
		version = n
	}
	switch f.Get("act") {
	case actInvite:
		return func(tx *store.Tx) error {
			return secretariat.Convene(tx, by, w.Office, meetingID, version, f.Get("note"))
		}, nil
	case actMove:
		t, err := timeOf(f, w.today())
		return func(tx *store.Tx) error {
			_, err := secretariat.Reschedule(tx, by, w.Office, meetingID, version, t, f.Get("note"))
			return err
		}, err
	case actCancel:
		return func(tx *store.Tx) error {
			_, err := secretariat.Cancel(tx, by, w.Office, meetingID, version, f.Get("reason"), f.Get("note"))
			return err
		}, nil
	case actWithdraw:
		chosen := optionalID(f.Get("invitationId"))
		if chosen == nil {
			return nil, fault.Missing()
		}
		return func(tx *store.Tx) error {
			i, err := invite.Find(tx, by, *chosen)
			if err != nil || i.MeetingID != meetingID {
				return errors.Join(err, fault.Missing())
			}
			return secretariat.Withdraw(tx, by, w.Office, *chosen, version)
		}, nil
	}
	return nil, fault.Missing()
}

type reviewView struct {
	Page
	Before meeting.Meeting
	Review *secretariat.Review
	Groups []secretariat.Identical
	Act    string
	Form   url.Values
	Carry  []string // fields that the sending form repeats
	Delay  int      // seconds before the letters leave
}

// reviewAct shows everything that an act will send: the same verb is run and taken back.
func (w *Web) reviewAct(c *gin.Context) error {
	return w.review(c, nil)
}

func (w *Web) review(c *gin.Context, refused error) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, actFields...)
	if err != nil {
		return err
	}
	act, err := w.verb(c, meetingID, f)
	view := reviewView{Page: w.frameOf(c, "meetings", "Granska och skicka"), Act: f.Get("act"), Form: f, Delay: int(w.Office.Delay.Seconds()),
		Carry: []string{"act", "version", "date", "starts", "ends", "place", "reason", "note", "invitationId"}}
	if err == nil {
		err = w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) (err error) {
			before, err := meeting.Find(tx, actor(c), meetingID)
			if err != nil {
				return err
			}
			view.Before = *before
			view.Review, err = secretariat.Preview(tx, actor(c), w.Office, meetingID, act)
			return err
		})
	}
	if err != nil {
		return w.actForm(c, f.Get("act"), f, err)
	}
	view.Groups = view.Review.Group()
	if refused != nil {
		return w.again(c, refused, &view.Page, "review", func() any { return view })
	}
	return w.show(c, http.StatusOK, "review", view)
}

// doAct does what was reviewed. When what would be sent has changed since, the new review is shown.
func (w *Web) doAct(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, actFields...)
	if err != nil {
		return err
	}
	act, err := w.verb(c, meetingID, f)
	if err != nil {
		return w.actForm(c, f.Get("act"), f, err)
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.Do(tx, actor(c), w.Office, meetingID, f.Get("hash"), act)
		return err
	})
	switch fault.KindOf(err) {
	case fault.Conflict:
		return w.review(c, err)
	case fault.Invalid:
		return w.actForm(c, f.Get("act"), f, err)
	}
	if err != nil {
		return err
	}
	if w.Office.Delay == 0 {
		w.sendsSoon()
	}
	w.frame.Notify(c.Request.Context(), map[string]string{
		actInvite: "Inbjudningarna är på väg.", actMove: "Mötet är flyttat.", actCancel: "Mötet är inställt.", actWithdraw: "Deltagaren är borttagen från mötet.",
	}[f.Get("act")])
	return w.goTo(c, "/meetings/"+meetingID.String())
}

func (w *Web) undo(c *gin.Context) error {
	return w.simple(c, "Det är ångrat. Inget skickas.", func(tx *store.Tx, id uuid.UUID, version int64) error {
		return secretariat.Undo(tx, actor(c), w.Office, id, version)
	})
}

func (w *Web) hold(c *gin.Context) error {
	return w.simple(c, "Mötet är bokfört som hållet.", func(tx *store.Tx, id uuid.UUID, version int64) error {
		_, err := meeting.Hold(tx, actor(c), id, version)
		return err
	})
}

// simple does an act on a meeting that sends nothing and asks nothing.
func (w *Web) simple(c *gin.Context, done string, verb func(*store.Tx, uuid.UUID, int64) error) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version")
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(f.Get("version"), 10, 64) // no number is no version that ever was
	err = w.write(c, func(tx *store.Tx) error { return verb(tx, meetingID, version) })
	if kind := fault.KindOf(err); err != nil && (kind == fault.Conflict || kind == fault.Invalid) {
		return w.showMeeting(c, err, nil)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), done)
	return w.goTo(c, "/meetings/"+meetingID.String())
}

func (w *Web) recordAnswer(c *gin.Context) error {
	invitationID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "partStat", "substitute", "comment")
	if err != nil {
		return err
	}
	var meetingID uuid.UUID
	err = w.write(c, func(tx *store.Tx) error {
		i, err := invite.Find(tx, actor(c), invitationID)
		if err != nil {
			return err
		}
		meetingID = i.MeetingID
		_, err = secretariat.RecordAnswer(tx, actor(c), invitationID, replyOf(f))
		return err
	})
	if err != nil && meetingID != uuid.Nil && !isMissing(err) {
		return w.showMeetingByID(c, meetingID, err, f)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Svaret är sparat.")
	return w.goTo(c, "/meetings/"+meetingID.String()+"#i-"+invitationID.String())
}

func replyOf(f url.Values) invite.Reply {
	return invite.Reply{PartStat: invite.PartStat(strings.ToUpper(f.Get("partStat"))), Substitute: f.Get("substitute"), Comment: f.Get("comment")}
}
