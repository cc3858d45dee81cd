package plan

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"samverkan/internal/lang"
)

// subject is who an activity says answers for it.
var subject = regexp.MustCompile(`^((?:\pL[\pL\d:-]*\s+){0,3}\pL[\pL\d:-]*)\s+(?:ansvarar|ansvarig|är ansvariga?|har ansvar(?:et)?)\b`)

// ByActivity gives who the row's activities name as those who do it, when its own column is empty: whoever a sentence says answers for
// it, and the offices that are known by name. It is pure; names are those of organisations and roles, with their other names.
func (m Measure) ByActivity(names []string) []string {
	if m.Responsible != "" {
		return nil
	}
	var found []string
	covered := func(name string) bool {
		for _, f := range found {
			if strings.Contains(strings.ToLower(f), strings.ToLower(name)) {
				return true
			}
		}
		return false
	}
	for _, a := range m.Activities {
		if s := subject.FindStringSubmatch(strings.TrimSpace(a)); s != nil && !covered(s[1]) {
			found = append(found, s[1])
		}
		for _, name := range names {
			if at := wordAt(a, name); at >= 0 && !covered(name) {
				found = append(found, lang.Capital(a[at:at+len(name)]))
			}
		}
	}
	return found
}

// wordAt gives where a name stands in a text by itself, whatever its capitals; -1 for nowhere.
func wordAt(text, name string) int {
	low, word := strings.ToLower(text), strings.ToLower(strings.TrimSpace(name))
	if utf8.RuneCountInString(word) < 3 || len(low) != len(text) || len(word) != len(name) {
		return -1
	}
	for from := 0; ; {
		n := strings.Index(low[from:], word)
		if n < 0 {
			return -1
		}
		before, _ := utf8.DecodeLastRuneInString(low[:from+n])
		after, _ := utf8.DecodeRuneInString(low[from+n+len(word):])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			return from + n
		}
		from += n + len(word)
	}
}

// Answers says who answers for the row: its own words, or what its activities say.
func (m Measure) Answers(names []string) lang.Sentence {
	if m.Responsible != "" {
		return lang.Say("%s", m.Responsible)
	}
	if named := m.ByActivity(names); len(named) > 0 {
		return lang.Say("Enligt aktiviteten: %s", strings.Join(named, ", "))
	}
	return lang.Say("inte angiven")
}
