package report

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/followup"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// Figure names a number of the follow-up.
type Figure string

// The figures. Each counts the things of one list.
const (
	Held        Figure = "held"
	Planned     Figure = "planned"
	Unrecorded  Figure = "unrecorded"
	Cancelled   Figure = "cancelled"
	Moved       Figure = "moved"
	Awaited     Figure = "awaited"
	Lacking     Figure = "lacking"
	Missed      Figure = "missed"
	Came        Figure = "came"        // organisations that came at least once
	NotesInTime Figure = "notesInTime" // of NotesDue
	NotesDue    Figure = "notesDue"
	Decisions   Figure = "decisions"
	ActionsOpen Figure = "actionsOpen"
	ActionsDone Figure = "actionsDone"
	PassedOn    Figure = "passedOn"
	GoneThrough Figure = "goneThrough" // of PassedOn
)

// Figures are all of them, in the order of a table.
var Figures = []Figure{Held, Planned, Unrecorded, Cancelled, Moved, Awaited, Lacking, Missed, Came, NotesInTime, NotesDue, Decisions, ActionsOpen, ActionsDone, PassedOn, GoneThrough}

// ofNotes are the figures that only those know who read a forum's notes.
var ofNotes = map[Figure]bool{Came: true, Decisions: true, ActionsOpen: true, ActionsDone: true}

// Thing is one of what a figure counts. It holds where it can be seen, and nothing of what was said there.
type Thing struct {
	MeetingID   *uuid.UUID   `json:"meetingId,omitempty"`
	MinutesID   *uuid.UUID   `json:"minutesId,omitempty"`
	ItemID      *uuid.UUID   `json:"itemId,omitempty"` // of a decision, an action or something passed on
	Date        almanac.Date `json:"date"`             // of the meeting, or from when one was to be
	To          almanac.Date `json:"to"`               // last day of a meeting that is not there, of notes, of a task; zero: none
	Was         almanac.Date `json:"was"`              // the day that a moved meeting was first to be on; the day on which notes were finished
	Name        string       `json:"name,omitempty"`   // an organisation, a receiver, a label
	Visits      []Visit      `json:"visits,omitempty"` // meetings that the notes name the organisation at
	Explanation string       `json:"explanation,omitempty"`
	Elsewhere   bool         `json:"elsewhere,omitempty"` // another forum's meeting, which counts for this one
}

// Visit is a meeting that an organisation is named at.
type Visit struct {
	MeetingID uuid.UUID    `json:"meetingId"`
	Date      almanac.Date `json:"date"`
	Came      bool         `json:"came"`
}

// Times counts the meetings that the organisation came to.
func (t Thing) Times() (n int) {
	for _, v := range t.Visits {
		if v.Came {
			n++
		}
	}
	return n
}

// ForumFacts is what became of one forum's promise.
type ForumFacts struct {
	ForumID uuid.UUID          `json:"forumId"`
	Name    string             `json:"name"`
	InPlan  bool               `json:"inPlan"`
	Promise string             `json:"promise"` // in the plan's words
	Counted string             `json:"counted"` // how they are counted
	State   followup.State     `json:"state"`
	Stands  string             `json:"stands"` // the state in words
	Notes   bool               `json:"notes"`  // whoever counted reads the forum's notes; if not, some figures are not known
	Things  map[Figure][]Thing `json:"things"`
}

// Count is how many things a figure counts.
func (f ForumFacts) Count(of Figure) int { return len(f.Things[of]) }

// Known tells whether a figure could be counted.
func (f ForumFacts) Known(of Figure) bool { return f.Notes || !ofNotes[of] }

// Unexplained counts missed meetings of which nobody has said why.
func (f ForumFacts) Unexplained() (n int) {
	for _, t := range f.Things[Missed] {
		if t.Explanation == "" {
			n++
		}
	}
	return n
}

// count is one counting of a period for one actor.
type count struct {
	tx     *store.Tx
	by     access.Actor
	period followup.Period
	today  almanac.Date
	forums []ForumFacts
	at     map[uuid.UUID]int // forum: where it stands in forums
}

// facts counts a period's facts of the forums that the actor sees.
func facts(tx *store.Tx, by access.Actor, zone *time.Location, p followup.Period) ([]ForumFacts, error) {
	standings, err := followup.Within(tx, by, zone, p)
	if err != nil {
		return nil, err
	}
	c := &count{tx: tx, by: by, period: p, today: almanac.DateOf(tx.Now, zone), forums: []ForumFacts{}, at: map[uuid.UUID]int{}}
	ids := make([]uuid.UUID, len(standings))
	for n, s := range standings {
		ids[n] = s.Forum.ID
	}
	read, err := minutes.NotesRead(tx, by, ids)
	if err != nil {
		return nil, err
	}
	for n, s := range standings {
		c.at[s.Forum.ID] = n
		c.forums = append(c.forums, ForumFacts{ForumID: s.Forum.ID, Name: s.Forum.Name, InPlan: s.Forum.InPlan, Promise: s.Forum.Cadence.Text,
			Counted: s.Forum.Promise().In(lang.Swedish), State: s.State, Stands: s.Words().In(lang.Swedish), Notes: read[s.Forum.ID], Things: map[Figure][]Thing{}})
		c.meetings(n, s)
		c.gaps(n, s)
		c.notes(n, s)
	}
	for _, ask := range []func() error{c.moved, c.came, c.decided, c.passedOn} {
		if err := ask(); err != nil {
			return nil, err
		}
	}
	return c.forums, nil
}

