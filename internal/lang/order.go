package lang

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The tables of x/text/collate hold every language's order and add a megabyte to the program. Of
// them this product needs one alphabet.

// SortByName sorts as Swedes do: å, ä and ö after z, v and w apart, accents and case only between
// words that are otherwise alike. Neither database is asked: SQLite has no such order.
func SortByName[T any](list []T, name func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return Compare(name(a), name(b)) })
}

// Compare tells whether a stands before b in Swedish order: -1, 0 or 1.
func Compare(a, b string) int {
	return cmp.Or(slices.Compare(letters(a), letters(b)), strings.Compare(a, b))
}

// letters gives the letters of a word as they are ordered, without accents.
func letters(word string) []rune {
	var out []rune
	for _, r := range norm.NFC.String(strings.ToLower(word)) {
		switch r {
		case 'å':
			out = append(out, 'z'+1)
		case 'ä', 'æ':
			out = append(out, 'z'+2)
		case 'ö', 'ø':
			out = append(out, 'z'+3)
		default:
			for _, part := range norm.NFD.String(string(r)) {
				if !unicode.Is(unicode.Mn, part) {
					out = append(out, part)
				}
			}
		}
	}
	return out
}
