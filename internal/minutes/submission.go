package minutes

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/store"
)

// Submission is a draft that was sent to be agreed on, whole as it stood. While it is out the working text does not
// change: what was approved is what is finished. An edit takes it back first, and says what that costs.
type Submission struct {
	ID        uuid.UUID
	MinutesID uuid.UUID
	Number    int64 // of the version that it is to be
	Way       forum.Way
	Days      int64
	Until     almanac.Date // last day for views, of forum.BySilence
	Reason    string       // of a correction
	Confirmed string       // why a number that looks like somebody's may stand
	SHA256    string       `gorm:"column:sha256"` // of the document that was sent
	Document  string       // canonical JSON; empty once it has ended
	SentAt    time.Time
	SentByID  *uuid.UUID
	Outcome   string // "", withdrawn or finalised
	EndedAt   *time.Time
	EndedByID *uuid.UUID

	Asked []Asked
	Views []View
}

// TableName is the table of Submission.
func (Submission) TableName() string { return "minutes_submissions" }

// Asked is somebody who was asked to approve, or for views.
type Asked struct {
	ID           uuid.UUID
	SubmissionID uuid.UUID
	IdentityID   *uuid.UUID
	ContactID    *uuid.UUID
	Name         string // as the finished version names them
	ApprovedAt   *time.Time
}

// TableName is the table of Asked.
func (Asked) TableName() string { return "minutes_asked" }

// View is what somebody who was asked wants changed.
type View struct {
	ID           uuid.UUID
	SubmissionID uuid.UUID
	AskedID      uuid.UUID
	Text         string
	At           time.Time
}

// TableName is the table of View.
func (View) TableName() string { return "minutes_views" }

// Approved counts those who have approved.
func (s Submission) Approved() (n int) {
	for _, a := range s.Asked {
		if a.ApprovedAt != nil {
			n++
		}
	}
	return n
}

// Missing gives those who have not approved.
func (s Submission) Missing() []Asked {
	return slices.DeleteFunc(slices.Clone(s.Asked), func(a Asked) bool { return a.ApprovedAt != nil })
}

// By names who wrote a view.
func (s Submission) By(v View) string {
	for _, a := range s.Asked {
		if a.ID == v.AskedID {
			return a.Name
		}
	}
	return ""
}

// Agreed tells whether the minutes may be finished: everybody has approved, or the days have passed without a view.
func (s Submission) Agreed(today almanac.Date) bool {
	if s.Way == forum.BySilence {
		return len(s.Views) == 0 && today.After(s.Until)
	}
	return len(s.Missing()) == 0
}

// read takes the document out of what was sent.
func (s Submission) read() (*Document, error) {
	d := &Document{}
	if err := json.Unmarshal([]byte(s.Document), d); err != nil {
		return nil, fmt.Errorf("submission %s: %w", s.ID, err)
	}
	return d, nil
}

