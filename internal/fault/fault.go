// Package fault holds refusals that a person may read. A fault has a kind, which decides the
// HTTP status; a Swedish sentence, which is also the key to its English twin in package lang;
// and, for forms, the field it belongs to. Any error that is not a fault is internal: it is
// logged whole and shown as "something went wrong" with the id of the request.
package fault

import (
	"errors"
	"fmt"
	"slices"
)

// Kind says what sort of refusal a fault is.
type Kind string

// The kinds. Anything that is not a fault has the kind Internal.
const (
	Internal     Kind = "internal"
	Invalid      Kind = "invalid"      // the input breaks a rule; nothing was changed
	NotFound     Kind = "notFound"     // it is not there, or not for this actor to see
	Unauthorized Kind = "unauthorized" // nobody is signed in
	Conflict     Kind = "conflict"     // it has changed since it was read
	Question     Kind = "question"     // the act needs a yes to the sentence before it is done
	Unavailable  Kind = "unavailable"  // the world outside does not answer; try again
	TooMany      Kind = "tooMany"      // a limit of attempts is reached
	TooLarge     Kind = "tooLarge"     // the body is over its limit
)

// Field is one input that breaks a rule.
type Field struct {
	Name string // as the form and the API name it
	Text string // the sentence, a key of package lang
	Args []any
}

// Fault is a refusal in words.
type Fault struct {
	Kind   Kind
	Text   string // Swedish, a key of package lang; may hold fmt verbs
	Args   []any
	Fields []Field
}

// Error gives the Swedish sentence, for logs and tests.
func (f *Fault) Error() string {
	text := fmt.Sprintf(f.Text, f.Args...)
	for _, field := range f.Fields {
		if s := fmt.Sprintf(field.Text, field.Args...); s != text {
			text += " [" + field.Name + ": " + s + "]"
		}
	}
	return text
}

// New makes a fault of a kind.
func New(kind Kind, text string, args ...any) *Fault {
	return &Fault{Kind: kind, Text: text, Args: args}
}

// On makes an Invalid fault that belongs to one field.
func On(field, text string, args ...any) *Fault {
	return &Fault{Kind: Invalid, Text: text, Args: args, Fields: []Field{{Name: field, Text: text, Args: args}}}
}

// At gives err, when it is an Invalid fault that names no field, the field it belongs to.
// Parsers of package almanac and others do not know which input they read; their caller does.
func At(field string, err error) error {
	var f *Fault
	if !errors.As(err, &f) || f.Kind != Invalid || len(f.Fields) > 0 {
		return err
	}
	return On(field, f.Text, f.Args...)
}

// Join gathers Invalid faults so that a form can show every mistake at once. It returns nil when
// there are none, and the first error that is not an Invalid fault as it is.
func Join(errs ...error) error {
	var all Fault
	for _, err := range errs {
		if err == nil {
			continue
		}
		var f *Fault
		if !errors.As(err, &f) || f.Kind != Invalid {
			return err
		}
		if all.Text == "" {
			all = Fault{Kind: Invalid, Text: f.Text, Args: f.Args}
		}
		all.Fields = append(all.Fields, f.Fields...)
	}
	if all.Text == "" {
		return nil
	}
	return &all
}

// Missing is the one answer for what is not there and for what the actor may not see.
func Missing() *Fault {
	return New(NotFound, "Sidan finns inte, eller så har du inte tillgång till den.")
}

// Concerns tells whether everything that is wrong is in one field.
func Concerns(err error, field string) bool {
	var f *Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return false
	}
	return !slices.ContainsFunc(f.Fields, func(at Field) bool { return at.Name != field })
}

// KindOf gives the kind of the first fault in err's chain, Internal when there is none.
func KindOf(err error) Kind {
	var f *Fault
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}
