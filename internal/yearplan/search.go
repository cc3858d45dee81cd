package yearplan

import (
	"slices"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// Costs of meetings that lie together, as the package comment tells them.
const (
	costSameTime     = 20
	costSamePeople   = 16
	costSameDay      = 8
	costDoubleBooked = costNone // never: a person in two places
)

// rounds bounds how often the whole year is gone through again.
const rounds = 20

// between is what people who go from one meeting to the next need, in minutes.
const between = 15

// clash is what two meetings on one day cost.
func (p *planner) clash(a, b entry) int {
	same := p.shares[a.forum][b.forum]
	margin := almanac.Clock(0)
	if same {
		margin = between
	}
	together := a.starts < b.ends+margin && b.starts < a.ends+margin
	switch {
	case same && together:
		return costDoubleBooked
	case same:
		return costSamePeople
	case together:
		return costSameTime
	}
	return costSameDay
}

// load is what a choice costs for a wish as everything else lies.
func (p *planner) load(i int, c choice, enough int) int {
	w := &p.wishes[i]
	e := p.entry(i, c)
	cost := c.cost
	for _, other := range p.byDay[c.day] {
		if cost >= enough {
			return cost
		}
		cost += p.clash(e, other)
	}
	return cost + p.spacing(w.forum, c.day)
}

func (p *planner) entry(i int, c choice) entry {
	f := &p.forums[p.wishes[i].forum]
	return entry{i, f.ID, lang.Say("%s", f.Name), c.starts, c.starts + almanac.Clock(f.Minutes)}
}

// spacing is what the nearness of a forum's other meetings costs.
func (p *planner) spacing(n, day int) (cost int) {
	least := p.gap(n) / 2
	for _, other := range p.placed[n] {
		cost += max(0, least-max(day-other, other-day))
	}
	return cost
}

// gap is how many days the promise puts between two meetings.
func (p *planner) gap(n int) int {
	c := p.forums[n].Cadence
	switch {
	case c.Months > 0:
		return 30 * c.Months
	case c.PerTerm:
		return 160 / c.Wanted()
	}
	return 365 / c.Wanted()
}

// give puts a wish on one of its choices; take takes it away.
func (p *planner) give(i, at int) {
	p.given[i] = at
	if at < 0 {
		return
	}
	c, n := p.wishes[i].choices[at], p.wishes[i].forum
	p.byDay[c.day] = append(p.byDay[c.day], p.entry(i, c))
	p.placed[n] = append(p.placed[n], c.day)
}

func (p *planner) take(i int) {
	at := p.given[i]
	p.given[i] = -1
	if at < 0 {
		return
	}
	c, n := p.wishes[i].choices[at], p.wishes[i].forum
	p.byDay[c.day] = slices.DeleteFunc(p.byDay[c.day], func(e entry) bool { return e.wish == i })
	k := slices.Index(p.placed[n], c.day)
	p.placed[n] = slices.Delete(p.placed[n], k, k+1)
}

// cheapest finds the choice that costs a wish least now, and what: -1 and costNone when each would
// put somebody in two places.
func (p *planner) cheapest(i int) (at, cost int) {
	at, cost = -1, costNone
	for n, c := range p.wishes[i].choices {
		if c.cost >= cost { // they are in order
			break
		}
		if load := p.load(i, c, cost); load < cost {
			at, cost = n, load
		}
	}
	return at, cost
}

// greedy gives each wish the cheapest choice that is left, the one with the fewest first, and tells
// what the whole costs.
func (p *planner) greedy() int {
	order := make([]int, len(p.wishes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(p.wishes[a].choices) - len(p.wishes[b].choices) })
	total := 0
	for _, i := range order {
		at, cost := p.cheapest(i)
		p.give(i, at)
		total += cost
	}
	return total
}

// now is what a wish costs where it lies: taken away and asked again, so that it is not in its own way.
func (p *planner) now(i int) int {
	at := p.given[i]
	if at < 0 {
		return costNone
	}
	p.take(i)
	cost := p.load(i, p.wishes[i].choices[at], costNone)
	p.give(i, at)
	return cost
}

// improve moves meetings as long as the whole gets cheaper, and tells what it then costs.
func (p *planner) improve() int {
	for range rounds {
		better := false
		for i := range p.wishes {
			better = p.move(i) || better
		}
		for i := range p.wishes {
			better = p.makeRoom(i) || better
		}
		if !better {
			break
		}
	}
	return p.total()
}

// total is what everything costs: each pair of meetings is counted once.
func (p *planner) total() int {
	given := slices.Clone(p.given)
	for i := range p.wishes {
		p.take(i)
	}
	total := 0
	for i, at := range given {
		if at < 0 {
			total += costNone
			continue
		}
		total += p.load(i, p.wishes[i].choices[at], 1<<30)
		p.give(i, at)
	}
	return total
}

// move gives one wish a cheaper choice, when there is one.
func (p *planner) move(i int) bool {
	was, before := p.given[i], p.now(i)
	p.take(i)
	at, cost := p.cheapest(i)
	if cost >= before {
		p.give(i, was)
		return false
	}
	p.give(i, at)
	return true
}

// makeRoom looks for a day that one other meeting keeps from a wish, and moves that one away when
// both together then cost less.
func (p *planner) makeRoom(i int) bool {
	was, before := p.given[i], p.now(i)
	p.take(i)
	for at, c := range p.wishes[i].choices {
		if c.cost >= before {
			break
		}
		if j := p.inTheWay(i, c); j >= 0 && p.exchange(i, at, j, before) {
			return true
		}
	}
	p.give(i, was)
	return false
}

// inTheWay gives the one proposed meeting that a choice clashes with; -1 for none, several, or a fixed one.
func (p *planner) inTheWay(i int, c choice) int {
	found := -1
	e := p.entry(i, c)
	for _, other := range p.byDay[c.day] {
		switch {
		case found >= 0 || other.wish < 0:
			return -1
		case p.clash(e, other) > 0:
			found = other.wish
		}
	}
	return found
}

// exchange puts i where j is in the way and j elsewhere, when that is cheaper. i has been taken away.
func (p *planner) exchange(i, at, j, before int) bool {
	was := p.given[j]
	without := p.now(j)
	p.take(j)
	cost := p.load(i, p.wishes[i].choices[at], costNone)
	p.give(i, at)
	elsewhere, more := p.cheapest(j)
	if cost+more < before+without {
		p.give(j, elsewhere)
		return true
	}
	p.take(i)
	p.give(j, was)
	return false
}
