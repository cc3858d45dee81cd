package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/meeting"
	"samverkan/internal/report"
	"samverkan/internal/store"
)

// The follow-up's figures once more, from the raw rows and without any of the program's own code: %[1]s is the forum.
const (
	sqlMeetings = `FROM meetings m LEFT JOIN holdings h ON h.meeting_id = m.id LEFT JOIN cancellations c ON c.meeting_id = m.id
		WHERE (m.forum_id = '%[1]s' OR m.counts_for_id = '%[1]s') AND m.date >= '2026-01-01' AND m.date <= '2026-12-31' AND m.id NOT IN (SELECT meeting_id FROM deletions)`
	sqlOwn = `m.forum_id = '%[1]s' AND m.date >= '2026-01-01' AND m.date <= '2026-12-31' AND m.id NOT IN (SELECT meeting_id FROM deletions)`
	// The latest frozen document of each of the forum's meetings.
	sqlLatest = `FROM minutes_versions v JOIN minutes n ON n.id = v.minutes_id JOIN meetings m ON m.id = n.meeting_id
		WHERE v.number = (SELECT MAX(w.number) FROM minutes_versions w WHERE w.minutes_id = v.minutes_id) AND ` + sqlOwn
	sqlActions = `SELECT COUNT(*) FROM actions a JOIN minutes n ON n.id = a.minutes_id JOIN meetings m ON m.id = n.meeting_id WHERE ` + sqlOwn
	// What holds of what was passed on: not what a correction has replaced or taken back.
	sqlPassed = `SELECT COUNT(*) FROM relay_items r JOIN minutes n ON n.id = r.minutes_id JOIN meetings m ON m.id = n.meeting_id LEFT JOIN acknowledgements k ON k.relay_item_id = r.id WHERE ` + sqlOwn + `
		AND r.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM relay_items s WHERE s.item_id = r.item_id AND s.number > r.number
			AND (s.work_group_id = r.work_group_id OR s.workplace_id = r.workplace_id))`
)

var independent = map[report.Figure]string{
	report.Held:        "SELECT COUNT(*) " + sqlMeetings + " AND h.meeting_id IS NOT NULL AND c.meeting_id IS NULL",
	report.Planned:     "SELECT COUNT(*) " + sqlMeetings + " AND h.meeting_id IS NULL AND c.meeting_id IS NULL AND m.date >= '2026-11-24'",
	report.Unrecorded:  "SELECT COUNT(*) " + sqlMeetings + " AND h.meeting_id IS NULL AND c.meeting_id IS NULL AND m.date < '2026-11-24'",
	report.Cancelled:   "SELECT COUNT(*) " + sqlMeetings + " AND c.meeting_id IS NOT NULL",
	report.Moved:       "SELECT COUNT(DISTINCT m.id) FROM meetings m JOIN reschedulings r ON r.meeting_id = m.id WHERE " + sqlOwn + " AND (r.from_date <> m.date OR r.from_starts <> m.starts OR r.from_ends <> m.ends)",
	report.Decisions:   `SELECT COALESCE(SUM((LENGTH(v.document) - LENGTH(REPLACE(v.document, '"kind":"decision"', ''))) / LENGTH('"kind":"decision"')), 0) ` + sqlLatest,
	report.ActionsOpen: sqlActions + " AND a.outcome = ''",
	report.ActionsDone: sqlActions + " AND a.outcome = 'done'",
	report.PassedOn:    sqlPassed,
	report.GoneThrough: sqlPassed + " AND k.relay_item_id IS NOT NULL",
	// Attendance rows stand beside the frozen notes; the municipality and its own are no partners.
	report.Came: `WITH RECURSIVE ours AS (SELECT id FROM organisations WHERE home UNION SELECT o.id FROM organisations o JOIN ours ON o.parent_id = ours.id)
		SELECT COUNT(DISTINCT o.id) FROM attendances a JOIN minutes n ON n.id = a.minutes_id JOIN meetings m ON m.id = n.meeting_id JOIN organisations o ON LOWER(a.organisation) IN (LOWER(o.name), LOWER(o.short))
		WHERE ` + sqlOwn + ` AND a.state IN ('present', 'substitute') AND o.id NOT IN (SELECT id FROM ours) AND n.id IN (SELECT minutes_id FROM minutes_versions)`,
}

func (d *desk) ask(query string, forum uuid.UUID) (n int) {
	d.Helper()
	if err := d.db.Read(d.Context(), func(tx *store.Tx) error { return tx.DB.Raw(fmt.Sprintf(query, forum)).Scan(&n).Error }); err != nil {
		d.Fatalf("%v: %s", err, query)
	}
	return n
}

