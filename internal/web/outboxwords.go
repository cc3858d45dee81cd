package web

import (
	"strings"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
)

// stateWords say where a letter is: keys of package lang.
var stateWords = map[post.State]string{
	post.Queued:     "Väntar på att skickas",
	post.Sending:    "Skickas nu",
	post.Sent:       "Skickat",
	post.Filed:      "Sparat som fil, inte skickat",
	post.Retry:      "Försöker igen",
	post.Unknown:    "Osäkert om det kom fram",
	post.Failed:     "Kom inte fram",
	post.Bounced:    "Kom tillbaka",
	post.Superseded: "Ersatt av ett nyare brev",
	post.Withdrawn:  "Återkallat",
}

// Filters beside the states and post's own selections.
const (
	owedFilter = "owed" // not written yet
	heldFilter = "held" // on its way, while sending is stopped
)

// filterWords say what a filter shows, in the order in which they are offered: keys of package lang.
var filterWords = []struct{ Value, Text string }{
	{"", "Härnäst och senast"},
	{string(post.Trouble), "Behöver tas om hand"},
	{string(post.Next), "På väg ut"},
	{owedFilter, "Ska skrivas"},
	{heldFilter, "Stoppade"},
	{string(post.Gone), "Klara"},
}

// Way is where a letter is, what happens next and when, and the server's own words.
type Way struct {
	Word  lang.Sentence
	Tag   string // class of the tag
	Next  lang.Sentence
	Words string // the mail server's; empty: none
	Do    lang.Sentence
}

// sight is what all letters of a page are seen by.
type sight struct {
	lang  lang.Language
	now   time.Time
	zone  *time.Location
	held  *post.SendingHold
	paces map[string]post.Pace
	most  int64 // letters a minute to one domain, by the setting; 0: no limit
}

// moment says when, with the day unless it is today.
func (s sight) moment(t time.Time) string {
	clock := almanac.ClockOf(t, s.zone).Swedish()
	if almanac.DateOf(t, s.zone) == almanac.DateOf(s.now, s.zone) {
		return s.lang.Text("kl. %s", clock)
	}
	return s.lang.Text("%s kl. %s", almanac.DateOf(t, s.zone).String(), clock)
}

// settled is when a letter's way ended.
func (s sight) settled(l post.Letter) string {
	if l.SettledAt == nil {
		return s.moment(l.CreatedAt)
	}
	return s.moment(*l.SettledAt)
}

// way says all about a letter.
func (s sight) way(l post.Letter) Way {
	w := Way{Word: lang.Say(stateWords[l.State]), Words: serverWords(l.Problem)}
	if w.Words == "" {
		w.Words = l.Answer
	}
	switch l.State {
	case post.Queued, post.Retry:
		s.waiting(&w, l)
	case post.Sending:
		w.Tag, w.Next = "", lang.Say("Lämnas till e-postservern just nu, försök %d.", int(l.Attempts))
	case post.Unknown:
		s.unknown(&w, l)
	case post.Sent:
		w.Tag, w.Next = "ok", lang.Say("E-postservern tog emot det %s.", s.settled(l))
	case post.Filed:
		w.Tag, w.Next = "warn", lang.Say("Ingen e-postserver var inställd. Brevet sparades som en fil %s, och ingen har fått det.", s.settled(l))
	case post.Failed:
		w.Tag, w.Next = "err", lang.Say("Gavs upp %s. Det skickas inte igen av sig självt.", s.settled(l))
		w.Do = lang.Say("Rätta adressen eller skicka igen. Har du ringt i stället? Markera som klart.")
	case post.Bounced:
		w.Tag, w.Next = "err", lang.Say("Kom tillbaka %s. Mottagaren har inte fått det.", s.settled(l))
		w.Do = lang.Say("Rätta adressen eller skicka igen. Har du ringt i stället? Markera som klart.")
	case post.Superseded:
		w.Next = lang.Say("Skickades aldrig: ett nyare brev säger det som gäller.")
	case post.Withdrawn:
		w.Next = lang.Say("Skickades aldrig: mottagaren skulle inte längre ha det.")
	}
	return w
}

