package deidentify

import "strings"

// Letters of the courts' registers: T 1234-26.
var registers = set("t b ä ö k m um pmt pmä f ft")

// Words that say that a number is a case's.
var caseWords = []string{"målnr", "målnummer", "aktnr", "aktnummer", "akt", "ärendenr", "ärendenummer", "ärende", "mål", "personakt", "anmälningsnummer", "journalnummer", "utredningsnummer"}

// courtCases finds numbers of courts' cases and of files, by the word before them. The
// municipality's registry numbers (dnr) are no cases of persons.
func courtCases(text string, words []word) []Finding {
	var found []Finding
	for i, w := range words {
		if !w.digits || i == 0 {
			continue
		}
		from := i
		label := words[i-1]
		if registers[label.text] && near(w) && label.upper && strings.Count(w.text, "-") == 1 && serial(w.text) {
			if from = i - 1; len(label.text) > 1 || i > 1 && isCaseWord(words, i-2) || plausible(w.text) {
				found = append(found, caseFinding(text, words[from].start, w.end))
			}
			continue
		}
		if near(w) && isCaseWord(words, i-1) && caseNumberLike(w.text) {
			found = append(found, caseFinding(text, w.start, w.end))
		}
	}
	return found
}

func caseFinding(text string, start, end int) Finding {
	return Finding{Kind: CaseNumber, Start: start, End: end, Shown: veiled(text[start:end])}
}

func isCaseWord(words []word, i int) bool {
	if words[i].text == "nr" || words[i].text == "nummer" {
		i--
	}
	if i < 0 {
		return false
	}
	for _, c := range caseWords {
		if words[i].text == c {
			return true
		}
	}
	return false
}

// serial is a number and a year: 1234-26.
func serial(text string) bool {
	number, year, _ := strings.Cut(text, "-")
	return isNumber(number, 1, 6) && (isNumber(year, 2, 2) || isNumber(year, 4, 4) && year[:2] == "20")
}

// plausible serials are long enough to be no clause or room: B 12-26 is not, T 1234-26 is.
func plausible(text string) bool {
	number, _, _ := strings.Cut(text, "-")
	return len(number) >= 3
}

// caseNumberLike is a serial, or a run of at least four digits.
func caseNumberLike(text string) bool {
	return serial(text) && plausible(text) || isNumber(text, 5, 12) || strings.Count(text, "-") == 1 && len(text) >= 8 && strings.Trim(text, "0123456789-") == ""
}
