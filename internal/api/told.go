package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/deidentify"
)

// words are what the document says of an operation.
type words struct {
	sv       string // summary
	more     string // Swedish, then English
	errors   []int  // beyond those that every such call has
	stores   storing
	request  any // examples
	response any
}

type storing bool

// nothingStored marks a POST that only asks.
const nothingStored storing = true

// Refusals of calls on what may have changed.
var (
	conflicts   = []int{http.StatusConflict}
	conditioned = []int{http.StatusConflict, http.StatusPreconditionFailed}
	versioned   = []int{http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired}
)

var exampleDisclosure = Disclosure{exampleID(16), exampleID(11), 1, 1, "Maskeras enligt 26 kap. 1 § OSL.", exampleHash, exampleStart}

const examplePlanText = "Kommunpolisen deltar i en lokal samverkan 3–4 gånger om året."

// told is every operation in words.
var told = map[string]words{
	"apiInfo": {sv: "Vad API:et är", more: "Namn, version, dag då versionen kom, dokumentation och status. Kräver ingen nyckel.\n\nName, version, the day of the version, documentation and status. Needs no token.",
		response: Info{"Samverkan", "1.0.0", released, "https://samverkan.exempel.se/api/v1/openapi.json", "active"}},

	"listOrganisations": {sv: "Organisationer", more: "Myndigheter, föreningar och deras enheter, efter namn.\n\nAuthorities, associations and their units, by name."},
	"addOrganisation": {sv: "Lägg till en organisation", more: "Lägger till en organisation som planen inte har.\n\nAdds an organisation that the plan does not have.",
		request: NewOrganisation{Name: "Föreningen Exempel", Kind: "ideell"}, response: Organisation{ID: exampleID(1), Name: "Föreningen Exempel", Kind: "ideell"}},
	"getOrganisation": {sv: "En organisation", more: "En organisation efter id.\n\nOne organisation by its id."},

	"listContacts": {sv: "Kontakter", more: "Kontakter som du får se, efter namn. Skyddade står med organisation och roll.\n\nContacts that you may see, by name. Protected ones appear as organisation and role.",
		response: Contacts{[]Contact{exampleContact}, Extent{1, 20, 1}}},
	"addContact": {sv: "Lägg till en kontakt", more: "Två kontakter kan inte ha samma e-postadress.\n\nTwo contacts cannot have the same address.",
		request: exampleContactSettings, response: exampleContact},
	"getContact":    {sv: "En kontakt", more: "En samordnare ser allt som går att ändra, även om kontakten är skyddad.\n\nA coordinator sees all that can be changed, of a protected contact too.", response: exampleContact},
	"changeContact": {sv: "Ändra en kontakt", more: "Ersätter det som står om kontakten. Valfria fält som utelämnas töms.\n\nReplaces what is said of the contact. Optional fields that are left out are emptied.", errors: versioned, request: exampleContactSettings, response: exampleContact},

	"listWorkGroups": {sv: "Arbetsgrupper", more: "Våra egna arbetsgrupper, efter namn.\n\nOur own work groups, by name."},
	"listWorkplaces": {sv: "Arbetsplatser", more: "Arbetsplatser där planen görs känd, efter namn.\n\nWorkplaces where the plan is made known, by name."},
	"setRelayDays":   {sv: "Ändra hur många dagar en arbetsgrupp har", more: "Gäller det som förmedlas från och med nu.\n\nHolds for what is passed on from now on.", request: RelayDays{5}},
	"addWorkplace": {sv: "Lägg till en arbetsplats", more: "Chefen är en roll med en adress och behöver inget konto.\n\nIts manager is a role with an address and needs no account.",
		errors: conflicts, request: WorkplaceSettings{Name: "Barn- och familjeenheten", ManagerRole: "Enhetschef", ManagerEmail: "enhetschef@exempel.se"}, response: exampleWorkplace},
	"getWorkplace": {sv: "En arbetsplats", more: "Även en som är avslutad.\n\nOne that has ended, too.", response: exampleWorkplace},
	"changeWorkplace": {sv: "Ändra en arbetsplats", more: "Ersätter det som står om den. Valfria fält som utelämnas töms.\n\nReplaces what is said of it. Optional fields that are left out are emptied.",
		errors: conflicts, request: WorkplaceSettings{Name: "Barn- och familjeenheten", ManagerRole: "Enhetschef", RelayDays: 5}, response: exampleWorkplace},
	"endWorkplace":    {sv: "Avsluta en arbetsplats", more: "Det som den har bekräftat står kvar.\n\nWhat it has confirmed stays.", response: exampleWorkplace},
	"reopenWorkplace": {sv: "Öppna en arbetsplats igen", more: "Den kan åter få frågor och det som förmedlas.\n\nIt can be asked and passed on to again.", response: exampleWorkplace},
	"listPlanStandings": {sv: "Planen på arbetsplatserna", more: "Vilka som har gått igenom den plan som lästes in sist, och vilka som är kvar.\n\nWho has gone through the plan imported last, and who is left.",
		response: PlanStandings{[]PlanStanding{{exampleID(21), "Barn- och familjeenheten", exampleID(20), "confirmed", "2027-02-26", []PlanConfirmation{{exampleID(22), "2027-01-20", exampleStart}}, []NewHires{{"2027-01-20", 2}}, 2}}, Extent{1, 20, 1}}},
	"confirmPlanAtWorkplace": {sv: "Bekräfta att en arbetsplats har gått igenom planen", more: "Det som chefen har sagt. Gäller den plan som lästes in sist; samma dag igen ändrar inget.\n\nWhat the manager has said. About the plan imported last; the same day again changes nothing.",
		errors: conflicts, request: ConfirmedOn{"2027-01-20"}},
	"takeBackPlanConfirmation": {sv: "Ta bort en bekräftelse", more: "En som var fel.\n\nOne that was a mistake.", request: ConfirmationRemoval{new(exampleID(22))}},
	"countNewHires": {sv: "Skriv hur många nyanställda som har introducerats", more: "Ett antal, inga namn. Samma dag igen ersätter antalet.\n\nA number, no names. The same day again replaces it.",
		errors: conflicts, request: NewHires{"2027-01-20", 2}},
	"reviewPlanRequest": {sv: "Granska frågan om planen", more: "Visar breven till cheferna. Inget skickas.\n\nShows the letters to the managers. Nothing is sent.",
		stores: nothingStored, errors: conflicts, request: PlanRequest{WorkplaceIDs: []uuid.UUID{exampleID(21)}, Due: "2027-02-26"}, response: examplePlanRequest},
	"askForPlan": {sv: "Be arbetsplatser gå igenom planen", more: "Skickar breven som de granskades. Den som har bekräftat får inget.\n\nSends the letters as they were reviewed. Who has confirmed gets none.",
		errors: conflicts, request: PlanRequest{[]uuid.UUID{exampleID(21)}, "2027-02-26", exampleHash}, response: examplePlanRequest},
	"listAgreements": {sv: "Överenskommelser", more: "Avtal och partnerskap med parter, de avslutade sist.\n\nContracts and partnerships with their parties, those that were ended last.",
		response: Agreements{[]Agreement{exampleAgreement}, Extent{1, 20, 1}}},
	"addAgreement": {sv: "Lägg till en överenskommelse", more: "Lägger till ett avtal, ett partnerskap (IOP) eller en överenskommelse.\n\nAdds a contract, a partnership or an understanding.",
		request: exampleTerms, response: exampleAgreement},
	"getAgreement": {sv: "En överenskommelse", more: "En överenskommelse efter id.\n\nOne agreement by its id.", response: exampleAgreement},
	"changeAgreement": {sv: "Ändra en överenskommelse", more: "Ersätter det som står om den. Valfria fält som utelämnas töms. Det som planen säger står kvar.\n\nReplaces what is said of it. Optional fields that are left out are emptied. What the plan says stays.",
		errors: versioned, request: exampleTerms, response: exampleAgreement},
	"endAgreement": {sv: "Avsluta en överenskommelse", more: "Den gäller till och med lastDay och står sedan kvar som avslutad.\n\nIt holds until and on lastDay, and then stays as ended.",
		errors: versioned, request: AgreementEnding{LastDay: "2027-12-31"}, response: exampleAgreement},
	"listPlans": {sv: "Handlingsplanens versioner", more: "Versionerna med delmål, åtgärder, steg och lagrum att se över: den som gäller först, sedan de senaste. Utkast ser bara de som arbetar med planen.\n\nThe versions with sub-goals, measures, steps and law references to look over: the one in force first, then the latest. Drafts are seen only by those who work on the plan.",
		response: Plans{[]Plan{examplePlan}, Extent{1, 20, 1}}},
	"copyPlan": {sv: "Gör ett utkast till en ny version", more: "En kopia av en annan version. Raderna behåller rowId.\n\nA copy of another version. The rows keep their rowId.",
		request: NewPlan{exampleID(20), "2027"}, response: examplePlan},
	"getPlan": {sv: "En version av planen", more: "En version efter id, med allt den säger.\n\nOne version by its id, with all that it says.", response: examplePlan},
	"changePlan": {sv: "Skriv om ett utkast", more: "Ersätter allt utkastet säger. Delmål och rader är desamma som förut genom lineId och rowId, och nya utan; ordningen är listans. Bara ett utkast kan ändras.\n\nReplaces all that the draft says. Goals and rows are the same as before by lineId and rowId, and new without; the order is the list's. Only a draft can be changed.",
		errors: versioned, request: PlanContent{Title: "Handlingsplan", VersionLabel: "2027", Goals: examplePlan.Goals}, response: examplePlan},
	"stepPlan": {sv: "Ändra en versions läge", more: "draft, proposed, adopted, inForce, followedUp, revised: ett steg i taget. Fastställandet kräver day och reference, och att gå tillbaka kräver note. Den version som gällde blir revised när en annan börjar gälla.\n\nOne step at a time. Adopting requires day and reference, and going back requires note. What was in force becomes revised when another comes into force.",
		errors: versioned, request: map[string]any{"state": "adopted", "day": "2026-12-15", "reference": "§ 45, SN 2026/123"}, response: examplePlan},
	"decidePlan": {sv: "Skriv in beslutet om en inläst plan", more: "För den version som gällde redan när den lästes in.\n\nFor the version that was in force when it was imported.",
		errors: versioned, request: map[string]any{"day": "2026-12-15", "reference": "§ 45, SN 2026/123"}, response: examplePlan},
	"comparePlans": {sv: "Ändringar mellan två versioner", more: "Rad för rad och fält för fält, från versionen i from till den i adressen.\n\nRow by row and field by field, from the version in from to the one in the address."},
	"reviewPlanImport": {sv: "Förhandsgranska en inläsning", more: "Vad en tabell eller fil med åtgärder skulle bli, mot den version som gäller. Inget lagras.\n\nWhat a table or file of measures would become, against the version in force. Nothing is stored.",
		stores: nothingStored, request: PlanRowsText{"Delmål;Nr;Åtgärd;Tidsram;Ansvarig\nKunskap;1.1;Utbilda alla;2027;IFO-chef\n", "2027"}},
	"importPlanRows": {sv: "Läs in åtgärder", more: "Gör ett utkast av det som förhandsgranskades. Har planen ändrats sedan dess blir svaret 409.\n\nMakes a draft of what was reviewed. When the plan has changed since then, the answer is 409.", errors: conflicts,
		request: map[string]any{"content": "Delmål;Nr;Åtgärd\nKunskap;1.1;Utbilda alla\n", "versionLabel": "2027", "hash": exampleHash}, response: examplePlan},
	"listPlanRows": {sv: "Planens rader", more: "Raderna i den version som gäller, med sista dag eller nästa genomgång, rutiner och metoder.\n\nThe rows of the version in force, with their last day or next review, routines and methods."},
	"getPlanRow":   {sv: "En rad i planen", more: "Efter rowId, vilken version den än står i.\n\nBy its rowId, whatever version it stands in."},
	"setPlanRowRhythm": {sv: "Ändra hur ofta en rad gås igenom", more: "Utelämnat: som tidsramen säger, annars varje år.\n\nLeft out: as the time frame says, otherwise each year.",
		request: map[string]any{"reviewMonths": 6}},
	"reviewPlanRow": {sv: "En rad är genomgången", more: "Nästa genomgång räknas från den dagen.\n\nThe next review is counted from that day.", request: PlanRowReview{"2027-01-12", "Rutinerna håller."}},
	"addRoutine":    {sv: "Lägg till en rutin", more: "Namn och var den finns; texten förvaras någon annanstans.\n\nIts name and where it is kept; the text is somewhere else.", request: RoutineSettings{"Fråga om våld", "https://intranat.exempel.se/rutin", 12}},
	"addMethod":     {sv: "Lägg till en metod", more: "Ett namn som ser ut som en persons avvisas.\n\nA name that looks like a person's is refused.", request: map[string]any{"name": "FREDA"}},
	"changeRoutine": {sv: "Ändra en rutin", more: "Ersätter det som står om den.\n\nReplaces what is said of it.", errors: versioned, request: RoutineSettings{"Fråga om våld", "https://intranat.exempel.se/rutin", 12}},
	"reviewRoutine": {sv: "En rutin är granskad", more: "Nästa granskning räknas från den dagen.\n\nThe next review is counted from that day.", request: map[string]any{"day": "2027-01-12"}},
	"endRoutine":    {sv: "Ta en rutin ur bruk", more: "Den visas inte längre; granskningarna finns kvar.\n\nIt is no longer shown; its reviews stay."},
	"countTrained":  {sv: "Räkna utbildade", more: "Hur många som är utbildade i en metod en dag, och hur många som behövs. Tidigare antal står kvar. Ingen nämns.\n\nHow many are trained in a method on a day, and how many are needed. Earlier numbers stay. Nobody is named.", request: TrainedCount{"2027-01-12", 3, 4}},
	"endMethod":     {sv: "Ta en metod ur bruk", more: "Den visas inte längre; antalen finns kvar.\n\nIt is no longer shown; its counts stay."},
	"listLaws":      {sv: "Lagar och föreskrifter", more: "De som programmet känner, när de gäller och vad som ersätter dem. Planens text jämförs med dem.\n\nThose that the program knows, when they hold and what replaces them. The plan's text is compared with them."},
	"readPlanText": {sv: "Läs en text ur planen", more: "Hittar forum, avtal, deltagare och löften i en text, mening för mening. Inget lagras.\n\nFinds forums, agreements, participants and promises in a text, sentence by sentence. Nothing is stored.",
		stores: nothingStored, request: PlanText{examplePlanText}, response: PlanReading{exampleHash, []PlanPassage{{Kind: "forum", Quote: examplePlanText, Takeable: true, Name: "Lokal samverkan", NeutralTitle: "Samverkansmöte", Scope: "overall",
			Pieces:       []PlanWord{{Text: "Kommunpolisen", As: "participant", Key: "r:kommunpolis"}, {Text: " deltar i en lokal "}, {Text: "samverkan", As: "topic"}, {Text: " "}, {Text: "3–4 gånger om året", As: "cadence"}, {Text: "."}},
			Participants: []PlanBody{{Key: "r:kommunpolis", Name: "Kommunpolis", Role: true}}, Cadence: "3–4 gånger om året", Measured: true}}, []PlanBody{}}},
	"takePlanText": {sv: "Läs in det som bekräftats ur en text", more: "Lägger till de meningar som väljs, med samma text och hash som läsningen. Det som utelämnas blir som det lästes.\n\nAdds the passages that are chosen, with the text and the hash of the reading. What is left out becomes as it was read.",
		errors: conflicts, request: PlanTextConfirmation{PlanText{examplePlanText}, exampleHash, []PlanChoice{{Number: 0}}}, response: PlanTaken{[]PlanLine{{"created", "forum", "lokal-samverkan", "Lokal samverkan (Samverkansmöte)"}}}},

	"listForums":  {sv: "Forum", more: "Forum som du får se, planens först.\n\nForums that you may see, those of the plan first."},
	"foundForum":  {sv: "Lägg upp ett forum", more: "Lägger upp ett forum. Titeln som lämnar huset måste vara neutral.\n\nFounds a forum. The title that leaves the house must be neutral.", request: exampleForumSettings},
	"getForum":    {sv: "Ett forum", more: "Ett forum efter id eller externalId.\n\nOne forum by its id or externalId."},
	"changeForum": {sv: "Ändra ett forum", more: "Ersätter forumets inställningar.\n\nReplaces the forum's settings.", errors: versioned, request: exampleForumSettings},
	"getAgreeing": {sv: "Hur ett forums anteckningar godkänns", more: "Med dem som kan väljas.\n\nWith those who may be named.", response: exampleAgreeing},
	"setAgreeing": {sv: "Välj hur ett forums anteckningar godkänns", more: "Gäller det som skickas härefter.\n\nHolds for what is sent from now on.",
		request: exampleAgreeing.Agreeing, response: exampleAgreeing},
	"allowOutsideApproval": {sv: "Bestäm att utkast får skickas till dem som inte har konto", more: "Bestäms en gång per forum. Ett utkast som skickas utanför kommunen räknas troligen som expedierat och blir då allmän handling.\n\nIs decided once for each forum. A draft that is sent outside the municipality probably counts as dispatched, and is then a public record.",
		response: exampleAgreeing},
	"listMembers":  {sv: "Forumets deltagare", more: "Kontakter som bjuds in till forumets möten.\n\nContacts that are invited to the forum's meetings."},
	"seatMember":   {sv: "Gör en kontakt till deltagare", more: "Två gånger är som en.\n\nTwice is as once."},
	"unseatMember": {sv: "Ta bort en deltagare", more: "Inbjudningar som har skickats står kvar.\n\nInvitations that were sent stay."},

	"proposeYear": {sv: "Föreslå ett års möten", more: "Möten som saknas för att löftena ska hållas, med skäl. Inget lagras; ett POST eftersom frågan kan vara lång.\n\nMeetings that are lacking for the promises to be kept, with reasons. Nothing is stored; a POST because the question may be long.",
		stores: nothingStored, request: YearWish{Year: 2027, Forums: []string{"polis-avstamning"}},
		response: YearProposal{[]ProposedMeeting{{ForumID: exampleID(2), ForumExternalID: new("polis-avstamning"), StartsAt: exampleStart, EndsAt: exampleStart.Add(90 * time.Minute),
			Date: "2027-01-12", Starts: "09:00", Ends: "10:30", Reason: "Andra tisdagen i månaden."}}, []ExpectedMeeting{}, []Remark{}}},
	"listPromiseStatuses": {sv: "Hur löftena hålls", more: "Hur varje forums löfte står under ett år, varför och till när något måste hända, med mötena och luckorna som talen räknar, anteckningar i tid och vilka parter som kom. Inställda räknas inte.\n\nHow each forum's promise stands in a year, why and by when something must happen, with the meetings and gaps that the numbers count, notes in time and which partners came. Cancelled ones count for nothing."},
	"explainMissedMeeting": {sv: "Förklara varför ett möte inte blev av", more: "Förklaringen sparas; den senaste gäller. Läget är detsamma, men visas inte längre som ett fel.\n\nThe explanation is kept; the latest counts. The state is the same, but is no longer shown as a mistake.",
		errors: conflicts, request: NewExplanation{Year: 2027, To: "2027-06-30", Text: "Vakans hos oss under våren."}},

	"listFollowUps": {sv: "Uppföljningar", more: "Planens uppföljningar, senaste året först. En registrator ser de överlämnade.\n\nThe plan's follow-ups, the latest year first. A registrar sees those that were handed over.",
		response: FollowUps{[]FollowUpEntry{{ID: exampleID(31), Year: 2027, Number: 1, State: "draft"}}, Extent{1, 20, 1}}},
	"startFollowUp": {sv: "Påbörja en uppföljning", more: "Siffrorna är ifyllda, och raderna i planen där fakta säger något.\n\nThe figures are filled in, and the plan's rows where the facts tell anything.",
		errors: conflicts, request: NewFollowUp{Year: 2027}, response: exampleFollowUp},
	"getFollowUp": {sv: "En uppföljning", more: "Ett utkast räknas när det läses; en överlämnad är som den lämnades. Varje siffra har sin lista.\n\nA draft is counted when it is read; one that was handed over is as it was handed over. Each figure has its list.", response: exampleFollowUp},
	"changeFollowUp": {sv: "Skriv i en uppföljning", more: "Ersätter sammanfattning och behov, och det som sägs om de rader som är med.\n\nReplaces the summary and what is needed, and what is said of the rows that are there.",
		errors: versioned, request: FollowUpTexts{Summary: "Samverkan har hållit.", Rows: []FollowUpSaid{{Row: "1.8", Status: "ongoing"}}}, response: exampleFollowUp},
	"handOverFollowUp": {sv: "Lämna över till nämnden", more: "Fryser uppföljningen med planens version och en PDF. Har något ändrats sedan den lästes blir svaret 409.\n\nFreezes the follow-up with the plan's version and a PDF. If anything changed since it was read the answer is 409.",
		errors: conflicts, request: FollowUpHandover{SHA256: "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730", Date: "2027-12-15", Reference: "SN 2027/123"}, response: exampleFollowUp},
	"correctFollowUp": {sv: "Rätta en överlämnad uppföljning", more: "Gör en ny som säger vilken den rättar. Den förra ändras inte.\n\nMakes a new one that says which one it corrects. The former does not change.",
		errors: conflicts, request: FollowUpCorrection{"Ett möte var inte bokfört."}, response: exampleFollowUp},
	"getFollowUpCopy": {sv: "En uppföljning som fil", more: "Som PDF (taggad), ODT, DOCX eller CSV. Hämtningen loggas.\n\nAs PDF (tagged), ODT, DOCX or CSV. Taking it is logged.",
		response: FollowUpFile{"uppfoljning-2027-version-1.pdf", "application/pdf", []byte("%PDF-1.7")}},

	"listMeetings": {sv: "Möten", more: "Möten i tidsordning, även inställda.\n\nMeetings in order of time, cancelled ones too.",
		response: Meetings{[]Meeting{exampleMeeting}, Extent{1, 20, 1}}},
	"scheduleMeeting": {sv: "Boka ett möte", more: "I ett forum, med forumId, eller utan, med occasion. Inget skickas. Ett möte i det förflutna kräver alreadyHeld; utan den blir svaret 409 med code question.\n\nOf a forum, by forumId, or of none, by occasion. Nothing is sent. A meeting in the past needs alreadyHeld; without it the answer is 409 with code question.",
		errors: conflicts, request: NewMeeting{ForumID: "polis-avstamning", Date: "2027-01-12", Starts: "09:00", Ends: "10:30", Place: "Rum B-2301"}, response: exampleMeeting},
	"getMeeting": {sv: "Ett möte", more: "Ett möte efter id.\n\nOne meeting by its id.", response: exampleMeeting},
	"changeOccasion": {sv: "Ändra ett möte utan forum", more: "Ersätter titlar, vad som syns, rad i planen och vilka som ska bjudas in. Tiden ändras med reschedulings. Inget skickas.\n\nReplaces the titles, what is seen, the row of the plan and who is to be invited. The time is changed by reschedulings. Nothing is sent.",
		errors: versioned, request: OccasionSettings{Occasion: exampleOccasion, MeasureID: "5.3", Participants: &Participants{ContactIDs: []uuid.UUID{exampleID(3)}}}, response: exampleLecture},
	"tieMeeting": {sv: "Välj rad i planen", more: "Säger vilken rad i planen ett möte hör till. Inget skickas.\n\nSays which row of the plan a meeting belongs to. Nothing is sent.", errors: versioned, request: PlanRow{"5.3"}, response: exampleLecture},
	"reviewLetters": {sv: "Granska vad som skulle skickas", more: "Visar varje brev som en inbjudan, en flytt eller ett inställande skulle skicka. Inget lagras och inget skickas. Skicka sedan med samma värden och hash.\n\nShows each letter that an invitation, a move or a cancellation would send. Nothing is stored or sent. Then send with the same values and the hash.",
		stores: nothingStored, errors: conditioned, request: Act{Act: "invitation", Note: "Kaffe finns från 08.45."},
		response: Review{exampleHash, 1, []Notice{{ContactID: exampleID(3), ShownName: "Kim Exempelsson", Kind: "invitation",
			Subject: "Inbjudan: Avstämning, Exempelby kommun, tis 12 jan kl. 09.00", Text: "Du är inbjuden till ett möte …", Effect: "Mötet läggs in i kalendern som en förfrågan."}}}},
	"sendInvitations": {sv: "Bjud in", more: "Bjuder in forumets deltagare, så som det granskades. Breven väntar en kort stund och kan tas tillbaka med pending-act.\n\nInvites the forum's members, as reviewed. The letters wait for a short while and can be taken back by pending-act.",
		errors: conditioned, request: Invite{ReviewHash: exampleHash, Note: "Kaffe finns från 08.45."}, response: Sending{exampleMeeting, 1}},
	"listInvitations": {sv: "Inbjudningar till ett möte", more: "Vilka som är tillfrågade och vad de har svarat.\n\nWho was asked and what they answered."},
	"rescheduleMeeting": {sv: "Flytta ett möte", more: "Flyttar mötet, så som det granskades. De som är tillfrågade får ett nytt brev; ändras tiden svarar de igen.\n\nMoves the meeting, as reviewed. Those who were asked get a new letter; when the time changes they answer again.",
		errors: conditioned, request: Reschedule{ReviewHash: exampleHash, Date: "2027-01-12", Starts: "09:00", Ends: "10:30"}, response: Sending{exampleMeeting, 1}},
	"cancelMeeting": {sv: "Ställ in ett möte", more: "Ställer in mötet, så som det granskades. Mötet står kvar som inställt.\n\nCancels the meeting, as reviewed. It stays, as cancelled.",
		errors: conditioned, request: Cancel{ReviewHash: exampleHash, Reason: "För få kan komma.", Note: "Nästa möte blir som planerat."}, response: Sending{exampleMeeting, 1}},
	"deleteMeeting":       {sv: "Ta bort ett möte", more: "Bara ett möte som inget brev har gått om. Det ligger i papperskorgen i 30 dagar och syns ingen annanstans.\n\nOnly a meeting about which no letter has left. It lies in the bin for 30 days and is seen nowhere else.", errors: versioned},
	"restoreMeeting":      {sv: "Återställ ett möte", more: "Tar mötet ur papperskorgen, som det var.\n\nTakes the meeting out of the bin, as it was.", response: exampleMeeting},
	"listDeletedMeetings": {sv: "Papperskorgen", more: "Borttagna möten som går att återställa.\n\nDeleted meetings that can be restored.", response: DeletedMeetings{[]DeletedMeeting{{exampleMeeting, exampleStart, exampleStart.AddDate(0, 0, 30)}}, Extent{1, 20, 1}}},
	"undoPendingAct":      {sv: "Ångra det senaste", more: "Tar tillbaka den senaste inbjudan, flytten eller det senaste inställandet medan inget brev är skrivet.\n\nTakes the latest invitation, move or cancellation back while none of its letters is written.", errors: versioned},
	"setSecondForum": {sv: "Räkna mötet också för ett annat forum", more: "Mötet räknas då för båda forumens löften. Ingen ser mer för det.\n\nThe meeting then counts for the promises of both forums. Nobody sees more because of it.",
		errors: versioned, request: SecondForum{"polis-avstamning"}, response: exampleMeeting},
	"removeSecondForum": {sv: "Räkna mötet bara för sitt eget forum", more: "Utan andra forum ändras inget.\n\nWithout a second forum nothing changes.", errors: versioned, response: exampleMeeting},
	"holdMeeting":       {sv: "Bokför mötet som hållet", more: "Två gånger är som en.\n\nTwice is as once.", errors: conditioned, response: exampleMeeting},
	"recordAnswer": {sv: "Bokför ett svar per telefon", more: "Det senaste svaret gäller.\n\nThe latest answer counts.", errors: conflicts,
		request: NewAnswer{PartStat: "DELEGATED", Substitute: "Robin Exempelsson", SubstituteEmail: "robin@exempel.se"}, response: Answer{PartStat: "DELEGATED", Substitute: "Robin Exempelsson", Email: "robin@exempel.se", Via: "phone", At: exampleStart.AddDate(0, 0, -20)}},

	"listDatePolls": {sv: "Tidsförfrågningar", more: "De senaste först, med svaren. De tas bort 30 dagar efter att tiden är bestämd.\n\nThe latest first, with the answers. They are removed 30 days after the time is set.",
		response: DatePolls{[]DatePoll{examplePoll}, Extent{1, 20, 1}}},
	"reviewDatePoll": {sv: "Granska en tidsförfrågan", more: "Visar exakt vad som skulle skickas till var och en. Inget lagras eller skickas. Skicka sedan med samma värden och hash.\n\nShows exactly what would be sent to each. Nothing is stored or sent. Then send with the same values and the hash.",
		stores: nothingStored, request: examplePollWish,
		response: Review{exampleHash, 1, []Notice{{ContactID: exampleID(3), ShownName: "Kim Exempelsson", Kind: "poll", Subject: "Tidsförfrågan: Avstämning, Exempelby kommun, svara senast fre 11 dec", Text: "När kan du träffas? …"}}}},
	"askDatePoll": {sv: "Skicka en tidsförfrågan", more: "Frågar kontakter, så som det granskades, när de kan träffas. De svarar med en länk i brevet.\n\nAsks contacts, as reviewed, when they can meet. They answer by a link in the letter.",
		errors: conflicts, request: NewDatePoll{exampleHash, examplePollWish}, response: examplePoll},
	"getDatePoll": {sv: "En tidsförfrågan", more: "Med svaren, den bästa tiden först och varför.\n\nWith the answers, the best time first and why.", response: examplePoll},
	"changeDatePoll": {sv: "Ändra en tidsförfrågan", more: "Sista dag att svara, och när svaren visas. Inget skickas.\n\nThe last day to answer, and when answers are shown. Nothing is sent.",
		errors: versioned, request: DatePollChange{LastDay: "2026-12-14"}, response: examplePoll},
	"reviewDatePollAdditions": {sv: "Granska tider och personer som läggs till", more: "Visar exakt vad som skulle skickas: hela brevet till nya personer, ett kort om de nya tiderna till de redan tillfrågade. Inget lagras eller skickas.\n\nShows exactly what would be sent: the whole letter to new people, a short one about the new times to those asked already. Nothing is stored or sent.",
		stores: nothingStored, errors: conditioned, request: examplePollMore,
		response: Review{exampleHash, 1, []Notice{{ContactID: exampleID(3), ShownName: "Kim Exempelsson", Kind: "poll-more", Subject: "Nya tider: Avstämning, Exempelby kommun, svara senast fre 11 dec", Text: "Det finns nya tider att svara på …"}}}},
	"addToDatePoll": {sv: "Lägg till tider och personer i en tidsförfrågan", more: "Så som det granskades. Det som redan är svarat gäller.\n\nAs reviewed. What has been answered still counts.",
		errors: conditioned, request: NewPollMore{exampleHash, examplePollMore}, response: examplePoll},
	"recordDatePollAnswer": {sv: "Skriv in ett svar på telefon", more: "Ett svar för varje tid, också efter sista dagen. Det senaste gäller.\n\nAn answer to each time, also after the last day. The latest counts.",
		errors: conflicts, request: PollAnswer{exampleID(3), []DatePollAnswer{{exampleID(16), "yes"}}, "Helst före lunch."}, response: examplePoll},
	"remindOfDatePoll": {sv: "Påminn dem som inte har svarat", more: "Ett brev till var och en som nås med brev, högst ett om dagen. Den som har sagt nej till påminnelser får inget.\n\nA letter to each who is reached by letter, at most one a day. Whoever has said no to reminders gets none.",
		errors: conditioned, response: examplePoll},
	"sendDatePollAgain": {sv: "Skicka en tidsförfrågan igen till en person", more: "Tiderna som personen inte har svarat på, med samma länk. Högst var tionde minut.\n\nThe times that the person has not answered, with the same link. At most every ten minutes.",
		errors: conflicts, request: PollLetter{exampleID(3)}, response: examplePoll},
	"closeDatePoll": {sv: "Avsluta en tidsförfrågan utan att boka", more: "Ingen kan svara längre. Inget skickas.\n\nNobody can answer any longer. Nothing is sent.",
		errors: conditioned, response: examplePoll},
	"bookDatePoll": {sv: "Boka en av tiderna", more: "Gör ett möte av tiden och avslutar tidsförfrågan. Inget skickas: bjud sedan in med invitations, till forumets deltagare och alla tillfrågade. Samma tid två gånger är som en.\n\nMakes a meeting of the time and ends the date poll. Nothing is sent: then invite by invitations, the forum's members and everybody asked. The same time twice is as once.",
		errors: conditioned, request: PollBooking{exampleID(16)}, response: exampleMeeting},

	"openMinutes": {sv: "Börja anteckna", more: "Börjar mötets anteckningar: dagordningen ur forumets stående punkter, närvaron ur svaren. Det som redan är påbörjat ges som det är.\n\nBegins the meeting's minutes: the agenda from the forum's standing items, attendance from the answers. What is begun already is given as it is.",
		errors: conflicts, response: exampleDraft},
	"listMinutes": {sv: "Färdigställda anteckningar", more: "Anteckningar som du får läsa, det senaste mötet först, utan innehåll.\n\nMinutes that you may read, the latest meeting first, without what they say.",
		response: MinutesHeads{[]MinutesHead{exampleMinutes.MinutesHead}, Extent{1, 20, 1}}},
	"getMinutes": {sv: "Färdigställda anteckningar från ett möte", more: "Dokumentet så som det färdigställdes, med uppgifternas läge i dag. Att läsa bokförs i loggen. 404 tills de är färdigställda.\n\nThe document as it was finalised, with the actions as they stand today. Reading is logged. 404 until they are finalised.",
		response: exampleMinutes},
	"getDraft": {sv: "Utkast till anteckningar", more: "Arbetstexten, för den som för forumets anteckningar. Finns kvar efter färdigställandet och blir då nästa rättelse.\n\nThe working text, for whoever keeps the forum's notes. It stays after finalising, and then becomes the next correction.",
		response: exampleDraft},
	"changeAttendance": {sv: "Ändra närvaron", more: "Rader som inte nämns står kvar.\n\nRows that are not named stay as they are.",
		request: AttendanceStates{[]AttendanceState{{exampleID(6), "present"}}}, response: AttendanceRows{exampleDraft.Attendance}},
	"addAgendaItem": {sv: "Lägg till en punkt på dagordningen", more: "Punkten läggs sist.\n\nThe item is put last.",
		request: NewAgendaItem{"Övriga frågor"}, response: DraftHeading{exampleID(8), "Övriga frågor", []DraftItem{}}},
	"renameAgendaItem": {sv: "Byt namn på en punkt på dagordningen", more: "I utkastet.\n\nIn the draft.", errors: conflicts, request: NewAgendaItem{"Övriga frågor"}, response: AgendaTitle{exampleID(8), "Övriga frågor"}},
	"removeAgendaItem": {sv: "Ta bort en punkt på dagordningen", more: "Bara en som inget står under.\n\nOnly one that nothing stands under.", errors: conflicts},
	"addItem": {sv: "Skriv en anteckning, ett beslut, en uppgift eller något att förmedla", more: "Läggs sist under en punkt på dagordningen. Här skrivs inget om enskilda: det finns inget fält för det.\n\nIs put last under an item of the agenda. Nothing about individuals is written here: there is no field for it.",
		request: NewItem{exampleID(7), exampleItemText}, response: exampleDraftItem},
	"changeItem": {sv: "Skriv om en del av utkastet", more: "Ersätter delen om ingen har sparat den sedan den lästes; annars blir svaret 412 och båda texterna finns kvar.\n\nReplaces the item if nobody has saved it since it was read; otherwise the answer is 412 and both texts remain.",
		errors: versioned, request: exampleItemText, response: exampleDraftItem},
	"strikeItem": {sv: "Stryk en del ur utkastet", more: "Det som är färdigställt behåller den.\n\nWhat is finalised keeps it.", errors: versioned},
	"reviewFinalisation": {sv: "Granska ett färdigställande", more: "Visar vad som skulle frysas, förmedlas och skickas, och ställen i texten som kan röja vem någon är. Inget lagras. Färdigställ sedan med samma reason och hash.\n\nShows what would be frozen, passed on and sent, and places in the text that may tell who somebody is. Nothing is stored. Then finalise with the same reason and the hash.",
		stores: nothingStored, request: FinalisationWish{}, response: FinalisationReview{exampleHash, []Suspect{{ItemID: exampleID(9), Kind: deidentify.PersonalNumber, Shown: "910101-••••", Blocks: true}}, []Passing{{ReceiverID: exampleID(10), ReceiverName: "Vuxenhandläggare",
			Items: []string{exampleItemText.Text}, ShownName: "Kim Exempelsson", Subject: "Att förmedla: Avstämning, Exempelby kommun", Text: "Det finns 1 punkt att gå igenom …"}}, 1, true, "2027-01-26"}},
	"submitMinutes": {sv: "Skicka ett utkast för godkännande", more: "Till dem som forumet har valt, så som det granskades. Utkastet ändras inte förrän det tas tillbaka.\n\nTo those whom the forum has named, as reviewed. The draft does not change until it is taken back.",
		errors: conflicts, request: Submit{ReviewHash: exampleHash}, response: exampleSubmission},
	"getSubmission":   {sv: "Ett utkast som väntar på godkännande", more: "För den som är tillfrågad och den som för anteckningarna. Att läsa bokförs i loggen.\n\nFor whoever is asked and whoever keeps the notes. Reading is logged.", response: exampleSubmission},
	"takeBackMinutes": {sv: "Ta tillbaka ett utkast", more: "Alla godkännanden slutar gälla, så att utkastet kan ändras.\n\nAll approvals are void, so that the draft can be changed."},
	"approveMinutes": {sv: "Godkänn ett utkast", more: "Det som lästes, efter sha256. Två gånger är som en.\n\nWhat was read, by its sha256. Twice is as once.",
		errors: conflicts, request: Approval{exampleHash}, response: exampleSubmission.Asked[0]},
	"addView": {sv: "Lämna en synpunkt på ett utkast", more: "Den som för anteckningarna läser den. Ett eget godkännande slutar gälla.\n\nWhoever keeps the notes reads it. An approval of one's own is void.",
		errors: conflicts, request: NewView{"Beslutet gäller från mars."}, response: AskedOne{Name: "Kim Exempelsson"}},
	"getCorrections": {sv: "Vad en rättelse ändrade", more: "Versionen jämförd med den förra. Att läsa bokförs i loggen.\n\nThe version compared with the one before. Reading is logged.",
		response: Corrections{2, "En mening saknades.", []Correction{{Heading: "Lägesbild", Kind: "decision", Text: []Change{{"same", "Beslutet gäller "}, {"added", "från mars"}}, Who: []Change{}}}}},
	"finaliseMinutes": {sv: "Färdigställ anteckningarna", more: "Bokför mötet som hållet, fryser anteckningarna, förmedlar och skriver till mottagarnas ledare, så som det granskades. Därefter är de en allmän handling; en rättelse är en ny version med reason, och båda finns kvar.\n\nRecords the meeting as held, freezes the minutes, passes on and writes to the receivers' leads, as reviewed. From then on they are a public record; a correction is a new version with a reason, and both stay.",
		errors: conflicts, request: Finalise{ReviewHash: exampleHash}, response: Finalisation{exampleID(11), 1, exampleHash, exampleStart.Add(2 * time.Hour), 1, 1}},
	"listDecisions": {sv: "Beslut", more: "Beslut ur färdigställda anteckningar som du får läsa, det senaste mötets först. Att de läses bokförs. Ord ur dem söks med searches.\n\nDecisions of finalised minutes that you may read, those of the latest meeting first. That they are read is logged. Words in them are found by searches.",
		response: Decisions{[]Decision{exampleDecision}, Extent{1, 20, 1}}},
	"getDecision": {sv: "Ett beslut", more: "Med det som det ersätter, det som ersätter det och raden i planen. Att läsa bokförs.\n\nWith what it replaces, what replaces it and the row of the plan. Reading is logged.", response: DecisionDetails{exampleDecision, "5.3"}},
	"getItemTies": {sv: "Vad en punkt är kopplad till", more: "Av ett beslut eller en uppgift, medan den skrivs och efteråt.\n\nOf a decision or an action, while it is written and afterwards.", response: exampleTies},
	"setItemTies": {sv: "Koppla ett beslut eller en uppgift", more: "Säger vilka äldre beslut ett beslut ersätter och vilken rad i planen punkten hör till, medan den skrivs eller efteråt. Ersätter det som står. Ett utkasts koppling syns när det är färdigställt.\n\nSays which older decisions a decision replaces and which row of the plan the item belongs to, while it is written or afterwards. Replaces what is there. A draft's ties show once it is finalised.",
		request: exampleTies, response: exampleTies},
	"listAttachments": {sv: "Ett mötes bilagor", more: "De som du får öppna, den äldsta först. Filen hämtas med getAttachment. En fil som inte är searchable är inte heller granskad.\n\nThose that you may open, the oldest first. The file is had with getAttachment. A file that is not searchable has not been checked either.",
		response: Attachments{[]Attachment{{exampleID(15), "underlag.docx", "docx", 20480, exampleHash, true, false}}, Extent{1, 20, 1}}},
	"getAttachment":  {sv: "Hämta en bilaga", more: "Filen som den lades till, att spara: den öppnas inte i en webbläsare. Bokförs i loggen.\n\nThe file as it was added, to be saved: no browser opens it. Logged."},
	"getMinutesCopy": {sv: "Hämta anteckningar som fil", more: "En färdigställd version som PDF, ODT eller DOCX. En versions PDF är samma fil varje gång. Bokförs i loggen.\n\nA finalised version as PDF, ODT or DOCX. The PDF of a version is the same file each time. Logged."},
	"registerMinutes": {sv: "Skriv anteckningarnas diarienummer", more: "Gäller en färdigställd version; ett nytt nummer ersätter det tidigare. Versionen ändras inte.\n\nOf a finalised version; a new number takes the earlier one's place. The version does not change.",
		request: NewRegistration{"SN 2027/123"}, response: Registration{exampleID(11), 1, "SN 2027/123", exampleStart}},
	"listUnregistered": {sv: "Färdigställda utan diarienummer", more: "De senaste versionerna som du får diarieföra och som saknar nummer, det äldsta mötet först.\n\nThe latest versions that you may register and that have no number, the oldest meeting first.",
		response: MinutesHeads{[]MinutesHead{exampleMinutes.MinutesHead}, Extent{1, 20, 1}}},
	"previewDisclosure": {sv: "Förhandsgranska en kopia för utlämnande", more: "Visar vad en maskerad kopia skulle säga. Inget sparas, men läsningen bokförs i loggen.\n\nShows what a masked copy would say. Nothing is stored, but the reading is logged.",
		stores: nothingStored, request: Masks{Words: []string{"Lathunden"}}, response: DisclosurePreview{Number: 1, Masked: 1, Forum: exampleMinutes.ForumName, Attendance: exampleMinutes.Attendance, Agenda: exampleMinutes.Agenda}},
	"makeDisclosure": {sv: "Gör en kopia för utlämnande", more: "Gör en maskerad PDF med beslutet bredvid. Originalet ändras inte, och vem som bad om kopian har ingen plats.\n\nMakes a masked PDF with the decision beside it. The original does not change, and who asked for the copy has no place.",
		request: NewDisclosure{Masks{Words: []string{"Lathunden"}}, "Maskeras enligt 26 kap. 1 § OSL."}, response: exampleDisclosure},
	"listDisclosures": {sv: "Kopior för utlämnande", more: "Kopior av anteckningarna, den senaste först.\n\nCopies of the minutes, the latest first.",
		response: Disclosures{[]Disclosure{exampleDisclosure}, Extent{1, 20, 1}}},
	"getDisclosure": {sv: "Hämta en kopia för utlämnande", more: "Den maskerade kopian som PDF. Bokförs i loggen.\n\nThe masked copy as a PDF. Logged."},
	"listActions": {sv: "Uppgifter", more: "Uppgifter ur färdigställda anteckningar som du får läsa: de öppna först, sedan efter slutdag.\n\nActions of finalised minutes that you may read: the open ones first, then by last day.",
		response: Actions{[]Action{exampleAction}, Extent{1, 20, 1}}},
	"getAction": {sv: "En uppgift", more: "Med vad som har hänt med den. Att läsa bokförs.\n\nWith what became of it. Reading is logged.",
		response: ActionDetails{exampleAction, "5.3", []ActionChange{{exampleStart, "due", "2027-02-01", "2027-03-01", "Väntar på underlag.", true}}}},
	"closeAction":  {sv: "Avsluta en uppgift", more: "Två gånger är som en: det första utfallet gäller.\n\nTwice is as once: the first outcome counts.", request: Closure{Outcome: "done", Comment: "Skickad till alla."}, response: exampleClosed},
	"reopenAction": {sv: "Öppna en uppgift igen", more: "Den var avslutad av misstag. En öppen förblir öppen.\n\nIt was closed by mistake. An open one stays open.", errors: conflicts, response: exampleAction},
	"assignAction": {sv: "Byt ansvarig för en uppgift", more: "En kontakt i forumet, en organisation eller någon med konto: en av dem. Inget skickas, och länkar till den som hade uppgiften slutar gälla.\n\nA contact of the forum, an organisation or somebody with an account: one of them. Nothing is sent, and links of whoever had it end.",
		errors: conflicts, request: OwnerRef{ContactID: new(exampleID(3))}, response: exampleAction},
	"moveAction":   {sv: "Ändra en uppgifts slutdag", more: "Anteckningarna står kvar som de var.\n\nThe minutes stay as they were.", errors: conflicts, request: LastDay{"2027-03-01"}, response: exampleAction},
	"sendAction":   {sv: "Skicka en länk för att rapportera", more: "Till den som är ansvarig och får brev. I brevet står nummer och dag, aldrig vad uppgiften är.\n\nTo whoever answers for it and gets letters. The letter tells number and day, never what is to be done.", errors: conflicts, response: exampleAction},
	"reportAction": {sv: "Rapportera en uppgift", more: "För den som är ansvarig och har konto, och för samordnaren.\n\nFor whoever answers for it and has an account, and for the coordinator.", errors: conflicts, request: ActionReport{State: "time", Due: "2027-03-01"}, response: exampleAction},
	"listRelayItems": {sv: "Förmedlat", more: "Det som väntar först, sedan efter slutdag. En gruppledare ser bara sin grupps.\n\nWhat waits first, then by last day. A group's lead sees only the group's.",
		response: RelayItems{[]RelayItem{exampleRelayItem}, Extent{1, 20, 1}}},
	"getRelayItem": {sv: "En förmedlad punkt", more: "Läsbar utan anteckningarna.\n\nReadable without the minutes.", response: exampleRelayItem},
	"acknowledgeRelayItem": {sv: "Bekräfta att en punkt är genomgången", more: "Genomgånget på APT, eller läst. Två gånger är som en: den första bekräftelsen gäller.\n\nGone through at a workplace meeting (APT), or read. Twice is as once: the first acknowledgement counts.",
		errors: conflicts, request: Receipt{Kind: "apt", Date: "2027-01-20"}, response: exampleAcknowledged},
	"setRelayItemDue": {sv: "Ändra en punkts sista dag", more: "Medan den väntar. Påminnelserna följer den nya dagen.\n\nWhile it waits. Reminders follow the new day.",
		errors: conflicts, request: RelayDue{"2027-01-26"}, response: exampleRelayItem},
	"listRelays": {sv: "Anteckningar och mottagare", more: "En rad för varje möte och mottagare: hur det som förmedlades står. Inga texter.\n\nA line for each meeting and receiver: how what was passed on stands. No texts.",
		response: Relays{[]Relay{{exampleID(11), exampleID(2), "Avstämning med polisen", "2027-01-12", exampleID(10), "Vuxenhandläggare", "waiting", "2027-01-26", 1, 0, 0, 1, 0, 0}}, Extent{1, 20, 1}}},
	"getAptSheet": {sv: "Blad till APT", more: "Det som en arbetsgrupp eller arbetsplats har kvar att gå igenom.\n\nWhat a work group or workplace has left to go through.",
		response: exampleSheet},
	"getReadingList": {sv: "Läslista för nyanställda", more: "Planen, och det som är förmedlat och fortfarande gäller.\n\nThe plan, and what was passed on and still holds.", response: exampleSheet},
	"searchMinutes": {sv: "Sök i anteckningarna", more: "Söker i färdigställda anteckningar som du får läsa: ordet som det står, sedan andra former, sedan sammansättningar. Är träffarna få kommer sist det som liknar (similar). Att någon söker bokförs, inte efter vad. Ett POST eftersom sökord kan vara personuppgifter och adresser loggas.\n\nSearches finalised minutes that you may read: the word as it stands, then other forms, then compounds. When hits are few, what is similar comes last. That somebody searches is logged, not for what. A POST because words may be personal data and addresses are logged.",
		stores: nothingStored, request: Search{Query: "lathund", Forum: "polis-avstamning", Year: 2027, Kind: "decision", Limit: 20, Page: 1},
		response: Found{1, 1, false, []string{}, nil, []Hit{{MinutesID: new(exampleID(11)), MeetingID: exampleID(5), ItemID: exampleID(12), Kind: "decision", Forum: "polis-avstamning", Date: "2027-01-12", Title: "Lägesbild",
			Snippet: "Lathunden tas fram gemensamt.", Marks: [][2]int{{0, 9}}}}}},

	"listFeeds": {sv: "Dina kalenderflöden", more: "De senaste först, utan adress: den visas bara när flödet skapas.\n\nThe newest first, without their address: that is shown only when a feed is created."},
	"createFeed": {sv: "Skapa ett kalenderflöde", more: "Ger en hemlig adress som ett kalenderprogram kan följa. Nivån kan sänka forumens, aldrig höja.\n\nGives a secret address that a calendar program can follow. Its level may lower the forums', never raise it.",
		request:  NewFeed{Name: "Min telefon", Level: "neutral"},
		response: CreatedFeed{Feed{ID: exampleID(4), Name: "Min telefon", Level: "neutral", Language: "sv", CreatedAt: exampleStart.AddDate(0, 0, -30)}, "https://samverkan.exempel.se/calendar/feed_exempel.ics"}},
	"revokeFeed":     {sv: "Stäng ett kalenderflöde", more: "Adressen svarar 404 från nästa hämtning.\n\nThe address answers 404 from the next fetch."},
	"listLetters":    {sv: "Brev", more: "Vad som har hänt med varje brev, de senaste först. Adresser visas inte.\n\nWhat became of each letter, the latest first. Addresses are not shown."},
	"listLogEntries": {sv: "Loggen", more: "Vem som gjorde eller läste vad, de senaste först. En samordnare ser sitt eget.\n\nWho did or read what, the latest first. A coordinator sees her own."},
}

