package followup

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// Sign is what stands for a meeting in the year wheel: a shape, never a colour alone.
type Sign string

// The signs.
const (
	Dot      Sign = "dot"      // held
	Ring     Sign = "ring"     // planned
	Crossed  Sign = "crossed"  // cancelled
	Target   Sign = "target"   // has been, and nobody has recorded it
	Dashed   Sign = "dashed"   // another organisation is to call it
	Triangle Sign = "triangle" // missing, with an exclamation mark
)

// Signs are all of them, in the order of a legend.
var Signs = []Sign{Dot, Ring, Crossed, Target, Dashed, Triangle}

// Words says what a sign means.
func (s Sign) Words() lang.Sentence {
	switch s {
	case Dot:
		return lang.Say("Hållet")
	case Ring:
		return lang.Say("Planerat")
	case Crossed:
		return lang.Say("Inställt")
	case Target:
		return lang.Say("Inte bokfört")
	case Dashed:
		return lang.Say("Väntas")
	}
	return lang.Say("Saknas")
}

// Entry is one thing in a year: a meeting, or one that is not there.
type Entry struct {
	Date      almanac.Date // of a missing one: where it is shown
	Standing  int          // which of the standings it is of
	Sign      Sign
	MeetingID uuid.UUID // Nil: there is none
	Elsewhere bool      // of another forum
	By        almanac.Date
}

// Calendar gives everything in a year that standings tell, in order of days: what the wheel shows and what the list
// beside it says.
func Calendar(all []Standing, today almanac.Date) (entries []Entry) {
	for n, s := range all {
		for _, o := range s.Occasions {
			sign := map[Occurrence]Sign{Held: Dot, Planned: Ring, Cancelled: Crossed, Passed: Target}[o.On(today)]
			entries = append(entries, Entry{Date: o.Date, Standing: n, Sign: sign, MeetingID: o.MeetingID, Elsewhere: o.Elsewhere})
		}
		for _, g := range s.Gaps {
			for i := range g.Number {
				e := Entry{Date: g.shown(s.Year, i), Standing: n, Sign: Triangle, By: g.To}
				if s.Awaited > 0 && !g.Past {
					e.Sign = Dashed
				}
				entries = append(entries, e)
			}
		}
	}
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Standing, b.Standing)) })
	return entries
}

// shown is where the nth missing meeting of a gap is shown: at its last day, several beside each other, and
// all of them in the year.
func (g Gap) shown(year, n int) almanac.Date {
	at := g.To
	if g.Month != 0 {
		at = almanac.Date{Year: year, Month: g.Month, Day: 24} // beside one that was cancelled in the middle
	}
	if last := Year(year).To.AddDays(-9); at.After(last) { // clear of the rings' numbers
		at = last
	}
	return at.AddDays(-12 * n)
}

// Tally counts a year's signs.
func Tally(entries []Entry) map[Sign]int {
	n := map[Sign]int{}
	for _, e := range entries {
		n[e.Sign]++
	}
	return n
}

// daysInMonth is how long a month is.
func daysInMonth(year int, month time.Month) int {
	return almanac.Date{Year: year, Month: month, Day: 1}.AddMonths(1).AddDays(-1).Day
}
