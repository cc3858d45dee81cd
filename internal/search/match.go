package search

import (
	"strconv"
	"strings"

	"samverkan/internal/store"
)

// expr is what a row's terms must fulfil, the same for both databases. The zero expr is fulfilled
// by nothing.
type expr struct {
	op   op
	text []string // the terms of a phrase, or the one term
	of   []expr
}

type op byte

const (
	never   op = iota
	phrase     // terms that follow one another
	prefix     // a term that begins so
	all        // every one of of
	some       // at least one of of
	without    // the first of of and not the second
)

func wordExpr(w string) expr { return expr{op: phrase, text: []string{term(markWord, w)}} }
func stemExpr(s string) expr { return expr{op: phrase, text: []string{term(markStem, s)}} }
func partExpr(s string) expr { return expr{op: phrase, text: []string{term(markPart, s)}} }
func tagExpr(t string) expr  { return expr{op: phrase, text: []string{t}} }

func and(of ...expr) expr {
	var rest []expr
	for _, e := range of {
		switch e.op {
		case never:
			return expr{}
		case all:
			rest = append(rest, e.of...)
		default:
			rest = append(rest, e)
		}
	}
	return several(all, rest)
}

func or(of ...expr) expr {
	var rest []expr
	for _, e := range of {
		switch e.op {
		case never:
		case some:
			rest = append(rest, e.of...)
		default:
			rest = append(rest, e)
		}
	}
	return several(some, rest)
}

func several(o op, of []expr) expr {
	switch len(of) {
	case 0:
		return expr{}
	case 1:
		return of[0]
	}
	return expr{op: o, of: of}
}

func not(e, other expr) expr {
	if other.op == never {
		return e
	}
	return expr{op: without, of: []expr{e, other}}
}

// engine is what the two databases write differently.
type engine struct {
	number string // the column of the number
	value  string // the place of a value of terms
	write  func(terms) string
	query  func(expr) string
	match  func(query string) string
	found  string // the start of a statement over what is found, with one place for the query
}

func engineOf(tx *store.Tx) engine {
	if tx.DB.Dialector.Name() == "postgres" {
		return postgresEngine
	}
	return sqliteEngine
}

var sqliteEngine = engine{
	number: "rowid",
	value:  "?",
	write:  func(t terms) string { return strings.Join(t.places, " ") + " " + strings.Join(t.others, " ") },
	query:  fts5,
	match:  func(query string) string { return "search_index MATCH " + query },
	found:  "SELECT rowid AS number FROM search_index WHERE search_index MATCH ?",
}

var postgresEngine = engine{
	number: "number",
	value:  "?::tsvector",
	write:  vector,
	query:  tsquery,
	match:  func(query string) string { return "terms @@ " + query + "::tsquery" },
	found:  "SELECT number FROM search_index WHERE terms @@ ?::tsquery",
}

// fts5 writes an expression for SQLite. Every term is quoted and made by us: nothing that a person
// wrote is an operator.
func fts5(e expr) string {
	switch e.op {
	case phrase:
		return `"` + strings.Join(e.text, " ") + `"`
	case prefix:
		return `"` + e.text[0] + `" *`
	case all:
		return "(" + joinExprs(e.of, " AND ", fts5) + ")"
	case some:
		return "(" + joinExprs(e.of, " OR ", fts5) + ")"
	case without:
		return "(" + joinExprs(e.of, " NOT ", fts5) + ")"
	}
	return `""`
}

// tsquery writes an expression for PostgreSQL. No configuration touches it.
func tsquery(e expr) string {
	switch e.op {
	case phrase:
		return "('" + strings.Join(e.text, "' <-> '") + "')"
	case prefix:
		return "'" + e.text[0] + "':*"
	case all:
		return "(" + joinExprs(e.of, " & ", tsquery) + ")"
	case some:
		return "(" + joinExprs(e.of, " | ", tsquery) + ")"
	case without:
		return "(" + joinExprs(e.of, " & !", tsquery) + ")"
	}
	return ""
}

func joinExprs(of []expr, between string, write func(expr) string) string {
	written := make([]string, len(of))
	for i, e := range of {
		written[i] = write(e)
	}
	return strings.Join(written, between)
}

// vector writes terms as the text of a tsvector. Terms are letters and digits: nothing is quoted.
func vector(t terms) string {
	var b strings.Builder
	for i, place := range t.places {
		if place != markNothing {
			b.WriteString(place)
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(i + 1))
			b.WriteByte(' ')
		}
	}
	for _, other := range t.others {
		b.WriteString(other)
		b.WriteByte(' ')
	}
	return b.String()
}

// finder finds numbers in one transaction.
type finder struct {
	tx     *store.Tx
	engine engine
	within expr  // what every hit must fulfil: filters, and forums the actor may read; never: nothing more
	barred expr  // what no hit may hold
	lowest int64 // numbers of the days that are asked for; zero: all
	most   int64
}

func (f finder) narrow(e expr) expr {
	if e.op != never && f.within.op != never {
		e = and(e, f.within)
	}
	if e.op == never {
		return e
	}
	return not(e, f.barred)
}

// found starts a statement over what is found within the days, with one place for the query.
func (f finder) found() string {
	statement := f.engine.found
	if f.lowest > 0 {
		statement += " AND " + f.engine.number + " >= " + strconv.FormatInt(f.lowest, 10)
	}
	if f.most > 0 {
		statement += " AND " + f.engine.number + " <= " + strconv.FormatInt(f.most, 10)
	}
	return statement
}

// count tells how many rows fulfil e.
func (f finder) count(e expr) (n int, err error) {
	e = f.narrow(e)
	if e.op == never {
		return 0, nil
	}
	return n, f.tx.DB.Raw("SELECT count(*) FROM ("+f.found()+") AS found", f.engine.query(e)).Scan(&n).Error
}

