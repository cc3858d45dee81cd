// Package law knows which laws and regulations a plan may refer to, when each holds and what replaced it. The laws are data
// (laws.yaml): nothing in the program names one. It is pure; whoever asks brings the day, and may bring a book of their own.
package law

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// Law is a law or a regulation.
type Law struct {
	ID         string       `yaml:"id"`
	Name       string       `yaml:"name"`
	Series     string       `yaml:"series"` // empty: SFS
	Number     string       `yaml:"number"`
	Names      []string     `yaml:"names"`
	Short      []string     `yaml:"short"`
	ValidFrom  almanac.Date `yaml:"valid_from"` // zero: not known
	ValidTo    almanac.Date `yaml:"valid_to"`   // last day; zero: none
	ReplacedBy string       `yaml:"replaced_by"`
	Source     string       `yaml:"source"`
	Places     []Place      `yaml:"places"`
}

// Place is where a paragraph of a law stands in the one that replaced it.
type Place struct {
	Was string `yaml:"was"`
	Now string `yaml:"now"` // empty: nobody has confirmed it
}

// Cited is the law as texts refer to it.
func (l Law) Cited() string {
	if l.Series != "" {
		return l.Series + " " + l.Number
	}
	return l.Name + " (" + l.Number + ")"
}

// Holds tells whether the law is in force on a day, as far as is known.
func (l Law) Holds(on almanac.Date) bool {
	return (l.ValidFrom.IsZero() || !on.Before(l.ValidFrom)) && (l.ValidTo.IsZero() || !on.After(l.ValidTo))
}

// Book is what laws are known.
type Book []Law

//go:embed laws.yaml
var shipped []byte

// Shipped is the book that comes with the program.
var Shipped = sync.OnceValue(func() Book {
	book, err := Read(shipped)
	if err != nil {
		panic(err) // the file is ours, and a test reads it
	}
	return book
})

// Read reads a book. It refuses an id or a number that comes twice or is missing, a law that is replaced by one that is not in
// the book, and days in the wrong order.
func Read(data []byte) (Book, error) {
	var book Book
	if err := yaml.UnmarshalWithOptions(data, &book, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("laws: %w", err)
	}
	seen := map[string]bool{}
	for _, l := range book {
		key := l.Series + " " + l.Number
		if l.ID == "" || l.Name == "" || l.Number == "" || seen[l.ID] || seen[key] {
			return nil, fmt.Errorf("laws: %q has no id, name or number, or comes twice", l.ID)
		}
		if !l.ValidTo.IsZero() && l.ValidTo.Before(l.ValidFrom) {
			return nil, fmt.Errorf("laws: %q ends before it begins", l.ID)
		}
		if l.ReplacedBy != "" && book.ByID(l.ReplacedBy) == nil {
			return nil, fmt.Errorf("laws: %q is replaced by %q, which is not there", l.ID, l.ReplacedBy)
		}
		seen[l.ID], seen[key] = true, true
	}
	return book, nil
}

// ByID gives a law; nil when it is not in the book.
func (b Book) ByID(id string) *Law {
	for n := range b {
		if b[n].ID == id {
			return &b[n]
		}
	}
	return nil
}

// Present gives the law that holds on a day in place of l: the last in the row of those that replaced it; nil when the book
// has none.
func (b Book) Present(l *Law, on almanac.Date) *Law {
	for range b { // a ring of replacements ends too
		if l == nil || l.Holds(on) {
			return l
		}
		l = b.ByID(l.ReplacedBy)
	}
	return nil
}

// Reference is a place in a text that refers to a law.
type Reference struct {
	Law   *Law
	Place string // "5 kap. 11 §"; empty: the whole law
	Text  string // as it stands
	Start int    // in octets
}

var (
	numbered  = regexp.MustCompile(`(?i)(?:\b(SFS|SOSFS|HSLF-FS|RA-FS|MCFFS|prop\.?|skr\.?)\s*)?\b((?:19|20)\d\d:\d{1,4})\b`)
	place     = regexp.MustCompile(`(?i)(\d{1,2})\s*kap\.?\s*(\d{1,3}(?:\s?[a-z])?)\s*§`)
	placeNear = 40 // octets between a law and the place in it
)

