// Package search finds minutes. What is found is an item: a paragraph of the notes, a decision, an
// action, or what was passed on. One analyser of our own, in Go, knows Swedish and writes terms;
// SQLite's FTS5 and PostgreSQL's GIN only hold them, so both find the same in the same order.
//
// Everything here is derived from the minutes: it is in no backup and can be indexed again.
package search

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Query is what somebody looks for.
type Query struct {
	Words        string       // as written: words, "an exact phrase", the beginning of a word*, -not this
	Forum        *uuid.UUID   // nil: all that the actor may read
	Organisation *uuid.UUID   // nil: all; else only of meetings that it was called to or took part in
	WorkGroup    *uuid.UUID   // nil: all; else only what was passed on to it
	Year         int          // of the meeting; 0: all
	From, To     almanac.Date // days of the meeting, both included; zero: no bound
	Kind         Kind         // empty: all
	Limit        int          // hits to give; 0: 20, at most 100
	Offset       int          // hits to skip
	Counted      bool         // the hits of each choice of a filter are counted too
}

// Result is what was found.
type Result struct {
	Total  int  // hits in all, of which Hits are some
	Exact  int  // of Total, those that hold every word as it was written, or a form or a compound of it
	Partly bool // no item has every word: these have most of them
	Hits   []Hit
	Meant  []string // words among Hits that were taken for what was meant
	Counts *Counts  // nil: not asked for
}

// Hit is one item that was found.
type Hit struct {
	Item
	Alike   bool    // holds a word that is only written almost as what was looked for
	Snippet []Piece // of the text, around the words that were found
}

// Piece is a stretch of a snippet.
type Piece struct {
	Text string // plain: whoever makes HTML of it escapes it
	Mark bool   // it is what was looked for
}

// Hits on a page, and how few there are when words that are written alike are looked for as well.
const (
	usualHits = 20
	mostHits  = 100
	fewHits   = 20
)

// Find gives the items that hold every word and none that a minus bars, those with the exact words first,
// then other forms of them, then compounds of them; among equals the latest meeting first. When there are
// few, what holds words that are written almost alike follows, and says so; and when there are none, a
// question is answered with what holds most of its words. It refuses with fault.Invalid a query that has
// nothing to look for, or too much.
//
// What the actor may not read is neither found nor counted. What is looked for does not depend on the
// filters, so that what a choice counts is what it then shows.
func Find(tx *store.Tx, by access.Actor, q Query) (*Result, error) {
	asked, barred, err := q.read()
	if err != nil {
		return nil, err
	}
	scope, possible, err := scopeOf(tx, by)
	if err != nil || !possible {
		return &Result{}, err
	}
	s := seeker{query: q, asked: asked, all: finder{tx: tx, engine: engineOf(tx), within: scope, barred: barred}}
	if err := s.filter(); err != nil {
		return nil, err
	}
	if err := s.all.together(asked); err != nil {
		return nil, err
	}
	return s.seek()
}

// seeker answers one query.
type seeker struct {
	query    Query
	asked    []wanted
	all      finder // in all that the actor may read, of the days that are asked for
	filtered finder // within the filters too
}

// seek decides how to look, in all that the actor may read, and looks within the filters.
func (s *seeker) seek() (*Result, error) {
	exact := levelsOf(s.asked)[:last+1]
	limit := min(s.query.Limit, mostHits)
	if limit <= 0 {
		limit = usualHits
	}
	offset := max(s.query.Offset, 0)
	r := &Result{}
	numbers, total, err := s.filtered.ordered(exact, limit, offset)
	if err != nil {
		return nil, err
	}
	r.Exact, r.Total = total, total
	levels := exact
	widened, err := s.widen(exact[last], total)
	if err != nil {
		return nil, err
	}
	if widened {
		levels = levelsOf(s.asked)
		if numbers, r.Total, err = s.filtered.ordered(levels, limit, offset); err != nil {
			return nil, err
		}
	}
	statement, values := s.all.statement(levels[len(levels)-1])
	if r.Total == 0 {
		if r.Partly, err = s.partly(levels[len(levels)-1]); err != nil {
			return nil, err
		}
	}
	if r.Partly {
		choices, least := s.choices()
		if numbers, r.Total, err = s.filtered.mostOf(choices, least, limit, offset); err != nil {
			return nil, err
		}
		statement, values = s.all.sums(choices, least)
	}
	if s.query.Counted {
		if r.Counts, err = s.counts(statement, values); err != nil {
			return nil, err
		}
	}
	if r.Hits, err = s.all.hits(numbers, s.asked); err != nil {
		return nil, err
	}
	r.mark(offset, s.asked)
	return r, nil
}

