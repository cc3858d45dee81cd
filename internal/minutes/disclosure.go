package minutes

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/file"
	"samverkan/internal/store"
)

// Disclosure is a masked copy that was made for somebody who asked to read a public record (TF 2 kap.
// 15–18 §§, OSL 6 kap.). Who asked has no place here: nobody may be made to say. The original stays
// as it is.
type Disclosure struct {
	ID         uuid.UUID
	MinutesID  uuid.UUID
	Number     int64  // of the version that it is a copy of
	PDF        string // SHA-256 of the file
	Masked     int    // how many places were masked
	Decision   string // what was decided and why
	IdentityID *uuid.UUID
	At         time.Time
}

// Masks say what is hidden in a copy: whole items, and words wherever they stand.
type Masks struct {
	Items []uuid.UUID
	Words []string
}

// masked stands for what is hidden, of the same length whatever that was.
const masked = "[maskerat]"

// Mask gives the document with what is to be hidden hidden, and in how many places.
func (d Document) Mask(m Masks) (Document, int) {
	count := 0
	hide := func(text string) string { return text }
	if len(m.Words) > 0 {
		pattern := regexp.MustCompile(`(?i)` + strings.Join(m.patterns(), "|"))
		hide = func(text string) string {
			return pattern.ReplaceAllStringFunc(text, func(string) string {
				count++
				return masked
			})
		}
	}
	d.Reason, d.Forum = hide(d.Reason), hide(d.Forum)
	d.Attendance = slices.Clone(d.Attendance)
	for n, p := range d.Attendance {
		d.Attendance[n].Organisation, d.Attendance[n].Role = hide(p.Organisation), hide(p.Role)
	}
	d.Agenda = slices.Clone(d.Agenda)
	for n, a := range d.Agenda {
		d.Agenda[n].Title = hide(a.Title)
		d.Agenda[n].Items = slices.Clone(a.Items)
		for k, i := range a.Items {
			item := &d.Agenda[n].Items[k]
			if slices.Contains(m.Items, i.ID) {
				item.Text, item.Owner, item.Receivers = masked, masked, []Receiver{{Name: masked}}
				count++
				continue
			}
			item.Text, item.Owner = hide(i.Text), hide(i.Owner)
			item.Receivers = slices.Clone(i.Receivers)
			for r := range item.Receivers {
				item.Receivers[r].Name = hide(item.Receivers[r].Name)
			}
		}
	}
	d.Attachments = slices.Clone(d.Attachments)
	for n, a := range d.Attachments {
		d.Attachments[n].Name = hide(a.Name)
	}
	d.Agreement = d.Agreement.mask(hide)
	return d, count
}

// patterns match the words with any space between them, the longest first: what stands in another
// must not leave the rest of it.
func (m Masks) patterns() []string {
	words := slices.Clone(m.Words)
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for n, w := range words {
		parts := strings.Fields(w)
		for k, part := range parts {
			parts[k] = regexp.QuoteMeta(part)
		}
		words[n] = strings.Join(parts, `\s+`)
	}
	return words
}

const maxMaskedWords = 200

// check refuses what would hide nothing, or everything.
func (m *Masks) check() error {
	var words []string
	for _, w := range m.Words {
		if _, err := fault.OptionalLine("words", w, len(w)); err != nil { // no control characters
			return err
		}
		if w = strings.Join(strings.Fields(w), " "); w == "" {
			continue
		}
		if len([]rune(w)) < 2 || len(w) > 200 {
			return fault.On("words", "Skriv ord eller namn på 2 till 200 tecken, ett på varje rad.")
		}
		words = append(words, w)
	}
	if len(words) > maxMaskedWords {
		return fault.On("words", "Skriv högst %d rader, eller maska hela punkter.", maxMaskedWords)
	}
	m.Words = words
	return nil
}

// left gives the first word that can still be read: one whose letters stand in different looks is not
// found in the text that was typed.
func (m Masks) left(p document.Document) string {
	text := strings.ToLower(strings.Join(strings.Fields(p.Title+" "+document.Plain(p.Body)), " "))
	for _, w := range m.Words {
		if strings.Contains(text, strings.ToLower(w)) {
			return w
		}
	}
	return ""
}

