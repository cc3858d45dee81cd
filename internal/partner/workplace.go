package partner

import (
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/store"
)

// mostRelayDays bounds how many working days a receiver may have.
const mostRelayDays = 60

// Place is what a form or a program says of a workplace. Its manager is a contact, or a role and an address:
// then a contact of that name is found or made, and nobody needs an account.
type Place struct {
	Name           string
	OrganisationID *uuid.UUID
	WorkGroupID    *uuid.UUID
	ManagerID      *uuid.UUID
	ManagerRole    string
	ManagerEmail   string // empty: ManagerID says who, or nobody
	RelayDays      int64  // 0: as the forum says
}

// AllWorkplaces lists workplaces with who manages them, those that have ended last, by name.
func AllWorkplaces(tx *store.Tx, by access.Actor) ([]Workplace, error) {
	if err := by.Require(access.Coordinator, access.Manager, access.Registrar); err != nil {
		return nil, err
	}
	var all []Workplace
	if err := wholePlaces(tx).Find(&all).Error; err != nil {
		return nil, err
	}
	lang.SortByName(all, func(w Workplace) string { return w.Name })
	var there, ended []Workplace
	for _, w := range all {
		if w.EndedAt == nil {
			there = append(there, w)
		} else {
			ended = append(ended, w)
		}
	}
	return append(there, ended...), nil
}

func wholePlaces(tx *store.Tx) *gorm.DB {
	return tx.DB.Preload("Manager.Organisation").Preload("Organisation").Preload("WorkGroup")
}

// FindWorkplace gives one workplace. It refuses with fault.NotFound.
func FindWorkplace(tx *store.Tx, by access.Actor, id uuid.UUID) (*Workplace, error) {
	if err := by.Require(access.Coordinator, access.Manager, access.Registrar); err != nil {
		return nil, err
	}
	w := &Workplace{}
	return w, store.Found(wholePlaces(tx).First(w, "workplaces.id = ?", id).Error)
}

// SaveWorkplace records a workplace, or with an id replaces what is known of it. It refuses with
// fault.Invalid, naming each field.
func SaveWorkplace(tx *store.Tx, by access.Actor, id uuid.UUID, p Place) (*Workplace, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	w, act := &Workplace{}, "change workplace"
	if id == uuid.Nil {
		w.ID, act = store.NewID(), "add workplace"
	} else if err := tx.Hold(w, id); err != nil {
		return nil, err
	}
	if err := w.fill(tx, p); err != nil {
		return nil, err
	}
	if err := w.appoint(tx, by, p); err != nil {
		return nil, err
	}
	if err := tx.DB.Omit("Manager", "Organisation", "WorkGroup").Save(w).Error; err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, act, "workplace", w.ID); err != nil {
		return nil, err
	}
	return FindWorkplace(tx, by, w.ID)
}

func (w *Workplace) fill(tx *store.Tx, p Place) error {
	name, nameErr := fault.Line("name", p.Name, 200)
	role, roleErr := fault.OptionalLine("managerRole", p.ManagerRole, 100)
	var daysErr error
	if p.RelayDays < 0 || p.RelayDays > mostRelayDays {
		daysErr = fault.On("relayDays", "Skriv ett tal mellan %d och %d.", 0, mostRelayDays)
	}
	err := fault.Join(nameErr, exists(tx, &Organisation{}, p.OrganisationID, "organisationId", "Välj en organisation ur listan."),
		exists(tx, &WorkGroup{}, p.WorkGroupID, "workGroupId", "Välj en arbetsgrupp ur listan."),
		exists(tx, &Contact{}, p.ManagerID, "managerId", "Välj en kontakt ur listan."), roleErr, daysErr)
	w.Name, w.OrganisationID, w.WorkGroupID, w.ManagerID, w.ManagerRole, w.RelayDays = name, p.OrganisationID, p.WorkGroupID, p.ManagerID, role, p.RelayDays
	return err
}

// appoint makes whoever reads the manager's address the manager.
func (w *Workplace) appoint(tx *store.Tx, by access.Actor, p Place) error {
	if p.ManagerEmail == "" {
		return nil
	}
	email, err := mail.ParseAddress(p.ManagerEmail)
	if err != nil {
		return fault.At("managerEmail", err)
	}
	if w.ManagerRole == "" {
		return fault.On("managerRole", "Skriv vad chefen kallas, till exempel Enhetschef.")
	}
	known, err := ByEmail(tx, strings.ToLower(email))
	if err != nil {
		return err
	}
	if known == nil {
		organisation := w.OrganisationID
		if organisation == nil {
			home, err := Home(tx)
			if err != nil {
				return err
			}
			organisation = &home.ID
		}
		known, err = AddContact(tx, by, Reach{Name: w.ManagerRole + ", " + w.Name, Kind: Mailbox, Email: email, OrganisationID: *organisation, Language: lang.Swedish})
		if err != nil {
			return err
		}
	}
	w.ManagerID = &known.ID
	return nil
}

// EndWorkplace records that a workplace is no more, or is again. What it has confirmed stays.
func EndWorkplace(tx *store.Tx, by access.Actor, id uuid.UUID, ended bool) error {
	if err := by.Require(access.Coordinator); err != nil {
		return err
	}
	at, act := any(nil), "reopen workplace"
	if ended {
		at, act = tx.Now, "end workplace"
	}
	if err := store.Changed(tx.DB.Model(&Workplace{}).Where("id = ?", id).Update("ended_at", at)); err != nil {
		return err
	}
	return access.Log(tx, by, act, "workplace", id)
}

// ManagedPlace gives a workplace for its manager's link. Who holds it is for the caller to ask.
func ManagedPlace(tx *store.Tx, id uuid.UUID) (*Workplace, error) {
	w := &Workplace{}
	return w, store.Found(wholePlaces(tx).First(w, "workplaces.id = ?", id).Error)
}

// SetRelayDays says how many working days a work group has to go through what is passed on to it; 0: as the
// forum says.
func SetRelayDays(tx *store.Tx, by access.Actor, group uuid.UUID, days int64) error {
	if err := by.Require(access.Coordinator); err != nil {
		return err
	}
	if days < 0 || days > mostRelayDays {
		return fault.On("relayDays", "Skriv ett tal mellan %d och %d.", 0, mostRelayDays)
	}
	if err := store.Changed(tx.DB.Model(&WorkGroup{}).Where("id = ?", group).Update("relay_days", days)); err != nil {
		return err
	}
	return access.Log(tx, by, "set days of work group", "work-group", group)
}

// RelayDaysOf gives how many working days a receiver has; 0: as the forum says.
func RelayDaysOf(tx *store.Tx, receiver uuid.UUID) (days int64, err error) {
	for _, table := range []string{"work_groups", "workplaces"} {
		var found []int64
		if err := tx.DB.Table(table).Where("id = ?", receiver).Pluck("relay_days", &found).Error; err != nil || len(found) > 0 {
			return max(0, append(found, 0)[0]), err
		}
	}
	return 0, nil
}