// disturb makes the year less smooth: a meeting is moved, one is cancelled, one lies in the bin, one counts for a second forum, and
// March to May have none with the police.
func (d *desk) disturb() {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		by := d.as(tx, access.Coordinator)
		add := func(forum string, month time.Month, day int) *meeting.Meeting {
			m, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: d.world.Forums[forum], Zone: d.zone, Time: meeting.Time{Date: december.AddDays(0), Starts: 9 * 60, Ends: 10 * 60}})
			if err != nil {
				d.Fatal(err)
			}
			to := m.Time()
			to.Date.Month, to.Date.Day = month, day
			if m, err = meeting.Reschedule(tx, by, m.ID, m.Version, to); err != nil {
				d.Fatal(err)
			}
			return m
		}
		add("rvt-miranda", time.December, 16)
		off := add("lokal-samverkan", time.December, 17)
		if _, err := meeting.Cancel(tx, by, off.ID, off.Version, "Sjukdom"); err != nil {
			return err
		}
		gone := add("lokal-samverkan", time.December, 18)
		if err := meeting.Delete(tx, by, gone.ID, gone.Version); err != nil {
			return err
		}
		both, second := add("rvt-miranda", time.December, 21), d.world.Forums["lokal-samverkan"]
		if _, err := meeting.CountFor(tx, by, both.ID, both.Version, &second); err != nil {
			return err
		}
		police := d.world.Forums["polis-avstamning"]
		return tx.DB.Exec("INSERT INTO cancellations (meeting_id, reason, at) SELECT id, 'Vakans', ? FROM meetings WHERE forum_id = ? AND date BETWEEN '2026-03-01' AND '2026-05-31'", tx.Now, police).Error
	})
}

// The report for the demo's year equals a count done by SQL from the raw rows.
func TestTheDemosYearEqualsACountBySQL(t *testing.T) {
	demo(t, func(d *desk) {
		d.disturb()
		o := d.open(access.Coordinator, d.start())
		if len(o.Document.Forums) < 9 {
			d.Fatalf("%d forums", len(o.Document.Forums))
		}
		sums := map[report.Figure]int{}
		for _, f := range o.Document.Forums {
			for figure, query := range independent {
				n := d.ask(query, f.ForumID)
				if got := f.Count(figure); got != n {
					d.Errorf("%s, %s: %d in the report, %d by SQL", f.Name, figure, got, n)
				}
				sums[figure] += n
			}
			d.notes(f)
		}
		for figure := range independent {
			if sums[figure] == 0 && figure != report.Unrecorded {
				d.Errorf("%s is nought everywhere: it proves nothing", figure)
			}
		}
		d.missedWithThePolice(o.Document.Forums)
	})
}

// holidays of 2026 on weekdays, as the calendar on the wall has them, with the eves that are no working days.
var holidays = map[string]bool{"2026-01-01": true, "2026-01-06": true, "2026-04-03": true, "2026-04-06": true, "2026-05-01": true, "2026-05-14": true, "2026-06-19": true, "2026-12-24": true, "2026-12-25": true, "2026-12-31": true}

// notes counts notes in time from the raw days: ten working days are counted by hand.
func (d *desk) notes(f report.ForumFacts) {
	d.Helper()
	var rows []struct {
		Date     string
		Finished *time.Time
	}
	if err := d.db.Read(d.Context(), func(tx *store.Tx) error {
		return tx.DB.Raw(fmt.Sprintf(`SELECT m.date, v.at AS finished FROM meetings m JOIN holdings h ON h.meeting_id = m.id JOIN forums f ON f.id = m.forum_id LEFT JOIN minutes n ON n.meeting_id = m.id
			LEFT JOIN minutes_versions v ON v.minutes_id = n.id AND v.number = 1
			WHERE `+sqlOwn+` AND m.id NOT IN (SELECT meeting_id FROM cancellations) AND f.scope <> 'individualCases' AND m.date >= COALESCE(f.promised_from, '')`, f.ForumID)).Scan(&rows).Error
	}); err != nil {
		d.Fatal(err)
	}
	due, inTime := 0, 0
	for _, r := range rows {
		day, err := time.Parse(time.DateOnly, r.Date)
		if err != nil {
			d.Fatal(err)
		}
		for left := 10; left > 0; {
			day = day.AddDate(0, 0, 1)
			if w := day.Weekday(); w != time.Saturday && w != time.Sunday && !holidays[day.Format(time.DateOnly)] {
				left--
			}
		}
		last := day.Format(time.DateOnly)
		switch {
		case r.Finished != nil:
			due++
			if r.Finished.In(d.zone).Format(time.DateOnly) <= last {
				inTime++
			}
		case last < "2026-11-24":
			due++
		}
	}
	if f.Count(report.NotesDue) != due || f.Count(report.NotesInTime) != inTime {
		d.Errorf("%s: %d of %d in time in the report, %d of %d from the raw days", f.Name, f.Count(report.NotesInTime), f.Count(report.NotesDue), inTime, due)
	}
}

// missedWithThePolice counts the months that have passed without a meeting; July is exempt.
func (d *desk) missedWithThePolice(forums []report.ForumFacts) {
	d.Helper()
	police, without := d.world.Forums["polis-avstamning"], 0
	for _, month := range []string{"01", "02", "03", "04", "05", "06", "08", "09", "10"} {
		if d.ask("SELECT COUNT(*) "+sqlMeetings+" AND c.meeting_id IS NULL AND SUBSTR(m.date, 6, 2) = '"+month+"'", police) == 0 {
			without++
		}
	}
	for _, f := range forums {
		if f.ForumID == police && (f.Count(report.Missed) != without || f.Unexplained() != without || without != 3) {
			d.Errorf("%d missed in the report, %d unexplained, %d months without", f.Count(report.Missed), f.Unexplained(), without)
		}
	}
}
