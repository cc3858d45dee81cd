package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Receiver is a work group or workplace that an item may be passed on to.
type Receiver struct {
	ID   uuid.UUID
	Name string
}

type notesView struct {
	Page
	Minutes   *minutes.Minutes
	Receivers []Receiver
	Refused   uuid.UUID  // the item or agenda item whose form was refused
	Typed     url.Values // what stood in that form
	Zone      *time.Location
	Last      *minutes.Headings    // agenda of the last meeting, that may be brought; nil: none
	Late      []invite.Lateness    // who said so
	Writers   map[uuid.UUID]string // who saved the items last

	Out         *minutes.Submission // sent to be agreed on: nothing is written meanwhile
	Attachments []minutes.Attachment
	Aids        agendaAids
}

// Files is what the list of the meeting's files shows.
func (v notesView) Files() Files {
	return Files{Page: v.Page, Form: v.Typed, MeetingID: v.Minutes.MeetingID, All: v.Attachments, Keeps: true, From: "notes"}
}

// Key is that of the field under a heading: a fresh one, or that of a page that was refused.
func (v notesView) Key(suffix string) string {
	if key := v.Typed.Get("key" + suffix); key != "" {
		return key
	}
	return store.NewID().String()
}

// Saved says who saved an item and when.
func (v notesView) Saved(i minutes.Item) string { return savedBy(v.Lang, i, v.Writers, v.Zone) }

// Named tells the names of an item's receivers.
func (v notesView) Named(ids []uuid.UUID) string { return names(v.Receivers, ids) }

func names(all []Receiver, ids []uuid.UUID) string {
	var found []string
	for _, id := range ids {
		for _, r := range all {
			if r.ID == id {
				found = append(found, r.Name)
			}
		}
	}
	return strings.Join(found, ", ")
}

// openNotes begins the minutes of a meeting.
func (w *Web) openNotes(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := minutes.Open(tx, actor(c), meetingID)
		return err
	}); err != nil {
		return err
	}
	return w.goTo(c, "/meetings/"+meetingID.String()+"/notes")
}

func (w *Web) notes(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	return w.showNotes(c, notesView{}, func(tx *store.Tx) (*minutes.Minutes, error) {
		m, err := draftOf(tx, actor(c), meetingID)
		if err != nil {
			return nil, err
		}
		return m, minutes.DraftOpened(tx, actor(c), m.ID)
	}, nil)
}

// showNotes shows the working text, with what was typed and why it was refused.
func (w *Web) showNotes(c *gin.Context, view notesView, find func(*store.Tx) (*minutes.Minutes, error), refused error) error {
	view.Page, view.Zone = w.frameOf(c, "minutes", "Anteckningar: %s"), w.Office.Zone
	if view.Typed == nil {
		view.Typed = url.Values{}
	}
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		if view.Minutes, err = find(tx); err != nil {
			return err
		}
		if view.Out, err = minutes.OutOf(tx, view.Minutes.ID); err != nil {
			return err
		}
		if view.Late, err = invite.Latenesses(tx, view.Minutes.MeetingID); err != nil {
			return err
		}
		if view.Last, err = minutes.LastAgenda(tx, view.Minutes); err != nil {
			return err
		}
		if view.Writers, err = writers(tx, view.Minutes.Items); err != nil {
			return err
		}
		if view.Attachments, err = minutes.Attachments(tx, actor(c), view.Minutes.MeetingID); err != nil {
			return err
		}
		if err = view.Aids.fill(tx, actor(c), view.Minutes); err != nil {
			return err
		}
		view.Receivers, err = receivers(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	view.TitleArgs = []any{view.Minutes.Meeting.Forum.Name}
	if refused != nil {
		return w.again(c, refused, &view.Page, "notes", func() any { return view })
	}
	return w.show(c, http.StatusOK, "notes", view)
}

func receivers(tx *store.Tx, by access.Actor) ([]Receiver, error) {
	var all []Receiver
	groups, err := partner.WorkGroups(tx, by)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		all = append(all, Receiver{g.ID, g.Name})
	}
	places, err := partner.Workplaces(tx, by)
	for _, p := range places {
		all = append(all, Receiver{p.ID, p.Name + " (APT)"})
	}
	return all, err
}

func (w *Web) notesAgain(c *gin.Context, minutesID, refused uuid.UUID, typed url.Values, err error) error {
	if isMissing(err) {
		return err
	}
	return w.showNotes(c, notesView{Refused: refused, Typed: typed}, func(tx *store.Tx) (*minutes.Minutes, error) {
		return minutes.OpenDraft(tx, actor(c), minutesID)
	}, err)
}

// meetingOf gives the id of the meeting that minutes belong to, for the way back.
func (w *Web) meetingOf(c *gin.Context, minutesID uuid.UUID) (meetingID string) {
	if err := w.read(c, func(tx *store.Tx) error {
		m, err := minutes.Draft(tx, actor(c), minutesID)
		meetingID = m.MeetingID.String()
		return err
	}); err != nil {
		w.Log.Error("way back to the notes", "error", err)
	}
	return meetingID
}

