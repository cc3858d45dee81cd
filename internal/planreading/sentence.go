package planreading

import (
	"slices"
	"strings"

	"samverkan/internal/forum"
	"samverkan/internal/lang"
)

// sentence is one sentence with what was found in it.
type sentence struct {
	Span
	words     []token
	lower     string // the words in small letters, with single spaces on both sides of each
	mentions  []Mention
	rhythms   []Rhythm
	openEnded bool
	goesOn    bool
	doubt     lang.Sentence
}

func readSentence(text string, s Span, v *Vocabulary) sentence {
	read := sentence{Span: s, words: tokens(text, s)}
	parts := make([]string, len(read.words))
	for i, w := range read.words {
		parts[i] = w.word
	}
	read.lower = " " + strings.Join(parts, " ") + " "
	read.mentions = mentions(v, text, read.words)
	for i, m := range read.mentions {
		read.mentions[i].Body = represented(v, m, read.words)
	}
	convene(read.mentions, read.words)
	read.rhythms = rhythms(text, read.words)
	read.openEnded = read.any("bland annat", "bl a", "t ex", "m fl", "till exempel", "med flera", "exempelvis", "etc")
	read.goesOn = slices.ContainsFunc(goingOn, func(words string) bool { return strings.HasPrefix(read.lower, " "+words+" ") })
	read.doubt = read.doubts()
	return read
}

func (s sentence) has(word string) bool { return strings.Contains(s.lower, " "+word+" ") }

func (s sentence) any(words ...string) bool { return slices.ContainsFunc(words, s.has) }

// goingOn are the beginnings of sentences that go on about the forum of the one before.
var goingOn = []string{
	"denna samverkan", "i denna samverkan", "i samverkan", "samverkan sker", "samverkan hålls", "samverkan leds", "detta möte", "dessa möten", "vid detta möte", "vid dessa möten",
	"på detta möte", "på dessa möten", "i dessa möten", "mötet", "mötena", "vid mötet", "vid mötena", "på mötet", "på mötena", "i mötet", "i mötena", "träffarna", "vid träffarna", "på träffarna",
	"dessa träffar", "vid dessa träffar", "forumet", "i forumet", "i detta forum", "detta forum", "sammankallande är", "sammankallande för", "där deltar", "där närvarar", "övriga deltagare",
}

// onlyConvenes tells whether a sentence says who convenes, and of nothing else: "Polisen är sammankallande."
func (s sentence) onlyConvenes() bool {
	kind, _, _ := s.claims()
	return kind == Unknown && slices.ContainsFunc(s.mentions, func(m Mention) bool { return m.Part == Convener })
}

// represented gives the role that stands for an organisation, where there is one:
// "representanter från våldsgruppen" is the role "Representant för våldsgruppen".
func represented(v *Vocabulary, m Mention, words []token) Body {
	if m.Role || m.at < 2 || !strings.HasPrefix(words[m.at-2].word, "representant") || words[m.at-1].word != "från" && words[m.at-1].word != "för" {
		return m.Body
	}
	for _, b := range v.bodies {
		if r := v.byKey[b.Key]; r.Role && r.Organisation == m.Key && strings.HasPrefix(strings.ToLower(r.Name), "representant") {
			return r
		}
	}
	return m.Body
}

var (
	isConvener   = setOf("är ska vara står som också även för mötet mötena möten denna detta samverkan forumet representant representanter från")
	callsBefore  = setOf("som också även det")
	calledAfter  = setOf("av representant representanter från")
	conveneWords = setOf("sammankallande sammankallar sammankallas kallar bjuder inbjudan")
)

// convene marks who convenes, when the words say it of exactly one.
func convene(all []Mention, words []token) {
	for i, w := range words {
		if !conveneWords[w.word] {
			continue
		}
		next := ""
		if i+1 < len(words) {
			next = words[i+1].word
		}
		var m *Mention
		switch {
		case w.word == "sammankallande":
			if m = near(all, words, i, isConvener, false); m == nil && (next == "är" || next == "för") {
				m = near(all, words, i, isConvener, true)
			}
		case w.word == "sammankallas" || w.word == "inbjudan":
			m = near(all, words, i, calledAfter, true)
		case w.word == "sammankallar" || w.word == "kallar" && next == "till" || w.word == "bjuder" && next == "in":
			m = near(all, words, i, callsBefore, false)
		}
		if m != nil {
			m.Part = Convener
			return
		}
	}
}

// near gives the mention before or after a word, when only some words stand between.
func near(all []Mention, words []token, i int, between map[string]bool, after bool) *Mention {
	for n := range all {
		m := &all[n]
		from, to := m.next, i
		if after {
			from, to = i+1, m.at
		}
		if from > to || to-from > 6 || m.Part == Aside {
			continue
		}
		if !slices.ContainsFunc(words[from:to], func(t token) bool { return !between[t.word] }) {
			return m
		}
	}
	return nil
}

