package minutes

import (
	"path"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/file"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// Attachment is a file of a meeting.
type Attachment struct {
	ID          uuid.UUID
	MeetingID   uuid.UUID
	Laid        bool // stands for the meeting's notes, which were written before us
	Name        string
	Kind        string // one of document.Kinds
	SHA256      string `gorm:"column:sha256"`
	Size        int64  // octets
	Text        string // what could be read in it
	Readable    bool   // it can be searched
	Shown       bool   // to those who are asked to the meeting, before its notes are finished
	Confirmed   string // why a number that looks like somebody's may stand
	NamedFirst  int64  // versions of the notes that name it; 0: none
	NamedLast   int64
	DroppedAt   *time.Time // later versions do not name it
	CreatedAt   time.Time
	CreatedByID *uuid.UUID
}

// Named tells whether finished notes name the file.
func (a Attachment) Named() bool { return a.NamedFirst > 0 }

// Limits of attachments (security.md §4). MaxAttachment is in octets.
const (
	MaxAttachment  = 25 << 20
	maxAttachments = 20      // of one meeting
	maxAttached    = 5 << 30 // octets of all together
	longestName    = 120     // characters
)

// Upload is a file as somebody sends it.
type Upload struct {
	Name      string
	Data      []byte
	Shown     bool   // to those who are asked, before the notes are finished
	Confirmed string // why a number that looks like somebody's may stand
}

// Attach puts a file to a meeting. It refuses with fault.NotFound unless the actor keeps the forum's notes,
// and with fault.Invalid, naming the field, a file that is too large, of a kind that is not taken or not
// what its name says, and one with a personal number in its name or text unless it is said why that may stand.
func Attach(tx *store.Tx, by access.Actor, meetingID uuid.UUID, u Upload) (*Attachment, error) {
	m, err := attachable(tx, by, meetingID)
	if err == nil {
		err = refuseOutOf(tx, meetingID)
	}
	if err != nil {
		return nil, err
	}
	if m.Cancelled() {
		return nil, fault.New(fault.Conflict, "Mötet är inställt.")
	}
	a, err := u.attachment(tx, by, meetingID)
	if err != nil {
		return nil, err
	}
	return a, a.keep(tx, by, u.Data, "attach file")
}

// attachable locks a meeting whose notes the actor keeps.
func attachable(tx *store.Tx, by access.Actor, meetingID uuid.UUID) (*meeting.Meeting, error) {
	if err := tx.Hold(&meeting.Meeting{}, meetingID); err != nil {
		return nil, err
	}
	m, err := meeting.Find(tx, by, meetingID)
	if err != nil {
		return nil, err
	}
	return m, by.MayConvene(tx, m.ForumID)
}

// attachment checks a file and says what it would be.
func (u Upload) attachment(tx *store.Tx, by access.Actor, meetingID uuid.UUID) (*Attachment, error) {
	if len(u.Data) > MaxAttachment {
		return nil, fault.On("file", "Filen är större än %d MB. Välj en mindre.", MaxAttachment>>20)
	}
	a := &Attachment{ID: store.NewID(), MeetingID: meetingID, Name: file.SafeName(u.Name), Size: int64(len(u.Data)), Shown: u.Shown, CreatedAt: tx.Now, CreatedByID: by.By()}
	if name := []rune(a.Name); len(name) > longestName {
		ending := []rune(path.Ext(a.Name))
		a.Name = string(name[:longestName-len(ending)]) + string(ending)
	}
	var err error
	if a.Kind, err = document.Kind(a.Name, u.Data); err != nil {
		return nil, err
	}
	if a.Text, a.Readable, err = document.Extract(a.Kind, u.Data); err != nil {
		return nil, err
	}
	a.Text = strings.ReplaceAll(a.Text, "\x00", "") // PostgreSQL keeps none
	if a.Confirmed, err = fault.OptionalLine("confirmed", u.Confirmed, 500); err != nil {
		return nil, err
	}
	return a, a.guard(tx.Now)
}

// guard refuses a number that certainly is somebody's, unless it is said why it may stand.
func (a *Attachment) guard(today time.Time) error {
	if a.Confirmed != "" {
		return nil
	}
	for _, text := range []string{strings.TrimSuffix(a.Name, path.Ext(a.Name)), a.Text} {
		for _, f := range deidentify.Find(text, today) {
			if f.Certain {
				return fault.On("confirmed", "Det ser ut att stå ett personnummer i filen eller i dess namn (%s). Ta bort det och välj filen igen, eller skriv varför det får stå kvar.", f.Shown)
			}
		}
	}
	return nil
}

// keep puts the file away, within the limits.
func (a *Attachment) keep(tx *store.Tx, by access.Actor, data []byte, action string) error {
	var count int64
	if err := tx.DB.Model(&Attachment{}).Where("meeting_id = ? AND dropped_at IS NULL", a.MeetingID).Count(&count).Error; err != nil {
		return err
	}
	if count >= maxAttachments {
		return fault.On("file", "Mötet har redan %d bilagor. Ta bort någon först.", maxAttachments)
	}
	var all int64
	if err := tx.DB.Model(&Attachment{}).Select("COALESCE(SUM(size), 0)").Scan(&all).Error; err != nil {
		return err
	}
	if all+a.Size > maxAttached {
		return fault.On("file", "Det finns inte plats för fler bilagor. Prata med den som driver systemet.")
	}
	var err error
	if a.SHA256, err = file.Keep(tx, data); err != nil {
		return err
	}
	if err := tx.DB.Create(a).Error; err != nil {
		return err
	}
	return access.Log(tx, by, action, "meeting", a.MeetingID)
}

// Attachments lists a meeting's files that the actor may open, the oldest first, without their text: those
// who keep the notes see all; who may read the forum's finished notes sees what these name, what stands
// for notes from before us, and what is shown beforehand.
func Attachments(tx *store.Tx, by access.Actor, meetingID uuid.UUID) ([]Attachment, error) {
	var all []Attachment
	err := attached(tx, by).Omit("text").Where("attachments.meeting_id = ?", meetingID).Order("attachments.created_at, attachments.id").Find(&all).Error
	return all, err
}

// attached is the files that the actor may open.
func attached(tx *store.Tx, by access.Actor) *gorm.DB {
	kept := tx.DB.Table("meetings").Select("meetings.id").Scopes(by.ConvenedForums(tx, "meetings.forum_id"))
	read := tx.DB.Table("meetings").Select("meetings.id").Scopes(by.ReadsNotes(tx, "meetings.forum_id"))
	return tx.DB.Where("attachments.meeting_id IN (?) OR attachments.meeting_id IN (?) AND (attachments.laid OR attachments.named_first > 0 OR attachments.shown AND attachments.dropped_at IS NULL)", kept, read)
}

// FindAttachment gives a file's particulars. It refuses with fault.NotFound what the actor may not open.
func FindAttachment(tx *store.Tx, by access.Actor, id uuid.UUID) (*Attachment, error) {
	a := &Attachment{}
	if err := store.Found(attached(tx, by).Omit("text").First(a, "attachments.id = ?", id).Error); err != nil {
		return nil, err
	}
	_, err := meeting.Find(tx, by, a.MeetingID) // none that lies in the bin
	return a, err
}

// OpenAttachment gives a file. Opening one is logged. It refuses as FindAttachment does.
func OpenAttachment(tx *store.Tx, by access.Actor, id uuid.UUID) (*Copy, error) {
	a, err := FindAttachment(tx, by, id)
	if err != nil {
		return nil, err
	}
	return a.open(tx, by)
}

func (a *Attachment) open(tx *store.Tx, by access.Actor) (*Copy, error) {
	data, err := file.Read(tx, a.SHA256)
	if err != nil {
		return nil, err
	}
	return &Copy{a.Name, a.contentType(), data}, access.Log(tx, by, "open attachment", "attachment", a.ID)
}

// contentType tells a browser no more than it needs to save a file: only what cannot be a page is named.
func (a *Attachment) contentType() string {
	switch a.Kind {
	case "pdf":
		return "application/pdf"
	case "png":
		return "image/png"
	case "jpg":
		return "image/jpeg"
	}
	return "application/octet-stream"
}

// Show lets those who are asked to the meeting open a file before its notes are finished, or no more.
func Show(tx *store.Tx, by access.Actor, id uuid.UUID, shown bool) (*Attachment, error) {
	a, err := heldAttachment(tx, by, id)
	if err != nil || a.Shown == shown {
		return a, err
	}
	a.Shown = shown
	if err := tx.DB.Model(&Attachment{}).Where("id = ?", id).Update("shown", shown).Error; err != nil {
		return nil, err
	}
	action := "hide attachment"
	if shown {
		action = "show attachment"
	}
	return a, access.Log(tx, by, action, "attachment", id)
}

// heldAttachment locks a file of a meeting whose notes the actor keeps.
func heldAttachment(tx *store.Tx, by access.Actor, id uuid.UUID) (*Attachment, error) {
	a := &Attachment{}
	if err := tx.Hold(a, id); err != nil {
		return nil, err
	}
	m, err := meeting.Find(tx, by, a.MeetingID)
	if err != nil {
		return nil, err
	}
	return a, by.MayConvene(tx, m.ForumID)
}

// Detach takes a file from a meeting. One that finished notes name stays with those versions, and the next
// one names it no more; any other is gone, with its bytes when nothing else has them.
func Detach(tx *store.Tx, by access.Actor, id uuid.UUID) (*Attachment, error) {
	a, err := heldAttachment(tx, by, id)
	if err != nil || a.DroppedAt != nil {
		return a, err
	}
	// A version that is made at the same moment names it, or finds it gone.
	if err := tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).Select("id").Find(&[]Minutes{}, "meeting_id = ?", a.MeetingID).Error; err != nil {
		return nil, err
	}
	if err := store.Found(tx.DB.Omit("text").First(a, "id = ?", id).Error); err != nil {
		return nil, err
	}
	if err := refuseOutOf(tx, a.MeetingID); err != nil {
		return nil, err
	}
	if a.Named() {
		a.DroppedAt = &tx.Now
		if err := tx.DB.Model(&Attachment{}).Where("id = ?", id).Update("dropped_at", tx.Now).Error; err != nil {
			return nil, err
		}
		return a, access.Log(tx, by, "drop attachment", "attachment", id)
	}
	if err := tx.DB.Delete(&Attachment{}, "id = ?", id).Error; err != nil {
		return nil, err
	}
	if err := forget(tx, a.SHA256); err != nil {
		return nil, err
	}
	return a, access.Log(tx, by, "detach file", "meeting", a.MeetingID)
}

