package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/plan"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type planRowView struct {
	Page
	Standing *plan.Standing
	Versions []plan.In
	Names    []string
	Today    almanac.Date
	MayPlan  bool
	Form     url.Values // as typed, of the form that was refused
	Refused  string     // which that is
}

// Filled gives what was typed in a form of the page; nothing when another was refused.
func (v planRowView) Filled(form string) url.Values {
	if v.Refused == form {
		return v.Form
	}
	return url.Values{}
}

// In gives the frame with the mistakes of a form; none when another was refused.
func (v planRowView) In(form string) Page {
	p := v.Page
	if v.Refused != form {
		p.Errors, p.Suspects = nil, nil
	}
	return p
}

// planRow shows a row whatever the version: what it says in each, and what is kept of it.
func (w *Web) planRow(c *gin.Context) error {
	rowID, err := id(c, "id")
	if err != nil {
		return err
	}
	return w.showPlanRow(c, rowID, "", nil, nil)
}

func (w *Web) showPlanRow(c *gin.Context, rowID uuid.UUID, which string, f url.Values, refused error) error {
	view := planRowView{Page: w.frameOf(c, "plan", "Åtgärd"), Today: w.today(), Form: f, Refused: which}
	a := actor(c)
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Versions, view.Standing, err = plan.History(tx, a, rowID); err != nil {
			return err
		}
		view.MayPlan = a.Is(access.Coordinator) && a.MayConvene(tx, uuid.Nil) == nil
		view.Names, err = secretariat.OfficeNames(tx, a)
		return err
	}); err != nil {
		return err
	}
	view.Title, view.TitleArgs = "Åtgärd %s", []any{view.Standing.Measure.ExternalID}
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-row", func() any { return view })
	}
	return w.show(c, http.StatusOK, "plan-row", view)
}

// onPlanRow does something to what is kept of a row, and shows the row again.
func (w *Web) onPlanRow(c *gin.Context, which string, f url.Values, rowOf func(tx *store.Tx) (uuid.UUID, error), verb func(tx *store.Tx) error, seen ...string) error {
	var rowID uuid.UUID
	if err := w.read(c, func(tx *store.Tx) (err error) {
		rowID, err = rowOf(tx)
		return err
	}); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		if err := verb(tx); err != nil {
			return err
		}
		return warned(tx, actor(c), f, seen...)
	}); err != nil {
		return w.showPlanRow(c, rowID, which, f, err)
	}
	return w.done(c, "Det är sparat.", "/plan-rows/"+rowID.String())
}

// itself is the row of an address.
func itself(rowID uuid.UUID) func(*store.Tx) (uuid.UUID, error) {
	return func(*store.Tx) (uuid.UUID, error) { return rowID, nil }
}

// months reads how often; what is no number is no rhythm that is taken.
func months(text string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (w *Web) setRhythm(c *gin.Context) error {
	rowID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "reviewMonths")
	if err != nil {
		return err
	}
	var every *int64
	if strings.TrimSpace(f.Get("reviewMonths")) != "" {
		every = new(months(f.Get("reviewMonths")))
	}
	return w.onPlanRow(c, "rhythm", f, itself(rowID), func(tx *store.Tx) error { return plan.SetRhythm(tx, actor(c), rowID, every) })
}

func (w *Web) goThroughRow(c *gin.Context) error {
	rowID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "day", "note")
	if err != nil {
		return err
	}
	day, dayErr := optionalDay(f, "day", w.today())
	return w.onPlanRow(c, "review", f, itself(rowID), func(tx *store.Tx) error {
		if dayErr != nil {
			return dayErr
		}
		return plan.GoThrough(tx, actor(c), w.today(), rowID, day, f.Get("note"))
	}, "note")
}

func (w *Web) addRoutine(c *gin.Context) error {
	rowID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "name", "place", "reviewMonths")
	if err != nil {
		return err
	}
	return w.onPlanRow(c, "routine", f, itself(rowID), func(tx *store.Tx) error {
		_, err := plan.AddRoutine(tx, actor(c), plan.Routine{RowID: rowID, Name: f.Get("name"), Place: f.Get("place"), ReviewMonths: months(f.Get("reviewMonths"))})
		return err
	}, "name", "place")
}

// onRoutine does something to a routine and shows its row.
func (w *Web) onRoutine(c *gin.Context, f url.Values, which string, verb func(tx *store.Tx, routineID uuid.UUID) error, seen ...string) error {
	routineID, err := id(c, "id")
	if err != nil {
		return err
	}
	return w.onPlanRow(c, which+routineID.String(), f, func(tx *store.Tx) (uuid.UUID, error) {
		r, err := plan.FindRoutine(tx, actor(c), routineID)
		if err != nil {
			return uuid.Nil, err
		}
		return r.RowID, nil
	}, func(tx *store.Tx) error { return verb(tx, routineID) }, seen...)
}

func (w *Web) changeRoutine(c *gin.Context) error {
	f, err := form(c, "version", "name", "place", "reviewMonths")
	if err != nil {
		return err
	}
	return w.onRoutine(c, f, "change", func(tx *store.Tx, routineID uuid.UUID) error {
		_, err := plan.ChangeRoutine(tx, actor(c), routineID, versionOf(f), plan.Routine{Name: f.Get("name"), Place: f.Get("place"), ReviewMonths: months(f.Get("reviewMonths"))})
		return err
	}, "name", "place")
}

