package search_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/search"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// language is an invented one that is built like ours: small words, words of the field in their
// forms, and compounds of them, by Zipf's law.
type language struct {
	words []string
	zipf  *rand.Zipf
	dice  *rand.Rand
}

func newLanguage(b *testing.B) *language {
	b.Helper()
	read := func(name string) (words []string) {
		data, err := os.ReadFile("words/" + name)
		if err != nil {
			b.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if !strings.HasPrefix(line, "#") {
				words = append(words, strings.Fields(line)...)
			}
		}
		return words
	}
	dice := rand.New(rand.NewPCG(7, 11))
	field := read("parts.txt")
	dice.Shuffle(len(field), func(i, j int) { field[i], field[j] = field[j], field[i] })
	words := read("stop.txt")[:60]
	seen := map[string]bool{}
	add := func(word string) {
		if !seen[word] {
			seen[word] = true
			words = append(words, word)
		}
	}
	for _, w := range field {
		add(w)
	}
	for len(words) < 20_000 {
		first, second := field[dice.IntN(len(field))], field[dice.IntN(len(field))]
		add(first + []string{"", "s"}[dice.IntN(2)] + second + []string{"", "en", "et", "ar", "erna"}[dice.IntN(5)])
	}
	return &language{words: words, dice: dice, zipf: rand.NewZipf(dice, 1.07, 3, uint64(len(words)-1))}
}

func (l *language) sentence(words int) string {
	all := make([]string, words)
	for i := range all {
		all[i] = l.words[l.zipf.Uint64()]
	}
	return strings.Join(all, " ") + "."
}

const benchForums = 20

// minutes makes one meeting's items: some 1.5 KB of text.
func (l *language) minutes(w *world, n int) (uuid.UUID, []search.Item) {
	id := w.id()
	date := almanac.Date{Year: 2016, Month: 1, Day: 1}.AddDays(l.dice.IntN(4000))
	forum := fmt.Sprintf("forum %d", l.dice.IntN(benchForums))
	var items []search.Item
	for i := range 8 {
		kind := search.Kinds[max(0, i-4)]
		items = append(items, w.item(id, fmt.Sprint(n), forum, date, kind, "Samverkansmöte", l.sentence(15+l.dice.IntN(30))))
	}
	return id, items
}

