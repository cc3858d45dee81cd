package document

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"time"

	"samverkan/internal/fault"
)

// zipped makes a packed file of names and contents, in turn.
func zipped(t *testing.T, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for n := 0; n < len(parts); n += 2 {
		w, err := z.Create(parts[n])
		if err == nil {
			_, err = io.WriteString(w, parts[n+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const (
	typesPart = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`
	wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	textSpace = `xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"`
	odtMime   = "application/vnd.oasis.opendocument.text"
)

func word(t *testing.T, body string, more ...string) []byte {
	return zipped(t, append([]string{"[Content_Types].xml", typesPart, "word/document.xml", "<w:document " + wordSpace + "><w:body>" + body + "</w:body></w:document>"}, more...)...)
}

func TestKind(t *testing.T) {
	made := Document{Title: "Avstämning", Language: "sv", Made: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), Body: []Block{Words("Rutinen gäller.")}}
	ours := map[string]func(Document) ([]byte, error){"docx": DOCX, "odt": ODT, "pdf": PDF}
	for ending, make := range ours {
		data, err := make(made)
		if err != nil {
			t.Fatal(err)
		}
		if kind, err := Kind("Minnesanteckningar."+strings.ToUpper(ending), data); err != nil || kind != ending {
			t.Errorf("our own %s: %q, %v", ending, kind, err)
		}
	}
	pdf := []byte("%PDF-1.7\n")
	bomb := strings.Repeat("0", 200<<20)
	tests := []struct {
		name, sentence string
		data           []byte
		want           string // kind, or the beginning of the refusal
	}{
		{"rutin.txt", "plain text is taken", []byte("Rutin för jour"), "txt"},
		{"rutin.csv", "a table in Windows' letters is taken", []byte("namn;m\xf6te\r\n"), "csv"},
		{"bild.JPEG", "a picture is taken", []byte("\xff\xd8\xff\xe0JFIF"), "jpg"},
		{"bild.png", "a picture is taken", []byte("\x89PNG\r\n\x1a\n...."), "png"},
		{"blad.xlsx", "a sheet is taken", zipped(t, "[Content_Types].xml", typesPart, "xl/workbook.xml", "<x/>"), "xlsx"},
		{"tom.pdf", "an empty file is refused", nil, "Filen är tom"},
		{"bild.svg", "a drawing that may run script is refused", []byte("<svg onload='alert(1)'/>"), "Filer av det slaget"},
		{"sida.html", "a page is refused", []byte("<html>"), "Filer av det slaget"},
		{"sida.xhtml", "a page is refused", []byte("<html/>"), "Filer av det slaget"},
		{"data.xml", "XML is refused", []byte("<?xml version='1.0'?>"), "Filer av det slaget"},
		{"kod.js", "a script is refused", []byte("alert(1)"), "Filer av det slaget"},
		{"rapport.pdf.exe", "a program is refused", []byte("MZ"), "Filer av det slaget"},
		{"rapport", "a name without an ending is refused", pdf, "Filer av det slaget"},
		{"gammal.doc", "an old format is refused", []byte("\xd0\xcf\x11\xe0"), "Filen är i ett äldre format"},
		{"blad.xlsm", "a name that says macros is refused", zipped(t, "a", "b"), "Filen har makron"},
		{"makro.docx", "macros under another name are refused", word(t, "", "word/vbaProject.bin", "x"), "Filen har makron"},
		{"makro.docx", "macros that the parts' list tells are refused", zipped(t, "[Content_Types].xml", "application/vnd.ms-word.document.macroEnabled.main+xml", "word/document.xml", "x"), "Filen har makron"},
		{"makro.odt", "OpenDocument's macros are refused", zipped(t, "mimetype", odtMime, "Basic/Standard/Module1.xml", "x"), "Filen har makron"},
		{"sida.pdf", "a page called PDF is refused", []byte("<html>"), "Filens innehåll"},
		{"rapport.pdf", "a PDF behind something else is refused", append([]byte("<script>"), pdf...), "Filens innehåll"},
		{"bild.png", "a PDF called a picture is refused", pdf, "Filens innehåll"},
		{"rutin.txt", "a program called text is refused", []byte("MZ\x00\x01"), "Filens innehåll"},
		{"rutin.docx", "any packed file called a document is refused", zipped(t, "a.txt", "a"), "Filens innehåll"},
		{"rutin.docx", "something before the packed file is refused", append([]byte("GIF89a"), word(t, "")...), "Filens innehåll"},
		{"blad.xlsx", "a text called a sheet is refused", word(t, ""), "Filens innehåll"},
		{"rutin.odt", "two answers to what it is are refused", zipped(t, "mimetype", odtMime, "mimetype", "text/html"), "Filens innehåll"},
		{"bomb.docx", "what grows a hundredfold is refused", word(t, "", "word/media/a.bin", bomb), "Filen är packad"},
		{"bomb.docx", "what says that it is small is refused", lying(t), "Filen är packad"},
		{"bomb.odt", "entries that lie over each other are refused", overlapping(t), "Filen är packad"},
		{"bomb.docx", "too many entries are refused", many(t, maxEntries+1), "Filen är packad"},
		{"half.docx", "half a file is refused", word(t, strings.Repeat("text", 100))[:200], "Filen är packad"},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			kind, err := Kind(test.name, test.data)
			if err != nil && !strings.HasPrefix(err.Error(), test.want) && !strings.Contains(fmt.Sprintf("%+v", err), test.want) || err == nil && kind != test.want {
				t.Errorf("%s: %q, %v; not %q", test.name, kind, err, test.want)
			}
			if err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v is no refusal", err)
			}
		})
	}
}

// many packs as many entries as asked for.
func many(t *testing.T, n int) []byte {
	var parts []string
	for i := range n {
		parts = append(parts, fmt.Sprintf("word/%d.xml", i), "")
	}
	return word(t, "", parts...)
}

// lying is a document whose list says that a part of 40 MB has 300 MB, the other way round than what is easy to see.
func lying(t *testing.T) []byte {
	data := word(t, "", "word/media/a.bin", strings.Repeat("0", 40<<20))
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(data[at+24:], 300<<20)
	return data
}

// overlapping names one packed entry many times.
func overlapping(t *testing.T) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	content := bytes.Repeat([]byte("abcdefghij"), 200_000)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "mimetype", CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content)), CRC32: crc32.ChecksumIEEE(content)})
	if err != nil {
		t.Fatal(err)
	}
	w.Write(content)
	z.Close()
	data := out.Bytes()
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	end := bytes.LastIndex(data, []byte("PK\x05\x06"))
	header := data[at:end]
	const times = 100
	made := append(bytes.Clone(data[:at]), bytes.Repeat(header, times)...)
	tail := bytes.Clone(data[end:])
	binary.LittleEndian.PutUint16(tail[8:], times)
	binary.LittleEndian.PutUint16(tail[10:], times)
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(header)*times))
	return append(made, tail...)
}

