package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
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
	Last      *minutes.Headings // agenda of the last meeting, that may be brought; nil: none
	Late      []invite.Lateness // who said so
}

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
		m, err := minutes.OfMeeting(tx, actor(c), meetingID)
		if err == nil && m == nil {
			err = fault.Missing()
		}
		if err != nil {
			return nil, err
		}
		return minutes.OpenDraft(tx, actor(c), m.ID)
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
		if view.Late, err = invite.Latenesses(tx, view.Minutes.MeetingID); err != nil {
			return err
		}
		if view.Last, err = minutes.LastAgenda(tx, view.Minutes); err != nil {
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

var itemFields = []string{"version", "kind", "text", "owner", "due", "receivers[]"}

// written reads an item's form.
func (w *Web) written(f url.Values) (minutes.Written, error) {
	item := minutes.Written{Kind: minutes.Kind(f.Get("kind")), Text: f.Get("text"), Owner: f.Get("owner")}
	for _, r := range f["receivers"] {
		if id := optionalID(r); id != nil {
			item.Receivers = append(item.Receivers, *id)
		}
	}
	var err error
	if strings.TrimSpace(f.Get("due")) != "" {
		item.Due, err = almanac.ParseDate(f.Get("due"), w.today())
	}
	return item, fault.At("due", err)
}

// addItems writes what was typed under any of the headings, so that nothing typed under another one
// is lost. Lines that begin with B: are decisions and with U: actions, so that nobody leaves the
// keyboard.
func (w *Web) addItems(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	var draft *minutes.Minutes
	if err := w.read(c, func(tx *store.Tx) (err error) {
		draft, err = minutes.Draft(tx, actor(c), minutesID)
		return err
	}); err != nil {
		return err
	}
	names := []string{"agendaItemId"}
	for _, a := range draft.Agenda {
		for _, field := range []string{"kind", "text", "owner", "due", "receivers"} {
			names = append(names, field+"-"+a.ID.String())
		}
		names[len(names)-1] += "[]"
	}
	f, err := form(c, names...)
	if err != nil {
		return err
	}
	where, err := w.addTyped(c, draft, f)
	if err != nil {
		return w.notesAgain(c, minutesID, where, f, err)
	}
	if pressed := optionalID(f.Get("agendaItemId")); pressed != nil {
		where = *pressed
	}
	return w.goTo(c, "/meetings/"+draft.MeetingID.String()+"/notes#a-"+where.String())
}

// addTyped adds what stands under each heading, all or nothing. It gives the heading that it was
// refused for.
func (w *Web) addTyped(c *gin.Context, draft *minutes.Minutes, f url.Values) (where uuid.UUID, err error) {
	typed := map[uuid.UUID]minutes.Written{}
	for _, a := range draft.Agenda {
		suffix := "-" + a.ID.String()
		if strings.TrimSpace(f.Get("text"+suffix)) == "" {
			continue
		}
		item, err := w.written(url.Values{"kind": {f.Get("kind" + suffix)}, "text": {f.Get("text" + suffix)}, "owner": {f.Get("owner" + suffix)},
			"due": {f.Get("due" + suffix)}, "receivers": f["receivers"+suffix]})
		if err != nil {
			return a.ID, err
		}
		typed[a.ID] = item
	}
	if len(typed) == 0 {
		return where, fault.New(fault.Invalid, "Skriv något under en punkt först.")
	}
	return where, w.write(c, func(tx *store.Tx) error {
		for _, a := range draft.Agenda {
			item, written := typed[a.ID]
			if !written {
				continue
			}
			where = a.ID
			for _, part := range split(item, w.today()) {
				if _, err := minutes.Add(tx, actor(c), draft.ID, a.ID, part); err != nil {
					return err
				}
			}
		}
		return nil
	})
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

var (
	ownLine = regexp.MustCompile(`^([BbUu]):\s*(.+)$`)
	until  = regexp.MustCompile(`(?i)[, ]*\bsenast\s+(?:den\s+)?(.+?)\.?$`)
)

// split makes marked lines of a note items of their own: "B: Vi möts i maj." is a decision, "U: Anna
// skickar rutinen senast 25/3" an action of Anna's with a day.
func split(w minutes.Written, today almanac.Date) []minutes.Written {
	if w.Kind != minutes.Note {
		return []minutes.Written{w}
	}
	var parts []minutes.Written
	var lines []string
	note := func() {
		if text := strings.TrimSpace(strings.Join(lines, "\n")); text != "" {
			parts = append(parts, minutes.Written{Kind: minutes.Note, Text: text})
		}
		lines = nil
	}
	for line := range strings.Lines(strings.ReplaceAll(w.Text, "\r\n", "\n")) {
		found := ownLine.FindStringSubmatch(strings.TrimSpace(line))
		switch {
		case found == nil:
			lines = append(lines, strings.TrimRight(line, "\n"))
		case strings.EqualFold(found[1], "B"):
			note()
			parts = append(parts, minutes.Written{Kind: minutes.Decision, Text: found[2]})
		default:
			note()
			parts = append(parts, action(found[2], today))
		}
	}
	note()
	if len(parts) == 0 { // nothing was typed: the room says so
		return []minutes.Written{w}
	}
	return parts
}

// action reads who and by when out of an action's line. Both stay in fields that can be changed.
func action(text string, today almanac.Date) minutes.Written {
	w := minutes.Written{Kind: minutes.Action, Text: text}
	if found := until.FindStringSubmatchIndex(text); found != nil {
		if due, err := almanac.ParseDate(text[found[2]:found[3]], today); err == nil {
			w.Due, w.Text = due, strings.TrimSpace(text[:found[0]])
		}
	}
	w.Owner, _, _ = strings.Cut(w.Text, " ")
	w.Owner = strings.TrimRight(w.Owner, ":,")
	return w
}

func (w *Web) saveItem(c *gin.Context) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, itemFields...)
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(f.Get("version"), 10, 64) // no number is no version that ever was
	item, err := w.written(f)
	var saved *minutes.Item
	if err == nil {
		err = w.write(c, func(tx *store.Tx) (err error) {
			saved, err = minutes.Save(tx, actor(c), itemID, version, item)
			return err
		})
	}
	if err != nil {
		return w.itemAgain(c, itemID, f, err)
	}
	return w.goTo(c, "/meetings/"+w.meetingOf(c, saved.MinutesID)+"/notes#p-"+itemID.String())
}

// itemAgain shows the notes with both texts: the one that is saved and the one that was typed.
func (w *Web) itemAgain(c *gin.Context, itemID uuid.UUID, typed url.Values, refused error) error {
	if isMissing(refused) {
		return refused
	}
	var minutesID uuid.UUID
	if err := w.read(c, func(tx *store.Tx) (err error) {
		minutesID, err = minutes.Holding(tx, itemID)
		return err
	}); err != nil {
		return err
	}
	return w.notesAgain(c, minutesID, itemID, typed, refused)
}

func (w *Web) strikeItem(c *gin.Context) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version")
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(f.Get("version"), 10, 64)
	var gone *minutes.Item
	if err := w.write(c, func(tx *store.Tx) (err error) {
		gone, err = minutes.Strike(tx, actor(c), itemID, version)
		return err
	}); err != nil {
		return w.itemAgain(c, itemID, url.Values{}, err)
	}
	return w.goTo(c, "/meetings/"+w.meetingOf(c, gone.MinutesID)+"/notes#a-"+gone.AgendaItemID.String())
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
