package minutes

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Document is finalised minutes, whole: everything that page, print, search and excerpts read. Its
// JSON is canonical because Go writes a struct's fields in one order; it is stored as those bytes
// and never written again.
type Document struct {
	Schema     int              `json:"schema"` // 1
	MinutesID  uuid.UUID        `json:"minutesId"`
	MeetingID  uuid.UUID        `json:"meetingId"`
	Number     int64            `json:"number"` // 1, and higher for corrections
	Reason     string           `json:"reason"` // of a correction
	Forum      string           `json:"forum"`
	Title      string           `json:"title"` // neutral
	Date       almanac.Date     `json:"date"`
	Starts     almanac.Clock    `json:"starts"`
	Ends       almanac.Clock    `json:"ends"`
	Zone       string           `json:"zone"`
	Attendance []DocumentPerson `json:"attendance"`
	Agenda     []DocumentAgenda `json:"agenda"`

	Attachments []DocumentAttachment `json:"attachments"`

	Agreement *DocumentAgreement `json:"agreement,omitempty"` // how it was agreed on; nil: its keeper finished it
}

// DocumentAttachment names a file that belongs to the minutes; the sum says which bytes.
type DocumentAttachment struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	Size   int64     `json:"size"` // octets
	SHA256 string    `json:"sha256"`
}

// DocumentPerson is who was there, as organisation and role.
type DocumentPerson struct {
	Organisation string `json:"organisation"`
	Role         string `json:"role"`
	State        State  `json:"state"`
}

// Label is how it reads.
func (p DocumentPerson) Label() string {
	return Attendance{Organisation: p.Organisation, Role: p.Role}.Label()
}

// DocumentAgenda is a heading with its items.
type DocumentAgenda struct {
	ID    uuid.UUID      `json:"id"`
	Title string         `json:"title"`
	Items []DocumentItem `json:"items"`
}

// DocumentItem is one item.
type DocumentItem struct {
	ID        uuid.UUID    `json:"id"`
	Kind      Kind         `json:"kind"`
	Label     string       `json:"label"` // B1, U1; empty for others
	Text      string       `json:"text"`
	Owner     string       `json:"owner"`
	Due       almanac.Date `json:"due"`
	Receivers []Receiver   `json:"receivers"`
}

// Receiver is a work group or workplace that an item is passed on to, as it was called then.
type Receiver struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// ReceiverIDs gives the ids of those an item is passed on to.
func (i DocumentItem) ReceiverIDs() []uuid.UUID {
	ids := make([]uuid.UUID, len(i.Receivers))
	for n, r := range i.Receivers {
		ids[n] = r.ID
	}
	return ids
}

// PassesOn tells whether the document passes an item on to a receiver.
func (d Document) PassesOn(itemID, receiver uuid.UUID) (passes bool) {
	d.Items(func(_ DocumentAgenda, i DocumentItem) {
		passes = passes || i.ID == itemID && slices.Contains(i.ReceiverIDs(), receiver)
	})
	return passes
}

// To names those an item is passed on to.
func (i DocumentItem) To() string {
	names := make([]string, len(i.Receivers))
	for n, r := range i.Receivers {
		names[n] = r.Name
	}
	return strings.Join(names, ", ")
}

// Items gives every item, in order, with the title that it stands under.
func (d Document) Items(each func(agenda DocumentAgenda, item DocumentItem)) {
	for _, a := range d.Agenda {
		for _, i := range a.Items {
			each(a, i)
		}
	}
}

// Frozen is one finalised version.
type Frozen struct {
	ID         uuid.UUID
	MinutesID  uuid.UUID
	Number     int64
	Document   string // canonical JSON
	SHA256     string `gorm:"column:sha256"`
	PDF        string // SHA-256 of the file, made once
	Reason     string
	Confirmed  string // why a number that looks like somebody's may stand
	IdentityID *uuid.UUID
	At         time.Time
}

// TableName is the table of Frozen.
func (Frozen) TableName() string { return "minutes_versions" }

