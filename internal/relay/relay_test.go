package relay_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/relay"
	"samverkan/internal/seal"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var today = almanac.Date{Year: 2026, Month: 11, Day: 24}

// house is the sample world with minutes from which an item may be passed on.
type house struct {
	*testing.T
	db     *store.DB
	world  *sample.World
	key    *seal.Key
	item   relay.Item
	groups map[string]uuid.UUID
}

func build(t *testing.T, db *store.DB) *house {
	t.Helper()
	h := &house{T: t, db: db, groups: map[string]uuid.UUID{}}
	var err error
	if h.key, err = seal.New(bytes.Repeat([]byte{3}, 32)); err != nil {
		t.Fatal(err)
	}
	h.write(func(tx *store.Tx) error {
		if h.world, err = sample.Build(tx, "hash"); err != nil {
			return err
		}
		for _, name := range []string{"vuxen", "oppenvard"} {
			if h.groups[name], _, err = store.ByExternalID(tx, &partner.WorkGroup{}, name); err != nil {
				return err
			}
		}
		when := meeting.Time{Date: today.AddDays(-7), Starts: 9 * 60, Ends: 10 * 60}
		held, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: h.world.Forums["rvt-miranda"], Time: when, Zone: storetest.Now.Location(), Held: true})
		if err != nil {
			return err
		}
		m, err := minutes.Open(tx, access.System(), held.ID)
		if err == nil {
			h.item = relay.Item{MinutesID: m.ID, Number: 1, ItemID: uuid.New(), Title: "Nätverksträff", Excerpt: "Ring innan ni hänvisar.", Due: today.AddDays(14)}
		}
		return err
	})
	return h
}

func (h *house) write(fn func(*store.Tx) error) {
	h.Helper()
	if err := h.db.Write(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

// pass passes the item on and counts the receivers that got something new.
func (h *house) pass(receivers ...uuid.UUID) (fresh []uuid.UUID) {
	h.Helper()
	h.write(func(tx *store.Tx) (err error) {
		fresh, err = relay.PassOn(tx, access.System(), h.key, h.item, receivers)
		return err
	})
	return fresh
}

func TestPassOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db)
		if fresh := h.pass(h.groups["vuxen"], h.groups["oppenvard"]); len(fresh) != 2 {
			t.Errorf("%d receivers got it", len(fresh))
		}
		t.Run("the same text again asks nobody again", func(t *testing.T) {
			if fresh := h.pass(h.groups["vuxen"], h.groups["oppenvard"]); len(fresh) != 0 {
				t.Errorf("%d were asked again", len(fresh))
			}
		})
		t.Run("a corrected text asks anew", func(t *testing.T) {
			h.item.Number, h.item.Excerpt = 2, "Ring alltid innan ni hänvisar."
			if fresh := h.pass(h.groups["vuxen"]); len(fresh) != 1 {
				t.Errorf("%d were asked", len(fresh))
			}
		})
	})
}

func TestWhoSees(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db)
		h.pass(h.groups["vuxen"], h.groups["oppenvard"]) // the sample's lead leads the first
		for role, want := range map[access.Role]int{
			access.Coordinator: 2, access.Manager: 2, access.Registrar: 2, access.GroupLead: 1, access.Member: 0, access.Administrator: 0,
		} {
			h.write(func(tx *store.Tx) error {
				by, err := access.Load(tx, h.world.Identities[role])
				if err != nil {
					return err
				}
				items, err := relay.List(tx, by)
				if len(items) != want {
					t.Errorf("%s sees %d items, not %d", role, len(items), want)
				}
				return err
			})
		}
		t.Run("a link opens its receiver's items alone", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				items, err := relay.ByLink(tx, relay.LinkToken(h.key, h.item.MinutesID, h.groups["vuxen"], 1))
				if err == nil && (len(items) != 1 || *items[0].WorkGroupID != h.groups["vuxen"]) {
					t.Errorf("it opens %+v", items)
				}
				if _, err := relay.ByLink(tx, relay.LinkToken(h.key, h.item.MinutesID, uuid.New(), 1)); fault.KindOf(err) != fault.NotFound {
					t.Errorf("another link: %v", err)
				}
				return err
			})
		})
	})
}

func TestAcknowledge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := build(t, db)
		h.pass(h.groups["vuxen"])
		acknowledge := func(r relay.Receipt) error {
			return db.Write(t.Context(), func(tx *store.Tx) error {
				by, err := access.Load(tx, h.world.Identities[access.GroupLead])
				if err != nil {
					return err
				}
				items, err := relay.List(tx, by)
				if err != nil {
					return err
				}
				return relay.Acknowledge(tx, by, &items[0], r, today)
			})
		}
		for name, r := range map[string]relay.Receipt{
			"a day to come": {Kind: "apt", Date: today.AddDays(1)}, "an unknown kind": {Kind: "ok", Date: today},
			"a comment of two lines": {Kind: "apt", Date: today, Comment: "a\nb"},
		} {
			if err := acknowledge(r); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := acknowledge(relay.Receipt{Kind: "apt", Date: today.AddDays(-2)}); err != nil {
			t.Fatal(err)
		}
		t.Run("a second receipt changes nothing", func(t *testing.T) {
			if err := acknowledge(relay.Receipt{Kind: "read", Date: today}); err != nil {
				t.Fatal(err)
			}
			h.write(func(tx *store.Tx) error {
				items, err := relay.List(tx, access.System())
				if a := items[0].Acknowledgement; a == nil || a.Kind != "apt" || a.Date != today.AddDays(-2) {
					t.Errorf("the receipt is %+v", a)
				}
				return err
			})
		})
	})
}
