package document

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
)

// long is a document with everything in it, over several pages.
func long() Document {
	d := Document{Title: "Minnesanteckningar: Nätverksträff, Vingåkers kommun", Language: "sv", Subject: "Version 1", Footer: "Vingåkers kommun, version 1", Made: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	d.Body = append(d.Body, Heading{2, "Närvarande"}, Table{Caption: "Närvaro", Columns: []Column{{"Organisation", 2}, {"Roll", 2}, {"Närvaro", 1}},
		Rows: [][][]Span{{Text("Polisen"), Text("Kommunpolis med ett så långt namn att det bryts"), Text("Närvarande")}, {Text("Förskolan"), Text("Rektor"), Text("Anmält förhinder")}}})
	for n := range 12 {
		d.Body = append(d.Body, Heading{2, fmt.Sprintf("Punkt %d: åtgärder i öppenvården", n+1)})
		d.Body = append(d.Body, Markdown("Det finns en **ny rutin** för *skyddade uppgifter*.\nDen gäller från mars & framåt <nu>, se [rutinen](https://vingaker.example/rutin?a=1&b=2).\n\n- på alla arbetsplatser\n  - även i förskolan\n- utan undantag\n\nSlut på punkten.")...)
	}
	rows := [][][]Span{}
	for n := range 50 {
		rows = append(rows, [][]Span{Text(fmt.Sprintf("1.%d", n)), {{Text: "en gång om året", Mark: Removed}, {Text: "två gånger om året", Mark: Added}}})
	}
	rows = append(rows, [][]Span{Text("Lång"), Text(strings.Repeat("En rad som är längre än en hel sida. ", 300))})
	return Document{d.Title, d.Language, d.Subject, d.Footer, d.Made, append(d.Body, Table{Columns: []Column{{"Rad", 1}, {"Ändring", 4}}, Rows: rows})}
}

func TestPDFIsTaggedAndValid(t *testing.T) {
	pdf, err := PDF(long())
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := api.ReadAndValidate(bytes.NewReader(pdf), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := ctx.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"StructTreeRoot", "MarkInfo", "Lang", "ViewerPreferences", "Outlines"} {
		if _, there := catalog[key]; !there {
			t.Errorf("the catalogue has no %s", key)
		}
	}
	if ctx.PageCount < 4 {
		t.Errorf("%d pages: the document was to be long", ctx.PageCount)
	}
}

// poppler runs one of its programs on a document, whose name comes last unless more is said.
func poppler(t *testing.T, pdf []byte, program string, flags ...string) string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("REQUIRE_POPPLER") != "" {
			t.Fatal(err)
		}
		fmt.Fprintln(os.Stderr, "!!! PDF NOT READ BY POPPLER:", err)
		t.Skip(err)
	}
	name := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	args := append(flags, name)
	if program == "pdftotext" {
		args = append(args, "-")
	}
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}

func TestPDFAsAnotherProgramReadsIt(t *testing.T) {
	pdf, err := PDF(long())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("it says that it is tagged, and its title", func(t *testing.T) {
		info := poppler(t, pdf, "pdfinfo")
		for _, want := range []string{"Tagged:          yes", "Title:           Minnesanteckningar: Nätverksträff, Vingåkers kommun"} {
			if !strings.Contains(info, want) {
				t.Errorf("no %q in\n%s", want, info)
			}
		}
	})
	t.Run("its structure is that of the text", func(t *testing.T) {
		tree := strings.Join(strings.Fields(poppler(t, pdf, "pdfinfo", "-struct-text")), " ")
		for _, want := range []string{"H1 (block) \"Minnesanteckningar: Nätverksträff", "Caption \"Närvaro\"", "/Scope /Column", "LBody", "\"även i förskolan\""} {
			if !strings.Contains(tree, want) {
				t.Errorf("no %q in\n%.3000s", want, tree)
			}
		}
		if n := strings.Count(tree, "H2 (block)"); n != 13 {
			t.Errorf("%d headings of the second level, want 13", n)
		}
		if n := strings.Count(tree, "\"Ändring\""); n != 1 {
			t.Errorf("the head of a table that goes on is read %d times", n)
		}
	})
	t.Run("its fonts are embedded and know their signs", func(t *testing.T) {
		for line := range strings.Lines(poppler(t, pdf, "pdffonts")) {
			if strings.Contains(line, "TrueType") && !strings.Contains(line, "yes no  yes") {
				t.Error(line)
			}
		}
	})
	t.Run("every word of the text comes out again", func(t *testing.T) {
		text := strings.Join(strings.Fields(poppler(t, pdf, "pdftotext", "-raw")), " ")
		for _, want := range strings.Fields(Plain(long().Body)) {
			if !strings.Contains(text, want) {
				t.Errorf("no %q", want)
			}
		}
		if want := "Det finns en ny rutin för skyddade uppgifter. Den gäller från mars & framåt <nu>, se rutinen."; !strings.Contains(text, want) {
			t.Errorf("no %q in %.1000s", want, text)
		}
	})
}

func TestOfficeDocumentsHoldTheWholeTextAndAreTheSameEachTime(t *testing.T) {
	for name, make := range map[string]func(Document) ([]byte, error){"ODT": ODT, "DOCX": DOCX} {
		t.Run(name, func(t *testing.T) {
			first, err := make(long())
			if err != nil {
				t.Fatal(err)
			}
			second, _ := make(long())
			if !bytes.Equal(first, second) {
				t.Error("twice is not the same")
			}
			text := words(t, first)
			for _, want := range append(strings.Fields(Plain(long().Body)), "Närvarande", "Ändring", "Vingåkers kommun, version 1") {
				if !strings.Contains(text, want) {
					t.Errorf("no %q", want)
				}
			}
		})
	}
}

// words gives the text in all parts of an office document; each must be well-formed.
func words(t *testing.T, document []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(document), int64(len(document)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range z.File {
		if f.Name == "mimetype" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if text, is := token.(xml.CharData); is {
				all.Write(text)
			}
		}
	}
	return all.String()
}

// An emoji must not stop minutes from being finished.
func TestPDFTakesAnySign(t *testing.T) {
	for _, text := range []string{"🙂 i en mening", "𝔸\U0010ffff", "e\u0301 漢字 \u200fעברית", "a\u200db\u00ad\ufeff", "\u2028 \ufffd \uffff"} {
		d := Document{Title: text, Language: "sv", Subject: text, Footer: text, Body: []Block{Heading{Level: 2, Text: text}, Words(text),
			Table{Columns: []Column{{Head: text, Share: 1}}, Rows: [][][]Span{{Text(text)}}}}}
		if pdf, err := PDF(d); err != nil || len(pdf) == 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}
