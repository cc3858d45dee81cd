package web

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestTypedSignsBecomeFewElementsAndNothingElse(t *testing.T) {
	for typed, want := range map[string]string{
		"**Viktigt** och *lugnt*\n- ett\n- två": "<p><strong>Viktigt</strong> och <em>lugnt</em></p><ul><li>ett</li><li>två</li></ul>",
		"[rutinen](https://vingaker.example/r)": `<p><a href="https://vingaker.example/r" rel="noopener noreferrer nofollow">rutinen</a></p>`,
		"[x](javascript:alert(1))":              "<p>x</p>",
		`<img src=x onerror=alert(1)>`:          "<p>&lt;img src=x onerror=alert(1)&gt;</p>",
		"![spår](https://evil.example/p.png)":   "<p>spår</p>",
	} {
		got := string(rich(typed))
		if _, err := html.Parse(strings.NewReader(got)); err != nil || !strings.HasPrefix(got, want) && got != want {
			t.Errorf("%q is shown as %s, %v", typed, got, err)
		}
	}
}

// One place makes HTML that templates do not escape.
func TestOnlyOneFileMakesHTML(t *testing.T) {
	var makers []string
	err := filepath.WalkDir("../..", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		code, err := os.ReadFile(path)
		for _, kind := range []string{"HTML", "HTMLAttr", "JS", "JSStr", "CSS", "Srcset"} {
			if strings.Contains(string(code), "template."+kind+"(") {
				makers = append(makers, filepath.Base(path)+": "+kind)
			}
		}
		return err
	})
	if err != nil || len(makers) != 1 || makers[0] != "rich.go: HTML" {
		t.Errorf("HTML is made in %v, %v", makers, err)
	}
}
