package access_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/seal"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const password = "tre korta ord"

var hash = func() string {
	h, err := access.HashPassword(password, "")
	if err != nil {
		panic(err)
	}
	return h
}()

// house is a world with accounts.
type house struct {
	t     *testing.T
	db    *store.DB
	clock *storetest.Clock
	world *sample.World
}

func each(t *testing.T, body func(t *testing.T, h *house)) {
	t.Helper()
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := &house{t: t, db: db, clock: clock}
		h.write(func(tx *store.Tx) (err error) {
			h.world, err = sample.Build(tx, hash)
			return err
		})
		body(t, h)
	})
}

func (h *house) write(fn func(*store.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.t.Context(), fn); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(want fault.Kind, fn func(*store.Tx) error) {
	h.t.Helper()
	if err := h.db.Rehearse(h.t.Context(), fn); err == nil || fault.KindOf(err) != want {
		h.t.Errorf("got %v, want %s", err, want)
	}
}

func (h *house) load(role access.Role) (a access.Actor) {
	h.t.Helper()
	h.write(func(tx *store.Tx) (err error) {
		a, err = access.Load(tx, h.world.Identities[role])
		return err
	})
	return a
}

// newcomer is an identity without grants.
func (h *house) newcomer(email string) (i *access.Identity) {
	h.t.Helper()
	h.write(func(tx *store.Tx) (err error) {
		i, err = access.Join(tx, access.System(), "Ny Person", email, hash, lang.Swedish)
		return err
	})
	return i
}

// workGroup is one of the sample's.
func (h *house) workGroup(tx *store.Tx) *uuid.UUID {
	h.t.Helper()
	id, known, err := store.ByExternalID(tx, &partner.WorkGroup{}, "vuxen")
	if err != nil || !known {
		h.t.Fatal(known, err)
	}
	return &id
}

func TestSeesForum(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		own, foreign := h.world.Forums["rvt-miranda"], h.world.Forums["polis-avstamning"]
		type sight struct{ dates, plans bool }
		for n, test := range []struct {
			role         access.Role
			forum        *uuid.UUID
			own, foreign sight
		}{
			{access.Coordinator, nil, sight{true, true}, sight{true, true}},
			{access.Coordinator, &own, sight{true, true}, sight{true, false}}, // dates of all the plan's forums
			{access.Member, &own, sight{true, false}, sight{}},
			{access.Manager, nil, sight{true, false}, sight{true, false}},
			{access.GroupLead, nil, sight{}, sight{}},
			{access.Registrar, nil, sight{true, false}, sight{true, false}},
			{access.Administrator, nil, sight{}, sight{}},
			{"", nil, sight{}, sight{}},
		} {
			name := string(test.role)
			if test.forum != nil {
				name += " of one forum"
			}
			t.Run(name, func(t *testing.T) {
				i := h.newcomer(string(rune('a'+n)) + "@kommun.example")
				var by access.Actor
				h.write(func(tx *store.Tx) (err error) {
					if test.role != "" {
						g := access.Grant{IdentityID: i.ID, Role: test.role, ForumID: test.forum}
						if test.role == access.GroupLead {
							g.WorkGroupID = h.workGroup(tx)
						}
						if err := access.Give(tx, access.System(), g); err != nil {
							return err
						}
					}
					by, err = access.Load(tx, i.ID)
					return err
				})
				for id, want := range map[uuid.UUID]sight{own: test.own, foreign: test.foreign} {
					if got := h.sight(by, id); got != want {
						t.Errorf("own %v: sees %+v, want %+v", id == own, got, want)
					}
				}
				h.write(func(tx *store.Tx) error { return access.Disable(tx, access.System(), i.ID) })
				if got := h.sight(by, own); got != (sight{}) {
					t.Errorf("disabled, it still sees %+v", got)
				}
			})
		}
		t.Run("a guest sees none, the system all", func(t *testing.T) {
			if h.sight(access.Guest(), own) != (sight{}) || h.sight(access.Actor{ID: uuid.New()}, own) != (sight{}) || h.sight(access.System(), foreign) != (sight{true, true}) {
				t.Error("somebody sees wrong")
			}
		})
		t.Run("a role that is only claimed gives nothing", func(t *testing.T) {
			liar := h.load(access.GroupLead)
			liar.Roles = access.Roles
			if got := h.sight(liar, own); got != (sight{}) {
				t.Errorf("sees %+v", got)
			}
		})
	})
}