// document is what would be frozen now, and its hash.
func (m *Minutes) document(tx *store.Tx, reason string) (Document, []byte, string, error) {
	f := m.Meeting.Forum
	d := Document{Schema: 1, MinutesID: m.ID, MeetingID: m.MeetingID, Number: int64(len(m.Versions)) + 1, Reason: reason, Forum: f.Name, Title: f.NeutralTitle,
		Date: m.Meeting.Date, Starts: m.Meeting.Starts, Ends: m.Meeting.Ends, Zone: m.Meeting.Zone, Attendance: []DocumentPerson{}, Agenda: []DocumentAgenda{}, Attachments: []DocumentAttachment{}}
	for _, a := range m.Attendances {
		d.Attendance = append(d.Attendance, DocumentPerson{a.Organisation, a.Role, a.State})
	}
	agenda, err := m.Numbered(tx)
	if err != nil {
		return d, nil, "", err
	}
	d.Agenda = append(d.Agenda, agenda...)
	files, err := standing(tx, m.MeetingID)
	if err != nil {
		return d, nil, "", err
	}
	for _, a := range files {
		d.Attachments = append(d.Attachments, DocumentAttachment{a.ID, a.Name, a.Size, a.SHA256})
	}
	data, sum, err := d.canonical()
	return d, data, sum, err
}

// canonical gives the document's bytes and their hash.
func (d Document) canonical() (data []byte, sum string, err error) {
	data, err = json.Marshal(d)
	of := sha256.Sum256(data)
	return data, hex.EncodeToString(of[:]), err
}

// Numbered gives the agenda with its items as they are labelled: B1, U1 and on.
func (m *Minutes) Numbered(tx *store.Tx) (agenda []DocumentAgenda, err error) {
	var receivers []uuid.UUID
	for _, i := range m.Items {
		receivers = append(receivers, i.Receivers...)
	}
	names, err := partner.ReceiverNames(tx, receivers)
	if err != nil {
		return nil, err
	}
	decisions, actions := 0, 0
	for _, a := range m.Agenda {
		heading := DocumentAgenda{ID: a.ID, Title: a.Title, Items: []DocumentItem{}}
		for _, i := range m.Under(a.ID) {
			item := DocumentItem{i.ID, i.Kind, "", i.Text, i.Owner, i.Due, []Receiver{}}
			for _, id := range i.Receivers {
				item.Receivers = append(item.Receivers, Receiver{id, names[id]})
			}
			switch i.Kind {
			case Decision:
				decisions++
				item.Label = fmt.Sprintf("B%d", decisions)
			case Action:
				actions++
				item.Label = fmt.Sprintf("U%d", actions)
			}
			heading.Items = append(heading.Items, item)
		}
		agenda = append(agenda, heading)
	}
	return agenda, nil
}

// Suspect is a place in the text that may tell who somebody is.
type Suspect struct {
	ItemID uuid.UUID // or the heading's; Nil: in the reason
	Kind   deidentify.Kind
	Shown  string            // with what tells hidden
	Marks  []deidentify.Mark // of a combination
	Blocks bool              // finalising waits until it is removed or confirmed
}

// suspects looks through every text that somebody wrote.
func (d Document) suspects(known *deidentify.Known) []Suspect {
	var all []Suspect
	look := func(id uuid.UUID, text string) {
		for _, f := range deidentify.Look(text, known) {
			all = append(all, Suspect{id, f.Kind, f.Shown, f.Marks, f.Certain})
		}
	}
	look(uuid.Nil, d.Reason)
	for _, a := range d.Agenda {
		look(a.ID, a.Title)
		for _, i := range a.Items {
			look(i.ID, i.Text)
			look(i.ID, i.Owner)
		}
	}
	return all
}

// Preview gives the document that finalising would freeze, its hash, and what in it may tell who
// somebody is.
func Preview(tx *store.Tx, by access.Actor, id uuid.UUID, reason string) (*Document, string, []Suspect, error) {
	m, err := Draft(tx, by, id)
	if err != nil {
		return nil, "", nil, err
	}
	d, _, hash, err := m.document(tx, strings.TrimSpace(reason))
	if err != nil {
		return nil, "", nil, err
	}
	known, err := meeting.Known(tx, by)
	if err != nil {
		return nil, "", nil, err
	}
	return &d, hash, d.suspects(known), nil
}

// Finalise freezes the minutes whose preview had the given hash: from then on they are a public
// record (TF 2 kap. 10 §). It refuses with fault.Conflict when the text is no longer what was
// seen, with fault.Invalid when it is empty, when a correction has no reason, or when a
// personal number stands in it and confirmed does not say why it may.
func Finalise(tx *store.Tx, by access.Actor, id uuid.UUID, hash, reason, confirmed string) (*Frozen, *Document, error) {
	return FinaliseDespite(tx, by, id, hash, reason, confirmed, "")
}

