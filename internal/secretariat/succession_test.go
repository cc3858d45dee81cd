package secretariat_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// rehearsed shows what a departure would do.
func (d *desk) rehearsed(contact string, as secretariat.Departure) (s *secretariat.Succession) {
	d.t.Helper()
	if err := d.db.Rehearse(d.t.Context(), func(tx *store.Tx) (err error) {
		s, err = secretariat.Depart(tx, d.by, d.office, d.world.Contacts[contact], as)
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return s
}

// departs does what was rehearsed.
func (d *desk) departs(contact string, as secretariat.Departure) (s *secretariat.Succession) {
	d.t.Helper()
	seen := d.rehearsed(contact, as)
	d.write(func(tx *store.Tx) (err error) {
		s, err = secretariat.DoDepart(tx, d.by, d.office, d.world.Contacts[contact], as, seen.Hash)
		return err
	})
	return s
}

// arrived gives the letters since it was last asked, by recipient and method.
func (d *desk) arrived() (all []mailtest.Mail, keys []string) {
	d.t.Helper()
	d.wait(d.office.Delay)
	letters := d.server.Letters()
	for _, l := range letters[d.read:] {
		m := mailtest.Parse(d.t, l.Data)
		all, keys = append(all, m), append(keys, l.To+" "+m.Method)
	}
	d.read = len(letters)
	return all, keys
}

// task finishes notes of a meeting that was held, with an action of the police's.
func (d *desk) task() (item uuid.UUID) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		m, err := meeting.Schedule(tx, d.by, meeting.Proposal{ForumID: d.world.Forums["polis-avstamning"], Zone: d.office.Zone, Held: true,
			Time: meeting.Time{Date: almanac.Date{Year: 2026, Month: 11, Day: 3}, Starts: 9 * 60, Ends: 10 * 60}})
		if err != nil {
			return err
		}
		laid, err := minutes.Lay(tx, access.System(), m.ID, "", nil, []minutes.Laid{{Title: "Läget", Items: []minutes.Written{
			{Kind: minutes.Action, Text: "Ta fram lathunden", Owner: "Hans Gran", Due: almanac.Date{Year: 2027, Month: 2, Day: 1}}}}})
		if err != nil {
			return err
		}
		draft, err := minutes.Draft(tx, access.System(), laid.ID)
		if err != nil {
			return err
		}
		item = draft.Items[0].ID
		r, err := secretariat.ReviewFinish(tx, access.System(), d.office, laid.ID, "")
		if err != nil {
			return err
		}
		_, err = secretariat.Finish(tx, access.System(), d.office, laid.ID, secretariat.Ending{Hash: r.Hash, TellOwners: true})
		return err
	})
	return item
}

