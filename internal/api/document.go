package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"samverkan/internal/lang"
	"samverkan/internal/serve"
)

// purpose is the document's own introduction (DOK.06, DOK.09, DOK.11).
const purpose = `**Svenska.** Samverkan håller ordning på en kommuns samverkansmöten: vilka som träffas, hur ofta de har lovat att
göra det, när nästa möte är, vilka som är tillfrågade och vad de har svarat. Med API:et planerar ett program ett år, bokar möten,
granskar och skickar inbjudningar, flyttar och ställer in möten och läser hur löftena hålls. Det skriver anteckningar, färdigställer
dem, förmedlar till arbetsgrupper, följer vad som har gåtts igenom och söker i det som är färdigställt. Inga uppgifter om enskilda
ärenden finns här, och inget fält för dem.

Så beter sig API:et: vad du inte får se finns inte (404). Det som skickar brev görs i två steg: granska (reviews) och skicka med
granskningens hash; har något ändrats däremellan blir svaret 409. Ett anrop som skickar brev kräver Idempotency-Key och görs en gång
per nyckel, i minst 48 timmar. Färdigställda anteckningar ändras aldrig: en rättelse är en ny version. Det som går att ändra har en
ETag som skickas tillbaka i If-Match. Datum och klockslag är lokala, med mötets tidszon i timeZone; tidpunkter är UTC enligt RFC 3339.
Listor delas med limit och page. Fel är application/problem+json (RFC 9457), på svenska eller engelska enligt Accept-Language. Nya
fält, anrop och värden kan komma till inom v1; räkna med det.

Kända begränsningar: adressen till ett kalenderflöde
innehåller en hemlig nyckel, eftersom kalenderprogram inte kan skicka huvuden. En begäran får vara högst 64 kB. Skyddade kontakter
visas som organisation och roll.

**English.** Samverkan keeps the meetings of a municipality's collaboration: who meets whom, how often they promised to, when they
next do, who was asked and what they answered. With the API a program plans a year, schedules meetings, reviews and sends
invitations, moves and cancels meetings, and reads how promises are kept. It writes minutes, finalises them, passes on to work
groups, follows what was gone through, and searches what is finalised. There is no data about individual cases, and no field for it.

How it behaves: what you may not see is not found (404). What sends letters takes two steps: review, then send with the review's
hash; if anything changed in between the answer is 409. A call that sends letters requires an Idempotency-Key and is done once for each
key, for at least 48 hours. Finalised minutes never change: a correction is a new version. What can be changed has an ETag, which goes
back in If-Match. Dates and times of day are local, with the meeting's zone in timeZone; instants are UTC as in RFC 3339. Lists are
cut by limit and page. Errors are application/problem+json (RFC 9457), in Swedish or English by Accept-Language. New fields, calls and
values may be added within v1; expect them.

Known limitations: the address of a calendar
feed holds a secret key, because calendar programs cannot send headers. A request may be at most 64 kB. Protected contacts appear as
organisation and role.`

func configuration(o Options) huma.Config {
	c := huma.DefaultConfig("Samverkan", o.Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.RejectUnknownQueryParameters = true
	c.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	c.Info.Description = purpose
	c.Info.Contact = &huma.Contact{Name: "Systemförvaltningen för Samverkan", URL: o.Office.BaseURL, Email: o.Office.From}
	c.Info.License = &huma.License{Name: "EUPL-1.2", URL: "https://eupl.eu/1.2/sv/"}
	c.Info.Extensions = map[string]any{"x-sla": "Samma tillgänglighet som kommunens egna webbsidor i Samverkan; ingen särskild servicenivå utlovas. / " +
		"The same availability as the municipality's own pages in Samverkan; no particular level of service is promised."}
	c.Servers = []*huma.Server{{URL: o.Office.BaseURL + Root}}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {
		Type: "http", Scheme: "bearer", BearerFormat: "api_…",
		Description: "Åtkomstnyckel med omfattning read, write eller båda. / Access token with scope read, write or both.",
	}}
	return c
}

