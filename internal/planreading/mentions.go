package planreading

import (
	"strings"
	"unicode"
)

// Part is what a mention is in its sentence.
type Part string

// The parts.
const (
	Participant Part = "participant"
	Convener    Part = "convener"
	Aside       Part = "aside" // where somebody works, whose unit it is, or what is talked about
)

// Mention is a body where the text names it.
type Mention struct {
	Body
	Span
	Part     Part
	genitive bool
	at, next int // of its tokens
}

// mentions finds every body that is named, whole words only, the longest name first.
func mentions(v *Vocabulary, text string, words []token) (all []Mention) {
	for i := 0; i < len(words); {
		m, size := v.at(words, i)
		if size == 0 {
			i++
			continue
		}
		m.at, m.next = i, i+size
		m.Span = Span{words[i].From, words[i+size-1].To}
		all = append(all, m)
		i += size
	}
	for i := range all {
		all[i].Part = part(all, i, words)
	}
	return all
}

// at gives the longest name that begins at a word, and how many words it has.
func (v *Vocabulary) at(words []token, i int) (Mention, int) {
	for _, f := range v.forms[words[i].key] {
		if !f.matches(words, i) {
			continue
		}
		b := v.byKey[f.body]
		b, more := withName(b, words, i+len(f.words))
		if more > 0 { // it may be one that is known by its whole name
			if known, ok := v.named(b.Name); ok {
				b = known
			}
		}
		return Mention{Body: b, genitive: f.genitive && more == 0}, len(f.words) + more
	}
	return Mention{}, 0
}

// named finds a body by exactly this name.
func (v *Vocabulary) named(name string) (Body, bool) {
	for _, b := range v.bodies {
		if strings.EqualFold(b.Name, name) {
			return b, true
		}
	}
	return Body{}, false
}

func (f form) matches(words []token, i int) bool {
	if i+len(f.words) > len(words) {
		return false
	}
	for n, w := range f.words {
		t := words[i+n]
		if t.key != w || n > 0 && t.apart {
			return false
		}
	}
	return !f.capitals || unicode.IsUpper(first(words[i].raw)) && strings.ToUpper(strings.TrimSuffix(plain(words[i].raw), "s")) == strings.TrimSuffix(plain(words[i].raw), "s")
}

// withName lets what follows a general name make it one's own: "Familjecentralen" followed by "i
// Exempelby", "kvinnojouren" by "Ada".
func withName(b Body, words []token, i int) (Body, int) {
	switch {
	case b.place && i+1 < len(words) && words[i].word == "i" && !proper(words[i]) && proper(words[i+1]):
		return b.own(" i "+words[i+1].raw, words[i+1].word), 2
	case b.named && i < len(words) && proper(words[i]):
		return b.own(" "+words[i].raw, words[i].word), 1
	}
	return b, 0
}

// proper tells whether a word is a name that goes on what stands before it.
func proper(t token) bool {
	return !t.apart && unicode.IsUpper(first(t.raw)) && strings.IndexFunc(t.raw, unicode.IsLower) > 0
}

func (b Body) own(more, id string) Body {
	b.ID, b.Name = slug(b.ID+"-"+id), b.Name+more
	if b.ID == "" {
		b.ID = slug(b.Name)
	}
	b.Key, b.Names, b.Known, b.Ours, b.Short = "o:"+b.ID, nil, false, false, ""
	return b
}

// slug makes an id of a name.
func slug(name string) string {
	id := strings.Map(func(r rune) rune {
		switch {
		case r == 'å' || r == 'ä':
			return 'a'
		case r == 'ö':
			return 'o'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		}
		return '-'
	}, strings.ToLower(name))
	for strings.Contains(id, "--") {
		id = strings.ReplaceAll(id, "--", "-")
	}
	return strings.Trim(id, "-")
}

var (
	within = setOf("på inom hos vid under")
	about  = setOf("om kring rörande gällande angående beträffande")
)

// part tells what a mention is, by what stands before and behind it.
func part(all []Mention, i int, words []token) Part {
	m := all[i]
	if m.genitive && m.next < len(words) && (i+1 < len(all) && all[i+1].at == m.next || !words[m.next].apart && !startsClause[words[m.next].word]) {
		return Aside // whose unit, or whose work, it is
	}
	if m.at == 0 || words[m.at].apart {
		return Participant
	}
	before := words[m.at-1].word
	if about[before] || within[before] && i > 0 && all[i-1].next == m.at-1 {
		return Aside
	}
	return Participant
}

// startsClause are words after which a genitive is not whose something is, but a name that ends in s.
var startsClause = setOf("och samt är deltar som där i på med för")