// forget removes the bytes of a file that nothing of ours has any more.
func forget(tx *store.Tx, sum string) error {
	for table, column := range map[string]string{"attachments": "sha256", "minutes_versions": "pdf", "disclosures": "pdf"} {
		var n int64
		if err := tx.DB.Table(table).Where(column+" = ?", sum).Count(&n).Error; err != nil || n > 0 {
			return err
		}
	}
	return file.Remove(tx, sum)
}

// Forget removes the files of a meeting that is to vanish, and what was proposed to it. Nothing finished names
// them: such a meeting stays.
func Forget(tx *store.Tx, meetingID uuid.UUID) error {
	if err := tx.DB.Delete(&AgendaProposal{}, "meeting_id = ?", meetingID).Error; err != nil {
		return err
	}
	var all []Attachment
	if err := tx.DB.Omit("text").Find(&all, "meeting_id = ?", meetingID).Error; err != nil {
		return err
	}
	for _, a := range all {
		if err := tx.DB.Delete(&Attachment{}, "id = ?", a.ID).Error; err != nil {
			return err
		}
		if err := forget(tx, a.SHA256); err != nil {
			return err
		}
	}
	return nil
}

// standing are the files that the next version names.
func standing(tx *store.Tx, meetingID uuid.UUID) ([]Attachment, error) {
	var all []Attachment
	err := tx.DB.Omit("text").Order("created_at, id").Find(&all, "meeting_id = ? AND NOT laid AND dropped_at IS NULL", meetingID).Error
	return all, err
}

