// Package partner holds who we work with: organisations and their units, the roles that a plan
// names, contacts who need no account, our own work groups and workplaces, and agreements. A
// contact may be a person or a mailbox, may be reached by telephone only, and may be protected:
// then it appears everywhere as its organisation and role.
package partner

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/store"
)

// Organisation is an authority, an association, or a unit of one.
type Organisation struct {
	ID         uuid.UUID
	ExternalID *string // its id in the imported plan
	Name       string
	Short      string   // "IFO"; empty: none
	Kind       string   // kommun, namnd, forvaltning, verksamhet, enhet, ideell, statlig, vard …
	Aliases    []string `gorm:"serializer:json"`
	ParentID   *uuid.UUID
	Home       bool // the municipality whose programme this is
	CreatedAt  time.Time
}

// UnderSecrecyAct is false for associations: they are not under offentlighets- och sekretesslagen.
func (o Organisation) UnderSecrecyAct() bool { return o.Kind != "ideell" }

// Role is a function that a plan names: "Kommunpolis".
type Role struct {
	ID             uuid.UUID
	ExternalID     *string
	Name           string
	Aliases        []string `gorm:"serializer:json"`
	OrganisationID *uuid.UUID
}

// ContactKind says what stands behind an address.
type ContactKind string

// The kinds.
const (
	Person  ContactKind = "person"
	Mailbox ContactKind = "mailbox" // a functional mailbox that several people read
)

// Contact is somebody, or a mailbox, that can be invited.
type Contact struct {
	ID             uuid.UUID
	ExternalID     *string
	Name           string
	Kind           ContactKind
	Email          string // empty: by telephone only
	Phone          string
	OrganisationID uuid.UUID
	RoleID         *uuid.UUID
	DeputyID       *uuid.UUID // who is asked when this one cannot
	Protected      bool       // protected personal data: shown as organisation and role
	ByPhone        bool       // gets no letter; somebody rings
	StandIn        bool       // here for a meeting only: somebody who was asked to it named them in their place
	Language       lang.Language
	Version        int64
	CreatedAt      time.Time
	LeftAt         *time.Time // nil: still there

	Organisation Organisation
	Role         *Role
}

// Shown is the name that stands on pages: a protected contact is its organisation and role.
func (c Contact) Shown() string {
	if !c.Protected {
		return c.Name
	}
	return c.Capacity()
}

// WorkGroup is one of our own groups that what is learnt is passed on to.
type WorkGroup struct {
	ID             uuid.UUID
	ExternalID     *string
	Name           string
	OrganisationID *uuid.UUID
	LeadID         *uuid.UUID
	RelayDays      int64 // working days to go through what is passed on; 0: as the forum says

	Lead *Contact
}

// Workplace is where an APT is held and the plan made known.
type Workplace struct {
	ID             uuid.UUID
	ExternalID     *string
	Name           string
	OrganisationID *uuid.UUID
	ManagerID      *uuid.UUID
	WorkGroupID    *uuid.UUID // the work group that its staff belongs to
	ManagerRole    string     // "Enhetschef"; empty: the contact's name says it
	EndedAt        *time.Time // nil: it is there
	RelayDays      int64      // working days to go through what is passed on; 0: as the forum says

	Manager      *Contact
	Organisation *Organisation
	WorkGroup    *WorkGroup
}

// Home is the municipality whose programme this is. It refuses with fault.NotFound before set-up.
func Home(tx *store.Tx) (Organisation, error) {
	var o Organisation
	return o, store.Found(tx.DB.First(&o, "home = ?", true).Error)
}

// Establish names the municipality whose programme this is, creating it when there is none.
func Establish(tx *store.Tx, by access.Actor, name string) (*Organisation, error) {
	name, err := fault.Line("municipality", name, 200)
	if err != nil {
		return nil, err
	}
	o, err := Home(tx)
	switch fault.KindOf(err) {
	case fault.NotFound:
		o = Organisation{ID: store.NewID(), Name: name, Kind: "kommun", Aliases: []string{}, Home: true, CreatedAt: tx.Now}
		err = tx.DB.Create(&o).Error
	default:
		if err == nil {
			o.Name = name
			err = tx.DB.Model(&o).Update("name", name).Error
		}
	}
	if err != nil {
		return nil, err
	}
	if err := access.CalendarChanged(tx); err != nil {
		return nil, err
	}
	return &o, access.Log(tx, by, "name municipality", "organisation", o.ID)
}

