package app_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"samverkan/internal/app"
	"samverkan/internal/app/sample"
)

// insideProgram names the built program to the test that runs inside the namespace.
const insideProgram = "NO_EGRESS_PROGRAM"

// T-NOEGRESS: the built program works whole on a machine that reaches nobody, and tries to reach
// nobody. The test runs itself again in a network namespace that has a loopback and no route.
func TestNoEgress(t *testing.T) {
	if program := os.Getenv(insideProgram); program != "" {
		inside(t, program)
		return
	}
	program := filepath.Join(t.TempDir(), "samverkan")
	if out, err := exec.Command("go", "build", "-o", program, "samverkan/cmd/samverkan").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	self := exec.Command(os.Args[0], "-test.run=^TestNoEgress$", "-test.v", "-test.count=1")
	self.Env = append(os.Environ(), insideProgram+"="+program)
	self.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Getuid() != 0 {
		self.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		self.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		self.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := self.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		if os.Getenv("REQUIRE_NAMESPACE") != "" {
			t.Fatalf("no network namespace: %v", err)
		}
		fmt.Fprintf(os.Stderr, "!!! TEST WITHOUT A NETWORK NOT RUN: %v\n", err)
		t.Skip("!!! TEST WITHOUT A NETWORK NOT RUN")
	}
	if err != nil || !strings.Contains(string(out), "walked without a network") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// inside walks through the demonstration and through a first start, and counts what was tried.
func inside(t *testing.T, program string) {
	raiseLoopback(t)
	if n := attempts(t); n.total() != 0 {
		t.Fatalf("counted before anything was done: %+v", n)
	}
	// The counters must be seen to count, or they prove nothing.
	for _, address := range []string{"192.0.2.1:443", "[2001:db8::1]:443"} {
		if conn, err := net.DialTimeout("tcp", address, 5*time.Second); err == nil {
			conn.Close()
			t.Fatalf("%s was reached", address)
		}
	}
	if conn, err := net.Dial("udp", "127.0.0.1:53"); err == nil {
		conn.Write([]byte("a question"))
		conn.Close()
	}
	before := attempts(t)
	if before.v4 == 0 || before.v6 == 0 || before.datagrams == 0 {
		t.Fatalf("attempts of our own were not counted: %+v", before)
	}
	walkDemo(t, program)
	walkServe(t, program)
	if after := attempts(t); after != before {
		t.Fatalf("the program tried to reach somebody: %+v, before it ran %+v", after, before)
	}
	fmt.Println("walked without a network")
}

// tries are what the kernel counts in this namespace: connections and datagrams that no route leads
// to (RFC 4293, ipSystemStatsOutNoRoutes), and datagrams at all, such as questions for a name.
type tries struct{ v4, v6, datagrams int }

func (n tries) total() int { return n.v4 + n.v6 + n.datagrams }

func attempts(t *testing.T) (n tries) {
	t.Helper()
	snmp, err := os.ReadFile("/proc/self/net/snmp")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(snmp), "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		names, values := strings.Fields(lines[i]), strings.Fields(lines[i+1])
		for k := range names {
			value, _ := strconv.Atoi(values[k])
			switch names[0] + names[k] {
			case "Ip:OutNoRoutes":
				n.v4 += value
			case "Udp:OutDatagrams":
				n.datagrams += value
			}
		}
	}
	snmp6, err := os.ReadFile("/proc/self/net/snmp6")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(snmp6)) {
		fields := strings.Fields(line)
		value, _ := strconv.Atoi(fields[1])
		switch fields[0] {
		case "Ip6OutNoRoutes":
			n.v6 += value
		case "Udp6OutDatagrams":
			n.datagrams += value
		}
	}
	return n
}

// raiseLoopback does what `ip link set lo up` does (netdevice(7)).
func raiseLoopback(t *testing.T) {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(socket)
	request := struct {
		name  [syscall.IFNAMSIZ]byte
		flags uint16
		rest  [22]byte
	}{flags: syscall.IFF_UP | syscall.IFF_RUNNING}
	copy(request.name[:], "lo")
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(socket), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); errno != 0 {
		t.Fatal(errno)
	}
}

