package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/relay"
	"samverkan/internal/secretariat"
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
	FormerExcerpt   string           `json:"formerExcerpt,omitempty" doc:"Vad mottagaren hade före en rättelse. / What the receiver had before a correction."`
	Replaced        bool             `json:"replaced" doc:"En rättelse har satt en ny text i dess ställe. / A correction has put a new text in its place."`
	WithdrawnAt     *time.Time       `json:"withdrawnAt,omitempty" doc:"När en rättelse tog tillbaka den. / When a correction took it back."`
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
	s.Replaced, s.WithdrawnAt = i.Replaced, utc(i.WithdrawnAt)
	if i.Former != nil {
		s.FormerExcerpt = i.Former.Excerpt
	}
	if a := i.Acknowledgement; a != nil {
		s.Acknowledgement = &Acknowledgement{a.Kind, dayOf(a.Date), a.Comment, a.At.UTC()}
	}
	return s
}

type relayItemsCall struct {
	Paging
	MinutesID  string `query:"minutes" format:"uuid" doc:"Bara ur de anteckningarna. / Only of those minutes."`
	ReceiverID string `query:"receiver" format:"uuid" doc:"Bara till den arbetsgruppen eller arbetsplatsen. / Only to that work group or workplace."`
	State      string `query:"state" enum:"apt,read,waiting,overdue,withdrawn"`
}

func (c relayItemsCall) selection(today almanac.Date) relay.Selection {
	s := relay.Selection{State: relay.State(c.State), Today: today}
	s.MinutesID, _ = uuid.Parse(c.MinutesID) // empty is none; the document lets nothing else than an id in
	s.ReceiverID, _ = uuid.Parse(c.ReceiverID)
	return s
}

func (d *door) listRelayItems(ctx context.Context, in *relayItemsCall) (*shown[RelayItems], error) {
	out := &shown[RelayItems]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // reading is logged
		all, err := relay.Select(tx, by, in.selection(almanac.DateOf(tx.Now, d.Office.Zone)))
		out.Body = RelayItems{part(in.Paging, all, showRelayItem), in.of(int64(len(all)))}
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

// RelayDue is another last day of an item.
type RelayDue struct {
	Due day `json:"due"`
}

func (d *door) setRelayItemDue(ctx context.Context, in *struct {
	One
	Body RelayDue
}) (*shown[RelayItem], error) {
	due, err := in.Body.Due.readAny("due")
	if err != nil {
		return nil, err
	}
	out := &shown[RelayItem]{}
	err = d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		i, err := relay.SetDue(tx, by, in.ID, due, almanac.DateOf(tx.Now, d.Office.Zone))
		if err != nil {
			return err
		}
		out.Body = showRelayItem(*i)
		return nil
	})
	return out, err
}

// Relay is how one meeting's items stand with one receiver.
type Relay struct {
	MinutesID    uuid.UUID `json:"minutesId" format:"uuid"`
	ForumID      uuid.UUID `json:"forumId" format:"uuid"`
	ForumName    string    `json:"forumName" doc:"För en gruppledare: den neutrala titeln. / For a group's lead: the neutral title."`
	MeetingDate  day       `json:"meetingDate"`
	ReceiverID   uuid.UUID `json:"receiverId" format:"uuid"`
	ReceiverName string    `json:"receiverName" example:"Vuxenhandläggare"`
	State        string    `json:"state" enum:"apt,read,waiting,overdue,unreachable,withdrawn" doc:"unreachable: det väntar, och ingen får breven. / unreachable: it waits, and nobody gets the letters."`
	Date         day       `json:"date,omitempty" doc:"Närmaste sista dagen medan något väntar, annars den senaste bekräftelsens. / The nearest last day while something waits, else the latest receipt's."`
	Items        int       `json:"items"`
	GoneThrough  int       `json:"goneThrough"`
	Read         int       `json:"read"`
	Waiting      int       `json:"waiting"`
	Overdue      int       `json:"overdue"`
	Withdrawn    int       `json:"withdrawn"`
}

