package planreading

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word of the text, with its place. Hyphens, colons and dashes between letters or digits
// are inside it: "IFO:s", "3–4", "LSS-handläggare". A hyphen may end it: "hälso-".
type token struct {
	Span
	raw   string // without soft hyphens, and joined where a line's end parted it
	word  string // raw in small letters
	key   string // word as names are compared
	apart bool   // more than space stands between it and the token before
}

// mostLetters bounds a word.
const mostLetters = 64

func tokens(text string, s Span) (all []token) {
	apart := true
	for i := s.From; i < s.To; {
		r, size := utf8.DecodeRuneInString(text[i:s.To])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			apart = apart || !unicode.IsSpace(r) && r != '/'
			i += size
			continue
		}
		to := wordEnd(text, i, s.To)
		raw := strings.ReplaceAll(text[i:to], "\u00ad", "")
		if nl := strings.IndexByte(raw, '\n'); nl > 0 {
			raw = strings.TrimRight(raw[:nl], "-\r") + strings.TrimSpace(raw[nl:])
		}
		if len(raw) <= 4*mostLetters {
			word := strings.ToLower(raw)
			all = append(all, token{Span{i, to}, raw, word, plain(word), apart})
		}
		apart = false
		i = to
	}
	return all
}

// wordEnd gives where the word that begins at i ends.
func wordEnd(text string, i, limit int) int {
	joined := false
	for i < limit {
		r, size := utf8.DecodeRuneInString(text[i:limit])
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '\u00ad':
			i += size
			continue
		case strings.ContainsRune("-:–\u2011'’", r):
			rest := text[i+size : limit]
			next := first(rest)
			if unicode.IsLetter(next) || unicode.IsDigit(next) {
				if r == '–' && !unicode.IsDigit(next) {
					return i
				}
				i += size
				continue
			}
			if r != '-' {
				return i
			}
			if skip, parted := partedWord(rest); parted && !joined {
				joined = true
				i += size + skip
				continue
			}
			return i + size
		default:
			return i
		}
	}
	return i
}

// partedWord tells whether a word goes on after a hyphen at a line's end: not in "hälso-" before
// "och sjukvården".
func partedWord(rest string) (skip int, parted bool) {
	trimmed := strings.TrimLeft(rest, "\r\n")
	skip = len(rest) - len(trimmed)
	if skip == 0 || skip > 2 || !unicode.IsLower(first(trimmed)) {
		return 0, false
	}
	word := trimmed[:min(len(trimmed), 6)]
	for _, w := range []string{"och", "eller", "samt"} {
		if strings.HasPrefix(word, w) {
			return 0, false
		}
	}
	return skip, true
}