// What the examples show. Everybody in them is invented.
var (
	exampleHash    = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"
	exampleStart   = time.Date(2027, time.January, 12, 8, 0, 0, 0, time.UTC)
	exampleMeeting = Meeting{ID: exampleID(5), ForumID: new(exampleID(2)), ForumExternalID: new("polis-avstamning"), ForumName: "Avstämning med polisen", NeutralTitle: "Avstämning",
		Date: "2027-01-12", Starts: "09:00", Ends: "10:30", TimeZone: "Europe/Stockholm", StartsAt: exampleStart, EndsAt: exampleStart.Add(90 * time.Minute),
		Place: "Rum B-2301", State: "planned", Version: 1}
	exampleLecture = Meeting{ID: exampleID(5), ForumName: "Utbildning för nämnden", Occasion: &exampleOccasion, MeasureID: new(exampleID(18)), MeasureExternal: "5.3", NeutralTitle: "Utbildning",
		Date: "2027-01-12", Starts: "09:00", Ends: "10:30", TimeZone: "Europe/Stockholm", StartsAt: exampleStart, EndsAt: exampleStart.Add(90 * time.Minute), State: "planned", Version: 2}
	exampleOccasion = Occasion{Name: "Utbildning för nämnden", NeutralTitle: "Utbildning", Level: "neutral", OutwardPlace: "municipality"}
	exampleContact  = Contact{ID: exampleID(3), ShownName: "Kim Exempelsson", Name: "Kim Exempelsson", Kind: "person", Email: "kim@exempel.se", Phone: "0151-000 00",
		OrganisationID: exampleID(1), OrganisationName: "Föreningen Exempel", Language: "sv", Version: 1}
	exampleFollowUp = FollowUp{ID: exampleID(31), Year: 2027, Number: 1, State: "draft", From: "2027-01-01", To: "2027-12-31", Counted: "2027-12-01", SHA256: "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730",
		Forums: []FollowUpForum{{ForumID: exampleID(2), Name: "Avstämning med polisen", State: "kept", ReadsNotes: true, Figures: []FollowUpFigure{{"held", 1, []FollowUpThing{{MeetingID: new(exampleID(5)), Date: "2027-02-09"}}}}}},
		Places: []FollowUpPlace{{exampleID(21), "Barn- och familjeenheten", []day{"2027-02-26"}, 2}}, Rows: []FollowUpRow{{Row: "1.8", Measure: "Våldsgruppen förmedlar.", Status: "ongoing", MeetingIDs: []uuid.UUID{}}}, Version: 1}
	exampleTerms     = AgreementTerms{Kind: "iop", Parties: []uuid.UUID{exampleID(1)}, ValidFrom: "2027-01-01", ValidTo: "2027-12-31", NoticeMonths: new(int64(3)), FollowUp: "2027-06-01"}
	exampleAgreement = Agreement{ID: exampleID(17), Kind: "iop", ValidFrom: "2027-01-01", ValidTo: "2027-12-31", NoticeMonths: new(int64(3)), LastNotice: "2027-09-30", FollowUp: "2027-06-01", Term: "coming",
		Parties: []Organisation{{ID: exampleID(1), Name: "Föreningen Exempel", Kind: "ideell"}}, ForumIDs: []uuid.UUID{}, Version: 1}
	exampleContactSettings = ContactSettings{Name: "Kim Exempelsson", Kind: "person", Email: "kim@exempel.se", Phone: "0151-000 00", OrganisationID: exampleID(1), Language: "sv"}
	exampleForumSettings   = ForumSettings{Name: "Avstämning med polisen", NeutralTitle: "Avstämning", Scope: "consultation", ConvenedBy: "us",
		Cadence: Cadence{Text: "månadsvis", Months: 1}, ExemptMonths: []int{7}, PromisedFrom: "2027-01-01", Level: "neutral", OutwardPlace: "municipality",
		Weekday: 2, Starts: "09:00", Minutes: 90, Place: "Rum B-2301", RemindDays: 2}

	examplePlan = Plan{ID: exampleID(21), Title: "Handlingsplan", Owner: "Socialnämnden", VersionLabel: "2027", ImportedAt: exampleStart, State: "draft", CopiedFromID: new(exampleID(20)),
		Steps: []PlanStep{{State: "draft", Day: "2026-11-24"}}, Goals: []Goal{{new(exampleID(22)), "1", "Alla har kunskap", "", []Measure{{RowID: new(exampleID(23)), ExternalID: "1.1", Measure: "Utbilda alla", Activities: []string{"Boka ett tillfälle"}, Timeframe: "2027", Responsible: "IFO-chef"}}}},
		LawNotes: []LawNote{}, Version: 1}

	examplePollWish = PollWish{ForumID: "polis-avstamning", Times: []PollSlot{{"2027-01-12", "09:00", "10:30"}, {"2027-01-13", "09:00", "10:30"}, {"2027-01-14", "13:00", "14:30"}},
		LastDay: "2026-12-11", Shows: "after-own", Contacts: []uuid.UUID{exampleID(3)}, Mandatory: []uuid.UUID{exampleID(3)}}
	examplePollMore = PollMore{Times: []PollSlot{{"2027-01-28", "13:00", "14:00"}}, Contacts: []uuid.UUID{exampleID(3)}}
	examplePoll     = DatePoll{ID: exampleID(15), ForumID: exampleID(2), ForumExternalID: new("polis-avstamning"), ForumName: "Avstämning med polisen", TimeZone: "Europe/Stockholm", State: "open",
		LastDay: "2026-12-11", Shows: "after-own", Times: []DatePollTime{{exampleID(16), "2027-01-12", "09:00", "10:30", 1, 0, 0, 0, "Den tillfrågade kan.", []uuid.UUID{}}},
		Asked: []DatePollAsked{{ContactID: exampleID(3), ShownName: "Kim Exempelsson", OrganisationName: "Föreningen Exempel", Mandatory: true, Answers: []DatePollAnswer{{exampleID(16), "yes"}},
			Via: "link", At: new(exampleStart.AddDate(0, 0, -40))}}, Answered: 1, CreatedAt: exampleStart.AddDate(0, 0, -42), Version: 1}

	exampleVersion = Version{Number: 1, SHA256: exampleHash, FinalisedAt: exampleStart.Add(2 * time.Hour)}
	exampleMinutes = Minutes{MinutesHead: MinutesHead{ID: exampleID(11), MeetingID: exampleID(5), ForumID: new(exampleID(2)), ForumExternalID: new("polis-avstamning"), ForumName: "Avstämning med polisen",
		Date: "2027-01-12", Version: exampleVersion}, NeutralTitle: "Avstämning", Starts: "09:00", Ends: "10:30", TimeZone: "Europe/Stockholm",
		Attendance: []Attended{{"Polisen", "Kommunpolis", "present"}},
		Agenda: []MinutesHeading{{exampleID(7), "Lägesbild", []MinutesItem{
			{ID: exampleID(12), Label: "B1", Kind: "decision", Text: "Lathunden tas fram gemensamt.", Receivers: []uuid.UUID{}},
			{ID: exampleID(13), Label: "U1", Kind: "action", Text: "Skriver första utkastet.", Owner: "IFO-chefen", Due: "2027-02-01", Receivers: []uuid.UUID{}},
			{ID: exampleID(9), Kind: "relay", Text: "Ring teamet innan ni hänvisar.", Receivers: []uuid.UUID{exampleID(10)}}}}},
		Versions: []Version{exampleVersion}}
	exampleItemText  = ItemText{Kind: "relay", Text: "Ring teamet innan ni hänvisar.", Receivers: []uuid.UUID{exampleID(10)}}
	exampleDraftItem = DraftItem{ID: exampleID(9), AgendaItemID: exampleID(7), Kind: "relay", Text: "Ring teamet innan ni hänvisar.", Receivers: []uuid.UUID{exampleID(10)},
		UpdatedAt: exampleStart.Add(time.Hour), Version: 1}
	exampleDraft = Draft{ID: exampleID(11), MeetingID: exampleID(5), ForumID: new(exampleID(2)), ForumExternalID: new("polis-avstamning"), ForumName: "Avstämning med polisen", Date: "2027-01-12",
		Attendance: []Attendance{{exampleID(6), Attended{"Polisen", "Kommunpolis", "present"}}}, Agenda: []DraftHeading{{exampleID(7), "Lägesbild", []DraftItem{exampleDraftItem}}}, Versions: []Version{}}
	exampleAction    = Action{ID: exampleID(13), MinutesID: exampleID(11), ForumID: exampleID(4), Number: 1, Label: "U1", Text: "Skriver första utkastet.", Owner: "IFO-chefen", Due: "2027-02-01", StatedDue: "2027-02-01"}
	exampleClosed    = closedAction(exampleAction)
	exampleDecision  = Decision{exampleID(12), exampleID(11), exampleID(10), exampleID(4), "2027-01-14", "B1", "Telefontolk erbjuds vid första samtalet.", 1, "in-force", []uuid.UUID{exampleID(16)}, []uuid.UUID{}}
	exampleTies      = ItemTies{[]uuid.UUID{exampleID(16)}, "5.3"}
	exampleRelayItem = RelayItem{ID: exampleID(14), MinutesID: exampleID(11), ItemID: exampleID(9), Number: 1, WorkGroupID: new(exampleID(10)), ReceiverName: "Vuxenhandläggare",
		Title: "Avstämning", Excerpt: "Ring teamet innan ni hänvisar.", Due: "2027-01-26", CreatedAt: exampleStart.Add(2 * time.Hour)}
	exampleWorkplace    = Workplace{ID: exampleID(21), Name: "Barn- och familjeenheten", ManagerID: new(exampleID(3)), ManagerRole: "Enhetschef"}
	examplePlanRequest  = PlanRequestReview{exampleHash, []PlanLetter{{"Kim Exempelsson", "Handlingsplanen på APT: Exempelkommun, senast fre 26 feb", "Gå igenom handlingsplanen på APT …"}}}
	exampleSheet        = Sheet{ReceiverName: "Vuxenhandläggare", Items: []SheetItem{{exampleID(14), "Avstämning", "Ring teamet innan ni hänvisar.", "2027-01-26"}}, Pages: 1}
	exampleAcknowledged = acknowledged(exampleRelayItem, Acknowledgement{Kind: "apt", Date: "2027-01-20", At: exampleStart.AddDate(0, 0, 8)})
)

