package search

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/almanac"
	"samverkan/internal/store"
)

// Kind says what sort of item of the minutes was found.
type Kind string

// The kinds.
const (
	Note     Kind = "note"
	Decision Kind = "decision"
	Action   Kind = "action"
	Relay    Kind = "relay" // passed on to work groups

	Attachment Kind = "attachment" // a piece of a file that finalised minutes name
	Laid       Kind = "laid"       // a piece of old notes that stand for a meeting's; MinutesID is the file's own id
)

// Kinds are all of them, in the order in which they are shown.
var Kinds = []Kind{Note, Decision, Action, Relay, Attachment, Laid}

// Item is what is found: a paragraph of the notes, a decision, an action, what was passed on, or a piece of a
// file.
type Item struct {
	ID                uuid.UUID // stable: the same in every version of the minutes
	MinutesID         uuid.UUID
	MinutesExternalID string // empty: not imported
	MeetingID         uuid.UUID
	ForumID           uuid.UUID
	WorkGroupIDs      []uuid.UUID `gorm:"serializer:json"` // that it was passed on to
	OrganisationIDs   []uuid.UUID `gorm:"serializer:json"` // that were called to the meeting or took part
	Kind              Kind
	Date              almanac.Date // of the meeting
	Title             string       // heading on the agenda, or the title of the meeting; found as well
	Text              string       // without markup
	Anchor            string       // id on the page of the minutes, without #
}

// FileID is the file that the item is a piece of; Nil for what is no file.
func (i Item) FileID() uuid.UUID {
	named, isFile := strings.CutPrefix(i.Anchor, FileAnchor)
	if !isFile {
		return uuid.Nil
	}
	id, err := uuid.Parse(named)
	if err != nil {
		return uuid.Nil
	}
	return id
}

// FileAnchor begins the anchor of a file, before its id.
const FileAnchor = "f-"

// row is an item as it is stored.
type row struct {
	Number   int64 `gorm:"primaryKey;autoIncrement:false"`
	Item     `gorm:"embedded"`
	Analyser int64
}

// TableName is the table of row.
func (row) TableName() string { return "search_items" }

// word is a word of the vocabulary.
type word struct {
	Word     string `gorm:"primaryKey"`
	Stem     string
	Plain    string
	Mirror   string
	Parts    string
	Analyser int64
}

// TableName is the table of word.
func (word) TableName() string { return "search_words" }

// How much one statement takes. SQLite allows 32,766 values in one, PostgreSQL 65,535.
const (
	rowsAtOnce   = 500
	valuesAtOnce = 20_000
	pagesAtOnce  = 500 // of SQLite's index, 4 KB each
)

// Index replaces what is found of one protocol's minutes, in the caller's transaction: with no
// items nothing is found of them any more, and words that stood nowhere else are forgotten.
func Index(tx *store.Tx, minutesID uuid.UUID, items []Item) error {
	var old []row
	if err := tx.DB.Where("minutes_id = ?", minutesID).Find(&old).Error; err != nil {
		return err
	}
	if err := remove(tx, old); err != nil {
		return err
	}
	rows, err := numbered(tx, items)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		if err := tx.DB.CreateInBatches(rows, rowsAtOnce).Error; err != nil {
			return err
		}
		if err := put(tx, rows); err != nil {
			return err
		}
	}
	return forget(tx, old, rows)
}

func itemsOf(rows []row) []Item {
	items := make([]Item, len(rows))
	for i, r := range rows {
		items[i] = r.Item
	}
	return items
}

func remove(tx *store.Tx, rows []row) error {
	for some := range slices.Chunk(numbersOf(rows), valuesAtOnce) {
		if err := tx.DB.Exec("DELETE FROM search_index WHERE "+engineOf(tx).number+" IN ?", some).Error; err != nil {
			return err
		}
		if err := tx.DB.Where("number IN ?", some).Delete(&row{}).Error; err != nil {
			return err
		}
	}
	return nil
}

func numbersOf(rows []row) []int64 {
	numbers := make([]int64, len(rows))
	for i, r := range rows {
		numbers[i] = r.Number
	}
	return numbers
}

