package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/planreading"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type planTextView struct {
	Page
	Form    url.Values
	Chapter *secretariat.Chapter
	Scopes  []forum.Scope
}

// pastePlan shows where the plan's chapter is pasted.
func (w *Web) pastePlan(c *gin.Context) error { return w.showPaste(c, url.Values{}, nil) }

func (w *Web) showPaste(c *gin.Context, f url.Values, refused error) error {
	view := planTextView{Page: w.frameOf(c, "plan", "Klistra in text ur planen"), Form: f}
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-text", func() any { return view })
	}
	return w.show(c, http.StatusOK, "plan-text", view)
}

// reviewPlanText shows how a pasted text is read. Nothing is kept of it.
func (w *Web) reviewPlanText(c *gin.Context) error {
	f, err := form(c, "text")
	if err != nil {
		return err
	}
	return w.showPlanReview(c, f, nil)
}

func (w *Web) showPlanReview(c *gin.Context, f url.Values, refused error) error {
	view := planTextView{Page: w.frameOf(c, "plan", "Granska det som lästes"), Form: f,
		Scopes: []forum.Scope{forum.Overall, forum.Consultation, forum.IndividualCases, forum.Internal}}
	err := w.read(c, func(tx *store.Tx) (err error) {
		view.Chapter, err = secretariat.ReadChapter(tx, actor(c), f.Get("text"))
		return err
	})
	if err != nil {
		return w.showPaste(c, f, err)
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-text-review", func() any { return view })
	}
	if err := w.glance(c, &view.Page, f, "text"); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "plan-text-review", view)
}

// takePlanText records the passages that were confirmed. What was typed is shown again when it is refused.
func (w *Web) takePlanText(c *gin.Context) error {
	f, err := planTextForm(c)
	if err != nil {
		return err
	}
	choices := planChoices(f)
	err = w.write(c, func(tx *store.Tx) error {
		read, err := secretariat.ReadChapter(tx, actor(c), f.Get("text"))
		if err != nil {
			return err
		}
		warning := warned(tx, actor(c), f, typedOf(f, read)...) // before the names that were typed are organisations, which may be written
		if _, err := secretariat.TakeChapter(tx, actor(c), f.Get("text"), f.Get("hash"), choices); err != nil {
			return err
		}
		return warning
	})
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return w.showPlanReview(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Det du valde ur planen är inläst. Inga brev har skickats.")
	return w.goTo(c, "/forums")
}

// The fields of each passage, with its number behind them.
var passageFields = []string{"name", "neutralTitle", "scope", "convener", "participants", "more", "cadence"}

// planTextForm reads the form of a review, whose fields the text decides.
func planTextForm(c *gin.Context) (url.Values, error) {
	f, err := anyForm(c)
	if err != nil {
		return nil, err
	}
	known := []string{"text", "hash", "take[]"}
	for name := range f {
		field, number, _ := strings.Cut(name, "-")
		n, err := strconv.Atoi(number)
		if err != nil || strconv.Itoa(n) != number || !slices.Contains(passageFields, field) {
			continue
		}
		if field == "participants" {
			name += "[]"
		}
		known = append(known, name)
	}
	return form(c, known...)
}

// typedOf gives the fields that somebody wrote in: what the plan itself says was read before.
func typedOf(f url.Values, read *secretariat.Chapter) (typed []string) {
	for _, row := range read.Rows {
		p, number := row.Proposed(), "-"+strconv.Itoa(row.Number)
		for field, was := range map[string]string{"name": p.Name, "neutralTitle": p.NeutralTitle, "cadence": p.Cadence, "more": ""} {
			if slices.Contains(f["take"], strconv.Itoa(row.Number)) && f.Get(field+number) != was {
				typed = append(typed, field+number)
			}
		}
	}
	slices.Sort(typed)
	return typed
}

// planChoices reads what was confirmed.
func planChoices(f url.Values) (all []secretariat.ChapterChoice) {
	for _, number := range f["take"] {
		n, err := strconv.Atoi(number)
		if err != nil {
			n = -1 // no passage: refused with the others
		}
		of := func(field string) string { return f.Get(field + "-" + number) }
		all = append(all, secretariat.ChapterChoice{Passage: n, Name: of("name"), NeutralTitle: of("neutralTitle"), Scope: forum.Scope(of("scope")),
			Convener: of("convener"), Participants: f["participants-"+number], More: strings.ReplaceAll(of("more"), "\r\n", "\n"), Cadence: of("cadence")})
	}
	return all
}

// Chosen tells whether a passage is ticked: as it was sent, or at first all that can be taken.
func (v planTextView) Chosen(row secretariat.ChapterRow) bool {
	return !v.Form.Has("hash") || slices.Contains(v.Form["take"], strconv.Itoa(row.Number))
}

// Is gives a field of a passage: as it was sent, or as it was read.
func (v planTextView) Is(row secretariat.ChapterRow, field string) string {
	if name := field + "-" + strconv.Itoa(row.Number); v.Form.Has(name) {
		return v.Form.Get(name)
	}
	p := row.Proposed()
	return map[string]string{"name": p.Name, "neutralTitle": p.NeutralTitle, "scope": string(p.Scope), "convener": p.Convener, "cadence": p.Cadence}[field]
}

// Comes tells whether somebody who is named takes part: as it was sent, or as it was read.
func (v planTextView) Comes(row secretariat.ChapterRow, b planreading.Body) bool {
	if v.Form.Has("hash") {
		return slices.Contains(v.Form["participants-"+strconv.Itoa(row.Number)], b.Key)
	}
	return slices.Contains(row.Proposed().Participants, b.Key)
}

// Field names a field of a passage.
func (v planTextView) Field(row secretariat.ChapterRow, field string) string {
	return field + "-" + strconv.Itoa(row.Number)
}

// Texts are the fields of a forum that are written.
func (v planTextView) Texts() []string { return []string{"name", "neutralTitle", "cadence"} }

// Unread gives the passages that were not understood.
func (v planTextView) Unread() (all []secretariat.ChapterRow) {
	for _, row := range v.Chapter.Rows {
		if row.Kind == planreading.Unknown {
			all = append(all, row)
		}
	}
	return all
}
