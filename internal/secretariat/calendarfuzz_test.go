package secretariat_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// FuzzCalendarFile lets any octets be uploaded as a calendar, for others' meetings, for ours that people were called to
// before, and for busy times. It never panics, nor fails but with a sentence, nor takes long; what is refused changes
// nothing; no letter is owed; what is read in is there, and is not read in twice.
func FuzzCalendarFile(f *testing.F) {
	z := newReplied(f)
	for _, pattern := range []string{"*.ics", "*.vfb"} {
		files, err := filepath.Glob(filepath.Join("testdata", "calendars", pattern))
		if err != nil || len(files) == 0 {
			f.Fatal(files, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	for _, hostile := range hostileCalendars() {
		if len(hostile.file) < 64<<10 {
			f.Add([]byte(hostile.file))
		}
	}
	f.Add([]byte(oneEvent("DTSTAMP:20261125T080000Z", "SEQUENCE:2", "DTSTART:20270211T090000Z", "DTEND:20270211T100000Z"))) // the county's, which is known
	f.Add([]byte(oldBooking()))
	forums := map[bool]uuid.UUID{false: z.world.Forums["lanssamverkan"], true: z.world.Forums["polis-avstamning"]}
	f.Fuzz(func(t *testing.T, data []byte) {
		began := time.Now()
		for called, forumID := range forums {
			c := secretariat.Calendar{ForumID: forumID, Data: data, Called: called}
			if err := z.db.Rehearse(t.Context(), func(tx *store.Tx) error { return z.imports(t, tx, c) }); err != nil {
				t.Error(err)
			}
		}
		if err := z.db.Rehearse(t.Context(), func(tx *store.Tx) error { return z.keeps(t, tx, data) }); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 20*time.Second { // on a machine with much else to do; alone it is a hundredth
			t.Errorf("%s for %d octets", took, len(data))
		}
	})
}

// changed sums up what an import may change.
func changed(tx *store.Tx) (text string, err error) {
	for _, table := range []string{"meetings", "cancellations", "reschedulings", "foreign_events", "invitations", "earlier_calls", "letters", "busy_times", "contacts", "log_entries"} {
		var n int64
		if err := tx.DB.Table(table).Count(&n).Error; err != nil {
			return "", err
		}
		text += fmt.Sprintf("%s %d ", table, n)
	}
	return text, nil
}

// imports takes a file in, and looks at what it has done.
func (z *replied) imports(t *testing.T, tx *store.Tx, c secretariat.Calendar) error {
	before, err := changed(tx)
	if err != nil {
		return err
	}
	letters, err := count(tx, &post.Letter{})
	if err != nil {
		return err
	}
	by := access.System()
	r, err := secretariat.ReviewCalendar(tx, by, z.office, c)
	if err == nil {
		_, err = secretariat.ImportCalendar(tx, by, z.office, c, r.Hash, nil)
	}
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return err
		}
		after, still := changed(tx)
		if after != before {
			t.Errorf("refused, and changed: %s, %s", before, after)
		}
		return still
	}
	if err := z.untouched(t, tx, letters); err != nil {
		return err
	}
	again, err := secretariat.ReviewCalendar(tx, by, z.office, c)
	if err != nil {
		return fmt.Errorf("once more: %w", err)
	}
	for _, row := range again.Rows {
		if row.State.Acts() && !row.Doubt {
			t.Errorf("once more %s: %+v", row.State, row.Time)
		}
		if strings.ContainsFunc(row.Title+row.Time.Place, func(c rune) bool { return c < ' ' || c == 0x7f }) {
			t.Errorf("%q %q", row.Title, row.Time.Place)
		}
	}
	return nil
}

// untouched sees that no letter is owed or written and that our own meeting is as it was.
func (z *replied) untouched(t *testing.T, tx *store.Tx, letters int64) error {
	now, err := meeting.ForLetter(tx, z.meeting.ID)
	if err != nil {
		return err
	}
	if now.Version != z.meeting.Version || now.Time() != z.meeting.Time() {
		t.Error("our meeting is changed")
	}
	var owed int64
	if err := tx.DB.Table("invitations").Where("owed_from IS NOT NULL").Count(&owed).Error; err != nil {
		return err
	}
	after, err := count(tx, &post.Letter{})
	if owed > 0 || after != letters {
		t.Errorf("%d letters owed, %d written", owed, after-letters)
	}
	return err
}

// keeps takes busy times out of a file.
func (z *replied) keeps(t *testing.T, tx *store.Tx, data []byte) error {
	err := secretariat.KeepBusy(tx, access.System(), z.office, z.asked[0].ContactID, data)
	if fault.KindOf(err) == fault.Invalid {
		return nil
	}
	if err != nil {
		return err
	}
	var all []partner.BusyTime
	if err := tx.DB.Order("starts_at").Find(&all).Error; err != nil {
		return err
	}
	for n, b := range all {
		if !b.EndsAt.After(b.StartsAt) || !b.EndsAt.After(tx.Now) || n > 0 && !b.StartsAt.After(all[n-1].EndsAt) {
			t.Errorf("%s–%s", b.StartsAt, b.EndsAt)
		}
	}
	return nil
}
