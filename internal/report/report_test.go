package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/mail"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/relay"
	"samverkan/internal/report"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// desk is the demo's world with its year.
type desk struct {
	*testing.T
	db    *store.DB
	world *sample.World
	zone  *time.Location
}

// demo builds the demo's year on both databases.
func demo(t *testing.T, body func(*desk)) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	key, err := seal.New(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		db = db.At(func() time.Time { return storetest.Now })
		d := &desk{T: t, db: db, zone: zone}
		d.write(func(tx *store.Tx) (err error) {
			d.world, err = sample.Build(tx, "hash")
			return err
		})
		office := secretariat.Office{Key: key, BaseURL: "https://samverkan.example", From: "moten@vingaker.example", Zone: zone, Delay: 30 * time.Second}
		if _, err := d.world.Year(t.Context(), db, office, mail.Folder{Dir: t.TempDir()}); err != nil {
			t.Fatal(err)
		}
		body(d)
	})
}

func (d *desk) write(fn func(*store.Tx) error) {
	d.Helper()
	if err := d.db.Write(d.Context(), fn); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) as(tx *store.Tx, role access.Role) access.Actor {
	d.Helper()
	a, err := access.Load(tx, d.world.Identities[role])
	if err != nil {
		d.Fatal(err)
	}
	return a
}

// start begins the year's follow-up as the coordinator.
func (d *desk) start() (id uuid.UUID) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		r, err := report.Start(tx, d.as(tx, access.Coordinator), d.zone, 2026, 0)
		if err == nil {
			id = r.ID
		}
		return err
	})
	return id
}

func (d *desk) open(role access.Role, id uuid.UUID) (o *report.Opened) {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		o, err = report.Open(tx, d.as(tx, role), d.zone, id)
		return err
	})
	return o
}

// refused wants a verb to be refused.
func (d *desk) refused(want fault.Kind, fn func(*store.Tx) error) {
	d.Helper()
	if err := d.db.Write(d.Context(), fn); fault.KindOf(err) != want {
		d.Errorf("%v, not %v", err, want)
	}
}

var december = almanac.Date{Year: 2026, Month: 12, Day: 15}

// handOver hands a follow-up over as it is now, on the day of the clock.
func (d *desk) handOver(id uuid.UUID, reference string) (o *report.Opened) {
	d.Helper()
	hash := d.open(access.Coordinator, id).Hash
	d.write(func(tx *store.Tx) (err error) {
		o, err = report.HandOver(tx, d.as(tx, access.Coordinator), d.zone, id, hash, almanac.DateOf(tx.Now, d.zone), reference)
		return err
	})
	return o
}

func (d *desk) file(id uuid.UUID, format minutes.Format) (c *minutes.Copy) {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		c, err = report.Download(tx, d.as(tx, access.Manager), d.zone, id, format)
		return err
	})
	return c
}

func TestWhatIsHandedOverNeverChanges(t *testing.T) {
	demo(t, func(d *desk) {
		id := d.start()
		d.write(func(tx *store.Tx) error {
			_, err := report.Save(tx, d.as(tx, access.Coordinator), id, 1, report.Texts{Summary: "Samverkan höll.", Rows: []report.Row{{PlanRow: "1.8", Status: report.Ongoing, Comment: "Går vidare."}}})
			return err
		})
		d.refused(fault.Invalid, func(tx *store.Tx) error { // a day to come
			_, err := report.HandOver(tx, d.as(tx, access.Coordinator), d.zone, id, d.hash(tx, id), december, "")
			return err
		})
		d.refused(fault.Conflict, func(tx *store.Tx) error { // not as it was reviewed
			_, err := report.HandOver(tx, d.as(tx, access.Coordinator), d.zone, id, strings.Repeat("0", 64), almanac.DateOf(tx.Now, d.zone), "")
			return err
		})
		before := d.handOver(id, "SN 2026/123")
		pdf := d.file(id, minutes.PDF)
		d.write(func(tx *store.Tx) error { // the year, the plan and the forums go on
			for _, change := range []string{"DELETE FROM holdings", "UPDATE measures SET measure = 'Något annat'", "UPDATE forums SET name = 'Ett annat namn'", "UPDATE plans SET title = 'En annan plan', version_label = '9'",
				"UPDATE actions SET outcome = 'done'", "DELETE FROM acknowledgements"} {
				if err := tx.DB.Exec(change).Error; err != nil {
					return err
				}
			}
			return nil
		})
		after := d.open(access.Manager, id)
		if after.Report.Handover.Document != before.Report.Handover.Document || after.Hash != before.Hash {
			d.Error("the document has changed")
		}
		if n := len(after.Document.Forums[0].Things[report.Held]); n == 0 || n != before.Document.Forums[0].Count(report.Held) {
			d.Errorf("%d meetings held", n)
		}
		if after.Document.Reference != "SN 2026/123" || after.Document.Summary != "Samverkan höll." || strings.Contains(after.Report.Handover.Document, "Något annat") || !strings.Contains(after.Report.Handover.Document, "Går vidare.") {
			d.Errorf("%.400s", after.Report.Handover.Document)
		}
		if again := d.file(id, minutes.PDF); !bytes.Equal(again.Data, pdf.Data) || !bytes.HasPrefix(pdf.Data, []byte("%PDF-")) {
			d.Error("the PDF has changed")
		}
		for _, format := range []minutes.Format{minutes.ODT, minutes.DOCX, report.CSV} {
			if a, b := d.file(id, format), d.file(id, format); !bytes.Equal(a.Data, b.Data) || len(a.Data) < 500 {
				d.Errorf("%s: %d octets, not the same twice", format, len(a.Data))
			}
		}
		d.refused(fault.Conflict, func(tx *store.Tx) error {
			_, err := report.Save(tx, d.as(tx, access.Coordinator), id, 2, report.Texts{Summary: "Något annat."})
			return err
		})
		d.refused(fault.NotFound, func(tx *store.Tx) error {
			_, err := report.Download(tx, d.as(tx, access.Manager), d.zone, id, "exe")
			return err
		})
	})
}

