package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"samverkan/internal/app"
	"samverkan/internal/app/sample"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// run runs the program once and gives its exit code and what it printed.
func run(t *testing.T, environ []string, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = app.Run(t.Context(), app.World{Environ: environ, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs, Version: "test"}, args)
	return code, out.String(), errs.String()
}

// must is run for what has to work.
func must(t *testing.T, environ []string, args ...string) string {
	t.Helper()
	code, out, errs := run(t, environ, "", args...)
	if code != 0 {
		t.Fatalf("%v: exit %d: %s%s", args, code, out, errs)
	}
	return out
}

// start runs the program until the test ends and gives its first lines of output as they come.
func start(t *testing.T, environ []string, args ...string) *bufio.Reader {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	var errs bytes.Buffer
	done := make(chan int, 1)
	go func() {
		code := app.Run(ctx, app.World{Environ: environ, Stdin: strings.NewReader(""), Stdout: in, Stderr: &errs, Version: "test"}, args)
		in.Close()
		done <- code
	}()
	lines := bufio.NewReader(out)
	t.Cleanup(func() {
		stop()
		go io.Copy(io.Discard, lines)
		select {
		case code := <-done:
			if code != 0 {
				t.Errorf("exit %d: %s", code, errs.String())
			}
		case <-time.After(20 * time.Second):
			t.Error("it did not stop within 20 seconds")
		}
	})
	return lines
}

func TestDemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	lines := start(t, nil, "demo", "--json", "--listen", "127.0.0.1:0", "--data", dir)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var shown app.Shown
	if err := json.Unmarshal(line, &shown); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	get := func(address string, headers ...string) (int, string) {
		r, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body)
	}
	for what, try := range map[string]func() (int, string){
		"health": func() (int, string) { return get(shown.BaseURL + "/healthz") },
		"ready":  func() (int, string) { return get(shown.BaseURL + "/readyz") },
		"feed":   func() (int, string) { return get(shown.FeedURL) },
		"guest":  func() (int, string) { return get(shown.GuestURL) },
		"api": func() (int, string) {
			return get(shown.BaseURL+"/api/v1/forums", "Authorization", "Bearer "+shown.APIToken)
		},
		"openapi": func() (int, string) { return get(shown.BaseURL + "/api/v1/openapi.json") },
	} {
		if status, body := try(); status != http.StatusOK {
			t.Errorf("%s: %d: %s", what, status, body)
		}
	}
	if len(shown.SignIns) != 6 {
		t.Errorf("%d sign-ins, not one for each role", len(shown.SignIns))
	}
	letters, err := filepath.Glob(filepath.Join(shown.OutboxDir, "*.eml"))
	if err != nil || len(letters) < 10 {
		t.Errorf("%d letters in the outbox, %v", len(letters), err)
	}
	t.Run("refuses a folder with something else in it", func(t *testing.T) {
		other := t.TempDir()
		if err := os.WriteFile(filepath.Join(other, "thesis.txt"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := run(t, nil, "", "demo", "--data", other, "--listen", "127.0.0.1:0"); code != 1 || !strings.Contains(errs, "holds no demo") {
			t.Errorf("exit %d: %s", code, errs)
		}
	})
}

// bothAddresses runs body with the settings of each database, empty and not yet migrated for SQLite.
func bothAddresses(t *testing.T, body func(t *testing.T, environ []string)) {
	t.Run("sqlite", func(t *testing.T) { body(t, []string{"SAMVERKAN_DATA_DIR=" + t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) {
		body(t, []string{"SAMVERKAN_DATA_DIR=" + t.TempDir(), "SAMVERKAN_DATABASE_URL=" + storetest.Postgres(t)})
	})
}

// A municipality begins with an empty database and one link.
func TestServeSetsUp(t *testing.T) {
	bothAddresses(t, func(t *testing.T, environ []string) {
		lines := start(t, append(environ, "SAMVERKAN_LISTEN=127.0.0.1:"+freePort(t)), "serve")
		link := ""
		for link == "" {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			link = regexp.MustCompile(`http://\S+/setup/\S+`).FindString(line)
		}
		h := &house{T: t, url: link[:strings.Index(link, "/setup/")]}
		c := h.browser()
		h.wants(h.get(c, link), 200)
		form := url.Values{"municipality": {"Storåns kommun"}, "name": {"Åsa Ö"}, "email": {"asa@storan.example"}, "password": {"kort"}}
		if p := h.post(c, link, form); p.status != http.StatusUnprocessableEntity || !strings.Contains(text(p.body), "minst 12 tecken") || !strings.Contains(p.body, "asa@storan.example") {
			t.Errorf("a short password: %d %s", p.status, text(p.body))
		}
		form.Set("password", password)
		h.wants(h.post(c, link, form), http.StatusSeeOther)
		if p := h.get(h.browser(), link); p.status != http.StatusNotFound {
			t.Errorf("the link works twice: %d", p.status)
		}
		h.wants(h.post(c, "/welcome/mail", url.Values{"to": {"asa@storan.example"}}), http.StatusSeeOther)
		if seen := text(h.get(c, "/outbox").body); !strings.Contains(seen, "Provbrev") {
			t.Errorf("the outbox: %s", seen)
		}
		h.wants(h.upload(c, "/welcome/plan", sample.Plan, "try", "yes"), 200)
		if seen := text(h.get(c, "/forums").body); strings.Contains(seen, "Länssamverkan") {
			t.Error("trying the file read it in")
		}
		h.wants(h.upload(c, "/welcome/plan", sample.Plan, "try", "no"), http.StatusSeeOther)
		if seen := text(h.get(c, "/forums").body); !strings.Contains(seen, "Länssamverkan") {
			t.Errorf("the forums: %s", seen)
		}
		h.wants(h.get(c, "/new-forum"), 200)
		first := h.fields(h.get(c, "/new-forum"), "/new-forum")
		first.Set("name", "Eget forum")
		first.Set("neutralTitle", "Nätverksmöte")
		h.wants(h.post(c, "/new-forum", withChoices(first)), http.StatusSeeOther)
	})
}

// withChoices adds what a browser sends of the form's lists.
func withChoices(f url.Values) url.Values {
	f.Set("weekday", "2")
	return f
}

func TestImportPlan(t *testing.T) {
	bothAddresses(t, func(t *testing.T, environ []string) {
		file := filepath.Join(t.TempDir(), "plan.yaml")
		if err := os.WriteFile(file, sample.Plan, 0o600); err != nil {
			t.Fatal(err)
		}
		if out := must(t, environ, "import", "plan", "--dry-run", file); !strings.Contains(out, "0 there already") || !strings.Contains(out, "nothing was changed") {
			t.Errorf("dry run: %s", out)
		}
		if out := must(t, environ, "import", "plan", "--our-forum", "rvt-miranda", file); !strings.Contains(out, "0 there already") {
			t.Errorf("the dry run left something: %s", out)
		}
		if out := must(t, environ, "import", "plan", file); !strings.Contains(out, "0 new") {
			t.Errorf("again: %s", out)
		}
		if code, _, errs := run(t, environ, "", "import", "plan", filepath.Join(t.TempDir(), "nowhere.yaml")); code != 1 || errs == "" {
			t.Errorf("no file: %d %s", code, errs)
		}
	})
}

func TestUser(t *testing.T) {
	bothAddresses(t, func(t *testing.T, environ []string) {
		out := must(t, environ, "user", "add", "bo@kommunen.example", "--name", "Bo Ek", "--role", "coordinator")
		if !regexp.MustCompile(`shown this once: \S{20}`).MatchString(out) {
			t.Errorf("no password: %s", out)
		}
		for wants, args := range map[string][]string{
			"already has an account": {"user", "add", "BO@kommunen.example", "--name", "Bo", "--role", "manager"},
			"is no role":             {"user", "add", "x@kommunen.example", "--name", "X", "--role", "boss"},
			"--forum":                {"user", "add", "y@kommunen.example", "--name", "Y", "--role", "member"},
			"no forum has the id":    {"user", "add", "z@kommunen.example", "--name", "Z", "--role", "member", "--forum", "nope"},
			"nobody has an account":  {"user", "disable", "nobody@kommunen.example"},
		} {
			if code, _, errs := run(t, environ, "", args...); code != 1 || !strings.Contains(errs, wants) {
				t.Errorf("%v: %d %s", args, code, errs)
			}
		}
		if code, _, errs := run(t, environ, "kort\n", "user", "password", "bo@kommunen.example", "--password-stdin"); code != 1 || !strings.Contains(errs, "12") {
			t.Errorf("a short password: %d %s", code, errs)
		}
		if code, _, errs := run(t, environ, password+"\n", "user", "password", "bo@kommunen.example", "--password-stdin"); code != 0 {
			t.Errorf("a new password: %s", errs)
		}
		must(t, environ, "user", "grant", "bo@kommunen.example", "--role", "administrator")
		if out := must(t, environ, "user", "list"); !strings.Contains(out, "administrator coordinator") {
			t.Errorf("list: %s", out)
		}
		if out := must(t, environ, "user", "token", "bo@kommunen.example", "--name", "Diariet", "--read-only"); !strings.Contains(out, "api_") {
			t.Errorf("token: %s", out)
		}
		must(t, environ, "user", "disable", "bo@kommunen.example")
		if out := must(t, environ, "user", "list"); !strings.Contains(out, "disabled") {
			t.Errorf("list: %s", out)
		}
	})
}

// A backup of either database goes into either, and then no letter leaves by itself.
func TestBackupAndRestore(t *testing.T) {
	bothAddresses(t, func(t *testing.T, environ []string) {
		file := filepath.Join(t.TempDir(), "plan.yaml")
		if err := os.WriteFile(file, sample.Plan, 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, environ, "import", "plan", file)
		must(t, environ, "user", "add", "bo@kommunen.example", "--name", "Bo Ek", "--role", "coordinator")
		backup := filepath.Join(t.TempDir(), "backup.tar.gz")
		must(t, environ, "backup", backup)
		if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the backup may be read by others: %v %v", info, err)
		}
		for name, target := range map[string][]string{
			"into sqlite":   {"SAMVERKAN_DATA_DIR=" + t.TempDir()},
			"into postgres": {"SAMVERKAN_DATA_DIR=" + t.TempDir(), "SAMVERKAN_DATABASE_URL=" + storetest.Postgres(t)},
		} {
			t.Run(name, func(t *testing.T) {
				must(t, target, "restore", backup)
				if out := must(t, target, "user", "list"); !strings.Contains(out, "bo@kommunen.example") {
					t.Errorf("list: %s", out)
				}
				if out := must(t, target, "import", "plan", file); !strings.Contains(out, "0 new") {
					t.Errorf("the plan was not restored: %s", out)
				}
				if code, _, errs := run(t, target, "", "restore", backup); code != 1 || !strings.Contains(errs, "not empty") {
					t.Errorf("restored over a full database: %d %s", code, errs)
				}
				db, err := store.Open(t.Context(), databaseOf(t, target))
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				var held int64
				if err := db.Read(t.Context(), func(tx *store.Tx) error {
					return tx.DB.Table("sending_holds").Where("released_at IS NULL").Count(&held).Error
				}); err != nil || held != 1 {
					t.Errorf("letters are not held: %d %v", held, err)
				}
			})
		}
		garbage := filepath.Join(t.TempDir(), "garbage")
		if err := os.WriteFile(garbage, []byte("not a backup"), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := run(t, []string{"SAMVERKAN_DATA_DIR=" + t.TempDir()}, "", "restore", garbage); code != 1 || !strings.Contains(errs, "not a backup") {
			t.Errorf("garbage: %d %s", code, errs)
		}
	})
}

// until calls found when text has been written.
type until struct {
	mu    sync.Mutex
	text  []byte
	found func()
	seen  bytes.Buffer
}

func (u *until) Write(p []byte) (int, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.seen.Write(p)
	if bytes.Contains(u.seen.Bytes(), u.text) {
		u.found()
	}
	return len(p), nil
}

// A database is not served with another key than its own: new letters would carry dead links.
func TestAnotherKeyIsRefused(t *testing.T) {
	dir := t.TempDir()
	environ := []string{"SAMVERKAN_DATA_DIR=" + dir, "SAMVERKAN_LISTEN=127.0.0.1:0"}
	key := filepath.Join(dir, "samverkan.key")
	serve := func() (int, string) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		errs := &until{text: []byte(`"msg":"serving"`), found: stop} // ended as soon as it serves
		return app.Run(ctx, app.World{Environ: environ, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: errs, Version: "test"}, []string{"serve"}), errs.seen.String()
	}
	if code, errs := serve(); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if code, errs := serve(); code != 1 || !strings.Contains(errs, "adopt-key") {
		t.Errorf("served with a new key: %d %s", code, errs)
	}
	must(t, environ, "adopt-key")
	if code, errs := serve(); code != 0 {
		t.Errorf("after adopting: %d %s", code, errs)
	}
}

func databaseOf(t *testing.T, environ []string) string {
	t.Helper()
	for _, line := range environ {
		if address, found := strings.CutPrefix(line, "SAMVERKAN_DATABASE_URL="); found {
			return address
		}
	}
	return "sqlite://" + filepath.Join(strings.TrimPrefix(environ[0], "SAMVERKAN_DATA_DIR="), "samverkan.db")
}

func TestSettingsAreRefusedTogether(t *testing.T) {
	code, _, errs := run(t, []string{
		"SAMVERKAN_LISTEN=nowhere", "SAMVERKAN_BASE_URL=http://samverkan.kommunen.example", "SAMVERKAN_TIME_ZONE=Mars/Base", "SAMVERKAN_LANG=fi",
		"SAMVERKAN_SMTP_URL=http://mail", "SAMVERKAN_SMPT_URL=smtp://mail", "SAMVERKAN_MAIL_FROM=valdsgruppen@kommunen.example", "SAMVERKAN_SEND_DELAY=soon",
		"SAMVERKAN_DATABASE_URL_FILE=/nowhere/at/all",
	}, "", "serve")
	for _, name := range []string{"LISTEN", "BASE_URL", "TIME_ZONE", "LANG", "SMTP_URL", "SMPT_URL is not a setting", "MAIL_FROM", "DATABASE_URL_FILE"} {
		if code != 1 || !strings.Contains(errs, name) {
			t.Errorf("exit %d, %s is not named: %s", code, name, errs)
		}
	}
}

func TestNoDatabase(t *testing.T) {
	for address, wants := range map[string]string{
		"postgres://u:hemligt@127.0.0.1:1/none": "does not answer",
		"mysql://x":                             "neither sqlite:///path/to/file nor postgres://",
		"sqlite:///proc/nowhere/x.db":           "cannot be made",
	} {
		code, _, errs := run(t, []string{"SAMVERKAN_DATA_DIR=" + t.TempDir(), "SAMVERKAN_DATABASE_URL=" + address}, "", "migrate")
		if code != 1 || !strings.Contains(errs, wants) || strings.Contains(errs, "hemligt") {
			t.Errorf("%s: exit %d: %s", address, code, errs)
		}
	}
}