// name records that a version names its files.
func (d Document) name(tx *store.Tx) error {
	for _, a := range d.Attachments {
		if err := tx.DB.Model(&Attachment{}).Where("id = ?", a.ID).
			Updates(map[string]any{"named_last": d.Number, "named_first": gorm.Expr("CASE WHEN named_first = 0 THEN ? ELSE named_first END", d.Number)}).Error; err != nil {
			return err
		}
	}
	return nil
}

// AttachmentOf gives a file that the newest version of finished notes names, or that is shown to those who were
// called, to a contact without an account who may read them. It is logged with the contact.
func (o *Opened) AttachmentOf(tx *store.Tx, id, contactID uuid.UUID) (*Copy, error) {
	for _, named := range o.Document.Attachments {
		if named.ID != id {
			continue
		}
		a := &Attachment{}
		if err := store.Found(tx.DB.Omit("text").First(a, "id = ?", id).Error); err != nil {
			return nil, err
		}
		return a.openByLink(tx, contactID)
	}
	return OpenShown(tx, o.Minutes.MeetingID, id, contactID)
}

// Searchable gives the files that a version names with their text, empty where none can be read, for the index
// of the search.
func (d Document) Searchable(tx *store.Tx) ([]Attachment, error) {
	var all []Attachment
	for _, a := range d.Attachments {
		var found []Attachment
		if err := tx.DB.Limit(1).Find(&found, "id = ?", a.ID).Error; err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}
