package yearplan

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// costBusy is what each of a forum's people costs whom their own calendar keeps busy: it moves a meeting, and forbids
// none, for a full calendar says little of what may give way.
const costBusy = 10

// busyDays are the times at which people are busy, by day.
type busyDays map[almanac.Date][]Busy

func (q Question) busyDays() busyDays {
	days := busyDays{}
	for _, b := range q.Busy {
		days[b.Date] = append(days[b.Date], b)
	}
	return days
}

// count tells how many of some people are busy on a day between two times.
func (days busyDays) count(people []uuid.UUID, day almanac.Date, starts, ends almanac.Clock) (n int) {
	if len(days[day]) == 0 {
		return 0
	}
	var counted []uuid.UUID
	for _, b := range days[day] {
		if b.Starts < ends && starts < b.Ends && slices.Contains(people, b.Person) && !slices.Contains(counted, b.Person) {
			counted = append(counted, b.Person)
		}
	}
	return len(counted)
}

// BusyCount tells how many of some people are busy on a day between two times.
func BusyCount(all []Busy, people []uuid.UUID, day almanac.Date, starts, ends almanac.Clock) int {
	return Question{Busy: all}.busyDays().count(people, day, starts, ends)
}

// busyFlag says that some of a meeting's people are busy.
func busyFlag(n int) lang.Sentence {
	if n == 1 {
		return lang.Say("En deltagare är upptagen den tiden.")
	}
	return lang.Say("%d deltagare är upptagna den tiden.", n)
}
