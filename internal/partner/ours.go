package partner

import (
	"github.com/google/uuid"

	"samverkan/internal/store"
)

// Ours gives the organisations that are our own: the municipality whose programme this is, and what
// stands below it.
func Ours(tx *store.Tx) (map[uuid.UUID]bool, error) {
	var all []Organisation
	if err := tx.DB.Select("id, parent_id, home").Find(&all).Error; err != nil {
		return nil, err
	}
	ours := map[uuid.UUID]bool{}
	for grew := true; grew; { // a tree of a few floors
		grew = false
		for _, o := range all {
			if !ours[o.ID] && (o.Home || o.ParentID != nil && ours[*o.ParentID]) {
				ours[o.ID], grew = true, true
			}
		}
	}
	return ours, nil
}