func TestExtract(t *testing.T) {
	read := func(kind string, data []byte) string {
		t.Helper()
		text, readable, err := Extract(kind, data)
		if err != nil || !readable {
			t.Fatalf("%v, %v", readable, err)
		}
		return text
	}
	t.Run("what we write ourselves can be read", func(t *testing.T) {
		made := Document{Title: "Avstämning", Language: "sv", Made: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC),
			Body: []Block{Heading{2, "Laget runt"}, Words("Rutinen gäller från maj."), List{[][]Block{{Words("Första"), Words("Andra")}}}}}
		for kind, make := range map[string]func(Document) ([]byte, error){"docx": DOCX, "odt": ODT} {
			data, err := make(made)
			if err != nil {
				t.Fatal(err)
			}
			text := read(kind, data)
			for _, want := range []string{"Laget runt\n", "Rutinen gäller från maj.\n", "Första"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: %q has no %q", kind, text, want)
				}
			}
		}
	})
	t.Run("a number cut into runs is one, and what was struck, noted and at the foot is read", func(t *testing.T) {
		text := read("docx", word(t, `<w:p><w:r><w:t>910101</w:t></w:r><w:r><w:t>-2384</w:t></w:r><w:del><w:r><w:delText>struket</w:delText></w:r></w:del></w:p>`,
			"word/footnotes.xml", "<w:footnotes "+wordSpace+"><w:p><w:r><w:t>fotnot</w:t></w:r></w:p></w:footnotes>", "word/comments.xml", "<x:comments xmlns:x=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><x:p><x:t>kommentar</x:t></x:p></x:comments>"))
		if text != "910101-2384struket\nfotnot\nkommentar" {
			t.Errorf("%q", text)
		}
	})
	t.Run("OpenDocument's spaces and breaks", func(t *testing.T) {
		text := read("odt", zipped(t, "mimetype", odtMime, "content.xml", "<d "+textSpace+"><text:h>Punkt</text:h><text:p>ett<text:s text:c=\"2\"/>två<text:line-break/><text:span>tre</text:span></text:p></d>"))
		if text != "Punkt\nett  två\ntre" {
			t.Errorf("%q", text)
		}
	})
	t.Run("plain text in the letters of Windows and of UTF-16", func(t *testing.T) {
		if text := read("txt", []byte("m\xf6te")); text != "möte" {
			t.Errorf("%q", text)
		}
		if text := read("csv", []byte("\xff\xfem\x00\xf6\x00")); text != "mö" {
			t.Errorf("%q", text)
		}
	})
	t.Run("PDF and pictures are not searchable", func(t *testing.T) {
		for _, kind := range []string{"pdf", "png", "jpg"} {
			if text, readable, err := Extract(kind, []byte("%PDF-")); readable || err != nil || text != "" {
				t.Errorf("%s: %v, %v", kind, readable, err)
			}
		}
	})
	lines := strings.Repeat("<w:p>", maxDepth)
	for sentence, data := range map[string][]byte{
		"elements without end are refused":              word(t, lines+"<w:p>"),
		"a document type with entities is refused":      zipped(t, "word/document.xml", `<!DOCTYPE a [<!ENTITY b "c">]><w:document `+wordSpace+`><w:t>&b;</w:t></w:document>`),
		"half a document is refused":                    zipped(t, "word/document.xml", "<w:document "+wordSpace+"><w:t>text"),
		"another set of letters is refused":             zipped(t, "word/document.xml", `<?xml version="1.0" encoding="x-own"?><w:document/>`),
		"what was packed to grow a hundredfold refused": zipped(t, "word/document.xml", strings.Repeat(" ", 30<<20)),
		"a text without end is refused":                 word(t, "<w:p><w:t>"+strings.Repeat("abcdefghijklmnopqrstuvwxyz0123456789", maxText/36+1)+randomish()+"</w:t></w:p>"),
	} {
		t.Run(sentence, func(t *testing.T) {
			if text, readable, err := Extract("docx", data); fault.KindOf(err) != fault.Invalid || readable || text != "" {
				t.Errorf("%.40q, %v, %v", text, readable, err)
			}
		})
	}
}

