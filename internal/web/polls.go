package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// PollRow is a date poll in a list.
type PollRow struct {
	poll.Poll
	Now poll.State
}

func pollRows(tx *store.Tx, a access.Actor, forumID *uuid.UUID) (rows []PollRow, err error) {
	all, err := poll.List(tx, a, forumID)
	for _, p := range all {
		rows = append(rows, PollRow{p, p.State(tx.Now)})
	}
	return rows, err
}

type pollsView struct {
	Page
	Polls []PollRow
}

func (w *Web) polls(c *gin.Context) error {
	view := pollsView{Page: w.frameOf(c, "meetings", "Tidsförfrågningar")}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Polls, err = pollRows(tx, actor(c), nil)
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "date-polls", view)
}

// PollAsked is one of those asked as the poll's page shows it.
type PollAsked struct {
	poll.Asked
	Label  string
	Letter *post.Letter // the latest; nil: none

	MayAgain bool // a letter can be sent once more
}

type pollView struct {
	Page
	Poll     *poll.Poll
	State    poll.State
	Ranked   []poll.Ranked // in order of time
	Best     *poll.Ranked  // nil: nobody has answered, or the poll has ended
	Asked    []PollAsked
	Nudging  *secretariat.Nudging
	Undoable bool
	Seconds  int // until the letters leave
	Form     url.Values
	About    string // id of the one whose answer by telephone was refused
}

func (w *Web) poll(c *gin.Context) error { return w.showPoll(c, url.Values{}, nil) }

func (w *Web) showPoll(c *gin.Context, typed url.Values, refused error) error {
	pollID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := pollView{Page: w.frameOf(c, "meetings", "Tidsförfrågan: %s"), Form: typed, About: typed.Get("askedId")}
	if err := w.read(c, func(tx *store.Tx) error { return w.fillPoll(tx, actor(c), pollID, &view) }); err != nil {
		return err
	}
	view.TitleArgs = []any{view.Poll.Forum.Name}
	if !view.Form.Has("lastDay") {
		view.Form.Set("lastDay", view.Poll.LastDay.String())
		view.Form.Set("shows", string(view.Poll.Shows))
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "date-poll", func() any { return view })
	}
	return w.show(c, http.StatusOK, "date-poll", view)
}

func (w *Web) fillPoll(tx *store.Tx, a access.Actor, pollID uuid.UUID, view *pollView) (err error) {
	if view.Poll, err = poll.Find(tx, a, pollID); err != nil {
		return err
	}
	p := view.Poll
	view.State = p.State(tx.Now)
	if left := secretariat.PollUndoable(tx.Now, w.Office, p); left > 0 {
		view.Undoable, view.Seconds = true, int(left.Seconds())
	}
	if view.Nudging, err = w.Office.NudgingOf(tx, p); err != nil {
		return err
	}
	if err := view.fillAsked(tx); err != nil {
		return err
	}
	best := poll.Rank(p.Times, p.Voters())
	if p.Answered() > 0 && p.Closing == nil {
		view.Best = &best[0]
	}
	for _, t := range p.Times {
		for _, r := range best {
			if r.ID == t.ID {
				view.Ranked = append(view.Ranked, r)
			}
		}
	}
	return nil
}

// fillAsked gives those asked, each with the latest letter.
func (v *pollView) fillAsked(tx *store.Tx) error {
	links, err := access.LinksTo(tx, access.ToPoll, v.Poll.ID)
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	of := map[uuid.UUID]uuid.UUID{}
	for _, l := range links {
		ids, of[l.ContactID] = append(ids, l.ID), l.ID
	}
	letters, err := post.About(tx, ids)
	if err != nil {
		return err
	}
	for _, a := range v.Poll.Asked {
		row := PollAsked{Asked: a, Label: v.Poll.Label(a)}
		if about := letters[of[a.ContactID]]; len(about) > 0 {
			row.Letter = &about[0]
			row.MayAgain = !v.Undoable && v.State == poll.Running && len(v.Poll.Lacking(a)) > 0 && a.Contact.LeftAt == nil && !a.Contact.ByPhone
		}
		v.Asked = append(v.Asked, row)
	}
	return nil
}

