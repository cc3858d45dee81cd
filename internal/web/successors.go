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
func (w *Web) successor(c *gin.Context) error { return w.showSuccessor(c, nil, nil) }

func (w *Web) showSuccessor(c *gin.Context, typed url.Values, refused error) error {
	proposalID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := successorView{Page: w.frameOf(c, "partners", "Ska någon annan ha breven?"), Form: typed}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Proposal, err = partner.FindProposal(tx, actor(c), proposalID)
		return err
	}); err != nil {
		return err
	}
	if view.Form == nil {
		view.Form = url.Values{"name": {view.Proposal.Name}, "email": {view.Proposal.Email}}
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "successor", func() any { return view })
	}
	return w.show(c, http.StatusOK, "successor", view)
}

// replaceContact puts who was proposed in the contact's place.
func (w *Web) replaceContact(c *gin.Context) error {
	f, err := form(c, "name", "email", "phone", "byPhone")
	if err != nil {
		return err
	}
	return w.settleProposal(c, f, "Kontakten är utbytt. Bjud in den nya till kommande möten själv.", func(tx *store.Tx, id uuid.UUID) error {
		_, err := secretariat.Replace(tx, actor(c), id, secretariat.Replacement{Name: f.Get("name"), Email: f.Get("email"), Phone: f.Get("phone"), ByPhone: f.Get("byPhone") == "yes"})
		return err
	})
}

// dismissProposal leaves the contact as it is.
func (w *Web) dismissProposal(c *gin.Context) error {
	f, err := form(c)
	if err != nil {
		return err
	}
	return w.settleProposal(c, f, "Kontakten är kvar som den är.", func(tx *store.Tx, id uuid.UUID) error {
		_, err := partner.Settle(tx, actor(c), id, partner.Dismissed)
		return err
	})
}

// settleProposal does what a coordinator decided. done says it, a key of package lang.
func (w *Web) settleProposal(c *gin.Context, f url.Values, done string, verb func(*store.Tx, uuid.UUID) error) error {
	proposalID, err := id(c, "id")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error { return verb(tx, proposalID) })
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return w.showSuccessor(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), done)
	return w.goTo(c, "/partners")
}

// departContact records that a contact has left.
func (w *Web) departContact(c *gin.Context) error {
	contactID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return secretariat.Depart(tx, actor(c), contactID) }); err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Kontakten har slutat och får inga fler brev.")
	return w.goTo(c, "/partners")
}
