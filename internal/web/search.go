package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/search"
	"samverkan/internal/store"
)

type searchView struct {
	Page
	Form   url.Values
	Forums []forum.Forum
	Names  map[string]string // of forums, by id
	Groups []partner.WorkGroup
	Years  []string
	Result *search.Result // nil: nothing was searched yet
	Number int
	Pages  int
}

const hitsPerPage = 20

// search shows the form. What is searched for travels by POST: an address may stand in logs and
// histories, and the words may tell.
func (w *Web) search(c *gin.Context) error {
	return w.showSearch(c, searchView{Form: url.Values{}}, nil)
}

func (w *Web) doSearch(c *gin.Context) error {
	f, err := form(c, "query", "forum", "workGroup", "year", "kind", "page")
	if err != nil {
		return err
	}
	view := searchView{Form: f, Number: 1}
	if n, err := strconv.Atoi(f.Get("page")); err == nil && n > 0 && n < 10_000 {
		view.Number = n
	}
	q := search.Query{Words: f.Get("query"), Forum: optionalID(f.Get("forum")), WorkGroup: optionalID(f.Get("workGroup")), Kind: search.Kind(f.Get("kind")),
		Limit: hitsPerPage, Offset: (view.Number - 1) * hitsPerPage}
	if n, err := strconv.Atoi(f.Get("year")); err == nil {
		q.Year = n
	}
	// Searching is logged, so it is done in a writing transaction.
	err = w.write(c, func(tx *store.Tx) (err error) {
		if view.Result, err = search.Find(tx, actor(c), q); err != nil {
			return err
		}
		return access.Log(tx, actor(c), "search", "minutes", [16]byte{})
	})
	if fault.KindOf(err) == fault.Invalid {
		view.Result = nil
		return w.showSearch(c, view, err)
	}
	if err != nil {
		return err
	}
	view.Pages = max(1, (view.Result.Total+hitsPerPage-1)/hitsPerPage)
	return w.showSearch(c, view, nil)
}

func (w *Web) showSearch(c *gin.Context, view searchView, refused error) error {
	view.Page, view.Names = w.frameOf(c, "search", "Sök i anteckningar"), map[string]string{}
	for year := w.today().Year; year > w.today().Year-10; year-- {
		view.Years = append(view.Years, strconv.Itoa(year))
	}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Forums, err = forum.List(tx, actor(c)); err != nil {
			return err
		}
		for _, f := range view.Forums {
			view.Names[f.ID.String()] = f.Name
		}
		if err := view.nameOccasions(tx, actor(c)); err != nil {
			return err
		}
		view.Groups, err = partner.WorkGroups(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "search", func() any { return view })
	}
	return w.show(c, http.StatusOK, "search", view)
}

// nameOccasions names the meetings of no forum among what is found: they are none of those to choose among.
func (v *searchView) nameOccasions(tx *store.Tx, a access.Actor) error {
	if v.Result == nil {
		return nil
	}
	for _, h := range v.Result.Hits {
		id := h.ForumID.String()
		if v.Names[id] != "" {
			continue
		}
		owner, err := forum.Owner(tx, a, h.ForumID)
		if err != nil {
			return err
		}
		v.Names[id] = owner.Name
	}
	return nil
}
