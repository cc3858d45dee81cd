package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// OrganisationContacts is an organisation with its contacts.
type OrganisationContacts struct {
	Organisation partner.Organisation
	Contacts     []partner.Contact
}

type partnersView struct {
	Page
	With    []OrganisationContacts // have contacts
	Without []partner.Organisation
	Needs   []secretariat.PartnerNeed
	Absent  int // meetings in a row after which a partner is among Needs
	MayPlan bool
	Form    url.Values
}

func (w *Web) partners(c *gin.Context) error { return w.showPartners(c, url.Values{}, nil) }

func (w *Web) showPartners(c *gin.Context, typed url.Values, refused error) error {
	view := partnersView{Page: w.frameOf(c, "partners", "Parter och kontakter"), MayPlan: actor(c).Is(access.Coordinator), Form: typed, Absent: secretariat.AbsentAfter}
	if err := w.read(c, func(tx *store.Tx) error {
		organisations, err := partner.Organisations(tx, actor(c))
		if err != nil {
			return err
		}
		if actor(c).Is(access.Coordinator, access.Manager) {
			if view.Needs, err = secretariat.PartnerNeeds(tx, actor(c)); err != nil {
				return err
			}
		}
		contacts, err := partner.Contacts(tx, actor(c))
		of := map[uuid.UUID][]partner.Contact{}
		for _, contact := range contacts {
			of[contact.OrganisationID] = append(of[contact.OrganisationID], contact)
		}
		for _, o := range organisations {
			if len(of[o.ID]) > 0 {
				view.With = append(view.With, OrganisationContacts{o, of[o.ID]})
			} else {
				view.Without = append(view.Without, o)
			}
		}
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "partners", func() any { return view })
	}
	return w.show(c, http.StatusOK, "partners", view)
}

func (w *Web) addOrganisation(c *gin.Context) error {
	f, err := form(c, "name", "kind")
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := partner.AddOrganisation(tx, actor(c), f.Get("name"), f.Get("kind"), nil)
		return err
	}); err != nil {
		return w.showPartners(c, f, err)
	}
	w.frame.Notify(c.Request.Context(), "Organisationen är tillagd.")
	return w.goTo(c, "/partners")
}

type contactView struct {
	Page
	Action        string
	Form          url.Values
	Organisations []partner.Organisation
	Roles         []partner.Role
	Contacts      []partner.Contact
	StandIn       bool   // here for a meeting only, until it is saved
	Stopped       string // since when the contact wants no reminders; empty: gets them
	Busy          *Busy  // nil: a new contact, or one that has left
	Departure     string // where the form that says that the contact has left goes; empty: a new one, or has left
}

var contactFields = []string{"version", "name", "kind", "email", "phone", "organisationId", "roleId", "deputyId", "protected", "byPhone", "language"}

func (w *Web) newContact(c *gin.Context) error {
	f := url.Values{"kind": {"person"}, "language": {"sv"}, "organisationId": {c.Query("organisation")}}
	return w.showContact(c, http.StatusOK, contactView{Page: w.frameOf(c, "partners", "Ny kontakt"), Action: "/new-contact", Form: f})
}

func (w *Web) showContact(c *gin.Context, status int, view contactView) error {
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Organisations, err = partner.Organisations(tx, actor(c)); err != nil {
			return err
		}
		if view.Roles, err = partner.RolesNamed(tx, actor(c)); err != nil {
			return err
		}
		all, err := partner.Contacts(tx, actor(c))
		view.Contacts = partner.Standing(all)
		return err
	}); err != nil {
		return err
	}
	return w.show(c, status, "contact", view)
}

// reachOf reads the form.
func reachOf(f url.Values) partner.Reach {
	r := partner.Reach{Name: f.Get("name"), Kind: partner.ContactKind(f.Get("kind")), Email: f.Get("email"), Phone: f.Get("phone"),
		RoleID: optionalID(f.Get("roleId")), DeputyID: optionalID(f.Get("deputyId")), Protected: f.Get("protected") == "yes",
		ByPhone: f.Get("byPhone") == "yes", Language: lang.Language(f.Get("language"))}
	if chosen := optionalID(f.Get("organisationId")); chosen != nil {
		r.OrganisationID = *chosen
	}
	return r
}

func (w *Web) addContact(c *gin.Context) error {
	f, err := form(c, contactFields...)
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := partner.AddContact(tx, actor(c), reachOf(f))
		return err
	}); err != nil {
		return w.contactAgain(c, err, contactView{Page: w.frameOf(c, "partners", "Ny kontakt"), Action: "/new-contact", Form: f})
	}
	w.frame.Notify(c.Request.Context(), "Kontakten är tillagd.")
	return w.goTo(c, "/partners")
}

func (w *Web) contactAgain(c *gin.Context, refused error, view contactView) (err error) {
	if view.Errors, err = fieldErrors(view.Lang, refused); err != nil {
		return err
	}
	return w.showContact(c, http.StatusUnprocessableEntity, view)
}

func (w *Web) contact(c *gin.Context) error {
	contactID, err := id(c, "id")
	if err != nil {
		return err
	}
	return w.contactPage(c, contactID, nil)
}

// contactView is a contact as it is kept.
func (w *Web) contactView(c *gin.Context, contactID uuid.UUID) (view contactView, err error) {
	var found *partner.Contact
	var stopped *time.Time
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if found, err = partner.FindContact(tx, actor(c), contactID); err != nil {
			return err
		}
		if view.Busy, err = w.busyOf(tx, c, contactID); err != nil {
			return err
		}
		stopped, err = post.StoppedSince(tx, found.Email)
		return err
	}); err != nil {
		return view, err
	}
	f := url.Values{"version": {strconv.FormatInt(found.Version, 10)}, "name": {found.Name}, "kind": {string(found.Kind)}, "email": {found.Email}, "phone": {found.Phone},
		"organisationId": {found.OrganisationID.String()}, "language": {string(found.Language)}}
	if found.RoleID != nil {
		f.Set("roleId", found.RoleID.String())
	}
	if found.DeputyID != nil {
		f.Set("deputyId", found.DeputyID.String())
	}
	if found.Protected {
		f.Set("protected", "yes")
	}
	if found.ByPhone {
		f.Set("byPhone", "yes")
	}
	view.Page, view.Action, view.Form = w.frameOf(c, "partners", "Ändra kontakt"), "/contacts/"+contactID.String(), f
	view.StandIn = found.StandIn && found.LeftAt == nil
	if stopped != nil {
		view.Stopped = almanac.DateOf(*stopped, w.Office.Zone).String()
	}
	if found.LeftAt == nil {
		view.Departure = view.Action + "/departure"
	} else {
		view.Busy = nil
	}
	return view, nil
}

func (w *Web) changeContact(c *gin.Context) error {
	contactID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, contactFields...)
	if err != nil {
		return err
	}
	version := versionOf(f)
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := partner.ChangeContact(tx, actor(c), contactID, version, reachOf(f))
		return err
	}); err != nil {
		return w.contactAgain(c, err, contactView{Page: w.frameOf(c, "partners", "Ändra kontakt"), Action: "/contacts/" + contactID.String(), Form: f})
	}
	w.frame.Notify(c.Request.Context(), "Kontakten är sparad.")
	return w.goTo(c, "/partners")
}
