package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// Attachment is a file of a meeting, without its bytes: those are had by its id.
type Attachment struct {
	ID         uuid.UUID `json:"id" format:"uuid"`
	Name       string    `json:"name" example:"underlag.docx"`
	Kind       string    `json:"kind" example:"docx" enum:"pdf,docx,odt,xlsx,ods,pptx,odp,txt,csv,png,jpg"`
	Size       int64     `json:"size" example:"20480" doc:"Oktetter. / Octets."`
	SHA256     string    `json:"sha256" doc:"Filens kontrollsumma. / The file's checksum."`
	Searchable bool      `json:"searchable" doc:"Texten går att läsa och söka i. / Its text can be read and searched."`
	Laid       bool      `json:"laid" doc:"Gamla anteckningar som är inlagda i efterhand. / Old notes that were added afterwards."`
}

// Attachments is a list of them.
type Attachments struct {
	Attachments []Attachment `json:"attachments"`
	Extent
}

type onePage struct {
	One
	Paging
}

func (d *door) listAttachments(ctx context.Context, in *onePage) (*shown[Attachments], error) {
	out := &shown[Attachments]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := meeting.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		all, err := minutes.Attachments(tx, by, m.ID)
		out.Body = Attachments{part(in.Paging, all, func(a minutes.Attachment) Attachment {
			return Attachment{a.ID, a.Name, a.Kind, a.Size, a.SHA256, a.Readable, a.Laid}
		}), in.of(int64(len(all)))}
		return err
	})
	return out, err
}
