package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Acts that send letters, as forms name them.
const (
	actInvite   = "invitation"
	actMove     = "rescheduling"
	actCancel   = "cancellation"
	actWithdraw = "withdrawal"
	actAdd      = "addition"
)

// actFields are the fields of every form about an act; a review carries them on.
var actFields = []string{"act", "version", "date", "starts", "ends", "place", "reason", "note", "invitationId", "contactId", "wait", "hash"}

type actView struct {
	Page
	Meeting *meeting.Meeting
	Act     string
	Form    url.Values
	Contact string            // who is withdrawn
	Choice  []partner.Contact // who may be asked too
	Echo    string
}

func (w *Web) additionForm(c *gin.Context) error     { return w.actForm(c, actAdd, nil, nil) }
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
	actInvite: "Bjud in till mötet", actMove: "Flytta mötet", actCancel: "Ställ in mötet", actWithdraw: "Ta bort en deltagare från mötet", actAdd: "Bjud in en till",
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
		if act == actAdd {
			if view.Choice, err = notAsked(tx, actor(c), meetingID); err != nil {
				return err
			}
		}
		return actor(c).MayConvene(tx, view.Meeting.ForumID)
	}); err != nil {
		return err
	}
	m := view.Meeting
	if view.Form == nil {
		view.Form = url.Values{"date": {m.Date.String()}, "starts": {m.Starts.Swedish()}, "ends": {m.Ends.Swedish()}, "place": {m.Place}}
		if act == actMove { // a time that somebody has proposed
			for _, name := range []string{"date", "starts", "ends"} {
				view.Form.Set(name, c.DefaultQuery(name, view.Form.Get(name)))
			}
		}
	}
	view.Form.Set("version", strconv.FormatInt(m.Version, 10))
	if refused == nil {
		return w.show(c, http.StatusOK, "act", view)
	}
	return w.again(c, refused, &view.Page, "act", func() any { return view })
}

// office is what letters are written with, as a form says when they leave.
func (w *Web) office(f url.Values) secretariat.Office {
	if f.Get("wait") == "yes" {
		return w.Office.Gathering()
	}
	return w.Office
}

// verb gives the act that a form describes.
func (w *Web) verb(c *gin.Context, meetingID uuid.UUID, f url.Values) (secretariat.Act, error) {
	by, version, office := actor(c), int64(-1), w.office(f)
	if n, err := strconv.ParseInt(f.Get("version"), 10, 64); err == nil {
		version = n
	}
	switch f.Get("act") {
	case actInvite:
		return func(tx *store.Tx) error {
			return secretariat.Convene(tx, by, office, meetingID, version, f.Get("note"))
		}, nil
	case actMove:
		t, err := timeOf(f, w.today())
		return func(tx *store.Tx) error {
			_, err := secretariat.Reschedule(tx, by, office, meetingID, version, t, f.Get("note"))
			return err
		}, err
	case actCancel:
		return func(tx *store.Tx) error {
			_, err := secretariat.Cancel(tx, by, office, meetingID, version, f.Get("reason"), f.Get("note"))
			return err
		}, nil
	case actAdd:
		chosen := orNil(optionalID(f.Get("contactId")))
		return func(tx *store.Tx) error {
			return secretariat.InviteOne(tx, by, office, meetingID, version, chosen, f.Get("note"))
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
			return secretariat.Withdraw(tx, by, office, *chosen, version)
		}, nil
	}
	return nil, fault.Missing()
}

type reviewView struct {
	Page
	Before  meeting.Meeting
	Review  *secretariat.Review
	Groups  []secretariat.Identical
	Act     string
	Form    url.Values
	Carry   []string // fields that the sending form repeats
	Delay   int      // seconds before the letters leave
	Waiting string   // when letters leave that wait already; empty: none wait, or for seconds only
}

// reviewAct shows everything that an act will send.
func (w *Web) reviewAct(c *gin.Context) error {
	return w.review(c, nil)
}

// reviewInvitation shows at once what inviting to a meeting that was just made would send.
func (w *Web) reviewInvitation(c *gin.Context) error {
	return w.reviewAtOnce(c, url.Values{"act": {actInvite}})
}

// reviewAddition shows at once what asking one more would send.
func (w *Web) reviewAddition(c *gin.Context) error {
	return w.reviewAtOnce(c, url.Values{"act": {actAdd}, "contactId": {c.Query("contact")}})
}

func (w *Web) reviewAtOnce(c *gin.Context, f url.Values) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	var m *meeting.Meeting
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if m, err = meeting.Find(tx, actor(c), meetingID); err != nil {
			return err
		}
		return actor(c).MayConvene(tx, m.ForumID)
	}); err != nil {
		return err
	}
	f.Set("version", strconv.FormatInt(m.Version, 10))
	return w.reviewOf(c, meetingID, f, nil)
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
	return w.reviewOf(c, meetingID, f, refused)
}

