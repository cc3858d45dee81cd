package document

import (
	"strings"
	"unicode"
)

// maxCompared is how many pairs of words are weighed against each other; longer texts differ as a
// whole between what they begin and end with alike.
const maxCompared = 4 << 20

// Compare tells what became of a text, word by word: what was taken away is marked Removed and what
// came instead Added.
func Compare(before, after string) []Span {
	a, b := pieces(before), pieces(after)
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var spans []Span
	add := func(mark Mark, text string) {
		switch last := len(spans) - 1; {
		case text == "":
		case last >= 0 && spans[last].Mark == mark:
			spans[last].Text += text
		default:
			spans = append(spans, Span{Text: text, Mark: mark})
		}
	}
	add(Unmarked, strings.Join(a[:head], ""))
	weigh(a[head:len(a)-tail], b[head:len(b)-tail], add)
	add(Unmarked, strings.Join(a[len(a)-tail:], ""))
	return spans
}

// weigh finds the longest that two lists of words have in common.
func weigh(a, b []string, add func(Mark, string)) {
	if len(a)*len(b) > maxCompared || len(a) == 0 || len(b) == 0 {
		add(Removed, strings.Join(a, ""))
		add(Added, strings.Join(b, ""))
		return
	}
	common := make([][]uint16, len(a)+1) // common[i][j]: how many words a[i:] and b[j:] share
	for i := range common {
		common[i] = make([]uint16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			add(Unmarked, a[i])
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			add(Removed, a[i])
			i++
		default:
			add(Added, b[j])
			j++
		}
	}
	add(Removed, strings.Join(a[i:], ""))
	add(Added, strings.Join(b[j:], ""))
}

// pieces cuts a text where letters and digits begin or end, and loses nothing of it.
func pieces(text string) []string {
	var all []string
	var last rune = -1
	for _, r := range text {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if before := unicode.IsLetter(last) || unicode.IsDigit(last); last == -1 || !letter || !before {
			all = append(all, "")
		}
		all[len(all)-1] += string(r)
		last = r
	}
	return all
}
