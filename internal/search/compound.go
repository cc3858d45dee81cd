package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A compound is found by its parts: polis finds kommunpolisen. Which parts there are is told by a
// list of our field's words and by the vocabulary of the installation. Both parts must be words:
// land is not in inblandning, nor ort in sport.

// lexicon is which stems the vocabulary knows as words.
type lexicon map[string]bool

// Lengths in runes.
const (
	shortestPart  = 3 // of a word of our own list
	shortestKnown = 4 // of a word of the vocabulary: texts hold too many odd short ones
	shortestRest  = 4 // beside a part that is known
	enoughLast    = 6 // a last part that is known tells enough by itself …
	enoughFirst   = 8 // … and so does a first part, when what follows is no ending
	longestSplit  = 40
)

// ours has the stems of our own list.
var ours = func() lexicon {
	l := lexicon{}
	for _, line := range lines("parts.txt") {
		for _, word := range line {
			l[stem(word)] = true
		}
	}
	return l
}()

// whole are beginnings that are not cut, though they look like compounds.
var whole = slices.Concat(lines("whole.txt")...)

// Prefixes and suffixes are not parts, even where they are words as well.
var (
	prefixes = set("över under efter före till från åter genom samman inne ute miss upp ned mot med vidare fram")
	suffixes = set("dom skap lös full fri vis ring ning ling sam bar lig het heter mässig göra")
)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(words) {
		all[word] = true
	}
	return all
}

// split gives the stems of what a compound is made of, nothing for a word that is none. What is
// between two parts (relationSvåldSteamet) belongs to none of them.
func (l lexicon) split(word string) (stems []string) {
	runes := []rune(word)
	n := len(runes)
	if n < 2*shortestPart || n > longestSplit {
		return nil
	}
	if bounds := l.bounds(runes); bounds != nil {
		// Every run of parts that is not the whole: relationsvåld, and våldsteamet, are words too.
		for i := range bounds {
			for j := i + 1; j <= len(bounds); j++ {
				to := n
				if j < len(bounds) {
					to = bounds[j]
				}
				if to-bounds[i] < n {
					stems = append(stems, l.stemOf(string(runes[bounds[i]:to]), i == 0, to == n)...)
				}
			}
		}
	} else {
		stems = l.half(runes)
	}
	own := stem(word)
	slices.Sort(stems)
	return slices.DeleteFunc(slices.Compact(stems), func(s string) bool { return s == own })
}

// bounds gives where the parts begin in the fewest that cover the word, the longest last.
func (l lexicon) bounds(runes []rune) []int {
	n := len(runes)
	known := map[int][]int{} // from where on the rest is covered, and how
	var cover func(from int) []int
	cover = func(from int) []int {
		if found, ok := known[from]; ok {
			return found
		}
		var best []int
		for to := from + uncut(runes[from:]); to <= n; to++ {
			if to == n {
				if from > 0 && l.isLast(string(runes[from:])) {
					best = []int{from}
				}
				break
			}
			if n-to < shortestPart || !l.isFirst(string(runes[from:to]), from == 0) {
				continue
			}
			if rest := cover(to); rest != nil && (best == nil || len(rest)+1 < len(best)) {
				best = append([]int{from}, rest...)
			}
		}
		known[from] = best
		return best
	}
	return cover(0)
}

// half finds one part beside what we do not know: sekretess in sekretessbelagd.
func (l lexicon) half(runes []rune) []string {
	n := len(runes)
	for from := max(shortestKnown, uncut(runes)); n-from >= enoughLast; from++ {
		first, last := string(runes[:from]), string(runes[from:])
		if !prefixes[first] && strings.ContainsAny(first, vowels) && l.isLast(last) {
			return l.stemOf(last, false, true)
		}
	}
	for to := n - shortestRest; to >= max(shortestKnown, uncut(runes)); to-- {
		first, rest := string(runes[:to]), string(runes[to:])
		enough := to >= enoughFirst && !isEnding(rest) || to > shortestKnown && strings.HasSuffix(first, "s") && l.isFirst(first[:len(first)-1], true)
		if enough && l.isFirst(first, true) {
			return l.stemOf(first, true, false)
		}
	}
	return nil
}

