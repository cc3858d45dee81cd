package minutes_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// agree chooses how the forum's minutes are agreed on.
func (d *desk) agree(w forum.AgreeingWish) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		m, err := minutes.Draft(tx, access.System(), d.id)
		if err != nil {
			return err
		}
		_, err = forum.SetAgreeing(tx, d.as(tx, access.Coordinator), m.Meeting.ForumID, w)
		return err
	})
}

// submit sends what stands now to the member.
func (d *desk) submit(reason string) (s *minutes.Submission) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		by, member := d.as(tx, access.Coordinator), d.world.Identities[access.Member]
		_, hash, _, err := minutes.Preview(tx, by, d.id, reason)
		if err != nil {
			return err
		}
		s, err = minutes.Submit(tx, by, d.id, hash, reason, "", []minutes.Asked{{IdentityID: &member, Name: "Mia Medlem"}})
		return err
	})
	return s
}

// ends tries to freeze what stands now, and gives the refusal.
func (d *desk) ends(reason, despite string) (frozen *minutes.Frozen, doc *minutes.Document, err error) {
	d.Helper()
	err = d.db.Write(d.Context(), func(tx *store.Tx) error {
		by := d.as(tx, access.Coordinator)
		_, hash, _, err := minutes.Preview(tx, by, d.id, reason)
		if err != nil {
			return err
		}
		frozen, doc, err = minutes.FinaliseDespite(tx, by, d.id, hash, reason, "", despite)
		return err
	})
	return frozen, doc, err
}

// member does something with what is out, as the member.
func (d *desk) member(fn func(*store.Tx, access.Actor, *minutes.Submitted) error) error {
	d.Helper()
	return d.db.Write(d.Context(), func(tx *store.Tx) error {
		by := d.as(tx, access.Member)
		r, err := minutes.FindSubmitted(tx, by, d.id)
		if err != nil {
			return err
		}
		return fn(tx, by, r)
	})
}

func (d *desk) approves(hash string) error {
	return d.member(func(tx *store.Tx, by access.Actor, r *minutes.Submitted) error { return r.Approve(tx, by, hash) })
}

func eachDesk(t *testing.T, body func(*desk, *storetest.Clock)) {
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		d := open(t, db, "rvt-miranda")
		d.add(minutes.Written{Kind: minutes.Decision, Text: "Lathunden tas fram."})
		body(d, clock)
	})
}

func TestMinutesAreFinishedWhenEverybodyNamedHasApprovedThem(t *testing.T) {
	eachDesk(t, func(d *desk, _ *storetest.Clock) {
		d.agree(forum.AgreeingWish{Way: forum.ByApprovers, Identities: []uuid.UUID{d.world.Identities[access.Member]}})
		if _, _, err := d.ends("", ""); fault.KindOf(err) != fault.Conflict {
			d.Errorf("finished without being sent: %v", err)
		}
		s := d.submit("")
		if _, _, err := d.ends("", ""); fault.KindOf(err) != fault.Conflict {
			d.Errorf("finished before anybody approved: %v", err)
		}
		if err := d.approves("another text"); fault.KindOf(err) != fault.Conflict {
			d.Errorf("approved another text: %v", err)
		}
		if err := d.approves(s.SHA256); err != nil {
			d.Fatal(err)
		}
		frozen, doc, err := d.ends("", "")
		if err != nil {
			d.Fatal(err)
		}
		a := doc.Agreement
		if a == nil || a.SHA256 != s.SHA256 || len(a.Approvals) != 1 || a.Approvals[0].Name != "Mia Medlem" || a.Despite != "" || frozen.SHA256 == s.SHA256 {
			d.Errorf("the version says %+v", a)
		}
		if lines := strings.Join(doc.Agreed(lang.Swedish), "\n"); !strings.Contains(lines, "Godkänt av Mia Medlem 2026-") {
			d.Errorf("it reads %s", lines)
		}
		if paper := document.Plain(doc.Paper(frozen.At).Body); !strings.Contains(paper, "Godkänt av Mia Medlem") {
			d.Errorf("paper says %s", paper)
		}
		hidden, _ := doc.Mask(minutes.Masks{Words: []string{"Mia Medlem"}})
		if paper := document.Plain(hidden.Paper(frozen.At).Body); strings.Contains(paper, "Mia Medlem") {
			d.Errorf("a masked copy names who approved: %s", paper)
		}
		if err := d.approves(s.SHA256); fault.KindOf(err) != fault.NotFound {
			d.Errorf("the finished draft is out still: %v", err)
		}
	})
}

