package minutes

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Took gives those who took part, one of each organisation: whom to ask in turn.
func (m Minutes) Took() []Attendance {
	var all []Attendance
	for _, a := range m.Attendances {
		there := a.State == Present || a.State == Substitute
		if there && a.Organisation != "" && !slices.ContainsFunc(all, func(o Attendance) bool { return o.Organisation == a.Organisation }) {
			all = append(all, a)
		}
	}
	return all
}

// AddRound writes what each organisation said in turn as a note under an item of the agenda, each beginning
// with the organisation's name. Those who said nothing get none. It refuses with fault.Invalid when nobody did.
func AddRound(tx *store.Tx, by access.Actor, minutesID, agendaItem uuid.UUID, said map[uuid.UUID]string) error {
	m, err := editable(tx, by, minutesID)
	if err != nil {
		return err
	}
	written := 0
	for _, a := range m.Took() {
		text := strings.TrimSpace(said[a.ID])
		if text == "" {
			continue
		}
		if _, err := Add(tx, by, minutesID, agendaItem, Written{Kind: Note, Text: a.Organisation + ": " + text}); err != nil {
			return err
		}
		written++
	}
	if written == 0 {
		return fault.New(fault.Invalid, "Skriv något under en punkt först.")
	}
	return nil
}

// PreviousOf gives the forum's last finished minutes before these, without what they say; nil: none.
func PreviousOf(tx *store.Tx, m *Minutes) (*Minutes, error) {
	var found []Minutes
	finished := tx.DB.Table("minutes_versions").Select("1").Where("minutes_versions.minutes_id = minutes.id")
	err := tx.DB.Joins("JOIN meetings ON meetings.id = minutes.meeting_id").Preload("Meeting").
		Where("meetings.forum_id = ? AND meetings.starts_at < ? AND EXISTS (?)", m.Meeting.ForumID, m.Meeting.StartsAt, finished).
		Order("meetings.starts_at DESC, minutes.id DESC").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// OpenOf gives what earlier meetings of the minutes' forum left to be done, for whoever keeps its notes and has these open. It is
// asked anew each time: what is done, dropped or replaced is not in it, and nothing is copied.
func OpenOf(tx *store.Tx, by access.Actor, m *Minutes) ([]ActionState, error) {
	var all []ActionState
	err := tx.DB.Model(&ActionState{}).Joins("JOIN minutes ON minutes.id = actions.minutes_id JOIN meetings ON meetings.id = minutes.meeting_id").
		Scopes(by.ConvenedForums(tx, "meetings.forum_id")).Where("meetings.forum_id = ? AND meetings.starts_at < ? AND actions.outcome = ''", m.Meeting.ForumID, m.Meeting.StartsAt).
		Preload("Minutes.Meeting").Order("actions.due IS NULL, actions.due, actions.item_id").Find(&all).Error
	return all, err
}
