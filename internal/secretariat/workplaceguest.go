package secretariat

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// placeGuest looks the right behind a manager's link up: the workplace is there, and its manager is the
// contact still.
func placeGuest(tx *store.Tx, g *Guest) (*Guest, error) {
	w, err := partner.ManagedPlace(tx, g.Link.ObjectID)
	if err != nil {
		return nil, err
	}
	if w.EndedAt != nil || w.ManagerID == nil || *w.ManagerID != g.Link.ContactID || w.Manager.LeftAt != nil {
		return nil, fault.Missing()
	}
	if g.Municipality, err = homeName(tx); err != nil {
		return nil, err
	}
	g.workplace, g.Contact = w, *w.Manager
	g.Title = lang.Parse(string(g.Contact.Language)).Text("Handlingsplanen på APT")
	return g, nil
}

// OpenedPlace is a workplace as its manager's link shows it: the plan, what is left to go through, and what a
// new hire reads. It has no field for anybody who works there.
type OpenedPlace struct {
	*Guest
	Workplace *partner.Workplace
	Plan      *plan.Plan // nil: none is imported
	Anchor    relay.Anchor
	Left      []relay.Item // passed on to the workplace itself
}

// OpenPlace gives what a manager's link shows. What is left is text from notes: reading it is logged. It
// refuses as OpenGuest does.
func OpenPlace(tx *store.Tx, token string) (*OpenedPlace, error) {
	g, err := OpenGuest(tx, access.ToPlace, token)
	if err != nil {
		return nil, err
	}
	p := &OpenedPlace{Guest: g, Workplace: g.workplace}
	if p.Plan, err = plan.Current(tx, access.System()); err != nil {
		return nil, err
	}
	if p.Plan != nil {
		if p.Anchor, err = anchorOf(tx, access.System(), g.workplace.ID, p.Plan.ID); err != nil {
			return nil, err
		}
	}
	if p.Left, err = relay.TextsAt(tx, []uuid.UUID{g.workplace.ID}); err != nil {
		return nil, err
	}
	return p, access.Log(tx, access.Guest(), "open workplace link", "workplace", g.workplace.ID)
}

// AnchorOf tells how the plan imported last stands at one workplace; nil when there is no plan.
func AnchorOf(tx *store.Tx, by access.Actor, workplace uuid.UUID) (*relay.Anchor, error) {
	current, err := plan.Current(tx, by)
	if err != nil || current == nil {
		return nil, err
	}
	a, err := anchorOf(tx, by, workplace, current.ID)
	return &a, err
}

func anchorOf(tx *store.Tx, by access.Actor, workplace, planID uuid.UUID) (relay.Anchor, error) {
	all, err := relay.Anchoring(tx, by, planID, almanac.Date{}, almanac.Date{})
	if err != nil {
		return relay.Anchor{}, err
	}
	for _, a := range all.Anchors {
		if a.Workplace.ID == workplace {
			return a, nil
		}
	}
	return relay.Anchor{}, nil
}

// What is said by one manager's link in a day.
const (
	saidByLink = 30
	saidWindow = 24 * time.Hour
)

// ConfirmPlan records the day on which a workplace went through the plan imported last. It refuses with
// fault.Conflict when there is none, and as relay.Confirm does.
func ConfirmPlan(tx *store.Tx, by access.Actor, o Office, workplace uuid.UUID, date almanac.Date) error {
	return o.ofCurrent(tx, workplace, func(planID uuid.UUID, today almanac.Date) error {
		return relay.Confirm(tx, by, workplace, planID, date, today)
	})
}

// CountNewHires records how many new hires were introduced to the plan on a day. It refuses as ConfirmPlan and
// relay.Introduce do.
func CountNewHires(tx *store.Tx, by access.Actor, o Office, workplace uuid.UUID, date almanac.Date, newHires int64) error {
	return o.ofCurrent(tx, workplace, func(planID uuid.UUID, today almanac.Date) error {
		return relay.Introduce(tx, by, workplace, planID, date, newHires, today)
	})
}

func (o Office) ofCurrent(tx *store.Tx, workplace uuid.UUID, say func(planID uuid.UUID, today almanac.Date) error) error {
	if _, err := partner.ManagedPlace(tx, workplace); err != nil {
		return err
	}
	current, err := plan.Current(tx, access.System())
	if err != nil {
		return err
	}
	if current == nil {
		return fault.New(fault.Conflict, "Det finns ingen plan. Läs in planen först.")
	}
	return say(current.ID, almanac.DateOf(tx.Now, o.Zone))
}

// ByPlaceLink does something at a manager's workplace for whoever holds the link. It refuses as OpenGuest does
// and with fault.TooMany.
func ByPlaceLink(tx *store.Tx, token string, do func(workplace uuid.UUID) error) error {
	g, err := OpenGuest(tx, access.ToPlace, token)
	if err != nil {
		return err
	}
	subject := "workplace:" + g.Link.ID.String()
	if err := access.Limit(tx, subject, saidByLink, saidWindow); err != nil {
		return err
	}
	if err := do(g.workplace.ID); err != nil {
		return err
	}
	return access.Count(tx, subject)
}
