package secretariat_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/search"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// lecture is a meeting of no forum, with whom to ask.
func (d *desk) lecture(contacts ...string) secretariat.Occasion {
	w := secretariat.Occasion{Occasion: forum.UsualOccasion()}
	w.Name, w.NeutralTitle = "Utbildning för nämnden om hedersförtryck", "Utbildning"
	for _, c := range contacts {
		w.Contacts = append(w.Contacts, d.world.Contacts[c])
	}
	return w
}

var lectureTime = meeting.Time{Date: almanac.Date{Year: 2027, Month: 3, Day: 12}, Starts: 9 * 60, Ends: 11 * 60, Place: canaryPlace}

func (d *desk) plan(w secretariat.Occasion) (m *meeting.Meeting) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		m, err = secretariat.PlanOccasion(tx, d.by, d.office, w, lectureTime, false)
		return err
	})
	return d.find(m)
}

func (d *desk) sitting(m *meeting.Meeting) (names []string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		members, err := forum.Members(tx, d.by, m.ForumID)
		for _, member := range members {
			names = append(names, member.Contact.Name)
		}
		return err
	})
	slices.Sort(names)
	return names
}

func TestAMeetingOfNoForumIsWalkedThrough(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.plan(d.lecture("omradespolis", "gun-rönn"))
		d.expect("Inbjudan") // planning sends nothing
		if !m.Forum.Occasion || m.Forum.ConvenedBy != forum.Us {
			t.Fatalf("%+v", m.Forum)
		}
		d.convene(m, "")
		asked := []string{"gun.ronn@vingaker.example", "hans.gran@omrade-vast.example"}
		for to, letter := range d.expect("Inbjudan", asked...) {
			if all := letter.Subject + letter.Text + letter.HTML + string(letter.Calendar); strings.Contains(all, "nämnden") || strings.Contains(all, "heder") {
				t.Errorf("the letter to %s tells what it is about: %q", to, letter.Subject)
			}
		}
		m = d.move(m, func(at *meeting.Time) { at.Starts, at.Ends = at.Starts+60, at.Ends+60 })
		d.expect("Ny tid", asked...)
		m = d.move(m, func(at *meeting.Time) { at.Starts, at.Ends = at.Starts+60, at.Ends+60 })
		d.clock.Move(time.Second)
		m = d.undo(m)
		d.expect("Ny tid")

		t.Run("whoever is asked afterwards sits there, and whoever is taken out does not", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				return secretariat.InviteOne(tx, d.by, d.office, m.ID, m.Version, d.world.Contacts["frivarden"], "")
			})
			if n := len(d.sitting(m)); n != 3 {
				t.Errorf("%d sit there", n)
			}
			d.wait(d.office.Delay)
			d.got()
			m = d.find(m)
			d.withdraw(m, "frivarden")
			if n := len(d.sitting(m)); n != 2 {
				t.Errorf("%d sit there", n)
			}
			d.clock.Move(time.Second)
			m = d.undo(d.find(m))
			if n := len(d.sitting(m)); n != 3 {
				t.Errorf("taken back: %d sit there", n)
			}
			d.withdraw(d.find(m), "frivarden")
			d.wait(d.office.Delay)
			d.got()
		})
		m = d.find(m)
		t.Run("a substitute is asked instead", func(t *testing.T) {
			i := d.invitation(m, "omradespolis")
			d.write(func(tx *store.Tx) error {
				_, err := secretariat.TakeAnswer(tx, d.office, i.AnswerToken(d.office.Key), m.Sequence, invite.Reply{PartStat: invite.Delegated, Substitute: "Petra Hassel", SubstituteEmail: "petra.hassel@omrade-vast.example"})
				return err
			})
			d.wait(d.office.Delay)
			if _, arrived := d.got()["petra.hassel@omrade-vast.example"]; !arrived {
				t.Error("no letter to the substitute")
			}
		})
		t.Run("it is called off, and those who are asked hear of it", func(t *testing.T) {
			m = d.cancel(m)
			d.wait(d.office.Delay)
			if n := len(d.got()); n < 2 {
				t.Errorf("%d letters", n)
			}
		})
	})
}

