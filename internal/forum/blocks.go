package forum

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// BlockKind says whom some days concern.
type BlockKind string

// The kinds.
const (
	LocalDay    BlockKind = "local"       // a committee's day, a reporting week: concerns every forum
	SchoolBreak BlockKind = "schoolBreak" // no meetings then for forums that follow the school year
)

// Block is some days that a year is planned around, both ends included.
type Block struct {
	ID         uuid.UUID
	ExternalID *string // its id in the imported plan
	Kind       BlockKind
	Name       string
	From       almanac.Date `gorm:"column:from_date"`
	To         almanac.Date `gorm:"column:to_date"`
	Blocks     bool         // no meeting is proposed then; false: it is told, and other days come first
	CreatedAt  time.Time
}

// TableName is the table of Block.
func (Block) TableName() string { return "planning_blocks" }

// In says the name. Those of the usual breaks have words in both languages; others are as they were
// written.
func (b Block) In(l lang.Language) string { return lang.Say(b.Name).In(l) }

// mostDaysOff is the longest that some days may be: a long summer break.
const mostDaysOff = 120

// Blocks lists the days that lie in part between two days, in order.
func Blocks(tx *store.Tx, by access.Actor, from, to almanac.Date) ([]Block, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	var all []Block
	err := tx.DB.Where("from_date <= ? AND to_date >= ?", to, from).Order("from_date, to_date, id").Find(&all).Error
	return all, err
}

// AddBlock records some days. It refuses with fault.Invalid, naming each field.
func AddBlock(tx *store.Tx, by access.Actor, b Block) (*Block, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	name, nameErr := deidentify.Line(tx.Now, "name", b.Name, 100)
	if err := fault.Join(nameErr, among("kind", b.Kind, LocalDay, SchoolBreak), checkDays(b.From, b.To)); err != nil {
		return nil, err
	}
	b.ID, b.Name, b.CreatedAt, b.Blocks = store.NewID(), name, tx.Now, b.Blocks || b.Kind == SchoolBreak
	if err := tx.DB.Create(&b).Error; err != nil {
		return nil, err
	}
	return &b, access.Log(tx, by, "add planning days", "planning-days", b.ID)
}

func checkDays(from, to almanac.Date) error {
	switch {
	case from.IsZero():
		return fault.On("from", "Välj en första dag.")
	case to.Before(from):
		return fault.On("to", "Den sista dagen måste vara samma dag som den första, eller senare.")
	case to.After(from.AddDays(mostDaysOff)):
		return fault.On("to", "Högst %d dagar i taget. Dela upp dem.", mostDaysOff)
	}
	return nil
}

// RemoveBlock takes some days away. Meetings stay as they are. It refuses with fault.NotFound when
// they are not there.
func RemoveBlock(tx *store.Tx, by access.Actor, id uuid.UUID) error {
	if err := by.Require(access.Coordinator); err != nil {
		return err
	}
	gone := tx.DB.Delete(&Block{}, "id = ?", id)
	if gone.Error != nil {
		return gone.Error
	}
	if gone.RowsAffected == 0 {
		return fault.Missing()
	}
	return access.Log(tx, by, "remove planning days", "planning-days", id)
}

// WithUsualBreaks adds to days the school breaks that a municipality usually has in year, where none
// of that name has been given for it: so that a forum that follows the school year is kept free
// of them before anybody has looked them up.
func WithUsualBreaks(days []Block, year int) []Block {
	given := map[string]bool{}
	for _, b := range days {
		name := strings.ToLower(b.Name)
		given[name] = given[name] || b.Kind == SchoolBreak && (b.From.Year == year || b.To.Year == year)
	}
	for _, usual := range almanac.SchoolBreaks(year) {
		if !given[usual.Name] {
			days = append(days, Block{Kind: SchoolBreak, Name: usual.Name, From: usual.From, To: usual.To, Blocks: true})
		}
	}
	return days
}
