package secretariat_test

import (
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func (d *desk) turnout(m *meeting.Meeting) (t secretariat.Turnout) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		m, err := meeting.Find(tx, d.by, m.ID)
		if err == nil {
			t, err = secretariat.TurnoutOf(tx, d.by, d.office, m)
		}
		return err
	})
	return t
}

// warnings gives what the coordinator's list says about our being there.
func (d *desk) warnings(by access.Actor) (all []string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		tasks, err := secretariat.Tasks(tx, by, d.office)
		for _, t := range tasks {
			if strings.HasSuffix(t.Link, "#ours") {
				all = append(all, t.Text.In(lang.Swedish)+": "+t.Status.In(lang.Swedish))
			}
		}
		return err
	})
	return all
}

// actor gives who has a role.
func (d *desk) actor(role access.Role) (a access.Actor) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		a, err = access.Load(tx, d.world.Identities[role])
		return err
	})
	return a
}

func (d *desk) enlist(external string, contacts ...string) {
	d.t.Helper()
	for _, c := range contacts {
		d.write(func(tx *store.Tx) error { return forum.Enlist(tx, d.by, d.world.Forums[external], d.world.Contacts[c]) })
	}
}

func TestTurnout(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.enlist("polis-avstamning", "bo-alm", "anna-ek")
		m := d.book("polis-avstamning") // Thursday 21 January
		t.Run("nobody has to come before anybody is invited", func(t *testing.T) {
			if got := d.turnout(m); got.Short() {
				t.Errorf("%+v", got)
			}
		})
		d.convene(m, "")
		d.wait(time.Minute)
		d.answer(m, "gun-rönn", invite.Declined)
		d.answer(m, "omradespolis", invite.Accepted)
		t.Run("six working days before nothing is said", func(t *testing.T) {
			d.until(2027, time.January, 13, 9)
			if got := d.warnings(d.by); len(got) > 0 {
				t.Errorf("%q", got)
			}
		})
		t.Run("five working days before it warns, and others' yes does not count", func(t *testing.T) {
			d.until(2027, time.January, 14, 9)
			got := d.warnings(d.by)
			if len(got) != 1 || !strings.HasSuffix(got[0], ": Ingen från oss har sagt ja") {
				t.Errorf("%q", got)
			}
			d.answer(m, "cecilia-bjork", invite.Declined)
			if got = d.warnings(d.by); len(got) != 1 || !strings.HasSuffix(got[0], ": Ingen från oss kan") {
				t.Errorf("%q", got)
			}
		})
		t.Run("who is next to ask follows the list, and whoever was asked is passed over", func(t *testing.T) {
			if next := d.turnout(m).Next; next == nil || next.Name != "Bo Alm" {
				t.Errorf("%v", next)
			}
			d.write(func(tx *store.Tx) error {
				return forum.Advance(tx, d.by, m.ForumID, d.world.Contacts["anna-ek"])
			})
			if next := d.turnout(m).Next; next == nil || next.Name != "Anna Ek" {
				t.Errorf("%v", next)
			}
			d.read = len(d.server.Letters())
			now := d.find(m)
			d.write(func(tx *store.Tx) error {
				return secretariat.InviteOne(tx, d.by, d.office, m.ID, now.Version, d.world.Contacts["anna-ek"], "")
			})
			d.expect("Inbjudan", "samordnare@vingaker.example")
			if next := d.turnout(m).Next; next == nil || next.Name != "Bo Alm" {
				t.Errorf("%v", next)
			}
		})
		t.Run("one yes is enough, and a substitute's is one", func(t *testing.T) {
			d.answer(m, "anna-ek", invite.Delegated)
			if got := d.warnings(d.by); len(got) > 0 {
				t.Errorf("%q", got)
			}
		})
		t.Run("two may have to come", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				f, err := forum.Find(tx, d.by, m.ForumID)
				if err != nil {
					return err
				}
				s := f.Settings()
				s.OursNeeded = 2
				_, err = forum.Change(tx, d.by, f.ID, f.Version, s)
				return err
			})
			if got := d.warnings(d.by); len(got) != 1 || !strings.HasSuffix(got[0], ": 1 av 2 som måste komma") {
				t.Errorf("%q", got)
			}
		})
		t.Run("only ours are asked in our stead", func(t *testing.T) {
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				return forum.Enlist(tx, d.by, m.ForumID, d.world.Contacts["omradespolis"])
			})
		})
	})
}

func TestTurnoutOfOthersMeetings(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		const external = "lanssamverkan"
		d.seat(external, "cecilia-bjork")
		d.seat(external, "lansstyrelsen-kontakt")
		d.enlist(external, "bo-alm")
		m := d.book(external)
		d.until(2027, time.January, 14, 9)
		says := func(by access.Actor, contact string, answer invite.Going) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				return secretariat.SayWhoGoes(tx, by, m.ID, d.world.Contacts[contact], answer)
			}
		}
		t.Run("warns, and nobody of theirs counts", func(t *testing.T) {
			if got := d.warnings(d.by); len(got) != 1 || !strings.HasSuffix(got[0], ": Ingen från oss har sagt ja") {
				t.Errorf("%q", got)
			}
			d.refused(fault.NotFound, says(d.by, "lansstyrelsen-kontakt", invite.Goes))
		})
		t.Run("the coordinator records a no, and who is next is asked without a letter", func(t *testing.T) {
			d.write(says(d.by, "cecilia-bjork", invite.Stays))
			got := d.turnout(m)
			if got.Words().In(lang.Swedish) != "Ingen från oss kan" || got.Next == nil || got.Next.Name != "Bo Alm" {
				t.Errorf("%+v", got)
			}
			d.write(func(tx *store.Tx) error { return secretariat.AskOut(tx, d.by, m.ID, d.world.Contacts["bo-alm"]) })
			d.expect("")
			if got := d.turnout(m); got.Next != nil || got.Silent != 1 {
				t.Errorf("%+v", got)
			}
		})
		member := d.actor(access.Member)
		t.Run("whoever does not see the forum is not told of it", func(t *testing.T) {
			if got := d.warnings(member); len(got) > 0 {
				t.Errorf("%q", got)
			}
			d.refused(fault.NotFound, says(member, "bo-alm", invite.Goes))
		})
		t.Run("whoever was asked sees it among their tasks and answers for themselves alone", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				return access.Give(tx, access.System(), access.Grant{IdentityID: member.ID, Role: access.Member, ForumID: &m.ForumID})
			})
			member = d.actor(access.Member)
			if got := d.warnings(member); len(got) != 1 || !strings.HasPrefix(got[0], "Kan du gå på ") {
				t.Errorf("%q", got)
			}
			d.refused(fault.NotFound, says(member, "cecilia-bjork", invite.Goes))
			d.refused(fault.Invalid, says(member, "bo-alm", "perhaps"))
			d.write(says(member, "bo-alm", invite.Goes))
			if got := d.turnout(m); got.Warns() || got.Coming != 1 {
				t.Errorf("%+v", got)
			}
			if got := append(d.warnings(member), d.warnings(d.by)...); len(got) > 0 {
				t.Errorf("%q", got)
			}
		})
		t.Run("our own meetings are answered by the invitations", func(t *testing.T) {
			own := d.book("polis-avstamning")
			d.refused(fault.Invalid, func(tx *store.Tx) error { return secretariat.AskOut(tx, d.by, own.ID, d.world.Contacts["bo-alm"]) })
		})
	})
}
