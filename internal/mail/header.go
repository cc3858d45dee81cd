package mail

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

// header gives the mailbox as From and To want it. The address must be parsed already.
func (m Mailbox) header() string {
	name := clean(m.Name)
	address := "<" + m.Address + ">"
	switch word := encoded(name); {
	case name == "":
		return address
	case word != name:
		return word + " " + address // RFC 2047 §5 (3): never inside a quoted string
	default:
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `" ` + address
	}
}

// clean gives a person's words on one line: control characters, line separators and the marks that
// turn the direction of reading become spaces, and runs of space become one.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return strings.Join(strings.Fields(text), " ")
}

// encoded gives cleaned text as RFC 2047 words, or as it is when it needs none.
func encoded(text string) string {
	if readable(text) {
		return text
	}
	// 36 octets make a word of 60, which fits beside the name of a header in a line of 76
	const longest = 36
	var words []string
	for len(text) > 0 {
		n := min(longest, len(text))
		for n < len(text) && !utf8.RuneStart(text[n]) {
			n--
		}
		words = append(words, "=?UTF-8?B?"+base64.StdEncoding.EncodeToString([]byte(text[:n]))+"?=")
		text = text[n:]
	}
	return strings.Join(words, " ")
}

// readable tells whether text can stand in a header as it is. An encoded word that a person typed
// cannot: the reader's program would decode it, line breaks included. Nor can a word too long to
// fold.
func readable(text string) bool {
	const longest = 55
	for word := range strings.SplitSeq(text, " ") {
		if len(word) > longest {
			return false
		}
	}
	return !strings.ContainsFunc(text, beyondASCII) && !strings.Contains(text, "=?")
}
