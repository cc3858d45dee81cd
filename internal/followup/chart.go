package followup

import (
	"math"
	"strconv"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// Chart is a year as a picture: a wheel of twelve sectors with a ring for each forum, or, of more forums
// than fit, a timeline with a line for each. It holds places alone; the page draws them.
type Chart struct {
	Wheel         bool
	Width, Height float64
	Rings         []float64 // radii around the middle; none in a timeline
	Lines         []Line
	Labels        []Label
	Marks         []Mark
	Hand          *Line // today; nil: it is another year
}

// Line goes from one point to another.
type Line struct{ X1, Y1, X2, Y2 float64 }

// Label is a word at a point.
type Label struct {
	X, Y   float64
	Text   string
	Anchor string // start, middle or end
	Whole  string // the text when it was cut; empty: it was not
}

// Mark is a sign at a point.
type Mark struct {
	X, Y float64
	Sign Sign
	Bad  bool // missed, and nobody has said why
}

// MostRings is how many forums a wheel has room for.
const MostRings = 6

// Draw places a year's entries. It asks nothing and chooses nothing by chance: the same in, the same out.
func Draw(all []Standing, entries []Entry, year int, today almanac.Date, l lang.Language) Chart {
	if len(all) <= MostRings {
		return wheel(all, entries, year, today, l)
	}
	return timeline(all, entries, year, today, l)
}

// The wheel's measures.
const (
	middle = 300.0
	inner  = 85.0
	outer  = 250.0
	months = 275.0 // where their names stand
)

func wheel(all []Standing, entries []Entry, year int, today almanac.Date, l lang.Language) Chart {
	c := Chart{Wheel: true, Width: 2 * middle, Height: 2 * middle}
	radius := func(n int) float64 {
		return tenth(outer - (outer-inner)*(float64(n)+0.5)/float64(max(1, len(all))))
	}
	for m := range 12 {
		x1, y1 := polar(inner-15, float64(m)/12)
		x2, y2 := polar(outer+8, float64(m)/12)
		c.Lines = append(c.Lines, Line{x1, y1, x2, y2})
		x, y := polar(months, (float64(m)+0.5)/12)
		c.Labels = append(c.Labels, Label{X: x, Y: tenth(y + 5), Text: shortMonth(m, l), Anchor: "middle"})
	}
	for n := range all {
		c.Rings = append(c.Rings, radius(n))
		c.Labels = append(c.Labels, Label{X: middle, Y: tenth(middle - radius(n) + 5), Text: strconv.Itoa(n + 1), Anchor: "middle"})
	}
	for _, e := range entries {
		x, y := polar(radius(e.Standing), share(e.Date))
		c.Marks = append(c.Marks, Mark{x, y, e.Sign, bad(all, e, today)})
	}
	if today.Year == year {
		x, y := polar(outer+8, share(today))
		c.Hand = &Line{middle, middle, x, y}
	}
	return c
}

// The timeline's measures.
const (
	names  = 330.0
	across = 1000.0
	top    = 34.0
	row    = 30.0
)

func timeline(all []Standing, entries []Entry, year int, today almanac.Date, l lang.Language) Chart {
	c := Chart{Width: across, Height: top + row*float64(len(all)) + 6}
	at := func(share float64) float64 { return tenth(names + (across-names-10)*share) }
	for m := range 13 {
		x := at(float64(m) / 12)
		c.Lines = append(c.Lines, Line{x, top - 8, x, c.Height - 4})
		if m < 12 {
			c.Labels = append(c.Labels, Label{X: at((float64(m) + 0.5) / 12), Y: 18, Text: shortMonth(m, l), Anchor: "middle"})
		}
	}
	for n, s := range all {
		y := top + row*(float64(n)+0.5)
		c.Lines = append(c.Lines, Line{0, y + row/2, across - 10, y + row/2})
		label := Label{X: 0, Y: y + 5, Text: s.Forum.Name, Anchor: "start"}
		if letters := []rune(label.Text); len(letters) > mostLetters {
			label.Text, label.Whole = string(letters[:mostLetters-1])+"…", label.Text
		}
		c.Labels = append(c.Labels, label)
	}
	for _, e := range entries {
		c.Marks = append(c.Marks, Mark{at(share(e.Date)), top + row*(float64(e.Standing)+0.5), e.Sign, bad(all, e, today)})
	}
	if today.Year == year {
		c.Hand = &Line{at(share(today)), top - 8, at(share(today)), c.Height - 4}
	}
	return c
}

// mostLetters of a forum's name stand beside its line.
const mostLetters = 34

// bad tells whether an entry is a missed meeting that nobody has explained.
func bad(all []Standing, e Entry, today almanac.Date) bool {
	return e.Sign == Triangle && e.By.Before(today) && all[e.Standing].Tag() == "err"
}

func shortMonth(m int, l lang.Language) string {
	letters := []rune(almanac.MonthName(time.Month(m+1), l))
	return string(letters[:3])
}

// share is how far into its year a day lies; each month is a twelfth.
func share(d almanac.Date) float64 {
	return (float64(d.Month-1) + (float64(d.Day)-0.5)/float64(daysInMonth(d.Year, d.Month))) / 12
}

// polar gives the point at a radius, a share of the way around from the top.
func polar(radius, share float64) (x, y float64) {
	sin, cos := math.Sincos(2 * math.Pi * share)
	return tenth(middle + radius*sin), tenth(middle - radius*cos)
}

func tenth(f float64) float64 { return math.Round(f*10) / 10 }
