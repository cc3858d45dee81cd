package poll

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/lang"
)

// Voter is one of those asked, as ranking sees them.
type Voter struct {
	Label     string
	Mandatory bool
	Answers   map[uuid.UUID]Answer // by time; nil: has not answered
}

// Voters gives those asked as ranking sees them. Whoever has left and not answered is not waited for.
func (p Poll) Voters() (all []Voter) {
	for _, a := range p.Asked {
		if a.Reply == nil && a.Contact.LeftAt != nil {
			continue
		}
		v := Voter{Label: p.Label(a), Mandatory: a.Mandatory}
		if a.Reply != nil {
			v.Answers = map[uuid.UUID]Answer{}
			for _, c := range a.Reply.Choices {
				v.Answers[c.TimeID] = c.Answer
			}
		}
		all = append(all, v)
	}
	return all
}

// Ranked is a time and how it suits those asked.
type Ranked struct {
	Time
	Yes, IfNeeded, No, Missing []Voter
	Tied                       []Time // the other times that suit as well
}

// Rank orders times, the best first: those that no mandatory person has said no to; then those of which
// the fewest mandatory people are silent; then by how many they suit; then by how few cannot, so that
// among equals one who can if needed counts more than one who cannot; then the earliest. Pure: the same
// answers give the same order.
func Rank(times []Time, people []Voter) []Ranked {
	ranked := make([]Ranked, len(times))
	for n, t := range times {
		ranked[n] = judge(t, people)
	}
	slices.SortStableFunc(ranked, func(a, b Ranked) int {
		return cmp.Or(a.against(b), a.Compare(b.Time))
	})
	for n := range ranked {
		for m := range ranked {
			if n != m && ranked[n].against(ranked[m]) == 0 {
				ranked[n].Tied = append(ranked[n].Tied, ranked[m].Time)
			}
		}
	}
	return ranked
}

func judge(t Time, people []Voter) Ranked {
	r := Ranked{Time: t}
	for _, v := range people {
		into := map[Answer]*[]Voter{Yes: &r.Yes, IfNeeded: &r.IfNeeded, No: &r.No, "": &r.Missing}[v.Answers[t.ID]]
		*into = append(*into, v)
	}
	return r
}

// against compares two times by how they suit.
func (r Ranked) against(o Ranked) int {
	return cmp.Or(
		cmp.Compare(len(mandatory(r.No, true)), len(mandatory(o.No, true))),
		cmp.Compare(len(mandatory(r.Missing, true)), len(mandatory(o.Missing, true))),
		cmp.Compare(len(o.Yes), len(r.Yes)),
		cmp.Compare(len(r.No), len(o.No)),
		cmp.Compare(len(r.IfNeeded), len(o.IfNeeded)))
}

// mandatory gives those of some people who must come, or those who need not.
func mandatory(people []Voter, must bool) (some []Voter) {
	for _, v := range people {
		if v.Mandatory == must {
			some = append(some, v)
		}
	}
	return some
}

// Why gives the reason for a time's place: who can, who can if needed, who cannot, who is silent.
func (r Ranked) Why() (reasons []lang.Sentence) {
	can, all := len(r.Yes)+len(r.IfNeeded), len(r.Yes)+len(r.IfNeeded)+len(r.No)+len(r.Missing)
	switch {
	case len(r.Missing) == all:
		return []lang.Sentence{lang.Say("Ingen har svarat än.")}
	case can == all && all == 1:
		reasons = append(reasons, lang.Say("Den tillfrågade kan."))
	case can == all && all == 2:
		reasons = append(reasons, lang.Say("Båda kan."))
	case can == all:
		reasons = append(reasons, lang.Say("Alla %d kan.", all))
	default:
		reasons = append(reasons, lang.Say("%d av %d kan.", can, all))
	}
	for _, said := range r.exceptions() {
		if len(said.people) > 0 {
			reasons = append(reasons, lang.Say(said.key, said.people))
		}
	}
	return reasons
}

type exception struct {
	key    string
	people names
}

// exceptions are what is said of those whom a time does not simply suit: keys of package lang.
func (r Ranked) exceptions() []exception {
	return []exception{
		{"%s: kan om det behövs.", r.IfNeeded},
		{"%s kan inte, men måste vara med.", mandatory(r.No, true)},
		{"%s kan inte.", mandatory(r.No, false)},
		{"%s har inte svarat, men måste vara med.", mandatory(r.Missing, true)},
		{"%s har inte svarat.", mandatory(r.Missing, false)},
	}
}

// Words says the whole reason.
func (r Ranked) Words(l lang.Language) string {
	var said []string
	for _, s := range r.Why() {
		said = append(said, s.In(l))
	}
	return strings.Join(said, " ")
}

// Ties says which times suit as well as this one, which is the earliest of them.
func (r Ranked) Ties() lang.Sentence {
	switch len(r.Tied) {
	case 0:
		return lang.Sentence{}
	case 1:
		return lang.Say("Lika bra passar %s. Den tidigaste står först.", r.Tied[0])
	}
	return lang.Say("Lika bra passar %d andra tider. Den tidigaste står först.", len(r.Tied))
}

// names says who some people are: it is a lang.Spoken.
type names []Voter

// In says them: "Polisen, Skolan och Bo".
func (n names) In(l lang.Language) string {
	var labels []string
	for _, v := range n {
		labels = append(labels, v.Label)
	}
	last := len(labels) - 1
	if last == 0 {
		return labels[0]
	}
	return l.Text("%s och %s", strings.Join(labels[:last], ", "), labels[last])
}
