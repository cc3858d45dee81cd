package search_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"samverkan/internal/almanac"
	"samverkan/internal/search"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

var day = almanac.Date{Year: 2026, Month: 3, Day: 12}

func TestIndexReplaces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		m := w.id()
		kept := w.item(m, "m", "forum", day, search.Note, "Punkt", "Samverkan om rutinen")
		w.index(m, kept, w.item(m, "m", "forum", day, search.Note, "Punkt", "Ordet felaktigheten ska bort"))
		w.text("forum", "Något annat ska vara kvar: rutinen")
		kept.Text = "Samverkan om planen"
		w.index(m, kept)
		for words, want := range map[string]int{"felaktigheten": 0, "felaktigheter": 0, "felaktigheetn": 0, "rutinen": 1, "planen": 1, "samverkan": 1, "kvar": 1} {
			if got := w.find(search.Query{Words: words}).Total; got != want {
				t.Errorf("%s: %d, want %d", words, got, want)
			}
		}
		w.index(m)
		if got := w.find(search.Query{Words: "samverkan"}).Total; got != 0 {
			t.Errorf("%d left", got)
		}
		words := w.vocabulary()
		for word, want := range map[string]bool{"felaktigheten": false, "samverkan": false, "planen": false, "rutinen": true, "ska": true} {
			if slices.Contains(words, word) != want {
				t.Errorf("the vocabulary has %s: %t", word, !want)
			}
		}
	})
}

func TestNumbersAreFoundAndNotLearnt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.text("forum", "Diarienummer 2026-0117 och rum B12")
		if got := w.find(search.Query{Words: "2026-0117"}).Total; got != 1 {
			t.Errorf("%d found", got)
		}
		for _, word := range w.vocabulary() {
			if strings.ContainsAny(word, "0123456789") {
				t.Errorf("the vocabulary has %s", word)
			}
		}
	})
}

func TestHostileTexts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.text("forum",
			"nul\x00tecken mitt i", "trasig \xff kodning", strings.Repeat("långtord", 500), strings.Repeat("samma ", 20_000)+"sist",
			strings.Repeat("漢字仮名", 3000), "'citat' \\ : * & | ! ( ) <-> \"", "", " ",
		)
		for words, want := range map[string]int{"nultecken": 1, "kodning": 1, "långtord*": 1, `"samma samma"`: 1, "citat": 1} {
			if got := w.find(search.Query{Words: words}).Total; got != want {
				t.Errorf("%s: %d, want %d", words, got, want)
			}
		}
	})
}

// vocabulary is read as a table: nothing else shows it.
func (w *world) vocabulary() (words []string) {
	w.t.Helper()
	err := w.db.Read(w.t.Context(), func(tx *store.Tx) error {
		return tx.DB.Table("search_words").Pluck("word", &words).Error
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return words
}

func (w *world) reindex(batch int) (steps []int) {
	w.t.Helper()
	if err := search.Reindex(w.t.Context(), w.db, batch, func(done, total int) { steps = append(steps, done, total) }); err != nil {
		w.t.Fatal(err)
	}
	return steps
}

func TestReindex(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.text("forum", "Fiskebåtslivet diskuterades", "Annat ett", "Annat två", "Annat tre", "Annat fyra")
		if steps := w.reindex(2); len(steps) > 0 {
			t.Errorf("nothing is stale, and yet %v", steps)
		}

		// A compound that came before the words that it is made of.
		if got := w.find(search.Query{Words: "fiskebåten"}).Total; got != 0 {
			t.Fatalf("%d found before the word is known", got)
		}
		w.text("forum", "Fiskebåt heter det, och livet går vidare")
		w.reindex(2)
		if got := w.find(search.Query{Words: "fiskebåten"}).Total; got != 2 {
			t.Errorf("%d found after the word is known", got)
		}

		// An older analyser's rows, whose terms are of no use.
		w.write(func(tx *store.Tx) error {
			if err := tx.DB.Exec("DELETE FROM search_index").Error; err != nil {
				return err
			}
			return tx.DB.Exec("UPDATE search_items SET analyser = 0").Error
		})
		if got := w.find(search.Query{Words: "annat"}).Total; got != 0 {
			t.Fatalf("%d found without an index", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err := search.Reindex(ctx, db, 2, func(done, total int) { cancel() })
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("ended with %v", err)
		}
		if steps := w.reindex(2); !slices.Equal(steps, []int{2, 4, 4, 4}) {
			t.Errorf("went on with %v", steps)
		}
		if got := w.find(search.Query{Words: "annat"}).Total; got != 4 {
			t.Errorf("%d found after", got)
		}
	})
}
