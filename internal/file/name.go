package file

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestName is in octets of UTF-8: Linux takes 255, and some programs add to it.
const longestName = 180

// SafeName makes of text a name that every file system takes, and that shows its own ending: no
// path, no control or direction characters, no name that Windows keeps to itself.
func SafeName(text string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError, r == '\u2028', r == '\u2029':
			return -1
		case strings.ContainsRune(`/\:*?"<>|%`, r), unicode.Is(unicode.Co, r):
			return '-'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(text, "")))
	name = strings.Trim(name, " .-~")
	ending := path.Ext(name)
	if len(ending) > 12 || strings.Contains(ending, " ") {
		ending = ""
	}
	base := strings.TrimRight(cut(strings.TrimSuffix(name, ending), longestName-len(ending)), " .-")
	if base == "" {
		base = "fil"
	}
	first, _, _ := strings.Cut(base, ".") // Windows reads no further: "con.tar.gz" is the console
	if kept[strings.ToUpper(strings.TrimSpace(first))] {
		base = "_" + base
	}
	return base + ending
}

// kept are names that Windows has given to devices.
var kept = func() map[string]bool {
	all := map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true}
	for _, port := range []string{"COM", "LPT"} {
		for _, digit := range "0123456789¹²³" {
			all[port+string(digit)] = true
		}
	}
	return all
}()

// cut shortens text to at most max octets, between characters.
func cut(text string, max int) string {
	for len(text) > max {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}
