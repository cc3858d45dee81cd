package secretariat_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// several is three meetings to which everybody is asked.
func (d *desk) several() (three []*meeting.Meeting) {
	d.t.Helper()
	first := d.book("skola-forskola")
	for n := range 3 {
		at := first.Time()
		at.Date = at.Date.AddDays(7 * (n + 1))
		m := d.bookAt("skola-forskola", at)
		d.convene(m, "")
		three = append(three, d.find(m))
	}
	d.wait(d.office.Delay)
	d.read = len(d.server.Letters())
	return three
}

func idsOf(all []*meeting.Meeting) (ids []uuid.UUID) {
	for _, m := range all {
		ids = append(ids, m.ID)
	}
	return ids
}

// cancelSeveral calls meetings off as they were reviewed, and gives the review.
func (d *desk) cancelSeveral(all []*meeting.Meeting) (r *secretariat.SeveralReview) {
	d.t.Helper()
	if err := d.db.Rehearse(d.t.Context(), func(tx *store.Tx) (err error) {
		r, err = secretariat.CancelSeveral(tx, d.by, d.office, all[0].ForumID, idsOf(all), canaryReason, "Hälsningar")
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	d.write(func(tx *store.Tx) error {
		return secretariat.DoCancelSeveral(tx, d.by, d.office, all[0].ForumID, idsOf(all), canaryReason, "Hälsningar", r.Hash)
	})
	return r
}

// sorts gives the CANCELs and the covering letters that have arrived since it was last asked.
func (d *desk) sorts() (cancels int, covers []mailtest.Mail) {
	d.t.Helper()
	all := d.server.Letters()
	for _, l := range all[d.read:] {
		m := mailtest.Parse(d.t, l.Data)
		switch m.Method {
		case "CANCEL":
			cancels++
		case "":
			covers = append(covers, m)
		default:
			d.t.Errorf("a letter of %s", m.Method)
		}
	}
	d.read = len(all)
	return cancels, covers
}

func TestCancelSeveral(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		t.Run("sends each its own letter, and one that lists them", func(t *testing.T) {
			three := d.several()
			r := d.cancelSeveral(three)
			rung := 0
			for _, n := range r.Meetings[0].Notices {
				if n.Ring {
					rung++
				}
			}
			if len(r.Meetings) != 3 || r.People != 2 || r.Covers.Letters != 2 || len(r.Covers.Group()) != 1 || rung != 1 {
				t.Errorf("%d meetings, %d people, %d covers, %d rung up", len(r.Meetings), r.People, r.Covers.Letters, rung)
			}
			if d.wait(d.office.Delay - time.Second); len(d.server.Letters()) != d.read {
				t.Error("a letter left before the time to change one's mind was over")
			}
			d.wait(time.Second)
			cancels, covers := d.sorts()
			if cancels != 6 || len(covers) != 2 {
				t.Fatalf("%d CANCELs, %d covering letters", cancels, len(covers))
			}
			if covers[0].Text != r.Covers.Notices[0].Letter.Text || strings.Contains(covers[0].Text, canaryReason) || strings.Contains(covers[0].Text, canaryPlace) || covers[0].Header.Get("In-Reply-To") != "" {
				t.Errorf("%v: %s", covers[0].Header, covers[0].Text)
			}
			if d.wait(time.Hour); len(d.server.Letters()) != d.read {
				t.Error("something was sent twice")
			}
		})
		t.Run("lists what is still off when it leaves", func(t *testing.T) {
			three := d.several()
			d.cancelSeveral(three)
			d.undo(d.find(three[1]))
			d.wait(d.office.Delay)
			cancels, covers := d.sorts()
			if cancels != 4 || len(covers) != 2 {
				t.Fatalf("%d CANCELs, %d covering letters", cancels, len(covers))
			}
			for n, m := range three {
				if listed := strings.Contains(covers[0].Text, secretariat.When(m.Time(), "sv")); listed != (n != 1) {
					t.Errorf("meeting %d is listed: %v", n, listed)
				}
			}
		})
		t.Run("writes no covering letter about one", func(t *testing.T) {
			three := d.several()
			d.cancelSeveral(three)
			d.undo(d.find(three[0]))
			d.undo(d.find(three[2]))
			d.wait(d.office.Delay)
			if cancels, covers := d.sorts(); cancels != 2 || len(covers) != 0 {
				t.Errorf("%d CANCELs, %d covering letters", cancels, len(covers))
			}
		})
		t.Run("sends no covering letter that is no longer true", func(t *testing.T) {
			three := d.several()
			d.cancelSeveral(three)
			d.clock.Move(d.office.Delay)
			if err := secretariat.WriteAllOwed(t.Context(), d.db, d.office); err != nil {
				t.Fatal(err)
			}
			m := d.find(three[0])
			d.write(func(tx *store.Tx) error {
				_, err := meeting.Reinstate(tx, d.by, m.ID, m.Version)
				return err
			})
			d.wait(0)
			_, covers := d.sorts()
			var withdrawn int64
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&post.Letter{}).Where("kind = ? AND state = ?", post.CancelledSeveral, post.Withdrawn).Count(&withdrawn).Error
			})
			if len(covers) != 0 || withdrawn != 2 {
				t.Errorf("%d sent, %d withdrawn", len(covers), withdrawn)
			}
		})
		t.Run("refuses none, another forum's, one that is off, and what was not reviewed", func(t *testing.T) {
			three, other := d.several(), d.book("polis-avstamning")
			try := func(hash string, ids ...uuid.UUID) func(*store.Tx) error {
				return func(tx *store.Tx) error {
					return secretariat.DoCancelSeveral(tx, d.by, d.office, three[0].ForumID, ids, "", "", hash)
				}
			}
			d.refused(fault.Invalid, try(""))
			d.refused(fault.NotFound, try("", three[0].ID, other.ID))
			d.refused(fault.Conflict, try("another", idsOf(three)...))
			d.cancel(three[2])
			d.refused(fault.Conflict, try("", idsOf(three)...))
		})
	})
}
