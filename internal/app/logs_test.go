package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/riverqueue/river"

	"samverkan/internal/access"
	"samverkan/internal/app"
	"samverkan/internal/jobs"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

const (
	secretToken   = "rsvp_abcdefghijklmnopqrstuvwxyz"
	secretMailbox = "anna.ek@vingaker.example"
)

// secrets are what no line may hold.
var secrets = []string{canary, secretToken, secretMailbox, "abcdefghijklmnopqrstuvwxyz", "vingaker.example", "b@c", "127.0.0.1:"}

func wantDiscreet(t testing.TB, text string) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line != "" && !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %.200s", line)
		}
		for _, secret := range secrets {
			if strings.Contains(line, secret) {
				t.Errorf("the log holds %q: %.300s", secret, line)
			}
		}
	}
}

// T-LOGS: what goes wrong is logged, and neither panics, nor requests that are none, nor jobs that
// fail bring anything into the log that nobody should read there.
func TestWhatGoesWrongIsLoggedDiscreetly(t *testing.T) {
	onBoth(t, func(h *house) {
		anyone := serve.Anyone
		refuse := func(c *gin.Context, err error) { c.Status(serve.Status(err)) }
		h.app.Frame.Route(http.MethodGet, "/panics/:token", anyone, refuse, func(c *gin.Context) error { panic(canary + c.Param("token")) })
		h.app.Frame.Route(http.MethodGet, "/fails/:token", anyone, refuse, func(c *gin.Context) error {
			return fmt.Errorf("asking for %s with %s: no", secretMailbox, c.Param("token"))
		})
		h.app.Frame.Engine.GET("/unguarded/:token", func(c *gin.Context) { panic(canary + c.Param("token")) })
		// A real job fails for a real reason: what it wants is gone.
		h.write(func(tx *store.Tx) error { return tx.DB.Exec("DROP TABLE idempotency_keys").Error })
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		served := make(chan error, 1)
		go func() { served <- h.app.Serve(ctx, l) }()
		raw := func(request string) string {
			conn, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			if _, err := io.WriteString(conn, request); err != nil {
				t.Fatal(err)
			}
			answer, _ := io.ReadAll(conn)
			return string(answer)
		}
		const tail = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
		for request, want := range map[string]string{
			"GET /panics/" + secretToken + tail:                                          "500",
			"GET /fails/" + secretToken + tail:                                           "500",
			"GET /unguarded/" + secretToken + tail:                                       "500",
			"GET /i/" + secretToken + "?a=1;b=" + secretMailbox + tail:                   "400",
			"GET /i/" + secretToken + " HTTP/9.9\r\n\r\n":                                "505",
			"GET /i/" + secretToken + "\r\n\r\n":                                         "400",
			"GET /i/" + secretToken + " HTTP/1.1\r\nHost: a b@c\r\n\r\n":                 "400",
			"GET / HTTP/1.1\r\nHost: x\r\n" + secretMailbox + " : y\r\n\r\n":             "400",
			"\x16\x03\x01\x00\x05hello" + secretToken + "\r\n\r\n":                       "400",
			"POST /signin HTTP/1.1\r\nHost: x\r\nContent-Length: " + canary + "\r\n\r\n": "400",
		} {
			answer := raw(request)
			if status := strings.SplitN(answer+"  ", " ", 3)[1]; status != want {
				t.Errorf("%q: %q, not %q", request, status, want)
			}
			if strings.Contains(answer, canary) {
				t.Errorf("%q: the answer tells: %s", request, answer)
			}
		}
		for end := time.Now().Add(15 * time.Second); !strings.Contains(h.log.String(), `"kind":"tidy"`) && time.Now().Before(end); {
			time.Sleep(20 * time.Millisecond)
		}
		stop()
		if err := <-served; err != nil {
			t.Fatal(err)
		}
		for _, told := range []string{"request failed", "panic: string", "logs_test.go", "gin@v", `"kind":"tidy"`, "idempotency_keys"} {
			if !strings.Contains(h.log.String(), told) {
				t.Errorf("the log does not tell %q", told)
			}
		}
		wantDiscreet(t, h.log.String())
	})
}

type failing struct {
	Panics bool `json:"panics"`
}

func (failing) Kind() string { return "failing" }

type failingWorker struct {
	river.WorkerDefaults[failing]
	done chan bool
}

func (w failingWorker) Work(_ context.Context, j *river.Job[failing]) error {
	defer func() { w.done <- true }()
	if j.Args.Panics {
		panic(canary)
	}
	return errors.New("550 5.1.1 <" + secretMailbox + ">: unknown; link " + secretToken)
}

// River writes of jobs itself.
func TestAFailingJobIsLoggedDiscreetly(t *testing.T) {
	onBoth(t, func(h *house) {
		var lines logged
		worker := failingWorker{done: make(chan bool, 10)}
		workers := river.NewWorkers()
		river.AddWorker(workers, &worker)
		queue, err := jobs.Open(h.app.DB, jobs.Options{Workers: workers, Log: slog.New(app.Discreet(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelWarn})))})
		if err != nil {
			t.Fatal(err)
		}
		defer queue.Close()
		if err := queue.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		h.clock = time.Now() // River's own clock decides what is due
		h.write(func(tx *store.Tx) error {
			return errors.Join(queue.Enqueue(tx, failing{}, tx.Now), queue.Enqueue(tx, failing{Panics: true}, tx.Now))
		})
		for range 2 {
			select {
			case <-worker.done:
			case <-time.After(20 * time.Second):
				t.Fatal("the jobs were not worked")
			}
		}
		if err := queue.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		for _, told := range []string{"550 5.1.1", "job panicked", "logs_test.go"} {
			if !strings.Contains(lines.String(), told) {
				t.Errorf("the log does not tell %q", told)
			}
		}
		wantDiscreet(t, lines.String())
	})
}

// The net itself, wherever in a line something stands.
func TestDiscreet(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(app.Discreet(slog.NewJSONHandler(&out, nil)))
	log.With("to", secretMailbox).WithGroup("g").Info("sent to "+secretMailbox, "error", fmt.Errorf("at %s", secretToken), slog.Group("in", "deep", secretToken),
		"uuid", store.NewID(), "number", 7, "panic_val", canary, "who", access.Guest().Name)
	wantDiscreet(t, out.String())
	for _, kept := range []string{`"number":7`, `"rsvp_…"`, `"sent to …"`, `"uuid":"0`} {
		if !strings.Contains(out.String(), kept) {
			t.Errorf("%s is gone: %s", kept, out.String())
		}
	}
}
