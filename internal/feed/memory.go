package feed

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/seal"
	"samverkan/internal/serve"
)

// mostKept bounds what is remembered: a feed is one calendar program, seldom more than a few addresses.
const mostKept = 4096

// asked is who asks for what: an address that has guessed too often is refused a right token too.
type asked struct{ tokenHash, from string }

func question(r *http.Request, token string) asked {
	return asked{seal.Hash(token), serve.Sender(r)}
}

// answer is what the database said, good while nothing was committed and no right has run out by itself.
type answer struct {
	feed    *access.FeedSubscription
	built   *built
	changes int64
	until   time.Time
}

// memory holds answers. The database is asked each time when changes of other programs cannot be heard.
type memory struct {
	mu   sync.Mutex
	kept map[asked]answer
}

func (d *door) remember(q asked, a answer) {
	d.memory.mu.Lock()
	defer d.memory.mu.Unlock()
	if d.memory.kept == nil || len(d.memory.kept) >= mostKept {
		d.memory.kept = map[asked]answer{}
	}
	d.memory.kept[q] = a
}

// recall gives an answer that still stands.
func (d *door) recall(q asked) (answer, bool) {
	count, sure := d.DB.Changes()
	if !sure {
		return answer{}, false
	}
	d.memory.mu.Lock()
	a, found := d.memory.kept[q]
	d.memory.mu.Unlock()
	return a, found && a.changes == count && d.DB.Now().Before(a.until)
}

// compressed is the body by gzip, made once, for the first program that takes it.
func (b *built) compressed() []byte {
	b.once.Do(func() {
		var out bytes.Buffer
		w, err := gzip.NewWriterLevel(&out, gzip.DefaultCompression)
		if err == nil {
			_, err = w.Write(b.body)
		}
		if err == nil && w.Close() == nil {
			b.packed = out.Bytes()
		}
	})
	return b.packed
}

// takesGzip reads Accept-Encoding (RFC 9110 §12.5.3) as far as it concerns us.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight != "q=0" && !strings.HasPrefix(weight, "q=0.000") && weight != "q=0.0" && weight != "q=0.00"
		}
	}
	return false
}