// Relays is a list of them.
type Relays struct {
	Relays []Relay `json:"relays"`
	Extent
}

type relaysCall struct {
	Paging
	Year  int    `query:"year" minimum:"0" maximum:"2100" doc:"Mötets år; utan: alla. / The meeting's year; none: all."`
	Forum string `query:"forumId" format:"uuid"`
}

func (d *door) listRelays(ctx context.Context, in *relaysCall) (*shown[Relays], error) {
	out := &shown[Relays]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		forumID, _ := uuid.Parse(in.Forum) // empty is none
		m, err := secretariat.Matrix(tx, by, d.Office, secretariat.MatrixSelection{Year: in.Year, ForumID: forumID})
		if err != nil {
			return err
		}
		all := relaysOf(m)
		out.Body = Relays{part(in.Paging, all, func(r Relay) Relay { return r }), in.of(int64(len(all)))}
		return nil
	})
	return out, err
}

func relaysOf(m *secretariat.RelayMatrix) (all []Relay) {
	for _, r := range m.Rows {
		for n, c := range r.Cells {
			if to := m.Receivers[n]; c.State != secretariat.CellNone {
				all = append(all, Relay{r.MinutesID, r.ForumID, r.Forum, dayOf(r.Date), to.ID, to.Name, string(c.State), dayOf(c.Date), c.Items,
					c.Counts[relay.GoneThrough], c.Counts[relay.WasRead], c.Counts[relay.Waiting], c.Counts[relay.Overdue], c.Counts[relay.Withdrawn]})
			}
		}
	}
	return all
}

// Sheet is what is read on paper at one receiver.
type Sheet struct {
	ReceiverName string      `json:"receiverName" example:"Vuxenhandläggare"`
	PlanTitle    string      `json:"planTitle,omitempty" doc:"Bara i läslistan. / In the reading list only."`
	PlanVersion  string      `json:"planVersion,omitempty"`
	Items        []SheetItem `json:"items"`
	Pages        int         `json:"pages" doc:"Sidor som blir på A4. / Pages that it takes on A4."`
}

// SheetItem is one item on a sheet.
type SheetItem struct {
	ID      uuid.UUID `json:"id" format:"uuid"`
	Title   string    `json:"title" example:"Avstämning" doc:"Mötets neutrala titel. / The meeting's neutral title."`
	Excerpt string    `json:"excerpt" example:"Ring teamet innan ni hänvisar."`
	Due     day       `json:"due"`
}

func showSheet(s *secretariat.Sheet) Sheet {
	shown := Sheet{ReceiverName: s.Receiver, Pages: s.Pages, Items: each(s.Items, func(i relay.Item) SheetItem { return SheetItem{i.ID, i.Title, i.Excerpt, dayOf(i.Due)} })}
	if s.Plan != nil {
		shown.PlanTitle, shown.PlanVersion = s.Plan.Title, s.Plan.VersionLabel
	}
	return shown
}

func (d *door) getAptSheet(ctx context.Context, in *One) (*shown[Sheet], error) {
	return d.sheet(ctx, func(tx *store.Tx, by access.Actor) (*secretariat.Sheet, error) {
		return secretariat.AptSheet(tx, by, d.Office, in.ID)
	})
}

type readingListCall struct {
	One
	Months int `query:"months" default:"12" enum:"6,12,24" doc:"Hur långt tillbaka. / How far back."`
}

func (d *door) getReadingList(ctx context.Context, in *readingListCall) (*shown[Sheet], error) {
	return d.sheet(ctx, func(tx *store.Tx, by access.Actor) (*secretariat.Sheet, error) {
		return secretariat.ReadingList(tx, by, d.Office, in.ID, in.Months)
	})
}

// sheet gives a sheet; having it is logged.
func (d *door) sheet(ctx context.Context, get func(*store.Tx, access.Actor) (*secretariat.Sheet, error)) (*shown[Sheet], error) {
	out := &shown[Sheet]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		s, err := get(tx, by)
		if err != nil {
			return err
		}
		out.Body = showSheet(s)
		return nil
	})
	return out, err
}
