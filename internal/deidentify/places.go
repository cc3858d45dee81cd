package deidentify

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Endings of streets; the second list only where the word has a capital.
var (
	streets      = []string{"gatan", "vägen", "gränd", "gränden", "stigen", "gata", "väg"}
	namedStreets = []string{"torget", "allén", "backen", "esplanaden", "leden", "strand", "torg", "allé", "stig"}
	noStreets    = set("kontaktvägen motorvägen omvägen utvägen järnvägen riksvägen avvägen genvägen landsvägen hemvägen vardagsvägen länsväg riksväg europaväg motorväg kontaktväg lönestigen gångstigen vårdgränden blindgatan huvudgatan skolvägen körvägen tågvägen medelvägen luftvägen karriärvägen kommunikationsvägen informationsvägen beslutsvägen väg gata stig gränd torg torget vägen gatan stigen gränden backen strand leden strategileden")
)

// addresses finds streets with a number, and postal codes with their place.
func addresses(text string, words []word, k *Known) []Finding {
	var found []Finding
	for i := 0; i < len(words); i++ {
		from, to := i, 0
		switch {
		case isStreet(words, i) && i+1 < len(words) && houseNumber(words[i+1]):
			to = i + 2
			if to < len(words) && near(words[to]) && len(words[to].text) == 1 && words[to].upper {
				to++ // 3 B
			}
			if noStreets[words[i].text] {
				from = i - 1
			}
			to = afterStreet(words, to)
		case words[i].text == "lgh" || words[i].text == "lägenhet" || words[i].text == "lägenhetsnummer":
			if i+1 < len(words) && near(words[i+1]) && isNumber(words[i+1].text, 1, 4) {
				to = i + 2
			}
		default:
			to = postal(words, i)
		}
		if to == 0 {
			continue
		}
		f := Finding{Kind: Address, Start: words[from].start, End: words[to-1].end}
		f.Shown = veiled(text[f.Start:f.End])
		if !k.hasPlace(strings.ToLower(text[words[from].start:words[min(to, from+2)-1].end])) {
			found = append(found, f)
		}
		i = to - 1
	}
	return found
}

func isStreet(words []word, i int) bool {
	w := words[i]
	if w.digits {
		return false
	}
	if noStreets[w.text] { // Gamla vägen 3: only with a word before it that has a capital
		return len(w.text) < 9 && i > 0 && near(w) && words[i-1].upper && !words[i-1].begins && !words[i-1].digits
	}
	ends := func(e string) bool { return strings.HasSuffix(w.text, e) && len(w.text) >= len(e)+2 }
	return slices.ContainsFunc(streets, ends) || w.upper && slices.ContainsFunc(namedStreets, ends)
}

func houseNumber(w word) bool {
	digits := strings.TrimRight(w.text, "abcdefghij")
	return near(w) && isNumber(digits, 1, 3) && len(w.text)-len(digits) <= 1 && !strings.ContainsAny(w.after, ".")
}

func isNumber(text string, least, most int) bool {
	return len(text) >= least && len(text) <= most && strings.Trim(text, "0123456789") == ""
}

// afterStreet takes the postal code and place behind a street in.
func afterStreet(words []word, to int) int {
	if to < len(words) && strings.Trim(words[to].after, " ,\n") == "" {
		if end := postal(words, to); end > 0 {
			return end
		}
	}
	return to
}

// postal says behind which word a postal code and its place end; 0: none is there. The code alone
// is a number like any other.
func postal(words []word, i int) int {
	place := i + 1
	switch {
	case isNumber(words[i].text, 3, 3) && words[i].text[0] != '0' && i+2 < len(words) && near(words[i+1]) && isNumber(words[i+1].text, 2, 2):
		place = i + 2
	case isNumber(words[i].text, 5, 5) && words[i].text[0] != '0' && i+1 < len(words):
	default:
		return 0
	}
	w := words[place]
	if !near(w) || !w.upper || w.digits || utf8.RuneCountInString(w.text) < 3 || strings.Contains(w.after, ".") {
		return 0
	}
	return place + 1
}

func (k *Known) hasPlace(address string) bool {
	return slices.ContainsFunc(k.places, func(p string) bool { return strings.Contains(p, address) })
}