// operation describes a call as far as its route tells.
func operation(method, path, id string, p serve.Policy, scope string) huma.Operation {
	text := told[id]
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: text.sv, MaxBodyBytes: maxBody,
		Tags:   []string{strings.Split(path, "/")[1]},
		Errors: append([]int{http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable}, text.errors...),
	}
	op.Description = text.more
	op.Security = []map[string][]string{{}} // none is needed
	if p.Roles != nil {
		op.Security = []map[string][]string{{"bearer": {scope}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
		op.Description += fmt.Sprintf("\n\nRoller / Roles: %s. Omfattning / Scope: %s.", p.Name, scope)
	}
	if method == http.MethodPost {
		op.DefaultStatus = http.StatusCreated
	}
	if text.stores == nothingStored {
		op.DefaultStatus = http.StatusOK
	}
	return op
}

// takesBody are the refusals of a call with a body.
var takesBody = []int{http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}

// codesTold says what each status means (DOK.20).
var codesTold = map[string]string{
	"200": "Svaret. / The answer.",
	"201": "Gjort; svaret visar vad det blev. / Done; the answer shows what came of it.",
	"204": "Gjort; inget mer att visa. / Done; nothing more to show.",
	"400": "Innehållet är inte JSON. / The content is not JSON.",
	"401": "Åtkomstnyckeln saknas eller gäller inte. / The access token is missing or not valid.",
	"403": "Åtkomstnyckelns omfattning räcker inte. / The access token's scope does not suffice.",
	"404": "Finns inte, eller är inte ditt att se. / Not there, or not yours to see.",
	"408": "Begäran kom inte fram i tid. / The request did not arrive in time.",
	"409": "Går inte ihop med läget: mötet är inställt, breven eller anteckningarna är inte de som granskades, eller svaret är en fråga (code question). / Does not fit the state: the meeting is cancelled, the letters or the minutes are not those reviewed, or the answer is a question (code question).",
	"412": "Har ändrats sedan det lästes. / Has changed since it was read.",
	"413": "Begäran är för stor. / The request is too large.",
	"415": "Innehållet är inte application/json. / The content is not application/json.",
	"422": "Något fält stämmer inte; errors säger vilket. / A field is wrong; errors says which.",
	"428": "If-Match saknas. / If-Match is missing.",
	"500": "Felet är vårt; uppge requestId. / The fault is ours; quote requestId.",
	"503": "Tjänsten svarar inte just nu; försök igen. / The service does not answer now; try again.",
}

// describe puts in what huma cannot know: what the statuses mean, and examples. It refuses when an
// operation has no words.
func describe(o *huma.OpenAPI) error {
	for path, item := range o.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			text := told[op.OperationID]
			if op.Summary == "" || text.more == "" {
				return fmt.Errorf("%w: %s", errUndescribed, op.OperationID)
			}
			if op.RequestBody != nil {
				op.RequestBody.Description = "JSON, UTF-8."
				op.RequestBody.Content["application/json"].Example = text.request
				for _, status := range takesBody {
					op.Responses[strconv.Itoa(status)] = &huma.Response{Content: op.Responses["422"].Content}
				}
			}
			for status, response := range op.Responses {
				illustrate(status, response, path, text.response)
			}
		}
	}
	return nil
}

// illustrate says what a response means and shows one.
func illustrate(status string, response *huma.Response, path string, example any) {
	response.Description = codesTold[status]
	if content := response.Content["application/json"]; content != nil {
		content.Example = example
	}
	content := response.Content["application/problem+json"]
	if content == nil {
		return
	}
	code, _ := strconv.Atoi(status)
	p := reader{language: lang.Swedish, request: "0f6c2a9e-51b7", path: Root + examplePath.Replace(path)}.begin(code, exampleCodes[code])
	p.Detail = details[code]
	if p.Detail == "" {
		p.Detail, _, _ = strings.Cut(codesTold[status], " / ")
	}
	response.Content = map[string]*huma.MediaType{"application/problem+json": {Schema: content.Schema, Example: p}}
}

var examplePath = strings.NewReplacer("{id}", exampleID(5).String(), "{contactId}", exampleID(3).String())

// exampleCodes are the codes that stand in the examples.
var exampleCodes = map[int]string{
	400: "malformed", 401: "unauthorized", 403: "insufficientScope", 404: "notFound", 408: "timeout", 409: "conflict", 412: "preconditionFailed",
	413: "tooLarge", 415: "unsupportedMediaType", 422: "invalid", 428: "preconditionRequired", 500: "internal", 503: "unavailable",
}
