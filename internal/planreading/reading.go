// Package planreading reads the chapter of a plan that tells of collaboration, as people write it:
// which forums there are, who convenes them, who takes part and how often, and what is agreed with
// whom. It goes by rules and a list of names, so the same text gives the same reading; it changes
// nothing, and a person says of each passage what is to become of it. What the rules do not know
// stays Unknown: a reading never holds what the text does not say.
//
// A sentence is a forum when it names an organisation and either a meeting that somebody comes to,
// or a collaboration that is said to be regular. "Denna samverkan sker …" belongs to the sentence
// before. Words that deny ("inte"), or that speak of what was or may be, make it Unknown. What is
// said of individual cases alone becomes no forum.
package planreading

import (
	"strings"

	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
)

// Kind is what a passage tells of.
type Kind string

// The kinds.
const (
	Forum     Kind = "forum"
	Agreement Kind = "agreement"
	Channel   Kind = "channel" // where the plan is made known: arbetsplatsträffar
	Cases     Kind = "cases"   // organisations that are named for individual cases only
	Unknown   Kind = "unknown"
)

// Passage is a sentence, with those behind it that go on about the same forum.
type Passage struct {
	Span
	Sentences []Span
	Quote     string // the words, with single spaces
	Kind      Kind
	Topic     Span // the words that told the kind; empty when unknown
	Mentions  []Mention
	Rhythm    *Rhythm // nil: the text does not say
	Rhythms   int     // how many were read: more than one may be several forums
	OpenEnded bool    // "bland annat"
	Scope     forum.Scope
	Name      string // proposed, of a forum
	Neutral   string // proposed neutral title
	Agreed    string // kind of an agreement, in the words of a plan file
	Doubt     lang.Sentence
	Repeats   bool // a passage before this one proposes the same
}

// Reading is what was read.
type Reading struct {
	Text     string // what the spans are in: as it was given, with simple line ends
	Passages []Passage
}

// MaxText is the longest text, in bytes.
const MaxText = 200 << 10

// Read reads a text. It refuses with fault.Invalid an empty text and one that is too long.
func Read(text string, v *Vocabulary) (*Reading, error) {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	if strings.TrimSpace(text) == "" {
		return nil, fault.On("text", "Klistra in texten först.")
	}
	if len(text) > MaxText {
		return nil, fault.On("text", "Texten är för lång. Klistra in bara kapitlet om samverkan, högst %d tecken.", MaxText)
	}
	if _, err := fault.Text("text", strings.ReplaceAll(text, "\f", "\n"), MaxText); err != nil { // a page of a PDF ends with one
		return nil, err
	}
	r := &Reading{Text: text}
	for _, s := range Sentences(text) {
		r.take(s, v)
	}
	seen := map[string]bool{}
	for i := range r.Passages {
		p := &r.Passages[i]
		p.propose(text)
		said := string(p.Kind) + strings.ToLower(p.Name)
		if p.Kind == Agreement {
			said += strings.ToLower(p.Quote)
		}
		p.Repeats = (p.Kind == Forum || p.Kind == Channel || p.Kind == Agreement) && seen[said]
		seen[said] = true
	}
	return r, nil
}

// take reads a sentence into a passage of its own, or into the one before.
func (r *Reading) take(s Span, v *Vocabulary) {
	read := readSentence(r.Text, s, v)
	n := len(r.Passages)
	if n > 0 && r.Passages[n-1].Kind == Forum && (read.goesOn || r.Passages[n-1].Convener() == nil && read.onlyConvenes()) && read.doubt.Key == "" {
		r.Passages[n-1].join(r.Text, read)
		return
	}
	p := Passage{Span: s, Sentences: []Span{s}, Kind: Unknown, Mentions: read.mentions, OpenEnded: read.openEnded, Rhythm: often(read.rhythms), Rhythms: len(read.rhythms)}
	p.Quote = strings.Join(strings.Fields(s.of(r.Text)), " ")
	p.Kind, p.Topic, p.Agreed, p.Doubt = read.kind()
	p.Scope = read.scope(p.Kind)
	if p.Kind == Channel && len(p.Mentions) == 0 && n > 0 && r.Passages[n-1].Kind == Unknown && read.has("detta") {
		p.Mentions = r.Passages[n-1].Mentions // "kanal för detta": for what the sentence before says
	}
	r.Passages = append(r.Passages, p)
}

