package store

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Columns that refer to rows of the same table.
var selfReferring = map[string][]string{"organisations": {"parent_id"}, "contacts": {"deputy_id"}, "invitations": {"stands_for_id"}, "plans": {"copied_from_id"}}

// Load puts a dump's rows into an empty database of the same schema, all or none, and calls
// after in the same transaction. It refuses a database that holds anything, a dump of another schema
// and one that is damaged anywhere. Rows go in as they are read, so it needs little memory.
func (db *DB) Load(ctx context.Context, r io.ReadSeeker, progress func(table string, rows int), after func(*Tx) error) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	schema, err := provider.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	return db.Write(ctx, func(tx *Tx) error {
		if err := empty(tx); err != nil {
			return err
		}
		if _, err := r.Seek(0, io.SeekStart); err != nil { // this may be another try
			return err
		}
		d, err := open(r, schema)
		if err != nil {
			return err
		}
		if err := errors.Join(d.load(tx, progress), d.verify()); err != nil {
			return err
		}
		return after(tx)
	})
}

func empty(tx *Tx) error {
	for _, table := range Tables {
		var count int64
		if err := tx.DB.Table(table).Count(&count).Error; err != nil {
			return err
		}
		if count > 0 {
			return fmt.Errorf("the database is not empty (%s has %d rows): restore into an empty one", table, count)
		}
	}
	return nil
}

// backup is a dump that is being read, and the name of the file that comes next in it.
type backup struct {
	zipped  *gzip.Reader
	archive *tar.Reader
	next    string // empty: there is no more
}

// open reads as far as the manifest.
func open(r io.Reader, schema int64) (*backup, error) {
	zipped, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("this is not a backup of samverkan: %w", err)
	}
	d := &backup{zipped: zipped, archive: tar.NewReader(zipped)}
	if err := d.advance(); err != nil {
		return nil, err
	}
	if d.next != "manifest.json" {
		return nil, errors.New("this is not a backup of samverkan: it has no manifest")
	}
	var m Manifest
	if err := json.NewDecoder(d.archive).Decode(&m); err != nil {
		return nil, fmt.Errorf("the backup's manifest: %w", err)
	}
	if m.Schema != schema {
		return nil, fmt.Errorf("the backup has schema %d and this program %d: restore it with samverkan %s and upgrade after", m.Schema, schema, m.Program)
	}
	return d, d.advance()
}

func damaged(err error) error { return fmt.Errorf("the backup is damaged: %w", err) }

// advance goes to the next file.
func (d *backup) advance() error {
	header, err := d.archive.Next()
	switch {
	case errors.Is(err, io.EOF):
		d.next = ""
	case err != nil:
		return damaged(err)
	default:
		d.next = header.Name
	}
	return nil
}

// verify reads to the very end, where the checksum stands, after what tar reads. It is asked whatever
// came before: a row that does not fit in may be one that was damaged.
func (d *backup) verify() error {
	if _, err := io.Copy(io.Discard, d.zipped); err != nil { // #nosec G110 -- thrown away as it is read; whoever restores chose the file
		return damaged(err)
	}
	return nil
}

func (d *backup) load(tx *Tx, progress func(table string, rows int)) error {
	for _, table := range Tables {
		if d.next != partName(table, 1) {
			return fmt.Errorf("the backup is damaged: table %s is missing", table)
		}
		rows, err := d.loadTable(tx, table)
		if err != nil {
			return fmt.Errorf("the backup's table %s: %w", table, err)
		}
		progress(table, rows)
	}
	if d.next != "" {
		return fmt.Errorf("the backup is damaged: %s does not belong there", d.next)
	}
	return nil
}

// loadTable puts a table's rows in, from as many parts as there are. What refers to the same table is
// filled in when all are there: two contacts may be each other's deputy, so no order would do.
func (d *backup) loadTable(tx *Tx, table string) (count int, err error) {
	later := map[any]map[string]any{}
	for part := 1; d.next == partName(table, part); part++ {
		rows, err := d.rows()
		if err != nil {
			return 0, err
		}
		for _, row := range rows {
			putOff(row, selfReferring[table], later)
			if err := tx.DB.Table(table).Create(row).Error; err != nil {
				return 0, err
			}
		}
		count += len(rows)
		if err := d.advance(); err != nil {
			return 0, err
		}
	}
	for id, references := range later {
		if err := tx.DB.Table(table).Where("id = ?", id).Updates(references).Error; err != nil {
			return 0, err
		}
	}
	return count, nil
}

// rows reads one part.
func (d *backup) rows() ([]map[string]any, error) {
	lines := json.NewDecoder(d.archive)
	lines.UseNumber()
	var columns []column
	if err := lines.Decode(&columns); err != nil {
		return nil, err
	}
	var rows []map[string]any
	for lines.More() {
		var line []any
		if err := lines.Decode(&line); err != nil {
			return nil, err
		}
		row, err := unpackRow(line, columns)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// putOff takes columns out of a row, to be filled in later.
func putOff(row map[string]any, columns []string, later map[any]map[string]any) {
	for _, column := range columns {
		if row[column] == nil {
			continue
		}
		if later[row["id"]] == nil {
			later[row["id"]] = map[string]any{}
		}
		later[row["id"]][column], row[column] = row[column], nil
	}
}
