package document

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// notation writes spans as [-gone-]{+come+}.
func notation(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(map[Mark]string{Unmarked: s.Text, Removed: "[-" + s.Text + "-]", Added: "{+" + s.Text + "+}"}[s.Mark])
	}
	return b.String()
}

func TestCompareTellsWhatBecameOfAText(t *testing.T) {
	for _, c := range []struct{ name, before, after, want string }{
		{"nothing", "", "", ""},
		{"the same", "Vi möts i maj.", "Vi möts i maj.", "Vi möts i maj."},
		{"a word is another", "Vi möts i maj.", "Vi möts i juni.", "Vi möts i [-maj-]{+juni+}."},
		{"a word has come", "Vi möts i maj.", "Vi möts snart i maj.", "Vi möts {+snart +}i maj."},
		{"a word is gone", "Vi möts snart i maj.", "Vi möts i maj.", "Vi möts [-snart -]i maj."},
		{"everything is new", "", "Nytt.", "{+Nytt.+}"},
		{"everything is gone", "Gammalt.", "", "[-Gammalt.-]"},
		{"part of a word is a word", "Polis", "Polisen", "[-Polis-]{+Polisen+}"},
		{"a line has come", "Ett\nTvå", "Ett\nNytt\nTvå", "Ett\n{+Nytt\n+}Två"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := notation(Compare(c.before, c.after)); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestCompareOfLongTextsEnds(t *testing.T) {
	before, after := strings.Repeat("a b ", 4000), strings.Repeat("c d ", 4000)
	if got := len(Compare("Först "+before+"sist", "Först "+after+"sist")); got == 0 {
		t.Error("nothing")
	}
}

// FuzzCompare proves that both texts can be read out of what is shown.
func FuzzCompare(f *testing.F) {
	f.Add("Vi möts i maj.", "Vi möts i juni.")
	f.Add("a\n\nb", "b\na")
	f.Fuzz(func(t *testing.T, before, after string) {
		if !utf8.ValidString(before) || !utf8.ValidString(after) {
			t.Skip()
		}
		var was, is string
		for _, s := range Compare(before, after) {
			if s.Mark != Added {
				was += s.Text
			}
			if s.Mark != Removed {
				is += s.Text
			}
		}
		if was != before || is != after {
			t.Errorf("%q became %q, %q became %q", before, was, after, is)
		}
	})
}
