//go:build bench

// Benchworld makes an installation to be measured: three forums with 100, 1,000 and 10,000 meetings, each
// with a feed of its own at /calendar/feed_bench{N}.ics. Meetings go through the verb that pages and API
// use; nobody could type so many. It is given the data folder:
//
//	go run -tags nomsgpack,bench ./scripts/benchworld FOLDER
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/forum"
	"samverkan/internal/jobs"
	"samverkan/internal/meeting"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite://"+filepath.Join(dir, "samverkan.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx, jobs.Migrate(db)); err != nil {
		return err
	}
	queue, err := jobs.Open(db, jobs.Options{})
	if err != nil {
		return err
	}
	defer queue.Close()
	var world *sample.World
	if err := db.Write(ctx, func(tx *store.Tx) (err error) {
		world, err = sample.Build(tx, "nobody signs in")
		return err
	}); err != nil {
		return err
	}
	for _, n := range []int{100, 1000, 10000} {
		if err := db.Write(ctx, func(tx *store.Tx) error { return fill(tx, world, n) }); err != nil {
			return err
		}
	}
	return nil
}

// fill spreads n meetings over the months that a feed shows.
func fill(tx *store.Tx, world *sample.World, n int) error {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return err
	}
	own, err := forum.Find(tx, access.System(), world.Forums["rvt-miranda"])
	if err != nil {
		return err
	}
	s := own.Settings()
	s.Name = fmt.Sprintf("Forum med %d möten", n)
	f, err := forum.Found(tx, access.System(), s, nil)
	if err != nil {
		return err
	}
	today := almanac.DateOf(tx.Now, zone)
	for i := range n {
		at := meeting.Time{Date: today.AddDays(1 + i*500/n), Starts: almanac.Clock(8*60 + i%8*60), Ends: almanac.Clock(9*60 + i%8*60), Place: "Rum B-2301"}
		if _, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: f.ID, Zone: zone, Time: at}); err != nil {
			return err
		}
	}
	owner, err := access.Load(tx, world.Identities[access.Coordinator])
	if err != nil {
		return err
	}
	feed, _, err := access.Subscribe(tx, owner, "Mätning", access.Full, access.Contents{ForumID: &f.ID})
	if err != nil {
		return err
	}
	return tx.DB.Model(feed).Update("token_hash", seal.Hash(fmt.Sprintf("feed_bench%d", n))).Error
}
