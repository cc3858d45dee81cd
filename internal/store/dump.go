package store

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Tables are the product's tables in an order in which rows can be put back: what is referred to
// comes first. River's tables are not among them: jobs are hints, and the rows they hint at are. Nor
// is the search index, which is made again from the minutes.
var Tables = []string{
	"facts",
	"organisations", "roles", "contacts", "work_groups", "workplaces", "agreements", "agreement_parties",
	"plans", "goals", "measures",
	"forums", "forum_participants", "forum_members", "agreement_forums", "forum_reserves", "planning_blocks",
	"identities", "agreement_endings", "recovery_codes", "grants", "grant_proposals", "sessions", "one_time_tokens", "attempts", "api_tokens", "feed_subscriptions",
	"log_entries", "log_seals", "log_seal_entries", "log_reviews", "log_review_entries", "idempotency_keys", "change_counters",
	"letters", "letter_dealings", "trials", "domain_paces", "sending_holds", "reminder_recipients", "reminders",
	"meetings", "cancellations", "holdings", "reschedulings", "deletions",
	"invitations", "answers", "calls", "outings", "latenesses", "cancellation_covers",
	"files", "file_chunks",
	"minutes", "agenda_items", "postponements", "agenda_proposals", "attendances", "minutes_items", "minutes_checkpoints", "minutes_versions", "registrations", "disclosures", "attachments", "actions",
	"relay_items", "acknowledgements",
	"guest_links", "retired_links", "link_renewals", "guest_codes", "successor_proposals", "action_reports",
	"replies", "undeliverables", "mailboxes", "arrivals", "received_letters", "parked_letters", "foreign_events", "earlier_calls", "busy_times",
	"date_polls", "date_poll_times", "date_poll_asked", "date_poll_replies", "date_poll_choices", "date_poll_closings", "date_poll_nudges", "date_requests", "date_offers",
	"year_overviews", "overview_tellings", "overview_answers",
	"forum_explanations",
}

// Columns that refer to rows of the same table.
var selfReferring = map[string][]string{"organisations": {"parent_id"}, "contacts": {"deputy_id"}, "invitations": {"stands_for_id"}}

// Manifest is the first file of a backup.
type Manifest struct {
	Program  string    `json:"program"`
	Schema   int64     `json:"schema"`
	Made     time.Time `json:"made"`
	Database string    `json:"database"`
}

// Dump writes every row as it stands at one moment, while others go on writing, as a gzipped tar:
// manifest.json and one tables/NAME.jsonl each, whose first line names columns and kinds. The
// format is the same for both databases. progress is called after each table.
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
			body, rows, err := dumpTable(tx, table)
			if err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
			if err := add(archive, "tables/"+table+".jsonl", body, tx.Now); err != nil {
				return err
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

func dumpTable(tx *Tx, table string) (body []byte, count int, err error) {
	rows, err := tx.DB.Table(table).Rows()
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	columns, err := columnsOf(rows)
	if err != nil {
		return nil, 0, err
	}
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(columns); err != nil {
		return nil, 0, err
	}
	for ; rows.Next(); count++ {
		line := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range line {
			into[i] = &line[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, 0, err
		}
		for i := range line {
			line[i] = columns[i].pack(line[i])
		}
		if err := lines.Encode(line); err != nil {
			return nil, 0, err
		}
	}
	return out.Bytes(), count, rows.Err()
}

// column is one column's name and what its values are: text, integer, boolean, time or bytes.
type column struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

func columnsOf(rows *sql.Rows) ([]column, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	var columns []column
	for _, t := range types {
		c := column{Name: t.Name(), Kind: "text"}
		switch strings.ToUpper(t.DatabaseTypeName()) {
		case "TIMESTAMPTZ", "TIMESTAMP":
			c.Kind = "time"
		case "BYTEA", "BLOB":
			c.Kind = "bytes"
		case "BOOL", "BOOLEAN":
			c.Kind = "boolean"
		case "INT8", "INTEGER":
			c.Kind = "integer"
		}
		columns = append(columns, c)
	}
	return columns, nil
}

// pack makes a value as a driver gives it one that JSON keeps.
func (c column) pack(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case []byte:
		if c.Kind == "bytes" {
			return base64.StdEncoding.EncodeToString(v)
		}
		return string(v)
	case int64:
		if c.Kind == "boolean" { // SQLite keeps 0 and 1
			return v != 0
		}
	}
	return v
}

// unpack is the way back.
func (c column) unpack(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch c.Kind {
	case "integer":
		n, ok := v.(json.Number)
		if !ok {
			return nil, fmt.Errorf("column %s: %v is no number", c.Name, v)
		}
		return n.Int64()
	case "boolean":
		return v, nil
	}
	text, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("column %s: %v is no text", c.Name, v)
	}
	switch c.Kind {
	case "time":
		return time.Parse(time.RFC3339Nano, text)
	case "bytes":
		return base64.StdEncoding.DecodeString(text)
	}
	return text, nil
}

