package deidentify

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Mark is one sort of thing that narrows down whom a text is about.
type Mark string

// The marks of a Combination.
const (
	MarkPerson Mark = "person"
	MarkAge    Mark = "age"
	MarkSchool Mark = "school"
	MarkPlace  Mark = "place"
	MarkOrigin Mark = "origin"
	MarkFamily Mark = "family"
	MarkEvent  Mark = "event"
	MarkDay    Mark = "day"
	MarkWork   Mark = "work"
)

// enough marks of different sorts, within two sentences, fit few people in a small municipality.
const enough = 3

type marked struct {
	mark             Mark
	first, last      int // words
	sentence, anchor int // anchor: 1 when it speaks of one person or one family
}

// together finds marks that tell little each and much together.
func together(text string, words []word) []Finding {
	all := marks(words)
	var found []Finding
	for at := 0; at < len(all); {
		end := at
		for end < len(all) && all[end].sentence == all[at].sentence {
			end++
		}
		group := all[at:end]
		if !tell(group) {
			for end < len(all) && all[end].sentence == all[at].sentence+1 {
				end++
			}
			group = all[at:end]
		}
		if tell(group) {
			found = append(found, combination(text, words, group))
			at = end
			continue
		}
		for sentence := all[at].sentence; at < len(all) && all[at].sentence == sentence; {
			at++
		}
	}
	return found
}

// tell says that the marks are of enough sorts, and that they speak of somebody.
func tell(group []marked) bool {
	anchor := false
	var sorts []Mark
	for _, m := range group {
		anchor = anchor || m.anchor > 0
		if !slices.Contains(sorts, m.mark) {
			sorts = append(sorts, m.mark)
		}
	}
	return anchor && len(sorts) >= enough
}

func combination(text string, words []word, group []marked) Finding {
	f := Finding{Kind: Combination, Start: words[group[0].first].start}
	var shown []string
	for _, m := range group {
		f.End = max(f.End, words[m.last].end)
		if !slices.Contains(f.Marks, m.mark) {
			f.Marks = append(f.Marks, m.mark)
			shown = append(shown, veiled(text[words[m.first].start:words[m.last].end]))
		}
	}
	f.Shown = strings.Join(shown, " … ")
	return f
}

