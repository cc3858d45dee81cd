package api

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"samverkan/internal/lang"
)

// huma checks a request against the document and says in English what is wrong. These are our
// sentences for its own; what its message holds beyond the pattern is put into ours.
var sentences = []struct{ huma, ours string }{
	{validation.MsgUnexpectedProperty, "Egenskapen finns inte här. Kontrollera stavningen eller ta bort den."},
	{"unknown query parameter", "Parametern finns inte här. Kontrollera stavningen eller ta bort den."},
	{validation.MsgExpectedRequiredProperty, "Fyll i det här fältet."},
	{"required %s parameter is missing", "Fyll i det här fältet."},
	{validation.MsgExpectedRFC3339Date, "Skriv ett datum som finns, så här: 2027-01-21"},
	{validation.MsgExpectedRFC4122UUID, "Skriv ett id så som API:et har gett det."},
	{fmt.Sprintf(validation.MsgExpectedMatchPattern, hourPattern), "Skriv klockslaget så här: 13:00"},
	{fmt.Sprintf(validation.MsgExpectedMatchPattern, keyPattern), "Skriv bara synliga ASCII-tecken, utan mellanslag."},
	{validation.MsgExpectedOneOf, "Välj ett av de här värdena: %s"},
	{validation.MsgExpectedBoolean, "Skriv true eller false."},
	{validation.MsgExpectedInteger, "Skriv ett heltal."},
	{"invalid integer", "Skriv ett heltal."},
	{validation.MsgExpectedNumber, "Skriv ett tal."},
	{validation.MsgExpectedString, "Skriv en text."},
	{validation.MsgExpectedArray, "Skriv en lista."},
	{validation.MsgExpectedObject, "Skriv ett objekt."},
	{validation.MsgExpectedMinimumNumber, "Skriv ett tal som är minst %s."},
	{validation.MsgExpectedMaximumNumber, "Skriv ett tal som är högst %s."},
	{validation.MsgExpectedMinLength, "Skriv minst %s tecken."},
	{validation.MsgExpectedMaxLength, "Skriv högst %s tecken."},
	{validation.MsgExpectedMaxItems, "Skriv en lista med högst %s värden."},
}

// unreadable stands for what has no sentence of its own.
const unreadable = "Värdet går inte att läsa. Jämför med beskrivningen i openapi.json."

// patterns find what huma put into its messages.
var patterns = sync.OnceValue(func() []*regexp.Regexp {
	verb := regexp.MustCompile(`%[svd]`)
	all := make([]*regexp.Regexp, len(sentences))
	for i, s := range sentences {
		all[i] = regexp.MustCompile("^" + verb.ReplaceAllLiteralString(regexp.QuoteMeta(s.huma), "(.*)") + "$")
	}
	return all
})

// translated gives where a mistake is and our sentence for it.
func translated(detail *huma.ErrorDetail) (place string, s lang.Sentence) {
	for i, pattern := range patterns() {
		found := pattern.FindStringSubmatch(detail.Message)
		if found == nil {
			continue
		}
		place := detail.Location
		if sentences[i].huma == validation.MsgExpectedRequiredProperty { // huma names what it stands in
			place += "." + found[1]
		}
		if strings.Contains(sentences[i].ours, "%s") {
			return place, lang.Say(sentences[i].ours, found[1])
		}
		return place, lang.Say(sentences[i].ours)
	}
	return detail.Location, lang.Say(unreadable)
}

// speakOurselves makes every error of huma's a problem of ours. It is process state, so it is set
// once, before anything is registered.
var speakOurselves = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false // a list that is empty is []
	huma.ValidateStrictCasing = true  // "Place" beside "place" would pass the checks of neither
	huma.NewErrorWithContext = humaProblem
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return humaProblem(nil, status, message, errs...)
	}
})
