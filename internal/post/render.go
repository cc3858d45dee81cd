package post

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"

	"samverkan/internal/lang"
	"samverkan/templates"
)

// Outward is everything that a letter about a meeting can say. What has no field here cannot
// leak: no agenda, no names, no place but the outward one.
type Outward struct {
	Kind         Kind
	Title        string // neutral, with the municipality
	Municipality string
	When         string // "torsdag 21 januari 2027 kl. 13.00–14.30"; of a Poll: until when to answer
	ShortWhen    string // "tors 21 jan kl. 13.00"
	Was          string // the former time; empty: not moved
	Booked       string // when the booking is that the recipient has from before, for them to remove; empty: none
	Place        string // the outward place; empty: behind the link
	Link         string
	Note         string   // the convener's own line to all
	NamedBy      string   // who said that the recipient comes in their place; empty: asked for their own part
	Answered     string   // what the recipient has answered already, and what counts; empty: nothing
	Points       int      // of a Relay: how many items wait behind the link
	Removed      int      // of a Relay: how many items hold no longer
	Label        string   // of an Action: U1
	Due          string   // last day, of a reminder of an action or of items; empty: none
	Late         bool     // that day has passed
	SignsIn      bool     // of an Approval or Views: the recipient has an account, and the link is no right by itself
	Code         string   // of a Code: six digits
	Stop         string   // address that stops reminders; empty: this is none
	Inside       bool     // the link leads to a page for those with an account
	Times        []string // of a Poll: what is asked about, each as When
}

// Act begins the subject, what the letter does: keys of package lang.
func (o Outward) Act() string {
	switch o.Kind {
	case Update:
		return "Ändring"
	case Reschedule:
		return "Ny tid"
	case Cancellation:
		return "Inställt"
	case Withdrawal:
		return "Avbokat för dig"
	case Reminder:
		return "Påminnelse"
	case ActionReminder:
		return "Påminnelse om uppgift"
	case RelayReminder:
		return "Påminnelse om att gå igenom"
	case PlanReminder:
		return "Påminnelse om planen på APT"
	case Unanswered, PollReminder:
		return "Svar saknas"
	case Poll:
		return "Tidsförfrågan"
	case PollMore:
		return "Nya tider"
	case DateRequest:
		return "Fråga om datum"
	case Relay:
		return "Att förmedla"
	case Notes:
		return "Anteckningar"
	case Approval:
		return "Att godkänna"
	case Views:
		return "För synpunkter"
	case ApprovalReminder:
		return "Påminnelse om att godkänna"
	case Action:
		return "Uppgift"
	case Link:
		return "Ny länk"
	case Code:
		return "Din kod"
	case CounterDeclined:
		return "Tiden ändras inte"
	}
	return "Inbjudan"
}

// Heading is the letter's first line: keys of package lang.
func (o Outward) Heading() string {
	switch o.Kind {
	case Update:
		return "Uppgifterna om mötet är ändrade"
	case Reschedule:
		return "Mötet har fått en ny tid"
	case Cancellation:
		return "Mötet är inställt"
	case Withdrawal:
		return "Du är inte längre inbjuden till mötet"
	case Reminder:
		return "Snart är det möte"
	case Unanswered:
		return "Du har inte svarat än"
	case ActionReminder:
		if o.Late {
			return "Uppgiften skulle ha varit klar"
		}
		return "Uppgiften ska snart vara klar"
	case PlanReminder:
		if o.Late {
			return "Planen skulle ha gåtts igenom på APT"
		}
		return "Planen ska snart ha gåtts igenom på APT"
	case Relay:
		return "Något som ni har fått gäller inte längre"
	case Poll:
		return "När kan du träffas?"
	case PollReminder:
		return "Du har inte svarat på tidsförfrågan än"
	case DateRequest:
		return "Vilka datum planerar ni?"
	case PollMore:
		return "Det finns nya tider att svara på"
	case Notes:
		return "Anteckningarna från mötet går att läsa"
	case Approval:
		return "Anteckningarna från mötet väntar på att du godkänner dem"
	case Views:
		return "Läs anteckningarna från mötet och säg om du har synpunkter"
	case ApprovalReminder:
		return "Anteckningarna från mötet väntar fortfarande på att du godkänner dem"
	case Action:
		return "Du har en uppgift från mötet"
	case Link:
		return "Här är din nya länk"
	case Code:
		return "Din kod för att läsa"
	case CounterDeclined:
		return "Mötet hålls på den tid som var bestämd"
	}
	return "Du är inbjuden till ett möte"
}

// Asks tells whether the letter has a link to answer by.
func (o Outward) Asks() bool { return o.Kind != Cancellation && o.Kind != Withdrawal && o.Kind != Code }

