package poll_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
	"samverkan/internal/poll"
)

// june gives times at one o'clock on days of June 2027, by their letters.
func june(days ...int) (times []poll.Time) {
	for n, d := range days {
		times = append(times, poll.Time{ID: uuid.UUID{byte(n + 1)}, Date: almanac.Date{Year: 2027, Month: 6, Day: d}, Starts: 13 * 60, Ends: 14*60 + 30})
	}
	return times
}

// voter answers with a letter for each time: y, i, n. Without letters: has not answered.
func voter(label, answers string) poll.Voter {
	v := poll.Voter{Label: strings.TrimSuffix(label, "!"), Mandatory: strings.HasSuffix(label, "!")}
	for n, a := range answers {
		if v.Answers == nil {
			v.Answers = map[uuid.UUID]poll.Answer{}
		}
		v.Answers[uuid.UUID{byte(n + 1)}] = map[rune]poll.Answer{'y': poll.Yes, 'i': poll.IfNeeded, 'n': poll.No}[a]
	}
	return v
}

func TestRank(t *testing.T) {
	for _, c := range []struct {
		name   string
		people []poll.Voter
		days   []int // the best first
		why    string
		ties   string
	}{
		{"most that it suits come first", []poll.Voter{voter("Polisen", "nyy"), voter("Skolan", "nny"), voter("Miranda", "nny")}, []int{10, 9, 8}, "Alla 3 kan.", ""},
		{"all can, one if needed", []poll.Voter{voter("Polisen", "nin"), voter("Skolan", "nyn"), voter("A", "nyn"), voter("B", "nyn"), voter("C", "nyn")}, []int{9, 8, 10},
			"Alla 5 kan. Polisen: kan om det behövs.", ""},
		{"somebody mandatory counts more than all others", []poll.Voter{voter("Bo!", "nyi"), voter("Polisen", "ynn"), voter("Skolan", "ynn")}, []int{9, 10, 8},
			"1 av 3 kan. Polisen och Skolan kan inte.", ""},
		{"nobody mandatory can at any time", []poll.Voter{voter("Bo!", "nnn"), voter("Polisen", "yny"), voter("Skolan", "yni")}, []int{8, 10, 9},
			"2 av 3 kan. Bo kan inte, men måste vara med.", ""},
		{"one who can if needed counts more than one who cannot", []poll.Voter{voter("Polisen", "yyn"), voter("Skolan", "nin")}, []int{9, 8, 10}, "Båda kan. Skolan: kan om det behövs.", ""},
		{"the earliest of equals, and it is told", []poll.Voter{voter("Polisen", "nyy")}, []int{9, 10, 8}, "Den tillfrågade kan.", "Lika bra passar tors 10 juni kl. 13.00–14.30. Den tidigaste står först."},
		{"several equals", []poll.Voter{voter("Polisen", "yyy"), voter("Bo!", "")}, []int{8, 9, 10}, "1 av 2 kan. Bo har inte svarat, men måste vara med.", "Lika bra passar 2 andra tider. Den tidigaste står först."},
		{"whoever is silent is named", []poll.Voter{voter("Polisen", "nyn"), voter("Skolan", ""), voter("Miranda", ""), voter("Bo", "")}, []int{9, 8, 10}, "1 av 4 kan. Skolan, Miranda och Bo har inte svarat.", ""},
		{"nobody has answered", []poll.Voter{voter("Polisen", ""), voter("Skolan!", "")}, []int{8, 9, 10}, "Ingen har svarat än.", "Lika bra passar 2 andra tider. Den tidigaste står först."},
	} {
		t.Run(c.name, func(t *testing.T) {
			ranked := poll.Rank(june(8, 9, 10), c.people)
			var days []int
			for _, r := range ranked {
				days = append(days, r.Date.Day)
			}
			if !slices.Equal(days, c.days) {
				t.Errorf("ranked %v, not %v", days, c.days)
			}
			if why := ranked[0].Words(lang.Swedish); why != c.why {
				t.Errorf("%q, not %q", why, c.why)
			}
			if ties := ranked[0].Ties().In(lang.Swedish); ties != c.ties {
				t.Errorf("%q, not %q", ties, c.ties)
			}
			slices.Reverse(c.people)
			again := poll.Rank(june(8, 9, 10), c.people)
			for n := range again {
				if again[n].ID != ranked[n].ID {
					t.Errorf("another order of people gives another order of times")
				}
			}
		})
	}
	t.Run("in English", func(t *testing.T) {
		best := poll.Rank(june(8, 9), []poll.Voter{voter("Polisen", "yy"), voter("Bo!", "in")})[0]
		if why := best.Words(lang.English); why != "Both can. Bo can if needed." {
			t.Error(why)
		}
	})
}
