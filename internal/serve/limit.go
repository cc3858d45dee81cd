package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// Limits of a request, before anything of it is read.
const (
	MaxBody    = 1 << 20  // forms with files too, but those that Large names
	MaxURL     = 8 << 10  // octets of path and query
	MaxHeaders = 16 << 10 // octets of all header lines; net/http's own limit lets 4 kB more through
)

// forwardedFor is the one header of a proxy that is believed.
const forwardedFor = "X-Forwarded-For"

// limit refuses what is too large or can be read in two ways, and cuts bodies that turn out too
// large. huma and net/http each have limits that some bodies escape.
func (f *Frame) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		max := f.roomFor(r)
		switch {
		case len(r.URL.RequestURI()) > MaxURL:
			deny(w, r, http.StatusRequestURITooLong, "uriTooLong", "Adressen är för lång.")
		case headerSize(r.Header) > MaxHeaders:
			deny(w, r, http.StatusRequestHeaderFieldsTooLarge, "headersTooLarge", "Begärans huvuden är för stora.")
		case r.ContentLength > max:
			w.Header().Set("Connection", "close") // what is still on its way is not read
			deny(w, r, http.StatusRequestEntityTooLarge, "tooLarge", fmt.Sprintf("Det som skickades är större än %d MB.", max>>20))
		case packed(r.Header):
			deny(w, r, http.StatusUnsupportedMediaType, "unsupportedMediaType", "Innehållet är packat. Skicka det som det är.")
		case ambiguous(r.URL.RawQuery):
			deny(w, r, http.StatusBadRequest, "malformed", "Adressen har samma uppgift två gånger, eller går inte att läsa.")
		default:
			// Some proxies add a line of their own instead of an address to the line that is there; gin
			// reads the first line alone, which is the visitor's own.
			if lines := r.Header[forwardedFor]; len(lines) > 1 {
				r.Header.Set(forwardedFor, strings.Join(lines, ", "))
			}
			r.Body = http.MaxBytesReader(w, r.Body, max)
			next.ServeHTTP(w, r)
		}
	})
}

// Large lets the forms of a pattern of net/http be larger than others, in octets. Only what reads such a
// form once somebody is let in may have one.
func (f *Frame) Large(pattern string, max int64) {
	if f.large == nil {
		f.large = map[string]int64{}
	}
	f.large[pattern] = max
	f.roomy.Handle(pattern, http.NotFoundHandler())
}

// roomFor is how many octets a request may send.
func (f *Frame) roomFor(r *http.Request) int64 {
	if len(f.large) == 0 {
		return MaxBody
	}
	_, pattern := f.roomy.Handler(r)
	return max(MaxBody, f.large[pattern])
}

// patience is how long a large file may be on its way.
const patience = 10 * time.Minute

// Patient gives a request the time that a large file takes over a slow line.
func Patient(c *gin.Context) {
	line := http.NewResponseController(c.Writer)
	_ = line.SetReadDeadline(time.Now().Add(patience)) // a writer without deadlines has none to move
	_ = line.SetWriteDeadline(time.Now().Add(patience))
}

func headerSize(h http.Header) (size int) {
	for name, values := range h {
		for _, value := range values {
			size += len(name) + len(value) + len(": \r\n")
		}
	}
	return size
}

// packed tells a body that grows when it is read.
func packed(h http.Header) bool {
	encoding := h.Get("Content-Encoding")
	return encoding != "" && !strings.EqualFold(encoding, "identity")
}

// ambiguous tells a query that two readers may read as two: a name that comes twice, or what is
// none.
func ambiguous(query string) bool {
	values, err := url.ParseQuery(query)
	for _, all := range values {
		if len(all) > 1 {
			return true
		}
	}
	return err != nil
}

// rescue answers when something below fails without an error. A handler's own panic is caught
// nearer, where a page can be made of it.
func (f *Frame) rescue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler { // net/http's own sign, never wrapped
				panic(cause)
			}
			f.Record(r.Context(), Panicked(cause))
			deny(w, r, http.StatusInternalServerError, "internal", "Något gick fel hos oss. Försök igen. Numret är "+RequestID(r.Context())+".")
		}()
		next.ServeHTTP(w, r)
	})
}

// deny refuses before any door has seen the request: programs read a problem (RFC 9457), people a
// line.
func deny(w http.ResponseWriter, r *http.Request, status int, code, text string) {
	if !strings.HasPrefix(r.URL.Path, "/api/") {
		http.Error(w, text, status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{ // the caller may have gone
		"type": "about:blank", "title": text, "status": status, "detail": text, "instance": r.URL.Path, "code": code, "requestId": RequestID(r.Context()),
	})
}
