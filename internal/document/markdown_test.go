package document

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestMarkdownReadsTheFewSignsAndLeavesTheRest(t *testing.T) {
	for _, c := range []struct{ name, typed, plain, page string }{
		{"plain text", "Polisen berättar.", "Polisen berättar.", "<p>Polisen berättar.</p>"},
		{"a line break stays", "Först\r\nsedan", "Först\nsedan", "<p>Först<br>sedan</p>"},
		{"paragraphs", "Ett\n\nTvå", "Ett\nTvå", "<p>Ett</p><p>Två</p>"},
		{"strong and slant", "En **ny** och *god* rutin", "En ny och god rutin", "<p>En <strong>ny</strong> och <em>god</em> rutin</p>"},
		{"both", "***viktigt***", "viktigt", "<p><strong><em>viktigt</em></strong></p>"},
		{"a list", "- ett\n- två", "ett\ntvå", "<ul><li>ett</li><li>två</li></ul>"},
		{"a list in a list", "- ett\n  - inre", "ett\ninre", "<ul><li>ett<ul><li>inre</li></ul></li></ul>"},
		{"lists deeper than anybody reads", strings.Repeat("- ", 7) + "a", "a", strings.Repeat("<ul><li>", 5) + "a" + strings.Repeat("</li></ul>", 5)},
		{"numbers stay as typed", "3. maj\n7. juni", "3. maj\n7. juni", "<p>3. maj<br>7. juni</p>"},
		{"no heading", "# Inte rubrik", "# Inte rubrik", "<p># Inte rubrik</p>"},
		{"no code", "    x := 1", "x := 1", "<p>x := 1</p>"},
		{"sums", "2 * 3 * 4 < 30", "2 * 3 * 4 < 30", "<p>2 * 3 * 4 &lt; 30</p>"},
		{"a link", "[rutinen](https://vingaker.example/a?b=1&c=2)", "rutinen", `<p><a href="https://vingaker.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">rutinen</a></p>`},
		{"an address", "<https://vingaker.example>", "https://vingaker.example", `<p><a href="https://vingaker.example" rel="noopener noreferrer nofollow">https://vingaker.example</a></p>`},
		{"a link that runs", "[x](javascript:alert(1))", "x", "<p>x</p>"},
		{"a link to data", "[x](data:text/html,hej)", "x", "<p>x</p>"},
		{"a picture is its words", "![karta](https://annan.example/x.png)", "karta", "<p>karta</p>"},
		{"no HTML", "<script>alert(1)</script>", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"},
		{"an entity stays", "a &amp; b", "a &amp; b", "<p>a &amp;amp; b</p>"},
		{"an escaped sign", `\*inte\*`, "*inte*", "<p>*inte*</p>"},
		{"nothing", " \n ", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			blocks := Markdown(c.typed)
			if got := Plain(blocks); got != c.plain {
				t.Errorf("plain: %q, want %q", got, c.plain)
			}
			if got := HTML(blocks); got != c.page {
				t.Errorf("page: %q, want %q", got, c.page)
			}
		})
	}
}

var allowed = map[string]string{"p": "", "ul": "", "li": "", "strong": "", "em": "", "br": "", "a": "href rel"}

// FuzzMarkdown proves that whatever is typed, a page gets the allowed elements alone, and links to
// the web or a letter alone; and that text without signs comes out as it went in.
func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"- a\n- **b**", "[x](https://a.example \"t\")", "<img src=x onerror=alert(1)>", "![x](javascript:1)", "*_a_*\n\n\\[", "[a]: javascript:1\n[a]", "<a@b.example>", "\x00[a](\x01javascript:x)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if len(typed) > 16<<10 {
			t.Skip()
		}
		if !strings.ContainsFunc(typed, func(r rune) bool {
			return strings.ContainsRune("*_-[]()<>!\\&", r) || r < ' ' && r != '\n' || r == 0xfffd
		}) {
			if got, want := strings.Fields(Plain(Markdown(typed))), strings.Fields(typed); !slices.Equal(got, want) {
				t.Fatalf("%q became %q", want, got)
			}
		}
		z := html.NewTokenizer(strings.NewReader(HTML(Markdown(typed))))
		for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
			if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
				if kind == html.CommentToken || kind == html.DoctypeToken {
					t.Fatalf("%q became %s", typed, z.Raw())
				}
				continue
			}
			token := z.Token()
			attributes, known := allowed[token.Data]
			if !known {
				t.Fatalf("%q became <%s>", typed, token.Data)
			}
			for _, a := range token.Attr {
				if !strings.Contains(attributes, a.Key) {
					t.Fatalf("%q has %s", typed, a.Key)
				}
				if a.Key == "href" && !strings.HasPrefix(a.Val, "https:") && !strings.HasPrefix(a.Val, "http:") && !strings.HasPrefix(a.Val, "mailto:") {
					t.Fatalf("%q leads to %q", typed, a.Val)
				}
			}
		}
	})
}
