package search

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/kljensen/snowball/swedish"
	"golang.org/x/text/unicode/norm"

	"samverkan/internal/almanac"
)

// Version is the analyser's. Whoever changes what it makes of a text raises it, and the rota's
// Reindex does the rest.
const Version = 2

// Limits of what is analysed. PostgreSQL takes a megabyte of terms a row, 255 places of one word
// and 16,383 places in all; SQLite takes more, but both shall find the same.
const (
	longestWord = 64      // runes; a longer one is cut
	mostText    = 100_000 // bytes of words; the rest of an item is not found
	mostWords   = 16_000
	mostPlaces  = 255
)

// The marks that say what a term is. A term is a mark and a word, so that one list of terms holds
// them all and each is looked up by itself.
const (
	markWord      = "e" // the word as it is written
	markStem      = "s" // its stem
	markPart      = "p" // the stem of a part of a compound
	markForum     = "f"
	markWorkGroup = "w"
	markYear      = "y"
	markKind      = "k"
	markPartner   = "o" // an organisation
	markNothing   = "x" // keeps a place, is never asked for
)

// clean gives text as it is kept and analysed: each letter in one piece and nothing that no
// database stores or nobody sees. A soft hyphen would hide a word from whoever looks for it.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == 0 || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	return norm.NFC.String(text)
}

// span is one word and where it stands.
type span struct {
	word     string // lower case
	from, to int    // bytes in the text
	glued    bool   // a hyphen ties it to the word before
}

// spans gives the words of a clean text in order. A word is letters and digits; a hyphen divides
// one and is remembered.
func spans(text string) (all []span) {
	from := -1
	flush := func(to int) {
		if from < 0 {
			return
		}
		s := span{word: cut(strings.ToLower(text[from:to])), from: from, to: to}
		if n := len(all); n > 0 {
			between := text[all[n-1].to:from]
			s.glued = between == "-" || between == "‑"
		}
		all, from = append(all, s), -1
	}
	for i, r := range text {
		inside := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		switch {
		case inside && from < 0:
			from = i
		case !inside:
			flush(i)
		}
	}
	flush(len(text))
	return all
}

func cut(word string) string {
	if len(word) <= longestWord || utf8.RuneCountInString(word) <= longestWord {
		return word
	}
	return string([]rune(word)[:longestWord])
}

// joined gives the words that hyphens divide as one word each: "e-post" is also "epost".
func joined(all []span) (words []string) {
	for i := 0; i < len(all); {
		word, j := all[i].word, i+1
		for ; j < len(all) && all[j].glued; j++ {
			word += all[j].word
		}
		if j > i+1 {
			words = append(words, cut(word))
		}
		i = j
	}
	return words
}

// term writes a word as both databases keep it. SQLite's tokenizer knows the letters of an older
// Unicode and folds some: what is not plainly a Western European small letter is written as its
// number, so that neither database gets to have an opinion.
func term(mark, word string) string {
	var b strings.Builder
	b.WriteString(mark)
	for _, r := range word {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'à' && r <= 'ÿ' && r != '÷' && r != 'þ' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "þ%xþ", r)
		}
	}
	return b.String()
}

func idTerm(mark string, id uuid.UUID) string { return mark + strings.ReplaceAll(id.String(), "-", "") }
func yearTerm(year int) string                { return fmt.Sprintf("%s%04d", markYear, year) }

// terms are what is stored of one item.
type terms struct {
	places []string // the words in order, title first: phrases are found in them
	others []string // everything that has no place, without repetition
}

// analyse gives the terms of an item. parts tells what a compound is made of.
func analyse(i Item, parts func(word string) []string) terms {
	title, text := spans(i.Title), spans(i.Text)
	var t terms
	other := map[string]bool{}
	seen := map[string]int{}
	size := 0
	add := func(word string) bool {
		place := term(markWord, word)
		if size += len(place); size > mostText || len(t.places) >= mostWords {
			return false
		}
		if seen[word]++; seen[word] > mostPlaces {
			place = markNothing
		}
		t.places = append(t.places, place)
		if seen[word] == 1 {
			other[term(markStem, stem(word))] = true
			for _, part := range parts(word) {
				other[term(markPart, part)] = true
			}
		}
		return true
	}
	for _, s := range title {
		add(s.word)
	}
	t.places = append(t.places, markNothing) // a phrase does not reach from the title into the text
	for _, s := range text {
		if !add(s.word) {
			break
		}
	}
	for _, word := range slices.Concat(joined(title), joined(text)) {
		if size += 2 * len(word); size > mostText {
			break
		}
		other[term(markWord, word)], other[term(markStem, stem(word))] = true, true
	}
	for _, tag := range i.tags() {
		other[tag] = true
	}
	for o := range other {
		t.others = append(t.others, o)
	}
	slices.Sort(t.others)
	return t
}

