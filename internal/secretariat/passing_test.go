package secretariat_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	handed "samverkan/internal/relay"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

const (
	leadOfAdults = "gruppledare@vingaker.example"
	leadOfOpen   = "lena.oxel@vingaker.example"
)

// passing is minutes that pass an item on to each of two groups with leads.
type passing struct {
	*desk
	adults, open uuid.UUID
	minutes      uuid.UUID
}

func (d *desk) passing() *passing {
	d.t.Helper()
	p := &passing{desk: d}
	d.write(func(tx *store.Tx) (err error) {
		if p.adults, _, err = store.ByExternalID(tx, &partner.WorkGroup{}, "vuxen"); err != nil {
			return err
		}
		if p.open, _, err = store.ByExternalID(tx, &partner.WorkGroup{}, "oppenvard"); err != nil {
			return err
		}
		lead := d.world.Contacts["barn-familj-handlaggare"]
		if err := partner.SetLead(tx, access.System(), p.open, &lead); err != nil {
			return err
		}
		held, err := meeting.Schedule(tx, d.by, meeting.Proposal{ForumID: d.world.Forums["polis-avstamning"], Zone: d.office.Zone, Held: true,
			Time: meeting.Time{Date: almanac.Date{Year: 2026, Month: 11, Day: 24}, Starts: 60, Ends: 120}})
		if err != nil {
			return err
		}
		m, err := minutes.Lay(tx, d.by, held.ID, "", nil, []minutes.Laid{{Title: "Kanarierubrik", Items: []minutes.Written{
			{Kind: minutes.Relay, Text: "Kanarie: ring innan ni hänvisar.", Receivers: []uuid.UUID{p.adults}},
			{Kind: minutes.Relay, Text: "Kanarie: lathunden finns på intranätet.", Receivers: []uuid.UUID{p.open, p.adults}},
		}}})
		p.minutes = m.ID
		return err
	})
	return p
}

// finish finishes the minutes, with a reason when it is a correction.
func (p *passing) finish(reason string) (r *secretariat.FinishReview) {
	p.t.Helper()
	p.write(func(tx *store.Tx) (err error) {
		if r, err = secretariat.ReviewFinish(tx, p.by, p.office, p.minutes, reason); err != nil {
			return err
		}
		_, err = secretariat.Finish(tx, p.by, p.office, p.minutes, secretariat.Ending{Hash: r.Hash, Reason: reason})
		return err
	})
	return r
}

// item gives an item of the working text.
func (p *passing) item(n int) (i minutes.Item) {
	p.t.Helper()
	p.write(func(tx *store.Tx) error {
		m, err := minutes.Draft(tx, p.by, p.minutes)
		i = m.Items[n]
		return err
	})
	return i
}

// at gives what a receiver sees, by state.
func (p *passing) at(receiver uuid.UUID) map[handed.State][]handed.Item {
	p.t.Helper()
	all := map[handed.State][]handed.Item{}
	p.write(func(tx *store.Tx) error {
		items, err := handed.Select(tx, access.System(), handed.Selection{ReceiverID: receiver})
		for _, i := range items {
			s := i.StateOn(almanac.DateOf(tx.Now, p.office.Zone))
			all[s] = append(all[s], i)
		}
		return err
	})
	return all
}

func (p *passing) acknowledge(receiver uuid.UUID) {
	p.t.Helper()
	for _, items := range p.at(receiver) {
		for n := range items {
			p.write(func(tx *store.Tx) error {
				today := almanac.DateOf(tx.Now, p.office.Zone)
				return handed.Acknowledge(tx, access.Guest(), &items[n], handed.Receipt{Kind: "apt", Date: today}, today)
			})
		}
	}
}

