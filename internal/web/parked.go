package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type parkedView struct {
	Page
	Letter   *post.ParkedLetter
	Reason   lang.Sentence
	Outcome  lang.Sentence
	Gone     bool // what it said was dropped, or cannot be opened
	Meeting  *meeting.Meeting
	Asked    []secretariat.Countable
	Proposed string
	Coming   []string // of an invitation
	Unusable string   // why an invitation cannot be taken in
	Forums   []forum.Forum
	Form     url.Values
	Zone     *time.Location
}

func (w *Web) parkedLetter(c *gin.Context) error { return w.showParked(c, nil, nil) }

// showParked shows one letter. Reading it is logged, so it is done in a writing transaction.
func (w *Web) showParked(c *gin.Context, typed url.Values, refused error) error {
	parkedID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := parkedView{Page: w.frameOf(c, "inbox", "Brev som väntar"), Form: typed, Zone: w.Office.Zone}
	if err := w.write(c, func(tx *store.Tx) (err error) {
		if view.Letter, err = post.FindParked(tx, actor(c), w.Office.Key, parkedID); err != nil {
			return err
		}
		return w.fillParked(tx, actor(c), &view)
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "parked", func() any { return view })
	}
	return w.show(c, http.StatusOK, "parked", view)
}

func (w *Web) fillParked(tx *store.Tx, a access.Actor, view *parkedView) (err error) {
	p := view.Letter
	view.Reason, view.Outcome = reasonOf(*p), outcomeOf(*p)
	view.Gone = p.Content.From == "" && p.Content.Subject == "" && p.Content.Text == "" && p.Kind != post.Unread
	if view.Form == nil {
		view.Form = url.Values{"substitute": {p.Content.Substitute}, "substituteEmail": {p.Content.Substitute}, "comment": {p.Content.Comment}}
		if p.InvitationID != nil {
			view.Form.Set("invitationId", p.InvitationID.String())
		}
	}
	if p.MeetingID != nil {
		if view.Meeting, err = meeting.Find(tx, a, *p.MeetingID); err != nil && !isMissing(err) {
			return err
		}
	}
	switch p.Kind {
	case post.ParkedReply, post.ParkedMail, post.Unread:
		if view.Asked, err = secretariat.ToCount(tx, a, w.Office, p); isMissing(err) {
			err = nil
		}
	case post.ParkedProposal:
		view.Proposed = w.span(p.Content.Starts, p.Content.Ends, view.Lang)
	case post.ParkedInvitation:
		err = w.fillInvitation(tx, a, view)
	}
	return err
}

// fillInvitation says what another convener's invitation is for, and where it may go.
func (w *Web) fillInvitation(tx *store.Tx, a access.Actor, view *parkedView) error {
	_, coming, err := w.Office.Occurrences(tx.Now, view.Letter)
	if err != nil {
		errs, err := fieldErrors(view.Lang, err)
		if err != nil {
			return err
		}
		view.Unusable = errs[0].Text
		return nil
	}
	for _, one := range coming {
		line := w.span(one.Start, one.End, view.Lang)
		if one.Summary != "" {
			line += ": " + one.Summary
		}
		view.Coming = append(view.Coming, line)
	}
	all, err := forum.List(tx, a)
	for _, f := range all {
		if f.ConvenedBy != forum.Us && a.MayConvene(tx, f.ID) == nil {
			view.Forums = append(view.Forums, f)
		}
	}
	return err
}

// span says two instants as people read a meeting's time.
func (w *Web) span(starts, ends time.Time, l lang.Language) string {
	if starts.IsZero() || ends.IsZero() {
		return ""
	}
	return secretariat.When(meeting.Time{Date: almanac.DateOf(starts, w.Office.Zone), Starts: almanac.ClockOf(starts, w.Office.Zone), Ends: almanac.ClockOf(ends, w.Office.Zone)}, l)
}

// settle does one act on a parked letter, and shows the letter again when it was refused.
func (w *Web) settle(c *gin.Context, f url.Values, done string, verb func(*store.Tx, uuid.UUID) error) error {
	parkedID, err := id(c, "id")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error { return verb(tx, parkedID) })
	if kind := fault.KindOf(err); err != nil && (kind == fault.Conflict || kind == fault.Invalid) {
		return w.showParked(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), done)
	return w.goTo(c, "/inbox")
}

func (w *Web) dismiss(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	return w.settle(c, nil, saysDismissed, func(tx *store.Tx, id uuid.UUID) error { return secretariat.Dismiss(tx, actor(c), w.Office, id) })
}

// What was done, keys of package lang.
const (
	saysDismissed = "Brevet är undanlagt."
	saysCounted   = "Svaret är sparat."
	saysDeclined  = "Den som föreslog tiden får ett brev om att mötet ligger kvar."
	saysImported  = "Mötet är inlagt."
)

func (w *Web) countAs(c *gin.Context) error {
	f, err := form(c, "invitationId", "partStat", "substitute", "substituteEmail", "comment")
	if err != nil {
		return err
	}
	return w.settle(c, f, saysCounted, func(tx *store.Tx, id uuid.UUID) error {
		chosen := optionalID(f.Get("invitationId"))
		if chosen == nil {
			return fault.On("invitationId", "Välj vem som har svarat.")
		}
		if _, err := secretariat.CountAs(tx, actor(c), w.Office, id, *chosen, replyOf(f)); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "comment")
	})
}

// acceptProposal leads to the form that moves the meeting, filled in: the move is reviewed as any other.
func (w *Web) acceptProposal(c *gin.Context) error {
	parkedID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	next := ""
	err = w.write(c, func(tx *store.Tx) error {
		m, proposed, err := secretariat.AcceptProposal(tx, actor(c), w.Office, parkedID)
		if err != nil {
			return err
		}
		q := url.Values{}
		if !proposed.Starts.IsZero() {
			q.Set("date", almanac.DateOf(proposed.Starts, w.Office.Zone).String())
			q.Set("starts", almanac.ClockOf(proposed.Starts, w.Office.Zone).Swedish())
			q.Set("ends", almanac.ClockOf(proposed.Ends, w.Office.Zone).Swedish())
		}
		next = "/meetings/" + m.ID.String() + "/move?" + q.Encode()
		return nil
	})
	if kind := fault.KindOf(err); err != nil && (kind == fault.Conflict || kind == fault.Invalid) {
		return w.showParked(c, nil, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, next)
}

func (w *Web) declineProposal(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	return w.settle(c, nil, saysDeclined, func(tx *store.Tx, id uuid.UUID) error {
		return secretariat.DeclineProposal(tx, actor(c), w.Office, id)
	})
}

func (w *Web) importInvitation(c *gin.Context) error {
	f, err := form(c, "forumId")
	if err != nil {
		return err
	}
	return w.settle(c, f, saysImported, func(tx *store.Tx, id uuid.UUID) error {
		chosen := optionalID(f.Get("forumId"))
		if chosen == nil {
			return fault.On("forumId", "Välj ett forum ur listan.")
		}
		_, err := secretariat.Import(tx, actor(c), w.Office, id, *chosen)
		return err
	})
}
