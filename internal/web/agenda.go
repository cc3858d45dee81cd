package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// agendaAids are what the page of the notes shows beside items of the agenda.
type agendaAids struct {
	Postponed map[uuid.UUID]minutes.Postponement
	Next      *meeting.Meeting      // of the forum; nil: none is booked
	Previous  *minutes.Minutes      // the last finished notes; nil: none
	Open      []minutes.ActionState // of the forum's earlier meetings, still to be done
}

func (v *agendaAids) fill(tx *store.Tx, by access.Actor, m *minutes.Minutes) (err error) {
	if v.Postponed, err = minutes.PostponedOf(tx, m); err != nil {
		return err
	}
	if v.Next, err = minutes.NextOf(tx, m); err != nil {
		return err
	}
	if v.Previous, err = minutes.PreviousOf(tx, m); err != nil {
		return err
	}
	v.Open, err = minutes.OpenOf(tx, by, m)
	return err
}

// addRound writes what each organisation said in turn, all or nothing.
func (w *Web) addRound(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := anyForm(c)
	if err != nil {
		return err
	}
	said := map[uuid.UUID]string{}
	for name, values := range f {
		attendance := optionalID(strings.TrimPrefix(name, "round-"))
		if name == "agendaItemId" && len(values) == 1 {
			continue
		}
		if attendance == nil || len(values) > 1 {
			return unknownField(name)
		}
		said[*attendance] = values[0]
	}
	where := orNil(optionalID(f.Get("agendaItemId")))
	if err := w.write(c, func(tx *store.Tx) error { return minutes.AddRound(tx, actor(c), minutesID, where, said) }); err != nil {
		return w.notesAgain(c, minutesID, where, f, err)
	}
	return w.goTo(c, "/meetings/"+w.meetingOf(c, minutesID)+"/notes#a-"+where.String())
}

// postpone puts an item of the agenda off to the next meeting, or takes that back.
func (w *Web) postpone(c *gin.Context) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "act")
	if err != nil {
		return err
	}
	do := minutes.Postpone
	if f.Get("act") == "resume" {
		do = minutes.Resume
	}
	var m *minutes.Minutes
	if err := w.write(c, func(tx *store.Tx) (err error) {
		m, err = do(tx, actor(c), itemID)
		return err
	}); err != nil {
		return err
	}
	return w.goTo(c, "/meetings/"+m.MeetingID.String()+"/notes#a-"+itemID.String())
}

// propose asks a meeting to take something up.
func (w *Web) propose(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "proposal")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		m, err := meeting.Find(tx, actor(c), meetingID)
		if err == nil {
			_, err = minutes.Propose(tx, actor(c), m, nil, f.Get("proposal"))
		}
		return err
	})
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return w.showMeetingByID(c, meetingID, err, f)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Ditt förslag är sparat.")
	return w.goTo(c, "/meetings/"+meetingID.String()+"#proposals")
}

// decideProposal takes a proposed item up, or says why not.
func (w *Web) decideProposal(c *gin.Context) error {
	proposalID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "act", "answer")
	if err != nil {
		return err
	}
	var p *minutes.AgendaProposal
	err = w.write(c, func(tx *store.Tx) (err error) {
		p, err = minutes.Decide(tx, actor(c), proposalID, f.Get("act") == "take", f.Get("answer"))
		return err
	})
	if fault.KindOf(err) == fault.Invalid && err != nil {
		var of uuid.UUID
		if err := w.read(c, func(tx *store.Tx) (err error) {
			of, err = minutes.MeetingProposedTo(tx, actor(c), proposalID)
			return err
		}); err != nil {
			return err
		}
		return w.showMeetingByID(c, of, err, f)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, "/meetings/"+p.MeetingID.String()+"#proposals")
}

// proposeByLink asks the meeting of an invitation's link to take something up.
func (w *Web) proposeByLink(c *gin.Context) error {
	f, err := form(c, "proposal")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error { return secretariat.ProposeByLink(tx, c.Param("token"), f.Get("proposal")) })
	if refusedOnPage(err) {
		return w.showInvitation(c, http.StatusUnprocessableEntity, false, url.Values(f), err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, back(c, "", ""))
}
