package search

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// Counts are how many hits each choice of a filter would show, the other filters being as they are.
// Choices without hits are left out.
type Counts struct {
	Forums, Organisations, WorkGroups map[uuid.UUID]int
	Years                             map[int]int
	Kinds                             map[Kind]int
}

// tally is how many of what is found are the same to every filter.
type tally struct {
	Kind            Kind
	ForumID         uuid.UUID
	Year            string
	OrganisationIDs string // JSON
	WorkGroupIDs    string
	Count           int
}

// counts asks once, in all that the actor may read, and counts for each filter what the others let pass.
func (s *seeker) counts(statement string, values []any) (*Counts, error) {
	c := &Counts{map[uuid.UUID]int{}, map[uuid.UUID]int{}, map[uuid.UUID]int{}, map[int]int{}, map[Kind]int{}}
	if statement == "" {
		return c, nil
	}
	var all []tally
	err := s.all.tx.DB.Raw(statement+"SELECT i.kind, i.forum_id, substr(i.date, 1, 4) AS year, i.organisation_ids, i.work_group_ids, count(*) AS count "+
		"FROM found JOIN search_items AS i ON i.number = found.number GROUP BY 1, 2, 3, 4, 5", values...).Scan(&all).Error
	for _, t := range all {
		if err := c.add(s.query, t); err != nil {
			return nil, err
		}
	}
	return c, err
}

// add counts a tally at each filter of which the others let it pass.
func (c *Counts) add(q Query, t tally) error {
	var organisations, groups []uuid.UUID
	if err := json.Unmarshal([]byte(t.OrganisationIDs), &organisations); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(t.WorkGroupIDs), &groups); err != nil {
		return err
	}
	year, err := strconv.Atoi(strings.TrimSpace(t.Year))
	if err != nil {
		return err
	}
	of := []struct {
		passes bool
		count  func()
	}{
		{q.Forum == nil || *q.Forum == t.ForumID, func() { c.Forums[t.ForumID] += t.Count }},
		{q.Organisation == nil || slices.Contains(organisations, *q.Organisation), func() { addEach(c.Organisations, organisations, t.Count) }},
		{q.WorkGroup == nil || slices.Contains(groups, *q.WorkGroup), func() { addEach(c.WorkGroups, groups, t.Count) }},
		{q.Year == 0 || q.Year == year, func() { c.Years[year] += t.Count }},
		{q.Kind == "" || q.Kind == t.Kind, func() { c.Kinds[t.Kind] += t.Count }},
	}
	stopped := 0
	for _, filter := range of {
		if !filter.passes {
			stopped++
		}
	}
	for _, filter := range of {
		if stopped == 0 || stopped == 1 && !filter.passes {
			filter.count()
		}
	}
	return nil
}

func addEach(counts map[uuid.UUID]int, ids []uuid.UUID, n int) {
	for _, id := range ids {
		counts[id] += n
	}
}
