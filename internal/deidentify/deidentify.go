// Package deidentify finds words that must not leave the house, before they do, and numbers of persons
// and cases that must not stay in it. It knows Swedish, and nothing of meetings.
package deidentify

import (
	"strings"
	"unicode"
)

// Parts of words that tell what the collaboration is about or who takes part in it: none may stand
// in a title, a place, a sender or a file name, inside any compound or inflection.
var tellingParts = []string{
	"våld", "heder", "hedrande", "tvångsgift", "barnäktenskap", "könsstymp", "förövare", "kvinnojour", "tjejjour", "brottsoffer",
	"kriminalvård", "polis", "skyddat boende", "skyddade boende", "misshandel",
	// without å, ä and ö, as in addresses
	"vald", "tvangsgift", "konsstymp", "forovare", "kriminalvard",
}

// Words that tell only when they stand alone: "hot" is in "hotell", "offer" in "offert".
var tellingWords = map[string]bool{
	"hot": true, "hotet": true, "hotad": true, "hotade": true, "offer": true, "offret": true, "utsatt": true, "utsatta": true,
	"jour": true, "jouren": true,
}

// Words that hold a telling part and tell nothing.
var harmless = []string{"gevald", "avald", "kvald", "uvald", "utvald", "valda", "valdes", "valdagen", "invald", "omvald", "nyvald"}

// Telling finds a word in text that must not leave the house, and gives it as it stands there.
func Telling(text string) (word string, found bool) {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if tells(strings.ToLower(w)) {
			return w, true
		}
	}
	lower := strings.ToLower(text)
	for _, part := range tellingParts {
		if strings.Contains(part, " ") && strings.Contains(lower, part) {
			return part, true
		}
	}
	return "", false
}

func tells(word string) bool {
	if tellingWords[word] {
		return true
	}
	for _, h := range harmless {
		if strings.HasPrefix(word, h) || word == h {
			return false
		}
	}
	for _, part := range tellingParts {
		if strings.Contains(word, part) {
			return true
		}
	}
	return false
}
