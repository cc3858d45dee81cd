package api

import (
	"context"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// DeletedMeeting is a meeting that lies in the bin.
type DeletedMeeting struct {
	Meeting
	DeletedAt  time.Time `json:"deletedAt"`
	VanishesAt time.Time `json:"vanishesAt" doc:"Därefter går det inte att återställa. / After that it cannot be restored."`
}

// DeletedMeetings is a list of them.
type DeletedMeetings struct {
	DeletedMeetings []DeletedMeeting `json:"deletedMeetings"`
	Extent
}

func (d *door) listDeletedMeetings(ctx context.Context, in *Paging) (*shown[DeletedMeetings], error) {
	out := &shown[DeletedMeetings]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := meeting.Bin(tx, by)
		out.Body = DeletedMeetings{part(*in, all, func(b meeting.Binned) DeletedMeeting {
			return DeletedMeeting{showMeeting(&b.Meeting, by), b.Deletion.At.UTC(), b.Vanishes().UTC()}
		}), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func (d *door) deleteMeeting(ctx context.Context, in *MeetingChange) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := in.found(tx, by)
		if err != nil {
			return err
		}
		return secretariat.Delete(tx, by, m.ID, m.Version)
	})
}

func (d *door) restoreMeeting(ctx context.Context, in *One) (*edited[Meeting], error) {
	out := &edited[Meeting]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := meeting.Restore(tx, by, in.ID)
		if err != nil {
			return err
		}
		out.ETag, out.Body = etag(m.Version), showMeeting(m, by)
		return nil
	})
	return out, err
}
