package minutes

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// DecisionState is a decision as the latest version of finalised minutes has it.
type DecisionState struct {
	ItemID    uuid.UUID `gorm:"primaryKey"`
	MinutesID uuid.UUID
	Number    int64 // of the version that says what it is
	Label     string
	Text      string
	Position  int64 // among the decisions of its minutes
	Struck    bool  // a correction has it no more

	Minutes Minutes `gorm:"foreignKey:MinutesID"` // with its meeting
}

// TableName is the table of DecisionState.
func (DecisionState) TableName() string { return "decisions" }

// Replacement is that a newer decision stands in the place of an older one. It is said of an item, which has the
// same id in the working text and in the frozen document.
type Replacement struct {
	ItemID     uuid.UUID `gorm:"primaryKey"` // the newer
	ReplacesID uuid.UUID `gorm:"primaryKey"`
	IdentityID *uuid.UUID
	At         time.Time
}

// TableName is the table of Replacement.
func (Replacement) TableName() string { return "decision_replacements" }

// followDecisions brings the rows of decisions up to a new version.
func followDecisions(tx *store.Tx, d Document) error {
	if err := tx.DB.Model(&DecisionState{}).Where("minutes_id = ?", d.MinutesID).Update("struck", true).Error; err != nil {
		return err
	}
	var rows []DecisionState
	d.Items(func(_ DocumentAgenda, i DocumentItem) {
		if i.Kind == Decision {
			rows = append(rows, DecisionState{ItemID: i.ID, MinutesID: d.MinutesID, Number: d.Number, Label: i.Label, Text: i.Text, Position: int64(len(rows))})
		}
	})
	for n := range rows {
		err := tx.DB.Omit("Minutes").Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "item_id"}}, DoUpdates: clause.AssignmentColumns([]string{"number", "label", "text", "position", "struck"})}).Create(&rows[n]).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// Standing says whether a decision holds.
type Standing string

// The standings; empty: any.
const (
	InForce  Standing = "in-force"
	Replaced Standing = "replaced"
)

// DecisionSelection says which decisions a list has. What is empty narrows nothing.
type DecisionSelection struct {
	ForumID      *uuid.UUID
	Year         int
	Organisation string // that took part in the meeting
	Standing     Standing
	Text         string // that stands in it
	Row          string // of the plan, as the plan calls it
}

// DecisionTaken is a decision with the meeting that took it, and what it stands in the place of and what in its.
type DecisionTaken struct {
	DecisionState
	Replaced   bool            // by one that is finalised, whoever may read that
	Replaces   []DecisionState // those that the reader may read
	ReplacedBy []DecisionState
}

// Decisions lists the decisions of finalised minutes that the actor may read, as their latest
// versions have them, those of the latest meeting first. It is logged, as reading minutes is.
func Decisions(tx *store.Tx, by access.Actor, s DecisionSelection) ([]DecisionTaken, error) {
	found, err := selectDecisions(tx, by, s.narrow(tx, by))
	if err != nil {
		return nil, err
	}
	if s.Text != "" {
		found = slices.DeleteFunc(found, func(d DecisionState) bool { return !strings.Contains(strings.ToLower(d.Text), strings.ToLower(s.Text)) })
	}
	all, err := chained(tx, by, found)
	if err != nil {
		return nil, err
	}
	return all, access.Log(tx, by, "read decisions", "minutes", uuid.Nil)
}

// narrow puts a selection into a question; the text is looked for in Go, as databases know Swedish letters differently.
func (s DecisionSelection) narrow(tx *store.Tx, by access.Actor) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		if s.ForumID != nil {
			q = q.Where("meetings.forum_id = ?", *s.ForumID)
		}
		if s.Year != 0 {
			q = q.Where("meetings.date >= ? AND meetings.date <= ?", almanac.Date{Year: s.Year, Month: 1, Day: 1}, almanac.Date{Year: s.Year, Month: 12, Day: 31})
		}
		if s.Organisation != "" {
			q = q.Where("EXISTS (?)", tx.DB.Model(&Attendance{}).Select("1").
				Where("attendances.minutes_id = minutes.id AND attendances.organisation = ? AND attendances.state IN ?", storable(s.Organisation), []State{Present, Substitute}))
		}
		newer := tx.DB.Model(&Replacement{}).Select("1").Joins("JOIN decisions AS newer ON newer.item_id = decision_replacements.item_id AND NOT newer.struck").
			Where("decision_replacements.replaces_id = decisions.item_id")
		switch s.Standing {
		case InForce:
			q = q.Where("NOT EXISTS (?)", newer)
		case Replaced:
			q = q.Where("EXISTS (?)", newer)
		}
		return tied(tx, by, "decisions", s.Row)(q)
	}
}

