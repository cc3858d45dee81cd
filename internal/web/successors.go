package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type successorView struct {
	Page
	Proposal *partner.SuccessorProposal
	Form     url.Values
}

// successor shows a coordinator who somebody says should have a contact's letters.
func (w *Web) successor(c *gin.Context) error { return w.showSuccessor(c, nil) }

func (w *Web) showSuccessor(c *gin.Context, refused error) error {
	proposalID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := successorView{Page: w.frameOf(c, "partners", "Ska någon annan ha breven?")}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Proposal, err = partner.FindProposal(tx, actor(c), proposalID)
		return err
	}); err != nil {
		return err
	}
	view.Form = url.Values{"name": {view.Proposal.Name}, "email": {view.Proposal.Email}}
	if refused != nil {
		return w.again(c, refused, &view.Page, "successor", func() any { return view })
	}
	return w.show(c, http.StatusOK, "successor", view)
}

// dismissProposal leaves the contact as it is.
func (w *Web) dismissProposal(c *gin.Context) error {
	proposalID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := partner.Settle(tx, actor(c), proposalID, partner.Dismissed)
		return err
	})
	if fault.KindOf(err) == fault.Conflict {
		return w.showSuccessor(c, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Kontakten är kvar som den är.")
	return w.goTo(c, "/partners")
}

// departureFields are the fields of the forms by which a contact leaves.
var departureFields = []string{"successor", "successorId", "name", "email", "phone", "byPhone", "quiet", "proposalId", "hash"}

type departureView struct {
	Page
	Contact  *partner.Contact
	Contacts []partner.Contact // to choose among
	Form     url.Values
}

type departureReviewView struct {
	Page
	Succession *secretariat.Succession
	Form       url.Values
	Carry      []string // fields that the form repeats
	Delay      int      // seconds before the letters leave
}

// departure asks who takes over from a contact who has left.
func (w *Web) departure(c *gin.Context) error { return w.departureForm(c, nil, nil) }

func (w *Web) departureForm(c *gin.Context, typed url.Values, refused error) error {
	contactID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := departureView{Form: typed}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Contact, err = partner.FindContact(tx, actor(c), contactID); err != nil {
			return err
		}
		all, err := partner.Contacts(tx, actor(c))
		for _, other := range partner.Standing(all) {
			if other.ID != contactID {
				view.Contacts = append(view.Contacts, other)
			}
		}
		if view.Form == nil {
			view.Form, err = departureAsks(tx, c, contactID, err)
		}
		return err
	}); err != nil {
		return err
	}
	view.Page = w.frameOf(c, "partners", "%s har slutat", view.Contact.Shown())
	if refused != nil {
		return w.again(c, refused, &view.Page, "departure", func() any { return view })
	}
	return w.show(c, http.StatusOK, "departure", view)
}

// departureAsks is the form before anything is typed. To an address that letters come back from, no
// cancellations go.
func departureAsks(tx *store.Tx, c *gin.Context, contactID uuid.UUID, err error) (url.Values, error) {
	f := url.Values{"successor": {"contact"}}
	if err != nil {
		return f, err
	}
	gone, err := partner.Undelivered(tx, actor(c))
	for _, u := range gone {
		if u.ContactID == contactID {
			f.Set("quiet", "yes")
		}
	}
	return f, err
}

// departureOf reads the form.
func departureOf(f url.Values) (secretariat.Departure, error) {
	d := secretariat.Departure{ProposalID: optionalID(f.Get("proposalId")), Quiet: f.Get("quiet") == "yes"}
	switch f.Get("successor") {
	case "new":
		d.New = &secretariat.Replacement{Name: f.Get("name"), Email: f.Get("email"), Phone: f.Get("phone"), ByPhone: f.Get("byPhone") == "yes"}
	case "contact":
		if d.To = optionalID(f.Get("successorId")); d.To == nil {
			return d, fault.On("successorId", "Välj vem som tar över, eller att ingen gör det.")
		}
	case "nobody":
	default:
		return d, fault.On("successor", "Välj ett av alternativen.")
	}
	return d, nil
}

// reviewDeparture shows everything that moves, and who gets which letter.
func (w *Web) reviewDeparture(c *gin.Context) error {
	f, err := form(c, departureFields...)
	if err != nil {
		return err
	}
	return w.departureReview(c, f, nil)
}

func (w *Web) departureReview(c *gin.Context, f url.Values, refused error) error {
	contactID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := departureReviewView{Form: f, Delay: int(w.Office.Delay.Seconds()), Carry: departureFields[:len(departureFields)-1]}
	d, err := departureOf(f)
	if err == nil {
		err = w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) (err error) {
			view.Succession, err = secretariat.Depart(tx, actor(c), w.Office, contactID, d)
			return err
		})
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
	case kind == fault.Conflict || kind == fault.Invalid:
		return w.departureForm(c, f, err)
	default:
		return err
	}
	view.Page = w.frameOf(c, "partners", "%s har slutat", view.Succession.Leaver.Shown())
	if refused != nil {
		return w.again(c, refused, &view.Page, "departure-review", func() any { return view })
	}
	return w.show(c, http.StatusOK, "departure-review", view)
}

// departContact does what was reviewed. When what would be done has changed since, the new review is shown.
func (w *Web) departContact(c *gin.Context) error {
	contactID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, departureFields...)
	if err != nil {
		return err
	}
	d, err := departureOf(f)
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := secretariat.DoDepart(tx, actor(c), w.Office, contactID, d, f.Get("hash"))
			return err
		})
	}
	switch fault.KindOf(err) {
	case fault.Conflict:
		return w.departureReview(c, f, err)
	case fault.Invalid:
		return w.departureForm(c, f, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Kontakten har slutat och får inga fler brev.")
	return w.goTo(c, "/partners")
}
