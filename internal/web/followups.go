package web

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/report"
	"samverkan/internal/store"
)

// FollowUpPeriod is a choice of the form that begins a follow-up.
type FollowUpPeriod struct {
	report.Report        // with year and half alone
	Value         string // 2026, or 2026-1 for its first half
}

type followUpsView struct {
	Page
	Reports  []report.Report
	Periods  []FollowUpPeriod
	Form     url.Values
	MayWrite bool
}

func (w *Web) followUps(c *gin.Context) error { return w.showFollowUps(c, url.Values{}, nil) }

func (w *Web) showFollowUps(c *gin.Context, f url.Values, refused error) error {
	a := actor(c)
	view := followUpsView{Page: w.frameOf(c, "follow-ups", "Årlig uppföljning"), Form: f, MayWrite: a.Is(access.Coordinator)}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Reports, err = report.List(tx, a); err != nil || !view.MayWrite {
			return err
		}
		due, err := report.Due(tx, a, w.Office.Zone, w.Office.HalfYears)
		view.choices(due, almanac.DateOf(tx.Now, w.Office.Zone))
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "follow-ups", func() any { return view })
	}
	return w.show(c, http.StatusOK, "follow-ups", view)
}

// choices are the periods that can be begun, what is due first.
func (v *followUpsView) choices(due []report.Report, today almanac.Date) {
	add := func(year, half int) {
		p := FollowUpPeriod{Report: report.Report{Year: year, Half: half}, Value: strconv.Itoa(year)}
		if half > 0 {
			p.Value += "-" + strconv.Itoa(half)
		}
		same := func(r report.Report) bool { return r.Year == year && r.Half == half }
		if p.Period().From.After(today) || slices.ContainsFunc(v.Reports, same) || slices.ContainsFunc(v.Periods, func(p FollowUpPeriod) bool { return same(p.Report) }) {
			return
		}
		v.Periods = append(v.Periods, p)
	}
	v.Periods = nil
	for _, r := range due {
		add(r.Year, r.Half)
	}
	for _, year := range []int{today.Year, today.Year - 1} {
		for _, half := range []int{0, 1, 2} {
			add(year, half)
		}
	}
}

func (w *Web) startFollowUp(c *gin.Context) error {
	f, err := form(c, "period")
	if err != nil {
		return err
	}
	yearText, halfText, halved := strings.Cut(f.Get("period"), "-")
	year, yearErr := strconv.Atoi(yearText)
	half := 0
	var halfErr error
	if halved {
		half, halfErr = strconv.Atoi(halfText)
	}
	if yearErr != nil || halfErr != nil {
		return w.showFollowUps(c, f, fault.On("period", "Välj ett av alternativen."))
	}
	var made *report.Report
	if err := w.write(c, func(tx *store.Tx) (err error) {
		made, err = report.Start(tx, actor(c), w.Office.Zone, year, half)
		return err
	}); err != nil {
		return w.showFollowUps(c, f, err)
	}
	return w.done(c, "Uppföljningen är påbörjad. Siffrorna är ifyllda.", "/follow-ups/"+made.ID.String())
}

type followUpView struct {
	Page
	Opened   *report.Opened
	Form     url.Values
	Figures  []report.Figure
	Statuses []report.Status
	MayWrite bool // it is a draft, and the reader's to write
	Corrects bool // it is frozen, and the reader may make a new one
	Paper    template.HTML
	Today    almanac.Date
}

// Goal tells whether a row is the first of its goal, which then is a heading.
func (v followUpView) Goal(n int) bool {
	rows := v.Opened.Document.Rows
	return n == 0 || rows[n-1].Goal != rows[n].Goal
}

// Always are the figures that are told when they are nought, too.
func (v followUpView) Always(f report.Figure) bool {
	return slices.Contains([]report.Figure{report.Held, report.Planned, report.Cancelled, report.Missed}, f)
}

// All counts a figure over all forums.
func (v followUpView) All(of report.Figure) (n int) {
	for _, f := range v.Opened.Document.Forums {
		n += f.Count(of)
	}
	return n
}

func (w *Web) followUp(c *gin.Context) error { return w.showFollowUp(c, "follow-up", nil, nil) }

// showFollowUp shows a follow-up as one of its pages, after a refusal with what was typed.
func (w *Web) showFollowUp(c *gin.Context, page string, typed url.Values, refused error) error {
	reportID, err := id(c, "id")
	if err != nil {
		return err
	}
	a := actor(c)
	view := followUpView{Page: w.frameOf(c, "follow-ups", "%s"), Form: typed, Figures: report.Figures, Statuses: report.Statuses, Today: w.today()}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Opened, err = report.Open(tx, a, w.Office.Zone, reportID)
		return err
	}); err != nil {
		return err
	}
	o := view.Opened
	view.TitleArgs = []any{o.Report.Title()}
	view.MayWrite = o.Draft() && a.Is(access.Coordinator)
	view.Corrects = !o.Draft() && o.Successor == nil && a.Is(access.Coordinator)
	if view.Form == nil {
		view.Form = formOfFollowUp(o)
	}
	if page == "follow-up-preview" {
		view.Title = "Förhandsgranska: %s"
		view.Paper = marked(flat(o.Document))
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, page, func() any { return view })
	}
	return w.show(c, http.StatusOK, page, view)
}

// flat gives the body of the paper.
func flat(d report.Document) []document.Block { return d.Paper(d.Counted.Midnight()).Body }

func formOfFollowUp(o *report.Opened) url.Values {
	f := url.Values{"version": {strconv.FormatInt(o.Report.Version, 10)}, "summary": {o.Document.Summary}, "outlook": {o.Document.Outlook}}
	for _, r := range o.Document.Rows {
		f.Set("status-"+r.Row, string(r.Status))
		f.Set("comment-"+r.Row, r.Comment)
	}
	return f
}