func TestAnEditTakesTheTextBackFirstAndVoidsApprovals(t *testing.T) {
	eachDesk(t, func(d *desk, _ *storetest.Clock) {
		d.agree(forum.AgreeingWish{Way: forum.ByApprovers, Identities: []uuid.UUID{d.world.Identities[access.Member]}})
		s := d.submit("")
		if err := d.approves(s.SHA256); err != nil {
			d.Fatal(err)
		}
		var m *minutes.Minutes
		d.write(func(tx *store.Tx) (err error) {
			m, err = minutes.Draft(tx, access.System(), d.id)
			return err
		})
		note, states := minutes.Written{Kind: minutes.Note, Text: "Mer"}, map[uuid.UUID]minutes.State{}
		for name, edit := range map[string]func(*store.Tx, access.Actor) error{
			"add": func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.Add(tx, by, d.id, m.Agenda[0].ID, note)
				return err
			},
			"save": func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.Save(tx, by, m.Items[0].ID, 1, note)
				return err
			},
			"strike": func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.Strike(tx, by, m.Items[0].ID, 1)
				return err
			},
			"attend": func(tx *store.Tx, by access.Actor) error { return minutes.Attend(tx, by, d.id, states) },
			"type": func(tx *store.Tx, by access.Actor) error {
				_, _, err := minutes.Type(tx, by, d.id, minutes.Typing{AgendaItemID: m.Agenda[0].ID, Field: store.NewID(), Parts: []minutes.Written{note}})
				return err
			},
			"heading": func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.AddAgendaItem(tx, by, d.id, "Mer")
				return err
			},
			"rename": func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.RenameAgendaItem(tx, by, m.Agenda[0].ID, "Mer")
				return err
			},
			"remove": func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.RemoveAgendaItem(tx, by, m.Agenda[1].ID)
				return err
			},
			"file": func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.Attach(tx, by, m.MeetingID, minutes.Upload{Name: "fil.txt", Data: []byte("text")})
				return err
			},
		} {
			if kind := d.refused(edit); kind != fault.Conflict {
				d.Errorf("%s while it is out: %v", name, kind)
			}
		}
		d.write(func(tx *store.Tx) error {
			taken, err := minutes.TakeBack(tx, d.as(tx, access.Coordinator), d.id)
			if err == nil && taken.Approved() != 1 {
				d.Errorf("it was taken back with %d approvals", taken.Approved())
			}
			return err
		})
		d.write(func(tx *store.Tx) error {
			var n, kept int64
			err := tx.DB.Model(&access.LogEntry{}).Where("action = 'void approvals' AND object_id = ?", d.id).Count(&n).Error
			if err == nil {
				err = tx.DB.Model(&minutes.Submission{}).Where("document <> ''").Count(&kept).Error
			}
			if n != 1 || kept != 0 {
				d.Errorf("%d entries in the log; %d drafts are kept", n, kept)
			}
			return err
		})
		d.add(note)
		if _, _, err := d.ends("", ""); fault.KindOf(err) != fault.Conflict {
			d.Errorf("finished by approvals of another text: %v", err)
		}
		if again := d.submit(""); again.SHA256 == s.SHA256 || again.Approved() != 0 {
			d.Error("sending it again keeps the approval")
		}
	})
}

func TestSilenceIsConsentWhenTheDaysHavePassedWithoutAView(t *testing.T) {
	eachDesk(t, func(d *desk, clock *storetest.Clock) {
		d.agree(forum.AgreeingWish{Way: forum.BySilence, Days: 3})
		s := d.submit("")
		if err := d.approves(s.SHA256); fault.KindOf(err) != fault.Conflict {
			d.Errorf("silence was approved: %v", err)
		}
		if _, _, err := d.ends("", ""); fault.KindOf(err) != fault.Conflict {
			d.Errorf("finished at once: %v", err)
		}
		clock.Move(time.Date(s.Until.Year, s.Until.Month, s.Until.Day, 12, 0, 0, 0, time.UTC).Sub(clock.Time()))
		if _, _, err := d.ends("", ""); fault.KindOf(err) != fault.Conflict {
			d.Errorf("finished on the last day: %v", err)
		}
		clock.Move(time.Date(s.Until.Year, s.Until.Month, s.Until.Day+1, 12, 0, 0, 0, time.UTC).Sub(clock.Time()))
		_, doc, err := d.ends("", "")
		if err != nil {
			d.Fatal(err)
		}
		if lines := strings.Join(doc.Agreed(lang.Swedish), "\n"); !strings.Contains(lines, "till och med "+s.Until.String()) || !strings.Contains(lines, "Ingen hade synpunkter inom 3 arbetsdagar.") {
			d.Errorf("it reads %s", lines)
		}
	})
}

