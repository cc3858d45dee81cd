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

// WritingState says how the notes of a meeting stand with their last day.
type WritingState string

// The states of notes.
const (
	InTime  WritingState = "inTime"
	TooLate WritingState = "late"    // finished after the last day
	Waiting WritingState = "waiting" // not finished, and the last day is to come
	Overdue WritingState = "overdue" // not finished, and the last day has been
)

// Writing is the notes of one meeting that was held.
type Writing struct {
	Occasion
	Last  almanac.Date // by when they are to be finished
	State WritingState
}

// writings are the notes that a forum owes for the meetings of the period.
func writings(p Promise, occasions []Occasion, today almanac.Date) (all []Writing) {
	for _, o := range occasions {
		if p.Noteless || o.State != Held || o.Elsewhere || !p.Period.Holds(o.Date) || o.Date.Before(p.From) {
			continue
		}
		w := Writing{o, almanac.WorkdaysAfter(o.Date, NotesWithin), Waiting}
		switch finished := !o.Finished.IsZero(); {
		case finished && !o.Finished.After(w.Last):
			w.State = InTime
		case finished:
			w.State = TooLate
		case w.Last.Before(today):
			w.State = Overdue
		}
		all = append(all, w)
	}
	return all
}

func notesOf(p Promise, occasions []Occasion, today almanac.Date) (n Notes) {
	for _, w := range writings(p, occasions, today) {
		switch w.State {
		case InTime:
			n.InTime++
		case TooLate:
			n.Late++
		case Overdue:
			n.Overdue++
		default:
			n.Waiting++
		}
		if w.Finished.IsZero() && (n.By.IsZero() || w.Last.Before(n.By)) {
			n.By = w.Last
		}
	}
	return n
}
