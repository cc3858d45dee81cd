package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// RelayItem is one thing passed on to one receiver, readable without the minutes.
type RelayItem struct {
	ID              uuid.UUID        `json:"id" format:"uuid"`
	MinutesID       uuid.UUID        `json:"minutesId" format:"uuid"`
	ItemID          uuid.UUID        `json:"itemId" format:"uuid" doc:"Punkten i anteckningarna. / The item in the minutes."`
	Number          int64            `json:"number" doc:"Versionen av anteckningarna som den kommer ur. / The version of the minutes that it was taken from."`
	WorkGroupID     *uuid.UUID       `json:"workGroupId,omitempty" format:"uuid"`
	WorkplaceID     *uuid.UUID       `json:"workplaceId,omitempty" format:"uuid"`
	ReceiverName    string           `json:"receiverName" example:"Vuxenhandläggare"`
	Title           string           `json:"title" example:"Avstämning" doc:"Mötets neutrala titel. / The meeting's neutral title."`
	Excerpt         string           `json:"excerpt" example:"Ring teamet innan ni hänvisar."`
	Due             day              `json:"due,omitempty" doc:"När den bör ha gåtts igenom. / When it should have been gone through."`
	CreatedAt       time.Time        `json:"createdAt"`
	Acknowledgement *Acknowledgement `json:"acknowledgement,omitempty" doc:"Utan: den väntar på att gås igenom. / None: it waits to be gone through."`
}

// Acknowledgement is that a receiver has gone through an item.
type Acknowledgement struct {
	Kind    string    `json:"kind" enum:"apt,read" doc:"Genomgånget på APT, eller läst. / Gone through at a workplace meeting (APT), or read."`
	Date    day       `json:"date"`
	Comment string    `json:"comment,omitempty"`
	At      time.Time `json:"at"`
}

// RelayItems is a list of them.
type RelayItems struct {
	RelayItems []RelayItem `json:"relayItems"`
	Extent
}

func showRelayItem(i relay.Item) RelayItem {
	s := RelayItem{ID: i.ID, MinutesID: i.MinutesID, ItemID: i.ItemID, Number: i.Number, WorkGroupID: i.WorkGroupID, WorkplaceID: i.WorkplaceID,
		ReceiverName: i.Receiver(), Title: i.Title, Excerpt: i.Excerpt, Due: dayOf(i.Due), CreatedAt: i.CreatedAt.UTC()}
	if a := i.Acknowledgement; a != nil {
		s.Acknowledgement = &Acknowledgement{a.Kind, dayOf(a.Date), a.Comment, a.At.UTC()}
	}
	return s
}

func (d *door) listRelayItems(ctx context.Context, in *Paging) (*shown[RelayItems], error) {
	out := &shown[RelayItems]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // reading is logged
		all, err := relay.List(tx, by)
		out.Body = RelayItems{part(*in, all, showRelayItem), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func (d *door) getRelayItem(ctx context.Context, in *One) (*shown[RelayItem], error) {
	out := &shown[RelayItem]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // reading is logged
		i, err := relay.Read(tx, by, in.ID)
		if err != nil {
			return err
		}
		out.Body = showRelayItem(*i)
		return nil
	})
	return out, err
}

// Receipt is what a receiver says of an item. The room asks for its kind, not the document: whoever
// may not see the item is told that it is not there, whatever was sent.
type Receipt struct {
	Kind    string `json:"kind,omitempty" enum:"apt,read" doc:"Krävs. Genomgånget på APT, eller läst. / Required. Gone through at a workplace meeting (APT), or read."`
	Date    day    `json:"date,omitempty" doc:"När ni gick igenom den; utan: i dag. / When you went through it; none: today."`
	Comment string `json:"comment,omitempty" maxLength:"500"`
}

type receiptCall struct {
	One
	Body Receipt
}

func (d *door) acknowledgeRelayItem(ctx context.Context, in *receiptCall) (*shown[RelayItem], error) {
	date, err := in.Body.Date.readAny("date")
	if err != nil {
		return nil, err
	}
	out := &shown[RelayItem]{}
	err = d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		i, err := relay.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		receipt := relay.Receipt{Kind: in.Body.Kind, Date: date, Comment: in.Body.Comment}
		if err := relay.Acknowledge(tx, by, i, receipt, almanac.DateOf(tx.Now, d.Office.Zone)); err != nil {
			return err
		}
		out.Body = showRelayItem(*i)
		return nil
	})
	return out, err
}
