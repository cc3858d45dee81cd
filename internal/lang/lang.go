// Package lang says things in Swedish and English. The Swedish sentence is the key, so that code
// and templates read as what the user sees; en.json holds its English twin. A test walks the code
// and the templates and fails when a sentence has no twin.
package lang

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// Language is "sv" or "en".
type Language string

// The languages, Swedish first.
const (
	Swedish Language = "sv"
	English Language = "en"
)

//go:embed en.json
var english []byte

var words = load()

func load() catalog.Catalog {
	b := catalog.NewBuilder(catalog.Fallback(language.Swedish))
	for key, text := range Twins() {
		if err := b.SetString(language.English, key, text); err != nil {
			panic(fmt.Sprintf("en.json: %q: %v", key, err))
		}
	}
	return b
}

// Twins gives the English twin of each Swedish sentence.
func Twins() map[string]string {
	twins := map[string]string{}
	if err := json.Unmarshal(english, &twins); err != nil {
		panic("en.json: " + err.Error())
	}
	return twins
}

// Parse gives the language that text names, Swedish when it names none of ours.
func Parse(text string) Language {
	if strings.HasPrefix(strings.ToLower(text), "en") {
		return English
	}
	return Swedish
}

// Text says key in l, with args put in as fmt does. Whole numbers are grouped as the language
// groups them ("1 234"), so years and times are passed as strings.
func (l Language) Text(key string, args ...any) string {
	tag := language.Swedish
	if l == English {
		tag = language.English
	}
	if len(args) == 0 { // a sentence with a per cent sign and nothing to put in stays as it is
		return message.NewPrinter(tag, message.Catalog(words)).Sprintf(message.Key(key, key))
	}
	spoken := make([]any, len(args))
	for i, arg := range args {
		spoken[i] = arg
		if s, ok := arg.(Spoken); ok {
			spoken[i] = s.In(l)
		}
	}
	return message.NewPrinter(tag, message.Catalog(words)).Sprintf(key, spoken...)
}

// Spoken is a value with words of its own in each language: a date, a sentence inside a sentence.
type Spoken interface{ In(Language) string }

// Sentence is something to say, later, in a language not yet known.
type Sentence struct {
	Key  string // Swedish, as Text takes it
	Args []any
}

// Say makes a Sentence.
func Say(key string, args ...any) Sentence { return Sentence{key, args} }

// In says it.
func (s Sentence) In(l Language) string {
	if s.Key == "" {
		return ""
	}
	return l.Text(s.Key, s.Args...)
}

// Count says one when n is 1 and many otherwise; both may hold one %d for n. Swedish and English
// have the same two plural forms.
func (l Language) Count(n int, one, many string) string {
	key := many
	if n == 1 {
		key = one
	}
	if strings.Contains(key, "%d") {
		return l.Text(key, n)
	}
	return l.Text(key)
}