// everyone may see organisations, but not guests.
func mayRead(by access.Actor) error {
	return by.Require(access.Roles...)
}

// Organisations lists all, by name.
func Organisations(tx *store.Tx, by access.Actor) ([]Organisation, error) {
	if err := mayRead(by); err != nil {
		return nil, err
	}
	var all []Organisation
	err := tx.DB.Find(&all).Error
	lang.SortByName(all, func(o Organisation) string { return o.Name })
	return all, err
}

// RolesNamed lists the roles that the plan names.
func RolesNamed(tx *store.Tx, by access.Actor) ([]Role, error) {
	if err := mayRead(by); err != nil {
		return nil, err
	}
	var all []Role
	err := tx.DB.Find(&all).Error
	lang.SortByName(all, func(r Role) string { return r.Name })
	return all, err
}

// AddOrganisation records one more organisation.
func AddOrganisation(tx *store.Tx, by access.Actor, name, kind string, parent *uuid.UUID) (*Organisation, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	name, err := fault.Line("name", name, 200)
	if err != nil {
		return nil, err
	}
	kind, err = fault.OptionalLine("kind", kind, 40)
	if err != nil {
		return nil, err
	}
	if err := exists(tx, &Organisation{}, parent, "parentId", "Välj en organisation ur listan."); err != nil {
		return nil, err
	}
	o := &Organisation{ID: store.NewID(), Name: name, Kind: kind, Aliases: []string{}, ParentID: parent, CreatedAt: tx.Now}
	if err := tx.DB.Create(o).Error; err != nil {
		return nil, err
	}
	return o, access.Log(tx, by, "add organisation", "organisation", o.ID)
}

// readsContacts keeps the contacts that the actor may see: coordinators and managers all, members
// those they sit in a forum with (domain.md §2.5).
func readsContacts(tx *store.Tx, by access.Actor) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		if by.Is(access.Coordinator, access.Manager) {
			return q
		}
		return q.Where("EXISTS (?)", tx.DB.Table("forum_members").Select("1").
			Where("forum_members.contact_id = contacts.id").Scopes(by.SeesForum(tx, "forum_members.forum_id")).
			Where("?", by.Is(access.Member)))
	}
}

// Contacts lists those that the actor may see and that are still there, by name.
func Contacts(tx *store.Tx, by access.Actor) ([]Contact, error) {
	var all []Contact
	err := tx.DB.Scopes(readsContacts(tx, by)).Preload("Organisation").Preload("Role").Where("left_at IS NULL").Find(&all).Error
	lang.SortByName(all, Contact.Shown)
	return all, err
}

// FindContact gives one contact. It refuses with fault.NotFound.
func FindContact(tx *store.Tx, by access.Actor, id uuid.UUID) (*Contact, error) {
	c := &Contact{}
	err := tx.DB.Scopes(readsContacts(tx, by)).Preload("Organisation").Preload("Role").First(c, "contacts.id = ?", id).Error
	return c, store.Found(err)
}

// Reach is what a form or a program says of a contact.
type Reach struct {
	Name           string
	Kind           ContactKind
	Email          string
	Phone          string
	OrganisationID uuid.UUID
	RoleID         *uuid.UUID
	DeputyID       *uuid.UUID
	Protected      bool
	ByPhone        bool
	Language       lang.Language
}

// AddContact records a contact. It refuses with fault.Invalid, naming each field; two contacts
// cannot share one address, because an answer by mail must have one author.
func AddContact(tx *store.Tx, by access.Actor, r Reach) (*Contact, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	c := &Contact{ID: store.NewID(), CreatedAt: tx.Now}
	if err := c.fill(tx, r); err != nil {
		return nil, err
	}
	known, err := ByEmail(tx, c.Email)
	if err != nil {
		return nil, err
	}
	if known != nil && known.StandIn { // whoever stood in at a meeting becomes a contact as any other
		c.ID, c.Version, c.CreatedAt = known.ID, known.Version, known.CreatedAt
	}
	c.Version++
	if err := tx.DB.Omit("Organisation", "Role").Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, UpdateAll: true}).Create(c).Error; err != nil {
		return nil, refuseTwin(err, c.Email)
	}
	return c, access.Log(tx, by, "add contact", "contact", c.ID)
}

