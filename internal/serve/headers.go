package serve

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net/http"

	"github.com/google/uuid"
)

// identify gives each request an id of its own. One that comes with the request is not believed.
func (f *Frame) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := uuid.NewString()[:13]
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey, id)))
	})
}

// Nonce is what a style sheet or a script of this answer must carry to be taken (CSP3 §7.2.1): 128
// fresh bits for each request.
func Nonce(ctx context.Context) string {
	nonce, _ := ctx.Value(nonceKey).(string)
	return nonce
}

func newNonce() string {
	bits := make([]byte, 16)
	rand.Read(bits)
	return base64.RawURLEncoding.EncodeToString(bits)
}

// headers are the same everywhere; a door may set another Cache-Control.
func (f *Frame) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nonce := newNonce()
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+nonce+"'; style-src 'nonce-"+nonce+"'; img-src 'self' data:; connect-src 'self'; "+
			"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		f.fixed(h)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), nonceKey, nonce)))
	})
}

// always are the headers that are the same in every answer.
var always = http.Header{
	"X-Content-Type-Options":       {"nosniff"},
	"Referrer-Policy":              {"no-referrer"}, // an address may hold a token
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Permissions-Policy":           {"camera=(), microphone=(), geolocation=(), interest-cohort=()"},
	"X-Robots-Tag":                 {"noindex, nofollow"},
	"Cache-Control":                {"private, no-store"},
}

var hsts = []string{"max-age=31536000; includeSubDomains"}

func (f *Frame) fixed(h http.Header) {
	maps.Copy(h, always)
	if f.options.Secure {
		h["Strict-Transport-Security"] = hsts
	}
}
