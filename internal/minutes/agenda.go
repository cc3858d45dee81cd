package minutes

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/store"
)

// Headings are the agenda of an earlier meeting.
type Headings struct {
	Date   almanac.Date // of that meeting
	Titles []string
}

// LastAgenda gives the headings of the forum's meeting before this one that has any; nil when there is none,
// and when all of them stand in these minutes already. What was noted under them is not in it.
func LastAgenda(tx *store.Tx, m *Minutes) (*Headings, error) {
	var found []Minutes
	headed := tx.DB.Model(&AgendaItem{}).Select("1").Where("agenda_items.minutes_id = minutes.id")
	err := whole(tx).Omit("Items", "Attendances").Joins("JOIN meetings ON meetings.id = minutes.meeting_id").
		Where("meetings.forum_id = ? AND meetings.starts_at < ? AND EXISTS (?)", m.Meeting.ForumID, m.Meeting.StartsAt, headed).
		Order("meetings.starts_at DESC, minutes.id DESC").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	last := &Headings{found[0].Meeting.Date, titles(found[0].Agenda)}
	if len(missing(last.Titles, titles(m.Agenda))) == 0 {
		return nil, nil
	}
	return last, nil
}

// CopyAgenda brings the headings of the forum's last meeting. An agenda that is still the forum's standing one
// and has nothing under it becomes that one; to any other what it lacks is added at the end, so that nothing typed is lost. It
// refuses with fault.Conflict when there is nothing to bring.
func CopyAgenda(tx *store.Tx, by access.Actor, minutesID uuid.UUID) error {
	m, err := editable(tx, by, minutesID)
	if err != nil {
		return err
	}
	last, err := LastAgenda(tx, m)
	if err != nil {
		return err
	}
	if last == nil {
		return fault.New(fault.Conflict, "Det finns ingen annan dagordning att hämta.")
	}
	have := titles(m.Agenda)
	if len(m.Items) == 0 && slices.EqualFunc(have, forum.Items(m.Meeting.Forum.Agenda), func(title string, i forum.StandingItem) bool { return title == i.Title }) {
		if err := tx.DB.Delete(&AgendaItem{}, "minutes_id = ?", m.ID).Error; err != nil {
			return err
		}
		have = nil
	}
	add := missing(last.Titles, have)
	if len(have)+len(add) > maxAgenda {
		return fault.On("title", "Dagordningen har redan %d punkter. Slå ihop några.", maxAgenda)
	}
	for n, item := range forum.Items(add) {
		if err := tx.DB.Create(&AgendaItem{store.NewID(), m.ID, item.Title, item.Kind, int64(item.Minutes), int64(len(have) + n)}).Error; err != nil {
			return err
		}
	}
	return nil
}

// RenameAgendaItem gives a heading another title.
func RenameAgendaItem(tx *store.Tx, by access.Actor, id uuid.UUID, title string) (*AgendaItem, error) {
	a, m, err := headingOf(tx, by, id)
	if err != nil {
		return nil, err
	}
	title, err = deidentify.Line(tx.Now, "title", title, 200)
	if err != nil || title == a.Title {
		return a, err
	}
	if err := m.keep(tx, by, false); err != nil {
		return nil, err
	}
	a.Title = title
	return a, tx.DB.Model(&AgendaItem{}).Where("id = ?", id).Update("title", title).Error
}

// RemoveAgendaItem takes a heading out. It refuses with fault.Conflict one that something stands under.
func RemoveAgendaItem(tx *store.Tx, by access.Actor, id uuid.UUID) (*AgendaItem, error) {
	a, m, err := headingOf(tx, by, id)
	if err != nil {
		return nil, err
	}
	if n := len(m.Under(id)); n > 0 {
		return nil, fault.New(fault.Conflict, "Under ”%s” står det något. Flytta eller ta bort det först.", a.Title)
	}
	if err := m.keep(tx, by, true); err != nil {
		return nil, err
	}
	if err := tx.DB.Delete(&AgendaItem{}, "id = ?", id).Error; err != nil {
		return nil, err
	}
	return a, access.Log(tx, by, "remove agenda item", "minutes", m.ID)
}

// Heading gives the minutes that a heading belongs to.
func Heading(tx *store.Tx, id uuid.UUID) (uuid.UUID, error) {
	a := &AgendaItem{}
	err := store.Found(tx.DB.Select("minutes_id").First(a, "id = ?", id).Error)
	return a.MinutesID, err
}

// headingOf gives a heading of minutes that the actor keeps and may change, locked.
func headingOf(tx *store.Tx, by access.Actor, id uuid.UUID) (*AgendaItem, *Minutes, error) {
	a := &AgendaItem{}
	if err := store.Found(tx.DB.First(a, "id = ?", id).Error); err != nil {
		return nil, nil, err
	}
	m, err := editable(tx, by, a.MinutesID)
	if err != nil {
		return nil, nil, err
	}
	return a, m, store.Found(tx.DB.First(a, "id = ?", id).Error)
}

func titles(agenda []AgendaItem) (all []string) {
	for _, a := range agenda {
		all = append(all, a.Title)
	}
	return all
}

// missing gives what of want is not in have.
func missing(want, have []string) []string {
	return slices.DeleteFunc(slices.Clone(want), func(title string) bool { return slices.Contains(have, title) })
}
