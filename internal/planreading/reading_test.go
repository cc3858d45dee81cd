package planreading_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"samverkan/internal/app/sample"
	"samverkan/internal/forum"
	"samverkan/internal/planreading"
)

// planFile is what the plan's file says of forums and agreements.
type planFile struct {
	Agreements []struct {
		ID, Kind, Quote string
		Parties         []*string
	}
	Forums []planForum
}

type planForum struct {
	ID, Name, Scope, Quote string
	Convener               *string
	Participants           []string
	OpenEnded              bool `yaml:"participants_open_ended"`
	Cadence                struct {
		Text *string
		Min  *int `yaml:"min_per_year"`
		Max  *int `yaml:"max_per_year"`
	}
}

func theFile(t *testing.T) (file planFile) {
	t.Helper()
	if err := yaml.Unmarshal(sample.Plan, &file); err != nil {
		t.Fatal(err)
	}
	return file
}

var scopes = map[string]forum.Scope{"overgripande": forum.Overall, "konsultation": forum.Consultation, "enskilda_arenden": forum.IndividualCases, "internt": forum.Internal}

func read(t *testing.T, text string, known ...planreading.Body) *planreading.Reading {
	t.Helper()
	r, err := planreading.Read(text, planreading.Knowing(known))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func idsOf(all []planreading.Mention) (ids []string) {
	for _, m := range all {
		ids = append(ids, m.ID)
	}
	return ids
}

// says compares what was read of a forum with what the file says of it.
func says(t *testing.T, p planreading.Passage, f planForum) {
	t.Helper()
	kind := planreading.Forum
	if f.ID == "apt" {
		kind = planreading.Channel
	}
	if p.Kind != kind || p.Scope != scopes[f.Scope] || p.OpenEnded != f.OpenEnded || p.Quote != f.Quote {
		t.Errorf("%s is %s, %s, open-ended %v: %q", f.ID, p.Kind, p.Scope, p.OpenEnded, p.Quote)
	}
	if got := idsOf(p.Participants()); !slices.Equal(got, f.Participants) {
		t.Errorf("%s has %v, not %v", f.ID, got, f.Participants)
	}
	convener := ""
	if c := p.Convener(); c != nil {
		convener = c.ID
	}
	if f.Convener == nil && convener != "" || f.Convener != nil && convener != *f.Convener {
		t.Errorf("%s is convened by %q", f.ID, convener)
	}
	if p.Name == "" || p.Neutral == "" {
		t.Errorf("%s is called nothing", f.ID)
	}
	cadenceSays(t, p, f)
}

func cadenceSays(t *testing.T, p planreading.Passage, f planForum) {
	t.Helper()
	if f.Cadence.Text == nil {
		if p.Rhythm != nil {
			t.Errorf("%s meets %q", f.ID, p.Rhythm.Words)
		}
		return
	}
	if p.Rhythm == nil || p.Rhythm.Words != *f.Cadence.Text || p.Rhythm.Measured != (f.Cadence.Min != nil) {
		t.Errorf("%s meets %+v, not %q", f.ID, p.Rhythm, *f.Cadence.Text)
		return
	}
	c, err := forum.ParseCadence(p.Rhythm.Words)
	if err != nil || f.Cadence.Min == nil {
		return
	}
	low, high := c.Cadence.Min, c.Cadence.Max
	if c.Cadence.Months > 0 {
		low, high = 12/c.Cadence.Months, 12/c.Cadence.Months
	}
	if low != *f.Cadence.Min || high != *f.Cadence.Max {
		t.Errorf("%s meets %d–%d times", f.ID, low, high)
	}
}

func TestEachQuoteOfThePlanIsReadAsTheFileSays(t *testing.T) {
	file := theFile(t)
	for _, f := range file.Forums {
		if f.ID == "apt" {
			f.Participants = nil // whose workplaces it is stands in the sentence before
		}
		r := read(t, f.Quote)
		if len(r.Passages) != 1 {
			t.Errorf("%s is %d passages", f.ID, len(r.Passages))
			continue
		}
		says(t, r.Passages[0], f)
	}
	for _, a := range file.Agreements {
		var parties []string
		for _, p := range a.Parties {
			if p != nil {
				parties = append(parties, *p)
			}
		}
		r := read(t, a.Quote)
		if p := r.Passages[0]; len(r.Passages) != 1 || p.Kind != planreading.Agreement || p.Agreed != a.Kind || !slices.Equal(idsOf(p.Participants()), parties) || p.Quote != a.Quote {
			t.Errorf("%s is %+v", a.ID, p)
		}
	}
}

// chapter is all that the plan says of collaboration as one text, with what stands around it.
func chapter(file planFile) string {
	text := "5. Samverkan\nSamverkan behövs ofta både i enskilda ärenden och på övergripande nivå. I enskilda ärenden kan samverkan även ske med t.ex. hälso- och sjukvården och barnpsykiatrin.\n\n5.1 Extern samverkan\n"
	for i, a := range file.Agreements {
		text += a.Quote + []string{" ", "\n\n"}[i%2]
	}
	for _, f := range file.Forums {
		if f.ID == "apt" {
			text += "\n\nHandlingsplanen ska vara känd och förankrad hos all personal Inom förvaltningen. "
		}
		text += f.Quote + " "
	}
	return text + "Handlingsplanen följs upp i slutet av varje år och revideras vid behov. Våldsgruppen ska förmedla det som delges på möten till respektive arbetsgrupp."
}

func TestTheWholeChapterGivesAllForumsAndNoMore(t *testing.T) {
	file := theFile(t)
	for name, text := range map[string]string{"as it is": chapter(file), "wrapped at 60": wrapped(chapter(file), 60), "wrapped at 20, by Windows": strings.ReplaceAll(wrapped(chapter(file), 20), "\n", "\r\n")} {
		t.Run(name, func(t *testing.T) {
			r := read(t, text)
			var forums, agreements []planreading.Passage
			for _, p := range r.Passages {
				switch p.Kind {
				case planreading.Forum, planreading.Channel:
					forums = append(forums, p)
				case planreading.Agreement:
					agreements = append(agreements, p)
				}
			}
			if len(forums) != len(file.Forums) || len(agreements) != len(file.Agreements) {
				for _, p := range r.Passages {
					t.Logf("%s %q", p.Kind, p.Quote)
				}
				t.Fatalf("%d forums, %d agreements", len(forums), len(agreements))
			}
			for i, f := range file.Forums {
				says(t, forums[i], f)
				if forums[i].Repeats {
					t.Errorf("%s repeats", f.ID)
				}
			}
			var only []string
			for _, b := range r.OnlyForCases() {
				only = append(only, b.ID)
			}
			if !slices.Equal(only, []string{"halso-sjukvard", "barnpsykiatrin"}) {
				t.Errorf("only for cases: %v", only)
			}
		})
	}
}

// wrapped breaks lines as a PDF does, and keeps the empty ones and the headings.
func wrapped(text string, width int) string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		now := ""
		for _, w := range strings.Fields(line) {
			if now != "" && utf8.RuneCountInString(now)+utf8.RuneCountInString(w) >= width {
				out = append(out, now)
				now = ""
			}
			now = strings.TrimSpace(now + " " + w)
		}
		out = append(out, now)
	}
	return strings.Join(out, "\n")
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{ // kind, participants, convener, cadence
		"Vi har möten med barnpsykiatrin varje månad.":                                  "forum barnpsykiatrin  varje månad",
		"Vi har möten med psykiatrin varje månad.":                                      "forum psykiatrin  varje månad",
		"BUP och polisen träffas två gånger per termin.":                                "forum barnpsykiatrin,polisen  två gånger per termin",
		"Förskolan har möte med skolan månadsvis.":                                      "forum forskolan,skolan  månadsvis",
		"Kommunpolisen deltar vid nätverksmöten kvartalsvis.":                           "forum kommunpolis  kvartalsvis",
		"Kriminalvårdens möten hålls varje månad med polisen.":                          "forum polisen  varje månad",
		"Polisen sammankallar till möten varje månad med skolan.":                       "forum polisen,skolan polisen varje månad",
		"Möten hålls kvartalsvis på inbjudan av Länsstyrelsen.":                         "forum lansstyrelsen lansstyrelsen kvartalsvis",
		"Nätverket träffas varannan vecka. Sammankallande är Brottsofferjouren.":        "unknown   varannan vecka|unknown brottsofferjouren brottsofferjouren ",
		"Polisen och skolan träffas varannan vecka. Sammankallande är skolan.":          "forum polisen,skolan skolan varannan vecka",
		"Polisen och skolan träffas varje månad. Skolan är sammankallande.":             "forum polisen,skolan skolan varje månad",
		"Familjecentralen i Exempelby och kvinnojouren Ada träffas var tredje månad.":   "forum familjecentral-exempelby,kvinnojouren-ada  var tredje månad",
		"IFO samverkar inte med polisen regelbundet.":                                   "unknown ifo,polisen  regelbundet",
		"Möten med psykiatrin saknas.":                                                  "unknown psykiatrin  ",
		"Tidigare hölls möten med polisen varje månad.":                                 "unknown polisen  varje månad",
		"Möten hålls månadsvis inte bara med polisen utan även med skolan.":             "forum polisen,skolan  månadsvis",
		"Avtal med polisen saknas, men möten finns.":                                    "unknown polisen  ",
		"I enskilda ärenden sker möten med barnpsykiatrin vid behov.":                   "cases barnpsykiatrin  vid behov",
		"SIP hålls med psykiatrin.":                                                     "cases psykiatrin  ",
		"Vid öppet intag gör Relationsvåldsteamet den bedömningen.":                     "unknown rvt  ",
		"Bedömning av insats görs i samråd med vuxenhandläggare, vid biståndsinsats.":   "unknown vuxen  ",
		"Våldsgruppen ska förmedla det som delges på möten till respektive arbetsgrupp": "unknown valdsgruppen  ",
		"Genomgång sker på APT.":                                                        "channel   ",
		"Solen skiner över sjön.":                                                       "unknown   ",
		"Månadsvis träffas några.":                                                      "unknown   Månadsvis",
		"Möten med kommun-\npolisen hålls varje månad.":                                 "forum kommunpolis  varje månad",
		"Det finns ett samverkansavtal med Kriminalvården.":                             "agreement kriminalvarden  ",
		"Möten om polisen hålls med skolan varje år.":                                   "forum skolan  varje år",
	} {
		var got []string
		for _, p := range read(t, text).Passages {
			convener, often := "", ""
			if c := p.Convener(); c != nil {
				convener = c.ID
			}
			if p.Rhythm != nil {
				often = p.Rhythm.Words
			}
			got = append(got, strings.Join([]string{string(p.Kind), strings.Join(idsOf(p.Participants()), ","), convener, often}, " "))
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q\n is %q\nnot %q", text, strings.Join(got, "|"), want)
		}
	}
}