func TestAViewStopsTheRuleAndAReasonOvercomesIt(t *testing.T) {
	eachDesk(t, func(d *desk, clock *storetest.Clock) {
		d.agree(forum.AgreeingWish{Way: forum.BySilence, Days: 3})
		s := d.submit("")
		if err := d.member(func(tx *store.Tx, by access.Actor, r *minutes.Submitted) error {
			return r.Object(tx, by, "Gäller 910101-2384")
		}); fault.KindOf(err) != fault.Invalid {
			d.Errorf("a view with a number: %v", err)
		}
		if err := d.member(func(tx *store.Tx, by access.Actor, r *minutes.Submitted) error {
			return r.Object(tx, by, "Beslutet gäller från mars.")
		}); err != nil {
			d.Fatal(err)
		}
		clock.Move(time.Date(s.Until.Year, s.Until.Month, s.Until.Day+5, 12, 0, 0, 0, time.UTC).Sub(clock.Time()))
		if _, _, err := d.ends("", ""); fault.KindOf(err) != fault.Conflict {
			d.Errorf("finished in spite of a view: %v", err)
		}
		_, doc, err := d.ends("", "Synpunkten gäller ett annat möte.")
		if err != nil {
			d.Fatal(err)
		}
		if lines := strings.Join(doc.Agreed(lang.Swedish), "\n"); !strings.Contains(lines, "1 synpunkt lämnades.") || !strings.Contains(lines, "Färdigställt ändå: Synpunkten gäller ett annat möte.") || strings.Contains(lines, "Ingen hade") {
			d.Errorf("it reads %s", lines)
		}
	})
}

func TestACorrectionIsAgreedOnToo(t *testing.T) {
	eachDesk(t, func(d *desk, _ *storetest.Clock) {
		d.finalise("", "")
		d.agree(forum.AgreeingWish{Way: forum.ByApprovers, Identities: []uuid.UUID{d.world.Identities[access.Member]}})
		d.add(minutes.Written{Kind: minutes.Note, Text: "Något mer."})
		if _, _, err := d.ends("En mening saknades.", ""); fault.KindOf(err) != fault.Conflict {
			d.Errorf("a correction was finished unsent: %v", err)
		}
		s := d.submit("En mening saknades.")
		if err := d.approves(s.SHA256); err != nil {
			d.Fatal(err)
		}
		if _, _, err := d.ends("Ett annat skäl", ""); fault.KindOf(err) != fault.Conflict {
			d.Errorf("finished with another reason: %v", err)
		}
		if _, doc, err := d.ends("En mening saknades.", ""); err != nil || doc.Number != 2 || len(doc.Agreement.Approvals) != 1 {
			d.Errorf("the correction: %+v, %v", doc, err)
		}
		d.write(func(tx *store.Tx) error {
			all, err := minutes.Corrections(tx, d.as(tx, access.Member), d.id, 2)
			if len(all) != 1 || all[0].Kind != minutes.Note || all[0].Text[0].Mark != document.Added || all[0].Text[0].Text != "Något mer." {
				d.Errorf("the correction changed %+v", all)
			}
			if err == nil {
				var first *minutes.Opened
				if first, err = minutes.Read(tx, d.as(tx, access.Member), d.id, 1); err == nil && first.Document.Agreement != nil {
					d.Error("the first version became another")
				}
			}
			return err
		})
	})
}

