package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/file"
	"samverkan/internal/minutes"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// Document is a follow-up as it is handed over: everything that it says, with the lists that its numbers count. Its JSON is canonical.
type Document struct {
	Schema     int          `json:"schema"`
	ReportID   uuid.UUID    `json:"followUpId"`
	Year       int          `json:"year"`
	Half       int          `json:"half"`
	From       almanac.Date `json:"from"`
	To         almanac.Date `json:"to"`
	Number     int64        `json:"number"`
	Former     *uuid.UUID   `json:"former"` // the one that this one corrects
	Reason     string       `json:"reason"`
	Counted    almanac.Date `json:"counted"` // the day on which things stood so
	Plan       *PlanVersion `json:"plan"`    // null: there was none
	Summary    string       `json:"summary"`
	Outlook    string       `json:"outlook"`
	Forums     []ForumFacts `json:"forums"`
	Rows       []RowFacts   `json:"rows"`
	Places     []PlaceFacts `json:"workplaces"`
	HandedOver almanac.Date `json:"handedOver"` // zero: it is a draft
	Reference  string       `json:"reference"`
}

// PlanVersion is the plan that was followed up.
type PlanVersion struct {
	ID      uuid.UUID `json:"id"`
	Title   string    `json:"title"`
	Version string    `json:"version"`
}

// Opened is a follow-up as somebody reads it: a draft counted now, or what was frozen.
type Opened struct {
	Report      Report
	Document    Document
	Hash        string // of the document; of a draft as it is now
	Suggestions map[string]Suggestion
	Successor   *Report // that corrects this one; nil: none
}

// Draft tells whether the follow-up is not handed over.
func (o Opened) Draft() bool { return !o.Report.HandedOver() }

// Unexplained counts missed meetings of which nobody has said why.
func (o Opened) Unexplained() (n int) {
	for _, f := range o.Document.Forums {
		n += f.Unexplained()
	}
	return n
}

// Unjudged counts rows of the plan of which nobody has said how they stand.
func (o Opened) Unjudged() (n int) {
	for _, r := range o.Document.Rows {
		if r.Status == "" {
			n++
		}
	}
	return n
}

// Open gives a follow-up with its figures. It refuses with fault.NotFound whoever may not read it.
func Open(tx *store.Tx, by access.Actor, zone *time.Location, id uuid.UUID) (*Opened, error) {
	r, err := Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	o := &Opened{Report: *r}
	var later []Report
	if err := tx.DB.Limit(1).Find(&later, "year = ? AND half = ? AND number = ?", r.Year, r.Half, r.Number+1).Error; err != nil {
		return nil, err
	}
	if len(later) > 0 {
		o.Successor = &later[0]
	}
	if r.HandedOver() {
		o.Hash = r.Handover.SHA256
		if err := json.Unmarshal([]byte(r.Handover.Document), &o.Document); err != nil {
			return nil, fmt.Errorf("follow-up %s: %w", id, err)
		}
		return o, nil
	}
	if err := o.count(tx, by, zone); err != nil {
		return nil, err
	}
	_, o.Hash, err = o.Document.freeze()
	return o, err
}

// count fills a draft's document with how things stand now.
func (o *Opened) count(tx *store.Tx, by access.Actor, zone *time.Location) (err error) {
	r := o.Report
	d := Document{Schema: 1, ReportID: r.ID, Year: r.Year, Half: r.Half, From: r.Period().From, To: r.Period().To, Number: r.Number, Reason: r.Reason,
		Counted: almanac.DateOf(tx.Now, zone), Summary: r.Summary, Outlook: r.Outlook}
	if r.Number > 1 {
		former := Report{}
		if err := tx.DB.First(&former, "year = ? AND half = ? AND number = ?", r.Year, r.Half, r.Number-1).Error; err != nil {
			return err
		}
		d.Former = &former.ID
	}
	p, err := plan.Current(tx, by)
	if err != nil {
		return err
	}
	if p != nil {
		d.Plan = &PlanVersion{p.ID, p.Title, p.VersionLabel}
	}
	tied, err := tiedTo(tx, by, r)
	if err != nil {
		return err
	}
	d.Rows = rows(p, r.Rows, tied)
	if d.Places, err = places(tx, by, p, r.Period()); err != nil {
		return err
	}
	o.Suggestions = suggestions(p, tied, d.To, d.Counted)
	d.Forums, err = facts(tx, by, zone, r.Period())
	o.Document = d
	return err
}

