package minutes

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/forum"
	"samverkan/internal/store"
)

// Checkpoint is the working text as it stood before somebody went on with it. Saving overwrites the
// working text every few seconds; checkpoints are what one can go back to.
type Checkpoint struct {
	ID         uuid.UUID
	MinutesID  uuid.UUID
	Content    string // JSON of Working
	At         time.Time
	IdentityID *uuid.UUID // who began to write then; nil: the system
}

// TableName is the table of Checkpoint.
func (Checkpoint) TableName() string { return "minutes_checkpoints" }

// Working is the whole working text: who was there, and each heading with its items.
type Working struct {
	Attendance []WorkingAttendance `json:"attendance"` // nil: was not kept then
	Headings   []WorkingHeading    `json:"headings"`

	files []string // names of what a finished version names
}

// WorkingAttendance is who was there.
type WorkingAttendance struct {
	ID           uuid.UUID `json:"id"`
	Organisation string    `json:"organisation"`
	Role         string    `json:"role"`
	State        State     `json:"state"`
}

// Label is how it reads.
func (a WorkingAttendance) Label() string {
	return Attendance{Organisation: a.Organisation, Role: a.Role}.Label()
}

// WorkingHeading is a heading with its items.
type WorkingHeading struct {
	ID      uuid.UUID      `json:"id"`
	Title   string         `json:"title"`
	Kind    forum.ItemKind `json:"kind"`
	Minutes int64          `json:"minutes"`
	Items   []WorkingItem  `json:"items"`
}

// WorkingItem is an item and the version that it had.
type WorkingItem struct {
	ID        uuid.UUID    `json:"id"`
	Kind      Kind         `json:"kind"`
	Text      string       `json:"text"`
	Owner     string       `json:"owner"`
	Due       almanac.Date `json:"due"`
	Receivers []uuid.UUID  `json:"receivers"`
	Version   int64        `json:"version"`

	to string // the receivers' names, of a finished version
}

// Limits of checkpoints.
const (
	betweenCheckpoints = 5 * time.Minute
	maxCheckpoints     = 100
)

// working is the working text as it stands.
func (m *Minutes) working() Working {
	w := Working{Attendance: []WorkingAttendance{}}
	for _, a := range m.Attendances {
		w.Attendance = append(w.Attendance, WorkingAttendance{a.ID, a.Organisation, a.Role, a.State})
	}
	for _, a := range m.Agenda {
		h := WorkingHeading{ID: a.ID, Title: a.Title, Kind: a.Kind, Minutes: a.Minutes}
		for _, i := range m.Under(a.ID) {
			h.Items = append(h.Items, WorkingItem{ID: i.ID, Kind: i.Kind, Text: i.Text, Owner: i.Owner, Due: i.Due, Receivers: i.Receivers, Version: i.Version})
		}
		w.Headings = append(w.Headings, h)
	}
	return w
}

// checkpoint is keep for a change of what is written: of nothing there is nothing to go back to.
func (m *Minutes) checkpoint(tx *store.Tx, by access.Actor, must bool) error {
	if len(m.Items) == 0 {
		return nil
	}
	return m.keep(tx, by, must)
}

// keep keeps the working text before it is changed: when five minutes have passed since the
// last time, when somebody else writes, and always when must is set.
func (m *Minutes) keep(tx *store.Tx, by access.Actor, must bool) error {
	var last []Checkpoint
	if err := tx.DB.Omit("content").Where("minutes_id = ?", m.ID).Order("at DESC, id DESC").Limit(1).Find(&last).Error; err != nil {
		return err
	}
	if !must && len(last) > 0 && tx.Now.Sub(last[0].At) < betweenCheckpoints && same(last[0].IdentityID, by.By()) {
		return nil
	}
	content, err := json.Marshal(m.working())
	if err != nil {
		return err
	}
	if err := tx.DB.Create(&Checkpoint{store.NewID(), m.ID, string(content), tx.Now, by.By()}).Error; err != nil {
		return err
	}
	kept := tx.DB.Model(&Checkpoint{}).Select("id").Where("minutes_id = ?", m.ID).Order("at DESC, id DESC").Limit(maxCheckpoints)
	return tx.DB.Delete(&Checkpoint{}, "minutes_id = ? AND id NOT IN (?)", m.ID, kept).Error
}