func (h *house) sight(by access.Actor, forum uuid.UUID) (s struct{ dates, plans bool }) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		var n, convened int64
		if err := tx.DB.Table("forums").Where("forums.id = ?", forum).Scopes(by.SeesForum(tx, "forums.id")).Count(&n).Error; err != nil {
			return err
		}
		if err := tx.DB.Table("forums").Where("forums.id = ?", forum).Scopes(by.ConvenedForums(tx, "forums.id")).Count(&convened).Error; err != nil {
			return err
		}
		may := by.MayConvene(tx, forum)
		if (may == nil) != (convened == 1) || may != nil && fault.KindOf(may) != fault.NotFound {
			h.t.Errorf("may convene: %v, but %d are listed", may, convened)
		}
		s.dates, s.plans = n == 1, may == nil
		return nil
	})
	return s
}

func TestGive(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		i := h.newcomer("ny@kommun.example")
		own := h.world.Forums["rvt-miranda"]
		grant := access.Grant{IdentityID: i.ID, Role: access.Member, ForumID: &own}
		give := func(g access.Grant) { h.write(func(tx *store.Tx) error { return access.Give(tx, access.System(), g) }) }
		count := func() (n int64) {
			h.write(func(tx *store.Tx) error {
				return tx.DB.Model(&access.Grant{}).Where("identity_id = ?", i.ID).Count(&n).Error
			})
			return n
		}
		t.Run("what is held already changes nothing", func(t *testing.T) {
			give(grant)
			give(grant)
			if n := count(); n != 1 {
				t.Errorf("%d grants", n)
			}
		})
		t.Run("for all forums is another than for one", func(t *testing.T) {
			give(access.Grant{IdentityID: i.ID, Role: access.Coordinator, ForumID: &own})
			give(access.Grant{IdentityID: i.ID, Role: access.Coordinator})
			if n := count(); n != 3 {
				t.Errorf("%d grants", n)
			}
		})
		t.Run("what has run out gives nothing, and can be given again", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				return tx.DB.Model(&access.Grant{}).Where("identity_id = ?", i.ID).Update("valid_to", tx.Now.Add(time.Minute)).Error
			})
			see := func() bool {
				return h.sight(access.Actor{ID: i.ID}, own).dates
			}
			if !see() {
				t.Error("gone too early")
			}
			h.clock.Move(time.Minute)
			if see() {
				t.Error("seen after its time")
			}
			h.write(func(tx *store.Tx) error {
				a, err := access.Load(tx, i.ID)
				if len(a.Roles) != 0 {
					t.Errorf("%v", a.Roles)
				}
				return err
			})
			give(grant)
			if !see() {
				t.Error("not given again")
			}
		})
		t.Run("what begins later gives nothing yet", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				return tx.DB.Model(&access.Grant{}).Where("identity_id = ?", i.ID).Updates(map[string]any{"valid_from": tx.Now.Add(time.Minute), "valid_to": nil}).Error
			})
			if h.sight(access.Actor{ID: i.ID}, own).dates {
				t.Error("seen before its time")
			}
		})
	})
}