func TestRead_knows_what_is_in_the_register(t *testing.T) {
	r := read(t, "Kommunpolisen, Sorgträdet, BUP och psykiatrin har möten varje månad.",
		planreading.Body{Key: "1", Name: "Sorgträdet", Kind: "ideell"}, planreading.Body{Key: "2", Name: "Psykiatrin Södra", Names: []string{"psykiatrin"}}, planreading.Body{Key: "3", ID: "kommunpolis", Name: "Polisen i kommunen", Role: true}, planreading.Body{Key: "4", ID: "barnpsykiatrin", Name: "Barnmottagningen"})
	var got []string
	for _, m := range r.Passages[0].Participants() {
		got = append(got, m.Key)
		if !m.Known {
			t.Errorf("%s is not known", m.Name)
		}
	}
	if !slices.Equal(got, []string{"3", "1", "4", "2"}) {
		t.Errorf("got %v", got)
	}
}

func TestRead_proposes_a_name(t *testing.T) {
	for text, want := range map[string]string{
		"Polisen deltar i en lokal samverkan.":                                     "Lokal samverkan",
		"Polisen deltar i en Länssamverkan.":                                       "Länssamverkan",
		"IFO chef deltar på brottsförebyggande möten med polisen.":                 "Brottsförebyggande möte",
		"IFO deltar vid samverkansmöten med polisen.":                              "Samverkansmöte Polisen",
		"IFO har avstämningar med polisen, skolan och psykiatrin varje månad.":     "Avstämning Polisen, Skolan m.fl.",
		"Polisen och skolan deltar vid gemensamma träffar.":                        "Gemensam träff",
		"Lämplig kommunikationskanal för detta är arbetsplatsträffar.":             "Arbetsplatsträff",
		"Polisen, skolan och psykiatrin ingår i styrgruppen, som möts varje månad": "Styrgrupp",
	} {
		if got := read(t, text).Passages[0].Name; got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	for text, want := range map[string]int{
		"Ett möte. Ett till! Och ett?":                           3,
		"Det sker med t.ex. Polisen och bl.a. Skolan 3–4 ggr.":   1,
		"IFO:s grupp möts kl. 9.30 den 3.4.2027 enl. planen.":    1,
		"Där deltar polisen, skolan m.fl. Mötet hålls varje år.": 2,
		"5. Samverkan\nPolisen deltar.":                          2,
		"Samverkan sker med\nPolisen varje månad.":               1,
		"- polisen\n- skolan\n• psykiatrin":                      3,
		"Första stycket\n\nandra stycket":                        2,
		"Revideras 2023. Därefter årligen.":                      2,
		"(Socialstyrelsen.) Utbildning i metoden.":               2,
		" \n\n ": 0,
	} {
		if got := planreading.Sentences(text); len(got) != want {
			var parts []string
			for _, s := range got {
				parts = append(parts, text[s.From:s.To])
			}
			t.Errorf("%q is %d sentences: %q", text, len(got), parts)
		}
	}
}

func TestRead_refuses_nothing_and_too_much(t *testing.T) {
	for _, text := range []string{"", " \n", strings.Repeat("a", planreading.MaxText+1)} {
		if _, err := planreading.Read(text, planreading.Knowing(nil)); err == nil {
			t.Errorf("%d bytes are read", len(text))
		}
	}
}

// The worst texts take a moment and not a minute.
func TestRead_is_fast(t *testing.T) {
	v := planreading.Knowing(nil)
	for _, part := range []string{"Polisen deltar vid möten varje månad. ", "en var första 3–4 ", "IFO:s arbetsgrupp mot våld i ", "regelbundet ", "a", "månad en gång ", "- \n", ". ", "möten ", "polisen kallar ", "Familjecentralen i Xy ", "1. ", "hälso-\n"} {
		begun := time.Now()
		if _, err := planreading.Read(strings.Repeat(part, planreading.MaxText/len(part)), v); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took > 20*time.Second {
			t.Errorf("%q took %v", part, took)
		} else {
			t.Logf("%q took %v", part, took)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{"IFO:s grupp möts med t.ex. Polisen var sjätte månad.", "kvinnojouren Ada\n\n5. Hej\r\n- å\u00ad\xff", "Möten med kommun-\npolisen. Mötet: APT, IOP har avtal med BUP. Sammankallande är polisen", "regelbunden kontakt i ärenden"} {
		f.Add(text)
	}
	v := planreading.Knowing(nil)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := planreading.Read(text, v)
		if err != nil {
			return
		}
		at := 0
		for _, p := range r.Passages {
			if p.From < at || p.To > len(r.Text) || p.From >= p.To {
				t.Fatalf("%+v of %d", p.Span, len(r.Text))
			}
			at = p.To
			holds(t, r, p)
		}
	})
}

// holds checks that nothing was recognised that the text does not say.
func holds(t *testing.T, r *planreading.Reading, p planreading.Passage) {
	t.Helper()
	joined := ""
	for _, piece := range r.Pieces(p) {
		joined += piece.Text
		if piece.Span.From < 0 || r.Text[piece.Span.From:piece.Span.To] != piece.Text {
			t.Fatalf("%+v is not in the text", piece)
		}
	}
	if joined != r.Text[p.From:p.To] {
		t.Fatalf("pieces %q of %q", joined, r.Text[p.From:p.To])
	}
	for _, m := range p.Mentions {
		said := strings.ToLower(r.Text[m.From:m.To])
		if said == "" || !utf8.ValidString(said) {
			t.Fatalf("%s is nowhere", m.Name)
		}
	}
	if p.Rhythm != nil && strings.Join(strings.Fields(r.Text[p.Rhythm.From:p.Rhythm.To]), " ") != p.Rhythm.Words {
		t.Fatalf("%q is not in the text", p.Rhythm.Words)
	}
	if p.Kind == planreading.Unknown && p.Name != "" {
		t.Fatalf("a name was guessed for %q", p.Quote)
	}
}
