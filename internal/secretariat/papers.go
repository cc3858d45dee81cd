package secretariat

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// papersFor tells how many files of a meeting wait for whom an invitation asks; of a cancelled meeting none. A
// stand-in who does not sit in the forum gets none: whoever holds a link may name one, and could so have a code
// sent to themselves.
func papersFor(tx *store.Tx, i *invite.Invitation, m *meeting.Meeting) (int, error) {
	if m.Cancelled() {
		return 0, nil
	}
	if i.StandsForID != nil {
		if sits, err := forum.Sits(tx, m.ForumID, i.ContactID); err != nil || !sits {
			return 0, err
		}
	}
	return minutes.CountShown(tx, m.ID)
}

// answerGuest gives whom an invitation's link belongs to.
func answerGuest(tx *store.Tx, token string) (*Guest, error) {
	o, err := Open(tx, token)
	if err != nil {
		return nil, err
	}
	return &Guest{Contact: o.Invitation.Contact, Meeting: o.Meeting, Title: o.Title, Municipality: o.Municipality, Papers: o.Papers}, nil
}

// Papers lists the files that wait for the holder of an invitation's link, whose mailbox was shown to be theirs.
// It refuses as Open does.
func Papers(tx *store.Tx, token string) ([]minutes.Attachment, error) {
	o, err := Open(tx, token)
	if err != nil || o.Papers == 0 {
		return nil, err
	}
	return minutes.Shown(tx, o.Meeting.ID)
}

// CopyAttachment gives a file to a contact whose mailbox was shown to be theirs: by a link to notes one that
// they name, and by either link one that is shown to those who are called. It is logged. It refuses as
// OpenGuest does, and with fault.NotFound a file of anything else.
func CopyAttachment(tx *store.Tx, purpose access.Purpose, token string, id uuid.UUID) (*minutes.Copy, error) {
	g, err := OpenGuest(tx, purpose, token)
	if err != nil {
		return nil, err
	}
	if purpose == access.ToNotes {
		opened, err := minutes.FindAsMember(tx, g.minutesID, g.Contact.ID)
		if err != nil {
			return nil, err
		}
		return opened.AttachmentOf(tx, id, g.Contact.ID)
	}
	if g.Papers == 0 {
		return nil, fault.Missing()
	}
	return minutes.OpenShown(tx, g.Meeting.ID, id, g.Contact.ID)
}