func same(a, b *uuid.UUID) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// Checkpoints lists the checkpoints of a working text, the latest first, without their content. It
// refuses with fault.NotFound unless the actor keeps the notes.
func Checkpoints(tx *store.Tx, by access.Actor, minutesID uuid.UUID) ([]Checkpoint, error) {
	if _, err := Draft(tx, by, minutesID); err != nil {
		return nil, err
	}
	var all []Checkpoint
	return all, tx.DB.Omit("content").Where("minutes_id = ?", minutesID).Order("at DESC, id DESC").Find(&all).Error
}

// OpenCheckpoint gives a checkpoint, what has changed since, and the minutes. It is logged as opening
// the draft is, once a sitting.
func OpenCheckpoint(tx *store.Tx, by access.Actor, id uuid.UUID) (*Checkpoint, []Difference, *Minutes, error) {
	c := &Checkpoint{}
	if err := store.Found(tx.DB.First(c, "id = ?", id).Error); err != nil {
		return nil, nil, nil, err
	}
	m, err := Draft(tx, by, c.MinutesID)
	if err != nil {
		return nil, nil, nil, err
	}
	then, err := c.working()
	if err != nil {
		return nil, nil, nil, err
	}
	return c, compare(then, m.working()), m, DraftOpened(tx, by, m.ID)
}

func (c Checkpoint) working() (w Working, err error) {
	if err = json.Unmarshal([]byte(c.Content), &w); err != nil {
		err = fmt.Errorf("checkpoint %s: %w", c.ID, err)
	}
	return w, err
}

// Restore makes the working text what it was at a checkpoint, having made one of what stands now. The
// items keep their ids, so that a correction still knows them.
func Restore(tx *store.Tx, by access.Actor, id uuid.UUID) (*Minutes, error) {
	c := &Checkpoint{}
	if err := store.Found(tx.DB.First(c, "id = ?", id).Error); err != nil {
		return nil, err
	}
	m, err := editable(tx, by, c.MinutesID)
	if err != nil {
		return nil, err
	}
	then, err := c.working()
	if err != nil {
		return nil, err
	}
	if err := m.keep(tx, by, true); err != nil {
		return nil, err
	}
	if err := m.replace(tx, by, then); err != nil {
		return nil, err
	}
	if err := m.purge(tx, m.Items); err != nil {
		return nil, err
	}
	return m, access.Log(tx, by, "restore minutes", "minutes", m.ID)
}

