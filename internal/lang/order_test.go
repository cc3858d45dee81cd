package lang_test

import (
	"slices"
	"testing"

	"samverkan/internal/lang"
)

func TestSortByNameSortsAsSwedesDo(t *testing.T) {
	want := []string{"Ahlberg", "Ale", "Vik", "Wik", "Zeta", "Zetterberg", "Åberg", "åmål", "Åre", "Ängelholm", "Ärlig", "Öberg", "Örebro"}
	got := slices.Clone(want)
	slices.Reverse(got)
	lang.SortByName(got, func(s string) string { return s })
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if lang.Compare("Idé", "Ide") == 0 || lang.Compare("Idé", "Idf") != -1 || lang.Compare("A\u030angström", "Zorn") != 1 {
		t.Error("accents decide before letters, or not at all")
	}
}
