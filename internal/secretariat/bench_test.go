package secretariat_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// BenchmarkConvene makes a meeting and asks ten people to it, in one transaction.
func BenchmarkConvene(b *testing.B) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := storetest.One(b, address(b))
			key, err := seal.New(bytes.Repeat([]byte{3}, 32))
			if err != nil {
				b.Fatal(err)
			}
			office := secretariat.Office{Key: key, BaseURL: "https://samverkan.example", From: "moten@vingaker.example", Zone: time.UTC}
			var ten uuid.UUID
			if err := db.Write(b.Context(), func(tx *store.Tx) (err error) {
				ten, err = forumOfTen(tx)
				return err
			}); err != nil {
				b.Fatal(err)
			}
			n := 0
			for b.Loop() {
				n++
				err := db.Write(b.Context(), func(tx *store.Tx) error {
					at := meeting.Time{Date: almanac.DateOf(tx.Now, time.UTC).AddDays(30 + n%300), Starts: 9 * 60, Ends: 10 * 60}
					m, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: ten, Zone: time.UTC, Time: at})
					if err != nil {
						return err
					}
					return secretariat.Convene(tx, access.System(), office, m.ID, 1, "")
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func forumOfTen(tx *store.Tx) (uuid.UUID, error) {
	by := access.System()
	world, err := sample.Build(tx, "hash")
	if err != nil {
		return uuid.Nil, err
	}
	own, err := forum.Find(tx, by, world.Forums["rvt-miranda"])
	if err != nil {
		return uuid.Nil, err
	}
	s := own.Settings()
	s.Name = "Tio personer"
	f, err := forum.Found(tx, by, s, nil)
	if err != nil {
		return uuid.Nil, err
	}
	organisations, err := partner.Organisations(tx, by)
	for n := 0; err == nil && n < 10; n++ {
		var c *partner.Contact
		c, err = partner.AddContact(tx, by, partner.Reach{Name: fmt.Sprint("Gäst ", n), Kind: partner.Person, Email: fmt.Sprintf("gast%d@x.example", n), OrganisationID: organisations[0].ID})
		if err == nil {
			err = forum.Seat(tx, by, f.ID, c.ID)
		}
	}
	return f.ID, err
}

// BenchmarkOverview asks what the overview shows, of sixty forums with a meeting a month for ten years.
// Its p95 is told beside the mean.
func BenchmarkOverview(b *testing.B) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := storetest.One(b, address(b))
			key, err := seal.New(bytes.Repeat([]byte{3}, 32))
			if err != nil {
				b.Fatal(err)
			}
			office := secretariat.Office{Key: key, BaseURL: "https://samverkan.example", From: "moten@vingaker.example", Zone: time.UTC}
			var coordinator access.Actor
			if err := db.Write(b.Context(), func(tx *store.Tx) (err error) {
				coordinator, err = sixtyForums(tx)
				return err
			}); err != nil {
				b.Fatal(err)
			}
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if err := db.Read(b.Context(), func(tx *store.Tx) error {
					if _, err := secretariat.Tasks(tx, coordinator, office); err != nil {
						return err
					}
					if _, err := secretariat.NextMeetings(tx, coordinator, office, 3); err != nil {
						return err
					}
					all, err := followup.Statuses(tx, coordinator, office.Zone, tx.Now.Year())
					if err == nil && len(all) < 60 {
						err = fmt.Errorf("%d forums", len(all))
					}
					return err
				}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

func sixtyForums(tx *store.Tx) (access.Actor, error) {
	by := access.System()
	world, err := sample.Build(tx, "hash")
	if err != nil {
		return by, err
	}
	own, err := forum.Find(tx, by, world.Forums["rvt-miranda"])
	if err != nil {
		return by, err
	}
	today := almanac.DateOf(tx.Now, time.UTC)
	for n := range 60 {
		s := own.Settings()
		s.Name, s.PromisedFrom = fmt.Sprint("Forum ", n), today.AddMonths(-120)
		s.Cadence = []forum.Cadence{{Months: 1}, {Months: 3}, {Min: 3, Max: 4}, {Min: 2, PerTerm: true}}[n%4]
		f, err := forum.Found(tx, by, s, nil)
		if err != nil {
			return by, err
		}
		for m := range 121 {
			day := today.AddMonths(m - 119).AddDays(n % 28)
			held := day.Before(today)
			if _, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: f.ID, Zone: time.UTC, Held: held, Time: meeting.Time{Date: day, Starts: 23 * 60, Ends: 23*60 + 30}}); err != nil {
				return by, err
			}
		}
	}
	return access.Load(tx, world.Identities[access.Coordinator])
}