// Ask stands on the button: keys of package lang.
func (o Outward) Ask() string {
	switch o.Kind {
	case Reschedule:
		return "Svara igen"
	case Update, Reminder, CounterDeclined:
		return "Se mötet eller ändra ditt svar"
	case PlanReminder:
		return "Bekräfta att planen är genomgången"
	case Relay, RelayReminder:
		if o.Points == 0 {
			return "Läs vad som har ändrats"
		}
		return "Läs och bekräfta"
	case Notes:
		return "Läs anteckningarna"
	case Approval, ApprovalReminder:
		return "Läs och godkänn"
	case Views:
		return "Läs och lämna synpunkter"
	case Action, ActionReminder:
		return "Rapportera uppgiften"
	case Poll, PollReminder, PollMore:
		return "Svara vilka tider som passar"
	case DateRequest:
		return "Skriv in datumen"
	case Link:
		return "Öppna sidan"
	}
	return "Svara på inbjudan"
}

// Care says what to do with the link, or with a letter that has none: keys of package lang.
func (o Outward) Care() string {
	if o.Inside {
		return "Du loggar in för att se mer. På Mitt konto väljer du hur ofta brevet kommer."
	}
	switch o.Kind {
	case Cancellation, Withdrawal:
		if o.Booked != "" {
			return "Bokningen kom inte från den här tjänsten. Därför försvinner den inte av sig själv."
		}
		return "Du behöver inte göra något."
	case Relay, RelayReminder:
		return "Länken är gruppens egen. Skicka den inte utanför gruppen."
	case Notes, Approval, Views, ApprovalReminder:
		if o.SignsIn {
			return "Du loggar in för att läsa. Anteckningarna är ett utkast: sprid dem inte."
		}
		return "Länken är din egen. Skicka den inte vidare. Innan du läser skickar vi en kod till din e-post."
	case PollMore:
		return "Det du har svarat gäller fortfarande. Länken är din egen. Skicka den inte vidare."
	case Action, ActionReminder, PlanReminder, Poll, PollReminder, DateRequest:
		return "Länken är din egen. Skicka den inte vidare. Du behöver inte logga in."
	case Link:
		return "Länken ersätter den du hade. Skicka den inte vidare."
	case Code:
		return "Koden gäller i tio minuter. Skriv den på sidan där du bad om den, och lämna den inte till någon. Bad du inte om någon kod kan du kasta brevet."
	}
	return "Länken är din egen. Skicka den inte vidare. På sidan ser du var mötet hålls."
}

// Rendered is a letter in words.
type Rendered struct{ Subject, Text, HTML string }

// letters are the templates by language, parsed once; a mistake in them stops the program.
var letters = map[lang.Language]struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}{lang.Swedish: parse(lang.Swedish), lang.English: parse(lang.English)}

func parse(l lang.Language) (set struct {
	text *texttemplate.Template
	html *htmltemplate.Template
}) {
	functions := map[string]any{"t": l.Text, "tn": l.Count, "lang": func() string { return string(l) }}
	set.text = texttemplate.Must(texttemplate.New("").Funcs(functions).Option("missingkey=error").ParseFS(templates.Files, "mail/*.txt"))
	set.html = htmltemplate.Must(htmltemplate.New("").Funcs(functions).Option("missingkey=error").ParseFS(templates.Files, "mail/*.html"))
	return set
}

// Plain is everything that a letter to somebody with an account can say, in the reader's words. It is
// not about a meeting.
type Plain struct {
	Subject, Heading, Body string
	Ask, Link              string // the button; empty: none
	After                  string
	Municipality           string
}

// RenderPlain gives such a letter, as text and HTML with the same words and links.
func RenderPlain(l lang.Language, p Plain) (Rendered, error) {
	set := letters[lang.Parse(string(l))]
	var text, html bytes.Buffer
	if err := errors.Join(set.text.ExecuteTemplate(&text, "plain.txt", p), set.html.ExecuteTemplate(&html, "plain.html", p)); err != nil {
		return Rendered{}, fmt.Errorf("letter: %w", err)
	}
	return Rendered{p.Subject, text.String(), html.String()}, nil
}

// Render gives a letter's subject, text and HTML, the latter two with the same words and links.
func Render(l lang.Language, o Outward) (Rendered, error) {
	set := letters[lang.Parse(string(l))]
	var subject, text, html bytes.Buffer
	if err := set.text.ExecuteTemplate(&subject, "subject", o); err != nil {
		return Rendered{}, fmt.Errorf("letter: %w", err)
	}
	if err := set.text.ExecuteTemplate(&text, "letter.txt", o); err != nil {
		return Rendered{}, fmt.Errorf("letter: %w", err)
	}
	if err := set.html.ExecuteTemplate(&html, "letter.html", o); err != nil {
		return Rendered{}, fmt.Errorf("letter: %w", err)
	}
	return Rendered{strings.TrimSpace(subject.String()), text.String(), html.String()}, nil
}
