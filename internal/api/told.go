package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"
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
	"listAgreements": {sv: "Överenskommelser", more: "Avtal och partnerskap med parter.\n\nContracts and partnerships with their parties."},
	"listPlans":      {sv: "Handlingsplanen", more: "Den plan som lästes in sist, med delmål och åtgärder i planens egna ord.\n\nThe plan imported last, with sub-goals and measures in its own words."},

	"listForums":   {sv: "Forum", more: "Forum som du får se, planens först.\n\nForums that you may see, those of the plan first."},
	"foundForum":   {sv: "Lägg upp ett forum", more: "Lägger upp ett forum. Titeln som lämnar huset måste vara neutral.\n\nFounds a forum. The title that leaves the house must be neutral.", request: exampleForumSettings},
	"getForum":     {sv: "Ett forum", more: "Ett forum efter id eller externalId.\n\nOne forum by its id or externalId."},
	"changeForum":  {sv: "Ändra ett forum", more: "Ersätter forumets inställningar.\n\nReplaces the forum's settings.", errors: versioned, request: exampleForumSettings},
	"listMembers":  {sv: "Forumets deltagare", more: "Kontakter som bjuds in till forumets möten.\n\nContacts that are invited to the forum's meetings."},
	"seatMember":   {sv: "Gör en kontakt till deltagare", more: "Två gånger är som en.\n\nTwice is as once."},
	"unseatMember": {sv: "Ta bort en deltagare", more: "Inbjudningar som har skickats står kvar.\n\nInvitations that were sent stay."},

	"proposeYear": {sv: "Föreslå ett års möten", more: "Möten som saknas för att löftena ska hållas, med skäl. Inget lagras; ett POST eftersom frågan kan vara lång.\n\nMeetings that are lacking for the promises to be kept, with reasons. Nothing is stored; a POST because the question may be long.",
		stores: nothingStored, request: YearWish{Year: 2027, Forums: []string{"polis-avstamning"}},
		response: YearProposal{[]ProposedMeeting{{ForumID: exampleID(2), ForumExternalID: new("polis-avstamning"), StartsAt: exampleStart, EndsAt: exampleStart.Add(90 * time.Minute),
			Date: "2027-01-12", Starts: "09:00", Ends: "10:30", Reason: "Andra tisdagen i månaden."}}, []Remark{}}},
	"listPromiseStatuses": {sv: "Hur löftena hålls", more: "Hållna och planerade möten per forum och år. Inställda räknas inte.\n\nMeetings held and planned, by forum, in a year. Cancelled ones count for nothing."},

	"listMeetings": {sv: "Möten", more: "Möten i tidsordning, även inställda.\n\nMeetings in order of time, cancelled ones too.",
		response: Meetings{[]Meeting{exampleMeeting}, Extent{1, 20, 1}}},
	"scheduleMeeting": {sv: "Boka ett möte", more: "Inget skickas. Ett möte i det förflutna kräver alreadyHeld; utan den blir svaret 409 med code question.\n\nNothing is sent. A meeting in the past needs alreadyHeld; without it the answer is 409 with code question.",
		errors: conflicts, request: NewMeeting{ForumID: "polis-avstamning", Date: "2027-01-12", Starts: "09:00", Ends: "10:30", Place: "Rum B-2301"}, response: exampleMeeting},
	"getMeeting": {sv: "Ett möte", more: "Ett möte efter id.\n\nOne meeting by its id.", response: exampleMeeting},
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
	"undoPendingAct": {sv: "Ångra det senaste", more: "Tar tillbaka den senaste inbjudan, flytten eller det senaste inställandet medan inget brev är skrivet.\n\nTakes the latest invitation, move or cancellation back while none of its letters is written.", errors: versioned},
	"holdMeeting":    {sv: "Bokför mötet som hållet", more: "Två gånger är som en.\n\nTwice is as once.", errors: conditioned, response: exampleMeeting},
	"recordAnswer": {sv: "Bokför ett svar per telefon", more: "Det senaste svaret gäller.\n\nThe latest answer counts.", errors: conflicts,
		request: NewAnswer{PartStat: "DELEGATED", Substitute: "Robin Exempelsson"}, response: Answer{PartStat: "DELEGATED", Substitute: "Robin Exempelsson", Via: "phone", At: exampleStart.AddDate(0, 0, -20)}},

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
	exampleMeeting = Meeting{ID: exampleID(5), ForumID: exampleID(2), ForumExternalID: new("polis-avstamning"), ForumName: "Avstämning med polisen", NeutralTitle: "Avstämning",
		Date: "2027-01-12", Starts: "09:00", Ends: "10:30", TimeZone: "Europe/Stockholm", StartsAt: exampleStart, EndsAt: exampleStart.Add(90 * time.Minute),
		Place: "Rum B-2301", State: "planned", Version: 1}
	exampleContact = Contact{ID: exampleID(3), ShownName: "Kim Exempelsson", Name: "Kim Exempelsson", Kind: "person", Email: "kim@exempel.se", Phone: "0151-000 00",
		OrganisationID: exampleID(1), OrganisationName: "Föreningen Exempel", Language: "sv", Version: 1}
	exampleContactSettings = ContactSettings{Name: "Kim Exempelsson", Kind: "person", Email: "kim@exempel.se", Phone: "0151-000 00", OrganisationID: exampleID(1), Language: "sv"}
	exampleForumSettings   = ForumSettings{Name: "Avstämning med polisen", NeutralTitle: "Avstämning", Scope: "consultation", ConvenedBy: "us",
		Cadence: Cadence{Text: "månadsvis", Months: 1}, ExemptMonths: []int{7}, PromisedFrom: "2027-01-01", Level: "neutral", OutwardPlace: "municipality",
		Weekday: 2, Starts: "09:00", Minutes: 90, Place: "Rum B-2301", RemindDays: 2}
)

// exampleID is an id that no row has.
func exampleID(n byte) uuid.UUID {
	return uuid.UUID{0x01, 0x93, 0x5b, 0x1e, 0x4c, 0x00, 0x70, 0x00, 0x80, 0, 0, 0, 0, 0, 0, n}
}