// uncut tells how many runes a first part has at least.
func uncut(runes []rune) int {
	word := string(runes)
	for _, w := range whole {
		if strings.HasPrefix(word, w) {
			return utf8.RuneCountInString(w)
		}
	}
	return shortestPart
}

// isEnding tells whether what follows a word may only be more of it: kommunikation, socialisering.
func isEnding(rest string) bool {
	first, _ := utf8.DecodeRuneInString(rest)
	return strings.ContainsRune(vowels, first) && (utf8.RuneCountInString(rest) < 7 || endsIn(rest, longEndings))
}

var longEndings = []string{"ation", "ationen", "ationer", "ationerna", "ering", "eringen", "eringar", "eringarna", "itet", "iteten", "iteter"}

const vowels = "aeiouyåäö"

// isFirst tells whether part stands for a word before another. The vocabulary is asked only at the
// start of the whole: Index looks up no more than that.
func (l lexicon) isFirst(part string, start bool) bool {
	return !prefixes[part] && len(l.known(joints(part), part, start)) > 0
}

// isLast tells whether part is a form of a word. What is only an ending after a consonant is none:
// lande in handlande.
func (l lexicon) isLast(part string) bool {
	for _, e := range []string{"ande", "anden", "andet", "ende", "enden", "endet"} {
		if strings.HasSuffix(part, e) && !strings.ContainsAny(strings.TrimSuffix(part, e), vowels) {
			return false
		}
	}
	return !suffixes[part] && !suffixes[stem(part)] && len(l.known([]string{stem(part)}, part, true)) > 0
}

func (l lexicon) known(stems []string, part string, vocabulary bool) (known []string) {
	vocabulary = vocabulary && utf8.RuneCountInString(part) >= shortestKnown
	for _, s := range stems {
		if ours[s] && utf8.RuneCountInString(s) >= 2 || vocabulary && l[s] && !stopWords[part] {
			known = append(known, s)
		}
	}
	return known
}

// stemOf gives the stem under which a part is found.
func (l lexicon) stemOf(part string, start, last bool) []string {
	if last {
		return []string{stem(part)}
	}
	candidates := joints(part)
	if known := l.known(candidates, part, start); len(known) > 0 {
		return known
	}
	return candidates // a compound of its own: relationsvåld(s)
}

// joints gives the stems that a part before another may have: kvinno is kvinna, mötes is möte, skol
// is skola.
func joints(part string) []string {
	stems := []string{stem(part)}
	last, size := utf8.DecodeLastRuneInString(part)
	before := part[:len(part)-size]
	switch last {
	case 's':
		stems = append(stems, stem(before), stem(before+"e")) // samtal(s), arbet(s)
	case 'e':
		stems = append(stems, stem(before))
	case 'o', 'u':
		stems = append(stems, stem(before+"a"))
	}
	slices.Sort(stems)
	return slices.Compact(stems)
}

// candidates gives the stems that split asks the vocabulary for.
func candidates(word string) (stems []string) {
	runes := []rune(word)
	n := len(runes)
	if n < 2*shortestPart || n > longestSplit {
		return nil
	}
	for i := shortestPart; i <= n-shortestPart; i++ {
		if i >= shortestKnown {
			stems = append(stems, joints(string(runes[:i]))...)
		}
		if n-i >= shortestKnown {
			stems = append(stems, stem(string(runes[i:])))
		}
	}
	return stems
}

// written gives the ways to write two words as one: trappan samtal is trappansamtal, kvinna jour
// is kvinnojour, möte plats is mötesplats.
func written(first, second string) (compounds []string) {
	last, size := utf8.DecodeLastRuneInString(first)
	before := first[:len(first)-size]
	firsts := []string{first, first + "s"}
	switch last {
	case 'a':
		firsts = append(firsts, before, before+"o", first+"n")
	case 'e':
		firsts = append(firsts, before, before+"s", first+"n")
	default:
		firsts = append(firsts, first+"e", first+"o")
	}
	for _, f := range firsts {
		if utf8.RuneCountInString(f+second) <= longestWord {
			compounds = append(compounds, f+second)
		}
	}
	return compounds
}