func (w *Web) reviewRoutine(c *gin.Context) error {
	f, err := form(c, "day")
	if err != nil {
		return err
	}
	day, dayErr := optionalDay(f, "day", w.today())
	return w.onRoutine(c, f, "reviewed", func(tx *store.Tx, routineID uuid.UUID) error {
		if dayErr != nil {
			return dayErr
		}
		_, err := plan.ReviewRoutine(tx, actor(c), w.today(), routineID, day)
		return err
	})
}

func (w *Web) endRoutine(c *gin.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	return w.onRoutine(c, f, "end", func(tx *store.Tx, routineID uuid.UUID) error {
		_, err := plan.EndRoutine(tx, actor(c), routineID)
		return err
	})
}

func (w *Web) addMethod(c *gin.Context) error {
	rowID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "method")
	if err != nil {
		return err
	}
	return w.onPlanRow(c, "method", f, itself(rowID), func(tx *store.Tx) error {
		_, err := plan.AddMethod(tx, actor(c), rowID, f.Get("method"))
		return err
	})
}

func (w *Web) onMethod(c *gin.Context, f url.Values, verb func(tx *store.Tx, methodID uuid.UUID) error) error {
	methodID, err := id(c, "id")
	if err != nil {
		return err
	}
	return w.onPlanRow(c, "count"+methodID.String(), f, func(tx *store.Tx) (uuid.UUID, error) {
		m, err := plan.FindMethod(tx, actor(c), methodID)
		if err != nil {
			return uuid.Nil, err
		}
		return m.RowID, nil
	}, func(tx *store.Tx) error { return verb(tx, methodID) })
}

func (w *Web) countTrained(c *gin.Context) error {
	f, err := form(c, "day", "trained", "needed")
	if err != nil {
		return err
	}
	day, dayErr := optionalDay(f, "day", w.today())
	return w.onMethod(c, f, func(tx *store.Tx, methodID uuid.UUID) error {
		_, err := plan.CountTrained(tx, actor(c), w.today(), methodID, day, months(f.Get("trained")), months(f.Get("needed")))
		return fault.Join(dayErr, err)
	})
}

func (w *Web) endMethod(c *gin.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	return w.onMethod(c, f, func(tx *store.Tx, methodID uuid.UUID) error {
		_, err := plan.EndMethod(tx, actor(c), methodID)
		return err
	})
}

type planImportView struct {
	Page
	Form   url.Values
	Import *secretariat.RowsImport // what would be done; nil: nothing is read yet
	Text   string                  // what was read, for the button to carry on
}

func (w *Web) planImport(c *gin.Context) error {
	return w.show(c, http.StatusOK, "plan-import", planImportView{Page: w.frameOf(c, "plan", "Läs in åtgärder"), Form: url.Values{"versionLabel": {strconv.Itoa(w.today().Year + 1)}}})
}

// tryPlanRows shows what a table or a file would do. Nothing is kept, and the page carries the text on.
func (w *Web) tryPlanRows(c *gin.Context) error {
	f, err := form(c, "content", "versionLabel", "file")
	if err != nil {
		return err
	}
	text := f.Get("content")
	if header, err := c.FormFile("file"); err == nil && header.Size > 0 {
		raw, err := uploaded(c)
		if err != nil {
			return err
		}
		text = string(raw)
	}
	return w.planImportAgain(c, f, text, nil)
}

// planImportAgain shows what a text would do, and why something was refused.
func (w *Web) planImportAgain(c *gin.Context, f url.Values, text string, refused error) error {
	view := planImportView{Page: w.frameOf(c, "plan", "Läs in åtgärder"), Form: f, Text: text}
	rows, err := secretariat.ReadPlanRows(text)
	if err == nil {
		err = w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) (err error) {
			view.Import, err = secretariat.ImportPlanRows(tx, actor(c), rows, strings.TrimSpace(f.Get("versionLabel")))
			return err
		})
	}
	if err != nil {
		view.Import, refused = nil, err
	}
	if view.Import != nil {
		if err := w.glance(c, &view.Page, url.Values{"content": {view.Import.Plan.Words()}}, "content"); err != nil { // the headings of the table are no names
			return err
		}
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-import", func() any { return view })
	}
	return w.show(c, http.StatusOK, "plan-import", view)
}

// importPlanRows makes the draft that was previewed. When the rows would make something else by now, they are shown anew.
func (w *Web) importPlanRows(c *gin.Context) error {
	f, err := form(c, "content", "versionLabel", "hash")
	if err != nil {
		return err
	}
	var made *secretariat.RowsImport
	rows, err := secretariat.ReadPlanRows(f.Get("content"))
	if err == nil {
		err = w.write(c, func(tx *store.Tx) (err error) {
			made, err = secretariat.DoImportPlanRows(tx, actor(c), rows, strings.TrimSpace(f.Get("versionLabel")), f.Get("hash"))
			return err
		})
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Conflict || kind == fault.Invalid) {
		return w.planImportAgain(c, f, f.Get("content"), err)
	}
	if err != nil {
		return err
	}
	return w.done(c, "Åtgärderna är inlästa i ett utkast.", "/plan-versions/"+made.Plan.ID.String())
}
