package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// LogRow is an entry of the log as pages show it.
type LogRow struct {
	Entry access.LogEntry
	Who   lang.Sentence
	What  lang.Sentence
	Kind  lang.Sentence
	Link  string // to what it is about, where the reader may open that; empty: none
	Own   bool   // the reader's own
}

// logRows makes entries readable for the actor.
func logRows(tx *store.Tx, by access.Actor, entries []access.LogEntry, names map[uuid.UUID]string) ([]LogRow, error) {
	links, err := logLinks(tx, by, entries)
	if err != nil {
		return nil, err
	}
	rows := make([]LogRow, len(entries))
	for n, e := range entries {
		r := LogRow{Entry: e, What: ActionWords(e.Action), Kind: KindWords(e.ObjectKind)}
		if e.IdentityID != nil {
			r.Own = *e.IdentityID == by.ID
			r.Who = whoWords(e, names[*e.IdentityID])
		} else {
			r.Who = whoWords(e, "")
		}
		if e.ObjectID != nil {
			r.Link = links[*e.ObjectID]
		}
		rows[n] = r
	}
	return rows, nil
}

// logLinks gives the pages of what entries are about, of those things that the actor may open.
func logLinks(tx *store.Tx, by access.Actor, entries []access.LogEntry) (map[uuid.UUID]string, error) {
	links := map[uuid.UUID]string{}
	if !by.Is(access.Coordinator, access.Member, access.Manager, access.Registrar) {
		return links, nil
	}
	asked := map[string][]uuid.UUID{}
	seen := map[uuid.UUID]bool{}
	for _, e := range entries {
		if e.ObjectID != nil && !seen[*e.ObjectID] {
			seen[*e.ObjectID] = true
			asked[e.ObjectKind] = append(asked[e.ObjectKind], *e.ObjectID)
		}
	}
	readable, err := minutes.Readable(tx, by, asked["minutes"])
	if err != nil {
		return nil, err
	}
	for _, id := range readable {
		links[id] = "/minutes/" + id.String()
	}
	for _, kind := range []struct {
		name, page string
		find       func(uuid.UUID) error
	}{
		{"meeting", "/meetings/", func(id uuid.UUID) error { _, err := meeting.Find(tx, by, id); return err }},
		{"forum", "/forums/", func(id uuid.UUID) error { _, err := forum.Find(tx, by, id); return err }},
	} {
		for _, id := range asked[kind.name] {
			switch err := kind.find(id); {
			case err == nil:
				links[id] = kind.page + id.String()
			case !isMissing(err):
				return nil, err
			}
		}
	}
	return links, nil
}

type logView struct {
	Page
	Rows    []LogRow
	Form    url.Values
	Named   access.Named
	Actions []Choice
	Who     []Choice
	Total   int64
	Number  int
	Pages   int
	Older   string // address of the next page
	Newer   string
	Zone    *time.Location
	All     bool // the reader reads everybody's
	Exports bool
	Reviews bool
}

// Choice is one of a list to choose from.
type Choice struct{ Value, Text string }

const entriesPerPage = 50

// log shows who did and read what, narrowed by what the address asks for.
func (w *Web) log(c *gin.Context) error {
	a := actor(c)
	view := logView{Page: w.frameOf(c, "log", "Logg"), Zone: w.Office.Zone, Form: c.Request.URL.Query(), Number: 1}
	view.All = a.Is(access.Administrator, access.Manager, access.Registrar)
	view.Exports, view.Reviews = view.All, a.Is(access.Manager, access.Administrator)
	if asked := c.Query("page"); asked != "" {
		number, err := strconv.Atoi(asked)
		if err != nil || number < 1 || number > 1_000_000 {
			return fault.Missing()
		}
		view.Number = number
	}
	selection, refused := w.logSelection(view.Form)
	if refused != nil {
		selection = access.LogSelection{}
	}
	selection.Limit, selection.Offset = entriesPerPage, (view.Number-1)*entriesPerPage
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Named, err = access.InLog(tx, a); err != nil {
			return err
		}
		found, total, err := access.LogEntries(tx, a, selection)
		if err != nil {
			return err
		}
		view.Total = total
		view.Rows, err = logRows(tx, a, found, view.Named.Names)
		return err
	}); err != nil {
		return err
	}
	view.choices()
	view.turn()
	if refused != nil {
		return w.again(c, refused, &view.Page, "log", func() any { return view })
	}
	return w.show(c, http.StatusOK, "log", view)
}

// choices fills the lists that the page can be narrowed by.
func (v *logView) choices() {
	for _, action := range v.Named.Actions {
		v.Actions = append(v.Actions, Choice{action, ActionWords(action).In(v.Lang)})
	}
	for id, name := range v.Named.Names {
		v.Who = append(v.Who, Choice{id.String(), name})
	}
	text := func(c Choice) string { return c.Text }
	lang.SortByName(v.Actions, text)
	lang.SortByName(v.Who, text)
	v.Who = append(v.Who, Choice{"guest", v.Lang.Text("gäst")}, Choice{"system", v.Lang.Text("systemet")})
}

// turn gives the addresses of the pages before and after.
func (v *logView) turn() {
	v.Pages = max(1, (int(v.Total)+entriesPerPage-1)/entriesPerPage)
	page := func(number int) string {
		q := url.Values{"page": {strconv.Itoa(number)}}
		for _, name := range logFields {
			if v.Form.Get(name) != "" {
				q.Set(name, v.Form.Get(name))
			}
		}
		return "/log?" + q.Encode()
	}
	if v.Number > 1 {
		v.Newer = page(v.Number - 1)
	}
	if v.Number < v.Pages {
		v.Older = page(v.Number + 1)
	}
}

var logFields = []string{"from", "to", "who", "action"}

// logSelection reads what a form asks for.
func (w *Web) logSelection(f url.Values) (s access.LogSelection, err error) {
	latest := w.today().AddDays(-360) // "1 oktober" is the latest one
	from, fromErr := optionalDay(f, "from", latest)
	to, toErr := optionalDay(f, "to", latest)
	s.From, s.To = almanac.Days(from, to, w.Office.Zone)
	switch who := f.Get("who"); who {
	case "", "guest", "system":
		s.Actor = who
	default:
		if s.Identity = optionalID(who); s.Identity == nil {
			return s, fault.Missing()
		}
	}
	if _, known := actionWords[f.Get("action")]; known {
		s.Action = f.Get("action")
	}
	return s, fault.Join(fromErr, toErr)
}

// exportLog gives the entries that a form asks for as a file. That it was done is in the log.
func (w *Web) exportLog(c *gin.Context) error {
	f, err := form(c, logFields...)
	if err != nil {
		return err
	}
	selection, err := w.logSelection(f)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := w.write(c, func(tx *store.Tx) error {
		out.Reset() // the transaction may be run again
		_, err := access.ExportLog(tx, actor(c), selection, &out)
		return err
	}); err != nil {
		return err
	}
	serve.Attachment(c, "logg-"+w.today().String()+".csv", "text/csv; charset=utf-8", out.Bytes())

	return nil
}
