package app

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"log/slog"
	"regexp"
)

// Discreet is a handler that lets no address, token or value of a panic through to another one,
// whoever writes the line: our own errors, River's, a mail server's answer. It is the last net; what
// we log ourselves does not need it.
func Discreet(h slog.Handler) slog.Handler { return discreet{h} }

type discreet struct{ slog.Handler }

// Handle passes a line on without what nobody should read in it.
func (d discreet) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, hush(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(hushed(a))
		return true
	})
	return d.Handler.Handle(ctx, out)
}

// WithAttrs keeps the net around a handler with more attributes.
func (d discreet) WithAttrs(attrs []slog.Attr) slog.Handler {
	all := make([]slog.Attr, len(attrs))
	for n, a := range attrs {
		all[n] = hushed(a)
	}
	return discreet{d.Handler.WithAttrs(all)}
}

// WithGroup keeps it around a group.
func (d discreet) WithGroup(name string) slog.Handler { return discreet{d.Handler.WithGroup(name)} }

func hushed(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch {
	case a.Key == "panic_val": // River's: what a worker panicked with
		return slog.String(a.Key, "…")
	case v.Kind() == slog.KindGroup:
		all := make([]slog.Attr, len(v.Group()))
		for n, member := range v.Group() {
			all[n] = hushed(member)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(all...)}
	case v.Kind() == slog.KindString:
		return slog.String(a.Key, hush(v.String()))
	case v.Kind() == slog.KindAny:
		if _, text := v.Any().(fmt.Stringer); text {
			return slog.String(a.Key, hush(fmt.Sprint(v.Any())))
		}
		if err, failed := v.Any().(error); failed {
			return slog.String(a.Key, hush(err.Error()))
		}
	}
	return a
}

var (
	mailboxes = regexp.MustCompile(`[^\s<>"'(),;:=/]+@[^\s<>"'(),;:=/]+`)
	modules   = regexp.MustCompile(`@v\d+\.\d+\.\d+`) // in a stack: gin@v1.12.0
	secrets   = regexp.MustCompile(`\b([a-z]{2,10})_[A-Za-z0-9_-]{16,}`)
	remotes   = regexp.MustCompile(`(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.%a-z]+\]):\d+`)
)

func hush(text string) string {
	text = mailboxes.ReplaceAllStringFunc(text, func(found string) string {
		if modules.MatchString(found) {
			return found
		}
		return "…"
	})
	return secrets.ReplaceAllString(text, "${1}_…")
}

// serverLog takes the lines that net/http writes of itself. They tell who called; the log does not
// get that.
func serverLog(to *slog.Logger) *log.Logger { return log.New(serverLines{to}, "", 0) }

type serverLines struct{ to *slog.Logger }

// Write takes one line.
func (s serverLines) Write(line []byte) (int, error) {
	s.to.Debug("http server", "line", remotes.ReplaceAllString(string(bytes.TrimSpace(line)), "…"))
	return len(line), nil
}
