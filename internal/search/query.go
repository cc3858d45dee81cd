package search

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"samverkan/internal/fault"
)

// Limits of a query. Words that carry no meaning of their own do not count.
const (
	longestQuery = 200
	mostWanted   = 10
)

// How loosely an item may hold a word, each level including those before it.
const (
	asWritten  = iota
	asForm     // another form of the word
	asCompound // a compound of it, or of it and its neighbour
	asAlike    // a word that is written almost as it is
	levels

	last = asCompound // of what holds the word itself
)

// wanted is one word, or phrase, that somebody looks for.
type wanted struct {
	text   string
	phrase []string // words that follow one another exactly so
	begins bool     // text is the beginning of a word
	stop   bool     // carries no meaning of its own
	barred bool     // a minus stands before it: no hit may hold it
	at     [levels]expr

	stems map[string]bool // what is marked in a snippet, beside text and phrase
}

// read takes apart what was written: what is looked for, and what no hit may hold. Nothing in it is an
// error but its length, and a minus before all of it: quotes that do not close, signs and lone stars are
// left aside.
func (q Query) read() (asked []wanted, barred expr, err error) {
	text := strings.TrimSpace(q.Words)
	if utf8.RuneCountInString(text) > longestQuery {
		return nil, expr{}, fault.On("query", "Sökningen är för lång. Korta den till högst %d tecken.", longestQuery)
	}
	all := parse(clean(text))
	express(all)
	count := 0
	for _, w := range all {
		count += max(len(w.phrase), 1)
		if w.stop {
			count--
		}
		if w.barred {
			barred = or(barred, w.at[asForm])
		} else {
			asked = append(asked, w)
		}
	}
	switch {
	case len(all) == 0:
		return nil, barred, fault.On("query", "Skriv minst ett ord att söka efter.")
	case count > mostWanted:
		return nil, barred, fault.On("query", "Sök på högst %d ord åt gången.", mostWanted)
	case len(asked) == 0:
		return nil, barred, fault.On("query", "Skriv också något som ska finnas med. Minus tar bara bort träffar.")
	}
	return asked, barred, nil
}

func parse(text string) (asked []wanted) {
	stretches := strings.Split(quoteMarks.Replace(text), `"`)
	for i, stretch := range stretches {
		if quoted := i%2 == 1 && i < len(stretches)-1; quoted {
			before := stretches[i-1]
			trimmed := strings.TrimRight(before, minuses)
			alone := trimmed == "" || unicode.IsSpace(lastRune(trimmed))
			asked = append(asked, bar(quote(stretch), trimmed != before && alone)...)
			continue
		}
		for _, chunk := range strings.FieldsFunc(stretch, unicode.IsSpace) {
			asked = append(asked, bar(plainWords(chunk), strings.ContainsRune(minuses, firstRune(chunk)))...)
		}
	}
	return asked
}

// minuses are the signs that people write for one: telephones and word processors make dashes of it.
const minuses = "-–−‑"

func firstRune(text string) rune { r, _ := utf8.DecodeRuneInString(text); return r }
func lastRune(text string) rune  { r, _ := utf8.DecodeLastRuneInString(text); return r }

func bar(all []wanted, barred bool) []wanted {
	for i := range all {
		all[i].barred = barred
	}
	return all
}

var quoteMarks = strings.NewReplacer("”", `"`, "“", `"`, "„", `"`, "»", `"`, "«", `"`)

func quote(stretch string) []wanted {
	all := spans(stretch)
	if len(all) == 0 {
		return nil
	}
	var words []string
	for _, s := range all {
		words = append(words, s.word)
	}
	return []wanted{{text: strings.Join(words, " "), phrase: words}}
}

