// Package migrations holds the schema as SQL, the same number in both folders. Until the first
// tagged release 0001 may be rewritten; from then on files are only ever appended. River's own
// tables are made by River's migrator: its PostgreSQL steps need a pgx transaction, which goose
// does not give.
package migrations

import "embed"

// Files holds sqlite/NNNN_name.sql and postgres/NNNN_name.sql.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