// OutOf gives what of some minutes is out to be agreed on, nil when nothing is, whoever asks.
func OutOf(tx *store.Tx, minutesID uuid.UUID) (*Submission, error) {
	var found []Submission
	err := tx.DB.Preload("Asked", func(q *gorm.DB) *gorm.DB { return q.Order("name, id") }).
		Preload("Views", func(q *gorm.DB) *gorm.DB { return q.Order("at, id") }).
		Limit(1).Find(&found, "minutes_id = ? AND outcome = ''", minutesID).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Submit sends a draft to be agreed on, as its forum has it, to those asked. hash is that of the preview with the same
// reason. It refuses as Finalise does, and with fault.Conflict when it is out already or the forum asks nobody.
func Submit(tx *store.Tx, by access.Actor, id uuid.UUID, hash, reason, confirmed string, asked []Asked) (*Submission, error) {
	m, err := editable(tx, by, id)
	if err != nil {
		return nil, err
	}
	way, err := forum.AgreeingOf(tx, m.Meeting.ForumID)
	if err != nil {
		return nil, err
	}
	if way.Way == forum.ByKeeper {
		return nil, fault.New(fault.Conflict, "Forumets anteckningar färdigställs utan godkännande.")
	}
	if len(asked) == 0 {
		return nil, fault.New(fault.Conflict, "Ingen kan tillfrågas. Ändra på forumets sida hur anteckningarna blir klara.")
	}
	frozen, err := m.freezable(tx, hash, reason, confirmed)
	if err != nil {
		return nil, err
	}
	s := &Submission{ID: store.NewID(), MinutesID: id, Number: frozen.document.Number, Way: way.Way, Days: way.Days, Reason: frozen.document.Reason, Confirmed: frozen.confirmed,
		SHA256: frozen.sum, Document: string(frozen.data), SentAt: tx.Now, SentByID: by.By()}
	if s.Way == forum.BySilence {
		s.Until = almanac.WorkdaysAfter(almanac.DateOf(tx.Now, m.Meeting.Location()), int(way.Days))
	}
	if err := tx.DB.Omit("Asked", "Views").Create(s).Error; err != nil {
		return nil, err
	}
	for _, a := range asked {
		a.ID, a.SubmissionID = store.NewID(), s.ID
		s.Asked = append(s.Asked, a)
	}
	if err := tx.DB.Create(&s.Asked).Error; err != nil {
		return nil, err
	}
	return s, access.Log(tx, by, "send minutes for approval", "minutes", id)
}

// TakeBack ends what is out, so that the text can be changed: approvals of it are void. Taking back what is not out
// changes nothing.
func TakeBack(tx *store.Tx, by access.Actor, id uuid.UUID) (*Submission, error) {
	if _, err := draft(tx, by, id); err != nil {
		return nil, err
	}
	s, err := OutOf(tx, id)
	if err != nil || s == nil {
		return nil, err
	}
	if err := s.end(tx, by, "withdrawn"); err != nil {
		return nil, err
	}
	if s.Approved() > 0 {
		return s, access.Log(tx, by, "void approvals", "minutes", id)
	}
	return s, access.Log(tx, by, "take minutes back", "minutes", id)
}

// end closes a submission. Its document was working material: the finished version has it, or nobody (domain.md L7).
func (s *Submission) end(tx *store.Tx, by access.Actor, outcome string) error {
	return tx.DB.Model(&Submission{}).Where("id = ?", s.ID).
		Updates(map[string]any{"outcome": outcome, "document": "", "ended_at": tx.Now, "ended_by_id": by.By()}).Error
}

// editable is draft for whoever changes the text. It refuses with fault.Conflict while the text is out to be agreed on.
func editable(tx *store.Tx, by access.Actor, id uuid.UUID) (*Minutes, error) {
	m, err := draft(tx, by, id)
	if err != nil {
		return nil, err
	}
	return m, refuseOut(tx, id)
}

func refuseOut(tx *store.Tx, minutesID uuid.UUID) error {
	var n int64
	err := tx.DB.Model(&Submission{}).Where("minutes_id = ? AND outcome = ''", minutesID).Count(&n).Error
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "Anteckningarna är skickade för godkännande. Om du ändrar måste alla godkänna igen. Ta tillbaka dem först.")
	}
	return err
}

// refuseOutOf is refuseOut for what changes with a meeting: its files and its agenda.
func refuseOutOf(tx *store.Tx, meetingID uuid.UUID) error {
	m, err := ofMeeting(tx, meetingID)
	if err != nil || m == nil {
		return err
	}
	return refuseOut(tx, m.ID)
}

// Submitted is a draft as somebody who is asked reads it.
type Submitted struct {
	Minutes    Minutes // without working text
	Submission *Submission
	Document   Document
	Mine       *Asked // what the reader is asked; nil: nothing, they keep the notes
	Keeps      bool
}

