package deidentify

import (
	_ "embed" // the lists of names
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

//go:embed lists/given.txt
var givenList string

//go:embed lists/surnames.txt
var surnameList string

//go:embed lists/ordinary.txt
var ordinaryList string

// A sureness says how surely a word is a name.
type sureness byte

const (
	no      sureness = iota
	perhaps          // also an ordinary word
	surely
)

var (
	givenNames = readList(givenList)
	surnames   = readList(surnameList)
	ordinary   = readList(ordinaryList)
)

func readList(text string) map[string]sureness {
	all := map[string]sureness{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			if name, doubtful := strings.CutSuffix(w, "?"); doubtful {
				all[name] = perhaps
			} else {
				all[w] = surely
			}
		}
	}
	return all
}

// A word is a run of letters and digits, with the hyphens inside it.
type word struct {
	start, end int
	text       string // in lower case, each letter in one piece, without what nobody sees
	upper      bool   // begins with a capital
	shouted    bool   // is nothing but capitals
	begins     bool   // a sentence, where any word has a capital
	digits     bool   // holds one
	sentence   int
	after      string // what stands between the word before and this one
}

// split gives the words of a text.
func split(text string) []word {
	var words []word
	from, last, sentence := -1, 0, 0
	end := func(at int) {
		if from < 0 {
			return
		}
		trimmed := strings.TrimRight(text[from:at], "-'’")
		w := word{start: from, end: from + len(trimmed), after: text[last:from]}
		if len(words) > 0 && ends(w.after, text[from:]) {
			sentence++
		}
		w.begins = len(words) == 0 || words[len(words)-1].sentence != sentence || opens(w.after)
		w.sentence = sentence
		w.read(trimmed)
		words, last, from = append(words, w), w.end, -1
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if from < 0 {
				from = i
			}
		case from >= 0 && (r == '-' || r == '\'' || r == '’' || r == '\u2011' || unicode.IsMark(r) || invisible(r)):
		default:
			end(i)
		}
	}
	end(len(text))
	return words
}

func (w *word) read(raw string) {
	first, _ := utf8.DecodeRuneInString(raw)
	w.upper = unicode.IsUpper(first)
	ascii, lowers := true, 0
	for _, r := range raw {
		ascii = ascii && r < utf8.RuneSelf
		w.digits = w.digits || unicode.IsDigit(r)
		if unicode.IsLower(r) {
			lowers++
		}
	}
	w.shouted = w.upper && lowers == 0
	if !ascii {
		raw = norm.NFC.String(strings.Map(func(r rune) rune {
			if invisible(r) {
				return -1
			}
			if r == '\u2011' {
				return '-'
			}
			return r
		}, raw))
	}
	w.text = strings.ToLower(raw)
}

// ends says that a sentence ends between two words. A full stop before a small letter or a digit is
// an abbreviation.
func ends(between, next string) bool {
	if strings.ContainsAny(between, "\n\r!?") {
		return true
	}
	first, _ := utf8.DecodeRuneInString(next)
	return strings.Contains(between, ".") && len(between) > 1 && unicode.IsUpper(first)
}

// opens says that what stands before a word makes it a beginning.
func opens(between string) bool { return strings.ContainsAny(between, ":;”\"“«»•*#–(/") }

// near says that only a space, or what takes its place in a file's name, stands between two words.
func near(w word) bool {
	return w.after != "" && len(w.after) <= 3 && strings.Trim(w.after, " \t_+\u00a0\u202f.") == "" && strings.Count(w.after, ".") <= 1
}

// stem takes a genitive s away when that leaves a word of the list.
func stem(text string, list map[string]sureness) (string, sureness) {
	if is := list[text]; is != no {
		return text, is
	}
	for _, ending := range []string{"s", ":s", "'s", "’s"} {
		if bare, cut := strings.CutSuffix(text, ending); cut && list[bare] != no && !strings.HasSuffix(bare, "s") {
			return bare, list[bare]
		}
	}
	return text, no
}
