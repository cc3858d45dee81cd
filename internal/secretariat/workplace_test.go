package secretariat_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	handed "samverkan/internal/relay"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

const (
	chief     = "chef@vingaker.example"
	unitChief = "enhetschef@vingaker.example"
)

// places are the sample's three workplaces; the last has a manager of its own, who is a role with an address.
func (d *desk) places() (all []partner.Workplace) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		if all, err = partner.Workplaces(tx, d.by); err != nil {
			return err
		}
		group, _, err := store.ByExternalID(tx, &partner.WorkGroup{}, "oppenvard")
		if err != nil {
			return err
		}
		_, err = partner.SaveWorkplace(tx, d.by, all[2].ID, partner.Place{Name: all[2].Name, WorkGroupID: &group, ManagerRole: "Enhetschef", ManagerEmail: "Enhetschef@vingaker.example"})
		return err
	})
	return all
}

func ids(all []partner.Workplace) (ids []uuid.UUID) {
	for _, w := range all {
		ids = append(ids, w.ID)
	}
	return ids
}

func TestWorkplacesGoThroughThePlan(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		all := d.places()
		due := almanac.Date{Year: 2026, Month: 12, Day: 15}
		d.refused(fault.Conflict, func(tx *store.Tx) error {
			_, err := secretariat.DoAskForPlan(tx, d.by, d.office, ids(all), due, "another")
			return err
		})
		var r *secretariat.Review
		if err := d.db.Rehearse(t.Context(), func(tx *store.Tx) (err error) {
			r, err = secretariat.AskForPlan(tx, d.by, d.office, ids(all), due)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if r.Letters != 2 {
			t.Fatalf("%d letters", r.Letters)
		}
		d.write(func(tx *store.Tx) error {
			_, err := secretariat.DoAskForPlan(tx, d.by, d.office, ids(all), due, r.Hash)
			return err
		})
		news := d.expect("Handlingsplanen på APT", chief, unitChief)
		if n := strings.Count(news[chief].Text, "/w/workplace_"); n != 2 || never.MatchString(news[chief].Text) {
			t.Errorf("%d links: %s", n, news[chief].Text)
		}
		_, rest, _ := strings.Cut(news[unitChief].Text, "/w/")
		token := strings.Fields(rest)[0]

		t.Run("and the manager says so by link, with new hires as a number", func(t *testing.T) {
			day := almanac.Date{Year: 2026, Month: 11, Day: 20}
			say := func(fn func(tx *store.Tx, place uuid.UUID) error) {
				d.write(func(tx *store.Tx) error {
					return secretariat.ByPlaceLink(tx, token, func(place uuid.UUID) error { return fn(tx, place) })
				})
			}
			for range 2 { // the same day again changes nothing
				say(func(tx *store.Tx, place uuid.UUID) error {
					return secretariat.ConfirmPlan(tx, access.Guest(), d.office, place, day)
				})
			}
			for _, n := range []int64{3, 2} { // the same day again replaces the number
				say(func(tx *store.Tx, place uuid.UUID) error {
					return secretariat.CountNewHires(tx, access.Guest(), d.office, place, day, n)
				})
			}
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				return secretariat.ConfirmPlan(tx, access.Guest(), d.office, all[2].ID, due)
			})
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				return secretariat.CountNewHires(tx, access.Guest(), d.office, all[2].ID, day, 2000)
			})
			d.write(func(tx *store.Tx) error {
				s, err := secretariat.PlanAtWorkplaces(tx, d.by, d.office)
				if err == nil && (s.Total != 3 || s.Confirmed != 1 || s.NewHires != 2 || s.Count(secretariat.PlanWaiting) != 2 || len(s.Places[2].Confirmations) != 1) {
					t.Errorf("%+v", s)
				}
				return err
			})
		})
		t.Run("and the year's report counts a period", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				s, err := secretariat.PlanAtWorkplaces(tx, d.by, d.office)
				if err != nil {
					return err
				}
				for year, want := range map[int][3]int{2025: {3, 0, 0}, 2026: {3, 1, 2}} {
					a, err := handed.Anchoring(tx, d.by, s.Plan.ID, almanac.Date{Year: year, Month: 1, Day: 1}, almanac.Date{Year: year, Month: 12, Day: 31})
					if err != nil {
						return err
					}
					if got := [3]int{a.Total, a.Confirmed, a.NewHires}; got != want {
						t.Errorf("%d: %v, not %v", year, got, want)
					}
				}
				return nil
			})
		})
		t.Run("and only those left are reminded, in one letter", func(t *testing.T) {
			d.until(2026, 12, 8, 9)
			if n := d.remind() + d.remind(); n != 2 {
				t.Errorf("%d reminders", n)
			}
			d.wait(d.office.Delay)
			news := d.got()
			if l := news[chief]; len(news) != 1 || !strings.HasPrefix(l.Subject, "Påminnelse: 2 saker") || strings.Count(l.Text, "/w/workplace_") != 2 {
				t.Errorf("%v", news)
			}
			d.stoppable(news[chief])
			d.write(func(tx *store.Tx) error {
				return secretariat.ConfirmPlan(tx, d.by, d.office, all[0].ID, almanac.Date{Year: 2026, Month: 12, Day: 8})
			})
			d.until(2026, 12, 16, 9)
			d.remind()
			if l := d.expect("Påminnelse om planen på APT", chief)[chief]; !strings.Contains(l.Text, "Planen skulle ha gåtts igenom på APT") {
				t.Error(l.Text)
			}
		})
		t.Run("and the link opens nothing when somebody else manages or the workplace has ended", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				if err := partner.EndWorkplace(tx, d.by, all[2].ID, true); err != nil {
					t.Fatal(err)
				}
				_, err := secretariat.OpenPlace(tx, token)
				return err
			})
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				if err := partner.SetManager(tx, d.by, all[2].ID, nil); err != nil {
					t.Fatal(err)
				}
				_, err := secretariat.OpenPlace(tx, token)
				return err
			})
		})
	})
}

func TestAReadingListForNewHires(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		all := d.places()
		p := d.passing()
		p.finish("")
		p.acknowledge(p.open)
		list := func(months int) (s *secretariat.Sheet) {
			t.Helper()
			d.write(func(tx *store.Tx) (err error) {
				s, err = secretariat.ReadingList(tx, d.by, d.office, all[2].ID, months)
				return err
			})
			return s
		}
		if s := list(12); len(s.Items) != 1 || s.Plan == nil || s.Items[0].ReceiverID() != p.open {
			t.Errorf("%+v", s)
		}
		t.Run("leaves out what is older", func(t *testing.T) {
			d.until(2027, 7, 1, 9)
			if a, b := list(6), list(12); len(a.Items) != 0 || len(b.Items) != 1 {
				t.Errorf("%d in 6 months, %d in 12", len(a.Items), len(b.Items))
			}
		})
		t.Run("leaves out what holds no longer", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&handed.Item{}).Where("1 = 1").Update("withdrawn_at", tx.Now).Error
			})
			if s := list(12); len(s.Items) != 0 {
				t.Errorf("%d", len(s.Items))
			}
		})
		d.refused(fault.Invalid, func(tx *store.Tx) error {
			_, err := secretariat.ReadingList(tx, d.by, d.office, all[2].ID, 7)
			return err
		})
	})
}