// onPoll does an act on a date poll and shows its page again: with done, or with why it was refused.
func (w *Web) onPoll(c *gin.Context, done string, f url.Values, act func(*store.Tx, uuid.UUID, int64) error) error {
	pollID, err := id(c, "id")
	if err != nil {
		return err
	}
	version := versionOf(f)
	err = w.write(c, func(tx *store.Tx) error { return act(tx, pollID, version) })
	if refusedOnPage(err) {
		return w.showPoll(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), done)
	return w.goTo(c, "/date-polls/"+pollID.String())
}

func (w *Web) revisePoll(c *gin.Context) error {
	f, err := form(c, "version", "lastDay", "shows")
	if err != nil {
		return err
	}
	return w.onPoll(c, "Ändringen är sparad. Inget skickas.", f, func(tx *store.Tx, id uuid.UUID, version int64) error {
		last, err := almanac.ParseDate(f.Get("lastDay"), w.today())
		if err != nil {
			return fault.At("lastDay", err)
		}
		shows := poll.Showing(f.Get("shows"))
		_, err = poll.Revise(tx, actor(c), id, version, poll.Change{LastDay: &last, Shows: &shows})
		return err
	})
}

func (w *Web) endPoll(c *gin.Context) error {
	f, err := form(c, "version")
	if err != nil {
		return err
	}
	return w.onPoll(c, "Tidsförfrågan är avslutad. Inget skickas.", f, func(tx *store.Tx, id uuid.UUID, version int64) error {
		_, err := secretariat.EndPoll(tx, actor(c), id, version)
		return err
	})
}

func (w *Web) nudgePoll(c *gin.Context) error {
	f, err := form(c, "version")
	if err != nil {
		return err
	}
	defer w.sendsSoon()
	return w.onPoll(c, "Påminnelsen är på väg.", f, func(tx *store.Tx, id uuid.UUID, version int64) error {
		_, err := secretariat.NudgePoll(tx, actor(c), w.Office, id, version)
		return err
	})
}

// sendPollAgain writes to one of those asked once more.
func (w *Web) sendPollAgain(c *gin.Context) error {
	f, err := form(c, "askedId")
	if err != nil {
		return err
	}
	defer w.sendsSoon()
	return w.onPoll(c, "Brevet skickas igen.", f, func(tx *store.Tx, id uuid.UUID, _ int64) error {
		return secretariat.PollAgain(tx, actor(c), w.Office, id, orNil(optionalID(f.Get("askedId"))))
	})
}

// recordPollAnswer records what somebody answered by telephone.
func (w *Web) recordPollAnswer(c *gin.Context) error {
	f, err := form(c, append(choiceFields, "askedId")...)
	if err != nil {
		return err
	}
	return w.onPoll(c, "Svaret är sparat.", f, func(tx *store.Tx, id uuid.UUID, _ int64) error {
		return secretariat.RecordPollAnswer(tx, actor(c), id, orNil(optionalID(f.Get("askedId"))), responseOf(f))
	})
}

func (w *Web) undoPoll(c *gin.Context) error {
	pollID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	var p *poll.Poll
	err = w.write(c, func(tx *store.Tx) (err error) {
		if p, err = poll.Find(tx, actor(c), pollID); err != nil {
			return err
		}
		return secretariat.UndoPoll(tx, actor(c), w.Office, pollID)
	})
	if refusedOnPage(err) {
		return w.showPoll(c, url.Values{}, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Det är ångrat. Inget skickas.")
	return w.goTo(c, "/forums/"+p.ForumID.String())
}

// bookPoll makes a meeting of the chosen time and leads to the review of its invitations.
func (w *Web) bookPoll(c *gin.Context) error {
	pollID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "timeId")
	if err != nil {
		return err
	}
	var m *meeting.Meeting
	err = w.write(c, func(tx *store.Tx) (err error) {
		m, err = secretariat.BookPoll(tx, actor(c), w.Office, pollID, orNil(optionalID(f.Get("timeId"))))
		return err
	})
	if refusedOnPage(err) {
		return w.showPoll(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Mötet är bokat. Inga inbjudningar är skickade än: granska dem här.")
	return w.goTo(c, "/meetings/"+m.ID.String()+"/invitation-review")
}
