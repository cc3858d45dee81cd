package forum

import (
	"strconv"
	"strings"

	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// ItemKind says what an item of an agenda is for.
type ItemKind string

// The kinds.
const (
	Opening  ItemKind = "opening"
	Previous ItemKind = "previous" // the last notes and the actions that are open
	Round    ItemKind = "round"    // each organisation in turn
	Children ItemKind = "children" // what it means for children
	PassOn   ItemKind = "passOn"
	Next     ItemKind = "next" // meeting
	Free     ItemKind = "free"
)

// StandingItem is an item that every meeting of a forum has.
type StandingItem struct {
	Title   string
	Kind    ItemKind
	Minutes int // that it may take; 0: not said
}

// kindWords tell an item's kind by how its title begins.
var kindWords = []struct {
	begins string
	kind   ItemKind
}{{"öppn", Opening}, {"inledning", Opening}, {"föregående", Previous}, {"förra ", Previous}, {"laget runt", Round}, {"runda", Round},
	{"barnperspektiv", Children}, {"barnets perspektiv", Children}, {"att föra vidare", PassOn}, {"att förmedla", PassOn}, {"nästa möte", Next}, {"nästa träff", Next}}

// Items reads a forum's standing agenda: each line is a title, and how many minutes it may take behind a
// bar. What an item is for is told by its title.
func Items(agenda []string) []StandingItem {
	all := make([]StandingItem, len(agenda))
	for n, line := range agenda {
		title, minutes, _ := itemLine(line)
		all[n] = StandingItem{title, Free, minutes}
		for _, w := range kindWords {
			if strings.HasPrefix(strings.ToLower(title), w.begins) {
				all[n].Kind = w.kind
				break
			}
		}
	}
	return all
}

// longestItem is in minutes.
const longestItem = 480

// itemLine takes a line apart, and tells whether what stands behind the bar is a time.
func itemLine(line string) (title string, minutes int, ok bool) {
	title, text, timed := strings.Cut(line, "|")
	title = strings.TrimSpace(title)
	if !timed {
		return title, 0, true
	}
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "min"))
	minutes, err := strconv.Atoi(text)
	if err != nil || minutes < 1 || minutes > longestItem || title == "" || strings.Contains(text, "|") {
		return title, 0, false
	}
	return title, minutes, true
}

// most is the largest number of standing items.
const most = 40

// agenda checks standing items: one line each, without empty ones.
func agenda(tx *store.Tx, items []string) ([]string, error) {
	kept := []string{}
	for _, item := range items {
		line, err := deidentify.OptionalLine(tx.Now, "agenda", item, 200)
		if err != nil {
			return nil, err
		}
		if line == "" {
			continue
		}
		if _, _, ok := itemLine(line); !ok {
			return nil, fault.On("agenda", "Skriv tiden i minuter efter strecket, från 1 till %d, till exempel 20. Raden är: %s", longestItem, line)
		}
		kept = append(kept, line)
	}
	if len(kept) > most {
		return nil, fault.On("agenda", "Dagordningen har fler än %d punkter. Slå ihop några.", most)
	}
	return kept, nil
}

// ProposalsUntil gives the last day to propose an item to a meeting of a day; zero when nobody may.
func (f Forum) ProposalsUntil(day almanac.Date) almanac.Date {
	if f.ProposalDays == 0 || f.ConvenedBy != Us || f.Scope == IndividualCases {
		return almanac.Date{}
	}
	return almanac.WorkdaysBefore(day, f.ProposalDays)
}
