package search

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Runes of a snippet, and how many of them may stand before the first word that is marked.
const (
	snippetLength = 240
	snippetBefore = 60
)

// hits gives the items with these numbers, in their order, each with its snippet. Only what is
// shown is highlighted.
func (f finder) hits(numbers []int64, asked []wanted) ([]Hit, error) {
	var rows []row
	if len(numbers) == 0 {
		return nil, nil
	}
	if err := f.tx.DB.Where("number IN ?", numbers).Find(&rows).Error; err != nil {
		return nil, err
	}
	m := marker{asked: asked, parts: map[string][]string{}}
	if err := f.learnParts(m, rows); err != nil {
		return nil, err
	}
	place := map[int64]int{}
	for i, n := range numbers {
		place[n] = i
	}
	hits := make([]Hit, len(rows))
	slices.SortFunc(rows, func(a, b row) int { return place[a.Number] - place[b.Number] })
	for i, r := range rows {
		hits[i] = Hit{Item: r.Item, Snippet: snippet(r.Text, m)}
	}
	return hits, nil
}

// marker tells which words of a text were looked for.
type marker struct {
	asked []wanted
	parts map[string][]string // of the compounds on the page that may hold a word
}

// learnParts looks up the compounds among the words of rows in which a stem could be a part.
func (f finder) learnParts(m marker, rows []row) error {
	ask := map[string]bool{}
	for _, r := range rows {
		for _, s := range spans(r.Text) {
			for _, w := range m.asked {
				for stem := range w.stems {
					if beginning := stem[:min(len(stem), 3)]; len(s.word) > len(stem) && strings.Contains(s.word, beginning) {
						ask[s.word] = true
					}
				}
			}
		}
	}
	var words []string
	for w := range ask {
		words = append(words, w)
	}
	slices.Sort(words)
	for some := range slices.Chunk(words, valuesAtOnce) {
		var found []word
		if err := f.tx.DB.Where("word IN ? AND parts <> ''", some).Find(&found).Error; err != nil {
			return err
		}
		for _, w := range found {
			m.parts[w.Word] = strings.Fields(w.Parts)
		}
	}
	return nil
}

// marks tells for each word of a text whether it was looked for. Words that carry no meaning are
// marked only in a phrase.
func (m marker) marks(all []span) []bool {
	marked := make([]bool, len(all))
	for i := range all {
		for _, w := range m.asked {
			switch {
			case w.stop:
			case w.phrase != nil:
				if follows(all[i:], w.phrase) {
					for j := range w.phrase {
						marked[i+j] = true
					}
				}
			case i > 0 && all[i].glued && m.holds(all[i-1].word+all[i].word, w):
				marked[i-1], marked[i] = true, true
			case m.holds(all[i].word, w):
				marked[i] = true
			}
		}
	}
	return marked
}

func (m marker) holds(word string, w wanted) bool {
	if w.begins {
		return strings.HasPrefix(word, w.text)
	}
	return word == w.text || w.mayStem(word) && w.stems[stem(word)] || slices.ContainsFunc(m.parts[word], func(part string) bool { return w.stems[part] })
}

// mayStem is a quick look, since stemming every word of a page takes longer than finding it: a word
// begins as its stem does, unless it is irregular.
func (w wanted) mayStem(word string) bool {
	if _, ok := irregular[word]; ok {
		return true
	}
	for stem := range w.stems {
		if strings.HasPrefix(word, stem[:1]) {
			return true
		}
	}
	return false
}

func follows(all []span, words []string) bool {
	if len(all) < len(words) {
		return false
	}
	for i, word := range words {
		if all[i].word != word {
			return false
		}
	}
	return true
}

// snippet gives the stretch of a text that has the most words that were looked for, in pieces.
func snippet(text string, m marker) []Piece {
	all := spans(text)
	marked := m.marks(all)
	from, to := stretch(text, all, marked)
	var pieces []Piece
	add := func(text string, mark bool) {
		if text != "" {
			pieces = append(pieces, Piece{Text: text, Mark: mark})
		}
	}
	at := from
	for i := 0; i < len(all); i++ {
		if !marked[i] || all[i].from < at || all[i].to > to {
			continue
		}
		end := i
		for end+1 < len(all) && marked[end+1] && all[end+1].to <= to && strings.TrimSpace(text[all[end].to:all[end+1].from]) == "" {
			end++ // a phrase is one mark
		}
		add(text[at:all[i].from], false)
		add(text[all[i].from:all[end].to], true)
		at, i = all[end].to, end
	}
	add(text[at:to], false)
	if from > 0 {
		pieces = append([]Piece{{Text: "… "}}, pieces...)
	}
	if to < len(text) {
		pieces = append(pieces, Piece{Text: " …"})
	}
	return merged(pieces)
}

// merged puts neighbours that are not marked together.
func merged(pieces []Piece) (all []Piece) {
	for _, p := range pieces {
		if n := len(all); n > 0 && all[n-1].Mark == p.Mark && !p.Mark {
			all[n-1].Text += p.Text
		} else {
			all = append(all, p)
		}
	}
	return all
}

// stretch chooses which bytes of a text to show: around the marked word from which on the most
// others fit.
func stretch(text string, all []span, marked []bool) (from, to int) {
	if utf8.RuneCountInString(text) <= snippetLength {
		return 0, len(text)
	}
	first, most := -1, 0
	for i := range all {
		if !marked[i] {
			continue
		}
		n := 0
		for j := i; j < len(all) && all[j].to-all[i].from <= snippetLength-snippetBefore; j++ {
			if marked[j] {
				n++
			}
		}
		if n > most {
			first, most = i, n
		}
	}
	start := max(first, 0)
	for start > 0 && all[first].from-all[start-1].from <= snippetBefore {
		start--
	}
	if start > 0 {
		from = all[start].from
	}
	to = from
	for i := start; i < len(all) && (all[i].to-from <= snippetLength || i == start); i++ {
		to = all[i].to
	}
	// What closes a sentence belongs to its last word; a word without end is cut.
	rest := text[to:]
	if i := strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune(".,;:!?)”", r) }); i > 0 {
		to += i
	} else if i < 0 {
		to = len(text)
	}
	if runes := []rune(text[from:to]); len(runes) > 2*snippetLength {
		to = from + len(string(runes[:2*snippetLength]))
	}
	return from, to
}
