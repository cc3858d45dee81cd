package followup

import (
	"samverkan/internal/almanac"
)

// NotesWithin is how many working days after a meeting its notes should be finished.
const NotesWithin = 10

// Notes counts the notes of meetings that were held, from when the promise counts on.
type Notes struct {
	InTime  int
	Late    int          // finished after the last day
	Waiting int          // not finished, and the last day is to come
	Overdue int          // not finished, and the last day has been
	By      almanac.Date // last day of the first that waits or is overdue; zero: none is
}

// Due is how many notes should be there by now.
func (n Notes) Due() int { return n.InTime + n.Late + n.Overdue }

func notesOf(p Promise, occasions []Occasion, today almanac.Date) (n Notes) {
	for _, o := range occasions {
		if p.Noteless || o.State != Held || o.Elsewhere || !p.Period.Holds(o.Date) || o.Date.Before(p.From) {
			continue
		}
		last := almanac.WorkdaysAfter(o.Date, NotesWithin)
		switch finished := !o.Finished.IsZero(); {
		case finished && !o.Finished.After(last):
			n.InTime++
		case finished:
			n.Late++
		case last.Before(today):
			n.Overdue++
		default:
			n.Waiting++
		}
		if o.Finished.IsZero() && (n.By.IsZero() || last.Before(n.By)) {
			n.By = last
		}
	}
	return n
}
