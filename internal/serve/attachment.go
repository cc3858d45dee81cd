package serve

import (
	"net/http"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"samverkan/internal/file"
)

// FilePolicy lets a file that is opened all the same run and load nothing.
const FilePolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"

// Attachment answers with a file to keep. It is never shown as ours, whatever stands in it: a
// browser saves it, guesses nothing about it, and would run nothing in it.
func Attachment(c *gin.Context, name, contentType string, data []byte) {
	c.Header("Content-Disposition", Disposition(name))
	c.Header("Content-Security-Policy", FilePolicy)
	c.Data(http.StatusOK, contentType, data)
}

// Disposition names a file twice (RFC 6266 appendix D): in ASCII, for programs that know no better,
// and in full (RFC 8187).
func Disposition(name string) string {
	name = file.SafeName(name)
	return `attachment; filename="` + ascii(name) + `"; filename*=UTF-8''` + extended(name)
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
