package serve

import (
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Remembered answers a request from memory. It is not done, and has written nothing, when it does not
// know the answer.
type Remembered func(w http.ResponseWriter, r *http.Request) (status int, done bool)

type memory struct {
	prefix, route string
	answer        Remembered
}

// Remember lets plain requests for paths with a prefix be answered from memory, before sessions, limits and
// routes are looked at. Whoever answers has let the same request of the same address through all of them
// before. route is what metrics and log call it.
func (f *Frame) Remember(prefix, route string, answer Remembered) {
	f.memory = &memory{prefix, route, answer}
}

func (f *Frame) remembered(next http.Handler) http.Handler {
	if f.memory == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, f.memory.prefix) || !plain(r) {
			next.ServeHTTP(w, r)
			return
		}
		begin := time.Now()
		status, done := f.memory.answer(w, r)
		if !done {
			next.ServeHTTP(w, r)
			return
		}
		level := slog.LevelInfo
		if status == http.StatusNotModified { // programs ask again and again: no news
			level = slog.LevelDebug
		}
		f.observed(level, w.Header().Get("X-Request-Id"), r.Method, f.memory.route, status, time.Since(begin))
	})
}

// plain is a GET or HEAD that can be read in one way only.
func plain(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.URL.RawQuery == "" && r.URL.RawPath == "" &&
		r.ContentLength == 0 && len(r.TransferEncoding) == 0
}

// Sender is where a request comes from, as finely as it can be told: the same gives the same ClientIP.
func Sender(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	for _, via := range r.Header[forwardedFor] {
		host += " " + via
	}
	return host
}

var nothing = []string{"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}

// SetHeaders are those of every answer, for one that no browser shows as a page.
func (f *Frame) SetHeaders(h http.Header) {
	f.fixed(h)
	h["X-Request-Id"] = []string{uuid.NewString()[:13]}
	h["Content-Security-Policy"] = nothing
}