func acknowledged(i RelayItem, a Acknowledgement) RelayItem {
	i.Acknowledgement = &a
	return i
}

// Examples of agreeing on minutes.
var (
	exampleApproved   = exampleStart.AddDate(0, 0, 3)
	exampleAgreeing   = ForumAgreeing{Agreeing: Agreeing{Way: "approvers", IdentityIDs: []uuid.UUID{exampleID(20)}}, Accounts: []Someone{{exampleID(20), "Kim Exempelsson"}}, Outside: []Someone{}}
	exampleSubmission = Submission{MinutesID: exampleID(11), Way: "approvers", SHA256: exampleHash, SentAt: exampleStart.AddDate(0, 0, 1), Asked: []AskedOne{{"Kim Exempelsson", &exampleApproved}}, Views: []MinutesView{},
		Attendance: []Attended{{"Polisen", "Kommunpolis", "present"}}, Agenda: []MinutesHeading{{exampleID(7), "Lägesbild", []MinutesItem{}}}}
)

// exampleID is an id that no row has.
func exampleID(n byte) uuid.UUID {
	return uuid.UUID{0x01, 0x93, 0x5b, 0x1e, 0x4c, 0x00, 0x70, 0x00, 0x80, 0, 0, 0, 0, 0, 0, n}
}

// closedAction is an action that was done ten days on.
func closedAction(a Action) Action {
	a.Outcome, a.ClosedAt, a.ClosedOn, a.Comment = "done", new(exampleStart.AddDate(0, 0, 10)), "2027-01-22", "Skickad till alla."
	return a
}