// doubts says why a sentence is not believed, or nothing.
func (s sentence) doubts() lang.Sentence {
	plainly := strings.NewReplacer(" inte bara ", " ", " inte minst ", " ", " inte enbart ", " ", " inte endast ", " ").Replace(s.lower)
	for _, w := range []string{"inte", "ej", "aldrig", "saknas", "saknar", "upphört", "upphörde", "avslutats", "avslutades", "varken", "ingen", "inget", "inga", "icke"} {
		if strings.Contains(plainly, " "+w+" ") {
			return lang.Say("Ordet ”%s” nekar. Läs meningen själv.", w)
		}
	}
	for _, w := range []string{"tidigare", "förut", "förr", "eventuellt", "kanske", "möjligheten", "möjlighet", "önskvärt", "bör", "undersöka", "undersökas", "utredas", "planeras", "deltog", "hölls", "träffades", "möttes", "samverkade", "närvarade"} {
		if s.has(w) {
			return lang.Say("Ordet ”%s” gör det osäkert om det gäller nu. Läs meningen själv.", w)
		}
	}
	return lang.Sentence{}
}

// kind tells what the sentence is about, by which words, and why it is not believed.
func (s sentence) kind() (k Kind, topic Span, agreed string, doubt lang.Sentence) {
	k, topic, agreed = s.claims()
	if k != Unknown && s.doubt.Key != "" {
		return Unknown, Span{}, "", s.doubt
	}
	return k, topic, agreed, doubt
}

func (s sentence) claims() (k Kind, topic Span, agreed string) {
	if at := s.first(isChannel); at >= 0 {
		return Channel, s.words[at].Span, ""
	}
	if !slices.ContainsFunc(s.mentions, func(m Mention) bool { return m.Part != Aside }) {
		return Unknown, Span{}, ""
	}
	if kind, at := s.agreement(); kind != "" {
		return Agreement, s.words[at].Span, kind
	}
	cases, explicit := s.cases()
	often := often(s.rhythms)
	if at := s.meeting(); at >= 0 && (!explicit || often != nil && often.Measured) {
		return Forum, s.words[at].Span, ""
	}
	if cases >= 0 && !s.any("övergripande") {
		return Cases, s.words[cases].Span, ""
	}
	return Unknown, Span{}, ""
}

func (s sentence) first(is func(token) bool) int { return slices.IndexFunc(s.words, is) }

func isChannel(t token) bool {
	return strings.HasPrefix(t.word, "arbetsplatsträff") || t.raw == "APT" || t.raw == "APT:er"
}

// agreement gives what kind of agreement the sentence says that there is, and by which word.
func (s sentence) agreement() (kind string, at int) {
	if !s.any("finns", "har", "upprättat", "upprättade", "upprättad", "tecknat", "ingått", "slutit", "reglerar", "regleras", "gäller") {
		return "", 0
	}
	for i, t := range s.words {
		switch w := t.key; {
		case t.raw == "IOP" || strings.HasPrefix(t.raw, "IOP-") || hasSuffix(w, "partnerskap", "partnerskapet"):
			return "iop", i
		case hasSuffix(w, "överenskommelse", "överenskommelsen", "överenskommelser"):
			kind, at = "overenskommelse", i
		case kind == "" && hasSuffix(w, "avtal", "avtalet", "avtalen"):
			kind, at = "avtal", i
		}
	}
	return kind, at
}

// cases finds words about individual cases; explicit when they say so outright.
func (s sentence) cases() (at int, explicit bool) {
	at = -1
	for i, t := range s.words {
		isCase := strings.HasPrefix(t.word, "ärende") || strings.HasSuffix(t.word, "ärende") || strings.HasSuffix(t.word, "ärenden")
		single := i > 0 && strings.HasPrefix(s.words[i-1].word, "enskil") && (isCase || t.word == "fall" || t.word == "fallet" || strings.HasPrefix(t.word, "individ"))
		if single || strings.HasPrefix(t.word, "individärende") || t.raw == "SIP" {
			return i, true
		}
		if isCase && at < 0 {
			at = i
		}
	}
	return at, false
}

// scope is what a forum is for, as far as the words tell.
func (s sentence) scope(k Kind) forum.Scope {
	if k == Channel {
		return forum.Internal
	}
	if at, _ := s.cases(); at >= 0 {
		return forum.IndividualCases
	}
	if s.any("konsultation", "konsultationer", "konsultationen", "konsulterar", "rådgivning") {
		return forum.Consultation
	}
	return forum.Overall
}
