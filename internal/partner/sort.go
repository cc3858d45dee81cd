package partner

import (
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// sortByName sorts as Swedes do, å ä ö last. SQLite has no such order, so neither database is
// asked for it. A Collator is not safe for several goroutines; making one costs little.
func sortByName[T any](list []T, name func(T) string) {
	c := collate.New(language.Swedish)
	slices.SortStableFunc(list, func(a, b T) int { return c.CompareString(name(a), name(b)) })
}
