// Package mailtest is the world outside for tests of mail: an SMTP server on this machine that
// keeps what it is given and fails when told to, and a reader of letters. The server speaks real
// SMTP over a real socket.
package mailtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Host is the name in the certificate of a server with TLS. It leads nowhere; Server.Dial does.
const Host = "mail.example.test"

// Received is a letter the server took.
type Received struct {
	From string // envelope sender
	To   string // envelope recipient
	Data []byte
}

// Server is an SMTP server for one test.
type Server struct {
	listener net.Listener
	roots    *x509.CertPool
	scheme   string
	host     string
	done     chan struct{}

	mu       sync.Mutex
	letters  []Received
	hellos   int
	signIns  int
	slow     time.Duration
	refusals map[string]*refusal
	faults   map[fault]int
}

type refusal struct {
	code, times int
	words       string
}

// fault is something that goes wrong a number of times.
type fault string

const (
	noService fault = "421 instead of a greeting"
	muteRcpt  fault = "no answer to RCPT"
	dropEarly fault = "hang up before the final dot"
	dropLate  fault = "keep the letter and hang up before the 250"
	hangLate  fault = "keep the letter and never say 250"
	lateCode  fault = "451 to the final dot"
	goodbye   fault = "421 to RCPT"
)

// Option changes what the server offers.
type Option func(*Server, *smtp.Server)

// StartTLS makes the server offer STARTTLS with a certificate that only Roots knows.
func StartTLS() Option {
	return func(s *Server, inner *smtp.Server) {
		s.host = Host
		inner.TLSConfig, s.roots = identity()
	}
}

// ImplicitTLS makes the server speak TLS from the first octet, with a certificate that only Roots
// knows.
func ImplicitTLS() Option {
	return func(s *Server, _ *smtp.Server) {
		var config *tls.Config
		config, s.roots = identity()
		s.host, s.scheme = Host, "smtps"
		s.listener = tls.NewListener(s.listener, config)
	}
}

// Start runs a server until the test is over. Without options it offers no TLS, and sign-in
// nevertheless, as somebody in between would who wants passwords.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{scheme: "smtp", host: "127.0.0.1", done: make(chan struct{}), refusals: map[string]*refusal{}, faults: map[fault]int{}}
	s.listener = door{listener, s}
	inner := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.count(&s.hellos)
		return &session{server: s, conn: c}, nil
	}))
	inner.Domain, inner.AllowInsecureAuth = Host, true
	inner.ErrorLog = log.New(io.Discard, "", 0)
	for _, option := range options {
		option(s, inner)
	}
	go inner.Serve(s.listener)
	t.Cleanup(func() {
		close(s.done)
		inner.Close()
	})
	return s
}

// URL is where the server is, as mail.NewSMTP reads it. With TLS it names Host, and the client
// needs Dial and Roots to get there.
func (s *Server) URL() string { return s.scheme + "://" + net.JoinHostPort(s.host, s.Port()) }

// Port is where the server listens on 127.0.0.1.
func (s *Server) Port() string {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	return port
}

// Roots holds the authority behind the server's certificate; nil without TLS.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// Dial reaches the server whatever the address. It fits mail.Options.
func (s *Server) Dial(ctx context.Context, network, _ string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, s.listener.Addr().String())
}

// Letters gives what was received, in order.
func (s *Server) Letters() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.letters...)
}

// Wait gives the letters as soon as there are n, and fails the test when that takes ten seconds.
func (s *Server) Wait(t testing.TB, n int) []Received {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if letters := s.Letters(); len(letters) >= n {
			return letters
		}
	}
	t.Fatalf("%d letters, want %d", len(s.Letters()), n)
	return nil
}

// Conversations is how many connections got past EHLO. One that went on with STARTTLS counts twice.
func (s *Server) Conversations() int { return s.read(&s.hellos) }

// SignIns is how many times a password was sent.
func (s *Server) SignIns() int { return s.read(&s.signIns) }

// RefuseRcpt answers the next times RCPT for address with code, a negative number always.
func (s *Server) RefuseRcpt(address string, code, times int) {
	s.RefuseWith(address, code, times, "Not now, or never")
}

// RefuseWith is RefuseRcpt with the server's words, which may begin with an enhanced code. Address may be a domain, which begins with @, or @ alone for everybody's.
func (s *Server) RefuseWith(address string, code, times int, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals[address] = &refusal{code, times, words}
}