// tags are the terms that filters look for. There is none for a person.
func (i Item) tags() []string {
	tags := []string{idTerm(markForum, i.ForumID), yearTerm(i.Date.Year), term(markKind, string(i.Kind))}
	for _, id := range i.WorkGroupIDs {
		tags = append(tags, idTerm(markWorkGroup, id))
	}
	for _, id := range i.OrganisationIDs {
		tags = append(tags, idTerm(markPartner, id))
	}
	return tags
}

// vocabularyOf gives the item's words that the vocabulary keeps: letters only, since no number is
// misspelt and a personal number must not outlive its text.
func vocabularyOf(items []Item) (words []string) {
	for _, i := range items {
		for _, text := range []string{i.Title, i.Text} {
			all := spans(text)
			for _, s := range all {
				words = append(words, s.word)
			}
			words = append(words, joined(all)...)
		}
	}
	slices.Sort(words)
	return slices.DeleteFunc(slices.Compact(words), func(word string) bool {
		return utf8.RuneCountInString(word) < 3 || strings.ContainsFunc(word, unicode.IsDigit)
	})
}

// The day that numbers begin with, and the moment: what lies before counts as it.
var (
	firstDay    = almanac.Date{Year: 2000, Month: 1, Day: 1}
	firstMillis = almanac.Date{Year: 2020, Month: 1, Day: 1}.Midnight().UnixMilli()
)

// number makes an item's date and id one number, so that walking down the numbers is walking in
// the order of the hits: 16 bits of days, then 47 bits of the moment in which a UUIDv7 was made,
// the earliest highest. Ids made within the same 16 µs may get the same: Index takes the next.
func number(date almanac.Date, id uuid.UUID) int64 {
	const slots = 1<<daySlots - 1
	millis := int64(id[0])<<40 | int64(id[1])<<32 | int64(id[2])<<24 | int64(id[3])<<16 | int64(id[4])<<8 | int64(id[5])
	fraction := (int64(id[6])&0xf)<<2 | int64(id[7])>>6
	return firstOf(date) | (slots - (max(millis-firstMillis, 0)<<6|fraction)&slots)
}

// daySlots is how many bits of a number tell the moment.
const daySlots = 47

// firstOf is the lowest number of a day.
func firstOf(date almanac.Date) int64 {
	days := int64(date.Midnight().Sub(firstDay.Midnight()).Hours() / 24)
	return min(max(days, 0), 1<<16-1) << daySlots
}

//go:embed words/*.txt
var wordFiles embed.FS

// lines reads one of our word lists; a line that begins with # is a remark.
func lines(name string) (all [][]string) {
	data, err := wordFiles.ReadFile("words/" + name)
	if err != nil {
		panic(err) // it is part of the program
	}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) > 0 && fields[0] != "#" {
			all = append(all, fields)
		}
	}
	return all
}

var stopWords = func() map[string]bool {
	stop := map[string]bool{}
	for _, line := range lines("stop.txt") {
		for _, word := range line {
			stop[word] = true
		}
	}
	return stop
}()

// irregular has the forms that no rule leads to their stem.
var irregular = func() map[string]string {
	forms := map[string]string{}
	for _, line := range lines("irregular.txt") {
		for _, form := range line {
			forms[form] = regular(line[0])
		}
	}
	return forms
}()

// stem gives what the forms of a word have in common.
func stem(word string) string {
	if s, ok := irregular[word]; ok {
		return s
	}
	return regular(word)
}

// ending is how a word ends and what Snowball gets to see instead.
type ending struct {
	from, to string
	least    int      // runes of the word
	not      []string // endings that only look like it
}

// What Snowball's Swedish leaves, though other forms of the same word lose it. The first that fits
// is used. Without them våldet does not find våld, nor frågan fråga, nor insatser insats.
var endings = []ending{
	{"anmälans", "anmälning", 0, nil}, {"anmälan", "anmälning", 0, nil},
	{"ansökans", "ansökning", 0, nil}, {"ansökan", "ansökning", 0, nil},
	{"inbjudan", "inbjudning", 0, nil}, {"förfrågan", "förfrågning", 0, nil}, {"hemställan", "hemställning", 0, nil},
	{"männens", "man", 0, nil}, {"männen", "man", 0, nil}, {"smän", "sman", 6, nil}, {"emän", "eman", 6, nil}, {"dmän", "dman", 6, nil},
	{"ares", "are", 6, nil}, {"ars", "ar", 6, nil}, {"ers", "er", 6, nil}, {"ors", "or", 6, nil},
	{"ats", "at", 6, []string{"sats", "plats", "arbats"}},
	{"enas", "e", 6, nil}, {"ena", "e", 6, []string{"gemena"}},
	{"igt", "ig", 5, nil}, {"iskt", "isk", 6, nil}, {"samt", "sam", 7, nil}, {"bart", "bar", 7, nil}, {"ellt", "ell", 6, nil},
	{"alt", "al", 6, []string{"avtalt"}},
	{"elns", "el", 6, nil}, {"eln", "el", 6, nil},
	{"torns", "tor", 6, nil}, {"torn", "tor", 6, nil},
	{"ans", "a", 5, notDefinite}, {"an", "a", 5, notDefinite},
	{"andet", "ande", 6, nil}, {"andets", "ande", 6, nil},
	{"ets", "", 5, notNeuter}, {"et", "", 4, notNeuter},
}

