package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/search"
	"samverkan/internal/store"
)

type searchView struct {
	Page
	Form    url.Values
	Filters []searchFilter
	Chosen  []chosenFilter
	Names   map[string]string // of forums, by id
	Result  *search.Result    // nil: nothing was searched yet
	Number  int
	Pages   int
}

// searchFilter is a filter with what there is to choose.
type searchFilter struct {
	Name    string // of the field
	Label   string
	Choices []searchChoice
}

// searchChoice is one choice of a filter, and how many hits it would show.
type searchChoice struct {
	Value string
	Text  string
	Hits  int
}

// chosenFilter is one that narrows what is shown, to be taken away by its name.
type chosenFilter struct{ Name, Text string }

const hitsPerPage = 20

// search shows the form. What is searched for travels by POST: an address may stand in logs and
// histories, and the words may tell.
func (w *Web) search(c *gin.Context) error {
	return w.showSearch(c, searchView{Form: url.Values{}}, nil)
}

var searchFields = []string{"query", "forum", "organisation", "workGroup", "year", "from", "to", "kind", "page", "without"}

func (w *Web) doSearch(c *gin.Context) error {
	f, err := form(c, searchFields...)
	if err != nil {
		return err
	}
	if without := f.Get("without"); without != "" && without != "query" {
		f.Del(without)
	}
	view := searchView{Form: f, Number: 1}
	if n, err := strconv.Atoi(f.Get("page")); err == nil && n > 0 && n < 10_000 {
		view.Number = n
	}
	q, err := w.searchQuery(f, view.Number)
	if err == nil {
		// Searching is logged, so it is done in a writing transaction.
		err = w.write(c, func(tx *store.Tx) (err error) {
			if view.Result, err = search.Find(tx, actor(c), q); err != nil {
				return err
			}
			return access.Log(tx, actor(c), "search", "minutes", [16]byte{})
		})
	}
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

func (w *Web) searchQuery(f url.Values, page int) (search.Query, error) {
	q := search.Query{Words: f.Get("query"), Forum: optionalID(f.Get("forum")), Organisation: optionalID(f.Get("organisation")), WorkGroup: optionalID(f.Get("workGroup")),
		Kind: search.Kind(f.Get("kind")), Limit: hitsPerPage, Offset: (page - 1) * hitsPerPage, Counted: true}
	if n, err := strconv.Atoi(f.Get("year")); err == nil {
		q.Year = n
	}
	begin := w.today() // a day without a year is of this one
	begin.Month, begin.Day = 1, 1
	var fromErr, toErr error
	q.From, fromErr = optionalDay(f, "from", begin)
	q.To, toErr = optionalDay(f, "to", begin)
	return q, fault.Join(fromErr, toErr)
}

func (w *Web) showSearch(c *gin.Context, view searchView, refused error) error {
	view.Page, view.Names = w.frameOf(c, "search", "Sök i anteckningar"), map[string]string{}
	if err := w.read(c, func(tx *store.Tx) (err error) { return w.searchFilters(tx, actor(c), &view) }); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "search", func() any { return view })
	}
	return w.show(c, http.StatusOK, "search", view)
}

// searchFilters says what there is to choose: everything before a search, then only what shows hits.
func (w *Web) searchFilters(tx *store.Tx, a access.Actor, view *searchView) error {
	forums, err := forum.List(tx, a)
	if err != nil {
		return err
	}
	for _, f := range forums {
		view.Names[f.ID.String()] = f.Name
	}
	if err := view.nameOccasions(tx, a); err != nil {
		return err
	}
	organisations, err := partner.Organisations(tx, a)
	if err != nil {
		return err
	}
	groups, err := partner.WorkGroups(tx, a)
	if err != nil {
		return err
	}
	counts := search.Counts{}
	if view.Result != nil && view.Result.Counts != nil {
		counts = *view.Result.Counts
	}
	view.filter("forum", lang.Say("Forum"), countedChoices(forums, func(f forum.Forum) (uuid.UUID, string) { return f.ID, f.Name }, counts.Forums))
	view.filter("organisation", lang.Say("Organisation"), countedChoices(organisations, func(o partner.Organisation) (uuid.UUID, string) { return o.ID, o.Name }, counts.Organisations))
	view.filter("workGroup", lang.Say("Förmedlat till"), countedChoices(groups, func(g partner.WorkGroup) (uuid.UUID, string) { return g.ID, g.Name }, counts.WorkGroups))
	view.filter("year", lang.Say("År"), w.years(counts.Years))
	var kinds []searchChoice
	for _, k := range search.Kinds {
		kinds = append(kinds, searchChoice{string(k), hitWords[k].In(view.Lang), counts.Kinds[k]})
	}
	view.filter("kind", lang.Say("Slag"), kinds)
	for _, day := range searchDays {
		if text := view.Form.Get(day.name); text != "" && view.Result != nil {
			view.Chosen = append(view.Chosen, chosenFilter{day.name, day.label.In(view.Lang) + " " + text})
		}
	}
	return nil
}

var searchDays = []struct {
	name  string
	label lang.Sentence
}{{"from", lang.Say("Från och med")}, {"to", lang.Say("Till och med")}}

// hitWords say what is found.
var hitWords = map[search.Kind]lang.Sentence{
	search.Note: lang.Say("Anteckning"), search.Decision: lang.Say("Beslut"), search.Action: lang.Say("Uppgift"), search.Relay: lang.Say("Att föra vidare"),
	search.Attachment: lang.Say("Bilaga"), search.Laid: lang.Say("Gamla anteckningar"),
}

func countedChoices[T any](all []T, name func(T) (uuid.UUID, string), counts map[uuid.UUID]int) (choices []searchChoice) {
	for _, one := range all {
		id, text := name(one)
		choices = append(choices, searchChoice{id.String(), text, counts[id]})
	}
	return choices
}

// years are the last ten, and the earlier ones that have hits.
func (w *Web) years(counts map[int]int) (choices []searchChoice) {
	this := w.today().Year
	years := slices.Collect(maps.Keys(counts))
	for year := this; year > this-10; year-- {
		years = append(years, year)
	}
	slices.Sort(years)
	years = slices.Compact(years)
	slices.Reverse(years)
	for _, year := range years {
		choices = append(choices, searchChoice{strconv.Itoa(year), strconv.Itoa(year), counts[year]})
	}
	return choices
}

// filter adds one: after a search without the choices that show nothing, save the chosen one.
func (v *searchView) filter(name string, label lang.Sentence, choices []searchChoice) {
	chosen := v.Form.Get(name)
	if v.Result != nil {
		choices = slices.DeleteFunc(choices, func(c searchChoice) bool { return c.Hits == 0 && c.Value != chosen })
	}
	for _, c := range choices {
		if c.Value == chosen && v.Result != nil {
			v.Chosen = append(v.Chosen, chosenFilter{name, c.Text})
		}
	}
	if len(choices) > 0 {
		v.Filters = append(v.Filters, searchFilter{name, label.In(v.Lang), choices})
	}
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