// atMost tells how many rows fulfil e, and stops counting at limit.
func (f finder) atMost(limit int, e expr) (n int, err error) {
	if e = f.narrow(e); e.op == never {
		return 0, nil
	}
	return n, f.tx.DB.Raw("SELECT count(*) FROM ("+f.found()+" LIMIT ?) AS found", f.engine.query(e), limit).Scan(&n).Error
}

// finds tells whether any row fulfils e.
func (f finder) finds(e expr) (bool, error) {
	numbers, err := f.latest(e, 1, 0)
	return len(numbers) > 0, err
}

// latest gives the rows that fulfil e, the highest numbers first.
func (f finder) latest(e expr, limit, offset int) (numbers []int64, err error) {
	e = f.narrow(e)
	if e.op == never || limit == 0 {
		return nil, nil
	}
	statement := f.found() + " ORDER BY rowid DESC LIMIT ? OFFSET ?"
	if f.engine.number != "rowid" {
		// PostgreSQL takes a phrase for a plain "and", and would rather walk the primary key and look
		// at every row: the match comes first.
		statement = "WITH found AS MATERIALIZED (" + f.found() + ") SELECT number FROM found ORDER BY number DESC LIMIT ? OFFSET ?"
	}
	return numbers, f.tx.DB.Raw(statement, f.engine.query(e), limit, offset).Scan(&numbers).Error
}

// page gives the rows that fulfil e, and how many there are. PostgreSQL, for which a phrase costs a
// look at every row that has its words, does both at once.
func (f finder) page(e expr, limit, offset int) (numbers []int64, total int, err error) {
	if f.engine.number != "rowid" && e.op != never {
		var rows []struct {
			Number int64
			Total  int
		}
		err = f.tx.DB.Raw("WITH found AS MATERIALIZED ("+f.found()+") SELECT number, count(*) OVER () AS total FROM found ORDER BY number DESC LIMIT ? OFFSET ?",
			f.engine.query(f.narrow(e)), limit, offset).Scan(&rows).Error
		for _, r := range rows {
			numbers, total = append(numbers, r.Number), r.Total
		}
		if err != nil || len(rows) > 0 || offset == 0 {
			return numbers, total, err
		}
	}
	if total, err = f.count(e); err != nil || total == 0 {
		return nil, 0, err
	}
	numbers, err = f.latest(e, limit, offset)
	return numbers, total, err
}

// statement begins a statement over all rows that fulfil e, as found; it is empty when no row can.
func (f finder) statement(e expr) (statement string, values []any) {
	if e = f.narrow(e); e.op == never {
		return "", nil
	}
	return "WITH found AS (" + f.found() + ") ", []any{f.engine.query(e)}
}

// ordered gives the rows that fulfil any of levels, those of the strictest first, and how many there are.
func (f finder) ordered(levels []expr, limit, offset int) ([]int64, int, error) {
	loosest := levels[len(levels)-1]
	if f.engine.query(levels[0]) == f.engine.query(loosest) { // phrases and beginnings
		return f.page(loosest, limit, offset)
	}
	total, err := f.count(loosest)
	if err != nil || total == 0 {
		return nil, 0, err
	}
	numbers, err := f.ranked(levels, limit, offset)
	return numbers, total, err
}

// ranked gives the rows from offset on: first those that fulfil the first level, then those that
// fulfil only the second, and so on.
func (f finder) ranked(levels []expr, limit, offset int) (numbers []int64, err error) {
	var before expr
	for _, level := range levels {
		if level.op == never || f.engine.query(level) == f.engine.query(before) {
			continue
		}
		only := not(level, before)
		found, err := f.latest(only, limit-len(numbers), offset)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, found...)
		if len(numbers) == limit {
			return numbers, nil
		}
		switch {
		case len(found) > 0:
			offset = 0
		case offset > 0:
			n, err := f.count(only)
			if err != nil {
				return nil, err
			}
			offset -= n
		}
		before = level
	}
	return numbers, nil
}

// mostOf gives the rows that fulfil at least least of choices, those that fulfil the most first. A
// choice that holds at its first level counts a little more.
func (f finder) mostOf(choices [][]expr, least, limit, offset int) (numbers []int64, total int, err error) {
	sums, values := f.sums(choices, least)
	if sums == "" {
		return nil, 0, nil
	}
	if err := f.tx.DB.Raw(sums+"SELECT count(*) FROM found", values...).Scan(&total).Error; err != nil || total == 0 {
		return nil, 0, err
	}
	values = append(values, limit, offset)
	return numbers, total, f.tx.DB.Raw(sums+"SELECT number FROM found ORDER BY weight DESC, number DESC LIMIT ? OFFSET ?", values...).Scan(&numbers).Error
}

// sums begins a statement over the rows that fulfil at least least of choices, as found; it is empty
// when no row can.
func (f finder) sums(choices [][]expr, least int) (statement string, values []any) {
	const weight = 100 // more than there can be choices
	var each []string
	add := func(e expr, n int) {
		if e = f.narrow(e); e.op != never {
			each = append(each, "SELECT number, "+strconv.Itoa(n)+" AS weight FROM ("+f.found()+") AS found"+strconv.Itoa(len(each)))
			values = append(values, f.engine.query(e))
		}
	}
	for _, levels := range choices {
		add(levels[len(levels)-1], weight)
		add(levels[0], 1)
	}
	if len(each) == 0 {
		return "", nil
	}
	return "WITH matched AS (" + strings.Join(each, " UNION ALL ") + "), found AS (SELECT number, sum(weight) AS weight FROM matched GROUP BY number HAVING sum(weight) >= ?) ",
		append(values, least*weight)
}
