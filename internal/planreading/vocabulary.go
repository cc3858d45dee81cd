package planreading

import (
	"bytes"
	_ "embed"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
)

// Body is an organisation or a role that a text may name.
type Body struct {
	Key          string // of its own in a vocabulary; whoever asks gives the keys of what is known
	ID           string // its id in a plan file; empty: it has none
	Name         string
	Short        string // "IFO"; read only in capitals
	Kind         string // of an organisation: enhet, ideell, statlig …
	Role         bool
	Organisation string   // key of the organisation of a role; empty: not known
	Names        []string // other ways to write it
	Known        bool     // it is in the register
	Ours         bool     // it belongs to the municipality itself, as far as the list knows
	place, named bool
}

// Vocabulary is every name that is recognised.
type Vocabulary struct {
	bodies []Body
	byKey  map[string]Body
	forms  map[string][]form // by their first word, the longest first
}

// form is one way to write a body.
type form struct {
	words    []string
	body     string
	genitive bool
	capitals bool
}

//go:embed aliases.yaml
var aliases []byte

// standard are the bodies of aliases.yaml.
var standard = mustRead(aliases)

func mustRead(data []byte) (all []Body) {
	type entry struct {
		ID, Short, Kind, Organisation string
		Names                         []string
		Place, Named, Ours            bool
	}
	var file struct{ Organisations, Roles []entry }
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&file); err != nil {
		panic(err)
	}
	for _, e := range file.Organisations {
		all = append(all, Body{Key: "o:" + e.ID, ID: e.ID, Name: e.Names[0], Short: e.Short, Kind: e.Kind, Names: e.Names[1:], Ours: e.Ours, place: e.Place, named: e.Named})
	}
	for _, e := range file.Roles {
		b := Body{Key: "r:" + e.ID, ID: e.ID, Name: e.Names[0], Names: e.Names[1:], Role: true}
		if e.Organisation != "" {
			b.Organisation = "o:" + e.Organisation
		}
		all = append(all, b)
	}
	return all
}

// Knowing gives the vocabulary of the alias list and of what is known. What is known goes first: it
// takes the place, and the spellings, of what the list calls the same.
func Knowing(known []Body) *Vocabulary {
	v := &Vocabulary{byKey: map[string]Body{}, forms: map[string][]form{}}
	moved := map[string]string{}
	for _, k := range known {
		k.Known = true
		k.Names = slices.Clone(k.Names)
		for _, s := range standard {
			if _, taken := moved[s.Key]; !taken && s.same(k) {
				moved[s.Key] = k.Key
				k.Names = append(append(k.Names, s.Name), s.Names...)
				if k.Short == "" {
					k.Short = s.Short
				}
			}
		}
		v.bodies = append(v.bodies, k)
	}
	for _, s := range standard {
		if _, taken := moved[s.Key]; !taken {
			v.bodies = append(v.bodies, s)
		}
	}
	for _, b := range v.bodies {
		if now, ok := moved[b.Organisation]; ok {
			b.Organisation = now
		}
		v.byKey[b.Key] = b
		v.add(b)
	}
	for first := range v.forms {
		slices.SortStableFunc(v.forms[first], func(a, b form) int { return len(b.words) - len(a.words) })
	}
	return v
}

// same tells whether two bodies are one: the same id, or a name of one is a name of the other.
func (b Body) same(k Body) bool {
	if b.Role != k.Role {
		return false
	}
	if b.ID != "" && b.ID == k.ID {
		return true
	}
	for _, name := range append([]string{b.Name}, b.Names...) {
		for _, other := range append([]string{k.Name}, k.Names...) {
			if strings.EqualFold(name, other) {
				return true
			}
		}
	}
	return false
}

// Find gives the body of that name, written in any of its ways.
func (v *Vocabulary) Find(name string) (Body, bool) {
	all := mentions(v, name, tokens(name, Span{0, len(name)}))
	if len(all) != 1 || strings.TrimSpace(all[0].of(name)) != strings.TrimSpace(name) {
		return Body{}, false
	}
	return all[0].Body, true
}

// Body gives a body by its key.
func (v *Vocabulary) Body(key string) (Body, bool) {
	b, ok := v.byKey[key]
	return b, ok
}

// add puts in every form of a body's names.
func (v *Vocabulary) add(b Body) {
	names := append([]string{b.Name}, b.Names...)
	if b.Short != "" {
		names = append(names, b.Short)
	}
	for _, name := range names {
		words := tokens(name, Span{0, len(name)})
		if len(words) == 0 {
			continue
		}
		parts := make([]string, len(words))
		for i, w := range words {
			parts[i] = w.key
		}
		capitals := len(words) == 1 && len(name) <= 5 && strings.IndexFunc(name, unicode.IsLower) < 0
		last := parts[len(parts)-1]
		forms := endings(last, capitals)
		for _, ending := range slices.Sorted(maps.Keys(forms)) {
			f := form{append(slices.Clone(parts[:len(parts)-1]), ending), b.Key, forms[ending], capitals}
			v.forms[f.words[0]] = append(v.forms[f.words[0]], f)
		}
	}
}

// plain is a word as it is compared: "IFO:s" is "IFOs".
func plain(word string) string { return oneSpelling.Replace(word) }

var oneSpelling = strings.NewReplacer(":", "", "’", "", "'", "", "\u2011", "-", "–", "-")

// endings gives the forms of a name's last word, and which of them are genitives: "polisen",
// "polisens", "polis". An abbreviation has no definite form.
func endings(word string, capitals bool) map[string]bool {
	bases := []string{word}
	if n := len([]rune(word)); !capitals && n >= 5 {
		switch {
		case hasSuffix(word, "en", "et"):
			bases = append(bases, word[:len(word)-2])
		case hasSuffix(word, "an", "in"):
			bases = append(bases, word[:len(word)-1])
		case hasSuffix(word, "a", "e", "i"):
			bases = append(bases, word+"n")
		case !hasSuffix(word, "na"):
			bases = append(bases, word+"en", word+"et")
		}
		if strings.HasSuffix(word, "handläggare") {
			bases = append(bases, word+"na")
		}
	}
	all := map[string]bool{}
	for _, b := range bases {
		all[b] = false
	}
	for _, b := range bases {
		if _, taken := all[b+"s"]; !taken && !strings.HasSuffix(b, "s") {
			all[b+"s"] = true
		}
	}
	return all
}

func hasSuffix(word string, suffixes ...string) bool {
	return slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(word, s) })
}