// ChangeContact replaces what is known of a contact. Whoever only stood in at a meeting is kept from then
// on. version is the one that was read; the refusal is fault.Conflict when it has changed since.
func ChangeContact(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, r Reach) (*Contact, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	c := &Contact{}
	if err := tx.Hold(c, id); err != nil {
		return nil, err
	}
	if err := CheckVersion(c.Version, version); err != nil {
		return nil, err
	}
	if err := c.fill(tx, r); err != nil {
		return nil, err
	}
	c.Version++
	if err := tx.DB.Omit("Organisation", "Role").Save(c).Error; err != nil {
		return nil, refuseTwin(err, c.Email)
	}
	return c, access.Log(tx, by, "change contact", "contact", c.ID)
}

// CheckVersion refuses with fault.Conflict when a row is no longer as the actor read it.
func CheckVersion(have, read int64) error {
	if have == read {
		return nil
	}
	return fault.New(fault.Conflict, "Någon annan har ändrat uppgifterna. Läs in sidan igen och gör om ändringen.")
}

func refuseTwin(err error, email string) error {
	if store.IsDuplicate(err) {
		return fault.On("email", "En annan kontakt har redan adressen %s. Två kontakter kan inte dela adress: lägg upp adressen som en funktionsbrevlåda i stället.", email)
	}
	return err
}

func (c *Contact) fill(tx *store.Tx, r Reach) error {
	name, nameErr := fault.Line("name", r.Name, 200)
	phone, phoneErr := fault.OptionalLine("phone", r.Phone, 40)
	email, emailErr := "", error(nil)
	if strings.TrimSpace(r.Email) != "" {
		email, emailErr = mail.ParseAddress(r.Email)
		emailErr = fault.At("email", emailErr)
	} else if !r.ByPhone {
		emailErr = fault.On("email", "Skriv en e-postadress, eller välj att kontakten nås per telefon.")
	}
	if phoneErr == nil && r.ByPhone && phone == "" {
		phoneErr = fault.On("phone", "Skriv ett telefonnummer till den som nås per telefon.")
	}
	var kindErr, organisationErr error
	if r.Kind != Person && r.Kind != Mailbox {
		kindErr = fault.On("kind", "Välj om kontakten är en person eller en funktionsbrevlåda.")
	}
	organisationErr = exists(tx, &Organisation{}, &r.OrganisationID, "organisationId", "Välj en organisation ur listan.")
	roleErr := exists(tx, &Role{}, r.RoleID, "roleId", "Välj en roll ur listan.")
	deputyErr := exists(tx, &Contact{}, r.DeputyID, "deputyId", "Välj en ersättare ur listan.")
	if err := fault.Join(nameErr, kindErr, organisationErr, roleErr, emailErr, phoneErr, deputyErr); err != nil {
		return err
	}
	c.Name, c.Kind, c.Email, c.Phone = name, r.Kind, strings.ToLower(email), phone
	c.OrganisationID, c.RoleID, c.DeputyID = r.OrganisationID, r.RoleID, r.DeputyID
	c.Protected, c.ByPhone, c.StandIn, c.Language = r.Protected, r.ByPhone, false, lang.Parse(string(r.Language))
	return nil
}

// exists refuses an id that no row of a model has; nil is nobody's and passes.
func exists(tx *store.Tx, model any, id *uuid.UUID, field, sentence string) error {
	if id == nil {
		return nil
	}
	var n int64
	if err := tx.DB.Model(model).Where("id = ?", *id).Count(&n).Error; err != nil {
		return err
	}
	if n == 0 {
		return fault.On(field, sentence)
	}
	return nil
}