func TestAMeetingOfNoForumThatNobodyHeardOfVanishesWithItsEnvelope(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.plan(d.lecture("omradespolis"))
		d.write(func(tx *store.Tx) error { return secretariat.Delete(tx, d.by, m.ID, m.Version) })
		d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := meeting.Find(tx, d.by, m.ID); return err })
		d.write(func(tx *store.Tx) error { _, err := meeting.Restore(tx, d.by, m.ID); return err })
		m = d.find(m)
		d.write(func(tx *store.Tx) error { return secretariat.Delete(tx, d.by, m.ID, m.Version) })
		d.clock.Move(31 * 24 * time.Hour)
		d.write(secretariat.EmptyBin)
		d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := forum.Owner(tx, access.System(), m.ForumID); return err })
		other := d.book("polis-avstamning")
		d.write(func(tx *store.Tx) error { return secretariat.Delete(tx, d.by, other.ID, other.Version) })
		d.clock.Move(31 * 24 * time.Hour)
		d.write(secretariat.EmptyBin)
		d.write(func(tx *store.Tx) error {
			_, err := forum.Find(tx, d.by, other.ForumID)
			return err
		})
	})
}

// lists is what is told of forums, by every way that lists them.
func (d *desk) lists() (all map[string]any) {
	d.t.Helper()
	all = map[string]any{}
	d.write(func(tx *store.Tx) error {
		for name, list := range map[string]func() (any, error){
			"forums":             func() (any, error) { return forum.List(tx, d.by) },
			"titles":             func() (any, error) { return forum.Titles(tx, access.System()) },
			"promises":           func() (any, error) { return followup.Statuses(tx, d.by, d.office.Zone, 2027) },
			"proposal":           func() (any, error) { return secretariat.ProposeYear(tx, d.by, d.office, 2027, nil) },
			"forums of the year": func() (any, error) { return secretariat.PlannedForums(tx, d.by, 2027) },
			"partners":           func() (any, error) { return secretariat.PartnerNeeds(tx, d.by) },
			"seats of one who is asked": func() (any, error) {
				return forum.SeatsOf(tx, d.by, d.world.Contacts["omradespolis"])
			},
			"the plan read again": func() (any, error) {
				file, err := secretariat.ParsePlan(bytes.NewReader(sample.Plan))
				if err != nil {
					return nil, err
				}
				return secretariat.ImportPlan(tx, d.by, file, secretariat.ImportChoices{})
			},
		} {
			found, err := list()
			if err != nil {
				return err
			}
			all[name] = found
		}
		return nil
	})
	return all
}

func TestListsOfForumsAreTheSameWithAMeetingOfNone(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		before := d.lists()
		w := d.lecture("omradespolis", "gun-rönn")
		saturday := lectureTime
		saturday.Date.Day = 13 // a day that is proposed for nothing
		d.write(func(tx *store.Tx) error {
			_, err := secretariat.PlanOccasion(tx, d.by, d.office, w, saturday, false)
			return err
		})
		for name, was := range before {
			if now := d.lists()[name]; !reflect.DeepEqual(now, was) {
				t.Errorf("%s: %+v, not %+v", name, now, was)
			}
		}
	})
}

func TestTheEnvelopeIsNoForum(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.plan(d.lecture())
		member := d.world.Identities[access.Member]
		for name, verb := range map[string]func(*store.Tx) error{
			"found":   func(tx *store.Tx) error { _, err := forum.Find(tx, d.by, m.ForumID); return err },
			"changed": func(tx *store.Tx) error { return secretariat.ChangeForum(tx, d.by, m.ForumID, 1, m.Forum.Settings()) },
			"called":  func(tx *store.Tx) error { _, err := forum.ByExternalID(tx, d.by, m.ForumID.String()); return err },
			"followed": func(tx *store.Tx) error {
				_, _, err := access.Subscribe(tx, d.by, "En", access.Neutral, access.Contents{ForumID: &m.ForumID})
				return err
			},
			"a role": func(tx *store.Tx) error {
				return access.Give(tx, access.System(), access.Grant{IdentityID: member, Role: access.Member, ForumID: &m.ForumID})
			},
		} {
			t.Run(name, func(t *testing.T) {
				err := d.db.Rehearse(t.Context(), verb)
				if kind := fault.KindOf(err); kind != fault.NotFound && kind != fault.Invalid {
					t.Errorf("%v", err)
				}
			})
		}
	})
}