// submitted gives what is out of some minutes. It refuses with fault.NotFound when nothing is.
func submitted(tx *store.Tx, id uuid.UUID) (*Submitted, error) {
	r := &Submitted{}
	if err := store.Found(tx.DB.Preload("Meeting.Forum").Preload("Versions", light).First(&r.Minutes, "minutes.id = ?", id).Error); err != nil {
		return nil, err
	}
	var err error
	if r.Submission, err = OutOf(tx, id); err != nil {
		return nil, err
	}
	if r.Submission == nil {
		return nil, fault.Missing()
	}
	d, err := r.Submission.read()
	if err != nil {
		return nil, err
	}
	r.Document = *d
	return r, nil
}

// FindSubmitted gives what is out to somebody with an account who is asked and sits in the forum still, and to whoever keeps the notes. It
// refuses with fault.NotFound everybody else.
func FindSubmitted(tx *store.Tx, by access.Actor, id uuid.UUID) (*Submitted, error) {
	r, err := submitted(tx, id)
	if err != nil {
		return nil, err
	}
	r.Keeps = by.MayConvene(tx, r.Minutes.Meeting.ForumID) == nil
	seated, err := access.Seated(tx, r.Minutes.Meeting.ForumID)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(seated, func(i access.Identity) bool { return i.ID == by.ID }) {
		r.Mine = r.Submission.asked(func(a Asked) bool { return a.IdentityID != nil && *a.IdentityID == by.ID })
	}
	if !r.Keeps && r.Mine == nil {
		return nil, fault.Missing()
	}
	return r, nil
}

// ReadSubmitted is FindSubmitted for whoever reads the text: it is logged as opening a draft is.
func ReadSubmitted(tx *store.Tx, by access.Actor, id uuid.UUID) (*Submitted, error) {
	r, err := FindSubmitted(tx, by, id)
	if err != nil {
		return nil, err
	}
	return r, DraftOpened(tx, by, id)
}

// SubmittedTo gives what is out to a contact without an account who is asked and sits in the forum still. It refuses
// with fault.NotFound everybody else. That the mailbox is theirs is for the caller to know.
func SubmittedTo(tx *store.Tx, id, contactID uuid.UUID) (*Submitted, error) {
	r, err := submitted(tx, id)
	if err != nil {
		return nil, err
	}
	r.Mine = r.Submission.asked(func(a Asked) bool { return a.ContactID != nil && *a.ContactID == contactID })
	sits, err := forum.Sits(tx, r.Minutes.Meeting.ForumID, contactID)
	if err == nil && (r.Mine == nil || !sits) {
		err = fault.Missing()
	}
	return r, err
}

func (s *Submission) asked(is func(Asked) bool) *Asked {
	if n := slices.IndexFunc(s.Asked, is); n >= 0 {
		return &s.Asked[n]
	}
	return nil
}

// Approve records that whoever reads approves the text with a hash, the one that they have before them. Approving
// again changes nothing. It refuses with fault.Conflict when another text is out, or nobody is to approve.
func (r *Submitted) Approve(tx *store.Tx, by access.Actor, hash string) error {
	if err := r.hold(tx); err != nil {
		return err
	}
	if r.Submission.Way != forum.ByApprovers {
		return fault.New(fault.Conflict, "De här anteckningarna godkänns inte. Skriv om du har synpunkter.")
	}
	if hash != r.Submission.SHA256 {
		return fault.New(fault.Conflict, "Anteckningarna har ändrats sedan du läste dem. Läs dem igen.")
	}
	if r.Mine.ApprovedAt != nil {
		return nil
	}
	if err := tx.DB.Model(&Asked{}).Where("id = ?", r.Mine.ID).Update("approved_at", tx.Now).Error; err != nil {
		return err
	}
	r.Mine.ApprovedAt = &tx.Now
	return access.Log(tx, by, "approve minutes", "minutes", r.Minutes.ID)
}

