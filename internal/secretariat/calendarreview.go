package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
)

// RowState says what becomes of one meeting that a calendar tells of.
type RowState string

// The states.
const (
	RowNew       RowState = "new"
	RowChanged   RowState = "changed"
	RowCancelled RowState = "cancelled"
	RowKnown     RowState = "known" // is here already, and says the same
	RowOlder     RowState = "older" // is here already, in a later version
	RowConflict  RowState = "conflict"
	RowRefused   RowState = "refused" // cannot be taken in
)

// Acts tells whether something is done with such a row.
func (s RowState) Acts() bool { return s == RowNew || s == RowChanged || s == RowCancelled }

// CalendarRow is one meeting that a calendar tells of.
type CalendarRow struct {
	Key     string // names it within its file
	State   RowState
	Title   string           // as the calendar says it: for whoever looks through it, and kept nowhere
	Time    meeting.Time     // as the calendar says it
	Meeting *meeting.Meeting // that is here, as it is now; nil: none, or not the actor's to see
	Why     lang.Sentence    // of a conflict or refusal; else a remark
	Doubt   bool             // it may be here already, put in by hand: a person says

	known *meeting.ForeignEvent
	event meeting.ForeignEvent
	ends  time.Time // as the calendar says it
}

// CalendarReview is what a calendar would do to the meetings of a forum.
type CalendarReview struct {
	Forum  *forum.Forum
	Called bool // they are ours, and their participants have been called to them already
	Rows   []CalendarRow
	Past   int // meetings that have been
	AllDay int
	Unread int // events whose time cannot be read
	Hash   string
}

// Acts counts the rows with which something is done.
func (r *CalendarReview) Acts() (n int) {
	for _, row := range r.Rows {
		if row.State.Acts() {
			n++
		}
	}
	return n
}

// keys names every row.
func (r *CalendarReview) keys() (all []string) {
	for _, row := range r.Rows {
		all = append(all, row.Key)
	}
	return all
}

func compareTimes(a, b meeting.Time) int {
	if c := a.Date.Compare(b.Date); c != 0 {
		return c
	}
	return int(a.Starts) - int(b.Starts)
}

func (r *CalendarReview) hash() string {
	seen := sha256.New()
	for _, row := range r.Rows {
		version := int64(0)
		if row.Meeting != nil {
			version = row.Meeting.Version
		}
		fmt.Fprintf(seen, "%s\x00%s\x00%v\x00%d\x00", row.Key, row.State, row.Time, version)
	}
	return hex.EncodeToString(seen.Sum(nil))
}
