package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"

	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/serve"
)

// problem is a refusal as RFC 9457 writes it.
type problem struct {
	Type      string         `json:"type" format:"uri-reference" example:"about:blank" doc:"about:blank: title och status säger vad det är, code närmare. / about:blank: title and status say what it is, code more closely."`
	Title     string         `json:"title" example:"Något stämmer inte"`
	Status    int            `json:"status" example:"422"`
	Detail    string         `json:"detail" example:"Mötet måste sluta efter att det har börjat." doc:"En mening på läsarens språk. / A sentence in the reader's language."`
	Instance  string         `json:"instance" format:"uri-reference" example:"/api/v1/meetings"`
	Code      string         `json:"code" example:"invalid" doc:"Slag av avslag, stabilt mellan versioner. / Kind of refusal, stable between versions."`
	RequestID string         `json:"requestId" example:"0f6c2a9e-51b7" doc:"Att uppge när du hör av dig; loggen kan sökas på det. / Quote it when you ask; the log can be searched for it."`
	Errors    []problemField `json:"errors,omitempty" doc:"Varje fält som inte stämmer. / Each field that is wrong."`

	challenge string // WWW-Authenticate
	language  lang.Language
}

// problemField is one mistake in a request. It never repeats the value.
type problemField struct {
	Location string `json:"location" example:"body.ends"`
	Message  string `json:"message" example:"Mötet måste sluta efter att det har börjat."`
}

// Error, GetStatus, GetHeaders and ContentType are what huma asks of an error.
func (p *problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *problem) GetStatus() int { return p.Status }

// GetHeaders go out with the problem.
func (p *problem) GetHeaders() http.Header {
	h := http.Header{"Content-Language": {string(p.language)}}
	if p.challenge != "" {
		h.Set("WWW-Authenticate", p.challenge)
	}
	return h
}

// ContentType is RFC 9457's.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// refusal is a fault whose status or code its kind does not tell: HTTP's own refusals.
type refusal struct {
	*fault.Fault
	status    int
	code      string
	challenge string
}

// Unwrap gives the fault.
func (r *refusal) Unwrap() error { return r.Fault }

// The refusals of a condition (RFC 9110 §13.1.1, RFC 6585 §3).
func errChanged() error {
	return &refusal{status: http.StatusPreconditionFailed, code: "preconditionFailed",
		Fault: fault.New(fault.Conflict, "Uppgifterna har ändrats sedan de lästes. Läs dem igen och gör om ändringen.")}
}

func errUnconditional() error {
	return &refusal{status: http.StatusPreconditionRequired, code: "preconditionRequired",
		Fault: fault.New(fault.Invalid, "Skicka If-Match med det värde som ETag hade när uppgifterna lästes.")}
}

// titles name the statuses.
var titles = map[int]string{
	http.StatusBadRequest:            "Begäran går inte att läsa",
	http.StatusUnauthorized:          "Åtkomstnyckel saknas",
	http.StatusForbidden:             "Åtkomstnyckeln räcker inte",
	http.StatusNotFound:              "Finns inte",
	http.StatusMethodNotAllowed:      "Metoden går inte att använda här",
	http.StatusRequestTimeout:        "Begäran tog för lång tid",
	http.StatusConflict:              "Går inte ihop med läget",
	http.StatusPreconditionFailed:    "Ändrat sedan det lästes",
	http.StatusRequestEntityTooLarge: "För stor begäran",
	http.StatusUnsupportedMediaType:  "Fel slags innehåll",
	http.StatusUnprocessableEntity:   "Något stämmer inte",
	http.StatusPreconditionRequired:  "If-Match saknas",
	http.StatusTooManyRequests:       "För många försök",
	http.StatusInternalServerError:   "Något gick fel",
	http.StatusServiceUnavailable:    "Svarar inte just nu",
}

// reader is who reads a problem: in which language, about which request.
type reader struct {
	language lang.Language
	request  string
	method   string
	path     string
}

type readerKey struct{}

var spoken = language.NewMatcher([]language.Tag{language.Swedish, language.English})

// readerOf takes the language that the request asks for, the caller's own when it asks for none.
func readerOf(r *http.Request) reader {
	read := reader{lang.Parse(string(serve.Actor(r.Context()).Language)), serve.RequestID(r.Context()), r.Method, r.URL.Path}
	if wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")); err == nil && len(wanted) > 0 {
		if _, at, confidence := spoken.Match(wanted...); confidence > language.No {
			read.language = []lang.Language{lang.Swedish, lang.English}[at]
		}
	}
	return read
}

func readerIn(ctx context.Context) reader {
	r, _ := ctx.Value(readerKey{}).(reader)
	return r
}

// begin makes a problem without its sentence.
func (r reader) begin(status int, code string) *problem {
	return &problem{Type: "about:blank", Title: r.language.Text(titles[status]), Status: status, Instance: r.path, Code: code,
		RequestID: r.request, language: lang.Parse(string(r.language))}
}