// runs starts the program and gives what it prints; it is ended, in good order, by the end of the test.
func runs(t *testing.T, program string, environ []string, args ...string) (lines *bufio.Reader, end func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, environ...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(out), func() {
		defer cancel()
		time.Sleep(3 * time.Second) // jobs begin by themselves
		if err := errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait()); err != nil {
			t.Errorf("%v: %v: %s", args, err, errs.String())
		}
		for line := range strings.Lines(errs.String()) {
			if strings.Contains(line, "unreachable") || strings.Contains(line, "dial ") || strings.Contains(line, "lookup ") {
				t.Errorf("%v: %s", args, line)
			}
		}
	}
}

// walkDemo opens every kind of page of the demonstration, its feed, its guest's link and its API.
func walkDemo(t *testing.T, program string) {
	lines, end := runs(t, program, nil, "demo", "--json", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	defer end()
	line, err := lines.ReadBytes('\n')
	var shown app.Shown
	if err != nil || json.Unmarshal(line, &shown) != nil {
		t.Fatalf("%v: %s", err, line)
	}
	h := &house{T: t, url: shown.BaseURL}
	for _, address := range []string{shown.BaseURL + "/healthz", shown.BaseURL + "/readyz", shown.FeedURL, shown.GuestURL, shown.BaseURL + "/help", shown.BaseURL + "/static/app.css", shown.BaseURL + "/api/v1/openapi.json"} {
		h.wants(h.get(h.browser(), address), 200)
	}
	guest := h.browser()
	answer := h.fields(h.get(guest, shown.GuestURL), "")
	answer.Set("partStat", "ACCEPTED")
	h.wants(h.post(guest, shown.GuestURL, answer), http.StatusSeeOther)
	h.wants(h.send(shown.APIToken, "GET", "/api/v1/meetings", ""), 200)
	seen := 0
	for _, account := range shown.SignIns {
		c := h.browser()
		h.wants(h.post(c, "/signin", url.Values{"email": {account.Email}, "password": {account.Password}}), http.StatusSeeOther)
		for _, path := range []string{"/", "/plan", "/forums", "/meetings", "/minutes", "/partners", "/relay-items", "/subscribe", "/outbox", "/search", "/groups", "/year", "/new-meeting", "/new-forum", "/new-contact"} {
			p := h.get(c, path)
			if p.status != http.StatusOK && p.status != http.StatusNotFound {
				t.Errorf("%s as %s: %d", path, account.Role, p.status)
			}
			for _, link := range regexp.MustCompile(`href="(/(?:forums|meetings|contacts|minutes|outbox)/[0-9a-f-]{36}(?:/[a-z]+)?)"`).FindAllStringSubmatch(p.body, 3) {
				h.wants(h.get(c, link[1]), 200)
				seen++
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d things were opened", seen)
	}
}

// walkServe sets up an empty installation on SQLite, reads a plan and plans with it.
func walkServe(t *testing.T, program string) {
	environ := []string{"SAMVERKAN_DATA_DIR=" + t.TempDir(), "SAMVERKAN_LISTEN=127.0.0.1:" + freePort(t)}
	lines, end := runs(t, program, environ, "serve")
	defer end()
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
	h.wants(h.post(c, link, url.Values{"municipality": {"Storåns kommun"}, "name": {"Åsa Ö"}, "email": {"asa@storan.example"}, "password": {password}}), http.StatusSeeOther)
	h.wants(h.post(c, "/welcome/mail", url.Values{"to": {"asa@storan.example"}}), http.StatusSeeOther)
	h.wants(h.upload(c, "/welcome/plan", sample.Plan, "try", "no"), http.StatusSeeOther)
	first := h.fields(h.get(c, "/new-forum"), "/new-forum")
	first.Set("name", "Eget forum")
	first.Set("neutralTitle", "Nätverksmöte")
	forum := h.wants(h.post(c, "/new-forum", withChoices(first)), http.StatusSeeOther).to
	booked := h.wants(h.post(c, "/new-meeting", url.Values{"forumId": {strings.TrimPrefix(forum, "/forums/")}, "date": {"2099-02-03"}, "starts": {"8.30"}, "ends": {"9"}, "place": {"Hemma"}}), http.StatusSeeOther)
	h.wants(h.get(c, booked.to), 200)
	h.wants(h.get(c, "/readyz"), 200)
	made := h.wants(h.post(c, "/subscribe", url.Values{"name": {"Telefonen"}, "level": {"neutral"}}), 200)
	feed := regexp.MustCompile(`http://[^"\s]+/calendar/[^"\s]+\.ics`).FindString(made.body)
	h.wants(h.get(h.browser(), feed), 200)
	h.wants(h.get(c, "/outbox"), 200)
}