// RefuseConnections answers the next times connections with 421, a negative number always. So it
// is with times in all that follow.
func (s *Server) RefuseConnections(times int) { s.set(noService, times) }

// SayGoodbye answers RCPT with 421 and hangs up.
func (s *Server) SayGoodbye(times int) { s.set(goodbye, times) }

// HangAtRcpt leaves RCPT unanswered.
func (s *Server) HangAtRcpt(times int) { s.set(muteRcpt, times) }

// DropBeforeDot hangs up as soon as the letter begins.
func (s *Server) DropBeforeDot(times int) { s.set(dropEarly, times) }

// RefuseDot answers the final dot with 451 and keeps nothing.
func (s *Server) RefuseDot(times int) { s.set(lateCode, times) }

// DropAfterDot keeps the letter and hangs up before the 250.
func (s *Server) DropAfterDot(times int) { s.set(dropLate, times) }

// HangAfterDot keeps the letter and stays silent.
func (s *Server) HangAfterDot(times int) { s.set(hangLate, times) }

// SlowAtDot waits before each answer to a final dot, with the letter kept.
func (s *Server) SlowAtDot(wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slow = wait
}

func (s *Server) set(f fault, times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[f] = times
}

func (s *Server) take(f fault) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := s.faults[f]
	if left > 0 {
		s.faults[f] = left - 1
	}
	return left != 0
}

func (s *Server) count(number *int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*number++
}

func (s *Server) read(number *int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *number
}

// door turns connections away before the greeting, which go-smtp cannot.
type door struct {
	net.Listener
	server *Server
}

func (d door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil || !d.server.take(noService) {
			return c, err
		}
		io.WriteString(c, "421 4.3.2 Stangt for i dag\r\n")
		c.Close()
	}
}

// session is one conversation.
type session struct {
	server *Server
	conn   *smtp.Conn
	from   string
	to     string
}

func (n *session) Mail(from string, _ *smtp.MailOptions) error {
	n.from = from
	return nil
}

func (n *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if n.server.take(muteRcpt) {
		<-n.server.done
	}
	if n.server.take(goodbye) {
		go func() { // after the answer is written
			time.Sleep(20 * time.Millisecond)
			n.conn.Close()
		}()
		return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Hej da"}
	}
	n.to = to
	return n.server.refuse(to)
}

func (s *Server) refuse(to string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.refusals[to]
	if r == nil {
		r = s.refusals[to[strings.LastIndexByte(to, '@'):]]
	}
	if r == nil {
		r = s.refusals["@"]
	}
	if r == nil || r.times == 0 {
		return nil
	}
	r.times--
	enhanced, words := smtp.EnhancedCode{r.code / 100, 1, 1}, r.words
	if n, _ := fmt.Sscanf(words, "%d.%d.%d", &enhanced[0], &enhanced[1], &enhanced[2]); n == 3 {
		_, words, _ = strings.Cut(words, " ")
	}
	return &smtp.SMTPError{Code: r.code, EnhancedCode: enhanced, Message: words}
}

func (n *session) Data(r io.Reader) error {
	s := n.server
	if s.take(dropEarly) {
		return n.conn.Close()
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err // the client hung up before its dot
	}
	if s.take(lateCode) {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try later"}
	}
	s.mu.Lock()
	s.letters = append(s.letters, Received{From: n.from, To: n.to, Data: data})
	slow := s.slow
	s.mu.Unlock()
	time.Sleep(slow)
	if s.take(dropLate) {
		return n.conn.Close()
	}
	if s.take(hangLate) {
		<-s.done
	}
	return nil
}

func (n *session) Reset() { n.from, n.to = "", "" }

func (n *session) Logout() error { return nil }

func (n *session) AuthMechanisms() []string { return []string{sasl.Plain, "XOAUTH2"} }

// Auth takes every password but "fel", which it repeats as some servers do, and one Token.
func (n *session) Auth(way string) (sasl.Server, error) {
	if way == "XOAUTH2" {
		return &bearer{in: func(string) error {
			n.server.count(&n.server.signIns)
			return nil
		}}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		n.server.count(&n.server.signIns)
		if password == "fel" {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "No such user " + user + " with " + password}
		}
		return nil
	}), nil
}
