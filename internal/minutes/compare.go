package minutes

import (
	"slices"
	"strconv"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/document"
	"samverkan/internal/store"
)

// Difference is what has become of an item, or of a heading, since a checkpoint.
type Difference struct {
	Heading string // that it stands under now, or stood under
	Kind    Kind   // empty: the heading itself
	Was     Kind   // another kind that it had
	Moved   bool   // it stood under another heading
	Text    []document.Span
	Meta    []document.Span // owner and day, or receivers
	File    bool            // an attachment's name

	Who           string // whose attendance; empty: something else
	Before, After State  // of it; empty: not in the list
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
	all := compareAttendance(then.Attendance, now.Attendance)
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
	all = append(all, gone(then, old, titles)...)
	return append(all, compareFiles(then.files, now.files)...)
}

// compareAttendance tells whose attendance differs. Where it was not kept then, nothing is known.
func compareAttendance(then, now []WorkingAttendance) (all []Difference) {
	if then == nil {
		return nil
	}
	was := map[uuid.UUID]WorkingAttendance{}
	for _, a := range then {
		was[a.ID] = a
	}
	for _, a := range now {
		before := was[a.ID]
		delete(was, a.ID)
		if before.State != a.State || before.Label() != a.Label() {
			all = append(all, Difference{Who: a.Label(), Before: before.State, After: a.State})
		}
	}
	for _, a := range then {
		if _, gone := was[a.ID]; gone {
			all = append(all, Difference{Who: a.Label(), Before: a.State})
		}
	}
	return all
}

func compareFiles(then, now []string) (all []Difference) {
	for _, name := range now {
		if !slices.Contains(then, name) {
			all = append(all, Difference{File: true, Text: document.Compare("", name)})
		}
	}
	for _, name := range then {
		if !slices.Contains(now, name) {
			all = append(all, Difference{File: true, Text: document.Compare(name, "")})
		}
	}
	return all
}

// Corrections tells what a finished version changed in the one before it, nothing for the first. It refuses with
// fault.NotFound unless the actor may read the forum's notes. Reading is logged by whoever opens the version.
func Corrections(tx *store.Tx, by access.Actor, id uuid.UUID, number int64) ([]Difference, error) {
	now, err := find(tx, by, id, number)
	if err != nil || now.Frozen.Number == 1 {
		return nil, err
	}
	then, err := find(tx, by, id, now.Frozen.Number-1)
	if err != nil {
		return nil, err
	}
	return compare(then.Document.working(), now.Document.working()), nil
}

// working is a finished document as a working text, to be compared. It knows who was there by their names alone.
func (d Document) working() Working {
	w := Working{Attendance: []WorkingAttendance{}}
	same := map[string]int{}
	for _, a := range d.Attendance {
		same[a.Label()]++
		id := uuid.NewSHA1(uuid.Nil, []byte(a.Label()+"\x00"+strconv.Itoa(same[a.Label()])))
		w.Attendance = append(w.Attendance, WorkingAttendance{id, a.Organisation, a.Role, a.State})
	}
	for _, a := range d.Agenda {
		h := WorkingHeading{ID: a.ID, Title: a.Title}
		for _, i := range a.Items {
			h.Items = append(h.Items, WorkingItem{ID: i.ID, Kind: i.Kind, Text: i.Text, Owner: i.Owner, Due: i.Due, to: i.To()})
		}
		w.Headings = append(w.Headings, h)
	}
	for _, a := range d.Attachments {
		w.files = append(w.files, a.Name)
	}
	return w
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

// meta is who is to do it and by when, or who is to hear of it.
func (i WorkingItem) meta() string {
	switch {
	case i.Owner == "":
		return i.to
	case i.Due.IsZero():
		return i.Owner
	}
	return i.Owner + ", " + i.Due.String()
}