func TestACorrection(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		p := d.passing()
		p.finish("")
		d.expect("Att förmedla", leadOfAdults, leadOfOpen)
		p.acknowledge(p.adults)
		p.acknowledge(p.open)

		t.Run("asks again only the receiver whose text changed, and shows what changed", func(t *testing.T) {
			first := p.item(0)
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Save(tx, p.by, first.ID, first.Version, minutes.Written{Kind: minutes.Relay, Text: "Kanarie: ring alltid innan ni hänvisar.", Receivers: []uuid.UUID{p.adults}})
				return err
			})
			r := p.finish("Ett ord saknades")
			if len(r.Passings) != 1 || r.Passings[0].ReceiverID != p.adults || r.Passings[0].Changes[0] == nil {
				t.Fatalf("the review: %+v", r.Passings)
			}
			l := d.expect("Att förmedla", leadOfAdults)[leadOfAdults]
			if !strings.Contains(l.Text, "En punkt att gå igenom i gruppen") || !strings.Contains(l.Text, "har rättats") || contains(l, "Kanarie") {
				t.Error(l.Text)
			}
			left := p.at(p.adults)
			if len(left[handed.Waiting]) != 1 || len(left[handed.GoneThrough]) != 2 {
				t.Fatalf("the adults see %+v", left)
			}
			change := left[handed.Waiting][0].Change()
			if len(change) != 3 || change[1].Mark != document.Added || change[1].Text != "alltid " {
				t.Errorf("what changed: %+v", change)
			}
			if former := left[handed.Waiting][0].Former; former == nil || former.Acknowledgement == nil {
				t.Error("the former receipt is not remembered")
			}
			if left := p.at(p.open); len(left) != 1 || len(left[handed.GoneThrough]) != 1 || left[handed.GoneThrough][0].Replaced {
				t.Errorf("the others see %+v", left)
			}
		})
		t.Run("counts a replaced text in no table", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				m, err := secretariat.Matrix(tx, p.by, d.office, secretariat.MatrixSelection{})
				if err != nil {
					return err
				}
				for n, to := range m.Receivers {
					want := map[uuid.UUID]secretariat.CellState{p.adults: secretariat.CellWaiting, p.open: secretariat.CellGoneThrough}[to.ID]
					if c := m.Rows[0].Cells[n]; c.State != want || to.ID == p.adults && (c.Items != 2 || c.Left() != 1) {
						t.Errorf("%s: %+v", to.Name, c)
					}
				}
				return nil
			})
		})
		t.Run("takes back what it leaves out, and says so", func(t *testing.T) {
			second := p.item(1)
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Save(tx, p.by, second.ID, second.Version, minutes.Written{Kind: minutes.Relay, Text: second.Text, Receivers: []uuid.UUID{p.adults}})
				return err
			})
			p.finish("Gäller bara en grupp")
			l := d.expect("Att förmedla", leadOfOpen)[leadOfOpen]
			if !strings.Contains(l.Text, "En punkt som ni har fått gäller inte längre.") || !strings.Contains(l.Text, "Läs vad som har ändrats") {
				t.Error(l.Text)
			}
			gone := p.at(p.open)[handed.Withdrawn]
			if len(gone) != 1 || gone[0].Acknowledgement == nil {
				t.Fatalf("what is taken back: %+v", gone)
			}
			p.refused(fault.Conflict, func(tx *store.Tx) error {
				i := gone[0]
				i.Acknowledgement = nil
				return handed.Acknowledge(tx, access.Guest(), &i, handed.Receipt{Kind: "read"}, almanac.DateOf(tx.Now, d.office.Zone))
			})
		})
		t.Run("that says it again passes it on anew", func(t *testing.T) {
			second := p.item(1)
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Save(tx, p.by, second.ID, second.Version, minutes.Written{Kind: minutes.Relay, Text: second.Text, Receivers: []uuid.UUID{p.adults, p.open}})
				return err
			})
			p.finish("Gäller båda")
			d.expect("Att förmedla", leadOfOpen)
			if left := p.at(p.open); len(left[handed.Waiting]) != 1 {
				t.Errorf("%+v", left)
			}
		})
	})
}