// FinaliseDespite is Finalise for minutes that are not agreed on as their forum has it: despite says why they are finished
// all the same, and stands in the version. It refuses with fault.Conflict when they are to be agreed on and it is empty.
func FinaliseDespite(tx *store.Tx, by access.Actor, id uuid.UUID, hash, reason, confirmed, despite string) (*Frozen, *Document, error) {
	m, err := draft(tx, by, id)
	if err != nil {
		return nil, nil, err
	}
	despite, err = deidentify.OptionalLine(tx.Now, "despite", despite, 500)
	if err != nil {
		return nil, nil, err
	}
	f, err := m.freezable(tx, hash, reason, confirmed)
	if err != nil {
		return nil, nil, err
	}
	d := f.document
	agreement, out, err := m.agreement(tx, f.sum, despite)
	if err != nil {
		return nil, nil, err
	}
	if agreement != nil {
		d.Agreement = agreement
		if f.data, f.sum, err = d.canonical(); err != nil {
			return nil, nil, err
		}
	}
	if out != nil {
		if err := out.end(tx, by, "finalised"); err != nil {
			return nil, nil, err
		}
	}
	pdf, err := keepPDF(tx, d)
	if err != nil {
		return nil, nil, err
	}
	frozen := &Frozen{store.NewID(), id, d.Number, string(f.data), f.sum, pdf, d.Reason, f.confirmed, by.By(), tx.Now}
	if err := tx.DB.Create(frozen).Error; err != nil {
		return nil, nil, err
	}
	if err := tx.DB.Model(&Minutes{}).Where("id = ?", id).Update("version", m.Version+1).Error; err != nil {
		return nil, nil, err
	}
	if err := errors.Join(follow(tx, by, d), d.name(tx)); err != nil {
		return nil, nil, err
	}
	if err := forgetWorking(tx, id); err != nil {
		return nil, nil, err
	}
	return frozen, &d, access.Log(tx, by, "finalise minutes", "minutes", id)
}

// freezing is a document that may be frozen, and its bytes.
type freezing struct {
	document  Document
	data      []byte
	sum       string
	confirmed string
}

// freezable gives what would be frozen, if that is what hash was made of and may be.
func (m *Minutes) freezable(tx *store.Tx, hash, reason, confirmed string) (f freezing, err error) {
	reason, reasonErr := fault.OptionalLine("reason", reason, 500)
	confirmed, confirmedErr := deidentify.OptionalLine(tx.Now, "confirmed", confirmed, 500)
	if err := fault.Join(reasonErr, confirmedErr); err != nil {
		return f, err
	}
	if m.Finalised() && reason == "" {
		return f, fault.On("reason", "Skriv varför anteckningarna rättas. Den tidigare versionen finns kvar.")
	}
	f.confirmed = confirmed
	if f.document, f.data, f.sum, err = m.document(tx, reason); err != nil {
		return f, err
	}
	if err := m.ready(tx, f.document, confirmed); err != nil {
		return f, err
	}
	if f.sum != hash {
		return f, fault.New(fault.Conflict, "Anteckningarna har ändrats sedan du granskade dem. Granska dem igen.")
	}
	return f, nil
}

// ready refuses what may not be frozen.
func (m *Minutes) ready(tx *store.Tx, d Document, confirmed string) error {
	if len(m.Items) == 0 {
		return fault.New(fault.Invalid, "Anteckningarna är tomma. Skriv något innan du färdigställer dem.")
	}
	if m.Meeting.StartsAt.After(tx.Now) {
		return fault.New(fault.Invalid, "Mötet har inte börjat än.")
	}
	if confirmed != "" {
		return nil
	}
	var sure []string
	for _, s := range d.suspects(deidentify.Knowing(tx.Now)) {
		if s.Blocks && !slices.Contains(sure, s.Shown) {
			sure = append(sure, s.Shown)
		}
	}
	if len(sure) > 0 {
		return fault.On("confirmed", "Det ser ut att stå ett personnummer eller ett ärendenummer i texten (%s). Ta bort det, eller skriv varför det får stå kvar.", strings.Join(sure, ", "))
	}
	return nil
}

// Opened is finalised minutes as somebody reads them.
type Opened struct {
	Minutes  Minutes // without working text
	Frozen   Frozen
	Document Document
	Actions  map[uuid.UUID]ActionState
	Replaced map[uuid.UUID]bool // its decisions in whose place a newer one stands
	Registry string             // the version's number in the register; empty: none
	Altered  bool               // the document is not quite what was frozen: somebody protected is hidden from this reader
}

