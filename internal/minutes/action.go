package minutes

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// ActionState is the living state of an action in finalised minutes.
type ActionState struct {
	ItemID     uuid.UUID `gorm:"primaryKey"`
	MinutesID  uuid.UUID
	Number     int64 // of the version that says what it is
	Label      string
	Text       string
	Owner      string
	Due        almanac.Date // that holds
	StatedDue  almanac.Date // that the minutes say
	Outcome    string       // "", done, dropped or replaced
	ClosedAt   *time.Time
	ClosedByID *uuid.UUID

	ClosedOn      almanac.Date // when it was done
	ClosedComment string       // how it went, or why it was dropped
	ReplacedByID  *uuid.UUID   // a later action or decision

	InheritedFrom string // whom the minutes name, when Owner has taken over since; empty: Owner is

	OwnerContactID      *uuid.UUID // who answers for it, where it is known; one of three at most
	OwnerOrganisationID *uuid.UUID
	OwnerIdentityID     *uuid.UUID

	Minutes Minutes `gorm:"foreignKey:MinutesID"` // with its meeting, where a list shows it
}

// TableName is the table of ActionState.
func (ActionState) TableName() string { return "actions" }

// OwnedBy tells whether a contact is the one who answers for it.
func (a ActionState) OwnedBy(contact uuid.UUID) bool {
	return a.OwnerContactID != nil && *a.OwnerContactID == contact
}

// Known tells whether somebody who can be written to is known to answer for it.
func (a ActionState) Known() bool {
	return a.OwnerContactID != nil || a.OwnerOrganisationID != nil || a.OwnerIdentityID != nil
}

// Change is one thing that became of an action.
type Change struct {
	ID         uuid.UUID
	ItemID     uuid.UUID
	Kind       string // done, dropped, replaced, reopened, owner, due or cannot
	Was        string // owner or last day before
	Became     string
	Comment    string
	IdentityID *uuid.UUID
	ContactID  *uuid.UUID // by its link
	At         time.Time
}

// TableName is the table of Change.
func (Change) TableName() string { return "action_changes" }

func (c Change) keep(tx *store.Tx) error {
	c.ID, c.At = store.NewID(), tx.Now
	return tx.DB.Create(&c).Error
}

// Changes gives what became of an action, the latest first, to whoever may read it.
func Changes(tx *store.Tx, by access.Actor, itemID uuid.UUID) ([]Change, error) {
	if _, err := ReadAction(tx, by, itemID); err != nil {
		return nil, err
	}
	var all []Change
	return all, tx.DB.Order("at DESC, id DESC").Find(&all, "item_id = ?", itemID).Error
}

// follow brings the living rows of actions and decisions up to a new version. One that a correction struck
// is dropped, not forgotten.
func follow(tx *store.Tx, by access.Actor, d Document) error {
	standing := []uuid.UUID{uuid.Nil} // never empty: NOT IN of nothing is not portable
	var rows []ActionState
	d.Items(func(_ DocumentAgenda, i DocumentItem) {
		if i.Kind == Action {
			standing = append(standing, i.ID)
			rows = append(rows, ActionState{ItemID: i.ID, MinutesID: d.MinutesID, Number: d.Number, Label: i.Label, Text: i.Text, Owner: i.Owner, Due: i.Due, StatedDue: i.Due})
		}
	})
	for i := range rows {
		if err := rows[i].stay(tx); err != nil {
			return err
		}
		columns := []string{"number", "label", "text", "owner", "due", "stated_due", "inherited_from", "owner_contact_id", "owner_organisation_id", "owner_identity_id"}
		err := tx.DB.Omit("Minutes").Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "item_id"}}, DoUpdates: clause.AssignmentColumns(columns)}).Create(&rows[i]).Error
		if err != nil {
			return err
		}
	}
	var struck []ActionState
	if err := tx.DB.Find(&struck, "minutes_id = ? AND outcome = '' AND item_id NOT IN ?", d.MinutesID, standing).Error; err != nil {
		return err
	}
	for n := range struck {
		if err := struck[n].close(tx, Closing{Outcome: "dropped", Comment: d.Reason}, Change{ItemID: struck[n].ItemID, IdentityID: by.By()}); err != nil {
			return err
		}
	}
	return followDecisions(tx, d)
}

