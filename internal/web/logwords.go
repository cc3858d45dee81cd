package web

import (
	"maps"
	"slices"

	"samverkan/internal/access"
	"samverkan/internal/lang"
)

// actionWords say what each action in the log is. A test finds every action in the program's code
// and fails when one has no words here.
var actionWords = map[string]lang.Sentence{
	"sign in":                              lang.Say("Loggade in"),
	"create identity":                      lang.Say("Skapade ett konto"),
	"disable identity":                     lang.Say("Stängde ett konto"),
	"set password":                         lang.Say("Gav ett konto ett nytt lösenord"),
	"give coordinator":                     lang.Say("Gav ett konto rollen samordnare"),
	"give member":                          lang.Say("Gav ett konto rollen deltagare"),
	"give manager":                         lang.Say("Gav ett konto rollen chef"),
	"give group-lead":                      lang.Say("Gav ett konto rollen gruppledare"),
	"give registrar":                       lang.Say("Gav ett konto rollen registrator"),
	"give administrator":                   lang.Say("Gav ett konto rollen administratör"),
	"take back coordinator":                lang.Say("Tog tillbaka rollen samordnare"),
	"take back member":                     lang.Say("Tog tillbaka rollen deltagare"),
	"take back manager":                    lang.Say("Tog tillbaka rollen chef"),
	"take back group-lead":                 lang.Say("Tog tillbaka rollen gruppledare"),
	"take back registrar":                  lang.Say("Tog tillbaka rollen registrator"),
	"take back administrator":              lang.Say("Tog tillbaka rollen administratör"),
	"propose administrator":                lang.Say("Föreslog en administratör"),
	"turn down administrator":              lang.Say("Avslog en administratör"),
	"enable identity":                      lang.Say("Öppnade ett konto"),
	"take over":                            lang.Say("Tog över efter en samordnare"),
	"send activation link":                 lang.Say("Skickade en länk till ett nytt konto"),
	"send reset link":                      lang.Say("Skickade en länk för nytt lösenord"),
	"turn on second factor":                lang.Say("Slog på tvåstegsinloggning"),
	"turn off second factor":               lang.Say("Stängde av tvåstegsinloggning"),
	"make recovery codes":                  lang.Say("Gjorde nya reservkoder"),
	"end session":                          lang.Say("Avslutade en inloggning"),
	"end sessions":                         lang.Say("Avslutade inloggningar"),
	"create api token":                     lang.Say("Skapade en åtkomstnyckel"),
	"revoke api token":                     lang.Say("Tog bort en åtkomstnyckel"),
	"create feed":                          lang.Say("Skapade en kalenderadress"),
	"revoke feed":                          lang.Say("Tog bort en kalenderadress"),
	"adopt key":                            lang.Say("Tog en ny nyckelfil i bruk"),
	"make backup":                          lang.Say("Gjorde en säkerhetskopia"),
	"restore backup":                       lang.Say("Återställde en säkerhetskopia"),
	"export log":                           lang.Say("Hämtade loggen som fil"),
	"sign log review":                      lang.Say("Signerade en granskning av loggen"),
	"export log review":                    lang.Say("Hämtade en granskning av loggen som fil"),
	"name municipality":                    lang.Say("Angav kommunens namn"),
	"add organisation":                     lang.Say("Lade till en organisation"),
	"add contact":                          lang.Say("Lade till en kontakt"),
	"change contact":                       lang.Say("Ändrade en kontakt"),
	"add work-group":                       lang.Say("Lade till en arbetsgrupp"),
	"add workplace":                        lang.Say("Lade till en arbetsplats"),
	"set lead_id":                          lang.Say("Angav vem som leder en arbetsgrupp"),
	"set manager_id":                       lang.Say("Angav chef för en arbetsplats"),
	"propose agenda item":                  lang.Say("Föreslog en punkt till dagordningen"),
	"take up agenda item":                  lang.Say("Tog upp en föreslagen punkt"),
	"decline agenda item":                  lang.Say("Avböjde en föreslagen punkt"),
	"postpone agenda item":                 lang.Say("Sköt upp en punkt till nästa möte"),
	"resume agenda item":                   lang.Say("Ångrade att en punkt sköts upp"),
	"attach file":                          lang.Say("Bifogade en fil"),
	"detach file":                          lang.Say("Tog bort en bilaga"),
	"drop attachment":                      lang.Say("Strök en bilaga ur anteckningarna"),
	"show attachment":                      lang.Say("Visade en bilaga för de kallade"),
	"hide attachment":                      lang.Say("Slutade visa en bilaga för de kallade"),
	"open attachment":                      lang.Say("Öppnade en bilaga"),
	"lay old notes":                        lang.Say("Lade in gamla anteckningar"),
	"delete meeting":                       lang.Say("Lade ett möte i papperskorgen"),
	"restore meeting":                      lang.Say("Återställde ett möte ur papperskorgen"),
	"empty bin":                            lang.Say("Ett möte försvann ur papperskorgen"),
	"enlist reserve":                       lang.Say("Lade till en ersättare som frågas när för få kan"),
	"advance reserve":                      lang.Say("Ändrade i vilken ordning ersättare frågas"),
	"strike reserve":                       lang.Say("Tog bort en ersättare som frågas när för få kan"),
	"ask to go":                            lang.Say("Frågade någon av de egna om ett möte"),
	"say who goes":                         lang.Say("Sparade om någon av de egna kommer"),
	"come late":                            lang.Say("Sparade att någon blir sen"),
	"come on time":                         lang.Say("Sparade att någon kommer i tid"),
	"add agreement":                        lang.Say("Lade till ett avtal"),
	"change agreement":                     lang.Say("Ändrade ett avtal"),
	"end agreement":                        lang.Say("Avslutade ett avtal"),
	"inherit action":                       lang.Say("Gav en uppgift till en efterträdare"),
	"pass date poll on":                    lang.Say("Gav en plats i en tidsförfrågan vidare"),
	"import contacts":                      lang.Say("Läste in kontakter"),
	"export contacts":                      lang.Say("Hämtade kontakterna som fil"),
	"import plan":                          lang.Say("Läste in en plan"),
	"record plan":                          lang.Say("Sparade planen"),
	"found forum":                          lang.Say("Skapade ett forum"),
	"change forum":                         lang.Say("Ändrade ett forums inställningar"),
	"add planning days":                    lang.Say("Lade in dagar att planera runt"),
	"remove planning days":                 lang.Say("Tog bort dagar att planera runt"),
	"found occasion":                       lang.Say("Lade in ett möte utan forum"),
	"change occasion":                      lang.Say("Ändrade ett möte utan forum"),
	"tie meeting":                          lang.Say("Valde vilken rad i planen ett möte hör till"),
	"explain missed meeting":               lang.Say("Förklarade varför ett möte inte blev av"),
	"count meeting for another forum":      lang.Say("Ändrade vilket forum till ett möte räknas för"),
	"seat member":                          lang.Say("Lade till en deltagare i ett forum eller ett möte"),
	"unseat member":                        lang.Say("Tog bort en deltagare ur ett forum eller ett möte"),
	"tell by phone":                        lang.Say("Berättade på telefon om en ändring"),
	"choose digest":                        lang.Say("Valde hur ofta en sammanställning kommer"),
	"stop reminders":                       lang.Say("Stängde av påminnelser"),
	"resume reminders":                     lang.Say("Slog på påminnelser igen"),
	"schedule meeting":                     lang.Say("Skapade ett möte"),
	"import calendar":                      lang.Say("Läste in möten från en kalenderfil"),
	"keep busy times":                      lang.Say("Läste in en kontakts upptagna tider"),
	"forget busy times":                    lang.Say("Tog bort en kontakts upptagna tider"),
	"reschedule meeting":                   lang.Say("Flyttade ett möte"),
	"cancel meeting":                       lang.Say("Ställde in ett möte"),
	"reinstate meeting":                    lang.Say("Tog tillbaka att ett möte var inställt"),
	"hold meeting":                         lang.Say("Bokförde att ett möte blev av"),
	"convene meeting":                      lang.Say("Bjöd in till ett möte"),
	"take back invitations":                lang.Say("Ångrade inbjudningar"),
	"add stand-in":                         lang.Say("Lade till en ersättare"),
	"invite substitute":                    lang.Say("Bjöd in en ersättare"),
	"withdraw substitute":                  lang.Say("Tog tillbaka inbjudan till en ersättare"),
	"send invitation again":                lang.Say("Skickade en inbjudan igen"),
	"send letter again":                    lang.Say("Skickade ett brev igen"),
	"deal with letter":                     lang.Say("Tog hand om ett brev som inte kom fram"),
	"withdraw invitation":                  lang.Say("Avbokade någon från ett möte"),
	"answer":                               lang.Say("Svarade på en inbjudan, eller antecknade ett svar"),
	"ask date poll":                        lang.Say("Skickade en tidsförfrågan"),
	"send overview":                        lang.Say("Skickade en årsöversikt"),
	"answer overview":                      lang.Say("Svarade på en årsöversikt"),
	"ask for dates":                        lang.Say("Bad om datum"),
	"give dates":                           lang.Say("Skrev datum med en länk"),
	"register dates":                       lang.Say("Skrev in datum som hade kommit"),
	"leave dates":                          lang.Say("Lämnade datum som hade kommit"),
	"extend date poll":                     lang.Say("Lade till i en tidsförfrågan"),
	"send date poll again":                 lang.Say("Skickade en tidsförfrågan igen"),
	"answer date poll":                     lang.Say("Svarade på en tidsförfrågan, eller antecknade ett svar"),
	"change date poll":                     lang.Say("Ändrade en tidsförfrågan"),
	"nudge date poll":                      lang.Say("Påminde om en tidsförfrågan"),
	"close date poll":                      lang.Say("Avslutade en tidsförfrågan"),
	"take back date poll":                  lang.Say("Ångrade en tidsförfrågan"),
	"choose agreeing":                      lang.Say("Valde hur ett forums anteckningar blir klara"),
	"allow drafts outside":                 lang.Say("Bestämde att utkast får skickas till dem som inte har konto"),
	"send minutes for approval":            lang.Say("Skickade anteckningar för godkännande"),
	"take minutes back":                    lang.Say("Tog tillbaka anteckningar som var skickade för godkännande"),
	"void approvals":                       lang.Say("Tog tillbaka anteckningar, så att godkännanden slutade gälla"),
	"approve minutes":                      lang.Say("Godkände anteckningar"),
	"write view":                           lang.Say("Lämnade en synpunkt på anteckningar"),
	"read draft by link":                   lang.Say("Läste ett utkast med en länk"),
	"remove agenda item":                   lang.Say("Tog bort en rubrik ur anteckningar"),
	"begin minutes":                        lang.Say("Började anteckna"),
	"open draft":                           lang.Say("Öppnade anteckningar under arbete"),
	"strike item":                          lang.Say("Strök en punkt i anteckningar"),
	"restore minutes":                      lang.Say("Återställde anteckningar till ett tidigare läge"),
	"finalise minutes":                     lang.Say("Färdigställde anteckningar"),
	"lay minutes":                          lang.Say("Lade in äldre anteckningar"),
	"import minutes":                       lang.Say("Läste in en fil med äldre anteckningar"),
	"read minutes":                         lang.Say("Läste färdiga anteckningar"),
	"download minutes":                     lang.Say("Sparade en kopia av anteckningar"),
	"download minutes by link":             lang.Say("Sparade en kopia av anteckningar med en länk"),
	"register minutes":                     lang.Say("Skrev in ett diarienummer"),
	"disclose minutes":                     lang.Say("Gjorde en maskad kopia för utlämnande"),
	"download disclosure":                  lang.Say("Sparade en maskad kopia"),
	"read minutes by link":                 lang.Say("Läste färdiga anteckningar med en länk"),
	"read action by link":                  lang.Say("Läste en uppgift med en länk"),
	"enter code":                           lang.Say("Skrev en kod från sin e-post"),
	"send links to notes":                  lang.Say("Skickade länkar till anteckningar"),
	"end links to notes":                   lang.Say("Avslutade länkar till anteckningar"),
	"send link to action":                  lang.Say("Skickade en länk till en uppgift"),
	"renew link":                           lang.Say("Bad om en ny länk"),
	"report action":                        lang.Say("Rapporterade en uppgift"),
	"see report":                           lang.Say("Såg en rapport om en uppgift"),
	"reopen action":                        lang.Say("Öppnade en uppgift igen"),
	"contact left":                         lang.Say("Markerade att en kontakt har slutat"),
	"propose successor":                    lang.Say("Föreslog vem som ska ha breven i stället"),
	"settle proposal":                      lang.Say("Avgjorde ett förslag om vem som ska ha breven"),
	"read decisions":                       lang.Say("Läste listan över beslut"),
	"list actions":                         lang.Say("Läste listan över uppgifter"),
	"done action":                          lang.Say("Markerade en uppgift som klar"),
	"dropped action":                       lang.Say("Avskrev en uppgift"),
	"replaced action":                      lang.Say("Ersatte en uppgift med något senare"),
	"move action":                          lang.Say("Ändrade en uppgifts slutdag"),
	"report own action":                    lang.Say("Rapporterade en egen uppgift"),
	"read action":                          lang.Say("Läste en uppgift"),
	"read decision":                        lang.Say("Läste ett beslut"),
	"tie item":                             lang.Say("Kopplade ett beslut eller en uppgift"),
	"search":                               lang.Say("Sökte i anteckningar"),
	"list relay items":                     lang.Say("Läste listan över det som är förmedlat"),
	"read relay item":                      lang.Say("Läste en förmedlad punkt"),
	"open relay link":                      lang.Say("Öppnade länken till det som är förmedlat"),
	"withdraw relay item":                  lang.Say("Tog tillbaka en förmedlad punkt i en rättelse"),
	"set last day of relay item":           lang.Say("Ändrade sista dagen för en förmedlad punkt"),
	"remind of relay item":                 lang.Say("Påminde om en förmedlad punkt"),
	"remind of the plan":                   lang.Say("Påminde en arbetsplats om planen"),
	"have APT sheet":                       lang.Say("Tog fram ett blad till APT"),
	"have reading list":                    lang.Say("Tog fram en läslista för nyanställda"),
	"change workplace":                     lang.Say("Ändrade en arbetsplats"),
	"end workplace":                        lang.Say("Avslutade en arbetsplats"),
	"reopen workplace":                     lang.Say("Öppnade en arbetsplats igen"),
	"set days of work group":               lang.Say("Ändrade hur många dagar en arbetsgrupp har"),
	"ask for the plan":                     lang.Say("Bad en arbetsplats gå igenom planen"),
	"confirm the plan at a workplace":      lang.Say("Bekräftade att en arbetsplats har gått igenom planen"),
	"take back a confirmation of the plan": lang.Say("Tog bort en bekräftelse av planen"),
	"count new hires at a workplace":       lang.Say("Skrev hur många nyanställda som har introducerats"),
	"open workplace link":                  lang.Say("Öppnade länken till en arbetsplats"),
	"acknowledge relay item":               lang.Say("Bekräftade en förmedlad punkt"),
	"read parked letter":                   lang.Say("Läste ett brev som har kommit in"),
	"settle parked letter":                 lang.Say("Tog hand om ett brev som har kommit in"),
	"mark undeliverable":                   lang.Say("Fick tillbaka ett brev: adressen tar inte emot"),
	"read letter":                          lang.Say("Läste ett brev"),
	"send test letter":                     lang.Say("Skickade ett provbrev"),
	"hold sending":                         lang.Say("Stoppade sändningen av brev"),
	"release sending":                      lang.Say("Släppte breven"),
}

