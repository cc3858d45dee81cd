package partner

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

// AddStandIn records somebody whom a contact has named to come in its place: of the same organisation,
// and here for that meeting only. address is parsed and is no other contact's.
func AddStandIn(tx *store.Tx, by access.Actor, of *Contact, name, address string) (*Contact, error) {
	c := &Contact{
		ID: store.NewID(), Name: name, Kind: Person, Email: address, OrganisationID: of.OrganisationID,
		StandIn: true, Language: of.Language, Version: 1, CreatedAt: tx.Now,
	}
	if err := tx.DB.Omit("Organisation", "Role").Create(c).Error; err != nil {
		return nil, err
	}
	return c, access.Log(tx, by, "add stand-in", "contact", c.ID)
}

// EndStandIn records that whoever was here for a meeting only is here no more. How to reach them is
// forgotten.
func EndStandIn(tx *store.Tx, id uuid.UUID) error {
	if _, err := Leave(tx, access.System(), id); err != nil {
		return err
	}
	return tx.DB.Model(&Contact{}).Where("id = ? AND stand_in", id).Updates(map[string]any{"email": "", "phone": ""}).Error
}

// Standing gives the contacts that are here for good, to choose among.
func Standing(all []Contact) []Contact {
	return slices.DeleteFunc(slices.Clone(all), func(c Contact) bool { return c.StandIn })
}