// Object writes what whoever reads wants changed, for whoever keeps the notes. Silence is no consent any longer, and an
// approval of theirs is taken back. It refuses with fault.Invalid, naming the field.
func (r *Submitted) Object(tx *store.Tx, by access.Actor, text string) error {
	text, err := deidentify.Text(tx.Now, "text", text, 2000)
	if err != nil {
		return err
	}
	if err := r.hold(tx); err != nil {
		return err
	}
	v := View{store.NewID(), r.Submission.ID, r.Mine.ID, text, tx.Now}
	if err := tx.DB.Create(&v).Error; err != nil {
		return err
	}
	if err := tx.DB.Model(&Asked{}).Where("id = ?", r.Mine.ID).Update("approved_at", nil).Error; err != nil {
		return err
	}
	r.Submission.Views, r.Mine.ApprovedAt = append(r.Submission.Views, v), nil
	return access.Log(tx, by, "write view", "minutes", r.Minutes.ID)
}

// hold locks the minutes and looks again: they may have been taken back meanwhile, or finished.
func (r *Submitted) hold(tx *store.Tx) error {
	if r.Mine == nil {
		return fault.Missing()
	}
	if err := tx.Hold(&Minutes{}, r.Minutes.ID); err != nil {
		return err
	}
	now, err := OutOf(tx, r.Minutes.ID)
	if err != nil {
		return err
	}
	if now == nil || now.ID != r.Submission.ID {
		return fault.New(fault.Conflict, "Anteckningarna har tagits tillbaka eller färdigställts. Läs in sidan igen.")
	}
	return nil
}

// Out lists what is out to be agreed on, with its meeting, the oldest first, whoever asks.
func Out(tx *store.Tx) ([]Submitted, error) {
	var ids []uuid.UUID
	if err := tx.DB.Model(&Submission{}).Where("outcome = ''").Order("sent_at, id").Pluck("minutes_id", &ids).Error; err != nil {
		return nil, err
	}
	var all []Submitted
	for _, id := range ids {
		r, err := submitted(tx, id)
		if err != nil {
			return nil, err
		}
		r.Document = Document{} // who is reminded reads nothing
		all = append(all, *r)
	}
	return all, nil
}

// Voided lists minutes of the actor's forums that somebody else took back after the actor had sent them, and that are neither
// out again nor finished since.
func Voided(tx *store.Tx, by access.Actor) ([]Minutes, error) {
	later := tx.DB.Table("minutes_submissions AS later").Select("1").Where("later.minutes_id = minutes_submissions.minutes_id AND later.sent_at > minutes_submissions.sent_at")
	taken := tx.DB.Model(&Submission{}).Select("minutes_submissions.minutes_id").
		Where("outcome = 'withdrawn' AND sent_by_id = ? AND (ended_by_id IS NULL OR ended_by_id <> ?) AND NOT EXISTS (?)", by.ID, by.ID, later)
	var all []Minutes
	return all, tx.DB.Joins("JOIN meetings ON meetings.id = minutes.meeting_id").Preload("Meeting.Forum").
		Where("minutes.id IN (?)", taken).Scopes(by.ConvenedForums(tx, "meetings.forum_id")).Order("meetings.starts_at, minutes.id").Find(&all).Error
}

// FindAsked gives somebody who was asked, with the minutes that they are asked of. It refuses with fault.NotFound once those are
// taken back or finished.
func FindAsked(tx *store.Tx, id uuid.UUID) (*Submitted, error) {
	s := &Submission{}
	err := store.Found(tx.DB.Omit("document").Joins("JOIN minutes_asked ON minutes_asked.submission_id = minutes_submissions.id").
		First(s, "minutes_asked.id = ? AND minutes_submissions.outcome = ''", id).Error)
	if err != nil {
		return nil, err
	}
	r, err := submitted(tx, s.MinutesID)
	if err != nil {
		return nil, err
	}
	r.Mine = r.Submission.asked(func(a Asked) bool { return a.ID == id })
	return r, nil
}
