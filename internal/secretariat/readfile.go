package secretariat

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"

	"samverkan/internal/fault"
)

// readFile reads a YAML file of at most max bytes. It refuses with fault.Invalid, naming the line,
// what is no YAML or has a field that is not known, and what holds control characters.
func readFile(r io.Reader, max int64, into any) error {
	data, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil {
		return err
	}
	if int64(len(data)) > max {
		return fault.New(fault.Invalid, "Filen är större än %d MB. Är det rätt fil?", max>>20)
	}
	if nested(data) {
		return fault.New(fault.Invalid, "Filen är nästlad i för många nivåer. Är det rätt fil?")
	}
	err = yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(into)
	switch {
	case errors.Is(err, io.EOF):
		return fault.New(fault.Invalid, "Filen är tom.")
	case err != nil:
		return fault.New(fault.Invalid, "Filen går inte att läsa: %s", strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	if text, found := (scan{}).controlled(reflect.ValueOf(into)); found {
		return fault.New(fault.Invalid, "Filen har styrtecken som inte syns, i texten som börjar ”%s”. Ta bort dem.", text)
	}
	return nil
}

// deepest is how deep a file may nest; a plan needs six levels.
const deepest = 200

// nested tells a file that opens more lists than a reader could follow. The YAML package takes time
// that grows with the square of the depth: 100 000 brackets are minutes.
func nested(data []byte) bool {
	open, dashes := 0, 0
	for n, b := range data {
		switch {
		case b == '[' || b == '{':
			open++
		case (b == ']' || b == '}') && open > 0:
			open--
		}
		switch {
		case b == '-' || b == '?':
			dashes++
		case b != ' ' || n > 0 && data[n-1] == ' ':
			dashes = 0
		}
		if open > deepest || dashes > deepest {
			return true
		}
	}
	return false
}

// scan looks through what was read. A list that a file names a thousand times over is one list: it
// is looked through once.
type scan map[place]bool

type place struct {
	at  uintptr
	len int
}

// controlled finds a text with a control character anywhere in v, and gives its beginning without
// them.
func (seen scan) controlled(v reflect.Value) (text string, found bool) {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		here := place{v.Pointer(), v.Len()}
		if seen[here] {
			return "", false
		}
		seen[here] = true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return seen.controlled(v.Elem())
	case reflect.Struct:
		for i := 0; i < v.NumField() && !found; i++ {
			text, found = seen.controlled(v.Field(i))
		}
	case reflect.Slice:
		for i := 0; i < v.Len() && !found; i++ {
			text, found = seen.controlled(v.Index(i))
		}
	case reflect.Map:
		for pairs := v.MapRange(); !found && pairs.Next(); {
			if text, found = seen.controlled(pairs.Key()); !found {
				text, found = seen.controlled(pairs.Value())
			}
		}
	case reflect.String:
		return beginning(v.String())
	}
	return text, found
}

// beginning tells whether a text has a control character that no line end or tab is.
func beginning(text string) (shown string, found bool) {
	unseen := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }
	if !strings.ContainsFunc(text, unseen) {
		return "", false
	}
	letters := []rune(strings.Join(strings.FieldsFunc(text, unicode.IsControl), ""))
	return string(letters[:min(len(letters), 30)]), true
}