// Find gives what a text refers to, in its order. A law is known by its number, or by its name together with a place that the
// book knows of it: a name alone may be the old law's or the new one's and says nothing of the day.
func (b Book) Find(text string) (found []Reference) {
	for _, m := range numbered.FindAllStringSubmatchIndex(text, -1) {
		series := ""
		if m[2] >= 0 {
			series = strings.ToUpper(text[m[2]:m[3]])
		}
		if l := b.numbered(strings.TrimPrefix(series, "SFS"), text[m[4]:m[5]]); l != nil {
			found = append(found, Reference{Law: l, Text: strings.TrimSpace(text[m[0]:m[1]]), Start: m[0]})
		}
	}
	for _, m := range place.FindAllStringSubmatchIndex(text, -1) {
		at := fmt.Sprintf("%s kap. %s §", text[m[2]:m[3]], strings.ToLower(strings.ReplaceAll(text[m[4]:m[5]], " ", "")))
		if n := near(found, m[0], m[1]); n >= 0 {
			found[n].Place = at
		} else if l, word := b.named(text, m[0], m[1], at); l != nil {
			found = append(found, Reference{Law: l, Place: at, Text: text[m[0]:m[1]] + " " + word, Start: m[0]})
		}
	}
	slices.SortStableFunc(found, func(x, y Reference) int { return x.Start - y.Start })
	return found
}

func (b Book) numbered(series, number string) *Law {
	for n := range b {
		if b[n].Series == series && b[n].Number == number {
			return &b[n]
		}
	}
	return nil
}

// near gives which numbered law a place stands by; -1 for none. A place has its law behind it, or right before it.
func near(found []Reference, start, end int) int {
	for n, r := range found {
		if r.Place == "" && (r.Start >= end && r.Start-end <= placeNear || r.Start+len(r.Text) <= start && start-r.Start-len(r.Text) <= 3) {
			return n
		}
	}
	return -1
}

// named gives the law whose name stands by a place, when the book knows that place as an earlier one of it.
func (b Book) named(text string, start, end int, at string) (*Law, string) {
	from, to := max(0, start-placeNear/2), min(len(text), end+placeNear/2)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	around := text[from:to]
	for n := range b {
		if !slices.ContainsFunc(b[n].Places, func(p Place) bool { return p.Was == at }) {
			continue
		}
		for _, name := range b[n].Names {
			if holdsWord(strings.ToLower(around), name) {
				return &b[n], name
			}
		}
		for _, short := range b[n].Short {
			if holdsWord(around, short) {
				return &b[n], short
			}
		}
	}
	return nil, ""
}

// holdsWord tells whether a word stands in a text and is no part of another.
func holdsWord(text, word string) bool {
	for from := 0; ; {
		n := strings.Index(text[from:], word)
		if n < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from+n])
		after, _ := utf8.DecodeRuneInString(text[from+n+len(word):])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			return true
		}
		from += n + len(word)
	}
}

// Note says that a reference is to what does not hold on a day, and what holds instead.
type Note struct {
	Reference
	Instead *Law   // nil: the book knows none
	Place   string // in Instead; empty: not confirmed, or the whole law
}

// Outdated gives the notes on a text on a day, each law and place once.
func (b Book) Outdated(text string, on almanac.Date) (notes []Note) {
	for _, r := range b.Find(text) {
		if r.Law.Holds(on) || slices.ContainsFunc(notes, func(n Note) bool { return n.Law.ID == r.Law.ID && n.Reference.Place == r.Place }) {
			continue
		}
		n := Note{Reference: r}
		if present := b.Present(r.Law, on); present != nil && present.ID != r.Law.ID {
			n.Instead = present
			for _, p := range r.Law.Places {
				if p.Was == r.Place && present.ID == r.Law.ReplacedBy {
					n.Place = p.Now
				}
			}
		}
		notes = append(notes, n)
	}
	return notes
}

// Words says it: what is outdated, and what is proposed.
func (n Note) Words() lang.Sentence {
	was := n.Law.Cited()
	if n.Reference.Place != "" {
		was = n.Reference.Place + " " + was
	}
	switch {
	case n.Law.ValidTo.IsZero():
		return lang.Say("%s gäller först från %s.", was, n.Law.ValidFrom.String())
	case n.Instead == nil:
		return lang.Say("%s gällde till och med %s. Fråga kommunens jurist vad som gäller nu.", was, n.Law.ValidTo.String())
	case n.Reference.Place != "" && n.Place == "":
		return lang.Say("%s gällde till och med %s. Nu gäller %s. Var i den det står är inte bekräftat: fråga kommunens jurist.", was, n.Law.ValidTo.String(), n.Instead.Cited())
	case n.Place != "":
		return lang.Say("%s gällde till och med %s. Nu gäller %s %s.", was, n.Law.ValidTo.String(), n.Place, n.Instead.Cited())
	}
	return lang.Say("%s gällde till och med %s. Nu gäller %s.", was, n.Law.ValidTo.String(), n.Instead.Cited())
}
