package law_test

import (
	"strings"
	"testing"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
	"samverkan/internal/law"
)

func day(text string) (d almanac.Date) {
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return d
}

func TestOutdatedReferencesAreFlaggedWithThePresentOne(t *testing.T) {
	now := day("2026-11-24")
	for _, c := range []struct{ text, want string }{
		{"Enligt Socialtjänstlagen (2001:453) (SoL) ska", "Nu gäller Socialtjänstlagen (2025:400)."},
		{"3 kap 9 § SOSFS 2014:4", "3 kap. 9 § SOSFS 2014:4 gällde till och med 2022-10-31. Nu gäller HSLF-FS 2022:39. Var i den"},
		{"3 kap 10§ SOSFS 2014:4", "3 kap. 10 § SOSFS 2014:4"},
		{"anmälan enligt 14 kap. 1 § SoL", "Nu gäller 19 kap. 1–2 §§ Socialtjänstlagen (2025:400)."},
		{"5 kap. 11 § socialtjänstlagen", "inte bekräftat"},
		{"1 kap 1 § Socialtjänstlagen", "1 kap. 1 § Socialtjänstlagen (2001:453)"},
		{"14 kap. 1 § socialtjänstlagen (2001:453)", "19 kap. 1–2 §§"},
	} {
		notes := law.Shipped().Outdated(c.text, now)
		if len(notes) != 1 || !strings.Contains(notes[0].Words().In(lang.Swedish), c.want) {
			t.Errorf("%s: %d notes", c.text, len(notes))
			for _, n := range notes {
				t.Error(n.Words().In(lang.Swedish))
			}
		}
	}
	for _, text := range []string{"Socialtjänstlagen (2025:400)", "HSLF-FS 2022:39", "socialtjänstlagen", "SoL", "Prop 2019/20:13", "Skr. 2007/08:39", "SFS 2014:4", "lagen (1990:52), LVU",
		"3 kap 5 §", "Föräldrabalken 6 kap. 1 § och 11 §", "kl. 2001:453000"} {
		if notes := law.Shipped().Outdated(text, now); len(notes) != 0 {
			t.Errorf("%s: %s", text, notes[0].Words().In(lang.Swedish))
		}
	}
}

func TestALawIsOutdatedFromTheDayItIsReplaced(t *testing.T) {
	text := "socialtjänstlagen (2001:453)"
	if n := law.Shipped().Outdated(text, day("2025-06-30")); len(n) != 0 {
		t.Errorf("on its last day: %v", n)
	}
	if n := law.Shipped().Outdated(text, day("2025-07-01")); len(n) != 1 {
		t.Errorf("on the day after: %v", n)
	}
	if n := law.Shipped().Outdated("socialtjänstlagen (2025:400)", day("2025-06-30")); len(n) != 1 || !strings.Contains(n[0].Words().In(lang.Swedish), "först från 2025-07-01") {
		t.Errorf("before its first day: %v", n)
	}
}

func TestReadRefusesABookThatContradictsItself(t *testing.T) {
	for _, text := range []string{
		"- {id: a, name: A, number: \"1:1\", replaced_by: b}",
		"- {id: a, name: A, number: \"1:1\"}\n- {id: a, name: B, number: \"2:1\"}",
		"- {id: a, name: A, number: \"1:1\"}\n- {id: b, name: B, number: \"1:1\"}",
		"- {id: a, name: A, number: \"1:1\", valid_from: 2026-01-01, valid_to: 2025-01-01}",
		"- {id: a, name: A, number: \"1:1\", chapter: 3}",
	} {
		if _, err := law.Read([]byte(text)); err == nil {
			t.Errorf("taken: %s", text)
		}
	}
	book, err := law.Read([]byte("- {id: a, name: A, number: \"1:1\", valid_to: 2020-01-01, replaced_by: b}\n- {id: b, name: B, number: \"2:1\", valid_to: 2020-01-01, replaced_by: a}"))
	if err != nil || book.Present(book.ByID("a"), day("2026-01-01")) != nil {
		t.Errorf("a ring: %v", err)
	}
}