func TestDepart(t *testing.T) {
	rut := secretariat.Departure{New: &secretariat.Replacement{Name: "Rut Ek", Email: "rut.ek@omrade-vast.example"}}
	each(t, func(t *testing.T, d *desk) {
		item := d.task()
		m := d.bookAt("polis-avstamning", d.book("skola-forskola").Time())
		d.convene(m, "")
		d.write(func(tx *store.Tx) error { // leads a group and is somebody's deputy
			hans := d.world.Contacts["omradespolis"]
			groups, err := partner.WorkGroups(tx, d.by)
			if err != nil {
				return err
			}
			if err := partner.SetLead(tx, d.by, groups[0].ID, &hans); err != nil {
				return err
			}
			return tx.DB.Model(&partner.Contact{}).Where("id = ?", d.world.Contacts["gun-rönn"]).Update("deputy_id", hans).Error
		})
		d.arrived()

		t.Run("shows everything that moves and changes nothing", func(t *testing.T) {
			s := d.rehearsed("omradespolis", rut)
			if len(s.Seats) != 1 || len(s.Meetings) != 1 || len(s.Actions) != 1 || len(s.Duties.WorkGroups) != 1 || len(s.Duties.DeputyOf) != 1 || s.Successor.Name != "Rut Ek" {
				t.Errorf("%+v", s)
			}
			if s.Letters != 3 { // a CANCEL, an invitation, the action
				t.Errorf("%d letters", s.Letters)
			}
			if again := d.rehearsed("omradespolis", rut); again.Hash != s.Hash {
				t.Error("the same asked twice has two hashes")
			}
			if other := d.rehearsed("omradespolis", secretariat.Departure{}); other.Hash == s.Hash || other.Letters != 1 {
				t.Errorf("without a successor: %d letters", other.Letters)
			}
		})
		t.Run("is refused when something has changed since", func(t *testing.T) {
			seen := d.rehearsed("omradespolis", rut)
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				if err := forum.Seat(tx, d.by, d.world.Forums["skola-forskola"], d.world.Contacts["omradespolis"]); err != nil {
					return err
				}
				_, err := secretariat.DoDepart(tx, d.by, d.office, d.world.Contacts["omradespolis"], rut, seen.Hash)
				return err
			})
		})
		t.Run("is refused by whoever may not, and to somebody who is not there", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				member, err := access.Load(tx, d.world.Identities[access.Member])
				if err != nil {
					return err
				}
				_, err = secretariat.Depart(tx, member, d.office, d.world.Contacts["omradespolis"], rut)
				return err
			})
			nobody := uuid.Must(uuid.NewV7())
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				_, err := secretariat.Depart(tx, d.by, d.office, d.world.Contacts["omradespolis"], secretariat.Departure{To: &nobody})
				return err
			})
			self := d.world.Contacts["omradespolis"]
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				_, err := secretariat.Depart(tx, d.by, d.office, self, secretariat.Departure{To: &self})
				return err
			})
		})
		t.Run("moves it all and writes to both", func(t *testing.T) {
			s := d.departs("omradespolis", rut)
			letters, keys := d.arrived()
			got := strings.Join(keys, ", ")
			for _, want := range []string{"hans.gran@omrade-vast.example CANCEL", "rut.ek@omrade-vast.example REQUEST", "rut.ek@omrade-vast.example "} {
				if !strings.Contains(got+",", want+",") {
					t.Errorf("no letter %q among %s", want, got)
				}
			}
			if len(keys) != s.Letters {
				t.Errorf("%d letters, %d were shown", len(keys), s.Letters)
			}
			if len(letters) > 0 && strings.Contains(letters[0].Text, "…") {
				t.Error("a letter holds the mark of a preview")
			}
			d.write(func(tx *store.Tx) error {
				if sits, err := forum.Sits(tx, d.world.Forums["polis-avstamning"], s.Successor.ID); err != nil || !sits {
					t.Errorf("does not sit in the forum: %v", err)
				}
				a, err := minutes.FindAction(tx, item)
				if err != nil || a.Owner != "Rut Ek" || a.InheritedFrom != "Hans Gran" {
					t.Errorf("the action: %+v, %v", a, err)
				}
				gun, err := partner.ForLetter(tx, d.world.Contacts["gun-rönn"])
				if err != nil || gun.DeputyID == nil || *gun.DeputyID != s.Successor.ID {
					t.Errorf("the deputy: %v", err)
				}
				asked, err := invite.Of(tx, d.by, m.ID)
				for _, i := range asked {
					if i.ContactID == d.world.Contacts["omradespolis"] && i.WithdrawnAt == nil {
						t.Error("who left is still asked")
					}
				}
				return err
			})
		})
		t.Run("stays so when the minutes are corrected", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				a, err := minutes.FindAction(tx, item)
				if err != nil {
					return err
				}
				r, err := secretariat.ReviewFinish(tx, access.System(), d.office, a.MinutesID, "Stavfel")
				if err != nil {
					return err
				}
				if _, err := secretariat.Finish(tx, access.System(), d.office, a.MinutesID, secretariat.Ending{Hash: r.Hash, Reason: "Stavfel"}); err != nil {
					return err
				}
				if a, err = minutes.FindAction(tx, item); err != nil || a.Owner != "Rut Ek" {
					t.Errorf("the action: %+v, %v", a, err)
				}
				links, err := access.LinksTo(tx, access.ToAction, item)
				open := 0
				for _, l := range links {
					if l.RevokedAt == nil {
						open++
					}
				}
				if open != 1 {
					t.Errorf("%d links open", open)
				}
				return err
			})
		})
	})
}