// replace writes another working text over what stands now.
func (m *Minutes) replace(tx *store.Tx, by access.Actor, w Working) error {
	if err := m.replaceAttendance(tx, w.Attendance); err != nil {
		return err
	}
	var made []Item
	for n, h := range w.Headings {
		if err := tx.DB.Save(&AgendaItem{h.ID, m.ID, h.Title, h.Kind, h.Minutes, int64(n)}).Error; err != nil {
			return err
		}
		for _, i := range h.Items {
			made = append(made, Item{ID: i.ID, MinutesID: m.ID, AgendaItemID: h.ID, Kind: i.Kind, Text: i.Text, Owner: i.Owner, Due: i.Due, Receivers: i.Receivers,
				Position: int64(len(made)), Version: m.after(tx, i), UpdatedAt: tx.Now, UpdatedByID: by.By()})
		}
	}
	if err := tx.DB.Delete(&Item{}, "minutes_id = ?", m.ID).Error; err != nil {
		return err
	}
	for n := range made {
		if err := tx.DB.Create(&made[n]).Error; err != nil {
			return err
		}
	}
	for _, a := range m.Agenda {
		if !w.has(a.ID) {
			if err := tx.DB.Delete(&AgendaItem{}, "id = ?", a.ID).Error; err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *Minutes) replaceAttendance(tx *store.Tx, then []WorkingAttendance) error {
	if then == nil {
		return nil
	}
	stay := map[uuid.UUID]bool{}
	for n, a := range then {
		stay[a.ID] = true
		if err := tx.DB.Save(&Attendance{a.ID, m.ID, a.Organisation, a.Role, a.State, int64(n)}).Error; err != nil {
			return err
		}
	}
	for _, a := range m.Attendances {
		if stay[a.ID] {
			continue
		}
		if err := tx.DB.Delete(&Attendance{}, "id = ?", a.ID).Error; err != nil {
			return err
		}
	}
	return nil
}

// after is a version that no page has seen of an item: one that was struck since may have gone further
// than the checkpoint knows, but never as far as the clock.
func (m *Minutes) after(tx *store.Tx, then WorkingItem) int64 {
	for _, i := range m.Items {
		if i.ID == then.ID {
			return i.Version + 1
		}
	}
	return max(then.Version+1, tx.Now.Unix())
}

func (w Working) has(heading uuid.UUID) bool {
	for _, h := range w.Headings {
		if h.ID == heading {
			return true
		}
	}
	return false
}

// forgetWorking deletes the checkpoints of minutes that are finalised, and closes the fields that they were
// typed in: working material ends there (domain.md L7).
func forgetWorking(tx *store.Tx, minutesID uuid.UUID) error {
	if err := tx.DB.Delete(&Checkpoint{}, "minutes_id = ?", minutesID).Error; err != nil {
		return err
	}
	return tx.DB.Model(&Item{}).Where("minutes_id = ?", minutesID).Update("typed_in", nil).Error
}

// purge takes the numbers of persons and cases that were in items, and that the working text no longer
// holds, out of every checkpoint: what was removed must not stay where nobody looks.
func (m *Minutes) purge(tx *store.Tx, before []Item) error {
	suspect := false
	for _, i := range before {
		suspect = suspect || len(deidentify.Find(i.Text+"\n\n"+i.Owner, tx.Now)) > 0
	}
	if !suspect {
		return nil
	}
	stays, err := numbersNow(tx, m.ID)
	if err != nil {
		return err
	}
	var all []Checkpoint
	if err := tx.DB.Where("minutes_id = ?", m.ID).Find(&all).Error; err != nil {
		return err
	}
	for _, c := range all {
		w, err := c.working()
		if err != nil {
			return err
		}
		if !w.mask(tx.Now, stays) {
			continue
		}
		content, err := json.Marshal(w)
		if err != nil {
			return err
		}
		if err := tx.DB.Model(&Checkpoint{}).Where("id = ?", c.ID).Update("content", string(content)).Error; err != nil {
			return err
		}
	}
	return nil
}

// numbersNow gives the numbers that the working text holds.
func numbersNow(tx *store.Tx, minutesID uuid.UUID) (map[string]bool, error) {
	m := &Minutes{}
	if err := store.Found(whole(tx).First(m, "minutes.id = ?", minutesID).Error); err != nil {
		return nil, err
	}
	now, stays := m.working(), map[string]bool{}
	now.texts(func(text *string) {
		for _, f := range deidentify.Find(*text, tx.Now) {
			stays[number((*text)[f.Start:f.End])] = true
		}
	})
	return stays, nil
}

// mask hides the numbers that do not stay, and tells whether there were any.
func (w *Working) mask(today time.Time, stays map[string]bool) (masked bool) {
	w.texts(func(text *string) {
		var gone []deidentify.Finding
		for _, f := range deidentify.Find(*text, today) {
			if !stays[number((*text)[f.Start:f.End])] {
				gone = append(gone, f)
			}
		}
		if len(gone) > 0 {
			*text, masked = deidentify.Mask(*text, gone), true
		}
	})
	return masked
}

// texts calls fn with everything that somebody wrote.
func (w *Working) texts(fn func(*string)) {
	for a := range w.Attendance {
		fn(&w.Attendance[a].Organisation)
		fn(&w.Attendance[a].Role)
	}
	for h := range w.Headings {
		fn(&w.Headings[h].Title)
		for i := range w.Headings[h].Items {
			fn(&w.Headings[h].Items[i].Text)
			fn(&w.Headings[h].Items[i].Owner)
		}
	}
}

// number is the digits of a number, without the century, so that two ways of writing it are one.
func number(written string) string {
	var digits []byte
	for n := range len(written) {
		if c := written[n]; c >= '0' && c <= '9' {
			digits = append(digits, c)
		}
	}
	if len(digits) == 12 {
		digits = digits[2:]
	}
	return string(digits)
}
