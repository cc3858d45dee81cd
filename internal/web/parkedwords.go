package web

import (
	"samverkan/internal/ical"
	"samverkan/internal/lang"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
)

// parkedReasons say why a letter waits for a person: keys of package lang.
var parkedReasons = map[string]string{
	secretariat.Written:          "Någon har skrivit till möteslådan.",
	secretariat.CalendarUnread:   "Kalenderdelen i brevet gick inte att läsa.",
	secretariat.OtherSender:      "Svaret kom från en annan adress än den inbjudnas.",
	secretariat.ForgedSender:     "E-postservern säger att avsändaren kan vara förfalskad.",
	secretariat.NoAuthor:         "Det går inte att se vem som har skrivit brevet.",
	secretariat.NoToken:          "Svaret kom inte till inbjudans egen adress, och e-postservern har inte intygat avsändaren.",
	secretariat.Colleague:        "Någon annan på samma arbetsplats svarar för brevlådan, och e-postservern har inte intygat vem.",
	secretariat.ContactLeft:      "Kontakten finns inte kvar hos parten.",
	secretariat.Proposal:         "En annan tid föreslås.",
	secretariat.Invited:          "Någon annan bjuder in till ett möte.",
	secretariat.OtherMethod:      "Någon annan skickar ett möte på ett sätt som vi inte känner igen.",
	secretariat.OtherOrganizer:   "Ett möte som finns här ändras av någon som inte säkert är den som kallar.",
	secretariat.SeriesChanged:    "Den som kallar har ändrat en hel serie möten.",
	secretariat.NoSuchOccurrence: "Ett tillfälle ändras som inte finns här.",
	secretariat.NotFollowed:      "Den som kallar har ändrat ett möte på ett sätt som inte går att följa.",
	secretariat.BounceUnknown:    "Ett brev kom tillbaka, och det går inte att se vilket.",
	secretariat.TooLarge:         "Brevet är större än 10 MB och är inte hämtat.",
	secretariat.Unreadable:       "Brevet gick inte att läsa.",
	string(ical.PartyCrasher):    "Den som svarar är inte inbjuden.",
	string(ical.OtherUID):        "Brevet kom till en inbjudans adress men gäller ett annat möte.",
	string(ical.OneOfASeries):    "Svaret gäller ett tillfälle i en serie, men mötet är ingen serie.",
	string(ical.FromSubstitute):  "Någon svarar som ersättare, men den som är inbjuden har inte sagt att någon annan kommer.",
	secretariat.NumberInComment:  "Det ser ut att stå ett personnummer eller ett ärendenummer i svaret. Räkna svaret utan det.",
	secretariat.SubstituteRefuse: "Ersättaren kan inte få en egen inbjudan. Räkna svaret utan adress, eller hör av dig till den som svarar.",
	string(ical.AheadOfUs):       "Svaret gäller en ändring som vi inte har skickat.",
	string(ical.FromTheFuture):   "Svaret säger sig vara skrivet en annan dag än i dag.",
	string(ical.NotProcessed):    "Mottagarens kalender kunde inte ta emot inbjudan.",
	string(ical.NotUnderstood):   "Svaret gick inte att förstå.",
	string(ical.SeveralMeetings): "Brevet gäller flera möten på en gång.",
}

func reasonOf(p post.ParkedLetter) lang.Sentence {
	if known, ok := parkedReasons[p.Reason]; ok {
		return lang.Say(known)
	}
	return lang.Say("Brevet behöver läsas av en människa.")
}

// outcomeOf says what was done with a letter: keys of package lang.
func outcomeOf(p post.ParkedLetter) lang.Sentence {
	switch p.Outcome {
	case post.DoneNothing:
		return lang.Say("Inget att göra")
	case post.DoneAnswer:
		return lang.Say("Räknat som svar")
	case post.DoneAccepted:
		return lang.Say("Tiden godtagen")
	case post.DoneDeclined:
		return lang.Say("Tiden inte godtagen")
	case post.DoneImported:
		return lang.Say("Inlagt som möte")
	}
	return lang.Sentence{}
}