// numbered makes rows of items, each with a number that no other row has.
func numbered(tx *store.Tx, items []Item) ([]row, error) {
	rows := make([]row, 0, len(items))
	for _, i := range items {
		i.Title, i.Text = clean(i.Title), clean(i.Text)
		if i.WorkGroupIDs == nil {
			i.WorkGroupIDs = []uuid.UUID{}
		}
		if i.OrganisationIDs == nil {
			i.OrganisationIDs = []uuid.UUID{}
		}
		rows = append(rows, row{Number: number(i.Date, i.ID), Item: i, Analyser: Version})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	reserved := map[int64]bool{} // by rows that stand already
	for {
		taken := maps.Clone(reserved)
		for i := range rows {
			for taken[rows[i].Number] {
				rows[i].Number-- // next in the order of ids
			}
			taken[rows[i].Number] = true
		}
		others, err := standing(tx, rows)
		if err != nil || len(others) == 0 {
			return rows, err
		}
		for _, n := range others {
			reserved[n] = true
		}
	}
}

// standing gives the numbers of rows that other rows have already.
func standing(tx *store.Tx, rows []row) (numbers []int64, err error) {
	for some := range slices.Chunk(numbersOf(rows), valuesAtOnce) {
		var found []int64
		if err := tx.DB.Model(&row{}).Where("number IN ?", some).Pluck("number", &found).Error; err != nil {
			return nil, err
		}
		numbers = append(numbers, found...)
	}
	return numbers, nil
}

// put writes the terms of rows, whose earlier terms are gone, and their words.
func put(tx *store.Tx, rows []row) error {
	parts, err := learn(tx, vocabularyOf(itemsOf(rows)))
	if err != nil {
		return err
	}
	e := engineOf(tx)
	for some := range slices.Chunk(rows, rowsAtOnce) {
		var values []any
		for _, r := range some {
			t := analyse(r.Item, func(word string) []string { return parts[word] })
			values = append(values, r.Number, e.write(t))
		}
		places := strings.TrimSuffix(strings.Repeat("(?, "+e.value+"), ", len(some)), ", ")
		if err := tx.DB.Exec("INSERT INTO search_index ("+e.number+", terms) VALUES "+places, values...).Error; err != nil {
			return err
		}
	}
	return nil
}

// learn gives what compounds among words are made of, and keeps the words that it did not know.
func learn(tx *store.Tx, words []string) (map[string][]string, error) {
	parts := map[string][]string{}
	known := map[string]bool{}
	for some := range slices.Chunk(words, valuesAtOnce) {
		var rows []word
		if err := tx.DB.Select("word", "parts").Where("word IN ?", some).Find(&rows).Error; err != nil {
			return nil, err
		}
		for _, w := range rows {
			known[w.Word] = true
			if w.Parts != "" {
				parts[w.Word] = strings.Fields(w.Parts)
			}
		}
	}
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return known[w] })
	l, err := lexiconFor(tx, words)
	if err != nil || len(words) == 0 {
		return parts, err
	}
	fresh := make([]word, len(words))
	for i, w := range words {
		fresh[i] = l.entry(w)
		parts[w] = strings.Fields(fresh[i].Parts)
	}
	// In the order of the words, so that two transactions that learn the same do not lock each other out.
	return parts, tx.DB.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(fresh, rowsAtOnce).Error
}

// lexiconFor looks up what could be a part of words: in the vocabulary, and among words themselves.
func lexiconFor(tx *store.Tx, words []string) (lexicon, error) {
	l, asked := lexicon{}, map[string]bool{}
	fresh := map[string]bool{}
	for _, w := range words {
		fresh[stem(w)] = true
	}
	for _, w := range words {
		for _, s := range candidates(w) {
			if fresh[s] {
				l[s] = true
			} else {
				asked[s] = true
			}
		}
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(asked)), valuesAtOnce) {
		var found []string
		if err := tx.DB.Model(&word{}).Where("stem IN ?", some).Distinct().Pluck("stem", &found).Error; err != nil {
			return nil, err
		}
		for _, s := range found {
			l[s] = true
		}
	}
	return l, nil
}

func (l lexicon) entry(w string) word {
	s := stem(w)
	p := plain(s)
	return word{Word: w, Stem: s, Plain: p, Mirror: mirror(p), Parts: strings.Join(l.split(w), " "), Analyser: Version}
}