// mark tells which hits are only alike, and what was meant there.
func (r *Result) mark(offset int, asked []wanted) {
	written := map[string]bool{}
	for _, w := range asked {
		written[w.text] = true
	}
	for i := range r.Hits {
		h := &r.Hits[i]
		if h.Alike = !r.Partly && offset+i >= r.Exact; !h.Alike {
			continue
		}
		for _, p := range h.Snippet {
			if word := strings.ToLower(p.Text); p.Mark && !written[word] && !slices.Contains(r.Meant, word) && len(r.Meant) < mostMeantShown {
				r.Meant = append(r.Meant, word)
			}
		}
	}
}

// mostMeantShown is how many words are told.
const mostMeantShown = 5

// widen lets words stand for those that are written almost alike, when few hold what was written: a word
// that nothing has is taken for misspelt. It tells whether that may find more.
func (s *seeker) widen(exact expr, filtered int) (bool, error) {
	n := filtered
	if n < fewHits && s.narrowed() {
		var err error
		if n, err = s.all.atMost(fewHits, exact); err != nil {
			return false, err
		}
	}
	if n >= fewHits {
		return false, nil
	}
	widened := false
	for i := range s.asked {
		w := &s.asked[i]
		if !w.mayBeMisspelt() {
			continue
		}
		there, err := s.all.finds(w.at[last])
		if err != nil {
			return false, err
		}
		look, stand := s.all.meant, w.mean
		if there {
			look, stand = s.all.alike, w.orAlike
		}
		stems, err := look(w.text)
		if err != nil {
			return false, err
		}
		if len(stems) > 0 {
			stand(stems)
			widened = true
		}
	}
	return widened, nil
}

// partly tells whether to look for what holds most of the words: when what was written is a question or a
// sentence, not a list of words that all shall be there, and nothing that the actor may read has them all.
func (s *seeker) partly(e expr) (bool, error) {
	choices, _ := s.choices()
	if len(choices) == 0 || len(choices) == len(s.asked) && len(s.asked) < 4 {
		return false, nil
	}
	if !s.narrowed() {
		return true, nil
	}
	there, err := s.all.finds(e)
	return !there, err
}

// choices are the words that carry meaning, and how many of them an item must hold.
func (s *seeker) choices() (choices [][]expr, least int) {
	for _, w := range s.asked {
		if !w.stop {
			choices = append(choices, w.at[:])
		}
	}
	return choices, len(choices)/2 + 1
}

// narrowed tells whether there is any filter beside the days.
func (s *seeker) narrowed() bool {
	return s.query.Forum != nil || s.query.Organisation != nil || s.query.WorkGroup != nil || s.query.Year != 0 || s.query.Kind != ""
}

// filter makes the filters part of what every hit must fulfil.
func (s *seeker) filter() error {
	q := s.query
	if !q.From.IsZero() {
		s.all.lowest = max(firstOf(q.From), 1)
	}
	if !q.To.IsZero() {
		s.all.most = firstOf(q.To) | (1<<daySlots - 1)
	}
	if !q.From.IsZero() && !q.To.IsZero() && q.To.Before(q.From) {
		return fault.On("to", "Till och med ska vara samma dag som från och med, eller senare.")
	}
	var of []expr
	for mark, id := range map[string]*uuid.UUID{markForum: q.Forum, markPartner: q.Organisation, markWorkGroup: q.WorkGroup} {
		if id != nil {
			of = append(of, tagExpr(idTerm(mark, *id)))
		}
	}
	if q.Year != 0 {
		of = append(of, tagExpr(yearTerm(q.Year)))
	}
	if q.Kind != "" {
		if !slices.Contains(Kinds, q.Kind) {
			return fault.On("kind", "Välj något av alternativen i listan.")
		}
		of = append(of, tagExpr(term(markKind, string(q.Kind))))
	}
	s.filtered = s.all
	if s.all.within.op != never {
		of = append(of, s.all.within)
	}
	s.filtered.within = and(of...)
	return nil
}

// scopeOf gives what every hit must fulfil for the actor, and false when nothing can.
func scopeOf(tx *store.Tx, by access.Actor) (expr, bool, error) {
	every, forums, err := readable(tx, by)
	if err != nil || every {
		return expr{}, every, err
	}
	var of []expr
	for _, id := range forums {
		of = append(of, tagExpr(idTerm(markForum, id)))
	}
	return or(of...), len(of) > 0, nil
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
