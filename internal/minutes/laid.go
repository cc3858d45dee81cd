package minutes

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// LayFile puts a file with old notes on a meeting that was held before they were written here. It stands for
// the meeting's notes and is nobody's finished record: it has no version and no number. It refuses as Attach
// does, and with fault.Conflict when the meeting has notes, or has not been.
func LayFile(tx *store.Tx, by access.Actor, meetingID uuid.UUID, u Upload) (*Attachment, error) {
	m, err := attachable(tx, by, meetingID)
	if err != nil {
		return nil, err
	}
	if m.Cancelled() {
		return nil, fault.New(fault.Conflict, "Mötet är inställt.")
	}
	if m.EndsAt.After(tx.Now) {
		return nil, fault.New(fault.Conflict, "Mötet har inte varit än. Bifoga filen i stället.")
	}
	begun, err := Begun(tx, meetingID)
	if err != nil {
		return nil, err
	}
	if begun {
		return nil, fault.New(fault.Conflict, "Mötet har redan anteckningar.")
	}
	a, err := u.attachment(tx, by, meetingID)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"docx", "odt", "pdf", "txt"}, a.Kind) {
		return nil, fault.On("file", "Gamla anteckningar läggs in som %s.", "docx, odt, pdf, txt")
	}
	a.Laid, a.Shown = true, false
	return a, a.keep(tx, by, u.Data, "lay old notes")
}

// LaidOn tells whether old notes stand for those of a meeting.
func LaidOn(tx *store.Tx, meetingID uuid.UUID) (bool, error) {
	var n int64
	err := tx.DB.Model(&Attachment{}).Where("meeting_id = ? AND laid", meetingID).Count(&n).Error
	return n > 0, err
}

// AllLaid gives all old notes that can be read, for the index of the search.
func AllLaid(tx *store.Tx) ([]Attachment, error) {
	var all []Attachment
	return all, tx.DB.Order("created_at, id").Find(&all, "laid AND readable").Error
}
