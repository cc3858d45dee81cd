package serve

import (
	"net/http"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"
)

// Attachment answers with a file to keep. It is never shown as ours, whatever stands in it: a
// browser saves it, guesses nothing about it, and would run nothing in it.
func Attachment(c *gin.Context, name, contentType string, data []byte) {
	c.Header("Content-Disposition", disposition(name))
	c.Header("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	c.Data(http.StatusOK, contentType, data)
}

// disposition names a file twice (RFC 6266 appendix D): in ASCII, for programs that know no better,
// and in full (RFC 8187).
func disposition(name string) string {
	name = SafeName(name)
	return `attachment; filename="` + ascii(name) + `"; filename*=UTF-8''` + extended(name)
}

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

// ascii writes a name without what ASCII lacks: å is a, and what has no letter near it is _.
func ascii(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r < 0x20 || r > 0x7e || r == '"' || r == '\\':
			return '_'
		}
		return r
	}, norm.NFD.String(name))
}

// extended is RFC 8187 §3.2: every octet but its attr-char is written as %XX.
func extended(name string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, octet := range []byte(name) {
		letter := octet >= '0' && octet <= '9' || octet >= 'A' && octet <= 'Z' || octet >= 'a' && octet <= 'z'
		if letter || strings.IndexByte("!#$&+-.^_`|~", octet) >= 0 {
			b.WriteByte(octet)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[octet>>4])
		b.WriteByte(hex[octet&15])
	}
	return b.String()
}
