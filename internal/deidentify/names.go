package deidentify

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Words for a person, behind which a name stands: "flickan Fatima", "eleven M".
var personWords = set("flickan pojken tjejen killen eleven kvinnan mannen mamman pappan modern fadern mor far mamma pappa dottern sonen dotter son systern brodern syster bror storasyster lillebror storebror lillasyster storebrodern barnet ungdomen maken makan hustrun sambon klienten brukaren patienten offret förövaren målsäganden vårdnadshavaren farbrodern morbrodern kusinen fru herr familjen släkten paret syskonen bröderna systrarna")

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}

// names finds what reads as the name of a person whom the house does not know.
func names(text string, words []word, k *Known) []Finding {
	var found []Finding
	for i := 0; i < len(words); i++ {
		if n := nameAt(words, i, k); n > 0 {
			last := words[i+n-1]
			found = append(found, Finding{Kind: Name, Start: words[i].start, End: last.end, Shown: veiled(text[words[i].start:last.end])})
			i += n - 1
		}
	}
	return found
}

// nameAt says how many words from i on are a name; none: 0.
func nameAt(words []word, i int, k *Known) int {
	w := words[i]
	if w.digits || k.words[w.text] && !personBefore(words, i) {
		return 0
	}
	if parts := strings.SplitN(w.text, "-", 3); len(parts) > 1 && givenNames[parts[0]] == surely && surnames[parts[1]] == surely && givenNames[w.text] == no {
		return known(k, parts[0], parts[1], 1) // a file's name
	}
	if i+1 < len(words) && near(words[i+1]) && !words[i+1].digits && pair(words, i, k) {
		n := 2
		for i+n < len(words) && n < 4 && near(words[i+n]) && words[i+n].upper && isSurname(words[i+n].text) != no {
			n++
		}
		return known(k, bare(w.text), bare(words[i+1].text), n)
	}
	if alone(words, i) {
		if k.people[w.text] || k.people[bare(w.text)] {
			return 0
		}
		return 1
	}
	return 0
}

// known gives none for two words of one known person, else n.
func known(k *Known, first, second string, n int) int {
	if k.pairsOf[first+" "+second] {
		return 0
	}
	return n
}

// pair says that the words at i and behind it are a given name and a surname, or two words with a
// capital that no sentence gave them.
func pair(words []word, i int, k *Known) bool {
	a, b := words[i], words[i+1]
	_, given := stem(a.text, givenNames)
	if k.words[b.text] || !a.upper || !b.upper {
		// in small letters only what can be nothing else
		return !a.upper && !b.upper && given == surely && isSurname(b.text) == surely && ordinary[b.text] == no && givenNames[a.text] == surely
	}
	if a.shouted != b.shouted && utf8.RuneCountInString(a.text) > 1 {
		return false
	}
	family := isSurname(b.text)
	_, common := stem(b.text, ordinary)
	switch {
	case given == surely:
		return family != no || common == no && !b.shouted
	case given == perhaps:
		return family == surely || family == perhaps && !a.begins || !a.begins && common == no && !b.shouted
	case a.shouted || utf8.RuneCountInString(a.text) < 2:
		return false
	}
	_, commonFirst := stem(a.text, ordinary)
	if commonFirst != no || generic(a.text) || common != no && family != surely {
		return false
	}
	return !a.begins && !generic(b.text) || family == surely && personWords[a.text]
}

// alone says that the one word is a name: of a person by the word before it, or by itself.
func alone(words []word, i int) bool {
	w := words[i]
	after := personBefore(words, i)
	if !w.upper || w.shouted && utf8.RuneCountInString(w.text) > 1 {
		return false
	}
	_, given := stem(w.text, givenNames)
	_, common := stem(w.text, ordinary)
	if after {
		initial := utf8.RuneCountInString(w.text) == 1 && w.text != "i"
		return given != no || initial || common == no && isSurname(w.text) != no
	}
	return given == surely && common == no && !strings.HasSuffix(w.after, "Sankta ") && !strings.HasSuffix(w.after, "Sankt ")
}

func personBefore(words []word, i int) bool {
	return i > 0 && near(words[i]) && words[i].sentence == words[i-1].sentence && personWords[words[i-1].text]
}

// isSurname knows the list and the endings that places do not have.
func isSurname(text string) sureness {
	if _, is := stem(text, surnames); is != no {
		return is
	}
	for _, form := range []string{text, strings.TrimSuffix(text, "s")} {
		if utf8.RuneCountInString(form) > 6 && ordinary[form] == no && slices.ContainsFunc(familyEndings, func(e string) bool { return strings.HasSuffix(form, e) }) {
			return surely
		}
	}
	return no
}

var familyEndings = []string{"sson", "sdotter", "ström", "qvist", "kvist", "gren", "ović", "ović", "ević", "ovic", "evic", "zadeh", "oglu", "oğlu", "enko", "owski", "owska", "yan", "nejad", "pour"}

// Endings of words that have a capital in titles and names of things, not of people.
var thingEndings = []string{"teamet", "gruppen", "enheten", "jouren", "verket", "kommun", "kommuns", "centralen", "centrum", "skola", "skolan", "skolans", "nämnden", "förvaltningen", "myndigheten", "mottagningen", "styrelsen", "byrån", "förening", "föreningen", "förbundet", "huset", "gården", "gatan", "vägen", "torget", "parken", "kyrkan", "polisen", "vården", "länet", "län", "bygden", "kassan", "stiftelsen", "nätverket", "salen", "rummet", "projektet", "programmet", "dagen", "planen", "lagen", "balken", "konventionen", "borg", "köping", "stad", "torp", "sjö", "ö", "by"}

func generic(text string) bool {
	return slices.ContainsFunc(thingEndings, func(e string) bool { return strings.HasSuffix(text, e) })
}

// bare takes a genitive s away from a name of the lists.
func bare(text string) string {
	if name, is := stem(text, givenNames); is != no {
		return name
	}
	name, _ := stem(text, surnames)
	return name
}