// forget takes words out of the vocabulary that stood in old and stand in no item any more. What
// is removed from the minutes shall not live on as a suggestion.
func forget(tx *store.Tx, old, rows []row) error {
	kept := map[string]bool{}
	for _, w := range vocabularyOf(itemsOf(rows)) {
		kept[w] = true
	}
	gone := slices.DeleteFunc(vocabularyOf(itemsOf(old)), func(w string) bool { return kept[w] })
	e := engineOf(tx)
	for some := range slices.Chunk(gone, rowsAtOnce) {
		var values []any
		for _, w := range some {
			values = append(values, w, e.query(wordExpr(w)))
		}
		places := strings.TrimSuffix(strings.Repeat("(?, ?), ", len(some)), ", ")
		err := tx.DB.Exec("WITH gone (word, query) AS (VALUES "+places+") DELETE FROM search_words WHERE word IN ("+
			"SELECT word FROM gone WHERE NOT EXISTS (SELECT 1 FROM search_index WHERE "+e.match("gone.query")+"))", values...).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// Reindex brings up to date what an earlier analyser, or a smaller vocabulary, made of the items:
// batch rows in each transaction. It may be ended at any time and goes on where it was. progress
// is called after each batch. At the end SQLite's index, which grows a piece with every
// transaction, is made one again.
func Reindex(ctx context.Context, db *store.DB, batch int, progress func(done, total int)) error {
	if err := relearn(ctx, db, batch); err != nil {
		return err
	}
	if err := renewAll(ctx, db, batch, progress); err != nil || db.IsPostgres() {
		return err
	}
	return merge(ctx, db)
}

func renewAll(ctx context.Context, db *store.DB, batch int, progress func(done, total int)) error {
	var total int64
	stale := func(q *gorm.DB) *gorm.DB { return q.Where("analyser <> ?", Version) }
	if err := db.Read(ctx, func(tx *store.Tx) error { return tx.DB.Model(&row{}).Scopes(stale).Count(&total).Error }); err != nil {
		return err
	}
	for done := 0; ; {
		var rows []row
		err := db.Write(ctx, func(tx *store.Tx) error {
			rows = nil
			lock := clause.Locking{Strength: "UPDATE"} // two rotas may run
			if err := tx.DB.Clauses(lock).Scopes(stale).Order("analyser, number").Limit(batch).Find(&rows).Error; err != nil || len(rows) == 0 {
				return err
			}
			return renew(tx, rows)
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		done += len(rows)
		progress(done, max(done, int(total)))
	}
}

// renew analyses rows again and writes them anew.
func renew(tx *store.Tx, rows []row) error {
	numbers := numbersOf(rows)
	if err := tx.DB.Exec("DELETE FROM search_index WHERE "+engineOf(tx).number+" IN ?", numbers).Error; err != nil {
		return err
	}
	if err := put(tx, rows); err != nil {
		return err
	}
	return tx.DB.Model(&row{}).Where("number IN ?", numbers).Update("analyser", Version).Error
}

// merge puts the pieces of SQLite's index together, some at a time so that writers get in between
// (sqlite.org/fts5.html §6.8: a negative number begins, a positive one goes on, until nothing changes).
func merge(ctx context.Context, db *store.DB) error {
	for pages := -pagesAtOnce; ; pages = pagesAtOnce {
		var before, after int64
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := tx.DB.Raw("SELECT total_changes()").Scan(&before).Error; err != nil {
				return err
			}
			if err := tx.DB.Exec("INSERT INTO search_index (search_index, rank) VALUES ('merge', ?)", pages).Error; err != nil {
				return err
			}
			return tx.DB.Raw("SELECT total_changes()").Scan(&after).Error
		})
		if err != nil || after-before < 2 {
			return err
		}
	}
}

// relearn takes the vocabulary apart again: a compound that came before the word it is made of is
// now known as one. The items that have such words are marked, for Reindex to analyse.
func relearn(ctx context.Context, db *store.DB, batch int) error {
	var all []word
	if err := db.Read(ctx, func(tx *store.Tx) error { return tx.DB.Order("word").Find(&all).Error }); err != nil {
		return err
	}
	l := lexicon{}
	for _, w := range all {
		l[stem(w.Word)] = true
	}
	var changed []word
	for _, w := range all {
		if now := l.entry(w.Word); now != w {
			changed = append(changed, now)
		}
	}
	for some := range slices.Chunk(changed, batch) {
		if err := db.Write(ctx, func(tx *store.Tx) error { return correct(tx, some) }); err != nil {
			return err
		}
	}
	return nil
}

func correct(tx *store.Tx, words []word) error {
	e := engineOf(tx)
	for _, w := range words {
		if err := tx.DB.Model(&word{}).Where("word = ?", w.Word).
			Updates(map[string]any{"stem": w.Stem, "plain": w.Plain, "mirror": w.Mirror, "parts": w.Parts, "analyser": w.Analyser}).Error; err != nil {
			return err
		}
		with := tx.DB.Table("search_index").Select(e.number).Where(e.match("?"), e.query(wordExpr(w.Word)))
		if err := tx.DB.Model(&row{}).Where("number IN (?)", with).Update("analyser", 0).Error; err != nil {
			return err
		}
	}
	return nil
}
