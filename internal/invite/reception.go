package invite

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/meeting"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Reception is that an answer by mail was taken. RFC 5546 §2.1.5 has us keep the two numbers of
// each attendee: an older message that arrives later is discarded by them.
type Reception struct {
	ID           uuid.UUID
	InvitationID uuid.UUID
	Sequence     int64
	Stamp        time.Time // DTSTAMP
	PartStat     PartStat
	At           time.Time
}

// TableName is the table of Reception.
func (Reception) TableName() string { return "replies" }

// Receptions gives the answers by mail that were taken, the latest first.
func Receptions(tx *store.Tx, invitationID uuid.UUID) (all []Reception, err error) {
	return all, tx.DB.Where("invitation_id = ?", invitationID).Order("at DESC, id DESC").Limit(100).Find(&all).Error
}

// Received records that an answer by mail was taken.
func Received(tx *store.Tx, r Reception) error {
	r.ID, r.At = store.NewID(), tx.Now
	return tx.DB.Create(&r).Error
}

// ByReplyToken gives the invitation whose letters name the reply address of a token. It refuses
// with fault.NotFound when it is unknown or revoked.
func ByReplyToken(tx *store.Tx, token string) (*Invitation, error) {
	i := &Invitation{}
	err := whole(tx).First(i, "invitations.reply_hash = ? AND withdrawn_at IS NULL", seal.Hash(token)).Error
	return i, store.Found(err)
}

// ByUID gives the meeting that an event of ours is, and the invitation to it of the contact with an
// address, nil when there is none. It refuses with fault.NotFound when the UID is not ours.
func ByUID(tx *store.Tx, uid, address string) (*meeting.Meeting, *Invitation, error) {
	m, err := meeting.ByUID(tx, uid)
	if err != nil {
		return nil, nil, err
	}
	var found []Invitation
	err = whole(tx).Joins("JOIN contacts ON contacts.id = invitations.contact_id AND contacts.email = ? AND contacts.left_at IS NULL", address).
		Where("invitations.meeting_id = ? AND invitations.withdrawn_at IS NULL", m.ID).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return m, nil, err
	}
	return m, &found[0], nil
}
