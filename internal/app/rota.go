package app

import (
	"time"

	"github.com/riverqueue/river"

	"samverkan/internal/post"
	"samverkan/internal/work"
)

// rota lists every periodic job; reads tells that there is a mailbox. Each asks the database what is due, so that a missed round is
// caught up with by the next one. One instance of several runs them: River's leader.
func rota(reads bool) []*river.PeriodicJob {
	jobs := []*river.PeriodicJob{
		every(time.Minute, "wake-sender", func() river.JobArgs { return post.Wake{} }),
		every(5*time.Minute, "remind", func() river.JobArgs { return work.Remind{} }),
		every(time.Hour, "seal-log", func() river.JobArgs { return work.SealLog{} }),
		every(time.Hour, "tidy", func() river.JobArgs { return work.Tidy{} }),
	}
	if reads { // there is a mailbox
		jobs = append(jobs, every(time.Minute, "poll-inbox", func() river.JobArgs { return work.PollInbox{} }))
	}
	return jobs
}

func every(period time.Duration, id string, job func() river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(period), func() (river.JobArgs, *river.InsertOpts) { return job(), nil },
		&river.PeriodicJobOpts{ID: id, RunOnStart: true})
}