// join takes in a sentence that goes on about the same forum.
func (p *Passage) join(text string, s sentence) {
	p.Span.To = s.To
	p.Sentences = append(p.Sentences, s.Span)
	p.Quote += " " + strings.Join(strings.Fields(s.of(text)), " ")
	p.Mentions = append(p.Mentions, s.mentions...)
	p.OpenEnded = p.OpenEnded || s.openEnded
	p.Rhythms += len(s.rhythms)
	if next := often(s.rhythms); next != nil && (p.Rhythm == nil || next.Measured && !p.Rhythm.Measured) {
		p.Rhythm = next
	}
}

// Convener gives who the text says convenes, or nil. A role is its organisation's.
func (p Passage) Convener() *Mention {
	for i := range p.Mentions {
		if p.Mentions[i].Part == Convener {
			return &p.Mentions[i]
		}
	}
	return nil
}

// Participants gives who takes part, in the order of the text and each once.
func (p Passage) Participants() (all []Mention) {
	seen := map[string]bool{}
	for _, m := range p.Mentions {
		if m.Part != Aside && !seen[m.Key] {
			seen[m.Key] = true
			all = append(all, m)
		}
	}
	return all
}

// Named gives everybody that the passage names, each once.
func (p Passage) Named() (all []Body) {
	seen := map[string]bool{}
	for _, m := range p.Mentions {
		if !seen[m.Key] {
			seen[m.Key] = true
			all = append(all, m.Body)
		}
	}
	return all
}

// OnlyForCases gives who is named for individual cases and in no forum and no agreement.
func (r *Reading) OnlyForCases() (all []Body) {
	elsewhere := map[string]bool{}
	for _, p := range r.Passages {
		if p.Kind == Forum || p.Kind == Agreement || p.Kind == Channel {
			for _, b := range p.Named() {
				elsewhere[b.Key] = true
			}
		}
	}
	for _, p := range r.Passages {
		if p.Kind != Cases {
			continue
		}
		for _, m := range p.Participants() {
			if !elsewhere[m.Key] {
				elsewhere[m.Key] = true
				all = append(all, m.Body)
			}
		}
	}
	return all
}

// Piece is a part of a passage: plain words, or words that were understood.
type Piece struct {
	Text string
	Span Span
	As   Finding // empty: plain
	Body *Body   // who, of a participant, a convener or an aside
}

// Finding says what some words were understood as.
type Finding string

// What words are understood as, beside the parts of mentions.
const (
	AsTopic  Finding = "topic"
	AsParty  Finding = "party" // of an agreement
	AsRhythm Finding = "cadence"
)

// Words says what a piece was understood as, or nothing.
func (p Piece) Words() lang.Sentence {
	switch p.As {
	case AsTopic:
		return lang.Say("vad det gäller")
	case AsRhythm:
		return lang.Say("hur ofta")
	case Finding(Convener):
		return lang.Say("sammankallande: %s", p.Body.Name)
	case Finding(Participant):
		return lang.Say("deltar: %s", p.Body.Name)
	case AsParty:
		return lang.Say("part: %s", p.Body.Name)
	case Finding(Aside):
		return lang.Say("nämns: %s", p.Body.Name)
	}
	return lang.Sentence{}
}

// Pieces gives a sentence in pieces, so that a page can mark what was understood.
func (r *Reading) Pieces(p Passage) (all []Piece) {
	at := p.From
	cut := func(s Span, as Finding, body *Body) {
		if s.From < at || s.To > p.To || s.From == s.To {
			return
		}
		if s.From > at {
			all = append(all, Piece{Text: r.Text[at:s.From], Span: Span{at, s.From}})
		}
		all = append(all, Piece{s.of(r.Text), s, as, body})
		at = s.To
	}
	for _, f := range p.findings() {
		cut(f.Span, f.As, f.Body)
	}
	if at < p.To {
		all = append(all, Piece{Text: r.Text[at:p.To], Span: Span{at, p.To}})
	}
	return all
}
