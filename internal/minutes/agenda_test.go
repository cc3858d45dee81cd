package minutes_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// next begins the notes of the forum's meeting in a month.
func (d *desk) next(month time.Month) (id uuid.UUID) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		now, err := minutes.Draft(tx, access.System(), d.id)
		if err != nil {
			return err
		}
		day := meeting.Time{Date: almanac.Date{Year: 2027, Month: month, Day: 21}, Starts: 9 * 60, Ends: 10 * 60}
		made, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: now.Meeting.ForumID, Time: day, Zone: now.Meeting.Location()})
		if err != nil {
			return err
		}
		m, err := minutes.Open(tx, d.as(tx, access.Coordinator), made.ID)
		if err == nil {
			id = m.ID
		}
		return err
	})
	return id
}

// headings gives an agenda and how many things are noted under it.
func (d *desk) headings(id uuid.UUID) (all []string, items int) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		m, err := minutes.Draft(tx, access.System(), id)
		for _, a := range m.Agenda {
			all = append(all, a.Title)
		}
		items = len(m.Items)
		return err
	})
	return all, items
}

func TestCopyAgenda(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "polis-avstamning")
		heads := func(id uuid.UUID, title string) {
			d.write(func(tx *store.Tx) error {
				_, err := minutes.AddAgendaItem(tx, d.as(tx, access.Coordinator), id, title)
				return err
			})
		}
		copied := func(id uuid.UUID) func(*store.Tx) error {
			return func(tx *store.Tx) error { return minutes.CopyAgenda(tx, d.as(tx, access.Coordinator), id) }
		}
		refused := func(want fault.Kind, fn func(*store.Tx) error) {
			t.Helper()
			if err := db.Rehearse(t.Context(), fn); fault.KindOf(err) != want {
				t.Errorf("%v, not %s", err, want)
			}
		}
		january := d.next(time.January)
		t.Run("there is nothing to bring from the same agenda, nor to the first meeting", func(t *testing.T) {
			refused(fault.Conflict, copied(january))
			refused(fault.Conflict, copied(d.id))
		})
		d.write(func(tx *store.Tx) error {
			now, err := minutes.Draft(tx, access.System(), d.id)
			if err != nil {
				return err
			}
			_, err = minutes.Add(tx, d.as(tx, access.Coordinator), d.id, now.Agenda[0].ID, minutes.Written{Kind: minutes.Note, Text: "Sagt då."})
			return err
		})
		heads(d.id, "Rutin för jour")
		t.Run("the last meeting's headings come, and nothing that was noted", func(t *testing.T) {
			d.write(copied(january))
			want, _ := d.headings(d.id)
			if got, items := d.headings(january); !slices.Equal(got, want) || items != 0 {
				t.Errorf("%q with %d, not %q", got, items, want)
			}
		})
		t.Run("what was typed stays, and what is missing comes at the end", func(t *testing.T) {
			february := d.next(time.February)
			heads(february, "Besök")
			before, _ := d.headings(february)
			d.write(copied(february))
			if got, _ := d.headings(february); !slices.Equal(got, append(before, "Rutin för jour")) {
				t.Errorf("%q", got)
			}
		})
		t.Run("only who keeps the notes", func(t *testing.T) {
			march := d.next(time.March)
			refused(fault.NotFound, func(tx *store.Tx) error { return minutes.CopyAgenda(tx, d.as(tx, access.Member), march) })
		})
	})
}
