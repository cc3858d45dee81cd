package post_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"

	"samverkan/internal/mail"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// atOnce is a mail server that takes everything in no time: what is left is our own bookkeeping.
type atOnce struct{}

func (atOnce) Dial(context.Context) (mail.Conn, error) { return atOnce{}, nil }
func (atOnce) Close() error                            { return nil }
func (atOnce) Broken() bool                            { return false }

func (atOnce) Send(_ context.Context, e mail.Envelope) error { return e.BeforeDot() }

// BenchmarkSettle claims a letter, looks at the lease before the dot, and marks it as sent: two commits
// each, never in batches, because a kill may double no more than what is in flight.
func BenchmarkSettle(b *testing.B) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := storetest.One(b, address(b))
			key, err := seal.New(bytes.Repeat([]byte{3}, 32))
			if err != nil {
				b.Fatal(err)
			}
			const batch = 500
			s := &post.Sender{DB: db, Key: key, Mail: atOnce{}, Log: slog.New(slog.DiscardHandler)}
			for b.Loop() {
				b.StopTimer()
				if err := db.Write(b.Context(), func(tx *store.Tx) error {
					for n := range batch {
						if _, err := post.Write(tx, key, draft(fmt.Sprint("b", n), nil, tx.Now)); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if err := s.Drain(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/batch, "µs/letter")
		})
	}
}
