package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	modernc "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// Readers that wait for a page at once. More would only queue for two cores.
const sqliteReaders = 8

func openSQLite(path string) (*DB, error) {
	if path == "" {
		return nil, errors.New("the database address sqlite:// needs a path, as in sqlite:///var/lib/samverkan/samverkan.db")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("the folder of the database cannot be made: %w", err)
	}
	// The writer is opened first: it makes the file and sets WAL, which readers cannot.
	writer, err := openGorm(SQLiteAddress(path, true), 1)
	if err != nil {
		return nil, fmt.Errorf("the database %s cannot be opened: %w", path, err)
	}
	reader, err := openGorm(SQLiteAddress(path, false), sqliteReaders)
	if err != nil {
		return nil, errors.Join(err, closeGorm(writer))
	}
	return &DB{writer: writer, reader: reader, path: path, clock: time.Now, changes: &changes{}}, nil
}

// SQLiteAddress is the data source name for modernc's driver. Without _time_format it writes
// Go's own time text, which compares wrong across zones. A writer takes its lock when it begins:
// upgrading in mid-transaction is what makes SQLITE_BUSY that no waiting cures.
func SQLiteAddress(path string, writes bool) string {
	q := url.Values{}
	q.Add("_pragma", "busy_timeout(10000)")
	q.Add("_pragma", "foreign_keys(1)")
	q.Set("_time_format", "sqlite")
	q.Set("_timezone", "UTC")
	if writes {
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "synchronous(FULL)") // no acknowledged change is lost when the power goes
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(1)")
		q.Set("_txlock", "deferred")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openGorm(address string, connections int) (*gorm.DB, error) {
	sqlDB, err := sql.Open("sqlite", address)
	if err != nil {
		return nil, err
	}
	sqlDB.SetMaxOpenConns(connections)
	sqlDB.SetMaxIdleConns(connections)
	if err := reach(sqlDB); err != nil {
		sqlDB.Close()
		return nil, err
	}
	g, err := gorm.Open(dialector{sqlite.Dialector{DriverName: "sqlite", Conn: sqlDB}}, settings())
	if err != nil {
		sqlDB.Close()
	}
	return g, err
}

// reach opens the first connection. Of two programs that make a new file at once, SQLite tells the
// one that would switch to WAL second that it is busy, without waiting as busy_timeout asks.
func reach(db *sql.DB) error {
	var err error
	for range 200 {
		if err = db.Ping(); !isBusy(err) {
			return err
		}
		time.Sleep(25 * time.Millisecond)
	}
	return err
}

// dialector is gorm's SQLite dialect over modernc's driver, whose error codes it translates.
type dialector struct{ sqlite.Dialector }

// Translate gives gorm's name of a constraint's failure.
func (dialector) Translate(err error) error {
	var e *modernc.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY:
		return gorm.ErrDuplicatedKey
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return gorm.ErrForeignKeyViolated
	case lib.SQLITE_CONSTRAINT_CHECK:
		return gorm.ErrCheckConstraintViolated
	}
	return err
}

// isBusy is true when another process holds SQLite's write lock longer than busy_timeout.
func isBusy(err error) bool {
	var e *modernc.Error
	return errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_BUSY
}
