package planreading

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"samverkan/internal/deidentify"
)

var (
	meetingEndings = []string{"möte", "möten", "mötet", "mötena", "träff", "träffar", "träffen", "träffarna", "konferens", "konferenser", "rundabordssamtal"}
	meetingNouns   = setOf("forum forumet nätverk nätverket råd rådet samverkansgrupp samverkansgruppen styrgrupp styrgruppen referensgrupp referensgruppen brottsförebyggarråd")
	together       = setOf("samverkan samverkar kontakt kontakter dialog samråd avstämning avstämningar samarbete samarbetar träffas möts möte möten")
	comes          = setOf("deltar deltager ingår närvarar medverkar sitter träffas möts hålls hålles sker genomförs anordnas arrangeras sammankallar kallar sammankallande")
	ownAdjectives  = setOf("lokal lokala lokalt regional regionala regionalt gemensam gemensamma gemensamt nationell nationella social sociala")
	commonMeetings = setOf("möte träff samverkansmöte avstämningsmöte nätverksmöte nätverksträff samverkansträff avstämning kontakt samverkan samarbete dialog samråd råd forum nätverk")
)

// meeting gives the word that tells of a forum, or -1: a meeting that somebody comes to or that is
// said to be held so and so often, or a collaboration that is said to be regular.
func (s sentence) meeting() int {
	often := often(s.rhythms)
	regular := often != nil && (often.Measured || often.Refused || !strings.HasSuffix(often.Words, "behov"))
	weak, come := -1, slices.ContainsFunc(s.words, func(t token) bool { return comes[t.word] })
	for i, t := range s.words {
		if s.isMeeting(i) && (often != nil || come || s.had(i)) {
			return i
		}
		if weak < 0 && regular && together[t.word] {
			weak = i
		}
	}
	return weak
}

// isMeeting tells whether a word names a meeting: "avstämningsmöten", "Länssamverkan", "lokal
// samverkan".
func (s sentence) isMeeting(i int) bool {
	w := s.words[i].word
	if meetingNouns[w] || hasSuffix(w, meetingEndings...) && w != "uppträff" {
		return true
	}
	return hasSuffix(w, "samverkan") && (w != "samverkan" || i > 0 && own(s.words[i-1].word))
}

// own tells whether an adjective makes a meeting's name its own.
func own(word string) bool {
	return ownAdjectives[word] || hasSuffix(word, "förebyggande", "övergripande")
}

// had tells whether somebody has a meeting: "har regelbundna möten".
func (s sentence) had(i int) bool {
	return slices.ContainsFunc(s.words[max(0, i-4):i], func(t token) bool { return t.word == "har" || t.word == "finns" })
}

// A found is some words with what they were understood as.
type found struct {
	Span
	As   Finding
	Body *Body
}

// findings gives what was understood of a passage, in the order of the text and never overlapping.
func (p Passage) findings() (all []found) {
	if p.Rhythm != nil {
		all = append(all, found{p.Rhythm.Span, AsRhythm, nil})
	}
	for i := range p.Mentions {
		all = append(all, found{p.Mentions[i].Span, p.as(p.Mentions[i].Part), &p.Mentions[i].Body})
	}
	if p.Kind != Unknown {
		all = append(all, found{p.Topic, AsTopic, nil})
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.From, b.From) })
	at := 0
	return slices.DeleteFunc(all, func(f found) bool {
		if f.From < at || f.From == f.To {
			return true
		}
		at = f.To
		return false
	})
}

// as tells what a mention is in this kind of passage: only forums have somebody who takes part.
func (p Passage) as(part Part) Finding {
	switch {
	case p.Kind == Forum || p.Kind == Channel || part == Aside:
		return Finding(part)
	case p.Kind == Agreement:
		return AsParty
	}
	return Finding(Aside)
}

// propose proposes what a forum may be called, here and outwardly.
func (p *Passage) propose(text string) {
	switch p.Kind {
	case Channel:
		p.Name, p.Neutral = "Arbetsplatsträff", "APT"
	case Forum:
		noun := single(strings.ToLower(strings.ReplaceAll(p.Topic.of(text), "\u00ad", "")))
		before := strings.Fields(strings.ToLower(text[p.From:p.Topic.From]))
		switch {
		case len(before) > 0 && own(before[len(before)-1]):
			p.Name = capital(agreeing(before[len(before)-1], noun) + " " + noun)
		case commonMeetings[noun]:
			p.Name = capital(noun) + p.with()
		default:
			p.Name = capital(noun)
		}
		p.Name = shortened(p.Name, 200)
		p.Neutral = neutral(noun)
	}
}

// with names those that stand behind the meeting's word, or else everybody: at most two of them.
func (p *Passage) with() string {
	var names, all []string
	for _, m := range p.Participants() {
		all = append(all, m.Name)
		if m.From > p.Topic.From {
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 {
		names = all
	}
	if len(names) > 2 {
		return " " + strings.Join(names[:2], ", ") + " m.fl."
	}
	return " " + strings.Join(names, " och ")
}

// single makes one meeting of several.
func single(noun string) string {
	for _, way := range [][2]string{{"möten", "möte"}, {"mötena", "möte"}, {"mötet", "möte"}, {"träffarna", "träff"}, {"träffar", "träff"}, {"träffen", "träff"}, {"träffas", "träff"}, {"möts", "möte"},
		{"avstämningar", "avstämning"}, {"kontakter", "kontakt"}, {"samverkar", "samverkan"}, {"samarbetar", "samarbete"}, {"forumet", "forum"}, {"nätverket", "nätverk"}, {"rådet", "råd"}, {"gruppen", "grupp"}, {"konferenser", "konferens"}} {
		if rest, ok := strings.CutSuffix(noun, way[0]); ok {
			return rest + way[1]
		}
	}
	return noun
}

// agreeing bends an adjective of several to one of one.
func agreeing(adjective, noun string) string {
	if !hasSuffix(adjective, "la", "mma") {
		return adjective
	}
	adjective = strings.TrimSuffix(strings.TrimSuffix(adjective, "ma"), "a")
	if strings.HasSuffix(noun, "möte") || strings.HasSuffix(noun, "forum") {
		return adjective + "t"
	}
	return adjective
}

func neutral(noun string) string {
	title := "Samverkansmöte"
	switch {
	case strings.HasPrefix(noun, "avstämning"), noun == "kontakt":
		title = "Avstämning"
	case strings.HasPrefix(noun, "nätverk"):
		title = "Nätverksträff"
	case strings.HasPrefix(noun, "läns"):
		title = "Länsmöte"
	}
	if _, tells := deidentify.Telling(title); tells {
		return "Möte"
	}
	return title
}

func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func shortened(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most]))
	}
	return s
}