var (
	personNouns  = set("flicka flickan pojke pojken tjej tjejen kille killen elev eleven kvinna kvinnan man mannen mamma mamman pappa pappan mor modern far fadern dotter dottern son sonen syster systern bror brodern storebror storebrodern lillebror lillasyster storasyster barn barnet ungdom ungdomen make maken maka makan hustru hustrun familj familjen par tonåring tonåringen skolflicka skolpojke gymnasist gymnasisten student studenten föräldern förälder kusin kusinen svärmor svärmodern")
	always       = set("flickan pojken tjejen killen eleven kvinnan mannen mamman pappan modern fadern dottern sonen systern brodern storebrodern maken makan hustrun tonåringen gymnasisten svärmodern storebror")
	originWords  = set("somalisk syrisk afghansk irakisk iransk kurdisk turkisk libanesisk eritreansk etiopisk pakistansk albansk kosovoalbansk bosnisk serbisk romsk rysk ukrainsk thailändsk marockansk palestinsk jemenitisk sudanesisk arabisk indisk bangladeshisk polsk rumänsk chilensk tjetjensk azerisk armenisk egyptisk tunisisk algerisk libysk nigeriansk gambisk burundisk kongolesisk vietnamesisk assyrisk syriansk makedonsk jordansk persisk")
	originNouns  = set("somalier somaliern syrier syriern afghan afghanen irakier iranier kurd kurden turk turken alban albanen eritrean eritreanen rom romen ryss ukrainare pakistanier libanes palestinier assyrier syrian muslim")
	countries    = set("afghanistan albanien algeriet armenien bangladesh bosnien burundi chile egypten eritrea etiopien gambia indien irak iran jemen jordanien kenya kosovo kurdistan libanon libyen makedonien marocko nigeria pakistan palestina polen rumänien ryssland serbien somalia sudan syrien thailand tjetjenien tunisien turkiet uganda ukraina vietnam")
	places       = set("baggetorp högsjö marmorbyn läppe österåker vingåker båsenberga katrineholm flen julita björkvik forssjö strångsjö äsköping bettna sparreholm malmköping hälleforsnäs hallsberg kumla finspång eskilstuna nyköping norrköping strängnäs örebro oxelösund gnesta trosa viala valla")
	relatives    = set("barn syskon bröder systrar söner döttrar småbarn småsyskon")
	familyWords  = set("tvilling tvillingar tvillingsyster tvillingbror ensamstående gravid äldsta yngsta äldste yngste trillingar änka mellanbarn styvfar styvmor styvpappa styvmamma farbror morbror")
	numerals     = set("två tre fyra fem sex sju åtta nio tio elva tolv 2 3 4 5 6 7 8 9 10 11 12")
	events       = set("slog slagit slogs misshandlade misshandlades misshandlats hotade hotades hotats knivskars knivskurits knivhöggs våldtogs våldtagits rymde rymt försvann försvunnit giftes bortgift bortgiftes fördes förts omhändertogs omhändertagits polisanmälde polisanmäldes ströps låstes inlåst tvingades tvingats greps gripits häktades häktats dömdes dömts utsattes utsatts könsstympades könsstympats placerades placerats skadades skadats flydde flytt avled kidnappades trakasserades sparkades slängdes förlovades trolovades mördades sköts kontrollerades övervakades bortförd misshandeln knivdådet mordet dödsfallet olyckan branden gripandet våldtäkten rymningen knivskärningen omhändertagandet skottlossningen mordförsöket")
	pastDays     = set("lördags söndags måndags tisdags onsdags torsdags fredags natt helgen förrgår går julas påskas midsomras")
	months       = set("januari februari mars april maj juni juli augusti september oktober november december")
	weekdays     = set("måndag måndagen tisdag tisdagen onsdag onsdagen torsdag torsdagen fredag fredagen")
	schoolKinds  = set("skolan förskolan grundskolan gymnasieskolan särskolan högskolan folkhögskolan friskolan resursskolan hemskolan kulturskolan musikskolan lågstadieskolan högstadieskolan mellanstadieskolan storskolan sommarskolan språkskolan bilskolan yrkeshögskolan folkskolan grundsärskolan anpassade ridskolan simskolan läxskolan körskolan polishögskolan föräldraskolan")
	classWords   = set("sexan sjuan åttan nian femman fyran trean tvåan ettan")
	adjectives   = []string{"årig", "åriga", "årige"}
	agesInWords  = []string{"fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv", "tretton", "fjorton", "femton", "sexton", "sjutton", "arton", "nitton", "tjugo", "tjugoett", "tjugotvå", "tjugotre"}
	prepositions = set("i från utanför nära vid kring inom till på")
)

// marks gives every mark in the order of the text.
func marks(words []word) []marked {
	var all []marked
	add := func(m Mark, first, last int, anchor bool) {
		one := marked{m, first, last, words[first].sentence, 0}
		if anchor {
			one.anchor = 1
		}
		all = append(all, one)
	}
	for i, w := range words {
		if isPerson(words, i) {
			add(MarkPerson, i, i, true)
		}
		if n, one := ageAt(words, i); n > 0 {
			add(MarkAge, i, i+n-1, one)
		}
		switch {
		case isSchool(words, i):
			add(MarkSchool, i, i, false)
		case places[w.text] || places[strings.TrimSuffix(w.text, "s")] && w.upper:
			add(MarkPlace, i, i, false)
		case originWords[strings.TrimRight(w.text, "ta")] || originNouns[w.text], countries[w.text] && i > 0 && (words[i-1].text == "från" || words[i-1].text == "till"):
			add(MarkOrigin, i, i, false)
		case events[w.text]:
			add(MarkEvent, i, i, false)
		case familyWords[w.text]:
			add(MarkFamily, i, i, false)
		case relatives[w.text] && i > 0 && numerals[words[i-1].text]:
			add(MarkFamily, i-1, i, false)
		case workAt(words, i):
			add(MarkWork, i, i+1, false)
		}
		if n := dayAt(words, i); n > 0 {
			add(MarkDay, i, i+n-1, false)
		}
	}
	return all
}