func (c *count) add(n int, f Figure, t Thing) {
	c.forums[n].Things[f] = append(c.forums[n].Things[f], t)
}

// meetings are those that the forum's promise counts, by what became of them.
func (c *count) meetings(n int, s followup.Standing) {
	figures := map[followup.Occurrence]Figure{followup.Held: Held, followup.Planned: Planned, followup.Passed: Unrecorded, followup.Cancelled: Cancelled}
	for _, o := range s.Occasions {
		c.add(n, figures[o.On(c.today)], Thing{MeetingID: &o.MeetingID, Date: o.Date, Elsewhere: o.Elsewhere})
	}
}

// gaps are promised meetings that are not there, each by itself.
func (c *count) gaps(n int, s followup.Standing) {
	for _, g := range s.Gaps {
		figure := Lacking
		switch {
		case g.Past:
			figure = Missed
		case s.Awaited > 0:
			figure = Awaited
		}
		t := Thing{Date: g.From, To: g.To, Was: g.Late}
		if g.Explanation != nil {
			t.Explanation = g.Explanation.Text
		}
		for range g.Number {
			c.add(n, figure, t)
		}
	}
}

// notes are those that should be finished by now.
func (c *count) notes(n int, s followup.Standing) {
	for _, w := range s.Writings {
		t := Thing{MeetingID: &w.MeetingID, Date: w.Date, To: w.Last, Was: w.Finished}
		if w.State != followup.Waiting {
			c.add(n, NotesDue, t)
		}
		if w.State == followup.InTime {
			c.add(n, NotesInTime, t)
		}
	}
}

// own gives the meetings that forums themselves have, by meeting, and their ids.
func (c *count) own() (forumOf map[uuid.UUID]int, things []Thing, ids []uuid.UUID) {
	forumOf = map[uuid.UUID]int{}
	for n, f := range c.forums {
		for _, figure := range []Figure{Held, Planned, Unrecorded, Cancelled} {
			for _, t := range f.Things[figure] {
				if !t.Elsewhere {
					forumOf[*t.MeetingID], things, ids = n, append(things, t), append(ids, *t.MeetingID)
				}
			}
		}
	}
	return forumOf, things, ids
}

func (c *count) moved() error {
	forumOf, things, ids := c.own()
	first, err := meeting.Moved(c.tx, ids)
	for _, t := range things {
		if was, moved := first[*t.MeetingID]; moved {
			t.Was = was
			c.add(forumOf[*t.MeetingID], Moved, t)
		}
	}
	return err
}

func (c *count) came() error {
	presences, err := followup.PresencesWithin(c.tx, c.by, c.period)
	for n, f := range c.forums {
		for _, p := range presences[f.ForumID] {
			if len(p.Came) > 0 {
				c.add(n, Came, Thing{Date: p.Came[0].Date, ItemID: &p.Organisation.ID, Name: p.Organisation.Name, Visits: append(visits(p.Came, true), visits(p.Missed, false)...)})
			}
		}
	}
	return err
}

func visits(all []followup.Visit, came bool) (shown []Visit) {
	for _, v := range all {
		shown = append(shown, Visit{v.MeetingID, v.Date, came})
	}
	return shown
}

// decided are decisions and actions of finished notes. An action that was dropped is neither open nor done.
func (c *count) decided() error {
	decisions, err := minutes.DecisionsBetween(c.tx, c.by, c.period.From, c.period.To)
	if err != nil {
		return err
	}
	actions, err := minutes.ActionsBetween(c.tx, c.by, c.period.From, c.period.To)
	if err != nil {
		return err
	}
	mark := func(m minutes.Mark, figure Figure) {
		if n, known := c.at[m.ForumID]; known { // a meeting of no forum has none here
			c.add(n, figure, Thing{MeetingID: &m.MeetingID, MinutesID: &m.MinutesID, ItemID: &m.ItemID, Date: m.Date, To: m.Due, Name: m.Label})
		}
	}
	for _, m := range decisions {
		mark(m, Decisions)
	}
	for _, m := range actions {
		switch m.Outcome {
		case "":
			mark(m, ActionsOpen)
		case "done":
			mark(m, ActionsDone)
		}
	}
	return nil
}

func (c *count) passedOn() error {
	forumOf, things, ids := c.own()
	passed, err := relay.OfMeetings(c.tx, c.by, ids)
	for _, t := range things {
		for _, i := range passed[*t.MeetingID] {
			thing := Thing{MeetingID: t.MeetingID, MinutesID: &i.MinutesID, ItemID: &i.ID, Date: t.Date, To: i.Due, Name: i.Receiver()}
			if i.Acknowledgement != nil {
				thing.Was = i.Acknowledgement.Date
				c.add(forumOf[*t.MeetingID], GoneThrough, thing)
			}
			c.add(forumOf[*t.MeetingID], PassedOn, thing)
		}
	}
	return err
}
