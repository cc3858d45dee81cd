package access

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

// commonWords are what whoever guesses passwords here tries first, alone and two together: what
// people take for passwords everywhere, and the words, names and teams of this country.
//
//go:embed common.txt
var commonWords string

// rows are keys beside each other, which no word list holds.
var rows = []string{"qwertyuiopå", "asdfghjklöä", "zxcvbnm", "abcdefghijklmnopqrstuvwxyzåäö", "qazwsxedcrfvtgbyhnujmikolp"}

// guesses are the words and every piece of four keys and more of a row, from either end.
var guesses = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(commonWords) {
		all[w] = true
	}
	for _, row := range rows {
		keys := []rune(row)
		for from := range keys {
			for to := from + 4; to <= len(keys); to++ {
				piece := keys[from:to]
				all[string(piece)] = true
				all[reversed(piece)] = true
			}
		}
	}
	return all
})

func reversed(keys []rune) string {
	var b strings.Builder
	for n := len(keys) - 1; n >= 0; n-- {
		b.WriteRune(keys[n])
	}
	return b.String()
}

// disguises are the signs that people write for letters.
var disguises = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// common tells whether a password is soon guessed: one piece over and over, no letters at all, or
// nothing but one or two of the words guessed first, whatever digits, signs and capitals are put
// between and for them. What hides in it of the account's own address counts as such a word.
func common(password, email string) bool {
	text := strings.ToLower(password)
	own := strings.FieldsFunc(strings.ToLower(email), func(r rune) bool { return !unicode.IsLetter(r) })
	return repeated(text) || few(letters(text), own) || few(letters(disguises.Replace(text)), own)
}

// repeated tells whether text is a piece of at most eight signs over and over.
func repeated(text string) bool {
	signs := []rune(text)
	for n := 1; n <= 8 && n <= len(signs)/2; n++ {
		piece := string(signs[:n])
		if strings.HasPrefix(strings.Repeat(piece, len(signs)/n+1), text) {
			return true
		}
	}
	return false
}

func letters(text string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, text))
}

// spare is how many letters may stand beside the words without making them hard to guess.
const spare = 2

// few tells whether text is made of at most two different words guessed first, and spare letters.
func few(text []rune, own []string) bool {
	known := func(word string) bool {
		for _, o := range own {
			if len(o) >= 3 && o == word {
				return true
			}
		}
		return guesses()[word]
	}
	// Where one can be in text, having used which two words and how many spare letters.
	type state struct {
		at, left      int
		first, second string
	}
	seen := map[state]bool{}
	todo := []state{{left: spare}}
	for len(todo) > 0 && len(seen) < 10_000 { // no password takes long
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if s.at == len(text) {
			return true
		}
		if seen[s] {
			continue
		}
		seen[s] = true
		if s.left > 0 {
			todo = append(todo, state{s.at + 1, s.left - 1, s.first, s.second})
		}
		for end := s.at + 3; end <= len(text) && end <= s.at+30; end++ {
			word := string(text[s.at:end])
			if !known(word) {
				continue
			}
			next := state{end, s.left, s.first, s.second}
			switch {
			case word == s.first || word == s.second:
			case s.first == "":
				next.first = word
			case s.second == "":
				next.second = word
			default:
				continue
			}
			todo = append(todo, next)
		}
	}
	return false
}
