package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail/smtp"

	"samverkan/internal/fault"
)

// ErrInsecure is behind the DeliveryError of a server that offers no TLS, or whose certificate
// cannot be verified. Neither letter nor password was sent.
var ErrInsecure = errors.New("the server cannot be trusted")

// Options of an SMTP. The zero value is fit for use.
type Options struct {
	Hello   string         // how we present ourselves in EHLO; empty: localhost
	Roots   *x509.CertPool // whom we believe about servers; nil: whom the system believes
	Connect time.Duration  // at most, to reach the server; zero: 10 s
	Command time.Duration  // at most, for each answer; zero: 30 s
	Answer  time.Duration  // at most, for the answer to the final dot; zero: 10 min, RFC 5321 §4.5.3.2.6

	// Token gives an access token, by which the user of the address signs in (XOAUTH2); nil: by password.
	Token func(ctx context.Context) (string, error)

	// DialContext reaches the server; nil: net.Dialer's.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
}

// SMTP is a server that takes our letters.
type SMTP struct {
	host     string
	port     string
	user     string // empty: no sign-in
	password string
	implicit bool // TLS from the first octet
	loopback bool
	opts     Options
}

// NewSMTP reads where the server is: smtp://user:password@host:587, where STARTTLS is required
// unless the host is this machine, or smtps://user:password@host:465 with TLS at once. It refuses
// with fault.Invalid what it does not understand; no refusal repeats the URL, which holds a
// password.
func NewSMTP(address string, opts Options) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fault.New(fault.Invalid, "Adressen till e-postservern går inte att läsa. Skriv den som smtp://användare:lösenord@server:587, med särskilda tecken i lösenordet procentkodade.")
	}
	s := &SMTP{host: u.Hostname(), port: u.Port(), implicit: u.Scheme == "smtps", opts: opts.complete()}
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	s.loopback = loopback(s.host)
	if s.port == "" {
		s.port = map[bool]string{false: "587", true: "465"}[s.implicit]
	}
	if err := s.check(u); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *SMTP) check(u *url.URL) error {
	port, err := strconv.Atoi(s.port)
	switch {
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return fault.New(fault.Invalid, "Adressen till e-postservern ska börja med smtp:// eller smtps://.")
	case s.host == "" || strings.ContainsFunc(s.host, notInHost):
		return fault.New(fault.Invalid, "Adressen till e-postservern saknar ett riktigt servernamn. Skriv den som smtp://server:587.")
	case err != nil || port < 1 || port > 65535:
		return fault.New(fault.Invalid, "Porten i adressen till e-postservern ska vara ett tal mellan 1 och 65535.")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return fault.New(fault.Invalid, "Adressen till e-postservern ska sluta efter servernamn och port.")
	case u.User != nil && (s.user == "" || s.password == "" && s.opts.Token == nil):
		return fault.New(fault.Invalid, "Adressen till e-postservern ska ha både användare och lösenord, eller inget av dem.")
	case strings.ContainsFunc(s.user+s.password, unicode.IsControl):
		return fault.New(fault.Invalid, "Användaren eller lösenordet till e-postservern har ett osynligt tecken. Skriv in dem på nytt.")
	case strings.ContainsFunc(s.opts.Hello, notInHost):
		return fault.New(fault.Invalid, "Namnet som presenteras för e-postservern ska vara ett servernamn, som moten.kommun.se.")
	}
	return nil
}

func (o Options) complete() Options {
	usual := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	usual(&o.Connect, 10*time.Second)
	usual(&o.Command, 30*time.Second)
	usual(&o.Answer, 10*time.Minute)
	if o.Hello == "" {
		o.Hello = "localhost"
	}
	if o.DialContext == nil {
		o.DialContext = new(net.Dialer).DialContext
	}
	return o
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func notInHost(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !letter && !strings.ContainsRune(".-:", r)
}

// String names the server without user and password.
func (s *SMTP) String() string { return net.JoinHostPort(s.host, s.port) }

// Dial connects, secures the connection and signs in.
func (s *SMTP) Dial(ctx context.Context) (Conn, error) {
	raw, err := s.reach(ctx)
	if err != nil {
		return nil, s.unreachable(err)
	}
	c := &conn{raw: raw, opts: s.opts}
	if err := s.greet(ctx, c); err != nil {
		raw.Close()
		return nil, s.unreachable(err)
	}
	return c, nil
}

func (s *SMTP) reach(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Connect)
	defer cancel()
	return s.opts.DialContext(ctx, "tcp", s.String())
}

