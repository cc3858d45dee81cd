package deidentify

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// emails finds addresses that are nobody's whom the house knows.
func emails(text string, k *Known) []Finding {
	var found []Finding
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '@')
		if i < 0 {
			return found
		}
		i += at
		from := i - len(runOf(text[at:i], true))
		to := i + 1 + len(strings.TrimRight(runOf(text[i+1:min(len(text), i+256)], false), ".-"))
		domain := text[i+1 : to]
		if from < i && strings.Contains(domain, ".") && !k.emails[strings.ToLower(text[from:to])] {
			found = append(found, Finding{Kind: Email, Start: from, End: to, Shown: veiled(firstRunes(text[from:i])) + "@•••"})
		}
		at = max(to, i+1)
	}
}

func firstRunes(s string) string {
	s = strings.TrimLeft(s, ".-_+%")
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

// runOf gives the part of an address at the end of s, or at its beginning.
func runOf(s string, atEnd bool) string {
	not := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_+%", r)
	}
	if atEnd {
		if i := strings.LastIndexFunc(s, not); i >= 0 {
			_, n := utf8.DecodeRuneInString(s[i:])
			return s[i+n:]
		}
		return s
	}
	if i := strings.IndexFunc(s, not); i >= 0 {
		return s[:i]
	}
	return s
}

// Area codes of Swedish telephone numbers with two and three digits; with four: those below 0990
// whose first three are none of these. 010, 020, 0200 and 0771 are offices', not people's.
var (
	mobiles    = []string{"070", "072", "073", "076", "079"}
	shortAreas = []string{"011", "013", "016", "018", "019", "021", "023", "026", "031", "033", "035", "036", "040", "042", "044", "046", "054", "060", "063", "090"}
	offices    = []string{"010", "020", "0771", "0770", "0775", "077", "0900", "0939", "0944"}
)

// phones finds Swedish telephone numbers that the house does not have.
func phones(text string, k *Known) []Finding {
	var found []Finding
	for i := 0; i < len(text); i++ {
		if text[i] != '0' && text[i] != '+' || !free(text, i) {
			continue
		}
		digits, end, groups := dialling(text, i)
		if len(digits) < 2 {
			continue
		}
		if !goesOn(text[end:]) && isPhone(digits, groups, text, i) && !k.phones[digits] {
			found = append(found, Finding{Kind: Phone, Start: i, End: end, Shown: digits[:min(3, len(digits))] + "-••••••"})
		}
		i = end - 1
	}
	return found
}

// free says that no longer number or word begins before i.
func free(text string, i int) bool {
	r, width := utf8.DecodeLastRuneInString(text[:i])
	if i == 0 || !inWord(r) && !isDash(r) && !strings.ContainsRune("/.:,+", r) {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(text[:i-width])
	return !inWord(r) && r != '+' && !unicode.IsDigit(before)
}

// goesOn says that a letter follows, with or without a dash: a serial number.
func goesOn(after string) bool {
	r, width := utf8.DecodeRuneInString(after)
	if isDash(r) {
		r, _ = utf8.DecodeRuneInString(after[width:])
	}
	return unicode.IsLetter(r)
}

// dialling reads a number from i on: its digits as dialled within Sweden, where it ends, and how
// many groups it has.
func dialling(text string, i int) (digits string, end, groups int) {
	at := i
	b := make([]byte, 0, 16)
	if rest, abroad := strings.CutPrefix(text[i:], "+46"); abroad {
		at, b = len(text)-len(rest), append(b, '0')
		groups++
	} else if rest, abroad := strings.CutPrefix(text[i:], "0046"); abroad {
		at, b = len(text)-len(rest), append(b, '0')
		groups++
	} else if text[i] == '+' {
		return "", i, 0
	}
	end = at
	for fresh := true; at < len(text); {
		r, width := utf8.DecodeRuneInString(text[at:])
		switch {
		case r >= '0' && r <= '9':
			if fresh {
				groups++
			}
			if fresh = false; len(b) < 15 {
				if !(len(b) == 1 && r == '0') || len(b) == 1 && b[0] != '0' { // +46 (0)70
					b = append(b, text[at])
				}
			}
			at += width
			end = at
			continue
		case invisible(r):
		case fresh && r != ' ' && r != ')' && r != '(' && !isDash(r):
			return string(b), end, groups
		case isBlank(r), isDash(r), r == '/', r == '(', r == ')':
			fresh = true
		default:
			return string(b), end, groups
		}
		if at += width; at-end > 3 {
			return string(b), end, groups
		}
	}
	return string(b), end, groups
}

// isPhone says that digits are as long as numbers of their area are, and stand as telephone numbers do.
func isPhone(digits string, groups int, text string, i int) bool {
	if len(digits) < 8 || len(digits) > 10 || digits[0] != '0' || digits[1] == '0' {
		return false
	}
	begins := func(area string) bool { return strings.HasPrefix(digits, area) }
	if slices.ContainsFunc(offices, begins) {
		return false
	}
	labelled := labelBefore(text, i) == labelPhone
	switch {
	case slices.ContainsFunc(mobiles, begins):
		return len(digits) == 10
	case groups < 2 && !labelled:
		return false // a number of something else
	case begins("08"):
		return len(digits) >= 8
	case slices.ContainsFunc(shortAreas, begins):
		return len(digits) >= 8
	}
	return len(digits) >= 9 && digits[1] != '9' || begins("098") || begins("097") || begins("095") || begins("096") || begins("091") || begins("092") || begins("093") || begins("094")
}

// dialled gives a number as it is dialled within Sweden.
func dialled(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	if strings.HasPrefix(strings.TrimSpace(number), "+46") {
		return "0" + strings.TrimPrefix(digits[2:], "0")
	}
	if strings.HasPrefix(digits, "0046") {
		return "0" + strings.TrimPrefix(digits[4:], "0")
	}
	return digits
}
