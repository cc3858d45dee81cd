package web

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
)

// htmxSum is that of htmx 4.0.1 as its makers publish it (dist/htmx.min.js): the file is theirs,
// untouched.
const htmxSum = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"

func TestScriptIsTheOneThatWasChosen(t *testing.T) {
	sum := sha256.Sum256(assets["htmx.min.js"].plain)
	if got := hex.EncodeToString(sum[:]); got != htmxSum {
		t.Errorf("internal/web/static/htmx.min.js has the sum %s", got)
	}
}

func TestStaticFilesAreCompressedForThoseWhoReadThat(t *testing.T) {
	gin.SetMode(gin.TestMode)
	engine := gin.New()
	engine.GET("/static/:file", func(c *gin.Context) {
		if err := (&Web{}).static(c); err != nil {
			c.Status(http.StatusNotFound)
		}
	})
	for name, a := range assets {
		for _, accepted := range []string{"", "gzip, br"} {
			request := httptest.NewRequest("GET", a.address, nil)
			request.Header.Set("Accept-Encoding", accepted)
			answer := httptest.NewRecorder()
			engine.ServeHTTP(answer, request)
			if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != a.contentType || answer.Header().Get("Vary") != "Accept-Encoding" {
				t.Fatalf("%s: %d %v", name, answer.Code, answer.Header())
			}
			body := io.Reader(answer.Body)
			if accepted != "" {
				unzipped, err := gzip.NewReader(body)
				if err != nil {
					t.Fatal(err)
				}
				body = unzipped
			}
			if data, err := io.ReadAll(body); err != nil || string(data) != string(a.plain) {
				t.Errorf("%s with %q: %d bytes, %v", name, accepted, len(data), err)
			}
		}
	}
}