// Closing is how an action ends.
type Closing struct {
	Outcome      string       // done, dropped or replaced
	On           almanac.Date // when it was done; zero: today
	Comment      string       // of done, if any; of dropped, why
	ReplacedByID *uuid.UUID   // of replaced: a later action or decision
}

// check refuses with fault.Invalid, naming each field.
func (c *Closing) check(tx *store.Tx, a *ActionState) error {
	comment, commentErr := deidentify.OptionalLine(tx.Now, "comment", c.Comment, 500)
	c.Comment = comment
	today := almanac.DateOf(tx.Now, a.Minutes.Meeting.Location())
	if c.Outcome != "done" || c.On.IsZero() {
		c.On = today
	}
	var outcomeErr, onErr, replacedErr error
	switch c.Outcome {
	case "done":
		if c.On.After(today) {
			onErr = fault.On("on", "Dagen har inte varit än.")
		}
	case "dropped":
		if comment == "" && commentErr == nil {
			commentErr = fault.On("comment", "Skriv varför uppgiften stryks.")
		}
	case "replaced":
		if c.ReplacedByID == nil {
			replacedErr = fault.On("replacedById", "Välj vad som ersätter uppgiften.")
		}
	default:
		outcomeErr = fault.On("outcome", "Välj ett av alternativen.")
	}
	if c.Outcome != "replaced" {
		c.ReplacedByID = nil
	}
	return fault.Join(outcomeErr, onErr, commentErr, replacedErr)
}

// Close ends an action: done, dropped without being done, or replaced by a later action or decision, and gives
// it as it then is. Closing a closed one changes nothing. It refuses with fault.Invalid, naming the field.
func Close(tx *store.Tx, by access.Actor, itemID uuid.UUID, c Closing) (*ActionState, error) {
	a, err := holdAction(tx, by, itemID)
	if err != nil || a.Outcome != "" {
		return a, err
	}
	if err := c.check(tx, a); err != nil {
		return nil, err
	}
	if c.ReplacedByID != nil {
		if err := a.replaceable(tx, by, *c.ReplacedByID); err != nil {
			return nil, err
		}
	}
	if err := a.close(tx, c, Change{ItemID: itemID, Comment: c.Comment, IdentityID: by.By()}); err != nil {
		return nil, err
	}
	return a, access.Log(tx, by, c.Outcome+" action", "action", itemID)
}

// replaceable refuses what cannot stand in an action's place: only what a later meeting noted can, so that no
// chain comes back to where it began.
func (a *ActionState) replaceable(tx *store.Tx, by access.Actor, id uuid.UUID) error {
	later, err := LaterThan(tx, by, a)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(later, func(s Successor) bool { return s.ID == id }) {
		return fault.On("replacedById", "Välj en uppgift eller ett beslut från ett senare möte.")
	}
	return nil
}

// close writes how an action ended.
func (a *ActionState) close(tx *store.Tx, c Closing, change Change) error {
	change.Kind = c.Outcome
	a.Outcome, a.ClosedAt, a.ClosedByID, a.ClosedOn, a.ClosedComment, a.ReplacedByID = c.Outcome, &tx.Now, change.IdentityID, c.On, c.Comment, c.ReplacedByID
	if err := a.keep(tx); err != nil {
		return err
	}
	return change.keep(tx)
}

// keep writes how an action stands.
func (a *ActionState) keep(tx *store.Tx) error {
	return tx.DB.Model(&ActionState{}).Where("item_id = ?", a.ItemID).Updates(map[string]any{"outcome": a.Outcome, "closed_at": a.ClosedAt, "closed_by_id": a.ClosedByID,
		"closed_on": a.ClosedOn, "closed_comment": a.ClosedComment, "replaced_by_id": a.ReplacedByID}).Error
}

// moveDue moves an action's last day.
func (a *ActionState) moveDue(tx *store.Tx, due almanac.Date, change Change) error {
	change.Kind, change.Was, change.Became = "due", a.Due.String(), due.String()
	a.Due = due
	if err := tx.DB.Model(&ActionState{}).Where("item_id = ?", a.ItemID).Update("due", due).Error; err != nil {
		return err
	}
	return change.keep(tx)
}

