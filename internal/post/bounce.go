package post

import (
	"github.com/google/uuid"

	"samverkan/internal/store"
)

// Bounced is the state of a letter that came back.
const Bounced State = "bounced"

// ByMessageID gives the letter of ours that has a Message-ID and went to an address; an empty address is not
// compared. It gives nil when there is none.
func ByMessageID(tx *store.Tx, messageID, recipient string) (*Letter, error) {
	q := tx.DB.Omit("sealed").Where("message_id = ? AND message_id <> ''", messageID)
	if recipient != "" {
		q = q.Where("recipient = ?", recipient)
	}
	var found []Letter
	err := q.Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// LastSent gives the latest letter about an invitation that was handed over, nil when there is none.
func LastSent(tx *store.Tx, subject uuid.UUID) (*Letter, error) {
	var found []Letter
	err := tx.DB.Omit("sealed").Where("subject_id = ? AND state IN ?", subject, handedOver).Order("created_at DESC, id DESC").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// MarkBounced records that a letter came back, with the server's words. The recipient does not
// hold it: what it is owed next is decided anew.
func MarkBounced(tx *store.Tx, l *Letter, words string) error {
	return tx.DB.Model(&Letter{}).Where("id = ? AND state IN ?", l.ID, []State{Sent, Filed, Unknown, Retry, Bounced}).
		Updates(map[string]any{"state": Bounced, "problem": words, "settled_at": tx.Now}).Error
}

// MarkDelayed keeps the words of a server that still tries.
func MarkDelayed(tx *store.Tx, l *Letter, words string) error {
	return tx.DB.Model(&Letter{}).Where("id = ? AND state IN ?", l.ID, []State{Sent, Unknown}).Update("problem", words).Error
}
