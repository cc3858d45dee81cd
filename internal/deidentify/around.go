package deidentify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// How far to look around a number, in bytes.
const sight = 40

// A label is what the words before a number say that it is.
type label byte

const (
	labelNone label = iota
	labelPerson
	labelPhone
	labelOther
)

// The beginnings of words that say what number follows. Invoice references end with a Luhn digit as
// well, and Swedish books have numbers that begin with 91.
var labels = []struct {
	begins string
	is     label
}{
	{"pnr", labelPerson}, {"personn", labelPerson}, {"persnr", labelPerson}, {"samordn", labelPerson}, {"samnr", labelPerson}, {"ssn", labelPerson},
	{"tel", labelPhone}, {"mob", labelPhone}, {"ring", labelPhone}, {"sms", labelPhone}, {"fax", labelPhone}, {"växel", labelPhone},
	{"isbn", labelOther}, {"ocr", labelOther}, {"faktur", labelOther}, {"bankgiro", labelOther}, {"plusgiro", labelOther},
}

// labelBefore reads the words between the number at start and the one before it; the nearest label counts.
func labelBefore(text string, start int) label {
	before := text[max(0, start-sight):start]
	if i := strings.LastIndexFunc(before, unicode.IsDigit); i >= 0 {
		_, width := utf8.DecodeRuneInString(before[i:])
		before = before[i+width:]
	}
	words := strings.FieldsFunc(strings.ToLower(before), func(r rune) bool { return !unicode.IsLetter(r) })
	for i := len(words) - 1; i >= 0; i-- {
		if words[i] == "pers" && i+1 < len(words) && words[i+1] == "nr" {
			return labelPerson
		}
		for _, l := range labels {
			if strings.HasPrefix(words[i], l.begins) {
				return l.is
			}
		}
	}
	return labelNone
}

// entangled says that the number is a part of something longer that a machine has made: a UUID, a
// hash, a book's number, a decimal.
func entangled(text string, r reading) bool {
	before, after := text[max(0, r.start-sight):r.start], text[r.end:min(len(text), r.end+sight)]
	left, right := lastRune(before), firstRune(after)
	if isDash(left) || isPoint(left) {
		before = before[:len(before)-utf8.RuneLen(left)]
	}
	if isDash(right) || isPoint(right) {
		after = after[utf8.RuneLen(right):]
	}
	before, after = lastWord(before), firstWord(after)
	return tied(before, left, r) || tied(after, right, r)
}

// tied says that the word belongs to the number. A point ties decimals to bare digits; between
// longer numbers a comma parts them.
func tied(word string, by rune, r reading) bool {
	if isPoint(by) {
		return r.bare() && word != "" && len(word) <= 3 && !strings.ContainsFunc(word, unicode.IsLetter)
	}
	return machineMade(word)
}

// machineMade words hold a digit, or nothing but hexadecimal letters.
func machineMade(word string) bool {
	return word != "" && (strings.ContainsFunc(word, unicode.IsDigit) || strings.Trim(word, "abcdefABCDEF") == "")
}

func lastWord(s string) string { return s[len(strings.TrimRightFunc(s, inWord)):] }

func firstWord(s string) string { return s[:len(s)-len(strings.TrimLeftFunc(s, inWord))] }

func isPoint(r rune) bool { return r == '.' || r == ',' }

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// prefixBefore finds the K or AM of a case before its serial number, and where it begins.
func prefixBefore(text string, serial int) (head string, start int) {
	before := text[max(0, serial-sight):serial]
	trimmed := strings.TrimRightFunc(before, func(r rune) bool { return isBlank(r) || isDash(r) || invisible(r) })
	letters := trimmed[len(strings.TrimRightFunc(trimmed, unicode.IsLetter)):]
	start = serial - len(before) + len(trimmed) - len(letters)
	switch strings.ToUpper(letters) {
	case "K":
		return "K", start
	case "AM":
		return "AM-", start
	}
	return "", 0
}

// joins says that at most spaces and a dash stand between two offsets.
func joins(text string, from, to int) bool {
	if from > to || to-from > sight {
		return false
	}
	return strings.TrimFunc(text[from:to], func(r rune) bool { return isBlank(r) || isDash(r) || invisible(r) }) == ""
}

func lastRune(s string) rune { r, _ := utf8.DecodeLastRuneInString(s); return r }

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }
