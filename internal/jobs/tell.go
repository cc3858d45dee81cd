package jobs

import (
	"context"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// teller logs the jobs that failed. River itself tells of an error only to who asks for its
// debugging lines.
type teller struct{ log *slog.Logger }

// HandleError logs an attempt that failed. River tries again.
func (t teller) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	t.log.Error("job failed", "job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "error", err)
	return nil
}

// HandlePanic logs where a worker panicked. What it panicked with may quote what somebody wrote.
func (t teller) HandlePanic(_ context.Context, job *rivertype.JobRow, _ any, trace string) *river.ErrorHandlerResult {
	t.log.Error("job panicked", "job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "stack", trace)
	return nil
}
