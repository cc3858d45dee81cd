package minutes_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// at moves the desk's clock.
func (d *desk) at(after time.Duration) {
	now := d.db.Now().Add(after)
	d.db = d.db.At(func() time.Time { return now })
}

// types writes notes in a field and gives the stamp.
func (d *desk) types(field uuid.UUID, stamp string, texts ...string) string {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		_, stamp, err = minutes.Type(tx, d.as(tx, access.Coordinator), d.id, d.typing(tx, field, stamp, texts...))
		return err
	})
	return stamp
}

func (d *desk) typing(tx *store.Tx, field uuid.UUID, stamp string, texts ...string) minutes.Typing {
	d.Helper()
	m, err := minutes.Draft(tx, d.as(tx, access.Coordinator), d.id)
	if err != nil {
		d.Fatal(err)
	}
	t := minutes.Typing{AgendaItemID: m.Agenda[0].ID, Field: field, Stamp: stamp}
	for _, text := range texts {
		t.Parts = append(t.Parts, minutes.Written{Kind: minutes.Note, Text: text})
	}
	return t
}

// items gives the working text, item by item.
func (d *desk) items() (all []minutes.Item) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		m, err := minutes.Draft(tx, d.as(tx, access.Coordinator), d.id)
		if err == nil {
			all = m.Items
		}
		return err
	})
	return all
}

func (d *desk) stands(want ...string) {
	d.Helper()
	var got []string
	for _, i := range d.items() {
		got = append(got, i.Text)
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		d.Errorf("the working text is %q, not %q", got, want)
	}
}

func TestType(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		field := store.NewID()
		first := d.types(field, "", "Ett.")
		t.Run("is the same when it is sent again", func(t *testing.T) {
			if again := d.types(field, "", "Ett."); again != first {
				t.Error("another stamp")
			}
			d.stands("Ett.")
		})
		second := d.types(field, first, "Ett och mer.", "Två.")
		d.stands("Ett och mer.", "Två.")
		refused := func(stamp string, texts ...string) fault.Kind {
			return d.refused(func(tx *store.Tx, by access.Actor) error {
				_, _, err := minutes.Type(tx, by, d.id, d.typing(tx, field, stamp, texts...))
				return err
			})
		}
		t.Run("refuses what was typed from an older state", func(t *testing.T) {
			if kind := refused(first, "Något annat."); kind != fault.Conflict {
				t.Errorf("refused as %s", kind)
			}
			d.stands("Ett och mer.", "Två.")
		})
		t.Run("refuses when somebody has changed one of its items", func(t *testing.T) {
			item := d.items()[0]
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Save(tx, d.as(tx, access.Coordinator), item.ID, item.Version, minutes.Written{Kind: minutes.Note, Text: "Annas."})
				return err
			})
			if kind := refused(second, "Ett och ännu mer.", "Två."); kind != fault.Conflict {
				t.Errorf("refused as %s", kind)
			}
			d.stands("Annas.", "Två.")
		})
		t.Run("takes away what is not typed any more, and nothing else", func(t *testing.T) {
			d.add(minutes.Written{Kind: minutes.Note, Text: "En annans."})
			var now string
			d.write(func(tx *store.Tx) (err error) {
				_, now, err = minutes.Typed(tx, d.as(tx, access.Coordinator), d.id, field)
				return err
			})
			now = d.types(field, now, "Kvar.")
			d.stands("Kvar.", "En annans.")
			if d.types(field, now) != "" {
				t.Error("an empty field has a stamp")
			}
			d.stands("En annans.")
		})
	})
}

// checkpoints gives the checkpoints, the latest first.
func (d *desk) checkpoints() (all []minutes.Checkpoint) {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		all, err = minutes.Checkpoints(tx, d.as(tx, access.Coordinator), d.id)
		return err
	})
	return all
}

