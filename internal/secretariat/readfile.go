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
	if text, found := controlled(reflect.ValueOf(into)); found {
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

// controlled finds a text with a control character anywhere in v, and gives its beginning without
// them.
func controlled(v reflect.Value) (text string, found bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return controlled(v.Elem())
	case reflect.Struct:
		for i := 0; i < v.NumField() && !found; i++ {
			text, found = controlled(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len() && !found; i++ {
			text, found = controlled(v.Index(i))
		}
	case reflect.Map:
		for pairs := v.MapRange(); !found && pairs.Next(); {
			if text, found = controlled(pairs.Key()); !found {
				text, found = controlled(pairs.Value())
			}
		}
	case reflect.String:
		unseen := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }
		if text = v.String(); strings.ContainsFunc(text, unseen) {
			shown := []rune(strings.Join(strings.FieldsFunc(text, unicode.IsControl), ""))
			return string(shown[:min(len(shown), 30)]), true
		}
	}
	return text, found
}
