// Package search finds minutes. What is found is an item: a paragraph of the notes, a decision, an
// action, or what was passed on. One analyser of our own, in Go, knows Swedish and writes terms;
// SQLite's FTS5 and PostgreSQL's GIN only hold them, so both find the same in the same order.
//
// Everything here is derived from the minutes: it is in no backup and can be indexed again.
package search

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Query is what somebody looks for.
type Query struct {
	Words     string     // as written: words, "an exact phrase", the beginning of a word*
	Forum     *uuid.UUID // nil: all that the actor may read
	WorkGroup *uuid.UUID // nil: all; else only what was passed on to it
	Year      int        // of the meeting; 0: all
	Kind      Kind       // empty: all
	Limit     int        // hits to give; 0: 20, at most 100
	Offset    int        // hits to skip
}

// Result is what was found.
type Result struct {
	Total int // hits in all, of which Hits are some
	Hits  []Hit
}

// Hit is one item that was found.
type Hit struct {
	Item
	Snippet []Piece // of the text, around the words that were found
}

// Piece is a stretch of a snippet.
type Piece struct {
	Text string // plain: whoever makes HTML of it escapes it
	Mark bool   // it is what was looked for
}

// Hits on a page.
const (
	usualHits = 20
	mostHits  = 100
)

// Find gives the items that hold every word, those with the exact words first, then other forms of
// them, then compounds of them; among equals the latest meeting first. When there are none, words
// that nothing has are taken for misspelt; and a question is answered with what holds most of its
// words. It refuses with fault.Invalid a query that has no words, or too many.
//
// What the actor may not read is neither found nor counted.
func Find(tx *store.Tx, by access.Actor, q Query) (*Result, error) {
	asked, err := q.read()
	if err != nil {
		return nil, err
	}
	within, possible, err := q.within(tx, by)
	if err != nil || !possible {
		return &Result{}, err
	}
	f := finder{tx: tx, engine: engineOf(tx), within: within}
	if err := f.together(asked); err != nil {
		return nil, err
	}
	limit := min(q.Limit, mostHits)
	if limit <= 0 {
		limit = usualHits
	}
	for _, attempt := range []func(finder, []wanted, int, int) ([]int64, int, error){strict, loosened, question} {
		numbers, total, err := attempt(f, asked, limit, max(q.Offset, 0))
		if err != nil {
			return nil, err
		}
		if total > 0 {
			hits, err := f.hits(numbers, asked)
			return &Result{Total: total, Hits: hits}, err
		}
	}
	return &Result{}, nil
}

// within gives what every hit must fulfil, and false when nothing can.
func (q Query) within(tx *store.Tx, by access.Actor) (expr, bool, error) {
	every, forums, err := readable(tx, by)
	if err != nil {
		return expr{}, false, err
	}
	if q.Forum != nil {
		if !every && !slices.Contains(forums, *q.Forum) {
			return expr{}, false, nil
		}
		every, forums = false, []uuid.UUID{*q.Forum}
	}
	var filters, of []expr
	for _, id := range forums {
		of = append(of, tagExpr(idTerm(markForum, id)))
	}
	if !every {
		if len(of) == 0 {
			return expr{}, false, nil
		}
		filters = append(filters, or(of...))
	}
	if q.WorkGroup != nil {
		filters = append(filters, tagExpr(idTerm(markWorkGroup, *q.WorkGroup)))
	}
	if q.Year != 0 {
		filters = append(filters, tagExpr(yearTerm(q.Year)))
	}
	if q.Kind != "" {
		if !slices.Contains(Kinds, q.Kind) {
			return expr{}, false, fault.On("kind", "Välj något av alternativen i listan.")
		}
		filters = append(filters, tagExpr(term(markKind, string(q.Kind))))
	}
	return and(filters...), true, nil
}

// strict looks for every word as it is written.
func strict(f finder, asked []wanted, limit, offset int) ([]int64, int, error) {
	levels := levelsOf(asked)
	if f.engine.query(levels[asWritten]) == f.engine.query(levels[last]) { // phrases and beginnings
		return f.page(levels[last], limit, offset)
	}
	total, err := f.count(levels[last])
	if err != nil || total == 0 {
		return nil, 0, err
	}
	numbers, err := f.ranked(levels, limit, offset)
	return numbers, total, err
}

// loosened looks for every word, those that nothing has as the vocabulary may have meant them. What
// it makes of them stays in asked.
func loosened(f finder, asked []wanted, limit, offset int) ([]int64, int, error) {
	better := false
	for i := range asked {
		if !asked[i].mayBeMisspelt() {
			continue
		}
		found, err := f.finds(asked[i].at[last])
		if err != nil {
			return nil, 0, err
		}
		if found {
			continue
		}
		stems, err := f.meant(asked[i].text)
		if err != nil {
			return nil, 0, err
		}
		if len(stems) > 0 {
			asked[i].mean(stems)
			better = true
		}
	}
	if !better {
		return nil, 0, nil
	}
	return strict(f, asked, limit, offset)
}

// question looks for what holds most of the words that carry meaning, when what was written is a
// question or a sentence and not a list of words that all shall be there.
func question(f finder, asked []wanted, limit, offset int) ([]int64, int, error) {
	var choices [][]expr
	for _, w := range asked {
		if !w.stop {
			choices = append(choices, w.at[:])
		}
	}
	if len(choices) == 0 || len(choices) == len(asked) && len(asked) < 4 {
		return nil, 0, nil
	}
	return f.most(choices, len(choices)/2+1, limit, offset)
}

// readable tells which forums' notes the actor may read: all, or those listed. The grants are
// asked at every search, so that a right taken away is gone at the next one.
func readable(tx *store.Tx, by access.Actor) (all bool, forums []uuid.UUID, err error) {
	if by.Is() { // has none of no roles: only the system has any
		return true, nil, nil
	}
	var grants []access.Grant
	err = tx.DB.Model(&access.Grant{}).
		Joins("JOIN identities ON identities.id = grants.identity_id AND identities.disabled_at IS NULL").
		Where("grants.identity_id = ? AND grants.role IN ?", by.ID, []access.Role{access.Coordinator, access.Member, access.Manager, access.Registrar}).
		Where("grants.valid_from <= ? AND (grants.valid_to IS NULL OR grants.valid_to > ?)", tx.Now, tx.Now).
		Order("grants.forum_id").Find(&grants).Error
	for _, g := range grants {
		switch {
		case g.Role == access.Manager, g.Role == access.Registrar, g.Role == access.Coordinator && g.ForumID == nil:
			all = true
		case g.ForumID != nil:
			forums = append(forums, *g.ForumID)
		}
	}
	if err != nil || all {
		return all, nil, err
	}
	occasions, err := by.Occasions(tx)
	return false, slices.Concat(slices.Compact(forums), occasions), err
}