func TestCheckpoints(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		field := store.NewID()
		stamp := d.types(field, "", "Ett.")
		stamp = d.types(field, stamp, "Ett två.")
		t.Run("are made at most every five minutes", func(t *testing.T) {
			for n := range 10 {
				d.at(30 * time.Second)
				stamp = d.types(field, stamp, "Ett två "+strings.Repeat("x", n+1))
			}
			if n := len(d.checkpoints()); n != 2 {
				t.Errorf("%d in five minutes", n)
			}
		})
		t.Run("are made when somebody else writes", func(t *testing.T) {
			before := len(d.checkpoints())
			item := d.items()[0]
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Save(tx, access.System(), item.ID, item.Version, minutes.Written{Kind: minutes.Note, Text: "Den andras."})
				return err
			})
			if n := len(d.checkpoints()); n != before+1 {
				t.Errorf("%d, %d before", n, before)
			}
		})
		t.Run("are made before an item is struck, and bring it back", func(t *testing.T) {
			before, item := len(d.checkpoints()), d.items()[0]
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Strike(tx, d.as(tx, access.Coordinator), item.ID, item.Version)
				return err
			})
			d.stands()
			all := d.checkpoints()
			if len(all) != before+1 {
				t.Fatalf("%d, %d before", len(all), before)
			}
			d.add(minutes.Written{Kind: minutes.Decision, Text: "Nytt."})
			d.write(func(tx *store.Tx) error {
				_, differences, _, err := minutes.OpenCheckpoint(tx, d.as(tx, access.Coordinator), all[0].ID)
				if err == nil && (len(differences) != 2 || differences[0].Kind != minutes.Decision || differences[1].Text[0].Text != "Den andras.") {
					t.Errorf("it differs by %+v", differences)
				}
				return err
			})
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Restore(tx, d.as(tx, access.Coordinator), all[0].ID)
				return err
			})
			d.stands("Den andras.")
			if got := d.items()[0]; got.ID != item.ID || got.Version <= item.Version {
				t.Errorf("it came back as %s version %d", got.ID, got.Version)
			}
			d.write(func(tx *store.Tx) error { // and what was restored over is not lost either
				_, err := minutes.Restore(tx, d.as(tx, access.Coordinator), d.checkpointsIn(tx)[0].ID)
				return err
			})
			d.stands("Nytt.")
		})
		t.Run("are seen by those who keep the notes alone", func(t *testing.T) {
			one := d.checkpoints()[0]
			for _, role := range access.Roles {
				err := d.db.Write(t.Context(), func(tx *store.Tx) error {
					by := d.as(tx, role)
					_, listed := minutes.Checkpoints(tx, by, d.id)
					_, _, _, opened := minutes.OpenCheckpoint(tx, by, one.ID)
					if (listed == nil) != (role == access.Coordinator) || (opened == nil) != (role == access.Coordinator) {
						t.Errorf("%s: %v, %v", role, listed, opened)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
		t.Run("are deleted when the notes are finalised", func(t *testing.T) {
			d.finalise("", "")
			if n := len(d.checkpoints()); n != 0 {
				t.Errorf("%d are left", n)
			}
			for _, i := range d.items() {
				if i.TypedIn != nil {
					t.Error("a field is still open")
				}
			}
		})
	})
}

func (d *desk) checkpointsIn(tx *store.Tx) []minutes.Checkpoint {
	d.Helper()
	all, err := minutes.Checkpoints(tx, d.as(tx, access.Coordinator), d.id)
	if err != nil {
		d.Fatal(err)
	}
	return all
}

// A personal number that is taken out of the text is taken out of every checkpoint, and one that
// still stands in the text stays.
func TestRemovedNumbersLeaveTheCheckpoints(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		field := store.NewID()
		stays := d.add(minutes.Written{Kind: minutes.Note, Text: "Kvar: 19850709-9805."})
		stamp := d.types(field, "", "Ringde om 910101-2384.")
		d.at(6 * time.Minute)
		stamp = d.types(field, stamp, "Ringde om 910101-2384 i dag.")
		content := func() (all string) {
			d.write(func(tx *store.Tx) error {
				var rows []minutes.Checkpoint
				err := tx.DB.Find(&rows).Error
				for _, r := range rows {
					all += r.Content
				}
				return err
			})
			return all
		}
		if !strings.Contains(content(), "910101-2384") {
			t.Fatal("no checkpoint holds it: the test proves nothing")
		}
		d.at(6 * time.Minute) // one more is made right before it goes
		d.types(field, stamp, "Ringde i dag.")
		if got := content(); strings.Contains(got, "2384") || !strings.Contains(got, "910101-••••") || !strings.Contains(got, "19850709-9805") {
			t.Errorf("the checkpoints hold %s", got)
		}
		d.write(func(tx *store.Tx) error {
			_, err := minutes.Strike(tx, d.as(tx, access.Coordinator), stays.ID, 1)
			return err
		})
		if got := content(); strings.Contains(got, "9805") {
			t.Errorf("the struck item's number stays in %s", got)
		}
	})
}
