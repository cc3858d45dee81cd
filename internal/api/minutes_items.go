package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// ItemText is what is written of an item of the minutes.
type ItemText struct {
	Kind      string      `json:"kind" enum:"note,decision,action,relay"`
	Text      string      `json:"text" maxLength:"16384" example:"Ring teamet innan ni hänvisar."`
	Owner     string      `json:"owner,omitempty" maxLength:"200" doc:"Krävs för action: vem som ansvarar. / Required of an action: who answers for it."`
	Due       day         `json:"due,omitempty" doc:"För action: när den ska vara klar. / Of an action: when it should be done."`
	Receivers []uuid.UUID `json:"receivers,omitempty" format:"uuid" maxItems:"100" doc:"Krävs för relay: arbetsgrupper och arbetsplatser. / Required of relay: work groups and workplaces."`
}

// read gives what was written. What does not belong to the kind is refused rather than lost.
func (i ItemText) read() (minutes.Written, error) {
	due, dueErr := i.Due.readAny("due")
	var ownerErr, receiversErr error
	if i.Kind != string(minutes.Action) {
		if i.Owner != "" {
			ownerErr = fault.On("owner", "Bara en uppgift har ansvarig och slutdag.")
		}
		if i.Due != "" {
			dueErr = fault.On("due", "Bara en uppgift har ansvarig och slutdag.")
		}
	}
	if i.Kind != string(minutes.Relay) && len(i.Receivers) > 0 {
		receiversErr = fault.On("receivers", "Bara en punkt att förmedla har mottagare.")
	}
	return minutes.Written{Kind: minutes.Kind(i.Kind), Text: i.Text, Owner: i.Owner, Due: due, Receivers: i.Receivers}, fault.Join(ownerErr, dueErr, receiversErr)
}

// DraftItem is an item of the working text.
type DraftItem struct {
	ID           uuid.UUID   `json:"id" format:"uuid"`
	AgendaItemID uuid.UUID   `json:"agendaItemId" format:"uuid"`
	Kind         string      `json:"kind" enum:"note,decision,action,relay"`
	Text         string      `json:"text" example:"Ring teamet innan ni hänvisar."`
	Owner        string      `json:"owner,omitempty"`
	Due          day         `json:"due,omitempty"`
	Receivers    []uuid.UUID `json:"receivers" format:"uuid"`
	UpdatedAt    time.Time   `json:"updatedAt"`
	Version      int64       `json:"version" doc:"Samma som i ETag. / The same as in ETag."`
}

func showDraftItem(i *minutes.Item) DraftItem {
	return DraftItem{i.ID, i.AgendaItemID, string(i.Kind), i.Text, i.Owner, dayOf(i.Due), ids(i.Receivers), i.UpdatedAt.UTC(), i.Version}
}

// NewItem is an item to write last under an item of the agenda.
type NewItem struct {
	AgendaItemID uuid.UUID `json:"agendaItemId" format:"uuid" doc:"id i utkastets agenda. / id in the draft's agenda."`
	ItemText
}

type newItemCall struct {
	One
	Body NewItem
}

func (d *door) addItem(ctx context.Context, in *newItemCall) (*edited[DraftItem], error) {
	written, err := in.Body.read()
	if err != nil {
		return nil, err
	}
	out := &edited[DraftItem]{}
	err = d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		i, err := minutes.Add(tx, by, in.ID, in.Body.AgendaItemID, written)
		if err != nil {
			return err
		}
		out.ETag, out.Body = etag(i.Version), showDraftItem(i)
		return nil
	})
	return out, err
}

// ItemChange is a call on an item that is still as it was read.
type ItemChange struct {
	One
	Conditional
}

type itemCall struct {
	ItemChange
	Body ItemText
}

func (d *door) changeItem(ctx context.Context, in *itemCall) (*edited[DraftItem], error) {
	out := &edited[DraftItem]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		version, err := in.find(tx, by)
		if err != nil {
			return err
		}
		written, err := in.Body.read()
		if err != nil {
			return err
		}
		i, err := minutes.Save(tx, by, in.ID, version, written)
		if err != nil {
			return err
		}
		out.ETag, out.Body = etag(i.Version), showDraftItem(i)
		return nil
	})
	return out, err
}

func (d *door) strikeItem(ctx context.Context, in *ItemChange) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		version, err := in.find(tx, by)
		if err != nil {
			return err
		}
		_, err = minutes.Strike(tx, by, in.ID, version)
		return err
	})
}

// find gives the version of an item of minutes that the actor keeps, if it is the one in If-Match.
func (in ItemChange) find(tx *store.Tx, by access.Actor) (version int64, err error) {
	minutesID, err := minutes.Holding(tx, in.ID)
	if err != nil {
		return 0, err
	}
	m, err := minutes.Draft(tx, by, minutesID)
	if err != nil {
		return 0, err
	}
	for _, i := range m.Items {
		if i.ID == in.ID {
			return i.Version, mustMatch(in.IfMatch, i.Version)
		}
	}
	return 0, fault.Missing()
}
