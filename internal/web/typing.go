package web

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// typedFields are the fields under each heading. key and stamp say which items a field has made
// already; the page makes them.
var typedFields = []string{"kind", "text", "owner", "due", "receivers", "key", "stamp"}

// addItems writes what was typed under any of the headings, so that nothing typed under another one
// is lost. Lines that begin with B: are decisions and with U: actions, so that nobody leaves the
// keyboard. The page's script sends what stands under one heading, again and again.
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
	names := []string{"agendaItemId", "as"}
	for _, a := range draft.Agenda {
		for _, field := range typedFields {
			name := field + "-" + a.ID.String()
			if field == "receivers" {
				name += "[]"
			}
			names = append(names, name)
		}
	}
	f, err := form(c, names...)
	if err != nil {
		return err
	}
	if byScript(c) {
		return w.keepTyping(c, draft, f)
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

// typing reads what stands under a heading. A field without a key is a new one.
func (w *Web) typing(f url.Values, heading uuid.UUID) (minutes.Typing, error) {
	at := func(name string) string { return f.Get(name + "-" + heading.String()) }
	t := minutes.Typing{AgendaItemID: heading, Field: store.NewID(), Stamp: at("stamp")}
	if key := optionalID(at("key")); key != nil {
		t.Field = *key
	}
	if strings.TrimSpace(at("text")) == "" {
		return t, nil
	}
	item, err := w.written(url.Values{"kind": {at("kind")}, "text": {at("text")}, "owner": {at("owner")}, "due": {at("due")}, "receivers": f["receivers-"+heading.String()]})
	if err == nil {
		t.Parts = split(item, w.today())
	}
	return t, err
}

// addTyped adds what stands under each heading, all or nothing. It gives the heading that it was
// refused for.
func (w *Web) addTyped(c *gin.Context, draft *minutes.Minutes, f url.Values) (where uuid.UUID, err error) {
	var all []minutes.Typing
	for _, a := range draft.Agenda {
		t, err := w.typing(f, a.ID)
		if err != nil {
			return a.ID, err
		}
		if len(t.Parts) > 0 || t.Stamp != "" {
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return where, fault.New(fault.Invalid, "Skriv något under en punkt först.")
	}
	return where, w.write(c, func(tx *store.Tx) error {
		for _, t := range all {
			where = t.AgendaItemID
			_, _, err := minutes.Type(tx, actor(c), draft.ID, t)
			if fault.KindOf(err) == fault.Conflict { // an old page: what it holds is kept beside what came since
				t.Field, t.Stamp = store.NewID(), ""
				_, _, err = minutes.Type(tx, actor(c), draft.ID, t)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// keepTyping saves what stands under one heading at the moment, for the page's script.
func (w *Web) keepTyping(c *gin.Context, draft *minutes.Minutes, f url.Values) error {
	heading := orNil(optionalID(f.Get("agendaItemId")))
	if stranger(c, f) {
		return w.tellStranger(c)
	}
	t, err := w.typing(f, heading)
	var now string
	if err == nil {
		err = w.write(c, func(tx *store.Tx) (err error) {
			_, now, err = minutes.Type(tx, actor(c), draft.ID, t)
			return err
		})
	}
	if fault.KindOf(err) != fault.Conflict {
		return w.tellSaved(c, now, err)
	}
	var theirs []minutes.Item
	if err := w.read(c, func(tx *store.Tx) (err error) {
		theirs, now, err = minutes.Typed(tx, actor(c), draft.ID, t.Field)
		return err
	}); err != nil {
		return err
	}
	return w.tellBoth(c, err, now, theirs)
}

var (
	ownLine = regexp.MustCompile(`^([BbUu]):\s*(.+)$`)
	until   = regexp.MustCompile(`(?i)[, ]*\bsenast\s+(?:den\s+)?(.+?)\.?$`)
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

// joined is what somebody would type to get the items that a field has made.
func joined(items []minutes.Item) string {
	var lines []string
	for _, i := range items {
		text := i.Text
		switch i.Kind {
		case minutes.Decision:
			text = "B: " + text
		case minutes.Action:
			text = "U: " + text
			if !i.Due.IsZero() {
				text += " senast " + i.Due.String()
			}
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}
