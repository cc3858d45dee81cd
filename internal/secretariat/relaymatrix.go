package secretariat

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/lang"
	"samverkan/internal/minutes"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// RelayMatrix is finalised minutes that pass something on, times receivers.
type RelayMatrix struct {
	Receivers []RelayReceiver // by name
	Rows      []RelayRow      // the newest meeting first
	Years     []int           // of all rows there are, the newest first
	Forums    []RelayForum    // likewise, by name
}

// RelayForum is a forum that a matrix can be narrowed to.
type RelayForum struct {
	ID   uuid.UUID
	Name string
}

// RelayReceiver is a column: a work group or a workplace.
type RelayReceiver struct {
	ID      uuid.UUID
	Name    string
	Reached bool // letters reach whoever leads it
}

// RelayRow is one meeting's minutes.
type RelayRow struct {
	MinutesID uuid.UUID
	ForumID   uuid.UUID
	Forum     string // as the actor may know it
	Date      almanac.Date
	Cells     []RelayCell // one for each of the matrix's receivers
}

// RelayCell is how one meeting's items stand with one receiver.
type RelayCell struct {
	Counts map[relay.State]int
	Items  int          // that hold; 0: nothing was passed on to it
	Date   almanac.Date // of the latest acknowledgement; while something waits the nearest last day
	State  CellState
}

// CellState is what a cell says in one word.
type CellState string

// The states, the worst last.
const (
	CellNone        CellState = ""
	CellWithdrawn   CellState = "withdrawn"
	CellGoneThrough CellState = "apt"
	CellRead        CellState = "read"
	CellWaiting     CellState = "waiting"
	CellOverdue     CellState = "overdue"
	CellUnreachable CellState = "unreachable" // it waits, and nobody gets its letters
)

// MatrixSelection narrows a matrix; what is zero does not.
type MatrixSelection struct {
	Year    int
	ForumID uuid.UUID
}

// Matrix tells what was passed on from which minutes, and how each receiver stands with it. The actor sees
// what relay.List gives. It reads no text, so nothing is logged.
func Matrix(tx *store.Tx, by access.Actor, o Office, s MatrixSelection) (*RelayMatrix, error) {
	items, err := relay.Standing(tx, by, relay.Selection{})
	if err != nil {
		return nil, err
	}
	m := &RelayMatrix{}
	rows := map[uuid.UUID]*RelayRow{}
	for _, i := range items {
		row := rows[i.MinutesID]
		if row == nil {
			if row, err = matrixRow(tx, by, i); err != nil {
				return nil, err
			}
			rows[i.MinutesID] = row
			m.offer(row)
		}
		if (s.Year == 0 || row.Date.Year == s.Year) && (s.ForumID == uuid.Nil || row.ForumID == s.ForumID) {
			m.add(row, i)
		}
	}
	m.sort()
	today := almanac.DateOf(tx.Now, o.Zone)
	for n := range m.Rows {
		m.Rows[n].fill(m.Receivers, items, today)
	}
	return m, nil
}

func matrixRow(tx *store.Tx, by access.Actor, i relay.Item) (*RelayRow, error) {
	of, err := minutes.ForLetter(tx, i.MinutesID)
	if err != nil {
		return nil, err
	}
	row := &RelayRow{MinutesID: i.MinutesID, ForumID: of.Meeting.ForumID, Forum: i.Title, Date: of.Meeting.Date}
	if by.Is(access.Coordinator, access.Manager, access.Registrar) { // a lead knows the meeting by its neutral title
		row.Forum = of.Meeting.Forum.Name
	}
	return row, nil
}

// offer notes what a matrix can be narrowed to.
func (m *RelayMatrix) offer(row *RelayRow) {
	if !slices.Contains(m.Years, row.Date.Year) {
		m.Years = append(m.Years, row.Date.Year)
	}
	if !slices.ContainsFunc(m.Forums, func(f RelayForum) bool { return f.ID == row.ForumID }) {
		m.Forums = append(m.Forums, RelayForum{row.ForumID, row.Forum})
	}
}

func (m *RelayMatrix) add(row *RelayRow, i relay.Item) {
	if !slices.ContainsFunc(m.Rows, func(r RelayRow) bool { return r.MinutesID == row.MinutesID }) {
		m.Rows = append(m.Rows, *row)
	}
	if !slices.ContainsFunc(m.Receivers, func(r RelayReceiver) bool { return r.ID == i.ReceiverID() }) {
		m.Receivers = append(m.Receivers, RelayReceiver{i.ReceiverID(), i.Receiver(), i.Lead() != nil && reached(*i.Lead())})
	}
}

func (m *RelayMatrix) sort() {
	slices.SortStableFunc(m.Rows, func(a, b RelayRow) int { return -strings.Compare(a.Date.String(), b.Date.String()) })
	lang.SortByName(m.Receivers, func(r RelayReceiver) string { return r.Name })
	slices.SortFunc(m.Years, func(a, b int) int { return b - a })
	lang.SortByName(m.Forums, func(f RelayForum) string { return f.Name })
}

// fill tells how each receiver stands with the row's minutes.
func (r *RelayRow) fill(receivers []RelayReceiver, items []relay.Item, today almanac.Date) {
	r.Cells = make([]RelayCell, len(receivers))
	for n, to := range receivers {
		c := RelayCell{Counts: map[relay.State]int{}}
		for _, i := range items {
			if i.MinutesID == r.MinutesID && i.ReceiverID() == to.ID {
				c.take(i, i.StateOn(today))
			}
		}
		c.judge(to.Reached)
		r.Cells[n] = c
	}
}

// take counts an item. The day that counts is the nearest last day while something waits, else that of the latest
// receipt.
func (c *RelayCell) take(i relay.Item, s relay.State) {
	waited := c.Counts[relay.Waiting]+c.Counts[relay.Overdue] > 0
	c.Counts[s]++
	switch {
	case s == relay.Withdrawn:
		return
	case s == relay.Waiting || s == relay.Overdue:
		if !waited || i.Due.Before(c.Date) {
			c.Date = i.Due
		}
	case !waited && i.Acknowledgement.Date.After(c.Date):
		c.Date = i.Acknowledgement.Date
	}
	c.Items++
}

func (c *RelayCell) judge(reached bool) {
	left := c.Counts[relay.Waiting] + c.Counts[relay.Overdue]
	switch {
	case left > 0 && !reached:
		c.State = CellUnreachable
	case c.Counts[relay.Overdue] > 0:
		c.State = CellOverdue
	case left > 0:
		c.State = CellWaiting
	case c.Counts[relay.WasRead] > 0:
		c.State = CellRead
	case c.Counts[relay.GoneThrough] > 0:
		c.State = CellGoneThrough
	case c.Counts[relay.Withdrawn] > 0:
		c.State = CellWithdrawn
	}
}

// Left counts the items that wait in a cell.
func (c RelayCell) Left() int { return c.Counts[relay.Waiting] + c.Counts[relay.Overdue] }