// hash is that of a follow-up as it is now.
func (d *desk) hash(tx *store.Tx, id uuid.UUID) string {
	o, err := report.Open(tx, d.as(tx, access.Coordinator), d.zone, id)
	if err != nil {
		d.Fatal(err)
	}
	return o.Hash
}

func TestACorrectionIsANewOneThatNamesTheFormer(t *testing.T) {
	demo(t, func(d *desk) {
		id := d.start()
		correct := func(reason string) (made *report.Report, err error) {
			err = d.db.Write(d.Context(), func(tx *store.Tx) (err error) {
				made, err = report.Correct(tx, d.as(tx, access.Coordinator), id, reason)
				return err
			})
			return made, err
		}
		if _, err := correct("För tidigt"); fault.KindOf(err) != fault.Conflict {
			d.Errorf("a draft is corrected: %v", err)
		}
		former := d.handOver(id, "")
		if _, err := correct(""); fault.KindOf(err) != fault.Invalid {
			d.Errorf("without a reason: %v", err)
		}
		made, err := correct("Ett möte var inte bokfört.")
		if err != nil {
			d.Fatal(err)
		}
		if _, err := correct("En gång till"); fault.KindOf(err) != fault.Conflict {
			d.Errorf("it is corrected twice: %v", err)
		}
		o := d.handOver(made.ID, "SN 2026/124")
		if o.Document.Former == nil || *o.Document.Former != id || o.Document.Number != 2 || o.Document.Reason != "Ett möte var inte bokfört." {
			d.Errorf("%+v", o.Document)
		}
		then := d.open(access.Registrar, id)
		if then.Hash != former.Hash || then.Successor == nil || then.Successor.ID != made.ID {
			d.Error("the former is not what it was, or does not know its correction")
		}
	})
}

func TestWhoReadsAndWritesFollowUps(t *testing.T) {
	demo(t, func(d *desk) {
		for _, role := range []access.Role{access.Manager, access.Member, access.GroupLead, access.Registrar, access.Administrator} {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				_, err := report.Start(tx, d.as(tx, role), d.zone, 2026, 0)
				return err
			})
		}
		id := d.start()
		reads := func(role access.Role) bool {
			err := d.db.Read(d.Context(), func(tx *store.Tx) error {
				_, err := report.Open(tx, d.as(tx, role), d.zone, id)
				return err
			})
			if err != nil && fault.KindOf(err) != fault.NotFound {
				d.Errorf("%s: %v", role, err)
			}
			return err == nil
		}
		for role, want := range map[access.Role]bool{access.Coordinator: true, access.Manager: true, access.Registrar: false, access.Member: false, access.GroupLead: false, access.Administrator: false} {
			if got := reads(role); got != want {
				d.Errorf("%s reads a draft: %v", role, got)
			}
		}
		d.handOver(id, "")
		for role, want := range map[access.Role]bool{access.Coordinator: true, access.Manager: true, access.Registrar: true, access.Member: false, access.GroupLead: false, access.Administrator: false} {
			if got := reads(role); got != want {
				d.Errorf("%s reads what was handed over: %v", role, got)
			}
		}
		d.refused(fault.Conflict, func(tx *store.Tx) error {
			_, err := report.Start(tx, d.as(tx, access.Coordinator), d.zone, 2026, 0)
			return err
		})
		d.refused(fault.Invalid, func(tx *store.Tx) error {
			_, err := report.Start(tx, d.as(tx, access.Coordinator), d.zone, 2027, 0)
			return err
		})
	})
}