// Load puts a dump's rows into an empty database of the same schema, all or none, and calls
// after in the same transaction. It refuses a database that holds anything, and a dump of
// another schema.
func (db *DB) Load(ctx context.Context, r io.Reader, progress func(table string, rows int), after func(*Tx) error) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	schema, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	tables, err := readDump(r, schema)
	if err != nil {
		return err
	}
	return db.Write(ctx, func(tx *Tx) error {
		for _, table := range Tables {
			var count int64
			if err := tx.DB.Table(table).Count(&count).Error; err != nil {
				return err
			}
			if count > 0 {
				return fmt.Errorf("the database is not empty (%s has %d rows): restore into an empty one", table, count)
			}
		}
		for _, table := range Tables {
			rows, err := loadTable(tx, table, tables[table])
			if err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
			progress(table, rows)
		}
		return after(tx)
	})
}

func readDump(r io.Reader, schema int64) (map[string][]byte, error) {
	zipped, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("this is not a backup of samverkan: %w", err)
	}
	archive := tar.NewReader(zipped)
	tables := map[string][]byte{}
	known := false
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the backup is damaged: %w", err)
		}
		body, err := io.ReadAll(archive)
		if err != nil {
			return nil, fmt.Errorf("the backup is damaged: %w", err)
		}
		if header.Name == "manifest.json" {
			var m Manifest
			if err := json.Unmarshal(body, &m); err != nil {
				return nil, fmt.Errorf("the backup's manifest: %w", err)
			}
			if m.Schema != schema {
				return nil, fmt.Errorf("the backup has schema %d and this program %d: restore it with samverkan %s and upgrade after", m.Schema, schema, m.Program)
			}
			known = true
			continue
		}
		tables[strings.TrimSuffix(strings.TrimPrefix(header.Name, "tables/"), ".jsonl")] = body
	}
	// The checksum stands at the very end, after what tar reads.
	if _, err := io.Copy(io.Discard, zipped); err != nil { // #nosec G110 -- thrown away as it is read; whoever restores chose the file
		return nil, fmt.Errorf("the backup is damaged: %w", err)
	}
	if !known {
		return nil, errors.New("this is not a backup of samverkan: it has no manifest")
	}
	for _, table := range Tables {
		if tables[table] == nil {
			return nil, fmt.Errorf("the backup is damaged: table %s is missing", table)
		}
	}
	return tables, nil
}

func loadTable(tx *Tx, table string, body []byte) (int, error) {
	lines := bufio.NewReader(bytes.NewReader(body))
	decoder := json.NewDecoder(lines)
	decoder.UseNumber()
	var columns []column
	if err := decoder.Decode(&columns); err != nil {
		return 0, err
	}
	var rows []map[string]any
	for decoder.More() {
		var line []any
		if err := decoder.Decode(&line); err != nil {
			return 0, err
		}
		if len(line) != len(columns) {
			return 0, fmt.Errorf("a row has %d values for %d columns", len(line), len(columns))
		}
		row := map[string]any{}
		for i, c := range columns {
			v, err := c.unpack(line[i])
			if err != nil {
				return 0, err
			}
			row[c.Name] = v
		}
		rows = append(rows, row)
	}
	return len(rows), insert(tx, table, rows)
}

// insert puts rows in. What refers to the same table is filled in when all are there: two contacts
// may be each other's deputy, so no order would do.
func insert(tx *Tx, table string, rows []map[string]any) error {
	later := map[any]map[string]any{}
	for _, row := range rows {
		for _, column := range selfReferring[table] {
			if row[column] == nil {
				continue
			}
			if later[row["id"]] == nil {
				later[row["id"]] = map[string]any{}
			}
			later[row["id"]][column], row[column] = row[column], nil
		}
		if err := tx.DB.Table(table).Create(row).Error; err != nil {
			return err
		}
	}
	for id, references := range later {
		if err := tx.DB.Table(table).Where("id = ?", id).Updates(references).Error; err != nil {
			return err
		}
	}
	return nil
}
