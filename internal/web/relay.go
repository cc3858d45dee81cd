package web

import (
	"net/http"
	"net/url"

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
	Leads   bool   // the reader leads the group and confirms; otherwise follows up
	Action  string // where the form goes
	Today   almanac.Date
	Form    url.Values
}

func (v *relayView) take(items []relay.Item) {
	for _, i := range items {
		if i.Acknowledgement == nil {
			v.Waiting = append(v.Waiting, i)
		} else {
			v.Done = append(v.Done, i)
		}
	}
}

// relayItems shows a lead the items of its group, and a coordinator who is left.
func (w *Web) relayItems(c *gin.Context) error { return w.showRelay(c, url.Values{}, nil) }

func (w *Web) showRelay(c *gin.Context, f url.Values, refused error) error {
	a := actor(c)
	view := relayView{Page: w.frameOf(c, "relay", "Förmedlat"), Leads: a.Is(access.GroupLead), Action: "/relay-items/acknowledgement", Today: w.today(), Form: f}
	if err := w.write(c, func(tx *store.Tx) error { // reading is logged
		items, err := relay.List(tx, a)
		view.Waiting, view.Done = nil, nil
		view.take(items)
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "relay", func() any { return view })
	}
	return w.show(c, http.StatusOK, "relay", view)
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
		return w.showRelay(c, f, err)
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
		view.Waiting, view.Done = nil, nil
		view.take(items)
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