// notDefinite end in -an or -ans without an article.
var notDefinite = []string{
	"plan", "plans", "man", "mans", "organ", "organs", "roman", "ocean", "urban", "vegan", "human", "japan", "spontan", "veteran",
	"utan", "sedan", "redan", "innan", "mellan", "nästan", "annan", "någonstans",
	"balans", "instans", "substans", "ambulans", "distans", "leverans", "finans", "relevans", "tolerans", "acceptans", "chans", "svans", "glans",
}

// notNeuter end in -et or -ets without an article.
var notNeuter = []string{
	"het", "hets", "itet", "itets", "paket", "staket", "alfabet", "raket", "magnet", "buffet", "kvartet", "budget", "budgets", "poet", "diet", "tapet",
	"internet", "trumpet", "kabinett", "eget", "inget", "något", "mycket", "litet", "annet", "konkret", "dekret", "diskret", "societet",
}

// untouched end in what Snowball takes for an ending: insats would be insat, and insatser insats.
var untouched = []string{
	"sats", "plats", "kurs", "resurs", "leverans", "balans", "instans", "substans", "ambulans", "distans", "finans",
	"konsekvens", "frekvens", "konferens", "referens", "kompetens", "licens", "tendens", "existens", "evidens", "residens", "intelligens", "dispens",
	"rektor", "kurator", "sektor", "doktor", "motor", "faktor", "lektor", "inspektor", "administrator", "registrator", "moderator", "koordinator",
}

// derived end adjectives and nouns that mean something else than what they are derived from:
// Snowball takes personlig for person, and ledig for led.
var derived = []string{"lig", "ig", "els"}

// regular is Snowball's Swedish between two repairs of our own.
func regular(word string) string {
	for _, e := range endings {
		if e.fits(word) {
			word = strings.TrimSuffix(word, e.from) + e.to
			break
		}
	}
	if endsIn(word, untouched) {
		return word
	}
	stem := swedish.Stem(word, true)
	for _, d := range derived {
		if strings.HasPrefix(word, stem+d) {
			return stem + d
		}
	}
	return even(stem)
}

func (e ending) fits(word string) bool {
	if !strings.HasSuffix(word, e.from) || utf8.RuneCountInString(word) < e.least || endsIn(word, e.not) {
		return false
	}
	return e.to != "" || strings.ContainsAny(strings.TrimSuffix(word, e.from), "aeiouyåäö")
}

func endsIn(word string, endings []string) bool {
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(word, e) })
}

// even makes one of stems that differ by a vowel that comes and goes: rum and rumm(et), nyckel and
// nyckl(ar), förälder and föräldr(ar), tecken and teckn(et).
func even(stem string) string {
	n := utf8.RuneCountInString(stem)
	switch {
	case strings.HasSuffix(stem, "mm"):
		return strings.TrimSuffix(stem, "m")
	case n >= 5 && strings.HasSuffix(stem, "el") && !strings.ContainsAny(stem[len(stem)-3:len(stem)-2], "aeiouy"):
		return strings.TrimSuffix(stem, "el") + "l"
	case n >= 4 && (strings.HasSuffix(stem, "dr") || strings.HasSuffix(stem, "tr")):
		return strings.TrimSuffix(stem, "r")
	case n >= 4 && (strings.HasSuffix(stem, "ckn") || strings.HasSuffix(stem, "pn")):
		return strings.TrimSuffix(stem, "n")
	case n >= 5 && strings.HasSuffix(stem, "ttn"):
		return strings.TrimSuffix(stem, "tn")
	}
	return stem
}

// plain gives a word without the marks over its letters.
func plain(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
}

// mirror gives a word backwards, so that words with the same end stand together.
func mirror(word string) string {
	runes := []rune(word)
	slices.Reverse(runes)
	return string(runes)
}