// MoveDue gives an open action another last day; zero: none. The frozen minutes stay as they were. It
// refuses with fault.Conflict when it is closed.
func MoveDue(tx *store.Tx, by access.Actor, itemID uuid.UUID, due almanac.Date) error {
	a, err := holdOpen(tx, by, itemID)
	if err != nil || a.Due == due {
		return err
	}
	if err := a.moveDue(tx, due, Change{ItemID: itemID, IdentityID: by.By()}); err != nil {
		return err
	}
	return access.Log(tx, by, "move action", "action", itemID)
}

// Reopen takes back that an action is closed: it was reported or closed by mistake. Reopening an open
// one changes nothing. It refuses with fault.Conflict for one that is no longer in the minutes.
func Reopen(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*ActionState, error) {
	a, err := holdAction(tx, by, itemID)
	if err != nil || a.Outcome == "" {
		return a, err
	}
	var latest int64
	if err := tx.DB.Model(&Frozen{}).Where("minutes_id = ?", a.MinutesID).Select("MAX(number)").Scan(&latest).Error; err != nil {
		return nil, err
	}
	if a.Number < latest {
		return nil, fault.New(fault.Conflict, "Uppgiften är struken i den senaste versionen av anteckningarna och kan inte öppnas igen.")
	}
	a.Outcome, a.ClosedAt, a.ClosedByID, a.ClosedOn, a.ClosedComment, a.ReplacedByID = "", nil, nil, almanac.Date{}, "", nil
	if err := a.keep(tx); err != nil {
		return nil, err
	}
	if err := tx.DB.Model(&Report{}).Where("item_id = ? AND seen_at IS NULL", itemID).Updates(map[string]any{"seen_at": tx.Now, "seen_by_id": by.By()}).Error; err != nil {
		return nil, err
	}
	if err := (Change{ItemID: itemID, Kind: "reopened", IdentityID: by.By()}).keep(tx); err != nil {
		return nil, err
	}
	return a, access.Log(tx, by, "reopen action", "action", itemID)
}

// ReportOwn records what whoever answers for an action with an account here says of it: done, or time. It refuses with
// fault.NotFound everybody else but those who keep its minutes, and with fault.Conflict when it is closed.
func ReportOwn(tx *store.Tx, by access.Actor, itemID uuid.UUID, s Said) (*ActionState, error) {
	a, err := ReadAction(tx, by, itemID)
	if err != nil {
		return nil, err
	}
	if a.OwnerIdentityID == nil || *a.OwnerIdentityID != by.ID {
		if err := by.MayConvene(tx, a.Minutes.Meeting.ForumID); err != nil {
			return nil, err
		}
	}
	if err := store.Found(tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).First(&ActionState{}, "item_id = ?", itemID).Error); err != nil {
		return nil, err
	}
	if a, err = ReadAction(tx, by, itemID); err != nil { // as it is under the lock
		return nil, err
	}
	if a.Outcome != "" {
		return nil, errClosed()
	}
	today := almanac.DateOf(tx.Now, a.Minutes.Meeting.Location())
	if s.Kind == "cannot" {
		s.Kind = "" // is for whoever has only a link: here one talks to the coordinator
	}
	if err := s.check(tx, today); err != nil {
		return nil, err
	}
	change := Change{ItemID: itemID, Comment: s.Comment, IdentityID: by.By()}
	if s.Kind == "done" {
		err = a.close(tx, Closing{Outcome: "done", On: today, Comment: s.Comment}, change)
	} else {
		err = a.moveDue(tx, s.Due, change)
	}
	if err != nil {
		return nil, err
	}
	return a, access.Log(tx, by, "report own action", "action", itemID)
}

func errClosed() error {
	return fault.New(fault.Conflict, "Uppgiften är avslutad. Öppna den igen först.")
}

// holdAction locks an action of minutes that the actor keeps.
func holdAction(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*ActionState, error) {
	a := &ActionState{}
	if err := store.Found(tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).First(a, "item_id = ?", itemID).Error); err != nil {
		return nil, err
	}
	m, err := Draft(tx, by, a.MinutesID)
	if err != nil {
		return nil, err
	}
	a.Minutes = *m
	return a, nil
}

// holdOpen is holdAction for one that is open still.
func holdOpen(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*ActionState, error) {
	a, err := holdAction(tx, by, itemID)
	if err == nil && a.Outcome != "" {
		err = errClosed()
	}
	return a, err
}

