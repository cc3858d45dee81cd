package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

type groupsView struct {
	Page
	WorkGroups []partner.WorkGroup
	Workplaces []partner.Workplace
	Contacts   []partner.Contact
	Form       url.Values
}

// groups shows who receives what is passed on, and who leads each.
func (w *Web) groups(c *gin.Context) error { return w.showGroups(c, url.Values{}, nil) }

func (w *Web) showGroups(c *gin.Context, typed url.Values, refused error) error {
	view := groupsView{Page: w.frameOf(c, "partners", "Arbetsgrupper och arbetsplatser"), Form: typed}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.WorkGroups, err = partner.WorkGroups(tx, actor(c)); err != nil {
			return err
		}
		if view.Workplaces, err = partner.Workplaces(tx, actor(c)); err != nil {
			return err
		}
		all, err := partner.Contacts(tx, actor(c))
		view.Contacts = partner.Standing(all)
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "groups", func() any { return view })
	}
	return w.show(c, http.StatusOK, "groups", view)
}

func (w *Web) addGroup(c *gin.Context) error {
	f, err := form(c, "name", "kind")
	if err != nil {
		return err
	}
	add := partner.AddWorkGroup
	if f.Get("kind") == "workplace" {
		add = partner.AddWorkplace
	}
	if err := w.write(c, func(tx *store.Tx) error { return add(tx, actor(c), f.Get("name")) }); err != nil {
		return w.showGroups(c, f, err)
	}
	return w.goTo(c, "/groups")
}

func (w *Web) setLead(c *gin.Context) error    { return w.putInCharge(c, partner.SetLead) }
func (w *Web) setManager(c *gin.Context) error { return w.putInCharge(c, partner.SetManager) }

// putInCharge names who leads a group or manages a workplace; nobody when no contact is chosen.
func (w *Web) putInCharge(c *gin.Context, verb func(*store.Tx, access.Actor, uuid.UUID, *uuid.UUID) error) error {
	groupID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "contactId")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error { return verb(tx, actor(c), groupID, optionalID(f.Get("contactId"))) })
	if fault.KindOf(err) == fault.Invalid {
		return w.showGroups(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Sparat.")
	return w.goTo(c, "/groups")
}
