package web

import (
	"bytes"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/lang"
	"samverkan/internal/minutes"
	"samverkan/internal/plan"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// decisionFilters are what the register of decisions is narrowed by. The words that are looked for are not among them:
// they travel in a body, never in an address.
var decisionFilters = []string{"forum", "year", "organisation", "state", "measure"}

type decisionsView struct {
	Page
	listFilter
	Decisions     []minutes.DecisionTaken
	Organisations []string
	Years         []string
	Export        string // address of the list as a file
}

// selection is the filter as the room knows it. A year that is none has no decisions.
func (f listFilter) selection() minutes.DecisionSelection {
	s := minutes.DecisionSelection{ForumID: f.forum(), Organisation: f.Form.Get("organisation"), Text: strings.TrimSpace(f.Form.Get("text")), Row: f.Row}
	if year := f.Form.Get("year"); year != "" {
		n, err := strconv.Atoi(year)
		if s.Year = n; err != nil || n < 1 || n > 9999 {
			s.Year = 1
		}
	}
	if state := minutes.Standing(f.Form.Get("state")); state == minutes.InForce || state == minutes.Replaced {
		s.Standing = state
	}
	return s
}

// decisions is the register of decisions across forums.
func (w *Web) decisions(c *gin.Context) error {
	return w.showDecisions(c, filterOf(c, decisionFilters...))
}

// findDecisions is the register narrowed by words too.
func (w *Web) findDecisions(c *gin.Context) error {
	f, err := form(c, append([]string{"text"}, decisionFilters...)...)
	if err != nil {
		return err
	}
	return w.showDecisions(c, listFilter{Form: f, Row: f.Get("measure")})
}

func (w *Web) showDecisions(c *gin.Context, filter listFilter) error {
	view := decisionsView{Page: w.frameOf(c, "minutes", "Beslut"), listFilter: filter}
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		if err := view.fillForums(tx, actor(c)); err != nil {
			return err
		}
		if view.Organisations, err = minutes.DecisionOrganisations(tx, actor(c)); err != nil {
			return err
		}
		view.Decisions, err = minutes.Decisions(tx, actor(c), filter.selection())
		return err
	}); err != nil {
		return err
	}
	for year := w.today().Year; year > w.today().Year-10; year-- {
		view.Years = append(view.Years, strconv.Itoa(year))
	}
	if year := view.Form.Get("year"); filter.selection().Year > 1 && !slices.Contains(view.Years, year) {
		view.Years = append(view.Years, year)
	}
	query := url.Values{}
	for _, name := range decisionFilters {
		if value := view.Form.Get(name); value != "" {
			query.Set(name, value)
		}
	}
	view.Export = "/decisions.csv?" + query.Encode()
	return w.show(c, http.StatusOK, "decisions", view)
}

// decisionsTable gives the register as a file.
func (w *Web) decisionsTable(c *gin.Context) error {
	var all []minutes.DecisionTaken
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		all, err = minutes.Decisions(tx, actor(c), filterOf(c, decisionFilters...).selection())
		return err
	}); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := writeDecisions(&out, all, language(c)); err != nil {
		return err
	}
	serve.Attachment(c, "beslut.csv", "text/csv; charset=utf-8", out.Bytes())
	return nil
}

// writeDecisions writes decisions as a table for a spreadsheet.
func writeDecisions(w io.Writer, all []minutes.DecisionTaken, l lang.Language) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // by which Excel knows UTF-8
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = ';' // which Excel in Sweden expects
	rows := [][]string{{l.Text("Beslut"), l.Text("Datum"), l.Text("Forum"), l.Text("Text"), l.Text("Version"), l.Text("Läge"), l.Text("Ersätter"), l.Text("Ersatt av")}}
	for _, d := range all {
		state := l.Text("Gäller")
		if d.Replaced {
			state = l.Text("Ersatt")
		}
		rows = append(rows, []string{d.Label, d.Minutes.Meeting.Date.String(), d.Minutes.Meeting.Forum.Name, d.Text, strconv.FormatInt(d.Number, 10), state, calledAll(d.Replaces), calledAll(d.ReplacedBy)})
	}
	for _, cells := range rows {
		for n := range cells {
			cells[n] = access.InCell(cells[n])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// calledAll names decisions by number, forum and day.
func calledAll(all []minutes.DecisionState) string {
	names := make([]string, len(all))
	for n, d := range all {
		names[n] = d.Label + " " + d.Minutes.Meeting.Forum.Name + " " + d.Minutes.Meeting.Date.String()
	}
	return strings.Join(names, ", ")
}

type decisionView struct {
	Page
	Decision *minutes.DecisionTaken
	Chain    []minutes.DecisionTaken // all that it came of and that came of it, when there is more than itself
	Measure  *plan.Measure
	Keeps    bool
}

// decision shows one decision and what stands before and after it.
func (w *Web) decision(c *gin.Context) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := decisionView{Page: w.frameOf(c, "minutes", "Beslut %s")}
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		if view.Decision, err = minutes.OneDecision(tx, actor(c), itemID); err != nil {
			return err
		}
		if view.Chain, err = minutes.Chain(tx, actor(c), itemID); err != nil {
			return err
		}
		view.Keeps = actor(c).Is(access.Coordinator) && actor(c).MayConvene(tx, view.Decision.Minutes.Meeting.ForumID) == nil
		view.Measure, err = minutes.MeasureOf(tx, itemID)
		return err
	}); err != nil {
		return err
	}
	view.TitleArgs = []any{view.Decision.Label}
	return w.show(c, http.StatusOK, "decision", view)
}
