package search_test

import (
	"strings"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/search"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// FuzzQuery: whatever is written is a search or a refusal, and what is shown of a text stands in it.
func FuzzQuery(f *testing.F) {
	data := readFile(f)
	w := newWorld(f, storetest.One(f, storetest.SQLite(f)))
	w.fixtures(data)
	for _, q := range data.Queries {
		f.Add(q.Query)
	}
	for _, words := range []string{`"första samtalet" tolk*`, "-å AND (b", "e-post 13.00", "\x00\xff", "trappan samtal", "utreseförbut polsien", `rutin -tolk -"första samtalet" –polis`, "-", `-"`, `a -"b" -c* --d`} {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, words string) {
		err := w.db.Read(t.Context(), func(tx *store.Tx) error {
			r, err := search.Find(tx, access.System(), search.Query{Words: words, Counted: true})
			if err != nil {
				return err
			}
			if len(r.Hits) > r.Total || r.Total > 0 && len(r.Hits) == 0 || r.Exact > r.Total {
				t.Errorf("%q: %d hits of %d", words, len(r.Hits), r.Total)
			}
			counted := 0
			for _, n := range r.Counts.Kinds {
				counted += n
			}
			if counted != r.Total {
				t.Errorf("%q: %d hits, %d of the kinds", words, r.Total, counted)
			}
			for _, h := range r.Hits {
				text := ""
				for _, p := range h.Snippet {
					text += p.Text
				}
				if text = strings.TrimSuffix(strings.TrimPrefix(text, "… "), " …"); !strings.Contains(h.Text, text) {
					t.Errorf("%q shows %q, which is not in %q", words, text, h.Text)
				}
			}
			return nil
		})
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", words, err)
		}
	})
}
