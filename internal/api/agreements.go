package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Agreement is a contract or a partnership with a partner.
type Agreement struct {
	ID         uuid.UUID      `json:"id" format:"uuid"`
	ExternalID *string        `json:"externalId,omitempty"`
	Kind       string         `json:"kind" example:"iop"`
	Quote      string         `json:"quote,omitempty" doc:"Vad planen säger om den. / What the plan says of it."`
	ValidFrom  *string        `json:"validFrom,omitempty" format:"date"`
	ValidTo    *string        `json:"validTo,omitempty" format:"date"`
	Parties    []Organisation `json:"parties"`
}

// Agreements is a list of them.
type Agreements struct {
	Agreements []Agreement `json:"agreements"`
	Extent
}

func (d *door) listAgreements(ctx context.Context, in *Paging) (*shown[Agreements], error) {
	out := &shown[Agreements]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := partner.Agreements(tx, by)
		out.Body = Agreements{part(*in, all, func(a partner.Agreement) Agreement {
			return Agreement{a.ID, a.ExternalID, a.Kind, a.Quote, a.ValidFrom, a.ValidTo, each(a.Parties, showOrganisation)}
		}), in.of(int64(len(all)))}
		return err
	})
	return out, err
}