// randomish is text that does not pack well.
func randomish() string {
	var b strings.Builder
	for n := uint32(1); b.Len() < 200<<10; n = n*1664525 + 1013904223 {
		fmt.Fprintf(&b, "%x", n)
	}
	return b.String()
}

// What stands in cells and on slides is found and looked through as other texts are.
func TestExtractReadsSheetsAndSlides(t *testing.T) {
	const sheet, drawing = `"http://schemas.openxmlformats.org/spreadsheetml/2006/main"`, `"http://schemas.openxmlformats.org/drawingml/2006/main"`
	open := `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:p>Insats</text:p><text:p>19900101-2385</text:p></office:document-content>`
	for kind, test := range map[string]struct {
		parts []string
		want  string
	}{
		"xlsx": {[]string{"xl/sharedStrings.xml", `<sst xmlns=` + sheet + `><si><t>Insats</t></si><si><r><t>19900101-</t></r><r><t>2385</t></r></si></sst>`,
			"xl/worksheets/sheet1.xml", `<worksheet xmlns=` + sheet + `><sheetData><row><c t="s"><v>0</v></c><c><v>199001012385</v></c><c t="inlineStr"><is><t>direkt</t></is></c></row></sheetData></worksheet>`},
			"Insats\n19900101-2385\n199001012385\tdirekt"},
		"pptx": {[]string{"ppt/slides/slide1.xml", `<p xmlns:a=` + drawing + `><a:p><a:r><a:t>In</a:t></a:r><a:r><a:t>sats</a:t></a:r></a:p><a:p><a:r><a:t>två</a:t></a:r></a:p></p>`}, "Insats\ntvå"},
		"ods":  {[]string{"content.xml", open}, "Insats\n19900101-2385"},
		"odp":  {[]string{"content.xml", open}, "Insats\n19900101-2385"},
	} {
		if text, readable, err := Extract(kind, zipped(t, test.parts...)); err != nil || !readable || text != test.want {
			t.Errorf("%s: %q, %v, %v", kind, text, readable, err)
		}
	}
	bomb := "<worksheet xmlns=" + sheet + "><c><v>" + strings.Repeat("0", 5<<20) + "</v></c></worksheet>"
	for _, parts := range [][]string{{"xl/worksheets/sheet1.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}, {"xl/worksheets/sheet1.xml", bomb}} {
		if text, readable, err := Extract("xlsx", zipped(t, parts...)); fault.KindOf(err) != fault.Invalid || readable || text != "" {
			t.Errorf("%.40q, %v, %v", text, readable, err)
		}
	}
}
