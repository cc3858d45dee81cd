package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/danielgtaylor/huma/v2"
)

// maxDepth is how deep a body may nest. No call needs more than four.
const maxDepth = 20

// Refusals of a body that is JSON all the same.
var (
	errDeep  = errors.New("api: nested too deep")
	errTwice = errors.New("api: a field twice")
)

// unreadableBodies says them; keys of package lang.
var unreadableBodies = map[string]string{
	errDeep.Error():  "Innehållet är nästlat i för många nivåer.",
	errTwice.Error(): "Ett objekt i innehållet har samma fält två gånger. Behåll ett.",
}

// strictJSON is huma's JSON, but for what nests too deep, and for objects that name a field twice:
// one reader takes the first, another the last.
var strictJSON = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: func(data []byte, into any) error {
	if err := inspect(data); err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}}

// inspect reads tokens without recursion, so that the depth of what is read is not the depth of
// our stack.
func inspect(data []byte) error {
	type level struct {
		fields map[string]bool // nil: an array
		value  bool            // the next token of an object is a value
	}
	var open []level
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open) - 1; n >= 0 && open[n].fields != nil {
			if name, isText := token.(string); isText && !open[n].value {
				if open[n].fields[name] {
					return errTwice
				}
				open[n].fields[name], open[n].value = true, true
				continue
			}
			open[n].value = false
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{fields: map[string]bool{}})
		case json.Delim('['):
			open = append(open, level{})
		}
		if len(open) > maxDepth {
			return errDeep
		}
	}
}