// waiting says what a letter waits for.
func (s sight) waiting(w *Way, l post.Letter) {
	if w.Tag = ""; l.State == post.Retry {
		w.Tag = "warn"
	}
	pace, slow := s.paces[l.RecipientDomain]
	switch {
	case s.held != nil:
		w.Word, w.Tag, w.Next = lang.Say("Stoppat"), "err", lang.Say("Skickas när någon släpper breven.")
	case slow && pace.Slowed:
		w.Tag, w.Next = "warn", lang.Say("Servern hos %s säger att breven kommer för fort. Nästa skickas %s, sedan högst %d i minuten.", pace.Domain, s.moment(pace.NotBefore), int(pace.Most(s.most, s.now)))
	case slow:
		w.Next = lang.Say("Väntar på sin tur till %s: högst %d brev i minuten går till %s.", s.moment(pace.NotBefore), int(pace.Most(s.most, s.now)), pace.Domain)
	case l.State == post.Retry && l.Attempts == 0:
		w.Next = lang.Say("Servern kunde inte nås eller tog inget. Nästa försök %s. Inget räknas som misslyckat.", s.moment(l.NotBefore))
	case l.State == post.Retry:
		w.Next = lang.Say("Servern tog inte emot det än. Försök %d av %d görs %s.", int(l.Attempts)+1, post.Tries, s.moment(l.NotBefore))
	case l.NotBefore.After(s.now):
		w.Next = lang.Say("Skickas %s.", s.moment(l.NotBefore))
	default:
		w.Next = lang.Say("Skickas så snart det är dess tur.")
	}
}

func (s sight) unknown(w *Way, l post.Letter) {
	if w.Tag = "warn"; l.SettledAt == nil {
		w.Next = lang.Say("Brevet lämnades över, men servern svarade inte. Vi lämnar det igen %s, med samma innehåll.", s.moment(l.NotBefore))
		return
	}
	w.Tag, w.Next = "err", lang.Say("Brevet lämnades över flera gånger utan svar, senast %s. Det skickas inte igen av sig självt.", s.settled(l))
	w.Do = lang.Say("Fråga mottagaren om det kom. Skicka igen, eller markera som klart.")
}

// owing says all about a letter that is not written.
func (s sight) owing(o secretariat.Owing) Way {
	w := Way{Word: lang.Say("Ska skrivas")}
	switch {
	case o.Kind == "":
		w.Next = lang.Say("Inget brev behövs som det är nu. Det avgörs %s.", s.moment(o.From))
	case s.held != nil:
		w.Next = lang.Say("Skrivs %s. Skickas när någon släpper breven.", s.moment(o.From))
	case o.From.After(s.now):
		w.Next = lang.Say("Skrivs och skickas %s. Fram till dess går det att ångra på mötets sida.", s.moment(o.From))
	default:
		w.Next = lang.Say("Skrivs och skickas om en liten stund.")
	}
	return w
}

// dealt says who took care of a letter in trouble.
func (s sight) dealt(d post.Dealing) lang.Sentence {
	name := s.lang.Text("Systemet")
	if d.By != nil {
		name = d.By.Name
	}
	if d.How == post.DealtAgain {
		return lang.Say("%s skickade det igen %s.", name, s.moment(d.At))
	}
	return lang.Say("%s har tagit hand om det %s.", name, s.moment(d.At))
}

// serverWords takes what our own log says out of a mail server's answer.
func serverWords(problem string) string {
	rest, ours := strings.CutPrefix(problem, "delivery ")
	if !ours {
		return problem
	}
	_, rest, _ = strings.Cut(rest, " ")
	if outcome, words, found := strings.Cut(problem, ": "); found && strings.Count(outcome, " ") == 1 {
		return words
	}
	return rest
}
