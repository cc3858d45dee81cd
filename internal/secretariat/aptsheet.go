package secretariat

import (
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// Sheet is what is read on paper at one receiver: what is left to go through at the next APT, or what a new
// hire reads.
type Sheet struct {
	Receiver     string
	Municipality string
	Made         almanac.Date
	Items        []relay.Item
	Plan         *plan.Plan // of a reading list; nil: none is imported
	Months       int        // of a reading list: how far back it goes; 0: this is for an APT
	Address      string     // where somebody with an account reads and confirms; it opens nothing by itself
	Pages        int        // that the PDF takes
	at           time.Time
}

// OnePage tells whether it fits on one A4.
func (s Sheet) OnePage() bool { return s.Pages <= 1 }

// receiver is a work group, or a workplace with its work group: whose items are read there.
type receiver struct {
	name string
	kind string // as the log says it
	all  []uuid.UUID
}

// receiverFor finds a receiver that the actor may read the items of: a coordinator and a manager any, a lead
// the own group. It refuses with fault.NotFound.
func receiverFor(tx *store.Tx, by access.Actor, id uuid.UUID) (*receiver, error) {
	var groups []partner.WorkGroup
	if err := tx.DB.Limit(1).Find(&groups, "id = ?", id).Error; err != nil {
		return nil, err
	}
	if len(groups) == 0 {
		if err := by.Require(access.Coordinator, access.Manager); err != nil {
			return nil, err
		}
		w, err := partner.ManagedPlace(tx, id)
		if err != nil {
			return nil, err
		}
		return placeReceiver(w), nil
	}
	if !by.Is(access.Coordinator, access.Manager) {
		var n int64
		if err := tx.DB.Table("work_groups").Where("work_groups.id = ?", id).Scopes(by.LeadsGroup(tx, "work_groups.id")).Count(&n).Error; err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, fault.Missing()
		}
	}
	return &receiver{groups[0].Name, "work-group", []uuid.UUID{id}}, nil
}

func placeReceiver(w *partner.Workplace) *receiver {
	r := &receiver{w.Name, "workplace", []uuid.UUID{w.ID}}
	if w.WorkGroupID != nil {
		r.all = append(r.all, *w.WorkGroupID)
	}
	return r
}

// AptSheet gives what a receiver has left to go through, on one sheet for its next APT. It is text from notes:
// having it is logged. It refuses with fault.NotFound a receiver whose items the actor may not read.
func AptSheet(tx *store.Tx, by access.Actor, o Office, id uuid.UUID) (*Sheet, error) {
	r, err := receiverFor(tx, by, id)
	if err != nil {
		return nil, err
	}
	return o.aptSheet(tx, by, r, by.Language)
}

// AptSheetByLink is AptSheet for whoever holds a manager's link. It refuses as OpenGuest does.
func AptSheetByLink(tx *store.Tx, o Office, token string) (*Sheet, error) {
	g, err := OpenGuest(tx, access.ToPlace, token)
	if err != nil {
		return nil, err
	}
	return o.aptSheet(tx, access.Guest(), placeReceiver(g.workplace), g.Contact.Language)
}

// AptSheetByRelayLink is AptSheet for whoever holds a receiver's link: of what that link opens. It refuses as
// relay.ByLink does.
func AptSheetByRelayLink(tx *store.Tx, o Office, token string) (*Sheet, error) {
	items, err := relay.ByLink(tx, token)
	if err != nil {
		return nil, err
	}
	s := &Sheet{Receiver: items[0].Receiver(), Address: o.BaseURL + "/relay-items"}
	language, kind := lang.Swedish, "workplace"
	if items[0].WorkGroupID != nil {
		kind = "work-group"
	}
	if lead := items[0].Lead(); lead != nil {
		language = lead.Language
	}
	for _, i := range items {
		if i.Waits() {
			s.Items = append(s.Items, i)
		}
	}
	if err := s.finish(tx, o, language); err != nil {
		return nil, err
	}
	return s, access.Log(tx, access.Guest(), "have APT sheet", kind, items[0].ReceiverID())
}

func (o Office) aptSheet(tx *store.Tx, by access.Actor, r *receiver, l lang.Language) (*Sheet, error) {
	items, err := relay.TextsAt(tx, r.all)
	if err != nil {
		return nil, err
	}
	s := &Sheet{Receiver: r.name, Items: items, Address: o.BaseURL + "/relay-items"}
	if err := s.finish(tx, o, l); err != nil {
		return nil, err
	}
	return s, access.Log(tx, by, "have APT sheet", r.kind, r.all[0])
}

// ReadingMonths are how far back a reading list may go.
var ReadingMonths = []int{6, 12, 24}

// ReadingList gives what a new hire reads at a workplace: the plan, and what was passed on to the workplace or
// its work group in the last months and holds. It is logged. It refuses as AptSheet does, and with
// fault.Invalid other months than ReadingMonths.
func ReadingList(tx *store.Tx, by access.Actor, o Office, id uuid.UUID, months int) (*Sheet, error) {
	r, err := receiverFor(tx, by, id)
	if err != nil {
		return nil, err
	}
	return o.readingList(tx, by, r, months, by.Language)
}

