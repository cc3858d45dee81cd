package followup

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Presence is one organisation's presence at a forum's meetings in a year, by their finished notes.
// It names no person.
type Presence struct {
	Organisation partner.Organisation
	Came         []Visit // meetings that somebody from it came to
	Missed       []Visit // meetings whose notes name it and to which nobody came
}

// Visit is one meeting.
type Visit struct {
	MeetingID uuid.UUID
	Date      almanac.Date
}

// Of is how many meetings the notes name the organisation at.
func (p Presence) Of() int { return len(p.Came) + len(p.Missed) }

// Presences gives who came to the meetings of a year, for each forum whose notes the actor may read, by the organisations' names. A
// partner is met only when somebody from it came; our own organisation is none.
func Presences(tx *store.Tx, by access.Actor, year int) (map[uuid.UUID][]Presence, error) {
	return PresencesWithin(tx, by, Year(year))
}

// PresencesWithin is Presences for the meetings of a period.
func PresencesWithin(tx *store.Tx, by access.Actor, period Period) (map[uuid.UUID][]Presence, error) {
	frozen, err := minutes.FrozenPresences(tx, by, period.From, period.To)
	if err != nil {
		return nil, err
	}
	names, err := partner.NamesOf(tx, by)
	if err != nil {
		return nil, err
	}
	ours, err := partner.Ours(tx)
	if err != nil {
		return nil, err
	}
	organisations, err := partner.Organisations(tx, by)
	if err != nil {
		return nil, err
	}
	at := map[uuid.UUID]map[uuid.UUID]map[Visit]bool{} // forum, organisation, meeting: did somebody come
	for _, p := range frozen {
		who := names.Of(p.Organisation, p.Role)
		if who == uuid.Nil || ours[who] {
			continue
		}
		if at[p.ForumID] == nil {
			at[p.ForumID] = map[uuid.UUID]map[Visit]bool{}
		}
		if at[p.ForumID][who] == nil {
			at[p.ForumID][who] = map[Visit]bool{}
		}
		v := Visit{p.MeetingID, p.Date}
		at[p.ForumID][who][v] = at[p.ForumID][who][v] || p.Came()
	}
	all := map[uuid.UUID][]Presence{}
	for forumID, of := range at {
		for _, o := range organisations { // by name
			if visits, named := of[o.ID]; named {
				all[forumID] = append(all[forumID], presence(o, visits))
			}
		}
	}
	return all, nil
}

func presence(o partner.Organisation, visits map[Visit]bool) Presence {
	p := Presence{Organisation: o}
	for v, came := range visits {
		if came {
			p.Came = append(p.Came, v)
		} else {
			p.Missed = append(p.Missed, v)
		}
	}
	byDay(p.Came)
	byDay(p.Missed)
	return p
}

func byDay(visits []Visit) {
	slices.SortFunc(visits, func(a, b Visit) int {
		return cmp.Or(a.Date.Compare(b.Date), bytes.Compare(a.MeetingID[:], b.MeetingID[:]))
	})
}