// selectDecisions finds decisions that the actor may read, without what replaces what.
func selectDecisions(tx *store.Tx, by access.Actor, narrow func(*gorm.DB) *gorm.DB) ([]DecisionState, error) {
	var all []DecisionState
	return all, tx.DB.Scopes(readable(tx, by, "decisions"), narrow).Preload("Minutes.Meeting.Forum").Where("NOT decisions.struck").
		Order("meetings.starts_at DESC, decisions.minutes_id, decisions.position").Find(&all).Error
}

// chained adds what each stands in the place of.
func chained(tx *store.Tx, by access.Actor, found []DecisionState) ([]DecisionTaken, error) {
	var links []Replacement
	if err := tx.DB.Joins("JOIN decisions AS newer ON newer.item_id = decision_replacements.item_id AND NOT newer.struck").
		Order("decision_replacements.at, decision_replacements.replaces_id").Find(&links).Error; err != nil {
		return nil, err
	}
	ends := []uuid.UUID{uuid.Nil}
	for _, l := range links {
		ends = append(ends, l.ItemID, l.ReplacesID)
	}
	seen, err := selectDecisions(tx, by, func(q *gorm.DB) *gorm.DB { return q.Where("decisions.item_id IN ?", ends) })
	if err != nil {
		return nil, err
	}
	byID := map[uuid.UUID]DecisionState{}
	for _, d := range seen {
		byID[d.ItemID] = d
	}
	all := make([]DecisionTaken, len(found))
	for n, d := range found {
		all[n].DecisionState = d
		for _, l := range links {
			older, readsOlder := byID[l.ReplacesID]
			if l.ItemID == d.ItemID && readsOlder {
				all[n].Replaces = append(all[n].Replaces, older)
			}
			if l.ReplacesID == d.ItemID {
				all[n].Replaced = true
				if newer, reads := byID[l.ItemID]; reads {
					all[n].ReplacedBy = append(all[n].ReplacedBy, newer)
				}
			}
		}
	}
	return all, nil
}

// OneDecision gives a decision of finalised minutes with what stands before and after it. It is logged. It refuses with
// fault.NotFound what is struck, not finalised or not the actor's to read.
func OneDecision(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*DecisionTaken, error) {
	found, err := selectDecisions(tx, by, func(q *gorm.DB) *gorm.DB { return q.Where("decisions.item_id = ?", itemID) })
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fault.Missing()
	}
	all, err := chained(tx, by, found)
	if err != nil {
		return nil, err
	}
	return &all[0], access.Log(tx, by, "read decision", "decision", itemID)
}

// Chain gives everything that a decision came of and that came of it, as far as the actor may read, the oldest first.
func Chain(tx *store.Tx, by access.Actor, itemID uuid.UUID) ([]DecisionTaken, error) {
	found, err := selectDecisions(tx, by, func(q *gorm.DB) *gorm.DB { return q })
	if err != nil {
		return nil, err
	}
	all, err := chained(tx, by, found)
	if err != nil {
		return nil, err
	}
	in := map[uuid.UUID]bool{itemID: true}
	slices.Reverse(all)
	for grown := true; grown; { // each round goes one step further; only later meetings replace, so it ends
		grown = false
		for _, d := range all {
			for _, other := range slices.Concat(d.Replaces, d.ReplacedBy) {
				if in[other.ItemID] != in[d.ItemID] {
					in[other.ItemID], in[d.ItemID], grown = true, true, true
				}
			}
		}
	}
	return slices.DeleteFunc(all, func(d DecisionTaken) bool { return !in[d.ItemID] }), nil
}

// DecisionOrganisations gives the organisations that took part in meetings whose decisions the actor may read, by name.
func DecisionOrganisations(tx *store.Tx, by access.Actor) (names []string, err error) {
	return names, tx.DB.Model(&DecisionState{}).Scopes(readable(tx, by, "decisions")).Joins("JOIN attendances ON attendances.minutes_id = decisions.minutes_id").
		Where("NOT decisions.struck AND attendances.organisation <> '' AND attendances.state IN ?", []State{Present, Substitute}).
		Distinct().Order("attendances.organisation").Pluck("attendances.organisation", &names).Error
}

// FindDecision tells, whoever asks, whether a decision is finalised and stands. It refuses with fault.NotFound.
func FindDecision(tx *store.Tx, itemID uuid.UUID) error {
	return store.Found(tx.DB.First(&DecisionState{}, "item_id = ? AND NOT struck", itemID).Error)
}

// replacedOf tells which decisions of some minutes have a newer, finalised one in their place.
func replacedOf(tx *store.Tx, minutesID uuid.UUID) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	err := tx.DB.Model(&Replacement{}).Joins("JOIN decisions AS newer ON newer.item_id = decision_replacements.item_id AND NOT newer.struck").
		Joins("JOIN decisions AS older ON older.item_id = decision_replacements.replaces_id").Where("older.minutes_id = ?", minutesID).
		Pluck("decision_replacements.replaces_id", &ids).Error
	replaced := map[uuid.UUID]bool{}
	for _, id := range ids {
		replaced[id] = true
	}
	return replaced, err
}