func (w *Web) reviewOf(c *gin.Context, meetingID uuid.UUID, f url.Values, refused error) (err error) {
	view := reviewView{Page: w.frameOf(c, "meetings", "Granska och skicka"), Act: f.Get("act"), Form: f, Delay: int(w.Office.Delay.Seconds()),
		Carry: []string{"act", "version", "date", "starts", "ends", "place", "reason", "invitationId", "contactId"}}
	err = w.rehearse(c, meetingID, f, &view)
	if fault.Concerns(err, "note") { // the letters as they are without the line
		without := maps.Clone(f)
		without.Del("note")
		refused, err = err, w.rehearse(c, meetingID, without, &view)
	}
	if err != nil {
		return w.actForm(c, f.Get("act"), f, err)
	}
	if err := w.glance(c, &view.Page, f, "place", "reason", "note"); err != nil {
		return err
	}
	view.Groups = view.Review.Group()
	if refused != nil {
		return w.again(c, refused, &view.Page, "review", func() any { return view })
	}
	return w.show(c, http.StatusOK, "review", view)
}

// rehearse runs the very verb that will send, and takes it back.
func (w *Web) rehearse(c *gin.Context, meetingID uuid.UUID, f url.Values, view *reviewView) error {
	act, err := w.verb(c, meetingID, f)
	if err != nil {
		return err
	}
	return w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) error {
		before, err := meeting.Find(tx, actor(c), meetingID)
		if err != nil {
			return err
		}
		view.Before = *before
		if view.Waiting, err = waitingUntil(tx, actor(c), before); err != nil {
			return err
		}
		if view.Waiting != "" && !f.Has("wait") { // the change joins them
			f.Set("wait", "yes")
		}
		view.Review, err = secretariat.Preview(tx, actor(c), w.Office, meetingID, act)
		return err
	})
}

// waitingUntil gives the time at which letters about a meeting leave that wait for more than a minute.
func waitingUntil(tx *store.Tx, by access.Actor, m *meeting.Meeting) (string, error) {
	invitations, err := invite.Of(tx, by, m.ID)
	if _, leaves, pending := secretariat.LastAct(tx.Now, invitations); pending && leaves.Sub(tx.Now) > time.Minute {
		return almanac.ClockOf(leaves, m.Location()).Swedish(), err
	}
	return "", err
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
		actInvite: "Inbjudningarna är på väg.", actMove: "Mötet är flyttat.", actCancel: "Mötet är inställt.", actWithdraw: "Deltagaren är borttagen från mötet.", actAdd: "Inbjudan är på väg.",
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
	version := versionOf(f)
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
	f, err := form(c, "partStat", "substitute", "substituteEmail", "comment")
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
		_, err = secretariat.RecordAnswer(tx, actor(c), w.Office, invitationID, replyOf(f))
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

// tellByPhone records that somebody was rung up about a late change.
func (w *Web) tellByPhone(c *gin.Context) error {
	return w.onInvitation(c, "Det är sparat.", func(tx *store.Tx, id uuid.UUID) error { return secretariat.TellByPhone(tx, actor(c), id) })
}

func (w *Web) inviteAgain(c *gin.Context) error {
	err := w.onInvitation(c, "Inbjudan skickas igen.", func(tx *store.Tx, id uuid.UUID) error {
		return secretariat.InviteAgain(tx, actor(c), w.Office, id)
	})
	w.sendsSoon()
	return err
}

// onInvitation does an act on an invitation that asks nothing, and shows its meeting.
func (w *Web) onInvitation(c *gin.Context, done string, verb func(*store.Tx, uuid.UUID) error) error {
	invitationID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	var meetingID uuid.UUID
	err = w.write(c, func(tx *store.Tx) error {
		i, err := invite.Find(tx, actor(c), invitationID)
		if err != nil {
			return err
		}
		meetingID = i.MeetingID
		return verb(tx, invitationID)
	})
	if err != nil && meetingID != uuid.Nil && !isMissing(err) {
		return w.showMeetingByID(c, meetingID, err, nil)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), done)
	return w.goTo(c, "/meetings/"+meetingID.String()+"#i-"+invitationID.String())
}

func replyOf(f url.Values) invite.Reply {
	r := invite.Reply{
		PartStat: invite.PartStat(strings.ToUpper(f.Get("partStat"))), Substitute: f.Get("substitute"), SubstituteEmail: f.Get("substituteEmail"),
		Comment: f.Get("comment"), Attending: f.Get("attending"), AttendingEmail: f.Get("attendingEmail"),
	}
	if r.PartStat == "REMOTE" { // a button says one thing: yes, from elsewhere
		r.PartStat, r.Remote = invite.Accepted, true
	}
	return r
}