// ActionSelection says which actions a list has.
type ActionSelection struct {
	Open    bool
	ForumID *uuid.UUID
	Row     string // of the plan, as the plan calls it; empty: any
}

// readable keeps actions or decisions of finalised minutes that the actor may read; table names them.
func readable(tx *store.Tx, by access.Actor, table string) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		return q.Joins("JOIN minutes ON minutes.id = " + table + ".minutes_id JOIN meetings ON meetings.id = minutes.meeting_id").
			Scopes(by.ReadsNotes(tx, "meetings.forum_id"))
	}
}

// Actions lists actions of finalised minutes that the actor may read, those still open first. It is
// logged, as reading minutes is, unless there are none.
func Actions(tx *store.Tx, by access.Actor, s ActionSelection) ([]ActionState, error) {
	q := tx.DB.Model(&ActionState{}).Scopes(readable(tx, by, "actions"), tied(tx, by, "actions", s.Row)).Preload("Minutes.Meeting.Forum")
	if s.Open {
		q = q.Where("actions.outcome = ''")
	}
	if s.ForumID != nil {
		q = q.Where("meetings.forum_id = ?", *s.ForumID)
	}
	var all []ActionState
	return all, logList(tx, by, q.Order("actions.outcome <> '', actions.due IS NULL, actions.due, actions.item_id").Find(&all))
}

// ReadAction gives an action of finalised minutes that the actor may read, with its meeting, and without a
// word in the log: that is for its callers, who know what is shown. It refuses with fault.NotFound.
func ReadAction(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*ActionState, error) {
	a := &ActionState{}
	err := tx.DB.Scopes(readable(tx, by, "actions")).Preload("Minutes.Meeting.Forum").First(a, "actions.item_id = ?", itemID).Error
	return a, store.Found(err)
}

// OpenAction is ReadAction for a page that shows what is to be done: it is logged.
func OpenAction(tx *store.Tx, by access.Actor, itemID uuid.UUID) (*ActionState, error) {
	a, err := ReadAction(tx, by, itemID)
	if err != nil {
		return nil, err
	}
	return a, access.Log(tx, by, "read action", "action", itemID)
}

// Successor is an action or a decision that can stand in an action's place.
type Successor struct {
	ID    uuid.UUID
	Kind  Kind
	Label string
	Text  string
	Forum string
	Date  almanac.Date
}

// LaterThan gives what later meetings noted and the actor may read: what can replace an action, the latest first.
func LaterThan(tx *store.Tx, by access.Actor, a *ActionState) ([]Successor, error) {
	var actions []ActionState
	if err := tx.DB.Scopes(readable(tx, by, "actions")).Preload("Minutes.Meeting.Forum").
		Where("meetings.starts_at > ?", a.Minutes.Meeting.StartsAt).Find(&actions).Error; err != nil {
		return nil, err
	}
	decisions, err := selectDecisions(tx, by, func(q *gorm.DB) *gorm.DB { return q.Where("meetings.starts_at > ?", a.Minutes.Meeting.StartsAt) })
	if err != nil {
		return nil, err
	}
	var all []Successor
	for _, o := range actions {
		all = append(all, Successor{o.ItemID, Action, o.Label, o.Text, o.Minutes.Meeting.Forum.Name, o.Minutes.Meeting.Date})
	}
	for _, o := range decisions {
		all = append(all, Successor{o.ItemID, Decision, o.Label, o.Text, o.Minutes.Meeting.Forum.Name, o.Minutes.Meeting.Date})
	}
	slices.SortStableFunc(all, func(a, b Successor) int { return cmp.Or(b.Date.Compare(a.Date), cmp.Compare(a.Label, b.Label)) })
	return all, nil
}

// ReplacedBy gives what stands in an action's place, nil when nothing does or the actor may not read it.
func ReplacedBy(tx *store.Tx, by access.Actor, a *ActionState) (*Successor, error) {
	if a.ReplacedByID == nil {
		return nil, nil
	}
	later, err := LaterThan(tx, by, a)
	if at := slices.IndexFunc(later, func(s Successor) bool { return s.ID == *a.ReplacedByID }); at >= 0 {
		return &later[at], err
	}
	return nil, err
}
