package web

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
	"samverkan/templates"
)

// Page is the frame of every page. View structs embed it.
type Page struct {
	Lang         lang.Language
	Title        string // Swedish, a key
	TitleArgs    []any
	Nav          string // which of the main links is this one's
	Actor        access.Actor
	Municipality string
	Notice       string // what was done, already in the reader's language
	Errors       []FieldError
	Suspects     []FieldError // what may tell who somebody is; never in the way
	Seen         string       // says of a form's texts that their writer has been warned
	Filing       bool
	Version      string
	Bare         bool   // without navigation and foot: for a wall that many look at
	Path         string // of this page, for the language link
	Style        string // address of the style sheet
	Script       string // address of htmx
	Nonce        string // by which a browser knows our style sheet and script from another's
}

// FieldError is one mistake in a form.
type FieldError struct {
	Field string
	Text  string
}

// For gives the sentence at a field, empty when nothing is wrong with it and nothing seen in it.
func (p Page) For(field string) string {
	var warnings []string
	for _, e := range p.Errors {
		if e.Field == field {
			return e.Text
		}
	}
	for _, e := range p.Suspects {
		if e.Field == field {
			warnings = append(warnings, e.Text)
		}
	}
	return strings.Join(warnings, " ")
}

// Heading is the page's title in the reader's language.
func (p Page) Heading() string { return p.Lang.Text(p.Title, p.TitleArgs...) }

// Field is one input of a form as the template shows it.
type Field struct {
	Name, Label, Hint, Value, Error string
	Type, Autocomplete, InputMode   string
	Focus                           bool // the page begins here: what is typed first goes into it
	Warns                           bool // Error is a warning, and does not stand in the way
}

// field gives a text input with what was typed and what is wrong with it. more are its type, its
// autocomplete and its inputmode.
func field(p Page, form url.Values, name, label, hint string, more ...string) Field {
	f := Field{Name: name, Label: label, Hint: hint, Value: form.Get(name), Error: p.For(name), Type: "text", Warns: len(p.Errors) == 0 && len(p.Suspects) > 0}
	for i, value := range more {
		*[]*string{&f.Type, &f.Autocomplete, &f.InputMode}[i] = value
	}
	return f
}

// first lets a page begin in a field, when it has no errors to begin with.
func first(p Page, f Field) Field {
	f.Focus = len(p.Errors) == 0
	return f
}

// frameOf gives the frame of a page.
func (w *Web) frameOf(c *gin.Context, nav, title string, args ...any) Page {
	a := actor(c)
	p := Page{Lang: language(c), Title: title, TitleArgs: args, Nav: nav, Actor: a, Filing: w.Filing, Version: w.Version, Path: c.Request.URL.Path, Style: assets["app.css"].address, Script: assets["htmx.min.js"].address,
		Nonce: serve.Nonce(c.Request.Context())}
	p.Municipality = w.home.name(c, w.DB)
	if a.SignedIn() {
		if key := w.frame.Notice(c.Request.Context()); key != "" {
			p.Notice = p.Lang.Text(key)
		}
	}
	return p
}

// language is the reader's: the account's, else the one that ?lang= asks for, else the
// installation's.
func language(c *gin.Context) lang.Language {
	if a := actor(c); a.SignedIn() {
		return a.Language
	}
	if asked := c.Query("lang"); asked != "" {
		return lang.Parse(asked)
	}
	return lang.Parse(string(actor(c).Language))
}

// homeCache keeps the municipality's name, which stands on every page and changes once in a life.
type homeCache struct {
	mu    sync.Mutex
	value string
	until time.Time
}

func (h *homeCache) name(c *gin.Context, db *store.DB) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if db.Now().Before(h.until) {
		return h.value
	}
	err := db.Read(c.Request.Context(), func(tx *store.Tx) error {
		home, err := partner.Home(tx)
		h.value = home.Name
		return err
	})
	if err == nil {
		h.until = db.Now().Add(10 * time.Second)
	}
	return h.value
}

// pages are the templates, by language and page.
type pages map[lang.Language]map[string]*template.Template

