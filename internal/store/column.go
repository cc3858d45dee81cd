package store

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

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

// packRow reads the row that stands next.
func packRow(rows *sql.Rows, columns []column) ([]any, error) {
	line, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range line {
		into[i] = &line[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	for i := range line {
		line[i] = columns[i].pack(line[i])
	}
	return line, nil
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

// unpackRow is packRow's way back.
func unpackRow(line []any, columns []column) (map[string]any, error) {
	if len(line) != len(columns) {
		return nil, fmt.Errorf("a row has %d values for %d columns", len(line), len(columns))
	}
	row := make(map[string]any, len(columns))
	for i, c := range columns {
		v, err := c.unpack(line[i])
		if err != nil {
			return nil, err
		}
		row[c.Name] = v
	}
	return row, nil
}