// ActionWords says what an action is; one without words says itself.
func ActionWords(action string) lang.Sentence {
	if s, known := actionWords[action]; known {
		return s
	}
	return lang.Say("%s", action)
}

// kindWords say what kind of thing an entry is about.
var kindWords = map[string]lang.Sentence{
	"identity": lang.Say("konto"), "api-token": lang.Say("åtkomstnyckel"), "feed": lang.Say("kalenderadress"), "session": lang.Say("inloggning"), "installation": lang.Say("installationen"),
	"log": lang.Say("loggen"), "log-review": lang.Say("granskning"), "organisation": lang.Say("organisation"), "contact": lang.Say("kontakt"), "agreement": lang.Say("avtal"),
	"group": lang.Say("arbetsgrupp eller arbetsplats"), "work-group": lang.Say("arbetsgrupp"), "workplace": lang.Say("arbetsplats"), "plan": lang.Say("planen"),
	"forum": lang.Say("forum"), "planning-days": lang.Say("dagar att planera runt"), "date-poll": lang.Say("tidsförfrågan"), "date-request": lang.Say("fråga om datum"), "year-overview": lang.Say("årsöversikt"), "meeting": lang.Say("möte"), "invitation": lang.Say("inbjudan"), "minutes": lang.Say("anteckningar"),
	"action": lang.Say("uppgift"), "decision": lang.Say("beslut"), "relay-item": lang.Say("förmedlad punkt"), "attachment": lang.Say("bilaga"), "letter": lang.Say("brev"), "parked-letter": lang.Say("brev in"),
}

// KindWords says what kind of thing it is; one without words says itself.
func KindWords(kind string) lang.Sentence {
	if s, known := kindWords[kind]; known {
		return s
	}
	return lang.Say("%s", kind)
}

// whoWords says who did it: a name, or what kind of actor it was.
func whoWords(e access.LogEntry, name string) lang.Sentence {
	switch {
	case name != "":
		return lang.Say("%s", name)
	case e.Actor == "guest":
		return lang.Say("gäst")
	case e.Actor == "system":
		return lang.Say("systemet")
	}
	return lang.Say("okänd")
}

// KnownActions are the actions that have words, in no order.
func KnownActions() []string { return slices.Collect(maps.Keys(actionWords)) }
