package minutes

import (
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// shown is a meeting's files that are shown to those who are asked to it, and that nobody has taken away. Notes
// from before us are no papers for the meeting.
func shown(tx *store.Tx, meetingID uuid.UUID) *gorm.DB {
	return tx.DB.Model(&Attachment{}).Where("meeting_id = ? AND shown AND NOT laid AND dropped_at IS NULL", meetingID)
}

// CountShown tells how many files of a meeting are shown to those who are asked to it, whoever asks.
func CountShown(tx *store.Tx, meetingID uuid.UUID) (int, error) {
	var n int64
	err := shown(tx, meetingID).Count(&n).Error
	return int(n), err
}

// Shown lists those files, the oldest first, without their text: for whoever has asked whether the reader is
// called.
func Shown(tx *store.Tx, meetingID uuid.UUID) ([]Attachment, error) {
	var all []Attachment
	err := shown(tx, meetingID).Omit("text").Order("created_at, id").Find(&all).Error
	return all, err
}

// ShownBeside lists the shown files that the notes do not name: they came after these were finished.
func (o *Opened) ShownBeside(tx *store.Tx) ([]Attachment, error) {
	all, err := Shown(tx, o.Minutes.MeetingID)
	return slices.DeleteFunc(all, func(a Attachment) bool {
		return slices.ContainsFunc(o.Document.Attachments, func(named DocumentAttachment) bool { return named.ID == a.ID })
	}), err
}

// OpenShown gives one of them to a contact without an account who is called. It is logged with the contact. It
// refuses with fault.NotFound any other file.
func OpenShown(tx *store.Tx, meetingID, id, contactID uuid.UUID) (*Copy, error) {
	var found []Attachment
	if err := shown(tx, meetingID).Omit("text").Limit(1).Find(&found, "id = ?", id).Error; err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.Missing()
	}
	return found[0].openByLink(tx, contactID)
}

// openByLink gives a file to a contact without an account, who is written in the log.
func (a *Attachment) openByLink(tx *store.Tx, contactID uuid.UUID) (*Copy, error) {
	c, err := a.open(tx, access.Guest())
	if err != nil {
		return nil, err
	}
	return c, access.Log(tx, access.Guest(), "open attachment", "contact", contactID)
}