func TestWhoIsAskedToAMeetingOfNoForumIsChosenFreely(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		var police partner.Contact
		var group partner.WorkGroup
		d.write(func(tx *store.Tx) error {
			c, err := partner.FindContact(tx, d.by, d.world.Contacts["omradespolis"])
			if err != nil {
				return err
			}
			police = *c
			groups, err := partner.WorkGroups(tx, d.by)
			if err != nil {
				return err
			}
			group = groups[0]
			return partner.SetLead(tx, d.by, group.ID, new(d.world.Contacts["frivarden"]))
		})
		w := d.lecture("gun-rönn")
		w.Organisations, w.Groups = []uuid.UUID{police.OrganisationID}, []uuid.UUID{group.ID}
		m := d.plan(w)
		sit := d.sitting(m)
		for _, name := range []string{police.Name} {
			if !slices.Contains(sit, name) {
				t.Errorf("%s is not among %v", name, sit)
			}
		}
		var all, want []string
		d.write(func(tx *store.Tx) error {
			contacts, err := partner.Contacts(tx, d.by)
			for _, c := range contacts {
				all = append(all, c.Name)
				ofGroup := group.OrganisationID != nil && c.OrganisationID == *group.OrganisationID || c.ID == d.world.Contacts["frivarden"]
				if c.OrganisationID == police.OrganisationID || c.ID == d.world.Contacts["gun-rönn"] || ofGroup {
					want = append(want, c.Name)
				}
			}
			return err
		})
		slices.Sort(want)
		if !slices.Equal(sit, want) || len(sit) == len(all) {
			t.Errorf("%v sit there, not %v", sit, want)
		}
		d.convene(m, "")
		d.wait(d.office.Delay)
		d.got()

		t.Run("others are chosen, and those who are asked already stay", func(t *testing.T) {
			other := d.lecture("lansstyrelsen-kontakt")
			other.Name = "Föreläsning"
			version := d.find(m).Version
			d.write(func(tx *store.Tx) (err error) {
				m, err = secretariat.ReviseOccasion(tx, d.by, m.ID, version, other)
				return err
			})
			if n := len(d.sitting(m)); n != len(sit)+1 || m.Forum.Name != "Föreläsning" {
				t.Errorf("%d sit there, %q", n, m.Forum.Name)
			}
			d.expect("Ändring")
		})
		d.refused(fault.Conflict, func(tx *store.Tx) error {
			_, err := secretariat.ReviseOccasion(tx, d.by, m.ID, 1, w)
			return err
		})
		telling := d.lecture()
		telling.NeutralTitle = "Utbildning om hedersvåld"
		d.refused(fault.Invalid, func(tx *store.Tx) error {
			_, err := secretariat.PlanOccasion(tx, d.by, d.office, telling, lectureTime, false)
			return err
		})
		unknown := d.lecture()
		unknown.Contacts = []uuid.UUID{uuid.New()}
		d.refused(fault.Invalid, func(tx *store.Tx) error {
			_, err := secretariat.PlanOccasion(tx, d.by, d.office, unknown, lectureTime, false)
			return err
		})
		d.refused(fault.NotFound, func(tx *store.Tx) error {
			_, err := secretariat.PlanOccasion(tx, d.member(tx), d.office, w, lectureTime, false)
			return err
		})
	})
}