func TestDisable(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		id := h.world.Identities[access.Coordinator]
		ways := map[string]struct {
			want fault.Kind
			try  func(*store.Tx) error
		}{
			"a session": {fault.Unauthorized, func(tx *store.Tx) error { _, err := access.Load(tx, id); return err }},
			"a token":   {fault.Unauthorized, func(tx *store.Tx) error { _, err := access.ByAPIToken(tx, h.world.APIToken); return err }},
			"a feed":    {fault.NotFound, func(tx *store.Tx) error { _, _, err := access.ByFeedToken(tx, h.world.FeedToken); return err }},
		}
		for name, way := range ways {
			t.Run("before it, "+name+" opens", func(t *testing.T) { h.write(way.try) })
		}
		h.write(func(tx *store.Tx) error { return access.Disable(tx, access.System(), id) })
		for name, way := range ways {
			t.Run("after it, "+name+" is refused", func(t *testing.T) { h.refused(way.want, way.try) })
		}
		t.Run("after it, the password is refused", func(t *testing.T) {
			if _, err := access.SignIn(t.Context(), h.db, "samordnare@vingaker.example", password, "192.0.2.1"); fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v", err)
			}
		})
	})
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by, other := h.load(access.Coordinator), h.load(access.Member)
		api := func(token string) func(*store.Tx) error {
			return func(tx *store.Tx) error { _, err := access.ByAPIToken(tx, token); return err }
		}
		feed := func(token string) func(*store.Tx) error {
			return func(tx *store.Tx) error { _, _, err := access.ByFeedToken(tx, token); return err }
		}
		t.Run("in part, in capitals or with more, a token is none", func(t *testing.T) {
			for token, open := range map[string]func(string) func(*store.Tx) error{h.world.APIToken: api, h.world.FeedToken: feed} {
				want := map[bool]fault.Kind{true: fault.Unauthorized, false: fault.NotFound}[strings.HasPrefix(token, "api_")]
				for _, try := range []string{"", token[:len(token)-1], token[1:], strings.ToUpper(token), token + "a", token + " ", " " + token, token + "=", seal.Hash(token), h.world.APIToken + h.world.FeedToken} {
					h.refused(want, open(try))
				}
			}
			h.refused(fault.NotFound, feed(h.world.APIToken))
			h.refused(fault.Unauthorized, api(h.world.FeedToken))
		})
		t.Run("the database holds no token", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				for _, table := range store.Tables {
					var rows []map[string]any
					if err := tx.DB.Table(table).Find(&rows).Error; err != nil {
						return err
					}
					for _, row := range rows {
						for column, value := range row {
							if text, ok := value.(string); ok && (strings.Contains(text, h.world.APIToken[4:]) || strings.Contains(text, h.world.FeedToken[5:])) {
								t.Errorf("%s.%s", table, column)
							}
						}
					}
				}
				return nil
			})
		})
		t.Run("an API token acts for its owner, within its scopes", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				a, err := access.ByAPIToken(tx, h.world.APIToken)
				if a.ID != by.ID || len(a.Scopes) != 2 {
					t.Errorf("%+v", a)
				}
				return err
			})
		})
		t.Run("a revoked API token is refused, and only its owner revokes it", func(t *testing.T) {
			var id uuid.UUID
			h.write(func(tx *store.Tx) error {
				row := access.APIToken{}
				err := tx.DB.First(&row, "token_hash = ?", seal.Hash(h.world.APIToken)).Error
				id = row.ID
				return err
			})
			h.refused(fault.NotFound, func(tx *store.Tx) error { return access.RevokeAPIToken(tx, other, id) })
			h.write(func(tx *store.Tx) error { return access.RevokeAPIToken(tx, by, id) })
			h.refused(fault.Unauthorized, api(h.world.APIToken))
			h.refused(fault.NotFound, func(tx *store.Tx) error { return access.RevokeAPIToken(tx, by, id) })
		})
		t.Run("a revoked feed is not found, and only its owner revokes it", func(t *testing.T) {
			var feeds []access.FeedSubscription
			h.write(func(tx *store.Tx) (err error) {
				feeds, err = access.Subscriptions(tx, by)
				return err
			})
			if len(feeds) != 1 {
				t.Fatalf("%d feeds", len(feeds))
			}
			h.refused(fault.NotFound, func(tx *store.Tx) error { return access.Unsubscribe(tx, other, feeds[0].ID) })
			h.write(func(tx *store.Tx) error { return access.Unsubscribe(tx, by, feeds[0].ID) })
			h.refused(fault.NotFound, feed(h.world.FeedToken))
			h.write(func(tx *store.Tx) (err error) {
				feeds, err = access.Subscriptions(tx, by)
				if len(feeds) != 0 {
					t.Errorf("%d feeds", len(feeds))
				}
				return err
			})
		})
		t.Run("a feed needs a name and a level", func(t *testing.T) {
			for _, try := range []struct {
				name  string
				level access.Level
			}{{"", access.Neutral}, {"  ", access.Neutral}, {strings.Repeat("a", 201), access.Neutral}, {"Telefon", "everything"}, {"a\nb", access.Neutral}} {
				h.refused(fault.Invalid, func(tx *store.Tx) error {
					_, _, err := access.Subscribe(tx, by, try.name, try.level, access.Contents{})
					return err
				})
			}
		})
	})
}

func TestLower(t *testing.T) {
	order := []access.Level{access.Protected, access.Neutral, access.Full}
	for i, a := range order {
		for j, b := range order {
			if got := access.Lower(a, b); got != order[min(i, j)] {
				t.Errorf("the lower of %s and %s is %s", a, b, got)
			}
		}
	}
}

func TestSignIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		sign := func(email, word, from string) error {
			_, err := access.SignIn(t.Context(), h.db, email, word, from)
			return err
		}
		t.Run("by address and password, however the address is written", func(t *testing.T) {
			i, err := access.SignIn(t.Context(), h.db, " Samordnare@VINGAKER.example ", password, "192.0.2.1")
			if err != nil || i.ID != h.world.Identities[access.Coordinator] {
				t.Errorf("%+v %v", i, err)
			}
		})
		t.Run("refuses in the same words whatever was wrong", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				return access.Disable(tx, access.System(), h.world.Identities[access.Registrar])
			})
			words := map[string]bool{}
			for email, word := range map[string]string{"ingen@vingaker.example": password, "samordnare@vingaker.example": "fel lösenord", "registrator@vingaker.example": password, "": "", "chef@vingaker.example": ""} {
				err := sign(email, word, "192.0.2.2")
				if fault.KindOf(err) != fault.Invalid {
					t.Errorf("%s: %v", email, err)
				}
				words[err.Error()] = true
			}
			if len(words) != 1 {
				t.Errorf("%v", words)
			}
		})
		t.Run("five wrong ones close an account for a quarter, whether it is there or not", func(t *testing.T) {
			for _, email := range []string{"medlem@vingaker.example", "ingen.alls@vingaker.example"} {
				for range 5 {
					if err := sign(email, "fel lösenord", "192.0.2.3"); fault.KindOf(err) != fault.Invalid {
						t.Fatal(err)
					}
				}
				if err := sign(email, password, "192.0.2.4"); fault.KindOf(err) != fault.TooMany {
					t.Errorf("%s: %v", email, err)
				}
			}
			h.clock.Move(15*time.Minute - time.Second)
			if err := sign("medlem@vingaker.example", password, "192.0.2.4"); fault.KindOf(err) != fault.TooMany {
				t.Errorf("got %v", err)
			}
			h.clock.Move(time.Second)
			if err := sign("medlem@vingaker.example", password, "192.0.2.4"); err != nil {
				t.Errorf("got %v", err)
			}
		})
		t.Run("a right one begins the count anew", func(t *testing.T) {
			for range 3 {
				for range 4 {
					_ = sign("chef@vingaker.example", "fel lösenord", "192.0.2.5")
				}
				if err := sign("chef@vingaker.example", password, "192.0.2.5"); err != nil {
					t.Fatal(err)
				}
			}
		})
		t.Run("thirty wrong ones close an address, others are not closed", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				for range 30 {
					if err := tx.DB.Create(&access.Attempt{ID: store.NewID(), Subject: "address:192.0.2.6", At: tx.Now}).Error; err != nil {
						return err
					}
				}
				return nil
			})
			if err := sign("it@vingaker.example", password, "192.0.2.6"); fault.KindOf(err) != fault.TooMany {
				t.Errorf("got %v", err)
			}
			if err := sign("it@vingaker.example", password, "192.0.2.7"); err != nil {
				t.Errorf("got %v", err)
			}
			h.clock.Move(16 * time.Minute)
			if err := sign("it@vingaker.example", password, "192.0.2.6"); err != nil {
				t.Errorf("got %v", err)
			}
		})
	})
}

func TestHashPassword(t *testing.T) {
	for name, word := range map[string]string{
		"eleven characters": "elva tecken", "eleven å": strings.Repeat("åä", 5) + "ö", "one character over and over": strings.Repeat("a", 20), "one å over and over": strings.Repeat("å", 20),
		"more than 256 characters": strings.Repeat("ab", 129), "the address itself": "xx anna.ek@kommun.example xx", "the address in capitals": "ANNA.EK@KOMMUN.EXAMPLE!", "nothing": "",
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			if _, err := access.HashPassword(word, "anna.ek@kommun.example"); fault.KindOf(err) != fault.Invalid {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("takes words, å and 256 characters, and salts", func(t *testing.T) {
		for _, word := range []string{password, "åkern ärter öken", strings.Repeat("granit lykta hav ask ", 12)} {
			first, err := access.HashPassword(word, "anna.ek@kommun.example")
			second, _ := access.HashPassword(word, "anna.ek@kommun.example")
			if err != nil || first == second || strings.Contains(first, word) {
				t.Errorf("%q: %v", word, err)
			}
		}
	})
}

func TestJoin(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		join := func(name, email string) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				_, err := access.Join(tx, access.System(), name, email, hash, lang.Swedish)
				return err
			}
		}
		t.Run("refuses an address that is taken, whatever its case", func(t *testing.T) {
			h.refused(fault.Invalid, join("Anna", "SAMORDNARE@vingaker.example"))
		})
		for _, try := range [][2]string{{"", "a@kommun.example"}, {"Anna", ""}, {"Anna", "anna"}, {"Anna", "a@kommun.example\r\nBcc: b@kommun.example"}, {"An\nna", "a@kommun.example"}, {strings.Repeat("a", 201), "a@kommun.example"}} {
			t.Run("refuses", func(t *testing.T) { h.refused(fault.Invalid, join(try[0], try[1])) })
		}
	})
}

