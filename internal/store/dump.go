package store

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Tables are the product's tables in an order in which rows can be put back: what is referred to
// comes first. River's tables are not among them: jobs are hints, and the rows they hint at are. Nor
// is the search index, which is made again from the minutes.
var Tables = []string{
	"facts",
	"organisations", "roles", "contacts", "work_groups", "workplaces", "agreements", "agreement_parties",
	"plans", "plan_rows", "goals", "measures",
	"forums", "forum_participants", "forum_members", "agreement_forums", "forum_reserves", "planning_blocks",
	"identities", "plan_steps", "plan_reviews", "plan_routines", "plan_routine_reviews", "plan_methods", "plan_method_counts", "agreement_endings", "recovery_codes", "grants", "grant_proposals", "sessions", "one_time_tokens", "attempts", "api_tokens", "feed_subscriptions",
	"log_entries", "log_seals", "log_seal_entries", "log_reviews", "log_review_entries", "idempotency_keys", "change_counters",
	"letters", "letter_dealings", "trials", "domain_paces", "sending_holds", "reminder_recipients", "reminders",
	"meetings", "cancellations", "holdings", "reschedulings", "deletions",
	"invitations", "answers", "calls", "outings", "latenesses", "cancellation_covers",
	"files", "file_chunks",
	"minutes", "agenda_items", "postponements", "agenda_proposals", "attendances", "minutes_items", "minutes_checkpoints", "minutes_versions", "registrations", "disclosures", "attachments", "actions", "action_changes", "decisions", "decision_replacements", "plan_ties",
	"minutes_submissions", "minutes_asked", "minutes_views",
	"relay_items", "acknowledgements", "plan_requests", "plan_confirmations", "introductions",
	"follow_ups", "follow_up_rows", "follow_up_handovers",
	"guest_links", "retired_links", "link_renewals", "guest_codes", "successor_proposals", "action_reports",
	"replies", "undeliverables", "mailboxes", "arrivals", "received_letters", "parked_letters", "foreign_events", "earlier_calls", "busy_times",
	"date_polls", "date_poll_times", "date_poll_asked", "date_poll_replies", "date_poll_choices", "date_poll_closings", "date_poll_nudges", "date_requests", "date_offers",
	"year_overviews", "overview_tellings", "overview_answers",
	"forum_explanations",
	"forum_agreeings", "forum_approvers",
}

// Manifest is the first file of a backup.
type Manifest struct {
	Program  string    `json:"program"`
	Schema   int64     `json:"schema"`
	Made     time.Time `json:"made"`
	Database string    `json:"database"`
}

// partSize is how much of a table one file of a backup holds: what a backup needs of memory is this, not
// the size of the database.
const partSize = 1 << 20

// Dump writes every row as it stands at one moment, while others go on writing, as a gzipped tar:
// manifest.json, then the tables one after the other in files of about a megabyte, tables/NAME.jsonl,
// tables/NAME.2.jsonl and so on. The first line of each names columns and kinds. The format is the same
// for both databases. progress is called after each table.
func (db *DB) Dump(ctx context.Context, w io.Writer, version string, progress func(table string, rows int)) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	schema, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	zipped := gzip.NewWriter(w)
	archive := tar.NewWriter(zipped)
	manifest, err := json.Marshal(Manifest{Program: version, Schema: schema, Made: db.Now(), Database: db.name()})
	if err != nil {
		return err
	}
	if err := add(archive, "manifest.json", manifest, db.Now()); err != nil {
		return err
	}
	err = db.Read(ctx, func(tx *Tx) error {
		for _, table := range Tables {
			rows, err := dumpTable(tx, archive, table)
			if err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
			progress(table, rows)
		}
		return nil
	})
	return errors.Join(err, archive.Close(), zipped.Close())
}

func (db *DB) name() string {
	if db.IsPostgres() {
		return "postgres"
	}
	return "sqlite"
}

func add(archive *tar.Writer, name string, body []byte, at time.Time) error {
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(body)), ModTime: at}); err != nil {
		return err
	}
	_, err := archive.Write(body)
	return err
}

// dumpTable writes a table in as many parts as it needs, at least one.
func dumpTable(tx *Tx, archive *tar.Writer, table string) (count int, err error) {
	rows, err := tx.DB.Table(table).Rows()
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := columnsOf(rows)
	if err != nil {
		return 0, err
	}
	more := rows.Next()
	for part := 1; part == 1 || more; part++ {
		var out bytes.Buffer
		lines := json.NewEncoder(&out)
		lines.SetEscapeHTML(false)
		if err := lines.Encode(columns); err != nil {
			return 0, err
		}
		for ; more && out.Len() < partSize; more = rows.Next() {
			line, err := packRow(rows, columns)
			if err != nil {
				return 0, err
			}
			if err := lines.Encode(line); err != nil {
				return 0, err
			}
			count++
		}
		if err := add(archive, partName(table, part), out.Bytes(), tx.Now); err != nil {
			return 0, err
		}
	}
	return count, rows.Err()
}

func partName(table string, part int) string {
	if part == 1 {
		return "tables/" + table + ".jsonl"
	}
	return fmt.Sprintf("tables/%s.%d.jsonl", table, part)
}
