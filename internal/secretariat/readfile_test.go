package secretariat_test

import (
	"strings"
	"testing"
	"time"

	"samverkan/internal/fault"
	"samverkan/internal/secretariat"
)

// A file that somebody uploads takes neither the service's time nor its stack.
func TestHostilePlanFiles(t *testing.T) {
	for name, text := range map[string]string{
		"a million brackets":             "abbreviations: " + strings.Repeat("[", 500_000) + strings.Repeat("]", 500_000),
		"brackets on lines of their own": "abbreviations: " + strings.Repeat("[\n ", 300_000),
		"braces":                         "abbreviations: " + strings.Repeat("{a: ", 200_000),
		"dashes":                         "abbreviations:\n  " + strings.Repeat("- ", 400_000),
		"questions":                      strings.Repeat("? ", 400_000),
		"an indented stair":              stair(1400),
		"quotes":                         strings.Repeat(`"`, 1<<20),
		"anchors":                        strings.Repeat("&a ", 300_000),
		"a control character":            "schema_version: 1\nvision: \"a\\u001bb\"\n",
		"a control character in a list":  "schema_version: 1\nlegal_references_in_plan: [\"a\\u0000b\"]\n",
		"one in what no room keeps":      "schema_version: 1\nabbreviations: {a: {b: [\"\\u0007\"]}}\n",
		"too much":                       strings.Repeat("a: 1\n", 300_000),
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			if _, err := secretariat.ParsePlan(strings.NewReader(text)); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%.200v", err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	text := "schema_version: 1\nvision: \"Två rader\\n- en - två - [tre]\\tfyra\"\nabbreviations: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n"
	if _, err := secretariat.ParsePlan(strings.NewReader(text)); err != nil {
		t.Errorf("line ends, tabs and brackets in a text: %v", err)
	}
}

func stair(steps int) string {
	var b strings.Builder
	b.WriteString("abbreviations:\n")
	for n := range steps {
		b.WriteString(strings.Repeat(" ", n+1) + "a:\n")
	}
	return b.String()[:min(b.Len(), 1<<20)]
}