// problemOf says an error in the reader's language. What is not a fault is not told.
func problemOf(r reader, err error) *problem {
	var f *fault.Fault
	if !errors.As(err, &f) {
		p := r.begin(http.StatusInternalServerError, string(fault.Internal))
		p.Detail = r.language.Text("Något gick fel hos oss. Uppge numret %s om du hör av dig.", r.request)
		return p
	}
	p := r.begin(serve.Status(err), string(f.Kind))
	var own *refusal
	if errors.As(err, &own) {
		p = r.begin(own.status, own.code)
		p.challenge = own.challenge
	}
	p.Detail = r.language.Text(f.Text, f.Args...)
	if own == nil && f.Kind == fault.NotFound { // the rooms speak of a page
		p.Detail = r.language.Text("Det finns inte, eller så har du inte tillgång till det.")
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, problemField{r.place(field.Name), r.language.Text(field.Text, field.Args...)})
	}
	return p
}

// place says where in the request a field of a fault stands.
func (r reader) place(name string) string {
	if inside, is := cadenceFields[name]; is {
		name = inside
	}
	switch {
	case name != "" && unicode.IsUpper(rune(name[0])):
		return "header." + name
	case r.method == http.MethodGet:
		return "query." + name
	}
	return "body." + name
}

// Problem answers a request with an error as application/problem+json.
func Problem(c *gin.Context, err error) {
	render(c, problemOf(readerOf(c.Request), err))
}

// NotFound answers for paths under /api that no call has, and for methods that a path does not
// take. The house hands it such requests.
func NotFound(c *gin.Context) {
	r := readerOf(c.Request)
	p := r.begin(http.StatusNotFound, string(fault.NotFound))
	p.Detail = r.language.Text("Adressen finns inte i API:et. Alla adresser står i %s.", Root+"/openapi.json")
	if c.Writer.Status() == http.StatusMethodNotAllowed { // gin has said so, and what is allowed
		p = r.begin(http.StatusMethodNotAllowed, "methodNotAllowed")
		p.Detail = r.language.Text("Adressen tar inte emot %s.", r.method)
	}
	render(c, p)
}

func render(c *gin.Context, p *problem) {
	for name, values := range p.GetHeaders() {
		c.Header(name, values[0])
	}
	c.Header("Content-Type", p.ContentType(""))
	c.Status(p.Status)
	if err := json.NewEncoder(c.Writer).Encode(p); err != nil {
		_ = c.Error(err) // the caller has gone
	}
}

// humaProblem says what huma refuses before a handler runs.
func humaProblem(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
	if ctx == nil { // huma asks for an example, to describe it
		return &problem{}
	}
	r := readerOf(humagin.Unwrap(ctx).Request)
	var fields []problemField
	said := details[status]
	for _, err := range errs {
		var detail *huma.ErrorDetail
		if errors.As(err, &detail) {
			if sentence, ours := unreadableBodies[detail.Message]; ours {
				said = sentence
			}
			if strings.HasPrefix(detail.Location, "path.") { // an id that cannot be one is not there
				return problemOf(r, fault.Missing())
			}
			place, sentence := translated(detail)
			fields = append(fields, problemField{place, sentence.In(r.language)})
		}
	}
	p := r.begin(status, codes[status])
	switch {
	case status == http.StatusUnprocessableEntity && len(fields) == 1:
		p.Detail, p.Errors = fields[0].Message, fields
	case status == http.StatusUnprocessableEntity:
		p.Detail, p.Errors = r.language.Text("Något i begäran stämmer inte. Varje fel står för sig."), fields
	case status == http.StatusInternalServerError:
		p.Detail = r.language.Text("Något gick fel hos oss. Uppge numret %s om du hör av dig.", r.request)
	default:
		p.Detail = r.language.Text(said)
	}
	return p
}

// codes and details are those of the refusals that are huma's alone.
var codes = map[int]string{
	http.StatusBadRequest:            "malformed",
	http.StatusRequestTimeout:        "timeout",
	http.StatusRequestEntityTooLarge: string(fault.TooLarge),
	http.StatusUnsupportedMediaType:  "unsupportedMediaType",
	http.StatusUnprocessableEntity:   string(fault.Invalid),
	http.StatusInternalServerError:   string(fault.Internal),
}

var details = map[int]string{
	http.StatusBadRequest:            "Innehållet är inte giltig JSON. Kontrollera kommatecken, citattecken och klamrar.",
	http.StatusRequestTimeout:        "Begäran tog för lång tid att ta emot. Försök igen.",
	http.StatusRequestEntityTooLarge: "Begäran är för stor. Skicka mindre åt gången.",
	http.StatusUnsupportedMediaType:  "Skicka innehållet som application/json.",
}