func opens(tx *store.Tx, token string) error {
	_, err := access.FindOneTimeToken(tx, access.SetUpPurpose, token)
	return err
}

func TestSetUpToken(t *testing.T) {
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := &house{t: t, db: db, clock: clock}
		fresh := func() (token string) {
			h.write(func(tx *store.Tx) (err error) {
				token, err = access.NewOneTimeToken(tx, access.SetUpPurpose, nil)
				return err
			})
			return token
		}
		use := func(token string) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				_, err := access.UseOneTimeToken(tx, access.SetUpPurpose, token)
				return err
			}
		}
		t.Run("opens for an hour", func(t *testing.T) {
			token := fresh()
			clock.Move(time.Hour - time.Second)
			h.write(func(tx *store.Tx) error { return opens(tx, token) })
			clock.Move(time.Second)
			h.refused(fault.NotFound, func(tx *store.Tx) error { return opens(tx, token) })
			h.refused(fault.NotFound, use(token))
		})
		t.Run("once, also for two who come at once", func(t *testing.T) {
			token := fresh()
			var through atomic.Int64
			var group sync.WaitGroup
			for range 6 {
				group.Go(func() {
					err := db.Write(t.Context(), use(token))
					if err == nil {
						through.Add(1)
					} else if fault.KindOf(err) != fault.NotFound {
						t.Error(err)
					}
				})
			}
			group.Wait()
			if n := through.Load(); n != 1 {
				t.Errorf("%d came through", n)
			}
		})
		t.Run("not when a newer one was made, in part or in capitals", func(t *testing.T) {
			old := fresh()
			token := fresh()
			for _, try := range []string{old, "", token[:len(token)-1], strings.ToUpper(token), token + " "} {
				h.refused(fault.NotFound, use(try))
			}
			h.write(use(token))
		})
	})
}

func TestSessions(t *testing.T) {
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		s := access.Sessions{DB: db, Read: func([]byte) access.Holder { return access.Holder{} }}
		found := func(token string) bool {
			_, found, err := s.FindCtx(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		t.Run("are found until they are deleted, and hold what was kept last", func(t *testing.T) {
			for _, kept := range [][2]string{{"one", "first"}, {"two", "first"}, {"one", "again"}} {
				if err := s.CommitCtx(t.Context(), kept[0], []byte(kept[1]), clock.Time().Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
			if data, there, err := s.FindCtx(t.Context(), "one"); err != nil || !there || string(data) != "again" {
				t.Errorf("%s %v %v", data, there, err)
			}
			if err := s.DeleteCtx(t.Context(), "one"); err != nil {
				t.Fatal(err)
			}
			if found("one") || !found("two") || found("three") {
				t.Error("the wrong ones are found")
			}
		})
		t.Run("are tidied away when they have run out", func(t *testing.T) {
			h := &house{t: t, db: db, clock: clock}
			h.write(access.Tidy)
			if !found("two") {
				t.Error("too early")
			}
			clock.Move(time.Hour + time.Second)
			h.write(access.Tidy)
			if found("two") {
				t.Error("still there")
			}
		})
	})
}

func TestCalendarChanged(t *testing.T) {
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := &house{t: t, db: db, clock: clock}
		t.Run("rises by one and by a second with each transaction, also within one second", func(t *testing.T) {
			var last access.Counter
			for n := range 5 {
				h.write(func(tx *store.Tx) error { return access.CalendarChanged(tx) })
				h.write(func(tx *store.Tx) error {
					c, err := access.CalendarVersion(tx)
					if c.Version != int64(n+1) || !c.ChangedAt.After(last.ChangedAt) || c.ChangedAt.Nanosecond() != 0 {
						t.Errorf("%+v after %+v", c, last)
					}
					last = c
					return err
				})
			}
		})
	})
}