// plainWords gives the words of what stands between two spaces: mostly one. A hyphen joins, as in
// the index, and so does a point or a colon between digits.
func plainWords(chunk string) (asked []wanted) {
	all := spans(chunk)
	for i := 0; i < len(all); {
		j := i + 1
		for ; j < len(all) && all[j].glued; j++ {
		}
		w := wanted{text: all[i].word}
		if j > i+1 {
			w.text = joined(all[i:j])[0]
		}
		for ; j < len(all) && isNumber(all[j-1].word) && isNumber(all[j].word) && all[j].from == all[j-1].to+1; j++ {
			if w.phrase == nil {
				w.phrase = []string{all[j-1].word}
			}
			w.phrase = append(w.phrase, all[j].word)
			w.text += " " + all[j].word
		}
		w.begins = w.phrase == nil && strings.HasPrefix(chunk[all[j-1].to:], "*") && utf8.RuneCountInString(w.text) > 1
		w.stop = w.phrase == nil && !w.begins && stopWords[w.text]
		asked = append(asked, w)
		i = j
	}
	return asked
}

func isNumber(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
}

// isPlain is true for one whole word that may have other forms.
func (w wanted) isPlain() bool { return w.phrase == nil && !w.begins }

func (w wanted) mayBeMisspelt() bool {
	return w.isPlain() && !w.stop && !strings.ContainsFunc(w.text, unicode.IsDigit)
}

// express says for each word what an item must hold.
func express(asked []wanted) {
	for i := range asked {
		w := &asked[i]
		w.stems = map[string]bool{}
		switch {
		case w.phrase != nil:
			terms := make([]string, len(w.phrase))
			for j, word := range w.phrase {
				terms[j] = term(markWord, word)
			}
			w.same(expr{op: phrase, text: terms})
		case w.begins:
			w.same(expr{op: prefix, text: []string{term(markWord, w.text)}})
		default:
			s := stem(w.text)
			w.stems[s] = true
			held := or(stemExpr(s), partExpr(s))
			w.at = [levels]expr{wordExpr(w.text), stemExpr(s), held, held}
		}
	}
}

func (w *wanted) same(e expr) { w.at = [levels]expr{e, e, e, e} }

// together lets a compound of two neighbours stand for both, where the vocabulary has it: trappan
// samtal finds trappansamtalen. Most have none, and a term that is not there costs as much to look
// for as one that is.
func (f finder) together(asked []wanted) error {
	pairs := map[string][]int{} // by the stem of the compound: the first of the two
	for i := 1; i < len(asked); i++ {
		if asked[i-1].mayBeMisspelt() && asked[i].mayBeMisspelt() {
			for _, compound := range written(asked[i-1].text, asked[i].text) {
				pairs[stem(compound)] = append(pairs[stem(compound)], i-1)
			}
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	var known []string
	err := f.tx.DB.Model(&word{}).Where("stem IN ?", slices.Sorted(maps.Keys(pairs))).Distinct().Order("stem").Pluck("stem", &known).Error
	for _, s := range known {
		for _, i := range slices.Compact(pairs[s]) {
			for _, w := range []*wanted{&asked[i], &asked[i+1]} {
				w.at[last] = or(w.at[last], stemExpr(s), partExpr(s))
				w.at[asAlike] = w.at[last]
				w.stems[s] = true
			}
		}
	}
	return err
}

// mean lets stems of the vocabulary stand for the word, at every level: that the other words are
// held exactly shall still count.
func (w *wanted) mean(stems []string) {
	var found []expr
	for _, s := range stems {
		w.stems[s] = true
		found = append(found, stemExpr(s), partExpr(s))
	}
	w.same(or(found...))
}

// orAlike lets stems of the vocabulary stand for the word where nothing else does.
func (w *wanted) orAlike(stems []string) {
	for _, s := range stems {
		w.stems[s] = true
		w.at[asAlike] = or(w.at[asAlike], stemExpr(s), partExpr(s))
	}
}

// levelsOf gives what an item must fulfil to hold every word, the strictest first.
func levelsOf(asked []wanted) []expr {
	all := make([]expr, levels)
	for level := range levels {
		var of []expr
		for _, w := range asked {
			of = append(of, w.at[level])
		}
		all[level] = and(of...)
	}
	return all
}