func (w *Web) saveFollowUp(c *gin.Context) error {
	reportID, err := id(c, "id")
	if err != nil {
		return err
	}
	var o *report.Opened
	if err := w.read(c, func(tx *store.Tx) (err error) {
		o, err = report.Open(tx, actor(c), w.Office.Zone, reportID)
		return err
	}); err != nil {
		return err
	}
	fields, texts := []string{"version", "act", "summary", "outlook"}, []string{"summary", "outlook"}
	for _, r := range o.Document.Rows {
		fields, texts = append(fields, "status-"+r.Row, "comment-"+r.Row), append(texts, "comment-"+r.Row)
	}
	f, err := form(c, fields...)
	if err != nil {
		return err
	}
	said := report.Texts{Summary: f.Get("summary"), Outlook: f.Get("outlook")}
	for _, r := range o.Document.Rows {
		said.Rows = append(said.Rows, report.Row{PlanRow: r.Row, Status: report.Status(f.Get("status-" + r.Row)), Comment: f.Get("comment-" + r.Row)})
	}
	if err := w.write(c, func(tx *store.Tx) error {
		if _, err := report.Save(tx, actor(c), reportID, versionOf(f), said); err != nil {
			return err
		}
		return warned(tx, actor(c), f, texts...)
	}); err != nil {
		return w.showFollowUp(c, "follow-up", f, err)
	}
	path := "/follow-ups/" + reportID.String()
	if f.Get("act") == "preview" {
		path += "/preview"
	}
	return w.done(c, "Uppföljningen är sparad.", path)
}

func (w *Web) previewFollowUp(c *gin.Context) error {
	return w.showFollowUp(c, "follow-up-preview", url.Values{"date": {w.today().String()}}, nil)
}

func (w *Web) handOverFollowUp(c *gin.Context) error {
	reportID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "hash", "date", "reference")
	if err != nil {
		return err
	}
	on, err := optionalDay(f, "date", w.today())
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := report.HandOver(tx, actor(c), w.Office.Zone, reportID, f.Get("hash"), on, strings.TrimSpace(f.Get("reference")))
			return err
		})
	}
	if err != nil {
		return w.showFollowUp(c, "follow-up-preview", f, err)
	}
	return w.done(c, "Uppföljningen är överlämnad och kan inte ändras.", "/follow-ups/"+reportID.String())
}

func (w *Web) correctFollowUp(c *gin.Context) error {
	reportID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "reason")
	if err != nil {
		return err
	}
	var made *report.Report
	if err := w.write(c, func(tx *store.Tx) (err error) {
		if made, err = report.Correct(tx, actor(c), reportID, f.Get("reason")); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "reason")
	}); err != nil {
		return w.showFollowUp(c, "follow-up", f, err)
	}
	return w.done(c, "Rättelsen är påbörjad. Den tidigare uppföljningen finns kvar.", "/follow-ups/"+made.ID.String())
}

func (w *Web) followUpCopy(c *gin.Context) error {
	reportID, err := id(c, "id")
	if err != nil {
		return err
	}
	return w.saveCopy(c, func(tx *store.Tx) (*minutes.Copy, error) {
		return report.Download(tx, actor(c), w.Office.Zone, reportID, minutes.Format(c.Param("format")))
	})
}

// FigureLine is a line of the list that a figure counts.
type FigureLine struct {
	report.Thing
	Forum    string
	ForumID  uuid.UUID
	Readable bool // the reader may open the notes that it is in
}

type figureView struct {
	Page
	Opened *report.Opened
	Figure report.Figure
	Forum  string // empty: all
	Lines  []FigureLine
	Year   string
}

// followUpFigure shows the list that a figure counts.
func (w *Web) followUpFigure(c *gin.Context) error {
	reportID, err := id(c, "id")
	if err != nil {
		return err
	}
	of, asked := report.Figure(cmp.Or(c.Query("figure"), string(report.Held))), c.Query("forum")
	if !slices.Contains(report.Figures, of) {
		return fault.Missing()
	}
	view := figureView{Page: w.frameOf(c, "follow-ups", "%s"), Figure: of}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Opened, err = report.Open(tx, actor(c), w.Office.Zone, reportID); err != nil {
			return err
		}
		return view.list(tx, actor(c), asked)
	}); err != nil {
		return err
	}
	view.TitleArgs, view.Year = []any{of.Words()}, strconv.Itoa(view.Opened.Document.Year)
	if view.Forum != "" {
		view.Title, view.TitleArgs = "%s: %s", []any{of.Words(), view.Forum}
	}
	return w.show(c, http.StatusOK, "follow-up-figure", view)
}

func (v *figureView) list(tx *store.Tx, a access.Actor, forumID string) error {
	v.Lines, v.Forum = nil, ""
	var notes []uuid.UUID
	found := forumID == ""
	for _, f := range v.Opened.Document.Forums {
		if forumID != "" && f.ForumID.String() != forumID {
			continue
		}
		if forumID != "" {
			v.Forum, found = f.Name, true
		}
		for _, t := range f.Things[v.Figure] {
			v.Lines = append(v.Lines, FigureLine{Thing: t, Forum: f.Name, ForumID: f.ForumID})
			if t.MinutesID != nil {
				notes = append(notes, *t.MinutesID)
			}
		}
	}
	if !found {
		return fault.Missing()
	}
	readable, err := minutes.Readable(tx, a, notes)
	for n, l := range v.Lines {
		v.Lines[n].Readable = l.MinutesID != nil && slices.Contains(readable, *l.MinutesID)
	}
	return err
}