func (w *Web) attend(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := anyForm(c)
	if err != nil {
		return err
	}
	states := map[uuid.UUID]minutes.State{}
	for name, values := range f {
		attendance := optionalID(name)
		if attendance == nil || len(values) > 1 {
			return unknownField(name)
		}
		states[*attendance] = minutes.State(values[0])
	}
	if err := w.write(c, func(tx *store.Tx) error { return minutes.Attend(tx, actor(c), minutesID, states) }); err != nil {
		return w.notesAgain(c, minutesID, uuid.Nil, nil, err)
	}
	w.frame.Notify(c.Request.Context(), "Närvaron är sparad.")
	return w.goTo(c, "/meetings/"+w.meetingOf(c, minutesID)+"/notes")
}

// copyAgenda brings the headings of the forum's last meeting.
func (w *Web) copyAgenda(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c)
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return minutes.CopyAgenda(tx, actor(c), minutesID) }); err != nil {
		return w.notesAgain(c, minutesID, minutesID, f, err)
	}
	w.frame.Notify(c.Request.Context(), "Dagordningen är hämtad.")
	return w.goTo(c, "/meetings/"+w.meetingOf(c, minutesID)+"/notes")
}

func (w *Web) addAgendaItem(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "title")
	if err != nil {
		return err
	}
	var made *minutes.AgendaItem
	if err := w.write(c, func(tx *store.Tx) (err error) {
		if made, err = minutes.AddAgendaItem(tx, actor(c), minutesID, f.Get("title")); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "title")
	}); err != nil {
		return w.notesAgain(c, minutesID, minutesID, f, err)
	}
	return w.goTo(c, "/meetings/"+w.meetingOf(c, minutesID)+"/notes#a-"+made.ID.String())
}

// renameAgendaItem gives a heading another title.
func (w *Web) renameAgendaItem(c *gin.Context) error {
	headingID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "title")
	if err != nil {
		return err
	}
	var renamed *minutes.AgendaItem
	err = w.write(c, func(tx *store.Tx) error {
		found, err := minutes.RenameAgendaItem(tx, actor(c), headingID, f.Get("title"))
		if err != nil {
			return err
		}
		renamed = found
		return warned(tx, actor(c), f, "title")
	})
	if err != nil {
		return w.headingAgain(c, headingID, url.Values{"renamed": {f.Get("title")}}, err)
	}
	return w.goTo(c, "/meetings/"+w.meetingOf(c, renamed.MinutesID)+"/notes#a-"+headingID.String())
}

// removeAgendaItem takes a heading out that nothing stands under.
func (w *Web) removeAgendaItem(c *gin.Context) error {
	headingID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	var gone *minutes.AgendaItem
	if err := w.write(c, func(tx *store.Tx) (err error) {
		gone, err = minutes.RemoveAgendaItem(tx, actor(c), headingID)
		return err
	}); err != nil {
		return w.headingAgain(c, headingID, url.Values{}, err)
	}
	w.frame.Notify(c.Request.Context(), "Rubriken är borttagen.")
	return w.goTo(c, "/meetings/"+w.meetingOf(c, gone.MinutesID)+"/notes")
}

// headingAgain shows the notes with a heading whose form was refused.
func (w *Web) headingAgain(c *gin.Context, headingID uuid.UUID, typed url.Values, refused error) error {
	if isMissing(refused) {
		return refused
	}
	var minutesID uuid.UUID
	if err := w.read(c, func(tx *store.Tx) (err error) {
		minutesID, err = minutes.Heading(tx, headingID)
		return err
	}); err != nil {
		return err
	}
	return w.notesAgain(c, minutesID, headingID, typed, refused)
}

// placeAgendaItem moves a heading up or down.
func (w *Web) placeAgendaItem(c *gin.Context) error {
	headingID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "to")
	if err != nil {
		return err
	}
	var moved *minutes.AgendaItem
	if err := w.write(c, func(tx *store.Tx) (err error) {
		moved, err = minutes.ShiftAgendaItem(tx, actor(c), headingID, minutes.Direction(f.Get("to")))
		return err
	}); err != nil {
		return err
	}
	return w.goTo(c, "/meetings/"+w.meetingOf(c, moved.MinutesID)+"/notes#a-"+headingID.String())
}

// addAttendee writes down somebody who came unasked.
func (w *Web) addAttendee(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "organisation", "role")
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := minutes.AddAttendance(tx, actor(c), minutesID, f.Get("organisation"), f.Get("role"), minutes.Present)
		return err
	}); err != nil {
		return w.notesAgain(c, minutesID, uuid.Nil, f, err)
	}
	w.frame.Notify(c.Request.Context(), "Närvaron är sparad.")
	return w.goTo(c, "/meetings/"+w.meetingOf(c, minutesID)+"/notes")
}
