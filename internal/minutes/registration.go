package minutes

import (
	"regexp"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Registration says where a finalised version stands in the municipality's register (OSL 5 kap. 1–2
// §§). It is kept beside the version, which nothing changes.
type Registration struct {
	MinutesID      uuid.UUID `gorm:"primaryKey"`
	Number         int64     `gorm:"primaryKey"` // of the version
	RegistryNumber string    // diarienummer
	IdentityID     *uuid.UUID
	At             time.Time
}

// registryNumber is how municipalities number what they register: a series, a year and a number, in
// any order, with signs between.
var registryNumber = regexp.MustCompile(`^[A-ZÅÄÖa-zåäö0-9][A-ZÅÄÖa-zåäö0-9 :/.\-]{1,38}[0-9A-Za-z]$`)

// mayRegister is for registrars, and for those who keep the forum's notes: small municipalities have
// no registrar who sits here.
func mayRegister(tx *store.Tx, by access.Actor, o *Opened) error {
	if by.Is(access.Registrar) {
		return nil
	}
	return by.MayConvene(tx, o.Minutes.Meeting.ForumID)
}

// RegistryNumber reads a number of the municipality's register. It refuses with fault.Invalid what does not look like one.
func RegistryNumber(field, text string) (string, error) {
	text, err := fault.Line(field, text, 40)
	if err == nil && !registryNumber.MatchString(text) {
		err = fault.On(field, "Skriv diarienumret som i diariet, till exempel SN 2026/123.")
	}
	return text, err
}

// Register records a version's number in the register; another number takes the earlier one's place.
// It refuses with fault.Invalid for what does not look like one.
func Register(tx *store.Tx, by access.Actor, id uuid.UUID, number int64, registered string) (*Registration, error) {
	if err := tx.Hold(&Minutes{}, id); err != nil {
		return nil, err
	}
	o, err := find(tx, by, id, number)
	if err != nil {
		return nil, err
	}
	if err := mayRegister(tx, by, o); err != nil {
		return nil, err
	}
	registered, err = RegistryNumber("registryNumber", registered)
	if err != nil {
		return nil, err
	}
	r := &Registration{id, o.Frozen.Number, registered, by.By(), tx.Now}
	if err := tx.DB.Save(r).Error; err != nil {
		return nil, err
	}
	return r, access.Log(tx, by, "register minutes", "minutes", id)
}

// Unregistered lists the latest versions that have no registry number and that the actor may register,
// those of the oldest meeting first.
func Unregistered(tx *store.Tx, by access.Actor) ([]Minutes, error) {
	latest := tx.DB.Table("minutes_versions").Select("MAX(minutes_versions.number)").Where("minutes_versions.minutes_id = minutes.id")
	registered := tx.DB.Table("registrations").Select("1").Where("registrations.minutes_id = minutes.id AND registrations.number = (?)", latest)
	q := tx.DB.Joins("JOIN meetings ON meetings.id = minutes.meeting_id").Scopes(by.ReadsNotes(tx, "meetings.forum_id"))
	if !by.Is(access.Registrar) {
		q = q.Scopes(by.ConvenedForums(tx, "meetings.forum_id"))
	}
	var all []Minutes
	err := q.Where("EXISTS (?) AND NOT EXISTS (?)", tx.DB.Table("minutes_versions").Select("1").Where("minutes_versions.minutes_id = minutes.id"), registered).
		Preload("Meeting.Forum").Preload("Versions", light).Order("meetings.starts_at, minutes.id").Find(&all).Error
	return all, err
}
