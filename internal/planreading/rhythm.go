package planreading

import (
	"strings"
	"unicode"

	"samverkan/internal/forum"
)

// Rhythm is how often, in the text's words, as the forum package reads them.
type Rhythm struct {
	Span
	Words    string // with single spaces
	Measured bool
	Refused  bool // understood, and not to be kept account of: "varannan vecka"
}

// mostParts is how many words a promise has at most.
const mostParts = 12

var (
	rhythmBegins = setOf("var vart varje varannan vartannat en ett två tre fyra fem sex sju åtta nio tio elva tolv minst högst max upp ungefär cirka ca den första andra tredje fjärde sista med månadsvis månatligen kvartalsvis halvårsvis årligen årsvis regelbundet regelbunden regelbundna återkommande löpande fortlöpande kontinuerligt vid efter")
	rhythmEnds   = setOf("månad månaden mån år året termin terminen halvår halvåret kvartal kvartalet mellanrum vecka veckan veckor månadsvis månatligen kvartalsvis halvårsvis årligen årsvis regelbundet regelbunden regelbundna kontakt möten avstämningar samverkan återkommande löpande fortlöpande kontinuerligt behov januari februari mars april maj juni juli augusti september oktober november december")
)

// alone are words that are a promise by themselves, or with the one that follows.
var alone = setOf("månadsvis månatligen kvartalsvis halvårsvis årligen årsvis regelbundet regelbunden regelbundna återkommande löpande fortlöpande kontinuerligt vid efter")

// rhythms finds the promises in some words, from left to right and each as long as it can be.
func rhythms(text string, words []token) (all []Rhythm) {
	for i := 0; i < len(words); i++ {
		w := words[i].key
		if !rhythmBegins[w] && !unicode.IsDigit(first(w)) {
			continue
		}
		most := mostParts
		if alone[w] {
			most = 2
		}
		for n := min(most, len(words)-i); n > 0; n-- {
			end := words[i+n-1]
			if !rhythmEnds[end.word] {
				continue
			}
			span := Span{words[i].From, end.To}
			said := strings.Join(strings.Fields(span.of(text)), " ")
			r, known, err := forum.Understood(said)
			if !known {
				continue
			}
			all = append(all, Rhythm{span, said, r.Measured(), err != nil})
			i += n - 1
			break
		}
	}
	return all
}

// often picks the promise that counts: the first that can be measured, or else the first of all.
func often(all []Rhythm) *Rhythm {
	for i := range all {
		if all[i].Measured || all[i].Refused {
			return &all[i]
		}
	}
	if len(all) > 0 {
		return &all[0]
	}
	return nil
}