func TestTextsAreWatched(t *testing.T) {
	demo(t, func(d *desk) {
		id := d.start()
		save := func(version int64, texts report.Texts) error {
			return d.db.Write(d.Context(), func(tx *store.Tx) error {
				_, err := report.Save(tx, d.as(tx, access.Coordinator), id, version, texts)
				return err
			})
		}
		for field, texts := range map[string]report.Texts{
			"summary":     {Summary: "Gäller 910101-2384 igen"},
			"comment-1.8": {Rows: []report.Row{{PlanRow: "1.8", Comment: "Gäller 910101-2384 igen"}}},
			"status-1.8":  {Rows: []report.Row{{PlanRow: "1.8", Status: "fine"}}},
			"status-9.9":  {Rows: []report.Row{{PlanRow: "9.9", Status: report.Done}}},
		} {
			if err := save(1, texts); !fault.Concerns(err, field) {
				d.Errorf("%s: %v", field, err)
			}
		}
		if err := save(1, report.Texts{Summary: "Först."}); err != nil {
			d.Fatal(err)
		}
		if err := save(1, report.Texts{Summary: "Samtidigt."}); fault.KindOf(err) != fault.Conflict {
			d.Errorf("two write at once: %v", err)
		}
	})
}

func TestAFollowUpIsDueFromNovemberUntilItIsHandedOver(t *testing.T) {
	demo(t, func(d *desk) {
		due := func(now time.Time, halves bool) (said []string) {
			d.Helper()
			db := d.db.At(func() time.Time { return now })
			if err := db.Read(d.Context(), func(tx *store.Tx) error {
				all, err := report.Due(tx, access.System(), d.zone, halves)
				for _, r := range all {
					said = append(said, r.Title().In("sv"))
				}
				return err
			}); err != nil {
				d.Fatal(err)
			}
			return said
		}
		on := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 12, 0, 0, 0, d.zone) }
		check := func(now time.Time, halves bool, want string) {
			d.Helper()
			if got := strings.Join(due(now, halves), ", "); got != want {
				d.Errorf("%s: %q, not %q", now.Format(time.DateOnly), got, want)
			}
		}
		check(on(10, 31), false, "")
		check(on(10, 31), true, "Uppföljning första halvåret 2026")
		check(on(4, 30), true, "")
		check(on(5, 1), true, "Uppföljning första halvåret 2026")
		check(on(5, 1), false, "")
		check(on(11, 1), true, "Uppföljning 2026")
		id := d.start()
		check(on(11, 30), false, "Uppföljning 2026")
		check(on(12, 31).AddDate(0, 0, 14), false, "Uppföljning 2026")
		d.handOver(id, "")
		check(on(12, 1), true, "")
	})
}

// What workplaces have confirmed of the plan in the period is told by workplace; before and after does not count.
func TestWorkplaces(t *testing.T) {
	demo(t, func(d *desk) {
		id := d.start()
		var place partner.Workplace
		today := almanac.DateOf(storetest.Now, d.zone)
		d.write(func(tx *store.Tx) error {
			by := d.as(tx, access.Coordinator)
			current, err := plan.Current(tx, by)
			if err != nil {
				return err
			}
			if err := tx.DB.Order("name").First(&place).Error; err != nil {
				return err
			}
			for _, day := range []almanac.Date{{Year: 2025, Month: 12, Day: 31}, {Year: 2026, Month: 2, Day: 3}, {Year: 2026, Month: 9, Day: 8}} {
				if err := relay.Confirm(tx, by, place.ID, current.ID, day, today); err != nil {
					return err
				}
			}
			return errors.Join(relay.Introduce(tx, by, place.ID, current.ID, almanac.Date{Year: 2026, Month: 3, Day: 2}, 2, today),
				relay.Introduce(tx, by, place.ID, current.ID, almanac.Date{Year: 2025, Month: 3, Day: 2}, 7, today))
		})
		var all int
		d.write(func(tx *store.Tx) error {
			return tx.DB.Raw("SELECT COUNT(*) FROM workplaces WHERE ended_at IS NULL").Scan(&all).Error
		})
		told := d.open(access.Manager, id).Document
		if len(told.Places) != all || told.Anchored() != 1 || told.NewHires() != 2 {
			t.Errorf("%d of %d workplaces, %d new hires, of %d", told.Anchored(), len(told.Places), told.NewHires(), all)
		}
		for _, p := range told.Places {
			if p.WorkplaceID == place.ID && fmt.Sprint(p.Days) != "[2026-02-03 2026-09-08]" {
				t.Errorf("%s on %v", p.Name, p.Days)
			}
		}
	})
}
