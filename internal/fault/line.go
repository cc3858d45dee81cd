package fault

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Line checks a text of one line: trimmed, not empty, at most max characters, no control characters.
func Line(field, text string, max int) (string, error) {
	text, err := OptionalLine(field, text, max)
	if err == nil && text == "" {
		err = On(field, "Fyll i det här fältet.")
	}
	return text, err
}

// OptionalLine is Line for a text that may be empty.
func OptionalLine(field, text string, max int) (string, error) {
	text = strings.TrimSpace(plain(text))
	if utf8.RuneCountInString(text) > max {
		return "", On(field, "Texten är för lång. Korta den till högst %d tecken.", max)
	}
	if strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar
	}) {
		return "", On(field, "Texten får bara ha en rad. Ta bort radbrytningar och styrtecken.")
	}
	return text, nil
}

// plain gives text without characters that nobody sees and with each letter in one piece: a soft
// hyphen, or an å that is an a and a ring, would hide a word from whoever looks for it.
func plain(text string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text))
}

// Text checks a text of several lines: not empty, at most max characters, no control characters
// but line ends and tabs.
func Text(field, text string, max int) (string, error) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(plain(line), " \t")
	}
	text = strings.Trim(strings.Join(lines, "\n"), "\n")
	switch {
	case strings.TrimSpace(text) == "":
		return "", On(field, "Fyll i det här fältet.")
	case utf8.RuneCountInString(text) > max:
		return "", On(field, "Texten är för lång. Korta den till högst %d tecken.", max)
	case strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || r == unicode.ReplacementChar
	}):
		return "", On(field, "Texten har styrtecken som inte syns. Ta bort dem.")
	}
	return text, nil
}