// parsePages reads every template. A mistake in one stops the program.
func parsePages() (pages, error) {
	names, err := fs.Glob(templates.Files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	all := pages{}
	for _, l := range []lang.Language{lang.Swedish, lang.English} {
		base, err := template.New("layout.html").Funcs(functions(l)).Option("missingkey=error").ParseFS(templates.Files, "layout.html", "partials.html")
		if err != nil {
			return nil, err
		}
		all[l] = map[string]*template.Template{}
		for _, name := range names {
			t, err := template.Must(base.Clone()).ParseFS(templates.Files, name)
			if err != nil {
				return nil, err
			}
			all[l][strings.TrimSuffix(path.Base(name), ".html")] = t
		}
	}
	return all, nil
}

// functions are what templates may call, in one language.
func functions(l lang.Language) template.FuncMap {
	return template.FuncMap{
		"rich": rich,
		"words": func(spans []document.Span) template.HTML {
			return marked([]document.Block{document.Paragraph{Text: spans}})
		},
		"asset":   func(name string) string { return assets[name].address },
		"t":       func(key string, args ...any) string { return l.Text(key, args...) },
		"tn":      func(n int, one, many string) string { return l.Count(n, one, many) },
		"say":     func(s lang.Sentence) string { return s.In(l) },
		"long":    func(d almanac.Date) string { return almanac.Long(d, l) },
		"short":   func(d almanac.Date) string { return almanac.Short(d, l) },
		"when":    func(m meeting.Meeting) string { return secretariat.When(m.Time(), l) },
		"at":      func(t meeting.Time) string { return secretariat.When(t, l) },
		"span":    almanac.Span,
		"octets":  func(n int64) string { return octets(n, l) },
		"clock":   func(c almanac.Clock) string { return c.Swedish() },
		"week":    func(d almanac.Date) int { _, week := d.Week(); return week },
		"weekday": func(n int) string { return almanac.WeekdayName(time.Weekday(n), l) },
		"month":   func(n int) string { return almanac.MonthName(time.Month(n), l) },
		"weekdays": func(n int) string {
			return almanac.WeekdayName(time.Weekday(n), l) + map[lang.Language]string{lang.Swedish: "ar", lang.English: "s"}[l]
		},
		"capital": lang.Capital,
		"promise": func(f forum.Forum) string { return lang.Capital(f.Promise().In(l)) },
		"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"daymonth": func(d almanac.Date) string {
			return fmt.Sprintf("%s %d %s", almanac.WeekdayName(d.Weekday(), l), d.Day, almanac.MonthName(d.Month, l))
		},
		"pollwhen":   func(t poll.Time) string { return secretariat.PollWhen(t, l) },
		"instant":    func(t time.Time, zone *time.Location) string { return moment(l, t, zone) },
		"day":        func(t time.Time, zone *time.Location) string { return almanac.DateOf(t, zone).String() },
		"daybefore":  func(t time.Time, zone *time.Location) string { return almanac.DateOf(t, zone).AddDays(-1).String() },
		"tel":        func(number string) string { return strings.Map(dialled, number) },
		"letterword": func(s post.State) string { return l.Text(stateWords[s]) },
		"client":     func(name string) string { return browserName(l, name) },
		"again":      func(p Page, id string) passwordAgain { return passwordAgain{p, id} },
		"answer":     secretariat.StatusWord,
		"seat":       secretariat.LastWord,
		"said":       secretariat.AnswerWord,
		"lang":       func() lang.Language { return l },
		"field":      field,
		"first":      first,
		"list5":      func() []int { return []int{1, 2, 3, 4, 5} },
		"list":       func(values ...any) []any { return values },
		"holds":      func(ids []uuid.UUID, id uuid.UUID) bool { return slices.Contains(ids, id) },
		"add":        func(a, b int) int { return a + b },
		"has":        func(form url.Values, name, value string) bool { return slices.Contains(form[name], value) },
	}
}

// moment is when something was, to the minute.
func moment(l lang.Language, t time.Time, zone *time.Location) string {
	return l.Text("%s kl. %s", almanac.DateOf(t, zone).String(), almanac.ClockOf(t, zone).Swedish())
}

// dialled keeps what a telephone dials.
func dialled(r rune) rune {
	if r == '+' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// show writes a page.
func (w *Web) show(c *gin.Context, status int, name string, view any) error {
	t, known := w.pages[language(c)][name]
	if !known {
		return fmt.Errorf("web: no page %q", name)
	}
	var body bytes.Buffer // whole before the first octet leaves: half a page is worse than an error
	if err := t.ExecuteTemplate(&body, "layout.html", view); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Data(status, "text/html; charset=utf-8", body.Bytes())
	return nil
}

// refuse is this door's one error function.
func (w *Web) refuse(c *gin.Context, err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = fault.New(fault.TooLarge, "Formuläret är större än 1 MB. Korta texten eller välj en mindre fil.")
	}
	if fault.KindOf(err) == fault.Unauthorized && c.Request.Method != http.MethodPost {
		c.Redirect(http.StatusSeeOther, "/signin?"+url.Values{"next": {c.Request.URL.Path}}.Encode())
		return
	}
	if fault.KindOf(err) == fault.Unauthorized {
		if err = w.keep(c); err == nil {
			return
		}
		w.frame.Record(c.Request.Context(), err)
	}
	w.showError(c, serve.Status(err), sentence(c, err))
}