// mayDisclose refuses with fault.Denied unless the actor is the registrar, or keeps the forum's notes.
func mayDisclose(tx *store.Tx, by access.Actor, o *Opened) error {
	if by.Is(access.Registrar, access.Manager) {
		return nil
	}
	return by.MayConvene(tx, o.Minutes.Meeting.ForumID)
}

// PreviewDisclosure opens a version, the latest for number 0, and gives beside it the document of the
// copy that Disclose would make, and in how many places that hides something. It is logged, as reading
// the minutes is. It refuses with fault.Invalid words that would hide nothing, or everything.
func PreviewDisclosure(tx *store.Tx, by access.Actor, id uuid.UUID, number int64, m Masks) (o *Opened, hidden Document, places int, err error) {
	if o, err = Read(tx, by, id, number); err != nil {
		return nil, Document{}, 0, err
	}
	if err := mayDisclose(tx, by, o); err != nil {
		return nil, Document{}, 0, err
	}
	if err := m.check(); err != nil {
		return nil, Document{}, 0, err
	}
	hidden, places = o.Document.Mask(m)
	return o, hidden, places, nil
}

// Disclose makes a masked copy. It refuses with fault.Invalid without a note of the decision, and when
// a word that was to be hidden can still be read.
func Disclose(tx *store.Tx, by access.Actor, id uuid.UUID, number int64, m Masks, decision string) (*Disclosure, error) {
	o, err := find(tx, by, id, number)
	if err != nil {
		return nil, err
	}
	if err := mayDisclose(tx, by, o); err != nil {
		return nil, err
	}
	decision, decisionErr := deidentify.Text(tx.Now, "decision", decision, 2000)
	if err := fault.Join(m.check(), decisionErr); err != nil {
		return nil, err
	}
	d, count := o.Document.Mask(m)
	p := d.Paper(o.Frozen.At)
	if w := m.left(p); w != "" {
		return nil, fault.On("words", "”%s” kan fortfarande läsas. Maska hela punkten i stället.", w)
	}
	p.Footer += ", kopia med maskerade uppgifter"
	pdf, err := document.PDF(p)
	if err != nil {
		return nil, err
	}
	sum, err := file.Keep(tx, pdf)
	if err != nil {
		return nil, err
	}
	made := &Disclosure{store.NewID(), id, d.Number, sum, count, decision, by.By(), tx.Now}
	if err := tx.DB.Create(made).Error; err != nil {
		return nil, err
	}
	return made, access.Log(tx, by, "disclose minutes", "minutes", id)
}

// Disclosures lists the copies of minutes, the latest first, for those who may make them.
func Disclosures(tx *store.Tx, by access.Actor, id uuid.UUID) ([]Disclosure, error) {
	o, err := find(tx, by, id, 0)
	if err != nil {
		return nil, err
	}
	if err := mayDisclose(tx, by, o); err != nil {
		return nil, err
	}
	var all []Disclosure
	return all, tx.DB.Order("at DESC, id").Find(&all, "minutes_id = ?", id).Error
}

// DisclosedCopy gives the file of a disclosure. It is logged.
func DisclosedCopy(tx *store.Tx, by access.Actor, id uuid.UUID) (*Copy, error) {
	made := &Disclosure{}
	if err := store.Found(tx.DB.First(made, "id = ?", id).Error); err != nil {
		return nil, err
	}
	o, err := find(tx, by, made.MinutesID, made.Number)
	if err != nil {
		return nil, err
	}
	if err := mayDisclose(tx, by, o); err != nil {
		return nil, err
	}
	data, err := file.Read(tx, made.PDF)
	if err != nil {
		return nil, err
	}
	return &Copy{"utlamnandekopia-" + o.Document.Date.String() + ".pdf", contentTypes[PDF], data}, access.Log(tx, by, "download disclosure", "minutes", made.MinutesID)
}