// isPerson is one person or one family: the definite form, or the indefinite behind "en".
func isPerson(words []word, i int) bool {
	w := words[i]
	if !personNouns[w.text] {
		return false
	}
	if always[w.text] || w.text == "familjen" || w.text == "barnet" || w.text == "ungdomen" {
		return true
	}
	far := 3
	if w.text == "man" {
		far = 2
	}
	for n := 1; n <= far && i-n >= 0 && words[i-n].sentence == w.sentence; n++ {
		switch before := words[i-n].text; {
		case before == "en" || before == "ett" || n == 1 && (before == "hennes" || before == "hans" || before == "deras" || before == "sin"):
			return true
		case w.text == "man" && !isAdjective(before):
			return false
		}
	}
	return false
}

func isAdjective(text string) bool {
	return strings.HasSuffix(text, "årig") || originWords[text] || text == "ung" || text == "äldre" || text == "okänd" || text == "vuxen"
}

// ageAt reads an age or a class, and whether it is one person's.
func ageAt(words []word, i int) (n int, one bool) {
	text := words[i].text
	if number, ending, ok := strings.Cut(text, "-"); ok && isNumber(number, 1, 2) {
		switch ending {
		case "årig", "årige", "åring", "åringen", "åringens":
			return 1, true
		case "åriga":
			return 1, false
		}
	}
	for _, a := range agesInWords {
		if rest, ok := strings.CutPrefix(text, a); ok && (rest == "åring" || rest == "åringen" || slices.Contains(adjectives, rest)) {
			return 1, rest != "åriga"
		}
	}
	next := func(n int) string {
		if i+n < len(words) && words[i+n].sentence == words[i].sentence {
			return words[i+n].text
		}
		return ""
	}
	switch {
	case (text == "årskurs" || text == "åk" || text == "klass") && next(1) != "" && isNumber(strings.TrimRight(next(1), "abcdef"), 1, 1):
		return 2, false
	case classWords[text] && i > 0 && words[i-1].text == "i":
		return 1, false
	case len(text) == 2 && text[0] >= '1' && text[0] <= '9' && text[1] >= 'a' && text[1] <= 'f' && words[i].digits && i > 0 && (words[i-1].text == "i" || words[i-1].text == "klass"):
		return 1, false
	case isNumber(text, 1, 2) && next(1) == "år" && (next(2) == "gammal" || next(2) == "gammalt" || i > 0 && isAges(words[i-1].text)):
		return 2, true
	case text == "född" && isNumber(next(1), 4, 4):
		return 2, true
	}
	return 0, false
}

func isAges(before string) bool {
	return before == "är" || before == "fyllt" || before == "fyllde" || before == "fyller" || always[before]
}

// isSchool is a school by its name.
func isSchool(words []word, i int) bool {
	w := words[i]
	base := strings.TrimSuffix(w.text, "s")
	if w.digits || w.text == "förskolan" && i+1 < len(words) && near(words[i+1]) && words[i+1].upper && words[i+1].sentence == w.sentence {
		return w.text == "förskolan"
	}
	for _, e := range []string{"skolan", "gymnasiet"} {
		if name, ok := strings.CutSuffix(base, e); ok && utf8.RuneCountInString(name) >= 3 && !schoolKinds[base] {
			return true
		}
	}
	return false
}

func workAt(words []word, i int) bool {
	switch words[i].text {
	case "jobbar", "arbetar", "anställd", "jobbade", "arbetade", "praktiserar":
	default:
		return false
	}
	return i+2 < len(words) && prepositions[words[i+1].text] && words[i+2].upper
}

// dayAt reads a day that has been: "i lördags", "förra veckan", "den 3 mars". That of a meeting has
// its weekday or its hour.
func dayAt(words []word, i int) int {
	text := words[i].text
	next := func(n int) string {
		if i+n < len(words) && words[i+n].sentence == words[i].sentence {
			return words[i+n].text
		}
		return ""
	}
	switch {
	case text == "i" && pastDays[next(1)]:
		return 2
	case text == "igår" || text == "förrgår" || text == "inatt":
		return 1
	case text == "förra" && (next(1) == "veckan" || next(1) == "helgen" || next(1) == "lördagen" || next(1) == "fredagen"):
		return 2
	case text == "den" && isNumber(next(1), 1, 2) && months[next(2)] && next(3) != "kl" && (i == 0 || !weekdays[words[i-1].text] && words[i-1].text != "senast"):
		return 3
	}
	return 0
}
