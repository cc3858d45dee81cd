package minutes

import (
	"github.com/google/uuid"

	"samverkan/internal/document"
)

// Difference is what has become of an item, or of a heading, since a checkpoint.
type Difference struct {
	Heading string // that it stands under now, or stood under
	Kind    Kind   // empty: the heading itself
	Was     Kind   // another kind that it had
	Moved   bool   // it stood under another heading
	Text    []document.Span
	Meta    []document.Span // owner and day
}

// compare tells what differs between two working texts, in the order of the later one.
func compare(then, now Working) []Difference {
	old, under := map[uuid.UUID]WorkingItem{}, map[uuid.UUID]uuid.UUID{}
	titles := map[uuid.UUID]string{}
	for _, h := range then.Headings {
		titles[h.ID] = h.Title
		for _, i := range h.Items {
			old[i.ID], under[i.ID] = i, h.ID
		}
	}
	var all []Difference
	for _, h := range now.Headings {
		title, known := titles[h.ID]
		if delete(titles, h.ID); !known || title != h.Title {
			all = append(all, Difference{Heading: h.Title, Text: document.Compare(title, h.Title)})
		}
		for _, i := range h.Items {
			was, known := old[i.ID]
			delete(old, i.ID)
			d := Difference{Heading: h.Title, Kind: i.Kind, Moved: known && under[i.ID] != h.ID, Text: document.Compare(was.Text, i.Text), Meta: document.Compare(was.meta(), i.meta())}
			if known && was.Kind != i.Kind {
				d.Was = was.Kind
			}
			if !known || d.Moved || d.Was != "" || was.Text != i.Text || was.meta() != i.meta() {
				all = append(all, d)
			}
		}
	}
	return append(all, gone(then, old, titles)...)
}

// gone tells what stands no more.
func gone(then Working, items map[uuid.UUID]WorkingItem, titles map[uuid.UUID]string) (all []Difference) {
	for _, h := range then.Headings {
		if _, is := titles[h.ID]; is {
			all = append(all, Difference{Heading: h.Title, Text: document.Compare(h.Title, "")})
		}
		for _, i := range h.Items {
			if _, is := items[i.ID]; is {
				all = append(all, Difference{Heading: h.Title, Kind: i.Kind, Text: document.Compare(i.Text, ""), Meta: document.Compare(i.meta(), "")})
			}
		}
	}
	return all
}

// meta is who is to do it and by when.
func (i WorkingItem) meta() string {
	switch {
	case i.Owner == "":
		return ""
	case i.Due.IsZero():
		return i.Owner
	}
	return i.Owner + ", " + i.Due.String()
}
