package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"

	"samverkan/internal/fault"
)

// Limits of what is read out of a file.
const (
	maxXML   = 64 << 20 // octets of a part
	maxDepth = 256      // elements in each other
	maxText  = 4 << 20  // octets of the text
)

// Extract gives the text of a file of a kind: of office documents, with what stands in headers, notes and
// comments, in cells and on slides, and of plain text. readable is false for other kinds, whose text nobody has read. It refuses with
// fault.Invalid what is broken, goes over the limits or is locked with a password.
func Extract(kind string, data []byte) (text string, readable bool, err error) {
	switch kind {
	case "txt", "csv":
		text, readable = plainText(data)
		if !readable {
			return "", false, errUnreadable()
		}
	case "docx", "odt", "xlsx", "ods", "pptx", "odp":
		if text, err = officeText(kind, data); err != nil {
			return "", false, err
		}
	default:
		return "", false, nil
	}
	if len(text) > maxText {
		return "", false, errTooLong()
	}
	return text, true, nil
}

func errUnreadable() error {
	return fault.On("file", "Texten i filen går inte att läsa. Spara den igen i programmet som gjorde den, utan lösenord.")
}

func errTooLong() error {
	return fault.On("file", "Texten i filen är längre än %d MB. Dela upp den i flera filer.", maxText>>20)
}

// plainText reads text in UTF-8, in UTF-16 with its mark, or in Windows-1252, and tells whether it is text.
func plainText(data []byte) (string, bool) {
	text := string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		decoded, err := utf.UTF16(utf.LittleEndian, utf.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", false
		}
		text = string(decoded)
	case !utf8.ValidString(text):
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil {
			return "", false
		}
		text = string(decoded)
	}
	unseen := func(r rune) bool {
		return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t\f", r) || r == utf8.RuneError
	}
	return text, !strings.ContainsFunc(text, unseen)
}

// textParts are the parts of a document that hold what a reader sees.
var textParts = map[string]*regexp.Regexp{
	"docx": regexp.MustCompile(`^word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml$`),
	"odt":  regexp.MustCompile(`^(content|styles)\.xml$`),
	"ods":  regexp.MustCompile(`^(content|styles)\.xml$`),
	"odp":  regexp.MustCompile(`^(content|styles)\.xml$`),
	"xlsx": regexp.MustCompile(`^xl/(sharedStrings|worksheets/[^/]+|comments\d*)\.xml$`),
	"pptx": regexp.MustCompile(`^ppt/(slides/slide|notesSlides/notesSlide|comments/comment)\d+\.xml$`),
}

func officeText(kind string, data []byte) (string, error) {
	z, err := unzip(data)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, f := range z.File {
		if !textParts[kind].MatchString(f.Name) {
			continue
		}
		if err := partText(f, &text); err != nil {
			return "", err
		}
	}
	return strings.TrimSpace(text.String()), nil
}

func partText(f *zip.File, into *strings.Builder) error {
	if f.UncompressedSize64 > maxXML {
		return errTooLong()
	}
	r, err := f.Open()
	if err != nil {
		return errUnreadable()
	}
	defer r.Close()
	p := partReader{xml: xml.NewDecoder(io.LimitReader(r, maxXML)), into: into}
	p.xml.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errUnreadable() } // both formats are UTF-8
	return p.read()
}

// partReader takes the text out of a part's elements. Numbers of persons may be cut into runs of
// different looks: nothing comes between runs.
type partReader struct {
	xml   *xml.Decoder
	into  *strings.Builder
	depth int
	open  int // elements that hold text, in each other

	shared bool // the cell's value is the place of a text that stands elsewhere
}

func (p *partReader) read() error {
	for {
		token, err := p.xml.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errUnreadable()
		}
		switch t := token.(type) {
		case xml.StartElement:
			p.depth++
			p.begin(t)
		case xml.EndElement:
			p.depth--
			p.end(t)
		case xml.CharData:
			if p.open > 0 {
				p.into.Write(t)
			}
		case xml.Directive: // a document type: neither format has one
			return errUnreadable()
		}
		if p.depth > maxDepth || p.into.Len() > maxText {
			return errTooLong()
		}
	}
}

// namespaces are spaces of names by what they are mostly shortened to.
var namespaces = map[string]string{
	"http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
	"http://purl.oclc.org/ooxml/wordprocessingml/main":             "w", // ISO/IEC 29500 strict
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main":    "x",
	"http://purl.oclc.org/ooxml/spreadsheetml/main":                "x",
	"http://schemas.openxmlformats.org/drawingml/2006/main":        "a",
	"http://purl.oclc.org/ooxml/drawingml/main":                    "a",
	"urn:oasis:names:tc:opendocument:xmlns:text:1.0":               "text",
}

func short(n xml.Name) string { return namespaces[n.Space] + ":" + n.Local }

// holds tells the elements whose words are read: runs of WordprocessingML and of slides, paragraphs of OpenDocument,
// texts and values of cells.
func (p *partReader) holds(name string) bool {
	switch name {
	case "w:t", "w:delText", "text:p", "text:h", "a:t", "x:t":
		return true
	}
	return name == "x:v" && !p.shared
}

func (p *partReader) begin(t xml.StartElement) {
	if short(t.Name) == "x:c" {
		p.shared = slices.ContainsFunc(t.Attr, func(a xml.Attr) bool { return a.Name.Local == "t" && a.Value == "s" })
	}
	if p.holds(short(t.Name)) {
		p.open++
	}
	switch short(t.Name) {
	case "w:tab", "text:tab":
		p.into.WriteByte('\t')
	case "w:br", "w:cr", "text:line-break", "a:br":
		p.into.WriteByte('\n')
	case "w:noBreakHyphen":
		p.into.WriteByte('-')
	case "text:s":
		p.into.WriteString(strings.Repeat(" ", spaces(t)))
	}
}

func (p *partReader) end(t xml.EndElement) {
	if p.holds(short(t.Name)) {
		p.open--
	}
	switch short(t.Name) {
	case "w:p", "text:p", "text:h", "a:p", "x:si", "x:row", "x:comment":
		p.into.WriteByte('\n')
	case "x:c":
		if !p.shared {
			p.into.WriteByte('\t')
		}
	}
}

// spaces is how many an element of OpenDocument stands for.
func spaces(t xml.StartElement) int {
	for _, a := range t.Attr {
		if n, err := strconv.Atoi(a.Value); a.Name.Local == "c" && err == nil && n > 0 {
			return min(n, 100)
		}
	}
	return 1
}
