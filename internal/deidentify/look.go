package deidentify

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Kinds of what is not certain to point at one person, and only warned of.
const (
	Name        Kind = "name"
	Address     Kind = "address" // of a street, or a postal code with its place
	Phone       Kind = "phone"
	Email       Kind = "email"
	Combination Kind = "combination" // harmless words that together fit few people
)

// Kinds are all there are, those that block first.
var Kinds = []Kind{PersonalNumber, CoordinationNumber, CaseNumber, Name, Address, Phone, Email, Combination}

// A Known is what may be written because the house itself has it: those who take part, their
// offices, places, numbers and addresses. It is filled before the first Look.
type Known struct {
	today   time.Time
	people  map[string]bool // whole names and each of their words, in lower case
	words   map[string]bool // of organisations, roles and places
	places  []string        // whole, in lower case
	phones  map[string]bool // digits, beginning with 0
	emails  map[string]bool
	pairsOf map[string]bool // two words of one known person, in either order
}

// Knowing begins a Known. The date today parts those who are born from what is planned.
func Knowing(today time.Time) *Known {
	return &Known{today, map[string]bool{}, map[string]bool{}, nil, map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

// Person lets the name of somebody who takes part be written.
func (k *Known) Person(name string) {
	words := split(name)
	for i, w := range words {
		k.people[w.text] = true
		for _, other := range words[i+1:] {
			k.pairsOf[w.text+" "+other.text], k.pairsOf[other.text+" "+w.text] = true, true
		}
	}
}

// Office lets the words of an organisation or a role be written.
func (k *Known) Office(name string) {
	for _, w := range split(name) {
		if w.upper {
			k.words[w.text] = true
		}
	}
}

// Place lets a place and its address be written.
func (k *Known) Place(text string) {
	if text = strings.ToLower(strings.TrimSpace(text)); text != "" {
		k.places = append(k.places, text)
	}
}

// Phone lets a number be written, in any spelling.
func (k *Known) Phone(number string) {
	if digits := dialled(number); digits != "" {
		k.phones[digits] = true
	}
}

// Email lets an address be written.
func (k *Known) Email(address string) { k.emails[strings.ToLower(strings.TrimSpace(address))] = true }

// Look gives everything in text that may tell who somebody is or which case it is about, in order
// of position. Numbers that are certain to be somebody's are Certain; all else is a warning. It
// looks through prose, a file's name, and text that was taken out of a file alike. Only a
// Combination overlaps others.
func Look(text string, known *Known) []Finding {
	words := split(text)
	sure, hints := parted(Find(text, known.today))
	others := slices.Concat(courtCases(text, words), emails(text, known), phones(text, known), addresses(text, words, known))
	slices.SortStableFunc(others, byStart)
	others = apartFrom(withoutOverlaps(others), sure)
	found := slices.Concat(sure, others, apartFrom(hints, others))
	slices.SortFunc(found, byStart)
	names := names(text, words, known)
	found = slices.Concat(found, apartFrom(names, found), together(text, words))
	slices.SortStableFunc(found, byStart)
	return found
}

// parted gives the hints apart: what is read otherwise too, as a telephone number, is that.
func parted(found []Finding) (sure, hints []Finding) {
	for _, f := range found {
		if f.Certain || f.Kind == CaseNumber {
			sure = append(sure, f)
		} else {
			hints = append(hints, f)
		}
	}
	return sure, hints
}

func byStart(a, b Finding) int { return cmp.Compare(a.Start, b.Start) }

// apartFrom gives those of all, in order, that overlap none of the others, in order.
func apartFrom(all, others []Finding) []Finding {
	var kept []Finding
	at := 0
	for _, f := range all {
		for at < len(others) && others[at].End <= f.Start {
			at++
		}
		if at == len(others) || !overlap(f, others[at]) {
			kept = append(kept, f)
		}
	}
	return kept
}

func overlap(a, b Finding) bool { return a.Start < b.End && b.Start < a.End }

// Certain gives those findings that are certain to point at one person or one case.
func Certain(found []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(found), func(f Finding) bool { return !f.Certain })
}

// Shown joins what may be shown of findings, each once.
func Shown(found []Finding) string {
	var all []string
	for _, f := range found {
		if !slices.Contains(all, f.Shown) {
			all = append(all, f.Shown)
		}
	}
	return strings.Join(all, ", ")
}

// veiled gives each word by its first letter, so that the writer finds it again and nobody else learns it.
func veiled(text string) string {
	var b strings.Builder
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !inWord(r) && r != '-' && r != '\'' }) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string([]rune(w)[:1]) + "•••")
	}
	return b.String()
}
