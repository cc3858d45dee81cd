package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// errNoPostgres says that this machine has no PostgreSQL to test on.
var errNoPostgres = errors.New("no PostgreSQL: neither TEST_DATABASE_URL nor initdb and postgres were found")

var server struct {
	once    sync.Once
	address string // of the maintenance database
	stop    func()
	err     error
	mu      sync.Mutex
	count   int
}

// Postgres gives the address of a fresh migrated PostgreSQL database. Where there is none the test
// is skipped loudly, or fails when REQUIRE_POSTGRES is set.
func Postgres(t testing.TB) string {
	t.Helper()
	server.once.Do(startServer)
	if errors.Is(server.err, errNoPostgres) && os.Getenv("REQUIRE_POSTGRES") == "" {
		fmt.Fprintf(os.Stderr, "!!! PostgreSQL TESTS NOT RUN: %s (%v)\n", t.Name(), server.err)
		t.Skip("!!! PostgreSQL TESTS NOT RUN")
	}
	if server.err != nil {
		t.Fatal(server.err)
	}
	server.mu.Lock()
	server.count++
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), server.count)
	server.mu.Unlock()
	if err := execute(server.address, "CREATE DATABASE "+name+" TEMPLATE "+templateName()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = execute(server.address, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return withDatabase(server.address, name)
}

func templateName() string { return fmt.Sprintf("template_%d", os.Getpid()) }

// Main runs a package's tests and then ends the server, if one was started.
func Main(m *testing.M) {
	code := m.Run()
	if server.stop != nil {
		server.stop()
	}
	os.Exit(code)
}

func startServer() {
	server.address = os.Getenv("TEST_DATABASE_URL")
	if server.address == "" {
		server.address, server.stop, server.err = start()
	}
	if server.err != nil {
		return
	}
	if server.err = execute(server.address, "CREATE DATABASE "+templateName()); server.err != nil {
		return
	}
	if server.stop == nil { // a server that is not ours is left as it was found
		server.stop = func() { _ = execute(server.address, "DROP DATABASE IF EXISTS "+templateName()) }
	}
	server.err = migrate(withDatabase(server.address, templateName()))
}

func execute(address, statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

func withDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Path = "/" + name
	return u.String()
}

// start makes a cluster in a temporary folder and serves it on a socket there: no port, no
// interference with a server that runs already. PostgreSQL refuses to run as root.
func start() (address string, stop func(), err error) {
	bin := programs()
	if bin == "" {
		return "", nil, errNoPostgres
	}
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		return "", nil, err
	}
	remove := func() { os.RemoveAll(dir) }
	attributes, err := unprivileged(dir)
	if err != nil {
		remove()
		return "", nil, err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "samverkan", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attributes, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		remove()
		return "", nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	process := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-F",
		"-c", "listen_addresses=", "-c", "max_connections=300", "-c", "log_min_messages=fatal")
	process.SysProcAttr, process.Dir = attributes, dir
	if err := process.Start(); err != nil {
		remove()
		return "", nil, err
	}
	stop = func() {
		_ = process.Process.Signal(syscall.SIGQUIT)
		_ = process.Wait()
		remove()
	}
	address = "postgres://samverkan@/postgres?host=" + url.QueryEscape(dir)
	for range 200 {
		if err = execute(address, "SELECT 1"); err == nil {
			return address, stop, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("PostgreSQL did not answer within 10 s: %w", err)
}

// programs finds the folder of initdb and postgres: PATH, or the newest of the distribution's.
func programs() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "postgres")); err == nil {
			return filepath.Dir(path)
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	sort.Slice(found, func(i, j int) bool { return version(found[i]) < version(found[j]) })
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

// unprivileged drops from root to the user postgres, or nobody, and hands dir over. The server
// dies with this process, so that a killed test run leaves no orphan.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	attributes := &syscall.SysProcAttr{}
	if os.Getuid() != 0 {
		return attributes, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attributes, errors.Join(os.Chmod(dir, 0o755), os.Chown(dir, uid, gid))
}
