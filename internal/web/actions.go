package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// listFilter is what narrows a list of actions or decisions, as an address has it.
type listFilter struct {
	Form   url.Values
	Forums []forum.Title
	Row    string // of the plan
}

// filterOf reads the filter out of an address. What is not there narrows nothing.
func filterOf(c *gin.Context, names ...string) (f listFilter) {
	f.Form = url.Values{}
	for _, name := range names {
		f.Form.Set(name, c.Query(name))
	}
	f.Row = f.Form.Get("measure")
	return f
}

// forum gives the forum that is chosen; one that is no id is nobody's.
func (f listFilter) forum() *uuid.UUID {
	if f.Form.Get("forum") == "" {
		return nil
	}
	id := orNil(optionalID(f.Form.Get("forum")))
	return &id
}

// fillForums puts in the forums that can be chosen.
func (f *listFilter) fillForums(tx *store.Tx, a access.Actor) error {
	f.Forums = nil
	all, err := forum.List(tx, a)
	for _, one := range all {
		f.Forums = append(f.Forums, forum.Title{ID: one.ID, Name: one.Name})
	}
	return err
}

type actionsView struct {
	Page
	listFilter
	Actions []minutes.ActionState
	Today   almanac.Date
}

// actions lists actions of all forums whose notes the reader may read.
func (w *Web) actions(c *gin.Context) error {
	view := actionsView{Page: w.frameOf(c, "minutes", "Uppgifter"), listFilter: filterOf(c, "state", "forum", "measure"), Today: w.today()}
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		if err := view.fillForums(tx, actor(c)); err != nil {
			return err
		}
		view.Actions, err = minutes.Actions(tx, actor(c), minutes.ActionSelection{Open: view.Form.Get("state") != "all", ForumID: view.forum(), Row: view.Row})
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "actions", view)
}

// Changed is a line of an action's history.
type Changed struct {
	minutes.Change
	Who string // a name, or organisation and role
}

type actionView struct {
	Page
	Action   *minutes.ActionState
	Measure  *plan.Measure
	History  []Changed
	Replaced *minutes.Successor
	Keeps    bool // keeps the notes: closes, gives to somebody else
	Owns     bool // answers for it
	Later    []minutes.Successor
	Owners   minutes.OwnerChoices
	Sends    []partner.Contact // who would get a letter with a link
	Owner    string            // who is chosen, as the form says it
	Form     url.Values
	Today    almanac.Date
	Zone     *time.Location
}

// action shows one action, what became of it, and what can be done.
func (w *Web) action(c *gin.Context) error { return w.showAction(c, nil, nil) }

func (w *Web) showAction(c *gin.Context, typed url.Values, refused error) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := actionView{Page: w.frameOf(c, "minutes", "Uppgift %s"), Form: typed, Today: w.today(), Zone: w.Office.Zone}
	if err := w.write(c, func(tx *store.Tx) error { return view.fill(tx, actor(c), itemID) }); err != nil { // reading is logged
		return err
	}
	view.TitleArgs = []any{view.Action.Label}
	if refused != nil {
		return w.again(c, refused, &view.Page, "action", func() any { return view })
	}
	return w.show(c, http.StatusOK, "action", view)
}

func (v *actionView) fill(tx *store.Tx, a access.Actor, itemID uuid.UUID) (err error) {
	if v.Action, err = minutes.OpenAction(tx, a, itemID); err != nil {
		return err
	}
	if v.Measure, err = minutes.MeasureOf(tx, itemID); err != nil {
		return err
	}
	if v.Replaced, err = minutes.ReplacedBy(tx, a, v.Action); err != nil {
		return err
	}
	if err := v.tell(tx, a, itemID); err != nil {
		return err
	}
	forumID := v.Action.Minutes.Meeting.ForumID
	v.Keeps = a.Is(access.Coordinator) && a.MayConvene(tx, forumID) == nil
	v.Owns = v.Action.OwnerIdentityID != nil && *v.Action.OwnerIdentityID == a.ID
	if v.Form == nil {
		v.Form = url.Values{"due": {v.Action.Due.String()}, "on": {v.Today.String()}}
	}
	if !v.Keeps {
		return nil
	}
	if v.Later, err = minutes.LaterThan(tx, a, v.Action); err != nil {
		return err
	}
	if v.Owners, err = minutes.OwnersFor(tx, a, forumID); err != nil {
		return err
	}
	v.Owner = ownerValue(v.Action)
	v.Sends, err = secretariat.ActionReceivers(tx, a, v.Action)
	return err
}

// tell puts in the history, with who said what as organisation and role, or as an account's name.
func (v *actionView) tell(tx *store.Tx, a access.Actor, itemID uuid.UUID) error {
	all, err := minutes.Changes(tx, a, itemID)
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, change := range all {
		if change.IdentityID != nil {
			ids = append(ids, *change.IdentityID)
		}
	}
	names, err := access.NamesOf(tx, ids)
	if err != nil {
		return err
	}
	v.History = nil
	for _, change := range all {
		told := Changed{Change: change}
		switch {
		case change.IdentityID != nil:
			told.Who = names[*change.IdentityID]
		case change.ContactID != nil:
			contact, err := partner.ForLetter(tx, *change.ContactID)
			if err != nil {
				return err
			}
			told.Who = contact.Capacity()
		}
		v.History = append(v.History, told)
	}
	return nil
}

