package search

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Misspelt words are looked up in the installation's own vocabulary, when little or nothing that the
// actor may read has them as they are written. The vocabulary is never shown.

const (
	shortestMisspelt = 5 // runes; a shorter word has too many neighbours
	longMisspelt     = 9 // from here on two letters may be wrong
	mostMeant        = 20
)

// meant gives the stems that a word may have meant, each of them held by something that the actor
// may read: the word without its dots first; else the nearest words.
func (f finder) meant(text string) ([]string, error) {
	s := stem(text)
	var stems []string
	err := f.tx.DB.Model(&word{}).Where("plain = ?", plain(s)).Distinct().Order("stem").Limit(mostMeant).Pluck("stem", &stems).Error
	if err != nil {
		return nil, err
	}
	if stems, err = f.held(stems); err != nil || len(stems) > 0 {
		return stems, err
	}
	near, err := f.near(text)
	if err != nil {
		return nil, err
	}
	for _, stems := range near {
		if stems, err = f.held(stems); err != nil || len(stems) > 0 {
			return stems, err
		}
	}
	return nil, nil
}

// alike gives the stems of words that are written almost as one that is there: the same without its
// dots, or one letter away. Short words have too many neighbours.
func (f finder) alike(text string) ([]string, error) {
	s := stem(text)
	if utf8.RuneCountInString(text) < shortestMisspelt {
		return nil, nil
	}
	var stems []string
	err := f.tx.DB.Model(&word{}).Where("plain = ? AND stem <> ?", plain(s), s).Distinct().Order("stem").Limit(mostMeant).Pluck("stem", &stems).Error
	if err != nil {
		return nil, err
	}
	near, err := f.near(text)
	if err != nil {
		return nil, err
	}
	if len(near) > 0 {
		stems = append(stems, near[0]...)
	}
	slices.Sort(stems)
	stems = slices.DeleteFunc(slices.Compact(stems), func(other string) bool { return other == s })
	return f.held(stems[:min(len(stems), mostMeant)])
}

// held keeps the stems that something has that the actor may read.
func (f finder) held(stems []string) (kept []string, err error) {
	for _, s := range stems {
		found, err := f.finds(or(stemExpr(s), partExpr(s)))
		if err != nil {
			return nil, err
		}
		if found {
			kept = append(kept, s)
		}
	}
	return kept, nil
}

// near gives the stems of the vocabulary's words one letter away, and two when the word is long.
// Words are compared that begin or end like it: a mistake seldom sits in both halves.
func (f finder) near(text string) ([][]string, error) {
	p := plain(stem(text))
	n := utf8.RuneCountInString(p)
	if n < shortestMisspelt {
		return nil, nil
	}
	most := 1
	if n >= longMisspelt {
		most = 2
	}
	half := n / 2
	start, end := string([]rune(p)[:half]), string([]rune(mirror(p))[:half])
	var words []word
	const beyond = "\U0010ffff"
	err := f.tx.DB.Where("plain >= ? AND plain < ? OR mirror >= ? AND mirror < ?", start, start+beyond, end, end+beyond).Order("word").Find(&words).Error
	if err != nil {
		return nil, err
	}
	near := make([][]string, most)
	for _, w := range words {
		d := min(distance(p, w.Plain, most), distance(plain(text), plain(w.Word), most))
		if d <= most && !stopWords[w.Word] {
			near[max(d-1, 0)] = append(near[max(d-1, 0)], w.Stem)
		}
	}
	for i := range near {
		slices.Sort(near[i])
		near[i] = slices.Compact(near[i])
		slices.SortStableFunc(near[i], func(a, b string) int { // of the same length first
			return cmp.Compare(abs(utf8.RuneCountInString(a)-n), abs(utf8.RuneCountInString(b)-n))
		})
		near[i] = near[i][:min(len(near[i]), mostMeant)]
	}
	return near, nil
}

func abs(n int) int { return max(n, -n) }

// distance counts the letters that are wrong, missing, too many, or swapped with their neighbour;
// more than most is most+1.
func distance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if abs(len(x)-len(y)) > most {
		return most + 1
	}
	var before []int // the row before the row before this
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		next := make([]int, len(y)+1)
		next[0] = i
		for j := 1; j <= len(y); j++ {
			wrong := 1
			if x[i-1] == y[j-1] {
				wrong = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+wrong)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return min(row[len(y)], most+1)
}