func TestRepeat(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by, other := h.load(access.Coordinator), h.load(access.Member)
		keep := func(by access.Actor) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				return access.KeepRepeat(tx, by, access.Repeat{Key: "k", RequestHash: "h", Status: 201, Body: "{}"})
			}
		}
		h.write(keep(by))
		t.Run("gives the answer again, to its owner only", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				r, err := access.FindRepeat(tx, by, "k", "h")
				if err != nil || r == nil || r.Status != 201 {
					t.Errorf("%+v %v", r, err)
				}
				r, err = access.FindRepeat(tx, other, "k", "h")
				if r != nil {
					t.Errorf("%+v", r)
				}
				return err
			})
		})
		t.Run("refuses the key for another request, and twice at once", func(t *testing.T) {
			h.refused(fault.Invalid, func(tx *store.Tx) error { _, err := access.FindRepeat(tx, by, "k", "another"); return err })
			if err := h.db.Write(t.Context(), keep(by)); !store.IsDuplicate(err) {
				t.Errorf("got %v", err)
			}
		})
		t.Run("tidied away after two days, with attempts, sessions and one-time tokens", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				if _, err := access.NewOneTimeToken(tx, access.SetUpPurpose, nil); err != nil {
					return err
				}
				return tx.DB.Create(&access.Attempt{ID: store.NewID(), Subject: "account:x", At: tx.Now}).Error
			})
			h.clock.Move(49 * time.Hour)
			h.write(access.Tidy)
			h.write(func(tx *store.Tx) error {
				for _, table := range []string{"idempotency_keys", "attempts", "one_time_tokens", "sessions"} {
					var n int64
					if err := tx.DB.Table(table).Count(&n).Error; err != nil || n > 0 {
						t.Errorf("%d in %s, %v", n, table, err)
					}
				}
				return nil
			})
		})
	})
}

func TestLog(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		t.Run("administrators, managers and registrars read all, a coordinator what she did, others nothing", func(t *testing.T) {
			coordinator, administrator := h.load(access.Coordinator), h.load(access.Administrator)
			h.write(func(tx *store.Tx) error { return access.Log(tx, coordinator, "look", "forum", uuid.New()) })
			h.write(func(tx *store.Tx) error {
				mine, total, err := access.LogEntries(tx, coordinator, access.LogSelection{Limit: 100})
				for _, e := range mine {
					if e.IdentityID == nil || *e.IdentityID != coordinator.ID {
						t.Errorf("%+v", e)
					}
				}
				all, everything, err2 := access.LogEntries(tx, administrator, access.LogSelection{Limit: 10})
				if err2 != nil || len(all) != 10 || everything <= total || total == 0 {
					t.Errorf("%d of %d", total, everything)
				}
				return err
			})
			for _, role := range []access.Role{access.Manager, access.Registrar} {
				by := h.load(role)
				h.write(func(tx *store.Tx) error {
					_, all, err := access.LogEntries(tx, administrator, access.LogSelection{Limit: 1})
					_, total, err2 := access.LogEntries(tx, by, access.LogSelection{Limit: 1})
					if total != all || all == 0 {
						t.Errorf("%s reads %d of %d", role, total, all)
					}
					return errors.Join(err, err2)
				})
			}
			for _, role := range []access.Role{access.Member, access.GroupLead} {
				by := h.load(role)
				h.refused(fault.NotFound, func(tx *store.Tx) error { _, _, err := access.LogEntries(tx, by, access.LogSelection{}); return err })
			}
		})
	})
}

// A feed that nobody has fetched for a year ends; one that is fetched goes on.
func TestIdleFeedsEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		used, idle := h.world.FeedToken, ""
		h.write(func(tx *store.Tx) (err error) {
			by, err := access.Load(tx, h.world.Identities[access.Manager])
			if err != nil {
				return err
			}
			_, idle, err = access.Subscribe(tx, by, "glömd", access.Neutral, access.Contents{})
			return err
		})
		opens := func(token string) bool {
			return h.db.Read(t.Context(), func(tx *store.Tx) error { _, _, err := access.ByFeedToken(tx, token); return err }) == nil
		}
		h.clock.Move(300 * 24 * time.Hour)
		h.write(access.Tidy)
		if !opens(used) || !opens(idle) {
			t.Fatal("ended too early")
		}
		h.write(func(tx *store.Tx) error {
			feed, _, err := access.ByFeedToken(tx, used)
			if err != nil {
				return err
			}
			return access.Fetched(tx, feed.ID, "test")
		})
		h.clock.Move(100 * 24 * time.Hour)
		h.write(access.Tidy)
		if !opens(used) || opens(idle) {
			t.Errorf("used %v, idle %v", opens(used), opens(idle))
		}
	})
}
