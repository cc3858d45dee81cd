package serve_test

import (
	"mime"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/gin-gonic/gin"

	"samverkan/internal/serve"
)

// hostile are names that somebody may give a forum or a meeting, and what a file is called then.
var hostile = map[string]string{
	"Möten 2027.csv":                  "Möten 2027.csv",
	"Närvaro åäö ÅÄÖ.csv":             "Närvaro åäö ÅÄÖ.csv",
	"a\r\nSet-Cookie: a=b.csv":        "aSet-Cookie- a=b.csv",
	"a\r\n\r\n<script>.html":          "a-script.html",
	"a\nb.csv":                        "ab.csv",
	`a".csv`:                          "a.csv",
	`a"; filename="evil.exe`:          "a-; filename=-evil.exe",
	`a\".csv`:                         "a.csv",
	"../../etc/passwd":                "etc-passwd",
	`..\..\windows\system32\cmd.exe`:  "windows-system32-cmd.exe",
	"/etc/passwd":                     "etc-passwd",
	"C:\\autoexec.bat":                "C--autoexec.bat",
	"..":                              "fil",
	".":                               "fil",
	"":                                "fil",
	"   ":                             "fil",
	".htaccess":                       "htaccess",
	"a\x00.csv":                       "a.csv",
	"\x1b[31mröd.csv":                 "[31mröd.csv",
	"möte\u202Evsc.exe":               "mötevsc.exe",
	"\u2066möte\u2069\u200B.csv":      "möte.csv",
	"möte\u2028rad.csv":               "möterad.csv",
	"🗓️ möten 👩‍👩‍👧.csv":              "🗓️ möten 👩👩👧.csv",
	"CON.csv":                         "_CON.csv",
	"nul":                             "_nul",
	"Lpt1.tar.gz":                     "_Lpt1.tar.gz",
	"com¹.csv":                        "_com¹.csv",
	"möten.csv. . .":                  "möten.csv",
	"a*b?c<d>e|f.csv":                 "a-b-c-d-e-f.csv",
	"100%41.csv":                      "100-41.csv",
	"\xff\xfem\u00f6te.csv":           "möte.csv",
	"a%0d%0aX-Injected: 1.csv":        "a-0d-0aX-Injected- 1.csv",
	"mo\u0308ten.csv":                 "möten.csv",
	"utf-8''%2e%2e%2fx.csv":           "utf-8''-2e-2e-2fx.csv",
	"~root.csv":                       "root.csv",
	strings.Repeat("å", 400) + ".csv": strings.Repeat("å", 88) + ".csv",
	"a." + strings.Repeat("x", 400):   "a." + strings.Repeat("x", 178),
	"filändelse." + strings.Repeat("ö ", 9): "filändelse.ö ö ö ö ö ö ö ö ö",
}

// T-FILENAME: whatever a thing is called, its file has a name that adds no header, names no folder,
// shows its own ending, and is read alike by those who know RFC 8187 and those who do not.
func TestFilename(t *testing.T) {
	if len(hostile) < 30 {
		t.Fatalf("%d names", len(hostile))
	}
	gin.SetMode(gin.ReleaseMode)
	plain := regexp.MustCompile(`^attachment; filename="([ -~]*)"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_|~%` + "`" + `-]*)$`)
	for name, want := range hostile {
		w := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(w)
		serve.Attachment(c, name, "text/csv; charset=utf-8", []byte("a;b\n"))
		header := w.Result().Header
		line := header.Get("Content-Disposition")
		found := plain.FindStringSubmatch(line)
		if found == nil || len(header["Content-Disposition"]) != 1 || header.Get("Set-Cookie")+header.Get("X-Injected") != "" {
			t.Errorf("%q: the header is %q", name, line)
			continue
		}
		kind, values, err := mime.ParseMediaType(line)
		if got := values["filename"]; err != nil || kind != "attachment" || got != want {
			t.Errorf("%q: read as %q, not %q: %v", name, got, want, err)
		}
		for _, shown := range []string{found[1], values["filename"]} {
			if shown == "" || len(shown) > 200 || strings.ContainsAny(shown, `/\:*?"<>|`) || shown != filepath.Base(shown) ||
				strings.HasPrefix(shown, ".") || strings.ContainsFunc(shown, unicode.IsControl) {
				t.Errorf("%q: %q is no safe name", name, shown)
			}
		}
		if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%q: %s", name, csp)
		}
	}
}
