package mail

import (
	"errors"
	"html"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// charsets are those that letters to a Swedish authority come in. The tables of all others would be
// another megabyte of program; a letter in one of them is shown with marks where letters should be.
var charsets = map[string]encoding.Encoding{
	"iso-8859-1": charmap.Windows1252, "latin1": charmap.Windows1252, "iso-8859-15": charmap.ISO8859_15, "iso-8859-9": charmap.ISO8859_9,
	"windows-1252": charmap.Windows1252, "cp1252": charmap.Windows1252, "us-ascii": charmap.Windows1252, "ascii": charmap.Windows1252,
	"iso-8859-2": charmap.ISO8859_2, "windows-1250": charmap.Windows1250, "windows-1251": charmap.Windows1251, "koi8-r": charmap.KOI8R,
	"iso-8859-4": charmap.ISO8859_4, "iso-8859-10": charmap.ISO8859_10, "windows-1257": charmap.Windows1257, "windows-1254": charmap.Windows1254,
	"windows-1256": charmap.Windows1256, "macintosh": charmap.Macintosh,
}

// Charset is what mime.WordDecoder asks: a reader of text in a character set.
func Charset(name string, r io.Reader) (io.Reader, error) {
	if known, ok := charsets[strings.ToLower(name)]; ok {
		return known.NewDecoder().Reader(r), nil
	}
	return nil, errors.New("mail: a character set that is not read")
}

// inUTF8 decodes a text. What says that it is UTF-8 and is not was written by Windows.
func inUTF8(text []byte, name string) string {
	if utf8.Valid(text) {
		return string(text)
	}
	known, ok := charsets[strings.ToLower(name)]
	if !ok && endsInside(text) {
		return strings.ToValidUTF8(string(text), "\ufffd")
	}
	if !ok {
		known = charmap.Windows1252
	}
	decoded, err := known.NewDecoder().Bytes(text)
	if err != nil {
		return strings.ToValidUTF8(string(text), "\ufffd")
	}
	return string(decoded)
}

// endsInside tells that a text is UTF-8 but for a last letter that a limit cut in two.
func endsInside(text []byte) bool { return len(text) > 3 && utf8.Valid(text[:len(text)-3]) }

var (
	unseen = regexp.MustCompile(`(?is)<(script|style|head|title)\b.*?</(script|style|head|title)\s*>|<!--.*?-->`)
	breaks = regexp.MustCompile(`(?i)<(br|/p|/div|/tr|/li|/h[1-6])\b[^>]*>`)
	marks  = regexp.MustCompile(`<[^>]*>?`)
	gaps   = regexp.MustCompile(`\n{3,}`)
)

// fromHTML gives the words of a page. Whoever shows them escapes them: nothing here is trusted.
func fromHTML(page string) string {
	page = unseen.ReplaceAllString(page, "")
	page = strings.NewReplacer("\r", "", "\n", " ").Replace(page)
	page = marks.ReplaceAllString(breaks.ReplaceAllString(page, "\n"), "")
	return gaps.ReplaceAllString(html.UnescapeString(page), "\n\n")
}