// greet uses go-mail's conversation but not its dialer, which leaves the socket open when a
// greeting fails and heeds the context only while it connects.
func (s *SMTP) greet(ctx context.Context, c *conn) error {
	steps := []func() error{
		func() error { return s.open(c) },
		func() error { return c.client.Hello(s.opts.Hello) },
		func() error { return s.secure(c.client) },
		func() error { return s.signIn(ctx, c.client) },
	}
	for _, step := range steps {
		if err := c.within(ctx, s.opts.Command, step); err != nil {
			return err
		}
	}
	return nil
}

func (s *SMTP) open(c *conn) (err error) {
	wire := c.raw
	if s.implicit {
		secured := tls.Client(c.raw, s.tls())
		if err := secured.Handshake(); err != nil {
			return err
		}
		wire = secured
	}
	if c.client, err = smtp.NewClient(wire, s.host); err != nil {
		return err
	}
	c.client.SkipSMTPUTF8(true) // our addresses are ASCII
	return nil
}

func (s *SMTP) secure(client *smtp.Client) error {
	if s.implicit || s.loopback {
		return nil
	}
	if offered, _ := client.Extension("STARTTLS"); !offered {
		return fmt.Errorf("%w: it does not offer STARTTLS", ErrInsecure)
	}
	return client.StartTLS(s.tls())
}

func (s *SMTP) tls() *tls.Config {
	return &tls.Config{ServerName: s.host, RootCAs: s.opts.Roots, MinVersion: tls.VersionTLS12}
}

func (s *SMTP) signIn(ctx context.Context, client *smtp.Client) error {
	if s.user == "" {
		return nil
	}
	_, offered := client.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	if s.opts.Token != nil {
		token, err := s.opts.Token(ctx)
		if err == nil && !slices.Contains(ways, "XOAUTH2") {
			err = errors.New("the server offers no sign-in by XOAUTH2")
		}
		if err != nil {
			return err
		}
		if err = client.Auth(smtp.XOAuth2Auth(s.user, token)); err != nil && strings.Contains(err.Error(), token) {
			err = errors.New(strings.ReplaceAll(err.Error(), token, "***"))
		}
		return err
	}
	auth := smtp.PlainAuth("", s.user, s.password, s.host, s.loopback)
	if !slices.Contains(ways, "PLAIN") {
		auth = smtp.LoginAuth(s.user, s.password, s.host, s.loopback)
		if !slices.Contains(ways, "LOGIN") {
			return errors.New("the server offers no sign-in by PLAIN or LOGIN")
		}
	}
	return s.hide(client.Auth(auth))
}

// hide takes the password out of what the server says about it. Some repeat what they were sent.
func (s *SMTP) hide(err error) error {
	if err == nil {
		return nil
	}
	code := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	words := strings.NewReplacer(
		code("\x00"+s.user+"\x00"+s.password), "***", code(s.password), "***", s.password, "***")
	if answer, ok := errors.AsType[*textproto.Error](err); ok {
		return &textproto.Error{Code: answer.Code, Msg: words.Replace(answer.Msg)}
	}
	return errors.New(words.Replace(err.Error()))
}

// unreachable makes every failure before the first letter temporary: also a 5xx here is about us
// and our password, not about a letter.
func (s *SMTP) unreachable(err error) error {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		err = fmt.Errorf("%w: %w", ErrInsecure, err)
	}
	d := refusal(err)
	d.Outcome = Temporary
	return d
}
