package secretariat_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
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