// freeze gives the document's canonical bytes and their SHA-256.
func (d Document) freeze() (data []byte, sum string, err error) {
	data, err = json.Marshal(d)
	hash := sha256.Sum256(data)
	return data, hex.EncodeToString(hash[:]), err
}

// HandOver freezes a follow-up as it was reviewed, with its PDF. It refuses with fault.Conflict when something in it has changed since the
// review with this hash, and with fault.Invalid a day to come and a reference that is no registry number.
func HandOver(tx *store.Tx, by access.Actor, zone *time.Location, id uuid.UUID, hash string, on almanac.Date, reference string) (*Opened, error) {
	if _, err := lock(tx, by, id); err != nil {
		return nil, err
	}
	o, err := Open(tx, by, zone, id)
	if err != nil {
		return nil, err
	}
	if o.Hash != hash {
		return nil, fault.New(fault.Conflict, "Något i uppföljningen har ändrats sedan du granskade den. Granska den igen.")
	}
	var dateErr, referenceErr error
	switch {
	case on.IsZero():
		dateErr = fault.On("date", "Skriv vilken dag uppföljningen lämnas över.")
	case on.After(o.Document.Counted):
		dateErr = fault.On("date", "Dagen har inte varit än. Skriv i dag eller en tidigare dag.")
	case on.Before(o.Document.From):
		dateErr = fault.On("date", "Dagen ligger före tiden som uppföljningen gäller.")
	}
	if reference != "" {
		reference, referenceErr = minutes.RegistryNumber("reference", reference)
	}
	if err := fault.Join(dateErr, referenceErr); err != nil {
		return nil, err
	}
	if err := o.keep(tx, by, on, reference); err != nil {
		return nil, err
	}
	return o, access.Log(tx, by, "hand over follow-up", "follow-up", id)
}

func (o *Opened) keep(tx *store.Tx, by access.Actor, on almanac.Date, reference string) error {
	o.Document.HandedOver, o.Document.Reference = on, reference
	data, sum, err := o.Document.freeze()
	if err != nil {
		return err
	}
	pdf, err := document.PDF(o.Document.Paper(tx.Now))
	if err != nil {
		return err
	}
	h := &Handover{ReportID: o.Report.ID, Date: on, Reference: reference, Document: string(data), SHA256: sum, IdentityID: by.By(), At: tx.Now}
	if h.PDF, err = file.Keep(tx, pdf); err != nil {
		return err
	}
	o.Report.Handover, o.Hash = h, sum
	return tx.DB.Create(h).Error
}

// Correct begins a new follow-up in the place of one that was handed over, with the same texts. The former stays as it is. It refuses with
// fault.Invalid without a reason, and with fault.Conflict when it is a draft or is corrected already.
func Correct(tx *store.Tx, by access.Actor, id uuid.UUID, reason string) (*Report, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	former, err := Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	if !former.HandedOver() {
		return nil, fault.New(fault.Conflict, "Uppföljningen är inte överlämnad. Ändra den i stället.")
	}
	if reason, err = deidentify.Line(tx.Now, "reason", reason, 500); err != nil {
		return nil, err
	}
	r := &Report{Year: former.Year, Half: former.Half, Number: former.Number + 1, Reason: reason, Summary: former.Summary, Outlook: former.Outlook, Rows: former.Rows}
	if err := r.create(tx, by); err != nil {
		return nil, err
	}
	return r, access.Log(tx, by, "correct follow-up", "follow-up", r.ID)
}