func TestAMeetingOfNoForumIsSeenByThoseWhoAreInvited(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.plan(d.lecture("anna-ek", "bo-alm"))
		var notes *minutes.Minutes
		sees := func(role access.Role, wants bool) {
			t.Helper()
			by := d.actor(role)
			d.write(func(tx *store.Tx) error {
				_, err := meeting.Find(tx, by, m.ID)
				if kind := fault.KindOf(err); (err == nil) != wants || err != nil && kind != fault.NotFound {
					t.Errorf("%s sees the meeting: %v", role, err)
				}
				all, _, err := meeting.List(tx, by, meeting.Selection{})
				if listed := slices.ContainsFunc(all, func(o meeting.Meeting) bool { return o.ID == m.ID }); err != nil || listed != wants {
					t.Errorf("%s has it listed: %v, %v", role, listed, err)
				}
				if notes == nil {
					return nil
				}
				_, err = minutes.Read(tx, by, notes.ID, 0)
				if (err == nil) != wants || err != nil && fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s reads the notes: %v", role, err)
				}
				found, err := search.Find(tx, by, search.Query{Words: "kanariefågeln", Limit: 10})
				if err != nil || (found.Total == 1) != wants {
					t.Errorf("%s finds %+v, %v", role, found, err)
				}
				return nil
			})
		}
		for _, role := range []access.Role{access.Coordinator, access.Manager, access.Registrar} {
			sees(role, true)
		}
		for _, role := range []access.Role{access.Member, access.GroupLead, access.Administrator} { // chosen, and not asked
			sees(role, false)
		}
		d.convene(m, "")
		sees(access.Member, true)
		sees(access.GroupLead, false)
		sees(access.Administrator, false)
		d.withdraw(d.find(m), "bo-alm")
		sees(access.Member, false)
		d.clock.Move(time.Second)
		d.undo(d.find(m))
		sees(access.Member, true)
		d.clock.Move(m.EndsAt.Sub(d.clock.Time()))
		d.write(func(tx *store.Tx) (err error) {
			notes, err = minutes.Lay(tx, d.by, m.ID, "", nil, []minutes.Laid{{Title: "Innehåll", Items: []minutes.Written{{Kind: minutes.Decision, Text: "Kanariefågeln ska sjunga."}}}})
			if err != nil {
				return err
			}
			review, err := secretariat.ReviewFinish(tx, d.by, d.office, notes.ID, "")
			if err != nil {
				return err
			}
			_, err = secretariat.Finish(tx, d.by, d.office, notes.ID, secretariat.Ending{Hash: review.Hash})
			return err
		})
		sees(access.Coordinator, true)
		sees(access.Member, true)
		sees(access.GroupLead, false)
		sees(access.Administrator, false)
		d.write(func(tx *store.Tx) error {
			return tx.DB.Model(&access.Grant{}).Where("identity_id = ?", d.world.Identities[access.Member]).Update("valid_to", tx.Now).Error
		})
		sees(access.Member, false)
	})
}

func TestAMeetingBelongsToARowOfThePlan(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		var row *plan.Measure
		d.write(func(tx *store.Tx) error {
			p, err := plan.Current(tx, d.by)
			row = &p.Goals[0].Measures[0]
			return err
		})
		w := d.lecture("omradespolis")
		w.MeasureID = &row.ID
		m := d.plan(w)
		ordinary := d.book("polis-avstamning")
		d.write(func(tx *store.Tx) error {
			_, err := meeting.Tie(tx, d.by, ordinary.ID, ordinary.Version, &row.ID)
			return err
		})
		tied := func(by access.Actor, want int) {
			t.Helper()
			d.write(func(tx *store.Tx) error {
				rows, err := meeting.OfPlan(tx, by)
				if n := len(rows[row.RowID]); n != want {
					t.Errorf("%d meetings, not %d", n, want)
				}
				return err
			})
		}
		tied(d.by, 2)
		tied(d.actor(access.Member), 0)
		if m.Measure == nil || m.Measure.ExternalID != row.ExternalID {
			t.Errorf("%+v", m.Measure)
		}
		t.Run("also when the plan has been read in anew", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				old, err := plan.Current(tx, d.by)
				if err != nil {
					return err
				}
				return plan.Record(tx, d.by, &plan.Plan{Title: "Ny plan", Owner: old.Owner, Goals: []plan.Goal{{ExternalID: "1", Measures: []plan.Measure{{RowID: row.RowID, ExternalID: "7.7", Measure: "Ny lydelse"}}}}})
			})
			tied(d.by, 2)
		})
		m = d.find(m)
		d.convene(m, "")
		d.wait(d.office.Delay)
		d.got()
		m = d.find(m)
		d.write(func(tx *store.Tx) error { _, err := meeting.Tie(tx, d.by, m.ID, m.Version, nil); return err })
		d.expect("Ändring") // nobody is told
		tied(d.by, 1)
		d.refused(fault.Conflict, func(tx *store.Tx) error { _, err := meeting.Tie(tx, d.by, m.ID, m.Version, &row.ID); return err })
		m = d.find(m)
		d.refused(fault.Invalid, func(tx *store.Tx) error {
			_, err := meeting.Tie(tx, d.by, m.ID, m.Version, new(uuid.New()))
			return err
		})
		d.refused(fault.NotFound, func(tx *store.Tx) error { _, err := meeting.Tie(tx, d.member(tx), m.ID, m.Version, nil); return err })
	})
}