func TestLastDaysOfWhatIsPassedOn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		p := d.passing()
		d.write(func(tx *store.Tx) error {
			f, err := forum.Find(tx, d.by, d.world.Forums["polis-avstamning"])
			if err != nil {
				return err
			}
			s := f.Settings()
			s.RelayDays, s.RemindDays, s.AskAgainDays = 5, 2, 5
			if _, err := forum.Change(tx, d.by, f.ID, f.Version, s); err != nil {
				return err
			}
			return partner.SetRelayDays(tx, access.System(), p.open, 3)
		})
		p.finish("")
		d.expect("Att förmedla", leadOfAdults, leadOfOpen)
		adults, open := p.at(p.adults)[handed.Waiting], p.at(p.open)[handed.Waiting]
		if due := adults[0].Due; due != (almanac.Date{Year: 2026, Month: 12, Day: 1}) {
			t.Errorf("the forum's five working days: %s", due)
		}
		if due := open[0].Due; due != (almanac.Date{Year: 2026, Month: 11, Day: 27}) {
			t.Errorf("the group's own three working days: %s", due)
		}
		t.Run("are changed for one item, and its reminders follow", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				_, err := handed.SetDue(tx, d.by, open[0].ID, almanac.Date{Year: 2026, Month: 12, Day: 15}, almanac.DateOf(tx.Now, d.office.Zone))
				return err
			})
			d.until(2026, 11, 30, 9)
			if n := d.remind() + d.remind(); n != 2 {
				t.Errorf("%d reminders", n)
			}
			d.expect("Påminnelse om att gå igenom", leadOfAdults)
			d.write(func(tx *store.Tx) error {
				var n int64
				err := tx.DB.Model(&access.LogEntry{}).Where("action = ?", "remind of relay item").Count(&n).Error
				if n != 2 {
					t.Errorf("%d reminders stand in the log", n)
				}
				return err
			})
		})
		t.Run("are not set to a day that has been, nor of what is gone through", func(t *testing.T) {
			d.refused(fault.Invalid, func(tx *store.Tx) error {
				_, err := handed.SetDue(tx, d.by, open[0].ID, almanac.Date{Year: 2026, Month: 11, Day: 1}, almanac.DateOf(tx.Now, d.office.Zone))
				return err
			})
			p.acknowledge(p.open)
			d.refused(fault.Conflict, func(tx *store.Tx) error {
				_, err := handed.SetDue(tx, d.by, open[0].ID, almanac.Date{Year: 2026, Month: 12, Day: 20}, almanac.DateOf(tx.Now, d.office.Zone))
				return err
			})
		})
	})
}

func TestASheetForTheAPT(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		p := d.passing()
		p.finish("")
		sheet := func(by access.Actor) (s *secretariat.Sheet) {
			t.Helper()
			d.write(func(tx *store.Tx) (err error) {
				s, err = secretariat.AptSheet(tx, by, d.office, p.adults)
				return err
			})
			return s
		}
		if s := sheet(d.by); len(s.Items) != 2 || !s.OnePage() {
			t.Errorf("%d items on %d pages", len(s.Items), s.Pages)
		}
		pdf, err := document.PDF(sheet(d.by).Paper(lang.Swedish))
		if err != nil || !strings.Contains(string(pdf), "/StructTreeRoot") {
			t.Errorf("no tagged PDF: %v", err)
		}
		t.Run("is the group's own", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				lead, err := access.Load(tx, d.world.Identities[access.GroupLead])
				if err != nil {
					return err
				}
				if _, err := secretariat.AptSheet(tx, lead, d.office, p.adults); err != nil {
					t.Errorf("the own group's: %v", err)
				}
				_, err = secretariat.AptSheet(tx, lead, d.office, p.open)
				return err
			})
		})
		t.Run("says when it does not fit", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&handed.Item{}).Where("work_group_id = ?", p.adults).Update("excerpt", strings.Repeat("Ring innan ni hänvisar någon vidare. ", 120)).Error
			})
			if s := sheet(d.by); s.OnePage() {
				t.Errorf("%d pages", s.Pages)
			}
		})
		t.Run("holds what is left alone", func(t *testing.T) {
			p.acknowledge(p.adults)
			if s := sheet(d.by); len(s.Items) != 0 || !s.OnePage() {
				t.Errorf("%d items", len(s.Items))
			}
		})
	})
}
