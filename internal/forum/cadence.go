package forum

import (
	"slices"

	"samverkan/internal/fault"
)

// Cadence is how often a forum promised to meet: a promise with tolerance, not an RRULE. An
// interval, a count a year or a term, or neither: then the promise is not measured.
type Cadence struct {
	Text    string // as the plan words it
	Months  int    // months between two meetings; 0: no interval
	Min     int    // meetings a year, at least; 0 with Max: no lower bound
	Max     int    // at most; 0: no upper bound
	PerTerm bool   // Min and Max are counted in each half of the year
	Nth     int    // of which Weekday in the month: 1–4, 5 the last one; 0: none said. Only with Months
	Weekday int    // 1 Monday … 5 Friday, with Nth
}

// Last is the Nth that is the last one of the month.
const Last = 5

// Measured is false for "regelbundet" and for no words at all.
func (c Cadence) Measured() bool { return c.Months > 0 || c.Counted() }

// Counted tells whether the promise is a number of meetings and not an interval.
func (c Cadence) Counted() bool { return c.Months == 0 && (c.Min > 0 || c.Max > 0) }

// Wanted is how many meetings we plan for in each year or term when they are counted. It is the
// upper number: one cancelled meeting then breaks no promise.
func (c Cadence) Wanted() int { return max(c.Min, c.Max) }

func (c Cadence) check() error {
	low := c.Min
	if c.Max == 0 {
		low = 0 // no upper bound
	}
	errs := []error{within("cadenceMonths", c.Months, 0, 60), within("cadenceMin", c.Min, 0, 60), within("cadenceMax", c.Max, low, 60), within("cadenceNth", c.Nth, 0, Last)}
	if c.Nth > 0 {
		errs = append(errs, within("cadenceWeekday", c.Weekday, 1, 5))
		if c.Months == 0 {
			errs = append(errs, fault.On("cadenceNth", "En viss veckodag i månaden går bara ihop med ett antal månader mellan mötena."))
		}
	}
	return fault.Join(errs...)
}

// Reading is a promise as words can say it: how often, and the months without any.
type Reading struct {
	Cadence      Cadence
	ExemptMonths []int // 1–12, in order
}

// Promise is what the forum promised.
func (f Forum) Promise() Reading { return Reading{f.Cadence, f.ExemptMonths} }

// exempt tells whether nothing is promised in a month.
func (r Reading) exempt(month int) bool { return slices.Contains(r.ExemptMonths, month) }

// Measured tells whether anything can be held against the promise: somebody may have taken every
// month out.
func (r Reading) Measured() bool {
	for month := 1; month <= 12; month++ {
		if !r.exempt(month) {
			return r.Cadence.Measured()
		}
	}
	return false
}
