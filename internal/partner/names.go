package partner

import (
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

// Names tells whose an attendance is from what notes call an organisation and a role.
type Names struct {
	organisations map[string]uuid.UUID
	roles         map[string]uuid.UUID // the organisation of each role
}

// NamesOf gives the names of all organisations and roles. It refuses whoever may not see them.
func NamesOf(tx *store.Tx, by access.Actor) (Names, error) {
	n := Names{map[string]uuid.UUID{}, map[string]uuid.UUID{}}
	organisations, err := Organisations(tx, by)
	if err != nil {
		return n, err
	}
	for _, o := range organisations {
		for _, name := range append([]string{o.Short, o.Name}, o.Aliases...) {
			if key := PlainName(name); key != "" {
				n.organisations[key] = o.ID
			}
		}
	}
	roles, err := RolesNamed(tx, by)
	for _, r := range roles {
		if r.OrganisationID != nil {
			for _, name := range append([]string{r.Name}, r.Aliases...) {
				n.roles[PlainName(name)] = *r.OrganisationID
			}
		}
	}
	return n, err
}

// PlainName is a name as two spellings of it are compared.
func PlainName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Of gives whose an organisation's name and a role are; Nil when nobody knows.
func (n Names) Of(organisation, role string) uuid.UUID {
	if id, known := n.organisations[PlainName(organisation)]; known {
		return id
	}
	return n.roles[PlainName(role)]
}
