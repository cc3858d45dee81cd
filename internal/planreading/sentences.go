package planreading

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is a place in the text that was read, in bytes.
type Span struct{ From, To int }

func (s Span) of(text string) string { return text[s.From:s.To] }

// abbreviations end in a full stop that ends no sentence, or ends one only before a capital.
var abbreviations = map[string]bool{
	"t.ex": true, "ex": true, "bl.a": true, "bl": true, "dvs": true, "s.k": true, "f.d": true, "fr.o.m": true, "t.o.m": true,
	"p.g.a": true, "ca": true, "kap": true, "jfr": true, "resp": true, "nr": true, "dnr": true, "prop": true, "skr": true,
	"kl": true, "inkl": true, "exkl": true, "ev": true, "enl": true, "avd": true, "tel": true, "st": true, "ang": true,
}

// Sentences parts a text. A full stop after an abbreviation ("t.ex."), a number that begins a
// heading ("5. Samverkan"), or before a small letter ends no sentence. An empty line, a bullet and a
// heading's line do; other line ends are spaces, since pasted texts are broken anywhere.
func Sentences(text string) (all []Span) {
	from := 0
	end := func(to int) {
		part := text[from:to]
		start := from + len(part) - len(strings.TrimLeftFunc(part, blank))
		if stop := start + len(strings.TrimRightFunc(text[start:to], unicode.IsSpace)); stop > start {
			all = append(all, Span{start, stop})
		}
		from = to
	}
	lineStart := 0
	for i, r := range text {
		if i < from {
			continue
		}
		switch r {
		case '\n':
			if breaks(text[max(from, lineStart):i], text[i+1:]) {
				end(i)
			}
			lineStart = i + 1
		case '.', '!', '?', '…':
			if to, ends := stops(text, from, i, r); ends {
				end(to)
			}
		}
	}
	end(len(text))
	return all
}

// blank is what may stand before a sentence: space and the signs of a list.
func blank(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("•·*▪◦–-", r) }

// fewRunes is how long a heading's line may be, in bytes.
const fewRunes = 70

// breaks tells whether a line end parts two sentences.
func breaks(line, rest string) bool {
	if len(rest) > 400 {
		rest = rest[:400]
	}
	next, _, _ := strings.Cut(rest, "\n")
	next = strings.TrimSpace(next)
	if next == "" || strings.ContainsRune("•·*▪◦", first(next)) || strings.HasPrefix(next, "- ") || strings.HasPrefix(next, "– ") {
		return true
	}
	if len(line) > 400 {
		return false
	}
	line = strings.TrimSpace(line)
	words := strings.Fields(line)
	if len(words) == 0 || len(words) > 8 || len(line) > fewRunes || !unicode.IsUpper(first(next)) {
		return false
	}
	begins := first(line)
	return (unicode.IsUpper(begins) || unicode.IsDigit(begins)) && !strings.ContainsRune(",-–", last(line)) && !joining[strings.ToLower(words[len(words)-1])]
}

// joining words never end a heading.
var joining = setOf("och samt med från i på av för till den det en ett eller som där vid om att är")

func first(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }
func last(s string) rune  { r, _ := utf8.DecodeLastRuneInString(s); return r }

// stops tells whether the sign at i ends the sentence that begins at from, and where.
func stops(text string, from, i int, sign rune) (int, bool) {
	to := i + utf8.RuneLen(sign)
	for to < len(text) {
		r, size := utf8.DecodeRuneInString(text[to:])
		if !strings.ContainsRune(".!?…”\"')»]", r) {
			break
		}
		to += size
	}
	if to == len(text) {
		return to, true
	}
	if !unicode.IsSpace(first(text[to:])) {
		return 0, false
	}
	ahead := text[to:min(len(text), to+64)]
	next := first(strings.TrimLeftFunc(ahead, func(r rune) bool { return blank(r) || strings.ContainsRune("”\"'(«[", r) }))
	if unicode.IsLower(next) && !strings.Contains(ahead[:len(ahead)-len(strings.TrimLeftFunc(ahead, unicode.IsSpace))], "\n\n") {
		return 0, false
	}
	if sign == '.' && to == i+1 && noEnd(text[max(from, i-16):i], strings.TrimLeftFunc(text[from:min(i, from+64)], blank)) {
		return 0, false
	}
	return to, true
}

// noEnd tells whether the word before a full stop is an abbreviation, or a number that begins a
// heading.
func noEnd(before, sentence string) bool {
	word := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:]
	word = strings.ToLower(strings.TrimLeft(word, "(”\"'"))
	if abbreviations[word] || utf8.RuneCountInString(word) == 1 && unicode.IsLetter(first(word)) {
		return true
	}
	return word != "" && strings.Trim(word, "0123456789.") == "" && strings.HasPrefix(sentence, word)
}

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