// sentence is what a person reads of an error: a fault's own words, or that something went wrong
// and by which number it can be found in the log.
func sentence(c *gin.Context, err error) lang.Sentence {
	var f *fault.Fault
	if errors.As(err, &f) {
		return lang.Say(f.Text, f.Args...)
	}
	return lang.Say("Något gick fel hos oss. Försök igen. Hör av dig med numret %s om det händer igen.", serve.RequestID(c.Request.Context()))
}

type errorView struct {
	Page
	Text lang.Sentence
}

func (w *Web) showError(c *gin.Context, status int, text lang.Sentence) {
	title := "Det gick inte"
	if status == http.StatusNotFound {
		title = "Sidan finns inte"
	}
	view := errorView{w.frameOf(c, "", title), text}
	if err := w.show(c, status, "error", view); err != nil {
		w.Log.Error("error page", "error", err)
		c.String(status, "Det gick inte.")
	}
}

// fieldErrors gives a fault's mistakes for a form. An error that no form can show stays an error.
func fieldErrors(l lang.Language, err error) ([]FieldError, error) {
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Invalid && f.Kind != fault.Conflict && f.Kind != fault.Question && f.Kind != fault.TooMany {
		return nil, err
	}
	if len(f.Fields) == 0 {
		return []FieldError{{"", l.Text(f.Text, f.Args...)}}, nil
	}
	var all []FieldError
	for _, field := range f.Fields {
		all = append(all, FieldError{field.Name, l.Text(field.Text, field.Args...)})
	}
	return all, nil
}

// refuse puts a fault's mistakes on the page, or what its writer is warned of.
func (p *Page) refuse(err error) error {
	if seen := (warning{}); errors.As(err, &seen) {
		p.Suspects, p.Seen = inWords(p.Lang, seen.Fields), seen.seen
		return nil
	}
	p.Errors, err = fieldErrors(p.Lang, err)
	return err
}

// again shows a form once more with what was typed and what was wrong with it. put sets the view's
// frame.
func (w *Web) again(c *gin.Context, err error, page *Page, name string, view func() any) error {
	if err := page.refuse(err); err != nil {
		return err
	}
	return w.show(c, http.StatusUnprocessableEntity, name, view())
}

// anyForm reads a form of which only the page knows the fields.
func anyForm(c *gin.Context) (url.Values, error) {
	err := c.Request.ParseForm()
	if strings.HasPrefix(c.ContentType(), "multipart/") {
		err = c.Request.ParseMultipartForm(serve.MaxBody)
	}
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, err
		}
		return nil, fault.New(fault.Invalid, "Formuläret gick inte att läsa. Läs in sidan igen.")
	}
	return c.Request.PostForm, nil
}

// form reads a form and refuses fields that the page does not have.
func form(c *gin.Context, names ...string) (url.Values, error) {
	fields, err := anyForm(c)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{"seen": false} // of the guard, in any form
	for _, n := range names {
		known[strings.TrimSuffix(n, "[]")] = strings.HasSuffix(n, "[]") // [] marks a field that may come several times
	}
	for name, values := range fields {
		several, ok := known[name]
		if !ok || len(values) > 1 && !several {
			return nil, unknownField(name)
		}
	}
	return fields, nil
}

func unknownField(name string) error {
	return fault.New(fault.Invalid, "Formuläret har ett fält som sidan inte känner: %s. Läs in sidan igen.", name)
}

// id reads an id out of the address. What is no id is not found.
func id(c *gin.Context, name string) (uuid.UUID, error) {
	parsed, err := uuid.Parse(c.Param(name))
	if err != nil || parsed.String() != c.Param(name) {
		return uuid.Nil, fault.Missing()
	}
	return parsed, nil
}

// uploaded reads the file of a form. It refuses with fault.Invalid none, and an empty one.
func uploaded(c *gin.Context) ([]byte, error) {
	header, err := c.FormFile("file")
	if err != nil || header.Size == 0 {
		return nil, fault.On("file", "Välj en fil.")
	}
	upload, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer upload.Close()
	return io.ReadAll(upload)
}

// optionalID reads an id that a form may leave out.
func optionalID(text string) *uuid.UUID {
	if parsed, err := uuid.Parse(text); err == nil {
		return &parsed
	}
	return nil
}

// orNil gives the id, and Nil for none: no row has it.
func orNil(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}

// idsOf reads ids that a form may have several of. What is none is nobody's.
func idsOf(texts []string) (ids []uuid.UUID) {
	for _, text := range texts {
		ids = append(ids, orNil(optionalID(text)))
	}
	return ids
}

// chosenIDs reads ids that a form may have several of, and passes over what is none.
func chosenIDs(texts []string) (ids []uuid.UUID) {
	for _, text := range texts {
		if id := optionalID(text); id != nil {
			ids = append(ids, *id)
		}
	}
	return ids
}

// versionOf reads which version a form changes. No number is no version that ever was.
func versionOf(f url.Values) int64 {
	version, _ := strconv.ParseInt(f.Get("version"), 10, 64)
	return version
}