func TestDepartFromSomebodyWhoIsThere(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.bookAt("polis-avstamning", d.book("skola-forskola").Time())
		d.convene(m, "")
		d.arrived()
		gun := d.world.Contacts["gun-rönn"] // sits in the same forum and is asked to the same meeting
		s := d.departs("omradespolis", secretariat.Departure{To: &gun, Quiet: true})
		if _, keys := d.arrived(); len(keys) != 0 || s.Letters != 0 {
			t.Errorf("letters %v, %d shown: the leaver reads none, and Gun is asked already", keys, s.Letters)
		}
		d.write(func(tx *store.Tx) error {
			asked, err := invite.Of(tx, d.by, m.ID)
			n := 0
			for _, i := range asked {
				if i.WithdrawnAt == nil && i.ContactID == gun {
					n++
				}
			}
			if n != 1 {
				t.Errorf("asked %d times", n)
			}
			return err
		})
	})
}

func TestDepartPassesADatePollOn(t *testing.T) {
	rut := secretariat.Departure{New: &secretariat.Replacement{Name: "Rut Ek", Email: "rut.ek@omrade-vast.example"}}
	each(t, func(t *testing.T, d *desk) {
		wish := poll.Wish{ForumID: d.world.Forums["polis-avstamning"], LastDay: almanac.Date{Year: 2026, Month: 12, Day: 11}, Shows: poll.AtOnce,
			Contacts: []uuid.UUID{d.world.Contacts["omradespolis"], d.world.Contacts["gun-rönn"]}, Mandatory: []uuid.UUID{d.world.Contacts["omradespolis"]}}
		for n := range 3 {
			wish.Times = append(wish.Times, poll.Slot{Date: almanac.Date{Year: 2027, Month: 1, Day: 19 + n}, Starts: 13 * 60, Ends: 14 * 60})
		}
		var id uuid.UUID
		d.write(func(tx *store.Tx) error {
			r, err := secretariat.AskPoll(tx, d.by, d.office, wish)
			id = r.Poll.ID
			return err
		})
		letters, _ := d.arrived()
		link := ""
		for _, l := range letters {
			if strings.Contains(l.Text, "/p/") && strings.Contains(l.To.Address, "hans.gran") {
				_, link, _ = strings.Cut(l.Text, "/p/")
				link, _, _ = strings.Cut(link, "\n")
			}
		}
		t.Run("with a letter to the successor", func(t *testing.T) {
			d.departs("omradespolis", rut)
			if _, keys := d.arrived(); len(keys) != 1 || !strings.HasPrefix(keys[0], "rut.ek@") {
				t.Errorf("%v", keys)
			}
			d.write(func(tx *store.Tx) error {
				p, err := poll.ByID(tx, id)
				if err != nil {
					return err
				}
				if len(p.Asked) != 2 || len(p.Waiting()) != 2 || !p.Asked[len(p.Asked)-1].Mandatory || p.Asked[len(p.Asked)-1].Contact.Name != "Rut Ek" {
					t.Errorf("%+v", p.Asked)
				}
				return nil
			})
			d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := secretariat.OpenPoll(tx, strings.TrimSpace(link)); return err })
		})
		t.Run("with what was answered", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				p, err := poll.ByID(tx, id)
				if err != nil {
					return err
				}
				for n := range p.Asked {
					if p.Asked[n].ContactID == d.world.Contacts["gun-rönn"] {
						err = secretariat.RecordPollAnswer(tx, d.by, id, p.Asked[n].ID, poll.Response{Answers: []poll.Answer{poll.Yes, poll.No, poll.No}})
					}
				}
				return err
			})
			bo := d.world.Contacts["bo-alm"]
			s := d.departs("gun-rönn", secretariat.Departure{To: &bo})
			if len(s.Polls) != 1 || !s.Polls[0].Kept || s.Polls[0].To == nil {
				t.Errorf("%+v", s.Polls)
			}
			d.write(func(tx *store.Tx) error {
				p, err := poll.ByID(tx, id)
				if err == nil && p.Answered() != 1 {
					t.Errorf("%d answers", p.Answered())
				}
				return err
			})
		})
		t.Run("and takes the place away when nobody takes over", func(t *testing.T) {
			var rutID uuid.UUID
			d.write(func(tx *store.Tx) error {
				c, err := partner.ByEmail(tx, "rut.ek@omrade-vast.example")
				rutID = c.ID
				return err
			})
			d.world.Contacts["rut"] = rutID
			d.departs("rut", secretariat.Departure{})
			d.write(func(tx *store.Tx) error {
				p, err := poll.ByID(tx, id)
				if err == nil && len(p.Asked) != 1 {
					t.Errorf("%d are asked", len(p.Asked))
				}
				return err
			})
		})
	})
}
