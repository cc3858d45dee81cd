package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/lang"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

type reviewsView struct {
	Page
	Months []access.ReviewMonth
	Zone   *time.Location
}

// MonthName says a month as people do.
func (v reviewsView) MonthName(m access.Month) string { return secretariat.MonthName(m, v.Lang) }

// logReviews lists the months and which are signed.
func (w *Web) logReviews(c *gin.Context) error {
	view := reviewsView{Page: w.frameOf(c, "log", "Granska loggen"), Zone: w.Office.Zone}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Months, err = access.ReviewMonths(tx, actor(c), w.Office.Zone)
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "log-reviews", view)
}

type logReviewView struct {
	Page
	Sample   *access.Sampled
	Rows     []LogRow
	Form     url.Values
	Own      bool // the sample holds entries of the reviewer's own
	Reviewer string
	Zone     *time.Location
}

// logReview shows a month's sample to be gone through, or what was signed.
func (w *Web) logReview(c *gin.Context) error { return w.showLogReview(c, url.Values{}, nil) }

func (w *Web) showLogReview(c *gin.Context, f url.Values, refused error) error {
	month, err := access.ParseMonth(c.Param("month"))
	if err != nil {
		return err
	}
	view := logReviewView{Page: w.frameOf(c, "log", "Granska loggen för %s"), Form: f, Zone: w.Office.Zone}
	view.TitleArgs = []any{secretariat.MonthName(month, view.Lang)}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Sample, err = access.SampleMonth(tx, actor(c), month, w.Office.Zone); err != nil {
			return err
		}
		view.Rows, err = logRows(tx, actor(c), view.Sample.Entries, view.Sample.Names)
		return err
	}); err != nil {
		return err
	}
	for _, r := range view.Rows {
		view.Own = view.Own || r.Own
	}
	if r := view.Sample.Review; r != nil {
		view.Reviewer = view.Sample.Names[r.ReviewerID]
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "log-review", func() any { return view })
	}
	return w.show(c, http.StatusOK, "log-review", view)
}

// signLogReview signs a month. The chain is computed first, outside the transaction: it may be long.
func (w *Web) signLogReview(c *gin.Context) error {
	month, err := access.ParseMonth(c.Param("month"))
	if err != nil {
		return err
	}
	var sample *access.Sampled
	if err := w.read(c, func(tx *store.Tx) (err error) {
		sample, err = access.SampleMonth(tx, actor(c), month, w.Office.Zone)
		return err
	}); err != nil {
		return err
	}
	names, texts := []string{"seed", "comment"}, []string{"comment"}
	for _, e := range sample.Entries {
		names = append(names, "fine-"+e.ID.String(), "remark-"+e.ID.String())
		texts = append(texts, "remark-"+e.ID.String())
	}
	f, err := form(c, names...)
	if err != nil {
		return err
	}
	chain, err := access.VerifyLog(c.Request.Context(), w.DB, nil)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		if _, err := access.SignReview(tx, actor(c), month, w.Office.Zone, f.Get("seed"), remarks(sample, f), f.Get("comment"), chain); err != nil {
			return err
		}
		return warned(tx, actor(c), f, texts...)
	})
	if errs, other := fieldErrors(lang.Swedish, err); other == nil && len(errs) > 0 {
		return w.showLogReview(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Granskningen är signerad och kan inte ändras.")
	return w.goTo(c, "/log/reviews/"+string(month))
}

// remarks gives what was said of each entry: a remark, or that there is nothing to remark.
func remarks(s *access.Sampled, f url.Values) map[uuid.UUID]string {
	all := map[uuid.UUID]string{}
	for _, e := range s.Entries {
		remark := f.Get("remark-" + e.ID.String())
		if strings.TrimSpace(remark) != "" || f.Get("fine-"+e.ID.String()) != "" {
			all[e.ID] = remark
		}
	}
	return all
}

// exportLogReview gives a signed review as a file.
func (w *Web) exportLogReview(c *gin.Context) error {
	month, err := access.ParseMonth(c.Param("month"))
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := w.write(c, func(tx *store.Tx) error {
		out.Reset() // the transaction may be run again
		return access.ExportReview(tx, actor(c), month, w.Office.Zone, &out)
	}); err != nil {
		return err
	}
	serve.Attachment(c, "loggranskning-"+string(month)+".csv", "text/csv; charset=utf-8", out.Bytes())
	return nil
}
