package post

import (
	"bytes"
	"errors"
	"fmt"

	"samverkan/internal/lang"
)

// Collected is everything that a digest can say, in the reader's words: of each thing its neutral
// title, its day and a link. What has no field here cannot leak.
type Collected struct {
	Subject, Heading string
	Sections         []Section
	Note             string // the sender's own line
	Ask, Link        string // one link for all things; empty: none
	Care             string // what to do with the links
	Stop             string // address that stops reminders
	Municipality     string
}

// Section is the things of one sort.
type Section struct {
	Heading string
	Things  []Thing
}

// Thing is one thing to think of.
type Thing struct {
	Title     string // neutral
	When      string // its day, or the meeting's time; empty: none
	Place     string // the outward place; empty: none
	Status    string // "Du har inte svarat än"; empty: none
	Ask, Link string // what the link does; empty: none
}

// RenderDigest gives a digest, as text and HTML with the same words and links.
func RenderDigest(l lang.Language, c Collected) (Rendered, error) {
	set := letters[lang.Parse(string(l))]
	var text, html bytes.Buffer
	if err := errors.Join(set.text.ExecuteTemplate(&text, "digest.txt", c), set.html.ExecuteTemplate(&html, "digest.html", c)); err != nil {
		return Rendered{}, fmt.Errorf("letter: %w", err)
	}
	return Rendered{c.Subject, text.String(), html.String()}, nil
}
