package secretariat

import (
	"errors"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Delete puts a meeting of which nobody has heard into the bin; letters that are held back are not written. It
// refuses with fault.Conflict when a letter about it has left or is leaving, when it has notes, came of a date poll or
// follows somebody's invitation: then it can be cancelled.
func Delete(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) error {
	if err := tx.Hold(&meeting.Meeting{}, id); err != nil {
		return err
	}
	m, err := meeting.Find(tx, by, id)
	if err != nil {
		return err
	}
	if err := by.MayConvene(tx, m.ForumID); err != nil {
		return err
	}
	if err := Deletable(tx, id); err != nil {
		return err
	}
	if err := invite.OweNone(tx, id); err != nil {
		return err
	}
	return meeting.Delete(tx, by, id, version)
}

// Deletable refuses with fault.Conflict when a meeting cannot be deleted any more.
func Deletable(tx *store.Tx, id uuid.UUID) error {
	written, err := minutes.Begun(tx, id)
	if err != nil {
		return err
	}
	if written {
		return fault.New(fault.Conflict, "Mötet har anteckningar och kan inte tas bort. Ställ in det i stället.")
	}
	ids, err := invite.IDsOf(tx, id)
	if err != nil {
		return err
	}
	heard, err := post.Heard(tx, id, ids)
	if err != nil {
		return err
	}
	asked, err := poll.AskedAbout(tx, id)
	if err != nil {
		return err
	}
	follows, err := meeting.Follows(tx, id)
	if err != nil {
		return err
	}
	told, err := invite.Overviewed(tx, id)
	if err != nil {
		return err
	}
	if heard || told || follows || len(asked) > 0 {
		return fault.New(fault.Conflict, "Andra känner till mötet. Ställ in det i stället.")
	}
	return nil
}

// EmptyBin removes for good what has lain in the bin long enough.
func EmptyBin(tx *store.Tx) error {
	expired, err := meeting.Expired(tx)
	if err != nil {
		return err
	}
	for _, id := range expired {
		if err := errors.Join(invite.Forget(tx, id), minutes.Forget(tx, id)); err != nil {
			return err
		}
		forumID, err := meeting.Vanish(tx, id)
		if err != nil {
			return err
		}
		if err := forum.Discard(tx, forumID); err != nil {
			return err
		}
		if err := access.Log(tx, access.System(), "empty bin", "meeting", id); err != nil {
			return err
		}
	}
	return nil
}
