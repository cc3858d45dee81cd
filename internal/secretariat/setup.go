package secretariat

import (
	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// SetUp uses the one-hour link of an empty installation: it names the municipality and makes the
// first account, which coordinates and administers until there are more. hash comes from
// access.HashPassword. It refuses with fault.NotFound when the link is used up or too old.
func SetUp(tx *store.Tx, token, municipality, name, email, hash string, l lang.Language) (*access.Identity, error) {
	if _, err := access.UseOneTimeToken(tx, access.SetUpPurpose, token); err != nil {
		return nil, err
	}
	by := access.System()
	_, homeErr := partner.Establish(tx, by, municipality)
	first, joinErr := access.Join(tx, by, name, email, hash, l)
	if err := fault.Join(homeErr, joinErr); err != nil {
		return nil, err
	}
	for _, role := range []access.Role{access.Coordinator, access.Administrator} {
		if err := access.Give(tx, by, access.Grant{IdentityID: first.ID, Role: role}); err != nil {
			return nil, err
		}
	}
	return first, nil
}