// build indexes so many minutes, a hundred in a transaction, and tells how many it did a second.
func (l *language) build(b *testing.B, w *world, count int) float64 {
	for i := range benchForums {
		w.forum(fmt.Sprintf("forum %d", i))
	}
	start := time.Now()
	for n := 0; n < count; n += 100 {
		w.write(func(tx *store.Tx) error {
			for i := n; i < n+100; i++ {
				id, items := l.minutes(w, i)
				if err := search.Index(tx, id, items); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return float64(count) / time.Since(start).Seconds()
}

func sizes() []int {
	if os.Getenv("BENCH_LARGE") != "" {
		return []int{1_000, 10_000, 100_000}
	}
	return []int{1_000, 10_000}
}

// asked gives queries of one sort: common words, and ever rarer ones.
func (l *language) asked(sort string, w *world) (queries []search.Query) {
	for rank := 62; rank < 4000; rank = rank*5/4 + 1 {
		q := search.Query{Words: l.words[rank]}
		switch sort {
		case "two words":
			q.Words += " " + l.words[60+rank/3]
		case "phrase":
			q.Words = `"` + l.words[60+rank%40] + " " + l.words[rank/9] + `"`
		case "counted":
			q.Counted = true
		case "one forum":
			id := w.forum(fmt.Sprintf("forum %d", rank%benchForums))
			q.Forum = &id
		}
		queries = append(queries, q)
	}
	return queries
}

// percentiles runs each query for a while, in turns, and reports in milliseconds.
func percentiles(b *testing.B, queries []search.Query, run func(search.Query) int) {
	for _, q := range queries {
		run(q)
	}
	var took []time.Duration
	found := 0
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		found += run(queries[i%len(queries)])
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	ms := func(p float64) float64 { return float64(took[int(p*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(ms(0.5), "p50-ms")
	b.ReportMetric(ms(0.99), "p99-ms")
	b.ReportMetric(float64(found)/float64(len(took)), "hits")
	b.ReportMetric(0, "ns/op")
}

var sorts = []string{"single", "two words", "phrase", "one forum", "counted"}

// BenchmarkFind measures the product beside the yardstick: PostgreSQL's own Swedish, ranked and
// highlighted by it, over the same items.
func BenchmarkFind(b *testing.B) {
	for _, size := range sizes() {
		for _, kind := range []string{"sqlite", "postgres"} {
			b.Run(fmt.Sprintf("%d/%s", size, kind), func(b *testing.B) {
				address := storetest.SQLite
				if kind == "postgres" {
					address = storetest.Postgres
				}
				l := newLanguage(b)
				w := newWorld(b, storetest.One(b, address(b)))
				rate := l.build(b, w, size)
				settle(b, w, kind == "postgres")
				for _, sort := range sorts {
					b.Run(sort, func(b *testing.B) {
						percentiles(b, l.asked(sort, w), func(q search.Query) int { return w.find(q).Total })
						b.ReportMetric(rate, "indexed/s")
					})
					if kind == "postgres" {
						for _, unit := range []string{"minutes", "items"} {
							b.Run(sort+" (yardstick, "+unit+")", func(b *testing.B) {
								percentiles(b, l.asked(sort, w), func(q search.Query) int { return yardstick(w, unit, q) })
							})
						}
					}
				}
			})
		}
	}
}

// settle does what the rota does at night and PostgreSQL by itself, and lays out the yardstick.
func settle(b *testing.B, w *world, postgres bool) {
	if err := search.Reindex(b.Context(), w.db, 500, func(int, int) {}); err != nil {
		b.Fatal(err)
	}
	var statements []string
	if postgres {
		statements = []string{
			"CREATE TABLE yard_items AS SELECT number, forum_id, text, to_tsvector('swedish', title || ' ' || text) AS terms FROM search_items",
			"CREATE TABLE yard_minutes AS SELECT max(number) AS number, forum_id, string_agg(text, ' ') AS text, to_tsvector('swedish', string_agg(title || ' ' || text, ' ')) AS terms FROM search_items GROUP BY minutes_id, forum_id",
			"ALTER TABLE yard_items ADD PRIMARY KEY (number)", "CREATE INDEX ON yard_items USING gin (terms)", "CREATE INDEX ON yard_items (forum_id)",
			"ALTER TABLE yard_minutes ADD PRIMARY KEY (number)", "CREATE INDEX ON yard_minutes USING gin (terms)", "CREATE INDEX ON yard_minutes (forum_id)",
			"ANALYZE yard_items", "ANALYZE yard_minutes", "ANALYZE search_items", "ANALYZE search_index", "ANALYZE search_words",
		}
	}
	w.write(func(tx *store.Tx) error {
		for _, s := range statements {
			if err := tx.DB.Exec(s).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// yardstick gives the best 20 by PostgreSQL's rank, highlighted by it, of whole minutes as in the
// study or of items as we have them. It does not count what there is in all.
func yardstick(w *world, unit string, q search.Query) int {
	w.t.Helper()
	function := "plainto_tsquery"
	if strings.HasPrefix(q.Words, `"`) {
		function = "phraseto_tsquery"
	}
	filter, values := "", []any{strings.Trim(q.Words, `"`)}
	if q.Forum != nil {
		filter, values = " AND forum_id = ?", append(values, *q.Forum)
	}
	var rows []struct {
		Number int64
		Text   string
	}
	err := w.db.Read(w.t.Context(), func(tx *store.Tx) error {
		return tx.DB.Raw("SELECT number, ts_headline('swedish', text, query) AS text FROM (SELECT number, text, query FROM yard_"+unit+", "+function+
			"('swedish', ?) AS query WHERE terms @@ query"+filter+" ORDER BY ts_rank(terms, query) DESC LIMIT 20) AS best", values...).Scan(&rows).Error
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return len(rows)
}

// BenchmarkIndex measures one protocol's minutes in a transaction of their own, as finalising does.
func BenchmarkIndex(b *testing.B) {
	for kind, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(kind, func(b *testing.B) {
			l := newLanguage(b)
			w := newWorld(b, storetest.One(b, address(b)))
			l.build(b, w, 1000)
			for n := 0; b.Loop(); n++ {
				id, items := l.minutes(w, n)
				w.index(id, items...)
			}
		})
	}
}

// BenchmarkFindMisspelt measures the slowest way to a hit: the vocabulary is asked.
func BenchmarkFindMisspelt(b *testing.B) {
	l := newLanguage(b)
	w := newWorld(b, storetest.One(b, storetest.SQLite(b)))
	l.build(b, w, 1000)
	by := access.System()
	for b.Loop() {
		w.findAs(by, search.Query{Words: "riskbedömmning samverkann"})
	}
}
