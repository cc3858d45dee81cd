package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

type relayView struct {
	Page
	Waiting []relay.Item
	Done    []relay.Item
	Removed []relay.Item // a correction took them back
	Leads   bool         // the reader leads the group and confirms; otherwise follows up
	MayPlan bool
	Action  string  // where the form goes
	Sheets  []Sheet // one for each receiver that has something left
	Chosen  bool    // the list is narrowed
	Today   almanac.Date
	Form    url.Values
	Refused string // the item whose last day was refused
}

// Sheet is where a receiver's sheet for its APT is.
type Sheet struct{ Receiver, Address string }

func (v *relayView) take(items []relay.Item) {
	v.Waiting, v.Done, v.Removed = nil, nil, nil
	for _, i := range items {
		switch {
		case i.WithdrawnAt != nil:
			v.Removed = append(v.Removed, i)
		case i.Acknowledgement == nil:
			v.Waiting = append(v.Waiting, i)
		default:
			v.Done = append(v.Done, i)
		}
	}
}

func (v *relayView) sheets() {
	v.Sheets = nil
	for _, i := range v.Waiting {
		s := Sheet{i.Receiver(), "/receivers/" + i.ReceiverID().String() + "/apt-sheet"}
		if !slices.Contains(v.Sheets, s) {
			v.Sheets = append(v.Sheets, s)
		}
	}
}

// relayItems shows a lead the items of its group, and a coordinator who is left.
func (w *Web) relayItems(c *gin.Context) error {
	return w.showRelay(c, relayView{Form: url.Values{}}, nil)
}

// relaySelection reads what a figure of the matrix asks for.
func (w *Web) relaySelection(c *gin.Context) (s relay.Selection, err error) {
	s.Today = w.today()
	for name, into := range map[string]*uuid.UUID{"minutes": &s.MinutesID, "receiver": &s.ReceiverID} {
		if asked := c.Query(name); asked != "" {
			found := optionalID(asked)
			if found == nil {
				return s, fault.Missing()
			}
			*into = *found
		}
	}
	s.State = relay.State(c.Query("state"))
	if s.State != "" && !slices.Contains(relay.States, s.State) {
		return s, fault.Missing()
	}
	return s, nil
}

func (w *Web) showRelay(c *gin.Context, view relayView, refused error) error {
	a := actor(c)
	view.Page, view.Leads, view.MayPlan = w.frameOf(c, "relay", "Förmedlat"), a.Is(access.GroupLead), a.Is(access.Coordinator)
	view.Action, view.Today = "/relay-items/acknowledgement", w.today()
	s, err := w.relaySelection(c)
	if err != nil {
		return err
	}
	view.Chosen = s.MinutesID != uuid.Nil || s.ReceiverID != uuid.Nil || s.State != ""
	if err := w.write(c, func(tx *store.Tx) error { // reading is logged
		items, err := relay.Select(tx, a, s)
		view.take(items)
		view.sheets()
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "relay", func() any { return view })
	}
	return w.show(c, http.StatusOK, "relay", view)
}

// setDue gives an item that waits another last day.
func (w *Web) setDue(c *gin.Context) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "due")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		due, err := almanac.ParseDate(f.Get("due"), w.today())
		if err != nil {
			if _, seen := relay.Find(tx, actor(c), itemID); seen != nil {
				return seen
			}
			return fault.At("due", err)
		}
		_, err = relay.SetDue(tx, actor(c), itemID, due, w.today())
		return err
	})
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return w.showRelay(c, relayView{Form: f, Refused: itemID.String()}, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Sista dagen är ändrad.")
	return w.goTo(c, "/relay-items")
}

var receiptFields = []string{"id[]", "kind", "date", "comment"}

// acknowledge records that the chosen items were gone through.
func (w *Web) acknowledge(c *gin.Context) error {
	f, err := form(c, receiptFields...)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		return w.acknowledgeAll(tx, actor(c), f, func(id uuid.UUID) (*relay.Item, error) { return relay.Find(tx, actor(c), id) })
	})
	if fault.KindOf(err) == fault.Invalid {
		return w.showRelay(c, relayView{Form: f}, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Tack. Det är bekräftat.")
	return w.goTo(c, "/relay-items")
}

func (w *Web) acknowledgeAll(tx *store.Tx, by access.Actor, f url.Values, find func(uuid.UUID) (*relay.Item, error)) error {
	r := relay.Receipt{Kind: f.Get("kind"), Comment: f.Get("comment")}
	if f.Get("date") != "" {
		date, err := almanac.ParseDate(f.Get("date"), w.today().AddDays(-200))
		if err != nil {
			return fault.At("date", err)
		}
		r.Date = date
	}
	if len(f["id"]) == 0 {
		return fault.New(fault.Invalid, "Välj minst en punkt att bekräfta.")
	}
	for _, text := range f["id"] {
		chosen := optionalID(text)
		if chosen == nil {
			return fault.Missing()
		}
		i, err := find(*chosen)
		if err != nil {
			return err
		}
		if err := relay.Acknowledge(tx, by, i, r, w.today()); err != nil {
			return err
		}
	}
	return warned(tx, by, f, "comment")
}

// relayLink shows a receiver the items that its letter is about, without an account. It changes
// nothing but the log.
func (w *Web) relayLink(c *gin.Context) error { return w.showRelayLink(c, url.Values{}, nil) }

func (w *Web) showRelayLink(c *gin.Context, f url.Values, refused error) error {
	view := relayView{Page: w.frameOf(c, "", "Att gå igenom i gruppen"), Leads: true, Action: "/r/" + c.Param("token"), Today: w.today(), Form: f}
	if err := w.write(c, func(tx *store.Tx) error { // reading is logged
		items, err := relay.OpenLink(tx, c.Param("token"))
		view.take(items)
		view.Sheets = []Sheet{{"", "/r/" + c.Param("token") + "/apt-sheet"}}
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "relay", func() any { return view })
	}
	return w.show(c, http.StatusOK, "relay", view)
}

func (w *Web) acknowledgeByLink(c *gin.Context) error {
	f, err := form(c, receiptFields...)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		items, err := relay.ByLink(tx, c.Param("token"))
		if err != nil {
			return err
		}
		return w.acknowledgeAll(tx, access.Guest(), f, func(id uuid.UUID) (*relay.Item, error) {
			for n := range items {
				if items[n].ID == id {
					return &items[n], nil
				}
			}
			return nil, fault.Missing()
		})
	})
	if fault.KindOf(err) == fault.Invalid {
		return w.showRelayLink(c, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, "/r/"+c.Param("token"))
}