func TestWhoMayReadADraftThatIsOut(t *testing.T) {
	eachDesk(t, func(d *desk, _ *storetest.Clock) {
		d.agree(forum.AgreeingWish{Way: forum.ByApprovers, Identities: []uuid.UUID{d.world.Identities[access.Member]}})
		d.submit("")
		for role, sees := range map[access.Role]bool{access.Coordinator: true, access.Member: true, access.Manager: false, access.Registrar: false, access.Administrator: false, access.GroupLead: false} {
			d.write(func(tx *store.Tx) error {
				_, err := minutes.ReadSubmitted(tx, d.as(tx, role), d.id)
				if (err == nil) != sees {
					d.Errorf("%s: %v", role, err)
				}
				return nil
			})
		}
		d.write(func(tx *store.Tx) error { // the role ends
			return tx.DB.Model(&access.Grant{}).Where("identity_id = ?", d.world.Identities[access.Member]).Update("valid_to", tx.Now).Error
		})
		if err := d.approves(""); fault.KindOf(err) != fault.NotFound {
			d.Errorf("whoever sits there no more: %v", err)
		}
	})
}

func TestACheckpointHoldsWhoWasThere(t *testing.T) {
	eachDesk(t, func(d *desk, clock *storetest.Clock) {
		var m *minutes.Minutes
		read := func() {
			d.write(func(tx *store.Tx) (err error) {
				m, err = minutes.Draft(tx, access.System(), d.id)
				return err
			})
		}
		read()
		first, before := m.Attendances[0], len(m.Attendances)
		clock.Move(time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC).Sub(clock.Time()))
		d.write(func(tx *store.Tx) error {
			by := d.as(tx, access.Coordinator)
			if err := minutes.Attend(tx, by, d.id, map[uuid.UUID]minutes.State{first.ID: minutes.Substitute}); err != nil {
				return err
			}
			if _, err := minutes.AddAttendance(tx, by, d.id, "Skolan", "Kurator", minutes.Present); err != nil {
				return err
			}
			all, err := minutes.Checkpoints(tx, by, d.id)
			if err != nil || len(all) == 0 {
				d.Fatalf("%d checkpoints, %v", len(all), err)
			}
			_, changed, _, err := minutes.OpenCheckpoint(tx, by, all[0].ID)
			if err != nil {
				return err
			}
			if len(changed) != 2 || changed[0].Who != first.Label() || changed[0].Before != first.State || changed[0].After != minutes.Substitute || changed[1].Who != "Skolan, Kurator" || changed[1].Before != "" {
				d.Errorf("since then: %+v", changed)
			}
			_, err = minutes.Restore(tx, by, all[0].ID)
			return err
		})
		read()
		if len(m.Attendances) != before || m.Attendances[0].State != first.State || m.Attendances[0].ID != first.ID {
			d.Errorf("restored: %+v", m.Attendances)
		}
	})
}

func TestAHeadingIsRenamedAndAnEmptyOneRemoved(t *testing.T) {
	eachDesk(t, func(d *desk, _ *storetest.Clock) {
		d.write(func(tx *store.Tx) error {
			by := d.as(tx, access.Coordinator)
			m, err := minutes.Draft(tx, by, d.id)
			if err != nil {
				return err
			}
			if _, err := minutes.RenameAgendaItem(tx, by, m.Agenda[0].ID, "Vi börjar"); err != nil {
				return err
			}
			if _, err := minutes.RemoveAgendaItem(tx, by, m.Agenda[1].ID); err != nil {
				return err
			}
			now, err := minutes.Draft(tx, by, d.id)
			if err == nil && (now.Agenda[0].Title != "Vi börjar" || len(now.Agenda) != len(m.Agenda)-1) {
				d.Errorf("the agenda: %+v", now.Agenda)
			}
			return err
		})
		first := func(tx *store.Tx, by access.Actor) (id uuid.UUID) {
			m, err := minutes.Draft(tx, by, d.id)
			if err != nil {
				d.Fatal(err)
			}
			return m.Agenda[0].ID
		}
		if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
			_, err := minutes.RemoveAgendaItem(tx, by, first(tx, by))
			return err
		}); kind != fault.Conflict {
			d.Errorf("a heading with something under it: %v", kind)
		}
		if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
			_, err := minutes.RenameAgendaItem(tx, by, first(tx, by), "Gäller 910101-2384")
			return err
		}); kind != fault.Invalid {
			d.Errorf("a heading with a number: %v", kind)
		}
	})
}
