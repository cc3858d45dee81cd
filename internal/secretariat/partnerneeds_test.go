package secretariat_test

import (
	"slices"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// heldWith finishes notes of a meeting with the police on a day in 2026, that say who came.
func (d *desk) heldWith(month int, police minutes.State) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		m, err := meeting.Schedule(tx, d.by, meeting.Proposal{ForumID: d.world.Forums["polis-avstamning"], Zone: d.office.Zone, Held: true,
			Time: meeting.Time{Date: almanac.Date{Year: 2026, Month: 1, Day: 13}.AddMonths(month - 1), Starts: 9 * 60, Ends: 10 * 60}})
		if err != nil {
			return err
		}
		laid, err := minutes.Lay(tx, access.System(), m.ID, "", []minutes.Attendance{{Organisation: "Polisen", Role: "Kommunpolis", State: police}, {Organisation: "IFO", State: minutes.Present}},
			[]minutes.Laid{{Title: "Läget", Items: []minutes.Written{{Kind: minutes.Note, Text: "Genomgång"}}}})
		if err != nil {
			return err
		}
		r, err := secretariat.ReviewFinish(tx, access.System(), d.office, laid.ID, "")
		if err != nil {
			return err
		}
		_, err = secretariat.Finish(tx, access.System(), d.office, laid.ID, secretariat.Ending{Hash: r.Hash})
		return err
	})
}

// needs gives why partners need looking after, by name.
func (d *desk) needs() (all []string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		needs, err := secretariat.PartnerNeeds(tx, d.by)
		for _, n := range needs {
			all = append(all, n.Organisation.Name+": "+n.Words().In("sv"))
		}
		return err
	})
	return all
}

func TestPartnerNeeds(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		absent := func(n, last string) string {
			return "Polisen: Har inte kommit till " + n + " möten i rad i Avstämningsmöte IFO och kommunpolis, senast " + last
		}
		for _, month := range []int{2, 3} {
			d.heldWith(month, minutes.Absent)
		}
		t.Run("say nothing of two meetings without a partner", func(t *testing.T) {
			if all := d.needs(); slices.Contains(all, absent("2", "2026-03-13")) {
				t.Errorf("%q", all)
			}
		})
		d.heldWith(4, minutes.Apology)
		t.Run("tell of three in a row", func(t *testing.T) {
			if all := d.needs(); !slices.Contains(all, absent("3", "2026-04-13")) {
				t.Errorf("%q", all)
			}
		})
		t.Run("are among what is to be done", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				tasks, err := secretariat.Tasks(tx, d.by, d.office)
				if !slices.ContainsFunc(tasks, func(t secretariat.Task) bool { return t.Link == "/partners#needs" }) {
					d.t.Error("no task")
				}
				return err
			})
		})
		d.heldWith(5, minutes.Substitute)
		t.Run("are over when somebody comes", func(t *testing.T) {
			if all := d.needs(); slices.ContainsFunc(all, func(s string) bool { return s[:8] == "Polisen:" }) {
				t.Errorf("%q", all)
			}
		})
		t.Run("tell of a partner that nobody reaches", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&partner.Contact{}).Where("id = ?", d.world.Contacts["omradespolis"]).Updates(map[string]any{"by_phone": true, "phone": ""}).Error
			})
			if all := d.needs(); !slices.Contains(all, "Polisen: Deltar i Avstämningsmöte IFO och kommunpolis, men ingen kontakt nås med brev eller telefon") {
				t.Errorf("%q", all)
			}
			d.departs("omradespolis", secretariat.Departure{})
			if all := d.needs(); !slices.Contains(all, "Polisen: Ska delta i Avstämningsmöte IFO och kommunpolis, men har ingen kontakt") {
				t.Errorf("%q", all)
			}
		})
		t.Run("ask for no contact where others convene", func(t *testing.T) {
			if all := d.needs(); slices.ContainsFunc(all, func(s string) bool { return s[:9] == "Psykiatri" }) {
				t.Errorf("%q", all)
			}
		})
		t.Run("are not for members", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				member, err := access.Load(tx, d.world.Identities[access.Member])
				if err != nil {
					return err
				}
				_, err = secretariat.PartnerNeeds(tx, member)
				return err
			})
		})
	})
}