// Read opens a finalised version, the latest for number 0. Opening minutes is an act: it is logged
// here, so that no door can forget. It refuses with fault.NotFound unless the actor may read
// the forum's notes.
func Read(tx *store.Tx, by access.Actor, id uuid.UUID, number int64) (*Opened, error) {
	o, err := find(tx, by, id, number)
	if err != nil {
		return nil, err
	}
	return o, access.Log(tx, by, "read minutes", "minutes", id)
}

// find opens a version without a word in the log: that is for its callers, who know what is done.
func find(tx *store.Tx, by access.Actor, id uuid.UUID, number int64) (*Opened, error) {
	o := &Opened{}
	err := tx.DB.Joins("JOIN meetings ON meetings.id = minutes.meeting_id").Scopes(by.ReadsNotes(tx, "meetings.forum_id")).
		Preload("Meeting.Forum").Preload("Versions", light).First(&o.Minutes, "minutes.id = ?", id).Error
	if err := store.Found(err); err != nil {
		return nil, err
	}
	return o, o.open(tx, number)
}

// open takes a frozen version out, the latest for number 0, and the actions as they stand.
func (o *Opened) open(tx *store.Tx, number int64) error {
	q := tx.DB.Where("minutes_id = ?", o.Minutes.ID)
	if number > 0 {
		q = q.Where("number = ?", number)
	}
	if err := store.Found(q.Order("number DESC").First(&o.Frozen).Error); err != nil {
		return err
	}
	d, err := o.Frozen.read()
	if err != nil {
		return err
	}
	o.Document = *d
	var registered []Registration
	if err := tx.DB.Limit(1).Find(&registered, "minutes_id = ? AND number = ?", o.Minutes.ID, o.Frozen.Number).Error; err != nil {
		return err
	}
	if len(registered) > 0 {
		o.Registry = registered[0].RegistryNumber
	}
	var actions []ActionState
	if err := tx.DB.Find(&actions, "minutes_id = ?", o.Minutes.ID).Error; err != nil {
		return err
	}
	if o.Replaced, err = replacedOf(tx, o.Minutes.ID); err != nil {
		return err
	}
	o.Actions = map[uuid.UUID]ActionState{}
	for _, a := range actions {
		o.Actions[a.ItemID] = a
	}
	return nil
}

// List gives the minutes that the actor may read in their finalised form, the latest meeting
// first, and how many there are.
func List(tx *store.Tx, by access.Actor, limit, offset int) (found []Minutes, total int64, err error) {
	q := func() *gorm.DB {
		return tx.DB.Model(&Minutes{}).Joins("JOIN meetings ON meetings.id = minutes.meeting_id").Scopes(by.ReadsNotes(tx, "meetings.forum_id")).
			Where("EXISTS (?)", tx.DB.Table("minutes_versions").Select("1").Where("minutes_versions.minutes_id = minutes.id"))
	}
	if err := q().Count(&total).Error; err != nil {
		return nil, 0, err
	}
	return found, total, q().Preload("Meeting.Forum").Preload("Versions", light).Order("meetings.starts_at DESC, minutes.id").Limit(limit).Offset(offset).Find(&found).Error
}

// EachLatest calls fn with the latest version of all finalised minutes that the actor may read, the
// latest meeting first.
func EachLatest(tx *store.Tx, by access.Actor, fn func(*Minutes, *Document) error) error {
	var all []Minutes
	err := tx.DB.Joins("JOIN meetings ON meetings.id = minutes.meeting_id").Scopes(by.ReadsNotes(tx, "meetings.forum_id")).
		Preload("Meeting").Order("meetings.starts_at DESC, minutes.id").Find(&all).Error
	if err != nil {
		return err
	}
	for n := range all {
		var latest []Frozen
		if err := tx.DB.Where("minutes_id = ?", all[n].ID).Order("number DESC").Limit(1).Find(&latest).Error; err != nil {
			return err
		}
		if len(latest) == 0 {
			continue
		}
		d, err := latest[0].read()
		if err != nil {
			return err
		}
		if err := fn(&all[n], d); err != nil {
			return err
		}
	}
	return nil
}

// read takes the document out of its frozen bytes.
func (f Frozen) read() (*Document, error) {
	d := &Document{}
	if err := json.Unmarshal([]byte(f.Document), d); err != nil {
		return nil, fmt.Errorf("minutes %s version %d: %w", f.MinutesID, f.Number, err)
	}
	return d, nil
}
