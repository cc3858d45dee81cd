package search_test

import (
	"slices"
	"testing"

	"samverkan/internal/search"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestFixtures(t *testing.T) {
	f := readFile(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.fixtures(f)
		for _, q := range f.Queries {
			found := minutes(w.find(search.Query{Words: q.Query, Limit: 100}))
			for _, id := range q.Expected {
				if !slices.Contains(found, id) {
					t.Errorf("%s %q does not find %s: %v", q.ID, q.Query, id, found)
				}
			}
			for _, id := range q.NotExpected {
				if slices.Contains(found, id) {
					t.Errorf("%s %q finds %s", q.ID, q.Query, id)
				}
			}
			if q.First != "" && (len(found) == 0 || found[0] != q.First) {
				t.Errorf("%s %q has %v first", q.ID, q.Query, found)
			}
		}
	})
}
