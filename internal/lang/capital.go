package lang

import (
	"unicode"
	"unicode/utf8"
)

// Capital begins text with a capital letter.
func Capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