// ownerValue is who answers for an action as a form's list says it: the kind and the id.
func ownerValue(a *minutes.ActionState) string {
	switch {
	case a.OwnerContactID != nil:
		return "contact-" + a.OwnerContactID.String()
	case a.OwnerOrganisationID != nil:
		return "organisation-" + a.OwnerOrganisationID.String()
	case a.OwnerIdentityID != nil:
		return "identity-" + a.OwnerIdentityID.String()
	}
	return ""
}

// ownerOf reads it. What is none is nobody.
func ownerOf(value string) (o minutes.Owner) {
	for prefix, into := range map[string]**uuid.UUID{"contact-": &o.ContactID, "organisation-": &o.OrganisationID, "identity-": &o.IdentityID} {
		if len(value) > len(prefix) && value[:len(prefix)] == prefix {
			*into = optionalID(value[len(prefix):])
		}
	}
	return o
}

// onAction does something with an action and leads back to it, or shows the page again with what was typed. done
// says it, a key of package lang.
func (w *Web) onAction(c *gin.Context, f url.Values, done string, verb func(*store.Tx, uuid.UUID) error) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		if err := verb(tx, itemID); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "comment")
	})
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return w.showAction(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), done)
	if f.Get("next") != "" {
		return w.goTo(c, localPath(f.Get("next")))
	}
	return w.goTo(c, "/actions/"+itemID.String())
}

func (w *Web) closeAction(c *gin.Context) error {
	f, err := form(c, "outcome", "on", "comment", "replacedById", "next")
	if err != nil {
		return err
	}
	return w.onAction(c, f, "Uppgiften är avslutad.", func(tx *store.Tx, id uuid.UUID) error {
		on, err := optionalDay(f, "on", w.today())
		if err != nil {
			return err
		}
		_, err = minutes.Close(tx, actor(c), id, minutes.Closing{Outcome: f.Get("outcome"), On: on, Comment: f.Get("comment"), ReplacedByID: optionalID(f.Get("replacedById"))})
		return err
	})
}

// reopenAction takes back that an action is closed.
func (w *Web) reopenAction(c *gin.Context) error {
	f, err := form(c, "next")
	if err != nil {
		return err
	}
	return w.onAction(c, f, "Uppgiften är öppen igen.", func(tx *store.Tx, id uuid.UUID) error {
		_, err := minutes.Reopen(tx, actor(c), id)
		return err
	})
}

// assignAction gives an action to somebody.
func (w *Web) assignAction(c *gin.Context) error {
	f, err := form(c, "owner")
	if err != nil {
		return err
	}
	return w.onAction(c, f, "Uppgiften har en ny ansvarig. Inget skickas.", func(tx *store.Tx, id uuid.UUID) error {
		_, err := secretariat.AssignAction(tx, actor(c), id, ownerOf(f.Get("owner")))
		return err
	})
}

// moveAction gives an action another last day.
func (w *Web) moveAction(c *gin.Context) error {
	f, err := form(c, "due")
	if err != nil {
		return err
	}
	return w.onAction(c, f, "Slutdagen är ändrad.", func(tx *store.Tx, id uuid.UUID) error {
		due, err := optionalDay(f, "due", w.today())
		if err != nil {
			return err
		}
		return minutes.MoveDue(tx, actor(c), id, due)
	})
}

// sendAction sends whoever answers for an action a link to report it.
func (w *Web) sendAction(c *gin.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	err = w.onAction(c, f, "Länken är på väg.", func(tx *store.Tx, id uuid.UUID) error { return secretariat.SendAction(tx, actor(c), w.Office, id) })
	w.sendsSoon()
	return err
}

// reportOwn records what whoever answers for an action with an account says of it.
func (w *Web) reportOwn(c *gin.Context) error {
	f, err := form(c, "state", "due", "comment")
	if err != nil {
		return err
	}
	return w.onAction(c, f, "Tack. Det är sparat.", func(tx *store.Tx, id uuid.UUID) error {
		said, err := w.saidOf(f)
		if err != nil {
			return err
		}
		_, err = minutes.ReportOwn(tx, actor(c), id, said)
		return err
	})
}

// saidOf reads what somebody says of an action. A day that is none is refused only where one is asked for.
func (w *Web) saidOf(f url.Values) (minutes.Said, error) {
	said := minutes.Said{Kind: f.Get("state"), Comment: f.Get("comment")}
	if said.Kind != "time" {
		return said, nil
	}
	due, err := optionalDay(f, "due", w.today())
	said.Due = due
	return said, err
}

// seeReport takes a report off the coordinator's list of what waits.
func (w *Web) seeReport(c *gin.Context) error {
	reportID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return minutes.SeeReport(tx, actor(c), reportID) }); err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Rapporten är markerad som sedd.")
	return w.goTo(c, "/minutes#reports")
}
