package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// mostAnswered bounds the meetings that one form answers.
const mostAnswered = 200

type guestOverviewView struct {
	guestView
	Opened *secretariat.OpenedOverview
	Done   bool // just answered
}

// guestOverview shows a year's meetings to whoever holds the link. It changes nothing, whoever fetches it.
func (w *Web) guestOverview(c *gin.Context) error { return w.showGuestOverview(c, nil, nil) }

func (w *Web) showGuestOverview(c *gin.Context, typed url.Values, refused error) error {
	view := guestOverviewView{}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Opened, err = secretariat.OpenOverview(tx, c.Param("token"))
		return err
	}); err != nil {
		return err
	}
	o := view.Opened
	speak(c, o.Contact.Language)
	view.Guest, view.Door, view.Ask, view.Form, view.Done = o.Guest, door(c), asked(c), typed, c.Query("sparat") != "" && o.Lacking < o.Open
	view.Page = w.frameOf(c, "", "Möten %s")
	view.TitleArgs = []any{strconv.Itoa(o.Year)}
	view.choose()
	if refused != nil {
		return w.again(c, refused, &view.Page, "guest-overview", func() any { return view })
	}
	return w.show(c, http.StatusOK, "guest-overview", view)
}

// choose puts what is answered into the form, where nothing was typed. What was typed of a meeting that has moved
// since is not kept: it was said of another time.
func (v *guestOverviewView) choose() {
	if v.Form == nil {
		v.Form = url.Values{}
	}
	for _, m := range v.Opened.Meetings {
		name := secretariat.ChoiceField(m.ID)
		if shown := v.Form.Get("sequence-" + m.ID.String()); shown != "" && shown != strconv.FormatInt(m.Sequence, 10) {
			v.Form.Del(name)
		}
		if !v.Form.Has("meetingId") && m.Answer != nil {
			v.Form.Set(name, choiceOf(m.Answer))
		}
	}
}

// choiceOf is an answer as the form says it; what the form cannot say chooses nothing.
func choiceOf(a *invite.Answer) string {
	switch {
	case a.Remote:
		return "REMOTE"
	case a.PartStat == invite.Accepted || a.PartStat == invite.Declined:
		return string(a.PartStat)
	}
	return ""
}

// answerOverview records what was chosen for each meeting. Nothing that is not answered is chosen beforehand: a
// scanner that submits the form answers nothing.
func (w *Web) answerOverview(c *gin.Context) error {
	f, err := anyForm(c)
	if err != nil {
		return err
	}
	choices, err := choicesOf(f)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error { return secretariat.AnswerOverview(tx, w.Office, c.Param("token"), choices) })
	if refusedOnPage(err) {
		return w.showGuestOverview(c, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, back(c, "sparat", "1"))
}

// choicesOf reads the form, whose fields are named by the meetings in it.
func choicesOf(f url.Values) (choices []secretariat.OverviewChoice, err error) {
	known := map[string]bool{"meetingId": true}
	for _, text := range f["meetingId"] {
		meeting := optionalID(text)
		if meeting == nil || len(known) > 2*mostAnswered {
			return nil, unknownField("meetingId")
		}
		name, sequence := secretariat.ChoiceField(*meeting), "sequence-"+meeting.String()
		if known[name] {
			continue
		}
		known[name], known[sequence] = true, true
		if f.Get(name) == "" {
			continue
		}
		one, err := choiceFor(*meeting, f.Get(name), f.Get(sequence))
		if err != nil {
			return nil, err
		}
		choices = append(choices, one)
	}
	for name, values := range f {
		if !known[name] || name != "meetingId" && len(values) > 1 {
			return nil, unknownField(name)
		}
	}
	return choices, nil
}

func choiceFor(meeting uuid.UUID, choice, sequence string) (secretariat.OverviewChoice, error) {
	n, err := strconv.ParseInt(sequence, 10, 64)
	if err != nil {
		return secretariat.OverviewChoice{}, fault.New(fault.Invalid, "Formuläret gick inte att läsa. Läs in sidan igen.")
	}
	r := replyOf(url.Values{"partStat": {strings.ToUpper(choice)}})
	return secretariat.OverviewChoice{MeetingID: meeting, Sequence: n, PartStat: r.PartStat, Remote: r.Remote}, nil
}