// WorkGroups lists our work groups, by name.
func WorkGroups(tx *store.Tx, by access.Actor) ([]WorkGroup, error) {
	if err := mayRead(by); err != nil {
		return nil, err
	}
	var all []WorkGroup
	err := tx.DB.Find(&all).Error
	lang.SortByName(all, func(g WorkGroup) string { return g.Name })
	return all, err
}

// Workplaces lists the workplaces, by name.
func Workplaces(tx *store.Tx, by access.Actor) ([]Workplace, error) {
	if err := mayRead(by); err != nil {
		return nil, err
	}
	var all []Workplace
	err := tx.DB.Find(&all, "ended_at IS NULL").Error
	lang.SortByName(all, func(w Workplace) string { return w.Name })
	return all, err
}

// Receiver gives the name of a work group or workplace and the contact who leads it, nil when
// nobody is named.
func Receiver(tx *store.Tx, id uuid.UUID) (name string, lead *Contact, err error) {
	var groups []WorkGroup
	if err := tx.DB.Preload("Lead.Organisation").Preload("Lead.Role").Limit(1).Find(&groups, "id = ?", id).Error; err != nil {
		return "", nil, err
	}
	if len(groups) > 0 {
		return groups[0].Name, groups[0].Lead, nil
	}
	w := &Workplace{}
	err = store.Found(tx.DB.Preload("Manager.Organisation").Preload("Manager.Role").First(w, "id = ?", id).Error)
	return w.Name, w.Manager, err
}

// ReceiverNames gives the names of work groups and workplaces by their ids. It refuses with
// fault.NotFound an id of neither.
func ReceiverNames(tx *store.Tx, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := make(map[uuid.UUID]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	for _, table := range []string{"work_groups", "workplaces"} {
		var found []struct {
			ID   uuid.UUID
			Name string
		}
		if err := tx.DB.Table(table).Select("id, name").Where("id IN ?", ids).Find(&found).Error; err != nil {
			return nil, err
		}
		for _, f := range found {
			names[f.ID] = f.Name
		}
	}
	for _, id := range ids {
		if _, known := names[id]; !known {
			return nil, fault.Missing()
		}
	}
	return names, nil
}

// AddWorkGroup records one more work group.
func AddWorkGroup(tx *store.Tx, by access.Actor, name string) error {
	g := &WorkGroup{ID: store.NewID()}
	return addGroup(tx, by, name, g, &g.Name, "work-group", g.ID)
}

// AddWorkplace records one more workplace.
func AddWorkplace(tx *store.Tx, by access.Actor, name string) error {
	w := &Workplace{ID: store.NewID()}
	return addGroup(tx, by, name, w, &w.Name, "workplace", w.ID)
}

func addGroup(tx *store.Tx, by access.Actor, name string, row any, into *string, kind string, id uuid.UUID) (err error) {
	if err := by.Require(access.Coordinator); err != nil {
		return err
	}
	if *into, err = fault.Line("name", name, 200); err != nil {
		return err
	}
	if err := tx.DB.Omit("Lead", "Manager", "Organisation", "WorkGroup").Create(row).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "add "+kind, kind, id)
}

// SetLead names the contact who leads a work group and gets its letters; nil: nobody.
func SetLead(tx *store.Tx, by access.Actor, group uuid.UUID, contact *uuid.UUID) error {
	return putInCharge(tx, by, &WorkGroup{}, group, "lead_id", contact)
}

// SetManager names the contact who manages a workplace and gets its letters; nil: nobody.
func SetManager(tx *store.Tx, by access.Actor, workplace uuid.UUID, contact *uuid.UUID) error {
	return putInCharge(tx, by, &Workplace{}, workplace, "manager_id", contact)
}

func putInCharge(tx *store.Tx, by access.Actor, model any, id uuid.UUID, column string, contact *uuid.UUID) error {
	if err := by.Require(access.Coordinator); err != nil {
		return err
	}
	if err := exists(tx, &Contact{}, contact, "contactId", "Välj en kontakt ur listan."); err != nil {
		return err
	}
	if err := store.Changed(tx.DB.Model(model).Where("id = ?", id).Update(column, contact)); err != nil {
		return err
	}
	return access.Log(tx, by, "set "+column, "group", id)
}