// ReadingListByLink is ReadingList for whoever holds a manager's link. It refuses as OpenGuest does.
func ReadingListByLink(tx *store.Tx, o Office, token string, months int) (*Sheet, error) {
	g, err := OpenGuest(tx, access.ToPlace, token)
	if err != nil {
		return nil, err
	}
	return o.readingList(tx, access.Guest(), placeReceiver(g.workplace), months, g.Contact.Language)
}

func (o Office) readingList(tx *store.Tx, by access.Actor, r *receiver, months int, l lang.Language) (*Sheet, error) {
	if months != ReadingMonths[0] && months != ReadingMonths[1] && months != ReadingMonths[2] {
		return nil, fault.On("months", "Välj ett av alternativen.")
	}
	since := almanac.DateOf(tx.Now.In(o.Zone).AddDate(0, -months, 0), o.Zone)
	items, err := relay.PassedOn(tx, r.all, since)
	if err != nil {
		return nil, err
	}
	s := &Sheet{Receiver: r.name, Items: items, Months: months, Address: o.BaseURL + "/plan"}
	if s.Plan, err = plan.Current(tx, access.System()); err != nil {
		return nil, err
	}
	if err := s.finish(tx, o, l); err != nil {
		return nil, err
	}
	return s, access.Log(tx, by, "have reading list", r.kind, r.all[0])
}

// finish adds what every sheet says, and counts its pages.
func (s *Sheet) finish(tx *store.Tx, o Office, l lang.Language) (err error) {
	s.Made, s.at = almanac.DateOf(tx.Now, o.Zone), tx.Now
	if s.Municipality, err = homeName(tx); err != nil {
		return err
	}
	s.Pages, err = document.Pages(s.Paper(l))
	return err
}

// Paper sets the sheet as a document.
func (s Sheet) Paper(l lang.Language) document.Document {
	l = lang.Parse(string(l))
	d := document.Document{Language: string(l), Made: s.at, Footer: s.Receiver + ", " + s.Made.String()}
	if s.Months > 0 {
		d.Title = l.Text("Läslista för nyanställda: %s", s.Receiver)
		d.Body = append(d.Body, s.planWords(l)...)
		d.Body = append(d.Body, document.Heading{Level: 2, Text: l.Text("Förmedlat de senaste %d månaderna", s.Months)})
	} else {
		d.Title = l.Text("Att gå igenom på APT: %s", s.Receiver)
		d.Body = append(d.Body, document.Words(l.Text("%s, %s", s.Municipality, almanac.Long(s.Made, l))))
	}
	d.Subject = d.Title
	if len(s.Items) == 0 {
		d.Body = append(d.Body, document.Words(l.Text("Inget väntar på att gås igenom.")))
		if s.Months > 0 {
			d.Body[len(d.Body)-1] = document.Words(l.Text("Inget är förmedlat under tiden."))
		}
	}
	for n, i := range s.Items {
		d.Body = append(d.Body, document.Heading{Level: 3, Text: s.line(n, i, l)})
		d.Body = append(d.Body, document.Markdown(i.Excerpt)...)
		if s.Months == 0 && i.Former != nil && i.Former.Acknowledgement != nil {
			d.Body = append(d.Body, document.Words(l.Text("Ändrat sedan ni gick igenom det %s.", i.Former.Acknowledgement.Date.String())))
		}
	}
	if s.Months == 0 {
		d.Body = append(d.Body, s.signature(l), document.Words(l.Text("Bekräfta efter APT: med länken i brevet, eller inloggad på %s", s.Address)))
	}
	return d
}

func (s Sheet) line(n int, i relay.Item, l lang.Language) string {
	if s.Months > 0 {
		return fmt.Sprintf("%d. %s", n+1, i.Title)
	}
	return strconv.Itoa(n+1) + ". " + l.Text("%s, senast %s", i.Title, i.Due.String())
}

// planWords says which plan a new hire reads, and where it is.
func (s Sheet) planWords(l lang.Language) []document.Block {
	words := l.Text("Ingen plan är inläst. Fråga samordnaren.")
	if s.Plan != nil {
		words = s.Plan.Title
		if s.Plan.VersionLabel != "" {
			words += "\n" + l.Text("Version: %s", s.Plan.VersionLabel)
		}
	}
	return []document.Block{document.Heading{Level: 2, Text: l.Text("Handlingsplanen")}, document.Words(words)}
}

// signature is a row to fill in by hand.
func (s Sheet) signature(l lang.Language) document.Table {
	blank := document.Text("\u00a0\n\u00a0")
	return document.Table{Caption: l.Text("Fylls i på APT"), Columns: []document.Column{{Head: l.Text("Datum"), Share: 2}, {Head: l.Text("Genomgånget av (roll)"), Share: 4}, {Head: l.Text("Underskrift"), Share: 4}},
		Rows: [][][]document.Span{{blank, blank, blank}}}
}
